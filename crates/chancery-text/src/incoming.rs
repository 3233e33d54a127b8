//! Leak files to text: plain text, Markdown and HTML, in the encodings such files come in.
//!
//! What belongs here: bytes to characters, and markup to the text a reader saw. Nothing is cleaned:
//! typographic spaces, apostrophes, hyphens and quotation marks are what the marks are made of, and
//! come through as they are. Pictures and PDF are read elsewhere.

use html5gum::{DefaultEmitter, Token, Tokenizer};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// Most bytes of a file, before and after decoding.
pub const MAX_BYTES: usize = crate::align::MAX_LEAK_BYTES;

/// Bytes looked at to tell HTML from plain text.
const SNIFFED: usize = 1024;

/// What a file of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text as it stands.
    Plain,
    /// Markdown: the text without its markup.
    Markdown,
    /// HTML: the text of its body.
    Html,
}

impl Kind {
    /// The kind that a file name's ending says, if it says one of these.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let (_, ending) = name.rsplit_once('.')?;
        match ending.to_ascii_lowercase().as_str() {
            "txt" | "text" => Some(Self::Plain),
            "md" | "markdown" => Some(Self::Markdown),
            "html" | "htm" | "xhtml" => Some(Self::Html),
            _ => None,
        }
    }

    /// HTML when it begins like HTML, plain text otherwise.
    fn sniffed(text: &str) -> Self {
        let head: String = text.trim_start().chars().take(SNIFFED).collect();
        let head = head.to_ascii_lowercase();
        let begins =
            ["<!doctype html", "<html", "<head", "<body", "<p>", "<p ", "<div", "<article"];
        if begins.iter().any(|tag| head.starts_with(tag)) { Self::Html } else { Self::Plain }
    }
}

/// Why a file is no text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IncomingError {
    /// Larger than [`MAX_BYTES`].
    #[error(
        "the file has {bytes} bytes; at most {MAX_BYTES} are read. Cut it to the part in question"
    )]
    TooLong {
        /// Its size.
        bytes: usize,
    },
    /// Holds bytes that no text encoding has.
    #[error(
        "this is not a text file (byte {at} cannot stand in text); give its text. Leaks are also read \
         as PDF and as pictures of pages in PNG, JPEG or TIFF; convert others to one of these"
    )]
    Binary {
        /// Offset of the first such byte.
        at: usize,
    },
    /// UTF-16 with an unpaired surrogate or an odd number of bytes.
    #[error("the file says it is UTF-16 and is broken at byte {at}; save it again as UTF-8")]
    Utf16 {
        /// Offset of the damage.
        at: usize,
    },
}

/// The text of a file. `name` decides its kind by its ending; without a telling one the text decides.
///
/// # Errors
/// For files that are too long or not text.
pub fn text_of(name: Option<&str>, bytes: &[u8]) -> Result<String, IncomingError> {
    let text = decode(bytes)?;
    let kind = name.and_then(Kind::of_name).unwrap_or_else(|| Kind::sniffed(&text));
    Ok(match kind {
        Kind::Plain => text,
        Kind::Markdown => markdown(&text),
        Kind::Html => html(&text),
    })
}

/// Decodes UTF-8 and UTF-16 with a byte order mark, UTF-8 without one, and otherwise Windows-1252.
/// In UTF-8 that bytes of another encoding were pasted into, only these are read as Windows-1252.
///
/// # Errors
/// For files that are too long, binary, or broken UTF-16.
pub fn decode(bytes: &[u8]) -> Result<String, IncomingError> {
    if bytes.len() > MAX_BYTES {
        return Err(IncomingError::TooLong { bytes: bytes.len() });
    }
    if let Some(rest) = bytes.strip_prefix(&[0xff, 0xfe]) {
        return utf16(rest, u16::from_le_bytes);
    }
    if let Some(rest) = bytes.strip_prefix(&[0xfe, 0xff]) {
        return utf16(rest, u16::from_be_bytes);
    }
    if let Some(at) = bytes.iter().position(|&b| is_never_text(b)) {
        return Err(IncomingError::Binary { at });
    }
    let unmarked = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]);
    let text = unmarked.unwrap_or(bytes);
    Ok(match std::str::from_utf8(text) {
        Ok(text) => text.to_owned(),
        Err(_) if unmarked.is_some() || is_mostly_utf8(text) => patched(text),
        Err(_) => text.iter().map(|&b| windows_1252(b)).collect(),
    })
}

