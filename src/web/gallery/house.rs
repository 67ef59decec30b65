//! The coordinator's pages.

use super::*;

pub(super) fn tasks() -> Vec<coordinator::Task> {
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

pub(super) fn today_page(t: Language) -> String {
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

pub(super) fn activity(number: u8, name: &str, sensitive: bool) -> coordinator::Activity {
    coordinator::Activity {
        id: id(number),
        name: name.to_owned(),
        organised_by: "residents".to_owned(),
        sensitive,
    }
}

pub(super) fn programme(t: Language) -> String {
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

pub(super) fn one_activity(t: Language) -> String {
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

pub(super) fn mending(t: Language) -> Vec<(&'static str, String)> {
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

pub(super) fn one_person(t: Language) -> String {
    people::OnePerson {
        t,
        page: page(&Language::TEAM),
        person: somebody(1, Some("Ans"), true),
        today: today(),
    }
    .render()
    .expect("a page renders")
}

pub(super) fn somebody(number: u8, name: Option<&str>, volunteer: bool) -> people::Person {
    people::Person {
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

pub(super) fn person_data(t: Language, erased: bool) -> String {
    let line = |what: &str, position, details: &[(&str, &str)]| people::DataLine {
        what: what.to_owned(),
        details: details
            .iter()
            .map(|(field, text)| ((*field).to_owned(), (*text).to_owned()))
            .collect(),
        day: date(2026, 10, 7),
        at: time(14, 5, 0, 0),
        by: "Tablet bar".to_owned(),
        position,
    };
    let name = [(t.say("data-field-name"), t.say("data-unreadable"))];
    let name = name.each_ref().map(|(field, text)| (&**field, &**text));
    people::PersonData {
        t,
        page: page(&Language::TEAM),
        person: somebody(2, (!erased).then_some("Willemien van der Heijden"), true),
        name: if erased {
            t.with("person-unnamed", "number", 2_u64)
        } else {
            "Willemien van der Heijden".to_owned()
        },
        number: 2,
        erased,
        lines: vec![
            line(&t.word("data", "person_registered"), 12, &name),
            line("Begin dienst: bar", 1_204, &[]),
            line(
                "Gift: € 25,00",
                2_741,
                &[("Waarvoor", "De nieuwe koffiemachine in de grote zaal")],
            ),
        ],
        devices: vec![people::DataDevice {
            name: t.say("data-by-device"),
            since: date(2026, 9, 1),
            last: date(2026, 11, 5),
            entries: 31,
            revoked: erased,
        }],
    }
    .render()
    .expect("a page renders")
}

pub(super) fn people(t: Language) -> String {
    people::People {
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

pub(super) fn cards(t: Language) -> Vec<(&'static str, String)> {
    let page = page(&Language::TEAM);
    let erase = people::Erase {
        t,
        page: page.clone(),
        person: id(1),
        name: "Willemien van der Heijden".to_owned(),
    };
    let card = people::Card {
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

pub(super) fn devices(t: Language) -> String {
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

pub(super) fn settings(t: Language) -> String {
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

pub(super) fn standing(t: Language) -> String {
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
