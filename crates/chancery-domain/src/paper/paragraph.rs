//! Heads of paragraphs: numbers that a text brings along, and portion marks.

/// Longest portion mark, in bytes.
const MAX_PORTION: usize = 32;

/// Whether a paragraph brings a number of its own: `4. `, `4) `, `(4) `, `4.2 `.
#[must_use]
pub fn carries_number(paragraph: &str) -> bool {
    let text = paragraph.trim_start();
    let (text, bracketed) = text.strip_prefix('(').map_or((text, false), |inner| (inner, true));
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    if rest.len() == text.len() || text.len() - rest.len() > 4 {
        return false;
    }
    let closing = if bracketed {
        rest.strip_prefix(')')
    } else {
        let nested = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        if nested.len() < rest.len() { Some(nested) } else { rest.strip_prefix(')') }
    };
    closing.is_some_and(|after| after.starts_with(char::is_whitespace))
}

/// Splits the portion mark off a paragraph: `(S) The talks` is `S` and `The talks`.
///
/// A mark stands in round brackets at the very head, in capitals, figures, spaces, `/` and `-`, and begins
/// with a letter; white space follows.
#[must_use]
pub fn split_portion(paragraph: &str) -> (Option<&str>, &str) {
    let whole = (None, paragraph);
    let Some(inner) = paragraph.trim_start().strip_prefix('(') else { return whole };
    let Some((mark, after)) = inner.split_once(')') else { return whole };
    let fits = mark.len() <= MAX_PORTION
        && mark.starts_with(|c: char| c.is_ascii_uppercase())
        && mark.bytes().all(|b| {
            b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b' ' | b'/' | b'-')
        });
    if fits && after.starts_with(char::is_whitespace) {
        (Some(mark.trim_end()), after.trim_start())
    } else {
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_marks_are_told_from_words() {
        for own in ["1. The", "12) The", "(3) The", " 4.2 The", "4.2. The"] {
            assert!(carries_number(own), "{own}");
        }
        for plain in ["The 1. of May", "1 ship", "1.", "(S) The", "2032 was", "1.5m", "20000. x"] {
            assert!(!carries_number(plain), "{plain}");
        }
        assert_eq!(split_portion("(S) The talks"), (Some("S"), "The talks"));
        assert_eq!(split_portion("(C/NF)\tTalks"), (Some("C/NF"), "Talks"));
        for plain in ["(s) no", "() no", "(S)no", "(S", "S) no", "(1) no", "The (S) no"] {
            assert_eq!(split_portion(plain), (None, plain));
        }
    }
}
