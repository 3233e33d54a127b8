//! Copies: opening a paper as one person, and exporting one file a reader.
//!
//! # What a crash leaves
//! A copy's number, its entries and the opening are committed before its text leaves this module. A crash
//! before that leaves neither; a crash after it leaves a recorded opening whose text may never have been
//! read. The person's copy is the same when it is opened again.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use chancery_code::CopyTree;
use chancery_domain::{Handle, rules};
use chancery_store::{OfficeId, PersonId, ReadingRow, Tx};
use chancery_text::extract::ReadOptions;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::archive::{decode, encode};
use crate::binding::CopyRow;
use crate::ledger::{Act, Body};
use crate::outside::random;
use crate::page::{PageCopy, page_copy};
use crate::papers::{Released, reference};
use crate::registry::known_person;
use crate::release::render;
use crate::sheet::{Sheet, dressed};
use crate::{Archive, DeskError};

/// In which form a copy is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Plain text, UTF-8.
    Txt,
    /// A page of its own.
    Html,
    /// Typeset pages, tagged.
    Pdf,
    /// A picture of the typeset pages, one below the other.
    Png,
    /// A drawing of the typeset pages, one below the other.
    Svg,
    /// The plain text, of which a search shows a few words.
    Excerpt,
    /// On the screen of the reading room.
    Screen,
    /// Typeset pages on the screen of the reading room.
    Pages,
}

impl Format {
    /// The media type of its files.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Txt | Self::Excerpt | Self::Screen => "text/plain",
            Self::Html => "text/html",
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Svg | Self::Pages => "image/svg+xml",
        }
    }

    /// The file name's ending.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Txt | Self::Excerpt | Self::Screen => "txt",
            Self::Html => "html",
            Self::Pdf => "pdf",
            Self::Png => "png",
            Self::Svg | Self::Pages => "svg",
        }
    }
}

/// A copy that was rendered, and where it is recorded.
#[derive(Clone, Debug, Serialize)]
pub struct Rendered {
    /// The paper.
    pub paper: String,
    /// The office through which it was opened.
    pub office: String,
    /// Entry of the record.
    pub leaf: u64,
    /// The copy itself.
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

/// What an export wrote.
#[derive(Clone, Debug, Serialize)]
pub struct Exported {
    /// The paper.
    pub paper: String,
    /// Files written.
    pub files: usize,
    /// The folder.
    pub folder: PathBuf,
}

impl Archive {
    /// Opens a paper as `reader`: mints the copy at the first time, records the opening, renders.
    ///
    /// # Errors
    /// When the reader may not have it today, or the rendering does not decode to its own row.
    pub async fn open_copy(
        &self,
        paper: &str,
        reader: &Handle,
        format: Format,
    ) -> Result<Rendered, DeskError> {
        let mut act = self.act().await?;
        let row = self.find_paper(&mut act.tx, paper).await?;
        let person = known_person(&mut act.tx, reader).await?;
        let office = self.permit(&mut act.tx, rules::Act::Read, person, &row).await?;
        let released = self.released(&mut act.tx, row).await?;
        let offices = act.tx.offices().await?;
        let opened = act.open(&released, person, office, format).await;
        if opened.as_ref().map_or_else(DeskError::is_kept, |_| true) {
            act.commit().await?;
        }
        let (bytes, leaf) = opened?;
        let office = offices
            .iter()
            .find(|(id, ..)| *id == office)
            .map(|(_, handle, _)| handle.to_string())
            .unwrap_or_default();
        Ok(Rendered { paper: reference(released.id), office, leaf, bytes })
    }

    /// Whether a reader may open a paper today. Records nothing.
    ///
    /// # Errors
    /// When paper or reader are unknown.
    pub async fn may_open(&self, paper: &str, reader: &Handle) -> Result<bool, DeskError> {
        let mut tx = self.store.begin().await?;
        let row = self.find_paper(&mut tx, paper).await?;
        let person = known_person(&mut tx, reader).await?;
        match self.permit(&mut tx, rules::Act::Read, person, &row).await {
            Ok(_) => Ok(true),
            Err(DeskError::Refused(_)) => Ok(false),
            Err(other) => Err(other),
        }
    }

