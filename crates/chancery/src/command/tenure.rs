//! The end of tenure, succession, delegation, accreditation, duplicate records.

use std::path::Path;

use chancery_desk::{HandoverCertificate, Happened, Letter, VerifierKey, verify_handover};
use chancery_domain::{AccreditationEvent, EndReason};
use serde_json::json;

use super::{Context, Failure, files};
use crate::cli::{
    AccreditationCommand, Accredited, CopyTenure, Dated, HandoverCommand, OfficeTenure,
    PersonTenure, PostingTenure, QueueArgs, Resignation,
};
use crate::show;

/// Largest certificate that is read.
const MAX_CERTIFICATE: u64 = 16 << 20;

pub(super) async fn resignation(context: &Context, command: Resignation) -> Result<u8, Failure> {
    let archive = context.open().await?;
    match command {
        Resignation::Offer { office, letter, reason, on, to } => {
            let who = context.actor()?;
            let bytes = files::read(&letter, chancery_desk::MAX_LETTER as u64)?;
            let text = String::from_utf8(bytes)
                .map_err(|_| Failure::failed(format!("{}: not UTF-8 text", letter.display())))?;
            let letter = Letter { text, reason, requested: on };
            let id = archive.offer_resignation(&office, who, &letter, to.as_ref()).await?;
            context.put(&json!({"resignation": id}), || {
                format!(
                    "{who} offers to resign from {office}: {id}. Nothing ends before it is accepted: chancery resignation accept {id} --as PERSON"
                )
            })?;
        }
        Resignation::Accept { id, when } => {
            let who = context.actor()?;
            let ended = archive.accept_resignation(&id, who, when.when()).await?;
            context.put(&ended, || format!("Accepted {id}. {}", show::ended(&ended)))?;
        }
        Resignation::Decline { id } => {
            archive.decline_resignation(&id, context.actor()?).await?;
            context.put(&json!({"resignation": id, "standing": "declined"}), || {
                format!("Declined {id}; the holder stays.")
            })?;
        }
        Resignation::Withdraw { id } => {
            archive.withdraw_resignation(&id, context.actor()?).await?;
            context.put(&json!({"resignation": id, "standing": "withdrawn"}), || {
                format!("Withdrew {id}.")
            })?;
        }
        Resignation::Show { id } => {
            let state = archive.show_resignation(&id, context.actor()?).await?;
            context.put(&state, || show::resignation(&state))?;
        }
        Resignation::List => {
            let all = archive.resignations().await?;
            context.put(&all, || show::resignations(&all))?;
        }
    }
    archive.close().await;
    Ok(0)
}

pub(super) async fn posting(context: &Context, command: PostingTenure) -> Result<u8, Failure> {
    let who = context.actor()?;
    let archive = context.open().await?;
    match command {
        PostingTenure::Cut { person, office, reason, when } => {
            let when = when.when().ok_or_else(|| {
                Failure::usage("say when it takes effect: --on DAY, --at INSTANT, or --at now")
            })?;
            let ended = archive.end_tenure(&person, &office, reason, when, who).await?;
            context.put(&ended, || {
                let late = match (ended.reason, ended.opened_after) {
                    (EndReason::Death, n) if n > 0 => {
                        format!(
                            "\n{n} openings in that person’s name stand after it; look into them."
                        )
                    }
                    _ => String::new(),
                };
                show::ended(&ended) + &late
            })?;
        }
        PostingTenure::Delegate { office, from, to, from_day, until_day } => {
            let days = (from_day, until_day);
            let done = archive.delegate(&office, &from, &to, days, who).await?;
            context.put(&done, || show::delegated(&done))?;
        }
        PostingTenure::Revoke { office, deputy } => {
            let at = archive.revoke_delegation(&office, &deputy, who).await?;
            context.put(&json!({"office": office, "deputy": deputy, "at": at}), || {
                format!("{deputy} no longer stands in in {office} from {at} on.")
            })?;
        }
    }
    archive.close().await;
    Ok(0)
}

