//! How many speakers and kinds of claim are right over single paragraphs in many forms of reporting
//! (`press/forms.toml`, written and counted before the rules were mended for them; `docs/press.md`
//! has both counts).

#![allow(clippy::unwrap_used, reason = "a test's helpers may fail the test")]

use chancery_text::press::{Quotation, read};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    item: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    text: String,
    has: String,
    by: String,
    at: Option<String>,
    claim: Option<String>,
}

/// Right answers out of so many.
#[derive(Clone, Copy, Default)]
struct Share {
    right: usize,
    of: usize,
}

impl Share {
    fn count(&mut self, right: bool) -> bool {
        self.right += usize::from(right);
        self.of += 1;
        right
    }

    fn reaches(self, percent: usize) -> bool {
        self.right * 100 >= self.of * percent
    }
}

fn one_of(gold: &str, found: &str) -> bool {
    gold.split('|').any(|g| g.eq_ignore_ascii_case(found))
}

#[derive(Default)]
struct Counts {
    speakers: Share,
    occasions: Share,
    claims: Share,
}

fn count(name: &str, text: &str) -> Counts {
    let file: File = toml::from_str(text).unwrap();
    let mut counts = Counts::default();
    for item in &file.item {
        let article = read(&item.text);
        let found: Option<&Quotation> =
            article.quotations.iter().find(|q| q.text.starts_with(&item.has));
        let by = found.and_then(|q| q.speaker.as_ref()).map_or("", |s| &s.name);
        let named = found.is_some() && one_of(&item.by, by);
        let mut right = counts.speakers.count(named);
        if let Some(at) = &item.at {
            let is = found.is_some_and(|q| one_of(at, q.occasion.key()));
            right &= counts.occasions.count(is);
        }
        if let Some(claim) = &item.claim {
            let is = found.is_some_and(|q| one_of(claim, q.claim.key()));
            right &= counts.claims.count(is);
        }
        if !right {
            let got = found.map(|q| (q.occasion.key(), q.claim.key(), q.form));
            eprintln!("{}\n    by {by:?}, {got:?}", item.text);
        }
    }
    let Counts { speakers, occasions, claims } = &counts;
    eprintln!(
        "{name}: speakers {} of {}, occasions {} of {}, claims {} of {}",
        speakers.right, speakers.of, occasions.right, occasions.of, claims.right, claims.of
    );
    counts
}

#[test]
fn many_forms_of_reporting() {
    let counts = count("forms", include_str!("press/forms.toml"));
    assert!(counts.speakers.of >= 40 && counts.claims.of >= 40);
    assert!(counts.speakers.reaches(95) && counts.claims.reaches(95));
}

/// Written after the rules had been mended for the first set, and before its first run.
#[test]
fn forms_not_seen_before() {
    let counts = count("forms-later", include_str!("press/forms_later.toml"));
    assert!(counts.speakers.of >= 24 && counts.claims.of >= 24);
    assert!(counts.speakers.reaches(95) && counts.claims.reaches(95));
}
