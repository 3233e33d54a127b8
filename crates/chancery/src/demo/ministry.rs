//! The fictional ministry and its papers, embedded in the program; and telling them in another year than their own.

use chancery_desk::{CableRecord, Registry, records};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;

use crate::command::Failure;

const REGISTRY: &str = include_str!("../../ministry/ministry.toml");
const CABLES: &str = include_str!("../../ministry/cables.jsonl");
/// A newspaper article that quotes two words of a cable.
const ARTICLE: &str = include_str!("../../ministry/article.txt");
/// What the ministry told everybody about it.
const STATEMENT: &str = include_str!("../../ministry/statement.txt");
/// A text of the same sort that is from none of the cables.
pub(super) const NOT_OURS: &str = include_str!("../../ministry/not-ours.txt");

/// The ministry.
#[derive(Debug, Deserialize)]
pub(super) struct Ministry {
    pub(super) ministry: About,
    #[serde(flatten)]
    pub(super) registry: Registry,
}

/// What it calls itself.
#[derive(Debug, Deserialize)]
pub(super) struct About {
    pub(super) name: String,
    pub(super) country: String,
    /// The day on which the story plays.
    pub(super) day: Date,
}

/// In which year the story is told: its own, or another, with every day of it moved by whole years.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told {
    years: i16,
}

impl Told {
    /// In the story's own year.
    pub(super) const OWN: Self = Self { years: 0 };

    /// So that its last day is the latest one that is not after `today`: whoever is in office in the story is in
    /// office today.
    pub(super) fn lately(today: Date) -> Result<Self, Failure> {
        let day = Self::OWN.ministry()?.ministry.day;
        let reached = (today.month(), today.day()) >= (day.month(), day.day());
        Ok(Self { years: today.year() - i16::from(!reached) - day.year() })
    }

    /// The embedded ministry.
    pub(super) fn ministry(self) -> Result<Ministry, Failure> {
        let mut ministry: Ministry = toml::from_str(REGISTRY).map_err(failed)?;
        ministry.ministry.day = self.day(ministry.ministry.day);
        for posting in &mut ministry.registry.postings {
            posting.from = self.day(posting.from);
            posting.until = posting.until.map(|last| self.day(last));
        }
        Ok(ministry)
    }

    /// The embedded cables, each with its day, by day.
    pub(super) fn cables(self) -> Result<Vec<(Date, CableRecord)>, Failure> {
        let cables: Vec<CableRecord> = records(CABLES.as_bytes(), "the embedded cables")?;
        let moved = cables.into_iter().map(|mut cable| {
            let day: Date = cable.date.as_deref().unwrap_or_default().parse().map_err(failed)?;
            let day = self.day(day);
            cable.date = Some(day.to_string());
            cable.paragraphs = cable.paragraphs.iter().map(|text| self.text(text)).collect();
            Ok((day, cable))
        });
        let mut cables = moved.collect::<Result<Vec<_>, Failure>>()?;
        cables.sort_by_key(|(day, _)| *day);
        Ok(cables)
    }

    /// The article, and what the ministry told everybody about the same matter.
    pub(super) fn press(self) -> [String; 2] {
        [ARTICLE, STATEMENT].map(|text| self.text(text))
    }

    fn day(self, day: Date) -> Date {
        day.saturating_add(i64::from(self.years).years())
    }

    /// A text with the years of the story's decade moved.
    fn text(self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
            let (before, from) = rest.split_at(start);
            let end = from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len());
            let (number, after) = from.split_at(end);
            out.push_str(before);
            match number.parse::<i16>() {
                Ok(year) if (2030..2040).contains(&year) => {
                    out.push_str(&(year + self.years).to_string());
                }
                _ => out.push_str(number),
            }
            rest = after;
        }
        out + rest
    }
}

fn failed(error: impl std::fmt::Display) -> Failure {
    Failure { message: error.to_string(), code: 1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chancery_text::build::Choice;

    #[test]
    fn the_embedded_papers_are_sound() {
        let ministry = Told::OWN.ministry().unwrap();
        let offices: Vec<_> = ministry.registry.offices.iter().map(|o| o.key.as_str()).collect();
        assert!(offices.len() >= 40 && ministry.registry.persons.len() >= 100);
        let cables = Told::OWN.cables().unwrap();
        assert!(cables.len() >= 6);
        for (_, cable) in &cables {
            let draft = cable.as_draft(&Choice::default()).unwrap();
            let marked = draft.text.marked().unwrap();
            assert!(marked.iter().any(|p| !p.variants.is_empty()), "{}", cable.id);
            for office in [&draft.from].into_iter().chain(&draft.to).chain(&draft.info) {
                assert!(offices.contains(&office.as_str()), "{}: {office}", cable.id);
            }
        }
    }

    #[test]
    fn a_story_told_lately_has_begun_whatever_day_it_is() {
        let own = Told::OWN.ministry().unwrap();
        for (today, day) in [
            ("2026-11-27", "2026-10-08"),
            ("2027-10-07", "2026-10-08"),
            ("2027-10-08", "2027-10-08"),
            ("2028-02-29", "2027-10-08"),
            ("2040-01-01", "2039-10-08"),
        ] {
            let today: Date = today.parse().unwrap();
            let told = Told::lately(today).unwrap();
            let ministry = told.ministry().unwrap();
            assert_eq!(ministry.ministry.day.to_string(), day);
            let begun = |day: Date, told: &Ministry| {
                told.registry.postings.iter().filter(|p| p.from <= day).count()
            };
            // Nobody comes later than in the story, and a planned end takes no access.
            assert!(begun(today, &ministry) >= begun(own.ministry.day, &own));
            for (released, cable) in told.cables().unwrap() {
                assert!(released <= ministry.ministry.day, "{}", cable.id);
            }
        }
        // The control: in its own year nobody is in office yet when this is written.
        let written: Date = "2026-11-27".parse().unwrap();
        assert!(own.registry.postings.iter().all(|p| p.from > written));
    }

    #[test]
    fn years_in_texts_are_moved_and_other_numbers_are_not() {
        let told = Told { years: -6 };
        assert_eq!(
            told.text("By 2033, 400,000 of 20330 (2030)."),
            "By 2027, 400,000 of 20330 (2024)."
        );
        let text = "from 1 January 2034";
        assert_eq!(Told::OWN.text(text), text);
    }
}
