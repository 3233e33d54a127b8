//! Format lines 11 to 16: the text with its heading, and the end of the message.

use super::heading::station_serial;
use super::{Lines, TelegramError};

/// Classifications and the letter of line 4 that goes with each; longer names first.
const CLASSIFICATIONS: [(&str, char); 7] = [
    ("TOP SECRET", 'T'),
    ("SECRET", 'S'),
    ("CONFIDENTIAL", 'C'),
    ("RESTRICTED", 'R'),
    ("UNCLAS E F T O", 'E'),
    ("UNCLASSIFIED", 'U'),
    ("UNCLAS", 'U'),
];

/// Line 12.
#[derive(Default)]
pub(super) struct Text {
    pub(super) classification: String,
    pub(super) number: String,
    pub(super) captions: Vec<String>,
    pub(super) tags: Vec<String>,
    pub(super) subject: String,
    pub(super) reference: String,
    pub(super) body: String,
}

/// Reads line 12 up to and with the second BT. `security` is the letter of line 4.
pub(super) fn text(lines: &mut Lines<'_>, security: char) -> Result<Text, TelegramError> {
    let mut text = Text::default();
    let Some(first) = lines.next() else { return lines.refuse("missing text") };
    let classification = CLASSIFICATIONS.iter().find(|(name, _)| {
        first.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    });
    let Some((name, letter)) = classification else {
        return lines.refuse_last("the text must begin with its classification");
    };
    if *letter != security {
        return lines.refuse_last("the classification of the text is not that of line 4");
    }
    text.classification = (*name).to_owned();
    text.number = first[name.len()..].trim().to_owned();
    captions(lines, &mut text)?;
    fields(lines, &mut text)?;
    let start = lines.at;
    while !lines.take_if("BT") {
        let over = match lines.peek() {
            None => true,
            Some(line) => line == "NNNN" || station_serial(line).is_some(),
        };
        if over {
            return lines.refuse("missing BT after text");
        }
        lines.next();
    }
    let body = lines.all.get(start..lines.at - 1).unwrap_or_default();
    text.body = body.join("\n").trim_matches('\n').to_owned();
    if text.body.is_empty() {
        return lines.refuse_last("the message has no text");
    }
    Ok(text)
}

/// Lines between the classification and the first field.
fn captions(lines: &mut Lines<'_>, text: &mut Text) -> Result<(), TelegramError> {
    loop {
        lines.blanks();
        match lines.peek() {
            None | Some("BT" | "NNNN") => return Ok(()),
            Some(line) if field(line).is_some() || begins_body(line) => return Ok(()),
            Some(line) => {
                let all = line.split(',').map(str::trim);
                text.captions.extend(all.filter(|c| !c.is_empty()).map(str::to_owned));
                if text.captions.len() > 40 {
                    return lines.refuse("too many captions");
                }
                lines.next();
            }
        }
    }
}

/// Whether a line is a numbered or portion-marked paragraph rather than a caption.
fn begins_body(line: &str) -> bool {
    line.starts_with(|c: char| c.is_ascii_digit() || c == '(')
}

/// The field that a line gives, if it does.
fn field(line: &str) -> Option<(usize, &str)> {
    const KEYS: [&str; 6] = ["TAGS:", "SUBJECT:", "REF:", "REFS:", "SUBJ:", "E.O."];
    KEYS.iter().enumerate().find_map(|(at, key)| Some((at, line.strip_prefix(key)?.trim())))
}

/// TAGS, SUBJECT and REF, each once; a field goes on over the next lines.
fn fields(lines: &mut Lines<'_>, text: &mut Text) -> Result<(), TelegramError> {
    let mut seen = [false; 4];
    while let Some((key, value)) = lines.peek().and_then(field) {
        let slot = match key {
            0 => 0,
            1 | 4 => 1,
            2 | 3 => 2,
            _ => 3,
        };
        if std::mem::replace(&mut seen[slot], true) {
            return lines.refuse("this field stands twice");
        }
        lines.next();
        let mut value = value.to_owned();
        while let Some(more) = lines.peek().filter(|l| !l.is_empty() && *l != "BT") {
            if field(more).is_some() {
                break;
            }
            value.push(' ');
            value.push_str(more.trim());
            lines.next();
        }
        match slot {
            0 => {
                let codes = value.split(',').map(str::trim).filter(|c| !c.is_empty());
                text.tags = codes.map(str::to_owned).collect();
            }
            1 => text.subject = value,
            2 => text.reference = value,
            _ => {}
        }
    }
    Ok(())
}

/// Lines 14 to 16: the serial once more, `NNNN`, nothing after it.
pub(super) fn end(lines: &mut Lines<'_>, origin: usize, serial: u32) -> Result<(), TelegramError> {
    lines.blanks();
    match lines.next().and_then(station_serial) {
        None => return lines.refuse_last("missing #serial after BT"),
        Some(last) if last != serial => {
            return lines
                .refuse_last(&format!("line {origin} serial and end-of-message serial differ"));
        }
        Some(_) => {}
    }
    lines.blanks();
    if !lines.take_if("NNNN") {
        return lines.refuse("missing NNNN at the end");
    }
    lines.blanks();
    if lines.peek().is_some() { lines.refuse("something follows NNNN") } else { Ok(()) }
}
