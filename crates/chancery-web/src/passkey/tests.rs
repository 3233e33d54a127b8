//! Passkeys through the router, with a key of our own making: what is accepted, and everything that is not.

use axum::http::{Method, StatusCode};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::tests::{Reply, Small};

const HOUSE: &str = "https://house.example";
/// User present, user verified; with a new key in it.
const SIGNED: u8 = 0x05;
const MADE: u8 = 0x45;

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for letter in 0..=chunk.len() {
            out.push(char::from(LETTERS[(bits >> (18 - 6 * letter) & 63) as usize]));
        }
    }
    out
}

/// A device with one key on it.
struct Device {
    key: SigningKey,
    id: [u8; 16],
    user: String,
    /// The site that the browser is at.
    at: &'static str,
    count: u32,
    flags: u8,
}

impl Device {
    fn new(number: u8) -> Self {
        let key = SigningKey::from_slice(&[number; 32]).unwrap();
        Self { key, id: [number; 16], user: String::new(), at: HOUSE, count: 0, flags: SIGNED }
    }

    fn client(&self, what: &str, asked: &Value) -> String {
        let challenge = &asked["publicKey"]["challenge"];
        json!({"type": what, "challenge": challenge, "origin": self.at, "crossOrigin": false})
            .to_string()
    }

    fn about(&mut self, flags: u8) -> Vec<u8> {
        self.count += 1;
        let mut out = Sha256::digest(b"house.example").to_vec();
        out.push(flags);
        out.extend(self.count.to_be_bytes());
        out
    }

    /// The form that the browser sends with a new key.
    fn make(&mut self, asked: &Value) -> String {
        self.user = asked["publicKey"]["user"]["id"].as_str().unwrap().to_owned();
        let client = self.client("webauthn.create", asked);
        let mut about = self.about(MADE);
        about.extend([0; 16]);
        about.extend([0, 16]);
        about.extend(self.id);
        let point = self.key.verifying_key().to_sec1_point(false);
        // COSE: {1: 2, 3: -7, -1: 1, -2: x, -3: y}
        about.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        about.extend(point.x().unwrap());
        about.extend([0x22, 0x58, 0x20]);
        about.extend(point.y().unwrap());
        // {"fmt": "none", "attStmt": {}, "authData": about}
        let mut made = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        made.push(u8::try_from(about.len()).unwrap());
        made.extend(about);
        let response = json!({"clientDataJSON": base64(client.as_bytes()), "attestationObject": base64(&made), "transports": ["internal"]});
        form(asked, &self.credential(&response))
    }

    /// The form that the browser sends with a signature.
    fn sign(&mut self, asked: &Value) -> String {
        let client = self.client("webauthn.get", asked);
        let about = self.about(self.flags);
        let mut signed = about.clone();
        signed.extend(Sha256::digest(client.as_bytes()));
        let signature: Signature = self.key.sign(&signed);
        let response = json!({"clientDataJSON": base64(client.as_bytes()), "authenticatorData": base64(&about), "signature": base64(signature.to_der().as_bytes()), "userHandle": self.user});
        form(asked, &self.credential(&response))
    }

    fn credential(&self, response: &Value) -> Value {
        let id = base64(&self.id);
        json!({"id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {}, "response": response})
    }
}

fn form(asked: &Value, credential: &Value) -> String {
    let credential = credential.to_string();
    let escaped: String = credential.bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!("ticket={}&credential={escaped}", asked["ticket"].as_str().unwrap())
}

impl Small {
    async fn send_to(&self, cookie: &str, path: &str, form: &str) -> Reply {
        self.with(cookie, &Method::POST, path, form).await
    }

    async fn asked(&self, cookie: &str, path: &str) -> Value {
        let reply = self.send_to(cookie, path, "").await;
        assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.body);
        serde_json::from_str(&reply.body).unwrap()
    }

    async fn add(&self, cookie: &str, device: &mut Device) -> Reply {
        let asked = self.asked(cookie, "/how-i-sign-in/ask").await;
        let form = device.make(&asked) + "&name=My+telephone";
        self.send_to(cookie, "/how-i-sign-in", &form).await
    }

    async fn try_sign_in(&self, device: &mut Device) -> Reply {
        let asked = self.asked("", "/sign-in/passkey/ask").await;
        self.send_to("", "/sign-in/passkey", &device.sign(&asked)).await
    }
}

fn cookie_of(reply: &Reply) -> String {
    reply.header("set-cookie").split(';').next().unwrap().to_owned()
}

fn is_refused(reply: &Reply) -> bool {
    reply.body.contains("This passkey signs nobody in") && !reply.headers.contains_key("set-cookie")
}

#[tokio::test(flavor = "current_thread")]
async fn a_passkey_signs_in_without_a_name_or_a_code_until_it_is_removed() {
    let small = Small::begin().await;
    let mut device = Device::new(7);
    assert!(is_refused(&small.try_sign_in(&mut device).await), "control: nobody’s key");
    let cookie = small.cookie("pell").await;
    let added = small.add(&cookie, &mut device).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.body);
    let page = small.with(&cookie, &Method::GET, "/how-i-sign-in", "").await;
    assert!(page.body.contains("Remove My telephone"));
    let signed_in = small.try_sign_in(&mut device).await;
    assert_eq!((signed_in.status, signed_in.header("location")), (StatusCode::SEE_OTHER, "/"));
    let cookie = cookie_of(&signed_in);
    assert!(small.with(&cookie, &Method::GET, "/", "").await.body.contains("Name of pell"));
    let removed = small.send_to(&cookie, "/how-i-sign-in/remove", "passkey=1").await;
    assert_eq!(removed.status, StatusCode::SEE_OTHER, "{}", removed.body);
    assert!(is_refused(&small.try_sign_in(&mut device).await));
    let record = small.with(&cookie, &Method::GET, "/record", "").await;
    assert!(
        record.body.contains("You added a passkey")
            && record.body.contains("You removed a passkey")
    );
    small.web.archive.verify(|_, _| {}).await.unwrap();
}

