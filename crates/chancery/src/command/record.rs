//! The record: published, proved, verified, witnessed.

use std::path::Path;

use chancery_desk::{Clock, Stalled, check_receipt};
use chancery_witness::{Witness, WitnessError, held, publish, write_folder};
use serde_json::json;

use super::{Context, Failure, files, print};
use crate::cli::{ReceiptArgs, Record, WitnessCommand};
use crate::show;

impl From<WitnessError> for Failure {
    fn from(error: WitnessError) -> Self {
        Self::failed(error.to_string())
    }
}

pub(super) async fn record(context: &Context, command: Record) -> Result<u8, Failure> {
    match command {
        Record::Checkpoint { own } => checkpoint(context, own).await,
        Record::Prove { entry, output } => prove(context, entry, output.as_deref()).await,
        Record::Verify(ReceiptArgs {
            receipt: Some(receipt),
            entry: Some(entry),
            policy: Some(policy),
        }) => verify_receipt(context, &receipt, &entry, &policy),
        Record::Verify(_) => verify(context).await,
        Record::Publish { due, output } => publish_now(context, due, output.as_deref()).await,
        Record::Epoch { witnessed } => {
            let mut notes = Vec::new();
            for file in witnessed {
                notes.push(files::read(&file, files::MAX_FILE)?);
            }
            epoch(context, notes).await
        }
    }
}

async fn checkpoint(context: &Context, own: bool) -> Result<u8, Failure> {
    let archive = context.open().await?;
    if own {
        let text = archive.checkpoint()?;
        context.put(&json!({"checkpoint": text}), || text.clone())?;
    } else {
        let published = archive.published().await?.ok_or_else(|| {
            Failure::failed(
                "no checkpoint is shown to outsiders yet; make one with: chancery record publish",
            )
        })?;
        context.put(&published, || show::published(&published, &[]))?;
    }
    archive.close().await;
    Ok(0)
}

async fn prove(context: &Context, entry: u64, output: Option<&Path>) -> Result<u8, Failure> {
    let archive = context.open().await?;
    let proved = archive.prove(entry, context.actor()?).await?;
    archive.close().await;
    if let Some(file) = output {
        files::write(file, proved.receipt.as_bytes())?;
        files::write(&file.with_extension("json"), proved.entry.as_bytes())?;
    }
    context.put(&proved, || show::proved(&proved, output))?;
    Ok(0)
}

async fn verify(context: &Context) -> Result<u8, Failure> {
    let archive = context.open().await?;
    let bar = context.bar("papers verified");
    let verified = archive.verify(|done, of| bar.set(done, of)).await?;
    bar.done();
    archive.close().await;
    context.put(&verified, || show::verified(&verified))?;
    Ok(0)
}

/// A receipt that proves its entry, but has fewer witnesses than the policy wants, is a failure.
fn verify_receipt(
    context: &Context,
    receipt: &Path,
    entry: &Path,
    policy: &Path,
) -> Result<u8, Failure> {
    let read = |path| files::read(path, files::MAX_FILE);
    let checked = check_receipt(&read(receipt)?, &read(entry)?, &read(policy)?)?;
    context.put(&checked, || show::checked_receipt(&checked))?;
    Ok(u8::from(!checked.enough))
}

async fn publish_now(context: &Context, due: bool, output: Option<&Path>) -> Result<u8, Failure> {
    let archive = context.open().await?;
    let made = publish(&archive, due).await?;
    let shown = archive.published().await?;
    let files = match (output, &shown) {
        (Some(folder), Some(_)) => Some(write_folder(&archive, folder).await?),
        _ => None,
    };
    archive.close().await;
    let enough = made.as_ref().is_none_or(|made| made.checkpoint.shown);
    context.put(&json!({"made": made, "shown": shown, "files": files}), || {
        let mut text = match &made {
            Some(made) => show::published(&made.checkpoint, &made.asked),
            None => "It is not time for the next checkpoint yet.".to_owned(),
        };
        if let (Some(files), Some(folder)) = (files, output) {
            text.push_str(&format!("\nWrote {files} files to {}.", folder.display()));
        }
        text
    })?;
    Ok(u8::from(!enough))
}

async fn epoch(context: &Context, mut notes: Vec<Vec<u8>>) -> Result<u8, Failure> {
    let stalled = Stalled::open(context.folder()?, Clock::System).await?;
    if let Some(policy) = stalled.witness_policy()? {
        let held = held(&stalled.verifier_key(), policy.witnesses()).await;
        notes.extend(held.into_iter().map(|(_, note)| note));
    }
    let (archive, epoch) = stalled.begin_epoch(context.actor()?, &notes).await?;
    archive.close().await;
    context.put(&epoch, || show::epoch(&epoch))?;
    Ok(0)
}

pub(super) async fn witness(context: &Context, command: WitnessCommand) -> Result<u8, Failure> {
    match command {
        WitnessCommand::Key { dir, name } => {
            let witness = Witness::open(&dir, name.as_deref())?;
            let key = witness.verifier_key().to_string();
            context.put(&json!({"key": key, "logs": witness.logs()}), || key.clone())?;
        }
        WitnessCommand::Serve { dir, listen } => {
            let witness = Witness::open(&dir, None)?;
            let failed = |e: std::io::Error| Failure::failed(format!("{listen}: {e}"));
            let listener = tokio::net::TcpListener::bind(listen).await.map_err(failed)?;
            let address = listener.local_addr().map_err(failed)?;
            let (key, logs) = (witness.verifier_key(), witness.logs());
            // Whoever started it waits for this line; the key is printed once it can be asked.
            let line = json!({"listen": address, "key": key.to_string(), "logs": logs});
            print(&if context.json {
                line.to_string()
            } else {
                format!("Witness {key} follows {logs} logs at http://{address}")
            })?;
            axum::serve(listener, witness.router()).await.map_err(failed)?;
        }
    }
    Ok(0)
}
