//! The file format of a lexicon: what TOML may say, field by field. Meaning is given in `rule`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::proposal::{Acceptance, Survival};

/// One file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct File {
    /// Values for rules of this file that do not say otherwise.
    pub(super) defaults: Shared,
    /// Named pieces of guards, written `<name>` in the guards of any file.
    pub(super) fragments: BTreeMap<String, String>,
    /// What no rule may touch.
    pub(super) stop: Stop,
    /// The rules.
    pub(super) rule: Vec<RawRule>,
}

/// Words and phrases out of bounds.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Stop {
    /// Words that are weighed: no rule of tier 2 may hold one in any reading.
    pub(super) weighed: Vec<String>,
    /// Phrases inside which nothing is varied, in any tier.
    pub(super) frozen: Vec<String>,
}

/// Fields that a file can preset for its rules.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Shared {
    pub(super) tier: Option<u8>,
    pub(super) class: Option<String>,
    pub(super) direction: Option<Direction>,
    pub(super) case: Option<Case>,
    pub(super) scope: Option<String>,
    pub(super) survives: Option<Survival>,
    pub(super) accept: Option<Acceptance>,
    pub(super) register: Option<Register>,
}

/// One rule or one family of pairs, as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRule {
    pub(super) id: String,
    #[serde(default)]
    pub(super) readings: Vec<String>,
    #[serde(default)]
    pub(super) pairs: Vec<[String; 2]>,
    pub(super) tier: Option<u8>,
    pub(super) class: Option<String>,
    pub(super) direction: Option<Direction>,
    pub(super) case: Option<Case>,
    pub(super) scope: Option<String>,
    pub(super) survives: Option<Survival>,
    pub(super) accept: Option<Acceptance>,
    pub(super) register: Option<Register>,
    /// Guards: on the text before, read up to its end, and after, read from its start; white space
    /// next to the place is not part of either.
    pub(super) not_before: Option<String>,
    pub(super) not_after: Option<String>,
    pub(super) need_before: Option<String>,
    pub(super) need_after: Option<String>,
    /// Pattern of the one word that `_` stands for in readings.
    pub(super) carry: Option<String>,
    #[serde(default)]
    pub(super) positive: Vec<String>,
    #[serde(default)]
    pub(super) negative: Vec<String>,
}

/// Which readings open a place when found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) enum Direction {
    /// The first only.
    #[serde(rename = ">")]
    First,
    /// Any.
    #[serde(rename = "=")]
    Any,
}

/// How capitals are treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Case {
    /// An initial capital at the start of a sentence and full capitals among capitals are carried
    /// over to the other readings; elsewhere a capital means a name, and the rule does not apply.
    KeepInitial,
    /// Readings are found and written exactly as they stand.
    Exact,
}

/// Style of the papers a rule applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Register {
    /// Every paper.
    Any,
    /// Ordinary and mixed prose.
    Prose,
    /// Telegraphic and mixed style.
    Telegraphic,
}
