//! What pages say, and what they never give away.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use chancery_desk::Format;
use tower::ServiceExt as _;

use super::{Small, h};

/// Takes out what the page says to its reader alone.
fn without_mine(page: &str) -> String {
    let mut out = page.to_owned();
    for (from, to) in [("<details class=\"who\">", "</details>"), ("<p class=\"mine\">", "</p>")] {
        let start = out.find(from).expect("the page speaks to its reader");
        let end = start + out[start..].find(to).expect("it is closed");
        out.replace_range(start..end, "");
    }
    out
}

#[tokio::test(flavor = "current_thread")]
async fn two_readers_pages_differ_at_the_places_only() {
    let small = Small::begin().await;
    let mut pages = Vec::new();
    let mut texts = Vec::new();
    for who in ["pell", "quist"] {
        let reply = small.post(who, "/papers/P1/copy", "").await;
        assert_eq!(reply.status, StatusCode::OK);
        let mut page = without_mine(&reply.body);
        let copy = small.web.archive.open_copy("P1", &h(who), Format::Txt).await.unwrap();
        let text = String::from_utf8(copy.bytes).unwrap();
        let paragraphs: Vec<&str> = text
            .split("\n\n")
            .filter(|block| block.len() > 100 && !block.starts_with("FROM:"))
            .collect();
        assert_eq!(paragraphs.len(), 2, "{paragraphs:#?}");
        for paragraph in paragraphs {
            let paragraph = paragraph.trim();
            assert!(page.contains(paragraph), "the page and the file are the same copy");
            page = page.replace(paragraph, "");
        }
        let mut headers = reply.headers.clone();
        headers.remove("content-length");
        pages.push((page, format!("{headers:?}")));
        texts.push(text);
    }
    assert_eq!(pages[0], pages[1]);
    assert_ne!(texts[0], texts[1], "the control: the copies differ");
    let files: Vec<_> = [
        small.post("pell", "/papers/P1/text", "").await,
        small.post("quist", "/papers/P1/text", "").await,
    ]
    .map(|r| r.header("content-disposition").to_owned())
    .into();
    assert_eq!(files, vec!["attachment; filename=\"P1.txt\""; 2]);
}

/// Takes out what is drawn on typeset pages.
fn without_drawings(page: &str) -> (String, usize) {
    let mut sheets = page.split("<svg class=\"sheet\"");
    let mut out = sheets.next().unwrap_or_default().to_owned();
    let mut count = 0;
    for sheet in sheets {
        let (open, rest) = sheet.split_once('>').expect("a tag ends");
        out.push_str(open);
        out.push_str(rest.split_once("</svg>").expect("a drawing ends").1);
        count += 1;
    }
    (out, count)
}

#[tokio::test(flavor = "current_thread")]
async fn typeset_pages_are_the_same_copy_and_differ_in_their_drawings_only() {
    let small = Small::begin().await;
    let (mut frames, mut drawn, mut files) = (Vec::new(), Vec::new(), Vec::new());
    for who in ["pell", "quist"] {
        let reply = small.post(who, "/papers/P1/pages", "").await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
        assert_eq!(reply.header("cache-control"), "no-store");
        assert!(!reply.body.contains("style=") && !reply.body.contains("http:"));
        let again = small.post(who, "/papers/P1/pages", "").await;
        let (frame, sheets) = without_drawings(&without_mine(&reply.body));
        assert_eq!(sheets, 1);
        assert_eq!(
            without_mine(&again.body),
            without_mine(&reply.body),
            "the same pages every time"
        );
        let mut headers = reply.headers.clone();
        headers.remove("content-length");
        frames.push((frame, format!("{headers:?}")));
        drawn.push(without_mine(&reply.body));
        let pdf = small.post(who, "/papers/P1/pdf", "").await;
        assert!(pdf.body.starts_with("%PDF-"));
        files.push(
            ["content-type", "content-disposition", "cache-control"]
                .map(|n| pdf.header(n).to_owned()),
        );
    }
    assert_eq!(frames[0], frames[1]);
    assert_ne!(drawn[0], drawn[1], "the control: the copies differ");
    let file =
        ["application/pdf", "attachment; filename=\"P1.pdf\"", "no-store"].map(str::to_owned);
    assert_eq!(files, [file.clone(), file]);
    let record = small.get("pell", "/record").await.body;
    assert_eq!(record.matches("You opened your copy of P1: on screen, as pages").count(), 2);
    assert_eq!(record.matches("You opened your copy of P1: PDF").count(), 1);
    assert_eq!(small.post("voss", "/papers/P1/pages", "").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "current_thread")]
