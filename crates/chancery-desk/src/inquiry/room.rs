//! The inquiry room: what each officer sees of an inquiry, and the figures that its pictures are drawn from.
//!
//! Before an inquiry is approved its second officer sees what it is about and not the leak. Whoever is no
//! officer of it and could not become one is told that there is none.

use chancery_code::{Account, Finding, STRONG_LEAD};
use chancery_domain::{Handle, rules};
use chancery_store::{InquiryRow, PersonId, Tx};
use chancery_text::incoming;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Dossier, InquiryState, find_inquiry, name, sha256_hex};
use crate::apart::words_apart;
use crate::candidates::Candidate;
use crate::finding::{FindingReport, text_of};
use crate::registry::known_person;
use crate::{Archive, DeskError};

/// Most copies and decoy steps that a picture holds.
const MOST_MARKS: usize = 10_000;
/// Most thin lines of other readers in the picture of the account.
const MOST_LINES: usize = 100;

/// What somebody has to do with an inquiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OfficerPart {
    /// Opened it.
    First,
    /// Approved it.
    Second,
    /// May approve it.
    MayApprove,
}

/// An inquiry in an officer's list.
#[derive(Clone, Debug, Serialize)]
pub struct ListedInquiry {
    /// Number.
    pub inquiry: String,
    /// `open`, `approved`, `done`.
    pub state: String,
    /// What the officer has to do with it.
    pub part: OfficerPart,
    /// First officer.
    pub opened_by: Handle,
    /// When.
    pub opened_at: Option<Timestamp>,
    /// Names of the leaks.
    pub files: Vec<String>,
    /// The verdict, once there.
    pub verdict: Option<String>,
}

/// A leak, for the officers of its inquiry.
#[derive(Clone, Debug, Serialize)]
pub struct RoomLeak {
    /// File name.
    pub file: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Its size.
    pub bytes: usize,
    /// Its text, of a picture what was recognised on it; kept from a second officer who has not approved yet.
    pub text: Option<String>,
}

/// An inquiry as one of its officers sees it.
#[derive(Clone, Debug, Serialize)]
pub struct RoomInquiry {
    /// Where it stands. The finding's leaks have their text.
    pub state: InquiryState,
    /// What the officer has to do with it.
    pub part: OfficerPart,
    /// When it was opened.
    pub opened_at: Option<Timestamp>,
    /// When its evidence was fixed.
    pub fixed_at: Option<Timestamp>,
    /// Level asked for.
    pub alpha: f64,
    /// Papers named by the first officer; empty when the whole archive is searched.
    pub papers: Vec<String>,
    /// Whether authors are tried like everybody else.
    pub include_author: bool,
    /// The leaks.
    pub leaks: Vec<RoomLeak>,
    /// Figures for the pictures, once something was found.
    pub picture: Option<Picture>,
}

/// What the pictures of a finding are drawn from: bits of copies, sorted, without a name or a number.
///
/// Kept with the finding's file and shown to its officers alone. There is none where nothing was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    /// Bits of every copy that was compared, most first, and whether the finding speaks of it.
    pub copies: Vec<(f64, bool)>,
    /// Bits at which a copy is named.
    pub needed: f64,
    /// Bits at which it is a strong lead.
    pub lead: f64,
    /// Decoys by whole bits, from 0.
    pub decoys: Vec<u32>,
    /// The account over the papers of the inquiry; empty for one paper alone.
    pub account: Vec<PictureStep>,
}

/// The account after one more paper.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PictureStep {
    /// The paper.
    pub paper: String,
    /// Bits of the leading copies.
    pub leading: f64,
    /// Bits of others.
    pub others: Vec<f64>,
}

impl Archive {
    /// Whether somebody may open inquiries: holders of offices.
    ///
    /// # Errors
    /// When the person is unknown.
    pub async fn may_inquire(&self, who: &Handle) -> Result<bool, DeskError> {
        let mut act = self.act().await?;
        let person = known_person(&mut act.tx, who).await?;
        Ok(rules::may_open_inquiry(&act.offices_now(person).await?).is_ok())
    }

