//! Files that the user names.

use std::fs;
use std::io::Read;
use std::path::Path;

use super::Failure;

/// Largest file that is read whole.
pub(super) const MAX_FILE: u64 = 50 << 20;

/// Reads a file, or standard input for `-`, up to `limit` bytes.
pub(super) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(limit + 1).read_to_end(&mut bytes)
    } else {
        fs::File::open(path).and_then(|file| file.take(limit + 1).read_to_end(&mut bytes))
    };
    read.map_err(|e| Failure::failed(format!("{}: {e}", path.display())))?;
    if bytes.len() as u64 > limit {
        return Err(Failure::failed(format!(
            "{}: larger than {} MB; give the part that matters",
            path.display(),
            limit >> 20
        )));
    }
    Ok(bytes)
}

/// Writes a file that only its owner may read, whole or not at all.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    use std::io::Write;
    let failed = |e: std::io::Error| Failure::failed(format!("{}: {e}", path.display()));
    let folder =
        path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
    file.persist(path).map_err(|e| failed(e.error))?;
    Ok(())
}

/// The name by which a leak is shown.
pub(super) fn shown(path: &Path) -> String {
    if path == Path::new("-") {
        return "standard input".to_owned();
    }
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// Reads a TOML file.
pub(super) fn toml<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, Failure> {
    let bytes = read(path, MAX_FILE)?;
    let failed = |e: &dyn std::fmt::Display| Failure::failed(format!("{}: {e}", path.display()));
    let text = std::str::from_utf8(&bytes).map_err(|e| failed(&e))?;
    toml::from_str(text).map_err(|e| failed(&e))
}
