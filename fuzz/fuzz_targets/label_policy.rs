//! Policies from outside: what is read is consistent enough to make, show, decide and translate
//! labels.
#![no_main]

use chancery_domain::label::{Engagement, Policy, Reader};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|xml: &str| {
    let Ok(policy) = Policy::parse(xml) else { return };
    let Some((class, _)) = policy.classifications().last() else { return };
    let words: Vec<String> = policy.categories().map(|(set, _, word)| format!("{set}:{word}")).collect();
    let nationality = "XA".parse().ok();
    for word in words.iter().take(16) {
        let Ok(label) = policy.label(class, &[word]) else { continue };
        policy.validate(&label).expect("a label from words is valid");
        policy.marking(&label, "fr-CA").expect("the policy knows its own label");
        policy.portion_mark(&label).expect("the policy knows its own label");
        assert!(policy.dominates(&label, &label));
        let clearance = policy.clearance(class, &[word]).ok();
        let reader = Reader { clearance, nationality, engagement: Some(Engagement::HomeBased) };
        let none = Reader { clearance: None, ..reader.clone() };
        let _ = policy.decide(&reader, &label);
        assert!(policy.decide(&none, &label).is_err());
        let _ = policy.send(&label, &policy);
    }
});
