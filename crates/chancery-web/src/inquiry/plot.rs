//! Pictures of a finding, drawn here as SVG: no script, no colour that stands alone, a drawing of its own for
//! narrow screens, and the same figures as a table. One unit everywhere, the bit; axes start at 0.

use chancery_desk::{Picture, one_in};
use maud::{Markup, html};

use crate::words;

/// Most marks that are drawn one by one; of more, an even choice.
const MOST_MARKS: usize = 400;
/// Most marks of the picture of what remains.
const MOST_SQUARES: u64 = 600;
/// Most rows of a table.
const MOST_ROWS: usize = 200;

/// A drawing's measures.
#[derive(Clone, Copy)]
struct Sheet {
    width: f64,
    left: f64,
    right: f64,
    /// Bits between two figures of the axis.
    step: f64,
    /// Size of words.
    size: u32,
    class: &'static str,
    narrow: bool,
}

const WIDE: Sheet = Sheet {
    width: 1136.0,
    left: 12.0,
    right: 30.0,
    step: 5.0,
    size: 15,
    class: "wide",
    narrow: false,
};
const NARROW: Sheet = Sheet {
    width: 350.0,
    left: 8.0,
    right: 12.0,
    step: 10.0,
    size: 14,
    class: "phone",
    narrow: true,
};

impl Sheet {
    fn inner(self) -> f64 {
        self.width - self.left - self.right
    }
}

fn n(value: f64) -> String {
    format!("{value:.1}")
}

/// Copies and decoys on one axis with the two thresholds.
pub(super) fn apart(picture: &Picture, name: Option<&str>, best_decoy: Option<f64>) -> Markup {
    let label = says(picture, name, best_decoy);
    html! {
        figure {
            (apart_on(WIDE, picture, name, best_decoy, &label))
            (apart_on(NARROW, picture, name, best_decoy, &label))
            details { summary { "The same figures as a table" } (table(picture, name)) }
        }
    }
}

/// The picture as a sentence.
fn says(picture: &Picture, name: Option<&str>, best_decoy: Option<f64>) -> String {
    let best = picture.copies.first().map_or(0.0, |(bits, _)| *bits);
    let other = picture.copies.iter().find(|(_, spoken)| !spoken);
    let mut out = match name {
        Some(name) => format!("Copy {name} reaches {best:.1} bits"),
        None => format!("The best copy reaches {best:.1} bits"),
    };
    out.push_str(&format!(
        "; the line for identified is at {:.1} bits, for a strong lead at {:.1}.",
        picture.needed, picture.lead
    ));
    if let Some((bits, _)) = other {
        let count = picture.copies.iter().filter(|(_, spoken)| !spoken).count();
        out.push_str(&format!(" The best of the other {count} copies reaches {bits:.1} bits."));
    }
    if let Some(best) = best_decoy {
        let count: u32 = picture.decoys.iter().sum();
        out.push_str(&format!(" The best of {count} decoys reaches {:.1} bits.", best.max(0.0)));
    }
    out
}

fn apart_on(
    sheet: Sheet,
    picture: &Picture,
    name: Option<&str>,
    best_decoy: Option<f64>,
    label: &str,
) -> Markup {
    let best = picture.copies.first().map_or(0.0, |(bits, _)| *bits);
    let longest = best.max(picture.needed).max(best_decoy.unwrap_or(0.0)) + 1.0;
    let most = libm::ceil(longest / 5.0) * 5.0;
    let x = |bits: f64| sheet.left + bits.clamp(0.0, most) / most * sheet.inner();
    let (top, high) = (60.0, 190.0);
    let bottom = top + high;
    let decoys_top = bottom + 40.0;
    let with_decoys = !picture.decoys.is_empty();
    let end = if with_decoys { decoys_top + 84.0 } else { bottom };
    let height = end + 50.0;
    let view = format!("0 0 {} {}", n(sheet.width), n(height));
    let copies = words::number(picture.copies.len() as u64);
    html! {
        svg class={ "plot " (sheet.class) } viewBox=(view) role="img" aria-label=(label) font-size=(sheet.size) {
            rect.area x=(n(sheet.left)) y=(n(top)) width=(n(sheet.inner())) height=(n(high)) {}
            text.ax x=(n(sheet.left)) y="14" { (copies) " copies, sorted" }
            @if with_decoys {
                rect.area x=(n(sheet.left)) y=(n(decoys_top)) width=(n(sheet.inner())) height="84" {}
                path.decoys d=(decoy_path(picture, decoys_top, x)) {}
            }
            @let parts = if with_decoys { vec![bottom, decoys_top, end] } else { vec![end] };
            (threshold(x(picture.lead), (top - 24.0, &parts), "lead", "strong lead", picture.lead, sheet))
            (threshold(x(picture.needed), (top - 7.0, &parts), "named", "identified", picture.needed, sheet))
            @if with_decoys { text.ax x=(n(sheet.left)) y=(n(decoys_top - 8.0)) { (decoy_title(sheet, picture)) } }
            (marks(picture, name, (top, high), x, sheet))
            @if with_decoys { @if let Some(best) = best_decoy {
                (decoy_label(x(best.max(0.0)), decoys_top, best.max(0.0), sheet))
            } }
            (axis(most, end, x, sheet))
        }
    }
}

