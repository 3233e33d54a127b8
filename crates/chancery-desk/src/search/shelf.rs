//! The shelf: terms of papers that were searched lately, in memory, within a limit.
//!
//! It holds keyed hashes and places, no words. Only papers that somebody may read come here, and only by
//! their own searches; whether one lies here changes the time of a search and nothing else. So the time
//! may tell a reader that a paper he may read himself was searched lately, and never anything of another.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use chancery_store::PaperId;
use chancery_text::terms::Terms;

/// Most memory that the shelf takes, in bytes.
pub(crate) const SHELF_BYTES: usize = 128 << 20;

/// Terms by paper, each with the search that used it last.
#[derive(Debug, Default)]
pub(crate) struct Shelf(Mutex<Shelved>);

#[derive(Default)]
struct Shelved {
    papers: BTreeMap<PaperId, (u64, Arc<Terms>)>,
    by_use: BTreeSet<(u64, PaperId)>,
    bytes: usize,
    search: u64,
    #[cfg(test)]
    opened: BTreeSet<PaperId>,
}

impl std::fmt::Debug for Shelved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Shelved({} papers, {} bytes)", self.papers.len(), self.bytes)
    }
}

impl Shelf {
    fn with<T>(&self, act: impl FnOnce(&mut Shelved) -> T) -> T {
        // Nothing in here panics half-way.
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Begins a search: what earlier ones used may make room for what this one uses.
    pub(crate) fn begin(&self) {
        self.with(|shelf| shelf.search += 1);
    }

    /// The terms of a paper, if they lie here.
    pub(crate) fn get(&self, paper: PaperId) -> Option<Arc<Terms>> {
        self.with(|shelf| {
            let search = shelf.search;
            let (used, terms) = shelf.papers.get_mut(&paper)?;
            let before = std::mem::replace(used, search);
            let terms = Arc::clone(terms);
            shelf.by_use.remove(&(before, paper));
            shelf.by_use.insert((search, paper));
            Some(terms)
        })
    }

    /// Lays a paper's terms here, if there is room or an earlier search's can go.
    pub(crate) fn put(&self, paper: PaperId, terms: &Arc<Terms>) {
        self.with(|shelf| {
            #[cfg(test)]
            shelf.opened.insert(paper);
            shelf.put(paper, terms, SHELF_BYTES);
        });
    }

    /// Lets the terms of a paper go.
    pub(crate) fn forget(&self, paper: PaperId) {
        self.with(|shelf| shelf.drop_paper(paper));
    }

    /// Papers whose terms were opened from the database so far.
    #[cfg(test)]
    pub(crate) fn opened(&self) -> BTreeSet<PaperId> {
        self.with(|shelf| shelf.opened.clone())
    }
}

impl Shelved {
    fn put(&mut self, paper: PaperId, terms: &Arc<Terms>, limit: usize) {
        self.drop_paper(paper);
        let size = terms.size();
        while self.bytes.saturating_add(size) > limit {
            match self.by_use.first().copied() {
                Some((used, old)) if used < self.search => self.drop_paper(old),
                _ => return,
            }
        }
        self.bytes += size;
        self.by_use.insert((self.search, paper));
        self.papers.insert(paper, (self.search, Arc::clone(terms)));
    }

    fn drop_paper(&mut self, paper: PaperId) {
        if let Some((used, terms)) = self.papers.remove(&paper) {
            self.by_use.remove(&(used, paper));
            self.bytes = self.bytes.saturating_sub(terms.size());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_holds_and_a_search_does_not_push_out_its_own() {
        let terms = Arc::new(Terms::default());
        let limit = terms.size() * 3;
        let mut shelf = Shelved { search: 1, ..Shelved::default() };
        for paper in 0..10 {
            shelf.put(PaperId(paper), &terms, limit);
            assert!(shelf.bytes <= limit);
        }
        let kept: Vec<i64> = shelf.papers.keys().map(|p| p.0).collect();
        assert_eq!(kept, [0, 1, 2], "a scan keeps its beginning");
        shelf.search = 2;
        shelf.put(PaperId(7), &terms, limit);
        let kept: Vec<i64> = shelf.papers.keys().map(|p| p.0).collect();
        assert_eq!(kept, [1, 2, 7], "a later search may");
        shelf.put(PaperId(7), &terms, limit);
        assert_eq!(shelf.bytes, limit, "the same paper is counted once");
    }
}
