//! The fictional ministry and its papers, embedded in the program.

use chancery_desk::{CableRecord, Registry, records};
use jiff::civil::Date;
use serde::Deserialize;

use crate::command::Failure;

const REGISTRY: &str = include_str!("../../ministry/ministry.toml");
const CABLES: &str = include_str!("../../ministry/cables.jsonl");
/// A newspaper article that quotes two words of a cable.
pub(super) const ARTICLE: &str = include_str!("../../ministry/article.txt");
/// What the ministry told everybody about it.
pub(super) const STATEMENT: &str = include_str!("../../ministry/statement.txt");
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

/// The embedded ministry.
pub(super) fn ministry() -> Result<Ministry, Failure> {
    toml::from_str(REGISTRY).map_err(|e| Failure { message: e.to_string(), code: 1 })
}

/// The embedded cables, by date.
pub(super) fn cables() -> Result<Vec<CableRecord>, Failure> {
    let mut cables: Vec<CableRecord> = records(CABLES.as_bytes(), "the embedded cables")?;
    cables.sort_by(|a, b| a.date.cmp(&b.date));
    Ok(cables)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chancery_text::build::Choice;

    #[test]
    fn the_embedded_papers_are_sound() {
        let ministry = ministry().unwrap();
        let offices: Vec<_> = ministry.registry.offices.iter().map(|o| o.key.as_str()).collect();
        assert!(offices.len() >= 40 && ministry.registry.persons.len() >= 100);
        let cables = cables().unwrap();
        assert!(cables.len() >= 6);
        for cable in &cables {
            let draft = cable.as_draft(&Choice::default()).unwrap();
            let marked = draft.text.marked().unwrap();
            assert!(marked.iter().any(|p| !p.variants.is_empty()), "{}", cable.id);
            for office in [&draft.from].into_iter().chain(&draft.to).chain(&draft.info) {
                assert!(offices.contains(&office.as_str()), "{}: {office}", cable.id);
            }
        }
    }
}
