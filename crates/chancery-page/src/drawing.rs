//! A page for the screen: its drawing, and over it its text, unseen, to be selected and copied out.
//!
//! A drawing goes into an `svg` element of the document that shows it. It names nothing outside of itself and
//! has no styles; whoever shows it makes `.words` transparent.

use std::fmt::Write as _;

use crate::frames::{Found, text_items};
use crate::pages::Pages;

/// One page, to be put into another document.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// Width, in points.
    pub width: f64,
    /// Height, in points.
    pub height: f64,
    /// What stands inside an `svg` element of this size.
    pub inside: String,
    /// The text that is laid over it, line by line, as it is copied out.
    pub text: String,
}

impl Pages {
    /// A page for the screen; `None` beyond the last one.
    #[must_use]
    pub fn drawing(&self, page: usize) -> Option<Drawing> {
        let size = self.document.pages().get(page)?.frame.size();
        let svg = self.svg(page)?;
        let shapes = svg.split_once('>')?.1.strip_suffix("</svg>")?;
        // Pages stand in one document, so each has names of its own; black and nonzero are what SVG takes
        // where nothing is said.
        let mut inside = shapes
            .replace(" id=\"", &format!(" id=\"p{page}"))
            .replace("xlink:href=\"#", &format!("href=\"#p{page}"))
            .replace("url(#", &format!("url(#p{page}"))
            .replace(" fill=\"#000000\"", "")
            .replace(" fill-rule=\"nonzero\"", "");
        let mut text = String::new();
        inside.push_str("<g class=\"words\" xml:space=\"preserve\">");
        let mut baseline = None;
        for found in text_items(&self.document).iter().filter(|found| found.page == page) {
            if baseline.replace(found.at.y).is_some_and(|last| last != found.at.y) {
                text.push('\n');
            }
            text.push_str(&found.item.text);
            lay_over(&mut inside, found);
        }
        inside.push_str("</g>");
        Some(Drawing { width: size.x.to_pt(), height: size.y.to_pt(), inside, text })
    }
}

/// A run of text in its place, drawn to the width that it has on the page.
fn lay_over(out: &mut String, found: &Found<'_>) {
    let item = found.item;
    let (x, y, size) = (found.at.x.to_pt(), found.at.y.to_pt(), item.size.to_pt());
    let width = item.width().to_pt();
    let text = item.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    // Writing to a String never fails.
    let _ = write!(
        out,
        "<text x=\"{x:.2}\" y=\"{y:.2}\" font-size=\"{size:.2}\" textLength=\"{width:.2}\" lengthAdjust=\"spacingAndGlyphs\">{text}</text>"
    );
}

#[cfg(test)]
mod tests {
    use crate::{PaperSource, Paragraph, Part, Readings, typeset};

    /// Two pages of a paper with one sign that varies.
    fn pages(reading: u8) -> crate::Pages {
        let line =
            "The pilots & their boats <all of them> have gone to the northern yards. ".repeat(12);
        let paragraph = |site: u32| Paragraph {
            parts: vec![
                Part::Fixed(line.clone()),
                Part::Sign { site, plain: ' ', readings: vec![' ', '\u{2005}'] },
                Part::Fixed("They will not come back.".into()),
            ],
            ..Paragraph::default()
        };
        let source = PaperSource {
            form: crate::Form::Cable,
            identity: "x".into(),
            label: "CONFIDENTIAL".into(),
            title: None,
            subject: "Pilots".into(),
            precedence: None,
            notices: Vec::new(),
            lines: Vec::new(),
            paragraphs: (0..8).map(paragraph).collect(),
            signed: None,
            copy_line: None,
            notice: "This copy was made for its reader alone.".into(),
        };
        let row: Readings = (0..8).map(|site| (site, reading)).collect();
        typeset(&source, &row).unwrap()
    }

    #[test]
    fn a_drawing_stands_by_itself_and_bears_the_copied_text() {
        let pages = pages(1);
        assert!(pages.count() > 1);
        let (first, last) = (pages.drawing(0).unwrap(), pages.drawing(1).unwrap());
        assert!(pages.drawing(pages.count()).is_none());
        for (page, drawing) in [&first, &last].into_iter().enumerate() {
            assert!(!drawing.inside.contains("http") && !drawing.inside.contains("style"));
            assert!(!drawing.inside.contains("<svg") && !drawing.inside.contains("script"));
            for name in drawing
                .inside
                .split(" id=\"")
                .skip(1)
                .chain(drawing.inside.split("href=\"#").skip(1))
            {
                assert!(name.starts_with(&format!("p{page}")), "{}", &name[..20]);
            }
            assert!(
                drawing.inside.contains("boats &lt;all of them&gt;")
                    && drawing.text.contains("& their boats <all")
            );
            assert!(
                drawing.text.starts_with("CONFIDENTIAL") && drawing.text.contains("reader alone.")
            );
        }
        let signs = |drawing: &super::Drawing| drawing.text.matches('\u{2005}').count();
        assert!(signs(&first) + signs(&last) > 0, "what is copied out is the copy's own");
        assert_eq!(first.inside.matches('\u{2005}').count(), signs(&first));
    }

    /// The control: another copy's drawing bears other signs.
    #[test]
    fn another_copy_has_another_drawing() {
        let (one, two) = (pages(0).drawing(0).unwrap(), pages(1).drawing(0).unwrap());
        assert!(!one.text.contains('\u{2005}'));
        assert_ne!(one, two);
    }
}
