//! A run of an inquiry: pictures are looked at, the evidence is frozen and entered, and only then is it scored.

use std::collections::BTreeMap;

use chancery_code::{
    Alpha, AlphaSplit, DECODER_VERSION, DecoyPlan, Holder, Inquiry, PaperEvidence, Routes,
};
use chancery_domain::{Handle, rules};
use chancery_store::{InquiryRow, PersonId, Tx};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    Dossier, FROZEN, Picture, Request, Scored, budget, find_inquiry, name, names, room, sha256_hex,
};
use crate::archive::encode;
use crate::candidates::{Candidates, candidates};
use crate::copies::{check_tree, copies_root};
use crate::finding::{FindingReport, FoundInquiries, level};
use crate::freeze::{Frozen, as_entry, seen};
use crate::looks::Look;
use crate::papers::reference;
use crate::pictures::SeenLeak;
use crate::view::{Context, NamedCopies, View, empty};
use crate::{Archive, DeskError};

/// Below every bound that the tails report.
const UNREACHABLE: f64 = 1e-300;

/// An inquiry whose evidence is frozen and in the record.
pub(super) struct Ready {
    row: InquiryRow,
    dossier: Dossier,
    request: Request,
    pub(super) frozen: Frozen,
    counted: Candidates,
    routes: Routes,
    context: Context,
}

impl Archive {
    /// Freezes the evidence of an approved inquiry, scores it and enters the result, then returns it.
    ///
    /// # Errors
    /// When it is not approved, a paper does not verify, or earlier looks have used up the level.
    pub async fn run_inquiry(&self, inquiry: &str) -> Result<FindingReport, DeskError> {
        let pictures = self.see_inquiry(inquiry).await?;
        let ready = self.freeze_inquiry(inquiry, pictures).await?;
        self.conclude_inquiry(ready).await
    }

    /// Looks at the pictures of an approved inquiry. It takes seconds, and other acts need not wait for it.
    async fn see_inquiry(&self, inquiry: &str) -> Result<Vec<Option<SeenLeak>>, DeskError> {
        let mut tx = self.store.begin().await?;
        let row = find_inquiry(&mut tx, inquiry).await?;
        if row.state != "approved" {
            return Ok(Vec::new());
        }
        let dossier: Dossier = self.open_dossier(&row)?;
        let request = self.asked(&mut tx, row.id, &dossier).await?;
        let mut forced = Vec::new();
        for paper in &request.papers {
            forced.push(self.find_paper(&mut tx, paper).await?.id);
        }
        drop(tx);
        self.see(&request.leaks, &forced).await
    }

