//! Reading character places: which kind of space, apostrophe, hyphen or quotation mark stands there.
//!
//! A place is read only between words of the leak that are the paper's words on both sides. Spaces:
//! the typewriter's space is no reading, so folded text erases itself. The other kinds have an ASCII
//! reading, so they count only where both kinds occur nearby (`bench/paste/RESULTS.md`).

use std::ops::Range;

use crate::align::Run;
use crate::characters::Glyph;

/// Fixed words on either side within which both kinds must occur.
const AROUND: usize = 200;

/// A character read at a place.
#[derive(Clone, Debug)]
pub(super) struct Observation {
    /// The place's site.
    pub(super) id: u32,
    pub(super) glyph: Glyph,
    /// The reading.
    pub(super) symbol: u8,
    /// Bytes of the leak.
    pub(super) span: Range<usize>,
    /// Fixed word that the place stands before or in.
    pub(super) fixed: usize,
}

/// Reads the marks of a run of text that stands, word for word, in the leak.
///
/// `expected` and `found` are spans of the run and of the leak that correspond.
pub(super) fn read(
    run: &Run,
    expected: Range<usize>,
    leak: &str,
    found: Range<usize>,
    fixed: usize,
    out: &mut Vec<Observation>,
) {
    for mark in run.marks.iter().filter(|mark| expected.contains(&mark.at)) {
        let of_kind =
            |text: &str, range: &Range<usize>| occurrences(text, range.clone(), mark.glyph);
        let planned = of_kind(&run.text, &expected);
        let present = of_kind(leak, &found);
        if planned.len() != present.len() {
            continue;
        }
        let Some(nth) = planned.iter().position(|span| span.start == mark.at) else { continue };
        let span = present[nth].clone();
        let mut chars = leak[span.clone()].chars();
        if let (Some(c), None) = (chars.next(), chars.next())
            && let Some(symbol) = mark.glyph.symbol_of(c)
        {
            out.push(Observation { id: mark.id, glyph: mark.glyph, symbol, span, fixed });
        }
    }
}

/// Where characters of the glyph's family stand; a run of white space is one occurrence.
fn occurrences(text: &str, range: Range<usize>, glyph: Glyph) -> Vec<Range<usize>> {
    let family = |c: char| match glyph {
        Glyph::Space => c.is_whitespace(),
        Glyph::Apostrophe => matches!(c, '\'' | '’' | '‘' | '\u{2bc}' | '`' | '´' | '\u{2032}'),
        Glyph::Hyphen => matches!(c, '-' | '\u{2010}' | '\u{2011}' | '\u{2212}' | '–' | '\u{ad}'),
        Glyph::QuoteOpen | Glyph::QuoteClose => {
            matches!(c, '"' | '“' | '”' | '„' | '‟' | '«' | '»' | '\u{2033}')
        }
    };
    let mut out: Vec<Range<usize>> = Vec::new();
    for (offset, c) in text[range.clone()].char_indices().filter(|&(_, c)| family(c)) {
        let at = range.start + offset;
        let end = at + c.len_utf8();
        match out.last_mut() {
            Some(last) if glyph == Glyph::Space && last.end == at => last.end = end,
            _ => out.push(at..end),
        }
    }
    out
}

/// Drops what says nothing: kinds with an ASCII reading of which only one reading occurs nearby.
///
/// `observations` are those of one passage, in its order. Word processors and folds make all marks of
/// a kind alike; a copy's own marks are alike over a long stretch only by chance, and are then lost.
pub(super) fn drop_monotone(observations: &mut Vec<Observation>) {
    let all = observations.clone();
    for family in [Family::Apostrophe, Family::Hyphen, Family::Quote] {
        let of_family: Vec<&Observation> =
            all.iter().filter(|o| Family::of(o.glyph) == Some(family)).collect();
        let mixed = |o: &Observation| {
            let first = of_family.partition_point(|p| p.fixed + AROUND < o.fixed);
            let near = of_family[first..].iter().take_while(|p| p.fixed <= o.fixed + AROUND);
            near.into_iter().any(|p| p.symbol != o.symbol)
        };
        observations.retain(|o| Family::of(o.glyph) != Some(family) || mixed(o));
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Apostrophe,
    Hyphen,
    Quote,
}

impl Family {
    fn of(glyph: Glyph) -> Option<Self> {
        match glyph {
            Glyph::Space => None,
            Glyph::Apostrophe => Some(Self::Apostrophe),
            Glyph::Hyphen => Some(Self::Hyphen),
            Glyph::QuoteOpen | Glyph::QuoteClose => Some(Self::Quote),
        }
    }
}
