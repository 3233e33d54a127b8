//! A light guess at what a word is: closed lists first, then suffixes.
//!
//! The guess names every class a word could have; rules ask for what must be and for what must not
//! be. An unknown word is [`Tags::UNKNOWN`] and most rules let it be a noun. No context is looked at
//! here (capital letters inside a sentence are `view`'s business).

use std::sync::LazyLock;

use super::words::{LEXICON, WordSet, words};

/// A set of word classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tags(u16);

impl Tags {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const DET: Self = Self(1);
    pub(crate) const PRO: Self = Self(1 << 1);
    pub(crate) const PREP: Self = Self(1 << 2);
    pub(crate) const CONJ: Self = Self(1 << 3);
    pub(crate) const SUBORD: Self = Self(1 << 4);
    pub(crate) const AUX: Self = Self(1 << 5);
    pub(crate) const MODAL: Self = Self(1 << 6);
    pub(crate) const ADV: Self = Self(1 << 7);
    pub(crate) const ADJ: Self = Self(1 << 8);
    pub(crate) const NOUN: Self = Self(1 << 9);
    pub(crate) const VERB: Self = Self(1 << 10);
    pub(crate) const PART: Self = Self(1 << 11);
    pub(crate) const ING: Self = Self(1 << 12);
    pub(crate) const NUM: Self = Self(1 << 13);
    pub(crate) const NAME: Self = Self(1 << 14);
    pub(crate) const UNKNOWN: Self = Self(1 << 15);

    /// Function words: nothing of this can be the head of a subject or an item of a list.
    pub(crate) const FUNCTION: Self = Self::DET
        .with(Self::PRO)
        .with(Self::PREP)
        .with(Self::CONJ)
        .with(Self::SUBORD)
        .with(Self::AUX)
        .with(Self::MODAL)
        .with(Self::ADV);

    pub(crate) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the word can be any of `other`.
    pub(crate) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// A noun, a name or an unknown word that no list calls a function word.
    pub(crate) const fn is_nounish(self) -> bool {
        self.has(Self::NOUN.with(Self::NAME).with(Self::UNKNOWN)) && !self.has(Self::FUNCTION)
    }

    /// Surely an adjective: listed or by suffix, and not also a noun or a verb.
    pub(crate) const fn is_adjective(self) -> bool {
        self.has(Self::ADJ) && !self.has(Self::VERB.with(Self::UNKNOWN))
    }
}

/// Words in -ly that are no adverbs of manner.
static NOT_ADVERBS: WordSet = LazyLock::new(|| {
    words(
        "family supply reply apply ally rely daily only assembly monopoly anomaly italy july fly \
         comply imply multiply resupply folly rally bully jelly belly homily elderly friendly \
         unfriendly likely unlikely orderly timely untimely costly lively deadly lonely holy ugly \
         weekly monthly quarterly cowardly worldly leisurely scholarly neighborly early yearly",
    )
});

/// Classes of a lower-case word.
pub(crate) fn tags_of(word: &str) -> Tags {
    if let Some(&tags) = LEXICON.get(word) {
        return tags;
    }
    if !word.chars().any(char::is_alphabetic) {
        return if word.chars().any(char::is_numeric) { Tags::NUM } else { Tags::NONE };
    }
    by_suffix(word)
}

fn by_suffix(word: &str) -> Tags {
    const NOUN_ENDINGS: &[&str] = &[
        "tion", "sion", "ment", "ness", "ity", "ship", "ism", "ance", "ence", "ancy", "ency",
        "hood", "tions", "sions", "ments", "ities", "ances", "ences", "ists", "ist", "tor", "tors",
        "ology", "graphy", "cracy", "dom", "age", "ages",
    ];
    const ADJECTIVE_ENDINGS: &[&str] = &[
        "ical", "ional", "ial", "inal", "ural", "eral", "ental", "ous", "less", "ful", "ible",
        "able", "tive", "sive", "ctory", "atory", "etic", "atic", "stic", "omic", "onic", "ific",
        "ogic", "ary", "ant", "ual", "ivic", "ish",
    ];
    let ends = |list: &[&str]| {
        list.iter().any(|ending| word.len() >= ending.len() + 2 && word.ends_with(ending))
    };
    if word.ends_with("ly") && word.len() > 4 {
        return if NOT_ADVERBS.contains(word) { Tags::ADJ.with(Tags::UNKNOWN) } else { Tags::ADV };
    }
    if ends(NOUN_ENDINGS) {
        return Tags::NOUN;
    }
    if word.ends_with("ed") && word.len() > 4 {
        return Tags::PART.with(Tags::VERB);
    }
    if word.ends_with("ing") && word.len() > 4 {
        return Tags::ING;
    }
    if word.ends_with("ize") || word.ends_with("ify") {
        return Tags::VERB;
    }
    if let Some(stem) = word.strip_suffix('s')
        && !stem.ends_with('s')
        && !word.ends_with("ous")
    {
        return match LEXICON.get(stem).copied().or_else(|| verb_stem(stem)) {
            Some(tags) if tags.has(Tags::NOUN) && tags.has(Tags::VERB) => {
                Tags::NOUN.with(Tags::VERB)
            }
            Some(tags) if tags.has(Tags::VERB) => Tags::VERB,
            Some(tags) if tags.has(Tags::NOUN) => Tags::NOUN,
            _ => Tags::UNKNOWN,
        };
    }
    if ends(ADJECTIVE_ENDINGS) {
        return Tags::ADJ;
    }
    Tags::UNKNOWN
}

/// The listed verb behind a stem that lost `s` but still holds `e` or `ie` (reaches, applies).
fn verb_stem(stem: &str) -> Option<Tags> {
    let shorter = stem.strip_suffix('e')?;
    LEXICON.get(shorter).copied().or_else(|| {
        let base = shorter.strip_suffix('i')?;
        LEXICON.get(format!("{base}y").as_str()).copied()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_go_before_suffixes() {
        assert!(tags_of("economic").is_adjective());
        assert!(!tags_of("republic").is_adjective());
        assert!(!tags_of("withdrawal").is_adjective());
        assert!(tags_of("cautious").is_adjective());
        assert!(tags_of("carefully").has(Tags::ADV));
        assert!(!tags_of("supply").has(Tags::ADV));
        assert!(tags_of("postponed").has(Tags::PART));
        assert!(tags_of("orlan").is_nounish() && tags_of("orlan").has(Tags::UNKNOWN));
        assert!(tags_of("applies").has(Tags::VERB));
        assert!(!tags_of("the").is_nounish());
    }
}