    /// The inquiries that somebody opened or approved, or may approve now; newest first.
    ///
    /// # Errors
    /// When the person is unknown.
    pub async fn inquiries_of(&self, who: &Handle) -> Result<Vec<ListedInquiry>, DeskError> {
        let mut out = Vec::new();
        let mut act = self.act().await?;
        let rows = act.tx.inquiries().await?;
        for row in rows.iter().rev() {
            let Some(part) = part(&mut act, row, who).await? else { continue };
            let dossier: Dossier = self.open_dossier(row)?;
            out.push(ListedInquiry {
                inquiry: name(row.id),
                state: row.state.clone(),
                part,
                opened_by: act.tx.person_handle(row.opened).await?,
                opened_at: self.entered_at(&mut act.tx, dossier.opened).await?,
                files: dossier.leaks,
                verdict: dossier.finding.map(|finding| finding.verdict),
            });
        }
        Ok(out)
    }

    /// An inquiry as `who` may see it.
    ///
    /// # Errors
    /// When there is none, or he has nothing to do with it: the same error.
    pub async fn inquiry_for(&self, inquiry: &str, who: &Handle) -> Result<RoomInquiry, DeskError> {
        let mut act = self.act().await?;
        let row = find_inquiry(&mut act.tx, inquiry).await?;
        let part = part(&mut act, &row, who).await?.ok_or_else(|| DeskError::Unknown {
            what: "inquiry",
            name: name(row.id),
            hint: "",
        })?;
        let dossier: Dossier = self.open_dossier(&row)?;
        let opened_at = self.entered_at(&mut act.tx, dossier.opened).await?;
        let fixed_at = match &dossier.finding {
            Some(finding) => self.entered_at(&mut act.tx, finding.entry).await?,
            None => None,
        };
        let request = self.asked(&mut act.tx, row.id, &dossier).await?;
        drop(act);
        let mut state = self.show_inquiry(inquiry).await?;
        let officer = part != OfficerPart::MayApprove;
        let mut leaks = Vec::with_capacity(request.leaks.len());
        for (at, file) in request.leaks.iter().enumerate() {
            let pages = dossier.finding.iter().filter_map(|found| found.leaks.get(at));
            let seen = text_of(pages.flat_map(|leak| &leak.pages)).0;
            let seen = Some(seen).filter(|text| !text.is_empty());
            let text = match file.is_pdf() {
                true if !officer => None,
                // As it was frozen: its words, then what its pictures show.
                true => {
                    let written = words_apart(&file.bytes).ok().map(|pdf| pdf.text);
                    let written = written.filter(|text| !text.trim().is_empty());
                    let parts: Vec<String> = written.into_iter().chain(seen).collect();
                    Some(parts.join("\n\n")).filter(|text| !text.is_empty())
                }
                false => incoming::text_of(Some(&file.name), &file.bytes).ok().or(seen),
            };
            leaks.push(RoomLeak {
                file: file.name.clone(),
                sha256: sha256_hex(&file.bytes),
                bytes: file.bytes.len(),
                text: text.filter(|_| officer),
            });
        }
        if let Some(finding) = &mut state.finding {
            for (found, leak) in finding.leaks.iter_mut().zip(&leaks) {
                found.text = leak.text.clone().unwrap_or_default();
            }
        }
        Ok(RoomInquiry {
            state,
            part,
            opened_at,
            fixed_at,
            alpha: dossier.alpha,
            papers: dossier.papers,
            include_author: dossier.include_author,
            leaks,
            picture: dossier.picture.filter(|_| officer),
        })
    }

    /// When an entry was made.
    async fn entered_at(&self, tx: &mut Tx, leaf: u64) -> Result<Option<Timestamp>, DeskError> {
        Ok(self.entry(tx, leaf).await?.at.parse().ok())
    }
}

