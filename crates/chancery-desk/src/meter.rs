//! The meter: what the marks of a paper could tell about a leak of it, before it is released.
//!
//! Figures are expectations for one leaker who changes nothing at the places; they promise nothing. The
//! bound of a finding comes from the inquiry alone.

use chancery_text::master::{CHARACTERS_BASE, Master, Piece, Symbol};
use chancery_text::proposal::Survival;
use serde::Serialize;

/// Words of the quotation that the meter imagines.
const QUOTATION_WORDS: f64 = 40.0;

/// Expected bits, and how many of N readers they leave.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Reach {
    /// Expected bits of a lone reader's copy.
    pub bits: f64,
    /// How many of N readers would agree as well, on average.
    pub narrows_to: u64,
}

/// What a paper's marks can tell.
#[derive(Clone, Debug, Serialize)]
pub struct Meter {
    /// N that the figures are for.
    pub readers: u64,
    /// Words.
    pub words: usize,
    /// The whole paper pasted.
    pub pasted: Reach,
    /// The whole paper faithfully retyped.
    pub retyped: Reach,
    /// A 40-word quotation in a newspaper, on average.
    pub quoted: Reach,
    /// Each paragraph retyped.
    pub paragraphs: Vec<Reach>,
}

/// What the marks of one paragraph can tell.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ParagraphReach {
    /// Words.
    pub words: usize,
    /// The paragraph pasted.
    pub pasted: Reach,
    /// The paragraph faithfully retyped.
    pub retyped: Reach,
    /// 40 words of it quoted, on average; all of it when it is shorter.
    pub quoted: Reach,
}

impl Meter {
    /// Paragraph by paragraph. A class of places that show one form throughout counts in each.
    #[must_use]
    pub fn by_paragraph(master: &Master, readers: u64) -> Vec<ParagraphReach> {
        let reach = |bits: f64| Reach { bits, narrows_to: narrowed(readers, bits) };
        let symbols = master.symbols();
        let texts = master.drafted();
        let one = |(pieces, text): (&Vec<Piece>, &String)| {
            let mut ids: Vec<u32> = pieces
                .iter()
                .filter_map(|piece| match piece {
                    Piece::Wording(site, _) => master.sites.get(*site as usize).map(|s| s.id),
                    Piece::Character(id, _) => Some(*id),
                    Piece::Text(_) => None,
                })
                .collect();
            ids.sort_unstable();
            ids.dedup();
            let sum = |least: Survival| -> f64 {
                let own = symbols.iter().filter(|s| ids.binary_search(&s.id).is_ok());
                own.filter(|s| s.survival >= least).map(bits).sum()
            };
            let words = crate::draft::words(text);
            let share = (QUOTATION_WORDS / words.max(1) as f64).min(1.0);
            ParagraphReach {
                words,
                pasted: reach(sum(Survival::Paste)),
                retyped: reach(sum(Survival::Retype)),
                quoted: reach(sum(Survival::Quote) * share),
            }
        };
        master.paragraphs.iter().zip(&texts).map(one).collect()
    }

    /// The meter of a master for N readers.
    #[must_use]
    pub fn of(master: &Master, readers: u64) -> Self {
        let reach = |bits: f64| Reach { bits, narrows_to: narrowed(readers, bits) };
        let symbols = master.symbols();
        let sum = |least: Survival| -> f64 {
            symbols.iter().filter(|s| s.survival >= least).map(bits).sum()
        };
        let words = master.words();
        let quoted = sum(Survival::Quote) * (QUOTATION_WORDS / words.max(1) as f64).min(1.0);
        let paragraphs = master
            .paragraphs
            .iter()
            .map(|pieces| {
                let mut sites: Vec<u32> = pieces
                    .iter()
                    .filter_map(|p| match p {
                        Piece::Wording(site, _) => Some(*site),
                        _ => None,
                    })
                    .collect();
                sites.sort_unstable();
                sites.dedup();
                let own = sites.iter().filter_map(|s| symbols.get(*s as usize));
                reach(own.filter(|s| s.survival >= Survival::Retype).map(bits).sum())
            })
            .collect();
        Self {
            readers,
            words,
            pasted: reach(sum(Survival::Paste)),
            retyped: reach(sum(Survival::Retype)),
            quoted: reach(quoted),
            paragraphs,
        }
    }
}

/// Entropy of a symbol under the bias law, in bits: biased shares of the binary sites lower it.
fn bits(symbol: &Symbol) -> f64 {
    match (symbol.arity, symbol.id < CHARACTERS_BASE) {
        (2, true) => 0.846,
        (2, false) => 0.743,
        (q, _) => libm::log2(f64::from(q)),
    }
}

fn narrowed(readers: u64, bits: f64) -> u64 {
    let left = readers as f64 / libm::exp2(bits);
    left.max(1.0).round() as u64
}
