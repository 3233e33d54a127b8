//! The language of queries: words, phrases, exclusions, fields. Parsing only; nothing is looked up here.
//!
//! ```text
//! harbour "northern delegation" -survey office:ostrey-embassy from:2031-05-01 label:secret
//! ```
//! All words must occur. A word is folded as the papers' words are; one that falls apart into several
//! (`north/south`) is a phrase. `-` excludes the word or phrase that follows.

use chancery_domain::Handle;
use chancery_text::canon::fold;
use jiff::civil::Date;

/// Longest query, in characters.
pub const MAX_QUERY: usize = 1000;
/// Most words, phrases and fields of a query.
const MAX_PARTS: usize = 32;
const FIELDS: &str = "office:, from:, until:, tag:, label:, kind:";

/// A word, or words that follow one another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Clause {
    /// Folded; at least one.
    pub(crate) words: Vec<String>,
    /// Whether papers with it are left out.
    pub(crate) excluded: bool,
}

/// A query, understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Query {
    pub(crate) clauses: Vec<Clause>,
    /// Offices of origin; any of them will do.
    pub(crate) offices: Vec<Handle>,
    /// First day.
    pub(crate) from: Option<Date>,
    /// Last day.
    pub(crate) until: Option<Date>,
    /// Subject codes, in lower case; all of them are wanted.
    pub(crate) tags: Vec<String>,
    /// Words of the label, folded; all of them are wanted.
    pub(crate) labels: Vec<Vec<String>>,
    /// Kinds of paper, in lower case; any of them will do.
    pub(crate) kinds: Vec<String>,
}

/// Where a query cannot be read, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("column {column} of the query: {problem}")]
pub(crate) struct QueryError {
    /// In characters, from 1.
    pub(crate) column: usize,
    pub(crate) problem: String,
}

impl Query {
    /// Reads a query.
    ///
    /// # Errors
    /// At the first thing that cannot be read, with its column.
    pub(crate) fn parse(text: &str) -> Result<Self, QueryError> {
        let chars: Vec<char> = text.chars().collect();
        let error =
            |at: usize, problem: &str| QueryError { column: at + 1, problem: problem.to_owned() };
        if chars.len() > MAX_QUERY {
            return Err(error(MAX_QUERY, "a query has at most 1000 characters"));
        }
        let mut query = Self::default();
        let (mut at, mut parts) = (0, 0);
        while let Some(&c) = chars.get(at) {
            if c.is_whitespace() {
                at += 1;
                continue;
            }
            parts += 1;
            if parts > MAX_PARTS {
                return Err(error(at, "a query has at most 32 words, phrases and fields"));
            }
            let start = at;
            let excluded = c == '-';
            if excluded {
                at += 1;
            }
            let (value, column, end) = match field(&chars, at) {
                Some((name, value_at)) => {
                    if excluded {
                        return Err(error(start, "only words and phrases can be excluded"));
                    }
                    let (value, end) = value(&chars, value_at)
                        .ok_or_else(|| error(value_at, "the quotation mark is not closed"))?;
                    if value.trim().is_empty() {
                        return Err(error(value_at, &format!("{name}: wants a value")));
                    }
                    query.set(&name, &value).map_err(|problem| {
                        let column =
                            if problem.starts_with("there is no") { start } else { value_at };
                        error(column, &problem)
                    })?;
                    at = end;
                    continue;
                }
                None => {
                    let (value, end) = value(&chars, at)
                        .ok_or_else(|| error(at, "the quotation mark is not closed"))?;
                    (value, at, end)
                }
            };
            let words: Vec<String> = fold(&value).into_iter().map(|(word, _)| word).collect();
            if words.is_empty() {
                return Err(error(column, "there is no word here"));
            }
            query.clauses.push(Clause { words, excluded });
            at = end;
        }
        if query.clauses.iter().all(|c| c.excluded) && !query.has_fields() {
            return Err(error(0, "name at least one word or field to look for"));
        }
        Ok(query)
    }

    /// Whether papers are chosen by anything else than their words.
    pub(crate) fn has_fields(&self) -> bool {
        *self != Self { clauses: self.clauses.clone(), ..Self::default() }
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let day = || {
            value.parse::<Date>().map_err(|_| format!("“{value}” is no day, such as 2031-05-01"))
        };
        match name {
            "office" => self.offices.push(value.parse().map_err(|e| format!("{e}"))?),
            "from" => self.from = Some(day()?.max(self.from.unwrap_or(Date::MIN))),
            "until" => self.until = Some(day()?.min(self.until.unwrap_or(Date::MAX))),
            "tag" => self.tags.push(value.to_lowercase()),
            "kind" => self.kinds.push(value.to_lowercase()),
            "label" => self.labels.push(fold(value).into_iter().map(|(word, _)| word).collect()),
            _ => {
                return Err(format!(
                    "there is no field “{name}:”; fields are {FIELDS} (quote the words to search for them)"
                ));
            }
        }
        Ok(())
    }
}

