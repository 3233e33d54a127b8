//! Listening, figures for the operators, and stopping in good order.

use std::future::Future;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;

use crate::{Web, webhooks};

/// The figure of an archive that does not answer.
const DOWN: &str = "# TYPE chancery_up gauge\nchancery_up 0\n";
/// How often it is looked whether the record is to be published.
const PUBLISH_LOOK: Duration = Duration::from_secs(60);

/// How often it is looked whether other systems are to be told something.
const TELL_LOOK: Duration = Duration::from_secs(5);

/// Why serving ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The process was told to stop.
    Stopped,
    /// What was waited for came: the archive was sealed, or opened.
    Came,
}

/// Serves until `sealed` resolves or the process is told to stop; sessions are swept beside it. Requests that have
/// begun end, then the archive is closed and its keys are gone from memory, unless the caller still holds it.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    web: Arc<Web>,
    listener: TcpListener,
    sealed: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<Ended> {
    let swept = Arc::clone(&web);
    let sweep = tokio::spawn(async move {
        let report = |swept: Result<Vec<_>, _>| {
            if let Err(error) = swept {
                eprintln!("chancery: sessions could not be swept: {error}");
            }
            ControlFlow::Continue(())
        };
        swept.archive.watch_sessions(tokio::time::sleep, report).await;
    });
    let published = Arc::clone(&web);
    let publish = tokio::spawn(async move { keep_published(&published).await });
    let told = Arc::clone(&web);
    let tell = tokio::spawn(async move { keep_telling(&told).await });
    let ended = until(listener, web.router(), sealed).await;
    for beside in [sweep, publish, tell] {
        beside.abort();
        let _ = beside.await;
    }
    web.close().await;
    ended
}

/// Serves a router until `event` resolves or the process is told to stop.
pub(crate) async fn until(
    listener: TcpListener,
    router: Router,
    event: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<Ended> {
    let came = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&came);
    let end = async move {
        tokio::select! {
            () = stop() => {}
            () = event => told.store(true, Ordering::Relaxed),
        }
    };
    axum::serve(listener, router).with_graceful_shutdown(end).await?;
    Ok(if came.load(Ordering::Relaxed) { Ended::Came } else { Ended::Stopped })
}

/// Signs the record for outsiders when it is due and has it cosigned, so that readers get their receipts within the
/// hour. No other process can: this one holds the archive.
async fn keep_published(web: &Web) {
    loop {
        match chancery_witness::publish(&web.archive, true).await {
            Ok(None) => {}
            Ok(Some(made)) => {
                for asked in made.asked.iter().filter(|asked| !asked.signed) {
                    eprintln!("chancery: the witness {} {}", asked.witness, asked.outcome);
                }
                if !made.checkpoint.shown {
                    eprintln!("chancery: too few witnesses signed; the last checkpoint stays");
                }
            }
            Err(error) => eprintln!("chancery: the record could not be published: {error}"),
        }
        tokio::time::sleep(PUBLISH_LOOK).await;
    }
}

/// Tells other systems what they are to be told. What was begun when the process ends is told again.
async fn keep_telling(web: &Web) {
    loop {
        match webhooks::deliver(&web.archive).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => eprintln!("chancery: webhooks could not be told: {error}"),
        }
        tokio::time::sleep(TELL_LOOK).await;
    }
}

/// Serves figures for Prometheus under `/metrics`, on a listener of its own: they tell nothing of a paper or a
/// person, but how much is read, and so they belong to the operators' network.
///
/// # Errors
/// When the listener fails.
pub async fn serve_metrics(web: Arc<Web>, listener: TcpListener) -> std::io::Result<()> {
    // Connections that linger hold no archive open.
    let web = Arc::downgrade(&web);
    let figures = move || {
        let web = web.upgrade();
        async move {
            match web {
                Some(web) => figures(&web).await,
                None => DOWN.to_owned(),
            }
        }
    };
    let router = Router::new().route("/metrics", get(figures));
    axum::serve(listener, router).with_graceful_shutdown(stop()).await
}

async fn figures(web: &Web) -> String {
    let mut text = web.load.exposition();
    match web.archive.status().await {
        Ok(status) => {
            let figures = [
                ("record_entries", status.entries.to_string()),
                ("copies", status.copies.to_string()),
                ("copies_refused", status.refused.copies.to_string()),
                ("papers", status.papers.values().sum::<usize>().to_string()),
                ("persons", status.persons.to_string()),
                ("inquiries", status.inquiries.0.to_string()),
                ("up", "1".to_owned()),
            ];
            for (name, value) in figures {
                text.push_str(&format!("# TYPE chancery_{name} gauge\nchancery_{name} {value}\n"));
            }
        }
        Err(_) => text.push_str(DOWN),
    }
    text.push_str("# TYPE chancery_acts_total counter\n");
    for (kind, count) in web.archive.acts_done() {
        text.push_str(&format!("chancery_acts_total{{kind=\"{kind}\"}} {count}\n"));
    }
    let instants = [
        ("checkpoint", web.archive.last_published().await.ok().flatten().map(|p| p.at)),
        ("backup_drill", web.archive.last_drill().await.ok().flatten().map(|d| d.at)),
    ];
    for (name, at) in instants {
        if let Some(at) = at {
            let at = at.as_second();
            text.push_str(&format!(
                "# TYPE chancery_{name}_time_seconds gauge\nchancery_{name}_time_seconds {at}\n"
            ));
        }
    }
    text
}

/// Resolves when the process is told to stop.
async fn stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    // Without a handler for it, the signal ends the process, which is safe at any time.
    let _ = tokio::signal::ctrl_c().await;
}
