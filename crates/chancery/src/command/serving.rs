//! The reading room.

use std::net::SocketAddr;
use std::sync::Arc;

use chancery_desk::Archive;
use chancery_web::{Settings, Web, serve as answer, serve_metrics};
use tokio::net::TcpListener;

use super::{Context, Failure, print};
use crate::cli::ServeArgs;

pub(super) async fn serve(context: &Context, args: ServeArgs) -> Result<u8, Failure> {
    let archive = context.open().await?;
    if let Some(person) = &args.invite {
        let code = archive.invite(person, None).await?;
        print(&format!(
            "{person} signs in once, within a day, with this code: {code}\n  http://{listen}/sign-in#{code}",
            listen = args.listen,
            code = code.expose(),
        ))?;
    }
    let settings = Settings { origin: args.origin, ..Settings::default() };
    open_room(archive, args.listen, args.metrics, settings).await?;
    Ok(0)
}

/// Opens the reading room on an archive, until the process is told to stop.
pub(crate) async fn open_room(
    archive: Archive,
    listen: SocketAddr,
    metrics: Option<SocketAddr>,
    settings: Settings,
) -> Result<(), Failure> {
    let (listener, address) = bind(listen).await?;
    let web = Web::new(archive, settings);
    if let Some(metrics) = metrics {
        let (listener, address) = bind(metrics).await?;
        print(&format!("Figures for Prometheus are at http://{address}/metrics"))?;
        tokio::spawn(serve_metrics(Arc::clone(&web), listener));
    }
    print(&format!("The reading room is open at http://{address}/ (Ctrl-C closes it)"))?;
    answer(web, listener).await.map_err(|e| Failure::failed(format!("{address}: {e}")))
}

async fn bind(listen: SocketAddr) -> Result<(TcpListener, SocketAddr), Failure> {
    let failed = |e: std::io::Error| Failure::failed(format!("{listen}: {e}; choose another port"));
    let listener = TcpListener::bind(listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}
