//! Pages at the desk: what a release fixes about them, how a copy becomes pages, what a PDF from outside
//! says about them.
//!
//! Layout sites stand beside the sites of the text and follow from the master alone, so they are numbered
//! anew whenever they are needed; the release commits to the engine that sets pages, and a copy is typeset
//! by that engine or not at all.

use std::collections::BTreeMap;
use std::ops::Range;

use chancery_code::{SiteEvidence, SiteId};
use chancery_domain::PaperKind;
use chancery_page::{
    Drawing, Form, Pages, PaperSource, Paragraph, Part, PdfText, Readings, read_pdf, shifts,
    typeset,
};
use chancery_text::extract::{Extraction, ReadOptions};
use chancery_text::master::{Master, Piece};
use serde::{Deserialize, Serialize};

use crate::DeskError;
use crate::copies::{Format, NOTICE};
use crate::papers::{Head, Released, reference};
use crate::sheet::Sheet;

/// Resolution of pictures of pages, in dots per inch.
const PICTURE_DPI: f64 = 150.0;

/// What a release fixes about a paper's pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FrozenPage {
    /// Typesetter, fonts and template.
    engine: String,
    /// The rule that numbers word sites.
    rule: u32,
    /// Word sites; none where copies do not differ in their layout.
    pub(crate) words: u32,
}

impl FrozenPage {
    /// What is fixed for a master today.
    pub(crate) fn of(master: &Master, layout: bool) -> Self {
        let words = if layout {
            chancery_page::word_sites(&paragraphs(master, &Head::default()))
        } else {
            0
        };
        Self { engine: engine(), rule: chancery_page::RULE, words }
    }

    /// Whether this program sets the paper's pages as they were set.
    fn is_ours(&self) -> bool {
        self.engine == engine() && self.rule == chancery_page::RULE
    }

    /// Whether pages of the paper bear marks that this program cannot read, for it does not set them.
    pub(crate) fn is_foreign(&self) -> bool {
        self.words > 0 && !self.is_ours()
    }

    fn check(&self, paper: &Released) -> Result<(), DeskError> {
        if self.is_ours() {
            return Ok(());
        }
        Err(DeskError::Procedure(format!(
            "{} was released for other pages than this program makes ({}); open it as txt or html, or with the program of its time",
            reference(paper.id),
            self.engine
        )))
    }
}

/// What sets this program's pages; tests say what another version's would be called.
fn engine() -> String {
    #[cfg(test)]
    if let Some(engine) = tests::ANOTHER.get() {
        return engine.to_owned();
    }
    chancery_page::engine().to_owned()
}

/// The master's paragraphs as they are set, with their numbers and portion marks.
fn paragraphs(master: &Master, head: &Head) -> Vec<Paragraph> {
    let mut number = 0;
    let of = |(at, pieces): (usize, &Vec<Piece>)| {
        let parts: Vec<Part> = pieces.iter().map(|piece| part(master, piece)).collect();
        let empty = parts.iter().all(|p| matches!(p, Part::Fixed(text) if text.trim().is_empty()));
        number += u32::from(!empty);
        Paragraph {
            number: (head.numbered && !empty).then_some(number),
            portion: head.portions.get(at).cloned().flatten().filter(|_| !empty),
            parts,
        }
    };
    master.paragraphs.iter().enumerate().map(of).collect()
}

fn part(master: &Master, piece: &Piece) -> Part {
    match piece {
        Piece::Text(text) => Part::Fixed(text.clone()),
        Piece::Wording(site, readings) => match master.sites.get(*site as usize) {
            Some(of) => Part::Varies { site: of.id, plain: of.drafted, readings: readings.clone() },
            None => Part::Fixed(readings.first().cloned().unwrap_or_default()),
        },
        Piece::Character(id, glyph) => {
            Part::Sign { site: *id, plain: glyph.plain(), readings: glyph.readings().to_vec() }
        }
    }
}

/// A paper with nothing around its text: what a reference is set from.
pub(crate) fn bare(paper: &Released) -> PaperSource {
    source(paper, Sheet::default())
}

