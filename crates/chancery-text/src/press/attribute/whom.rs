//! Who speaks in a reporting clause, and where: names, offices and pronouns bound to persons, and
//! occasions from the clause, its verb or what is remembered.

use super::{Reader, Said};
use crate::press::beside;
use crate::press::cue::{self, Clause};
use crate::press::noun::{self, Noun, Pronoun, Shape};
use crate::press::occasion::{self, Circumstance, circumstance};
use crate::press::people::{Gender, Id, Sort};
use crate::press::sentence::{Item, Sentence};
use crate::press::words::{Class, WORDS};
use crate::press::{Claim, Cue, Found, Occasion};

/// Most items from a paper to "signed by".
const MAX_SIGNED: usize = 16;

/// Most paragraphs without a clause over which a speaker is carried on.
const MAX_CARRY: usize = 2;

impl Reader {
    /// Remembers papers spoken of, and whether they were leaked or released.
    pub(super) fn papers(&mut self, items: &[Item], nouns: &[Noun]) {
        for (at, noun) in nouns.iter().enumerate() {
            let Shape::Document { head } = &noun.shape else { continue };
            let owner = owner(nouns, at).or_else(|| signed(items, nouns, noun));
            let owner = owner.and_then(|owner| self.people.resolve(owner, false));
            let found = occasion::at_noun(items, noun.end - 1);
            let Some(kind @ (Occasion::Cable | Occasion::Letter)) = found.occasion else {
                continue;
            };
            // "On a personal note" is no paper.
            if noun.start > 0 && items[noun.start - 1].says("on") {
                continue;
            }
            self.kind = kind;
            if found.leaked || found.released {
                self.released = found.released;
            }
            let new = WORDS.grammar.indefinite.contains(&items[noun.start].low);
            if found.leaked || found.released || new {
                self.leaked = found.leaked;
            }
            if !noun.genitive && !noun::governed(items, noun) {
                let author = owner.or_else(|| self.authors.get(&kind).copied());
                self.paper = author.or_else(|| self.people.document(head));
            }
        }
    }

    /// What a clause says about its speaker and occasion.
    pub(super) fn said(
        &mut self,
        text: &str,
        sentence: &Sentence,
        nouns: &[Noun],
        clauses: &[Clause],
        clause: &Clause,
        number: usize,
    ) -> Option<Said> {
        let items = &sentence.items;
        let noun = &nouns[clause.subject];
        let mut found = circumstance(sentence, nouns, clauses, clause);
        if noun.shape == Shape::Pronoun(Pronoun::It)
            && self.paper.is_some()
            && found.occasion.is_none()
        {
            found.occasion = Some(self.kind).filter(|&kind| kind != Occasion::Unknown);
        }
        let (who, how) = self.whom(items, nouns, clause.subject, number)?;
        let printed = items[noun.start].span.start..items[noun.end - 1].span.end;
        let verb = items[clause.verb].low.as_str();
        if self.people.all[who].sort == Sort::Unnamed && anonymous(items) {
            self.people.all[who].hidden = true;
        }
        let (occasion, claim, plain) = self.occasion(who, verb, clause.class, found, number);
        Some(Said {
            who: Some(who),
            printed: text[printed].to_owned(),
            how,
            cue: Some(Cue { span: clause.span(sentence), verb: clause.verb(sentence) }),
            occasion,
            claim,
            plain,
        })
    }

