//! Random codes and secrets, and the hashes they are kept under.

use meetellen_events::values::{Code, OrganisationId, SecretHash};
use sha2::{Digest, Sha256};

/// The system gave no randomness.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("no randomness from the system: {0}")]
pub struct NoRandomness(getrandom::Error);

/// 128 random bits.
pub fn code() -> Result<Code, NoRandomness> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(NoRandomness)?;
    Ok(Code::new(bytes))
}

/// How a secret of 128 random bits is kept.
pub fn hash(secret: &[u8]) -> SecretHash {
    SecretHash::new(Sha256::digest(secret).into())
}

/// How the eight characters of a pass are kept: with the organisation, so that two of them may give out the same ones.
pub fn short_hash(organisation: OrganisationId, short: &str) -> SecretHash {
    let digest = Sha256::new()
        .chain_update(b"short")
        .chain_update(organisation.uuid().as_bytes())
        .chain_update(short.as_bytes());
    SecretHash::new(digest.finalize().into())
}
