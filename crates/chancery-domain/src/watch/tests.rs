//! One hoarder among ordinary readers, and the edges of the windows.

use super::*;
use jiff::SignedDuration;
use jiff::civil::date;

type Opening = Seen<u32, u16>;

const READERS: u64 = 200;
const DAYS: i64 = 182;
/// The stated rate: at most this share of ordinary readers is alarmed in half a year (upper limit at 95 %).
const FALSE_ALARMS: f64 = 0.02;

/// A small generator with a fixed seed (splitmix64).
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn chance(&mut self, of_thousand: u64) -> bool {
        self.below(1000) < of_thousand
    }
}

fn start() -> Timestamp {
    jiff::tz::Offset::UTC.to_timestamp(date(2030, 11, 1).at(0, 0, 0, 0)).unwrap()
}

fn after(days: i64, minutes: i64) -> Timestamp {
    start() + SignedDuration::from_hours(24 * days) + SignedDuration::from_mins(minutes)
}

/// An ordinary reader: working days of 4 to 18 new papers, mostly from six to ten offices, now and then
/// one from elsewhere or from the archive, a crisis of a fortnight with twice the traffic, some leave.
fn ordinary(reader: u64) -> Vec<Opening> {
    let mut draw = Draw(reader * 7919 + 17);
    let usual = 4 + draw.below(10);
    let offices = 6 + draw.below(5);
    let first_office = draw.below(300);
    let crisis = i64::try_from(draw.below(DAYS as u64)).unwrap();
    let leave = i64::try_from(draw.below(DAYS as u64)).unwrap();
    let mut out = Vec::new();
    for day in 0..DAYS {
        if day % 7 >= 5 || (leave..leave + 14).contains(&day) {
            continue;
        }
        let busy = if (crisis..crisis + 14).contains(&day) { 2 } else { 1 };
        let count = busy * (usual + draw.below(5));
        for _ in 0..count {
            let strange = draw.chance(30);
            let origin =
                if strange { draw.below(300) } else { (first_office + draw.below(offices)) % 300 };
            let old = draw.chance(12);
            let age = if old { 180 + draw.below(900) } else { draw.below(15) };
            out.push(Seen {
                at: after(day, 8 * 60 + i64::try_from(draw.below(10 * 60)).unwrap()),
                paper: u32::try_from(draw.below(4_000_000)).unwrap(),
                origin: u16::try_from(origin).unwrap(),
                through: 7,
                caption: if draw.chance(10) { 2 } else { 1 },
                age: u32::try_from(age).unwrap(),
            });
        }
    }
    out.sort_by_key(|s| s.at);
    out
}

/// The same reader, who from day 120 on gathers twelve papers a working day, from two years back and
/// from everywhere, spread over his working hours.
fn hoarder(reader: u64) -> Vec<Opening> {
    let mut out = ordinary(reader);
    let mut draw = Draw(reader + 99);
    for day in 120..DAYS {
        for n in (0..12).filter(|_| day % 7 < 5) {
            out.push(Seen {
                at: after(day, 8 * 60 + 45 * n),
                paper: 5_000_000 + u32::try_from(draw.below(1_000_000)).unwrap(),
                origin: u16::try_from(draw.below(300)).unwrap(),
                through: 7,
                caption: 1,
                age: u32::try_from(30 + draw.below(700)).unwrap(),
            });
        }
    }
    out.sort_by_key(|s| s.at);
    out
}

fn history(openings: &[Opening], now: Timestamp) -> &[Opening] {
    let from = now - SignedDuration::from_hours(24 * HISTORY_DAYS);
    let first = openings.partition_point(|s| s.at <= from);
    &openings[first..openings.partition_point(|s| s.at <= now)]
}

