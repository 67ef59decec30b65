use super::*;
use crate::log::store::MemoryTree;
use crate::values::Timestamp;
use proptest::prelude::*;

fn organisation() -> OrganisationId {
    OrganisationId::new(uuid::Uuid::from_u128(7))
}

fn lines(commits: usize) -> Vec<Line> {
    let mut head = Head::default();
    let body = br#"{"actor":{"kind":"visitor"},"events":[{"type":"coffee_served.v1"}]"#;
    let next = |_| {
        let at = Timestamp::from_millis(1_790_000_000_000);
        let line = Line::seal(body, organisation(), head, at).expect("a canonical body");
        head = line.head();
        line
    };
    (0..commits).map(next).collect()
}

fn body(lines: &[Line]) -> Vec<u8> {
    let text: Vec<u8> = lines
        .iter()
        .flat_map(|line| [line.bytes(), b"\n"].concat())
        .collect();
    zstd::bulk::compress(&text, 1).expect("a vector takes it")
}

#[test]
fn a_chunk_s_lines_come_back() {
    let lines = lines(9);
    let header = ChunkHeader::of(&lines).expect("there are lines");
    assert_eq!(
        chunk_lines(&header, &body(&lines)).expect("just made"),
        lines
    );
}

/// A few kilobytes that would unpack to a gigabyte: no more is unpacked than the header says, and that has a bound.
#[test]
fn a_body_that_unpacks_to_far_more_is_refused() {
    let mut bomb = Vec::new();
    let mut encoder = zstd::stream::Encoder::new(&mut bomb, 1).expect("a compressor");
    let mebibyte = vec![b'\n'; 1 << 20];
    for _ in 0..1_024 {
        std::io::Write::write_all(&mut encoder, &mebibyte).expect("a vector takes it");
    }
    encoder.finish().expect("a vector takes it");
    assert!(bomb.len() < 1 << 18);
    let most = CHUNK_COMMITS * (LINE_BYTES_MAX + 1);
    for bytes in [0, 1_000, most as u32, most as u32 + 1, u32::MAX] {
        let header = ChunkHeader {
            bytes,
            ..ChunkHeader::of(&lines(1)).expect("a line")
        };
        assert!(chunk_lines(&header, &bomb).is_err(), "{bytes}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_body_is_read_or_refused(
        wrong in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
        bytes in any::<u32>(),
        claims in any::<bool>(),
    ) {
        let lines = lines(5);
        let mut header = ChunkHeader::of(&lines).expect("there are lines");
        let mut body = body(&lines);
        for (at, byte) in &wrong {
            let at = at.index(body.len());
            body[at] = *byte;
        }
        if cut.index(4) == 0 {
            body.truncate(cut.index(body.len()));
        }
        if claims {
            header.bytes = bytes;
        }
        // What comes back was written by somebody: each line tells whether it is right.
        if let Ok(read) = chunk_lines(&header, &body) {
            prop_assert!(read.iter().all(|line| lines.contains(line)));
        }
    }

    #[test]
    fn any_record_is_read_or_refused(
        value in proptest::collection::vec(any::<u8>(), 0..200),
        flag in any::<u8>(),
        part in any::<u16>(),
        first in any::<u64>(),
        checked_too in any::<bool>(),
    ) {
        let tree = MemoryTree::default();
        let mut key = key(CHUNK, organisation(), first);
        key.extend_from_slice(&part.to_be_bytes());
        let value = if checked_too { checked(&key, flag, &value) } else { value };
        Tree::apply(&tree, vec![(key.clone(), Some(value))]).expect("memory");
        let mut shown = 0;
        let read = scan(&tree, CHUNK, organisation(), 0, &mut |_, record| {
            shown += record.len();
            if let Ok((header, place)) = ChunkHeader::read(record) {
                let _ = chunk_lines(&header, place);
                let _ = body_of(&tree, &key, place);
            }
            Ok(ControlFlow::Continue(()))
        });
        prop_assert!(read.is_ok() || shown == 0);
        prop_assert!(shown <= 200);
    }
}

fn body_of(tree: &MemoryTree, key: &[u8], place: &[u8]) -> Result<Vec<u8>, StoreError> {
    super::body(tree, Form::Lines, key, place)
}
