//! A master as a lattice of folded words: what every copy folds to, along one path each.
//!
//! The words of all copies form a graph with the readings side by side. Phrases are put back on it as
//! [`super::classes`] does on a text, from every place where a copy's phrase may begin; where all ways
//! come together again and say the same, nothing is left of the site. Phrases look ahead; a way whose
//! look-ahead no copy can have is kept, so the lattice may hold more than the copies, never less.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::{Fold, Folded, words};
use crate::align::for_each_word;
use crate::master::{Master, Piece};

/// Most readings side by side in one branch; of a place with more, the drafted one and the first are
/// kept and [`FoldedMaster::complete`] is false.
pub const MAX_ALTERNATIVES: usize = 144;

/// Most ways that are followed between two places where all copies agree.
const MAX_WAYS: usize = 4_096;

/// A place where copies differ even after folding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// The words of the drafted text that stand there; may be empty.
    pub at: Range<usize>,
    /// What other copies have in their stead, without the drafted words; one may be empty.
    pub alternatives: Vec<Vec<String>>,
}

/// A master folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoldedMaster {
    /// The text as drafted, with spans into its paragraphs joined by empty lines.
    pub drafted: Folded,
    /// Branches in order; they do not overlap.
    pub branches: Vec<Branch>,
    /// Whether every copy's words are a path of the lattice; false when readings were too many.
    pub complete: bool,
}

impl FoldedMaster {
    /// Whether `words` are a path of the lattice from its beginning to its end.
    pub fn accepts<'w>(&self, words: impl IntoIterator<Item = &'w str>) -> bool {
        let words: Vec<&str> = words.into_iter().collect();
        // Words read, drafted words passed, branches passed.
        let mut open = BTreeSet::from([(0, 0, 0)]);
        while let Some((read, passed, branch)) = open.pop_first() {
            if read == words.len() && passed == self.drafted.len() && branch == self.branches.len()
            {
                return true;
            }
            match self.branches.get(branch) {
                Some(next) if next.at.start == passed => {
                    let drafted: Vec<&str> =
                        next.at.clone().map(|k| self.drafted.word(k)).collect();
                    let others = next.alternatives.iter().map(|a| a.iter().map(String::as_str));
                    let ways = others.map(Iterator::collect).chain(std::iter::once(drafted));
                    for way in ways {
                        if words[read..].starts_with(&way) {
                            open.insert((read + way.len(), next.at.end, branch + 1));
                        }
                    }
                }
                _ if words.get(read).is_some_and(|w| *w == self.drafted.word(passed)) => {
                    open.insert((read + 1, passed + 1, branch));
                }
                _ => {}
            }
        }
        false
    }
}

/// A word before phrases are put back.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Plain {
    word: String,
    number: Option<u32>,
    span: Range<usize>,
}

/// A stretch of a master: words of all copies, or readings side by side, the drafted one first.
enum Element {
    Fixed(Plain),
    Choice(Vec<Vec<Plain>>),
}

/// A place in the graph: element, 0 before it or inside of alternative `n - 1`, words of it passed.
type Place = (usize, usize, usize);

/// One phrase or word put back, and where it leads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Step {
    to: Place,
    words: Vec<String>,
}

struct Graph<'a> {
    fold: &'a Fold,
    elements: Vec<Element>,
    complete: bool,
}

pub(super) fn fold(fold: &Fold, master: &Master) -> FoldedMaster {
    let mut graph = Graph { fold, elements: Vec::new(), complete: true };
    let mut offset = 0;
    for pieces in &master.paragraphs {
        offset = graph.read(master, pieces, offset) + "\n\n".len();
    }
    graph.branches()
}

