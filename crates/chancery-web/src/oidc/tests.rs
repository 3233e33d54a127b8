//! An issuer of our own, with real keys: what it signs rightly signs in whom the house has linked, and everything else
//! signs in nobody.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use axum::http::{Method, StatusCode};
use base64::prelude::BASE64_STANDARD;
use chancery_desk::SessionToken;
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use serde_json::{Value, json};

use super::*;
use crate::tests::{Reply, Small, h};

/// A key for tests and nothing else (PKCS #8).
const RSA: &str = include_str!("rsa-for-tests.txt");
const CLIENT: &str = "reading-room";
const SUBJECT: &str = "248289761001";

/// A key that signs.
enum Signer {
    Rsa(Box<RsaKeyPair>),
    P256(Box<EcdsaKeyPair>),
}

impl Signer {
    fn rsa() -> Self {
        let der = BASE64_STANDARD.decode(RSA.replace('\n', "")).unwrap();
        Self::Rsa(Box::new(RsaKeyPair::from_pkcs8(&der).unwrap()))
    }

    fn p256() -> Self {
        let random = SystemRandom::new();
        let der = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der.as_ref(), &random);
        Self::P256(Box::new(key.unwrap()))
    }

    fn jwk(&self, id: &str) -> Value {
        let b64 = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        match self {
            Self::Rsa(key) => {
                let parts = PublicKeyComponents::<Vec<u8>>::from(key.public());
                json!({"kty": "RSA", "kid": id, "use": "sig", "n": b64(&parts.n), "e": b64(&parts.e)})
            }
            Self::P256(key) => {
                let point = key.public_key().as_ref();
                json!({"kty": "EC", "crv": "P-256", "kid": id, "x": b64(&point[1..33]), "y": b64(&point[33..])})
            }
        }
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let random = SystemRandom::new();
        let signature = match self {
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, signed.as_bytes(), &mut signature).unwrap();
                signature
            }
            Self::P256(key) => key.sign(&random, signed.as_bytes()).unwrap().as_ref().to_vec(),
        };
        format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }
}

/// What the issuer gives at its token endpoint, and what it was sent there.
#[derive(Default)]
struct Desk {
    keys: Value,
    token: String,
    asked: Vec<String>,
}

/// An issuer on this machine.
fn issuer() -> (String, Arc<Mutex<Desk>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
    let desk = Arc::new(Mutex::new(Desk::default()));
    let (own, at) = (address.clone(), Arc::clone(&desk));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = Vec::new();
            let mut some = [0; 4096];
            loop {
                let n = stream.read(&mut some).unwrap();
                request.extend_from_slice(&some[..n]);
                let text = String::from_utf8_lossy(&request).to_lowercase();
                let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                let length = head.lines().find_map(|l| l.strip_prefix("content-length: "));
                if n == 0 || body.len() >= length.map_or(0, |l| l.parse().unwrap()) {
                    break;
                }
            }
            let request = String::from_utf8(request).unwrap();
            let mut desk = at.lock().unwrap();
            let answer = match request.split(' ').nth(1).unwrap() {
                "/.well-known/openid-configuration" => json!({
                    "issuer": own, "authorization_endpoint": format!("{own}/authorize"),
                    "token_endpoint": format!("{own}/token"), "jwks_uri": format!("{own}/keys"),
                }),
                "/keys" => desk.keys.clone(),
                _ => {
                    desk.asked.push(request);
                    json!({"access_token": "x", "token_type": "Bearer", "id_token": desk.token})
                }
            };
            let body = answer.to_string();
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    (address, desk)
}

struct House {
    small: Small,
    issuer: String,
    desk: Arc<Mutex<Desk>>,
}

impl House {
    async fn begin() -> Self {
        let (issuer, desk) = issuer();
        let about = Oidc::new(&issuer, CLIENT, "secret&word\n").unwrap();
        let small = Small::begin().await.with_issuer(about);
        small.web.archive.link_subject(&issuer, SUBJECT, &h("pell"), &h("reed")).await.unwrap();
        Self { small, issuer, desk }
    }

