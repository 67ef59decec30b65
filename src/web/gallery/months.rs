//! Closing a month, and its statement.

use super::*;

pub(super) fn month_close(t: Language) -> String {
    statement::Close {
        t,
        page: page(&Language::TEAM),
        month: date(2026, 10, 1),
        address: "2026-10".to_owned(),
        missing: 2,
        waiting: 1,
    }
    .render()
    .expect("a page renders")
}

pub(super) fn one_statement(t: Language) -> String {
    let change = |key: &str, old: String, new: String| statement::Change {
        what: t.word("figure", key),
        old,
        new,
    };
    let cause = |day: i8, position: i64| statement::Cause {
        kind: "check_in".to_owned(),
        day: date(2026, 10, day),
        position: t.number(position),
    };
    let count = t.with_two(
        "arrival-count",
        "count",
        5u64,
        "what",
        t.word("entry", "check_in"),
    );
    let what = format!("{count} {}", t.with("arrival-devices", "count", 1u64));
    let when = t.date(date(2026, 11, 9));
    statement::Statement {
        t,
        page: page(&Language::TEAM),
        coordinator: true,
        month: date(2026, 10, 1),
        address: "2026-10".to_owned(),
        id: id(7),
        given_at: format!("{when}, 09:01"),
        newer: None,
        restated: Some(statement::Restated {
            before: format!("/statements/{}", id(6)),
            before_at: format!("{}, 10:14", t.date(date(2026, 11, 2))),
            changes: vec![
                change("visits", t.number(598), t.number(603)),
                change("visits_per_open_day", t.decimal("29.9"), t.decimal("30.2")),
            ],
            arrivals: vec![t.with_two("arrival-line", "what", what, "when", when)],
            causes: vec![cause(16, 2_790), cause(16, 2_791), cause(17, 2_792)],
            withheld: false,
        }),
        figures: vec![
            figure(t, "visits", Some(t.number(603)), "counted"),
            figure(t, "unique_visitors", Some("<5".to_owned()), "counted"),
            figure(t, "bar_revenue", Some(t.money(182_500)), "entered"),
        ],
        more: vec![figure(t, "grants", Some(t.money(30_000_000)), "entered")],
        tables: vec![month::Table {
            title: t.say("month-activities"),
            columns: vec![
                month::Column {
                    name: t.say("activity"),
                    number: false,
                },
                month::Column {
                    name: t.say("month-sessions"),
                    number: true,
                },
                month::Column {
                    name: t.word("figure", "participations"),
                    number: true,
                },
            ],
            rows: vec![
                vec!["Vrijdagborrel".to_owned(), t.number(5), t.number(175)],
                vec![
                    "Schaken".to_owned(),
                    t.number(4),
                    t.say("statement-not-told"),
                ],
            ],
        }],
        retracted: "<5".to_owned(),
        late: t.number(12),
        pending: t.number(0),
        key: "7605 a5e7 666b ebf8 99da 4f4d dac8 5f05".to_owned(),
        position: t.number(2_792),
        hash: "9f3c81ab52d0c7e1".to_owned(),
        file: "17a8bc613a631adb".to_owned(),
        download: "badhuis-2026-10.json".to_owned(),
    }
    .render()
    .expect("a page renders")
}

pub(super) fn statements(t: Language) -> String {
    let row = |number: u8, month: i8, given: Date, restates: bool, current: bool| statement::Row {
        month: date(2026, month, 1),
        address: format!("/statements/{}", id(number)),
        given_at: format!("{}, 10:14", t.date(given)),
        restates,
        current,
    };
    statement::Statements {
        t,
        page: page(&Language::TEAM),
        coordinator: true,
        rows: vec![
            row(7, 10, date(2026, 11, 9), true, true),
            row(6, 10, date(2026, 11, 2), false, false),
            row(5, 9, date(2026, 10, 3), false, true),
        ],
    }
    .render()
    .expect("a page renders")
}
