//! Tenure: by which acts the holding of an office comes to its end, and who may do them.
//!
//! A resignation takes two acts of two persons, an offer by the holder and its acceptance by the
//! appointing office, and neither alone ends anything: [`advance`]. Other ends are one act of the
//! appointing office: [`may_end`]. What access a posting gives until then is [`Posting`]'s.
//!
//! [`Posting`]: crate::Posting

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::rules::utc_day;
use crate::{Day, EndReason};

/// When an end takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effective {
    /// With the beginning of this day (UTC): it is the first day without the office.
    Day(Date),
    /// At this instant.
    At(Timestamp),
}

impl Effective {
    /// The first instant without the office; `None` outside the calendar.
    #[must_use]
    pub fn instant(self) -> Option<Timestamp> {
        match self {
            Self::Day(day) => jiff::tz::Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok(),
            Self::At(at) => Some(at),
        }
    }

    /// The same as a posting keeps it: the first whole day without the office, and the instant in the
    /// day before at which access was cut. An end on a day that has begun by `now` is a cut at `now`:
    /// what was done this morning was done in office. `None` outside the calendar.
    #[must_use]
    pub fn kept(self, now: Timestamp) -> Option<(Day, Option<Timestamp>)> {
        let at = match self {
            Self::Day(day) if day > utc_day(now) => return Some((Day::exact(day), None)),
            Self::Day(_) => now,
            Self::At(at) => at.max(now),
        };
        let next = utc_day(at).checked_add(1.day()).ok()?;
        Some((Day::exact(next), Some(at)))
    }

    /// Whether it lies before `now`; for a day, before the day in which `now` lies.
    #[must_use]
    pub fn is_past(self, now: Timestamp) -> bool {
        match self {
            Self::Day(day) => day < utc_day(now),
            Self::At(at) => at < now,
        }
    }
}

/// Whoever is about to act, and the offices he holds at that instant.
#[derive(Clone, Copy, Debug)]
pub struct Officer<'a, P, O> {
    /// Who.
    pub person: P,
    /// Offices held now, in whatever capacity.
    pub offices: &'a [O],
}

impl<P, O: PartialEq> Officer<'_, P, O> {
    fn holds(&self, office: &O) -> bool {
        self.offices.contains(office)
    }
}

/// How an offer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It waits for the appointing office.
    Offered,
    /// Its author took it back in time.
    Withdrawn,
    /// The appointing office declined it; the holder stays.
    Declined,
    /// The appointing office accepted it; tenure ends then.
    Accepted(Effective),
}

/// An offer to resign from an office.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer<P, O> {
    /// Who offers.
    pub holder: P,
    /// From which office.
    pub office: O,
    /// Which office appoints to it.
    pub appointing: O,
    /// How it stands.
    pub standing: Standing,
}

/// What may be done about a resignation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<O> {
    /// The holder offers it.
    Offer {
        /// From which office.
        office: O,
        /// The office that appoints to it, where it has one.
        parent: Option<O>,
        /// The office that the letter is addressed to, where it names one.
        named: Option<O>,
    },
    /// The appointing office accepts it.
    Accept(Effective),
    /// The appointing office declines it.
    Decline,
    /// The holder takes it back.
    Withdraw,
}

/// Why an act about tenure is refused, as a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TenureRefusal {
    /// There is nothing to accept, decline or withdraw.
    #[error("no resignation has been offered; the holder has to offer it first, by letter")]
    NoOffer,
    /// Only a holder resigns.
    #[error("only who holds an office can offer to resign from it")]
    NotHeld,
    /// One offer at a time.
    #[error("a resignation from this office is offered already; it can be withdrawn")]
    AlreadyOffered,
    /// Nobody to address it to.
    #[error(
        "the office has no appointing office; name one in the offer or give the office a parent"
    )]
    NobodyAppoints,
    /// The letter goes to another office than the one that appoints.
    #[error("the letter names an office that does not appoint to this one; leave it out")]
    WrongAddressee,
    /// An office cannot take its own holder's resignation.
    #[error("an office cannot accept the resignation of its own holder; name the one above it")]
    OwnOffice,
    /// Resignation takes two persons.
    #[error(
        "nobody can accept or decline his own resignation; another holder of the appointing office must"
    )]
    OwnResignation,
    /// The acting person does not hold the appointing office.
    #[error("only a holder of the appointing office may do this")]
    NotAppointing,
    /// Only its author takes an offer back.
    #[error("only the person who offered to resign can withdraw the offer")]
    NotAuthor,
    /// It was taken back.
    #[error("the offer was withdrawn; nothing follows from it")]
    Withdrawn,
    /// It was declined.
    #[error("the offer was declined; it can be made again")]
    Declined,
    /// It was accepted.
    #[error("the resignation was accepted already, and stands")]
    Accepted,
    /// The office is not held any more.
    #[error("the office is not held by that person any more; there is nothing left to end")]
    Over,
    /// An end in the past would undo what was done in office.
    #[error("tenure cannot end in the past; give a later day, or “now”")]
    Past,
    /// A resignation is two acts.
    #[error(
        "a resignation is offered by letter and accepted: chancery resignation offer OFFICE --letter FILE"
    )]
    NeedsLetter,
    /// Resigning is the act for that.
    #[error("nobody ends his own tenure alone; offer to resign")]
    OwnEnd,
    /// A term that ends when planned is not cut short.
    #[error("the day does not lie before the planned end of the term; let it run out")]
    NotEarly,
    /// A term without a planned end has no early end.
    #[error("the term has no planned end that could be brought forward; recall or dismiss instead")]
    NoPlan,
}