    /// Reads the leaks and enters everything that scoring may depend on. No row is derived.
    pub(super) async fn freeze_inquiry(
        &self,
        inquiry: &str,
        pictures: Vec<Option<SeenLeak>>,
    ) -> Result<Ready, DeskError> {
        let exercise = self.is_exercise().await?;
        let mut act = self.act().await?;
        let mut row = find_inquiry(&mut act.tx, inquiry).await?;
        match row.state.as_str() {
            "approved" => {}
            "open" => {
                return Err(DeskError::Procedure(format!(
                    "{inquiry} is awaiting approval by an officer of another office: chancery inquiry approve {inquiry} --as PERSON"
                )));
            }
            _ => return Err(DeskError::Procedure(format!("{inquiry} was run already"))),
        }
        let mut dossier: Dossier = self.open_dossier(&row)?;
        let request = self.asked(&mut act.tx, row.id, &dossier).await?;
        Alpha::new(request.alpha).map_err(|e| DeskError::Input(e.to_string()))?;
        let mut forced = Vec::new();
        for paper in &request.papers {
            forced.push(self.find_paper(&mut act.tx, paper).await?.id);
        }
        let frozen =
            self.freeze(&mut act.tx, &request.leaks, &forced, &dossier.quoted, pictures).await?;
        let officers: Vec<PersonId> =
            [Some(row.opened), row.approved].into_iter().flatten().collect();
        let mut exports = Vec::new();
        for (paper, _) in &frozen.papers {
            let leaf = paper.row.release_leaf.unwrap_or_default();
            let entry = self.entry(&mut act.tx, leaf).await?;
            check_tree(paper, &copies_root(&entry))?;
            self.refuse_authors(&mut act.tx, &paper.row, &officers).await?;
            let entered = act.tx.bulk_exports(paper.id).await?;
            exports.extend(entered.into_iter().filter(|leaf| *leaf < dossier.opened));
        }
        exports.sort_unstable();
        let counted = self.counted(&mut act.tx, &frozen, request.include_author).await?;
        let earlier = self.looks(&mut act.tx).await?;
        let mut look = Look::new(
            row.id,
            dossier.opened,
            frozen.leaks.iter().map(|leak| hex::encode(leak.sha256)).collect(),
            frozen.papers.iter().map(|(paper, evidence)| seen(paper.id, evidence)).collect(),
            request.alpha,
            &earlier,
        );
        look.year = rules::utc_day(act.now).year();
        if exercise {
            look.standing = look.standing.in_exercise(request.alpha);
        }
        let standing = look.standing.clone();
        if standing.exhausted() {
            return Err(DeskError::Procedure(format!(
                "{} looked at the same places before and used up {}; nothing is left of {}. Open another inquiry at a level that holds both, such as --alpha {}",
                names(&standing.looks),
                level(standing.before),
                level(request.alpha),
                level(standing.before + request.alpha)
            )));
        }
        if !exercise {
            let house = self.house(&mut act.tx).await?;
            budget::admit(&house.inquiries, &earlier, &look).map_err(DeskError::Procedure)?;
        }
        let level = standing.level;
        dossier.looks.push(look);
        row.sealed = self.seal_dossier(row.id, &dossier)?;
        act.tx.set_inquiry(&row).await?;
        let (count, summed) = self.spent_in(&mut act.tx).await?;
        let routes = if frozen.leaks.iter().any(|l| l.ambiguous) && frozen.leaks.len() == 1 {
            Routes::Separate
        } else {
            Routes::Pooled
        };
        let papers: Vec<Value> = frozen
            .papers
            .iter()
            .map(|(paper, evidence)| {
                json!({
                    "paper": reference(paper.id),
                    "master_sha256": paper.master.hash(),
                    "evidence_sha256": sha256_hex(&evidence.canonical_bytes()),
                })
            })
            .collect();
        let entry = act
            .enter(
                FROZEN,
                [
                    ("inquiry", json!(name(row.id))),
                    ("leaks", json!(frozen.leaks.iter().map(as_entry).collect::<Vec<_>>())),
                    ("papers", json!(papers)),
                    ("quoted", json!(dossier.quoted)),
                    ("readers", json!(counted.counted)),
                    ("persons", json!(counted.persons.len())),
                    ("authors_left_out", json!(counted.authors)),
                    ("alpha", json!(level)),
                    ("spent_before", json!(standing.before)),
                    ("looks", json!(standing.looks.iter().map(|i| name(*i)).collect::<Vec<_>>())),
                    ("repeats", json!(standing.repeats.map(name))),
                    ("spent", json!(standing.spent())),
                    (
                        "spent_by",
                        json!(standing.spent_by.iter().map(|i| name(*i)).collect::<Vec<_>>()),
                    ),
                    ("attempt", json!(count)),
                    ("summed_alpha", json!(summed)),
                    ("exports", json!(exports)),
                    ("exercise", json!(exercise)),
                    ("routes", json!(routes)),
                    ("split", json!(AlphaSplit::standard())),
                    ("decoder_version", json!(DECODER_VERSION)),
                ],
            )
            .await?;
        act.commit().await?;
        let inquiries = FoundInquiries { count, summed_alpha: summed };
        let asked = request.alpha;
        let context = Context { id: row.id, exercise, asked, standing, entry, inquiries, exports };
        Ok(Ready { row, dossier, request, frozen, counted, routes, context })
    }

    /// Derives rows and scores them: everything they could influence is in the record.
    async fn conclude_inquiry(&self, ready: Ready) -> Result<FindingReport, DeskError> {
        let Ready { mut row, mut dossier, request, frozen, counted, routes, context } = ready;
        let (mut report, named, seed, picture) =
            self.score(&request, &frozen, &counted, routes, &context).await?;
        report.statement = report.say();

        let mut act = self.act().await?;
        let stated: Vec<Value> = named.iter().map(NamedCopies::as_entry).collect();
        let entry = act
            .enter(
                "inquiry.result",
                [
                    ("inquiry", json!(name(row.id))),
                    ("verdict", json!(report.verdict)),
                    ("named", json!(stated)),
                    ("decoys", json!(report.decoys)),
                    ("finding_sha256", json!(sha256_hex(&encode(&report)))),
                ],
            )
            .await?;
        dossier.scored = Some(Scored {
            ended: act.now,
            result: entry,
            named: named.into_iter().map(|named| named.numbers).collect(),
            persons: counted.persons,
            seed,
        });
        if let Some(look) = dossier.looks.last_mut() {
            look.shown = (report.verdict != "nothing").then_some(entry);
        }
        dossier.finding = Some(report.clone());
        dossier.picture = picture;
        row.state = "done".into();
        row.sealed = self.seal_dossier(row.id, &dossier)?;
        act.tx.set_inquiry(&row).await?;
        act.commit().await?;
        Ok(report)
    }

