//! What can be told only at the end of an article: late names, parliaments that quotations turn to,
//! and whose words a headline has.

use super::Reader;
use crate::press::form;
use crate::press::people::{Id, People};
use crate::press::words::WORDS;
use crate::press::{Article, Found, MAX_QUOTATIONS, Occasion, ParagraphKind, Quotation, Speaker};

/// Most headline quotations that are looked for in the text, and most quotations looked through.
const MAX_HEADLINE: usize = 64;

impl Reader {
    /// Names speakers, settles the occasions that quotations themselves tell, looks up headlines.
    pub(super) fn finish(mut self) -> Article {
        self.addresses();
        self.headlines();
        let named = |people: &People, id: Id, speaker: &mut Speaker| {
            let last = people.final_id(id);
            speaker.name.clone_from(&people.all[last].name);
            if last != id {
                speaker.how = Found::Late;
            }
        };
        for (quotation, (who, _)) in self.article.quotations.iter_mut().zip(&self.said) {
            if let (Some(id), Some(speaker)) = (who, &mut quotation.speaker) {
                named(&self.people, *id, speaker);
            }
        }
        for (paraphrase, who) in self.article.paraphrases.iter_mut().zip(&self.paraphrased) {
            if let (Some(id), Some(speaker)) = (who, &mut paraphrase.speaker) {
                named(&self.people, *id, speaker);
            }
        }
        self.article
    }

    /// A plain "said" whose words turn to a parliament was said there, and so was what the same
    /// speaker says around it. This tells the occasion only; both are public.
    fn addresses(&mut self) {
        let quotations = &mut self.article.quotations;
        let mut from = 0;
        while from < quotations.len() {
            let who = self.said[from].0;
            let mut end = from + 1;
            while end < quotations.len() && self.said[end].0 == who {
                end += 1;
            }
            let guessed = |q: usize, all: &[Quotation]| {
                self.said[q].1 && all[q].occasion == Occasion::Statement
            };
            let turned = who.is_some()
                && (from..end).any(|q| {
                    guessed(q, quotations) && {
                        let low = quotations[q].text.to_lowercase();
                        WORDS.addresses.iter().any(|a| low.contains(a.as_str()))
                    }
                });
            if turned {
                for q in from..end {
                    if guessed(q, quotations) {
                        quotations[q].occasion = Occasion::Parliament;
                    }
                }
            }
            from = end;
        }
    }

    /// Words quoted in a headline are somebody's in the text below.
    fn headlines(&mut self) {
        let folded =
            |text: &str| form::words(text).map(str::to_lowercase).collect::<Vec<_>>().join(" ");
        let heading = |q: &Quotation| {
            self.article
                .paragraphs
                .get(q.paragraph)
                .is_some_and(|p| p.kind == ParagraphKind::Heading)
        };
        let (heads, body): (Vec<usize>, Vec<usize>) = (0..self.article.quotations.len())
            .take(MAX_QUOTATIONS)
            .partition(|&q| heading(&self.article.quotations[q]));
        let body: Vec<(usize, String)> = body
            .into_iter()
            .filter(|&q| self.said[q].0.is_some())
            .take(MAX_HEADLINE)
            .map(|q| (q, folded(&self.article.quotations[q].text)))
            .collect();
        for head in heads.into_iter().take(MAX_HEADLINE) {
            let words = folded(&self.article.quotations[head].text);
            let Some((q, _)) = body.iter().find(|(_, text)| text.contains(&words)) else {
                continue;
            };
            let found = self.article.quotations[*q].clone();
            self.said[head] = self.said[*q];
            let head = &mut self.article.quotations[head];
            head.speaker = found.speaker.map(|s| Speaker { how: Found::Carried, ..s });
            (head.occasion, head.claim, head.cue) = (found.occasion, found.claim, None);
        }
    }
}
