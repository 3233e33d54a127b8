//! The table of `docs/vectors.md`: foreign vectors from whose listed outcome this program departs.

const TABLE: &str = include_str!("../../../../docs/vectors.md");
/// The sets that some test holds against the table.
const SETS: [&str; 3] = ["age", "litewitness", "subtree"];

/// The rows of a set: the vector, what is listed of it, and what comes of it here. Each has its reason.
pub(crate) fn departures(set: &str) -> Vec<[String; 3]> {
    let rows = TABLE.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| set"));
    let cells = rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect::<Vec<_>>());
    let mut found = Vec::new();
    for row in cells {
        let [of, vector, listed, here, why] = row[..] else { panic!("not a row: {row:?}") };
        assert!(SETS.contains(&of) && !why.is_empty(), "{row:?}");
        if of == set {
            found.push([vector, listed, here].map(str::to_owned));
        }
    }
    assert!(!found.is_empty(), "no test is for {set}");
    found
}
