//! Who gets in, how far, and how somebody is shut out.

mod sessions;

use crate::support::client::{Client, Reply};
use crate::support::house::House;
use crate::support::{Server, instant};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use meetellen::tokens::{Bearer, Kind, Tokens};
use meetellen_events::access::Role;
use meetellen_events::values::{DeviceId, OrganisationId};
use serde_json::{Value, json};

const ENROL: &str = "/api/v1/session/enrol";

impl House<'_> {
    /// The one-time code of a new invitation.
    #[track_caller]
    fn invitation(&self, role: &str) -> String {
        let body = json!({ "name": "Tablet", "role": role });
        let added = self.coordinator.post("/api/v1/devices", &body).told(201);
        let link = added["enrol_url"].as_str().expect("a link").to_owned();
        let code = link.strip_prefix(&format!("{}/enrol/", self.server.url));
        code.expect("a link to this server").to_owned()
    }

    /// A browser that was let in.
    #[track_caller]
    fn browser(&self, role: &str) -> Client {
        let browser = Client::browser(&self.server.url);
        browser.enrol(&self.invitation(role)).with_status(200);
        browser
    }

    /// The devices, as the coordinator sees them.
    #[track_caller]
    fn devices(&self) -> Vec<Value> {
        let page = self.coordinator.get("/api/v1/devices").told(200);
        page["items"].as_array().expect("a list").clone()
    }

    fn coffee(&self) -> Value {
        self.entry("coffee", json!({ "cups": 2 }))
    }
}

impl Client {
    #[track_caller]
    fn enrol(&self, code: &str) -> Reply {
        self.post(ENROL, &json!({ "code": code }))
    }
}

#[test]
fn a_revoked_device_is_out_at_its_next_request() {
    let server = Server::start();
    let house = server.found("badhuis");
    let body = json!({ "name": "Kassa", "role": "bar", "kind": "api" });
    let added = house.coordinator.post("/api/v1/devices", &body).told(201);
    let program = server
        .anyone()
        .with_token(added["token"].as_str().expect("a token"));
    let browser = house.browser("volunteer");
    for client in [&program, &browser] {
        client.record(&house.coffee()).with_status(201);
    }
    for device in house.devices().iter().skip(1) {
        let path = format!("/api/v1/devices/{}", device["id"].as_str().expect("an id"));
        house.coordinator.delete(&path).with_status(204);
        let head = house.head();
        house.coordinator.delete(&path).with_status(204);
        assert_eq!(house.head(), head, "twice is once");
    }
    let head = house.head();
    for client in [&program, &browser] {
        let refused = client.record(&house.coffee()).with_status(401);
        assert_eq!(refused.problem(), "device-revoked");
    }
    let gone = browser.record(&house.coffee()).with_status(401);
    assert_eq!(
        gone.problem(),
        "unauthorised",
        "its cookies were taken away"
    );
    assert_eq!(house.head(), head);
    let unknown = format!("/api/v1/devices/{}", uuid::Uuid::now_v7());
    let unknown = house.coordinator.delete(&unknown).with_status(404);
    assert_eq!(unknown.problem(), "unknown-device");
}

#[test]
fn the_list_says_who_let_a_device_in_and_pages() {
    let server = Server::start();
    let house = server.found("badhuis");
    server.pass_minutes(1);
    house.invitation("viewer");
    house.browser("bar");
    let devices = house.devices();
    let told: Vec<_> = devices
        .iter()
        .map(|it| {
            json!([
                it["name"],
                it["role"],
                it["kind"],
                it["made_by"],
                it["enrolled"],
                it["revoked"]
            ])
        })
        .collect();
    assert_eq!(
        told,
        [
            json!(["API", "coordinator", "api", "host", true, false]),
            json!(["Tablet", "viewer", "browser", "coordinator", false, false]),
            json!(["Tablet", "bar", "browser", "coordinator", true, false]),
        ]
    );
    assert_eq!(devices[0]["expires_at"], "2027-01-05T12:00:00.000Z");
    assert_eq!(devices[1]["expires_at"], "2026-10-07T12:16:00.000Z");
    assert_eq!(devices[2].get("expires_at"), None);
    assert_eq!(devices[2]["seen_at"], "2026-10-07T12:01:00.000Z");
    assert_eq!(devices[2]["added_at"], "2026-10-07T12:01:00.000Z");

    let page = house.coordinator.get("/api/v1/devices?limit=2").told(200);
    assert_eq!(page["items"], json!(devices[..2]));
    let next = page["next"].as_str().expect("there is more");
    let page = house
        .coordinator
        .get(&format!("/api/v1/devices?limit=2&after={next}"));
    assert_eq!(
        page.told(200),
        json!({ "items": [devices[2]], "next": null })
    );
    for wrong in ["limit=0", "limit=1001"] {
        house
            .coordinator
            .get(&format!("/api/v1/devices?{wrong}"))
            .with_status(422);
    }
    for wrong in ["limit=x", "after=x", "colour=red"] {
        house
            .coordinator
            .get(&format!("/api/v1/devices?{wrong}"))
            .with_status(400);
    }
}

