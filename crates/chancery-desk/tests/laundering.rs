//! Marks do not travel on through the house's own text (evidence-conditions, rule 5).
//!
//! Reader j's copy of one paper is quoted, word for word with its marks, in papers that others draft. When
//! those papers leak, j is not named. The control shows that the same quotation, leaked by itself, does
//! name j: the marks were there to be carried on.
//!
//! What stands in a public text is everybody's: a leak of it is no evidence, whatever marks it bears. The
//! control is the same leak with nothing filed.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use chancery_desk::{
    Archive, CableRecord, Clock, Finders, FindingReport, Format, LeakFile, NewPublic, PublicKind,
    Request, Traced,
};
use chancery_domain::Handle;
use chancery_text::build::Choice;

const QUOTED: [&str; 3] = [
    "The delegation arrived prior to the meeting and began to press for additional assistance. However, the Minister replied that the present arrangements were adequate, and he emphasized that the principal difficulty was the lack of trained staff.",
    "The Secretary said that he would attempt to obtain further information regarding the shipments. He appeared to believe that the matter could be settled soon, although his advisers were nearly all of the opinion that it would take many months.",
    "In addition, the two sides agreed to take into account the views of the smaller members. For example, the coastal states wished to participate in the survey, and they asked whether the costs would be shared. At present no answer has been given to them.",
];

const OWN: [&str; 3] = [
    "Our own soundings in the harbour town suggest another reading. The pilots’ guild has lost a third of its members to the northern yards, and those who remain ask for contracts in writing before the ice comes.",
    "I called on the governor on Tuesday. He spoke about grain, about the new bridge and about his son’s studies abroad, and only at the door did he mention the survey, which he called a fine thing for mathematicians.",
    "The press has been quiet. One evening paper printed a map with the wrong soundings, and a correction followed. Our consul expects that the matter will return when the assembly meets and the estimates are read.",
];

fn cable(id: &str, paragraphs: Vec<String>) -> CableRecord {
    serde_json::from_value(serde_json::json!({"id": id, "paragraphs": paragraphs})).unwrap()
}

struct House {
    archive: Archive,
    runtime: tokio::runtime::Runtime,
    _folder: tempfile::TempDir,
}

impl House {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("archive");
        let archive = runtime.block_on(Archive::init(&path, Clock::System)).unwrap();
        Self { archive, runtime, _folder: folder }
    }

    fn release(&self, cables: &[CableRecord]) {
        let (choice, finders) = (Choice::default(), Finders::embedded());
        let import = self.archive.import_exercise(cables, 20, &choice, &finders, |_, _| {});
        self.runtime.block_on(import).unwrap();
    }

    fn copy(&self, paper: &str, reader: &str) -> String {
        let reader: Handle = reader.parse().unwrap();
        let copy = self.archive.open_copy(paper, &reader, Format::Txt);
        let text = String::from_utf8(self.runtime.block_on(copy).unwrap().bytes).unwrap();
        let parts: Vec<&str> = text.split("\n\n").collect();
        // Neither heading nor label: the first paragraph follows two empty lines.
        parts[1..parts.len() - 2].join("\n\n").trim().to_owned()
    }

    /// Files a text that everybody may quote.
    fn publish(&self, text: &str) -> String {
        let statement = NewPublic {
            name: "statement.txt".into(),
            bytes: text.as_bytes().to_vec(),
            kind: PublicKind::Statement,
            ..NewPublic::default()
        };
        let statements = [statement];
        let filed = self.archive.file_public(&statements, None);
        self.runtime.block_on(filed).unwrap().remove(0).text
    }

    fn trace(&self, leak: &str) -> FindingReport {
        let leak = LeakFile { name: "leak.txt".into(), bytes: leak.as_bytes().to_vec() };
        let request =
            Request { leaks: vec![leak], papers: Vec::new(), alpha: 1e-3, include_author: false };
        match self.runtime.block_on(self.archive.trace(request, None)).unwrap() {
            Traced::Done(finding) => *finding,
            Traced::AwaitingApproval(id) => panic!("{id}: an exercise approves by itself"),
        }
    }
}

