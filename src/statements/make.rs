//! Makes statements: the figures of a month as they leave the house, with all that lets others check them.

use super::hidden::{Hidden, withhold};
use super::keys::{Signing, fingerprint};
use super::{Difference, FORMAT, VERSION, differences, language};
use crate::export;
use crate::export::document::Cell;
use crate::live::Live;
use meetellen_events::codec::{self, canonical};
use meetellen_events::log::line::Position;
use meetellen_events::months::{InvalidStatement, Statement};
use meetellen_events::values::{DeviceId, Month, OrganisationId, Period, StatementId, Timestamp};
use meetellen_projections::corrections::{self, Arrival};
use meetellen_projections::figures::Value::Withheld;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Entries that a restatement names one by one; beyond that it says how many there were.
const ENTRIES_MAX: usize = 500;

/// Differences that a restatement lists; the figures come first.
const DIFFERENCES_MAX: usize = 500;

/// Why no statement could be made.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// What it says does not fit.
    #[error(transparent)]
    Statement(#[from] InvalidStatement),
    /// A document that can't be written.
    #[error("the figures can't be written down")]
    Document(#[from] serde_json::Error),
    /// The organisation was never founded.
    #[error("no such organisation")]
    NotFounded,
}

/// A fact that is no entry and changed a closed month.
#[derive(Debug, Clone, Serialize)]
pub struct Cause {
    /// Its id.
    pub id: uuid::Uuid,
    /// Its stored name.
    pub r#type: String,
    /// Its place in the log.
    pub position: u64,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

/// The statement that closes a month.
pub fn closing(
    live: &Live,
    month: Month,
    signing: &Signing,
    now: Timestamp,
) -> Result<Statement, MakeError> {
    let members = members(live, month, now)?;
    sealed(members, signing)
}

/// The statement that stands in the place of an older one; none where it would say nothing else.
pub fn restated(
    live: &Live,
    old: &Statement,
    facts: Vec<Cause>,
    signing: &Signing,
    now: Timestamp,
) -> Result<Option<Statement>, MakeError> {
    let mut members = members(live, old.month(), now)?;
    let Some(restates) = restate(live, old, facts, &mut members)? else {
        return Ok(None);
    };
    members.insert("restates".to_owned(), restates);
    sealed(members, signing).map(Some)
}

/// Withholds in what a log comes to what the statement before did not tell, and says what changed since; none where
/// nothing did. That more waits to be confirmed is no reason: anybody with a poster's code could have months restated,
/// and what is confirmed changes others.
pub(super) fn restate(
    live: &Live,
    old: &Statement,
    facts: Vec<Cause>,
    members: &mut Map<String, Value>,
) -> Result<Option<Value>, MakeError> {
    let Value::Object(before) = old.value() else {
        return Err(MakeError::Statement(InvalidStatement::Form));
    };
    let (hidden, now) = (Hidden::of(&before), Hidden::of(members));
    // A number that is not told must not come out by counting what came for it.
    let is_hiding = !hidden.is_empty() || !now.is_empty();
    withhold(members, &before);
    if is_hiding && let Some(late) = members.get_mut("corrections").map(|all| &mut all["late"]) {
        *late = serde_json::to_value(Cell(Withheld))?;
    }
    let mut changed = differences(&Value::Object(before), &Value::Object(members.clone()));
    if only_waits(&changed) && !hidden.is_outdated(&now) {
        return Ok(None);
    }
    let all = changed.len();
    changed.truncate(DIFFERENCES_MAX);
    let mut restates = json!({
        "statement": old.id(),
        "hash": old.hash().to_string(),
        "as_of": { "position": old.as_of() },
        "made_at": old.made_at(),
        "differences": changed,
        "difference_count": all,
    });
    let period = Period::month(old.month());
    let arrived = corrections::arrivals(live.house.get(), &period, old.as_of().0);
    let arrived: Vec<Arrival> = arrived.collect();
    if is_hiding {
        restates["entries_withheld"] = true.into();
        // Who has the log finds them by these; on which days they count, nobody else learns.
        let named = arrived.iter().take(ENTRIES_MAX);
        restates["positions"] = named.map(|arrival| arrival.position).collect();
    } else {
        restates["arrivals"] = summed(&arrived);
        restates["entry_count"] = arrived.len().into();
        restates["entries"] = arrived.iter().take(ENTRIES_MAX).map(entry).collect();
    }
    if !facts.is_empty() {
        restates["facts"] = serde_json::to_value(facts)?;
    }
    Ok(Some(restates))
}

/// The house once the month is over: its last commit may lie before that, and what was planned behind it has come.
fn over<'a>(live: &'a Live, period: &Period) -> Cow<'a, Live> {
    let end = live.house.get().zone().end_of(period.last_day());
    if live.recorded_at >= end {
        return Cow::Borrowed(live);
    }
    let mut later = live.clone();
    later.house.wait_until(end);
    Cow::Owned(later)
}

