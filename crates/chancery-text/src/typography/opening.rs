//! The comma after an opening adverbial: *In addition(,) the port closed.*
//!
//! Free sites. The adverbial must come from the list, or be a short phrase of time or place, and a
//! clear subject must follow.

use std::sync::LazyLock;

use crate::order::class::Class;
use crate::order::subject::{is_finite, subject_at};
use crate::order::tag::Tags;
use crate::order::view::View;
use crate::proposal::Proposal;

const CLASS: Class = Class::typography("typography.opening-comma");

/// Longest opening phrase by pattern, in words.
const LONGEST: usize = 5;

/// Longest opening phrase that its comma closes, in words.
const LONGEST_WRITTEN: usize = 8;

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
    possibly, of course, sooner or later, moreover, furthermore, nonetheless, further, besides, \
    similarly, likewise, incidentally, naturally, unfortunately, fortunately, generally, basically, \
    essentially, otherwise, as a consequence, as of now, in consequence, in sum, in brief, \
    in his judgment, in so doing, on this occasion, on that occasion, on these occasions, \
    on one occasion, at this juncture, at this meeting, at that meeting, at my request, \
    at his request, in that connection, in that regard, in these conditions, in such circumstances, \
    under such circumstances, under present circumstances, in present circumstances, in such event, \
    in such case, in this way, of late, by contrast, in contrast, on the contrary, on contrary, \
    on the other hand, on other hand, on the one hand, on one hand, in the interim, in interim, \
    in the final analysis, in final analysis, in the last analysis, in last analysis, if so, if not, \
    if necessary, if possible, for time being, for present, for moment, with this in mind, \
    in light of this, in the light of this, in view of the above, in view above, in view foregoing, \
    in view of the foregoing, in light above, in light foregoing, in light of above, \
    in view of above, on this point, on that point, on this subject, on this question, \
    on this score, in short run, in long run, as result, as a rule, at moment, at outset, \
    in first place, in end, in future, in past, for instance, for example, until then, \
    since then, before then, by then, to my knowledge, to our knowledge, in recent past, \
    from this point of view, from our point of view, from his point of view, in all probability, \
    in all likelihood, with this exception, with these exceptions, in this instance, \
    in some cases, in many cases, in most cases, at times, from time to time, in some respects, \
    in many respects, in several respects, in these cases, in other cases, on several occasions, \
    on many occasions, at various times, over the weekend, for years, for many years, for weeks, \
    for several years, for several months, for several weeks, in several cases, in theory";

/// Last words of openings that could also stand before a noun.
const ATTRIBUTIVE: &[&str] = &[
    "further",
    "later",
    "besides",
    "today",
    "yesterday",
    "morning",
    "afternoon",
    "evening",
    "night",
    "week",
    "month",
    "year",
    "general",
    "particular",
    "present",
    "first",
    "last",
    "past",
    "future",
    "moment",
    "time",
    "weekend",
    "end",
    "practice",
    "short",
    "above",
    "foregoing",
    "so",
    "not",
    "case",
    "cases",
    "meeting",
    "request",
    "question",
    "subject",
    "principle",
    "reply",
    "response",
];

/// Offices that telegrams name without an article.
const OFFICES: &[&str] = &[
    "embassy",
    "department",
    "dept",
    "government",
    "govt",
    "ambassador",
    "minister",
    "president",
    "delegation",
    "mission",
    "secretary",
    "consulate",
    "cabinet",
    "parliament",
];

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
    let sure = listed(view, first);
    let last = sure.or_else(|| by_comma(view, first)).or_else(|| by_pattern(view, first))?;
    let comma = view.low(last + 1) == ",";
    let subject = last + 1 + usize::from(comma);
    // "In May, he said, the port closed": the first of a pair of commas stays.
    let paired = comma && (subject..=subject + 3).any(|i| view.low(i) == ",");
    if paired || !subject_follows(view, subject, comma, sure.is_some()) {
        return None;
    }
    // Without its comma a name would run into the name before it.
    if comma && view.is_capital(subject) && view.is_capital(last) && view.word(subject) != "I" {
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

/// Last token before the comma of an opening phrase: a preposition and plain words, no clause.
fn by_comma(view: &View<'_, '_>, first: usize) -> Option<usize> {
    const OPENERS: &[&str] = &[
        "on",
        "in",
        "at",
        "during",
        "after",
        "before",
        "since",
        "until",
        "for",
        "with",
        "from",
        "by",
        "under",
        "despite",
        "following",
        "regarding",
        "concerning",
        "through",
        "within",
        "upon",
        "throughout",
        "as",
        "to",
        "because",
        "contrary",
        "prior",
        "according",
    ];
    if !OPENERS.contains(&view.low(first)) {
        return None;
    }
    let comma = (first + 1..=first + LONGEST_WRITTEN + 1).find(|&i| view.is_mark(i))?;
    let clause = (first + 1..comma).any(|i| {
        let tags = view.tags(i);
        is_finite(view, i)
            || tags.has(Tags::SUBORD) && !tags.has(Tags::PREP)
            || SUBJECTS.contains(&view.low(i))
    });
    // "As he said", "To close the port": clauses of another kind.
    let fits = match view.low(first) {
        "as" => matches!(view.low(first + 1), "for" | "to" | "regards" | "of"),
        "because" => view.low(first + 1) == "of",
        "to" => view.tags(first + 1).has(Tags::DET),
        "after" | "before" | "since" => !view.tags(first + 1).has(Tags::ING),
        _ => true,
    };
    (view.low(comma) == "," && comma > first + 1 && fits && !clause).then(|| comma - 1)
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

/// A pronoun or a determiner opens the subject; after a comma or a listed opening a noun or name with
/// its verb right behind is sure enough too.
fn subject_follows(view: &View<'_, '_>, i: usize, comma: bool, listed: bool) -> bool {
    let word = view.low(i);
    if SUBJECTS.contains(&word) {
        // "In fact it" is a subject; "today there" is one only with its verb.
        return word != "there" || view.tags(i + 1).has(Tags::AUX.with(Tags::MODAL));
    }
    if DETERMINERS.contains(&word) {
        return !view.is_capital(i);
    }
    // "As to his leadership potential, Embassy believes": without its comma one phrase.
    let office = OFFICES.contains(&word);
    let named = comma && view.is_capital(i) && view.tags(i).has(Tags::NAME) && !office;
    // "Later reports", "in general debate": the opening's last word could belong to a bare noun.
    let last = i.saturating_sub(1 + usize::from(comma));
    let sure = listed && (view.is_capital(i) || !ATTRIBUTIVE.contains(&view.low(last)));
    (named || sure) && subject_at(view, i, false).is_some()
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
                ("In his talk with the [[mayor,]] he asked for salt.", &["mayor"]),
                ("As to the salt [[trade,]] the mayor was silent.", &["trade"]),
                ("[[Moreover]] Orlan was ill.", &["Moreover,"]),
            ],
            &[
                "In addition to tin, the port sold salt.",
                "In short, tin was sold.",
                "In the harbour master the clerk saw a friend.",
                "The port, in addition, closed.",
                "However, the port closed.",
                "In May, he said, the port would close.",
                "After he left, the port closed.",
                "To close the port, he sold the boats.",
                "According to Orlan, Brun was ill.",
                "Later reports were better.",
                "As to the salt potential, Embassy believes little of it.",
                "Further, foreign clerks were hired.",
                "In Paris, London and Rome the ports closed.",
            ],
        );
    }
}
