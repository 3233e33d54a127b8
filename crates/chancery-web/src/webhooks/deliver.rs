//! Carrying messages to the addresses that are told.

use std::time::Duration;

use chancery_desk::{Archive, Delivery};
use tokio::task::JoinSet;
use ureq::Agent;
use ureq::unversioned::transport::DefaultConnector;

use super::target::{Judged, check_target};

/// Messages that are taken up before it is looked again what is due.
const TAKEN_UP: u32 = 20;
/// Messages that are on their way at once: an address that does not answer holds up few others, and a house with much to
/// tell takes few threads.
const CARRIED_AT_ONCE: usize = 4;
/// How long an address may take.
const LONGEST: Duration = Duration::from_secs(10);

/// Carries what is due; says whether there may be more.
pub(crate) async fn deliver(archive: &Archive) -> Result<bool, chancery_desk::DeskError> {
    let due = archive.due_deliveries(TAKEN_UP).await?;
    let more = due.len() == TAKEN_UP as usize;
    let (mut due, mut carrying) = (due.into_iter(), JoinSet::new());
    loop {
        while carrying.len() < CARRIED_AT_ONCE
            && let Some(delivery) = due.next()
        {
            carrying.spawn(async move {
                let carried = delivery.clone();
                let outcome = tokio::task::spawn_blocking(move || carry(&carried)).await;
                (delivery, outcome.unwrap_or_else(|_| Err("it could not be carried".into())))
            });
        }
        match carrying.join_next().await {
            Some(Ok((delivery, outcome))) => archive.settle_delivery(&delivery, outcome).await?,
            Some(Err(_)) => {}
            None => return Ok(more),
        }
    }
}

