//! Listening, figures for the operators, and stopping in good order.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use chancery_desk::DeskError;
use tokio::net::TcpListener;

use crate::Web;

/// How often it is looked whether the record is to be published.
const PUBLISH_LOOK: Duration = Duration::from_secs(60);

/// Serves until the process is told to stop; sessions are swept beside it. Requests that have begun end.
///
/// # Errors
/// When the listener fails.
pub async fn serve(web: Arc<Web>, listener: TcpListener) -> std::io::Result<()> {
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
    let served = axum::serve(listener, web.router()).with_graceful_shutdown(stop()).await;
    sweep.abort();
    publish.abort();
    served
}

/// Signs the record for outsiders when it is due, so that readers get their receipts within the hour. Where
/// witnesses count, `chancery record publish` does it, which asks them.
async fn keep_published(web: &Web) {
    loop {
        match publish_if_due(web).await {
            Ok(()) => {}
            Err(error) => eprintln!("chancery: the record could not be published: {error}"),
        }
        tokio::time::sleep(PUBLISH_LOOK).await;
    }
}

async fn publish_if_due(web: &Web) -> Result<(), DeskError> {
    if web.archive.witness_policy()?.is_none() && web.archive.publication_due().await? {
        web.archive.publish().await?;
    }
    Ok(())
}

/// Serves figures for Prometheus under `/metrics`, on a listener of its own: they tell nothing of a paper or a
/// person, but how much is read, and so they belong to the operators' network.
///
/// # Errors
/// When the listener fails.
pub async fn serve_metrics(web: Arc<Web>, listener: TcpListener) -> std::io::Result<()> {
    let figures = move || {
        let web = Arc::clone(&web);
        async move { figures(&web).await }
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
        Err(_) => text.push_str("# TYPE chancery_up gauge\nchancery_up 0\n"),
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
