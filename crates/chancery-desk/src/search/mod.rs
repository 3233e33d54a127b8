//! Search inside one's need-to-know.
//!
//! A search first asks the rules, paper by paper, what the person may read now; only these papers are then
//! looked into, and every number (documents, frequencies, lengths) is counted among them. Papers that may not
//! be read are never touched: no count, rank or suggestion depends on them. Those that are addressed to an
//! office of the searcher and refused to him, such as under an embargo, cost the asking, all in one query;
//! answers leave at set steps of time ([`crate::pace`]), which swallow it.
//!
//! Every reading of every place counts, so all readers with the same rights get the same answer, and it says
//! nothing of anybody's row. The price: whoever tries words he does not see in his own copy can find places
//! where copies differ, as he could by comparing two copies. Each search is in the record.
//!
//! Text leaves only by [`crate::ledger::Act::open`]: excerpts are taken from the searcher's own copies, each
//! of them a recorded reading.

mod query;
mod rank;
mod saved;
mod shelf;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chancery_domain::Handle;
use chancery_store::{OfficeId, PaperId, PaperRow, Part, PersonId};
use chancery_text::canon::fold;
use chancery_text::master::Master;
use chancery_text::terms::Terms;
use chancery_vault::{Aad, LookupKey, Nonce, Padding, PaperDek, seal};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::json;

use crate::access::Readable;
use crate::archive::encode;
use crate::copies::Format;
use crate::ledger::Act;
use crate::outside::random;
use crate::pace::Pace;
use crate::papers::{Head, reference};
use crate::registry::{known_office, known_person};
use crate::{Archive, DeskError};

pub use query::MAX_QUERY;
use query::Query;
use rank::{Counted, rank};
pub use saved::SavedSearch;
pub(crate) use shelf::Shelf;

/// Most hits that are shown with excerpts in one search: each is a reading.
const MAX_EXCERPTED: usize = 20;
/// Characters of text on either side of what was found.
const AROUND: usize = 60;
/// Most stretches of one copy that are shown.
const MAX_STRETCHES: usize = 2;
/// Most suggestions.
const MAX_SUGGESTED: usize = 10;

/// How a search is shown.
#[derive(Clone, Copy, Debug)]
pub struct Seek {
    /// Most hits.
    pub limit: usize,
    /// Whether to open the copies of the first hits and show what stands around the words.
    pub excerpts: bool,
}

impl Default for Seek {
    fn default() -> Self {
        Self { limit: 20, excerpts: false }
    }
}

/// A paper that was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hit {
    /// Reference.
    pub paper: String,
    /// Its subject.
    pub subject: String,
    /// Its date: the one written on it, else the day of its release.
    pub date: Option<Date>,
    /// The office it is from.
    pub office: String,
    /// Its label.
    pub label: String,
    /// Places at which words and phrases of the query stand, over all readings.
    pub hits: u32,
    /// How well it fits, comparable within one search.
    pub score: f64,
    /// Words of the searcher's own copy around what was found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excerpts: Vec<String>,
}

/// What a search found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Found {
    /// Papers that fit, all together.
    pub found: usize,
    /// The first of them, best first; without words to look for, newest first.
    pub hits: Vec<Hit>,
}

/// A paper that fits.
struct Match {
    readable: Readable,
    hits: u32,
    score: f64,
}

impl Archive {
    /// Searches what `who` may read now.
    ///
    /// # Errors
    /// When the query cannot be read (with the column), or names an office that is not there; with
    /// excerpts also when the house refuses bulk retrieval.
    pub async fn search(&self, who: &Handle, query: &str, seek: &Seek) -> Result<Found, DeskError> {
        let pace = Pace::begin();
        let found = self.search_now(who, query, seek).await;
        pace.keep().await;
        found
    }

