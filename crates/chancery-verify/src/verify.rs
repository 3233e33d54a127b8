//! The recomputation: from a pack to the finding, with every step checked against the record.

use chancery_code::{Alpha, AlphaSplit, DecoyPlan, Finding, Holder, Inquiry, Route, Routes};
use chancery_record::Policy;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::body::hex32;
use crate::pack::Pack;
use crate::paper::{FrozenLeak, FrozenPaper, Scored, is_page, sha256};
use crate::record::{Log, Proved};
use crate::report::{
    Authority, REPORT_SCHEMA, Recomputed, RecomputedCopy, RecomputedDecoys, RecomputedPaper,
    Verified, bits, bound, level,
};

/// How far a stated number may be from the recomputed one: reading decimals costs a unit in the last place.
const CLOSE: f64 = 1e-12;

/// Why a pack does not hold. The first fault found.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The key of the log cannot be read.
    #[error("the pack's log key is no verifier key")]
    LogKey,
    /// The policy does not name this log.
    #[error("the trust policy does not name the log `{0}`")]
    UnknownLog(String),
    /// The policy has another key for this log.
    #[error("the pack's key for `{0}` is not the one in the trust policy")]
    OtherKey(String),
    /// An entry cannot be read or is of another kind.
    #[error("an entry that should be “{0}” is not")]
    Entry(&'static str),
    /// A particular is missing or of another form.
    #[error("the entry lacks “{0}”, or has it in another form")]
    Field(&'static str),
    /// A receipt does not prove its entry.
    #[error("the receipt of “{kind}” does not hold: {error}")]
    Receipt {
        /// Of which entry.
        kind: &'static str,
        /// Why.
        error: String,
    },
    /// A receipt is not in its canonical spelling.
    #[error("the receipt of “{0}” is not in its canonical spelling")]
    Spelling(&'static str),
    /// Entries were not made in the order that the bound needs.
    #[error("the order of acts is wrong: {0}")]
    Order(&'static str),
    /// Not enough witnesses.
    #[error("the entry “{0}” is not witnessed as the trust policy asks")]
    Unwitnessed(&'static str),
    /// Witnessed, but too late.
    #[error(
        "the marks of {0} were not witnessed before the leak was received; nothing shows that they are older"
    )]
    Late(String),
    /// A leak is not the one that was received.
    #[error("leak {0} is not the one that was entered")]
    Leak(usize),
    /// Something about a paper.
    #[error("{paper}: {what}")]
    Paper {
        /// Which.
        paper: String,
        /// What.
        what: &'static str,
    },
    /// Read by a version of the rules that this program does not have.
    #[error(
        "the leak was read by version {0} of the reading rules; use a verifier of that version"
    )]
    Version(u32),
    /// Scored by a version of the decoder that this program does not have.
    #[error(transparent)]
    Decoder(#[from] chancery_code::UnknownDecoder),
    /// A key that is not under the root of the release.
    #[error("the key of copy {0} does not stand under the root that was released")]
    CopyKey(u32),
    /// The decoys' seed.
    #[error("the decoys do not follow from the record: {0}")]
    Decoys(String),
    /// The recorded procedure is not one that can be recomputed.
    #[error("the procedure cannot be run: {0}")]
    Procedure(String),
    /// There is no bound.
    #[error("the papers were spent before: the finding carries no bound")]
    Spent,
    /// The recomputed finding is another one.
    #[error("recomputing gives another finding: {0}")]
    Finding(&'static str),
}

#[derive(Deserialize)]
struct OpenedLeak {
    file: String,
    sha256: String,
}

#[derive(Deserialize)]
struct Stated {
    copies: Vec<Option<String>>,
    p_adjusted: f64,
    log2_e: f64,
    round: usize,
}

#[derive(Deserialize)]
struct StatedDecoys {
    count: usize,
    best_log2: Option<f64>,
}

/// The entries of the inquiry and of the releases, proved and in order.
struct Chain {
    opened: Proved,
    frozen: Proved,
    result: Proved,
    releases: Vec<Proved>,
    authority: Authority,
    witnessed_at: Option<u64>,
}

/// Recomputes the finding of a pack. Without a policy the record is taken at its own word, and the report says
/// so; with one its log must have signed, and its witnesses must have signed the marks before the leak was
/// received and the inquiry at all.
///
/// # Errors
/// [`VerifyError`] for the first thing that does not hold.
pub fn verify(pack: &Pack, trust: Option<&Policy>) -> Result<Verified, VerifyError> {
    let log = Log::of(pack, trust)?;
    let chain = chain(pack, &log)?;
    let frozen = &chain.frozen.body;
    let leaks: Vec<FrozenLeak> = frozen.get("leaks")?;
    check_leaks(pack, &chain, &leaks)?;
    let papers: Vec<FrozenPaper> = frozen.get("papers")?;
    if papers.len() != pack.papers.len() {
        return Err(VerifyError::Field("papers"));
    }
    let mut scored = Vec::with_capacity(papers.len());
    for ((paper, release), fixed) in pack.papers.iter().zip(&chain.releases).zip(&papers) {
        scored.push(Scored::new(pack, paper, &release.body, fixed, &leaks)?);
    }
    let mut holders = Vec::with_capacity(pack.accused.len());
    for accused in &pack.accused {
        if accused.copies.len() != scored.len() {
            return Err(VerifyError::Field("accused"));
        }
        let copies = accused.copies.iter().zip(&scored);
        let copies = copies.map(|(copy, paper)| copy.as_ref().map(|c| paper.key(c)).transpose());
        holders.push(Holder { copies: copies.collect::<Result<_, _>>()? });
    }

    let alpha: f64 = frozen.get("alpha")?;
    let readers: u64 = frozen.get("readers")?;
    frozen.decoder()?;
    let routes: Routes = frozen.get("routes")?;
    if frozen.get::<AlphaSplit>("split")? != AlphaSplit::standard() {
        return Err(VerifyError::Procedure("its shares of alpha are not the standard ones".into()));
    }
    let exercise: bool = frozen.get("exercise")?;
    if frozen.get::<bool>("spent")? && !exercise {
        return Err(VerifyError::Spent);
    }
    let fault = |e: &dyn std::fmt::Display| VerifyError::Procedure(e.to_string());
    let level_of = Alpha::new(alpha).map_err(|e| fault(&e))?;
    let evidence = scored.iter().map(|paper| paper.evidence.clone()).collect();
    let inquiry = Inquiry::new(level_of, readers, evidence, routes).map_err(|e| fault(&e))?;
    let seeded = log.signed_size(&pack.decoys.checkpoint)?;
    let salt: [u8; 32] = Sha256::digest(pack.decoys.checkpoint.as_bytes()).into();
    let plan = DecoyPlan { count: pack.decoys.count, salt };
    let finding = inquiry.run(&holders, plan).map_err(|e| fault(&e))?;

    let before: f64 = frozen.get("spent_before")?;
    check_finding(pack, &papers, &finding, before, &chain.result)?;
    let seeded_after = seeded > chain.frozen.index;
    let mut recomputed = recomputed(pack, &chain, &papers, &finding, before, seeded_after)?;
    recomputed.exercise = exercise;
    Ok(Verified {
        schema: REPORT_SCHEMA,
        pack_sha256: hex::encode(sha256(&pack.to_bytes())),
        authority: chain.authority,
        log: log.name(),
        witnessed_at: chain.witnessed_at,
        extracted_again: pack
            .leaks
            .iter()
            .all(|leak| leak.bytes.as_ref().is_some_and(|bytes| !is_page(&bytes.0))),
        page_engine: leaks.iter().find_map(FrozenLeak::page_engine).map(str::to_owned),
        finding: recomputed,
    })
}

/// Proves all entries and that they were made in order.
fn chain(pack: &Pack, log: &Log<'_>) -> Result<Chain, VerifyError> {
    let entries = &pack.entries;
    let opened = log.entry(&entries.opened, "inquiry.opened")?;
    let approved = log.entry(&entries.approved, "inquiry.approved")?;
    let frozen = log.entry(&entries.frozen, "inquiry.frozen")?;
    let result = log.entry(&entries.result, "inquiry.result")?;
    let releases = pack.papers.iter().map(|paper| log.entry(&paper.release, "paper.released"));
    let releases: Vec<Proved> = releases.collect::<Result<_, _>>()?;
    for entry in [&opened, &approved, &frozen, &result] {
        if entry.body.get::<String>("inquiry")? != pack.inquiry {
            return Err(VerifyError::Field("inquiry"));
        }
        // One tree for all of them: two trees of an unwitnessed log need not go together.
        if entry.checkpoint != result.checkpoint {
            return Err(VerifyError::Order("the entries of the inquiry stand in different trees"));
        }
    }
    if opened.body.get::<String>("officer")? == approved.body.get::<String>("officer")? {
        return Err(VerifyError::Order("one officer opened and approved the inquiry"));
    }
    let ordered = opened.index < approved.index
        && approved.index < frozen.index
        && frozen.index < result.index;
    if !ordered {
        return Err(VerifyError::Order("opened, approved, frozen, result"));
    }
    if releases.iter().any(|release| release.index >= opened.index) {
        return Err(VerifyError::Order("a paper was released after the leak was received"));
    }
    let mut witnessed_at = None;
    let authority = if log.asks_witnesses() {
        if result.witnessed.is_none() {
            return Err(VerifyError::Unwitnessed("inquiry.result"));
        }
        for release in &releases {
            let paper: String = release.body.get("paper")?;
            let at = release.witnessed.ok_or(VerifyError::Unwitnessed("paper.released"))?;
            if release.size > opened.index {
                return Err(VerifyError::Late(paper));
            }
            witnessed_at = witnessed_at.max(Some(at));
        }
        Authority::Witnessed
    } else if log.is_trusted() {
        if releases.iter().any(|release| release.checkpoint != result.checkpoint) {
            return Err(VerifyError::Order("the releases stand in another, unwitnessed tree"));
        }
        Authority::Log
    } else {
        Authority::Consistent
    };
    Ok(Chain { opened, frozen, result, releases, authority, witnessed_at })
}

fn check_leaks(pack: &Pack, chain: &Chain, frozen: &[FrozenLeak]) -> Result<(), VerifyError> {
    let opened: Vec<OpenedLeak> = chain.opened.body.get("leaks")?;
    if opened.len() != pack.leaks.len() || frozen.len() != pack.leaks.len() {
        return Err(VerifyError::Field("leaks"));
    }
    for (at, ((leak, opened), frozen)) in pack.leaks.iter().zip(&opened).zip(frozen).enumerate() {
        let same = leak.file == opened.file && opened.sha256 == frozen.sha256;
        let digest = hex32(&opened.sha256);
        let whole = leak.bytes.as_ref().is_none_or(|bytes| Some(sha256(&bytes.0)) == digest);
        if !same || !whole || digest.is_none() {
            return Err(VerifyError::Leak(at + 1));
        }
    }
    Ok(())
}

/// `P12/0345`, by paper; nothing where no copy is held.
fn names(pack: &Pack, papers: &[FrozenPaper], person: usize) -> Vec<Option<String>> {
    let copies = pack.accused[person].copies.iter().zip(papers);
    copies.map(|(copy, of)| Some(format!("{}/{:04}", of.paper, copy.as_ref()?.number))).collect()
}

fn close(stated: f64, computed: f64) -> bool {
    (stated - computed).abs() <= CLOSE * computed.abs()
}

/// Compares what was recomputed with what was entered.
fn check_finding(
    pack: &Pack,
    papers: &[FrozenPaper],
    finding: &Finding,
    before: f64,
    result: &Proved,
) -> Result<(), VerifyError> {
    if result.body.get::<String>("verdict")? != "identified" {
        return Err(VerifyError::Finding("the record says that nobody was identified"));
    }
    let stated: Vec<Stated> = result.body.get("named")?;
    if stated.len() != pack.accused.len() || finding.named.len() != pack.accused.len() {
        return Err(VerifyError::Finding("another number of copies is named"));
    }
    for (person, stated) in stated.iter().enumerate() {
        let score = &finding.persons[person];
        let round = score.best.map_or(0, |best| best.round);
        if stated.copies != names(pack, papers, person) {
            return Err(VerifyError::Finding("other copies are named"));
        }
        let p = (score.p_adjusted() + before).min(1.0);
        let same = close(stated.p_adjusted, p)
            && close(stated.log2_e, score.e_value.log2())
            && stated.round == round;
        if !same {
            return Err(VerifyError::Finding("a bound is another one"));
        }
    }
    let decoys: StatedDecoys = result.body.get("decoys")?;
    let best = match (decoys.best_log2, finding.decoys.best_log2()) {
        (Some(stated), Some(computed)) => close(stated, computed),
        (stated, computed) => stated.is_none() && computed.is_none(),
    };
    if decoys.count != finding.decoys.count() || !best {
        return Err(VerifyError::Finding("the decoys score otherwise"));
    }
    Ok(())
}

fn recomputed(
    pack: &Pack,
    chain: &Chain,
    papers: &[FrozenPaper],
    finding: &Finding,
    before: f64,
    seeded_after: bool,
) -> Result<Recomputed, VerifyError> {
    let frozen = &chain.frozen.body;
    let named: Vec<RecomputedCopy> = finding
        .persons
        .iter()
        .enumerate()
        .filter_map(|(person, score)| {
            let best = score.best?;
            Some(RecomputedCopy {
                copies: names(pack, papers, person).into_iter().flatten().collect(),
                p_adjusted: bound(score.p_adjusted() + before),
                p: bound(best.p),
                score: best.score,
                model: best.member.to_string(),
                round: best.round,
                route: match best.route {
                    Route::Paper(at) => papers[at].paper.clone(),
                    Route::Pooled => "pooled".to_owned(),
                },
                log2_e: bits(score.e_value.log2()),
            })
        })
        .collect();
    let worst = finding.persons.iter().map(|p| p.p_adjusted() + before).fold(0.0, f64::max);
    let statement = format!(
        "Had these marks been drawn afresh, independently of the text, the chance that any of {} such copies agreed this well is at most {}, under the conditions listed. It says nothing about who held them.",
        finding.entitled,
        bound(worst)
    );
    let read = |sites: &Vec<chancery_code::SitesRead>| {
        sites.iter().fold((0, 0), |sum, channel| (sum.0 + channel.offered, sum.1 + channel.read))
    };
    Ok(Recomputed {
        inquiry: pack.inquiry.clone(),
        exercise: false,
        readers: finding.entitled,
        alpha: level(finding.alpha.get()),
        spent_before: level(before),
        attempt: frozen.get("attempt")?,
        summed_alpha: level(frozen.get("summed_alpha")?),
        exports: frozen.get::<Vec<u64>>("exports")?.len() as u64,
        papers: papers
            .iter()
            .zip(&finding.sites)
            .map(|(paper, sites)| {
                let (offered, read) = read(sites);
                RecomputedPaper { paper: paper.paper.clone(), offered, read }
            })
            .collect(),
        named,
        decoys: RecomputedDecoys {
            count: finding.decoys.count(),
            best_log2: finding.decoys.best_log2().map(bits),
            seeded_after,
        },
        statement,
    })
}
