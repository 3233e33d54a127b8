//! What a search finds, against plain readings of the same documents.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::collections::BTreeSet;

use chancery_index::postings::Postings;
use chancery_index::scan::Scan;
use chancery_index::{
    Branch, CandidateSource, DocId, Document, Found, Holders, Index, IndexError, Place, Query,
    UNKNOWN,
};
use support::{Rng, copy, documents, sorted};

/// An index in several segments.
fn index(documents: &[Document]) -> Index {
    let mut index = Index::new(1);
    for batch in documents.chunks(documents.len().div_ceil(3).max(1)) {
        index.add(batch.to_vec()).unwrap();
    }
    index
}

fn query(fragments: &[&[u32]]) -> Query {
    Query::new(fragments, &[]).unwrap()
}

/// A piece of a document, sometimes with a strange word, sometimes in two fragments.
fn quotation(rng: &mut Rng, document: &Document) -> Query {
    let words = copy(rng, document);
    let from = rng.below(words.len() - 12);
    let mut taken = words[from..from + 2 + rng.below(10)].to_vec();
    let at = rng.below(taken.len());
    match rng.below(4) {
        0 => taken[at] = UNKNOWN,
        1 => taken[at] = rng.word(50),
        2 if at > 0 => return query(&[&taken[..at], &taken[at..]]),
        _ => {}
    }
    query(&[&taken])
}

#[test]
fn suffix_arrays_postings_and_a_plain_scan_find_the_same_runs() {
    let mut rng = Rng(1);
    for round in 0..20 {
        let documents = documents(&mut rng, 40, 250, false);
        let (index, scan) = (index(&documents), Scan::new(documents.clone()));
        let postings = Postings::new(&documents);
        let view = index.view(|doc| round % 2 == 0 || doc.0 % 3 != 0).unwrap();
        for _ in 0..20 {
            let at = rng.below(documents.len());
            let query = quotation(&mut rng, &documents[at]);
            let mut found = sorted(index.occurrences(&query, &view));
            assert_eq!(found, sorted(scan.occurrences(&query, &view)));
            assert!(round % 2 == 1 || !found.is_empty());
            found.retain(|run| run.2 > 1);
            assert_eq!(found, sorted(postings.occurrences(&query, &view)));
        }
    }
}

#[test]
fn every_source_leads_to_the_same_hits_with_branches_too() {
    let mut rng = Rng(2);
    let documents = documents(&mut rng, 60, 400, true);
    let (index, scan) = (index(&documents), Scan::new(documents.clone()));
    let postings = Postings::new(&documents);
    let view = index.view(|_| true).unwrap();
    for _ in 0..100 {
        let at = rng.below(documents.len());
        let query = quotation(&mut rng, &documents[at]);
        let best = |found: Found| found.hits.first().map(|hit| hit.score);
        let ours = best(index.search(&query, &view).unwrap());
        assert_eq!(ours, best(index.search_with(&scan, &query, &view).unwrap()));
        let longest = query.fragments().iter().map(std::ops::Range::len).max().unwrap();
        if longest > 4 {
            let theirs = best(index.search_with(&postings, &query, &view).unwrap());
            assert!(theirs <= ours);
        }
    }
}

#[test]
fn a_piece_of_any_copy_is_found_word_for_word() {
    let mut rng = Rng(3);
    let with = documents(&mut rng, 60, 3_000, true);
    let bare: Vec<Document> =
        with.iter().map(|d| Document { branches: Vec::new(), ..d.clone() }).collect();
    let (index, without) = (index(&with), index(&bare));
    let (view, bare_view) = (index.view(|_| true).unwrap(), without.view(|_| true).unwrap());
    let mut missed = 0;
    for _ in 0..300 {
        let at = rng.below(with.len());
        let words = copy(&mut rng, &with[at]);
        let from = rng.below(words.len() - 10);
        let query = query(&[&words[from..from + 8]]);
        let found = index.search(&query, &view).unwrap();
        let hit = &found.hits[0];
        assert!(hit.exact, "{:?} {query:?}", with[at]);
        assert_eq!(hit.shared(), 8);
        assert!((hit.score - hit.possible).abs() < 1e-9);
        let bare = without.search(&query, &bare_view).unwrap();
        missed += usize::from(!bare.hits.first().is_some_and(|hit| hit.exact));
    }
    assert!(missed > 50, "control: without branches only {missed} were missed");
}

