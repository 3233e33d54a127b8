//! The log's side: makes a checkpoint, asks the witnesses of the policy, keeps what they sign.
//!
//! Before anything is signed for outsiders, each witness is asked what it holds. A checkpoint under the
//! record's own signature that the database does not contain means that the database is an old one: then
//! nothing is signed any more. A witness that merely claims to have seen more is not believed, only named.

use std::time::Duration;

use chancery_desk::{Archive, DeskError, PublishedCheckpoint};
use chancery_record::{
    AddCheckpoint, NoteSignature, PolicyWitness, SignedCheckpoint, VerifierKey, parse_cosignatures,
};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// How long one request to a witness may take.
pub const WITNESS_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest answer that is read, in bytes.
const ANSWER_BYTES_MAX: u64 = 256 * 1024;
/// How often a witness is asked about one checkpoint: with what we believe, with what it says, and once more
/// when somebody came in between.
const ROUNDS: usize = 3;

/// What came of asking one witness.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// Its name in the policy.
    pub witness: String,
    /// Whether its genuine cosignature was obtained.
    pub signed: bool,
    /// In words, for the operator.
    pub outcome: String,
}

/// A checkpoint and what came of asking the witnesses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Published {
    /// The checkpoint with the cosignatures obtained.
    #[serde(flatten)]
    pub checkpoint: PublishedCheckpoint,
    /// Each witness of the policy.
    pub asked: Vec<Asked>,
}

/// An answer over HTTP: status and body, or why there is none.
type Answer = Result<(u16, Vec<u8>), String>;

/// Makes the next checkpoint for outsiders and has it cosigned. With `due_only`, only when it is time:
/// otherwise `None`.
///
/// # Errors
/// When a witness shows that the database is an old one, or the archive cannot be read or written. That too
/// few witnesses answered is no error: the checkpoint is then not shown.
pub async fn publish(archive: &Archive, due_only: bool) -> Result<Option<Published>, DeskError> {
    if due_only && !archive.publication_due().await? {
        return Ok(None);
    }
    let policy = archive.witness_policy()?;
    let witnesses: Vec<PolicyWitness> =
        policy.map(|policy| policy.witnesses().to_vec()).unwrap_or_default();
    compare(archive, &witnesses).await?;
    let checkpoint = archive.publish().await?;
    if witnesses.is_empty() {
        return Ok(Some(Published { checkpoint, asked: Vec::new() }));
    }
    let (lines, asked) = collect(archive, &checkpoint, &witnesses).await?;
    let checkpoint = archive.add_cosignatures(checkpoint.size, &lines).await?;
    Ok(Some(Published { checkpoint, asked }))
}

/// Compares what the witnesses hold with the database.
async fn compare(archive: &Archive, witnesses: &[PolicyWitness]) -> Result<(), DeskError> {
    for (witness, seen) in held(&archive.verifier_key(), witnesses).await {
        if let Some(why) = archive.compare_with_witness(&witness, &seen).await? {
            return Err(DeskError::Record(why));
        }
    }
    Ok(())
}

/// The checkpoints of the log `key` that the witnesses hold, with the names of the witnesses; only those that
/// the log itself has signed. A witness that is away, or keeps its readings elsewhere, tells nothing.
pub async fn held(key: &VerifierKey, witnesses: &[PolicyWitness]) -> Vec<(String, Vec<u8>)> {
    let log = hex::encode(Sha256::digest(key.name().as_str()));
    let mut running = Vec::new();
    for witness in witnesses {
        let Some(url) = &witness.url else { continue };
        let url = format!("{}/{log}/checkpoint", url.trim_end_matches('/'));
        running.push((witness, tokio::task::spawn_blocking(move || get(&url))));
    }
    let mut held = Vec::new();
    for (witness, answer) in running {
        let Ok(Ok((200, seen))) = answer.await else { continue };
        let signed = SignedCheckpoint::parse(&seen);
        if signed.is_ok_and(|signed| signed.verify(key, &[]).is_ok()) {
            held.push((witness.name.clone(), seen));
        }
    }
    held
}