    fn now(&self) -> i64 {
        self.small.web.archive.now().as_second()
    }

    fn claims(&self, nonce: &str) -> Value {
        let now = self.now();
        json!({"iss": self.issuer, "sub": SUBJECT, "aud": CLIENT, "exp": now + 300, "iat": now, "nonce": nonce})
    }

    /// Asks to be sent to the issuer: state, nonce, challenge and cookie.
    async fn ask(&self) -> (String, String, String, String) {
        let sent = self.small.with("", &Method::GET, "/sign-in/issuer", "").await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        let to = sent.header("location").to_owned();
        assert!(to.starts_with(&format!("{}/authorize?response_type=code&scope=openid&client_id={CLIENT}&redirect_uri=https%3A%2F%2Fhouse.example%2Fsign-in%2Fissuer%2Fback&", self.issuer)), "{to}");
        let of = |name: &str| {
            let from = to.split_once(&format!("&{name}=")).unwrap().1;
            from.split('&').next().unwrap().to_owned()
        };
        assert_eq!(of("code_challenge_method"), "S256");
        let cookie = sent.header("set-cookie");
        for flag in ["__Host-", "Secure", "HttpOnly", "SameSite=Lax"] {
            assert!(cookie.contains(flag), "{flag} in {cookie}");
        }
        let cookie = cookie.split(';').next().unwrap().to_owned();
        (of("state"), of("nonce"), of("code_challenge"), cookie)
    }

    async fn back(&self, state: &str, cookie: &str) -> Reply {
        let path = format!("/sign-in/issuer/back?state={state}&code=c%2Fode");
        self.small.with(cookie, &Method::GET, &path, "").await
    }

    /// The whole way, with a token made from the nonce; whether it signed in.
    async fn goes(&self, token: impl FnOnce(&str) -> String) -> bool {
        let (state, nonce, _, cookie) = self.ask().await;
        self.desk.lock().unwrap().token = token(&nonce);
        let reply = self.back(&state, &cookie).await;
        let signed_in = reply.status == StatusCode::OK;
        let cookies: Vec<&str> =
            reply.headers.get_all("set-cookie").iter().map(|v| v.to_str().unwrap()).collect();
        assert_eq!(
            signed_in,
            cookies.iter().any(|c| c.starts_with("__Host-chancery=") && c.len() > 80)
        );
        signed_in
    }
}

#[tokio::test(flavor = "current_thread")]
async fn an_issuer_signs_in_whom_the_house_has_linked() {
    let house = House::begin().await;
    for (signer, alg) in [(Signer::rsa(), "RS256"), (Signer::p256(), "ES256")] {
        // New keys, which the house learns when it meets one that it does not know.
        house.desk.lock().unwrap().keys =
            json!({"keys": [signer.jwk(alg), {"kty": "OKP", "kid": "x"}]});
        let (state, nonce, challenge, cookie) = house.ask().await;
        let header = json!({"alg": alg, "kid": alg, "typ": "JWT"});
        house.desk.lock().unwrap().token = signer.sign(&header, &house.claims(&nonce));
        let reply = house.back(&state, &cookie).await;
        assert_eq!(reply.status, StatusCode::OK, "{alg}: {}", reply.body);
        assert_eq!(reply.header("refresh"), "0; url=/");
        let cookies: Vec<&str> =
            reply.headers.get_all("set-cookie").iter().map(|v| v.to_str().unwrap()).collect();
        let session = cookies.iter().find_map(|c| c.strip_prefix("__Host-chancery=")).unwrap();
        let token: SessionToken = session.split(';').next().unwrap().parse().unwrap();
        assert_eq!(house.small.web.archive.session(&token).await.unwrap(), h("pell"));
        // The code was exchanged with the verifier of the challenge, and with the house's own secret.
        let asked = house.desk.lock().unwrap().asked.pop().unwrap();
        let verifier = asked.split("code_verifier=").nth(1).unwrap();
        assert_eq!(BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)), challenge);
        assert!(asked.contains("code=c%2Fode&redirect_uri=https%3A%2F%2Fhouse.example"));
        let basic = BASE64_STANDARD.encode("reading-room:secret%26word");
        assert!(
            asked
                .to_lowercase()
                .contains(&format!("authorization: basic {}", basic.to_lowercase()))
        );
        // Once: the same answer signs nobody in again.
        assert_eq!(house.back(&state, &cookie).await.status, StatusCode::FORBIDDEN);
    }
    // Whoever is not linked, is linked no more, or holds no office.
    let signer = Signer::p256();
    house.desk.lock().unwrap().keys = json!({"keys": [signer.jwk("k")]});
    let header = json!({"alg": "ES256", "kid": "k"});
    let mut claims = house.claims("");
    claims["sub"] = json!("somebody else");
    let with = |claims: &Value, nonce: &str| {
        let mut claims = claims.clone();
        claims["nonce"] = json!(nonce);
        signer.sign(&header, &claims)
    };
    assert!(!house.goes(|nonce| with(&claims, nonce)).await);
    claims["sub"] = json!(SUBJECT);
    assert!(house.goes(|nonce| with(&claims, nonce)).await, "the control");
    let linked = house.small.web.archive.subjects(&h("reed")).await.unwrap();
    assert_eq!(linked[0].subject, SUBJECT);
    assert!(house.small.web.archive.unlink_subject(linked[0].id, &h("voss")).await.is_err());
    house.small.web.archive.unlink_subject(linked[0].id, &h("reed")).await.unwrap();
    assert!(!house.goes(|nonce| with(&claims, nonce)).await);
    house.small.web.archive.verify(|_, _| {}).await.unwrap();
}

