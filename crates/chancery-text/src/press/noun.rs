//! Nouns of a sentence that can speak: names, offices, bodies, papers and pronouns.

use super::people::Gender;
use super::sentence::{Item, Kind, Sentence, is_time};
use super::words::WORDS;

/// Most words before an office that belong to it: "the former political".
const MAX_MODIFIERS: usize = 5;

/// A noun of a sentence that can speak.
#[derive(Clone, Debug)]
pub(super) struct Noun {
    /// First item, determiner and title with it.
    pub(super) start: usize,
    /// Behind its last item.
    pub(super) end: usize,
    pub(super) shape: Shape,
    pub(super) genitive: bool,
}

/// What kind of noun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A name, with what stands before it.
    Name { name: Vec<String>, honours: Vec<String>, heads: Vec<String> },
    /// An office or a description.
    Role { head: String, phrase: String, definite: bool },
    /// A body.
    Body { head: String, phrase: String },
    /// A paper.
    Document { head: String },
    /// he, she, it, they, who.
    Pronoun(Pronoun),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pronoun {
    He,
    She,
    It,
    They,
    Who,
}

impl Pronoun {
    /// The gender it is said of.
    pub(super) const fn gender(self) -> Option<Gender> {
        match self {
            Self::He => Some(Gender::Male),
            Self::She => Some(Gender::Female),
            Self::It | Self::They | Self::Who => None,
        }
    }
}

/// The nouns of a sentence, in order.
pub(super) fn nouns(sentence: &Sentence) -> Vec<Noun> {
    let items = &sentence.items;
    let mut out: Vec<Noun> = Vec::new();
    let mut at = 0;
    while at < items.len() {
        let item = &items[at];
        let next = if item.kind != Kind::Word || is_month(items, at) {
            None
        } else if item.capital
            && !WORDS.grammar.starters.contains(&item.low)
            && !opens_plainly(items, at)
        {
            run(items, at, &mut out)
        } else {
            plain(items, at, &mut out)
        };
        at = next.unwrap_or(at + 1).max(at + 1);
    }
    out
}

/// "12 May" and "May 4th": the one month that is also a name.
fn is_month(items: &[Item], at: usize) -> bool {
    let day = |item: Option<&Item>| {
        item.filter(|i| i.kind == Kind::Number).is_some_and(|i| {
            let digits = i.low.trim_end_matches(|c: char| c.is_alphabetic());
            digits.parse::<u8>().is_ok_and(|day| (1..=31).contains(&day))
        })
    };
    items[at].low == "may"
        && (day(items.get(at + 1)) || day(at.checked_sub(1).map(|before| &items[before])))
}

/// Whether a capital is that of the sentence: "Minutes of the meeting", "Leaked cables", and not of
/// a name.
fn opens_plainly(items: &[Item], at: usize) -> bool {
    let low = &items[at].low;
    let words = &WORDS.provenance;
    let how = [&words.leaked, &words.secret, &words.unsealed].iter().any(|l| l.contains(low));
    at == 0
        && (is_paper(low) || how)
        && items.get(1).is_some_and(|i| i.kind == Kind::Word && !i.capital)
}

/// Whether a word is a paper that can speak.
fn is_paper(low: &str) -> bool {
    matches!(WORDS.occasion(low), Some(super::Occasion::Cable | super::Occasion::Letter))
        || WORDS.things.writings.contains(low)
}

