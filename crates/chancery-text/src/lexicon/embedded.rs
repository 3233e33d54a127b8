//! The data files compiled into the program, in the order in which their hash is taken.

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../lexicon/", $name, ".toml")))),*]
    };
}

/// `(name, text)` of every file in `crates/chancery-text/lexicon`.
pub(super) const FILES: &[(&str, &str)] = files![
    "fragments",
    "stop",
    "prepositions",
    "conjunctions",
    "connectives",
    "adverbs",
    "adjectives",
    "verbs-of-speech",
    "verbs-of-action",
    "optional-that",
    "phrases",
    "phrases-of-degree",
    "nouns",
    "telegraphic",
    "dialect",
    "spelling",
    "compounds",
    "titles-and-forms",
    "numerals",
    "capitals",
    "states",
    "abbreviations",
];
