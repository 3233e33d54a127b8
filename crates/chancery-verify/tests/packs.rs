//! Packs hold, and nothing that was changed, forged or made too late does.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use chancery_code::{CopyKey, DECODER_VERSION, PaperKey, symbols};
use chancery_verify::{Authority, Pack, VerifyError, verify};
use serde_json::Value;
use support::{Draws, Plan, policy, world};

#[test]
fn a_pack_gives_the_same_finding_to_everybody() {
    let world = world(&Plan::default());
    let bytes = world.pack.to_bytes();
    let trust = policy(&world.policy);
    let first = verify(&Pack::parse(&bytes).unwrap(), Some(&trust)).unwrap();
    let second = verify(&Pack::parse(&bytes).unwrap(), Some(&policy(&world.policy))).unwrap();
    assert_eq!(first.to_bytes(), second.to_bytes());
    assert_eq!(first.authority, Authority::Witnessed);
    assert_eq!(first.witnessed_at, Some(1_900_000_000));
    assert!(first.extracted_again && first.finding.decoys.seeded_after);
    assert_eq!(first.finding.named[0].copies, [format!("P1/{:04}", world.number)]);
    let p: f64 = first.finding.named[0].p_adjusted.parse().unwrap();
    assert!(p <= 1e-6, "{p}");
    // Without a policy nobody vouches for the record.
    let alone = verify(&world.pack, None).unwrap();
    assert_eq!((alone.authority, alone.witnessed_at), (Authority::Consistent, None));
    assert!(alone.authority.says().starts_with("consistent, not authenticated"));
    assert_eq!(alone.finding, first.finding);
    // A policy that asks for no witness cannot say "before the leak" either.
    let lenient = world.policy.replace("quorum both", "quorum none");
    let early = verify(&world.pack, Some(&policy(&lenient)));
    assert!(matches!(early, Err(VerifyError::Order(_))), "{early:?}");
    let late = support::world(&Plan { early: false, witnesses: 0, ..Plan::default() });
    let unwitnessed = verify(&late.pack, Some(&policy(&lenient))).unwrap();
    assert_eq!((unwitnessed.authority, unwitnessed.witnessed_at), (Authority::Log, None));
    assert!(unwitnessed.authority.says().contains("nothing shows"));
}

#[test]
fn late_and_unwitnessed_packs_fail() {
    for (plan, late) in [
        (Plan { early: false, ..Plan::default() }, true),
        (Plan { witnesses: 1, ..Plan::default() }, false),
        (Plan { witnesses: 0, ..Plan::default() }, false),
    ] {
        let world = world(&plan);
        let refused = verify(&world.pack, Some(&policy(&world.policy))).unwrap_err();
        assert_eq!(matches!(refused, VerifyError::Late(_)), late, "{refused}");
        assert_eq!(matches!(refused, VerifyError::Unwitnessed(_)), !late, "{refused}");
        // Control: only the witnesses are missing.
        assert!(verify(&world.pack, None).is_ok());
    }
    // A log that the policy does not know, or knows by another key.
    let world = world(&Plan::default());
    let other = world.policy.replacen("log archive.example/record", "log other.example/record", 1);
    assert!(
        chancery_record::Policy::parse(other.as_bytes()).is_err(),
        "the id belongs to the name"
    );
    let foreign =
        chancery_record::LogSigner::from_seed("archive.example/record", &[8; 32]).unwrap();
    let forged = world.policy.replacen(&world.pack.log, &foreign.verifier_key().to_string(), 1);
    let refused = verify(&world.pack, Some(&policy(&forged)));
    assert!(matches!(refused, Err(VerifyError::OtherKey(_))), "{refused:?}");
}

#[test]
fn an_unknown_decoder_is_refused_and_no_decoder_is_the_first() {
    let known = Some(DECODER_VERSION);
    let named = |decoder| support::world(&Plan { decoder, ..Plan::default() }).pack;
    for earlier in [[known, known], [None, None], [None, known]] {
        let pack = named(earlier);
        assert!(verify(&pack, None).is_ok(), "{earlier:?}");
        assert!(verify(&pack.redacted(), None).is_ok(), "{earlier:?}");
    }
    let unknown = Some(DECODER_VERSION + 1);
    for later in [[unknown, known], [known, unknown], [unknown, unknown]] {
        let refused = verify(&named(later), None).unwrap_err();
        assert!(matches!(refused, VerifyError::Decoder(_)), "{later:?}: {refused}");
        assert!(refused.to_string().contains("use a program of that version"), "{refused}");
    }
}

