//! Pairing of quotation marks, and apostrophes that are none.

use std::ops::Range;

use super::layout::Part;
use super::words::WORDS;
use super::{MAX_DEPTH, MAX_QUOTATIONS, ParagraphKind};

/// Marks that may close one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    /// `“ ” „ "`
    Double,
    /// `‘ ’ ‚ '`
    Single,
    /// `« »`, and turned round.
    Guillemet,
    /// `‹ ›`, and turned round.
    Angle,
}

/// An outermost pair of marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    /// From the opening mark to behind the closing one.
    pub(super) outer: Range<usize>,
    /// Between them, without white space at the ends.
    pub(super) span: Range<usize>,
    /// Pairs inside, outermost only, without their marks.
    pub(super) inner: Vec<Range<usize>>,
    /// Number of the paragraph.
    pub(super) paragraph: usize,
    /// Goes on from the last pair of the paragraph before, which was not closed.
    pub(super) runs_on: bool,
}

/// A mark that opens or closes, or may do either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Open,
    Close,
    /// A straight mark, or an apostrophe at the end of a word that looks like a genitive.
    Doubtful,
}

struct Mark {
    at: Range<usize>,
    family: Family,
    role: Role,
}

struct Open {
    family: Family,
    at: Range<usize>,
}

/// Pairs the marks of all paragraphs, in order.
pub(super) fn pairs(text: &str, parts: &[Part]) -> Vec<Pair> {
    let mut out = Vec::new();
    let mut unclosed: Option<Family> = None;
    for (number, part) in parts.iter().enumerate() {
        let span = part.words(text);
        if part.paragraph.kind == ParagraphKind::Byline || span.is_empty() {
            unclosed = None;
            continue;
        }
        let marks = marks(text, span.clone());
        let next = parts.get(number + 1).map(|next| &text[next.words(text)]);
        let (found, open) = pair(text, &span, &marks, unclosed, next);
        unclosed = open;
        nest(text, number, found, &mut out);
        if out.len() >= MAX_QUOTATIONS {
            break;
        }
    }
    out
}

/// The marks of a paragraph, apostrophes left out where that is certain.
fn marks(text: &str, span: Range<usize>) -> Vec<Mark> {
    let mut out: Vec<Mark> = Vec::new();
    let mut before: Option<char> = None;
    let mut chars = text[span.clone()].char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let after = chars.peek().map(|&(_, c)| c);
        let at = span.start + at..span.start + at + c.len_utf8();
        if let Some((family, role)) =
            role(c, before, after, &text[at.end..span.end], &text[span.start..at.start])
        {
            out.push(Mark { at, family, role });
        }
        before = Some(c);
    }
    settle_genitives(&mut out);
    out
}

fn role(
    c: char,
    before: Option<char>,
    after: Option<char>,
    rest: &str,
    done: &str,
) -> Option<(Family, Role)> {
    let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let open_space = before.is_none_or(|c| {
        c.is_whitespace() || matches!(c, '(' | '[' | '—' | '–' | '-' | '“' | '"' | '‘' | '«' | '/')
    });
    let close_space = after.is_none_or(|c| {
        c.is_whitespace()
            || c.is_ascii_punctuation()
            || matches!(c, '—' | '–' | '”' | '’' | '…' | '»')
    });
    Some(match c {
        '“' => {
            (Family::Double, if word(before) && close_space { Role::Close } else { Role::Open })
        }
        '„' | '‟' => (Family::Double, Role::Open),
        '”' => {
            (Family::Double, if open_space && word(after) { Role::Doubtful } else { Role::Close })
        }
        '"' => {
            let role = match (open_space, close_space) {
                (true, false) => Role::Open,
                (false, true) => Role::Close,
                _ => Role::Doubtful,
            };
            (Family::Double, role)
        }
        '«' => (
            Family::Guillemet,
            if word(before) || (close_space && !open_space) { Role::Doubtful } else { Role::Open },
        ),
        '»' => (
            Family::Guillemet,
            if open_space && word(after) { Role::Doubtful } else { Role::Close },
        ),
        '‹' => (Family::Angle, if word(before) { Role::Doubtful } else { Role::Open }),
        '›' => {
            (Family::Angle, if open_space && word(after) { Role::Doubtful } else { Role::Close })
        }
        '‚' => (Family::Single, Role::Open),
        '‘' | '’' | '\'' | '‛' => {
            if word(before) && word(after) {
                return None;
            }
            let opens = open_space
                && after.is_some_and(|c| {
                    c.is_alphanumeric() || matches!(c, '“' | '"' | '…' | '[' | '£' | '$' | '(')
                });
            if opens {
                if is_elision(rest) || c == '’' {
                    return None;
                }
                return Some((Family::Single, Role::Open));
            }
            if c == '‘' && !word(before) && !before.is_some_and(|c| c.is_ascii_punctuation()) {
                return None;
            }
            if before.is_none_or(char::is_whitespace) {
                return None;
            }
            let genitive = done.ends_with(['s', 'S', 'x', 'z'])
                && rest
                    .strip_prefix(' ')
                    .is_some_and(|rest| rest.starts_with(char::is_alphanumeric));
            let dropped = done.ends_with("in") && rest.starts_with(' ');
            let dropped = dropped && done.chars().rev().nth(2).is_some_and(char::is_alphabetic);
            (Family::Single, if genitive || dropped { Role::Doubtful } else { Role::Close })
        }
        _ => return None,
    })
}

