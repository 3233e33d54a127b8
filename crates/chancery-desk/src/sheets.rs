//! The pages of a leaked PDF as they are shown with a finding: its words where they stand, and the places that
//! decide.
//!
//! Drawn from the places that were read; nothing is rasterised and nothing is decided here.

use chancery_page::PdfText;
use chancery_page::geometry::{Line, Word};

use crate::finding::{Decisive, FoundMark, FoundPage, FoundWord};

/// Units in a point: a shift of a tenth of a point can be seen.
const SCALE: f64 = 20.0;
/// Above and below the baseline, in parts of the type's size.
const ABOVE: f64 = 0.75;
const BELOW: f64 = 0.25;
/// Most pages that are shown.
const MOST: usize = 24;
/// Longest side of a page, in points.
const LONGEST: f64 = 14_400.0;

/// The pages of a PDF on which places of the leading copy stand.
pub(crate) fn sheets(pdf: &PdfText, places: &[Decisive]) -> Vec<FoundPage> {
    let mut spans = pdf.spans.iter();
    let mut out = Vec::new();
    for (number, page) in pdf.geometry.pages.iter().enumerate() {
        let mut marks = Vec::new();
        for (at, line) in page.lines.iter().enumerate() {
            let own: Vec<_> = spans.by_ref().take(line.words.len()).collect();
            let (Some(first), Some(last)) = (own.first(), own.last()) else { continue };
            // Places ascend and lie apart.
            let from = places.partition_point(|place| place.end <= first.start);
            for place in places[from..].iter().take_while(|place| place.start < last.end) {
                let begins = own.partition_point(|word| word.end <= place.start);
                let ends = own.partition_point(|word| word.start < place.end);
                if begins < ends {
                    let shift = (place.channel == "layout").then(|| shift(line, begins)).flatten();
                    marks.push(FoundMark {
                        line: at,
                        first: begins,
                        end: ends,
                        channel: place.channel.clone(),
                        bits: place.bits,
                        shift,
                    });
                }
            }
        }
        let fits = |side: f64| (0.0..=LONGEST).contains(&side);
        if marks.is_empty() || !fits(page.width) || !fits(page.height) || out.len() == MOST {
            continue;
        }
        let units = |points: f64| (points * SCALE).round() as i32;
        let word = |line: &Line, word: &Word| {
            let (left, right) = (units(word.x0), units(word.x1));
            let top = units(line.baseline - ABOVE * line.size);
            let bottom = units(line.baseline + BELOW * line.size);
            let corners = [[left, top], [right, top], [right, bottom], [left, bottom]];
            FoundWord { text: word.text.clone(), corners }
        };
        let words = |line: &Line| line.words.iter().map(|of| word(line, of)).collect();
        out.push(FoundPage {
            picture: number + 1,
            paper: String::new(),
            width: (page.width * SCALE) as usize,
            height: (page.height * SCALE) as usize,
            lines: page.lines.iter().map(words).collect(),
            places: marks,
            jpeg: Vec::new(),
        });
    }
    out
}

/// How far a word stands to the right of the middle between its neighbours, in points.
fn shift(line: &Line, at: usize) -> Option<f64> {
    let (left, word) = (line.words.get(at.checked_sub(1)?)?, line.words.get(at)?);
    let right = line.words.get(at + 1)?;
    Some(((word.x0 - left.x1) - (right.x0 - word.x1)) / 2.0)
}
