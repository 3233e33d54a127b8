//! Findings after the inquiry: verified off line, answered, withdrawn.

use std::path::Path;

use chancery_record::{POLICY_BYTES_MAX, Policy};
use chancery_verify::{PACK_BYTES_MAX, Pack};
use serde_json::json;

use super::{Context, Failure, files};
use crate::cli::Finding;
use crate::show;

pub(super) async fn finding(context: &Context, command: Finding) -> Result<u8, Failure> {
    match command {
        Finding::Verify { pack, trust } => verify(context, &pack, trust.as_deref()),
        Finding::Answer { id, file } => {
            let text = String::from_utf8(files::read(&file, files::MAX_FILE)?)
                .map_err(|_| Failure::failed(format!("{}: not text", files::shown(&file))))?;
            let archive = context.open().await?;
            let leaf = archive.answer_finding(&id, &text, context.actor()?).await?;
            archive.close().await;
            context.put(&json!({"inquiry": id, "leaf": leaf}), || {
                format!("Your answer to {id} is kept with it (entry {leaf} of the record).")
            })?;
            Ok(0)
        }
        Finding::Withdraw { id, reason } => {
            let archive = context.open().await?;
            let leaf = archive.withdraw_finding(&id, &reason, context.actor()?).await?;
            archive.close().await;
            context.put(&json!({"inquiry": id, "leaf": leaf}), || {
                format!(
                    "The finding of {id} is withdrawn (entry {leaf} of the record); its papers stay spent."
                )
            })?;
            Ok(0)
        }
    }
}

/// Needs no archive.
fn verify(context: &Context, pack: &Path, trust: Option<&Path>) -> Result<u8, Failure> {
    let bytes = files::read(pack, PACK_BYTES_MAX as u64)?;
    let policy = match trust {
        None => None,
        Some(path) => {
            let policy = Policy::parse(&files::read(path, POLICY_BYTES_MAX as u64)?);
            Some(policy.map_err(|e| Failure::failed(format!("{}: {e}", files::shown(path))))?)
        }
    };
    let refused = |e: &dyn std::fmt::Display| {
        Failure::failed(format!("{} does not hold: {e}", files::shown(pack)))
    };
    let read = Pack::parse(&bytes).map_err(|e| refused(&e))?;
    let verified = chancery_verify::verify(&read, policy.as_ref()).map_err(|e| refused(&e))?;
    if context.json {
        // The canonical bytes, so that two people can compare files.
        super::print(&String::from_utf8_lossy(&verified.to_bytes()))?;
    } else {
        super::print(&show::verified_finding(&verified))?;
    }
    Ok(0)
}
