mod names;
mod samples;

use super::*;
use crate::access::Role;
use crate::event::{ActorKind, Commit, Recorded};
use crate::log::line::Hash;
use crate::programme::{ActivityFacts, OrganisedBy};
use crate::tally::{CountBasis, Evidence, HoursBasis, OpeningState, ShiftKind, Visitor};
use crate::values::*;
use crate::{access, months, organisation, people, programme, standing, tally};
pub(super) use samples::samples;
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
    let mut commit = commit(samples::tally_events(), 0);
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
