//! Tiles (C2SP tlog-tiles): how tree hashes and entries are cut into static files.
//!
//! Here are the paths, which tiles a tree has, and the form of entry bundles. Hashes within tiles are plain
//! concatenations; serving and caching belong to the web and the store.

use std::fmt;
use std::str::FromStr;

use crate::node::{NodeId, TREE_SIZE_MAX};
use crate::text;

/// Hashes or entries in a full tile.
pub const ENTRIES_PER_TILE: u64 = 256;

const LEVEL_MAX: u8 = 7;
const PATH_BYTES_MAX: usize = 64;

/// What a tile holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TileKind {
    /// Tree hashes of tile level 0 (leaf hashes) to 7.
    Hashes(u8),
    /// An entry bundle.
    Entries,
}

/// The address of a tile: kind, index from the left, and width. Displays as its path below the log's prefix,
/// such as `tile/0/x001/x234/067.p/9`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tile {
    kind: TileKind,
    index: u64,
    width: u16,
}

/// A text is not the path of a tile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "not the path of a tile: expected such as `tile/0/x001/234` or `tile/entries/000.p/9` (C2SP tlog-tiles)"
)]
pub struct TilePathError;

impl Tile {
    /// The tile at `index` with `width` hashes or entries (1 to 256); `None` when no tree of at most 2^63 - 1
    /// entries has it.
    pub fn new(kind: TileKind, index: u64, width: u16) -> Option<Self> {
        let level = match kind {
            TileKind::Hashes(level) if level > LEVEL_MAX => return None,
            TileKind::Hashes(level) => level,
            TileKind::Entries => 0,
        };
        if width == 0 || u64::from(width) > ENTRIES_PER_TILE {
            return None;
        }
        let end = index.checked_mul(ENTRIES_PER_TILE)?.checked_add(u64::from(width))?;
        (end <= TREE_SIZE_MAX >> (8 * level)).then_some(Self { kind, index, width })
    }

    /// What the tile holds.
    pub const fn kind(self) -> TileKind {
        self.kind
    }

    /// The index within its level, from 0.
    pub const fn index(self) -> u64 {
        self.index
    }

    /// How many hashes or entries it holds, 1 to 256; 256 means full and final.
    pub const fn width(self) -> u16 {
        self.width
    }

    /// The nodes whose hashes make up a tile of hashes, in order; an entry bundle has the leaves below its
    /// entries.
    pub fn nodes(self) -> impl Iterator<Item = NodeId> {
        let level = match self.kind {
            TileKind::Hashes(level) => 8 * level,
            TileKind::Entries => 0,
        };
        let first = self.index * ENTRIES_PER_TILE;
        (first..first + u64::from(self.width)).map(move |index| {
            NodeId::new(level, index).expect("a tile's nodes were checked against the largest tree")
        })
    }
}

/// The tiles that a log of `size` entries must serve and a log of `old_size` did not: the full ones that became
/// full since, and the partial ones at the right edge, all levels and entry bundles.
pub fn tiles(old_size: u64, size: u64) -> Vec<Tile> {
    let (old_size, size) = (old_size.min(TREE_SIZE_MAX), size.min(TREE_SIZE_MAX));
    let kinds = (0..=LEVEL_MAX).map(TileKind::Hashes).chain([TileKind::Entries]);
    let mut tiles = Vec::new();
    for kind in kinds {
        let shift = match kind {
            TileKind::Hashes(level) => 8 * u32::from(level),
            TileKind::Entries => 0,
        };
        let (old_hashes, hashes) = (old_size >> shift, size >> shift);
        if hashes <= old_hashes {
            continue;
        }
        for index in old_hashes / ENTRIES_PER_TILE..hashes.div_ceil(ENTRIES_PER_TILE) {
            let width = (hashes - index * ENTRIES_PER_TILE).min(ENTRIES_PER_TILE);
            tiles.extend(Tile::new(kind, index, width as u16));
        }
    }
    tiles
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes(level) => write!(f, "tile/{level}/")?,
            TileKind::Entries => f.write_str("tile/entries/")?,
        }
        let mut groups = vec![self.index % 1000];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        for (position, group) in groups.iter().enumerate().rev() {
            if position > 0 {
                write!(f, "x{group:03}/")?;
            } else {
                write!(f, "{group:03}")?;
            }
        }
        if u64::from(self.width) < ENTRIES_PER_TILE {
            write!(f, ".p/{}", self.width)
        } else {
            Ok(())
        }
    }
}

impl FromStr for Tile {
    type Err = TilePathError;

    fn from_str(path: &str) -> Result<Self, TilePathError> {
        parse_path(path).ok_or(TilePathError)
    }
}

