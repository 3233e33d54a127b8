//! What the house holds about one person, for that person: what he opened, and what was entered about him.

use chancery_domain::Handle;
use chancery_record::SignedCheckpoint;
use chancery_store::PaperId;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::ledger::THROUGH;
use crate::papers::reference;
use crate::registry::known_person;
use crate::tree::broken;
use crate::{Archive, DeskError};

/// Most entries at a time.
const MOST: u32 = 200;

/// An opening of one's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MyReading {
    /// The paper.
    pub paper: String,
    /// Its number.
    pub serial: Option<String>,
    /// Its subject, as long as the person may read it.
    pub subject: Option<String>,
    /// When.
    pub at: Timestamp,
    /// In which form, as the record has it.
    pub format: String,
    /// Entry of the record.
    pub leaf: u64,
}

/// An entry about oneself, with all that it takes to check it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MyEntry {
    /// Its position in the record.
    pub leaf: u64,
    /// What was done, such as `copy.opened`.
    pub kind: String,
    /// When.
    pub at: Timestamp,
    /// The paper it is about, if it is about one.
    pub paper: Option<String>,
    /// In which form a copy was opened.
    pub format: Option<String>,
    /// What the token is called through which it came about; none when the person was there himself.
    pub token: Option<String>,
    /// The entry's bytes: what the leaf commits to.
    pub record: String,
    /// Its receipt: salt, path and signed checkpoint (C2SP tlog-proof). None until a published checkpoint
    /// covers the entry.
    pub receipt: Option<String>,
}

impl Archive {
    /// What a person opened last, newest first.
    ///
    /// # Errors
    /// When there is no such person.
    pub async fn my_readings(&self, who: &Handle, limit: u32) -> Result<Vec<MyReading>, DeskError> {
        let mut tx = self.store.begin().await?;
        let person = known_person(&mut tx, who).await?;
        let asker = self.asker(&mut tx, person).await?;
        let mut out = Vec::new();
        for reading in tx.last_readings_by(person, limit.min(MOST)).await? {
            let Some(row) = tx.paper(reading.paper).await? else { continue };
            let body = self.entry(&mut tx, reading.leaf).await?;
            let format = body.fields.get("format").and_then(Value::as_str).unwrap_or_default();
            let read = chancery_domain::rules::Act::Read;
            let may = self.permit_asker(&mut tx, read, &asker, &row).await;
            let (serial, subject) = match may {
                Ok(_) => {
                    let head = self.head(&row)?;
                    let serial = head.number.or_else(|| Some(row.serial?.of(row.kind)));
                    (serial, Some(head.subject))
                }
                Err(DeskError::Refused(_)) => (None, None),
                Err(other) => return Err(other),
            };
            out.push(MyReading {
                paper: reference(reading.paper),
                serial,
                subject,
                at: reading.at,
                format: format.to_owned(),
                leaf: reading.leaf,
            });
        }
        Ok(out)
    }

    /// What was entered about a person before entry `before` (the newest when none is given), newest first,
    /// each with its receipt against the published checkpoint, if that covers it.
    ///
    /// # Errors
    /// When there is no such person, or an entry is not what its leaf commits to.
    pub async fn my_record(
        &self,
        who: &Handle,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<MyEntry>, DeskError> {
        let mut tx = self.store.begin().await?;
        let person = known_person(&mut tx, who).await?;
        let before = before.unwrap_or(u64::MAX);
        let limit = limit.min(MOST);
        let mut positions = tx.entries_about(person, before, limit).await?;
        // Whose a copy is stands sealed, so the entries that made them are found through the readings.
        let mut papers: Vec<PaperId> =
            tx.last_readings_by(person, MOST).await?.iter().map(|reading| reading.paper).collect();
        papers.sort_unstable();
        papers.dedup();
        for paper in papers {
            let copy = self.copy_of(&mut tx, paper, person).await?;
            positions.extend(copy.map(|copy| copy.leaf).filter(|leaf| *leaf < before));
        }
        positions.sort_unstable_by(|a, b| b.cmp(a));
        positions.dedup();
        positions.truncate(limit as usize);
        let published = match tx.shown_checkpoint().await? {
            Some(row) => Some(SignedCheckpoint::parse(row.note.as_bytes()).map_err(broken)?),
            None => None,
        };
        let mut out = Vec::with_capacity(positions.len());
        for leaf in positions {
            let covering = published.as_ref().filter(|p| p.claimed().size() > leaf);
            let (record, receipt) = match covering {
                Some(published) => {
                    let (record, receipt) = self.receipt(&mut tx, leaf, published).await?;
                    (record, Some(receipt.to_string()))
                }
                None => (self.entry_bytes(&mut tx, leaf).await?.0, None),
            };
            let body: crate::ledger::Body = crate::archive::decode(&record)?;
            let field =
                |name: &str| body.fields.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
            let damaged = || DeskError::Record(format!("entry {leaf} has no readable instant"));
            out.push(MyEntry {
                leaf,
                at: body.at.parse().map_err(|_| damaged())?,
                paper: field("paper"),
                format: field("format"),
                token: field(THROUGH),
                record: String::from_utf8(record).map_err(|_| damaged())?,
                receipt,
                kind: body.kind,
            });
        }
        Ok(out)
    }
}
