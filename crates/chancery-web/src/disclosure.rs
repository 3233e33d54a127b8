//! Raising a concern lawfully: one click from every paper, neither marked nor entered.

use maud::{Markup, html};

use crate::layout;
use crate::route::{Route, Rule};

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get("/raise-a-concern", Rule::Anyone, page)]
}

/// The same for everybody, signed in or not; nobody is asked who he is.
async fn page() -> Markup {
    let title = "Raise a concern lawfully";
    let body = html! {
        div.narrow {
            h1 { (title) }
            p.lead {
                "The law protects people who report wrongdoing to those whom it names. This page is the same for everybody. It bears no marks, and that you opened it is not entered."
            }
            h2 { "What a marked copy means" }
            p {
                "Every copy of a paper differs slightly from every other, and a text that turns up elsewhere can be compared with the copies. Whoever wishes to report something should not pass a copy on: tell what is wrong, and let those who are entitled to it ask for the paper."
            }
            h2 { "Whom you can tell" }
            ul.plain {
                li { b { "Inside the house: " } "the head of your office, the legal adviser, or the inspectorate." }
                li { b { "Outside it: " } "the audit authority, the parliamentary ombudsman, or whoever the law of your country names. They may receive what is classified." }
                li { b { "For advice: " } "the staff council, or a lawyer who is bound to silence. Asking for advice is no disclosure." }
            }
            h2 { "What the house may not do" }
            p {
                "Inquiries exist to find how a text got out, not who spoke to an ombudsman. Two officers of different offices have to agree to one, it is entered in the record, and readers concerned are told. A finding is about a copy and never about a person."
            }
        }
    };
    layout::plain(title, &body)
}
