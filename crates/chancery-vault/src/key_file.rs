//! The key file: the root key as text that a person can keep, print and type in again.
//!
//! ```text
//! chancery-key-file v1
//! # Whoever holds this file can open the archive; without it nobody can.
//! id eb8e8e22
//! key 01010101 01010101 01010101 01010101 01010101 01010101 01010101 01010101
//! ```
//!
//! The id is derived from the key and doubles as its checksum. Lines that begin with `#` and blank lines are
//! ignored. Reading and writing the file, and its permissions, are the desk's business.

use zeroize::Zeroizing;

use crate::keys::RootKey;
use crate::secret::{KEY_BYTES, KeyId};

/// The longest key file that is read, in bytes.
pub const KEY_FILE_BYTES_MAX: usize = 4096;

const NAME: &str = "chancery-key-file";
const VERSION: &str = "v1";
const GROUP_DIGITS: usize = 8;

/// Why a key file is refused. No message repeats anything that the file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// Over [`KEY_FILE_BYTES_MAX`] bytes.
    #[error("not a key file: it is longer than {KEY_FILE_BYTES_MAX} bytes")]
    TooLong,
    /// The first line is not that of a key file.
    #[error("not a key file: its first line must read `{NAME} {VERSION}`")]
    Header,
    /// A key file of a version that this program does not know.
    #[error("this key file is of a later version: open the archive with a newer Chancery")]
    Version,
    /// A line that is neither `id`, `key`, a comment nor blank, or an id that is not 8 digits. Counted from 1.
    #[error(
        "line {0} of the key file cannot be read: expected `id` and 8 digits, or `key` and 64 digits, 0-9 and a-f"
    )]
    Line(usize),
    /// The key has another number of digits than 64.
    #[error(
        "the key on line {line} has {found} digits instead of 64: compare it with another copy of the file"
    )]
    Digits {
        /// Where, counted from 1.
        line: usize,
        /// How many digits there are.
        found: usize,
    },
    /// `id` or `key` is there twice.
    #[error("line {0} of the key file repeats an earlier one: keep the right one only")]
    Repeated(usize),
    /// `id` or `key` is not there.
    #[error("the key file has no `{0}` line: compare it with another copy of the file")]
    Missing(&'static str),
    /// The id does not belong to the key.
    #[error(
        "key and id do not belong together: a digit was mistyped or damaged; compare with another copy of the file"
    )]
    Checksum,
}

/// The content of a key file.
#[derive(Debug)]
pub struct KeyFile {
    root: RootKey,
}

impl KeyFile {
    /// Puts a root key into a file.
    pub const fn new(root: RootKey) -> Self {
        Self { root }
    }

    /// The root key.
    pub const fn root(&self) -> &RootKey {
        &self.root
    }

    /// Takes the root key out.
    pub fn into_root(self) -> RootKey {
        self.root
    }

    /// The text of the file, wiped on drop.
    pub fn to_text(&self) -> Zeroizing<String> {
        let digits = Zeroizing::new(hex::encode(self.root.expose()));
        let mut text = Zeroizing::new(String::with_capacity(KEY_FILE_BYTES_MAX));
        text.push_str(&format!("{NAME} {VERSION}\n"));
        text.push_str("# Whoever holds this file can open the archive; without it nobody can.\n");
        text.push_str("# Keep a copy apart from the archive and from the archive's backups.\n");
        text.push_str(&format!("id {}\nkey", self.root.id()));
        for (at, digit) in digits.chars().enumerate() {
            if at % GROUP_DIGITS == 0 {
                text.push(' ');
            }
            text.push(digit);
        }
        text.push('\n');
        text
    }

    /// Reads the text of a key file. Upper case, other grouping of the digits, and line ends of any system are
    /// accepted.
    ///
    /// # Errors
    /// See [`KeyFileError`]; the first defect from the top is reported.
    pub fn parse(bytes: &[u8]) -> Result<Self, KeyFileError> {
        if bytes.len() > KEY_FILE_BYTES_MAX {
            return Err(KeyFileError::TooLong);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| KeyFileError::Header)?;
        let mut lines = (1..).zip(text.lines().map(str::trim));
        let header = lines.next().map_or("", |(_, line)| line);
        match header.split_once(' ') {
            Some((NAME, VERSION)) => {}
            Some((NAME, other)) if other.starts_with('v') => return Err(KeyFileError::Version),
            _ => return Err(KeyFileError::Header),
        }
        let (mut id, mut key) = (None, None);
        for (number, line) in lines {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (word, value) = line.split_once(' ').ok_or(KeyFileError::Line(number))?;
            let repeated = match word {
                "id" => id.replace(parse_id(value, number)?).is_some(),
                "key" => key.replace(parse_key(value, number)?).is_some(),
                _ => return Err(KeyFileError::Line(number)),
            };
            if repeated {
                return Err(KeyFileError::Repeated(number));
            }
        }
        let id = id.ok_or(KeyFileError::Missing("id"))?;
        let root = RootKey::from_bytes(*key.ok_or(KeyFileError::Missing("key"))?);
        if root.id() == id { Ok(Self { root }) } else { Err(KeyFileError::Checksum) }
    }
}

fn parse_id(value: &str, line: usize) -> Result<KeyId, KeyFileError> {
    let mut id = [0; KeyId::BYTES];
    hex::decode_to_slice(value.trim(), &mut id).map_err(|_| KeyFileError::Line(line))?;
    Ok(KeyId(id))
}

fn parse_key(value: &str, line: usize) -> Result<Zeroizing<[u8; KEY_BYTES]>, KeyFileError> {
    // One allocation: a growing string would leave digits of the key behind.
    let mut digits = Zeroizing::new(String::with_capacity(value.len()));
    digits.extend(value.chars().filter(|c| *c != ' ' && *c != '\t'));
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(KeyFileError::Line(line));
    }
    if digits.len() != 2 * KEY_BYTES {
        return Err(KeyFileError::Digits { line, found: digits.len() });
    }
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    hex::decode_to_slice(digits.as_bytes(), key.as_mut_slice())
        .map_err(|_| KeyFileError::Line(line))?;
    Ok(key)
}
