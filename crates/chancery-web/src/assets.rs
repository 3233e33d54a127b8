//! The style sheet, the scripts and the typefaces, embedded. Their addresses change with their bytes, so
//! that browsers may keep them for ever.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use crate::route::{Route, Rule};
use crate::trouble::{Answer, Trouble};

const STYLE: &str = concat!(include_str!("assets/style.css"), include_str!("assets/rooms.css"));

/// A file that every page may use.
struct Asset {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
}

const WOFF2: &str = "font/woff2";
const SCRIPT: &str = "text/javascript; charset=utf-8";

macro_rules! asset {
    ($name:literal, $kind:expr) => {
        Asset { name: $name, kind: $kind, bytes: include_bytes!(concat!("assets/", $name)) }
    };
}

const ASSETS: [Asset; 13] = [
    asset!("fonts/libertinus-serif-400.woff2", WOFF2),
    asset!("fonts/libertinus-serif-400-italic.woff2", WOFF2),
    asset!("fonts/libertinus-serif-600.woff2", WOFF2),
    asset!("fonts/source-sans-3.woff2", WOFF2),
    asset!("fonts/source-code-pro.woff2", WOFF2),
    asset!("fonts/OFL.txt", "text/plain; charset=utf-8"),
    asset!("icon.svg", "image/svg+xml"),
    asset!("keys.js", SCRIPT),
    asset!("sign-in.js", SCRIPT),
    asset!("passkeys.js", SCRIPT),
    asset!("verify.js", SCRIPT),
    asset!("drafting.js", SCRIPT),
    asset!("quotations.js", SCRIPT),
];

/// The style sheet with the typefaces' addresses in it.
static SHEET: LazyLock<String> = LazyLock::new(|| {
    ASSETS.iter().fold(STYLE.to_owned(), |sheet, asset| {
        sheet.replace(&format!("url({})", asset.name), &format!("url({})", address(asset.name)))
    })
});

/// The address of the style sheet.
pub(crate) static SHEET_ADDRESS: LazyLock<String> =
    LazyLock::new(|| format!("/assets/{}/style.css", digest(SHEET.as_bytes())));

/// The address of an asset.
pub(crate) fn address(name: &str) -> String {
    let asset = ASSETS.iter().find(|asset| asset.name == name);
    let digest = asset.map(|asset| digest(asset.bytes)).unwrap_or_default();
    format!("/assets/{digest}/{name}")
}

fn digest(bytes: &[u8]) -> String {
    let hash: [u8; 32] = Sha256::digest(bytes).into();
    hash.iter().take(6).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get("/assets/{digest}/{*name}", Rule::Anyone, asset)]
}

/// What is text, compressed once. Pages are not: what is secret on them would show in their length (BREACH).
static PACKED: LazyLock<BTreeMap<&str, Vec<u8>>> = LazyLock::new(|| {
    let texts = ASSETS.iter().filter(|asset| asset.kind != WOFF2);
    let texts = texts.map(|asset| (asset.name, asset.bytes));
    texts
        .chain([("style.css", SHEET.as_bytes())])
        .map(|(name, bytes)| (name, pack(bytes)))
        .collect()
});

fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    let written = packer.write_all(bytes).and_then(|()| packer.finish());
    written.expect("memory takes what is written to it")
}

pub(crate) async fn asset(
    Path((_, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer<Response> {
    let (kind, bytes) = match name.as_str() {
        "style.css" => ("text/css; charset=utf-8", SHEET.as_bytes()),
        name => {
            let asset = ASSETS.iter().find(|asset| asset.name == name).ok_or(Trouble::Absent)?;
            (asset.kind, asset.bytes)
        }
    };
    let kept = [(CONTENT_TYPE, kind), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
    let Some(packed) = PACKED.get(name.as_str()) else { return Ok((kept, bytes).into_response()) };
    let vary = [(VARY, "accept-encoding")];
    Ok(if takes_gzip(&headers) {
        (kept, vary, [(CONTENT_ENCODING, "gzip")], packed.as_slice()).into_response()
    } else {
        (kept, vary, bytes).into_response()
    })
}

/// Whether a browser says that it takes gzip (RFC 9110, section 12.5.3).
fn takes_gzip(headers: &HeaderMap) -> bool {
    let values = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = weight.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse::<f32>);
        name.trim().eq_ignore_ascii_case("gzip") && weight.is_ok_and(|weight| weight > 0.0)
    })
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[tokio::test(flavor = "current_thread")]
    async fn texts_are_packed_for_those_who_take_it() {
        let asked = async |name: &str, takes: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, takes.parse().unwrap());
            let answer = asset(Path(("0".to_owned(), name.to_owned())), headers).await.unwrap();
            let coding = answer.headers().get(CONTENT_ENCODING).is_some();
            let vary = answer.headers().get(VARY).is_some();
            let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
            (coding, vary, body.to_vec())
        };
        let plain = asked("style.css", "br, gzip;q=0").await;
        assert_eq!(plain, (false, true, SHEET.as_bytes().to_vec()));
        let (coding, vary, packed) = asked("style.css", "deflate, gzip;q=0.5").await;
        assert!(coding && vary && packed.len() * 3 < SHEET.len(), "{}", packed.len());
        let mut unpacked = String::new();
        flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut unpacked).unwrap();
        assert_eq!(unpacked, *SHEET);
        let font = asked("fonts/source-sans-3.woff2", "gzip").await;
        assert_eq!((font.0, font.1), (false, false), "packed by itself");
    }

    #[test]
    fn the_sheet_asks_for_nothing_but_its_own_typefaces() {
        let asked: Vec<&str> =
            SHEET.split("url(").skip(1).filter_map(|rest| rest.split(')').next()).collect();
        assert_eq!(asked.len(), 5);
        for address in asked {
            assert!(address.starts_with("/assets/") && !address.contains("//"), "{address}");
        }
        assert!(!SHEET.contains("@import") && !SHEET.contains("http"));
    }
}
