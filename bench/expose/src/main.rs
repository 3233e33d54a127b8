//! Measures the exposure index, and Tantivy beside it; writes what other programs measure from.
//!
//!   chancery-bench-expose CORPUS WORK PAPERS QUERIES peers     the index and its peers
//!   chancery-bench-expose CORPUS WORK PAPERS QUERIES           the index alone, which stays in WORK/segments
//!   chancery-bench-expose WORK                                 one article against the segments there

mod papers;
mod peer;
mod queries;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use chancery_index::joint::Decoys;
use chancery_index::{
    BLOCK_BYTES, BlockError, Blocks, Branch, Budget, DocId, Document, Index, Query, Segment,
    UNKNOWN, Vocabulary, spread,
};
use chancery_text::fold::{FOLD_VERSION, Fold};
use cpu_time::{ProcessTime, ThreadTime};
use papers::Recombined;
use queries::{KINDS, Quotation};
use serde_json::{Value, json};

const SEED: u64 = 20_190_707;
/// Decoy articles, and most searches that they take together, as `chancery expose` has them.
const DECOYS: usize = 150;
const DECOY_SEARCHES: usize = 1_200;
/// Papers that become one segment.
const BATCH: usize = 250_000;

const LIGHT: [&str; 12] =
    ["a", "an", "of", "to", "and", "in", "on", "for", "by", "at", "with", "as"];

struct Cell {
    asked: usize,
    first: usize,
    ten: usize,
    times: Vec<Duration>,
}

