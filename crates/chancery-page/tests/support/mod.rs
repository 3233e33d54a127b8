//! A paper of an invented ministry, long enough for three pages.
#![allow(dead_code, reason = "each test uses its own part")]
#![allow(clippy::unwrap_used, reason = "the sample is known")]

use chancery_page::{Form, PaperSource, Paragraph, Part, Readings};

/// Sentences of the sample, with places in square brackets: `[began|opened]`.
const TEXT: [&str; 7] = [
    "The talks on the Aldermark lights [began|opened] on Monday morning in the old customs house, and [came to an end|closed] late on Thursday after two [long|lengthy] sessions on dues. The Vessian side had brought their harbour master, who had not been told that two of his pilot boats were missing, and who [spoke|talked] for most of the first day about contracts, insurance and the price of coal.",
    "Minister Orlan [received|met] us on Tuesday. He was [candid|frank] about the state of his coalition: the northern members would vote for the survey of the eastern shoals only if the pilots' yard at Sund stayed open for another three winters, and he saw no way [of carrying|to carry] the estimates without them. He asked that this should not reach the press before the budget debate, [and repeated the request as we left|and said so again as we left].",
    "On dues, our [proposal|offer] was the one approved in your telegram of the fourth: a common tariff for vessels under two thousand tons, reviewed every second year, with the lights of both coasts kept from one fund. The other side [accepted|agreed to] the fund in principle. They will not have the review. Their chairman said, with some heat, that a tariff which may be opened every second year is no tariff, and that his principals had been [caught|trapped] by such a clause before.",
    "We have the [impression|sense] that the delegation is not of one mind. The naval attaché stayed away from both dinners. The legal adviser, a careful man who reads every draft twice, told a member of our staff that he had [advised|counselled] against the eastern survey from the start, because the old charts show the boundary a good mile further west than the new ones, and nobody [wishes|wants] to be the first to say so in public.",
    "As for the missing boats, the harbour police think that they were [sold|disposed of] and not stolen. The pilots have lost a third of their men to the northern yards, and those who remain ask for contracts in writing before the ice comes down the river again. If the strike [spreads|extends] to the tugs, the port will be closed to anything that draws more than twelve feet, and the coal for our own stations will have to go round by Hallin.",
    "I should [be grateful|be glad] for instructions on three points: whether we may trade the review for a term of seven years; whether the offer of a joint survey still stands if the charts are to be [exchanged|swapped] beforehand; and what may be said to the consuls, who have heard [something|a part] of all this from the shipping agents and ask every day.",
    "The next session is [fixed|set] for the twentieth. Until then the lights burn on the old terms, and both sides have [undertaken|promised] to leave the buoys where they are.",
];

/// The paper, with `times` as many paragraphs as the text has.
pub(crate) fn paper(form: Form, times: usize) -> PaperSource {
    let mut site = 0;
    let paragraphs = (0..TEXT.len() * times)
        .map(|at| Paragraph {
            number: (form != Form::Letter && form != Form::Statement)
                .then(|| u32::try_from(at + 1).unwrap()),
            portion: (form == Form::Cable).then(|| ["C", "R", "U"][at % 3].to_owned()),
            parts: parts(TEXT[at % TEXT.len()], &mut site),
        })
        .collect();
    let text = |text: &str| Some(text.to_owned());
    let line = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    PaperSource {
        form,
        identity: "master-of-the-sample".into(),
        label: "CONFIDENTIAL — HOME STAFF".into(),
        title: match form {
            Form::Cable => None,
            Form::Letter => text("Letter"),
            Form::Statement => text("Statement"),
            Form::Minute => text("Minute of the meeting of 4 March 2031"),
            Form::BoardPaper => text("Board paper · Item 7"),
            Form::Report => text("Report"),
        },
        subject: "Harbour dues, the eastern survey and the pilots’ yard at Sund".into(),
        precedence: (form == Form::Cable).then(|| "IMMEDIATE".to_owned()),
        notices: Vec::new(),
        lines: vec![
            line("FROM", "Embassy of Aldermark, Vess"),
            line("TO", "Department of Maritime Affairs; Treasury"),
            line("INFO", "Legation at Hallin; Admiralty Liaison; Consulate at Sund"),
            line("NUMBER", "VESS 0117/2031"),
            line("DTG", "061845Z MAR 31"),
            line("TAGS", "EWWT, PREL, ECON"),
            line("REF", "(a) VESS 0109/2031 (b) HALLIN 0031/2031"),
            line("SUBJECT", "Harbour dues, the eastern survey and the pilots’ yard at Sund"),
        ],
        paragraphs,
        signed: text("E. MARROW"),
        copy_line: None,
        notice: "This copy was made for its reader alone.".into(),
    }
}

/// Splits at places; blanks between words are character places in two of three gaps.
fn parts(text: &str, next: &mut u32) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((fixed, more)) = rest.split_once('[') {
        let (place, more) = more.split_once(']').unwrap();
        parts.extend(signs(fixed, next));
        let readings: Vec<String> = place.split('|').map(str::to_owned).collect();
        parts.push(Part::Varies { site: *next, plain: 0, readings });
        *next += 1;
        rest = more;
    }
    parts.extend(signs(rest, next));
    parts
}

fn signs(text: &str, next: &mut u32) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut fixed = String::new();
    for (at, c) in text.chars().enumerate() {
        let readings: &[char] = match c {
            ' ' if at % 3 != 0 => &['\u{2005}', '\u{2008}', '\u{205f}'],
            '\'' => &['\'', '’'],
            _ => &[],
        };
        if readings.is_empty() {
            fixed.push(c);
        } else {
            parts.push(Part::Fixed(std::mem::take(&mut fixed)));
            let plain = if c == '\'' { '’' } else { c };
            parts.push(Part::Sign { site: (1 << 20) + *next, plain, readings: readings.to_vec() });
            *next += 1;
        }
    }
    parts.push(Part::Fixed(fixed));
    parts
}

/// Readings of all three channels, from a seed.
pub(crate) fn readings(seed: u64) -> Readings {
    let draw = |site: u32| {
        let mut x = (u64::from(site) << 20) ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for _ in 0..3 {
            x ^= x >> 31;
            x = x.wrapping_mul(0xbf58_476d_1ce4_e5b9);
        }
        u8::try_from((x >> 40) % 2).unwrap()
    };
    let all = (0..4_000).chain((1 << 20)..(1 << 20) + 4_000).chain((1 << 21)..(1 << 21) + 4_000);
    all.map(|site| (site, draw(site))).collect()
}
