//! Looking into articles, and filing what is public.

use chancery_desk::{Exposing, LeakFile, NewPublic, PublicKind};

use super::{Context, Failure, files};
use crate::cli::{ExposeArgs, PublicArgs, PublicCommand, PublicTextKind};
use crate::show;

pub(super) async fn expose(context: &Context, args: ExposeArgs) -> Result<u8, Failure> {
    let bytes = files::read(&args.article, files::MAX_FILE)?;
    let article = LeakFile { name: files::shown(&args.article), bytes };
    let request = Exposing { article, alpha: args.alpha, trace: !args.no_trace };
    let archive = context.open().await?;
    let report = archive.expose(&request, context.actor.as_ref()).await?;
    archive.close().await;
    if let Some(path) = &args.html {
        files::write(path, show::exposure_page(&report).as_bytes())?;
    }
    context.put(&report, || show::exposure(&report))?;
    Ok(0)
}

pub(super) async fn import(context: &Context, args: PublicArgs) -> Result<u8, Failure> {
    let kind = match args.kind {
        PublicTextKind::Statement => PublicKind::Statement,
        PublicTextKind::Letter => PublicKind::Letter,
        PublicTextKind::Hansard => PublicKind::Hansard,
        PublicTextKind::Release => PublicKind::Release,
        PublicTextKind::Other => PublicKind::Other,
    };
    let mut texts = Vec::with_capacity(args.files.len());
    for path in &args.files {
        texts.push(NewPublic {
            name: files::shown(path),
            bytes: files::read(path, files::MAX_FILE)?,
            kind,
            date: args.date,
            source: args.source.clone(),
            by: args.by.clone(),
            office: args.office.clone(),
        });
    }
    let archive = context.open().await?;
    let filed = archive.file_public(&texts, context.actor.as_ref()).await?;
    archive.close().await;
    context.put(&filed, || show::filed(&filed))?;
    Ok(0)
}

pub(super) async fn public(context: &Context, command: PublicCommand) -> Result<u8, Failure> {
    let archive = context.open().await?;
    match command {
        PublicCommand::List => {
            let all = archive.list_public().await?;
            context.put(&all, || show::public_texts(&all))?;
        }
        PublicCommand::Show { text } => {
            let text = archive.show_public(&text).await?;
            context.put(&text, || show::public_text(&text))?;
        }
    }
    archive.close().await;
    Ok(0)
}
