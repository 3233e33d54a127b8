//! From a scored inquiry to its report: copies, channels, decisive places.
//!
//! Nothing is decided here; numbers of `chancery-code` get the names of papers and copies.

use std::collections::BTreeMap;

use chancery_code::{Channel, Display, EValue, Finding, PersonScore, Place, Route, STRONG_LEAD};
use chancery_domain::Handle;
use chancery_store::PaperId;

use crate::candidates::{Candidate, Candidates};
use crate::finding::{
    CONDITIONS, ChannelSays, Decisive, FindingReport, FoundAuthors, FoundBits, FoundCopy,
    FoundDecoys, FoundInquiries, FoundLeak, FoundLooks, FoundMark, FoundPage, FoundPaper, FoundSet,
    Read, SCHEMA, SitesByChannel, WordSpans, text_of,
};
use crate::freeze::{Frozen, FrozenLeak};
use crate::inquiry::{Request, name, sha256_hex};
use crate::looks::Standing;
use crate::papers::reference;
use crate::public;
use crate::sheets::sheets;

/// What a run fixed before scoring.
pub(crate) struct Context {
    pub(crate) id: i64,
    pub(crate) exercise: bool,
    /// The level that was asked for; the standing has what is left of it.
    pub(crate) asked: f64,
    pub(crate) standing: Standing,
    pub(crate) entry: u64,
    pub(crate) inquiries: FoundInquiries,
    /// Acts before the leak that put all copies of a paper into one hand.
    pub(crate) exports: Vec<u64>,
}

/// One row that was named, as it was scored.
pub(crate) struct NamedCopies {
    /// Number of the copy of each paper.
    pub(crate) numbers: Vec<Option<u32>>,
    copies: Vec<Option<String>>,
    p_adjusted: f64,
    log2_e: f64,
    round: usize,
}

impl NamedCopies {
    /// What the record holds of it.
    pub(crate) fn as_entry(&self) -> serde_json::Value {
        serde_json::json!({
            "copies": self.copies,
            "p_adjusted": self.p_adjusted,
            "log2_e": self.log2_e,
            "round": self.round,
        })
    }
}

/// A scored inquiry with what is needed to put its result into words.
pub(crate) struct View<'a> {
    pub(crate) frozen: &'a Frozen,
    pub(crate) finding: &'a Finding,
    pub(crate) tried: &'a [Candidate],
    pub(crate) opened: &'a BTreeMap<usize, (Option<Handle>, Option<Handle>)>,
    pub(crate) context: &'a Context,
}

