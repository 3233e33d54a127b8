//! The order of work: align once, then read every gap between anchors, then combine places to sites.

use std::collections::BTreeMap;
use std::ops::Range;

use super::characters::{self, Observation};
use super::errors;
use super::fidelity::Fidelity;
use super::parse::{Clarity, Element, Seen, parse};
use super::texture::narrow;
use super::{Count, Coverage, Extraction, ReadOptions, SiteReading, edge_reading};
use crate::align::{
    Anchor, Choice, Gap, Leak, MAX_GAP, MIN_FIXED_WORDS_TOGETHER, Passage, Template, align,
    word_spans,
};
use crate::canon::TEXT_VERSION;
use crate::characters::Glyph;
use crate::master::{CHARACTERS_BASE, Master, Site};
use crate::proposal::Survival;

/// A paper made ready for reading leaks of it.
#[derive(Clone, Debug)]
pub struct Reader {
    template: Template,
    sites: Vec<Site>,
    /// Character sites and their number of readings, ascending by id.
    characters: Vec<(u32, u8)>,
}

impl Reader {
    /// Prepares a paper.
    #[must_use]
    pub fn new(master: &Master) -> Self {
        let characters = master.symbols().into_iter().filter(|s| s.id >= CHARACTERS_BASE);
        Self {
            template: Template::of(master),
            sites: master.sites.clone(),
            characters: characters.map(|s| (s.id, s.arity)).collect(),
        }
    }

    /// Reads all sites of the paper from a leak. Pure: the same leak, master and options always give
    /// the same result.
    #[must_use]
    pub fn extract(&self, leak: &str, options: &ReadOptions) -> Extraction {
        let leak = Leak::new(leak, &self.template);
        let passages = align(&leak, &self.template);
        let mut evidence = Gathered::new(options);
        let together: usize = passages.iter().map(Passage::fixed_words).sum();
        for passage in passages.iter().filter(|_| together >= MIN_FIXED_WORDS_TOGETHER) {
            PassageReader::new(self, &leak, passage).read(&mut evidence);
        }
        let sites = evidence.sites();
        let wording = sites.partition_point(|s| s.site < CHARACTERS_BASE);
        let count =
            |offered: usize, read: usize| Count { offered: small(offered), read: small(read) };
        Extraction {
            version: TEXT_VERSION,
            coverage: self.coverage(&leak, &passages),
            passages: passages
                .iter()
                .map(|p| p.leak_words())
                .map(|w| leak.words[w.start].span().start..leak.words[w.end - 1].span().end)
                .collect(),
            wording: count(self.sites.len(), wording),
            characters: count(self.characters.len(), sites.len() - wording),
            sites,
        }
    }

    fn coverage(&self, leak: &Leak<'_>, passages: &[Passage]) -> Coverage {
        let mut found = vec![false; self.template.words.len()];
        let (mut aligned, mut longest) = (0, 0);
        for passage in passages {
            aligned += passage.leak_words().len();
            let mut run = 0;
            let mut last: Option<&Anchor> = None;
            for anchor in &passage.anchors {
                found[anchor.fixed] = true;
                let follows = last.is_some_and(|l| {
                    let fixed = &self.template.gaps[anchor.fixed];
                    let adjacent = l.leak + l.words == anchor.leak;
                    l.fixed + 1 == anchor.fixed && (adjacent || !fixed.is_fixed())
                });
                run = match (anchor.exact, follows) {
                    (false, _) => 0,
                    (true, true) => run + 1,
                    (true, false) => 1,
                };
                longest = longest.max(run);
                last = Some(anchor);
            }
        }
        Coverage {
            leak_words: small(leak.words.len()),
            aligned_words: small(aligned),
            fixed_words: small(self.template.words.len()),
            found_words: small(found.iter().filter(|f| **f).count()),
            longest_run: small(longest),
        }
    }
}

fn small(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Log-likelihoods summed per site.
struct Gathered<'a> {
    options: &'a ReadOptions,
    sums: BTreeMap<u32, (Vec<i32>, Vec<Range<usize>>)>,
}

