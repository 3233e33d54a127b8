//! Storage of segments: numbered blocks of one size, which the caller seals and opens.

/// Bytes of a block.
pub const BLOCK_BYTES: usize = 16 << 10;

/// Blocks as they were written, to be read one by one.
///
/// An implementation opens sealed blocks; a block that fails to open is an error, never other bytes.
pub trait Blocks: Send + Sync {
    /// Reads block `number`.
    ///
    /// # Errors
    /// When the block is missing or does not open.
    fn read(&self, number: u32) -> Result<Box<[u8; BLOCK_BYTES]>, BlockError>;
}

/// Why a block could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("block {number} of an index segment cannot be read ({why}); build the index anew")]
pub struct BlockError {
    /// The block.
    pub number: u32,
    /// What the storage says.
    pub why: String,
}

/// Blocks in memory, unsealed.
impl Blocks for Vec<Box<[u8; BLOCK_BYTES]>> {
    fn read(&self, number: u32) -> Result<Box<[u8; BLOCK_BYTES]>, BlockError> {
        let missing = || BlockError { number, why: "there is no such block".to_owned() };
        self.get(number as usize).cloned().ok_or_else(missing)
    }
}
