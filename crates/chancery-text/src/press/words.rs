//! The word lists of `words.toml`, ready for looking up.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

use super::Occasion;

/// A set of lower-case words.
pub(super) type Set = BTreeSet<String>;

/// What a verb of reporting does with the words in marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Speech, direct or indirect.
    Say,
    /// Speech with its hearer between verb and words.
    Tell,
    /// Speech in writing.
    Write,
    /// Speech on a public network.
    Tweet,
    /// A document shows it.
    Show,
    /// An opinion about somebody or something.
    Judge,
    /// "According to", "in the words of".
    According,
}

/// Which form of the verb it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tense {
    /// Past or third person present.
    Finite,
    /// Ends in -ing.
    Participle,
    /// Infinitive or plural present.
    Base,
}

/// A form of a verb of reporting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verb {
    pub(super) class: Class,
    pub(super) tense: Tense,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    verbs: Verbs,
    grammar: Grammar,
    people: People,
    occasions: BTreeMap<String, Set>,
    provenance: Provenance,
    things: Things,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Verbs {
    say: Vec<String>,
    tell: Vec<String>,
    write: Vec<String>,
    tweet: Vec<String>,
    show: Vec<String>,
    judge: Vec<String>,
    resumes: Set,
    asks: Set,
}

/// Small words that hold sentences together.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Grammar {
    pub(super) prepositions: Set,
    pub(super) adverbs: Set,
    pub(super) be: Set,
    pub(super) raising: Set,
    pub(super) his: Set,
    pub(super) her: Set,
    pub(super) determiners: Set,
    pub(super) indefinite: Set,
    pub(super) starters: Set,
    pub(super) abbreviations: Set,
    pub(super) elisions: Set,
    pub(super) subordinators: Set,
    pub(super) particles: Set,
}

/// Words that tell who somebody is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct People {
    pub(super) behind: Set,
    pub(super) male: Set,
    pub(super) female: Set,
    pub(super) honours: Set,
    pub(super) noble: Set,
    pub(super) male_roles: Set,
    pub(super) female_roles: Set,
    pub(super) roles: Set,
    pub(super) unnamed: Set,
    pub(super) bodies: Set,
    pub(super) media: Set,
    pub(super) male_names: Set,
    pub(super) female_names: Set,
    pub(super) places: Set,
    pub(super) ministerial: Set,
}

/// Words that tell how a paper came to be known.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Provenance {
    pub(super) leaked: Set,
    pub(super) unsealed: Set,
    pub(super) released: Set,
    pub(super) secret: Set,
    pub(super) obtained: Set,
    pub(super) passed: Set,
    pub(super) printed: Set,
}

/// Words around names of things and quotations without marks.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Things {
    pub(super) naming: Set,
    pub(super) known: Set,
    pub(super) small: Set,
    pub(super) writings: Set,
    pub(super) speech: Set,
    pub(super) parts: Set,
    pub(super) messages: Set,
    pub(super) recordings: Set,
    pub(super) announce: Set,
    pub(super) first_person: Set,
}

/// All lists.
pub(super) struct Words {
    verbs: BTreeMap<String, Verb>,
    pub(super) resumes: Set,
    pub(super) asks: Set,
    pub(super) grammar: Grammar,
    pub(super) people: People,
    occasions: BTreeMap<String, Occasion>,
    pub(super) provenance: Provenance,
    pub(super) addresses: Set,
    pub(super) things: Things,
}

impl Words {
    /// The verb of reporting that a lower-case word is a form of.
    pub(super) fn verb(&self, word: &str) -> Option<Verb> {
        self.verbs.get(word).copied()
    }

    /// The occasion that a lower-case noun stands for.
    pub(super) fn occasion(&self, word: &str) -> Option<Occasion> {
        self.occasions.get(word).copied()
    }

    /// Whether a lower-case word names what somebody is.
    pub(super) fn is_role(&self, word: &str) -> bool {
        let p = &self.people;
        p.roles.contains(word) || p.male_roles.contains(word) || p.female_roles.contains(word)
    }

    /// Whether a lower-case word stands before a name without being what the person is.
    pub(super) fn is_honour(&self, word: &str) -> bool {
        let p = &self.people;
        p.male.contains(word) || p.female.contains(word) || p.honours.contains(word)
    }
}

/// The lists, parsed once.
pub(super) static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let file: File = toml::from_str(include_str!("words.toml")).expect("words.toml has its form");
    let mut occasions = file.occasions;
    let mut take = |key: &str| occasions.remove(key).unwrap_or_default();
    let addresses = take("addresses");
    let occasions = occasions
        .into_iter()
        .flat_map(|(key, words)| {
            let occasion = Occasion::from_key(&key).expect("every list is named for an occasion");
            words.into_iter().map(move |word| (word, occasion))
        })
        .collect();
    let mut verbs = BTreeMap::new();
    let classes = [
        (Class::Judge, file.verbs.judge),
        (Class::Show, file.verbs.show),
        (Class::Tweet, file.verbs.tweet),
        (Class::Write, file.verbs.write),
        (Class::Tell, file.verbs.tell),
        (Class::Say, file.verbs.say),
    ];
    for (class, forms) in classes {
        for form in forms.iter().flat_map(|line| line.split(' ')) {
            let first = forms.iter().any(|line| line.split(' ').take(2).any(|f| f == form));
            let tense = match form {
                f if f.ends_with("ing") => Tense::Participle,
                _ if first => Tense::Finite,
                _ => Tense::Base,
            };
            verbs.insert(form.to_owned(), Verb { class, tense });
        }
    }
    Words {
        verbs,
        resumes: file.verbs.resumes,
        asks: file.verbs.asks,
        grammar: file.grammar,
        people: file.people,
        occasions,
        provenance: file.provenance,
        addresses,
        things: file.things,
    }
});