/// A run of capitalised words from `at` on. Returns where it ends.
fn run(items: &[Item], at: usize, out: &mut Vec<Noun>) -> Option<usize> {
    let mut end = at;
    let mut body = false;
    while let Some(item) = items.get(end) {
        let follows = |ahead: usize| {
            items.get(end + ahead).is_some_and(|i| i.kind == Kind::Word && i.capital)
        };
        let word = item.kind == Kind::Word;
        let genitive_before = end > at && items[end - 1].genitive;
        if genitive_before && !owned_body(items, end) {
            break;
        }
        if word && item.capital && (end == at || !is_break(&item.low)) {
            body |= WORDS.people.bodies.contains(&item.low);
            end += 1;
        } else if end > at
            && follows(1)
            && (word && WORDS.grammar.particles.contains(&item.low)
                || body && item.says("of")
                || item.is(".") && is_short(&items[end - 1]))
        {
            end += 1;
        } else {
            break;
        }
    }
    let words: Vec<usize> = (at..end).filter(|&i| items[i].kind == Kind::Word).collect();
    let genitive = items[end - 1].genitive;
    let is_title = |i: &usize| is_office(&items[*i].low) || WORDS.is_honour(&items[*i].low);
    // "Earl" is a title and a name: at the end of a run after a comma or alone it is a name.
    let title = words.iter().rposition(is_title);
    let mut after = title.map_or(0, |title| title + 1);
    // "Gov. Earl Haskins": behind another title it is a given name.
    if after > 1
        && after < words.len()
        && WORDS.people.male_names.contains(&items[words[after - 1]].low)
    {
        after -= 1;
    }
    let mut start = at;
    if after == words.len() {
        let head = &items[words[after - 1]];
        if WORDS.people.male_names.contains(&head.low)
            && words.len() == 1
            && !WORDS.is_role(&head.low)
        {
            let name = vec![shown(head)];
            out.push(Noun {
                start,
                end,
                genitive,
                shape: Shape::Name { name, honours: vec![], heads: vec![] },
            });
            return Some(end);
        }
        if determined(items, at) {
            start -= 1;
        }
        let definite = at == start || !WORDS.grammar.indefinite.contains(&items[start].low);
        let phrase = phrase(items, at..end);
        let shape = Shape::Role { head: head.low.clone(), phrase, definite };
        absorb(items, &mut start, out);
        out.push(Noun { start, end, genitive, shape });
        return Some(end);
    }
    let mut name: Vec<usize> = words[after..].to_vec();
    while name.len() > 1
        && name.last().is_some_and(|&i| WORDS.people.behind.contains(&items[i].low))
    {
        name.pop();
    }
    if name.iter().any(|&i| WORDS.people.bodies.contains(&items[i].low)) && title.is_none() {
        if determined(items, at) {
            start -= 1;
        }
        let head = name
            .iter()
            .copied()
            .find(|&i| WORDS.people.bodies.contains(&items[i].low))
            .unwrap_or(at);
        let shape = Shape::Body { head: items[head].low.clone(), phrase: phrase(items, at..end) };
        out.push(Noun { start, end, genitive, shape });
        return Some(end);
    }
    let titles: Vec<String> = words[..after].iter().map(|&i| items[i].low.clone()).collect();
    let honours: Vec<String> = titles.iter().filter(|t| WORDS.is_honour(t)).cloned().collect();
    let mut heads: Vec<String> = titles.into_iter().filter(|t| is_office(t)).collect();
    if title.is_none() && name.len() >= 3 {
        // "Ambassador to the United States Jane Doe".
        let office = items[at.saturating_sub(4)..at].iter().any(|i| WORDS.is_role(&i.low));
        let place = phrase(items, name[0]..name[name.len() - 2]).to_lowercase();
        if (office && at > 0) || WORDS.people.places.contains(&place) {
            let keep = name.split_off(name.len() - 2);
            name = keep;
            start = name[0];
        }
    }
    if start > at
        && let Some(last) = out.last()
        && at - last.end <= 3
        && let Shape::Role { head, .. } = &last.shape
    {
        heads.push(head.clone());
        start = last.start;
        out.pop();
    }
    if let Some(last) = out.last()
        && last.end == at
        && !last.genitive
        && let Shape::Role { head, .. } = &last.shape
    {
        heads.push(head.clone());
        start = last.start;
        out.pop();
    }
    let name = name.into_iter().map(|i| shown(&items[i])).collect();
    out.push(Noun { start, end, genitive, shape: Shape::Name { name, honours, heads } });
    Some(end)
}

/// Whether a plural genitive goes on to a body: "Bakers' Federation".
fn owned_body(items: &[Item], end: usize) -> bool {
    let plural = items[end - 1].printed == shown(&items[end - 1]);
    let next = items.get(end..).unwrap_or_default().iter().take(3);
    let mut next = next.take_while(|i| i.kind == Kind::Word && i.capital);
    plural && next.any(|i| WORDS.people.bodies.contains(&i.low))
}

