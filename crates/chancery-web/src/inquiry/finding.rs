//! A finding: the sentence first, then what it is not, the facts, the pictures and the tables. The frame is
//! the same for every verdict, and "nothing" has the same weight as the others.
//!
//! Nobody is named below *identified*, and then only where the procedure opened the name.

use chancery_desk::{FindingReport, FoundCopy, FoundPaper, Picture, Read, RoomInquiry, one_in};
use maud::{Markup, html};

use super::room::Officers;
use super::{leak, plot};
use crate::words;

/// A verdict as people say it.
pub(super) const fn word(verdict: &str) -> &'static str {
    match verdict.as_bytes() {
        b"identified" => "Identified",
        b"strong-lead" => "Strong lead",
        b"narrowed" => "Narrowed",
        _ => "Nothing can be said",
    }
}

pub(super) fn draw(room: &RoomInquiry, report: &FindingReport, officers: &Officers) -> Markup {
    html! {
        div.head {
            h1 { "Finding " (report.inquiry) }
            span.soft { (about(report)) }
            @if report.exercise { span.pill { "Exercise" } }
        }
        section.verdict aria-labelledby="verdict" {
            div {
                div.kindline { span.pill { (pill(report)) } span.soft { (signed(room, report, officers)) } }
                p.say #verdict { (sentence(report)) }
                (names(report))
                p.about { (is_not(report)) }
            }
            (facts(room, report))
        }
        p.note.spaced { (next(report)) }
        @if !report.named.is_empty() {
            form.row.spaced method="post" action={ "/inquiries/" (report.inquiry) "/pack" } {
                button.btn type="submit" { "Download the contest pack" }
                span.soft { "All that it takes to compute this finding again, away from this house. Handing it out is entered." }
            }
        }
        (answers(room))
        @if let Some(picture) = &room.picture { (pictures(report, picture)) }
        (place_by_place(report))
        (papers(report))
        (tried(report))
        (conditions(report))
    }
}

/// What readers answered, and whether the finding was withdrawn.
fn answers(room: &RoomInquiry) -> Markup {
    html! {
        @if let Some(withdrawn) = &room.state.withdrawn {
            p.note.spaced { b { "Withdrawn by " (withdrawn.by) ". " } (withdrawn.reason) }
        }
        @if !room.state.answers.is_empty() {
            section.sec {
                h2 { "What was answered" }
                @for answer in &room.state.answers {
                    blockquote.answer { p { (answer.text) } p.soft { (words::instant(answer.at)) ", entry " (words::number(answer.leaf)) } }
                }
            }
        }
    }
}

fn about(report: &FindingReport) -> String {
    match report.papers.as_slice() {
        [] => report.leaks.iter().map(|leak| leak.file.as_str()).collect::<Vec<_>>().join(", "),
        [one] => format!("{}, “{}”", one.paper, one.subject),
        [first, rest @ ..] => format!("{} and {} more papers", first.paper, rest.len()),
    }
}

fn pill(report: &FindingReport) -> String {
    let copies = report.named.len();
    match report.verdict.as_str() {
        "identified" if copies == 1 => "Identified: one copy".to_owned(),
        "identified" => format!("Identified: {copies} copies"),
        "strong-lead" => "Strong lead".to_owned(),
        "narrowed" => format!(
            "Narrowed: {} of {} copies",
            report.credible_set.size,
            words::number(report.readers)
        ),
        _ => "Nothing can be said".to_owned(),
    }
}

fn signed(room: &RoomInquiry, report: &FindingReport, officers: &Officers) -> String {
    let day = room.fixed_at.map(|at| words::day(words::day_of(at)) + ", ").unwrap_or_default();
    let second = officers.second.as_ref().map(|s| format!(" and {s}")).unwrap_or_default();
    format!("{day}{}{second}. Entry {}.", officers.first, words::number(report.entry))
}

/// The statement without the verdict before it, which stands in the pill; copy and bound in bold.
fn sentence(report: &FindingReport) -> Markup {
    let said = report.statement.as_str();
    let said = said.split_once(": ").map_or(said, |(_, rest)| rest);
    let mut letters = said.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    let said = format!("{first}{}", letters.as_str());
    let copies = report.named.iter().flat_map(|copy| copy.copies.iter().cloned());
    let bounds = report.named.iter().chain(&report.leading).map(|copy| one_in(copy.p_adjusted));
    let bold: Vec<String> = copies.chain(bounds).collect();
    let mut parts: Vec<(String, bool)> = vec![(said, false)];
    for needle in &bold {
        parts = parts
            .into_iter()
            .flat_map(|(text, done)| match text.split_once(needle.as_str()).filter(|_| !done) {
                Some((before, after)) => vec![
                    (before.to_owned(), false),
                    (needle.clone(), true),
                    (after.to_owned(), false),
                ],
                None => vec![(text, done)],
            })
            .collect();
    }
    html! { @for (text, strong) in &parts { @if *strong { b { (words::figures(text)) } } @else { (words::figures(text)) } } }
}

