//! Stable ids over editions (evidence-conditions, rule 15): an unchanged site shows an unchanged reading.
//!
//! A thousand random edit scripts; the control, which forgets the edition before, must fail.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use chancery_text::build::{Choice, build, candidates, choose};
use chancery_text::lexicon::Lexicon;
use chancery_text::markup::Marked;
use chancery_text::master::Master;
use chancery_text::order::Order;
use chancery_text::typography::Typography;

const SENTENCES: [&str; 12] = [
    "The delegation arrived prior to the meeting and began to press for additional assistance.",
    "However, the Minister replied that the present arrangements were adequate.",
    "In addition, the two sides agreed to take into account the views of the smaller members.",
    "It’s a well-known fact that they seldom agree, although nearly all of them attend.",
    "He said that he would attempt to obtain further information regarding the shipments.",
    "The coastal states wished to participate in the survey of the eastern shoals.",
    "At present no answer has been given, and the pilots have lost a third of their boats.",
    "The governor will probably ask for contracts in writing before the ice comes.",
    "On 14 March 2032 the assembly met for approximately three hours.",
    "They appeared to believe that the matter could be settled soon.",
    "The envoy’s aide handed me a copy of the so-called “final” note.",
    "Economic and military questions were largely left to the commission.",
];

/// SplitMix64.
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % limit as u64) as usize
    }
}

fn master(sentences: &[String], previous: Option<&Master>) -> Master {
    let paragraphs: Vec<Marked> = sentences.iter().map(|s| Marked::literal(s)).collect();
    let found = candidates(&paragraphs, &[Lexicon::embedded(), &Order, &Typography]);
    let choice = Choice::default();
    let chosen = choose(&paragraphs, &found, &choice);
    build(&paragraphs, &chosen, &choice, "test", previous)
}

/// A reader's copy: a reading for every id, the same in every edition.
fn copy(master: &Master) -> Vec<String> {
    master.render(|id| {
        let spread = (u64::from(id) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
        u8::try_from(spread % 2).unwrap()
    })
}

/// Sentences that stand in both editions, in order, and look otherwise in the second copy.
fn changed(inherit: bool, scripts: u64) -> (usize, usize) {
    let (mut kept, mut changed) = (0, 0);
    for seed in 0..scripts {
        let mut draw = Draw(seed * 7919 + 1);
        let mut sentences: Vec<String> = Vec::new();
        for number in 0..10 {
            // A number of its own makes each sentence one that is not repeated.
            let text = SENTENCES[draw.below(SENTENCES.len())];
            sentences.push(format!("{text} This is point {}.", 100 + number));
        }
        let first = master(&sentences, None);
        let mut edited = sentences.clone();
        for fresh in 0..1 + draw.below(5) {
            let at = draw.below(edited.len());
            let text = SENTENCES[draw.below(SENTENCES.len())];
            match draw.below(3) {
                0 => edited.insert(at, format!("{text} This is new point {fresh}.")),
                1 if edited.len() > 2 => drop(edited.remove(at)),
                _ => edited[at] = format!("{text} This is other point {fresh}."),
            }
        }
        let second = master(&edited, inherit.then_some(&first));
        let (before, after) = (copy(&first), copy(&second));
        for (sentence, shown) in sentences.iter().zip(&before) {
            if let Some(at) = edited.iter().position(|e| e == sentence) {
                kept += 1;
                changed += usize::from(after[at] != *shown);
            }
        }
    }
    (kept, changed)
}

#[test]
fn an_unchanged_sentence_looks_the_same_in_every_edition() {
    let (kept, changed) = changed(true, 1_000);
    assert!(kept > 5_000, "{kept} sentences stand in both editions");
    assert_eq!(changed, 0, "of {kept} unchanged sentences");
}

#[test]
fn control_without_the_edition_before_readings_shift() {
    let (kept, changed) = changed(false, 50);
    assert!(changed * 3 > kept, "only {changed} of {kept} sentences changed");
}
