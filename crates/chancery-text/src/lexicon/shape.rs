//! The shape of words: capitals carried from one reading to another, and `a` or `an` before it.

/// How a found text is capitalised against its rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// As in the rule.
    AsWritten,
    /// First letter raised.
    Initial,
    /// All letters raised.
    Capitals,
}

impl Shape {
    /// `reading` in this shape.
    pub(super) fn dress(self, reading: &str) -> String {
        match self {
            Self::AsWritten => reading.to_owned(),
            Self::Initial => raise_first(reading),
            Self::Capitals => reading.to_uppercase(),
        }
    }
}

/// `word` with its first letter raised.
pub(super) fn raise_first(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Whether `word` has at least two letters and no small one.
pub(super) fn is_capitals(word: &str) -> bool {
    word.chars().filter(|c| c.is_alphabetic()).count() >= 2 && !word.chars().any(char::is_lowercase)
}

/// Whether `word` takes `an`, judged by its spelling.
pub(super) fn takes_an(word: &str) -> bool {
    const CONSONANT: &[&str] = &["uni", "use", "usu", "usa", "uti", "eu", "one", "once", "ubi"];
    const SILENT_H: &[&str] = &["hour", "honest", "honor", "honour", "heir"];
    let word = word.to_lowercase();
    let begins = |list: &[&str]| list.iter().any(|start| word.starts_with(start));
    if word.starts_with(['a', 'e', 'i', 'o', 'u']) { !begins(CONSONANT) } else { begins(SILENT_H) }
}

/// The article `a` or `an` before `word`, capitalised as `article` is.
pub(super) fn article_for(article: &str, word: &str) -> String {
    let fitting = if takes_an(word) { "an" } else { "a" };
    if article.starts_with('A') { raise_first(fitting) } else { fitting.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_follow_the_sound() {
        assert_eq!(article_for("a", "additional"), "an");
        assert_eq!(article_for("An", "useful"), "A");
        assert_eq!(article_for("a", "hour"), "an");
        assert_eq!(article_for("an", "main"), "a");
    }

    #[test]
    fn shapes_dress_readings() {
        assert_eq!(Shape::Initial.dress("prior to"), "Prior to");
        assert_eq!(Shape::Capitals.dress("prior to"), "PRIOR TO");
        assert!(is_capitals("NATO") && !is_capitals("I") && !is_capitals("Nato"));
    }
}
