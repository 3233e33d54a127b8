//! Papers, copies and mistreated copies for the tests and measurements of reading.
//!
//! Everything is drawn from a seeded generator, so that a failure comes back.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "test support; each program that includes this uses its own part"
)]

use std::ops::Range;
use std::path::PathBuf;

use chancery_text::build::{Choice, build, candidates, choose};
use chancery_text::characters::Glyph;
use chancery_text::lexicon::Lexicon;
use chancery_text::markup::{Marked, parse};
use chancery_text::master::{Master, Piece};
use chancery_text::order::Order;
use chancery_text::proposal::Proposer;
use chancery_text::punctuation::Punctuation;
use chancery_text::typography::Typography;

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
        usize::try_from(self.next() % u64::try_from(n.max(1)).unwrap()).unwrap()
    }

    pub fn chance(&mut self, per_mille: usize) -> bool {
        self.below(1_000) < per_mille
    }
}

/// Whether the full sizes are asked for.
pub fn full() -> bool {
    std::env::var_os("CHANCERY_FULL").is_some_and(|value| value == "1")
}

/// The shared corpus, one list of paragraphs a cable; `None` (said loudly) when it is not there.
pub fn corpus() -> Option<Vec<Vec<String>>> {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/cables.jsonl");
    let Ok(text) = std::fs::read_to_string(path) else {
        let required = std::env::var("CHANCERY_REQUIRE_DATA").is_ok_and(|v| v == "1");
        assert!(!required, "../shared/corpus is missing and CHANCERY_REQUIRE_DATA=1");
        eprintln!("SKIPPED: ../shared/corpus is missing");
        return None;
    };
    let cables = text.lines().map(|line| {
        let cable: serde_json::Value = serde_json::from_str(line).unwrap();
        let paragraphs = cable["paragraphs"].as_array().unwrap();
        paragraphs.iter().map(|p| p.as_str().unwrap().to_owned()).collect()
    });
    Some(cables.collect())
}

/// A made-up paper: sentences of made-up words with the author's variants in them.
pub fn made_up(rng: &mut Rng) -> Vec<String> {
    const SYLLABLES: [&str; 24] = [
        "bar", "den", "gol", "mi", "ros", "tan", "vel", "chi", "pra", "lon", "fer", "dus", "kar",
        "nel", "ost", "wim", "sen", "tor", "ula", "bri", "mar", "ket", "ino", "sho",
    ];
    const SMALL: [&str; 12] =
        ["the", "of", "to", "and", "in", "that", "with", "for", "on", "at", "by", "from"];
    const VARIANTS: [&str; 10] = [
        "{soon|shortly}",
        "{said that|said}",
        "{strong|firm|robust}",
        "{in order to|to}",
        "{percent|per cent}",
        "{has also been|also has been}",
        "{the minister’s|his}",
        "{however,|however}",
        "{U.S.|US}",
        "{well-known|known|famous|noted}",
    ];
    let dictionary: Vec<String> = (0..400)
        .map(|_| (0..2 + rng.below(2)).map(|_| SYLLABLES[rng.below(24)]).collect())
        .collect();
    (0..4)
        .map(|_| {
            let mut out = String::new();
            for _ in 0..5 {
                let length = 8 + rng.below(14);
                let mut since = 0;
                for at in 0..length {
                    let mut word = match rng.below(10) {
                        0..=3 => SMALL[rng.below(12)].to_owned(),
                        4 if since > 4 && at + 1 < length => {
                            since = 0;
                            VARIANTS[rng.below(10)].to_owned()
                        }
                        5 if rng.chance(300) => format!("{}’s", dictionary[rng.below(400)]),
                        6 if rng.chance(200) => format!("“{}”", dictionary[rng.below(400)]),
                        7 if rng.chance(300) => {
                            format!("{}-{}", dictionary[rng.below(400)], dictionary[rng.below(400)])
                        }
                        _ => dictionary[rng.below(400)].clone(),
                    };
                    since += 1;
                    if at == 0 {
                        let head = word.remove(0).to_uppercase().to_string();
                        word.insert_str(0, &head);
                    }
                    out.push_str(&word);
                    let comma = at + 1 < length && rng.chance(80);
                    out.push_str(match (at + 1 == length, comma) {
                        (true, _) => ". ",
                        (false, true) => ", ",
                        _ => " ",
                    });
                }
            }
            out
        })
        .collect()
}

/// A master with everything the finders propose; `markup` reads the author's variants.
pub fn master(paragraphs: &[String], markup: bool) -> Master {
    let marked: Vec<Marked> = paragraphs
        .iter()
        .map(|p| if markup { parse(p).unwrap() } else { Marked::literal(p) })
        .collect();
    let lexicon = Lexicon::embedded();
    let proposers: [&dyn Proposer; 4] = [lexicon, &Order, &Punctuation, &Typography];
    let all = candidates(&marked, &proposers);
    let choice = Choice::default();
    build(&marked, &choose(&marked, &all, &choice), &choice, "test", None)
}

/// A row: the reading of every site, as another splitmix stream says.
pub struct Row(pub u64);

impl Row {
    pub fn reading(&self, master: &Master, id: u32) -> u8 {
        let arity = master.symbols().iter().find(|s| s.id == id).map_or(2, |s| s.arity);
        self.of(id, arity)
    }

