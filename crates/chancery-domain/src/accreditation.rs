//! Accreditation: a chief of mission before a receiving state, from the question to the end.
//!
//! The articles are those of the Vienna Convention on Diplomatic Relations of 1961: the sending state
//! asks whether the person is agreeable and owes no reasons for a refusal (4), one person may be
//! accredited to several states (5), the function is taken up with the credentials (13), the host may
//! declare anybody persona non grata at any time (9), and the sending state notifies the end (10, 43).
//! Whether somebody holds the office at home is tenure and is not touched here: the host's stance
//! changes neither tenure nor access.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// How the host made its stance known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// Said, in public or in private.
    Said,
    /// Notified to the mission or to the sending ministry.
    Notified,
    /// A formal act, such as a note under article 9.
    Formal,
}

/// What the host thinks of the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stance {
    /// Works with the person.
    Welcome,
    /// Will not work with the person any more.
    Unwelcome,
    /// Persona non grata.
    PersonaNonGrata,
}

/// Something that happened to an accreditation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccreditationEvent {
    /// The sending state asked for agrément.
    Asked,
    /// The receiving state gave it.
    Granted,
    /// The receiving state refused it; no reasons are owed.
    Refused,
    /// Credentials were presented, or their true copy as the host's practice has it.
    Presented,
    /// The host made its stance known.
    Stance(Stance, Source),
    /// The sending state notified that the function has come to an end.
    Ended,
}

/// Where an accreditation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Agrément is asked.
    Asked,
    /// Agrément is given; the function is not yet taken up.
    Granted,
    /// Agrément is refused.
    Refused,
    /// Credentials are presented: the function is taken up.
    Presented,
    /// The end was notified.
    Ended,
}

impl Stage {
    /// Whether it is over, so that the same person may be proposed to the same state anew.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Refused | Self::Ended)
    }
}

/// Why an event cannot have happened, as a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccreditationRefusal {
    /// Nothing begins without the question.
    #[error("agrément has not been asked; ask for it first")]
    NotAsked,
    /// One question at a time.
    #[error("agrément was asked on {0} already")]
    AlreadyAsked(Date),
    /// There is an answer already.
    #[error("the receiving state has answered already: agrément was {0}")]
    Answered(&'static str),
    /// Credentials of a person who has no agrément.
    #[error("credentials cannot be presented before agrément is given")]
    NoAgrement,
    /// Credentials are presented once.
    #[error("credentials were presented already")]
    AlreadyPresented,
    /// Nothing has begun that could end.
    #[error("there is no function whose end could be notified: agrément was not given")]
    NothingToEnd,
    /// It is over.
    #[error("the end of the function was notified already; propose the person anew")]
    Over,
    /// Events stand in the order in which they happened.
    #[error("that would have happened on {day}, before the last step on {last}; check the day")]
    OutOfOrder {
        /// The day given.
        day: Date,
        /// The day of the last step.
        last: Date,
    },
    /// What has not happened is not entered.
    #[error("{0} lies in the future; enter it when it has happened")]
    Future(Date),
}

/// The accreditation of one person to one state: what happened, by day.
///
/// Guarantee: it begins with the question, and every step follows from the one before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Accreditation {
    stage: Stage,
    events: Vec<(Date, AccreditationEvent)>,
}

impl Accreditation {
    /// Agrément is asked.
    ///
    /// # Errors
    /// When `day` lies after `today`.
    pub fn ask(day: Date, today: Date) -> Result<Self, AccreditationRefusal> {
        Self::replay([(day, AccreditationEvent::Asked)], today)
    }

    /// An accreditation from its events, in the order in which they were entered.
    ///
    /// # Errors
    /// At the first event that cannot have happened.
    pub fn replay(
        events: impl IntoIterator<Item = (Date, AccreditationEvent)>,
        today: Date,
    ) -> Result<Self, AccreditationRefusal> {
        let mut all = events.into_iter();
        let Some((day, AccreditationEvent::Asked)) = all.next() else {
            return Err(AccreditationRefusal::NotAsked);
        };
        in_the_past(day, today)?;
        let mut out = Self { stage: Stage::Asked, events: vec![(day, AccreditationEvent::Asked)] };
        for (day, event) in all {
            out.enter(day, event, today)?;
        }
        Ok(out)
    }

