//! Logs, checkpoints and notes made by other implementations.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod shared;

use std::path::Path;

use chancery_record::{
    CompactRange, EntryBundle, Hash, KeyKind, NodeMap, Note, NoteError, ProofPlan,
    SignedCheckpoint, Tile, VerifierKey, tiles, verify_consistency, verify_inclusion,
};
use serde_json::Value;

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_example_of_the_signed_note_specification_verifies() {
    let Some(folder) = shared::vectors("tlog") else { return };
    let example: Value =
        serde_json::from_slice(&read(&folder.join("signed-note-spec-examples.json"))).unwrap();
    let text = example["note"].as_str().unwrap();
    let key: VerifierKey = example["vkey"].as_str().unwrap().parse().unwrap();
    assert_eq!(key.to_string(), example["vkey"].as_str().unwrap());

    let note = Note::parse(text.as_bytes()).unwrap();
    assert_eq!(note.to_string(), text);
    assert_eq!(note.verify(std::slice::from_ref(&key)).unwrap()[0].key(), &key);

    let altered = text.replace("example message", "exbmple message");
    let note = Note::parse(altered.as_bytes()).unwrap();
    assert_eq!(
        note.verify(std::slice::from_ref(&key)),
        Err(NoteError::BadSignature(key.name().clone()))
    );
}

#[test]
fn a_log_made_by_tessera_verifies_whole() {
    let Some(folder) = shared::vectors("tlog/tessera-testdata") else { return };
    let vkey = String::from_utf8(read(&folder.join("vkey.txt"))).unwrap();
    let key: VerifierKey = vkey.trim().parse().unwrap();
    let checkpoint = |name: &str| {
        let bytes = read(&folder.join(name));
        let signed = SignedCheckpoint::parse(&bytes).unwrap();
        assert_eq!(signed.to_string().as_bytes(), bytes);
        signed.verify(&key, &[]).unwrap().checkpoint().clone()
    };
    let roots: Vec<_> = (0..=15).map(|size| checkpoint(&format!("checkpoint.{size}"))).collect();
    assert_eq!(checkpoint("checkpoint"), roots[15]);

    // Every entry, from the bundle; every leaf hash, from the tile; every root, from our own tree.
    let bundle = EntryBundle::from_bytes(&read(&folder.join("tile/entries/000.p/15"))).unwrap();
    assert_eq!(bundle.to_bytes(), read(&folder.join("tile/entries/000.p/15")));
    let leaves: Vec<_> = bundle.entries().iter().map(|entry| Hash::leaf(entry)).collect();
    let tile: Vec<u8> = leaves.iter().flat_map(|leaf| *leaf.as_bytes()).collect();
    assert_eq!(tile, read(&folder.join("tile/0/000.p/15")));
    let mut range = CompactRange::new();
    let mut nodes = NodeMap::new();
    for (size, root) in (0..).zip(&roots) {
        assert_eq!((root.size(), *root.root()), (size, range.root()));
        assert_eq!(CompactRange::from_source(size, &nodes).unwrap(), range);
        if let Some(&leaf) = leaves.get(size as usize) {
            range
                .append(leaf, |node, hash| {
                    nodes.insert(node, hash);
                })
                .unwrap();
        }
    }
    for new in 1..=15 {
        let new_root = roots[new as usize].root();
        for old in 1..=new {
            let old_root = roots[old as usize].root();
            let proof = ProofPlan::consistency(old, new).unwrap().assemble(&nodes).unwrap();
            verify_consistency(old, old_root, new, new_root, &proof).unwrap();
        }
        for (index, leaf) in (0..new).zip(&leaves) {
            let proof = ProofPlan::inclusion(index, new).unwrap().assemble(&nodes).unwrap();
            verify_inclusion(leaf, index, new, &proof, new_root).unwrap();
        }
    }

    // The files are those that we would serve ourselves.
    for size in 1..=15 {
        for tile in tiles(size - 1, size) {
            let path = tile.to_string();
            assert!(folder.join(&path).is_file(), "{path}");
            assert_eq!(path.parse::<Tile>(), Ok(tile));
        }
    }
}

