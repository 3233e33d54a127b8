//! How fast copies are marked: a 500-word paper, sites found once, then filled in for each reader.
//!
//! `cargo bench -p chancery-desk` prints a table with ratios against the time it takes to copy the same
//! bytes in the same run. One core.

use std::hint::black_box;
use std::time::Instant;

use chancery_code::{Channel, PaperKey, SiteId, SiteLaws, laws, symbols};
use chancery_desk::Finders;
use chancery_text::build::Choice;
use chancery_text::markup::Marked;
use chancery_text::master::CHARACTERS_BASE;

const SENTENCES: [&str; 4] = [
    "The delegation arrived prior to the meeting, and it began to press for additional assistance regarding the harbour.",
    "However, the Minister replied that the present arrangements were adequate, although his advisers were nearly all of another opinion.",
    "In addition, the two sides agreed to take into account the views of the smaller members and to participate in the survey.",
    "It is therefore probable that the Government will soon obtain further information about approximately 40 ships.",
];

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn seconds(mut run: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..5 {
        let start = Instant::now();
        run();
        best = best.min(start.elapsed().as_secs_f64());
    }
    best
}

fn main() {
    let paragraphs: Vec<Marked> = (0..7)
        .map(|n| {
            let text: Vec<&str> = (0..4).map(|s| SENTENCES[(n + s) % 4]).collect();
            Marked::literal(&text.join(" "))
        })
        .collect();
    let finders = Finders::embedded();
    let choice = Choice::default();
    let master = finders.master(&paragraphs, &choice);
    let key = PaperKey::from_bytes([7; 32]);
    let mut entries = Vec::new();
    for channel in [Channel::Wording, Channel::Characters] {
        let of: Vec<_> = master
            .symbols()
            .into_iter()
            .filter(|s| (s.id < CHARACTERS_BASE) == (channel == Channel::Wording))
            .collect();
        let arities: Vec<u8> = of.iter().map(|s| s.arity).collect();
        let drawn = laws(channel, &arities, &key).expect("the finders give 2 to 24 readings");
        entries.extend(
            of.iter()
                .zip(drawn)
                .map(|(s, law)| (SiteId::new(s.id).expect("the master's ids are in range"), law)),
        );
    }
    let table = SiteLaws::new(entries).expect("ids are distinct");
    let copies = 2_000_u32;
    let mark = |number: u32| {
        let row = symbols(&key.copy_key(number), &table);
        master.render(|id| {
            let at = table.entries().binary_search_by_key(&id, |(site, _)| site.get());
            at.map_or(0, |at| row[at])
        })
    };
    let marking = seconds(|| (0..copies).for_each(|n| drop(black_box(mark(n)))));
    let whole = mark(1).join("\n\n");
    let copying = seconds(|| (0..copies).for_each(|_| drop(black_box(whole.clone()))));
    let finding = seconds(|| drop(black_box(finders.master(&paragraphs, &choice))));
    let per_second = f64::from(copies) / marking;
    println!("{} words, {} sites", master.words(), table.len());
    println!("{:<44}{:>12}{:>10}", "", "a second", "ratio");
    println!(
        "{:<44}{:>12.0}{:>9.0}x",
        "copies marked (row, readings, text)",
        per_second,
        marking / copying
    );
    println!("{:<44}{:>12.0}{:>9.0}x", "the same bytes copied", f64::from(copies) / copying, 1.0);
    println!("{:<44}{:>12.0}", "papers searched for sites", 1.0 / finding);
    println!(
        "aim: 5,000 copies a second a core: {}",
        if per_second >= 5_000.0 { "reached" } else { "MISSED" }
    );
}
