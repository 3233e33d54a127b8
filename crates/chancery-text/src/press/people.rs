//! Names, offices, pronouns and bodies in a sentence, and who is meant by them.

use std::collections::BTreeMap;

use super::MAX_SPEAKERS;
use super::sentence::{Item, Kind, Sentence};
use super::words::WORDS;

/// Most words before an office that belong to it: "the former political".
const MAX_MODIFIERS: usize = 5;

/// Most persons of one surname, or holders of one office, that are looked through.
const MAX_NAMESAKES: usize = 32;

/// Most words between an office and the name set beside it: "the head of the service, Jane Doe".
const MAX_TAIL: usize = 10;

/// Most mentions that are looked back on.
const MAX_RECENT: usize = 8;

/// Number of somebody or something that speaks.
pub(super) type Id = usize;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gender {
    Male,
    Female,
    Unknown,
}

impl Gender {
    pub(super) fn fits(self, other: Self) -> bool {
        self == other || self == Self::Unknown || other == Self::Unknown
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// Somebody with a name.
    Person,
    /// Somebody without one.
    Unnamed,
    /// A ministry, a newspaper, a company.
    Body,
    /// A paper.
    Document,
}

/// Somebody or something that can speak.
#[derive(Clone, Debug)]
pub(super) struct Entity {
    pub(super) name: String,
    pub(super) sort: Sort,
    pub(super) gender: Gender,
    /// Would not be named: what they say is not said to be public.
    pub(super) hidden: bool,
    /// Named later as.
    pub(super) named: Option<Id>,
    /// Order of the last mention.
    seen: u64,
}

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

/// Everybody in the article.
#[derive(Default)]
pub(super) struct People {
    pub(super) all: Vec<Entity>,
    full: BTreeMap<String, Id>,
    last: BTreeMap<String, Vec<Id>>,
    given: BTreeMap<String, Vec<Id>>,
    heads: BTreeMap<String, Vec<Id>>,
    clock: u64,
    /// Who was mentioned, latest last.
    recent: Vec<Id>,
}

impl People {
    /// Takes in the names of a sentence, before anything is attributed.
    pub(super) fn note(&mut self, sentence: &Sentence, nouns: &[Noun]) {
        for (at, noun) in nouns.iter().enumerate() {
            let Shape::Name { name, honours, heads } = &noun.shape else { continue };
            let before = noun.start.checked_sub(1).and_then(|i| sentence.items.get(i));
            let place = before.is_some_and(|b| {
                matches!(b.low.as_str(), "in" | "at" | "from" | "near" | "to" | "the")
            });
            let beside = apposed_before(sentence, nouns, at);
            let titled = !honours.is_empty() || !heads.is_empty() || beside.is_some();
            let given = name.first().map(|n| n.to_lowercase()).is_some_and(|n| {
                WORDS.people.male_names.contains(&n) || WORDS.people.female_names.contains(&n)
            });
            if name.len() >= 2 {
                if (place && !titled && !given)
                    || WORDS.people.places.contains(&name.join(" ").to_lowercase())
                {
                    continue;
                }
            } else if !titled {
                continue;
            }
            let id = self.person(name, honours);
            let Some(id) = id else { continue };
            for head in heads {
                self.add_head(id, head);
            }
            // "the head of the service, Jane Doe" and "Jane Doe, the head of the service".
            if let Some(role) = beside {
                self.add_head(id, role);
            }
            if let Some(role) = apposed_after(sentence, nouns, at) {
                self.add_head(id, role);
            }
        }
    }

