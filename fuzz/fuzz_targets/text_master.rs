//! Stored masters: one that is accepted has one form, renders for every row, and can be read from a leak.
#![no_main]

use chancery_text::extract::extract;
use chancery_text::master::Master;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(master) = Master::from_bytes(bytes) else { return };
    let again = Master::from_bytes(&master.to_bytes()).expect("written bytes read back");
    assert_eq!(again, master);
    let copy = master.render(|_| 1).join("\n\n");
    let _ = extract(&copy, &master);
});
