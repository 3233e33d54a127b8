//! Fictional articles that quote real cables, with what a copy desk does to quotations.

use chancery_desk::CableRecord;

/// A seeded generator (SplitMix64): the same articles in every run.
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % limit.max(1) as u64) as usize
    }
}

/// An article and the truth about it.
pub(crate) struct Made {
    pub(crate) text: String,
    /// The paper that it quotes, by its place in the archive.
    pub(crate) paper: String,
    /// Words and text of each quotation.
    pub(crate) quoted: Vec<(usize, String)>,
}

/// Words of a cable.
pub(crate) fn words(cable: &CableRecord) -> usize {
    cable.paragraphs.iter().map(|p| p.split_whitespace().count()).sum()
}

/// Articles about cables drawn at random, three to six quotations each.
pub(crate) fn articles(cables: &[CableRecord], count: usize, seed: u64) -> Vec<Made> {
    let mut draw = Draw(seed);
    let mut out = Vec::new();
    while out.len() < count {
        let at = draw.below(cables.len());
        let sentences = sentences(&cables[at]);
        if sentences.len() < 6 {
            continue;
        }
        let mut quoted = Vec::new();
        let mut taken = Vec::new();
        for _ in 0..3 + draw.below(4) {
            let pick = draw.below(sentences.len());
            if taken.contains(&pick) {
                continue;
            }
            taken.push(pick);
            let words = &sentences[pick];
            let length = (6 + draw.below(20)).min(words.len());
            let from = draw.below(words.len() - length + 1);
            quoted.push(edited(&words[from..from + length], &mut draw));
        }
        let mut text = String::from(
            "The Vessen Courier\n\nA leaked telegram has embarrassed the embassy in Port Ostrey, officials admitted on Tuesday.\n\n",
        );
        for (number, (_, quote)) in quoted.iter().enumerate() {
            let line = match (number + draw.below(4)) % 4 {
                0 => format!(
                    "A leaked telegram showed the ambassador, Ilse Marrack, wrote that “{quote}”."
                ),
                1 => format!("“{quote},” the ambassador wrote in the leaked telegram."),
                2 => format!("According to the leaked telegram, “{quote}”."),
                _ => format!("In the leaked telegram Marrack said: “{quote}”."),
            };
            text.push_str(&line);
            text.push_str("\n\n");
        }
        text.push_str("The ministry declined to comment.\n");
        out.push(Made { text, paper: format!("P{}", at + 1), quoted });
    }
    out
}

/// Sentences of twelve words and more without marks and brackets of their own.
fn sentences(cable: &CableRecord) -> Vec<Vec<String>> {
    let text = cable.paragraphs.join(" ");
    let clean = |s: &&str| !s.contains(['“', '”', '"', '[', ']', '(', ')', '‘', '’', '\'', '…']);
    let split = text.split(['.', ';', ':', '?']).filter(clean);
    let words = split.map(|s| s.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
    words.filter(|w| w.len() >= 12).collect()
}

/// About seven words of a hundred changed, dropped or added; now and then an ellipsis.
fn edited(words: &[String], draw: &mut Draw) -> (usize, String) {
    let mut out: Vec<String> = Vec::new();
    for word in words {
        match draw.below(100) {
            0..2 => out.push("the".into()),
            2..4 => continue,
            4..7 => {
                out.push("indeed".into());
                continue;
            }
            _ => {}
        }
        out.push(word.clone());
    }
    let length = out.len();
    if length >= 14 && draw.below(3) == 0 {
        let from = 5 + draw.below(length - 12);
        let mark = if draw.below(2) == 0 { "…" } else { "[...]" };
        out.splice(from..from + 2 + draw.below(3), [mark.to_owned()]);
    }
    let text = out.join(" ").trim_end_matches([',', '-', ' ']).to_owned();
    (out.len(), text)
}
