//! What a stolen disk, a backup or a core dump shows of papers: nothing, in whatever form it is searched.
//!
//! Two hundred papers each hold words that stand nowhere else. Every file that the archive leaves is searched for them as
//! UTF-8, UTF-16, Base64 at every offset, hexadecimal, and inside whatever inflates. The control writes one of
//! them in each form where the search must find it.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

fn papers() -> usize {
    if std::env::var("CHANCERY_FULL").as_deref() == Ok("1") { 200 } else { 40 }
}

/// A word that stands in one paper only: letters, so that it survives every folding.
fn canary(paper: usize) -> String {
    let mut number = paper * 7_919 + 104_729;
    let mut word = String::from("quag");
    for _ in 0..16 {
        word.push(char::from(b'a' + u8::try_from(number % 19).unwrap()));
        number = number / 3 + 31 * (number % 1_009) + paper;
    }
    word
}

/// The forms of a word, each with a name.
fn forms(word: &str) -> Vec<(&'static str, Vec<u8>)> {
    let utf16 = |unit: fn(u16) -> [u8; 2]| word.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
    let mut forms = vec![
        ("UTF-8", word.as_bytes().to_vec()),
        ("capitals", word.to_uppercase().into_bytes()),
        ("UTF-16LE", utf16(u16::to_le_bytes)),
        ("UTF-16BE", utf16(u16::to_be_bytes)),
        ("hexadecimal", hex(word.as_bytes()).into_bytes()),
        ("HEXADECIMAL", hex(word.as_bytes()).to_uppercase().into_bytes()),
    ];
    for offset in 0..3 {
        // The middle of the encoding does not depend on what surrounds the word.
        let around = [vec![b'x'; offset], word.as_bytes().to_vec()].concat();
        let encoded = STANDARD.encode(around);
        let from = [0, 2, 3][offset];
        let whole = encoded.trim_end_matches('=').len();
        forms.push(("Base64", encoded.as_bytes()[from..whole - 2].to_vec()));
    }
    forms
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Searches bytes for many words at once: by their first eight bytes.
struct Search {
    names: Vec<&'static str>,
    forms: AhoCorasick,
}

impl Search {
    fn new(words: &[String]) -> Self {
        let (names, forms): (Vec<_>, Vec<_>) = words.iter().flat_map(|word| forms(word)).unzip();
        Self { names, forms: AhoCorasick::new(forms).unwrap() }
    }

    fn plain(&self, bytes: &[u8]) -> Option<&'static str> {
        self.forms.find(bytes).map(|found| self.names[found.pattern()])
    }

    /// Also inside whatever inflates: streams with a heading, and raw ones.
    fn find(&self, bytes: &[u8]) -> Option<String> {
        if let Some(form) = self.plain(bytes) {
            return Some(form.to_owned());
        }
        for at in 0..bytes.len().saturating_sub(8) {
            let stream = &bytes[at..];
            let mut plain = Vec::new();
            let read = match (stream[0], stream[1]) {
                (0x78, 0x01 | 0x5e | 0x9c | 0xda) => {
                    flate2::read::ZlibDecoder::new(stream).take(1 << 22).read_to_end(&mut plain)
                }
                (0x1f, 0x8b) => {
                    flate2::read::GzDecoder::new(stream).take(1 << 22).read_to_end(&mut plain)
                }
                // After the signature of an entry of a zip: its name, then the stream itself.
                (b'P', b'K') if stream.starts_with(b"PK\x03\x04") && stream.len() > 30 => {
                    let length =
                        |at: usize| usize::from(u16::from_le_bytes([stream[at], stream[at + 1]]));
                    let begin = 30 + length(26) + length(28);
                    let raw = stream.get(begin..).unwrap_or_default();
                    flate2::read::DeflateDecoder::new(raw).take(1 << 22).read_to_end(&mut plain)
                }
                _ => continue,
            };
            // What came out before an error counts.
            let _ = read;
            if let Some(form) = self.plain(&plain) {
                return Some(format!("{form}, inflated"));
            }
        }
        None
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.is_file() {
            found.push(path);
        }
    }
}

