//! A quotation and the reporting clause that it belongs to.

use super::{Here, Reader, Said};
use crate::press::cue::{self, Clause};
use crate::press::form::{self, Around};
use crate::press::marks::Pair;
use crate::press::noun::Noun;
use crate::press::occasion::Circumstance;
use crate::press::sentence::{Item, Kind};
use crate::press::words::Class;
use crate::press::{Claim, Cue, Form, Found, Occasion};

impl Reader {
    #[expect(clippy::too_many_arguments, reason = "a sentence as read so far")]
    pub(super) fn quotation(
        &mut self,
        text: &str,
        items: &[Item],
        nouns: &[Noun],
        clauses: &[Clause],
        spoken: &[Option<Said>],
        used: &mut [bool],
        at: usize,
        pair: &Pair,
        state: &mut Here,
    ) {
        let quoted = &text[pair.span.clone()];
        let after = clause_after(items, nouns, clauses, at).filter(|&c| spoken[c].is_some());
        let before = clauses
            .iter()
            .enumerate()
            .rev()
            .find(|(i, c)| c.verb < at && spoken[*i].is_some())
            .map(|(i, _)| i);
        let introduced = at > 0 && (items[at - 1].is(":") || items[at - 1].is(","));
        let follows = items[at + 1..].iter().find(|i| !i.is_pause());
        let words: Vec<&str> = items[..at]
            .iter()
            .rev()
            .take(3)
            .take_while(|i| i.kind == Kind::Word)
            .map(|i| i.low.as_str())
            .collect();
        let words: Vec<&str> = words.into_iter().rev().collect();
        let around = Around {
            before: &words,
            goes_on: after.is_none() && follows.is_some_and(|i| i.kind == Kind::Word),
            reported: after.is_some() || (before.is_some() && introduced),
            opens: at == 0 && follows.is_none_or(|i| i.kind != Kind::Word || after.is_some()),
        };
        let form = form::form(quoted, &around);
        if form == Form::Title {
            let said = Said {
                who: None,
                printed: String::new(),
                how: Found::Carried,
                cue: None,
                occasion: Occasion::Unknown,
                claim: Claim::Unknown,
                plain: false,
            };
            self.enter(
                text,
                pair.span.clone(),
                pair.inner.clone(),
                form,
                state.number,
                None,
                &said,
            );
            return;
        }
        let lower = quoted.starts_with(char::is_lowercase);
        let choice = match (after, before) {
            (Some(_), Some(before)) if lower && at > 0 => Some(before),
            (Some(after), _) => Some(after),
            (None, before) => before,
        };
        let later = || {
            let mut later =
                clauses.iter().enumerate().filter(|(i, c)| c.verb > at && spoken[*i].is_some());
            later
                .next()
                .filter(|(_, c)| at == 0 || c.class == Class::According || closes(items, c))
                .map(|(i, _)| i)
        };
        let choice = choice.or_else(later);
        let previous = self.article.quotations.len().checked_sub(1);
        let run_on = pair.runs_on;
        let said = match choice {
            _ if run_on && after.is_none() => {
                previous.and_then(|p| self.again(p)).or_else(|| self.carried(state.number, false))
            }
            Some(clause) => {
                used[clause] |= after == Some(clause) || introduced;
                spoken[clause].clone()
            }
            None => self.without_clause(items, nouns, at, form, state),
        };
        let said = said.unwrap_or_else(|| Said {
            who: None,
            printed: String::new(),
            how: Found::Carried,
            cue: None,
            occasion: Occasion::Unknown,
            claim: Claim::Unknown,
            plain: false,
        });
        if said.who.is_some() && !state.heading {
            self.quoted = said.who;
            self.spoke(&said, state.number);
            state.speaks = true;
        }
        let broken = previous.filter(|&p| {
            let earlier = &self.article.quotations[p];
            earlier.paragraph == state.number
                && earlier.form != Form::Title
                && self.said[p].0 == said.who
                && said.who.is_some()
                && earlier.text.ends_with([',', '—', '–', '-'])
                && lower
                && state.sentence_has(p)
        });
        let continues = if run_on { previous } else { broken };
        state.mark(self.article.quotations.len());
        self.enter(
            text,
            pair.span.clone(),
            pair.inner.clone(),
            form,
            state.number,
            continues,
            &said,
        );
    }

    /// The attribution of a quotation, for what goes on with it.
    fn again(&self, quotation: usize) -> Option<Said> {
        let (who, plain) = *self.said.get(quotation)?;
        let q = self.article.quotations.get(quotation)?;
        Some(Said {
            who: Some(who?),
            printed: q.speaker.as_ref().map(|s| s.as_printed.clone()).unwrap_or_default(),
            how: Found::Carried,
            cue: None,
            occasion: q.occasion,
            claim: q.claim,
            plain,
        })
    }

    /// A quotation in a sentence without a reporting clause.
    fn without_clause(
        &mut self,
        items: &[Item],
        nouns: &[Noun],
        at: usize,
        form: Form,
        state: &Here,
    ) -> Option<Said> {
        let colon = at > 0 && items[at - 1].is(":");
        if colon && let Some(chief) = cue::first(items, nouns).filter(|&n| nouns[n].end <= at) {
            let (who, how) = self.whom(items, nouns, chief, state.number)?;
            let noun = &nouns[chief];
            let (occasion, claim, plain) =
                self.occasion(who, ":", Class::Say, Circumstance::default(), state.number);
            return Some(Said {
                who: Some(who),
                printed: items[noun.start..noun.end]
                    .iter()
                    .map(|i| i.printed.as_str())
                    .collect::<Vec<_>>()
                    .join(" "),
                how,
                cue: Some(Cue { span: items[at - 1].span.clone(), verb: ":".to_owned() }),
                occasion,
                claim,
                plain,
            });
        }
        // "No," came the reply; or a reply in a paragraph of its own.
        let reply = items.iter().any(|i| i.says("came"))
            && items.iter().any(|i| matches!(i.low.as_str(), "reply" | "answer" | "response"));
        if form == Form::Direct && !state.speaks && (at == 0 || reply) {
            if let Some(said) = self.introduced.take() {
                return Some(said);
            }
            if let Some(said) = self.answers(state.number) {
                self.replied = Some(state.number);
                return Some(said);
            }
        }
        match form {
            Form::Direct => self.carried(state.number, !state.speaks),
            Form::Mixed if state.speaks => self.carried(state.number, false),
            _ => None,
        }
    }
}

/// A clause behind a comma that closes its sentence reports the whole: "..., peers have found".
fn closes(items: &[Item], clause: &Clause) -> bool {
    let comma = clause.start.checked_sub(1).is_some_and(|i| items[i].is_pause());
    let last = items.get(clause.end.max(clause.verb + 1));
    comma && last.is_none_or(|i| i.kind == Kind::Mark)
}

/// The clause that stands right behind a quotation: "...," she said.
fn clause_after(items: &[Item], nouns: &[Noun], clauses: &[Clause], at: usize) -> Option<usize> {
    let mut next = at + 1;
    while items.get(next).is_some_and(|i| i.is_pause() || i.says("as")) {
        next += 1;
    }
    let next_quote = items[next.min(items.len())..]
        .iter()
        .position(|i| i.quote().is_some())
        .map_or(items.len(), |i| next + i);
    clauses.iter().position(|c| {
        c.verb < next_quote
            && c.verb > at
            && if c.inverted(nouns) { c.verb == next } else { c.start == next }
    })
}