#[tokio::test(flavor = "current_thread")]
async fn what_was_signed_elsewhere_before_or_with_another_key_signs_nobody_in() {
    let small = Small::begin().await;
    let mut device = Device::new(7);
    small.add(&small.cookie("pell").await, &mut device).await;
    // At another site, in a look-alike and without TLS.
    for site in
        ["https://elsewhere.example", "https://house.example.evil.example", "http://house.example"]
    {
        device.at = site;
        assert!(is_refused(&small.try_sign_in(&mut device).await), "{site}");
    }
    device.at = HOUSE;
    // An answer counts once, a wrong one uses the question up, and none counts late.
    let asked = small.asked("", "/sign-in/passkey/ask").await;
    let form = device.sign(&asked);
    assert_eq!(small.send_to("", "/sign-in/passkey", &form).await.status, StatusCode::SEE_OTHER);
    assert!(is_refused(&small.send_to("", "/sign-in/passkey", &form).await), "replayed");
    let (one, two) = (
        small.asked("", "/sign-in/passkey/ask").await,
        small.asked("", "/sign-in/passkey/ask").await,
    );
    let mut crossed = two.clone();
    crossed["ticket"] = one["ticket"].clone();
    assert!(
        is_refused(&small.send_to("", "/sign-in/passkey", &device.sign(&crossed)).await),
        "another challenge"
    );
    assert!(
        is_refused(&small.send_to("", "/sign-in/passkey", &device.sign(&one)).await),
        "used up"
    );
    small.time.fetch_add(6 * 60_000, std::sync::atomic::Ordering::SeqCst);
    assert!(is_refused(&small.send_to("", "/sign-in/passkey", &device.sign(&two)).await), "late");
    // Another key under the same name, an unverified user, a counter that goes back.
    let asked = small.asked("", "/sign-in/passkey/ask").await;
    let mut forged =
        Device { user: device.user.clone(), id: device.id, count: 90, ..Device::new(8) };
    assert!(is_refused(&small.send_to("", "/sign-in/passkey", &forged.sign(&asked)).await));
    device.flags = 0x01;
    assert!(is_refused(&small.try_sign_in(&mut device).await), "nobody was verified");
    device.flags = SIGNED;
    let before = std::mem::replace(&mut device.count, 0);
    assert!(is_refused(&small.try_sign_in(&mut device).await), "a copy of the key");
    // Control: nothing of this has spoilt the key.
    device.count = before;
    assert_eq!(small.try_sign_in(&mut device).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "current_thread")]
