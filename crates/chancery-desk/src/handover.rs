//! Handover certificates: what an office passed on when one person left it and another took it over.
//!
//! A certificate is a signed note in the form of posting certificates: JSON text, signed with the
//! record's key, with the entries that bear it out and their receipts. The first entry holds the hash of
//! all that is handed over, the second is the successor's confirmation. It names papers by number, serial
//! and day and never by subject or text, so that it can lie in a file that is not secret. The copies that
//! the leaver holds are named by the entry that minted them: a copy's number in such a list would tell an
//! inquiry's officers whose it is before the procedure lets them know.

use chancery_domain::{Addressed, Handle, Term, last_instant};
use chancery_record::{Note, VerifierKey};
use chancery_store::{OfficeId, PersonId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::archive::{decode, encode};
use crate::certificate::CertifiedEntry;
use crate::ledger::{Act, Body};
use crate::papers::reference;
use crate::registry::{known_office, known_person};
use crate::{Archive, DeskError};

/// What the text says that it is.
pub const HANDOVER_SCHEMA: &str = "chancery-handover-certificate-v1";

const MADE: &str = "handover.made";
const CONFIRMED: &str = "handover.confirmed";

/// What was handed over; the record holds its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handover {
    /// The office.
    pub office: Handle,
    /// Who left it.
    pub from: Handle,
    /// The leaver's last term.
    pub term: Term,
    /// Who took it over.
    pub to: Handle,
    /// When the certificate was made.
    pub at: Timestamp,
    /// Papers of the office, by number.
    pub papers: Vec<HandedPaper>,
    /// Papers on which the office has not taken the action asked of it.
    pub open_actions: Vec<String>,
}

/// A paper that was passed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandedPaper {
    /// Its number in the archive.
    pub paper: String,
    /// Its own number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// Its date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Day of release.
    pub released: Option<Date>,
    /// How the office is addressed.
    pub addressed: Addressed,
    /// Entries of the record that minted the leaver's copies of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copies_of_leaver: Vec<u64>,
}

/// A certificate as it was read and verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandoverCertificate {
    /// [`HANDOVER_SCHEMA`].
    schema: String,
    /// What was handed over.
    handover: Handover,
    /// The entry that made it.
    made: CertifiedEntry,
    /// The entry by which the successor confirmed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    confirmed: Option<CertifiedEntry>,
}

impl HandoverCertificate {
    /// What was handed over.
    #[must_use]
    pub const fn handover(&self) -> &Handover {
        &self.handover
    }

    /// Whether the successor has confirmed it.
    #[must_use]
    pub const fn is_confirmed(&self) -> bool {
        self.confirmed.is_some()
    }

    /// Checks every entry, and that they are about this handover.
    fn check(&self, key: &VerifierKey) -> Result<(), DeskError> {
        if self.schema != HANDOVER_SCHEMA {
            return Err(refused(format!("it is not of the form {HANDOVER_SCHEMA}")));
        }
        let hash = json!(hex::encode(statement(&self.handover)));
        let about = |body: &Body| match body.fields.get("statement") {
            Some(entered) if *entered == hash => Ok(()),
            _ => Err(refused("it is not what was entered in the record")),
        };
        about(&self.made.verify(key, MADE)?)?;
        if let Some(confirmed) = &self.confirmed {
            let body = confirmed.verify(key, CONFIRMED)?;
            about(&body)?;
            if body.fields.get("by") != Some(&json!(self.handover.to)) {
                return Err(refused("somebody else than the successor confirmed it"));
            }
        }
        Ok(())
    }
}

/// Checks a handover certificate off line: the signature, every entry, and that they are
/// about it.
///
/// # Errors
/// With the first thing that does not fit.
pub fn verify_handover(bytes: &[u8], key: &VerifierKey) -> Result<HandoverCertificate, DeskError> {
    let note = Note::parse(bytes).map_err(refused)?;
    note.verify(std::slice::from_ref(key)).map_err(refused)?;
    let certificate: HandoverCertificate = serde_json::from_str(note.text()).map_err(refused)?;
    certificate.check(key)?;
    Ok(certificate)
}

impl Archive {
    /// Certifies what an office passes from who left it to who keeps it now, as the text of the file.
    ///
    /// # Errors
    /// When the leaver never left, the successor does not hold the office, or the officer holds neither
    /// the office nor the one that appoints to it.
    pub async fn hand_over(
        &self,
        office: &Handle,
        from: &Handle,
        to: &Handle,
        who: &Handle,
    ) -> Result<String, DeskError> {
        let mut act = self.act().await?;
        let o = known_office(&mut act.tx, office).await?;
        let leaver = known_person(&mut act.tx, from).await?;
        let successor = known_person(&mut act.tx, to).await?;
        let officer = known_person(&mut act.tx, who).await?;
        let parent = self.appointing(&mut act.tx, o).await?;
        let held = act.offices_of(officer).await?;
        if !held.iter().any(|held| *held == o || Some(*held) == parent) {
            return Err(DeskError::Procedure(
                "a handover is certified for a holder of the office or of the one that appoints to it"
                    .into(),
            ));
        }
        if !act.offices_of(successor).await?.contains(&o) {
            return Err(DeskError::Procedure(format!("{to} does not hold {office} now")));
        }
        let term = act.left(leaver, o).await?.ok_or_else(|| {
            DeskError::Procedure(format!("{from} has not left {office}; end the posting first"))
        })?;
        let (papers, open_actions) = act.passed_on(o, leaver).await?;
        let handover = Handover {
            office: act.tx.office_handle(o).await?,
            from: act.tx.person_handle(leaver).await?,
            term,
            to: act.tx.person_handle(successor).await?,
            at: act.now,
            papers,
            open_actions,
        };
        let hash = statement(&handover);
        let fields = [
            ("office", json!(o)),
            ("from", json!(leaver)),
            ("to", json!(successor)),
            ("papers", json!(handover.papers.len())),
            ("statement", json!(hex::encode(hash))),
        ];
        let leaf = act.enter(MADE, fields).await?;
        act.tx.add_handover(o, leaver, successor, &hash, leaf).await?;
        act.commit().await?;
        self.handover_note(handover, leaf, None).await
    }

