//! Watching for hoarders: which pattern of one person's openings is worth a human look.
//!
//! A person is compared with fixed limits and with his own past, never with a list of suspects. What a
//! person opened is passed in; what comes back are alarms, each with its numbers. An alarm accuses nobody and
//! blocks nothing; only [`bulk`] can refuse, and only when the house asks for it. Who may see alarms, and
//! that looking at them is recorded, is the desk's business.
//!
//! All windows are whole hours back from the present instant, half-open: an opening exactly one window ago no
//! longer counts. So midnight, month ends and leap days change nothing.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Handle;

/// Openings that [`alarms`] needs: those of so many days back.
pub const HISTORY_DAYS: i64 = WINDOW_DAYS * (1 + BASELINE_WINDOWS);
/// Days in a window of breadth.
const WINDOW_DAYS: i64 = 7;
/// Windows before the present one that make up a person's own past.
const BASELINE_WINDOWS: i64 = 12;
/// Fewer past windows with openings than these are no past.
const LEAST_BASELINE: usize = 8;
/// Days over which retrieval from the archive and reading out of area are counted.
const LONG_DAYS: i64 = 28;
/// An office, or a set of handling words, of so many papers in the past is familiar.
const FAMILIAR: usize = 3;

/// The thresholds of one house. A limit of 0 turns its rule off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Watch {
    /// The office whose holders see alarms; nobody does while none is named.
    pub office: Option<Handle>,
    /// Openings within 60 minutes.
    pub hour: u32,
    /// Openings within 24 hours.
    pub day: u32,
    /// Different papers within 7 days; the limit is this or the share of the person's own median,
    /// whichever is higher.
    pub breadth_papers: u32,
    /// Different offices of origin within 7 days, likewise.
    pub breadth_offices: u32,
    /// The share of the person's own median over the 12 weeks before, in per cent. Who has no past
    /// is allowed this share of the limit itself.
    pub breadth_percent: u32,
    /// Different papers within 28 days outside the person's area: through another office than usual,
    /// from an office or with handling words that he has hardly met.
    pub elsewhere_papers: u32,
    /// They must be at least this share of all papers of the 28 days, in per cent.
    pub elsewhere_percent: u32,
    /// A paper released so many days ago is of the archive.
    pub archive_age: u32,
    /// Different papers of the archive within 28 days.
    pub archive_papers: u32,
    /// Different papers of the archive within 24 hours after which further ones are refused. Off
    /// unless the house sets it.
    pub block_at: u32,
}

impl Default for Watch {
    /// Limits that the simulation in this module's tests holds against 200 ordinary readers.
    fn default() -> Self {
        Self {
            office: None,
            hour: 60,
            day: 200,
            breadth_papers: 80,
            breadth_offices: 16,
            breadth_percent: 300,
            elsewhere_papers: 40,
            elsewhere_percent: 30,
            archive_age: 180,
            archive_papers: 40,
            block_at: 0,
        }
    }
}

/// One opening of a paper by the person watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen<P, O> {
    /// When.
    pub at: Timestamp,
    /// Which paper.
    pub paper: P,
    /// The office it is from.
    pub origin: O,
    /// The office through which it was opened.
    pub through: O,
    /// Stands for its handling words: equal for equal words.
    pub caption: u64,
    /// Days between its release and the opening.
    pub age: u32,
}

/// Which pattern was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Rule {
    /// Many openings within an hour.
    Hour,
    /// Many openings within a day.
    Day,
    /// Many different papers within a week, for this person.
    BreadthPapers,
    /// Papers from many different offices within a week, for this person.
    BreadthOffices,
    /// Many papers outside the person's area.
    Elsewhere,
    /// Many papers out of the archive within four weeks.
    Archive,
    /// So many papers out of the archive within a day that the house refused more.
    Bulk,
}

impl Rule {
    /// The rule's short name, as in the record.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::BreadthPapers => "breadth-papers",
            Self::BreadthOffices => "breadth-offices",
            Self::Elsewhere => "elsewhere",
            Self::Archive => "archive",
            Self::Bulk => "bulk",
        }
    }
}

/// An alarm: the rule and its numbers. [`fmt::Display`] gives a plain sentence without names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// Which pattern.
    pub rule: Rule,
    /// What was counted.
    pub seen: u32,
    /// The limit it reached.
    pub limit: u32,
    /// The person's own median, where the rule compares with it and there is a past.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usual: Option<u32>,
}

