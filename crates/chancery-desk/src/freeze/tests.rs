//! Rules 6 and 19: evidence from real leaks is frozen, keys are drawn afresh through the production row
//! code, and the p-values of these innocents have to be calibrated.

use chancery_code::tail::Tail;
use chancery_code::{Channel, CopyKey, Law, Member, ScoreLaw, symbols, weights};
use chancery_text::build::Choice;

use super::*;
use crate::odds::{full, surely_above};
use crate::release::render;
use crate::{CableRecord, Clock, Finders, Format};

/// Three papers with everything whose places might depend on each other: adjacent places, classes that
/// are kept consistent, sentences of the author with two forms, clauses and adverbs that move.
const PAPERS: [&[&str]; 3] = [
    &[
        "The delegation arrived prior to the meeting, and it {began|started} to press for additional assistance regarding the harbour. However, the Minister replied that the present arrangements were adequate for now. The Government will probably not organize a second conference, and the Government will presumably emphasize the need for additional ships.",
        "{2: The Minister expects an early answer before the end of the month. | Before the end of the month the Minister expects an early answer. } It is therefore probable that the Government will soon obtain further information about approximately 40 ships, although his advisers were nearly all of another opinion.",
        "In addition, the two sides agreed to take into account the views of the smaller members and to participate in the survey. The Secretary said that he would attempt to obtain further information regarding the shipments prior to the autumn. The programme of 12 March 1984 was to be organized in two phases.",
    ],
    &[
        "{2: He appeared to believe that the matter could be settled soon. | In his view, an early settlement of the matter was possible. } His advisers were nearly all of the opinion that it would take many months, however. For example, the coastal states wished to participate in the survey, and they asked whether the costs would be shared.",
        "The Prime Minister emphasized that the principal difficulty was the lack of trained staff, and he {strongly|firmly} rejected the proposals of the coastal states. They had organized the survey on 3 May 1982; approximately 30 per cent of the costs were paid, and the rest is still owed. The Government will probably also recognize the new authority.",
        "At present no answer has been given to them. Therefore the ambassador will attempt to obtain additional assistance from France and Italy, and he will subsequently report on the economic, social and military aspects. {2: Nothing more is known. | More is not known at present. }",
    ],
    &[
        "When the talks began, the Minister was in the capital. He will probably return on 7 June 1983, and he is nearly certain to emphasize the military and economic aspects. However, the present Government is unlikely to organize a conference prior to the elections.",
        "{2: The first round produced nothing, and the second was put off. | Nothing came of the first round, and the second was put off. } The two sides nevertheless agreed to take into account the additional proposals, for example those of Belgium and Spain regarding the harbour dues.",
        "Furthermore, the embassy recognized that the programme was too {ambitious|large} for the Government’s means. Approximately 15 ships would be needed, and perhaps 20. The Secretary will therefore attempt to obtain further information, and he will soon report on the labour question.",
    ],
];

/// How a copy comes back: whole, cropped, with words lost, retyped, mixed with another, sentences moved.
fn leaked(case: usize, copy: &str, other: &str) -> String {
    let pieces = |text: &str| -> Vec<String> {
        text.split_inclusive(". ").map(str::to_owned).collect::<Vec<_>>()
    };
    let (own, others) = (pieces(copy), pieces(other));
    match case % 6 {
        0 => copy.to_owned(),
        1 => own[case % 3..].concat(),
        2 => {
            let words =
                copy.split(' ').enumerate().filter(|(at, _)| !(at + case).is_multiple_of(19));
            words.map(|(_, word)| word).collect::<Vec<_>>().join(" ")
        }
        3 => copy
            .chars()
            .map(|c| match c {
                '’' | '‘' => '\'',
                '\u{2010}' | '–' => '-',
                c if c.is_whitespace() && c != '\n' => ' ',
                c => c,
            })
            .collect(),
        4 => (0..own.len().max(others.len()))
            .filter_map(|at| if at.is_multiple_of(2) { own.get(at) } else { others.get(at) })
            .map(String::as_str)
            .collect(),
        _ => own.iter().rev().map(String::as_str).collect::<Vec<_>>().join(" "),
    }
}

