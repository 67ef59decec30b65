//! Short texts with a bound.

use super::InvalidValue;
use serde::{Deserialize, Serialize};

/// A name or short remark for people to read: 1 to 200 characters, trimmed, without control characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(Box<str>);

/// Longest name, in characters.
pub const NAME_CHARS_MAX: usize = 200;

impl Name {
    /// Trims `text`; refuses the empty, the too long, and control characters.
    pub fn new(text: &str) -> Result<Self, InvalidValue> {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > NAME_CHARS_MAX {
            return Err(InvalidValue::Length {
                min: 1,
                max: NAME_CHARS_MAX,
            });
        }
        if text.chars().any(char::is_control) {
            return Err(InvalidValue::ControlCharacter);
        }
        Ok(Self(text.into()))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text as names are compared: case and spaces aside.
    pub fn folded(&self) -> String {
        self.0
            .chars()
            .filter(|c| !c.is_whitespace())
            .flat_map(char::to_lowercase)
            .collect()
    }
}

impl TryFrom<String> for Name {
    type Error = InvalidValue;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0.into()
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// An organisation's name in addresses: 1 to 40 of `a-z`, `0-9` and inner hyphens. For ever.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

/// Longest slug, in characters.
pub const SLUG_CHARS_MAX: usize = 40;

impl Slug {
    /// Takes the text as it stands; nothing is trimmed or folded.
    pub fn new(text: &str) -> Result<Self, InvalidValue> {
        if text.is_empty() || text.len() > SLUG_CHARS_MAX {
            return Err(InvalidValue::Length {
                min: 1,
                max: SLUG_CHARS_MAX,
            });
        }
        let plain = text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !plain || text.starts_with('-') || text.ends_with('-') {
            return Err(InvalidValue::Slug);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Slug {
    type Error = InvalidValue;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text)
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

impl std::fmt::Display for Slug {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The languages of the pages. The first two have every page, the others the visitors'.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// Dutch.
    #[default]
    Nl,
    /// English.
    En,
    /// Arabic.
    Ar,
    /// Turkish.
    Tr,
    /// Ukrainian.
    Uk,
    /// Polish.
    Pl,
}
