//! Copies: one for a reader, or one file for each.

use chancery_desk::{Format, Rendered};
use serde::Serialize;

use super::{Context, Failure, files, tenure};
use crate::cli::{Copies, CopyFormat};

/// A copy with its text, for those who want both in one answer.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    copy: &'a Rendered,
    text: &'a str,
}

const fn format(format: CopyFormat) -> Format {
    match format {
        CopyFormat::Txt => Format::Txt,
        CopyFormat::Html => Format::Html,
        CopyFormat::Pdf => Format::Pdf,
        CopyFormat::Png => Format::Png,
        CopyFormat::Svg => Format::Svg,
    }
}

pub(super) async fn copy(context: &Context, command: Copies) -> Result<u8, Failure> {
    if let Copies::Tenure(command) = command {
        return tenure::copy(context, command).await;
    }
    let archive = context.open().await?;
    match command {
        Copies::Tenure(_) => {}
        Copies::Open {
            format: CopyFormat::Pdf | CopyFormat::Png | CopyFormat::Svg,
            output: None,
            ..
        } => {
            return Err(Failure::usage("pages go to a file: give it with -o FILE"));
        }
        Copies::Open { paper, reader, format: form, output } => {
            let copy = archive.open_copy(&paper, &reader, format(form)).await?;
            match output {
                Some(path) => {
                    files::write(&path, &copy.bytes)?;
                    context.put(&copy, || {
                        format!(
                            "Wrote {}'s copy of {} to {} (opened through {}, entry {} of the record).",
                            reader,
                            copy.paper,
                            path.display(),
                            copy.office,
                            copy.leaf
                        )
                    })?;
                }
                None => {
                    let text = String::from_utf8_lossy(&copy.bytes);
                    let shown = Shown { copy: &copy, text: &text };
                    context.put(&shown, || text.to_string())?;
                }
            }
        }
        Copies::Export {
            paper, reader: Some(reader), to: Some(to), format: form, output, ..
        } => {
            let bag = archive.bag_copy(&paper, &reader, &to, format(form)).await?;
            files::write(&output, &bag.bytes)?;
            context.put(&bag, || {
                format!(
                    "Sealed {}'s copy of {} into {} (entry {} of the record). Open it with age or rage; send the receipt inside back for: chancery copy return FILE",
                    bag.reader,
                    bag.paper,
                    output.display(),
                    bag.leaf
                )
            })?;
        }
        Copies::Return { receipt } => {
            let bytes = files::read(&receipt, files::MAX_FILE)?;
            let back = archive.return_bag(&bytes).await?;
            context.put(&back, || {
                format!(
                    "The receipt of {}'s copy of {} is back (left with entry {}, returned with entry {}).",
                    back.reader, back.paper, back.leaf, back.returned
                )
            })?;
        }
        Copies::Export { paper, with, format: form, output, .. } => {
            let bar = context.bar("copies");
            let by = match &with {
                Some(second) => Some((context.actor()?, second)),
                None => None,
            };
            let report = archive
                .export_copies(&paper, format(form), &output, by, |done, of| bar.set(done, of))
                .await?;
            bar.done();
            context.put(&report, || {
                format!(
                    "Wrote {} copies of {} to {}.",
                    report.files,
                    report.paper,
                    report.folder.display()
                )
            })?;
        }
    }
    archive.close().await;
    Ok(0)
}
