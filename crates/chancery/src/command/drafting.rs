//! Drafting and amending: from flags and a file to a new paper.

use std::path::Path;

use chancery_desk::{Circulation, DraftText, Head, Layout, NewPaper};
use chancery_domain::{Label, PaperKind, Particulars, Relation};
use serde_json::json;

use super::papers::choice;
use super::{Context, Failure, files};
use crate::cli::{DraftArgs, LayoutArgs};
use crate::show;

/// The text of a file that the user names.
fn text(file: &Path) -> Result<String, Failure> {
    let bytes = files::read(file, files::MAX_FILE)?;
    String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        Failure::failed(format!("{}: not UTF-8 text (byte {at})", file.display()))
    })
}

fn layout(args: &LayoutArgs, kind: PaperKind) -> Layout {
    Layout { portions: args.portions, numbered: kind.numbers_paragraphs() && !args.unnumbered }
}

/// Names the file in a failure: its message gives a line.
fn of_file(file: &Path) -> impl FnOnce(chancery_desk::DeskError) -> Failure {
    move |error| {
        let failure = Failure::from(error);
        Failure { message: format!("{}: {}", file.display(), failure.message), ..failure }
    }
}

pub(super) async fn draft(context: &Context, args: DraftArgs) -> Result<u8, Failure> {
    let who = context.actor()?;
    let (action, info) = match args.precedence.as_slice() {
        [] => (None, None),
        [action] => (Some(*action), None),
        [action, info] => (Some(*action), Some(*info)),
        _ => {
            return Err(Failure::usage(
                "--precedence takes one for action and one for information",
            ));
        }
    };
    if args.tags.len() > chancery_domain::MAX_TAGS {
        return Err(Failure::usage(format!(
            "a paper has at most {} subject codes",
            chancery_domain::MAX_TAGS
        )));
    }
    let archive = context.open().await?;
    let security = match &args.label {
        Some(file) => {
            let label = archive.read_label(&super::policy::xml(file)?).await;
            Some(label.map_err(of_file(file))?)
        }
        None => None,
    };
    let corrects = args.corrects.map(|paper| (Relation::Corrects, paper));
    let cancels = args.cancels.map(|paper| (Relation::Cancels, paper));
    let paper = NewPaper {
        head: Head {
            number: args.number,
            subject: args.subject,
            label: Label { classification: args.classification, handling: args.handling },
            action,
            info,
            security,
            due: args.due,
            tags: args.tags,
            ..Head::default()
        },
        text: DraftText::from_file(&text(&args.file)?, !args.literal, choice(&args.marks)),
        from: args.from,
        origin_reads: true,
        to: args.to,
        info: args.info,
        circulation: Circulation {
            kind: args.kind,
            particulars: Particulars {
                addressee: args.addressee,
                signed: args.signed,
                meeting: args.meeting,
                item: args.item,
                publishes: args.publish_at,
                lifts: args.lift,
            },
            layout: layout(&args.layout, args.kind),
            book: args.book,
            except: args.except,
            refs: args.refs,
            sequel: corrects.or(cancels),
        },
    };
    let drafted = archive.draft(&paper, who).await;
    archive.close().await;
    let id = drafted.map_err(of_file(&args.file))?;
    context.put(&json!({"paper": id}), || {
        format!("Drafted {id}. Look at its places next: chancery paper check {id}")
    })?;
    Ok(0)
}

pub(super) async fn amend(
    context: &Context,
    paper: &str,
    file: &Path,
    args: &LayoutArgs,
) -> Result<u8, Failure> {
    let who = context.actor()?;
    let text = text(file)?;
    let archive = context.open().await?;
    let kind = archive.show_paper(paper).await?.listed.kind;
    let amended = archive.amend(paper, &text, layout(args, kind), who).await;
    archive.close().await;
    let acted = amended.map_err(of_file(file))?;
    context.put(&acted, || show::acted(&acted))?;
    Ok(0)
}
