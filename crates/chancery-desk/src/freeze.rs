//! Freezing: from the bytes of leaks to evidence, before any row is looked at.
//!
//! Everything here depends on the leaks, the masters, the public texts filed so far and the version of the
//! reading rules alone. What
//! comes out is entered in the record; only then may `inquiry` derive rows and score them.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use chancery_code::{Evidence, SiteEvidence, SiteId};
use chancery_page::PdfText;
use chancery_store::{PaperId, Tx};
use chancery_text::canon::TEXT_VERSION;
use chancery_text::extract::{Extraction, ReadOptions};
use chancery_text::incoming;
use chancery_text::proposal::Survival;
use sha2::{Digest, Sha256};

use crate::expose::quoted_only;
use crate::finding::text_of;
use crate::looks::Seen;
use crate::page::{FrozenPage, LayoutReading, layout_of};
use crate::papers::{Released, reference};
use crate::pictures::{self, SeenLeak, SeenPage};
use crate::{Archive, DeskError, public};

/// Most leaks declared together.
pub const MAX_LEAKS: usize = 64;
/// How many papers of the index are aligned with a leak.
const CANDIDATES: usize = 12;
/// A leak is from a paper when at least this many of its words stand in order in the paper...
const LEAST_WORDS: u32 = 8;
/// ...with a run of at least this many without a break.
const LEAST_RUN: u32 = 5;
/// A second paper explains a passage as well as the first when it misses fewer words than this.
const CLEAR_LEAD: u32 = 4;
/// A further paper is decoded for what no other explains when that is at least this many bytes.
const LEAST_BYTES: usize = 60;

/// A file that was found outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeakFile {
    /// Its name, for display and to know its kind by.
    pub name: String,
    /// Its bytes, exactly as received.
    pub bytes: Vec<u8>,
}

impl LeakFile {
    /// SHA-256 of the bytes.
    #[must_use]
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(&self.bytes).into()
    }
}

/// One leak, read.
pub(crate) struct FrozenLeak {
    pub(crate) sha256: [u8; 32],
    pub(crate) text: String,
    pub(crate) words: usize,
    /// The papers it is from, with what was read.
    pub(crate) readings: Vec<(PaperId, Extraction)>,
    /// How each of them was read: enough to read it again without the rest of the archive.
    pub(crate) options: Vec<ReadOptions>,
    /// What the places of its words say, by paper; only PDFs say anything.
    pub(crate) layout: BTreeMap<PaperId, Vec<LayoutReading>>,
    /// The words of a PDF with their places; the text begins with them.
    pub(crate) pdf: Option<PdfText>,
    /// Pages that its pictures show. What was recognised on them ends the text.
    pub(crate) pages: Vec<SeenPage>,
    /// Whether its text was made out letter by letter in a picture.
    pub(crate) by_letters: bool,
    /// Public texts that some of it stands in, and where. Nothing is read there.
    pub(crate) public: Vec<(i64, Vec<Range<usize>>)>,
    /// Whether several papers fit and cannot be told apart.
    pub(crate) ambiguous: bool,
    /// Papers that it shows pages of, and that this program cannot set.
    pub(crate) unset: BTreeSet<PaperId>,
    /// Pictures of text in it that were not read.
    pub(crate) unread: usize,
}

impl FrozenLeak {
    /// The papers it is from, each once.
    pub(crate) fn papers(&self) -> BTreeSet<PaperId> {
        let pages = self.pages.iter().map(|page| page.paper);
        self.readings.iter().map(|(paper, _)| *paper).chain(pages).collect()
    }
}

/// Everything fixed before scoring.
pub(crate) struct Frozen {
    pub(crate) leaks: Vec<FrozenLeak>,
    /// The pooled papers in order of their numbers, each with its merged evidence.
    pub(crate) papers: Vec<(Released, Evidence)>,
}

