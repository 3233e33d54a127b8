//! Shares, sealing, rotation, backups and the end of retention as officers meet them.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::{BufRead as _, BufReader, Read as _, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;

/// An archive in a folder of its own; its agent ends with it.
struct House {
    folder: tempfile::TempDir,
}

impl Drop for House {
    fn drop(&mut self) {
        if self.archive().join("agent.sock").exists() {
            self.run("", &["seal"], None);
        }
    }
}

impl House {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// Made with five shares in plain files, of which three open.
    fn shared() -> Self {
        let house = Self::new();
        let (archive, out) = (house.path("archive"), house.path("shares"));
        house.ok(&["init", &archive, "--shares", "5", "--threshold", "3", "--out", &out]);
        house
    }

    fn archive(&self) -> PathBuf {
        self.folder.path().join("archive")
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// The files with shares of a generation, by number.
    fn shares(&self, folder: &str, generation: u16) -> Vec<PathBuf> {
        let mut files: Vec<_> = std::fs::read_dir(self.folder.path().join(folder))
            .unwrap()
            .map(|file| file.unwrap().path())
            .filter(|path| {
                path.file_name().unwrap().to_str().unwrap().split('-').nth(2)
                    == Some(&generation.to_string())
            })
            .collect();
        files.sort();
        files
    }

    fn run(&self, who: &str, args: &[&str], input: Option<&[u8]>) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chancery"));
        command.env("CHANCERY_ARCHIVE", self.archive()).args(args);
        if !who.is_empty() {
            command.args(["--as", who]);
        }
        command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        if let Some(input) = input {
            child.stdin.take().unwrap().write_all(input).unwrap();
        }
        child.wait_with_output().unwrap()
    }

    #[track_caller]
    fn ok_as(&self, who: &str, args: &[&str]) -> Value {
        let output = self.run(who, &[&["--json"], args].concat(), None);
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {error}");
        serde_json::from_slice(&output.stdout).unwrap_or(Value::Null)
    }

    #[track_caller]
    fn ok(&self, args: &[&str]) -> Value {
        self.ok_as("", args)
    }

    #[track_caller]
    fn refused(&self, who: &str, args: &[&str], code: i32, words: &[&str]) {
        let output = self.run(who, args, None);
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {message}");
        for word in words {
            assert!(message.contains(word), "{args:?}: no “{word}” in: {message}");
        }
    }

    #[track_caller]
    fn give(&self, share: &Path) -> Value {
        self.ok(&["unseal", "--share", share.to_str().unwrap()])
    }

    fn unseal(&self, shares: &[PathBuf]) {
        for share in shares {
            self.give(share);
        }
        assert_eq!(self.ok(&["status"])["state"], "open");
    }

    /// A paper with two officers of its office and one reader.
    fn with_paper(&self) -> String {
        for office in ["embassy", "capital"] {
            self.ok(&["office", "add", office, "--title", office]);
        }
        for (person, office) in [("anna", "embassy"), ("alan", "embassy"), ("boris", "capital")] {
            self.ok(&["person", "add", person, "--name", person]);
            self.ok(&["posting", "start", person, office, "--from", "2020-01-01"]);
        }
        self.draft("zanzibarine")
    }

    /// Releases a paper with a word that stands nowhere else.
    fn draft(&self, word: &str) -> String {
        let text = self.path("text.txt");
        std::fs::write(&text, format!("The delegation arrived prior to the meeting, and it began to press for {word} assistance regarding the harbour. However, the Minister replied that the present arrangements were adequate.\n")).unwrap();
        let args =
            ["paper", "draft", &text, "--from", "embassy", "--to", "capital", "--subject", word];
        let drafted = self.ok_as("anna", &args);
        let paper = drafted["paper"].as_str().unwrap().to_owned();
        self.ok_as("anna", &["paper", "release", &paper]);
        paper
    }

    fn copy(&self, paper: &str) -> Output {
        self.run("", &["copy", "open", paper, "--reader", "boris"], None)
    }
}

