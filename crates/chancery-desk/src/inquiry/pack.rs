//! Contest packs: what an inquiry that named copies hands to those who would check it.
//!
//! A pack opens the keys of the copies that are named and of no other; their papers are spent from the moment the
//! result was entered. Below *identified* no key is opened, so there is no pack.

use std::collections::BTreeMap;
use std::ops::Range;

use chancery_code::CopyTree;
use chancery_domain::{Handle, rules};
use chancery_record::SignedCheckpoint;
use chancery_store::{InquiryRow, PaperId, Part, PersonId};
use chancery_text::extract::ReadOptions;
use chancery_verify::{
    Accused, Body as PackBody, Bytes, Entered, Entries, OpenedCopy, PACK_SCHEMA, Pack, PackDecoys,
    PackLeak, PackPage, PackPaper, PackReading,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Dossier, find_inquiry, name, sha256_hex};
use crate::archive::decode;
use crate::freeze::{LeakFile, reread};
use crate::ledger::Act;
use crate::papers::{Released, reference};
use crate::pictures::{SeenLeak, SeenPage};
use crate::registry::known_person;
use crate::tree::broken;
use crate::{Archive, DeskError};

/// A pack that was handed out.
#[derive(Debug, Serialize)]
pub struct IssuedPack {
    /// The inquiry.
    pub inquiry: String,
    /// Whether the words of leaks and papers were left out.
    pub redacted: bool,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Entry of the record.
    pub leaf: u64,
    /// The file.
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

#[derive(Deserialize)]
struct Frozen {
    leaks: Vec<FrozenLeak>,
    papers: Vec<FrozenPaper>,
}

#[derive(Deserialize)]
struct FrozenLeak {
    readings: Vec<Reading>,
    #[serde(default)]
    pages: Vec<Page>,
    text_by_letters_sha256: Option<String>,
}

#[derive(Deserialize)]
struct Page {
    picture: u32,
    paper: String,
    evidence_sha256: String,
    #[serde(default)]
    erased: Vec<Range<usize>>,
}

#[derive(Deserialize)]
struct Reading {
    paper: String,
    least: chancery_text::proposal::Survival,
    erased: Vec<Range<usize>>,
    layout_sha256: Option<String>,
}

#[derive(Deserialize)]
struct FrozenPaper {
    paper: String,
}

/// What was read of a paper.
#[derive(Default)]
struct Read {
    texts: Vec<PackReading>,
    pages: Vec<PackPage>,
}

/// What the leaks say of each paper, read again as the record has it. `seen` is what those show that are pages.
fn read_again(
    leaks: &[LeakFile],
    seen: &[Option<SeenLeak>],
    fixed: &[FrozenLeak],
    papers: &[Released],
) -> Result<BTreeMap<PaperId, Read>, DeskError> {
    let mut out: BTreeMap<PaperId, Read> = BTreeMap::new();
    for (at, (file, of)) in leaks.iter().zip(fixed).enumerate() {
        let seen = seen.get(at).and_then(Option::as_ref);
        for page in &of.pages {
            let (paper, page) = seen_again(at, page, seen, papers).ok_or_else(|| other(file))?;
            out.entry(paper).or_default().pages.push(page);
        }
        let letters = seen.and_then(|seen| seen.text.as_deref());
        let digest = letters.map(|text| sha256_hex(text.as_bytes()));
        if of.text_by_letters_sha256.is_some() && digest != of.text_by_letters_sha256 {
            return Err(other(file));
        }
        let mut how = Vec::with_capacity(of.readings.len());
        for read in &of.readings {
            let paper = papers.iter().find(|paper| reference(paper.id) == read.paper);
            let paper = paper.ok_or_else(|| DeskError::Archive("a paper vanished".into()))?;
            let options = ReadOptions { least: read.least, erased: read.erased.clone() };
            how.push((paper, options));
        }
        let paged = of.readings.iter().any(|read| read.layout_sha256.is_some());
        for ((paper, _), (extraction, places)) in how.iter().zip(reread(file, seen, &how, paged)?) {
            out.entry(paper.id).or_default().texts.push(PackReading {
                leak: at,
                extraction: Bytes(extraction.to_bytes()),
                layout: places.map(|places| Bytes(places.canonical_bytes())),
            });
        }
    }
    Ok(out)
}

/// What a picture says of the paper that the record names for it, if it says the same again.
fn seen_again(
    leak: usize,
    fixed: &Page,
    seen: Option<&SeenLeak>,
    papers: &[Released],
) -> Option<(PaperId, PackPage)> {
    let paper = papers.iter().find(|paper| reference(paper.id) == fixed.paper)?.id;
    let fits = |page: &&SeenPage| {
        page.paper == paper && u32::try_from(page.page.picture) == Ok(fixed.picture)
    };
    let mut seen = seen?.pages.iter().find(fits)?.clone();
    seen.erase(fixed.erased.clone()).ok()?;
    let evidence = seen.evidence.canonical_bytes();
    let same = sha256_hex(&evidence) == fixed.evidence_sha256;
    let page = PackPage { leak, picture: fixed.picture, evidence: Bytes(evidence) };
    same.then_some((paper, page))
}

fn other(leak: &LeakFile) -> DeskError {
    DeskError::Record(format!(
        "{} reads otherwise with this program than when it was frozen; make the pack with the version that ran the inquiry",
        leak.name
    ))
}

impl Archive {
    /// Hands out the contest pack of an inquiry: to one of its officers, or to a reader whose copy it
    /// names. A reader who may not see one of the papers any more gets it without words.
    ///
    /// # Errors
    /// When nobody was identified, or `who` is neither.
    pub async fn contest_pack(
        &self,
        inquiry: &str,
        who: Option<&Handle>,
    ) -> Result<IssuedPack, DeskError> {
        let exercise = self.is_exercise().await?;
        let seen = self.see_packed(inquiry).await?;
        let mut act = self.act().await?;
        let row = find_inquiry(&mut act.tx, inquiry).await?;
        let dossier = self.open_dossier(&row)?;
        let (pack, papers) = self.packed(&mut act, &row, &dossier, &seen).await?;
        let redacted = match who {
            None if exercise => false,
            None => return Err(DeskError::Input("say who asks for the pack: --as PERSON".into())),
            Some(who) => {
                let person = known_person(&mut act.tx, who).await?;
                let officer = row.opened == person || row.approved == Some(person);
                if !officer && !self.is_named(&mut act, &dossier, person, &papers).await? {
                    return Err(DeskError::Procedure(format!(
                        "the pack of {inquiry} is for its officers and for readers whose copies it names"
                    )));
                }
                let mut closed = false;
                for paper in &papers {
                    let read = self.permit(&mut act.tx, rules::Act::Read, person, &paper.row).await;
                    match read {
                        Ok(_) => {}
                        Err(DeskError::Refused(_)) => closed = true,
                        Err(other) => return Err(other),
                    }
                }
                closed && !officer
            }
        };
        let pack = if redacted { pack.redacted() } else { pack };
        let bytes = pack.to_bytes();
        // What is handed out can be read and holds.
        let broken = |e: &dyn std::fmt::Display| {
            DeskError::Record(format!("the pack of {inquiry} does not hold: {e}"))
        };
        let read = Pack::parse(&bytes).map_err(|e| broken(&e))?;
        chancery_verify::verify(&read, None).map_err(|e| broken(&e))?;
        let sha256 = sha256_hex(&bytes);
        let fields = [
            ("inquiry", json!(name(row.id))),
            ("sha256", json!(sha256)),
            ("redacted", json!(redacted)),
            ("person", json!(who)),
        ];
        let leaf = act.enter("pack.issued", fields).await?;
        act.commit().await?;
        Ok(IssuedPack { inquiry: name(row.id), redacted, sha256, leaf, bytes })
    }

