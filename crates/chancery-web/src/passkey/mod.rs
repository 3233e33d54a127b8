//! Passkeys: what is asked of a browser, and whether a key has signed it (WebAuthn, by `webauthn-rs`).
//!
//! Every question is asked once: it is taken out of the list with the first answer, right or wrong, belongs to
//! the session that asked, and is forgotten after [`LIFE`]. The list lies in memory; a restart forgets it.

mod own;
mod prove;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chancery_desk::{KnownPasskey, SessionToken};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};
use webauthn_rs::prelude::{
    CredentialID, DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Uuid, Webauthn, WebauthnBuilder,
};

use crate::route::Route;
use crate::trouble::{Answer, Trouble};
use crate::web::Web;

pub(crate) use prove::{High, proof, proved};

/// How long a question waits for its answer.
const LIFE: SignedDuration = SignedDuration::from_mins(5);
/// Most questions that wait; beyond it the oldest is forgotten.
const MOST_ASKED: usize = 512;

pub(crate) fn routes() -> Vec<Route> {
    own::routes().into_iter().chain(prove::routes()).collect()
}

/// The address under which people reach the reading room. Passkeys are bound to its host for ever.
#[derive(Clone, PartialEq, Eq)]
pub struct Origin(Url);

impl Origin {
    /// As people type it.
    pub(crate) fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The host alone.
    fn host(&self) -> &str {
        self.0.domain().unwrap_or_default()
    }

    fn webauthn(&self) -> Option<Webauthn> {
        let local = self.host() == "localhost";
        let builder = WebauthnBuilder::new(self.host(), &self.0).ok()?;
        builder.rp_name("Chancery").allow_any_port(local).build().ok()
    }
}

impl FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).ok().filter(|url| {
            let secure = url.scheme() == "https" || url.domain() == Some("localhost");
            secure && url.path() == "/" && url.query().is_none() && url.fragment().is_none()
        });
        let origin = url.map(Self).filter(|origin| origin.webauthn().is_some());
        origin.ok_or_else(|| {
            format!("“{text}” is no address for passkeys; give scheme and host name as people type them, such as https://papers.example")
        })
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

/// What was asked.
#[derive(Debug)]
enum Question {
    /// To make a new key.
    Make(PasskeyRegistration),
    /// To sign with a key that is there.
    Sign(DiscoverableAuthentication),
}

#[derive(Debug)]
struct Asked {
    question: Question,
    /// In which session; none before signing in.
    by: Option<SessionToken>,
    at: Timestamp,
}

/// An answer of a browser.
#[derive(Debug, Deserialize)]
pub(crate) struct Answered {
    ticket: Uuid,
    /// As browsers write it, in JSON.
    credential: String,
}

/// A key that has signed, and what is to be kept of it from now on.
pub(crate) struct Signed {
    pub(crate) key: KnownPasskey,
    pub(crate) credential: Vec<u8>,
}

/// The questions of a reading room.
#[derive(Debug)]
pub(crate) struct Passkeys {
    webauthn: Webauthn,
    asked: Mutex<BTreeMap<Uuid, Asked>>,
}

impl Passkeys {
    /// For a reading room that is reached at this address.
    pub(crate) fn new(origin: &Origin) -> Option<Self> {
        Some(Self { webauthn: origin.webauthn()?, asked: Mutex::default() })
    }

    fn list(&self) -> MutexGuard<'_, BTreeMap<Uuid, Asked>> {
        // Nothing is left half done in the list.
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a question; its ticket.
    fn note(&self, question: Question, by: Option<SessionToken>, at: Timestamp) -> Uuid {
        let ticket = Uuid::new_v4();
        let mut list = self.list();
        list.retain(|_, asked| at.duration_since(asked.at) < LIFE);
        if list.len() >= MOST_ASKED {
            let oldest = list.iter().min_by_key(|(_, asked)| asked.at).map(|(ticket, _)| *ticket);
            oldest.and_then(|ticket| list.remove(&ticket));
        }
        list.insert(ticket, Asked { question, by, at });
        ticket
    }

    /// Takes out what was asked, if this session asked it and not too long ago.
    fn take(&self, ticket: Uuid, by: Option<&SessionToken>, now: Timestamp) -> Answer<Question> {
        let asked = self.list().remove(&ticket).ok_or_else(refused)?;
        let fits = asked.by.as_ref() == by && now.duration_since(asked.at) < LIFE;
        if fits { Ok(asked.question) } else { Err(refused()) }
    }

