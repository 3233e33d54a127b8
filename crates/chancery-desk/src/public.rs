//! Public texts: what was said or written for everybody. Quoting them is no leak.
//!
//! Filed texts are sealed like papers, for the database is not to say what the house keeps an eye on; who
//! may use the archive may read them all. Here too stands the one function that says whether a paper of
//! the archive is public.

use std::collections::BTreeMap;

use chancery_domain::retention::Retention;
use chancery_domain::{Handle, rules};
use chancery_store::{PaperId, PublicRow, Tx};
use chancery_text::incoming;
use chancery_vault::{Aad, Nonce, Padding, open, seal};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::archive::{decode, encode};
use crate::expose::Entering;
use crate::outside::random;
use crate::registry::{known_office, known_person};
use crate::{Archive, DeskError};

/// Longest public text; longer ones are filed in parts.
pub const MAX_PUBLIC_BYTES: usize = 8 << 20;

/// What sort of public text it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PublicKind {
    /// A statement, a speech, an answer to the press.
    Statement,
    /// A letter that its author gave out.
    Letter,
    /// Words of a parliament, as printed.
    Hansard,
    /// A press release, or a paper that was declassified.
    Release,
    /// Anything else that everybody may read.
    #[default]
    Other,
}

impl PublicKind {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Statement => "statement",
            Self::Letter => "letter",
            Self::Hansard => "parliament",
            Self::Release => "release",
            Self::Other => "public text",
        }
    }
}

/// A text to be filed as public.
#[derive(Clone, Debug, Default)]
pub struct NewPublic {
    /// File name.
    pub name: String,
    /// Bytes as received.
    pub bytes: Vec<u8>,
    /// What it is.
    pub kind: PublicKind,
    /// When it was published.
    pub date: Option<Date>,
    /// Where it stands.
    pub source: Option<String>,
    /// Whose words they are.
    pub by: Option<Handle>,
    /// The office whose words they are.
    pub office: Option<Handle>,
}

/// A public text as filed.
#[derive(Clone, Debug, Serialize)]
pub struct PublicText {
    /// Reference: `T3`.
    pub text: String,
    /// What it is.
    pub kind: PublicKind,
    /// File name.
    pub name: String,
    /// When it was published.
    pub date: Option<Date>,
    /// Where it stands.
    pub source: Option<String>,
    /// Whose words they are.
    pub by: Option<Handle>,
    /// The office whose words they are.
    pub office: Option<Handle>,
    /// SHA-256 of the bytes.
    pub sha256: String,
    /// Words.
    pub words: usize,
    /// Entry of the record.
    pub leaf: u64,
    /// Whether it was filed before.
    pub already: bool,
    /// The text itself; only when one is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

/// What is sealed of a public text.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) name: String,
    pub(crate) kind: PublicKind,
    pub(crate) source: Option<String>,
    pub(crate) by: Option<Handle>,
    pub(crate) office: Option<Handle>,
    pub(crate) sha256: String,
    pub(crate) words: usize,
    pub(crate) text: String,
}

/// How it came that everybody may quote a paper, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Publication {
    /// Its author gave it out.
    Authorised(Date),
    /// It was published.
    Public(Date),
}

impl Archive {
    /// Files public texts in one act. A text filed before is left as it is.
    ///
    /// # Errors
    /// When a file is no text, or person or office are unknown.
    pub async fn file_public(
        &self,
        texts: &[NewPublic],
        who: Option<&Handle>,
    ) -> Result<Vec<PublicText>, DeskError> {
        let exercise = self.is_exercise().await?;
        let mut act = self.act().await?;
        match who {
            Some(who) => drop(known_person(&mut act.tx, who).await?),
            None if exercise => {}
            None => return Err(DeskError::Input("say who files it: --as PERSON".into())),
        }
        let mut out = Vec::with_capacity(texts.len());
        for new in texts {
            let sha256: [u8; 32] = Sha256::digest(&new.bytes).into();
            let digest = self.index.lookup("public.digest", &sha256);
            if let Some(id) = act.tx.public_of(&digest).await? {
                let row = act.tx.public_text(id).await?.ok_or_else(vanished)?;
                out.push(PublicText { already: true, ..self.shown(&row)? });
                continue;
            }
            if let Some(person) = &new.by {
                known_person(&mut act.tx, person).await?;
            }
            if let Some(office) = &new.office {
                known_office(&mut act.tx, office).await?;
            }
            let id = act.tx.next_public().await?;
            let text = text_of(new)?;
            let words = text.split_whitespace().count();
            let kept = Kept {
                name: new.name.clone(),
                kind: new.kind,
                source: new.source.clone(),
                by: new.by.clone(),
                office: new.office.clone(),
                sha256: hex::encode(sha256),
                words,
                text,
            };
            let leaf = act
                .enter(
                    "public.filed",
                    [
                        ("text", json!(reference(id))),
                        ("sha256", json!(kept.sha256)),
                        ("kind", json!(kept.kind)),
                        ("date", json!(new.date)),
                        ("by", json!(kept.by)),
                        ("office", json!(kept.office)),
                        ("filed_by", json!(who)),
                    ],
                )
                .await?;
            let row = id.to_string();
            let nonce = Nonce::from_bytes(random());
            let sealed = seal(&self.key, &place(&row), Padding::Body, &encode(&kept), nonce)?;
            let row = PublicRow { id, digest, day: new.date, leaf, sealed };
            act.tx.add_public(&row).await?;
            out.push(self.shown(&row)?);
            let date = new.date.unwrap_or_else(|| self.today());
            act.entering.push(Entering::public(id, date, kept.text)?);
        }
        act.commit().await?;
        Ok(out)
    }

