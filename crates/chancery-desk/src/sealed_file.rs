//! Files sealed to a person's key, in the standard age format (C2SP `age`), which `age` and `rage` open.
//!
//! Recipients are X25519 keys (`age1...`). age does not sign: who sealed a file is not shown by it.

use std::io::{Read, Write};

use age::armor::{ArmoredReader, ArmoredWriter, Format};
use age::{Decryptor, Encryptor, Identity, IdentityFile, Recipient};
use zeroize::Zeroizing;

use crate::DeskError;

/// Largest content of a sealed file that is opened.
pub const MAX_SEALED: u64 = 256 << 20;

const ARMOUR: &[u8] = b"-----BEGIN AGE ENCRYPTED FILE";
/// Columns of a full line in the body of a stanza.
const STANZA_COLUMNS: usize = 64;

/// Seals bytes so that the holder of any of these recipients' keys can open them; as armoured text.
///
/// # Errors
/// When a recipient is no `age1...` key, or there is none.
pub fn seal_file(recipients: &[String], plain: &[u8]) -> Result<Vec<u8>, DeskError> {
    let keys = recipients.iter().map(|recipient| age_recipient(recipient));
    let keys: Vec<age::x25519::Recipient> = keys.collect::<Result<_, _>>()?;
    let failed = |e: &dyn std::fmt::Display| DeskError::Input(format!("cannot be sealed: {e}"));
    let encryptor = Encryptor::with_recipients(keys.iter().map(|key| key as &dyn Recipient))
        .map_err(|e| failed(&e))?;
    let write = || -> std::io::Result<Vec<u8>> {
        let armour = ArmoredWriter::wrap_output(Vec::new(), Format::AsciiArmor)?;
        let mut writer = encryptor.wrap_output(armour)?;
        writer.write_all(plain)?;
        writer.finish()?.finish()
    };
    write().map_err(|e| failed(&e))
}

/// Reads a recipient's key.
///
/// # Errors
/// When it is none.
pub fn age_recipient(text: &str) -> Result<age::x25519::Recipient, DeskError> {
    text.trim().parse().map_err(|error: &str| {
        DeskError::Input(format!(
            "“{}” is not the public key of an age identity ({error}); it begins with age1, see: age-keygen",
            text.chars().filter(|c| !c.is_control()).take(80).collect::<String>()
        ))
    })
}

/// Opens a sealed file with the identities of an identity file (`age-keygen`).
///
/// # Errors
/// When the identity file cannot be read, or the file is not for any of them, damaged or too large.
pub fn open_file(identities: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, DeskError> {
    let unreadable =
        |e: &dyn std::fmt::Display| DeskError::Input(format!("the identity cannot be read: {e}"));
    let file = IdentityFile::from_buffer(identities).map_err(|e| unreadable(&e))?;
    let identities = file.into_identities().map_err(|e| unreadable(&e))?;
    let identities = identities.iter().map(|identity| identity.as_ref() as &dyn Identity);
    decrypt(identities, sealed)
}

/// Whether these bytes look like a file in the age format.
#[must_use]
pub fn is_sealed_file(bytes: &[u8]) -> bool {
    let text = bytes.trim_ascii_start();
    text.starts_with(b"age-encryption.org/") || text.starts_with(ARMOUR)
}

fn decrypt<'a>(
    identities: impl Iterator<Item = &'a dyn Identity>,
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, DeskError> {
    let failed = |e: &dyn std::fmt::Display| {
        DeskError::Input(format!("the sealed file cannot be opened: {e}"))
    };
    if sealed.len() as u64 > 2 * MAX_SEALED {
        return Err(failed(&format!("it is larger than {} MB", (2 * MAX_SEALED) >> 20)));
    }
    // White space around the armour is allowed, elsewhere it is not.
    let armoured = sealed.trim_ascii().starts_with(ARMOUR);
    let mut binary = Vec::with_capacity(sealed.len());
    let mut reader = ArmoredReader::new(if armoured { sealed.trim_ascii() } else { sealed });
    reader.read_to_end(&mut binary).map_err(|e| failed(&e))?;
    if !stanzas_are_whole(&binary) {
        return Err(failed(&"its heading is damaged"));
    }
    let decryptor = Decryptor::new_buffered(binary.as_slice()).map_err(|e| failed(&e))?;
    let mut reader = decryptor.decrypt(identities).map_err(|e| failed(&e))?;
    // One allocation: the content is never longer than the file.
    let mut plain = Zeroizing::new(Vec::with_capacity(binary.len()));
    reader.read_to_end(&mut plain).map_err(|e| failed(&e))?;
    Ok(plain)
}

/// Whether every stanza of the heading has a body that ends with a short line, as the format demands
/// (C2SP `age`, "Recipient stanza"); the library lets that pass.
fn stanzas_are_whole(file: &[u8]) -> bool {
    let mut in_stanza = false;
    for line in file.split(|byte| *byte == b'\n').skip(1) {
        let begins = line.starts_with(b"-> ");
        if begins || line.starts_with(b"---") {
            if in_stanza {
                return false;
            }
            if !begins {
                return true;
            }
            in_stanza = true;
        } else if line.len() < STANZA_COLUMNS {
            in_stanza = false;
        }
    }
    // Without an end of the heading the library says what is wrong.
    true
}

#[cfg(test)]
mod tests;