    /// Looks again at the pictures of an inquiry that names copies, against the papers that it was scored with.
    async fn see_packed(&self, inquiry: &str) -> Result<Vec<Option<SeenLeak>>, DeskError> {
        let mut tx = self.store.begin().await?;
        let row = find_inquiry(&mut tx, inquiry).await?;
        let dossier = self.open_dossier(&row)?;
        if dossier.scored.as_ref().is_none_or(|scored| scored.named.is_empty()) {
            return Ok(Vec::new());
        }
        let asked = self.asked(&mut tx, row.id, &dossier).await?;
        let mut papers = Vec::new();
        for found in dossier.finding.iter().flat_map(|finding| &finding.papers) {
            papers.push(self.find_paper(&mut tx, &found.paper).await?.id);
        }
        drop(tx);
        self.see(&asked.leaks, &papers).await
    }

    /// Whether a copy of this person is among those that are named.
    pub(super) async fn is_named(
        &self,
        act: &mut Act<'_>,
        dossier: &Dossier,
        person: PersonId,
        papers: &[Released],
    ) -> Result<bool, DeskError> {
        let named = dossier.scored.iter().flat_map(|scored| &scored.named);
        let named: Vec<&Vec<Option<u32>>> = named.collect();
        let records = act.tx.records_of(person).await?;
        for (at, paper) in papers.iter().enumerate() {
            let copies = self.copies(&mut act.tx, paper.id).await?;
            let own = copies.iter().filter(|copy| records.contains(&copy.person));
            for copy in own {
                if named.iter().any(|row| row.get(at).copied().flatten() == Some(copy.number)) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// The papers of an inquiry that was scored, in its order.
    pub(super) async fn papers_of(
        &self,
        act: &mut Act<'_>,
        dossier: &Dossier,
    ) -> Result<Vec<Released>, DeskError> {
        let mut papers = Vec::new();
        for found in dossier.finding.iter().flat_map(|finding| &finding.papers) {
            let row = self.find_paper(&mut act.tx, &found.paper).await?;
            papers.push(self.released(&mut act.tx, row).await?);
        }
        Ok(papers)
    }

    async fn packed(
        &self,
        act: &mut Act<'_>,
        row: &InquiryRow,
        dossier: &Dossier,
        seen: &[Option<SeenLeak>],
    ) -> Result<(Pack, Vec<Released>), DeskError> {
        let nobody = || {
            DeskError::Procedure(format!(
                "{} names no copy: nothing is opened, and there is nothing to contest",
                name(row.id)
            ))
        };
        let (Some(finding), Some(scored)) = (&dossier.finding, &dossier.scored) else {
            return Err(nobody());
        };
        if scored.named.is_empty() {
            return Err(nobody());
        }
        let gone = || DeskError::Archive("a part of the inquiry vanished; restore a backup".into());
        let approved = dossier.approved.ok_or_else(gone)?;
        let papers = self.papers_of(act, dossier).await?;
        let mut positions = vec![dossier.opened, approved, finding.entry, scored.result];
        for paper in &papers {
            positions.push(paper.row.release_leaf.ok_or_else(gone)?);
        }
        let mut entries = Vec::with_capacity(positions.len());
        for (body, receipt) in act.receipts(&positions).await? {
            let body = String::from_utf8(body).map_err(|_| gone())?;
            entries.push(Entered { body, receipt: receipt.to_string() });
        }
        let mut releases = entries.split_off(4);
        // What witnesses signed before the leak came in shows that the marks are older than it.
        if self.witness_policy()?.is_some() {
            for (release, paper) in releases.iter_mut().zip(&papers) {
                let at = paper.row.release_leaf.ok_or_else(gone)?;
                let Some(row) = act.tx.shown_between(at, dossier.opened).await? else { continue };
                let early = SignedCheckpoint::parse(row.note.as_bytes()).map_err(broken)?;
                let (_, receipt) = self.receipt(&mut act.tx, at, &early).await?;
                release.receipt = receipt.to_string();
            }
        }
        let [opened, approved, frozen, result] =
            <[Entered; 4]>::try_from(entries).map_err(|_| gone())?;
        let body: PackBody = decode(frozen.body.as_bytes())?;
        let fixed: Frozen = decode(json!(body.fields).to_string().as_bytes())?;
        let asked = self.asked(&mut act.tx, row.id, dossier).await?;
        let mut readings = read_again(&asked.leaks, seen, &fixed.leaks, &papers)?;
        let mut packed = Vec::with_capacity(papers.len());
        for ((paper, release), frozen) in papers.iter().zip(releases).zip(&fixed.papers) {
            if frozen.paper != reference(paper.id) {
                return Err(gone());
            }
            let dek = self.dek(&mut act.tx, paper.id).await?;
            let laws = self.kept(&mut act.tx, &dek, paper.id, Part::Laws).await?;
            let master = self.kept(&mut act.tx, &dek, paper.id, Part::Master).await?;
            let page = match act.tx.part(paper.id, Part::Page).await? {
                Some(_) => Some(self.kept(&mut act.tx, &dek, paper.id, Part::Page).await?),
                None => None,
            };
            let page = page.map(String::from_utf8).transpose().map_err(|_| gone())?;
            let Read { texts, pages } = readings.remove(&paper.id).unwrap_or_default();
            packed.push(PackPaper {
                release,
                master: Some(Bytes(master)),
                laws: String::from_utf8(laws).map_err(|_| gone())?,
                page,
                readings: texts,
                pages,
            });
        }
        let mut trees = Vec::with_capacity(papers.len());
        for paper in &papers {
            let tree = CopyTree::new(&paper.key, paper.leaves);
            trees.push(tree.map_err(|e| DeskError::Record(e.to_string()))?);
        }
        let mut accused = Vec::with_capacity(scored.named.len());
        for numbers in &scored.named {
            let mut copies = Vec::with_capacity(papers.len());
            for ((paper, tree), number) in papers.iter().zip(&trees).zip(numbers) {
                let Some(number) = *number else {
                    copies.push(None);
                    continue;
                };
                let key = paper.key.copy_key(number);
                let path = tree.path(number).map_err(|e| DeskError::Record(e.to_string()))?;
                let path = path.into_iter().map(|hash| Bytes(hash.to_vec())).collect();
                copies.push(Some(OpenedCopy { number, key: Bytes(key.expose().to_vec()), path }));
            }
            accused.push(Accused { copies });
        }
        let leaks = asked.leaks.into_iter();
        let pack = Pack {
            schema: PACK_SCHEMA.to_owned(),
            inquiry: name(row.id),
            redacted: false,
            log: self.verifier_key().to_string(),
            entries: Entries { opened, approved, frozen, result },
            leaks: leaks.map(|l| PackLeak { file: l.name, bytes: Some(Bytes(l.bytes)) }).collect(),
            papers: packed,
            accused,
            decoys: PackDecoys {
                count: u32::try_from(finding.decoys.count).unwrap_or(u32::MAX),
                checkpoint: scored.seed.clone(),
            },
        };
        Ok((pack, papers))
    }
}
