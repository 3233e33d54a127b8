//! Copies read back from their PDF, and what is refused.

use chancery_page::{
    Form, MAX_UNPACKED, Part, PdfError, Readings, SiteShift, read_pdf, shifts, typeset, word_sites,
};

mod support;
use support::{paper, readings};

/// The reading that a shift speaks for.
fn reading(shift: &SiteShift) -> u8 {
    u8::from(shift.likelihoods[1] > shift.likelihoods[0])
}

#[test]
fn a_copy_reads_back_from_its_pdf() {
    for (form, seed) in [(Form::Cable, 1), (Form::Letter, 2), (Form::Minute, 3)] {
        let paper = paper(form, 2);
        let row = readings(seed);
        let pages = typeset(&paper, &row).unwrap();
        let found = read_pdf(&pages.pdf().unwrap()).unwrap();
        assert_eq!(found.geometry.pages.len(), pages.count());
        let read = shifts(&paper, &row, &found, |_| true).unwrap();
        let offered = word_sites(&paper.paragraphs) as usize;
        assert!(read.len() * 100 > offered * 80, "{} of {offered} sites", read.len());
        for shift in &read {
            assert_eq!(Some(reading(shift)), row.get(shift.site), "{shift:?}");
            assert!((shift.value.abs() - 1.0).abs() < 0.05, "{shift:?}");
        }
        // The text layer holds the kinds of blanks within lines.
        for paragraph in pages.text() {
            let marked = |c: &char| ['\u{2005}', '\u{2008}', '\u{205f}'].contains(c);
            let given = paragraph.chars().filter(marked).count();
            let word = paragraph.split(' ').next().unwrap();
            assert!(found.text.contains(word), "{word}");
            assert!(given > 0);
        }
        let kept = found.text.chars().filter(|c| *c == '\u{2005}' || *c == '\u{2008}').count();
        let given: usize =
            pages.text().iter().map(|p| p.matches(['\u{2005}', '\u{2008}']).count()).sum();
        assert!(kept * 100 > given * 85, "{kept} of {given} marked blanks");
    }
}

#[test]
fn a_page_without_marks_and_a_foreign_page_say_nothing() {
    let sample = paper(Form::Report, 2);
    let row = readings(9);
    let plain = typeset(&sample, &row.without_layout()).unwrap();
    let found = read_pdf(&plain.pdf().unwrap()).unwrap();
    assert_eq!(shifts(&sample, &row, &found, |_| true).unwrap(), []);
    let mut foreign = sample.clone();
    foreign.paragraphs.truncate(1);
    foreign.paragraphs[0].parts = vec![Part::Fixed("The ferry from Hallin was late, and nobody on the pier knew why the band had been ordered for noon. ".repeat(12).trim_end().to_owned())];
    let marked = typeset(&foreign, &row).unwrap();
    let found = read_pdf(&marked.pdf().unwrap()).unwrap();
    assert_eq!(shifts(&sample, &row, &found, |_| true).unwrap(), []);
    // Control: against its own paper the same file is full of them.
    assert!(shifts(&foreign, &Readings::none(), &found, |_| true).unwrap().len() > 60);
}

#[test]
fn hostile_files_are_refused() {
    assert_eq!(read_pdf(b"no pdf at all"), Err(PdfError::Damaged));
    assert_eq!(read_pdf(b"%PDF-1.7\ngarbage"), Err(PdfError::Damaged));
    // One stream of zeros that unpacks to more than the limit.
    let zeros = vec![0_u8; 1 << 20];
    let mut packed = miniz_oxide::deflate::compress_to_vec_zlib(&zeros, 9);
    let mut bomb = b"%PDF-1.7\n".to_vec();
    for number in 1..=(MAX_UNPACKED >> 20) + 1 {
        bomb.extend(
            format!("{number} 0 obj <</Filter/FlateDecode/Length {}>>\nstream\n", packed.len())
                .bytes(),
        );
        bomb.append(&mut packed.clone());
        bomb.extend(b"\nendstream endobj\n");
    }
    packed.clear();
    assert!(matches!(read_pdf(&bomb), Err(PdfError::TooLarge { .. })));
    let good = typeset(&paper(Form::Cable, 1), &readings(1)).unwrap().pdf().unwrap();
    for cut in [10, good.len() / 3, good.len() / 2, good.len() - 40] {
        // Whatever comes of a damaged file, it is an answer.
        let _ = read_pdf(&good[..cut]);
        let mut torn = good.clone();
        torn[cut] ^= 0x55;
        let _ = read_pdf(&torn);
    }
}
