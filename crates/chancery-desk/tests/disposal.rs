//! The end of a paper: two officers, its key, and what backups still know.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::Path;

use chancery_desk::{
    Archive, Circulation, Clock, DeskError, DraftText, Finders, Format, Head, NewPaper,
    OfficeDetails, PersonDetails, RetentionChange,
};
use chancery_domain::rules::Refusal;
use chancery_domain::{Capacity, Handle, Term};
use chancery_text::build::Choice;
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};

fn handle(text: &str) -> Handle {
    text.parse().unwrap()
}

fn after(days: i64) -> Clock {
    let begin: Timestamp = "2031-03-01T09:00:00Z".parse().unwrap();
    Clock::Fixed(begin + SignedDuration::from_hours(24 * days))
}

/// anna and alan hold the embassy, boris the capital.
async fn house(path: &Path) -> Archive {
    let archive = Archive::init(path, after(0)).await.unwrap();
    for office in ["embassy", "capital"] {
        archive.add_office(&handle(office), &OfficeDetails::default(), None).await.unwrap();
    }
    for (person, office) in [("anna", "embassy"), ("alan", "embassy"), ("boris", "capital")] {
        archive.add_person(&handle(person), &PersonDetails::default(), None).await.unwrap();
        let (person, office, term) = (handle(person), handle(office), Term::from(date(2030, 1, 1)));
        let capacity = Capacity::Substantive;
        archive.start_posting(&person, &office, capacity, term, true, None).await.unwrap();
    }
    archive
}

async fn released(archive: &Archive, subject: &str) -> String {
    let text = format!(
        "The {subject} delegation arrived prior to the meeting, and it began to press for assistance regarding the harbour. However, the Minister replied that the present arrangements were adequate."
    );
    let paper = NewPaper {
        head: Head { subject: subject.into(), ..Head::default() },
        from: handle("embassy"),
        origin_reads: true,
        to: vec![handle("capital")],
        info: Vec::new(),
        circulation: Circulation::default(),
        text: DraftText::from_file(&text, true, Choice::default()),
    };
    let paper = archive.draft(&paper, &handle("anna")).await.unwrap();
    archive.release(&paper, &handle("anna"), &Finders::embedded()).await.unwrap();
    paper
}

fn subjects(papers: &[chancery_desk::ListedPaper]) -> Vec<&str> {
    papers.iter().map(|paper| paper.subject.as_str()).collect()
}

