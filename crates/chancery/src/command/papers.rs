//! Papers: importing, drafting, checking, releasing, looking.

use std::io::BufReader;
use std::path::Path;

use chancery_desk::{Acted, CableRecord, Filter, Finders, Look, PostingRecord, records};
use chancery_text::build::Choice;
use chancery_text::proposal::Acceptance;
use serde::Deserialize;
use serde_json::json;

use super::{Context, Failure, drafting, files};
use crate::cli::{Accept, Channel, Import, ListArgs, Marks, Paper};
use crate::show;

/// The drafter's choice that the flags stand for.
pub(crate) fn choice(marks: &Marks) -> Choice {
    Choice {
        accept: match marks.accept {
            Accept::Core => Acceptance::Core,
            Accept::Full => Acceptance::Full,
        },
        wording: marks.channels.contains(&Channel::Wording),
        characters: marks.channels.contains(&Channel::Characters),
        layout: marks.channels.contains(&Channel::Layout),
        ..Choice::default()
    }
}

fn lines<T: for<'a> Deserialize<'a>>(file: &Path) -> Result<Vec<T>, Failure> {
    if file == Path::new("-") {
        return Ok(records(std::io::stdin().lock(), "standard input")?);
    }
    let open = std::fs::File::open(file);
    let open = open.map_err(|e| Failure::failed(format!("{}: {e}", file.display())))?;
    Ok(records(BufReader::new(open), &file.display().to_string())?)
}

pub(super) async fn import(context: &Context, import: Import) -> Result<u8, Failure> {
    match import {
        Import::Cables { file, exercise, marks } => {
            let cables: Vec<CableRecord> = lines(&file)?;
            let archive = context.open().await?;
            let finders = Finders::embedded();
            let bar = context.bar("cables");
            let progress = |done, of| bar.set(done, of);
            let report = match exercise {
                Some(readers) => {
                    let choice = choice(&marks);
                    archive.import_exercise(&cables, readers, &choice, &finders, progress).await?
                }
                None => {
                    let who = context.actor()?;
                    archive.import_drafts(&cables, &choice(&marks), who, progress).await?
                }
            };
            bar.done();
            archive.close().await;
            context.put(&report, || show::imported(&report, exercise))?;
        }
        Import::Public(args) => return super::exposure::import(context, args).await,
        Import::Acp127 { file, map, marks } => {
            let who = context.actor()?;
            let bytes = files::read(&file, files::MAX_FILE)?;
            let archive = context.open().await?;
            let taken = archive.import_telegram(&bytes, &map, &choice(&marks), who).await;
            archive.close().await;
            let id = taken.map_err(|e| {
                let failure = Failure::from(e);
                Failure { message: format!("{}: {}", file.display(), failure.message), ..failure }
            })?;
            context
                .put(&json!({"paper": id}), || format!("Took the telegram in as draft {id}."))?;
        }
        Import::Postings { file } => {
            let postings: Vec<PostingRecord> = lines(&file)?;
            let archive = context.open().await?;
            let bar = context.bar("postings");
            let who = context.actor.as_ref();
            let report =
                archive.import_postings(&postings, who, |done, of| bar.set(done, of)).await?;
            bar.done();
            archive.close().await;
            context.put(&report, || {
                format!("Took in {} postings; {} were there already.", report.added, report.skipped)
            })?;
        }
    }
    Ok(0)
}

fn acted(context: &Context, acted: Acted) -> Result<(), Failure> {
    context.put(&acted, || show::acted(&acted))
}

pub(super) async fn paper(context: &Context, command: Paper) -> Result<u8, Failure> {
    match command {
        Paper::Draft(args) => return drafting::draft(context, *args).await,
        Paper::Amend { paper, file, layout } => {
            return drafting::amend(context, &paper, &file, &layout).await;
        }
        Paper::Ask { paper, clear } => {
            let archive = context.open().await?;
            acted(context, archive.ask(&paper, &clear, context.actor()?).await?)?;
            archive.close().await;
        }
        Paper::Clear { paper } => {
            let archive = context.open().await?;
            acted(context, archive.clear(&paper, context.actor()?).await?)?;
            archive.close().await;
        }
        Paper::Refuse { paper, reason } => {
            let archive = context.open().await?;
            acted(context, archive.refuse(&paper, &reason, context.actor()?).await?)?;
            archive.close().await;
        }
        Paper::Approve { paper } => {
            let archive = context.open().await?;
            acted(context, archive.approve(&paper, context.actor()?).await?)?;
            archive.close().await;
        }
        Paper::Withdraw { paper } => {
            let archive = context.open().await?;
            acted(context, archive.withdraw(&paper, context.actor()?).await?)?;
            archive.close().await;
        }
        Paper::Check { paper, strike, accept, readers, renderings } => {
            let who = context.actor.as_ref();
            let archive = context.open().await?;
            let finders = Finders::embedded();
            let check = archive.check(&paper, &finders, &strike, &accept, readers, who).await?;
            archive.close().await;
            context.put(&check, || show::check(&check, renderings))?;
        }
        Paper::Release { paper } => {
            let who = context.actor()?;
            let archive = context.open().await?;
            let report = archive.release(&paper, who, &Finders::embedded()).await?;
            archive.close().await;
            context.put(&report, || show::released(&report))?;
        }
        Paper::Readers { paper, on } => {
            let archive = context.open().await?;
            archive.may_look(&paper, Look::Readers, context.actor.as_ref()).await?;
            let readers = archive.paper_readers(&paper, on).await?;
            archive.close().await;
            context.put(&readers, || show::readers(&readers))?;
        }
        Paper::Keeping(command) => {
            return super::retention::retention(context, command).await;
        }
        Paper::List(ListArgs { state, office, since, tag, kind }) => {
            let archive = context.open().await?;
            let filter = Filter { state, office, kind, since, tag };
            let all = archive.papers_for(&filter, context.actor.as_ref()).await?;
            archive.close().await;
            context.put(&all, || show::papers(&all))?;
        }
        Paper::Show { paper } => {
            let archive = context.open().await?;
            let who = context.actor.as_ref();
            archive.may_look(&paper, Look::Paper, who).await?;
            let paper = archive.show_paper_to(&paper, who).await?;
            archive.close().await;
            context.put(&paper, || show::paper(&paper))?;
        }
    }
    Ok(0)
}
