//! The door for files: read piece by piece, counted as they come in, and refused with the limit in words.

use axum::extract::Multipart;
use axum::extract::multipart::MultipartError;
use chancery_desk::{LeakFile, MAX_LEAKS};
use maud::{Markup, html};

use crate::passkey::proof;
use crate::trouble::{Answer, Trouble};
use crate::visitor::Visitor;

/// Most bytes of all files of a form together.
pub(super) const MOST: usize = 12 << 20;
/// Longest of the small fields.
const FIELD: usize = 64 << 10;

/// What came in.
#[derive(Debug, Default)]
pub(super) struct Upload {
    pub(super) files: Vec<LeakFile>,
    /// Papers that the officer names.
    pub(super) papers: String,
    pub(super) include_author: bool,
    pub(super) trace: bool,
}

/// Reads a form with files.
///
/// # Errors
/// When it is no such form, holds too much, or nothing.
pub(super) async fn read(mut form: Multipart) -> Answer<Upload> {
    let mut upload = Upload::default();
    let mut left = MOST;
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        let file = field.file_name().map(plain);
        let most = if matches!(name.as_str(), "file" | "pasted") { left } else { FIELD };
        let mut bytes = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(broken)? {
            if bytes.len() + chunk.len() > most {
                return Err(too_much());
            }
            bytes.extend_from_slice(&chunk);
        }
        match name.as_str() {
            "file" if bytes.is_empty() => {}
            "file" => {
                left -= bytes.len();
                let name = file.filter(|name| !name.is_empty());
                upload.files.push(LeakFile { name: name.unwrap_or_else(|| "file".into()), bytes });
            }
            "pasted" if bytes.iter().all(u8::is_ascii_whitespace) => {}
            "pasted" => {
                left -= bytes.len();
                // Browsers end lines of a field with two signs.
                bytes.retain(|byte| *byte != b'\r');
                upload.files.push(LeakFile { name: "pasted.txt".into(), bytes });
            }
            "papers" => upload.papers = String::from_utf8_lossy(&bytes).into_owned(),
            "author" => upload.include_author = bytes == b"yes",
            "trace" => upload.trace = bytes == b"yes",
            _ => {}
        }
        if upload.files.len() > MAX_LEAKS {
            return Err(Trouble::Invalid(format!(
                "these are more than {MAX_LEAKS} files; open an inquiry for each group that belongs together"
            )));
        }
    }
    if upload.files.is_empty() {
        return Err(Trouble::Invalid("nothing was given; choose a file, or paste the text".into()));
    }
    Ok(upload)
}

/// The name of a file without its folders and without what no screen should show.
fn plain(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|c| !c.is_control()).take(120).collect()
}

fn broken(error: MultipartError) -> Trouble {
    match error.status().as_u16() {
        413 => too_much(),
        _ => Trouble::Invalid("the files did not arrive whole; send them again".into()),
    }
}

fn too_much() -> Trouble {
    Trouble::Invalid(format!(
        "this is larger than {} MB together; cut it to the part in question, or send the files one by one",
        MOST >> 20
    ))
}

/// Where an article comes in.
pub(super) fn article_form(visitor: &Visitor) -> Markup {
    html! {
        form.form method="post" action="/inquiries/article" enctype="multipart/form-data" data-proof=[proof(visitor)] {
            (file_field("article-file", false))
            (pasted_field("article-text", "Or paste the article"))
            label.check { input type="checkbox" name="trace" value="yes"; span { "Open an inquiry for each restricted paper that it quotes" } }
            div.row { button.btn.go type="submit" data-busy="Looking…" { "Look into the article" } }
        }
    }
}

/// Where leaks come in.
pub(super) fn leak_form(visitor: &Visitor) -> Markup {
    html! {
        form.form method="post" action="/inquiries" enctype="multipart/form-data" data-proof=[proof(visitor)] {
            (file_field("leak-file", true))
            (pasted_field("leak-text", "Or paste the text"))
            div.field {
                label for="papers" { "Papers to compare with" }
                p.hint #papers-hint { "Such as P12. Left empty, the whole archive is searched." }
                input #papers name="papers" autocomplete="off" aria-describedby="papers-hint";
            }
            label.check { input type="checkbox" name="author" value="yes"; span { "Try the authors’ own copies as well" } }
            div.row { button.btn.go type="submit" data-busy="Reading…" { "Open an inquiry" } span.soft { "An officer of another office approves it." } }
        }
    }
}

fn file_field(id: &str, many: bool) -> Markup {
    let hint = format!("{id}-hint");
    html! {
        div.field {
            label for=(id) { @if many { "Files" } @else { "File" } }
            p.hint id=(hint) { "Text, Markdown or HTML" @if many { "; PDF; pages as PNG, JPEG or TIFF; declared together" } ", " "at most " (MOST >> 20) " MB" @if many { " in all" } "." }
            input id=(id) type="file" name="file" multiple[many] aria-describedby=(hint);
        }
    }
}

fn pasted_field(id: &str, label: &str) -> Markup {
    html! {
        div.field { label for=(id) { (label) } textarea id=(id) name="pasted" rows="5" lang="en-GB" {} }
    }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_file_name_loses_folders_and_controls() {
        assert_eq!(plain("C:\\secret\\leak\u{7}.txt"), "leak.txt");
        assert_eq!(plain("../../etc/leak.txt"), "leak.txt");
    }
}
