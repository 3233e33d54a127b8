//! The embedded lexicon on real telegrams: its proposals hold, keep off what is locked and off one
//! another, and are as dense as the design counts on. The telegrams lie beside the repository.

use std::path::Path;

use chancery_text::lexicon::Lexicon;
use chancery_text::passage::{Passage, Style};
use chancery_text::proposal::{Acceptance, Proposer};

/// Paragraphs of every tenth telegram, or nothing when the folder is missing.
fn papers() -> Option<Vec<Vec<String>>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/cables.jsonl");
    let Ok(text) = std::fs::read_to_string(&path) else {
        assert!(
            std::env::var("CHANCERY_REQUIRE_DATA").as_deref() != Ok("1"),
            "../shared/corpus/cables.jsonl is missing"
        );
        eprintln!("SKIPPED: ../shared/corpus/cables.jsonl is missing");
        return None;
    };
    let of = |line: &str| -> Vec<String> {
        let record: serde_json::Value =
            serde_json::from_str(line).expect("each line is a JSON object");
        let list = record["paragraphs"].as_array().expect("a record has paragraphs");
        list.iter().filter_map(|p| p.as_str().map(str::to_owned)).collect()
    };
    Some(text.lines().step_by(10).map(of).collect())
}

#[test]
fn proposals_hold_and_reach_the_density_the_design_counts_on() {
    let Some(papers) = papers() else { return };
    let lexicon = Lexicon::embedded();
    let (mut words, mut core, mut second) = (0_usize, 0_usize, 0_usize);
    for paragraphs in &papers {
        let style = Style::of(paragraphs.iter().map(String::as_str));
        for text in paragraphs {
            let passage = Passage::new(text, &[], style);
            words += passage.tokens.iter().filter(|t| t.is_wordlike()).count();
            let mut end = 0;
            for p in lexicon.propose(&passage) {
                assert!(p.holds_in(text), "{} does not hold", p.rule);
                assert!(!passage.is_locked(&p.span), "{} touches a locked span", p.rule);
                assert!(p.span.start >= end, "{} overlaps the place before it", p.rule);
                end = p.span.end;
                core += usize::from(p.acceptance == Acceptance::Core && p.tier == 2);
                second += usize::from(p.acceptance != Acceptance::Ask && p.tier == 2);
            }
        }
    }
    let per_hundred = |n: usize| n as f64 * 100.0 / words as f64;
    assert!(per_hundred(core) >= 1.9, "core: {:.2} sites in 100 words", per_hundred(core));
    assert!(per_hundred(second) >= 2.3, "tier 2: {:.2} sites in 100 words", per_hundred(second));
}

#[test]
fn the_same_text_gives_the_same_proposals() {
    let text = "The talks began prior to the visit. However, he said that it was late.";
    let passage = Passage::new(text, &[], Style::Prose);
    let fresh = Lexicon::parse(Lexicon::embedded_files()).unwrap();
    let proposals = Lexicon::embedded().propose(&passage);
    assert_eq!(fresh.propose(&passage), proposals);
    assert!(proposals.len() >= 3, "{proposals:?}");
    assert_eq!(fresh.hash(), Lexicon::embedded().hash());
}

#[test]
fn an_authors_lock_keeps_the_lexicon_out() {
    let text = "The talks began prior to the visit.";
    let lock = 16..24;
    let passage = Passage::new(text, std::slice::from_ref(&lock), Style::Prose);
    assert!(Lexicon::embedded().propose(&passage).iter().all(|p| p.rule != "prep.prior-to"));
}
