//! Tokens: who is asking, signed by this installation.
//!
//! Always true: only EdDSA is taken, whatever the header says; `exp nbf iss aud sub` are there and hold; each kind of
//! token has a `typ` of its own and is good for nothing else. Whether a device was revoked meanwhile is not written in
//! its token: every request asks for that apart.

mod operator;
mod provider;

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ed25519_dalek::SigningKey;
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use meetellen_events::access::{API_TOKEN_MILLIS, Role};
use meetellen_events::values::{DeviceId, OrganisationId, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::private;
pub use operator::OperatorToken;

/// How long a browser's token is good; its cookie gets it a new one.
pub const ACCESS_VALID: Duration = Duration::from_secs(10 * 60);
/// How long a program's token is good.
pub const API_VALID: Duration = Duration::from_millis(API_TOKEN_MILLIS as u64);
/// Bytes of a token that are looked at.
pub const TOKEN_BYTES_MAX: usize = 1_024;

/// Seconds that the clocks of two nodes may differ.
const LEEWAY_SECONDS: i64 = 5;
/// Tokens remembered as checked; then they are checked anew.
const CHECKED_MAX: usize = 4_096;
const AUDIENCE: &str = "meetellen";

/// What a token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A signed-in browser's requests.
    Access,
    /// A program's requests.
    Api,
}

impl Kind {
    const fn typ(self) -> &'static str {
        match self {
            Self::Access => "meetellen-access+jwt",
            Self::Api => "meetellen-api+jwt",
        }
    }

    const fn valid(self) -> Duration {
        match self {
            Self::Access => ACCESS_VALID,
            Self::Api => API_VALID,
        }
    }
}

/// Who a token speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bearer {
    /// The only organisation it is good in.
    pub organisation: OrganisationId,
    /// Whose it is.
    pub device: DeviceId,
    /// What the device might do when the token was made.
    pub role: Role,
}

/// Why a token is not good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It was good once.
    #[error("the token has expired")]
    Expired,
    /// It never was: another's, of another kind, changed, or no token at all.
    #[error("not a token of ours")]
    Foreign,
}

/// Why the signing folder could not be used.
#[derive(Debug, thiserror::Error)]
pub enum SigningError {
    /// The disk refused.
    #[error("signing folder not readable or writable")]
    Disk(#[from] std::io::Error),
    /// The system gave no randomness.
    #[error("no randomness from the system: {0}")]
    Randomness(getrandom::Error),
    /// The key file does not hold 32 bytes.
    #[error("signing key damaged: put the file back, or delete it and sign in anew")]
    Damaged,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    aud: String,
    sub: DeviceId,
    nbf: i64,
    exp: i64,
    organisation: OrganisationId,
    role: Role,
}

/// What a token says, once its signature was checked.
#[derive(Debug, Clone, Copy)]
struct Said {
    bearer: Bearer,
    nbf: i64,
    exp: i64,
}

/// Signs and checks tokens.
pub struct Tokens {
    issuer: String,
    signing: EncodingKey,
    checking: DecodingKey,
    /// Tokens whose signature holds, by their hash: a device shows the same one for minutes or months, and a check
    /// costs more than all else about an entry. When a token is good, and for whom, is asked each time.
    checked: Mutex<HashMap<[u8; 32], Said>>,
    deriving: Zeroizing<[u8; 32]>,
}

impl Tokens {
    /// Reads the key in `folder`; the first start makes it (mode 0600).
    pub fn open(folder: &Path) -> Result<Self, SigningError> {
        private::make_folder(folder)?;
        let path = folder.join("token.key");
        let seed = match fs::read(&path) {
            Ok(bytes) => {
                let bytes = Zeroizing::new(bytes);
                let seed = <[u8; 32]>::try_from(&**bytes).map_err(|_| SigningError::Damaged)?;
                Zeroizing::new(seed)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let mut seed = Zeroizing::new([0; 32]);
                getrandom::fill(&mut *seed).map_err(SigningError::Randomness)?;
                private::replace(&path, &path.with_extension("new"), &*seed)?;
                seed
            }
            Err(error) => return Err(error.into()),
        };
        Ok(Self::of(&seed))
    }