fn parse_path(path: &str) -> Option<Tile> {
    if path.len() > PATH_BYTES_MAX {
        return None;
    }
    let (kind, rest) = path.strip_prefix("tile/")?.split_once('/')?;
    let kind = match kind {
        "entries" => TileKind::Entries,
        level => TileKind::Hashes(text::decimal(level, LEVEL_MAX.into())?.try_into().ok()?),
    };
    let (index_path, width) = match rest.split_once(".p/") {
        Some((index, width)) => (index, text::decimal(width, ENTRIES_PER_TILE - 1)?),
        None => (rest, ENTRIES_PER_TILE),
    };
    let mut index: u64 = 0;
    for group in index_path.split('/') {
        let digits = group.strip_prefix('x').unwrap_or(group);
        if digits.len() != 3 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        index = index.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
    }
    let tile = Tile::new(kind, index, width.try_into().ok()?)?;
    // The one canonical spelling: an `x` before all groups but the last, no needless groups.
    (tile.to_string() == path).then_some(tile)
}

/// The entries of one tile as they are served: each with its length before it, as two big-endian bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryBundle(Vec<Vec<u8>>);

/// Why bytes are not an entry bundle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EntryBundleError {
    /// The bytes end within an entry.
    #[error("the entry bundle ends within entry {0}: fetch it again")]
    Truncated(usize),
    /// More than 256 entries, or none.
    #[error("an entry bundle holds 1 to {ENTRIES_PER_TILE} entries")]
    Count,
    /// An entry is longer than its length field can say.
    #[error("entry {0} is longer than 65,535 bytes")]
    EntryTooLong(usize),
}

impl EntryBundle {
    /// Bundles 1 to 256 entries of at most 65,535 bytes each.
    ///
    /// # Errors
    /// [`EntryBundleError::Count`], [`EntryBundleError::EntryTooLong`].
    pub fn new(entries: Vec<Vec<u8>>) -> Result<Self, EntryBundleError> {
        if entries.is_empty() || entries.len() as u64 > ENTRIES_PER_TILE {
            return Err(EntryBundleError::Count);
        }
        match entries.iter().position(|entry| entry.len() > usize::from(u16::MAX)) {
            Some(position) => Err(EntryBundleError::EntryTooLong(position)),
            None => Ok(Self(entries)),
        }
    }

    /// Reads a bundle.
    ///
    /// # Errors
    /// [`EntryBundleError::Truncated`] or [`EntryBundleError::Count`].
    pub fn from_bytes(mut bytes: &[u8]) -> Result<Self, EntryBundleError> {
        let mut entries = Vec::new();
        while !bytes.is_empty() {
            if entries.len() as u64 == ENTRIES_PER_TILE {
                return Err(EntryBundleError::Count);
            }
            let truncated = EntryBundleError::Truncated(entries.len());
            let Some((length, rest)) = bytes.split_first_chunk::<2>() else {
                return Err(truncated);
            };
            let length = usize::from(u16::from_be_bytes(*length));
            let Some((entry, rest)) = rest.split_at_checked(length) else { return Err(truncated) };
            entries.push(entry.to_vec());
            bytes = rest;
        }
        Self::new(entries)
    }

    /// The served form.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for entry in &self.0 {
            // Checked by the only constructor to fit.
            bytes.extend((entry.len() as u16).to_be_bytes());
            bytes.extend(entry);
        }
        bytes
    }

    /// The entries in order.
    pub fn entries(&self) -> &[Vec<u8>] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_of_70_000_has_the_tiles_of_the_specification() {
        let tiles = tiles(0, 70_000);
        let count = |kind| tiles.iter().filter(|tile| tile.kind() == kind).count();
        assert_eq!(count(TileKind::Hashes(0)), 274);
        assert_eq!(count(TileKind::Entries), 274);
        let paths: Vec<_> = tiles.iter().map(Tile::to_string).collect();
        for path in
            ["tile/0/272", "tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"]
        {
            assert!(paths.iter().any(|p| p == path), "{path}");
        }
        assert_eq!(count(TileKind::Hashes(3)), 0);
    }

    #[test]
    fn empty_tiles_do_not_exist() {
        let paths: Vec<_> = tiles(0, 256).iter().map(Tile::to_string).collect();
        assert_eq!(paths, ["tile/0/000", "tile/1/000.p/1", "tile/entries/000"]);
        assert!(tiles(256, 256).is_empty());
    }

    #[test]
    fn paths_have_one_spelling() {
        let tile = Tile::new(TileKind::Hashes(0), 1_234_067, 256).unwrap();
        assert_eq!(tile.to_string(), "tile/0/x001/x234/067");
        assert_eq!("tile/0/x001/x234/067".parse(), Ok(tile));
        for path in [
            "tile/0/x001/234/067",
            "tile/0/001/234/067",
            "tile/0/x000/x001/234",
            "tile/00/000",
            "tile/8/000",
            "tile/0/000.p/256",
            "tile/0/000.p/0",
            "tile/0/000.p/01",
            "tile/0/000/",
            "tile/0/",
            "tile/entries/00",
            "tile/0/../000",
            "/tile/0/000",
            "tile/0/x999/x999/x999/x999/x999/x999/999",
        ] {
            assert_eq!(path.parse::<Tile>(), Err(TilePathError), "{path}");
        }
    }
}
