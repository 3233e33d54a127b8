//! From paper to copy: inquiries into the papers that an article surely quotes.
//!
//! An inquiry reads only the quotations, only places whose readings survive a quotation, and with the
//! noise of a copy desk: the press changes about seven of a hundred quoted words, so the likelihood of
//! each place mixes the reading seen with that chance of another. The bound does not depend on this
//! figure: it follows from the laws by which marks were drawn, whatever weights they are scored with; a
//! wrong figure costs power.

use std::ops::Range;

use chancery_text::extract::ReadOptions;
use chancery_text::proposal::Survival;

use super::{Exposing, ExposureReport};
use crate::finding::bits_to_name;
use crate::inquiry::Request;
use crate::meter::Meter;
use crate::{Archive, DeskError, Traced};
use chancery_domain::Handle;

/// Words of the quotation by which the meter states what a paper's marks tell.
const METER_WORDS: f64 = 40.0;

impl Archive {
    /// Opens an inquiry into every leaked paper whose quotations show a place, and says what can be
    /// said about copies.
    pub(super) async fn ask_for_copies(
        &self,
        report: &mut ExposureReport,
        request: &Exposing,
        who: Option<&Handle>,
    ) -> Result<(), DeskError> {
        let spans: Vec<Range<usize>> = report.quotations.iter().map(|q| q.start..q.end).collect();
        for leaked in &mut report.leaked_papers {
            let quoted: Vec<Range<usize>> =
                leaked.quotations.iter().filter_map(|&q| spans.get(q).cloned()).collect();
            let released = {
                let mut tx = self.store.begin().await?;
                let row = self.find_paper(&mut tx, &leaked.paper).await?;
                self.released(&mut tx, row).await?
            };
            let options = quoted_only(&quoted, report.article.text.len());
            let read = released.reader.extract(&report.article.text, &options);
            let sites = read.sites.iter().filter(|site| site.log2.iter().any(|&l| l != 0));
            let (mut places, mut bits) = (0, 0.0);
            for site in sites {
                let entries = released.laws.entries();
                let at = entries.binary_search_by_key(&site.site, |(id, _)| id.get());
                let Ok(at) = at else { continue };
                let law = &entries[at].1;
                let rarest = (0..law.readings()).map(|r| law.probability(r)).filter(|p| *p > 0.0);
                places += 1;
                bits -= libm::log2(rarest.fold(1.0, f64::min));
            }
            let answer = &mut leaked.copy;
            answer.places = places;
            answer.bits = bits;
            answer.bits_needed = bits_to_name(leaked.readers.max(1), request.alpha);
            let readers = u64::try_from(leaked.readers).unwrap_or(u64::MAX);
            let dense = Meter::of(&released.master, readers).quoted.bits / METER_WORDS;
            let needed = libm::ceil(answer.bits_needed / dense);
            // Below the length of a paper: the cast keeps it.
            answer.words_needed = (dense > 0.0 && needed <= released.master.words() as f64)
                .then_some(needed as usize);
            if places > 0 && request.trace {
                let inquiry = Request {
                    leaks: vec![request.article.clone()],
                    papers: vec![leaked.paper.clone()],
                    alpha: request.alpha,
                    include_author: false,
                };
                match self.trace_quoted(inquiry, quoted, who).await {
                    Ok(Traced::Done(finding)) => {
                        answer.inquiry = Some(finding.inquiry.clone());
                        answer.state = finding.verdict.clone();
                        answer.finding = Some(finding);
                    }
                    Ok(Traced::AwaitingApproval(id)) => {
                        answer.state = "awaiting approval".to_owned();
                        answer.inquiry = Some(id);
                    }
                    // What was found in the article stands all the same.
                    Err(error @ (DeskError::Refused(_) | DeskError::Procedure(_))) => {
                        answer.state = "refused".to_owned();
                        answer.says = format!("No inquiry was run: {error}.");
                        continue;
                    }
                    Err(error) => return Err(error),
                }
            }
            answer.says = says(leaked.readers, answer, request.trace);
        }
        Ok(())
    }
}

fn says(readers: usize, answer: &super::CopyAnswer, trace: bool) -> String {
    let words = match answer.words_needed {
        Some(words) => format!("about {words} quoted words of this paper would give as much"),
        None => "not even the whole paper in quotation gives as much".to_owned(),
    };
    let needed = format!(
        "{readers} persons could have had the paper; naming one copy takes {:.0} bits, and {words}",
        answer.bits_needed
    );
    match (answer.state.as_str(), &answer.inquiry) {
        ("none", _) if answer.places == 0 => {
            format!(
                "No copy can be told from this: the quotations show no place where copies differ. {needed}."
            )
        }
        ("none", _) if !trace => format!(
            "Not traced. The quotations show {} of the places where copies differ, {:.0} bits at most. {needed}.",
            answer.places, answer.bits
        ),
        ("awaiting approval", Some(id)) => format!(
            "{id} awaits approval by an officer of another office. The quotations show {} of the places where copies differ, {:.0} bits at most. {needed}.",
            answer.places, answer.bits
        ),
        ("identified", _) => {
            answer.finding.as_ref().map_or_else(String::new, |f| f.statement.clone())
        }
        (_, Some(id)) => format!(
            "No copy can be told from this ({id}): the quotations show {} of the places where copies differ, {:.0} bits at most. {needed}.",
            answer.places, answer.bits
        ),
        _ => format!("No copy can be told from this. {needed}."),
    }
}

/// Reads only inside the quotations, and only what survives one.
pub(crate) fn quoted_only(quoted: &[Range<usize>], end: usize) -> ReadOptions {
    let mut erased = Vec::new();
    let mut from = 0;
    let mut spans = quoted.to_vec();
    spans.sort_by_key(|span| (span.start, span.end));
    for span in spans {
        if span.start > from {
            erased.push(from..span.start);
        }
        from = from.max(span.end);
    }
    if from < end {
        erased.push(from..end);
    }
    ReadOptions { least: Survival::Quote, erased }
}