    /// Enters what happened on `day`.
    ///
    /// # Errors
    /// When it cannot follow from where the accreditation stands, or the day does not fit.
    pub fn enter(
        &mut self,
        day: Date,
        event: AccreditationEvent,
        today: Date,
    ) -> Result<(), AccreditationRefusal> {
        in_the_past(day, today)?;
        let stage = self.after(event)?;
        let step = |e: &AccreditationEvent| !matches!(e, AccreditationEvent::Stance(..));
        let last = self.events.iter().filter(|(_, e)| step(e)).map(|(day, _)| *day).max();
        if let Some(last) = last.filter(|last| step(&event) && day < *last) {
            return Err(AccreditationRefusal::OutOfOrder { day, last });
        }
        self.stage = stage;
        self.events.push((day, event));
        Ok(())
    }

    /// The stage after an event, from every stage.
    fn after(&self, event: AccreditationEvent) -> Result<Stage, AccreditationRefusal> {
        use AccreditationEvent as E;
        use AccreditationRefusal as No;
        match (self.stage, event) {
            // The host may say what it likes, before, while and after.
            (stage, E::Stance(..)) => Ok(stage),
            (_, E::Asked) => Err(No::AlreadyAsked(self.asked())),
            (Stage::Ended, _) => Err(No::Over),
            (Stage::Asked, E::Granted) => Ok(Stage::Granted),
            (Stage::Asked, E::Refused) => Ok(Stage::Refused),
            (Stage::Granted | Stage::Presented, E::Granted | E::Refused) => {
                Err(No::Answered("given"))
            }
            (Stage::Refused, E::Granted | E::Refused) => Err(No::Answered("refused")),
            (Stage::Granted, E::Presented) => Ok(Stage::Presented),
            (Stage::Asked | Stage::Refused, E::Presented) => Err(No::NoAgrement),
            (Stage::Presented, E::Presented) => Err(No::AlreadyPresented),
            (Stage::Granted | Stage::Presented, E::Ended) => Ok(Stage::Ended),
            (Stage::Asked | Stage::Refused, E::Ended) => Err(No::NothingToEnd),
        }
    }

    /// Where it stands.
    #[must_use]
    pub const fn stage(&self) -> Stage {
        self.stage
    }

    /// What happened, in the order in which it was entered.
    #[must_use]
    pub fn events(&self) -> &[(Date, AccreditationEvent)] {
        &self.events
    }

    /// The day on which agrément was asked.
    #[must_use]
    pub fn asked(&self) -> Date {
        self.events[0].0
    }

    /// The day on which the function was taken up.
    #[must_use]
    pub fn taken_up(&self) -> Option<Date> {
        let presented = |(_, e): &&(Date, AccreditationEvent)| *e == AccreditationEvent::Presented;
        self.events.iter().find(presented).map(|(day, _)| *day)
    }

    /// The host's latest stance: by day, then by the order in which it was entered.
    #[must_use]
    pub fn stance(&self) -> Option<(Date, Stance, Source)> {
        self.events
            .iter()
            .filter_map(|(day, event)| match event {
                AccreditationEvent::Stance(stance, source) => Some((*day, *stance, *source)),
                _ => None,
            })
            .max_by_key(|(day, ..)| *day)
    }

    /// Whether the person may act as head of mission there, as a sentence.
    #[must_use]
    pub const fn function(&self) -> &'static str {
        match self.stage {
            Stage::Asked => "function not yet taken up: agrément is asked",
            Stage::Granted => "function not yet taken up: credentials are not presented",
            Stage::Refused => "function cannot be taken up: agrément was refused",
            Stage::Presented => "function taken up",
            Stage::Ended => "function ended",
        }
    }
}

