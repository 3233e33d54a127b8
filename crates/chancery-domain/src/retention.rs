//! Retention: how long a paper is kept, under which label, closed to whom and why.
//!
//! Pure state and what may be done to it: review day, downgrade now or on a day, declassification, closure
//! with its exemption, legal holds. That the originator alone does these things is [`crate::rules::Act::Govern`].

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Label;

/// Longest exemption, matter or reason, in characters.
pub const MAX_WORDS: usize = 200;

/// Classifications from the lowest up, in lower case; words of one row are equals. A policy file, where the
/// house has one, knows better.
const LADDER: [&[&str]; 5] = [
    &["", "unclassified", "public"],
    &["official", "restricted", "limited official use"],
    &["confidential", "official-sensitive"],
    &["secret"],
    &["top secret"],
];

/// Why something cannot be done to a paper's retention.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RetentionError {
    /// The word is not on the ladder of classifications.
    #[error("“{0}” is not a classification that this house can compare; nothing was lowered")]
    UnknownWord(String),
    /// A downgrade lowers.
    #[error("“{to}” is not lower than “{from}”; a label is raised by a new paper only")]
    NotLower {
        /// The label as it is.
        from: String,
        /// What was asked for.
        to: String,
    },
    /// Reviews and downgrades lie ahead.
    #[error("{0} is not after today; give a later day")]
    NotAhead(Date),
    /// Closing takes a reason that can be held against the law.
    #[error("name the exemption, such as “s.27”, in 1 to {MAX_WORDS} characters")]
    NoExemption,
    /// A hold has a matter.
    #[error("name the matter, in 1 to {MAX_WORDS} characters")]
    NoMatter,
    /// There is no such hold.
    #[error("the paper is not held for “{0}”")]
    NotHeld(String),
    /// Held already.
    #[error("the paper is held for “{0}” already")]
    Held(String),
    /// Nothing to open.
    #[error("the paper is not closed")]
    NotClosed,
    /// A closed paper has no public version.
    #[error("the paper is closed under {exemption}{}; open it first", ending(.until))]
    Closed {
        /// The exemption.
        exemption: String,
        /// First day on which it is open again, if it is known.
        until: Option<Date>,
    },
    /// A legal hold keeps it.
    #[error("the paper is held for “{0}”; while it is, nothing of it is disposed of")]
    Hold(String),
    /// It is not due.
    #[error("the paper has not been reviewed; its review is due on {0}")]
    NotDue(Date),
    /// No review was ever set.
    #[error("no review day is set; a paper without one is kept")]
    NoReview,
}

fn ending(day: &Option<Date>) -> String {
    day.map(|day| format!(" until {day}")).unwrap_or_default()
}

/// A paper closed to the public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closure {
    /// The exemption's section, kept as words.
    pub exemption: String,
    /// Why, in words.
    #[serde(default)]
    pub reason: String,
    /// First day on which it is open again.
    pub until: Option<Date>,
}

/// A downgrade that the originator has decided for a later day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// The day from which the lower label stands.
    pub on: Date,
    /// The classification then.
    pub to: String,
}

/// A label that a paper once had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relabelled {
    /// The day on which it ended.
    pub on: Date,
    /// The label before.
    pub from: Label,
    /// The label after.
    pub to: Label,
}

/// What is laid down about keeping one paper.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// When the paper is looked at again.
    pub review: Option<Date>,
    /// Closed to the public.
    pub closure: Option<Closure>,
    /// Matters for which it must be kept.
    pub holds: Vec<String>,
    /// The next downgrade.
    pub planned: Option<Planned>,
    /// The day on which it was declassified.
    pub declassified: Option<Date>,
    /// Earlier labels, oldest first.
    pub labels: Vec<Relabelled>,
}

impl Retention {
    /// Sets the day of the next review.
    ///
    /// # Errors
    /// When it is not after `today`.
    pub fn review(&mut self, on: Date, today: Date) -> Result<(), RetentionError> {
        self.review = Some(ahead(on, today)?);
        Ok(())
    }

    /// Lowers the classification now, keeping the old label in the history.
    ///
    /// # Errors
    /// When `to` is not lower, or not comparable.
    pub fn downgrade(
        &mut self,
        label: &mut Label,
        to: &str,
        today: Date,
    ) -> Result<(), RetentionError> {
        lower(&label.classification, to)?;
        let after = Label { classification: to.trim().to_owned(), ..label.clone() };
        self.lowered(label, after, today);
        Ok(())
    }

    /// As [`Self::downgrade`], where the house's policy has found `after` to be lower.
    pub fn lowered(&mut self, label: &mut Label, after: Label, today: Date) {
        self.relabel(label, after, today);
    }

    /// Lays down that the classification is lowered on a later day.
    ///
    /// # Errors
    /// As [`Self::downgrade`], or when the day is not ahead.
    pub fn plan(
        &mut self,
        label: &Label,
        to: &str,
        on: Date,
        today: Date,
    ) -> Result<(), RetentionError> {
        lower(&label.classification, to)?;
        self.plan_lowered(to, on, today)
    }

