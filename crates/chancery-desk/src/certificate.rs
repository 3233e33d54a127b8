//! Certificates of postings: “X held O from … to …”, with the entries of the record that prove it.
//!
//! A certificate is a signed note (C2SP signed-note) whose text is JSON, signed with the record's key. Each
//! term carries the entries that began and ended it, as their bytes and a receipt: salt, position and the
//! proof of inclusion against the signed checkpoint. Who verifies needs the verifier key and nothing else.
//! Receipts prove what was entered; that nothing was entered since, the signature says, as of `issued`.

use std::fmt::Write as _;

use chancery_domain::{Capacity, End, Handle, Term};
use chancery_record::{Note, Receipt, VerifierKey};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::ledger::Body;
use crate::merge::MERGED;
use crate::postings::{ENDED, STARTED};
use crate::registry::{known_office, known_person};
use crate::{Archive, DeskError};

/// What the text says that it is.
pub const CERTIFICATE_SCHEMA: &str = "chancery-posting-certificate-v1";

/// That a person held an office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// [`CERTIFICATE_SCHEMA`].
    schema: String,
    /// The whole as sentences.
    statement: String,
    /// Who.
    person: Handle,
    /// Where.
    office: Handle,
    /// When it was written; nothing later is known to it.
    issued: Timestamp,
    /// The terms, by start.
    terms: Vec<CertifiedTerm>,
}

/// One term with its proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CertifiedTerm {
    /// What the person was called when it began.
    name: String,
    /// What the office was called when it began.
    title: String,
    capacity: Capacity,
    term: Term,
    /// The entries that made the record under which it began one with the person's, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    merged: Vec<CertifiedEntry>,
    started: CertifiedEntry,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended: Option<CertifiedEntry>,
}

/// An entry of the record as its bytes, with a receipt for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CertifiedEntry {
    pub(crate) position: u64,
    pub(crate) body: String,
    pub(crate) receipt: String,
}

impl Certificate {
    /// The whole as sentences.
    #[must_use]
    pub fn statement(&self) -> &str {
        &self.statement
    }

    /// When it was written.
    #[must_use]
    pub const fn issued(&self) -> Timestamp {
        self.issued
    }

    fn sentences(&self) -> String {
        let mut out = String::new();
        for term in &self.terms {
            let capacity = match term.capacity {
                Capacity::Substantive => "",
                Capacity::Acting => ", acting,",
                Capacity::Charge => ", as chargé d’affaires ad interim,",
                Capacity::Delegate => ", by delegation,",
            };
            let from =
                term.term.start.map_or_else(|| "an unknown day".to_owned(), |d| d.to_string());
            let until = match (term.term.end, term.term.cut) {
                (End::Open, _) => format!("and held it still on {}", self.issued),
                (End::Unknown, _) => "until an unknown day".to_owned(),
                (End::On(_), Some(cut)) => format!("until {cut}"),
                (End::On(day), None) => format!("until {day}, that day not included"),
            };
            let space = if out.is_empty() { "" } else { " " };
            let (name, title) = (&term.name, &term.title);
            let _ = write!(
                out,
                "{space}{name} held the office “{title}”{capacity} from {from} {until}."
            );
        }
        out
    }

    /// Checks every entry and that the certificate says what the entries say.
    fn check(&self, key: &VerifierKey) -> Result<(), DeskError> {
        if self.schema != CERTIFICATE_SCHEMA {
            return Err(refused(format!("it is not of the form {CERTIFICATE_SCHEMA}")));
        }
        if self.terms.is_empty() {
            return Err(refused("it certifies nothing"));
        }
        for term in &self.terms {
            let started = term.started.verify(key, STARTED)?;
            let differs = |what: &str| refused(format!("its {what} is not that of the record"));
            let says = |body: &Body, name: &str, value: serde_json::Result<Value>| {
                let value = value.map_err(refused)?;
                if body.fields.get(name) == Some(&value) { Ok(()) } else { Err(differs(name)) }
            };
            if term.merges(key, &started)? != Some(json!(self.person)) {
                return Err(differs("person"));
            }
            says(&started, "name", serde_json::to_value(&term.name))?;
            says(&started, "office", serde_json::to_value(&self.office))?;
            says(&started, "title", serde_json::to_value(&term.title))?;
            says(&started, "capacity", serde_json::to_value(term.capacity))?;
            let last = match &term.ended {
                Some(ended) => {
                    let ended = ended.verify(key, ENDED)?;
                    if ended.fields.get("posting") != started.fields.get("posting") {
                        return Err(refused("an entry in it ended another posting"));
                    }
                    ended
                }
                None => started,
            };
            says(&last, "term", serde_json::to_value(term.term))?;
        }
        if self.sentences() != self.statement {
            return Err(refused("its statement is not what its terms say"));
        }
        Ok(())
    }
}

impl CertifiedTerm {
    /// Whom the term counts for: the record that was posted, or the one that it became by merging.
    fn merges(&self, key: &VerifierKey, started: &Body) -> Result<Option<Value>, DeskError> {
        let mut person = started.fields.get("person").cloned();
        for merge in &self.merged {
            let mut merge = merge.verify(key, MERGED)?;
            if person.is_none() || merge.fields.get("duplicate") != person.as_ref() {
                return Err(refused("an entry in it merged somebody else"));
            }
            person = merge.fields.remove("stays");
        }
        Ok(person)
    }
}

