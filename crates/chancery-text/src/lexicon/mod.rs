//! The lexicon: reviewed pairs of words that may stand for each other, kept as data.
//!
//! The data are TOML files in `crates/chancery-text/lexicon`, compiled in; a house may parse its own
//! files beside them. Here: the public face. The file format lives in `file`, compiled rules in
//! `rule`, the search in `find`, capitals and articles in `shape`, examples in `check`.
//! Order of words, punctuation and typography belong elsewhere.

mod check;
mod embedded;
mod file;
mod find;
mod rule;
mod shape;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use sha2::{Digest, Sha256};

pub use check::Failure;
pub use rule::LexiconError;

use crate::passage::Passage;
use crate::proposal::{Proposal, Proposer};
use find::Index;
use rule::Rule;

/// A set of compiled rules, with the stop list and the frozen phrases that bound them.
#[derive(Debug)]
pub struct Lexicon {
    rules: Vec<Rule>,
    index: Index,
    dropped: Vec<String>,
    hash: [u8; 32],
}

static EMBEDDED: LazyLock<Lexicon> = LazyLock::new(|| {
    Lexicon::parse(embedded::FILES).expect("the embedded lexicon parses, as its tests assert")
});

impl Lexicon {
    /// The lexicon that comes with this version of the program, compiled once a process.
    #[must_use]
    pub fn embedded() -> &'static Self {
        &EMBEDDED
    }

    /// The files of the embedded lexicon as `(name, text)`, to parse together with a house's own.
    #[must_use]
    pub fn embedded_files() -> &'static [(&'static str, &'static str)] {
        embedded::FILES
    }

    /// Compiles a lexicon from `(name, text)` files. Fragments, stop words and frozen phrases of
    /// every file hold for all of them; a rule that touches a stop word is dropped.
    ///
    /// # Errors
    ///
    /// Anything a file holds that the format does not know, guards that are not linear-time regular
    /// expressions, rules without two readings, and names used twice.
    pub fn parse(files: &[(&str, &str)]) -> Result<Self, LexiconError> {
        let compiled = rule::compile(files)?;
        let index = Index::new(&compiled.rules, &compiled.frozen);
        Ok(Self { rules: compiled.rules, index, dropped: compiled.dropped, hash: hash(files) })
    }

    /// SHA-256 over the names and texts of all files in order, each preceded by its length as eight
    /// bytes, big end first. A released paper's record carries it.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        self.hash
    }

    /// Names of the rules that the stop list struck out.
    #[must_use]
    pub fn dropped(&self) -> &[String] {
        &self.dropped
    }

    /// How many rules there are; each pair of a family counts as one.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there is no rule at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The class of every rule by its name, for reports.
    #[must_use]
    pub fn classes(&self) -> BTreeMap<&str, &str> {
        self.rules.iter().map(|rule| (rule.name.as_str(), rule.class.as_str())).collect()
    }

    /// The readings of every rule, without the word that a reading may carry at its end.
    pub(crate) fn readings(&self) -> impl Iterator<Item = impl Iterator<Item = &str>> {
        self.rules.iter().map(|rule| rule.readings.iter().map(|reading| reading.text.as_str()))
    }

    /// Runs every example of `files`: a positive example must be found at its marked place, a
    /// negative one must not be found by its own rule. Also fails rules without examples and rules
    /// that the stop list struck out.
    ///
    /// # Errors
    ///
    /// As [`Lexicon::parse`].
    pub fn check(files: &[(&str, &str)]) -> Result<Vec<Failure>, LexiconError> {
        check::check(files)
    }
}

impl Proposer for Lexicon {
    /// Places where a rule applies. No two overlap: where rules compete, the safer one wins, then
    /// the free one, then the hardier one, then the longer one, then the earlier one.
    fn propose(&self, passage: &Passage<'_>) -> Vec<Proposal> {
        let mut found = self.index.find(&self.rules, passage);
        found.sort_by_key(|p| {
            let consistent = p.scope != crate::proposal::Scope::Free;
            let length = std::cmp::Reverse(p.span.len());
            (p.acceptance, consistent, std::cmp::Reverse(p.survival), length, p.span.start)
        });
        let mut kept: BTreeMap<usize, Proposal> = BTreeMap::new();
        for proposal in found {
            let before = kept.range(..proposal.span.end).next_back();
            if before.is_none_or(|(_, other)| other.span.end <= proposal.span.start) {
                kept.insert(proposal.span.start, proposal);
            }
        }
        kept.into_values().collect()
    }
}

