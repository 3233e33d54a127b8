//! The sheet of a copy: what stands around its text, by kind of paper and by whose eyes it is for.
//!
//! In scope: headings, notices, numbers and portion marks. Nothing here is marked, and nothing of it stands
//! in the text that tracing sees.

use chancery_domain::{Addressed, Dtg, PaperKind};
use chancery_store::{OfficeId, PaperRow, Recipient, Tx};

use crate::papers::{Head, Released};
use crate::{Archive, DeskError};

/// What stands around the text of a copy.
#[derive(Default)]
pub(crate) struct Sheet {
    pub(crate) label: String,
    /// The kind of paper, where it is no cable.
    pub(crate) title: Option<String>,
    pub(crate) subject: String,
    /// What later papers did to this one.
    pub(crate) notices: Vec<String>,
    pub(crate) lines: Vec<(&'static str, String)>,
    pub(crate) signed: Option<String>,
    /// Whether its pages show which copy it is.
    pub(crate) copy_line: bool,
}

impl Archive {
    /// The sheet of a paper as a holder of `office` sees it.
    pub(crate) async fn sheet(
        &self,
        tx: &mut Tx,
        paper: &Released,
        office: OfficeId,
    ) -> Result<Sheet, DeskError> {
        let (row, head) = (&paper.row, &paper.head);
        let notices = self.notices(tx, row.id).await?;
        // An imported paper that names no sender bears what is written on it and no more.
        let bare = head.source_id.is_some() && head.from.is_empty();
        let circle = if bare { Circle::default() } else { circle(tx, row, Some(office)).await? };
        let from = match head.from.trim() {
            "" if bare => String::new(),
            "" => tx.office_handle(row.office).await?.to_string(),
            from => from.to_owned(),
        };
        let mut sheet = Sheet {
            label: head.label.to_string(),
            title: title(row.kind, head),
            subject: head.subject.clone(),
            notices: notices.iter().map(|n| format!("This paper is {n}.")).collect(),
            lines: Vec::new(),
            signed: head.signed.clone(),
            copy_line: self.house(tx).await?.copy_line,
        };
        let as_written =
            |own: String| if row.book || head.to.is_empty() { own } else { head.to.clone() };
        sheet.line("FROM", &from);
        match &head.addressee {
            Some(addressee) => {
                sheet.line("TO", addressee);
                sheet.line("COPIES", &circle.action);
            }
            None => sheet.line("TO", &as_written(circle.action)),
        }
        sheet.line("INFO", &circle.info);
        sheet.line("XMT", &circle.exempted);
        let serial = row.serial.map(|serial| serial.of(row.kind));
        sheet.line("NUMBER", head.number.as_deref().or(serial.as_deref()).unwrap_or_default());
        match &head.date {
            Some(date) => sheet.line("DATE", date),
            None if bare => {}
            None => sheet.instant("DTG", row.released_at),
        }
        sheet.line("PRECEDENCE", &precedence(head));
        sheet.instant("DESKBY", head.due);
        match row.kind {
            PaperKind::Statement => sheet.instant("PUBLIC FROM", row.lifts),
            _ => sheet.instant("EMBARGO", row.lifts),
        }
        let tags: Vec<&str> = head.tags.iter().map(chancery_domain::Tag::as_str).collect();
        sheet.line("TAGS", &tags.join(", "));
        sheet.line("REF", &references(head));
        sheet.line("SUBJECT", &head.subject);
        Ok(sheet)
    }
}

impl Sheet {
    fn line(&mut self, name: &'static str, value: &str) {
        if !value.trim().is_empty() {
            self.lines.push((name, value.split_whitespace().collect::<Vec<_>>().join(" ")));
        }
    }