type Cells = BTreeMap<(usize, usize), Cell>;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, work] = arguments.as_slice() {
        println!("{}", article(Path::new(work)));
        return;
    }
    let [_, corpus, work, count, each, rest @ ..] = arguments.as_slice() else {
        panic!("usage: chancery-bench-expose CORPUS WORK PAPERS QUERIES [peers]");
    };
    let work = Path::new(work);
    let (count, each): (usize, usize) =
        (count.parse().expect("a number"), each.parse().expect("a number"));
    let peers = rest.iter().any(|word| word == "peers");
    let mut report = serde_json::Map::new();

    let masters = papers::masters(Path::new(corpus));
    let texts: Vec<String> = masters.iter().map(|m| m.drafted().join("\n\n")).collect();
    let mut mix = Recombined::new(&texts, SEED);
    let mut quotations = queries::quotations(&masters, &mut mix, each, SEED);
    // Cables lie among the others, so that no engine finds them by breaking ties in order.
    let stride = (count / masters.len()).max(1);
    quotations.iter_mut().for_each(|q| q.paper *= stride as u32);

    // Papers are made, folded and indexed batch by batch.
    let fold = Fold::embedded();
    let mut vocabulary = Vocabulary::new([7; 32]);
    let mut writer = vocabulary.writer();
    let mut index = Index::new(FOLD_VERSION);
    let (mut folding, mut building) = (Duration::ZERO, Duration::ZERO);
    let mut bytes = 0_usize;
    let mut folded_texts: Vec<String> = Vec::new();
    let mut id = 0;
    while id < count {
        let mut documents = Vec::new();
        while id < count && documents.len() < BATCH {
            let mut document = Document::plain(id as u32, id as u32, id as i32, Vec::new());
            let mut readings = String::new();
            let keep = |word: &str, readings: &mut String| {
                if peers {
                    readings.push_str(word);
                    readings.push(' ');
                }
            };
            let cable = id / stride;
            if let Some(master) = masters.get(cable).filter(|_| id % stride == 0) {
                bytes += texts[cable].len();
                let start = ProcessTime::now();
                let folded = fold.master(master);
                folding += start.elapsed();
                let start = ProcessTime::now();
                document.words = folded.drafted.iter().map(|w| writer.enter(w)).collect();
                for branch in &folded.branches {
                    let mut numbers =
                        |way: &Vec<String>| way.iter().map(|w| writer.enter(w)).collect();
                    document.branches.push(Branch {
                        at: branch.at.start as u32..branch.at.end as u32,
                        alternatives: branch.alternatives.iter().map(&mut numbers).collect(),
                    });
                }
                building += start.elapsed();
                folded.drafted.iter().for_each(|word| keep(word, &mut readings));
                // The peers get every alternative with the same words around it.
                for branch in folded.branches.iter().filter(|_| peers) {
                    let words: Vec<&str> = folded.drafted.iter().collect();
                    for way in &branch.alternatives {
                        let (from, to) = (branch.at.start, branch.at.end);
                        readings.push_str("| ");
                        words[from.saturating_sub(8)..from]
                            .iter()
                            .for_each(|w| keep(w, &mut readings));
                        way.iter().for_each(|w| keep(w, &mut readings));
                        words[to..(to + 8).min(words.len())]
                            .iter()
                            .for_each(|w| keep(w, &mut readings));
                    }
                }
            } else {
                let text = mix.paper();
                bytes += text.len();
                let start = ProcessTime::now();
                let folded = fold.text(&text);
                folding += start.elapsed();
                let start = ProcessTime::now();
                document.words = folded.iter().map(|w| writer.enter(w)).collect();
                building += start.elapsed();
                folded.iter().for_each(|word| keep(word, &mut readings));
            }
            documents.push(document);
            if peers {
                folded_texts.push(readings);
            }
            id += 1;
        }
        let start = ProcessTime::now();
        index.add(documents).expect("documents are sound");
        building += start.elapsed();
        eprintln!("{id} papers");
    }
    let size: usize = index.segments().map(|(_, segment)| segment.bytes()).sum();
    let words: usize = index.segments().map(|(_, segment)| segment.words()).sum();
    let start = ThreadTime::now();
    let view = index.view(|_| true).expect("in memory");
    report.insert("view_ms".into(), json!(millis(start.elapsed())));
    report.insert("papers".into(), json!(count));
    report.insert("text_mb".into(), json!(bytes as f64 / 1e6));
    report.insert("words".into(), json!(words));
    report.insert("vocabulary".into(), json!(vocabulary.len()));
    report.insert("fold_mb_s".into(), json!(bytes as f64 / 1e6 / folding.as_secs_f64()));
    report.insert("build_mb_s".into(), json!(bytes as f64 / 1e6 / building.as_secs_f64()));
    report.insert("index_by_text".into(), json!(size as f64 / bytes as f64));
    report.insert("segments".into(), json!(index.segments().count()));

    let light: Vec<u32> = LIGHT.iter().filter_map(|word| vocabulary.number(word)).collect();
    let folded: Vec<Vec<Vec<String>>> =
        quotations.iter().map(|q| fold_fragments(fold, q)).collect();
    let queries: Vec<Option<Query>> = folded
        .iter()
        .map(|fragments| {
            let number = |w: &String| vocabulary.number(w).unwrap_or(UNKNOWN);
            let fragments: Vec<Vec<u32>> =
                fragments.iter().map(|f| f.iter().map(number).collect()).collect();
            Query::new(&fragments, &light).ok()
        })
        .collect();
    let ours = cells(&quotations, 0..quotations.len(), |at| {
        queries[at].as_ref().map_or_else(Vec::new, |query| {
            let found = index.search(query, &view).expect("in memory");
            found.hits.iter().take(10).map(|hit| hit.doc.0).collect()
        })
    });
    report.insert("ours".into(), table(ours));

    report.insert("memory_mb".into(), json!(memory()));
    if peers {
        report.insert("budgets".into(), budgets(&mut index, &quotations, &queries));
    } else {
        // Twenty quotations of three words and more.
        let weighed: Vec<&Query> =
            queries.iter().flatten().filter(|q| q.words().len() > 2).collect();
        let step = (weighed.len() / 20).max(1);
        let quotations: Vec<Vec<&[u32]>> = weighed
            .into_iter()
            .step_by(step)
            .take(20)
            .map(|q| q.fragments().iter().map(|f| &q.words()[f.clone()]).collect())
            .collect();
        let stored = store(&index, &work.join("segments"));
        report.insert("stored_mb".into(), json!(stored as f64 / 1e6));
        let kept = json!({"light": light, "quotations": quotations});
        std::fs::write(work.join("article.json"), kept.to_string()).expect("a file to write");
    }

    if peers {
        report.insert("tantivy".into(), tantivy(work, &folded_texts, bytes, &quotations, &folded));
        hand_over(work, &folded_texts, &quotations, &folded);
    }
    println!("{}", Value::Object(report));
}

/// Recall where a search may look at fewer runs, or at more: every fourth quotation, with times so many budgets.
fn budgets(index: &mut Index, quotations: &[Quotation], queries: &[Option<Query>]) -> Value {
    let usual = Budget::default();
    let mut out = Vec::new();
    for share in [1.0 / 64.0, 1.0 / 16.0, 1.0 / 4.0, 1.0, 4.0, 16.0, 256.0] {
        let times = |runs: usize| (runs as f64 * share) as usize;
        let (few, words, long) = (times(usual.few), times(usual.words), times(usual.long));
        index.set_budget(Budget { few, words, long });
        let view = index.view(|_| true).expect("in memory");
        let asked: Vec<usize> = (0..quotations.len()).step_by(4).collect();
        let rows = cells(quotations, asked, |at| {
            queries[at].as_ref().map_or_else(Vec::new, |query| {
                let hits = index.hits(query, &view).expect("in memory");
                hits.iter().take(10).map(|hit| hit.doc.0).collect()
            })
        });
        out.push(json!({"share": share, "rows": table(rows)}));
    }
    index.set_budget(usual);
    Value::Array(out)
}

