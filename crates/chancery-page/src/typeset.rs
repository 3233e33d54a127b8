//! From a paper and the readings of a copy to finished pages.
//!
//! The typesetter sees the copy's own wording and breaks its lines as it likes. Marks are made afterwards,
//! in the finished frames: a word moves by widening the blank on one side and narrowing the one on the
//! other, so lines, pages and tags stay as they were.

use std::collections::BTreeMap;

use typst::layout::Em;
use typst::model::Document;
use typst::text::TextItem;
use typst_layout::PagedDocument;

use crate::frames::{exchange, text_items};
use crate::pages::Pages;
use crate::place::{Mark, Meeting, place};
use crate::source::{PageError, PaperSource, Readings};
use crate::words::{SetParagraph, set_all};
use crate::world::{Desk, has};

/// Layouts older than this many papers are forgotten by the typesetter.
const REMEMBERED: usize = 2;

/// Sets a paper as the copy with these readings. Sites without a reading are not marked.
///
/// # Errors
/// When the paper is too long, holds what the page's fonts do not have, or does not come out as it went in.
pub fn typeset(paper: &PaperSource, readings: &Readings) -> Result<Pages, PageError> {
    paper.check(has)?;
    let (set, _) = set_all(&paper.paragraphs, readings);
    let world = Desk::new(paper, &set);
    let output = typst::compile::<PagedDocument>(&world).output;
    typst::comemo::evict(REMEMBERED);
    let document = output.map_err(|errors| {
        let messages = errors.iter().map(|e| e.message.to_string());
        PageError::Typesetter(messages.collect::<Vec<_>>().join("; "))
    })?;
    let (lines, meetings) = place(&document, &set)?;
    let marks = lines
        .iter()
        .flat_map(|line| &line.spots)
        .filter_map(|spot| Some((spot.mark?, readings.get(spot.site?)?)));
    let mut edits: BTreeMap<usize, Vec<(Mark, u8)>> = BTreeMap::new();
    for (mark, reading) in marks {
        edits.entry(mark.item).or_default().push((mark, reading));
    }
    let found = text_items(&document);
    let mut items: BTreeMap<usize, TextItem> = BTreeMap::new();
    for (number, (found, meeting)) in found.iter().zip(&meetings).enumerate() {
        let (Some(meeting), Some(paragraph)) = (meeting, found.inside.text()) else { continue };
        let marks = edits.remove(&number).unwrap_or_default();
        let spoken = copied(found.item, meeting, &set[paragraph]);
        if marks.is_empty() && spoken.is_none() {
            continue;
        }
        let mut item = spoken.unwrap_or_else(|| found.item.clone());
        for (mark, reading) in marks {
            move_word(&mut item, mark, reading);
        }
        items.insert(number, item);
    }
    let document = exchange(&document, &items, document.info().clone());
    Ok(Pages::new(document, set, paper.identity.clone()))
}

/// Reading 0 goes to the left, any other to the right.
fn move_word(item: &mut TextItem, mark: Mark, reading: u8) {
    let shift = if reading == 0 { -mark.reach } else { mark.reach };
    let shift = Em::new(shift / item.size.to_pt());
    for (glyph, by) in [(mark.before, shift), (mark.after, -shift)] {
        if let Some(glyph) = item.glyphs.get_mut(glyph) {
            glyph.x_advance += by;
        }
    }
}

/// The text item as it is copied out, if that differs from what is set. What is seen stays: a kind of
/// blank has a glyph of its own, of the width of the one that was set.
fn copied(item: &TextItem, meeting: &Meeting, set: &SetParagraph) -> Option<TextItem> {
    let differs = |(_, letter): &(usize, usize)| {
        let letter = set.letters[*letter];
        letter.set != letter.copied
    };
    if !meeting.letters.iter().any(differs) {
        return None;
    }
    let mut text = String::with_capacity(item.text.len() + 16);
    let mut moved = BTreeMap::new();
    for (byte, letter) in &meeting.letters {
        moved.insert(*byte, text.len());
        text.push(set.letters[*letter].copied);
    }
    moved.insert(item.text.len(), text.len());
    let offset = |byte: u16| {
        let at = moved.range(..=usize::from(byte)).next_back().map_or(0, |(_, new)| *new);
        u16::try_from(at).ok()
    };
    let mut out = item.clone();
    for glyph in &mut out.glyphs {
        glyph.range = offset(glyph.range.start)?..offset(glyph.range.end)?;
        let shown = &text[glyph.range()];
        let mut chars = shown.chars();
        if let (Some(c), None) = (chars.next(), chars.next())
            && c != ' '
            && c.is_whitespace()
            && let Some(own) = out.font.ttf().glyph_index(c)
        {
            glyph.id = own.0;
        }
    }
    out.text = text.into();
    Some(out)
}
