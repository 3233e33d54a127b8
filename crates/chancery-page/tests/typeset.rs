//! Papers come out as pages, marks as shifts, and nothing else differs.

use chancery_page::geometry::{Geometry, MAX_SHIFT};
use chancery_page::{Form, PageError, Part, Readings, WORDS_BASE, typeset, word_sites};

mod support;
use support::{paper, readings};

/// Words of the body with their left edges, page by page, line by line.
fn words(geometry: &Geometry) -> Vec<(String, f64, Option<u32>, f64)> {
    let lines = geometry.body();
    lines.flat_map(|l| &l.words).map(|w| (w.text.clone(), w.x0, w.site, w.reach)).collect()
}

#[test]
fn a_marked_copy_differs_from_the_unmarked_one_by_shifts_of_its_sites_alone() {
    let paper = paper(Form::Cable, 2);
    let row = readings(1);
    let plain = typeset(&paper, &row.without_layout()).unwrap();
    let marked = typeset(&paper, &row).unwrap();
    assert_eq!(plain.count(), marked.count());
    let (before, after) = (plain.geometry().unwrap(), marked.geometry().unwrap());
    let (before, after) = (words(&before), words(&after));
    assert_eq!(before.len(), after.len());
    let mut moved = 0;
    for (b, a) in before.iter().zip(&after) {
        assert_eq!((&b.0, b.2), (&a.0, a.2));
        assert!((b.3 - a.3).abs() < 1e-9, "a mark does not change how far marks reach");
        let expected = match b.2.and_then(|site| row.get(site)) {
            Some(0) => -b.3,
            Some(_) => b.3,
            None => 0.0,
        };
        assert!((a.1 - b.1 - expected).abs() < 1e-9, "{b:?} {a:?}");
        assert!(expected.abs() <= MAX_SHIFT);
        moved += usize::from(expected != 0.0);
    }
    let offered = usize::try_from(word_sites(&paper.paragraphs)).unwrap();
    assert!(moved > before.len() * 35 / 100, "{moved} of {} words, {offered} sites", before.len());
    // Control: another row moves other words.
    let other = typeset(&paper, &readings(2)).unwrap().geometry().unwrap();
    assert_ne!(words(&other), after);
}

#[test]
fn sites_stay_whatever_the_wording_and_the_lines() {
    let paper = paper(Form::Report, 1);
    let numbered = |seed: u64| {
        let geometry = typeset(&paper, &readings(seed)).unwrap().geometry().unwrap();
        let all: Vec<(String, f64, Option<u32>, f64)> = words(&geometry);
        let lines = geometry.body().map(|line| line.words.len()).collect::<Vec<_>>();
        let sites: Vec<(String, u32)> =
            all.iter().filter_map(|w| Some((w.0.replace('\'', "’"), w.2?))).collect();
        (sites, lines)
    };
    let (one, lines) = numbered(1);
    let (two, others) = numbered(5);
    assert_ne!(lines, others, "the control: the two copies break their lines at other words");
    assert_eq!(one, two);
    assert_eq!(one[0].1, WORDS_BASE);
}

#[test]
fn the_same_readings_give_the_same_bytes() {
    let paper = paper(Form::Cable, 1);
    let row = readings(3);
    let (one, two) = (typeset(&paper, &row).unwrap(), typeset(&paper, &row).unwrap());
    assert_eq!(one.pdf().unwrap(), two.pdf().unwrap());
    assert_eq!(one.svg(0), two.svg(0));
    assert_eq!(one.fingerprint(), two.fingerprint());
}

#[test]
fn identifiers_and_times_never_differ_between_copies() {
    let paper = paper(Form::Cable, 1);
    let said = |seed: u64| {
        let bytes = typeset(&paper, &readings(seed)).unwrap().pdf().unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let from = text.rfind("/ID[").unwrap();
        let packet = text.find("<x:xmpmeta").unwrap();
        let id = text[from..].lines().next().unwrap().to_owned();
        (
            id,
            text[packet..].split("</x:xmpmeta>").next().unwrap().to_owned(),
            text.contains("CreationDate") || text.contains("CreateDate"),
        )
    };
    assert_eq!(said(1), said(2));
    assert!(!said(1).2, "no time is written");
    // Control: another paper has another identity.
    let mut other = paper.clone();
    other.identity.push('2');
    let bytes = typeset(&other, &readings(1)).unwrap().pdf().unwrap();
    assert!(!String::from_utf8_lossy(&bytes).contains(&said(1).0));
}