    /// All public texts, without their words.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn list_public(&self) -> Result<Vec<PublicText>, DeskError> {
        let mut tx = self.store.begin().await?;
        tx.public_texts().await?.iter().map(|row| self.shown(row)).collect()
    }

    /// One public text with its words.
    ///
    /// # Errors
    /// When there is none.
    pub async fn show_public(&self, text: &str) -> Result<PublicText, DeskError> {
        let unknown = || DeskError::Unknown {
            what: "public text",
            name: text.chars().filter(|c| !c.is_control()).take(40).collect(),
            hint: "; see: chancery public list",
        };
        let id = text.strip_prefix(['T', 't']).unwrap_or(text).parse().map_err(|_| unknown())?;
        let mut tx = self.store.begin().await?;
        let row = tx.public_text(id).await?.ok_or_else(unknown)?;
        Ok(PublicText { body: Some(self.open_public(&row)?.text), ..self.shown(&row)? })
    }

    /// The papers that everybody may quote at an instant; all others are restricted. The one place that
    /// decides it: statements from their publication on, and papers that were declassified and are not
    /// closed. A letter that its author gave out, and a public version, are filed as public texts.
    pub(crate) async fn publications(
        &self,
        tx: &mut Tx,
        at: Timestamp,
    ) -> Result<BTreeMap<PaperId, Publication>, DeskError> {
        let day = rules::utc_day(at);
        let mut out = BTreeMap::new();
        for (id, from) in tx.statements().await? {
            if from <= at {
                out.insert(id, Publication::Public(rules::utc_day(from)));
            }
        }
        for id in tx.retained().await? {
            let Some(sealed) = tx.retention(id).await? else { continue };
            let row = id.0.to_string();
            let place = Aad::new("retention", &row, "sealed", 0);
            let retention: Retention = decode(&open(&self.key, &place, &sealed)?)?;
            if let (Some(from), None) = (retention.declassified, retention.closed_on(day)) {
                out.insert(id, Publication::Public(from));
            }
        }
        Ok(out)
    }

    pub(crate) fn open_public(&self, row: &PublicRow) -> Result<Kept, DeskError> {
        decode(&open(&self.key, &place(&row.id.to_string()), &row.sealed)?)
    }

    fn shown(&self, row: &PublicRow) -> Result<PublicText, DeskError> {
        let kept = self.open_public(row)?;
        Ok(PublicText {
            text: reference(row.id),
            kind: kept.kind,
            name: kept.name,
            date: row.day,
            source: kept.source,
            by: kept.by,
            office: kept.office,
            sha256: kept.sha256,
            words: kept.words,
            leaf: row.leaf,
            already: false,
            body: None,
        })
    }
}

/// How users refer to a public text: `T3`.
pub(crate) fn reference(id: i64) -> String {
    format!("T{id}")
}

fn place(row: &str) -> Aad<'_> {
    Aad::new("public_text", row, "sealed", 0)
}

fn text_of(new: &NewPublic) -> Result<String, DeskError> {
    if new.bytes.len() > MAX_PUBLIC_BYTES {
        return Err(DeskError::Input(format!(
            "{}: a public text has at most {} MB; file it in parts",
            new.name,
            MAX_PUBLIC_BYTES >> 20
        )));
    }
    let text = incoming::text_of(Some(&new.name), &new.bytes)
        .map_err(|e| DeskError::Input(format!("{}: {e}", new.name)))?;
    if text.split_whitespace().next().is_none() {
        return Err(DeskError::Input(format!("{}: there are no words in it", new.name)));
    }
    Ok(text)
}

fn vanished() -> DeskError {
    DeskError::Archive("a public text vanished".into())
}
