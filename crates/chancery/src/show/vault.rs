//! Keys, shares and backups on the terminal.

use std::path::Path;

use chancery_desk::{BackedUp, Disposal, Drill, Restored, Rotated, Status, Unsealing};
use console::style;

use super::wrapped;
use crate::command::Handed;

/// Where the shares went, or their words: the only time that they are shown.
fn shares(handed: &[Handed]) -> String {
    let mut out = String::new();
    for share in handed {
        if let Some(file) = &share.file {
            out.push_str(&format!("Share {}: {}\n", share.share, file.display()));
        }
        if let Some(words) = &share.words {
            out.push_str(&format!("\n{words}"));
        }
    }
    if handed.iter().any(|share| share.words.is_some()) {
        out.push_str("\nThese words are shown once. Copy each share to paper, give it to its officer, and clear the screen.\n");
    }
    out
}

pub(crate) fn made_in_shares(dir: &Path, status: &Status, handed: &[Handed]) -> String {
    let dir = dir.display();
    format!(
        "Made an archive in {dir}.\nKeys: {}.\nThe record's public key, for outsiders: {}\n\n{}\nThe archive is sealed. Next: each officer gives his share with: chancery --archive {dir} unseal",
        status.keys,
        status.verifier_key,
        shares(handed),
    )
}

pub(crate) fn sealed(keys: &str, state: Unsealing) -> String {
    format!(
        "archive     sealed, {} of {} shares given\nkeys        {keys}\nNext: chancery unseal",
        state.given, state.needed
    )
}

pub(crate) fn unsealed(state: Unsealing) -> String {
    if state.open {
        "The archive is open, until its time is up or: chancery seal".to_owned()
    } else {
        format!(
            "{} of {} shares were given. Next: another officer gives his: chancery unseal",
            state.given, state.needed
        )
    }
}

pub(crate) fn rotated(rotated: &Rotated) -> String {
    format!(
        "{} retention classes have new archive keys; the keys of {} papers were wrapped anew and no text was touched. Papers drafted from now on are marked under marking key {}.",
        rotated.classes, rotated.papers, rotated.marking
    )
}

pub(crate) fn reissued(keys: &str, rewrapped: usize, handed: &[Handed]) -> String {
    let next = if handed.is_empty() {
        "The key file of before is gone; copy the new one to two places apart from the machine."
    } else {
        "The archive is sealed. Next: the officers give their new shares: chancery unseal"
    };
    format!(
        "A new root key wraps the {rewrapped} keys of the ring.\nKeys: {keys}.\n{}\n{}",
        shares(handed),
        wrapped(next, "")
    )
}

pub(crate) fn backed_up(made: &BackedUp, keep_keys: u16) -> String {
    let destroyed = match made.keys_destroyed.len() {
        0 => String::new(),
        n => format!("\nDestroyed the keys of {n} backups that are older than {keep_keys} days."),
    };
    format!(
        "{} Backed up to {}: {} entries, {} MB. The root key is not in it.{destroyed}\nNext: try it: chancery backup drill {}",
        style("✓").green().bold(),
        made.folder.display(),
        made.manifest.entries,
        made.bytes.div_ceil(1 << 20),
        made.folder.display(),
    )
}

pub(crate) fn restored(restored: &Restored) -> String {
    format!(
        "Restored {} entries, as they were at {}, to {}.\n{}",
        restored.entries,
        restored.made,
        restored.folder.display(),
        wrapped(&format!("Next: {}.", restored.next), "")
    )
}

pub(crate) fn drill(drill: &Drill) -> String {
    format!(
        "{} The backup of {} restores: {} entries verified, {} sealed values opened, {} papers are what was released, {} compared with this archive's; {:.1} s.\n{} entries have come since.",
        style("✓").green().bold(),
        drill.made,
        drill.entries,
        drill.sealed,
        drill.papers,
        drill.compared,
        drill.seconds,
        drill.since,
    )
}

pub(crate) fn disposal(disposal: &Disposal) -> String {
    let days = disposal.key_days;
    match disposal.complete {
        Some(day) => format!(
            "{} is destroyed (entry {}), and {} entries about its making are erased. Backups of keys are kept for {days} days: from {day} on nobody can recover the paper.",
            disposal.paper, disposal.leaf, disposal.erased
        ),
        None if disposal.destroyed => {
            format!("{} is destroyed (entry {}).", disposal.paper, disposal.leaf)
        }
        None => format!(
            "Asked to destroy {} (entry {}). Next: another person of the originating office agrees with the same command.",
            disposal.paper, disposal.leaf
        ),
    }
}