fn hash(files: &[(&str, &str)]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in files.iter().flat_map(|&(name, text)| [name, text]) {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passage::Style;

    const FILE: &str = r#"
        [defaults]
        tier = 2
        class = "preposition"
        [[rule]]
        id = "prep.prior-to"
        readings = ["prior to", "before"]
        direction = ">"
        accept = "core"
        positive = ["It came [[prior to]] noon."]
        negative = ["It came before noon."]
        [[rule]]
        id = "adj.more"
        readings = ["further", "additional"]
        positive = ["We need [[further]] and [[additional]] funds."]
        negative = ["It was farther off."]
    "#;

    fn found(text: &str) -> Vec<Vec<String>> {
        let lexicon = Lexicon::parse(&[("a", FILE)]).unwrap();
        let passage = Passage::new(text, &[], Style::Prose);
        let proposals = lexicon.propose(&passage);
        assert!(proposals.iter().all(|p| p.holds_in(text)));
        proposals.into_iter().map(|p| p.readings).collect()
    }

    #[test]
    fn capitals_and_articles_follow_the_reading() {
        assert_eq!(found("Prior to that he left."), [["Prior to", "Before"]]);
        assert_eq!(found("We had a further talk."), [["a further", "an additional"]]);
        assert_eq!(found("We had an additional talk."), [["a further", "an additional"]]);
    }

    #[test]
    fn quotations_compounds_and_names_are_left_alone() {
        assert!(found("He said “prior to that” and left.").is_empty());
        assert!(found("The further-reaching plan.").is_empty());
        assert!(found("He met Further Robinson.").is_empty());
        assert!(found("It came before noon.").is_empty());
    }

    #[test]
    fn hash_depends_on_every_byte_and_name() {
        let of = |name, text| Lexicon::parse(&[(name, text)]).unwrap().hash();
        assert_eq!(of("a", FILE), of("a", FILE));
        assert_ne!(of("a", FILE), of("b", FILE));
        assert_ne!(of("a", FILE), of("a", &FILE.replace("noon", "dawn")));
    }

    #[test]
    fn a_house_can_stop_a_word() {
        let stop = "[stop]\nweighed = [\"further\"]\n";
        let lexicon = Lexicon::parse(&[("a", FILE), ("house", stop)]).unwrap();
        assert_eq!(lexicon.dropped(), ["adj.more"]);
        let failures = Lexicon::check(&[("a", FILE), ("house", stop)]).unwrap();
        assert_eq!(failures.len(), 1);
    }

    #[test]
    fn unknown_fields_and_broken_guards_are_refused() {
        let broken = FILE.replace("accept = \"core\"", "acept = \"core\"");
        assert!(matches!(Lexicon::parse(&[("a", &broken)]), Err(LexiconError::Syntax { .. })));
        let broken = FILE.replace("accept = \"core\"", "not_after = \"(\"");
        assert!(matches!(Lexicon::parse(&[("a", &broken)]), Err(LexiconError::Guard { .. })));
        let broken = FILE.replace("accept = \"core\"", "not_after = \"<nowhere>\"");
        assert!(matches!(Lexicon::parse(&[("a", &broken)]), Err(LexiconError::Fragment { .. })));
        let twice = Lexicon::parse(&[("a", FILE), ("b", FILE)]);
        assert!(matches!(twice, Err(LexiconError::Twice { .. })));
    }

    #[test]
    fn a_wrong_example_is_a_failure() {
        assert!(Lexicon::check(&[("a", FILE)]).unwrap().is_empty());
        let broken = FILE.replace("[[prior to]] noon", "prior [[to]] noon");
        assert!(!Lexicon::check(&[("a", &broken)]).unwrap().is_empty());
        let broken = FILE.replace("\"It came before noon.\"", "\"It came prior to noon.\"");
        assert!(!Lexicon::check(&[("a", &broken)]).unwrap().is_empty());
    }

    #[test]
    fn every_example_of_the_embedded_lexicon_holds() {
        let failures = Lexicon::check(Lexicon::embedded_files()).unwrap();
        for failure in &failures {
            eprintln!("{failure}");
        }
        assert!(failures.is_empty(), "{} examples fail", failures.len());
    }
}
