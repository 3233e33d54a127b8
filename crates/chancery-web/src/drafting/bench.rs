//! The page of one draft: its docket, its text with the meter beside it, and the steps to its release.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use chancery_desk::{Bench, BenchAddressee, BenchParagraph, Deed, Finders, PlaceState, ShownDeed};
use chancery_domain::{Addressed, Handle, PaperState};
use maud::{Markup, html};
use serde::Deserialize;

use super::acts::seen;
use super::marked::{Preview, words as text};
use super::{did, meter, place, who_when};
use crate::layout::{
    Frame, Marking, Section, Stage, docket, label_inline, page as framed, segments, steps,
};
use crate::trouble::Answer;
use crate::visitor::Visitor;
use crate::web::Shared;
use crate::words;

#[derive(Deserialize)]
pub(super) struct Asked {
    view: Option<String>,
    place: Option<String>,
    last: Option<String>,
}

pub(super) async fn page(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(paper): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    seen(&web, &visitor, &paper).await?;
    let bench = web.archive.bench(&paper, &Finders::embedded(), &visitor.person).await?;
    let preview = Preview::read(asked.view.as_deref());
    let now = match preview {
        Preview::Marked => place::asked(&bench, asked.place.as_deref()),
        _ => None,
    };
    let marking = Marking::read(&bench.shown.listed.label);
    let card = now.map(|number| (number, place::card(&bench, number, asked.last.as_deref())));
    let body = html! {
        div.head {
            h1 { (bench.shown.listed.subject) }
            span.soft { (last(&web, &visitor, &bench).await?) }
            span.end { (views(&bench, preview)) }
        }
        (progress(&web, &visitor, &bench).await?)
        (sent_back(&web, &visitor, &bench).await?)
        div.draft.sides[preview == Preview::Sides] {
            (top(&bench, marking.as_ref(), preview))
            @if preview != Preview::Sides { (whole(&bench)) }
            (paragraphs(&bench, preview, card))
        }
        (acts(&bench))
        (addressees(&bench))
        (history(&web, &visitor, &bench).await?)
    };
    let keys = [
        ("k", "keep"),
        ("s", "strike"),
        ("u", "undo"),
        ("n", "next place"),
        ("e", "edit the text"),
    ];
    let frame =
        Frame::new("A draft", Section::Drafts).label(marking).scripts(&["drafting.js"]).keys(&keys);
    Ok(framed(&visitor, &frame, &body))
}

fn views(bench: &Bench, preview: Preview) -> Markup {
    let base = format!("/drafts/{}", bench.shown.listed.paper);
    let address = |word: &str| format!("{base}?view={word}");
    let (a, b, sides, sample) = (address("a"), address("b"), address("sides"), address("sample"));
    segments(
        "Preview",
        &[
            ("Marked up", &base, preview == Preview::Marked),
            ("All A", &a, preview == Preview::AllA),
            ("All B", &b, preview == Preview::AllB),
            ("Side by side", &sides, preview == Preview::Sides),
            ("One sample copy", &sample, preview == Preview::Sample),
        ],
    )
}

/// Who changed it last.
async fn last(web: &Shared, visitor: &Visitor, bench: &Bench) -> Answer<String> {
    match bench.shown.history.last() {
        Some(line) => who_when(web, &line.who, line.at, visitor.now).await,
        None => Ok(String::new()),
    }
}

