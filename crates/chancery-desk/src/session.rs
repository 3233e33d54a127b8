//! Sessions: who is signed in, and how that ends with the last office.
//!
//! A session gives no right by itself: [`Archive::session`] looks at the postings each time it is asked,
//! and every act asks the rules anyway. The sweep closes what is left and puts it into the record.

use std::fmt;
use std::future::Future;
use std::ops::ControlFlow;
use std::str::FromStr;
use std::time::Duration;

use chancery_domain::Handle;
use chancery_store::PersonId;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::outside::random;
use crate::registry::known_person;
use crate::{Archive, DeskError};

/// How often a server sweeps. Five times within the five seconds in which a session has to be cut.
pub const SWEEP_INTERVAL: Duration = Duration::from_secs(1);

/// The secret by which a session is known: 256 random bits. The archive keeps its SHA-256 only.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken([u8; 32]);

impl SessionToken {
    pub(crate) fn new() -> Self {
        Self(random())
    }

    pub(crate) fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }

    /// The token as 64 hexadecimal digits, for its holder alone.
    #[must_use]
    pub fn expose(&self) -> String {
        hex::encode(self.0)
    }
}

impl FromStr for SessionToken {
    type Err = DeskError;

    fn from_str(text: &str) -> Result<Self, DeskError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| signed_out())?;
        Ok(Self(bytes))
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(secret)")
    }
}

/// Sessions that a sweep ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Swept {
    /// Whose.
    pub person: Handle,
    /// How many.
    pub sessions: u64,
    /// Entry of the record.
    pub leaf: u64,
}

impl Archive {
    /// Signs a person in.
    ///
    /// # Errors
    /// When the person holds no office now.
    pub async fn open_session(&self, person: &Handle) -> Result<SessionToken, DeskError> {
        let mut act = self.act().await?;
        let id = known_person(&mut act.tx, person).await?;
        if !act.tx.postings_of(id).await?.iter().any(|p| p.holds_at(act.now)) {
            return Err(DeskError::Procedure(format!("{person} holds no office now")));
        }
        let token = act.begin_session(id, "local").await?;
        act.commit().await?;
        Ok(token)
    }

    /// Whose session a token opens.
    ///
    /// # Errors
    /// When there is no such session, it has ended, or its person holds no office now.
    pub async fn session(&self, token: &SessionToken) -> Result<Handle, DeskError> {
        let mut tx = self.store.begin().await?;
        let now = self.now_in(&mut tx).await?;
        let row = tx.session(&token.hash()).await?.ok_or_else(signed_out)?;
        if !tx.postings_of(row.person).await?.iter().any(|p| p.holds_at(now)) {
            return Err(signed_out());
        }
        Ok(tx.person_handle(row.person).await?)
    }

    /// Signs out.
    ///
    /// # Errors
    /// When there is no such session.
    pub async fn close_session(&self, token: &SessionToken) -> Result<(), DeskError> {
        let mut act = self.act().await?;
        let row = act.tx.session(&token.hash()).await?.ok_or_else(signed_out)?;
        act.tx.end_session(row.id, act.now).await?;
        act.enter("session.closed", [("person", json!(row.person))]).await?;
        act.commit().await
    }

    /// Ends every session of whoever holds nothing any more, and says whose; and every token whose person no
    /// longer holds its office. Enters nothing when there is neither.
    ///
    /// # Errors
    /// When the archive cannot be read or written.
    pub async fn sweep_sessions(&self) -> Result<Vec<Swept>, DeskError> {
        let mut act = self.act().await?;
        let postings = act.tx.postings_of_signed_in().await?;
        let mut holding: Vec<PersonId> =
            postings.iter().filter(|p| p.holds_at(act.now)).map(|p| *p.person()).collect();
        holding.sort_unstable();
        let mut swept = Vec::new();
        for person in act.tx.signed_in().await? {
            if holding.binary_search(&person).is_ok() {
                continue;
            }
            let sessions = act.tx.end_sessions(person, act.now).await?;
            let fields = [("person", json!(person)), ("sessions", json!(sessions))];
            let leaf = act.enter("session.cut", fields).await?;
            swept.push(Swept { person: act.tx.person_handle(person).await?, sessions, leaf });
        }
        let cut = act.cut_tokens().await?;
        if cut || !swept.is_empty() {
            act.commit().await?;
        }
        Ok(swept)
    }

    /// Sweeps for ever, [`SWEEP_INTERVAL`] apart, until `report` breaks off; a sweep that fails is
    /// reported and tried again. `pause` waits: this house has no clock of its own.
    ///
    /// ```ignore
    /// archive.watch_sessions(tokio::time::sleep, |swept| { log(swept); ControlFlow::Continue(()) })
    /// ```
    pub async fn watch_sessions<F: Future<Output = ()>>(
        &self,
        mut pause: impl FnMut(Duration) -> F,
        mut report: impl FnMut(Result<Vec<Swept>, DeskError>) -> ControlFlow<()>,
    ) {
        loop {
            if report(self.sweep_sessions().await).is_break() {
                return;
            }
            pause(SWEEP_INTERVAL).await;
        }
    }
}

pub(crate) fn signed_out() -> DeskError {
    DeskError::Procedure("this session has ended; sign in again".into())
}
