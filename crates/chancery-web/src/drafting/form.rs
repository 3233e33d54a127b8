//! The forms of a draft: a new paper, its text, its heading.
//!
//! What was typed is never lost: where something is wrong, the form comes back with it and says what.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use chancery_desk::{
    Circulation, DeskError, DraftText, Finders, Head, Layout, NewPaper, ShownPolicy,
};
use chancery_domain::{Handle, Label, PaperKind, Precedence, split_portion};
use chancery_text::build::Choice;
use maud::{Markup, html};

use super::acts::{handles, named, seen};
use super::preview;
use crate::layout::{Field, Frame, Marking, Section, field, page};
use crate::trouble::{Answer, Trouble};
use crate::visitor::Visitor;
use crate::web::Shared;

/// Kinds that are drafted here; the others say more than this form asks.
const KINDS: [(PaperKind, &str); 2] = [(PaperKind::Cable, "Cable"), (PaperKind::Report, "Report")];
/// So many offices are offered in a list; of more, the short names are typed without it.
const MOST_LISTED: usize = 500;

/// What a form sent: names and values, some names more than once.
pub(super) struct Sent(Vec<(String, String)>);

impl Sent {
    fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(own, _)| own == name).map(|(_, v)| v.as_str()).unwrap_or_default()
    }

    fn all(&self, name: &str) -> Vec<String> {
        let own = self.0.iter().filter(|(own, value)| own == name && !value.is_empty());
        own.map(|(_, value)| value.clone()).collect()
    }

    fn label(&self) -> Label {
        let handling = match self.get("caveats") {
            "" => self.all("handling"),
            typed => {
                typed.split(';').map(|w| w.trim().to_owned()).filter(|w| !w.is_empty()).collect()
            }
        };
        Label { classification: self.get("classification").trim().to_owned(), handling }
    }
}

pub(super) async fn new(State(web): State<Shared>, visitor: Visitor) -> Answer {
    draw_new(&web, &visitor, &Sent(Vec::new()), None).await
}

async fn draw_new(web: &Shared, visitor: &Visitor, sent: &Sent, wrong: Option<&str>) -> Answer {
    let policy = web.archive.label_policy().await?;
    let offices = web.archive.offices().await?;
    let text = |name| sent.get(name);
    let from = |office: &Handle| {
        let chosen = visitor.chosen.as_ref();
        if text("from").is_empty() {
            chosen == Some(office)
        } else {
            text("from") == office.as_str()
        }
    };
    let body = html! {
        div.head { h1 { "Draft a paper" } }
        (trouble(wrong))
        form.form.draft-form method="post" action="/drafts" {
            div.form.two {
                div.field {
                    label for="from" { "From" }
                    select #from name="from" { @for held in &visitor.offices { option value=(held.office) selected[from(&held.office)] { (held.title) } } }
                }
                div.field {
                    label for="kind" { "Kind and precedence" }
                    div.pair {
                        select #kind name="kind" { @for (kind, name) in KINDS { option value=(kind) selected[text("kind") == kind.to_string()] { (name) } } }
                        select name="precedence" aria-label="Precedence" { option value="" { "No precedence" } @for p in Precedence::ALL { option value=(p.word()) selected[text("precedence") == p.word()] { (capital(p.word())) } } }
                    }
                }
                div.full { (field(Field { name: "subject", label: "Subject", value: text("subject"), required: true, hint: Some("Shown to those on the distribution, and to nobody else."), ..Field::default() })) }
            }
            (label_fields(policy.as_ref(), &sent.label(), &sent.label().classification))
            div.form.two {
                (field(Field { name: "to", label: "For action", value: text("to"), hint: Some("Short names of offices and collectives, with commas between them."), ..Field::default() }))
                (field(Field { name: "info", label: "For information", value: text("info"), hint: Some("They get copies and need not act."), ..Field::default() }))
            }
            @if offices.len() <= MOST_LISTED {
                details { summary { "Offices and their short names" }
                    ul.offices { @for office in &offices { li { code { (office.handle) } " " (office.details.title) } } } }
            }
            label.check { input type="checkbox" name="book" value="yes" checked[text("book") == "yes"]; span { "Book distribution: recipients do not see one another" } }
            (text_field(text("text")))
            div.row { button.btn.go type="submit" data-busy="Reading it…" { "Save the draft" } span.soft { "Nobody outside your office sees it until you ask for a clearance." } }
            (preview::place(None))
        }
    };
    let frame = Frame::new("A new draft", Section::Drafts).scripts(&["drafting.js"]);
    Ok(page(visitor, &frame, &body))
}

