//! What the tests of pages do again and again.

use crate::support::client::{Client, Reply};
use crate::support::house::{House, wait};
use meetellen::api::house::invitation;
use meetellen::keys::Owner;
use meetellen::secrets;
use meetellen_events::access::Role;
use meetellen_events::organisation::{Authority, Request};
use meetellen_events::people::{self, PersonFacts};
use meetellen_events::programme::{self, ActivityFacts, OrganisedBy, SessionPlan, Target};
use meetellen_events::values::{ActivityId, Code, Day, Name, Period, PersonId, SessionId};
use meetellen_projections::figures::{Value, figures};

/// Has a command decided by the server's own rules.
#[track_caller]
pub fn ask(house: &House<'_>, request: Request) {
    let asked = house.server.node.ask(house.id, Authority::System, request);
    wait(asked).expect("the rules take it");
}

/// A code on a wall.
#[track_caller]
pub fn code(house: &House<'_>, target: Target, day: Option<Day>) -> String {
    let code = Code::new(*uuid::Uuid::now_v7().as_bytes());
    let command = programme::Command::IssueCode {
        code,
        target,
        day,
        valid_until: None,
    };
    ask(house, Request::Programme(command));
    code.to_string()
}

/// An activity by residents.
#[track_caller]
pub fn activity(house: &House<'_>, name: &str, sensitive: bool) -> ActivityId {
    let activity = ActivityId::new(uuid::Uuid::now_v7());
    let command = programme::Command::AddActivity {
        activity,
        facts: ActivityFacts {
            name: Some(Name::new(name).expect("a name")),
            organised_by: Some(OrganisedBy::Residents),
            sensitive: Some(sensitive),
            ..ActivityFacts::default()
        },
        since: None,
    };
    ask(house, Request::Programme(command));
    activity
}

/// A session of an activity, from so many minutes to so many from now.
#[track_caller]
pub fn session(house: &House<'_>, activity: ActivityId, from: i64, to: i64) -> SessionId {
    let session = SessionId::new(uuid::Uuid::now_v7());
    let at = |minutes: i64| house.server.node.now().plus_millis(minutes * 60_000);
    let plan = SessionPlan {
        session,
        starts_at: at(from),
        ends_at: at(to),
    };
    let command = programme::Command::PlanSessions {
        activity,
        sessions: vec![plan],
        room: None,
        series: None,
    };
    ask(house, Request::Programme(command));
    session
}

/// A figure of today.
#[track_caller]
pub fn today(house: &House<'_>, key: &str) -> Value {
    let live = wait(house.server.node.open(house.id)).expect("it opens");
    let live = live.read();
    let ledger = live.house.get();
    let day = ledger.zone().day_of(house.server.node.now());
    let figures = figures(ledger, &Period::day(day));
    figures
        .get(key)
        .expect("a key of the catalogue")
        .value
        .clone()
}

/// The value of the field of that name that stands first on a page.
#[track_caller]
pub fn field(page: &Reply, name: &str) -> String {
    let text = page.text();
    let named = format!("name=\"{name}\"");
    let mut tags = text.split('<').filter(|tag| tag.contains(&named));
    let value = tags.find_map(|tag| tag.split("value=\"").nth(1)?.split('"').next());
    value
        .unwrap_or_else(|| panic!("no {name} on {text}"))
        .to_owned()
}

/// Where an answer sends the browser.
#[track_caller]
pub fn next(answer: &Reply) -> String {
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer
        .header("location")
        .expect("a redirect says where")
        .to_owned()
}

/// Sends a form and loads the page behind its redirect.
#[track_caller]
pub fn follow(browser: &Client, path: &str, fields: &[(&str, &str)]) -> Reply {
    let answer = browser.form(path, fields);
    browser.get(&next(&answer)).with_status(200)
}

/// The cookies an answer sets, by name.
pub fn cookies<'a>(answer: &'a Reply, name: &str) -> Vec<&'a str> {
    let set = answer.headers.iter();
    set.filter(|(header, value)| header == "set-cookie" && value.starts_with(&format!("{name}=")))
        .map(|(_, value)| value.as_str())
        .collect()
}

/// A browser that was let in.
#[track_caller]
pub fn enrolled(house: &House<'_>, role: Role) -> Client {
    let name = Name::new("Tablet bar").expect("a name");
    let node = &house.server.node;
    let code = invitation(node, house.id, Authority::System, name, role);
    let (_, code) = wait(code).expect("invited");
    let browser = house.server.browser();
    next(&browser.form(&format!("/enrol/{code}"), &[]));
    browser
}

/// A volunteer with a badge: her id, and the code in its QR.
#[track_caller]
pub fn volunteer(house: &House<'_>, name: &str) -> (PersonId, String) {
    let person = PersonId::new(uuid::Uuid::now_v7());
    let keys = house.server.node.keys();
    let name = keys.seal(house.id, Owner::Person(person), "name", name);
    let facts = PersonFacts {
        volunteer: Some(true),
        name: Some(name.expect("sealed")),
        ..PersonFacts::default()
    };
    let register = people::Command::Register {
        person,
        facts,
        since: None,
    };
    ask(house, Request::People(register));
    (person, pass(house, person))
}

/// A pass of a person, by the code in its QR.
#[track_caller]
pub fn pass(house: &House<'_>, person: PersonId) -> String {
    let code = Code::new(*uuid::Uuid::new_v4().as_bytes());
    let text = code.to_string();
    let issue = people::Command::IssuePass {
        person,
        pass: secrets::hash(code.bytes()),
        short: secrets::short_hash(house.id, &text[..8]),
    };
    ask(house, Request::People(issue));
    text
}
