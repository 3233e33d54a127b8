//! Pictures of pages as leaks: which papers they show, and what marks and wording say.
//!
//! All of it depends on the pictures and on masters; rows and keys are out of reach of [`read`]. It takes
//! seconds a picture, so it is done before the act that freezes what was found.

mod apart;
mod letters;
mod reference;
mod shelf;

use std::collections::BTreeMap;
use std::ops::Range;

use chancery_code::{Evidence, SiteId};
use chancery_scan::{GrayImage, Marking, Reading, Segment, View, picture, search};
use chancery_store::PaperId;
use sha2::{Digest, Sha256};

use crate::finding::{FoundPage, FoundWord};
use crate::freeze::LeakFile;
use crate::page::bare_source;
use crate::papers::{Released, reference as name};
use crate::{Archive, DeskError};
pub use apart::{decode_pictures, picture_child};
use reference::Reference;
pub(crate) use shelf::PageShelf;

/// Papers of the index that are compared with one picture.
const CANDIDATES: usize = 6;
/// References kept at once.
const MOST_KEPT: usize = 8;
/// A paper that explains less than this part of what the best one explains is quoted in it or quotes it.
const RIVAL: f64 = 0.8;
/// A picture with fewer lines of so many words shows no text.
const LEAST_LINES: usize = 2;
const LEAST_IN_LINE: usize = 3;
/// Pictures of a file whose text is read by letters.
const MOST_BY_LETTERS: usize = 8;
/// Pages that are kept to be looked at.
const MOST_SHOWN: usize = 24;
/// Quality of their JPEG.
const QUALITY: u8 = 60;

impl LeakFile {
    /// Whether it is a picture, by its first bytes.
    #[must_use]
    pub fn is_picture(&self) -> bool {
        picture::is_picture(&self.bytes)
    }
}

/// Where a site stands among the recognised words.
#[derive(Clone, Debug)]
pub(crate) struct SeenSite {
    pub(crate) site: SiteId,
    pub(crate) line: usize,
    pub(crate) words: Range<usize>,
    /// Its shift in points, of a word that may be shifted.
    pub(crate) shift: Option<f64>,
}

/// A page of a paper that a picture shows.
#[derive(Clone, Debug)]
pub(crate) struct SeenPage {
    pub(crate) paper: PaperId,
    pub(crate) evidence: Evidence,
    pub(crate) sites: Vec<SeenSite>,
    /// What is shown of it.
    pub(crate) page: FoundPage,
}

impl SeenPage {
    /// What tells it from every other page of the same inquiry.
    pub(crate) fn hash(&self, leak: &[u8; 32]) -> [u8; 32] {
        let mut hasher = Sha256::new();
        hasher.update(leak);
        hasher.update((self.page.picture as u64).to_be_bytes());
        hasher.finalize().into()
    }
}

/// A leak of pictures, looked at.
#[derive(Clone, Debug, Default)]
pub(crate) struct SeenLeak {
    pub(crate) pages: Vec<SeenPage>,
    /// Words that can be made out.
    pub(crate) words: usize,
    /// Its text by letters, where none of its pictures shows a page of this archive.
    pub(crate) text: Option<String>,
    /// Whether a picture shows several papers equally well.
    pub(crate) ambiguous: bool,
}

/// That something can be made out in one of the pictures of a file.
pub(crate) fn check(leak: &LeakFile) -> Result<(), DeskError> {
    let legible = |picture: &GrayImage| {
        let lines = View::of(picture).map(|view| view.lines()).unwrap_or_default();
        lines.iter().filter(|line| line.len() >= LEAST_IN_LINE).count() >= LEAST_LINES
    };
    if decoded(leak)?.iter().any(legible) {
        return Ok(());
    }
    Err(DeskError::Input(format!(
        "{}: no lines of text can be made out in the picture; photograph the page from closer, sharp and evenly lit, or scan it at 300 dpi, or give its text",
        leak.name
    )))
}

fn decoded(leak: &LeakFile) -> Result<Vec<GrayImage>, DeskError> {
    decode_pictures(&leak.bytes).map_err(|e| match e {
        DeskError::Input(reason) => DeskError::Input(format!("{}: {reason}", leak.name)),
        other => other,
    })
}

