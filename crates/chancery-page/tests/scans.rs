//! Pages that are pictures come out of a PDF as they were scanned; pages with text stay text.

use chancery_page::{
    Foreign, Form, MAX_PAGES, MAX_PICTURES, PdfError, read_foreign, read_pdf, read_written, typeset,
};

#[path = "support/scans.rs"]
mod scans;
mod support;
use scans::{Grey, Page};
use support::{paper, readings};

/// A picture of which no two parts look alike.
fn sample(width: usize, height: usize) -> Grey {
    let tone = |at: usize| (at.wrapping_mul(2_654_435_761) >> 13) as u8;
    (width, height, (0..width * height).map(tone).collect())
}

/// A font whose letters are all equally wide.
fn font() -> &'static [u8] {
    let outlines = |font: &&[u8]| font.starts_with(&[0, 1, 0, 0]);
    typst_assets::fonts().find(outlines).expect("the typesetter brings one")
}

const A6: (f64, f64) = (297.6, 419.5);

#[test]
fn a_page_that_is_one_picture_comes_out_pixel_by_pixel() {
    let picture = sample(620, 874);
    let bytes = scans::pages(&[
        Page::filled(A6, scans::picture(&picture)),
        Page { drawn: "q Q".into(), ..Page::filled(A6, scans::picture(&picture)) },
        Page::filled(A6, scans::picture(&picture)),
    ]);
    let found = read_foreign(&bytes).unwrap();
    let numbers: Vec<usize> = found.pictures.iter().map(|picture| picture.page).collect();
    assert_eq!(numbers, [1, 3], "the page between shows nothing");
    for page in &found.pictures {
        assert_eq!((page.grey.width, page.grey.height), (picture.0, picture.1));
        assert!(page.grey.pixels == picture.2);
    }
    assert_eq!((found.text.text.as_str(), found.text.geometry.pages.len()), ("", 3));
    assert_eq!(read_foreign(&bytes).unwrap(), found, "and again the same");
    let written = read_written(&bytes).unwrap();
    assert!(written.pictures.is_empty() && written.text == found.text);
}

#[test]
fn strips_layers_and_turned_pages_come_together() {
    let (width, height, samples) = sample(620, 874);
    let (upper, lower) = samples.split_at(width * 437);
    let strips = Page {
        pictures: vec![
            scans::picture(&(width, 437, upper.to_vec())),
            scans::picture(&(width, 437, lower.to_vec())),
        ],
        drawn: "q 297.6 0 0 209.75 0 209.75 cm /P0 Do Q q 297.6 0 0 209.75 0 0 cm /P1 Do Q".into(),
        ..Page::filled(A6, Vec::new())
    };
    // On a page that is shown turned, what was the upper edge is at the right.
    let turned =
        Page { entries: "/Rotate 90", ..Page::filled(A6, scans::picture(&sample(620, 874))) };
    // Paper without detail, and the letters as a mask of one bit a pixel that is painted black.
    let paper = scans::picture(&(31, 44, vec![200; 31 * 44]));
    let bits: Vec<u8> =
        (0..874).flat_map(|y| vec![if y % 2 == 0 { 0xf0 } else { 0 }; 78]).collect();
    let mask = scans::stream(
        "/Type/XObject/Subtype/Image/Width 620/Height 874/ImageMask true/BitsPerComponent 1",
        &bits,
    );
    let layers = Page {
        pictures: vec![paper, mask],
        drawn: "q 297.6 0 0 419.5 0 0 cm /P0 Do Q 0 g q 297.6 0 0 419.5 0 0 cm /P1 Do Q".into(),
        ..Page::filled(A6, Vec::new())
    };
    let found = read_foreign(&scans::pages(&[strips, turned, layers])).unwrap();
    let [strips, turned, layers] = &found.pictures[..] else { panic!("{}", found.pictures.len()) };
    assert!(strips.grey.pixels == samples);
    assert_eq!((turned.grey.width, turned.grey.height), (height, width));
    assert_eq!(turned.grey.pixels[height - 1], samples[0]);
    assert_eq!(turned.grey.pixels[0], samples[(height - 1) * width]);
    assert_eq!((layers.grey.width, layers.grey.height), (620, 874));
    // A bit of 0 is painted.
    assert_eq!(layers.grey.pixels[..8], [200, 200, 200, 200, 0, 0, 0, 0]);
    assert_eq!(layers.grey.pixels[620], 0);
}

#[test]
fn finer_scans_are_scaled_down_evenly() {
    // 1,200 dpi: four samples a pixel, one of them black.
    let fine: Vec<u8> = (0..1_984 * 2_800).map(|at| if at % 4 == 0 { 0 } else { 255 }).collect();
    let page = Page::filled((119.04, 168.0), scans::picture(&(1_984, 2_800, fine)));
    let found = read_foreign(&scans::pages(&[page])).unwrap();
    let grey = &found.pictures[0].grey;
    assert_eq!((grey.width, grey.height), (496, 700));
    assert!(grey.pixels.iter().all(|tone| (180..=197).contains(tone)), "{:?}", &grey.pixels[..20]);
}