async fn a_key_is_added_in_the_session_that_asked_and_only_if_that_is_fresh() {
    let small = Small::begin().await;
    let (pell, quist) = (small.cookie("pell").await, small.cookie("quist").await);
    let mut device = Device::new(7);
    let asked = small.asked(&pell, "/how-i-sign-in/ask").await;
    let form = device.make(&asked) + "&name=Mine";
    let stolen = small.send_to(&quist, "/how-i-sign-in", &form).await;
    assert_eq!(stolen.status, StatusCode::FORBIDDEN, "asked in another session");
    device.at = "https://elsewhere.example";
    assert_eq!(small.add(&pell, &mut device).await.status, StatusCode::FORBIDDEN);
    device.at = HOUSE;
    small.time.fetch_add(11 * 60_000, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(small.add(&pell, &mut device).await.status, StatusCode::FORBIDDEN, "an old session");
    let keys = small.web.archive.passkeys(&"pell".parse().unwrap()).await.unwrap();
    assert_eq!(keys, []);
    // Control.
    let fresh = small.cookie("pell").await;
    assert_eq!(small.add(&fresh, &mut device).await.status, StatusCode::SEE_OTHER);
    let same = small.add(&small.cookie("quist").await, &mut device).await;
    assert_eq!(same.status, StatusCode::FORBIDDEN, "one key, one holder");
}

/// Who has a passkey proves with it that it is he before he opens, approves or runs an inquiry.
#[tokio::test(flavor = "current_thread")]
async fn acts_of_an_inquiry_want_a_fresh_proof_with_the_own_passkey() {
    let small = Small::begin().await;
    let (mut device, mut other) = (Device::new(7), Device::new(8));
    small.add(&small.cookie("pell").await, &mut device).await;
    small.add(&small.cookie("quist").await, &mut other).await;
    let cookie = small.cookie("pell").await;
    let visitor = async |cookie: &str| {
        let token = cookie.split_once('=').unwrap().1.parse().unwrap();
        small.web.archive.signed_in(&token).await.unwrap()
    };
    assert!(!visitor(&cookie).await.is_fresh(chancery_desk::FRESH), "a code is not enough");
    let page = small.with(&cookie, &Method::GET, "/inquiries", "").await;
    assert!(page.body.contains("data-proof=\"0\""), "the form asks before it is sent");
    // With another's key, and in another session.
    let asked = small.asked(&cookie, "/prove/ask").await;
    let foreign = small.send_to(&cookie, "/prove", &other.sign(&asked)).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    let asked = small.asked(&small.cookie("quist").await, "/prove/ask").await;
    let elsewhere = small.send_to(&cookie, "/prove", &device.sign(&asked)).await;
    assert_eq!(elsewhere.status, StatusCode::FORBIDDEN);
    assert!(!visitor(&cookie).await.is_fresh(chancery_desk::FRESH));
    let asked = small.asked(&cookie, "/prove/ask").await;
    let proved = small.send_to(&cookie, "/prove", &device.sign(&asked)).await;
    assert_eq!(proved.status, StatusCode::NO_CONTENT, "{}", proved.body);
    assert!(visitor(&cookie).await.is_fresh(chancery_desk::FRESH));
    small.time.fetch_add(11 * 60_000, std::sync::atomic::Ordering::SeqCst);
    assert!(!visitor(&cookie).await.is_fresh(chancery_desk::FRESH), "for ten minutes");
}

/// From the classification that the house names on, a copy is opened by who has just proved who he is: as text, as pages
/// and as a file. No program opens it, and whoever it is not for learns nothing of it.
#[tokio::test(flavor = "current_thread")]
async fn a_paper_with_a_high_label_is_opened_with_a_fresh_proof() {
    let small = Small::begin().await;
    let mut device = Device::new(7);
    small.add(&small.cookie("pell").await, &mut device).await;
    let cookie = small.cookie("pell").await;
    let token = small.token("pell", "northern", "Reader").await;
    let ways = ["/papers/P1/copy", "/papers/P1/pages", "/papers/P1/text", "/papers/P1/pdf"];
    let rule = async |from: &str| {
        let house = chancery_domain::House {
            custodian: Some("registry".parse().unwrap()),
            prove_from: Some(from.into()),
            ..chancery_domain::House::default()
        };
        small.web.archive.set_house_rules(&house, &"reed".parse().unwrap()).await
    };
    assert!(rule("Pink").await.is_err(), "a rule that compares with nothing");
    // The control: the paper is confidential.
    rule("Secret").await.unwrap();
    for way in ways {
        assert_eq!(small.send_to(&cookie, way, "").await.status, StatusCode::OK, "{way}");
    }
    let asked = small.by_token(&token, &Method::POST, "/api/v1/papers/P1/copy", "").await;
    assert_eq!(asked.status, StatusCode::OK);
    rule("Confidential").await.unwrap();
    for way in ways {
        let refused = small.send_to(&cookie, way, "").await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{way}");
        assert!(refused.body.contains("proved with your passkey"), "{}", refused.body);
        let stranger = small.post("voss", way, "").await;
        assert_eq!(stranger.status, StatusCode::NOT_FOUND, "{way}");
    }
    let asked = small.by_token(&token, &Method::POST, "/api/v1/papers/P1/copy", "").await;
    assert_eq!(asked.status, StatusCode::FORBIDDEN, "{}", asked.body);
    for page in ["/papers/P1", "/"] {
        let page = small.with(&cookie, &Method::GET, page, "").await;
        assert!(page.body.contains("/copy\" data-proof=\"0\""), "the browser asks: {}", page.body);
    }
    let asked = small.asked(&cookie, "/prove/ask").await;
    small.send_to(&cookie, "/prove", &device.sign(&asked)).await;
    for way in ways {
        assert_eq!(small.send_to(&cookie, way, "").await.status, StatusCode::OK, "{way}");
    }
    small.time.fetch_add(11 * 60_000, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(small.send_to(&cookie, ways[0], "").await.status, StatusCode::FORBIDDEN);
    // Who has no passkey signs in anew.
    let quist = small.cookie("quist").await;
    assert_eq!(small.send_to(&quist, ways[0], "").await.status, StatusCode::OK);
}