/// Carries one message. Whoever answers other than with 2xx has not taken it; nobody is followed elsewhere, and
/// nothing of an answer but its status is read.
fn carry(delivery: &Delivery) -> Result<u16, String> {
    check_target(&delivery.address, delivery.inside).map_err(|e| e.to_string())?;
    let config = Agent::config_builder()
        .timeout_global(Some(LONGEST))
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
        .user_agent(concat!("chancery/", env!("CARGO_PKG_VERSION")))
        .build();
    let judged = Judged { inside: delivery.inside };
    let agent = Agent::with_parts(config, DefaultConnector::default(), judged);
    let request = agent.post(delivery.address.as_str()).header("content-type", "application/json");
    let request =
        delivery.headers.iter().fold(request, |r, (name, value)| r.header(*name, value.as_str()));
    let status = request.send(delivery.body.as_str()).map_err(|e| e.to_string())?.status();
    if status.is_success() {
        Ok(status.as_u16())
    } else {
        Err(format!("answered {}", status.as_u16()))
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::sync::mpsc;

    use axum::http::StatusCode;
    use chancery_domain::House;

    use crate::tests::{Small, h};

    use super::*;

    /// A receiver that answers each request with the next of `answers`, and gives what it was sent.
    fn receiver(answers: &'static [&'static str]) -> (u16, mpsc::Receiver<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, received) = mpsc::channel();
        std::thread::spawn(move || {
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = Vec::new();
                let mut some = [0; 4096];
                while !String::from_utf8_lossy(&request).contains("\"type\"") {
                    match stream.read(&mut some).unwrap() {
                        0 => break,
                        n => request.extend_from_slice(&some[..n]),
                    }
                }
                let _ = write!(
                    stream,
                    "HTTP/1.1 {answer}\r\nlocation: http://127.0.0.1:{port}/x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                );
                sender.send(String::from_utf8(request).unwrap()).unwrap();
            }
        });
        (port, received)
    }

    async fn allow(small: &Small, webhooks_inside: bool) {
        let house = House { custodian: Some(h("registry")), webhooks_inside, ..House::default() };
        small.web.archive.set_house_rules(&house, &h("reed")).await.unwrap();
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_release_reaches_the_address_signed_and_is_tried_again_until_taken() {
        let small = Small::begin().await;
        let (port, received) = receiver(&["302 Found", "200 OK"]);
        let form = format!("address=http%3A%2F%2Flocalhost%3A{port}%2Fhook");
        let refused = small.post("reed", "/house/told", &form).await;
        assert!(refused.body.contains("inside this house’s own network"), "{}", refused.body);
        assert!(small.web.archive.webhooks(&h("reed")).await.unwrap().is_empty());
        allow(&small, true).await;
        let added = small.post("reed", "/house/told", &form).await;
        assert!(added.status == StatusCode::OK && added.body.contains("whsec_"));
        small
            .web
            .archive
            .release("P2", &h("marrack"), &chancery_desk::Finders::embedded())
            .await
            .unwrap();
        assert!(!deliver(&small.web.archive).await.unwrap());
        let first = received.recv().unwrap();
        assert!(first.starts_with("POST /hook HTTP/1.1\r\n"), "{first}");
        let lower = first.to_lowercase();
        for header in [
            "webhook-id: chancery-1",
            "webhook-timestamp: ",
            "webhook-signature: v1,",
            "content-type: application/json",
        ] {
            assert!(lower.contains(header), "{header} in {first}");
        }
        assert!(first.contains("\"P2\"") && !first.contains("draft"), "{first}");
        let page = small.get("reed", "/house/told").await;
        assert!(
            page.body.contains("Not taken") && page.body.contains("answered 302"),
            "not followed"
        );
        assert!(!page.body.contains("whsec_"), "the secret is shown once");
        small.time.fetch_add(60_000, std::sync::atomic::Ordering::SeqCst);
        deliver(&small.web.archive).await.unwrap();
        assert!(received.recv().unwrap().contains("\"P2\""));
        assert!(small.get("reed", "/house/told").await.body.contains("answered 200"));
    }

    /// A name that is looked up to an address inside is refused at the moment of the connection, whatever was
    /// allowed when it was added.
    #[tokio::test(flavor = "current_thread")]
    async fn nothing_is_carried_inside_once_the_house_forbids_it() {
        let small = Small::begin().await;
        let (port, received) = receiver(&["200 OK"]);
        allow(&small, true).await;
        let address = format!("http://localhost:{port}/hook");
        small.web.archive.add_webhook(&address, &h("reed")).await.unwrap();
        allow(&small, false).await;
        small
            .web
            .archive
            .release("P2", &h("marrack"), &chancery_desk::Finders::embedded())
            .await
            .unwrap();
        deliver(&small.web.archive).await.unwrap();
        assert!(received.try_recv().is_err());
        let config = Agent::config_builder().build();
        let agent =
            Agent::with_parts(config, DefaultConnector::default(), Judged { inside: false });
        let error = agent.get(address.as_str()).call().unwrap_err().to_string();
        assert!(error.contains("inside"), "{error}");
        assert!(received.try_recv().is_err());
    }

    /// However many are to be told, so many messages are on their way at once, and one that is not taken holds up few.
    #[tokio::test(flavor = "current_thread")]
    async fn only_so_many_messages_are_on_their_way_at_once() {
        use std::sync::atomic::{AtomicUsize, Ordering};

        static NOW: AtomicUsize = AtomicUsize::new(0);
        static MOST: AtomicUsize = AtomicUsize::new(0);
        let small = Small::begin().await;
        allow(&small, true).await;
        let told = CARRIED_AT_ONCE + 2;
        assert!(told <= chancery_desk::MAX_WEBHOOKS);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                std::thread::spawn(move || {
                    MOST.fetch_max(NOW.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    let mut some = [0; 4096];
                    let mut request = Vec::new();
                    while !String::from_utf8_lossy(&request).contains("\"type\"") {
                        match stream.read(&mut some).unwrap() {
                            0 => break,
                            n => request.extend_from_slice(&some[..n]),
                        }
                    }
                    std::thread::sleep(Duration::from_millis(150));
                    NOW.fetch_sub(1, Ordering::SeqCst);
                    let _ = write!(
                        stream,
                        "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                    );
                });
            }
        });
        for n in 0..told {
            let address = format!("http://localhost:{port}/hook/{n}");
            small.web.archive.add_webhook(&address, &h("reed")).await.unwrap();
        }
        let finders = chancery_desk::Finders::embedded();
        small.web.archive.release("P2", &h("marrack"), &finders).await.unwrap();
        deliver(&small.web.archive).await.unwrap();
        assert_eq!(MOST.load(Ordering::SeqCst), CARRIED_AT_ONCE, "no more, and no fewer");
        let page = small.get("reed", "/house/told").await;
        assert_eq!(page.body.matches("answered 200").count(), told);
    }
}
