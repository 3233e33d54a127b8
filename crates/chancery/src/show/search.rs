//! What was found, saved searches, alarms.

use chancery_desk::{Found, ListedAlarm, SavedSearch};
use chancery_domain::watch::Watch;
use console::style;

use super::{table, wrapped};

pub(crate) fn found(found: &Found) -> String {
    let rows = found.hits.iter().map(|hit| {
        [
            hit.paper.clone(),
            hit.date.map(|d| d.to_string()).unwrap_or_default(),
            hit.office.clone(),
            hit.label.clone(),
            hit.subject.clone(),
            hit.hits.to_string(),
        ]
    });
    let mut out = table(["paper", "date", "office", "label", "subject", "places"], rows);
    if found.found > found.hits.len() {
        out.push_str(&format!("\n{} of {} papers; see --limit.", found.hits.len(), found.found));
    }
    for hit in found.hits.iter().filter(|hit| !hit.excerpts.is_empty()) {
        out.push_str(&format!("\n\n{}\n", style(&hit.paper).bold()));
        let excerpts: Vec<String> = hit.excerpts.iter().map(|e| wrapped(e, "  ")).collect();
        out.push_str(&excerpts.join("\n"));
    }
    out
}

pub(crate) fn saved_searches(all: &[SavedSearch]) -> String {
    let rows = all.iter().map(|s| {
        let last = s.last_run.map_or_else(|| "never".to_owned(), |at| format!("{at:.0}"));
        [s.name.clone(), s.query.clone(), last]
    });
    table(["name", "query", "last run"], rows)
}

pub(crate) fn alarms(all: &[ListedAlarm]) -> String {
    let rows = all.iter().map(|a| {
        [
            format!("{:.0}", a.at),
            a.alarm.rule.name().to_owned(),
            a.sentence.clone(),
            a.leaf.to_string(),
        ]
    });
    table(["when", "rule", "what was seen", "entry"], rows)
}

pub(crate) fn watch_rules(watch: &Watch) -> String {
    let office =
        watch.office.as_ref().map_or_else(|| "nobody (name an office)".into(), ToString::to_string);
    let limit = |n: u32| if n == 0 { "off".to_owned() } else { n.to_string() };
    let rows = [
        ("office", office, "whose holders see alarms"),
        ("hour", limit(watch.hour), "openings within 60 minutes"),
        ("day", limit(watch.day), "openings within 24 hours"),
        ("breadth_papers", limit(watch.breadth_papers), "different papers within 7 days"),
        ("breadth_offices", limit(watch.breadth_offices), "offices of origin within 7 days"),
        ("breadth_percent", watch.breadth_percent.to_string(), "of one's own usual week, if more"),
        ("elsewhere_papers", limit(watch.elsewhere_papers), "papers out of area within 28 days"),
        ("elsewhere_percent", watch.elsewhere_percent.to_string(), "and this share of all"),
        (
            "archive_age",
            watch.archive_age.to_string(),
            "days after which a paper is of the archive",
        ),
        ("archive_papers", limit(watch.archive_papers), "papers of the archive within 28 days"),
        ("block_at", limit(watch.block_at), "of them within 24 hours: further ones are refused"),
    ];
    let rows = rows.map(|(name, value, what)| [name.to_owned(), value, what.to_owned()]);
    table(["rule", "limit", ""], rows)
}
