//! Tokens of programs: each acts for one person in one of his offices, and for nobody else.
//!
//! A token gives no right by itself. At each request it is looked up anew, and counts only while its person holds
//! the office; then every act inside [`chancery_store::acting`] asks the rules about that office alone and enters
//! the token's name. It proves nothing anew: what wants a fresh proof cannot be done through it.

use std::fmt;
use std::str::FromStr;

use chancery_domain::Handle;
use chancery_store::{NewToken, PersonId, Through, TokenRow, Tx};
use chancery_vault::{Aad, Nonce, Padding, open, seal};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::archive::{decode, encode};
use crate::ledger::Act;
use crate::outside::random;
use crate::registry::{known_office, known_person};
use crate::{Archive, DeskError, SessionToken, SignedIn};

/// How long a token counts when nothing else is said, in days.
pub const USUAL_TOKEN_DAYS: u16 = 90;
/// How long one counts at most.
pub const MAX_TOKEN_DAYS: u16 = 366;
/// Most tokens of one person.
pub const MAX_TOKENS: usize = 20;
/// Longest name of a token, in characters.
pub const MAX_TOKEN_NAME: usize = 60;
/// How exactly the last use is kept.
const SEEN: SignedDuration = SignedDuration::from_mins(1);
/// What every token begins with, so that whoever finds one in a file sees what it is.
const MARK: &str = "chancery_";

/// The secret by which a token is known: 256 random bits. The archive keeps its SHA-256 only.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiToken([u8; 32]);

impl ApiToken {
    fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }

    /// The token as its holder needs it: `chancery_` and 64 hexadecimal digits.
    #[must_use]
    pub fn expose(&self) -> String {
        format!("{MARK}{}", hex::encode(self.0))
    }
}

impl FromStr for ApiToken {
    type Err = DeskError;

    fn from_str(text: &str) -> Result<Self, DeskError> {
        let mut bytes = [0; 32];
        let digits = text.strip_prefix(MARK).ok_or_else(no_token)?;
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| no_token())?;
        Ok(Self(bytes))
    }
}

impl fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiToken(secret)")
    }
}

/// A token in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShownToken {
    /// Its number.
    pub id: i64,
    /// What it is called.
    pub name: String,
    /// Who acts through it.
    pub person: Handle,
    /// In which office.
    pub office: Handle,
    /// Since when.
    pub made: Timestamp,
    /// From when on it no longer counts.
    pub until: Timestamp,
    /// When it was last used, to the minute.
    pub used: Option<Timestamp>,
}

impl Archive {
    /// Makes a token with which a program acts as whoever is signed in with `session`, in one of his offices.
    ///
    /// # Errors
    /// When the session is not fresh ([`crate::FRESH`]), and as [`Archive::make_token`].
    pub async fn make_own_token(
        &self,
        session: &SessionToken,
        office: &Handle,
        name: &str,
        days: u16,
    ) -> Result<(ApiToken, ShownToken), DeskError> {
        let mut act = self.act().await?;
        let (_, person) = act.fresh(session).await?;
        act.make_token(person, office, name, days).await
    }

    /// As [`Archive::make_own_token`], on the machine itself.
    ///
    /// # Errors
    /// When the person does not hold the office now, the name is empty, too long or taken, the token would count for
    /// too long, or there are too many.
    pub async fn make_token(
        &self,
        who: &Handle,
        office: &Handle,
        name: &str,
        days: u16,
    ) -> Result<(ApiToken, ShownToken), DeskError> {
        let mut act = self.act().await?;
        let person = known_person(&mut act.tx, who).await?;
        act.make_token(person, office, name, days).await
    }

    /// The tokens that were not revoked: one's own, and for whoever keeps the house, everybody's.
    ///
    /// # Errors
    /// When the person is unknown.
    pub async fn tokens(&self, who: &Handle) -> Result<Vec<ShownToken>, DeskError> {
        let mut act = self.act().await?;
        let (person, all) = act.keeper_of_tokens(who).await?;
        let mut out = Vec::new();
        for row in act.tx.tokens().await? {
            if all || row.person == person {
                out.push(self.shown_token(&mut act.tx, &row).await?);
            }
        }
        Ok(out)
    }

    /// Revokes a token; it counts no longer from this instant.
    ///
    /// # Errors
    /// When there is no such token that `who` may see.
    pub async fn revoke_token(&self, id: i64, who: &Handle) -> Result<ShownToken, DeskError> {
        let mut act = self.act().await?;
        let (person, all) = act.keeper_of_tokens(who).await?;
        let rows = act.tx.tokens().await?;
        let row = rows.into_iter().find(|row| row.id == id && (all || row.person == person));
        let hint = "; see: chancery token list";
        let row =
            row.ok_or_else(|| DeskError::Unknown { what: "token", name: id.to_string(), hint })?;
        let shown = self.shown_token(&mut act.tx, &row).await?;
        act.end_token("token.revoked", &row, Some(person)).await?;
        act.commit().await?;
        Ok(shown)
    }

