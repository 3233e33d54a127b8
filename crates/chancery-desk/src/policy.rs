//! The label policy of a house: kept sealed, set as a recorded act, and asked about papers and readers.
//!
//! Without a policy markings are words and only the distribution decides. With one, every draft bears a
//! label made of its words, and the label decides about every act. An exercise has no policy: its readers
//! are invented and cleared for nothing.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use chancery_domain::label::{BoundData, Clearance, Dates, Policy, Reader, SecurityLabel, binding};
use chancery_domain::{Handle, Label};
use chancery_store::{PaperId, PaperRow, PersonId, Tx};
use chancery_vault::{Aad, Nonce, Padding, open, seal};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::outside::random;
use crate::papers::{Head, reference};
use crate::registry::PersonDetails;
use crate::{Archive, DeskError};

/// Where the policy's text and its hash are kept.
const POLICY: &str = "policy";
const POLICY_HASH: &str = "policy-sha256";
const PLACE: Aad<'static> = Aad::new("meta", POLICY, "value", 0);

/// The policy in force, once somebody has asked for it, under the hash of its text.
pub(crate) type Shelved = Mutex<Option<([u8; 32], Arc<Policy>)>>;

/// What a policy says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShownPolicy {
    /// Its name.
    pub name: String,
    /// Its object identifier.
    pub id: String,
    /// Classifications, lowest first.
    pub classifications: Vec<String>,
    /// Categories: tag set and word.
    pub categories: Vec<(String, String)>,
}

impl ShownPolicy {
    fn of(policy: &Policy) -> Self {
        let category = |(set, _, word): (&str, _, &str)| (set.to_owned(), word.to_owned());
        Self {
            name: policy.name().to_owned(),
            id: policy.id().to_owned(),
            classifications: policy.classifications().map(|(word, _)| word.to_owned()).collect(),
            categories: policy.categories().map(category).collect(),
        }
    }
}

