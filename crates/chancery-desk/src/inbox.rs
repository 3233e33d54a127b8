//! The reading list: released papers addressed to the offices that a person holds now.
//!
//! Unread papers first, each sort newest first. A page costs what it shows, not what the archive holds: it
//! is read off one index from its end, and only its own headings are unsealed.

use std::cmp::Reverse;
use std::fmt;
use std::str::FromStr;

use chancery_domain::rules::Act;
use chancery_domain::{Addressed, Handle, PaperKind, Precedence};
use chancery_store::{Listing, Newest, OfficeId, PaperId, Tx};
use jiff::Timestamp;
use serde::Serialize;

use crate::access::Asker;
use crate::papers::reference;
use crate::registry::known_person;
use crate::{Archive, DeskError};

/// Most papers of one page.
pub const MAX_PAGE: u32 = 500;

/// A page of a reading list.
#[derive(Clone, Debug, Serialize)]
pub struct Inbox {
    /// The papers, unread first, newest first.
    pub papers: Vec<InboxPaper>,
    /// Where the next page goes on; none on the last.
    pub next: Option<String>,
}

/// A paper of a reading list.
#[derive(Clone, Debug, Serialize)]
pub struct InboxPaper {
    /// Reference.
    pub paper: String,
    /// What sort of paper it is.
    pub kind: PaperKind,
    /// Whether the person has opened it.
    pub read: bool,
    /// The person's office to which it is addressed.
    pub office: Handle,
    /// How that office is addressed.
    pub addressed: Addressed,
    /// Originating office.
    pub from: Handle,
    /// Its number.
    pub serial: Option<String>,
    /// When it was released.
    pub released: Timestamp,
    /// The precedence for this office.
    pub precedence: Option<Precedence>,
    /// When it must have been dealt with.
    pub due: Option<Timestamp>,
    /// Marking.
    pub label: String,
    /// Subject.
    pub subject: String,
    /// What later papers did to it.
    pub notices: Vec<String>,
}

/// Where a page begins: after a paper, among the unread or the read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Cursor {
    read: bool,
    after: Option<(Timestamp, PaperId)>,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (at, id) = self.after.map_or((0, 0), |(at, id)| (at.as_millisecond(), id.0));
        write!(f, "{}{at}.{id}", if self.read { 'r' } else { 'u' })
    }
}

impl FromStr for Cursor {
    type Err = DeskError;

    fn from_str(text: &str) -> Result<Self, DeskError> {
        let read = text.starts_with('r');
        let after = text.strip_prefix(['r', 'u']).and_then(|rest| rest.split_once('.'));
        let after = after.and_then(|(at, id)| {
            let at = Timestamp::from_millisecond(at.parse().ok()?).ok()?;
            Some((at, PaperId(id.parse().ok()?)))
        });
        match after {
            Some(after) => Ok(Self { read, after: Some(after) }),
            None => Err(DeskError::Input(
                "--before takes what the page before ends with, such as u1700000000000.12".into(),
            )),
        }
    }
}

impl Archive {
    /// A page of at most `limit` papers of a person's reading list.
    ///
    /// # Errors
    /// When there is no such person, or `before` is not what an earlier page gave.
    pub async fn inbox(
        &self,
        who: &Handle,
        limit: u32,
        before: Option<&str>,
    ) -> Result<Inbox, DeskError> {
        let limit = limit.clamp(1, MAX_PAGE);
        let start: Cursor = before.map_or(Ok(Cursor::default()), str::parse)?;
        let mut tx = self.store.begin().await?;
        let person = known_person(&mut tx, who).await?;
        let asker = self.asker(&mut tx, person).await?;
        let now = self.now_in(&mut tx).await?;
        let held = asker.postings.iter().filter(|p| p.holds_at(now)).map(|p| *p.office());
        let mut offices: Vec<OfficeId> = held.collect();
        offices.sort_unstable();
        offices.dedup();
        let size = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut page: Vec<(Cursor, InboxPaper)> = Vec::new();
        for read in [false, true] {
            if start.read && !read {
                continue;
            }
            let mut after = if read == start.read { start.after } else { None };
            // One more than the page, to know whether there is another page.
            while page.len() <= size {
                let want = limit + 1 - u32::try_from(page.len()).unwrap_or(limit);
                let mut lines = Vec::new();
                for &office in &offices {
                    let newest = Newest { office, person, read, after, limit: want };
                    lines.extend(tx.newest(&newest).await?);
                }
                lines.sort_by_key(|l| (Reverse(l.released_at), Reverse(l.paper), l.addressed));
                let all = lines.clone();
                let more = lines.len() >= usize::try_from(want).unwrap_or(usize::MAX);
                lines.truncate(usize::try_from(want).unwrap_or(usize::MAX));
                for line in lines {
                    let at = Some((line.released_at, line.paper));
                    if std::mem::replace(&mut after, at) == at {
                        // The same paper through another office held.
                        continue;
                    }
                    if let Some(paper) = self.inbox_line(&mut tx, &asker, line, &all, read).await? {
                        page.push((Cursor { read, after }, paper));
                    }
                }
                if !more {
                    break;
                }
            }
        }
        let more = page.len() > size;
        page.truncate(size);
        let next = page.last().filter(|_| more).map(|(cursor, _)| cursor.to_string());
        Ok(Inbox { papers: page.into_iter().map(|(_, paper)| paper).collect(), next })
    }

    /// A line of the list; `None` when the person may not read the paper now (an embargo, a house that
    /// shuts cancelled papers).
    async fn inbox_line(
        &self,
        tx: &mut Tx,
        asker: &Asker,
        line: Listing,
        all: &[Listing],
        read: bool,
    ) -> Result<Option<InboxPaper>, DeskError> {
        let Some(row) = tx.paper(line.paper).await? else { return Ok(None) };
        // Of the distribution, the offices held decide; they are all in the lists.
        let mine = all.iter().filter(|l| l.paper == line.paper);
        let mine: Vec<(OfficeId, Addressed)> = mine.map(|l| (l.office, l.addressed)).collect();
        let gathered = self.gather_for(tx, &row, mine.clone()).await?;
        let now = self.now_in(tx).await?;
        let held = (asker.postings.as_slice(), &asker.reader);
        let Ok(office) = gathered.decide(Act::Read, asker.person, held, &row, now) else {
            return Ok(None);
        };
        let head = self.head(&row)?;
        let addressed = mine.iter().find(|(o, _)| *o == office).map_or(line.addressed, |(_, a)| *a);
        let precedence = match addressed {
            Addressed::Info => head.info.or(head.action),
            Addressed::Origin | Addressed::Action => head.action,
        };
        let notices = self.notices(tx, row.id).await?;
        Ok(Some(InboxPaper {
            paper: reference(row.id),
            kind: row.kind,
            read,
            office: tx.office_handle(office).await?,
            addressed,
            from: tx.office_handle(row.office).await?,
            serial: head.number.clone().or_else(|| Some(row.serial?.of(row.kind))),
            released: line.released_at,
            precedence,
            due: head.due,
            label: head.label.to_string(),
            subject: head.subject.clone(),
            notices: notices.iter().map(ToString::to_string).collect(),
        }))
    }
}

#[cfg(test)]
mod tests;