#[tokio::test(flavor = "current_thread")]
async fn forged_old_and_foreign_tokens_sign_nobody_in() {
    let house = House::begin().await;
    let (signer, other, rsa) = (Signer::p256(), Signer::p256(), Signer::rsa());
    house.desk.lock().unwrap().keys = json!({"keys": [signer.jwk("k"), rsa.jwk("r")]});
    let header = json!({"alg": "ES256", "kid": "k"});
    let now = house.now();
    assert!(house.goes(|nonce| signer.sign(&header, &house.claims(nonce))).await, "the control");
    assert!(!house.goes(|nonce| other.sign(&header, &house.claims(nonce))).await, "forged");
    let unknown = json!({"alg": "ES256", "kid": "z"});
    assert!(!house.goes(|nonce| other.sign(&unknown, &house.claims(nonce))).await, "unknown key");
    for alg in ["none", "HS256", "RS256", "ES384"] {
        let header = json!({"alg": alg, "kid": "k"});
        assert!(!house.goes(|nonce| signer.sign(&header, &house.claims(nonce))).await, "{alg}");
    }
    let mixed = json!({"alg": "ES256", "kid": "r"});
    assert!(
        !house.goes(|nonce| rsa.sign(&mixed, &house.claims(nonce))).await,
        "another kind of key"
    );
    let critical = json!({"alg": "ES256", "kid": "k", "crit": ["b64"]});
    assert!(!house.goes(|nonce| signer.sign(&critical, &house.claims(nonce))).await, "crit");
    let wrong = [
        ("iss", json!("https://elsewhere.example")),
        ("aud", json!("another")),
        ("aud", json!([CLIENT, "another"])),
        ("azp", json!("another")),
        ("exp", json!(now - 61)),
        ("iat", json!(now - 601)),
        ("iat", json!(now + 120)),
        ("nbf", json!(now + 120)),
        ("nonce", json!("another")),
        ("sub", json!("")),
    ];
    for (name, value) in wrong {
        let made = |nonce: &str| {
            let mut claims = house.claims(nonce);
            claims[name] = value.clone();
            signer.sign(&header, &claims)
        };
        assert!(!house.goes(made).await, "{name}: {value}");
    }
    let altered = |nonce: &str| {
        let token = signer.sign(&header, &house.claims(nonce));
        let parts: Vec<&str> = token.split('.').collect();
        let mut claims = house.claims(nonce);
        claims["sub"] = json!("quist");
        format!("{}.{}.{}", parts[0], BASE64_URL_SAFE_NO_PAD.encode(claims.to_string()), parts[2])
    };
    assert!(!house.goes(altered).await, "altered");
    for token in ["", "a.b", "a.b.c", "..", &"x".repeat(100_000)] {
        assert!(!house.goes(|_| token.to_owned()).await);
    }
    // Another browser, a state that nobody asked, and too late.
    let (state, nonce, _, cookie) = house.ask().await;
    house.desk.lock().unwrap().token = signer.sign(&header, &house.claims(&nonce));
    assert_eq!(house.back(&state, "").await.status, StatusCode::FORBIDDEN);
    assert_eq!(
        house.back(&state, &cookie).await.status,
        StatusCode::FORBIDDEN,
        "and it was used up"
    );
    assert_eq!(house.back("none", &cookie).await.status, StatusCode::FORBIDDEN);
    let (state, nonce, _, cookie) = house.ask().await;
    house.small.time.fetch_add(5 * 60_000, std::sync::atomic::Ordering::SeqCst);
    house.desk.lock().unwrap().token = signer.sign(&header, &house.claims(&nonce));
    assert_eq!(house.back(&state, &cookie).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "current_thread")]