/// The segments of a run, read into memory, and its article as `chancery expose` looks it up.
fn article(work: &Path) -> Value {
    let kept = std::fs::read_to_string(work.join("article.json")).expect("a run without peers");
    let kept: Value = serde_json::from_str(&kept).expect("as it was written");
    let words = |value: &Value| -> Vec<u32> {
        value.as_array().into_iter().flatten().filter_map(Value::as_u64).map(|n| n as u32).collect()
    };
    let light = words(&kept["light"]);
    let queries: Vec<Query> = kept["quotations"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|quotation| {
            let fragments: Vec<Vec<u32>> = quotation.as_array()?.iter().map(words).collect();
            Query::new(&fragments, &light).ok()
        })
        .collect();
    let at = work.join("segments");
    let mut report = serde_json::Map::new();
    report.insert("cold".into(), cold(&at, &queries));
    let index = index_of(&at, |segment| segment.into_memory().expect("just read"));
    let view = index.view(|_| true).expect("in memory");
    for query in &queries {
        std::hint::black_box(index.search(query, &view).expect("in memory"));
    }
    let readers: [(&str, fn(u32) -> bool); 3] =
        [("all", |_| true), ("restricted", |doc| doc % 100 > 0), ("few", |doc| doc % 20 == 1)];
    for (name, sees) in readers {
        report.insert(name.into(), exposed(&index, &queries, &light, sees));
    }
    Value::Object(report)
}

/// An article as `chancery expose` looks it up: every quotation among public texts (one paper in a hundred)
/// and among the papers that the reader sees, then decoy articles, on two threads.
fn exposed(index: &Index, article: &[Query], light: &[u32], sees: fn(u32) -> bool) -> Value {
    let (start, cpu) = (Instant::now(), ProcessTime::now());
    let public = index.view(|doc| doc.0 % 100 == 0).expect("in memory");
    let view = index.view(|doc| sees(doc.0)).expect("in memory");
    let views = start.elapsed();
    spread(article, 2, |query| {
        for view in [&public, &view] {
            std::hint::black_box(index.search(query, view).expect("in memory"));
        }
    });
    let searched = start.elapsed() - views;
    let shape: Vec<Vec<usize>> =
        article.iter().map(|query| query.fragments().iter().map(|f| f.len()).collect()).collect();
    let count = DECOYS.min(DECOY_SEARCHES / shape.len().max(1));
    let decoys = Decoys::run(index, &view, &shape, light, (count, SEED), 2).expect("in memory");
    std::hint::black_box(decoys);
    json!({
        "decoys": count,
        "papers": view.documents(), "views_ms": millis(views), "searched_ms": millis(searched),
        "ms": millis(start.elapsed()), "cpu_ms": millis(cpu.elapsed()),
    })
}

fn fold_fragments(fold: &Fold, quotation: &Quotation) -> Vec<Vec<String>> {
    let fragments = quotation.fragments.iter();
    fragments
        .map(|text| fold.text(text).iter().map(str::to_owned).collect::<Vec<_>>())
        .filter(|words| !words.is_empty())
        .collect()
}

fn cells(
    quotations: &[Quotation],
    asked: impl IntoIterator<Item = usize>,
    mut search: impl FnMut(usize) -> Vec<u32>,
) -> Cells {
    let mut out = Cells::new();
    for at in asked {
        let quotation = &quotations[at];
        let start = ThreadTime::now();
        let found = search(at);
        let time = start.elapsed();
        let cell = out.entry((quotation.kind, quotation.length)).or_insert_with(|| Cell {
            asked: 0,
            first: 0,
            ten: 0,
            times: Vec::new(),
        });
        cell.asked += 1;
        cell.first += usize::from(found.first() == Some(&quotation.paper));
        cell.ten += usize::from(found.iter().take(10).any(|&paper| paper == quotation.paper));
        cell.times.push(time);
    }
    out
}

