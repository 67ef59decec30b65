//! How a browser gets in, stays in, and is shut out.

use crate::support::Server;
use crate::support::client::{Client, Reply};
use crate::support::process::Process;
use serde_json::{Value, json};

const REFRESH: &str = "/api/v1/session/refresh";
const MINUTES_A_DAY: i64 = 24 * 60;

impl Client {
    #[track_caller]
    fn refresh(&self) -> Reply {
        self.send(reqwest::Method::POST, REFRESH, |request| request)
    }
}

impl Reply {
    /// The value a cookie was set to; none where it was not.
    fn cookie(&self, name: &str) -> Option<String> {
        let set = self.headers.iter().filter(|(it, _)| it == "set-cookie");
        set.filter_map(|(_, value)| value.strip_prefix(&format!("{name}=")))
            .find_map(|rest| rest.split(';').next())
            .map(str::to_owned)
    }

    #[track_caller]
    fn refresh_cookie(&self) -> String {
        self.cookie("meetellen_refresh").expect("a refresh secret")
    }
}

/// A browser of ours that shows one refresh secret and no token.
fn showing(server: &Server, secret: &str) -> Client {
    server
        .anyone()
        .with("sec-fetch-site", "same-origin")
        .with("cookie", &format!("meetellen_refresh={secret}"))
}

#[test]
fn a_one_time_code_lets_one_browser_in() {
    let server = Server::start();
    let house = server.found("badhuis");
    let code = house.invitation("bar");
    let browser = Client::browser(&server.url);
    let reply = browser.enrol(&code).with_status(200);
    let cookies: Vec<_> = reply
        .headers
        .iter()
        .filter(|it| it.0 == "set-cookie")
        .collect();
    assert_eq!(cookies.len(), 2);
    for (_, cookie) in cookies {
        assert!(
            cookie.contains("; HttpOnly; SameSite=Lax; Path=/; Max-Age="),
            "{cookie}"
        );
        assert!(
            !cookie.contains("Secure"),
            "by plain http it would not come back"
        );
    }
    let told = reply.json();
    assert_eq!(
        (&told["role"], &told["expires_in"]),
        (&json!("bar"), &json!(600))
    );
    assert_eq!(told["organisation"], json!(house.id));
    browser.record(&house.coffee()).with_status(201);
    let by_token = told["access_token"].as_str().expect("a token");
    server
        .anyone()
        .with_token(by_token)
        .record(&house.coffee())
        .with_status(201);

    let head = house.head();
    let again = Client::browser(&server.url).enrol(&code).with_status(409);
    assert_eq!(again.problem(), "code-spent");
    let unknown = server.anyone().enrol("0000000000000000000000000G");
    assert_eq!(
        (unknown.status, unknown.problem()),
        (404, "unknown-code".to_owned())
    );
    assert_eq!(house.head(), head);
}

#[test]
fn a_one_time_code_is_good_for_15_minutes() {
    let server = Server::start();
    let house = server.found("badhuis");
    let (first, second) = (house.invitation("bar"), house.invitation("bar"));
    server.pass_minutes(14);
    server.anyone().enrol(&first).with_status(200);
    server.pass_minutes(1);
    let late = server.anyone().enrol(&second).with_status(409);
    assert_eq!(late.problem(), "code-expired");
}

#[test]
fn a_browser_stays_in_beyond_its_ten_minute_token() {
    let server = Server::start();
    let house = server.found("badhuis");
    let browser = house.browser("bar");
    server.pass_minutes(30);
    let head = house.head();
    let reply = browser.record(&house.coffee()).with_status(201);
    assert!(
        reply.cookie("meetellen_session").is_some(),
        "a new token came along"
    );
    assert_eq!(
        reply.cookie("meetellen_refresh"),
        None,
        "the secret stays for a day"
    );
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(
        house.head(),
        head + 1,
        "nothing but the coffee was recorded"
    );
    assert_eq!(
        browser.record(&house.coffee()).cookie("meetellen_session"),
        None
    );
}

