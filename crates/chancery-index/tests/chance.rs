//! Claimed chance rates against what is observed with words of somebody else.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::collections::BTreeMap;
use std::path::PathBuf;

use chancery_index::chance::{Calibration, expectation};
use chancery_index::joint::{Decoys, article, lower_bound, upper_bound};
use chancery_index::{DocId, Document, Holders, Index, Query, Vocabulary};
use chancery_text::fold::Fold;
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

/// The shared cables, a volume a series.
fn cables() -> Option<Vec<Document>> {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/cables.jsonl");
    let Ok(text) = std::fs::read_to_string(path) else {
        let required = std::env::var("CHANCERY_REQUIRE_DATA").is_ok_and(|v| v == "1");
        assert!(!required, "../shared/corpus is missing and CHANCERY_REQUIRE_DATA=1");
        eprintln!("SKIPPED: ../shared/corpus is missing");
        return None;
    };
    let mut vocabulary = Vocabulary::new([5; 32]);
    let mut writer = vocabulary.writer();
    let mut volumes: BTreeMap<String, u32> = BTreeMap::new();
    let documents = text.lines().enumerate().map(|(id, line)| {
        let cable: serde_json::Value = serde_json::from_str(line).unwrap();
        let next = volumes.len() as u32;
        let series = *volumes.entry(cable["volume"].as_str().unwrap().to_owned()).or_insert(next);
        let paragraphs = cable["paragraphs"].as_array().unwrap();
        let paragraphs: Vec<&str> = paragraphs.iter().map(|p| p.as_str().unwrap()).collect();
        let folded = Fold::embedded().text(&paragraphs.join("\n\n"));
        let words = folded.iter().map(|word| writer.enter(word)).collect();
        Document::plain(id as u32, series, 0, words)
    });
    Some(documents.collect())
}

/// Spans that are looked at for each level.
const SPANS: usize = 2_500;

/// Of foreign spans with a claimed rate within a factor of two of `level`: spans, hits, sum of claims.
fn observed(
    index: &Index,
    calibration: &Calibration,
    foreign: &[Document],
    level: f64,
    rng: &mut Rng,
) -> (usize, usize, f64) {
    let view = index.view(|_| true).unwrap();
    let (mut spans, mut hits, mut sum) = (0, 0, 0.0);
    for _ in 0..100 * SPANS {
        let document = &foreign[rng.below(foreign.len())];
        let length = 1 + rng.below(12);
        let Some(room) = document.words.len().checked_sub(length) else { continue };
        let from = rng.below(room + 1);
        let span = &document.words[from..from + length];
        let rate = calibration.chance(length, expectation(index, span, None)).rate;
        if !(level / 2.0..level * 2.0).contains(&rate) {
            continue;
        }
        let query = Query::new(&[span], &[]).unwrap();
        spans += 1;
        hits += usize::from(index.holders(&query, &view).unwrap() != Holders::Exactly(0));
        sum += rate;
        if spans == SPANS {
            break;
        }
    }
    (spans, hits, sum)
}

/// Whether the mean claim lies in the exact 95 % interval of what was observed.
fn agrees((spans, hits, sum): (usize, usize, f64)) -> bool {
    let claimed = sum / spans as f64;
    let interval = (lower_bound(hits, spans, 0.975), upper_bound(hits, spans, 0.975));
    println!("{spans} spans, {hits} found; claimed {claimed:.4}, interval {interval:.4?}");
    spans >= 1_000 && interval.0 <= claimed && claimed <= interval.1
}

fn check(documents: Vec<Document>, held_out: u32, seed: u64) {
    let (foreign, own): (Vec<_>, Vec<_>) =
        documents.into_iter().partition(|d| d.series.is_multiple_of(held_out));
    let mut index = Index::new(1);
    index.add(own).unwrap();
    let view = index.view(|_| true).unwrap();
    let calibration = Calibration::measure(&index, &view, 6_000, seed).unwrap();
    let mut rng = Rng(seed);
    for level in [0.01, 0.05] {
        let (spans, hits, sum) = observed(&index, &calibration, &foreign, level, &mut rng);
        assert!(agrees((spans, hits, sum)), "at {level}");
        // Controls: claims twice or half as bold are found out.
        assert!(!agrees((spans, hits, sum / 2.0)) && !agrees((spans, hits, sum * 2.0)));
    }
}

#[test]
fn claimed_rates_are_those_observed_in_made_up_papers() {
    check(papers(&mut Rng(11), 20, 60), 4, 21);
}

#[test]
fn claimed_rates_are_those_observed_in_cables() {
    if let Some(documents) = cables() {
        check(documents, 5, 22);
    }
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
