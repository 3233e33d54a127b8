//! Stable ids: a site that stands unchanged in a new edition keeps the id it had.
//!
//! The row of a copy is read at a site's id, so an unchanged site shows each reader the same reading
//! in every edition, and comparing editions gives nothing away. New sites get ids never used before.

use std::collections::BTreeSet;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::canon::fold_word;
use crate::characters::Glyph;
use crate::master::{CHARACTERS_BASE, Master, Piece, Site};
use crate::token::tokens;

/// Gives `master` the ids of `previous` wherever the same site stands in the same order.
///
/// Paragraphs that did not change are matched first, by their longest common subsequence, and keep all
/// their ids; then the sites of the changed stretches in between, where sites are the same when rule,
/// readings and the words around them are. Repeated phrases can therefore not swap places.
#[must_use]
pub(crate) fn inherit(mut master: Master, previous: &Master) -> Master {
    let (old, new) = (occurrences(previous), occurrences(&master));
    let mut wording: Vec<Option<u32>> = vec![None; master.sites.len()];
    let mut characters: Vec<(u32, u32)> = Vec::new();
    let mut used: BTreeSet<u32> = BTreeSet::new();
    for (o, n) in matched(&old, &new) {
        match (o, n) {
            (Symbol::Wording(a), Symbol::Wording(b)) => {
                let id = previous.sites[a as usize].id;
                if wording[b as usize].is_none() && used.insert(id) {
                    wording[b as usize] = Some(id);
                }
            }
            (Symbol::Character(a), Symbol::Character(b)) => characters.push((b, a)),
            _ => {}
        }
    }
    // A consistent class is one site however its places moved: the only one of its rule.
    let only = |sites: &[Site], rule: &str| sites.iter().filter(|s| s.rule == rule).count() == 1;
    for (index, site) in master.sites.iter().enumerate() {
        if wording[index].is_some() || !only(&master.sites, &site.rule) {
            continue;
        }
        let same = |p: &&Site| p.rule == site.rule && p.arity == site.arity;
        let before = previous.sites.iter().find(same).filter(|p| only(&previous.sites, &p.rule));
        if let Some(before) = before
            && used.insert(before.id)
        {
            wording[index] = Some(before.id);
        }
    }
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

/// A paragraph's places, each with a key that tells whether it is the same place in another edition.
type Places = Vec<(String, Symbol)>;

/// Every paragraph: a key of its whole content, and its places.
fn occurrences(master: &Master) -> Vec<(String, Places)> {
    master.paragraphs.iter().map(|pieces| paragraph(master, pieces)).collect()
}

fn paragraph(master: &Master, pieces: &[Piece]) -> (String, Places) {
    let mut whole = String::new();
    let mut out = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        let around = || {
            let left = context(pieces[..at].iter().rev(), false);
            let right = context(pieces[at + 1..].iter(), true);
            format!("{left}|{right}")
        };
        match piece {
            Piece::Text(text) => whole.push_str(text),
            Piece::Character(_, Glyph::QuoteClose) => whole.push('\u{1}'),
            Piece::Wording(site, readings) => {
                let rule = &master.sites[*site as usize].rule;
                let key = format!("{rule}|{}", readings.join("/"));
                whole.push_str(&key);
                out.push((format!("{key}|{}", around()), Symbol::Wording(*site)));
            }
            Piece::Character(id, glyph) => {
                whole.push_str(&format!("\u{1}{glyph:?}"));
                out.push((format!("{glyph:?}|{}", around()), Symbol::Character(*id)));
            }
        }
    }
    (whole, out)
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

/// Places that stand in both editions.
fn matched(old: &[(String, Places)], new: &[(String, Places)]) -> Vec<(Symbol, Symbol)> {
    let mut out = Vec::new();
    let (mut from_old, mut from_new) = (0, 0);
    let wholes = |of: &[(String, Places)]| of.iter().map(|(w, _)| w.clone()).collect::<Vec<_>>();
    for (o, n) in common(&wholes(old), &wholes(new)).into_iter().chain([(old.len(), new.len())]) {
        // What lies before the unchanged paragraph was edited.
        let places = |of: &[(String, Places)]| -> Places {
            of.iter().flat_map(|(_, places)| places.iter().cloned()).collect()
        };
        let (a, b) = (places(&old[from_old..o]), places(&new[from_new..n]));
        let keys = |of: &Places| of.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>();
        out.extend(common(&keys(&a), &keys(&b)).into_iter().map(|(x, y)| (a[x].1, b[y].1)));
        if let (Some((_, a)), Some((_, b))) = (old.get(o), new.get(n)) {
            out.extend(a.iter().zip(b).map(|((_, x), (_, y))| (*x, *y)));
        }
        (from_old, from_new) = (o + 1, n + 1);
    }
    out
}

/// Indices of a longest common subsequence.
fn common(a: &[String], b: &[String]) -> Vec<(usize, usize)> {
    capture_diff_slices(Algorithm::Myers, a, b)
        .into_iter()
        .filter_map(|op| match op {
            DiffOp::Equal { old_index, new_index, len } => Some((old_index, new_index, len)),
            _ => None,
        })
        .flat_map(|(o, n, len)| (0..len).map(move |i| (o + i, n + i)))
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