    /// Who is meant by a subject.
    pub(super) fn whom(
        &mut self,
        items: &[Item],
        nouns: &[Noun],
        at: usize,
        number: usize,
    ) -> Option<(Id, Found)> {
        let noun = &nouns[at];
        match &noun.shape {
            Shape::Name { name, honours, heads } => {
                // "The Kremlin" is a body, unless somebody is called so.
                let the = noun.start > 0 && items[noun.start - 1].says("the");
                let known = self.people.resolve(noun, false);
                if the && known.is_none() && honours.is_empty() && heads.is_empty() {
                    return Some((self.people.body(&name.join(" "))?, Found::Document));
                }
                Some((known.or_else(|| self.people.resolve(noun, true))?, Found::Named))
            }
            Shape::Body { .. } => Some((self.people.resolve(noun, true)?, Found::Document)),
            Shape::Role { head, definite, .. } => {
                let known = if *definite { self.people.holder(head) } else { None };
                let bare = !items
                    .get(noun.end)
                    .is_some_and(|i| matches!(i.low.as_str(), "of" | "for" | "at" | "from"));
                let the = items[noun.start].says("the");
                let last = || {
                    // "The veteran backbencher said": a new word for whoever spoke last.
                    let id = *self.focus.last()?;
                    let entity = &self.people.all[id];
                    (entity.sort == Sort::Person && entity.gender.fits(gender_of(head)))
                        .then_some(id)
                };
                let id = match known {
                    Some(id) => id,
                    None if *definite && the && bare => match last() {
                        Some(id) => id,
                        None => self.people.resolve(noun, true)?,
                    },
                    None => self.people.resolve(noun, true)?,
                };
                Some((id, Found::Role))
            }
            Shape::Document { head } => {
                let kind = WORDS.occasion(head).unwrap_or(Occasion::Unknown);
                let behind =
                    items.get(noun.end).is_some_and(|i| matches!(i.low.as_str(), "from" | "by"));
                let author = nouns.get(at + 1).filter(|n| behind && n.start == noun.end + 1);
                let author = author.or_else(|| owner(nouns, at));
                // A report or an audit has no author of its own; it speaks for itself.
                let id =
                    match (author, self.authors.get(&kind).filter(|_| kind != Occasion::Unknown)) {
                        (Some(author), _) => self.people.resolve(author, true)?,
                        (None, Some(&id)) => id,
                        (None, None) => self.people.document(head)?,
                    };
                self.paper = Some(id);
                Some((id, Found::Document))
            }
            Shape::Pronoun(pronoun) => {
                let id = self.meant(*pronoun, number)?;
                let wanted = pronoun.gender();
                if let Some(gender) = wanted {
                    let entity = &mut self.people.all[id];
                    if entity.gender == Gender::Unknown {
                        entity.gender = gender;
                    }
                }
                Some((id, Found::Pronoun))
            }
        }
    }

    /// Who is meant by a pronoun: the latest speaker or subject that fits it. A bare name that may
    /// be a place's stands back behind anybody whose gender is known.
    fn meant(&self, pronoun: Pronoun, number: usize) -> Option<Id> {
        let mut latest = self.focus.iter().rev().copied();
        if let Some(gender) = pronoun.gender() {
            let fits = |id: &Id| {
                let entity = &self.people.all[*id];
                matches!(entity.sort, Sort::Person | Sort::Unnamed) && entity.gender.fits(gender)
            };
            let sure = |id: &Id| {
                let entity = &self.people.all[*id];
                let here = self
                    .last
                    .as_ref()
                    .is_some_and(|(said, at)| said.who == Some(*id) && *at == number);
                let known = entity.sort == Sort::Person && entity.name.contains(' ');
                fits(id) && (entity.gender == gender || known || here)
            };
            let sure = latest.clone().find(sure).or_else(|| latest.find(fits));
            let mention = self.people.mentioned(gender);
            // Whose gender is known, and who was named since, goes before whose is not, and who has no name.
            let exact = |id: Id| self.people.all[id].gender == gender;
            let nameless = |id: Id| self.people.all[id].sort == Sort::Unnamed;
            let nearer = |id: Id| {
                mention.filter(|&m| {
                    let weaker = !exact(id) || nameless(id);
                    exact(m) && weaker && self.people.seen(m) > self.people.seen(id)
                })
            };
            return sure.map(|id| nearer(id).unwrap_or(id)).or(mention);
        }
        let sort = |id: &Id| self.people.all[*id].sort;
        match pronoun {
            Pronoun::It => {
                let body = latest.find(|id| matches!(sort(id), Sort::Body | Sort::Document));
                self.paper.or(body)
            }
            _ => latest.find(|id| sort(id) != Sort::Document),
        }
    }

