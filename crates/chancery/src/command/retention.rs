//! How papers are kept, and public versions of them.

use chancery_desk::{Redaction, RetentionChange, verify_redaction};
use chancery_domain::retention::Closure;
use serde::Deserialize;

use super::{Context, Failure, files};
use crate::cli::Keeping;
use crate::show;

/// A file of stretches to hide.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spans {
    #[serde(default)]
    redact: Vec<Redaction>,
}

pub(super) async fn retention(context: &Context, command: Keeping) -> Result<u8, Failure> {
    let (paper, change) = match command {
        Keeping::VerifyRedaction { file, key } => {
            let bytes = files::read(&file, files::MAX_FILE)?;
            let verified = verify_redaction(&bytes, &key)?;
            context.put(&verified, || show::verified_redaction(&verified))?;
            return Ok(0);
        }
        Keeping::Redact { paper, spans, output } => {
            let who = context.actor()?;
            let spans: Spans = files::toml(&spans)?;
            let archive = context.open().await?;
            let made = archive.redact(&paper, who, &spans.redact).await?;
            archive.close().await;
            files::write(&output, &made.bytes)?;
            context.put(&made, || show::redacted(&made, &output))?;
            return Ok(0);
        }
        Keeping::Due { by, apply } => {
            let who = context.actor()?;
            let archive = context.open().await?;
            let due = archive.due(who, by, apply).await?;
            archive.close().await;
            context.put(&due, || show::due(&due))?;
            return Ok(0);
        }
        Keeping::Dispose { paper, withdraw } => {
            let who = context.actor()?;
            let archive = context.open().await?;
            if withdraw {
                let leaf = archive.keep_paper(&paper, who).await?;
                archive.close().await;
                let kept = serde_json::json!({"paper": paper, "leaf": leaf});
                context.put(&kept, || format!("{paper} is kept (entry {leaf})."))?;
                return Ok(0);
            }
            let disposal = archive.dispose(&paper, who).await?;
            archive.close().await;
            context.put(&disposal, || show::disposal(&disposal))?;
            return Ok(0);
        }
        Keeping::Retention { paper } => {
            let who = context.actor()?;
            let archive = context.open().await?;
            let shown = archive.retention(&paper, who).await?;
            archive.close().await;
            context.put(&shown, || show::retention(&shown))?;
            return Ok(0);
        }
        Keeping::Review { paper, on } => (paper, RetentionChange::Review(on)),
        Keeping::Downgrade { paper, word, on } => (paper, RetentionChange::Downgrade(word, on)),
        Keeping::Declassify { paper } => (paper, RetentionChange::Declassify),
        Keeping::Close { paper, exemption, reason, until } => {
            (paper, RetentionChange::Close(Closure { exemption, reason, until }))
        }
        Keeping::Open { paper } => (paper, RetentionChange::Open),
        Keeping::Hold { paper, matter } => (paper, RetentionChange::Hold(matter)),
        Keeping::Unhold { paper, matter } => (paper, RetentionChange::Unhold(matter)),
    };
    let who = context.actor()?;
    let archive = context.open().await?;
    let shown = archive.retain(&paper, who, &change).await?;
    archive.close().await;
    context.put(&shown, || show::retention(&shown))?;
    Ok(0)
}
