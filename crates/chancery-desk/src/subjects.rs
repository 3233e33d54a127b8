//! Subjects of the house's issuer: whoever keeps the house says which of them is which person, and nobody else signs in
//! through it. That the issuer vouches for a subject is judged by whoever talks to it.

use chancery_domain::Handle;
use chancery_store::SubjectRow;
use chancery_vault::{Aad, Nonce, Padding, open, seal};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use crate::archive::{decode, encode};
use crate::outside::random;
use crate::registry::known_person;
use crate::{Archive, DeskError, SessionToken};

/// Longest subject, in bytes (OpenID Connect Core 1.0, section 2).
const MAX_SUBJECT: usize = 255;

/// A subject in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShownSubject {
    /// Its number.
    pub id: i64,
    /// As the issuer writes it.
    pub subject: String,
    /// Whom it signs in.
    pub person: Handle,
    /// Since when.
    pub added: Timestamp,
}

impl Archive {
    /// Links a subject of an issuer to a person, whom it signs in from then on.
    ///
    /// # Errors
    /// When `who` does not keep the house, the person is unknown, or the subject is linked or empty.
    pub async fn link_subject(
        &self,
        issuer: &str,
        subject: &str,
        person: &Handle,
        who: &Handle,
    ) -> Result<(), DeskError> {
        let subject = subject.trim();
        if subject.is_empty() || subject.len() > MAX_SUBJECT || subject.contains(char::is_control) {
            return Err(DeskError::Input(format!("a subject has 1 to {MAX_SUBJECT} bytes")));
        }
        let mut act = self.act().await?;
        act.may_keep_house(who).await?;
        let id = known_person(&mut act.tx, person).await?;
        let mark = self.subject_mark(issuer, subject);
        if act.tx.subject(&mark).await?.is_some() {
            return Err(DeskError::Input(
                "this subject signs somebody in already; unlink it first".into(),
            ));
        }
        let by = known_person(&mut act.tx, who).await?;
        let leaf = act.enter("subject.linked", [("person", json!(id)), ("by", json!(by))]).await?;
        let row = hex::encode(&mark);
        let aad = Aad::new("subject", &row, "sealed", 0);
        let nonce = Nonce::from_bytes(random());
        let sealed = seal(&self.key, &aad, Padding::Field, &encode(&subject), nonce)?;
        let now = act.now;
        act.tx.link_subject(id, &mark, &sealed, (now, leaf)).await?;
        act.commit().await
    }

    /// Every linked subject.
    ///
    /// # Errors
    /// When `who` does not keep the house.
    pub async fn subjects(&self, who: &Handle) -> Result<Vec<ShownSubject>, DeskError> {
        let mut act = self.act().await?;
        act.may_keep_house(who).await?;
        let mut out = Vec::new();
        for row in act.tx.subjects().await? {
            out.push(ShownSubject {
                id: row.id,
                subject: self.open_subject(&row)?,
                person: act.tx.person_handle(row.person).await?,
                added: row.added,
            });
        }
        Ok(out)
    }

    /// Unlinks a subject: it signs nobody in any more.
    ///
    /// # Errors
    /// When `who` does not keep the house, or there is no such subject.
    pub async fn unlink_subject(&self, id: i64, who: &Handle) -> Result<(), DeskError> {
        let mut act = self.act().await?;
        act.may_keep_house(who).await?;
        let found = act.tx.subjects().await?.into_iter().find(|row| row.id == id);
        let hint = "; the page “Accounts of the issuer” lists them";
        let row = found.ok_or_else(|| DeskError::Unknown {
            what: "subject",
            name: id.to_string(),
            hint,
        })?;
        let by = known_person(&mut act.tx, who).await?;
        let fields = [("person", json!(row.person)), ("by", json!(by))];
        let leaf = act.enter("subject.unlinked", fields).await?;
        act.tx.unlink_subject(row.id, leaf).await?;
        act.commit().await
    }

    /// Signs in whom a subject is linked to. To be called only once its issuer has vouched for it.
    ///
    /// # Errors
    /// When it is linked to nobody, or to somebody who holds no office now. Both say the same.
    pub async fn sign_in_subject(
        &self,
        issuer: &str,
        subject: &str,
    ) -> Result<SessionToken, DeskError> {
        let mut act = self.act().await?;
        let mark = self.subject_mark(issuer, subject);
        let row = act.tx.subject(&mark).await?.ok_or_else(unknown)?;
        if !act.tx.postings_of(row.person).await?.iter().any(|p| p.holds_at(act.now)) {
            return Err(unknown());
        }
        let token = act.begin_session(row.person, "issuer").await?;
        act.commit().await?;
        Ok(token)
    }

    fn subject_mark(&self, issuer: &str, subject: &str) -> Vec<u8> {
        self.index.lookup("subject", &encode(&(issuer, subject))).to_vec()
    }

    fn open_subject(&self, row: &SubjectRow) -> Result<String, DeskError> {
        let place = hex::encode(&row.mark);
        decode(&open(&self.key, &Aad::new("subject", &place, "sealed", 0), &row.sealed)?)
    }
}

fn unknown() -> DeskError {
    DeskError::Procedure(
        "this house knows nobody by what the issuer says; ask whoever keeps it".into(),
    )
}