/// What a statement tells of a month as it stands: its figures and sections, and what was mended.
pub(super) fn told(live: &Live, month: Month) -> Result<Map<String, Value>, MakeError> {
    let period = Period::month(month);
    let live = &over(live, &period);
    let document = export::leaving(live, &period, language(&live.organisation));
    let Value::Object(mut members) = serde_json::to_value(document)? else {
        return Err(MakeError::Statement(InvalidStatement::Form));
    };
    // Warnings are for whoever can mend; a closed month is what it is.
    members.remove("warnings");
    let found = corrections::corrections(live.house.get(), &period);
    let corrections = json!({
        "retracted": Cell(found.retracted),
        "late": Cell(found.late),
        "waiting": Cell(found.waiting),
    });
    members.insert("corrections".to_owned(), corrections);
    Ok(members)
}

fn members(live: &Live, month: Month, now: Timestamp) -> Result<Map<String, Value>, MakeError> {
    let organisation = &live.organisation;
    let id = organisation.id().ok_or(MakeError::NotFounded)?;
    let mut members = told(live, month)?;
    members["organisation"]["id"] = serde_json::to_value(id)?;
    if organisation.is_demo() {
        members["organisation"]["demo"] = true.into();
    }
    for (name, value) in [
        ("format", FORMAT.into()),
        ("version", VERSION.into()),
        (
            "id",
            serde_json::to_value(id_of(id, month, live.head.position))?,
        ),
        ("closed", true.into()),
        ("made_at", now.to_string().into()),
        (
            "made_by",
            json!({ "program": "meetellen", "version": env!("CARGO_PKG_VERSION") }),
        ),
        ("locale", language(organisation).tag().into()),
        (
            "previous",
            organisation.months().last_hash().to_string().into(),
        ),
    ] {
        members.insert(name.to_owned(), value);
    }
    Ok(members)
}

/// Made of what it is of: a statement that is made again of the same log is the same one.
fn id_of(organisation: OrganisationId, month: Month, as_of: Position) -> StatementId {
    let name = format!("statement {month} {as_of}");
    let id = uuid::Uuid::new_v5(&organisation.uuid(), name.as_bytes());
    StatementId::new(id)
}

/// Puts the key and the signature under what is said.
fn sealed(mut members: Map<String, Value>, signing: &Signing) -> Result<Statement, MakeError> {
    let public = signing.public();
    let key = json!({
        "id": fingerprint(&public),
        "public": public,
        "introductions": signing.chain(),
    });
    members.insert("key".to_owned(), key);
    let mut value = Value::Object(members);
    let said = canonical::text(&value);
    value["signature"] = signing.sign(said.as_bytes()).into();
    Ok(Statement::new(&value)?)
}

/// Whether nothing changed but what waits to be confirmed, and when it came.
fn only_waits(changed: &[Difference]) -> bool {
    let is = |one: &Difference, section: &str, known_by: &str| {
        one.section == section && [&*one.row, &*one.member].contains(&known_by)
    };
    let waits = |one: &&Difference| {
        is(one, "figures", "visits_to_confirm") || is(one, "corrections", "waiting")
    };
    let any_waits = changed.iter().any(|one| waits(&one));
    let mut others = changed.iter().filter(|one| !waits(one));
    others.all(|one| any_waits && is(one, "corrections", "late"))
}

fn entry(arrival: &Arrival) -> Value {
    json!({
        "id": arrival.entry,
        "type": arrival.entry_type.name(),
        "position": arrival.position,
        "recorded_at": arrival.recorded_at,
        "day": arrival.day,
    })
}

/// Per type: how many entries, from how many devices, between when and when.
fn summed(arrived: &[Arrival]) -> Value {
    #[derive(Default)]
    struct Sum {
        entries: u64,
        devices: BTreeSet<DeviceId>,
        first: Option<Timestamp>,
        last: Option<Timestamp>,
    }
    let mut sums: BTreeMap<&'static str, Sum> = BTreeMap::new();
    for arrival in arrived {
        let sum = sums.entry(arrival.entry_type.name()).or_default();
        sum.entries += 1;
        sum.devices.extend(arrival.device);
        sum.first = sum.first.or(Some(arrival.recorded_at));
        sum.last = Some(arrival.recorded_at);
    }
    let sums = sums.into_iter().map(|(kind, sum)| {
        json!({
            "type": kind,
            "entries": sum.entries,
            "devices": sum.devices.len(),
            "first": sum.first,
            "last": sum.last,
        })
    });
    sums.collect()
}

/// A fact of the log as a cause.
pub(super) fn cause(recorded: &meetellen_events::event::Recorded) -> Result<Cause, MakeError> {
    Ok(Cause {
        id: recorded.fact.id,
        r#type: codec::stored_name(&recorded.fact.event)?,
        position: recorded.position.0,
        recorded_at: recorded.recorded_at,
    })
}
