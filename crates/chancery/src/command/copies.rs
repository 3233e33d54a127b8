//! Copies: one for a reader, or one file for each.

use chancery_desk::Format;

use super::{Context, Failure, files, tenure};
use crate::cli::{Copies, CopyFormat};

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
                    super::print(&text)?;
                }
            }
        }
        Copies::Export { paper, all: _, format: form, output } => {
            let bar = context.bar("copies");
            let report = archive
                .export_copies(&paper, format(form), &output, |done, of| bar.set(done, of))
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
