//! The program killed at random instants of a release, an opening, an export, an inquiry, a checkpoint and a backup.
//!
//! After every kill: what was acknowledged is there, the record verifies (no copy without its entry, no entry without
//! its copy), and the same person and paper have the same marks, to the byte. What was not acknowledged is there whole
//! or not at all. A kill does not show a missing sync; `chancery-desk`'s `power` does.
//!
//! `CHANCERY_FULL=1` kills the running program 1,000 times, the everyday run 40.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;

const READERS: usize = 4;

/// A small generator with a fixed seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit.max(1)
    }
}

/// What is done and interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Deed {
    Release,
    Open,
    Export,
    Inquire,
    Checkpoint,
    Backup,
}

const DEEDS: [Deed; 6] =
    [Deed::Release, Deed::Open, Deed::Export, Deed::Inquire, Deed::Checkpoint, Deed::Backup];

struct House {
    folder: tempfile::TempDir,
    /// Papers whose release was acknowledged, by imported id.
    released: Vec<String>,
    /// Copies that were handed out: paper and reader.
    copies: BTreeMap<(String, usize), Vec<u8>>,
    /// The last known length of the record.
    entries: u64,
    inquiries: u64,
    backups: usize,
    next: usize,
}

impl House {
    fn new() -> Self {
        let mut house = Self {
            folder: tempfile::tempdir().unwrap(),
            released: Vec::new(),
            copies: BTreeMap::new(),
            entries: 0,
            inquiries: 0,
            backups: 0,
            next: 0,
        };
        house.ok(&["init", house.path("archive").to_str().unwrap()]);
        for _ in 0..3 {
            let (id, args) = house.release();
            house.ok(&args.iter().map(String::as_str).collect::<Vec<_>>());
            house.released.push(id);
        }
        let leak = house.ok(&["copy", "open", "k0", "--reader", "r0002"]);
        std::fs::write(house.path("leak.txt"), leak.stdout).unwrap();
        house
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chancery"));
        command.env("CHANCERY_ARCHIVE", self.path("archive")).args(args).stdin(Stdio::null());
        command
    }

    #[track_caller]
    fn ok(&self, args: &[&str]) -> Output {
        let output = self.command(args).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {error}");
        output
    }

