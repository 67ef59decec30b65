//! The entries behind the figures.

use super::caller::Recorder;
use super::query::Parameters;
use crate::node::Node;
use crate::problem::{Cause, Problem};
use actix_web::HttpResponse;
use actix_web::web::Data;
use meetellen_events::access::Role;
use meetellen_events::event::ActorKind;
use meetellen_events::tally::Evidence;
use meetellen_events::values::{Day, DeviceId, EntryId, PersonId, Timestamp};
use meetellen_projections::history::{self, Entry, EntryType, Field, Filter};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// An entry as the contract shows it.
#[derive(Serialize)]
struct Shown {
    id: EntryId,
    r#type: &'static str,
    occurred_at: Timestamp,
    recorded_at: Timestamp,
    position: u64,
    day: Day,
    state: &'static str,
    late: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<Evidence>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<DeviceId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<PersonId>,
    fields: Map<String, Value>,
}

impl From<Entry> for Shown {
    fn from(entry: Entry) -> Self {
        let fields = entry.fields.into_iter();
        Self {
            id: entry.entry,
            r#type: entry.entry_type.name(),
            occurred_at: entry.occurred_at,
            recorded_at: entry.recorded_at,
            position: entry.position,
            day: entry.day,
            state: entry.state.name(),
            late: entry.late,
            evidence: entry.evidence,
            device: entry
                .actor
                .id
                .filter(|_| entry.actor.kind == ActorKind::Device),
            person: entry.person,
            fields: fields
                .map(|(name, field)| (name.to_owned(), value(field)))
                .collect(),
        }
    }
}

fn value(field: Field) -> Value {
    match field {
        Field::Whole(number) => number.into(),
        Field::Flag(flag) => flag.into(),
        Field::Word(word) => word.into(),
        Field::Text(text) => text.into(),
        Field::Session(id) => json!(id),
        Field::Counter(id) => json!(id),
        Field::Indicator(id) => json!(id),
        Field::Entry(id) => json!(id),
        Field::Entries(ids) => json!(ids),
    }
}

/// `GET /api/v1/entries`, in the order of the log. Who is no coordinator sees today's.
pub async fn list(
    recorder: Recorder,
    node: Data<Node>,
    mut query: Parameters,
) -> Result<HttpResponse, Problem> {
    let page = query.page::<u64>()?;
    let (from, to) = (query.day("from")?, query.day("to")?);
    let entry_type = match query.text("type")? {
        None => None,
        Some(name) => Some(EntryType::named(&name).ok_or_else(|| {
            Problem::from(Cause::Malformed).in_parameter("type", "is no type of entry")
        })?),
    };
    query.end()?;
    let (from, to) = match recorder.role {
        Role::Coordinator => (from, to),
        Role::Volunteer | Role::Bar | Role::Viewer => {
            let today = recorder.today(&node);
            if from.is_some_and(|day| day != today) || to.is_some_and(|day| day != today) {
                return Err(Problem::from(Cause::Forbidden).because("only today's entries"));
            }
            (Some(today), Some(today))
        }
    };
    let filter = Filter {
        from,
        to,
        entry_types: entry_type.as_slice(),
        device: None,
        after: page.after.unwrap_or_default(),
    };
    let found = {
        let seen = recorder.live.read();
        history::page(seen.house.get(), &filter, page.limit, recorder.role)
    };
    let entries: Vec<Shown> = found.entries.into_iter().map(Shown::from).collect();
    let next = found.next.map(|next| next.to_string());
    Ok(HttpResponse::Ok().json(json!({ "items": entries, "next": next })))
}
