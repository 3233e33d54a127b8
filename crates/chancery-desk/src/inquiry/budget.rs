//! What inquiries may spend in a year: the sum of their levels, and looks at one paper.
//!
//! The bound of one inquiry says nothing about a thousand of them; the sum does, and the house caps it
//! (`EVIDENCE.md`, rule 8). The cap on looks at one paper limits what anybody can learn about its rows from
//! results (rule 4).

use chancery_domain::Inquiries;

use crate::finding::level;
use crate::looks::Look;
use crate::papers::reference;

/// Slack for sums of decimal fractions.
const ROUNDING: f64 = 1.0 + 1e-9;

/// Admits a look after the earlier ones, or says why the house refuses it.
pub(crate) fn admit(house: &Inquiries, earlier: &[Look], look: &Look) -> Result<(), String> {
    let year = || earlier.iter().filter(|before| before.year == look.year);
    let spent: f64 = year().map(Look::own_level).sum();
    if spent + look.own_level() > house.yearly_alpha * ROUNDING {
        return Err(format!(
            "the inquiries of {} would add up to {}; the house allows {} a year. Wait for the next, or ask for a lower level",
            look.year,
            level(spent + look.own_level()),
            level(house.yearly_alpha)
        ));
    }
    for seen in &look.papers {
        let looks = year().filter(|before| before.papers.iter().any(|p| p.paper == seen.paper));
        if looks.count() >= house.per_paper as usize {
            return Err(format!(
                "{} was looked at {} times in {}; the house allows no more a year",
                reference(chancery_store::PaperId(seen.paper)),
                house.per_paper,
                look.year
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