impl fmt::Display for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seen, limit) = (self.seen, self.limit);
        match self.rule {
            Rule::Hour => write!(f, "{seen} openings within an hour")?,
            Rule::Day => write!(f, "{seen} openings within 24 hours")?,
            Rule::BreadthPapers => write!(f, "{seen} different papers within 7 days")?,
            Rule::BreadthOffices => write!(f, "papers from {seen} offices within 7 days")?,
            Rule::Elsewhere => write!(f, "{seen} papers outside the usual area within 28 days")?,
            Rule::Archive => write!(f, "{seen} papers out of the archive within 28 days")?,
            Rule::Bulk => {
                return write!(
                    f,
                    "{seen} papers out of the archive within 24 hours; the house allows {limit}"
                );
            }
        }
        match self.usual {
            Some(usual) => write!(f, " (usual: {usual} a week; limit: {limit})"),
            None => write!(f, " (limit: {limit})"),
        }
    }
}

/// The alarms that a person's openings raise at `now`, one for each rule at most.
///
/// `seen` holds the openings of the last [`HISTORY_DAYS`] days in any order, the present one among them.
/// `settled` is the start of the person's newest posting: what lies before it is no past to compare with,
/// so that nobody is alarmed for having moved.
pub fn alarms<P: Copy + Ord, O: Copy + Ord>(
    seen: &[Seen<P, O>],
    settled: Timestamp,
    watch: &Watch,
    now: Timestamp,
) -> Vec<Alarm> {
    let mut out = Vec::new();
    let mut raise = |rule, seen: usize, limit: u32, usual: Option<u32>| {
        let seen = whole(seen);
        if limit > 0 && seen >= limit {
            out.push(Alarm { rule, seen, limit, usual });
        }
    };
    let within = |hours| seen.iter().filter(move |s| window(s.at, now, hours) == Some(0));
    raise(Rule::Hour, within(1).count(), watch.hour, None);
    raise(Rule::Day, within(24).count(), watch.day, None);

    let weeks = past_weeks(seen, settled, now);
    let limit = |floor: u32, usual: Option<u32>| {
        let share = |of: u32| u64::from(of) * u64::from(watch.breadth_percent) / 100;
        let own = u32::try_from(share(usual.unwrap_or(floor))).unwrap_or(u32::MAX);
        if floor == 0 { 0 } else { own.max(floor) }
    };
    let usual = median(seen, weeks, now, |s| s.paper);
    let papers = distinct(within(24 * WINDOW_DAYS).map(|s| s.paper));
    raise(Rule::BreadthPapers, papers, limit(watch.breadth_papers, usual), usual);
    let usual = median(seen, weeks, now, |s| s.origin);
    let offices = distinct(within(24 * WINDOW_DAYS).map(|s| s.origin));
    raise(Rule::BreadthOffices, offices, limit(watch.breadth_offices, usual), usual);

    let all = distinct(within(24 * LONG_DAYS).map(|s| s.paper));
    if let Some(area) = Area::of(seen, settled, now) {
        let strange = within(24 * LONG_DAYS).filter(|s| !area.holds(s));
        let strange = distinct(strange.map(|s| s.paper));
        if strange.saturating_mul(100) >= all.saturating_mul(watch.elsewhere_percent as usize) {
            raise(Rule::Elsewhere, strange, watch.elsewhere_papers, None);
        }
    }
    let old = within(24 * LONG_DAYS).filter(|s| s.age >= watch.archive_age);
    raise(Rule::Archive, distinct(old.map(|s| s.paper)), watch.archive_papers, None);
    out
}

/// Whether opening one more paper, released `age` days ago, is more than the house allows within 24 hours:
/// then the alarm to be raised with the refusal. Papers opened in these hours may be opened again.
pub fn bulk<P: Copy + Ord, O: Copy>(
    seen: &[Seen<P, O>],
    paper: P,
    age: u32,
    watch: &Watch,
    now: Timestamp,
) -> Option<Alarm> {
    if watch.block_at == 0 || age < watch.archive_age {
        return None;
    }
    let old = seen.iter().filter(|s| s.age >= watch.archive_age);
    let mut papers: Vec<P> =
        old.filter(|s| window(s.at, now, 24) == Some(0)).map(|s| s.paper).collect();
    papers.sort_unstable();
    papers.dedup();
    let seen = whole(papers.len());
    let refused = seen >= watch.block_at && papers.binary_search(&paper).is_err();
    refused.then_some(Alarm { rule: Rule::Bulk, seen, limit: watch.block_at, usual: None })
}

