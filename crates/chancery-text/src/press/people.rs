//! Everybody and everything that speaks in an article, and who is meant by a name or an office.

use std::collections::BTreeMap;

use super::MAX_SPEAKERS;
use super::beside::{apposed_after, apposed_before};
use super::noun::{Noun, Shape};
use super::sentence::Sentence;
use super::words::WORDS;

/// Most persons of one surname, or holders of one office, that are looked through.
const MAX_NAMESAKES: usize = 32;

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
    /// Pronouns beside the name: feminine ones less masculine ones.
    votes: i32,
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

    /// Lets pronouns tell whose gender a given name does not: those of a sentence that names one
    /// person only, and the one that opens the next. `before` is the lone name of the sentence before.
    pub(super) fn vote(
        &mut self,
        sentence: &Sentence,
        nouns: &[Noun],
        before: Option<Id>,
    ) -> Option<Id> {
        let items = &sentence.items;
        let votes = |from: usize| {
            let mut sum: i32 = 0;
            for item in &items[from.min(items.len())..] {
                sum += i32::from(WORDS.grammar.her.contains(&item.low));
                sum -= i32::from(WORDS.grammar.his.contains(&item.low));
            }
            sum.signum()
        };
        let mut names = nouns.iter().filter(|n| matches!(n.shape, Shape::Name { .. }));
        let first = names.next();
        let Some(noun) = first else {
            if let Some(id) = before {
                self.all[id].votes += votes(0);
            }
            return before.filter(|_| items.iter().all(|i| i.quote().is_none()));
        };
        let others = names.count() > 0;
        let opens = items.first().is_some_and(|i| {
            WORDS.grammar.her.contains(&i.low) || WORDS.grammar.his.contains(&i.low)
        });
        let id = self.resolve(noun, false)?;
        if others {
            return None;
        }
        if opens {
            if let Some(id) = before {
                self.all[id].votes += votes(0);
            }
            return None;
        }
        self.all[id].votes += votes(noun.end);
        (!noun.genitive).then_some(id)
    }

    /// Settles genders by votes, or else by how given names end.
    pub(super) fn settle(&mut self) {
        for entity in &mut self.all {
            if entity.gender != Gender::Unknown || entity.sort != Sort::Person {
                continue;
            }
            let feminine = entity
                .name
                .split_once(' ')
                .is_some_and(|(given, _)| given.ends_with('a') && !is_noble(&entity.name));
            entity.gender = match entity.votes {
                1.. => Gender::Female,
                0 if feminine => Gender::Female,
                0 => Gender::Unknown,
                _ => Gender::Male,
            };
        }
    }

    /// When somebody was last mentioned.
    pub(super) fn seen(&self, id: Id) -> u64 {
        self.all[id].seen
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
        self.all.push(Entity { name, sort, gender, hidden, named: None, seen: 0, votes: 0 });
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

    /// The person last mentioned whose gender this is, or else may be.
    pub(super) fn mentioned(&self, gender: Gender) -> Option<Id> {
        let mut persons =
            self.recent.iter().rev().copied().filter(|&id| self.all[id].sort == Sort::Person);
        let sure = persons.clone().find(|&id| self.all[id].gender == gender);
        sure.or_else(|| persons.find(|&id| self.all[id].gender.fits(gender)))
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
                        let id = self.body(phrase)?;
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
        let named = |id: &Id| self.all[*id].sort == Sort::Person && self.all[*id].seen > 0;
        // "The minister" is the secretary or chancellor named since, not the one without a name.
        if WORDS.people.ministerial.contains(head) && !ids.iter().any(named) {
            let kin = WORDS.people.ministerial.iter().filter_map(|head| self.heads.get(head));
            let kin = kin.flatten().copied().filter(|id| named(id));
            if let Some(id) = kin.max_by_key(|&id| self.all[id].seen) {
                return Some(id);
            }
        }
        let seen = ids
            .iter()
            .copied()
            .filter(|&id| self.all[id].seen > 0)
            .max_by_key(|&id| self.all[id].seen);
        seen.or_else(|| ids.first().copied())
    }

    /// A body by its name, new or known.
    pub(super) fn body(&mut self, name: &str) -> Option<Id> {
        let key = name.to_lowercase();
        if let Some(&id) = self.full.get(&key) {
            return Some(id);
        }
        let id = self.add(name.to_owned(), Sort::Body, Gender::Unknown, false)?;
        self.full.insert(key, id);
        Some(id)
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

/// Whether an office or description is a man's or a woman's.
pub(super) fn is_gendered(head: &str) -> bool {
    role_gender(head) != Gender::Unknown
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