    /// Occasion and claim of a clause, from what it says, from its verb, or from before.
    pub(super) fn occasion(
        &self,
        who: Id,
        verb: &str,
        class: Class,
        found: Circumstance,
        number: usize,
    ) -> (Occasion, Claim, bool) {
        // Papers of which nothing new is said were released if the last ones were.
        let before = self.released && !found.leaked;
        if let Some(occasion) = found.occasion {
            let released = found.released || (before && occasion == Occasion::Cable);
            return (occasion, Circumstance { released, ..found }.claim(occasion), false);
        }
        let found = Circumstance { released: before, ..found };
        let remembered = self.memory.get(&who).copied();
        // Indirect speech of another in between does not end an occasion; a quotation does.
        let same = self.last.as_ref().is_some_and(|(said, _)| said.who == Some(who))
            || self.quoted == Some(who);
        if class == Class::Tweet {
            return (Occasion::Tweet, Claim::Public, false);
        }
        let written = |&(occasion, ..): &(Occasion, Claim, bool)| {
            matches!(occasion, Occasion::Cable | Occasion::Letter)
        };
        if class == Class::Write {
            return match remembered.filter(|m| same || written(m)).filter(|m| !m.2) {
                Some(before) => before,
                None if self.kind == Occasion::Cable => (self.kind, found.claim(self.kind), true),
                None if self.leaked => (Occasion::Letter, Claim::Leaked, true),
                None => (Occasion::Letter, Claim::Authorised, true),
            };
        }
        // "She wrote the cables. 'I was proud,' she says": what is told now is not in an old paper.
        let now = verb != ":" && verb.ends_with('s') && class == Class::Say;
        let then = self.last.as_ref().and_then(|(said, _)| said.cue.as_ref());
        let told = now && then.is_some_and(|cue| !cue.verb.ends_with('s'));
        let before = remembered.filter(|m| !(told && written(m)));
        if let Some(before) = before.filter(|_| same || WORDS.resumes.contains(verb)) {
            return before;
        }
        if self.people.all[who].hidden {
            return (Occasion::Unknown, Claim::Unknown, true);
        }
        if self.people.all[who].sort == Sort::Document {
            let kind = WORDS.occasion(&self.people.all[who].name).unwrap_or(Occasion::Statement);
            return (kind, found.claim(kind), false);
        }
        // Another who speaks in the paragraph of a paper speaks in the paper, as far as is said.
        let paper = self.last.as_ref().filter(|(said, paragraph)| {
            said.occasion == Occasion::Cable && !said.plain && *paragraph == number && !told
        });
        if let Some((said, _)) = paper {
            return (said.occasion, said.claim, false);
        }
        (Occasion::Statement, Claim::Public, true)
    }

    /// Who answers a question: of those quoted or spoken of, the latest who did not ask it.
    pub(super) fn answers(&self, number: usize) -> Option<Said> {
        let (asked, paragraph) = self.last.as_ref()?;
        let question = self.article.quotations.last().is_some_and(|q| {
            q.text.ends_with('?') && q.paragraph == *paragraph && q.paragraph < number
        });
        let verb = asked.cue.as_ref().map_or("", |cue| cue.verb.as_str());
        let indirect = WORDS.asks.contains(verb)
            && self.article.quotations.last().is_none_or(|q| q.paragraph < *paragraph);
        // Once two have begun to answer one another they go on in turn.
        let in_turn = self.replied == Some(*paragraph);
        if *paragraph + 1 != number || !(question || indirect || in_turn) {
            return None;
        }
        let other = |id: &Id| {
            let sort = self.people.all[*id].sort;
            Some(*id) != asked.who && matches!(sort, Sort::Person | Sort::Unnamed)
        };
        let heard = |id: &Id| other(id) && self.memory.contains_key(id);
        let latest = || self.focus.iter().rev().copied();
        let id = latest().find(heard).or_else(|| latest().find(other))?;
        let (occasion, claim, plain) = (asked.occasion, asked.claim, asked.plain);
        Some(Said {
            who: Some(id),
            printed: self.people.all[id].name.clone(),
            how: Found::Carried,
            cue: None,
            occasion,
            claim,
            plain,
        })
    }

