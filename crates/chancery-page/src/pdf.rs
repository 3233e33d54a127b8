//! What a PDF from outside shows: words with their places, and pages that are pictures.
//!
//! Text is never rasterised. Whoever reads a foreign file reads what an attacker wrote: sizes are counted
//! before anything is unpacked, and a file that goes beyond a limit is refused as a whole. What counting
//! cannot see (forms that call each other, filters upon filters) costs time and memory, so callers run
//! [`read_foreign`] in a process with limits of its own, and [`Foreign::to_bytes`] carries the result home.

mod carried;
mod counted;
mod painted;

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
use crate::pages::Grey;

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
/// Most pages that are pictures.
pub const MAX_PICTURES: usize = 32;
/// Most pixels of a page that is a picture: a little more than A4 at 300 dpi. Larger pages are scaled down.
pub const MAX_PAGE_PIXELS: usize = 8_750_000;
/// Longest and shortest side of such a page, in pixels.
const SIDES: (usize, usize) = (20_000, 32);
/// Most pixels of a single picture in a file.
const MAX_PICTURE: u64 = 70_000_000;
/// Most pictures in a file.
const MAX_DRAWN: usize = 20_000;
/// Pixels of a page in a point, at most: 300 dpi.
const FINEST: f64 = 300.0 / 72.0;
/// A page is a picture when pictures cover this part of it...
const COVERED: f64 = 0.5;
/// ...and no more glyphs than this stand on it: a stamp or a number.
const STAMP: usize = 120;
/// A picture that covers less than this part of a page does not say how finely it was scanned.
const LEAST_PART: f64 = 0.05;
/// A glyph that says more than this many bytes counts as several.
const MOST_BYTES_OF_A_GLYPH: usize = 32;
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

/// A page that is a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PagePicture {
    /// Which page of the file it is, from 1.
    pub page: usize,
    /// The pictures on it; what is drawn or written over them is left out.
    pub grey: Grey,
}

/// What a file from outside shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Foreign {
    /// Words, but for those stamped on pages that are pictures.
    pub text: PdfText,
    /// Text that cannot be seen: what a program made out in a scan and laid under it.
    pub hidden: String,
    /// Pages that are pictures.
    pub pictures: Vec<PagePicture>,
}

/// Whether bytes are a PDF by their beginning.
#[must_use]
pub fn is_pdf(bytes: &[u8]) -> bool {
    bytes.get(..1024.min(bytes.len())).is_some_and(|head| head.windows(5).any(|w| w == b"%PDF-"))
}

/// Reads the text of a PDF with positions. Text that cannot be seen is none.
///
/// # Errors
/// For files that are beyond a limit, encrypted or damaged.
pub fn read_pdf(bytes: &[u8]) -> Result<PdfText, PdfError> {
    let pdf = open(bytes)?;
    let cache = InterpreterCache::new();
    let mut room = Room::default();
    let mut out = PdfText::default();
    for page in pdf.pages().iter() {
        let (width, height) = sides(page);
        out.add(width, height, &look(page, &cache, &mut room)?.glyphs);
    }
    Ok(out)
}

/// Reads what a PDF shows: its text with positions, and the pictures of pages that are nothing else.
///
/// The same file gives the same answer, bit for bit.
///
/// # Errors
/// For files that are beyond a limit, encrypted or damaged.
pub fn read_foreign(bytes: &[u8]) -> Result<Foreign, PdfError> {
    foreign(bytes, true)
}

/// As [`read_foreign`], without decoding pictures: its words and what else is written in it.
///
/// # Errors
/// As [`read_foreign`].
pub fn read_written(bytes: &[u8]) -> Result<Foreign, PdfError> {
    foreign(bytes, false)
}

