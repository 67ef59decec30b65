//! Statements: the figures of a closed month as they leave the house, signed, for ever as they were given.
//!
//! | always true | tested in |
//! |---|---|
//! | one changed byte is found; a statement needs only itself and a public key to be checked | `statements/tests.rs` |
//! | what a statement says is what its log comes to, up to its position | `tests/statements.rs` |
//! | what changes a closed month is told by a new statement that names the old one, the differences and the entries | the same |
//! | a key is introduced by the one before; what that signed stays good | `statements/keys/tests.rs` |

pub mod check;
mod difference;
mod hidden;
pub mod keys;
mod make;
pub mod replay;
pub mod restating;
#[cfg(test)]
mod tests;

pub use difference::{Difference, differences};
pub use hidden::{withhold, withhold_persons};
pub use make::{MakeError, closing, restated};

use crate::i18n::Language;
use meetellen_events::organisation::Organisation;
use meetellen_events::values::Locale;

/// What a statement calls its own form.
pub const FORMAT: &str = "meetellen-statement";

/// The version of that form.
pub const VERSION: u64 = 1;

/// The language an organisation's statements are written in.
pub fn language(organisation: &Organisation) -> Language {
    match organisation.locale() {
        Some(Locale::En) => Language::English,
        Some(Locale::Nl | Locale::Ar | Locale::Tr | Locale::Uk | Locale::Pl) | None => {
            Language::Dutch
        }
    }
}
