//! Whose words they are where no verb says so: "according to", "in the words of", "Doe's verdict".

use super::beside;
use super::cue::{self, Clause};
use super::noun::{Noun, Shape};
use super::sentence::{Item, Kind};
use super::words::{Class, WORDS};

/// Most words between an owner and what is owned: "Doe's blunt first reaction".
const MAX_BETWEEN: usize = 3;

/// Most items from a noun of speech to the marks or the colon that it announces.
const MAX_ANNOUNCE: usize = 10;

/// Most items that hang on a source: "a report by the auditor, Jane Doe".
const MAX_SOURCE: usize = 24;

/// The clause that a word at `at` makes without being a verb.
pub(super) fn clause(items: &[Item], nouns: &[Noun], at: usize) -> Option<Clause> {
    let says = |i: usize, word: &str| items.get(i).is_some_and(|i| i.says(word));
    if says(at, "according") && says(at + 1, "to") {
        let subject = starts(items, nouns, at + 2)?;
        return Some(according(items, nouns, at, at, subject));
    }
    let to = at.checked_sub(1).is_some_and(|i| says(i, "to"));
    if to && matches!(items[at].low.as_str(), "quote" | "paraphrase") {
        // "To quote the late Lord Doe, ..."
        let named = starts(items, nouns, at + 1)?;
        let end = nouns[named].end;
        let stop = items.get(end).is_some_and(|i| i.kind == Kind::Mark || i.quote().is_some());
        return stop.then(|| according(items, nouns, at, at - 1, named));
    }
    if !WORDS.things.speech.contains(&items[at].low) || items[at].genitive {
        return None;
    }
    let (subject, start, end) = owner(items, nouns, at)?;
    let inside = start.checked_sub(1).filter(|&i| says(i, "in") || says(i, "by"));
    // "To borrow the phrase of Doe"
    let lent = start.checked_sub(2).filter(|&i| says(i, "to") && is_borrowed(&items[i + 1]));
    let inside = inside.or(lent);
    if let Some(inside) = inside {
        let mut found = according(items, nouns, at, inside, subject);
        found.end = found.end.max(end);
        return Some(found);
    }
    if items[at].says("words") {
        let plain = nouns[subject].genitive;
        return plain.then(|| according(items, nouns, at, start, subject));
    }
    announces(items, end).then_some(Clause { verb: at, class: Class::Judge, subject, start, end })
}

fn is_borrowed(item: &Item) -> bool {
    matches!(item.low.as_str(), "quote" | "paraphrase" | "borrow" | "use")
}

fn according(items: &[Item], nouns: &[Noun], verb: usize, start: usize, subject: usize) -> Clause {
    let subject = cue::named(items, nouns, subject);
    let end = nouns[subject].end.max(verb + 1);
    Clause { verb, class: Class::According, subject, start, end }
}

/// The noun that begins at an item, or behind its article and "late" or "former".
fn starts(items: &[Item], nouns: &[Noun], at: usize) -> Option<usize> {
    nouns.iter().position(|n| (n.start..n.end).contains(&at)).or_else(|| {
        let mut from = at;
        while from < at + MAX_BETWEEN && items.get(from).is_some_and(is_before_name) {
            from += 1;
        }
        nouns.iter().position(|n| n.start == from && matches!(n.shape, Shape::Name { .. }))
    })
}

fn is_before_name(item: &Item) -> bool {
    item.kind == Kind::Word
        && (WORDS.grammar.determiners.contains(&item.low)
            || matches!(item.low.as_str(), "late" | "former" | "great" | "old"))
}

/// Whose the noun of speech is, with the first item of both and where they end.
fn owner(items: &[Item], nouns: &[Noun], at: usize) -> Option<(usize, usize, usize)> {
    genitive(items, nouns, at).or_else(|| {
        let of = items.get(at + 1).is_some_and(|i| i.says("of"));
        let subject = starts(items, nouns, at + 2).filter(|_| of)?;
        let before = at.checked_sub(1).map(|before| &items[before]);
        let the = before.is_some_and(|i| WORDS.grammar.determiners.contains(&i.low));
        let subject = cue::named(items, nouns, subject);
        Some((subject, at - usize::from(the), nouns[subject].end.max(at + 1)))
    })
}

/// The owner before a noun of speech: "Doe's claim", "her own words".
fn genitive(items: &[Item], nouns: &[Noun], at: usize) -> Option<(usize, usize, usize)> {
    let mut from = at;
    while at - from <= MAX_BETWEEN {
        let owner = nouns.iter().position(|n| n.end == from);
        if let Some(owner) = owner {
            let noun = &nouns[owner];
            let his = matches!(items[noun.start].low.as_str(), "his" | "her");
            return (noun.genitive || his).then_some((owner, noun.start, at + 1));
        }
        let item = from.checked_sub(1).map(|i| &items[i])?;
        if item.kind != Kind::Word || WORDS.grammar.determiners.contains(&item.low) {
            return None;
        }
        from -= 1;
    }
    None
}