/// Whether bytes that are no UTF-8 as a whole were written as UTF-8. Its accents, dashes and
/// quotation marks read as `Ã©` or `â€œ` in Windows-1252, which nobody writes: one is enough. Other
/// sequences also come about by chance (`é”—`), and must outnumber the bytes that fit nowhere.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut sequences, mut strays) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        let mut high = chunk.valid().chars().filter(|c| !c.is_ascii());
        if high.any(|c| matches!(c, '\u{a0}'..='\u{ff}' | '\u{2010}'..='\u{2026}' | '€')) {
            return true;
        }
        sequences += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        strays += chunk.invalid().len();
    }
    sequences > strays
}

/// UTF-8 with its stray bytes read as Windows-1252.
fn patched(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        out.extend(chunk.invalid().iter().map(|&b| windows_1252(b)));
    }
    out
}

/// Control characters that stand in no text file: all but tab, line ends, form feed, the old end of
/// file and escape.
const fn is_never_text(byte: u8) -> bool {
    byte < 0x20 && !matches!(byte, b'\t' | b'\n' | 0x0b | 0x0c | b'\r' | 0x1a | 0x1b)
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, IncomingError> {
    const MARK: usize = 2;
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(IncomingError::Utf16 { at: MARK + bytes.len() - 1 });
    }
    let mut out = String::with_capacity(bytes.len());
    let mut at = MARK;
    for c in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        let c = c.map_err(|_| IncomingError::Utf16 { at })?;
        if u8::try_from(c).is_ok_and(is_never_text) {
            return Err(IncomingError::Binary { at });
        }
        at += 2 * c.len_utf16();
        out.push(c);
    }
    Ok(out)
}

/// A byte of Windows-1252 (WHATWG Encoding standard, index windows-1252).
fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
        byte => char::from(byte),
    }
}

/// The text of Markdown: blocks apart by an empty line, code and HTML blocks as they stand.
#[must_use]
pub fn markdown(source: &str) -> String {
    let mut out = Blocks::default();
    // Quotation marks and dashes stay as typed: smart punctuation would overwrite marks.
    for event in Parser::new_ext(source, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Text(text) | Event::Code(text) => out.push(&text),
            Event::Html(text) | Event::InlineHtml(text) => out.push(&html(&text)),
            Event::SoftBreak => out.push("\n"),
            Event::HardBreak => out.push("\n"),
            Event::End(TagEnd::TableCell) => out.push(" "),
            Event::Start(tag) if !is_inline(&tag) => out.end_block(),
            Event::End(tag) if !is_inline_end(tag) => out.end_block(),
            Event::Rule => out.end_block(),
            _ => {}
        }
    }
    out.text()
}

fn is_inline(tag: &Tag<'_>) -> bool {
    is_inline_end(tag.to_end())
}

const fn is_inline_end(tag: TagEnd) -> bool {
    matches!(
        tag,
        TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Link
            | TagEnd::Image
            | TagEnd::TableCell
            | TagEnd::Superscript
            | TagEnd::Subscript
    )
}