async fn headers_keep_papers_out_of_caches_frames_and_referrers() {
    let small = Small::begin().await;
    for reply in [
        small.post("pell", "/papers/P1/copy", "").await,
        small.get("pell", "/").await,
        small.get("voss", "/papers/P1").await,
        small.get("voss", "/nothing").await,
        small.with("", &Method::GET, "/sign-in", "").await,
    ] {
        assert_eq!(reply.header("cache-control"), "no-store");
        assert_eq!(reply.header("referrer-policy"), "no-referrer");
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("x-frame-options"), "DENY");
        assert!(reply.header("strict-transport-security").contains("max-age="));
        let policy = reply.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert!(!reply.body.contains("style=") && !reply.body.contains("<style"));
        for script in reply.body.split("<script").skip(1) {
            assert!(script.starts_with(" src=\"/assets/"), "no inline script");
        }
        assert!(
            !reply.body.contains("http://") && !reply.body.contains("https://"),
            "nothing from elsewhere"
        );
    }
    let style = small.with("", &Method::GET, "/assets/0/style.css", "").await;
    assert!(style.header("cache-control").contains("immutable"));
}

#[tokio::test(flavor = "current_thread")]
async fn a_paper_stays_out_of_titles_and_addresses() {
    let small = Small::begin().await;
    for reply in
        [small.get("pell", "/papers/P1").await, small.post("pell", "/papers/P1/copy", "").await]
    {
        let title = reply.body.split("</title>").next().unwrap();
        assert!(!title.contains("harbour"));
        assert!(reply.body.contains("The harbour &amp; its &lt;piers&gt;"), "and is escaped");
    }
    let found = small.post("pell", "/search", "q=harbour").await;
    assert!(found.body.contains("The harbour &amp; its"));
    assert!(!small.post("voss", "/search", "q=harbour").await.body.contains("its &lt;piers"));
}