/// Whether what stands behind a noun of speech gives the words: ": ...", "that ...", "was “...”",
/// "of the house as “...”".
fn announces(items: &[Item], end: usize) -> bool {
    let to = items.len().min(end + MAX_ANNOUNCE);
    let Some(next) = items.get(end) else { return false };
    let be = WORDS.grammar.be.contains(&next.low);
    let that = be && items.get(end + 1).is_some_and(|i| i.says("that"));
    if next.is(":") || next.says("that") || next.quote().is_some() || that {
        return true;
    }
    let rest = &items[end..to];
    let mark = rest.iter().position(|i| i.is(":") || i.quote().is_some());
    let Some(mark) = mark else { return false };
    let free = rest[..mark].iter().all(|i| i.kind != Kind::Mark || i.is_pause());
    let be = be && mark <= MAX_BETWEEN + 1;
    let hung = WORDS.grammar.prepositions.contains(&next.low);
    let colon = rest[mark].is(":") && (be || hung || next.is_pause());
    let before = mark.checked_sub(1).map(|i| &rest[i]);
    let as_quoted = next.says("of") && before.is_some_and(|i| i.says("as"));
    free && (colon || be && !rest[mark].is(":") || as_quoted)
}

/// Where a source ends with all that hangs on it: its author, where it appeared, who that is.
pub(super) fn end(items: &[Item], nouns: &[Noun], clause: &Clause) -> usize {
    let mut end = clause.end.max(nouns[clause.subject].end);
    let limit = items.len().min(end + MAX_SOURCE);
    let pause = |i: usize| items.get(i).is_some_and(|i| i.is(","));
    let comma =
        |from: usize| (from..limit).find(|&i| items[i].is(",") || items[i].quote().is_some());
    while end < limit {
        if pause(end) {
            let beside = nouns.iter().enumerate().find(|&(at, n)| {
                let role = || beside::apposed_role(items, nouns, at).map(|role| &nouns[role]);
                n.start > end
                    && matches!(n.shape, Shape::Name { .. })
                    && pause(n.end)
                    && role().is_some_and(|role| role.start >= clause.start && role.end <= end)
            });
            if let Some((_, beside)) = beside {
                end = beside.end;
                continue;
            }
            let low = items.get(end + 1).map_or("", |i| i.low.as_str());
            let words = &WORDS.provenance;
            let aside = matches!(low, "who" | "which" | "whose" | "dated" | "written" | "signed")
                || [&words.leaked, &words.unsealed, &words.released, &words.obtained]
                    .iter()
                    .any(|list| list.contains(low));
            // "The auditor, the head of her office, ..."
            let role = nouns.iter().find(|n| {
                n.start == end + 1 && matches!(n.shape, Shape::Role { .. }) && !n.genitive
            });
            let role = role.filter(|_| matches!(nouns[clause.subject].shape, Shape::Name { .. }));
            let from = role.map_or(end + 2, |n| n.end);
            match comma(from).filter(|&i| (aside || role.is_some()) && items[i].is(",")) {
                Some(close) if role.is_none() || attached(items, from, close) => end = close,
                _ => break,
            }
            continue;
        }
        let by = items
            .get(end)
            .is_some_and(|i| i.kind == Kind::Word && WORDS.grammar.prepositions.contains(&i.low));
        if !by {
            break;
        }
        // The noun behind the preposition, or all up to the comma.
        let next = nouns.iter().find(|n| n.start == end + 1 || n.start == end + 2);
        match (next.filter(|n| n.end <= limit), comma(end)) {
            (_, Some(close)) if attached(items, end, close) => end = close,
            (Some(noun), _) => end = noun.end,
            (None, Some(close)) => end = close,
            (None, None) => break,
        }
    }
    end
}

/// Whether items up to a comma are one phrase, without a verb of its own.
fn attached(items: &[Item], from: usize, close: usize) -> bool {
    items[from..close].iter().all(|i| {
        i.kind != Kind::Mark
            && i.quote().is_none()
            && !WORDS.grammar.be.contains(&i.low)
            && WORDS.verb(&i.low).is_none()
            && !is_auxiliary(&i.low)
    })
}

/// Whether a word begins the predicate that a source interrupted: "The talks, according to Doe, were".
pub(super) fn is_predicate(item: &Item) -> bool {
    item.kind == Kind::Word
        && (WORDS.grammar.be.contains(&item.low)
            || is_auxiliary(&item.low)
            || item.low.len() > 4 && item.low.ends_with("ed"))
}

fn is_auxiliary(low: &str) -> bool {
    matches!(
        low,
        "had"
            | "has"
            | "have"
            | "will"
            | "would"
            | "could"
            | "can"
            | "must"
            | "should"
            | "did"
            | "does"
            | "cannot"
            | "shall"
    )
}