fn decoy_title(sheet: Sheet, picture: &Picture) -> String {
    let count = words::number(picture.decoys.iter().map(|c| u64::from(*c)).sum());
    if sheet.narrow {
        format!("{count} decoys, log count")
    } else {
        format!("{count} decoy copies, counted on a log scale")
    }
}

/// Steps, one a bit, on a log scale from one decoy up.
fn decoy_path(picture: &Picture, top: f64, x: impl Fn(f64) -> f64) -> String {
    let scale = picture.decoys.iter().copied().max().unwrap_or(1).max(1);
    let whole = libm::log10(f64::from(scale)) + 0.5;
    let high = |count: u32| match count {
        0 => 0.0,
        count => (libm::log10(f64::from(count)) + 0.5) / whole * 76.0,
    };
    let base = top + 84.0;
    let mut path = format!("M{} {}", n(x(0.0)), n(base));
    let mut bit = 0.0;
    for count in &picture.decoys {
        let y = base - high(*count);
        path.push_str(&format!("V{}H{}", n(y), n(x(bit + 1.0))));
        bit += 1.0;
    }
    path.push_str(&format!("V{}Z", n(base)));
    path
}

/// A line with its name and figure beside its upper end, each line's in a row of its own. It goes down to the first of `parts`,
/// and from each second one on to the next: what stands between the pictures is not crossed.
fn threshold(
    x: f64,
    (row, parts): (f64, &[f64]),
    class: &str,
    name: &str,
    bits: f64,
    sheet: Sheet,
) -> Markup {
    let (anchor, beside) = if x > sheet.width - 130.0 { ("end", -5.0) } else { ("start", 5.0) };
    let from = std::iter::once(row - 11.0).chain(parts.iter().copied().skip(1).step_by(2));
    let line: String = from
        .zip(parts.iter().step_by(2))
        .map(|(from, to)| format!("M{} {}V{}", n(x), n(from), n(*to)))
        .collect();
    html! {
        path class=(class) d=(line) {}
        text class=(class) x=(n(x + beside)) y=(n(row)) text-anchor=(anchor) { (name) " " tspan.ax { (n(bits)) } }
    }
}

