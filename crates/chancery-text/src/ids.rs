//! Stable ids: a site that stands unchanged in a new edition keeps the id it had.
//!
//! The row of a copy is read at a site's id, so an unchanged site shows each reader the same reading
//! in every edition, and comparing editions gives nothing away. New sites get ids never used before.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::canon::fold_word;
use crate::characters::Glyph;
use crate::master::{CHARACTERS_BASE, Master, Piece};
use crate::token::tokens;

/// Gives `master` the ids of `previous` wherever the same site stands in the same order.
///
/// Sites are the same when rule, readings and the words around them are; the two sequences are
/// matched by their longest common subsequence, so repeated phrases cannot swap places.
#[must_use]
pub(crate) fn inherit(mut master: Master, previous: &Master) -> Master {
    let (mut old, mut new) = (occurrences(previous), occurrences(&master));
    let mut wording: Vec<Option<u32>> = vec![None; master.sites.len()];
    let mut characters: Vec<(u32, u32)> = Vec::new();
    for (o, n) in common(&mut old, &mut new) {
        match (o, n) {
            (Symbol::Wording(a), Symbol::Wording(b)) => {
                wording[b as usize].get_or_insert(previous.sites[a as usize].id);
            }
            (Symbol::Character(a), Symbol::Character(b)) => characters.push((b, a)),
            _ => {}
        }
    }
    // A consistent class is one site however its places moved.
    for (index, site) in master.sites.iter().enumerate() {
        let same = |p: &&crate::master::Site| p.rule == site.rule && p.arity == site.arity;
        if site.rule.starts_with("paper:") && wording[index].is_none() {
            wording[index] = previous.sites.iter().find(same).map(|p| p.id);
        }
    }
    let mut used: Vec<u32> = wording.iter().flatten().copied().collect();
    used.sort_unstable();
    debug_assert!(used.windows(2).all(|w| w[0] != w[1]), "an id is inherited once");
    let mut next = previous.sites.last().map_or(0, |s| s.id + 1);
    for (site, inherited) in master.sites.iter_mut().zip(&wording) {
        site.id = inherited.unwrap_or_else(|| {
            next += 1;
            next - 1
        });
    }
    reorder(&mut master);
    renumber_characters(&mut master, previous, &mut characters);
    master
}

#[derive(Clone, Copy)]
enum Symbol {
    Wording(u32),
    Character(u32),
}

/// Every place with a key that tells whether it is the same place in another edition.
fn occurrences(master: &Master) -> Vec<(String, Symbol)> {
    let mut out = Vec::new();
    for pieces in &master.paragraphs {
        for (at, piece) in pieces.iter().enumerate() {
            let around = || {
                let left = context(pieces[..at].iter().rev(), false);
                let right = context(pieces[at + 1..].iter(), true);
                format!("{left}|{right}")
            };
            match piece {
                Piece::Text(_) | Piece::Character(_, Glyph::QuoteClose) => {}
                Piece::Wording(site, readings) => {
                    let rule = &master.sites[*site as usize].rule;
                    out.push((
                        format!("{rule}|{}|{}", readings.join("/"), around()),
                        Symbol::Wording(*site),
                    ));
                }
                Piece::Character(id, glyph) => {
                    out.push((format!("{glyph:?}|{}", around()), Symbol::Character(*id)));
                }
            }
        }
    }
    out
}

/// The nearest fixed word on one side, folded.
fn context<'a>(pieces: impl Iterator<Item = &'a Piece>, forward: bool) -> String {
    for piece in pieces {
        if let Piece::Text(text) = piece {
            let words = tokens(text);
            let mut wordlike = words.iter().filter(|t| t.is_wordlike());
            let token = if forward { wordlike.next() } else { wordlike.next_back() };
            if let Some(token) = token {
                return fold_word(token.text(text));
            }
        }
    }
    String::new()
}

fn common(old: &mut [(String, Symbol)], new: &mut [(String, Symbol)]) -> Vec<(Symbol, Symbol)> {
    let a: Vec<&str> = old.iter().map(|(key, _)| key.as_str()).collect();
    let b: Vec<&str> = new.iter().map(|(key, _)| key.as_str()).collect();
    capture_diff_slices(Algorithm::Myers, &a, &b)
        .into_iter()
        .filter_map(|op| match op {
            DiffOp::Equal { old_index, new_index, len } => Some((old_index, new_index, len)),
            _ => None,
        })
        .flat_map(|(o, n, len)| (0..len).map(move |i| (o + i, n + i)))
        .map(|(o, n)| (old[o].1, new[n].1))
        .collect()
}

/// Puts sites back into ascending order of id and points the places at their new positions.
fn reorder(master: &mut Master) {
    let mut order: Vec<usize> = (0..master.sites.len()).collect();
    order.sort_by_key(|&i| master.sites[i].id);
    let mut position = vec![0_u32; order.len()];
    for (to, &from) in order.iter().enumerate() {
        position[from] = u32::try_from(to).expect("fewer than 2^20 sites");
    }
    master.sites = order.iter().map(|&i| master.sites[i].clone()).collect();
    for piece in master.paragraphs.iter_mut().flatten() {
        if let Piece::Wording(site, _) = piece {
            *site = position[*site as usize];
        }
    }
}

fn renumber_characters(master: &mut Master, previous: &Master, inherited: &mut [(u32, u32)]) {
    inherited.sort_unstable();
    let highest = previous.pieces().filter_map(|p| match p {
        Piece::Character(id, _) => Some(*id + 1),
        _ => None,
    });
    let mut next = highest.max().unwrap_or(CHARACTERS_BASE);
    let mut fresh: Vec<(u32, u32)> = Vec::new();
    for piece in master.paragraphs.iter_mut().flatten() {
        if let Piece::Character(id, _) = piece {
            let known = inherited.binary_search_by_key(id, |&(new, _)| new).map(|i| inherited[i].1);
            *id = known.unwrap_or_else(|_| {
                let again = fresh.iter().rev().find(|(new, _)| new == id).map(|&(_, given)| given);
                again.unwrap_or_else(|| {
                    fresh.push((*id, next));
                    next += 1;
                    next - 1
                })
            });
        }
    }
}
