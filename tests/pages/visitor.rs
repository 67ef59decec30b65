//! Whoever scans a code.

use super::world::{activity, code, cookies, field, follow, next, session, today};
use crate::support::Server;
use meetellen_events::programme::Target;
use meetellen_projections::figures::Value;

#[test]
fn one_tap_counts_and_says_which_visit_it_is() {
    let server = Server::start();
    let house = server.found("badhuis");
    let path = format!("/c/{}", code(&house, Target::Door, None));
    let head = house.head();
    for number in 1..=3 {
        let phone = server.browser();
        let page = phone.get(&path).with_status(200);
        assert_eq!(page.header("cache-control"), Some("no-store"));
        assert!(
            cookies(&page, "meetellen_visitor").is_empty(),
            "looking keeps nothing"
        );
        let id = field(&page, "id");
        let sent = [("id", id.as_str()), ("adults", "1"), ("children", "0")];
        let answer = phone.form(&path, &sent);
        assert_eq!(cookies(&answer, "meetellen_visitor").len(), 1);
        let thanks = phone.get(&next(&answer)).with_status(200);
        assert!(
            thanks.text().contains(&format!(">{number}</span>")),
            "{}",
            thanks.text()
        );
    }
    assert_eq!(house.head(), head + 3);
    assert_eq!(today(&house, "visits"), Value::Whole(3));
    assert_eq!(today(&house, "unique_visitors"), Value::Whole(3));
}

#[test]
fn a_form_sent_twice_is_one_entry_with_one_answer() {
    let server = Server::start();
    let house = server.found("badhuis");
    let path = format!("/c/{}", code(&house, Target::Door, None));
    let phone = server.browser();
    let id = field(&phone.get(&path), "id");
    let first = next(&phone.form(&path, &[("id", &id)]));
    let head = house.head();
    server.pass_minutes(1);
    assert_eq!(next(&phone.form(&path, &[("id", &id)])), first);
    assert_eq!(house.head(), head, "nothing new");
    server.pass_minutes(60);
    let other = next(&phone.form(&path, &[("id", &id)]));
    assert_ne!(other, first, "an hour later it is another tap");
}

#[test]
fn a_phone_is_counted_once_a_day_and_told_so() {
    let server = Server::start();
    let house = server.found("badhuis");
    let path = format!("/c/{}", code(&house, Target::Door, None));
    let phone = server.browser();
    follow(&phone, &path, &[]);
    let again = follow(&phone, &path, &[]);
    assert!(
        again.text().contains("Je was al geteld"),
        "{}",
        again.text()
    );
    assert_eq!(today(&house, "visits"), Value::Whole(1));
}

#[test]
fn a_party_counts_whole_and_can_be_undone_for_a_quarter_of_an_hour() {
    let server = Server::start();
    let house = server.found("badhuis");
    let path = format!("/c/{}", code(&house, Target::Door, None));
    let phone = server.browser();
    let thanks = follow(&phone, &path, &[("adults", "2"), ("children", "1")]);
    assert_eq!(today(&house, "visits"), Value::Whole(3));
    assert_eq!(today(&house, "visits_children"), Value::Whole(1));
    let retracts = field(&thanks, "retracts");
    let undo = format!("{path}/undo");
    let undone = follow(&phone, &undo, &[("retracts", &retracts)]);
    assert!(undone.text().contains(&path), "a way back");
    assert_eq!(
        today(&house, "visits"),
        Value::Whole(0),
        "taken back, and told"
    );
    follow(&phone, &undo, &[("retracts", &retracts)]);
    let late = field(&follow(&server.browser(), &path, &[]), "retracts");
    server.pass_minutes(16);
    phone.form(&undo, &[("retracts", &late)]).with_status(409);
    assert_eq!(today(&house, "visits"), Value::Whole(1));
}

#[test]
fn an_activitys_poster_counts_at_its_session() {
    let server = Server::start();
    let house = server.found("badhuis");
    let choir = activity(&house, "Seniorenkoor", false);
    let path = format!("/c/{}", code(&house, Target::Activity(choir), None));
    session(&house, choir, -30, 60);
    let phone = server.browser();
    assert!(phone.get(&path).text().contains("Seniorenkoor"));
    assert!(follow(&phone, &path, &[]).text().contains("Seniorenkoor"));
    assert_eq!(today(&house, "participations"), Value::Whole(1));
}

#[test]
fn a_door_offers_what_is_on_and_drop_in() {
    let server = Server::start();
    let house = server.found("badhuis");
    let path = format!("/c/{}", code(&house, Target::Door, None));
    let choir = activity(&house, "Seniorenkoor", false);
    let film = activity(&house, "Filmavond", false);
    let chosen = session(&house, choir, -30, 60);
    let page = server.browser().get(&path);
    assert!(page.text().contains(&format!("value=\"{chosen}\" checked")));
    session(&house, film, 30, 90);
    let page = server.browser().get(&path);
    assert!(
        page.text().contains("name=\"session\" value=\"\" checked"),
        "two to choose from"
    );
    let session = chosen.to_string();
    follow(&server.browser(), &path, &[("session", &session)]);
    follow(&server.browser(), &path, &[("session", "")]);
    assert_eq!(today(&house, "participations"), Value::Whole(1));
    assert_eq!(today(&house, "visits"), Value::Whole(2));
}

