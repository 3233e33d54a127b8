//! From text to paper: a quotation from any copy is found as its master.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::path::PathBuf;

use chancery_index::{Branch, DocId, Document, Index, Query, UNKNOWN, Vocabulary};
use chancery_text::build::{Choice, build, candidates, choose};
use chancery_text::fold::{FOLD_VERSION, Fold};
use chancery_text::lexicon::Lexicon;
use chancery_text::markup::{Marked, parse};
use chancery_text::master::Master;
use chancery_text::order::Order;
use chancery_text::proposal::Proposer;
use chancery_text::punctuation::Punctuation;
use chancery_text::typography::Typography;
use support::Rng;

const OWN: [&str; 4] = [
    "The Marshal of Aldermark {has also been|also has been} {unusually|most} candid with me. He said \
     that the harbour works will not be finished prior to the thaw, and that his cabinet is divided.",
    "I found the Governor of the Shoals {inept|clumsy|unsteady} and his staff {worse|no better}; as a \
     result of the ice no vessel has left Sund since {3 March|March 3}, and none is expected soon.",
    "Her Excellency received me at noon. She {is confident that it|is confident it} will hold, but \
     would not say which of the two ministries has the {strong|firm|robust} support of the guilds.",
    "The pilots’ guild can’t accept the tariff. It {probably will|will probably} strike before the \
     fair opens, whatever the well-known promises of the Treasury at Orlanth may be worth by then.",
];

fn master(paragraphs: &[Marked]) -> Master {
    let proposers: [&dyn Proposer; 4] = [Lexicon::embedded(), &Order, &Punctuation, &Typography];
    let all = candidates(paragraphs, &proposers);
    let choice = Choice::default();
    build(paragraphs, &choose(paragraphs, &all, &choice), &choice, "test", None)
}

fn masters() -> Vec<Master> {
    let mut out: Vec<Master> = OWN.iter().map(|text| master(&[parse(text).unwrap()])).collect();
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/cables.jsonl");
    let Ok(text) = std::fs::read_to_string(path) else {
        let required = std::env::var("CHANCERY_REQUIRE_DATA").is_ok_and(|v| v == "1");
        assert!(!required, "../shared/corpus is missing and CHANCERY_REQUIRE_DATA=1");
        eprintln!("SKIPPED: ../shared/corpus is missing");
        return out;
    };
    for line in text.lines().step_by(15) {
        let cable: serde_json::Value = serde_json::from_str(line).unwrap();
        let paragraphs = cable["paragraphs"].as_array().unwrap();
        let literal = |p: &serde_json::Value| Marked::literal(p.as_str().unwrap());
        out.push(master(&paragraphs.iter().map(literal).collect::<Vec<_>>()));
    }
    out
}

fn document(id: usize, master: &Master, vocabulary: &mut Vocabulary) -> Document {
    let folded = Fold::embedded().master(master);
    let mut numbers = |words: &[String]| words.iter().map(|w| vocabulary.enter(w)).collect();
    let branches = folded
        .branches
        .iter()
        .map(|branch| Branch {
            at: branch.at.start as u32..branch.at.end as u32,
            alternatives: branch.alternatives.iter().map(|a| numbers(a)).collect(),
        })
        .collect();
    let words = folded.drafted.iter().map(|word| vocabulary.enter(word)).collect();
    Document { id: DocId(id as u32), series: 0, date: 0, words, branches }
}

/// So many words a quotation, how many from a paper, and of every so manyth paper.
const LENGTHS: [(std::ops::RangeInclusive<usize>, usize, usize); 3] =
    [(12..=12, 4, 1), (40..=120, 1, 2), (120..=480, 1, 3)];

#[test]
fn a_quotation_from_any_copy_is_found_as_its_master() {
    let masters = masters();
    let mut vocabulary = Vocabulary::new([3; 32]);
    let documents: Vec<Document> =
        masters.iter().enumerate().map(|(id, m)| document(id, m, &mut vocabulary)).collect();
    let mut index = Index::new(FOLD_VERSION);
    index.add(documents).unwrap();
    let view = index.view(|_| true).unwrap();
    let mut rng = Rng(9);
    for (lengths, each, step) in LENGTHS {
        let (mut asked, mut first, mut exact) = (0, 0, 0);
        for (id, master) in masters.iter().enumerate().step_by(step) {
            for _ in 0..each {
                let row = rng.next();
                let copy =
                    master.render(|site| (Rng(row ^ u64::from(site) << 20).next() % 2) as u8);
                let text = copy.join("\n\n");
                let words: Vec<&str> = text.split_whitespace().collect();
                let length = lengths.start() + rng.below(lengths.end() - lengths.start() + 1);
                let Some(room) = words.len().checked_sub(length) else { continue };
                let from = rng.below(room + 1);
                let quotation = words[from..from + length].join(" ");
                let folded = Fold::embedded().text(&quotation);
                let number = |word| vocabulary.number(word).unwrap_or(UNKNOWN);
                let numbers: Vec<u32> = folded.iter().map(number).collect();
                if numbers.len() < 6 {
                    continue;
                }
                let hits = index.search(&Query::new(&[numbers], &[]).unwrap(), &view).unwrap().hits;
                asked += 1;
                let best = hits.first().map_or(0.0, |hit| hit.score);
                let own = hits.iter().find(|hit| hit.doc == DocId(id as u32));
                assert!(own.is_some(), "{quotation:?} of paper {id} is not found");
                first += usize::from(own.is_some_and(|hit| hit.score >= best));
                exact += usize::from(own.is_some_and(|hit| hit.exact));
            }
        }
        println!("{asked} quotations of {lengths:?} words: {first} best, {exact} word for word");
        assert!(first * 100 >= asked * 99, "{first} of {asked} are best");
        // A quotation may begin or end inside a phrase of several words.
        assert!(exact * 100 >= asked * 93, "{exact} of {asked} word for word");
    }
}
