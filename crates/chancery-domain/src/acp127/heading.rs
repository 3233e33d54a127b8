//! Format lines 1 to 10: transmission, routing, times, addressees.

use super::{Addressee, Lines, MAX_ADDRESSEES, TelegramError};
use crate::{Dtg, Precedence};

/// Line 1: `VZCZC` and the transmission's identification.
pub(super) fn transmission(lines: &mut Lines<'_>) -> Result<String, TelegramError> {
    let Some(id) = lines.after("VZCZC") else {
        return lines.refuse("line 1 must begin with VZCZC");
    };
    let figures = id.trim_start_matches(|c: char| c.is_ascii_uppercase());
    let letters = id.len() - figures.len();
    if letters > 3 || !(3..=4).contains(&figures.len()) || !figures.bytes().all(is_figure) {
        return lines.refuse_last("the transmission needs up to 3 letters and 3 or 4 figures");
    }
    Ok(id.to_owned())
}

/// Line 2: the precedence twice and the routing indicators called, on as many lines as they take.
pub(super) fn called(lines: &mut Lines<'_>) -> Result<(Precedence, Vec<String>), TelegramError> {
    let Some(line) = lines.next() else { return lines.refuse("line 2 is missing") };
    let mut words = line.split_whitespace();
    let prosign: Vec<char> = words.next().unwrap_or_default().chars().collect();
    let precedence = match prosign.as_slice() {
        [a, b] if a == b => Precedence::of_letter(*a),
        _ => None,
    };
    let Some(precedence) = precedence else {
        return lines.refuse_last("line 2 must begin with the precedence twice: ZZ, OO, PP or RR");
    };
    let mut called: Vec<&str> = words.collect();
    while let Some(line) = lines.peek().filter(|line| !line.starts_with("DE ")) {
        if line.is_empty() || !line.split_whitespace().all(is_indicator) {
            return lines.refuse("line 3 must begin with DE");
        }
        called.extend(line.split_whitespace());
        lines.next();
    }
    if called.len() > MAX_ADDRESSEES {
        return lines.refuse_last("too many routing indicators");
    }
    match called.iter().find(|word| !is_indicator(word)) {
        Some(word) => lines.refuse_last(&format!("{word} is no routing indicator")),
        None => Ok((precedence, called.into_iter().map(str::to_owned).collect())),
    }
}

/// What line 3 says.
pub(super) struct OriginLine {
    /// Where it stands.
    pub(super) line: usize,
    pub(super) station: String,
    pub(super) serial: u32,
    pub(super) day_of_year: i16,
    pub(super) time: (i8, i8),
}

/// Line 3: `DE`, the sending station, its serial, day of the year and time of filing.
pub(super) fn origin(lines: &mut Lines<'_>) -> Result<OriginLine, TelegramError> {
    let Some(rest) = lines.after("DE ") else {
        return lines.refuse("line 3 must begin with DE");
    };
    let words: Vec<&str> = rest.split_whitespace().collect();
    let [station, serial, filed] = words.as_slice() else {
        return lines.refuse_last("line 3 is DE, the station, #serial and the filing time");
    };
    if !is_indicator(station) {
        return lines.refuse_last(&format!("{station} is no routing indicator"));
    }
    let Some(serial) = station_serial(serial) else {
        return lines.refuse_last("the serial of line 3 is # and 4 figures");
    };
    let filed = filed.strip_suffix('Z').unwrap_or(filed);
    if filed.len() != 7 || !filed.bytes().all(is_figure) {
        return lines.refuse_last("the filing time is 3 figures of the day and 4 of the hour");
    }
    let part = |range: std::ops::Range<usize>| filed.get(range).and_then(|t| t.parse::<i16>().ok());
    let (day, hour, minute) = (part(0..3), part(3..5), part(5..7));
    let (Some(day_of_year @ 1..=366), Some(hour @ 0..=23), Some(minute @ 0..=59)) =
        (day, hour, minute)
    else {
        return lines.refuse_last("the filing time has no such day, hour or minute");
    };
    let small = |n: i16| i8::try_from(n).unwrap_or_default();
    let time = (small(hour), small(minute));
    let station = (*station).to_owned();
    Ok(OriginLine { line: lines.at, station, serial, day_of_year, time })
}

/// `#0142`: the number of a serial.
pub(super) fn station_serial(word: &str) -> Option<u32> {
    let figures = word.strip_prefix('#')?;
    let fits = figures.len() == 4 && figures.bytes().all(is_figure);
    figures.parse().ok().filter(|_| fits)
}

/// Line 4: `ZNR UUUUU` or `ZNY` and the letter of the classification five times; operating signals may
/// follow. Gives the warning and the letter.
pub(super) fn security(lines: &mut Lines<'_>) -> Result<(String, char), TelegramError> {
    let Some(line) = lines.next() else { return lines.refuse("line 4 is missing") };
    let mut words = line.split_whitespace();
    let (warning, prosign) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let letter = prosign.chars().next().filter(|c| prosign == c.to_string().repeat(5));
    match (warning, letter) {
        ("ZNR", Some('U')) | ("ZNY", Some('E' | 'R' | 'C' | 'S' | 'T')) => {}
        ("ZNR" | "ZNY", _) => {
            return lines
                .refuse_last("ZNR goes with UUUUU, ZNY with EEEEE, RRRRR, CCCCC, SSSSS or TTTTT");
        }
        _ => return lines.refuse_last("line 4 must begin with ZNR or ZNY"),
    }
    let signal = |word: &str| {
        word.len() == 3 && word.starts_with('Z') && word.bytes().all(|b| b.is_ascii_uppercase())
    };
    match words.find(|word| !signal(word)) {
        Some(word) => lines.refuse_last(&format!("{word} is no operating signal")),
        None => Ok((warning.to_owned(), letter.unwrap_or('U'))),
    }
}

