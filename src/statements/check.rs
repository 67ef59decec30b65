//! Checks statements: by themselves and a public key, and against the log they were made of.

use super::keys::{Introduction, chain, fingerprint, signed};
use super::make::{self, Cause};
use super::{FORMAT, MakeError, VERSION};
use crate::live::Live;
use meetellen_events::codec::canonical;
use meetellen_events::log::line::Head;
use meetellen_events::months::Statement;
use meetellen_events::values::{Month, OrganisationId};
use serde_json::{Map, Value};
use std::collections::HashSet;

/// Why a statement is not good.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// Of a form this program doesn't know.
    #[error("a statement of a form that this version does not know")]
    Format,
    /// No key, or introductions that don't hold or don't lead to it.
    #[error("the key that the statement carries is not vouched for as it says")]
    Introductions,
    /// Changed, or signed by another key than it says.
    #[error("the signature does not belong to what the statement says")]
    Signature,
    /// Signed by a key that none of the trusted ones introduced, or was introduced by.
    #[error("signed by the key {0}, which the given one does not vouch for")]
    Stranger(String),
    /// The log it was made of is another.
    #[error("the log at position {0} is not the one that the statement was made of")]
    Log(u64),
    /// Another statement stands before it in the log than it says.
    #[error("it does not follow the statement before it, or restates another than it says")]
    Chain,
    /// A number that the log does not come to.
    #[error("{0}")]
    Number(String),
}

/// Who signed a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signatory {
    /// The public key, in hex.
    pub public: String,
    /// The keys that led to it, the earliest first, itself last.
    pub introductions: Vec<Introduction>,
}

impl Signatory {
    /// What its key is known by, to be compared by eye.
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.public)
    }
}

/// Who signed a statement, once nothing in it was changed since.
pub fn signatory(statement: &Statement) -> Result<Signatory, Wrong> {
    let mut value = statement.value();
    if value.get("format") != Some(&FORMAT.into()) || value.get("version") != Some(&VERSION.into())
    {
        return Err(Wrong::Format);
    }
    let signature = value
        .as_object_mut()
        .and_then(|members| members.remove("signature"));
    let signature = signature.ok_or(Wrong::Signature)?;
    let public = value.pointer("/key/public").and_then(Value::as_str);
    let public = public.ok_or(Wrong::Introductions)?.to_owned();
    let introductions = value.pointer("/key/introductions").cloned();
    let introductions: Option<Vec<Introduction>> =
        introductions.and_then(|found| serde_json::from_value(found).ok());
    let introductions = introductions.filter(|all| leads(all, &public));
    let introductions = introductions.ok_or(Wrong::Introductions)?;
    let said = canonical::text(&value);
    if signed(
        &public,
        said.as_bytes(),
        signature.as_str().unwrap_or_default(),
    ) {
        Ok(Signatory {
            public,
            introductions,
        })
    } else {
        Err(Wrong::Signature)
    }
}

/// Whether introductions hold and follow each other up to a key.
fn leads(introductions: &[Introduction], public: &str) -> bool {
    let holds = introductions.iter().all(Introduction::holds);
    let follows = introductions
        .windows(2)
        .all(|pair| pair[1].introduced_by.as_deref() == Some(&*pair[0].public));
    let begins = introductions
        .first()
        .is_some_and(|first| first.introduced_by.is_none());
    let ends = introductions
        .last()
        .is_some_and(|last| last.public == public);
    holds && follows && begins && ends
}

/// Whether one of the trusted keys signed, or introduced the one that did, or was introduced by it: each introduction
/// is signed by both its keys.
pub fn trusted(
    signatory: &Signatory,
    trusted: &[String],
    known: &[Introduction],
) -> Result<(), Wrong> {
    let holding: Vec<Introduction> = known.iter().filter(|one| one.holds()).cloned().collect();
    let of_itself = signatory.introductions.iter().map(|one| one.public.clone());
    let behind = trusted.iter().flat_map(|public| chain(&holding, public));
    let related: Vec<String> = behind.map(|one| one.public.clone()).collect();
    let vouched = of_itself
        .into_iter()
        .any(|public| trusted.contains(&public));
    if vouched || related.contains(&signatory.public) {
        Ok(())
    } else {
        Err(Wrong::Stranger(signatory.fingerprint()))
    }
}

/// Members of a figure that say what it is, in words: they follow the reader's language, and may be put better.
const WORDS: [&str; 2] = ["label", "text"];

/// What a log comes to in a month, at a position.
pub struct Told {
    organisation: Option<OrganisationId>,
    head: Head,
    members: Map<String, Value>,
    restates: Option<Value>,
}

impl Told {
    /// Whether it is another than the statement before says.
    pub const fn is_other(&self) -> bool {
        self.restates.is_some()
    }
}

/// What a log comes to in a month, as far as it was taken in: by itself, or in the place of the statement before, with
/// the facts that came since.
pub fn tell(
    live: &Live,
    month: Month,
    before: Option<(&Statement, Vec<Cause>)>,
) -> Result<Told, MakeError> {
    let mut members = make::told(live, month)?;
    let restates = match before {
        Some((before, facts)) => make::restate(live, before, facts, &mut members)?,
        None => None,
    };
    Ok(Told {
        organisation: live.organisation.id(),
        head: live.head,
        members,
        restates,
    })
}

