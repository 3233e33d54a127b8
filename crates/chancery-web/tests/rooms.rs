//! The drafting desk and the inquiry room through the router, on an archive that is no exercise.
//!
//! All persons and offices are invented.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION};
use axum::http::{Request, StatusCode};
use chancery_desk::{Archive, Clock, Format, OfficeDetails, PersonDetails, SessionToken};
use chancery_domain::label::Policy;
use chancery_domain::{Capacity, Handle, House, Term};
use chancery_web::{Settings, Web};
use jiff::civil::date;
use tower::ServiceExt as _;

const TEXT: &str = "(C) The delegation arrived prior to the meeting, and it began to {press|push} for additional assistance regarding the harbour. However, the Minister replied that the present arrangements were adequate for now. {=Nothing=} else was said.

(C) In addition, his side wished to take into account the views of the smaller members. It’s a well-known fact that they seldom agree, although nearly all of them attend. <script>alert(2)</script> was not among them.

(I) The northern delegation arrived prior to the talks, and it began to press for additional loans regarding the bridge. However, the governor replied that the present sums were adequate for now.

(C) The Secretary said that he would attempt to obtain further information regarding the shipments. He appeared to believe that the matter could be settled soon, although it would take many months. The coastal states wished to participate in the survey, and they asked whether the costs would be shared.";

const OFFICES: [&str; 5] =
    ["ostrey-embassy", "northern-department", "minister-office", "legal-adviser", "security"];
const PEOPLE: [(&str, &str, &str); 7] = [
    ("marrack", "Ilse Marrack", "ostrey-embassy"),
    ("tarn", "Oda Tarn", "ostrey-embassy"),
    ("pell", "Ansel Pell", "northern-department"),
    ("quist", "Bertil Quist", "northern-department"),
    ("dane", "Mira Dane", "minister-office"),
    ("lowe", "Sunniva Lowe", "legal-adviser"),
    ("brandt", "Jorun Brandt", "security"),
];

fn h(text: &str) -> Handle {
    text.parse().unwrap()
}

/// A house with its sessions.
struct Room {
    _folder: tempfile::TempDir,
    path: PathBuf,
    sessions: BTreeMap<&'static str, SessionToken>,
    router: Option<Router>,
}

/// What came back.
struct Page {
    status: StatusCode,
    to: String,
    text: String,
}

fn clock() -> Clock {
    Clock::Fixed("2032-02-01T10:00:00Z".parse().unwrap())
}

impl Room {
    async fn open(policy: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let archive = Archive::init(&path, clock()).await.unwrap();
        for office in OFFICES {
            let details = OfficeDetails { title: office.into(), ..OfficeDetails::default() };
            archive.add_office(&h(office), &details, None).await.unwrap();
        }
        if policy {
            let company = Policy::shipped_xml("company").unwrap();
            archive.add_person(&h("keeper"), &PersonDetails::default(), None).await.unwrap();
            archive.set_policy(company, &h("keeper")).await.unwrap();
        }
        let mut sessions = BTreeMap::new();
        for (person, name, office) in PEOPLE {
            let cleared = policy && person != "quist";
            let details = PersonDetails {
                name: name.into(),
                clearance: cleared.then(|| "STRICTLY CONFIDENTIAL".into()),
                ..PersonDetails::default()
            };
            archive.add_person(&h(person), &details, None).await.unwrap();
            let term = Term::from(date(2030, 1, 1));
            let capacity = Capacity::Substantive;
            archive
                .start_posting(&h(person), &h(office), capacity, term, true, None)
                .await
                .unwrap();
            sessions.insert(person, archive.open_session(&h(person)).await.unwrap());
        }
        let house = House { self_release: false, ..House::default() };
        archive.set_house_rules(&house, &h("marrack")).await.unwrap();
        let router = Some(Web::new(archive, Settings::default()).router());
        Self { _folder: folder, path, sessions, router }
    }

    /// The text of somebody's copy, through the desk.
    async fn copy(&mut self, paper: &str, person: &str) -> String {
        drop(self.router.take());
        let archive = Archive::open(&self.path, clock()).await.unwrap();
        let copy = archive.open_copy(paper, &h(person), Format::Txt).await.unwrap();
        let web: Arc<Web> = Web::new(archive, Settings::default());
        self.router = Some(web.router());
        String::from_utf8(copy.bytes).unwrap()
    }

