//! How quickly the reading room answers, and what it does when too much is asked: real sockets, a small archive, the
//! clients on the same cores. Requests are due at fixed instants, and their time counts from then: one that has to
//! wait for another is late.
//!
//! ```text
//! cargo bench -p chancery-web --bench load
//! ```

#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on ends")]

use std::future::pending;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chancery_desk::{
    Archive, Circulation, Clock, DraftText, Finders, Head, NewPaper, OfficeDetails, PersonDetails,
};
use chancery_domain::{Capacity, Handle, Label, Term};
use chancery_text::build::Choice;
use chancery_web::{Settings, Web, serve};
use jiff::civil::date;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

const PAPERS: usize = 120;
const READERS: usize = 40;
const PARAGRAPHS: [&str; 3] = [
    "The delegation arrived prior to the meeting, and it began to press for additional assistance regarding the harbour. However, the Minister replied that the present arrangements were adequate for now.",
    "In addition, his side wished to take into account the views of the smaller members. It’s a well-known fact that they seldom agree, although nearly all of them attend.",
    "The Secretary said that he would attempt to obtain further information regarding the shipments. He appeared to believe that the matter could be settled soon, although it would take many months.",
];

fn h(text: &str) -> Handle {
    text.parse().unwrap()
}

/// An archive of [`PAPERS`] papers, and the cookies of [`READERS`] readers.
async fn house(folder: &std::path::Path) -> (Archive, Vec<String>) {
    let archive = Archive::init(folder, Clock::System).await.unwrap();
    let term = || Term::from(date(2020, 1, 1));
    for office in ["embassy", "northern"] {
        archive.add_office(&h(office), &OfficeDetails::default(), None).await.unwrap();
    }
    let posted = |who: String, office: &'static str| {
        let archive = &archive;
        async move {
            archive.add_person(&h(&who), &PersonDetails::default(), None).await.unwrap();
            let as_holder = Capacity::Substantive;
            archive
                .start_posting(&h(&who), &h(office), as_holder, term(), true, None)
                .await
                .unwrap();
        }
    };
    posted("drafter".into(), "embassy").await;
    for reader in 0..READERS {
        posted(format!("reader{reader}"), "northern").await;
    }
    for paper in 0..PAPERS {
        let label = Label { classification: "Confidential".into(), handling: Vec::new() };
        let subject = format!("The harbour, part {paper}");
        let text: Vec<&str> = (0..6).map(|at| PARAGRAPHS[at % 3]).collect();
        let paper = NewPaper {
            head: Head { subject, label, numbered: true, ..Head::default() },
            from: h("embassy"),
            origin_reads: true,
            to: vec![h("northern")],
            info: Vec::new(),
            circulation: Circulation::default(),
            text: DraftText::from_file(&text.join("\n\n"), false, Choice::default()),
        };
        let paper = archive.draft(&paper, &h("drafter")).await.unwrap();
        archive.release(&paper, &h("drafter"), &Finders::embedded()).await.unwrap();
    }
    let mut cookies = Vec::new();
    for reader in 0..READERS {
        let token = archive.open_session(&h(&format!("reader{reader}"))).await.unwrap();
        cookies.push(format!("__Host-chancery={}", token.expose()));
    }
    (archive, cookies)
}

