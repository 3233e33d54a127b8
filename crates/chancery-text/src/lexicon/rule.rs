//! Compiled rules: files of the lexicon turned into guards, readings and scopes that hold together.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

use super::file::{Case, Direction, File, RawRule, Register, Shared};
use crate::passage::Style;
use crate::proposal::{Acceptance, Scope, Survival};
use crate::token::{TokenKind, tokens};

/// Most readings one rule may have.
const MAX_READINGS: usize = 8;
/// Most rules a lexicon may have, all files together.
const MAX_RULES: usize = 20_000;
/// Largest guard, in bytes, after fragments are put in.
const MAX_GUARD: usize = 4_096;
/// Stands for the carried word in a reading.
const CARRIED: &str = "_";

/// Why files make no lexicon.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LexiconError {
    /// Not TOML, or not the fields of a lexicon.
    #[error("{file}: {message}")]
    Syntax {
        /// Name of the file.
        file: String,
        /// What the TOML reader says, with line and column.
        message: String,
    },
    /// A guard names a fragment that no file defines.
    #[error("rule {rule}: no file defines the fragment <{fragment}>; add it under [fragments]")]
    Fragment {
        /// The rule.
        rule: String,
        /// The missing fragment.
        fragment: String,
    },
    /// A guard is not a regular expression of the linear-time kind.
    #[error("rule {rule}: guard is not usable, correct it: {message}")]
    Guard {
        /// The rule.
        rule: String,
        /// What the pattern compiler says.
        message: String,
    },
    /// Two rules bear one name.
    #[error("rule {rule} is defined twice; rename or remove one")]
    Twice {
        /// The name.
        rule: String,
    },
    /// Readings, tier, class or scope are missing or contradict one another.
    #[error("rule {rule}: {message}")]
    Rule {
        /// The rule.
        rule: String,
        /// What is wrong.
        message: &'static str,
    },
    /// More rules than a lexicon may have.
    #[error("the lexicon has more than {MAX_RULES} rules; split it")]
    TooMany,
}

/// One word or mark of a reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Its text; apostrophes are curly.
    pub(super) text: String,
    /// Whether a space stands before it.
    pub(super) spaced: bool,
}

/// One reading of a rule.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    /// Its text without the carried word.
    pub(super) text: String,
    /// Its words and marks, without the carried word.
    pub(super) pieces: Vec<Piece>,
}

/// A rule ready for use; one pair of a family is a rule of its own.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) name: String,
    pub(super) tier: u8,
    pub(super) class: String,
    pub(super) readings: Vec<Reading>,
    /// How many readings, from the first, open a place.
    pub(super) opening: usize,
    pub(super) case: Case,
    pub(super) scope: Scope,
    pub(super) survival: Survival,
    pub(super) acceptance: Acceptance,
    pub(super) register: Register,
    /// The word carried at the end of every reading.
    pub(super) carry: Option<Regex>,
    pub(super) guards: Guards,
}

/// Conditions on the text around a place.
#[derive(Clone, Debug, Default)]
pub(super) struct Guards {
    not_before: Option<Regex>,
    not_after: Option<Regex>,
    need_before: Option<Regex>,
    need_after: Option<Regex>,
}

impl Guards {
    /// Whether text `before` and text `after` a place, without white space next to it, allow it.
    pub(super) fn allow(&self, before: &str, after: &str) -> bool {
        let matches = |guard: &Option<Regex>, text| guard.as_ref().map(|g| g.is_match(text));
        matches(&self.need_before, before) != Some(false)
            && matches(&self.need_after, after) != Some(false)
            && matches(&self.not_before, before) != Some(true)
            && matches(&self.not_after, after) != Some(true)
    }
}

impl Rule {
    /// Whether the rule applies to papers of `style`.
    pub(super) fn fits(&self, style: Style) -> bool {
        match self.register {
            Register::Any => true,
            Register::Prose => style != Style::Telegraphic,
            Register::Telegraphic => style != Style::Prose,
        }
    }
}

/// What all files come to.
pub(super) struct Compiled {
    pub(super) rules: Vec<Rule>,
    pub(super) frozen: Vec<Vec<Piece>>,
    pub(super) dropped: Vec<String>,
}