impl View<'_> {
    pub(crate) fn fill(&self, report: &mut FindingReport) {
        let finding = self.finding;
        let leads = self.leads();
        let narrowed = finding.credible.narrowed().unwrap_or_default();
        report.verdict = if !finding.named.is_empty() {
            "identified"
        } else if !leads.is_empty() {
            "strong-lead"
        } else if !narrowed.is_empty() {
            "narrowed"
        } else {
            "nothing"
        }
        .to_owned();
        report.named = self.once(&finding.named, &[]);
        if finding.named.is_empty() {
            report.leading = self.once(&leads, &finding.named);
        }
        // Where nothing is found, nothing that depends on a row leaves the house: the next look at the
        // same places could be chosen by it.
        let silent = report.verdict == "nothing" && !self.context.exercise;
        report.credible_set = FoundSet {
            mass: finding.credible.mass,
            size: match (silent, narrowed) {
                (true, _) => 0,
                (false, []) => finding.credible.persons.len(),
                (false, some) => some.len(),
            },
            of: finding.credible.of,
            copies: if report.verdict == "narrowed" {
                let mut copies = Vec::new();
                for copy in narrowed.iter().flat_map(|&(p, _)| self.copies_of(p, None)) {
                    if !copies.contains(&copy) {
                        copies.push(copy);
                    }
                }
                copies
            } else {
                Vec::new()
            },
        };
        report.decoys =
            FoundDecoys { count: finding.decoys.count(), best_log2: finding.decoys.best_log2() };
        report.bits.attainable = finding.bits.attainable;
        if !silent {
            report.bits.obtained = finding.bits.obtained;
        }
        if !finding.named.is_empty() || !leads.is_empty() {
            report.bits.needed = finding.bits.needed;
        }
        for (paper, sites) in report.papers.iter_mut().zip(&finding.sites) {
            for read in sites {
                let slot = match read.channel {
                    Channel::Wording => &mut paper.sites.wording,
                    Channel::Characters => &mut paper.sites.characters,
                    _ => &mut paper.sites.layout,
                };
                *slot = Read { offered: read.offered, read: read.read };
            }
        }
        self.places(report);
    }

    /// Each person once, by the hypothesis with the smallest bound, with the copies of his other
    /// hypotheses that are listed as well; persons of `before` are left out.
    fn once(&self, listed: &[usize], before: &[usize]) -> Vec<FoundCopy> {
        let person = |index: &usize| self.tried[*index].person;
        let mut out: Vec<(usize, FoundCopy)> = Vec::new();
        for index in listed {
            if before.iter().any(|other| person(other) == person(index)) {
                continue;
            }
            let copy = self.copy(*index);
            match out.iter_mut().find(|(other, _)| person(other) == person(index)) {
                Some((_, known)) => {
                    for more in copy.copies {
                        if !known.copies.contains(&more) {
                            known.copies.push(more);
                        }
                    }
                }
                None => out.push((*index, copy)),
            }
        }
        out.into_iter().map(|(_, copy)| copy).collect()
    }

    /// Those who lead once earlier looks are counted; nobody where there is no bound.
    fn leads(&self) -> Vec<usize> {
        let standing = &self.context.standing;
        let bounded = !standing.spent() || standing.waived;
        let leads = |p: &usize| self.bound(*p) <= STRONG_LEAD && bounded;
        self.finding.leads.iter().copied().filter(leads).collect()
    }

    /// The bound of a person with what earlier looks at the same places spent.
    fn bound(&self, person: usize) -> f64 {
        (self.finding.persons[person].p_adjusted() + self.context.standing.before).min(1.0)
    }

    /// Every row that is named, smallest bound first.
    pub(crate) fn named(&self) -> Vec<NamedCopies> {
        let named = |&index: &usize| {
            let person = &self.finding.persons[index];
            let numbers = self.tried[index].copies.clone();
            let papers = self.frozen.papers.iter().zip(&numbers);
            NamedCopies {
                copies: papers.map(|((p, _), number)| Some(copy_name(p.id, (*number)?))).collect(),
                p_adjusted: self.bound(index),
                log2_e: EValue::log2(person.e_value),
                round: person.best.map_or(0, |best| best.round),
                numbers,
            }
        };
        self.finding.named.iter().map(named).collect()
    }

    fn copies_of(&self, person: usize, only: Option<usize>) -> Vec<String> {
        self.frozen
            .papers
            .iter()
            .zip(&self.tried[person].copies)
            .enumerate()
            .filter(|(at, _)| only.is_none_or(|paper| paper == *at))
            .filter_map(|(_, ((paper, _), number))| Some(copy_name(paper.id, (*number)?)))
            .collect()
    }

    fn copy(&self, index: usize) -> FoundCopy {
        let person: &PersonScore = &self.finding.persons[index];
        let best = person.best.as_ref();
        let only = match best.map(|b| b.route) {
            Some(Route::Paper(paper)) => Some(paper),
            _ => None,
        };
        let copies = self.copies_of(index, only);
        let papers = (0..self.frozen.papers.len())
            .filter(|&paper| person.p_adjusted_for(paper) <= self.finding.alpha.get())
            .map(|paper| reference(self.frozen.papers[paper].0.id))
            .collect();
        let channels = self.finding.displays.iter().find(|d| d.person == index);
        let (office, reader) = self.opened.get(&index).cloned().unwrap_or_default();
        FoundCopy {
            copy: copies.first().cloned().unwrap_or_default(),
            copies,
            office,
            reader,
            p_adjusted: self.bound(index),
            log2_e: EValue::log2(person.e_value),
            round: best.map_or(0, |b| b.round),
            route: if only.is_some() { "paper" } else { "pooled" }.to_owned(),
            papers,
            channels: channels.map(says).unwrap_or_default(),
        }
    }

    /// Marks, in the leaks, the places that speak for and against the leading copy.
    fn places(&self, report: &mut FindingReport) {
        let leads = self.leads();
        let leading = self.finding.named.first().or_else(|| leads.first());
        let Some(display) =
            leading.and_then(|p| self.finding.displays.iter().find(|d| d.person == *p))
        else {
            return;
        };
        for (leak, found) in self.frozen.leaks.iter().zip(&mut report.leaks) {
            let (recognised, spans) = text_of(leak.pages.iter().map(|page| &page.page));
            let begins = leak.text.len().saturating_sub(recognised.len());
            for place in &display.places {
                let paper = self.frozen.papers[place.paper].0.id;
                seen_places((leak, &spans, begins), place, paper, found);
                let Some((_, extraction)) = leak.readings.iter().find(|(id, _)| *id == paper)
                else {
                    continue;
                };
                let read = extraction.sites.iter().find(|s| s.site == place.site.get());
                let spans = read.map(|s| s.spans.as_slice()).unwrap_or_default();
                let words = leak.layout.get(&paper).map(Vec::as_slice).unwrap_or_default();
                let words = words.iter().filter(|w| w.evidence.site == place.site);
                // Places ascend by channel, so a word gives way to a place of the text within it.
                let free = |span: &&std::ops::Range<usize>| {
                    found.places.iter().all(|p| p.end <= span.start || span.end <= p.start)
                };
                let words: Vec<_> = words.map(|w| &w.span).filter(free).collect();
                for span in spans.iter().chain(words) {
                    found.places.push(Decisive {
                        start: span.start,
                        end: span.end,
                        channel: channel(place.site.channel()),
                        bits: f64::from(place.weight) / 64.0,
                    });
                }
            }
            found.places.sort_by_key(|p| (p.start, p.end));
            found.sheets = leak.pdf.iter().flat_map(|pdf| sheets(pdf, &found.places)).collect();
        }
    }
}

