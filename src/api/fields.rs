//! Bodies read field by field rather than by a derived reader, so that all mistakes are told together, each with its
//! place.

use crate::problem::{Cause, Problem};
use actix_web::{FromRequest, HttpRequest, dev, web};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use meetellen_events::values::{Day, Name, Timestamp};
use serde_json::{Map, Value};
use std::future::Future;
use std::pin::Pin;

/// Mistakes told of one body; more are cut off.
pub const FIELD_ERRORS_MAX: usize = 100;

/// One mistake in a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Where (RFC 6901), from the object read on.
    pub pointer: String,
    /// What is wrong; repeats nothing that was sent.
    pub detail: String,
    /// The name of a problem with this mistake alone.
    pub cause: Cause,
}

/// All mistakes of one body in one problem: named after them where they are of one kind.
pub fn invalid(mistakes: Vec<FieldError>) -> Problem {
    let first = mistakes.first().map_or(Cause::Invalid, |first| first.cause);
    let alike = mistakes.iter().all(|mistake| mistake.cause == first);
    let problem = Problem::from(if alike { first } else { Cause::Invalid });
    mistakes.into_iter().fold(problem, |problem, mistake| {
        problem.at(mistake.pointer, mistake.detail)
    })
}

/// What can be read of an object.
pub trait Read: Sized {
    /// Reads the fields; `None` only where a mistake was noted. Fields that were not read are refused afterwards.
    fn read(fields: &mut Fields<'_>) -> Option<Self>;
}

/// A JSON body as it was checked.
pub struct Body<T>(pub T);

impl<T: Read> FromRequest for Body<T> {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let json = web::Json::<Value>::from_request(request, payload);
        Box::pin(async move {
            let value = json.await?.into_inner();
            Ok(Self(parse(&value).map_err(invalid)?))
        })
    }
}

/// Reads one object; else all its mistakes, at most [`FIELD_ERRORS_MAX`].
pub fn parse<T: Read>(value: &Value) -> Result<T, Vec<FieldError>> {
    let mut errors = Vec::new();
    let item = Item {
        value,
        pointer: String::new(),
        errors: &mut errors,
    };
    item.object(T::read).ok_or(errors)
}

/// What is wrong with one value.
pub struct Wrong {
    cause: Cause,
    detail: String,
}

impl Wrong {
    fn at(self, pointer: String) -> FieldError {
        FieldError {
            pointer,
            detail: self.detail,
            cause: self.cause,
        }
    }

    /// What is wrong, in words.
    pub fn into_detail(self) -> String {
        self.detail
    }

    /// Of another JSON type.
    pub fn type_of(detail: &str) -> Self {
        Self {
            cause: Cause::WrongType,
            detail: detail.to_owned(),
        }
    }

    /// Outside its range.
    pub fn range(detail: impl ToString) -> Self {
        Self {
            cause: Cause::OutOfRange,
            detail: detail.to_string(),
        }
    }

    /// Of the right type, and no such value.
    pub fn value(detail: impl ToString) -> Self {
        Self {
            cause: Cause::Invalid,
            detail: detail.to_string(),
        }
    }
}

/// One item of a list being read.
pub struct Item<'a, 'e> {
    /// As sent.
    pub value: &'a Value,
    pointer: String,
    errors: &'e mut Vec<FieldError>,
}

impl Item<'_, '_> {
    /// Reads it as one value.
    pub fn one<T>(self, read: impl FnOnce(&Value) -> Result<T, Wrong>) -> Option<T> {
        let read = read(self.value);
        read.map_err(|wrong| note(self.errors, wrong.at(self.pointer)))
            .ok()
    }

    /// Reads it as an object.
    pub fn object<T>(self, read: impl FnOnce(&mut Fields<'_>) -> Option<T>) -> Option<T> {
        let Some(object) = self.value.as_object() else {
            note(
                self.errors,
                Wrong::type_of("must be an object").at(self.pointer),
            );
            return None;
        };
        let mut fields = Fields::new(object, self.pointer);
        let taken = read(&mut fields);
        fields.refuse_unknown();
        let errors = fields.into_errors();
        let whole = errors.is_empty();
        errors
            .into_iter()
            .for_each(|error| note(self.errors, error));
        taken.filter(|_| whole)
    }
}

fn note(errors: &mut Vec<FieldError>, error: FieldError) {
    if errors.len() < FIELD_ERRORS_MAX {
        errors.push(error);
    }
}

/// An object being read.
pub struct Fields<'a> {
    object: &'a Map<String, Value>,
    prefix: String,
    known: Vec<&'static str>,
    /// What should stand here can't be told: nothing counts as a field too many.
    open: bool,
    errors: Vec<FieldError>,
}

impl<'a> Fields<'a> {
    /// `prefix` is the pointer to the object itself.
    pub fn new(object: &'a Map<String, Value>, prefix: impl Into<String>) -> Self {
        Self {
            object,
            prefix: prefix.into(),
            known: Vec::new(),
            open: false,
            errors: Vec::new(),
        }
    }

