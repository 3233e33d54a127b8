//! What the packed streams of a PDF unpack to, counted before anything of them is used.
//!
//! Flate is unpacked and thrown away, of LZW only the lengths are followed, and both are found under ASCII85
//! and hexadecimal digits. Run lengths, packed pictures, and whatever is written to be counted wrongly are
//! left to the limits of the process.

use std::borrow::Cow;

use hayro_syntax::object::Object;
use hayro_syntax::{Filter, Pdf};
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_zlib_with_limit};

use super::{MAX_UNPACKED, PdfError, at_most, position};

/// What deflate can make of one byte at most.
const MOST_PER_BYTE: usize = 1_032;
/// How far before a stream its dictionary is looked for.
const DICTIONARY: usize = 2_048;
/// The most filters upon each other that are followed.
const MOST_FILTERS: usize = 8;

/// Whether a file says that it is encrypted. Its streams can be counted once it is open.
pub(super) fn encrypted(bytes: &[u8]) -> bool {
    position(bytes, b"/Encrypt").is_some()
}

/// Counts the streams of a file that is not yet open. One that cannot be counted counts as much as its
/// length could hold; in an encrypted file, its length.
pub(super) fn closed(bytes: &[u8]) -> Result<(), PdfError> {
    const STREAM: &[u8] = b"stream";
    const OBJECT: &[u8] = b" obj";
    let most_per_byte = if encrypted(bytes) { 1 } else { MOST_PER_BYTE };
    let mut count = Count { total: 0, most_per_byte };
    let mut from = 0;
    while let Some(found) = position(&bytes[from..], STREAM) {
        let at = from + found;
        from = at + STREAM.len();
        if bytes[..at].ends_with(b"end") {
            continue;
        }
        let before = &bytes[at.saturating_sub(DICTIONARY)..at];
        // Of the stream's own object: what stands before it says nothing about a picture that is no Flate.
        let own = before.windows(OBJECT.len()).rposition(|window| window == OBJECT);
        let dictionary = &before[own.unwrap_or(0)..];
        let packed = [b"Flate".as_slice(), b"/Fl", b"LZW"];
        if !packed.iter().any(|name| position(dictionary, name).is_some()) {
            continue;
        }
        let data = &bytes[from..];
        let data = data.strip_prefix(b"\r\n").or_else(|| data.strip_prefix(b"\n")).unwrap_or(data);
        let data = &data[..position(data, b"endstream").unwrap_or(data.len())];
        count.add(data, &named(dictionary))?;
    }
    Ok(())
}

/// Counts the streams of an open file, decrypted where it is encrypted.
pub(super) fn opened(pdf: &Pdf) -> Result<(), PdfError> {
    let mut count = Count { total: 0, most_per_byte: MOST_PER_BYTE };
    for object in pdf.objects() {
        let Object::Stream(stream) = object else { continue };
        let packing = |filter: &Filter| match filter {
            Filter::FlateDecode => Some(Packing::Flate),
            Filter::LzwDecode => Some(Packing::Lzw),
            Filter::Ascii85Decode => Some(Packing::Ascii85),
            Filter::AsciiHexDecode => Some(Packing::Hex),
            _ => None,
        };
        let filters: Vec<Packing> = stream.filters().iter().map_while(packing).collect();
        count.add(&stream.raw_data(), &filters)?;
    }
    Ok(())
}

/// A filter that is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Packing {
    Flate,
    Lzw,
    Ascii85,
    Hex,
}

