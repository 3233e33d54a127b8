//! Walking finished frames, and exchanging text items in them.
//!
//! Text items are numbered in the order of the walk, over all pages of a document; that number is what
//! finding and exchanging have in common.

use std::collections::BTreeMap;

use typst::foundations::Value;
use typst::introspection::{MetadataElem, Tag};
use typst::layout::{Frame, FrameItem, Point};
use typst::text::TextItem;
use typst_layout::PagedDocument;

/// What the template's markers say about the text that follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Inside {
    /// The paragraph, counted from 0.
    pub(crate) paragraph: Option<usize>,
    /// At the head or the foot of a page.
    furniture: bool,
}

impl Inside {
    /// The paragraph whose own text stands here.
    pub(crate) fn text(self) -> Option<usize> {
        if self.furniture { None } else { self.paragraph }
    }

    fn read(&mut self, tag: &Tag) {
        let Tag::Start(content, _) = tag else { return };
        let Some(marker) = content.to_packed::<MetadataElem>() else { return };
        match marker.value {
            Value::Int(-1) => self.paragraph = None,
            Value::Int(-2) => self.furniture = true,
            Value::Int(-3) => self.furniture = false,
            Value::Int(paragraph) => self.paragraph = usize::try_from(paragraph).ok(),
            _ => {}
        }
    }
}

/// A text item in its place.
pub(crate) struct Found<'a> {
    pub(crate) page: usize,
    /// Pen at its beginning, from the page's upper left corner.
    pub(crate) at: Point,
    pub(crate) item: &'a TextItem,
    pub(crate) inside: Inside,
}

/// All text items of a document in order.
pub(crate) fn text_items(document: &PagedDocument) -> Vec<Found<'_>> {
    let mut found = Vec::new();
    let mut inside = Inside::default();
    for (page, of) in document.pages().iter().enumerate() {
        walk(&of.frame, Point::zero(), page, &mut inside, &mut found);
    }
    found
}

fn walk<'a>(
    frame: &'a Frame,
    origin: Point,
    page: usize,
    inside: &mut Inside,
    found: &mut Vec<Found<'a>>,
) {
    for (at, item) in frame.items() {
        let at = origin + *at;
        match item {
            FrameItem::Text(item) => found.push(Found { page, at, item, inside: *inside }),
            // The template only ever moves groups.
            FrameItem::Group(group) => {
                let moved = Point::new(group.transform.tx, group.transform.ty);
                walk(&group.frame, at + moved, page, inside, found);
            }
            FrameItem::Tag(tag) => inside.read(tag),
            _ => {}
        }
    }
}

/// The document with some of its text items exchanged, by their numbers.
pub(crate) fn exchange(
    document: &PagedDocument,
    items: &BTreeMap<usize, TextItem>,
    info: typst::model::DocumentInfo,
) -> PagedDocument {
    let mut next = 0;
    let pages = document
        .pages()
        .iter()
        .map(|page| {
            let mut page = page.clone();
            if let Some(frame) = exchanged(&page.frame, &mut next, items) {
                page.frame = frame;
            }
            page
        })
        .collect();
    PagedDocument::new(pages, info)
}

fn exchanged(frame: &Frame, next: &mut usize, items: &BTreeMap<usize, TextItem>) -> Option<Frame> {
    let first = *next;
    let last = first + count(frame);
    if items.range(first..last).next().is_none() {
        *next = last;
        return None;
    }
    let mut out = Frame::new(frame.size(), frame.kind());
    if frame.has_baseline() {
        out.set_baseline(frame.baseline());
    }
    out.push_multiple(frame.items().map(|(at, item)| {
        let item = match item {
            FrameItem::Text(text) => {
                *next += 1;
                FrameItem::Text(items.get(&(*next - 1)).unwrap_or(text).clone())
            }
            FrameItem::Group(group) => {
                let mut group = group.clone();
                if let Some(inner) = exchanged(&group.frame, next, items) {
                    group.frame = inner;
                }
                FrameItem::Group(group)
            }
            item => item.clone(),
        };
        (*at, item)
    }));
    Some(out)
}

fn count(frame: &Frame) -> usize {
    frame
        .items()
        .map(|(_, item)| match item {
            FrameItem::Text(_) => 1,
            FrameItem::Group(group) => count(&group.frame),
            _ => 0,
        })
        .sum()
}