/// The text of HTML as a reader sees it: scripts, styles and the head dropped, entities resolved,
/// block elements and line breaks as breaks, runs of ASCII blanks as one space outside `pre`.
#[must_use]
pub fn html(source: &str) -> String {
    let mut out = Blocks::default();
    let mut emitter = DefaultEmitter::default();
    // Let `script`, `style` and `textarea` swallow their contents as browsers do.
    emitter.naively_switch_states(true);
    let mut hidden = 0_usize;
    let mut preformatted = 0_usize;
    for token in Tokenizer::new_with_emitter(source, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => match &tag.name[..] {
                name if is_hidden(name) => hidden += usize::from(!tag.self_closing),
                b"br" => out.push("\n"),
                b"pre" => {
                    preformatted += 1;
                    out.end_block();
                }
                b"td" | b"th" => out.push(" "),
                name if is_block(name) => out.end_block(),
                _ => {}
            },
            Token::EndTag(tag) => match &tag.name[..] {
                name if is_hidden(name) => hidden = hidden.saturating_sub(1),
                b"pre" => {
                    preformatted = preformatted.saturating_sub(1);
                    out.end_block();
                }
                // A body cannot be inside anything hidden, whatever was left open before it.
                b"head" => hidden = 0,
                name if is_block(name) => out.end_block(),
                _ => {}
            },
            Token::String(text) if hidden == 0 => {
                let text = String::from_utf8_lossy(&text);
                if preformatted > 0 {
                    out.push(&text);
                } else {
                    out.push_collapsed(&text);
                }
            }
            _ => {}
        }
    }
    out.text()
}

fn is_hidden(name: &[u8]) -> bool {
    matches!(name, b"script" | b"style" | b"noscript" | b"template" | b"title" | b"textarea")
}

fn is_block(name: &[u8]) -> bool {
    matches!(
        name,
        b"address"
            | b"article"
            | b"aside"
            | b"blockquote"
            | b"body"
            | b"dd"
            | b"div"
            | b"dl"
            | b"dt"
            | b"fieldset"
            | b"figcaption"
            | b"figure"
            | b"footer"
            | b"form"
            | b"h1"
            | b"h2"
            | b"h3"
            | b"h4"
            | b"h5"
            | b"h6"
            | b"head"
            | b"header"
            | b"hr"
            | b"html"
            | b"li"
            | b"main"
            | b"nav"
            | b"ol"
            | b"p"
            | b"section"
            | b"table"
            | b"tr"
            | b"ul"
    )
}

/// Text in blocks with an empty line between them.
#[derive(Default)]
struct Blocks {
    out: String,
    /// A block ended; the next text begins a new one.
    ended: bool,
}

impl Blocks {
    fn push(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if self.ended && !self.out.is_empty() {
            let kept = self.out.trim_end_matches([' ', '\n']).len();
            self.out.truncate(kept);
            self.out.push_str("\n\n");
        }
        self.ended = false;
        self.out.push_str(text);
    }

