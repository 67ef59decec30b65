use super::{csv, document, leaving};
use crate::i18n::Language;
use crate::live::Live;
use meetellen_events::decider::Decider;
use meetellen_events::event::{Actor, ActorKind, Commit};
use meetellen_events::log::line::{Hash, Position};
use meetellen_events::organisation::{Authority, Command, Organisation, Request};
use meetellen_events::tally;
use meetellen_events::values::{
    Cups, EntryId, HeadCount, Locale, Name, OrganisationId, Period, Slug, Timestamp, Zone,
};
use meetellen_projections::warnings::{Kind, Parameter, Warning};
use std::str::FromStr;

/// What warnings fill in, beside the day.
const EVERY_NAME: [&str; 13] = [
    "number",
    "heads",
    "check_ins",
    "cups",
    "visits",
    "revenue",
    "activity",
    "since",
    "until",
    "room",
    "persons",
    "holds",
    "hours",
];

fn played(requests: Vec<Request>) -> Live {
    let mut live = Live::default();
    let mut rules = Organisation::default();
    let now: Timestamp = "2026-10-05T12:00:00Z".parse().expect("an instant");
    for request in requests {
        let authority = Authority::System;
        let facts = rules.decide(&Command { authority, request }, now);
        let commit = Commit {
            organisation: house(),
            first: Position(rules.position().0 + 1),
            recorded_at: now,
            actor: Actor {
                id: None,
                kind: ActorKind::System,
            },
            previous: Hash::ZERO,
            facts: facts.expect("the rules admit it"),
        };
        for recorded in commit.recorded() {
            rules.evolve(&recorded);
            live.apply(&recorded);
        }
    }
    live
}

fn house() -> OrganisationId {
    OrganisationId::new(uuid::Uuid::from_u128(7))
}

fn founding(name: &str) -> Request {
    Request::Found {
        organisation: house(),
        name: Name::new(name).expect("a name"),
        slug: Slug::new("huis").expect("a slug"),
        time_zone: "Europe/Amsterdam".to_owned(),
        locale: Locale::Nl,
        demo: false,
        at: "2026-10-05T11:00:00Z".parse().expect("an instant"),
    }
}

fn coffee(cups: i64) -> Request {
    Request::Tally(tally::Entry {
        id: EntryId::new(uuid::Uuid::from_u128(9)),
        occurred_at: "2026-10-05T11:30:00Z".parse().expect("an instant"),
        shifted_millis: 0,
        command: tally::Command::Coffee {
            cups: Cups::new(cups).expect("cups"),
            paid: None,
            pot: false,
            session: None,
        },
    })
}

#[test]
fn a_figure_goes_with_its_words_and_the_place_in_the_log() {
    let live = played(vec![founding("Het Huis"), coffee(44)]);
    let period: Period = "2026-10".parse().expect("a period");
    let written = document(&live, &period, Language::Dutch);
    let json = serde_json::to_value(&written).expect("it is JSON");
    let figures = json["figures"].as_array().expect("a list");
    let cups = figures.iter().find(|figure| figure["key"] == "coffee_cups");
    let cups = cups.expect("there is coffee");
    assert_eq!(
        (&cups["value"], &cups["unit"]),
        (&44.into(), &"cups".into())
    );
    assert_ne!(cups["label"], "coffee_cups");
    assert_ne!(cups["definition"]["text"], "coffee_cups");
    assert_eq!(json["by_day"].as_array().map(Vec::len), Some(31));
    assert_eq!(json["period"]["last_day"], "2026-10-31");
    assert_eq!(json["organisation"]["slug"], "huis");
}

fn heads(day: &str, adults: i64) -> Request {
    let number: u32 = day.bytes().map(u32::from).sum();
    Request::Tally(tally::Entry {
        id: EntryId::new(uuid::Uuid::from_u128(u128::from(number))),
        occurred_at: day.parse().expect("an instant"),
        shifted_millis: 0,
        command: tally::Command::CountHeads {
            session: None,
            heads: HeadCount::new(adults, 0, None).expect("heads"),
            basis: tally::CountBasis::Counted,
        },
    })
}