fn table(cells: Cells) -> Value {
    let rows = cells.into_iter().map(|((kind, length), mut cell)| {
        cell.times.sort();
        let at = |share: f64| millis(cell.times[((cell.times.len() - 1) as f64 * share) as usize]);
        json!({
            "kind": KINDS[kind], "length": length, "asked": cell.asked,
            "r1": cell.first as f64 / cell.asked as f64, "r10": cell.ten as f64 / cell.asked as f64,
            "p50": at(0.5), "p99": at(0.99),
        })
    });

    Value::Array(rows.collect())
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn tantivy(
    work: &Path,
    texts: &[String],
    bytes: usize,
    quotations: &[Quotation],
    folded: &[Vec<Vec<String>>],
) -> Value {
    let start = ProcessTime::now();
    let at = work.join("tantivy");
    let peer = peer::Peer::build(&at, texts);
    let building = start.elapsed();
    let size: u64 = std::fs::read_dir(&at)
        .expect("the index's folder")
        .flatten()
        .filter_map(|entry| entry.metadata().ok())
        .map(|metadata| metadata.len())
        .sum();
    let words = |at: usize| -> Vec<Vec<&str>> {
        folded[at].iter().map(|f| f.iter().map(String::as_str).collect()).collect()
    };
    let all = cells(quotations, 0..quotations.len(), |at| peer.all_fragments(&words(at)));
    let any = cells(quotations, 0..quotations.len(), |at| peer.any_three(&words(at)));
    json!({
        "build_mb_s": bytes as f64 / 1e6 / building.as_secs_f64(),
        "index_by_text": size as f64 / bytes as f64,
        "all_fragments": table(all), "any_three": table(any),
    })
}

/// Folded papers, one a line, and quotations, for programs that read files.
fn hand_over(work: &Path, texts: &[String], quotations: &[Quotation], folded: &[Vec<Vec<String>>]) {
    let file = |name| BufWriter::new(File::create(work.join(name)).expect("a file to write"));
    let mut out = file("folded.txt");
    for text in texts {
        writeln!(out, "{text}").expect("room on the disk");
    }
    let mut out = file("quotations.jsonl");
    for (quotation, fragments) in quotations.iter().zip(folded) {
        let line = json!({
            "kind": KINDS[quotation.kind], "length": quotation.length, "paper": quotation.paper,
            "fragments": fragments.iter().map(|f| f.join(" ")).collect::<Vec<_>>(),
        });
        writeln!(out, "{line}").expect("room on the disk");
    }
}

/// Writes segments to files under their names; bytes written.
fn store(index: &Index, at: &Path) -> u64 {
    let _ = std::fs::remove_dir_all(at);
    std::fs::create_dir_all(at).expect("a folder to work in");
    let mut bytes = 0;
    for (name, segment) in index.segments() {
        let path = at.join(name.to_string());
        let mut file = BufWriter::new(File::create(&path).expect("a file to write"));
        segment.write(|block| file.write_all(block).expect("room on the disk")).expect("in memory");
        file.flush().expect("room on the disk");
        bytes += std::fs::metadata(&path).map_or(0, |m| m.len());
    }
    bytes
}

fn index_of(at: &Path, ready: impl Fn(Segment) -> Segment) -> Index {
    let files = std::fs::read_dir(at).expect("segments of a run");
    let mut segments: Vec<(u64, Segment)> = files
        .flatten()
        .filter_map(|file| {
            let name = file.file_name().to_str()?.parse().ok()?;
            let file = Stored(File::open(file.path()).expect("just written"));
            Some((name, ready(Segment::open(Box::new(file)).expect("just written"))))
        })
        .collect();
    segments.sort_by_key(|(name, segment)| (std::cmp::Reverse(segment.words()), *name));
    Index::of(FOLD_VERSION, segments, &Default::default()).expect("just written")
}

/// Segments searched in their files, block by block, without anything in memory.
fn cold(at: &Path, article: &[Query]) -> Value {
    let start = Instant::now();
    let index = index_of(at, |segment| segment);
    let opened = start.elapsed();
    let view = index.view(|_: DocId| true).expect("just written");
    let viewed = start.elapsed();
    let run = || {
        let start = Instant::now();
        for query in article {
            std::hint::black_box(index.search(query, &view).expect("just written"));
        }
        millis(start.elapsed())
    };
    let (first, again) = (run(), run());
    json!({
        "open_ms": millis(opened), "view_ms": millis(viewed - opened),
        "article_ms": first, "again_ms": again,
    })
}

struct Stored(File);

impl Blocks for Stored {
    fn read(&self, number: u32) -> Result<Box<[u8; BLOCK_BYTES]>, BlockError> {
        let mut block = Box::new([0; BLOCK_BYTES]);
        self.0
            .read_exact_at(block.as_mut_slice(), u64::from(number) * BLOCK_BYTES as u64)
            .map(|()| block)
            .map_err(|error| BlockError { number, why: error.to_string() })
    }
}

/// Resident memory, in MB.
fn memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).unwrap_or(0.0) / 1e3
}