pub(super) async fn draft(
    State(web): State<Shared>,
    visitor: Visitor,
    Form(sent): Form<Vec<(String, String)>>,
) -> Answer<Response> {
    let sent = Sent(sent);
    let drafted = match paper(&sent) {
        Ok(paper) => web.archive.draft(&paper, &visitor.person).await.map_err(named),
        Err(trouble) => Err(trouble),
    };
    match drafted {
        Ok(id) => Ok(Redirect::to(&format!("/drafts/{id}")).into_response()),
        Err(Trouble::Invalid(why)) => again(draw_new(&web, &visitor, &sent, Some(&why)).await?),
        Err(other) => Err(other),
    }
}

/// The form again, with what was typed.
fn again(page: Markup) -> Answer<Response> {
    Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// The paper that a form describes.
fn paper(sent: &Sent) -> Answer<NewPaper> {
    let invalid = |e: String| Trouble::Invalid(e);
    let from = sent.get("from").parse::<Handle>().map_err(|e| invalid(e.to_string()))?;
    let kind = sent.get("kind").parse::<PaperKind>().map_err(|e| invalid(e.to_string()))?;
    let action = match sent.get("precedence") {
        "" => None,
        word => Some(word.parse::<Precedence>().map_err(|e| invalid(e.to_string()))?),
    };
    let subject = sent.get("subject").trim();
    if subject.is_empty() {
        return Err(invalid("a paper needs a subject".into()));
    }
    let text = DraftText::from_file(sent.get("text"), true, Choice::default());
    Ok(NewPaper {
        head: Head { subject: subject.to_owned(), label: sent.label(), action, ..Head::default() },
        from,
        origin_reads: true,
        to: handles(sent.get("to"))?,
        info: handles(sent.get("info"))?,
        circulation: Circulation {
            kind,
            layout: layout(kind, sent.get("text")),
            book: sent.get("book") == "yes",
            ..Circulation::default()
        },
        text,
    })
}

/// How a text is laid out: with portion marks where a paragraph begins with one.
pub(crate) fn layout(kind: PaperKind, text: &str) -> Layout {
    let paragraphs = text.split("\n\n").flat_map(|part| part.split("\r\n\r\n"));
    Layout {
        portions: paragraphs.map(str::trim_start).any(|p| split_portion(p).0.is_some()),
        numbered: kind.numbers_paragraphs(),
    }
}

pub(super) async fn edit(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(paper): Path<String>,
) -> Answer {
    seen(&web, &visitor, &paper).await?;
    let bench = web.archive.bench(&paper, &Finders::embedded(), &visitor.person).await?;
    if let Some(why) = bench.leave.iter().find(|l| l.act == "amend").and_then(|l| l.refused.clone())
    {
        return Err(Trouble::Refused(why));
    }
    let marking = Marking::read(&bench.shown.listed.label);
    let subject = bench.shown.listed.subject.as_str();
    Ok(draw_edit(&visitor, (&paper, subject), marking, &bench.source, None))
}

fn draw_edit(
    visitor: &Visitor,
    (paper, subject): (&str, &str),
    marking: Option<Marking>,
    source: &str,
    wrong: Option<&str>,
) -> Markup {
    let body = html! {
        div.head { h1 { (subject) } span.soft { (paper) ", its text" } }
        (trouble(wrong))
        form.form method="post" action={ "/drafts/" (paper) "/text" } {
            (text_field(source))
            div.row {
                button.btn.go type="submit" data-busy="Reading it…" { "Save the text" }
                a.btn href={ "/drafts/" (paper) } { "Leave it as it was" }
                span.soft { "Clearances and an approval given before are void after a change." }
            }
            (preview::place(Some(paper)))
        }
    };
    let frame = Frame::new("The text of a draft", Section::Drafts);
    page(visitor, &frame.label(marking).scripts(&["drafting.js"]), &body)
}

#[derive(serde::Deserialize)]
pub(super) struct Text {
    #[serde(default)]
    text: String,
}

pub(super) async fn amend(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(paper): Path<String>,
    Form(form): Form<Text>,
) -> Answer<Response> {
    seen(&web, &visitor, &paper).await?;
    let shown = web.archive.show_paper_to(&paper, Some(&visitor.person)).await?;
    let layout = layout(shown.listed.kind, &form.text);
    match web.archive.amend(&paper, &form.text, layout, &visitor.person).await {
        Ok(_) => Ok(Redirect::to(&format!("/drafts/{paper}")).into_response()),
        Err(DeskError::Input(why)) => {
            let marking = Marking::read(&shown.listed.label);
            let about = (paper.as_str(), shown.listed.subject.as_str());
            again(draw_edit(&visitor, about, marking, &form.text, Some(&why)))
        }
        Err(other) => Err(other.into()),
    }
}

pub(super) async fn heading(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(paper): Path<String>,
) -> Answer {
    seen(&web, &visitor, &paper).await?;
    let shown = web.archive.show_paper_to(&paper, Some(&visitor.person)).await?;
    let label = &shown.head.label;
    draw_heading(&web, &visitor, &paper, (&shown.listed.subject, label), None).await
}

async fn draw_heading(
    web: &Shared,
    visitor: &Visitor,
    paper: &str,
    (subject, label): (&str, &Label),
    wrong: Option<&str>,
) -> Answer {
    let policy = web.archive.label_policy().await?;
    let body = html! {
        div.narrow {
            h1 { "Subject and label" }
            (trouble(wrong))
            form.form method="post" action={ "/drafts/" (paper) "/heading" } {
                (field(Field { name: "subject", label: "Subject", value: subject, required: true, ..Field::default() }))
                (label_fields(policy.as_ref(), label, &label.to_string()))
                div.row { button.btn.go type="submit" { "Save subject and label" } a.btn href={ "/drafts/" (paper) } { "Leave them as they were" } }
            }
        }
    };
    let marking = Marking::read(&label.to_string());
    Ok(page(visitor, &Frame::new("The heading of a draft", Section::Drafts).label(marking), &body))
}

pub(super) async fn rehead(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(paper): Path<String>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Answer<Response> {
    seen(&web, &visitor, &paper).await?;
    let sent = Sent(sent);
    let (subject, label) = (sent.get("subject"), sent.label());
    match web.archive.rehead(&paper, (subject, label.clone()), &visitor.person).await {
        Ok(()) => Ok(Redirect::to(&format!("/drafts/{paper}")).into_response()),
        Err(DeskError::Input(why)) => {
            again(draw_heading(&web, &visitor, &paper, (subject, &label), Some(&why)).await?)
        }
        Err(other) => Err(other.into()),
    }
}

/// What is wrong, before the form that has it.
fn trouble(wrong: Option<&str>) -> Markup {
    html! { @if let Some(wrong) = wrong { p.wrong role="alert" { b { "Not saved: " } (wrong) } } }
}

fn text_field(text: &str) -> Markup {
    html! {
        div.field {
            label for="text" { "Text" }
            p.hint #text-hint {
                "A blank line ends a paragraph. " code { "{strong|firm|robust}" } " are readings that copies may have, "
                code { "{=locked=}" } " is the same in all, " code { "{2: one sentence | another}" } " varies a sentence. A paragraph may begin with its portion mark, such as " code { "(C)" } "."
            }
            textarea.paper #text name="text" required rows="18" spellcheck="true" lang="en-GB" aria-describedby="text-hint" {
                // A browser drops a line break that stands first.
                "\n" (text)
            }
        }
    }
}

