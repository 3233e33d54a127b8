//! The frame of every page: the banner with its label, the bar, the foot; and the parts that pages are
//! made of. No part has a style or a script of its own: both are in the one sheet and the few scripts.

mod docket;
mod field;
mod label;

use maud::{DOCTYPE, Markup, PreEscaped, html};

pub(crate) use docket::{docket, docket_wide};
pub(crate) use field::{Field, field};
pub(crate) use label::{Marking, label, label_inline};

use crate::assets;
use crate::visitor::Visitor;
use crate::words;

/// Where in the house a page lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Desk,
    Papers,
    Drafts,
    Inquiries,
    Offices,
    Record,
    House,
    /// What is one’s own: not in the bar.
    Own,
}

/// What stands around a page.
#[derive(Clone, Debug)]
pub(crate) struct Frame<'a> {
    /// For the window and its list. Never the subject of a paper: windows' titles leak.
    pub(crate) title: &'a str,
    pub(crate) section: Section,
    /// The highest label on the page.
    pub(crate) label: Option<Marking>,
    /// Scripts of the page beside the keys.
    pub(crate) scripts: &'a [&'static str],
    /// The keys that work here, and what they do.
    pub(crate) keys: &'a [(&'static str, &'static str)],
}

impl<'a> Frame<'a> {
    pub(crate) const fn new(title: &'a str, section: Section) -> Self {
        Self { title, section, label: None, scripts: &[], keys: &[] }
    }

    /// With the highest label on the page.
    pub(crate) fn label(mut self, label: Option<Marking>) -> Self {
        self.label = label;
        self
    }

    pub(crate) const fn scripts(mut self, scripts: &'a [&'static str]) -> Self {
        self.scripts = scripts;
        self
    }

    pub(crate) const fn keys(mut self, keys: &'a [(&'static str, &'static str)]) -> Self {
        self.keys = keys;
        self
    }
}

/// A page for somebody who is signed in.
pub(crate) fn page(visitor: &Visitor, frame: &Frame<'_>, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en-GB" {
            (head(frame.title, frame.scripts))
            body {
                a.skip href="#main" { "Skip to content" }
                header.top {
                    (banner(frame.label.as_ref()))
                    div.bar {
                        (brand())
                        (nav(visitor, frame.section))
                        form.find role="search" aria-label="All papers" method="post" action="/search" {
                            label.vh for="q" { "Search the papers you may read" }
                            input #q type="search" name="q" placeholder="Search papers" autocomplete="off" maxlength="1000";
                            kbd aria-hidden="true" { "/" }
                        }
                        details.who {
                            summary { b { (visitor.name) } span { (hat(visitor)) } }
                            div.menu {
                                a href="/record" { "What is entered about me" }
                                a href="/findings" { "Findings that concern me" }
                                a href="/how-i-sign-in" { "How I sign in" }
                                a href="/programs" { "Programs that act for me" }
                                form method="post" action="/sign-out" { button.link type="submit" { "Sign out" } }
                            }
                        }
                    }
                }
                main #main { (body) }
                (foot(frame.keys))
            }
        }
    }
}

/// A page for anybody: before signing in, and where nobody is asked who he is.
pub(crate) fn plain(title: &str, body: &Markup) -> Markup {
    plain_with(title, &[], body)
}

/// As [`plain`], with scripts.
pub(crate) fn plain_with(title: &str, scripts: &[&'static str], body: &Markup) -> Markup {
    bare(title, scripts, body, &foot(&[]))
}

/// A page of a house that is sealed: nothing else is there, and so it leads nowhere.
pub(crate) fn shut(title: &str, body: &Markup) -> Markup {
    bare(title, &[], body, &html! {})
}

fn bare(title: &str, scripts: &[&'static str], body: &Markup, foot: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en-GB" {
            (head(title, scripts))
            body.plain-page {
                a.skip href="#main" { "Skip to content" }
                header.bar { (brand()) }
                main #main { (body) }
                (foot)
            }
        }
    }
}