impl CertifiedEntry {
    /// The entry, when the log of `key` has exactly these bytes at that position.
    pub(crate) fn verify(&self, key: &VerifierKey, kind: &str) -> Result<Body, DeskError> {
        let receipt = Receipt::parse(self.receipt.as_bytes()).map_err(refused)?;
        if receipt.proof().index() != self.position {
            return Err(refused("a receipt in it is for another entry"));
        }
        receipt.verify(self.body.as_bytes(), key, &[]).map_err(refused)?;
        let body: Body = serde_json::from_str(&self.body).map_err(refused)?;
        if body.kind == kind {
            Ok(body)
        } else {
            Err(refused(format!("entry {} is “{}”, not “{kind}”", self.position, body.kind)))
        }
    }
}

/// Checks a certificate off line: the signature, every entry, and that it says what they say.
///
/// # Errors
/// With the first thing that does not fit.
pub fn verify_certificate(bytes: &[u8], key: &VerifierKey) -> Result<Certificate, DeskError> {
    let note = Note::parse(bytes).map_err(refused)?;
    note.verify(std::slice::from_ref(key)).map_err(refused)?;
    let certificate: Certificate = serde_json::from_str(note.text()).map_err(refused)?;
    certificate.check(key)?;
    Ok(certificate)
}

impl Archive {
    /// Certifies every posting of a person in an office, as the text of the file.
    ///
    /// # Errors
    /// When there is none, or one was begun before postings were entered with names.
    pub async fn certify_posting(
        &self,
        person: &Handle,
        office: &Handle,
    ) -> Result<String, DeskError> {
        let mut act = self.act().await?;
        let p = known_person(&mut act.tx, person).await?;
        let o = known_office(&mut act.tx, office).await?;
        let mut kept = act.tx.kept_postings_of(p).await?;
        kept.retain(|kept| *kept.posting.office() == o);
        if kept.is_empty() {
            return Err(DeskError::Input(format!(
                "{person} never held {office}; see: chancery posting history {person}"
            )));
        }
        let holder = act.tx.person_handle(p).await?;
        let mut positions = act.tx.merges_into(p).await?;
        let merges = positions.len();
        for kept in &kept {
            positions.push(kept.start_leaf.ok_or_else(|| {
                DeskError::Input(format!(
                    "the entry that began the posting of {person} in {office} is older than certificates"
                ))
            })?);
            positions.extend(kept.end_leaf);
        }
        let mut entries = act.receipts(&positions).await?.into_iter().zip(positions);
        act.commit().await?;
        let mut next = || -> Result<(Body, CertifiedEntry), DeskError> {
            let missing = || DeskError::Record("an entry is missing".into());
            let ((bytes, receipt), position) = entries.next().ok_or_else(missing)?;
            let body = String::from_utf8(bytes).map_err(|_| missing())?;
            let opened = crate::archive::decode(body.as_bytes())?;
            Ok((opened, CertifiedEntry { position, body, receipt: receipt.to_string() }))
        };
        let merges = (0..merges).map(|_| next()).collect::<Result<Vec<_>, _>>()?;
        let mut terms = Vec::new();
        for kept in &kept {
            let (opened, started) = next()?;
            let (mut under, mut merged) = (opened.fields.get("person"), Vec::new());
            for (merge, entry) in &merges {
                if under.is_some() && merge.fields.get("duplicate") == under {
                    under = merge.fields.get("stays");
                    merged.push(entry.clone());
                }
            }
            let text =
                |name: &str| opened.fields.get(name).and_then(Value::as_str).unwrap_or_default();
            let (name, title) = (text("name").to_owned(), text("title").to_owned());
            let ended = match kept.end_leaf {
                Some(_) => Some(next()?.1),
                None => None,
            };
            let (capacity, term) = (kept.posting.capacity(), *kept.posting.term());
            terms.push(CertifiedTerm { name, title, capacity, term, merged, started, ended });
        }
        let mut certificate = Certificate {
            schema: CERTIFICATE_SCHEMA.to_owned(),
            statement: String::new(),
            person: holder,
            office: office.clone(),
            issued: self.clock.now(),
            terms,
        };
        certificate.statement = certificate.sentences();
        // The database alone could be rewritten: what the record does not bear out is not certified.
        certificate.check(&self.verifier_key())?;
        let text = serde_json::to_string_pretty(&certificate).map_err(refused)?;
        let note = self.signer.sign_text(&format!("{text}\n")).map_err(refused)?;
        Ok(note.to_string())
    }
}