/// Line 5: one or two precedences and the date-time group.
pub(super) fn precedence(
    lines: &mut Lines<'_>,
) -> Result<(Precedence, Option<Precedence>, Dtg), TelegramError> {
    let Some(line) = lines.next() else { return lines.refuse("line 5 is missing") };
    let letter = |word: Option<&str>| {
        let mut letters = word?.chars();
        letters.next().filter(|_| letters.next().is_none()).and_then(Precedence::of_letter)
    };
    let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
    let Some(action) = letter(Some(first)) else {
        return lines.refuse_last("line 5 must begin with a precedence: Z, O, P or R");
    };
    let info = letter(rest.split_whitespace().next());
    let group = if info.is_some() { rest.trim_start().get(1..).unwrap_or_default() } else { rest };
    if info.is_some_and(|info| info > action) {
        return lines.refuse_last("information cannot go before action");
    }
    match group.trim().parse::<Dtg>() {
        Ok(dtg) => Ok((action, info, dtg)),
        Err(e) => lines.refuse_last(&e.to_string()),
    }
}

/// Line 6: who sends.
pub(super) fn from(lines: &mut Lines<'_>) -> Result<String, TelegramError> {
    match lines.after("FM ") {
        Some("") => lines.refuse_last("FM names nobody"),
        Some(from) => Ok(addressee(from).plad),
        None => lines.refuse("line 6 must begin with FM"),
    }
}

/// Whom lines 7 to 9 name.
#[derive(Default)]
pub(super) struct Addressees {
    pub(super) to: Vec<Addressee>,
    pub(super) info: Vec<Addressee>,
    pub(super) exempt: Vec<String>,
}

/// Lines 7 to 10: TO, INFO, XMT in this order, each on as many lines as it takes, and a group count.
pub(super) fn addressees(lines: &mut Lines<'_>) -> Result<Addressees, TelegramError> {
    const KEYS: [&str; 3] = ["TO ", "INFO ", "XMT "];
    let mut found: [Vec<Addressee>; 3] = Default::default();
    let mut current: Option<usize> = None;
    while let Some(line) = lines.peek() {
        if line == "BT" {
            break;
        }
        if line.is_empty() {
            return lines.refuse("missing BT before text");
        }
        if is_accounting(line) {
            lines.next();
            break;
        }
        let key = KEYS.iter().position(|key| line.starts_with(key));
        let rest = key.map_or(line, |key| &line[KEYS[key].len()..]);
        match (current, key) {
            (None, None) => return lines.refuse("line 7 must begin with TO or INFO"),
            (Some(before), Some(key)) if key <= before => {
                return lines.refuse("TO, INFO and XMT stand once each and in this order");
            }
            (_, Some(key)) => current = Some(key),
            (Some(_), None) => {}
        }
        let Some(list) = current.and_then(|at| found.get_mut(at)) else { break };
        let addressee = addressee(rest.trim());
        if addressee.plad.is_empty() || list.len() == MAX_ADDRESSEES {
            return lines.refuse("an address is missing here, or there are too many");
        }
        list.push(addressee);
        lines.next();
    }
    let [to, info, exempt] = found;
    if to.is_empty() && info.is_empty() {
        return lines.refuse("the message has no addressee");
    }
    let exempt = exempt.into_iter().map(|a| a.plad).collect();
    Ok(Addressees { to, info, exempt })
}

/// Line 10: accounting symbols or the group count.
fn is_accounting(line: &str) -> bool {
    let count = line
        .strip_prefix("GR")
        .is_some_and(|n| n == "NC" || (!n.is_empty() && n.len() <= 5 && n.bytes().all(is_figure)));
    count || line.starts_with("ACCT ")
}

/// `RUZMFA/MFA ZENDA IMMEDIATE 5027`: indicator, address, note.
fn addressee(text: &str) -> Addressee {
    let (ri, rest) = match text.split_once('/') {
        Some((ri, rest)) if is_indicator(ri) => (ri, rest),
        _ => ("", text),
    };
    let words: Vec<&str> = rest.split_whitespace().collect();
    let is_precedence =
        |word: &&str| Precedence::ALL.iter().any(|precedence| precedence.word() == *word);
    // A note is a precedence at the end, perhaps with a number after it.
    let note = match words.as_slice() {
        [.., last] if is_precedence(last) => words.len() - 1,
        [.., word, number] if is_precedence(word) && number.bytes().all(is_figure) => {
            words.len() - 2
        }
        _ => words.len(),
    };
    let (plad, note) = words.split_at(note);
    Addressee { ri: ri.to_owned(), plad: plad.join(" "), note: note.join(" ") }
}

/// Four to seven letters, as routing indicators have.
fn is_indicator(word: &str) -> bool {
    (4..=7).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_uppercase())
}

pub(super) const fn is_figure(byte: u8) -> bool {
    byte.is_ascii_digit()
}