/// The filters that a dictionary names, up to the first that is not followed. A dictionary without any is one
/// of which too little was seen.
fn named(dictionary: &[u8]) -> Vec<Packing> {
    const KEY: &[u8] = b"/Filter";
    let Some(at) = position(dictionary, KEY) else { return vec![Packing::Flate] };
    let names = dictionary[at + KEY.len()..].trim_ascii_start();
    let (names, many) = names.strip_prefix(b"[").map_or((names, false), |rest| (rest, true));
    let end = names.iter().position(|byte| b"]>".contains(byte)).unwrap_or(names.len());
    // The first name stands behind the first slash.
    let names = names[..end].split(|byte| *byte == b'/').skip(1);
    let packing = |name: &[u8]| match name.trim_ascii() {
        b"FlateDecode" | b"Fl" => Some(Packing::Flate),
        b"LZWDecode" | b"LZW" => Some(Packing::Lzw),
        b"ASCII85Decode" | b"A85" => Some(Packing::Ascii85),
        b"ASCIIHexDecode" | b"AHx" => Some(Packing::Hex),
        _ => None,
    };
    let one = if many { usize::MAX } else { 1 };
    names.take(one).map_while(packing).collect()
}

/// What was counted so far.
struct Count {
    total: usize,
    /// What a byte of a stream that cannot be counted counts for.
    most_per_byte: usize,
}

impl Count {
    fn add(&mut self, data: &[u8], filters: &[Packing]) -> Result<(), PdfError> {
        let size = made(data, filters, MAX_UNPACKED - self.total)
            .unwrap_or_else(|| data.len().saturating_mul(self.most_per_byte));
        self.total = self.total.saturating_add(size);
        at_most("bytes in packed streams", self.total, MAX_UNPACKED)
    }
}

/// How many bytes the filters make of a stream, one after the other; more than `room` where there would be
/// more. `None` if that cannot be said.
fn made(data: &[u8], filters: &[Packing], room: usize) -> Option<usize> {
    let mut data = Cow::Borrowed(data);
    let mut total = 0_usize;
    if filters.len() > MOST_FILTERS {
        return None;
    }
    for (at, filter) in filters.iter().enumerate() {
        match filter {
            Packing::Ascii85 => data = Cow::Owned(ascii85(&data)?),
            Packing::Hex => data = Cow::Owned(hex(&data)?),
            Packing::Flate => {
                let unpacked = flate(&data, room - total)?;
                total += unpacked.as_ref().map_or(room - total + 1, Vec::len);
                let Some(unpacked) = unpacked else { return Some(total) };
                data = Cow::Owned(unpacked);
            }
            Packing::Lzw => {
                // Whichever way the codes become wider: read the wrong way, they soon make no sense.
                total = total.saturating_add(lzw(&data, 1).max(lzw(&data, 0)));
                let last = filters.len() == at + 1;
                return (last || total > room).then_some(total);
            }
        }
    }
    Some(total)
}

/// The inner `None` is for what goes beyond the room. A stream that breaks off gives what came before.
fn flate(data: &[u8], room: usize) -> Option<Option<Vec<u8>>> {
    match decompress_to_vec_zlib_with_limit(data, room) {
        Ok(unpacked) => Some(Some(unpacked)),
        Err(error) => match error.status {
            TINFLStatus::HasMoreOutput => Some(None),
            TINFLStatus::FailedCannotMakeProgress | TINFLStatus::Adler32Mismatch => {
                Some(Some(error.output))
            }
            _ => None,
        },
    }
}

/// How many bytes an LZW stream unpacks to (ISO 32000-1, 7.4.4), without unpacking it: each new string is by
/// one byte longer than the one before.
fn lzw(data: &[u8], early: usize) -> usize {
    const CLEAR: usize = 256;
    const END: usize = 257;
    const FIRST: usize = 258;
    const MOST: usize = 4_096;
    let mut lengths = [1_usize; MOST];
    let (mut size, mut before) = (FIRST, None);
    let (mut total, mut bits, mut held) = (0_usize, 0_u32, 0);
    let mut bytes = data.iter();
    loop {
        let width = match size + early {
            2_048.. => 12,
            1_024.. => 11,
            512.. => 10,
            _ => 9,
        };
        while held < width {
            let Some(byte) = bytes.next() else { return total };
            bits = bits << 8 | u32::from(*byte);
            held += 8;
        }
        held -= width;
        let code = (bits >> held & ((1 << width) - 1)) as usize;
        let new = match (code, before) {
            (CLEAR, _) => {
                (size, before) = (FIRST, None);
                continue;
            }
            (END, _) => return total,
            (_, Some(length)) => length + 1,
            (_, None) if code >= size => return total,
            (_, None) => 0,
        };
        if new > 0 && size < MOST {
            lengths[size] = new;
            size += 1;
        }
        if code >= size {
            return total;
        }
        total = total.saturating_add(lengths[code]);
        before = Some(lengths[code]);
    }
}

