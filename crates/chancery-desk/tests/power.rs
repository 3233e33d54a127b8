//! Power cuts, rebuilt: what a disk may hold at any instant of a run, and what the archive makes of it.
//!
//! A process that opens and releases papers runs under `strace`, which writes down every write, truncation, sync and
//! rename in order, and every acknowledgement between them. For an instant of that list a disk is rebuilt: what was
//! synced before is there; of what was not, any subset of 512-byte sectors is, so that writes are lost, torn and
//! reordered (after Pillai et al., "All file systems are not created equal", OSDI 2014). The archive is opened on it: it
//! must verify, every acknowledged copy must be the same to the byte, and every acknowledged paper released.
//!
//! The control reads the same list as `synchronous = NORMAL` would have left it, without the syncs of the write-ahead
//! log at commits and with all others (SQLite's documentation of that pragma; its list of calls under NORMAL is the list
//! under FULL without just these): then acknowledged acts must be lost, or the test sees nothing.
//!
//! `CHANCERY_FULL=1` rebuilds 1,000 disks, the everyday run 30.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use chancery_desk::{Archive, CableRecord, Clock, Finders, Format};
use chancery_text::build::Choice;
use sha2::{Digest as _, Sha256};

/// Names the archive to the process that is watched.
const WORKER: &str = "CHANCERY_POWER_WORKER";
const SECTOR: usize = 512;
/// Bytes before the first frame of a write-ahead log.
const WAL_HEADER: usize = 32;
const READERS: u32 = 4;

/// A small generator with a fixed seed (Steele and Vigna's SplitMix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).unwrap()
    }
}

fn cable(number: usize) -> CableRecord {
    let text = format!(
        "Number {number} of the reports arrived prior to the meeting, and it began to press for assistance regarding the harbour. However, the Minister replied that the present arrangements were adequate for case {number}."
    );
    serde_json::from_value(serde_json::json!({"id": format!("c{number}"), "paragraphs": [text]}))
        .unwrap()
}

async fn released(archive: &Archive, cables: &[CableRecord]) {
    let (choice, finders) = (Choice::default(), Finders::embedded());
    archive.import_exercise(cables, READERS, &choice, &finders, |_, _| {}).await.unwrap();
}

