//! Passkeys: how people sign in with a key of their own, and prove anew who they are.
//!
//! Whether a key has signed is judged by whoever talks to the browser, with what is kept here; this room keeps the
//! keys sealed, knows whose they are, and enters what happens to them.

use chancery_domain::Handle;
use chancery_store::{PasskeyRow, PersonId};
use chancery_vault::{Aad, Nonce, Padding, open, seal};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::archive::{decode, encode};
use crate::ledger::Act;
use crate::outside::random;
use crate::registry::known_person;
use crate::session::signed_out;
use crate::{Archive, DeskError, SessionToken};

/// How long ago whoever adds or removes a passkey may have signed in or proved who he is.
pub const FRESH: SignedDuration = SignedDuration::from_mins(10);
/// Most passkeys of one person.
pub const MAX_PASSKEYS: usize = 10;
/// Longest name of a passkey, in characters.
pub const MAX_PASSKEY_NAME: usize = 60;

/// A passkey in its holder's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShownPasskey {
    /// Its number.
    pub id: i64,
    /// What its holder calls it.
    pub name: String,
    /// Since when.
    pub added: Timestamp,
    /// When it was last used.
    pub used: Option<Timestamp>,
    /// What was kept of it.
    #[serde(skip)]
    pub credential: Vec<u8>,
}

/// A passkey, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownPasskey {
    /// Whose.
    pub person: Handle,
    /// What was kept of it: its public half and its counter, as whoever added it wrote them.
    pub credential: Vec<u8>,
    mark: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    name: String,
    credential: Vec<u8>,
}

impl Archive {
    /// The name under which a person's passkeys are kept by browsers. It tells nothing about the person.
    ///
    /// # Errors
    /// When the person is unknown.
    pub async fn passkey_user(&self, person: &Handle) -> Result<[u8; 16], DeskError> {
        let mut tx = self.store.begin().await?;
        let person = known_person(&mut tx, person).await?;
        let mut user = [0; 16];
        for (to, from) in user.iter_mut().zip(self.index.lookup("passkey.user", &encode(&person))) {
            *to = from;
        }
        Ok(user)
    }

    /// A person's passkeys, oldest first.
    ///
    /// # Errors
    /// When the person is unknown.
    pub async fn passkeys(&self, person: &Handle) -> Result<Vec<ShownPasskey>, DeskError> {
        let mut tx = self.store.begin().await?;
        let person = known_person(&mut tx, person).await?;
        let rows = tx.passkeys_of(person).await?;
        rows.iter()
            .map(|row| {
                let Kept { name, credential } = self.open_passkey(row)?;
                Ok(ShownPasskey { id: row.id, name, added: row.added, used: row.used, credential })
            })
            .collect()
    }

    /// Adds a passkey to whoever is signed in with `token`: the name by which browsers know it, what its
    /// holder calls it, and what is to be kept of it. The session counts as proved with it.
    ///
    /// # Errors
    /// When the session is not fresh ([`FRESH`]), the key is known, or there are too many.
    pub async fn add_passkey(
        &self,
        token: &SessionToken,
        id: &[u8],
        name: &str,
        credential: &[u8],
    ) -> Result<(), DeskError> {
        let name = name.trim();
        let letters = name.chars().count();
        if !(1..=MAX_PASSKEY_NAME).contains(&letters) || name.chars().any(char::is_control) {
            return Err(DeskError::Input(format!("a name has 1 to {MAX_PASSKEY_NAME} characters")));
        }
        let mut act = self.act().await?;
        let (session, person) = act.fresh(token).await?;
        if act.tx.passkeys_of(person).await?.len() >= MAX_PASSKEYS {
            return Err(DeskError::Input(format!(
                "at most {MAX_PASSKEYS} passkeys; remove one that you no longer use"
            )));
        }
        let mark = self.passkey_mark(id);
        if act.tx.knows_passkey(&mark).await? {
            return Err(DeskError::Procedure(
                "this passkey is or was somebody’s; make a new one".into(),
            ));
        }
        let leaf = act.enter("passkey.added", [("person", json!(person))]).await?;
        let kept = Kept { name: name.to_owned(), credential: credential.to_vec() };
        let sealed = self.seal_passkey(&mark, &kept)?;
        let now = act.now;
        act.tx.add_passkey(person, &mark, &sealed, (now, leaf)).await?;
        act.tx.prove_session(session, now).await?;
        act.commit().await
    }

