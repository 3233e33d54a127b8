//! Reading the canonical forms of an extraction and of evidence back, as far as scoring needs them.

use chancery_code::{Channel, Evidence, SiteEvidence, SiteId};

/// First bytes of the canonical form.
const CANONICAL: &[u8] = b"chancery/extraction/v1\n";

/// First bytes of the canonical form of evidence.
const EVIDENCE: &[u8] = b"chancery/evidence/v1\n";

/// Bytes that are taken off the front.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(*self.take(4)?.first_chunk()?))
    }

    /// Spans of two 64-bit numbers each, which are not looked at.
    fn spans(&mut self) -> Option<()> {
        let count = usize::try_from(self.number()?).ok()?;
        self.take(count.checked_mul(16)?).map(|_| ())
    }
}

/// The version of the reading rules and the evidence of an extraction; `None` when the bytes are none.
pub(crate) fn evidence(bytes: &[u8]) -> Option<(u32, Evidence)> {
    let mut input = Input(bytes.strip_prefix(CANONICAL)?);
    let version = input.number()?;
    let count = input.number()?;
    let mut sites = Vec::new();
    for _ in 0..count {
        let site = SiteId::new(input.number()?)?;
        let readings = usize::try_from(input.number()?).ok()?;
        let values = input.take(readings.checked_mul(2)?)?.chunks_exact(2);
        let log2 = values.filter_map(|v| Some(i16::from_le_bytes(*v.first_chunk()?))).collect();
        input.take(1)?;
        input.number()?;
        input.spans()?;
        sites.push(SiteEvidence { site, log2 });
    }
    input.take(5 * 4)?;
    input.spans()?;
    input.take(4 * 4)?;
    if !input.0.is_empty() {
        return None;
    }
    Some((version, Evidence::new(sites).ok()?))
}

/// What the places of words said, from the canonical form of evidence: sites of the page alone; `None` when the bytes
/// are something else.
pub(crate) fn layout(bytes: &[u8]) -> Option<Evidence> {
    canonical(bytes, &[Channel::Layout])
}

/// What a picture said, from the canonical form of evidence: places of words and wording, the channels that can be
/// seen.
pub(crate) fn picture(bytes: &[u8]) -> Option<Evidence> {
    canonical(bytes, &[Channel::Wording, Channel::Layout])
}

fn canonical(bytes: &[u8], channels: &[Channel]) -> Option<Evidence> {
    let mut input = Input(bytes.strip_prefix(EVIDENCE)?);
    let count = input.number()?;
    let mut sites = Vec::new();
    for _ in 0..count {
        let site = SiteId::new(input.number()?)?;
        if !channels.contains(&site.channel()) {
            return None;
        }
        let readings = usize::from(*input.take(1)?.first()?);
        let values = input.take(readings * 2)?.chunks_exact(2);
        let log2 = values.filter_map(|v| Some(i16::from_le_bytes(*v.first_chunk()?))).collect();
        sites.push(SiteEvidence { site, log2 });
    }
    if !input.0.is_empty() {
        return None;
    }
    let evidence = Evidence::new(sites).ok()?;
    // One spelling: sites in order.
    (evidence.canonical_bytes() == bytes).then_some(evidence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chancery_text::extract::{Count, Coverage, Extraction, SiteReading};

    #[test]
    fn what_is_written_reads_back_and_nothing_shorter_does() {
        let site = |id, log2: &[i16]| SiteReading {
            site: id,
            log2: log2.to_vec(),
            observed: None,
            spans: std::iter::once(3..9).collect(),
            places: 1,
        };
        let extraction = Extraction {
            version: 1,
            sites: vec![site(0, &[0, -64]), site(1 << 20, &[-3, 0, -480])],
            coverage: Coverage::default(),
            passages: vec![0..5, 9..12],
            wording: Count { offered: 1, read: 1 },
            characters: Count::default(),
        };
        let bytes = extraction.to_bytes();
        let (version, read) = evidence(&bytes).unwrap();
        assert_eq!(version, 1);
        assert_eq!(read.sites().len(), 2);
        assert_eq!(read.sites()[1].log2, [-3, 0, -480]);
        for end in 0..bytes.len() {
            assert!(evidence(&bytes[..end]).is_none());
        }
        assert!(evidence(&[bytes, vec![0]].concat()).is_none());
    }

    fn bytes_of(site: SiteEvidence) -> Vec<u8> {
        Evidence::new(vec![site]).unwrap().canonical_bytes()
    }

    #[test]
    fn places_of_words_read_back_and_other_channels_are_refused() {
        let site = |id| SiteEvidence { site: SiteId::new(id).unwrap(), log2: vec![0, -480] };
        let base = Channel::Layout.base();
        let bytes = Evidence::new(vec![site(base), site(base + 7)]).unwrap().canonical_bytes();
        assert_eq!(layout(&bytes).unwrap().sites().len(), 2);
        for end in 0..bytes.len() {
            assert!(layout(&bytes[..end]).is_none());
        }
        assert!(layout(&[bytes, vec![0]].concat()).is_none());
        let wording = Evidence::new(vec![site(3)]).unwrap().canonical_bytes();
        assert!(layout(&wording).is_none());
        assert!(picture(&wording).is_some() && picture(&bytes_of(site(base))).is_some());
        assert!(picture(&bytes_of(site(Channel::Characters.base()))).is_none());
    }
}
