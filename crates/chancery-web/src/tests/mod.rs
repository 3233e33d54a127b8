//! Tests through the whole router, in memory: a small house, and visitors with their cookies.

mod hostile;
mod interface;
mod limits;
mod pages;
mod sweep;
mod times;
mod visits;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use chancery_desk::{
    Archive, Circulation, Clock, DraftText, Finders, Head, NewPaper, OfficeDetails, PersonDetails,
};
use chancery_domain::{Capacity, Handle, House, Label, Term};
use chancery_text::build::Choice;
use jiff::Timestamp;
use jiff::civil::date;
use tower::ServiceExt;

use crate::{Journal, Oidc, Settings, Web};

const TEXT: &str = "The delegation arrived prior to the meeting, and it began to press for additional assistance regarding the harbour. However, the Minister replied that the present arrangements were adequate for now.\n\nIn addition, his side wished to take into account the views of the smaller members. It’s a well-known fact that they seldom agree, although nearly all of them attend.";

/// Who sits where. `pell` and `quist` read the paper, `voss` does not, `reed` keeps the house.
const PEOPLE: [(&str, &str); 5] = [
    ("marrack", "embassy"),
    ("pell", "northern"),
    ("quist", "northern"),
    ("voss", "visa-section"),
    ("reed", "registry"),
];

pub(crate) fn h(text: &str) -> Handle {
    text.parse().unwrap()
}

/// A house with one released paper, `P1`, and one draft, `P2`.
pub(crate) struct Small {
    pub(crate) web: Arc<Web>,
    router: Router,
    pub(crate) time: &'static AtomicI64,
    _folder: tempfile::TempDir,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|v| v.to_str().unwrap()).unwrap_or_default()
    }

    fn asks_to_sign_in(&self) -> bool {
        let sent =
            self.status == StatusCode::SEE_OTHER && self.header(LOCATION.as_str()) == "/sign-in";
        sent || self.status == StatusCode::UNAUTHORIZED
    }
}

impl Small {
    pub(crate) async fn begin() -> Self {
        let start: Timestamp = "2031-10-21T09:00:00Z".parse().unwrap();
        let time: &'static AtomicI64 = Box::leak(Box::new(AtomicI64::new(start.as_millisecond())));
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::init(&folder.path().join("a"), Clock::Driven(time)).await.unwrap();
        for (person, office) in PEOPLE {
            if archive.office(&h(office)).await.is_err() {
                let title = format!("The {office}");
                let details = OfficeDetails { title, ..Default::default() };
                archive.add_office(&h(office), &details, None).await.unwrap();
            }
            let details = PersonDetails { name: format!("Name of {person}"), ..Default::default() };
            archive.add_person(&h(person), &details, None).await.unwrap();
            let term = Term::from(date(2030, 1, 1));
            let capacity = Capacity::Substantive;
            archive
                .start_posting(&h(person), &h(office), capacity, term, true, None)
                .await
                .unwrap();
        }
        let house = House { custodian: Some(h("registry")), ..House::default() };
        archive.set_house_rules(&house, &h("reed")).await.unwrap();
        for subject in ["The harbour & its <piers>", "A draft"] {
            let label = Label {
                classification: "Confidential".into(),
                handling: vec!["Home Staff".into()],
            };
            let paper = NewPaper {
                head: Head { subject: subject.into(), label, numbered: true, ..Head::default() },
                from: h("embassy"),
                origin_reads: true,
                to: vec![h("northern")],
                info: Vec::new(),
                circulation: Circulation::default(),
                text: DraftText::from_file(TEXT, false, Choice::default()),
            };
            archive.draft(&paper, &h("marrack")).await.unwrap();
        }
        archive.release("P1", &h("marrack"), &Finders::embedded()).await.unwrap();
        let origin = Some("https://house.example".parse().unwrap());
        let web = Web::new(archive, Settings { origin, ..Settings::default() });
        Self { router: web.router(), web, time, _folder: folder }
    }

    /// The same house, which notes each request.
    pub(crate) fn with_journal(self, journal: Journal) -> Self {
        self.with_settings(|settings| settings.journal = Some(journal))
    }

    /// The same house, with an issuer.
    pub(crate) fn with_issuer(self, oidc: Oidc) -> Self {
        self.with_settings(|settings| settings.oidc = Some(oidc))
    }

    fn with_settings(self, change: impl FnOnce(&mut Settings)) -> Self {
        let Self { web, router, time, _folder } = self;
        drop(router);
        let web = Arc::into_inner(web).unwrap();
        let mut settings = web.settings;
        change(&mut settings);
        let web = Web::new(Arc::into_inner(web.archive).unwrap(), settings);
        Self { router: web.router(), web, time, _folder }
    }

    fn later(&self, hours: i64) {
        self.time.fetch_add(hours * 3_600_000, Ordering::SeqCst);
    }

    pub(crate) async fn cookie(&self, who: &str) -> String {
        let token = self.web.archive.open_session(&h(who)).await.unwrap();
        format!("__Host-chancery={}", token.expose())
    }

    /// Asks with a cookie, as a browser does from this house's own pages.
    pub(crate) async fn with(
        &self,
        cookie: &str,
        method: &Method,
        path: &str,
        form: &str,
    ) -> Reply {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, "house.example")
            .header(ORIGIN, "https://house.example")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(COOKIE, cookie)
            .body(Body::from(form.to_owned()))
            .unwrap();
        self.send(request).await
    }

    /// A token of `who` in `office`.
    pub(crate) async fn token(&self, who: &str, office: &str, name: &str) -> String {
        let made = self.web.archive.make_token(&h(who), &h(office), name, 30).await;
        made.unwrap().0.expose()
    }

    /// Asks with a token, as a program does.
    pub(crate) async fn by_token(
        &self,
        token: &str,
        method: &Method,
        path: &str,
        body: &str,
    ) -> Reply {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, "house.example")
            .header(CONTENT_TYPE, "application/json")
            .header(AUTHORIZATION, format!("Bearer {token}"))
            .body(Body::from(body.to_owned()))
            .unwrap();
        self.send(request).await
    }

    async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        let body = String::from_utf8_lossy(&body).into_owned();
        Reply { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) async fn get(&self, who: &str, path: &str) -> Reply {
        self.with(&self.cookie(who).await, &Method::GET, path, "").await
    }

    pub(crate) async fn post(&self, who: &str, path: &str, form: &str) -> Reply {
        self.with(&self.cookie(who).await, &Method::POST, path, form).await
    }
}