    /// Writes one file for every reader entitled today. One act: all copies are recorded, then written. It puts
    /// every row of the paper into one hand, so outside of exercises it takes two persons of two offices,
    /// and every later finding about the paper names it.
    ///
    /// `progress` is called with (done, of) for each copy.
    ///
    /// # Errors
    /// When the two may not, a copy cannot be rendered or a file not written. Files written before stay;
    /// repeating the command writes the same copies again.
    pub async fn export_copies(
        &self,
        paper: &str,
        format: Format,
        folder: &Path,
        by: Option<(&Handle, &Handle)>,
        mut progress: impl FnMut(usize, usize),
    ) -> Result<Exported, DeskError> {
        let exercise = self.is_exercise().await?;
        let mut act = self.act().await?;
        let row = self.find_paper(&mut act.tx, paper).await?;
        let mut officers = Vec::new();
        match by {
            Some((first, second)) => {
                let one = known_person(&mut act.tx, first).await?;
                let two = known_person(&mut act.tx, second).await?;
                let (own, other) = (act.offices_now(one).await?, act.offices_now(two).await?);
                rules::may_approve(&one, &own, &two, &other)?;
                officers.extend([first, second]);
            }
            None if exercise => {}
            None => {
                return Err(DeskError::Procedure(
                    "all copies in one hand take two persons of two offices: --as PERSON --with PERSON".into(),
                ));
            }
        }
        std::fs::create_dir_all(folder).map_err(DeskError::file(folder))?;
        let today = self.today();
        let persons = self.entitled(&mut act.tx, row.id, today, today).await?;
        let released = self.released(&mut act.tx, row).await?;
        let names = act.tx.persons().await?;
        let mut used = Some(BTreeSet::new());
        let (mut prepared, mut refusal) = (Vec::with_capacity(persons.len()), None);
        for (done, person) in persons.iter().enumerate() {
            // Counted because of a doubt, a cut or an embargo, but not to be read now.
            let office =
                match self.permit(&mut act.tx, rules::Act::Read, *person, &released.row).await {
                    Err(DeskError::Refused(_)) => continue,
                    permitted => permitted?,
                };
            match act.prepare(&released, *person, &mut used).await {
                Ok((copy, paragraphs)) => prepared.push((copy, office, paragraphs)),
                Err(reason @ DeskError::Unread(_)) => refusal = Some(reason),
                Err(other) => return Err(other),
            }
            progress(done + 1, persons.len());
        }
        if let Some(refusal) = refusal {
            // The numbers that were drawn stay; nothing is written.
            act.commit().await?;
            return Err(refusal);
        }
        let fields = [
            ("paper", json!(reference(released.id))),
            ("copies", json!(prepared.len())),
            ("officers", json!(officers)),
        ];
        let leaf = act.enter("copies.exported", fields).await?;
        act.tx.add_bulk_export(released.id, leaf).await?;
        let mut files: Vec<(String, Vec<u8>)> = Vec::with_capacity(prepared.len());
        for (copy, office, paragraphs) in &prepared {
            let bytes = act.written(&released, copy, *office, format, paragraphs).await;
            if bytes.as_ref().is_err_and(DeskError::is_kept) {
                // Nothing is written, and the refusal stays.
                act.commit().await?;
                return Err(bytes.expect_err("an error was just seen"));
            }
            let bytes = bytes?;
            act.enter_opening(&released, copy, *office, format).await?;
            let handle = names.iter().find(|(id, ..)| *id == copy.person).map(|(_, h, _)| h);
            let handle = handle.ok_or_else(|| DeskError::Archive("a person is missing".into()))?;
            files.push((format!("{handle}.{}", format.ending()), bytes));
        }
        act.commit().await?;
        for (name, bytes) in &files {
            crate::files::replace(&folder.join(name), bytes, true)?;
        }
        self.bind_label(paper, folder, &files, format.media_type()).await?;
        Ok(Exported {
            paper: reference(released.id),
            files: files.len(),
            folder: folder.to_owned(),
        })
    }
}

impl Act<'_> {
    /// Watches, prepares and enters one opening; returns the file and its entry.
    ///
    /// # Errors
    /// Those after which [`DeskError::is_kept`] want the act committed all the same.
    pub(crate) async fn open(
        &mut self,
        paper: &Released,
        person: PersonId,
        office: OfficeId,
        format: Format,
    ) -> Result<(Vec<u8>, u64), DeskError> {
        self.watch(paper, person, office).await?;
        let (copy, paragraphs) = self.prepare(paper, person, &mut None).await?;
        let bytes = self.written(paper, &copy, office, format, &paragraphs).await?;
        let leaf = self.enter_opening(paper, &copy, office, format).await?;
        Ok((bytes, leaf))
    }

