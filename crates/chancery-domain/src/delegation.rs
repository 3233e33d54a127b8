//! Delegation: a holder who is away lets a deputy do the office's work for a time.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use crate::tenure::Effective;
use crate::{Capacity, Day, EndReason, Posting, PostingError, Term};

/// Why an office cannot be delegated, as a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DelegationRefusal {
    /// Nobody lends what he has not.
    #[error("the office is not held by the person who would delegate it on {0}")]
    NotHeld(Date),
    /// No chains.
    #[error("a delegate cannot delegate; the holder of the office must")]
    Chain,
    /// A deputy is somebody else.
    #[error("the deputy must be another person than the holder")]
    SamePerson,
    /// No rights for the past.
    #[error("a delegation cannot begin in the past; the first day it can begin is {0}")]
    Past(Date),
    /// The days do not make a term.
    #[error(transparent)]
    Term(#[from] PostingError),
}

/// The deputy's posting for `[from, until)`, never longer than the holder's own.
///
/// The bound is taken from the holder's end as it stands; when that end is moved forward later, so is the
/// deputy's ([`bounded`]).
///
/// # Errors
/// The refusal.
pub fn delegate<P: Copy + PartialEq, O: Copy>(
    holder: &Posting<P, O>,
    deputy: P,
    from: Date,
    until: Date,
    today: Date,
) -> Result<Posting<P, O>, DelegationRefusal> {
    if holder.capacity() == Capacity::Delegate {
        return Err(DelegationRefusal::Chain);
    }
    if *holder.person() == deputy {
        return Err(DelegationRefusal::SamePerson);
    }
    if from < today {
        return Err(DelegationRefusal::Past(today));
    }
    if !holder.holds_on(from) {
        return Err(DelegationRefusal::NotHeld(from));
    }
    let term = Term { reason: Some(EndReason::TermOver), ..Term::from(from).until(until) };
    let posting = Posting::new(deputy, *holder.office(), Capacity::Delegate, term)?;
    Ok(bounded(&posting, holder.term()).unwrap_or(posting))
}

/// A deputy's posting shortened to end with the holder's; `None` when it ends no later by itself.
///
/// Where the holder's end leaves the deputy no day, his posting is cut at its first instant: it stands in
/// the list and never gives access.
#[must_use]
pub fn bounded<P: Copy, O: Copy>(deputy: &Posting<P, O>, holder: &Term) -> Option<Posting<P, O>> {
    let ends = last_instant(holder)?;
    if last_instant(deputy.term())? <= ends {
        return None;
    }
    let reason = holder.reason.unwrap_or(EndReason::Unknown);
    let start = deputy.start()?.latest();
    let begins = Effective::Day(start).instant()?;
    let (day, cut) = if ends <= begins {
        (start.checked_add(1.day()).ok()?, Some(begins))
    } else {
        (holder.end.day()?.earliest(), holder.cut)
    };
    deputy.clone().ended(Day::exact(day), cut, reason).ok()
}

/// The first instant at which access under a term is over, if it is known.
#[must_use]
pub fn last_instant(term: &Term) -> Option<Timestamp> {
    term.cut.or_else(|| Effective::Day(term.end.day()?.earliest()).instant())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const TODAY: Date = date(2031, 7, 1);

    fn holder(term: Term) -> Posting<u8, u8> {
        Posting::new(1, 9, Capacity::Substantive, term).unwrap()
    }

    fn in_office() -> Term {
        Term::from(date(2031, 1, 1))
    }

    fn july(holder: &Posting<u8, u8>) -> Result<Posting<u8, u8>, DelegationRefusal> {
        delegate(holder, 2, date(2031, 7, 5), date(2031, 7, 20), TODAY)
    }

    #[test]
    fn a_deputy_holds_the_office_for_the_days_given() {
        let deputy = july(&holder(in_office())).unwrap();
        assert_eq!((*deputy.person(), *deputy.office()), (2, 9));
        assert_eq!(deputy.capacity(), Capacity::Delegate);
        assert!(!deputy.holds_on(date(2031, 7, 4)) && deputy.holds_on(date(2031, 7, 5)));
        assert!(deputy.holds_on(date(2031, 7, 19)) && !deputy.holds_on(date(2031, 7, 20)));
    }

    #[test]
    fn a_delegation_ends_with_the_tenure_of_the_holder() {
        let ends = holder(in_office().until(date(2031, 7, 10)));
        let deputy = july(&ends).unwrap();
        assert!(deputy.holds_on(date(2031, 7, 9)) && !deputy.holds_on(date(2031, 7, 10)));
        // Dismissed in the middle of it, at noon.
        let deputy = july(&holder(in_office())).unwrap();
        let noon: Timestamp = "2031-07-08T12:00:00Z".parse().unwrap();
        let day = Day::exact(date(2031, 7, 9));
        let holder = holder(in_office()).ended(day, Some(noon), EndReason::Dismissal).unwrap();
        let deputy = bounded(&deputy, holder.term()).unwrap();
        assert!(deputy.holds_at("2031-07-08T11:59:59Z".parse().unwrap()));
        assert!(!deputy.holds_at(noon));
        assert_eq!(deputy.term().reason, Some(EndReason::Dismissal));
        assert_eq!(bounded(&deputy, holder.term()), None, "once is enough");
        // A holder who stays, or leaves later, shortens nothing.
        let later = in_office().until(date(2031, 8, 1));
        assert_eq!(bounded(&deputy, &later), None);
        assert_eq!(bounded(&deputy, &in_office()), None);
    }

    #[test]
    fn a_delegation_that_lost_all_its_days_never_gives_access() {
        let deputy = july(&holder(in_office())).unwrap();
        let gone = in_office().until(date(2031, 7, 3));
        let deputy = bounded(&deputy, &gone).unwrap();
        for hour in 0..24 * 40 {
            let at: Timestamp = "2031-06-20T00:00:00Z".parse().unwrap();
            let at = at.checked_add(jiff::SignedDuration::from_hours(hour)).unwrap();
            assert!(!deputy.holds_at(at), "{at}");
        }
    }

    #[test]
    fn chains_self_deputies_and_rights_for_the_past_are_refused() {
        let deputy = july(&holder(in_office())).unwrap();
        let chain = delegate(&deputy, 3, date(2031, 7, 6), date(2031, 7, 8), TODAY);
        assert_eq!(chain, Err(DelegationRefusal::Chain));
        let held = holder(in_office());
        let with = |who, from, until| delegate(&held, who, from, until, TODAY).unwrap_err();
        let (from, until) = (date(2031, 7, 5), date(2031, 7, 20));
        assert_eq!(with(1, from, until), DelegationRefusal::SamePerson);
        assert_eq!(with(2, date(2031, 6, 30), until), DelegationRefusal::Past(TODAY));
        assert!(matches!(with(2, until, until), DelegationRefusal::Term(_)));
        let ends = holder(in_office().until(from));
        assert_eq!(july(&ends), Err(DelegationRefusal::NotHeld(from)));
    }
}
