//! The members of one event, where they lie in the text: nothing is copied before its type is known.

use super::canonical;
use serde::de::value::MapDeserializer;
use serde::de::{DeserializeOwned, Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

/// Names and values, in the order of the text.
#[derive(Default)]
pub(super) struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Members<'a> {
    /// Takes one out; as if it were `null` where it is missing.
    pub(super) fn take<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, serde_json::Error> {
        let place = self.0.iter().position(|(key, _)| key == name);
        let value = place.map(|place| self.0.remove(place).1);
        serde_json::from_str(value.map_or("null", RawValue::get))
    }

    /// Reads one that stays.
    pub(super) fn read<T: DeserializeOwned>(
        &self,
        name: &str,
    ) -> Result<Option<T>, serde_json::Error> {
        let found = self.0.iter().find(|(key, _)| key == name);
        found
            .map(|(_, value)| serde_json::from_str(value.get()))
            .transpose()
    }

    /// What they say together.
    pub(super) fn typed<T: Deserialize<'a>>(self) -> Result<T, serde_json::Error> {
        T::deserialize(MapDeserializer::new(self.0.into_iter()))
    }

    /// They as canonical JSON.
    pub(super) fn text(&self) -> Result<String, serde_json::Error> {
        let mut text = Vec::from(b"{");
        for (index, (key, value)) in self.0.iter().enumerate() {
            if index > 0 {
                text.push(b',');
            }
            serde_json::to_writer(&mut text, key)?;
            text.push(b':');
            let value: serde_json::Value = serde_json::from_str(value.get())?;
            serde_json::to_writer(&mut text, &value)?;
        }
        text.push(b'}');
        let mut sorted = Vec::with_capacity(text.len());
        canonical::sort(&text, &mut sorted);
        String::from_utf8(sorted).map_err(serde_json::Error::custom)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reading;
        impl<'de> Visitor<'de> for Reading {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an event")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(USUAL);
                while let Some((Key(key), value)) = map.next_entry()? {
                    members.push((key, value));
                }
                Ok(Members(members))
            }
        }
        /// Most events have no more.
        const USUAL: usize = 10;
        deserializer.deserialize_map(Reading)
    }
}
