//! Date-time groups and telegrams against the shared samples.

use std::path::PathBuf;

use chancery_domain::{Dtg, acp127};

/// A folder of the shared samples; `None`, said aloud, when it is not there.
fn samples(name: &str) -> Option<PathBuf> {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let folder = here.join("../../../shared/samples").join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("CHANCERY_REQUIRE_DATA").is_none(), "{} is missing", folder.display());
    eprintln!("SKIPPED: ../shared/samples/{name} is missing");
    None
}

#[test]
fn every_date_time_group_of_the_samples_is_read_or_refused_as_expected() {
    let Some(folder) = samples("dtg") else { return };
    let vectors = std::fs::read_to_string(folder.join("vectors.tsv")).unwrap();
    let mut count = 0;
    for line in vectors.lines().filter(|l| !l.starts_with('#') && !l.is_empty()) {
        let mut columns = line.split('\t');
        let (text, expected) = (columns.next().unwrap(), columns.next().unwrap());
        let read = text.parse::<Dtg>();
        match expected {
            "INVALID" => assert!(read.is_err(), "{text}: {read:?}"),
            at => {
                let read = read.unwrap_or_else(|e| panic!("{text}: {e}"));
                assert_eq!(read.instant(), at.parse().unwrap(), "{text}");
                let again: Dtg = read.to_string().parse().unwrap();
                assert_eq!(again.to_string(), read.to_string(), "{text}");
            }
        }
        count += 1;
    }
    assert!(count >= 29);
}

#[test]
fn every_telegram_of_the_samples_is_read_or_refused_as_expected() {
    let Some(folder) = samples("acp127") else { return };
    let refusals = std::fs::read(folder.join("bad-expected.json")).unwrap();
    let refusals: serde_json::Value = serde_json::from_slice(&refusals).unwrap();
    let mut count = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "txt") {
            continue;
        }
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let read = acp127::parse(&std::fs::read(&path).unwrap());
        match refusals[&name].as_str() {
            Some(reason) => {
                let error = read.unwrap_err();
                assert!(error.to_string().contains(reason), "{name}: {error}");
                assert!(error.line > 1, "{name}: {error}");
            }
            None => {
                let read = serde_json::to_value(read.unwrap()).unwrap();
                let expected = std::fs::read(path.with_extension("json")).unwrap();
                let expected: serde_json::Value = serde_json::from_slice(&expected).unwrap();
                assert_eq!(read, expected, "{name}");
            }
        }
        count += 1;
    }
    assert_eq!(count, 7);
}

/// Two lines of one message each changed by one thing, and the line of the refusal.
#[test]
fn departures_from_the_form_are_refused_at_their_line() {
    const GOOD: &str = "VZCZC0142\r\nRR RUZMFA\r\nDE RUZRTA #0142 0731605\r\nZNR UUUUU ZZH\r\nR 141601Z MAR 23\r\nFM EMB RURITANIA\r\nTO RUZMFA/MFA ZENDA\r\nBT\r\nUNCLAS RURITANIA 000142\r\n\r\nSUBJECT: TALKS\r\n\r\n1. THE TALKS GO ON.\r\nBT\r\n#0142\r\n\r\nNNNN\r\n";
    assert!(acp127::parse(GOOD.as_bytes()).is_ok());
    for (from, to, line) in [
        ("VZCZC", "CZCZV", 1),
        ("RR RUZMFA", "RO RUZMFA", 2),
        ("RR RUZMFA", "OO RUZMFA", 2),
        ("RR RUZMFA", "RR rufmfa", 2),
        ("DE RUZRTA", "FROM RUZRTA", 3),
        ("#0142 073", "#142 073", 3),
        ("0731605", "0731660", 3),
        ("0731605", "0001605", 3),
        ("UUUUU", "CCCCC", 4),
        ("ZNR UUUUU", "ZNY UUUUU", 4),
        ("R 141601Z", "X 141601Z", 5),
        ("R 141601Z", "R O 141601Z", 5),
        ("141601Z MAR", "311601Z FEB", 5),
        ("FM EMB", "BY EMB", 6),
        ("TO RUZMFA", "RUZMFA", 7),
        ("BT\r\nUNCLAS", "\r\nUNCLAS", 8),
        ("UNCLAS RURITANIA", "SECRET RURITANIA", 9),
        ("UNCLAS RURITANIA", "SECRECY RURITANIA", 9),
        ("\r\n1. THE TALKS GO ON.\r\n", "", 12),
        ("TALKS GO ON", "TALKS\u{7}GO ON", 13),
        ("#0142\r\n\r\nNNNN", "NNNN", 15),
        ("NNNN\r\n", "", 17),
        ("NNNN\r\n", "NNNN\r\nMORE\r\n", 18),
    ] {
        assert!(GOOD.contains(from), "{from}");
        let error = acp127::parse(GOOD.replace(from, to).as_bytes()).unwrap_err();
        assert_eq!(error.line, line, "{from} -> {to}: {error}");
    }
    assert!(acp127::parse(b"").is_err());
    assert!(acp127::parse(&vec![b'A'; acp127::MAX_MESSAGE + 1]).is_err());
}
