//! Stored segments of the exposure index: whatever the blocks hold, opening and searching ends.
#![no_main]

use std::collections::BTreeSet;

use chancery_index::{BLOCK_BYTES, DocId, Index, Query, Segment};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let blocks: Vec<Box<[u8; BLOCK_BYTES]>> = bytes
        .chunks(BLOCK_BYTES)
        .map(|chunk| {
            let mut block = Box::new([0; BLOCK_BYTES]);
            block[..chunk.len()].copy_from_slice(chunk);
            block
        })
        .collect();
    let Ok(segment) = Segment::open(Box::new(blocks)) else { return };
    let version = segment.fold_version();
    let Ok(index) = Index::of(version, vec![(0, segment)], &BTreeSet::new()) else { return };
    let Ok(view) = index.view(|doc| doc.0 % 7 != 0) else { return };
    let query = Query::new(&[[1, 2, 3], [2, 4, 1]], &[2]).expect("six words");
    let _ = index.search(&query, &view);
    let Ok(all) = index.view(|_| true) else { return };
    let _ = index.search(&query, &index.without(&all, &[DocId(0), DocId(1), DocId(7)]));
});