/// Capitalised words that end a run: days and months.
fn is_break(low: &str) -> bool {
    WORDS.grammar.starters.contains(low)
}

fn is_short(item: &Item) -> bool {
    item.kind == Kind::Word
        && (item.low.chars().count() == 1 || WORDS.grammar.abbreviations.contains(&item.low))
}

/// A word as printed, without the ending of a genitive.
fn shown(item: &Item) -> String {
    let printed = &item.printed;
    let genitive =
        ["'s", "’s", "'S", "’S"].into_iter().find_map(|ending| printed.strip_suffix(ending));
    genitive.unwrap_or(printed).to_owned()
}

fn determined(items: &[Item], at: usize) -> bool {
    at > 0 && WORDS.grammar.determiners.contains(&items[at - 1].low)
}

/// Items as one text, genitive of the last left out.
fn phrase(items: &[Item], span: std::ops::Range<usize>) -> String {
    let mut out = String::new();
    let last = span.end.saturating_sub(1);
    for at in span {
        let item = &items[at];
        if !out.is_empty() && item.kind != Kind::Mark {
            out.push(' ');
        }
        out.push_str(if at == last { "" } else { &item.printed });
        let ended = ["'s", "’s", "'S", "’S"].iter().any(|ending| item.printed.ends_with(ending));
        if at != last && item.genitive && !ended {
            out.push('\'');
        }
        if at == last {
            out.push_str(&shown(item));
        }
    }
    out
}

/// Lets an office take in the nouns right before it: "the ministry's adviser", "Party leader".
/// Returns whether one of them was a genitive.
fn absorb(items: &[Item], start: &mut usize, out: &mut Vec<Noun>) -> bool {
    let mut owned = false;
    while let Some(last) = out.last() {
        if last.end != *start || matches!(last.shape, Shape::Pronoun(_)) {
            break;
        }
        owned |= last.genitive;
        *start = last.start;
        out.pop();
        if determined(items, *start) {
            *start -= 1;
        }
    }
    owned
}

/// An office, a body, a paper or a pronoun in small letters.
fn plain(items: &[Item], at: usize, out: &mut Vec<Noun>) -> Option<usize> {
    let item = &items[at];
    let low = item.low.as_str();
    let pronoun = match low {
        "he" => Some(Pronoun::He),
        "she" => Some(Pronoun::She),
        "it" => Some(Pronoun::It),
        "they" => Some(Pronoun::They),
        "who" => Some(Pronoun::Who),
        // "in her own words"
        "his" if own_words(items, at) => Some(Pronoun::He),
        "her" if own_words(items, at) => Some(Pronoun::She),
        _ => None,
    };
    if let Some(pronoun) = pronoun {
        out.push(Noun { start: at, end: at + 1, shape: Shape::Pronoun(pronoun), genitive: false });
        return Some(at + 1);
    }
    if let Some(end) = somebody(items, at) {
        let phrase = phrase(items, at..end);
        let head = if end == at + 2 { "another" } else { low };
        let shape = Shape::Role { head: head.to_owned(), phrase, definite: false };
        out.push(Noun { start: at, end, shape, genitive: false });
        return Some(end);
    }
    let role = is_office(low);
    // "post" and "times" are newspapers with a capital only.
    let body = WORDS.people.bodies.contains(low)
        && !WORDS.people.media.contains(low)
        && !matches!(low, "street" | "city" | "house" | "capital" | "republic" | "service");
    let paper = is_paper(low) && !is_time(items, at);
    if !(role || body || paper) {
        return None;
    }
    // The last noun of a compound is the head.
    let compound = items.get(at + 1).is_some_and(|next| {
        next.kind == Kind::Word
            && !next.capital
            && !item.genitive
            && (WORDS.is_role(&next.low)
                || WORDS.people.bodies.contains(&next.low)
                || paper && is_paper(&next.low))
    });
    if compound {
        return None;
    }
    let mut from = at;
    while from > 0 && at - from < MAX_MODIFIERS {
        let before = &items[from - 1];
        // "The 43-year-old teacher"
        let aged = before.kind == Kind::Number && before.low.ends_with("-old");
        let stop = (before.kind != Kind::Word && !aged)
            || before.capital
            || before.genitive
            || is_joint(&before.low)
            || out.last().is_some_and(|noun| noun.end == from);
        if stop {
            break;
        }
        from -= 1;
    }
    let capital_start = from > 0
        && from == 1
        && items[0].kind == Kind::Word
        && items[0].capital
        && !WORDS.grammar.determiners.contains(&items[0].low)
        && !WORDS.grammar.prepositions.contains(&items[0].low)
        && out.is_empty()
        && !is_joint(&items[0].low);
    if capital_start {
        from = 0;
    }
    let words = from..at + 1;
    let mut start = from;
    let mut phrase_start = from;
    let mut definite = false;
    if determined(items, from) {
        start -= 1;
        definite = !WORDS.grammar.indefinite.contains(&items[start].low);
    } else {
        let was = start;
        // The owner of a paper is its author and stays a noun of its own.
        let owned = (role || body) && absorb(items, &mut start, out);
        if start < was && !owned {
            phrase_start = if determined(items, start + 1) { start + 1 } else { start };
            definite = determined(items, start + 1)
                && !WORDS.grammar.indefinite.contains(&items[start].low);
        }
        definite |= owned;
    }
    // "His own inspectors" are inspectors.
    if phrase_start + 1 < words.end && items[phrase_start].says("own") {
        phrase_start += 1;
    }
    let phrase = phrase(items, phrase_start..words.end);
    let head = low.to_owned();
    let shape = if role {
        Shape::Role { head, phrase, definite }
    } else if body {
        Shape::Body { head, phrase }
    } else {
        Shape::Document { head }
    };
    out.push(Noun { start, end: at + 1, shape, genitive: item.genitive });
    Some(at + 1)
}

