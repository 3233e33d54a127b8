//! Packed streams are counted by what they unpack to: honest files of any packing are read, bombs are not.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use chancery_page::{PdfError, read_foreign};

#[path = "support/scans.rs"]
mod scans;
use scans::Page;

const A6: (f64, f64) = (297.6, 419.5);
const SIDES: (usize, usize) = (620, 874);

/// Samples that no packing makes smaller.
fn noise() -> Vec<u8> {
    let mut state = 7_u64;
    let mut tone = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (state >> 40) as u8
    };
    (0..SIDES.0 * SIDES.1).map(|_| tone()).collect()
}

/// A page of the noise, packed in this way.
fn scan(filters: &str, packed: &[u8]) -> Vec<u8> {
    let picture = scans::encoded(SIDES.0, SIDES.1, filters, packed);
    scans::pages(&[Page::filled(A6, picture)])
}

/// LZW codes, each as wide as a reader expects it.
struct Codes {
    out: Vec<u8>,
    held: (u32, u32),
    size: usize,
    early: usize,
}

impl Codes {
    fn new(early: usize) -> Self {
        let mut codes = Self { out: Vec::new(), held: (0, 0), size: 258, early };
        codes.push(256);
        codes
    }

    fn push(&mut self, code: u32) {
        let width = match self.size + self.early {
            2_048.. => 12,
            1_024.. => 11,
            512.. => 10,
            _ => 9,
        };
        let (mut bits, mut held) = self.held;
        (bits, held) = (bits << width | code, held + width);
        while held >= 8 {
            held -= 8;
            self.out.push((bits >> held) as u8);
        }
        self.held = (bits & 0xff, held);
        // The first code behind a clearing makes no entry.
        self.size = if code == 256 { 257 } else { (self.size + 1).min(4_096) };
    }

    fn end(mut self) -> Vec<u8> {
        self.push(257);
        self.out.push((self.held.0 << (8 - self.held.1)) as u8);
        self.out
    }
}

/// LZW of bytes as they stand, cleared often enough to have wider codes now and then.
fn lzw(bytes: &[u8], early: usize) -> Vec<u8> {
    let mut codes = Codes::new(early);
    for (at, byte) in bytes.iter().enumerate() {
        if at > 0 && at % 3_000 == 0 {
            codes.push(256);
        }
        codes.push(u32::from(*byte));
    }
    codes.end()
}

/// LZW that makes more than 3,800 bytes of each of so many codes.
fn lzw_bomb(codes: usize) -> Vec<u8> {
    let mut out = Codes::new(1);
    out.push(0);
    (258..4_096).for_each(|code| out.push(code));
    (0..codes).for_each(|_| out.push(4_095));
    out.end()
}

fn flate(bytes: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec_zlib(bytes, 6)
}

fn hex(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).chain(*b">").collect()
}

fn ascii85(bytes: &[u8]) -> Vec<u8> {
    let group = |group: &[u8]| {
        let mut whole = [0; 4];
        whole[..group.len()].copy_from_slice(group);
        let value = u32::from_be_bytes(whole);
        let digit = |power: u32| (value / 85_u32.pow(power) % 85) as u8 + b'!';
        [4, 3, 2, 1, 0].map(digit).into_iter().take(group.len() + 1).collect::<Vec<u8>>()
    };
    bytes.chunks(4).flat_map(group).chain(*b"~>").collect()
}

/// RC4, for a file of the old kind whose password is empty.
fn rc4(key: &[u8], data: &[u8]) -> Vec<u8> {
    let mut state: Vec<u8> = (0..=255).collect();
    let mut j = 0_u8;
    for i in 0..256 {
        j = j.wrapping_add(state[i]).wrapping_add(key[i % key.len()]);
        state.swap(i, usize::from(j));
    }
    let (mut i, mut j) = (0_u8, 0_u8);
    let mut next = || {
        i = i.wrapping_add(1);
        j = j.wrapping_add(state[usize::from(i)]);
        state.swap(usize::from(i), usize::from(j));
        state[usize::from(state[usize::from(i)].wrapping_add(state[usize::from(j)]))]
    };
    data.iter().map(|byte| byte ^ next()).collect()
}

