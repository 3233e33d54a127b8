//! Import files: one JSON object a line, of cables or of postings.
#![no_main]

use chancery_desk::{CableRecord, PostingRecord, records};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(cables) = records::<CableRecord>(bytes, "cables.jsonl") {
        cables.iter().for_each(|cable| drop(cable.head()));
    }
    drop(records::<PostingRecord>(bytes, "postings.jsonl"));
});
