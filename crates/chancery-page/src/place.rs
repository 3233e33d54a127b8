//! Finding the words of a paper in finished frames.
//!
//! The letters of each paragraph are met again, in order, in the text items that the typesetter made of
//! it; blanks that went at the ends of lines are passed over. A paragraph that does not come out as it
//! went in is an error and never a guess.

use typst::text::{Glyph, TextItem};
use typst_layout::PagedDocument;

use crate::frames::{Found, text_items};
use crate::geometry::{Geometry, Line, Page, Word, shift};
use crate::source::PageError;
use crate::words::SetParagraph;

/// Lines of one paragraph are at least this far apart.
const SAME_BASELINE: f64 = 0.05;

/// A word of a line, and where it stands among the text items.
#[derive(Clone, Debug)]
pub(crate) struct Spot {
    /// Position of the word in its paragraph.
    pub(crate) word: Option<usize>,
    pub(crate) text: String,
    pub(crate) x0: f64,
    pub(crate) x1: f64,
    /// Number of the text item, if it stands in one alone.
    item: Option<usize>,
    /// Its glyphs there.
    glyphs: std::ops::Range<usize>,
    pub(crate) mark: Option<Mark>,
    pub(crate) site: Option<u32>,
}

/// What has to be changed to move a word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    /// Number of the text item.
    pub(crate) item: usize,
    /// The blank before the word.
    pub(crate) before: usize,
    /// The blank after it.
    pub(crate) after: usize,
    /// How far the word goes either way, in points.
    pub(crate) reach: f64,
}

/// A line as it was found.
#[derive(Clone, Debug)]
pub(crate) struct SpotLine {
    pub(crate) page: usize,
    pub(crate) paragraph: Option<usize>,
    pub(crate) baseline: f64,
    pub(crate) size: f64,
    pub(crate) spots: Vec<Spot>,
}

/// The letters of a paragraph that each character of a text item is.
pub(crate) struct Meeting {
    /// For each character of the item: byte offset and letter.
    pub(crate) letters: Vec<(usize, usize)>,
}

/// Walks a document and finds every line; the second value holds, for each text item of a paragraph's
/// own text, which letters it shows.
pub(crate) fn place(
    document: &PagedDocument,
    set: &[SetParagraph],
) -> Result<(Vec<SpotLine>, Vec<Option<Meeting>>), PageError> {
    let found = text_items(document);
    let mut next = vec![0_usize; set.len()];
    let mut lines: Vec<SpotLine> = Vec::new();
    let mut meetings = Vec::with_capacity(found.len());
    for (number, found) in found.iter().enumerate() {
        let paragraph = found.inside.text().filter(|p| *p < set.len());
        let meeting = match paragraph {
            Some(p) => Some(meet(&found.item.text, &set[p], &mut next[p], p)?),
            None => None,
        };
        let line = line_of(&mut lines, found, paragraph);
        match (paragraph, &meeting) {
            (Some(p), Some(meeting)) => words(line, found, number, &set[p], meeting),
            _ => plain_words(line, found, number),
        }
        meetings.push(meeting);
    }
    for (paragraph, (set, next)) in set.iter().zip(&next).enumerate() {
        if set.letters[*next..].iter().any(|letter| !letter.set.is_whitespace()) {
            return Err(PageError::Lost { paragraph: paragraph + 1 });
        }
    }
    for line in &mut lines {
        mark(line, &found);
    }
    Ok((lines, meetings))
}

fn meet(
    text: &str,
    set: &SetParagraph,
    next: &mut usize,
    paragraph: usize,
) -> Result<Meeting, PageError> {
    let mut letters = Vec::with_capacity(text.len());
    for (byte, c) in text.char_indices() {
        loop {
            let lost = PageError::Lost { paragraph: paragraph + 1 };
            let letter = set.letters.get(*next).ok_or_else(|| lost.clone())?;
            if letter.set == c || letter.copied == c {
                letters.push((byte, *next));
                *next += 1;
                break;
            }
            if !letter.set.is_whitespace() {
                return Err(lost);
            }
            *next += 1;
        }
    }
    Ok(Meeting { letters })
}

fn line_of<'a>(
    lines: &'a mut Vec<SpotLine>,
    found: &Found<'_>,
    paragraph: Option<usize>,
) -> &'a mut SpotLine {
    let baseline = found.at.y.to_pt();
    let same = lines.last().is_some_and(|line| {
        line.page == found.page
            && line.paragraph == paragraph
            && (line.baseline - baseline).abs() < SAME_BASELINE
    });
    if !same {
        let size = found.item.size.to_pt();
        lines.push(SpotLine { page: found.page, paragraph, baseline, size, spots: Vec::new() });
    }
    lines.last_mut().expect("a line was just pushed")
}

/// Pen positions before and after each glyph, in points.
fn pens(found: &Found<'_>) -> Vec<f64> {
    let mut pen = found.at.x.to_pt();
    let advances =
        found.item.glyphs.iter().map(|glyph| glyph.x_advance.at(found.item.size).to_pt());
    let mut out = vec![pen];
    out.extend(advances.map(|advance| {
        pen += advance;
        pen
    }));
    out
}

