//! Postings, vacancies, handovers and readers as tables.

use chancery_desk::{Certificate, Handovers, ListedPosting, OfficeOn, PaperReaders, Vacancy};
use chancery_domain::{Capacity, Care, Day, End, Handle, Term};
use console::style;

use super::tenure::word;
use super::{table, wrapped};

pub(crate) fn postings(all: &[ListedPosting]) -> String {
    let rows = all.iter().map(|p| {
        let mut note = p.note.clone().unwrap_or_default();
        if p.overlap {
            note = format!("beyond the seats {note}");
        }
        [
            p.person.to_string(),
            p.office.to_string(),
            capacity(p.capacity).to_owned(),
            from(&p.term),
            until(&p.term),
            note,
        ]
    });
    table(["person", "office", "capacity", "from", "until", "note"], rows)
}

pub(crate) fn office_on(there: &OfficeOn) -> String {
    let (office, day) = (&there.office, there.day);
    let mut out = match there.care {
        Care::Holder => format!("{office} was held on {day}.\n"),
        care => format!("{office} was vacant on {day}; {}.\n", in_care(care)),
    };
    if !there.holders.is_empty() {
        out.push_str(&format!("\n{}\n", postings(&there.holders)));
    }
    if !there.in_doubt.is_empty() {
        out.push_str(&format!(
            "\nPerhaps, for a day is not known exactly:\n{}\n",
            postings(&there.in_doubt)
        ));
    }
    out
}

pub(crate) fn vacancies(all: &[Vacancy]) -> String {
    let rows = all.iter().map(|v| {
        let care = in_care(v.care);
        [
            v.office.to_string(),
            v.since.map(|day| day.to_string()).unwrap_or_default(),
            v.last.as_ref().map(ToString::to_string).unwrap_or_default(),
            v.reason.map(|reason| word(&reason)).unwrap_or_default(),
            if v.in_doubt { format!("{care}, perhaps held") } else { care.to_owned() },
            names(&v.by),
            v.next.as_ref().map(|(who, day)| format!("{who}, {day}")).unwrap_or_default(),
        ]
    });
    table(["office", "vacant since", "last", "reason", "care", "by", "next"], rows)
}

pub(crate) fn handovers(all: &Handovers) -> String {
    let Some(gaps) = &all.gaps else { return "No handovers of chiefs of mission.".to_owned() };
    let rows = all.overlaps.iter().map(|o| {
        [
            o.office.to_string(),
            o.from.to_string(),
            o.to.to_string(),
            o.taken.to_string(),
            o.vacated.to_string(),
        ]
    });
    format!(
        "{} handovers of chiefs of mission{}. Days between two chiefs: median {}, one in ten at most {}, nine in ten at most {}.\n{} overlaps:\n\n{}",
        gaps.count,
        all.since.map(|year| format!(" since {year}")).unwrap_or_default(),
        gaps.median,
        gaps.tenth,
        gaps.ninetieth,
        gaps.overlaps,
        table(["office", "left", "followed", "took up on", "other until"], rows)
    )
}

pub(crate) fn readers(all: &PaperReaders) -> String {
    let entitled = all
        .entitled
        .iter()
        .map(|r| [r.person.to_string(), r.office.to_string(), capacity(r.capacity).to_owned()]);
    let readings = all.readings.iter().map(|r| {
        [
            r.person.to_string(),
            r.office.to_string(),
            r.at.to_string(),
            r.format.clone(),
            r.leaf.to_string(),
        ]
    });
    let mut out = format!(
        "Could read {} on {}:\n{}\n\n",
        all.paper,
        all.day,
        table(["person", "through", "capacity"], entitled)
    );
    if !all.in_doubt.is_empty() {
        let names = names(&all.in_doubt);
        out.push_str(&wrapped(&format!("Counted, though without access: {names}."), ""));
        out.push_str("\n\n");
    }
    out.push_str("Did read it:\n");
    out.push_str(&table(["person", "through", "when", "as", "entry"], readings));
    out
}

pub(crate) fn certificate(certificate: &Certificate) -> String {
    format!(
        "{} {}\n{}",
        style("✓").green().bold(),
        wrapped(certificate.statement(), ""),
        style(format!("As the record had it at {}.", certificate.issued())).dim()
    )
}

fn names(all: &[Handle]) -> String {
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

const fn capacity(capacity: Capacity) -> &'static str {
    match capacity {
        Capacity::Substantive => "substantive",
        Capacity::Acting => "acting",
        Capacity::Charge => "charge",
        Capacity::Delegate => "delegate",
    }
}

const fn in_care(care: Care) -> &'static str {
    match care {
        Care::Holder => "held",
        Care::Acting => "somebody is acting",
        Care::Charge => "a chargé d’affaires keeps it",
        Care::Delegate => "a deputy acts by delegation",
        Care::Nobody => "in nobody’s care",
    }
}

fn from(term: &Term) -> String {
    match (term.start, term.planned_start) {
        (Some(day), _) => day.to_string(),
        (None, Some(planned)) => format!("unknown (appointed {planned})"),
        (None, None) => "unknown".to_owned(),
    }
}

fn until(term: &Term) -> String {
    let day: fn(Day) -> String = |day| day.to_string();
    match (term.end, term.cut, term.planned_end) {
        (End::On(_), Some(cut), _) => cut.to_string(),
        (End::On(end), None, _) => day(end),
        (End::Unknown, ..) => "unknown".to_owned(),
        (End::Open, _, Some(planned)) => format!("planned {planned}"),
        (End::Open, _, None) => String::new(),
    }
}