    /// Removes a passkey of whoever is signed in with `token`.
    ///
    /// # Errors
    /// When the session is not fresh ([`FRESH`]), or there is no such key of this person.
    pub async fn remove_passkey(&self, token: &SessionToken, id: i64) -> Result<(), DeskError> {
        let mut act = self.act().await?;
        let (_, person) = act.fresh(token).await?;
        let own = act.tx.passkeys_of(person).await?.into_iter().find(|row| row.id == id);
        let none = || DeskError::Unknown { what: "passkey", name: id.to_string(), hint: "" };
        let row = own.ok_or_else(none)?;
        let leaf = act.enter("passkey.removed", [("person", json!(person))]).await?;
        act.tx.remove_passkey(row.id, leaf).await?;
        act.commit().await
    }

    /// The passkey that browsers know by this name.
    ///
    /// # Errors
    /// When it is nobody's.
    pub async fn known_passkey(&self, id: &[u8]) -> Result<KnownPasskey, DeskError> {
        let mut tx = self.store.begin().await?;
        let row = tx.passkey(&self.passkey_mark(id)).await?.ok_or_else(unknown_passkey)?;
        let Kept { credential, .. } = self.open_passkey(&row)?;
        let person = tx.person_handle(row.person).await?;
        Ok(KnownPasskey { person, credential, mark: row.mark })
    }

    /// Signs in whose passkey it is; `credential` is what is to be kept of it from now on. To be called
    /// only once the key has signed.
    ///
    /// # Errors
    /// When the key was removed meanwhile, or its person holds no office now.
    pub async fn sign_in_with(
        &self,
        key: &KnownPasskey,
        credential: &[u8],
    ) -> Result<SessionToken, DeskError> {
        let mut act = self.act().await?;
        let person = act.used(key, credential).await?;
        if !act.tx.postings_of(person).await?.iter().any(|p| p.holds_at(act.now)) {
            return Err(unknown_passkey());
        }
        let token = act.begin_session(person, "passkey").await?;
        let session = act.tx.session(&token.hash()).await?.ok_or_else(signed_out)?;
        let now = act.now;
        act.tx.prove_session(session.id, now).await?;
        act.commit().await?;
        Ok(token)
    }

    /// Keeps that whoever is signed in with `token` has proved anew who he is, with his own passkey. To be
    /// called only once the key has signed.
    ///
    /// # Errors
    /// When the session has ended, or the key is not this person's.
    pub async fn prove_with(
        &self,
        token: &SessionToken,
        key: &KnownPasskey,
        credential: &[u8],
    ) -> Result<(), DeskError> {
        let mut act = self.act().await?;
        let session = act.tx.session(&token.hash()).await?.ok_or_else(signed_out)?;
        if act.used(key, credential).await? != session.person {
            return Err(DeskError::Procedure("this passkey is not yours; use your own".into()));
        }
        let now = act.now;
        act.tx.prove_session(session.id, now).await?;
        act.enter("session.proved", [("person", json!(session.person))]).await?;
        act.commit().await
    }

    fn passkey_mark(&self, id: &[u8]) -> Vec<u8> {
        self.index.lookup("passkey", id).to_vec()
    }

    fn open_passkey(&self, row: &PasskeyRow) -> Result<Kept, DeskError> {
        let row_name = hex::encode(&row.mark);
        let aad = Aad::new("passkey", &row_name, "sealed", 0);
        decode(&open(&self.key, &aad, &row.sealed)?)
    }

    fn seal_passkey(&self, mark: &[u8], kept: &Kept) -> Result<Vec<u8>, DeskError> {
        let row_name = hex::encode(mark);
        let aad = Aad::new("passkey", &row_name, "sealed", 0);
        let nonce = Nonce::from_bytes(random());
        Ok(seal(&self.key, &aad, Padding::Body, &encode(kept), nonce)?)
    }
}

impl Act<'_> {
    /// A session whose person signed in or proved not long ago who he is. A session alone, found open,
    /// neither adds a key nor takes one away.
    pub(crate) async fn fresh(
        &mut self,
        token: &SessionToken,
    ) -> Result<(i64, PersonId), DeskError> {
        let row = self.tx.session(&token.hash()).await?.ok_or_else(signed_out)?;
        let last = row.proved.map_or(row.opened, |proved| proved.max(row.opened));
        if self.now.duration_since(last) < FRESH {
            return Ok((row.id, row.person));
        }
        Err(DeskError::Procedure(
            "changing how you sign in needs that you signed in within the last ten minutes; sign out and in again"
                .into(),
        ))
    }

    /// Keeps that a key was used; says whose it is.
    async fn used(&mut self, key: &KnownPasskey, credential: &[u8]) -> Result<PersonId, DeskError> {
        let row = self.tx.passkey(&key.mark).await?.ok_or_else(unknown_passkey)?;
        let Kept { name, .. } = self.archive.open_passkey(&row)?;
        let kept = Kept { name, credential: credential.to_vec() };
        let sealed = self.archive.seal_passkey(&row.mark, &kept)?;
        let now = self.now;
        self.tx.use_passkey(row.id, &sealed, now).await?;
        Ok(row.person)
    }
}