#[test]
fn a_paper_that_quotes_a_copy_does_not_carry_its_marks_on() {
    let papers =
        if std::env::var_os("CHANCERY_FULL").is_some_and(|value| value == "1") { 500 } else { 12 };
    let house = House::new();
    house.release(&[source()]);
    let victims_copy = house.copy("source", "r0007");
    let quoted: Vec<&str> = victims_copy.split("\n\n").collect();
    assert_eq!(quoted.len(), 3);

    let control = house.trace(&victims_copy);
    assert_eq!(
        named(&control),
        ["r0007"],
        "the control: the quoted text itself bears r0007's marks"
    );

    for number in 0..papers {
        let id = format!("quoting-{number}");
        let own = |at: usize| format!("{} It was noted in report {number}.", OWN[at]);
        let paragraphs = (0..3).flat_map(|at| [own(at), quoted[at].to_owned()]).collect::<Vec<_>>();
        house.release(&[cable(&id, paragraphs)]);
        let leaker = format!("r{:04}", 8 + number % 12);
        let finding = house.trace(&house.copy(&id, &leaker));
        for copy in &finding.named {
            let reader = copy.reader.as_ref().unwrap().to_string();
            assert_eq!(reader, leaker, "{id}: somebody else than the leaker was named");
        }
    }
}

fn named(finding: &FindingReport) -> Vec<String> {
    finding.named.iter().map(|copy| copy.reader.as_ref().unwrap().to_string()).collect()
}

fn source() -> CableRecord {
    cable("source", QUOTED.iter().map(|p| (*p).to_owned()).collect())
}

#[test]
fn a_public_text_is_no_evidence_about_the_copy_whose_marks_it_bears() {
    for filed in [false, true] {
        let house = House::new();
        house.release(&[source()]);
        let victims_copy = house.copy("source", "r0007");
        if filed {
            assert_eq!(house.publish(&victims_copy), "T1");
        }
        let finding = house.trace(&victims_copy);
        assert_eq!(finding.papers.len(), 1, "the paper is found all the same");
        if filed {
            assert_eq!((finding.verdict.as_str(), named(&finding).len()), ("nothing", 0));
            assert_eq!(finding.leaks[0].public, ["T1"]);
            let sites = finding.papers[0].sites;
            assert_eq!(sites.wording.read + sites.characters.read, 0, "nothing is read");
            assert!(
                finding.statement.contains("public texts as well (T1)"),
                "{}",
                finding.statement
            );
        } else {
            assert_eq!(named(&finding), ["r0007"], "the control: nothing was filed");
            assert_eq!(finding.leaks[0].public, [""; 0]);
        }
    }
}

#[test]
fn what_a_public_text_leaves_over_is_read_and_the_pack_of_it_holds() {
    let house = House::new();
    house.release(&[source()]);
    let victims_copy = house.copy("source", "r0007");
    // The first paragraph became public, as it stands in the copy of r0007.
    let statement = victims_copy.split("\n\n").next().unwrap();
    house.publish(&format!(
        "The Minister told the press today:\n\n“{statement}”\n\nHe took no questions."
    ));
    // Somebody puts it before what his own copy says.
    let own = house.copy("source", "r0011");
    let rest = own.split_once("\n\n").unwrap().1;
    let leak = format!("{statement}\n\n{rest}");
    let finding = house.trace(&leak);
    assert_eq!(named(&finding), ["r0011"]);
    assert_eq!(finding.leaks[0].public, ["T1"]);
    let first = finding.leaks[0].places.iter().map(|place| place.start).min().unwrap();
    assert!(first >= statement.len(), "no place of the public paragraph counts");
    // The pack is read again with what was erased, before it is handed out.
    let pack = house.runtime.block_on(house.archive.contest_pack(&finding.inquiry, None)).unwrap();
    let pack = chancery_verify::Pack::parse(&pack.bytes).unwrap();
    let fixed: serde_json::Value = serde_json::from_str(&pack.entries.frozen.body).unwrap();
    let fixed = &fixed["fields"]["leaks"][0];
    assert_eq!(fixed["public"], serde_json::json!(["T1"]));
    let erased = &fixed["readings"][0]["erased"][0];
    assert_eq!(
        (erased["start"].as_u64(), erased["end"].as_u64() >= Some(statement.len() as u64)),
        (Some(0), true)
    );
    assert!(chancery_verify::verify(&pack, None).unwrap().extracted_again);
}
