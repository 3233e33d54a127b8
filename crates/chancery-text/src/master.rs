//! The master: what every copy of a paper has in common, with the places where copies differ.
//!
//! A master is a list of paragraphs, each a list of pieces: fixed text, wording places and character
//! places. Rendering fills every place with one reading; nothing else may differ between copies.
//! Building a master from text and proposals is the business of `build`.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::characters::Glyph;
use crate::proposal::Survival;

/// First id of wording sites.
pub const WORDING_BASE: u32 = 0;
/// First id of character sites.
pub const CHARACTERS_BASE: u32 = 1 << 20;
/// First id that belongs to no text channel (layout).
pub const TEXT_END: u32 = 1 << 21;

/// Where a wording site came from; decides how it is shown and who had to accept it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// The author's own markup.
    Author,
    /// A finder's proposal, accepted by default or by the drafter.
    Proposed,
}

/// A wording site: one symbol of the row, shown at one or more places.
///
/// Every site has between 2 and 24 readings; all its places have the same number of readings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// Stable id; survives editions of the paper.
    pub id: u32,
    /// Name of the rule, or `author`.
    pub rule: String,
    /// Author's or proposed.
    pub origin: Origin,
    /// What the readings survive.
    pub survival: Survival,
    /// Number of readings.
    pub arity: u8,
    /// The reading of the text as drafted.
    pub drafted: u8,
}

/// A stretch of a paragraph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Piece {
    /// The same in every copy.
    Text(String),
    /// A wording place: index into [`Master::sites`] and the exact string of each reading.
    Wording(u32, Vec<String>),
    /// A character place: its site's id and the kind of character.
    Character(u32, Glyph),
}

/// The frozen text of a paper with its site table. Its hash stands in the record at release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Master {
    /// Version of tokenisation, canonicalisation and reading that this master was built for.
    pub text_version: u32,
    /// Hash of the lexicon in force, lower-case hex.
    pub lexicon: String,
    /// Paragraphs in order.
    pub paragraphs: Vec<Vec<Piece>>,
    /// Wording sites, ascending by id.
    pub sites: Vec<Site>,
}

/// One symbol as the code sees it: id, number of readings, what it survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// Stable site id.
    pub id: u32,
    /// Number of readings.
    pub arity: u8,
    /// What its readings survive.
    pub survival: Survival,
}

impl Master {
    /// All symbols of the text channels in ascending order of id: wording first, then characters.
    #[must_use]
    pub fn symbols(&self) -> Vec<Symbol> {
        let mut out: Vec<Symbol> = self
            .sites
            .iter()
            .map(|s| Symbol { id: s.id, arity: s.arity, survival: s.survival })
            .collect();
        let mut characters: Vec<Symbol> = self
            .pieces()
            .filter_map(|piece| match piece {
                Piece::Character(id, glyph) => {
                    Some(Symbol { id: *id, arity: glyph.arity(), survival: Survival::Paste })
                }
                _ => None,
            })
            .collect();
        characters.sort_by_key(|s| s.id);
        characters.dedup_by_key(|s| s.id);
        out.extend(characters);
        out
    }

    /// Every piece of every paragraph, in reading order.
    pub fn pieces(&self) -> impl Iterator<Item = &Piece> {
        self.paragraphs.iter().flatten()
    }

    /// The paragraphs of the copy whose symbol at site `id` is `reading(id)`.
    ///
    /// A symbol beyond a place's readings shows the last one; rows never produce such a symbol.
    pub fn render(&self, mut reading: impl FnMut(u32) -> u8) -> Vec<String> {
        let wording: Vec<u8> = self.sites.iter().map(|s| reading(s.id)).collect();
        self.write(&wording, |id, glyph| glyph.reading(reading(id)))
    }

    /// The text as drafted, without marks.
    #[must_use]
    pub fn drafted(&self) -> Vec<String> {
        let wording: Vec<u8> = self.sites.iter().map(|s| s.drafted).collect();
        self.write(&wording, |_, glyph| glyph.plain())
    }

    /// The text with reading `r` of every wording site (the last one where there are fewer), without
    /// character marks: what the drafter reads through before release.
    #[must_use]
    pub fn uniform(&self, r: u8) -> Vec<String> {
        self.write(&vec![r; self.sites.len()], |_, glyph| glyph.plain())
    }

