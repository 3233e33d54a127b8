//! Word by word: the best way to read the query's words in a document.
//!
//! Local alignment with affine gaps (Smith, Waterman 1981; Gotoh 1982) over the graph of a document's
//! copies. A shared word counts by its rarity; the fragments of a query are placed one after the other,
//! and what lies between them is free. The alignment looks at folded words only and so cannot know
//! whose copy was quoted.

use crate::document::DocId;
use crate::lattice::Lattice;
use crate::log::{UNIT, nats};
use crate::query::{Local, Query};

/// Another word in a word's place.
const CHANGED: i64 = 2 * UNIT;
/// The first word of a row that is missing or added, and each further one.
const OPEN: i64 = 2 * UNIT;
const EXTEND: i64 = UNIT / 2;
/// A light word missing, added, or changed for another light one.
const LIGHT: i64 = UNIT / 4;

/// Where a word of a document stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A word of the main text.
    Text(u32),
    /// A word of an alternative; alternatives are counted over all branches of the document.
    Variant {
        /// Number of the alternative.
        number: u32,
        /// Word of it.
        offset: u32,
    },
}

/// A word of the query and the word of the document that stands for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Word of the query.
    pub query: u32,
    /// Word of the document.
    pub place: Place,
    /// Whether they are the same; otherwise one was changed for the other.
    pub same: bool,
}

/// A document compared with the query.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The document.
    pub doc: DocId,
    /// Its series.
    pub series: u32,
    /// Its date.
    pub date: i32,
    /// Rarity of the shared words less the cost of changes, in nats.
    pub score: f64,
    /// The score of a document that has the query word for word.
    pub possible: f64,
    /// Whether the document has every fragment word for word, in order.
    pub exact: bool,
    /// The aligned words in order: the frozen alignment.
    pub pairs: Vec<Pair>,
}

impl Hit {
    /// Number of words that are the same.
    #[must_use]
    pub fn shared(&self) -> usize {
        self.pairs.iter().filter(|pair| pair.same).count()
    }
}

/// An alignment before its document is named.
pub(crate) struct Aligned {
    pub(crate) score: i64,
    pub(crate) exact: bool,
    pub(crate) pairs: Vec<Pair>,
}

impl Aligned {
    pub(crate) fn hit(self, doc: DocId, series: u32, date: i32, possible: i64) -> Hit {
        Hit {
            doc,
            series,
            date,
            score: nats(self.score),
            possible: nats(possible),
            exact: self.exact,
            pairs: self.pairs,
        }
    }
}

const NEVER: i64 = i64::MIN / 4;
/// A way that begins at its cell.
const START: u32 = u32::MAX;

/// The last step of a way: both words, a word of the query alone, a word of the document alone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Both = 0,
    Query = 1,
    Document = 2,
}

#[derive(Clone, Copy)]
struct Cell {
    score: i64,
    /// Where the way came from: word of the graph times four, and step; or [`START`].
    from: u32,
}

const EMPTY: Cell = Cell { score: NEVER, from: START };

/// Room for alignments, used again for every document.
#[derive(Default)]
pub(crate) struct Aligner {
    cells: Vec<[Cell; 3]>,
    /// For every fragment and word of the graph: the best score of the fragments before that ends
    /// before or at the word, and the cell it ends in.
    carried: Vec<(i64, u32, u32)>,
}

impl Aligner {
    /// The best alignment; none when no word is shared.
    pub(crate) fn align(
        &mut self,
        query: &Query,
        local: &Local,
        weights: &[i64],
        lattice: &Lattice,
    ) -> Option<Aligned> {
        let width = lattice.len();
        self.cells.clear();
        self.cells.resize(query.words().len() * width, [EMPTY; 3]);
        self.carried.clear();
        self.carried.resize((query.fragments().len() + 1) * width, (0, START, START));
        for (number, fragment) in query.fragments().iter().enumerate() {
            for row in fragment.clone() {
                self.row(row, row == fragment.start, number, local, weights, lattice);
            }
            self.carry(number, fragment.clone(), width);
        }
        let last = self.carried.last().copied()?;
        if last.1 == START { None } else { Some(self.trace(last, query, local, lattice)) }
    }

