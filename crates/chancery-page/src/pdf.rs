//! Words and where they stand, out of a PDF that came from outside.
//!
//! Nothing is rasterised. Whoever reads a foreign file reads what an attacker wrote: sizes are counted
//! before anything is unpacked, and a file that goes beyond a limit is refused as a whole.

use std::ops::Range;

use hayro_interpret::font::Glyph;
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::util::TransformExt;
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, GlyphDrawMode, Image, InterpreterCache,
    InterpreterSettings, Paint, PathDrawMode, SoftMask, interpret_page,
};
use hayro_syntax::Pdf;
use kurbo::{Affine, BezPath, Point, Rect};

use crate::geometry::{Geometry, Line, Page, Word};

/// Largest file, in bytes.
pub const MAX_FILE: usize = 64 << 20;
/// Most pages.
pub const MAX_PAGES: usize = 500;
/// Most objects.
pub const MAX_OBJECTS: usize = 200_000;
/// Most bytes of all packed streams together, once unpacked.
pub const MAX_UNPACKED: usize = 256 << 20;
/// Most glyphs.
pub const MAX_GLYPHS: usize = 2_000_000;
/// What deflate can make of one byte at most.
const MOST_PER_BYTE: usize = 1_032;
/// How far before a stream its dictionary is looked for.
const DICTIONARY: usize = 2_048;
/// A gap wider than this part of the type's size parts words.
const WORD_GAP: f64 = 0.16;
/// Glyphs whose baselines differ by more than this part of the type's size stand in two lines.
const SAME_LINE: f64 = 0.25;
/// Lines further apart than this part of the type's size belong to two paragraphs.
const SAME_PARAGRAPH: f64 = 1.5;

/// Why a PDF is not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PdfError {
    /// Beyond a limit.
    #[error(
        "the PDF has {found} {what}, and at most {most} are read; cut it to the pages in question"
    )]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// How much, or where counting stopped.
        found: usize,
        /// How much there may be.
        most: usize,
    },
    /// Encrypted.
    #[error("the PDF is encrypted; save it again without a password")]
    Encrypted,
    /// No PDF, or too badly damaged.
    #[error("the PDF cannot be read; print it to a new PDF, or give its text or a picture of it")]
    Damaged,
}

/// What a PDF says, and where.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PdfText {
    /// Pages, lines and words; no line belongs to a paragraph and no word is a site.
    pub geometry: Geometry,
    /// The text, lines joined by blanks, paragraphs by empty lines. Kinds of blanks within lines stay.
    pub text: String,
    /// Where each word of the geometry, in order, stands in the text, in bytes.
    pub spans: Vec<Range<usize>>,
}

/// Whether bytes are a PDF by their beginning.
#[must_use]
pub fn is_pdf(bytes: &[u8]) -> bool {
    bytes.get(..1024.min(bytes.len())).is_some_and(|head| head.windows(5).any(|w| w == b"%PDF-"))
}

/// Reads the text of a PDF with positions.
///
/// # Errors
/// For files that are beyond a limit, encrypted or damaged.
pub fn read_pdf(bytes: &[u8]) -> Result<PdfText, PdfError> {
    at_most("bytes", bytes.len(), MAX_FILE)?;
    if !is_pdf(bytes) {
        return Err(PdfError::Damaged);
    }
    unpacked(bytes)?;
    let pdf = Pdf::new(bytes.to_vec()).map_err(|error| match error {
        hayro_syntax::LoadPdfError::Decryption(_) => PdfError::Encrypted,
        hayro_syntax::LoadPdfError::Invalid => PdfError::Damaged,
    })?;
    at_most("objects", pdf.len(), MAX_OBJECTS)?;
    at_most("pages", pdf.pages().len(), MAX_PAGES)?;
    let cache = InterpreterCache::new();
    let mut left = MAX_GLYPHS;
    let mut out = PdfText::default();
    for page in pdf.pages().iter() {
        let (width, height) = page.render_dimensions();
        let (width, height) = (f64::from(width), f64::from(height));
        let mut device = Reader { glyphs: Vec::new(), left };
        let settings = InterpreterSettings { render_annotations: false, ..Default::default() };
        let mut context = Context::new(
            page.initial_transform(true).to_kurbo(),
            Rect::new(0.0, 0.0, width, height),
            &cache,
            page.xref(),
            settings,
        );
        interpret_page(page, &mut context, &mut device);
        left = device.left;
        if left == 0 {
            return Err(PdfError::TooLarge { what: "glyphs", found: MAX_GLYPHS, most: MAX_GLYPHS });
        }
        out.add(width, height, &device.glyphs);
    }
    Ok(out)
}

fn at_most(what: &'static str, found: usize, most: usize) -> Result<(), PdfError> {
    if found > most { Err(PdfError::TooLarge { what, found, most }) } else { Ok(()) }
}

