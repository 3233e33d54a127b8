//! What the reader knows of a paper: its words in order, where they may differ, and how each looks.
//!
//! Whoever typesets papers makes a [`Paper`]; nothing in it depends on a copy or its row.

use crate::plane::Plane;

/// Samples in a point of the rasters of [`Shape`]s.
pub const SHAPE_SCALE: f32 = 6.0;
/// The most words and alternatives of a paper.
pub const MOST_TOKENS: usize = 200_000;
/// The most places of a paper where its wording may differ.
pub const MOST_CHOICES: usize = 20_000;
/// The most readings of one place.
pub const MOST_READINGS: usize = 24;

/// How a word looks when it stands alone: measures in points, from its origin on the baseline,
/// downwards positive.
#[derive(Clone, Debug)]
pub struct Shape {
    /// From its origin to where the space after it begins.
    pub advance: f32,
    /// Left edge of its ink.
    pub left: f32,
    /// Upper edge of its ink.
    pub top: f32,
    /// Right edge of its ink.
    pub right: f32,
    /// Lower edge of its ink.
    pub bottom: f32,
    /// Its ink at [`SHAPE_SCALE`].
    pub raster: Plane,
    /// Where the middle of the raster's first sample lies.
    pub raster_at: (f32, f32),
}

/// A word of the paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its shape's number.
    pub shape: u32,
    /// The number of the word's page site, if copies may shift it.
    pub mark: Option<u32>,
}

/// One or more words of the running text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slot {
    /// The same in every copy.
    Fixed(Token),
    /// A place where copies may differ: the site's number and each reading's words.
    Choice {
        /// The wording site.
        site: u32,
        /// The words of each reading, in the order of the site's law.
        readings: Vec<Vec<Token>>,
    },
}

/// Why a paper is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PaperError {
    /// Too large.
    #[error(
        "a paper has at most {MOST_TOKENS} words and {MOST_CHOICES} places with at most {MOST_READINGS} readings; split it"
    )]
    TooLarge,
    /// A word without shape.
    #[error("word {0} has no shape; make the shapes from the same setting as the words")]
    NoShape(usize),
    /// Measures that are no numbers or beyond a page.
    #[error("shape {0} has measures that fit no page; make it anew")]
    Measure(usize),
}

/// A word in the lattice of all wordings.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) token: Token,
    /// Nodes that may stand directly before it.
    pub(crate) before: Vec<u32>,
    /// Where it belongs: number of the slot, and the reading if the slot is a choice.
    pub(crate) slot: u32,
    pub(crate) reading: Option<u8>,
}

/// A paper as the reader sees it.
#[derive(Clone, Debug)]
pub struct Paper {
    shapes: Vec<Shape>,
    slots: Vec<Slot>,
    nodes: Vec<Node>,
    /// The first node of each slot.
    starts: Vec<u32>,
}

impl Paper {
    /// Checks words and shapes against each other.
    ///
    /// # Errors
    /// Refuses more than the limits of this module, words without a shape, and impossible measures.
    pub fn new(slots: Vec<Slot>, shapes: Vec<Shape>) -> Result<Self, PaperError> {
        let sane = |v: f32| v.is_finite() && v.abs() < 5_000.0;
        for (k, s) in shapes.iter().enumerate() {
            let measures =
                [s.advance, s.left, s.top, s.right, s.bottom, s.raster_at.0, s.raster_at.1];
            if !measures.into_iter().all(sane) || s.right < s.left || s.bottom < s.top {
                return Err(PaperError::Measure(k));
            }
        }
        let mut choices = 0;
        let mut nodes: Vec<Node> = Vec::new();
        let mut starts = Vec::new();
        let mut frontier: Vec<u32> = Vec::new();
        for (number, slot) in slots.iter().enumerate() {
            starts.push(nodes.len() as u32);
            let mut ends = Vec::new();
            let (one, readings): (Vec<Vec<Token>>, &[Vec<Token>]) = match slot {
                Slot::Fixed(token) => (vec![vec![*token]], &[]),
                Slot::Choice { readings, .. } => (Vec::new(), readings),
            };
            choices += usize::from(!readings.is_empty());
            if readings.len() > MOST_READINGS || choices > MOST_CHOICES {
                return Err(PaperError::TooLarge);
            }
            let all = if readings.is_empty() { &one } else { readings };
            for (reading, tokens) in all.iter().enumerate() {
                let mut before = frontier.clone();
                for token in tokens {
                    if token.shape as usize >= shapes.len() {
                        return Err(PaperError::NoShape(nodes.len()));
                    }
                    let node = nodes.len() as u32;
                    let reading = (!readings.is_empty()).then_some(reading as u8);
                    nodes.push(Node { token: *token, before, slot: number as u32, reading });
                    before = vec![node];
                    if nodes.len() > MOST_TOKENS {
                        return Err(PaperError::TooLarge);
                    }
                }
                ends.extend(before);
            }
            ends.sort_unstable();
            ends.dedup();
            frontier = ends;
        }
        Ok(Self { shapes, slots, nodes, starts })
    }

    /// The paper's text in order.
    #[must_use]
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// Ink widths of the running text in its first wording, in points: what the page index holds.
    #[must_use]
    pub fn widths(&self) -> Vec<f32> {
        let first = self.nodes.iter().filter(|node| node.reading.unwrap_or(0) == 0);
        first.map(|node| self.ink(node.token)).collect()
    }

    pub(crate) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The first node of a slot, or the end.
    pub(crate) fn start_of(&self, slot: u32) -> u32 {
        self.starts.get(slot as usize).copied().unwrap_or(self.nodes.len() as u32)
    }

    pub(crate) fn shape(&self, node: u32) -> &Shape {
        &self.shapes[self.nodes[node as usize].token.shape as usize]
    }

    pub(crate) fn shapes(&self) -> &[Shape] {
        &self.shapes
    }

    fn ink(&self, token: Token) -> f32 {
        let shape = &self.shapes[token.shape as usize];
        shape.right - shape.left
    }
}
