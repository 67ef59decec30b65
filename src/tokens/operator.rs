//! The operator's secret: no JWT, but a file that whoever runs the machine can read.

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::SigningError;
use crate::private;

const SECRET_BYTES: usize = 32;
const FILE: &str = "operator.token";

/// Knows the operator's secret when it sees it. Deleting the file and starting anew changes it.
pub struct OperatorToken([u8; 32]);

impl OperatorToken {
    /// Reads `operator.token` in the data folder; the first start makes it (mode 0600).
    pub fn open(data: &Path) -> Result<Self, SigningError> {
        let path = data.join(FILE);
        let secret = match fs::read_to_string(&path) {
            Ok(text) => Zeroizing::new(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let mut bytes = Zeroizing::new([0; SECRET_BYTES]);
                getrandom::fill(&mut *bytes).map_err(SigningError::Randomness)?;
                let text = Zeroizing::new(URL_SAFE_NO_PAD.encode(*bytes));
                let beside = data.join("operator.token.new");
                private::replace(&path, &beside, format!("{}\n", *text).as_bytes())?;
                text
            }
            Err(error) => return Err(error.into()),
        };
        let secret = secret.trim_end();
        // An emptied file must not let everybody in.
        if URL_SAFE_NO_PAD.decode(secret).map(|bytes| bytes.len()) != Ok(SECRET_BYTES) {
            return Err(SigningError::Damaged);
        }
        Ok(Self(Sha256::digest(secret.as_bytes()).into()))
    }

    /// Whether this is the secret; takes as long for each wrong one.
    pub fn is(&self, shown: &str) -> bool {
        let shown: [u8; 32] = Sha256::digest(shown.as_bytes()).into();
        self.0.ct_eq(&shown).into()
    }
}

impl std::fmt::Debug for OperatorToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OperatorToken")
    }
}
