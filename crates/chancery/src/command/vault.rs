//! Keys: making an archive, opening and closing it, rotation, backups.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use chancery_desk::{
    Archive, Clock, DeskError, SHARE_BYTES_MAX, Share, ShareNotes, Unsealing, agent_runs,
    give_share, is_sealed_file, open_file, run_agent, seal_archive, seal_file, unsealing,
};
use serde::Serialize;
use serde_json::json;

use super::{Context, Failure, files};
use crate::cli::{
    AgentArgs, BackupArgs, BackupDrill, InitArgs, RestoreArgs, ShareArgs, UnsealArgs, Vault,
};
use crate::show;

/// A share that was handed out.
#[derive(Debug, Serialize)]
pub(crate) struct Handed {
    pub(crate) share: u8,
    /// The file it was written to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<PathBuf>,
    /// The words, when it was printed instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) words: Option<String>,
}

pub(super) async fn init(context: &Context, args: &InitArgs) -> Result<u8, Failure> {
    let custody = args.shares.custody();
    check(&args.shares)?;
    let mut handed = Vec::new();
    let deliver = |shares: &[Share]| hand_out(&args.shares, shares, &mut handed);
    let archive = Archive::init_in(&args.dir, Clock::System, custody, deliver).await?;
    let status = archive.status().await?;
    archive.close().await;
    if handed.is_empty() {
        context.put(&status, || show::made(&args.dir, &status))?;
    } else {
        let made = json!({
            "state": "sealed",
            "keys": status.keys,
            "verifier_key": status.verifier_key,
            "shares": handed,
        });
        context.put(&made, || show::made_in_shares(&args.dir, &status, &handed))?;
    }
    Ok(0)
}

/// What can be found wrong before a key is drawn.
fn check(args: &ShareArgs) -> Result<(), Failure> {
    let shares = usize::from(args.shares.unwrap_or_default());
    if !args.to.is_empty() && args.to.len() != shares {
        return Err(Failure::usage(format!(
            "{shares} shares need {shares} keys: give --to once for each officer ({} were given)",
            args.to.len()
        )));
    }
    for recipient in &args.to {
        chancery_desk::age_recipient(recipient)?;
    }
    Ok(())
}

/// Writes shares to files, or keeps their words to be printed.
fn hand_out(args: &ShareArgs, shares: &[Share], handed: &mut Vec<Handed>) -> Result<(), DeskError> {
    let unwritten = |e: Failure| DeskError::Input(e.message);
    let folder = args.out.as_deref().unwrap_or_else(|| Path::new("."));
    if args.out.is_some() || !args.to.is_empty() {
        std::fs::create_dir_all(folder)
            .map_err(|error| DeskError::File { path: folder.to_owned(), error })?;
    }
    for (at, share) in shares.iter().enumerate() {
        let text = share.to_text();
        let (generation, number) = (share.generation(), share.number());
        let name = |ending: &str| {
            folder.join(format!("share-{}-{generation}-{number}.{ending}", share.archive()))
        };
        let (file, words) = match (args.to.get(at), &args.out) {
            (Some(recipient), _) => {
                let sealed = seal_file(std::slice::from_ref(recipient), text.as_bytes())?;
                (Some((name("age"), sealed)), None)
            }
            (None, Some(_)) => (Some((name("txt"), text.as_bytes().to_vec())), None),
            (None, None) => (None, Some(text.to_string())),
        };
        if let Some((path, bytes)) = &file {
            files::write(path, bytes).map_err(unwritten)?;
        }
        handed.push(Handed { share: number, file: file.map(|(path, _)| path), words });
    }
    Ok(())
}

pub(super) async fn status(context: &Context) -> Result<u8, Failure> {
    let folder = context.folder()?;
    if let Some(state) = sealed(folder)? {
        let notes = ShareNotes::of_archive(folder)?;
        let keys = notes.map(|notes| notes.describe()).unwrap_or_default();
        let shown = json!({
            "state": "sealed", "keys": keys, "given": state.given, "needed": state.needed,
        });
        context.put(&shown, || show::sealed(&keys, state))?;
        return Ok(0);
    }
    let archive = context.open().await?;
    let status = archive.status().await?;
    archive.close().await;
    context.put(&status, || show::status(&status))?;
    Ok(0)
}

/// How far an archive is unsealed, if it is sealed.
fn sealed(folder: &Path) -> Result<Option<Unsealing>, Failure> {
    Ok(unsealing(folder)?.filter(|state| !state.open))
}

pub(super) async fn unseal(context: &Context, args: &UnsealArgs) -> Result<u8, Failure> {
    let folder = context.folder()?;
    if !agent_runs(folder) {
        Archive::settle_custody(folder).await?;
    }
    let Some(state) = unsealing(folder)? else {
        return Err(Failure::failed(
            "this archive's key lies in its key file; there is nothing to unseal",
        ));
    };
    if state.open {
        context.put(&state, || show::unsealed(state))?;
        return Ok(0);
    }
    let share = read_share(context, args)?;
    if !agent_runs(folder) {
        start_agent(folder, args.open_for)?;
    }
    let state = give_share(folder, &share)?;
    context.put(&state, || show::unsealed(state))?;
    Ok(0)
}

