//! Indirect speech: what a reporting clause reports without marks.

use std::ops::Range;

use super::{Reader, Said};
use crate::press::cue::Clause;
use crate::press::noun::Noun;
use crate::press::sentence::{Item, Kind};
use crate::press::source;
use crate::press::words::{Class, WORDS};
use crate::press::{Paraphrase, Speaker};

/// Fewest words of a paraphrase.
const MIN_PARAPHRASE: usize = 3;

impl Reader {
    #[expect(clippy::too_many_arguments, reason = "a sentence as read so far")]
    pub(super) fn paraphrases(
        &mut self,
        text: &str,
        items: &[Item],
        nouns: &[Noun],
        clauses: &[Clause],
        spoken: &[Option<Said>],
        used: &[bool],
        held: Range<usize>,
        number: usize,
    ) {
        for (at, clause) in clauses.iter().enumerate() {
            let Some(said) = &spoken[at] else { continue };
            let speaks =
                matches!(clause.class, Class::Say | Class::Tell | Class::Write | Class::According);
            if !speaks || used[at] {
                continue;
            }
            let Some(content) = reported(items, nouns, clauses, at) else { continue };
            let span = items[content.start].span.start..items[content.end - 1].span.end;
            if self.article.paraphrases.last().is_some_and(|p| p.span.end > span.start) {
                continue;
            }
            let Some(cue) = said.cue.clone() else { continue };
            let holds = held
                .clone()
                .filter(|&q| {
                    let q = &self.article.quotations[q].span;
                    span.start <= q.start && q.end <= span.end
                })
                .collect();
            self.paraphrased.push(said.who);
            self.article.paraphrases.push(Paraphrase {
                text: text[span.clone()].to_owned(),
                span,
                speaker: said.who.map(|_| Speaker {
                    name: String::new(),
                    as_printed: said.printed.clone(),
                    how: said.how,
                }),
                cue,
                occasion: said.occasion,
                claim: said.claim,
                holds,
                paragraph: number,
            });
        }
    }
}

/// The items that a clause reports without marks.
fn reported(items: &[Item], nouns: &[Noun], clauses: &[Clause], at: usize) -> Option<Range<usize>> {
    let clause = &clauses[at];
    let mut from = clause.end.max(clause.verb + 1);
    if clause.class == Class::According {
        return according(items, nouns, clause);
    }
    let mut end = items.len();
    if let Some(semicolon) = items[from..].iter().position(|i| i.is(";")) {
        end = from + semicolon;
    }
    if let Some(next) = clauses.get(at + 1).filter(|c| c.start > from) {
        // ", and praised": a clause joined on, not one inside.
        let joint = (from..next.start)
            .rev()
            .take(4)
            .find(|&i| matches!(items[i].low.as_str(), "and" | "but" | "while"));
        let shared = next.subject == clause.subject
            || nouns[next.subject].start >= next.start.saturating_sub(1);
        if let Some(joint) = joint.filter(|_| shared) {
            end = end.min(joint);
        }
    }
    if let Some(joint) = (from..clauses.get(at + 1).map_or(from, |c| c.verb.min(end)))
        .rev()
        .find(|&i| items[i].says("and"))
        .filter(|_| clauses.get(at + 1).is_some_and(|c| c.subject == clause.subject))
    {
        end = end.min(joint);
    }
    let reach = end.min(from + 16);
    if let Some(that) = (from..reach).find(|&i| items[i].says("that")) {
        from = that + 1;
    } else if items.get(from).is_some_and(|i| i.says("in")) {
        // "said in a letter to the office the fallout was too much": to the next bare determiner.
        let skipped = nouns.iter().find(|n| {
            n.start > from
                && n.end <= end
                && items.get(n.end).is_none_or(|i| !WORDS.grammar.prepositions.contains(&i.low))
        });
        from = skipped.map_or(from, |n| n.end);
    }
    while end > from
        && (items[end - 1].kind == Kind::Mark
            || items[end - 1].says("and")
            || items[end - 1].says("but"))
    {
        end -= 1;
    }
    while from < end && items[from].kind == Kind::Mark {
        from += 1;
    }
    let first_quote = (from..end).find(|&i| items[i].quote().is_some()).unwrap_or(end);
    let word = |i: &&Item| matches!(i.kind, Kind::Word | Kind::Number);
    let words = items[from..end].iter().filter(word).count();
    let introduces = first_quote < end
        && first_quote > 0
        && (items[first_quote - 1].is(":") || items[first_quote - 1].is(","));
    (words >= MIN_PARAPHRASE && !introduces).then_some(from..end)
}

/// What "according to" reports: the rest of its sentence. A source that stands between commas in the
/// middle of a statement leaves it whole.
fn according(items: &[Item], nouns: &[Noun], clause: &Clause) -> Option<Range<usize>> {
    let end = source::end(items, nouns, clause);
    let inside = items.get(end).is_some_and(Item::is_pause)
        && items.get(end + 1).is_some_and(source::is_predicate);
    let mut range = match clause.start > 2 {
        true if inside => 0..items.len(),
        true => 0..clause.start,
        false => end..items.len(),
    };
    while range.start < range.end && items[range.start].kind == Kind::Mark {
        range.start += 1;
    }
    while range.end > range.start && items[range.end - 1].kind == Kind::Mark {
        range.end -= 1;
    }
    (range.len() >= MIN_PARAPHRASE).then_some(range)
}
