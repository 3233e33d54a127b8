//! A whole article against decoys: how often do quotations of something else point as strongly at one
//! document?

use std::collections::BTreeMap;

use crate::document::DocId;
use crate::draw::Draw;
use crate::index::{Index, IndexError};
use crate::query::Query;
use crate::spread::spread;
use crate::view::View;

/// Confidence of [`Joint::upper`].
const CONFIDENCE: f64 = 0.95;

/// The evidence of all quotations of an article, for each document: sum of scores in nats, best first.
///
/// # Errors
/// As [`Index::search`].
pub fn article(
    index: &Index,
    queries: &[Query],
    view: &View,
) -> Result<Vec<(DocId, f64)>, IndexError> {
    let mut sums: BTreeMap<DocId, f64> = BTreeMap::new();
    for query in queries {
        for hit in index.hits(query, view)? {
            *sums.entry(hit.doc).or_default() += hit.score;
        }
    }
    let mut out: Vec<(DocId, f64)> = sums.into_iter().collect();
    out.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok(out)
}

/// Best scores of decoy articles, ascending.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decoys(Vec<f64>);

/// What decoys say about a score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Joint {
    /// Decoys that scored as high.
    pub as_high: usize,
    /// Decoys run.
    pub decoys: usize,
    /// Upper bound of the rate at 95 % (Clopper, Pearson 1934), never below one in the decoys.
    pub upper: f64,
}

impl Decoys {
    /// Scores that the caller measured, on articles about something else.
    #[must_use]
    pub fn of(mut scores: Vec<f64>) -> Self {
        scores.sort_by(f64::total_cmp);
        Self(scores)
    }

    /// Runs `count` decoy articles with fragments of the same lengths as the article's: `shape` has the
    /// fragment lengths of each quotation. A decoy's words come from documents of one series, and that
    /// series is hidden from its search. The work is shared among `cores` threads; the result does not
    /// depend on how many.
    ///
    /// # Errors
    /// As [`Index::search`].
    pub fn run(
        index: &Index,
        view: &View,
        shape: &[Vec<usize>],
        light: &[u32],
        (count, seed): (usize, u64),
        cores: usize,
    ) -> Result<Self, IndexError> {
        let documents = index.shown_documents(view);
        let mut draw = Draw(seed);
        if documents.is_empty() {
            return Ok(Self::default());
        }
        let mut decoys: Vec<(u32, Vec<Query>)> = Vec::with_capacity(count);
        for _ in 0..count {
            // An article quotes one paper, and so does its decoy.
            let (doc, series) = documents[draw.below(documents.len())];
            let words = index.words(doc);
            let mut queries = Vec::with_capacity(shape.len());
            for lengths in shape {
                let fragments: Vec<&[u32]> = lengths
                    .iter()
                    .map(|&length| {
                        let length = length.min(words.len());
                        let from = draw.below(words.len() - length + 1);
                        &words[from..from + length]
                    })
                    .collect();
                queries.extend(Query::new(&fragments, light));
            }
            decoys.push((series, queries));
        }
        let mut hidden: BTreeMap<u32, Vec<DocId>> =
            decoys.iter().map(|(series, _)| (*series, Vec::new())).collect();
        for (doc, series) in documents {
            hidden.entry(series).and_modify(|docs| docs.push(doc));
        }
        let best = |(series, queries): &(u32, Vec<Query>)| -> Result<f64, IndexError> {
            let others = index.without(view, hidden.get(series).map_or(&[], Vec::as_slice));
            index.best_sum(queries, &others)
        };
        Ok(Self::of(spread(&decoys, cores, best).into_iter().collect::<Result<_, _>>()?))
    }

    /// What the decoys say about an article whose best document has `score`.
    #[must_use]
    pub fn joint(&self, score: f64) -> Joint {
        let decoys = self.0.len();
        let as_high = decoys - self.0.partition_point(|other| *other < score);
        let least = if decoys == 0 { 1.0 } else { 1.0 / decoys as f64 };
        Joint { as_high, decoys, upper: upper_bound(as_high, decoys, CONFIDENCE).max(least) }
    }
}

/// The largest rate at which so few successes have probability `1 - confidence` (Clopper, Pearson 1934).
#[must_use]
pub fn upper_bound(successes: usize, trials: usize, confidence: f64) -> f64 {
    if successes >= trials {
        return 1.0;
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if at_most(successes, trials, middle) > 1.0 - confidence {
            low = middle
        } else {
            high = middle
        }
    }
    high
}

/// The smallest rate at which so many successes have probability `1 - confidence`.
#[must_use]
pub fn lower_bound(successes: usize, trials: usize, confidence: f64) -> f64 {
    1.0 - upper_bound(trials.saturating_sub(successes), trials, confidence)
}

