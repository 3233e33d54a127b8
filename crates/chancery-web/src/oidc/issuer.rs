//! The issuer that a house trusts to say who somebody is, and talking to it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine};
use serde::Deserialize;
use ureq::http::Uri;
use zeroize::Zeroizing;

use super::escaped;
use super::token::Keys;

/// How long the issuer may take for an answer.
const LONGEST: Duration = Duration::from_secs(10);
/// Longest answer of the issuer.
const MOST: u64 = 1 << 20;

/// Which issuer, and as what it knows this house. The secret wipes itself and is not printed.
#[derive(Clone)]
pub struct Oidc {
    issuer: String,
    client: String,
    secret: Zeroizing<String>,
}

impl std::fmt::Debug for Oidc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Oidc")
            .field("issuer", &self.issuer)
            .field("client", &self.client)
            .finish_non_exhaustive()
    }
}

impl Oidc {
    /// An issuer by its address, over TLS unless it is on this machine.
    ///
    /// # Errors
    /// When the address cannot be an issuer's, or the secret is empty.
    pub fn new(issuer: &str, client: &str, secret: &str) -> Result<Self, String> {
        if !is_secure(issuer) || issuer.contains('?') {
            return Err(format!(
                "“{issuer}” is no issuer; give its address as it writes it itself, beginning with https://"
            ));
        }
        let secret = secret.trim();
        if client.is_empty() || secret.is_empty() {
            return Err(
                "the issuer knows this house by a client id and a secret; neither may be empty"
                    .into(),
            );
        }
        Ok(Self {
            issuer: issuer.to_owned(),
            client: client.to_owned(),
            secret: Zeroizing::new(secret.to_owned()),
        })
    }

    pub(super) fn issuer(&self) -> &str {
        &self.issuer
    }

    pub(super) fn client(&self) -> &str {
        &self.client
    }
}

/// What an issuer says of itself (OpenID Connect Discovery 1.0, section 3).
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Metadata {
    issuer: String,
    pub(super) authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

/// An issuer with what it has said so far.
#[derive(Debug)]
pub(super) struct Issuer {
    pub(super) about: Oidc,
    known: Mutex<Option<(Metadata, Keys)>>,
}

impl Issuer {
    pub(super) fn new(about: Oidc) -> Self {
        Self { about, known: Mutex::default() }
    }

    /// What the issuer says of itself and its keys; asked anew with `again`. Blocks.
    pub(super) fn known(&self, again: bool) -> Result<(Metadata, Keys), String> {
        if !again && let Some(known) = self.list().clone() {
            return Ok(known);
        }
        let base = self.about.issuer.trim_end_matches('/');
        let metadata = get(&format!("{base}/.well-known/openid-configuration"))?;
        let metadata: Metadata =
            serde_json::from_slice(&metadata).map_err(|e| format!("its metadata: {e}"))?;
        // Another issuer's metadata would bring another issuer's keys.
        if metadata.issuer != self.about.issuer {
            return Err(format!("it calls itself {}", metadata.issuer));
        }
        for endpoint in
            [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri]
        {
            if !is_secure(endpoint) {
                return Err(format!("{endpoint} is not reached over TLS"));
            }
        }
        let keys = Keys::parse(&get(&metadata.jwks_uri)?).map_err(|_| "its keys cannot be read")?;
        *self.list() = Some((metadata.clone(), keys.clone()));
        Ok((metadata, keys))
    }

    /// Exchanges a code for the ID token. Blocks.
    pub(super) fn exchange(
        &self,
        code: &str,
        verifier: &str,
        back: &str,
    ) -> Result<String, String> {
        let (metadata, _) = self.known(false)?;
        let Oidc { client, secret, .. } = &self.about;
        let form = format!(
            "grant_type=authorization_code&code={}&redirect_uri={}&code_verifier={verifier}",
            escaped(code),
            escaped(back)
        );
        let secret = Zeroizing::new(escaped(secret));
        let pair = Zeroizing::new(format!("{}:{}", escaped(client), *secret));
        let basic = Zeroizing::new(format!("Basic {}", BASE64_STANDARD.encode(pair.as_bytes())));
        let answer = agent()
            .post(&metadata.token_endpoint)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "application/json")
            .header("authorization", basic.as_str())
            .send(form);
        let tokens: Tokens =
            serde_json::from_slice(&body(answer)?).map_err(|_| "it gave no ID token")?;
        Ok(tokens.id_token)
    }

    fn list(&self) -> std::sync::MutexGuard<'_, Option<(Metadata, Keys)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether an address is reached over TLS, or on this machine.
fn is_secure(address: &str) -> bool {
    let Ok(uri) = address.parse::<Uri>() else { return false };
    let local = matches!(uri.host(), Some("localhost" | "127.0.0.1"));
    uri.scheme_str() == Some("https") || (local && uri.scheme_str() == Some("http"))
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(LONGEST))
        .http_status_as_error(false)
        .max_redirects(0)
        .build()
        .new_agent()
}

fn get(address: &str) -> Result<Vec<u8>, String> {
    body(agent().get(address).header("accept", "application/json").call())
}

fn body(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Vec<u8>, String> {
    let mut answer = answer.map_err(|e| e.to_string())?;
    if !answer.status().is_success() {
        return Err(format!("it answered {}", answer.status().as_u16()));
    }
    answer.body_mut().with_config().limit(MOST).read_to_vec().map_err(|e| e.to_string())
}
