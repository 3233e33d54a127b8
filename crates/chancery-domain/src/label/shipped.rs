//! The policies that come with Chancery, as files in `policies/`.
//!
//! They are examples of our own making in the manner of a ministry's and a company's; none is an
//! official one. The object identifiers lie under 2.25 (random numbers, ITU-T X.667).

use std::sync::LazyLock;

use super::Policy;

/// A shipped policy: its name, its text, and the policy once it has been asked for.
type Shipped = (&'static str, &'static str, LazyLock<Policy>);

static SHIPPED: [Shipped; 3] = [
    ("uk-like", UK_LIKE, LazyLock::new(|| read(UK_LIKE))),
    ("us-like", US_LIKE, LazyLock::new(|| read(US_LIKE))),
    ("company", COMPANY, LazyLock::new(|| read(COMPANY))),
];
const UK_LIKE: &str = include_str!("../../policies/uk-like.xml");
const US_LIKE: &str = include_str!("../../policies/us-like.xml");
const COMPANY: &str = include_str!("../../policies/company.xml");

fn read(xml: &str) -> Policy {
    Policy::parse(xml).expect("a shipped policy is read by its own tests")
}

impl Policy {
    /// A policy that comes with Chancery: `uk-like`, `us-like` or `company`.
    #[must_use]
    pub fn shipped(name: &str) -> Option<&'static Self> {
        SHIPPED.iter().find(|(own, ..)| *own == name).map(|(.., policy)| &**policy)
    }

    /// The text of a policy that comes with Chancery.
    #[must_use]
    pub fn shipped_xml(name: &str) -> Option<&'static str> {
        SHIPPED.iter().find(|(own, ..)| *own == name).map(|(_, xml, _)| *xml)
    }

    /// The names of the policies that come with Chancery.
    pub fn shipped_names() -> impl Iterator<Item = &'static str> {
        SHIPPED.iter().map(|(name, ..)| *name)
    }
}
