//! Reads a JSON object field by field and gathers every mistake with its place.

use super::FieldError;
use crate::problem::Cause;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use meetellen_events::values::{Name, Timestamp};
use serde_json::{Map, Value};

/// Mistakes told of one body; more are cut off.
pub const FIELD_ERRORS_MAX: usize = 100;

/// What is wrong with one value.
pub(super) struct Wrong {
    cause: Cause,
    detail: String,
}

impl Wrong {
    pub(super) fn type_of(detail: &str) -> Self {
        Self {
            cause: Cause::WrongType,
            detail: detail.to_owned(),
        }
    }

    pub(super) fn range(detail: impl ToString) -> Self {
        Self {
            cause: Cause::OutOfRange,
            detail: detail.to_string(),
        }
    }

    pub(super) fn value(detail: impl ToString) -> Self {
        Self {
            cause: Cause::Invalid,
            detail: detail.to_string(),
        }
    }
}

/// An object being read.
pub(super) struct Fields<'a> {
    object: &'a Map<String, Value>,
    prefix: &'static str,
    known: Vec<&'static str>,
    errors: Vec<FieldError>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(object: &'a Map<String, Value>, prefix: &'static str) -> Self {
        Self {
            object,
            prefix,
            known: Vec::new(),
            errors: Vec::new(),
        }
    }

    /// The value as it stands; marks the field as known.
    pub(super) fn raw(&mut self, name: &'static str) -> Option<&'a Value> {
        self.known.push(name);
        self.object.get(name)
    }

    /// A field that may be left out; `None` too where it is wrong, which is noted.
    pub(super) fn optional<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&Value) -> Result<T, Wrong>,
    ) -> Option<T> {
        let value = self.raw(name)?;
        read(value).map_err(|wrong| self.wrong(name, wrong)).ok()
    }

    /// A field that may not be left out.
    pub(super) fn required<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&Value) -> Result<T, Wrong>,
    ) -> Option<T> {
        if !self.has(name) {
            self.known.push(name);
            self.refuse(name, "is missing");
            return None;
        }
        self.optional(name, read)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.object.contains_key(name)
    }

    pub(super) fn refuse(&mut self, place: &str, detail: &str) {
        self.wrong(place, Wrong::value(detail));
    }

    pub(super) fn wrong(&mut self, place: &str, wrong: Wrong) {
        self.push(FieldError {
            pointer: format!("{}/{place}", self.prefix),
            detail: wrong.detail,
            cause: wrong.cause,
        });
    }

    pub(super) fn push(&mut self, error: FieldError) {
        if self.errors.len() < FIELD_ERRORS_MAX {
            self.errors.push(error);
        }
    }

    /// Refuses every field that was not read.
    pub(super) fn refuse_unknown(&mut self) {
        let object = self.object;
        for name in object.keys() {
            if !self.known.contains(&name.as_str()) {
                let escaped = name.replace('~', "~0").replace('/', "~1");
                let wrong = Wrong {
                    cause: Cause::UnknownField,
                    detail: "is not known here".to_owned(),
                };
                self.wrong(&escaped, wrong);
            }
        }
    }

    pub(super) fn into_errors(self) -> Vec<FieldError> {
        self.errors
    }
}

pub(super) fn text(value: &Value) -> Result<&str, Wrong> {
    value
        .as_str()
        .ok_or_else(|| Wrong::type_of("must be a text"))
}

pub(super) fn boolean(value: &Value) -> Result<bool, Wrong> {
    value
        .as_bool()
        .ok_or_else(|| Wrong::type_of("must be true or false"))
}

/// A whole number from `min` to `max`, both included.
pub(super) fn whole(min: i64, max: i64) -> impl Fn(&Value) -> Result<i64, Wrong> {
    move |value| {
        if !value.is_i64() && !value.is_u64() {
            return Err(Wrong::type_of("must be a whole number"));
        }
        value
            .as_i64()
            .filter(|number| (min..=max).contains(number))
            .ok_or_else(|| Wrong::range(format!("must be {min} to {max}")))
    }
}

/// An id in its usual form of 36 characters.
pub(super) fn id<T: std::str::FromStr>(value: &Value) -> Result<T, Wrong> {
    let text = text(value)?;
    Some(text)
        .filter(|text| text.len() == 36)
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| Wrong {
            cause: Cause::MalformedId,
            detail: "must be a UUID".to_owned(),
        })
}

/// Whatever reads itself from a text.
pub(super) fn parsed<T>(value: &Value) -> Result<T, Wrong>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    text(value)?
        .parse()
        .map_err(|error: T::Err| Wrong::value(error))
}

/// A text of 1 to `max` characters, trimmed.
pub(super) fn name(max: usize) -> impl Fn(&Value) -> Result<Name, Wrong> {
    move |value| {
        let name = Name::new(text(value)?).map_err(Wrong::value)?;
        if name.as_str().chars().count() > max {
            return Err(Wrong::value(format!("must have 1 to {max} characters")));
        }
        Ok(name)
    }
}

/// One word of a fixed list, read by serde.
pub(super) fn word<T: serde::de::DeserializeOwned>(
    words: &'static str,
) -> impl Fn(&Value) -> Result<T, Wrong> {
    move |value| {
        text(value)?;
        serde_json::from_value(value.clone())
            .map_err(|_| Wrong::value(format!("must be one of {words}")))
    }
}

/// RFC 3339 with an offset; the calendar library alone would read more forms.
pub(super) fn instant(value: &Value) -> Result<Timestamp, Wrong> {
    let text = text(value)?;
    let shape: String = text
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    let rest = shape.strip_prefix("0000-00-00T00:00:00");
    let offset = rest.map(|rest| match rest.strip_prefix(".0") {
        Some(fraction) => fraction.trim_start_matches('0'),
        None => rest,
    });
    offset
        .filter(|offset| ["Z", "+00:00", "-00:00"].contains(offset))
        .and_then(|_| text.parse().ok())
        .ok_or_else(|| Wrong::value("must be a time such as 2026-10-05T14:30:00+02:00"))
}

/// Base64url, without padding, of 16 bytes.
pub(super) fn token(value: &Value) -> Result<[u8; 16], Wrong> {
    URL_SAFE_NO_PAD
        .decode(text(value)?)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| Wrong::value("must be base64url of 16 bytes"))
}
