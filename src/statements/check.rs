//! Checks statements: by themselves and a public key, and against the log they were made of.

use super::keys::{Introduction, chain, fingerprint, signed};
use super::{FORMAT, MakeError, VERSION, make};
use crate::live::Live;
use meetellen_events::codec::canonical;
use meetellen_events::log::line::Head;
use meetellen_events::months::Statement;
use meetellen_events::values::{Month, OrganisationId};
use serde_json::{Map, Value};

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
}

/// What a log comes to in a month, as far as it was taken in.
pub fn tell(live: &Live, month: Month) -> Result<Told, MakeError> {
    Ok(Told {
        organisation: live.organisation.id(),
        head: live.head,
        members: make::told(live, month)?,
    })
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
    let mut wrong = Vec::new();
    for (section, now) in &told.members {
        // Whether the month is closed is what the statement itself says.
        if section == "closed" {
            continue;
        }
        // A section that a later version added is no part of the statement.
        if let Some(then) = stated.get(section) {
            compare(section, then, now, &mut wrong);
        }
    }
    wrong
}

fn compare(place: &str, then: &Value, now: &Value, wrong: &mut Vec<Wrong>) {
    match (then, now) {
        (Value::Object(then), Value::Object(now)) => compare_members(place, then, now, wrong),
        (Value::Array(then), Value::Array(now)) if place == "figures" => {
            figures(then, now, wrong);
        }
        (Value::Array(then), Value::Array(now)) if then.len() == now.len() => {
            for (index, (then, now)) in then.iter().zip(now).enumerate() {
                compare(&format!("{place}/{index}"), then, now, wrong);
            }
        }
        (then, now) if then == now => {}
        (then, now) => wrong.push(Wrong::Number(format!(
            "{place}: the statement says {then}, the log comes to {now}"
        ))),
    }
}

fn compare_members(
    place: &str,
    then: &Map<String, Value>,
    now: &Map<String, Value>,
    wrong: &mut Vec<Wrong>,
) {
    let missing = Value::Null;
    // That a number is not told shows in a member of its own.
    if then.get("suppressed") != now.get("suppressed") {
        wrong.push(Wrong::Number(format!(
            "{place}: told by the one and not by the other"
        )));
        return;
    }
    for name in then.keys().filter(|name| !WORDS.contains(&name.as_str())) {
        // What only the statement says of its organisation is no figure.
        if place == "organisation" && !now.contains_key(name) {
            continue;
        }
        let now = now.get(name).unwrap_or(&missing);
        compare(&format!("{place}/{name}"), &then[name], now, wrong);
    }
}

/// Figures are compared by their keys: a later version may know more of them, and none may be missing.
fn figures(then: &[Value], now: &[Value], wrong: &mut Vec<Wrong>) {
    for stated in then {
        let key = stated
            .get("key")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let found = now.iter().find(|one| one.get("key") == stated.get("key"));
        let Some(found) = found else {
            wrong.push(Wrong::Number(format!("{key}: not known to this version")));
            continue;
        };
        let version = |figure: &Value| figure.pointer("/definition/version").cloned();
        if version(stated) == version(found) {
            compare(&format!("figures/{key}"), stated, found, wrong);
        } else {
            wrong.push(Wrong::Number(format!(
                "{key}: this version counts it by another definition"
            )));
        }
    }
}