#[test]
fn a_secret_changes_once_a_day_and_an_old_one_shuts_the_device_out() {
    let server = Server::start();
    let house = server.found("badhuis");
    let first = server
        .anyone()
        .enrol(&house.invitation("bar"))
        .refresh_cookie();
    server.pass_minutes(MINUTES_A_DAY);
    let second = showing(&server, &first)
        .refresh()
        .with_status(200)
        .refresh_cookie();
    // Its answer may have been lost: the first is still good, and changes nothing.
    let again = showing(&server, &first).refresh().with_status(200);
    assert_eq!(again.cookie("meetellen_refresh"), None);
    server.pass_minutes(MINUTES_A_DAY);
    let third = showing(&server, &second)
        .refresh()
        .with_status(200)
        .refresh_cookie();
    let replayed = showing(&server, &first).refresh().with_status(401);
    assert_eq!(replayed.problem(), "device-revoked");
    assert_eq!(
        replayed.cookie("meetellen_refresh"),
        Some(String::new()),
        "it is taken away"
    );
    let newest = showing(&server, &third).refresh().with_status(401);
    assert_eq!(newest.problem(), "device-revoked");
    let last = house.devices().pop().expect("the tablet");
    assert_eq!(last["revoked"], true);
}

#[test]
fn a_secret_that_was_never_given_out_is_nobodys() {
    let server = Server::start();
    let house = server.found("badhuis");
    let secret = server
        .anyone()
        .enrol(&house.invitation("bar"))
        .refresh_cookie();
    let (device, _) = secret.rsplit_once('.').expect("three parts");
    for wrong in [
        &format!("{device}.0000000000000000000000000G"),
        "x",
        &format!("{secret}.x"),
        "00000000-0000-0000-0000-000000000000.00000000-0000-0000-0000-000000000000.0000000000000000000000000G",
    ] {
        let refused = showing(&server, wrong).refresh().with_status(401);
        assert_eq!(refused.problem(), "unauthorised", "{wrong}");
    }
    showing(&server, &secret).refresh().with_status(200);
}

#[test]
fn cookies_count_for_our_own_pages_only() {
    let server = Server::start();
    let house = server.found("badhuis");
    let reply = server.anyone().enrol(&house.invitation("bar"));
    let session = reply.cookie("meetellen_session").expect("a token");
    let cookie = format!(
        "meetellen_session={session}; meetellen_refresh={}",
        reply.refresh_cookie()
    );
    let browser = server.anyone().with("cookie", &cookie);
    let head = house.head();
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://elsewhere.example"),
        ("origin", "null"),
    ] {
        let foreign = browser.with(name, value);
        for reply in [foreign.record(&house.coffee()), foreign.refresh()] {
            assert_eq!(
                (reply.status, reply.problem()),
                (403, "foreign-origin".to_owned())
            );
        }
    }
    // Nobody can tell whose page it was: as if there were no cookies.
    for reply in [browser.record(&house.coffee()), browser.refresh()] {
        assert_eq!(
            (reply.status, reply.problem()),
            (401, "unauthorised".to_owned())
        );
    }
    assert_eq!(house.head(), head);
    browser
        .with("origin", &server.url)
        .record(&house.coffee())
        .with_status(201);
    let code = house.invitation("bar");
    let signed_in_elsewhere = server
        .anyone()
        .with("sec-fetch-site", "cross-site")
        .enrol(&code);
    assert_eq!(signed_in_elsewhere.problem(), "foreign-origin");
    server.anyone().enrol(&code).with_status(200);
}

#[test]
fn a_copied_badge_lets_few_phones_in_and_not_for_long() {
    let server = Server::start();
    let house = server.found("badhuis");
    let fields = json!({ "name": "Anna de Boer", "volunteer": true });
    let anna = house.coordinator.post("/api/v1/people", &fields).told(201);
    let anna = format!("/api/v1/people/{}", anna["id"].as_str().expect("an id"));
    let made = house
        .coordinator
        .post(&format!("{anna}/passes"), &json!({}));
    let badge = made.told(201)["pass"].clone();
    let badge = badge.as_str().expect("a pass");
    let phones: Vec<Client> = (0..20).map(|_| Client::browser(&server.url)).collect();
    for phone in &phones {
        phone.enrol(badge).with_status(200);
    }
    let head = house.head();
    let refused = server.anyone().enrol(badge).with_status(429);
    assert_eq!(refused.problem(), "too-fast");
    assert_eq!(house.head(), head, "nothing is recorded");
    let is_in = |phone: &&Client| phone.record(&house.coffee()).status == 201;
    assert_eq!(phones.iter().filter(is_in).count(), 5);
    house
        .coordinator
        .delete(&format!("{anna}/passes"))
        .with_status(204);
    assert_eq!(phones.iter().filter(is_in).count(), 0);
}

