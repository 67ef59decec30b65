//! Every page with lifelike data, drawn into `target/pages` to be looked at, and held to what all pages promise.

use super::view::{Choice, Notice, Page, Tone, bar, coordinator, month, visitor};
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

fn check_in(t: Language, door: bool) -> String {
    visitor::CheckIn {
        t,
        page: page(&Language::VISITOR),
        code: CODE.to_owned(),
        entry: id(1),
        activity: (!door).then(|| "Vrijdagborrel".to_owned()),
        sessions: if door { offered() } else { Vec::new() },
        drop_in_chosen: false,
        outside_hours: false,
        anonymous: false,
        party_open: door,
    }
    .render()
    .expect("a page renders")
}

fn offered() -> Vec<visitor::Offered> {
    [
        ("Koffieochtend", 9, 12, true),
        ("Beeldhouwgroep", 10, 13, false),
    ]
    .map(
        |(name, from, to, chosen): (&str, i8, i8, bool)| visitor::Offered {
            id: id(from.unsigned_abs()),
            name: name.to_owned(),
            from: time(from, 30, 0, 0),
            to: time(to, 0, 0, 0),
            chosen,
        },
    )
    .to_vec()
}

fn thanks(t: Language, state: visitor::Counted, visits: u64) -> String {
    visitor::Thanks {
        t,
        page: page(&Language::VISITOR),
        code: CODE.to_owned(),
        entry: id(1),
        retracts: id(2),
        state,
        strokes: tally::groups(visits),
        activity: Some("Vrijdagborrel".to_owned()),
        party: 3,
    }
    .render()
    .expect("a page renders")
}

fn problem(t: Language, slug: &str) -> String {
    visitor::Problem {
        t,
        page: page(&Language::VISITOR),
        title: t.say(format!("problem-{slug}-title")),
        happened: t.say(format!("problem-{slug}-happened")),
        kept: t.say("problem-kept-nothing-lost"),
        now: t.say(format!("problem-{slug}-now")),
        back: Some(format!("/c/{CODE}")),
        instance: Some("0198c5a0".to_owned()),
    }
    .render()
    .expect("a page renders")
}

fn visitors(t: Language) -> Vec<(&'static str, String)> {
    let page = page(&Language::VISITOR);
    let code = CODE.to_owned();
    let undone = visitor::Undone {
        t,
        page: page.clone(),
        code: code.clone(),
        visit: true,
    };
    let noted = visitor::Noted {
        t,
        page: page.clone(),
        code: code.clone(),
        entry: id(1),
        retracts: id(2),
        title: t.say("sticker-thanks"),
        text: t.with("sticker-today", "count", 44_u64),
    };
    let coffee = visitor::CoffeeCode {
        t,
        page: page.clone(),
        code: code.clone(),
        entry: id(1),
        cups: 44,
    };
    let gift = visitor::Gift {
        t,
        page,
        code,
        money_entry: id(1),
        goods_entry: id(2),
    };
    vec![
        ("check-in", check_in(t, false)),
        ("check-in-door", check_in(t, true)),
        ("thanks", thanks(t, visitor::Counted::Yes(12), 12)),
        ("thanks-many", thanks(t, visitor::Counted::Yes(487), 487)),
        (
            "thanks-already",
            thanks(t, visitor::Counted::Already(23), 23),
        ),
        ("thanks-waiting", thanks(t, visitor::Counted::Waiting, 0)),
        ("noted", noted.render().expect("a page renders")),
        ("undone", undone.render().expect("a page renders")),
        ("coffee-code", coffee.render().expect("a page renders")),
        ("gift", gift.render().expect("a page renders")),
        ("problem", problem(t, "busy")),
    ]
}

fn doors(t: Language) -> Vec<(&'static str, String)> {
    let page = page(&Language::TEAM);
    let stranger = visitor::Stranger {
        t,
        page: page.clone(),
        askable: "Ans of Joop".to_owned(),
    };
    let enrol = visitor::Enrol {
        t,
        page: page.clone(),
        code: CODE.to_owned(),
        role: "bar".to_owned(),
        name: Some("Tablet bar".to_owned()),
    };
    let setup = visitor::Setup {
        t,
        page: Page {
            organisation: "Meetellen".to_owned(),
            today: None,
            ..page.clone()
        },
        code: CODE.to_owned(),
        mistake: None,
        name: String::new(),
        slug: String::new(),
        time_zone: "Europe/Amsterdam".to_owned(),
        zones: vec!["Europe/Amsterdam".to_owned(), "Europe/Brussels".to_owned()],
    };
    vec![
        ("stranger", stranger.render().expect("a page renders")),
        ("enrol", enrol.render().expect("a page renders")),
        ("setup", setup.render().expect("a page renders")),
        (
            "setup-done",
            visitor::SetupDone { t, page }
                .render()
                .expect("a page renders"),
        ),
    ]
}

