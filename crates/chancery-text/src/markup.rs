//! The author's markup in a draft: `{strong|firm}`, `{=locked=}`, `{2: sentence | sentence}`.
//!
//! Markup is flat: no site inside a site. `\{`, `\}`, `\|` and `\\` are the characters themselves.
//! Taking markup out never fails silently: every error carries its line and column.

use std::ops::Range;

use crate::canon::clean;

/// Most readings an author may give one place.
pub const MAX_READINGS: usize = 24;

/// A paragraph with its markup taken out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marked {
    /// Plain text in house typography, with the first reading of every variant.
    pub text: String,
    /// The author's variants: span in `text` and all readings, the first as in `text`.
    pub variants: Vec<(Range<usize>, Vec<String>)>,
    /// Spans in `text` that the author locked.
    pub locked: Vec<Range<usize>>,
}

impl Marked {
    /// A paragraph without markup: braces and bars are ordinary characters.
    #[must_use]
    pub fn literal(text: &str) -> Self {
        Self { text: clean(text), ..Self::default() }
    }

    /// Everything finders must keep their hands off.
    #[must_use]
    pub fn reserved(&self) -> Vec<Range<usize>> {
        self.variants
            .iter()
            .map(|(span, _)| span.clone())
            .chain(self.locked.iter().cloned())
            .collect()
    }
}

/// What is wrong with the markup, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {problem}")]
pub struct MarkupError {
    /// Line within the paragraph, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong and how to write it.
    pub problem: &'static str,
}

/// Reads one paragraph with markup.
///
/// # Errors
/// At the first place where the markup is broken.
pub fn parse(source: &str) -> Result<Marked, MarkupError> {
    let mut out = Marked::default();
    let mut plain = String::new();
    let mut chars = source.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => match chars.next_if(|&(_, n)| is_special(n)) {
                Some((_, escaped)) => plain.push(escaped),
                None => plain.push('\\'),
            },
            '{' => {
                append(&mut out.text, &plain);
                plain.clear();
                let body = body(source, at, &mut chars)?;
                place(source, at, &body, &mut out)?;
            }
            '}' => return Err(error(source, at, "a } without its {; write \\} for the character")),
            c => plain.push(c),
        }
    }
    append(&mut out.text, &plain);
    let trimmed = out.text.trim_end().len();
    out.text.truncate(trimmed);
    Ok(out)
}

/// Takes everything up to the closing brace, split at bars; `None` marks an unescaped bar.
fn body(
    source: &str,
    open: usize,
    chars: &mut std::iter::Peekable<std::str::CharIndices<'_>>,
) -> Result<Vec<Option<char>>, MarkupError> {
    let mut out = Vec::new();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => out.push(Some(chars.next_if(|&(_, n)| is_special(n)).map_or('\\', |(_, n)| n))),
            '}' => return Ok(out),
            '{' => return Err(error(source, at, "a { inside a {…}; variants cannot be nested")),
            '|' => out.push(None),
            c => out.push(Some(c)),
        }
    }
    Err(error(source, open, "this { is never closed; add } or write \\{ for the character"))
}

fn place(
    source: &str,
    at: usize,
    body: &[Option<char>],
    out: &mut Marked,
) -> Result<(), MarkupError> {
    let whole: String = body.iter().flatten().collect();
    if let Some(inner) = whole.strip_prefix('=') {
        if body.contains(&None) {
            return Err(error(source, at, "a locked passage {=…=} cannot hold variants"));
        }
        let Some(locked) = inner.strip_suffix('=') else {
            return Err(error(source, at, "a locked passage is written {=…=}"));
        };
        if clean(locked).trim().is_empty() {
            return Err(error(source, at, "this {=…=} locks nothing; put the words inside"));
        }
        let start = join_point(&mut out.text, locked);
        append(&mut out.text, locked);
        out.locked.push(start..out.text.trim_end().len());
        return Ok(());
    }
    let mut parts: Vec<String> =
        body.split(Option::is_none).map(|part| part.iter().flatten().collect()).collect();
    if parts.len() < 2 {
        return Err(error(source, at, "a variant needs two readings: {one|other}; to lock: {=…=}"));
    }
    if parts.len() > MAX_READINGS {
        return Err(error(source, at, "more than 24 readings in one place"));
    }
    if let Some((count, first)) = sentence_count(&parts[0]) {
        if count != parts.len() {
            return Err(error(
                source,
                at,
                "the number before the colon is not the number of readings",
            ));
        }
        parts[0] = first;
        for part in &mut parts {
            *part = part.trim().to_owned();
        }
    }
    let readings: Vec<String> = parts.iter().map(|part| clean(part)).collect();
    if readings.iter().any(String::is_empty) {
        return Err(error(source, at, "a reading is empty; take the next word into all readings"));
    }
    for (i, reading) in readings.iter().enumerate() {
        if readings[..i].contains(reading) {
            return Err(error(source, at, "two readings of this variant are the same"));
        }
    }
    if parts.iter().any(|p| p.starts_with(char::is_whitespace) || p.ends_with(char::is_whitespace))
    {
        return Err(error(
            source,
            at,
            "a reading begins or ends with a blank; put it outside the {…}",
        ));
    }
    let start = join_point(&mut out.text, &readings[0]);
    out.text.push_str(&readings[0]);
    out.variants.push((start..out.text.len(), readings));
    Ok(())
}

