//! Real captures: pages to print, and the table of what was read from their pictures.
//!
//!     cargo run --release -p chancery-scan --example captures -- print FOLDER 12
//!     cargo run --release -p chancery-scan --example captures -- table FOLDER
//!
//! The first writes `1.pdf`, `2.pdf`...; only the first page of each counts. Print them at 100 %, capture
//! them, and name each picture by its page and its device: `3-telephone.jpg`, `3-flatbed.tiff`. The second
//! makes a row for each device.
#![allow(clippy::unwrap_used, reason = "a tool of the tests may fail by panicking")]

#[path = "../tests/support/mod.rs"]
mod support;

use chancery_capture::Chance;
use chancery_scan::picture;
use std::collections::BTreeMap;
use std::path::Path;
use support::leaks::{Cell, HEAD, Leak};

/// Seeds of printed pages begin here, away from those of the tests.
const FIRST: u64 = 5_000_000;

fn leak(number: u64) -> Leak {
    let words = support::drawn(700, &support::vocabulary(), &mut Chance::new(FIRST + number));
    Leak::new(&words, FIRST + number)
}

fn print(folder: &Path, pages: u64) {
    std::fs::create_dir_all(folder).unwrap();
    for number in 1..=pages {
        std::fs::write(folder.join(format!("{number}.pdf")), leak(number).pdf).unwrap();
    }
}

fn table(folder: &Path) {
    let mut cells: BTreeMap<String, Cell> = BTreeMap::new();
    let mut names: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    names.sort();
    for path in names {
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        let Some((number, device)) = stem.split_once('-') else { continue };
        let Ok(number) = number.parse() else { continue };
        match picture::decode(&std::fs::read(&path).unwrap()) {
            Ok(pictures) => {
                let cell = cells.entry(device.to_owned()).or_default();
                let leak = leak(number);
                let alone = leak.alone();
                for picture in &pictures {
                    if let Some(trouble) = leak.count(picture, (&alone, 0), cell) {
                        eprintln!("{}: {trouble}", path.display());
                    }
                }
            }
            Err(reason) => eprintln!("{}: {reason}", path.display()),
        }
    }
    println!("{HEAD}");
    cells.iter().for_each(|(device, cell)| println!("{}", cell.row(device)));
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["print", folder, pages] => print(Path::new(folder), pages.parse().unwrap()),
        ["table", folder] => table(Path::new(folder)),
        _ => eprintln!("captures print FOLDER PAGES | captures table FOLDER"),
    }
}