fn bar(t: Language) -> String {
    let tile = |number, today| bar::Tile {
        entry: id(number),
        today,
    };
    let choice = |(number, name): (u8, &str)| Choice {
        id: id(number),
        name: name.to_owned(),
    };
    let last = |number, text: &str, minute, retracted| bar::LastEntry {
        id: id(number),
        undo: id(number + 100),
        text: text.to_owned(),
        at: time(10, minute, 0, 0),
        retracted,
    };
    let coffee = t.say("coffee");
    bar::Bar {
        t,
        page: page(&Language::TEAM),
        coordinator: true,
        undoable: Some(last(1, &format!("{coffee}, 1"), 42, false)),
        forgotten: "Joop, Mo".to_owned(),
        coffee: tile(2, 44),
        pot: Some(8),
        adult: tile(3, 31),
        child: tile(4, 6),
        on_now: vec![bar::SessionTile {
            id: id(27),
            name: "Seniorenkoor".to_owned(),
            entry: id(28),
            today: 12,
        }],
        counters: vec![bar::Counter {
            id: id(5),
            name: "Spullen binnen".to_owned(),
            entry: id(6),
            today: 1_204,
        }],
        shifts: vec![bar::RunningShift {
            id: id(7),
            entry: id(8),
            name: "Ans".to_owned(),
            kind: "bar".to_owned(),
            since: time(9, 0, 0, 0),
        }],
        shift_kinds: vec!["bar", "kitchen", "host"],
        volunteers: [(9, "Mo"), (10, "Joop"), (11, "Willemien van der Heijden")]
            .map(choice)
            .to_vec(),
        waiting: vec![id(20)],
        confirm_entry: id(21),
        door: Some(t.say("opening-opened")),
        opening_entry: id(22),
        sessions: [(12, "Vrijdagborrel")].map(choice).to_vec(),
        last: vec![
            last(1, &format!("{coffee}, 1"), 42, false),
            last(13, &format!("{coffee}, 5"), 40, true),
            last(14, &t.say("one-visitor"), 31, false),
        ],
        others: vec![choice((24, "Ans de Boer"))],
        shift_entry: id(15),
        others_entry: id(25),
        badge_entry: id(26),
        revenue_entry: id(16),
        money_entry: id(17),
        goods_entry: id(18),
        contribution_entry: id(23),
        head_count_entry: id(19),
    }
    .render()
    .expect("a page renders")
}

fn revenue(t: Language) -> String {
    bar::Revenue {
        t,
        page: page(&Language::TEAM),
        entry: id(1),
        till: "bar".to_owned(),
        cents: 6_250,
        day: today(),
        expected_cents: Some(6_400),
        difference_cents: -150,
    }
    .render()
    .expect("a page renders")
}

fn tasks() -> Vec<coordinator::Task> {
    vec![
        coordinator::Task {
            text: "woensdag 4 november: de dienst (bar) die om 09:00 begon, heeft geen einde."
                .to_owned(),
            href: "/entries?type=shift_start".to_owned(),
        },
        coordinator::Task {
            text: "dinsdag 3 november: Filmavond is niet geteld, bevestigd of afgezegd.".to_owned(),
            href: "/programme".to_owned(),
        },
    ]
}

fn today_page(t: Language) -> String {
    let session = |name: &str, from, to, cancelled, participations| coordinator::TodaySession {
        name: name.to_owned(),
        from: time(from, 0, 0, 0),
        to: time(to, 0, 0, 0),
        cancelled,
        participations,
    };
    coordinator::Today {
        t,
        page: Page {
            demo: true,
            notice: Some(Notice {
                tone: Tone::Counted,
                text: "Vastgelegd.".to_owned(),
            }),
            ..page(&Language::TEAM)
        },
        visits: 31,
        cups: 44,
        on_duty: 2,
        strokes: tally::groups(31),
        sessions: vec![
            session("Koffieochtend", 9, 12, false, 18),
            session("Rockkoor", 20, 22, true, 0),
        ],
        mend: tasks(),
        more: 3,
        month: "2026-11".to_owned(),
        opening_entry: id(1),
    }
    .render()
    .expect("a page renders")
}

