//! What tracing reaches on real cables: sizes and thresholds that can fail.
//!
//! Every counted leak is of a paper of which nothing was found out before, so that its finding has a bound. Marks
//! are drawn afresh in every run. A count is held against exact limits: what it shows is the lower limit of the rate
//! (Clopper and Pearson, one-sided, 95 %). `CHANCERY_FULL=1 cargo nextest run -p chancery-desk --test reach` runs
//! enough to show the targets; the everyday sizes keep `./check` short and show less, which is named beside them.
//! Every figure is printed. The data lie outside the repository.

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

fn full() -> bool {
    std::env::var_os("CHANCERY_FULL").is_some_and(|value| value == "1")
}

fn sized(usual: usize, whole: usize) -> usize {
    if full() { whole } else { usual }
}

/// The lower limit of a rate of which `k` of `n` were seen: the smallest rate at which so many are not rarer
/// than 5 % (Clopper and Pearson 1934, one-sided).
fn lower_limit(k: usize, n: usize) -> f64 {
    let ln = |i: usize| libm::lgamma(i as f64 + 1.0);
    let at_least = |p: f64| -> f64 {
        let term = |i: usize| {
            let (hits, misses) = (i as f64 * libm::log(p), (n - i) as f64 * libm::log1p(-p));
            libm::exp(ln(n) - ln(i) - ln(n - i) + hits + misses)
        };
        (k..=n).map(term).sum()
    };
    let (mut low, mut high) = (1e-9, 1.0 - 1e-9);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if at_least(middle) < 0.05 { low = middle } else { high = middle }
    }
    low
}

#[test]
fn so_many_flawless_runs_show_so_much() {
    for (runs, rate) in [(598, 0.995), (299, 0.99), (59, 0.95)] {
        assert!(lower_limit(runs, runs) >= rate, "{runs} flawless runs show {rate}");
        assert!(lower_limit(runs - 1, runs - 1) < rate, "one less does not");
        assert!(lower_limit(runs - 1, runs) < rate, "nor one miss");
    }
    assert!((lower_limit(8, 10) - 0.4931).abs() < 1e-4, "a table's value");
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
    fn add(&mut self, finding: &FindingReport, truth: &[&str]) {
        assert!(!finding.spent && finding.looks.before == 0.0, "a counted finding has its bound");
        let named = Exercise::named(finding);
        if named.is_empty() {
            self.silent += 1;
        } else if named.iter().all(|n| truth.contains(&n.as_str())) {
            self.right += 1;
        } else {
            self.wrong += 1;
        }
    }

    /// That the count shows `usual` at the everyday size, or the target `whole` at the full one.
    fn shows(&self, what: &str, usual: f64, whole: f64) {
        let all = self.right + self.silent + self.wrong;
        let (limit, aim) = (lower_limit(self.right, all), if full() { whole } else { usual });
        eprintln!(
            "{what}: {}/{all} named, {} silent, {} wrong; shows a rate of at least {:.1} % (target {:.1} %, this size is held to {:.1} %)",
            self.right,
            self.silent,
            self.wrong,
            limit * 100.0,
            whole * 100.0,
            aim * 100.0
        );
        assert_eq!(self.wrong, 0, "{what}: an innocent copy was named");
        assert!(limit >= aim, "{what}: {limit} does not show {aim}");
    }
}

#[test]
fn an_exact_paste_of_a_whole_cable_names_the_copy_among_a_thousand() {
    let Some(cables) = corpus(380..=420, sized(12, 150), 1) else { return };
    let (mut score, mut draw) = (Score::default(), Draw::new(11));
    // The corpus has too few such cables: each leaks once in every archive.
    for _ in 0..sized(1, 4) {
        let exercise = Exercise::new(&cables, 1000);
        for paper in &exercise.papers {
            let reader = exercise.reader(&mut draw);
            let leak = exercise.copy(paper, &reader);
            score.add(&exercise.trace(&[leak], 1e-6), &[&reader]);
        }
    }
    // Twelve flawless; 600 flawless.
    score.shows("400 words pasted, 1,000 readers, 1e-6", 0.77, 0.995);
}