fn foreign(bytes: &[u8], painting: bool) -> Result<Foreign, PdfError> {
    let pdf = open(bytes)?;
    let cache = InterpreterCache::new();
    let mut room = Room::default();
    let mut out = Foreign::default();
    let mut hidden = PdfText::default();
    for (at, page) in pdf.pages().iter().enumerate() {
        let (width, height) = sides(page);
        let seen = look(page, &cache, &mut room)?;
        hidden.add(width, height, &seen.hidden);
        let Some(canvas) = seen.canvas(width, height) else {
            out.text.add(width, height, &seen.glyphs);
            continue;
        };
        out.text.add(width, height, &[]);
        if painting {
            at_most("pages that are pictures", out.pictures.len() + 1, MAX_PICTURES)?;
            let grey = painted::paint(page, &cache, canvas)?;
            out.pictures.push(PagePicture { page: at + 1, grey });
        }
    }
    out.hidden = hidden.text;
    Ok(out)
}

/// A file whose sizes are within the limits.
fn open(bytes: &[u8]) -> Result<Pdf, PdfError> {
    at_most("bytes", bytes.len(), MAX_FILE)?;
    if !is_pdf(bytes) {
        return Err(PdfError::Damaged);
    }
    counted::closed(bytes)?;
    let pdf = Pdf::new(bytes.to_vec()).map_err(|error| match error {
        hayro_syntax::LoadPdfError::Decryption(_) => PdfError::Encrypted,
        hayro_syntax::LoadPdfError::Invalid => PdfError::Damaged,
    })?;
    at_most("objects", pdf.len(), MAX_OBJECTS)?;
    if counted::encrypted(bytes) {
        counted::opened(&pdf)?;
    }
    at_most("pages", pdf.pages().len(), MAX_PAGES)?;
    Ok(pdf)
}

/// Width and height of a page as it is shown, in points.
fn sides(page: &hayro_syntax::page::Page<'_>) -> (f64, f64) {
    let (width, height) = page.render_dimensions();
    let side = |points: f32| if points.is_finite() { f64::from(points) } else { 0.0 };
    (side(width), side(height))
}

/// What may still be read of a file.
struct Room {
    glyphs: usize,
    drawn: usize,
}

impl Default for Room {
    fn default() -> Self {
        Self { glyphs: MAX_GLYPHS, drawn: MAX_DRAWN }
    }
}

/// Goes through what a page draws. No picture is decoded.
fn look<'a>(
    page: &hayro_syntax::page::Page<'a>,
    cache: &InterpreterCache<'a>,
    room: &mut Room,
) -> Result<Reader, PdfError> {
    let (width, height) = sides(page);
    let mut device = Reader {
        glyphs: Vec::new(),
        hidden: Vec::new(),
        page: Rect::new(0.0, 0.0, width, height),
        covered: 0.0,
        finest: 0.0,
        left: room.glyphs,
        drawn: room.drawn,
    };
    interpreted(page, cache, page.initial_transform(true).to_kurbo(), device.page, &mut device);
    (room.glyphs, room.drawn) = (device.left, device.drawn);
    if device.left == 0 {
        return Err(PdfError::TooLarge { what: "glyphs", found: MAX_GLYPHS, most: MAX_GLYPHS });
    }
    if device.drawn == 0 {
        return Err(PdfError::TooLarge { what: "pictures", found: MAX_DRAWN, most: MAX_DRAWN });
    }
    Ok(device)
}

/// Lets a page draw itself on a device.
fn interpreted<'a>(
    page: &hayro_syntax::page::Page<'a>,
    cache: &InterpreterCache<'a>,
    transform: Affine,
    bounds: Rect,
    device: &mut impl Device<'a>,
) {
    let settings = InterpreterSettings { render_annotations: false, ..Default::default() };
    let mut context = Context::new(transform, bounds, cache, page.xref(), settings);
    interpret_page(page, &mut context, device);
}

