//! Finding the foreign test vectors beside the repository, loudly.

use std::path::{Path, PathBuf};

/// The path of `name` below `../shared/vectors`, or `None` after saying so when the folder is missing.
/// With `CHANCERY_REQUIRE_DATA=1` a missing folder is a failure.
pub(crate) fn vectors(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors").join(name);
    if path.exists() {
        return Some(path);
    }
    let required = std::env::var("CHANCERY_REQUIRE_DATA").is_ok_and(|value| value == "1");
    assert!(!required, "../shared/vectors/{name} is missing and CHANCERY_REQUIRE_DATA=1");
    eprintln!("SKIPPED: ../shared/vectors/{name} is missing");
    None
}
