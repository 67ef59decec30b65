//! The reader's language, and what the pages say in it.
//!
//! Texts are Fluent files in `src/i18n/LANGUAGE/`, compiled in. `visitor.ftl` exists in every language, the rest in
//! Dutch and English. A test holds each language to the same keys, and the templates to keys that exist.

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, langid};
use std::borrow::Cow;
use std::collections::HashMap;

fluent_templates::static_loader! {
    static TEXTS = {
        locales: "./src/i18n",
        fallback_language: "nl",
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// A language the pages speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// Nederlands, the language everything is first written in.
    Dutch,
    /// English.
    English,
    /// العربية, from right to left.
    Arabic,
    /// Türkçe.
    Turkish,
    /// Українська.
    Ukrainian,
    /// Polski.
    Polish,
}

impl Language {
    /// The languages of a visitor's pages, in the order of the switch.
    pub const VISITOR: [Self; 6] = [
        Self::Dutch,
        Self::English,
        Self::Arabic,
        Self::Turkish,
        Self::Ukrainian,
        Self::Polish,
    ];
    /// The languages of the bar's and the coordinator's pages.
    pub const TEAM: [Self; 2] = [Self::Dutch, Self::English];

    /// The language tag, as in `lang` and `?lang=`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Dutch => "nl",
            Self::English => "en",
            Self::Arabic => "ar",
            Self::Turkish => "tr",
            Self::Ukrainian => "uk",
            Self::Polish => "pl",
        }
    }

    /// The direction it is written in, as in `dir`.
    pub const fn direction(self) -> &'static str {
        match self {
            Self::Arabic => "rtl",
            Self::Dutch | Self::English | Self::Turkish | Self::Ukrainian | Self::Polish => "ltr",
        }
    }

    /// Its name in itself.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::Dutch => "Nederlands",
            Self::English => "English",
            Self::Arabic => "العربية",
            Self::Turkish => "Türkçe",
            Self::Ukrainian => "Українська",
            Self::Polish => "Polski",
        }
    }

    /// The language of a tag such as `en` or `en-GB`, if it is among `offered`.
    pub fn of_tag(tag: &str, offered: &[Self]) -> Option<Self> {
        let primary = tag.trim().split('-').next().unwrap_or_default();
        offered
            .iter()
            .copied()
            .find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// The first of `offered` that an `Accept-Language` header prefers; Dutch where it names none of them.
    pub fn accepted(header: &str, offered: &[Self]) -> Self {
        let mut best = None;
        for item in header.split(',') {
            let mut parts = item.split(';');
            let tag = parts.next().unwrap_or_default();
            let weight = parts
                .find_map(|part| part.trim().strip_prefix("q=")?.parse::<f32>().ok())
                .unwrap_or(1.0);
            if let Some(language) = Self::of_tag(tag, offered)
                && weight > best.map_or(0.0, |(_, so_far)| so_far)
            {
                best = Some((language, weight));
            }
        }
        best.map_or(Self::Dutch, |(language, _)| language)
    }

    /// The text of a key.
    pub fn say(self, key: impl AsRef<str>) -> String {
        self.text(key.as_ref(), None)
    }

    /// The text of a key with one thing filled in.
    pub fn with(self, key: &str, name: &'static str, value: impl Argument) -> String {
        let arguments = HashMap::from([(Cow::Borrowed(name), value.value())]);
        self.text(key, Some(&arguments))
    }

    /// The text of a key with two things filled in.
    pub fn with_two(
        self,
        key: &str,
        first: &'static str,
        one: impl Argument,
        second: &'static str,
        other: impl Argument,
    ) -> String {
        let arguments = HashMap::from([
            (Cow::Borrowed(first), one.value()),
            (Cow::Borrowed(second), other.value()),
        ]);
        self.text(key, Some(&arguments))
    }

    /// The text of a key with any number of words filled in.
    pub fn filled(self, key: &str, arguments: &[(&'static str, String)]) -> String {
        let arguments = arguments
            .iter()
            .map(|(name, text)| (Cow::Borrowed(*name), text.value()))
            .collect();
        self.text(key, Some(&arguments))
    }

    /// The text of a word of the code, such as a figure's key, under a prefix; the word itself where it has none.
    pub fn word(self, prefix: &str, word: impl AsRef<str>) -> String {
        let word = word.as_ref();
        let key = format!("{prefix}-{}", word.replace('_', "-"));
        self.known(&key, None).unwrap_or_else(|| word.to_owned())
    }

    fn text(
        self,
        key: &str,
        arguments: Option<&HashMap<Cow<'static, str>, FluentValue<'_>>>,
    ) -> String {
        self.known(key, arguments).unwrap_or_else(|| key.to_owned())
    }

    fn known(
        self,
        key: &str,
        arguments: Option<&HashMap<Cow<'static, str>, FluentValue<'_>>>,
    ) -> Option<String> {
        TEXTS.try_lookup_complete(&self.identifier(), key, arguments)
    }

    fn identifier(self) -> LanguageIdentifier {
        match self {
            Self::Dutch => langid!("nl"),
            Self::English => langid!("en"),
            Self::Arabic => langid!("ar"),
            Self::Turkish => langid!("tr"),
            Self::Ukrainian => langid!("uk"),
            Self::Polish => langid!("pl"),
        }
    }
}

/// What can be filled in a text: numbers choose the plural, words stand as they are.
pub trait Argument {
    /// Its form for Fluent.
    fn value(&self) -> FluentValue<'static>;
}

impl Argument for u64 {
    fn value(&self) -> FluentValue<'static> {
        FluentValue::from(*self)
    }
}

impl Argument for str {
    fn value(&self) -> FluentValue<'static> {
        FluentValue::from(self.to_owned())
    }
}

impl Argument for String {
    fn value(&self) -> FluentValue<'static> {
        FluentValue::from(self.clone())
    }
}

impl<T: Argument + ?Sized> Argument for &T {
    fn value(&self) -> FluentValue<'static> {
        (**self).value()
    }
}

#[cfg(test)]
mod tests;