/// Whose copy it was: closed, unless the procedure opened it.
fn names(report: &FindingReport) -> Markup {
    let opened: Vec<&FoundCopy> = report.named.iter().filter(|c| c.reader.is_some()).collect();
    if report.verdict == "identified" && !opened.is_empty() {
        return html! {
            p.soft { "In an exercise names are open at once: "
                @for (at, copy) in opened.iter().enumerate() {
                    @if at > 0 { "; " }
                    "copy " (copy.copy) " was made for "
                    @if let Some(reader) = &copy.reader { b { (reader) } }
                    @if let Some(office) = &copy.office { ", " (office) }
                } "." }
        };
    }
    let closed = match report.verdict.as_str() {
        "identified" => {
            "The holder’s name is closed. It opens for both officers together, and that is recorded."
        }
        "strong-lead" | "narrowed" => {
            "Names stay closed at this level: the rule lets nobody open them."
        }
        _ => "There is no name to open.",
    };
    html! { p.soft { (closed) } }
}

fn is_not(report: &FindingReport) -> Markup {
    match report.verdict.as_str() {
        "identified" => html! {
            b { "This is about a copy, not about a person. " }
            "A copy can be stolen, lent, seen over a shoulder or left on a printer, and wording can be imitated on purpose. What became of the copy is for people to find out."
        },
        "strong-lead" => html! {
            b { "A strong lead names nobody. " }
            "Chance carries a copy of nobody across that line now and then; the picture below shows how often. It may be reason to look for more text, and for nothing else."
        },
        "narrowed" => html! {
            b { "A list is no accusation. " }
            "All but one of these copies, and perhaps all, took no part. The list carries no bound."
        },
        _ => html! {
            b { "This is a result. " }
            "It is filed like any other and protects every reader: nobody can say later that the software pointed to him."
        },
    }
}

fn next(report: &FindingReport) -> Markup {
    match report.verdict.as_str() {
        "identified" => {
            html! { b { "Next: " } "ask the holder what became of the copy, before anyone else is told. He may have the finding recomputed by anyone, without our software." }
        }
        "nothing" if report.papers.is_empty() => {
            html! { b { "What would help: " } "a passage of a dozen words or more finds the paper; a pasted paragraph, or the whole text, can find the copy. Add it in a new inquiry. Nothing was spent by this one on any paper." }
        }
        _ => {
            html! { b { "What would help: " } "more of the text. A pasted paragraph keeps its spaces and signs and tells more than a retyped one; leaks of one paper add up, and so do leaks of several." }
        }
    }
}

fn facts(room: &RoomInquiry, report: &FindingReport) -> Markup {
    let sum = |of: fn(&FoundPaper) -> Read| -> Read {
        report.papers.iter().map(of).fold(Read::default(), |a, b| Read {
            offered: a.offered + b.offered,
            read: a.read + b.read,
        })
    };
    let (wording, characters, layout) =
        (sum(|p| p.sites.wording), sum(|p| p.sites.characters), sum(|p| p.sites.layout));
    let read = wording.read + characters.read + layout.read;
    let mut by = vec![format!("{} of {} wording", wording.read, wording.offered)];
    by.push(format!("{} of {} characters", characters.read, characters.offered));
    if layout.offered > 0 {
        by.push(format!("{} of {} layout", layout.read, layout.offered));
    }
    let words_read: usize = report.leaks.iter().map(|leak| leak.words).sum();
    let matched: usize = report.leaks.iter().map(|leak| leak.matched).sum();
    let bits = &report.bits;
    let needed = format!("{:.1} needed for {}", bits.needed, one_in(report.alpha));
    let mut rows: Vec<(&str, String, String)> = Vec::new();
    match &room.picture {
        Some(picture) if report.verdict != "nothing" => {
            let best = picture.copies.first().map_or(bits.obtained, |(bits, _)| *bits);
            let term = if report.verdict == "narrowed" { "Best copy" } else { "Evidence" };
            rows.push((term, format!("{best:.1} bits"), needed));
            if let Some((other, _)) = picture.copies.iter().find(|(_, spoken)| !spoken) {
                let of =
                    format!("the next of {} copies", words::number(picture.copies.len() as u64));
                rows.push(("Next copy", format!("{other:.1} bits"), of));
            }
        }
        _ if report.papers.is_empty() => {
            rows.push(("Evidence", "0 bits".into(), "no copy was compared".into()));
        }
        _ => {
            let most = format!("at most {:.1} bits", bits.attainable.max(0.0));
            rows.push(("Could be obtained", most, needed));
        }
    }
    rows.push((
        "Words",
        words::number(words_read as u64),
        format!("{} stand in the papers", words::number(matched as u64)),
    ));
    rows.push(("Places read", words::number(read as u64), by.join(", ")));
    if let Some(best) = report.decoys.best_log2 {
        let of = format!(
            "of {} copies that nobody ever held",
            words::number(report.decoys.count as u64)
        );
        rows.push(("Best decoy", format!("{:.1} bits", best.max(0.0)), of));
    }
    rows.push((
        "Compared",
        words::number(report.readers),
        "copies that somebody could have had".into(),
    ));
    let inquiries = report.inquiries;
    let summed = match inquiries.summed_alpha {
        sum if sum > 0.0 => format!("all together at most {}", one_in(sum)),
        _ => "nothing was spent".to_owned(),
    };
    rows.push(("Inquiries so far", words::number(inquiries.count as u64), summed));
    html! {
        dl.facts { @for (term, value, note) in &rows { div { dt { (term) } dd { (words::figures(value)) span { (words::figures(note)) } } } } }
    }
}