/// What was found below a folder, by file and form.
fn hits(search: &Search, folder: &Path) -> Vec<(PathBuf, String)> {
    let mut all = Vec::new();
    files(folder, &mut all);
    assert!(!all.is_empty(), "the control: there is something to search");
    let hit = |path: PathBuf| {
        let form = search.find(&std::fs::read(&path).unwrap())?;
        Some((path, form))
    };
    all.into_iter().filter_map(hit).collect()
}

struct House {
    folder: tempfile::TempDir,
    words: Vec<String>,
}

impl House {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chancery"));
        command
            .env("CHANCERY_ARCHIVE", self.path("archive"))
            .env("TMPDIR", self.path("temporary"))
            .args(args)
            .stdin(Stdio::null());
        command
    }

    #[track_caller]
    fn ok(&self, args: &[&str]) -> Output {
        let output = self.command(args).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {error}");
        output
    }

    /// In shares, with many papers, copies, searches, an inquiry, a backup and a drill.
    fn new() -> Self {
        let words: Vec<String> = (0..papers()).map(canary).collect();
        assert_eq!(words.iter().collect::<BTreeSet<_>>().len(), words.len());
        let house = Self { folder: tempfile::tempdir().unwrap(), words };
        for folder in ["temporary", "outside"] {
            std::fs::create_dir(house.path(folder)).unwrap();
        }
        let text = |name: &str| house.path(name).to_str().unwrap().to_owned();
        let (archive, shares) = (text("archive"), text("outside/shares"));
        house.ok(&["init", &archive, "--shares", "2", "--threshold", "2", "--out", &shares]);
        house.unseal();
        let mut cables = String::new();
        for (at, word) in house.words.iter().enumerate() {
            let cable = serde_json::json!({
                "id": format!("{word}/{at}"),
                "subject": format!("On {word}"),
                "classification": "Secret",
                "paragraphs": [format!("The {word} delegation arrived prior to the meeting, and it began to press for {word} assistance regarding the harbour. However, the Minister replied that the present arrangements were adequate.")],
            });
            cables.push_str(&format!("{cable}\n"));
        }
        std::fs::write(house.path("outside/cables.jsonl"), cables).unwrap();
        house.ok(&["import", "cables", &text("outside/cables.jsonl"), "--exercise", "3"]);
        house.ok(&["copy", "export", "P1", "--all", "-o", &text("outside/copies")]);
        let leak = text("outside/copies/r0002.txt");
        let copy =
            std::fs::read_dir(house.path("outside/copies")).unwrap().next().unwrap().unwrap();
        let leak =
            if Path::new(&leak).exists() { leak } else { copy.path().to_str().unwrap().to_owned() };
        house.ok(&["trace", &leak]);
        house.ok(&["search", "find", &house.words[3], "--as", "r0001"]);
        house.ok(&["backup", &text("backups")]);
        house.ok(&["backup", "drill", &text("backups")]);
        house
    }

    fn unseal(&self) {
        let mut shares = Vec::new();
        files(&self.path("outside/shares"), &mut shares);
        for share in shares {
            self.ok(&["unseal", "--share", share.to_str().unwrap()]);
        }
    }
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = self.command(&["seal"]).output();
    }
}

