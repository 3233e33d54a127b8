//! Findings: what an inquiry tells, in fields for programs and in sentences for people.
//!
//! A finding speaks of copies. Offices and holders are filled in only where the procedure lets them be
//! opened: in an exercise, or by both officers together.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::Range;

use chancery_domain::Handle;
use serde::{Deserialize, Serialize};

use crate::library::SiteCounts;

/// Schema of the JSON.
pub const SCHEMA: &str = "chancery/finding/v1";

/// Offered and read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read {
    /// Sites of the paper.
    pub offered: usize,
    /// Sites about which the leak says something.
    pub read: usize,
}

/// Sites by channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SitesByChannel {
    /// Wording.
    pub wording: Read,
    /// Characters.
    pub characters: Read,
    /// Layout.
    pub layout: Read,
}

/// A paper of the finding.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FoundPaper {
    /// Reference.
    pub paper: String,
    /// Id in the imported file.
    pub source_id: Option<String>,
    /// Subject.
    pub subject: String,
    /// Marking.
    pub label: String,
    /// Persons entitled to it.
    pub readers: usize,
    /// Sites.
    pub sites: SitesByChannel,
}

/// A leak of the finding.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FoundLeak {
    /// File name.
    pub file: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Papers it is from.
    pub papers: Vec<String>,
    /// SHA-256 of what was read from it.
    pub evidence: String,
    /// Words.
    pub words: usize,
    /// Words that stand in the papers.
    pub matched: usize,
    /// Public texts that passages of it stand in as well; these were not read.
    #[serde(default)]
    pub public: Vec<String>,
    /// Papers that it shows pages of and that this program cannot set: the places of their words were not read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unset: Vec<String>,
    /// Pictures of text in it that show no page of this archive and were not read, for it has text or pages besides.
    #[serde(default, skip_serializing_if = "is_none")]
    pub unread: usize,
    /// Its text, for display.
    #[serde(skip)]
    pub text: String,
    /// Decisive places of the leading copy.
    pub places: Vec<Decisive>,
    /// Pages that its pictures show; its text ends with what was recognised on them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pages: Vec<FoundPage>,
    /// Pages of a PDF with their words in place, where something decides; kept nowhere.
    #[serde(skip)]
    pub sheets: Vec<FoundPage>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_none(count: &usize) -> bool {
    *count == 0
}

/// A page that a picture shows, as it was recognised.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FoundPage {
    /// Which picture of the file it is, from 1.
    pub picture: usize,
    /// The paper.
    pub paper: String,
    /// Width of the picture as it was read, in pixels.
    pub width: usize,
    /// Height.
    pub height: usize,
    /// Recognised words, line by line.
    pub lines: Vec<Vec<FoundWord>>,
    /// Decisive places of the leading copy.
    pub places: Vec<FoundMark>,
    /// The picture as it was read, level and evenly lit, as JPEG; kept nowhere.
    #[serde(skip)]
    pub jpeg: Vec<u8>,
}

/// A word that was recognised in a picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundWord {
    /// The paper's word.
    pub text: String,
    /// Corners of its ink, clockwise from the upper left, in pixels.
    pub corners: [[i32; 2]; 4],
}

/// A place of a picture that speaks for or against the leading copy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoundMark {
    /// Line of the page.
    pub line: usize,
    /// First word of the line.
    pub first: usize,
    /// End of its words.
    pub end: usize,
    /// Wording or layout.
    pub channel: String,
    /// Bits for (or, when negative, against) the leading copy.
    pub bits: f64,
    /// Where a word stands between its neighbours, in points to the right of the middle.
    pub shift: Option<f64>,
}

/// Where words stand in a text, in bytes: by page, line and word.
pub(crate) type WordSpans = Vec<Vec<Vec<Range<usize>>>>;

