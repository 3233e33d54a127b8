//! Arrays of numbers that lie in memory or in blocks.
//!
//! Reading in the inner loops of a search cannot fail one by one: a block that does not open, or a
//! number beyond the end, reads as 0 and is remembered; whoever ends a search asks [`Store::failure`].

use std::sync::{Arc, Mutex, PoisonError};

use crate::blocks::{BLOCK_BYTES, BlockError, Blocks};

/// Numbers in a block.
pub(crate) const PER_BLOCK: usize = BLOCK_BYTES / 4;

/// Blocks that are kept open, a power of two.
const KEPT: usize = 1 << 11;

type Kept = Option<(u32, Arc<[u32]>)>;

/// Blocks with a small memory of those read last.
pub(crate) struct Store {
    blocks: Box<dyn Blocks>,
    kept: Vec<Mutex<Kept>>,
    failure: Mutex<Option<BlockError>>,
}

impl Store {
    pub(crate) fn new(blocks: Box<dyn Blocks>) -> Self {
        let kept = (0..KEPT).map(|_| Mutex::new(None)).collect();
        Self { blocks, kept, failure: Mutex::new(None) }
    }

    /// The first failure since the last call.
    pub(crate) fn failure(&self) -> Option<BlockError> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(crate) fn block(&self, number: u32) -> Option<Arc<[u32]>> {
        let mut slot =
            self.kept[number as usize % KEPT].lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((held, words)) = slot.as_ref()
            && *held == number
        {
            return Some(Arc::clone(words));
        }
        match self.blocks.read(number) {
            Ok(bytes) => {
                let (chunks, _) = bytes.as_chunks::<4>();
                let words: Arc<[u32]> = chunks.iter().map(|c| u32::from_le_bytes(*c)).collect();
                *slot = Some((number, Arc::clone(&words)));
                Some(words)
            }
            Err(error) => {
                self.fail(error);
                None
            }
        }
    }

    pub(crate) fn fail(&self, error: BlockError) {
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        failure.get_or_insert(error);
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

/// An array of numbers.
#[derive(Debug)]
pub(crate) enum Array {
    /// In memory.
    Held(Vec<u32>),
    /// In blocks from `first` on.
    Stored {
        /// Where the blocks are.
        store: Arc<Store>,
        /// Its first block.
        first: u32,
        /// Its length.
        len: usize,
    },
}

impl Array {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Held(words) => words.len(),
            Self::Stored { len, .. } => *len,
        }
    }

    /// Number `at`; 0 beyond the end.
    #[inline]
    pub(crate) fn get(&self, at: usize) -> u32 {
        match self {
            Self::Held(words) => words.get(at).copied().unwrap_or(0),
            Self::Stored { store, first, len } => {
                if at >= *len {
                    return 0;
                }
                // An array has fewer than 2^32 numbers, so its blocks have 32-bit numbers.
                let block = store.block(first + (at / PER_BLOCK) as u32);
                block.map_or(0, |words| words.get(at % PER_BLOCK).copied().unwrap_or(0))
            }
        }
    }

    /// All numbers, in one pass over the blocks; those of a block that cannot be read are 0.
    pub(crate) fn all(&self) -> Vec<u32> {
        match self {
            Self::Held(words) => words.clone(),
            Self::Stored { store, first, len } => {
                let mut out = Vec::with_capacity(*len);
                for number in 0..len.div_ceil(PER_BLOCK) {
                    let block = store.block(first + number as u32);
                    out.extend(block.iter().flat_map(|words| words.iter()));
                    out.resize((number + 1) * PER_BLOCK, 0);
                }
                out.truncate(*len);
                out
            }
        }
    }

    /// The first position whose number is not below `target`, in an ascending array.
    pub(crate) fn at_or_above(&self, target: u32) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.get(middle) < target { low = middle + 1 } else { high = middle }
        }
        low
    }
}
