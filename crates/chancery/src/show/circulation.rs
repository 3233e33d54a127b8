//! Acts on papers, their history, reading lists, collectives, house rules.

use chancery_desk::{Acted, Deed, Inbox, ShownCollective, ShownDeed};
use chancery_domain::{Addressed, Dtg, Handle, House};
use console::style;

use super::table;

/// Names with commas.
pub(crate) fn list(names: &[Handle]) -> String {
    names.iter().map(Handle::as_str).collect::<Vec<_>>().join(", ")
}

const fn word(deed: Deed) -> &'static str {
    match deed {
        Deed::Drafted => "drafted",
        Deed::Asked => "asked",
        Deed::Cleared => "cleared",
        Deed::Refused => "refused",
        Deed::Approved => "approved",
        Deed::Amended => "amended",
        Deed::Withdrawn => "withdrawn",
        Deed::Released => "released",
    }
}

pub(crate) fn acted(acted: &Acted) -> String {
    let voided = if acted.voided { " Clearances and approval given before are void." } else { "" };
    format!(
        "{} {} through {}; it is {} now (entry {} of the record).{voided}",
        acted.paper,
        match acted.deed {
            Deed::Asked => "sent round for clearance",
            deed => word(deed),
        },
        acted.office,
        acted.state.word(),
        acted.leaf
    )
}

pub(crate) fn history(all: &[ShownDeed]) -> String {
    let rows = all.iter().map(|line| {
        [
            Dtg::utc(line.at).to_string(),
            word(line.deed).to_owned(),
            line.who.to_string(),
            line.office.to_string(),
            line.reason.clone().unwrap_or_default(),
        ]
    });
    table(["when", "what", "who", "office", "reason"], rows)
}

pub(crate) fn inbox(page: &Inbox) -> String {
    let rows = page.papers.iter().map(|p| {
        let mut subject = p.subject.clone();
        for notice in &p.notices {
            subject.push_str(&format!(" [{notice}]"));
        }
        let addressed = match p.addressed {
            Addressed::Action => p.office.to_string(),
            other => format!("{} ({})", p.office, other.word()),
        };
        [
            if p.read { String::new() } else { "new".to_owned() },
            p.paper.clone(),
            p.precedence.map(|p| p.to_string()).unwrap_or_default(),
            p.due.map(|at| Dtg::utc(at).to_string()).unwrap_or_default(),
            p.from.to_string(),
            addressed,
            subject,
            Dtg::utc(p.released).to_string(),
        ]
    });
    let mut out =
        table(["", "paper", "precedence", "due", "from", "for", "subject", "released"], rows);
    if let Some(next) = &page.next {
        out.push_str(&format!("\n\n{}", style(format!("More: --before {next}")).dim()));
    }
    out
}

pub(crate) fn collectives(all: &[ShownCollective]) -> String {
    let rows = all.iter().flat_map(|c| {
        c.members.iter().map(|m| {
            [
                c.collective.to_string(),
                m.office.to_string(),
                m.from.to_string(),
                m.until.map(|day| day.to_string()).unwrap_or_default(),
            ]
        })
    });
    table(["collective", "office", "from", "until"], rows)
}

pub(crate) fn house(rules: &House) -> String {
    let custodian = rules.custodian.as_ref();
    let rows = [
        [
            "self_release".to_owned(),
            rules.self_release.to_string(),
            "whether a drafter may approve and release alone".to_owned(),
        ],
        [
            "cancelled_readable".to_owned(),
            rules.cancelled_readable.to_string(),
            "whether cancelled papers can still be opened".to_owned(),
        ],
        [
            "custodian".to_owned(),
            custodian.map_or_else(|| "none".to_owned(), ToString::to_string),
            "the office that keeps these rules and the collectives; while none is named, anyone may"
                .to_owned(),
        ],
        [
            "inquiries.yearly_alpha".to_owned(),
            chancery_desk::level(rules.inquiries.yearly_alpha),
            "the most that the levels of a year's inquiries may add up to".to_owned(),
        ],
        [
            "inquiries.per_paper".to_owned(),
            rules.inquiries.per_paper.to_string(),
            "the most looks at one paper in a year".to_owned(),
        ],
        [
            "inquiries.notice_days".to_owned(),
            rules.inquiries.notice_days.to_string(),
            "days after its end at which readers of the papers are told of an inquiry".to_owned(),
        ],
        [
            "webhooks_inside".to_owned(),
            rules.webhooks_inside.to_string(),
            "whether webhooks may go to addresses inside the house's own network".to_owned(),
        ],
        [
            "prove_from".to_owned(),
            rules.prove_from.clone().unwrap_or_else(|| "none".to_owned()),
            "the classification from which on a paper is opened in the browser only with a fresh proof of who one is"
                .to_owned(),
        ],
        [
            "copy_line".to_owned(),
            rules.copy_line.to_string(),
            "whether every page of a copy shows which copy it is".to_owned(),
        ],
    ];
    table(["rule", "is", "meaning"], rows)
}
