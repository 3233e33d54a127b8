//! Signed notes (C2SP signed-note): a text and the signature lines below it.
//!
//! [`Note::parse`] checks the form, [`Note::verify`] the signatures. What the text says is read elsewhere
//! (`checkpoint`), and only after verification.

use std::fmt;

use crate::key::{KEY_ID_BYTES, KeyKind, KeyName, VerifierKey};
use crate::text;

/// The longest note this crate reads, in bytes. Sixteen post-quantum signatures, which every verifier has to
/// accept, take about 80 KiB.
pub const NOTE_BYTES_MAX: usize = 256 * 1024;

/// The most signature lines in a note. The specification asks for at least 16.
pub const NOTE_SIGNATURES_MAX: usize = 64;

/// The longest single signature, in bytes without its key id.
pub const SIGNATURE_BYTES_MAX: usize = 8 * 1024;

const SIGNATURE_MARK: &str = "\u{2014} ";
const ED25519_BYTES: usize = 64;
const TIME_BYTES: usize = 8;

/// Why a note is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteError {
    /// More than [`NOTE_BYTES_MAX`] bytes.
    #[error("the signed note is longer than {NOTE_BYTES_MAX} bytes")]
    TooLong,
    /// More than [`NOTE_SIGNATURES_MAX`] signatures.
    #[error("the signed note has more than {NOTE_SIGNATURES_MAX} signatures")]
    TooManySignatures,
    /// Not UTF-8, or control characters other than the newline.
    #[error("the signed note is not plain UTF-8 text: check that it was transferred unchanged")]
    NotText,
    /// No text, no blank line, or no final newline.
    #[error(
        "not a signed note: expected a text, a blank line and signature lines; check that it was copied whole, with its last newline"
    )]
    Shape,
    /// A text that begins as a checkpoint does, offered for signing as something else.
    #[error(
        "a text that begins with the log's origin could be taken for a checkpoint; begin it otherwise"
    )]
    Origin,
    /// A line below the text is not a signature line. Counted from 1 at the first signature.
    #[error("signature line {0} is malformed: expected `\u{2014} name base64`")]
    SignatureLine(usize),
    /// Two of the trusted keys cannot be told apart, or are one key under two names.
    #[error("the trusted keys name `{0}` twice, or one key under two names: list each key once")]
    AmbiguousKey(KeyName),
    /// A signature that claims to be by a trusted key is not.
    #[error(
        "the signature of `{0}` does not verify: the text or the signature was altered; trust nothing in it"
    )]
    BadSignature(KeyName),
    /// No trusted key has signed.
    #[error("no trusted key has signed this note: check that you hold the right verifier key")]
    Unsigned,
}

/// One signature line: the name and id of the key, and the signature bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    name: KeyName,
    id: u32,
    bytes: Vec<u8>,
}

impl NoteSignature {
    pub(crate) const fn new(name: KeyName, id: u32, bytes: Vec<u8>) -> Self {
        Self { name, id, bytes }
    }

    /// The name of the key that is said to have signed.
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// The id of that key.
    pub const fn key_id(&self) -> u32 {
        self.id
    }

    /// Reads one line, without its newline.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let (name, base64) = line.strip_prefix(SIGNATURE_MARK)?.split_once(' ')?;
        let name = KeyName::new(name).ok()?;
        let bytes = text::decode(base64)?;
        let (id, signature) = bytes.split_first_chunk::<KEY_ID_BYTES>()?;
        let usual = (1..=SIGNATURE_BYTES_MAX).contains(&signature.len());
        usual.then(|| Self::new(name, u32::from_be_bytes(*id), signature.to_vec()))
    }

    fn is_by(&self, key: &VerifierKey) -> bool {
        self.id == key.id() && self.name == *key.name()
    }

    /// Whether `key` made this signature over `text`, and the time it states.
    fn verify(&self, key: &VerifierKey, text: &str) -> Option<Attestation> {
        let (message, signature, time) = match key.kind() {
            KeyKind::Log => (text.to_owned(), self.bytes.as_slice(), None),
            KeyKind::Cosigner => {
                let (time, signature) = self.bytes.split_first_chunk::<TIME_BYTES>()?;
                let time = u64::from_be_bytes(*time);
                if i64::try_from(time).is_err() {
                    return None;
                }
                (cosigned_message(time, text), signature, Some(time))
            }
        };
        let signature = <&[u8; ED25519_BYTES]>::try_from(signature).ok()?;
        let genuine = key.verify(message.as_bytes(), signature);
        genuine.then(|| Attestation { key: key.clone(), time })
    }
}

impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = self.id.to_be_bytes().to_vec();
        bytes.extend(&self.bytes);
        write!(f, "{SIGNATURE_MARK}{} {}", self.name, text::encode(&bytes))
    }
}

