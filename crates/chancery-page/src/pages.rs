//! Finished pages: their geometry, and what they are handed out as.

use sha2::{Digest, Sha256};
use typst::foundations::Smart;
use typst_layout::PagedDocument;
use typst_pdf::PdfOptions;
use typst_render::RenderOptions;
use typst_svg::SvgOptions;

use crate::geometry::Geometry;
use crate::place::{geometry, place};
use crate::source::PageError;
use crate::words::SetParagraph;

/// Highest resolution of a raster, in dots per inch.
pub const MAX_DPI: f64 = 1_200.0;
/// Most pages in one picture.
pub(crate) const MAX_STACKED: usize = 60;
/// Between the pages of one picture, in points.
const BETWEEN: f64 = 12.0;
/// Points per inch.
const INCH: f64 = 72.0;

/// A grey picture: one byte a pixel, rows from the top, 255 white.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grey {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// The pixels.
    pub pixels: Vec<u8>,
}

/// The finished pages of one copy.
#[derive(Clone, Debug)]
pub struct Pages {
    pub(crate) document: PagedDocument,
    set: Vec<SetParagraph>,
    identity: String,
}

impl Pages {
    pub(crate) fn new(document: PagedDocument, set: Vec<SetParagraph>, identity: String) -> Self {
        Self { document, set, identity }
    }

    /// How many pages there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.document.pages().len()
    }

    /// Where the words stand, found anew in the finished frames.
    ///
    /// # Errors
    /// When the frames do not hold the paper's text.
    pub fn geometry(&self) -> Result<Geometry, PageError> {
        let (lines, _) = place(&self.document, &self.set)?;
        Ok(geometry(&self.document, &lines))
    }

    /// The text of each paragraph as this copy gives it to whoever copies it out.
    #[must_use]
    pub fn text(&self) -> Vec<String> {
        let of = |set: &SetParagraph| set.letters.iter().map(|letter| letter.copied).collect();
        self.set.iter().map(of).collect()
    }

    /// A page as a grey picture; `None` beyond the last page and for resolutions outside 10 to
    /// [`MAX_DPI`].
    #[must_use]
    pub fn raster(&self, page: usize, dpi: f64) -> Option<Grey> {
        let picture = self.render(page, dpi)?;
        // The page is painted white and opaque, so premultiplied and straight colours are the same.
        let luma = |p: &[u8]| match p {
            [r, g, b, ..] => {
                ((u32::from(*r) * 299 + u32::from(*g) * 587 + u32::from(*b) * 114 + 500) / 1000)
                    as u8
            }
            _ => u8::MAX,
        };
        Some(Grey {
            width: picture.width() as usize,
            height: picture.height() as usize,
            pixels: picture.data().chunks_exact(4).map(luma).collect(),
        })
    }

    fn render(&self, page: usize, dpi: f64) -> Option<tiny_skia::Pixmap> {
        let page = self.document.pages().get(page)?;
        if !(10.0..=MAX_DPI).contains(&dpi) {
            return None;
        }
        let pixel_per_pt = (dpi / INCH).into();
        Some(typst_render::render(page, &RenderOptions { pixel_per_pt, render_bleed: false }))
    }

    /// A page as PNG.
    #[must_use]
    pub fn png(&self, page: usize, dpi: f64) -> Option<Vec<u8>> {
        self.render(page, dpi)?.encode_png().ok()
    }

    /// A page as SVG.
    #[must_use]
    pub fn svg(&self, page: usize) -> Option<String> {
        let page = self.document.pages().get(page)?;
        Some(typst_svg::svg(page, &SvgOptions { render_bleed: false, pretty: false }))
    }

    /// All pages below each other as one PNG; `None` outside the resolutions of [`Pages::raster`] and
    /// where the picture would be too large.
    #[must_use]
    pub fn png_all(&self, dpi: f64) -> Option<Vec<u8>> {
        if !(10.0..=MAX_DPI).contains(&dpi) || self.count() > MAX_STACKED {
            return None;
        }
        let options = RenderOptions { pixel_per_pt: (dpi / INCH).into(), render_bleed: false };
        let gap = typst::layout::Abs::pt(BETWEEN);
        let grey = typst::visualize::Color::from_u8(200, 200, 200, 255);
        typst_render::render_merged(&self.document, &options, gap, Some(grey)).encode_png().ok()
    }

    /// All pages below each other as one SVG.
    #[must_use]
    pub fn svg_all(&self) -> String {
        let options = SvgOptions { render_bleed: false, pretty: false };
        typst_svg::svg_merged(&self.document, &options, typst::layout::Abs::pt(BETWEEN))
    }

    /// All pages as a tagged PDF. Its identifiers depend on the paper alone; it bears no time.
    ///
    /// # Errors
    /// When the typesetter cannot write it.
    pub fn pdf(&self) -> Result<Vec<u8>, PageError> {
        let options = PdfOptions {
            ident: Smart::Custom(self.identity.clone()),
            creator: Smart::Custom(Some("Chancery".to_owned())),
            ..PdfOptions::default()
        };
        let mut bytes = typst_pdf::pdf(&self.document, &options).map_err(|errors| {
            let messages = errors.iter().map(|e| e.message.to_string());
            PageError::Typesetter(messages.collect::<Vec<_>>().join("; "))
        })?;
        one_identity(&mut bytes)
            .ok_or_else(|| PageError::Typesetter("a PDF without identifiers".into()))?;
        Ok(bytes)
    }

    /// SHA-256 of what is seen and copied: every page as it would be drawn.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        let mut hasher = Sha256::new();
        for page in 0..self.count() {
            hasher.update(self.svg(page).unwrap_or_default());
        }
        hasher.finalize().into()
    }
}

/// Overwrites the identifier that the writer of PDFs makes from a file's own bytes, and that would tell
/// copies apart, by the one that is made from the paper.
fn one_identity(pdf: &mut [u8]) -> Option<()> {
    const KEY: &[u8] = b"/ID[(";
    let at = pdf.windows(KEY.len()).rposition(|window| window == KEY)? + KEY.len();
    let (paper, rest) = pdf.get(at..)?.split_once_at(b')')?;
    let (own, _) = rest.strip_prefix(b"(")?.split_once_at(b')')?;
    let (paper, own) = (paper.to_vec(), own.to_vec());
    if paper.len() != own.len() || own.is_empty() {
        return None;
    }
    for from in 0..pdf.len().checked_sub(own.len())? {
        let window = pdf.get_mut(from..from + own.len())?;
        if window == own {
            window.copy_from_slice(&paper);
        }
    }
    Some(())
}

/// Splitting bytes at the first of a kind.
trait SplitOnce {
    fn split_once_at(&self, byte: u8) -> Option<(&[u8], &[u8])>;
}

impl SplitOnce for [u8] {
    fn split_once_at(&self, byte: u8) -> Option<(&[u8], &[u8])> {
        let at = self.iter().position(|b| *b == byte)?;
        Some((self.get(..at)?, self.get(at + 1..)?))
    }
}