/// One mark for each copy: the copy named a blue diamond with its number, copies of the list ink diamonds,
/// others grey dots.
fn marks(
    picture: &Picture,
    name: Option<&str>,
    (top, high): (f64, f64),
    x: impl Fn(f64) -> f64,
    sheet: Sheet,
) -> Markup {
    let count = picture.copies.len();
    let rows = count.saturating_sub(1).max(1) as f64;
    let y = |at: usize| top + 12.0 + at as f64 / rows * (high - 24.0);
    let every = count.div_ceil(MOST_MARKS).max(1);
    let chosen =
        picture.copies.iter().enumerate().filter(|(at, (_, spoken))| *spoken || at % every == 0);
    let others = picture.copies.iter().filter(|(_, spoken)| !spoken).count();
    let other = picture.copies.iter().enumerate().find(|(_, (_, spoken))| !spoken);
    let spoken = count - others;
    html! {
        @for (at, (bits, spoken)) in chosen {
            @if *spoken && name.is_some() {
                path.way d={ "M" (n(x(0.0))) " " (n(y(at))) "H" (n(x(*bits))) } {}
                (diamond("one", x(*bits), y(at), 7.0))
            } @else if *spoken { (diamond("some", x(*bits), y(at), 5.0)) }
            @else { circle.copy cx=(n(x(*bits))) cy=(n(y(at))) r="2.4" {} }
        }
        @if let Some((bits, _)) = picture.copies.first() {
            @match name {
                Some(name) if sheet.narrow => {
                    text.one.halo x=(n(x(*bits))) y=(n(y(0) + 24.0)) text-anchor="end" { "copy " (name) }
                    text.one.halo x=(n(x(*bits))) y=(n(y(0) + 41.0)) text-anchor="end" { (n(*bits)) " bits" }
                },
                Some(name) => text.one.halo x=(n(x(*bits) - 4.0)) y=(n(y(0) + 26.0)) text-anchor="end" { "copy " (name) ": " (n(*bits)) " bits" },
                None => text.some.halo x=(n(x(*bits) + 12.0)) y=(n(y(0) + 5.0)) { @if spoken == 1 { "the leading copy" } @else { (spoken) " copies remain" } },
            }
        }
        @if let Some((at, (bits, _))) = other {
            @if others > 1 && !(sheet.narrow && x(*bits) > sheet.width * 0.5) {
                text.ax.halo x=(n(x(*bits) + 12.0)) y=(n(y(at) + if name.is_some() { 5.0 } else { 20.0 })) { "the other " (words::number(others as u64)) }
            }
        }
    }
}

fn diamond(class: &str, x: f64, y: f64, r: f64) -> Markup {
    let path = format!("M{} {}l{r} {r}l-{r} {r}l-{r} -{r}z", n(x), n(y - r));
    html! { path class={ "diamond " (class) } d=(path) {} }
}

fn decoy_label(x: f64, top: f64, bits: f64, sheet: Sheet) -> Markup {
    let text = if sheet.narrow { "best " } else { "best decoy " };
    let anchor = if x > sheet.width * 0.7 { "end" } else { "start" };
    html! {
        path.tick d={ "M" (n(x)) " " (n(top + 50.0)) "V" (n(top + 72.0)) } {}
        text.halo x=(n(x + if anchor == "end" { -4.0 } else { 4.0 })) y=(n(top + 46.0)) text-anchor=(anchor) { (text) (n(bits)) }
    }
}

/// Bits, and beneath them the plain words.
fn axis(most: f64, end: f64, x: impl Fn(f64) -> f64, sheet: Sheet) -> Markup {
    let steps = (most / sheet.step) as usize;
    let anchor = |at: usize| {
        if at == 0 {
            "start"
        } else if at == steps {
            "end"
        } else {
            "middle"
        }
    };
    let plain = |bits: f64| match (bits as u32, sheet.narrow) {
        (0, _) => "1 in 1",
        (10, false) => "1 in 1,000",
        (10, true) => "1,000",
        (20, false) => "1 in a million",
        (20, true) => "million",
        (30, false) => "1 in 1,000 million",
        (30, true) => "10\u{2079}",
        (40, false) => "1 in a million million",
        (40, true) => "10\u{b9}\u{b2}",
        _ => "",
    };
    // Far axes have fewer words, and narrow ones none beside the first.
    let every = steps.div_ceil(10).max(1);
    let crowded = x(every as f64 * sheet.step) - x(0.0) < 44.0;
    html! {
        @for at in (0..=steps).filter(|at| at % every == 0 && !(crowded && *at == every)) {
            @let bits = at as f64 * sheet.step;
            path.tick d={ "M" (n(x(bits))) " " (n(end)) "v5" } {}
            text.ax x=(n(x(bits))) y=(n(end + 21.0)) text-anchor=(anchor(at)) { (at * sheet.step as usize) @if at == 0 { " bits" } }
            @if every == 1 { text.ax x=(n(x(bits))) y=(n(end + 39.0)) text-anchor=(anchor(at)) { (plain(bits)) } }
        }
    }
}

