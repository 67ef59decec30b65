use super::super::tests::{commit, samples};
use super::*;
use crate::event::{ActorKind, Commit, Unknown};
use crate::log::line::Head;
use proptest::prelude::*;

/// Each list of facts as a commit, one behind the other.
fn chain(lists: Vec<(Vec<Fact>, u32)>) -> Vec<Commit> {
    let (mut follows, mut commits) = (Head::default(), Vec::new());
    let mut recorded_at = Timestamp::from_millis(1_790_000_000_000);
    for (facts, waited) in lists {
        recorded_at = recorded_at.plus_millis(waited.into());
        let kind = [ActorKind::Visitor, ActorKind::Device][commits.len() % 2];
        let id = (kind == ActorKind::Device).then(|| DeviceId::new(Uuid::from_u128(8)));
        let commit = Commit {
            first: Position(follows.position.0 + 1),
            previous: follows.hash,
            recorded_at,
            actor: Actor { id, kind },
            facts,
            ..commit(Vec::new(), 0)
        };
        follows = super::super::encode(&commit).expect("a commit").head();
        commits.push(commit);
    }
    commits
}

fn packed(commits: &[Commit]) -> Vec<u8> {
    let lines: Result<Vec<_>, _> = commits.iter().map(super::super::encode).collect();
    pack(&lines.expect("commits")).expect("lines behind each other")
}

fn unpacked(bytes: &[u8]) -> Result<Vec<Recorded>, InvalidChunk> {
    let mut all = Vec::new();
    unpack(bytes, &mut |recorded| all.push(recorded))?;
    Ok(all)
}

fn facts() -> impl Strategy<Value = Vec<Fact>> {
    let fact = (
        proptest::sample::select(samples()),
        any::<u128>(),
        0..4_000_000_000_000_i64,
        prop_oneof![Just(0), -9_000_000..9_000_000_i64],
    );
    let fact = fact.prop_map(|(event, id, millis, shifted_millis)| Fact {
        id: Uuid::from_u128(id),
        occurred_at: Timestamp::from_millis(millis),
        shifted_millis,
        event,
    });
    proptest::collection::vec(fact, 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    #[test]
    fn what_was_packed_is_unpacked(lists in proptest::collection::vec((facts(), any::<u32>()), 0..8)) {
        let commits = chain(lists);
        let expected: Vec<_> = commits.iter().flat_map(Commit::recorded).collect();
        prop_assert_eq!(unpacked(&packed(&commits)).expect("what we packed"), expected);
    }

    #[test]
    fn a_chunk_with_wrong_bytes_never_panics(
        lists in proptest::collection::vec((facts(), any::<u32>()), 1..4),
        wrong in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = packed(&chain(lists));
        let len = bytes.len();
        for (at, byte) in wrong {
            bytes[at.index(len)] = byte;
        }
        let shown = unpacked(&bytes).map_or(0, |all| all.len());
        prop_assert!(shown <= len / 18, "{shown} events of {len} bytes");
    }

    #[test]
    fn any_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let bytes = [&[VERSION], bytes.as_slice()].concat();
        let shown = unpacked(&bytes).map_or(0, |all| all.len());
        prop_assert!(shown <= bytes.len() / 18);
    }
}

#[test]
fn another_version_is_refused() {
    for other in [VERSION - 1, VERSION + 1] {
        assert!(matches!(unpacked(&[other, 0]), Err(InvalidChunk::Version)));
    }
    assert!(matches!(unpacked(&[]), Err(InvalidChunk::Form)));
}

#[test]
fn a_chunk_cut_inside_a_commit_is_refused() {
    let bytes = packed(&[commit(samples(), 0)]);
    for len in 3..bytes.len() {
        assert!(unpacked(&bytes[..len]).is_err(), "{len} bytes");
    }
}

#[test]
fn lines_with_a_gap_are_not_packed() {
    let line = super::super::encode(&commit(samples(), 0)).expect("a commit");
    assert!(pack(&[line.clone(), line]).is_err());
}

#[test]
fn an_unknown_event_is_packed_as_it_stood() {
    let unknown = Event::Unknown(Unknown {
        name: "tea_served.v2".into(),
        members: "{\"cups\":2,\"kinds\":[\"mint\"]}".into(),
    });
    let commit = commit(vec![unknown], 0);
    let expected: Vec<_> = commit.recorded().collect();
    assert_eq!(unpacked(&packed(&[commit])).expect("packed"), expected);
}
