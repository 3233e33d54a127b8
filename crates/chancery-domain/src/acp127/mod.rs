//! Telegrams in the line form of ACP 127(G): from the bytes of a message to its fields.
//!
//! Strict: a message that departs from the form is refused with the line and the reason, because what a
//! lenient reader guesses is delivered. In scope: format lines 1 to 16 and the heading of the text.
//! Out of scope: routing, relaying, several messages in one file, sectioned messages put together.
//!
//! Lines end with CR LF or LF. The year of the filing time is that of the date-time group, or the next
//! or the last one where the two lie on either side of a new year.

mod heading;
mod text;

use jiff::civil::Date;
use serde::{Serialize, Serializer};

use crate::{Dtg, Precedence};

/// Largest message, in bytes.
pub const MAX_MESSAGE: usize = 1 << 20;
/// Longest line, in characters. The standard has 69; some circuits have more.
pub const MAX_LINE: usize = 512;
/// Most addressees of each sort.
pub const MAX_ADDRESSEES: usize = 1000;

/// A telegram.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Telegram {
    /// Line 1: channel and number of the transmission.
    pub transmission_id: String,
    /// Line 2: routing indicators called.
    pub called: Vec<String>,
    /// Line 3: routing indicator of the sending station.
    pub originating_ri: String,
    /// Line 3: the station's serial.
    pub station_serial: u32,
    /// Line 3: when the message was handed in.
    #[serde(serialize_with = "to_the_minute")]
    pub filing: jiff::Timestamp,
    /// Line 4: `ZNR` unclassified, `ZNY` classified.
    pub security_warning: String,
    /// Line 5: precedence for action.
    pub action_precedence: Precedence,
    /// Line 5: precedence for information, if it differs.
    pub info_precedence: Option<Precedence>,
    /// Line 5: the date-time group.
    #[serde(serialize_with = "to_the_minute")]
    pub dtg: jiff::Timestamp,
    /// Line 6: who sends.
    pub from: String,
    /// Line 7: who is to act.
    pub to: Vec<Addressee>,
    /// Line 8: who is to know.
    pub info: Vec<Addressee>,
    /// Line 9: members of a collective who do not get the message.
    pub exempt: Vec<String>,
    /// Line 12: classification.
    pub classification: String,
    /// Line 12: the message's own number.
    pub message_number: String,
    /// Line 12: captions.
    pub captions: Vec<String>,
    /// Line 12: subject codes.
    pub tags: Vec<String>,
    /// Line 12: subject.
    pub subject: String,
    /// Line 12: references as written.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Line 12: the text, line by line.
    pub body: String,
}

/// An addressee of a telegram.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Addressee {
    /// Routing indicator; empty where none is given.
    pub ri: String,
    /// Plain-language address.
    pub plad: String,
    /// What stands after the address: a precedence of its own, a number.
    pub note: String,
}

/// What is wrong with a message, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct TelegramError {
    /// Line of the file, from 1.
    pub line: usize,
    /// What is wrong.
    pub reason: String,
}

/// Reads one message.
///
/// # Errors
/// At the first departure from the form.
pub fn parse(bytes: &[u8]) -> Result<Telegram, TelegramError> {
    let mut lines = Lines::new(bytes)?;
    let transmission_id = heading::transmission(&mut lines)?;
    let (urgency, called) = heading::called(&mut lines)?;
    let origin = heading::origin(&mut lines)?;
    let (security_warning, security) = heading::security(&mut lines)?;
    let (action, info, dtg) = heading::precedence(&mut lines)?;
    if urgency != action && Some(urgency) != info {
        return lines.refuse_at(2, "the precedence is not that of line 5");
    }
    let filing = filing(&lines, &origin, dtg)?;
    let from = heading::from(&mut lines)?;
    let addressees = heading::addressees(&mut lines)?;
    if !lines.take_if("BT") {
        return lines.refuse("missing BT before text");
    }
    let text = text::text(&mut lines, security)?;
    text::end(&mut lines, origin.line, origin.serial)?;
    Ok(Telegram {
        transmission_id,
        called,
        originating_ri: origin.station,
        station_serial: origin.serial,
        filing,
        security_warning,
        action_precedence: action,
        info_precedence: info,
        dtg: dtg.instant(),
        from,
        to: addressees.to,
        info: addressees.info,
        exempt: addressees.exempt,
        classification: text.classification,
        message_number: text.number,
        captions: text.captions,
        tags: text.tags,
        subject: text.subject,
        reference: text.reference,
        body: text.body,
    })
}