impl Archive {
    /// Looks at those of the leaks that are pictures; nothing for the others. `forced` names the papers
    /// instead of searching for them.
    pub(crate) async fn see(
        &self,
        leaks: &[LeakFile],
        forced: &[PaperId],
    ) -> Result<Vec<Option<SeenLeak>>, DeskError> {
        let mut seen = vec![None; leaks.len()];
        if !leaks.iter().any(LeakFile::is_picture) {
            return Ok(seen);
        }
        let shelf = match forced {
            [] => Some(self.page_index().await?),
            _ => None,
        };
        let mut known: BTreeMap<PaperId, Option<(Released, Reference)>> = BTreeMap::new();
        for (leak, seen) in leaks.iter().zip(&mut seen).filter(|(leak, _)| leak.is_picture()) {
            let mut own = SeenLeak::default();
            let mut strange = Vec::new();
            for (number, picture) in decoded(leak)?.iter().enumerate() {
                let papers: Vec<PaperId> = match &shelf {
                    Some(shelf) => {
                        let shelf: Vec<&Segment> = shelf.iter().map(AsRef::as_ref).collect();
                        let found = search(picture, &shelf);
                        let ids = found.iter().filter_map(|c| i64::try_from(c.text).ok());
                        ids.take(CANDIDATES).map(PaperId).collect()
                    }
                    None => forced.to_vec(),
                };
                if known.len() + papers.len() > MOST_KEPT {
                    known.retain(|id, _| papers.contains(id));
                }
                for id in &papers {
                    if !known.contains_key(id) {
                        known.insert(*id, self.page_reference(*id).await?);
                    }
                }
                let compared = |id: &PaperId| {
                    let (paper, reference) = known.get(id)?.as_ref()?;
                    Some((paper, reference, read_page(picture, reference)?))
                };
                let mut read: Vec<_> = papers.iter().filter_map(compared).collect();
                let best = read.iter().map(|(.., reading)| reading.support).max().unwrap_or(0);
                read.retain(|(.., r)| r.support as f64 >= RIVAL * best as f64);
                own.ambiguous |= read.len() > 1;
                own.words += match read.first() {
                    Some((.., reading)) => words(&reading.view),
                    None => {
                        let view = View::of(picture);
                        let count = view.as_ref().map_or(0, words);
                        strange.extend(view);
                        count
                    }
                };
                for (paper, reference, reading) in read {
                    let (evidence, sites) = reference.evidence(&reading, &paper.laws)?;
                    let shown = own.pages.len() < MOST_SHOWN;
                    let page = page(reference, &reading, number + 1, paper.id, shown);
                    own.pages.push(SeenPage { paper: paper.id, evidence, sites, page });
                }
            }
            if own.pages.is_empty() {
                let texts: Vec<String> =
                    strange.iter().take(MOST_BY_LETTERS).filter_map(letters::letters).collect();
                own.text = (!texts.is_empty()).then(|| texts.join("\n"));
            }
            *seen = Some(own);
        }
        Ok(seen)
    }

    /// A paper as pictures are compared with it; none for one that this program cannot set.
    async fn page_reference(
        &self,
        id: PaperId,
    ) -> Result<Option<(Released, Reference)>, DeskError> {
        let mut tx = self.store.begin().await?;
        let row = tx.paper(id).await?;
        let row = row.ok_or_else(|| DeskError::Archive("a paper vanished".into()))?;
        let paper = self.released(&mut tx, row).await?;
        drop(tx);
        let Some(source) = bare_source(&paper) else { return Ok(None) };
        Ok(Reference::of(&source).ok().map(|reference| (paper, reference)))
    }
}

/// What a picture says about a paper.
fn read_page(picture: &GrayImage, reference: &Reference) -> Option<Reading> {
    chancery_scan::read(picture, reference.paper(), &Marking::SHIPPED)
}

fn words(view: &View) -> usize {
    view.lines().iter().map(Vec::len).sum()
}

fn page(
    reference: &Reference,
    reading: &Reading,
    picture: usize,
    paper: PaperId,
    shown: bool,
) -> FoundPage {
    let word = |word: &chancery_scan::SeenWord| FoundWord {
        text: reference.text(word.shape).to_owned(),
        corners: word.corners.map(|corner| corner.map(|v| v.round() as i32)),
    };
    FoundPage {
        picture,
        paper: name(paper),
        width: reading.view.plane().width(),
        height: reading.view.plane().height(),
        lines: reading.lines.iter().map(|line| line.iter().map(word).collect()).collect(),
        places: Vec::new(),
        jpeg: shown.then(|| reading.view.jpeg(QUALITY)).flatten().unwrap_or_default(),
    }
}
