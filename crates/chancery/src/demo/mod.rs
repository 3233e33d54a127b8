//! `chancery demo`: the whole story on a throw-away archive of a fictional ministry.
//!
//! Everything goes through the same acts as in earnest; only the ministry, its papers and its leaks are
//! invented. Each finding is printed beside the truth, which the story knows and the archive does not.
//!
//! The story plays in a year of its own, so that every telling is the same. One that is kept is told as of last October:
//! its people are in office when the archive is opened again, by the machine's clock.

mod leaks;
mod ministry;
mod story;
mod tour;

use chancery_desk::{Archive, Clock, FindingReport};
use chancery_domain::rules::utc_day;
use chancery_web::Settings;
use console::style;
use ministry::Told;
use serde::Serialize;

use crate::cli::DemoArgs;
use crate::command::{Failure, open_room, print};
use crate::show;

/// One leak of the story: what was done, what is true, what was found.
#[derive(Debug, Serialize)]
pub(super) struct Scene {
    pub(super) leak: &'static str,
    /// Whose copies leaked; empty for texts that are not ours.
    pub(super) truth: Vec<String>,
    /// What should come out.
    pub(super) expected: &'static str,
    pub(super) finding: FindingReport,
}

impl Scene {
    /// Whether the finding says what is true, and nothing that is not.
    pub(super) fn is_right(&self) -> bool {
        let named: Vec<String> = self
            .finding
            .named
            .iter()
            .filter_map(|c| c.reader.as_ref().map(ToString::to_string))
            .collect();
        named.iter().all(|reader| self.truth.contains(reader))
            && (self.expected == self.finding.verdict)
    }
}

/// Plays the story.
pub(crate) async fn run(args: &DemoArgs, json: bool) -> Result<u8, Failure> {
    let failed = |e: std::io::Error| Failure { message: e.to_string(), code: 1 };
    let scratch = tempfile::tempdir().map_err(failed)?;
    let folder = args.keep.clone().unwrap_or_else(|| scratch.path().join("archive"));
    let mut archive = Archive::init(&folder, Clock::System).await?;
    let told = match args.keep {
        Some(_) => Told::lately(utc_day(archive.now()))?,
        None => Told::OWN,
    };
    let scenes = story::play(&mut archive, told, scratch.path(), json).await?;
    let verified = archive.verify(|_, _| {}).await?;
    let right = scenes.iter().filter(|scene| scene.is_right()).count();
    if json {
        let all = serde_json::json!({"scenes": scenes, "record": verified, "right": right});
        let text = serde_json::to_string_pretty(&all)
            .map_err(|e| Failure { message: e.to_string(), code: 1 })?;
        print(&text)?;
    } else {
        print(&summary(&scenes))?;
        print(&format!("\n{}", style("The record").bold()))?;
        print(&show::verified(&verified))?;
        if args.keep.is_some() {
            let ministry = told.ministry()?;
            let keeper = story::keeper(&ministry).map_or("PERSON", |p| p.person.as_str());
            print(&format!(
                "\nThe archive stays in {folder}. Its people hold their offices today: look around with --archive, or open it with\n  chancery serve --archive {folder} --invite {keeper}",
                folder = folder.display(),
            ))?;
        }
    }
    if args.keep.is_some() {
        archive.set_clock(Clock::System);
    }
    if args.no_serve {
        archive.close().await;
    } else {
        // Browsers have passkeys for names only, and take this one for secure.
        let settings = Settings {
            house: "Ministry of External Affairs".into(),
            demonstration: true,
            tour: tour::steps(),
            origin: "http://localhost".parse().ok(),
            backups: Some(folder.with_file_name("backups")),
            ..Settings::default()
        };
        let listen = ([127, 0, 0, 1], args.port).into();
        open_room(archive, listen, None, settings).await?;
    }
    // The story's readers and leaks are fixed, its marks are drawn afresh each time.
    Ok(u8::from(right != scenes.len()))
}

fn summary(scenes: &[Scene]) -> String {
    let rows = scenes.iter().map(|scene| {
        let f = &scene.finding;
        let named: Vec<String> =
            f.named.iter().filter_map(|c| c.reader.as_ref().map(ToString::to_string)).collect();
        let bound = f
            .named
            .iter()
            .map(|c| c.p_adjusted)
            .fold(None, |worst: Option<f64>, p| Some(worst.map_or(p, |w| w.max(p))));
        [
            scene.leak.to_owned(),
            if scene.truth.is_empty() { "nobody".into() } else { scene.truth.join(", ") },
            match named.is_empty() {
                true => f.verdict.clone(),
                false => format!("{}: {}", f.verdict, named.join(", ")),
            },
            bound.map(|p| f.bound(p)).unwrap_or_default(),
            if scene.is_right() {
                style("✓").green().to_string()
            } else {
                style("✗").red().to_string()
            },
        ]
    });
    format!(
        "\n{}\n{}",
        style("What leaked, and what was found").bold(),
        show::table(["leak", "truth", "finding", "bound", ""], rows)
    )
}
