//! The bar's page: tiles, shifts, money, counts and undoing.

use super::world::{activity, ask, enrolled, field, follow, session, today, volunteer};
use crate::support::Server;
use meetellen_events::access::Role;
use meetellen_events::organisation::Request;
use meetellen_events::standing::{self, Listed};
use meetellen_events::values::{CounterId, Name};
use meetellen_projections::figures::Value;
use serde_json::json;

#[test]
fn coffee_is_one_tap_and_can_be_undone_in_place() {
    let server = Server::start();
    let house = server.found("badhuis");
    let tablet = enrolled(&house, Role::Bar);
    let page = tablet.get("/bar").with_status(200);
    let id = field(&page, "id");
    follow(&tablet, "/bar/coffee", &[("id", &id), ("cups", "1")]);
    let page = follow(&tablet, "/bar/coffee", &[("cups", "5")]);
    assert_eq!(today(&house, "coffee_cups"), Value::Whole(6));
    assert!(page.text().contains("<b>6</b>"), "the day's number");
    assert!(page.text().contains("Geteld: Koffie: 5"), "{}", page.text());
    let retracts = field(&page, "retracts");
    follow(&tablet, "/bar/undo", &[("retracts", &retracts)]);
    follow(&tablet, "/bar/undo", &[("retracts", &retracts)]);
    assert_eq!(today(&house, "coffee_cups"), Value::Whole(1));
}

#[test]
fn a_tap_at_the_bar_counts_a_visitor_or_a_child() {
    let server = Server::start();
    let house = server.found("badhuis");
    let tablet = enrolled(&house, Role::Bar);
    follow(&tablet, "/bar/visitors", &[("adults", "1")]);
    follow(
        &tablet,
        "/bar/visitors",
        &[("adults", "0"), ("children", "1")],
    );
    assert_eq!(today(&house, "visits"), Value::Whole(2));
    assert_eq!(today(&house, "visits_children"), Value::Whole(1));
}

#[test]
fn a_pot_and_who_comes_to_a_session_have_buttons_of_their_own() {
    let server = Server::start();
    let house = server.found("badhuis");
    let choir = activity(&house, "Seniorenkoor", false);
    let session = session(&house, choir, -30, 60).to_string();
    let said = json!({ "cups_per_pot": 20 });
    house
        .coordinator
        .patch("/api/v1/settings", &said)
        .with_status(200);
    let tablet = enrolled(&house, Role::Bar);
    let page = tablet.get("/bar");
    assert!(
        page.text().contains("+ 1 pot (20 kopjes)"),
        "{}",
        page.text()
    );
    follow(&tablet, "/bar/coffee", &[("pot", "20")]);
    follow(
        &tablet,
        "/bar/visitors",
        &[("adults", "1"), ("session", &session)],
    );
    assert_eq!(today(&house, "coffee_cups"), Value::Whole(20));
    assert_eq!(today(&house, "participations"), Value::Whole(1));
}

#[test]
fn a_shift_begins_by_name_or_badge_and_ends() {
    let server = Server::start();
    let house = server.found("badhuis");
    let (ans, _) = volunteer(&house, "Ans");
    let (_, badge) = volunteer(&house, "Joop");
    let tablet = enrolled(&house, Role::Bar);
    assert!(tablet.get("/bar").text().contains("<bdi>Joop</bdi>"));
    let by_name = ans.to_string();
    let start = [("kind", "bar"), ("volunteer", by_name.as_str())];
    follow(&tablet, "/bar/shifts", &start);
    let short = format!("{}-{}", &badge[..4], &badge[4..8]).to_lowercase();
    let page = follow(
        &tablet,
        "/bar/shifts",
        &[("kind", "kitchen"), ("pass", &short)],
    );
    assert_eq!(today(&house, "shifts"), Value::Whole(2));
    assert_eq!(today(&house, "bar_shifts"), Value::Whole(1));
    let shift = field(&page, "shift");
    server.pass_minutes(90);
    follow(&tablet, "/bar/shifts/end", &[("shift", &shift)]);
    assert_eq!(
        today(&house, "volunteer_hours"),
        Value::Decimal("1.5".to_owned())
    );
    tablet
        .form("/bar/shifts", &[("kind", "bar")])
        .with_status(422);
}

