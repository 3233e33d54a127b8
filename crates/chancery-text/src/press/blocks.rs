//! Words set apart without marks: turns of an interview, and paragraphs announced by a colon.

use super::ParagraphKind;
use super::layout::Part;
use super::noun::{Noun, Shape};
use super::people::{Id, People, Sort};
use super::words::WORDS;

/// Most words looked at to tell whether a paragraph is still in the first person.
const MAX_LOOKED: usize = 60;

/// Most turns looked at to tell who asks.
const MAX_TURNS: usize = 64;

/// Whoever answers in an interview whose answers are labelled with a letter: the first person named.
pub(super) fn interviewee(text: &str, parts: &[Part], people: &People) -> Option<Id> {
    let turns = parts.iter().filter(|p| p.paragraph.kind == ParagraphKind::Turn).take(MAX_TURNS);
    let lettered = turns.filter_map(|p| p.label.clone()).any(|label| text[label].len() == 1);
    if !lettered {
        return None;
    }
    people.all.iter().position(|entity| entity.sort == Sort::Person)
}

/// Who speaks in a turn, and the label; none for whoever asks.
pub(super) fn turn(
    text: &str,
    part: &Part,
    people: &mut People,
    interviewee: Option<Id>,
) -> Option<(Id, String)> {
    let label = &text[part.label.clone()?];
    if label == "Q" {
        return None;
    }
    if label == "A" {
        return interviewee.map(|id| (id, label.to_owned()));
    }
    let low = label.to_lowercase();
    let words = text[part.words(text)].trim_end();
    if WORDS.people.media.contains(&low)
        || low == "interviewer"
        || (people_unknown(people, &low) && words.ends_with('?'))
    {
        return None;
    }
    let name = label.split(' ').map(str::to_owned).collect();
    let shape = Shape::Name { name, honours: Vec::new(), heads: Vec::new() };
    let noun = Noun { start: 0, end: 1, shape, genitive: false };
    Some((people.resolve(&noun, true)?, label.to_owned()))
}

fn people_unknown(people: &mut People, low: &str) -> bool {
    let name = low.split(' ').map(str::to_owned).collect();
    let shape = Shape::Name { name, honours: Vec::new(), heads: Vec::new() };
    people.resolve(&Noun { start: 0, end: 1, shape, genitive: false }, false).is_none()
}

/// Whether the paragraph after a block is still part of it: it speaks in the first person.
pub(super) fn goes_on(text: &str, part: &Part) -> bool {
    let words = super::form::words(&text[part.paragraph.span.clone()]).take(MAX_LOOKED);
    let mut first = false;
    for word in words {
        first |= WORDS.things.first_person.contains(&word.to_lowercase());
    }
    first && part.indented
}
