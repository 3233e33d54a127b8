//! Pages as leaks: which papers their pictures show, and what marks and wording say; the words of PDFs.
//!
//! All of it depends on the files and on masters; rows and keys are out of reach of [`Archive::see`]. It
//! takes seconds a picture, so it is done before the act that freezes what was found.

mod letters;
mod reference;
mod shelf;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use chancery_code::{Evidence, SiteId};
use chancery_page::PdfText;
use chancery_scan::{GrayImage, Marking, Reading, Segment, View, picture, search};
use chancery_store::PaperId;
use chancery_text::incoming::{self, IncomingError};
use sha2::{Digest, Sha256};

use crate::apart::{Outside, is_foreign_pdf, read_apart};
use crate::finding::{FoundPage, FoundWord, text_of};
use crate::freeze::LeakFile;
use crate::page::bare_source;
use crate::papers::{Released, reference as name};
use crate::{Archive, DeskError};
use reference::Reference;
pub(crate) use shelf::PageShelf;

/// Papers of the index that are compared with one picture.
const CANDIDATES: usize = 6;
/// References kept at once.
const MOST_KEPT: usize = 8;
/// A paper that explains the same words as a better one, and less than this part of what that explains, is quoted in
/// it or quotes it.
const RIVAL: f64 = 0.8;
/// Two papers explain the same words when one has at least this part of its words where the other has some.
const SAME: f64 = 0.5;
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

    /// Whether it is a PDF, by its first bytes.
    pub(crate) fn is_pdf(&self) -> bool {
        is_foreign_pdf(&self.bytes)
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
    /// Where nothing is read, in bytes of the text that was recognised on it.
    pub(crate) erased: Vec<Range<usize>>,
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

    /// The text that was recognised on it.
    pub(crate) fn text(&self) -> String {
        text_of([&self.page]).0
    }

    /// Takes back what was read in passages of its text: sites that have a place there. A word's shift is
    /// measured between its neighbours, so it goes when one of the three stands there; a reading without
    /// words goes with the words beside it.
    pub(crate) fn erase(&mut self, passages: Vec<Range<usize>>) -> Result<(), DeskError> {
        if passages.is_empty() {
            return Ok(());
        }
        let (_, spans) = text_of([&self.page]);
        let lines = spans.first().map(Vec::as_slice).unwrap_or_default();
        let meets = |word: &Range<usize>| {
            passages.iter().any(|passage| passage.start < word.end && word.start < passage.end)
        };
        let stands_there = |site: &&SeenSite| {
            let Some(line) = lines.get(site.line) else { return true };
            let alone = site.shift.is_none() && !site.words.is_empty();
            let beside = usize::from(!alone);
            let (from, to) = (site.words.start.saturating_sub(beside), site.words.end + beside);
            line.get(from..to.min(line.len())).is_none_or(|words| words.iter().any(meets))
        };
        let gone: BTreeSet<SiteId> =
            self.sites.iter().filter(stands_there).map(|site| site.site).collect();
        let kept = self.evidence.sites().iter().filter(|entry| !gone.contains(&entry.site));
        self.evidence =
            Evidence::new(kept.cloned().collect()).map_err(|e| DeskError::Input(e.to_string()))?;
        self.sites.retain(|site| !gone.contains(&site.site));
        self.erased = passages;
        Ok(())
    }
}

/// A leak of pages, looked at.
#[derive(Clone, Debug, Default)]
pub(crate) struct SeenLeak {
    /// Words of a PDF with their places, where it has any.
    pub(crate) pdf: Option<PdfText>,
    pub(crate) pages: Vec<SeenPage>,
    /// Words that can be made out in pictures.
    pub(crate) words: usize,
    /// Its text by letters, where it has no other and none of its pictures shows a page of this archive.
    pub(crate) text: Option<String>,
    /// Whether a picture shows several papers equally well.
    pub(crate) ambiguous: bool,
    /// Papers that pictures look like and whose pages this program cannot set.
    pub(crate) unset: BTreeSet<PaperId>,
    /// Pictures of text that show no page of this archive and were not read by letters.
    pub(crate) unread: usize,
}

/// That something can be made out in a file of pages.
pub(crate) fn check(leak: &LeakFile) -> Result<(), DeskError> {
    let legible =
        |(_, picture): &(usize, GrayImage)| View::of(picture).is_some_and(|view| legible(&view));
    let outside = opened(leak)?;
    let written = |text: &str| !text.trim().is_empty();
    if outside.pdf.as_ref().is_some_and(|pdf| written(&pdf.text))
        || written(&outside.hidden)
        || outside.pictures.iter().any(legible)
    {
        return Ok(());
    }
    Err(DeskError::Input(match outside.pictures.is_empty() {
        true => format!(
            "{}: no page of the PDF shows text, or a picture of some; print it to a new PDF, or give its pages as PNG, JPEG or TIFF",
            leak.name
        ),
        false => format!(
            "{}: no lines of text can be made out in the picture; photograph the page from closer, sharp and evenly lit, or scan it at 300 dpi, or give its text",
            leak.name
        ),
    }))
}

