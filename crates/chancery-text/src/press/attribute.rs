//! The reading itself: sentence by sentence, each quotation gets the reporting clause beside it or
//! before it, or else what was carried over.

use std::collections::BTreeMap;
use std::ops::Range;

use super::blocks;
use super::cue::{self, Clause, clauses};
use super::form::{self, Around};
use super::layout::{self, Part};
use super::marks::{self, Pair};
use super::occasion::{self, Circumstance, circumstance};
use super::people::{Gender, Id, Noun, People, Pronoun, Shape, Sort, nouns};
use super::sentence::{Item, Kind, Sentence, sentences};
use super::words::{Class, WORDS};
use super::{
    Article, Claim, Cue, Form, Found, MAX_PARAGRAPHS, MAX_QUOTATIONS, Occasion, ParagraphKind,
    Paraphrase, Quotation, Speaker,
};

/// Most subjects that a pronoun looks back on.
const MAX_FOCUS: usize = 8;

/// Most paragraphs without a clause over which a speaker is carried on.
const MAX_CARRY: usize = 2;

/// Fewest words of a paraphrase.
const MIN_PARAPHRASE: usize = 3;

/// Most headline quotations that are looked for in the text, and most quotations looked through.
const MAX_HEADLINE: usize = 64;

/// Who says something, where, and how that is known.
#[derive(Clone, Debug)]
struct Said {
    who: Option<Id>,
    printed: String,
    how: Found,
    cue: Option<Cue>,
    occasion: Occasion,
    claim: Claim,
    /// The occasion is a guess from a plain "said".
    plain: bool,
}

/// What is known so far.
#[derive(Default)]
struct Reader {
    people: People,
    /// Subjects and speakers, latest last.
    focus: Vec<Id>,
    /// Where each was last heard.
    memory: BTreeMap<Id, (Occasion, Claim, bool)>,
    /// Who last wrote a paper of a kind.
    authors: BTreeMap<Occasion, Id>,
    last: Option<(Said, usize)>,
    /// Who was quoted last.
    quoted: Option<Id>,
    /// The kind of paper last spoken of.
    kind: Occasion,
    /// The papers last said to be leaked or released were released.
    released: bool,
    /// The paper last spoken of, or its author.
    paper: Option<Id>,
    article: Article,
    /// Of each quotation: speaker, and whether its occasion is a guess.
    said: Vec<(Option<Id>, bool)>,
    paraphrased: Vec<Option<Id>>,
}

/// Reads an article.
pub(super) fn article(text: &str) -> Article {
    let parts = layout::parts(text);
    let pairs = marks::pairs(text, &parts);
    let mut reader = Reader::default();
    each(&parts, &pairs, |_, part, pairs, first| {
        for sentence in sentences(text, part, pairs, first) {
            reader.people.note(&sentence, &nouns(&sentence));
        }
        true
    });
    let interviewee = blocks::interviewee(text, &parts, &reader.people);
    let mut announced: Option<Said> = None;
    // What lies behind a limit is not read.
    let full = pairs.len() >= MAX_QUOTATIONS;
    let stop = pairs.last().filter(|_| full).map_or(usize::MAX, |pair| pair.paragraph);
    let mut read = if parts.len() >= MAX_PARAGRAPHS {
        parts.last().map_or(0, |part| part.paragraph.span.end)
    } else {
        text.len()
    };
    each(&parts, &pairs, |number, part, pairs, first| {
        if number > stop || reader.article.paraphrases.len() >= MAX_QUOTATIONS {
            read = part.paragraph.span.start;
            return false;
        }
        reader.paragraph(text, number, part, pairs, first, &mut announced, interviewee);
        true
    });
    reader.article.read = read;
    reader.article.paragraphs = parts.into_iter().map(|part| part.paragraph).collect();
    reader.finish()
}

