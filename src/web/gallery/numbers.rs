//! The month and the entries behind it.

use super::*;

pub(super) fn figure(t: Language, key: &str, value: Option<String>, basis: &str) -> month::Figure {
    month::Figure {
        key: key.to_owned(),
        last_month: value.clone(),
        last_year: None,
        value,
        definition: t.word("definition", key),
        basis: basis.to_owned(),
        shares: Vec::new(),
        evidence: Vec::new(),
        coverage: None,
        entries: Some("/entries".to_owned()),
    }
}

pub(super) fn month_page(t: Language) -> String {
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
            name: "counted".to_owned(),
            percent: 94,
        },
        month::Share {
            name: "head_count".to_owned(),
            percent: 6,
        },
    ];
    visits.evidence = vec![
        month::Share {
            name: "host".to_owned(),
            percent: 31,
        },
        month::Share {
            name: "poster".to_owned(),
            percent: 63,
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
        closed: Some(month::Closed {
            on: t.date(date(2026, 11, 2)),
            restated_on: Some(t.date(date(2026, 11, 9))),
            statement: format!("/statements/{}", id(7)),
        }),
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

pub(super) fn entries(t: Language) -> String {
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