#[test]
fn nothing_tells_who_comes_to_a_sensitive_activity() {
    let server = Server::start();
    let house = server.found("badhuis");
    let group = activity(&house, "Inloop herstel", true);
    session(&house, group, -30, 60);
    let path = format!("/c/{}", code(&house, Target::Activity(group), None));
    let door = format!("/c/{}", code(&house, Target::Door, None));
    let phone = server.browser();
    follow(&phone, &door, &[("session", "")]);
    for _ in 0..2 {
        let answer = phone.form(&path, &[]);
        assert!(cookies(&answer, "meetellen_visitor").is_empty());
        next(&answer);
    }
    assert_eq!(
        today(&house, "participations"),
        Value::Whole(2),
        "nobody is told apart"
    );
    assert_eq!(today(&house, "unique_visitors"), Value::Whole(1));
}

#[test]
fn stickers_count_a_cup_and_note_a_gift() {
    let server = Server::start();
    let house = server.found("badhuis");
    let phone = server.browser();
    let coffee = format!("/c/{}", code(&house, Target::Coffee, None));
    let gift = format!("/c/{}", code(&house, Target::Gift, None));
    phone.get(&coffee).with_status(200);
    let noted = follow(&phone, &coffee, &[]);
    assert_eq!(today(&house, "coffee_cups"), Value::Whole(1));
    let retracts = field(&noted, "retracts");
    follow(
        &phone,
        &format!("{coffee}/undo"),
        &[("retracts", &retracts)],
    );
    assert_eq!(
        today(&house, "coffee_cups"),
        Value::Whole(0),
        "taken back, and told"
    );
    phone.get(&gift).with_status(200);
    follow(&phone, &gift, &[("what", "money"), ("amount", "€ 12,50")]);
    follow(&phone, &gift, &[("what", "goods"), ("category", "Schep")]);
    let live = crate::support::house::wait(server.node.open(house.id)).expect("it opens");
    assert_eq!(
        live.read().organisation.waiting().count(),
        2,
        "a volunteer looks at them"
    );
    for wrong in ["", "veel", "-5"] {
        phone
            .form(&gift, &[("what", "money"), ("amount", wrong)])
            .with_status(422);
    }
}

#[test]
fn a_code_that_leads_nowhere_is_a_kind_page() {
    let server = Server::start();
    let house = server.found("badhuis");
    let yesterday = "2026-10-06".parse().expect("a day");
    let old = code(&house, Target::Door, Some(yesterday));
    let phone = server.browser();
    let head = house.head();
    for (path, status, title) in [
        ("/c/0123456789".to_owned(), 404, "Deze code kennen we niet"),
        (
            format!("/c/{}", "0".repeat(26)),
            404,
            "Deze code kennen we niet",
        ),
        (format!("/c/{old}"), 409, "Deze code is verlopen"),
    ] {
        let page = phone.get(&path).with_status(status);
        assert!(page.text().contains(title), "{}", page.text());
        assert!(
            phone
                .form(&path, &[])
                .with_status(status)
                .text()
                .contains(title)
        );
    }
    assert_eq!(house.head(), head);
}

#[test]
fn a_strange_phone_at_the_bar_is_told_whom_to_ask() {
    let server = Server::start();
    let house = server.found("badhuis");
    let path = format!("/c/{}", code(&house, Target::Bar, None));
    let page = server.browser().get(&path).with_status(200);
    assert!(page.text().contains("We kennen dit toestel nog niet"));
    server.browser().form(&path, &[]).with_status(409);
}

#[test]
fn the_page_speaks_the_language_that_was_chosen() {
    let server = Server::start();
    let house = server.found("badhuis");
    let path = format!("/c/{}", code(&house, Target::Door, None));
    let phone = server.browser().with("accept-language", "pl,en;q=0.5");
    assert!(phone.get(&path).text().contains("<html lang=\"pl\""));
    let arabic = phone.get(&format!("{path}?lang=ar"));
    assert!(arabic.text().contains("<html lang=\"ar\" dir=\"rtl\""));
    assert!(
        phone.get(&path).text().contains("<html lang=\"ar\""),
        "it is kept"
    );
}

#[test]
fn a_form_of_another_site_counts_nobody() {
    let server = Server::start();
    let house = server.found("badhuis");
    let path = format!("/c/{}", code(&house, Target::Door, None));
    let head = house.head();
    let foreign = server.anyone().with("sec-fetch-site", "cross-site");
    foreign.form(&path, &[]).with_status(403);
    assert_eq!(house.head(), head);
    let answer = server.anyone().form(&path, &[]);
    next(&answer);
    assert!(
        cookies(&answer, "meetellen_visitor").is_empty(),
        "nobody can tell whose form it was"
    );
    assert_eq!(today(&house, "unique_visitors"), Value::Whole(0));
}

#[test]
fn the_cookie_goes_when_the_month_does() {
    let server = Server::start();
    let house = server.found("badhuis");
    let path = format!("/c/{}", code(&house, Target::Door, None));
    let answer = server.browser().form(&path, &[]);
    let cookie = cookies(&answer, "meetellen_visitor")[0];
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    let seconds = 24 * 86_400 + 14 * 3_600 + 3_600;
    let kept = format!("Max-Age={seconds}");
    assert!(cookie.contains(&kept), "until 1 November, 04:00: {cookie}");
}
