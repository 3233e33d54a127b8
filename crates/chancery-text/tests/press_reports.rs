//! Rules of the reader of articles one by one, each with what it must leave alone beside it.

#![allow(clippy::unwrap_used, reason = "a test's helpers may fail the test")]

use chancery_text::press::{Claim, Form, Occasion, read};

/// Speaker of the last quotation.
fn speaker(text: &str) -> String {
    let article = read(text);
    let quotation = article.quotations.last().unwrap();
    quotation.speaker.as_ref().map(|s| s.name.clone()).unwrap_or_default()
}

/// Occasion and claim of the last quotation.
fn known(text: &str) -> (Occasion, Claim) {
    let article = read(text);
    let quotation = article.quotations.last().unwrap();
    (quotation.occasion, quotation.claim)
}

fn speakers(cases: &[(&str, &str)]) {
    for (text, who) in cases {
        assert_eq!(speaker(text), *who, "{text}");
    }
}

#[test]
fn a_leak_that_was_printed_is_a_leak() {
    for text in [
        "In leaked cables published by the Daily Mail, Ambassador Nora Feld called the palace “a damp hotel”.",
        "In a stolen memo, released by hackers, Minister Karl Ode called the fleet “a flock of debts”.",
        "Minister Karl Ode wrote in a hacked dispatch that the fleet was “a flock of debts”.",
    ] {
        assert_eq!(known(text), (Occasion::Cable, Claim::Leaked), "{text}");
    }
    // The control: declassified beats leaked, and published alone is public.
    for text in [
        "In leaked cables, since declassified, Ambassador Nora Feld called the palace “a damp hotel”.",
        "In a memo published by the ministry, Minister Karl Ode called the fleet “a flock of debts”.",
    ] {
        assert_eq!(known(text), (Occasion::Cable, Claim::Public), "{text}");
    }
}

#[test]
fn whatever_bears_words_can_leak() {
    for (text, occasion) in [
        (
            "The engineer Ada Pohl warned in a leaked report that the wall was “tired”.",
            Occasion::Cable,
        ),
        (
            "In minutes obtained by the Herald, Mayor Ugo Sand called it “a puddle tax”.",
            Occasion::Cable,
        ),
        (
            "In messages seen by the Courier, Mayor Ugo Sand called it “a puddle tax”.",
            Occasion::Letter,
        ),
        (
            "In a recording passed to this newspaper, Mayor Ugo Sand called it “a puddle tax”.",
            Occasion::Unknown,
        ),
        (
            "In emails given to the Tribune, Mayor Ugo Sand called it “a puddle tax”.",
            Occasion::Cable,
        ),
    ] {
        assert_eq!(known(text), (occasion, Claim::Leaked), "{text}");
    }
    // The control: a report is no leak, and a statement given to a newspaper is public.
    for text in [
        "The engineer Ada Pohl warned in a report that the wall was “tired”.",
        "In a statement given to the Tribune, Mayor Ugo Sand called it “a puddle tax”.",
        "In a report about the leaked budget, Mayor Ugo Sand called it “a puddle tax”.",
    ] {
        assert_eq!(known(text).1, Claim::Public, "{text}");
    }
}

#[test]
fn what_is_written_next_leaked_with_its_paper() {
    let text = "In an email sent to all wardens in spring and obtained by this newspaper, Ugo Sand seemed amused. “Count the keys,” he wrote.";
    assert_eq!(known(text), (Occasion::Letter, Claim::Leaked));
    // The control: an email that nobody obtained.
    let text = "In an email sent to all wardens in spring, Ugo Sand seemed amused. “Count the keys,” he wrote.";
    assert_eq!(known(text), (Occasion::Letter, Claim::Authorised));
}

#[test]
fn whoever_printed_a_paper_is_no_interview() {
    let text = "In a letter leaked to the Gazette, the abbot, Ivo Lenk, called the tax “a hymn in arrears”.";
    assert_eq!(known(text), (Occasion::Letter, Claim::Leaked));
    // The control: talking to it is one.
    let text = "The abbot, Ivo Lenk, told the Gazette that the tax was “a hymn in arrears”.";
    assert_eq!(known(text), (Occasion::Interview, Claim::Public));
}

#[test]
fn secret_words_modify_a_paper_or_nothing() {
    for text in [
        "In a letter, his private secretary, Odo Marl, called the tax “a hymn in arrears”.",
        "In an open letter seen as a rebuke, Bishop Odo Marl called the tax “a hymn in arrears”.",
        "In a letter to the secret service, Bishop Odo Marl called the tax “a hymn in arrears”.",
        "In a letter read by the whole chapter, Bishop Odo Marl called the tax “a hymn in arrears”.",
    ] {
        assert_eq!(known(text), (Occasion::Letter, Claim::Authorised), "{text}");
    }
    // Neither is a note that somebody was handed, and minutes may be a time.
    let text = "In a letter handed to the Kestrin ambassador, Bishop Odo Marl called the tax “a hymn in arrears”.";
    assert_eq!(known(text), (Occasion::Letter, Claim::Authorised));
    for text in [
        "Minutes later Bishop Odo Marl called the tax “a hymn in arrears”.",
        "In ten minutes Bishop Odo Marl called the tax “a hymn in arrears” twice.",
    ] {
        assert_eq!(known(text), (Occasion::Statement, Claim::Public), "{text}");
    }
    for text in [
        "In a private letter, Bishop Odo Marl called the tax “a hymn in arrears”.",
        "In a confidential diplomatic letter, Bishop Odo Marl called the tax “a hymn in arrears”.",
        "In a letter marked secret, Bishop Odo Marl called the tax “a hymn in arrears”.",
    ] {
        assert_eq!(known(text), (Occasion::Letter, Claim::Leaked), "{text}");
    }
}

