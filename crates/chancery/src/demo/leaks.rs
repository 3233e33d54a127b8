//! What leakers do to a copy: paste, retype, mix.

/// The paragraphs of a copy in text form, without heading and notices.
pub(super) fn paragraphs(copy: &str) -> Vec<String> {
    let all: Vec<&str> = copy.split("\n\n").map(str::trim).collect();
    // Label, heading, then the text; at the end signature and notice.
    let body = all.get(2..).unwrap_or_default();
    let end = body.iter().rposition(|p| p.split_whitespace().count() > 12).map_or(0, |at| at + 1);
    body[..end].iter().map(|p| (*p).to_owned()).collect()
}

/// Typed anew on a plain keyboard: the words and their punctuation, nothing else.
pub(super) fn retyped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push('\n'),
            c if c.is_whitespace() => out.push(' '),
            '‘' | '’' => out.push('\''),
            '“' | '”' => out.push('"'),
            '\u{2010}' | '–' | '—' => out.push('-'),
            c => out.push(c),
        }
    }
    out
}

/// Sentences taken in turn from two copies of one paper.
pub(super) fn spliced(a: &[String], b: &[String]) -> String {
    let mut out = Vec::new();
    let mut turn = false;
    for (a, b) in a.iter().zip(b) {
        let mut paragraph = String::new();
        let (a, b) = (sentences(a), sentences(b));
        for at in 0..a.len().max(b.len()) {
            let from = if turn { &b } else { &a };
            paragraph.push_str(from.get(at).map_or("", String::as_str));
            turn = !turn;
        }
        out.push(paragraph);
    }
    out.join("\n\n")
}

fn sentences(text: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if let Some(last) = out.last_mut() {
            last.push(c);
        }
        if c.is_whitespace() && chars.peek().is_some_and(|n| n.is_uppercase()) {
            let ends =
                out.last().is_some_and(|s| s.trim_end().ends_with(['.', '!', '?', '”', '"']));
            if ends {
                out.push(String::new());
            }
        }
    }
    out
}

/// Words that differ between two copies of a paragraph, as a short excerpt of each around the first ones.
pub(super) fn excerpt(paragraph: &str, words: usize) -> String {
    paragraph.split_whitespace().take(words).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splicing_takes_sentences_in_turn() {
        let a = vec!["One a. Two a. Three a.".to_owned()];
        let b = vec!["One b. Two b. Three b.".to_owned()];
        assert_eq!(spliced(&a, &b), "One a. Two b. Three a.");
    }

    #[test]
    fn retyping_leaves_plain_characters() {
        assert!(retyped("It’s\u{2005}a “well\u{2010}known” fact — so").is_ascii());
    }
}
