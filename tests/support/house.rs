//! One organisation on a server, and what tests do in it again and again.

use super::Server;
use super::client::{Client, Reply};
use meetellen::api::house::api_token;
use meetellen_events::access::Role;
use meetellen_events::organisation::Authority;
use meetellen_events::values::{Name, OrganisationId};
use serde_json::{Value, json};

/// An organisation with its coordinator.
pub struct House<'a> {
    /// Where it lives.
    pub server: &'a Server,
    /// Its id.
    pub id: OrganisationId,
    /// Its coordinator, by the token that founding gave.
    pub coordinator: Client,
}

impl<'a> House<'a> {
    /// Founded by the operator, in Amsterdam's time zone.
    #[track_caller]
    pub fn found(server: &'a Server, slug: &str) -> Self {
        let body = json!({ "name": format!("Huis {slug}"), "slug": slug });
        let made = server.operator().post("/api/v1/organisations", &body);
        let made = made.told(201);
        let token = made["coordinator_token"].as_str().expect("a token");
        Self {
            server,
            id: serde_json::from_value(made["id"].clone()).expect("an id"),
            coordinator: server.anyone().with_token(token),
        }
    }

    /// A program with this role.
    pub fn device(&self, role: Role) -> Client {
        let name = Name::new("program").expect("a short name");
        let node = &self.server.node;
        let token = api_token(node, self.id, Authority::System, name, role);
        let (_, token) = wait(token).expect("a token is given");
        self.server.anyone().with_token(&token)
    }

    /// The entry's fields, with a new id and the server's own time where they are not given.
    pub fn entry(&self, kind: &str, fields: Value) -> Value {
        entry(kind, &self.server.node.now().to_string(), fields)
    }

    /// Records an entry as the coordinator, and gives what was told.
    #[track_caller]
    pub fn records(&self, kind: &str, fields: Value) -> Value {
        let reply = self.coordinator.record(&self.entry(kind, fields));
        reply.told(201)
    }

    /// A new activity, organised by residents; its id.
    #[track_caller]
    pub fn activity(&self, name: &str) -> String {
        let body = json!({ "name": name, "organised_by": "residents" });
        text(&self.coordinator.post("/api/v1/activities", &body).told(201)["id"])
    }

    /// A planned session; its id.
    #[track_caller]
    pub fn session(&self, activity: &str, starts_at: &str, ends_at: &str) -> String {
        let body = json!({ "activity": activity, "starts_at": starts_at, "ends_at": ends_at });
        text(&self.coordinator.post("/api/v1/sessions", &body).told(201)["id"])
    }

    /// A choir with a session of one hour that begins as the clock does; the session's id.
    #[track_caller]
    pub fn choir(&self) -> String {
        let choir = self.activity("Koor");
        self.session(
            &choir,
            "2026-10-07T14:00:00+02:00",
            "2026-10-07T15:00:00+02:00",
        )
    }

    /// A new volunteer without a name; her id.
    #[track_caller]
    pub fn volunteer(&self) -> String {
        let body = json!({ "volunteer": true });
        text(&self.coordinator.post("/api/v1/people", &body).told(201)["id"])
    }

    /// A new code, such as `{"for": "door"}`.
    #[track_caller]
    pub fn code(&self, body: Value) -> String {
        text(&self.coordinator.post("/api/v1/codes", &body).told(201)["code"])
    }

    /// The last position of its log.
    pub fn head(&self) -> u64 {
        self.server.head(self.id)
    }
}

impl Client {
    /// Sends one entry, or an array of them.
    #[track_caller]
    pub fn record(&self, entry: &Value) -> Reply {
        self.post("/api/v1/entries", entry)
    }
}

/// An entry with a new id, where none is given.
pub fn entry(kind: &str, occurred_at: &str, fields: Value) -> Value {
    let mut entry = json!({ "id": id(), "type": kind, "occurred_at": occurred_at });
    for (name, value) in fields.as_object().expect("fields are an object") {
        entry[name] = value.clone();
    }
    entry
}

/// The value of one figure of a document.
#[track_caller]
pub fn value(document: &Value, key: &str) -> Value {
    let rows = document["figures"].as_array().expect("there are figures");
    let row = rows.iter().find(|row| row["key"] == key);
    row.unwrap_or_else(|| panic!("no figure {key}"))["value"].clone()
}

/// A member that is a text.
#[track_caller]
pub fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// A new id.
pub fn id() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// Waits for what the server's own functions answer.
pub fn wait<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    runtime.expect("a runtime needs no settings").block_on(work)
}
