//! What a closed month refuses, each over HTTP.

use super::{EVENING, NOVEMBER, closed, statements, taps};
use crate::support::Server;
use crate::support::client::Reply;
use crate::support::house::{House, text};
use serde_json::{Value, json};

struct World<'a> {
    house: House<'a>,
    choir: String,
    cancelled: String,
    session: String,
    volunteer: String,
    coffee: String,
    statement: Value,
}

/// A house with something of everything in October, which is closed.
fn world(server: &Server) -> World<'_> {
    let house = server.found("badhuis");
    let choir = house.activity("Koor");
    let session = |day: &str| {
        let at = |hour: u32| format!("2026-10-{day}T{hour}:00:00+02:00");
        house.session(&choir, &at(14), &at(16))
    };
    let (session, cancelled) = (session("08"), session("15"));
    let cancel = format!("/api/v1/sessions/{cancelled}/cancel");
    house.coordinator.post(&cancel, &json!({})).with_status(200);
    let volunteer = house.volunteer();
    let told = house.records("coffee", json!({ "cups": 2 }));
    let coffee = text(&told["id"]);
    server.at(NOVEMBER);
    taps(&house.coordinator, 5);
    let statement = closed(&house);
    World {
        house,
        choir,
        cancelled,
        session,
        volunteer,
        coffee,
        statement,
    }
}

impl World<'_> {
    /// Expects the month's being closed to be told, with its statement, and nothing to be recorded.
    #[track_caller]
    fn refused(&self, ask: impl FnOnce() -> Reply) {
        let head = self.house.head();
        let problem = ask().with_status(409);
        assert_eq!(problem.problem(), "month-closed");
        assert_eq!(problem.json()["statement"], self.statement["id"]);
        assert_eq!(self.house.head(), head, "something was recorded");
    }
}

#[test]
fn retractions_are_refused() {
    let server = Server::start();
    let world = world(&server);
    let coffee = &world.coffee;
    let entry = world
        .house
        .entry("retraction", json!({ "retracts": coffee }));
    world.refused(|| world.house.coordinator.record(&entry));
    let told = world.house.coordinator.record(&json!([entry])).told(200);
    assert_eq!(told["results"][0]["status"], "rejected");
    assert_eq!(
        told["results"][0]["problem"]["type"],
        "/problems/month-closed"
    );
}

#[test]
fn cancellations_and_taking_one_back_are_refused() {
    let server = Server::start();
    let world = world(&server);
    let coordinator = &world.house.coordinator;
    let (held, cancelled) = (&world.session, &world.cancelled);
    world.refused(|| coordinator.post(&format!("/api/v1/sessions/{held}/cancel"), &json!({})));
    world
        .refused(|| coordinator.post(&format!("/api/v1/sessions/{cancelled}/confirm"), &json!({})));
    // That a session took place is a confirmation.
    coordinator
        .post(&format!("/api/v1/sessions/{held}/confirm"), &json!({}))
        .with_status(200);
    super::settle(&server);
    assert_eq!(statements(coordinator).len(), 2);
}

#[test]
fn facts_that_reach_back_are_refused() {
    let server = Server::start();
    let world = world(&server);
    let coordinator = &world.house.coordinator;
    let since = "2026-10-31";
    let patches = [
        (
            format!("/api/v1/activities/{}", world.choir),
            json!({ "name": "Zangkoor", "since": since }),
        ),
        (
            format!("/api/v1/people/{}", world.volunteer),
            json!({ "volunteer": false, "since": since }),
        ),
        (
            "/api/v1/settings".to_owned(),
            json!({ "closed_days": ["2026-10-20"], "since": since }),
        ),
    ];
    for (path, body) in &patches {
        world.refused(|| coordinator.patch(path, body));
    }
    let posts = [
        (
            "/api/v1/tenants",
            json!({ "name": "Atelier", "since": since }),
        ),
        (
            "/api/v1/grants",
            json!({ "funder": "Stad", "purpose": "Park", "amount_cents": 1, "since": since }),
        ),
        (
            "/api/v1/people",
            json!({ "volunteer": true, "since": since }),
        ),
        (
            "/api/v1/sessions",
            json!({ "activity": world.choir, "starts_at": EVENING, "ends_at": "2026-10-16T22:00:00+02:00" }),
        ),
    ];
    for (path, body) in &posts {
        world.refused(|| coordinator.post(path, body));
    }
    let tenant = coordinator
        .post("/api/v1/tenants", &json!({ "name": "Atelier" }))
        .told(201);
    let path = format!("/api/v1/tenants/{}?since={since}", text(&tenant["id"]));
    let ended = coordinator.delete(&path);
    assert_eq!(ended.problem(), "month-closed");
    // From an open month on each of them is taken.
    for (path, mut body) in patches {
        body["since"] = json!("2026-11-01");
        coordinator.patch(&path, &body).with_status(200);
    }
}

#[test]
fn late_entries_and_confirmations_are_taken() {
    let server = Server::start();
    let world = world(&server);
    let gift = world.house.code(json!({ "for": "gift" }));
    let entry = world.house.entry(
        "donation",
        json!({ "occurred_at": EVENING, "money_cents": 500, "code": gift }),
    );
    let waiting = server.anyone().record(&entry).told(201);
    assert_eq!(waiting["status"], "to_confirm");
    super::settle(&server);
    let before = statements(&world.house.coordinator).len();
    world
        .house
        .records("confirmation", json!({ "entries": [waiting["id"]] }));
    super::settle(&server);
    assert_eq!(statements(&world.house.coordinator).len(), before + 1);
    let new = super::close(&world.house, "2026-10").told(200);
    assert_eq!(crate::support::house::value(&new, "donations_money"), 500);
    // One giver is a number that is not told: so neither is who it was that came.
    assert_eq!(new["restates"]["entries_withheld"], true);
}
