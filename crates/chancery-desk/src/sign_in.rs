//! Signing in: codes that sign one person in once, and what a session may do at a request.
//!
//! A session is a way to say who asks, and no more: what the person may do is asked of the rules at each
//! act. It ends with the last office held ([`Archive::sweep_sessions`]), after [`IDLE`] without a request,
//! and at the latest after [`LONGEST_SESSION`].

use std::fmt;
use std::str::FromStr;

use chancery_domain::{Capacity, Handle};
use chancery_store::{OfficeId, PersonId, Tx};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::outside::random;
use crate::registry::{known_office, known_person};
use crate::session::signed_out;
use crate::{Archive, DeskError, SessionToken};

/// How long a code counts.
pub const CODE_LIFE: SignedDuration = SignedDuration::from_hours(24);
/// After how long without a request a session ends.
pub const IDLE: SignedDuration = SignedDuration::from_mins(60);
/// After how long a session ends in any case.
pub const LONGEST_SESSION: SignedDuration = SignedDuration::from_hours(12);
/// How exactly the last request of a session is kept.
const SEEN: SignedDuration = SignedDuration::from_mins(1);

/// Letters of codes: no I, L, O, U, so that they can be read out.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Letters of a code; each carries five random bits.
const LENGTH: usize = 24;

/// A code that signs one person in once: 120 random bits. The archive keeps its SHA-256 only.
#[derive(Clone, PartialEq, Eq)]
pub struct SignInCode([u8; LENGTH]);

impl SignInCode {
    fn new() -> Self {
        let bytes: [u8; LENGTH] = random();
        Self(bytes.map(|byte| LETTERS[usize::from(byte % 32)]))
    }

    fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }

    /// The code in groups of four, for its holder alone.
    #[must_use]
    pub fn expose(&self) -> String {
        let groups = self.0.chunks(4).map(|group| String::from_utf8_lossy(group).into_owned());
        groups.collect::<Vec<_>>().join("-")
    }
}

impl FromStr for SignInCode {
    type Err = DeskError;

    /// Reads a code as people write it: in either case, with or without hyphens and spaces.
    fn from_str(text: &str) -> Result<Self, DeskError> {
        let letters = text.bytes().filter(|b| !matches!(b, b'-' | b' ' | b'\r' | b'\n'));
        let letters: Vec<u8> = letters.map(|b| b.to_ascii_uppercase()).take(LENGTH + 1).collect();
        Ok(Self(letters.try_into().map_err(|_| unknown_code())?))
    }
}

impl fmt::Debug for SignInCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignInCode(secret)")
    }
}

/// Who asks, as of this instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SignedIn {
    /// Who.
    pub person: Handle,
    /// The name as written in lists.
    pub name: String,
    /// The offices held now.
    pub offices: Vec<Held>,
    /// The office whose papers are shown; all when none.
    pub chosen: Option<Handle>,
    /// Whether one of the offices keeps this house.
    pub custodian: bool,
    /// Whether he has a passkey, and proves with it who he is.
    pub has_passkey: bool,
    /// When the person last proved who he is, with his passkey if he has one.
    pub proved: Option<Timestamp>,
    /// What the token is called through which he acts; none when he is there himself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Now.
    #[serde(skip)]
    pub now: Timestamp,
}

impl SignedIn {
    /// Whether the person proved less than `age` ago who he is: what high labels and inquiries want.
    #[must_use]
    pub fn is_fresh(&self, age: SignedDuration) -> bool {
        self.proved.is_some_and(|proved| self.now.duration_since(proved) < age)
    }
}

/// An office that somebody holds now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Held {
    /// The office.
    pub office: Handle,
    /// Its title.
    pub title: String,
    /// In what capacity.
    pub capacity: Capacity,
    /// The first day without it, as planned or fixed.
    pub until: Option<Date>,
}

impl Archive {
    /// Gives a person a code that signs him in once. Codes given to him before no longer count. `given_by`
    /// is who gives it; nobody when it is given on the machine itself.
    ///
    /// # Errors
    /// When the person is unknown or holds no office now, or `given_by` does not keep this house.
    pub async fn invite(
        &self,
        person: &Handle,
        given_by: Option<&Handle>,
    ) -> Result<SignInCode, DeskError> {
        let mut act = self.act().await?;
        let id = known_person(&mut act.tx, person).await?;
        let by = match given_by {
            Some(handle) => {
                act.may_keep_house(handle).await?;
                Some(known_person(&mut act.tx, handle).await?)
            }
            None => None,
        };
        if !act.tx.postings_of(id).await?.iter().any(|p| p.holds_at(act.now)) {
            return Err(DeskError::Procedure(format!(
                "{person} holds no office now; begin a posting first"
            )));
        }
        let code = SignInCode::new();
        let until = act.now.saturating_add(CODE_LIFE);
        let until = until.map_err(|_| DeskError::Archive("the clock is out of range".into()))?;
        act.tx.add_invitation(&code.hash(), id, by, (act.now, until)).await?;
        act.enter("session.invited", [("person", json!(id)), ("by", json!(by))]).await?;
        act.commit().await?;
        Ok(code)
    }

