//! Where words were spoken or written, and whether they were meant to be seen: from the reporting
//! clause and what hangs on it, never from words inside the marks.

use super::cue::{Clause, shows};
use super::noun::{Noun, Shape};
use super::provenance::{Provenance, is_bearer, only_printed, provenance};
use super::sentence::{Item, Kind, Sentence, is_time};
use super::words::{Class, Tense, WORDS};
use super::{Claim, Occasion};

/// Most items from a verb to where its occasion is named.
const MAX_REACH: usize = 16;

/// Most items from a preposition, or a verb of telling, to the noun of the occasion.
const MAX_PHRASE: usize = 6;

/// What a sentence says about the occasion of a clause in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Circumstance {
    pub(super) occasion: Option<Occasion>,
    pub(super) leaked: bool,
    pub(super) released: bool,
}

impl Circumstance {
    /// The claim that goes with an occasion.
    pub(super) fn claim(self, occasion: Occasion) -> Claim {
        match occasion {
            _ if self.leaked => Claim::Leaked,
            _ if self.released => Claim::Public,
            Occasion::Cable => Claim::Leaked,
            Occasion::Letter => Claim::Authorised,
            Occasion::Unknown => Claim::Unknown,
            _ => Claim::Public,
        }
    }
}

/// What the sentence says about the occasion of one of its clauses.
pub(super) fn circumstance(
    sentence: &Sentence,
    nouns: &[Noun],
    clauses: &[Clause],
    clause: &Clause,
) -> Circumstance {
    let items = &sentence.items;
    let reach = clause.end.max(clause.verb + 1);
    let end = items.len().min(reach + MAX_REACH);
    // What is reported is not where: stop where it begins.
    let stop = (reach..end)
        .find(|&i| {
            items[i].quote().is_some()
                || items[i].says("that")
                || items[i].is(":")
                || items[i].is(";")
        })
        .unwrap_or(end);
    // "..., the minutes show"; "..., according to a memo": the paper tells it, wherever it was said.
    let shown = clauses.iter().filter(|c| c.verb > clause.verb).find(|c| {
        matches!(c.class, Class::According | Class::Show)
            && matches!(nouns[c.subject].shape, Shape::Document { .. })
    });
    if let Some(shown) = shown {
        return at_noun(items, nouns[shown.subject].end - 1);
    }
    let told = clause.class == Class::Tell;
    if let Some(at) = (clause.verb + 1..stop)
        .find(|&i| !within(&nouns[clause.subject], i) && placed(items, nouns, clause.verb, i, told))
    {
        return at_noun(items, at);
    }
    if clause.class == Class::Judge
        && matches!(items[clause.verb].low.as_str(), "accepted" | "accepts" | "accepting")
        && items[clause.verb..stop.min(clause.verb + MAX_PHRASE)]
            .iter()
            .any(|i| i.says("resignation"))
    {
        return Circumstance { occasion: Some(Occasion::Letter), ..Circumstance::default() };
    }
    if let Shape::Document { .. } = &nouns[clause.subject].shape {
        return at_noun(items, nouns[clause.subject].end - 1);
    }
    // "In a letter to the minister, Doe said"; "Speaking in parliament".
    let floor = items[..clause.start]
        .iter()
        .rposition(|i| i.quote().is_some() || i.is(";") || i.says("but"))
        .map_or(0, |i| i + 1);
    let floor = floor.max(clause.start.saturating_sub(2 * MAX_REACH));
    if let Some(at) =
        (floor..clause.start).rev().find(|&i| placed(items, nouns, clause.verb, i, false))
    {
        return at_noun(items, at);
    }
    // "Leaked cables showed he said"; "a dispatch in which she called".
    let papers =
        nouns.iter().filter(|n| matches!(n.shape, Shape::Document { .. }) && n.end <= clause.start);
    let verb = WORDS.verb(&items[clause.verb].low);
    let participle = verb.is_some_and(|v| v.tense == Tense::Participle);
    for paper in papers.rev() {
        let shown =
            clauses.iter().any(|c| c.verb < clause.verb && nouns[c.subject].start == paper.start);
        let inside = items[paper.end..clause.start]
            .iter()
            .take(2)
            .any(|i| i.says("which") || i.says("where"));
        // "A memo has Doe calling": what it shows somebody doing stands in it.
        let has = participle && items[paper.end..clause.start].iter().any(shows);
        if shown || inside || has {
            return at_noun(items, paper.end - 1);
        }
    }
    // "According to the memo, Doe said".
    let shown = clauses.iter().filter(|c| c.verb < clause.verb).find(|c| {
        c.class == Class::According && matches!(nouns[c.subject].shape, Shape::Document { .. })
    });
    shown.map_or_else(Circumstance::default, |c| at_noun(items, nouns[c.subject].end - 1))
}