#[test]
fn a_badge_lets_a_volunteers_own_phone_in() {
    let server = Server::start();
    let house = server.found("badhuis");
    let fields = json!({ "name": "Anna de Boer", "volunteer": true });
    let anna = house.coordinator.post("/api/v1/people", &fields).told(201);
    let anna = format!("/api/v1/people/{}", anna["id"].as_str().expect("an id"));
    let pass = |person: &str| {
        let made = house
            .coordinator
            .post(&format!("{person}/passes"), &json!({}))
            .told(201);
        made["pass"].as_str().expect("a pass").to_owned()
    };
    let badge = pass(&anna);
    let phone = Client::browser(&server.url);
    assert_eq!(phone.enrol(&badge).told(200)["role"], "volunteer");
    phone.record(&house.coffee()).with_status(201);
    let listed = house.devices().pop().expect("her phone");
    assert_eq!(
        (&listed["name"], &listed["made_by"]),
        (&json!("Anna de Boer"), &json!("badge"))
    );
    // A visitor's pass is no badge.
    let visitor = house
        .coordinator
        .post("/api/v1/people", &json!({}))
        .told(201);
    let visitor = pass(&format!(
        "/api/v1/people/{}",
        visitor["id"].as_str().expect("an id")
    ));
    let refused = server.anyone().enrol(&visitor).with_status(404);
    assert_eq!(refused.problem(), "unknown-code");
    // A lost badge is withdrawn, and with it the phones it let in: nobody can tell which are hers. Who is erased is out
    // everywhere.
    house
        .coordinator
        .delete(&format!("{anna}/passes"))
        .with_status(204);
    server.anyone().enrol(&badge).with_status(409);
    assert_eq!(phone.record(&house.coffee()).problem(), "device-revoked");
    let badge = pass(&anna);
    let phone = Client::browser(&server.url);
    phone.enrol(&badge).with_status(200);
    phone.record(&house.coffee()).with_status(201);
    house.coordinator.delete(&anna).with_status(204);
    server.anyone().enrol(&badge).with_status(409);
    assert_eq!(phone.record(&house.coffee()).problem(), "device-revoked");
    assert_eq!(
        house.devices().pop().expect("her phone")["name"],
        Value::Null
    );
}

#[test]
fn a_phone_that_was_shut_out_is_still_a_visitors() {
    let server = Server::start();
    let house = server.found("badhuis");
    let made = house
        .coordinator
        .post("/api/v1/codes", &json!({ "for": "door" }))
        .told(201);
    let (secret, phone) = {
        let reply = server.anyone().enrol(&house.invitation("volunteer"));
        let secret = reply.refresh_cookie();
        (secret.clone(), showing(&server, &secret))
    };
    let device = secret.split('.').nth(1).expect("three parts");
    house
        .coordinator
        .delete(&format!("/api/v1/devices/{device}"))
        .with_status(204);
    let check_in = house.entry("check_in", json!({ "code": made["code"] }));
    phone.record(&check_in).with_status(201);
    for entry in [house.coffee(), json!([check_in, house.coffee()])] {
        let refused = phone.record(&entry).with_status(401);
        assert_eq!(refused.problem(), "device-revoked");
    }
    let with_token = server.anyone().with_token("x").record(&check_in);
    assert_eq!(with_token.with_status(401).problem(), "unauthorised");
}

#[test]
fn where_people_come_by_https_cookies_go_no_other_way() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Process::serve(folder.path(), &["--public-url", "https://tel.example.org/"]);
    let operator = std::fs::read_to_string(folder.path().join("operator.token"));
    let operator = operator.expect("the first start makes it");
    let host = server.anyone().with_token(operator.trim());
    let house = json!({ "name": "Badhuis", "slug": "badhuis" });
    let made = host.post("/api/v1/organisations", &house).told(201);
    let id = made["id"].as_str().expect("an id");
    let invite = format!("/api/v1/organisations/{id}/invite");
    let invited = host.post(&invite, &json!({})).told(201);
    let link = invited["enrol_url"].as_str().expect("a link");
    let code = link.strip_prefix("https://tel.example.org/enrol/");
    let reply = server.anyone().enrol(code.expect("a public link"));
    let set = reply
        .headers
        .iter()
        .filter(|(name, _)| name == "set-cookie");
    let cookies: Vec<_> = set.map(|(_, value)| value.as_str()).collect();
    assert_eq!(cookies.len(), 2);
    for cookie in cookies {
        assert!(cookie.starts_with("__Host-meetellen_"), "{cookie}");
        assert!(
            cookie.contains("; Secure") && cookie.contains("; Path=/"),
            "{cookie}"
        );
        assert!(!cookie.contains("Domain="), "{cookie}");
    }
}