#[test]
fn a_till_is_looked_at_before_it_is_kept() {
    let server = Server::start();
    let house = server.found("badhuis");
    let tablet = enrolled(&house, Role::Bar);
    let head = house.head();
    let typed = [("till", "bar"), ("amount", "62,50"), ("expected", "64")];
    let page = follow(&tablet, "/bar/revenue/check", &typed);
    assert!(page.text().contains("€\u{a0}62,50"), "{}", page.text());
    assert_eq!(house.head(), head, "nothing is kept yet");
    let sent = ["id", "till", "amount_cents", "expected_cents"];
    let sent = sent.map(|name| (name, field(&page, name)));
    let sent: Vec<(&str, &str)> = sent
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    follow(&tablet, "/bar/revenue", &sent);
    follow(&tablet, "/bar/revenue", &sent);
    assert_eq!(today(&house, "bar_revenue"), Value::Whole(6_250));
    assert_eq!(today(&house, "bar_revenue_difference"), Value::Whole(-150));
    tablet
        .form("/bar/revenue/check", &[("till", "bar"), ("amount", "veel")])
        .with_status(422);
}

#[test]
fn gifts_counts_and_the_door_are_written_down() {
    let server = Server::start();
    let house = server.found("badhuis");
    let counter = CounterId::new(uuid::Uuid::now_v7());
    let add = standing::Command::Add {
        listed: Listed::Counter(counter),
        name: Name::new("Spullen binnen").expect("a name"),
        since: None,
    };
    ask(&house, Request::Standing(add));
    let tablet = enrolled(&house, Role::Volunteer);
    assert!(tablet.get("/bar").text().contains("Spullen binnen"));
    let counter = counter.to_string();
    follow(
        &tablet,
        "/bar/counters",
        &[("counter", &counter), ("quantity", "1")],
    );
    let money = [("what", "money"), ("amount", "10"), ("donor", "J. Bos")];
    follow(&tablet, "/bar/donations", &money);
    let goods = [
        ("what", "goods"),
        ("category", "Schep"),
        ("quantity", "2"),
        ("donor", "j. bos"),
    ];
    follow(&tablet, "/bar/donations", &goods);
    follow(
        &tablet,
        "/bar/contributions",
        &[("kind", "Taart"), ("quantity", "1")],
    );
    let heads = [
        ("adults", "30"),
        ("children", "5"),
        ("basis", "counted"),
        ("session", ""),
    ];
    follow(&tablet, "/bar/head-counts", &heads);
    let page = follow(&tablet, "/bar/opening", &[("state", "closed")]);
    assert!(
        page.text().contains("Het laatst gezegd: We gaan dicht"),
        "{}",
        page.text()
    );
    assert_eq!(today(&house, "donations_money"), Value::Whole(1_000));
    assert_eq!(today(&house, "donors"), Value::Whole(1));
    assert_eq!(today(&house, "visits"), Value::Whole(35));
}

#[test]
fn who_may_not_count_is_told_kindly() {
    let server = Server::start();
    let house = server.found("badhuis");
    let head = house.head();
    let stranger = server.browser();
    let page = stranger.get("/bar").with_status(401);
    assert!(page.text().contains("We kennen dit toestel nog niet"));
    stranger
        .form("/bar/coffee", &[("cups", "1")])
        .with_status(401);
    assert_eq!(house.head(), head);
    let viewer = enrolled(&house, Role::Viewer);
    let head = house.head();
    viewer.get("/bar").with_status(403);
    viewer
        .form("/bar/coffee", &[("cups", "1")])
        .with_status(403);
    assert_eq!(house.head(), head);
}