    fn row(
        &mut self,
        row: usize,
        first: bool,
        fragment: usize,
        local: &Local,
        weights: &[i64],
        lattice: &Lattice,
    ) {
        let width = lattice.len();
        let word = local.words[row];
        let light = |word: u32| word > 0 && local.light.binary_search(&word).is_ok();
        let word_light = local.is_light[row];
        let (done, rest) = self.cells.split_at_mut(row * width);
        let above = if first { &[][..] } else { &done[(row - 1) * width..] };
        let here = &mut rest[..width];
        let carried = &self.carried[fragment * width..(fragment + 1) * width];
        for at in 0..width {
            let other = lattice.words[at];
            let gain = match (word == other, word_light && light(other)) {
                (true, _) => weights[row],
                (false, true) => -LIGHT,
                (false, false) => -CHANGED,
            };
            // Ways begin with a shared word.
            let start = at.checked_sub(1).map_or(0, |before| carried[before].0);
            let mut both = EMPTY;
            if word == other {
                both = Cell { score: start, from: START };
            }
            let mut document = EMPTY;
            let skip = if light(other) { (LIGHT, LIGHT) } else { (OPEN, EXTEND) };
            for &before in lattice.before(at) {
                let code = |step: Step| before << 2 | step as u32;
                let steps = [Step::Both, Step::Query, Step::Document];
                if let Some(cells) = above.get(before as usize) {
                    for step in steps {
                        let score = cells[step as usize].score;
                        if score > both.score {
                            both = Cell { score, from: code(step) };
                        }
                    }
                }
                for step in steps {
                    let cost = if step == Step::Document { skip.1 } else { skip.0 };
                    let score = here[before as usize][step as usize].score - cost;
                    if score > document.score {
                        document = Cell { score, from: code(step) };
                    }
                }
            }
            both.score = (both.score + gain).max(NEVER);
            let mut alone = EMPTY;
            if let Some(cells) = above.get(at) {
                let skip = if word_light { (LIGHT, LIGHT) } else { (OPEN, EXTEND) };
                for step in [Step::Both, Step::Query, Step::Document] {
                    let cost = if step == Step::Query { skip.1 } else { skip.0 };
                    let score = cells[step as usize].score - cost;
                    if score > alone.score {
                        alone = Cell { score, from: (at as u32) << 2 | step as u32 };
                    }
                }
            }
            // A way that is worth nothing may as well begin anew.
            let keep = |cell: Cell| if cell.score > 0 { cell } else { EMPTY };
            here[at] = [keep(both), keep(alone), keep(document)];
        }
    }

    fn carry(&mut self, fragment: usize, rows: std::ops::Range<usize>, width: usize) {
        for at in 0..width {
            let mut best = self.carried[fragment * width + at];
            if at > 0 {
                let before = self.carried[(fragment + 1) * width + at - 1];
                if before.0 > best.0 {
                    best = before;
                }
            }
            for row in rows.clone() {
                let score = self.cells[row * width + at][Step::Both as usize].score;
                if score > best.0 {
                    best = (score, row as u32, at as u32);
                }
            }
            self.carried[(fragment + 1) * width + at] = best;
        }
    }

    fn trace(
        &self,
        end: (i64, u32, u32),
        query: &Query,
        local: &Local,
        lattice: &Lattice,
    ) -> Aligned {
        let width = lattice.len();
        let mut pairs = Vec::new();
        let mut straight = true;
        let (mut row, mut at, mut step) = (end.1 as usize, end.2 as usize, Step::Both);
        loop {
            let from = self.cells[row * width + at][step as usize].from;
            if step == Step::Both {
                let same = local.words[row] == lattice.words[at];
                straight &= same;
                pairs.push(Pair { query: row as u32, place: lattice.places[at], same });
            } else {
                straight = false;
            }
            if from == START {
                // To the fragment before, if any of it was found.
                let fragment = query.fragments().partition_point(|f| f.end <= row);
                let carried =
                    at.checked_sub(1).map(|before| self.carried[fragment * width + before]);
                match carried {
                    Some((_, r, a)) if r != START => {
                        (row, at, step) = (r as usize, a as usize, Step::Both);
                        continue;
                    }
                    _ => break,
                }
            }
            if step != Step::Document {
                row -= 1;
            }
            at = (from >> 2) as usize;
            step = match from & 3 {
                0 => Step::Both,
                1 => Step::Query,
                _ => Step::Document,
            };
        }
        pairs.reverse();
        let exact = straight && pairs.len() == query.words().len();
        Aligned { score: end.0, exact, pairs }
    }
}