#[test]
fn sixty_pasted_words_name_the_copy_among_a_thousand() {
    let Some(cables) = corpus(400..=600, sized(48, 400), 2) else { return };
    let exercise = Exercise::new(&cables, 1000);
    let (mut score, mut draw) = (Score::default(), Draw::new(12));
    for paper in &exercise.papers {
        let reader = exercise.reader(&mut draw);
        let leak = window(&exercise.copy(paper, &reader), 60, &mut draw);
        score.add(&exercise.trace(&[leak], 1e-6), &[&reader]);
    }
    // At most 3 misses of 48; 12 of 400.
    score.shows("60 words pasted, 1,000 readers, 1e-6", 0.84, 0.95);
}

#[test]
fn a_retyped_cable_without_author_variants_names_the_copy_among_twenty() {
    let Some(cables) = corpus(450..=500, sized(60, 170), 3) else { return };
    let (mut score, mut draw) = (Score::default(), Draw::new(13));
    for _ in 0..sized(1, 3) {
        let exercise = Exercise::new(&cables, 20);
        for paper in &exercise.papers {
            let reader = exercise.reader(&mut draw);
            let leak = retyped(&exercise.copy(paper, &reader));
            score.add(&exercise.trace(&[leak], 1e-3), &[&reader]);
        }
    }
    // At most 15 misses of 60; 111 of 510.
    let what = "450-500 words retyped, 20 readers, 1e-3, automatic sites only";
    score.shows(what, 0.64, 0.75);
}

#[test]
fn a_retyped_cable_with_author_variants_names_the_copy_among_a_thousand() {
    let Some(cables) = corpus(400..=700, sized(200, 600), 4) else { return };
    let mut draw = Draw::new(14);
    let cables: Vec<CableRecord> = cables
        .into_iter()
        .filter(|c| c.paragraphs.len() >= 7)
        .take(sized(20, 400))
        .map(|c| press::with_author_variants(c, &mut draw))
        .collect();
    let exercise = Exercise::new(&cables, 1000);
    let mut score = Score::default();
    for paper in &exercise.papers {
        let reader = exercise.reader(&mut draw);
        let leak = retyped(&exercise.copy(paper, &reader));
        score.add(&exercise.trace(&[leak], 1e-6), &[&reader]);
    }
    // At most 3 misses of 20; 12 of 400.
    let what = "two three-way author variants a paragraph, retyped, 1,000 readers, 1e-6";
    score.shows(what, 0.65, 0.95);
}

#[test]
fn three_retyped_leaks_of_one_reader_name_him_together() {
    let runs = sized(12, 160);
    let Some(cables) = corpus(400..=700, runs * 3, 5) else { return };
    let exercise = Exercise::new(&cables, 1000);
    let (mut score, mut draw) = (Score::default(), Draw::new(15));
    for papers in exercise.papers.chunks(3) {
        let reader = exercise.reader(&mut draw);
        let leaks: Vec<String> =
            papers.iter().map(|p| retyped(&exercise.copy(p, &reader))).collect();
        score.add(&exercise.trace(&leaks, 1e-6), &[&reader]);
    }
    // At most 1 miss of 12; 3 of 160.
    score.shows("three leaks retyped, 1,000 readers, 1e-6, no author variants", 0.66, 0.95);
}

#[test]
fn two_readers_who_splice_their_copies_are_found() {
    let Some(cables) = corpus(400..=700, sized(12, 300), 6) else { return };
    let exercise = Exercise::new(&cables, 1000);
    let (mut score, mut draw) = (Score::default(), Draw::new(16));
    for paper in &exercise.papers {
        let (a, b) = (exercise.reader(&mut draw), exercise.reader(&mut draw));
        let leak = spliced(&exercise.copy(paper, &a), &exercise.copy(paper, &b));
        score.add(&exercise.trace(&[leak], 1e-6), &[&a, &b]);
    }
    // At most 1 miss of 12; 300 flawless.
    score.shows("two copies spliced by sentence, pasted, 1,000 readers, 1e-6", 0.66, 0.99);
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