    /// Mints (once) and renders a person's copy and reads it back. A copy that does not read back is
    /// refused, and its number and refusal are entered: nothing is ever drawn again.
    ///
    /// `used` caches the numbers taken while many copies of one paper are opened in one act.
    pub(crate) async fn prepare(
        &mut self,
        paper: &Released,
        person: PersonId,
        used: &mut Option<BTreeSet<u32>>,
    ) -> Result<(CopyRow, Vec<String>), DeskError> {
        let copy = match self.archive.copy_of(&mut self.tx, paper.id, person).await? {
            Some(copy) => copy,
            None => self.mint(paper, person, used).await?,
        };
        let key = paper.key.copy_key(copy.number);
        let paragraphs = render(&paper.master, &paper.laws, &key);
        match self_check(paper, copy.number, &paragraphs) {
            Ok(()) => Ok((copy, paragraphs)),
            Err((site, refusal)) => {
                self.refuse(&copy, site).await?;
                Err(refusal)
            }
        }
    }

    /// Enters that a copy was refused, once.
    pub(crate) async fn refuse(&mut self, copy: &CopyRow, site: u32) -> Result<(), DeskError> {
        let mut refused = refused(&mut self.tx).await?;
        if !refused.insert((copy.paper.0, copy.number)) {
            return Ok(());
        }
        self.tx.set_meta(REFUSED, &encode(&refused)).await?;
        self.enter(
            "copy.refused",
            [
                ("paper", json!(reference(copy.paper))),
                ("copy", json!(copy.number)),
                ("site", json!(site)),
            ],
        )
        .await?;
        Ok(())
    }

    /// A copy as the file that its reader gets. Pages are read back before they are given out.
    async fn written(
        &mut self,
        paper: &Released,
        copy: &CopyRow,
        office: OfficeId,
        format: Format,
        paragraphs: &[String],
    ) -> Result<Vec<u8>, DeskError> {
        let sheet = self.archive.sheet(&mut self.tx, paper, office).await?;
        let paragraphs = dressed(&paper.head, paragraphs);
        match format {
            Format::Txt | Format::Excerpt | Format::Screen => {
                Ok(as_text(&sheet, &paragraphs).into_bytes())
            }
            Format::Html => Ok(as_html(&sheet, &paragraphs).into_bytes()),
            Format::Pdf | Format::Png | Format::Svg | Format::Pages => {
                match page_copy(paper, copy.number, sheet, format)? {
                    PageCopy::Good(bytes) => Ok(bytes),
                    PageCopy::Unread(site) => {
                        self.refuse(copy, site).await?;
                        Err(unread(paper, copy.number, site))
                    }
                }
            }
        }
    }

    /// Enters the opening of a copy.
    pub(crate) async fn enter_opening(
        &mut self,
        paper: &Released,
        copy: &CopyRow,
        office: OfficeId,
        format: Format,
    ) -> Result<u64, DeskError> {
        let leaf = self
            .enter(
                "copy.opened",
                [
                    ("paper", json!(reference(paper.id))),
                    ("copy", json!(self.archive.sealed_number(copy)?)),
                    ("office", json!(office)),
                    ("format", json!(format)),
                ],
            )
            .await?;
        let (paper, person, at) = (copy.paper, copy.person, self.now);
        self.tx.add_reading(&ReadingRow { paper, person, office, at, leaf }).await?;
        Ok(leaf)
    }

    async fn mint(
        &mut self,
        paper: &Released,
        person: PersonId,
        used: &mut Option<BTreeSet<u32>>,
    ) -> Result<CopyRow, DeskError> {
        let taken = match used {
            Some(taken) if !taken.is_empty() => taken.clone(),
            _ => {
                let copies = self.archive.copies(&mut self.tx, paper.id).await?;
                copies.iter().map(|c| c.number).collect()
            }
        };
        let free = paper.leaves.saturating_sub(u32::try_from(taken.len()).unwrap_or(u32::MAX));
        if free == 0 {
            return Err(DeskError::Procedure(format!(
                "all {} copy numbers of {} are given out; re-issue the paper",
                paper.leaves,
                reference(paper.id)
            )));
        }
        let number = loop {
            let number = below(paper.leaves);
            if !taken.contains(&number) {
                break number;
            }
        };
        if let Some(used) = used {
            used.extend(taken);
            used.insert(number);
        }
        self.bind(paper.id, person, number).await
    }
}

