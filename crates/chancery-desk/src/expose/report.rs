//! What an exposure tells, in fields for programs and in sentences for people.

use std::ops::Range;

use serde::Serialize;

use super::chance::ChanceRate;
use super::passage::Passage;
use crate::finding::{FindingReport, bits_to_name, one_in};

/// So few words name no paper, whatever holds them.
pub(crate) const FEW_WORDS: usize = 2;

/// Schema of the JSON.
pub const EXPOSURE_SCHEMA: &str = "chancery/exposure/v1";

/// What a quotation is, as far as register and article tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum QuotationKind {
    /// From a paper that was for its readers alone: a leak.
    Restricted,
    /// From a paper that its author gave out.
    Authorised,
    /// Said or written for everybody.
    Public,
    /// Neither register nor article say.
    Unknown,
}

impl QuotationKind {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Restricted => "restricted",
            Self::Authorised => "authorised",
            Self::Public => "public",
            Self::Unknown => "unknown",
        }
    }
}

/// Why a quotation is called what it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// The words are in a public text or a published paper.
    Register,
    /// The reporting clause says so.
    Article,
    /// The words are in a restricted paper, and nothing explains how they came out.
    Unexplained,
    /// Nothing is known.
    Nothing,
}

/// How surely a paper is the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// No paper is named.
    None,
    /// Papers hold the words, but chance or other papers explain it too: a list at most.
    Possible,
    /// One paper is well ahead, but not beyond what decoys reach.
    Likely,
    /// The words fit a paper that other quotations of the article are surely from.
    Supported,
    /// One paper, or one chain of papers that quote one another, beyond what decoys reach.
    Certain,
}

/// The whole article's evidence for a paper, against decoy articles.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct JointRate {
    /// Decoys that scored as high.
    pub as_high: usize,
    /// Decoys run.
    pub decoys: usize,
    /// Upper bound of the rate at 95 %, never below one in the decoys.
    pub upper: f64,
}

/// How much a match means.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Significance {
    /// How surely the paper is the source.
    pub level: Level,
    /// Words searched for.
    pub words: usize,
    /// Words that the paper has in the same order.
    pub shared: usize,
    /// Whether it has them all, word for word.
    pub exact: bool,
    /// Papers that hold the quotation word for word; null when more than can be counted.
    pub holders: Option<usize>,
    /// How often words as many and as rare stand in one more paper by chance.
    pub chance: Option<ChanceRate>,
    /// The whole article against decoys.
    pub joint: Option<JointRate>,
    /// The same in a sentence.
    pub says: String,
}

/// Another text that holds the words.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AlsoMatch {
    /// Paper or public text.
    pub paper: String,
    /// Its label, or what sort of public text it is.
    pub label: String,
    /// Words shared.
    pub shared: usize,
    /// Whether it has all words.
    pub exact: bool,
    /// `carrier` of the named paper's words, or `candidate`.
    pub role: &'static str,
}

/// A quotation of the article.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Quoted {
    /// The words as printed.
    pub text: String,
    /// First byte in the article's text.
    pub start: usize,
    /// End.
    pub end: usize,
    /// Who is said to have spoken them.
    pub speaker: Option<String>,
    /// The reporting clause.
    pub cue: Option<String>,
    /// Where, as the article says.
    pub occasion: &'static str,
    /// How they came to be known, as the article says.
    pub claim: &'static str,
    /// What it is.
    pub kind: QuotationKind,
    /// Why.
    pub basis: Basis,
    /// The paper or public text that it is from, if one can be named.
    pub paper: Option<String>,
    /// Label of the paper, or what sort of public text it is.
    pub label: Option<String>,
    /// How much that means.
    pub significance: Significance,
    /// Other texts that hold the words; a list without order of guilt.
    pub also_matches: Vec<AlsoMatch>,
}

/// Indirect speech.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Paraphrased {
    /// As printed.
    pub text: String,
    /// First byte in the article's text.
    pub start: usize,
    /// End.
    pub end: usize,
    /// Who is said to have said it.
    pub speaker: Option<String>,
    /// The reporting clause.
    pub cue: String,
    /// Where, as the article says.
    pub occasion: &'static str,
    /// How it came to be known, as the article says.
    pub claim: &'static str,
    /// Numbers of the quotations that stand in it, from 0.
    pub holds: Vec<usize>,
}

/// Register and article disagree.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Contradiction {
    /// Number of the quotation, from 0.
    pub quotation: usize,
    /// In a sentence.
    pub says: String,
}

