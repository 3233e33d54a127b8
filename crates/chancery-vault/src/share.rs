//! Shares of a root key as officers hold them: forty words with a check.
//!
//! A share names its archive, the generation it was issued in, its own number and how many are needed, so that a
//! foreign, an old or a mistyped one is told from a good one before anything is joined. The arithmetic is in
//! `shamir`; who holds shares and where they are entered is the desk's business.
//!
//! Layout, 45 bytes, nine bits a word: version (1), archive (4), generation (2, big-endian), threshold (1), number
//! (1), value (32), check (4: the head of SHA-256 over "chancery/share/v1" and what stands before).

use std::fmt;

use sha2::{Digest as _, Sha256};
use zeroize::{Zeroize as _, Zeroizing};

use crate::keys::RootKey;
use crate::secret::{KEY_BYTES, KeyId};
use crate::shamir::{Column, evaluate, interpolate};

/// Most shares of one key.
pub const MOST_SHARES: u8 = 16;

/// Fewest shares that open: one person alone must not.
pub const LEAST_THRESHOLD: u8 = 2;

/// Words of a share's phrase.
pub const PHRASE_WORDS: usize = 40;

/// The longest text of a share that is read, in bytes.
pub const SHARE_BYTES_MAX: usize = 4096;

const BYTES: usize = 45;
const CHECK_BYTES: usize = 4;
const WORD_BITS: usize = 9;
const VERSION: u8 = 1;
const WORDS: &str = include_str!("words.txt");
/// Letters that tell every word of the list from every other.
const TELLING: usize = 4;
const WORDS_A_LINE: usize = 4;

/// The public name of an archive in its shares.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct ArchiveId(pub [u8; 4]);

impl fmt::Display for ArchiveId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// How a root key is shared out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sharing {
    /// The archive whose key it is.
    pub archive: ArchiveId,
    /// Counts the times shares were issued, from 1.
    pub generation: u16,
    /// Shares that are needed.
    pub threshold: u8,
    /// Shares that are made.
    pub shares: u8,
}

/// Why shares cannot be made, read or joined. No message repeats a word of a share.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ShareError {
    /// Numbers that make no sense.
    #[error(
        "give {LEAST_THRESHOLD} to {MOST_SHARES} shares, and a threshold of at least {LEAST_THRESHOLD} that is not above their number"
    )]
    Numbers,
    /// Over [`SHARE_BYTES_MAX`] bytes, or no text.
    #[error("not a share: a share is {PHRASE_WORDS} words and at most {SHARE_BYTES_MAX} bytes")]
    NoText,
    /// A word that is not on the list; counted from 1.
    #[error("word {0} is not on the list of words: compare it with the paper")]
    Word(usize),
    /// Too few or too many words.
    #[error("the share has {0} words instead of {PHRASE_WORDS}: compare it with the paper")]
    Count(usize),
    /// The words do not go together.
    #[error(
        "the words do not go together: one was mistyped, left out or put in another place; compare them with the paper"
    )]
    Check,
    /// Made by a later program.
    #[error("this share is of a later version: use a newer Chancery")]
    Version,
    /// Of another archive.
    #[error("share {number} is of archive {found}, this is {expected}: look for the right share")]
    Foreign {
        /// Its number.
        number: u8,
        /// The archive it names.
        found: ArchiveId,
        /// The archive it was given to.
        expected: ArchiveId,
    },
    /// Issued before or after the others.
    #[error(
        "share {number} is of generation {found}, generation {expected} is in force: the officer holds another one, or must be given one"
    )]
    Generation {
        /// Its number.
        number: u8,
        /// The generation it names.
        found: u16,
        /// The one in force.
        expected: u16,
    },
    /// Right in form, but not the share that was issued under its number.
    #[error(
        "share {0} is not the one that was issued under its number: somebody has altered or invented it"
    )]
    Altered(u8),
    /// Given twice.
    #[error("share {0} was given already: another one is needed")]
    Twice(u8),
    /// Not enough of them.
    #[error("{given} of {needed} shares were given")]
    TooFew {
        /// How many there are.
        given: usize,
        /// How many are needed.
        needed: u8,
    },
    /// The key that comes out is not the archive's.
    #[error("these shares give another key than the archive's: at least one of them was altered")]
    WrongKey,
}

/// One share.
///
/// Wiped from memory on drop; `Debug` prints nothing secret of it.
#[derive(Clone)]
pub struct Share {
    archive: ArchiveId,
    generation: u16,
    threshold: u8,
    number: u8,
    value: Column,
}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Share({}, generation {}, number {})", self.archive, self.generation, self.number)
    }
}