    /// The house tells its readers of inquiries without a delay.
    async fn tell_at_once(&mut self) {
        drop(self.router.take());
        let archive = Archive::open(&self.path, clock()).await.unwrap();
        let mut house = House { self_release: false, ..House::default() };
        house.inquiries.notice_days = 0;
        archive.set_house_rules(&house, &h("marrack")).await.unwrap();
        self.router = Some(Web::new(archive, Settings::default()).router());
    }

    async fn ask(&self, who: &str, request: axum::http::request::Builder, body: Body) -> Page {
        let token = self.sessions[who].expose();
        let request = request
            .header(COOKIE, format!("__Host-chancery={token}"))
            .header("host", "chancery.test")
            .header("origin", "https://chancery.test")
            .header("sec-fetch-site", "same-origin")
            .body(body)
            .unwrap();
        let answer = self.router.clone().unwrap().oneshot(request).await.unwrap();
        let status = answer.status();
        let to = answer.headers().get(LOCATION).map(|v| v.to_str().unwrap().to_owned());
        let bytes = to_bytes(answer.into_body(), 64 << 20).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Page { status, to: to.unwrap_or_default(), text }
    }

    async fn get(&self, who: &str, path: &str) -> Page {
        self.ask(who, Request::get(path), Body::empty()).await
    }

    async fn post(&self, who: &str, path: &str, fields: &[(&str, &str)]) -> Page {
        let escape = |text: &str| {
            text.bytes().fold(String::new(), |out, byte| out + &format!("%{byte:02X}"))
        };
        let pairs: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect();
        let request = Request::post(path).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.ask(who, request, Body::from(pairs.join("&"))).await
    }

    async fn send(&self, who: &str, path: &str, parts: &[(&str, Option<&str>, &[u8])]) -> Page {
        let mut body = Vec::new();
        for (name, file, bytes) in parts {
            let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
            body.extend_from_slice(
                format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n")
                    .as_bytes(),
            );
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--edge--\r\n");
        let request =
            Request::post(path).header(CONTENT_TYPE, "multipart/form-data; boundary=edge");
        self.ask(who, request, Body::from(body)).await
    }

    /// A draft of the embassy.
    async fn draft(&self, subject: &str, text: &str) -> Page {
        let fields = [
            ("from", "ostrey-embassy"),
            ("kind", "cable"),
            ("precedence", "PRIORITY"),
            ("subject", subject),
            ("classification", "CONFIDENTIAL"),
            ("to", "northern-department"),
            ("info", "minister-office"),
            ("text", text),
        ];
        self.post("marrack", "/drafts", &fields).await
    }
}

/// The value of the first hidden field of this name.
fn hidden<'a>(page: &'a str, name: &str) -> &'a str {
    let from = format!("name=\"{name}\" value=\"");
    page.split_once(&from).unwrap().1.split_once('"').unwrap().0
}

fn ok(page: &Page) {
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
}

fn goes(page: &Page, to: &str) {
    assert_eq!((page.status, page.to.as_str()), (StatusCode::SEE_OTHER, to), "{}", page.text);
}

fn refused(page: &Page, rule: &str) {
    assert_eq!(page.status, StatusCode::FORBIDDEN, "{}", page.text);
    assert!(page.text.to_lowercase().contains(rule), "{}", page.text);
}

/// A copy's own spaces as ordinary ones.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_whitespace() && c != '\n' { ' ' } else { c }).collect()
}