/// A uniform number below `limit`, by rejection.
fn below(limit: u32) -> u32 {
    let zone = u32::MAX - u32::MAX % limit;
    loop {
        let draw = u32::from_le_bytes(random());
        if draw < zone {
            return draw % limit;
        }
    }
}

/// Fails closed: a copy that does not read back as its own row is never handed out, and never redrawn.
/// The error names the place.
fn self_check(
    paper: &Released,
    number: u32,
    paragraphs: &[String],
) -> Result<(), (u32, DeskError)> {
    let row = chancery_code::symbols(&paper.key.copy_key(number), &paper.laws);
    let read = paper.reader.extract(&paragraphs.join("\n\n"), &ReadOptions::default());
    let wrong = read.sites.iter().find(|site| {
        let at = paper.laws.entries().binary_search_by_key(&site.site, |(id, _)| id.get());
        site.observed.is_some_and(|seen| at.is_ok_and(|at| row[at] != seen))
    });
    match wrong {
        None => Ok(()),
        Some(site) => Err((site.site, unread(paper, number, site.site))),
    }
}

pub(crate) fn unread(paper: &Released, number: u32, site: u32) -> DeskError {
    DeskError::Unread(format!(
        "copy {number} of {} does not read back at place {site}; it was not handed out, and the record says so. Report this: the paper must be re-issued",
        reference(paper.id)
    ))
}

/// Where refused copies are kept: paper and number.
const REFUSED: &str = "copies-refused";

/// The copies that did not read back.
pub(crate) async fn refused(tx: &mut Tx) -> Result<BTreeSet<(i64, u32)>, DeskError> {
    match tx.meta(REFUSED).await? {
        Some(bytes) => decode(&bytes),
        None => Ok(BTreeSet::new()),
    }
}

/// The root of the copy keys that a release committed to; zeros when the entry has none.
pub(crate) fn copies_root(release: &Body) -> [u8; 32] {
    let root = release.fields.get("copies_root").and_then(serde_json::Value::as_str);
    hex::decode(root.unwrap_or_default()).ok().and_then(|b| b.try_into().ok()).unwrap_or_default()
}

/// Checks that the released root is that of the paper key.
pub(crate) fn check_tree(paper: &Released, root: &[u8; 32]) -> Result<(), DeskError> {
    let tree = CopyTree::new(&paper.key, paper.leaves)
        .map_err(|e| DeskError::Record(format!("{}: {e}", reference(paper.id))))?;
    if tree.root() == *root {
        Ok(())
    } else {
        Err(DeskError::Record(format!(
            "the copy keys of {} are not those committed to at release",
            reference(paper.id)
        )))
    }
}

/// The notice that every copy bears.
pub const NOTICE: &str = "This copy was made for its reader alone.";

fn as_text(sheet: &Sheet, paragraphs: &[String]) -> String {
    let label = &sheet.label;
    let mut out = format!("{label}\n\n");
    for line in sheet.title.iter().chain(&sheet.notices) {
        let _ = write!(out, "{line}\n\n");
    }
    for (name, value) in &sheet.lines {
        let _ = writeln!(out, "{:<11}{value}", format!("{name}:"));
    }
    for paragraph in paragraphs {
        let _ = write!(out, "\n{paragraph}\n");
    }
    if let Some(signed) = &sheet.signed {
        let _ = write!(out, "\n{}\n", signed.to_uppercase());
    }
    let _ = write!(out, "\n{NOTICE}\n{label}\n");
    out
}