    pub fn of(&self, id: u32, arity: u8) -> u8 {
        let draw = Rng(self.0 ^ (u64::from(id) << 20)).next();
        u8::try_from(draw % u64::from(arity)).unwrap()
    }
}

/// A copy's text, paragraphs apart by an empty line, and where each place stands in it.
pub struct Copy {
    pub text: String,
    /// Site id, bytes.
    pub places: Vec<(u32, Range<usize>)>,
}

pub fn copy(master: &Master, row: &Row) -> Copy {
    let mut out = Copy { text: String::new(), places: Vec::new() };
    for (at, pieces) in master.paragraphs.iter().enumerate() {
        if at > 0 {
            out.text.push_str("\n\n");
        }
        for piece in pieces {
            let start = out.text.len();
            match piece {
                Piece::Text(text) => out.text.push_str(text),
                Piece::Wording(site, readings) => {
                    let site = &master.sites[*site as usize];
                    out.text.push_str(&readings[usize::from(row.of(site.id, site.arity))]);
                    out.places.push((site.id, start..out.text.len()));
                }
                Piece::Character(id, glyph) => {
                    out.text.push(glyph.reading(row.of(*id, Glyph::arity(*glyph))));
                    out.places.push((*id, start..out.text.len()));
                }
            }
        }
    }
    out
}

/// Retyped into plain ASCII punctuation and spaces.
pub fn retyped(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' => "\n".to_owned(),
            c if c.is_whitespace() => " ".to_owned(),
            '‘' | '’' => "'".to_owned(),
            '“' | '”' => "\"".to_owned(),
            '\u{2010}' => "-".to_owned(),
            '–' => "-".to_owned(),
            '—' => "--".to_owned(),
            c => c.to_string(),
        })
        .collect()
}

/// Lower case, letters and digits only.
pub fn bare(text: &str) -> String {
    let kept = text.chars().map(|c| match c {
        '\'' | '’' | '-' | '\u{2010}' | '.' => None,
        c if c.is_alphanumeric() => Some(c),
        _ => Some(' '),
    });
    kept.flatten().flat_map(char::to_lowercase).collect()
}

/// Bytes of `words` words, from a random one on.
pub fn excerpt(text: &str, words: usize, rng: &mut Rng) -> Range<usize> {
    let spans: Vec<Range<usize>> = text
        .split_whitespace()
        .map(|w| {
            let start = w.as_ptr() as usize - text.as_ptr() as usize;
            start..start + w.len()
        })
        .collect();
    let first = rng.below(spans.len().saturating_sub(words) + 1);
    let last = (first + words).min(spans.len()) - 1;
    spans[first].start..spans[last].end
}

/// So many words of a thousand left out, doubled by a stranger, or replaced.
pub fn edited(text: &str, per_mille: usize, rng: &mut Rng) -> String {
    const STRANGERS: [&str; 8] =
        ["really", "seemingly", "a", "this", "plainly", "new", "his", "quite"];
    let mut out = String::new();
    for line in text.split('\n') {
        for word in line.split(' ') {
            if !rng.chance(per_mille) {
                out.push_str(word);
                out.push(' ');
                continue;
            }
            let stranger = STRANGERS[rng.below(8)];
            match rng.below(3) {
                0 => {}
                1 => out.push_str(&format!("{stranger} ")),
                _ => out.push_str(&format!("{word} {stranger} ")),
            }
        }
        out.push('\n');
    }
    out
}

/// What a scanner does: confusions, lost letters, joined and split words, lines with hyphens.
pub fn scanned(text: &str, per_mille: usize, rng: &mut Rng) -> String {
    let mut out = String::new();
    let mut column = 0;
    for word in retyped(text).split_whitespace() {
        let mut word = word.to_owned();
        if rng.chance(per_mille) {
            word = match rng.below(6) {
                0 => word.replace('m', "rn"),
                1 => word.replace('l', "1"),
                2 => word.replace("rn", "m").replace('i', "l"),
                3 if word.is_ascii() && word.len() > 4 => {
                    word.remove(2);
                    word
                }
                4 if word.is_ascii() && word.len() > 5 => {
                    word.insert(3, ' ');
                    word
                }
                _ => {
                    out.push_str(&word);
                    continue;
                }
            };
        }
        column += word.len() + 1;
        let middle = word.len() / 2;
        if column > 70 && word.len() > 6 && word.bytes().all(|b| b.is_ascii_lowercase()) {
            out.push_str(&format!("{}-\n{} ", &word[..middle], &word[middle..]));
            column = word.len() - middle;
        } else if column > 70 {
            out.push('\n');
            out.push_str(&word);
            out.push(' ');
            column = word.len();
        } else {
            out.push_str(&word);
            out.push(' ');
        }
    }
    out
}

/// Sentences by turns from two copies, paragraph by paragraph.
pub fn spliced(a: &str, b: &str) -> String {
    let mut out = String::new();
    for (a, b) in a.split("\n\n").zip(b.split("\n\n")) {
        let (a, b) = (a.split_inclusive(". "), b.split_inclusive(". "));
        for (at, (a, b)) in a.zip(b).enumerate() {
            out.push_str(if at % 2 == 0 { a } else { b });
        }
        out.push_str("\n\n");
    }
    out
}

/// What was read rightly and wrongly, among so many sites that stood in the leak.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub offered: usize,
    pub right: usize,
    pub wrong: usize,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.offered += other.offered;
        self.right += other.right;
        self.wrong += other.wrong;
    }
}
