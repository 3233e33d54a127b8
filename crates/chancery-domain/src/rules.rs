//! The rules: what a person may do to a paper at an instant, and why not.
//!
//! Deny by default. [`decide`] alone decides about papers; everything else calls it. Who is counted in
//! an inquiry is [`was_entitled`]; who may approve one is [`may_approve`]. Every refusal is a sentence
//! that can be shown to the person refused.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::label::{Denial, Policy, Reader, SecurityLabel};
use crate::{Addressed, House, PaperState, Posting};

/// What somebody wants to do to a paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Act {
    /// Have a copy of the released paper.
    Read,
    /// See the draft.
    Preview,
    /// Change the draft, strike places, send it round.
    Amend,
    /// Clear it for an office that was asked.
    Clear,
    /// Send it back with a reason, for an office that was asked or in place of approving it.
    Refuse,
    /// Approve it for release.
    Approve,
    /// Freeze it and let copies go out.
    Release,
    /// Give the draft up.
    Withdraw,
    /// Correct or cancel it by a later paper, lower its label, set its review, close or open it.
    Govern,
}

impl Act {
    /// All acts, in the order of a paper's life.
    pub const ALL: [Self; 9] = [
        Self::Preview,
        Self::Amend,
        Self::Clear,
        Self::Refuse,
        Self::Approve,
        Self::Release,
        Self::Withdraw,
        Self::Read,
        Self::Govern,
    ];
}

/// An office that was asked to clear a draft, and whether it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clearing<O> {
    /// The office.
    pub office: O,
    /// Whether it cleared the draft as it stands.
    pub given: bool,
}

/// What the rules must know of a paper.
#[derive(Clone, Copy, Debug)]
pub struct PaperFacts<'a, P, O> {
    /// Where it stands.
    pub state: PaperState,
    /// The office it is from.
    pub origin: O,
    /// Who drafted it, if known. Whoever has since changed its text counts as its drafter too: for such a
    /// person, that person.
    pub drafter: Option<P>,
    /// Offices it goes to, collectives resolved and exempted ones taken out.
    pub distribution: &'a [(O, Addressed)],
    /// Offices asked to clear it.
    pub clearing: &'a [Clearing<O>],
    /// Nobody outside the originating office reads it before.
    pub lifts: Option<Timestamp>,
    /// Whether a released paper cancels it.
    pub cancelled: bool,
    /// Its label under the house's policy, if it bears one.
    pub label: Option<&'a SecurityLabel>,
}

/// What the rules must know of a person.
#[derive(Clone, Copy, Debug)]
pub struct PersonFacts<'a, P, O> {
    /// Who.
    pub person: P,
    /// All postings of that person; others are ignored.
    pub postings: &'a [Posting<P, O>],
    /// What the person is cleared for, with nationality and engagement.
    pub reader: &'a Reader,
}

/// What a house goes by: its own rules, and the policy of its labels where it has one.
#[derive(Clone, Copy, Debug)]
pub struct Rulebook<'a> {
    /// The house rules.
    pub house: &'a House,
    /// The policy. Without one, markings are words and decide nothing; with one, an unlabelled paper is
    /// shut to everybody.
    pub policy: Option<&'a Policy>,
}

/// Leave to act, and through which office.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant<O> {
    /// The office for which the person acts.
    pub office: O,
}

