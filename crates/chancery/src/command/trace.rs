//! Tracing leaks and the inquiries it takes.

use std::path::{Path, PathBuf};

use chancery_desk::{Archive, FindingReport, IssuedPack, LeakFile, Request, Traced};
use serde_json::json;

use super::{Context, Failure, files};
use crate::cli::{InquiryCommand, TraceArgs};
use crate::show;

/// Exit code of "awaiting approval": a rule keeps the finding back for now.
const AWAITING: u8 = 3;
/// Largest key file of an officer.
const MAX_IDENTITY: u64 = 64 << 10;

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
            write_report(args.report.as_deref(), &finding)?;
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
        InquiryCommand::Run { id, pack, report } => {
            let archive = context.open().await?;
            let finding = archive.run_inquiry(&id).await?;
            if let Some(path) = pack.filter(|_| finding.verdict == "identified") {
                write_pack(context, &archive, &id, &path).await?;
            }
            archive.close().await;
            write_report(report.as_deref(), &finding)?;
            context.put(&finding, || show::finding(&finding))?;
        }
        InquiryCommand::Show { id, pack: Some(path) } => {
            let archive = context.open().await?;
            let pack = write_pack(context, &archive, &id, &path).await?;
            archive.close().await;
            context.put(&pack, || {
                format!(
                    "Wrote the {}contest pack of {} to {} (entry {} of the record).\nAnybody can check it: chancery finding verify {}",
                    if pack.redacted { "redacted " } else { "" },
                    pack.inquiry,
                    path.display(),
                    pack.leaf,
                    path.display()
                )
            })?;
        }
        InquiryCommand::Show { id, pack: None } => {
            let archive = context.open().await?;
            let state = archive.show_inquiry(&id).await?;
            archive.close().await;
            context.put(&state, || show::inquiry(&state))?;
        }
        InquiryCommand::Reveal { id, identity } => {
            let keys = identities(&identity)?;
            let archive = context.open().await?;
            let revealed = archive.reveal(&id, &keys).await?;
            archive.close().await;
            context.put(&revealed, || show::revealed(&revealed))?;
        }
        InquiryCommand::Notices => {
            let archive = context.open().await?;
            let notices = archive.inquiry_notices(context.actor()?).await?;
            archive.close().await;
            context.put(&notices, || show::notices(&notices))?;
        }
        InquiryCommand::Enrol { officers, identity } => {
            let keys = identities(&identity)?;
            let archive = context.open().await?;
            let enrolled = archive.enrol_officers(&officers, &keys).await?;
            archive.close().await;
            context.put(&enrolled, || {
                let names: Vec<String> = enrolled.officers.iter().map(ToString::to_string).collect();
                format!(
                    "Officers: {}. {} pairs can open a name together; {} copies lie in boxes (entry {} of the record).",
                    names.join(", "),
                    enrolled.pairs,
                    enrolled.copies,
                    enrolled.leaf
                )
            })?;
        }
    }
    Ok(0)
}

fn write_report(path: Option<&Path>, finding: &FindingReport) -> Result<(), Failure> {
    path.map_or(Ok(()), |path| files::write(path, show::finding_page(finding).as_bytes()))
}

async fn write_pack(
    context: &Context,
    archive: &Archive,
    id: &str,
    path: &Path,
) -> Result<IssuedPack, Failure> {
    let pack = archive.contest_pack(id, context.actor.as_ref()).await?;
    files::write(path, &pack.bytes)?;
    Ok(pack)
}

/// Key files of officers, as text.
fn identities(paths: &[PathBuf]) -> Result<Vec<String>, Failure> {
    let text = |path: &PathBuf| {
        String::from_utf8(files::read(path, MAX_IDENTITY)?)
            .map_err(|_| Failure::failed(format!("{}: not a key file", files::shown(path))))
    };
    paths.iter().map(text).collect()
}