/// Goes through paragraphs with their pairs and the number of the first of them.
fn each(parts: &[Part], pairs: &[Pair], mut act: impl FnMut(usize, &Part, &[Pair], usize) -> bool) {
    let mut first = 0;
    for (number, part) in parts.iter().enumerate() {
        let count = pairs[first..].iter().take_while(|pair| pair.paragraph == number).count();
        if !act(number, part, &pairs[first..first + count], first) {
            return;
        }
        first += count;
    }
}

impl Reader {
    #[expect(clippy::too_many_arguments, reason = "the paragraph and what stands around it")]
    fn paragraph(
        &mut self,
        text: &str,
        number: usize,
        part: &Part,
        pairs: &[Pair],
        first: usize,
        announced: &mut Option<Said>,
        interviewee: Option<Id>,
    ) {
        let kind = part.paragraph.kind;
        if kind == ParagraphKind::Byline {
            return;
        }
        if kind == ParagraphKind::Turn {
            let said =
                blocks::turn(text, part, &mut self.people, interviewee).map(|(who, printed)| {
                    Said {
                        who: Some(who),
                        printed,
                        how: Found::Label,
                        cue: None,
                        occasion: Occasion::Interview,
                        claim: Claim::Public,
                        plain: false,
                    }
                });
            if let Some(said) = said {
                self.block(text, number, part.words(text), pairs, said);
            }
            return;
        }
        let marked =
            pairs.first().is_some_and(|pair| pair.outer.start == part.paragraph.span.start);
        if let Some(said) = announced.take()
            && !marked
            && (said.cue.is_some() || part.indented)
        {
            self.block(text, number, part.words(text), pairs, said.clone());
            *announced = (part.indented || blocks::goes_on(text, part))
                .then_some(Said { cue: None, ..said });
            return;
        }
        let heading = kind == ParagraphKind::Heading;
        let kept = heading.then(|| (self.focus.clone(), self.last.clone()));
        let mut state = Here { number, heading, ..Here::default() };
        for sentence in sentences(text, part, pairs, first) {
            let end = self.sentence(text, &sentence, pairs, first, &mut state);
            if let Some((from, said)) = end {
                // "The cable read: We shall not go.", without marks, to the end of the paragraph.
                let rest = marks::trimmed(text, from..part.paragraph.span.end);
                self.block(text, number, rest, pairs, said);
                return;
            }
        }
        if let Some((focus, last)) = kept {
            (self.focus, self.last) = (focus, last);
        }
        if text[part.paragraph.span.clone()].ends_with(':') {
            *announced = state.latest.take().or_else(|| self.carried(number, true));
        }
    }