/// The text of some pages, and where its words stand in it.
pub(crate) fn text_of<'a>(pages: impl IntoIterator<Item = &'a FoundPage>) -> (String, WordSpans) {
    let mut text = String::new();
    let mut all = Vec::new();
    for page in pages {
        if !text.is_empty() {
            text.push('\n');
        }
        let mut lines = Vec::new();
        for line in &page.lines {
            let mut spans = Vec::new();
            for (at, word) in line.iter().enumerate() {
                text.push_str(if at == 0 { "" } else { " " });
                let start = text.len();
                text.push_str(&word.text);
                spans.push(start..text.len());
            }
            text.push('\n');
            lines.push(spans);
        }
        all.push(lines);
    }
    (text, all)
}

/// A place of a leak that speaks for or against the leading copy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decisive {
    /// First byte in the leak's text.
    pub start: usize,
    /// End.
    pub end: usize,
    /// Wording or characters.
    pub channel: String,
    /// Bits for (or, when negative, against) the leading copy.
    pub bits: f64,
}

/// A copy that is named or leads.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FoundCopy {
    /// The copy (the first one, where several papers are pooled).
    pub copy: String,
    /// All copies that the statement is about.
    pub copies: Vec<String>,
    /// The office it was opened through; null until opened.
    pub office: Option<Handle>,
    /// Whose copy it is; null until opened.
    pub reader: Option<Handle>,
    /// Adjusted bound.
    pub p_adjusted: f64,
    /// log2 of its e-value.
    pub log2_e: f64,
    /// Round in which it was named.
    pub round: usize,
    /// `paper` or `pooled`: pooled says "at least one of these leaks".
    pub route: String,
    /// Papers whose own bound is low enough as well.
    pub papers: Vec<String>,
    /// What each channel says.
    pub channels: Vec<ChannelSays>,
}

/// What one channel says about a copy.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChannelSays {
    /// Wording or characters.
    pub channel: String,
    /// Bits for the copy under the model of leaking that fits it best; may be negative where the copy is
    /// one of several that were mixed.
    pub bits: f64,
    /// Places at which leak and copy agree.
    pub agrees: usize,
    /// Places read.
    pub of: usize,
}

/// A set of copies that holds most of the belief.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FoundSet {
    /// Its share.
    pub mass: f64,
    /// Copies in it.
    pub size: usize,
    /// Of how many readers.
    pub of: u64,
    /// The copies, likeliest first; empty unless the verdict is *narrowed*.
    pub copies: Vec<String>,
}

/// What was done about the authors of the papers: who drafted one, or held its originating office when
/// it was released.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundAuthors {
    /// Whether the officers had them tried like everybody else.
    pub included: bool,
    /// Persons counted in N whose copies of their own papers were not tried.
    pub left_out: usize,
}

/// Decoy readers.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct FoundDecoys {
    /// How many.
    pub count: usize,
    /// Best log2 e-value among them.
    pub best_log2: Option<f64>,
}

/// Inquiries so far.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct FoundInquiries {
    /// How many, with this one.
    pub count: usize,
    /// Sum of their levels.
    pub summed_alpha: f64,
}

/// Earlier inquiries that looked at the same places or papers.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct FoundLooks {
    /// What they spent; counted in every bound of this finding.
    pub before: f64,
    /// Those that looked at the same places.
    pub at: Vec<String>,
    /// The one that scored the very same evidence: this finding repeats it and adds nothing.
    pub repeats: Option<String>,
    /// Those that showed something about copies of these papers: there is no bound after them.
    pub spent_by: Vec<String>,
}

/// Bits of the leading copy.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct FoundBits {
    /// Obtained; 0 where nothing is found, because even that would tell about copies.
    pub obtained: f64,
    /// Needed to be named.
    pub needed: f64,
    /// Most that the sites read could have given.
    pub attainable: f64,
}