/// A page encrypted with 40 bits and an empty password. The keys of its two streams follow from the owner's
/// entry, the identifier and the number of the stream (ISO 32000-1, 7.6.2).
fn encrypted(filters: &str, packed: &[u8]) -> Vec<u8> {
    const OWNER: &str = "4141414141414141414141414141414141414141414141414141414141414141";
    const USER: &str = "a2f67d0dfe1f5f0b64108c01dbb681a1c4f30a2d44129a7ec00553326c755cba";
    const DRAWING: [u8; 10] = [0x8c, 0x2d, 0x32, 0xf1, 0x79, 0x4b, 0xb7, 0x74, 0x29, 0xc3];
    const PICTURE: [u8; 10] = [0x31, 0x11, 0x9e, 0xf1, 0x8d, 0xee, 0xcc, 0x16, 0x20, 0x1f];
    let drawn = format!("q {} 0 0 {} 0 0 cm /P0 Do Q", A6.0, A6.1);
    let file = scans::file(&[
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 {} {}]/Contents 4 0 R/Resources<</XObject<</P0 5 0 R>>>>>>", A6.0, A6.1).into_bytes(),
        scans::stream("", &rc4(&DRAWING, drawn.as_bytes())),
        scans::encoded(SIDES.0, SIDES.1, filters, &rc4(&PICTURE, packed)),
        format!("<</Filter/Standard/V 1/R 2/P -4/O<{OWNER}>/U<{USER}>>>").into_bytes(),
    ]);
    // The trailer stands behind everything that has a place.
    let at = file.windows(8).rposition(|window| window == b"/Root 1 ").unwrap();
    let id = "00".repeat(16);
    let entries = format!("/Encrypt 6 0 R/ID[<{id}><{id}>]");
    [&file[..at], entries.as_bytes(), &file[at..]].concat()
}

#[test]
fn honest_files_of_any_packing_are_read() {
    let samples = noise();
    let chain = |ascii: &str, last: &str| format!("/Filter[/{ascii} /{last}]");
    let files = [
        ("flate", scan("/Filter/FlateDecode", &flate(&samples))),
        ("lzw", scan("/Filter/LZWDecode", &lzw(&samples, 1))),
        ("late", scan("/Filter/LZWDecode/DecodeParms<</EarlyChange 0>>", &lzw(&samples, 0))),
        ("85", scan(&chain("ASCII85Decode", "FlateDecode"), &ascii85(&flate(&samples)))),
        ("hex", scan(&chain("AHx", "LZW"), &hex(&lzw(&samples, 1)))),
        ("encrypted", encrypted("/Filter/FlateDecode", &flate(&samples))),
        ("encrypted lzw", encrypted("/Filter/LZWDecode", &lzw(&samples, 1))),
    ];
    for (name, file) in files {
        let found = read_foreign(&file).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(found.pictures.len(), 1, "{name}");
        assert!(found.pictures[0].grey.pixels == samples, "{name}");
    }
}

#[test]
fn bombs_of_any_packing_are_refused() {
    let (many, few) = (72_000, 60);
    let zeros = flate(&vec![0; 280 << 20]);
    let refused = |name: &str, file: &[u8]| {
        let answer = read_foreign(file);
        let packed =
            matches!(answer, Err(PdfError::TooLarge { what, .. }) if what.contains("packed"));
        assert!(packed, "{name}: {:?}", answer.map(|found| found.pictures.len()));
    };
    let bomb = lzw_bomb(many);
    assert!(bomb.len() < 120_000, "{}", bomb.len());
    refused("lzw", &scan("/Filter/LZWDecode", &bomb));
    refused("hex", &scan("/Filter[/ASCIIHexDecode/LZWDecode]", &hex(&bomb)));
    refused("85", &scan("/Filter[/A85/Fl]", &ascii85(&zeros)));
    refused("twice", &scan("/Filter[/FlateDecode/FlateDecode]", &flate(&zeros)));
    refused("encrypted", &encrypted("/Filter/LZWDecode", &bomb));
    refused("encrypted flate", &encrypted("/Filter/FlateDecode", &zeros));
    // Control: the same made small.
    for file in
        [scan("/Filter/LZWDecode", &lzw_bomb(few)), encrypted("/Filter/LZWDecode", &lzw_bomb(few))]
    {
        assert_eq!(read_foreign(&file).map(|found| found.pictures.len()), Ok(1));
    }
}
