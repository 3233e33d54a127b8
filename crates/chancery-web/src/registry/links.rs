//! Accounts of the issuer, for whoever keeps the house: which of them sign in whom.

use axum::Form;
use axum::extract::State;
use axum::response::Redirect;
use chancery_domain::Handle;
use maud::html;
use serde::Deserialize;

use super::house::choice;
use crate::layout::{Field, Frame, Section, field, page};
use crate::trouble::{Answer, Trouble};
use crate::visitor::Visitor;
use crate::web::Shared;
use crate::words;

const TITLE: &str = "Accounts of the issuer";

pub(super) async fn list(State(web): State<Shared>, visitor: Visitor) -> Answer {
    let linked = web.archive.subjects(&visitor.person).await?;
    let persons = web.archive.persons().await?;
    let body = html! {
        div.head { h1 { (TITLE) } span.soft { (linked.len()) " linked" } }
        @match &web.issued {
            None => p.note.quiet { "This reading room has no issuer (" code { "chancery serve --oidc-issuer" } "). People sign in with codes and passkeys." },
            Some(issued) => p.lede { "Who has an account at " (issued.name()) " signs in with it if it is linked here to a person, by the subject that the issuer writes into its tokens. Nobody else does." },
        }
        div.spaced {
            table.group.stackt {
                thead { tr { th scope="col" { "Subject" } th scope="col" { "Signs in" } th scope="col" { "Since" } th.r scope="col" { span.vh { "Unlink" } } } }
                tbody {
                    @if linked.is_empty() { tr { td colspan="4" { "None is linked." } } }
                    @for link in &linked { tr {
                        th scope="row" { (link.subject) }
                        td data-l="Signs in" { (super::name_of(&link.person, &persons)) }
                        td data-l="Since" { (words::short(link.added, visitor.now)) }
                        td.r { form method="post" action="/house/links/remove" {
                            input type="hidden" name="link" value=(link.id);
                            button.link type="submit" { "Unlink " (link.subject) }
                        } }
                    } }
                }
            }
        }
        @if web.issued.is_some() {
            section.sec {
                h2 { "Link an account" }
                form.form.two method="post" action="/house/links" {
                    (field(Field { name: "subject", label: "Subject", required: true, ..Field::default() }))
                    (choice("person", "Signs in", persons.iter().map(|p| (p.handle.as_str(), p.details.name.as_str()))))
                    div.row.full { button.btn.go type="submit" { "Link the account" } }
                }
            }
        }
        p.spaced { a href="/house" { "Back to the house" } }
    };
    Ok(page(&visitor, &Frame::new(TITLE, Section::House), &body))
}

#[derive(Deserialize)]
pub(super) struct Linked {
    subject: String,
    person: Handle,
}

pub(super) async fn link(
    State(web): State<Shared>,
    visitor: Visitor,
    Form(form): Form<Linked>,
) -> Answer<Redirect> {
    let issued = web.issued.as_ref().ok_or_else(|| {
        Trouble::Refused("this reading room has no issuer; open it with one first".into())
    })?;
    let by = &visitor.person;
    web.archive.link_subject(issued.name(), &form.subject, &form.person, by).await?;
    Ok(Redirect::to("/house/links"))
}

#[derive(Deserialize)]
pub(super) struct Which {
    link: i64,
}

pub(super) async fn unlink(
    State(web): State<Shared>,
    visitor: Visitor,
    Form(which): Form<Which>,
) -> Answer<Redirect> {
    web.archive.unlink_subject(which.link, &visitor.person).await?;
    Ok(Redirect::to("/house/links"))
}