    /// Asks for a new key of a person, who keeps no second one of `known` on one device.
    fn ask_to_make(
        &self,
        (token, now): (&SessionToken, Timestamp),
        (user, handle, name): ([u8; 16], &str, &str),
        known: &[Vec<u8>],
    ) -> Answer<Value> {
        let known = known.iter().filter_map(|kept| serde_json::from_slice::<Passkey>(kept).ok());
        let known: Vec<CredentialID> = known.map(|key| key.cred_id().clone()).collect();
        let user = Uuid::from_bytes(user);
        let (options, state) = self
            .webauthn
            .start_passkey_registration(user, handle, name, Some(known))
            .map_err(|_| refused())?;
        let mut options = serde_json::to_value(options).map_err(|_| refused())?;
        // A key that the device keeps together with its owner: nobody types a name to sign in.
        if let Some(choice) = options.pointer_mut("/publicKey/authenticatorSelection") {
            choice["residentKey"] = json!("required");
            choice["requireResidentKey"] = json!(true);
        }
        let ticket = self.note(Question::Make(state), Some(token.clone()), now);
        Ok(json!({"ticket": ticket, "publicKey": options["publicKey"]}))
    }

    /// Asks that any key of this house signs.
    fn ask_to_sign(&self, by: Option<&SessionToken>, now: Timestamp) -> Answer<Value> {
        let (options, state) =
            self.webauthn.start_discoverable_authentication().map_err(|_| refused())?;
        let options = serde_json::to_value(options).map_err(|_| refused())?;
        let ticket = self.note(Question::Sign(state), by.cloned(), now);
        Ok(json!({"ticket": ticket, "publicKey": options["publicKey"]}))
    }

    /// The name and what is to be kept of a key that was made as it was asked for.
    fn made(
        &self,
        answer: &Answered,
        (token, now): (&SessionToken, Timestamp),
    ) -> Answer<(Vec<u8>, Vec<u8>)> {
        let Question::Make(state) = self.take(answer.ticket, Some(token), now)? else {
            return Err(refused());
        };
        let answer: RegisterPublicKeyCredential =
            serde_json::from_str(&answer.credential).map_err(|_| refused())?;
        let key =
            self.webauthn.finish_passkey_registration(&answer, &state).map_err(|_| refused())?;
        let kept = serde_json::to_vec(&key).map_err(|_| refused())?;
        Ok((key.cred_id().to_vec(), kept))
    }
}

impl Web {
    /// Passkeys of this house; none where it does not know the address at which people reach it.
    fn keys(&self) -> Answer<&Passkeys> {
        let none =
            "this house has no passkeys: it was opened without --origin; sign in with a code";
        self.passkeys.as_ref().ok_or_else(|| Trouble::Refused(none.into()))
    }

    /// Asks that a key signs, in a session or to begin one.
    pub(crate) fn ask_to_sign(&self, by: Option<&SessionToken>) -> Answer<Value> {
        self.keys()?.ask_to_sign(by, self.archive.now())
    }

    /// Judges whether a key of this house has signed what was asked. An unknown key and a wrong signature are
    /// refused in the same words.
    pub(crate) async fn signed(
        &self,
        answer: &Answered,
        by: Option<&SessionToken>,
    ) -> Answer<Signed> {
        let keys = self.keys()?;
        let Question::Sign(state) = keys.take(answer.ticket, by, self.archive.now())? else {
            return Err(refused());
        };
        let answer: PublicKeyCredential =
            serde_json::from_str(&answer.credential).map_err(|_| refused())?;
        let known = self.archive.known_passkey(answer.get_credential_id()).await;
        let known = known.map_err(|_| refused())?;
        let mut key: Passkey = serde_json::from_slice(&known.credential).map_err(|_| refused())?;
        let result = keys
            .webauthn
            .finish_discoverable_authentication_v2(&answer, state, &key)
            .map_err(|_| refused())?;
        key.update_credential(&result);
        let credential = serde_json::to_vec(&key).map_err(|_| refused())?;
        Ok(Signed { key: known, credential })
    }
}

/// What is said whenever a key does not do.
fn refused() -> Trouble {
    Trouble::Refused("this passkey was not accepted; try once more, or sign in with a code".into())
}
