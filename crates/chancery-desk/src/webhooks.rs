//! Webhooks: addresses elsewhere that are told of releases and findings.
//!
//! An act that is told of puts what is to be delivered into its own transaction ([`Act::tell`]): nothing that
//! happened is missed, and nothing is told that did not. What is told is the act, the reference and the position
//! of the entry; of a paper or a person nothing. Whoever delivers ([`Archive::due_deliveries`]) reports what came of it, and
//! a failure is tried again, further and further apart. Messages are signed in the manner of Standard Webhooks
//! (<https://www.standardwebhooks.com>), so that receivers need no code of ours.

use base64::prelude::{BASE64_STANDARD, Engine};
use chancery_domain::Handle;
use chancery_store::{DeliveryRow, Tx, WebhookRow};
use chancery_vault::{Aad, Nonce, Padding, open, seal};
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::Sha256;
use std::fmt;

use crate::archive::{decode, encode};
use crate::ledger::Act;
use crate::outside::random;
use crate::{Archive, DeskError};

/// Most addresses of one house.
pub const MAX_WEBHOOKS: usize = 10;
/// Longest address, in bytes.
const MAX_ADDRESS: usize = 500;
/// What is told of, and the field of its entry that says what it is about.
const TOLD: [(&str, &str); 3] =
    [("paper.released", "paper"), ("inquiry.result", "inquiry"), ("finding.withdrawn", "inquiry")];
/// How long after each failed try the next one comes, in minutes. After the last it is given up.
const BACK_OFF: [i64; 8] = [1, 5, 15, 60, 180, 480, 1440, 1440];
/// Deliveries that are shown of one address.
const SHOWN: u32 = 5;
/// Most letters of an outcome that are kept.
const MAX_OUTCOME: usize = 160;

/// The secret of a webhook: 256 random bits, kept sealed, shown once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookSecret([u8; 32]);

impl WebhookSecret {
    /// As receivers take it: `whsec_` and base64.
    #[must_use]
    pub fn expose(&self) -> String {
        format!("whsec_{}", BASE64_STANDARD.encode(self.0))
    }
}

/// The signature of a message (HMAC-SHA256, RFC 2104).
fn sign(key: &[u8], message: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key may have any length");
    mac.update(message.as_bytes());
    format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(secret)")
    }
}

#[derive(Serialize, Deserialize)]
struct Kept {
    address: String,
    secret: WebhookSecret,
}

/// An address in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShownWebhook {
    /// Its number.
    pub id: i64,
    /// Where it is.
    pub address: String,
    /// Since when.
    pub added: Timestamp,
    /// What it was told last or is to be told, newest first.
    pub deliveries: Vec<ShownDelivery>,
}

/// A delivery in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShownDelivery {
    /// What was done.
    pub act: String,
    /// To what.
    pub about: String,
    /// When.
    pub at: Timestamp,
    /// The entry that tells of it.
    pub leaf: u64,
    /// How often it was tried.
    pub tries: u32,
    /// When it is tried next; none once it has ended.
    pub next: Option<Timestamp>,
    /// What came of the last try.
    pub outcome: Option<String>,
}

