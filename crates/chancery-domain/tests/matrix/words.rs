//! What labels and clearances say, in words, and whom the words let in. The tables were written by hand
//! from the shipped policies; no policy is asked.

use crate::oracle::{Oracle, Slip};

/// A policy, as far as the tables go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    UsLike,
    UkLike,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asks {
    /// Every word must be held.
    Every,
    /// One of the set must be held.
    Any,
    /// Nothing.
    Nothing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum HeldBy {
    /// Whoever is cleared for it.
    Cleared,
    /// Readers of this nationality.
    Nation(&'static str),
    /// Readers sent out by the ministry.
    HomeBased,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engaged {
    Home,
    Locally,
}

/// Scheme, set, words, what the set asks, who holds a word.
type Entry = (Scheme, &'static str, &'static [&'static str], Asks, HeldBy);

use Scheme::{UkLike, UsLike};

static TABLE: [Entry; 21] = [
    (
        UsLike,
        "channel",
        &["AGREMENT CHANNEL", "ROGER CHANNEL", "DISSENT CHANNEL"],
        Asks::Every,
        HeldBy::Cleared,
    ),
    (UsLike, "distribution", &["NODIS", "EXDIS", "LIMDIS"], Asks::Every, HeldBy::Cleared),
    (UsLike, "routing", &["STADIS"], Asks::Every, HeldBy::Cleared),
    (UsLike, "dissemination", &["NOFORN"], Asks::Every, HeldBy::Nation("US")),
    (UsLike, "rel to", &["USA"], Asks::Any, HeldBy::Nation("US")),
    (UsLike, "rel to", &["AUS"], Asks::Any, HeldBy::Nation("AU")),
    (UsLike, "rel to", &["CAN"], Asks::Any, HeldBy::Nation("CA")),
    (UsLike, "rel to", &["FRA"], Asks::Any, HeldBy::Nation("FR")),
    (UsLike, "rel to", &["GBR"], Asks::Any, HeldBy::Nation("GB")),
    (UsLike, "rel to", &["NZL"], Asks::Any, HeldBy::Nation("NZ")),
    (UkLike, "sensitive", &["SENSITIVE"], Asks::Nothing, HeldBy::Cleared),
    (UkLike, "descriptors", &["COMMERCIAL", "PERSONAL", "LEGAL"], Asks::Nothing, HeldBy::Cleared),
    (UkLike, "staff", &["LOCSEN"], Asks::Every, HeldBy::HomeBased),
    (UkLike, "codewords", &["COPPER GATE", "GREY HERON"], Asks::Every, HeldBy::Cleared),
    (UkLike, "eyes only", &["UK"], Asks::Any, HeldBy::Nation("GB")),
    (UkLike, "eyes only", &["US"], Asks::Any, HeldBy::Nation("US")),
    (UkLike, "eyes only", &["AUS"], Asks::Any, HeldBy::Nation("AU")),
    (UkLike, "eyes only", &["CAN"], Asks::Any, HeldBy::Nation("CA")),
    (UkLike, "eyes only", &["NZ"], Asks::Any, HeldBy::Nation("NZ")),
    (UkLike, "handling", &["RECIPIENTS ONLY"], Asks::Nothing, HeldBy::Cleared),
    (UkLike, "handling", &["EMBARGOED"], Asks::Nothing, HeldBy::Cleared),
];

/// The classifications, lowest first.
pub(crate) const fn ladder(scheme: Scheme) -> &'static [&'static str] {
    match scheme {
        UsLike => &["UNCLASSIFIED", "SBU", "CONFIDENTIAL", "SECRET", "TOP SECRET"],
        UkLike => &["OFFICIAL", "SECRET", "TOP SECRET"],
    }
}

/// A paper's label.
#[derive(Clone, Debug)]
pub(crate) struct Marking {
    pub(crate) scheme: Scheme,
    pub(crate) class: &'static str,
    pub(crate) words: Vec<&'static str>,
    /// Whether the set of which one word must be held stands there, with words or without.
    pub(crate) limited: bool,
}

/// What a person is cleared for.
#[derive(Clone, Debug)]
pub(crate) struct Cleared {
    pub(crate) scheme: Scheme,
    pub(crate) classes: Vec<&'static str>,
    pub(crate) words: Vec<&'static str>,
}

/// A person as labels see one; what is unknown is `None`.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) cleared: Option<Cleared>,
    pub(crate) nation: Option<&'static str>,
    pub(crate) engaged: Option<Engaged>,
}

fn entries(scheme: Scheme, word: &str) -> impl Iterator<Item = &'static Entry> {
    TABLE.iter().filter(move |entry| entry.0 == scheme && entry.2.contains(&word))
}

impl Oracle {
    /// Whether the person holds the words of that entry.
    fn holds(self, person: &Person, cleared: &Cleared, word: &str, by: HeldBy) -> bool {
        let granted = cleared.words.contains(&word);
        match by {
            HeldBy::Cleared => granted,
            HeldBy::Nation(nation) => {
                self.slips(Slip::NationalityIgnored)
                    || (self.slips(Slip::GrantsOpenNations) && granted)
                    || person.nation == Some(nation)
            }
            HeldBy::HomeBased => {
                self.slips(Slip::EngagementIgnored)
                    || (self.slips(Slip::UnknownEngagementIsHome) && person.engaged.is_none())
                    || person.engaged == Some(Engaged::Home)
            }
        }
    }

    fn asks(self, entry: &Entry) -> Asks {
        match entry.3 {
            Asks::Any if self.slips(Slip::AnyIsEvery) => Asks::Every,
            Asks::Every if self.slips(Slip::EveryIsNothing) => Asks::Nothing,
            Asks::Nothing if self.slips(Slip::InformativeAsked) => Asks::Every,
            asks => asks,
        }
    }

    /// Whether a label lets a person in, under the policy of the house if it has one.
    pub(crate) fn admits(
        self,
        policy: Option<Scheme>,
        label: Option<&Marking>,
        person: &Person,
    ) -> bool {
        let Some(policy) = policy else { return true };
        let Some(label) = label else { return self.slips(Slip::UnlabelledIsOpen) };
        let Some(cleared) = &person.cleared else { return false };
        let at_home = |scheme| scheme == policy || self.slips(Slip::ForeignPolicyCounts);
        let asked = |asks: Asks| {
            let all = label
                .words
                .iter()
                .flat_map(move |word| entries(policy, word).map(move |entry| (*word, entry)));
            all.filter(move |(_, entry)| self.asks(entry) == asks)
        };
        let held = |(word, entry): (&str, &Entry)| self.holds(person, cleared, word, entry.4);
        let nobody_named = asked(Asks::Any).next().is_none();
        let opened =
            self.slips(Slip::AnyIsEvery) || (self.slips(Slip::EmptyLetsIn) && nobody_named);
        let gates = [
            at_home(label.scheme) && at_home(cleared.scheme),
            cleared.classes.contains(&label.class) || self.slips(Slip::ClassIgnored),
            asked(Asks::Every).all(held),
            !label.limited || opened || asked(Asks::Any).any(held),
        ];
        gates == [true; 4]
    }
}
