//! From the press to the paper: the quotations of an article, and which papers they are from.
//!
//! Only papers that the person may read now are searched, counted and compared; what he may not read
//! influences nothing. The register decides first (public texts, published papers), the article's own
//! words second. A paper is named only where decoy articles do not reach the same score; passages are shown
//! from the person's own copy, which is entered like any other reading.

mod chance;
mod copy;
mod lookup;
mod passage;
mod quotation;
mod report;
mod shelves;

use std::collections::{BTreeMap, BTreeSet};

use chancery_domain::{Handle, rules};
use chancery_index::{DocId, View};
use chancery_store::{PaperId, PersonId};
use chancery_text::incoming;
use chancery_text::press::{self, Article};
use chancery_vault::{Aad, Nonce, Padding, open, seal};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::archive::{decode, encode};
use crate::copies::Format;
use crate::outside::random;
use crate::papers::{Head, reference};
use crate::registry::known_person;
use crate::{Archive, DeskError, LeakFile};

pub use chance::ChanceRate;
use chance::Rates;
pub(crate) use copy::quoted_only;
use lookup::{Looked, Search};
pub use passage::{Cell, CellKind, Passage};
use report::counted;
pub use report::{
    AlsoMatch, Basis, Contradiction, CopyAnswer, EXPOSURE_SCHEMA, ExposedArticle, ExposureReport,
    JointRate, LeakedPaper, Level, Paraphrased, QuotationKind, Quoted, Significance,
};
pub(crate) use shelves::{Entering, Item, Loaded, Shelves};
use shelves::{failed, paper_doc};

/// Quotations that are looked up; further ones are listed and not searched for.
pub const MAX_LOOKED_UP: usize = 400;

/// Words that an editor adds and drops without a thought.
const LIGHT: [&str; 12] =
    ["a", "an", "of", "to", "and", "in", "on", "for", "by", "at", "with", "as"];

/// An article to be looked into.
#[derive(Clone, Debug)]
pub struct Exposing {
    /// The file as found.
    pub article: LeakFile,
    /// Level of the inquiries that are opened.
    pub alpha: f64,
    /// Whether inquiries are opened for papers that were found.
    pub trace: bool,
}

/// Whose eyes look.
#[derive(Clone, Debug)]
enum Viewer {
    /// The officer of an exercise, who may see everything.
    Exercise,
    Person(PersonId, Handle),
}

impl Archive {
    /// Finds the quotations of an article, the papers that they are from, and opens inquiries into those
    /// that leaked.
    ///
    /// # Errors
    /// When the article is no text, or nobody says who asks.
    pub async fn expose(
        &self,
        request: &Exposing,
        who: Option<&Handle>,
    ) -> Result<ExposureReport, DeskError> {
        let file = &request.article;
        let text = incoming::text_of(Some(&file.name), &file.bytes)
            .map_err(|e| DeskError::Input(format!("{}: {e}", file.name)))?;
        let exercise = self.is_exercise().await?;
        let viewer = self.viewer(exercise, who).await?;
        let article = press::read(&text);
        let visible = self.visible(&viewer).await?;
        let loaded = self.shelves().await?;
        let found = self.look_up(&text, &article, &loaded, &viewer, &visible).await;
        self.shelves.put(Some(loaded));
        let found = found?;
        let mut report = ExposureReport {
            schema: EXPOSURE_SCHEMA,
            article: ExposedArticle {
                file: file.name.clone(),
                sha256: hex::encode(Sha256::digest(&file.bytes)),
                text: text.clone(),
            },
            exercise,
            alpha: request.alpha,
            papers: visible.len(),
            public_texts: found.public_texts,
            quotations: found.quotations,
            paraphrases: paraphrases(&text, &article),
            contradictions: found.contradictions,
            leaked_papers: found.leaked,
            limits: found.limits,
            statement: String::new(),
        };
        if article.read < text.len() {
            report.limits.push(format!(
                "only the first {} of {} bytes were read; give the rest by itself",
                article.read,
                text.len()
            ));
        }
        self.show_passages(&mut report, &viewer, &article, (&found.words, &found.held)).await?;
        self.ask_for_copies(&mut report, request, who).await?;
        report.statement = report.say();
        Ok(report)
    }