#[tokio::test(flavor = "current_thread")]
async fn from_the_draft_to_the_finding() {
    let mut room = Room::open(false).await;
    ok(&room.get("marrack", "/drafts/new").await);

    // Broken markup comes back with what was typed and where it is broken.
    let broken = room.draft("The ferry", "One {word|.\n\nTwo.").await;
    assert_eq!(broken.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(broken.text.contains("line 1, column 5") && broken.text.contains("One {word|."));

    goes(&room.draft("<script>alert(1)</script> & ferry", TEXT).await, "/drafts/P1");
    let page = room.get("marrack", "/drafts/P1").await;
    ok(&page);
    assert!(page.text.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; ferry"));
    assert!(!page.text.contains("<script>alert"));
    for shown in ["What a leak would tell", "Retyped", "40 words", "(C)", "Place ", "5 readers"] {
        assert!(page.text.contains(shown), "{shown} in {}", page.text);
    }
    for view in ["a", "b", "sample"] {
        let shown = room.get("marrack", &format!("/drafts/P1?view={view}")).await;
        ok(&shown);
        let second = shown.text.contains("push");
        assert!(view == "sample" || second == (view == "b"), "{view}");
    }

    // Whoever has nothing to do with it learns nothing of it, whatever he does.
    let absent = room.get("pell", "/drafts/P99").await;
    let other = room.get("pell", "/drafts/P1").await;
    assert_eq!((other.status, &other.text), (StatusCode::NOT_FOUND, &absent.text));
    for act in ["clear", "approve", "release", "withdraw"] {
        let answer = room.post("pell", &format!("/drafts/P1/{act}"), &[]).await;
        assert_eq!((answer.status, &answer.text), (StatusCode::NOT_FOUND, &absent.text), "{act}");
    }

    // Places: kept, struck, and taken back.
    let key = hidden(&page.text, "key").to_owned();
    let kept = room.post("marrack", "/drafts/P1/place", &[("key", &key), ("choice", "keep")]).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER);
    let next = room.get("marrack", kept.to.split('#').next().unwrap()).await;
    assert!(next.text.contains("Undo the last one"), "{}", next.text);
    let struck =
        room.post("marrack", "/drafts/P1/place", &[("key", &key), ("choice", "strike")]).await;
    assert_eq!(struck.status, StatusCode::SEE_OTHER);
    let at = format!("/drafts/P1?place={key}");
    assert!(room.get("marrack", &at).await.text.contains("struck"));
    room.post("marrack", "/drafts/P1/place", &[("key", &key), ("undo", &key)]).await;
    let undone = room.get("marrack", &at).await.text;
    assert!(undone.contains("copies will differ here") || undone.contains("only if you keep it"));
    let unknown = room.post("marrack", "/drafts/P1/place", &[("key", "9:9:x"), ("choice", "keep")]);
    assert_eq!(unknown.await.status, StatusCode::UNPROCESSABLE_ENTITY);

    // Clear, approve, release; each refusal names its rule.
    goes(
        &room.post("marrack", "/drafts/P1/ask", &[("offices", "legal-adviser")]).await,
        "/drafts/P1",
    );
    refused(&room.post("tarn", "/drafts/P1/approve", &[]).await, "has not done so");
    refused(&room.post("marrack", "/drafts/P1/clear", &[]).await, "was asked to clear");
    assert!(room.get("lowe", "/drafts").await.text.contains("For your clearance"));
    ok(&room.get("lowe", "/drafts/P1").await);
    refused(&room.post("lowe", "/drafts/P1/approve", &[]).await, "not held by the acting person");
    let reason = [("reason", "Say <b>which</b> pier.")];
    goes(&room.post("lowe", "/drafts/P1/refuse", &reason).await, "/drafts/P1");
    let back = room.get("marrack", "/drafts/P1").await.text;
    assert!(
        back.contains("Sent back by Sunniva Lowe")
            && back.contains("Say &lt;b&gt;which&lt;/b&gt; pier.")
    );
    let source = room.get("marrack", "/drafts/P1/text").await.text;
    assert!(source.contains("(C) The delegation") && source.contains("{press|push}"));
    goes(&room.post("marrack", "/drafts/P1/text", &[("text", TEXT)]).await, "/drafts/P1");
    goes(&room.post("lowe", "/drafts/P1/clear", &[]).await, "/drafts/P1");
    refused(&room.post("marrack", "/drafts/P1/approve", &[]).await, "whoever drafted the paper");
    refused(&room.post("tarn", "/drafts/P1/release", &[]).await, "not approved");
    goes(&room.post("tarn", "/drafts/P1/approve", &[]).await, "/drafts/P1");
    let page = room.get("marrack", "/drafts/P1").await.text;
    assert!(page.contains("Oda Tarn, Today 10:00") && page.contains("Release the paper"));
    goes(&room.post("marrack", "/drafts/P1/release", &[]).await, "/papers/P1");
    ok(&room.get("quist", "/papers/P1").await);
    refused(&room.get("marrack", "/drafts/P1").await, "the paper is released");
    assert_eq!(room.get("quist", "/drafts/P1").await.status, StatusCode::NOT_FOUND);

    // A copy gets out. Two officers of two offices, and a finding about a copy.
    let leak = room.copy("P1", "quist").await;
    for reader in ["pell", "dane", "tarn"] {
        room.copy("P1", reader).await;
    }
    let files =
        [("file", Some("<img src=x>.txt"), leak.as_bytes()), ("papers", None, b"" as &[u8])];
    goes(&room.send("brandt", "/inquiries", &files).await, "/inquiries/I1");
    let opened = room.get("brandt", "/inquiries/I1").await.text;
    assert!(opened.contains("&lt;img src=x&gt;.txt") && !opened.contains("<img"), "{opened}");
    assert!(plain(&opened).contains("smaller members"), "the first officer sees the leak");
    refused(&room.post("brandt", "/inquiries/I1/run", &[]).await, "awaiting approval");
    refused(&room.post("brandt", "/inquiries/I1/approve", &[]).await, "another person");
    assert!(room.get("lowe", "/inquiries").await.text.contains("Waiting for an approval"));
    let before = room.get("lowe", "/inquiries/I1").await.text;
    assert!(before.contains("Approve inquiry I1") && !plain(&before).contains("smaller members"));
    refused(&room.post("lowe", "/inquiries/I1/run", &[]).await, "only its two officers");
    goes(&room.post("lowe", "/inquiries/I1/approve", &[]).await, "/inquiries/I1");
    // Now it has both officers and is nobody else's business.
    let absent = room.get("pell", "/inquiries/I99").await;
    let other = room.get("pell", "/inquiries/I1").await;
    assert_eq!((other.status, &other.text), (StatusCode::NOT_FOUND, &absent.text));
    assert_eq!(room.post("pell", "/inquiries/I1/run", &[]).await.status, StatusCode::NOT_FOUND);
    goes(&room.post("lowe", "/inquiries/I1/run", &[]).await, "/inquiries/I1");
    for officer in ["brandt", "lowe"] {
        let finding = room.get(officer, "/inquiries/I1").await;
        ok(&finding);
        let text = finding.text;
        for part in [
            "Identified: one copy",
            "Had these marks been drawn afresh, independently of the text, the chance that any of 5 such copies agreed this well is at most",
            "This is about a copy, not about a person.",
            "name is closed",
            "<svg class=\"plot wide\"",
            "<svg class=\"plot phone\"",
            "The leak, place by place",
            "<mark",
            "These conditions".trim_start_matches("These "),
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        let names = ["quist", "Quist", "pell", "Pell", "Dane", "Tarn"];
        for name in names {
            assert!(!text.contains(name), "{name} is told");
        }
        assert!(!text.contains("<script>alert") && !text.contains("style="));
    }

    // The reader hears of it after the delay, has it checked and answers; nobody else can tell that it is there.
    let none = room.get("quist", "/findings/I99").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    assert_eq!(room.get("quist", "/findings/I1").await.text, none.text, "not before the delay");
    room.tell_at_once().await;
    for (who, path) in
        [("pell", "/findings/I1"), ("quist", "/findings/I99"), ("brandt", "/findings/I1")]
    {
        let page = room.get(who, path).await;
        assert_eq!((page.status, page.text), (StatusCode::NOT_FOUND, none.text.clone()), "{who}");
    }
    for path in ["/findings/I1/pack", "/findings/I1/answer"] {
        assert_eq!(room.post("pell", path, &[("text", "x")]).await.status, StatusCode::NOT_FOUND);
    }
    assert!(room.get("pell", "/findings").await.text.contains("No finding names a copy of yours."));
    assert!(room.get("quist", "/findings").await.text.contains("href=\"/findings/I1\""));
    let own = room.get("quist", "/findings/I1").await;
    ok(&own);
    assert!(own.text.contains("at most") && own.text.contains("not about you"), "{}", own.text);
    assert!(!own.text.contains("Brandt") && !own.text.contains("Pell"), "no other name");
    let pack = room.post("quist", "/findings/I1/pack", &[]).await;
    assert!(pack.text.contains("chancery/contest-pack/v1"));
    let empty = room.post("quist", "/findings/I1/answer", &[("text", " ")]).await;
    assert!(empty.text.contains("Write your answer"), "{}", empty.text);
    let words = [("text", "I lent it to <b>nobody</b>.")];
    goes(&room.post("quist", "/findings/I1/answer", &words).await, "/findings/I1");
    let answered = room.get("quist", "/findings/I1").await.text;
    assert!(answered.contains("I lent it to &lt;b&gt;nobody&lt;/b&gt;."), "{answered}");
    assert!(room.get("lowe", "/inquiries/I1").await.text.contains("I lent it to &lt;b&gt;nobody"));

    // Nothing, in the same frame.
    let own = "Nobody expected that the survey of the eastern shoals would be finished before winter. The pilots have lost a third of their boats, and those who stay ask for contracts in writing.";
    goes(
        &room.send("brandt", "/inquiries", &[("pasted", None, own.as_bytes())]).await,
        "/inquiries/I2",
    );
    goes(&room.post("lowe", "/inquiries/I2/approve", &[]).await, "/inquiries/I2");
    goes(&room.post("brandt", "/inquiries/I2/run", &[]).await, "/inquiries/I2");
    let nothing = room.get("brandt", "/inquiries/I2").await.text;
    for part in ["class=\"verdict\"", "Nothing can be said", "This is a result.", "What was tried"]
    {
        assert!(nothing.contains(part), "{part} in {nothing}");
    }
    assert!(!nothing.contains("<svg class=\"plot"), "no picture of copies");
}

#[tokio::test(flavor = "current_thread")]
async fn what_comes_in_can_be_read_and_has_a_limit() {
    let room = Room::open(false).await;
    let article = "The paper, seen by <script>alert(3)</script> and others, says so.\n\n“The harbour is <b>closed</b> & nobody minds,” wrote Ilse Marrack in a leaked cable.";
    let page =
        room.send("dane", "/inquiries/article", &[("pasted", None, article.as_bytes())]).await;
    ok(&page);
    assert!(page.text.contains("&lt;script&gt;alert(3)") && !page.text.contains("<script>alert"));
    assert!(page.text.contains("&lt;b&gt;closed&lt;/b&gt; &amp; nobody"), "{}", page.text);
    for kind in ["Restricted", "Authorised", "Public", "Unknown"] {
        assert!(page.text.contains(kind), "the kinds have words");
    }

    let large = vec![b'a'; (12 << 20) + 1];
    for path in ["/inquiries", "/inquiries/article"] {
        let page = room.send("dane", path, &[("file", Some("large.txt"), &large)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.text.contains("larger than 12 MB"), "{}", page.text);
        let page = room.send("dane", path, &[("file", Some("none.txt"), b"")]).await;
        assert!(page.text.contains("Nothing was given"), "{}", page.text);
    }
    let picture = room.send("dane", "/inquiries", &[("file", Some("a.png"), b"\x89PNG\0\0")]).await;
    assert_eq!(picture.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(picture.text.contains("the picture is damaged"), "{}", picture.text);
}

#[tokio::test(flavor = "current_thread")]
async fn the_label_says_who_may_not_read_it() {
    let room = Room::open(true).await;
    let form = room.get("marrack", "/drafts/new").await.text;
    assert!(form.contains("by the policy Company") && form.contains("STRICTLY CONFIDENTIAL"));
    goes(&room.draft("Harbour dues", TEXT).await, "/drafts/P1");
    let page = room.get("marrack", "/drafts/P1").await.text;
    assert!(page.contains("1 of 2: "), "one holder has no clearance: {page}");
    assert!(!page.contains("Quist"), "and is not named");

    let heading = [("subject", "Dues"), ("classification", "PUBLIC")];
    let low = room.post("marrack", "/drafts/P1/heading", &heading).await;
    assert_eq!(low.status, StatusCode::UNPROCESSABLE_ENTITY, "no paragraph above the whole");
    let project =
        [("subject", "Dues"), ("classification", "STRICTLY CONFIDENTIAL"), ("handling", "HERON")];
    let out = room.post("marrack", "/drafts/P1/heading", &project).await;
    assert_eq!(out.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(out.text.contains("could not see the draft yourself"), "{}", out.text);
    let high = [("subject", "Dues"), ("classification", "STRICTLY CONFIDENTIAL")];
    goes(&room.post("marrack", "/drafts/P1/heading", &high).await, "/drafts/P1");
    assert!(room.get("tarn", "/drafts/P1").await.text.contains("STRICTLY CONFIDENTIAL"));
}
