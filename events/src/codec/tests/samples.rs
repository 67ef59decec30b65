//! One event of every stored type.

use super::*;

fn organisation_events() -> Vec<Event> {
    use organisation::Event as E;
    [
        E::Founded {
            name: name("Het Badhuis"),
            slug: Slug::new("badhuis").expect("a slug"),
            time_zone: "Europe/Amsterdam".into(),
            locale: Locale::Nl,
            demo: true,
        },
        E::Renamed {
            name: name("Ons \"Badhuis\" – café"),
        },
        E::Ended {},
    ]
    .map(Event::Organisation)
    .into()
}

fn programme_events() -> Vec<Event> {
    use programme::Event as E;
    let (activity, session) = (ActivityId::new(uuid(2)), SessionId::new(uuid(3)));
    let facts = ActivityFacts {
        name: Some(name("Vrijdagborrel")),
        organised_by: Some(OrganisedBy::Residents),
        organisers: Some(vec![PersonId::new(uuid(4))]),
        sensitive: Some(false),
        ..ActivityFacts::default()
    };
    let changed = ActivityFacts {
        capacity: Some(40),
        ..ActivityFacts::default()
    };
    [
        E::ActivityAdded {
            activity,
            facts,
            since: day("2026-01-01"),
        },
        E::ActivityChanged {
            activity,
            facts: changed,
            since: day("2026-02-01"),
        },
        E::SessionPlanned {
            session,
            activity,
            starts_at: at("2026-10-02T15:00:00Z"),
            ends_at: at("2026-10-02T18:00:00Z"),
            room: Some(RoomId::new(uuid(5))),
            series: None,
        },
        E::SessionCancelled { session },
        E::SessionConfirmed { session },
        E::CodeIssued {
            code: Code::new([9; 16]),
            target: programme::Target::Activity(activity),
            day: Some(day("2026-10-02")),
            valid_until: None,
        },
        E::CodeWithdrawn {
            code: Code::new([9; 16]),
        },
    ]
    .map(Event::Programme)
    .into()
}

pub(super) fn tally_events() -> Vec<Event> {
    use tally::Event as E;
    let session = Some(SessionId::new(uuid(3)));
    let person = PersonId::new(uuid(4));
    [
        E::VisitorCheckedIn {
            session,
            party: Party::new(1, 2).expect("a party"),
            visitor: Visitor::Phone(Tag::new([3; 16])),
            evidence: Evidence::Poster,
            code: Some(Code::new([9; 16])),
            standing: tally::Standing::Counted,
        },
        E::HeadsCounted {
            session,
            heads: HeadCount::new(30, 5, Some(2)).expect("heads"),
            basis: CountBasis::Estimated,
        },
        E::CoffeeServed {
            cups: Cups::new(5).expect("cups"),
            paid: Some(true),
            pot: true,
            session: None,
            evidence: Evidence::Host,
            code: None,
        },
        E::CounterTallied {
            counter: CounterId::new(uuid(6)),
            quantity: quantity(31),
        },
        E::ContributionMade {
            kind: name("cake"),
            quantity: quantity(2),
            session,
            volunteer: Some(person),
        },
        E::ShiftStarted {
            volunteer: person,
            kind: ShiftKind::Bar,
            session: None,
        },
        E::ShiftEnded {
            shift: target(),
            basis: HoursBasis::Clocked,
        },
        E::BarRevenueCounted {
            amount: cents(6_250),
            expected: Some(cents(6_300)),
            hire: true,
        },
        E::ShopRevenueCounted {
            amount: cents(1_000),
            expected: None,
        },
        E::MoneyDonated {
            amount: cents(2_000),
            method: Some(name("cash")),
            donor: Some(person),
            purpose: Some(Sealed::new("AAECAw==".into())),
            code: None,
            standing: tally::Standing::Counted,
        },
        E::GoodsDonated {
            category: name("tools"),
            description: Some(Sealed::new("AAECAw==".into())),
            quantity: quantity(1),
            donor: None,
            purpose: None,
            code: Some(Code::new([8; 16])),
            standing: tally::Standing::ToConfirm,
        },
        E::IndicatorMeasured {
            indicator: IndicatorId::new(uuid(7)),
            value: "12.5".parse().expect("a decimal"),
        },
        E::OpeningNoted {
            state: OpeningState::NobodyCame,
        },
        E::EntryRetracted {
            target: target(),
            reason: None,
        },
        E::EntriesConfirmed {
            targets: vec![target(), target()],
        },
    ]
    .map(Event::Tally)
    .into()
}