/// What somebody has to do with an inquiry.
async fn part(
    act: &mut crate::ledger::Act<'_>,
    row: &InquiryRow,
    who: &Handle,
) -> Result<Option<OfficerPart>, DeskError> {
    let person: PersonId = known_person(&mut act.tx, who).await?;
    if row.opened == person {
        return Ok(Some(OfficerPart::First));
    }
    if row.approved.is_some() {
        return Ok((row.approved == Some(person)).then_some(OfficerPart::Second));
    }
    let (first, own) = (act.offices_now(row.opened).await?, act.offices_now(person).await?);
    let may = rules::may_approve(&row.opened, &first, &person, &own).is_ok();
    Ok(may.then_some(OfficerPart::MayApprove))
}

/// The figures of a scored inquiry. None where nothing was found: nothing that depends on rows is kept.
pub(super) fn picture(
    finding: &Finding,
    report: &FindingReport,
    tried: &[Candidate],
) -> Option<Picture> {
    if report.verdict == "nothing" {
        return None;
    }
    let bounded = !report.named.is_empty() || !report.leading.is_empty();
    let level = if bounded { finding.alpha.get() } else { report.alpha };
    // Where a bound of 1 stands: every copy is counted in it.
    let base = report.bits.needed + libm::log2(level);
    let spoken: Vec<usize> = match report.verdict.as_str() {
        "identified" => finding.named.clone(),
        "strong-lead" => finding.leads.clone(),
        _ => finding.credible.narrowed().unwrap_or_default().iter().map(|&(p, _)| p).collect(),
    };
    let mut copies: Vec<(f64, bool)> = finding
        .persons
        .iter()
        .enumerate()
        .filter_map(|(index, person)| {
            let best = person.best.as_ref()?;
            let bits = if best.p_adjusted < 1.0 {
                base - libm::log2(best.p_adjusted)
            } else {
                (-libm::log2(best.p)).clamp(0.0, base.max(0.0))
            };
            Some((bits, spoken.contains(&index)))
        })
        .collect();
    copies.sort_by(|a, b| b.0.total_cmp(&a.0));
    copies.truncate(MOST_MARKS);
    let leading = spoken.first().copied();
    Some(Picture {
        copies,
        needed: report.bits.needed,
        lead: base - libm::log2(STRONG_LEAD),
        decoys: decoys(finding),
        account: leading
            .map(|leading| account(finding, report, tried, leading))
            .unwrap_or_default(),
    })
}

/// Decoys by whole bits of their e-value; those below 1 count with 0.
fn decoys(finding: &Finding) -> Vec<u32> {
    let mut out: Vec<u32> = Vec::new();
    for score in finding.decoys.scores() {
        let bit = score.clamp(0.0, 1000.0) as usize;
        if out.len() <= bit {
            out.resize(bit + 1, 0);
        }
        out[bit] = out[bit].saturating_add(1);
    }
    out
}

/// The account of the leading copies' holder and of others, paper by paper.
fn account(
    finding: &Finding,
    report: &FindingReport,
    tried: &[Candidate],
    leading: usize,
) -> Vec<PictureStep> {
    if report.papers.len() < 2 {
        return Vec::new();
    }
    let own = tried.get(leading).map(|candidate| candidate.person);
    let others: Vec<usize> = (0..finding.persons.len())
        .filter(|&index| tried.get(index).map(|candidate| candidate.person) != own)
        .take(MOST_LINES)
        .collect();
    let after = |index: usize, papers: usize| -> f64 {
        let mut account = Account::new();
        let Some(person) = finding.persons.get(index) else { return 0.0 };
        for (paper, value) in person.paper_e_values.iter().take(papers).enumerate() {
            if let Some(value) = value {
                let mut tag = [0; 32];
                tag[..8].copy_from_slice(&(paper as u64).to_be_bytes());
                account.enter(tag, *value);
            }
        }
        account.value().log2()
    };
    let step = |(at, paper): (usize, &crate::finding::FoundPaper)| PictureStep {
        paper: paper.paper.clone(),
        leading: after(leading, at + 1),
        others: others.iter().map(|&index| after(index, at + 1)).collect(),
    };
    report.papers.iter().enumerate().map(step).collect()
}