fn words(
    line: &mut SpotLine,
    found: &Found<'_>,
    number: usize,
    set: &SetParagraph,
    meeting: &Meeting,
) {
    let pens = pens(found);
    for (at, glyph) in found.item.glyphs.iter().enumerate() {
        let from = glyph.range().start;
        let Ok(met) = meeting.letters.binary_search_by_key(&from, |(byte, _)| *byte) else {
            continue;
        };
        let letter = meeting.letters[met].1;
        let after = set.words.partition_point(|word| word.letters.end <= letter);
        let Some(word) = set.words.get(after).filter(|word| word.letters.contains(&letter)) else {
            continue;
        };
        let cluster = at > 0 && found.item.glyphs[at - 1].range == glyph.range;
        let shown = if cluster { String::new() } else { shown(glyph, meeting, set) };
        match line.spots.last_mut().filter(|spot| spot.word == Some(after)) {
            Some(spot) => {
                spot.text.push_str(&shown);
                spot.x1 = pens[at + 1];
                spot.glyphs.end = at + 1;
                if spot.item != Some(number) {
                    spot.item = None;
                }
            }
            None => line.spots.push(Spot {
                word: Some(after),
                text: shown,
                x0: pens[at],
                x1: pens[at + 1],
                item: Some(number),
                glyphs: at..at + 1,
                mark: None,
                site: word.site,
            }),
        }
    }
}

/// What a glyph shows, as it was set.
fn shown(glyph: &Glyph, meeting: &Meeting, set: &SetParagraph) -> String {
    let of = glyph.range();
    let from = meeting.letters.partition_point(|(byte, _)| *byte < of.start);
    let letters = meeting.letters[from..].iter().take_while(|(byte, _)| *byte < of.end);
    letters.map(|(_, letter)| set.letters[*letter].set).collect()
}

/// Words of text that belongs to no paragraph.
fn plain_words(line: &mut SpotLine, found: &Found<'_>, number: usize) {
    let pens = pens(found);
    let mut open = false;
    for (at, glyph) in found.item.glyphs.iter().enumerate() {
        let shown = &found.item.text[glyph.range()];
        if shown.trim().is_empty() {
            open = false;
            continue;
        }
        match line.spots.last_mut().filter(|_| open) {
            Some(spot) => {
                spot.text.push_str(shown);
                spot.x1 = pens[at + 1];
                spot.glyphs.end = at + 1;
            }
            None => line.spots.push(Spot {
                word: None,
                text: shown.to_owned(),
                x0: pens[at],
                x1: pens[at + 1],
                item: Some(number),
                glyphs: at..at + 1,
                mark: None,
                site: None,
            }),
        }
        open = true;
    }
}

/// Says which sites of a line can be moved: those with a blank and a word on either side.
///
/// The gap is the mean of both sides, so a line that is marked already tells the same.
fn mark(line: &mut SpotLine, found: &[Found<'_>]) {
    for at in 1..line.spots.len().saturating_sub(1) {
        let (left, spot, right) = (&line.spots[at - 1], &line.spots[at], &line.spots[at + 1]);
        let (Some(_), Some(item)) = (spot.site, spot.item) else { continue };
        let blank = |glyph: usize| {
            let item = found[item].item;
            item.glyphs.get(glyph).is_some_and(|g| item.text[g.range()].trim().is_empty())
        };
        let (before, after) = (spot.glyphs.start.checked_sub(1), spot.glyphs.end);
        let Some(before) = before.filter(|before| blank(*before) && blank(after)) else { continue };
        let reach = shift((spot.x0 - left.x1 + right.x0 - spot.x1) / 2.0);
        if reach > 0.0 {
            line.spots[at].mark = Some(Mark { item, before, after, reach });
        }
    }
}

/// The geometry of lines that were found in a document.
pub(crate) fn geometry(document: &PagedDocument, lines: &[SpotLine]) -> Geometry {
    let found = text_items(document);
    let pages = document.pages().iter().enumerate().map(|(number, page)| Page {
        width: page.frame.width().to_pt(),
        height: page.frame.height().to_pt(),
        lines: lines.iter().filter(|line| line.page == number).map(|l| line(l, &found)).collect(),
    });
    Geometry { pages: pages.collect() }
}

fn line(line: &SpotLine, found: &[Found<'_>]) -> Line {
    let words = line.spots.iter().map(|spot| {
        let (ink0, ink1) = ink(spot, found).unwrap_or((spot.x0, spot.x1));
        Word {
            text: spot.text.clone(),
            x0: spot.x0,
            x1: spot.x1,
            ink0,
            ink1,
            site: spot.site,
            reach: spot.mark.map_or(0.0, |mark| mark.reach),
        }
    });
    Line {
        paragraph: line.paragraph.and_then(|p| u32::try_from(p).ok()),
        baseline: line.baseline,
        size: line.size,
        words: words.collect(),
    }
}

/// Left and right edge of a word's ink.
fn ink(spot: &Spot, found: &[Found<'_>]) -> Option<(f64, f64)> {
    let item: &TextItem = found.get(spot.item?)?.item;
    let edge = |glyph: usize| {
        let glyph = item.glyphs.get(glyph)?;
        let bounds = item.font.ttf().glyph_bounding_box(ttf_parser::GlyphId(glyph.id))?;
        let pt = |units: i16| item.font.to_em(units).at(item.size).to_pt();
        let advance = glyph.x_advance.at(item.size).to_pt();
        Some((pt(bounds.x_min), advance - pt(bounds.x_max)))
    };
    let (left, right) = (edge(spot.glyphs.start)?.0, edge(spot.glyphs.end.checked_sub(1)?)?.1);
    Some((spot.x0 + left, spot.x1 - right))
}