async fn opened(archive: &Archive, paper: &str, reader: u32) -> Option<String> {
    let reader = format!("r{reader:04}").parse().unwrap();
    let copy = archive.open_copy(paper, &reader, Format::Txt).await.ok()?;
    Some(Sha256::digest(&copy.bytes).iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The process that is watched: not a test of its own.
#[tokio::test(flavor = "current_thread")]
async fn worker() {
    let Ok(path) = std::env::var(WORKER) else { return };
    let archive = Archive::open(Path::new(&path), Clock::System).await.unwrap();
    for round in 0..12 {
        released(&archive, &[cable(10 + round)]).await;
        println!("@released c{}", 10 + round);
        for reader in 1..=READERS {
            let paper = format!("c{}", round % 10);
            let hash = opened(&archive, &paper, reader).await.unwrap();
            println!("@copy {paper} {reader} {hash}");
        }
    }
    archive.close().await;
}

/// One event of the list.
enum Event {
    Write(PathBuf, usize, Vec<u8>),
    Truncate(PathBuf, usize),
    Sync(PathBuf),
    Rename(PathBuf, PathBuf),
    Remove(PathBuf),
    Acknowledged(String),
}

fn unhex(text: &str) -> Vec<u8> {
    let digits = text.split("\\x").skip(1);
    digits.map(|byte| u8::from_str_radix(byte.get(..2).unwrap(), 16).unwrap()).collect()
}

fn path(text: &str) -> PathBuf {
    PathBuf::from(String::from_utf8(unhex(text)).unwrap())
}

/// The strings and the rest of a call's arguments: `name(args) = result`.
fn parse(line: &str) -> Option<Event> {
    let (call, result) = line.rsplit_once(") = ")?;
    if result.starts_with('-') {
        return None;
    }
    let (name, args) = call.split_once('(')?;
    let file = || path(args.split_once('<').unwrap().1.split_once('>').unwrap().0);
    let quoted: Vec<&str> = args.split('"').skip(1).step_by(2).collect();
    let last = || args.rsplit(", ").next().unwrap().parse::<usize>().unwrap();
    Some(match name {
        "pwrite64" => Event::Write(file(), last(), unhex(quoted[0])),
        "write" => {
            let bytes = unhex(quoted.first()?);
            let text = String::from_utf8_lossy(&bytes).into_owned();
            match text.split_once('@') {
                Some((_, said)) if said.starts_with("copy ") || said.starts_with("released ") => {
                    Event::Acknowledged(said.lines().next()?.to_owned())
                }
                // Files that are written from the start, once.
                _ => Event::Write(file(), 0, bytes),
            }
        }
        "ftruncate" => Event::Truncate(file(), last()),
        "fsync" | "fdatasync" => Event::Sync(file()),
        "rename" | "renameat" | "renameat2" => Event::Rename(path(quoted[0]), path(quoted[1])),
        "unlink" | "unlinkat" => Event::Remove(path(quoted[0])),
        _ => return None,
    })
}

/// Calls of several threads interleave; each counts when it has returned.
fn events(log: &str) -> Vec<Event> {
    let mut begun: BTreeMap<&str, &str> = BTreeMap::new();
    let mut events = Vec::new();
    for line in log.lines() {
        let Some((thread, call)) = line.split_once(' ') else { continue };
        let call = call.trim_start();
        if let Some(begin) = call.strip_suffix(" <unfinished ...>") {
            begun.insert(thread, begin);
        } else if let Some((_, end)) = call.split_once(" resumed>") {
            let whole = format!("{}{end}", begun.remove(thread).unwrap_or_default());
            events.extend(parse(&whole));
        } else {
            events.extend(parse(call));
        }
    }
    events
}

/// The list as `synchronous = NORMAL` leaves it. Under FULL, SQLite syncs the write-ahead log after the frames of
/// each commit; under NORMAL it leaves out just that, and still syncs the log's new header, the log before a
/// checkpoint moves it into the database, and the database after. So what goes is every sync of a log to which
/// frames were written since the one before.
fn as_normal(events: Vec<Event>) -> Vec<Event> {
    let mut frames = BTreeSet::new();
    let is_log = |path: &Path| path.to_string_lossy().ends_with("-wal");
    let kept = events.into_iter().filter(|event| match event {
        Event::Write(path, at, data) if is_log(path) && at + data.len() > WAL_HEADER => {
            frames.insert(path.clone());
            true
        }
        Event::Sync(path) if is_log(path) => !frames.remove(path),
        _ => true,
    });
    kept.collect()
}

/// A file on the disk: what is surely there, and what has been written since.
#[derive(Clone, Default)]
struct Blocks {
    synced: Vec<u8>,
    pending: Vec<(usize, Option<Vec<u8>>)>,
}

fn write_at(bytes: &mut Vec<u8>, at: usize, data: &[u8]) {
    if bytes.len() < at + data.len() {
        bytes.resize(at + data.len(), 0);
    }
    bytes[at..at + data.len()].copy_from_slice(data);
}

impl Blocks {
    fn sync(&mut self) {
        for (at, data) in std::mem::take(&mut self.pending) {
            match data {
                Some(data) => write_at(&mut self.synced, at, &data),
                None => self.synced.resize(at, 0),
            }
        }
    }

    /// What may be found after a cut; `odds` of 256 is how likely a sector had reached the disk.
    fn after_a_cut(&self, dice: &mut Dice, odds: usize) -> Vec<u8> {
        let mut bytes = self.synced.clone();
        for (at, data) in &self.pending {
            match data {
                None if dice.below(256) < odds => bytes.resize(*at, 0),
                None => {}
                Some(data) => {
                    let mut from = 0;
                    while from < data.len() {
                        let to = data.len().min(from + SECTOR - (at + from) % SECTOR);
                        if dice.below(256) < odds {
                            write_at(&mut bytes, at + from, &data[from..to]);
                        }
                        from = to;
                    }
                }
            }
        }
        bytes
    }
}

/// The disk after the first `until` events, and what was acknowledged by then.
fn disk(
    begin: &BTreeMap<PathBuf, Blocks>,
    events: &[Event],
    until: usize,
) -> (BTreeMap<PathBuf, Blocks>, Vec<String>) {
    let (mut files, mut acknowledged) = (begin.clone(), Vec::new());
    for event in &events[..until] {
        match event {
            Event::Write(path, at, data) => {
                let file = files.entry(path.clone()).or_default();
                file.pending.push((*at, Some(data.clone())));
            }
            Event::Truncate(path, length) => {
                files.entry(path.clone()).or_default().pending.push((*length, None));
            }
            Event::Sync(path) => {
                if let Some(file) = files.get_mut(path) {
                    file.sync();
                }
            }
            Event::Rename(from, to) => {
                if let Some(file) = files.remove(from) {
                    files.insert(to.clone(), file);
                }
            }
            Event::Remove(path) => {
                files.remove(path);
            }
            Event::Acknowledged(said) => acknowledged.push(said.clone()),
        }
    }
    (files, acknowledged)
}

/// Whether an archive on this disk has everything that was acknowledged and verifies; otherwise what is wrong.
async fn survives(folder: &Path, acknowledged: &[String]) -> Result<(), String> {
    let archive = Archive::open(folder, Clock::System).await.map_err(|e| e.to_string())?;
    let outcome = async {
        archive.verify(|_, _| {}).await.map_err(|e| e.to_string())?;
        let papers = archive.list_papers().await.map_err(|e| e.to_string())?;
        let there: BTreeSet<&str> = papers.iter().filter_map(|p| p.source_id.as_deref()).collect();
        let copies = archive.status().await.map_err(|e| e.to_string())?.copies;
        let mut needed = BTreeSet::new();
        for said in acknowledged {
            match said.split(' ').collect::<Vec<_>>()[..] {
                ["released", paper] => {
                    if !there.contains(paper) {
                        return Err(format!("{paper} was released and is not there"));
                    }
                }
                ["copy", paper, reader, hash] => {
                    let reader = reader.parse().map_err(|_| "a reader")?;
                    needed.insert((paper, reader));
                    if opened(&archive, paper, reader).await.as_deref() != Some(hash) {
                        return Err(format!("{reader}'s copy of {paper} is another"));
                    }
                }
                _ => return Err(format!("unknown: {said}")),
            }
        }
        if copies < i64::try_from(needed.len()).unwrap() {
            return Err(format!("{needed:?} were handed out, {copies} are there"));
        }
        archive.verify(|_, _| {}).await.map_err(|e| e.to_string())?;
        Ok(())
    };
    let outcome = outcome.await;
    archive.close().await;
    outcome
}

fn strace(log: &Path, archive: &Path) -> bool {
    let trace =
        "trace=write,pwrite64,ftruncate,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat";
    let done = Command::new("strace")
        .args(["-f", "-y", "-xx", "-s", "4194304", "-e", trace, "-o"])
        .arg(log)
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "worker", "--nocapture", "--test-threads=1"])
        .env(WORKER, archive)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let done = done.is_ok_and(|status| status.success());
    if !done {
        assert_ne!(std::env::var("CHANCERY_REQUIRE_DATA").as_deref(), Ok("1"), "strace is missing");
        eprintln!("SKIPPED: strace cannot be run here");
    }
    done
}