impl<'a> Gathered<'a> {
    fn new(options: &'a ReadOptions) -> Self {
        Self { options, sums: BTreeMap::new() }
    }

    fn press(&self) -> bool {
        self.options.least == Survival::Quote
    }

    fn is_erased(&self, span: &Range<usize>) -> bool {
        let hits = |e: &Range<usize>| e.start < span.end.max(span.start + 1) && span.start < e.end;
        self.options.erased.iter().any(hits)
    }

    /// One place of site `id`: the copy's reading is among `left`, of all that are `possible`.
    fn narrow(
        &mut self,
        id: u32,
        arity: u8,
        left: &[u8],
        possible: &[u8],
        error: f64,
        span: &Range<usize>,
    ) {
        let others = possible.iter().filter(|r| !left.contains(r)).count();
        if others == 0 || left.is_empty() || self.is_erased(span) {
            return;
        }
        let against = errors::against(error, others);
        let entry =
            self.sums.entry(id).or_insert_with(|| (vec![0; usize::from(arity)], Vec::new()));
        for reading in possible.iter().filter(|r| !left.contains(r)) {
            if let Some(sum) = entry.0.get_mut(usize::from(*reading)) {
                *sum = sum.saturating_add(against);
            }
        }
        if !entry.1.contains(span) {
            entry.1.push(span.clone());
        }
    }

    /// One character place.
    fn character(&mut self, seen: &Observation) {
        if self.options.least > Survival::Paste {
            return;
        }
        let error = match seen.glyph {
            Glyph::Space => errors::SPACE,
            _ => errors::CHARACTER,
        };
        let arity = seen.glyph.arity();
        let all: Vec<u8> = (0..arity).collect();
        self.narrow(seen.id, arity, &[seen.symbol], &all, error, &seen.span);
    }

    /// The sites that say something, capped and put relative to the likeliest reading.
    fn sites(self) -> Vec<SiteReading> {
        let mut out = Vec::new();
        for (site, (sums, mut spans)) in self.sums {
            let best = sums.iter().copied().max().unwrap_or(0);
            if sums.iter().all(|sum| *sum == best) {
                continue;
            }
            let relative = |sum: i32| (sum - best).max(-errors::CAP);
            // The cap fits, so the cast keeps the value.
            let log2: Vec<i16> = sums.iter().map(|&sum| relative(sum) as i16).collect();
            let mut likeliest = log2.iter().enumerate().filter(|(_, value)| **value == 0);
            let first = likeliest.next().and_then(|(reading, _)| u8::try_from(reading).ok());
            let observed = if likeliest.next().is_none() { first } else { None };
            spans.sort_by_key(|span| (span.start, span.end));
            let places = small(spans.len());
            out.push(SiteReading { site, log2, observed, spans, places });
        }
        out
    }
}

/// Reads the gaps of one passage.
struct PassageReader<'a> {
    reader: &'a Reader,
    leak: &'a Leak<'a>,
    anchors: &'a [Anchor],
    fidelity: Fidelity,
}

impl<'a> PassageReader<'a> {
    fn new(reader: &'a Reader, leak: &'a Leak<'a>, passage: &'a Passage) -> Self {
        let fidelity = Fidelity::of(leak, &reader.template, passage);
        Self { reader, leak, anchors: &passage.anchors, fidelity }
    }

    fn read(&self, evidence: &mut Gathered<'_>) {
        let mut marks: Vec<Observation> = Vec::new();
        let (Some(first), Some(last)) = (self.anchors.first(), self.anchors.last()) else { return };
        self.edge(first.fixed, true, evidence);
        for at in 0..self.anchors.len() {
            let anchor = &self.anchors[at];
            if anchor.exact {
                let run = &self.reader.template.words[anchor.fixed].run;
                let found = self.leak.words[anchor.leak].span();
                let whole = 0..run.text.len();
                self.word_marks(run, whole, found, anchor.fixed, &mut marks);
            }
            let Some(next) = self.anchors.get(at + 1) else { break };
            if next.fixed == anchor.fixed + 1 {
                self.gap(at, anchor, next, evidence, &mut marks);
            } else if next.fixed - anchor.fixed <= MAX_GAP {
                self.gaps(at, anchor, next, evidence);
            }
        }
        self.edge(last.fixed + 1, false, evidence);
        characters::drop_monotone(&mut marks);
        for mark in &marks {
            evidence.character(mark);
        }
    }