    /// The person of a name, new or known.
    fn person(&mut self, name: &[String], honours: &[String]) -> Option<Id> {
        let last = name.last()?.to_lowercase();
        let first = name.first()?.to_lowercase();
        let gender = gender(&first, honours, name.len() > 1);
        let key = format!("{first} {last}");
        let known = match name.len() {
            1 => self.by_short(&last, honours),
            _ => self.full.get(&key).copied().or_else(|| self.lone(&last, gender)),
        };
        if let Some(id) = known {
            let entity = &mut self.all[id];
            let shown = name.join(" ");
            if name.len() > 1
                && (shown.len() > entity.name.len() || !entity.name.contains(&name[0]))
            {
                entity.name = shown;
            }
            if entity.gender == Gender::Unknown {
                entity.gender = gender;
            }
            if name.len() > 1 {
                self.full.entry(key).or_insert(id);
                push(&mut self.given, first, id);
            }
            return Some(id);
        }
        let noble = honours.iter().rfind(|h| WORDS.people.noble.contains(*h));
        let shown = match noble {
            Some(noble) if name.len() == 1 => {
                let mut title = noble.clone();
                if let Some(first) = title.get_mut(..1) {
                    first.make_ascii_uppercase();
                }
                format!("{title} {}", name[0])
            }
            _ => name.join(" "),
        };
        let id = self.add(shown, Sort::Person, gender, false)?;
        if name.len() > 1 {
            self.full.insert(key, id);
            push(&mut self.given, first, id);
        }
        push(&mut self.last, last, id);
        Some(id)
    }

    /// A person so far known by the surname alone.
    fn lone(&self, last: &str, gender: Gender) -> Option<Id> {
        let ids = self.last.get(last)?;
        ids.iter().copied().find(|&id| {
            let entity = &self.all[id];
            let bare = entity.name.rsplit(' ').next().map(str::to_lowercase).as_deref()
                == Some(last)
                && entity.name.split(' ').count() - usize::from(is_noble(&entity.name)) == 1;
            bare && entity.gender.fits(gender)
        })
    }

    /// The person meant by a single name: the one last seen, or else the first to come.
    fn by_short(&self, name: &str, honours: &[String]) -> Option<Id> {
        let gender = gender("", honours, false);
        let latest = |ids: Option<&Vec<Id>>| {
            let ids = ids?.iter().copied().filter(|&id| self.all[id].gender.fits(gender));
            let ids: Vec<Id> = ids.collect();
            let seen = ids
                .iter()
                .copied()
                .filter(|&id| self.all[id].seen > 0)
                .max_by_key(|&id| self.all[id].seen);
            seen.or_else(|| ids.first().copied())
        };
        latest(self.last.get(name)).or_else(|| latest(self.given.get(name)))
    }

    fn add(&mut self, name: String, sort: Sort, gender: Gender, hidden: bool) -> Option<Id> {
        if self.all.len() >= MAX_SPEAKERS {
            return None;
        }
        self.all.push(Entity { name, sort, gender, hidden, named: None, seen: 0 });
        Some(self.all.len() - 1)
    }

    fn add_head(&mut self, id: Id, head: &str) {
        push(&mut self.heads, head.to_owned(), id);
        let entity = &mut self.all[id];
        if entity.gender == Gender::Unknown {
            entity.gender = role_gender(head);
        }
    }

    /// Marks a mention, so that short names and offices bind to the latest.
    pub(super) fn see(&mut self, id: Id) {
        self.clock += 1;
        self.all[id].seen = self.clock;
        self.recent.retain(|&other| other != id);
        self.recent.push(id);
        if self.recent.len() > MAX_RECENT {
            self.recent.remove(0);
        }
    }

    /// The person last mentioned whose gender this is.
    pub(super) fn mentioned(&self, gender: Gender) -> Option<Id> {
        let fits = |id: &Id| self.all[*id].sort == Sort::Person && self.all[*id].gender == gender;
        self.recent.iter().rev().copied().find(fits)
    }