/// What is written and synced in a folder, in order, and where.
fn watched(log: &Path, folder: &Path) -> Vec<Event> {
    let mut events = events(&std::fs::read_to_string(log).unwrap());
    events.retain(|event| match event {
        Event::Write(path, ..)
        | Event::Truncate(path, _)
        | Event::Sync(path)
        | Event::Remove(path)
        | Event::Rename(path, _) => path.starts_with(folder),
        Event::Acknowledged(_) => true,
    });
    events
}

#[tokio::test(flavor = "current_thread")]
async fn a_power_cut_loses_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive");
    let made = Archive::init(&archive, Clock::System).await.unwrap();
    released(&made, &(0..10).map(cable).collect::<Vec<_>>()).await;
    made.close().await;
    let mut begin = BTreeMap::new();
    for entry in std::fs::read_dir(&archive).unwrap() {
        let path = entry.unwrap().path();
        let synced = std::fs::read(&path).unwrap();
        begin.insert(path, Blocks { synced, pending: Vec::new() });
    }
    let log = folder.path().join("log");
    if !strace(&log, &archive) {
        return;
    }
    let events = watched(&log, &archive);
    let said = events.iter().filter(|e| matches!(e, Event::Acknowledged(_))).count();
    assert_eq!(said, 12 + 12 * 4, "the worker acknowledged what it did");
    let full = std::env::var("CHANCERY_FULL").as_deref() == Ok("1");
    let (cuts, controls) = if full { (1_000, 200) } else { (30, 10) };
    let mut dice = Dice(20_190_707);
    let mut lost = 0;
    let normal = as_normal(watched(&log, &archive));
    for cut in 0..cuts + controls {
        let control = cut >= cuts;
        let events = if control { &normal } else { &events };
        let until = dice.below(events.len() + 1);
        let odds = [0, 64, 128, 192, 256][dice.below(5)];
        // What was not synced is gone in a control.
        let odds = if control { 0 } else { odds };
        let (files, acknowledged) = disk(&begin, events, until);
        let state = folder.path().join(format!("cut-{cut}"));
        std::fs::create_dir(&state).unwrap();
        for (path, file) in &files {
            // The shared index is rebuilt from the log.
            if !path.to_string_lossy().ends_with("-shm") {
                let bytes = file.after_a_cut(&mut dice, odds);
                std::fs::write(state.join(path.file_name().unwrap()), bytes).unwrap();
            }
        }
        let outcome = survives(&state, &acknowledged).await;
        std::fs::remove_dir_all(&state).unwrap();
        match outcome {
            Err(_) if control && !acknowledged.is_empty() => lost += 1,
            Ok(()) if control => {}
            outcome => assert_eq!(outcome, Ok(()), "cut {cut} after event {until}, odds {odds}"),
        }
    }
    assert!(lost * 2 > controls, "the control: under NORMAL {lost} of {controls} lose something");
    eprintln!(
        "{cuts} power cuts survived; under NORMAL {lost} of {controls} lost acknowledged acts"
    );
}
