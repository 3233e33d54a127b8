//! The log as static files: the same bytes as over HTTP, for any web server or object store.

use std::path::Path;

use chancery_desk::{Archive, DeskError, replace_file};
use chancery_record::{SignedCheckpoint, tiles};

/// Brings a folder up to the published checkpoint, tiles first, the checkpoint last, so that whoever reads in
/// between finds every tile of the checkpoint he has. Returns how many files were written.
///
/// Partial tiles of earlier checkpoints stay, as the specification wants.
///
/// # Errors
/// When nothing was published, the folder holds another log, or it cannot be written.
pub async fn write_folder(archive: &Archive, folder: &Path) -> Result<usize, DeskError> {
    let published = archive.published().await?.ok_or_else(|| {
        DeskError::Procedure(
            "no checkpoint is shown yet: too few witnesses have signed, or none was published"
                .into(),
        )
    })?;
    let path = folder.join("checkpoint");
    let before = match std::fs::read(&path) {
        Ok(bytes) => {
            let foreign = || {
                DeskError::Input(format!(
                    "{} holds another log; after a new epoch, publish into a new folder",
                    folder.display()
                ))
            };
            let signed = SignedCheckpoint::parse(&bytes).map_err(|_| foreign())?;
            signed.verify(&archive.verifier_key(), &[]).map_err(|_| foreign())?;
            signed.claimed().size()
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => 0,
        Err(error) => return Err(DeskError::File { path, error }),
    };
    let mut written = 0;
    for tile in tiles(before, published.size) {
        let bytes = archive.log_tile(tile).await?;
        let bytes = bytes.ok_or_else(|| DeskError::Record(format!("{tile} is missing")))?;
        let path = folder.join(tile.to_string());
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)
                .map_err(|error| DeskError::File { path: parent.to_owned(), error })?;
        }
        replace_file(&path, &bytes, false)?;
        written += 1;
    }
    std::fs::create_dir_all(folder)
        .map_err(|error| DeskError::File { path: folder.to_owned(), error })?;
    replace_file(&path, published.checkpoint.as_bytes(), false)?;
    Ok(written + 1)
}