/// How far copies stand apart, what each channel gave, how the account grew.
fn pictures(report: &FindingReport, picture: &Picture) -> Markup {
    let copies = picture.copies.len() as u64;
    let lead = report.named.first().or_else(|| report.leading.first());
    let title = match (report.verdict.as_str(), lead) {
        ("narrowed", _) => format!("What {} copies look like", words::number(copies)),
        (_, Some(copy)) if report.verdict == "identified" => {
            format!("How far copy {} stands apart", copy.copy)
        }
        _ => "How far the leading copy stands apart".to_owned(),
    };
    let crossed = picture.decoys.iter().skip(picture.lead.max(0.0) as usize).sum::<u32>();
    let name = lead.filter(|_| report.verdict == "identified").map(|copy| copy.copy.as_str());
    html! {
        section.sec aria-labelledby="apart-h" {
            h2 #apart-h { (title) }
            p.lede {
                "One mark for each of the " (words::number(copies)) " copies that were compared, sorted. Each bit halves the chance that an uninvolved copy would agree this well. "
                @if report.decoys.count > 0 {
                    "Below, " (words::number(report.decoys.count as u64)) " decoy copies, drawn the same way and never issued, show what chance alone does"
                    @if crossed > 0 { ": it carried " (words::number(u64::from(crossed))) " of them past the line for a strong lead, which is why a strong lead names nobody." } @else { "." }
                }
            }
            (plot::apart(picture, name, report.decoys.best_log2))
        }
        @if report.verdict == "narrowed" {
            section.sec aria-labelledby="remain-h" {
                h2 #remain-h { (report.credible_set.size) " of " (words::number(report.readers)) " remain" }
                p.lede { "Dark marks are the copies of the list, in 19 cases of 20 if one of all was the source. Their place says nothing about an office or a person." }
                (plot::remain(report.credible_set.size, report.readers))
                details { summary { "The copies of the list" } p { (report.credible_set.copies.join(", ")) } }
            }
        }
        @if let Some(copy) = lead { (channels(copy, picture)) }
    }
}

fn channels(copy: &FoundCopy, picture: &Picture) -> Markup {
    let name = |channel: &str| match channel {
        "wording" => "Wording",
        "characters" => "Spaces and signs",
        "layout" => "Layout",
        _ => "Lines",
    };
    let says = |agrees: usize, of: usize| match of {
        0 => "none could be read: retyping or a newspaper’s system replaces them".to_owned(),
        of => format!("{agrees} of {of} read places agree"),
    };
    let mut at = 0.0;
    let mut rows = Vec::new();
    for channel in &copy.channels {
        rows.push((name(&channel.channel), says(channel.agrees, channel.of), at, channel.bits));
        at += channel.bits.max(0.0);
    }
    html! {
        section.sec aria-labelledby="channels-h" {
            h2 #channels-h { "What each channel gave" }
            div.two {
                div {
                    table.chan.stackt {
                        caption { "By channel" }
                        thead { tr { th scope="col" { "Channel" } th.w scope="col" { "Adds up" } th.r scope="col" { "Bits" } } }
                        tbody { @for (name, says, from, bits) in &rows {
                            tr { th scope="row" { b { (name) } br; small.soft { (says) } } td { (plot::bar(*from, *bits, at.max(picture.needed), picture.needed)) } td.r data-l="Bits" { b { (format!("{bits:.1}")) } } }
                        } }
                    }
                    p.soft { "The upright line is what is needed to name a copy. The channels add up to what the model of leaking that fits best says before everything that was tried is charged for." }
                }
                @if !picture.account.is_empty() {
                    div {
                        h3 { "Over " (picture.account.len()) " papers" }
                        (plot::account(picture))
                        p.soft { "The running account of the leading copies, and of others in grey. It may be looked at at any time without spoiling the bound, and speaks of at least one of these leaks. The bound in the sentence does not come from it." }
                    }
                }
            }
        }
    }
}