/// What a file shows, read apart.
fn opened(leak: &LeakFile) -> Result<Outside, DeskError> {
    let named = |reason: String| DeskError::Input(format!("{}: {reason}", leak.name));
    let outside = read_apart(&leak.bytes).map_err(|e| match e {
        DeskError::Input(reason) => named(reason),
        other => other,
    })?;
    let texts = outside.pdf.iter().map(|pdf| pdf.text.len()).chain([outside.hidden.len()]);
    match texts.max() {
        Some(bytes) if bytes > incoming::MAX_BYTES => {
            Err(named(IncomingError::TooLong { bytes }.to_string()))
        }
        _ => Ok(outside),
    }
}

impl Archive {
    /// Looks at those of the leaks that are pages; nothing for the others. `forced` names the papers
    /// instead of searching for them.
    pub(crate) async fn see(
        &self,
        leaks: &[LeakFile],
        forced: &[PaperId],
    ) -> Result<Vec<Option<SeenLeak>>, DeskError> {
        let mut seen = vec![None; leaks.len()];
        let mut shelf = None;
        let mut known: BTreeMap<PaperId, Option<(Released, Reference)>> = BTreeMap::new();
        let paged = |leak: &LeakFile| leak.is_picture() || leak.is_pdf();
        for (leak, seen) in leaks.iter().zip(&mut seen).filter(|(leak, _)| paged(leak)) {
            let Outside { pictures, pdf, hidden } = opened(leak)?;
            let pdf = pdf.filter(|pdf| !pdf.text.trim().is_empty());
            let mut own = SeenLeak { pdf, ..SeenLeak::default() };
            let mut strange = Vec::new();
            if shelf.is_none() && forced.is_empty() && !pictures.is_empty() {
                shelf = Some(self.page_index().await?);
            }
            for (number, picture) in &pictures {
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
                let (read, ambiguous) = apart(papers.iter().filter_map(compared).collect());
                own.ambiguous |= ambiguous;
                own.words += match read.first() {
                    Some((.., reading)) => words(&reading.view),
                    None => {
                        // The search found it by its words; that its pages cannot be set must not pass for "no paper".
                        let unset = papers.iter().find(|id| matches!(known.get(id), Some(None)));
                        own.unset.extend(unset.filter(|_| forced.is_empty()));
                        let view = View::of(picture);
                        let count = view.as_ref().map_or(0, words);
                        strange.extend(view);
                        count
                    }
                };
                for (paper, reference, reading) in read {
                    let (evidence, sites) = reference.evidence(&reading, &paper.laws)?;
                    let shown = own.pages.len() < MOST_SHOWN;
                    let page = page(reference, &reading, *number, paper.id, shown);
                    let erased = Vec::new();
                    own.pages.push(SeenPage { paper: paper.id, evidence, sites, erased, page });
                }
            }
            strange.retain(legible);
            if own.pages.is_empty() && own.pdf.is_none() {
                let text = match hidden.trim().is_empty() {
                    false => hidden,
                    true => {
                        let pages = strange.iter().take(MOST_BY_LETTERS);
                        pages.filter_map(letters::letters).collect::<Vec<_>>().join("\n")
                    }
                };
                own.text = Some(text).filter(|text| !text.is_empty());
            } else {
                own.unread = strange.len();
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

/// A paper that a picture shows, what it was compared with, and what was read.
type Shown<'a> = (&'a Released, &'a Reference, Reading);

/// Whether there are lines of text in it.
fn legible(view: &View) -> bool {
    view.lines().iter().filter(|line| line.len() >= LEAST_IN_LINE).count() >= LEAST_LINES
}

/// The papers that a picture shows, best first, and whether several explain the same words about as well. Of papers
/// that explain the same words the rivals of the best stay; papers that explain others stand beside it, as when two
/// pages lie next to each other.
fn apart<'a>(mut read: Vec<Shown<'a>>) -> (Vec<Shown<'a>>, bool) {
    read.sort_by_key(|(.., reading)| std::cmp::Reverse(reading.support));
    let mut kept: Vec<Shown> = Vec::new();
    let mut ambiguous = false;
    for next in read {
        let rival = kept.iter().find(|(.., better)| overlap(&next.2, better) >= SAME);
        match rival {
            Some((.., better)) if (next.2.support as f64) < RIVAL * better.support as f64 => {}
            Some(_) => {
                ambiguous = true;
                kept.push(next);
            }
            None => kept.push(next),
        }
    }
    (kept, ambiguous)
}

/// The part of one reading's words that lie where another has words: on one, or within its height of it.
fn overlap(of: &Reading, with: &Reading) -> f64 {
    let boxes: Vec<_> = with.lines.iter().flatten().map(|word| around(&word.corners)).collect();
    let own: Vec<_> = of.lines.iter().flatten().map(|word| around(&word.corners)).collect();
    let covered = |[left, top, right, bottom]: &[f64; 4]| {
        let (x, y) = (f64::midpoint(*left, *right), f64::midpoint(*top, *bottom));
        boxes.iter().any(|[l, t, r, b]| {
            let room = b - t;
            l - room < x && x < r + room && t - room < y && y < b + room
        })
    };
    own.iter().filter(|word| covered(word)).count() as f64 / own.len().max(1) as f64
}

/// Left, top, right, bottom.
fn around(corners: &[[f64; 2]; 4]) -> [f64; 4] {
    corners.iter().fold([f64::MAX, f64::MAX, f64::MIN, f64::MIN], |[l, t, r, b], [x, y]| {
        [l.min(*x), t.min(*y), r.max(*x), b.max(*y)]
    })
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