impl Graph<'_> {
    fn plain(&self, text: &str, offset: usize) -> Vec<Plain> {
        let classes = &self.fold.classes;
        let mut out = Vec::new();
        for_each_word(text, |span, _| {
            words::split(&text[span.clone()], |part, word| {
                if !classes.drops(word) {
                    let from = offset + span.start;
                    out.push(Plain {
                        word: word.to_owned(),
                        number: classes.number(word),
                        span: from + part.start..from + part.end,
                    });
                }
            });
        });
        out
    }

    /// Appends a paragraph; gives the offset of its end in the drafted text.
    fn read(&mut self, master: &Master, pieces: &[Piece], mut offset: usize) -> usize {
        // Fixed texts before, between and after places.
        let mut fixed = vec![String::new()];
        let mut places: Vec<(&[String], usize)> = Vec::new();
        for piece in pieces {
            let last = fixed.last_mut().expect("begins with one text and only grows");
            match piece {
                Piece::Text(text) => last.push_str(text),
                Piece::Character(_, glyph) => last.push(glyph.plain()),
                Piece::Wording(site, readings) => {
                    let drafted = master.sites.get(*site as usize).map_or(0, |s| s.drafted);
                    places.push((readings, usize::from(drafted)));
                    fixed.push(String::new());
                }
            }
        }
        let mut before = std::mem::take(&mut fixed[0]);
        let mut first = 0;
        while first < places.len() {
            // Places without a blank between them are one choice.
            let mut last = first;
            while last + 1 < places.len() && !fixed[last + 1].contains(char::is_whitespace) {
                last += 1;
            }
            let after = std::mem::take(&mut fixed[last + 1]);
            let cut = before
                .rfind(char::is_whitespace)
                .map_or(0, |at| at + before[at..].chars().next().map_or(0, char::len_utf8));
            let end = after.find(char::is_whitespace).unwrap_or(after.len());
            self.push_fixed(&before[..cut], offset);
            offset += cut;
            let affixes = (&before[cut..], &after[..end]);
            offset +=
                self.push_choice(affixes, &places[first..=last], &fixed[first + 1..=last], offset);
            before = after[end..].to_owned();
            first = last + 1;
        }
        self.push_fixed(&before, offset);
        offset + before.len()
    }

    fn push_fixed(&mut self, text: &str, offset: usize) {
        let words = self.plain(text, offset);
        self.elements.extend(words.into_iter().map(Element::Fixed));
    }

    /// Appends a choice; gives the length of its drafted text.
    fn push_choice(
        &mut self,
        (prefix, suffix): (&str, &str),
        places: &[(&[String], usize)],
        inner: &[String],
        offset: usize,
    ) -> usize {
        let text = |reading: &dyn Fn(usize) -> usize| {
            let mut out = prefix.to_owned();
            for (at, (readings, _)) in places.iter().enumerate() {
                if at > 0 {
                    out.push_str(&inner[at - 1]);
                }
                out.push_str(readings.get(reading(at)).map_or("", String::as_str));
            }
            out + suffix
        };
        let drafted = text(&|at| places[at].1);
        let whole = offset..offset + drafted.len();
        let mut alternatives = vec![self.plain(&drafted, offset)];
        let ways = places.iter().map(|(r, _)| r.len()).fold(1_usize, usize::saturating_mul);
        self.complete &= ways <= MAX_ALTERNATIVES;
        for number in 0..ways.min(MAX_ALTERNATIVES) {
            let digit = |at: usize| {
                let below: usize = places[..at].iter().map(|(r, _)| r.len()).product();
                number / below.max(1) % places[at].0.len().max(1)
            };
            let mut words = self.plain(&text(&digit), offset);
            let same = |other: &Vec<Plain>| {
                other.len() == words.len()
                    && other.iter().zip(&words).all(|(a, b)| a.word == b.word)
            };
            if !alternatives.iter().any(same) {
                words.iter_mut().for_each(|word| word.span = whole.clone());
                alternatives.push(words);
            }
        }
        if let [only] = alternatives.as_mut_slice() {
            self.elements.extend(std::mem::take(only).into_iter().map(Element::Fixed));
        } else {
            self.elements.push(Element::Choice(alternatives));
        }
        whole.len()
    }

    /// Every word that may come next and the place after it, and whether a copy may end here.
    fn next(&self, (element, way, passed): Place) -> (Vec<(&Plain, Place)>, bool) {
        let after = (element + 1, 0, 0);
        let inside = |alternative: usize, passed: usize| -> Option<(&Plain, Place)> {
            let Element::Choice(alternatives) = self.elements.get(element)? else { return None };
            let words = alternatives.get(alternative)?;
            let end = passed + 1 == words.len();
            let to = if end { after } else { (element, alternative + 1, passed + 1) };
            words.get(passed).map(|word| (word, to))
        };
        match self.elements.get(element) {
            None => (Vec::new(), true),
            Some(Element::Fixed(word)) => (vec![(word, after)], false),
            Some(Element::Choice(_)) if way > 0 => {
                (inside(way - 1, passed).into_iter().collect(), false)
            }
            Some(Element::Choice(alternatives)) => {
                let mut out: Vec<_> =
                    (0..alternatives.len()).filter_map(|a| inside(a, 0)).collect();
                let mut end = false;
                if alternatives.iter().any(Vec::is_empty) {
                    let (more, ends) = self.next(after);
                    out.extend(more);
                    end = ends;
                }
                (out, end)
            }
        }
    }

    /// The steps that a copy may take at a place.
    fn steps(&self, from: Place) -> BTreeSet<Step> {
        let mut out = BTreeSet::new();
        for (word, to) in self.next(from).0 {
            let alone = Step { to, words: vec![word.word.clone()] };
            match self.fold.classes.step(0, word.number) {
                Some(node) => {
                    let best = self.ending(node, to).unwrap_or(alone);
                    self.explore(to, node, &best, &mut out);
                }
                None => drop(out.insert(alone)),
            }
        }
        out
    }

    fn ending(&self, node: usize, to: Place) -> Option<Step> {
        let class = self.fold.classes.end(node)?;
        Some(Step { to, words: self.fold.classes.form(class).to_vec() })
    }

    fn explore(&self, at: Place, node: usize, best: &Step, out: &mut BTreeSet<Step>) {
        let (words, ends) = self.next(at);
        if ends {
            out.insert(best.clone());
        }
        for (word, to) in words {
            match self.fold.classes.step(node, word.number) {
                Some(node) => {
                    let longer = self.ending(node, to);
                    self.explore(to, node, longer.as_ref().unwrap_or(best), out);
                }
                None => drop(out.insert(best.clone())),
            }
        }
    }

    /// The drafted words, and for each the place before it; the last place is that of the end.
    fn drafted(&self) -> (Folded, Vec<Place>) {
        let (mut text, mut places) = (Folded::default(), vec![(0, 0, 0)]);
        for (at, element) in self.elements.iter().enumerate() {
            let words = match element {
                Element::Fixed(word) => std::slice::from_ref(word),
                Element::Choice(alternatives) => alternatives[0].as_slice(),
            };
            for (k, word) in words.iter().enumerate() {
                let end = k + 1 == words.len();
                text.push(&word.word, word.span.clone());
                places.push(if end { (at + 1, 0, 0) } else { (at, 1, k + 1) });
            }
        }
        (text, places)
    }

    fn branches(self) -> FoldedMaster {
        let (plain, places) = self.drafted();
        let (drafted, begins) = self.fold.classes.rewrite(&plain);
        // Folded words before each place of the drafted path where a step begins.
        let mut before: BTreeMap<Place, usize> = BTreeMap::new();
        for (folded, &word) in begins.iter().enumerate() {
            before.entry(places[word]).or_insert(folded);
        }
        let end: Place = (self.elements.len(), 0, 0);
        before.entry(places[plain.len()]).or_insert(drafted.len());
        before.insert(end, drafted.len());

        let mut out = FoldedMaster { drafted, branches: Vec::new(), complete: self.complete };
        let mut last: Place = (0, 0, 0);
        let mut open = BTreeSet::from([last]);
        let mut steps: BTreeMap<Place, BTreeSet<Step>> = BTreeMap::new();
        while let Some(place) = open.pop_first() {
            if open.is_empty() && place != last {
                let (ways, all) = ways(&steps, last, place);
                let at = before.get(&last).zip(before.get(&place)).map(|(&a, &b)| a..b);
                out.complete &= all && at.is_some();
                if let Some(branch) = at.and_then(|at| branch(&out.drafted, at, ways)) {
                    out.branches.push(branch);
                }
                steps.clear();
                last = place;
            }
            if place == end {
                break;
            }
            let mut taken = self.steps(place);
            if self.next(place).1 {
                taken.insert(Step { to: end, words: Vec::new() });
            }
            open.extend(taken.iter().map(|step| step.to));
            steps.insert(place, taken);
        }
        out
    }
}

