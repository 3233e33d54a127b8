//! Known answers, computed by other implementations: the reference BLAKE3 (Python bindings), libsodium's
//! XChaCha20-Poly1305 (PyNaCl) and Python's hashlib. A change of any of them closes existing archives.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use std::collections::BTreeMap;

use chancery_vault::{
    Aad, KeyFile, KeyVersion, Nonce, Padding, PaperDek, PaperNonce, RootKey, SealingKey as _,
    commit_release, open, seal,
};

const FIELD: &str = "0100898e632c33333333333333333333333333333333333333333333333375e0e56e7c4145565dab5f41a0bdab0f7e4d13200160c02b65c07a56ae8408b7ab7f667255bded1be0e82acf42f9c2623a896a0a57d8a4584a5edaefad7dbdc0f50539099d1d46d21f7b86b62756faf3";
const WRAPPED_DEK: &str = "0102898e632c555555555555555555555555555555555555555555555555657cc87d18aedf71eba4ab561db31e6786a0136dabaa19e34dc970dd6a59a5ea57568be755b7fe818640cbe46cd8bc2f";

fn root() -> RootKey {
    RootKey::from_bytes(std::array::from_fn(|at| at as u8))
}

#[test]
fn key_ids() {
    assert_eq!(root().id().to_string(), "46cabe98");
    assert_eq!(root().archive_key(KeyVersion(1)).id().to_string(), "898e632c");
    assert_eq!(root().archive_key(KeyVersion(2)).id().to_string(), "c84bc0d7");
}

#[test]
fn the_marking_key_of_a_paper_and_the_commitments() {
    let nonce = PaperNonce::from_bytes([0x11; 32]);
    let key = root().marking_key(KeyVersion(1)).paper_key(&nonce, &[0x22; 32]);
    assert_eq!(
        hex::encode(key.expose()),
        "ff931331c60be968731921465fbc64028416d057ed3dcebc4b14fdd2dfe4ffa2"
    );
    assert_eq!(
        hex::encode(key.commitment()),
        "9a70faf06542e7784040b4cf51f07ac6df90a06aa9ea2ba3e5574c554dbadc5e"
    );
    assert_eq!(
        hex::encode(nonce.commitment()),
        "fe3502aed5b568e8b2b7d1905a4ae239025cadf48dcdb65e269ed7274ac6dce0"
    );
}

#[test]
fn look_ups() {
    let index = root().index_key(KeyVersion(1));
    assert_eq!(
        hex::encode(index.lookup("persons.name", b"ada")),
        "af133535ed73cc22fc41126474f225eefd96275debaf057f141b25887b5b1cc7"
    );
    assert_eq!(index.domain("persons.name").sketch(b"ada"), 0xb2b7_84a1_f2cf_0c81);
}

#[test]
fn envelopes() {
    let archive = root().archive_key(KeyVersion(1));
    let place = Aad::new("papers", "17", "subject", 3);
    let nonce = Nonce::from_bytes([0x33; 24]);
    let sealed = seal(&archive, &place, Padding::Field, b"subject", nonce).unwrap();
    assert_eq!(hex::encode(&sealed), FIELD);
    assert_eq!(
        open(&archive, &place, &hex::decode(FIELD).unwrap()).unwrap().as_slice(),
        b"subject"
    );

    let place = Aad::new("papers", "17", "dek", 1);
    let dek = PaperDek::from_bytes([0x44; 32]);
    let wrapped = archive.wrap_dek(&dek, &place, Nonce::from_bytes([0x55; 24]));
    assert_eq!(hex::encode(&wrapped), WRAPPED_DEK);
    assert_eq!(archive.unwrap_dek(&wrapped, &place).unwrap().id(), dek.id());
}

#[test]
fn the_release_commitment() {
    let parts = BTreeMap::from([("master", &[1, 2][..]), ("biases", &[])]);
    assert_eq!(
        hex::encode(commit_release(&parts)),
        "e6ac2e647ada90d2d8753dff45c5481c8f0bf0943134fc258bbc88aaa83fb284"
    );
}

#[test]
fn the_key_file() {
    let text = KeyFile::new(root()).to_text();
    assert_eq!(
        text.as_str(),
        "chancery-key-file v1\n\
         # Whoever holds this file can open the archive; without it nobody can.\n\
         # Keep a copy apart from the archive and from the archive's backups.\n\
         id 46cabe98\n\
         key 00010203 04050607 08090a0b 0c0d0e0f 10111213 14151617 18191a1b 1c1d1e1f\n"
    );
}
