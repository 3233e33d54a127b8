//! The reading room.

use std::future::pending;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chancery_desk::{Archive, DeskError, Share, USUAL_OPENING, agent_runs, give_share, unsealing};
use chancery_web::{
    Ended, Journal, Oidc, Settings, TakeShare, Web, serve as answer, serve_metrics, serve_sealed,
};
use tokio::net::TcpListener;
use zeroize::Zeroizing;

use super::vault::start_agent;
use super::{Context, Failure, files, print};
use crate::cli::ServeArgs;

/// Longest file with the issuer's secret.
const MAX_SECRET: u64 = 4096;
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
    let oidc = issuer(&args)?;
    loop {
        if is_sealed(folder)? {
            print(&format!("The archive is sealed; http://{address}/ says so until it is open"))?;
            let (said, opened) = (folder.to_owned(), folder.to_owned());
            let opened = async move { becomes(&opened, false).await };
            let take = args.unseal_page.then(|| take_shares(folder));
            match serve_sealed(again()?, move || describe(&said), take, opened)
                .await
                .map_err(failed)?
            {
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
        let settings = Settings {
            oidc: oidc.clone(),
            origin: args.origin.clone(),
            backups: args.backups.clone(),
            // Standard error that cannot be written is no reason to stop.
            journal: args.journal.then(|| Journal::new(|line| super::note(&line))),
            ..Settings::default()
        };
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

/// The issuer through which people may sign in.
fn issuer(args: &ServeArgs) -> Result<Option<Oidc>, Failure> {
    let (Some(issuer), Some(client), Some(file)) =
        (&args.oidc_issuer, &args.oidc_client, &args.oidc_secret)
    else {
        return Ok(None);
    };
    let secret = Zeroizing::new(files::read(file, MAX_SECRET)?);
    let secret = std::str::from_utf8(&secret)
        .map_err(|_| Failure::failed(format!("{}: not UTF-8 text", file.display())))?;
    Oidc::new(issuer, client, secret).map(Some).map_err(Failure::usage)
}

/// Shares that are typed into the page go where `chancery unseal` brings them.
fn take_shares(folder: &Path) -> TakeShare {
    let folder = folder.to_owned();
    TakeShare::new(move |share: String| {
        let folder = folder.clone();
        async move {
            let share = Zeroizing::new(share);
            let said = |e: DeskError| e.to_string();
            let share = Share::parse(share.as_bytes()).map_err(|e| e.to_string())?;
            if !agent_runs(&folder) {
                Archive::settle_custody(&folder).await.map_err(said)?;
                start_agent(&folder, USUAL_OPENING).map_err(|e| e.message)?;
            }
            let state = give_share(&folder, &share).map_err(said)?;
            Ok(if state.open {
                "The archive is open.".to_owned()
            } else {
                format!("{} of {} shares were given.", state.given, state.needed)
            })
        }
    })
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