/// A refusal, as a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Drafts have no copies.
    #[error("the paper is a draft; nobody has a copy before it is released")]
    NotReleased,
    /// What is released is frozen.
    #[error("the paper is released; only a later paper can correct or cancel it")]
    Released,
    /// What was given up stays so.
    #[error("the draft was withdrawn; draft a new paper")]
    Withdrawn,
    /// Its retention is over.
    #[error(
        "the paper was destroyed at the end of its retention; its entries in the record remain"
    )]
    Destroyed,
    /// A later paper cancels it, and the house keeps cancelled papers shut.
    #[error("the paper is cancelled, and this house keeps cancelled papers closed")]
    Cancelled,
    /// Nobody but the originating office would get it.
    #[error("nobody is on the paper's distribution; it needs an office for action or information")]
    Nobody,
    /// The house rules have a keeper.
    #[error("only a holder of the custodian's office may change this")]
    NotCustodian,
    /// A house with a custodian knows who changes its registry.
    #[error("this house has a custodian, so whoever does this must be named: --as PERSON")]
    Unnamed,
    /// In earnest nobody looks at papers without a name.
    #[error(
        "whoever looks at papers must be named: --as PERSON; only an exercise shows them to anybody"
    )]
    Nobodys,
    /// The registry of an office is kept by two offices.
    #[error(
        "only a holder of the custodian's office, or of the office that appoints to this one, may do this"
    )]
    NotAppointing,
    /// Two records are merged by whoever answers for both.
    #[error(
        "only who appoints to every office that either of the two holds may merge them; or name a custodian in the house rules"
    )]
    NotAppointingAll,
    /// No office held on that day is on the distribution.
    #[error("none of the offices held on {0} is on the paper's distribution")]
    NotAddressed(Date),
    /// Released under embargo.
    #[error("the paper is under embargo until {0}")]
    Embargoed(Timestamp),
    /// The acting person does not hold the office on that day.
    #[error("the office is not held by the acting person on {0}")]
    NotHolder(Date),
    /// No office held was asked to clear the paper.
    #[error("none of the offices held on {0} was asked to clear the paper")]
    NotAsked(Date),
    /// A drafter cannot be his own second pair of eyes.
    #[error("whoever drafted the paper cannot {0} it; another entitled officer must")]
    OwnDraft(&'static str),
    /// An office that was asked has not cleared it.
    #[error("an office that was asked to clear the paper has not done so")]
    NotCleared,
    /// Release takes an approval.
    #[error("the paper is not approved; this house does not let drafters release by themselves")]
    NotApproved,
    /// The label keeps the person out.
    #[error("{0}")]
    Label(#[from] Denial),
    /// A house with a policy shows nothing that bears no label.
    #[error("the paper bears no label of this house's policy, so nobody may read it")]
    Unlabelled,
    /// An officer is somebody who holds an office.
    #[error("whoever opens an inquiry must hold an office")]
    NoOffice,
    /// One person cannot be both officers of an inquiry.
    #[error("the second officer must be another person than the first")]
    SamePerson,
    /// Two persons of one office are one pair of eyes.
    #[error("the second officer must hold another office than the first")]
    SameOffice,
}

/// Whether a person may do `act` to a paper at `at`; grants with the office through which.
///
/// Where several offices held would do, it is the one addressed most directly, ties by the order of the
/// distribution. A posting counts from its first instant to the last before its end; a planned end ends
/// nothing. Under a policy the label must let the person in, whatever the act; it is asked last, so that a
/// person without standing learns nothing of it.
///
/// # Errors
/// The first refusal, in the order in which the checks stand.
pub fn decide<P: Copy + PartialEq, O: Copy + PartialEq>(
    act: Act,
    person: &PersonFacts<'_, P, O>,
    paper: &PaperFacts<'_, P, O>,
    book: &Rulebook<'_>,
    at: Timestamp,
) -> Result<Grant<O>, Refusal> {
    let grant = standing(act, person, paper, book.house, at)?;
    if let Some(policy) = book.policy {
        policy.decide(person.reader, paper.label.ok_or(Refusal::Unlabelled)?)?;
    }
    Ok(grant)
}

/// What offices, days and procedure say, apart from the label.
fn standing<P: Copy + PartialEq, O: Copy + PartialEq>(
    act: Act,
    person: &PersonFacts<'_, P, O>,
    paper: &PaperFacts<'_, P, O>,
    house: &House,
    at: Timestamp,
) -> Result<Grant<O>, Refusal> {
    let released = paper.state == PaperState::Released;
    let held = |office: O| {
        person
            .postings
            .iter()
            .any(|p| *p.person() == person.person && *p.office() == office && p.holds_at(at))
    };
    let origin = |grant: Grant<O>| {
        if held(paper.origin) { Ok(grant) } else { Err(Refusal::NotHolder(utc_day(at))) }
    };
    let here = Grant { office: paper.origin };
    let own = paper.drafter == Some(person.person);
    match act {
        _ if paper.state == PaperState::Destroyed => Err(Refusal::Destroyed),
        Act::Read if !released => Err(Refusal::NotReleased),
        Act::Read => {
            let office = paper
                .distribution
                .iter()
                .filter(|(office, _)| held(*office))
                .min_by_key(|(_, addressed)| *addressed)
                .map(|(office, _)| *office)
                .ok_or_else(|| Refusal::NotAddressed(utc_day(at)))?;
            match paper.lifts {
                _ if paper.cancelled && !house.cancelled_readable => Err(Refusal::Cancelled),
                Some(lifts) if at < lifts && office != paper.origin => {
                    Err(Refusal::Embargoed(lifts))
                }
                _ => Ok(Grant { office }),
            }
        }
        Act::Govern if !released => Err(Refusal::NotReleased),
        Act::Govern => origin(here),
        _ if released => Err(Refusal::Released),
        _ if paper.state == PaperState::Withdrawn => Err(Refusal::Withdrawn),
        Act::Preview => match asked(paper, held) {
            Some(office) if !held(paper.origin) => Ok(Grant { office }),
            _ => origin(here),
        },
        Act::Amend | Act::Withdraw => origin(here),
        Act::Clear => {
            let office = asked(paper, held).ok_or_else(|| Refusal::NotAsked(utc_day(at)))?;
            if own { Err(Refusal::OwnDraft("clear")) } else { Ok(Grant { office }) }
        }
        Act::Refuse => {
            let grant = match asked(paper, held) {
                Some(office) => Grant { office },
                None => origin(here)?,
            };
            if own { Err(Refusal::OwnDraft("refuse")) } else { Ok(grant) }
        }
        Act::Approve | Act::Release => {
            let grant = origin(here)?;
            if paper.clearing.iter().any(|c| !c.given) {
                return Err(Refusal::NotCleared);
            }
            let approved = paper.state == PaperState::Approved;
            match act {
                Act::Approve if own && !house.self_release => Err(Refusal::OwnDraft("approve")),
                Act::Release if !approved && !house.self_release => Err(Refusal::NotApproved),
                _ => Ok(grant),
            }
        }
    }
}

/// An office held that was asked to clear the paper; one that has not yet done so first.
fn asked<P, O: Copy>(paper: &PaperFacts<'_, P, O>, held: impl Fn(O) -> bool) -> Option<O> {
    let mine = paper.clearing.iter().filter(|c| held(c.office));
    mine.min_by_key(|c| c.given).map(|c| c.office)
}

/// The UTC day in which an instant lies.
#[must_use]
pub fn utc_day(at: Timestamp) -> Date {
    jiff::tz::Offset::UTC.to_datetime(at).date()
}

/// Whether a holder of `postings` was entitled to the paper on any day of `[released, until]`,
/// whether or not a copy was ever opened. These persons are the N of a finding.
pub fn was_entitled<P, O: PartialEq>(
    distribution: &[(O, Addressed)],
    postings: &[Posting<P, O>],
    released: Date,
    until: Date,
) -> bool {
    postings.iter().any(|p| {
        p.overlaps(released, until) && distribution.iter().any(|(office, _)| office == p.office())
    })
}

/// The day from which a paper released on `released` can be read: for offices other than the originating
/// one, not before its embargo lifts. Who held an office only before that day was never entitled.
#[must_use]
pub fn reads_from(released: Date, lifts: Option<Timestamp>, origin: bool) -> Date {
    match lifts {
        Some(lifts) if !origin => released.max(utc_day(lifts)),
        _ => released,
    }
}

/// Whether the holder of `postings` may change the house rules and the collectives at `at`: anyone may
/// while no office is their custodian.
///
/// # Errors
/// When there is a custodian and that office is not held then.
pub fn may_keep_house<P, O: PartialEq>(
    custodian: Option<&O>,
    postings: &[Posting<P, O>],
    at: Timestamp,
) -> Result<(), Refusal> {
    match custodian {
        Some(office) => may_act_for(office, postings, at).map_err(|_| Refusal::NotCustodian),
        None => Ok(()),
    }
}

/// Whether the holder of `postings` may enter persons and offices at `at`: the custodian's office may, and
/// while none is named anybody, even without a name (`None`).
///
/// # Errors
/// When there is a custodian, and nobody is named or that office is not held then.
pub fn may_register<P, O: PartialEq>(
    custodian: Option<&O>,
    postings: Option<&[Posting<P, O>]>,
    at: Timestamp,
) -> Result<(), Refusal> {
    match (custodian, postings) {
        (None, _) => Ok(()),
        (Some(_), None) => Err(Refusal::Unnamed),
        (Some(_), Some(postings)) => may_keep_house(custodian, postings, at),
    }
}

/// Whether the holder of `postings` may change an office, and begin and end its postings, at `at`: as for
/// [`may_register`], and the office that appoints to it may too.
///
/// # Errors
/// When there is a custodian, and nobody is named or neither office is held then.
pub fn may_post<P, O: PartialEq>(
    custodian: Option<&O>,
    appointing: Option<&O>,
    postings: Option<&[Posting<P, O>]>,
    at: Timestamp,
) -> Result<(), Refusal> {
    may_register(custodian, postings, at).or_else(|refusal| match (appointing, postings) {
        (Some(office), Some(postings)) => {
            may_act_for(office, postings, at).map_err(|_| Refusal::NotAppointing)
        }
        _ => Err(refusal),
    })
}

/// Whether the holder of `postings` may say at `at` that two records are one person: the custodian's
/// office, or while none is named whoever holds the appointing office of every office that is `theirs`.
///
/// # Errors
/// When he holds the custodian's office as little as those.
pub fn may_merge<P, O: PartialEq>(
    custodian: Option<&O>,
    theirs: &[Option<O>],
    postings: &[Posting<P, O>],
    at: Timestamp,
) -> Result<(), Refusal> {
    if custodian.is_some() {
        return may_keep_house(custodian, postings, at);
    }
    let appoints = |office: &Option<O>| {
        office.as_ref().is_some_and(|office| may_act_for(office, postings, at).is_ok())
    };
    if theirs.iter().all(appoints) { Ok(()) } else { Err(Refusal::NotAppointingAll) }
}

/// Whether the holder of `postings` may act for `office` at `at`.
///
/// # Errors
/// When the office is not held then.
pub fn may_act_for<P, O: PartialEq>(
    office: &O,
    postings: &[Posting<P, O>],
    at: Timestamp,
) -> Result<(), Refusal> {
    if postings.iter().any(|p| p.office() == office && p.holds_at(at)) {
        Ok(())
    } else {
        Err(Refusal::NotHolder(utc_day(at)))
    }
}

/// Whether the holder of these offices may open an inquiry.
///
/// # Errors
/// When there is none.
pub const fn may_open_inquiry<O>(offices: &[O]) -> Result<(), Refusal> {
    if offices.is_empty() { Err(Refusal::NoOffice) } else { Ok(()) }
}

/// Whether a second officer may approve the inquiry that a first one opened: another person, and an
/// office that the first does not hold.
///
/// # Errors
/// The refusal.
pub fn may_approve<P: PartialEq, O: PartialEq>(
    first: &P,
    first_offices: &[O],
    second: &P,
    second_offices: &[O],
) -> Result<(), Refusal> {
    if first == second {
        return Err(Refusal::SamePerson);
    }
    may_open_inquiry(first_offices)?;
    if second_offices.is_empty() || second_offices.iter().all(|o| first_offices.contains(o)) {
        return Err(Refusal::SameOffice);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
