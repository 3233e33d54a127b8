//! From proposals to a master: choosing places that do not collide, tying consistent places together,
//! cutting paragraphs into pieces.
//!
//! Which proposals are *allowed* is the drafter's decision, passed in as [`Choice`]; which of the
//! allowed ones fit together is decided here, the same way every time. Stable ids come from `ids`.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::canon::TEXT_VERSION;
use crate::characters::{Glyph, MARKED_GAPS};
use crate::ids;
use crate::markup::Marked;
use crate::master::{CHARACTERS_BASE, Master, Origin, Piece, Site};
use crate::passage::{Passage, Style};
use crate::proposal::{Acceptance, Proposal, Proposer, Scope, Survival};
use crate::token::tokens;

/// Most readings a proposed site may have; more are cut off at the end of the list.
const MAX_PROPOSED_READINGS: usize = 6;

/// A place where a paper could be worded differently, and what may be done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Paragraph, from 0.
    pub paragraph: usize,
    /// What was proposed; for author variants `rule` is `author`.
    pub proposal: Proposal,
    /// Author's or proposed.
    pub origin: Origin,
}

impl Candidate {
    /// Name of the candidate within its draft: stays the same while the draft's text does.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}:{}:{}", self.paragraph + 1, self.proposal.span.start, self.proposal.rule)
    }
}

/// What the drafter allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Proposals up to this class are accepted unseen. `Ask` is never accepted unseen.
    pub accept: Acceptance,
    /// Whether copies differ in wording.
    pub wording: bool,
    /// Whether copies differ in characters.
    pub characters: bool,
    /// Whether copies differ in the layout of their pages.
    #[serde(default)]
    pub layout: bool,
    /// Keys of candidates the drafter struck.
    pub struck: BTreeSet<String>,
    /// Keys of candidates the drafter accepted one by one.
    pub accepted: BTreeSet<String>,
}

impl Default for Choice {
    fn default() -> Self {
        Self {
            accept: Acceptance::Full,
            wording: true,
            characters: true,
            layout: true,
            struck: BTreeSet::new(),
            accepted: BTreeSet::new(),
        }
    }
}

impl Choice {
    fn allows(&self, candidate: &Candidate) -> bool {
        let key = candidate.key();
        if !self.wording || self.struck.contains(&key) {
            return false;
        }
        candidate.origin == Origin::Author
            || self.accepted.contains(&key)
            || (candidate.proposal.acceptance <= self.accept
                && candidate.proposal.acceptance != Acceptance::Ask)
    }
}

/// Every candidate of a draft, in reading order; they may overlap.
#[must_use]
pub fn candidates(paragraphs: &[Marked], proposers: &[&dyn Proposer]) -> Vec<Candidate> {
    let style = Style::of(paragraphs.iter().map(|p| p.text.as_str()));
    let mut out = Vec::new();
    for (at, marked) in paragraphs.iter().enumerate() {
        for (span, readings) in &marked.variants {
            let proposal = Proposal {
                span: span.clone(),
                readings: readings.clone(),
                current: 0,
                rule: "author".to_owned(),
                tier: 0,
                survival: Survival::Quote,
                acceptance: Acceptance::Core,
                scope: Scope::Free,
            };
            out.push(Candidate { paragraph: at, proposal, origin: Origin::Author });
        }
        let passage = Passage::new(&marked.text, &marked.reserved(), style);
        for proposer in proposers {
            for mut proposal in proposer.propose(&passage) {
                if !proposal.holds_in(&marked.text) || passage.is_locked(&proposal.span) {
                    continue;
                }
                if proposal.scope == Scope::Free && proposal.readings.len() > MAX_PROPOSED_READINGS
                {
                    if proposal.current >= MAX_PROPOSED_READINGS {
                        continue;
                    }
                    proposal.readings.truncate(MAX_PROPOSED_READINGS);
                }
                out.push(Candidate { paragraph: at, proposal, origin: Origin::Proposed });
            }
        }
    }
    out.sort_by(|a, b| {
        let place = |c: &Candidate| (c.paragraph, c.proposal.span.start, c.proposal.span.end);
        place(a).cmp(&place(b)).then_with(|| rank(a).cmp(&rank(b)))
    });
    out
}

