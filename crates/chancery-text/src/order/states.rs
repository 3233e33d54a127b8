//! States, capitals and the words for their people: the closed lists of the country rules.
//!
//! Divided, renamed and disputed names are left out of [`GOVERNMENTS`] (Germany, Korea, Vietnam,
//! China, the Congo) but may stand in the plain lists, where only their position changes.

use std::sync::LazyLock;

use super::words::{WordSet, words};

/// What a listed proper word names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proper {
    /// A state: *Greece*, *USSR*.
    State,
    /// A capital or other seat: *Geneva*.
    City,
    /// An adjective, or a plural in -ish, -ese, -ch: *Turkish*, *French*.
    Adjective,
    /// A plural of people in -s: *Turks*.
    People,
}

/// One-word states and common short forms.
static STATES: WordSet = LazyLock::new(|| {
    words(
        "afghanistan albania algeria angola argentina armenia australia austria azerbaijan bahrain \
         bangladesh belarus belgium belize benin bhutan bolivia bosnia botswana brazil brunei \
         bulgaria burma burundi cambodia cameroon canada ceylon chad chile china colombia congo \
         croatia cuba cyprus czechoslovakia dahomey denmark ecuador egypt eritrea estonia ethiopia \
         fiji finland france gabon gambia georgia germany ghana greece guatemala guinea guyana haiti \
         honduras hungary iceland india indonesia iran iraq ireland israel italy jamaica japan jordan \
         kazakhstan kenya korea kuwait kyrgyzstan laos latvia lebanon lesotho liberia libya \
         lithuania luxembourg madagascar malawi malaya malaysia mali malta mauritania mauritius \
         mexico moldova monaco mongolia montenegro morocco mozambique myanmar namibia nepal \
         netherlands nicaragua niger nigeria norway oman pakistan panama paraguay peru philippines \
         poland portugal qatar romania rumania russia rwanda senegal serbia singapore slovakia \
         slovenia somalia spain sudan sweden switzerland syria taiwan tajikistan tanzania thailand \
         togo transjordan tunisia turkey turkmenistan uganda ukraine uruguay uzbekistan venezuela \
         vietnam viet-nam yemen yugoslavia zaire zambia zimbabwe uk u.k. ussr u.s.s.r. uar u.a.r. \
         gdr frg drv gvn prc roc rok uae",
    )
});

/// Capitals and seats of organisations.
static CITIES: WordSet = LazyLock::new(|| {
    words(
        "accra algiers amman ankara athens baghdad bangkok beijing beirut belgrade berlin bern \
         berne bonn brussels bucharest budapest cairo canberra caracas copenhagen dakar damascus \
         delhi djakarta dublin geneva hague hanoi havana helsinki istanbul jakarta jerusalem kabul \
         karachi khartoum kinshasa lagos lima lisbon london luxembourg-ville madrid manila moscow \
         nairobi nicosia oslo ottawa paris peking peiping prague pretoria pyongyang rabat rangoon \
         riyadh rome saigon seoul sofia stockholm taipei tehran tokyo tripoli tunis vienna \
         vientiane warsaw zagreb",
    )
});

/// Adjectives of states and peoples; those in -ish, -ese, -ch are plurals of people too.
static ADJECTIVES: WordSet = LazyLock::new(|| {
    words(
        "afghan albanian algerian arab arabian argentine argentinian australian austrian bangladeshi \
         belgian bolivian brazilian british bulgarian burmese cambodian canadian chilean chinese \
         colombian congolese cuban cypriot czech czechoslovak danish dutch ecuadorean egyptian \
         english estonian ethiopian finnish french georgian german ghanaian greek guatemalan guinean \
         haitian hungarian icelandic indian indonesian iranian iraqi irish israeli italian jamaican \
         japanese jordanian kenyan khmer korean kuwaiti lao laotian latvian lebanese liberian libyan \
         lithuanian malayan malaysian maltese mexican mongolian moroccan nepalese nicaraguan nigerian \
         norwegian omani pakistani panamanian paraguayan peruvian philippine polish portuguese \
         rumanian romanian russian saudi senegalese serbian singaporean slovak somali soviet spanish \
         sudanese swedish swiss syrian thai tunisian turkish ugandan ukrainian uruguayan venezuelan \
         vietnamese yemeni yugoslav zambian",
    )
});

/// Plurals of people in -s.
static PEOPLES: WordSet = LazyLock::new(|| {
    words(
        "afghans algerians arabs argentines australians austrians belgians brazilians bulgarians \
         cambodians canadians chileans colombians cubans cypriots czechs danes egyptians ethiopians \
         finns germans ghanaians greeks hungarians indians indonesians iranians iraqis israelis \
         italians jordanians koreans kuwaitis laotians liberians libyans malaysians mexicans \
         moroccans nigerians norwegians pakistanis peruvians poles russians rumanians romanians \
         saudis soviets spaniards swedes syrians thais tunisians turks ukrainians yugoslavs",
    )
});

