//! Searching, and looking at alarms.

use chancery_desk::Seek;
use chancery_domain::watch::Watch;
use serde_json::json;

use super::{Context, Failure, files};
use crate::cli::{Search, SeekArgs, Watching};
use crate::show;

const fn seek(args: &SeekArgs) -> Seek {
    Seek { limit: args.limit, excerpts: args.excerpts }
}

pub(super) async fn search(context: &Context, command: Search) -> Result<u8, Failure> {
    let who = context.actor()?;
    let archive = context.open().await?;
    match command {
        Search::Find { query, seek: args } => {
            let found = archive.search(who, &query, &seek(&args)).await?;
            context.put(&found, || show::found(&found))?;
        }
        Search::Save { name, query } => {
            archive.save_search(who, &name, &query).await?;
            context.put(&json!({"saved": name}), || {
                format!("Saved. Run it with: chancery search run {name}")
            })?;
        }
        Search::List => {
            let all = archive.saved_searches(who).await?;
            context.put(&all, || show::saved_searches(&all))?;
        }
        Search::Run { name, new, seek: args } => {
            let found = archive.run_saved(who, &name, &seek(&args), new).await?;
            context.put(&found, || show::found(&found))?;
        }
        Search::Drop { name } => {
            archive.drop_search(who, &name).await?;
            context.put(&json!({"dropped": name}), || format!("Dropped {name}."))?;
        }
        Search::Suggest { prefix } => {
            let words = archive.suggest(who, &prefix).await?;
            context
                .put(&words, || if words.is_empty() { "None.".into() } else { words.join("\n") })?;
        }
    }
    archive.close().await;
    Ok(0)
}

pub(super) async fn watch(context: &Context, command: Watching) -> Result<u8, Failure> {
    match command {
        Watching::List { since } => {
            let who = context.actor()?;
            let archive = context.open().await?;
            let alarms = archive.watch_list(who, since).await?;
            archive.close().await;
            context.put(&alarms, || show::alarms(&alarms))?;
        }
        Watching::Rules { file } => {
            let set: Option<Watch> = match &file {
                Some(path) => Some(files::toml(path)?),
                None => None,
            };
            let archive = context.open().await?;
            if let Some(rules) = &set {
                archive.set_watch_rules(rules, context.actor.as_ref()).await?;
            }
            let rules = archive.watch_rules().await?;
            archive.close().await;
            context.put(&rules, || show::watch_rules(&rules))?;
        }
    }
    Ok(0)
}
