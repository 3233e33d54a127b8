//! A whole article against decoys.

mod support;

use chancery_index::joint::{Decoys, article};
use chancery_index::{DocId, Document, Index, Query};
use support::Rng;

/// Series of papers in one made-up language: every word has some forty followers, the first ones common;
/// now and then comes a phrase of a common stock.
fn papers(rng: &mut Rng, series: u32, papers: u32) -> Vec<Document> {
    const WORDS: usize = 2_000;
    let after = |word: u32, rng: &mut Rng| {
        let follower = rng.below(40) * rng.below(40) / 40;
        Rng(u64::from(word) * 64 + follower as u64).word(WORDS)
    };
    let stock = |number: u64| {
        let mut rng = Rng(1_000_000 + number);
        let length = 3 + rng.below(12);
        rng.words(length, WORDS)
    };
    let mut out = Vec::new();
    for series in 0..series {
        for _ in 0..papers {
            let mut words = vec![rng.word(WORDS)];
            while words.len() < 300 {
                if rng.below(60) == 0 {
                    words.extend(stock((rng.below(40) * rng.below(40)) as u64));
                }
                let last = words[words.len() - 1];
                words.push(after(last, rng));
            }
            out.push(Document::plain(out.len() as u32, series, 0, words));
        }
    }
    out
}

#[test]
fn an_article_is_compared_with_decoys_that_search_without_their_own_series() {
    let mut index = Index::new(1);
    let documents = papers(&mut Rng(12), 6, 40);
    index.add(documents.clone()).unwrap();
    let view = index.view(|_| true).unwrap();
    let shape = vec![vec![8], vec![5, 4], vec![3]];
    let decoys = Decoys::run(&index, &view, &shape, &[], (200, 31), 3).unwrap();
    let words = &documents[17].words;
    let quotations: [&[&[u32]]; 3] =
        [&[&words[10..18]], &[&words[40..45], &words[60..64]], &[&words[90..93]]];
    let queries: Vec<Query> = quotations.iter().map(|q| Query::new(q, &[]).unwrap()).collect();
    let best = article(&index, &queries, &view).unwrap()[0];
    assert_eq!(best.0, DocId(17));
    let joint = decoys.joint(best.1);
    assert_eq!((joint.as_high, joint.decoys), (0, 200));
    assert!(joint.upper >= 1.0 / 200.0 && joint.upper < 0.02);
    // Control: an article about something else is no better than the decoys.
    let other = papers(&mut Rng(13), 1, 1);
    let strange = [&other[0].words[10..18], &other[0].words[40..45], &other[0].words[90..93]];
    let queries: Vec<Query> = strange.iter().map(|q| Query::new(&[q], &[]).unwrap()).collect();
    let score = article(&index, &queries, &view).unwrap().first().map_or(0.0, |best| best.1);
    assert!(decoys.joint(score).upper > 0.05, "{:?}", decoys.joint(score));
}
