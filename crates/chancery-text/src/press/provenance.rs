//! How a paper came to be known: leaked, given out, or neither, from the words around its noun.

use super::sentence::{Item, Kind};
use super::words::{Set, WORDS};

/// Most items between a paper and what is said about how it came to be known.
const MAX_BESIDE: usize = 7;

/// Most items from a paper to whoever obtained it: "an email sent to staff last year and obtained by".
const MAX_BEHIND: usize = 12;

/// Most items from "seen by" to the name of who saw it.
const MAX_MEDIUM: usize = 4;

/// How a paper came to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Provenance {
    /// It was not meant to be seen.
    Leaked,
    /// It was given out.
    Released,
}

/// What is said about the paper at `at`. A paper that was leaked and then printed was leaked; one
/// that was leaked and then declassified is public.
pub(super) fn provenance(items: &[Item], at: usize) -> Option<Provenance> {
    let around = Around::of(items, at);
    let words = &WORDS.provenance;
    if around.says(&words.unsealed) {
        return Some(Provenance::Released);
    }
    let public = matches!(items[at].low.as_str(), "statement" | "communique" | "communiqué");
    if around.says(&words.leaked) || !public && around.reached_a_medium() {
        return Some(Provenance::Leaked);
    }
    if around.says(&words.released) {
        return Some(Provenance::Released);
    }
    around.secret().then_some(Provenance::Leaked)
}

/// The items around a paper that may be about it: of its sentence, up to the next quotation.
struct Around<'a> {
    items: &'a [Item],
    from: usize,
    at: usize,
    to: usize,
}

impl<'a> Around<'a> {
    fn of(items: &'a [Item], at: usize) -> Self {
        let from = at.saturating_sub(MAX_BESIDE);
        let to = items.len().min(at + MAX_BESIDE + 1);
        let quote = |i: &Item| i.quote().is_some();
        let from = items[from..at].iter().rposition(quote).map_or(from, |i| from + i + 1);
        let to = items[at..to].iter().position(quote).map_or(to, |i| at + i);
        Self { items, from, at, to }
    }

    /// Whether one of these words is said of the paper: before its noun, with "of" between at most,
    /// or as a predicate.
    fn says(&self, list: &Set) -> bool {
        (self.from..self.to).any(|i| {
            let item = &self.items[i];
            item.kind == Kind::Word
                && list.contains(&item.low)
                && (i < self.at && i >= self.phrase(true) || self.is_predicate(i))
        })
    }

    /// Where the words begin that modify the noun.
    fn phrase(&self, of: bool) -> usize {
        let mut from = self.at;
        while from > self.from {
            let item = &self.items[from - 1];
            let chained = of && (item.says("of") || item.says("the"));
            let word = item.kind == Kind::Word && !item.genitive;
            let joint = WORDS.grammar.determiners.contains(&item.low)
                || WORDS.grammar.prepositions.contains(&item.low)
                || WORDS.grammar.be.contains(&item.low);
            if !word || joint && !chained {
                break;
            }
            from -= 1;
        }
        from
    }

    /// Whether a participle stands for itself, and not before another noun: "leaked to", "leaked."
    fn is_predicate(&self, i: usize) -> bool {
        let next = self.items.get(i + 1);
        next.is_none_or(|next| {
            next.kind != Kind::Word
                || WORDS.grammar.prepositions.contains(&next.low)
                || WORDS.grammar.adverbs.contains(&next.low)
                || WORDS.provenance.unsealed.contains(&next.low)
                || WORDS.provenance.released.contains(&next.low)
                || matches!(
                    next.low.as_str(),
                    "and"
                        | "but"
                        | "or"
                        | "this"
                        | "that"
                        | "earlier"
                        | "after"
                        | "before"
                        | "when"
                        | "overnight"
                        | "show"
                        | "shows"
                        | "showed"
                )
        })
    }

    /// Whether the word right before the noun, or before another that modifies it, keeps it from
    /// being seen. "Private secretary" and "secret service" are no papers.
    fn secret(&self) -> bool {
        let list = &WORDS.provenance.secret;
        let modifies = (self.phrase(false)..self.at).any(|i| {
            let next = &self.items[i + 1].low;
            list.contains(&self.items[i].low)
                && !WORDS.is_role(next)
                && !WORDS.people.bodies.contains(next)
        });
        // "A memo marked secret"; "the files were classified".
        let marked = (self.at + 1..self.to).any(|i| {
            let before = self.items[i - 1].low.as_str();
            list.contains(&self.items[i].low)
                && self.is_predicate(i)
                && (matches!(before, "marked" | "stamped" | "headed" | "labelled" | "kept")
                    || WORDS.grammar.be.contains(before))
        });
        modifies || marked
    }

    /// "Obtained by the Herald", "passed to this newspaper", "which the Herald has seen".
    fn reached_a_medium(&self) -> bool {
        let words = &WORDS.provenance;
        let behind = self.items.iter().enumerate().skip(self.at + 1).take(MAX_BEHIND);
        let mut behind = behind.take_while(|(_, i)| i.quote().is_none());
        behind.any(|(i, item)| {
            let Some(next) = self.items.get(i + 1).filter(|_| item.kind == Kind::Word) else {
                return false;
            };
            if next.says("by") && words.obtained.contains(&item.low) {
                return self.is_medium(i + 2);
            }
            if next.says("to") && words.passed.contains(&item.low) {
                return self.items.iter().skip(i + 2).take(MAX_MEDIUM).any(is_newspaper);
            }
            let has = matches!(self.items[i - 1].low.as_str(), "has" | "had" | "have");
            let who = i.checked_sub(2).map(|i| &self.items[i]);
            has && words.obtained.contains(&item.low) && who.is_some_and(is_newspaper)
        })
    }

    /// Whether a newspaper or the like is named at an item. A name that is no office's and no
    /// body's is one: "obtained by the Vessen Mail".
    fn is_medium(&self, at: usize) -> bool {
        let the = self.items.get(at).is_some_and(|i| i.says("the"));
        let words = self.items.iter().skip(at).take(MAX_MEDIUM);
        let (mut capitals, mut other) = (false, false);
        for word in words.take_while(|i| i.kind == Kind::Word) {
            if is_newspaper(word) {
                return true;
            }
            other |= WORDS.is_role(&word.low)
                || WORDS.is_honour(&word.low)
                || WORDS.people.bodies.contains(&word.low);
            if !word.capital && capitals {
                break;
            }
            capitals |= word.capital;
        }
        the && capitals && !other
    }
}

/// Whether a word is a newspaper or another medium: "post" with a capital only.
fn is_newspaper(item: &Item) -> bool {
    item.capital && WORDS.people.media.contains(&item.low)
        || matches!(item.low.as_str(), "newspaper" | "magazine" | "broadcaster")
}

/// Whether a medium behind a preposition only got, saw or printed a paper: "leaked to the Herald".
pub(super) fn only_printed(items: &[Item], preposition: usize) -> bool {
    let words = &WORDS.provenance;
    preposition.checked_sub(1).is_some_and(|i| {
        let low = &items[i].low;
        [&words.leaked, &words.released, &words.obtained, &words.passed, &words.printed]
            .iter()
            .any(|list| list.contains(low))
    })
}

/// Whether a word stands for something that words can leak from.
pub(super) fn is_bearer(low: &str) -> bool {
    use super::Occasion::{Cable, Letter};
    matches!(WORDS.occasion(low), Some(Cable | Letter))
        || WORDS.things.writings.contains(low)
        || WORDS.things.messages.contains(low)
        || WORDS.things.recordings.contains(low)
}