impl Archive {
    /// The policy in force, if there is one.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn label_policy(&self) -> Result<Option<ShownPolicy>, DeskError> {
        let mut tx = self.store.begin().await?;
        Ok(self.policy(&mut tx).await?.map(|policy| ShownPolicy::of(&policy)))
    }

    /// Puts a policy (XML SPIF) in force. Whoever may keep the house rules may do this. Papers that bear
    /// no label of it are shut from then on.
    ///
    /// # Errors
    /// When `who` may not, the policy is refused (with line and column), or the archive is an exercise.
    pub async fn set_policy(&self, xml: &str, who: &Handle) -> Result<ShownPolicy, DeskError> {
        if self.is_exercise().await? {
            return Err(DeskError::Procedure(
                "an exercise has no label policy: its readers are invented".into(),
            ));
        }
        let policy = Policy::parse(xml).map_err(|e| DeskError::Input(e.to_string()))?;
        let hash: [u8; 32] = Sha256::digest(xml.as_bytes()).into();
        let mut act = self.act().await?;
        act.may_keep_house(who).await?;
        let nonce = Nonce::from_bytes(random());
        let sealed = seal(&self.key, &PLACE, Padding::Body, xml.as_bytes(), nonce)?;
        act.tx.set_meta(POLICY, &sealed).await?;
        act.tx.set_meta(POLICY_HASH, &hash).await?;
        let fields = [
            ("person", json!(who)),
            ("policy", json!(policy.id())),
            ("sha256", json!(hex::encode(hash))),
        ];
        act.enter("policy.set", fields).await?;
        act.commit().await?;
        Ok(ShownPolicy::of(&policy))
    }

    /// The policy in force.
    pub(crate) async fn policy(&self, tx: &mut Tx) -> Result<Option<Arc<Policy>>, DeskError> {
        let Some(hash) = tx.meta(POLICY_HASH).await? else { return Ok(None) };
        let shelf = || self.policy.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, policy)) = shelf().as_ref()
            && known.as_slice() == hash
        {
            return Ok(Some(Arc::clone(policy)));
        }
        let damaged = || DeskError::Archive("the label policy is damaged; restore a backup".into());
        let sealed = tx.meta(POLICY).await?.ok_or_else(damaged)?;
        let plain = open(&self.key, &PLACE, &sealed)?;
        let found: [u8; 32] = Sha256::digest(&plain).into();
        let text = std::str::from_utf8(&plain).map_err(|_| damaged())?;
        if found.as_slice() != hash {
            return Err(damaged());
        }
        let policy = Arc::new(Policy::parse(text).map_err(|_| damaged())?);
        *shelf() = Some((found, Arc::clone(&policy)));
        Ok(Some(policy))
    }

    /// A person as the policy sees him. Words that the policy does not know grant nothing.
    pub(crate) async fn reader(
        &self,
        tx: &mut Tx,
        policy: Option<&Policy>,
        person: PersonId,
    ) -> Result<Reader, DeskError> {
        let Some(policy) = policy else { return Ok(Reader::default()) };
        let (_, details): (_, PersonDetails) = self.person_details(tx, person).await?;
        Ok(reader_of(policy, details))
    }

    /// Refuses a paper whose label does not reach that of the paper which it corrects or cancels: only the
    /// originator lowers a label, as an act of its own.
    pub(crate) async fn no_lower(
        &self,
        tx: &mut Tx,
        paper: &PaperRow,
        target: PaperId,
    ) -> Result<(), DeskError> {
        let Some(policy) = self.policy(tx).await? else { return Ok(()) };
        let Some(earlier) = tx.paper(target).await? else { return Ok(()) };
        let (own, earlier) = (self.head(paper)?, self.head(&earlier)?);
        let Some(before) = &earlier.security else { return Ok(()) };
        if own.security.as_ref().is_some_and(|label| policy.dominates(label, before)) {
            return Ok(());
        }
        let (id, target) = (reference(paper.id), reference(target));
        Err(DeskError::Procedure(format!(
            "{id} is {}, and {target}, which it corrects or cancels, is {}; give {id} a label that reaches it, or lower {target} first: chancery paper downgrade {target} …",
            own.label, earlier.label
        )))
    }

    /// What the policy must know of a person at any instant of `[from, until)`: as the record's entries had it
    /// then. Where none is as old, what is known now stands for it.
    pub(crate) async fn readers_then(
        &self,
        tx: &mut Tx,
        policy: Option<&Policy>,
        person: PersonId,
        (from, until): (Timestamp, Timestamp),
    ) -> Result<Vec<Reader>, DeskError> {
        let Some(policy) = policy else { return Ok(vec![Reader::default()]) };
        let mut readers = Vec::new();
        let mut before = None;
        for leaf in tx.person_changes(person).await? {
            let entry = self.entry(tx, leaf).await?;
            let damaged = || DeskError::Record(format!("entry {leaf} does not say what it should"));
            let at: Timestamp = entry.at.parse().map_err(|_| damaged())?;
            if at >= until {
                break;
            }
            let details = entry.fields.get("details").cloned().ok_or_else(damaged)?;
            let details: PersonDetails = serde_json::from_value(details).map_err(|_| damaged())?;
            let reader = reader_of(policy, details);
            if at <= from {
                before = Some(reader);
            } else {
                readers.push(reader);
            }
        }
        readers.extend(before);
        if readers.is_empty() {
            readers.push(self.reader(tx, Some(policy), person).await?);
        }
        Ok(readers)
    }

    /// A paper's labels at any instant of `[from, until)`, where a policy asks for one.
    pub(crate) fn labels_then(
        &self,
        policy: Option<&Policy>,
        paper: &PaperRow,
        (from, until): (Timestamp, Timestamp),
    ) -> Result<Vec<Option<SecurityLabel>>, DeskError> {
        if policy.is_none() {
            return Ok(vec![None]);
        }
        let head = self.head(paper)?;
        let mut labels = Vec::new();
        let mut began = Timestamp::MIN;
        for (ended, label) in head.earlier {
            if began < until && ended > from {
                labels.push(Some(label));
            }
            began = ended;
        }
        if began < until {
            labels.push(head.security);
        }
        Ok(labels)
    }

    /// A paper's label, where a policy asks for one.
    pub(crate) fn label_of(
        &self,
        policy: Option<&Policy>,
        paper: &PaperRow,
    ) -> Result<Option<SecurityLabel>, DeskError> {
        match policy {
            Some(_) => Ok(self.head(paper)?.security),
            None => Ok(None),
        }
    }

    /// A paper's label as ADatP-4774 XML.
    ///
    /// # Errors
    /// When there is no such paper, or it bears no label of a policy in force.
    pub async fn label_xml(&self, paper: &str) -> Result<String, DeskError> {
        let mut tx = self.store.begin().await?;
        let row = self.find_paper(&mut tx, paper).await?;
        let head = self.head(&row)?;
        match (self.policy(&mut tx).await?, head.security) {
            (Some(policy), Some(label)) => policy
                .write_label(&label, Dates { created: self.clock.now(), review: None })
                .map_err(|e| DeskError::Input(e.to_string())),
            _ => Err(DeskError::Input(format!(
                "{paper} bears no label of a policy; see: chancery policy show"
            ))),
        }
    }

    /// Binds a paper's label to the files of an export: `label.xml` beside them, by ADatP-4778. Nothing is
    /// written where no policy is in force.
    pub(crate) async fn bind_label(
        &self,
        paper: &str,
        folder: &Path,
        files: &[(String, Vec<u8>)],
        media_type: &str,
    ) -> Result<(), DeskError> {
        let labelled = {
            let mut tx = self.store.begin().await?;
            let row = self.find_paper(&mut tx, paper).await?;
            self.policy(&mut tx).await?.is_some() && self.head(&row)?.security.is_some()
        };
        if !labelled || files.is_empty() {
            return Ok(());
        }
        let data: Vec<BoundData> = files
            .iter()
            .map(|(name, bytes)| BoundData {
                uri: name.clone(),
                media_type: Some(media_type.to_owned()),
                sha256: Sha256::digest(bytes).into(),
            })
            .collect();
        let xml = binding(&self.label_xml(paper).await?, &data)
            .map_err(|e| DeskError::Archive(format!("the binding of the label: {e}")))?;
        crate::files::replace(&folder.join("label.xml"), xml.as_bytes(), true)
    }

    /// The label written in ADatP-4774 XML.
    ///
    /// # Errors
    /// When there is no policy, or the label is not one of it.
    pub async fn read_label(&self, xml: &str) -> Result<SecurityLabel, DeskError> {
        let mut tx = self.store.begin().await?;
        let policy = self.policy(&mut tx).await?.ok_or_else(no_policy)?;
        let label = policy.read_label(xml).map_err(|e| DeskError::Input(e.to_string()))?;
        policy.validate(&label).map_err(|e| DeskError::Input(e.to_string()))?;
        Ok(label)
    }
}