    /// The successor confirms a certificate; gives it back with the confirmation in it.
    ///
    /// # Errors
    /// When it does not verify, is not of this archive, or is not that person's to confirm.
    pub async fn confirm_handover(&self, bytes: &[u8], who: &Handle) -> Result<String, DeskError> {
        let certificate = verify_handover(bytes, &self.verifier_key())?;
        let handover = certificate.handover;
        let hash = statement(&handover);
        let mut act = self.act().await?;
        let person = known_person(&mut act.tx, who).await?;
        let row = act.tx.handover(&hash).await?;
        let row = row.ok_or_else(|| refused("this archive did not make it"))?;
        if row.to != person {
            return Err(DeskError::Procedure(format!(
                "only {}, who took the office over, can confirm this",
                handover.to
            )));
        }
        let fields = [
            ("statement", json!(hex::encode(hash))),
            ("by", json!(handover.to)),
            ("office", json!(row.office)),
        ];
        let leaf = act.enter(CONFIRMED, fields).await?;
        if !act.tx.confirm_handover(row.id, leaf).await? {
            return Err(DeskError::Procedure("this handover was confirmed already".into()));
        }
        act.commit().await?;
        self.handover_note(handover, row.leaf, Some(leaf)).await
    }

    async fn handover_note(
        &self,
        handover: Handover,
        made: u64,
        confirmed: Option<u64>,
    ) -> Result<String, DeskError> {
        let positions: Vec<u64> = std::iter::once(made).chain(confirmed).collect();
        let mut act = self.act().await?;
        let receipts = act.receipts(&positions).await?;
        act.commit().await?;
        let mut entries = positions.iter().zip(receipts).map(|(position, (body, receipt))| {
            let body = String::from_utf8_lossy(&body).into_owned();
            CertifiedEntry { position: *position, body, receipt: receipt.to_string() }
        });
        let made = entries.next().ok_or_else(|| refused("an entry is missing"))?;
        let confirmed = entries.next();
        let schema = HANDOVER_SCHEMA.to_owned();
        let certificate = HandoverCertificate { schema, handover, made, confirmed };
        certificate.check(&self.verifier_key())?;
        let text = serde_json::to_string_pretty(&certificate).map_err(refused)?;
        let note = self.signer.sign_text(&format!("{text}\n")).map_err(refused)?;
        Ok(note.to_string())
    }
}

impl Act<'_> {
    /// The term with which a person left an office; `None` when he holds it still, or never did.
    async fn left(
        &mut self,
        person: PersonId,
        office: OfficeId,
    ) -> Result<Option<Term>, DeskError> {
        let mut postings = self.tx.postings_of(person).await?;
        postings.retain(|p| *p.office() == office);
        if postings.iter().any(|p| p.holds_at(self.now)) {
            return Ok(None);
        }
        let over = |term: &Term| last_instant(term).filter(|end| *end <= self.now);
        let terms = postings.iter().map(|p| *p.term()).filter(|term| over(term).is_some());
        Ok(terms.max_by_key(over))
    }

    /// Every paper of an office with the copies that the leaver holds, and the open actions.
    async fn passed_on(
        &mut self,
        office: OfficeId,
        leaver: PersonId,
    ) -> Result<(Vec<HandedPaper>, Vec<String>), DeskError> {
        let records = self.tx.records_of(leaver).await?;
        let (mut papers, mut open) = (Vec::new(), Vec::new());
        for (id, addressed, done) in self.tx.business_of_office(office).await? {
            let row = self.tx.paper(id).await?;
            let row = row.ok_or_else(|| DeskError::Archive("a paper vanished".into()))?;
            let head = self.archive.head(&row)?;
            let addressed: Addressed = decode(format!("\"{addressed}\"").as_bytes())?;
            if addressed == Addressed::Action && !done {
                open.push(reference(id));
            }
            let copies = self.archive.copies(&mut self.tx, id).await?;
            let own = copies.iter().filter(|copy| records.contains(&copy.person));
            papers.push(HandedPaper {
                paper: reference(id),
                serial: head.number,
                date: head.date,
                released: row.released,
                addressed,
                copies_of_leaver: own.map(|copy| copy.leaf).collect(),
            });
        }
        Ok((papers, open))
    }
}

/// The hash that the record holds.
fn statement(handover: &Handover) -> [u8; 32] {
    Sha256::digest(encode(handover)).into()
}

fn refused(why: impl std::fmt::Display) -> DeskError {
    DeskError::Record(format!("the handover certificate does not hold: {why}"))
}