/// After an apostrophe at the beginning of a word: `’tis`, `’90s`.
fn is_elision(rest: &str) -> bool {
    let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
    let word = &rest[..end.min(rest.floor_char_boundary(12))];
    let digits = word.trim_end_matches('s');
    let year = digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit());
    (year && (word.ends_with('s') || !rest[end..].starts_with(' ')))
        || WORDS.grammar.elisions.contains(&word.to_lowercase())
}

/// A doubtful single mark is an apostrophe when a plain closing one comes before the next opening.
fn settle_genitives(marks: &mut Vec<Mark>) {
    let mut closing_ahead = false;
    let mut keep = vec![true; marks.len()];
    for (at, mark) in marks.iter_mut().enumerate().rev() {
        if mark.family != Family::Single {
            continue;
        }
        match mark.role {
            Role::Open => closing_ahead = false,
            Role::Close => closing_ahead = true,
            Role::Doubtful if closing_ahead => keep[at] = false,
            Role::Doubtful => mark.role = Role::Close,
        }
    }
    let mut kept = keep.into_iter();
    marks.retain(|_| kept.next().unwrap_or(true));
}

/// A pair as found: outer and inner range, and whether it runs on from the paragraph before.
type Found = (Range<usize>, Range<usize>, bool);

/// Pairs the marks of a paragraph; returns also the family that runs on into the next one.
fn pair(
    text: &str,
    span: &Range<usize>,
    marks: &[Mark],
    unclosed: Option<Family>,
    next: Option<&str>,
) -> (Vec<Found>, Option<Family>) {
    let mut found: Vec<Found> = Vec::new();
    let mut stack: Vec<Open> = Vec::new();
    let first = marks.first().filter(|mark| mark.at.start == span.start);
    if let Some(family) = unclosed
        && first.is_none_or(|mark| mark.family != family)
    {
        // No new opening mark: the paragraph goes on only if it closes before it opens.
        let closes =
            marks.iter().find(|mark| mark.family == family).is_some_and(|m| m.role == Role::Close);
        if closes {
            stack.push(Open { family, at: span.start..span.start });
        }
    }
    for mark in marks {
        let open = stack.iter().rposition(|open| open.family == mark.family);
        let role = match (mark.role, open) {
            (Role::Doubtful, None) => Role::Open,
            (Role::Doubtful, Some(_)) => Role::Close,
            (role, _) => role,
        };
        match (role, open) {
            (Role::Open, Some(lost))
                if mark.family != Family::Single && stack[lost].at.end != mark.at.start =>
            {
                // The one before was not closed: it ends with its sentence.
                let open = stack.swap_remove(lost);
                stack.truncate(lost);
                let end = first_stop(text, open.at.end..mark.at.start);
                found.push((open.at.start..end, open.at.end..end, false));
                stack.push(Open { family: mark.family, at: mark.at.clone() });
            }
            (Role::Open, _) if stack.len() < MAX_DEPTH => {
                stack.push(Open { family: mark.family, at: mark.at.clone() });
            }
            (Role::Close, Some(at)) => {
                let open = stack.swap_remove(at);
                stack.truncate(at);
                let runs_on = unclosed == Some(open.family) && open.at.start == span.start;
                found.push((open.at.start..mark.at.end, open.at.end..mark.at.start, runs_on));
            }
            _ => {}
        }
    }
    let mut open_end = None;
    if let Some(open) = stack.into_iter().find(|open| {
        open.family != Family::Single || next.is_some_and(|next| begins(next, Family::Single))
    }) {
        let runs_on = unclosed == Some(open.family) && open.at.start == span.start;
        let goes_on =
            next.is_some_and(|next| begins(next, open.family) || closes_first(next, open.family));
        let whole = goes_on || open.at.start == span.start;
        let end = if whole { span.end } else { first_stop(text, open.at.end..span.end) };
        if goes_on {
            open_end = Some(open.family);
        }
        if open.family != Family::Single || goes_on {
            found.push((open.at.start..end, open.at.end..end, runs_on));
        }
    }
    (found, open_end)
}

/// Whether a paragraph begins with an opening mark of the family.
fn begins(text: &str, family: Family) -> bool {
    match family {
        Family::Double => text.starts_with(['“', '"', '„']),
        Family::Single => text.starts_with(['‘', '\'']),
        Family::Guillemet => text.starts_with(['«', '»']),
        Family::Angle => text.starts_with(['‹', '›']),
    }
}

/// Whether a paragraph closes a quotation before it opens one.
fn closes_first(text: &str, family: Family) -> bool {
    let marks: &[char] = match family {
        Family::Double => &['“', '”', '„'],
        Family::Guillemet => &['«', '»'],
        Family::Single | Family::Angle => return false,
    };
    let first = text.find(marks).and_then(|at| text[at..].chars().next());
    matches!(first, Some('”' | '»'))
}

