//! Writing files so that a crash leaves the old one or the new one, never half of one.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;

use crate::DeskError;

/// Replaces `path` by `bytes`: written beside it, synced, renamed, and the folder synced.
///
/// A crash before the rename leaves the old file (and a stray `.new`, which the next write replaces); a
/// crash after it leaves the new one. A `private` file is readable by its owner only.
///
/// # Errors
/// What the system says, with the path.
pub fn replace(path: &Path, bytes: &[u8], private: bool) -> Result<(), DeskError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = path.with_file_name(name);
    write(&beside, bytes, private).map_err(DeskError::file(&beside))?;
    fs::rename(&beside, path).map_err(DeskError::file(path))?;
    sync_folder(path);
    Ok(())
}

/// Waits until a file is on the disk.
pub(crate) fn sync(path: &Path) -> Result<(), DeskError> {
    File::open(path).and_then(|file| file.sync_all()).map_err(DeskError::file(path))
}

/// Overwrites a file that held a secret and removes it. What the disk keeps of it below the file system is out
/// of reach.
pub(crate) fn wipe(path: &Path) -> Result<(), DeskError> {
    let overwrite = || -> std::io::Result<()> {
        let length = fs::metadata(path)?.len();
        let mut file = File::options().write(true).open(path)?;
        std::io::copy(&mut std::io::repeat(0).take(length), &mut file)?;
        file.sync_all()?;
        fs::remove_file(path)
    };
    overwrite().map_err(DeskError::file(path))?;
    sync_folder(path);
    Ok(())
}

fn write(path: &Path, bytes: &[u8], private: bool) -> std::io::Result<()> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    if private {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// The bytes of a file, or `None` when there is none.
pub(crate) fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, DeskError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(DeskError::file(path)(error)),
    }
}

/// Closes a folder to everybody but its owner.
pub(crate) fn keep_private(folder: &Path) -> Result<(), DeskError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let owner = fs::Permissions::from_mode(0o700);
        fs::set_permissions(folder, owner).map_err(DeskError::file(folder))?;
    }
    Ok(())
}

/// Makes a rename durable. Folders that cannot be synced (some network file systems) are left to them.
pub(crate) fn sync_folder(path: &Path) {
    let folder =
        path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}