/// Parses files without compiling them.
pub(super) fn read(files: &[(&str, &str)]) -> Result<Vec<File>, LexiconError> {
    files
        .iter()
        .map(|&(name, text)| {
            toml::from_str(text).map_err(|error| LexiconError::Syntax {
                file: name.to_owned(),
                message: error.to_string(),
            })
        })
        .collect()
}

/// Compiles files; see [`super::Lexicon::parse`].
pub(super) fn compile(files: &[(&str, &str)]) -> Result<Compiled, LexiconError> {
    let files = read(files)?;
    let mut fragments = BTreeMap::new();
    let mut weighed = BTreeSet::new();
    let mut frozen = Vec::new();
    for file in &files {
        fragments.extend(file.fragments.iter().map(|(k, v)| (k.as_str(), v.as_str())));
        weighed.extend(file.stop.weighed.iter().map(|word| word.to_lowercase()));
        frozen.extend(file.stop.frozen.iter().map(|phrase| pieces(&phrase.to_lowercase())));
    }
    let mut compiler = Compiler { fragments, cache: BTreeMap::new() };
    let mut rules: Vec<Rule> = Vec::new();
    let mut dropped = Vec::new();
    let mut names = BTreeSet::new();
    for file in &files {
        for raw in &file.rule {
            for rule in compiler.rules(raw, &file.defaults)? {
                if !names.insert(rule.name.clone()) {
                    return Err(LexiconError::Twice { rule: rule.name });
                }
                if rules.len() == MAX_RULES {
                    return Err(LexiconError::TooMany);
                }
                if rule.tier == 2 && touches(&rule, &weighed) {
                    dropped.push(rule.name);
                } else {
                    rules.push(rule);
                }
            }
        }
    }
    Ok(Compiled { rules, frozen, dropped })
}

fn touches(rule: &Rule, weighed: &BTreeSet<String>) -> bool {
    let mut words = rule.readings.iter().flat_map(|r| &r.pieces);
    words.any(|piece| weighed.contains(&piece.text.to_lowercase()))
}

struct Compiler<'a> {
    fragments: BTreeMap<&'a str, &'a str>,
    cache: BTreeMap<String, Regex>,
}