fn activity(number: u8, name: &str, sensitive: bool) -> coordinator::Activity {
    coordinator::Activity {
        id: id(number),
        name: name.to_owned(),
        organised_by: "residents".to_owned(),
        sensitive,
    }
}

fn programme(t: Language) -> String {
    let session = |number, name: &str, day, cancelled, held| coordinator::PlannedSession {
        id: id(number),
        name: name.to_owned(),
        day: date(2026, 11, day),
        from: time(19, 30, 0, 0),
        to: time(22, 0, 0, 0),
        room: Some("Grote zaal".to_owned()),
        cancelled,
        held,
        over: day < 6,
    };
    coordinator::Programme {
        t,
        page: page(&Language::TEAM),
        sessions: vec![
            session(1, "Filmavond", 3, false, false),
            session(2, "Seniorenkoor", 4, false, true),
            session(3, "Rockkoor", 5, true, false),
            session(4, "Vrijdagborrel", 6, false, false),
        ],
        from: date(2026, 11, 3),
        to: date(2026, 11, 9),
        earlier: "2026-10-27".to_owned(),
        later: "2026-11-10".to_owned(),
        activities: vec![
            activity(5, "Vrijdagborrel", false),
            activity(6, "Inloop herstel", true),
        ],
        rooms: vec![Choice {
            id: id(7),
            name: "Grote zaal".to_owned(),
        }],
        organisers: vec!["residents", "volunteers", "partner", "staff"],
        first_day: today(),
    }
    .render()
    .expect("a page renders")
}

fn one_activity(t: Language) -> String {
    coordinator::OneActivity {
        t,
        page: page(&Language::TEAM),
        activity: activity(1, "Vrijdagborrel", false),
        category: String::new(),
        room: id(7),
        capacity: "40".to_owned(),
        rooms: vec![Choice {
            id: id(7),
            name: "Grote zaal".to_owned(),
        }],
        kinds: vec!["residents", "volunteers", "partner", "staff"],
        organisers: vec![coordinator::Organiser {
            id: id(2),
            name: "Ans".to_owned(),
            chosen: true,
        }],
        organisers_chosen: true,
        today: today(),
    }
    .render()
    .expect("a page renders")
}

fn mending(t: Language) -> Vec<(&'static str, String)> {
    let page = page(&Language::TEAM);
    let shift = coordinator::MendShift {
        t,
        page: page.clone(),
        shift: id(1),
        entry: id(2),
        retraction: id(3),
        name: "Joop".to_owned(),
        kind: "bar".to_owned(),
        day: date(2026, 11, 4),
        since: time(9, 0, 0, 0),
        end: None,
        from: "2026-11-04T09:00".to_owned(),
        suggested: "2026-11-04T09:00".to_owned(),
    };
    let day = coordinator::MendDay {
        t,
        page: page.clone(),
        day: date(2026, 11, 4),
        address: "2026-11-04".to_owned(),
        entry: id(1),
        opening_entry: id(2),
    };
    let session = coordinator::MendSession {
        t,
        page,
        session: id(1),
        entry: id(2),
        name: "Filmavond".to_owned(),
        day: date(2026, 11, 3),
        from: time(19, 30, 0, 0),
        to: time(22, 0, 0, 0),
        begun: true,
    };
    vec![
        ("mend-shift", shift.render().expect("a page renders")),
        ("mend-day", day.render().expect("a page renders")),
        ("mend-session", session.render().expect("a page renders")),
    ]
}

fn one_person(t: Language) -> String {
    coordinator::OnePerson {
        t,
        page: page(&Language::TEAM),
        person: somebody(1, Some("Ans"), true),
        today: today(),
    }
    .render()
    .expect("a page renders")
}

fn somebody(number: u8, name: Option<&str>, volunteer: bool) -> coordinator::Person {
    coordinator::Person {
        id: id(number),
        number: u64::from(number),
        name: name.map(str::to_owned),
        contact: String::new(),
        volunteer,
        age: String::new(),
        instructed: false,
        since: volunteer.then(|| date(2025, 3, 1)),
        neighbour: true,
    }
}

fn people(t: Language) -> String {
    coordinator::People {
        t,
        page: page(&Language::TEAM),
        people: vec![
            somebody(1, Some("Ans"), true),
            somebody(2, Some("Willemien van der Heijden"), true),
            somebody(3, None, false),
        ],
        today: today(),
    }
    .render()
    .expect("a page renders")
}

