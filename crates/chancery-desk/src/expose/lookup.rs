//! Which paper each quotation is from: searching, and what the matches mean.
//!
//! Nothing is said on the strength of one measure. A paper is named when it has most of a quotation's
//! words in order, is well ahead of the next paper, and the whole article fits it better than decoy
//! articles fit anything. One or two words never name a paper.

use std::collections::{BTreeMap, BTreeSet};

use chancery_index::cluster::{Cluster, clusters};
use chancery_index::joint::Decoys;
use chancery_index::{DocId, Hit, Holders, Index, Query, UNKNOWN, View, Vocabulary, spread};
use chancery_store::PaperId;
use chancery_text::press::{Article, Claim, Quotation};

use super::chance::Rates;
use super::quotation::Words;
use super::report::{Basis, FEW_WORDS, JointRate, Level, QuotationKind, Significance};
use super::{
    AlsoMatch, Contradiction, Headings, Item, LIGHT, LeakedPaper, MAX_LOOKED_UP, Quoted, cores,
    counted, failed,
};
use crate::papers::reference;
use crate::public::{self, PublicKind, Publication};
use crate::{Archive, CopyAnswer, DeskError};

/// A quotation of fewer words names no paper, whatever holds it.
const FEW: usize = FEW_WORDS + 1;
/// Fewest shared words by which a paper is named on the strength of one quotation.
const NAMING: usize = 6;
/// Share of the possible score that a paper must reach.
const FAIR: f64 = 0.55;
/// Nats by which a paper must be ahead of the next.
const LEAD: f64 = 4.0;
/// Nats within which papers of a chain hold the same passage.
const EQUAL: f64 = 0.5;
/// Largest rate of decoys, at 95 %, with which a paper is named surely.
const SURE: f64 = 0.05;
/// Shared words that name the only paper in view, for which there are no decoys.
const ALONE: usize = 15;
/// Decoy articles, and most searches that they take together. Sixty are the fewest that can show a rate
/// below [`SURE`].
const DECOYS: usize = 150;
const DECOY_SEARCHES: usize = 1_200;
/// Most quotations that are weighed against decoys; of a longer article the longest.
const DECOY_QUOTATIONS: usize = 20;
/// Names the decoys.
pub(super) const SEED: u64 = 0x6578_706f_7365_0002;
/// Other texts that are listed with a quotation.
const LISTED: usize = 5;
/// Papers that are looked at for chains.
const CHAINED: usize = 24;

/// What is searched.
pub(super) struct Search<'a> {
    pub(super) index: &'a Index,
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) restricted: View,
    pub(super) public: View,
    /// Restricted papers in view, ascending.
    pub(super) papers: Vec<DocId>,
    pub(super) rates: Rates,
    /// Names the decoys.
    pub(super) seed: u64,
}

/// One quotation and what holds its words.
struct One {
    words: Words,
    /// Nats of its words among the papers in view.
    rarity: f64,
    /// Public texts and published papers, best first, and whether the first settles it.
    public: Vec<Hit>,
    settled: bool,
    /// Restricted papers in view, best first.
    hits: Vec<Hit>,
    holders: Option<usize>,
}

impl One {
    /// Words that were not looked up.
    fn nothing(words: Words) -> Self {
        let (public, hits) = (Vec::new(), Vec::new());
        Self { words, rarity: 0.0, public, settled: false, hits, holders: Some(0) }
    }
}

/// The matches of an article before papers are named.
pub(super) struct Matches {
    ones: Vec<One>,
    /// Evidence of the whole article by paper, in nats.
    sums: BTreeMap<DocId, f64>,
    /// The same of the quotations that decoys were run for.
    weighed: BTreeMap<DocId, f64>,
    decoys: Decoys,
}

/// The result of looking an article up.
pub(super) struct Looked {
    pub(super) quotations: Vec<Quoted>,
    pub(super) contradictions: Vec<Contradiction>,
    pub(super) leaked: Vec<LeakedPaper>,
    pub(super) words: Vec<Words>,
    /// For each quotation the words that some copy of its paper has.
    pub(super) held: Vec<BTreeSet<usize>>,
    pub(super) public_texts: usize,
    pub(super) limits: Vec<String>,
}

