//! Opening a name: only on *identified*, by the two officers of the inquiry with keys that they keep themselves.
//!
//! Every binding of a copy lies in a box for one key, the *reveal key*. Nobody holds that key alone: it is
//! encrypted to one officer and then to another, for every two officers of different offices, as age files
//! inside age files. The server can fill boxes and cannot open them.

use age::secrecy::ExposeSecret as _;
use age::x25519;
use chancery_domain::{Handle, rules};
use chancery_store::{OfficeId, OfficerRow, PersonId};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{find_inquiry, name};
use crate::archive::{decode, encode};
use crate::binding::CopyRow;
use crate::ledger::Act;
use crate::registry::known_person;
use crate::{Archive, DeskError};

/// Where the public half of the reveal key stands.
const RECIPIENT: &str = "reveal-recipient";

/// What an enrolment left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Enrolled {
    /// All officers.
    pub officers: Vec<Handle>,
    /// How many pairs of them can open a name together.
    pub pairs: usize,
    /// Copies that lie in boxes.
    pub copies: usize,
    /// Entry of the record.
    pub leaf: u64,
}

/// Whose copy was named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevealedCopy {
    /// The copy.
    pub copy: String,
    /// The office through which it was opened first.
    pub office: Option<Handle>,
    /// Its reader.
    pub reader: Handle,
    /// Entry that bound the two.
    pub bound: u64,
}

/// Names that were opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Revealed {
    /// The inquiry.
    pub inquiry: String,
    /// Whose copies.
    pub copies: Vec<RevealedCopy>,
    /// Entry of the record.
    pub leaf: u64,
}

fn identity(text: &str) -> Result<x25519::Identity, DeskError> {
    // The file of age-keygen: comments, then the identity.
    let line = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    line.and_then(|line| line.parse().ok()).ok_or_else(|| {
        DeskError::Input("an officer's key is an age identity: AGE-SECRET-KEY-1...".into())
    })
}

fn recipient(text: &str) -> Result<x25519::Recipient, DeskError> {
    text.trim()
        .parse()
        .map_err(|_| DeskError::Input(format!("“{text}” is no age recipient: age1...")))
}

fn sealed_twice(secret: &x25519::Identity, inner: &str, outer: &str) -> Result<Vec<u8>, DeskError> {
    let failed = |e: age::EncryptError| DeskError::Archive(e.to_string());
    let text = secret.to_string();
    let once = age::encrypt(&recipient(inner)?, text.expose_secret().as_bytes()).map_err(failed)?;
    age::encrypt(&recipient(outer)?, &once).map_err(failed)
}

impl Archive {
    /// Enrols officers, each with the public half of a key of his own. The first two make the reveal key;
    /// afterwards two officers have to lend theirs, so that nobody enrols himself.
    ///
    /// # Errors
    /// When somebody holds no office, no two offices are among them, or the keys of two officers are needed.
    pub async fn enrol_officers(
        &self,
        officers: &[(Handle, String)],
        identities: &[String],
    ) -> Result<Enrolled, DeskError> {
        let mut act = self.act().await?;
        let before = act.tx.officers().await?;
        let secret = match act.box_recipient().await? {
            None => x25519::Identity::generate(),
            Some(public) => {
                let secret = act.reveal_key(identities, None).await?;
                if secret.to_public().to_string() != public.to_string() {
                    return Err(DeskError::Record("the reveal key is not this archive's".into()));
                }
                secret
            }
        };
        for (handle, public) in officers {
            let person = known_person(&mut act.tx, handle).await?;
            rules::may_open_inquiry(&act.offices_now(person).await?)?;
            let recipient = recipient(public)?.to_string();
            if before.iter().any(|known| known.person != person && known.recipient == recipient) {
                return Err(DeskError::Input("two officers cannot have one key".into()));
            }
            act.tx.set_officer(&OfficerRow { person, recipient }).await?;
        }
        let all = act.tx.officers().await?;
        let mut offices: Vec<Vec<OfficeId>> = Vec::with_capacity(all.len());
        for officer in &all {
            offices.push(act.offices_now(officer.person).await?);
        }
        let mut pairs = Vec::new();
        for (at, one) in all.iter().enumerate() {
            for (of, two) in all.iter().enumerate().skip(at + 1) {
                let apart =
                    rules::may_approve(&one.person, &offices[at], &two.person, &offices[of]);
                if apart.is_ok() && one.recipient != two.recipient {
                    let sealed = sealed_twice(&secret, &one.recipient, &two.recipient)?;
                    pairs.push((one.person, two.person, sealed));
                }
            }
        }
        if pairs.is_empty() {
            return Err(DeskError::Procedure(
                "enrol two officers of different offices, each with a key of his own".into(),
            ));
        }
        act.tx.set_officer_pairs(&pairs).await?;
        let public = secret.to_public();
        act.tx.set_meta(RECIPIENT, &encode(&public.to_string())).await?;
        let copies = act.box_all(&public).await?;
        let mut names = Vec::new();
        for officer in &all {
            names.push(act.tx.person_handle(officer.person).await?);
        }
        let fields = [
            ("officers", json!(names)),
            ("recipients", json!(all.iter().map(|o| &o.recipient).collect::<Vec<_>>())),
            ("reveal", json!(public.to_string())),
        ];
        let leaf = act.enter("officers.enrolled", fields).await?;
        act.commit().await?;
        Ok(Enrolled { officers: names, pairs: pairs.len(), copies, leaf })
    }

