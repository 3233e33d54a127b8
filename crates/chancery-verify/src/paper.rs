//! One paper of a pack: what its release fixed, and the evidence, extracted again.

use std::collections::BTreeMap;

use chancery_code::{CopyKey, Evidence, PaperEvidence, SiteLaws, verify_path};
use chancery_text::canon::TEXT_VERSION;
use chancery_text::extract::{ReadOptions, Reader};
use chancery_text::incoming;
use chancery_text::master::Master;
use chancery_text::proposal::Survival;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::body::{Body, hex32};
use crate::extraction;
use crate::pack::{OpenedCopy, Pack, PackPaper};
use crate::verify::VerifyError;

/// First bytes of the commitment to a release.
const RELEASE: &[u8] = b"chancery/release-commitment/v1";

/// A leak as the frozen entry has it.
#[derive(Debug, Deserialize)]
pub(crate) struct FrozenLeak {
    pub(crate) sha256: String,
    text_version: u32,
    readings: Vec<FrozenReading>,
    #[serde(default)]
    pages: Vec<FrozenPage>,
    page_engine: Option<String>,
}

/// What a picture said of a paper, by its hash.
#[derive(Debug, Deserialize)]
struct FrozenPage {
    picture: u32,
    paper: String,
    evidence_sha256: String,
}

#[derive(Debug, Deserialize)]
struct FrozenReading {
    paper: String,
    extraction_sha256: String,
    least: Survival,
    erased: Vec<std::ops::Range<usize>>,
    layout_sha256: Option<String>,
    page_engine: Option<String>,
}

impl FrozenLeak {
    /// The engine with which the places of its words were read, where they were.
    pub(crate) fn page_engine(&self) -> Option<&str> {
        let own = self.page_engine.as_deref();
        own.or_else(|| self.readings.iter().find_map(|reading| reading.page_engine.as_deref()))
    }
}

/// Whether a leak is a PDF or a picture by its beginning. Its text and the places of its words come from a page
/// engine, which is no part of this crate: what was read of it stands under its hash in the record and is not read
/// again.
pub(crate) fn is_page(bytes: &[u8]) -> bool {
    const PICTURES: [&[u8]; 4] = [b"\x89PNG", b"\xff\xd8\xff", b"II*\0", b"MM\0*"];
    if PICTURES.iter().any(|magic| bytes.starts_with(magic)) {
        return true;
    }
    bytes.get(..1024.min(bytes.len())).is_some_and(|head| head.windows(5).any(|w| w == b"%PDF-"))
}

/// A paper as the frozen entry has it.
#[derive(Debug, Deserialize)]
pub(crate) struct FrozenPaper {
    pub(crate) paper: String,
    master_sha256: String,
    evidence_sha256: String,
}

/// What a paper brings to the inquiry.
pub(crate) struct Scored {
    pub(crate) evidence: PaperEvidence,
    root: [u8; 32],
    leaves: u32,
}