/// Lower is chosen first where candidates collide.
fn rank(c: &Candidate) -> (u8, Acceptance, usize, &str) {
    let kind = match (&c.origin, &c.proposal.scope, c.proposal.survival) {
        (Origin::Author, ..) => 0,
        (_, Scope::Free, Survival::Quote) => 1,
        (_, Scope::Consistent(_), _) => 2,
        (_, Scope::Free, _) => 3,
    };
    (kind, c.proposal.acceptance, c.proposal.span.len(), &c.proposal.rule)
}

/// The allowed candidates that fit together, in reading order.
#[must_use]
pub fn choose<'a>(
    paragraphs: &[Marked],
    candidates: &'a [Candidate],
    choice: &Choice,
) -> Vec<&'a Candidate> {
    let mut allowed: Vec<&Candidate> = candidates.iter().filter(|c| choice.allows(c)).collect();
    allowed.sort_by(|a, b| {
        rank(a).cmp(&rank(b)).then_with(|| {
            (a.paragraph, a.proposal.span.start).cmp(&(b.paragraph, b.proposal.span.start))
        })
    });
    let mut chosen: Vec<&Candidate> = Vec::new();
    let mut taken: BTreeMap<usize, Vec<(Range<usize>, bool)>> = BTreeMap::new();
    for candidate in allowed {
        let text = &paragraphs[candidate.paragraph].text;
        let neighbours = taken.entry(candidate.paragraph).or_default();
        let loose = candidate.origin == Origin::Author || candidate.proposal.tier == 1;
        let span = &candidate.proposal.span;
        let fits = neighbours.iter().all(|(other, other_loose)| {
            let apart = if other.end <= span.start {
                other.end..span.start
            } else if span.end <= other.start {
                span.end..other.start
            } else {
                return false;
            };
            // A guard of one may have looked at the other: two guarded readings need a fixed word
            // between them, so that neither's reading can make the other's wrong.
            loose
                || *other_loose
                || tokens(&text[apart]).iter().any(crate::token::Token::is_wordlike)
        });
        if fits {
            neighbours.push((span.clone(), loose));
            chosen.push(candidate);
        }
    }
    chosen.sort_by_key(|c| (c.paragraph, c.proposal.span.start));
    chosen
}

/// Builds the master of a draft from the candidates that were chosen.
///
/// `previous` is the master of the edition before, if any: sites that both have keep their ids, so
/// that an unchanged site shows an unchanged reading in a reader's new copy.
#[must_use]
pub fn build(
    paragraphs: &[Marked],
    chosen: &[&Candidate],
    choice: &Choice,
    lexicon: &str,
    previous: Option<&Master>,
) -> Master {
    let mut sites: Vec<Site> = Vec::new();
    let mut consistent: BTreeMap<&str, u32> = BTreeMap::new();
    let mut pieces: Vec<Vec<Piece>> = Vec::new();
    let mut next = CHARACTERS_BASE;
    for (at, marked) in paragraphs.iter().enumerate() {
        let mut line = Vec::new();
        let mut from = 0;
        for candidate in chosen.iter().filter(|c| c.paragraph == at) {
            let proposal = &candidate.proposal;
            cut(marked, from..proposal.span.start, choice, &mut next, &mut line);
            let index = match &proposal.scope {
                Scope::Consistent(key) => {
                    *consistent.entry(key).or_insert_with(|| new_site(&mut sites, candidate, key))
                }
                Scope::Free => new_site(&mut sites, candidate, &proposal.rule),
            };
            if usize::from(sites[index as usize].arity) == proposal.readings.len() {
                line.push(Piece::Wording(index, proposal.readings.clone()));
            } else {
                // A place with other forms than its class cannot follow the class's symbol.
                line.push(Piece::Text(marked.text[proposal.span.clone()].to_owned()));
            }
            from = proposal.span.end;
        }
        cut(marked, from..marked.text.len(), choice, &mut next, &mut line);
        pieces.push(line);
    }
    let master = Master {
        text_version: TEXT_VERSION,
        lexicon: lexicon.to_owned(),
        paragraphs: pieces,
        sites,
    };
    match previous {
        Some(previous) => ids::inherit(master, previous),
        None => master,
    }
}