fn is_blank(byte: &u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

/// What ASCII85 stands for (ISO 32000-1, 7.4.3).
fn ascii85(data: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(data.len() / 5 * 4);
    let mut group = Vec::with_capacity(5);
    let flush = |group: &mut Vec<u8>, out: &mut Vec<u8>| {
        let whole = group.len();
        group.resize(5, b'u');
        let value = group.iter().fold(0_u32, |value, digit| {
            value.wrapping_mul(85).wrapping_add(u32::from(digit - b'!'))
        });
        out.extend(value.to_be_bytes().iter().take(whole.saturating_sub(1)));
        group.clear();
    };
    for byte in data.iter().filter(|byte| !is_blank(byte)) {
        match byte {
            b'!'..=b'u' => group.push(*byte),
            b'z' => {
                flush(&mut group, &mut out);
                out.extend([0; 4]);
            }
            b'~' => break,
            _ => return None,
        }
        if group.len() == 5 {
            flush(&mut group, &mut out);
        }
    }
    flush(&mut group, &mut out);
    Some(out)
}

/// What hexadecimal digits stand for.
fn hex(data: &[u8]) -> Option<Vec<u8>> {
    let digits = data.iter().filter(|byte| !is_blank(byte)).take_while(|byte| **byte != b'>');
    let digit = |byte: &u8| char::from(*byte).to_digit(16).map(|digit| digit as u8);
    let digits = digits.map(digit).collect::<Option<Vec<u8>>>()?;
    Some(digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).unwrap_or(&0)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_found_by_their_names() {
        use Packing::{Ascii85, Flate, Hex, Lzw};
        let cases: [(&[u8], &[Packing]); 8] = [
            (b"<</Length 5/Filter/FlateDecode>>", &[Flate]),
            (b"<</Filter /LZWDecode /DecodeParms<</EarlyChange 0>>>>", &[Lzw]),
            (b"<</Filter [ /ASCII85Decode /FlateDecode ]>>", &[Ascii85, Flate]),
            (b"<</Filter[/AHx/LZW]/Width 3>>", &[Hex, Lzw]),
            (b"<</Filter[/FlateDecode/DCTDecode]>>", &[Flate]),
            (b"<</Filter/DCTDecode/Name/Flattened>>", &[]),
            (b"<</Fl 3>>", &[Flate]),
            (b"<</Filter/FlateDecode/Length 7 0 R", &[Flate]),
        ];
        for (dictionary, filters) in cases {
            assert_eq!(named(dictionary), filters, "{}", String::from_utf8_lossy(dictionary));
        }
    }

    #[test]
    fn a_known_stream_of_lzw_is_counted() {
        // The example of ISO 32000-1, 7.4.4.2.
        let packed = [0x80, 0x0b, 0x60, 0x50, 0x22, 0x0c, 0x0c, 0x85, 0x01];
        assert_eq!(lzw(&packed, 1), 10);
        assert_eq!(lzw(&packed[..4], 1), 3);
        assert_eq!(lzw(&[], 1), 0);
    }

    #[test]
    fn digits_are_taken_off() {
        assert_eq!(ascii85(b"87cUR D]i,\"Ebo80~>").unwrap(), b"Hello World!");
        assert_eq!(ascii85(b"z5l~>").unwrap(), [0, 0, 0, 0, b'A']);
        assert_eq!(ascii85(b"{"), None);
        assert_eq!(hex(b"41 4\n2 5>zz").unwrap(), b"ABP");
        assert_eq!(hex(b"4g"), None);
    }
}
