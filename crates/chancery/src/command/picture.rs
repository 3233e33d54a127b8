//! Looking at pictures before they are traced.

use std::path::PathBuf;

use chancery_desk::decode_pictures;
use chancery_scan::View;
use serde::Serialize;

use super::{Context, Failure, files};

/// What the reader of pictures sees in one picture.
#[derive(Debug, Serialize)]
struct Seen {
    file: String,
    page: usize,
    width: u32,
    height: u32,
    letter_pixels: Option<f32>,
    lines: usize,
    words: usize,
}

impl Seen {
    fn line(&self) -> String {
        let sides = format!("{} x {}", self.width, self.height);
        let Some(letter) = self.letter_pixels else {
            return format!("{}, page {}: {sides}; no lines of text found", self.file, self.page);
        };
        format!(
            "{}, page {}: {sides}; {} words in {} lines, small letters {letter:.0} pixels high",
            self.file, self.page, self.words, self.lines
        )
    }
}

/// Says how many lines and words each picture shows.
pub(super) fn check(context: &Context, paths: &[PathBuf]) -> Result<u8, Failure> {
    let mut seen = Vec::new();
    for path in paths {
        let pictures = decode_pictures(&files::read(path, files::MAX_FILE)?)?;
        for (number, picture) in &pictures {
            let view = View::of(picture);
            let lines = view.as_ref().map(View::lines).unwrap_or_default();
            seen.push(Seen {
                file: files::shown(path),
                page: *number,
                width: picture.width(),
                height: picture.height(),
                letter_pixels: view.as_ref().map(View::letter),
                lines: lines.len(),
                words: lines.iter().map(Vec::len).sum(),
            });
        }
    }
    context.put(&seen, || seen.iter().map(Seen::line).collect::<Vec<_>>().join("\n"))?;
    Ok(0)
}