#[test]
fn a_device_has_a_name_and_a_role_we_know() {
    let server = Server::start();
    let house = server.found("badhuis");
    let head = house.head();
    for (body, problem) in [
        (json!({ "name": "Tablet" }), "invalid"),
        (json!({ "name": "", "role": "bar" }), "invalid"),
        (json!({ "name": "x".repeat(201), "role": "bar" }), "invalid"),
        (json!({ "name": "Tablet", "role": "operator" }), "invalid"),
        (
            json!({ "name": "Tablet", "role": "bar", "kind": "fax" }),
            "invalid",
        ),
        (
            json!({ "name": "Tablet", "role": "bar", "colour": "red" }),
            "unknown-field",
        ),
        (json!({ "name": 5, "role": "bar" }), "wrong-type"),
    ] {
        let refused = house
            .coordinator
            .post("/api/v1/devices", &body)
            .with_status(422);
        assert_eq!(refused.problem(), problem, "{body}");
    }
    assert_eq!(house.head(), head);
}

#[test]
fn each_role_reaches_what_is_its_own() {
    let server = Server::start();
    let house = server.found("badhuis");
    let person = house
        .coordinator
        .post("/api/v1/people", &json!({}))
        .told(201);
    let person = format!("/api/v1/people/{}", person["id"].as_str().expect("an id"));
    let head = house.head();
    for role in [Role::Volunteer, Role::Bar, Role::Viewer] {
        let device = house.device(role);
        let refused = [
            device.get("/api/v1/devices"),
            device.post(
                "/api/v1/devices",
                &json!({ "name": "x", "role": "coordinator" }),
            ),
            device.delete(&format!("/api/v1/devices/{}", uuid::Uuid::now_v7())),
            device.get("/api/v1/people"),
            device.post("/api/v1/people", &json!({ "name": "Anna" })),
            device.patch(&person, &json!({ "name": "Anna" })),
            device.delete(&person),
            device.get(&format!("{person}/data")),
            device.post(&format!("{person}/passes"), &json!({})),
            device.delete(&format!("{person}/passes")),
            device.post(
                "/api/v1/organisations",
                &json!({ "name": "x", "slug": "x" }),
            ),
        ];
        for reply in refused {
            assert_eq!(
                (reply.status, reply.problem()),
                (403, "forbidden".to_owned()),
                "{role:?}"
            );
        }
    }
    assert_eq!(house.head(), head + 3, "the devices alone");
    let viewer = house.device(Role::Viewer).record(&house.coffee());
    assert_eq!(
        (viewer.status, viewer.problem()),
        (403, "forbidden".to_owned())
    );
    for path in ["/api/v1/devices", "/api/v1/people"] {
        let stranger = server.anyone().get(path).with_status(401);
        assert_eq!(stranger.problem(), "unauthorised");
        assert_eq!(stranger.header("www-authenticate"), Some("Bearer"));
        let host = server.operator().get(path).with_status(401);
        assert_eq!(
            host.problem(),
            "unauthorised",
            "the host sees nothing of a house"
        );
    }
}