fn cards(t: Language) -> Vec<(&'static str, String)> {
    let page = page(&Language::TEAM);
    let erase = coordinator::Erase {
        t,
        page: page.clone(),
        person: id(1),
        name: "Willemien van der Heijden".to_owned(),
    };
    let card = coordinator::Card {
        t,
        page: page.clone(),
        qr: qr(),
        short_code: "7K3M-9QXZ".to_owned(),
    };
    let poster = coordinator::PosterSheet {
        t,
        page: page.clone(),
        code: CODE.to_owned(),
        name: "Vrijdagborrel".to_owned(),
        qr: qr(),
        address: "badhuis.example/c/0G4T8WZ2M5Q7R9V1X3C6B0N4KA".to_owned(),
        call_in: Language::TEAM.to_vec(),
        choices: Language::VISITOR
            .map(|language| coordinator::PosterLanguage {
                language,
                chosen: Language::TEAM.contains(&language),
                href: "?in=nl".to_owned(),
            })
            .to_vec(),
    };
    let sheet = coordinator::TallySheet {
        t,
        page: page.clone(),
        rows: vec![t.say("check-in-adults-all"), t.say("check-in-children")],
    };
    let posters = coordinator::Posters {
        t,
        page,
        posters: vec![coordinator::Poster {
            code: CODE.to_owned(),
            name: "Vrijdagborrel".to_owned(),
            address: "badhuis.example/c/0G4T8WZ2M5Q7R9V1X3C6B0N4KA".to_owned(),
            day: Some(today()),
        }],
        activities: vec![Choice {
            id: id(2),
            name: "Seniorenkoor".to_owned(),
        }],
    };
    vec![
        ("erase", erase.render().expect("a page renders")),
        ("card", card.render().expect("a page renders")),
        ("poster", poster.render().expect("a page renders")),
        ("tally-sheet", sheet.render().expect("a page renders")),
        ("posters", posters.render().expect("a page renders")),
    ]
}

fn devices(t: Language) -> String {
    let device = |number, name: &str, role: &str, own: bool| coordinator::Device {
        id: id(number),
        name: name.to_owned(),
        role: role.to_owned(),
        seen: own.then(today),
        program: false,
        own,
    };
    coordinator::Devices {
        t,
        page: page(&Language::TEAM),
        invitation: Some(coordinator::Invitation {
            qr: qr(),
            address: format!("badhuis.example/enrol/{CODE}"),
            until: time(10, 57, 0, 0),
        }),
        devices: vec![
            device(1, "Telefoon van Ans", "coordinator", true),
            device(2, "Tablet bar", "bar", false),
        ],
        roles: vec!["bar", "volunteer", "coordinator", "viewer"],
    }
    .render()
    .expect("a page renders")
}

fn settings(t: Language) -> String {
    let hours = (1..=7).map(|weekday| {
        let (from, to) = if weekday < 6 {
            ("09:00", "12:30")
        } else {
            ("", "")
        };
        coordinator::WeekdayHours {
            weekday,
            from: from.to_owned(),
            to: to.to_owned(),
            from_again: String::new(),
            to_again: String::new(),
        }
    });
    coordinator::Settings {
        t,
        page: page(&Language::TEAM),
        name: "Het Badhuis".to_owned(),
        hours: hours.collect(),
        closed_days: vec![date(2026, 12, 25)],
        rooms: vec![coordinator::Room {
            id: id(1),
            name: "Grote zaal".to_owned(),
            capacity: Some(80),
        }],
        hourly_rate: t.decimal("18.50"),
        hourly_rate_source: "CBS, 2025".to_owned(),
        cups_per_pot: "8".to_owned(),
        canteen_limit: String::new(),
        canteen_limit_source: String::new(),
        inhabitants: t.number(4_830),
        inhabitants_source: "CBS, 2025".to_owned(),
        today: today(),
    }
    .render()
    .expect("a page renders")
}

fn standing(t: Language) -> String {
    let fact = |number, name: &str| coordinator::Fact {
        id: id(number),
        name: name.to_owned(),
        since: date(2025, 3, 1),
        entry: id(number + 50),
    };
    let kind = |kind, facts| coordinator::FactKind { kind, facts };
    coordinator::Standing {
        t,
        page: page(&Language::TEAM),
        kinds: vec![
            kind("tenant", vec![fact(1, "Fysio de Buurt")]),
            kind("partner", Vec::new()),
            kind("counter", vec![fact(2, "Spullen binnen")]),
            kind("indicator", vec![fact(3, "Volgers")]),
        ],
        grants: vec![coordinator::Grant {
            id: id(4),
            funder: "Gemeente".to_owned(),
            purpose: "Het park naast het huis".to_owned(),
            cents: 30_000_000,
            since: date(2026, 1, 1),
        }],
        today: today(),
    }
    .render()
    .expect("a page renders")
}