#[tokio::test(flavor = "current_thread")]
async fn a_request_from_elsewhere_does_nothing() {
    let small = Small::begin().await;
    let cookie = small.cookie("pell").await;
    let before = small.web.archive.status().await.unwrap().entries;
    for (name, value) in [
        ("origin", "https://elsewhere.example"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let request = Request::builder()
            .method(Method::POST)
            .uri("/papers/P1/copy")
            .header("host", "house.example")
            .header("cookie", &cookie)
            .header(name, value)
            .body(Body::empty())
            .unwrap();
        assert_eq!(small.send(request).await.status, StatusCode::FORBIDDEN, "{name}: {value}");
    }
    assert_eq!(small.web.archive.status().await.unwrap().entries, before);
}

#[tokio::test(flavor = "current_thread")]
async fn a_code_signs_in_once_and_signing_out_clears_the_browser() {
    let small = Small::begin().await;
    let code = small.web.archive.invite(&h("pell"), Some(&h("reed"))).await.unwrap().expose();
    let form = format!("code={code}");
    let first = small.with("", &Method::POST, "/sign-in", &form).await;
    assert_eq!((first.status, first.header("location")), (StatusCode::SEE_OTHER, "/"));
    let cookie = first.header("set-cookie");
    for flag in ["Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(flag), "{flag}");
    }
    let again = small.with("", &Method::POST, "/sign-in", &form).await;
    assert!(
        again.body.contains("This code signs nobody in")
            && !again.headers.contains_key("set-cookie")
    );
    let wrong = small.with("", &Method::POST, "/sign-in", "code=none").await;
    assert_eq!(again.body, wrong.body, "used and never given are the same");
    let cookie = cookie.split(';').next().unwrap().to_owned();
    assert_eq!(small.with(&cookie, &Method::GET, "/", "").await.status, StatusCode::OK);
    let out = small.with(&cookie, &Method::POST, "/sign-out", "").await;
    assert_eq!(out.header("clear-site-data"), "\"cache\", \"cookies\", \"storage\"");
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    assert!(small.with(&cookie, &Method::GET, "/", "").await.asks_to_sign_in());
    assert!(small.web.archive.invite(&h("pell"), Some(&h("voss"))).await.is_err());
}

#[tokio::test(flavor = "current_thread")]
async fn a_session_ends_when_idle_when_old_and_with_the_posting() {
    let small = Small::begin().await;
    let cookie = small.cookie("pell").await;
    small.later(2);
    assert!(small.with(&cookie, &Method::GET, "/", "").await.asks_to_sign_in(), "idle");
    let cookie = small.cookie("pell").await;
    for _ in 0..15 {
        small.time.fetch_add(50 * 60_000, std::sync::atomic::Ordering::SeqCst);
        small.with(&cookie, &Method::GET, "/", "").await;
    }
    assert!(small.with(&cookie, &Method::GET, "/", "").await.asks_to_sign_in(), "old");
    let cookie = small.cookie("pell").await;
    assert_eq!(small.with(&cookie, &Method::GET, "/", "").await.status, StatusCode::OK);
    let day = chancery_domain::rules::utc_day(small.web.archive.now());
    let end = chancery_domain::Day::exact(day);
    let reason = chancery_domain::EndReason::Recall;
    small
        .web
        .archive
        .end_posting(&h("pell"), &h("northern"), end, None, reason, Some(&h("reed")))
        .await
        .unwrap();
    small.time.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    assert!(small.with(&cookie, &Method::GET, "/", "").await.asks_to_sign_in(), "no office");
}

/// The successor reads when the leaver no longer does, and the record says by whom.
#[tokio::test(flavor = "current_thread")]
async fn a_handover_is_one_act_of_the_custodian() {
    let small = Small::begin().await;
    let form = "from=pell&to=voss&ends=2031-10-21&begins=2031-10-21";
    let (path, archive) = ("/offices/northern/handover", &small.web.archive);
    small.post("pell", path, form).await;
    assert!(archive.may_open("P1", &h("pell")).await.unwrap(), "the control: not by himself");
    let itself = "from=reed&to=voss&ends=2031-10-21&begins=2031-10-21";
    small.post("reed", "/offices/registry/handover", itself).await;
    assert!(
        !archive
            .posting_history(&h("voss"))
            .await
            .unwrap()
            .iter()
            .any(|p| p.office == h("registry"))
    );
    let reply = small.post("reed", path, form).await;
    assert_eq!(reply.header("location"), "/offices/northern");
    small.time.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    assert!(!archive.may_open("P1", &h("pell")).await.unwrap());
    assert!(archive.may_open("P1", &h("voss")).await.unwrap());
}

/// The demonstration's door is shut everywhere else.
#[tokio::test(flavor = "current_thread")]
async fn nobody_signs_in_as_anybody_outside_a_demonstration() {
    let small = Small::begin().await;
    let reply = small.with("", &Method::POST, "/sign-in/as", "person=pell").await;
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
    assert!(!reply.headers.contains_key("set-cookie"));
    assert!(!small.with("", &Method::GET, "/sign-in", "").await.body.contains("Name of pell"));
}

#[tokio::test(flavor = "current_thread")]
async fn the_record_shows_each_reader_his_own_entries() {
    let small = Small::begin().await;
    small.post("pell", "/papers/P1/copy", "").await;
    small.post("pell", "/papers/P1/lost", "mishap=seen&words=on+a+train").await;
    small.web.archive.publish().await.unwrap();
    let mine = small.get("pell", "/record").await;
    for said in [
        "Your copy of P1 was made",
        "You opened your copy of P1: on screen",
        "You reported about",
        "c2sp.org/tlog-proof@v1",
        "A posting of yours began",
    ] {
        assert!(mine.body.contains(said), "{said}");
    }
    let other = small.get("voss", "/record").await;
    assert!(
        !other.body.contains("of P1")
            && !other.body.contains("\"P1\"")
            && other.body.contains("A posting of yours began")
    );
}

/// A sealed archive gives one answer to every question, and says how far it is to `/health` alone.
#[tokio::test(flavor = "current_thread")]
async fn a_sealed_house_says_nothing_but_that() {
    let router = crate::sealed::router(|| "sealed: 1 of 3 shares were given".to_owned(), None);
    let ask = async |method: Method, path: &str| {
        let request = axum::http::Request::builder().method(method).uri(path);
        let request = request.header("host", "house.example").body(axum::body::Body::empty());
        let response = router.clone().oneshot(request.unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        (parts.status, parts.headers, String::from_utf8(body.to_vec()).unwrap())
    };
    let nothing = ask(Method::GET, "/no-such-route").await;
    assert_eq!(nothing.0, StatusCode::SERVICE_UNAVAILABLE);
    assert!(nothing.1.contains_key("retry-after") && nothing.1["cache-control"] == "no-store");
    for route in crate::routes::all().iter().filter(|route| route.path != "/health") {
        assert!(ask(route.method.clone(), route.path).await == nothing, "{}", route.path);
    }
    assert!(ask(Method::GET, "/record/checkpoint").await == nothing);
    let health = ask(Method::GET, "/health").await;
    assert_eq!(health.2, "sealed: 1 of 3 shares were given\n");
    assert_eq!(health.0, StatusCode::SERVICE_UNAVAILABLE);
}

/// Who is not signed in gets the record as C2SP tlog-tiles lays it out, and nothing beyond what was published.
#[tokio::test(flavor = "current_thread")]
async fn outsiders_get_the_published_record_under_its_prefix() {
    let small = Small::begin().await;
    let get = async |path: &str| small.with("", &Method::GET, path, "").await;
    assert_eq!(get("/record/checkpoint").await.status, StatusCode::NOT_FOUND, "none was published");
    small.web.archive.publish().await.unwrap();
    let checkpoint = get("/record/checkpoint").await;
    assert!(checkpoint.body.starts_with("chancery.invalid/"));
    assert_eq!(checkpoint.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(checkpoint.header("cache-control"), "public, max-age=5");
    for tile in ["/record/tile/0/000", "/record/tile/1/000.p/1", "/record/tile/entries/000"] {
        let reply = get(tile).await;
        assert_eq!(reply.status, StatusCode::OK, "{tile}");
        assert_eq!(reply.header("content-type"), "application/octet-stream", "{tile}");
        assert_eq!(reply.header("cache-control"), "public, max-age=31536000, immutable", "{tile}");
        assert_eq!(small.with("", &Method::POST, tile, "").await.status, 405, "{tile}");
    }
    for absent in
        ["/record/tile/0/001", "/record/tile/entries/001.p/1", "/record/tile/../checkpoint"]
    {
        let reply = get(absent).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{absent}");
        assert_eq!(reply.header("cache-control"), "no-store", "{absent}");
    }
}

/// What is being written is looked at and not kept.
#[tokio::test(flavor = "current_thread")]
async fn a_text_shows_its_places_as_it_is_written() {
    let small = Small::begin().await;
    let before = small.web.archive.status().await.unwrap();
    let form = "from=embassy&to=northern%2C+nor&text=%28C%29+The+%7Benvoy%7C%3Cb%3Eambassador%7D+came+prior+to+the+talks.";
    let shown = small.post("marrack", "/drafts/preview", form).await;
    assert_eq!(shown.status, StatusCode::OK);
    for part in ["class=\"v\"", "&lt;b&gt;ambassador", "3 readers today", "class=\"meter", "(C)"] {
        assert!(shown.body.contains(part), "{part} in {}", shown.body);
    }
    let broken = small.post("marrack", "/drafts/preview", "text=One+%7Bword%7C.").await;
    assert!(broken.body.contains("Line 1, column 5"), "{}", broken.body);
    let known = small.post("marrack", "/drafts/preview", "draft=P2&text=Words.").await;
    assert!(known.status == StatusCode::OK && !known.body.contains(" 0 readers"));
    let foreign = small.post("voss", "/drafts/preview", "draft=P2&text=Words.").await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    let after = small.web.archive.status().await.unwrap();
    assert_eq!((before.entries + 4, before.papers), (after.entries, after.papers), "four sessions");
}