impl Archive {
    /// Reads the leaks against the archive. `forced` names the papers instead of searching for them; of
    /// leaks with quotations nothing else is read. `seen` is what those leaks show that are pictures.
    pub(crate) async fn freeze(
        &self,
        tx: &mut Tx,
        leaks: &[LeakFile],
        forced: &[PaperId],
        quoted: &[Range<usize>],
        seen: Vec<Option<SeenLeak>>,
    ) -> Result<Frozen, DeskError> {
        let mut loaded: BTreeMap<PaperId, Released> = BTreeMap::new();
        let mut frozen = Vec::new();
        let mut seen = seen.into_iter();
        for leak in leaks {
            let SeenLeak { pdf, mut pages, words, text: by_letters, ambiguous, unset, unread } =
                seen.next().flatten().unwrap_or_default();
            let mut public_pages = BTreeSet::new();
            for page in &mut pages {
                self.load(tx, &mut loaded, page.paper).await?;
                // What everybody may have is no evidence of whose copy was used, as a picture no more than as text.
                let public = self.public_passages(tx, &page.text()).await?;
                public_pages.extend(public.iter().map(|(id, _)| *id));
                page.erase(public.into_iter().flat_map(|(_, passages)| passages).collect())?;
            }
            let text = match (&by_letters, &pdf) {
                (Some(text), _) => text.clone(),
                (None, Some(pdf)) => pdf.text.clone(),
                (None, None) if leak.is_picture() || leak.is_pdf() => {
                    let mut read = nothing_written(leak);
                    read.show(pages, words, ambiguous, public_pages);
                    (read.unset, read.unread) = (unset, unread);
                    frozen.push(read);
                    continue;
                }
                (None, None) => plain_text(leak)?,
            };
            let candidates: Vec<PaperId> = if forced.is_empty() {
                let hits = self.alike(tx, &text).await?;
                hits.into_iter().take(CANDIDATES).map(|hit| PaperId(i64::from(hit.paper))).collect()
            } else {
                forced.to_vec()
            };
            for id in &candidates {
                self.load(tx, &mut loaded, *id).await?;
            }
            let masters = candidates.iter().filter_map(|id| loaded.get(id)).collect::<Vec<_>>();
            let mut base = match quoted {
                [] => ReadOptions::default(),
                quoted => quoted_only(quoted, text.len()),
            };
            if by_letters.is_some() {
                base.least = base.least.max(Survival::Retype);
            }
            // What everybody may have is no evidence of whose copy was used.
            let public = self.public_passages(tx, &text).await?;
            base.erased.extend(public.iter().flat_map(|(_, passages)| passages.iter().cloned()));
            // By letters the words of its pictures are those of the text.
            let words = if by_letters.is_some() { 0 } else { words };
            let mut read = read_leak(leak, text, &masters, &base);
            read.public = public;
            read.by_letters = by_letters.is_some();
            // Where several papers fit, or only quotations count, the places of words say nothing.
            if let (Some(pdf), [], false) = (&pdf, quoted, read.ambiguous) {
                let passages =
                    read.public.iter().flat_map(|(_, passages)| passages.iter().cloned());
                let passages: Vec<Range<usize>> = passages.collect();
                read.layout = layout(&read.readings, &masters, pdf, &passages);
            }
            read.show(pages, words, ambiguous, public_pages);
            (read.unset, read.unread) = (unset, unread);
            if pdf.is_some() {
                let own = read.readings.iter().filter_map(|(paper, _)| loaded.get(paper));
                let foreign = own.filter(|p| p.page.as_ref().is_some_and(FrozenPage::is_foreign));
                read.unset.extend(foreign.map(|paper| paper.id));
            }
            read.pdf = pdf;
            frozen.push(read);
        }
        let mut papers = Vec::new();
        for (id, released) in loaded {
            let parts: Vec<([u8; 32], Evidence)> = frozen
                .iter()
                .flat_map(|leak: &FrozenLeak| {
                    let own = leak.readings.iter().filter(|(paper, _)| *paper == id);
                    let text = own.map(|(paper, extraction)| {
                        let layout = leak.layout.get(paper).map(Vec::as_slice).unwrap_or_default();
                        Ok((leak.sha256, evidence(extraction, layout)?))
                    });
                    let pages = leak.pages.iter().filter(|page| page.paper == id);
                    let pages =
                        pages.map(|page| Ok((page.hash(&leak.sha256), page.evidence.clone())));
                    text.chain(pages)
                })
                .collect::<Result<_, DeskError>>()?;
            if parts.is_empty() {
                continue;
            }
            let refs: Vec<([u8; 32], &Evidence)> = parts.iter().map(|(h, e)| (*h, e)).collect();
            let merged = Evidence::merge(&refs).map_err(|e| DeskError::Input(e.to_string()))?;
            papers.push((released, merged));
        }
        Ok(Frozen { leaks: frozen, papers })
    }

