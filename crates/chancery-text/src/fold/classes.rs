//! Classes of phrases: all readings of a rule, and of rules that share a reading, have one form.
//!
//! Phrases are put back from the left, the longest first, in a single pass, so the result depends on
//! words at most one phrase away.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Folded, words};
use crate::align::for_each_word;
use crate::lexicon::Lexicon;

/// Most forms of a class; a rule that would join two classes beyond it is left to branches.
const MAX_FORMS: usize = 12;

/// A node of the trie of phrases; 0 is its root.
type Node = usize;

/// Phrases by their words, each with the form of its class.
#[derive(Debug, Default)]
pub(super) struct Classes {
    /// Words that copies may have or lack (`that`, `the`): no words of the fold.
    dropped: BTreeSet<String>,
    nodes: Vec<BTreeMap<u32, Node>>,
    /// Words of phrases, by number.
    words: HashMap<String, u32>,
    /// The class of the phrase that ends at a node.
    ends: Vec<Option<usize>>,
    forms: Vec<Vec<String>>,
}

impl Classes {
    pub(super) fn of(lexicon: &Lexicon) -> Self {
        let readings: Vec<Vec<Vec<String>>> =
            lexicon.readings().map(|rule| rule.map(plain).collect()).collect();
        let mut out = Self::default();
        for rule in &readings {
            if rule.iter().any(Vec::is_empty) {
                let single = rule.iter().filter(|reading| reading.len() == 1);
                out.dropped.extend(single.map(|reading| reading[0].clone()));
            }
        }
        let mut groups = Groups::default();
        for rule in readings {
            let forms: Vec<Vec<String>> = rule
                .into_iter()
                .map(|form| form.into_iter().filter(|w| !out.dropped.contains(w)).collect())
                .collect();
            if forms.iter().all(|form: &Vec<String>| !form.is_empty()) {
                groups.join(&forms);
            }
        }
        out.nodes.push(BTreeMap::new());
        out.ends.push(None);
        for group in groups.members.into_iter().filter(|group| group.len() > 1) {
            let class = out.forms.len();
            for form in &group {
                out.enter(form, class);
            }
            let first = group.into_iter().min_by_key(|form| (form.len(), form.clone()));
            out.forms.push(first.expect("a group has members"));
        }
        out
    }

    fn enter(&mut self, form: &[String], class: usize) {
        let mut node = 0;
        for word in form {
            let next = u32::try_from(self.words.len()).expect("far fewer words than 2^32");
            let id = *self.words.entry(word.clone()).or_insert(next);
            let fresh = self.nodes.len();
            node = *self.nodes[node].entry(id).or_insert(fresh);
            if node == fresh {
                self.nodes.push(BTreeMap::new());
                self.ends.push(None);
            }
        }
        self.ends[node] = Some(class);
    }

    /// Whether the fold leaves the word out.
    pub(super) fn drops(&self, word: &str) -> bool {
        self.dropped.contains(word)
    }

    /// The number of a word that phrases hold.
    pub(super) fn number(&self, word: &str) -> Option<u32> {
        self.words.get(word).copied()
    }

    /// The node after `node` along a word.
    pub(super) fn step(&self, node: Node, word: Option<u32>) -> Option<Node> {
        self.nodes.get(node)?.get(&word?).copied()
    }

    /// The class of the phrase that ends at `node`.
    pub(super) fn end(&self, node: Node) -> Option<usize> {
        self.ends.get(node).copied().flatten()
    }

    /// The form of a class.
    pub(super) fn form(&self, class: usize) -> &[String] {
        self.forms.get(class).map_or(&[], Vec::as_slice)
    }