pub(super) async fn office(context: &Context, command: OfficeTenure) -> Result<u8, Failure> {
    let OfficeTenure::Handover(args) = command;
    match args.command {
        Some(HandoverCommand::Verify { file, key }) => {
            let key: VerifierKey =
                key.parse().map_err(|e| Failure::usage(format!("--key: {e}")))?;
            let bytes = files::read(&file, MAX_CERTIFICATE)?;
            put_certificate(context, &verify_handover(&bytes, &key)?, &file)?;
        }
        Some(HandoverCommand::Confirm { file }) => {
            let who = context.actor()?;
            let bytes = files::read(&file, MAX_CERTIFICATE)?;
            let archive = context.open().await?;
            let text = archive.confirm_handover(&bytes, who).await?;
            let key = archive.verifier_key();
            archive.close().await;
            files::write(&file, text.as_bytes())?;
            put_certificate(context, &verify_handover(text.as_bytes(), &key)?, &file)?;
        }
        None => {
            let (Some(office), Some(from), Some(to), Some(file)) =
                (args.office, args.from, args.to, args.output)
            else {
                return Err(Failure::usage("give OFFICE, --from, --to and -o FILE"));
            };
            let who = context.actor()?;
            let archive = context.open().await?;
            let text = archive.hand_over(&office, &from, &to, who).await?;
            let key = archive.verifier_key();
            archive.close().await;
            files::write(&file, text.as_bytes())?;
            put_certificate(context, &verify_handover(text.as_bytes(), &key)?, &file)?;
        }
    }
    Ok(0)
}

fn put_certificate(
    context: &Context,
    certificate: &HandoverCertificate,
    file: &Path,
) -> Result<(), Failure> {
    let value = json!({
        "file": file,
        "handover": certificate.handover(),
        "confirmed": certificate.is_confirmed(),
    });
    context.put(&value, || show::handover(certificate, file))
}

pub(super) async fn person(context: &Context, command: PersonTenure) -> Result<u8, Failure> {
    let PersonTenure::Merge { duplicate, into: _, stays } = command;
    let who = context.actor()?;
    let archive = context.open().await?;
    let merged = archive.merge_person(&duplicate, &stays, who).await?;
    archive.close().await;
    context.put(&merged, || {
        format!(
            "{duplicate} is {stays} now: postings and readings are joined; copies stay as the record bound them (entry {}).",
            merged.leaf
        )
    })?;
    Ok(0)
}

pub(super) async fn copy(context: &Context, command: CopyTenure) -> Result<u8, Failure> {
    let CopyTenure::Offices { paper, person } = command;
    let who = context.actor()?;
    let archive = context.open().await?;
    let offices = archive.copy_offices(&paper, &person, who).await?;
    archive.close().await;
    context.put(&offices, || show::copy_offices(&offices))?;
    Ok(0)
}

pub(super) async fn queue(context: &Context, args: QueueArgs) -> Result<u8, Failure> {
    let who = context.actor()?;
    let archive = context.open().await?;
    match args.done {
        Some(paper) => {
            archive.action_done(&args.office, &paper, who).await?;
            let done = json!({"office": args.office, "paper": paper, "done": true});
            context.put(&done, || format!("{} has taken action on {paper}.", args.office))?;
        }
        None => {
            let queue = archive.queue(&args.office, who, args.mine).await?;
            context.put(&queue, || show::queue(&queue))?;
        }
    }
    archive.close().await;
    Ok(0)
}

pub(super) async fn accreditation(
    context: &Context,
    command: AccreditationCommand,
) -> Result<u8, Failure> {
    let who = context.actor()?;
    let archive = context.open().await?;
    let happened = |event, dated: Dated| Happened { event, day: dated.on, note: dated.note };
    let (event, accredited): (AccreditationEvent, Accredited) = match command {
        AccreditationCommand::Show { person } => {
            let all = archive.accreditations(&person, who).await?;
            archive.close().await;
            context.put(&all, || show::accreditations(&all))?;
            return Ok(0);
        }
        AccreditationCommand::Ask { office, person, state, dated } => {
            let asked = happened(AccreditationEvent::Asked, dated);
            let leaf = archive.ask_agrement(&office, &person, &state, &asked, who).await?;
            archive.close().await;
            context.put(&json!({"person": person, "state": state, "leaf": leaf}), || {
                format!("Asked {state} for agrément to {person} (entry {leaf}).")
            })?;
            return Ok(0);
        }
        AccreditationCommand::Grant(accredited) => (AccreditationEvent::Granted, accredited),
        AccreditationCommand::Refuse(accredited) => (AccreditationEvent::Refused, accredited),
        AccreditationCommand::Present(accredited) => (AccreditationEvent::Presented, accredited),
        AccreditationCommand::NotifyEnd(accredited) => (AccreditationEvent::Ended, accredited),
        AccreditationCommand::Stance { accredited, stance, source } => {
            (AccreditationEvent::Stance(stance, source), accredited)
        }
    };
    let Accredited { person, state, dated } = accredited;
    let entered = happened(event, dated);
    let leaf = archive.enter_accreditation(&person, &state, &entered, who).await?;
    archive.close().await;
    context
        .put(&json!({"person": person, "state": state, "event": event, "leaf": leaf}), || {
            format!("{person} to {state}: {} (entry {leaf}).", show::event(event))
        })?;
    Ok(0)
}
