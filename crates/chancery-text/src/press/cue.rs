//! Reporting clauses: a verb of speech, and the noun that is its subject.

use std::ops::Range;

use super::beside;
use super::noun::{self, Noun, Pronoun, Shape};
use super::sentence::{Item, Kind, Sentence};
use super::source;
use super::words::{Class, Tense, Verb, WORDS};

/// Most items between a verb and its subject, asides left out.
const MAX_GAP: usize = 14;

/// Most items looked through for the doer of a passive verb.
const MAX_AGENT: usize = 14;

/// Most words from a verb to the part of a paper that it has for a subject: "reads one passage".
const MAX_PART: usize = 4;

/// A reporting clause; numbers are of items and nouns of its sentence.
#[derive(Clone, Debug)]
pub(super) struct Clause {
    /// The verb.
    pub(super) verb: usize,
    pub(super) class: Class,
    /// Whoever speaks.
    pub(super) subject: usize,
    /// First item of subject and verb.
    pub(super) start: usize,
    /// Behind the last.
    pub(super) end: usize,
}

impl Clause {
    /// Bytes from its first word to its last.
    pub(super) fn span(&self, sentence: &Sentence) -> Range<usize> {
        sentence.items[self.start].span.start..sentence.items[self.end - 1].span.end
    }

    /// Its verb as shown.
    pub(super) fn verb(&self, sentence: &Sentence) -> String {
        match self.class {
            Class::According => "according to".to_owned(),
            _ => sentence.items[self.verb].low.clone(),
        }
    }

    /// Whether the verb stands before its subject.
    pub(super) fn inverted(&self, nouns: &[Noun]) -> bool {
        nouns[self.subject].start > self.verb
    }
}

/// The reporting clauses of a sentence, in order of their verbs.
pub(super) fn clauses(sentence: &Sentence, nouns: &[Noun]) -> Vec<Clause> {
    let items = &sentence.items;
    let mut out: Vec<Clause> = Vec::new();
    for (at, item) in items.iter().enumerate() {
        if item.kind != Kind::Word {
            continue;
        }
        if let Some(clause) = source::clause(items, nouns, at) {
            out.push(clause);
            continue;
        }
        let Some(verb) = WORDS.verb(&item.low) else { continue };
        if nouns.iter().any(|n| (n.start..n.end).contains(&at)) {
            continue;
        }
        let Some((subject, start)) = subject(items, nouns, &out, at, verb) else { continue };
        let noun = &nouns[subject];
        let paper = matches!(noun.shape, Shape::Document { .. } | Shape::Pronoun(Pronoun::It));
        if verb.class == Class::Show && !paper {
            continue;
        }
        let (start, end) = if noun.start > at { (at, noun.end) } else { (start, at + 1) };
        out.push(Clause { verb: at, class: verb.class, subject, start, end });
    }
    out
}