    fn of(seed: &[u8; 32]) -> Self {
        provider::install();
        let public = SigningKey::from_bytes(seed).verifying_key();
        let name = Sha256::digest(public.as_bytes());
        let issuer = name.iter().take(8).map(|byte| format!("{byte:02x}"));
        Self {
            issuer: format!("meetellen:{}", issuer.collect::<String>()),
            signing: EncodingKey::from_ed_der(seed),
            checking: DecodingKey::from_ed_der(public.as_bytes()),
            checked: Mutex::default(),
            deriving: Zeroizing::new(
                Sha256::new()
                    .chain_update(b"meetellen derived secrets")
                    .chain_update(seed)
                    .finalize()
                    .into(),
            ),
        }
    }

    /// A secret that only this installation can make, the same each time for the same purpose and name.
    pub fn derive(&self, purpose: &str, name: &[u8]) -> [u8; 32] {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&*self.deriving)
            .expect("a MAC takes a key of any length");
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(name);
        mac.finalize().into_bytes().into()
    }

    /// A token for `bearer`, good from `now` for as long as its kind is.
    pub fn issue(&self, kind: Kind, bearer: Bearer, now: Timestamp) -> String {
        let start = now.millis().div_euclid(1_000);
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: AUDIENCE.to_owned(),
            sub: bearer.device,
            nbf: start,
            exp: start.saturating_add_unsigned(kind.valid().as_secs()),
            organisation: bearer.organisation,
            role: bearer.role,
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(kind.typ().to_owned());
        jsonwebtoken::encode(&header, &claims, &self.signing)
            .expect("plain claims serialise, and the key was checked when it was read")
    }

    /// Whom a token of this kind speaks for at `now`.
    pub fn check(&self, kind: Kind, token: &str, now: Timestamp) -> Result<Bearer, Refused> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(Refused::Foreign);
        }
        let said = self.said(kind, token)?;
        let seconds = now.millis().div_euclid(1_000);
        if said.nbf.saturating_sub(LEEWAY_SECONDS) > seconds {
            return Err(Refused::Foreign);
        }
        if said.exp.saturating_add(LEEWAY_SECONDS) < seconds {
            return Err(Refused::Expired);
        }
        Ok(said.bearer)
    }

    /// What a token of ours says, good now or not.
    fn said(&self, kind: Kind, token: &str) -> Result<Said, Refused> {
        let digest = Sha256::new()
            .chain_update(kind.typ())
            .chain_update(token)
            .finalize();
        let known = {
            let checked = self.checked.lock();
            let checked = checked.unwrap_or_else(PoisonError::into_inner);
            checked.get(&*digest).copied()
        };
        if let Some(said) = known {
            return Ok(said);
        }
        let said = self.verify(kind, token)?;
        let checked = self.checked.lock();
        let mut checked = checked.unwrap_or_else(PoisonError::into_inner);
        if checked.len() >= CHECKED_MAX {
            checked.clear();
        }
        checked.insert(digest.into(), said);
        Ok(said)
    }

    fn verify(&self, kind: Kind, token: &str) -> Result<Said, Refused> {
        // Told apart before the signature is looked at: that is the dear part.
        let header = jsonwebtoken::decode_header(token).map_err(|_| Refused::Foreign)?;
        if header.typ.as_deref() != Some(kind.typ()) {
            return Err(Refused::Foreign);
        }
        let mut rules = Validation::new(Algorithm::EdDSA);
        // The library would ask the system's clock: what holds when is checked below, by ours.
        rules.validate_exp = false;
        rules.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        rules.set_issuer(&[&self.issuer]);
        rules.set_audience(&[AUDIENCE]);
        let read = jsonwebtoken::decode::<Claims>(token, &self.checking, &rules);
        let read = read.map_err(|_| Refused::Foreign)?;
        Ok(Said {
            bearer: Bearer {
                organisation: read.claims.organisation,
                device: read.claims.sub,
                role: read.claims.role,
            },
            nbf: read.claims.nbf,
            exp: read.claims.exp,
        })
    }
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
