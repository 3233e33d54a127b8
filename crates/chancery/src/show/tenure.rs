//! The end of tenure, succession and accreditation on the terminal.

use std::path::Path;

use chancery_desk::{
    CopyOffices, Delegated, EndedTenure, HandoverCertificate, Queue, ResignationState,
    ShownAccreditation,
};
use chancery_domain::tenure::{Effective, Standing};
use chancery_domain::{AccreditationEvent, Day, EndReason, Source, Stance};
use jiff::Timestamp;
use serde::Serialize;

use super::{table, wrapped};

/// The word by which a unit variant is written.
pub(super) fn word<T: Serialize>(value: &T) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().replace('-', " ")
}

fn minute(at: Timestamp) -> String {
    let at = jiff::tz::Offset::UTC.to_datetime(at);
    format!("{} {:02}:{:02}", at.date(), at.hour(), at.minute())
}

pub(crate) fn ended(ended: &EndedTenure) -> String {
    format!(
        "{} no longer holds {} from {} on ({}).",
        ended.person,
        ended.office,
        ended.effective,
        word::<EndReason>(&ended.reason)
    )
}

pub(crate) fn delegated(done: &Delegated) -> String {
    let day = |day: Option<Day>| day.map(|d| d.to_string()).unwrap_or_default();
    format!(
        "{} stands in for {} in {} from {} until {}, or until {} leaves.",
        done.deputy,
        done.holder,
        done.office,
        day(done.term.start),
        day(done.term.end.day()),
        done.holder
    )
}

fn standing(standing: Standing) -> String {
    match standing {
        Standing::Offered => "offered".to_owned(),
        Standing::Withdrawn => "withdrawn".to_owned(),
        Standing::Declined => "declined".to_owned(),
        Standing::Accepted(Effective::Day(day)) => format!("accepted, ends with {day}"),
        Standing::Accepted(Effective::At(at)) => format!("accepted, ends at {}", minute(at)),
    }
}

pub(crate) fn resignations(all: &[ResignationState]) -> String {
    let rows = all.iter().map(|r| {
        [
            r.resignation.clone(),
            r.person.to_string(),
            r.office.to_string(),
            r.to.to_string(),
            minute(r.offered),
            standing(r.standing),
        ]
    });
    table(["resignation", "person", "from", "to", "offered", "standing"], rows)
}

pub(crate) fn resignation(state: &ResignationState) -> String {
    let mut out = resignations(std::slice::from_ref(state));
    if let Some(letter) = &state.letter {
        if !letter.reason.is_empty() {
            out.push_str(&format!("\n\nReason: {}", letter.reason));
        }
        if let Some(day) = letter.requested {
            out.push_str(&format!("\nAsks to be free from {day} on."));
        }
        out.push_str("\n\n");
        for paragraph in letter.text.split("\n\n") {
            out.push_str(&format!("{}\n\n", wrapped(paragraph, "  ")));
        }
    }
    out
}

pub(crate) fn queue(queue: &Queue) -> String {
    let rows = queue.papers.iter().map(|q| {
        [
            q.paper.clone(),
            if q.done { "action, done".to_owned() } else { word(&q.addressed) },
            q.released.map(|day| day.to_string()).unwrap_or_default(),
            q.serial.clone().unwrap_or_default(),
            q.subject.clone(),
            if q.read_before { "by a predecessor" } else { "by nobody" }.to_owned(),
        ]
    });
    let more = match queue.more {
        0 => String::new(),
        n => format!("\n{n} more wait behind these."),
    };
    table(["paper", "for", "released", "serial", "subject", "read"], rows) + &more
}

pub(crate) fn copy_offices(copy: &CopyOffices) -> String {
    let copies = match copy.copies {
        0 => "no copy".to_owned(),
        1 => "one copy".to_owned(),
        n => format!("{n} copies (records of one person were merged)"),
    };
    let rows = copy.offices.iter().map(|through| {
        let times = through.times.to_string();
        [through.office.to_string(), times, minute(through.first), minute(through.last)]
    });
    format!(
        "{} holds {copies} of {}.\n\n{}",
        copy.person,
        copy.paper,
        table(["opened through", "times", "first", "last"], rows)
    )
}

pub(crate) fn handover(certificate: &HandoverCertificate, file: &Path) -> String {
    let handover = certificate.handover();
    let held = handover.papers.iter().filter(|p| !p.copies_of_leaver.is_empty()).count();
    let confirmed = if certificate.is_confirmed() {
        format!("confirmed by {}", handover.to)
    } else {
        format!("not yet confirmed; next: chancery office handover confirm {}", file.display())
    };
    let text = format!(
        "{}: handed over from {} to {} at {}; {} papers, of {held} of which {} holds a copy; {} open actions; {confirmed}.",
        handover.office,
        handover.from,
        handover.to,
        minute(handover.at),
        handover.papers.len(),
        handover.from,
        handover.open_actions.len()
    );
    format!("{}\nThe certificate verifies: {}", wrapped(&text, ""), file.display())
}

pub(crate) fn event(event: AccreditationEvent) -> String {
    match event {
        AccreditationEvent::Asked => "agrément asked".to_owned(),
        AccreditationEvent::Granted => "agrément given".to_owned(),
        AccreditationEvent::Refused => "agrément refused".to_owned(),
        AccreditationEvent::Presented => "credentials presented".to_owned(),
        AccreditationEvent::Ended => "end of function notified".to_owned(),
        AccreditationEvent::Stance(stance, source) => {
            format!("{} ({})", word::<Stance>(&stance), word::<Source>(&source))
        }
    }
}

pub(crate) fn accreditations(all: &[ShownAccreditation]) -> String {
    if all.is_empty() {
        return "None.".to_owned();
    }
    let mut out = String::new();
    for there in all {
        let office = if there.in_office { "holds" } else { "does not hold" };
        out.push_str(&format!(
            "{} to {}, sent by {}: {}. {} {office} {} now.\n",
            there.person, there.state, there.office, there.function, there.person, there.office
        ));
        if let Some((day, stance, source)) = there.stance {
            out.push_str(&format!(
                "The host’s stance since {day}: {} ({}). It changes neither tenure nor access.\n",
                word(&stance),
                word(&source)
            ));
        }
        let rows = there.events.iter().map(|e| {
            [
                e.day.to_string(),
                event(e.event),
                e.leaf.to_string(),
                e.note.clone().unwrap_or_default(),
            ]
        });
        out.push_str(&format!("\n{}\n\n", table(["day", "what", "entry", "note"], rows)));
    }
    out
}