/// `2: first sentence` → (2, `first sentence`).
fn sentence_count(first: &str) -> Option<(usize, String)> {
    let (digits, rest) = first.split_once(':')?;
    let count = digits.trim().parse().ok()?;
    Some((count, rest.to_owned()))
}

/// Where the next stretch begins: after one space if the text so far ends in one.
fn join_point(text: &mut String, next: &str) -> usize {
    if next.starts_with(char::is_whitespace) && !text.ends_with(' ') && !text.is_empty() {
        text.push(' ');
    }
    text.len()
}

/// Appends plain text in house typography, keeping the blanks at its ends.
fn append(text: &mut String, plain: &str) {
    if plain.is_empty() {
        return;
    }
    // Quotation marks open or close by what stands before them, so clean with that character. A mark there
    // would itself be judged anew with nothing before it, so something that opens or closes stands for it.
    let last = text.chars().next_back().filter(|c| !c.is_whitespace());
    let before: String = match last {
        Some('“' | '‘') => "(".into(),
        Some('”' | '’') => ")".into(),
        last => last.into_iter().collect(),
    };
    let cleaned = clean(&format!("{before}{plain}"));
    // Without the prefix, an accent has joined what stands before it.
    let body = cleaned.strip_prefix(before.as_str()).map_or_else(|| clean(plain), str::to_owned);
    if plain.starts_with(char::is_whitespace) && !text.is_empty() && !text.ends_with(' ') {
        text.push(' ');
    }
    text.push_str(body.trim_start());
    if plain.ends_with(char::is_whitespace) && !text.is_empty() && !text.ends_with(' ') {
        text.push(' ');
    }
}

const fn is_special(c: char) -> bool {
    matches!(c, '{' | '}' | '|' | '\\')
}

fn error(source: &str, at: usize, problem: &'static str) -> MarkupError {
    let before = &source[..at];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
    MarkupError { line, column, problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_locks_and_sentences() {
        let m = parse("We met {strong|firm|robust} views. {=\"No more\"=} \\{so\\} {2: It failed. | It did not work. } End")
            .unwrap();
        assert_eq!(m.text, "We met strong views. “No more” {so} It failed. End");
        let spans: Vec<&str> = m.variants.iter().map(|(s, _)| &m.text[s.clone()]).collect();
        assert_eq!(spans, ["strong", "It failed."]);
        assert_eq!(m.variants[0].1, ["strong", "firm", "robust"]);
        assert_eq!(m.variants[1].1, ["It failed.", "It did not work."]);
        assert_eq!(&m.text[m.locked[0].clone()], "“No more”");
    }

    #[test]
    fn a_lock_changes_no_character() {
        for (source, text) in [
            (
                "He waits {=“for his own train”=}. In private",
                "He waits “for his own train”. In private",
            ),
            ("{=\"No\"=}, he said \"yes\"", "“No”, he said “yes”"),
            ("({=‘so’=}) and {=the envoys’=}’", "(‘so’) and the envoys’’"),
            ("caf{=e=}\u{301}s", "cafe\u{301}s"),
        ] {
            let locked = parse(source).unwrap();
            assert_eq!(locked.text, text, "{source}");
        }
    }

    #[test]
    fn errors_name_line_and_column() {
        for (source, line, column) in [
            ("ok {a|b", 1, 4),
            ("one\ntwo a}", 2, 6),
            ("{a|{b|c}}", 1, 4),
            ("x {only}", 1, 3),
            ("x {a|a}", 1, 3),
            ("x {a |b}", 1, 3),
            ("x {3: a | b}", 1, 3),
            ("x {=a}", 1, 3),
            ("x {= =}", 1, 3),
            ("x {|a}", 1, 3),
            ("We are firm {|indeed}", 1, 13),
        ] {
            let e = parse(source).unwrap_err();
            assert_eq!((e.line, e.column), (line, column), "{source}: {e}");
        }
    }

    #[test]
    fn quotation_marks_around_a_variant_open_and_close() {
        let m =
            parse("He was \"{quite|rather} sure\" of it, the envoy's {own|personal} view").unwrap();
        assert_eq!(m.text, "He was “quite sure” of it, the envoy’s own view");
    }
}