impl Compiler<'_> {
    fn rules(&mut self, raw: &RawRule, shared: &Shared) -> Result<Vec<Rule>, LexiconError> {
        let wrong = |message| LexiconError::Rule { rule: raw.id.clone(), message };
        let sets: Vec<(String, Vec<String>)> = match (raw.readings.is_empty(), raw.pairs.is_empty())
        {
            (false, true) => vec![(raw.id.clone(), raw.readings.clone())],
            (true, false) => raw
                .pairs
                .iter()
                .map(|pair| (format!("{}.{}", raw.id, slug(&pair[0])), pair.to_vec()))
                .collect(),
            _ => return Err(wrong("give either `readings` or `pairs`")),
        };
        let guards = Guards {
            not_before: self.guard(raw, raw.not_before.as_deref(), Side::Before)?,
            not_after: self.guard(raw, raw.not_after.as_deref(), Side::After)?,
            need_before: self.guard(raw, raw.need_before.as_deref(), Side::Before)?,
            need_after: self.guard(raw, raw.need_after.as_deref(), Side::After)?,
        };
        let carry = self.guard(raw, raw.carry.as_deref(), Side::Whole)?;
        let tier = raw.tier.or(shared.tier).ok_or_else(|| wrong("say its `tier`, 1 or 2"))?;
        if !(1..=2).contains(&tier) {
            return Err(wrong("`tier` is 1 or 2"));
        }
        let class = raw.class.as_ref().or(shared.class.as_ref());
        let class = class.ok_or_else(|| wrong("say its `class`"))?.clone();
        let scope = raw.scope.as_ref().or(shared.scope.as_ref()).map_or("free", String::as_str);
        let direction = raw.direction.or(shared.direction).unwrap_or(Direction::Any);
        let survival = raw.survives.or(shared.survives).unwrap_or(Survival::Quote);
        let acceptance = raw.accept.or(shared.accept).unwrap_or(Acceptance::Full);
        let mut out = Vec::new();
        for (name, texts) in sets {
            let readings: Vec<Reading> = texts
                .iter()
                .map(|text| reading(text, carry.is_some()).map_err(wrong))
                .collect::<Result<_, _>>()?;
            let distinct: BTreeSet<&str> = readings.iter().map(|r| r.text.as_str()).collect();
            if distinct.len() != readings.len() || !(2..=MAX_READINGS).contains(&readings.len()) {
                return Err(wrong("readings must be two to eight different texts"));
            }
            let opening = if direction == Direction::First { 1 } else { readings.len() };
            out.push(Rule {
                scope: match scope {
                    "free" => Scope::Free,
                    key => Scope::Consistent(key.replace('*', &slug(&texts[0]))),
                },
                name,
                tier,
                class: class.clone(),
                readings,
                opening,
                case: raw.case.or(shared.case).unwrap_or(Case::KeepInitial),
                survival,
                acceptance,
                register: raw.register.or(shared.register).unwrap_or(Register::Any),
                carry: carry.clone(),
                guards: guards.clone(),
            });
        }
        Ok(out)
    }

    fn guard(
        &mut self,
        raw: &RawRule,
        pattern: Option<&str>,
        side: Side,
    ) -> Result<Option<Regex>, LexiconError> {
        let Some(pattern) = pattern else { return Ok(None) };
        let body = self.expand(&raw.id, pattern)?;
        let whole = match side {
            Side::Before => format!("(?:{body})$"),
            Side::After => format!("^(?:{body})"),
            Side::Whole => format!("^(?:{body})$"),
        };
        let wrong = |message| LexiconError::Guard { rule: raw.id.clone(), message };
        if whole.len() > MAX_GUARD {
            return Err(wrong(format!("longer than {MAX_GUARD} bytes")));
        }
        if let Some(regex) = self.cache.get(&whole) {
            return Ok(Some(regex.clone()));
        }
        let regex = Regex::new(&whole).map_err(|error| wrong(error.to_string()))?;
        self.cache.insert(whole, regex.clone());
        Ok(Some(regex))
    }

    /// Puts fragments in for `<name>`; fragments hold no fragments.
    fn expand(&self, rule: &str, pattern: &str) -> Result<String, LexiconError> {
        let mut out = String::new();
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once('<') {
            let Some((name, tail)) = after.split_once('>') else { break };
            let body = self.fragments.get(name).ok_or_else(|| LexiconError::Fragment {
                rule: rule.to_owned(),
                fragment: name.to_owned(),
            })?;
            out.push_str(before);
            out.push_str("(?:");
            out.push_str(body);
            out.push(')');
            rest = tail;
        }
        out.push_str(rest);
        Ok(out)
    }
}

enum Side {
    Before,
    After,
    Whole,
}

fn reading(text: &str, carries: bool) -> Result<Reading, &'static str> {
    let text = if carries {
        let Some(head) = text.strip_suffix(CARRIED) else {
            return Err("every reading of a rule with `carry` ends with _");
        };
        head.trim_end()
    } else {
        text
    };
    let pieces = pieces(text);
    if text.trim() != text || (pieces.is_empty() && !carries) {
        return Err("a reading is empty or has white space at its ends");
    }
    let opens_with_word = tokens(text).first().is_none_or(|first| first.kind != TokenKind::Mark);
    if !opens_with_word {
        return Err("a reading begins with a word or a number");
    }
    Ok(Reading { text: text.to_owned(), pieces })
}

/// Words and marks of `text`, apostrophes made curly.
fn pieces(text: &str) -> Vec<Piece> {
    let mut end = 0;
    tokens(text)
        .iter()
        .map(|token| {
            let spaced = token.span.start > end;
            end = token.span.end;
            Piece { text: token.text(text).replace('\'', "’"), spaced }
        })
        .collect()
}

/// `text` as part of a name: letters and digits, everything else one hyphen.
fn slug(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_alphanumeric() {
            out.push(c);
        } else if !out.ends_with('-') && !out.is_empty() {
            out.push('-');
        }
    }
    out.trim_end_matches('-').to_owned()
}
