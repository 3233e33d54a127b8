//! The house, for whoever keeps it: its state, who may sign in, what readers reported, alarms, the policy.

use axum::Form;
use axum::extract::State;
use axum::response::Redirect;
use chancery_desk::{DeskError, OfficeDetails, PersonDetails};
use chancery_domain::{Capacity, Handle, Term};
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;

use super::name_of;
use crate::layout::{Field, Frame, Section, docket_wide, field, page as whole};
use crate::trouble::{Answer, Trouble};
use crate::visitor::Visitor;
use crate::web::Shared;
use crate::words;

pub(super) async fn page(State(web): State<Shared>, visitor: Visitor) -> Answer {
    let a = &web.archive;
    let status = a.status().await?;
    let papers: usize = status.papers.values().sum();
    let persons = a.persons().await?;
    let offices = a.offices().await?;
    let reports = a.copy_reports(&visitor.person).await?;
    let alarms = match a.watch_list(&visitor.person, None).await {
        Ok(alarms) => Some(alarms),
        Err(DeskError::Procedure(_) | DeskError::Refused(_)) => None,
        Err(other) => return Err(other.into()),
    };
    let policy = a.label_policy().await?;
    let today = words::day_of(visitor.now).to_string();
    let docket = [
        ("State", html! { (status.state) @if status.exercise { ", an exercise" } }),
        ("Papers", html! { (papers) ", " (status.copies) " copies" }),
        ("Record", html! { (words::number(status.entries)) " entries" }),
        ("Inquiries", html! { (status.inquiries.0) }),
    ];
    let body = html! {
        div.head { h1 { "The house" } span.soft { (status.origin) } }
        (docket_wide(&docket))
        p.note.quiet { "Keys: " (status.keys) "." }
        @if status.refused.too_many { p.note { b { "Too many copies do not read back. " } (status.refused.copies) " were refused; report this." } }
        section.sec {
            h2 { "Let somebody sign in" }
            form.form.two method="post" action="/house/invite" {
                (choice("person", "Person", persons.iter().map(|p| (p.handle.as_str(), p.details.name.as_str()))))
                div.row { button.btn.go type="submit" { "Give a one-time code" } }
            }
        }
        section.sec {
            h2 { "What readers reported" }
            table.stackt {
                thead { tr { th scope="col" { "When" } th scope="col" { "Who" } th scope="col" { "Copy of" } th scope="col" { "What" } th.r scope="col" { "Entry" } } }
                tbody {
                    @if reports.is_empty() { tr { td colspan="5" { "Nobody has reported a copy." } } }
                    @for report in &reports { tr {
                        td data-l="When" { (words::short(report.at, visitor.now)) } td data-l="Who" { (name_of(&report.person, &persons)) } td data-l="Copy of" { (report.paper) }
                        td { @if let Some(mishap) = report.mishap { b { (mishap_word(mishap)) } ". " } (report.words) } td.r data-l="Entry" { (words::number(report.leaf)) }
                    } }
                }
            }
        }
        section.sec {
            h2 { "Alarms" }
            @match &alarms {
                None => p { "Alarms about unusual reading are shown to the office that the house rules name, and to nobody else." },
                Some(alarms) if alarms.is_empty() => p { "No alarm." },
                Some(alarms) => ul.plain { @for alarm in alarms { li { (words::short(alarm.at, visitor.now)) " " b { (alarm.person) } " " (alarm.sentence) } } },
            }
        }
        section.sec {
            h2 { "Upkeep" }
            p { a href="/house/backups" { "Backups, and when one was last tried out" } "." }
            p { a href="/house/links" { "Accounts of the issuer that sign people in" } "." }
            p { a href="/programs" { "Programs that act for people here" } ", and " a href="/house/told" { "who is told of releases and findings" } "." }
        }
        section.sec {
            h2 { "Label policy" }
            @match &policy {
                None => p { "No label policy is in force: labels are words, and distribution alone decides who may read." },
                Some(policy) => p { b { (policy.name) } ": " (policy.classifications.join(", ")) ". " (policy.categories.len()) " categories." },
            }
        }
        section.sec {
            h2 { "Persons, offices, postings" }
            form.form.two method="post" action="/house/persons" {
                h3.full { "A new person" }
                (field(Field { name: "handle", label: "Short name", required: true, ..Field::default() }))
                (field(Field { name: "name", label: "Name, as in lists", required: true, ..Field::default() }))
                div.row.full { button.btn type="submit" { "Add the person" } }
            }
            form.form.two.spaced method="post" action="/house/offices" {
                h3.full { "A new office" }
                (field(Field { name: "office", label: "Short name", required: true, ..Field::default() }))
                (field(Field { name: "title", label: "Title, as in lists", required: true, ..Field::default() }))
                div.row.full { button.btn type="submit" { "Add the office" } }
            }
            form.form.two.spaced method="post" action="/house/postings" {
                h3.full { "A new posting" }
                (choice("who", "Person", persons.iter().map(|p| (p.handle.as_str(), p.details.name.as_str()))))
                (choice("where", "Office", offices.iter().map(|o| (o.handle.as_str(), o.details.title.as_str()))))
                (choice("capacity", "In what capacity", CAPACITIES.into_iter()))
                (field(Field { name: "since", label: "First day", kind: "date", value: &today, required: true, ..Field::default() }))
                div.row.full { button.btn type="submit" { "Begin the posting" } }
            }
        }
    };
    Ok(whole(&visitor, &Frame::new("The house", Section::House), &body))
}

