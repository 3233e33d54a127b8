//! The witness over real HTTP, against the dialogue of another implementation and against its own crashes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../../chancery-record/tests/shared/departures.rs"]
mod departures;
mod support;

use std::path::Path;

use chancery_record::{
    AddCheckpoint, CompactRange, Hash, KeyKind, KeyName, LogSigner, NodeMap, Note, ProofPlan,
    SignedCheckpoint, VerifierKey,
};
use chancery_witness::Witness;
use serde_json::Value;
use support::{get, post, serve};

/// A log that grows in memory.
struct Log {
    signer: LogSigner,
    nodes: NodeMap,
    roots: Vec<Hash>,
}

impl Log {
    fn new(origin: &str, size: u64) -> Self {
        let (mut range, mut nodes) = (CompactRange::new(), NodeMap::new());
        let mut roots = vec![range.root()];
        for at in 0..size {
            let keep = |node, hash| {
                nodes.insert(node, hash);
            };
            range.append(Hash::leaf(&at.to_be_bytes()), keep).unwrap();
            roots.push(range.root());
        }
        Self { signer: LogSigner::from_seed(origin, &[1; 32]).unwrap(), nodes, roots }
    }

    fn at(&self, size: u64) -> SignedCheckpoint {
        self.signer.sign_checkpoint(size, self.roots[size as usize]).unwrap()
    }

    fn request(&self, old: u64, new: u64) -> String {
        let proof = match old {
            0 => Vec::new(),
            _ => ProofPlan::consistency(old, new).unwrap().assemble(&self.nodes).unwrap(),
        };
        AddCheckpoint::new(old, proof, self.at(new)).unwrap().to_string()
    }
}