    /// As [`Self::plan`], where the house's policy has found `to` to be lower.
    ///
    /// # Errors
    /// When the day is not ahead.
    pub fn plan_lowered(&mut self, to: &str, on: Date, today: Date) -> Result<(), RetentionError> {
        self.planned = Some(Planned { on: ahead(on, today)?, to: to.trim().to_owned() });
        Ok(())
    }

    /// Carries out the planned downgrade when its day has come; `false` when there is none due. One
    /// that an earlier downgrade has overtaken is dropped.
    pub fn due_downgrade(&mut self, label: &mut Label, today: Date) -> bool {
        self.take_due(today).is_some_and(|due| self.downgrade(label, &due.to, today).is_ok())
    }

    /// Takes the planned downgrade out when its day has come.
    pub fn take_due(&mut self, today: Date) -> Option<Planned> {
        self.planned.take_if(|planned| planned.on <= today)
    }

    /// Takes classification and handling words off.
    ///
    /// # Errors
    /// When there is nothing to take off.
    pub fn declassify(&mut self, label: &mut Label, today: Date) -> Result<(), RetentionError> {
        let after = Label { classification: "Unclassified".to_owned(), handling: Vec::new() };
        if rank(&label.classification) == Some(0) && label.handling.is_empty() {
            return Err(RetentionError::NotLower {
                from: label.to_string(),
                to: after.classification,
            });
        }
        self.relabel(label, after, today);
        self.declassified = Some(today);
        self.planned = None;
        Ok(())
    }

    fn relabel(&mut self, label: &mut Label, to: Label, on: Date) {
        let from = std::mem::replace(label, to.clone());
        self.labels.push(Relabelled { on, from, to });
    }

    /// Closes the paper to the public.
    ///
    /// # Errors
    /// Without an exemption, or when it would end at once.
    pub fn close(&mut self, closure: Closure, today: Date) -> Result<(), RetentionError> {
        let exemption = words(&closure.exemption).ok_or(RetentionError::NoExemption)?;
        let reason: String = closure.reason.chars().take(MAX_WORDS).collect();
        let until = closure.until.map(|day| ahead(day, today)).transpose()?;
        self.closure = Some(Closure { exemption, reason, until });
        Ok(())
    }

    /// Opens a closed paper again.
    ///
    /// # Errors
    /// When it is not closed.
    pub fn open(&mut self) -> Result<(), RetentionError> {
        self.closure.take().map(|_| ()).ok_or(RetentionError::NotClosed)
    }

    /// Holds the paper for a matter.
    ///
    /// # Errors
    /// Without a matter, or when it is held for it already.
    pub fn hold(&mut self, matter: &str) -> Result<(), RetentionError> {
        let matter = words(matter).ok_or(RetentionError::NoMatter)?;
        match self.holds.binary_search(&matter) {
            Ok(_) => Err(RetentionError::Held(matter)),
            Err(at) => {
                self.holds.insert(at, matter);
                Ok(())
            }
        }
    }

    /// Ends the hold for a matter; others stand.
    ///
    /// # Errors
    /// When there is none.
    pub fn unhold(&mut self, matter: &str) -> Result<(), RetentionError> {
        let matter = words(matter).ok_or(RetentionError::NoMatter)?;
        let at = self.holds.binary_search(&matter);
        let at = at.map_err(|_| RetentionError::NotHeld(matter))?;
        self.holds.remove(at);
        Ok(())
    }

    /// The closure that stands on a day.
    #[must_use]
    pub fn closed_on(&self, day: Date) -> Option<&Closure> {
        self.closure.as_ref().filter(|c| c.until.is_none_or(|until| day < until))
    }

    /// Whether a public version may be made on a day.
    ///
    /// # Errors
    /// When the paper is closed then.
    pub fn may_publish(&self, day: Date) -> Result<(), RetentionError> {
        match self.closed_on(day) {
            None => Ok(()),
            Some(c) => {
                Err(RetentionError::Closed { exemption: c.exemption.clone(), until: c.until })
            }
        }
    }

    /// Whether the paper may be disposed of on a day.
    ///
    /// # Errors
    /// While it is held for any matter, and before its review is due.
    pub fn may_dispose(&self, day: Date) -> Result<(), RetentionError> {
        if let Some(matter) = self.holds.first() {
            return Err(RetentionError::Hold(matter.clone()));
        }
        match self.review {
            None => Err(RetentionError::NoReview),
            Some(review) if day < review => Err(RetentionError::NotDue(review)),
            Some(_) => Ok(()),
        }
    }
}

fn ahead(day: Date, today: Date) -> Result<Date, RetentionError> {
    if day > today { Ok(day) } else { Err(RetentionError::NotAhead(day)) }
}

/// Words on one line, within the limit.
fn words(text: &str) -> Option<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (1..=MAX_WORDS).contains(&text.chars().count()).then_some(text)
}

/// Where a classification stands; `None` when it is not known.
pub(crate) fn rank(word: &str) -> Option<usize> {
    let word = word.trim().to_lowercase();
    LADDER.iter().position(|equals| equals.contains(&word.as_str()))
}