/// The paper that a quotation is from.
#[derive(Clone, Debug)]
struct Named {
    doc: DocId,
    level: Level,
    carriers: Vec<DocId>,
}

impl Search<'_> {
    /// Searches for every quotation.
    pub(super) fn article(&self, text: &str, article: &Article) -> Result<Matches, DeskError> {
        let number = |word: &str| self.vocabulary.number(word).unwrap_or(UNKNOWN);
        let light: Vec<u32> =
            LIGHT.iter().filter_map(|word| self.vocabulary.number(word)).collect();
        let spoken: Vec<(usize, &Quotation)> = article.spoken().enumerate().collect();
        let ones = spread(&spoken, cores(), |&(at, quotation)| -> Result<_, DeskError> {
            let words = Words::of(text, quotation);
            let fragments = words.numbers(number);
            match Query::new(&fragments, &light) {
                Ok(query) if at < MAX_LOOKED_UP => {
                    Ok((self.one(words, &query, quotation.claim)?, fragments))
                }
                _ => Ok((One::nothing(words), Vec::new())),
            }
        });
        let ones: Vec<(One, Vec<Vec<u32>>)> = ones.into_iter().collect::<Result<_, _>>()?;
        let mut sums: BTreeMap<DocId, f64> = BTreeMap::new();
        // Of each quotation that counts: lengths of its fragments, and its number.
        let mut shape: Vec<(Vec<usize>, usize)> = Vec::new();
        // The same words are often quoted twice, in the headline and below it.
        let mut seen: BTreeSet<&[Vec<u32>]> = BTreeSet::new();
        for (at, (one, fragments)) in ones.iter().enumerate() {
            let counts = !fragments.is_empty() && !one.settled && one.words.len() >= FEW;
            if counts && seen.insert(fragments) {
                for hit in &one.hits {
                    *sums.entry(hit.doc).or_default() += hit.score;
                }
                shape.push((fragments.iter().map(Vec::len).collect(), at));
            }
        }
        shape.sort_by_key(|(lengths, _)| std::cmp::Reverse(lengths.iter().sum::<usize>()));
        shape.truncate(DECOY_QUOTATIONS);
        let mut weighed: BTreeMap<DocId, f64> = BTreeMap::new();
        for hit in shape.iter().filter_map(|(_, at)| ones.get(*at)).flat_map(|one| &one.0.hits) {
            *weighed.entry(hit.doc).or_default() += hit.score;
        }
        let shape: Vec<Vec<usize>> = shape.into_iter().map(|(lengths, _)| lengths).collect();
        let count = DECOYS.min(DECOY_SEARCHES / shape.len().max(1));
        let decoys = if shape.is_empty() || sums.is_empty() || self.papers.len() < 2 {
            Decoys::default()
        } else {
            let (drawn, view) = ((count, self.seed), &self.restricted);
            Decoys::run(self.index, view, &shape, &light, drawn, cores()).map_err(failed)?
        };
        let ones = ones.into_iter().map(|(one, _)| one).collect();
        Ok(Matches { ones, sums, weighed, decoys })
    }

    /// What holds the words of one quotation.
    fn one(&self, words: Words, query: &Query, claim: Claim) -> Result<One, DeskError> {
        let public = self.index.search(query, &self.public).map_err(failed)?.hits;
        let settled =
            public.first().is_some_and(|hit| settles(hit, &words, claim == Claim::Leaked));
        let found = self.index.search(query, &self.restricted).map_err(failed)?;
        // A quotation over several places of a paper is found by comparing, not by counting.
        let exact = found.hits.iter().filter(|hit| hit.exact).count();
        let holders = match found.holders {
            Holders::Exactly(n) => Some(n.max(exact)),
            Holders::Many => None,
        };
        let rarity = self.restricted.rarity(query.words());
        Ok(One { words, rarity, public, settled, hits: found.hits, holders })
    }

    /// The paper that one quotation names by itself.
    fn named(&self, one: &One, matches: &Matches) -> Option<Named> {
        if one.settled || one.words.len() < FEW {
            return None;
        }
        let best = one.hits.first()?;
        let sum = |doc: DocId| matches.sums.get(&doc).copied().unwrap_or_default();
        // Of papers that hold the words as well, the one that the rest of the article fits.
        let close: Vec<&Hit> = one.hits.iter().filter(|h| h.score > best.score - LEAD).collect();
        let lead = close.iter().copied().max_by(|a, b| {
            let key = |hit: &Hit| (sum(hit.doc), -hit.date);
            let (x, y) = (key(a), key(b));
            x.0.total_cmp(&y.0).then(x.1.cmp(&y.1)).then(b.doc.cmp(&a.doc))
        })?;
        if !fair(lead) || lead.shared() < NAMING.min(one.words.len()) {
            return None;
        }
        let docs: Vec<DocId> = close.iter().take(CHAINED).map(|hit| hit.doc).collect();
        let chain = self.chain(lead.doc, &docs, &close);
        let rivals = close.iter().any(|hit| {
            let apart = hit.doc != chain.earliest && !chain.carriers.contains(&hit.doc);
            apart && sum(hit.doc) > sum(lead.doc) - LEAD
        });
        if rivals {
            return None;
        }
        let joint = matches.joint(lead.doc);
        let surely = match joint {
            Some(joint) => joint.upper <= SURE,
            None => self.papers.len() == 1 && lead.shared() >= ALONE,
        };
        let level = match (surely, lead.shared() >= NAMING) {
            (true, true) => Level::Certain,
            (_, true) => Level::Likely,
            _ => return None,
        };
        Some(Named { doc: chain.earliest, level, carriers: chain.carriers })
    }

    /// The chain of papers that quote one another around `doc`, with the earliest that holds the words
    /// as well.
    fn chain(&self, doc: DocId, docs: &[DocId], close: &[&Hit]) -> Cluster {
        let of = |doc: DocId| close.iter().find(|hit| hit.doc == doc);
        let date = |doc: DocId| of(doc).map_or(0, |hit| i64::from(hit.date));
        let alone = Cluster { earliest: doc, carriers: Vec::new() };
        if docs.len() < 2 {
            return alone;
        }
        let found = clusters(self.index, docs, date)
            .into_iter()
            .find(|c| c.earliest == doc || c.carriers.contains(&doc));
        let Some(found) = found else { return alone };
        let mut members = vec![found.earliest];
        members.extend(found.carriers);
        let score = |doc: DocId| of(doc).map_or(0.0, |hit| hit.score);
        let best = members.iter().map(|d| score(*d)).fold(0.0, f64::max);
        // Members come by date.
        let first = members.iter().copied().find(|d| score(*d) >= best - EQUAL);
        let earliest = first.unwrap_or(doc);
        members.retain(|d| *d != earliest);
        Cluster { earliest, carriers: members }
    }
}