#[test]
fn what_a_viewer_may_not_see_changes_nothing_for_him() {
    let mut rng = Rng(4);
    let documents = documents(&mut rng, 90, 80, true);
    let seen = |id: DocId| id.0.is_multiple_of(3);
    let theirs: Vec<Document> = documents.iter().filter(|d| seen(d.id)).cloned().collect();
    let (whole, part) = (index(&documents), index(&theirs));
    let (view, all) = (whole.view(seen).unwrap(), whole.view(|_| true).unwrap());
    let alone = part.view(|_| true).unwrap();
    let mut differs = 0;
    for _ in 0..200 {
        let at = rng.below(documents.len());
        let query = quotation(&mut rng, &documents[at]);
        let expected = part.search(&query, &alone).unwrap();
        assert_eq!(whole.search(&query, &view).unwrap(), expected);
        differs += usize::from(whole.search(&query, &all).unwrap() != expected);
    }
    assert!(differs > 100, "control: without the filter {differs} of 200 differ");
}

#[test]
fn additions_and_deletions_are_as_if_built_at_once() {
    let mut rng = Rng(5);
    let documents = documents(&mut rng, 200, 200, true);
    let mut grown = Index::new(1);
    let mut named = BTreeSet::new();
    for (at, document) in documents.iter().enumerate() {
        let change = grown.add(vec![document.clone()]).unwrap();
        for name in change.removed {
            assert!(named.remove(&name));
        }
        named.extend(change.added);
        if at % 4 == 3 {
            assert!(grown.delete(DocId(at as u32 - 1)));
            assert!(!grown.delete(DocId(at as u32 - 1)));
        }
    }
    assert_eq!(named, grown.segments().map(|(name, _)| name).collect());
    assert!(named.len() <= 10, "{} segments", named.len());
    let kept: Vec<Document> = documents.iter().filter(|d| d.id.0 % 4 != 2).cloned().collect();
    let mut built = Index::new(1);
    built.add(kept.clone()).unwrap();
    assert_eq!((grown.len(), built.len()), (150, 150));
    let (a, b) = (grown.view(|_| true).unwrap(), built.view(|_| true).unwrap());
    for _ in 0..100 {
        let at = rng.below(documents.len());
        let query = quotation(&mut rng, &documents[at]);
        assert_eq!(grown.search(&query, &a).unwrap(), built.search(&query, &b).unwrap());
    }
    assert!(matches!(grown.add(vec![kept[0].clone()]), Err(IndexError::Document(_))));
    grown.add(vec![documents[2].clone()]).unwrap();
    assert!(matches!(grown.search(&query(&[&[1]]), &a), Err(IndexError::Stale)));
}

#[test]
fn fragments_stand_in_order_and_what_lies_between_is_free() {
    let words: Vec<u32> = (100..400).collect();
    let mut turned = words.clone();
    turned.rotate_left(150);
    let mut all = vec![Document::plain(1, 0, 5, words), Document::plain(2, 0, 1, turned)];
    all.extend((3..60).map(|id| Document::plain(id, 0, 0, vec![id; 30])));
    let index = index(&all);
    let view = index.view(|_| true).unwrap();
    let query = query(&[&[110, 111, 112], &[300, 301, 302]]);
    let found = index.search(&query, &view).unwrap();
    assert_eq!(found.holders, Holders::Exactly(1));
    assert_eq!(found.hits[0].doc, DocId(1));
    assert!(found.hits[0].exact && !found.hits[1].exact);
    assert_eq!(found.hits[0].score, 2.0 * found.hits[1].score);
    let places: Vec<Place> = found.hits[0].pairs.iter().map(|pair| pair.place).collect();
    assert_eq!(places, [10, 11, 12, 200, 201, 202].map(Place::Text));
}

#[test]
fn added_light_words_cost_little_and_changed_words_are_paired() {
    let mut all: Vec<Document> =
        (0..50).map(|id| Document::plain(id, 0, 0, vec![1_000 + id; 20])).collect();
    all.push(Document::plain(90, 0, 0, (10..40).collect()));
    let index = index(&all);
    let view = index.view(|_| true).unwrap();
    let find = |words: &[u32], light: &[u32]| {
        let query = Query::new(&[words], light).unwrap();
        index.search(&query, &view).unwrap().hits.remove(0)
    };
    let exact = find(&[20, 21, 22, 23], &[]);
    let (light, heavy) = (find(&[20, 21, 5, 22, 23], &[5]), find(&[20, 21, 5, 22, 23], &[]));
    assert!(exact.score > light.score && light.score > heavy.score + 1.0);
    assert_eq!((light.shared(), light.exact), (4, false));
    let changed = find(&[20, 21, UNKNOWN, 23, 24], &[]);
    let same: Vec<bool> = changed.pairs.iter().map(|pair| pair.same).collect();
    assert_eq!(same, [true, true, false, true, true]);
}