/// The result of an inquiry.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FindingReport {
    /// [`SCHEMA`].
    pub schema: String,
    /// Number of the inquiry.
    pub inquiry: String,
    /// Whether it is an exercise.
    pub exercise: bool,
    /// `identified`, `strong-lead`, `narrowed` or `nothing`.
    pub verdict: String,
    /// Level.
    pub alpha: f64,
    /// Papers.
    pub papers: Vec<FoundPaper>,
    /// Leaks.
    pub leaks: Vec<FoundLeak>,
    /// N: every person counted once, and once more for each further copy of a paper that duplicate
    /// records left him.
    pub readers: u64,
    /// Persons counted.
    #[serde(default)]
    pub persons: u64,
    /// Authors of the papers.
    #[serde(default)]
    pub authors: FoundAuthors,
    /// Copies named; only at *identified*.
    pub named: Vec<FoundCopy>,
    /// Copies that lead; only at *strong-lead*.
    pub leading: Vec<FoundCopy>,
    /// Credible set.
    pub credible_set: FoundSet,
    /// Decoys.
    pub decoys: FoundDecoys,
    /// Inquiries so far.
    pub inquiries: FoundInquiries,
    /// Bits of the best copy.
    pub bits: FoundBits,
    /// Conditions of the statement.
    pub conditions: Vec<String>,
    /// Whether there is no bound: something about copies of these papers was shown before.
    pub spent: bool,
    /// Earlier looks.
    pub looks: FoundLooks,
    /// Entries of acts before the leak that put all copies of a paper into one hand.
    pub exports: Vec<u64>,
    /// The finding in one paragraph.
    pub statement: String,
    /// Entry of the record with the frozen evidence; the result stands in the next.
    pub entry: u64,
}

/// Fewer words than this are not looked for in the archive.
const FEW_WORDS: usize = 5;

/// Conditions C1 to C9, as printed with every finding.
pub const CONDITIONS: &[&str] = &[
    "no path: the copy, its keys and text taken from it did not reach those who made the leak in another way",
    "no feedback: nothing that depends on the copies' marks of these papers was shown to them before",
    "order: leaks, reading version, papers and procedure were in the record before anything was scored",
    "law: every place was drawn by itself with its stated odds, and nothing was drawn twice",
    "count: N holds every person entitled to the papers, whether or not he opened them",
    "spending: every inquiry counts; the sum of their levels is printed",
    "pooling: over several leaks the statement is about at least one of them",
    "keys: drawn honestly and unseen by officers; it is no protection against the operator",
    "cipher: the keyed function that draws the marks is as good as random",
];

impl FindingReport {
    /// The paragraph a lay reader gets.
    #[must_use]
    pub fn say(&self) -> String {
        let mut said = self.say_verdict();
        if self.spent {
            let by = self.spent_after();
            let none = if self.exercise {
                format!(
                    " An exercise shows this all the same: after {by} it carries no bound, and in earnest no copy would be named."
                )
            } else {
                format!(
                    " There is no bound: {by} showed something about copies of the same paper before, and a text made or chosen after that may answer to it."
                )
            };
            said.push_str(&none);
        } else if let Some(first) = &self.looks.repeats {
            let _ = write!(said, " This is the evidence of {first} again; it adds nothing to it.");
        } else if self.looks.before > 0.0 && self.bounded() {
            let _ = write!(
                said,
                " Earlier looks at the same places ({}) are counted in this bound.",
                self.looks.at.join(", ")
            );
        }
        said.push_str(&self.say_public());
        said.push_str(&self.say_unread());
        said.push_str(&self.say_authors());
        if !self.exports.is_empty() {
            let entries: Vec<String> = self.exports.iter().map(u64::to_string).collect();
            let _ = write!(
                said,
                " All copies of a paper were exported into one hand before the leak was received (entry {} of the record); against whoever had that export no finding protects anybody.",
                entries.join(", ")
            );
        }
        said
    }

    fn say_public(&self) -> String {
        let texts: BTreeSet<&str> =
            self.leaks.iter().flat_map(|leak| &leak.public).map(String::as_str).collect();
        if texts.is_empty() || self.papers.is_empty() {
            return String::new();
        }
        let texts: Vec<&str> = texts.into_iter().collect();
        format!(
            " What stands in public texts as well ({}) says nothing about copies and was not read.",
            texts.join(", ")
        )
    }

