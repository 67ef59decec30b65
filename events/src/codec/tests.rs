mod names;

use super::*;
use crate::access::Role;
use crate::event::{ActorKind, Commit, Recorded};
use crate::log::line::Hash;
use crate::programme::{ActivityFacts, OrganisedBy};
use crate::tally::{CountBasis, Evidence, HoursBasis, OpeningState, ShiftKind, Visitor};
use crate::values::*;
use crate::{access, months, organisation, people, programme, standing, tally};
use std::collections::BTreeSet;
use std::path::PathBuf;

fn uuid(n: u128) -> Uuid {
    Uuid::from_u128(0x0198_c5aa_0000_7000_8000_0000_0000_0000 + n)
}

fn name(text: &str) -> Name {
    Name::new(text).expect("a name")
}

fn day(text: &str) -> Day {
    text.parse().expect("a day")
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("RFC 3339")
}

fn hash(byte: u8) -> SecretHash {
    SecretHash::new([byte; 32])
}

fn target() -> tally::Target {
    tally::Target {
        entry: EntryId::new(uuid(1)),
        position: Position(7),
    }
}

fn cents(amount: i64) -> Cents {
    Cents::new(amount).expect("in range")
}

fn quantity(n: i64) -> Quantity {
    Quantity::new(n).expect("in range")
}

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

fn tally_events() -> Vec<Event> {
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
pub(super) fn samples() -> Vec<Event> {
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

pub(super) fn commit(events: Vec<Event>, shifted_millis: i64) -> Commit {
    let fact = |event| Fact {
        id: uuid(11),
        occurred_at: at("2026-10-02T16:30:00.250Z"),
        shifted_millis,
        event,
    };
    Commit {
        organisation: OrganisationId::new(uuid(12)),
        first: Position(5),
        recorded_at: at("2026-10-02T16:30:01Z"),
        actor: Actor {
            id: Some(DeviceId::new(uuid(8))),
            kind: ActorKind::Device,
        },
        previous: Hash([6; 32]),
        facts: events.into_iter().map(fact).collect(),
    }
}

#[test]
fn every_event_reads_back_as_written() {
    for shifted_millis in [0, -7_200_000] {
        let commit = commit(samples(), shifted_millis);
        let line = encode(&commit).expect("a commit");
        assert_eq!(decode(&line).expect("what we wrote"), commit);
        assert_eq!(Line::parse(line.bytes()), Ok(line));
    }
}

#[test]
fn a_commit_of_a_visitor_has_no_actor_id() {
    let mut commit = commit(tally_events(), 0);
    commit.actor = Actor {
        id: None,
        kind: ActorKind::Visitor,
    };
    let line = encode(&commit).expect("a commit");
    assert!(
        line.bytes()
            .starts_with(b"{\"actor\":{\"id\":null,\"kind\":\"visitor\"},")
    );
    assert_eq!(decode(&line).expect("what we wrote"), commit);
}

#[test]
fn an_unknown_event_is_written_back_as_it_stood() {
    let unknown = Event::Unknown(Unknown {
        name: "tea_served.v2".into(),
        members: "{\"cups\":2,\"kinds\":[\"mint\"]}".into(),
    });
    let commit = commit(vec![unknown], 0);
    let line = encode(&commit).expect("a commit");
    let read = decode(&line).expect("what we wrote");
    assert_eq!(read, commit);
    assert_eq!(encode(&read).expect("again"), line);
}

#[test]
fn a_known_name_with_other_members_is_refused() {
    let body = br#"{"actor":{"id":null,"kind":"system"},"events":[{"id":"0198c5aa-0000-7000-8000-000000000001","occurred_at":"2026-10-02T16:30:00.000Z","tea":1,"type":"organisation_ended.v1"}]"#;
    let line = Line::seal(
        body,
        OrganisationId::new(uuid(12)),
        Head::default(),
        at("2026-10-02T16:30:01Z"),
    )
    .expect("a line");
    assert!(matches!(
        decode(&line),
        Err(CodecError::Event {
            position: Position(1),
            ..
        })
    ));
}

/// A fact as it stands in a line.
fn form(fact: &Fact) -> String {
    let mut form = Vec::new();
    write_fact(&mut form, fact).expect("an event");
    String::from_utf8(form).expect("JSON")
}

fn stored_name(event: &Event) -> String {
    let fact = commit(vec![event.clone()], 0).facts.remove(0);
    let members: Value = serde_json::from_str(&form(&fact)).expect("JSON");
    members["type"].as_str().expect("a name").to_owned()
}

#[test]
fn there_is_a_sample_of_every_stored_name() {
    let tables = [
        ORGANISATION,
        PROGRAMME,
        TALLY,
        PEOPLE,
        ACCESS,
        STANDING,
        MONTHS,
    ];
    let known: BTreeSet<String> = tables.concat().into_iter().map(str::to_owned).collect();
    let sampled: BTreeSet<String> = samples().iter().map(stored_name).collect();
    assert_eq!(sampled, known);
    for event in samples() {
        assert_eq!(names::name(&event), stored_name(&event));
    }
}

/// The stored forms, one file for each type. A file here is never changed: another form is another version.
#[test]
fn stored_forms_stay_as_they_were() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    for event in samples() {
        let name = stored_name(&event);
        let fact = commit(vec![event], 0).facts.remove(0);
        let form = form(&fact);
        let file = folder.join(format!("{name}.json"));
        let kept = std::fs::read_to_string(&file)
            .unwrap_or_else(|_| panic!("{name} needs its golden file, with: {form}"));
        assert_eq!(kept.trim_end(), form, "{name}");
        let read = serde_json::from_str(&kept).expect("JSON");
        assert_eq!(super::fact(read).expect("a stored form"), fact, "{name}");
    }
}

#[test]
fn what_is_looked_up_across_organisations_is_in_the_directory() {
    let line = encode(&commit(samples(), 0)).expect("a commit");
    let whose = uuid(12).as_bytes().to_vec();
    let expected = [
        Found::Slug(Slug::new("badhuis").expect("a slug")),
        Found::Ended(OrganisationId::new(uuid(12))),
        Found::Code(Code::new([9; 16])),
        Found::Erased(OrganisationId::new(uuid(12)), PersonId::new(uuid(4))),
        Found::Secret(hash(1)),
        Found::Secret(hash(2)),
        Found::Secret(hash(3)),
    ];
    let expected: Vec<_> = expected
        .iter()
        .map(|key| (directory_key(key), whose.clone()))
        .collect();
    assert_eq!(directory(&line), expected);
    let gone = expected.iter().filter_map(|(key, _)| erased(key));
    let anna = (OrganisationId::new(uuid(12)), PersonId::new(uuid(4)));
    assert_eq!(gone.collect::<Vec<_>>(), [anna]);
}

#[test]
fn a_line_and_its_facts_list_the_same_whichever_event_it_is() {
    for event in samples() {
        let commit = commit(vec![event], 0);
        let line = encode(&commit).expect("a commit");
        let facts: Vec<Recorded> = commit.recorded().collect();
        let of_line = directory(&line).into_iter().map(|(key, _)| key);
        let of_facts: Vec<_> = super::directory_keys(commit.organisation, &facts).collect();
        assert_eq!(of_line.collect::<Vec<_>>(), of_facts);
    }
}