/// "In her own words"; "her verdict:".
fn own_words(items: &[Item], at: usize) -> bool {
    let own = usize::from(items.get(at + 1).is_some_and(|i| i.says("own")));
    let Some(noun) = items.get(at + 1 + own).filter(|i| i.kind == Kind::Word) else {
        return false;
    };
    let colon = items.get(at + 2 + own).is_some_and(|i| i.is(":"));
    noun.low == "words" || colon && WORDS.things.speech.contains(&noun.low)
}

/// An office or description, such as "minister" and "mother-of-two".
fn is_office(low: &str) -> bool {
    WORDS.is_role(low) || (low.contains("-of-") && !low.ends_with('-'))
}

/// The end of "another", "one of them", "a third" and the like before a verb of reporting or a colon.
fn somebody(items: &[Item], at: usize) -> Option<usize> {
    let low = |ahead: usize| items.get(at + ahead).map_or("", |i| i.low.as_str());
    let end = match (low(0), low(1)) {
        ("one" | "another" | "others" | "some", "of") if low(2) == "them" => at + 3,
        ("one" | "another" | "others" | "some", _) => at + 1,
        ("a" | "the", "second" | "third" | "fourth" | "fifth") => at + 2,
        _ => return None,
    };
    let next = items.get(end)?;
    (WORDS.verb(&next.low).is_some() || next.is(":")).then_some(end)
}

/// A word that no description reaches across.
fn is_joint(low: &str) -> bool {
    let grammar = &WORDS.grammar;
    grammar.determiners.contains(low)
        || grammar.prepositions.contains(low)
        || grammar.be.contains(low)
        || (grammar.adverbs.contains(low) && low != "first")
        || WORDS.verb(low).is_some()
        || matches!(
            low,
            "and"
                | "but"
                | "or"
                | "that"
                | "who"
                | "which"
                | "when"
                | "as"
                | "after"
                | "before"
                | "because"
                | "if"
                | "while"
                | "he"
                | "she"
                | "it"
                | "they"
                | "whose"
                | "what"
                | "where"
                | "until"
                | "since"
                | "so"
                | "not"
                | "i"
                | "we"
                | "you"
        )
}

/// Whether a noun hangs on a preposition, and so is no subject.
pub(super) fn governed(items: &[Item], noun: &Noun) -> bool {
    noun.start.checked_sub(1).is_some_and(|before| {
        let item = &items[before];
        item.kind == Kind::Word && WORDS.grammar.prepositions.contains(&item.low)
    })
}