/// What comes of `step`, done by `officer` at `now`, where the resignation stands at `offer`.
///
/// `held` says whether the office is held at `now` by the person whose resignation it is (for
/// [`Step::Offer`], by the officer). Total: every step from every standing gives the next standing or a
/// refusal. An offer that ended one way or the other does not bar a new one, except that what was
/// accepted stands.
///
/// # Errors
/// The refusal.
pub fn advance<P: Copy + PartialEq, O: Copy + PartialEq>(
    offer: Option<&Offer<P, O>>,
    step: Step<O>,
    officer: &Officer<'_, P, O>,
    held: bool,
    now: Timestamp,
) -> Result<Offer<P, O>, TenureRefusal> {
    if let Step::Offer { office, parent, named } = step {
        return offered(offer, office, parent.or(named), (parent, named), officer, held);
    }
    let offer = offer.ok_or(TenureRefusal::NoOffer)?;
    match offer.standing {
        Standing::Offered => {}
        Standing::Withdrawn => return Err(TenureRefusal::Withdrawn),
        Standing::Declined => return Err(TenureRefusal::Declined),
        Standing::Accepted(_) => return Err(TenureRefusal::Accepted),
    }
    let own = officer.person == offer.holder;
    let standing = match step {
        Step::Withdraw if own => Standing::Withdrawn,
        Step::Withdraw => return Err(TenureRefusal::NotAuthor),
        _ if own => return Err(TenureRefusal::OwnResignation),
        _ if !officer.holds(&offer.appointing) => return Err(TenureRefusal::NotAppointing),
        Step::Accept(_) if !held => return Err(TenureRefusal::Over),
        Step::Accept(effective) if effective.is_past(now) => return Err(TenureRefusal::Past),
        Step::Accept(effective) => Standing::Accepted(effective),
        Step::Decline | Step::Offer { .. } => Standing::Declined,
    };
    Ok(Offer { standing, ..*offer })
}

fn offered<P: Copy, O: Copy + PartialEq>(
    before: Option<&Offer<P, O>>,
    office: O,
    appointing: Option<O>,
    (parent, named): (Option<O>, Option<O>),
    officer: &Officer<'_, P, O>,
    held: bool,
) -> Result<Offer<P, O>, TenureRefusal> {
    match before.map(|offer| offer.standing) {
        Some(Standing::Offered) => return Err(TenureRefusal::AlreadyOffered),
        Some(Standing::Accepted(_)) if held => return Err(TenureRefusal::Accepted),
        _ => {}
    }
    if !held {
        return Err(TenureRefusal::NotHeld);
    }
    let appointing = appointing.ok_or(TenureRefusal::NobodyAppoints)?;
    if parent.is_some() && named.is_some_and(|named| named != appointing) {
        return Err(TenureRefusal::WrongAddressee);
    }
    if appointing == office {
        return Err(TenureRefusal::OwnOffice);
    }
    Ok(Offer { holder: officer.person, office, appointing, standing: Standing::Offered })
}

/// A tenure that is to be ended by one act.
#[derive(Clone, Copy, Debug)]
pub struct Tenure<P, O> {
    /// Who holds the office.
    pub holder: P,
    /// The office that appoints to it, if it has one.
    pub appointing: Option<O>,
    /// First day after the term as planned.
    pub planned_end: Option<Day>,
    /// Whether it is held at the time of the act.
    pub held: bool,
}

