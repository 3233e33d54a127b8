//! The one cookie: `__Host-chancery`, the token of a session.

use axum::http::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderValue};
use chancery_desk::SessionToken;

/// A `__Host-` name binds the cookie to this host, to `/` and to a secure connection.
const NAME: &str = "__Host-chancery";

/// The token that a request brings.
pub(crate) fn session(headers: &HeaderMap) -> Option<SessionToken> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs =
        cookies.flat_map(|line| line.split(';')).filter_map(|c| c.trim().split_once('='));
    pairs.find(|(name, _)| *name == NAME).and_then(|(_, value)| value.parse().ok())
}

/// The token that a program brings: `Authorization: Bearer`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<SessionToken> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    value.strip_prefix("Bearer ")?.trim().parse().ok()
}

/// The header that hands a token out; it ends with the browser.
pub(crate) fn set(token: &SessionToken) -> HeaderValue {
    let text = format!("{NAME}={}; Path=/; Secure; HttpOnly; SameSite=Strict", token.expose());
    let mut value = HeaderValue::try_from(text).expect("hexadecimal digits are a header value");
    value.set_sensitive(true);
    value
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