    async fn viewer(&self, exercise: bool, who: Option<&Handle>) -> Result<Viewer, DeskError> {
        if exercise {
            let (first, second) = self.exercise_officers().await?;
            match who {
                None => return Ok(Viewer::Exercise),
                Some(who) if *who == first || *who == second => return Ok(Viewer::Exercise),
                Some(_) => {}
            }
        }
        let who = who.ok_or_else(|| DeskError::Input("say who asks: --as PERSON".into()))?;
        let mut tx = self.store.begin().await?;
        Ok(Viewer::Person(known_person(&mut tx, who).await?, who.clone()))
    }

    /// The papers that the viewer may read now, ascending.
    async fn visible(&self, viewer: &Viewer) -> Result<Vec<PaperId>, DeskError> {
        let mut tx = self.store.begin().await?;
        let Viewer::Person(person, _) = viewer else { return Ok(tx.released_papers().await?) };
        let readable = self.readable(&mut tx, *person).await?;
        Ok(readable.into_iter().map(|paper| paper.row.id).collect())
    }

    async fn look_up(
        &self,
        text: &str,
        article: &Article,
        loaded: &Loaded,
        viewer: &Viewer,
        visible: &[PaperId],
    ) -> Result<Looked, DeskError> {
        let mut tx = self.store.begin().await?;
        let now = self.now_in(&mut tx).await?;
        let published = self.publications(&mut tx, now).await?;
        let mut papers: Vec<DocId> = Vec::with_capacity(visible.len());
        for id in visible.iter().filter(|id| !published.contains_key(id)) {
            papers.push(paper_doc(*id)?);
        }
        let sees = |doc: DocId| papers.binary_search(&doc).is_ok();
        let restricted = loaded.index.view(sees).map_err(failed)?;
        papers.retain(|doc| restricted.sees(*doc));
        let everybody = |doc: DocId| match Item::of(doc) {
            Item::Public(_) => true,
            Item::Paper(id) => published.contains_key(&id),
        };
        let public = loaded.index.view(everybody).map_err(failed)?;
        let rates = self.rates(&mut tx, viewer, loaded, &restricted, &papers).await?;
        tx.commit().await?;
        let search = Search {
            index: &loaded.index,
            vocabulary: &loaded.vocabulary,
            restricted,
            public,
            papers,
            rates,
            seed: lookup::SEED,
        };
        let looked = search.article(text, article)?;
        self.name(text, article, looked, &published, &search).await
    }

    /// Chance rates for a viewer, kept until his papers have grown by a tenth or lost one.
    async fn rates(
        &self,
        tx: &mut chancery_store::Tx,
        viewer: &Viewer,
        loaded: &Loaded,
        view: &View,
        papers: &[DocId],
    ) -> Result<Rates, DeskError> {
        let row = match viewer {
            Viewer::Exercise => "exposure-chance".to_owned(),
            Viewer::Person(person, _) => format!("exposure-chance/{}", person.0),
        };
        let place = Aad::new("meta", &row, "value", 0);
        if let Some(sealed) = tx.meta(&row).await? {
            let kept = decode(&open(&self.key, &place, &sealed)?).ok();
            if let Some(kept) = kept.filter(|kept: &Rates| !kept.outgrown(papers)) {
                return Ok(kept);
            }
        }
        let rates = Rates::measure(&loaded.index, view, papers).map_err(failed)?;
        let nonce = Nonce::from_bytes(random());
        let sealed = seal(&self.key, &place, Padding::Body, &encode(&rates), nonce)?;
        tx.set_meta(&row, &sealed).await?;
        Ok(rates)
    }