/// The end of the first sentence of a range.
fn first_stop(text: &str, span: Range<usize>) -> usize {
    let inside = &text[span.clone()];
    let stop = inside.char_indices().zip(inside.chars().skip(1).map(Some).chain([None])).find(
        |((_, c), next)| matches!(c, '.' | '!' | '?') && next.is_none_or(char::is_whitespace),
    );
    stop.map_or(span.end, |((at, c), _)| span.start + at + c.len_utf8())
}

/// Keeps outermost pairs, with those right inside as their inner ones.
fn nest(text: &str, paragraph: usize, mut found: Vec<Found>, out: &mut Vec<Pair>) {
    found.sort_by(|a, b| a.0.start.cmp(&b.0.start).then(b.0.end.cmp(&a.0.end)));
    let (mut end, mut inner_end) = (0, 0);
    for (outer, inside, runs_on) in found {
        let span = trimmed(text, inside);
        if !text[span.clone()].contains(char::is_alphanumeric) {
            continue;
        }
        if outer.start >= end {
            (end, inner_end) = (outer.end, 0);
            out.push(Pair { outer, span, inner: Vec::new(), paragraph, runs_on });
        } else if outer.start >= inner_end && outer.end <= end {
            inner_end = outer.end;
            if let Some(pair) =
                out.last_mut().filter(|p| p.span.start <= span.start && span.end <= p.span.end)
            {
                pair.inner.push(span);
            }
        }
    }
}

/// A range without white space at its ends.
pub(super) fn trimmed(text: &str, span: Range<usize>) -> Range<usize> {
    let inside = &text[span.clone()];
    let start = span.start + (inside.len() - inside.trim_start().len());
    start..(span.start + inside.trim_end().len()).max(start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::press::layout::parts;

    fn found(text: &str) -> Vec<String> {
        let pairs = pairs(text, &parts(text));
        pairs.iter().map(|pair| text[pair.span.clone()].to_owned()).collect()
    }

    #[test]
    fn every_style_is_paired() {
        for (open, close) in [
            ("“", "”"),
            ("\"", "\""),
            ("‘", "’"),
            ("'", "'"),
            ("«", "»"),
            ("« ", " »"),
            ("»", "«"),
            ("„", "“"),
            ("„", "”"),
            ("‚", "’"),
            ("‹", "›"),
            ("”", "”"),
        ] {
            let text = format!("He said {open}we are ready{close} and left.");
            assert_eq!(found(&text), ["we are ready"], "{text}");
            let text = format!("{open}We are ready.{close}");
            assert_eq!(found(&text), ["We are ready."], "{text}");
        }
    }

    #[test]
    fn apostrophes_are_no_marks() {
        assert_eq!(
            found("The ministers’ view, it’s said, was the ’90s' view of rock 'n' roll."),
            [""; 0]
        );
        assert_eq!(
            found("‘The ministers’ view is that it’s over,’ he said of the boys’ choir."),
            ["The ministers’ view is that it’s over,"]
        );
        assert_eq!(
            found("He spoke of 'the boys' choir' and 'the end'."),
            ["the boys' choir", "the end"]
        );
        assert_eq!(found("'Twas 'nothin' much', he said."), ["nothin' much"]);
    }

    #[test]
    fn nesting_keeps_the_outermost() {
        let text = "“He said ‘not entirely’, which means yes,” she said. 'A “b” c,' he said.";
        let pairs = pairs(text, &parts(text));
        assert_eq!(pairs.len(), 2);
        assert_eq!(&text[pairs[0].inner[0].clone()], "not entirely");
        assert_eq!(&text[pairs[1].inner[0].clone()], "b");
    }

    #[test]
    fn unclosed_paragraphs_run_on() {
        let text = "“One,” he said. “Two.\n\n“Three.\n\n“Four.” He left.";
        let pairs = pairs(text, &parts(text));
        let runs: Vec<(&str, bool)> =
            pairs.iter().map(|p| (&text[p.span.clone()], p.runs_on)).collect();
        assert_eq!(runs, [("One,", false), ("Two.", false), ("Three.", true), ("Four.", true)]);
        assert_eq!(found("\"One.\n\n\"Two.\" He left."), ["One.", "Two."]);
        assert_eq!(found("‘One.\n\n‘Two.’ He left."), ["One.", "Two."]);
        assert_eq!(found("“One.\n\nTwo.” He left."), ["One.", "Two."]);
    }

    #[test]
    fn lost_marks_do_not_swallow_the_rest() {
        assert_eq!(
            found("He called it “mad and left. Then he slept. “Good,” she said."),
            ["mad and left.", "Good,"]
        );
        assert_eq!(found("He called it “mad and left. Then he slept."), ["mad and left."]);
        assert_eq!(found("mad” and left 6\" deep"), [""; 0]);
        assert_eq!(found("“” \"\" ‘’ “ ”"), [""; 0]);
    }
}