/// The first alarm and its day, looking at every opening, or at the last one of each day only.
fn first_alarm(openings: &[Opening], watch: &Watch, every: bool) -> Option<(i64, Alarm)> {
    for (at, seen) in openings.iter().enumerate() {
        let day = window(start(), seen.at, 24)?;
        let last = openings.get(at + 1).is_none_or(|n| window(start(), n.at, 24) != Some(day));
        if every || last {
            let raised = alarms(history(openings, seen.at), start(), watch, seen.at);
            if let Some(alarm) = raised.first() {
                return Some((day, *alarm));
            }
        }
    }
    None
}

/// The exact upper 95 % limit of a rate of which `seen` of `of` were seen (Clopper-Pearson), by bisection.
fn upper(seen: u64, of: u64) -> f64 {
    let at_most = |rate: f64| {
        let (mut term, mut sum) = (1.0, 0.0);
        for _ in 0..of {
            term *= 1.0 - rate;
        }
        for k in 0..=seen {
            sum += term;
            term *= (of - k) as f64 / (k + 1) as f64 * rate / (1.0 - rate);
        }
        sum
    };
    let (mut low, mut high) = (0.0, 0.999);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if at_most(middle) > 0.05 { low = middle } else { high = middle }
    }
    high
}

#[test]
fn a_patient_hoarder_is_caught_and_ordinary_readers_are_left_alone() {
    let watch = Watch::default();
    let mut alarmed = 0;
    for reader in 0..READERS {
        let openings = ordinary(reader);
        // Every opening of every tenth reader, the end of every day of the others.
        if let Some((day, alarm)) = first_alarm(&openings, &watch, reader % 10 == 0) {
            eprintln!("reader {reader}, day {day}: {alarm}");
            alarmed += 1;
        }
    }
    let limit = upper(alarmed, READERS);
    eprintln!("{alarmed} of {READERS} ordinary readers alarmed in {DAYS} days: at most {limit:.4}");
    assert!(limit < FALSE_ALARMS, "{alarmed} of {READERS}: the rate may be as high as {limit}");

    let mut caught = 0;
    for reader in 0..40 {
        if let Some((day, alarm)) = first_alarm(&hoarder(reader), &watch, false) {
            assert!(day >= 120, "reader {reader}, day {day}: {alarm}");
            assert!(day <= 134, "caught within two weeks; reader {reader}, day {day}: {alarm}");
            let rules = [Rule::Archive, Rule::BreadthOffices, Rule::BreadthPapers];
            assert!(rules.contains(&alarm.rule), "{alarm}");
            caught += 1;
        }
    }
    assert_eq!(caught, 40, "every hoarder is caught");
}

#[test]
fn without_breadth_and_archive_rules_the_hoarder_goes_unseen() {
    // The control: rates alone do not see who gathers slowly.
    let rates = Watch {
        breadth_papers: 0,
        breadth_offices: 0,
        elsewhere_papers: 0,
        archive_papers: 0,
        ..Watch::default()
    };
    let seen = (0..8).filter(|r| first_alarm(&hoarder(*r), &rates, true).is_some()).count();
    assert_eq!(seen, 0);
    // And limits low enough to catch him by rate alone alarm nearly everybody.
    let tight = Watch { day: 20, ..rates };
    let alarmed = (0..40).filter(|r| first_alarm(&ordinary(*r), &tight, false).is_some()).count();
    assert!(alarmed > 20, "{alarmed} of 40");
}

fn burst(count: u32, at: impl Fn(u32) -> Timestamp, age: u32) -> Vec<Opening> {
    let seen = |n| Seen { at: at(n), paper: n, origin: 1, through: 1, caption: 1, age };
    (0..count).map(seen).collect()
}