fn figure(t: Language, key: &str, value: Option<String>, basis: &str) -> month::Figure {
    month::Figure {
        key: key.to_owned(),
        last_month: value.clone(),
        last_year: None,
        value,
        definition: t.word("definition", key),
        basis: basis.to_owned(),
        shares: Vec::new(),
        coverage: None,
        entries: Some("/entries".to_owned()),
    }
}

fn month_page(t: Language) -> String {
    let days: Vec<(Date, bool, Option<u64>)> = (1..=31)
        .map(|day| {
            let day = date(2026, 10, day);
            let open = day.weekday().to_monday_one_offset() < 6;
            let visits = u64::from(day.day().unsigned_abs()) * 7 % 23 + 25;
            (day, open, open.then_some(visits))
        })
        .collect();
    let mut visits = figure(t, "visits", Some(t.number(912)), "mixed");
    visits.shares = vec![
        month::Share {
            basis: "counted".to_owned(),
            percent: 94,
        },
        month::Share {
            basis: "head_count".to_owned(),
            percent: 6,
        },
    ];
    month::Month {
        t,
        page: page(&Language::TEAM),
        month: date(2026, 10, 1),
        address: "2026-10".to_owned(),
        previous: "2026-09".to_owned(),
        next: Some("2026-11".to_owned()),
        running: false,
        figures: vec![
            visits,
            figure(t, "participations", Some(t.number(600)), "counted"),
            figure(t, "bar_revenue", Some(t.money(182_500)), "entered"),
            figure(
                t,
                "coffee_cups_per_bar_volunteer",
                Some(t.number(160)),
                "counted",
            ),
            figure(t, "bar_shifts", Some(t.number(42)), "counted"),
            figure(t, "replacement_value", None, "unknown"),
        ],
        mend: tasks(),
        bars: chart::bars(&days),
        chart_text: "31 dagen, de drukste had 47 bezoeken.".to_owned(),
        activities: vec![month::ActivityRow {
            name: "Vrijdagborrel".to_owned(),
            sessions: 5,
            participations: Some("175".to_owned()),
            average: Some(t.decimal("35.0")),
        }],
        more: vec![figure(t, "grants", Some(t.money(0)), "entered")],
        unknown: t.word("figure", "reach"),
        tables: vec![month::Table {
            title: t.say("figure-shifts"),
            columns: vec![
                month::Column {
                    name: t.say("shift-kind"),
                    number: false,
                },
                month::Column {
                    name: t.say("figure-shifts"),
                    number: true,
                },
            ],
            rows: vec![vec![t.word("shift-kind", "bar"), t.number(42)]],
        }],
        position: t.number(2_741),
        hash: "9f3c81ab".to_owned(),
    }
    .render()
    .expect("a page renders")
}

fn entries(t: Language) -> String {
    let entry = |number: u8, kind: &str, detail: &str, states: &[month::State]| month::Entry {
        id: id(number),
        kind: kind.to_owned(),
        detail: detail.to_owned(),
        day: date(2026, 10, 30),
        at: time(17, number.cast_signed(), 0, 0),
        position: u64::from(number) + 2_700,
        states: states.to_vec(),
        retract: (!states.contains(&month::State::Retracted)).then(|| id(number + 50)),
    };
    month::Entries {
        t,
        page: page(&Language::TEAM),
        title: format!(
            "{}, {}",
            t.word("figure", "visits"),
            t.month(date(2026, 10, 1))
        ),
        entries: vec![
            entry(1, "check_in", "Vrijdagborrel, 2", &[month::State::Counted]),
            entry(
                2,
                "check_in",
                "Vrijdagborrel, 1",
                &[month::State::Retracted],
            ),
            entry(
                3,
                "check_in",
                "Inloop, 1",
                &[month::State::Counted, month::State::Late],
            ),
            entry(4, "check_in", "Inloop, 1", &[month::State::Waiting]),
        ],
        waiting: 1,
        confirm_entry: id(90),
        next: Some("/entries?after=2704".to_owned()),
    }
    .render()
    .expect("a page renders")
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
        ("devices", devices(t)),
        ("settings", settings(t)),
        ("standing", standing(t)),
        ("month", month_page(t)),
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
