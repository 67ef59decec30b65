//! The parameters of a query, and lists by the page.

use super::fields::{self, Wrong};
use crate::problem::{Cause, Problem};
use actix_web::{FromRequest, HttpRequest, HttpResponse, dev, web};
use meetellen_events::values::Day;
use serde::Serialize;
use serde_json::Value;
use std::future::{Ready, ready};

/// Items on a page, unless told.
const ITEMS_DEFAULT: usize = 100;

/// Items on a page, at most.
const ITEMS_MAX: i64 = 1_000;

/// The parameters as sent; each is to be read once, and what is left is refused by [`Self::end`].
pub struct Parameters(Vec<(String, String)>);

impl FromRequest for Parameters {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let pairs = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
        ready(
            pairs
                .map(|pairs| Self(pairs.into_inner()))
                .map_err(|error| Problem::from(Cause::Malformed).because(error.to_string())),
        )
    }
}

impl Parameters {
    /// The value as sent; refused where it stands there twice.
    pub fn text(&mut self, name: &'static str) -> Result<Option<String>, Problem> {
        let place = self.0.iter().position(|(it, _)| it == name);
        let value = place.map(|place| self.0.swap_remove(place).1);
        if self.0.iter().any(|(it, _)| it == name) {
            return Err(Problem::from(Cause::Malformed).in_parameter(name, "stands here twice"));
        }
        Ok(value)
    }

    /// The value, where it reads itself from a text.
    pub fn parsed<T>(&mut self, name: &'static str) -> Result<Option<T>, Problem>
    where
        T: std::str::FromStr,
        T::Err: std::fmt::Display,
    {
        let wrong =
            |error: T::Err| Problem::from(Cause::Malformed).in_parameter(name, error.to_string());
        let text = self.text(name)?;
        text.map(|text| text.parse().map_err(wrong)).transpose()
    }

    /// A day, as `2026-10-05`.
    pub fn day(&mut self, name: &'static str) -> Result<Option<Day>, Problem> {
        let text = self.text(name)?.map(Value::String);
        Self::read(name, text, fields::day)
    }

    /// One word of a fixed list, read by serde.
    pub fn word<T: serde::de::DeserializeOwned>(
        &mut self,
        name: &'static str,
        words: &'static str,
    ) -> Result<Option<T>, Problem> {
        let text = self.text(name)?.map(Value::String);
        Self::read(name, text, fields::word(words))
    }

    fn read<T>(
        name: &'static str,
        text: Option<Value>,
        read: impl FnOnce(&Value) -> Result<T, Wrong>,
    ) -> Result<Option<T>, Problem> {
        text.map(|text| read(&text)).transpose().map_err(|wrong| {
            Problem::from(Cause::Malformed).in_parameter(name, wrong.into_detail())
        })
    }

    /// Which page is asked for.
    pub fn page<K>(&mut self) -> Result<Page<K>, Problem>
    where
        K: std::str::FromStr,
        K::Err: std::fmt::Display,
    {
        let limit: Option<i64> = self.parsed("limit")?;
        if limit.is_some_and(|limit| !(1..=ITEMS_MAX).contains(&limit)) {
            let detail = format!("must be 1 to {ITEMS_MAX}");
            return Err(Problem::from(Cause::OutOfRange).in_parameter("limit", detail));
        }
        Ok(Page {
            limit: limit
                .and_then(|limit| usize::try_from(limit).ok())
                .unwrap_or(ITEMS_DEFAULT),
            after: self.parsed("after")?,
        })
    }

    /// Refuses what was not read.
    pub fn end(self) -> Result<(), Problem> {
        let problem = Problem::from(Cause::Malformed);
        let problem = self.0.iter().fold(problem, |problem, (name, _)| {
            problem.in_parameter(name, "is not known here")
        });
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(problem)
        }
    }
}

/// A part of a list: so many items behind a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<K> {
    /// Items at most; at least one.
    pub limit: usize,
    /// The key of the page before's last item.
    pub after: Option<K>,
}

#[derive(Serialize)]
struct Items<T> {
    items: Vec<T>,
    next: Option<String>,
}

impl<K: std::fmt::Display> Page<K> {
    /// The answer with what stands behind the key; `items` come in order.
    pub fn answer<T: Serialize>(&self, items: impl Iterator<Item = (K, T)>) -> HttpResponse {
        let mut items = items.peekable();
        let mut taken = Vec::new();
        let mut last = None;
        while let Some((key, item)) = items.next_if(|_| taken.len() < self.limit) {
            taken.push(item);
            last = Some(key);
        }
        let next = last.filter(|_| items.peek().is_some());
        HttpResponse::Ok().json(Items {
            items: taken,
            next: next.map(|key| key.to_string()),
        })
    }
}

impl<K: std::fmt::Display + Ord> Page<K> {
    /// The answer with what stands behind the key, in the order of the keys.
    pub fn of<T: Serialize>(&self, items: impl Iterator<Item = (K, T)>) -> HttpResponse {
        self.answer(self.cut(items).into_iter())
    }

    /// What [`Self::answer`] needs of a list, in the order of the keys: one more than fits, for what costs to make.
    pub fn cut<T>(&self, items: impl Iterator<Item = (K, T)>) -> Vec<(K, T)> {
        let behind = |key: &K| self.after.as_ref().is_none_or(|after| key > after);
        let mut items: Vec<(K, T)> = items.filter(|(key, _)| behind(key)).collect();
        items.sort_by(|(a, _), (b, _)| a.cmp(b));
        items.truncate(self.limit + 1);
        items
    }
}
