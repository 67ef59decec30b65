//! The bar's pages.

use super::*;

pub(super) fn bar(t: Language) -> String {
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

pub(super) fn revenue(t: Language) -> String {
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
