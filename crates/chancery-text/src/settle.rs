//! Quoting without passing marks on: a draft that quotes a paper gets the paper's drafted wording.
//!
//! What belongs here: finding quoted passages in a new draft and putting every known site in them back
//! to the reading of the text as drafted. What does not: which papers a draft may quote (`sketch` finds
//! candidates), and what the drafter may still change. Marks in characters never come this far; text
//! is cleaned on its way in.

use std::ops::Range;

use crate::align::{Anchor, Choice, Gap, Leak, Passage, Template, align, word_spans};
use crate::extract::{ReadOptions, Reader, SiteReading, edge_words, settled_pick};
use crate::master::Master;

/// A passage with fewer fixed words of a paper is not taken for a quotation.
pub const MIN_QUOTED_WORDS: usize = 8;

/// A draft's paragraph with its quoted passages settled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// The paragraph, known sites reset.
    pub text: String,
    /// Byte ranges of `text` that are quoted and must be locked, ascending, apart.
    pub locked: Vec<Range<usize>>,
    /// Number of places whose text was changed.
    pub reset: usize,
    /// Byte ranges of `text` where a site still reads otherwise than drafted, because the words around
    /// it were rewritten: to be shown to the drafter.
    pub unsettled: Vec<Range<usize>>,
}

/// A passage of a paper in the draft, and what has to change in it.
struct Quotation {
    span: Range<usize>,
    /// Ascending, apart, within `span`.
    changes: Vec<(Range<usize>, String)>,
}

/// Settles one paragraph of a draft against the papers it may quote, in the order given.
///
/// Within a quoted passage each wording place whose reading is recognised shows the drafted reading
/// afterwards; a place that says something else is left as it is. The result does not depend on whose
/// copy was quoted. Where two papers claim the same words, the first one has them.
#[must_use]
pub fn settle(text: &str, masters: &[&Master]) -> Settled {
    let mut quotations: Vec<Quotation> = Vec::new();
    for master in masters {
        let template = Template::of(master);
        let leak = Leak::new(text, &template);
        for passage in align(&leak, &template) {
            let Some(new) = quotation(&leak, &template, master, &passage) else { continue };
            let apart =
                |q: &Quotation| q.span.end <= new.span.start || new.span.end <= q.span.start;
            if quotations.iter().all(apart) {
                quotations.push(new);
            }
        }
    }
    quotations.sort_by_key(|q| q.span.start);
    let mut out = apply(text, &quotations);
    for master in masters {
        out.unsettled.extend(unsettled(&out.text, master));
    }
    out
}

fn quotation(
    leak: &Leak<'_>,
    template: &Template,
    master: &Master,
    passage: &Passage,
) -> Option<Quotation> {
    let (first, last) = (*passage.anchors.first()?, *passage.anchors.last()?);
    if passage.fixed_words() < MIN_QUOTED_WORDS {
        return None;
    }
    let words = passage.leak_words();
    let mut changes: Vec<(Range<usize>, String)> = Vec::new();
    changes.extend(edge(leak, &template.gaps[first.fixed], master, words.start, true));
    for pair in passage.anchors.windows(2) {
        changes.extend(change(leak, template, master, pair[0], pair[1]));
    }
    changes.extend(edge(leak, &template.gaps[last.fixed + 1], master, words.end, false));
    // A reading at the edge belongs to the quotation.
    let start = leak.words[words.start].span().start;
    let end = leak.words[words.end - 1].span().end;
    let start = changes.first().map_or(start, |(span, _)| span.start.min(start));
    let end = changes.last().map_or(end, |(span, _)| span.end.max(end));
    Some(Quotation { span: start..end, changes })
}

/// The drafted reading for one that stands right before or after a passage.
fn edge(
    leak: &Leak<'_>,
    gap: &Gap,
    master: &Master,
    at: usize,
    before: bool,
) -> Option<(Range<usize>, String)> {
    let mut choices = gap.choices();
    let (Some(choice), None) = (choices.next(), choices.next()) else { return None };
    let words = edge_words(choice, leak, at, before)?;
    let drafted = &choice.alternatives[drafted_alternative(choice, master)?];
    let span = leak.words[words.start].span().start..leak.words[words.end - 1].span().end;
    // At an edge only words count, so a comma that belongs to a reading stays as it is.
    let words_of = |text: &str| {
        let spans = word_spans(text);
        let (first, last) = (spans.first()?, spans.last()?);
        text.get(first.start..last.end).map(str::to_owned)
    };
    let new = words_of(&drafted.run.text).unwrap_or_default();
    (leak.text[span.clone()] != new).then_some((span, new))
}

/// What the gap between two anchors has to be, if it is not that already.
fn change(
    leak: &Leak<'_>,
    template: &Template,
    master: &Master,
    left: Anchor,
    right: Anchor,
) -> Option<(Range<usize>, String)> {
    let gap = &template.gaps[right.fixed];
    let words = left.leak + left.words..right.leak;
    if right.fixed != left.fixed + 1 || gap.is_fixed() || words.start > words.end {
        return None;
    }
    let found: Vec<String> = words.clone().map(|at| leak.folded(at)).collect();
    settled_pick(gap, &found)?;
    let drafted = drafted(gap, master)?;
    let span = leak.words[words.start - 1].span().end..leak.words[words.end].span().start;
    // A draft is one paragraph, whatever the paper's were.
    let new = drafted.replace('\n', " ");
    let same = leak.text[span.clone()] == new;
    (!same).then_some((span, new))
}

/// The gap's text as drafted.
fn drafted(gap: &Gap, master: &Master) -> Option<String> {
    let pick: Option<Vec<usize>> =
        gap.choices().map(|choice| drafted_alternative(choice, master)).collect();
    Some(gap.fill(&pick?).text)
}

fn drafted_alternative(choice: &Choice, master: &Master) -> Option<usize> {
    choice.alternatives.iter().position(|alternative| {
        alternative.readings.iter().zip(&choice.sites).all(|(reading, site)| {
            master.sites.get(*site as usize).is_some_and(|s| s.drafted == *reading)
        })
    })
}

/// Makes the changes and says where the quotations then stand.
fn apply(text: &str, quotations: &[Quotation]) -> Settled {
    let mut out = Settled::default();
    let mut from = 0;
    for quotation in quotations {
        out.text.push_str(&text[from..quotation.span.start]);
        let start = out.text.len();
        from = quotation.span.start;
        for (at, new) in &quotation.changes {
            out.text.push_str(&text[from..at.start]);
            out.text.push_str(new);
            from = at.end;
        }
        out.text.push_str(&text[from..quotation.span.end]);
        from = quotation.span.end;
        out.locked.push(start..out.text.len());
        out.reset += quotation.changes.len();
    }
    out.text.push_str(&text[from..]);
    out
}

/// Where a paper's sites still read otherwise than drafted.
fn unsettled(text: &str, master: &Master) -> Vec<Range<usize>> {
    let read = Reader::new(master).extract(text, &ReadOptions::default());
    let (wording, _) = read.by_channel();
    let told = |reading: &&SiteReading| {
        let drafted = master.sites.iter().find(|s| s.id == reading.site).map(|s| s.drafted);
        reading.observed.is_some() && reading.observed != drafted
    };
    wording.iter().filter(told).flat_map(|reading| reading.spans.clone()).collect()
}
