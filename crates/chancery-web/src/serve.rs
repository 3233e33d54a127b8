//! Listening, and stopping in good order.

use std::ops::ControlFlow;
use std::sync::Arc;

use tokio::net::TcpListener;

use crate::Web;

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
    let served = axum::serve(listener, web.router()).with_graceful_shutdown(stop()).await;
    sweep.abort();
    served
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
