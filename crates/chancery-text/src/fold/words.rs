//! From a word as printed to folded words: compounds split, contractions written out, one spelling.
//!
//! Spelling rules may turn a word into none at all (`course` stays, `resource` becomes `resorce`): what
//! counts is that two spellings of one word meet and two different words do not.

use std::borrow::Cow;
use std::ops::Range;

use crate::canon::fold_word;

/// First parts that belong to the word after the hyphen.
const PREFIXES: &[&str] = &[
    "anti", "bi", "co", "counter", "de", "inter", "mid", "multi", "non", "over", "post", "pre",
    "pro", "re", "semi", "sub", "super", "trans", "ultra", "under",
];

/// Endings of contracted words and the word each stands for.
const CONTRACTED: &[(&str, &str)] =
    &[("n't", "not"), ("'re", "are"), ("'ve", "have"), ("'ll", "will"), ("'m", "am")];

/// Contractions whose first part changes.
const IRREGULAR: &[(&str, &str)] = &[("can't", "can"), ("won't", "will"), ("shan't", "shall")];

/// Words with a spelling of their own.
const ALONE: &[(&str, &str)] = &[
    ("grey", "gray"),
    ("sceptical", "skeptical"),
    ("sceptic", "skeptic"),
    ("manoeuvre", "maneuver"),
    ("manoeuvres", "maneuvers"),
    ("cheque", "check"),
    ("cheques", "checks"),
    ("gaol", "jail"),
    ("tyre", "tire"),
    ("tyres", "tires"),
];

/// What stands before an ending, what replaces it, letters that come before it at least, the endings.
type Rule = (&'static str, &'static str, usize, &'static [&'static str]);

const VERB: &[&str] = &["e", "ed", "es", "er", "ers", "ing", "ation", "ations", "ational"];
const DOUBLED: &[&str] = &["ed", "ing", "er", "ers", "or", "ors"];
const NOUN: &[&str] = &["", "s"];

const RULES: &[Rule] = &[
    ("is", "iz", 3, VERB),
    ("ys", "yz", 3, VERB),
    ("ll", "l", 4, DOUBLED),
    ("tre", "ter", 2, NOUN),
    ("bre", "ber", 2, NOUN),
    ("ence", "ense", 2, NOUN),
    ("ogue", "og", 3, NOUN),
    ("gramme", "gram", 2, NOUN),
    ("dgement", "dgment", 2, NOUN),
];

/// Calls `f` with every folded word of a word as printed and the bytes of it that it came from.
pub(super) fn split(raw: &str, mut f: impl FnMut(Range<usize>, &str)) {
    if raw.bytes().all(|b| b.is_ascii_lowercase()) {
        return emit(0..raw.len(), raw, &mut f);
    }
    if raw.contains(char::is_whitespace) {
        // Broken at a line's end.
        return emit(0..raw.len(), &fold_word(raw), &mut f);
    }
    let mut from = 0;
    let mut prefix: Option<(usize, String)> = None;
    for (at, c) in raw.char_indices().chain(std::iter::once((raw.len(), '-'))) {
        if !matches!(c, '-' | '\u{2010}' | '\u{2011}') {
            continue;
        }
        let part = from..at;
        from = at + c.len_utf8();
        let mut word = fold_word(&raw[part.clone()]);
        let mut span = part;
        if let Some((start, first)) = prefix.take() {
            word.insert_str(0, &first);
            span.start = start;
        } else if at < raw.len() && PREFIXES.contains(&word.as_str()) {
            prefix = Some((span.start, word));
            continue;
        }
        match contraction(&raw[span.clone()]) {
            Some((first, second)) => {
                emit(span.clone(), &first, &mut f);
                f(span, second);
            }
            None => emit(span, &word, &mut f),
        }
    }
    if let Some((start, word)) = prefix {
        emit(start..raw.len(), &word, &mut f);
    }
}

fn emit(span: Range<usize>, word: &str, f: &mut impl FnMut(Range<usize>, &str)) {
    if word == "cannot" {
        f(span.clone(), "can");
        f(span, "not");
    } else if !word.is_empty() {
        match spelling(word) {
            Some(word) => f(span, &word),
            None => f(span, word),
        }
    }
}

/// The two words of a contraction.
fn contraction(raw: &str) -> Option<(String, &'static str)> {
    if !raw.contains(['\'', '’']) {
        return None;
    }
    let lower = raw.replace('’', "'").to_lowercase();
    let (ending, second) = CONTRACTED.iter().find(|(ending, _)| lower.ends_with(ending))?;
    if let Some((_, first)) = IRREGULAR.iter().find(|(whole, _)| *whole == lower) {
        return Some(((*first).to_owned(), second));
    }
    let first = fold_word(&lower[..lower.len() - ending.len()]);
    (!first.is_empty()).then_some((first, second))
}

/// One spelling of words that are written in two ways; `None` for a word that stays.
fn spelling(word: &str) -> Option<String> {
    if word.len() < 4 || !word.is_ascii() {
        return None;
    }
    if let Some((_, to)) = ALONE.iter().find(|(from, _)| *from == word) {
        return Some((*to).to_owned());
    }
    let mut out = Cow::Borrowed(word);
    // colour, rumoured, neighbourhood; not hour, four, course.
    if let Some(at) = word.find("our").filter(|at| *at >= 3) {
        out = Cow::Owned(format!("{}or{}", &word[..at], &word[at + 3..]));
    }
    // organise, organisation; analyse. travelled, labelling, counsellor; not filled.
    for (from, to, least, endings) in RULES {
        if out.contains(from)
            && let Some((stem, ending)) = endings.iter().find_map(|ending| {
                let stem = out.strip_suffix(ending)?.strip_suffix(from)?;
                (stem.len() >= *least).then_some((stem, ending))
            })
        {
            out = Cow::Owned(format!("{stem}{to}{ending}"));
        }
    }
    match out {
        Cow::Owned(out) if out != word => Some(out),
        _ => None,
    }
}