#[test]
fn text_comes_first_and_what_cannot_be_seen_is_set_aside() {
    let picture = || scans::picture(&sample(620, 874));
    let words = "BT /F 9 Tf 20 300 Td (The pilots left the harbour before the ice came down the river, and nobody on the pier knew why the band had been ordered for noon; a boy sold tea from a bucket.) Tj ET";
    let over = |words: &str| Page {
        drawn: format!("q 297.6 0 0 419.5 0 0 cm /P0 Do Q {words}"),
        ..Page::filled(A6, picture())
    };
    let hidden = words.replace("BT", "BT 3 Tr");
    let small =
        Page { drawn: "q 100 0 0 140 0 0 cm /P0 Do Q".into(), ..Page::filled(A6, picture()) };
    let stamp = "BT /F 9 Tf 20 20 Td (ABC 0001) Tj ET";
    let file = scans::lettered(&[over(words), over(&hidden), over(stamp), small], font());
    let found = read_foreign(&file).unwrap();
    let numbers: Vec<usize> = found.pictures.iter().map(|picture| picture.page).collect();
    assert_eq!(numbers, [2, 3], "a text page stays one, a small picture makes none");
    assert!(found.text.text.starts_with("The pilots left") && !found.text.text.contains("ABC"));
    assert_eq!(found.text.text.matches("pilots").count(), 1);
    assert!(found.hidden.starts_with("The pilots left"), "{}", found.hidden);
    assert_eq!(read_pdf(&file).unwrap().text.matches("pilots").count(), 1);
    // A copy of the house is text throughout.
    let own = typeset(&paper(Form::Cable, 1), &readings(1)).unwrap().pdf().unwrap();
    let found = read_foreign(&own).unwrap();
    assert_eq!((found.pictures.len(), found.hidden.as_str()), (0, ""));
    assert_eq!(found.text, read_pdf(&own).unwrap());
}

#[test]
fn what_was_read_travels_and_nothing_else_is_believed() {
    let own = typeset(&paper(Form::Cable, 1), &readings(1)).unwrap().pdf().unwrap();
    let scan = scans::pages(&[Page::filled(A6, scans::picture(&sample(124, 175)))]);
    for file in [own, scan] {
        let found = read_foreign(&file).unwrap();
        let bytes = found.to_bytes();
        assert_eq!(Foreign::from_bytes(&bytes), Ok(found));
        for cut in (0..bytes.len()).step_by(97).chain([bytes.len() - 1]) {
            assert_eq!(Foreign::from_bytes(&bytes[..cut]), Err(PdfError::Damaged), "{cut}");
        }
        assert!(Foreign::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
        for at in (0..bytes.len().min(4_000)).step_by(7) {
            let mut torn = bytes.clone();
            torn[at] ^= 0xff;
            // Whatever it says, it is an answer.
            let _ = Foreign::from_bytes(&torn);
        }
    }
}

#[test]
fn more_than_the_limits_is_refused() {
    let small = scans::picture(&sample(124, 175));
    let many = |count: usize| {
        let page = || Page::filled(A6, small.clone());
        scans::pages(&(0..count).map(|_| page()).collect::<Vec<_>>())
    };
    assert_eq!(read_foreign(&many(MAX_PICTURES)).unwrap().pictures.len(), MAX_PICTURES);
    let refused = |file: &[u8], what: &str| match read_foreign(file) {
        Err(PdfError::TooLarge { what: found, .. }) => assert_eq!(found, what),
        other => panic!("{other:?}"),
    };
    refused(&many(MAX_PICTURES + 1), "pages that are pictures");
    let blank = || Page { drawn: String::new(), ..Page::filled(A6, Vec::new()) };
    let thousand: Vec<Page> = (0..1_000).map(|_| blank()).collect();
    assert!(thousand.len() > MAX_PAGES);
    refused(&scans::pages(&thousand), "pages");
    // A picture that says it is huge is not decoded, in whatever encoding.
    for filter in ["", "/Filter/DCTDecode", "/Filter/JBIG2Decode", "/Filter/CCITTFaxDecode"] {
        let huge = scans::encoded(65_535, 65_535, filter, &[0; 64]);
        refused(&scans::pages(&[Page::filled(A6, huge)]), "pixels in one picture");
        // Control: bytes that are no picture of a usual size are passed over.
        let torn = scans::encoded(620, 874, filter, &[0; 64]);
        read_foreign(&scans::pages(&[Page::filled(A6, torn)])).unwrap();
    }
    let drawn = "q 1 0 0 1 0 0 cm /P0 Do Q ".repeat(20_001);
    let often = Page { drawn, ..Page::filled(A6, small.clone()) };
    refused(&scans::pages(&[often]), "pictures");
    // A page of any size makes a picture within the limits, or none.
    for side in [1e-3, 1.0, 14_400.0, 1e7] {
        let page = Page::filled((side, 14_400.0), small.clone());
        let found = read_foreign(&scans::pages(&[page])).unwrap();
        assert!(found.pictures.iter().all(|p| p.grey.pixels.len() <= 8_750_000));
    }
}
