//! Paragraphs: where they begin and end, and which of them are headings, bylines and turns.

use std::ops::Range;

use super::{MAX_PARAGRAPH_BYTES, MAX_PARAGRAPHS, Paragraph, ParagraphKind};

/// A line longer than this was not broken by hand.
const LONG_LINE: usize = 160;

/// Longest heading, in words.
const MAX_HEADING: usize = 20;

/// Longest heading below the top, in words.
const MAX_INNER_HEADING: usize = 10;

/// Paragraphs at the top among which headlines stand.
const TOP: usize = 4;

/// Longest label of a turn, in bytes.
const MAX_LABEL: usize = 32;

/// A paragraph with what only the reading of it needs.
pub(super) struct Part {
    pub(super) paragraph: Paragraph,
    /// Set in from the margin or begun with `>`.
    pub(super) indented: bool,
    /// The label of a turn, without its colon.
    pub(super) label: Option<Range<usize>>,
}

impl Part {
    /// Where its words begin: after the label of a turn.
    pub(super) fn words(&self, text: &str) -> Range<usize> {
        let span = self.paragraph.span.clone();
        match &self.label {
            Some(label) => {
                let from = label.end + 1;
                let blank = text[from..span.end].len() - text[from..span.end].trim_start().len();
                from + blank..span.end
            }
            None => span,
        }
    }
}

/// Splits an article into paragraphs.
pub(super) fn parts(text: &str) -> Vec<Part> {
    let lines: Vec<Range<usize>> = lines(text).collect();
    let blank = |line: &Range<usize>| is_blank(&text[line.clone()]);
    let spaced = lines
        .iter()
        .skip_while(|line| blank(line))
        .skip_while(|line| !blank(line))
        .any(|line| !blank(line));
    let mut parts: Vec<Part> = Vec::new();
    let mut open: Option<Part> = None;
    for line in lines {
        let raw = &text[line.clone()];
        if is_blank(raw) {
            parts.extend(open.take());
            continue;
        }
        let indented = raw.starts_with("    ") || raw.starts_with('\t') || raw.starts_with('>');
        let trimmed = raw.trim_matches(is_blank_char).trim_start_matches('>').trim_start();
        let start = line.end - raw.trim_end_matches(is_blank_char).len().abs_diff(raw.len());
        let span = start - trimmed.len()..start;
        if trimmed.is_empty() {
            continue;
        }
        let apart = !spaced
            || is_byline(trimmed)
            || label(trimmed).is_some()
            || open.as_ref().is_some_and(|part| {
                let so_far = &text[part.paragraph.span.clone()];
                part.indented != indented
                    || is_byline(so_far)
                    || so_far.len() > LONG_LINE
                    || (parts.len() < TOP
                        && !ends_sentence(so_far)
                        && raw.len() < LONG_LINE / 2
                        && parts.is_empty())
            });
        if apart {
            parts.extend(open.take());
        }
        match &mut open {
            Some(part) => part.paragraph.span.end = span.end,
            None => {
                let paragraph = Paragraph { span, kind: ParagraphKind::Body };
                open = Some(Part { paragraph, indented, label: None });
            }
        }
    }
    parts.extend(open.take());
    parts = parts.into_iter().flat_map(|part| cut(text, part)).take(MAX_PARAGRAPHS).collect();
    classify(text, &mut parts);
    parts
}

/// A paragraph in parts of at most [`MAX_PARAGRAPH_BYTES`], cut between words where there are any.
fn cut(text: &str, part: Part) -> impl Iterator<Item = Part> {
    let indented = part.indented;
    let mut rest = part.paragraph.span;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut end = rest.end;
        if rest.len() > MAX_PARAGRAPH_BYTES {
            let most = text.floor_char_boundary(rest.start + MAX_PARAGRAPH_BYTES);
            let blank = text[rest.start..most].rfind(' ').filter(|&at| at > 0);
            end = blank.map_or(most, |at| rest.start + at);
        }
        let span = rest.start..end;
        let gap = text[end..rest.end].len() - text[end..rest.end].trim_start().len();
        rest.start = end + gap;
        let paragraph = Paragraph { span, kind: ParagraphKind::Body };
        Some(Part { paragraph, indented, label: None })
    })
}

fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    text.split_inclusive(['\n', '\u{2028}', '\u{2029}', '\u{b}', '\u{c}']).map(move |line| {
        let start = at;
        at += line.len();
        start
            ..start
                + line
                    .trim_end_matches(['\n', '\r', '\u{2028}', '\u{2029}', '\u{b}', '\u{c}'])
                    .len()
    })
}

fn is_blank_char(c: char) -> bool {
    c.is_whitespace() || c.is_control() || crate::token::is_invisible(c)
}

fn is_blank(line: &str) -> bool {
    line.chars().all(is_blank_char)
}

/// "By Orla Benning", and nothing longer.
fn is_byline(line: &str) -> bool {
    let by = line.strip_prefix("By ").or_else(|| line.strip_prefix("by "));
    by.is_some_and(|rest| rest.split_whitespace().count() <= 6 && !ends_sentence(rest))
}

/// Whether a line ends as a sentence does, marks around it aside.
fn ends_sentence(line: &str) -> bool {
    line.trim_end_matches(['”', '’', '"', '\'', '»', '“', ')', ']'])
        .ends_with(['.', '!', '?', '…', ':', ';', ','])
}

/// The label of a turn at the beginning of a line, without its colon: `Q`, `A` or a name.
fn label(line: &str) -> Option<&str> {
    let head = &line[..line.floor_char_boundary(MAX_LABEL)];
    let label = &head[..head.find(':')?];
    let is_name = label.split(' ').all(|word| {
        word.chars().next().is_some_and(char::is_uppercase)
            && word.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '-' | '\'' | '’'))
    });
    let after = line[label.len() + 1..].trim_start();
    let quoted = after.starts_with(['“', '"', '‘', '«', '„']) || after.is_empty();
    (is_name && label.split(' ').count() <= 3 && !quoted).then_some(label)
}

fn classify(text: &str, parts: &mut [Part]) {
    let mut labels: Vec<&str> =
        parts.iter().filter_map(|part| label(&text[part.paragraph.span.clone()])).collect();
    labels.sort_unstable();
    let count = |wanted: &str| {
        labels.partition_point(|l| *l <= wanted) - labels.partition_point(|l| *l < wanted)
    };
    for (at, part) in parts.iter_mut().enumerate() {
        let span = part.paragraph.span.clone();
        let line = &text[span.clone()];
        let quoted = line.starts_with(['“', '"', '‘', '«', '„', '\'']);
        let words = || line.split_whitespace().take(MAX_HEADING + 1).count();
        part.paragraph.kind = match label(line) {
            Some(label) if count(label) >= 2 => {
                part.label = Some(span.start..span.start + label.len());
                ParagraphKind::Turn
            }
            _ if is_byline(line) => ParagraphKind::Byline,
            _ if part.indented || ends_sentence(line) => ParagraphKind::Body,
            _ if at < TOP && words() <= MAX_HEADING => ParagraphKind::Heading,
            _ if !quoted && words() <= MAX_INNER_HEADING => ParagraphKind::Heading,
            _ => ParagraphKind::Body,
        };
    }
    // A text that is one line is an article, however short.
    if let [part] = parts {
        part.paragraph.kind = ParagraphKind::Body;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(&str, ParagraphKind)> {
        parts(text)
            .into_iter()
            .map(|part| (&text[part.paragraph.span.clone()], part.paragraph.kind))
            .collect()
    }

    #[test]
    fn headings_bylines_and_broken_lines() {
        let text = "Envoy quits\n\nBy Orla Benning\nDiplomatic Editor\n\nThe envoy left\nlast night.\r\n\r\n  He is gone.  \n";
        assert_eq!(
            kinds(text),
            [
                ("Envoy quits", ParagraphKind::Heading),
                ("By Orla Benning", ParagraphKind::Byline),
                ("Diplomatic Editor", ParagraphKind::Heading),
                ("The envoy left\nlast night.", ParagraphKind::Body),
                ("He is gone.", ParagraphKind::Body),
            ]
        );
    }

    #[test]
    fn turns_need_a_label_that_comes_back() {
        let text = "Q: Why?\nA: Because.\nQ: Really?\nA: Yes.";
        assert!(parts(text).iter().all(|p| p.paragraph.kind == ParagraphKind::Turn));
        let text = "Comment: he is wrong.\n\nHe is right.";
        assert!(parts(text).iter().all(|p| p.paragraph.kind == ParagraphKind::Body));
    }
}
