//! Tracing leaks and the inquiries it takes.

use chancery_desk::{LeakFile, Request, Traced};
use serde_json::json;

use super::{Context, Failure, files};
use crate::cli::{InquiryCommand, TraceArgs};
use crate::show;

/// Exit code of "awaiting approval": a rule keeps the finding back for now.
const AWAITING: u8 = 3;

pub(super) async fn trace(context: &Context, args: TraceArgs) -> Result<u8, Failure> {
    let mut leaks = Vec::new();
    for path in &args.leaks {
        let bytes = files::read(path, files::MAX_FILE)?;
        leaks.push(LeakFile { name: files::shown(path), bytes });
    }
    let (papers, alpha, include_author) = (args.paper, args.alpha, args.include_author);
    let request = Request { leaks, papers, alpha, include_author };
    let archive = context.open().await?;
    let outcome = archive.trace(request, context.actor.as_ref()).await?;
    archive.close().await;
    match outcome {
        Traced::Done(finding) => {
            context.put(&finding, || show::finding(&finding))?;
            Ok(0)
        }
        Traced::AwaitingApproval(id) => {
            context.put(&json!({"inquiry": id, "state": "awaiting approval"}), || {
                format!(
                    "{id}: awaiting approval by an officer of another office.\nNext: chancery inquiry approve {id} --as PERSON, then: chancery inquiry run {id}"
                )
            })?;
            Ok(AWAITING)
        }
    }
}

pub(super) async fn inquiry(context: &Context, command: InquiryCommand) -> Result<u8, Failure> {
    match command {
        InquiryCommand::Open(args) => return trace(context, args).await,
        InquiryCommand::Approve { id } => {
            let who = context.actor()?;
            let archive = context.open().await?;
            archive.approve_inquiry(&id, who).await?;
            archive.close().await;
            context.put(&json!({"inquiry": id, "state": "approved"}), || {
                format!("Approved {id}. Next: chancery inquiry run {id}")
            })?;
        }
        InquiryCommand::Run { id } => {
            let archive = context.open().await?;
            let finding = archive.run_inquiry(&id).await?;
            archive.close().await;
            context.put(&finding, || show::finding(&finding))?;
        }
        InquiryCommand::Show { id } => {
            let archive = context.open().await?;
            let state = archive.show_inquiry(&id).await?;
            archive.close().await;
            context.put(&state, || show::inquiry(&state))?;
        }
    }
    Ok(0)
}