fn in_the_past(day: Date, today: Date) -> Result<(), AccreditationRefusal> {
    if day <= today { Ok(()) } else { Err(AccreditationRefusal::Future(day)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use AccreditationEvent as E;
    use AccreditationRefusal as No;
    use jiff::civil::date;

    const TODAY: Date = date(2032, 6, 1);

    fn day(day: i8) -> Date {
        date(2032, 5, day)
    }

    fn at(events: &[E]) -> Result<Accreditation, AccreditationRefusal> {
        let dated = events.iter().enumerate().map(|(at, e)| (day(1 + at as i8), *e));
        Accreditation::replay(dated, TODAY)
    }

    #[test]
    fn the_way_of_an_accreditation() {
        let all = at(&[E::Asked, E::Granted, E::Presented, E::Ended]).unwrap();
        assert_eq!((all.stage(), all.taken_up()), (Stage::Ended, Some(day(3))));
        let granted = at(&[E::Asked, E::Granted]).unwrap();
        assert!(granted.function().starts_with("function not yet taken up"));
        assert_eq!(granted.taken_up(), None);
        // A chief whose credentials were never taken can be withdrawn.
        assert_eq!(at(&[E::Asked, E::Granted, E::Ended]).unwrap().stage(), Stage::Ended);
    }

    /// Every event after every stage: the whole table, written out by hand.
    #[test]
    fn every_event_from_every_stage_is_a_step_or_a_refusal() {
        let stages = [
            (vec![E::Asked], Stage::Asked),
            (vec![E::Asked, E::Granted], Stage::Granted),
            (vec![E::Asked, E::Refused], Stage::Refused),
            (vec![E::Asked, E::Granted, E::Presented], Stage::Presented),
            (vec![E::Asked, E::Granted, E::Ended], Stage::Ended),
        ];
        let asked = Err(No::AlreadyAsked(day(1)));
        let (given, refused) = (Err(No::Answered("given")), Err(No::Answered("refused")));
        let over = Err(No::Over);
        let table = [
            (E::Asked, [asked; 5]),
            (E::Granted, [Ok(Stage::Granted), given, refused, given, over]),
            (E::Refused, [Ok(Stage::Refused), given, refused, given, over]),
            (
                E::Presented,
                [
                    Err(No::NoAgrement),
                    Ok(Stage::Presented),
                    Err(No::NoAgrement),
                    Err(No::AlreadyPresented),
                    over,
                ],
            ),
            (
                E::Ended,
                [
                    Err(No::NothingToEnd),
                    Ok(Stage::Ended),
                    Err(No::NothingToEnd),
                    Ok(Stage::Ended),
                    over,
                ],
            ),
        ];
        for (event, expected) in table {
            for ((events, stage), expected) in stages.iter().zip(expected) {
                let mut there = at(events).unwrap();
                assert_eq!(there.stage(), *stage);
                let entered = there.enter(day(20), event, TODAY).map(|()| there.stage());
                assert_eq!(entered, expected, "{event:?} after {stage:?}");
            }
        }
        assert_eq!(at(&[]), Err(No::NotAsked));
        assert_eq!(at(&[E::Granted]), Err(No::NotAsked));
    }

    #[test]
    fn a_stance_changes_nothing_but_the_stance() {
        let away = E::Stance(Stance::PersonaNonGrata, Source::Formal);
        for events in [vec![E::Asked], vec![E::Asked, E::Granted, E::Presented]] {
            let mut there = at(&events).unwrap();
            let before = (there.stage(), there.taken_up(), there.function());
            there.enter(day(20), E::Stance(Stance::Unwelcome, Source::Said), TODAY).unwrap();
            there.enter(day(21), away, TODAY).unwrap();
            // Learnt later of what was said earlier: the latest day counts.
            there.enter(day(19), E::Stance(Stance::Welcome, Source::Said), TODAY).unwrap();
            assert_eq!(before, (there.stage(), there.taken_up(), there.function()));
            let stance = Some((day(21), Stance::PersonaNonGrata, Source::Formal));
            assert_eq!(there.stance(), stance);
        }
    }

    #[test]
    fn days_stand_in_order_and_not_in_the_future() {
        let mut there = Accreditation::ask(day(10), TODAY).unwrap();
        let early = there.enter(day(9), E::Granted, TODAY);
        assert_eq!(early, Err(No::OutOfOrder { day: day(9), last: day(10) }));
        let future = date(2032, 6, 2);
        assert_eq!(there.enter(future, E::Granted, TODAY), Err(No::Future(future)));
        assert_eq!(Accreditation::ask(future, TODAY), Err(No::Future(future)));
        assert_eq!(there.enter(day(10), E::Granted, TODAY), Ok(()));
    }
}
