//! Two pages in one picture: each is read nearly as well as it is alone, whichever lies on the left.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use chancery_capture::{Chance, Kind, Page};
use chancery_page::{Form, Readings, typeset};
use chancery_scan::{GrayImage, Marking, Paper, Segment, read, search};
use image::imageops::replace;
use support::readers::Readers;
use support::*;

/// Two pages beside each other.
fn beside(left: &Page, right: &Page) -> Page {
    let (width, height) = left.image.dimensions();
    let mut image = GrayImage::from_pixel(2 * width, height, image::Luma([255]));
    replace(&mut image, &left.image, 0, 0);
    replace(&mut image, &right.image, width.into(), 0);
    Page { image, dpi: left.dpi }
}

/// Page sites that a capture shows, and how many of them read as another than the row's.
fn sites(page: &Page, kind: Kind, paper: &Paper, row: &Readings) -> (usize, usize) {
    let picture = kind.take(page, &mut Chance::new(3));
    let Some(reading) = read(&picture, paper, &Marking::SHIPPED) else { return (0, 0) };
    let wrong = reading.marks.iter().filter(|mark| {
        let seen = u8::from(mark.likelihoods[1] > mark.likelihoods[0]);
        row.get(mark.site) != Some(seen)
    });
    (reading.marks.len(), wrong.count())
}

#[test]
fn a_spread_is_read_as_its_pages_are() {
    let mut chance = Chance::new(19);
    let words = drawn(1_200, &vocabulary(), &mut chance);
    let source = source(&words, Form::Report, &mut chance);
    let row = Readers::new(&source, 19, 10).row(4);
    let pages = typeset(&source, &row).unwrap();
    let paper = bridge::paper(&source);
    let [one, two] = [0, 1].map(|number| bridge::page(&pages, number, 300.0));
    for kind in [Kind::Raster100, Kind::Scan150Jpeg30] {
        let alone: usize =
            [&one, &two].map(|page| sites(page, kind, &paper, &row).0).into_iter().sum();
        for (name, left, right) in [("in order", &one, &two), ("exchanged", &two, &one)] {
            let spread = beside(left, right);
            let (read, wrong) = sites(&spread, kind, &paper, &row);
            println!("{}, {name}: {read} of {alone} sites, {wrong} wrong", kind.name());
            assert!(100 * read >= 97 * alone, "{name}: {read} of {alone}");
            assert!(100 * wrong <= read, "{name}: {wrong} of {read}");
        }
        let archive = Segment::build([(7, &paper.widths()[..])]).unwrap();
        let picture = kind.take(&beside(&one, &two), &mut Chance::new(3));
        assert_eq!(search(&picture, &[&archive]).first().map(|found| found.text), Some(7));
    }
}
