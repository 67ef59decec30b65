//! Every page with lifelike data, drawn into `target/pages` to be looked at, and held to what all pages promise.

mod house;
mod months;
mod numbers;
mod till;
mod visitors;

use house::*;
use months::*;
use numbers::*;
use till::*;
use visitors::*;

use super::view::{
    Choice, Notice, Page, Tone, bar, coordinator, month, people, statement, visitor,
};
use super::{STYLESHEET, chart, tally};
use crate::i18n::Language;
use askama::Template;
use jiff::civil::{Date, date, time};
use std::path::Path;

const CODE: &str = "0G4T8WZ2M5Q7R9V1X3C6B0N4KA";

fn id(number: u8) -> String {
    format!("0198c5a0-7e1b-7c3d-9a2f-0000000000{number:02x}")
}

fn today() -> Date {
    date(2026, 11, 6)
}

fn page(languages: &[Language]) -> Page {
    Page {
        organisation: "Het Badhuis".to_owned(),
        today: Some(today()),
        demo: false,
        stylesheet: "meetellen.css".to_owned(),
        query: String::new(),
        languages: languages.to_vec(),
        notice: None,
    }
}

fn qr() -> String {
    let address = format!("http://192.168.1.20:8080/c/{CODE}");
    super::qr::Code::of(&address)
        .expect("the address fits a QR code")
        .svg("QR")
}

fn team(t: Language) -> Vec<(&'static str, String)> {
    let mut pages = doors(t);
    pages.extend(cards(t));
    pages.extend(mending(t));
    pages.extend([
        ("bar", bar(t)),
        ("revenue", revenue(t)),
        ("today", today_page(t)),
        ("programme", programme(t)),
        ("activity", one_activity(t)),
        ("people", people(t)),
        ("person", one_person(t)),
        ("person-data", person_data(t, false)),
        ("person-data-erased", person_data(t, true)),
        ("devices", devices(t)),
        ("settings", settings(t)),
        ("standing", standing(t)),
        ("month", month_page(t)),
        ("month-close", month_close(t)),
        ("statement", one_statement(t)),
        ("statements", statements(t)),
        ("entries", entries(t)),
    ]);
    pages
}

fn all() -> Vec<(String, Language, String)> {
    let visitors = Language::VISITOR
        .into_iter()
        .flat_map(|t| visitors(t).into_iter().map(move |page| (t, page)));
    let team = Language::TEAM
        .into_iter()
        .flat_map(|t| team(t).into_iter().map(move |page| (t, page)));
    visitors
        .chain(team)
        .map(|(t, (name, html))| (format!("{name}.{}", t.tag()), t, html))
        .collect()
}

#[test]
fn every_page_is_drawn_and_keeps_the_promises_of_all_pages() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pages");
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    std::fs::write(folder.join("meetellen.css"), STYLESHEET).expect("writable");
    for (name, t, html) in all() {
        let opening = format!("<html lang=\"{}\" dir=\"{}\">", t.tag(), t.direction());
        assert!(html.contains(&opening), "{name} says its language");
        assert_eq!(
            html.matches("<h1").count(),
            1,
            "{name} has one heading of the first level"
        );
        let foreign = html.replace("http://www.w3.org/2000/svg", "");
        assert!(
            !foreign.contains("src=\"http") && !foreign.contains("href=\"http"),
            "{name} asks nobody else"
        );
        assert!(
            !html.contains("<script") && !html.contains(" style="),
            "{name} obeys a strict policy"
        );
        assert!(
            !html.contains("method=\"get\""),
            "{name} records by POST alone"
        );
        std::fs::write(folder.join(format!("{name}.html")), &html).expect("writable");
    }
}

#[test]
fn what_people_type_is_escaped() {
    let mut page = page(&Language::VISITOR);
    page.organisation = "<b>Huis & Co</b>".to_owned();
    let html = visitor::Undone {
        t: Language::Dutch,
        page,
        code: CODE.to_owned(),
        visit: true,
    }
    .render()
    .expect("a page renders");
    assert!(!html.contains("<b>Huis"), "markup in a name stays text");
    assert!(html.contains("Huis &#38; Co"), "and is still shown");
}

/// The relative luminance of `#rgb` or `#rrggbb`, as WCAG defines it.
fn luminance(colour: &str) -> f64 {
    let digits = colour.trim_start_matches('#');
    let wide: String = if digits.len() == 3 {
        digits.chars().flat_map(|digit| [digit, digit]).collect()
    } else {
        digits.to_owned()
    };
    let channel = |at: usize| {
        let byte = u8::from_str_radix(&wide[at..at + 2], 16).expect("two hexadecimal digits");
        let part = f64::from(byte) / 255.0;
        if part <= 0.040_45 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
}

fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn text_stands_out_seven_to_one_in_light_in_dark_and_on_paper() {
    let schemes: Vec<&str> = STYLESHEET.split(":root {").skip(1).collect();
    assert_eq!(schemes.len(), 3, "light, dark, print");
    for scheme in schemes {
        let body = scheme.split('}').next().expect("a block ends");
        let colour = |name: &str| {
            let value = body.split(&format!("--{name}: ")).nth(1)?;
            value.split(';').next()
        };
        for text in ["ink", "muted", "accent", "counted", "waiting", "problem"] {
            for ground in ["paper", "card", "wash"] {
                let (Some(text), Some(ground)) = (colour(text), colour(ground)) else {
                    continue;
                };
                let ratio = contrast(text, ground);
                // Only ink stands on the wash.
                let washed = Some(ground) == colour("wash") && Some(text) != colour("ink");
                assert!(ratio >= 7.0 || washed, "{text} on {ground} is {ratio:.1}");
            }
        }
        if let (Some(text), Some(ground)) = (colour("on-accent"), colour("accent")) {
            assert!(contrast(text, ground) >= 7.0, "{text} on {ground}");
        }
    }
}

#[test]
fn the_check_in_page_is_small_enough_for_one_round_trip() {
    // Unpacked, page and stylesheet together; packed they are about a quarter of it.
    const BYTES_MAX: usize = 20_000;
    for t in Language::VISITOR {
        let bytes = check_in(t, true).len() + STYLESHEET.len();
        assert!(bytes < BYTES_MAX, "{} is {bytes} bytes", t.tag());
    }
}