/// The press put the rare word in; the common ones stand where they stood.
#[test]
fn common_words_in_their_places_come_before_a_rare_word_alone() {
    let all: Vec<Document> = (0..400)
        .map(|id| {
            let own = |n: u32| 1_000 + 10 * id + n;
            let words = match id {
                0 => vec![1, 2, 5, 3, 4],
                1..4 => vec![own(0), 9, own(1)],
                _ if id % 2 == 0 => vec![4, own(0), 3, own(1), 2, own(2), 1],
                _ => vec![own(0); 5],
            };
            Document::plain(id, 0, 0, words)
        })
        .collect();
    let index = index(&all);
    let view = index.view(|_| true).unwrap();
    let hits = index.hits(&query(&[&[1, 2, 9, 3, 4]]), &view).unwrap();
    assert_eq!(hits[0].doc, DocId(0));
    // By words alone it would be another.
    assert!(hits[1..].iter().any(|hit| hit.score > hits[0].score + 1.0));
}

#[test]
fn one_word_and_very_common_words_are_counted_and_words_of_nobody_find_nothing() {
    let documents: Vec<Document> =
        (0..5_000).map(|id| Document::plain(id, 0, 0, vec![7, 8 + id % 1_000, 7])).collect();
    let index = index(&documents);
    let view = index.view(|_| true).unwrap();
    let holders = |words: &[u32]| index.search(&query(&[words]), &view).unwrap().holders;
    assert_eq!(holders(&[7]), Holders::Many);
    assert_eq!(holders(&[8]), Holders::Exactly(5));
    assert_eq!(holders(&[7, 8, 7]), Holders::Exactly(5));
    assert_eq!(holders(&[8, 8]), Holders::Exactly(0));
    assert_eq!(holders(&[UNKNOWN]), Holders::Exactly(0));
    let few = index.view(|doc| doc.0 == 3).unwrap();
    assert_eq!(index.search(&query(&[&[7]]), &few).unwrap().holders, Holders::Exactly(1));
}

#[test]
fn documents_that_quote_one_another_are_one_cluster() {
    let mut rng = Rng(6);
    let mut all = documents(&mut rng, 20, 5_000, false);
    let quoted: Vec<u32> = (9_000..9_030).collect();
    for (at, date) in [(3, 50), (7, 10), (11, 90)] {
        all[at].words.splice(5..5, quoted.iter().copied());
        all[at].date = date;
    }
    // One word too few.
    all[15].words.splice(5..5, quoted[..24].iter().copied());
    let index = index(&all);
    let docs = [3, 15, 7, 11].map(DocId);
    let date = |doc: DocId| i64::from(all[doc.0 as usize].date);
    let found = chancery_index::cluster::clusters(&index, &docs, date);
    assert_eq!(found.len(), 2);
    assert_eq!(
        (found[0].earliest, found[0].carriers.as_slice()),
        (DocId(7), &[DocId(3), DocId(11)][..])
    );
    assert_eq!((found[1].earliest, found[1].carriers.len()), (DocId(15), 0));
}

#[test]
fn documents_that_are_none_are_refused() {
    let plain = Document::plain(1, 0, 0, vec![1, 2, 3]);
    let branch = |at| Branch { at, alternatives: vec![vec![4]] };
    for bad in [
        Document { words: vec![u32::MAX], ..plain.clone() },
        Document { branches: vec![branch(2..9)], ..plain.clone() },
        Document { branches: vec![branch(1..2), branch(0..1)], ..plain.clone() },
    ] {
        assert!(matches!(Index::new(1).add(vec![bad]), Err(IndexError::Document(_))));
    }
    assert!(Index::new(1).add(vec![plain.clone(), plain]).is_err());
    let empty = Index::new(1);
    let view = empty.view(|_| true).unwrap();
    assert!(empty.search(&query(&[&[1]]), &view).unwrap().hits.is_empty());
}

#[test]
fn a_view_without_some_documents_shows_the_runs_of_a_view_that_never_had_them() {
    let mut rng = Rng(7);
    // Words so common that not all runs are looked at: which ones depends on how many are counted.
    let documents = documents(&mut rng, 700, 25, true);
    let index = index(&documents);
    let mut differs = 0;
    for keep in [1, 2] {
        let all = index.view(|id| id.0.is_multiple_of(keep)).unwrap();
        for _ in 0..40 {
            let at = rng.below(documents.len());
            let gone = [DocId(at as u32), DocId(rng.below(documents.len()) as u32)];
            let query = quotation(&mut rng, &documents[at]);
            let narrowed = index.without(&all, &gone);
            assert!(gone.iter().all(|doc| !narrowed.sees(*doc)));
            let never = index.view(|id| id.0.is_multiple_of(keep) && !gone.contains(&id)).unwrap();
            let found = sorted(index.occurrences(&query, &narrowed));
            assert_eq!(found, sorted(index.occurrences(&query, &never)));
            differs += usize::from(found != sorted(index.occurrences(&query, &all)));
        }
    }
    assert!(differs > 30, "control: only {differs} of 80 differ from the whole");
}
