//! Every page is looked at in a real browser: the list of `web-tests` is the table of routes.

use std::collections::BTreeSet;

use crate::routes;

const LIST: &str = include_str!("../../../../web-tests/pages.txt");

#[test]
fn the_browser_tests_know_every_route() {
    let lines: Vec<&str> = LIST.lines().filter(|l| !l.is_empty() && !l.starts_with('#')).collect();
    let mut listed = BTreeSet::new();
    for line in &lines {
        let (does, route) = line.split_once(' ').unwrap();
        assert!(["look", "go", "none"].contains(&does), "{line}");
        assert!(listed.insert(route.to_owned()), "{line} stands there twice");
    }
    let pages = routes::all().into_iter().filter(|route| route.operation.is_none());
    let routes: BTreeSet<_> =
        pages.map(|route| format!("{} {}", route.method, route.path)).collect();
    let missing: Vec<_> = routes.difference(&listed).collect();
    assert!(missing.is_empty(), "say in web-tests/pages.txt what is done with {missing:?}");
    let gone: Vec<_> = listed.difference(&routes).collect();
    assert!(gone.is_empty(), "no longer a route: {gone:?}");
}