#[test]
fn three_of_five_officers_open_the_archive_and_two_do_not() {
    let house = House::shared();
    let archive = house.archive();
    assert!(!archive.join("key").exists(), "no key on the disk");
    let shares = house.shares("shares", 1);
    assert_eq!(shares.len(), 5);
    // Sealed: status and unseal answer, everything else says what to do.
    let status = house.ok(&["status"]);
    assert_eq!((&status["state"], &status["needed"]), (&"sealed".into(), &3.into()));
    for args in [
        &["office", "list"][..],
        &["record", "verify"],
        &["paper", "list"],
        &["vault", "rotate", "--as", "x"],
        &["backup", "/tmp/never"],
        &["import", "postings", "-"],
        &["search", "find", "x", "--as", "x"],
    ] {
        house.refused("", args, 4, &["sealed", "0 of 3", "chancery unseal"]);
    }
    for (given, share) in (1..).zip(&shares[1..3]) {
        let state = house.give(share);
        assert_eq!((&state["open"], &state["given"]), (&false.into(), &given.into()));
        house.refused("", &["office", "list"], 4, &[&format!("{given} of 3")]);
    }
    // The same again, somebody else's and a spoilt one are named, and the ceremony goes on.
    house.refused(
        "",
        &["unseal", "--share", shares[2].to_str().unwrap()],
        1,
        &["share 3", "already"],
    );
    let other = House::shared();
    let foreign = other.shares("shares", 1)[0].clone();
    house.refused(
        "",
        &["unseal", "--share", foreign.to_str().unwrap()],
        1,
        &["share 1", "archive"],
    );
    let text = std::fs::read_to_string(&shares[4]).unwrap();
    let spoilt = house.path("spoilt");
    let mut words: Vec<&str> = text.lines().skip(2).flat_map(str::split_whitespace).collect();
    words.retain(|word| word.parse::<u32>().is_err());
    words.swap(20, 21);
    std::fs::write(&spoilt, words.join(" ")).unwrap();
    if words[20] != words[21] {
        house.refused("", &["unseal", "--share", &spoilt], 1, &["do not go together"]);
    }
    // Typed on a terminal: from standard input, never from the command line.
    let typed = house.run("", &["unseal"], Some(text.as_bytes()));
    assert_eq!(typed.status.code(), Some(0), "{}", String::from_utf8_lossy(&typed.stderr));
    assert!(String::from_utf8_lossy(&typed.stdout).contains("open"));
    let status = house.ok(&["status"]);
    assert_eq!(status["state"], "open");
    assert!(status["keys"].as_str().unwrap().contains("5 shares"), "{status}");
    house.ok(&["record", "verify"]);
    // The socket is the account's own, and nothing of a key was written.
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&archive.join("agent.sock")), 0o600);
    assert_eq!(mode(&archive), 0o700);
    assert_eq!(house.ok(&["seal"])["was_open"], true);
    house.refused("", &["office", "list"], 4, &["0 of 3"]);
    assert_eq!(house.ok(&["seal"])["was_open"], false);
}

#[test]
fn every_pair_of_shares_fails_and_the_time_ends_an_opening() {
    let house = House::shared();
    let shares = house.shares("shares", 1);
    for first in 0..5 {
        for second in first + 1..5 {
            house.give(&shares[first]);
            house.give(&shares[second]);
            house.refused("", &["office", "list"], 4, &["2 of 3"]);
            house.ok(&["seal"]);
        }
    }
    for share in &shares[..3] {
        house.ok(&["unseal", "--for", "2s", "--share", share.to_str().unwrap()]);
    }
    assert_eq!(house.ok(&["status"])["state"], "open");
    std::thread::sleep(std::time::Duration::from_millis(2_500));
    house.refused("", &["office", "list"], 4, &["0 of 3"]);
    assert!(!house.archive().join("agent.sock").exists());
}

#[test]
fn shares_are_sealed_to_officers_and_new_ones_end_the_old() {
    use age::secrecy::ExposeSecret;
    let house = House::new();
    let officers: Vec<_> = (0..3).map(|_| age::x25519::Identity::generate()).collect();
    let (archive, out) = (house.path("archive"), house.path("shares"));
    let recipients: Vec<String> = officers.iter().map(|o| o.to_public().to_string()).collect();
    let mut args = vec!["init", &archive, "--shares", "3", "--threshold", "2", "--out", &out];
    for recipient in &recipients {
        args.extend(["--to", recipient]);
    }
    house.refused("", &args[..args.len() - 2], 2, &["3 shares need 3 keys"]);
    house.ok(&args);
    let shares = house.shares("shares", 1);
    for (at, share) in shares.iter().enumerate().skip(1) {
        let bytes = std::fs::read(share).unwrap();
        assert!(bytes.starts_with(b"-----BEGIN AGE ENCRYPTED FILE"));
        let identity = house.path("identity");
        let text = officers[at].to_string();
        std::fs::write(&identity, text.expose_secret()).unwrap();
        let share = share.to_str().unwrap();
        house.refused("", &["unseal", "--share", share], 2, &["--identity"]);
        house.ok(&["unseal", "--share", share, "--identity", &identity]);
    }
    let paper = house.with_paper();
    let before = house.copy(&paper).stdout;
    let again = house.path("again");
    let new = ["vault", "reissue", "--shares", "4", "--threshold", "2", "--out", &again];
    let made = house.ok_as("anna", &new);
    assert_eq!(made["shares"].as_array().unwrap().len(), 4);
    // The old shares are named as old; the new ones open, and the reader's copy is the same to the byte.
    let plain = |file: &Path, officer: usize| {
        let identity = officers[officer].to_string();
        let bytes = std::fs::read(file).unwrap();
        chancery_desk::open_file(identity.expose_secret().as_bytes(), &bytes).unwrap()
    };
    let old = house.path("old");
    std::fs::write(&old, plain(&shares[0], 0)).unwrap();
    house.refused(
        "",
        &["unseal", "--share", &old],
        1,
        &["share 1", "generation 1", "generation 2"],
    );
    house.unseal(&house.shares("again", 2)[2..]);
    assert_eq!(house.copy(&paper).stdout, before);
    house.ok(&["record", "verify"]);
    // Back to a key file, as the embedded default.
    house.ok_as("anna", &["vault", "reissue", "--key-file"]);
    assert!(house.ok(&["status"])["keys"].as_str().unwrap().contains("key file"));
    assert!(!house.archive().join("shares.json").exists());
    assert_eq!(house.copy(&paper).stdout, before);
    house.refused("", &["unseal"], 1, &["key file"]);
    house.refused("", &["seal"], 1, &["reissue"]);
}

