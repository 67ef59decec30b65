//! All that is kept about one person, readable, for her to see (GDPR, article 15).

use super::{Person, opened, person};
use crate::live::Shared;
use crate::node::Node;
use crate::problem::{Cause, Problem};
use meetellen_events::log::line::{Line, Position};
use meetellen_events::values::{OrganisationId, PersonId, Sealed};
use serde::Serialize;
use serde_json::Value;
use std::ops::ControlFlow;

/// The events that hold something sealed.
const SEALING: [&str; 5] = [
    "person_registered.v1",
    "person_changed.v1",
    "money_donated.v1",
    "goods_donated.v1",
    "entry_retracted.v1",
];

/// Their members that are.
const SEALED: [&str; 5] = ["name", "contact", "purpose", "description", "reason"];

/// A person with every event that names her.
#[derive(Debug, Clone, Serialize)]
pub struct Data {
    /// As she is known today.
    pub person: Person,
    /// The events as they stand in the log, what was sealed opened; in order.
    pub events: Vec<Value>,
}

/// Reads all of it out of the log. Touches the disk.
pub fn data(
    node: &Node,
    organisation: OrganisationId,
    live: &Shared,
    id: PersonId,
) -> Result<Data, Problem> {
    let person = person(node, organisation, live, id)?;
    let person = person.ok_or_else(|| Problem::from(Cause::UnknownPerson))?;
    let mut found = Found {
        wanted: vec![id.to_string()],
        events: Vec::new(),
    };
    let read = node.reader().lines(organisation, Position(0), &mut |line| {
        found.look(line);
        ControlFlow::Continue(())
    });
    read.map_err(|error| Problem::internal(&error))?;
    let sealing = |event: &Value| SEALING.iter().any(|name| event["type"] == *name);
    for event in found.events.iter_mut().filter(|event| sealing(event)) {
        open(node, organisation, id, event)?;
    }
    Ok(Data {
        person,
        events: found.events,
    })
}

struct Found {
    /// The person's id, and the hashes of her passes as they come.
    wanted: Vec<String>,
    events: Vec<Value>,
}

impl Found {
    fn look(&mut self, line: &Line) {
        let text = String::from_utf8_lossy(line.bytes());
        if !self.names(&text) {
            return;
        }
        // The log's lines are JSON; one that were not could not have been appended.
        let Ok(commit) = serde_json::from_str::<Value>(&text) else {
            return;
        };
        let first = line.header().first.0;
        let events = commit["events"].as_array().into_iter().flatten();
        for (position, event) in (first..).zip(events) {
            if !self.names(&event.to_string()) {
                continue;
            }
            if event["type"] == "pass_issued.v1" {
                self.wanted
                    .extend(event["pass"].as_str().map(str::to_owned));
            }
            let mut event = event.clone();
            event["position"] = position.into();
            event["recorded_at"] = commit["recorded_at"].clone();
            self.events.push(event);
        }
    }

    fn names(&self, text: &str) -> bool {
        self.wanted.iter().any(|wanted| text.contains(wanted))
    }
}

/// Puts the text in the place of what her key opens, and null where it can't be read any more.
fn open(
    node: &Node,
    organisation: OrganisationId,
    person: PersonId,
    event: &mut Value,
) -> Result<(), Problem> {
    let Some(members) = event.as_object_mut() else {
        return Ok(());
    };
    for (name, member) in members {
        match member {
            Value::String(text) if SEALED.contains(&name.as_str()) => {
                let sealed = Sealed::new(std::mem::take(text));
                let text = opened(node, organisation, person, name, &sealed)?;
                *member = text.map_or(Value::Null, Value::String);
            }
            Value::Object(_) => open(node, organisation, person, member)?,
            Value::String(_)
            | Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Array(_) => {}
        }
    }
    Ok(())
}