/// The four steps, with who did each and when.
async fn progress(web: &Shared, visitor: &Visitor, bench: &Bench) -> Answer {
    let (done, all) = place::decided(bench);
    let approved = bench.shown.listed.state == PaperState::Approved;
    let cleared = bench.shown.clearing.iter().all(|(_, given)| *given);
    let asked = !bench.shown.clearing.is_empty();
    let latest = |deed: Deed, office: Option<&Handle>| -> Option<ShownDeed> {
        let own = |line: &&ShownDeed| {
            line.deed == deed && office.is_none_or(|office| line.office == *office)
        };
        bench.shown.history.iter().rev().find(own).cloned()
    };
    let mut clear = Vec::new();
    for (office, given) in &bench.shown.clearing {
        let title = web.archive.office(office).await?.details.title;
        clear.push(match (given, latest(Deed::Cleared, Some(office))) {
            (true, Some(line)) => {
                format!("{title}: {}", who_when(web, &line.who, line.at, visitor.now).await?)
            }
            (true, None) => title,
            (false, _) => format!("{title}: asked"),
        });
    }
    let approval = match latest(Deed::Approved, None).filter(|_| approved) {
        Some(line) => who_when(web, &line.who, line.at, visitor.now).await?,
        None => "by an officer of your office".to_owned(),
    };
    let (clear_at, approve_at, release_at) = match (cleared, approved) {
        (_, true) => (Stage::Done, Stage::Done, Stage::Now),
        (true, false) if asked => (Stage::Done, Stage::Now, Stage::ToDo),
        (true, false) => (Stage::ToDo, Stage::ToDo, Stage::ToDo),
        (false, false) => (Stage::Now, Stage::ToDo, Stage::ToDo),
    };
    let drafting = if approved || asked { Stage::Done } else { Stage::Now };
    let clear = if asked { clear.join("; ") } else { "no office was asked".to_owned() };
    Ok(steps(&[
        (drafting, "Draft", format!("{done} of {all} places looked at")),
        (clear_at, "Clear", clear),
        (approve_at, "Approve", approval),
        (release_at, "Release", "frozen, and copies can be opened".to_owned()),
    ]))
}

/// The last refusal, as long as nothing was changed since.
async fn sent_back(web: &Shared, visitor: &Visitor, bench: &Bench) -> Answer {
    let Some(line) = bench.shown.history.last().filter(|line| line.deed == Deed::Refused) else {
        return Ok(html! {});
    };
    let who = who_when(web, &line.who, line.at, visitor.now).await?;
    let reason = line.reason.clone().unwrap_or_default();
    Ok(html! { p.note.spaced { b { "Sent back by " (who) ": " } (reason) } })
}

/// The docket, and what the underlines mean.
fn top(bench: &Bench, marking: Option<&Marking>, preview: Preview) -> Markup {
    let shown = &bench.shown;
    let change = bench.may("amend");
    let base = format!("/drafts/{}", shown.listed.paper);
    let readers = match bench.readers {
        0 => "nobody would get a copy today".to_owned(),
        1 => "1 reader today".to_owned(),
        n => format!("{} readers today", words::number(n)),
    };
    let named = |addressed: Addressed| -> String {
        let own = bench.addressees.iter().filter(|a| a.addressed == addressed && a.via.is_none());
        own.map(|a| a.title.clone()).collect::<Vec<_>>().join(", ")
    };
    let or_none = |text: String| if text.is_empty() { "nobody".to_owned() } else { text };
    let mut lines = vec![
        (
            "Paper",
            html! { (shown.listed.paper) ", " (shown.listed.kind) @if !shown.listed.precedence.is_empty() { ", " (shown.listed.precedence) } },
        ),
        (
            "Label",
            html! { (label_inline(marking)) @if change { " " a.after href={ (base) "/heading" } { "Change" } } },
        ),
        (
            "From",
            html! { (named(Addressed::Origin)) @if named(Addressed::Origin).is_empty() { (shown.listed.office) } },
        ),
        ("Action", html! { (or_none(named(Addressed::Action))) }),
        ("Info", html! { (or_none(named(Addressed::Info))) "; " a href="#readers" { (readers) } }),
    ];
    if bench.addressees.iter().any(|a| a.via.is_some()) {
        lines.push(("Through", html! { (shown.addressed[0]) @if !shown.addressed[1].is_empty() { ", " (shown.addressed[1]) } }));
    }
    html! {
        div.dp.first {
            (docket(&lines))
            @if change { p.tools-row { a.btn href={ (base) "/text" } data-key="e" { "Edit the text" kbd { "e" } } } }
            @if preview == Preview::Marked {
                p.legend {
                    span { span.v { "{your variants}" } }
                    span { span.auto.ok { "looked at" } ", " span.auto { "not yet" } ", " span.auto.ask { "only if you keep it" } }
                    span { span.lock { "locked" } }
                }
            } @else {
                p.legend.soft { (explains(preview)) }
            }
        }
    }
}

const fn explains(preview: Preview) -> &'static str {
    match preview {
        Preview::Marked => "",
        Preview::AllA => {
            "Every place with its first reading. Read it through: it must be a good paper."
        }
        Preview::AllB => {
            "Every place with its second reading. No reader gets exactly this one; it must be a good paper all the same."
        }
        Preview::Sides => {
            "Every place with its first reading at the left, with its second at the right. Both must be good papers."
        }
        Preview::Sample => "One copy as it might come out. It is nobody's, and never will be.",
    }
}