    /// As browsers do: runs of ASCII blanks are one space, none at the start of a line.
    fn push_collapsed(&mut self, text: &str) {
        let mut collapsed = String::with_capacity(text.len());
        let mut blank = self.ended || self.out.is_empty() || self.out.ends_with([' ', '\n']);
        for c in text.chars() {
            let space = matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}');
            if !(space && blank) {
                collapsed.push(if space { ' ' } else { c });
            }
            blank = space;
        }
        self.push(&collapsed);
    }

    fn end_block(&mut self) {
        self.ended = true;
    }

    fn text(mut self) -> String {
        let kept = self.out.trim_end_matches([' ', '\n']).len();
        self.out.truncate(kept);
        self.out
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A character of Windows-1252 above ASCII, as its byte.
    fn high() -> impl Strategy<Value = u8> {
        prop_oneof![0xa0..=0xff_u8, prop::sample::select(&b"\x80\x85\x91\x92\x93\x94\x96\x97"[..])]
    }

    proptest! {
        #[test]
        fn stray_bytes_cost_themselves_alone(
            pieces in prop::collection::vec(("[a-z “”‘’—éü]{0,8}[a-z ]", high()), 1..40)
        ) {
            let (mut bytes, mut text) = ("“".as_bytes().to_vec(), "“".to_owned());
            for (run, stray) in &pieces {
                bytes.extend(run.as_bytes());
                bytes.extend([*stray, b'.']);
                text.push_str(run);
                text.extend([windows_1252(*stray), '.']);
            }
            prop_assert_eq!(decode(&bytes).unwrap(), text);
        }

        #[test]
        fn windows_1252_stays_what_it_is(
            pieces in prop::collection::vec(("[a-z ]{1,8}", high()), 1..40)
        ) {
            let bytes = pieces.iter().flat_map(|(run, high)| run.bytes().chain([*high, b' ']));
            let bytes: Vec<u8> = bytes.collect();
            let text: String = bytes.iter().map(|&b| windows_1252(b)).collect();
            prop_assert_eq!(decode(&bytes).unwrap(), text);
        }
    }

    const MARKED: &str = "It\u{2019}s\u{2005}a\u{2008}well\u{2010}known \"fact\" or “two” don't";

    #[test]
    fn marks_come_through_every_kind() {
        assert_eq!(text_of(Some("a.txt"), MARKED.as_bytes()).unwrap(), MARKED);
        assert_eq!(text_of(Some("a.md"), format!("**{MARKED}**").as_bytes()).unwrap(), MARKED);
        let page = format!("<html><body><p>{MARKED}</p></body></html>");
        assert_eq!(text_of(Some("a.HTML"), page.as_bytes()).unwrap(), MARKED);
        assert_eq!(text_of(None, page.as_bytes()).unwrap(), MARKED, "HTML is recognised");
    }

    #[test]
    fn html_is_what_a_reader_sees() {
        let page = "<!DOCTYPE html><head><title>no</title><style>p{}</style></head><body>\n\
            <script>if (a < b) { no() }</script>\n<p>One\n  <b>two</b>&nbsp;three &amp; \
            four&#x2005;five<br>six</p><!-- no --><ul><li>a</li>\n<li>b</li></ul><pre>x\n  y</pre>";
        assert_eq!(html(page), "One two\u{a0}three & four\u{2005}five\nsix\n\na\n\nb\n\nx\n  y");
        assert_eq!(
            html("<p>unclosed <b>tags & < entities &bogus;"),
            "unclosed tags & < entities &bogus;"
        );
    }

    #[test]
    fn markdown_loses_its_markup() {
        let source = "# Head\n\nOne *two* [three](http://x) `four`\nfive\n\n> - six\n\n| a | b |\n|---|---|\n| c | d |\n";
        assert_eq!(markdown(source), "Head\n\nOne two three four\nfive\n\nsix\n\na b\n\nc d");
    }

    #[test]
    fn encodings() {
        assert_eq!(decode(b"\xef\xbb\xbfhi").unwrap(), "hi");
        assert_eq!(decode(b"\xff\xfeh\0\x19\x20").unwrap(), "h\u{2019}");
        assert_eq!(decode(b"\xfe\xff\0h\x20\x05").unwrap(), "h\u{2005}");
        assert_eq!(decode(b"it\x92s \x93so\x94 \xe9").unwrap(), "it’s “so” é");
        assert_eq!(decode(b"\x89PNG\r\n\x1a\n\0\0"), Err(IncomingError::Binary { at: 8 }));
        assert_eq!(decode(b"\xff\xfeh\0\0"), Err(IncomingError::Utf16 { at: 4 }));
        assert_eq!(decode(b"\xff\xfe\0\xd8h\0"), Err(IncomingError::Utf16 { at: 2 }));
        // A Latin-1 byte in UTF-8 costs no quotation mark; a chance sequence makes no UTF-8.
        assert_eq!(decode("“The caf\u{e9}”".as_bytes()).unwrap(), "“The café”");
        assert_eq!(decode(b"\xe2\x80\x9cThe caf\xe9\xe2\x80\x9d").unwrap(), "“The café”");
        assert_eq!(decode(b"\xef\xbb\xbfcaf\xe9").unwrap(), "café");
        assert_eq!(decode(b"\x93The caf\xe9\x94\x97he").unwrap(), "“The café”—he");
        let long = vec![b'x'; MAX_BYTES + 1];
        assert_eq!(decode(&long), Err(IncomingError::TooLong { bytes: MAX_BYTES + 1 }));
    }
}