fn table(picture: &Picture, name: Option<&str>) -> Markup {
    let spoken = |at: usize, spoken: bool| match (spoken, name) {
        (true, Some(name)) if at == 0 => format!("copy {name}"),
        (true, Some(_)) => "identified as well".to_owned(),
        (true, None) => "spoken of".to_owned(),
        (false, _) => format!("number {} by bits", at + 1),
    };
    html! {
        div.two {
            table {
                caption { "Copies" }
                thead { tr { th scope="col" { "Copy" } th.r scope="col" { "Bits" } } }
                tbody {
                    @for (at, (bits, own)) in picture.copies.iter().enumerate().take(MOST_ROWS) { tr { th scope="row" { (spoken(at, *own)) } td.r { (n(*bits)) } } }
                    @if picture.copies.len() > MOST_ROWS { tr { td colspan="2" { (picture.copies.len() - MOST_ROWS) " more, with fewer bits" } } }
                }
            }
            table {
                caption { "Decoys" }
                thead { tr { th scope="col" { "Bits" } th scope="col" { "By chance" } th.r scope="col" { "Decoys" } } }
                tbody { @for (bit, count) in picture.decoys.iter().enumerate().filter(|(_, count)| **count > 0) {
                    tr { th scope="row" { (bit) " to " (bit + 1) } td { (words::figures(&one_in(libm::exp2(-(bit as f64))))) } td.r { (words::number(u64::from(*count))) } }
                } }
            }
        }
    }
}

/// A channel's part of the sum, with the line that is needed.
pub(super) fn bar(from: f64, bits: f64, most: f64, needed: f64) -> Markup {
    let x = |bits: f64| (bits / most.max(1.0) * 296.0).clamp(0.0, 296.0);
    let width = (x(from + bits.max(0.0)) - x(from)).max(2.0);
    html! {
        svg.bar viewBox="0 0 300 26" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            rect x=(n(x(from))) y="7" width=(n(width)) height="12" {}
            path d={ "M" (n(x(needed))) " 0V26" } {}
        }
    }
}

/// The account over the papers of an inquiry.
pub(super) fn account(picture: &Picture) -> Markup {
    let last = picture.account.last().map_or(0.0, |step| step.leading);
    let label = format!(
        "The account of the leading copies after {} papers is {last:.1} bits; one paper alone would need {:.1}.",
        picture.account.len(),
        picture.needed
    );
    html! { figure {
        (account_on(Sheet { width: 540.0, left: 40.0, right: 14.0, ..WIDE }, picture, &label))
        (account_on(Sheet { left: 34.0, ..NARROW }, picture, &label))
    } }
}

fn account_on(sheet: Sheet, picture: &Picture, label: &str) -> Markup {
    let all = || picture.account.iter().flat_map(|s| s.others.iter().copied().chain([s.leading]));
    let most = libm::ceil((all().fold(picture.needed, f64::max) + 2.0) / 10.0) * 10.0;
    let least = all().fold(0.0, f64::min).max(-10.0) - 1.0;
    let (top, high) = (12.0, 250.0);
    let y = |bits: f64| top + (most - bits.clamp(least, most)) / (most - least) * high;
    let steps = picture.account.len() as f64;
    let x = |at: f64| sheet.left + at / (steps + 0.35) * sheet.inner();
    let line = |values: &[f64]| {
        let mut path = format!("M{} {}", n(x(0.0)), n(y(0.0)));
        for (at, value) in values.iter().enumerate() {
            path.push_str(&format!("H{}V{}", n(x(at as f64 + 0.35)), n(y(*value))));
        }
        path.push_str(&format!("H{}", n(sheet.width - sheet.right)));
        path
    };
    let leading: Vec<f64> = picture.account.iter().map(|step| step.leading).collect();
    let others = picture.account.iter().map(|step| step.others.len()).min().unwrap_or(0);
    let other = |index: usize| -> Vec<f64> {
        picture.account.iter().filter_map(|step| step.others.get(index).copied()).collect()
    };
    let right = n(sheet.width - sheet.right);
    let view = format!("0 0 {} {}", n(sheet.width), n(top + high + 44.0));
    html! {
        svg class={ "plot " (sheet.class) } viewBox=(view) role="img" aria-label=(label) font-size="14" {
            rect.area x=(n(sheet.left)) y=(n(top)) width=(n(sheet.inner())) height=(n(high)) {}
            @for bits in (0..=most as usize).step_by(10) {
                path.tick d={ "M" (n(sheet.left - 5.0)) " " (n(y(bits as f64))) "h5" } {}
                text.ax x=(n(sheet.left - 8.0)) y=(n(y(bits as f64) + 5.0)) text-anchor="end" { (bits) }
            }
            @for index in 0..others { path.thin d=(line(&other(index))) {} }
            path.named d={ "M" (n(sheet.left)) " " (n(y(picture.needed))) "H" (right) } {}
            text.halo x=(n(sheet.left + 8.0)) y=(n(y(picture.needed) - 6.0)) { "one paper alone would need " (n(picture.needed)) }
            path.steps d=(line(&leading)) {}
            @for (at, step) in picture.account.iter().enumerate() {
                text.one.halo x=(n(x(at as f64 + 0.35) + 6.0)) y=(n(y(step.leading) + if step.leading > most - 4.0 { 18.0 } else { -7.0 })) { (n(step.leading)) }
                text.ax x=(n(x(at as f64 + 0.35))) y=(n(top + high + 20.0)) text-anchor="middle" { (step.paper) }
            }
            text.ax x=(n(sheet.left)) y=(n(top + high + 40.0)) { "bits, after each paper" }
        }
    }
}

