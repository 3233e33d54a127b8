//! ID tokens: judging one by its issuer's keys (OpenID Connect Core 1.0, section 3.1.3.7; RFC 7515, 7517, 7518).
//!
//! Two ways of signing are known, RS256 and ES256, and a key serves the one that it is made for: what a token says about
//! itself chooses nothing else. Everything is checked, and whatever fails, nobody is signed in.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Longest token.
const MAX_TOKEN: usize = 16 << 10;
/// Most keys of an issuer.
const MAX_KEYS: usize = 64;
/// By how much two clocks may differ, in seconds.
const LEEWAY: i64 = 60;
/// How old a token may be, in seconds, whatever it says itself.
const MAX_AGE: i64 = 600;
/// Longest subject (OpenID Connect Core 1.0, section 2).
const MAX_SUBJECT: usize = 255;

/// Why a token signs nobody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// It cannot be read.
    Form,
    /// None of the issuer's keys has signed it.
    Signature,
    /// The key that it names is not known.
    UnknownKey,
    /// It is another issuer's.
    Issuer,
    /// It is for somebody else.
    Audience,
    /// It is not of now.
    Time,
    /// It answers another question.
    Nonce,
}

/// What a token has to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client: &'a str,
    pub(super) nonce: &'a str,
    /// Seconds since 1970.
    pub(super) now: i64,
}

/// The keys of an issuer.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys(Vec<Key>);

#[derive(Clone, Debug)]
struct Key {
    id: Option<String>,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    /// A point of P-256, uncompressed.
    P256(Vec<u8>),
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Jwk>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    r#use: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    nonce: String,
}

impl Keys {
    /// Reads a key set; keys that serve for nothing here are left out.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Refused> {
        let set: KeySet = serde_json::from_slice(bytes).map_err(|_| Refused::Form)?;
        Ok(Self(set.keys.into_iter().take(MAX_KEYS).filter_map(key).collect()))
    }

    /// Whose token it is, if it is all that is expected.
    pub(super) fn subject(&self, token: &str, expected: Expected<'_>) -> Result<String, Refused> {
        if token.len() > MAX_TOKEN {
            return Err(Refused::Form);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(Refused::Form)?;
        let (header, claims) = signed.split_once('.').ok_or(Refused::Form)?;
        let (header, signature) = (part::<Header>(header)?, decode(signature)?);
        if header.crit.is_some() {
            return Err(Refused::Form);
        }
        self.check(&header, signed.as_bytes(), &signature)?;
        let claims: Claims = part(claims)?;
        if claims.iss != expected.issuer {
            return Err(Refused::Issuer);
        }
        let (audience, several) = match &claims.aud {
            Audience::One(one) => (one == expected.client, false),
            Audience::Many(all) => (all.iter().any(|a| a == expected.client), all.len() > 1),
        };
        let party = claims.azp.as_deref();
        let party = party.map_or(!several, |party| party == expected.client);
        if !audience || !party {
            return Err(Refused::Audience);
        }
        let now = expected.now;
        let begun = claims.nbf.is_none_or(|from| from <= now.saturating_add(LEEWAY));
        let fresh =
            claims.iat <= now.saturating_add(LEEWAY) && claims.iat >= now.saturating_sub(MAX_AGE);
        if claims.exp.saturating_add(LEEWAY) <= now || !begun || !fresh {
            return Err(Refused::Time);
        }
        if claims.nonce != expected.nonce {
            return Err(Refused::Nonce);
        }
        if claims.sub.is_empty() || claims.sub.len() > MAX_SUBJECT {
            return Err(Refused::Form);
        }
        Ok(claims.sub)
    }

    fn check(&self, header: &Header, signed: &[u8], signature: &[u8]) -> Result<(), Refused> {
        let named = |key: &&Key| header.kid.is_none() || key.id == header.kid;
        let mut known = false;
        for key in self.0.iter().filter(named) {
            known = true;
            let good = match (&key.kind, header.alg.as_str()) {
                (Kind::Rsa { n, e }, "RS256") => RsaPublicKeyComponents { n, e }
                    .verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature)
                    .is_ok(),
                (Kind::P256(point), "ES256") => {
                    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                        .verify(signed, signature)
                        .is_ok()
                }
                _ => false,
            };
            if good {
                return Ok(());
            }
        }
        Err(if known { Refused::Signature } else { Refused::UnknownKey })
    }
}

fn key(jwk: Jwk) -> Option<Key> {
    if jwk.r#use.is_some_and(|r#use| r#use != "sig") {
        return None;
    }
    let bytes = |text: Option<String>| decode(&text?).ok();
    let kind = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
        ("RSA", _) => Kind::Rsa { n: bytes(jwk.n)?, e: bytes(jwk.e)? },
        ("EC", Some("P-256")) => {
            let (x, y) = (bytes(jwk.x)?, bytes(jwk.y)?);
            if x.len() != 32 || y.len() != 32 {
                return None;
            }
            Kind::P256([&[4], x.as_slice(), &y].concat())
        }
        _ => return None,
    };
    Some(Key { id: jwk.kid, kind })
}

fn decode(text: &str) -> Result<Vec<u8>, Refused> {
    BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| Refused::Form)
}

fn part<T: DeserializeOwned>(text: &str) -> Result<T, Refused> {
    serde_json::from_slice(&decode(text)?).map_err(|_| Refused::Form)
}