/// Asks all witnesses at once, each as often as it takes.
async fn collect(
    archive: &Archive,
    checkpoint: &PublishedCheckpoint,
    witnesses: &[PolicyWitness],
) -> Result<(Vec<NoteSignature>, Vec<Asked>), DeskError> {
    let signed = SignedCheckpoint::parse(checkpoint.checkpoint.as_bytes())
        .map_err(|e| DeskError::Record(e.to_string()))?;
    let mut lines = Vec::new();
    let mut outcomes: Vec<Option<Result<(), String>>> = vec![None; witnesses.len()];
    let mut old = vec![0; witnesses.len()];
    for _ in 0..ROUNDS {
        let mut running = Vec::new();
        for (at, witness) in witnesses.iter().enumerate() {
            if outcomes[at].is_some() {
                continue;
            }
            let Some(url) = &witness.url else {
                outcomes[at] = Some(Err("the policy gives no address for it".into()));
                continue;
            };
            let proof = archive.consistency(old[at], checkpoint.size).await?;
            let Some(request) = AddCheckpoint::new(old[at], proof, signed.clone()) else {
                continue;
            };
            let url = format!("{}/add-checkpoint", url.trim_end_matches('/'));
            let body = request.to_string();
            running.push((at, tokio::task::spawn_blocking(move || post(&url, body))));
        }
        for (at, answer) in running {
            let answer = answer.await.unwrap_or_else(|e| Err(e.to_string()));
            match judge(&answer, &witnesses[at], &signed) {
                Judged::Signed(line) => {
                    lines.push(line);
                    outcomes[at] = Some(Ok(()));
                }
                Judged::Holds(size) if size <= checkpoint.size => old[at] = size,
                Judged::Holds(size) => {
                    outcomes[at] = Some(Err(format!(
                        "says it holds {size} entries, more than the {} here, but shows none under this record's signature; was the archive restored from a backup?",
                        checkpoint.size
                    )));
                }
                Judged::Refused(why) => outcomes[at] = Some(Err(why)),
            }
        }
    }
    let asked = witnesses.iter().zip(outcomes).map(|(witness, outcome)| {
        let outcome = outcome.unwrap_or_else(|| Err("changes its mind about what it holds".into()));
        Asked {
            witness: witness.name.clone(),
            signed: outcome.is_ok(),
            outcome: outcome.err().unwrap_or_else(|| "cosigned".to_owned()),
        }
    });
    let asked = asked.collect();
    Ok((lines, asked))
}

enum Judged {
    Signed(NoteSignature),
    Holds(u64),
    Refused(String),
}

fn judge(answer: &Answer, witness: &PolicyWitness, signed: &SignedCheckpoint) -> Judged {
    let (status, body) = match answer {
        Ok((status, body)) => (*status, body),
        Err(why) => return Judged::Refused(format!("cannot be reached: {why}")),
    };
    let text = String::from_utf8_lossy(body);
    match status {
        200 => {
            let genuine = parse_cosignatures(body).unwrap_or_default().into_iter().find(|line| {
                let mut note = signed.note().clone();
                note.add_signature(line.clone()).is_ok()
                    && note.verify(std::slice::from_ref(&witness.key)).is_ok()
            });
            genuine.map_or_else(
                || Judged::Refused("answered without a genuine cosignature of its key".into()),
                Judged::Signed,
            )
        }
        409 => match text.strip_suffix('\n').and_then(|size| size.parse().ok()) {
            Some(size) => Judged::Holds(size),
            None => Judged::Refused("answered 409 without a size".into()),
        },
        status => {
            let said: String = text.chars().filter(|c| !c.is_control()).take(120).collect();
            Judged::Refused(format!("answered {status}: {said}"))
        }
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(WITNESS_TIMEOUT))
        .http_status_as_error(false)
        .max_redirects(0)
        .build()
        .new_agent()
}

fn get(url: &str) -> Answer {
    answer(agent().get(url).call())
}

fn post(url: &str, body: String) -> Answer {
    answer(agent().post(url).header("content-type", "text/plain; charset=utf-8").send(body))
}

fn answer(response: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Answer {
    let mut response = response.map_err(|e| e.to_string())?;
    let status = response.status().as_u16();
    let body = response.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec();
    Ok((status, body.map_err(|e| e.to_string())?))
}