fn within(noun: &Noun, item: usize) -> bool {
    (noun.start..noun.end).contains(&item)
}

/// Whether the item names an occasion and hangs on the clause by a preposition or by "told".
fn placed(items: &[Item], nouns: &[Noun], verb: usize, at: usize, told: bool) -> bool {
    let item = &items[at];
    if item.kind != Kind::Word || item.genitive || is_time(items, at) {
        return false;
    }
    let medium = item.capital
        && WORDS.people.media.contains(&item.low)
        && nouns.iter().any(|n| within(n, at) && matches!(n.shape, Shape::Body { .. }));
    let newspaper = medium || WORDS.people.media.contains(&item.low);
    let conference = matches!(item.low.as_str(), "news" | "press")
        && items.get(at + 1).is_some_and(|i| i.low == "conference");
    if conference {
        return false;
    }
    let told_of = || is_bearer(&item.low) && provenance(items, at) == Some(Provenance::Leaked);
    if WORDS.occasion(&item.low).is_none() && !medium && !told_of() {
        return false;
    }
    if item.low == "house"
        && items.get(at + 1).is_some_and(|i| i.says("of"))
        && !items.get(at + 2).is_some_and(|i| i.capital)
    {
        return false;
    }
    let from = at.saturating_sub(MAX_PHRASE);
    let hung = (from..at)
        .rev()
        .take_while(|&i| items[i].kind != Kind::Mark && items[i].quote().is_none())
        .find_map(|i| match items[i].low.as_str() {
            "in" | "to" | "by" | "with" if newspaper && only_printed(items, i) => Some(false),
            "in" | "at" | "on" | "to" | "by" | "during" | "via" | "through" | "before" | "with"
            | "from" => Some(true),
            "of" | "about" | "against" | "for" | "over" | "after" | "that" | "when" => Some(false),
            _ => None,
        });
    hung == Some(true) && !medium
        || medium && (hung == Some(true) || told)
        || (told && hung.is_none() && at > verb && at - verb <= MAX_PHRASE)
}

/// The occasion of a noun, and what stands beside it.
pub(super) fn at_noun(items: &[Item], at: usize) -> Circumstance {
    let low = items[at].low.as_str();
    let mut occasion = WORDS.occasion(low);
    if WORDS.people.media.contains(low) {
        occasion = Some(Occasion::Interview);
    }
    let before = at.checked_sub(1).map(|i| items[i].low.as_str());
    if low == "conference" && matches!(before, Some("news" | "press")) {
        occasion = Some(Occasion::PressConference);
    }
    if low == "house" && !matches!(before, Some("the" | "this")) {
        occasion = None;
    }
    let how = if is_bearer(low) { provenance(items, at) } else { None };
    let (leaked, released) = (how == Some(Provenance::Leaked), how == Some(Provenance::Released));
    // A report or a message that leaked is a working paper or a letter, not said in public.
    if leaked && !matches!(occasion, Some(Occasion::Cable | Occasion::Letter)) {
        occasion = Some(match low {
            _ if WORDS.things.messages.contains(low) => Occasion::Letter,
            _ if WORDS.things.recordings.contains(low) => Occasion::Unknown,
            _ => Occasion::Cable,
        });
    }
    Circumstance { occasion, leaked, released }
}