#[test]
fn no_file_of_the_house_shows_a_word_of_a_paper() {
    let house = House::new();
    let search = Search::new(&house.words);
    // Killed in the middle of a release of everything, so that a write-ahead log is left.
    let mut killed = house
        .command(&["copy", "export", "P2", "--all", "-o", "/dev/null/nowhere"])
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_millis(60));
    let _ = killed.kill();
    let _ = killed.wait();
    for folder in ["archive", "backups"] {
        assert_eq!(hits(&search, &house.path(folder)), Vec::<(PathBuf, String)>::new(), "{folder}");
    }
    let mut left = Vec::new();
    files(&house.path("temporary"), &mut left);
    assert_eq!(left, Vec::<PathBuf>::new(), "temporary files were left");
    house.ok(&["seal"]);
    assert_eq!(hits(&search, &house.path("archive")), Vec::<(PathBuf, String)>::new(), "sealed");
    // The control: the search finds what is there, in every form.
    let word = &house.words[5];
    let deflated = |raw: bool| {
        use std::io::Write;
        let text = format!("before {word} after").repeat(20);
        if raw {
            let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
            writer.write_all(text.as_bytes()).unwrap();
            writer.finish().unwrap()
        } else {
            let mut writer =
                flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
            writer.write_all(text.as_bytes()).unwrap();
            writer.finish().unwrap()
        }
    };
    let mut controls = forms(word);
    for prefix in ["", "a", "ab"] {
        controls.push((
            "Base64 in place",
            STANDARD.encode(format!("{prefix}{word} and more")).into_bytes(),
        ));
    }
    controls.push(("zlib", deflated(false)));
    controls.push(("gzip", deflated(true)));
    for (form, bytes) in controls {
        let hidden = [vec![0x55; 1_000], bytes, vec![0xaa; 1_000]].concat();
        std::fs::write(house.path("archive/control"), hidden).unwrap();
        assert_eq!(hits(&search, &house.path("archive")).len(), 1, "{form}");
    }
    std::fs::remove_file(house.path("archive/control")).unwrap();
    // And the exports, which are meant to be read, hold them in the clear.
    assert!(!hits(&search, &house.path("outside")).is_empty());
}

/// The memory of a process, by gdb's `gcore`; nothing where that is not to be had.
fn core(pid: u32, into: &Path) -> Option<Vec<u8>> {
    let prefix = into.join("core");
    let done = Command::new("gcore").arg("-o").arg(&prefix).arg(pid.to_string()).output();
    match done {
        Ok(output) if output.status.success() => {
            let path = into.join(format!("core.{pid}"));
            let bytes = std::fs::read(&path).unwrap();
            std::fs::remove_file(path).unwrap();
            Some(bytes)
        }
        _ => {
            assert_ne!(
                std::env::var("CHANCERY_REQUIRE_DATA").as_deref(),
                Ok("1"),
                "gcore is missing"
            );
            eprintln!("SKIPPED: no core of a running process can be taken here (gcore)");
            None
        }
    }
}

/// The agent of an archive: the process that has its folder as an argument.
fn agent(archive: &Path) -> u32 {
    let named = |pid: &u32| {
        let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let args: Vec<&[u8]> = line.split(|byte| *byte == 0).collect();
        args.contains(&b"agent".as_slice())
            && args.contains(&archive.canonicalize().unwrap().to_str().unwrap().as_bytes())
    };
    let pids = std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok());
    let found: Vec<u32> = pids.filter(named).collect();
    assert_eq!(found.len(), 1, "one agent");
    found[0]
}

#[cfg(target_os = "linux")]
#[test]
fn a_core_of_the_agent_holds_the_key_and_neither_shares_nor_papers() {
    let house = House::new();
    let cores = tempfile::tempdir().unwrap();
    let pid = agent(&house.path("archive"));
    let Some(core) = core(pid, cores.path()) else { return };
    let search = Search::new(&house.words);
    assert_eq!(search.plain(&core), None, "words of papers");
    // Shares were wiped once they were joined: neither their words nor their values are there.
    let mut shares = Vec::new();
    files(&house.path("outside/shares"), &mut shares);
    let (mut parsed, mut said) = (Vec::new(), Vec::new());
    for path in &shares {
        let text = std::fs::read(path).unwrap();
        parsed.push(chancery_desk::Share::parse(&text).unwrap());
        let text = String::from_utf8(text).unwrap();
        let line = text.lines().nth(4).unwrap().trim_start();
        said.push(line.split_once(' ').unwrap().1.to_owned());
    }
    let said = AhoCorasick::new(&said).unwrap();
    assert_eq!(said.find(&core).map(|found| &shares[found.pattern()]), None, "words of shares");
    // The control: the root key is there, because the archive is open.
    let root = chancery_vault::Share::join(&parsed).unwrap();
    root.lend(|key| {
        let key = AhoCorasick::new([key]).unwrap();
        assert!(key.is_match(&core), "the key of an open archive is in its agent");
    });
    house.ok(&["seal"]);
    // It may stay a zombie until whoever inherited it asks for its end.
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    assert!(stat.is_empty() || stat.contains(") Z "), "sealing ends the agent: {stat}");
}