#[test]
fn what_leaves_tells_no_small_number_of_persons_and_says_what_it_withholds() {
    let live = played(vec![
        founding("Het Huis"),
        heads("2026-10-01T11:00:00Z", 12),
        heads("2026-10-02T11:00:00Z", 3),
        heads("2026-10-03T11:00:00Z", 20),
        coffee(90),
    ]);
    let period: Period = "2026-10".parse().expect("a period");
    let written = leaving(&live, &period, Language::English);
    let json = serde_json::to_value(&written).expect("it is JSON");
    let visits = |day: usize| json["by_day"][day]["visits"].clone();
    let hidden = |why: &str| serde_json::json!({ "value": null, "suppressed": why });
    assert_eq!(
        [visits(0), visits(1), visits(2)],
        [hidden("withheld"), hidden("<5"), 20.into()]
    );
    let figures = json["figures"].as_array().expect("a list");
    let least = figures
        .iter()
        .find(|figure| figure["key"] == "visits_per_open_day_min")
        .expect("it is told");
    assert_eq!(
        (&least["value"], &least["suppressed"]),
        (&serde_json::Value::Null, &"<5".into())
    );
    assert_eq!(json["warnings"], serde_json::json!([]));
    let table = String::from_utf8(csv(&written).expect("it is written")).expect("UTF-8");
    assert!(table.contains("by_day,2026-10-02,visits,,<5,"));
    assert!(table.contains("by_day,2026-10-01,visits,,withheld,"));
}

#[test]
fn every_figure_has_its_words_in_both_languages() {
    let live = played(vec![founding("Het Huis")]);
    let period: Period = "2026-10".parse().expect("a period");
    let mut wordless = Vec::new();
    for language in Language::TEAM {
        for figure in document(&live, &period, language).figures {
            if figure.label == figure.key || figure.definition.text == figure.key {
                wordless.push((language, figure.key));
            }
        }
    }
    assert_eq!(wordless, []);
}

#[test]
fn the_table_has_a_row_for_each_value_and_runs_no_formula() {
    let live = played(vec![founding("Het Huis"), coffee(44)]);
    let period: Period = "2026-10-05".parse().expect("a period");
    let mut written = document(&live, &period, Language::English);
    written.grants.push(super::document::Grant {
        funder: "=1+1".to_owned(),
        purpose: "garden".to_owned(),
        amount_cents: 5,
    });
    let table = csv(&written).expect("it is written");
    let mut reader = ::csv::Reader::from_reader(&table[3..]);
    let rows: Vec<::csv::StringRecord> =
        reader.records().map(|row| row.expect("it reads")).collect();
    let value = |section: &str, key: &str| {
        let row = rows.iter().find(|row| &row[0] == section && &row[2] == key);
        row.map(|row| (row[1].to_owned(), row[4].to_owned()))
    };
    let cups = value("figures", "coffee_cups").map(|(_, cups)| cups);
    assert_eq!(cups.as_deref(), Some("44"));
    let day = Some(("2026-10-05".to_owned(), "44".to_owned()));
    assert_eq!(value("by_day", "coffee_cups"), day);
    let grant = Some(("'=1+1 · garden".to_owned(), "5".to_owned()));
    assert_eq!(value("grants", "amount_cents"), grant);
    let cups = rows.iter().find(|row| &row[2] == "coffee_cups");
    let cups = cups.expect("a row of cups");
    assert_eq!(
        [&cups[12], &cups[13], &cups[14]],
        [
            "counted 1.00",
            "day_code 0.00 host 1.00 live_code 0.00 poster 0.00",
            "yes"
        ]
    );
    let kept: Vec<&str> = rows.iter().map(|row| &row[14]).collect();
    assert!(kept.contains(&"no"), "means and persons don't add up");
}

#[test]
fn a_warning_of_each_kind_is_told_in_words() {
    let found_day = Period::from_str("2026-10-05").expect("a day").first_day();
    for language in Language::TEAM {
        for kind in Kind::ALL {
            let found = Warning {
                kind,
                day: found_day,
                session: None,
                parameters: EVERY_NAME
                    .into_iter()
                    .chain(["shift"])
                    .map(|name| (name, Parameter::Number(7)))
                    .collect(),
                entries: Vec::new(),
            };
            let said = super::warning::warning(found, &Zone::default(), language);
            let day = language.day(found_day.date());
            assert!(said.text.starts_with(&day), "{language:?}: {}", said.text);
        }
    }
}
