//! Postings: beginning, ending, looking back, certificates.

use chancery_desk::{VerifierKey, verify_certificate};
use chancery_domain::{Day, End, Term};
use serde_json::json;

use super::{Context, Failure, files, tenure};
use crate::cli::PostingCommand;
use crate::show;

pub(super) async fn posting(context: &Context, command: PostingCommand) -> Result<u8, Failure> {
    if let PostingCommand::VerifyCertificate { file, key } = command {
        let key: VerifierKey = key.parse().map_err(|e| Failure::usage(format!("--key: {e}")))?;
        let certificate = verify_certificate(&files::read(&file, files::MAX_FILE)?, &key)?;
        return context.put(&certificate, || show::certificate(&certificate)).map(|()| 0);
    }
    if let PostingCommand::Tenure(command) = command {
        return tenure::posting(context, command).await;
    }
    let archive = context.open().await?;
    let who = context.actor.as_ref();
    match command {
        PostingCommand::Tenure(_) => {}
        PostingCommand::Start { person, office, from, until, end, capacity, planned, overlap } => {
            let end = end.map_or(End::Open, |end| End::On(Day::exact(end)));
            let term = Term {
                planned_start: planned,
                start: Some(from),
                planned_end: until,
                end,
                ..Term::default()
            };
            archive.start_posting(&person, &office, capacity, term, overlap, who).await?;
            context.put(&json!({"person": person, "office": office, "start": from}), || {
                format!("{person} holds {office} from {from}.")
            })?;
        }
        PostingCommand::End { person, office, on, at, reason } => {
            archive.end_posting(&person, &office, on, at, reason, who).await?;
            let done = json!({"person": person, "office": office, "end": on, "reason": reason});
            context.put(&done, || format!("{person} no longer holds {office} from {on} on."))?;
        }
        PostingCommand::History { who: named } => {
            let all = archive.posting_history(&named).await?;
            context.put(&all, || show::postings(&all))?;
        }
        PostingCommand::List { office, on } => {
            let there = archive.office_on(&office, on).await?;
            context.put(&there, || show::office_on(&there))?;
        }
        PostingCommand::Vacancies { office, on } => {
            let all = archive.vacancies(office.as_ref(), on).await?;
            context.put(&all, || show::vacancies(&all))?;
        }
        PostingCommand::Handovers { since } => {
            let all = archive.handovers(since).await?;
            context.put(&all, || show::handovers(&all))?;
        }
        PostingCommand::Certificate { person, office, output } => {
            let text = archive.certify_posting(&person, &office).await?;
            match output {
                Some(file) => {
                    files::write(&file, text.as_bytes())?;
                    let key = archive.verifier_key().to_string();
                    context.put(&json!({"certificate": file, "key": key}), || {
                        format!(
                            "Wrote {}. To check it anywhere: chancery posting verify-certificate {} --key {key}",
                            file.display(),
                            file.display()
                        )
                    })?;
                }
                None => context.put(&json!({"certificate": text}), || text.clone())?,
            }
        }
        PostingCommand::VerifyCertificate { .. } => {}
    }
    archive.close().await;
    Ok(0)
}