/// Members of a statement that are no figures: they are checked by themselves, or say who made it, when, and how.
const AROUND: [&str; 12] = [
    "closed",
    "format",
    "id",
    "key",
    "locale",
    "made_at",
    "made_by",
    "organisation",
    "previous",
    "restates",
    "signature",
    "version",
];

/// Members of the organisation that a statement alone says.
const OF_ORGANISATION: [&str; 2] = ["demo", "id"];

/// Whether this version made a statement: then it must tell all that this version tells.
pub fn is_of_this_version(statement: &Statement) -> bool {
    let value = statement.value();
    let version = value.pointer("/made_by/version").and_then(Value::as_str);
    version == Some(env!("CARGO_PKG_VERSION"))
}

/// Compares every number of a statement with what its log comes to, at the statement's position.
pub fn compared(told: &Told, statement: &Statement) -> Vec<Wrong> {
    let stated = statement.value();
    let at = statement.as_of();
    let hash = stated.pointer("/as_of/hash").and_then(Value::as_str);
    let is_ours = told.organisation == Some(statement.organisation());
    if told.head.position != at || hash != Some(&told.head.hash.to_string()) || !is_ours {
        return vec![Wrong::Log(at.0)];
    }
    let mut comparison = Comparison {
        // What a later version added is no part of an older statement.
        is_whole: is_of_this_version(statement),
        wrong: Vec::new(),
    };
    for (section, now) in &told.members {
        // Whether the month is closed is what the statement itself says.
        if section == "closed" {
            continue;
        }
        match stated.get(section) {
            Some(then) => comparison.compare(section, then, now),
            None => comparison.missing(section),
        }
    }
    for name in stated.as_object().into_iter().flat_map(Map::keys) {
        if !told.members.contains_key(name) && !AROUND.contains(&name.as_str()) {
            let invented = format!("{name}: the log comes to nothing of the kind");
            comparison.wrong.push(Wrong::Number(invented));
        }
    }
    // Another version may list what changed in another form.
    if comparison.is_whole {
        let nothing = Value::Null;
        let then = stated.get("restates").unwrap_or(&nothing);
        comparison.compare("restates", then, told.restates.as_ref().unwrap_or(&nothing));
    }
    comparison.wrong
}

/// A statement held against its log, and what was found.
struct Comparison {
    is_whole: bool,
    wrong: Vec<Wrong>,
}

impl Comparison {
    fn missing(&mut self, place: &str) {
        if self.is_whole {
            let missing = format!("{place}: the statement leaves it out");
            self.wrong.push(Wrong::Number(missing));
        }
    }

    fn compare(&mut self, place: &str, then: &Value, now: &Value) {
        match (then, now) {
            (Value::Object(then), Value::Object(now)) => self.members(place, then, now),
            (Value::Array(then), Value::Array(now)) if place == "figures" => {
                self.figures(then, now);
            }
            (Value::Array(then), Value::Array(now)) if then.len() == now.len() => {
                for (index, (then, now)) in then.iter().zip(now).enumerate() {
                    self.compare(&format!("{place}/{index}"), then, now);
                }
            }
            (then, now) if then == now => {}
            (then, now) => self.wrong.push(Wrong::Number(format!(
                "{place}: the statement says {then}, the log comes to {now}"
            ))),
        }
    }

    fn members(&mut self, place: &str, then: &Map<String, Value>, now: &Map<String, Value>) {
        let missing = Value::Null;
        // That a number is not told shows in a member of its own.
        if then.get("suppressed") != now.get("suppressed") {
            self.wrong.push(Wrong::Number(format!(
                "{place}: told by the one and not by the other"
            )));
            return;
        }
        for name in then.keys().filter(|name| !WORDS.contains(&name.as_str())) {
            // What only the statement says of its organisation is no figure.
            if place == "organisation" && OF_ORGANISATION.contains(&name.as_str()) {
                continue;
            }
            let now = now.get(name).unwrap_or(&missing);
            self.compare(&format!("{place}/{name}"), &then[name], now);
        }
        for name in now.keys().filter(|name| !then.contains_key(*name)) {
            self.missing(&format!("{place}/{name}"));
        }
    }

    /// Figures are compared by their keys: a later version may know more of them, and none may be missing.
    fn figures(&mut self, then: &[Value], now: &[Value]) {
        let key = |figure: &Value| {
            let key = figure.get("key").and_then(Value::as_str);
            key.unwrap_or_default().to_owned()
        };
        let mut seen = HashSet::new();
        for stated in then {
            let name = key(stated);
            if !seen.insert(name.clone()) {
                self.wrong
                    .push(Wrong::Number(format!("{name}: told twice")));
            }
            let found = now.iter().find(|one| key(one) == name);
            let Some(found) = found else {
                self.wrong
                    .push(Wrong::Number(format!("{name}: not known to this version")));
                continue;
            };
            let version = |figure: &Value| figure.pointer("/definition/version").cloned();
            if version(stated) == version(found) {
                self.compare(&format!("figures/{name}"), stated, found);
            } else {
                self.wrong.push(Wrong::Number(format!(
                    "{name}: this version counts it by another definition"
                )));
            }
        }
        for name in now.iter().map(key).filter(|name| !seen.contains(name)) {
            self.missing(&format!("figures/{name}"));
        }
    }
}
