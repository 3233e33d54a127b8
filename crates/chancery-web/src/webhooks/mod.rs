//! Who is told: webhooks, listed, added and removed by whoever keeps the house; and their delivery.

mod deliver;
mod target;

use axum::Form;
use axum::extract::State;
use axum::response::Redirect;
use chancery_desk::{MAX_WEBHOOKS, ShownDelivery, ShownWebhook};
use maud::{Markup, html};
use serde::Deserialize;

pub(crate) use deliver::deliver;
pub use target::{TargetError, check_target};

use crate::layout::{Field, Frame, Section, field, page};
use crate::route::{Route, Rule};
use crate::trouble::{Answer, Trouble};
use crate::visitor::Visitor;
use crate::web::Shared;
use crate::words;

const TITLE: &str = "Who is told";

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/house/told", Rule::Custodian, list),
        Route::post("/house/told", Rule::Custodian, add),
        Route::post("/house/told/remove", Rule::Custodian, remove),
    ]
}

async fn list(State(web): State<Shared>, visitor: Visitor) -> Answer {
    draw(&web, &visitor, ("", None)).await
}

async fn draw(web: &Shared, visitor: &Visitor, (address, wrong): (&str, Option<&str>)) -> Answer {
    let all = web.archive.webhooks(&visitor.person).await?;
    let inside = web.archive.webhooks_inside().await?;
    let body = html! {
        div.head { h1 { (TITLE) } span.soft { (all.len()) " of " (MAX_WEBHOOKS) " addresses" } }
        p.lede { "Other systems can be told when a paper is released, and when a finding is made or withdrawn. They are told what was done, the reference, and the entry of the record: nothing of a paper, and no name." }
        @for webhook in &all { (shown(webhook, visitor)) }
        @if all.is_empty() { p.note.quiet.spaced { "Nobody is told." } }
        @if all.len() < MAX_WEBHOOKS {
            section.sec aria-labelledby="add" {
                h2 #add { "Tell another address" }
                form.form.narrow method="post" action="/house/told" {
                    (field(Field {
                        name: "address",
                        label: "Its address",
                        hint: Some(if inside { "Begins with https://, or with http://localhost. This house allows addresses inside its own network." } else { "Begins with https://. Addresses inside this house’s own network are refused unless the house rules allow them." }),
                        kind: "url",
                        value: address,
                        wrong,
                        required: true,
                        ..Field::default()
                    }))
                    div.row { button.btn.go type="submit" { "Tell this address" } }
                }
            }
        }
        p.spaced { a href="/house" { "Back to the house" } }
    };
    Ok(page(visitor, &Frame::new(TITLE, Section::House), &body))
}

fn shown(webhook: &ShownWebhook, visitor: &Visitor) -> Markup {
    html! {
        section.sec {
            h2.address { (webhook.address) }
            p.soft { "Told since " (words::day(words::day_of(webhook.added))) "." }
            table.group.stackt {
                thead { tr { th scope="col" { "When" } th scope="col" { "What" } th scope="col" { "How it went" } th.r scope="col" { "Entry" } } }
                tbody {
                    @if webhook.deliveries.is_empty() { tr { td colspan="4" { "Nothing yet." } } }
                    @for delivery in &webhook.deliveries { tr {
                        td data-l="When" { (words::short(delivery.at, visitor.now)) }
                        td data-l="What" { (act(&delivery.act)) " " (delivery.about) }
                        td data-l="How it went" { (outcome(delivery, visitor)) }
                        td.r data-l="Entry" { (words::number(delivery.leaf)) }
                    } }
                }
            }
            form method="post" action="/house/told/remove" {
                input type="hidden" name="webhook" value=(webhook.id);
                p { button.link type="submit" { "Tell " (webhook.address) " nothing more" } }
            }
        }
    }
}

fn act(act: &str) -> &str {
    match act {
        "paper.released" => "Released",
        "inquiry.result" => "Finding of",
        "finding.withdrawn" => "Withdrawn: finding of",
        other => other,
    }
}

fn outcome(delivery: &ShownDelivery, visitor: &Visitor) -> Markup {
    let said = delivery.outcome.as_deref();
    html! {
        @match (delivery.next, said) {
            (None, said) => (said.unwrap_or_default()),
            (Some(_), None) => "on its way",
            (Some(next), Some(said)) => { b { "Not taken" } ", " (said) "; tried again " (words::short(next, visitor.now)) },
        }
        @if delivery.tries > 1 { span.soft { ", after " (delivery.tries) " tries" } }
    }
}

#[derive(Deserialize)]
struct New {
    address: String,
}

/// Adds an address; its secret is shown this once.
async fn add(State(web): State<Shared>, visitor: Visitor, Form(new): Form<New>) -> Answer {
    let address = new.address.trim();
    if let Err(error) = check_target(address, web.archive.webhooks_inside().await?) {
        return draw(&web, &visitor, (address, Some(&error.to_string()))).await;
    }
    let (secret, shown) =
        match web.archive.add_webhook(address, &visitor.person).await.map_err(Trouble::from) {
            Ok(added) => added,
            Err(Trouble::Invalid(why)) => return draw(&web, &visitor, (address, Some(&why))).await,
            Err(other) => return Err(other),
        };
    let body = html! {
        div.narrow {
            h1 { "A secret for " (shown.address) }
            p.lead { "Each message bears a signature made with it (Standard Webhooks, HMAC-SHA256). It is shown this once: put it where the receiver checks signatures." }
            p.panel { code.big { (secret.expose()) } }
            p { a href="/house/told" { "Back to who is told" } }
        }
    };
    Ok(page(&visitor, &Frame::new("A secret", Section::House), &body))
}

#[derive(Deserialize)]
struct Which {
    webhook: i64,
}

async fn remove(
    State(web): State<Shared>,
    visitor: Visitor,
    Form(which): Form<Which>,
) -> Answer<Redirect> {
    web.archive.remove_webhook(which.webhook, &visitor.person).await?;
    Ok(Redirect::to("/house/told"))
}