    /// Passages of the leaked papers, from the viewer's own copies; enters what was looked into.
    async fn show_passages(
        &self,
        report: &mut ExposureReport,
        viewer: &Viewer,
        article: &Article,
        (words, held): (&[quotation::Words], &[BTreeSet<usize>]),
    ) -> Result<(), DeskError> {
        let mut act = self.act().await?;
        for leaked in &mut report.leaked_papers {
            let row = self.find_paper(&mut act.tx, &leaked.paper).await?;
            let id = row.id;
            let from = row.released.unwrap_or_else(|| self.today());
            let mut entitled = self.entitled(&mut act.tx, id, from, self.today()).await?;
            entitled.extend(self.copies(&mut act.tx, id).await?.iter().map(|c| c.person));
            entitled.sort_unstable();
            entitled.dedup();
            leaked.readers = entitled.len();
            let nothing = BTreeSet::new();
            let copy = match viewer {
                // An exercise has nothing to hide.
                Viewer::Exercise => {
                    self.released(&mut act.tx, row).await?.master.drafted().join("\n\n")
                }
                Viewer::Person(person, _) => {
                    let through = self.permit(&mut act.tx, rules::Act::Read, *person, &row).await?;
                    let paper = self.released(&mut act.tx, row).await?;
                    match act.open(&paper, *person, through, Format::Excerpt).await {
                        Ok((bytes, _)) => String::from_utf8_lossy(&bytes).into_owned(),
                        Err(refused) => {
                            if refused.is_kept() {
                                act.commit().await?;
                            }
                            return Err(refused);
                        }
                    }
                }
            };
            for &number in &leaked.quotations {
                let Some(quoted) = words.get(number) else { continue };
                // Where other copies differ is not for readers to learn.
                let held = match viewer {
                    Viewer::Exercise => held.get(number).unwrap_or(&nothing),
                    Viewer::Person(..) => &nothing,
                };
                leaked.passages.extend(passage::passage(
                    number,
                    &report.article.text,
                    quoted,
                    &copy,
                    held,
                ));
            }
        }
        let papers: Vec<&str> = report.leaked_papers.iter().map(|p| p.paper.as_str()).collect();
        let who = match viewer {
            Viewer::Exercise => None,
            Viewer::Person(_, handle) => Some(handle),
        };
        act.enter(
            "article.exposed",
            [
                ("article_sha256", json!(report.article.sha256)),
                ("quotations", json!(article.spoken().count())),
                ("papers", json!(papers)),
                ("by", json!(who)),
            ],
        )
        .await?;
        act.commit().await
    }

    /// Heading of a paper and its label.
    async fn heading(&self, id: PaperId) -> Result<Head, DeskError> {
        let mut tx = self.store.begin().await?;
        let row = tx.paper(id).await?;
        let row = row.ok_or_else(|| DeskError::Archive(format!("{} vanished", reference(id))))?;
        self.head(&row)
    }
}

/// Threads that a search may use.
fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn paraphrases(text: &str, article: &Article) -> Vec<Paraphrased> {
    let slice = |span: &std::ops::Range<usize>| text.get(span.clone()).unwrap_or_default();
    // Quotations are numbered without names of things.
    let numbered = article.quotations.iter().enumerate();
    let numbered = numbered.filter(|(_, q)| q.form != press::Form::Title);
    let spoken: BTreeMap<usize, usize> = numbered.enumerate().map(|(n, (q, _))| (q, n)).collect();
    article
        .paraphrases
        .iter()
        .map(|p| Paraphrased {
            text: p.text.clone(),
            start: p.span.start,
            end: p.span.end,
            speaker: p.speaker.as_ref().map(|s| s.name.clone()),
            cue: slice(&p.cue.span).to_owned(),
            occasion: p.occasion.key(),
            claim: p.claim.key(),
            holds: p.holds.iter().filter_map(|q| spoken.get(q).copied()).collect(),
        })
        .collect()
}

/// Headings by document, read once.
type Headings = BTreeMap<DocId, (String, String)>;
