//! The cap at work: a lifetime of null inquiries, and an attacker who learns from results.

use chancery_code::{
    Alpha, AlphaSplit, Channel, CopyKey, DecoyPlan, Evidence, Holder, Inquiry, Law, Member,
    PaperEvidence, Routes, SiteEvidence, SiteLaws, Verdict, symbols,
};
use chancery_store::PaperId;

use super::*;
use crate::freeze::seen;
use crate::odds::{full, surely_above};

struct Draws(u64);

impl Draws {
    fn bytes(&mut self) -> [u8; 32] {
        use sha2::{Digest, Sha256};
        self.0 += 1;
        Sha256::digest(self.0.to_le_bytes()).into()
    }
}

fn fair(sites: usize) -> SiteLaws {
    let law = Law::binary(128).unwrap();
    let site = |i: usize| Channel::Wording.site(u32::try_from(i).unwrap()).unwrap();
    SiteLaws::new((0..sites).map(|i| (site(i), law.clone())).collect()).unwrap()
}

fn text(laws: &SiteLaws, bits: impl Fn(usize) -> Option<u8>) -> Evidence {
    let read = laws
        .entries()
        .iter()
        .enumerate()
        .filter_map(|(at, (site, _))| Some(SiteEvidence::seen(*site, 2, bits(at)?, 0.02)));
    Evidence::new(read.collect()).unwrap()
}

fn readers(draws: &mut Draws, count: usize) -> Vec<Holder> {
    let key = |_| Holder { copies: vec![Some(CopyKey::from_bytes(draws.bytes()))] };
    (0..count).map(key).collect()
}

fn run(
    laws: &SiteLaws,
    evidence: &Evidence,
    readers: &[Holder],
    level: f64,
    split: AlphaSplit,
) -> chancery_code::Finding {
    let paper = PaperEvidence::new(laws.clone(), evidence.clone()).unwrap();
    let alpha = Alpha::new(level).unwrap();
    let inquiry = Inquiry::new(alpha, readers.len() as u64, vec![paper], Routes::Pooled).unwrap();
    inquiry.with_split(split).run(readers, DecoyPlan::NONE).unwrap()
}

#[test]
fn the_house_caps_levels_and_looks_by_the_year() {
    let house = Inquiries { yearly_alpha: 3e-6, per_paper: 2, notice_days: 0 };
    let laws = fair(30);
    let look = |id: i64, paper: i64, year: i16, level: f64, earlier: &[Look]| {
        let evidence = text(&laws, |at| Some(((at as i64 + id) % 2) as u8));
        let papers = vec![seen(PaperId(paper), &evidence)];
        let mut look = Look::new(id, 10 * id as u64, vec![format!("{id}")], papers, level, earlier);
        look.year = year;
        look
    };
    let mut earlier = Vec::new();
    for id in 1..=3 {
        let next = look(id, id, 2031, 1e-6, &earlier);
        admit(&house, &earlier, &next).unwrap();
        earlier.push(next);
    }
    let fourth = look(4, 4, 2031, 1e-6, &earlier);
    assert!(admit(&house, &earlier, &fourth).unwrap_err().contains("a year"));
    assert!(admit(&house, &earlier, &look(4, 4, 2032, 1e-6, &earlier)).is_ok());
    // Looks at one paper, however cheap; repeats of the same evidence count as well.
    let wide = Inquiries { yearly_alpha: 1.0, ..house };
    let again = look(5, 1, 2031, 1e-7, &earlier);
    admit(&wide, &earlier, &again).unwrap();
    earlier.push(again);
    let third = look(6, 1, 2031, 1e-7, &earlier);
    assert!(admit(&wide, &earlier, &third).unwrap_err().contains("looked at 2 times"));
}

/// Rule 8. Over a year whose levels add up to .05 an innocent is named in at most 5 % of the years; without
/// the cap in far more.
#[test]
fn ten_thousand_null_inquiries_stay_within_the_printed_sum() {
    const YEARLY: f64 = 0.05;
    const LEVEL: f64 = YEARLY / 2.0;
    let house = Inquiries { yearly_alpha: YEARLY, per_paper: 12, notice_days: 0 };
    let inquiries: usize = if full() { 10_000 } else { 2_400 };
    let laws = fair(40);
    let mut draws = Draws(81);
    let mut outcomes = Vec::with_capacity(inquiries);
    for _ in 0..inquiries {
        let holders = readers(&mut draws, 20);
        let leak = [draws.bytes(), draws.bytes()].concat();
        let evidence = text(&laws, |at| Some(leak[at] & 1));
        let single = AlphaSplit::single(Member::LONE);
        outcomes.push(!run(&laws, &evidence, &holders, LEVEL, single).named.is_empty());
    }
    // As many inquiries a year as somebody would like to have: the house lets in so many, or all.
    let years = |wanted: usize, capped: bool| {
        let mut years = (0, 0);
        for (year, wishes) in outcomes.chunks(wanted).enumerate() {
            let mut earlier: Vec<Look> = Vec::new();
            let (mut named, mut sum) = (false, 0.0);
            for (id, outcome) in wishes.iter().enumerate() {
                let evidence = text(&laws, |at| Some((at % 2) as u8));
                let papers = vec![seen(PaperId(id as i64), &evidence)];
                let leaks = vec![format!("{id}")];
                let mut look = Look::new(id as i64, id as u64, leaks, papers, LEVEL, &earlier);
                look.year = i16::try_from(year).unwrap();
                if capped && admit(&house, &earlier, &look).is_err() {
                    continue;
                }
                sum += look.own_level();
                named |= outcome;
                earlier.push(look);
            }
            assert!(!capped || sum <= YEARLY * 1.000_001, "{sum}");
            years = (years.0 + usize::from(named), years.1 + 1);
        }
        years
    };
    let (named, of) = years(2, true);
    let (freely, years_freely) = years(40, false);
    println!(
        "{inquiries} null inquiries: {named} of {of} years name somebody; without the cap {freely} of {years_freely}"
    );
    assert!(!surely_above(named, of, YEARLY), "{named} of {of}");
    assert!(surely_above(freely, years_freely, YEARLY), "{freely} of {years_freely}");
}