impl Matches {
    fn joint(&self, doc: DocId) -> Option<JointRate> {
        let joint = self.decoys.joint(self.weighed.get(&doc).copied()?);
        let rate = JointRate { as_high: joint.as_high, decoys: joint.decoys, upper: joint.upper };
        (joint.decoys > 0).then_some(rate)
    }
}

/// Whether a public text settles that the words are public. Where the article says that they leaked, a
/// few common words are not enough.
fn settles(hit: &Hit, words: &Words, claimed: bool) -> bool {
    let few = if claimed { NAMING } else { FEW };
    words.len() >= few && (hit.exact || (hit.shared() >= NAMING && fair(hit)))
}

fn fair(hit: &Hit) -> bool {
    hit.score >= FAIR * hit.possible
}

impl Archive {
    /// Names papers, kinds and contradictions.
    pub(super) async fn name(
        &self,
        text: &str,
        article: &Article,
        matches: Matches,
        published: &BTreeMap<PaperId, Publication>,
        search: &Search<'_>,
    ) -> Result<Looked, DeskError> {
        let spoken: Vec<&Quotation> = article.spoken().collect();
        let mut named: Vec<Option<Named>> =
            matches.ones.iter().map(|one| search.named(one, &matches)).collect();
        let certain: BTreeSet<DocId> =
            named.iter().flatten().filter(|n| n.level == Level::Certain).map(|n| n.doc).collect();
        for (one, slot) in matches.ones.iter().zip(&mut named) {
            if slot.as_ref().is_none_or(|n| n.level < Level::Certain)
                && let Some(doc) = supported(one, &certain)
            {
                *slot = Some(Named { doc, level: Level::Supported, carriers: Vec::new() });
            }
        }
        let mut headings = Headings::new();
        let mut leaked: BTreeMap<DocId, (Vec<usize>, usize, BTreeSet<DocId>)> = BTreeMap::new();
        let mut out = Looked {
            quotations: Vec::new(),
            contradictions: Vec::new(),
            leaked: Vec::new(),
            words: Vec::new(),
            held: Vec::new(),
            public_texts: search.public.documents(),
            limits: Vec::new(),
        };
        if spoken.len() > MAX_LOOKED_UP {
            out.limits.push(format!(
                "{} quotations; the first {MAX_LOOKED_UP} were looked up",
                spoken.len()
            ));
        }
        for (quotation, one) in spoken.iter().zip(&matches.ones) {
            if one.words.left_out > 0 {
                out.limits.push(format!(
                    "of the quotation that begins “{}” the first {} words were looked up, the other {} not",
                    first_words(&quotation.text),
                    one.words.len(),
                    one.words.left_out
                ));
            }
        }
        for (at, ((quotation, one), named)) in
            spoken.iter().zip(&matches.ones).zip(&named).enumerate()
        {
            let source = match one.public.first().filter(|_| one.settled) {
                Some(hit) => Some((hit.doc, self.nature(hit.doc, published).await?)),
                None => None,
            };
            let (kind, basis) = kind(quotation.claim, source.map(|s| s.1), named.as_ref());
            let doc = source.map(|s| s.0).or_else(|| named.as_ref().map(|n| n.doc));
            let hit =
                doc.and_then(|doc| one.public.iter().chain(&one.hits).find(|hit| hit.doc == doc));
            let hit = hit.or_else(|| one.hits.first());
            let same = hit.iter().flat_map(|hit| &hit.pairs).filter(|pair| pair.same);
            out.held.push(same.map(|pair| pair.query as usize).collect());
            let level = match (source, named) {
                (Some(_), _) => Level::Certain,
                (None, Some(named)) => named.level,
                (None, None) if one.hits.is_empty() => Level::None,
                (None, None) => Level::Possible,
            };
            let restricted = named.as_ref().filter(|_| source.is_none());
            let mut significance = Significance {
                level,
                words: one.words.len(),
                shared: hit.map_or(0, Hit::shared),
                exact: hit.is_some_and(|hit| hit.exact),
                holders: one.holders,
                chance: search.rates.of(one.words.len(), one.rarity),
                joint: restricted.and_then(|n| matches.joint(n.doc)),
                says: String::new(),
            };
            significance.says = if at < MAX_LOOKED_UP {
                significance.say(source.is_some())
            } else {
                "not looked up".to_owned()
            };
            let (paper, label) = match doc {
                Some(doc) => {
                    let (paper, label) = self.titled(doc, &mut headings).await?;
                    (Some(paper), Some(label))
                }
                None => (None, None),
            };
            let also = self.also(one, doc, named.as_ref(), &mut headings).await?;
            let holds = (significance.shared, significance.words);
            let named_paper = (named.as_ref(), paper.as_deref());
            if let Some(says) = contradiction(quotation, source.map(|s| s.1), named_paper, holds) {
                out.contradictions.push(Contradiction { quotation: at, says });
            }
            if let (QuotationKind::Restricted, Some(named)) = (kind, restricted)
                && named.level >= Level::Supported
            {
                let entry = leaked.entry(named.doc).or_default();
                entry.0.push(at);
                entry.1 += one.words.len();
                entry.2.extend(named.carriers.iter().copied());
            }
            out.quotations.push(Quoted {
                text: quotation.text.clone(),
                start: quotation.span.start,
                end: quotation.span.end,
                speaker: quotation.speaker.as_ref().map(|s| s.name.clone()),
                cue: quotation
                    .cue
                    .as_ref()
                    .map(|cue| text.get(cue.span.clone()).unwrap_or_default().to_owned()),
                occasion: quotation.occasion.key(),
                claim: quotation.claim.key(),
                kind,
                basis,
                paper,
                label,
                significance,
                also_matches: also,
            });
        }
        for (doc, (quotations, words, carriers)) in leaked {
            // Supported quotations alone make no leak.
            if !quotations.iter().any(|&q| out.quotations[q].significance.level == Level::Certain) {
                continue;
            }
            let Item::Paper(id) = Item::of(doc) else { continue };
            let head = self.heading(id).await?;
            let mut names = Vec::new();
            for doc in carriers {
                names.push(self.titled(doc, &mut headings).await?.0);
            }
            out.leaked.push(LeakedPaper {
                paper: reference(id),
                source_id: head.source_id,
                subject: head.subject,
                label: head.label.to_string(),
                date: head.date,
                quotations,
                words,
                carriers: names,
                joint: matches.joint(doc),
                readers: 0,
                passages: Vec::new(),
                copy: CopyAnswer::none(),
            });
        }
        out.words = matches.ones.into_iter().map(|one| one.words).collect();
        Ok(out)
    }