/// Which window of so many hours back from `now` an instant lies in, the present one being 0; `None` for
/// the future.
fn window(at: Timestamp, now: Timestamp, hours: i64) -> Option<i64> {
    let ago = now.as_millisecond().saturating_sub(at.as_millisecond());
    (ago >= 0).then_some(ago / (hours * 3_600_000))
}

/// The number of past windows that lie wholly after the person settled and first opened anything, at most
/// [`BASELINE_WINDOWS`].
fn past_weeks<P, O>(seen: &[Seen<P, O>], settled: Timestamp, now: Timestamp) -> i64 {
    let first = seen.iter().map(|s| s.at).min().map(|first| first.max(settled));
    let first = first.and_then(|first| window(first, now, 24 * WINDOW_DAYS));
    first.unwrap_or(0).saturating_sub(1).clamp(0, BASELINE_WINDOWS)
}

/// The upper median of the number of different things opened, over the past windows in which there was
/// anything: weeks of leave say nothing. `None` when they are too few to be a past.
fn median<P, O, K: Ord>(
    seen: &[Seen<P, O>],
    weeks: i64,
    now: Timestamp,
    key: impl Fn(&Seen<P, O>) -> K,
) -> Option<u32> {
    let mut things: Vec<(i64, K)> = seen
        .iter()
        .filter_map(|s| Some((window(s.at, now, 24 * WINDOW_DAYS)?, key(s))))
        .filter(|(week, _)| (1..=weeks).contains(week))
        .collect();
    things.sort_unstable();
    things.dedup();
    let mut counts: Vec<usize> = things.chunk_by(|a, b| a.0 == b.0).map(<[_]>::len).collect();
    counts.sort_unstable();
    if counts.len() < LEAST_BASELINE {
        return None;
    }
    counts.get(counts.len() / 2).map(|&count| whole(count))
}

fn distinct<K: Ord>(things: impl Iterator<Item = K>) -> usize {
    let mut things: Vec<K> = things.collect();
    things.sort_unstable();
    things.dedup();
    things.len()
}

fn whole(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// What a person usually reads: the office through which, the offices from which, the handling words.
struct Area<O> {
    through: O,
    origins: Vec<O>,
    captions: Vec<u64>,
}

impl<O: Copy + Ord> Area<O> {
    /// The area by what was opened before the last [`LONG_DAYS`] days; `None` when the person had not
    /// settled by then or opened too little.
    fn of<P: Copy + Ord>(seen: &[Seen<P, O>], settled: Timestamp, now: Timestamp) -> Option<Self> {
        median(seen, past_weeks(seen, settled, now), now, |s| s.paper)?;
        let past = || {
            let before = |s: &&Seen<P, O>| {
                window(s.at, now, 24 * LONG_DAYS).is_some_and(|w| w > 0) && s.at >= settled
            };
            seen.iter().filter(before)
        };
        let through = tally(past().map(|s| (s.through, s.paper)));
        let (_, through) = through.into_iter().map(|(o, n)| (n, o)).max()?;
        let familiar = |(_, papers): &(_, usize)| *papers >= FAMILIAR;
        let origins = tally(past().map(|s| (s.origin, s.paper)));
        let origins = origins.into_iter().filter(familiar).map(|(o, _)| o).collect();
        let captions = tally(past().map(|s| (s.caption, s.paper)));
        let captions = captions.into_iter().filter(|(_, n)| *n >= FAMILIAR).map(|(c, _)| c);
        Some(Self { through, origins, captions: captions.collect() })
    }

    fn holds<P>(&self, seen: &Seen<P, O>) -> bool {
        seen.through == self.through
            && self.origins.binary_search(&seen.origin).is_ok()
            && self.captions.binary_search(&seen.caption).is_ok()
    }
}

/// How many different papers each thing has, by thing.
fn tally<K: Copy + Ord, P: Ord>(pairs: impl Iterator<Item = (K, P)>) -> Vec<(K, usize)> {
    let mut pairs: Vec<(K, P)> = pairs.collect();
    pairs.sort_unstable();
    pairs.dedup();
    let mut out: Vec<(K, usize)> = Vec::new();
    for (key, _) in pairs {
        match out.last_mut() {
            Some((last, count)) if *last == key => *count += 1,
            _ => out.push((key, 1)),
        }
    }
    out
}

#[cfg(test)]
mod tests;
