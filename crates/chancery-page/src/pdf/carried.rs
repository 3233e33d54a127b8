//! What a file shows, as the bytes that travel from the process that read it to the one that asked.
//!
//! Numbers are little endian. The reader of the bytes believes nothing: it may be given what an attacker
//! made of the other process.

use std::ops::Range;

use super::{
    Foreign, MAX_GLYPHS, MAX_PAGE_PIXELS, MAX_PAGES, MAX_PICTURES, PagePicture, PdfError, PdfText,
    SIDES,
};
use crate::geometry::{Line, Page, Word};
use crate::pages::Grey;

/// First bytes.
const MAGIC: &[u8; 8] = b"chpdf001";

impl Foreign {
    /// As bytes for another process.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Out(MAGIC.to_vec());
        out.bytes(self.text.text.as_bytes());
        out.bytes(self.hidden.as_bytes());
        let mut spans = self.text.spans.iter();
        out.count(self.text.geometry.pages.len());
        for page in &self.text.geometry.pages {
            out.number(page.width);
            out.number(page.height);
            out.count(page.lines.len());
            for line in &page.lines {
                out.number(line.baseline);
                out.number(line.size);
                out.count(line.words.len());
                for (word, span) in line.words.iter().zip(&mut spans) {
                    out.number(word.x0);
                    out.number(word.x1);
                    out.count(span.start);
                    out.count(span.end);
                }
            }
        }
        out.count(self.pictures.len());
        for picture in &self.pictures {
            out.count(picture.page);
            out.count(picture.grey.width);
            out.count(picture.grey.height);
            out.0.extend_from_slice(&picture.grey.pixels);
        }
        out.0
    }

    /// Reads what [`Foreign::to_bytes`] wrote.
    ///
    /// # Errors
    /// For anything else, and for what no file within the limits shows.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PdfError> {
        read(bytes).ok_or(PdfError::Damaged)
    }
}

struct Out(Vec<u8>);

impl Out {
    fn count(&mut self, count: usize) {
        // Files are below 4 GB, and so is all that is counted in them.
        self.0.extend(u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
    }

    fn number(&mut self, number: f64) {
        self.0.extend(number.to_le_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.0.extend_from_slice(bytes);
    }
}

/// What is left to be read.
struct In<'a>(&'a [u8]);

impl<'a> In<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(count)?;
        self.0 = tail;
        Some(head)
    }

    fn count(&mut self, most: usize) -> Option<usize> {
        let number = u32::from_le_bytes(self.take(4)?.try_into().ok()?);
        usize::try_from(number).ok().filter(|count| *count <= most)
    }

    fn number(&mut self) -> Option<f64> {
        let number = f64::from_le_bytes(self.take(8)?.try_into().ok()?);
        number.is_finite().then_some(number)
    }

    fn text(&mut self) -> Option<String> {
        let count = self.count(self.0.len())?;
        String::from_utf8(self.take(count)?.to_vec()).ok()
    }
}

fn read(bytes: &[u8]) -> Option<Foreign> {
    let mut rest = In(bytes.strip_prefix(MAGIC)?);
    let (text, hidden) = (rest.text()?, rest.text()?);
    let mut out =
        Foreign { text: PdfText { text, ..PdfText::default() }, hidden, ..Foreign::default() };
    let mut room = MAX_GLYPHS;
    for _ in 0..rest.count(MAX_PAGES)? {
        let (width, height) = (rest.number()?, rest.number()?);
        let mut lines = Vec::new();
        for _ in 0..rest.count(room)? {
            let (baseline, size) = (rest.number()?, rest.number()?);
            let mut words = Vec::new();
            for _ in 0..rest.count(room)? {
                room = room.checked_sub(1)?;
                words.push(word(&mut rest, &mut out.text)?);
            }
            lines.push(Line { paragraph: None, baseline, size, words });
        }
        out.text.geometry.pages.push(Page { width, height, lines });
    }
    let pages = out.text.geometry.pages.len();
    for _ in 0..rest.count(MAX_PICTURES)? {
        let page = rest.count(pages)?;
        let after = out.pictures.last().map_or(0, |before| before.page);
        let (longest, shortest) = SIDES;
        let (width, height) = (rest.count(longest)?, rest.count(longest)?);
        let pixels = width * height;
        if page <= after || width.min(height) < shortest || pixels > MAX_PAGE_PIXELS {
            return None;
        }
        let grey = Grey { width, height, pixels: rest.take(pixels)?.to_vec() };
        out.pictures.push(PagePicture { page, grey });
    }
    rest.0.is_empty().then_some(out)
}

/// A word and its place in the text, behind all words before it.
fn word(rest: &mut In<'_>, into: &mut PdfText) -> Option<Word> {
    let (x0, x1) = (rest.number()?, rest.number()?);
    let span: Range<usize> = rest.count(usize::MAX)?..rest.count(usize::MAX)?;
    let before = into.spans.last().map_or(0, |span| span.end);
    let text = into.text.get(span.clone()).filter(|text| !text.is_empty())?.to_owned();
    if span.start < before {
        return None;
    }
    into.spans.push(span);
    Some(Word { text, x0, x1, ink0: x0, ink1: x1, site: None, reach: 0.0 })
}