    async fn search_now(&self, who: &Handle, query: &str, seek: &Seek) -> Result<Found, DeskError> {
        let mut act = self.act().await?;
        let person = known_person(&mut act.tx, who).await?;
        match act.search(person, query, seek, &BTreeSet::new()).await {
            Ok((found, _)) => {
                act.commit().await?;
                Ok(found)
            }
            Err(refused) if refused.is_kept() => {
                act.commit().await?;
                Err(refused)
            }
            Err(other) => Err(other),
        }
    }

    /// Words of the subjects of papers that `who` may read which begin like this, commonest first.
    ///
    /// Bodies suggest nothing: their words differ from copy to copy, and lie nowhere in the clear.
    ///
    /// # Errors
    /// When the prefix holds no word.
    pub async fn suggest(&self, who: &Handle, prefix: &str) -> Result<Vec<String>, DeskError> {
        let folded = fold(prefix);
        let [(prefix, _)] = folded.as_slice() else {
            return Err(DeskError::Input("give the beginning of one word".into()));
        };
        let pace = Pace::begin();
        let words = self.suggest_now(who, prefix).await;
        pace.keep().await;
        words
    }

    async fn suggest_now(&self, who: &Handle, prefix: &str) -> Result<Vec<String>, DeskError> {
        let mut act = self.act().await?;
        let person = known_person(&mut act.tx, who).await?;
        let mut words: BTreeMap<String, usize> = BTreeMap::new();
        for readable in self.readable(&mut act.tx, person).await? {
            let head = self.head_of(readable.head, &readable.row)?;
            let of_subject: BTreeSet<String> =
                fold(&head.subject).into_iter().map(|(word, _)| word).collect();
            for word in of_subject.into_iter().filter(|w| w.starts_with(prefix)) {
                *words.entry(word).or_default() += 1;
            }
        }
        let mut words: Vec<(String, usize)> = words.into_iter().collect();
        words.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        words.truncate(MAX_SUGGESTED);
        Ok(words.into_iter().map(|(word, _)| word).collect())
    }

    /// A heading: the one unsealed before, else unsealed now.
    fn head_of(&self, before: Option<Head>, row: &PaperRow) -> Result<Head, DeskError> {
        before.map_or_else(|| self.head(row), Ok)
    }

    /// The key under which words are hashed.
    fn terms_key(&self) -> LookupKey {
        self.index.domain("search.terms")
    }
}

