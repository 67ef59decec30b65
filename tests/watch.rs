//! What whoever runs the machine sees of it: figures and log lines, and no secret in either.

use crate::support::Server;
use crate::support::client::{Client, Reply};
use crate::support::house::{entry, id};
use crate::support::process::Process;
use meetellen_events::access::Role;
use serde_json::{Value, json};

#[test]
fn the_figures_of_the_machine_are_for_the_host_alone() {
    let server = Server::start();
    let house = server.found("badhuis");
    let nobody = server.anyone().get("/metrics").with_status(401);
    assert_eq!(nobody.problem(), "unauthorised", "loopback opens nothing");
    for role in [Role::Coordinator, Role::Viewer] {
        let reply = house.device(role).get("/metrics").with_status(403);
        assert_eq!(reply.problem(), "forbidden");
    }
    let unknown = "0000000000000000000000000G";
    server
        .anyone()
        .get(&format!("/c/{unknown}"))
        .with_status(404);
    server.anyone().get("/api/v1/nothing/here").with_status(404);
    house.records("coffee", json!({ "cups": 1 }));
    let told = server.operator().get("/metrics").with_status(200);
    assert!(
        told.header("content-type")
            .is_some_and(|it| it.starts_with("text/plain; version=0.0.4"))
    );
    let told = told.text();
    for line in [
        "meetellen_ready 1",
        "meetellen_organisations_in_memory 1",
        r#"meetellen_requests_total{method="GET",route="/c/{code}",status="404"} 1"#,
        r#"meetellen_requests_total{method="GET",route="unmatched",status="404"} 1"#,
        r#"meetellen_requests_total{method="POST",route="/api/v1/entries",status="201"} 1"#,
        r#"meetellen_requests_total{method="GET",route="/metrics",status="403"} 2"#,
        r#"meetellen_request_seconds_count{method="POST",route="/api/v1/entries"} 1"#,
    ] {
        assert!(told.lines().any(|it| it == line), "{line} in\n{told}");
    }
    assert!(!told.contains(unknown) && !told.contains("nothing"));
}

#[test]
fn no_secret_and_nothing_personal_enters_the_log() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Process::serve(folder.path(), &["--log", "trace"]);
    let operator = std::fs::read_to_string(folder.path().join("operator.token"));
    let mut secrets = vec![
        operator
            .expect("the first start makes it")
            .trim()
            .to_owned(),
    ];
    let text = |told: &Value, name: &str| told[name].as_str().expect("a text").to_owned();
    let now = meetellen::clock::Clock::now(&meetellen::clock::SystemClock).to_string();

    let house = json!({ "name": "Badhuis", "slug": "badhuis" });
    let host = server.anyone().with_token(&secrets[0]);
    let made = host.post("/api/v1/organisations", &house).told(201);
    secrets.push(text(&made, "coordinator_token"));
    let coordinator = server.anyone().with_token(&secrets[1]);
    let person = json!({ "name": "Anna Geheim", "contact": "0612345678", "volunteer": true });
    secrets.extend(["Geheim", "0612345678", "198.51.100.77"].map(str::to_owned));
    let person = text(&coordinator.post("/api/v1/people", &person).told(201), "id");
    let pass = coordinator
        .post(&format!("/api/v1/people/{person}/passes"), &json!({}))
        .told(201);
    secrets.extend([text(&pass, "pass"), text(&pass, "short")]);
    let door = coordinator
        .post("/api/v1/codes", &json!({ "for": "door" }))
        .told(201);
    secrets.push(text(&door, "code"));
    let device = json!({ "name": "Tablet", "role": "bar" });
    let link = text(
        &coordinator.post("/api/v1/devices", &device).told(201),
        "enrol_url",
    );
    let code = link.rsplit('/').next().expect("a code").to_owned();
    secrets.push(code.clone());

    let browser = Client::browser(&server.url).with("x-forwarded-for", "198.51.100.77");
    browser.get(&format!("/enrol/{code}")).with_status(200);
    let signed_in = browser
        .post("/api/v1/session/enrol", &json!({ "code": code }))
        .with_status(200);
    secrets.push(text(&signed_in.json(), "access_token"));
    secrets.push(refresh_secret(&signed_in));
    let refused = browser.post("/api/v1/session/enrol", &json!({ "code": code }));
    assert_eq!(refused.status, 409);
    let (door, pass) = (text(&door, "code"), text(&pass, "pass"));
    let visitor = "c2VjcmV0c2VjcmV0c2Vjcg";
    secrets.push(visitor.to_owned());
    browser.get(&format!("/c/{door}")).with_status(200);
    browser.get(&format!("/p/{pass}")).with_status(200);
    browser
        .record(&entry(
            "check_in",
            &now,
            json!({ "code": door, "visitor": visitor }),
        ))
        .with_status(201);
    browser
        .record(&entry("check_in", &now, json!({ "pass": pass })))
        .with_status(201);
    // Refused, and wrong in every way.
    browser
        .record(&entry(
            "check_in",
            &now,
            json!({ "code": door, "visitor": "Geheim" }),
        ))
        .with_status(422);
    browser
        .record(&json!({ "id": id(), "type": "Geheim" }))
        .with_status(422);
    browser
        .get(&format!("/api/v1/nothing/{door}?code={pass}"))
        .with_status(404);
    browser.get(&format!("/api/v1/codes/{door}.svg?x={pass}"));

    let lines = server.logged();
    assert!(
        lines
            .iter()
            .any(|it| it.contains("/api/v1/entries") && it.contains("status=201"))
    );
    for line in &lines {
        let leaked = secrets.iter().find(|secret| line.contains(*secret));
        assert_eq!(leaked, None, "in {line}");
    }
}

fn refresh_secret(reply: &Reply) -> String {
    let set = reply
        .headers
        .iter()
        .filter(|(name, _)| name == "set-cookie");
    let kept = set
        .filter_map(|(_, value)| value.strip_prefix("meetellen_refresh="))
        .next();
    let whole = kept
        .and_then(|value| value.split(';').next())
        .expect("a cookie");
    whole.rsplit('.').next().expect("three parts").to_owned()
}
