//! The index: segments, additions, deletions and views.
//!
//! Segments are kept by the logarithmic method (Bentley, Saxe 1980): a batch becomes a segment, and
//! is joined with earlier ones while these are not at least twice as large. Deleted documents are hidden at
//! once and leave the index when their segment is next joined. How it is searched: `search`; which runs are
//! looked at: `runs`.

mod runs;
mod search;

use std::collections::{BTreeSet, HashMap};

use crate::blocks::BlockError;
use crate::document::{DocId, Document, DocumentError};
use crate::segment::{Segment, SegmentError};
use crate::view::View;

pub use runs::Budget;
pub use search::{Found, Holders, MANY};

/// Segments of more words than this are not joined any more.
pub const JOINED: usize = 1 << 27;

/// What an addition did to the segments: their names, for whoever stores them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Segments to be written.
    pub added: Vec<u64>,
    /// Segments that are no longer part of the index.
    pub removed: Vec<u64>,
}

#[derive(Debug)]
struct Part {
    name: u64,
    segment: Segment,
    /// Slots of deleted documents.
    deleted: BTreeSet<usize>,
}

/// Documents and what can be asked of them.
#[derive(Debug)]
pub struct Index {
    fold_version: u32,
    parts: Vec<Part>,
    known: HashMap<DocId, (usize, usize)>,
    next: u64,
    state: u64,
    budget: Budget,
}

impl Index {
    /// An empty index of words that `fold_version` makes.
    #[must_use]
    pub fn new(fold_version: u32) -> Self {
        let budget = Budget::default();
        Self { fold_version, parts: Vec::new(), known: HashMap::new(), next: 0, state: 0, budget }
    }

    /// Searches with another budget from now on. Not kept with the segments.
    pub fn set_budget(&mut self, budget: Budget) {
        self.budget = budget;
    }

    /// An index of stored segments, under the names they were given, and the documents deleted since.
    ///
    /// # Errors
    /// Segments of another fold, a document in two of them, blocks that cannot be read.
    pub fn of(
        fold_version: u32,
        segments: Vec<(u64, Segment)>,
        deleted: &BTreeSet<DocId>,
    ) -> Result<Self, IndexError> {
        let mut index = Self::new(fold_version);
        for (name, segment) in segments {
            if segment.fold_version() != fold_version {
                return Err(IndexError::Fold {
                    segment: segment.fold_version(),
                    index: fold_version,
                });
            }
            index.next = index.next.max(name.saturating_add(1));
            index.parts.push(Part { name, segment, deleted: BTreeSet::new() });
        }
        for (number, part) in index.parts.iter_mut().enumerate() {
            for slot in 0..part.segment.len() {
                let id = part.segment.id(slot);
                if deleted.contains(&id) {
                    part.deleted.insert(slot);
                } else if index.known.insert(id, (number, slot)).is_some() {
                    return Err(DocumentError::Twice { id }.into());
                }
            }
        }
        index.readable()?;
        Ok(index)
    }

    /// Number of documents.
    #[must_use]
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether there is no document.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Segments by name, the largest first.
    pub fn segments(&self) -> impl Iterator<Item = (u64, &Segment)> {
        self.parts.iter().map(|part| (part.name, &part.segment))
    }