    /// What a public document is.
    async fn nature(
        &self,
        doc: DocId,
        published: &BTreeMap<PaperId, Publication>,
    ) -> Result<QuotationKind, DeskError> {
        Ok(match Item::of(doc) {
            Item::Paper(id) => match published.get(&id) {
                Some(Publication::Authorised(_)) => QuotationKind::Authorised,
                _ => QuotationKind::Public,
            },
            Item::Public(id) => match self.show_public(&public::reference(id)).await?.kind {
                PublicKind::Letter => QuotationKind::Authorised,
                _ => QuotationKind::Public,
            },
        })
    }

    /// Reference and label of a document.
    async fn titled(
        &self,
        doc: DocId,
        headings: &mut Headings,
    ) -> Result<(String, String), DeskError> {
        if let Some(known) = headings.get(&doc) {
            return Ok(known.clone());
        }
        let titled = match Item::of(doc) {
            Item::Paper(id) => (reference(id), self.heading(id).await?.label.to_string()),
            Item::Public(id) => {
                let shown = self.show_public(&public::reference(id)).await?;
                (shown.text, shown.kind.word().to_owned())
            }
        };
        headings.insert(doc, titled.clone());
        Ok(titled)
    }

    /// Other texts that hold the words.
    async fn also(
        &self,
        one: &One,
        doc: Option<DocId>,
        named: Option<&Named>,
        headings: &mut Headings,
    ) -> Result<Vec<AlsoMatch>, DeskError> {
        let carriers = named.map(|n| n.carriers.as_slice()).unwrap_or_default();
        // Beside a named paper only texts that hold the words as well.
        let best = one.hits.first().map_or(0.0, |hit| hit.score);
        let near = |hit: &&Hit| hit.exact || (fair(hit) && hit.score > best - LEAD);
        let hits = one.public.iter().chain(&one.hits).filter(|hit| Some(hit.doc) != doc);
        let mut out = Vec::new();
        for hit in hits.filter(near).take(LISTED) {
            let (paper, label) = self.titled(hit.doc, headings).await?;
            let role = if carriers.contains(&hit.doc) { "carrier" } else { "candidate" };
            out.push(AlsoMatch { paper, label, shared: hit.shared(), exact: hit.exact, role });
        }
        Ok(out)
    }
}