/// What an Ed25519 cosigner signs (C2SP tlog-cosignature, "Ed25519 signed message").
pub(crate) fn cosigned_message(time: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

/// A signature of a trusted key that was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attestation {
    key: VerifierKey,
    time: Option<u64>,
}

impl Attestation {
    /// The key that signed.
    pub const fn key(&self) -> &VerifierKey {
        &self.key
    }

    /// When a cosigner signed, by its own clock, in seconds since 1970-01-01T00:00:00Z; a log's signature
    /// states no time.
    pub const fn time(&self) -> Option<u64> {
        self.time
    }
}

/// A text with one or more signatures, of which nothing is verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

impl Note {
    /// Joins a text and its first signature.
    ///
    /// # Errors
    /// [`NoteError::NotText`] or [`NoteError::Shape`] when the text could not be read back.
    pub(crate) fn new(text: String, signature: NoteSignature) -> Result<Self, NoteError> {
        check_text(&text)?;
        if !text.ends_with('\n') {
            return Err(NoteError::Shape);
        }
        if text.len() > NOTE_BYTES_MAX {
            return Err(NoteError::TooLong);
        }
        Ok(Self { text, signatures: vec![signature] })
    }

    /// Reads a note. The form is checked strictly, signatures are not: see [`Note::verify`].
    ///
    /// # Errors
    /// [`NoteError::TooLong`], [`NoteError::TooManySignatures`], [`NoteError::NotText`],
    /// [`NoteError::Shape`] or [`NoteError::SignatureLine`].
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > NOTE_BYTES_MAX {
            return Err(NoteError::TooLong);
        }
        let note = std::str::from_utf8(bytes).map_err(|_| NoteError::NotText)?;
        check_text(note)?;
        let (text_end, signatures_start) =
            note.rfind("\n\n").map(|blank| (blank + 1, blank + 2)).ok_or(NoteError::Shape)?;
        let lines = note[signatures_start..].strip_suffix('\n').ok_or(NoteError::Shape)?;
        let mut signatures = Vec::new();
        for (number, line) in (1..).zip(lines.split('\n')) {
            if number > NOTE_SIGNATURES_MAX {
                return Err(NoteError::TooManySignatures);
            }
            let signature = NoteSignature::parse(line).ok_or(NoteError::SignatureLine(number))?;
            signatures.push(signature);
        }
        Ok(Self { text: note[..text_end].to_owned(), signatures })
    }

    /// The text with its final newline. Do not act on it before [`Note::verify`] has succeeded.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines in order, those of unknown keys included.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Adds a signature line, such as a witness's answer.
    ///
    /// # Errors
    /// [`NoteError::TooManySignatures`] when the note is full.
    pub fn add_signature(&mut self, signature: NoteSignature) -> Result<(), NoteError> {
        if self.signatures.len() >= NOTE_SIGNATURES_MAX {
            return Err(NoteError::TooManySignatures);
        }
        self.signatures.push(signature);
        Ok(())
    }

    /// Verifies every signature by one of the `trusted` keys and returns the keys that signed, each once, in
    /// the order of the lines. Signatures of unknown keys are ignored; a single false one by a trusted key
    /// condemns the note.
    ///
    /// # Errors
    /// [`NoteError::BadSignature`], [`NoteError::Unsigned`], or [`NoteError::AmbiguousKey`] when the trusted
    /// keys themselves are unfit: two with the same name and id, or one public key counted twice.
    pub fn verify(&self, trusted: &[VerifierKey]) -> Result<Vec<Attestation>, NoteError> {
        for (position, key) in trusted.iter().enumerate() {
            let same = |other: &VerifierKey| {
                (other.name() == key.name() && other.id() == key.id())
                    || (other.kind() == key.kind() && other.public_key() == key.public_key())
            };
            if trusted[..position].iter().any(same) {
                return Err(NoteError::AmbiguousKey(key.name().clone()));
            }
        }
        let mut attestations: Vec<Attestation> = Vec::new();
        for signature in &self.signatures {
            let Some(key) = trusted.iter().find(|key| signature.is_by(key)) else { continue };
            let attestation = signature
                .verify(key, &self.text)
                .ok_or_else(|| NoteError::BadSignature(key.name().clone()))?;
            if !attestations.iter().any(|known| known.key == *key) {
                attestations.push(attestation);
            }
        }
        if attestations.is_empty() { Err(NoteError::Unsigned) } else { Ok(attestations) }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

fn check_text(text: &str) -> Result<(), NoteError> {
    let control = |byte: u8| byte < 0x20 && byte != b'\n';
    if text.bytes().any(control) { Err(NoteError::NotText) } else { Ok(()) }
}
