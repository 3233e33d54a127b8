//! Every route, for everybody: the table of routes is the table of cases. A route that this sweep cannot
//! judge fails it.

use axum::http::{Method, StatusCode};
use chancery_domain::{Capacity, Term};

use super::Small;
use crate::route::{Route, Rule};
use crate::routes;

/// What stands for a placeholder of a path: something that is there, and something that is not.
const PLACES: [(&str, &str, &str); 8] = [
    ("{paper}", "P1", "P999"),
    ("{draft}", "P2", "P999"),
    ("{inquiry}", "I1", "I999"),
    ("{office}", "northern", "nowhere"),
    ("{person}", "pell", "nobody"),
    ("{place}", "0", "999"),
    ("{digest}", "0", "0"),
    ("{*name}", "style.css", "none.css"),
];

/// Something for every form; each takes what it knows.
const FORM: &str = "mishap=lost&code=x&person=pell&q=harbour&office=northern&words=x";

/// What is sent to a route: what its operation gives for instance, or something for every form.
pub(super) fn body(route: &Route) -> String {
    match route.operation {
        Some(operation) => operation.example.map(|of| of().to_string()).unwrap_or_default(),
        None => FORM.to_owned(),
    }
}

pub(super) fn paths(route: &Route) -> (String, String) {
    let (mut there, mut absent) = (route.path.to_owned(), route.path.to_owned());
    if route.rule == Rule::Drafter {
        // What one drafts is the draft.
        there = there.replace("{paper}", "P2");
    }
    for (place, known, unknown) in PLACES {
        there = there.replace(place, known);
        absent = absent.replace(place, unknown);
    }
    assert!(!there.contains('{'), "say in PLACES what stands for a placeholder of {}", route.path);
    (there, absent)
}

#[tokio::test(flavor = "current_thread")]
async fn every_route_is_for_whom_its_rule_says() {
    let small = Small::begin().await;
    small.post("pell", "/papers/P1/copy", "").await;
    let nothing = small.get("voss", "/no-such-route").await;
    let nothing_there = small.get("voss", "/api/no-such-route").await;
    assert_eq!([nothing.status, nothing_there.status], [StatusCode::NOT_FOUND; 2]);
    for route in routes::all() {
        let (there, absent) = paths(&route);
        let case = format!("{} {} ({:?})", route.method, route.path, route.rule);
        let program = route.path.starts_with("/api/");
        let nothing = if program { &nothing_there } else { &nothing };
        let sent = body(&route);
        let stranger = small.with("", &route.method, &there, &sent).await;
        let forged = format!("__Host-chancery={}", "0".repeat(64));
        let forger = small.with(&forged, &route.method, &there, &sent).await;
        assert_eq!(stranger.asks_to_sign_in(), route.rule != Rule::Anyone, "{case}");
        assert_eq!(forger.asks_to_sign_in(), route.rule != Rule::Anyone, "{case}");
        // Who it is for, and who it is not for.
        let (for_it, not_for_it): (&[&str], &[&str]) = match route.rule {
            Rule::Anyone => (&[], &[]),
            Rule::Holder => (&["pell", "voss", "reed"], &[]),
            Rule::Reader => (&["pell", "quist", "marrack"], &["voss", "reed"]),
            Rule::Bearer => (&["pell"], &["voss", "reed"]),
            Rule::Drafter => (&["marrack"], &["pell", "voss", "reed"]),
            // `tests/rooms.rs` has a finding, and lets its reader in.
            Rule::Officer | Rule::Concerned => (&[], &["voss"]),
            Rule::Custodian => (&["reed"], &["pell", "voss", "marrack"]),
        };
        for who in for_it {
            let reply = small.with(&small.cookie(who).await, &route.method, &there, &sent).await;
            assert!(!reply.asks_to_sign_in() && !reply.status.is_server_error(), "{case}: {who}");
            assert_ne!(reply.status, StatusCode::NOT_FOUND, "{case}: {who} {}", reply.body);
        }
        for who in not_for_it {
            let cookie = small.cookie(who).await;
            let refused = small.with(&cookie, &route.method, &there, &sent).await;
            let missing = small.with(&cookie, &route.method, &absent, &sent).await;
            for reply in [&refused, &missing] {
                assert_eq!(reply.status, StatusCode::NOT_FOUND, "{case}: {who} {}", reply.body);
                assert_eq!(reply.body, nothing.body, "{case}: {who}");
                assert_eq!(reply.headers, nothing.headers, "{case}: {who}");
            }
        }
    }
}

