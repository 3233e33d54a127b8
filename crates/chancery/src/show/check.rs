//! The drafter's check: every place in context with its readings, and the meter.

use chancery_desk::{Check, Reach};
use console::style;

use super::{table, wrapped};

pub(crate) fn check(check: &Check, renderings: bool) -> String {
    let mut out = format!("{}\n", style(format!("Places of {}", check.paper)).bold());
    for (state, heading) in [
        ("site", "Copies will differ here. The drafted reading comes first."),
        ("question", "Questions: accept one with --accept KEY if both readings are right."),
        ("struck", "Struck."),
    ] {
        let places: Vec<_> = check.places.iter().filter(|p| p.state == state).collect();
        if places.is_empty() {
            continue;
        }
        out.push_str(&format!("\n{} {}\n", style(heading).dim(), style(places.len()).dim()));
        for place in places {
            let shown = |r: &String| if r.is_empty() { "∅".to_owned() } else { r.clone() };
            let readings: Vec<String> = place.readings.iter().map(shown).collect();
            out.push_str(&format!(
                "{} …{}{}{}…\n",
                style(format!("{:<34}", place.key)).dim(),
                place.before,
                style(format!("[{}]", readings.join(" | "))).cyan(),
                place.after
            ));
        }
    }
    out.push('\n');
    out.push_str(&meter(check));
    if renderings {
        for (name, text) in [("All first readings", &check.all_a), ("All others", &check.all_b)] {
            out.push_str(&format!("\n{}\n", style(name).bold()));
            for paragraph in text {
                out.push_str(&format!("\n{}\n", wrapped(paragraph, "")));
            }
        }
    }
    out
}

fn meter(check: &Check) -> String {
    let meter = &check.meter;
    let row = |what: String, reach: &Reach| {
        [
            what,
            format!("{:.1}", reach.bits),
            bar(reach.bits),
            match reach.narrows_to {
                1 => format!("1 of {}", meter.readers),
                k => format!("{k} of {}", meter.readers),
            },
        ]
    };
    let mut rows = vec![
        row("whole paper, pasted".into(), &meter.pasted),
        row("whole paper, retyped".into(), &meter.retyped),
        row("a 40-word quotation".into(), &meter.quoted),
    ];
    for (at, reach) in meter.paragraphs.iter().enumerate() {
        rows.push(row(format!("paragraph {}, retyped", at + 1), reach));
    }
    format!(
        "{}\n{}",
        style("Meter (expected; one leaker who changes nothing)").bold(),
        table(["leak", "bits", "", "leaves about"], rows)
    )
}

/// One block for each two bits, up to 20.
fn bar(bits: f64) -> String {
    "█".repeat((bits / 2.0).clamp(0.0, 20.0).round() as usize)
}
