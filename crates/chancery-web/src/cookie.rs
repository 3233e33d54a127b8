//! What a request is known by: the one cookie, `__Host-chancery`, with the token of a session, or a program’s own
//! token.

use axum::http::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderValue};
use chancery_desk::{ApiToken, SessionToken};

/// A `__Host-` name binds the cookie to this host, to `/` and to a secure connection.
const NAME: &str = "__Host-chancery";

/// The token that a request brings.
pub(crate) fn session(headers: &HeaderMap) -> Option<SessionToken> {
    named(headers, NAME)?.parse().ok()
}

/// By what the issuer's answer is known to be for this browser.
pub(crate) fn began(headers: &HeaderMap) -> Option<String> {
    named(headers, BEGAN).map(ToOwned::to_owned)
}

fn named<'a>(headers: &'a HeaderMap, cookie: &str) -> Option<&'a str> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs =
        cookies.flat_map(|line| line.split(';')).filter_map(|c| c.trim().split_once('='));
    pairs.find(|(name, _)| *name == cookie).map(|(_, value)| value)
}

/// The token that a program brings: `Authorization: Bearer`. Nothing where the header is missing.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<Option<ApiToken>> {
    let value = headers.get(AUTHORIZATION)?;
    let token = value.to_str().ok().and_then(|value| value.strip_prefix("Bearer "));
    Some(token.and_then(|token| token.trim().parse().ok()))
}

/// The header that hands a token out; it ends with the browser.
pub(crate) fn set(token: &SessionToken) -> HeaderValue {
    let text = format!("{NAME}={}; Path=/; Secure; HttpOnly; SameSite=Strict", token.expose());
    let mut value = HeaderValue::try_from(text).expect("hexadecimal digits are a header value");
    value.set_sensitive(true);
    value
}

/// The cookie of a browser that was sent to the issuer. It comes along when the issuer sends the browser back.
const BEGAN: &str = "__Host-chancery-began";

/// The header that hands it out, for as long as a question waits.
pub(crate) fn set_began(browser: &str) -> HeaderValue {
    let text = format!("{BEGAN}={browser}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=300");
    let mut value = HeaderValue::try_from(text).expect("base64 is a header value");
    value.set_sensitive(true);
    value
}

/// The header that takes it back.
pub(crate) const fn clear_began() -> HeaderValue {
    HeaderValue::from_static(
        "__Host-chancery-began=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0",
    )
}

/// The header that takes it back.
pub(crate) const fn clear() -> HeaderValue {
    HeaderValue::from_static(
        "__Host-chancery=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_own_cookie_with_a_whole_token_is_read() {
        let token = "ab".repeat(32);
        let of = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.append(COOKIE, text.parse().unwrap());
            session(&headers)
        };
        assert!(of(&format!("a=b; __Host-chancery={token}")).is_some());
        for other in [
            format!("chancery={token}"),
            format!("__Host-chancery={token}0"),
            "__Host-chancery=".to_owned(),
            format!("x__Host-chancery={token}"),
        ] {
            assert!(of(&other).is_none(), "{other}");
        }
    }
}