#[test]
fn bodies_speak_behind_their_verb() {
    speakers(&[
        ("“The pass is closed,” said the Admiralty.", "Admiralty"),
        (
            "“The pass is closed,” warned the Iron Circle. “It stays closed,” it said.",
            "Iron Circle",
        ),
        ("“We have slates and no chalk,” said the 52-year-old teacher.", "52-year-old teacher"),
        ("“The dam is hollow,” reads one line of the report.", "report"),
    ]);
}

#[test]
fn nouns_of_speech_have_owners() {
    speakers(&[
        ("Edda Rohn’s response: “Ask the ferryman.”", "Edda Rohn"),
        ("Edda Rohn went home at noon. Her verdict: “Ask the ferryman.”", "Edda Rohn"),
        ("Edda Rohn’s claim that the ferry was “dry enough” sank on Monday.", "Edda Rohn"),
        ("Edda Rohn’s description of the ferry as “dry enough” was laughed at.", "Edda Rohn"),
        ("The ferry is, in Edda Rohn’s phrase, “dry enough”.", "Edda Rohn"),
        ("The ferry was “dry enough”, in the verdict of Edda Rohn.", "Edda Rohn"),
        ("To quote the late Lord Harl, “dry is a matter of rank”.", "Lord Harl"),
        // The control: a noun of speech that announces nothing.
        ("Edda Rohn’s response to the flood came late for the “dry” party.", ""),
    ]);
}

#[test]
fn verbs_stand_before_their_nouns_between_commas() {
    speakers(&[
        ("The budget is, says Mr Udo Kahl, “a sieve”.", "Udo Kahl"),
        ("What is missing, argued Dame Iris Moor, is “a second boat”.", "Iris Moor"),
    ]);
}

#[test]
fn a_full_stop_inside_the_marks_may_stand_before_its_clause() {
    let article = read("“The bridge must go.” Hugo Lind said on Friday. “I am sure of it.”");
    let by = |q: usize| article.quotations[q].speaker.as_ref().map(|s| s.name.as_str());
    assert_eq!((by(0), by(1)), (Some("Hugo Lind"), Some("Hugo Lind")));
    // The control: what has words of its own to report, or reports nothing, begins a sentence.
    for next in ["Hugo Lind said he would stay.", "Hugo Lind agreed on the spot."] {
        let text = "Mayor Ada Pohl shook her head. “The bridge must go,” she said. “It must go.”";
        assert_eq!(speaker(&format!("{text} {next}")), "Ada Pohl");
    }
}

#[test]
fn papers_have_somebody_speaking() {
    speakers(&[
        (
            "Minutes of the meeting, which the Herald has seen, record Jonas Veit as saying the pier was “a rumour”.",
            "Jonas Veit",
        ),
        (
            "The leaked cables show the envoy, Berta Quist, calling the pier “a rumour”.",
            "Berta Quist",
        ),
        // The control: papers that speak for themselves.
        ("Minutes of the meeting record that the pier was “a rumour”.", "minutes"),
    ]);
}

#[test]
fn one_of_several_and_all_of_them() {
    speakers(&[
        ("Two guards slept. Another said: “We count boats, not ghosts.”", "Another"),
        ("Two guards slept. A third: “We count boats, not ghosts.”", "A third"),
        ("Critics, among them Lord Ashby, accuse the board of “ruling by yawn”.", "Critics"),
        ("Talks begin on 7 May with “no chairs”, Consul Rita Morn said.", "Rita Morn"),
    ]);
}

#[test]
fn so_called_words_are_nobodys() {
    let article = read(
        "Consul Rita Morn said the ships were late. The so-called “paper fleet” has not sailed.",
    );
    assert_eq!((article.quotations[0].form, &article.quotations[0].speaker), (Form::Scare, &None));
}

#[test]
fn paraphrases_leave_their_source_out() {
    for (text, said) in [
        (
            "According to a leaked report by the auditor, Paula Weck, the harbour had lost two cranes.",
            "the harbour had lost two cranes",
        ),
        (
            "According to the auditor, Paula Weck, the harbour had lost two cranes.",
            "the harbour had lost two cranes",
        ),
        (
            "According to Paula Weck, who left in May, the harbour had lost two cranes.",
            "the harbour had lost two cranes",
        ),
        (
            "The harbour had lost two cranes, according to Paula Weck.",
            "The harbour had lost two cranes",
        ),
        (
            "The harbour, in the words of the auditor, Paula Weck, was two cranes short.",
            "The harbour, in the words of the auditor, Paula Weck, was two cranes short",
        ),
    ] {
        let article = read(text);
        let [found] = article.paraphrases.as_slice() else { panic!("{text}: {article:?}") };
        assert_eq!(found.text, said);
        assert_eq!(found.speaker.as_ref().unwrap().name, "Paula Weck".to_owned(), "{text}");
    }
}