/// Marks a place on the pages of a leak that show it, and in the text that was recognised there, which begins
/// at a byte of the leak's text.
fn seen_places(
    (leak, spans, begins): (&FrozenLeak, &WordSpans, usize),
    place: &Place,
    paper: PaperId,
    found: &mut FoundLeak,
) {
    for ((seen, spans), page) in leak.pages.iter().zip(spans).zip(&mut found.pages) {
        let own = seen.sites.iter().filter(|s| seen.paper == paper && s.site == place.site);
        for site in own {
            let words = spans.get(site.line).and_then(|line| {
                let end = site.words.end.min(line.len());
                line.get(site.words.start..end)
            });
            let ends = words.and_then(|words| Some((words.first()?, words.last()?)));
            let Some((first, last)) = ends else { continue };
            let (start, end) = (begins + first.start, begins + last.end);
            let (channel, bits) = (channel(place.site.channel()), f64::from(place.weight) / 64.0);
            page.places.push(FoundMark {
                line: site.line,
                first: site.words.start,
                end: site.words.end,
                channel: channel.clone(),
                bits,
                shift: site.shift,
            });
            if found.places.iter().all(|p| p.end <= start || end <= p.start) {
                found.places.push(Decisive { start, end, channel, bits });
            }
        }
    }
}

fn says(display: &Display) -> Vec<ChannelSays> {
    let of = |channel| display.places.iter().filter(move |p| p.site.channel() == channel);
    display
        .channels
        .iter()
        .map(|(c, bits)| ChannelSays {
            channel: channel(*c),
            bits: *bits,
            agrees: of(*c).filter(|place| place.weight > 0).count(),
            of: of(*c).count(),
        })
        .collect()
}