/// Every route of the interface with everybody's token: as the rule says, for the token's office alone, and not
/// with a token that counts no longer. No token opens a page.
#[tokio::test(flavor = "current_thread")]
async fn a_token_opens_what_its_office_may_on_every_route() {
    let small = Small::begin().await;
    let pell = super::h("pell");
    let (term, capacity) = (Term::from(jiff::civil::date(2030, 1, 1)), Capacity::Substantive);
    let visas = super::h("visa-section");
    small
        .web
        .archive
        .start_posting(&pell, &visas, capacity, term, true, Some(&super::h("reed")))
        .await
        .unwrap();
    let own = small.token("pell", "northern", "own").await;
    let elsewhere = small.token("pell", "visa-section", "elsewhere").await;
    let strangers = small.token("voss", "visa-section", "stranger’s").await;
    let revoked = small.token("pell", "northern", "revoked").await;
    let last = small.web.archive.tokens(&pell).await.unwrap().pop().unwrap();
    small.web.archive.revoke_token(last.id, &pell).await.unwrap();
    let never = format!("chancery_{}", "0".repeat(64));
    let session = small.web.archive.open_session(&pell).await.unwrap().expose();
    let drafts = small.token("marrack", "embassy", "drafts").await;
    let keeps = small.token("reed", "registry", "keeps").await;
    small.post("pell", "/papers/P1/copy", "").await;
    let (mut judged, mut done) = (0, 0);
    for route in routes::all() {
        let (there, absent) = paths(&route);
        let case = format!("{} {} ({:?})", route.method, route.path, route.rule);
        let sent = body(&route);
        let ask =
            async |token: &str, path: &str| small.by_token(token, &route.method, path, &sent).await;
        if route.rule == Rule::Anyone {
            continue;
        }
        if route.operation.is_none() {
            assert!(ask(&own, &there).await.asks_to_sign_in(), "{case}: a page");
            continue;
        }
        for token in [&revoked, &never, &session, "x"] {
            let reply = ask(token, &there).await;
            assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{case}");
        }
        let (its, strange): (Option<&str>, &[&str]) = match route.rule {
            Rule::Anyone => (None, &[]),
            Rule::Holder => (Some(&own), &[]),
            Rule::Reader => (Some(&own), &[&elsewhere, &strangers]),
            // Who has a copy reports it from whichever office he holds.
            Rule::Bearer => (Some(&own), &[&strangers]),
            Rule::Drafter => (Some(&drafts), &[&elsewhere, &strangers, &own]),
            // `tests/rooms.rs` has an inquiry and a finding.
            Rule::Officer | Rule::Concerned => (None, &[&own, &strangers]),
            Rule::Custodian => (Some(&keeps), &[&own, &elsewhere, &strangers]),
        };
        for token in strange {
            let (refused, missing) = (ask(token, &there).await, ask(token, &absent).await);
            assert_eq!(refused.status, StatusCode::NOT_FOUND, "{case}: {}", refused.body);
            assert_eq!((refused.body, refused.headers), (missing.body, missing.headers), "{case}");
        }
        if let Some(token) = its {
            let reply = ask(token, &there).await;
            let said = [StatusCode::OK, StatusCode::FORBIDDEN, StatusCode::UNPROCESSABLE_ENTITY];
            assert!(said.contains(&reply.status), "{case}: {} {}", reply.status, reply.body);
            done += u32::from(reply.status == StatusCode::OK);
            if route.rule == Rule::Holder {
                assert_eq!(ask(&elsewhere, &there).await.status, reply.status, "{case}");
            }
        }
        judged += 1;
    }
    assert!(judged >= 35 && done >= 24, "{judged} judged, {done} done");
}

/// The negative control of the sweep: with the guard's answer taken for another's, it would fail.
#[tokio::test(flavor = "current_thread")]
async fn the_sweep_can_tell_the_roles_apart() {
    let small = Small::begin().await;
    assert_eq!(small.get("pell", "/papers/P1").await.status, StatusCode::OK);
    assert_eq!(small.get("voss", "/papers/P1").await.status, StatusCode::NOT_FOUND);
    assert!(small.with("", &Method::GET, "/papers/P1", "").await.asks_to_sign_in());
}

/// Every route is on the table once, and state changes only by POST.
#[tokio::test(flavor = "current_thread")]
async fn looking_changes_nothing() {
    let small = Small::begin().await;
    let cookie = small.cookie("pell").await;
    let before = small.web.archive.status().await.unwrap();
    for route in routes::all().into_iter().filter(|r| r.method == Method::GET) {
        let (there, _) = paths(&route);
        small.with(&cookie, &Method::GET, &there, "").await;
        small.with(&cookie, &Method::HEAD, &there, "").await;
    }
    let after = small.web.archive.status().await.unwrap();
    assert_eq!((before.entries, before.copies), (after.entries, after.copies));
    // Control: opening does.
    small.with(&cookie, &Method::POST, "/papers/P1/copy", "").await;
    assert!(small.web.archive.status().await.unwrap().entries > after.entries);
}
