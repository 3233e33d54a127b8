//! The story, scene by scene.

use std::path::Path;

use chancery_desk::{
    Archive, Clock, Exposing, Finders, FindingReport, Format, LeakFile, NewPublic, PublicKind,
    RegistryPosting, Request, Traced, one_in,
};
use chancery_domain::{Handle, House};
use chancery_text::build::Choice;
use console::style;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::Scene;
use super::leaks::{excerpt, paragraphs, retyped, spliced};
use super::ministry::{Ministry, NOT_OURS, Told};
use crate::command::{Failure, print};
use crate::show;

/// The cable that everybody received, and the reader who types it anew.
const RETYPED: (&str, &str) = ("ostrey-2032-0212", "hugo-lankester-moy");
/// The cable of which a paragraph is pasted, and by whom.
const PASTED: (&str, &str) = ("concord-2032-0229", "lucia-fairmantle");
/// The cable of which two readers mix their copies.
const MIXED: (&str, [&str; 2]) = ("sandrel-2032-0318", ["bastien-rooke-tamar", "bram-callistane"]);
/// The cables of which one reader gives away a half each, and when.
const HALVES: ([(&str, &str); 3], &str) = (
    [
        ("may.txt", "corrinholm-2032-0147"),
        ("june.txt", "ribaneira-2032-0089"),
        ("july.txt", "kisempa-2032-0203"),
    ],
    "jonas-tarquell",
);
/// The officers of the inquiries: inspection and law.
const OFFICE_A: &str = "inspectorate";
const OFFICE_B: &str = "legal-adviser";
/// Keeps the house rules.
const KEEPER: &str = "registry";

/// The stage: where the story is told and to whom.
struct Stage<'a> {
    archive: &'a mut Archive,
    json: bool,
}

impl Stage<'_> {
    fn say(&self, text: &str) -> Result<(), Failure> {
        if self.json { Ok(()) } else { print(text) }
    }

    fn heading(&self, text: &str) -> Result<(), Failure> {
        self.say(&format!("\n{}", style(text).bold().cyan()))
    }

    /// Noon on a day: when the next acts happen.
    fn on(&mut self, day: Date) -> Result<(), Failure> {
        let noon = Offset::UTC
            .to_timestamp(day.at(12, 0, 0, 0))
            .map_err(|e| Failure { message: e.to_string(), code: 1 })?;
        self.archive.set_clock(Clock::Fixed(noon));
        Ok(())
    }

    async fn copy(&self, paper: &str, reader: &Handle) -> Result<Vec<String>, Failure> {
        let copy = self.archive.open_copy(paper, reader, Format::Txt).await?;
        Ok(paragraphs(&String::from_utf8_lossy(&copy.bytes)))
    }

    async fn trace(&self, leaks: Vec<(&str, String)>) -> Result<FindingReport, Failure> {
        let leaks = leaks
            .into_iter()
            .map(|(name, text)| LeakFile { name: name.to_owned(), bytes: text.into_bytes() })
            .collect();
        let request = Request { leaks, papers: Vec::new(), alpha: 1e-6, include_author: false };
        match self.archive.trace(request, None).await? {
            Traced::Done(finding) => Ok(*finding),
            Traced::AwaitingApproval(id) => Err(Failure {
                message: format!("{id} awaits approval, which an exercise gives by itself"),
                code: 1,
            }),
        }
    }

    async fn scene(
        &self,
        number: usize,
        leak: &'static str,
        truth: &[&Handle],
        expected: &'static str,
        files: Vec<(&str, String)>,
    ) -> Result<Scene, Failure> {
        self.heading(&format!("Leak {number}. {leak}"))?;
        let finding = self.trace(files).await?;
        let scene = Scene {
            leak,
            truth: truth.iter().map(ToString::to_string).collect(),
            expected,
            finding,
        };
        self.say(&show::finding_brief(&scene.finding))?;
        let truth = match scene.truth.as_slice() {
            [] => "nobody's copy".to_owned(),
            all => format!("the copy of {}", all.join(" and of ")),
        };
        let mark = if scene.is_right() { style("✓").green() } else { style("✗").red() };
        self.say(&format!("  {} {truth} {mark}", style("The truth:").bold()))?;
        Ok(scene)
    }
}

