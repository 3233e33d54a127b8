//! What tracing reaches on real cables: sizes and thresholds that can fail.
//!
//! Default sizes keep `./check` short; `CHANCERY_FULL=1 cargo nextest run -p chancery-desk --test reach`
//! runs the full ones. Every figure is printed. The data lie outside the repository.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod press;

use chancery_desk::{Archive, CableRecord, Clock, Finders, FindingReport, Format, LeakFile};
use chancery_desk::{Request, Traced, records};
use chancery_text::build::Choice;
use press::{Draw, body, retyped, spliced, window};

/// Cables of the corpus with so many words; `None`, loudly, where the data are missing.
fn corpus(
    words: std::ops::RangeInclusive<usize>,
    count: usize,
    seed: u64,
) -> Option<Vec<CableRecord>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus/cables.jsonl");
    let Ok(file) = std::fs::File::open(path) else {
        assert!(
            std::env::var_os("CHANCERY_REQUIRE_DATA").is_none(),
            "../shared/corpus/cables.jsonl is required and missing"
        );
        eprintln!("SKIPPED: ../shared/corpus/cables.jsonl is missing");
        return None;
    };
    let all: Vec<CableRecord> = records(std::io::BufReader::new(file), "cables.jsonl").unwrap();
    let length = |c: &CableRecord| c.paragraphs.iter().map(|p| p.split_whitespace().count()).sum();
    let mut fitting: Vec<CableRecord> =
        all.into_iter().filter(|c| words.contains(&length(c))).collect();
    let mut draw = Draw::new(seed);
    for at in (1..fitting.len()).rev() {
        fitting.swap(at, draw.below(at + 1));
    }
    fitting.truncate(count);
    assert_eq!(fitting.len(), count, "the corpus has enough cables of this length");
    Some(fitting)
}

fn sized(usual: usize, full: usize) -> usize {
    if std::env::var_os("CHANCERY_FULL").is_some_and(|value| value == "1") { full } else { usual }
}

/// An exercise with these cables.
struct Exercise {
    archive: Archive,
    runtime: tokio::runtime::Runtime,
    papers: Vec<String>,
    readers: u32,
    _folder: tempfile::TempDir,
}

impl Exercise {
    fn new(cables: &[CableRecord], readers: u32) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let archive = runtime.block_on(async {
            let archive =
                Archive::init(&folder.path().join("archive"), Clock::System).await.unwrap();
            let (choice, finders) = (Choice::default(), Finders::embedded());
            archive.import_exercise(cables, readers, &choice, &finders, |_, _| {}).await.unwrap();
            archive
        });
        let papers = cables.iter().map(|c| c.id.clone()).collect();
        Self { archive, runtime, papers, readers, _folder: folder }
    }

    fn reader(&self, draw: &mut Draw) -> String {
        format!("r{:04}", 1 + draw.below(self.readers as usize))
    }

    /// The copy's text, without heading.
    fn copy(&self, paper: &str, reader: &str) -> String {
        let reader = reader.parse().unwrap();
        let open = self.archive.open_copy(paper, &reader, Format::Txt);
        let copy = self.runtime.block_on(open).unwrap();
        body(&String::from_utf8(copy.bytes).unwrap())
    }

    fn trace(&self, leaks: &[String], alpha: f64) -> FindingReport {
        let leaks = leaks
            .iter()
            .map(|text| LeakFile { name: "leak.txt".into(), bytes: text.clone().into_bytes() })
            .collect();
        let request = Request { leaks, papers: Vec::new(), alpha, include_author: false };
        match self.runtime.block_on(self.archive.trace(request, None)).unwrap() {
            Traced::Done(finding) => *finding,
            Traced::AwaitingApproval(id) => panic!("{id}: an exercise approves by itself"),
        }
    }

    fn named(finding: &FindingReport) -> Vec<String> {
        finding.named.iter().map(|c| c.reader.as_ref().unwrap().to_string()).collect()
    }
}

/// Counts right, silent and wrong findings, and holds them against the target.
#[derive(Default)]
struct Score {
    right: usize,
    silent: usize,
    wrong: usize,
}

impl Score {
    fn add(&mut self, named: &[String], truth: &[&str]) {
        if named.is_empty() {
            self.silent += 1;
        } else if named.iter().all(|n| truth.contains(&n.as_str())) {
            self.right += 1;
        } else {
            self.wrong += 1;
        }
    }

    fn reaches(&self, what: &str, target: f64) {
        let all = self.right + self.silent + self.wrong;
        let rate = self.right as f64 / all as f64;
        eprintln!(
            "{what}: {}/{all} named ({:.1} %), {} silent, {} wrong",
            self.right,
            rate * 100.0,
            self.silent,
            self.wrong
        );
        assert_eq!(self.wrong, 0, "{what}: an innocent copy was named");
        assert!(rate >= target, "{what}: {rate} is below {target}");
    }
}

#[test]
fn an_exact_paste_of_a_whole_cable_names_the_copy_among_a_thousand() {
    let Some(cables) = corpus(380..=420, sized(12, 150), 1) else { return };
    let exercise = Exercise::new(&cables, 1000);
    let (mut score, mut draw) = (Score::default(), Draw::new(11));
    for paper in &exercise.papers {
        let reader = exercise.reader(&mut draw);
        let leak = exercise.copy(paper, &reader);
        score.add(&Exercise::named(&exercise.trace(&[leak], 1e-6)), &[&reader]);
    }
    score.reaches("400 words pasted, 1,000 readers, 1e-6", 0.995);
}

