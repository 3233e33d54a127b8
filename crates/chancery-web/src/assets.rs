//! The style sheet, the scripts and the typefaces, embedded. Their addresses change with their bytes, so
//! that browsers may keep them for ever.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
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

async fn asset(Path((_, name)): Path<(String, String)>) -> Answer<Response> {
    let (kind, bytes) = match name.as_str() {
        "style.css" => ("text/css; charset=utf-8", SHEET.as_bytes()),
        name => {
            let asset = ASSETS.iter().find(|asset| asset.name == name).ok_or(Trouble::Absent)?;
            (asset.kind, asset.bytes)
        }
    };
    let headers = [(CONTENT_TYPE, kind), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, bytes).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

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