impl Act<'_> {
    /// Keeps the terms of a paper that is being released, sealed under its own key.
    pub(crate) async fn shelve(
        &mut self,
        dek: &PaperDek,
        id: PaperId,
        master: &Master,
    ) -> Result<Terms, DeskError> {
        let row = self.tx.paper(id).await?;
        let row = row.ok_or_else(|| DeskError::Archive("a paper vanished".into()))?;
        let key = self.archive.terms_key();
        let subject = self.archive.head(&row)?.subject;
        let terms = Terms::of(&subject, master, |word| key.sketch(word.as_bytes()));
        self.archive.keep(&mut self.tx, dek, id, Part::Terms, &terms.to_bytes()).await?;
        Ok(terms)
    }

    /// The terms of a paper: from the shelf, else from the database. A paper of before there was a search
    /// gets its terms now.
    async fn terms(&mut self, row: &PaperRow) -> Result<Arc<Terms>, DeskError> {
        if let Some(terms) = self.archive.shelf.get(row.id) {
            return Ok(terms);
        }
        let dek = self.archive.dek(&mut self.tx, row.id).await?;
        let terms = if self.tx.part(row.id, Part::Terms).await?.is_some() {
            let bytes = self.archive.kept(&mut self.tx, &dek, row.id, Part::Terms).await?;
            Terms::from_bytes(&bytes).ok_or_else(|| {
                let paper = reference(row.id);
                DeskError::Archive(format!("{paper}: its terms are damaged; restore a backup"))
            })?
        } else {
            let released = self.archive.released(&mut self.tx, row.clone()).await?;
            self.shelve(&dek, row.id, &released.master).await?
        };
        let terms = Arc::new(terms);
        self.archive.shelf.put(row.id, &terms);
        Ok(terms)
    }

    /// Searches and enters the search. Leaves out papers `seen` before; gives all that fit as well.
    async fn search(
        &mut self,
        person: PersonId,
        text: &str,
        seek: &Seek,
        seen: &BTreeSet<PaperId>,
    ) -> Result<(Found, BTreeSet<PaperId>), DeskError> {
        let query = Query::parse(text).map_err(|e| DeskError::Input(e.to_string()))?;
        let mut matches = self.matches(person, &query).await?;
        self.enter_search(person, text, matches.len(), seek).await?;
        let papers = matches.iter().map(|m| m.readable.row.id).collect();
        matches.retain(|m| !seen.contains(&m.readable.row.id));
        let found = matches.len();
        let offices: BTreeMap<OfficeId, Handle> =
            self.tx.offices().await?.into_iter().map(|(id, handle, _)| (id, handle)).collect();
        let mut hits = Vec::new();
        for (at, found) in matches.into_iter().take(seek.limit).enumerate() {
            let Match { readable, hits: places, score } = found;
            let excerpts = if seek.excerpts && at < MAX_EXCERPTED {
                self.excerpts(person, &readable, &query).await?
            } else {
                Vec::new()
            };
            let head = self.archive.head_of(readable.head, &readable.row)?;
            hits.push(Hit {
                paper: reference(readable.row.id),
                date: date(&readable.row, &head),
                office: offices
                    .get(&readable.row.office)
                    .map(Handle::to_string)
                    .unwrap_or_default(),
                label: head.label.to_string(),
                subject: head.subject,
                hits: places,
                score,
                excerpts,
            });
        }
        Ok((Found { found, hits }, papers))
    }

    /// Enters a search: a keyed hash of the query in the record, the query itself sealed beside it.
    async fn enter_search(
        &mut self,
        person: PersonId,
        text: &str,
        found: usize,
        seek: &Seek,
    ) -> Result<(), DeskError> {
        let hash = self.archive.index.lookup("search.query", text.as_bytes());
        let leaf = self
            .enter(
                "search.run",
                [
                    ("person", json!(person)),
                    ("query", json!(hex::encode(hash))),
                    ("found", json!(found)),
                    ("excerpts", json!(seek.excerpts)),
                ],
            )
            .await?;
        let row = leaf.to_string();
        let aad = Aad::new("searched", &row, "query", 0);
        let nonce = Nonce::from_bytes(random());
        let sealed = seal(&self.archive.key, &aad, Padding::Field, &encode(&text), nonce)?;
        Ok(self.tx.add_searched(person, self.now, leaf, &sealed).await?)
    }

    /// The papers that fit, best first.
    async fn matches(&mut self, person: PersonId, query: &Query) -> Result<Vec<Match>, DeskError> {
        self.archive.shelf.begin();
        let mut offices = BTreeSet::new();
        for office in &query.offices {
            offices.insert(known_office(&mut self.tx, office).await?);
        }
        let key = self.archive.terms_key();
        let clauses: Vec<(Vec<u64>, bool)> = query
            .clauses
            .iter()
            .map(|c| (c.words.iter().map(|w| key.sketch(w.as_bytes())).collect(), c.excluded))
            .collect();
        let mut looked_into = Vec::new();
        let mut counted = Vec::new();
        // Newest first.
        let readable = self.archive.readable(&mut self.tx, person).await?;
        for mut readable in readable.into_iter().rev() {
            if query.has_fields() {
                let head = self.archive.head_of(readable.head.take(), &readable.row)?;
                if !fits(query, &offices, &readable.row, &head) {
                    continue;
                }
                readable.head = Some(head);
            }
            if clauses.is_empty() {
                counted.push(Counted { length: 0, places: Vec::new() });
            } else {
                let terms = self.terms(&readable.row).await?;
                let places = clauses.iter().map(|(words, _)| terms.count(words)).collect();
                counted.push(Counted { length: terms.length(), places });
            }
            looked_into.push(readable);
        }
        let excluded: Vec<bool> = clauses.iter().map(|(_, excluded)| *excluded).collect();
        let mut looked_into: Vec<Option<Readable>> = looked_into.into_iter().map(Some).collect();
        let ranked = rank(&counted, &excluded).into_iter().filter_map(|r| {
            let readable = looked_into.get_mut(r.index)?.take()?;
            Some(Match { readable, hits: r.hits, score: r.score })
        });
        Ok(ranked.collect())
    }

    /// What stands around the words in the person's own copy, which is opened for it.
    async fn excerpts(
        &mut self,
        person: PersonId,
        readable: &Readable,
        query: &Query,
    ) -> Result<Vec<String>, DeskError> {
        let released = self.archive.released(&mut self.tx, readable.row.clone()).await?;
        let through = readable.through;
        let (bytes, _) = self.open(&released, person, through, Format::Excerpt).await?;
        Ok(stretches(&String::from_utf8_lossy(&bytes), query))
    }
}