/// How a quotation begins.
fn first_words(text: &str) -> String {
    text.split_whitespace().take(6).collect::<Vec<_>>().join(" ")
}

/// A paper that is surely quoted elsewhere in the article and holds these words too.
fn supported(one: &One, certain: &BTreeSet<DocId>) -> Option<DocId> {
    if one.settled || one.words.len() < FEW {
        return None;
    }
    let best = one.hits.first()?.score;
    let holds = |hit: &&Hit| certain.contains(&hit.doc) && fair(hit) && hit.score > best - LEAD;
    one.hits.iter().find(holds).map(|hit| hit.doc)
}

/// The register decides first, the reporting clause second, a match in a restricted paper third.
fn kind(
    claim: Claim,
    register: Option<QuotationKind>,
    named: Option<&Named>,
) -> (QuotationKind, Basis) {
    match (register, claim, named) {
        (Some(kind), ..) => (kind, Basis::Register),
        (None, Claim::Leaked, _) => (QuotationKind::Restricted, Basis::Article),
        (None, Claim::Authorised, _) => (QuotationKind::Authorised, Basis::Article),
        (None, Claim::Public, _) => (QuotationKind::Public, Basis::Article),
        (None, Claim::Unknown, Some(_)) => (QuotationKind::Restricted, Basis::Unexplained),
        (None, Claim::Unknown, None) => (QuotationKind::Unknown, Basis::Nothing),
    }
}

