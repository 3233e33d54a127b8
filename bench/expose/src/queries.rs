//! Quotations of cables, as they stand and as the press treats them.

use chancery_text::master::{Master, Piece};

use crate::papers::{Recombined, Rng};

pub const KINDS: [&str; 5] = ["exact", "variant", "edit", "ellipsis", "bracket"];
pub const LENGTHS: [usize; 6] = [2, 3, 5, 8, 15, 40];
/// Of edited quotations of five words, which a target compares by their ratio, so many times as many.
const EDITED_FIVE: usize = 10;

pub struct Quotation {
    pub kind: usize,
    pub length: usize,
    pub paper: u32,
    /// As ellipses and brackets cut it; words as printed.
    pub fragments: Vec<String>,
}

pub fn quotations(
    masters: &[Master],
    mix: &mut Recombined,
    each: usize,
    seed: u64,
) -> Vec<Quotation> {
    let mut rng = Rng(seed);
    let mut out = Vec::new();
    for kind in 0..KINDS.len() {
        for length in LENGTHS {
            let many = KINDS[kind] == "edit" && length == 5;
            let (each, mut made) = (each * if many { EDITED_FIVE } else { 1 }, 0);
            while made < each {
                let paper = rng.below(masters.len());
                let fragments = match KINDS[kind] {
                    "variant" => variant(&masters[paper], length, &mut rng),
                    _ => treated(KINDS[kind], &masters[paper], length, mix, &mut rng),
                };
                let Some(fragments) = fragments else { continue };
                out.push(Quotation { kind, length, paper: paper as u32, fragments });
                made += 1;
            }
        }
    }
    out
}

/// A span of a copy with at least one place that does not read as drafted.
fn variant(master: &Master, length: usize, rng: &mut Rng) -> Option<Vec<String>> {
    let row = rng.next();
    let reading = |site: u32, arity: u8| Rng(row ^ u64::from(site) << 20).next() as u8 % arity;
    let (mut text, mut changed) = (String::new(), Vec::new());
    for pieces in &master.paragraphs {
        for piece in pieces {
            match piece {
                Piece::Text(fixed) => text.push_str(fixed),
                Piece::Character(_, glyph) => text.push(glyph.plain()),
                Piece::Wording(site, readings) => {
                    let site = &master.sites[*site as usize];
                    let shown = usize::from(reading(site.id, site.arity));
                    if shown != usize::from(site.drafted) {
                        changed.push((
                            text.split_whitespace().count(),
                            readings[shown].split_whitespace().count(),
                        ));
                    }
                    text.push_str(&readings[shown]);
                }
            }
        }
        text.push('\n');
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    if changed.is_empty() || words.len() < length {
        return None;
    }
    let (place, len) = changed[rng.below(changed.len())];
    if len > length {
        return None;
    }
    let least = (place + len).saturating_sub(length);
    let from = (least + rng.below(place - least.min(place) + 1)).min(words.len() - length);
    Some(vec![words[from..from + length].join(" ")])
}

fn treated(
    kind: &str,
    master: &Master,
    length: usize,
    mix: &mut Recombined,
    rng: &mut Rng,
) -> Option<Vec<String>> {
    let text = master.drafted().join("\n");
    let words: Vec<&str> = text.split_whitespace().collect();
    let room = words.len().checked_sub(length + 6)?;
    let from = rng.below(room);
    let span = &words[from..from + length];
    Some(match kind {
        "edit" => {
            let mut span: Vec<String> = span.iter().map(|&w| w.to_owned()).collect();
            for _ in 0..(length * 8 / 100).max(1) {
                let at = rng.below(length);
                span[at] = mix.word().to_owned();
            }
            vec![span.join(" ")]
        }
        "ellipsis" => {
            let cut = 1 + rng.below(length - 1);
            let dropped = 2 + rng.below(5);
            let rest = &words[from + cut + dropped..from + length + dropped];
            vec![span[..cut].join(" "), rest.join(" ")]
        }
        "bracket" => {
            // "[word]" for a word, or put in between two.
            let at = rng.below(length);
            let skip = rng.below(2);
            vec![span[..at].join(" "), span[at + skip..].join(" ")]
        }
        _ => vec![span.join(" ")],
    })
}