/// Subject of the verb at `at`, by number, and the first item that belongs to it.
fn subject(
    items: &[Item],
    nouns: &[Noun],
    so_far: &[Clause],
    at: usize,
    verb: Verb,
) -> Option<(usize, usize)> {
    let before = items[..at].iter().rposition(|i| i.kind != Kind::Word || !is_light(&i.low));
    let passed = before.map_or(0, |b| b + 1)..at;
    let had = |word: &str| items[passed.clone()].iter().any(|i| i.low == word);
    if had("not") || had("never") && verb.tense == Tense::Base {
        return None;
    }
    let previous = before.map(|b| &items[b]);
    if previous.is_some_and(|p| p.kind == Kind::Word && WORDS.grammar.determiners.contains(&p.low))
    {
        return None;
    }
    let is_be = previous.is_some_and(|p| p.kind == Kind::Word && WORDS.grammar.be.contains(&p.low));
    if is_be && verb.tense != Tense::Participle {
        return agent(items, nouns, at);
    }
    if verb.tense == Tense::Base
        && !(had("had") || had("has") || had("have") || had("would") || had("will"))
    {
        let goes_on = previous.is_some_and(|p| p.says("to"))
            && before.is_some_and(|b| {
                items[b.saturating_sub(3)..b].iter().any(|i| WORDS.grammar.raising.contains(&i.low))
            });
        if goes_on {
            return chief(items, nouns, so_far);
        }
        // "Critics, among them Doe, accuse": the plural before the aside.
        if let Some(comma) = before.filter(|&b| items[b].is(",")) {
            let floor = clause_floor(items, comma);
            let many = nouns.iter().position(|n| {
                let inside = n.start >= floor && n.end < comma;
                inside && is_plural(n) && !n.genitive && !hangs(items, n)
            })?;
            let aside = items[nouns[many].end..comma].iter().any(Item::is_pause);
            return aside.then(|| (many, nouns[many].start));
        }
        // "The committee heard Doe say"
        if let Some(object) = before.and_then(|before| object(items, nouns, before)) {
            return Some((object, nouns[object].start));
        }
        // "critics say", "they say"
        return many(items, nouns, before?, at).map(|n| (n, nouns[n].start));
    }
    if items[at].capital && verb.tense != Tense::Participle {
        return None;
    }
    let Some(before) = before else {
        return if verb.tense == Tense::Participle { chief_after(items, nouns, at) } else { None };
    };
    let previous = &items[before];
    // “...,” said Hunt
    let behind_quote = previous.quote().is_some()
        || (previous.is_pause() && before > 0 && items[before - 1].quote().is_some());
    if behind_quote {
        if let Some(inverted) = inverted(items, nouns, at) {
            return Some((inverted, at));
        }
        return if verb.tense == Tense::Participle { chief(items, nouns, so_far) } else { None };
    }
    if verb.tense == Tense::Participle && !is_be {
        if let Some(object) = object(items, nouns, before) {
            return Some((object, nouns[object].start));
        }
        return chief(items, nouns, so_far);
    }
    if previous.says("to") && had("have") {
        return reputed(items, nouns, before);
    }
    if previous.says("and") || previous.says("but") || previous.says("or") {
        return chief(items, nouns, so_far);
    }
    let floor = clause_floor(items, before);
    if previous.is_pause() {
        // "The plan is, says Doe, a hole": between commas the noun stands behind the verb.
        if matches!(verb.class, Class::Say | Class::Write)
            && let Some(inverted) = inverted(items, nouns, at)
            && items
                .get(nouns[inverted].end)
                .is_none_or(|i| i.kind == Kind::Mark || WORDS.grammar.prepositions.contains(&i.low))
        {
            return Some((inverted, at));
        }
        if before > 0 && items.get(before + 1).is_some_and(|i| i.says("and") || i.says("but")) {
            return chief(items, nouns, so_far);
        }
        return aside(items, nouns, floor, before).map(|n| (n, nouns[n].start));
    }
    nearest(items, nouns, floor, before).map(|n| (n, nouns[n].start))
}

/// The noun behind a verb: "said Doe", "warned the Admiralty", "said the palace's secretary", "reads
/// one passage of the memo".
fn inverted(items: &[Item], nouns: &[Noun], at: usize) -> Option<usize> {
    let starting = |from: usize| {
        let the = items.get(from).is_some_and(|i| WORDS.grammar.determiners.contains(&i.low));
        let name = |n: &Noun| the && n.start == from + 1 && matches!(n.shape, Shape::Name { .. });
        nouns.iter().position(|n| n.start == from || name(n))
    };
    let part = items.iter().enumerate().skip(at + 1).take(MAX_PART);
    let part = part.take_while(|(_, i)| i.kind == Kind::Word);
    let mut part = part.filter(|(_, i)| WORDS.things.parts.contains(&i.low)).map(|(i, _)| i);
    let part = part.next().filter(|&i| {
        items.get(i + 1).is_some_and(|i| matches!(i.low.as_str(), "of" | "from" | "in"))
    });
    let paper = |from: usize| {
        nouns.iter().position(|n| {
            (from..from + MAX_PART).contains(&n.start) && matches!(n.shape, Shape::Document { .. })
        })
    };
    let mut found = part
        .and_then(|part| starting(part + 2).or_else(|| paper(part + 2)))
        .or_else(|| starting(at + 1));
    // Owners are passed over.
    while let Some(owner) = found.filter(|&n| nouns[n].genitive) {
        found = (owner + 1 < nouns.len() && nouns[owner + 1].start == nouns[owner].end)
            .then_some(owner + 1);
    }
    Some(named(items, nouns, found?))
}

