//! Tokens of programs.

use serde_json::json;

use super::{Context, Failure};
use crate::cli::TokenCommand;
use crate::show;

pub(super) async fn token(context: &Context, command: TokenCommand) -> Result<u8, Failure> {
    let who = context.actor()?;
    let archive = context.open().await?;
    match command {
        TokenCommand::Make { name, office, days } => {
            let (token, shown) = archive.make_token(who, &office, &name, days).await?;
            let token = token.expose();
            context.put(&json!({"token": token, "about": shown}), || {
                format!(
                    "{token}\n\nIt is shown this once. A program that sends it as “Authorization: Bearer …” acts as {who} in {office} until {:.0}.",
                    shown.until
                )
            })?;
        }
        TokenCommand::List => {
            let all = archive.tokens(who).await?;
            context.put(&all, || {
                let rows = all.iter().map(|t| {
                    let used = t.used.map_or_else(|| "never".to_owned(), |at| format!("{at:.0}"));
                    let (id, until) = (t.id.to_string(), format!("{:.0}", t.until));
                    let (person, office) = (t.person.to_string(), t.office.to_string());
                    [id, t.name.clone(), person, office, until, used]
                });
                show::table(["token", "name", "person", "office", "until", "last used"], rows)
            })?;
        }
        TokenCommand::Revoke { token } => {
            let shown = archive.revoke_token(token, who).await?;
            context.put(&shown, || format!("Revoked “{}” of {}.", shown.name, shown.person))?;
        }
    }
    archive.close().await;
    Ok(0)
}