/// What copies may have between two places, and whether that is all.
fn ways(
    steps: &BTreeMap<Place, BTreeSet<Step>>,
    from: Place,
    to: Place,
) -> (BTreeSet<Vec<String>>, bool) {
    let mut out = BTreeSet::new();
    let mut open: Vec<(Place, Vec<String>)> = vec![(from, Vec::new())];
    let mut followed = 0;
    while let Some((place, words)) = open.pop() {
        followed += 1;
        if followed > MAX_WAYS || out.len() > MAX_ALTERNATIVES {
            return (out, false);
        }
        if place == to {
            out.insert(words);
            continue;
        }
        for step in steps.get(&place).into_iter().flatten() {
            open.push((step.to, [words.as_slice(), step.words.as_slice()].concat()));
        }
    }
    (out, true)
}

/// The branch without what all its ways begin and end with; none when there is only the drafted way.
fn branch(drafted: &Folded, mut at: Range<usize>, ways: BTreeSet<Vec<String>>) -> Option<Branch> {
    let own: Vec<String> = at.clone().map(|k| drafted.word(k).to_owned()).collect();
    let mut ways: Vec<Vec<String>> = ways.into_iter().filter(|way| *way != own).collect();
    if ways.is_empty() {
        return None;
    }
    let shared = |same: &dyn Fn(&Vec<String>) -> usize| ways.iter().map(same).min().unwrap_or(0);
    let head = shared(&|way| way.iter().zip(&own).take_while(|(a, b)| a == b).count());
    let tail = shared(&|way| {
        let rest = way.len().min(own.len()) - head;
        way.iter().rev().zip(own.iter().rev()).take(rest).take_while(|(a, b)| a == b).count()
    });
    at = at.start + head..at.end - tail;
    for way in &mut ways {
        way.truncate(way.len() - tail);
        way.drain(..head);
    }
    Some(Branch { at, alternatives: ways })
}