async fn a_house_without_an_issuer_has_no_such_door() {
    let small = Small::begin().await;
    for path in ["/sign-in/issuer", "/sign-in/issuer/back?state=x&code=y"] {
        assert_eq!(small.with("", &Method::GET, path, "").await.status, StatusCode::NOT_FOUND);
    }
    assert!(!small.with("", &Method::GET, "/sign-in", "").await.body.contains("/sign-in/issuer"));
    for address in ["http://issuer.example", "issuer.example", "https://issuer.example?x", ""] {
        assert!(Oidc::new(address, "c", "s").is_err(), "{address}");
    }
    assert!(Oidc::new("https://issuer.example/realm", "c", "\n").is_err());
    assert!(
        !format!("{:?}", Oidc::new("https://issuer.example", "c", "geheim").unwrap())
            .contains("geheim")
    );
}

/// Beyond what may ask the issuer at once people are told to come again, and find their question waiting.
#[tokio::test(flavor = "current_thread")]
async fn only_so_many_ask_the_issuer_at_once() {
    use crate::load::ISSUER_AT_ONCE;
    let house = House::begin().await;
    let room = &house.small.web.load.issuer;
    let signer = Signer::p256();
    house.desk.lock().unwrap().keys = json!({"keys": [signer.jwk("k")]});
    let (state, nonce, _, cookie) = house.ask().await;
    house.desk.lock().unwrap().token =
        signer.sign(&json!({"alg": "ES256", "kid": "k"}), &house.claims(&nonce));
    let all = room.acquire_many(u32::try_from(ISSUER_AT_ONCE).unwrap()).await.unwrap();
    let begun = house.small.with("", &Method::GET, "/sign-in/issuer", "").await;
    for reply in [begun, house.back(&state, &cookie).await] {
        assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(reply.header("retry-after"), "20");
        assert!(reply.body.contains("Reload this page in a few seconds"), "{}", reply.body);
        assert!(!reply.headers.contains_key("set-cookie"));
    }
    drop(all);
    assert_eq!(house.back(&state, &cookie).await.status, StatusCode::OK, "the question waited");
    assert_eq!(room.available_permits(), ISSUER_AT_ONCE, "what was asked gave its room back");

    // An issuer that does not answer takes room as long as it is waited for, also when nobody does any more.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://127.0.0.1:{}", silent.local_addr().unwrap().port());
    let small = Small::begin().await.with_issuer(Oidc::new(&address, CLIENT, "secret").unwrap());
    let room = Arc::clone(&small.web.load.issuer);
    let asks = small.with("", &Method::GET, "/sign-in/issuer", "");
    tokio::select! {
        _ = asks => panic!("nobody answered"),
        () = tokio::time::sleep(std::time::Duration::from_millis(300)) => {}
    }
    assert_eq!(room.available_permits(), ISSUER_AT_ONCE - 1);
    drop(silent);
}
