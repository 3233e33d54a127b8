//! What the tests of the picture reader share: invented papers, their copies, their readers.
#![allow(
    clippy::unwrap_used,
    dead_code,
    unreachable_pub,
    reason = "each test file uses its own part, and a test may fail by panicking"
)]

pub mod archive;
pub mod bridge;
pub mod leaks;
pub mod limits;
pub mod readers;

use chancery_capture::Chance;
use chancery_page::{Form, PaperSource, Paragraph, Part};
use std::path::Path;

/// Whether the full sizes are wanted.
pub fn full() -> bool {
    std::env::var("CHANCERY_FULL").is_ok_and(|v| v == "1")
}

/// The words of the invented ministry's cables, as often as they stand there.
pub fn vocabulary() -> Vec<String> {
    let cables = include_str!("../../../chancery/ministry/cables.jsonl");
    let paragraphs = |line: &str| -> Vec<String> {
        let cable: serde_json::Value = serde_json::from_str(line).unwrap();
        let texts = cable["paragraphs"].as_array().unwrap().iter();
        texts.map(|p| p.as_str().unwrap().to_owned()).collect()
    };
    let plain = |w: &str| w.chars().all(|c| c.is_ascii_alphabetic() || ",.;".contains(c));
    let texts: Vec<String> = cables.lines().flat_map(paragraphs).collect();
    let words = texts.iter().flat_map(|t| t.split_whitespace());
    words.filter(|w| plain(w)).map(str::to_owned).collect()
}

/// The texts of real cables, word by word; `None` where the shared data are missing.
pub fn cables() -> Option<Vec<Vec<String>>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/cables.jsonl");
    let Ok(bytes) = std::fs::read_to_string(path) else {
        assert!(std::env::var("CHANCERY_REQUIRE_DATA").is_err(), "../shared/corpus is missing");
        return None;
    };
    let words = |line: &str| -> Vec<String> {
        let cable: serde_json::Value = serde_json::from_str(line).unwrap();
        let texts = cable["paragraphs"].as_array().unwrap().iter();
        let text: Vec<&str> = texts.filter_map(|p| p.as_str()).collect();
        let simple = |w: &&str| w.len() < 25 && w.chars().all(|c| c.is_ascii_graphic());
        text.join(" ").split_whitespace().filter(simple).map(str::to_owned).collect()
    };
    Some(bytes.lines().map(words).filter(|w| (650..1_500).contains(&w.len())).collect())
}

/// Words drawn by chance, as often as they stand in the ministry's cables.
pub fn drawn(words: usize, vocabulary: &[String], chance: &mut Chance) -> Vec<String> {
    let pick = |_| vocabulary[(chance.unit() * vocabulary.len() as f32) as usize].clone();
    (0..words).map(pick).collect()
}

/// A paper of these words: paragraphs of about 70 words, and about 3.6 wording places in 100 words.
pub fn source(words: &[String], form: Form, chance: &mut Chance) -> PaperSource {
    let any = |chance: &mut Chance| words[(chance.unit() * words.len() as f32) as usize].clone();
    let mut site = 0;
    let mut paragraphs = Vec::new();
    for (number, text) in words.chunks(70).enumerate() {
        let mut parts = Vec::new();
        let mut fixed = String::new();
        let mut wait = 14.0;
        for word in text {
            wait -= 1.0;
            if wait < 0.0 {
                let mut readings = vec![word.clone()];
                for _ in 0..if chance.happens(0.41) { 2 } else { 1 } {
                    let mut other = any(chance);
                    if chance.happens(0.16) {
                        other = format!("{other} {}", any(chance));
                    }
                    if !readings.contains(&other) {
                        readings.push(other);
                    }
                }
                if readings.len() > 1 {
                    parts.push(Part::Fixed(std::mem::take(&mut fixed)));
                    parts.push(Part::Varies { site, plain: 0, readings });
                    site += 1;
                    fixed.push(' ');
                    wait = chance.between(20.0, 34.0);
                    continue;
                }
            }
            fixed.push_str(word);
            fixed.push(' ');
        }
        parts.push(Part::Fixed(fixed.trim_end().to_owned()));
        paragraphs.push(Paragraph { number: Some(number as u32 + 1), portion: None, parts });
    }
    PaperSource {
        form,
        identity: "a-paper-of-the-tests".into(),
        label: "CONFIDENTIAL".into(),
        title: None,
        subject: "Harbour dues".into(),
        precedence: None,
        notices: Vec::new(),
        lines: vec![("FROM".into(), "Embassy of Aldermark, Vess".into())],
        paragraphs,
        signed: None,
        copy_line: None,
        notice: "This copy was made for its reader alone.".into(),
    }
}
