//! Candidates: the rows that an inquiry tries, each one person's copies of the papers.
//!
//! # One person, several copies of a paper
//! A person whose duplicate records were merged may hold two copies of one paper. He is one person and is
//! named once, but each copy is a row of its own, drawn by itself, and either could agree with a leak by
//! chance. So each is tried as a hypothesis of its own, and the N by which every bound is multiplied
//! counts *hypotheses*: a person without a copy once, a person with two copies of a paper twice. For a
//! person who had no part, the chance that some hypothesis of his is named is at most the sum over his
//! hypotheses of the chance of each, and the sum over everybody is at most N times the bound on one row:
//! the level that the finding states. Counting the person once and taking the better of his two rows
//! would double his chance at the same stated level; `chancery-code/tests/merged.rs` shows it broken.
//!
//! A hypothesis takes, of each paper, the copy of one record, or, where that record has none, the
//! person's first copy of it. Which copies go together depends on records and numbers alone, never on a
//! row; copies of several papers therefore add up as they do for everybody else. Hypotheses that come to
//! the same are one.
//!
//! # The author of a paper
//! Whoever drafted a paper, or held its originating office on the day of its release, had the text before
//! there was a copy of it, and is hurt by a leak more often than he causes it. His copy of that paper is
//! not tried unless the officers say so when they open the inquiry. This is sound: the persons to be
//! tried are fixed by offices and days before a row is derived, N keeps counting those left out, and the
//! bound on one row does not depend on who else is tried, nor on whether a leaker is among them. To try
//! fewer can only make it less likely that anybody is named. The price is that an author who leaked is
//! not found by the inquiry's first run.

use std::collections::BTreeMap;

use chancery_store::PersonId;

use crate::binding::CopyRow;

/// One hypothesis: this person's copies, by paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// Who.
    pub(crate) person: PersonId,
    /// Number of the copy of each paper, in the order of the inquiry.
    pub(crate) copies: Vec<Option<u32>>,
}

/// Who is counted and which rows are tried.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Candidates {
    /// Everyone counted, each once.
    pub(crate) persons: Vec<PersonId>,
    /// N: hypotheses, and one for each person who has none.
    pub(crate) counted: u64,
    /// What is tried.
    pub(crate) tried: Vec<Candidate>,
    /// Persons counted of whom some paper was left out because they are its authors.
    pub(crate) authors: usize,
}

/// Builds the hypotheses. `minted` are the copies of each paper, `records` all records of a person that
/// has more than one (the one that stays first), `authors` whose copies of each paper are not tried.
pub(crate) fn candidates(
    persons: Vec<PersonId>,
    minted: &[Vec<CopyRow>],
    records: &BTreeMap<PersonId, Vec<PersonId>>,
    authors: &[Vec<PersonId>],
) -> Candidates {
    let by_record: Vec<BTreeMap<PersonId, u32>> = minted
        .iter()
        .map(|copies| copies.iter().map(|copy| (copy.person, copy.number)).collect())
        .collect();
    let mut out = Candidates { persons, ..Candidates::default() };
    for person in &out.persons {
        let alone = [*person];
        let records = records.get(person).map_or(&alone[..], Vec::as_slice);
        let mut own: Vec<Vec<Option<u32>>> = Vec::new();
        for record in records {
            let first =
                |of: &BTreeMap<PersonId, u32>| records.iter().find_map(|r| of.get(r).copied());
            let copies: Vec<Option<u32>> =
                by_record.iter().map(|of| of.get(record).copied().or_else(|| first(of))).collect();
            if copies.iter().any(Option::is_some) && !own.contains(&copies) {
                own.push(copies);
            }
        }
        out.counted += own.len().max(1) as u64;
        let wrote = |paper: usize| authors.get(paper).is_some_and(|a| a.contains(person));
        out.authors += usize::from((0..minted.len()).any(wrote));
        for mut copies in own {
            for (paper, copy) in copies.iter_mut().enumerate() {
                if wrote(paper) {
                    *copy = None;
                }
            }
            let candidate = Candidate { person: *person, copies };
            if candidate.copies.iter().any(Option::is_some) && !out.tried.contains(&candidate) {
                out.tried.push(candidate);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use chancery_store::PaperId;

    fn copy(person: i64, number: u32) -> CopyRow {
        CopyRow { paper: PaperId(1), person: PersonId(person), number, leaf: 0, salt: [0; 32] }
    }

    fn ids(all: &[i64]) -> Vec<PersonId> {
        all.iter().copied().map(PersonId).collect()
    }

    fn tried(out: &Candidates) -> Vec<(i64, Vec<Option<u32>>)> {
        out.tried.iter().map(|c| (c.person.0, c.copies.clone())).collect()
    }

    #[test]
    fn n_is_never_smaller_than_the_number_of_rows_tried() {
        // 2 stands for 2 and 7; both had copies of the first paper, 7 alone of the second.
        let minted = [vec![copy(1, 10), copy(2, 20), copy(7, 70)], vec![copy(7, 71), copy(3, 30)]];
        let records = BTreeMap::from([(PersonId(2), ids(&[2, 7]))]);
        let out = candidates(ids(&[1, 2, 3, 4]), &minted, &records, &[]);
        assert_eq!(
            tried(&out),
            [
                (1, vec![Some(10), None]),
                (2, vec![Some(20), Some(71)]),
                (2, vec![Some(70), Some(71)]),
                (3, vec![None, Some(30)]),
            ]
        );
        assert_eq!((out.counted, out.persons.len()), (5, 4));
    }

    #[test]
    fn copies_of_different_papers_join_in_one_hypothesis() {
        let minted = [vec![copy(2, 20)], vec![copy(7, 71)]];
        let records = BTreeMap::from([(PersonId(2), ids(&[2, 7]))]);
        let out = candidates(ids(&[2]), &minted, &records, &[]);
        assert_eq!(tried(&out), [(2, vec![Some(20), Some(71)])]);
        assert_eq!(out.counted, 1);
    }

    #[test]
    fn an_author_is_counted_but_not_tried_for_his_own_paper() {
        let minted = [vec![copy(1, 10), copy(2, 20)], vec![copy(1, 11)]];
        let all = candidates(ids(&[1, 2]), &minted, &BTreeMap::new(), &[]);
        let authors = [ids(&[1]), Vec::new()];
        let out = candidates(ids(&[1, 2]), &minted, &BTreeMap::new(), &authors);
        assert_eq!(tried(&out), [(1, vec![None, Some(11)]), (2, vec![Some(20), None])]);
        assert_eq!(out.counted, all.counted, "leaving out never makes N smaller");
        assert_eq!((out.authors, all.authors), (1, 0));
        let both = [ids(&[1]), ids(&[1])];
        let out = candidates(ids(&[1, 2]), &minted, &BTreeMap::new(), &both);
        assert_eq!(tried(&out), [(2, vec![Some(20), None])]);
    }
}