#[test]
fn a_backup_of_an_archive_in_shares_restores_with_the_shares_and_the_binding() {
    let house = House::shared();
    let shares = house.shares("shares", 1);
    house.unseal(&shares[..3]);
    let paper = house.with_paper();
    let copy = house.copy(&paper).stdout;
    let backups = house.path("backups");
    let made = house.ok(&["backup", &backups]);
    let folder = made["folder"].as_str().unwrap().to_owned();
    let drill = house.ok(&["backup", "drill", &backups]);
    assert_eq!((&drill["papers"], &drill["compared"]), (&1.into(), &1.into()));
    // One entry for the drill's own, none lost.
    assert_eq!(drill["entries"], made["entries"]);
    // A spoilt file is noticed before anything is restored.
    let elsewhere = house.path("elsewhere/archive");
    let database = Path::new(&folder).join("archive.sqlite");
    let bytes = std::fs::read(&database).unwrap();
    let mut spoilt = bytes.clone();
    spoilt[5_000] ^= 1;
    std::fs::write(&database, spoilt).unwrap();
    house.refused("", &["restore", &folder, &elsewhere], 1, &["not the file that was backed up"]);
    std::fs::write(&database, bytes).unwrap();
    house.ok(&["restore", &folder, &elsewhere]);
    house.ok(&["seal"]);
    let restored = House { folder: tempfile::tempdir().unwrap() };
    std::fs::rename(&elsewhere, restored.archive()).unwrap();
    restored.refused("", &["paper", "list"], 4, &["sealed"]);
    let binding = restored.archive().join("binding");
    std::fs::copy(house.archive().join("binding"), &binding).unwrap();
    restored.unseal(&shares[2..]);
    restored.ok(&["record", "verify"]);
    assert_eq!(restored.copy(&paper).stdout, copy);
    std::fs::remove_file(binding).unwrap();
    restored.refused("", &["paper", "list"], 1, &["binding", "who has which copy"]);
}

/// The reading room as a process; it ends with the test.
struct Room(Child, String);

impl Drop for Room {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Room {
    fn open(house: &House) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_chancery"))
            .env("CHANCERY_ARCHIVE", house.archive())
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned();
        Self(child, address)
    }

    /// Status and body of one GET; nothing when the connection was closed without an answer.
    fn asked(&self, path: &str) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect(&self.1).ok()?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.1)
            .ok()?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok()?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1)?.parse().ok()?;
        Some((status, answer.split_once("\r\n\r\n")?.1.to_owned()))
    }

    fn get(&self, path: &str) -> (u16, String) {
        self.asked(path).unwrap()
    }

    fn wait_for(&self, health: &str) {
        for _ in 0..200 {
            if self.asked("/health").is_some_and(|(_, said)| said.contains(health)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("never “{health}”");
    }
}

#[test]
fn a_room_on_a_sealed_archive_opens_with_the_last_share_and_closes_with_the_seal() {
    let house = House::shared();
    let room = Room::open(&house);
    let shares = house.shares("shares", 1);
    room.wait_for("sealed: 0 of 3");
    for path in ["/", "/sign-in", "/desk", "/record/checkpoint", "/api/v1/openapi.json"] {
        let (status, body) = room.get(path);
        assert_eq!(status, 503, "{path}");
        assert!(body.starts_with("The archive is sealed."), "{path}: {body}");
    }
    house.give(&shares[0]);
    room.wait_for("sealed: 1 of 3");
    for share in &shares[1..3] {
        house.give(share);
    }
    room.wait_for("open");
    assert_eq!(room.get("/sign-in").0, 200);
    house.refused("", &["status"], 1, &["using"]);
    house.ok(&["seal"]);
    room.wait_for("sealed: 0 of 3");
    assert_eq!(room.get("/sign-in").0, 503);
    // The room has let the archive go: others open it once it is unsealed, and it opens again by itself.
    assert_eq!(house.ok(&["status"])["state"], "sealed");
    for share in &shares[2..] {
        house.give(share);
    }
    room.wait_for("open");
    assert_eq!(room.get("/sign-in").0, 200);
}
