//! Registry: offices, who held them and when, and the handover; and the house: what whoever keeps it sees.

mod backups;
mod handover;
mod house;
mod links;
mod timeline;

use axum::extract::{Path, State};
use chancery_desk::{Listed, ListedPosting, OfficeOn, PersonDetails};
use chancery_domain::{End, Handle};
use maud::{Markup, html};

use crate::layout::{Frame, Section, docket_wide, page};
use crate::route::{Route, Rule};
use crate::trouble::{Answer, Trouble};
use crate::visitor::Visitor;
use crate::web::Shared;
use crate::words;

pub(crate) use backups::{backed_up, folder, tried_out};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/offices", Rule::Holder, offices),
        Route::get("/offices/{office}", Rule::Holder, office),
        Route::post("/offices/{office}/handover", Rule::Custodian, handover::hand_over),
        Route::get("/house", Rule::Custodian, house::page),
        Route::get("/house/backups", Rule::Custodian, backups::list),
        Route::post("/house/backups", Rule::Custodian, backups::make),
        Route::post("/house/backups/try", Rule::Custodian, backups::try_out),
        Route::get("/house/links", Rule::Custodian, links::list),
        Route::post("/house/links", Rule::Custodian, links::link),
        Route::post("/house/links/remove", Rule::Custodian, links::unlink),
        Route::post("/house/invite", Rule::Custodian, house::invite),
        Route::post("/house/persons", Rule::Custodian, house::add_person),
        Route::post("/house/offices", Rule::Custodian, house::add_office),
        Route::post("/house/postings", Rule::Custodian, house::post),
    ]
}

/// Every office, and in whose hands it is.
async fn offices(State(web): State<Shared>, visitor: Visitor) -> Answer {
    let offices = web.archive.offices().await?;
    let vacant = web.archive.vacancies(None, None).await?;
    let persons = web.archive.persons().await?;
    let body = html! {
        div.head { h1 { "Offices" } span.soft { (offices.len()) ", " (vacant.len()) " without a holder" } }
        table.group.stackt {
            thead { tr { th scope="col" { "Office" } th scope="col" { "Kind" } th scope="col" { "Country" } th scope="col" { "In charge" } } }
            tbody {
                @for office in &offices {
                    @let vacancy = vacant.iter().find(|v| v.office == office.handle);
                    tr data-row {
                        td { a href={ "/offices/" (office.handle) } { (office.details.title) } }
                        td data-l="Kind" { (in_words(&office.details.kind)) }
                        td data-l="Country" { (office.details.host.as_deref().or(office.details.country.as_deref()).unwrap_or_default()) }
                        td data-l="In charge" { @match vacancy {
                            None => "Its holder",
                            Some(v) if v.by.is_empty() => b { "Vacant" },
                            Some(v) => { b { "Vacant" } ", in the care of " (list(&v.by, &persons)) },
                        } }
                    }
                }
            }
        }
    };
    Ok(page(&visitor, &Frame::new("Offices", Section::Offices), &body))
}

fn list(handles: &[Handle], persons: &[Listed<PersonDetails>]) -> String {
    handles.iter().map(|handle| name_of(handle, persons)).collect::<Vec<_>>().join(", ")
}

/// The name behind a person’s handle.
fn name_of(handle: &Handle, persons: &[Listed<PersonDetails>]) -> String {
    let person = persons.iter().find(|person| person.handle == *handle);
    person.map_or_else(|| handle.to_string(), |person| person.details.name.clone())
}

/// A kind of office as it is said: `head-of-service` as “head of service”.
fn in_words(kind: &str) -> String {
    kind.replace('-', " ")
}

async fn office(State(web): State<Shared>, visitor: Visitor, Path(office): Path<Handle>) -> Answer {
    draw(&web, &visitor, &office, None).await
}

/// The page of an office; with what is wrong about a handover, if something is.
async fn draw(
    web: &Shared,
    visitor: &Visitor,
    office: &Handle,
    wrong: Option<&handover::Wrong>,
) -> Answer {
    let listed = web.archive.office(office).await.map_err(Trouble::hidden)?;
    let today = words::day_of(visitor.now);
    let on: OfficeOn = web.archive.office_on(office, today).await?;
    let postings: Vec<ListedPosting> = web.archive.posting_history(office).await?;
    let postings: Vec<ListedPosting> =
        postings.into_iter().filter(|p| p.office == *office).collect();
    let persons = web.archive.persons().await?;
    let name = |handle: &Handle| name_of(handle, &persons);
    let holders: Vec<String> = on.holders.iter().map(|p| name(&p.person)).collect();
    let docket = [
        (
            "Holder",
            html! { @if holders.is_empty() { b { "Vacant" } } @else { (holders.join(", ")) } },
        ),
        ("Kind", html! { (in_words(&listed.details.kind)) }),
        ("Country", html! { (listed.details.country.as_deref().unwrap_or("not said")) }),
        (
            "Appointed by",
            html! { @match &listed.details.parent { Some(p) => a href={ "/offices/" (p) } { (p) }, None => "nobody in this house" } },
        ),
    ];
    let body = html! {
        div.head { h1 { (listed.details.title) } span.soft { (office) } }
        (docket_wide(&docket))
        section.sec {
            h2 { "Who held this office, and when" }
            (timeline::figure(&postings, today, &name))
            details {
                summary { "The same as a table" }
                div.scroll { (table(&postings, &name)) }
            }
        }
        @if visitor.custodian { (handover::form(office, &on, &persons, today, wrong)) }
    };
    Ok(page(visitor, &Frame::new("An office", Section::Offices), &body))
}

fn table(postings: &[ListedPosting], name: &impl Fn(&Handle) -> String) -> Markup {
    html! {
        table {
            thead { tr { th scope="col" { "Who" } th scope="col" { "As" } th scope="col" { "From" } th scope="col" { "Until" } } }
            tbody { @for posting in postings { tr {
                td { (name(&posting.person)) }
                td { (words::capacity(posting.capacity).unwrap_or("holder")) }
                td { @match posting.term.start { Some(day) => (words::day(day.date)), None => "not yet" } }
                td { (until(posting)) }
            } } }
        }
    }
}

/// When a posting ended or is to end, in words: what was planned and what happened.
fn until(posting: &ListedPosting) -> String {
    let planned = posting.term.planned_end.map(words::dated);
    match (posting.term.end, planned) {
        (End::Open, None) => "open".to_owned(),
        (End::Open, Some(planned)) => format!("planned to {planned}"),
        (End::On(day), None) => format!("ended {}", words::day(day.date)),
        (End::On(day), Some(planned)) => {
            format!("ended {}, planned to {planned}", words::day(day.date))
        }
        (End::Unknown, _) => "ended on an unknown day".to_owned(),
    }
}