fn refused(why: impl std::fmt::Display) -> DeskError {
    DeskError::Record(format!("the certificate does not hold: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Clock, OfficeDetails, PersonDetails};
    use chancery_domain::{Day, EndReason};
    use jiff::civil::date;

    /// Negative control: with the record's own key a false certificate can be signed, but not proved.
    #[tokio::test(flavor = "current_thread")]
    async fn even_the_holder_of_the_key_cannot_certify_what_was_not_entered() {
        let folder = tempfile::tempdir().unwrap();
        let at = |year| Clock::Fixed(format!("{year}-06-10T09:00:00Z").parse().unwrap());
        let mut archive = Archive::init(&folder.path().join("archive"), at(2030)).await.unwrap();
        let (anna, embassy): (Handle, Handle) =
            ("anna".parse().unwrap(), "embassy".parse().unwrap());
        let details = PersonDetails { name: "Anna".into(), ..PersonDetails::default() };
        archive.add_person(&anna, &details, None).await.unwrap();
        archive.add_office(&embassy, &OfficeDetails::default(), None).await.unwrap();
        let end = Day::exact(date(2032, 1, 1));
        for year in [2030, 2031] {
            archive.set_clock(at(year));
            let term = Term::from(date(year, 3, 1));
            let start =
                archive.start_posting(&anna, &embassy, Capacity::Substantive, term, false, None);
            start.await.unwrap();
            let end = Day { date: date(year + 1, 1, 1), ..end };
            let ended = archive.end_posting(&anna, &embassy, end, None, EndReason::TermOver, None);
            ended.await.unwrap();
        }
        let key = archive.verifier_key();
        let text = archive.certify_posting(&anna, &embassy).await.unwrap();
        let sound = verify_certificate(text.as_bytes(), &key).unwrap();
        let forged = |forge: fn(&mut Certificate)| {
            let mut certificate = sound.clone();
            forge(&mut certificate);
            certificate.statement = certificate.sentences();
            let json = serde_json::to_string_pretty(&certificate).unwrap();
            let note = archive.signer.sign_text(&format!("{json}\n")).unwrap();
            verify_certificate(note.to_string().as_bytes(), &key)
        };
        assert!(forged(|_| {}).is_ok(), "the forger's tools do not break what is sound");
        let refused = |forge: fn(&mut Certificate), why: &str| {
            let error = forged(forge).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        };
        refused(|c| c.terms[0].name = "Boris".into(), "name");
        refused(|c| c.person = "boris".parse().unwrap(), "person");
        refused(|c| c.terms[0].term.end = c.terms[1].term.end, "term");
        refused(|c| c.terms[0].term.start = c.terms[1].term.start, "term");
        refused(|c| c.terms[0].capacity = Capacity::Acting, "capacity");
        refused(|c| c.terms[0].ended = None, "term");
        refused(|c| c.terms[0].ended = c.terms[1].ended.clone(), "another posting");
        refused(|c| c.terms[0].ended = Some(c.terms[1].started.clone()), "posting.started");
        refused(|c| c.terms[0].started.position += 1, "another entry");
        refused(|c| c.terms[0].started.body = c.terms[1].started.body.clone(), "root");
        refused(|c| c.terms.clear(), "nothing");
    }

    /// A term begun under a duplicate record is the person's, and the entries that merged them prove it.
    #[tokio::test(flavor = "current_thread")]
    async fn a_term_begun_under_a_duplicate_is_certified_through_the_merges() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::Fixed("2032-01-10T09:00:00Z".parse().unwrap());
        let archive = Archive::init(&folder.path().join("archive"), clock).await.unwrap();
        let handle = |name: &str| -> Handle { name.parse().unwrap() };
        let embassy = handle("embassy");
        let (personnel, parent) = (handle("personnel"), Some(handle("personnel")));
        let appointed = OfficeDetails { parent, ..OfficeDetails::default() };
        archive.add_office(&personnel, &OfficeDetails::default(), None).await.unwrap();
        archive.add_office(&embassy, &appointed, None).await.unwrap();
        for name in ["anna", "anna-b", "a-b", "officer"] {
            archive.add_person(&handle(name), &PersonDetails::default(), None).await.unwrap();
        }
        let term = Term::from(date(2030, 1, 1));
        for (who, office) in [("a-b", "embassy"), ("officer", "personnel")] {
            let (who, office) = (handle(who), handle(office));
            let posted =
                archive.start_posting(&who, &office, Capacity::Substantive, term, false, None);
            posted.await.unwrap();
        }
        for (from, into) in [("a-b", "anna-b"), ("anna-b", "anna")] {
            let (from, into) = (handle(from), handle(into));
            archive.merge_person(&from, &into, &handle("officer")).await.unwrap();
        }
        let key = archive.verifier_key();
        let text = archive.certify_posting(&handle("a-b"), &embassy).await.unwrap();
        let sound = verify_certificate(text.as_bytes(), &key).unwrap();
        assert_eq!((sound.person.as_str(), sound.terms[0].merged.len()), ("anna", 2));
        for (forge, why) in [
            (|c: &mut Certificate| c.terms[0].merged.clear(), "person"),
            (|c: &mut Certificate| _ = c.terms[0].merged.pop(), "person"),
            (|c: &mut Certificate| _ = c.terms[0].merged.remove(0), "somebody else"),
        ] as [(fn(&mut Certificate), &str); 3]
        {
            let mut forged = sound.clone();
            forge(&mut forged);
            let error = forged.check(&key).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
    }
}