fn people_events() -> Vec<Event> {
    use people::Event as E;
    let person = PersonId::new(uuid(4));
    let facts = people::PersonFacts {
        volunteer: Some(true),
        age: Some(people::AgeGroup::Senior),
        from_neighbourhood: Some(true),
        name: Some(Sealed::new("AAECAw==".into())),
        ..people::PersonFacts::default()
    };
    let left = people::PersonFacts {
        volunteer: Some(false),
        ..people::PersonFacts::default()
    };
    [
        E::Registered {
            person,
            facts,
            since: day("2026-01-01"),
        },
        E::Changed {
            person,
            facts: left,
            since: day("2026-09-01"),
        },
        E::GiverNamed {
            person,
            name: Sealed::new("AAECAw==".into()),
        },
        E::Erased { person },
        E::PassIssued {
            person,
            pass: hash(1),
            short: hash(2),
        },
        E::PassWithdrawn { pass: hash(1) },
    ]
    .map(Event::People)
    .into()
}

fn access_events() -> Vec<Event> {
    use access::Event as E;
    let device = DeviceId::new(uuid(8));
    let expires_at = at("2026-10-02T15:15:00Z");
    [
        E::Invited {
            device,
            name: name("Tablet"),
            role: Role::Bar,
            code: hash(3),
            expires_at,
        },
        E::Enrolled {
            device,
            refresh: hash(4),
        },
        E::EnrolledByBadge {
            device,
            person: PersonId::new(uuid(4)),
            refresh: hash(4),
        },
        E::ApiTokenIssued {
            device,
            name: name("Host"),
            role: Role::Coordinator,
            expires_at,
            by_host: true,
        },
        E::RefreshChanged {
            device,
            refresh: hash(5),
        },
        E::RefreshUsed {
            device,
            refresh: hash(5),
        },
        E::Revoked { device },
    ]
    .map(Event::Access)
    .into()
}

fn standing_events() -> Vec<Event> {
    use standing::Event as E;
    let (grant, since) = (GrantId::new(uuid(9)), day("2026-01-01"));
    let listed = standing::Listed::Tenant(TenantId::new(uuid(10)));
    let hours = standing::Hours {
        weekday: 1,
        from: "09:00".parse().expect("a time"),
        to: "12:30".parse().expect("a time"),
    };
    [
        E::Added {
            listed,
            name: name("Atelier"),
            since,
        },
        E::Ended { listed, since },
        E::GrantAwarded {
            grant,
            funder: name("Gemeente"),
            purpose: name("Park"),
            amount: cents(30_000_000),
            since,
        },
        E::GrantEnded { grant, since },
        E::SettingChanged {
            setting: standing::Setting::OpeningHours(vec![hours]),
            since,
        },
    ]
    .map(Event::Standing)
    .into()
}

fn months_events() -> Vec<Event> {
    use months::Event as E;
    let statement = |restates: Option<u128>| {
        let mut value = serde_json::json!({
            "id": uuid(20),
            "organisation": { "id": uuid(12), "slug": "badhuis", "name": "Het Badhuis – café" },
            "period": { "kind": "month", "first_day": "2026-09-01", "last_day": "2026-09-30" },
            "as_of": { "position": 4, "hash": "6".repeat(64), "recorded_at": "2026-10-01T08:00:00.000Z" },
            "made_at": "2026-10-02T16:30:00.000Z",
            "previous": "0".repeat(64),
            "figures": [{ "key": "visits", "value": 598 }, { "key": "visits_children", "value": null }],
            "signature": "9".repeat(128),
        });
        if let Some(other) = restates {
            value["restates"] = serde_json::json!({ "statement": uuid(other) });
        }
        months::Statement::new(&value).expect("a statement")
    };
    [
        E::Closed {
            statement: statement(None),
        },
        E::Restated {
            statement: statement(Some(21)),
        },
    ]
    .map(Event::Months)
    .into()
}

/// One of every stored type.
pub(in crate::codec) fn samples() -> Vec<Event> {
    [
        organisation_events(),
        programme_events(),
        tally_events(),
        people_events(),
        access_events(),
        standing_events(),
        months_events(),
    ]
    .concat()
}
