//! Quotations and speakers of press articles: fictional articles with their gold beside them, and the
//! article of the acceptance case, which lies beside the repository.
//!
//! Half of the fictional articles were written to develop on (`press/known`), half were kept apart
//! (`press/unseen`); EVIDENCE in the commit says how the first run on them came out.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use chancery_text::press::{Article, Claim, Form, Occasion, Quotation, read};
use serde::Deserialize;

/// Gold of an article. `text` may leave out its middle with `~`; alternatives stand apart by `|`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Gold {
    style: String,
    quotations: Vec<GoldQuotation>,
    paraphrases: Vec<GoldParaphrase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GoldQuotation {
    text: String,
    form: String,
    by: String,
    at: Option<String>,
    claim: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GoldParaphrase {
    has: String,
    by: String,
    at: Option<String>,
}

/// Right answers out of so many.
#[derive(Clone, Copy, Default)]
struct Share {
    right: usize,
    of: usize,
}

impl Share {
    fn count(&mut self, right: bool) {
        self.right += usize::from(right);
        self.of += 1;
    }

    fn reaches(self, percent: usize) -> bool {
        self.right * 100 >= self.of * percent
    }
}

#[derive(Default)]
struct Score {
    /// Quotations found with exactly their words; what is found beyond the gold counts as wrong.
    strings: Share,
    speakers: Share,
    occasions: Share,
    claims: Share,
    titles: Share,
    paraphrases: Share,
    wrong: String,
}

fn one_of(gold: &str, found: &str) -> bool {
    gold.split('|').any(|g| g.eq_ignore_ascii_case(found))
}

fn matches(gold: &str, found: &str) -> bool {
    match gold.split_once(" ~ ") {
        Some((head, tail)) => {
            found.starts_with(head)
                && found.ends_with(tail)
                && found.len() > head.len() + tail.len()
        }
        None => gold == found,
    }
}

fn name(quotation: &Quotation) -> &str {
    quotation.speaker.as_ref().map_or("", |s| &s.name)
}

impl Score {
    fn add(&mut self, file: &str, gold: &Gold, article: &Article) {
        let wrong = &mut self.wrong;
        let mut found = article.quotations.iter().peekable();
        for g in &gold.quotations {
            // Both lists are in order: what stands before the next right one is too much.
            let here = found.clone().position(|q| matches(&g.text, &q.text));
            let title = g.form == "title";
            let Some(skipped) = here else {
                writeln!(wrong, "{file}: missing {:?}", g.text).unwrap();
                self.strings.count(false);
                if !title {
                    self.speakers.count(false);
                }
                continue;
            };
            for extra in found.by_ref().take(skipped) {
                writeln!(wrong, "{file}: too much {:?} ({:?})", extra.text, extra.form).unwrap();
                self.strings.count(false);
            }
            let q = found.next().unwrap();
            self.strings.count(true);
            self.titles.count(title == (q.form == Form::Title));
            if title != (q.form == Form::Title) {
                writeln!(wrong, "{file}: {:?} is {}, found {:?}", q.text, g.form, q.form).unwrap();
            }
            if title {
                continue;
            }
            let right = one_of(&g.by, name(q));
            self.speakers.count(right);
            if !right {
                writeln!(wrong, "{file}: {:?} by {}, found {:?}", q.text, g.by, q.speaker).unwrap();
            }
            let mut key = |share: &mut Share, gold: &Option<String>, found: &str| {
                let Some(gold) = gold else { return };
                share.count(one_of(gold, found));
                if !one_of(gold, found) {
                    writeln!(wrong, "{file}: {:?} is {gold}, found {found}", q.text).unwrap();
                }
            };
            key(&mut self.occasions, &g.at, q.occasion.key());
            key(&mut self.claims, &g.claim, q.claim.key());
        }
        for extra in found {
            writeln!(wrong, "{file}: too much {:?} ({:?})", extra.text, extra.form).unwrap();
            self.strings.count(false);
        }
        for g in &gold.paraphrases {
            let found = article.paraphrases.iter().find(|p| p.text.contains(&g.has));
            let by = found.and_then(|p| p.speaker.as_ref()).map_or("", |s| &s.name);
            let right = found.is_some_and(|p| {
                one_of(&g.by, by) && g.at.as_ref().is_none_or(|at| one_of(at, p.occasion.key()))
            });
            self.paraphrases.count(right);
            if !right {
                writeln!(wrong, "{file}: paraphrase {:?} by {}: {found:?}", g.has, g.by).unwrap();
            }
        }
    }

    fn line(&self) -> String {
        [
            ("strings", self.strings),
            ("speakers", self.speakers),
            ("occasions", self.occasions),
            ("claims", self.claims),
            ("titles told apart", self.titles),
            ("paraphrases", self.paraphrases),
        ]
        .iter()
        .map(|(what, share)| format!("{what} {}/{}", share.right, share.of))
        .collect::<Vec<_>>()
        .join(", ")
    }
}

fn score(half: &str) -> Score {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/press").join(half);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "txt"))
        .collect();
    files.sort();
    assert!(files.len() >= 8, "{} holds only {} articles", folder.display(), files.len());
    let mut score = Score::default();
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let gold = std::fs::read_to_string(path.with_extension("toml")).unwrap();
        let gold: Gold = toml::from_str(&gold).unwrap();
        assert!(!gold.style.is_empty());
        score.add(path.file_stem().unwrap().to_str().unwrap(), &gold, &read(&text));
    }
    eprintln!("{half}: {}", score.line());
    score
}

#[test]
fn known_articles() {
    let score = score("known");
    assert!(score.strings.reaches(90) && score.speakers.reaches(90), "{}", score.wrong);
    eprintln!("{}", score.wrong);
}

#[test]
fn unseen_articles() {
    let score = score("unseen");
    assert!(score.strings.reaches(90) && score.speakers.reaches(90));
}