    async fn load(
        &self,
        tx: &mut Tx,
        loaded: &mut BTreeMap<PaperId, Released>,
        id: PaperId,
    ) -> Result<(), DeskError> {
        if let Entry::Vacant(place) = loaded.entry(id) {
            let row = tx.paper(id).await?;
            let row = row.ok_or_else(|| DeskError::Archive("a paper vanished".into()))?;
            place.insert(self.released(tx, row).await?);
        }
        Ok(())
    }
}

impl FrozenLeak {
    /// Adds what its pictures show.
    fn show(&mut self, pages: Vec<SeenPage>, words: usize, ambiguous: bool, public: BTreeSet<i64>) {
        let (recognised, _) = text_of(pages.iter().map(|page| &page.page));
        if !self.text.is_empty() && !recognised.is_empty() {
            self.text.push_str("\n\n");
        }
        self.text.push_str(&recognised);
        self.words += words;
        self.ambiguous |= ambiguous;
        for id in public {
            if self.public.iter().all(|(known, _)| *known != id) {
                self.public.push((id, Vec::new()));
            }
        }
        self.public.sort_by_key(|(id, _)| *id);
        self.pages = pages;
    }
}

/// A leak without any text of its own.
fn nothing_written(leak: &LeakFile) -> FrozenLeak {
    FrozenLeak {
        sha256: leak.sha256(),
        text: String::new(),
        words: 0,
        readings: Vec::new(),
        options: Vec::new(),
        layout: BTreeMap::new(),
        by_letters: false,
        public: Vec::new(),
        ambiguous: false,
        unset: BTreeSet::new(),
        unread: 0,
        pdf: None,
        pages: Vec::new(),
    }
}

/// Which of the candidate papers the leak is from, and what is read against each.
///
/// Papers are taken by how many words of the leak they explain. A passage belongs to the paper that
/// explains more of the leak; where two explain the same words and nothing else tells them apart, the
/// passage says nothing about either's copies.
fn read_leak(
    leak: &LeakFile,
    text: String,
    papers: &[&Released],
    base: &ReadOptions,
) -> FrozenLeak {
    let quoted = base.least == Survival::Quote;
    let with = |erased: &[Range<usize>]| ReadOptions {
        erased: [base.erased.as_slice(), erased].concat(),
        ..base.clone()
    };
    let mut readings: Vec<(&Released, Extraction)> = papers
        .iter()
        .map(|paper| (*paper, paper.reader.extract(&text, base)))
        // Where quotations are from is known before they are read here.
        .filter(|(_, e)| is_match(e) || (quoted && e.coverage.found_words > 0))
        .collect();
    readings.sort_by(|a, b| {
        b.1.coverage
            .aligned_words
            .cmp(&a.1.coverage.aligned_words)
            .then_with(|| a.0.id.cmp(&b.0.id))
    });
    let mut taken: Vec<(PaperId, Extraction, ReadOptions)> = Vec::new();
    let read = |paper: &Released, options: ReadOptions| {
        (paper.id, paper.reader.extract(&text, &options), options)
    };
    let mut covered: Vec<Range<usize>> = Vec::new();
    let mut ambiguous = false;
    if let Some((first, best)) = readings.first().cloned() {
        covered.extend(best.passages.iter().cloned());
        let close =
            |e: &Extraction| best.coverage.aligned_words < e.coverage.aligned_words + CLEAR_LEAD;
        let rivals: Vec<&(&Released, Extraction)> = readings[1..]
            .iter()
            .filter(|(_, e)| close(e) && uncovered(&e.passages, &best.passages) < LEAST_BYTES)
            .collect();
        ambiguous = !rivals.is_empty();
        // The common passage fixes neither paper: it is no evidence about the copies of either.
        let erased = if ambiguous { best.passages.clone() } else { Vec::new() };
        for paper in std::iter::once(first).chain(rivals.iter().map(|(paper, _)| *paper)) {
            taken.push(read(paper, with(&erased)));
        }
        for (paper, whole) in &readings[1..] {
            if taken.iter().any(|(id, ..)| *id == paper.id)
                || uncovered(&whole.passages, &covered) < LEAST_BYTES
            {
                continue;
            }
            taken.push(read(paper, with(&covered)));
            covered.extend(whole.passages.iter().cloned());
        }
    }
    taken.sort_by_key(|(id, ..)| *id);
    let counted = taken.first().map(|(_, e, _)| e.coverage.leak_words as usize);
    let words = counted.unwrap_or_else(|| chancery_text::canon::fold(&text).len());
    let (readings, options) =
        taken.into_iter().map(|(id, extraction, options)| ((id, extraction), options)).unzip();
    FrozenLeak {
        sha256: leak.sha256(),
        text,
        words,
        readings,
        options,
        layout: BTreeMap::new(),
        pdf: None,
        pages: Vec::new(),
        by_letters: false,
        public: Vec::new(),
        ambiguous,
        unset: BTreeSet::new(),
        unread: 0,
    }
}