fn as_html(sheet: &Sheet, paragraphs: &[String]) -> String {
    let label = escape(&sheet.label);
    let subject = escape(&sheet.subject);
    // Set ragged right: a justified line stretches plain spaces only and would show the marks.
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{subject}</title>\n<style>body{{font:1.05rem/1.6 Georgia,serif;max-width:42rem;margin:3rem auto;padding:0 1rem;text-align:left}}.label{{font:600 .85rem/1 system-ui,sans-serif;letter-spacing:.08em;text-align:center}}dt{{float:left;width:8rem;color:#555}}dd{{margin:0 0 0 8rem}}</style>\n</head>\n<body>\n<p class=\"label\">{label}</p>\n"
    );
    if let Some(title) = &sheet.title {
        let _ = writeln!(out, "<h1>{}</h1>", escape(title));
    }
    for notice in &sheet.notices {
        let _ = writeln!(out, "<p><strong>{}</strong></p>", escape(notice));
    }
    out.push_str("<dl>\n");
    for (name, value) in &sheet.lines {
        let _ = writeln!(out, "<dt>{name}</dt><dd>{}</dd>", escape(value));
    }
    out.push_str("</dl>\n<main>\n");
    for paragraph in paragraphs {
        let _ = writeln!(out, "<p>{}</p>", escape(paragraph));
    }
    out.push_str("</main>\n");
    if let Some(signed) = &sheet.signed {
        let _ = writeln!(out, "<p>{}</p>", escape(&signed.to_uppercase()));
    }
    let _ = write!(out, "<p>{NOTICE}</p>\n<p class=\"label\">{label}</p>\n</body>\n</html>\n");
    out
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use chancery_text::build::Choice;
    use chancery_text::extract::Reader;
    use chancery_text::master::Master;

    use super::*;
    use crate::{CableRecord, Clock, Finders};

    /// A check that fails: the reader of the paper takes two readings of each author's place for each
    /// other. The copy has to stay what it was drawn as, and the record has to know.
    #[tokio::test(flavor = "current_thread")]
    async fn a_copy_that_does_not_read_back_is_refused_and_never_drawn_again() {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::init(&folder.path().join("a"), Clock::System).await.unwrap();
        let text = "The talks {began|opened} on {Monday|Tuesday} and came to an end after the first visit of the harbour master, who had not been told that two of his boats were missing. The pilots have lost a third of their men to the northern yards, and those who remain ask for contracts in writing before the ice comes down the river again.";
        let cable = serde_json::json!({"id": "x", "markup": true, "paragraphs": [text, text.replace("The ", "Our ").replace("Monday|Tuesday", "Friday|Saturday")]});
        let cable: CableRecord = serde_json::from_value(cable).unwrap();
        let (choice, finders) = (Choice::default(), Finders::embedded());
        archive.import_exercise(&[cable], 40, &choice, &finders, |_, _| {}).await.unwrap();
        let mut kept = None;
        for _ in 0..3 {
            let mut act = archive.act().await.unwrap();
            let row = archive.find_paper(&mut act.tx, "x").await.unwrap();
            let person = known_person(&mut act.tx, &"r0001".parse().unwrap()).await.unwrap();
            let mut broken = archive.released(&mut act.tx, row).await.unwrap();
            let bytes = String::from_utf8(broken.master.to_bytes()).unwrap();
            let swap =
                |text: String, a: &str, b: &str| text.replace(a, "#").replace(b, a).replace('#', b);
            let days = swap(bytes.clone(), "Monday", "Tuesday");
            let swapped = swap(swap(days, "Friday", "Saturday"), "began", "opened");
            assert_ne!(bytes, swapped, "the control: there is something to exchange");
            broken.reader = Reader::new(&Master::from_bytes(swapped.as_bytes()).unwrap());
            let refusal = act.prepare(&broken, person, &mut None).await.unwrap_err();
            assert!(refusal.is_kept());
            assert!(refusal.to_string().contains("does not read back"), "{refusal}");
            act.commit().await.unwrap();
            let mut tx = archive.store.begin().await.unwrap();
            let paper = archive.find_paper(&mut tx, "x").await.unwrap().id;
            let number = archive
                .copy_of(&mut tx, paper, person)
                .await
                .unwrap()
                .expect("the minting stays")
                .number;
            assert_eq!(*kept.get_or_insert(number), number, "nothing is drawn again");
        }
        let verified = archive.verify(|_, _| {}).await.unwrap();
        assert_eq!(
            (verified.kinds["copy.refused"], verified.kinds[crate::binding::MINTED]),
            (1, 1)
        );
        assert!(!verified.kinds.contains_key("copy.opened"));
        let status = archive.status().await.unwrap();
        assert_eq!((status.refused.copies, status.refused.too_many), (1, true));
        // Control: with its own reader the same number is handed out.
        archive.open_copy("x", &"r0001".parse().unwrap(), Format::Txt).await.unwrap();
        let mut tx = archive.store.begin().await.unwrap();
        let paper = archive.find_paper(&mut tx, "x").await.unwrap().id;
        let copies = archive.copies(&mut tx, paper).await.unwrap();
        let numbers: Vec<u32> = copies.iter().map(|c| c.number).collect();
        assert_eq!(numbers, [kept.unwrap()]);
    }
}
