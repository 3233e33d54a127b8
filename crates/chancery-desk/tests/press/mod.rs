//! What happens to a copy on its way to the press, with a small seeded generator.

use chancery_desk::CableRecord;

/// A seeded generator (SplitMix64): the same leaks in every run.
pub(crate) struct Draw(u64);

impl Draw {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % limit as u64) as usize
    }
}

/// The text of a copy between heading and notice.
pub(crate) fn body(copy: &str) -> String {
    let parts: Vec<&str> = copy.split("\n\n").collect();
    parts[2..parts.len() - 1].join("\n\n")
}

/// Typed anew in plain ASCII.
pub(crate) fn retyped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\n' => out.push('\n'),
            c if c.is_whitespace() => out.push(' '),
            '‘' | '’' => out.push('\''),
            '“' | '”' => out.push('"'),
            '\u{2010}' | '–' | '—' => out.push('-'),
            c if c.is_ascii() => out.push(c),
            'à' | 'á' | 'â' | 'ä' | 'ã' => out.push('a'),
            'è' | 'é' | 'ê' | 'ë' => out.push('e'),
            'ì' | 'í' | 'î' | 'ï' => out.push('i'),
            'ò' | 'ó' | 'ô' | 'ö' => out.push('o'),
            'ù' | 'ú' | 'û' | 'ü' => out.push('u'),
            'ç' => out.push('c'),
            'ñ' => out.push('n'),
            _ => {}
        }
    }
    out
}

/// `words` consecutive words with the characters between them.
pub(crate) fn window(text: &str, words: usize, draw: &mut Draw) -> String {
    let mut starts = vec![];
    let mut inside = false;
    for (at, c) in text.char_indices() {
        if c.is_whitespace() {
            inside = false;
        } else if !inside {
            starts.push(at);
            inside = true;
        }
    }
    let first = draw.below(starts.len().saturating_sub(words).max(1));
    let end = starts.get(first + words).copied().unwrap_or(text.len());
    text[starts[first]..end].trim_end().to_owned()
}

/// Sentences taken in turn from two copies.
pub(crate) fn spliced(a: &str, b: &str) -> String {
    let pieces = |text: &str| -> Vec<String> {
        let mut out = vec![String::new()];
        let mut last = ' ';
        for c in text.chars() {
            out.last_mut().unwrap().push(c);
            if c.is_whitespace() && matches!(last, '.' | '?' | '!' | '\n') {
                out.push(String::new());
            }
            last = c;
        }
        out
    };
    let (a, b) = (pieces(a), pieces(b));
    let from = |at: usize| if at.is_multiple_of(2) { &a } else { &b };
    (0..a.len().max(b.len())).filter_map(|at| from(at).get(at).cloned()).collect()
}

/// Two places with three readings in every paragraph, as an author would mark them. What the readings
/// mean is of no matter to the code; they only have to be words that a retyper keeps.
pub(crate) fn with_author_variants(mut cable: CableRecord, draw: &mut Draw) -> CableRecord {
    const THREES: [[&str; 3]; 6] = [
        ["strong", "firm", "robust"],
        ["quickly", "rapidly", "speedily"],
        ["careful", "cautious", "prudent"],
        ["broad", "wide", "general"],
        ["frank", "candid", "open"],
        ["steady", "constant", "even"],
    ];
    cable.markup = true;
    for paragraph in &mut cable.paragraphs {
        let plain = paragraph.replace('\\', "").replace(['{', '}', '|'], "");
        let words: Vec<&str> = plain.split(' ').collect();
        let mut at = [draw.below(words.len() + 1), draw.below(words.len() + 1)];
        at.sort_unstable();
        let mut out = Vec::new();
        for (place, word) in words.iter().enumerate() {
            for _ in at.iter().filter(|a| **a == place) {
                out.push(format!("{{{}}}", THREES[draw.below(THREES.len())].join("|")));
            }
            out.push((*word).to_owned());
        }
        for _ in at.iter().filter(|a| **a == words.len()) {
            out.push(format!("{{{}}}", THREES[draw.below(THREES.len())].join("|")));
        }
        *paragraph = out.join(" ");
    }
    cable
}
