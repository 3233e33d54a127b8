//! A part of the index that does not change any more: built once, kept as bytes, joined with others.

use super::gram::{self, WORDS};

/// The number that whoever keeps the archive gave a text.
pub type TextId = u64;

/// The most words in a segment.
pub const MOST_PLACES: usize = 1 << 30;
/// The most texts in a segment.
pub const MOST_TEXTS: usize = 1 << 24;
/// Widths are kept in hundredths of a point.
const UNIT: f32 = 100.0;
/// Places in a bucket, on average.
const BUCKET: usize = 4;
/// First bytes of the stored form.
const MAGIC: &[u8; 8] = b"chpages2";

/// Why a segment is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SegmentError {
    /// Too many words or texts.
    #[error("a segment holds at most {MOST_PLACES} words and {MOST_TEXTS} texts; begin another")]
    TooLarge,
    /// Bytes that no segment has.
    #[error("these bytes are no segment of the page index; build it anew from the papers")]
    Corrupt,
}

/// The widths of some texts, and where each gram of them stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    ids: Vec<TextId>,
    /// The first word of each text, and the end.
    starts: Vec<u32>,
    widths: Vec<u16>,
    /// The first place of each bucket, and the end.
    buckets: Vec<u32>,
    places: Vec<u32>,
}

impl Segment {
    /// Indexes texts, each a number and the ink widths of its words in points.
    ///
    /// # Errors
    /// Refuses more than the limits of this module.
    pub fn build<'a>(
        texts: impl IntoIterator<Item = (TextId, &'a [f32])>,
    ) -> Result<Self, SegmentError> {
        let (mut ids, mut starts, mut all) = (Vec::new(), vec![0], Vec::new());
        for (id, widths) in texts {
            if ids.len() == MOST_TEXTS || all.len() + widths.len() > MOST_PLACES {
                return Err(SegmentError::TooLarge);
            }
            ids.push(id);
            all.extend(widths.iter().map(|w| (w * UNIT + 0.5).clamp(1.0, 65_535.0) as u16));
            starts.push(all.len() as u32);
        }
        Ok(Self::filled(ids, starts, all))
    }

    /// One segment in place of several; the later of two texts with one number stays.
    ///
    /// # Errors
    /// Refuses more than the limits of this module.
    pub fn joined(parts: &[&Self]) -> Result<Self, SegmentError> {
        let mut latest = std::collections::BTreeMap::new();
        for (p, part) in parts.iter().enumerate() {
            for (t, &id) in part.ids.iter().enumerate() {
                latest.insert(id, (p, t));
            }
        }
        let (mut ids, mut starts, mut all) = (Vec::new(), vec![0], Vec::new());
        for (id, (p, t)) in latest {
            let widths = parts[p].text(t);
            if ids.len() == MOST_TEXTS || all.len() + widths.len() > MOST_PLACES {
                return Err(SegmentError::TooLarge);
            }
            ids.push(id);
            all.extend_from_slice(widths);
            starts.push(all.len() as u32);
        }
        Ok(Self::filled(ids, starts, all))
    }

    /// Some texts of segments, each given with its number there.
    pub(crate) fn picked(texts: &[(&Self, usize)]) -> Self {
        let (mut ids, mut starts, mut all) = (Vec::new(), vec![0], Vec::new());
        for &(segment, number) in texts {
            ids.push(segment.ids[number]);
            all.extend_from_slice(segment.text(number));
            starts.push(all.len() as u32);
        }
        Self::filled(ids, starts, all)
    }

