//! Marks do not travel on through the house's own text (evidence-conditions, rule 5).
//!
//! Reader j's copy of one paper is quoted, word for word with its marks, in papers that others draft. When
//! those papers leak, j is not named. The control shows that the same quotation, leaked by itself, does
//! name j: the marks were there to be carried on.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use chancery_desk::{
    Archive, CableRecord, Clock, Finders, FindingReport, Format, LeakFile, Request, Traced,
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
    house.release(&[cable("source", QUOTED.iter().map(|p| (*p).to_owned()).collect())]);
    let victims_copy = house.copy("source", "r0007");
    let quoted: Vec<&str> = victims_copy.split("\n\n").collect();
    assert_eq!(quoted.len(), 3);

    let control = house.trace(&victims_copy);
    let named: Vec<String> =
        control.named.iter().map(|c| c.reader.as_ref().unwrap().to_string()).collect();
    assert_eq!(named, ["r0007"], "the control: the quoted text itself bears r0007's marks");

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