fn head(title: &str, scripts: &[&'static str]) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            title { (title) " · Chancery" }
            link rel="preload" href=(assets::address("fonts/source-sans-3.woff2")) as="font" type="font/woff2" crossorigin;
            link rel="preload" href=(assets::address("fonts/libertinus-serif-600.woff2")) as="font" type="font/woff2" crossorigin;
            link rel="icon" type="image/svg+xml" href=(assets::address("icon.svg"));
            link rel="stylesheet" href=(*assets::SHEET_ADDRESS);
            script src=(assets::address("keys.js")) defer {}
            @for script in scripts { script src=(assets::address(script)) defer {} }
        }
    }
}

/// The label that never leaves.
fn banner(label: Option<&Marking>) -> Markup {
    html! {
        @match label {
            Some(marking) => {
                p.banner { "Highest label on this screen: " b { (marking.classification) }
                    @if !marking.handling.is_empty() { ", " (marking.handling) } }
            }
            None => p.banner { "Nothing on this screen bears a label" },
        }
    }
}

fn brand() -> Markup {
    html! {
        a.brand href="/" {
            (PreEscaped(r#"<svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><path d="M3.5 1.5h12l5 5v16h-17z" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M15.5 1.5v5h5" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M7 11.5h3m1.6 0h4.9M7 15h4.6m2.4 0h2.5M7 18.5h2.6m1.6 0h5.3" stroke="currentColor" stroke-width="1.6"/></svg>"#))
            "Chancery"
        }
    }
}

fn nav(visitor: &Visitor, here: Section) -> Markup {
    let rooms = [
        ("/", "Desk", Section::Desk),
        ("/papers", "Papers", Section::Papers),
        ("/drafts", "Drafts", Section::Drafts),
        ("/inquiries", "Inquiries", Section::Inquiries),
        ("/offices", "Offices", Section::Offices),
        ("/record", "Record", Section::Record),
    ];
    let house = visitor.custodian.then_some(("/house", "House", Section::House));
    html! {
        nav.nav aria-label="Main" {
            @for (href, name, section) in rooms.into_iter().chain(house) {
                @if section == here { a href=(href) aria-current="page" { (name) } } @else { a href=(href) { (name) } }
            }
        }
    }
}

/// The office that a visitor acts for, in few words.
fn hat(visitor: &Visitor) -> String {
    let chosen = visitor.chosen.as_ref();
    let mut offices = visitor.offices.iter();
    let shown =
        offices.clone().find(|held| Some(&held.office) == chosen).or_else(|| offices.next());
    let Some(held) = shown else { return String::new() };
    let more = visitor.offices.len().saturating_sub(1);
    let capacity = words::capacity(held.capacity).map(|c| format!(", {c}")).unwrap_or_default();
    match (chosen.is_some(), more) {
        (true, _) | (false, 0) => format!("{}{capacity}", held.title),
        (false, 1) => format!("{}{capacity}, and one more", held.title),
        (false, more) => format!("{}{capacity}, and {more} more", held.title),
    }
}

fn foot(keys: &[(&'static str, &'static str)]) -> Markup {
    html! {
        footer.foot {
            @if !keys.is_empty() {
                p.keys { @for (key, does) in keys { span { kbd { (key) } " " (does) } } }
            }
            p { a href="/raise-a-concern" { "Raise a concern lawfully" } }
        }
    }
}

/// A choice of views: links, the present one marked.
pub(crate) fn segments(name: &str, choices: &[(&str, &str, bool)]) -> Markup {
    html! {
        span.seg role="group" aria-label=(name) {
            @for (text, href, now) in choices {
                @if *now { a href=(href) aria-current="true" { (text) } } @else { a href=(href) { (text) } }
            }
        }
    }
}

/// How far a step of a procedure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Done,
    Now,
    ToDo,
}

/// The steps of a procedure: each with its name, and who did it or will.
pub(crate) fn steps(steps: &[(Stage, &str, String)]) -> Markup {
    html! {
        ol.steps {
            @for (stage, name, who) in steps {
                @match stage {
                    Stage::Done => li.done { b { (name) } (who) },
                    Stage::Now => li.now aria-current="step" { b { (name) } (who) },
                    Stage::ToDo => li.todo { b { (name) } (who) },
                }
            }
        }
    }
}