    /// Folded words of the leak in a range.
    fn window(&self, words: Range<usize>) -> Vec<String> {
        words.map(|at| self.leak.folded(at)).collect()
    }

    /// The gap between two fixed words that follow each other.
    fn gap(
        &self,
        at: usize,
        left: &Anchor,
        right: &Anchor,
        evidence: &mut Gathered<'_>,
        marks: &mut Vec<Observation>,
    ) {
        let gap = &self.reader.template.gaps[right.fixed];
        let words = left.leak + left.words..right.leak;
        if words.start > words.end {
            return;
        }
        if gap.is_fixed() {
            if words.is_empty() {
                self.gap_marks(gap, &[], words, right.fixed, marks);
            }
            return;
        }
        let path: Vec<Element<'_>> = gap.choices().map(Element::Choice).collect();
        let seen = parse(&path, &self.window(words.clone()));
        for (choice, seen) in gap.choices().zip(&seen) {
            self.words(at, choice, seen.as_ref(), &words, evidence);
        }
        let exact: Option<Vec<usize>> = seen
            .iter()
            .map(|s| s.filter(|s| s.clarity == Clarity::Exact).map(|s| s.group))
            .collect();
        let Some(mut pick) = exact else { return };
        let raw = self.leak.text.get(self.span(&words)).unwrap_or("");
        let span = self.place(&words);
        let keeps = |feature| self.fidelity.keeps(at, feature);
        // A copy desk has its own commas, capitals and dots, and has them throughout.
        if !evidence.press()
            && let Some(narrowed) = narrow(gap, &pick, raw, keeps)
        {
            for (n, (choice, left)) in gap.choices().zip(&narrowed).enumerate() {
                let possible: Vec<usize> = (0..choice.alternatives.len())
                    .filter(|&a| choice.alternatives[a].group == pick[n])
                    .collect();
                self.alternatives(choice, left, &possible, errors::TEXTURE, &span, evidence);
                if let Some(&first) = left.first() {
                    pick[n] = first;
                }
            }
        }
        self.gap_marks(gap, &pick, words, right.fixed, marks);
    }

    /// The gaps around fixed words that were not found.
    fn gaps(&self, at: usize, left: &Anchor, right: &Anchor, evidence: &mut Gathered<'_>) {
        let words = left.leak + left.words..right.leak;
        if words.start > words.end {
            return;
        }
        let template = &self.reader.template;
        let mut path: Vec<Element<'_>> = Vec::new();
        for fixed in left.fixed + 1..=right.fixed {
            path.extend(template.gaps[fixed].choices().map(Element::Choice));
            if fixed < right.fixed {
                path.push(Element::Fixed(&template.words[fixed].folded));
            }
        }
        let choices: Vec<&Choice> = path
            .iter()
            .filter_map(|element| match element {
                Element::Choice(choice) => Some(*choice),
                Element::Fixed(_) => None,
            })
            .collect();
        if choices.is_empty() {
            return;
        }
        for (choice, seen) in choices.iter().zip(parse(&path, &self.window(words.clone()))) {
            self.words(at, choice, seen.as_ref(), &words, evidence);
        }
    }

