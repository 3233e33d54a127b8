//! A copy on the screen: the same copy as every other form of it, with its parts apart, for a page to set,
//! or as its typeset pages.

use chancery_domain::{Handle, rules};
use chancery_page::Drawing;
use chancery_store::{OfficeId, PersonId};
use serde::Serialize;

use crate::copies::{Format, unread};
use crate::ledger::Act;
use crate::page::{PageCopy, page_drawings};
use crate::papers::{Released, reference};
use crate::registry::known_person;
use crate::{Archive, DeskError};

/// A reader's copy, to be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScreenCopy {
    /// The paper.
    pub paper: String,
    /// The office through which it was opened.
    pub office: Handle,
    /// Entry of the record.
    pub leaf: u64,
    /// How often its reader has opened it, this time included.
    pub times: u32,
    /// Marking.
    pub label: String,
    /// The kind of paper, where it is no cable.
    pub title: Option<String>,
    /// Subject.
    pub subject: String,
    /// What later papers did to this one, as sentences.
    pub notices: Vec<String>,
    /// The heading, such as (`FROM`, `ostrey-embassy`).
    pub lines: Vec<(String, String)>,
    /// The text with this reader's readings in it.
    pub paragraphs: Vec<ScreenParagraph>,
    /// Signature.
    pub signed: Option<String>,
}

/// A paragraph of a copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScreenParagraph {
    /// Its number, where the paper numbers its paragraphs.
    pub number: Option<u32>,
    /// Its portion mark.
    pub mark: Option<String>,
    /// Its text.
    pub text: String,
}

/// A reader's copy as typeset pages, to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct PagesCopy {
    /// The paper.
    pub paper: String,
    /// Entry of the record.
    pub leaf: u64,
    /// How often its reader has opened it, this time included.
    pub times: u32,
    /// Marking.
    pub label: String,
    /// Subject.
    pub subject: String,
    /// The pages.
    pub pages: Vec<Drawing>,
}

impl Archive {
    /// Opens a paper on the screen of `reader`: as [`Archive::open_copy`], with the parts apart.
    ///
    /// # Errors
    /// When the reader may not have it now, or the rendering does not decode to its own row.
    pub async fn open_on_screen(
        &self,
        paper: &str,
        reader: &Handle,
    ) -> Result<ScreenCopy, DeskError> {
        let mut act = self.act().await?;
        let (released, person, office) = act.admit(paper, reader).await?;
        let opened = async {
            act.watch(&released, person, office).await?;
            let (copy, paragraphs) = act.prepare(&released, person, &mut None).await?;
            let leaf = act.enter_opening(&released, &copy, office, Format::Screen).await?;
            Ok((paragraphs, leaf))
        }
        .await;
        let (paragraphs, leaf) = match opened {
            Ok(opened) => opened,
            Err(refused) => return Err(act.refused(refused).await?),
        };
        let sheet = self.sheet(&mut act.tx, &released, office).await?;
        let times = act.tx.times_read(released.id, person).await?;
        let office = act.tx.office_handle(office).await?;
        act.commit().await?;
        let head = &released.head;
        let mut number = 0;
        let paragraphs = paragraphs.into_iter().enumerate().filter(|(_, t)| !t.trim().is_empty());
        let paragraphs = paragraphs.map(|(at, text)| {
            number += 1;
            ScreenParagraph {
                number: head.numbered.then_some(number),
                mark: head.portions.get(at).cloned().flatten(),
                text,
            }
        });
        Ok(ScreenCopy {
            paper: reference(released.id),
            office,
            leaf,
            times,
            label: sheet.label,
            title: sheet.title,
            subject: sheet.subject,
            notices: sheet.notices,
            lines: sheet.lines.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            paragraphs: paragraphs.collect(),
            signed: sheet.signed,
        })
    }

    /// Opens a paper on the screen of `reader` as its typeset pages, which bear the marks of their layout as
    /// well: a photograph of the screen tells whose it was.
    ///
    /// # Errors
    /// As [`Archive::open_on_screen`]; when the paper was released for other pages than this program makes.
    pub async fn open_as_pages(
        &self,
        paper: &str,
        reader: &Handle,
    ) -> Result<PagesCopy, DeskError> {
        let mut act = self.act().await?;
        let (released, person, office) = act.admit(paper, reader).await?;
        let sheet = self.sheet(&mut act.tx, &released, office).await?;
        let (label, subject) = (sheet.label.clone(), sheet.subject.clone());
        let opened = async {
            act.watch(&released, person, office).await?;
            let (copy, _) = act.prepare(&released, person, &mut None).await?;
            let pages = match page_drawings(&released, copy.number, sheet)? {
                PageCopy::Good(pages) => pages,
                PageCopy::Unread(site) => {
                    act.refuse(&copy, site).await?;
                    return Err(unread(&released, copy.number, site));
                }
            };
            let leaf = act.enter_opening(&released, &copy, office, Format::Pages).await?;
            Ok((pages, leaf))
        }
        .await;
        let (pages, leaf) = match opened {
            Ok(opened) => opened,
            Err(refused) => return Err(act.refused(refused).await?),
        };
        let times = act.tx.times_read(released.id, person).await?;
        act.commit().await?;
        Ok(PagesCopy { paper: reference(released.id), leaf, times, label, subject, pages })
    }
}

impl Act<'_> {
    /// A paper that a reader may open now, and through which office.
    async fn admit(
        &mut self,
        paper: &str,
        reader: &Handle,
    ) -> Result<(Released, PersonId, OfficeId), DeskError> {
        let archive = self.archive;
        let row = archive.find_paper(&mut self.tx, paper).await?;
        let person = known_person(&mut self.tx, reader).await?;
        let office = archive.permit(&mut self.tx, rules::Act::Read, person, &row).await?;
        Ok((archive.released(&mut self.tx, row).await?, person, office))
    }

    /// Ends an opening that was refused; what the record must know of it is kept.
    async fn refused(self, refused: DeskError) -> Result<DeskError, DeskError> {
        if refused.is_kept() {
            self.commit().await?;
        }
        Ok(refused)
    }
}