    fn say_unread(&self) -> String {
        let mut said = String::new();
        let unset: BTreeSet<&str> =
            self.leaks.iter().flat_map(|leak| &leak.unset).map(String::as_str).collect();
        if !unset.is_empty() {
            let papers: Vec<&str> = unset.into_iter().collect();
            let _ = write!(
                said,
                " What was found looks like pages of {}, which were set by another version of this program: the places of their words were not read. The version of their time can read them.",
                papers.join(" and ")
            );
        }
        for leak in self.leaks.iter().filter(|leak| leak.unread > 0) {
            let (pictures, them) = match leak.unread {
                1 => ("One picture".to_owned(), "it"),
                n => (format!("{n} pictures"), "them"),
            };
            let _ = write!(
                said,
                " {pictures} of text in {} showed no page of this archive and nothing was read there; to have {them} read by letters give {them} as a file of {} own.",
                leak.file,
                if leak.unread == 1 { "its" } else { "their" }
            );
        }
        said
    }

    fn say_authors(&self) -> String {
        match self.authors.left_out {
            0 => String::new(),
            1 => " One author of the papers is counted but was not tried: an author is no suspect unless the officers say so. Leaving somebody out makes it no likelier that another is named.".to_owned(),
            n => format!(" {n} authors of the papers are counted but were not tried: an author is no suspect unless the officers say so. Leaving somebody out makes it no likelier that another is named."),
        }
    }

    fn bounded(&self) -> bool {
        matches!(self.verdict.as_str(), "identified" | "strong-lead")
    }

    /// A bound of this finding in words; that there is none, where the papers are spent.
    #[must_use]
    pub fn bound(&self, p: f64) -> String {
        match self.spent {
            true => format!("no bound after {}", self.spent_after()),
            false => one_in(p),
        }
    }

    /// The inquiries after which there is no bound.
    fn spent_after(&self) -> String {
        let looks = &self.looks;
        if looks.spent_by.is_empty() { &looks.at } else { &looks.spent_by }.join(", ")
    }

    fn say_verdict(&self) -> String {
        let leaks = match self.leaks.len() {
            1 => "this leak".to_owned(),
            n => format!("these {n} leaks"),
        };
        match self.verdict.as_str() {
            "identified" => self.say_identified(&leaks),
            "strong-lead" if self.spent => format!(
                "Strong lead: one copy agrees with {leaks} better than others. A strong lead names nobody."
            ),
            "strong-lead" => format!(
                "Strong lead: one copy agrees with {leaks} better than chance would explain (at most {} that any of {} copies agreed this well by chance), but not well enough to name it at {}. A strong lead names nobody.",
                self.leading.first().map_or_else(String::new, |c| one_in(c.p_adjusted)),
                self.readers,
                one_in(self.alpha)
            ),
            "narrowed" => format!(
                "Narrowed: {leaks} would be explained best by {} of {} copies. This list carries no bound and may hold no leaker; it names nobody.",
                self.credible_set.size, self.readers
            ),
            _ if self.papers.is_empty() && self.leaks.iter().all(|l| l.words < FEW_WORDS) => {
                format!(
                    "Nothing: {} words are too few to tell even which paper they are from, let alone whose copy. A sentence in its own words narrows a paper down; about {:.0} bits of marks are needed to name one of 1,000 copies at {}.",
                    self.leaks.iter().map(|l| l.words).sum::<usize>(),
                    bits_to_name(1000, self.alpha),
                    one_in(self.alpha)
                )
            }
            _ if self.papers.is_empty() => format!(
                "Nothing: {leaks} {} from no paper of this archive, as far as can be told from so much text. Nothing was scored.",
                if self.leaks.len() == 1 { "is" } else { "are" }
            ),
            _ => format!(
                "Nothing: no copy can be told from {leaks}. {} persons could have had the paper. The places read could give at most {:.0} bits; {:.0} are needed to name one of {} readers at {}.",
                self.readers,
                self.bits.attainable.max(0.0),
                self.bits.needed,
                self.readers,
                one_in(self.alpha)
            ),
        }
    }