    /// Puts every phrase back to the form of its class; also gives, for every word of the result, the
    /// word of `plain` that its phrase begins with.
    pub(super) fn rewrite(&self, plain: &Folded) -> (Folded, Vec<usize>) {
        let numbers: Vec<Option<u32>> = plain.iter().map(|word| self.number(word)).collect();
        let (mut out, mut begins) = (Folded::default(), Vec::with_capacity(plain.len()));
        out.words.reserve(plain.len());
        out.letters.reserve(plain.letters.len());
        let mut at = 0;
        while at < plain.len() {
            let (mut node, mut longest, mut end) = (0, None, at);
            while let Some(next) = numbers.get(end).and_then(|&number| self.step(node, number)) {
                (node, end) = (next, end + 1);
                longest = self.end(node).map(|class| (class, end)).or(longest);
            }
            let Some((class, end)) = longest else {
                out.push(plain.word(at), plain.span(at));
                begins.push(at);
                at += 1;
                continue;
            };
            let form = self.form(class);
            let whole = plain.span(at).start..plain.span(end - 1).end;
            for (k, word) in form.iter().enumerate() {
                let same = form.len() == end - at;
                out.push(word, if same { plain.span(at + k) } else { whole.clone() });
                begins.push(at);
            }
            at = end;
        }
        (out, begins)
    }
}

/// Folded words of a reading, before classes.
fn plain(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for_each_word(text, |span, _| words::split(&text[span], |_, word| out.push(word.to_owned())));
    out
}

/// Groups of phrases, joined rule by rule.
#[derive(Default)]
struct Groups {
    of: BTreeMap<Vec<String>, usize>,
    members: Vec<Vec<Vec<String>>>,
}

impl Groups {
    fn join(&mut self, forms: &[Vec<String>]) {
        let forms: BTreeSet<&Vec<String>> = forms.iter().collect();
        let known: BTreeSet<usize> =
            forms.iter().filter_map(|form| self.of.get(*form).copied()).collect();
        let fresh: Vec<Vec<String>> = forms
            .iter()
            .filter(|form| !self.of.contains_key(**form))
            .map(|f| (*f).clone())
            .collect();
        let size = fresh.len() + known.iter().map(|&g| self.members[g].len()).sum::<usize>();
        if size > MAX_FORMS {
            return;
        }
        let target = known.first().copied().unwrap_or_else(|| {
            self.members.push(Vec::new());
            self.members.len() - 1
        });
        let mut whole = fresh;
        for group in known {
            whole.append(&mut self.members[group]);
        }
        for form in &whole {
            self.of.insert(form.clone(), target);
        }
        self.members[target] = whole;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::Fold;

    #[test]
    fn every_rule_but_a_handful_folds_its_readings_to_one_sequence() {
        let (mut rules, mut apart) = (0, Vec::new());
        for rule in Lexicon::embedded().readings() {
            let folded: Vec<Vec<String>> = rule
                .map(|text| Fold::embedded().text(text).iter().map(str::to_owned).collect())
                .collect();
            rules += 1;
            if folded.iter().any(|form| *form != folded[0]) {
                apart.push(folded);
            }
        }
        assert!(apart.len() * 20 <= rules, "{} of {rules}: {apart:?}", apart.len());
    }

    #[test]
    fn classes_stay_small_and_words_that_matter_stay_apart() {
        let classes = Classes::of(Lexicon::embedded());
        let mut forms = vec![0; classes.forms.len()];
        classes.ends.iter().flatten().for_each(|&class| forms[class] += 1);
        assert!(forms.iter().all(|&n| (2..=MAX_FORMS).contains(&n)));
        assert!(classes.dropped.len() <= 3, "{:?}", classes.dropped);
        let folded =
            |text| Fold::embedded().text(text).iter().map(str::to_owned).collect::<Vec<_>>();
        for (a, b) in [("accept", "reject"), ("not", "now"), ("may", "must"), ("war", "peace")] {
            assert_ne!(folded(a), folded(b));
        }
    }

    #[test]
    fn a_rule_that_would_make_a_class_too_large_is_left_out() {
        let mut groups = Groups::default();
        let form = |n: usize| vec![format!("w{n}")];
        for n in 0..2 * MAX_FORMS {
            groups.join(&[form(n), form(n + 1)]);
        }
        assert!(groups.members.iter().all(|group| group.len() <= MAX_FORMS));
        assert_eq!(groups.of[&form(0)], groups.of[&form(MAX_FORMS - 1)]);
        assert_ne!(groups.of[&form(0)], groups.of[&form(MAX_FORMS + 1)]);
    }
}