/// Counts what the packed streams of a file unpack to. A stream that does not unpack counts as much as
/// its length could hold.
fn unpacked(bytes: &[u8]) -> Result<(), PdfError> {
    const STREAM: &[u8] = b"stream";
    let mut total = 0_usize;
    let mut from = 0;
    while let Some(found) = position(&bytes[from..], STREAM) {
        let at = from + found;
        from = at + STREAM.len();
        if bytes[..at].ends_with(b"end") {
            continue;
        }
        let dictionary = &bytes[at.saturating_sub(DICTIONARY)..at];
        let packed = [b"Flate".as_slice(), b"/Fl", b"LZW"];
        if !packed.iter().any(|name| position(dictionary, name).is_some()) {
            continue;
        }
        let data = &bytes[from..];
        let data = data.strip_prefix(b"\r\n").or_else(|| data.strip_prefix(b"\n")).unwrap_or(data);
        let data = &data[..position(data, b"endstream").unwrap_or(data.len())];
        let room = MAX_UNPACKED - total;
        let size = match miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(data, room) {
            Ok(unpacked) => unpacked.len(),
            Err(error) if error.status == miniz_oxide::inflate::TINFLStatus::HasMoreOutput => {
                room + 1
            }
            Err(_) => data.len().saturating_mul(MOST_PER_BYTE),
        };
        total = total.saturating_add(size);
        at_most("bytes in packed streams", total, MAX_UNPACKED)?;
    }
    Ok(())
}

fn position(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// A glyph on a page.
struct Seen {
    text: String,
    x0: f64,
    x1: f64,
    baseline: f64,
    size: f64,
}

/// Takes glyphs and draws nothing.
struct Reader {
    glyphs: Vec<Seen>,
    left: usize,
}

impl<'a> Device<'a> for Reader {
    fn set_soft_mask(&mut self, _: Option<SoftMask<'a>>) {}
    fn set_blend_mode(&mut self, _: BlendMode) {}
    fn draw_path(&mut self, _: &BezPath, _: Affine, _: &Paint<'a>, _: &PathDrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'a, '_>, _: Affine) {}
    fn pop_clip_path(&mut self) {}
    fn pop_transparency_group(&mut self) {}

    fn draw_glyph(
        &mut self,
        glyph: &Glyph<'a>,
        transform: Affine,
        glyph_transform: Affine,
        _: &Paint<'a>,
        _: &GlyphDrawMode,
    ) {
        self.left = self.left.saturating_sub(1);
        let Glyph::Outline(outline) = glyph else { return };
        if self.left == 0 {
            return;
        }
        let text = match glyph.as_unicode() {
            Some(BfString::Char(c)) => c.to_string(),
            Some(BfString::String(text)) => text,
            None => return,
        };
        let whole = transform * glyph_transform;
        let begin = whole * Point::ORIGIN;
        let end = whole * Point::new(f64::from(outline.advance_width().unwrap_or(0.0)), 0.0);
        let up = whole * Point::new(0.0, 1000.0);
        let size = (begin.y - up.y).abs();
        let level = (begin.y - end.y).abs() <= 0.01 * size;
        let finite = [begin.x, begin.y, end.x, size].iter().all(|v| v.is_finite());
        // Text that stands on its side or runs backwards carries no marks.
        if level && finite && size > 0.0 && end.x >= begin.x {
            self.glyphs.push(Seen { text, x0: begin.x, x1: end.x, baseline: begin.y, size });
        }
    }
}

impl PdfText {
    fn add(&mut self, width: f64, height: f64, glyphs: &[Seen]) {
        let mut lines: Vec<Line> = Vec::new();
        let mut blank = String::new();
        let mut before: Option<&Seen> = None;
        for seen in glyphs {
            let is_blank = seen.text.chars().all(char::is_whitespace);
            let same_line = before.is_some_and(|b| {
                (b.baseline - seen.baseline).abs() <= SAME_LINE * seen.size
                    && seen.x0 >= b.x1 - seen.size
            });
            let touches = same_line
                && blank.is_empty()
                && before.is_some_and(|b| seen.x0 - b.x1 <= WORD_GAP * seen.size);
            before = Some(seen);
            if is_blank {
                if same_line {
                    blank.push_str(&seen.text);
                }
                continue;
            }
            match lines.last_mut().filter(|_| same_line) {
                Some(line) => {
                    match line.words.last_mut().filter(|_| touches) {
                        Some(word) => {
                            word.text.push_str(&seen.text);
                            (word.x1, word.ink1) = (seen.x1, seen.x1);
                            self.text.push_str(&seen.text);
                            if let Some(span) = self.spans.last_mut() {
                                span.end = self.text.len();
                            }
                            continue;
                        }
                        None => self.text.push_str(if blank.is_empty() { " " } else { &blank }),
                    }
                    blank.clear();
                    line.words.push(word(seen));
                }
                None => {
                    blank.clear();
                    let near = lines.last().is_some_and(|line| {
                        let step = seen.baseline - line.baseline;
                        step > 0.0 && step <= SAME_PARAGRAPH * seen.size
                    });
                    if !self.text.is_empty() {
                        self.text.push_str(if near { " " } else { "\n\n" });
                    }
                    lines.push(Line {
                        paragraph: None,
                        baseline: seen.baseline,
                        size: seen.size,
                        words: vec![word(seen)],
                    });
                }
            }
            let start = self.text.len();
            self.text.push_str(&seen.text);
            self.spans.push(start..self.text.len());
        }
        self.geometry.pages.push(Page { width, height, lines });
    }
}

fn word(seen: &Seen) -> Word {
    Word {
        text: seen.text.clone(),
        x0: seen.x0,
        x1: seen.x1,
        ink0: seen.x0,
        ink1: seen.x1,
        site: None,
        reach: 0.0,
    }
}
