//! Readings that have the same words: told apart by punctuation, dots, hyphens, case or dashes.
//!
//! Each feature is compared by itself, and counts only where the leak keeps that feature of the fixed
//! text around it (`fidelity`).

use unicode_normalization::UnicodeNormalization as _;

use crate::align::{Choice, Gap};
use crate::canon::fold_word;
use crate::token::{TokenKind, is_invisible, tokens};

/// Most ways to fill a gap that are told apart.
const MAX_WAYS: usize = 256;

/// What the words do not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Feature {
    /// Commas, stops, brackets, and dashes as one kind.
    Punctuation,
    /// Dots inside words.
    Dots,
    /// Hyphens inside words.
    Hyphens,
    /// Capital letters.
    Case,
    /// Which dash, with or without blanks.
    Dash,
    /// Letters with accents.
    Accents,
}

/// Number of features.
const COUNT: usize = 6;

/// The order in which features are asked.
const FEATURES: [Feature; COUNT] = [
    Feature::Punctuation,
    Feature::Dots,
    Feature::Hyphens,
    Feature::Case,
    Feature::Dash,
    Feature::Accents,
];

/// A stretch of text reduced to one string a feature.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Texture {
    features: [String; COUNT],
    /// A word was broken at a line end, so its hyphen says nothing.
    broken: bool,
}

impl Texture {
    /// The texture of a stretch between two words.
    pub(super) fn of(text: &str) -> Self {
        let mut out = Self::default();
        let (clean, broken) = tidy(text);
        out.broken = broken;
        let tokens = tokens(&clean);
        let mut letters = 0;
        let [punctuation, dots, hyphens, case, dash, accents] = &mut out.features;
        for token in &tokens {
            let word = token.text(&clean);
            if token.kind != TokenKind::Mark {
                dots.push(if word.contains('.') { '.' } else { '_' });
                case.push(case_of(word));
                for c in word.nfd() {
                    if c.is_alphanumeric() {
                        letters += 1;
                    } else if is_accent(c) {
                        accents.push_str(&format!("{letters}{c}"));
                    }
                }
                let parts: Vec<usize> = word.split('-').map(|p| fold_word(p).len()).collect();
                hyphens.push_str(&format!("{parts:?}"));
                continue;
            }
            let before = clean[..token.span.start].ends_with(' ');
            let after = clean[token.span.end..].starts_with(' ');
            match word {
                // The hyphen of `U.S.-owned`; the words beside it say that it is there.
                "-" if !before && !after => {}
                "—" | "–" | "-" => {
                    punctuation.push('—');
                    dash.push_str(match (before, after) {
                        (true, true) => " x ",
                        (false, false) => "x",
                        _ => " x",
                    });
                    dash.push_str(word);
                }
                "," | ";" | ":" | "." | "?" | "!" | "(" | ")" | "[" | "]" | "…" | "/" => {
                    punctuation.push_str(word);
                }
                _ => {}
            }
        }
        out
    }

    /// One feature; `None` when the text does not say.
    pub(super) fn get(&self, feature: Feature) -> Option<&str> {
        match feature {
            Feature::Hyphens if self.broken => None,
            feature => Some(&self.features[feature as usize]),
        }
    }
}

/// Accents as canonical decomposition sets them.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// `a` lower case, `A` capitalised, `X` capitals throughout, `0` without letters.
fn case_of(word: &str) -> char {
    let mut letters = word.chars().filter(|c| c.is_alphabetic());
    let Some(first) = letters.next() else { return '0' };
    let rest: Vec<char> = letters.collect();
    match (first.is_uppercase(), rest.iter().any(|c| c.is_uppercase())) {
        (true, true) if rest.iter().all(|c| c.is_uppercase()) => 'X',
        (true, _) => 'A',
        (false, true) => 'm',
        (false, false) => 'a',
    }
}