    /// Who is meant by a name, an office or a body; pronouns and papers are bound elsewhere.
    /// `make` lets new ones be entered.
    pub(super) fn resolve(&mut self, noun: &Noun, make: bool) -> Option<Id> {
        match &noun.shape {
            Shape::Name { name, honours, .. } => {
                let known = match name.as_slice() {
                    [one] => self.by_short(&one.to_lowercase(), honours),
                    [first, .., last] => {
                        let key = format!("{} {}", first.to_lowercase(), last.to_lowercase());
                        self.full.get(&key).copied()
                    }
                    [] => None,
                };
                match known {
                    Some(id) => Some(id),
                    None if make => self.person(name, honours),
                    None => None,
                }
            }
            Shape::Role { head, phrase, definite } => {
                let known = if *definite { self.holder(head) } else { None };
                match known {
                    Some(id) => Some(id),
                    None if make => {
                        let hidden = WORDS.people.unnamed.contains(head);
                        let id =
                            self.add(phrase.clone(), Sort::Unnamed, role_gender(head), hidden)?;
                        push(&mut self.heads, head.clone(), id);
                        Some(id)
                    }
                    None => None,
                }
            }
            Shape::Body { head, phrase } => {
                let known = self.full.get(&phrase.to_lowercase()).copied();
                let known = known.or_else(|| {
                    if phrase.to_lowercase() == *head { self.holder(head) } else { None }
                });
                match known {
                    Some(id) => Some(id),
                    None if make => {
                        let id = self.add(phrase.clone(), Sort::Body, Gender::Unknown, false)?;
                        self.full.insert(phrase.to_lowercase(), id);
                        push(&mut self.heads, head.clone(), id);
                        Some(id)
                    }
                    None => None,
                }
            }
            Shape::Document { .. } | Shape::Pronoun(_) => None,
        }
    }

    /// Whoever is called by an office or description: the one last seen, or else the first to come.
    pub(super) fn holder(&self, head: &str) -> Option<Id> {
        let ids = self.heads.get(head)?;
        let seen = ids
            .iter()
            .copied()
            .filter(|&id| self.all[id].seen > 0)
            .max_by_key(|&id| self.all[id].seen);
        seen.or_else(|| ids.first().copied())
    }

    /// A paper that speaks for itself.
    pub(super) fn document(&mut self, head: &str) -> Option<Id> {
        if let Some(&id) = self.full.get(head) {
            return Some(id);
        }
        let id = self.add(head.to_owned(), Sort::Document, Gender::Unknown, false)?;
        self.full.insert(head.to_owned(), id);
        Some(id)
    }

    /// Whoever somebody was named as in the end.
    pub(super) fn final_id(&self, id: Id) -> Id {
        self.all[id].named.filter(|&named| named != id).unwrap_or(id)
    }
}

fn push(map: &mut BTreeMap<String, Vec<Id>>, key: String, id: Id) {
    let ids = map.entry(key).or_default();
    if ids.len() < MAX_NAMESAKES && !ids.contains(&id) {
        ids.push(id);
    }
}

fn is_noble(name: &str) -> bool {
    name.split_once(' ')
        .is_some_and(|(first, _)| WORDS.people.noble.contains(&first.to_lowercase()))
}

fn gender(first: &str, honours: &[String], full: bool) -> Gender {
    for honour in honours {
        if WORDS.people.male.contains(honour) {
            return Gender::Male;
        }
        if WORDS.people.female.contains(honour) {
            return Gender::Female;
        }
    }
    match full {
        true if WORDS.people.male_names.contains(first) => Gender::Male,
        true if WORDS.people.female_names.contains(first) => Gender::Female,
        _ => Gender::Unknown,
    }
}

fn role_gender(head: &str) -> Gender {
    if WORDS.people.male_roles.contains(head) {
        Gender::Male
    } else if WORDS.people.female_roles.contains(head) {
        Gender::Female
    } else {
        Gender::Unknown
    }
}

/// The office right before a name, with a comma between.
fn apposed_before<'a>(sentence: &Sentence, nouns: &'a [Noun], at: usize) -> Option<&'a str> {
    let role = apposed_role(&sentence.items, nouns, at)?;
    match &nouns[role].shape {
        Shape::Role { head, .. } => Some(head),
        _ => None,
    }
}

/// The noun of the office right before the name at `at`, with a comma between.
pub(super) fn apposed_role(items: &[Item], nouns: &[Noun], at: usize) -> Option<usize> {
    let start = nouns[at].start;
    let comma = start.checked_sub(1)?;
    if !items[comma].is(",") {
        return None;
    }
    // The role may have "of the service" behind it.
    let role = (at.saturating_sub(4)..at)
        .rev()
        .find(|&i| matches!(nouns[i].shape, Shape::Role { .. }) && !nouns[i].genitive)?;
    let between = items.get(nouns[role].end..comma)?;
    let attached = between.first().is_none_or(|i| WORDS.grammar.prepositions.contains(&i.low));
    let plain = between.len() <= MAX_TAIL && between.iter().all(|i| i.kind == Kind::Word);
    (attached && plain).then_some(role)
}

