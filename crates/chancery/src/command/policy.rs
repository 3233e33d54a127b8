//! The label policy: showing it, putting one in force, labels of papers.

use std::path::Path;

use chancery_desk::Look;
use chancery_domain::label::{MAX_XML_BYTES, Policy};
use serde_json::json;

use super::{Context, Failure, files};
use crate::cli::PolicyCommand;
use crate::show;

/// Text of a shipped policy by its name, or of a file.
fn source(name: &str) -> Result<String, Failure> {
    match Policy::shipped_xml(name) {
        Some(xml) => Ok(xml.to_owned()),
        None => xml(Path::new(name)),
    }
}

/// The text of an XML file.
pub(super) fn xml(file: &Path) -> Result<String, Failure> {
    let bytes = files::read(file, u64::try_from(MAX_XML_BYTES).unwrap_or(u64::MAX))?;
    String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        Failure::failed(format!("{}: not UTF-8 text (byte {at})", file.display()))
    })
}

pub(super) async fn policy(context: &Context, command: PolicyCommand) -> Result<u8, Failure> {
    if let PolicyCommand::Check { file } = &command {
        let policy = Policy::parse(&xml(file)?)
            .map_err(|e| Failure::failed(format!("{}: {e}", file.display())))?;
        context.put(&json!({"policy": policy.name(), "id": policy.id()}), || {
            format!("{} is a sound policy, {} ({}).", file.display(), policy.name(), policy.id())
        })?;
        return Ok(0);
    }
    let archive = context.open().await?;
    match command {
        PolicyCommand::Show => {
            let policy = archive.label_policy().await?;
            context.put(&policy, || show::policy(policy.as_ref()))?;
        }
        PolicyCommand::Set { policy } => {
            let who = context.actor()?;
            let set = archive.set_policy(&source(&policy)?, who).await.map_err(|e| {
                let failure = Failure::from(e);
                Failure { message: format!("{policy}: {}", failure.message), ..failure }
            })?;
            context.put(&set, || {
                format!(
                    "{}\nIn force. Papers without a label of it are shut; give readers clearances: chancery person set PERSON --clearance 'CLASSIFICATION; CATEGORY'",
                    show::policy(Some(&set))
                )
            })?;
        }
        PolicyCommand::Label { paper } => {
            archive.may_look(&paper, Look::Paper, context.actor.as_ref()).await?;
            let xml = archive.label_xml(&paper).await?;
            context.put(&json!({"label": xml}), || xml.clone())?;
        }
        PolicyCommand::Check { .. } => {}
    }
    archive.close().await;
    Ok(0)
}
