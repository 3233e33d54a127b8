//! English press articles: who is quoted, in which words, on which occasion.
//!
//! A sieve of rules over word lists (`words.toml`), without a learned model: marks are paired, names
//! collected, reporting clauses found, pronouns bound to the last speaker, and what has no clause of
//! its own is carried over from what has. After Muzny, Fang, Chang and Jurafsky, "A two-stage sieve
//! approach for quote attribution" (EACL 2017), for news in place of novels.
//!
//! Nothing here knows papers or archives: what a quotation is from is looked up elsewhere.

mod attribute;
mod beside;
mod blocks;
mod cue;
mod form;
mod layout;
mod marks;
mod noun;
mod occasion;
mod people;
mod provenance;
mod sentence;
mod source;
mod words;

use std::ops::Range;

/// Most bytes of an article that are read; what follows is left out and [`Article::read`] says so.
pub const MAX_ARTICLE_BYTES: usize = 24 << 20;

/// Most paragraphs; what follows is left out.
pub const MAX_PARAGRAPHS: usize = 200_000;

/// Most bytes of a paragraph; longer ones are read in parts.
pub const MAX_PARAGRAPH_BYTES: usize = 64 << 10;

/// Quotations, or paraphrases, after which reading stops at the end of the paragraph.
pub const MAX_QUOTATIONS: usize = 100_000;

/// Most different speakers that are kept apart; further ones stay as printed.
pub const MAX_SPEAKERS: usize = 20_000;

/// Deepest nesting of quotation marks; deeper marks are left as text.
pub const MAX_DEPTH: usize = 8;

/// Most words and marks of one sentence; longer ones are read in parts.
pub const MAX_SENTENCE: usize = 512;

/// An article as read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Article {
    /// Paragraphs in order.
    pub paragraphs: Vec<Paragraph>,
    /// Quotations in order of their spans, which never overlap. Names of things in marks are among
    /// them, as [`Form::Title`].
    pub quotations: Vec<Quotation>,
    /// Indirect speech, in order.
    pub paraphrases: Vec<Paraphrase>,
    /// Bytes read, from the start: all of them, unless a limit was met.
    pub read: usize,
}

impl Article {
    /// Quotations without names of things.
    pub fn spoken(&self) -> impl Iterator<Item = &Quotation> {
        self.quotations.iter().filter(|q| q.form != Form::Title)
    }
}

/// A paragraph and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paragraph {
    /// Byte range in the article, without white space at its ends.
    pub span: Range<usize>,
    /// What it is.
    pub kind: ParagraphKind,
}

/// What a paragraph is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParagraphKind {
    /// A headline, a heading inside, or a line such as place and date.
    Heading,
    /// Who wrote the article.
    Byline,
    /// Running text.
    Body,
    /// A turn of a conversation in print, begun by its speaker's label and a colon.
    Turn,
}

/// Words between marks, or set apart as a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quotation {
    /// Bytes of the words, without the marks.
    pub span: Range<usize>,
    /// The words as printed.
    pub text: String,
    /// Spans of what is left when ellipses and bracketed words, the press's own, are taken out.
    pub fragments: Vec<Range<usize>>,
    /// Spans of quotations inside this one, without their marks, outermost only.
    pub inner: Vec<Range<usize>>,
    /// How the words stand in the article.
    pub form: Form,
    /// Who is said to have spoken or written them.
    pub speaker: Option<Speaker>,
    /// The reporting clause that says so; none when it was carried over.
    pub cue: Option<Cue>,
    /// Where they were spoken or written, as the reporting clause says.
    pub occasion: Occasion,
    /// How they came to be known, as the reporting clause says.
    pub claim: Claim,
    /// The earlier quotation that this one goes on with: broken by a reporting clause, or run on
    /// from a paragraph without a closing mark.
    pub continues: Option<usize>,
    /// Number of its paragraph.
    pub paragraph: usize,
}

/// How quoted words stand in an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// Whole sentences, or the part of one before or after its reporting clause.
    Direct,
    /// Part of a sentence of the reporter.
    Mixed,
    /// One or two words of a sentence of the reporter.
    Scare,
    /// Set apart without marks.
    Block,
    /// The name of a thing; no quotation.
    Title,
}

/// Who spoke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speaker {
    /// The fullest name in the article; for the unnamed, what they are called.
    pub name: String,
    /// What the reporting clause has in its place.
    pub as_printed: String,
    /// How the name was found.
    pub how: Found,
}

/// How a speaker was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Found {
    /// Named in the reporting clause, in full or in part.
    Named,
    /// A pronoun.
    Pronoun,
    /// By office or description.
    Role,
    /// A document or a body speaks.
    Document,
    /// By a label before a turn.
    Label,
    /// From an earlier quotation or the sentence before.
    Carried,
    /// Described first, named later.
    Late,
}

/// A reporting clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cue {
    /// Bytes from its first word to its last, subject and verb.
    pub span: Range<usize>,
    /// The verb as printed, lower case; `according to` and `:` are cues too.
    pub verb: String,
}

/// Where words were spoken or written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Occasion {
    /// A letter or a note to somebody.
    Letter,
    /// A statement, or a remark on the record without more about it.
    Statement,
    /// A parliament or one of its committees.
    Parliament,
    /// A cable, a memorandum or another working paper.
    Cable,
    /// An interview or a talk with one journalist.
    Interview,
    /// A public network.
    Tweet,
    /// A speech.
    Speech,
    /// Several journalists together.
    PressConference,
    /// Nothing is said about it.
    #[default]
    Unknown,
}

impl Occasion {
    /// The occasion of a key: `letter`, `press-conference` and so on.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Some(match key {
            "letter" => Self::Letter,
            "statement" => Self::Statement,
            "parliament" => Self::Parliament,
            "cable" => Self::Cable,
            "interview" => Self::Interview,
            "tweet" => Self::Tweet,
            "speech" => Self::Speech,
            "press-conference" => Self::PressConference,
            "unknown" => Self::Unknown,
            _ => return None,
        })
    }

    /// Its key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Letter => "letter",
            Self::Statement => "statement",
            Self::Parliament => "parliament",
            Self::Cable => "cable",
            Self::Interview => "interview",
            Self::Tweet => "tweet",
            Self::Speech => "speech",
            Self::PressConference => "press-conference",
            Self::Unknown => "unknown",
        }
    }
}

/// How words came to be known, as the article says; the register may know better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Claim {
    /// From a paper that was not meant to be seen.
    Leaked,
    /// From a paper that its author gave out.
    Authorised,
    /// Spoken or written for the public.
    Public,
    /// The article does not say.
    Unknown,
}

impl Claim {
    /// Its key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Leaked => "leaked",
            Self::Authorised => "authorised",
            Self::Public => "public",
            Self::Unknown => "unknown",
        }
    }
}

/// Speech reported without marks, or with marks around a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paraphrase {
    /// Bytes of what is reported.
    pub span: Range<usize>,
    /// As printed.
    pub text: String,
    /// Who is said to have said it.
    pub speaker: Option<Speaker>,
    /// The reporting clause.
    pub cue: Cue,
    /// Where, as the clause says.
    pub occasion: Occasion,
    /// How it came to be known, as the clause says.
    pub claim: Claim,
    /// Quotations that stand inside.
    pub holds: Vec<usize>,
    /// Number of its paragraph.
    pub paragraph: usize,
}

/// Reads an article. The same text gives the same reading, in time that grows with its length.
#[must_use]
pub fn read(text: &str) -> Article {
    let end = text.floor_char_boundary(MAX_ARTICLE_BYTES);
    attribute::article(&text[..end])
}