#[test]
fn a_burst_over_midnight_or_a_month_end_counts_as_one() {
    let watch = Watch { hour: 0, breadth_papers: 0, ..Watch::default() };
    let ends = [date(2031, 1, 1), date(2032, 2, 29), date(2032, 3, 1), date(2031, 6, 15)];
    for end in ends {
        let midnight = jiff::tz::Offset::UTC.to_timestamp(end.at(0, 0, 0, 0)).unwrap();
        let openings = burst(200, |n| midnight + SignedDuration::from_mins(i64::from(n) - 100), 0);
        let now = openings.last().unwrap().at;
        let raised = alarms(&openings, midnight, &watch, now);
        assert_eq!(raised.iter().map(|a| a.rule).collect::<Vec<_>>(), [Rule::Day], "{end}");
        // The control: counted by the calendar's days, neither half reaches the limit.
        for day in [end.yesterday().unwrap(), end] {
            let of_day = openings.iter().filter(|s| crate::rules::utc_day(s.at) == day).count();
            assert!(of_day < 200);
        }
    }
}

#[test]
fn windows_are_half_open() {
    let watch = Watch { hour: 2, ..Watch::default() };
    let two = |apart: SignedDuration| {
        let openings = burst(2, |n| start() + apart * i32::try_from(n).unwrap(), 0);
        alarms(&openings, start(), &watch, openings[1].at).len()
    };
    assert_eq!(two(SignedDuration::from_millis(3_599_999)), 1);
    assert_eq!(two(SignedDuration::from_hours(1)), 0);
    let future = burst(2, |n| start() + SignedDuration::from_hours(i64::from(n)), 0);
    assert!(alarms(&future, start(), &Watch { day: 2, ..watch }, start()).is_empty());
}

#[test]
fn alarms_move_with_time_and_depend_on_no_calendar() {
    let openings = hoarder(3);
    let now = openings.last().unwrap().at;
    let raised = alarms(history(&openings, now), start(), &Watch::default(), now);
    assert!(!raised.is_empty());
    for hours in [1, 23, 24 * 59, 24 * 366] {
        let shift = SignedDuration::from_hours(hours);
        let moved: Vec<Opening> =
            openings.iter().map(|s| Seen { at: s.at + shift, ..*s }).collect();
        let later = now + shift;
        let again = alarms(history(&moved, later), start() + shift, &Watch::default(), later);
        assert_eq!(again, raised);
    }
}

#[test]
fn who_has_just_moved_has_no_past_to_be_compared_with() {
    let mut openings = ordinary(5);
    let moved = after(120, 0);
    for seen in openings.iter_mut().filter(|s| s.at >= moved) {
        seen.through = 8;
        seen.origin = (seen.origin + 150) % 300;
    }
    let raised = |settled| {
        let now = openings.iter().rfind(|s| s.at < after(150, 0)).unwrap().at;
        let all = alarms(history(&openings, now), settled, &Watch::default(), now);
        all.iter().any(|a| a.rule == Rule::Elsewhere)
    };
    assert!(!raised(moved));
    assert!(raised(start()), "the control: without a move it is reading out of area");
}

#[test]
fn bulk_retrieval_is_refused_only_where_the_house_asks_for_it() {
    let openings = burst(10, |n| after(0, i64::from(n)), 400);
    let now = after(0, 60);
    let watch = Watch { block_at: 10, ..Watch::default() };
    let refused = bulk(&openings, 99, 400, &watch, now).unwrap();
    assert_eq!((refused.rule, refused.seen, refused.limit), (Rule::Bulk, 10, 10));
    assert!(refused.to_string().contains("the house allows 10"));
    assert_eq!(bulk(&openings, 3, 400, &watch, now), None, "opened today already");
    assert_eq!(bulk(&openings, 99, 10, &watch, now), None, "not of the archive");
    assert_eq!(bulk(&openings, 99, 400, &Watch::default(), now), None, "off by default");
    assert_eq!(bulk(&openings, 99, 400, &watch, after(1, 60)), None, "a day later");
    assert_eq!(bulk(&openings[..9], 99, 400, &watch, now), None);
}

#[test]
fn alarms_speak_plainly_and_name_nobody() {
    let alarm = Alarm { rule: Rule::BreadthPapers, seen: 300, limit: 150, usual: Some(60) };
    let text = alarm.to_string();
    assert_eq!(text, "300 different papers within 7 days (usual: 60 a week; limit: 150)");
}