const CAPACITIES: [(&str, &str); 3] =
    [("substantive", "holder"), ("acting", "acting"), ("charge", "chargé d’affaires a.i.")];

const fn mishap_word(mishap: chancery_desk::Mishap) -> &'static str {
    match mishap {
        chancery_desk::Mishap::Lost => "Lost",
        chancery_desk::Mishap::Seen => "Seen by somebody",
        chancery_desk::Mishap::Found => "Found where it should not be",
    }
}

pub(super) fn choice<'a>(
    name: &str,
    label: &str,
    options: impl Iterator<Item = (&'a str, &'a str)>,
) -> Markup {
    html! {
        div.field { label for=(name) { (label) } select id=(name) name=(name) {
            @for (value, text) in options { option value=(value) { (text) } }
        } }
    }
}

#[derive(Deserialize)]
pub(super) struct Invited {
    person: Handle,
}

/// Gives a code; it is shown this once.
pub(super) async fn invite(
    State(web): State<Shared>,
    visitor: Visitor,
    Form(form): Form<Invited>,
) -> Answer {
    let code = web.archive.invite(&form.person, Some(&visitor.person)).await?;
    let body = html! {
        div.narrow {
            h1 { "A code for " (form.person) }
            p.lead { "It signs this person in once, within a day. It is shown this once: hand it over in person, or by a way that nobody else reads." }
            p.panel { code.big { (code.expose()) } }
            p { "Codes given to this person before no longer count." }
            p { a href="/house" { "Back to the house" } }
        }
    };
    Ok(whole(&visitor, &Frame::new("A code", Section::House), &body))
}

#[derive(Deserialize)]
pub(super) struct NewPerson {
    handle: Handle,
    name: String,
}

pub(super) async fn add_person(
    State(web): State<Shared>,
    visitor: Visitor,
    Form(form): Form<NewPerson>,
) -> Answer<Redirect> {
    let details = PersonDetails { name: form.name, ..PersonDetails::default() };
    web.archive.add_person(&form.handle, &details, Some(&visitor.person)).await?;
    Ok(Redirect::to("/house"))
}

#[derive(Deserialize)]
pub(super) struct NewOffice {
    office: Handle,
    title: String,
}

pub(super) async fn add_office(
    State(web): State<Shared>,
    visitor: Visitor,
    Form(form): Form<NewOffice>,
) -> Answer<Redirect> {
    let details = OfficeDetails { title: form.title, ..OfficeDetails::default() };
    web.archive.add_office(&form.office, &details, Some(&visitor.person)).await?;
    Ok(Redirect::to(&format!("/offices/{}", form.office)))
}

#[derive(Deserialize)]
pub(super) struct NewPosting {
    who: Handle,
    r#where: Handle,
    capacity: Capacity,
    since: String,
}

pub(super) async fn post(
    State(web): State<Shared>,
    visitor: Visitor,
    Form(form): Form<NewPosting>,
) -> Answer<Redirect> {
    let wrong = |_| Trouble::Invalid("give the first day as year, month, day: 2031-10-21".into());
    let since: Date = form.since.parse().map_err(wrong)?;
    let term = Term::from(since);
    let (person, office, by) = (&form.who, &form.r#where, Some(&visitor.person));
    web.archive.start_posting(person, office, form.capacity, term, false, by).await?;
    Ok(Redirect::to(&format!("/offices/{}", form.r#where)))
}