    /// Everyone entitled to any of the papers from its release until today, and the rows to be tried.
    async fn counted(
        &self,
        tx: &mut Tx,
        frozen: &Frozen,
        include_author: bool,
    ) -> Result<Candidates, DeskError> {
        let duplicates: BTreeMap<PersonId, PersonId> = tx.duplicates().await?.into_iter().collect();
        let mut records: BTreeMap<PersonId, Vec<PersonId>> = BTreeMap::new();
        for (duplicate, stays) in &duplicates {
            records.entry(*stays).or_insert_with(|| vec![*stays]).push(*duplicate);
        }
        let (mut all, mut minted, mut authors) = (Vec::new(), Vec::new(), Vec::new());
        for (paper, _) in &frozen.papers {
            let from = paper.row.released.unwrap_or_else(|| self.today());
            all.extend(self.entitled(tx, paper.id, from, self.today()).await?);
            // Whoever was given a copy counts, whatever became of his posting.
            let copies = self.copies(tx, paper.id).await?;
            all.extend(
                copies.iter().map(|c| duplicates.get(&c.person).copied().unwrap_or(c.person)),
            );
            minted.push(copies);
            let wrote = match include_author {
                true => Vec::new(),
                false => self.authors(tx, &paper.row).await?,
            };
            authors.push(wrote);
        }
        all.sort_unstable();
        all.dedup();
        Ok(candidates(all, &minted, &records, &authors))
    }

    async fn score(
        &self,
        request: &Request,
        frozen: &Frozen,
        counted: &Candidates,
        routes: Routes,
        context: &Context,
    ) -> Result<(FindingReport, Vec<NamedCopies>, String, Option<Picture>), DeskError> {
        let mut report = empty(request, frozen, counted, context);
        let seed = self.checkpoint()?;
        let mut tx = self.store.begin().await?;
        for (paper, (released, _)) in report.papers.iter_mut().zip(&frozen.papers) {
            let from = released.row.released.unwrap_or_else(|| self.today());
            paper.readers = self.entitled(&mut tx, released.id, from, self.today()).await?.len();
        }
        if frozen.papers.is_empty() {
            return Ok((report, Vec::new(), seed, None));
        }
        for (paper, _) in &frozen.papers {
            for copy in &self.copies(&mut tx, paper.id).await? {
                self.check_binding(&mut tx, copy).await?;
            }
        }
        let tried = &counted.tried;
        let holders: Vec<Holder> = tried
            .iter()
            .map(|candidate| Holder {
                copies: frozen
                    .papers
                    .iter()
                    .zip(&candidate.copies)
                    .map(|((paper, _), number)| number.map(|number| paper.key.copy_key(number)))
                    .collect(),
            })
            .collect();
        let internal = |e: chancery_code::InquiryError| DeskError::Input(e.to_string());
        let papers: Vec<PaperEvidence> = frozen
            .papers
            .iter()
            .map(|(paper, evidence)| PaperEvidence::new(paper.laws.clone(), evidence.clone()))
            .collect::<Result<_, _>>()
            .map_err(internal)?;
        // Without a bound nobody can be named or lead: no score reaches such a level.
        let level = if context.standing.level > 0.0 { context.standing.level } else { UNREACHABLE };
        let alpha = Alpha::new(level).map_err(|e| DeskError::Input(e.to_string()))?;
        let inquiry = Inquiry::new(alpha, counted.counted, papers, routes).map_err(internal)?;
        report.bits.needed = inquiry.bits_needed() + libm::log2(level) - libm::log2(context.asked);
        // Decoys depend on the checkpoint that was signed after the evidence was entered.
        let salt: [u8; 32] = Sha256::digest(seed.as_bytes()).into();
        let finding = inquiry.run(&holders, DecoyPlan::usual(salt)).map_err(internal)?;
        let names = tx.persons().await?;
        let office_names = tx.offices().await?;
        let mut opened: BTreeMap<usize, (Option<Handle>, Option<Handle>)> = BTreeMap::new();
        if context.exercise {
            for &index in finding.named.iter().chain(&finding.leads) {
                let person = tried[index].person;
                let reader = names.iter().find(|(id, ..)| *id == person).map(|(_, h, _)| h.clone());
                let paper = frozen
                    .papers
                    .iter()
                    .zip(&tried[index].copies)
                    .find_map(|((paper, _), number)| number.map(|_| paper.id));
                let office = match paper {
                    Some(paper) => tx.first_reading(paper, person).await?.map(|r| r.office),
                    None => None,
                };
                let office = office.and_then(|office| {
                    office_names.iter().find(|(id, ..)| *id == office).map(|(_, h, _)| h.clone())
                });
                opened.insert(index, (office, reader));
            }
        }
        let view = View { frozen, finding: &finding, tried, opened: &opened, context };
        view.fill(&mut report);
        let picture = room::picture(&finding, &report, tried);
        Ok((report, view.named(), seed, picture))
    }
}
