//! Papers: the cables as masters, and papers recombined from their words.

use std::collections::HashMap;
use std::path::Path;

use chancery_text::build::{Choice, build, candidates, choose};
use chancery_text::lexicon::Lexicon;
use chancery_text::markup::Marked;
use chancery_text::master::Master;
use chancery_text::order::Order;
use chancery_text::proposal::Proposer;
use chancery_text::punctuation::Punctuation;
use chancery_text::typography::Typography;

/// Words of a recombined paper.
const WORDS: usize = 400;

/// Split-mix generator (Steele, Lea, Flood 2014).
pub struct Rng(pub u64);

impl Rng {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }
}

pub fn masters(corpus: &Path) -> Vec<Master> {
    let text = std::fs::read_to_string(corpus).expect("the shared corpus is there");
    let proposers: [&dyn Proposer; 4] = [Lexicon::embedded(), &Order, &Punctuation, &Typography];
    let choice = Choice::default();
    text.lines()
        .map(|line| {
            let cable: serde_json::Value = serde_json::from_str(line).expect("a cable a line");
            let paragraphs: Vec<Marked> = cable["paragraphs"]
                .as_array()
                .expect("a list of paragraphs")
                .iter()
                .map(|p| Marked::literal(p.as_str().expect("text")))
                .collect();
            let all = candidates(&paragraphs, &proposers);
            build(&paragraphs, &choose(&paragraphs, &all, &choice), &choice, "bench", None)
        })
        .collect()
}

/// A second-order Markov chain over the words of all cables, punctuation and capitals included. A pair of
/// words that was seen once only goes on from its second word alone: else recombined papers would
/// copy whole sentences.
pub struct Recombined {
    words: Vec<u32>,
    forms: Vec<String>,
    pairs: HashMap<(u32, u32), Vec<u32>>,
    singles: Vec<Vec<u32>>,
    rng: Rng,
}

impl Recombined {
    pub fn new(texts: &[String], seed: u64) -> Self {
        let mut numbers: HashMap<&str, u32> = HashMap::new();
        let mut forms = Vec::new();
        let mut words = Vec::new();
        for word in texts.iter().flat_map(|text| text.split_whitespace()) {
            let number = *numbers.entry(word).or_insert_with(|| {
                forms.push(word.to_owned());
                forms.len() as u32 - 1
            });
            words.push(number);
        }
        let mut pairs: HashMap<(u32, u32), Vec<u32>> = HashMap::new();
        let mut singles = vec![Vec::new(); forms.len()];
        for at in 1..words.len() - 1 {
            pairs.entry((words[at - 1], words[at])).or_default().push(at as u32 + 1);
            singles[words[at] as usize].push(at as u32 + 1);
        }
        Self { words, forms, pairs, singles, rng: Rng(seed) }
    }

    pub fn paper(&mut self) -> String {
        let mut at = 1 + self.rng.below(self.words.len() - 2);
        let (mut a, mut b) = (self.words[at - 1], self.words[at]);
        let mut out = String::with_capacity(WORDS * 7);
        for _ in 0..WORDS {
            out.push_str(&self.forms[b as usize]);
            out.push(' ');
            let next = match self.pairs.get(&(a, b)) {
                Some(next) if next.len() > 1 => next,
                _ => &self.singles[b as usize],
            };
            at = if next.is_empty() {
                self.rng.below(self.words.len())
            } else {
                next[self.rng.below(next.len())] as usize
            };
            (a, b) = (b, self.words[at]);
        }
        out
    }

    /// Any word of the cables.
    pub fn word(&mut self) -> &str {
        let at = self.rng.below(self.words.len());
        &self.forms[self.words[at] as usize]
    }
}