fn whole(bench: &Bench) -> Markup {
    let m = &bench.meter;
    let rows = [("Retyped", &m.retyped), ("Pasted", &m.pasted), ("40 words", &m.quoted)];
    html! {
        section.mt.whole aria-labelledby="meter-h" {
            h2 #meter-h { "What a leak would tell" }
            p.soft.small {
                "The whole paper, " (words::number(bench.readers)) " readers. First upright line: one reader likely. Second: one copy identified, at one in a million. Expected for somebody who changes nothing; no promise."
            }
            (meter::meter(&rows, bench.readers, true))
        }
    }
}

fn paragraphs(bench: &Bench, preview: Preview, card: Option<(usize, Markup)>) -> Markup {
    let reaches: Vec<_> = bench.paragraphs.iter().map(|paragraph| &paragraph.reach).collect();
    let advice: BTreeMap<usize, String> =
        meter::advice(&reaches, bench.readers).into_iter().collect();
    let now = card.as_ref().map(|(number, _)| *number);
    let here = now.and_then(|number| bench.places.get(number)).map(|place| place.paragraph);
    let end = bench.paragraphs.len().saturating_sub(1);
    html! {
        @for (at, paragraph) in bench.paragraphs.iter().enumerate() {
            div.dp.last[at == end] {
                @if bench.shown.head.numbered { span.pn { (at + 1) "." } }
                @if preview == Preview::Sides { (sides(bench, paragraph, at == 0)) }
                @else { (portion(paragraph)) (text(bench, &paragraph.pieces, preview, now)) }
                @if preview == Preview::Marked {
                    @if here == Some(at) { @if let Some((_, card)) = &card { (card) } }
                    @if let Some(advice) = advice.get(&at) { p.advice { (advice) } }
                }
            }
            @if preview != Preview::Sides {
                div.mt role="group" aria-label={ "Meter of paragraph " (at + 1) } {
                    (meter::meter(&meter::rows(&paragraph.reach), bench.readers, false))
                }
            }
        }
    }
}

/// A paragraph with all first readings, and beside it with all second ones.
fn sides(bench: &Bench, paragraph: &BenchParagraph, first: bool) -> Markup {
    html! {
        div.ab {
            @for (letter, preview) in [("A", Preview::AllA), ("B", Preview::AllB)] {
                div role="group" aria-label={ "All " (letter) } {
                    p.it.later[!first] aria-hidden="true" { "All " (letter) }
                    (portion(paragraph)) (text(bench, &paragraph.pieces, preview, None))
                }
            }
        }
    }
}

fn portion(paragraph: &BenchParagraph) -> Markup {
    let Some(mark) = &paragraph.portion else { return html! {} };
    html! { span.pm { "(" (mark) ")" } " " }
}

/// What the visitor may do now, one primary act; beside what he may not, the rule.
fn acts(bench: &Bench) -> Markup {
    let base = format!("/drafts/{}", bench.shown.listed.paper);
    let why = |act: &str| bench.leave.iter().find(|l| l.act == act).and_then(|l| l.refused.clone());
    let approved = bench.shown.listed.state == PaperState::Approved;
    let asked = bench.shown.clearing.iter().any(|(_, given)| !given);
    let open = bench.places.iter().filter(|p| p.state == PlaceState::Open).count();
    let own = bench.may("amend");
    html! {
        section.sec aria-labelledby="next-h" {
            h2 #next-h { "Next" }
            @if own && open > 0 {
                p.soft { (open) " places were not looked at yet. Copies will differ there all the same: their rules are safe enough to be taken unseen." }
            }
            div.acts {
                @if asked && bench.may("clear") {
                    form method="post" action={ (base) "/clear" } { button.btn.go type="submit" { "Clear it as it stands" } }
                }
                @if !approved && !asked {
                    @match why("approve") {
                        None => form method="post" action={ (base) "/approve" } { button.btn.go type="submit" { "Approve for release" } },
                        Some(why) if own => p.cannot { button.btn type="button" aria-disabled="true" { "Approve for release" } span.soft { (why) } },
                        Some(_) => {},
                    }
                }
                @if own {
                    @match why("release") {
                        None if approved => form method="post" action={ (base) "/release" } { button.btn.go type="submit" data-busy="Sealing…" { "Release the paper" } },
                        None => form method="post" action={ (base) "/release" } { button.btn type="submit" data-busy="Sealing…" { "Release without approval" } },
                        Some(why) if approved || asked => p.cannot { button.btn type="button" aria-disabled="true" { "Release the paper" } span.soft { (why) } },
                        Some(_) => {},
                    }
                }
            }
            @if own { (ask(bench, &base)) }
            @if bench.may("refuse") {
                details {
                    summary { "Send it back" }
                    form.form.narrow method="post" action={ (base) "/refuse" } {
                        div.field {
                            label for="reason" { "Reason" }
                            p.hint #reason-hint { "Stays in the history of the paper and is shown to its drafter." }
                            textarea #reason name="reason" required maxlength="4000" rows="3" aria-describedby="reason-hint" {}
                        }
                        div.row { button.btn type="submit" { "Send it back with this reason" } }
                    }
                }
            }
            @if bench.may("withdraw") {
                details {
                    summary { "Give the draft up" }
                    form.row method="post" action={ (base) "/withdraw" } {
                        button.btn type="submit" { "Give it up" } span.soft { "It is kept and never comes back." }
                    }
                }
            }
        }
    }
}

