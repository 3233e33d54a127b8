//! The two spellings that all C2SP texts share: base64 (RFC 4648 section 4) and decimal numbers.
//!
//! One text for one value: missing padding, trailing bits, signs, leading zeros and white space are all
//! refused, so a parsed value always formats back to the bytes that were read. Formats built from these
//! live in their own files.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Encodes with padding.
pub(crate) fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Decodes canonical base64 only; `None` for anything else.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Reads a decimal number as the C2SP texts write it: ASCII digits, no sign, no leading zero, at most
/// `max`; `None` for anything else.
pub(crate) fn decimal(text: &str, max: u64) -> Option<u64> {
    let canonical = text == "0" || !text.starts_with('0');
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !canonical || !digits {
        return None;
    }
    text.parse().ok().filter(|&number| number <= max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_text_of_a_value_is_read() {
        assert_eq!(decode("AQI="), Some(vec![1, 2]));
        for other in ["AQI", "AQJ=", "AQI=\n", " AQI=", "AQ-_", "AQI=="] {
            assert_eq!(decode(other), None, "{other:?}");
        }
    }

    #[test]
    fn decimals_have_one_spelling() {
        assert_eq!(decimal("0", 9), Some(0));
        assert_eq!(decimal("18446744073709551615", u64::MAX), Some(u64::MAX));
        for other in ["", "00", "01", "+1", "-1", "1 ", "1_0", "٣", "10", "18446744073709551616"] {
            assert_eq!(decimal(other, 9), None, "{other:?}");
        }
    }
}