    fn filled(ids: Vec<TextId>, starts: Vec<u32>, widths: Vec<u16>) -> Self {
        let count = bucket_count(widths.len());
        let shift = 32 - count.trailing_zeros();
        let bucket = |cell: u32| u64::from(cell).checked_shr(shift).unwrap_or(0) as usize;
        let mut buckets = vec![0_u32; count + 1];
        let grams = |segment: &mut dyn FnMut(u32, usize)| {
            for text in starts.windows(2) {
                for place in text[0]..text[1].saturating_sub(WORDS as u32 - 1) {
                    if let Some(shares) = shares_at(&widths, place as usize) {
                        segment(place, bucket(gram::cell(&shares)));
                    }
                }
            }
        };
        grams(&mut |_, bucket| buckets[bucket + 1] += 1);
        for k in 1..=count {
            buckets[k] += buckets[k - 1];
        }
        let mut next = buckets.clone();
        let mut places = vec![0; buckets[count] as usize];
        grams(&mut |place, bucket| {
            places[next[bucket] as usize] = place;
            next[bucket] += 1;
        });
        Self { ids, starts, widths, buckets, places }
    }

    /// How many texts are in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// The numbers of its texts.
    #[must_use]
    pub fn texts(&self) -> &[TextId] {
        &self.ids
    }

    /// Whether there is no text in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Bytes it takes in memory.
    #[must_use]
    pub fn size(&self) -> usize {
        8 * self.ids.len()
            + 4 * (self.starts.len() + self.buckets.len() + self.places.len())
            + 2 * self.widths.len()
    }

    fn text(&self, number: usize) -> &[u16] {
        &self.widths[self.starts[number] as usize..self.starts[number + 1] as usize]
    }

    /// The text that holds a place: its number here, and the word within it.
    pub(crate) fn text_at(&self, place: u32) -> (usize, u32) {
        let number = self.starts.partition_point(|&start| start <= place) - 1;
        (number, place - self.starts[number])
    }

    /// How many words a text has.
    pub(crate) fn words(&self, number: usize) -> usize {
        self.text(number).len()
    }

    pub(crate) fn id(&self, number: usize) -> TextId {
        self.ids[number]
    }

    /// Places whose gram lies in the same bucket as this cell.
    pub(crate) fn places(&self, cell: u32) -> &[u32] {
        let count = self.buckets.len() - 1;
        let shift = 32 - count.trailing_zeros();
        let bucket = u64::from(cell).checked_shr(shift).unwrap_or(0) as usize;
        &self.places[self.buckets[bucket] as usize..self.buckets[bucket + 1] as usize]
    }

    /// Shares and sum (in points) of the gram at a place.
    pub(crate) fn gram(&self, place: u32) -> Option<([f32; WORDS], f32)> {
        let place = place as usize;
        let sum: u32 = self.widths.get(place..place + WORDS)?.iter().map(|&w| u32::from(w)).sum();
        Some((shares_at(&self.widths, place)?, sum as f32 / UNIT))
    }

    /// The stored form, little endian: header, number of texts, their numbers and lengths; all widths; places
    /// by bucket.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.reserve(self.size());
        bytes.extend((self.ids.len() as u32).to_le_bytes());
        for (number, id) in self.ids.iter().enumerate() {
            bytes.extend(id.to_le_bytes());
            bytes.extend((self.text(number).len() as u32).to_le_bytes());
        }
        bytes.extend(self.widths.iter().flat_map(|w| w.to_le_bytes()));
        bytes.extend((self.buckets.len() as u32).to_le_bytes());
        bytes.extend(self.buckets.iter().flat_map(|b| b.to_le_bytes()));
        bytes.extend(self.places.iter().flat_map(|p| p.to_le_bytes()));
        bytes
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// Refuses what [`Segment::to_bytes`] cannot have written.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SegmentError> {
        let mut rest = bytes.strip_prefix(MAGIC).ok_or(SegmentError::Corrupt)?;
        let count = number(take(&mut rest, 4)?) as usize;
        if count > MOST_TEXTS {
            return Err(SegmentError::TooLarge);
        }
        let (mut ids, mut starts, mut all) = (Vec::new(), vec![0], 0_usize);
        for text in take(&mut rest, count * 12)?.chunks_exact(12) {
            ids.push(number(&text[..8]));
            all += number(&text[8..]) as usize;
            if all > MOST_PLACES {
                return Err(SegmentError::TooLarge);
            }
            starts.push(all as u32);
        }
        let widths = take(&mut rest, all * 2)?.chunks_exact(2);
        let widths: Vec<u16> = widths.map(|b| number(b) as u16).collect();
        let buckets = number(take(&mut rest, 4)?) as usize;
        if buckets != bucket_count(all) + 1 {
            return Err(SegmentError::Corrupt);
        }
        let words = |bytes: &[u8]| bytes.chunks_exact(4).map(|b| number(b) as u32).collect();
        let buckets: Vec<u32> = words(take(&mut rest, buckets * 4)?);
        let places: Vec<u32> = words(rest);
        let sound = rest.len() == places.len() * 4
            && buckets.first() == Some(&0)
            && buckets.last().is_some_and(|&end| end as usize == places.len())
            && buckets.is_sorted()
            && places.iter().all(|&place| (place as usize) < all);
        if sound {
            Ok(Self { ids, starts, widths, buckets, places })
        } else {
            Err(SegmentError::Corrupt)
        }
    }
}

