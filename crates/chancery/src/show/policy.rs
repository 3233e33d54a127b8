//! The label policy on the terminal.

use chancery_desk::ShownPolicy;

use super::{table, wrapped};

pub(crate) fn policy(policy: Option<&ShownPolicy>) -> String {
    let Some(policy) = policy else {
        return "No label policy is in force: markings are words, and the distribution alone decides.\nSet one: chancery policy set uk-like|us-like|company|FILE"
            .to_owned();
    };
    let mut sets: Vec<(&str, Vec<&str>)> = Vec::new();
    for (set, word) in &policy.categories {
        match sets.last_mut() {
            Some((last, words)) if last == set => words.push(word),
            _ => sets.push((set, vec![word])),
        }
    }
    let rows = sets.into_iter().map(|(set, words)| [set.to_owned(), words.join(", ")]);
    let ladder = policy.classifications.join(" < ");
    format!(
        "{} ({})\n{}\n\n{}",
        policy.name,
        policy.id,
        wrapped(&ladder, ""),
        table(["categories", "words"], rows)
    )
}
