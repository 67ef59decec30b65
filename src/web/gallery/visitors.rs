//! Pages for whoever scans a code.

use super::*;

pub(super) fn check_in(t: Language, door: bool) -> String {
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

pub(super) fn offered() -> Vec<visitor::Offered> {
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

pub(super) fn thanks(t: Language, state: visitor::Counted, visits: u64) -> String {
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

pub(super) fn problem(t: Language, slug: &str) -> String {
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

pub(super) fn visitors(t: Language) -> Vec<(&'static str, String)> {
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

pub(super) fn doors(t: Language) -> Vec<(&'static str, String)> {
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