/// The instant of filing: day of the year and time of line 3, year after the date-time group.
fn filing(
    lines: &Lines<'_>,
    origin: &heading::OriginLine,
    dtg: Dtg,
) -> Result<jiff::Timestamp, TelegramError> {
    let sent = crate::rules::utc_day(dtg.instant());
    let year = match (sent.month(), origin.day_of_year) {
        (12, day) if day <= 31 => sent.year().saturating_add(1),
        (1, day) if day >= 335 => sent.year().saturating_sub(1),
        _ => sent.year(),
    };
    let at = |reason: String| TelegramError { line: origin.line, reason };
    let first = Date::new(year, 1, 1).map_err(|e| at(e.to_string()))?;
    let day = origin.day_of_year;
    if day > first.days_in_year() {
        return lines.refuse_at(origin.line, &format!("day {day} in {year}, not a leap year"));
    }
    let date = first.with().day_of_year(day).build().map_err(|e| at(e.to_string()))?;
    let (hour, minute) = origin.time;
    jiff::tz::Offset::UTC.to_timestamp(date.at(hour, minute, 0, 0)).map_err(|e| at(e.to_string()))
}

/// The lines of a message, read forward.
struct Lines<'a> {
    all: Vec<&'a str>,
    at: usize,
}

impl<'a> Lines<'a> {
    fn new(bytes: &'a [u8]) -> Result<Self, TelegramError> {
        let refused = |line, reason: String| Err(TelegramError { line, reason });
        if bytes.len() > MAX_MESSAGE {
            return refused(1, format!("the message is longer than {MAX_MESSAGE} bytes"));
        }
        let mut all = Vec::new();
        for (at, line) in bytes.split(|b| *b == b'\n').enumerate() {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if let Some(bad) = line.iter().find(|b| !matches!(b, b' '..=b'~')) {
                return refused(at + 1, format!("byte {bad:#04x} is no printable character"));
            }
            if line.len() > MAX_LINE {
                return refused(at + 1, format!("longer than {MAX_LINE} characters"));
            }
            all.push(std::str::from_utf8(line).expect("printable ASCII is UTF-8").trim_end());
        }
        Ok(Self { all, at: 0 })
    }

    fn peek(&self) -> Option<&'a str> {
        self.all.get(self.at).copied()
    }

    fn next(&mut self) -> Option<&'a str> {
        let line = self.peek()?;
        self.at += 1;
        Some(line)
    }

    fn take_if(&mut self, line: &str) -> bool {
        let there = self.peek() == Some(line);
        self.at += usize::from(there);
        there
    }

    fn blanks(&mut self) {
        while self.peek() == Some("") {
            self.at += 1;
        }
    }

    /// The rest of the next line after `key`, if it begins with it.
    fn after(&mut self, key: &str) -> Option<&'a str> {
        let rest = self.peek()?.strip_prefix(key)?;
        self.at += 1;
        Some(rest.trim())
    }

    /// Refuses the next line.
    fn refuse<T>(&self, reason: &str) -> Result<T, TelegramError> {
        self.refuse_at((self.at + 1).min(self.all.len().max(1)), reason)
    }

    /// Refuses the line read last.
    fn refuse_last<T>(&self, reason: &str) -> Result<T, TelegramError> {
        self.refuse_at(self.at.max(1), reason)
    }

    #[expect(clippy::unused_self, reason = "reads like its neighbours")]
    fn refuse_at<T>(&self, line: usize, reason: &str) -> Result<T, TelegramError> {
        Err(TelegramError { line, reason: reason.to_owned() })
    }
}

fn to_the_minute<S: Serializer>(at: &jiff::Timestamp, out: S) -> Result<S::Ok, S::Error> {
    out.collect_str(&at.strftime("%Y-%m-%dT%H:%MZ"))
}