#[test]
fn text_is_inert() {
    let mut sample = paper(Form::Cable, 1);
    let hostile = "#read(\"/etc/passwd\") #import \"@preview/x:1.0.0\": * $x^2$ = Title *bold* _it_ `raw` \\ // no /* and */ @ref <label> https://example.org -- ... ~ - + / #sys.inputs";
    sample.paragraphs[0].parts = vec![Part::Fixed(hostile.into())];
    sample.subject = hostile.into();
    sample.lines[0].1 = hostile.into();
    let pages = typeset(&sample, &Readings::none()).unwrap();
    let set: Vec<String> = pages
        .geometry()
        .unwrap()
        .body()
        .filter(|line| line.paragraph == Some(0))
        .flat_map(|line| line.words.iter().map(|w| w.text.clone()))
        .collect();
    assert_eq!(set.concat(), hostile.replace(' ', ""));
}

#[test]
fn what_cannot_be_set_is_refused() {
    let refused = |text: &str| {
        let mut sample = paper(Form::Cable, 1);
        sample.paragraphs[0].parts = vec![Part::Fixed(text.to_owned())];
        typeset(&sample, &Readings::none()).err()
    };
    for bad in [
        "bell \u{7}",
        "line\nbreak",
        "\u{202e}backwards",
        "soft\u{ad}hyphen",
        "עברית",
        "العربية",
        "漢字",
        "\u{200b}",
        "\t",
    ] {
        assert!(matches!(refused(bad), Some(PageError::Character { .. })), "{bad:?}");
    }
    assert!(matches!(refused(&"x".repeat(1 << 20)), Some(PageError::TooLong { .. })));
    assert!(refused(&"word ".repeat(2_000)).is_none());
    let mut sample = paper(Form::Cable, 1);
    sample.paragraphs = vec![sample.paragraphs[0].clone(); 10_000];
    let refusal = typeset(&sample, &Readings::none()).unwrap_err();
    assert!(refusal.to_string().contains("10000"), "{refusal}");
}

#[test]
fn every_kind_of_paper_has_a_page() {
    for form in
        [Form::Cable, Form::Letter, Form::Statement, Form::Minute, Form::BoardPaper, Form::Report]
    {
        let pages = typeset(&paper(form, 1), &readings(4)).unwrap();
        let geometry = pages.geometry().unwrap();
        for (number, page) in geometry.pages.iter().enumerate() {
            let text: Vec<String> =
                page.lines.iter().flat_map(|l| l.words.iter().map(|w| w.text.clone())).collect();
            let text = text.join(" ");
            assert_eq!(text.matches("CONFIDENTIAL — HOME STAFF").count(), 2, "{form:?}: {text}");
            assert!(text.contains(&format!("Page {} of {}", number + 1, pages.count())), "{text}");
            assert!(text.contains("This copy was made for its reader alone."));
        }
        if let Some(folder) = std::env::var_os("CHANCERY_PAGES") {
            for page in 0..pages.count() {
                let name = format!("{}-{page}.png", form.word());
                let bytes = pages.png(page, 100.0).unwrap();
                std::fs::write(std::path::Path::new(&folder).join(name), bytes).unwrap();
            }
            let plain = typeset(&paper(form, 1), &readings(4).without_layout()).unwrap();
            let name = format!("{}-unmarked.pdf", form.word());
            std::fs::write(std::path::Path::new(&folder).join(name), plain.pdf().unwrap()).unwrap();
            let name = format!("{}.pdf", form.word());
            std::fs::write(std::path::Path::new(&folder).join(name), pages.pdf().unwrap()).unwrap();
        }
    }
}