/// Reads a leak again as the record says that it was read: by paper, its text and, with `paged`, the places of its
/// words as they were entered. `seen` is what it shows if it is one of pages.
pub(crate) fn reread(
    leak: &LeakFile,
    seen: Option<&SeenLeak>,
    how: &[(&Released, ReadOptions)],
    paged: bool,
) -> Result<Vec<(Extraction, Option<Evidence>)>, DeskError> {
    if how.is_empty() {
        return Ok(Vec::new());
    }
    let letters = seen.and_then(|seen| seen.text.as_ref());
    let pdf = seen.and_then(|seen| seen.pdf.as_ref());
    let text = match (letters, pdf) {
        (Some(text), _) => text.clone(),
        (None, Some(pdf)) => pdf.text.clone(),
        (None, None) => plain_text(leak)?,
    };
    let readings: Vec<(PaperId, Extraction)> =
        how.iter().map(|(paper, how)| (paper.id, paper.reader.extract(&text, how))).collect();
    let papers: Vec<&Released> = how.iter().map(|(paper, _)| *paper).collect();
    // What stands in a public text was erased for every paper.
    let (first, others) = how
        .split_first()
        .map_or((&[][..], how), |(first, others)| (first.1.erased.as_slice(), others));
    let everywhere =
        |passage: &&Range<usize>| others.iter().all(|(_, how)| how.erased.contains(*passage));
    let public: Vec<Range<usize>> = first.iter().filter(everywhere).cloned().collect();
    let mut places = match (pdf, paged) {
        (Some(pdf), true) => layout(&readings, &papers, pdf, &public),
        _ => BTreeMap::new(),
    };
    let with_places = |(id, extraction)| {
        let places = places.remove(&id);
        Ok((extraction, places.map(|places| of_places(&places)).transpose()?))
    };
    readings.into_iter().map(with_places).collect()
}

/// What the places of words say, as evidence.
fn of_places(places: &[LayoutReading]) -> Result<Evidence, DeskError> {
    let sites = places.iter().map(|reading| reading.evidence.clone()).collect();
    Evidence::new(sites).map_err(|e| DeskError::Input(e.to_string()))
}

/// That the file can be read as what it is.
pub(crate) fn check_readable(leak: &LeakFile) -> Result<(), DeskError> {
    if leak.is_picture() || leak.is_pdf() {
        return pictures::check(leak);
    }
    plain_text(leak).map(|_| ())
}

fn plain_text(leak: &LeakFile) -> Result<String, DeskError> {
    incoming::text_of(Some(&leak.name), &leak.bytes)
        .map_err(|e| DeskError::Input(format!("{}: {e}", leak.name)))
}

/// What the places of words say about each paper of a leak. A passage counts for the paper that explains
/// most of the leak, and for another only where that one says nothing; a public one counts for none.
fn layout(
    readings: &[(PaperId, Extraction)],
    papers: &[&Released],
    pdf: &PdfText,
    public: &[Range<usize>],
) -> BTreeMap<PaperId, Vec<LayoutReading>> {
    let mut order: Vec<&(PaperId, Extraction)> = readings.iter().collect();
    order.sort_by_key(|(id, e)| (std::cmp::Reverse(e.coverage.aligned_words), *id));
    let mut covered: Vec<Range<usize>> = public.to_vec();
    let mut out = BTreeMap::new();
    for (id, extraction) in order {
        if let Some(paper) = papers.iter().find(|paper| paper.id == *id) {
            let read = layout_of(paper, extraction, pdf, &covered);
            if !read.is_empty() {
                out.insert(*id, read);
            }
        }
        covered.extend(extraction.passages.iter().cloned());
    }
    out
}

