//! Samples from beside the repository, and readers.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "test support; each program that includes this uses its own part"
)]

use std::path::PathBuf;

use chancery_domain::label::{Clearance, Engagement, Policy, Reader};

/// A file of `../shared/samples/labels`; `None` (said loudly) when it is not there.
pub fn sample(name: &str) -> Option<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/samples/labels");
    let Ok(text) = std::fs::read_to_string(PathBuf::from(folder).join(name)) else {
        let required = std::env::var("CHANCERY_REQUIRE_DATA").is_ok_and(|v| v == "1");
        assert!(!required, "../shared/samples/labels is missing and CHANCERY_REQUIRE_DATA=1");
        eprintln!("SKIPPED: ../shared/samples/labels/{name} is missing");
        return None;
    };
    Some(text)
}

/// A policy of the samples. The published `food-policy.xml` is ill-formed; its one typing error is
/// mended here.
pub fn sample_policy(name: &str) -> Option<Policy> {
    let xml = sample(name)?.replace("securityCategiryTagSet", "securityCategoryTagSet");
    Some(Policy::parse(&xml).unwrap_or_else(|error| panic!("{name}: {error}")))
}

/// A home-based reader with that clearance and nationality.
pub fn reader(clearance: Clearance, nationality: &str) -> Reader {
    Reader {
        clearance: Some(clearance),
        nationality: nationality.parse().ok(),
        engagement: Some(Engagement::HomeBased),
    }
}