    /// What is carried over from before to a quotation without a clause.
    pub(super) fn carried(&self, number: usize, subject: bool) -> Option<Said> {
        let (last, paragraph) = self.last.as_ref()?;
        let mut said = Said { cue: None, how: Found::Carried, ..last.clone() };
        let focus = self.focus.last().copied();
        if subject && focus.is_some() && focus != last.who {
            let id = focus?;
            said.who = focus;
            said.printed = self.people.all[id].name.clone();
            (said.occasion, said.claim, said.plain) =
                self.memory.get(&id).copied().unwrap_or((Occasion::Statement, Claim::Public, true));
            return Some(said);
        }
        (number - paragraph <= MAX_CARRY).then_some(said)
    }

    /// "The official's name was Jane Doe"; "the clerk was Jane Doe"; "the aide, named as Jane Doe".
    pub(super) fn name_late(&mut self, items: &[Item], nouns: &[Noun]) {
        for (at, noun) in nouns.iter().enumerate() {
            let Shape::Role { head, definite: true, .. } = &noun.shape else { continue };
            let Some(&unnamed) = self.people.holder(head).as_ref() else { continue };
            if self.people.all[unnamed].sort != Sort::Unnamed
                || self.people.all[unnamed].named.is_some()
            {
                continue;
            }
            let mut names = nouns.iter().enumerate().skip(at + 1);
            let Some((name_at, name)) = names.find(|(_, n)| matches!(n.shape, Shape::Name { .. }))
            else {
                continue;
            };
            if name.genitive {
                continue;
            }
            let between = &items[noun.end..name.start];
            let is = between.last().is_some_and(|i| {
                matches!(i.low.as_str(), "was" | "is" | "called" | "named")
                    || (i.says("as")
                        && between.iter().any(|i| matches!(i.low.as_str(), "named" | "identified")))
            });
            let plain = !noun.genitive
                || between.first().is_some_and(|i| matches!(i.low.as_str(), "name" | "author"));
            let beside = beside::apposed_role(items, nouns, name_at) == Some(at);
            if ((is && plain && between.len() <= 12) || beside)
                && let Some(person) = self.people.resolve(name, true)
            {
                self.people.all[unnamed].named = Some(person);
                if let Some(&memory) = self.memory.get(&unnamed) {
                    self.memory.entry(person).or_insert(memory);
                }
                self.turn_to(person);
            }
        }
    }
}

/// "The memo, dated 3 May and signed by the engineer, Jane Doe": whose paper it is.
fn signed<'a>(items: &[Item], nouns: &'a [Noun], paper: &Noun) -> Option<&'a Noun> {
    let end = items.len().min(paper.end + MAX_SIGNED);
    let by = (paper.end + 1..end).find(|&i| {
        items[i].says("by")
            && matches!(items[i - 1].low.as_str(), "signed" | "written" | "drafted" | "sent")
    })?;
    let at = nouns.iter().position(|n| n.start == by + 1)?;
    nouns.get(cue::named(items, nouns, at))
}

/// "Who asked not to be named"; "on condition of anonymity".
fn anonymous(items: &[Item]) -> bool {
    items.iter().any(|i| i.says("anonymity") || i.says("anonymously"))
        || items.windows(2).any(|two| {
            two[0].says("be") && matches!(two[1].low.as_str(), "named" | "identified" | "quoted")
        })
}

/// The owner right before a paper: "Doe's memo".
fn owner(nouns: &[Noun], at: usize) -> Option<&Noun> {
    let before = nouns.get(at.checked_sub(1)?)?;
    (before.genitive && before.end == nouns[at].start).then_some(before)
}

fn gender_of(head: &str) -> Gender {
    if WORDS.people.male_roles.contains(head)
        || head.starts_with("dad-")
        || head.starts_with("father-")
    {
        Gender::Male
    } else if WORDS.people.female_roles.contains(head)
        || head.starts_with("mum-")
        || head.starts_with("mother-")
    {
        Gender::Female
    } else {
        Gender::Unknown
    }
}