fn is_match(extraction: &Extraction) -> bool {
    let c = &extraction.coverage;
    let whole = c.aligned_words >= c.leak_words && c.found_words >= LEAST_RUN;
    (c.found_words >= LEAST_WORDS || whole) && c.longest_run >= LEAST_RUN
}

/// Bytes of `passages` that lie outside `covered`.
fn uncovered(passages: &[Range<usize>], covered: &[Range<usize>]) -> usize {
    let mut edges: Vec<Range<usize>> = covered.to_vec();
    edges.sort_by_key(|r| (r.start, r.end));
    passages
        .iter()
        .map(|p| {
            let mut from = p.start;
            let mut free = 0;
            for c in &edges {
                if c.start > from {
                    free += c.start.min(p.end).saturating_sub(from);
                }
                from = from.max(c.end);
            }
            free + p.end.saturating_sub(from)
        })
        .sum()
}

fn evidence(extraction: &Extraction, layout: &[LayoutReading]) -> Result<Evidence, DeskError> {
    let sites = extraction
        .sites
        .iter()
        .filter_map(|reading| {
            Some(SiteEvidence { site: SiteId::new(reading.site)?, log2: reading.log2.clone() })
        })
        .chain(layout.iter().map(|reading| reading.evidence.clone()))
        .collect();
    Evidence::new(sites).map_err(|e| DeskError::Input(e.to_string()))
}

/// What was read of a paper, for comparison with earlier and later looks.
pub(crate) fn seen(paper: PaperId, evidence: &Evidence) -> Seen {
    let read = evidence.sites().iter().filter(|entry| !entry.is_erasure());
    Seen {
        paper: paper.0,
        evidence: hex::encode(Sha256::digest(evidence.canonical_bytes())),
        sites: read.map(|entry| entry.site.get()).collect(),
    }
}

/// What the record holds of a frozen leak.
pub(crate) fn as_entry(leak: &FrozenLeak) -> serde_json::Value {
    let readings: Vec<_> = leak
        .readings
        .iter()
        .zip(&leak.options)
        .map(|((paper, extraction), options)| {
            let mut reading = serde_json::json!({
                "paper": reference(*paper),
                "extraction_sha256": hex::encode(Sha256::digest(extraction.to_bytes())),
                "least": options.least,
                "erased": options.erased,
            });
            if let Some(layout) = leak.layout.get(paper) {
                let bytes = of_places(layout).map(|e| e.canonical_bytes()).unwrap_or_default();
                reading["layout_sha256"] = hex::encode(Sha256::digest(bytes)).into();
                reading["page_engine"] = chancery_page::engine().into();
            }
            reading
        })
        .collect();
    let mut entry = serde_json::json!({
        "sha256": hex::encode(leak.sha256),
        "text_version": TEXT_VERSION,
        "readings": readings,
        "public": leak.public.iter().map(|(id, _)| public::reference(*id)).collect::<Vec<_>>(),
        "ambiguous": leak.ambiguous,
    });
    if leak.by_letters {
        entry["text_by_letters_sha256"] = hex::encode(Sha256::digest(&leak.text)).into();
    }
    if !leak.pages.is_empty() {
        let pages = leak.pages.iter().map(|page| {
            let mut said = serde_json::json!({
                "picture": page.page.picture,
                "paper": reference(page.paper),
                "evidence_sha256": hex::encode(Sha256::digest(page.evidence.canonical_bytes())),
            });
            if !page.erased.is_empty() {
                said["erased"] = serde_json::json!(page.erased);
            }
            said
        });
        entry["pages"] = pages.collect();
        entry["picture_version"] = chancery_scan::READING_VERSION.into();
        entry["page_engine"] = chancery_page::engine().into();
    }
    entry
}

#[cfg(test)]
mod tests;
