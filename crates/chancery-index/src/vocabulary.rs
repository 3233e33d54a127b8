//! Numbers of words, by keyed hash: the words themselves are kept nowhere.
//!
//! Who steals a vocabulary without its key cannot try words against it.

use std::collections::HashMap;

use foldhash::quality::FixedState;

use crate::document::MAX_WORD;

/// Words and their numbers, in order of entry.
#[derive(Clone, Debug)]
pub struct Vocabulary {
    key: [u8; 32],
    hashes: Vec<u64>,
    numbers: HashMap<u64, u32>,
}

impl Vocabulary {
    /// An empty vocabulary under a key.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Self { key, hashes: Vec::new(), numbers: HashMap::new() }
    }

    /// How many words there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Whether there is no word.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// The number of a word, if it was entered.
    #[must_use]
    pub fn number(&self, word: &str) -> Option<u32> {
        self.numbers.get(&self.hash(word)).copied()
    }

    /// The number of a word, entering it when it is new.
    pub fn enter(&mut self, word: &str) -> u32 {
        let hash = self.hash(word);
        let next = u32::try_from(self.hashes.len()).unwrap_or(MAX_WORD).min(MAX_WORD);
        let number = *self.numbers.entry(hash).or_insert(next);
        if number as usize == self.hashes.len() {
            self.hashes.push(hash);
        }
        number
    }

    /// A writer that remembers the words it has seen: for entering many texts at a time.
    #[must_use]
    pub fn writer(&mut self) -> Writer<'_> {
        // Nobody without the key can choose words that collide.
        let seen = HashMap::with_hasher(FixedState::with_seed(self.hash("")));
        Writer { vocabulary: self, seen }
    }

    /// Eight bytes a word, little endian, in order of their numbers. To be sealed like a segment.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.hashes.iter().flat_map(|hash| hash.to_le_bytes()).collect()
    }

    /// Reads [`Vocabulary::to_bytes`] back; `None` for bytes that are not eight a word, all different.
    #[must_use]
    pub fn from_bytes(key: [u8; 32], bytes: &[u8]) -> Option<Self> {
        let (chunks, []) = bytes.as_chunks::<8>() else { return None };
        let hashes: Vec<u64> = chunks.iter().map(|chunk| u64::from_le_bytes(*chunk)).collect();
        let mut numbers = HashMap::with_capacity(hashes.len());
        for (number, &hash) in hashes.iter().enumerate() {
            let number = u32::try_from(number).ok().filter(|&n| n <= MAX_WORD)?;
            if numbers.insert(hash, number).is_some() {
                return None;
            }
        }
        Some(Self { key, hashes, numbers })
    }

    /// First eight bytes of keyed BLAKE3.
    fn hash(&self, word: &str) -> u64 {
        let digest = blake3::keyed_hash(&self.key, word.as_bytes());
        let (head, _) = digest.as_bytes().split_first_chunk().expect("a digest has 32 bytes");
        u64::from_le_bytes(*head)
    }
}

/// Enters many words; see [`Vocabulary::writer`].
#[derive(Debug)]
pub struct Writer<'a> {
    vocabulary: &'a mut Vocabulary,
    seen: HashMap<Box<str>, u32, FixedState>,
}

impl Writer<'_> {
    /// As [`Vocabulary::enter`].
    pub fn enter(&mut self, word: &str) -> u32 {
        if let Some(&number) = self.seen.get(word) {
            return number;
        }
        let number = self.vocabulary.enter(word);
        self.seen.insert(word.into(), number);
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_and_another_key_knows_nothing() {
        let mut vocabulary = Vocabulary::new([1; 32]);
        assert_eq!((vocabulary.enter("salt"), vocabulary.enter("peace")), (0, 1));
        assert_eq!((vocabulary.writer().enter("salt"), vocabulary.enter("war")), (0, 2));
        let bytes = vocabulary.to_bytes();
        let again = Vocabulary::from_bytes([1; 32], &bytes).unwrap();
        assert_eq!((again.number("peace"), again.number("tin")), (Some(1), None));
        let other = Vocabulary::from_bytes([2; 32], &bytes).unwrap();
        assert_eq!(other.number("peace"), None);
        assert!(Vocabulary::from_bytes([1; 32], &bytes[1..]).is_none());
        assert!(Vocabulary::from_bytes([1; 32], &[bytes.as_slice(), &bytes].concat()).is_none());
    }
}