#[test]
fn cosignatures_of_other_witnesses_verify_and_their_log_keys_are_ignored() {
    let Some(folder) = shared::vectors("tlog/cosigned-checkpoints") else { return };
    let vkeys = String::from_utf8(read(&folder.join("vkeys.txt"))).unwrap();
    let keys: Vec<VerifierKey> = vkeys.lines().map(|vkey| vkey.parse().unwrap()).collect();
    assert!(keys.iter().all(|key| key.kind() == KeyKind::Cosigner));
    let files = [
        ("rome300-witness", "witness.example.org"),
        ("rome300-mirror", "mirror.example.org"),
        ("w2", "witness2.example.org"),
    ];
    for (file, witness) in files {
        let bytes = read(&folder.join(format!("{file}.checkpoint")));
        let signed = SignedCheckpoint::parse(&bytes).unwrap();
        assert_eq!(signed.claimed().size(), 300);
        let attestations = signed.note().verify(&keys).unwrap();
        assert_eq!(attestations.len(), 1, "{file}");
        assert_eq!(attestations[0].key().name().as_str(), witness);
        assert_eq!(attestations[0].time(), Some(0x6954_6780));

        // One second later is another statement.
        let last = String::from_utf8(bytes).unwrap();
        let altered = last.replace("AABpVGeA", "AABpVGeB");
        assert_ne!(altered, last);
        let altered = Note::parse(altered.as_bytes()).unwrap();
        assert!(matches!(altered.verify(&keys), Err(NoteError::BadSignature(_))), "{file}");
        let strangers: Vec<_> =
            keys.iter().filter(|key| key.name().as_str() != witness).cloned().collect();
        assert_eq!(signed.note().verify(&strangers), Err(NoteError::Unsigned));
    }
}

#[test]
fn consistency_proofs_of_the_litewitness_dialogue_are_judged_alike() {
    let Some(folder) = shared::vectors("tlog") else { return };
    let dialogue: Value =
        serde_json::from_slice(&read(&folder.join("litewitness-add-checkpoint.json"))).unwrap();
    let public_key = dialogue["log_pubkey_hex"].as_str().unwrap();
    let public_key: Vec<u8> = (0..64)
        .step_by(2)
        .map(|at| u8::from_str_radix(&public_key[at..at + 2], 16).unwrap())
        .collect();
    let mut seen: Option<chancery_record::Checkpoint> = None;
    let (mut accepted, mut refused) = (0, 0);
    for step in dialogue["steps"].as_array().unwrap() {
        let Some((request, note)) = step["body"].as_str().unwrap().split_once("\n\n") else {
            continue;
        };
        let mut lines = request.lines();
        let old: u64 = lines.next().unwrap().strip_prefix("old ").unwrap().parse().unwrap();
        let proof: Result<Vec<_>, _> = lines.map(Hash::from_base64).collect();
        let judged = SignedCheckpoint::parse(note.as_bytes()).ok().and_then(|signed| {
            let name = signed.claimed().origin().clone();
            let key =
                VerifierKey::new(name, KeyKind::Log, public_key.as_slice().try_into().unwrap());
            let verified = signed.verify(&key.unwrap(), &[]).ok()?.checkpoint().clone();
            let proof = proof.ok()?;
            // An old size of 0 is settled before the proof, as the witness protocol says.
            match &seen {
                None if old == 0 && proof.is_empty() => {}
                Some(seen) if seen.origin() == verified.origin() && seen.size() == old => {
                    let (new, root) = (verified.size(), verified.root());
                    verify_consistency(old, seen.root(), new, root, &proof).ok()?;
                }
                _ => return None,
            }
            Some(verified)
        });
        assert_eq!(judged.is_some(), step["status"].as_u64() == Some(200), "{}", step["body"]);
        match judged {
            Some(checkpoint) => {
                accepted += 1;
                seen = Some(checkpoint);
            }
            None => refused += 1,
        }
    }
    assert!(accepted >= 2 && refused >= 4, "{accepted} accepted, {refused} refused");
}
