//! The tour through the demonstration's reading room: who does what, one after another.

use chancery_web::Step;

/// Person, first page, what is done, how.
const STEPS: [(&str, &str, &str, &str); 8] = [
    (
        "ilse-marrack",
        "/drafts",
        "Look over a draft",
        "The ambassador writes. “Draft a paper” shows how few readers each paragraph would leave, were it to leak; ask an office to clear it, approve it, release it.",
    ),
    (
        "hester-dunmarrow",
        "/",
        "Read a paper",
        "The head of the Northern Department opens her copy, as text or as pages. It differs slightly from every other.",
    ),
    (
        "nikolai-astervane",
        "/",
        "Leak it",
        "Her colleague opens his copy of the same paper. Copy two or three of its paragraphs, as a leaker would.",
    ),
    (
        "samir-dace",
        "/inquiries",
        "Open an inquiry",
        "The Chief Inspector pastes what turned up under “A leak”. Nothing is compared yet.",
    ),
    (
        "birgit-lindqvor",
        "/inquiries",
        "Approve it",
        "The Legal Adviser, of another office, approves. Only then may it be run.",
    ),
    (
        "samir-dace",
        "/inquiries",
        "Trace it",
        "The evidence is written to the record, the copies are compared, and the finding says what can be said, with its bound.",
    ),
    (
        "nikolai-astervane",
        "/findings",
        "Contest it",
        "The reader concerned sees the finding, takes his contest pack, and answers. Anybody who holds the pack computes the finding again without this house: with “chancery finding verify”, or with a page of Python.",
    ),
    (
        "nikolai-astervane",
        "/record",
        "See what is entered about you",
        "Every opening is in the record, with a receipt that your own browser can check.",
    ),
];

/// The steps, for the page on which one signs in.
pub(super) fn steps() -> Vec<Step> {
    let step = |(person, at, does, how): (&str, &'static str, &'static str, &'static str)| {
        Some(Step { person: person.parse().ok()?, at, does, how })
    };
    STEPS.into_iter().filter_map(step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::ministry::Told;

    #[test]
    fn everybody_in_the_tour_is_in_post_that_day() {
        let ministry = Told::OWN.ministry().unwrap();
        let day = ministry.ministry.day;
        assert_eq!(steps().len(), STEPS.len());
        for step in steps() {
            let postings = ministry.registry.postings.iter().filter(|p| p.person == step.person);
            let held = postings.filter(|p| p.from <= day && p.until.is_none_or(|u| day <= u));
            assert!(held.count() > 0, "{}", step.person);
        }
    }
}