fn new_site(sites: &mut Vec<Site>, candidate: &Candidate, rule: &str) -> u32 {
    let index = u32::try_from(sites.len()).expect("a paper has far fewer than 2^20 wording sites");
    sites.push(Site {
        id: index,
        rule: rule.to_owned(),
        origin: candidate.origin,
        survival: candidate.proposal.survival,
        arity: u8::try_from(candidate.proposal.readings.len()).unwrap_or(u8::MAX),
        drafted: u8::try_from(candidate.proposal.current).unwrap_or(0),
    });
    index
}

/// Whether the gap carries a mark. Decided by the letters beside it alone, so that a gap between the
/// same words is marked in every edition or in none.
fn is_marked_gap(text: &str, gap: Range<usize>) -> bool {
    let left = text[..gap.start].chars().rev().take_while(|c| *c != ' ');
    let right = text[gap.end..].chars().take_while(|c| *c != ' ');
    // FNV-1a: any fixed spreading function would do.
    let spread = left
        .chain(std::iter::once(' '))
        .chain(right)
        .fold(0x811c_9dc5_u32, |h, c| (h ^ u32::from(c)).wrapping_mul(0x0100_0193));
    (spread >> 16) % MARKED_GAPS.1 < MARKED_GAPS.0
}

/// Cuts a stretch without wording places into fixed text and character places.
fn cut(
    marked: &Marked,
    range: Range<usize>,
    choice: &Choice,
    next: &mut u32,
    out: &mut Vec<Piece>,
) {
    let text = &marked.text;
    let mut fixed = String::new();
    let mut quote: Option<u32> = None;
    for (offset, c) in text[range.clone()].char_indices() {
        let at = range.start + offset;
        let end = at + c.len_utf8();
        let before = text[..at].chars().next_back();
        let after = text[end..].chars().next();
        let locked = marked.locked.iter().any(|lock| lock.start <= at && at < lock.end);
        let glyph = match c {
            _ if locked || !choice.characters => None,
            ' ' if before.is_some() && after.is_some() => {
                is_marked_gap(text, at..end).then_some(Glyph::Space)
            }
            '’' if before.is_some_and(char::is_alphanumeric) => Some(Glyph::Apostrophe),
            '-' if before.is_some_and(char::is_alphanumeric)
                && after.is_some_and(char::is_alphanumeric) =>
            {
                Some(Glyph::Hyphen)
            }
            '“' if closes_within(marked, end..range.end) => Some(Glyph::QuoteOpen),
            '”' if quote.is_some() => Some(Glyph::QuoteClose),
            _ => None,
        };
        let Some(glyph) = glyph else {
            fixed.push(c);
            continue;
        };
        let id = match (glyph, quote) {
            (Glyph::QuoteClose, Some(open)) => open,
            _ => {
                *next += 1;
                *next - 1
            }
        };
        quote = match glyph {
            Glyph::QuoteOpen => Some(id),
            Glyph::QuoteClose => None,
            _ => quote,
        };
        if !fixed.is_empty() {
            out.push(Piece::Text(std::mem::take(&mut fixed)));
        }
        out.push(Piece::Character(id, glyph));
    }
    if !fixed.is_empty() {
        out.push(Piece::Text(fixed));
    }
}