/// Whether a paper fits the fields of a query.
fn fits(query: &Query, offices: &BTreeSet<OfficeId>, row: &PaperRow, head: &Head) -> bool {
    let day = date(row, head);
    let label: Vec<String> =
        fold(&head.label.to_string()).into_iter().map(|(word, _)| word).collect();
    (offices.is_empty() || offices.contains(&row.office))
        && query.from.is_none_or(|from| day.is_some_and(|day| from <= day))
        && query.until.is_none_or(|until| day.is_some_and(|day| day <= until))
        && query.labels.iter().all(|words| label.windows(words.len().max(1)).any(|w| w == words))
        && query
            .tags
            .iter()
            .all(|tag| head.tags.iter().any(|t| t.as_str().eq_ignore_ascii_case(tag)))
        && (query.kinds.is_empty() || query.kinds.iter().any(|k| k == row.kind.word()))
}

/// A paper's date: the one written on it where it is a day, else the day of its release.
fn date(row: &PaperRow, head: &Head) -> Option<Date> {
    let written = head.date.as_deref().and_then(|date| date.trim().parse().ok());
    written.or(row.released)
}

/// Stretches of a copy around the first places where something of the query stands.
fn stretches(text: &str, query: &Query) -> Vec<String> {
    let words = fold(text);
    let wanted = query.clauses.iter().filter(|c| !c.excluded);
    let mut places: Vec<std::ops::Range<usize>> = wanted
        .filter_map(|clause| {
            let length = clause.words.len();
            let at = words
                .windows(length.max(1))
                .position(|window| window.iter().map(|(word, _)| word).eq(clause.words.iter()))?;
            let last = words.get(at + length.saturating_sub(1))?;
            Some(words.get(at)?.1.span.start..last.1.span.end)
        })
        .collect();
    places.sort_by_key(|p| p.start);
    places.dedup_by(|next, before| next.start < before.end.saturating_add(AROUND));
    places.truncate(MAX_STRETCHES);
    let stretch = |place: &std::ops::Range<usize>| {
        let from = text[..place.start].char_indices().rev().nth(AROUND).map_or(0, |(at, _)| at);
        let after = &text[place.end..];
        let to = after.char_indices().nth(AROUND).map_or(text.len(), |(at, _)| place.end + at);
        // Whole words only.
        let words: Vec<&str> = text[from..to].split_whitespace().collect();
        let first = usize::from(from > 0);
        let last = words.len() - usize::from(to < text.len() && words.len() > first + 1);
        format!("… {} …", words.get(first..last).unwrap_or_default().join(" "))
    };
    places.iter().map(stretch).collect()
}
