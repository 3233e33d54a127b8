//! A text that is being written: its places, and what a leak of it would tell, before anything is saved.

use std::collections::BTreeSet;

use chancery_domain::{Handle, split_portion};
use chancery_text::build::{self, Choice};
use serde::Serialize;

use crate::bench::{BenchParagraph, BenchPlace, pieces, placed};
use crate::draft::{DraftText, Finders};
use crate::meter::Meter;
use crate::registry::known_office;
use crate::{Archive, DeskError};

/// What a text would be as a draft.
#[derive(Clone, Debug, Serialize)]
pub struct Sketch {
    /// Paragraph by paragraph.
    pub paragraphs: Vec<BenchParagraph>,
    /// Every place, in reading order.
    pub places: Vec<BenchPlace>,
    /// What the marks of the whole could tell.
    pub meter: Meter,
}

impl Sketch {
    /// Looks at a text with markup and portion marks, for so many readers. Nothing is kept.
    ///
    /// # Errors
    /// When the markup is broken (with line and column) or the text is too long.
    pub fn of(text: &str, readers: u64, finders: &Finders) -> Result<Self, DeskError> {
        let mut text = DraftText::from_file(text, true, Choice::default());
        let mut portions = Vec::new();
        for (_, paragraph) in &mut text.paragraphs {
            let (portion, rest) = split_portion(paragraph);
            portions.push(portion.map(str::to_owned));
            *paragraph = rest.to_owned();
        }
        // Who has not begun to write sees nothing, and no complaint.
        let begun = text.paragraphs.iter().any(|(_, paragraph)| !paragraph.trim().is_empty());
        let marked = if begun { text.marked()? } else { Vec::new() };
        let candidates = finders.candidates(&marked);
        let chosen = build::choose(&marked, &candidates, &text.choice);
        let master = build::build(&marked, &chosen, &text.choice, &finders.lexicon_hash(), None);
        let places = placed(&candidates, &chosen, &marked, &text);
        let reach = Meter::by_paragraph(&master, readers);
        let paragraphs = marked
            .iter()
            .zip(reach)
            .zip(portions)
            .enumerate()
            .map(|(at, ((marked, reach), portion))| BenchParagraph {
                portion,
                pieces: pieces(at, marked, &places),
                reach,
            })
            .collect();
        let places = places.into_iter().map(|(place, _)| place).collect();
        Ok(Self { paragraphs, places, meter: Meter::of(&master, readers) })
    }
}

impl Archive {
    /// How many persons hold any of these offices now. An office that is not there has nobody.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn holders_now(&self, offices: &BTreeSet<Handle>) -> Result<u64, DeskError> {
        let mut tx = self.store.begin().await?;
        let now = self.now_in(&mut tx).await?;
        let mut persons = BTreeSet::new();
        for office in offices {
            let office = match known_office(&mut tx, office).await {
                Ok(office) => office,
                Err(DeskError::Unknown { .. }) => continue,
                Err(other) => return Err(other),
            };
            let held = tx.postings_in(office).await?;
            persons.extend(held.iter().filter(|p| p.holds_at(now)).map(|p| *p.person()));
        }
        Ok(persons.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::{BenchPiece, PlaceState};

    #[test]
    fn a_sketch_shows_what_a_draft_would() {
        let finders = Finders::embedded();
        let text = "(C) The {envoy|ambassador} came prior to the talks.\r\n\r\nNobody {=minded=}.";
        let sketch = Sketch::of(text, 40, &finders).unwrap();
        assert_eq!(sketch.paragraphs.len(), 2);
        assert_eq!(sketch.paragraphs[0].portion.as_deref(), Some("C"));
        let own = sketch.places.iter().find(|place| place.rule == "author").unwrap();
        assert_eq!((own.readings.len(), own.state), (2, PlaceState::Kept));
        assert!(sketch.paragraphs[1].pieces.contains(&BenchPiece::Locked("minded".into())));
        assert!(sketch.meter.retyped.bits > 0.5 && sketch.meter.readers == 40);
        let broken = Sketch::of("One {word|.", 40, &finders).unwrap_err().to_string();
        assert!(broken.contains("line 1, column 5"), "{broken}");
        assert!(Sketch::of("", 0, &finders).unwrap().paragraphs.is_empty());
    }
}