    fn say_identified(&self, leaks: &str) -> String {
        let pooled = self.named.iter().any(|copy| copy.route == "pooled");
        let copies = match self.named.as_slice() {
            [one] if one.copies.len() == 1 => format!("copy {} agrees with {leaks}", one.copy),
            [one] => format!("copies {} agree with {leaks} taken together", one.copies.join(", ")),
            many => {
                let names: Vec<&str> = many.iter().map(|copy| copy.copy.as_str()).collect();
                format!("copies {} each agree with {leaks}", names.join(" and "))
            }
        };
        let worst = self.named.iter().map(|copy| copy.p_adjusted).fold(0.0, f64::max);
        let bound = match self.spent {
            true => String::new(),
            false => format!(
                " Had these marks been drawn afresh, independently of the text, the chance that any of {} such copies agreed this well is at most {}.",
                self.readers,
                one_in(worst)
            ),
        };
        let least =
            if pooled { " It speaks of at least one of these leaks, not of each." } else { "" };
        format!(
            "Identified: {copies}.{bound}{least} It says nothing about who held the copy, or how the text left it."
        )
    }

    /// Sites of a paper as counts, for lists.
    #[must_use]
    pub fn offered(paper: &FoundPaper) -> SiteCounts {
        SiteCounts {
            wording: paper.sites.wording.offered,
            characters: paper.sites.characters.offered,
            layout: paper.sites.layout.offered,
        }
    }
}

/// Bits that a lone copy must agree by to be named among `readers` at level `alpha`: the limit that no
/// procedure beats.
#[must_use]
pub fn bits_to_name(readers: usize, alpha: f64) -> f64 {
    libm::log2(readers as f64 / alpha)
}

/// 2^-128 and a little: smaller bounds are not printed.
const FLOOR: f64 = 1e-38;

/// A level, or a sum of levels, to nine digits: what binary fractions leave behind a sum says nothing.
#[must_use]
pub fn level(alpha: f64) -> String {
    let text = format!("{alpha:.8e}");
    let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
    format!("{}e{power}", digits.trim_end_matches('0').trim_end_matches('.'))
}

/// A small probability in words: `1 in 3 million`.
#[must_use]
pub fn one_in(p: f64) -> String {
    // Below the security of the keyed function (condition C9) a smaller number would say nothing.
    if p.is_nan() || p <= FLOOR {
        return "1 in 10^38".to_owned();
    }
    let n = 1.0 / p;
    let words = [(1e12, "million million"), (1e9, "thousand million"), (1e6, "million")];
    for (size, word) in words {
        if n >= size * 0.9995 {
            let count = n / size;
            if count >= 1e6 {
                let exponent = libm::floor(libm::log10(n));
                return format!("1 in 10^{exponent:.0}");
            }
            let count = if count < 10.0 { format!("{count:.1}") } else { format!("{count:.0}") };
            return format!("1 in {} {word}", count.trim_end_matches(".0"));
        }
    }
    let whole = n.round().max(1.0);
    if whole >= 1000.0 {
        format!("1 in {},{:03.0}", (whole / 1000.0).floor(), whole % 1000.0)
    } else {
        format!("1 in {whole:.0}")
    }
}

#[cfg(test)]
mod tests {
    use super::{level, one_in};

    #[test]
    fn sums_of_levels_are_as_they_were_set() {
        let sum: f64 = [1e-6; 6].iter().sum();
        assert_eq!(format!("{sum:e}"), "5.999999999999999e-6");
        assert_eq!(
            [sum, 1e-6, 0.01, 2.5e-7, 1.0].map(level),
            ["6e-6", "1e-6", "1e-2", "2.5e-7", "1e0"]
        );
    }

    #[test]
    fn small_probabilities_read_as_words() {
        for (p, words) in [
            (1e-6, "1 in 1 million"),
            (1e-3, "1 in 1,000"),
            (0.05, "1 in 20"),
            (3.2e-8, "1 in 31 million"),
            (2.5e-10, "1 in 4 thousand million"),
            (1e-13, "1 in 10 million million"),
            (1e-30, "1 in 10^30"),
            (1e-45, "1 in 10^38"),
            (0.0, "1 in 10^38"),
        ] {
            assert_eq!(one_in(p), words);
        }
    }
}