/// Whether an opened quotation closes before another opens, in the same stretch and unlocked.
fn closes_within(marked: &Marked, range: Range<usize>) -> bool {
    let rest = &marked.text[range.clone()];
    rest.find(['“', '”']).is_some_and(|offset| {
        let at = range.start + offset;
        rest[offset..].starts_with('”')
            && !marked.locked.iter().any(|lock| lock.start <= at && at < lock.end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markup::parse;

    /// Proposes `soon`/`shortly`, and `percent`/`per cent` as a consistent class.
    struct Words;
    impl Proposer for Words {
        fn propose(&self, passage: &Passage<'_>) -> Vec<Proposal> {
            let forms: [(&[&str], Scope); 2] = [
                (&["soon", "shortly"], Scope::Free),
                (&["percent", "per cent"], Scope::Consistent("paper:percent".into())),
            ];
            let mut out = Vec::new();
            for (readings, scope) in forms {
                for (current, reading) in readings.iter().enumerate() {
                    for (at, _) in passage.text.match_indices(reading) {
                        out.push(Proposal {
                            span: at..at + reading.len(),
                            readings: readings.iter().map(|&r| r.to_owned()).collect(),
                            current,
                            rule: "test".into(),
                            tier: if readings[0] == "soon" { 2 } else { 1 },
                            survival: Survival::Quote,
                            acceptance: Acceptance::Core,
                            scope: scope.clone(),
                        });
                    }
                }
            }
            out
        }
    }

    fn master(paragraphs: &[&str], previous: Option<&Master>) -> Master {
        let marked: Vec<Marked> = paragraphs.iter().map(|p| parse(p).unwrap()).collect();
        let all = candidates(&marked, &[&Words]);
        let choice = Choice::default();
        let chosen = choose(&marked, &all, &choice);
        build(&marked, &chosen, &choice, "none", previous)
    }

    #[test]
    fn a_copy_differs_from_the_draft_only_at_its_places() {
        let m = master(
            &[
                "He said “soon” is {too|very} late: 3 per cent soon, or 4 percent if it's well-known.",
            ],
            None,
        );
        assert_eq!(m.sites.len(), 3, "a quoted word is locked: {:?}", m.sites);
        assert_eq!(
            m.drafted(),
            ["He said “soon” is too late: 3 per cent soon, or 4 per cent if it’s well-known."]
        );
        assert_eq!(
            m.uniform(0),
            ["He said “soon” is too late: 3 percent soon, or 4 percent if it’s well-known."]
        );
        assert_eq!(
            m.uniform(1),
            ["He said “soon” is very late: 3 per cent shortly, or 4 per cent if it’s well-known."]
        );
        let marked = m.render(|_| 1).concat();
        assert!(marked.contains('\u{2008}') && marked.contains('’') && marked.contains('\u{2010}'));
        assert_eq!(Master::from_bytes(&m.to_bytes()).unwrap(), m);
    }

    #[test]
    fn an_unchanged_site_keeps_its_id_in_a_new_edition() {
        let first = master(&["One soon came {big|large} things.", "Then soon it ended."], None);
        let second = master(
            &[
                "A new start, soon gone.",
                "One soon came {big|large} things.",
                "Then soon it ended.",
            ],
            Some(&first),
        );
        let id = |m: &Master, p: usize, n: usize| {
            let sites: Vec<u32> = m.paragraphs[p]
                .iter()
                .filter_map(|piece| match piece {
                    Piece::Wording(site, _) => Some(m.sites[*site as usize].id),
                    _ => None,
                })
                .collect();
            sites[n]
        };
        assert_eq!(id(&first, 0, 0), id(&second, 1, 0));
        assert_eq!(id(&first, 0, 1), id(&second, 1, 1));
        assert_eq!(id(&first, 1, 0), id(&second, 2, 0));
        assert!(first.sites.iter().all(|s| s.id != id(&second, 0, 0)), "a new site, a new id");
        let copy = |m: &Master| m.render(|id| u8::try_from(id * 7 % 5 % 2).unwrap());
        assert_eq!(copy(&first)[..], copy(&second)[1..], "unchanged text, unchanged copy");
    }
}
