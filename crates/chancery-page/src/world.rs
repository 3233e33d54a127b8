//! What the typesetter may see: the template, the paper's values and the embedded fonts; no file, no
//! package, no clock.

use std::sync::OnceLock;

use sha2::{Digest, Sha256};
use typst::diag::{FileError, FileResult};
use typst::foundations::{Array, Bytes, Datetime, Dict, Duration, Str, Value};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use crate::source::PaperSource;
use crate::words::SetParagraph;

/// The template of every page.
const TEMPLATE: &str = include_str!("template.typ");
/// The family that pages are set in.
const FAMILY: &str = "Libertinus Serif";

/// Fonts, and the template once parsed: the same for every paper.
struct Shop {
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    source: Source,
    engine: String,
}

fn shop() -> &'static Shop {
    static SHOP: OnceLock<Shop> = OnceLock::new();
    SHOP.get_or_init(|| {
        let data = typst_assets::fonts().map(Bytes::new);
        let fonts: Vec<Font> =
            data.flat_map(Font::iter).filter(|font| font.info().family == FAMILY).collect();
        let mut hasher = Sha256::new();
        for font in &fonts {
            hasher.update(Sha256::digest(font.data().as_slice()));
        }
        let template = Sha256::digest(TEMPLATE);
        let engine = format!(
            "typst {} fonts {} template {}",
            typst::utils::version().raw(),
            hex(&hasher.finalize()),
            hex(&template)
        );
        let path = VirtualPath::new("main.typ").expect("a plain name is a path");
        let main = RootedPath::new(VirtualRoot::Project, path).intern();
        Shop {
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            source: Source::new(main, TEMPLATE.to_owned()),
            fonts,
            engine,
        }
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Names what sets a page: typesetter, fonts, template. Papers freeze it together with [`RULE`](crate::RULE), which
/// stands for the rest of what decides a page's bytes; a paper that was released with others is not typeset.
#[must_use]
pub fn engine() -> &'static str {
    &shop().engine
}

/// Whether pages can show a character, set from left to right.
pub(crate) fn has(c: char) -> bool {
    let backwards = matches!(u32::from(c),
        0x590..=0x8ff | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f | 0xfb1d..=0xfdff
        | 0xfe00..=0xfe0f | 0xfe70..=0xfeff | 0x1_0800..=0x1_0fff | 0x1_e800..=0x1_efff | 0xad);
    // Every face has the same characters but for a few ornaments; the text's own face decides.
    let regular = shop().fonts.iter().find(|font| {
        let variant = font.info().variant;
        variant.weight.to_number() == 400 && variant.style == typst::text::FontStyle::Normal
    });
    !backwards && regular.is_some_and(|font| font.info().coverage.contains(u32::from(c)))
}

/// One paper before the typesetter.
pub(crate) struct Desk {
    library: LazyHash<Library>,
}

impl Desk {
    pub(crate) fn new(paper: &PaperSource, set: &[SetParagraph]) -> Self {
        let library = Library::builder().with_inputs(inputs(paper, set)).build();
        Self { library: LazyHash::new(library) }
    }
}

fn inputs(paper: &PaperSource, set: &[SetParagraph]) -> Dict {
    let text = |text: &str| Value::Str(Str::from(text));
    let maybe = |given: &Option<String>| given.as_deref().map_or(Value::None, text);
    let dict = |entries: Vec<(&str, Value)>| -> Dict {
        entries.into_iter().map(|(name, value)| (Str::from(name), value)).collect()
    };
    let lines: Array = paper
        .lines
        .iter()
        .map(|(name, value)| Value::Dict(dict(vec![("name", text(name)), ("value", text(value))])))
        .collect();
    let paragraphs: Array = paper
        .paragraphs
        .iter()
        .zip(set)
        .map(|(paragraph, set)| {
            let number = paragraph.number.map_or(Value::None, |n| Value::Int(i64::from(n)));
            let entries = vec![
                ("number", number),
                ("portion", maybe(&paragraph.portion)),
                ("text", text(&set.text())),
            ];
            Value::Dict(dict(entries))
        })
        .collect();
    dict(vec![
        ("form", text(paper.form.word())),
        ("label", text(&paper.label)),
        ("title", maybe(&paper.title)),
        ("subject", text(&paper.subject)),
        ("precedence", maybe(&paper.precedence)),
        ("notices", Value::Array(paper.notices.iter().map(|n| text(n)).collect())),
        ("lines", Value::Array(lines)),
        ("paragraphs", Value::Array(paragraphs)),
        ("signed", maybe(&paper.signed)),
        ("copy_line", maybe(&paper.copy_line)),
        ("notice", text(&paper.notice)),
    ])
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &shop().book
    }

    fn main(&self) -> FileId {
        shop().source.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main() { Ok(shop().source.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, _: FileId) -> FileResult<Bytes> {
        Err(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        shop().fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