/// The commitment of a release: `SHA-256("chancery/release-commitment/v1" || count || (length || label ||
/// length || bytes)*)`, labels in byte order, numbers as eight little-endian bytes.
#[must_use]
pub fn release_commitment(parts: &BTreeMap<&str, &[u8]>) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(RELEASE);
    hasher.update((parts.len() as u64).to_le_bytes());
    for (label, bytes) in parts {
        hasher.update((label.len() as u64).to_le_bytes());
        hasher.update(label);
        hasher.update((bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    }
    hasher.finalize().into()
}

/// What tells a picture from all others of an inquiry: SHA-256 of the leak's hash and the picture's number, eight
/// bytes big-endian.
fn picture_hash(leak: &[u8; 32], picture: u32) -> [u8; 32] {
    sha256(&[&leak[..], &u64::from(picture).to_be_bytes()].concat())
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

impl Scored {
    /// Checks a paper against its release and reads its leaks again, where their words are in the pack.
    pub(crate) fn new(
        pack: &Pack,
        paper: &PackPaper,
        release: &Body,
        frozen: &FrozenPaper,
        leaks: &[FrozenLeak],
    ) -> Result<Self, VerifyError> {
        let name = &frozen.paper;
        let fault = |what| VerifyError::Paper { paper: name.clone(), what };
        if release.get::<String>("paper")? != *name {
            return Err(fault("the release is another paper's"));
        }
        let master_sha256: String = release.get("master_sha256")?;
        if master_sha256 != frozen.master_sha256 {
            return Err(fault("the text that was compared is not the one that was released"));
        }
        if release.hash("laws_sha256")? != sha256(paper.laws.as_bytes()) {
            return Err(fault("the laws of the sites are not those of the release"));
        }
        let laws: SiteLaws =
            serde_json::from_str(&paper.laws).map_err(|_| fault("the laws cannot be read"))?;
        let (root, leaves) = (release.hash("copies_root")?, release.get::<u32>("copies_leaves")?);
        let text_version: u32 = release.get("text_version")?;
        let decoder = release.decoder()?;
        let master = match &paper.master {
            None => None,
            Some(bytes) => {
                if Some(sha256(&bytes.0)) != hex32(&master_sha256) {
                    return Err(fault("the text is not the one that was released"));
                }
                let (count, version) = (leaves.to_be_bytes(), text_version.to_be_bytes());
                let decoder = decoder.map(u32::to_be_bytes);
                let alpha: String = release.get("alpha")?;
                let mut parts = BTreeMap::from([
                    ("master", bytes.0.as_slice()),
                    ("laws", paper.laws.as_bytes()),
                    ("copies-root", root.as_slice()),
                    ("copies-leaves", count.as_slice()),
                    ("text-version", version.as_slice()),
                    ("alpha", alpha.as_bytes()),
                ]);
                if let Some(decoder) = &decoder {
                    parts.insert("decoder-version", decoder);
                }
                if let Some(page) = &paper.page {
                    parts.insert("page", page.as_bytes());
                }
                if release.hash("commitment")? != release_commitment(&parts) {
                    return Err(fault("the release committed to something else"));
                }
                let master = Master::from_bytes(&bytes.0);
                Some(Reader::new(&master.map_err(|_| fault("the text cannot be read"))?))
            }
        };
        let mut parts: Vec<([u8; 32], Evidence)> = Vec::new();
        let expected = leaks.iter().enumerate().flat_map(|(leak, of)| {
            of.readings.iter().filter(|reading| reading.paper == *name).map(move |r| (leak, of, r))
        });
        let expected: Vec<_> = expected.collect();
        if expected.len() != paper.readings.len() {
            return Err(fault("not all that was read of it is in the pack"));
        }
        for ((leak, of, frozen), given) in expected.into_iter().zip(&paper.readings) {
            let digest = hex32(&frozen.extraction_sha256);
            if given.leak != leak || Some(sha256(&given.extraction.0)) != digest {
                return Err(fault("what was read is not what was frozen"));
            }
            let layout = given.layout.as_ref().map(|layout| sha256(&layout.0));
            if layout != frozen.layout_sha256.as_deref().and_then(hex32) {
                return Err(fault("what the places of words said is not what was frozen"));
            }
            let file = &pack.leaks[leak];
            if let (Some(reader), Some(bytes)) = (&master, &file.bytes)
                && !is_page(&bytes.0)
            {
                if given.layout.is_some() {
                    return Err(fault("a leak without pages has places of words"));
                }
                if of.text_version != TEXT_VERSION {
                    return Err(VerifyError::Version(of.text_version));
                }
                let text = incoming::text_of(Some(&file.file), &bytes.0)
                    .map_err(|_| fault("a leak is not text"))?;
                let options = ReadOptions { least: frozen.least, erased: frozen.erased.clone() };
                if reader.extract(&text, &options).to_bytes() != given.extraction.0 {
                    return Err(fault("reading the leak again gives something else"));
                }
            }
            let read = extraction::evidence(&given.extraction.0);
            let (_, mut evidence) = read.ok_or_else(|| fault("an extraction cannot be read"))?;
            if let Some(layout) = &given.layout {
                let layout = extraction::layout(&layout.0)
                    .ok_or_else(|| fault("what the places of words said cannot be read"))?;
                let all = evidence.sites().iter().chain(layout.sites()).cloned().collect();
                evidence = Evidence::new(all).map_err(|_| fault("a place was read twice"))?;
            }
            let sha = hex32(&of.sha256).ok_or(VerifyError::Field("sha256"))?;
            parts.push((sha, evidence));
        }
        let expected: Vec<(usize, &FrozenLeak, &FrozenPage)> = leaks
            .iter()
            .enumerate()
            .flat_map(|(leak, of)| of.pages.iter().map(move |page| (leak, of, page)))
            .filter(|(.., page)| page.paper == *name)
            .collect();
        if expected.len() != paper.pages.len() {
            return Err(fault("not all that pictures said of it is in the pack"));
        }
        for ((leak, of, frozen), given) in expected.into_iter().zip(&paper.pages) {
            let same = given.leak == leak && given.picture == frozen.picture;
            if !same || Some(sha256(&given.evidence.0)) != hex32(&frozen.evidence_sha256) {
                return Err(fault("what a picture said is not what was frozen"));
            }
            if pack.leaks[leak].bytes.as_ref().is_some_and(|bytes| !is_page(&bytes.0)) {
                return Err(fault("a leak that is no picture shows pages"));
            }
            let read = extraction::picture(&given.evidence.0);
            let read = read.ok_or_else(|| fault("what a picture said cannot be read"))?;
            let sha = hex32(&of.sha256).ok_or(VerifyError::Field("sha256"))?;
            parts.push((picture_hash(&sha, frozen.picture), read));
        }
        let parts: Vec<([u8; 32], &Evidence)> = parts.iter().map(|(sha, e)| (*sha, e)).collect();
        let merged =
            Evidence::merge(&parts).map_err(|_| fault("its leaks contradict each other"))?;
        if Some(sha256(&merged.canonical_bytes())) != hex32(&frozen.evidence_sha256) {
            return Err(fault("the evidence is not what was frozen"));
        }
        let evidence = PaperEvidence::new(laws, merged)
            .map_err(|_| fault("the evidence speaks of sites that it does not have"))?;
        Ok(Self { evidence, root, leaves })
    }

    /// The key of an accused copy, when it stands under the root of the release.
    pub(crate) fn key(&self, copy: &OpenedCopy) -> Result<CopyKey, VerifyError> {
        let bytes: Option<[u8; 32]> = copy.key.0.as_slice().try_into().ok();
        let path: Option<Vec<[u8; 32]>> =
            copy.path.iter().map(|hash| hash.0.as_slice().try_into().ok()).collect();
        let key = bytes.map(CopyKey::from_bytes);
        match (key, path) {
            (Some(key), Some(path))
                if verify_path(&key, copy.number, self.leaves, &path, &self.root) =>
            {
                Ok(key)
            }
            _ => Err(VerifyError::CopyKey(copy.number)),
        }
    }
}