/// One kind of blank, hyphen and dash; no quotation marks, quote prefixes or line-end hyphens.
pub(super) fn tidy(text: &str) -> (String, bool) {
    let mut out = String::with_capacity(text.len());
    let mut broken = false;
    let mut chars = text.chars().filter(|c| !is_invisible(*c)).peekable();
    while let Some(c) = chars.next() {
        match c {
            c if c.is_whitespace() => {
                let mut line_end = c == '\n';
                while let Some(next) =
                    chars.next_if(|n| n.is_whitespace() || line_end && matches!(n, '>' | '|'))
                {
                    line_end |= next == '\n';
                }
                if line_end && out.ends_with('-') {
                    let inner = out[..out.len() - 1].ends_with(char::is_alphabetic)
                        && chars.peek().is_some_and(|n| n.is_lowercase());
                    if inner {
                        out.pop();
                        broken = true;
                        continue;
                    }
                }
                out.push(' ');
            }
            '\u{2010}' | '\u{2011}' | '\u{2212}' => out.push('-'),
            '-' if chars.peek() == Some(&'-') => {
                while chars.next_if_eq(&'-').is_some() {}
                out.push('—');
            }
            '"' | '“' | '”' | '„' | '«' | '»' | '‟' => {}
            '\'' | '‘' | '’' | '\u{2bc}' | '`' => out.push('’'),
            c => out.push(c),
        }
    }
    (out, broken)
}

/// Tells apart the alternatives of the groups seen, feature by feature: for every choice of the gap the
/// alternatives left; `None` when nothing was told apart.
///
/// `raw` is the leak between the two anchors of the gap. `counts(feature)` says whether the leak keeps
/// the feature around here. A feature that fits no alternative left is passed over.
pub(super) fn narrow(
    gap: &Gap,
    groups: &[usize],
    raw: &str,
    counts: impl Fn(Feature) -> bool,
) -> Option<Vec<Vec<usize>>> {
    let members: Vec<Vec<usize>> =
        gap.choices().zip(groups).map(|(choice, group)| same_words(choice, *group)).collect();
    let ways = members.iter().try_fold(1_usize, |product, m| product.checked_mul(m.len()))?;
    if ways <= 1 || ways > MAX_WAYS {
        return None;
    }
    let mut left: Vec<(Vec<usize>, Texture)> = (0..ways)
        .map(|mut number| {
            let pick: Vec<usize> = members
                .iter()
                .map(|m| {
                    let alternative = m[number % m.len()];
                    number /= m.len();
                    alternative
                })
                .collect();
            let texture = Texture::of(&gap.fill(&pick).text);
            (pick, texture)
        })
        .collect();
    let leak = Texture::of(raw);
    for feature in FEATURES {
        let Some(found) = leak.get(feature).filter(|_| counts(feature)) else { continue };
        let fits = |way: &(Vec<usize>, Texture)| way.1.get(feature) == Some(found);
        if left.iter().any(fits) {
            left.retain(fits);
        }
    }
    let remain = |(at, m): (usize, &Vec<usize>)| {
        m.iter().copied().filter(|a| left.iter().any(|(pick, _)| pick[at] == *a)).collect()
    };
    (left.len() < ways).then(|| members.iter().enumerate().map(remain).collect())
}

fn same_words(choice: &Choice, group: usize) -> Vec<usize> {
    let all = choice.alternatives.iter().enumerate();
    all.filter(|(_, a)| a.group == group).map(|(at, _)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_seen_apart() {
        let feature = |text: &str, f| Texture::of(text).get(f).map(str::to_owned);
        let same = |a, b, f| feature(a, f) == feature(b, f);
        assert!(same(", the U.S. and", " ,\n> the US AND", Feature::Punctuation));
        assert!(!same(" the U.S.", " the US", Feature::Dots));
        assert!(!same(" co-operation", " cooperation", Feature::Hyphens));
        assert_eq!(feature(" co-\n> operation", Feature::Hyphens), None);
        assert!(!same(" The", " the", Feature::Case));
        assert!(same(" Détente", " dé-tente", Feature::Accents));
        assert!(!same(" détente", " detente", Feature::Accents));
        assert!(same("—", " -- ", Feature::Punctuation));
        assert!(!same("—", " — ", Feature::Dash) && !same(" – ", " — ", Feature::Dash));
    }
}