    /// Signs in whomever a code is for, and uses it up.
    ///
    /// # Errors
    /// When the code was never given, was used, or no longer counts; when its person holds no office now.
    /// All of these say the same.
    pub async fn redeem(&self, code: &SignInCode) -> Result<SessionToken, DeskError> {
        let mut act = self.act().await?;
        let row = act.tx.invitation(&code.hash()).await?.ok_or_else(unknown_code)?;
        let holds = act.tx.postings_of(row.person).await?.iter().any(|p| p.holds_at(act.now));
        if row.until <= act.now || !holds {
            return Err(unknown_code());
        }
        act.tx.use_invitation(row.id, act.now).await?;
        let token = act.begin_session(row.person, "code").await?;
        act.commit().await?;
        Ok(token)
    }

    /// Who asks with this token, as of now.
    ///
    /// # Errors
    /// When there is no such session, it has ended, or its person holds no office now.
    pub async fn signed_in(&self, token: &SessionToken) -> Result<SignedIn, DeskError> {
        let mut tx = self.store.begin().await?;
        let now = self.now_in(&mut tx).await?;
        let row = tx.session(&token.hash()).await?.ok_or_else(signed_out)?;
        let last = row.seen.unwrap_or(row.opened);
        let over = |since, limit| now.duration_since(since) >= limit;
        if over(last, IDLE) || over(row.opened, LONGEST_SESSION) {
            tx.end_session(row.id, now).await?;
            tx.commit().await?;
            return Err(signed_out());
        }
        let who = self.asking(&mut tx, (row.person, None), now).await?;
        let mut who = who.ok_or_else(signed_out)?;
        if let Some(office) = row.office {
            let office = tx.office_handle(office).await?;
            who.chosen = who.offices.iter().any(|held| held.office == office).then_some(office);
        }
        who.has_passkey = !tx.passkeys_of(row.person).await?.is_empty();
        who.proved = if who.has_passkey { row.proved } else { row.proved.max(Some(row.opened)) };
        if over(last, SEEN) {
            tx.see_session(row.id, now).await?;
            tx.commit().await?;
        }
        Ok(who)
    }

    /// A person with the offices that he holds at `now`: all, or `only` one. Nobody who holds none of them.
    pub(crate) async fn asking(
        &self,
        tx: &mut Tx,
        (person, only): (PersonId, Option<OfficeId>),
        now: Timestamp,
    ) -> Result<Option<SignedIn>, DeskError> {
        let mut offices = Vec::new();
        for posting in tx.postings_of(person).await?.iter().filter(|p| p.holds_at(now)) {
            if only.is_some_and(|only| *posting.office() != only) {
                continue;
            }
            let (office, details) = self.office_details(tx, *posting.office()).await?;
            offices.push(Held {
                office,
                title: details.title,
                capacity: posting.capacity(),
                until: posting.end().day().or_else(|| posting.planned_end()).map(|d| d.date),
            });
        }
        if offices.is_empty() {
            return Ok(None);
        }
        let (person, details) = self.person_details(tx, person).await?;
        let custodian = self.house(tx).await?.custodian;
        let custodian = custodian.is_some_and(|c| offices.iter().any(|held| held.office == c));
        Ok(Some(SignedIn {
            person,
            name: details.name,
            offices,
            chosen: None,
            custodian,
            has_passkey: false,
            proved: None,
            token: None,
            now,
        }))
    }

    /// Chooses the office whose papers a session shows; all when none.
    ///
    /// # Errors
    /// When there is no such session or office.
    pub async fn choose_office(
        &self,
        token: &SessionToken,
        office: Option<&Handle>,
    ) -> Result<(), DeskError> {
        let mut tx = self.store.begin().await?;
        let row = tx.session(&token.hash()).await?.ok_or_else(signed_out)?;
        let office = match office {
            Some(handle) => Some(known_office(&mut tx, handle).await?),
            None => None,
        };
        tx.choose_office(row.id, office).await?;
        Ok(tx.commit().await?)
    }
}

impl crate::ledger::Act<'_> {
    /// Begins a session of somebody who has proved by `means` who he is.
    pub(crate) async fn begin_session(
        &mut self,
        person: PersonId,
        means: &str,
    ) -> Result<SessionToken, DeskError> {
        let token = SessionToken::new();
        self.tx.add_session(&token.hash(), person, self.now).await?;
        let fields = [("person", json!(person)), ("means", json!(means))];
        self.enter("session.opened", fields).await?;
        Ok(token)
    }
}

fn unknown_code() -> DeskError {
    DeskError::Procedure(
        "this code signs nobody in: it was used, is older than a day, or was never given; ask for a new one"
            .into(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_write_it() {
        let code = SignInCode::new();
        let shown = code.expose();
        assert_eq!(shown.len(), LENGTH + LENGTH / 4 - 1);
        for written in [shown.clone(), shown.to_lowercase(), shown.replace('-', " ")] {
            assert_eq!(written.parse::<SignInCode>().unwrap(), code);
        }
        let long = format!("{shown}0");
        for broken in ["", &shown[1..], &long] {
            assert!(broken.parse::<SignInCode>().is_err());
        }
        assert!(!format!("{code:?}").contains(&shown[..4]));
    }
}
