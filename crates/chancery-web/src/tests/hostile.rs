//! What an attacker types, brings along or hopes for in an answer (OWASP ASVS 5.0, chapters 1, 3 and 7).

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};

use super::sweep::{body, paths};
use super::{Small, h};
use crate::routes;

const HEADERS: [(&str, &str); 6] = [
    ("content-security-policy", "default-src 'none'"),
    ("strict-transport-security", "max-age=63072000"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// Every route, as nobody, as a reader and as the keeper: its headers, its cookies, and where it leads.
#[tokio::test(flavor = "current_thread")]
async fn every_answer_bears_its_headers_and_leads_nowhere_else() {
    let small = Small::begin().await;
    let (mut seen, mut led, mut cookies) = (0, 0, 0);
    for route in routes::all() {
        let (there, absent) = paths(&route);
        let case = format!("{} {}", route.method, route.path);
        for who in ["", "pell", "reed"] {
            let cookie = if who.is_empty() { String::new() } else { small.cookie(who).await };
            for path in [&there, &absent] {
                let reply = small.with(&cookie, &route.method, path, &body(&route)).await;
                for (name, value) in HEADERS {
                    assert!(reply.header(name).contains(value), "{case}: {name}");
                }
                let policy = reply.header("content-security-policy");
                assert!(!policy.contains("unsafe") && !policy.contains('*'), "{case}: {policy}");
                assert!(!reply.headers.contains_key("access-control-allow-origin"), "{case}");
                if !route.path.starts_with("/assets/") {
                    assert_eq!(reply.header("cache-control"), "no-store", "{case}");
                }
                let to = reply.header("location");
                assert!(
                    to.is_empty() || (to.starts_with('/') && !to.starts_with("//")),
                    "{case}: {to}"
                );
                led += usize::from(!to.is_empty());
                for cookie in reply.headers.get_all("set-cookie") {
                    let cookie = cookie.to_str().unwrap();
                    for flag in
                        ["__Host-chancery", "; Path=/", "; Secure", "; HttpOnly", "; SameSite="]
                    {
                        assert!(cookie.contains(flag), "{case}: {flag} in {cookie}");
                    }
                    assert!(!cookie.contains("Domain"), "{case}: {cookie}");
                    cookies += 1;
                }
                seen += 1;
            }
        }
    }
    assert!(
        seen > 300 && led > 50 && cookies > 0,
        "{seen} answers, {led} lead on, {cookies} cookies"
    );
}

const TYPED: [&str; 5] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'; DROP TABLE person; --",
    "a\r\nSet-Cookie: x=y",
    "{{7*7}} ${7*7} #import \"x\" $(id)",
];

/// What is typed into any field comes back as text, wherever it is shown, and in no header.
#[tokio::test(flavor = "current_thread")]
async fn what_is_typed_is_text() {
    let small = Small::begin().await;
    small.post("pell", "/papers/P1/copy", "").await;
    let escaped = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    for (at, typed) in TYPED.into_iter().enumerate() {
        let it = escaped(typed);
        for (who, path, form) in [
            ("reed", "/house/persons", format!("handle=person-{at}&name={it}")),
            ("reed", "/house/offices", format!("office=office-{at}&title={it}")),
            ("reed", "/house/told", format!("address={it}")),
            ("pell", "/programs", format!("name={it}&office=northern&days=1")),
            ("pell", "/papers/P1/lost", format!("mishap=seen&words={it}")),
            ("pell", "/search", format!("q={it}")),
            (
                "marrack",
                "/drafts/P2/heading",
                format!("subject={it}&classification=Confidential&caveats={it}"),
            ),
            ("marrack", "/drafts/P2/text", format!("text={it}")),
            ("pell", "/sign-in", format!("code={it}")),
        ] {
            let reply = small.post(who, path, &form).await;
            assert!(!reply.status.is_server_error(), "{path}: {typed}");
            assert!(!reply.headers.contains_key("x"), "{path}");
            raw(&reply.body, path);
        }
    }
    for (who, path) in [
        ("reed", "/house"),
        ("reed", "/offices"),
        ("reed", "/house/told"),
        ("reed", "/programs"),
        ("pell", "/programs"),
        ("pell", "/record"),
        ("marrack", "/drafts"),
        ("marrack", "/drafts/P2"),
        ("marrack", "/drafts/P2/text"),
        ("marrack", "/drafts/P2/heading"),
    ] {
        let page = small.get(who, path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        raw(&page.body, path);
    }
    // The control: it was kept, and is shown as what it is.
    assert!(small.get("reed", "/offices").await.body.contains("&lt;script&gt;alert(1)"));
    small.web.archive.verify(|_, _| {}).await.unwrap();
}

#[track_caller]
fn raw(page: &str, path: &str) {
    for tag in ["<script>", "<img", "onerror=alert(1)>\"", "49 $"] {
        assert!(!page.contains(tag), "{path}: {tag}");
    }
}

/// A session begins with a token of its own, whatever the browser brought along, and no two are alike.
#[tokio::test(flavor = "current_thread")]
async fn a_session_never_takes_over_what_the_browser_brought() {
    let small = Small::begin().await;
    let brought = format!("__Host-chancery={}", "ab".repeat(32));
    let code = small.web.archive.invite(&h("pell"), Some(&h("reed"))).await.unwrap().expose();
    let form = format!("code={code}");
    let entered = small.with(&brought, &Method::POST, "/sign-in", &form).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER);
    let set = entered.header("set-cookie");
    assert!(set.starts_with("__Host-chancery=") && !set.contains(&"ab".repeat(32)));
    assert!(small.with(&brought, &Method::GET, "/", "").await.asks_to_sign_in());
    // Signing in anew leaves the old session to end by itself; signing out ends it at once.
    let old = small.cookie("pell").await;
    assert_eq!(small.with(&old, &Method::GET, "/", "").await.status, StatusCode::OK);
    small.with(&old, &Method::POST, "/sign-out", "").await;
    assert!(small.with(&old, &Method::GET, "/", "").await.asks_to_sign_in(), "replayed");
    let tokens: BTreeSet<[u8; 32]> = (0..100_000).map(|_| chancery_desk::secret()).collect();
    assert_eq!(tokens.len(), 100_000);
    let ones: u32 = tokens.iter().flatten().map(|byte| byte.count_ones()).sum();
    // 25,600,000 bits: five standard deviations of a fair coin are 12,650.
    assert!(ones.abs_diff(12_800_000) < 12_650, "{ones}");
}