fn read_share(context: &Context, args: &UnsealArgs) -> Result<Share, Failure> {
    const LIMIT: u64 = SHARE_BYTES_MAX as u64;
    let bad = |e: chancery_desk::ShareError| Failure::failed(e.to_string());
    let Some(path) = &args.share else {
        if console::user_attended() && !context.json {
            super::note("Type the forty words of your share, then Ctrl-D on a line of its own.");
        }
        // One allocation, wiped when the share was read.
        let mut bytes = zeroize::Zeroizing::new(Vec::with_capacity(SHARE_BYTES_MAX + 1));
        let read = std::io::stdin().lock().take(LIMIT + 1).read_to_end(&mut bytes);
        read.map_err(|e| Failure::failed(format!("standard input: {e}")))?;
        return Share::parse(&bytes).map_err(bad);
    };
    let bytes = zeroize::Zeroizing::new(files::read(path, 16 * LIMIT)?);
    if !is_sealed_file(&bytes) {
        return Share::parse(&bytes).map_err(bad);
    }
    let identity = args.identity.as_ref().ok_or_else(|| {
        Failure::usage(format!("{} is sealed: give --identity FILE", path.display()))
    })?;
    let identity = zeroize::Zeroizing::new(files::read(identity, 16 * LIMIT)?);
    Share::parse(&open_file(&identity, &bytes)?).map_err(bad)
}

/// Starts the agent as a process of its own and waits until it answers.
#[allow(clippy::zombie_processes, reason = "the agent outlives this command, which then ends")]
pub(super) fn start_agent(folder: &Path, open_for: Duration) -> Result<(), Failure> {
    let failed = |e: std::io::Error| Failure::failed(format!("the agent cannot be started: {e}"));
    let folder = folder.canonicalize().map_err(failed)?;
    let program = std::env::current_exe().map_err(failed)?;
    let mut agent = Command::new(program)
        .arg("--archive")
        .arg(&folder)
        .args(["agent", "--open-for", &format!("{}s", open_for.as_secs())])
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let mut line = String::new();
    if let Some(out) = agent.stdout.take() {
        BufReader::new(out.take(100)).read_line(&mut line).map_err(failed)?;
    }
    if line.trim() == READY {
        return Ok(());
    }
    let mut said = String::new();
    if let Some(err) = agent.stderr.take() {
        // Whatever it says is better than nothing.
        let _ = err.take(1000).read_to_string(&mut said);
    }
    Err(Failure::failed(format!("the agent cannot be started: {}", said.trim())))
}

/// What the agent says once it answers.
const READY: &str = "ready";

pub(super) fn agent(context: &Context, args: &AgentArgs) -> Result<u8, Failure> {
    run_agent(context.folder()?, args.open_for, || {
        // Whoever waits for it has gone if it cannot be written.
        let _ = super::print(READY);
    })?;
    Ok(0)
}

pub(super) fn seal(context: &Context) -> Result<u8, Failure> {
    let folder = context.folder()?;
    if unsealing(folder)?.is_none() {
        return Err(Failure::failed(
            "this archive's key lies in its key file; it cannot be sealed. For shares: chancery vault reissue --shares N --threshold K",
        ));
    }
    let ended = seal_archive(folder)?;
    context.put(&json!({"state": "sealed", "was_open": ended}), || {
        "Sealed. An open reading room closes within seconds; other programs keep the archive open until they end.".to_owned()
    })?;
    Ok(0)
}

pub(super) async fn vault(context: &Context, command: Vault) -> Result<u8, Failure> {
    let who = context.actor()?;
    match command {
        Vault::Rotate { marking } => {
            let archive = context.open().await?;
            let rotated = archive.rotate_keys(who, marking).await?;
            archive.close().await;
            context.put(&rotated, || show::rotated(&rotated))?;
        }
        Vault::Reissue { shares, key_file: _ } => {
            check(&shares)?;
            let archive = context.open().await?;
            let mut handed = Vec::new();
            let deliver = |made: &[Share]| hand_out(&shares, made, &mut handed);
            let rewrapped = archive.reissue(who, shares.custody(), deliver).await?;
            let keys = archive.status().await?.keys;
            archive.close().await;
            let made = json!({"keys": keys, "rewrapped": rewrapped, "shares": handed});
            context.put(&made, || show::reissued(&keys, rewrapped, &handed))?;
        }
    }
    Ok(0)
}

pub(super) async fn backup(context: &Context, args: BackupArgs) -> Result<u8, Failure> {
    let archive = context.open().await?;
    if let Some(BackupDrill::Drill { from }) = args.drill {
        let scratch = tempfile::tempdir().map_err(|e| Failure::failed(e.to_string()))?;
        let drill = archive.drill(&from, &scratch.path().join("restored")).await?;
        archive.close().await;
        context.put(&drill, || show::drill(&drill))?;
        return Ok(0);
    }
    let into = args.into.ok_or_else(|| Failure::usage("say where: chancery backup DIR"))?;
    let made = archive.backup(&into, args.keep_keys).await?;
    archive.close().await;
    context.put(&made, || show::backed_up(&made, args.keep_keys))?;
    Ok(0)
}

pub(super) async fn restore(context: &Context, args: &RestoreArgs) -> Result<u8, Failure> {
    let restored = Archive::restore(&args.from, &args.to, args.keys.as_deref()).await?;
    context.put(&restored, || show::restored(&restored))?;
    Ok(0)
}
