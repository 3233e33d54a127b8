//! What a log serves: paths of tiles, entry bundles, compact ranges. Each has one form only.
#![no_main]

use chancery_record::{CompactRange, EntryBundle, Tile};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(path) = std::str::from_utf8(bytes)
        && let Ok(tile) = path.parse::<Tile>()
    {
        assert_eq!(tile.to_string(), path);
    }
    if let Ok(bundle) = EntryBundle::from_bytes(bytes) {
        assert_eq!(bundle.to_bytes(), bytes);
    }
    if let Ok(range) = CompactRange::from_bytes(bytes) {
        assert_eq!(range.to_bytes(), bytes);
        range.root();
    }
});