/// The office right behind a name, with a comma between.
fn apposed_after<'a>(sentence: &Sentence, nouns: &'a [Noun], at: usize) -> Option<&'a str> {
    let end = nouns[at].end;
    if !sentence.items.get(end)?.is(",") {
        return None;
    }
    let next = nouns.get(at + 1)?;
    match &next.shape {
        Shape::Role { head, .. } if next.start == end + 1 => Some(head),
        _ => None,
    }
}

/// The nouns of a sentence, in order.
pub(super) fn nouns(sentence: &Sentence) -> Vec<Noun> {
    let items = &sentence.items;
    let mut out: Vec<Noun> = Vec::new();
    let mut at = 0;
    while at < items.len() {
        let item = &items[at];
        let next = if item.kind != Kind::Word {
            None
        } else if item.capital && (!WORDS.grammar.starters.contains(&item.low)) {
            run(items, at, &mut out)
        } else {
            plain(items, at, &mut out)
        };
        at = next.unwrap_or(at + 1).max(at + 1);
    }
    out
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
        if genitive_before {
            break;
        }
        if word && item.capital && (end == at || !is_break(&item.low)) {
            body |= WORDS.people.bodies.contains(&item.low);
            end += 1;
        } else if end > at && word && WORDS.grammar.particles.contains(&item.low) && follows(1) {
            end += 1;
        } else if end > at && body && item.says("of") && follows(1) {
            end += 1;
        } else if end > at && item.is(".") && is_short(&items[end - 1]) && follows(1) {
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
    let after = title.map_or(0, |title| title + 1);
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
        _ => None,
    };
    if let Some(pronoun) = pronoun {
        out.push(Noun { start: at, end: at + 1, shape: Shape::Pronoun(pronoun), genitive: false });
        return Some(at + 1);
    }
    if let Some(end) = somebody(items, at) {
        let phrase = phrase(items, at..end);
        let shape = Shape::Role { head: low.to_owned(), phrase, definite: false };
        out.push(Noun { start: at, end, shape, genitive: false });
        return Some(end);
    }
    let role = is_office(low);
    // "post" and "times" are newspapers with a capital only.
    let body = WORDS.people.bodies.contains(low)
        && !WORDS.people.media.contains(low)
        && !matches!(low, "street" | "city" | "house" | "capital" | "republic" | "service");
    let paper =
        matches!(WORDS.occasion(low), Some(super::Occasion::Cable | super::Occasion::Letter))
            || WORDS.things.writings.contains(low);
    if !(role || body || paper) {
        return None;
    }
    // The last noun of a compound is the head.
    let compound = items.get(at + 1).is_some_and(|next| {
        next.kind == Kind::Word
            && !next.capital
            && !item.genitive
            && (WORDS.is_role(&next.low) || WORDS.people.bodies.contains(&next.low))
    });
    if compound {
        return None;
    }
    let mut from = at;
    while from > 0 && at - from < MAX_MODIFIERS {
        let before = &items[from - 1];
        let stop = before.kind != Kind::Word
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

/// An office or description, such as "minister" and "mother-of-two".
fn is_office(low: &str) -> bool {
    WORDS.is_role(low) || (low.contains("-of-") && !low.ends_with('-'))
}

/// The end of "another", "one of them" and the like before a verb of reporting.
fn somebody(items: &[Item], at: usize) -> Option<usize> {
    if !matches!(items[at].low.as_str(), "one" | "another" | "others" | "some") {
        return None;
    }
    let of_them = items.get(at + 1).is_some_and(|i| i.says("of"))
        && items.get(at + 2).is_some_and(|i| i.says("them"));
    let end = if of_them { at + 3 } else { at + 1 };
    items.get(end).is_some_and(|i| WORDS.verb(&i.low).is_some()).then_some(end)
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