/// K of N as squares; where there are very many, each stands for several.
pub(super) fn remain(size: usize, of: u64) -> Markup {
    let each = of.div_ceil(MOST_SQUARES).max(1);
    let squares = of.div_ceil(each);
    let dark = (size as u64).div_ceil(each);
    let label = format!("{size} of {of} copies remain.");
    let draw = |columns: u64, class: &str| {
        let rows = squares.div_ceil(columns).max(1);
        let view = format!("0 0 {} {}", columns * 14, rows * 14);
        html! {
            svg class={ "plot squares " (class) } viewBox=(view) role="img" aria-label=(label) {
                @for at in 0..squares {
                    rect class=(if at < dark { "dark" } else { "light" }) x=((at % columns) * 14 + 2) y=((at / columns) * 14 + 2) width="10" height="10" {}
                }
            }
        }
    };
    html! {
        figure {
            (draw(60, "wide")) (draw(24, "phone"))
            @if each > 1 { figcaption { "Each mark stands for " (each) " copies." } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chancery_desk::PictureStep;

    fn picture() -> Picture {
        let mut copies = vec![(34.1, true)];
        copies.extend((0..37).map(|at| (5.4 - f64::from(at) / 8.0, false)));
        let step = |paper: &str, leading| PictureStep {
            paper: paper.into(),
            leading,
            others: vec![-0.5, 1.0],
        };
        Picture {
            copies,
            needed: 25.2,
            lead: 15.2,
            decoys: vec![60_000, 30_000, 9_000, 900, 90, 9, 1],
            account: vec![step("P1", 5.1), step("P2", 35.2)],
        }
    }

    #[test]
    fn both_drawings_say_the_sentence_and_name_the_lines() {
        let out = apart(&picture(), Some("P1/0023"), Some(6.6)).into_string();
        assert_eq!(out.matches("<svg").count(), 2);
        assert_eq!(out.matches("Copy P1/0023 reaches 34.1 bits; the line for identified is at 25.2 bits, for a strong lead at 15.2. The best of the other 37 copies reaches 5.4 bits. The best of 100000 decoys reaches 6.6 bits.").count(), 2);
        assert_eq!(out.matches(">identified <tspan").count(), 2);
        assert_eq!(out.matches("class=\"copy\"").count(), 74);
        assert!(!out.contains("style=") && !out.contains("NaN") && !out.contains("inf"));
    }

    #[test]
    fn no_figures_break_the_drawing() {
        let odd = [
            Picture { copies: Vec::new(), decoys: Vec::new(), account: Vec::new(), ..picture() },
            Picture { copies: vec![(1e9, true); 3_000], needed: 0.0, lead: -9.0, ..picture() },
            Picture { copies: vec![(0.0, false)], decoys: vec![0, 0], ..picture() },
        ];
        for picture in odd {
            let out =
                apart(&picture, None, Some(-3.0)).into_string() + &account(&picture).into_string();
            assert!(!out.contains("NaN") && !out.contains("inf"), "{out}");
            assert!(out.len() < 2_000_000);
        }
        assert!(remain(4, 112).into_string().contains("4 of 112 copies remain."));
        assert!(remain(3, 10_000_000).into_string().matches("<rect").count() <= 1_300);
    }
}