/// What can be said about whose copy was quoted.
#[derive(Clone, Debug, Serialize)]
pub struct CopyAnswer {
    /// The inquiry, if one was opened.
    pub inquiry: Option<String>,
    /// `none`, `awaiting approval` or the verdict.
    pub state: String,
    /// Places that the quotations show.
    pub places: usize,
    /// Most bits that these could give.
    pub bits: f64,
    /// Bits needed to name one of the readers.
    pub bits_needed: f64,
    /// Quoted words of this paper that would give as many, on average; null when no length does.
    pub words_needed: Option<usize>,
    /// The finding of an inquiry that was run.
    pub finding: Option<Box<FindingReport>>,
    /// In a sentence.
    pub says: String,
}

/// A restricted paper that the article surely quotes.
#[derive(Clone, Debug, Serialize)]
pub struct LeakedPaper {
    /// Reference.
    pub paper: String,
    /// Id in the imported file.
    pub source_id: Option<String>,
    /// Subject.
    pub subject: String,
    /// Label.
    pub label: String,
    /// Date on it.
    pub date: Option<String>,
    /// Numbers of its quotations, from 0.
    pub quotations: Vec<usize>,
    /// Words quoted.
    pub words: usize,
    /// Papers that carry the same passages on, later ones.
    pub carriers: Vec<String>,
    /// The whole article against decoys.
    pub joint: Option<JointRate>,
    /// Persons entitled to it: N.
    pub readers: usize,
    /// Its passages beside the quotations.
    pub passages: Vec<Passage>,
    /// Whose copy.
    pub copy: CopyAnswer,
}

/// The article.
#[derive(Clone, Debug, Serialize)]
pub struct ExposedArticle {
    /// File name.
    pub file: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Its text, for display.
    #[serde(skip)]
    pub text: String,
}

/// What was found in an article.
#[derive(Clone, Debug, Serialize)]
pub struct ExposureReport {
    /// [`EXPOSURE_SCHEMA`].
    pub schema: &'static str,
    /// The article.
    pub article: ExposedArticle,
    /// Whether the archive is an exercise.
    pub exercise: bool,
    /// Level of the inquiries.
    pub alpha: f64,
    /// Papers that the person may read now: what was searched.
    pub papers: usize,
    /// Public texts that were searched.
    pub public_texts: usize,
    /// Quotations in order.
    pub quotations: Vec<Quoted>,
    /// Indirect speech, in order.
    pub paraphrases: Vec<Paraphrased>,
    /// Where register and article disagree.
    pub contradictions: Vec<Contradiction>,
    /// Restricted papers that the article surely quotes.
    pub leaked_papers: Vec<LeakedPaper>,
    /// What was not looked at, and why.
    pub limits: Vec<String>,
    /// The result in one paragraph.
    pub statement: String,
}

impl ExposureReport {
    /// The article's paragraphs as a page shows them: where each stands, and the quotations in it with their
    /// places in `quotations`. Of an article longer than `whole` bytes only the paragraphs with quotations.
    pub fn paragraphs(
        &self,
        whole: usize,
    ) -> impl Iterator<Item = (Range<usize>, Vec<(usize, &Quoted)>)> {
        let text = self.article.text.as_str();
        let all = text.len() <= whole;
        let mut from = 0;
        // Quotations come in order and do not overlap; those before this one have ended.
        let mut first = 0;
        text.split_inclusive("\n\n").filter_map(move |paragraph| {
            let span = from..from + paragraph.len();
            from = span.end;
            first += self.quotations[first..].iter().take_while(|q| q.end <= span.start).count();
            let rest = self.quotations.iter().enumerate().skip(first);
            let inside: Vec<(usize, &Quoted)> =
                rest.take_while(|(_, q)| q.start < span.end).collect();
            let shown = !paragraph.trim().is_empty() && (all || !inside.is_empty());
            shown.then_some((span, inside))
        })
    }

    /// Quotations of a kind.
    #[must_use]
    pub fn count(&self, kind: QuotationKind) -> usize {
        self.quotations.iter().filter(|q| q.kind == kind).count()
    }