    /// Adds documents as one batch. An id that was deleted may come again.
    ///
    /// # Errors
    /// A document that is none or is there already; nothing is added then.
    pub fn add(&mut self, mut documents: Vec<Document>) -> Result<Change, IndexError> {
        for document in &documents {
            document.check()?;
            if self.known.contains_key(&document.id) {
                return Err(DocumentError::Twice { id: document.id }.into());
            }
        }
        let mut change = Change::default();
        if documents.is_empty() {
            return Ok(change);
        }
        let size = |documents: &[Document]| documents.iter().map(|d| d.words.len()).sum::<usize>();
        let mut words = size(&documents);
        let mut joined = self.parts.len();
        while let Some(part) = joined.checked_sub(1).and_then(|k| self.parts.get(k)) {
            let all = part.segment.words() + words;
            if part.segment.words() > 2 * words || all > JOINED {
                break;
            }
            words = all;
            joined -= 1;
        }
        for part in &self.parts[joined..] {
            let kept = (0..part.segment.len()).filter(|slot| !part.deleted.contains(slot));
            documents.extend(kept.map(|slot| part.segment.document(slot)));
        }
        self.readable()?;
        documents.sort_by_key(|document| document.id);
        let segment = Segment::build(&documents, self.fold_version)?;
        change.removed = self.parts.drain(joined..).map(|part| part.name).collect();
        change.added.push(self.next);
        for (slot, document) in documents.iter().enumerate() {
            self.known.insert(document.id, (joined, slot));
        }
        self.parts.push(Part { name: self.next, segment, deleted: BTreeSet::new() });
        self.next += 1;
        self.state += 1;
        Ok(change)
    }

    /// Takes a document out; false if there is none of that number. Views made before still show it.
    pub fn delete(&mut self, id: DocId) -> bool {
        let Some((part, slot)) = self.known.remove(&id) else { return false };
        self.parts[part].deleted.insert(slot);
        self.state += 1;
        true
    }

    /// What a viewer may see, as of now.
    ///
    /// # Errors
    /// A block that cannot be read.
    pub fn view(&self, visible: impl Fn(DocId) -> bool) -> Result<View, IndexError> {
        let segments: Vec<&Segment> = self.parts.iter().map(|part| &part.segment).collect();
        let view = View::new(&segments, self.state, |number, slot, id| {
            !self.parts[number].deleted.contains(&slot) && visible(id)
        });
        self.readable()?;
        Ok(view)
    }

    /// A view without some of its documents, for decoys: what it shows and how common words are is as if the
    /// archive did not have them.
    #[must_use]
    pub fn without(&self, view: &View, docs: &[DocId]) -> View {
        let place = |doc: &DocId| {
            let &(part, slot) = self.known.get(doc)?;
            view.shows(part, slot).then_some((*doc, part, slot))
        };
        let segments: Vec<&Segment> = self.parts.iter().map(|part| &part.segment).collect();
        let hidden: Vec<_> = docs.iter().filter_map(place).collect();
        view.without(&segments, &hidden)
    }

    /// Whether every block could be read since the last call.
    pub(crate) fn readable(&self) -> Result<(), IndexError> {
        match self.parts.iter().find_map(|part| part.segment.failure()) {
            Some(error) => Err(error.into()),
            None => Ok(()),
        }
    }

    /// Words of a document's main text, in the caller's numbers.
    #[must_use]
    pub fn words(&self, doc: DocId) -> Vec<u32> {
        let Some(&(part, slot)) = self.known.get(&doc) else { return Vec::new() };
        let segment = &self.parts[part].segment;
        segment.main(slot).map(|position| segment.word(segment.text(position))).collect()
    }

    /// Documents in view with their series, in order of their numbers.
    pub(crate) fn shown_documents(&self, view: &View) -> Vec<(DocId, u32)> {
        let mut out = Vec::with_capacity(view.documents());
        for (number, part) in self.parts.iter().enumerate() {
            let slots = (0..part.segment.len()).filter(|&slot| view.shows(number, slot));
            out.extend(slots.map(|slot| (part.segment.id(slot), part.segment.series(slot))));
        }
        out.sort_unstable();
        out
    }
}

/// Why an index does not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// A document that cannot be added.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// A segment that cannot be built or opened.
    #[error(transparent)]
    Segment(#[from] SegmentError),
    /// A block that cannot be read.
    #[error(transparent)]
    Block(#[from] BlockError),
    /// A segment whose words were made otherwise.
    #[error(
        "a segment was made by fold {segment}, this index by fold {index}; build the segment anew"
    )]
    Fold {
        /// The segment's.
        segment: u32,
        /// The index's.
        index: u32,
    },
    /// The index has changed since.
    #[error("the index has changed since this view of it was made; make a new view")]
    Stale,
}