/// Who keeps the house.
pub(super) fn keeper(ministry: &Ministry) -> Option<&RegistryPosting> {
    ministry.registry.postings.iter().find(|p| p.office.as_str() == KEEPER)
}

/// Plays everything; returns the scenes.
pub(super) async fn play(
    archive: &mut Archive,
    told: Told,
    scratch: &Path,
    json: bool,
) -> Result<Vec<Scene>, Failure> {
    let ministry = told.ministry()?;
    let day = ministry.ministry.day;
    let mut stage = Stage { archive, json };
    let first = ministry.registry.postings.iter().find(|p| p.office.as_str() == OFFICE_A);
    let second = ministry.registry.postings.iter().find(|p| p.office.as_str() == OFFICE_B);
    let (Some(first), Some(second)) = (first, second) else {
        return Err(Failure { message: "the ministry lacks its inquiry officers".into(), code: 1 });
    };
    let cables = told.cables()?;
    let start = cables.first().map_or(day, |(released, _)| *released);
    stage.on(start)?;
    stage.archive.found_exercise(&ministry.registry, (&first.person, &second.person), day).await?;
    if let Some(keeper) = keeper(&ministry) {
        let house = House { custodian: Some(keeper.office.clone()), ..House::default() };
        stage.archive.set_house_rules(&house, &keeper.person).await?;
    }
    stage.say(&format!(
        "{} of {}: {} offices, {} persons. Everything here is invented.",
        style(&ministry.ministry.name).bold(),
        ministry.ministry.country,
        ministry.registry.offices.len(),
        ministry.registry.persons.len()
    ))?;

    stage.heading("Eight cables are released")?;
    let finders = Finders::embedded();
    let mut rows = Vec::new();
    for (date, cable) in &cables {
        let date = *date;
        stage.on(date)?;
        let draft = cable.as_draft(&Choice::default())?;
        let holder = ministry
            .registry
            .postings
            .iter()
            .find(|p| p.office == draft.from && p.from <= date && p.until.is_none_or(|u| date <= u))
            .map(|p| p.person.clone())
            .ok_or_else(|| Failure { message: format!("{} has no holder", draft.from), code: 1 })?;
        let paper = stage.archive.draft(&draft, &holder).await?;
        let report = stage.archive.release(&paper, &holder, &finders).await?;
        rows.push([
            paper,
            cable.subject.clone().unwrap_or_default(),
            date.to_string(),
            report.wording.to_string(),
            report.characters.to_string(),
        ]);
    }
    let table = show::table(["paper", "subject", "released", "wording", "characters"], rows);
    stage.say(&table)?;
    stage.say(&style("Places where copies differ: author's variants, reviewed words and orders, kinds of space and sign.").dim().to_string())?;

    stage.on(day)?;
    stage.heading("One of them goes out, a copy of his own to every reader")?;
    let bar = show::Progress::new("copies", !json);
    let export = scratch.join("copies");
    let (leaked, retyper) = (RETYPED.0, person(RETYPED.1)?);
    let sent = stage
        .archive
        .export_copies(leaked, Format::Txt, &export, None, |done, of| bar.set(done, of))
        .await?;
    bar.done();
    stage.say(&format!("{} readers opened {}. Three of them read:", sent.files, sent.paper))?;
    let paster = person(PASTED.1)?;
    let pair = (person(MIXED.1[0])?, person(MIXED.1[1])?);
    for reader in [&paster, &retyper, &pair.0] {
        let copy = stage.copy(leaked, reader).await?;
        let text = copy.get(1).map(|p| excerpt(&retyped(p), 42)).unwrap_or_default();
        stage.say(&format!(
            "{}\n{}",
            style(format!("  {reader}")).dim(),
            show::wrapped(&format!("{text} …"), "    ")
        ))?;
    }
    stage.heading("Now they leak")?;
    stage.say(&show::wrapped(
        "Each leak is of another cable. Once a finding has shown whose copy of a cable it was, whoever leaks that cable again may answer to it: no bound holds after that.",
        "  ",
    ))?;

    let mut scenes = Vec::new();
    let copy = stage.copy(PASTED.0, &paster).await?;
    let pasted = copy.into_iter().max_by_key(String::len).unwrap_or_default();
    scenes.push(
        stage
            .scene(1, "a pasted paragraph", &[&paster], "identified", vec![("paste.txt", pasted)])
            .await?,
    );

    let typed = retyped(&stage.copy(leaked, &retyper).await?.join("\n\n"));
    scenes.push(
        stage
            .scene(
                2,
                "the whole cable, retyped on a plain keyboard",
                &[&retyper],
                "identified",
                vec![("retyped.txt", typed)],
            )
            .await?,
    );

    let a = stage.copy(MIXED.0, &pair.0).await?;
    let b = stage.copy(MIXED.0, &pair.1).await?;
    scenes.push(
        stage
            .scene(
                3,
                "two readers mix their copies, sentence by sentence",
                &[&pair.0, &pair.1],
                "identified",
                vec![("mixed.txt", spliced(&a, &b))],
            )
            .await?,
    );

    let serial = person(HALVES.1)?;
    let mut parts = Vec::new();
    for (name, paper) in HALVES.0 {
        let copy = stage.copy(paper, &serial).await?;
        let half = copy.len().div_ceil(2);
        parts.push((name, retyped(&copy[..half].join("\n\n"))));
    }
    scenes.push(
        stage
            .scene(
                4,
                "three half cables over months, retyped, by one reader",
                &[&serial],
                "identified",
                parts,
            )
            .await?,
    );

    scenes.push(
        stage
            .scene(
                5,
                "a text that is not ours",
                &[],
                "nothing",
                vec![("other.txt", NOT_OURS.to_owned())],
            )
            .await?,
    );

    let [article, statement] = told.press();
    let words = article.lines().find(|l| l.contains('“')).unwrap_or(&article);
    let quoted: Vec<&str> = words.split(['“', '”']).skip(1).step_by(2).take(2).collect();
    scenes.push(
        stage
            .scene(
                6,
                "two quoted words alone",
                &[],
                "nothing",
                vec![("quoted.txt", quoted.join(" and "))],
            )
            .await?,
    );
    stage.heading("The article that the two words are from")?;
    let article = LeakFile { name: "article.txt".into(), bytes: article.into_bytes() };
    let statement = NewPublic {
        name: "statement.txt".into(),
        bytes: statement.into_bytes(),
        kind: PublicKind::Statement,
        ..NewPublic::default()
    };
    stage.archive.file_public(&[statement], None).await?;
    let request = Exposing { article, alpha: 1e-6, trace: true };
    let exposure = stage.archive.expose(&request, None).await?;
    stage.say(&show::exposure_brief(&exposure))?;
    for paper in &exposure.leaked_papers {
        stage.say(&show::wrapped(&format!("{}: {}", paper.paper, paper.copy.says), "  "))?;
    }
    stage.say(&format!(
        "  {}",
        style(format!(
            "Two words single out nobody: to name one of {} at {} takes about {:.0} bits.",
            sent.files,
            one_in(1e-6),
            chancery_desk::bits_to_name(sent.files, 1e-6)
        ))
        .dim()
    ))?;
    Ok(scenes)
}

fn person(name: &str) -> Result<Handle, Failure> {
    name.parse().map_err(|e| Failure { message: format!("{name}: {e}"), code: 1 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_cable_leaks_twice() {
        let mut leaked = vec![RETYPED.0, PASTED.0, MIXED.0];
        leaked.extend(HALVES.0.map(|(_, paper)| paper));
        assert_eq!(leaked.iter().collect::<BTreeSet<_>>().len(), leaked.len());
        let ids: Vec<String> = Told::OWN.cables().unwrap().into_iter().map(|(_, c)| c.id).collect();
        assert!(leaked.iter().all(|paper| ids.iter().any(|id| id == paper)));
    }
}