    /// The paragraph a lay reader gets.
    #[must_use]
    pub(crate) fn say(&self) -> String {
        if self.quotations.is_empty() {
            return "There is no quotation in this article; nothing was searched for.".to_owned();
        }
        let kinds = [
            QuotationKind::Public,
            QuotationKind::Authorised,
            QuotationKind::Restricted,
            QuotationKind::Unknown,
        ];
        let kinds: Vec<String> = kinds
            .into_iter()
            .filter(|kind| self.count(*kind) > 0)
            .map(|kind| format!("{} {}", self.count(kind), kind.word()))
            .collect();
        let mut out = format!(
            "{}: {}.",
            counted(self.quotations.len(), "quotation", "quotations"),
            kinds.join(", ")
        );
        let named: Vec<&str> = self.leaked_papers.iter().map(|p| p.paper.as_str()).collect();
        let claimed = self
            .quotations
            .iter()
            .filter(|q| q.kind == QuotationKind::Restricted && q.basis == Basis::Article)
            .filter(|q| q.significance.level < Level::Likely)
            .collect::<Vec<_>>();
        match named.as_slice() {
            [] => {}
            [one] => out.push_str(&format!(" The article quotes {one}.")),
            many => out.push_str(&format!(" The article quotes {}.", many.join(" and "))),
        }
        if !claimed.is_empty() {
            let words = claimed.iter().map(|q| q.significance.words).max().unwrap_or(0);
            let more = if named.is_empty() { "" } else { "more " };
            let noun = if claimed.len() == 1 { "quotation" } else { "quotations" };
            let one = claimed.len() == 1;
            let why = if words <= FEW_WORDS {
                format!(
                    "with at most {} each they are too common to name a paper",
                    counted(words, "word", "words")
                )
            } else if claimed.iter().all(|q| q.significance.holders == Some(0)) {
                format!("{} like no paper searched", if one { "it is" } else { "they are" })
            } else {
                format!("{} no paper", if one { "it names" } else { "they name" })
            };
            out.push_str(&format!(
                " {} {more}{noun} {} leaked according to the article; {why}.",
                claimed.len(),
                if one { "is" } else { "are" },
            ));
        }
        let copies: Vec<&str> = self
            .leaked_papers
            .iter()
            .filter_map(|p| p.copy.finding.as_ref())
            .flat_map(|f| f.named.iter().map(|c| c.copy.as_str()))
            .collect();
        let waiting = self.leaked_papers.iter().filter(|p| p.copy.state == "awaiting approval");
        let waiting: Vec<&str> = waiting.filter_map(|p| p.copy.inquiry.as_deref()).collect();
        match (copies.as_slice(), waiting.as_slice()) {
            ([], []) if named.is_empty() => out.push_str(&format!(
                " No copy can be told from this: to name one of 1,000 readers at {} takes {:.0} bits, and a quoted word gives one at most.",
                one_in(self.alpha),
                bits_to_name(1_000, self.alpha)
            )),
            ([], []) => out.push_str(" No copy can be told from this."),
            ([], ids) => out.push_str(&format!(
                " Whose copy was quoted is for {} to say, once a second officer has approved.",
                ids.join(" and ")
            )),
            (copies, _) => {
                out.push_str(&format!(" The inquiry names copy {}.", copies.join(" and ")));
            }
        }
        if !self.contradictions.is_empty() {
            out.push_str(&format!(
                " In {} the register contradicts the article.",
                counted(self.contradictions.len(), "place", "places")
            ));
        }
        out
    }
}

impl Significance {
    /// The sentence; `public` when the words are in a public text.
    pub(crate) fn say(&self, public: bool) -> String {
        let words = counted(self.words, "word", "words");
        if public {
            return if self.exact {
                format!("{words}, found word for word")
            } else {
                format!("{} of {words} found in order", self.shared)
            };
        }
        if self.words == 0 {
            return "no words to search for".to_owned();
        }
        let held = match self.holders {
            Some(0) => "no paper has it word for word".to_owned(),
            Some(1) => "one paper has it word for word".to_owned(),
            Some(n) => format!("{n} papers have it word for word"),
            None => "very many papers have it word for word".to_owned(),
        };
        let chance = self.chance.map_or_else(String::new, |c| {
            let hits = if c.hits == 0 { "none".to_owned() } else { c.hits.to_string() };
            format!("; of {} spans like it {hits} in another paper too", c.sample)
        });
        let joint = self.joint.map_or_else(String::new, |j| {
            format!("; {} of {} decoy articles score as high", j.as_high, j.decoys)
        });
        let shared = match self.exact {
            true => format!("{words}, all of them"),
            false => format!("{words}, {} of them", self.shared),
        };
        match self.level {
            Level::None | Level::Possible if self.holders == Some(0) && self.words <= FEW_WORDS => {
                format!("{words}: in no paper searched")
            }
            Level::None | Level::Possible if self.words <= FEW_WORDS => {
                format!("{words}: too common to name a paper; {held}")
            }
            Level::None | Level::Possible if self.holders == Some(0) => {
                format!("{words}: like no paper searched")
            }
            Level::None | Level::Possible => format!("{words}: names no paper; {held}{chance}"),
            Level::Likely => format!("likely, not sure: {shared}; {held}{chance}{joint}"),
            Level::Supported => {
                format!("{shared}; fits the paper that is quoted elsewhere; {held}")
            }
            Level::Certain => format!("{shared}; {held}{chance}{joint}"),
        }
    }
}

impl CopyAnswer {
    pub(crate) fn none() -> Self {
        Self {
            inquiry: None,
            state: "none".to_owned(),
            places: 0,
            bits: 0.0,
            bits_needed: 0.0,
            words_needed: None,
            finding: None,
            says: String::new(),
        }
    }
}

pub(crate) fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}
