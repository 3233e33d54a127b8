//! Labels, clearances and bindings from outside: what is read and is valid is written to something
//! that reads as the same.
#![no_main]

use chancery_domain::label::{Binding, Dates, Policy, binding, policy_named};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|xml: &str| {
    let _ = policy_named(xml);
    for name in Policy::shipped_names() {
        let policy = Policy::shipped(name).expect("a shipped name has a policy");
        if let Ok(label) = policy.read_label(xml)
            && policy.validate(&label).is_ok()
        {
            let dates = Dates { created: jiff::Timestamp::UNIX_EPOCH, review: None };
            let written = policy.write_label(&label, dates).expect("a valid label is written");
            assert_eq!(policy.read_label(&written).as_ref(), Ok(&label));
            let plain = policy.write_plain_label(&label).expect("a valid label is written");
            assert_eq!(policy.read_label(&plain).as_ref(), Ok(&label));
        }
        if let Ok(clearance) = policy.read_clearance(xml) {
            let written = policy.write_clearance(&clearance).expect("a known clearance is written");
            assert_eq!(policy.read_clearance(&written).as_ref(), Ok(&clearance));
        }
    }
    if let Ok(read) = Binding::parse(xml)
        && let Ok(written) = binding(&read.label, &read.data)
    {
        let again = Binding::parse(&written).expect("a written binding reads back");
        assert_eq!(again.data, read.data);
    }
});