/// What is asked for the `n`th time.
type Question = fn(usize) -> (&'static str, String);

/// Connections that wait for a request.
struct Client {
    address: SocketAddr,
    cookies: Vec<String>,
    idle: Mutex<Vec<TcpStream>>,
}

impl Client {
    /// Asks once; gives the status, and whether it says when to come again.
    async fn ask(&self, n: usize, question: Question) -> (u16, bool) {
        let kept = self.idle.lock().unwrap().pop();
        let mut stream = match kept {
            Some(stream) => stream,
            None => TcpStream::connect(self.address).await.unwrap(),
        };
        let (method, path) = question(n);
        let cookie = &self.cookies[n % self.cookies.len()];
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {0}\r\norigin: http://{0}\r\ncookie: {cookie}\r\ncontent-length: 0\r\n\r\n",
            self.address
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let (mut head, mut whole) = (None, usize::MAX);
        while answer.len() < whole {
            let mut some = [0; 16 << 10];
            let read = stream.read(&mut some).await.unwrap();
            if read == 0 {
                return (0, false);
            }
            answer.extend_from_slice(&some[..read]);
            if head.is_none()
                && let Some(end) = answer.windows(4).position(|w| w == b"\r\n\r\n")
            {
                let text = String::from_utf8_lossy(&answer[..end]).to_lowercase();
                let length = text.lines().find_map(|l| l.strip_prefix("content-length: "));
                whole = end + 4 + length.map_or(0, |l| l.parse::<usize>().unwrap());
                head = Some(text);
            }
        }
        self.idle.lock().unwrap().push(stream);
        let head = head.unwrap_or_default();
        let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or_default();
        (status, head.contains("retry-after:"))
    }
}

/// What came of many requests.
struct Outcome {
    /// Of those that were answered, sorted.
    took: Vec<Duration>,
    shed: usize,
    wrong: usize,
    seconds: f64,
}

impl Outcome {
    fn at(&self, share: f64) -> f64 {
        let at = (self.took.len() as f64 * share) as usize;
        self.took.get(at).map_or(f64::NAN, |took| took.as_secs_f64() * 1000.0)
    }

    fn say(&self, what: &str) {
        println!(
            "{what}: {:.0}/s answered, p50 {:.1} ms, p99 {:.1} ms, {} turned away, {} wrong",
            self.took.len() as f64 / self.seconds,
            self.at(0.5),
            self.at(0.99),
            self.shed,
            self.wrong
        );
    }
}

/// Asks `rate` times a second for `seconds`.
async fn at_rate(client: &Arc<Client>, rate: f64, seconds: f64, question: Question) -> Outcome {
    let begun = Instant::now();
    let mut all = JoinSet::new();
    for n in 0..(rate * seconds) as usize {
        let due = begun + Duration::from_secs_f64(n as f64 / rate);
        sleep_until(due).await;
        let client = Arc::clone(client);
        all.spawn(async move {
            let (status, again) = client.ask(n, question).await;
            (status, again, due.elapsed())
        });
    }
    let mut out = Outcome { took: Vec::new(), shed: 0, wrong: 0, seconds: 0.0 };
    while let Some(answered) = all.join_next().await {
        match answered.unwrap() {
            (200, _, took) => out.took.push(took),
            (503, true, _) => out.shed += 1,
            _ => out.wrong += 1,
        }
    }
    out.seconds = begun.elapsed().as_secs_f64();
    out.took.sort_unstable();
    out
}

/// How many a second are answered when 32 ask one after another.
async fn capacity(client: &Arc<Client>, seconds: u64, question: Question) -> f64 {
    let begun = Instant::now();
    let mut all = JoinSet::new();
    for first in 0..32 {
        let client = Arc::clone(client);
        all.spawn(async move {
            let mut n = first;
            while begun.elapsed() < Duration::from_secs(seconds) {
                client.ask(n, question).await;
                n += 32;
            }
            (n - first) / 32
        });
    }
    let answered: usize = all.join_all().await.into_iter().sum();
    answered as f64 / begun.elapsed().as_secs_f64()
}

/// Memory of this process, in MiB.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).unwrap_or("0");
    line.split_whitespace().next().and_then(|kib| kib.parse::<u64>().ok()).unwrap_or_default() >> 10
}

const LISTS: Question = |n| ("GET", ["/", "/papers", "/offices", "/record"][n % 4].to_owned());
const TEXT: Question = |n| ("POST", format!("/papers/P{}/copy", 1 + n % PAPERS));
const PAGES: Question = |n| ("POST", format!("/papers/P{}/pages", 1 + n % PAPERS));

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let (archive, cookies) = house(&folder.path().join("a")).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let served = tokio::spawn(serve(Web::new(archive, Settings::default()), listener, pending()));
    let client = Arc::new(Client { address, cookies, idle: Mutex::default() });
    // Once each, so that what is made at the first request is there.
    for n in 0..8 {
        client.ask(n, LISTS).await;
        client.ask(n, PAGES).await;
    }
    at_rate(&client, 100.0, 10.0, LISTS).await.say("lists, 100/s (aims: p50 10 ms, p99 100 ms)");
    at_rate(&client, 200.0, 10.0, TEXT).await.say("opening as text, 200/s (aim: p99 150 ms)");
    at_rate(&client, 10.0, 10.0, PAGES).await.say("opening as pages, 10/s (aim: p99 800 ms)");
    let most = capacity(&client, 5, TEXT).await;
    println!("opening as text, as many as can be: {most:.0}/s");
    at_rate(&client, 1.5 * most, 5.0, TEXT).await.say("at 150 %");
    let before = memory();
    at_rate(&client, 1.5 * most, 15.0, TEXT).await.say("at 150 %, further");
    println!("memory before and after the last 15 s: {before} MiB, {} MiB", memory());
    served.abort();
}