/// Whether `to` is lower than `from`.
fn lower(from: &str, to: &str) -> Result<(), RetentionError> {
    let known = |word: &str| rank(word).ok_or_else(|| RetentionError::UnknownWord(word.to_owned()));
    if known(to)? < known(from)? {
        Ok(())
    } else {
        Err(RetentionError::NotLower { from: from.to_owned(), to: to.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const TODAY: Date = date(2032, 2, 29);
    const LATER: Date = date(2033, 1, 1);

    fn label(classification: &str) -> Label {
        let handling = vec!["Home Staff".to_owned()];
        Label { classification: classification.to_owned(), handling }
    }

    #[test]
    fn labels_only_sink_and_their_history_is_kept() {
        let (mut kept, mut at) = (Retention::default(), label("Secret"));
        for word in ["Secret", "Top Secret", "secret"] {
            let refused = kept.downgrade(&mut at, word, TODAY);
            assert!(matches!(refused, Err(RetentionError::NotLower { .. })), "{word}");
        }
        let refused = kept.downgrade(&mut at, "Cosmic", TODAY);
        assert!(matches!(refused, Err(RetentionError::UnknownWord(_))));
        assert_eq!(at, label("Secret"));
        kept.downgrade(&mut at, "Confidential", TODAY).unwrap();
        assert_eq!(at, label("Confidential"));
        kept.declassify(&mut at, LATER).unwrap();
        assert_eq!(at.to_string(), "UNCLASSIFIED");
        assert!(kept.declassify(&mut at, LATER).is_err());
        let history: Vec<String> = kept.labels.iter().map(|l| l.from.to_string()).collect();
        assert_eq!(history, ["SECRET — HOME STAFF", "CONFIDENTIAL — HOME STAFF"]);
    }

    #[test]
    fn a_word_that_cannot_be_compared_is_never_lowered() {
        let (mut kept, mut at) = (Retention::default(), label("Eyes of the Regent"));
        let refused = kept.downgrade(&mut at, "Restricted", TODAY);
        assert!(matches!(refused, Err(RetentionError::UnknownWord(_))));
        kept.declassify(&mut at, TODAY).unwrap();
    }

    #[test]
    fn a_planned_downgrade_waits_for_its_day_and_is_dropped_when_overtaken() {
        let (mut kept, mut at) = (Retention::default(), label("Secret"));
        assert!(kept.plan(&at, "Confidential", TODAY, TODAY).is_err());
        kept.plan(&at, "Confidential", LATER, TODAY).unwrap();
        assert!(!kept.due_downgrade(&mut at, LATER.yesterday().unwrap()));
        assert!(kept.planned.is_some());
        assert!(kept.due_downgrade(&mut at, LATER));
        assert_eq!(at, label("Confidential"));
        assert!(!kept.due_downgrade(&mut at, LATER), "once");
        kept.plan(&at, "Restricted", LATER, TODAY).unwrap();
        kept.downgrade(&mut at, "Unclassified", TODAY).unwrap();
        assert!(!kept.due_downgrade(&mut at, LATER), "never up again");
        assert_eq!((at, kept.planned), (label("Unclassified"), None));
    }

    #[test]
    fn a_closure_ends_by_itself_on_its_day() {
        let mut kept = Retention::default();
        let closure = |exemption: &str, until| Closure {
            exemption: exemption.into(),
            reason: String::new(),
            until,
        };
        assert_eq!(kept.close(closure(" ", None), TODAY), Err(RetentionError::NoExemption));
        assert!(kept.close(closure("s.27", Some(TODAY)), TODAY).is_err());
        assert_eq!(kept.open(), Err(RetentionError::NotClosed));
        kept.close(closure("s.27", Some(LATER)), TODAY).unwrap();
        let refused = kept.may_publish(LATER.yesterday().unwrap()).unwrap_err().to_string();
        assert!(refused.contains("s.27 until 2033-01-01"), "{refused}");
        kept.may_publish(LATER).unwrap();
        kept.close(closure("s.40", None), TODAY).unwrap();
        assert!(kept.may_publish(LATER).is_err());
        kept.open().unwrap();
        kept.may_publish(TODAY).unwrap();
    }

    #[test]
    fn a_hold_blocks_disposal_until_the_last_matter_is_done() {
        let mut kept = Retention::default();
        assert_eq!(kept.may_dispose(LATER), Err(RetentionError::NoReview));
        kept.review(LATER, TODAY).unwrap();
        assert!(kept.review(TODAY, TODAY).is_err());
        assert_eq!(kept.may_dispose(TODAY), Err(RetentionError::NotDue(LATER)));
        kept.may_dispose(LATER).expect("the control: without holds it may");
        kept.hold("inquiry  of 2032").unwrap();
        kept.hold("claim").unwrap();
        assert!(kept.hold("claim").is_err());
        kept.unhold("claim").unwrap();
        assert!(kept.unhold("claim").is_err());
        let held = kept.may_dispose(LATER);
        assert_eq!(held, Err(RetentionError::Hold("inquiry of 2032".into())));
        kept.unhold("inquiry of 2032").unwrap();
        kept.may_dispose(LATER).unwrap();
    }
}