    /// Enters words without marks as a quotation.
    fn block(&mut self, text: &str, number: usize, span: Range<usize>, pairs: &[Pair], said: Said) {
        let inside = |p: &&Pair| span.start <= p.span.start && p.span.end <= span.end;
        let inner = pairs.iter().filter(inside).map(|p| p.span.clone()).collect();
        let after = self.article.quotations.last().is_none_or(|q| q.span.end <= span.start);
        if !after || !text[span.clone()].contains(char::is_alphanumeric) {
            return;
        }
        self.spoke(&said, number);
        self.quoted = said.who;
        self.enter(text, span, inner, Form::Block, number, None, &said);
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of a quotation")]
    fn enter(
        &mut self,
        text: &str,
        span: Range<usize>,
        inner: Vec<Range<usize>>,
        form: Form,
        paragraph: usize,
        continues: Option<usize>,
        said: &Said,
    ) {
        let fragments = form::fragments(text, span.clone());
        let speaker = said.who.map(|_| Speaker {
            name: String::new(),
            as_printed: said.printed.clone(),
            how: said.how,
        });
        self.article.quotations.push(Quotation {
            text: text[span.clone()].to_owned(),
            span,
            fragments,
            inner,
            form,
            speaker,
            cue: said.cue.clone(),
            occasion: said.occasion,
            claim: said.claim,
            continues,
            paragraph,
        });
        self.said.push((said.who, said.plain));
    }

    /// Remembers who spoke and where.
    fn spoke(&mut self, said: &Said, number: usize) {
        if let Some(id) = said.who {
            self.turn_to(id);
            self.memory.insert(id, (said.occasion, said.claim, said.plain));
            if self.people.all[id].sort != Sort::Document {
                self.authors.insert(said.occasion, id);
            }
        }
        self.last = Some((said.clone(), number));
    }

    fn turn_to(&mut self, id: Id) {
        self.people.see(id);
        if self.people.all[id].sort == Sort::Body {
            self.paper = None;
        }
        self.focus.retain(|&other| other != id);
        self.focus.push(id);
        if self.focus.len() > MAX_FOCUS {
            self.focus.remove(0);
        }
    }

    /// Reads a sentence. Returns where words without marks begin that it announces.
    fn sentence(
        &mut self,
        text: &str,
        sentence: &Sentence,
        pairs: &[Pair],
        first: usize,
        state: &mut Here,
    ) -> Option<(usize, Said)> {
        let items = &sentence.items;
        let nouns = nouns(sentence);
        let clauses = clauses(sentence, &nouns);
        for noun in &nouns {
            if matches!(noun.shape, Shape::Name { .. })
                && let Some(id) = self.people.resolve(noun, false)
            {
                self.people.see(id);
            }
        }
        self.name_late(items, &nouns);
        let chief = cue::first(items, &nouns);
        if let Some(chief) = chief {
            let known = match &nouns[chief].shape {
                Shape::Name { .. } => self.people.resolve(&nouns[chief], false),
                Shape::Role { definite: true, head, .. } => self.people.holder(head),
                Shape::Body { .. } => self.people.resolve(&nouns[chief], !state.heading),
                _ => None,
            };
            // A chief behind a quotation is found by its verb.
            let early = items[..nouns[chief].start].iter().all(|i| i.quote().is_none());
            if let Some(id) = known.filter(|_| early) {
                self.turn_to(id);
            }
        }
        // "The claim was disputed by Doe": whoever did it is spoken of, too.
        for noun in nouns.iter().filter(|n| matches!(n.shape, Shape::Name { .. }) && n.start > 1) {
            let be = items[noun.start.saturating_sub(4)..noun.start - 1].iter();
            let passive = be.clone().any(|i| WORDS.grammar.be.contains(&i.low));
            if items[noun.start - 1].says("by")
                && passive
                && let Some(id) = self.people.resolve(noun, false)
            {
                self.turn_to(id);
            }
        }
        self.papers(items, &nouns);
        let mut spoken: Vec<Option<Said>> = Vec::with_capacity(clauses.len());
        for clause in &clauses {
            // "Inquiry told of panic" in a headline is a passive.
            let passive = state.heading
                && clause.class == Class::Tell
                && items.get(clause.verb + 1).is_some_and(|i| i.says("of"));
            let said = self
                .said(text, sentence, &nouns, &clauses, clause, state.number)
                .filter(|_| !passive);
            if let Some(said) = &said
                && !state.heading
            {
                self.spoke(said, state.number);
            }
            spoken.push(said);
        }
        if let Some(said) = spoken.iter().flatten().next_back() {
            state.latest = Some(said.clone());
        }
        let announced = self.announced(items, &nouns, &clauses, &spoken);
        let mut used = vec![false; clauses.len()];
        let quotes: Vec<usize> = (0..items.len()).filter(|&i| items[i].quote().is_some()).collect();
        let from = self.article.quotations.len();
        for &at in &quotes {
            let number = items[at].quote().unwrap_or_default();
            let Some(pair) = pairs.get(number.saturating_sub(first)) else { continue };
            self.quotation(text, items, &nouns, &clauses, &spoken, &mut used, at, pair, state);
        }
        if !state.heading && announced.is_none() {
            let held = from..self.article.quotations.len();
            self.paraphrases(text, items, &nouns, &clauses, &spoken, &used, held, state.number);
        }
        announced
    }

    /// Remembers papers spoken of, and whether they were leaked or released.
    fn papers(&mut self, items: &[Item], nouns: &[Noun]) {
        for (at, noun) in nouns.iter().enumerate() {
            let Shape::Document { head } = &noun.shape else { continue };
            let owner = owner(nouns, at).and_then(|owner| self.people.resolve(owner, false));
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
            if !noun.genitive && !super::people::governed(items, noun) {
                let author = owner.or_else(|| self.authors.get(&kind).copied());
                self.paper = author.or_else(|| self.people.document(head));
            }
        }
    }

    /// What a clause says about its speaker and occasion.
    fn said(
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
    fn whom(
        &mut self,
        items: &[Item],
        nouns: &[Noun],
        at: usize,
        number: usize,
    ) -> Option<(Id, Found)> {
        let noun = &nouns[at];
        match &noun.shape {
            Shape::Name { .. } => Some((self.people.resolve(noun, true)?, Found::Named)),
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
                let kind = WORDS.occasion(head).unwrap_or(Occasion::Statement);
                let behind =
                    items.get(noun.end).is_some_and(|i| matches!(i.low.as_str(), "from" | "by"));
                let author = nouns.get(at + 1).filter(|n| behind && n.start == noun.end + 1);
                let author = author.or_else(|| owner(nouns, at));
                let id = match (author, self.authors.get(&kind)) {
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
            return sure.or_else(|| self.people.mentioned(gender));
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
    fn occasion(
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
                None => (Occasion::Letter, Claim::Authorised, true),
            };
        }
        if let Some(before) = remembered.filter(|_| same || WORDS.resumes.contains(verb)) {
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
            said.occasion == Occasion::Cable && !said.plain && *paragraph == number
        });
        if let Some((said, _)) = paper {
            return (said.occasion, said.claim, false);
        }
        (Occasion::Statement, Claim::Public, true)
    }

    /// What is carried over from before to a quotation without a clause.
    fn carried(&self, number: usize, subject: bool) -> Option<Said> {
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
    fn name_late(&mut self, items: &[Item], nouns: &[Noun]) {
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
            let beside = super::people::apposed_role(items, nouns, name_at) == Some(at);
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

    /// Where words without marks begin, announced by the sentence.
    fn announced(
        &self,
        items: &[Item],
        nouns: &[Noun],
        clauses: &[Clause],
        spoken: &[Option<Said>],
    ) -> Option<(usize, Said)> {
        let (clause, said) = clauses.iter().zip(spoken).rfind(|(_, said)| said.is_some())?;
        let colon = (clause.verb + 1..items.len()).find(|&i| items[i].is(":"))?;
        let next = items.get(colon + 1)?;
        let paper = matches!(
            nouns[clause.subject].shape,
            Shape::Document { .. } | Shape::Pronoun(Pronoun::It)
        );
        let close =
            colon - clause.verb <= 2 && WORDS.things.announce.contains(&items[colon - 1].low);
        let opens = next.kind == Kind::Word && next.capital;
        let none = items.iter().all(|i| i.quote().is_none());
        if !(opens && none && close && paper) {
            return None;
        }
        Some((next.span.start, said.clone()?))
    }

    #[expect(clippy::too_many_arguments, reason = "a sentence as read so far")]
    fn quotation(
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
            later.next().filter(|(_, c)| at == 0 || c.class == Class::According).map(|(i, _)| i)
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
        match form {
            Form::Direct => self.carried(state.number, !state.speaks),
            Form::Mixed if state.speaks => self.carried(state.number, false),
            _ => None,
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a sentence as read so far")]
    fn paraphrases(
        &mut self,
        text: &str,
        items: &[Item],
        nouns: &[Noun],
        clauses: &[Clause],
        spoken: &[Option<Said>],
        used: &[bool],
        held: Range<usize>,
        number: usize,
    ) {
        for (at, clause) in clauses.iter().enumerate() {
            let Some(said) = &spoken[at] else { continue };
            let speaks =
                matches!(clause.class, Class::Say | Class::Tell | Class::Write | Class::According);
            if !speaks || used[at] {
                continue;
            }
            let Some(content) = reported(items, nouns, clauses, at) else { continue };
            let span = items[content.start].span.start..items[content.end - 1].span.end;
            if self.article.paraphrases.last().is_some_and(|p| p.span.end > span.start) {
                continue;
            }
            let Some(cue) = said.cue.clone() else { continue };
            let holds = held
                .clone()
                .filter(|&q| {
                    let q = &self.article.quotations[q].span;
                    span.start <= q.start && q.end <= span.end
                })
                .collect();
            self.paraphrased.push(said.who);
            self.article.paraphrases.push(Paraphrase {
                text: text[span.clone()].to_owned(),
                span,
                speaker: said.who.map(|_| Speaker {
                    name: String::new(),
                    as_printed: said.printed.clone(),
                    how: said.how,
                }),
                cue,
                occasion: said.occasion,
                claim: said.claim,
                holds,
                paragraph: number,
            });
        }
    }

    /// Names speakers, settles the occasions that quotations themselves tell, looks up headlines.
    fn finish(mut self) -> Article {
        self.addresses();
        self.headlines();
        let named = |people: &People, id: Id, speaker: &mut Speaker| {
            let last = people.final_id(id);
            speaker.name.clone_from(&people.all[last].name);
            if last != id {
                speaker.how = Found::Late;
            }
        };
        for (quotation, (who, _)) in self.article.quotations.iter_mut().zip(&self.said) {
            if let (Some(id), Some(speaker)) = (who, &mut quotation.speaker) {
                named(&self.people, *id, speaker);
            }
        }
        for (paraphrase, who) in self.article.paraphrases.iter_mut().zip(&self.paraphrased) {
            if let (Some(id), Some(speaker)) = (who, &mut paraphrase.speaker) {
                named(&self.people, *id, speaker);
            }
        }
        self.article
    }

    /// A plain "said" whose words turn to a parliament was said there, and so was what the same
    /// speaker says around it. This tells the occasion only; both are public.
    fn addresses(&mut self) {
        let quotations = &mut self.article.quotations;
        let mut from = 0;
        while from < quotations.len() {
            let who = self.said[from].0;
            let mut end = from + 1;
            while end < quotations.len() && self.said[end].0 == who {
                end += 1;
            }
            let guessed = |q: usize, all: &[Quotation]| {
                self.said[q].1 && all[q].occasion == Occasion::Statement
            };
            let turned = who.is_some()
                && (from..end).any(|q| {
                    guessed(q, quotations) && {
                        let low = quotations[q].text.to_lowercase();
                        WORDS.addresses.iter().any(|a| low.contains(a.as_str()))
                    }
                });
            if turned {
                for q in from..end {
                    if guessed(q, quotations) {
                        quotations[q].occasion = Occasion::Parliament;
                    }
                }
            }
            from = end;
        }
    }

    /// Words quoted in a headline are somebody's in the text below.
    fn headlines(&mut self) {
        let folded =
            |text: &str| form::words(text).map(str::to_lowercase).collect::<Vec<_>>().join(" ");
        let heading = |q: &Quotation| {
            self.article
                .paragraphs
                .get(q.paragraph)
                .is_some_and(|p| p.kind == ParagraphKind::Heading)
        };
        let (heads, body): (Vec<usize>, Vec<usize>) = (0..self.article.quotations.len())
            .take(MAX_QUOTATIONS)
            .partition(|&q| heading(&self.article.quotations[q]));
        let body: Vec<(usize, String)> = body
            .into_iter()
            .filter(|&q| self.said[q].0.is_some())
            .take(MAX_HEADLINE)
            .map(|q| (q, folded(&self.article.quotations[q].text)))
            .collect();
        for head in heads.into_iter().take(MAX_HEADLINE) {
            let words = folded(&self.article.quotations[head].text);
            let Some((q, _)) = body.iter().find(|(_, text)| text.contains(&words)) else {
                continue;
            };
            let found = self.article.quotations[*q].clone();
            self.said[head] = self.said[*q];
            let head = &mut self.article.quotations[head];
            head.speaker = found.speaker.map(|s| Speaker { how: Found::Carried, ..s });
            (head.occasion, head.claim, head.cue) = (found.occasion, found.claim, None);
        }
    }
}

/// What is known within a paragraph.
#[derive(Default)]
struct Here {
    number: usize,
    heading: bool,
    /// Somebody was quoted in it.
    speaks: bool,
    /// The last reporting clause.
    latest: Option<Said>,
    last: Option<usize>,
}

impl Here {
    fn mark(&mut self, quotation: usize) {
        self.last = Some(quotation);
    }

    fn sentence_has(&self, quotation: usize) -> bool {
        self.last == Some(quotation)
    }
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

/// The items that a clause reports without marks.
fn reported(items: &[Item], nouns: &[Noun], clauses: &[Clause], at: usize) -> Option<Range<usize>> {
    let clause = &clauses[at];
    let mut from = clause.end.max(clause.verb + 1);
    if clause.class == Class::According {
        return according(items, clause);
    }
    let mut end = items.len();
    if let Some(semicolon) = items[from..].iter().position(|i| i.is(";")) {
        end = from + semicolon;
    }
    if let Some(next) = clauses.get(at + 1).filter(|c| c.start > from) {
        // ", and praised": a clause joined on, not one inside.
        let joint = (from..next.start)
            .rev()
            .take(4)
            .find(|&i| matches!(items[i].low.as_str(), "and" | "but" | "while"));
        let shared = next.subject == clause.subject
            || nouns[next.subject].start >= next.start.saturating_sub(1);
        if let Some(joint) = joint.filter(|_| shared) {
            end = end.min(joint);
        }
    }
    if let Some(joint) = (from..clauses.get(at + 1).map_or(from, |c| c.verb.min(end)))
        .rev()
        .find(|&i| items[i].says("and"))
        .filter(|_| clauses.get(at + 1).is_some_and(|c| c.subject == clause.subject))
    {
        end = end.min(joint);
    }
    let reach = end.min(from + 16);
    if let Some(that) = (from..reach).find(|&i| items[i].says("that")) {
        from = that + 1;
    } else if items.get(from).is_some_and(|i| i.says("in")) {
        // "said in a letter to the office the fallout was too much": to the next bare determiner.
        let skipped = nouns.iter().find(|n| {
            n.start > from
                && n.end <= end
                && items.get(n.end).is_none_or(|i| !WORDS.grammar.prepositions.contains(&i.low))
        });
        from = skipped.map_or(from, |n| n.end);
    }
    while end > from
        && (items[end - 1].kind == Kind::Mark
            || items[end - 1].says("and")
            || items[end - 1].says("but"))
    {
        end -= 1;
    }
    while from < end && items[from].kind == Kind::Mark {
        from += 1;
    }
    let first_quote = (from..end).find(|&i| items[i].quote().is_some()).unwrap_or(end);
    let word = |i: &&Item| matches!(i.kind, Kind::Word | Kind::Number);
    let words = items[from..end].iter().filter(word).count();
    let introduces = first_quote < end
        && first_quote > 0
        && (items[first_quote - 1].is(":") || items[first_quote - 1].is(","));
    (words >= MIN_PARAPHRASE && !introduces).then_some(from..end)
}

/// What "according to" reports: the rest of its sentence.
fn according(items: &[Item], clause: &Clause) -> Option<Range<usize>> {
    let mut range = if clause.start > 2 { 0..clause.start } else { clause.end..items.len() };
    while range.start < range.end && items[range.start].kind == Kind::Mark {
        range.start += 1;
    }
    while range.end > range.start && items[range.end - 1].kind == Kind::Mark {
        range.end -= 1;
    }
    (range.len() >= MIN_PARAPHRASE).then_some(range)
}
