//! The diplomatic bag: one reader's copy as a sealed file that opens without this program, and the return of
//! its receipt.
//!
//! The file is a standard age file of one recipient. Inside stands the copy as any other export of it, a line of
//! dashes, and the receipt: a tlog-proof of the entry with which it left. Who opens the bag sends the receipt back.

use chancery_domain::{Handle, rules};
use chancery_record::Receipt;
use chancery_store::BagRow;
use serde::Serialize;
use serde_json::json;

use crate::papers::reference;
use crate::registry::known_person;
use crate::{Archive, DeskError, Format};

/// Between the copy and its receipt.
const CUT: &str = "\n----- receipt: return from the next line on -----\n";
/// The longest file that is read as a returned receipt, in bytes.
const RETURN_BYTES_MAX: usize = 4 << 20;

/// A copy that left in a bag.
#[derive(Clone, Debug, Serialize)]
pub struct Bagged {
    /// The paper.
    pub paper: String,
    /// Whose copy.
    pub reader: Handle,
    /// Entry of the record, which the receipt inside proves.
    pub leaf: u64,
    /// The age file.
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

/// A receipt that came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReturnedBag {
    /// The paper.
    pub paper: String,
    /// Whose copy.
    pub reader: Handle,
    /// Entry with which it left.
    pub leaf: u64,
    /// Entry of its return.
    pub returned: u64,
}

impl Archive {
    /// Seals one reader's copy to an age recipient, with its receipt inside.
    ///
    /// # Errors
    /// When the reader may not have it today, or the recipient is none.
    pub async fn bag_copy(
        &self,
        paper: &str,
        reader: &Handle,
        to: &str,
        format: Format,
    ) -> Result<Bagged, DeskError> {
        let recipient: age::x25519::Recipient = to
            .trim()
            .parse()
            .map_err(|_| DeskError::Input(format!("“{to}” is no age recipient: age1...")))?;
        let mut act = self.act().await?;
        let row = self.find_paper(&mut act.tx, paper).await?;
        let person = known_person(&mut act.tx, reader).await?;
        let office = self.permit(&mut act.tx, rules::Act::Read, person, &row).await?;
        let released = self.released(&mut act.tx, row).await?;
        let opened = act.open(&released, person, office, format).await;
        let (copy, _) = match opened {
            Ok(opened) => opened,
            Err(refused) => {
                if refused.is_kept() {
                    act.commit().await?;
                }
                return Err(refused);
            }
        };
        let fields = [
            ("paper", json!(reference(released.id))),
            ("office", json!(office)),
            ("to", json!(recipient.to_string())),
        ];
        let leaf = act.enter("copy.bagged", fields).await?;
        let bag = BagRow { leaf, paper: released.id, person, returned: None };
        act.tx.add_bag(&bag).await?;
        // Packing it again gives the same copy and another entry.
        let receipts = act.receipts(&[leaf]).await?;
        act.commit().await?;
        let receipt = receipts.first().map(|(_, receipt)| receipt.to_string()).unwrap_or_default();
        let plain = [copy.as_slice(), CUT.as_bytes(), receipt.as_bytes()].concat();
        let bytes = age::encrypt(&recipient, &plain)
            .map_err(|e| DeskError::Archive(format!("the bag cannot be sealed: {e}")))?;
        Ok(Bagged { paper: reference(released.id), reader: reader.clone(), leaf, bytes })
    }

    /// Checks a returned receipt in: the receipt alone, or the whole opened bag.
    ///
    /// # Errors
    /// When it is no receipt of this record, belongs to no bag, or came back before.
    pub async fn return_bag(&self, bytes: &[u8]) -> Result<ReturnedBag, DeskError> {
        let foreign = || DeskError::Input("this is no receipt of a bag of this archive".into());
        if bytes.len() > RETURN_BYTES_MAX {
            return Err(foreign());
        }
        let text = std::str::from_utf8(bytes).map_err(|_| foreign())?;
        let receipt = text.rsplit_once(CUT).map_or(text, |(_, receipt)| receipt);
        let receipt = Receipt::parse(receipt.as_bytes())
            .map_err(|e| DeskError::Input(format!("the receipt cannot be read: {e}")))?;
        let leaf = receipt.proof().index();
        let mut act = self.act().await?;
        let bag = act.tx.bag(leaf).await?.ok_or_else(foreign)?;
        let entry = act.tx.leaves(leaf, 1).await?.into_iter().find(|l| l.position == leaf);
        let body = self.leaf_bytes(&entry.ok_or_else(foreign)?)?;
        receipt
            .verify(&body, &self.verifier_key(), &[])
            .map_err(|e| DeskError::Input(format!("the receipt does not hold: {e}")))?;
        if let Some(before) = bag.returned {
            return Err(DeskError::Procedure(format!(
                "this receipt came back before (entry {before} of the record)"
            )));
        }
        let fields = [("paper", json!(reference(bag.paper))), ("bagged", json!(leaf))];
        let returned = act.enter("copy.returned", fields).await?;
        act.tx.return_bag(leaf, returned).await?;
        let reader = act.tx.person_handle(bag.person).await?;
        act.commit().await?;
        Ok(ReturnedBag { paper: reference(bag.paper), reader, leaf, returned })
    }
}