    /// Opens whose copies an inquiry named: with the keys of its two officers, and as an entry of the record
    /// before anything is told.
    ///
    /// # Errors
    /// When nobody was identified, the finding was withdrawn, or the keys are not those of its officers.
    pub async fn reveal(
        &self,
        inquiry: &str,
        identities: &[String],
    ) -> Result<Revealed, DeskError> {
        let mut act = self.act().await?;
        let mut row = find_inquiry(&mut act.tx, inquiry).await?;
        let mut dossier = self.open_dossier(&row)?;
        let named = dossier.scored.as_ref().map(|s| s.named.clone()).unwrap_or_default();
        if named.is_empty() {
            return Err(DeskError::Procedure(format!(
                "{inquiry} identified no copy: no name is opened below *identified*"
            )));
        }
        if dossier.withdrawn.is_some() {
            return Err(DeskError::Procedure(format!("the finding of {inquiry} was withdrawn")));
        }
        let both = row.approved.map(|second| (row.opened, second));
        let both = both.ok_or_else(|| DeskError::Archive("an officer vanished".into()))?;
        let secret = act.reveal_key(identities, Some(both)).await?;
        let papers = self.papers_of(&mut act, &dossier).await?;
        let mut copies = Vec::new();
        for (at, paper) in papers.iter().enumerate() {
            let bound = self.copies(&mut act.tx, paper.id).await?;
            for number in named.iter().filter_map(|row| row.get(at).copied().flatten()) {
                let known = bound.iter().find(|copy| copy.number == number);
                let known = *known.ok_or_else(|| DeskError::Archive("a copy vanished".into()))?;
                let holder = self.binding.holder(paper.id.0, known.person.0);
                let boxed = act.tx.binding(paper.id, &holder).await?.and_then(|row| row.boxed);
                let boxed = boxed.ok_or_else(|| {
                    DeskError::Procedure("this copy lies in no box; enrol officers first".into())
                })?;
                let opened = age::decrypt(&secret, &boxed)
                    .ok()
                    .and_then(|bytes| CopyRow::from_box(paper.id, &bytes, known.leaf));
                let opened = opened
                    .filter(|copy| copy.number == number)
                    .ok_or_else(|| DeskError::Record("a box holds another copy".into()))?;
                // The record, not the box, has the last word.
                self.check_binding(&mut act.tx, &opened).await?;
                let office = match act.tx.first_reading(paper.id, opened.person).await? {
                    Some(reading) => Some(act.tx.office_handle(reading.office).await?),
                    None => None,
                };
                copies.push(RevealedCopy {
                    copy: crate::view::copy_name(paper.id, number),
                    office,
                    reader: act.tx.person_handle(opened.person).await?,
                    bound: opened.leaf,
                });
            }
        }
        let fields = [
            ("inquiry", json!(name(row.id))),
            ("officers", json!([both.0, both.1])),
            ("copies", json!(copies.iter().map(|c| &c.copy).collect::<Vec<_>>())),
        ];
        let leaf = act.enter("inquiry.revealed", fields).await?;
        for found in dossier.finding.iter_mut().flat_map(|finding| &mut finding.named) {
            if let Some(copy) = copies.iter().find(|copy| found.copies.contains(&copy.copy)) {
                found.office.clone_from(&copy.office);
                found.reader = Some(copy.reader.clone());
            }
        }
        row.sealed = self.seal_dossier(row.id, &dossier)?;
        act.tx.set_inquiry(&row).await?;
        act.commit().await?;
        Ok(Revealed { inquiry: name(row.id), copies, leaf })
    }
}

impl Act<'_> {
    /// For whom bindings are boxed, once officers are enrolled.
    pub(crate) async fn box_recipient(&mut self) -> Result<Option<x25519::Recipient>, DeskError> {
        let Some(bytes) = self.tx.meta(RECIPIENT).await? else { return Ok(None) };
        Ok(Some(recipient(&decode::<String>(&bytes)?)?))
    }

    /// The reveal key, with the keys of two officers: of these two, or of any.
    async fn reveal_key(
        &mut self,
        identities: &[String],
        both: Option<(PersonId, PersonId)>,
    ) -> Result<x25519::Identity, DeskError> {
        let needed = || {
            DeskError::Procedure(match both {
                Some(_) => "opening a name takes the keys of both officers of the inquiry: --identity FILE --identity FILE".into(),
                None => "this takes the keys of two officers: --identity FILE --identity FILE".into(),
            })
        };
        let [first, second] = identities else { return Err(needed()) };
        let keys = [identity(first)?, identity(second)?];
        let officers = self.tx.officers().await?;
        let whose = |key: &x25519::Identity| {
            let public = key.to_public().to_string();
            officers.iter().find(|o| o.recipient == public).map(|o| o.person)
        };
        let (Some(a), Some(b)) = (whose(&keys[0]), whose(&keys[1])) else { return Err(needed()) };
        let [ka, kb] = keys;
        let (one, two, inner, outer) = if a < b { (a, b, ka, kb) } else { (b, a, kb, ka) };
        if both.is_some_and(|(x, y)| (x.min(y), x.max(y)) != (one, two)) {
            return Err(needed());
        }
        let sealed = self.tx.officer_pair(one, two).await?.ok_or_else(needed)?;
        let once = age::decrypt(&outer, &sealed).map_err(|_| needed())?;
        let text = age::decrypt(&inner, &once).map_err(|_| needed())?;
        identity(std::str::from_utf8(&text).map_err(|_| needed())?)
    }
}
