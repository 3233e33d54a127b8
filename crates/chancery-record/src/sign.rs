//! Signing: a log's own key, and a witness's.
//!
//! Secret seeds arrive from the vault as bytes and leave this crate in no form; dropping a signer wipes its
//! key. When to sign, and never two different roots for one size, is the desk's duty.

use std::fmt;

use ed25519_dalek::{Signer as _, SigningKey};

use crate::checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
use crate::hash::Hash;
use crate::key::{KeyError, KeyKind, KeyName, VerifierKey};
use crate::note::{Note, NoteError, NoteSignature, cosigned_message};

/// The secret key of a log; its name is the log's origin.
pub struct LogSigner {
    public: VerifierKey,
    secret: SigningKey,
}

impl LogSigner {
    /// The signer of the log `origin` with a 32-byte Ed25519 seed (RFC 8032).
    ///
    /// # Errors
    /// [`KeyError::Name`] when the origin cannot be a key name.
    pub fn from_seed(origin: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let (public, secret) = pair(origin, KeyKind::Log, seed)?;
        Ok(Self { public, secret })
    }

    /// The public half, whose text form is what outsiders need to verify the log.
    pub fn verifier_key(&self) -> VerifierKey {
        self.public.clone()
    }

    /// Signs the statement that this log has `size` entries under `root`. Ed25519 is deterministic: the same
    /// statement gives the same bytes.
    ///
    /// # Errors
    /// Those of [`Checkpoint::new`].
    pub fn sign_checkpoint(
        &self,
        size: u64,
        root: Hash,
    ) -> Result<SignedCheckpoint, CheckpointError> {
        let checkpoint = Checkpoint::new(self.public.name().clone(), size, root)?;
        let signature = self.secret.sign(checkpoint.to_string().as_bytes()).to_bytes().to_vec();
        let signature = NoteSignature::new(self.public.name().clone(), self.public.id(), signature);
        Ok(SignedCheckpoint::new(checkpoint, signature)?)
    }

    /// Signs a text that is no checkpoint, such as a certificate. It ends with a newline and says in itself
    /// what it is.
    ///
    /// # Errors
    /// [`NoteError::Origin`] when its first line is the log's origin, as in every checkpoint;
    /// [`NoteError::NotText`], [`NoteError::Shape`] or [`NoteError::TooLong`].
    pub fn sign_text(&self, text: &str) -> Result<Note, NoteError> {
        if text.lines().next() == Some(self.public.name().as_str()) {
            return Err(NoteError::Origin);
        }
        let signature = self.secret.sign(text.as_bytes()).to_bytes().to_vec();
        let signature = NoteSignature::new(self.public.name().clone(), self.public.id(), signature);
        Note::new(text.to_owned(), signature)
    }
}

impl fmt::Debug for LogSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogSigner({}, secret redacted)", self.public)
    }
}

/// The secret key of a witness: an Ed25519 cosigner of C2SP tlog-cosignature.
pub struct Cosigner {
    public: VerifierKey,
    secret: SigningKey,
}

impl Cosigner {
    /// The cosigner `name` with a 32-byte Ed25519 seed, which no other cosigner may share.
    ///
    /// # Errors
    /// [`KeyError::Name`] when the name is not usable.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let (public, secret) = pair(name, KeyKind::Cosigner, seed)?;
        Ok(Self { public, secret })
    }

    /// The public half.
    pub fn verifier_key(&self) -> VerifierKey {
        self.public.clone()
    }

    /// States that `checkpoint` is the largest consistent tree seen at `time`, in seconds since
    /// 1970-01-01T00:00:00Z. The caller has verified log signature and consistency before, and has stored
    /// the new state durably. `None` when `time` is 2^63 or more, which the format forbids.
    pub fn cosign(&self, checkpoint: &Checkpoint, time: u64) -> Option<NoteSignature> {
        i64::try_from(time).ok()?;
        let message = cosigned_message(time, &checkpoint.to_string());
        let mut bytes = time.to_be_bytes().to_vec();
        bytes.extend(self.secret.sign(message.as_bytes()).to_bytes());
        Some(NoteSignature::new(self.public.name().clone(), self.public.id(), bytes))
    }
}

impl fmt::Debug for Cosigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cosigner({}, secret redacted)", self.public)
    }
}

fn pair(name: &str, kind: KeyKind, seed: &[u8; 32]) -> Result<(VerifierKey, SigningKey), KeyError> {
    let secret = SigningKey::from_bytes(seed);
    let public = VerifierKey::from_verifying_key(KeyName::new(name)?, kind, secret.verifying_key());
    Ok((public, secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signed_text_is_no_checkpoint() {
        let signer = LogSigner::from_seed("archive.example/record", &[1; 32]).unwrap();
        let note = signer.sign_text("{\"schema\": \"certificate\"}\n").unwrap();
        let read = Note::parse(note.to_string().as_bytes()).unwrap();
        assert!(read.verify(&[signer.verifier_key()]).is_ok());
        assert!(SignedCheckpoint::parse(note.to_string().as_bytes()).is_err());
        let checkpoint = signer.sign_checkpoint(1, Hash::from_bytes([0; 32])).unwrap();
        let text = checkpoint.to_string();
        let body = text.split("\n\n").next().unwrap();
        assert_eq!(signer.sign_text(&format!("{body}\n")), Err(NoteError::Origin));
    }
}
