//! The policies that come with Chancery, as files in `policies/`.
//!
//! They are examples of our own making in the manner of a ministry's and a company's; none is an
//! official one. The object identifiers lie under 2.25 (random numbers, ITU-T X.667).

use std::sync::LazyLock;

use super::Policy;

/// Name, and the policy once it has been asked for.
static SHIPPED: [(&str, LazyLock<Policy>); 3] = [
    ("uk-like", LazyLock::new(|| read(include_str!("../../policies/uk-like.xml")))),
    ("us-like", LazyLock::new(|| read(include_str!("../../policies/us-like.xml")))),
    ("company", LazyLock::new(|| read(include_str!("../../policies/company.xml")))),
];

fn read(xml: &str) -> Policy {
    Policy::parse(xml).expect("a shipped policy is read by its own tests")
}

impl Policy {
    /// A policy that comes with Chancery: `uk-like`, `us-like` or `company`.
    #[must_use]
    pub fn shipped(name: &str) -> Option<&'static Self> {
        SHIPPED.iter().find(|(own, _)| *own == name).map(|(_, policy)| &**policy)
    }

    /// The names of the policies that come with Chancery.
    pub fn shipped_names() -> impl Iterator<Item = &'static str> {
        SHIPPED.iter().map(|(name, _)| *name)
    }
}