/// A hundred changes to a pack, as text and as values: none passes.
/// A PDF is not read again here; what was read of it is held to the record, and the report says which.
#[test]
fn a_pack_about_pages_holds_and_says_what_it_could_not_read_again() {
    let paged = world(&Plan { paged: true, ..Plan::default() });
    let trust = policy(&paged.policy);
    let verified = verify(&paged.pack, Some(&trust)).unwrap();
    assert_eq!((verified.authority, verified.extracted_again), (Authority::Witnessed, false));
    assert_eq!(verified.page_engine.as_deref(), Some(support::ENGINE));
    let plain = verify(&world(&Plan::default()).pack, None).unwrap();
    assert!(plain.extracted_again && plain.page_engine.is_none());
    assert_eq!(verified.finding.papers[0].read, plain.finding.papers[0].read + 60);
    // Without the places of words, with others, or with them on a leak that has no pages, it does not hold.
    let mut missing = paged.pack.clone();
    missing.papers[0].readings[0].layout = None;
    let mut other = paged.pack;
    let last = other.papers[0].readings[0].layout.as_mut().unwrap().0.last_mut().unwrap();
    *last ^= 1;
    for pack in [missing, other] {
        let refused = verify(&pack, None).unwrap_err();
        assert!(
            matches!(refused, VerifyError::Paper { what, .. } if what.contains("places")),
            "{refused}"
        );
    }
}

#[test]
fn a_hundred_mutations_fail() {
    mutated(&Plan::default());
    mutated(&Plan { paged: true, ..Plan::default() });
}

fn mutated(plan: &Plan) {
    let world = world(plan);
    let trust = policy(&world.policy);
    let bytes = world.pack.to_bytes();
    let holds = |bytes: &[u8]| Pack::parse(bytes).is_ok_and(|p| verify(&p, Some(&trust)).is_ok());
    assert!(holds(&bytes), "the control: unchanged, it holds");
    let mut draws = Draws(1);
    let mut tried = 0;
    // Every string of the pack, changed in one character.
    let value: Value = serde_json::from_slice(&bytes).unwrap();
    let mut paths = Vec::new();
    leaves(&value, String::new(), &mut paths);
    for path in &paths {
        let mut changed = value.clone();
        let leaf = changed.pointer_mut(path).unwrap();
        *leaf = match leaf.clone() {
            Value::String(text) => {
                let mut chars: Vec<char> = text.chars().collect();
                let at = draws.below(chars.len());
                chars[at] = if chars[at] == 'A' { 'B' } else { 'A' };
                Value::String(chars.into_iter().collect())
            }
            Value::Number(n) => Value::from(n.as_u64().unwrap() + 1),
            Value::Bool(b) => Value::Bool(!b),
            Value::Null => Value::String("AAAA".to_owned()),
            other => panic!("{path}: {other}"),
        };
        // Our own spelling, so that the spelling is not what fails.
        if let Ok(pack) = serde_json::from_value::<Pack>(changed) {
            assert!(!holds(&pack.to_bytes()), "{path} can be changed");
        }
        tried += 1;
    }
    // Any byte of the file.
    while tried < 160 {
        let mut changed = bytes.clone();
        let at = draws.below(changed.len());
        changed[at] ^= 1 << draws.below(7);
        assert!(!holds(&changed), "byte {at} can be changed");
        tried += 1;
    }
    // Entries that are exchanged, keys of other copies, other spellings.
    let mut swapped = world.pack.clone();
    std::mem::swap(&mut swapped.entries.opened, &mut swapped.entries.approved);
    assert!(!holds(&swapped.to_bytes()));
    let mut other = world.pack.clone();
    let key = world.paper.copy_key(world.number + 1);
    other.accused[0].copies[0].as_mut().unwrap().key.0 = key.expose().to_vec();
    assert!(!holds(&other.to_bytes()));
    let pretty = serde_json::to_vec_pretty(&world.pack).unwrap();
    assert!(Pack::parse(&pretty).is_err());
    println!("{tried} mutations, none passes");
}

fn leaves(value: &Value, at: String, out: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                leaves(member, format!("{at}/{name}"), out);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                leaves(item, format!("{at}/{index}"), out);
            }
        }
        _ => out.push(at),
    }
}

#[test]
fn a_redacted_pack_has_no_word_and_still_recomputes() {
    let world = world(&Plan::default());
    let trust = policy(&world.policy);
    let redacted = world.pack.redacted();
    let bytes = redacted.to_bytes();
    let text = String::from_utf8(bytes.clone()).unwrap();
    for word in ["delegation", "harbour", "Minister", "survey"] {
        assert!(!text.contains(word), "{word}");
    }
    let whole = verify(&world.pack, Some(&trust)).unwrap();
    let less = verify(&Pack::parse(&bytes).unwrap(), Some(&trust)).unwrap();
    assert!(!less.extracted_again);
    assert_eq!(less.finding, whole.finding);
    // Half redacted is neither.
    let mut half = world.pack;
    half.leaks[0].bytes = None;
    assert!(Pack::parse(&half.to_bytes()).is_err());
}