fn ask(bench: &Bench, base: &str) -> Markup {
    let asked: Vec<&Handle> = bench.shown.clearing.iter().map(|(office, _)| office).collect();
    html! {
        details {
            summary { "Ask offices to clear it" }
            form.form.narrow method="post" action={ (base) "/ask" } {
                div.field {
                    label for="offices" { "Offices" }
                    p.hint #offices-hint { "Short names, with commas between them. They see the draft from then on."
                        @if !asked.is_empty() { " Asked already: " @for (at, office) in asked.iter().enumerate() { @if at > 0 { ", " } (office) } "." } }
                    input #offices name="offices" required autocomplete="off" aria-describedby="offices-hint" placeholder="legal-adviser, finance";
                }
                div.row { button.btn type="submit" { "Ask for clearance" } }
            }
        }
    }
}

/// Where it goes, and who there would not get it.
fn addressees(bench: &Bench) -> Markup {
    let addressed = |a: &BenchAddressee| match a.addressed {
        Addressed::Origin => "origin",
        Addressed::Action => "action",
        Addressed::Info => "information",
    };
    html! {
        section.sec #readers aria-labelledby="readers-h" {
            h2 #readers-h { "Who would get a copy today" }
            @if bench.addressees.is_empty() { p { "Nobody is on the distribution." } } @else {
                div.scroll { table.stackt {
                    thead { tr { th scope="col" { "Office" } th scope="col" { "For" } th scope="col" { "Holders" } th scope="col" { "Who may not read it, and why" } } }
                    tbody { @for a in &bench.addressees {
                        tr {
                            th scope="row" { (a.title) @if let Some(via) = &a.via { br; small.soft { "through " (via) } } }
                            td data-l="For" { (addressed(a)) }
                            td data-l="Holders" { @if a.holders == 0 { "vacant" } @else { (a.holders) } }
                            td { @if a.refused.is_empty() { "–" } @for (why, count) in &a.refused { p { b { (count) " of " (a.holders) ": " } (why) } } }
                        }
                    } }
                } }
            }
        }
    }
}

async fn history(web: &Shared, visitor: &Visitor, bench: &Bench) -> Answer {
    let mut lines = Vec::new();
    for line in bench.shown.history.iter().rev() {
        let name = web.archive.person(&line.who).await?.details.name;
        lines.push((words::short(line.at, visitor.now), name, line));
    }
    Ok(html! {
        section.sec aria-labelledby="history-h" {
            h2 #history-h { "What was done" }
            table.stackt {
                thead { tr { th scope="col" { "When" } th scope="col" { "Who" } th scope="col" { "What" } th scope="col" { "Entry" } } }
                tbody { @for (at, name, line) in &lines {
                    tr { td { (at) } td { (name) } td { (did(line.deed)) @if line.deed == Deed::Asked { ": " (line.office) } @if let Some(reason) = &line.reason { br; span.soft { (reason) } } } td data-l="Entry" { (words::number(line.leaf)) } }
                } }
            }
        }
    })
}