/// A frozen leak with its paper.
struct Case {
    laws: chancery_code::SiteLaws,
    evidence: Evidence,
    /// Places read of each site.
    places: BTreeMap<u32, u32>,
}

/// Copy `number` of a paper, as its row says.
async fn copy_of(archive: &Archive, paper: &str, number: u32) -> String {
    let mut tx = archive.store.begin().await.unwrap();
    let row = archive.find_paper(&mut tx, paper).await.unwrap();
    let paper = archive.released(&mut tx, row).await.unwrap();
    render(&paper.master, &paper.laws, &paper.key.copy_key(number)).join("\n\n")
}

/// What is frozen of a leak of this paper.
async fn frozen(archive: &Archive, paper: &str, leak: LeakFile) -> Case {
    let mut tx = archive.store.begin().await.unwrap();
    let id = archive.find_paper(&mut tx, paper).await.unwrap().id;
    drop(tx);
    let leaks = [leak];
    let seen = archive.see(&leaks, &[id]).await.unwrap();
    let mut tx = archive.store.begin().await.unwrap();
    let frozen = archive.freeze(&mut tx, &leaks, &[id], &[], seen).await.unwrap();
    let (released, evidence) = frozen.papers.into_iter().next().expect("its own paper");
    let read = &frozen.leaks[0].readings[0].1.sites;
    let places = read.iter().map(|site| (site.site, site.places)).collect();
    Case { laws: released.laws, evidence, places }
}

/// Weights of the sites read, each as often as `times` says.
fn scored(case: &Case, times: impl Fn(u32) -> u32) -> (Vec<(usize, Vec<i32>)>, Tail) {
    let mut sites: Vec<(usize, Law, Vec<i32>)> = Vec::new();
    for (at, (site, law)) in case.laws.entries().iter().enumerate() {
        let Some(entry) = case.evidence.get(*site) else { continue };
        let weights = weights(Member::LONE, law, entry);
        for _ in 0..times(case.places.get(&site.get()).copied().unwrap_or(1)) {
            sites.push((at, law.clone(), weights.clone()));
        }
    }
    let law = ScoreLaw::new(sites.iter().map(|(_, law, weights)| (weights.as_slice(), law)));
    let tail = Tail::new(&law, i64::MIN);
    (sites.into_iter().map(|(at, _, weights)| (at, weights)).collect(), tail)
}

const LEVELS: [f64; 3] = [0.1, 0.01, 0.001];

/// Holds the p-values of innocents against the levels: `redraws` fresh keys for each leak, and as control the
/// same with a linked site scored once for each of its places.
fn calibrated(cases: &[Case], redraws: u64) {
    let linked: usize = cases.iter().flat_map(|c| c.places.values()).filter(|p| **p > 1).count();
    let read: usize = cases.iter().map(|case| case.evidence.sites().len()).sum();
    println!("{read} sites read in {} leaks, {linked} of them at several places", cases.len());
    assert!(linked > cases.len(), "the control needs consistent classes");
    let (mut counts, mut doubled, mut runs) = ([0_usize; 3], [0_usize; 3], 0_usize);
    let mut key = [0_u8; 32];
    for (number, case) in cases.iter().enumerate() {
        let (sites, mut tail) = scored(case, |_| 1);
        // Control: a linked site counts once for each of its places.
        let (twice, mut free) = scored(case, |places| places);
        for draw in 0..redraws {
            key[..8].copy_from_slice(&draw.to_le_bytes());
            key[8..16].copy_from_slice(&(number as u64).to_le_bytes());
            let row = symbols(&CopyKey::from_bytes(Sha256::digest(key).into()), &case.laws);
            let sum = |sites: &[(usize, Vec<i32>)]| -> i64 {
                sites.iter().map(|(at, weights)| i64::from(weights[usize::from(row[*at])])).sum()
            };
            let (p, q) = (tail.at_least(sum(&sites)), free.at_least(sum(&twice)));
            for at in 0..LEVELS.len() {
                counts[at] += usize::from(p <= LEVELS[at]);
                doubled[at] += usize::from(q <= LEVELS[at]);
            }
            runs += 1;
        }
    }
    println!("at or under .1, .01, .001: {counts:?} of {runs}; by places: {doubled:?}");
    for (count, level) in counts.iter().zip(LEVELS) {
        assert!(!surely_above(*count, runs, level), "{count} of {runs} at {level}");
        assert!(*count as f64 > 0.4 * level * runs as f64, "the law is exact, not merely safe");
    }
    assert!(
        doubled.iter().zip(LEVELS).any(|(count, level)| surely_above(*count, runs, level)),
        "{doubled:?}"
    );
}