/// Whether `officer` may end a tenure at `effective` for this reason, by one act.
///
/// Dismissal, recall, transfer, curtailment (the end of a term before its planned day) and the note of a
/// death are the appointing office's, of another person than the holder. Only a death may lie in the
/// past. A resignation is not ended so: see [`advance`].
///
/// # Errors
/// The refusal.
pub fn may_end<P: PartialEq, O: PartialEq>(
    tenure: &Tenure<P, O>,
    reason: EndReason,
    effective: Effective,
    officer: &Officer<'_, P, O>,
    now: Timestamp,
) -> Result<(), TenureRefusal> {
    if reason == EndReason::Resignation {
        return Err(TenureRefusal::NoOffer);
    }
    if officer.person == tenure.holder {
        return Err(TenureRefusal::OwnEnd);
    }
    let appointing = tenure.appointing.as_ref().ok_or(TenureRefusal::NobodyAppoints)?;
    if !officer.holds(appointing) {
        return Err(TenureRefusal::NotAppointing);
    }
    if !tenure.held {
        return Err(TenureRefusal::Over);
    }
    if effective.is_past(now) && reason != EndReason::Death {
        return Err(TenureRefusal::Past);
    }
    if reason == EndReason::Curtailment {
        let planned = tenure.planned_end.ok_or(TenureRefusal::NoPlan)?;
        let first_without = match effective {
            Effective::Day(day) => day,
            Effective::At(at) => utc_day(at),
        };
        if first_without >= planned.latest() {
            return Err(TenureRefusal::NotEarly);
        }
    }
    Ok(())
}