impl Share {
    /// Shares a root key out. `randomness` gives 32 bytes from the system's random source at each call.
    ///
    /// # Errors
    /// [`ShareError::Numbers`].
    pub fn split(
        root: &RootKey,
        sharing: &Sharing,
        mut randomness: impl FnMut() -> [u8; KEY_BYTES],
    ) -> Result<Vec<Self>, ShareError> {
        let Sharing { archive, generation, threshold, shares } = *sharing;
        if threshold < LEAST_THRESHOLD || threshold > shares || shares > MOST_SHARES {
            return Err(ShareError::Numbers);
        }
        let higher: Vec<Column> = (1..threshold).map(|_| Zeroizing::new(randomness())).collect();
        let share = |number| {
            let value = evaluate(root.expose(), &higher, number);
            Self { archive, generation, threshold, number, value }
        };
        Ok((1..=shares).map(share).collect())
    }

    /// Joins shares to the root key. More than are needed may be given.
    ///
    /// Whether the key is the archive's is for the caller to see: compare [`RootKey::id`].
    ///
    /// # Errors
    /// When they do not belong together, one is there twice, or there are too few.
    pub fn join(shares: &[Self]) -> Result<RootKey, ShareError> {
        let needed = shares.first().map_or(LEAST_THRESHOLD, |first| first.threshold);
        for (at, share) in shares.iter().enumerate() {
            share.fits(shares[0].archive, shares[0].generation)?;
            if share.threshold != needed {
                return Err(ShareError::Altered(share.number));
            }
            if shares[..at].iter().any(|other| other.number == share.number) {
                return Err(ShareError::Twice(share.number));
            }
        }
        if shares.len() < usize::from(needed) {
            return Err(ShareError::TooFew { given: shares.len(), needed });
        }
        let points: Vec<_> = shares.iter().map(|share| (share.number, &*share.value)).collect();
        Ok(RootKey::from_bytes(*interpolate(&points)))
    }

    /// Whether the share is of this archive and generation.
    ///
    /// # Errors
    /// [`ShareError::Foreign`] or [`ShareError::Generation`], naming the share.
    pub fn fits(&self, archive: ArchiveId, generation: u16) -> Result<(), ShareError> {
        let (number, found) = (self.number, self.generation);
        if self.archive != archive {
            return Err(ShareError::Foreign { number, found: self.archive, expected: archive });
        }
        if found != generation {
            return Err(ShareError::Generation { number, found, expected: generation });
        }
        Ok(())
    }

    /// Its number, from 1.
    pub const fn number(&self) -> u8 {
        self.number
    }

    /// How many are needed.
    pub const fn threshold(&self) -> u8 {
        self.threshold
    }

    /// The generation it was issued in.
    pub const fn generation(&self) -> u16 {
        self.generation
    }

    /// The archive it belongs to.
    pub const fn archive(&self) -> ArchiveId {
        self.archive
    }

    /// What may be kept in the clear to know the share again: a hash that gives nothing of it away, since its
    /// value is 256 bits that nobody can guess.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::new()
            .chain_update(b"chancery/share-digest/v1")
            .chain_update(self.encode().as_slice())
            .finalize()
            .into()
    }

    fn encode(&self) -> Zeroizing<[u8; BYTES]> {
        let mut bytes = Zeroizing::new([0; BYTES]);
        bytes[0] = VERSION;
        bytes[1..5].copy_from_slice(&self.archive.0);
        bytes[5..7].copy_from_slice(&self.generation.to_be_bytes());
        bytes[7] = self.threshold;
        bytes[8] = self.number;
        bytes[9..BYTES - CHECK_BYTES].copy_from_slice(self.value.as_slice());
        let check = check(&bytes);
        bytes[BYTES - CHECK_BYTES..].copy_from_slice(&check);
        bytes
    }

    /// The forty words, wiped on drop: ten lines of four, each line with the number of its first word.
    pub fn phrase(&self) -> Zeroizing<String> {
        let words: Vec<&str> = WORDS.lines().collect();
        let bytes = self.encode();
        let mut text = Zeroizing::new(String::with_capacity(SHARE_BYTES_MAX));
        for at in 0..PHRASE_WORDS {
            if at % WORDS_A_LINE == 0 {
                text.push_str(&format!("{:>3} ", at + 1));
            }
            let bits = at * WORD_BITS..(at + 1) * WORD_BITS;
            let index = bits.fold(0, |index, bit| {
                index << 1 | usize::from(bytes[bit / 8] >> (7 - bit % 8) & 1)
            });
            text.push_str(words[index]);
            let last = at % WORDS_A_LINE == WORDS_A_LINE - 1;
            text.push(if last { '\n' } else { ' ' });
        }
        text
    }

    /// The words below a heading that tells an officer what he holds.
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(SHARE_BYTES_MAX));
        text.push_str(&format!(
            "# Share {} of archive {}, generation {}. {} such shares together open the archive.\n",
            self.number, self.archive, self.generation, self.threshold
        ));
        text.push_str(
            "# Show it to nobody. Give it when the archive is to be opened: chancery unseal\n",
        );
        text.push_str(&self.phrase());
        text
    }

    /// Reads a share: words in any case, on any lines; numbers and lines that begin with `#` are passed over. Four
    /// letters of a word are enough.
    ///
    /// # Errors
    /// See [`ShareError`]; the first defect is reported.
    pub fn parse(bytes: &[u8]) -> Result<Self, ShareError> {
        if bytes.len() > SHARE_BYTES_MAX {
            return Err(ShareError::NoText);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| ShareError::NoText)?;
        let words = text
            .lines()
            .filter(|line| !line.trim_start().starts_with('#'))
            .flat_map(str::split_whitespace)
            .filter(|word| !word.bytes().all(|b| b.is_ascii_digit() || b == b'.'));
        let mut packed = Zeroizing::new([0; BYTES]);
        let mut count = 0;
        for word in words {
            if count < PHRASE_WORDS {
                let index = index(word).ok_or(ShareError::Word(count + 1))?;
                for bit in 0..WORD_BITS {
                    let set = u8::from(index >> (WORD_BITS - 1 - bit) & 1 == 1);
                    let at = count * WORD_BITS + bit;
                    packed[at / 8] |= set << (7 - at % 8);
                }
            }
            count += 1;
        }
        if count != PHRASE_WORDS {
            return Err(ShareError::Count(count));
        }
        Self::decode(&packed)
    }

    fn decode(bytes: &[u8; BYTES]) -> Result<Self, ShareError> {
        let checked = bytes[BYTES - CHECK_BYTES..] == check(bytes);
        if !checked {
            return Err(ShareError::Check);
        }
        if bytes[0] != VERSION {
            return Err(ShareError::Version);
        }
        let (threshold, number) = (bytes[7], bytes[8]);
        let threshold_fits = (LEAST_THRESHOLD..=MOST_SHARES).contains(&threshold);
        if !threshold_fits || !(1..=MOST_SHARES).contains(&number) {
            return Err(ShareError::Check);
        }
        let mut value = Zeroizing::new([0; KEY_BYTES]);
        value.copy_from_slice(&bytes[9..BYTES - CHECK_BYTES]);
        Ok(Self {
            archive: ArchiveId([bytes[1], bytes[2], bytes[3], bytes[4]]),
            generation: u16::from_be_bytes([bytes[5], bytes[6]]),
            threshold,
            number,
            value,
        })
    }
}

