//! Handing an office over, guided: who leaves when, who follows when, and what passes on. Nothing is changed
//! before the whole of it can be.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use chancery_desk::{Listed, OfficeOn, PersonDetails};
use chancery_domain::Handle;
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;

use crate::layout::{Field, field};
use crate::trouble::Answer;
use crate::visitor::Visitor;
use crate::web::Shared;
use crate::words;

/// What is wrong with what was asked, and at which field.
pub(super) struct Wrong {
    field: &'static str,
    says: String,
    form: Asked,
}

#[derive(Clone, Deserialize)]
pub(super) struct Asked {
    from: Handle,
    to: Handle,
    ends: String,
    begins: String,
}

pub(super) fn form(
    office: &Handle,
    on: &OfficeOn,
    persons: &[Listed<PersonDetails>],
    today: Date,
    wrong: Option<&Wrong>,
) -> Markup {
    let at = |field: &str| wrong.filter(|w| w.field == field).map(|w| w.says.as_str());
    let iso = today.to_string();
    let (ends, begins) = wrong
        .map_or((iso.as_str(), iso.as_str()), |w| (w.form.ends.as_str(), w.form.begins.as_str()));
    let chosen = |field: fn(&Asked) -> &Handle, handle: &Handle| {
        wrong.is_some_and(|w| field(&w.form) == handle)
    };
    html! {
        section.sec {
            h2 #handover { "Hand this office over" }
            @if on.holders.is_empty() { p { "Nobody holds this office today: begin a posting on the house’s page." } }
            @else { div.cols {
                form.form.two method="post" action={ "/offices/" (office) "/handover" } {
                    div.field { label for="from" { "Who leaves" } select #from name="from" {
                        @for holder in &on.holders { option value=(holder.person) selected[chosen(|f| &f.from, &holder.person)] { (super::name_of(&holder.person, persons)) } }
                    } }
                    div.field { label for="to" { "Who follows" } select #to name="to" {
                        @for person in persons { option value=(person.handle) selected[chosen(|f| &f.to, &person.handle)] { (person.details.name) } }
                    } }
                    (field(Field { name: "ends", label: "First day without the office", hint: Some("Access ends with the day before."), value: ends, kind: "date", wrong: at("ends"), required: true, ..Field::default() }))
                    (field(Field { name: "begins", label: "First day of the successor", value: begins, kind: "date", wrong: at("begins"), required: true, ..Field::default() }))
                    div.full.row { button.btn.go type="submit" data-busy="Handing over…" { "Hand the office over" } }
                }
                aside.side aria-label="About handovers" {
                    section { h2 { "What passes on" } ul.plain {
                        li { "All papers of the office, in new copies made for the successor." }
                        li { "Actions that are still open, and drafts." }
                        li { "Papers for named persons do not: they stay shut." }
                    } }
                    section { h2 { "What does not" } p { "Copies of whoever leaves are shut to him. They stay his to answer for, and what was found about them stays true." } }
                }
            } }
        }
    }
}

pub(super) async fn hand_over(
    State(web): State<Shared>,
    visitor: Visitor,
    Path(office): Path<Handle>,
    Form(asked): Form<Asked>,
) -> Answer<Response> {
    let today = words::day_of(visitor.now);
    let day = match day(&asked, today) {
        Ok(day) => day,
        Err((field, says)) => {
            let wrong = Wrong { field, says, form: asked };
            return Ok(super::draw(&web, &visitor, &office, Some(&wrong)).await?.into_response());
        }
    };
    web.archive.succeed(&office, &asked.from, &asked.to, day, &visitor.person).await?;
    Ok(Redirect::to(&format!("/offices/{office}")).into_response())
}

/// The day of the handover, if the two days are one.
fn day(asked: &Asked, today: Date) -> Result<Date, (&'static str, String)> {
    let read = |text: &str, field| {
        let wrong =
            |_| (field, "This is no day. Give it as year, month, day: 2031-10-21.".to_owned());
        text.parse::<Date>().map_err(wrong)
    };
    let (ends, begins) = (read(&asked.ends, "ends")?, read(&asked.begins, "begins")?);
    if ends < today {
        return Err(("ends", format!("This day is past. Choose {} or later.", words::day(today))));
    }
    if asked.from == asked.to {
        return Err((
            "begins",
            "Whoever leaves cannot follow himself. Choose another person.".into(),
        ));
    }
    match ends.until(begins).map_or(0, |span| span.get_days()) {
        0 => Ok(ends),
        gap if gap > 0 => Err((
            "begins",
            format!(
                "This is {gap} days after the end. Choose {}, or post somebody acting for the days between first.",
                words::day(ends)
            ),
        )),
        _ => Err((
            "begins",
            format!(
                "This is before the end. Choose {}, or end the posting earlier.",
                words::day(ends)
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_an_overlap_and_a_past_day_are_told_at_their_field() {
        let today = jiff::civil::date(2031, 10, 21);
        let asked = |ends: &str, begins: &str| {
            let (from, to) = ("pell".parse().unwrap(), "quist".parse().unwrap());
            day(&Asked { from, to, ends: ends.into(), begins: begins.into() }, today)
        };
        assert!(asked("2031-11-01", "2031-11-01").is_ok());
        let gap = asked("2031-11-01", "2031-11-04").unwrap_err();
        assert_eq!(gap.0, "begins");
        assert!(gap.1.starts_with("This is 3 days after the end. Choose 1 November 2031"));
        assert_eq!(asked("2031-11-04", "2031-11-01").unwrap_err().0, "begins");
        assert_eq!(asked("2031-10-20", "2031-10-20").unwrap_err().0, "ends");
        assert_eq!(asked("soon", "2031-10-20").unwrap_err().0, "ends");
    }
}