fn take<'a>(rest: &mut &'a [u8], bytes: usize) -> Result<&'a [u8], SegmentError> {
    let (head, tail) = rest.split_at_checked(bytes).ok_or(SegmentError::Corrupt)?;
    *rest = tail;
    Ok(head)
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |sum, &b| sum << 8 | u64::from(b))
}

/// How many buckets so many words have.
fn bucket_count(words: usize) -> usize {
    (words / BUCKET).max(1).next_power_of_two()
}

fn shares_at(widths: &[u16], place: usize) -> Option<[f32; WORDS]> {
    let words: &[u16; WORDS] = widths.get(place..place + WORDS)?.try_into().ok()?;
    gram::shares(&words.map(f32::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(seed: u32, words: usize) -> Vec<f32> {
        let next = |x: &u32| Some(x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
        let chain = std::iter::successors(Some(seed), next).skip(1).take(words);
        chain.map(|x| 4.0 + (x >> 16) as f32 / 1_000.0).collect()
    }

    #[test]
    fn stored_and_read_is_the_same_and_damage_is_refused() {
        let (a, b) = (text(1, 200), text(2, 3));
        let segment = Segment::build([(7, &a[..]), (9, &b[..])]).unwrap();
        let bytes = segment.to_bytes();
        assert_eq!(Segment::from_bytes(&bytes), Ok(segment));
        for cut in [0, 5, 11, 20, bytes.len() - 1] {
            assert_eq!(Segment::from_bytes(&bytes[..cut]), Err(SegmentError::Corrupt));
        }
        assert!(Segment::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
        let bomb = [&MAGIC[..], &[255; 16]].concat();
        assert!(Segment::from_bytes(&bomb).is_err());
        // A place beyond the words, and buckets out of order.
        let mut beyond = bytes.clone();
        let last = beyond.len() - 4;
        beyond[last..].fill(255);
        assert_eq!(Segment::from_bytes(&beyond), Err(SegmentError::Corrupt));
        let mut disordered = bytes;
        let first_bucket = 8 + 4 + 2 * 12 + 203 * 2 + 4;
        disordered[first_bucket + 4..first_bucket + 8].fill(255);
        assert_eq!(Segment::from_bytes(&disordered), Err(SegmentError::Corrupt));
    }

    #[test]
    fn joining_is_building_at_once() {
        let (a, b, c) = (text(1, 100), text(2, 50), text(3, 80));
        let first = Segment::build([(1, &a[..]), (2, &b[..])]).unwrap();
        let second = Segment::build([(2, &c[..])]).unwrap();
        let whole = Segment::build([(1, &a[..]), (2, &c[..])]).unwrap();
        assert_eq!(Segment::joined(&[&first, &second]), Ok(whole));
    }
}
