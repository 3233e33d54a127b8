//! The reading itself: sentence by sentence, each quotation gets the reporting clause beside it or
//! before it, or else what was carried over.

mod finish;
mod paraphrase;
mod quote;
mod whom;

use std::collections::BTreeMap;
use std::ops::Range;

use crate::press::blocks;
use crate::press::cue::{self, Clause, clauses};
use crate::press::form;
use crate::press::layout::{self, Part};
use crate::press::marks::{self, Pair};
use crate::press::noun::{Noun, Pronoun, Shape, nouns};
use crate::press::people::{self, Id, People, Sort};
use crate::press::sentence::{Item, Kind, Sentence, sentences};
use crate::press::words::{Class, WORDS};
use crate::press::{
    Article, Claim, Cue, Form, Found, MAX_PARAGRAPHS, MAX_QUOTATIONS, Occasion, ParagraphKind,
    Quotation, Speaker,
};

/// Most subjects that a pronoun looks back on.
const MAX_FOCUS: usize = 8;

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
    /// Whom the paragraph before announced, and nobody reports: "More from Doe:".
    introduced: Option<Said>,
    /// The paragraph in which somebody last answered without being named.
    replied: Option<usize>,
    /// The papers last said to be leaked or released were released.
    released: bool,
    /// The paper last introduced was leaked.
    leaked: bool,
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
    let mut lone = None;
    each(&parts, &pairs, |_, part, pairs, first| {
        for sentence in sentences(text, part, pairs, first) {
            lone = reader.people.vote(&sentence, &nouns(&sentence), lone);
        }
        true
    });
    reader.people.settle();
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
        self.introduced = None;
        if text[part.paragraph.span.clone()].ends_with(':') {
            self.introduced = state.latest.clone().or_else(|| self.told_of(state.named));
            *announced = state.latest.take().or_else(|| self.carried(number, true));
        }
    }

    /// A person whom a sentence announces without a reporting clause.
    fn told_of(&self, who: Option<Id>) -> Option<Said> {
        let id = who?;
        let (occasion, claim, plain) =
            self.memory.get(&id).copied().unwrap_or((Occasion::Statement, Claim::Public, true));
        Some(Said {
            who,
            printed: self.people.all[id].name.clone(),
            how: Found::Carried,
            cue: None,
            occasion,
            claim,
            plain,
        })
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
        state.named = nouns
            .iter()
            .rev()
            .find(|n| matches!(n.shape, Shape::Name { .. }))
            .and_then(|noun| self.people.resolve(noun, false));
        self.name_late(items, &nouns);
        let chief = cue::first(items, &nouns);
        if let Some(chief) = chief {
            let known = match &nouns[chief].shape {
                Shape::Name { .. } => self.people.resolve(&nouns[chief], false),
                // "My grandmother, who kept a shop": she may be "she" from here on.
                Shape::Role { definite: true, head, .. } => match self.people.holder(head) {
                    None if people::is_gendered(head) => {
                        self.people.resolve(&nouns[chief], !state.heading)
                    }
                    known => known,
                },
                Shape::Body { .. } => self.people.resolve(&nouns[chief], !state.heading),
                // "A reader writes ...": she may be "she" from here on.
                Shape::Role { definite: false, .. } => {
                    self.people.resolve(&nouns[chief], !state.heading)
                }
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
    /// The last name of the last sentence.
    named: Option<Id>,
}

impl Here {
    fn mark(&mut self, quotation: usize) {
        self.last = Some(quotation);
    }

    fn sentence_has(&self, quotation: usize) -> bool {
        self.last == Some(quotation)
    }
}
