//! Papers: importing, drafting, checking, releasing, looking.

use std::io::BufReader;
use std::path::Path;

use chancery_desk::{CableRecord, DraftText, Finders, Head, NewPaper, PostingRecord, records};
use chancery_domain::Label;
use chancery_text::build::Choice;
use chancery_text::proposal::Acceptance;
use serde::Deserialize;
use serde_json::json;

use super::{Context, Failure, files};
use crate::cli::{Accept, Channel, Import, Marks, Paper};
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
        Import::Postings { file } => {
            let postings: Vec<PostingRecord> = lines(&file)?;
            let archive = context.open().await?;
            let bar = context.bar("postings");
            let report = archive.import_postings(&postings, |done, of| bar.set(done, of)).await?;
            bar.done();
            archive.close().await;
            context.put(&report, || {
                format!("Took in {} postings; {} were there already.", report.added, report.skipped)
            })?;
        }
    }
    Ok(0)
}

pub(super) async fn paper(context: &Context, command: Paper) -> Result<u8, Failure> {
    match command {
        Paper::Draft {
            file,
            from,
            to,
            info,
            subject,
            classification,
            handling,
            precedence,
            number,
            literal,
            marks,
        } => {
            let who = context.actor()?;
            let bytes = files::read(&file, files::MAX_FILE)?;
            let text = String::from_utf8(bytes).map_err(|e| {
                let at = e.utf8_error().valid_up_to();
                Failure::failed(format!("{}: not UTF-8 text (byte {at})", file.display()))
            })?;
            let head = Head {
                number,
                from: from.to_string(),
                to: to.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
                subject,
                label: Label { classification, handling },
                precedence,
                ..Head::default()
            };
            let text = DraftText::from_file(&text, !literal, choice(&marks));
            let paper = NewPaper { head, from, origin_reads: true, to, info, text };
            let archive = context.open().await?;
            let drafted = archive.draft(&paper, who).await;
            archive.close().await;
            let id = drafted.map_err(|e| {
                let failure = Failure::from(e);
                Failure { message: format!("{}: {}", file.display(), failure.message), ..failure }
            })?;
            context.put(&json!({"paper": id}), || {
                format!("Drafted {id}. Look at its places next: chancery paper check {id}")
            })?;
        }
        Paper::Check { paper, strike, accept, readers, renderings } => {
            let archive = context.open().await?;
            let finders = Finders::embedded();
            let check = archive.check(&paper, &finders, &strike, &accept, readers).await?;
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
            let readers = archive.paper_readers(&paper, on).await?;
            archive.close().await;
            context.put(&readers, || show::readers(&readers))?;
        }
        Paper::Keeping(command) => {
            return super::retention::retention(context, command).await;
        }
        Paper::List => {
            let archive = context.open().await?;
            let all = archive.list_papers().await?;
            archive.close().await;
            context.put(&all, || show::papers(&all))?;
        }
        Paper::Show { paper } => {
            let archive = context.open().await?;
            let paper = archive.show_paper(&paper).await?;
            archive.close().await;
            context.put(&paper, || show::paper(&paper))?;
        }
    }
    Ok(0)
}
