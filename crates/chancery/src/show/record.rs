//! The record on the terminal.

use std::path::Path;

use chancery_desk::{CheckedReceipt, Epoch, Proved, PublishedCheckpoint};
use chancery_witness::Asked;
use console::style;

use super::{table, wrapped};

/// Who stands behind a checkpoint besides the house.
fn standing(word: &str, witnesses: &[String]) -> String {
    match word {
        "witnessed" => format!("Witnessed by {}.", witnesses.join(", ")),
        "below-quorum" => format!(
            "Below the quorum: only {} signed. Without the others it can be another for others.",
            witnesses.join(", ")
        ),
        _ => "UNWITNESSED: nobody outside this house has signed it. Its operator could have shown others another one.".to_owned(),
    }
}

pub(crate) fn published(published: &PublishedCheckpoint, asked: &[Asked]) -> String {
    let rows = asked.iter().map(|asked| [asked.witness.clone(), asked.outcome.clone()]);
    let asked =
        if asked.is_empty() { String::new() } else { table(["witness", "answer"], rows) + "\n" };
    let shown = if published.shown { "" } else { " It is not shown to outsiders." };
    format!(
        "{}\n{asked}{}{shown}",
        published.checkpoint,
        wrapped(&standing(published.standing, &published.witnesses), "")
    )
}

pub(crate) fn proved(proved: &Proved, output: Option<&Path>) -> String {
    let standing = standing(proved.standing, &proved.witnesses);
    match output {
        Some(file) => format!(
            "Wrote {} and {}.\n{standing}",
            file.display(),
            file.with_extension("json").display()
        ),
        None => format!("{}\n\n{}\n{standing}", proved.entry, proved.receipt),
    }
}

pub(crate) fn checked_receipt(checked: &CheckedReceipt) -> String {
    let names: Vec<String> = checked.witnesses.iter().map(|(name, _)| name.clone()).collect();
    let enough = if checked.enough { "" } else { " The policy wants more than that." };
    format!(
        "{} This is entry {} of {}, in a tree of {} entries.\n{}{enough}",
        style("✓").green().bold(),
        checked.position,
        checked.origin,
        checked.size,
        standing(checked.standing, &names)
    )
}

pub(crate) fn epoch(epoch: &Epoch) -> String {
    format!(
        "A new log begins. Entry {} commits to the last known checkpoint of the old one; {} entries were kept, {} are lost.\nOld key: {}\nNew key: {}\n{}",
        epoch.leaf,
        epoch.kept,
        epoch.gap,
        epoch.before,
        epoch.key,
        wrapped(
            "Give the new key to everybody who checks this record, with the old checkpoint and the number of lost entries. Put the new key into the witness policy and publish under a new address.",
            ""
        )
    )
}
