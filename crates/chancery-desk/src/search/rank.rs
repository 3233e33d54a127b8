//! Ranking: BM25 over the papers looked into, and over nothing else.
//!
//! Robertson and Zaragoza, “The Probabilistic Relevance Framework: BM25 and Beyond” (2009), with the inverse
//! document frequency that is never negative. Pure: the order and every bit of a score follow from the
//! counts passed in.

const K1: f64 = 1.2;
const B: f64 = 0.75;

/// One paper: its length in words, and at how many places each clause stands.
#[derive(Clone, Debug)]
pub(super) struct Counted {
    pub(super) length: u32,
    pub(super) places: Vec<u32>,
}

/// A paper that fits: its index, its places and its score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ranked {
    pub(super) index: usize,
    pub(super) hits: u32,
    pub(super) score: f64,
}

/// The papers that have every clause wanted and none excluded, best first; equals stay in their order.
pub(super) fn rank(papers: &[Counted], excluded: &[bool]) -> Vec<Ranked> {
    let of = papers.len() as f64;
    let total: u64 = papers.iter().map(|p| u64::from(p.length)).sum();
    let mean = (total as f64 / of.max(1.0)).max(1.0);
    let weights: Vec<f64> = (0..excluded.len())
        .map(|clause| {
            let with = papers.iter().filter(|p| p.places.get(clause).is_some_and(|n| *n > 0));
            let with = with.count() as f64;
            libm::log(1.0 + (of - with + 0.5) / (with + 0.5))
        })
        .collect();
    let mut out: Vec<Ranked> = papers
        .iter()
        .enumerate()
        .filter(|(_, p)| p.places.iter().zip(excluded).all(|(n, out)| (*n > 0) != *out))
        .map(|(index, paper)| {
            let long = K1 * (1.0 - B + B * f64::from(paper.length) / mean);
            let (mut hits, mut score) = (0_u32, 0.0);
            for ((places, out), weight) in paper.places.iter().zip(excluded).zip(&weights) {
                if !out {
                    let places_f = f64::from(*places);
                    hits = hits.saturating_add(*places);
                    score += weight * places_f * (K1 + 1.0) / (places_f + long);
                }
            }
            Ranked { index, hits, score }
        })
        .collect();
    out.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.index.cmp(&b.index)));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paper(length: u32, places: &[u32]) -> Counted {
        Counted { length, places: places.to_vec() }
    }

    fn order(papers: &[Counted], excluded: &[bool]) -> Vec<usize> {
        rank(papers, excluded).iter().map(|r| r.index).collect()
    }

    #[test]
    fn rare_words_many_places_and_short_papers_count_more() {
        let papers = [paper(100, &[1, 1]), paper(100, &[3, 1]), paper(20, &[1, 1])];
        assert_eq!(order(&papers, &[false, false]), [2, 1, 0]);
        assert_eq!(order(&[paper(9, &[0]), paper(9, &[1])], &[true]), [0]);
        assert_eq!(order(&[paper(9, &[]), paper(1, &[])], &[]), [0, 1], "no words: as they came");
        assert!(rank(&[], &[false]).is_empty());
    }

    #[test]
    fn scores_depend_on_the_papers_counted() {
        // The control of the search's property test: counted among more papers, the same paper scores
        // otherwise, so counting among papers that may not be read would show.
        let own = [paper(100, &[1, 2]), paper(80, &[2, 1])];
        let more = [own.as_slice(), &[paper(300, &[9, 0])]].concat();
        let score = |papers: &[Counted]| rank(papers, &[false, false])[0].score;
        assert!((score(&own) - score(&more)).abs() > 1e-3);
    }
}