#[tokio::test(flavor = "current_thread")]
async fn two_officers_destroy_a_paper_and_no_backup_brings_it_back_once_its_keys_are_gone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("archive");
    let backups = folder.path().join("backups");
    let (anna, alan, boris) = (handle("anna"), handle("alan"), handle("boris"));
    let mut archive = house(&path).await;
    let doomed = released(&archive, "zanzibar").await;
    let kept = released(&archive, "lighthouse").await;
    archive.open_copy(&doomed, &boris, Format::Txt).await.unwrap();
    let copy = archive.open_copy(&kept, &boris, Format::Txt).await.unwrap().bytes;
    let old = archive.backup(&backups, 30).await.unwrap();

    // Not without a review, not before it, not by one person, not by others.
    let early = archive.dispose(&doomed, &anna).await;
    assert!(matches!(early, Err(DeskError::Procedure(_))), "{early:?}");
    let review = RetentionChange::Review(date(2031, 3, 5));
    archive.retain(&doomed, &anna, &review).await.unwrap();
    let early = archive.dispose(&doomed, &anna).await;
    assert!(matches!(early, Err(DeskError::Procedure(_))), "{early:?}");
    archive.set_clock(after(5));
    assert!(archive.dispose(&doomed, &boris).await.is_err(), "boris does not hold the embassy");
    let asked = archive.dispose(&doomed, &anna).await.unwrap();
    assert!(!asked.destroyed);
    let alone = archive.dispose(&doomed, &anna).await;
    assert!(matches!(alone, Err(DeskError::Procedure(_))), "{alone:?}");
    archive.keep_paper(&doomed, &alan).await.unwrap();
    archive.dispose(&doomed, &anna).await.unwrap();
    archive.retain(&doomed, &anna, &RetentionChange::Hold("court".into())).await.unwrap();
    let held = archive.dispose(&doomed, &alan).await;
    assert!(matches!(held, Err(DeskError::Procedure(_))), "{held:?}");
    archive.retain(&doomed, &anna, &RetentionChange::Unhold("court".into())).await.unwrap();

    archive.publish().await.unwrap();
    let kinds = |verified: &chancery_desk::Verified, kind: &str| {
        verified.kinds.get(kind).copied().unwrap_or_default()
    };
    let before = archive.verify(|_, _| {}).await.unwrap();
    assert_eq!((before.erased, kinds(&before, "paper.held")), (0, 1));
    let gone = archive.dispose(&doomed, &alan).await.unwrap();
    assert!(gone.destroyed);
    // What was entered while the paper was made and kept is erased, reasons and all; the tree stands.
    let verified = archive.verify(|_, _| {}).await.unwrap();
    assert_eq!(verified.erased, gone.erased as u64);
    for kind in ["paper.held", "paper.unheld", "paper.review-set"] {
        assert_eq!(kinds(&verified, kind), 0, "{kind}");
    }
    assert_eq!(kinds(&verified, "paper.drafted"), 1, "of the paper that is kept");
    assert_eq!(kinds(&verified, "paper.released"), 2, "releases stay");
    assert_eq!(kinds(&verified, "copy.opened"), kinds(&before, "copy.opened"));
    archive.publish().await.unwrap();
    archive.verify(|_, _| {}).await.unwrap();
    assert_eq!(gone.complete, Some(date(2031, 4, 6)), "30 days of key backups, and the day itself");
    for refused in [
        archive.open_copy(&doomed, &boris, Format::Txt).await.map(|_| ()),
        archive.dispose(&doomed, &alan).await.map(|_| ()),
    ] {
        assert!(matches!(refused, Err(DeskError::Refused(Refusal::Destroyed))), "{refused:?}");
    }
    assert_eq!(subjects(&archive.list_papers().await.unwrap()), ["(destroyed)", "lighthouse"]);
    archive.verify(|_, _| {}).await.unwrap();
    assert_eq!(archive.open_copy(&kept, &boris, Format::Txt).await.unwrap().bytes, copy);

    // Within the delay the backup still has it: this is what the delay means.
    let restored = folder.path().join("restored");
    bring_back(&old.folder, &restored, &path, None).await;
    let with_old_keys = Archive::open(&restored, after(5)).await.unwrap();
    with_old_keys.open_copy(&doomed, &boris, Format::Txt).await.unwrap();
    with_old_keys.close().await;

    // When its time is up the next backup destroys those keys, and keys of a later backup do not open it.
    archive.set_clock(after(36));
    let new = archive.backup(&backups, 30).await.unwrap();
    assert_eq!(new.keys_destroyed, std::slice::from_ref(&old.folder));
    assert!(!old.folder.join("keys.sqlite").exists());
    let without = Archive::restore(&old.folder, &folder.path().join("no"), None).await;
    assert!(matches!(without, Err(DeskError::Input(_))), "{without:?}");
    let later = folder.path().join("later");
    bring_back(&old.folder, &later, &path, Some(&new.folder.join("keys.sqlite"))).await;
    let later = Archive::open(&later, after(36)).await.unwrap();
    assert_eq!(subjects(&later.list_papers().await.unwrap()), ["(destroyed)", "lighthouse"]);
    assert!(later.open_copy(&doomed, &boris, Format::Txt).await.is_err());
    assert_eq!(later.open_copy(&kept, &boris, Format::Txt).await.unwrap().bytes, copy);
    later.verify(|_, _| {}).await.unwrap();
    // The index of what can be quoted is built anew.
    released(&later, "estuary").await;
    later.verify(|_, _| {}).await.unwrap();

    let drill = archive.drill(&backups, &folder.path().join("drill")).await.unwrap();
    assert_eq!((drill.papers, drill.compared), (1, 1));
    assert!(!folder.path().join("drill").exists());
}

/// Restores a backup and puts the key file back.
async fn bring_back(from: &Path, to: &Path, archive: &Path, keys: Option<&Path>) {
    Archive::restore(from, to, keys).await.unwrap();
    for apart in ["key", "binding"] {
        std::fs::copy(archive.join(apart), to.join(apart)).unwrap();
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_drill_fails_when_the_backup_is_not_this_archives_or_not_whole() {
    let folder = tempfile::tempdir().unwrap();
    let archive = house(&folder.path().join("a")).await;
    released(&archive, "harbour").await;
    let backups = folder.path().join("backups");
    let scratch = folder.path().join("scratch");
    let made = archive.backup(&backups, 30).await.unwrap();
    archive.drill(&backups, &scratch).await.unwrap();
    let other = Archive::init(&folder.path().join("b"), after(0)).await.unwrap();
    assert!(other.drill(&backups, &scratch).await.is_err());
    for name in ["archive.sqlite", "keys.sqlite", "checkpoint", "manifest.json"] {
        let path = made.folder.join(name);
        let bytes = std::fs::read(&path).unwrap();
        let mut spoilt = bytes.clone();
        spoilt[bytes.len() / 2] ^= 4;
        std::fs::write(&path, &spoilt).unwrap();
        let tried = archive.drill(&made.folder, &scratch).await;
        if name == "manifest.json" {
            // Either it cannot be read or it does not fit; a slip in white space would be neither.
            assert!(tried.is_err() || bytes.trim_ascii() == spoilt.trim_ascii(), "{name}");
        } else {
            assert!(tried.is_err(), "{name}");
        }
        std::fs::remove_file(&path).unwrap();
        assert!(archive.drill(&made.folder, &scratch).await.is_err(), "{name} is missing");
        std::fs::write(&path, &bytes).unwrap();
    }
    archive.drill(&made.folder, &scratch).await.unwrap();
}