fn check(bytes: &[u8; BYTES]) -> [u8; CHECK_BYTES] {
    let mut digest: [u8; 32] = Sha256::new()
        .chain_update(b"chancery/share/v1")
        .chain_update(&bytes[..BYTES - CHECK_BYTES])
        .finalize()
        .into();
    let check = [digest[0], digest[1], digest[2], digest[3]];
    digest.zeroize();
    check
}

/// The number of a word on the list, by its first letters.
fn index(word: &str) -> Option<usize> {
    let told = |word: &str| -> String {
        word.chars().take(TELLING).map(|c| c.to_ascii_lowercase()).collect()
    };
    let wanted = Zeroizing::new(told(word));
    let same = |listed: &&str| listed.chars().take(TELLING).eq(wanted.chars());
    let (at, listed) = WORDS.lines().enumerate().find(|(_, listed)| same(listed))?;
    // Whoever writes more than four letters writes the word.
    let whole = word.len() <= TELLING || listed.eq_ignore_ascii_case(word);
    (whole && listed.len().min(TELLING) <= word.len()).then_some(at)
}

/// Gathers shares until there are enough, naming every one that is not good.
///
/// It knows from the archive's public notes which shares were issued, so that a bad one is named when it is given
/// and not when all are there.
#[derive(Debug)]
pub struct Gathering {
    sharing: Sharing,
    root: KeyId,
    digests: Vec<[u8; 32]>,
    given: Vec<Share>,
}

impl Gathering {
    /// Begins for an archive whose root key has this id and whose shares have these digests, by number.
    pub const fn new(sharing: Sharing, root: KeyId, digests: Vec<[u8; 32]>) -> Self {
        Self { sharing, root, digests, given: Vec::new() }
    }

    /// Takes one share; gives the root key when it was the last that was needed, and forgets all shares then.
    ///
    /// # Errors
    /// When the share is not good. Those given before stay.
    pub fn give(&mut self, share: Share) -> Result<Option<RootKey>, ShareError> {
        let number = share.number;
        share.fits(self.sharing.archive, self.sharing.generation)?;
        let issued = usize::from(number).checked_sub(1).and_then(|at| self.digests.get(at));
        if issued != Some(&share.digest()) {
            return Err(ShareError::Altered(number));
        }
        if self.given.iter().any(|other| other.number == number) {
            return Err(ShareError::Twice(number));
        }
        self.given.push(share);
        if self.given.len() < usize::from(self.sharing.threshold) {
            return Ok(None);
        }
        let root = Share::join(&self.given);
        self.given.clear();
        let root = root?;
        if root.id() == self.root { Ok(Some(root)) } else { Err(ShareError::WrongKey) }
    }

    /// How many were given.
    pub const fn given(&self) -> usize {
        self.given.len()
    }

    /// How many are needed.
    pub const fn needed(&self) -> u8 {
        self.sharing.threshold
    }
}