fn channel(channel: Channel) -> String {
    match channel {
        Channel::Wording => "wording",
        Channel::Characters => "characters",
        Channel::Layout => "layout",
        Channel::Lines => "lines",
    }
    .to_owned()
}

/// The report before scoring: nothing found.
pub(crate) fn empty(
    request: &Request,
    frozen: &Frozen,
    counted: &Candidates,
    context: &Context,
) -> FindingReport {
    let papers = frozen
        .papers
        .iter()
        .map(|(paper, _)| FoundPaper {
            paper: reference(paper.id),
            source_id: paper.head.source_id.clone(),
            subject: paper.head.subject.clone(),
            label: paper.head.label.to_string(),
            readers: 0,
            sites: SitesByChannel::default(),
        })
        .collect();
    let leaks = request
        .leaks
        .iter()
        .zip(&frozen.leaks)
        .map(|(file, leak)| {
            let mut all = Vec::new();
            for (_, extraction) in &leak.readings {
                all.extend(extraction.to_bytes());
            }
            for page in &leak.pages {
                all.extend(page.evidence.canonical_bytes());
            }
            let pages: Vec<FoundPage> = leak.pages.iter().map(|seen| seen.page.clone()).collect();
            let recognised: usize = pages.iter().flat_map(|page| &page.lines).map(Vec::len).sum();
            FoundLeak {
                file: file.name.clone(),
                sha256: hex::encode(leak.sha256),
                papers: leak.papers().into_iter().map(reference).collect(),
                evidence: sha256_hex(&all),
                words: leak.words,
                matched: leak.words.min(matched(&leak.readings) + recognised),
                public: leak.public.iter().map(|(id, _)| public::reference(*id)).collect(),
                unset: leak.unset.iter().copied().map(reference).collect(),
                unread: leak.unread,
                text: leak.text.clone(),
                places: Vec::new(),
                pages,
                sheets: Vec::new(),
            }
        })
        .collect();
    let readers = counted.counted;
    FindingReport {
        schema: SCHEMA.to_owned(),
        inquiry: name(context.id),
        exercise: context.exercise,
        verdict: "nothing".to_owned(),
        alpha: context.asked,
        papers,
        leaks,
        readers,
        persons: counted.persons.len() as u64,
        authors: FoundAuthors { included: request.include_author, left_out: counted.authors },
        named: Vec::new(),
        leading: Vec::new(),
        credible_set: FoundSet { mass: 0.95, size: 0, of: readers, copies: Vec::new() },
        decoys: FoundDecoys { count: 0, best_log2: None },
        inquiries: context.inquiries,
        bits: FoundBits { obtained: 0.0, needed: 0.0, attainable: 0.0 },
        conditions: CONDITIONS.iter().map(|&c| c.to_owned()).collect(),
        spent: context.standing.spent(),
        looks: FoundLooks {
            before: context.standing.before,
            at: context.standing.looks.iter().map(|id| name(*id)).collect(),
            repeats: context.standing.repeats.map(name),
            spent_by: context.standing.spent_by.iter().map(|id| name(*id)).collect(),
        },
        statement: String::new(),
        exports: context.exports.clone(),
        entry: context.entry,
    }
}

/// Words of a leak that stand in the paper that explains most of it.
fn matched(readings: &[(PaperId, chancery_text::extract::Extraction)]) -> usize {
    // Passages of a mixed leak may overlap; no word counts twice.
    let aligned = readings.iter().map(|(_, e)| e.coverage.aligned_words.min(e.coverage.leak_words));
    let words = aligned.max().unwrap_or(0);
    usize::try_from(words).unwrap_or(usize::MAX)
}

pub(crate) fn copy_name(paper: PaperId, number: u32) -> String {
    format!("{}/{number:04}", reference(paper))
}