    fn write(&self, wording: &[u8], mut character: impl FnMut(u32, Glyph) -> char) -> Vec<String> {
        self.paragraphs
            .iter()
            .map(|pieces| {
                let mut out = String::with_capacity(pieces.len() * 8);
                for piece in pieces {
                    match piece {
                        Piece::Text(text) => out.push_str(text),
                        Piece::Wording(site, readings) => {
                            let symbol = wording.get(*site as usize).copied().unwrap_or(0);
                            let last = readings.len().saturating_sub(1);
                            out.push_str(&readings[usize::from(symbol).min(last)]);
                        }
                        Piece::Character(id, glyph) => out.push(character(*id, *glyph)),
                    }
                }
                out
            })
            .collect()
    }

    /// The master without these wording sites: their places show the drafted reading in every copy.
    /// Ids of the other sites stay.
    #[must_use]
    pub fn without(&self, struck: &[u32]) -> Self {
        let kept: Vec<bool> = self.sites.iter().map(|s| !struck.contains(&s.id)).collect();
        let moved = |site: usize| {
            u32::try_from(kept[..site].iter().filter(|k| **k).count()).unwrap_or(u32::MAX)
        };
        let paragraphs = self
            .paragraphs
            .iter()
            .map(|pieces| {
                let mut line: Vec<Piece> = Vec::with_capacity(pieces.len());
                for piece in pieces {
                    let piece = match piece {
                        Piece::Wording(site, readings) => {
                            let site = *site as usize;
                            if kept[site] {
                                Piece::Wording(moved(site), readings.clone())
                            } else {
                                let drafted = usize::from(self.sites[site].drafted);
                                Piece::Text(readings[drafted].clone())
                            }
                        }
                        piece => piece.clone(),
                    };
                    match (line.last_mut(), piece) {
                        (Some(Piece::Text(before)), Piece::Text(text)) => before.push_str(&text),
                        (_, piece) => line.push(piece),
                    }
                }
                line
            })
            .collect();
        let sites = self.sites.iter().zip(&kept).filter(|(_, k)| **k).map(|(s, _)| s.clone());
        Self { paragraphs, sites: sites.collect(), ..self.clone() }
    }

    /// Canonical bytes: what is sealed, hashed and, later, opened to a verifier.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a master holds only strings and integers")
    }

    /// Reads canonical bytes back.
    ///
    /// # Errors
    /// When the bytes are not a master, or break a promise of its types.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, MasterError> {
        let master: Self = serde_json::from_slice(bytes).map_err(MasterError::Malformed)?;
        master.checked()
    }

    fn checked(self) -> Result<Self, MasterError> {
        let ascending = self.sites.windows(2).all(|w| w[0].id < w[1].id);
        let in_range = self
            .sites
            .iter()
            .all(|s| s.id < CHARACTERS_BASE && (2..=24).contains(&s.arity) && s.drafted < s.arity);
        let fits = self.pieces().all(|piece| match piece {
            Piece::Text(_) => true,
            Piece::Wording(site, readings) => self
                .sites
                .get(*site as usize)
                .is_some_and(|s| usize::from(s.arity) == readings.len()),
            Piece::Character(id, _) => (CHARACTERS_BASE..TEXT_END).contains(id),
        });
        if ascending && in_range && fits { Ok(self) } else { Err(MasterError::Inconsistent) }
    }

    /// SHA-256 of [`Master::to_bytes`], lower-case hex.
    #[must_use]
    pub fn hash(&self) -> String {
        hex(&Sha256::digest(self.to_bytes()))
    }

    /// Words of the text as drafted.
    #[must_use]
    pub fn words(&self) -> usize {
        self.drafted()
            .iter()
            .map(|p| crate::token::tokens(p).iter().filter(|t| t.is_wordlike()).count())
            .sum()
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// Why stored bytes are no master.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MasterError {
    /// Not the serialised form; usually damage, or a later version's file.
    #[error("the stored master cannot be read: {0}")]
    Malformed(#[source] serde_json::Error),
    /// Sites and places do not fit together.
    #[error("the stored master contradicts itself: its places do not match its site table")]
    Inconsistent,
}