/// Whether the words of a clearance are the policy's, before they are kept.
pub(crate) fn check_clearance(policy: &Policy, words: &Value) -> Result<(), DeskError> {
    clearance(policy, words).map(|_| ())
}

/// `SECRET; UK; LOCSEN`: the classification, then categories; or a clearance as it is kept.
fn clearance(policy: &Policy, kept: &Value) -> Result<Clearance, DeskError> {
    let Value::String(text) = kept else {
        return serde_json::from_value(kept.clone())
            .map_err(|e| DeskError::Input(format!("the clearance cannot be read: {e}")));
    };
    policy.clearance_in_words(text).map_err(|e| DeskError::Input(format!("clearance: {e}")))
}

/// What the policy must know of a person.
fn reader_of(policy: &Policy, details: PersonDetails) -> Reader {
    Reader {
        clearance: details.clearance.as_ref().and_then(|c| clearance(policy, c).ok()),
        nationality: details.nationality.and_then(|n| n.parse().ok()),
        engagement: details.engagement,
    }
}

/// Gives a draft's heading the label that its words describe, or its paragraphs' high-water mark where it
/// names no classification, and checks that no paragraph stands above the whole.
pub(crate) fn labelled(policy: &Policy, head: &mut Head) -> Result<(), DeskError> {
    let refused = |e: String| DeskError::Input(format!("label: {e}"));
    let mut portions = Vec::new();
    for (at, mark) in head.portions.iter().enumerate() {
        let Some(mark) = mark else { continue };
        let label = policy.portion(mark);
        portions.push(label.map_err(|e| DeskError::Input(format!("paragraph {}: {e}", at + 1)))?);
    }
    head.earlier.clear();
    let given = head.security.take();
    let label = match given {
        Some(label) => label,
        None if head.label.classification.is_empty() && !portions.is_empty() => {
            let high = policy.join(&portions).map_err(|e| refused(e.to_string()))?;
            if let [tag, ..] = high.nobody.as_slice() {
                return Err(refused(format!(
                    "the paragraphs have nobody in common under “{tag}”; nobody could read the whole"
                )));
            }
            high.label
        }
        None => policy
            .label(&head.label.classification, &head.label.handling)
            .map_err(|e| refused(e.to_string()))?,
    };
    policy.validate(&label).map_err(|e| refused(e.to_string()))?;
    policy.covers(&label, &portions).map_err(|e| refused(e.to_string()))?;
    head.label = shown(policy, &label)?;
    head.security = Some(label);
    Ok(())
}

/// A label as it stands on the paper.
pub(crate) fn shown(policy: &Policy, label: &SecurityLabel) -> Result<Label, DeskError> {
    let marking = policy.marking(label, "en").map_err(|e| DeskError::Input(e.to_string()))?;
    Ok(Label { classification: marking, handling: Vec::new() })
}

fn no_policy() -> DeskError {
    DeskError::Input("this house has no label policy; set one: chancery policy set NAME".into())
}
