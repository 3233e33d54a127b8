//! Collectives, house rules, reading lists.

use chancery_domain::House as Rules;
use serde_json::json;

use super::{Context, Failure, files};
use crate::cli::{Collective, House, InboxArgs};
use crate::show;

/// Largest file of house rules, in bytes.
const MAX_RULES: u64 = 64 << 10;

pub(super) async fn collective(context: &Context, command: Collective) -> Result<u8, Failure> {
    let archive = context.open().await?;
    match command {
        Collective::Add { name, offices, from } => {
            archive.add_to_collective(&name, &offices, from, context.actor()?).await?;
            context.put(&json!({"collective": name, "added": offices}), || {
                format!("{} now belong to {name}.", show::list(&offices))
            })?;
        }
        Collective::Drop { name, offices, on } => {
            archive.drop_from_collective(&name, &offices, on, context.actor()?).await?;
            context.put(&json!({"collective": name, "dropped": offices}), || {
                format!("{} no longer belong to {name}.", show::list(&offices))
            })?;
        }
        Collective::List => {
            let all = archive.collectives().await?;
            context.put(&all, || show::collectives(&all))?;
        }
    }
    archive.close().await;
    Ok(0)
}

pub(super) async fn house(context: &Context, command: House) -> Result<u8, Failure> {
    let archive = context.open().await?;
    match command {
        House::Show => {
            let rules = archive.house_rules().await?;
            context.put(&rules, || show::house(&rules))?;
        }
        House::Set { file } => {
            let who = context.actor()?;
            let failed = |e: String| Failure::failed(format!("{}: {e}", file.display()));
            let bytes = files::read(&file, MAX_RULES)?;
            let text = String::from_utf8(bytes).map_err(|e| failed(e.to_string()))?;
            let rules: Rules =
                toml::from_str(&text).map_err(|e| failed(e.to_string().trim_end().to_owned()))?;
            let leaf = archive.set_house_rules(&rules, who).await?;
            context.put(&json!({"house": rules, "leaf": leaf}), || {
                format!("{}\nSet; entry {leaf} of the record.", show::house(&rules))
            })?;
        }
    }
    archive.close().await;
    Ok(0)
}

pub(super) async fn inbox(context: &Context, args: &InboxArgs) -> Result<u8, Failure> {
    let who = context.actor()?;
    let archive = context.open().await?;
    let page = archive.inbox(who, args.limit, args.before.as_deref()).await?;
    archive.close().await;
    context.put(&page, || show::inbox(&page))?;
    Ok(0)
}
