//! A copy on the screen: the same copy as every other form of it, with its parts apart, for a page to set.

use chancery_domain::{Handle, rules};
use serde::Serialize;

use crate::copies::Format;
use crate::papers::reference;
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
        let row = self.find_paper(&mut act.tx, paper).await?;
        let person = known_person(&mut act.tx, reader).await?;
        let office = self.permit(&mut act.tx, rules::Act::Read, person, &row).await?;
        let released = self.released(&mut act.tx, row).await?;
        let opened = async {
            act.watch(&released, person, office).await?;
            let (copy, paragraphs) = act.prepare(&released, person, &mut None).await?;
            let leaf = act.enter_opening(&released, &copy, office, Format::Screen).await?;
            Ok((paragraphs, leaf))
        }
        .await;
        let (paragraphs, leaf) = match opened {
            Ok(opened) => opened,
            Err(refused) => {
                if DeskError::is_kept(&refused) {
                    act.commit().await?;
                }
                return Err(refused);
            }
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
}
