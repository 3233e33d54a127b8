//! Entries of the record as the verifier reads them: a kind, an instant, particulars by name.

use std::collections::BTreeMap;

use chancery_code::known_decoder;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::verify::VerifyError;

/// The particular that names the version of the decoder.
const DECODER: &str = "decoder_version";

/// An opened entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// What was done.
    pub kind: String,
    /// When, as the archive says: RFC 3339 in UTC.
    pub at: String,
    /// Its particulars.
    pub fields: BTreeMap<String, Value>,
}

impl Body {
    /// Reads the JSON of an entry of this kind.
    pub(crate) fn parse(text: &str, kind: &'static str) -> Result<Self, VerifyError> {
        let body: Self = serde_json::from_str(text).map_err(|_| VerifyError::Entry(kind))?;
        if body.kind == kind { Ok(body) } else { Err(VerifyError::Entry(kind)) }
    }

    /// A particular, in the type that is expected.
    pub(crate) fn get<T: DeserializeOwned>(&self, name: &'static str) -> Result<T, VerifyError> {
        let value = self.fields.get(name).cloned().unwrap_or(Value::Null);
        serde_json::from_value(value).map_err(|_| VerifyError::Field(name))
    }

    /// The version of the decoder, where the entry names one; entries of earlier editions name none.
    pub(crate) fn decoder(&self) -> Result<Option<u32>, VerifyError> {
        if !self.fields.contains_key(DECODER) {
            return Ok(None);
        }
        let version = self.get(DECODER)?;
        known_decoder(Some(version))?;
        Ok(Some(version))
    }

    /// 32 bytes, written in hexadecimal.
    pub(crate) fn hash(&self, name: &'static str) -> Result<[u8; 32], VerifyError> {
        let text: String = self.get(name)?;
        hex32(&text).ok_or(VerifyError::Field(name))
    }
}

/// 32 bytes from 64 hexadecimal digits.
pub(crate) fn hex32(text: &str) -> Option<[u8; 32]> {
    hex::decode(text).ok()?.try_into().ok()
}