    /// Who asks with this token, as of now, and what his acts are to run through.
    ///
    /// # Errors
    /// When there is no such token, it was revoked or has run out, or its person does not hold its office now. All
    /// of these say the same.
    pub async fn bearer(&self, token: &ApiToken) -> Result<(SignedIn, Through), DeskError> {
        let mut tx = self.store.begin().await?;
        let now = self.now_in(&mut tx).await?;
        let row = tx.token(&token.hash()).await?.filter(|row| now < row.until);
        let row = row.ok_or_else(no_token)?;
        let name = self.token_name(&row)?;
        let who = self.asking(&mut tx, (row.person, Some(row.office)), now).await?;
        let mut who = who.ok_or_else(no_token)?;
        who.chosen = who.offices.first().map(|held| held.office.clone());
        who.token = Some(name.clone());
        if row.used.is_none_or(|used| now.duration_since(used) >= SEEN) {
            tx.use_token(row.id, now).await?;
            tx.commit().await?;
        }
        Ok((who, Through { person: row.person, office: row.office, token: name }))
    }

    async fn shown_token(&self, tx: &mut Tx, row: &TokenRow) -> Result<ShownToken, DeskError> {
        Ok(ShownToken {
            id: row.id,
            name: self.token_name(row)?,
            person: tx.person_handle(row.person).await?,
            office: tx.office_handle(row.office).await?,
            made: row.made,
            until: row.until,
            used: row.used,
        })
    }

    fn token_name(&self, row: &TokenRow) -> Result<String, DeskError> {
        let place = hex::encode(&row.token);
        decode(&open(&self.key, &Aad::new("api_token", &place, "sealed", 0), &row.sealed)?)
    }
}

impl Act<'_> {
    async fn make_token(
        mut self,
        person: PersonId,
        office: &Handle,
        name: &str,
        days: u16,
    ) -> Result<(ApiToken, ShownToken), DeskError> {
        let name = name.trim();
        if !(1..=MAX_TOKEN_NAME).contains(&name.chars().count())
            || name.chars().any(char::is_control)
        {
            return Err(DeskError::Input(format!("a name has 1 to {MAX_TOKEN_NAME} characters")));
        }
        if !(1..=MAX_TOKEN_DAYS).contains(&days) {
            return Err(DeskError::Input(format!("a token counts for 1 to {MAX_TOKEN_DAYS} days")));
        }
        let office_id = known_office(&mut self.tx, office).await?;
        if !self.holds(person, office_id).await? {
            return Err(DeskError::Procedure(format!(
                "a token is made by whoever holds its office, and you do not hold {office}"
            )));
        }
        let mut own = self.tx.tokens().await?;
        own.retain(|row| row.person == person);
        if own.len() >= MAX_TOKENS {
            return Err(DeskError::Input(format!("at most {MAX_TOKENS} tokens; revoke one")));
        }
        for row in &own {
            if self.archive.token_name(row)? == name {
                return Err(DeskError::Input(format!(
                    "you have a token “{name}” already; take another name"
                )));
            }
        }
        let until = self.now.saturating_add(SignedDuration::from_hours(24 * i64::from(days)));
        let until = until.map_err(|_| DeskError::Archive("the clock is out of range".into()))?;
        let token = ApiToken(random());
        let hash = token.hash();
        let fields = [
            ("person", json!(person)),
            ("office", json!(office_id)),
            ("name", json!(name)),
            ("until", json!(until)),
        ];
        let leaf = self.enter("token.made", fields).await?;
        let place = hex::encode(hash);
        let aad = Aad::new("api_token", &place, "sealed", 0);
        let nonce = Nonce::from_bytes(random());
        let sealed = seal(&self.archive.key, &aad, Padding::Field, &encode(&name), nonce)?;
        let made = self.now;
        let (office, sealed) = (office_id, sealed.as_slice());
        self.tx
            .add_token(&NewToken { token: &hash, person, office, sealed, made, until, leaf })
            .await?;
        let row = self.tx.token(&hash).await?.ok_or_else(no_token)?;
        let shown = self.archive.shown_token(&mut self.tx, &row).await?;
        self.commit().await?;
        Ok((token, shown))
    }

    /// Ends every token whose person no longer holds its office: it does not come back with the office. Says
    /// whether there was one.
    pub(crate) async fn cut_tokens(&mut self) -> Result<bool, DeskError> {
        let mut cut = false;
        for row in self.tx.tokens().await? {
            if !self.holds(row.person, row.office).await? {
                self.end_token("token.cut", &row, None).await?;
                cut = true;
            }
        }
        Ok(cut)
    }

    async fn end_token(
        &mut self,
        kind: &str,
        row: &TokenRow,
        by: Option<PersonId>,
    ) -> Result<(), DeskError> {
        let fields = [
            ("person", json!(row.person)),
            ("office", json!(row.office)),
            ("name", json!(self.archive.token_name(row)?)),
            ("by", json!(by)),
        ];
        let leaf = self.enter(kind, fields).await?;
        Ok(self.tx.end_token(row.id, leaf).await?)
    }

    /// Who is meant, and whether he sees the tokens of all.
    async fn keeper_of_tokens(&mut self, who: &Handle) -> Result<(PersonId, bool), DeskError> {
        let person = known_person(&mut self.tx, who).await?;
        let custodian = self.custodian().await?;
        let keeps = match custodian {
            Some(office) => self.holds(person, office).await?,
            None => false,
        };
        Ok((person, keeps))
    }
}

fn no_token() -> DeskError {
    DeskError::Procedure(
        "this token counts no longer: it was revoked, has run out, or its holder left the office; make a new one"
            .into(),
    )
}

#[cfg(test)]
mod tests;