    /// The value as it stands; marks the field as known.
    pub fn raw(&mut self, name: &'static str) -> Option<&'a Value> {
        self.known.push(name);
        self.object.get(name)
    }

    /// A field that may be left out; `None` too where it is wrong, which is noted.
    pub fn optional<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&Value) -> Result<T, Wrong>,
    ) -> Option<T> {
        let value = self.raw(name)?;
        read(value).map_err(|wrong| self.wrong(name, wrong)).ok()
    }

    /// A field that may not be left out.
    pub fn required<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&Value) -> Result<T, Wrong>,
    ) -> Option<T> {
        self.must_have(name);
        self.optional(name, read)
    }

    /// Notes a field that is missing.
    pub fn must_have(&mut self, name: &str) {
        if !self.has(name) {
            self.refuse(name, "is missing");
        }
    }

    /// Notes that nothing was sent at all.
    pub fn must_not_be_empty(&mut self) {
        if self.object.is_empty() {
            self.refuse_all("must have at least one field");
        }
    }

    /// Notes that the object as a whole is not right.
    pub fn refuse_all(&mut self, detail: &str) {
        note(
            &mut self.errors,
            Wrong::value(detail).at(self.prefix.clone()),
        );
    }

    /// Whether the field was sent.
    pub fn has(&self, name: &str) -> bool {
        self.object.contains_key(name)
    }

    /// Notes that a field's value is not right.
    pub fn refuse(&mut self, place: &str, detail: &str) {
        self.wrong(place, Wrong::value(detail));
    }

    /// Notes what is wrong with a field.
    pub fn wrong(&mut self, place: &str, wrong: Wrong) {
        let pointer = format!("{}/{place}", self.prefix);
        note(&mut self.errors, wrong.at(pointer));
    }

    /// Reads an object inside; `None` where it is not there, or wrong.
    pub fn object<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Fields<'_>) -> Option<T>,
    ) -> Option<T> {
        let value = self.raw(name)?;
        let pointer = format!("{}/{name}", self.prefix);
        self.nested(value, pointer, read)
    }

    /// Reads a list, item by item; `None` where it is not there, or anything in it is wrong.
    pub fn list<T>(
        &mut self,
        name: &'static str,
        max: usize,
        mut read: impl FnMut(Item<'_, '_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let value = self.raw(name)?;
        let Some(items) = value.as_array() else {
            self.wrong(name, Wrong::type_of("must be a list"));
            return None;
        };
        if items.len() > max {
            self.refuse(name, &format!("must have at most {max} items"));
            return None;
        }
        let mut taken = Vec::with_capacity(items.len());
        for (place, value) in items.iter().enumerate() {
            let pointer = format!("{}/{name}/{place}", self.prefix);
            let item = Item {
                value,
                pointer,
                errors: &mut self.errors,
            };
            taken.push(read(item));
        }
        taken.into_iter().collect()
    }

    fn nested<T>(
        &mut self,
        value: &Value,
        pointer: String,
        read: impl FnOnce(&mut Fields<'_>) -> Option<T>,
    ) -> Option<T> {
        Item {
            value,
            pointer,
            errors: &mut self.errors,
        }
        .object(read)
    }

    /// Lets fields stand that were not read, since nobody can tell what should.
    pub fn ignore_unknown(&mut self) {
        self.open = true;
    }

    /// Refuses every field that was not read, where that can be told.
    pub fn refuse_unknown(&mut self) {
        if self.open {
            return;
        }
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

    /// All mistakes noted.
    pub fn into_errors(self) -> Vec<FieldError> {
        self.errors
    }
}

/// A text.
pub fn text(value: &Value) -> Result<&str, Wrong> {
    value
        .as_str()
        .ok_or_else(|| Wrong::type_of("must be a text"))
}

/// True or false.
pub fn boolean(value: &Value) -> Result<bool, Wrong> {
    value
        .as_bool()
        .ok_or_else(|| Wrong::type_of("must be true or false"))
}

/// A whole number from `min` to `max`, both included.
pub fn whole(min: i64, max: i64) -> impl Fn(&Value) -> Result<i64, Wrong> {
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
pub fn id<T: std::str::FromStr>(value: &Value) -> Result<T, Wrong> {
    let text = text(value)?;
    Some(text)
        .filter(|text| text.len() == 36)
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| Wrong {
            cause: Cause::MalformedId,
            detail: "must be a UUID".to_owned(),
        })
}

/// A day, as `2026-10-05`.
pub fn day(value: &Value) -> Result<Day, Wrong> {
    let day = text(value)?.parse();
    day.map_err(|_| Wrong::value("must be a day such as 2026-10-05"))
}

/// Whatever reads itself from a text.
pub fn parsed<T>(value: &Value) -> Result<T, Wrong>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    text(value)?
        .parse()
        .map_err(|error: T::Err| Wrong::value(error))
}

/// A text of 1 to 200 characters, trimmed.
pub fn name(value: &Value) -> Result<Name, Wrong> {
    Name::new(text(value)?).map_err(Wrong::value)
}

/// A text of 1 to `max` characters, trimmed; `max` at most 200.
pub fn short_name(max: usize) -> impl Fn(&Value) -> Result<Name, Wrong> {
    move |value| {
        let name = Name::new(text(value)?).map_err(Wrong::value)?;
        if name.as_str().chars().count() > max {
            return Err(Wrong::value(format!("must have 1 to {max} characters")));
        }
        Ok(name)
    }
}

/// One word of a fixed list, read by serde.
pub fn word<T: serde::de::DeserializeOwned>(
    words: &'static str,
) -> impl Fn(&Value) -> Result<T, Wrong> {
    move |value| {
        text(value)?;
        serde_json::from_value(value.clone())
            .map_err(|_| Wrong::value(format!("must be one of {words}")))
    }
}

/// RFC 3339 with an offset; the calendar library alone would read more forms.
pub fn instant(value: &Value) -> Result<Timestamp, Wrong> {
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
pub fn token(value: &Value) -> Result<[u8; 16], Wrong> {
    URL_SAFE_NO_PAD
        .decode(text(value)?)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| Wrong::value("must be base64url of 16 bytes"))
}