    #[track_caller]
    fn json(&self, args: &[&str]) -> Value {
        let output = self.ok(&[&["--json"], args].concat());
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// A paper that was never seen, and the command that releases it.
    fn release(&mut self) -> (String, Vec<String>) {
        let number = self.next;
        self.next += 1;
        let id = format!("k{number}");
        let text = format!(
            "Number {number} of the reports arrived prior to the meeting, and it began to press for assistance regarding the harbour. However, the Minister replied that the present arrangements were adequate for case {number}."
        );
        let cable = serde_json::json!({"id": id, "paragraphs": [text]});
        let file = self.path("cable.jsonl");
        std::fs::write(&file, format!("{cable}\n")).unwrap();
        let args = ["import", "cables", file.to_str().unwrap(), "--exercise", "4"];
        (id, args.map(str::to_owned).to_vec())
    }

    /// Runs a command and kills it after a time; its output if it was done before.
    fn killed(&self, args: &[String], after: Duration) -> Option<Output> {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let output = self.path("output");
        let mut child = self
            .command(&args)
            .stdout(std::fs::File::create(&output).unwrap())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(after);
        let _ = child.kill();
        let status = child.wait().unwrap();
        let stdout = std::fs::read(&output).unwrap();
        status.success().then(|| Output { status, stdout, stderr: Vec::new() })
    }

    /// One deed, interrupted; `true` when it was acknowledged before the kill.
    fn interrupt(&mut self, deed: Deed, dice: &mut Dice, after: Duration) -> bool {
        let owned = |args: &[&str]| args.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>();
        let paper =
            self.released[usize::try_from(dice.below(self.released.len() as u64)).unwrap()].clone();
        let reader = usize::try_from(dice.below(READERS as u64)).unwrap() + 1;
        match deed {
            Deed::Release => {
                let (id, args) = self.release();
                let done = self.killed(&args, after).is_some();
                if done {
                    self.released.push(id);
                }
                done
            }
            Deed::Open => {
                let who = format!("r{reader:04}");
                let args = owned(&["copy", "open", &paper, "--reader", &who]);
                let Some(output) = self.killed(&args, after) else { return false };
                self.same(&paper, reader, output.stdout);
                true
            }
            Deed::Export => {
                let out = self.path("copies");
                let args = owned(&["copy", "export", &paper, "--all", "-o", out.to_str().unwrap()]);
                let done = self.killed(&args, after).is_some();
                if done {
                    for reader in 1..=READERS {
                        let copy = std::fs::read(out.join(format!("r{reader:04}.txt"))).unwrap();
                        self.same(&paper, reader, copy);
                    }
                }
                done
            }
            Deed::Inquire => {
                let args = owned(&["trace", &self.text("leak.txt"), "--paper", "k0"]);
                let done = self.killed(&args, after).is_some();
                self.inquiries += u64::from(done);
                done
            }
            Deed::Checkpoint => self.killed(&owned(&["record", "checkpoint"]), after).is_some(),
            Deed::Backup => {
                let args = owned(&["backup", &self.text("backups")]);
                let done = self.killed(&args, after).is_some();
                self.backups += usize::from(done);
                done
            }
        }
    }

    /// Every rendering of one copy is the same.
    fn same(&mut self, paper: &str, reader: usize, copy: Vec<u8>) {
        let key = (paper.to_owned(), reader);
        let before = self.copies.entry(key).or_insert_with(|| copy.clone());
        assert!(*before == copy, "r{reader:04} got another copy of {paper}");
    }

    /// After a kill.
    fn check(&mut self, deed: Deed, dice: &mut Dice) {
        let verified = self.json(&["record", "verify"]);
        let entries = verified["entries"].as_u64().unwrap();
        assert!(entries >= self.entries, "{deed:?}: entries were lost");
        self.entries = entries;
        let status = self.json(&["status"]);
        assert!(status["copies"].as_u64().unwrap() >= self.copies.len() as u64, "{deed:?}");
        assert!(status["inquiries"][0].as_u64().unwrap() >= self.inquiries, "{deed:?}");
        let papers = self.json(&["paper", "list"]);
        let papers: Vec<&str> =
            papers.as_array().unwrap().iter().filter_map(|p| p["source_id"].as_str()).collect();
        for paper in &self.released {
            assert!(papers.contains(&paper.as_str()), "{deed:?}: {paper} was lost");
        }
        let known = self.copies.len() as u64;
        if known > 0 {
            let at = usize::try_from(dice.below(known)).unwrap();
            let (paper, reader) = self.copies.keys().nth(at).unwrap().clone();
            self.open(&paper, reader);
        }
        if deed == Deed::Backup && self.backups > 0 {
            self.ok(&["backup", "drill", &self.text("backups")]);
            let whole = whole_backups(&self.path("backups"));
            assert!(whole >= self.backups, "a backup was lost");
        }
    }

    fn open(&mut self, paper: &str, reader: usize) {
        let who = format!("r{reader:04}");
        let copy = self.ok(&["copy", "open", paper, "--reader", &who]).stdout;
        self.same(paper, reader, copy);
    }
}

fn whole_backups(folder: &Path) -> usize {
    let all = std::fs::read_dir(folder).unwrap();
    all.filter(|backup| backup.as_ref().unwrap().path().join("manifest.json").exists()).count()
}

#[test]
fn killed_at_random_instants_nothing_acknowledged_is_lost() {
    let full = std::env::var("CHANCERY_FULL").as_deref() == Ok("1");
    let kills = if full { 1_000 } else { 40 };
    let mut house = House::new();
    let mut dice = Dice(20_190_710);
    // How long each deed takes here, so that kills fall into it.
    let mut usual: BTreeMap<Deed, u64> = DEEDS.into_iter().map(|deed| (deed, 400)).collect();
    let (mut interrupted, mut acknowledged) = (BTreeMap::<Deed, u32>::new(), 0_u32);
    let mut deeds = DEEDS.into_iter().cycle();
    while interrupted.values().sum::<u32>() < kills {
        let deed = deeds.next().unwrap();
        let time = usual[&deed];
        let after = Duration::from_millis(dice.below(time + time / 4) + 1);
        if house.interrupt(deed, &mut dice, after) {
            acknowledged += 1;
            // It was done before: kill earlier.
            usual.insert(deed, (time * 6 / 10).max(4));
        } else {
            *interrupted.entry(deed).or_insert(0) += 1;
            usual.insert(deed, (time * 21 / 20).min(4_000));
        }
        house.check(deed, &mut dice);
    }
    let kills: u32 = interrupted.values().sum();
    assert!(interrupted.len() == DEEDS.len(), "every deed was interrupted: {interrupted:?}");
    assert!(acknowledged > 0, "some were done before the kill came");
    let copies: Vec<_> = house.copies.keys().cloned().collect();
    for (paper, reader) in copies {
        house.open(&paper, reader);
    }
    eprintln!(
        "{kills} kills while running ({interrupted:?}), {acknowledged} acknowledged, none lost"
    );
}