fn contradiction(
    quotation: &Quotation,
    register: Option<QuotationKind>,
    (named, paper): (Option<&Named>, Option<&str>),
    (shared, words): (usize, usize),
) -> Option<String> {
    let paper = paper?;
    match (register, quotation.claim) {
        (Some(_), Claim::Leaked) => Some(format!(
            "the article says that this leaked; {paper}, a public text, holds the words"
        )),
        (None, Claim::Public | Claim::Authorised)
            if named.is_some_and(|n| n.level >= Level::Supported) =>
        {
            let occasion = match quotation.claim {
                Claim::Authorised => "a letter that was given out".to_owned(),
                _ => format!("said in public ({})", quotation.occasion.key()),
            };
            let of = if shared < words { format!("{shared} of ") } else { String::new() };
            let words = counted(words, "word", "words");
            Some(format!(
                "the article calls this {occasion}; no such text is filed, and {paper}, a restricted paper, holds {of}its {words}"
            ))
        }
        _ => None,
    }
}

#[cfg(test)]
mod claims;

#[cfg(test)]
mod tests {
    use super::*;
    use chancery_text::press;

    /// Register first, the reporting clause second, a match third; register against clause is shown, and so is a
    /// match against a clause that calls the words public.
    #[test]
    fn the_register_goes_before_the_clause_and_the_clause_before_a_match() {
        use QuotationKind::{Authorised, Public, Restricted, Unknown};
        let named = Named { doc: DocId(1), level: Level::Certain, carriers: Vec::new() };
        let claims = [Claim::Leaked, Claim::Authorised, Claim::Public, Claim::Unknown];
        for claim in claims {
            for found in [None, Some(&named)] {
                for filed in [Public, Authorised] {
                    assert_eq!(kind(claim, Some(filed), found), (filed, Basis::Register));
                }
                let expected = match (claim, found) {
                    (Claim::Leaked, _) => (Restricted, Basis::Article),
                    (Claim::Authorised, _) => (Authorised, Basis::Article),
                    (Claim::Public, _) => (Public, Basis::Article),
                    (Claim::Unknown, Some(_)) => (Restricted, Basis::Unexplained),
                    (Claim::Unknown, None) => (Unknown, Basis::Nothing),
                };
                assert_eq!(kind(claim, None, found), expected);
            }
        }
        let quotation = |claim: Claim| {
            let article = press::read("He said: “the pilots have lost a third of their boats”.");
            Quotation { claim, ..article.quotations[0].clone() }
        };
        for claim in claims {
            let shown = |register, named| {
                contradiction(&quotation(claim), register, (named, Some("P1")), (9, 9))
            };
            let given_out = matches!(claim, Claim::Public | Claim::Authorised);
            assert_eq!(shown(Some(Public), None).is_some(), claim == Claim::Leaked);
            assert_eq!(shown(None, Some(&named)).is_some(), given_out);
            // What only may be a match contradicts nobody.
            let likely = Named { level: Level::Likely, ..named.clone() };
            assert_eq!(shown(None, Some(&likely)), None);
            assert_eq!(shown(None, None), None);
        }
        let public = quotation(Claim::Public);
        let holds =
            |words| contradiction(&public, None, (Some(&named), Some("P1")), words).unwrap();
        assert!(holds((9, 9)).ends_with("holds its 9 words"));
        assert!(holds((7, 9)).ends_with("holds 7 of its 9 words"));
    }
}