    /// A gap at the edge of a passage: only a reading right beside the anchor counts.
    fn edge(&self, gap: usize, before: bool, evidence: &mut Gathered<'_>) {
        let mut choices = self.reader.template.gaps[gap].choices();
        let (Some(choice), None) = (choices.next(), choices.next()) else { return };
        let last = self.anchors.len() - 1;
        let (at, word) = match before {
            true => (0, self.anchors[0].leak),
            false => (last, self.anchors[last].leak + self.anchors[last].words),
        };
        if let Some((words, seen)) = edge_reading(choice, self.leak, word, before) {
            self.words(at, choice, Some(&seen), &words, evidence);
        }
    }

    /// Evidence of the words seen at a choice.
    fn words(
        &self,
        at: usize,
        choice: &Choice,
        seen: Option<&Seen>,
        words: &Range<usize>,
        evidence: &mut Gathered<'_>,
    ) {
        let Some(seen) = seen else { return };
        let error = errors::words(seen.clarity, self.fidelity.is_rough(at), evidence.press());
        let all: Vec<usize> = (0..choice.alternatives.len()).collect();
        let left: Vec<usize> =
            all.iter().copied().filter(|&a| choice.alternatives[a].group == seen.group).collect();
        self.alternatives(choice, &left, &all, error, &self.place(words), evidence);
    }

    /// Evidence about each site of a choice: one of the alternatives `left` of those `possible`.
    fn alternatives(
        &self,
        choice: &Choice,
        left: &[usize],
        possible: &[usize],
        error: f64,
        span: &Range<usize>,
        evidence: &mut Gathered<'_>,
    ) {
        for (n, &index) in choice.sites.iter().enumerate() {
            let Some(site) = self.reader.sites.get(index as usize) else { continue };
            if site.survival < evidence.options.least {
                continue;
            }
            let readings = |alternatives: &[usize]| {
                let mut out: Vec<u8> =
                    alternatives.iter().map(|&a| choice.alternatives[a].readings[n]).collect();
                out.sort_unstable();
                out.dedup();
                out
            };
            evidence.narrow(site.id, site.arity, &readings(left), &readings(possible), error, span);
        }
    }

    /// Bytes of the words of a range, or of the gap where a reading without words would stand.
    fn place(&self, words: &Range<usize>) -> Range<usize> {
        if words.is_empty() {
            return self.span(words);
        }
        let list = &self.leak.words;
        list[words.start].span().start..list[words.end - 1].span().end
    }

    /// Bytes of the leak from the end of the word before to the start of the word after a range.
    fn span(&self, words: &Range<usize>) -> Range<usize> {
        let list = &self.leak.words;
        let from = words.start.checked_sub(1).map_or(0, |before| list[before].span().end);
        let to = list.get(words.end).map_or(self.leak.text.len(), |after| after.span().start);
        from..to.max(from)
    }

    /// Marks of a gap whose every word stands in the leak.
    fn gap_marks(
        &self,
        gap: &Gap,
        pick: &[usize],
        words: Range<usize>,
        fixed: usize,
        marks: &mut Vec<Observation>,
    ) {
        let run = gap.fill(pick);
        if run.marks.is_empty() {
            return;
        }
        let planned = word_spans(&run.text);
        if planned.len() != words.len() {
            return;
        }
        let whole = self.span(&words);
        let (mut expected, mut found) = (0, whole.start);
        for (token, word) in planned.into_iter().zip(words) {
            let span = self.leak.words[word].span();
            let (piece, gone) = (expected..token.start, found..span.start);
            characters::read(&run, piece, self.leak.text, gone, fixed, marks);
            (expected, found) = (token.end, span.end);
            self.word_marks(&run, token, span, fixed, marks);
        }
        let (piece, rest) = (expected..run.text.len(), found..whole.end);
        characters::read(&run, piece, self.leak.text, rest, fixed, marks);
    }

    /// Marks inside a word; one broken at a line end says nothing.
    fn word_marks(
        &self,
        run: &crate::align::Run,
        expected: Range<usize>,
        found: Range<usize>,
        fixed: usize,
        marks: &mut Vec<Observation>,
    ) {
        if !self.leak.text[found.clone()].contains(char::is_whitespace) {
            characters::read(run, expected, self.leak.text, found, fixed, marks);
        }
    }
}