/// Whoever a paper has speaking: "quote Doe as saying", "shows the envoy, Jane Doe, telling".
/// `before` is the item before the participle.
fn object(items: &[Item], nouns: &[Noun], before: usize) -> Option<usize> {
    let back = usize::from(before > 0 && items[before].says("as") && items[before - 1].is(","));
    let end = if items[before].says("as") || items[before].is(",") { before } else { before + 1 };
    let object = nouns.iter().position(|n| n.end + back == end)?;
    if nouns[object].genitive || matches!(nouns[object].shape, Shape::Document { .. }) {
        return None;
    }
    if items[before].says("as") {
        return Some(object);
    }
    let beside = beside::apposed_role(items, nouns, object).filter(|_| items[before].is(","));
    let start = nouns[beside.unwrap_or(object)].start;
    let shown = start.checked_sub(1).is_some_and(|i| shows(&items[i]));
    shown.then_some(object)
}

/// Whether a word lets somebody be seen or heard saying something.
pub(super) fn shows(item: &Item) -> bool {
    matches!(
        item.low.as_str(),
        "has"
            | "have"
            | "had"
            | "show"
            | "shows"
            | "showed"
            | "hears"
            | "heard"
            | "sees"
            | "saw"
            | "catches"
            | "caught"
            | "finds"
    )
}

/// The plural that a verb in its base form at `at` says something of. What hangs on it is passed
/// over where an object follows: "minutes of the meeting record that".
fn many(items: &[Item], nouns: &[Noun], before: usize, at: usize) -> Option<usize> {
    let beside = nouns.iter().rposition(|n| n.end == before + 1);
    if let Some(beside) = beside.filter(|&n| is_plural(&nouns[n]) || !hangs(items, &nouns[n])) {
        return is_plural(&nouns[beside]).then_some(beside);
    }
    let floor = clause_floor(items, before);
    let many = nouns.iter().rposition(|n| {
        let inside = n.start >= floor && n.end <= before;
        inside && is_plural(n) && !n.genitive && !hangs(items, n)
    })?;
    let gap = &items[nouns[many].end..=before];
    let preposition = |i: &Item| WORDS.grammar.prepositions.contains(&i.low);
    let plain = gap.len() <= MAX_GAP
        && gap.iter().any(preposition)
        && !gap.last().is_some_and(preposition)
        && gap.iter().all(|i| {
            i.kind == Kind::Word
                && !WORDS.grammar.indefinite.contains(&i.low)
                && WORDS.verb(&i.low).is_none()
        });
    let object = items.get(at + 1).is_some_and(|i| {
        i.quote().is_some()
            || i.capital
            || WORDS.grammar.determiners.contains(&i.low)
            || matches!(i.low.as_str(), "that" | "he" | "she" | "it" | "they" | "how" | "what")
    });
    (plain && object).then_some(many)
}

/// Whether a noun is of many.
fn is_plural(noun: &Noun) -> bool {
    match &noun.shape {
        Shape::Role { head, .. } | Shape::Body { head, .. } | Shape::Document { head } => {
            head.ends_with('s')
        }
        Shape::Pronoun(pronoun) => matches!(pronoun, Pronoun::They),
        Shape::Name { .. } => false,
    }
}

/// "He is said to have replied": the subject before "is"; `to` is where "to" stands.
fn reputed(items: &[Item], nouns: &[Noun], to: usize) -> Option<(usize, usize)> {
    let be = to.checked_sub(2).filter(|&be| WORDS.grammar.be.contains(&items[be].low))?;
    let before = be.checked_sub(1)?;
    let subject = nearest(items, nouns, clause_floor(items, be), before)?;
    Some((subject, nouns[subject].start))
}

/// Adverbs and auxiliaries between a subject and its verb.
fn is_light(low: &str) -> bool {
    WORDS.grammar.adverbs.contains(low) || (low.ends_with("ly") && low.len() > 4)
}

/// The subject that a clause without its own shares: that of the clause before, or the sentence's.
fn chief(items: &[Item], nouns: &[Noun], so_far: &[Clause]) -> Option<(usize, usize)> {
    let shared = so_far.iter().rev().find(|c| c.class != Class::According).map(|c| c.subject);
    let subject = shared.or_else(|| first(items, nouns))?;
    Some((subject, nouns[subject].start))
}

/// The subject behind a participle that opens its sentence: "Speaking in parliament, Marrant".
fn chief_after(items: &[Item], nouns: &[Noun], at: usize) -> Option<(usize, usize)> {
    let comma = items[at..].iter().position(|i| i.is(","))? + at;
    let subject = nouns.iter().position(|n| n.start == comma + 1)?;
    Some((named(items, nouns, subject), at))
}

