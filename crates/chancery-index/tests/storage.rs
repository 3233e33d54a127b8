//! Segments in blocks: the same answers, and damage that is noticed or harmless but never a panic.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::collections::BTreeSet;

use chancery_index::{BLOCK_BYTES, DocId, Index, IndexError, Query, Segment, SegmentError};
use proptest::prelude::*;
use support::{Rng, documents};

type Block = Box<[u8; BLOCK_BYTES]>;

fn blocks(segment: &Segment) -> Vec<Block> {
    let mut out = Vec::new();
    segment.write(|block| out.push(Box::new(*block))).unwrap();
    out
}

fn of(blocks: Vec<Block>) -> Result<Index, IndexError> {
    Index::of(1, vec![(0, Segment::open(Box::new(blocks))?)], &BTreeSet::new())
}

#[test]
fn a_stored_segment_answers_as_the_one_in_memory() {
    let mut rng = Rng(7);
    let documents = documents(&mut rng, 300, 500, true);
    let mut held = Index::new(1);
    held.add(documents.clone()).unwrap();
    let written = blocks(held.segments().next().unwrap().1);
    let stored = of(written.clone()).unwrap();
    let deleted = BTreeSet::from([DocId(5)]);
    let segment = Segment::open(Box::new(written.clone())).unwrap().into_memory().unwrap();
    assert_eq!(blocks(&segment), written);
    let without = Index::of(1, vec![(0, segment)], &deleted).unwrap();
    held.delete(DocId(5));
    assert_eq!((stored.len(), without.len()), (300, 299));
    let (a, b) = (held.view(|_| true).unwrap(), without.view(|_| true).unwrap());
    let c = stored.view(|doc| doc != DocId(5)).unwrap();
    for _ in 0..100 {
        let at = rng.below(documents.len());
        let query = Query::new(&[&documents[at].words[..2 + rng.below(10)]], &[3]).unwrap();
        let expected = held.search(&query, &a).unwrap();
        assert_eq!(without.search(&query, &b).unwrap(), expected);
        assert_eq!(stored.search(&query, &c).unwrap(), expected);
    }
}

#[test]
fn another_fold_another_format_and_missing_blocks_are_refused() {
    let segment = Segment::build(&documents(&mut Rng(8), 50, 900, false), 1).unwrap();
    let written = blocks(&segment);
    let open = |blocks: Vec<Block>| Segment::open(Box::new(blocks)).unwrap();
    let wrong = Index::of(2, vec![(0, open(written.clone()))], &BTreeSet::new());
    assert!(matches!(wrong, Err(IndexError::Fold { segment: 1, index: 2 })));
    let twice = vec![(0, open(written.clone())), (1, open(written.clone()))];
    assert!(matches!(Index::of(1, twice, &BTreeSet::new()), Err(IndexError::Document(_))));
    assert!(matches!(Segment::open(Box::new(Vec::<Block>::new())), Err(SegmentError::Block(_))));
    let mut other = written.clone();
    other[0][4] += 1;
    assert!(matches!(Segment::open(Box::new(other)), Err(SegmentError::Malformed)));
    for kept in 1..written.len() {
        let answer = of(written[..kept].to_vec()).and_then(|index| {
            let view = index.view(|_| true)?;
            index.search(&Query::new(&[[1, 2, 3]], &[]).unwrap(), &view)
        });
        assert!(answer.is_err(), "{kept} of {} blocks", written.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn damage_never_panics(
        seed in 0_u64..1_000,
        damage in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..4_096, any::<u8>()), 1..12),
    ) {
        let documents = documents(&mut Rng(seed), 12, 60, true);
        let mut written = blocks(&Segment::build(&documents, 1).unwrap());
        for (block, byte, value) in damage {
            let number = block.index(written.len());
            written[number][byte] = value;
        }
        if let Ok(index) = of(written)
            && let Ok(view) = index.view(|_| true)
        {
            for document in &documents {
                let words = &document.words;
                let query = Query::new(&[&words[..6], &words[8..12]], &[1]).unwrap();
                let _ = index.search(&query, &view);
                let _ = index.words(document.id);
            }
        }
    }
}
