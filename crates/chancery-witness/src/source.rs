//! Where the bytes of a log come from.

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;

use chancery_desk::Archive;
use chancery_record::Tile;

/// A log could not be read. What exactly failed is for the operator, not for those who ask.
#[derive(Debug, thiserror::Error)]
#[error("the record cannot be read: {0}")]
pub struct SourceError(pub String);

/// Something that holds a published log. It gives nothing that the published checkpoint does not cover.
pub trait Source: Clone + Send + Sync + 'static {
    /// The published checkpoint; `None` before the first.
    fn checkpoint(&self) -> impl Future<Output = Result<Option<Vec<u8>>, SourceError>> + Send;

    /// The bytes of a tile; `None` when the published log has no such tile.
    fn tile(&self, tile: Tile)
    -> impl Future<Output = Result<Option<Vec<u8>>, SourceError>> + Send;
}

impl Source for Arc<Archive> {
    async fn checkpoint(&self) -> Result<Option<Vec<u8>>, SourceError> {
        let published = self.published().await.map_err(|e| SourceError(e.to_string()))?;
        Ok(published.map(|published| published.checkpoint.into_bytes()))
    }

    async fn tile(&self, tile: Tile) -> Result<Option<Vec<u8>>, SourceError> {
        self.log_tile(tile).await.map_err(|e| SourceError(e.to_string()))
    }
}

/// A folder as [`crate::write_folder`] leaves it.
impl Source for PathBuf {
    async fn checkpoint(&self) -> Result<Option<Vec<u8>>, SourceError> {
        read(self.join("checkpoint"))
    }

    async fn tile(&self, tile: Tile) -> Result<Option<Vec<u8>>, SourceError> {
        // A tile prints as a relative path of digits and fixed words.
        read(self.join(tile.to_string()))
    }
}

fn read(path: PathBuf) -> Result<Option<Vec<u8>>, SourceError> {
    match std::fs::read(&path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(SourceError(format!("{}: {error}", path.display()))),
    }
}