/// An exercise with these cables.
async fn exercise(folder: &std::path::Path, cables: &[CableRecord]) -> Archive {
    let archive = Archive::init(&folder.join("a"), Clock::System).await.unwrap();
    let (choice, finders) = (Choice::default(), Finders::embedded());
    archive.import_exercise(cables, 5, &choice, &finders, |_, _| {}).await.unwrap();
    archive
}

fn text_file(text: String) -> LeakFile {
    LeakFile { name: "leak.txt".into(), bytes: text.into_bytes() }
}

#[tokio::test(flavor = "current_thread")]
async fn fresh_keys_against_frozen_leaks_are_calibrated_and_linked_sites_scored_twice_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let cables: Vec<CableRecord> = (0..)
        .zip(PAPERS)
        .map(|(n, text)| {
            let cable =
                serde_json::json!({"id": format!("c{n}"), "markup": true, "paragraphs": text});
            serde_json::from_value(cable).unwrap()
        })
        .collect();
    let archive = exercise(folder.path(), &cables).await;
    let mut cases = Vec::new();
    for case in 0..30_u32 {
        let paper = format!("c{}", case % 3);
        let own = copy_of(&archive, &paper, case).await;
        let other = copy_of(&archive, &paper, 100 + case).await;
        let leak = text_file(leaked(case as usize / 3, &own, &other));
        cases.push(frozen(&archive, &paper, leak).await);
    }
    calibrated(&cases, if full() { 33_333 } else { 6_666 });
}

/// Every 97th cable of the corpus; `None`, loudly, where it is missing.
fn unselected(count: usize) -> Option<Vec<CableRecord>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus/cables.jsonl");
    let Ok(file) = std::fs::File::open(path) else {
        let required = std::env::var("CHANCERY_REQUIRE_DATA").is_ok_and(|value| value == "1");
        assert!(!required, "../shared/corpus/cables.jsonl is required and missing");
        eprintln!("SKIPPED: ../shared/corpus/cables.jsonl is missing");
        return None;
    };
    let all: Vec<CableRecord> =
        crate::records(std::io::BufReader::new(file), "cables.jsonl").unwrap();
    Some(all.into_iter().step_by(97).take(count).collect())
}

/// Rule 6 at its size: leaks of thirty real cables that nobody chose, one in ten as a PDF, and a million fresh
/// keys for each.
#[tokio::test(flavor = "current_thread")]
async fn fresh_keys_against_leaks_of_thirty_real_cables_are_calibrated() {
    let (count, redraws) = if full() { (30, 1_000_000) } else { (8, 15_000) };
    let Some(cables) = unselected(count) else { return };
    assert_eq!(cables.len(), count);
    let folder = tempfile::tempdir().unwrap();
    let archive = exercise(folder.path(), &cables).await;
    let mut cases = Vec::new();
    for (number, cable) in (0_u32..).zip(&cables) {
        let leak = if number % 10 == 7 {
            let reader = "r0001".parse().unwrap();
            let copy = archive.open_copy(&cable.id, &reader, Format::Pdf).await.unwrap();
            LeakFile { name: "leak.pdf".into(), bytes: copy.bytes }
        } else {
            let own = copy_of(&archive, &cable.id, number).await;
            text_file(leaked(number as usize, &own, &copy_of(&archive, &cable.id, 100).await))
        };
        cases.push(frozen(&archive, &cable.id, leak).await);
    }
    let of = |channel| {
        let sites = cases.iter().flat_map(|case| case.evidence.sites());
        sites.filter(|entry| entry.site.channel() == channel).count()
    };
    for channel in [Channel::Wording, Channel::Characters, Channel::Layout] {
        println!("{channel:?}: {} sites", of(channel));
        assert!(of(channel) > 50, "{channel:?} is tried as well");
    }
    calibrated(&cases, redraws);
}