/// The label builder: what the policy in force knows, or words where there is none.
fn label_fields(policy: Option<&ShownPolicy>, label: &Label, written: &str) -> Markup {
    let Some(policy) = policy else {
        let caveats = label.handling.join("; ");
        return html! {
            div.form.two {
                (field(Field { name: "classification", label: "Classification", value: &label.classification, hint: Some("This house has no label policy: the label is words, and the distribution alone decides."), ..Field::default() }))
                (field(Field { name: "caveats", label: "Handling", value: &caveats, hint: Some("With semicolons between them."), ..Field::default() }))
            }
        };
    };
    // A label is kept as its marking; the longest classification in it is the one it has.
    let has = |word: &str| written.to_uppercase().contains(&word.to_uppercase());
    let class = policy.classifications.iter().filter(|c| has(c)).max_by_key(|c| c.len());
    let mut sets: Vec<&str> = policy.categories.iter().map(|(set, _)| set.as_str()).collect();
    sets.dedup();
    html! {
        fieldset.label-builder {
            legend { "Label, by the policy " (policy.name) }
            div.field {
                label for="classification" { "Classification" }
                select #classification name="classification" {
                    option value="" { "As high as the highest paragraph" }
                    @for word in &policy.classifications { option value=(word) selected[Some(word) == class] { (word) } }
                }
            }
            @for set in sets {
                div.field role="group" aria-label=(set) {
                    span.set { (set) }
                    div.checks { @for (_, word) in policy.categories.iter().filter(|(own, _)| own == set) {
                        label.check { input type="checkbox" name="handling" value=(word) checked[label.handling.contains(word) || has(word)]; span { (word) } }
                    } }
                }
            }
        }
    }
}

/// `PRIORITY` as `Priority`.
fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(String::from).unwrap_or_default();
    format!("{first}{}", letters.as_str().to_lowercase())
}