/// What an attacker sees of results.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Role {
    /// A reader: that there was an inquiry, afterwards.
    Reader,
    /// An officer: the copies of a narrowed list.
    Officer,
}

/// Which safeguards stand.
#[derive(Clone, Copy, Debug)]
struct Safeguards {
    /// Levels that add up at the same places, and no bound after something was shown.
    looks: bool,
    /// The house's caps.
    cap: bool,
}

/// Learns a victim's row by forged leaks and then forges one that names him. Returns whether that worked.
fn framed(role: Role, safeguards: Safeguards, draws: &mut Draws) -> (bool, usize) {
    const SITES: usize = 60;
    const READERS: usize = 10;
    const QUERIES: usize = 1_000;
    /// Places of which all patterns are tried first: enough to be the only one on a list.
    const START: usize = 9;
    let house = Inquiries::default();
    let laws = fair(SITES);
    let readers = readers(draws, READERS);
    let victim = 3;
    let truth = symbols(readers[victim].copies[0].as_ref().unwrap(), &laws);
    let guesses = draws.bytes();
    let mut known: Vec<u8> = Vec::new();
    let mut earlier: Vec<Look> = Vec::new();
    let inquire = |evidence: &Evidence, earlier: &mut Vec<Look>| {
        let id = earlier.len() as i64 + 1;
        let papers = vec![seen(PaperId(1), evidence)];
        let before: f64 = earlier.iter().map(Look::own_level).sum();
        let opened = 2 * id as u64;
        // He asks for what earlier looks have spent and one millionth more.
        let asked = if safeguards.looks { before + 1e-6 } else { 1e-6 };
        let against: &[Look] = if safeguards.looks { earlier } else { &[] };
        let mut look = Look::new(id, opened, vec![format!("{id}")], papers, asked, against);
        let admitted = !safeguards.cap || admit(&house, earlier, &look).is_ok();
        if !admitted || look.standing.exhausted() {
            return None;
        }
        let level = if look.standing.level > 0.0 { look.standing.level } else { 1e-300 };
        let finding = run(&laws, evidence, &readers, level, AlphaSplit::standard());
        let told = finding.verdict() != Verdict::Nothing;
        look.shown = told.then_some(opened + 1);
        earlier.push(look);
        Some(finding)
    };
    for query in 0..QUERIES {
        let at = known.len();
        if at == SITES {
            break;
        }
        // Once he knows the first places, one more at a time: a wrong one costs more than four bits, and the
        // victim drops from the list.
        let pattern = |site: usize| match site {
            site if site < START && at > 0 => Some(known[site]),
            site if site < START => Some(u8::from(query >> site & 1 == 1)),
            site if at > 0 && site == at => Some(0),
            _ => None,
        };
        let Some(finding) = inquire(&text(&laws, pattern), &mut earlier) else { break };
        if role == Role::Reader {
            continue;
        }
        let list = finding.credible.narrowed().unwrap_or_default();
        let listed = list.iter().any(|(person, _)| *person == victim);
        if at > 0 {
            known.push(u8::from(!listed));
        } else if listed {
            known = (0..START).map(|site| u8::from(query >> site & 1 == 1)).collect();
        }
    }
    let last = text(&laws, |at| Some(known.get(at).copied().unwrap_or(guesses[at % 32] & 1)));
    let agrees = (0..known.len()).filter(|at| known[*at] == truth[*at]).count();
    let named = inquire(&last, &mut earlier).is_some_and(|f| f.named.contains(&victim));
    (named, agrees)
}

/// Rule 4.
#[test]
fn an_adaptive_attacker_frames_nobody_until_the_cap_is_removed() {
    let victims: usize = if full() { 50 } else { 4 };
    let mut draws = Draws(44);
    let mut count = |role, looks, cap| {
        let attacks = (0..victims).map(|_| framed(role, Safeguards { looks, cap }, &mut draws));
        let (framed, learnt): (Vec<bool>, Vec<usize>) = attacks.unzip();
        let framed = framed.into_iter().filter(|framed| *framed).count();
        println!(
            "{role:?}, looks {looks}, cap {cap}: {framed} of {victims} framed, places learnt {learnt:?}"
        );
        framed
    };
    assert_eq!(count(Role::Reader, true, true), 0);
    assert_eq!(count(Role::Officer, true, true), 0);
    assert_eq!(count(Role::Officer, true, false), 0, "no bound after something was shown");
    assert_eq!(count(Role::Officer, false, true), 0, "twelve looks teach too little");
    // Controls: without both the officer succeeds, and whoever sees nothing does not even then.
    let without = count(Role::Officer, false, false);
    let succeeds = if full() { surely_above(without, victims, 0.5) } else { without == victims };
    assert!(succeeds, "{without} of {victims}");
    assert_eq!(count(Role::Reader, false, false), 0);
}