/// A message that is to be delivered now.
#[derive(Clone, PartialEq, Eq)]
pub struct Delivery {
    row: DeliveryRow,
    /// Where.
    pub address: String,
    /// Whether the house allows addresses inside its own network.
    pub inside: bool,
    /// The body, JSON.
    pub body: String,
    /// The headers that sign it.
    pub headers: [(&'static str, String); 3],
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Archive {
    /// Adds an address that is told of releases and findings. What it may be is judged by whoever delivers; here it
    /// has to be one line.
    ///
    /// # Errors
    /// When `who` does not keep the house, there are too many, or the address is known.
    pub async fn add_webhook(
        &self,
        address: &str,
        who: &Handle,
    ) -> Result<(WebhookSecret, ShownWebhook), DeskError> {
        if address.is_empty() || address.len() > MAX_ADDRESS || address.contains(char::is_control) {
            return Err(DeskError::Input(format!("an address has 1 to {MAX_ADDRESS} bytes")));
        }
        let mut act = self.act().await?;
        act.may_keep_house(who).await?;
        let known = act.tx.webhooks().await?;
        if known.len() >= MAX_WEBHOOKS {
            return Err(DeskError::Input(format!("at most {MAX_WEBHOOKS} addresses; remove one")));
        }
        for row in &known {
            if self.open_webhook(row)?.address == address {
                return Err(DeskError::Input(format!("{address} is told already")));
            }
        }
        let fields = [("address", json!(address)), ("by", json!(who))];
        let leaf = act.enter("webhook.added", fields).await?;
        let (mark, secret): ([u8; 16], _) = (random(), WebhookSecret(random()));
        let kept = Kept { address: address.to_owned(), secret: secret.clone() };
        let row = hex::encode(mark);
        let aad = Aad::new("webhook", &row, "sealed", 0);
        let nonce = Nonce::from_bytes(random());
        let sealed = seal(&self.key, &aad, Padding::Field, &encode(&kept), nonce)?;
        let added = act.now;
        let id = act.tx.add_webhook(&mark, &sealed, (added, leaf)).await?;
        act.commit().await?;
        Ok((secret, ShownWebhook { id, address: kept.address, added, deliveries: Vec::new() }))
    }

    /// The addresses, each with what it was told last.
    ///
    /// # Errors
    /// When `who` does not keep the house.
    pub async fn webhooks(&self, who: &Handle) -> Result<Vec<ShownWebhook>, DeskError> {
        let mut act = self.act().await?;
        act.may_keep_house(who).await?;
        let mut out = Vec::new();
        for row in act.tx.webhooks().await? {
            out.push(self.shown_webhook(&mut act.tx, &row).await?);
        }
        Ok(out)
    }

    /// Removes an address, and drops what it was still to be told.
    ///
    /// # Errors
    /// When `who` does not keep the house, or there is no such address.
    pub async fn remove_webhook(&self, id: i64, who: &Handle) -> Result<(), DeskError> {
        let mut act = self.act().await?;
        act.may_keep_house(who).await?;
        let found = act.tx.webhooks().await?.into_iter().find(|row| row.id == id);
        let hint = "; see: chancery webhook list";
        let row = found.ok_or_else(|| DeskError::Unknown {
            what: "webhook",
            name: id.to_string(),
            hint,
        })?;
        let fields = [("address", json!(self.open_webhook(&row)?.address)), ("by", json!(who))];
        let leaf = act.enter("webhook.removed", fields).await?;
        act.tx.remove_webhook(id, leaf).await?;
        act.commit().await
    }

    /// Whether the house allows webhooks inside its own network.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn webhooks_inside(&self) -> Result<bool, DeskError> {
        let mut tx = self.store.begin().await?;
        Ok(self.house(&mut tx).await?.webhooks_inside)
    }

    /// At most `limit` messages that are to be delivered now, each signed. They stay due until
    /// [`Archive::settle_delivery`] is told what came of them.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn due_deliveries(&self, limit: u32) -> Result<Vec<Delivery>, DeskError> {
        let mut tx = self.store.begin().await?;
        let now = self.now_in(&mut tx).await?;
        let rows = tx.due_deliveries(now, limit).await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let inside = self.house(&mut tx).await?.webhooks_inside;
        let webhooks = tx.webhooks().await?;
        let mut out = Vec::with_capacity(rows.len());
        for row in rows {
            let Some(webhook) = webhooks.iter().find(|w| w.id == row.webhook) else { continue };
            let Kept { address, secret } = self.open_webhook(webhook)?;
            let body = json!({
                "type": row.act,
                "timestamp": row.at,
                "data": {"reference": row.about, "leaf": row.leaf},
            });
            let (body, id) = (body.to_string(), format!("chancery-{}", row.id));
            let at = now.as_second().to_string();
            let signature = sign(&secret.0, &format!("{id}.{at}.{body}"));
            let headers =
                [("webhook-id", id), ("webhook-timestamp", at), ("webhook-signature", signature)];
            out.push(Delivery { row, address, inside, body, headers });
        }
        Ok(out)
    }

    /// Keeps what came of a try: `Ok` when the address took the message, else why not. What has ended, either way,
    /// is entered.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn settle_delivery(
        &self,
        delivery: &Delivery,
        outcome: Result<u16, String>,
    ) -> Result<(), DeskError> {
        let mut row = delivery.row.clone();
        let mut act = self.act().await?;
        let wait = usize::try_from(row.tries).ok().and_then(|n| BACK_OFF.get(n));
        let next = wait.and_then(|m| act.now.saturating_add(SignedDuration::from_mins(*m)).ok());
        row.tries = row.tries.saturating_add(1);
        let kind = match (&outcome, next) {
            (Ok(_), _) => Some("webhook.told"),
            (Err(_), None) => Some("webhook.failed"),
            (Err(_), Some(_)) => None,
        };
        row.ended = kind.map(|_| act.now);
        row.due = next.unwrap_or(row.due);
        let said = match outcome {
            Ok(status) => format!("answered {status}"),
            Err(why) => why.chars().filter(|c| !c.is_control()).take(MAX_OUTCOME).collect(),
        };
        row.outcome = Some(said.clone());
        act.tx.set_delivery(&row).await?;
        let Some(kind) = kind else { return Ok(act.tx.commit().await?) };
        let fields = [
            ("address", json!(delivery.address)),
            ("act", json!(row.act)),
            ("about", json!(row.about)),
            ("entry", json!(row.leaf)),
            ("outcome", json!(said)),
        ];
        act.enter(kind, fields).await?;
        act.commit().await
    }

    async fn shown_webhook(
        &self,
        tx: &mut Tx,
        row: &WebhookRow,
    ) -> Result<ShownWebhook, DeskError> {
        let deliveries = tx.deliveries_to(row.id, SHOWN).await?.into_iter();
        let deliveries = deliveries.map(|d| ShownDelivery {
            act: d.act,
            about: d.about,
            at: d.at,
            leaf: d.leaf,
            tries: d.tries,
            next: if d.ended.is_some() { None } else { Some(d.due) },
            outcome: d.outcome,
        });
        Ok(ShownWebhook {
            id: row.id,
            address: self.open_webhook(row)?.address,
            added: row.added,
            deliveries: deliveries.collect(),
        })
    }

    fn open_webhook(&self, row: &WebhookRow) -> Result<Kept, DeskError> {
        let mark = hex::encode(&row.mark);
        decode(&open(&self.key, &Aad::new("webhook", &mark, "sealed", 0), &row.sealed)?)
    }
}

impl Act<'_> {
    /// Puts on the way what is to be told of an entry, if it is one that is told of.
    pub(crate) async fn tell(
        &mut self,
        kind: &str,
        field: impl Fn(&str) -> Option<Value>,
        leaf: u64,
    ) -> Result<(), DeskError> {
        let Some((_, about)) = TOLD.iter().find(|(told, _)| *told == kind) else { return Ok(()) };
        let Some(Value::String(about)) = field(about) else { return Ok(()) };
        let now = self.now;
        Ok(self.tx.tell_webhooks(kind, &about, (now, leaf)).await?)
    }
}

#[cfg(test)]
mod tests;