/// The noun behind "by".
fn agent(items: &[Item], nouns: &[Noun], at: usize) -> Option<(usize, usize)> {
    let end = items.len().min(at + MAX_AGENT);
    let by = (at + 1..end).find(|&i| items[i].says("by"))?;
    let subject = nouns.iter().position(|n| n.start == by + 1)?;
    Some((subject, at))
}

/// First noun of a sentence that hangs on nothing; the name beside an office stands for it.
pub(super) fn first(items: &[Item], nouns: &[Noun]) -> Option<usize> {
    let free =
        |n: &Noun| !n.genitive && !hangs(items, n) && n.shape != Shape::Pronoun(Pronoun::Who);
    // "Asked whether Doe was right, Roe said": the main clause begins behind the comma.
    let leads = items.first().is_some_and(|i| WORDS.grammar.subordinators.contains(&i.low));
    let comma = items.iter().position(|i| i.is(",")).filter(|_| leads).unwrap_or(0);
    let subject = nouns
        .iter()
        .position(|n| n.start >= comma && free(n))
        .or_else(|| nouns.iter().position(free))?;
    Some(named(items, nouns, subject))
}

/// The name that an office has beside it, or the office.
pub(super) fn named(items: &[Item], nouns: &[Noun], subject: usize) -> usize {
    if !matches!(nouns[subject].shape, Shape::Role { .. }) {
        return subject;
    }
    let last = nouns.len().min(subject + 4);
    (subject + 1..last)
        .find(|&i| {
            matches!(nouns[i].shape, Shape::Name { .. })
                && !nouns[i].genitive
                && beside::apposed_role(items, nouns, i) == Some(subject)
        })
        .unwrap_or(subject)
}

/// Whether a noun hangs on a preposition.
fn hangs(items: &[Item], noun: &Noun) -> bool {
    noun::governed(items, noun)
}

/// Where the clause around an item begins: behind the last quotation, semicolon or colon.
fn clause_floor(items: &[Item], before: usize) -> usize {
    let cut = |i: &Item| i.quote().is_some() || i.is(";") || i.is(":");
    items[..before].iter().rposition(cut).map_or(0, |i| i + 1)
}

/// The subject before an aside that ends at the comma `end`.
fn aside(items: &[Item], nouns: &[Noun], floor: usize, end: usize) -> Option<usize> {
    let inside = |n: &&(usize, &Noun)| n.1.start >= floor && n.1.end <= end;
    let all: Vec<(usize, &Noun)> = nouns.iter().enumerate().collect();
    let before_comma = |n: &Noun| items.get(n.end).is_some_and(Item::is_pause);
    let free = |n: &Noun| !n.genitive && !hangs(items, n);
    let name = |n: &Noun| matches!(n.shape, Shape::Name { .. });
    let pick = all.iter().filter(inside).find(|(_, n)| name(n) && before_comma(n) && free(n));
    let pick = pick.or_else(|| {
        all.iter().filter(inside).find(|(_, n)| free(n) && !matches!(n.shape, Shape::Pronoun(_)))
    });
    pick.map(|(i, _)| named(items, nouns, *i))
}

/// The nearest noun before a verb that hangs on nothing.
fn nearest(items: &[Item], nouns: &[Noun], floor: usize, before: usize) -> Option<usize> {
    let mut passed = before + 1;
    for (i, noun) in nouns.iter().enumerate().rev() {
        if noun.end > before + 1 {
            continue;
        }
        if noun.start < floor || before + 1 - noun.end > MAX_GAP {
            return None;
        }
        let gap = &items[noun.end..passed];
        let broken = gap.iter().any(|i| {
            i.kind == Kind::Mark
                || i.says("that")
                || (i.kind == Kind::Word
                    && WORDS.verb(&i.low).is_some_and(|v| v.tense == Tense::Finite))
        });
        if broken {
            return None;
        }
        if noun.shape == Shape::Pronoun(Pronoun::Who) {
            return antecedent(items, nouns, i);
        }
        if noun.genitive || hangs(items, noun) {
            passed = noun.start;
            continue;
        }
        return Some(i);
    }
    None
}

/// Whom "who" stands for.
fn antecedent(items: &[Item], nouns: &[Noun], who: usize) -> Option<usize> {
    let comma = nouns[who].start.checked_sub(1).is_some_and(|i| items[i].is(","));
    let before = who.checked_sub(1)?;
    if comma {
        return Some(before);
    }
    (0..who)
        .rev()
        .take(3)
        .find(|&i| !hangs(items, &nouns[i]) && !nouns[i].genitive)
        .or(Some(before))
}
