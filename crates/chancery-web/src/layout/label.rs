//! A label as it is shown: the classification in capitals, caveats beside or below it, an edge in its colour.
//! Never cut short, never a colour alone.

use maud::{Markup, html};

/// A label, split for showing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Marking {
    pub(crate) classification: String,
    /// Caveats in plain case.
    pub(crate) handling: String,
    pub(crate) tone: Tone,
}

/// The colour of a label, lowest first. What no word tells is ink.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tone {
    Open,
    Ink,
    Internal,
    Confidential,
    Secret,
}

impl Tone {
    const fn class(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Ink => "ink",
            Self::Internal => "internal",
            Self::Confidential => "conf",
            Self::Secret => "secret",
        }
    }
}

impl Marking {
    /// Splits a label as the desk writes it: `CONFIDENTIAL — HOME STAFF`. None when there is none.
    pub(crate) fn read(label: &str) -> Option<Self> {
        let (classification, handling) = label.split_once(" — ").unwrap_or((label, ""));
        if classification.trim().is_empty() {
            return None;
        }
        let caveats = handling.split(" — ").filter(|c| !c.is_empty()).map(plain_case);
        Some(Self {
            classification: classification.trim().to_owned(),
            handling: caveats.collect::<Vec<_>>().join(", "),
            tone: tone(classification),
        })
    }

    /// The highest of several labels, for the banner.
    pub(crate) fn highest<'a>(labels: impl Iterator<Item = &'a str>) -> Option<Self> {
        labels.filter_map(Self::read).max_by_key(|marking| marking.tone)
    }

    /// In one line: `CONFIDENTIAL, Home Staff`.
    pub(crate) fn line(&self) -> String {
        let comma = if self.handling.is_empty() { "" } else { ", " };
        format!("{}{comma}{}", self.classification, self.handling)
    }

    pub(crate) const fn class(&self) -> &'static str {
        self.tone.class()
    }
}

fn tone(classification: &str) -> Tone {
    let word = classification.to_uppercase();
    let has = |words: &[&str]| words.iter().any(|w| word.contains(w));
    if has(&["UNCLASSIFIED", "OPEN", "PUBLIC", "UNMARKED"]) {
        Tone::Open
    } else if has(&["SECRET"]) {
        Tone::Secret
    } else if has(&["CONFIDENTIAL"]) {
        Tone::Confidential
    } else if has(&["INTERNAL", "RESTRICTED", "OFFICIAL"]) {
        Tone::Internal
    } else {
        Tone::Ink
    }
}

/// `HOME STAFF` as `Home Staff`.
fn plain_case(words: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(String::from).unwrap_or_default();
        format!("{first}{}", letters.as_str().to_lowercase())
    };
    words.split_whitespace().map(word).collect::<Vec<_>>().join(" ")
}

/// On a row or a card: caveats below.
pub(crate) fn label(marking: Option<&Marking>) -> Markup {
    html! {
        @match marking {
            Some(m) => span class={ "label " (m.class()) } { (m.classification) @if !m.handling.is_empty() { " " i { (m.handling) } } },
            None => span.label.open { "NO LABEL" },
        }
    }
}

/// In a line: caveats beside.
pub(crate) fn label_inline(marking: Option<&Marking>) -> Markup {
    html! {
        @match marking {
            Some(m) => span class={ "label inline " (m.class()) } { (m.classification) @if !m.handling.is_empty() { " " i { (m.handling) } } },
            None => span.label.inline.open { "NO LABEL" },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_split_and_keeps_every_word() {
        let m = Marking::read("CONFIDENTIAL — HOME STAFF — NAMED READERS").unwrap();
        assert_eq!(m.line(), "CONFIDENTIAL, Home Staff, Named Readers");
        assert_eq!((m.tone, m.class()), (Tone::Confidential, "conf"));
        assert_eq!(Marking::read("TOP SECRET").unwrap().tone, Tone::Secret);
        assert_eq!(Marking::read("UNCLASSIFIED").unwrap().tone, Tone::Open);
        assert_eq!(Marking::read("PINK").unwrap().tone, Tone::Ink);
        assert!(Marking::read("").is_none());
    }

    #[test]
    fn the_banner_takes_the_highest() {
        let labels = ["INTERNAL", "SECRET — NAMED READERS", "", "CONFIDENTIAL"];
        assert_eq!(Marking::highest(labels.into_iter()).unwrap().classification, "SECRET");
        assert!(Marking::highest([""].into_iter()).is_none());
    }
}