fn place_by_place(report: &FindingReport) -> Markup {
    if report.leaks.iter().all(|leak| leak.text.is_empty()) {
        return html! {};
    }
    let decisive = report.leaks.iter().any(|leak| !leak.places.is_empty());
    html! {
        section.sec aria-labelledby="leak-h" {
            h2 #leak-h { @if decisive { "The leak, place by place" } @else { "The leak" } }
            @if decisive { (leak::key()) }
            @for leak in &report.leaks {
                @if report.leaks.len() > 1 { h3 { (leak.file) } }
                p.soft { (from(leak)) }
                div.panel { (leak::text(leak)) }
            }
        }
    }
}

fn from(leak: &chancery_desk::FoundLeak) -> String {
    match leak.papers.as_slice() {
        [] => format!("From no paper of this archive, as far as {} words tell.", leak.words),
        papers => format!(
            "{} of {} words stand in {}.",
            words::number(leak.matched as u64),
            words::number(leak.words as u64),
            papers.join(", ")
        ),
    }
}

fn papers(report: &FindingReport) -> Markup {
    if report.papers.is_empty() {
        return html! {};
    }
    let read = |read: Read| format!("{} of {}", read.read, read.offered);
    html! {
        section.sec aria-labelledby="papers-h" {
            h2 #papers-h { "Papers" }
            div.scroll { table.stackt {
                thead { tr { th scope="col" { "Paper" } th scope="col" { "Label" } th.r scope="col" { "Could have had it" } th.r scope="col" { "Wording read" } th.r scope="col" { "Characters read" } } }
                tbody { @for paper in &report.papers {
                    tr { th scope="row" { (paper.paper) ", " (paper.subject) } td { (paper.label) } td.r data-l="Could have had it" { (words::number(paper.readers as u64)) } td.r data-l="Wording read" { (read(paper.sites.wording)) } td.r data-l="Characters read" { (read(paper.sites.characters)) } }
                } }
            } }
        }
    }
}

/// Step by step, for a finding of nothing.
fn tried(report: &FindingReport) -> Markup {
    if report.verdict != "nothing" {
        return html! {};
    }
    let words_read: usize = report.leaks.iter().map(|leak| leak.words).sum();
    let found = match report.papers.as_slice() {
        [] => "None: no paper has enough of these words in this order".to_owned(),
        papers => papers.iter().map(|p| p.paper.clone()).collect::<Vec<_>>().join(", "),
    };
    let places: usize =
        report.papers.iter().map(|p| p.sites.wording.read + p.sites.characters.read).sum();
    let compared = if report.papers.is_empty() {
        "None. Nothing was derived, so nothing was learned about any reader".to_owned()
    } else {
        format!(
            "{}; which of them agreed how well is not shown, so that nothing can be chosen by it",
            words::number(report.readers)
        )
    };
    let rows = [
        ("Words read from the leak", words::number(words_read as u64)),
        ("Papers that the words are from", found),
        ("Places that differ between copies, in these words", words::number(places as u64)),
        ("Copies compared", compared),
    ];
    html! {
        section.sec aria-labelledby="tried-h" {
            h2 #tried-h { "What was tried" }
            table.stackt {
                thead { tr { th scope="col" { "Step" } th scope="col" { "What it gave" } } }
                tbody { @for (step, gave) in &rows { tr { th scope="row" { (step) } td { (gave) } } } }
            }
        }
    }
}

fn conditions(report: &FindingReport) -> Markup {
    if report.named.is_empty() && report.leading.is_empty() {
        return html! {};
    }
    html! {
        section.sec aria-labelledby="conditions-h" {
            h2 #conditions-h { "The sentence holds under these conditions" }
            ol.conditions { @for condition in &report.conditions { li { (condition) } } }
        }
    }
}