#[test]
fn a_token_that_is_not_ours_lets_nobody_in() {
    let server = Server::start();
    let house = server.found("badhuis");
    let now = server.node.now();
    let bearer = Bearer {
        organisation: house.id,
        device: DeviceId::new(
            serde_json::from_value(house.devices()[0]["id"].clone()).expect("an id"),
        ),
        role: Role::Coordinator,
    };
    let good = server.node.tokens.issue(Kind::Api, bearer, now);
    let parts: Vec<_> = good.split('.').collect();
    let headed = |header: Value| {
        let header = URL_SAFE_NO_PAD.encode(header.to_string());
        format!("{header}.{}.{}", parts[1], parts[2])
    };
    let elsewhere = tempfile::tempdir().expect("a folder");
    let other = Tokens::open(elsewhere.path()).expect("another installation's key");
    let nowhere = Bearer {
        organisation: OrganisationId::new(uuid::Uuid::now_v7()),
        ..bearer
    };
    let head = house.head();
    for (token, problem) in [
        (other.issue(Kind::Api, bearer, now), "unauthorised"),
        (
            headed(json!({ "alg": "none", "typ": "meetellen-api+jwt" })),
            "unauthorised",
        ),
        (
            headed(json!({ "alg": "HS256", "typ": "meetellen-api+jwt" })),
            "unauthorised",
        ),
        (
            headed(json!({ "alg": "EdDSA", "typ": "JWT" })),
            "unauthorised",
        ),
        (format!("{}.{}.", parts[0], parts[1]), "unauthorised"),
        ("x".to_owned(), "unauthorised"),
        (String::new(), "unauthorised"),
        (
            server.node.tokens.issue(Kind::Api, nowhere, now),
            "unauthorised",
        ),
        (
            server
                .node
                .tokens
                .issue(Kind::Access, bearer, now.plus_millis(-11 * 60_000)),
            "token-expired",
        ),
        (
            server
                .node
                .tokens
                .issue(Kind::Api, bearer, instant("2026-07-01T00:00:00Z")),
            "token-expired",
        ),
    ] {
        let device = server.anyone().with_token(&token);
        for reply in [
            device.record(&house.coffee()),
            device.get("/api/v1/devices"),
        ] {
            assert_eq!(
                (reply.status, reply.problem()),
                (401, problem.to_owned()),
                "{token}"
            );
        }
    }
    assert_eq!(house.head(), head);
    let basic = server
        .anyone()
        .with("authorization", "Basic YTpi")
        .get("/api/v1/devices");
    assert_eq!(basic.problem(), "unauthorised");
    server
        .anyone()
        .with_token(&good)
        .record(&house.coffee())
        .with_status(201);
}

#[test]
fn the_host_invites_a_coordinator_and_all_see_it() {
    let server = Server::start();
    let house = server.found("badhuis");
    let path = format!("/api/v1/organisations/{}/invite", house.id);
    let invited = server.operator().post(&path, &json!({})).told(201);
    let code = invited["enrol_url"]
        .as_str()
        .and_then(|it| it.rsplit('/').next());
    let phone = Client::browser(&server.url);
    let told = phone.enrol(code.expect("a code")).told(200);
    assert_eq!(told["role"], "coordinator");
    let listed = phone.get("/api/v1/devices").told(200);
    assert_eq!(listed["items"][1]["made_by"], "host");
}

#[test]
fn a_code_of_another_house_is_refused_with_a_token_and_counts_there_without() {
    let server = Server::start();
    let (house, other) = (server.found("badhuis"), server.found("sleutel"));
    let made = other
        .coordinator
        .post("/api/v1/codes", &json!({ "for": "door" }))
        .told(201);
    let code = made["code"].as_str().expect("a code");
    let check_in = || house.entry("check_in", json!({ "code": code }));
    let heads = (house.head(), other.head());
    let refused = house.coordinator.record(&check_in()).with_status(403);
    assert_eq!(refused.problem(), "code-of-another-organisation");
    let removed = house
        .coordinator
        .delete(&format!("/api/v1/codes/{code}"))
        .with_status(403);
    assert_eq!(removed.problem(), "code-of-another-organisation");
    assert_eq!((house.head(), other.head()), heads);
    server.anyone().record(&check_in()).with_status(201);
    assert_eq!((house.head(), other.head()), (heads.0, heads.1 + 1));
}

#[test]
fn the_host_knows_its_houses_and_no_others() {
    let server = Server::start();
    let house = server.found("badhuis");
    let nowhere = uuid::Uuid::now_v7();
    for (path, status, problem) in [
        (
            format!("/api/v1/organisations/{nowhere}/invite"),
            404,
            "unknown-organisation",
        ),
        (
            "/api/v1/organisations/x/invite".to_owned(),
            422,
            "malformed-id",
        ),
    ] {
        let refused = server.operator().post(&path, &json!({}));
        assert_eq!(
            (refused.status, refused.problem()),
            (status, problem.to_owned())
        );
    }
    let path = format!("/api/v1/organisations/{nowhere}");
    let refused = server.operator().delete(&path).with_status(404);
    assert_eq!(refused.problem(), "unknown-organisation");
    let own = format!("/api/v1/organisations/{}/invite", house.id);
    for nobody in [server.anyone(), server.anyone().with_token("x")] {
        nobody.post(&own, &json!({})).with_status(401);
    }
    house.coordinator.post(&own, &json!({})).with_status(403);
}
