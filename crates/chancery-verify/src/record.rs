//! Entries against the record: each stands where its receipt says, under signatures that count.

use chancery_record::{Policy, Receipt, SignedCheckpoint, Standing, VerifierKey};

use crate::body::Body;
use crate::pack::{Entered, Pack};
use crate::verify::VerifyError;

/// The log of a pack and who is believed about it.
pub(crate) struct Log<'a> {
    key: VerifierKey,
    witnesses: Vec<VerifierKey>,
    policy: Option<&'a Policy>,
}

/// An entry whose receipt was verified.
pub(crate) struct Proved {
    /// What was entered.
    pub(crate) body: Body,
    /// Position in the record.
    pub(crate) index: u64,
    /// Entries under the checkpoint that proves it.
    pub(crate) size: u64,
    /// The checkpoint itself.
    pub(crate) checkpoint: String,
    /// When the last of the known witnesses signed the checkpoint; none where too few did.
    pub(crate) witnessed: Option<u64>,
}

impl<'a> Log<'a> {
    /// The log that the policy names, or without one the log that the pack names.
    pub(crate) fn of(pack: &Pack, policy: Option<&'a Policy>) -> Result<Self, VerifyError> {
        let claimed: VerifierKey = pack.log.parse().map_err(|_| VerifyError::LogKey)?;
        let Some(trusted) = policy else {
            return Ok(Self { key: claimed, witnesses: Vec::new(), policy: None });
        };
        let mut named = trusted.logs().iter().filter(|log| log.key.name() == claimed.name());
        if named.clone().next().is_none() {
            return Err(VerifyError::UnknownLog(claimed.name().to_string()));
        }
        if !named.any(|log| log.key == claimed) {
            return Err(VerifyError::OtherKey(claimed.name().to_string()));
        }
        let witnesses = trusted.witnesses().iter().map(|witness| witness.key.clone()).collect();
        Ok(Self { key: claimed, witnesses, policy })
    }

    /// The name of the log.
    pub(crate) fn name(&self) -> String {
        self.key.name().to_string()
    }

    /// Verifies one entry of this kind.
    pub(crate) fn entry(
        &self,
        entered: &Entered,
        kind: &'static str,
    ) -> Result<Proved, VerifyError> {
        let wrong = |error: chancery_record::ReceiptError| VerifyError::Receipt {
            kind,
            error: error.to_string(),
        };
        let receipt = Receipt::parse(entered.receipt.as_bytes()).map_err(wrong)?;
        // A proof has one spelling, so that no byte of a pack is outside of what is verified.
        if receipt.to_string() != entered.receipt {
            return Err(VerifyError::Spelling(kind));
        }
        let verified =
            receipt.verify(entered.body.as_bytes(), &self.key, &self.witnesses).map_err(wrong)?;
        let enough = self.policy.is_some_and(|policy| {
            policy.wants_witnesses() && policy.standing(&verified) == Standing::Witnessed
        });
        let latest = verified.cosignatures().iter().filter_map(|by| by.time()).max();
        Ok(Proved {
            body: Body::parse(&entered.body, kind)?,
            index: receipt.proof().index(),
            size: verified.checkpoint().size(),
            checkpoint: receipt.proof().checkpoint().to_string(),
            witnessed: latest.filter(|_| enough),
        })
    }

    /// The number of entries under a checkpoint that this log signed.
    pub(crate) fn signed_size(&self, checkpoint: &str) -> Result<u64, VerifyError> {
        let note = SignedCheckpoint::parse(checkpoint.as_bytes())
            .map_err(|e| VerifyError::Decoys(e.to_string()))?;
        if note.to_string() != checkpoint {
            return Err(VerifyError::Decoys("its checkpoint is spelt in another way".into()));
        }
        let verified = note
            .verify(&self.key, &self.witnesses)
            .map_err(|e| VerifyError::Decoys(e.to_string()))?;
        Ok(verified.checkpoint().size())
    }

    /// Whether witnesses have to have signed.
    pub(crate) fn asks_witnesses(&self) -> bool {
        self.policy.is_some_and(Policy::wants_witnesses)
    }

    /// Whether somebody else than the pack says which log to believe.
    pub(crate) const fn is_trusted(&self) -> bool {
        self.policy.is_some()
    }
}
