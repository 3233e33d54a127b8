//! Examples of the rules, run as tests: what each rule must find and what it must leave alone.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use super::Lexicon;
use super::file::{RawRule, Register};
use super::find::Index;
use super::rule::{self, LexiconError, Rule};
use crate::passage::{Passage, Style};
use crate::proposal::Proposal;

/// One example that does not hold, or a rule that lacks examples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The rule or family.
    pub rule: String,
    /// What is wrong, with the example.
    pub reason: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rule {}: {}", self.rule, self.reason)
    }
}

/// An example's text and its marked places, each with the other reading it asks for.
struct Example {
    text: String,
    places: Vec<(Range<usize>, Option<String>)>,
}

pub(super) fn check(files: &[(&str, &str)]) -> Result<Vec<Failure>, LexiconError> {
    let lexicon = Lexicon::parse(files)?;
    let mut failures: Vec<Failure> = lexicon
        .dropped
        .iter()
        .map(|name| Failure { rule: name.clone(), reason: "touches a stop word".to_owned() })
        .collect();
    let dropped: BTreeSet<&str> = lexicon.dropped.iter().map(String::as_str).collect();
    for file in rule::read(files)? {
        for raw in &file.rule {
            let rules: Vec<Rule> = lexicon
                .rules
                .iter()
                .filter(|r| {
                    r.name == raw.id
                        || (!raw.pairs.is_empty()
                            && r.name.strip_prefix(&raw.id).is_some_and(|t| t.starts_with('.')))
                })
                .cloned()
                .collect();
            if rules.is_empty() && dropped.contains(raw.id.as_str()) {
                continue;
            }
            let register = raw.register.or(file.defaults.register).unwrap_or(Register::Any);
            let mut report = |reason| failures.push(Failure { rule: raw.id.clone(), reason });
            check_rule(raw, &rules, register, &mut report);
        }
    }
    Ok(failures)
}

fn check_rule(raw: &RawRule, rules: &[Rule], register: Register, report: &mut impl FnMut(String)) {
    let index = Index::new(rules, &[]);
    let style = if register == Register::Telegraphic { Style::Telegraphic } else { Style::Prose };
    if raw.positive.is_empty() || raw.negative.is_empty() {
        report("needs a positive and a negative example".to_owned());
    }
    let mut opened = BTreeSet::new();
    for source in &raw.positive {
        let Some(example) = example(source) else {
            report(format!("mark the place as [[found]] or [[found|other]]: {source}"));
            continue;
        };
        let found = index.find(rules, &Passage::new(&example.text, &[], style));
        for (place, other) in &example.places {
            let holds = |p: &&Proposal| {
                p.span == *place && other.as_ref().is_none_or(|o| p.readings.contains(o))
            };
            match found.iter().find(holds) {
                Some(proposal) => {
                    opened.insert(proposal.current);
                }
                None => {
                    let seen: Vec<_> = found.iter().map(|p| (&p.span, &p.readings)).collect();
                    report(format!("not found as marked: {source} (found {seen:?})"));
                }
            }
        }
    }
    let openings = rules.iter().map(|r| r.opening).max().unwrap_or(0);
    if opened.len() < openings && !raw.positive.is_empty() {
        report(format!("positive examples open {} of {openings} readings", opened.len()));
    }
    for source in &raw.negative {
        let found = index.find(rules, &Passage::new(source, &[], style));
        for proposal in found {
            report(format!("must not be found: {source} (as {:?})", proposal.readings));
        }
    }
}

fn example(source: &str) -> Option<Example> {
    let mut text = String::new();
    let mut places = Vec::new();
    let mut rest = source;
    while let Some((before, after)) = rest.split_once("[[") {
        let (marked, tail) = after.split_once("]]")?;
        let (found, other) = match marked.split_once('|') {
            Some((found, other)) => (found, Some(other.to_owned())),
            None => (marked, None),
        };
        text.push_str(before);
        let start = text.len();
        text.push_str(found);
        places.push((start..text.len(), other));
        rest = tail;
    }
    text.push_str(rest);
    (!places.is_empty()).then_some(Example { text, places })
}
