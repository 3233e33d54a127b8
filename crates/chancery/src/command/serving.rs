//! The reading room.

use std::future::pending;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chancery_desk::{Archive, unsealing};
use chancery_web::{Ended, Settings, Web, serve as answer, serve_metrics, serve_sealed};
use tokio::net::TcpListener;

use super::{Context, Failure, print};
use crate::cli::ServeArgs;

/// How often it is looked whether officers have opened or sealed the archive.
const SEAL_LOOK: Duration = Duration::from_secs(1);

/// Serves the archive while it is open, and that it is sealed while it is.
pub(super) async fn serve(context: &Context, args: ServeArgs) -> Result<u8, Failure> {
    let folder = context.folder()?;
    let (listener, address) = bind(args.listen).await?;
    let listener = listener.into_std().map_err(|e| Failure::failed(e.to_string()))?;
    let again = || {
        let listener = listener.try_clone().and_then(TcpListener::from_std);
        listener.map_err(|e| Failure::failed(format!("{address}: {e}")))
    };
    let failed = |e: std::io::Error| Failure::failed(format!("{address}: {e}"));
    let mut invite = args.invite.as_ref();
    loop {
        if is_sealed(folder)? {
            print(&format!("The archive is sealed; http://{address}/ says so until it is open"))?;
            let (said, opened) = (folder.to_owned(), folder.to_owned());
            let opened = async move { becomes(&opened, false).await };
            match serve_sealed(again()?, move || describe(&said), opened).await.map_err(failed)? {
                Ended::Stopped => return Ok(0),
                Ended::Came => {}
            }
        }
        let archive = context.open().await?;
        if let Some(person) = invite.take() {
            let code = archive.invite(person, None).await?;
            print(&format!(
                "{person} signs in once, within a day, with this code: {code}\n  http://{address}/sign-in#{code}",
                code = code.expose(),
            ))?;
        }
        let sealed = folder.to_owned();
        let sealed = async move { becomes(&sealed, true).await };
        let settings = Settings { origin: args.origin.clone(), ..Settings::default() };
        match room(archive, (again()?, address), args.metrics, settings, sealed).await? {
            Ended::Stopped => return Ok(0),
            Ended::Came => {}
        }
    }
}

/// Opens the reading room on an archive, until the process is told to stop.
pub(crate) async fn open_room(
    archive: Archive,
    listen: SocketAddr,
    metrics: Option<SocketAddr>,
    settings: Settings,
) -> Result<(), Failure> {
    room(archive, bind(listen).await?, metrics, settings, pending()).await.map(|_| ())
}

async fn room(
    archive: Archive,
    (listener, address): (TcpListener, SocketAddr),
    metrics: Option<SocketAddr>,
    settings: Settings,
    sealed: impl Future<Output = ()> + Send + 'static,
) -> Result<Ended, Failure> {
    let web = Web::new(archive, settings);
    let mut figures = None;
    if let Some(metrics) = metrics {
        let (listener, address) = bind(metrics).await?;
        print(&format!("Figures for Prometheus are at http://{address}/metrics"))?;
        figures = Some(tokio::spawn(serve_metrics(Arc::clone(&web), listener)));
    }
    print(&format!("The reading room is open at http://{address}/ (Ctrl-C closes it)"))?;
    // The figures hold the archive, too: they end before it is closed.
    let sealed = async move {
        sealed.await;
        if let Some(figures) = figures {
            figures.abort();
            let _ = figures.await;
        }
    };
    answer(web, listener, sealed).await.map_err(|e| Failure::failed(format!("{address}: {e}")))
}

/// Whether officers have to give shares before the archive opens.
fn is_sealed(folder: &Path) -> Result<bool, Failure> {
    Ok(unsealing(folder)?.is_some_and(|state| !state.open))
}

/// Resolves when the archive is sealed, or when it is not.
async fn becomes(folder: &Path, sealed: bool) {
    loop {
        tokio::time::sleep(SEAL_LOOK).await;
        // What cannot be read for a moment is no change.
        if is_sealed(folder).is_ok_and(|now| now == sealed) {
            return;
        }
    }
}

fn describe(folder: &Path) -> String {
    match unsealing(folder) {
        Ok(Some(state)) if !state.open => {
            format!("sealed: {} of {} shares were given", state.given, state.needed)
        }
        _ => "starting".to_owned(),
    }
}

async fn bind(listen: SocketAddr) -> Result<(TcpListener, SocketAddr), Failure> {
    let failed = |e: std::io::Error| Failure::failed(format!("{listen}: {e}; choose another port"));
    let listener = TcpListener::bind(listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}