/// Probability of at most so many successes.
fn at_most(successes: usize, trials: usize, rate: f64) -> f64 {
    let (log_yes, log_no) = (libm::log(rate), libm::log1p(-rate));
    let n = trials as f64;
    let mut sum = 0.0;
    for k in 0..=successes {
        let k = k as f64;
        let ways = libm::lgamma(n + 1.0) - libm::lgamma(k + 1.0) - libm::lgamma(n - k + 1.0);
        sum += libm::exp(ways + k * log_yes + (n - k) * log_no);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Branch, Document};

    #[test]
    fn bounds_are_those_of_the_tables() {
        let close = |a: f64, b: f64| (a - b).abs() < 5e-4;
        assert!(close(upper_bound(0, 20, 0.975), 0.1684));
        assert!(close(upper_bound(2, 40, 0.975), 0.1692));
        assert!(close(lower_bound(2, 40, 0.975), 0.0061));
        assert!(close(lower_bound(18, 20, 0.975), 0.6830));
        assert_eq!(upper_bound(5, 5, 0.95), 1.0);
    }

    /// A decoy's score is that of the article's best document, though few documents are compared.
    #[test]
    fn decoys_score_as_articles_do() {
        let mut draw = Draw(7);
        let mut index = Index::new(1);
        for batch in 0..3 {
            let document = |n: u32| {
                // Common words and rare ones.
                let words = (0..60).map(|_| (draw.below(40) * draw.below(40)) as u32).collect();
                let mut document = Document::plain(batch * 50 + n, n / 4, 0, words);
                let alternatives = vec![vec![draw.below(1_600) as u32], vec![1, 2]];
                document.branches.push(Branch { at: 20..21, alternatives });
                document
            };
            index.add((0..50).map(document).collect()).unwrap();
        }
        let views = [index.view(|_| true).unwrap(), index.view(|doc| doc.0 % 5 > 1).unwrap()];
        let narrow = views.each_ref().map(|view| index.without(view, &[DocId(2), DocId(5)]));
        let mut several = 0;
        for view in views.iter().chain(&narrow) {
            for _ in 0..40 {
                let mut queries = Vec::new();
                for length in [3, 4, 8, 15] {
                    let words = index.words(DocId(draw.below(150) as u32));
                    let from = draw.below(words.len() - length);
                    let (head, tail) = words[from..from + length].split_at(length / 2);
                    queries.push(Query::new(&[head, tail], &[0, 1, 2]).unwrap());
                }
                let article = article(&index, &queries, view).unwrap();
                let best = article.first().map_or(0.0, |(_, score)| *score);
                assert_eq!(index.best_sum(&queries, view).unwrap(), best);
                several += usize::from(article.len() > 3);
            }
        }
        assert!(several > 20, "{several}");
    }

    /// What a decoy meets is the archive as it would be without its paper.
    #[test]
    fn a_document_left_out_was_never_there() {
        let mut draw = Draw(9);
        let mut index = Index::new(1);
        let mut document = |n: u32| {
            let words = (0..40).map(|_| (draw.below(30) * draw.below(30)) as u32).collect();
            Document::plain(n, n / 4, 0, words)
        };
        index.add((0..60).map(&mut document).collect()).unwrap();
        index.add((60..90).map(&mut document).collect()).unwrap();
        let hidden = [DocId(7), DocId(61), DocId(62)];
        let whole = index.view(|_| true).unwrap();
        let without = index.without(&whole, &hidden);
        // Left out again, one is not counted twice.
        let without = index.without(&without, &hidden[..1]);
        let never = index.view(|doc| !hidden.contains(&doc)).unwrap();
        let mut differing = 0;
        for word in 0..900 {
            assert_eq!(without.rarity(&[word]), never.rarity(&[word]), "{word}");
            let elsewhere = |view: &View| view.rarity_elsewhere(&[word], DocId(3));
            assert_eq!(elsewhere(&without), elsewhere(&never), "{word}");
            differing += usize::from(whole.rarity(&[word]) != never.rarity(&[word]));
        }
        assert!(differing > 100, "{differing}");
        let query = Query::new(&[&index.words(DocId(61))[..6]], &[]).unwrap();
        assert_eq!(index.search(&query, &without).unwrap(), index.search(&query, &never).unwrap());
    }

    #[test]
    fn nothing_below_one_in_the_decoys_is_said() {
        let decoys = Decoys::of((0..1_000).map(f64::from).collect());
        assert_eq!(decoys.joint(990.0).as_high, 10);
        let none = decoys.joint(5_000.0);
        assert_eq!(none.as_high, 0);
        assert!(none.upper >= 1e-3);
        assert_eq!(Decoys::default().joint(1.0).upper, 1.0);
    }
}