fn at_most(what: &'static str, found: usize, most: usize) -> Result<(), PdfError> {
    if found > most { Err(PdfError::TooLarge { what, found, most }) } else { Ok(()) }
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

/// Takes glyphs, measures pictures, and draws nothing.
struct Reader {
    glyphs: Vec<Seen>,
    /// Glyphs that cannot be seen.
    hidden: Vec<Seen>,
    page: Rect,
    /// Area that pictures cover, in square points; what two of them cover counts twice.
    covered: f64,
    /// Pixels in a point of the finest picture of some size.
    finest: f64,
    left: usize,
    drawn: usize,
}

impl Reader {
    /// Sides in pixels in which the page is to be painted; `None` for a page that is no picture.
    fn canvas(&self, width: f64, height: f64) -> Option<(usize, usize)> {
        let area = self.page.area();
        let shown = self.glyphs.iter().filter(|seen| !seen.text.trim().is_empty()).count();
        // Sides that are no numbers fail here as well.
        if !(area > 0.0 && self.covered >= COVERED * area && self.finest > 0.0) || shown > STAMP {
            return None;
        }
        let scale = self.finest.min(FINEST).min((MAX_PAGE_PIXELS as f64 / area).sqrt());
        let sides = |part: f64| ((width * scale + part) as usize, (height * scale + part) as usize);
        // To the nearest pixel, so that a picture that fills its page keeps its own.
        let near = sides(0.5);
        let (width, height) =
            if near.0.saturating_mul(near.1) <= MAX_PAGE_PIXELS { near } else { sides(0.0) };
        let (longest, shortest) = SIDES;
        let fits = width.max(height) <= longest
            && width.min(height) >= shortest
            && width.saturating_mul(height) <= MAX_PAGE_PIXELS;
        fits.then_some((width, height))
    }
}

impl<'a> Device<'a> for Reader {
    fn set_soft_mask(&mut self, _: Option<SoftMask<'a>>) {}
    fn set_blend_mode(&mut self, _: BlendMode) {}
    fn draw_path(&mut self, _: &BezPath, _: Affine, _: &Paint<'a>, _: &PathDrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn pop_clip_path(&mut self) {}
    fn pop_transparency_group(&mut self) {}

    fn draw_image(&mut self, image: Image<'a, '_>, transform: Affine) {
        self.drawn = self.drawn.saturating_sub(1);
        let (width, height) = (f64::from(image.width()), f64::from(image.height()));
        let shown = transform.transform_rect_bbox(Rect::new(0.0, 0.0, width, height));
        let pixel = transform.determinant().abs();
        let area = (pixel * width * height).min(shown.intersect(self.page).area());
        if area.is_finite() && area > 0.0 {
            self.covered += area;
            if area >= LEAST_PART * self.page.area() {
                self.finest = self.finest.max(1.0 / pixel.sqrt());
            }
        }
    }

    fn draw_glyph(
        &mut self,
        glyph: &Glyph<'a>,
        transform: Affine,
        glyph_transform: Affine,
        _: &Paint<'a>,
        mode: &GlyphDrawMode,
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
        self.left = self.left.saturating_sub(text.len() / MOST_BYTES_OF_A_GLYPH);
        let whole = transform * glyph_transform;
        let begin = whole * Point::ORIGIN;
        let end = whole * Point::new(f64::from(outline.advance_width().unwrap_or(0.0)), 0.0);
        let up = whole * Point::new(0.0, 1000.0);
        let size = (begin.y - up.y).abs();
        let level = (begin.y - end.y).abs() <= 0.01 * size;
        let finite = [begin.x, begin.y, end.x, size].iter().all(|v| v.is_finite());
        // Text that stands on its side or runs backwards carries no marks.
        if level && finite && size > 0.0 && end.x >= begin.x {
            let seen = Seen { text, x0: begin.x, x1: end.x, baseline: begin.y, size };
            match mode {
                GlyphDrawMode::Invisible => self.hidden.push(seen),
                GlyphDrawMode::Fill | GlyphDrawMode::Stroke(_) => self.glyphs.push(seen),
            }
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
