//! Rule 12: reading a leak again gives the same bytes, and evidence that was settled otherwise is noticed.

mod support;

use chancery_text::extract::{ReadOptions, Reader};
use chancery_text::master::Master;
use chancery_verify::{VerifyError, verify};
use support::{Draws, Plan, master, policy, world};

#[test]
fn a_thousand_leaks_read_again_give_the_same_bytes() {
    let full = std::env::var_os("CHANCERY_FULL").is_some_and(|value| value == "1");
    let leaks = if full { 1_000 } else { 150 };
    let bytes = master().to_bytes();
    let first = Reader::new(&Master::from_bytes(&bytes).unwrap());
    let mut draws = Draws(12);
    let mut read = 0;
    for _ in 0..leaks {
        let seed = draws.next();
        let master = Master::from_bytes(&bytes).unwrap();
        let text = master.render(|id| ((seed >> (id % 61)) & 1) as u8).join("\n\n");
        // Cropped, and some words lost or changed as a typist would.
        let words: Vec<&str> = text.split(' ').collect();
        let from = draws.below(words.len() / 2);
        let typed = words[from..].iter().filter_map(|word| match draws.below(30) {
            0 => None,
            1 => Some("such"),
            _ => Some(*word),
        });
        let leak: Vec<&str> = typed.collect();
        let leak = leak.join(" ").replace('’', if seed & 1 == 0 { "'" } else { "’" });
        let one = first.extract(&leak, &ReadOptions::default());
        let two = Reader::new(&master).extract(&leak, &ReadOptions::default());
        assert_eq!(one.to_bytes(), two.to_bytes());
        read += usize::from(!one.sites.is_empty());
    }
    println!("{leaks} leaks, {read} with places");
    assert!(read > leaks / 2);
}

/// Control: a place settled by looking at the row, hashed and entered like any other evidence.
#[test]
fn evidence_that_was_settled_by_a_row_does_not_hold() {
    let settled = world(&Plan { settled: true, ..Plan::default() });
    for trust in [None, Some(policy(&settled.policy))] {
        let refused = verify(&settled.pack, trust.as_ref()).unwrap_err();
        let again = "reading the leak again gives something else";
        assert!(matches!(refused, VerifyError::Paper { what, .. } if what == again), "{refused}");
    }
    // Whoever cannot read the leak again cannot notice: a redacted pack says that it was not read.
    let blind = verify(&settled.pack.redacted(), None).unwrap();
    assert!(!blind.extracted_again);
}