/// States of two words, second word first for a quick look-up.
const TWO_WORDS: &[(&str, &str)] = &[
    ("saudi", "arabia"),
    ("new", "zealand"),
    ("soviet", "union"),
    ("united", "kingdom"),
    ("south", "africa"),
    ("great", "britain"),
    ("sri", "lanka"),
    ("sierra", "leone"),
    ("costa", "rica"),
    ("ivory", "coast"),
    ("south", "korea"),
    ("north", "korea"),
    ("south", "vietnam"),
    ("north", "vietnam"),
    ("east", "germany"),
    ("west", "germany"),
];

/// The house's own country, in all its words: its place in a list is protocol.
pub(crate) const OWN: &[&str] =
    &["us", "u.s.", "usa", "u.s.a.", "america", "american", "americans", "britain"];

/// Adjective and state for *the Greek Government* / *the Government of Greece*.
pub(crate) const GOVERNMENTS: &[(&str, &str)] = &[
    ("Afghan", "Afghanistan"),
    ("Albanian", "Albania"),
    ("Algerian", "Algeria"),
    ("Argentine", "Argentina"),
    ("Australian", "Australia"),
    ("Austrian", "Austria"),
    ("Belgian", "Belgium"),
    ("Bolivian", "Bolivia"),
    ("Brazilian", "Brazil"),
    ("Bulgarian", "Bulgaria"),
    ("Burmese", "Burma"),
    ("Cambodian", "Cambodia"),
    ("Canadian", "Canada"),
    ("Chilean", "Chile"),
    ("Colombian", "Colombia"),
    ("Cuban", "Cuba"),
    ("Cypriot", "Cyprus"),
    ("Danish", "Denmark"),
    ("Ecuadorean", "Ecuador"),
    ("Egyptian", "Egypt"),
    ("Ethiopian", "Ethiopia"),
    ("Finnish", "Finland"),
    ("French", "France"),
    ("Ghanaian", "Ghana"),
    ("Greek", "Greece"),
    ("Guatemalan", "Guatemala"),
    ("Hungarian", "Hungary"),
    ("Icelandic", "Iceland"),
    ("Indian", "India"),
    ("Indonesian", "Indonesia"),
    ("Iranian", "Iran"),
    ("Iraqi", "Iraq"),
    ("Irish", "Ireland"),
    ("Israeli", "Israel"),
    ("Italian", "Italy"),
    ("Japanese", "Japan"),
    ("Jordanian", "Jordan"),
    ("Kenyan", "Kenya"),
    ("Kuwaiti", "Kuwait"),
    ("Laotian", "Laos"),
    ("Lebanese", "Lebanon"),
    ("Liberian", "Liberia"),
    ("Libyan", "Libya"),
    ("Malaysian", "Malaysia"),
    ("Mexican", "Mexico"),
    ("Moroccan", "Morocco"),
    ("Nepalese", "Nepal"),
    ("Nicaraguan", "Nicaragua"),
    ("Nigerian", "Nigeria"),
    ("Norwegian", "Norway"),
    ("Pakistani", "Pakistan"),
    ("Panamanian", "Panama"),
    ("Peruvian", "Peru"),
    ("Polish", "Poland"),
    ("Portuguese", "Portugal"),
    ("Romanian", "Romania"),
    ("Rumanian", "Rumania"),
    ("Russian", "Russia"),
    ("Senegalese", "Senegal"),
    ("Spanish", "Spain"),
    ("Swedish", "Sweden"),
    ("Swiss", "Switzerland"),
    ("Syrian", "Syria"),
    ("Thai", "Thailand"),
    ("Tunisian", "Tunisia"),
    ("Turkish", "Turkey"),
    ("Ugandan", "Uganda"),
    ("Venezuelan", "Venezuela"),
    ("Yemeni", "Yemen"),
    ("Yugoslav", "Yugoslavia"),
    ("Zambian", "Zambia"),
];

/// What the words `first second` name, and how many of the two words the name takes.
pub(crate) fn proper(first: &str, second: &str) -> Option<(usize, Proper)> {
    if TWO_WORDS.contains(&(first, second)) {
        return Some((2, Proper::State));
    }
    let kind = if matches!(first, "us" | "u.s." | "usa" | "u.s.a." | "america" | "britain")
        || STATES.contains(first)
    {
        Proper::State
    } else if CITIES.contains(first) || first == "washington" {
        Proper::City
    } else if ADJECTIVES.contains(first) || first == "american" {
        Proper::Adjective
    } else if PEOPLES.contains(first) || first == "americans" {
        Proper::People
    } else {
        return None;
    };
    Some((1, kind))
}

/// Months and days of the week keep their capital too.
const CALENDAR: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// Whether the lower-case word always has a capital.
pub(crate) fn is_proper(word: &str) -> bool {
    proper(word, "").is_some()
        || (CALENDAR.contains(&word) && word != "may" && word != "march")
        || TWO_WORDS.iter().any(|&(first, _)| first == word && first != "new" && first != "great")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart() {
        assert_eq!(proper("greece", "and"), Some((1, Proper::State)));
        assert_eq!(proper("saudi", "arabia"), Some((2, Proper::State)));
        assert_eq!(proper("saudi", "and"), Some((1, Proper::Adjective)));
        assert_eq!(proper("turks", ""), Some((1, Proper::People)));
        assert_eq!(proper("orlan", ""), None);
    }
}
