//! The comma after an opening adverbial: *In addition(,) the port closed.*
//!
//! Free sites. The adverbial must come from the list, or be a short phrase of time or place, and a
//! clear subject must follow.

use std::sync::LazyLock;

use crate::order::subject::subject_at;
use crate::order::tag::Tags;
use crate::order::view::{Class, View};
use crate::proposal::Proposal;

const CLASS: Class = Class::typography("typography.opening-comma");

/// Longest opening phrase by pattern, in words.
const LONGEST: usize = 5;

/// Openings that good prose prints with and without a comma.
static LISTED: LazyLock<Vec<Vec<&str>>> = LazyLock::new(|| {
    LISTED_PHRASES.split(", ").map(|phrase| phrase.split(' ').collect()).collect()
});

const LISTED_PHRASES: &str = "in addition, in general, in particular, in this connection, in this regard, \
    in this respect, in this context, in this case, in that case, in that event, \
    in this event, in any event, in any case, in these circumstances, in the circumstances, \
    in the meantime, in meantime, in fact, in effect, in practice, in principle, \
    in conclusion, in reply, in response, in view of this, in his view, in our view, \
    in my view, in his opinion, in our opinion, in my opinion, in the first place, \
    in the end, in the past, in the future, in recent weeks, in recent months, \
    in recent years, at the same time, at same time, at present, at this point, at this time, \
    at this stage, at that time, at the moment, at the outset, at the end, for this reason, \
    for that reason, for these reasons, for this purpose, for the moment, for the present, \
    for the time being, as a result, on the whole, on balance, on this basis, \
    under these circumstances, under the circumstances, to this end, to date, thus far, \
    so far, until now, up to now, today, yesterday, this morning, this afternoon, \
    this evening, last night, last week, last month, last year, this week, meanwhile, \
    therefore, accordingly, consequently, nevertheless, subsequently, eventually, ultimately, \
    initially, recently, previously, later, originally, currently, presently, undoubtedly, \
    finally, thus, clearly, certainly, actually, at any rate, in this situation, \
    in our judgment, in my judgment, in the first instance, for some time, in the long run, \
    in due course, by now, at best, at worst, in essence, after all, at first, at last, \
    in turn, for his part, for my part, for our part, presumably, obviously, apparently, \
    possibly, of course, sooner or later";

const SUBJECTS: &[&str] = &["he", "she", "it", "we", "they", "i", "you", "there"];

const DETERMINERS: &[&str] = &["the", "a", "an", "our", "his", "their", "its", "my", "her"];

pub(super) fn find(view: &View<'_, '_>, out: &mut Vec<Proposal>) {
    for i in 0..view.len() {
        if view.opens_sentence(i) && view.is_capital(i) {
            out.extend(at(view, i));
        }
    }
}

fn at(view: &View<'_, '_>, first: usize) -> Option<Proposal> {
    let last = listed(view, first).or_else(|| by_pattern(view, first))?;
    let comma = view.low(last + 1) == ",";
    let subject = last + 1 + usize::from(comma);
    if !subject_follows(view, subject, comma) {
        return None;
    }
    let word = view.word(last);
    if comma {
        view.free(CLASS, last, last + 1, [word.to_owned()])
    } else {
        view.free(CLASS, last, last, [format!("{word},")])
    }
}

/// Last token of a listed opening that starts at `first`.
fn listed(view: &View<'_, '_>, first: usize) -> Option<usize> {
    LISTED
        .iter()
        .filter(|phrase| phrase.iter().enumerate().all(|(k, word)| view.low(first + k) == *word))
        .map(|phrase| first + phrase.len() - 1)
        .max()
}

/// `On 3 May`, `In 1962`, `During the talks`, `After lunch`: a preposition and one short noun phrase.
fn by_pattern(view: &View<'_, '_>, first: usize) -> Option<usize> {
    if !matches!(
        view.low(first),
        "on" | "in" | "at" | "during" | "after" | "before" | "since" | "until"
    ) {
        return None;
    }
    let temporal = matches!(view.low(first), "during" | "after" | "before" | "since" | "until");
    let mut last = first;
    for i in first + 1..=first + LONGEST {
        let tags = view.tags(i);
        if view.is_number(i) || (view.low(i) == "may" && view.is_capital(i)) {
            last = i;
            continue;
        }
        // The determiner of the subject begins after the first noun of the phrase.
        let opens_subject = last > first && DETERMINERS.contains(&view.low(i));
        let part = view.is_word(i)
            && (tags.has(Tags::DET) && i == first + 1
                || tags.has(Tags::ADJ.with(Tags::NOUN).with(Tags::NAME).with(Tags::NUM)))
            && !tags.has(Tags::PRO.with(Tags::AUX).with(Tags::MODAL).with(Tags::CONJ))
            && (!tags.has(Tags::FUNCTION) || tags.has(Tags::DET))
            && !tags.has(Tags::ING.with(Tags::PART));
        if opens_subject || !part {
            break;
        }
        last = i;
    }
    let head = view.tags(last);
    let dated = (first + 1..=last).any(|i| view.is_number(i) || is_time(view.low(i)));
    let closes =
        last > first && (view.is_number(last) || head.is_nounish() || view.low(last) == "may");
    (closes && (dated || temporal)).then_some(last)
}

fn is_time(word: &str) -> bool {
    matches!(
        word,
        "january"
            | "february"
            | "march"
            | "april"
            | "june"
            | "july"
            | "august"
            | "september"
            | "october"
            | "november"
            | "december"
            | "monday"
            | "tuesday"
            | "wednesday"
            | "thursday"
            | "friday"
            | "saturday"
            | "sunday"
            | "morning"
            | "afternoon"
            | "evening"
            | "weekend"
            | "week"
            | "month"
            | "year"
            | "lunch"
            | "dinner"
            | "meeting"
    )
}

/// A pronoun or a determiner opens the subject; nothing else is sure enough.
fn subject_follows(view: &View<'_, '_>, i: usize, comma: bool) -> bool {
    let word = view.low(i);
    if SUBJECTS.contains(&word) {
        // "In fact it" is a subject; "today there" is one only with its verb.
        return word != "there" || view.tags(i + 1).has(Tags::AUX.with(Tags::MODAL));
    }
    if DETERMINERS.contains(&word) {
        return !view.is_capital(i);
    }
    // With the comma in the text, a name may follow as well.
    comma
        && view.is_capital(i)
        && view.tags(i).has(Tags::NAME)
        && subject_at(view, i, false).is_some()
}

#[cfg(test)]
mod tests {
    use crate::order::examples::check;

    #[test]
    fn openings() {
        check(
            super::find,
            "typography.opening-comma",
            &[
                ("In [[addition]] the port closed.", &["addition,"]),
                ("On 3 [[May,]] the port closed.", &["May"]),
                ("During the [[talks]] he slept.", &["talks,"]),
                ("He left. At the same [[time,]] Orlan came.", &["time"]),
            ],
            &[
                "In addition to tin, the port sold salt.",
                "In short, tin was sold.",
                "In the harbour master the clerk saw a friend.",
                "The port, in addition, closed.",
                "However, the port closed.",
            ],
        );
    }
}
