//! What readers report about their copies: lost, left somewhere, seen by somebody. Told early, it protects
//! the reader: a copy is one thing, and what happened to it another.

use chancery_domain::Handle;
use chancery_store::ReportRow;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::papers::reference;
use crate::registry::known_person;
use crate::{Archive, DeskError};

/// Most bytes of what a reader says about it.
pub const MAX_WORDS: usize = 4000;
/// Most reports of one list.
const MOST: u32 = 200;

/// What happened to a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mishap {
    /// It is gone: a print, a file, a telephone.
    Lost,
    /// Somebody else saw it.
    Seen,
    /// It turned up where it should not be.
    Found,
}

/// A report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reported {
    /// The paper.
    pub paper: String,
    /// Who reported.
    pub person: Handle,
    /// When.
    pub at: Timestamp,
    /// What happened.
    pub mishap: Option<Mishap>,
    /// In the reader's words.
    pub words: String,
    /// Entry of the record.
    pub leaf: u64,
}

impl Archive {
    /// Reports what happened to one's own copy of a paper. Whoever has a copy may, also when he may no
    /// longer read the paper.
    ///
    /// # Errors
    /// When the person has no copy of such a paper, or the words are too long.
    pub async fn report_copy(
        &self,
        paper: &str,
        who: &Handle,
        mishap: Mishap,
        words: &str,
    ) -> Result<u64, DeskError> {
        if words.len() > MAX_WORDS {
            return Err(DeskError::Input(format!("say it in at most {MAX_WORDS} letters")));
        }
        let mut act = self.act().await?;
        let row = self.find_paper(&mut act.tx, paper).await?;
        let person = known_person(&mut act.tx, who).await?;
        let none = || DeskError::Unknown { what: "copy of", name: paper.to_owned(), hint: "" };
        self.copy_of(&mut act.tx, row.id, person).await?.ok_or_else(none)?;
        let fields = [
            ("paper", json!(reference(row.id))),
            ("person", json!(person)),
            ("mishap", json!(mishap)),
            ("words", json!(words)),
        ];
        let leaf = act.enter("copy.reported", fields).await?;
        let at = act.now;
        act.tx.add_report(&ReportRow { paper: row.id, person, at, leaf }).await?;
        act.commit().await?;
        Ok(leaf)
    }

    /// The last reports, newest first; for whoever keeps the house.
    ///
    /// # Errors
    /// When `who` may not keep the house rules, or an entry is not what its leaf commits to.
    pub async fn copy_reports(&self, who: &Handle) -> Result<Vec<Reported>, DeskError> {
        let mut act = self.act().await?;
        act.may_keep_house(who).await?;
        let mut out = Vec::new();
        for row in act.tx.reports(MOST).await? {
            let body = self.entry(&mut act.tx, row.leaf).await?;
            let mishap = body.fields.get("mishap").cloned();
            let words = body.fields.get("words").and_then(Value::as_str).unwrap_or_default();
            out.push(Reported {
                paper: reference(row.paper),
                person: act.tx.person_handle(row.person).await?,
                at: row.at,
                mishap: mishap.and_then(|value| serde_json::from_value(value).ok()),
                words: words.to_owned(),
                leaf: row.leaf,
            });
        }
        Ok(out)
    }
}