/// A field's name and where its value begins.
fn field(chars: &[char], at: usize) -> Option<(String, usize)> {
    let name: String = chars.get(at..)?.iter().take_while(|c| c.is_ascii_alphabetic()).collect();
    let colon = at + name.len();
    let followed = chars.get(colon + 1).is_some_and(|c| *c != '/');
    (!name.is_empty() && chars.get(colon) == Some(&':') && (followed || chars.len() == colon + 1))
        .then(|| (name.to_ascii_lowercase(), colon + 1))
}

/// What stands in quotation marks, or up to the next blank, and where it ends; `None` when the quotation
/// marks are not closed.
fn value(chars: &[char], at: usize) -> Option<(String, usize)> {
    let rest = chars.get(at..).unwrap_or_default();
    let quote = |c: &char| matches!(c, '"' | '“' | '”');
    if rest.first().is_some_and(quote) {
        let length = rest[1..].iter().position(quote)?;
        return Some((rest[1..=length].iter().collect(), at + length + 2));
    }
    let value: String = rest.iter().take_while(|c| !c.is_whitespace()).collect();
    let length = value.chars().count();
    Some((value, at + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clause(words: &[&str], excluded: bool) -> Clause {
        Clause { words: words.iter().map(|w| (*w).to_owned()).collect(), excluded }
    }

    #[test]
    fn words_phrases_exclusions_and_fields() {
        let query = Query::parse(
            "Harbour \"northern delegation\" -survey -“eastern shoals” U.S. north/south office:embassy from:2031-05-01 until:2031-06-30 tag:PREL label:\"Home Staff\" kind:Cable",
        )
        .unwrap();
        let clauses = [
            clause(&["harbour"], false),
            clause(&["northern", "delegation"], false),
            clause(&["survey"], true),
            clause(&["eastern", "shoals"], true),
            clause(&["us"], false),
            clause(&["north", "south"], false),
        ];
        assert_eq!(query.clauses, clauses);
        assert_eq!(query.offices, ["embassy".parse().unwrap()]);
        assert_eq!(query.from.unwrap().to_string(), "2031-05-01");
        assert_eq!(query.until.unwrap().to_string(), "2031-06-30");
        assert_eq!(query.tags, ["prel"]);
        assert_eq!(query.labels, [vec!["home".to_owned(), "staff".to_owned()]]);
        assert_eq!(query.kinds, ["cable"]);
    }

    #[test]
    fn errors_name_the_column() {
        for (text, column, words) in [
            ("", 1, "at least one"),
            ("   ", 1, "at least one"),
            ("-harbour", 1, "at least one"),
            ("harbour \"northern", 9, "not closed"),
            ("harbour -", 10, "no word"),
            ("é — x", 3, "no word"),
            ("harbour \"\"", 9, "no word"),
            ("harbour colour:red", 9, "no field"),
            ("from:yesterday", 6, "no day"),
            ("x from:", 8, "wants a value"),
            ("x -office:y", 3, "only words"),
            ("office:\"A B\"", 8, "short name"),
            ("label:\"secret", 7, "not closed"),
        ] {
            let error = Query::parse(text).unwrap_err();
            assert_eq!(error.column, column, "{text}: {error}");
            assert!(error.problem.contains(words), "{text}: {error}");
        }
        assert!(Query::parse("http://x").is_ok());
        assert_eq!(Query::parse(&"a ".repeat(40)).unwrap_err().column, 65);
        assert_eq!(Query::parse(&"a".repeat(1001)).unwrap_err().column, 1001);
        assert!(Query::parse("-x office:y").is_ok(), "a field is something to look for");
    }

    #[test]
    fn no_text_makes_it_panic() {
        let mut seed = 7_u64;
        for _ in 0..20_000 {
            let text: String = (0..12)
                .map(|_| {
                    seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(99);
                    ['a', ':', '"', '-', ' ', 'é', '“', '/', 'f', '\u{301}', '1', '.']
                        [(seed >> 33) as usize % 12]
                })
                .collect();
            if let Err(error) = Query::parse(&text) {
                assert!(error.column <= text.chars().count() + 1, "{text:?}: {error}");
            }
        }
    }
}
