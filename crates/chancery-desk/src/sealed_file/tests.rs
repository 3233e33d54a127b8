//! The test vectors of the format (C2SP/CCTV), and files of our own.

use std::path::Path;

use age::secrecy::SecretString;
use sha2::{Digest as _, Sha256};

use super::*;

#[path = "../../../chancery-record/tests/shared/departures.rs"]
mod departures;

/// The most work that opening may ask for, as a power of two: the vectors ask for 23 to be refused.
const MOST_WORK: u8 = 22;

/// One vector: what should come of it, what opens it, and the file.
struct Vector {
    opens: bool,
    payload: Option<String>,
    identities: Vec<Box<dyn Identity>>,
    file: Vec<u8>,
}

fn vector(bytes: &[u8]) -> Vector {
    let end = bytes.windows(2).position(|two| two == b"\n\n").unwrap();
    let (heading, file) = (std::str::from_utf8(&bytes[..end]).unwrap(), &bytes[end + 2..]);
    let mut vector =
        Vector { opens: false, payload: None, identities: Vec::new(), file: file.to_vec() };
    for line in heading.lines() {
        let (name, value) = line.split_once(": ").unwrap();
        match name {
            "expect" => vector.opens = value == "success",
            "payload" => vector.payload = Some(value.to_owned()),
            "identity" => {
                if let Ok(identity) = value.parse::<age::x25519::Identity>() {
                    vector.identities.push(Box::new(identity));
                }
            }
            "passphrase" => {
                let passphrase = SecretString::from(value.to_owned());
                let mut identity = age::scrypt::Identity::new(passphrase);
                identity.set_max_work_factor(MOST_WORK);
                vector.identities.push(Box::new(identity));
            }
            "compressed" => {
                let mut plain = Vec::new();
                let mut inflate = flate2::read::ZlibDecoder::new(file);
                inflate.read_to_end(&mut plain).unwrap();
                vector.file = plain;
            }
            "armored" | "file key" | "comment" => {}
            _ => panic!("a key of a vector that this test does not know: {name}"),
        }
    }
    vector
}

#[test]
fn all_vectors_of_the_format_open_or_fail_as_listed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors/age/testdata");
    if !folder.is_dir() {
        assert_ne!(
            std::env::var("CHANCERY_REQUIRE_DATA").as_deref(),
            Ok("1"),
            "../shared/vectors/age is missing"
        );
        eprintln!("SKIPPED: ../shared/vectors/age is missing");
        return;
    }
    let mut names: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names.len(), 143);
    let (mut opened, mut deviations) = (0, Vec::new());
    for name in &names {
        let vector = vector(&std::fs::read(folder.join(name)).unwrap());
        let identities = vector.identities.iter().map(AsRef::as_ref);
        match (decrypt(identities, &vector.file), vector.opens) {
            (Ok(plain), true) => {
                assert_eq!(Some(hex::encode(Sha256::digest(&plain))), vector.payload, "{name}");
                opened += 1;
            }
            (Err(_), false) => {}
            (came, _) => {
                let word = |opens| if opens { "opens" } else { "fails" };
                let departed = [name.as_str(), word(vector.opens), word(came.is_ok())];
                deviations.push(departed.map(str::to_owned));
            }
        }
    }
    assert_eq!(deviations, departures::departures("age"));
    assert_eq!(opened + deviations.len(), 26);
}

#[test]
fn a_file_is_opened_by_its_recipients_and_by_nobody_else() {
    use age::secrecy::ExposeSecret;
    let identity = |_| age::x25519::Identity::generate();
    let [first, second, other]: [age::x25519::Identity; 3] = std::array::from_fn(identity);
    let to = [first.to_public().to_string(), second.to_public().to_string()];
    let sealed = seal_file(&to, b"forty words").unwrap();
    assert!(is_sealed_file(&sealed));
    assert!(sealed.windows(5).all(|w| w != b"forty"));
    let file = |identity: &age::x25519::Identity| {
        format!("# a comment\n{}\n", identity.to_string().expose_secret())
    };
    for ours in [&first, &second] {
        assert_eq!(open_file(file(ours).as_bytes(), &sealed).unwrap().as_slice(), b"forty words");
    }
    assert!(open_file(file(&other).as_bytes(), &sealed).is_err());
    assert!(open_file(b"nothing", &sealed).is_err());
    for at in 0..sealed.len() {
        let mut cut = sealed.clone();
        cut.truncate(at);
        assert!(
            open_file(file(&first).as_bytes(), &cut).is_err()
                || cut.trim_ascii() == sealed.trim_ascii()
        );
    }
    let no_key = seal_file(&["age1nonsense".to_owned()], b"x").unwrap_err().to_string();
    assert!(no_key.contains("age1nonsense") && no_key.contains("age-keygen"), "{no_key}");
    assert!(seal_file(&[], b"x").is_err());
}