/// Rule 1: whoever holds the packs of a hundred papers, and all else that is public, derives no other row.
#[test]
fn a_hundred_packs_give_no_other_row_away() {
    let mut derived = 0;
    let mut broken = 0;
    for seed in 0..100 {
        let world = world(&Plan { seed, ..Plan::default() });
        let opened = world.pack.accused[0].copies[0].as_ref().unwrap();
        let open: [u8; 32] = opened.key.0.as_slice().try_into().unwrap();
        let own = symbols(&CopyKey::from_bytes(open), &world.laws);
        // What can be tried with 32 bytes at hand: the key itself and the hashes of the path, as keys of copies
        // and as keys of the paper.
        let at_hand: Vec<[u8; 32]> = std::iter::once(open)
            .chain(opened.path.iter().map(|hash| hash.0.as_slice().try_into().unwrap()))
            .collect();
        for number in (0..40).filter(|n| *n != world.number) {
            let truth = symbols(&world.paper.copy_key(number), &world.laws);
            for bytes in &at_hand {
                let tries = [
                    symbols(&CopyKey::from_bytes(*bytes), &world.laws),
                    symbols(&PaperKey::from_bytes(*bytes).copy_key(number), &world.laws),
                ];
                derived += tries.iter().filter(|row| **row == truth).count();
            }
            // Control: a pack that opened the key of the paper.
            broken += usize::from(symbols(&world.paper.copy_key(number), &world.laws) == truth);
        }
        assert_eq!(own, symbols(&world.paper.copy_key(world.number), &world.laws));
    }
    println!("100 packs: {derived} other rows derived; {broken} with the key of the paper");
    assert_eq!(derived, 0);
    assert_eq!(broken, 4_000);
}

/// What an independent program in another language says about the same packs.
#[test]
fn the_second_implementation_agrees() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../verify/python/verify.py");
    let python = std::process::Command::new("python3").arg("--version").output();
    if !python.is_ok_and(|out| out.status.success()) {
        let required = std::env::var_os("CHANCERY_REQUIRE_DATA").is_some_and(|v| v == "1");
        assert!(!required, "python3 is required and missing");
        eprintln!("SKIPPED: python3 is missing");
        return;
    }
    let folder = std::env::temp_dir().join(format!("chancery-verify-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut draws = Draws(5);
    for (seed, paged) in [(7, false), (8, false), (9, true)] {
        let world = world(&Plan { seed, paged, ..Plan::default() });
        let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
        std::fs::write(path("policy"), &world.policy).unwrap();
        let run = |pack: &[u8]| {
            std::fs::write(path("pack"), pack).unwrap();
            let mut command = std::process::Command::new("python3");
            command.args([script, &path("pack"), "--trust", &path("policy"), "--decoys"]);
            command.output().unwrap()
        };
        for pack in [world.pack.clone(), world.pack.redacted()] {
            let ours = verify(&pack, Some(&policy(&world.policy))).unwrap();
            let out = run(&pack.to_bytes());
            let says = String::from_utf8_lossy(&out.stderr);
            assert!(out.status.success(), "{says}");
            let theirs: Value = serde_json::from_slice(&out.stdout).unwrap();
            let ours: Value = serde_json::from_slice(&ours.to_bytes()).unwrap();
            for member in
                ["pack_sha256", "authority", "log", "witnessed_at", "page_engine", "finding"]
            {
                assert_eq!(theirs[member], ours[member], "{member}");
            }
        }
        // And it refuses what ours refuses.
        let bytes = world.pack.to_bytes();
        for _ in 0..12 {
            let mut changed = bytes.clone();
            let at = draws.below(changed.len());
            changed[at] ^= 1 << draws.below(7);
            assert!(!run(&changed).status.success(), "byte {at} can be changed");
        }
        let late = support::world(&Plan { early: false, seed, ..Plan::default() });
        assert!(!run(&late.pack.to_bytes()).status.success());
        let alone = support::world(&Plan { witnesses: 1, seed, ..Plan::default() });
        assert!(!run(&alone.pack.to_bytes()).status.success());
        let first = support::world(&Plan { decoder: [None, None], seed, ..Plan::default() });
        assert!(run(&first.pack.to_bytes()).status.success());
        let unknown = Some(DECODER_VERSION + 1);
        for decoder in [[unknown, None], [None, unknown]] {
            let later = support::world(&Plan { decoder, seed, ..Plan::default() });
            let out = run(&later.pack.to_bytes());
            let says = String::from_utf8_lossy(&out.stderr);
            assert!(!out.status.success() && says.contains("decoder"), "{says}");
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
