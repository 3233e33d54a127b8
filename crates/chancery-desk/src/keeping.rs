//! The house rules: shown to all, changed as a recorded act by their custodian.

use chancery_domain::{Handle, House};
use serde_json::json;

use crate::access::HOUSE;
use crate::archive::encode;
use crate::registry::known_office;
use crate::{Archive, DeskError};

impl Archive {
    /// The rules that this house has set itself.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn house_rules(&self) -> Result<House, DeskError> {
        let mut tx = self.store.begin().await?;
        self.house(&mut tx).await
    }

    /// Sets the house rules. Anyone may while they name no custodian; afterwards a holder of that office.
    ///
    /// # Errors
    /// When `who` may not, the custodian's office is unknown, or `prove_from` is no known classification.
    pub async fn set_house_rules(&self, house: &House, who: &Handle) -> Result<u64, DeskError> {
        let mut act = self.act().await?;
        act.may_keep_house(who).await?;
        if let Some(custodian) = &house.custodian {
            known_office(&mut act.tx, custodian).await?;
        }
        let policy = self.policy(&mut act.tx).await?;
        let order: Vec<String> = policy
            .iter()
            .flat_map(|policy| policy.classifications())
            .map(|(word, _)| word.to_owned())
            .collect();
        if !house.can_place(&order) {
            let word = house.prove_from.as_deref().unwrap_or_default();
            return Err(DeskError::Input(format!(
                "prove_from: “{word}” is no classification that this house can compare others with"
            )));
        }
        let before = self.house(&mut act.tx).await?;
        act.tx.set_meta(HOUSE, &encode(house)).await?;
        let fields = [("person", json!(who)), ("before", json!(before)), ("house", json!(house))];
        let leaf = act.enter("house.set", fields).await?;
        act.commit().await?;
        Ok(leaf)
    }
}