#[test]
fn sixty_pasted_words_name_the_copy_among_a_thousand() {
    let Some(cables) = corpus(400..=600, sized(12, 100), 2) else { return };
    let exercise = Exercise::new(&cables, 1000);
    let (mut score, mut draw) = (Score::default(), Draw::new(12));
    for paper in &exercise.papers {
        for _ in 0..4 {
            let reader = exercise.reader(&mut draw);
            let leak = window(&exercise.copy(paper, &reader), 60, &mut draw);
            score.add(&Exercise::named(&exercise.trace(&[leak], 1e-6)), &[&reader]);
        }
    }
    score.reaches("60 words pasted, 1,000 readers, 1e-6", 0.95);
}

#[test]
fn a_retyped_cable_without_author_variants_names_the_copy_among_twenty() {
    let Some(cables) = corpus(450..=500, sized(60, 170), 3) else { return };
    let exercise = Exercise::new(&cables, 20);
    let (mut score, mut draw) = (Score::default(), Draw::new(13));
    for paper in &exercise.papers {
        for _ in 0..sized(1, 3) {
            let reader = exercise.reader(&mut draw);
            let leak = retyped(&exercise.copy(paper, &reader));
            score.add(&Exercise::named(&exercise.trace(&[leak], 1e-3)), &[&reader]);
        }
    }
    score.reaches("450-500 words retyped, 20 readers, 1e-3, automatic sites only", 0.75);
}

#[test]
fn a_retyped_cable_with_author_variants_names_the_copy_among_a_thousand() {
    let Some(cables) = corpus(400..=700, sized(200, 600), 4) else { return };
    let mut draw = Draw::new(14);
    let cables: Vec<CableRecord> = cables
        .into_iter()
        .filter(|c| c.paragraphs.len() >= 7)
        .take(sized(20, 60))
        .map(|c| press::with_author_variants(c, &mut draw))
        .collect();
    let exercise = Exercise::new(&cables, 1000);
    let mut score = Score::default();
    for paper in &exercise.papers {
        let reader = exercise.reader(&mut draw);
        let leak = retyped(&exercise.copy(paper, &reader));
        score.add(&Exercise::named(&exercise.trace(&[leak], 1e-6)), &[&reader]);
    }
    score.reaches("two three-way author variants a paragraph, retyped, 1,000 readers, 1e-6", 0.95);
}

#[test]
fn three_retyped_leaks_of_one_reader_name_him_together() {
    let runs = sized(12, 80);
    let Some(cables) = corpus(400..=700, runs * 3, 5) else { return };
    let exercise = Exercise::new(&cables, 1000);
    let (mut score, mut draw) = (Score::default(), Draw::new(15));
    for papers in exercise.papers.chunks(3) {
        let reader = exercise.reader(&mut draw);
        let leaks: Vec<String> =
            papers.iter().map(|p| retyped(&exercise.copy(p, &reader))).collect();
        score.add(&Exercise::named(&exercise.trace(&leaks, 1e-6)), &[&reader]);
    }
    score.reaches("three leaks retyped, 1,000 readers, 1e-6, no author variants", 0.95);
}

#[test]
fn two_readers_who_splice_their_copies_are_found() {
    let Some(cables) = corpus(400..=700, sized(12, 100), 6) else { return };
    let exercise = Exercise::new(&cables, 1000);
    let (mut score, mut draw) = (Score::default(), Draw::new(16));
    for paper in &exercise.papers {
        let (a, b) = (exercise.reader(&mut draw), exercise.reader(&mut draw));
        let leak = spliced(&exercise.copy(paper, &a), &exercise.copy(paper, &b));
        score.add(&Exercise::named(&exercise.trace(&[leak], 1e-6)), &[&a, &b]);
    }
    score.reaches("two copies spliced by sentence, pasted, 1,000 readers, 1e-6", 0.99);
}

#[test]
fn text_of_other_papers_names_nobody() {
    let Some(cables) = corpus(300..=700, sized(24, 200), 7) else { return };
    let (ours, others) = cables.split_at(cables.len() / 2);
    let exercise = Exercise::new(ours, 50);
    for other in others {
        let finding = exercise.trace(&[other.paragraphs.join("\n\n")], 1e-6);
        assert_eq!(finding.verdict, "nothing", "{}: {}", other.id, finding.statement);
        assert!(finding.papers.is_empty(), "{} is none of ours", other.id);
        assert!(finding.inquiries.summed_alpha < 1e-12, "nothing is spent on a foreign text");
    }
}

#[test]
fn the_unmarked_master_names_nobody() {
    let Some(cables) = corpus(400..=600, sized(12, 100), 8) else { return };
    let exercise = Exercise::new(&cables, 100);
    for (cable, paper) in cables.iter().zip(&exercise.papers) {
        // Every reader has a copy, and none of them leaked.
        for reader in 1..=20 {
            exercise.copy(paper, &format!("r{reader:04}"));
        }
        let finding = exercise.trace(&[cable.paragraphs.join("\n\n")], 1e-3);
        assert!(finding.named.is_empty(), "{}: {}", cable.id, finding.statement);
        assert_eq!(finding.papers.len(), 1, "the paper itself is found");
    }
}
