//! Webhooks.

use serde_json::json;

use super::{Context, Failure};
use crate::cli::WebhookCommand;
use crate::show;

pub(super) async fn webhook(context: &Context, command: WebhookCommand) -> Result<u8, Failure> {
    let who = context.actor()?;
    let archive = context.open().await?;
    match command {
        WebhookCommand::Add { address } => {
            chancery_web::check_target(&address, archive.webhooks_inside().await?)
                .map_err(|e| Failure::failed(e.to_string()))?;
            let (secret, shown) = archive.add_webhook(&address, who).await?;
            let secret = secret.expose();
            context.put(&json!({"secret": secret, "about": shown}), || {
                format!(
                    "{secret}\n\nIt is shown this once; messages to {address} are signed with it (Standard Webhooks)."
                )
            })?;
        }
        WebhookCommand::List => {
            let all = archive.webhooks(who).await?;
            context.put(&all, || {
                let rows = all.iter().map(|w| {
                    let last = w.deliveries.first();
                    let about = last.map(|d| format!("{} {}", d.act, d.about)).unwrap_or_default();
                    let outcome = last.and_then(|d| d.outcome.clone()).unwrap_or_default();
                    [w.id.to_string(), w.address.clone(), about, outcome]
                });
                show::table(["webhook", "address", "last told", "how it went"], rows)
            })?;
        }
        WebhookCommand::Remove { webhook } => {
            archive.remove_webhook(webhook, who).await?;
            context.put(&json!({"removed": webhook}), || "Removed.".to_owned())?;
        }
    }
    archive.close().await;
    Ok(0)
}