/// Whether the end of a posting may be entered for this reason, by `officer` if somebody is named, when
/// that person may post to the office ([`may_post`](crate::rules::may_post)).
///
/// # Errors
/// For a resignation, one's own posting, or an end in the past.
pub fn may_enter_end<P: PartialEq>(
    holder: &P,
    reason: EndReason,
    effective: Effective,
    officer: Option<&P>,
    now: Timestamp,
) -> Result<(), TenureRefusal> {
    if reason == EndReason::Resignation {
        return Err(TenureRefusal::NeedsLetter);
    }
    if officer == Some(holder) {
        return Err(TenureRefusal::OwnEnd);
    }
    if effective.is_past(now) {
        return Err(TenureRefusal::Past);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const HOLDER: u8 = 1;
    const CHIEF: u8 = 2;
    const OTHER: u8 = 3;
    const EMBASSY: &str = "embassy";
    const HEAD: &str = "head";

    fn noon() -> Timestamp {
        "2031-07-10T12:00:00Z".parse().unwrap()
    }

    fn officer(person: u8) -> Officer<'static, u8, &'static str> {
        let offices: &[&str] = match person {
            HOLDER => &[EMBASSY],
            CHIEF => &[HEAD],
            _ => &["registry"],
        };
        Officer { person, offices }
    }

    const OFFER: Step<&str> = Step::Offer { office: EMBASSY, parent: Some(HEAD), named: None };
    const ACCEPT: Step<&str> = Step::Accept(Effective::Day(date(2031, 8, 1)));

    type Outcome = Result<Offer<u8, &'static str>, TenureRefusal>;

    fn play(steps: &[(Step<&'static str>, u8)]) -> (Option<Offer<u8, &'static str>>, Outcome) {
        let mut offer = None;
        let mut last: Outcome = Err(TenureRefusal::NoOffer);
        for (step, person) in steps {
            last = advance(offer.as_ref(), *step, &officer(*person), true, noon());
            if let Ok(next) = last {
                offer = Some(next);
            }
        }
        (offer, last)
    }

    #[test]
    fn each_refusal_is_a_sentence_of_its_own() {
        let refused = |steps: &[(Step<&'static str>, u8)], why| {
            assert_eq!(play(steps).1, Err(why), "{steps:?}");
        };
        refused(&[(ACCEPT, CHIEF)], TenureRefusal::NoOffer);
        refused(&[(Step::Withdraw, HOLDER)], TenureRefusal::NoOffer);
        refused(&[(OFFER, HOLDER), (OFFER, HOLDER)], TenureRefusal::AlreadyOffered);
        refused(&[(OFFER, HOLDER), (ACCEPT, HOLDER)], TenureRefusal::OwnResignation);
        refused(&[(OFFER, HOLDER), (ACCEPT, OTHER)], TenureRefusal::NotAppointing);
        refused(&[(OFFER, HOLDER), (Step::Decline, OTHER)], TenureRefusal::NotAppointing);
        refused(&[(OFFER, HOLDER), (Step::Withdraw, CHIEF)], TenureRefusal::NotAuthor);
        refused(&[(OFFER, HOLDER), (ACCEPT, CHIEF), (ACCEPT, CHIEF)], TenureRefusal::Accepted);
        let after = [(OFFER, HOLDER), (ACCEPT, CHIEF), (Step::Withdraw, HOLDER)];
        refused(&after, TenureRefusal::Accepted);
        let after = [(OFFER, HOLDER), (Step::Withdraw, HOLDER), (ACCEPT, CHIEF)];
        refused(&after, TenureRefusal::Withdrawn);
        let after = [(OFFER, HOLDER), (Step::Decline, CHIEF), (ACCEPT, CHIEF)];
        refused(&after, TenureRefusal::Declined);
        let past = Step::Accept(Effective::Day(date(2031, 7, 9)));
        refused(&[(OFFER, HOLDER), (past, CHIEF)], TenureRefusal::Past);
    }

    /// Every order of up to five acts by three persons, against an oracle that reads the list of what
    /// was asked: tenure ends exactly where an offer of the holder that was still open is accepted by
    /// the appointing office.
    #[test]
    fn neither_act_alone_ends_tenure_in_any_order_of_events() {
        let steps = [OFFER, ACCEPT, Step::Decline, Step::Withdraw];
        let mut moves = Vec::new();
        for step in steps {
            moves.extend([HOLDER, CHIEF, OTHER].map(|person| (step, person)));
        }
        let (mut orders, mut accepted) = (0_u32, 0_u32);
        let mut stack: Vec<Vec<(Step<&str>, u8)>> = vec![Vec::new()];
        while let Some(order) = stack.pop() {
            let (offer, _) = play_held(&order);
            let is = offer.is_some_and(|o| matches!(o.standing, Standing::Accepted(_)));
            assert_eq!(is, oracle(&order), "{order:?}");
            orders += 1;
            accepted += u32::from(is);
            if order.len() < 5 {
                stack.extend(moves.iter().map(|next| [order.as_slice(), &[*next]].concat()));
            }
        }
        assert_eq!(orders, (12_u32.pow(6) - 1) / 11);
        assert!(accepted > 1000, "{accepted}");
    }

    /// As [`play`], where only the holder holds the office.
    fn play_held(steps: &[(Step<&'static str>, u8)]) -> (Option<Offer<u8, &'static str>>, Outcome) {
        let mut offer = None;
        let mut last: Outcome = Err(TenureRefusal::NoOffer);
        for (step, person) in steps {
            let held = !matches!(step, Step::Offer { .. }) || *person == HOLDER;
            last = advance(offer.as_ref(), *step, &officer(*person), held, noon());
            if let Ok(next) = last {
                offer = Some(next);
            }
        }
        (offer, last)
    }

    fn oracle(order: &[(Step<&str>, u8)]) -> bool {
        let mut open = false;
        for (step, person) in order {
            match (step, *person) {
                (Step::Offer { .. }, HOLDER) => open = true,
                (Step::Withdraw, HOLDER) | (Step::Decline, CHIEF) => open = false,
                (Step::Accept(_), CHIEF) if open => return true,
                _ => {}
            }
        }
        false
    }

    #[test]
    fn an_offer_goes_to_the_office_that_appoints() {
        let offer = |parent, named, held| {
            let step = Step::Offer { office: EMBASSY, parent, named };
            advance(None, step, &officer(HOLDER), held, noon()).map(|o| o.appointing)
        };
        assert_eq!(offer(Some(HEAD), None, true), Ok(HEAD));
        assert_eq!(offer(Some(HEAD), Some(HEAD), true), Ok(HEAD));
        assert_eq!(offer(None, Some("crown"), true), Ok("crown"));
        assert_eq!(offer(Some(HEAD), Some("friend"), true), Err(TenureRefusal::WrongAddressee));
        assert_eq!(offer(None, None, true), Err(TenureRefusal::NobodyAppoints));
        assert_eq!(offer(None, Some(EMBASSY), true), Err(TenureRefusal::OwnOffice));
        assert_eq!(offer(Some(HEAD), None, false), Err(TenureRefusal::NotHeld));
    }

    #[test]
    fn who_holds_both_offices_cannot_accept_his_own_resignation() {
        let both = Officer { person: HOLDER, offices: &[EMBASSY, HEAD] };
        let offer = advance(None, OFFER, &both, true, noon()).unwrap();
        let accepted = advance(Some(&offer), ACCEPT, &both, true, noon());
        assert_eq!(accepted, Err(TenureRefusal::OwnResignation));
    }

    #[test]
    fn an_offer_by_somebody_who_was_dismissed_meanwhile_cannot_be_accepted() {
        let offer = advance(None, OFFER, &officer(HOLDER), true, noon()).unwrap();
        let accepted = advance(Some(&offer), ACCEPT, &officer(CHIEF), false, noon());
        assert_eq!(accepted, Err(TenureRefusal::Over));
        // Back in office years later he may resign again, also where an earlier offer was accepted.
        let earlier = Offer { standing: Standing::Accepted(Effective::At(noon())), ..offer };
        let again = advance(Some(&earlier), OFFER, &officer(HOLDER), false, noon());
        assert_eq!(again, Err(TenureRefusal::NotHeld));
    }

    #[test]
    fn one_act_of_the_appointing_office_ends_tenure_otherwise() {
        let tenure = Tenure {
            holder: HOLDER,
            appointing: Some(HEAD),
            planned_end: Some(Day::exact(date(2031, 12, 1))),
            held: true,
        };
        let end = |reason, effective, person| {
            may_end(&tenure, reason, effective, &officer(person), noon())
        };
        let (now, soon) = (Effective::At(noon()), Effective::Day(date(2031, 8, 1)));
        let reasons = [
            EndReason::Dismissal,
            EndReason::Recall,
            EndReason::Death,
            EndReason::Transfer,
            EndReason::Curtailment,
        ];
        for reason in reasons {
            for effective in [now, soon] {
                assert_eq!(end(reason, effective, CHIEF), Ok(()));
                assert_eq!(end(reason, effective, HOLDER), Err(TenureRefusal::OwnEnd));
                assert_eq!(end(reason, effective, OTHER), Err(TenureRefusal::NotAppointing));
            }
            let past = end(reason, Effective::Day(date(2031, 7, 9)), CHIEF);
            assert_eq!(past.is_ok(), reason == EndReason::Death);
        }
        assert_eq!(end(EndReason::Resignation, soon, CHIEF), Err(TenureRefusal::NoOffer));
        let planned = Effective::Day(date(2031, 12, 1));
        assert_eq!(end(EndReason::Curtailment, planned, CHIEF), Err(TenureRefusal::NotEarly));
        let with = |t: Tenure<u8, &'static str>, reason| {
            may_end(&t, reason, soon, &officer(CHIEF), noon())
        };
        // Of a month that was planned, every day before its last is early.
        let month = Tenure { planned_end: "2031-12".parse().ok(), ..tenure };
        let (early, late) = (date(2031, 12, 30), date(2031, 12, 31));
        let curtail = |day| {
            let day = Effective::Day(day);
            may_end(&month, EndReason::Curtailment, day, &officer(CHIEF), noon())
        };
        assert_eq!((curtail(early), curtail(late)), (Ok(()), Err(TenureRefusal::NotEarly)));
        let open = Tenure { planned_end: None, ..tenure };
        assert_eq!(with(open, EndReason::Curtailment), Err(TenureRefusal::NoPlan));
        let gone = Tenure { held: false, ..tenure };
        assert_eq!(with(gone, EndReason::Dismissal), Err(TenureRefusal::Over));
        let top = Tenure { appointing: None, ..tenure };
        assert_eq!(with(top, EndReason::Dismissal), Err(TenureRefusal::NobodyAppoints));
    }

    #[test]
    fn a_day_that_has_begun_ends_now_and_not_at_its_midnight() {
        let tomorrow = Day::exact(date(2031, 7, 11));
        assert_eq!(Effective::Day(date(2031, 7, 11)).kept(noon()), Some((tomorrow, None)));
        let now = Some((tomorrow, Some(noon())));
        assert_eq!(Effective::Day(date(2031, 7, 10)).kept(noon()), now);
        assert_eq!(Effective::At(noon()).kept(noon()), now);
        let later: Timestamp = "2031-07-20T15:30:00Z".parse().unwrap();
        let kept = Effective::At(later).kept(noon());
        assert_eq!(kept, Some((Day::exact(date(2031, 7, 21)), Some(later))));
    }

    #[test]
    fn an_end_is_entered_for_another_from_today_on_and_never_in_place_of_a_letter() {
        let on = |day, reason, by| may_enter_end(&HOLDER, reason, Effective::Day(day), by, noon());
        let (today, recall) = (date(2031, 7, 10), EndReason::Recall);
        assert_eq!(on(today, recall, Some(&CHIEF)), Ok(()));
        assert_eq!(on(today, recall, None), Ok(()));
        assert_eq!(on(date(2031, 7, 9), recall, Some(&CHIEF)), Err(TenureRefusal::Past));
        assert_eq!(on(today, recall, Some(&HOLDER)), Err(TenureRefusal::OwnEnd));
        let letter = on(today, EndReason::Resignation, Some(&CHIEF));
        assert_eq!(letter, Err(TenureRefusal::NeedsLetter));
    }
}