fn unknown_passkey() -> DeskError {
    DeskError::Procedure(
        "this passkey signs nobody in: it was removed or never added; sign in with a code".into(),
    )
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use chancery_domain::{Capacity, Term};
    use jiff::civil::date;

    use super::*;
    use crate::{Clock, OfficeDetails, PersonDetails};

    fn h(text: &str) -> Handle {
        text.parse().unwrap()
    }

    async fn house() -> (tempfile::TempDir, &'static AtomicI64, Archive) {
        let start: Timestamp = "2031-10-21T09:00:00Z".parse().unwrap();
        let time: &'static AtomicI64 = Box::leak(Box::new(AtomicI64::new(start.as_millisecond())));
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::init(&folder.path().join("a"), Clock::Driven(time)).await.unwrap();
        archive.add_office(&h("embassy"), &OfficeDetails::default(), None).await.unwrap();
        for person in ["marrack", "pell"] {
            archive.add_person(&h(person), &PersonDetails::default(), None).await.unwrap();
            let (term, capacity) = (Term::from(date(2030, 1, 1)), Capacity::Substantive);
            archive
                .start_posting(&h(person), &h("embassy"), capacity, term, true, None)
                .await
                .unwrap();
        }
        (folder, time, archive)
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_passkey_signs_in_its_holder_until_it_is_removed() {
        let (_folder, _, archive) = house().await;
        let token = archive.open_session(&h("marrack")).await.unwrap();
        archive.add_passkey(&token, b"id", " Blue key ", b"public").await.unwrap();
        assert!(archive.add_passkey(&token, b"id", "Again", b"public").await.is_err());
        let other = archive.open_session(&h("pell")).await.unwrap();
        assert!(archive.add_passkey(&other, b"id", "Mine too", b"x").await.is_err());
        let key = archive.known_passkey(b"id").await.unwrap();
        assert_eq!((key.person.as_str(), key.credential.as_slice()), ("marrack", &b"public"[..]));
        let signed_in = archive.sign_in_with(&key, b"public, used").await.unwrap();
        assert_eq!(archive.session(&signed_in).await.unwrap(), h("marrack"));
        assert_eq!(archive.known_passkey(b"id").await.unwrap().credential, b"public, used");
        assert!(archive.prove_with(&other, &key, b"x").await.is_err(), "not his");
        let [shown] = &*archive.passkeys(&h("marrack")).await.unwrap() else { panic!("one key") };
        assert_eq!((shown.name.as_str(), shown.used.is_some()), ("Blue key", true));
        assert!(archive.remove_passkey(&other, shown.id).await.is_err(), "not his");
        archive.remove_passkey(&signed_in, shown.id).await.unwrap();
        assert!(archive.known_passkey(b"id").await.is_err());
        assert!(archive.sign_in_with(&key, b"x").await.is_err());
        assert!(
            archive.add_passkey(&other, b"id", "Found", b"x").await.is_err(),
            "it was somebody’s"
        );
        let kinds: Vec<String> = archive
            .my_record(&h("marrack"), None, 9)
            .await
            .unwrap()
            .into_iter()
            .map(|e| e.kind)
            .collect();
        assert_eq!(kinds, ["passkey.removed", "passkey.added", "posting.started"]);
        archive.verify(|_, _| {}).await.unwrap();
    }

    #[tokio::test(flavor = "current_thread")]
    async fn an_old_session_changes_no_keys_and_proves_nothing() {
        let (_folder, time, archive) = house().await;
        let token = archive.open_session(&h("marrack")).await.unwrap();
        assert!(archive.signed_in(&token).await.unwrap().is_fresh(FRESH), "signed in just now");
        archive.add_passkey(&token, b"id", "Blue key", b"public").await.unwrap();
        assert!(archive.signed_in(&token).await.unwrap().is_fresh(FRESH));
        let later = archive.open_session(&h("marrack")).await.unwrap();
        let with_code = archive.signed_in(&later).await.unwrap();
        assert!(
            with_code.has_passkey && !with_code.is_fresh(FRESH),
            "who has a key proves with it"
        );
        time.fetch_add(11 * 60_000, Ordering::SeqCst);
        assert!(!archive.signed_in(&token).await.unwrap().is_fresh(FRESH));
        let id = archive.passkeys(&h("marrack")).await.unwrap()[0].id;
        assert!(archive.remove_passkey(&token, id).await.is_err());
        assert!(archive.add_passkey(&token, b"two", "Two", b"x").await.is_err());
        let key = archive.known_passkey(b"id").await.unwrap();
        archive.prove_with(&token, &key, b"public").await.unwrap();
        assert!(archive.signed_in(&token).await.unwrap().is_fresh(FRESH));
        archive.remove_passkey(&token, id).await.unwrap();
    }
}