    fn instant(&mut self, name: &'static str, at: Option<jiff::Timestamp>) {
        if let Some(at) = at {
            self.lines.push((name, Dtg::utc(at).to_string()));
        }
    }
}

/// Who gets a paper, as one office may see it.
#[derive(Default)]
pub(crate) struct Circle {
    pub(crate) action: String,
    pub(crate) info: String,
    pub(crate) exempted: String,
}

/// The circle of a paper, as a holder of `office` sees it: of a book distribution, its originating office
/// sees all, every other office itself alone, and outsiders nobody.
pub(crate) async fn circle(
    tx: &mut Tx,
    row: &PaperRow,
    office: Option<OfficeId>,
) -> Result<Circle, DeskError> {
    let all = tx.recipients(row.id).await?;
    let hidden = row.book && office != Some(row.office);
    let names = |addressed: Addressed| -> Vec<String> {
        let mine = |r: &&Recipient| {
            r.addressed == addressed
                && if hidden { Some(r.office) == office } else { r.via.is_none() }
        };
        all.iter().filter(mine).map(|r| r.handle.to_string()).collect()
    };
    let (mut action, mut info) = (names(Addressed::Action), names(Addressed::Info));
    let mut exempted = Vec::new();
    if !hidden {
        let names = tx.collectives().await?;
        for (id, addressed) in tx.addressed_collectives(row.id).await? {
            let name = names.iter().find(|(c, _)| *c == id).map(|(_, handle)| handle.to_string());
            let list = if addressed == Addressed::Action { &mut action } else { &mut info };
            list.extend(name);
        }
        for office in tx.exempted(row.id).await? {
            exempted.push(tx.office_handle(office).await?.to_string());
        }
    }
    Ok(Circle { action: action.join(", "), info: info.join(", "), exempted: exempted.join(", ") })
}

/// What stands above a paper that is no cable.
fn title(kind: PaperKind, head: &Head) -> Option<String> {
    let meeting = head.meeting.map(|day| day.strftime("%-d %B %Y").to_string());
    match kind {
        PaperKind::Cable => None,
        PaperKind::Letter => Some("LETTER".to_owned()),
        PaperKind::Statement => Some("STATEMENT".to_owned()),
        PaperKind::Report => Some("REPORT".to_owned()),
        PaperKind::Minute => {
            let day = meeting.unwrap_or_default();
            Some(format!("MINUTE OF THE MEETING OF {}", day.to_uppercase()))
        }
        PaperKind::BoardPaper => {
            let day = meeting.map(|day| format!(", MEETING OF {}", day.to_uppercase()));
            let item = head.item.as_deref().unwrap_or_default();
            Some(format!("BOARD PAPER, ITEM {item}{}", day.unwrap_or_default()))
        }
    }
}

/// Precedence as written, or as chosen: `IMMEDIATE`, `IMMEDIATE, INFO ROUTINE`.
pub(crate) fn precedence(head: &Head) -> String {
    if !head.precedence.is_empty() {
        return head.precedence.join(", ");
    }
    let action = head.action.map(|p| p.word().to_owned());
    let info = head.info.map(|p| format!("INFO {p}"));
    action.into_iter().chain(info).collect::<Vec<_>>().join(", ")
}

/// `A. P12, ostrey-embassy TELNO 41 of 2032; B. ...`.
pub(crate) fn references(head: &Head) -> String {
    if let Some(text) = &head.ref_text {
        return text.clone();
    }
    let letters = ('A'..='Z').map(String::from).chain((27..).map(|n: u32| n.to_string()));
    let lines = letters.zip(&head.refs).map(|(l, r)| format!("{l}. {}, {}", r.paper, r.shown));
    lines.collect::<Vec<_>>().join("; ")
}

/// Paragraphs with their numbers and portion marks before them.
pub(crate) fn dressed(head: &Head, paragraphs: &[String]) -> Vec<String> {
    let mut number = 0;
    let dress = |(at, text): (usize, &String)| {
        if text.trim().is_empty() {
            return text.clone();
        }
        number += 1;
        let mark = head.portions.get(at).and_then(Option::as_deref);
        let mark = mark.map(|mark| format!("({mark}) ")).unwrap_or_default();
        let number = if head.numbered { format!("{number}. ") } else { String::new() };
        format!("{number}{mark}{text}")
    };
    paragraphs.iter().enumerate().map(dress).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_marks_stand_before_the_text() {
        let portions = vec![Some("S".to_owned()), None, Some("U".to_owned())];
        let text = ["One.".to_owned(), String::new(), "Two.".to_owned()];
        let head = Head { numbered: true, portions, ..Head::default() };
        assert_eq!(dressed(&head, &text), ["1. (S) One.", "", "2. (U) Two."]);
        assert_eq!(dressed(&Head::default(), &text), text);
    }
}