fn witness(folder: &Path, name: &str, logs: &[VerifierKey]) -> Witness {
    Witness::open(folder, Some(name)).unwrap();
    let lines: String = logs.iter().map(|log| format!("{log}\n")).collect();
    std::fs::write(folder.join("logs"), format!("# followed\n\n{lines}")).unwrap();
    Witness::open(folder, None).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_litewitness_dialogue_gets_its_answers() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/vectors/tlog/litewitness-add-checkpoint.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        let required = std::env::var("CHANCERY_REQUIRE_DATA").is_ok_and(|value| value == "1");
        assert!(!required, "../shared/vectors/tlog is missing and CHANCERY_REQUIRE_DATA=1");
        eprintln!("SKIPPED: ../shared/vectors/tlog is missing");
        return;
    };
    let dialogue: Value = serde_json::from_str(&text).unwrap();
    let hex = dialogue["log_pubkey_hex"].as_str().unwrap();
    let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    let public: Vec<u8> = (0..64).step_by(2).map(digit).collect();
    let steps = dialogue["steps"].as_array().unwrap();
    let first = steps[0]["body"].as_str().unwrap();
    let origin = KeyName::new(first.lines().nth(2).unwrap()).unwrap();
    let log = VerifierKey::new(origin, KeyKind::Log, public.as_slice().try_into().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let name = dialogue["witness_name"].as_str().unwrap();
    let witness = witness(folder.path(), name, &[log.unwrap()]);
    let key = witness.verifier_key();
    let address = serve(witness.router()).await;
    let mut departed = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        let body = step["body"].as_str().unwrap();
        let listed = step["status"].as_u64().unwrap();
        let (status, kind, _, answer) =
            post(address, step["path"].as_str().unwrap(), body.as_bytes()).await;
        let answer = String::from_utf8(answer).unwrap();
        if u64::from(status) != listed {
            departed.push([at.to_string(), listed.to_string(), status.to_string()]);
        }
        let asserts = step["asserts"].as_str().unwrap();
        match status {
            200 => {
                assert!(answer.contains(&format!("\u{2014} {name} ")), "{answer}");
                let checkpoint = body.split_once("\n\n").unwrap().1;
                let note = Note::parse(format!("{checkpoint}{answer}").as_bytes()).unwrap();
                assert_eq!(note.verify(std::slice::from_ref(&key)).unwrap().len(), 1);
            }
            409 => {
                assert_eq!(kind, "text/x.tlog.size");
                assert!(asserts.contains(&format!("body == {answer:?}")), "{asserts} {answer:?}");
            }
            _ => {}
        }
    }
    // Steps whose listed status is not the one of the present specification.
    assert_eq!(departed, departures::departures("litewitness"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_status_has_its_answer_and_state_outlives_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let log = Log::new("archive.example/record", 300);
    let keys = [log.signer.verifier_key()];
    let address = serve(witness(folder.path(), "witness.example/w1", &keys).router()).await;
    let send =
        async |address, body: String| post(address, "/add-checkpoint", body.as_bytes()).await;
    assert_eq!(send(address, log.request(0, 200)).await.0, 200);
    assert_eq!(send(address, log.request(200, 256)).await.0, 200);
    assert_eq!(send(address, "old x\n\n".into()).await.0, 400);
    assert_eq!(send(address, log.request(0, 0)).await.0, 409);
    let stranger = Log::new("other.example/record", 3);
    assert_eq!(send(address, stranger.request(0, 3)).await.0, 404);
    let (status, kind, _, body) = send(address, log.request(200, 300)).await;
    assert_eq!((status, kind.as_str(), body.as_slice()), (409, "text/x.tlog.size", &b"256\n"[..]));
    let proofless = AddCheckpoint::new(256, Vec::new(), log.at(300)).unwrap().to_string();
    assert_eq!(send(address, proofless).await.0, 422);
    let mut forged = log.request(256, 300);
    forged = forged.replace("300\n", "299\n");
    assert_eq!(send(address, forged).await.0, 403);
    assert_eq!(get(address, "/add-checkpoint").await.0, 405);

    // Another process over the same folder knows what this one has seen.
    let again = serve(Witness::open(folder.path(), None).unwrap().router()).await;
    assert_eq!(send(again, log.request(0, 300)).await.3, b"256\n");
    let seen = {
        use sha2::Digest as _;
        hex::encode(sha2::Sha256::digest("archive.example/record"))
    };
    let (status, _, _, held) = get(again, &format!("/{seen}/checkpoint")).await;
    assert_eq!(status, 200);
    assert_eq!(SignedCheckpoint::parse(&held).unwrap().claimed().size(), 256);
    assert_eq!(get(again, "/0000/checkpoint").await.0, 404);
    assert_eq!(get(again, "/..%2fkey/checkpoint").await.0, 404);

    // What cannot be stored is not signed, and nothing was promised.
    std::fs::rename(folder.path().join("seen"), folder.path().join("gone")).unwrap();
    std::fs::write(folder.path().join("seen"), b"no folder").unwrap();
    assert_eq!(send(again, log.request(256, 300)).await.0, 500);
    std::fs::remove_file(folder.path().join("seen")).unwrap();
    std::fs::rename(folder.path().join("gone"), folder.path().join("seen")).unwrap();
    assert_eq!(send(again, log.request(256, 300)).await.0, 200);

    // A state that somebody altered is no state.
    let file = folder.path().join("seen").join(&seen);
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("\n300\n", "\n200\n")).unwrap();
    assert_eq!(send(again, log.request(300, 300)).await.0, 500);
}

/// Two requests that build on the same state: one is signed, the other learns the new size. Were judging and
/// storing not one step, both could be signed and the smaller could win.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_racing_requests_one_wins() {
    let folder = tempfile::tempdir().unwrap();
    let log = Log::new("archive.example/record", 64);
    let keys = [log.signer.verifier_key()];
    let address = serve(witness(folder.path(), "witness.example/w1", &keys).router()).await;
    let mut old = 0;
    for round in 1..=10 {
        let requests: Vec<_> = (0..6).map(|n| log.request(old, round * 6 - 5 + n)).collect();
        let mut running = Vec::new();
        for request in requests {
            let send = async move { post(address, "/add-checkpoint", request.as_bytes()).await };
            running.push(tokio::spawn(send));
        }
        let mut signed = 0;
        for (answer, size) in running.into_iter().zip(round * 6 - 5..) {
            let (status, _, _, _) = answer.await.unwrap();
            if status == 200 {
                signed += 1;
                old = size;
            } else {
                assert_eq!(status, 409);
            }
        }
        assert_eq!(signed, 1);
        let body = post(address, "/add-checkpoint", log.request(0, 1).as_bytes()).await.3;
        assert_eq!(String::from_utf8(body).unwrap(), format!("{old}\n"));
    }
}