/// The same, if this program sets the pages that the paper was released with.
pub(crate) fn bare_source(paper: &Released) -> Option<PaperSource> {
    let frozen = paper.page.as_ref()?;
    frozen.check(paper).is_ok().then(|| bare(paper))
}

/// A paper as a reader's sheet dresses it.
pub(crate) fn source(paper: &Released, sheet: Sheet) -> PaperSource {
    let form = match paper.row.kind {
        PaperKind::Cable => Form::Cable,
        PaperKind::Letter => Form::Letter,
        PaperKind::Statement => Form::Statement,
        PaperKind::Minute => Form::Minute,
        PaperKind::BoardPaper => Form::BoardPaper,
        PaperKind::Report => Form::Report,
    };
    let named = |(name, value): (&'static str, String)| (name.to_owned(), value);
    let precedence = sheet.lines.iter().find(|(name, _)| *name == "PRECEDENCE");
    PaperSource {
        form,
        identity: format!("{}/{}", reference(paper.id), paper.master.hash()),
        label: sheet.label,
        title: sheet.title,
        subject: sheet.subject,
        precedence: precedence.map(|(_, value)| value.clone()),
        notices: sheet.notices,
        lines: sheet.lines.into_iter().map(named).collect(),
        paragraphs: paragraphs(&paper.master, &paper.head),
        signed: sheet.signed.map(|signed| signed.to_uppercase()),
        copy_line: None,
        notice: NOTICE.to_owned(),
    }
}

/// A page copy, and what was wrong with it: the site that does not read back.
pub(crate) enum PageCopy<T> {
    /// Reads back.
    Good(T),
    /// Does not.
    Unread(u32),
}

/// Sets the copy with this number and reads it back, from the finished frames and from the file.
pub(crate) fn page_copy(
    paper: &Released,
    number: u32,
    sheet: Sheet,
    format: Format,
) -> Result<PageCopy<Vec<u8>>, DeskError> {
    let (source, row, pages) = set_copy(paper, number, sheet)?;
    if let Some(site) = unread_frames(&pages, &row)? {
        return Ok(PageCopy::Unread(site));
    }
    let bytes = match format {
        Format::Png => pages
            .png_all(PICTURE_DPI)
            .ok_or_else(|| input("the paper has too many pages for one picture; open it as pdf"))?,
        Format::Svg | Format::Pages => pages.svg_all().into_bytes(),
        _ => pages.pdf().map_err(input)?,
    };
    if format == Format::Pdf
        && let Some(site) = unread_pdf(paper, &source, &row, &bytes, &pages)?
    {
        return Ok(PageCopy::Unread(site));
    }
    Ok(PageCopy::Good(bytes))
}

/// Sets the copy with this number for the screen and reads it back, from the finished frames and from the
/// text that lies over them.
pub(crate) fn page_drawings(
    paper: &Released,
    number: u32,
    sheet: Sheet,
) -> Result<PageCopy<Vec<Drawing>>, DeskError> {
    let (_, row, pages) = set_copy(paper, number, sheet)?;
    if let Some(site) = unread_frames(&pages, &row)? {
        return Ok(PageCopy::Unread(site));
    }
    let drawings: Vec<Drawing> = (0..pages.count()).filter_map(|at| pages.drawing(at)).collect();
    let text = drawings.iter().map(|drawing| drawing.text.as_str()).collect::<Vec<_>>().join("\n");
    Ok(unread_text(paper, &row, &text).map_or(PageCopy::Good(drawings), PageCopy::Unread))
}

/// Sets the copy with this number.
fn set_copy(
    paper: &Released,
    number: u32,
    sheet: Sheet,
) -> Result<(PaperSource, Readings, Pages), DeskError> {
    let frozen = paper.page.as_ref().ok_or_else(|| {
        DeskError::Procedure(format!(
            "{} was released before papers had pages; open it as txt or html",
            reference(paper.id)
        ))
    })?;
    frozen.check(paper)?;
    let row = row(paper, number);
    let copy_line = sheet.copy_line.then(|| format!("Copy {number} of {}", reference(paper.id)));
    let source = PaperSource { copy_line, ..source(paper, sheet) };
    let pages = typeset(&source, &row).map_err(input)?;
    Ok((source, row, pages))
}

/// The readings of a copy, by site.
fn row(paper: &Released, number: u32) -> Readings {
    let symbols = chancery_code::symbols(&paper.key.copy_key(number), &paper.laws);
    let sites = paper.laws.entries().iter().map(|(site, _)| site.get());
    sites.zip(symbols).collect()
}

/// The first site that the finished frames show otherwise than its row.
fn unread_frames(pages: &Pages, row: &Readings) -> Result<Option<u32>, DeskError> {
    let geometry = pages.geometry().map_err(input)?;
    for line in geometry.body() {
        for three in line.words.windows(3) {
            let [left, word, right] = three else { continue };
            let (Some(site), true) = (word.site, word.reach > 0.0) else { continue };
            let shift = ((word.x0 - left.x1) - (right.x0 - word.x1)) / 2.0 / word.reach;
            let fits = match row.get(site) {
                Some(0) => (shift + 1.0).abs() < 0.05,
                Some(_) => (shift - 1.0).abs() < 0.05,
                None => shift.abs() < 0.05,
            };
            if !fits {
                return Ok(Some(site));
            }
        }
    }
    Ok(None)
}

/// The first site that a text shows otherwise than its row.
fn unread_text(paper: &Released, row: &Readings, text: &str) -> Option<u32> {
    let wrong = |site: &&chancery_text::extract::SiteReading| {
        site.observed.is_some() && site.observed != row.get(site.site)
    };
    let extraction = paper.reader.extract(text, &ReadOptions::default());
    extraction.sites.iter().find(wrong).map(|site| site.site)
}

/// The first site, of any channel, that a PDF shows otherwise than its row; a file that shows hardly any
/// of the sites that its frames bear fails at the first of them.
fn unread_pdf(
    paper: &Released,
    source: &PaperSource,
    row: &Readings,
    bytes: &[u8],
    pages: &Pages,
) -> Result<Option<u32>, DeskError> {
    let found = read_pdf(bytes).map_err(input)?;
    if let Some(site) = unread_text(paper, row, &found.text) {
        return Ok(Some(site));
    }
    let read = shifts(source, row, &found, |_| true).map_err(input)?;
    let says = |site: &chancery_page::SiteShift| u8::from(site.value > 0.0);
    if let Some(site) = read.iter().find(|site| Some(says(site)) != row.get(site.site)) {
        return Ok(Some(site.site));
    }
    let geometry = pages.geometry().map_err(input)?;
    let words = geometry.body().flat_map(|line| &line.words);
    let marked: Vec<u32> = words
        .filter(|word| word.reach > 0.0)
        .filter_map(|word| word.site)
        .filter(|site| row.get(*site).is_some())
        .collect();
    let enough = read.len() * 10 >= marked.len() * 9;
    Ok(if enough { None } else { marked.first().copied() })
}

fn input(error: impl std::fmt::Display) -> DeskError {
    DeskError::Input(error.to_string())
}

/// A layout site that was read in a leak.
#[derive(Clone, Debug)]
pub(crate) struct LayoutReading {
    pub(crate) evidence: SiteEvidence,
    /// The word, in bytes of the leak's text.
    pub(crate) span: Range<usize>,
}

/// Reads a paper's layout sites in a PDF, inside the passages that are its own.
///
/// The reference is set from the wording that was read. What does not read says nothing: a paper that
/// cannot be set, or was set by another engine, has no layout evidence.
pub(crate) fn layout_of(
    paper: &Released,
    extraction: &Extraction,
    found: &PdfText,
    erased: &[Range<usize>],
) -> Vec<LayoutReading> {
    let Some(frozen) = &paper.page else { return Vec::new() };
    if frozen.words == 0 || frozen.check(paper).is_err() {
        return Vec::new();
    }
    let read: BTreeMap<u32, u8> =
        extraction.sites.iter().filter_map(|s| Some((s.site, s.observed?))).collect();
    let inside = |span: &Range<usize>| {
        let within = |p: &Range<usize>| p.start <= span.start && span.end <= p.end;
        let meets = |p: &Range<usize>| p.start < span.end && span.start < p.end;
        extraction.passages.iter().any(within) && !erased.iter().any(meets)
    };
    let sites = shifts(&bare(paper), &read.into_iter().collect(), found, inside);
    let reading = |shift: chancery_page::SiteShift| {
        let site = SiteId::new(shift.site)?;
        let span = found.spans.get(shift.word)?.clone();
        let evidence = SiteEvidence::from_likelihoods(site, &shift.likelihoods);
        paper.laws.get(site).map(|_| LayoutReading { evidence, span })
    };
    sites.unwrap_or_default().into_iter().filter_map(reading).collect()
}

#[cfg(test)]
mod tests {
    use chancery_text::build::Choice;

    use super::*;
    use crate::freeze::LeakFile;
    use crate::{Archive, CableRecord, Clock, Finders, Request, Traced};

    thread_local! {
        pub(super) static ANOTHER: std::cell::Cell<Option<&'static str>> =
            const { std::cell::Cell::new(None) };
    }

    const TEXT: &str = "The delegation arrived prior to the meeting, and it began to press for additional assistance regarding the harbour. However, the well-known Minister replied “not before winter”, that the present arrangements were adequate for now, and that the pilots’ yard would stay open until the ice comes down the river again.";

    async fn house(choice: &Choice) -> (tempfile::TempDir, Archive) {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::init(&folder.path().join("a"), Clock::System).await.unwrap();
        let paragraphs: Vec<String> = (0..4).map(|at| format!("In part {at}: {TEXT}")).collect();
        let cable = serde_json::json!({"id": "x", "paragraphs": paragraphs});
        let cable: CableRecord = serde_json::from_value(cable).unwrap();
        let finders = Finders::embedded();
        archive.import_exercise(&[cable], 5, choice, &finders, |_, _| {}).await.unwrap();
        (folder, archive)
    }

    async fn released(choice: &Choice) -> (tempfile::TempDir, Released) {
        let (folder, archive) = house(choice).await;
        let mut tx = archive.store.begin().await.unwrap();
        let row = archive.find_paper(&mut tx, "x").await.unwrap();
        let paper = archive.released(&mut tx, row).await.unwrap();
        (folder, paper)
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_page_that_shows_another_row_is_noticed_in_its_frames_and_in_its_file() {
        let (_folder, paper) = released(&Choice::default()).await;
        let source = source(&paper, Sheet::default());
        let own = row(&paper, 1);
        let pages = typeset(&source, &own).unwrap();
        let bytes = pages.pdf().unwrap();
        assert_eq!(unread_frames(&pages, &own).unwrap(), None);
        assert_eq!(unread_pdf(&paper, &source, &own, &bytes, &pages).unwrap(), None);
        // Control: one reading changed, of each channel that the page bears.
        for channel in [chancery_code::Channel::Characters, chancery_code::Channel::Layout] {
            let words = paper.laws.entries().iter().map(|(site, _)| *site);
            let sites: Vec<u32> =
                words.filter(|site| site.channel() == channel).map(SiteId::get).collect();
            let noticed = sites.iter().filter(|changed| {
                let other: Readings = own
                    .iter()
                    .map(|(s, r)| (s, if s == **changed { 1 - r.min(1) } else { r }))
                    .collect();
                let frames = unread_frames(&pages, &other).unwrap();
                frames == Some(**changed)
                    || unread_pdf(&paper, &source, &other, &bytes, &pages).unwrap()
                        == Some(**changed)
            });
            let (noticed, of) = (noticed.take(12).count(), sites.len());
            assert!(noticed == 12, "{channel:?}: {noticed} of {of}");
        }
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_paper_is_set_by_the_engine_of_its_release_or_not_at_all() {
        let (_folder, mut paper) = released(&Choice::default()).await;
        let copy = |paper: &Released| page_copy(paper, 1, Sheet::default(), Format::Pdf);
        let (one, two) = (copy(&paper).unwrap(), copy(&paper).unwrap());
        let (PageCopy::Good(one), PageCopy::Good(two)) = (one, two) else { panic!("unread") };
        assert_eq!(one, two, "the same bytes every time");
        let frozen = paper.page.clone().unwrap();
        paper.page = Some(FrozenPage { engine: "typst 0.0.0".into(), ..frozen });
        assert!(matches!(copy(&paper), Err(DeskError::Procedure(_))));
        paper.page = Some(FrozenPage { rule: frozen.rule + 1, ..frozen });
        assert!(matches!(copy(&paper), Err(DeskError::Procedure(_))));
        paper.page = None;
        assert!(matches!(copy(&paper), Err(DeskError::Procedure(_))));
    }

    /// The line is there for all to see, on every page, and changes nothing that is read.
    #[tokio::test(flavor = "current_thread")]
    async fn a_house_may_have_every_page_say_which_copy_it_is() {
        let (_folder, archive) = house(&Choice::default()).await;
        let reader = "r0003".parse().unwrap();
        let mut without = None;
        for copy_line in [false, true] {
            let rules =
                chancery_domain::House { copy_line, ..archive.house_rules().await.unwrap() };
            archive.set_house_rules(&rules, &"officer-a".parse().unwrap()).await.unwrap();
            let bytes = archive.open_copy("x", &reader, Format::Pdf).await.unwrap().bytes;
            let text = read_pdf(&bytes).unwrap();
            let lines = text.text.matches(" of P1").count();
            assert_eq!(lines, if copy_line { text.geometry.pages.len() } else { 0 });
            let leaks = vec![LeakFile { name: "leak".into(), bytes }];
            let request = Request { leaks, papers: Vec::new(), alpha: 1e-6, include_author: false };
            let Traced::Done(finding) = archive.trace(request, None).await.unwrap() else {
                panic!("an exercise approves by itself");
            };
            let sites = finding.papers[0].sites;
            assert_eq!(*without.get_or_insert(sites), sites);
        }
    }

    /// Found by its words, said to be unread, and never "from no paper".
    #[tokio::test(flavor = "current_thread")]
    async fn a_page_that_another_version_has_set_is_known_and_not_read() {
        ANOTHER.set(Some("typst 0.0.0"));
        let (_folder, archive) = house(&Choice::default()).await;
        let reader = "r0003".parse().unwrap();
        let picture = archive.open_copy("x", &reader, Format::Png).await.unwrap().bytes;
        let pdf = archive.open_copy("x", &reader, Format::Pdf).await.unwrap().bytes;
        for (another, unset) in [(Some("typst 0.0.0"), &[][..]), (None, &["P1"][..])] {
            ANOTHER.set(another);
            for bytes in [&picture, &pdf] {
                let leaks = vec![LeakFile { name: "leak".into(), bytes: bytes.clone() }];
                let request =
                    Request { leaks, papers: Vec::new(), alpha: 1e-6, include_author: false };
                let Traced::Done(finding) = archive.trace(request, None).await.unwrap() else {
                    panic!("an exercise approves by itself");
                };
                assert_eq!(finding.leaks[0].unset, unset, "{}", finding.statement);
                assert_eq!(finding.statement.contains("another version"), !unset.is_empty());
                let read: usize = finding.papers.iter().map(|p| p.sites.layout.read).sum();
                assert_eq!(read == 0, !unset.is_empty());
            }
        }
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_paper_without_the_layout_channel_has_the_same_text_sites() {
        let without = Choice { layout: false, ..Choice::default() };
        let (_folder, with) = released(&Choice::default()).await;
        let (_other, without) = released(&without).await;
        let text = |paper: &Released| {
            let sites = paper.laws.entries().iter().map(|(site, _)| site.get());
            sites.filter(|site| *site < chancery_page::WORDS_BASE).collect::<Vec<_>>()
        };
        assert_eq!(text(&with), text(&without));
        assert!(with.laws.len() > text(&with).len() + 50);
        assert_eq!(without.laws.len(), text(&without).len());
    }
}
