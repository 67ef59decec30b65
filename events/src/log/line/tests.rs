use super::*;

const BODY: &[u8] =
    br#"{"actor":{"id":"a","kind":"host"},"events":[{"id":"[}\"","n":[1,2]},{"x":{}}]"#;

fn organisation() -> OrganisationId {
    OrganisationId::new(uuid::Uuid::from_u128(7))
}

fn sealed(follows: Head) -> Line {
    let at = "2024-02-29T23:59:59.007Z".parse().expect("RFC 3339");
    Line::seal(BODY, organisation(), follows, at).expect("a canonical body")
}

#[test]
fn a_sealed_line_reads_back_with_its_header() {
    let line = sealed(Head {
        position: Position(41),
        hash: Hash([9; 32]),
    });
    assert_eq!(Line::parse(line.bytes()), Ok(line.clone()));
    assert_eq!((line.first(), line.last()), (Position(42), Position(43)));
    assert_eq!(
        line.header().recorded_at.to_string(),
        "2024-02-29T23:59:59.007Z"
    );
    assert_eq!(line.header().previous, Hash([9; 32]));
}

#[test]
fn the_hash_is_that_of_the_line_without_its_member_hash() {
    let line = sealed(Head::default());
    let text = std::str::from_utf8(line.bytes()).expect("JSON is UTF-8");
    let member = format!("\"hash\":\"{}\",", line.header().hash);
    let without = text.replace(&member, "");
    assert_eq!(without.len() + member.len(), text.len());
    let mut sha = Sha256::new();
    sha.update([0; 32]);
    sha.update(without);
    assert_eq!(line.header().hash, Hash(sha.finalize().into()));
}

#[test]
fn no_flipped_bit_is_taken_for_a_line() {
    let line = sealed(Head::default());
    for at in 0..line.bytes().len() {
        for bit in 0..8 {
            let mut bytes = line.bytes().to_vec();
            bytes[at] ^= 1 << bit;
            assert!(Line::parse(&bytes).is_err(), "bit {bit} of byte {at}");
        }
    }
}

#[test]
fn what_is_no_commit_is_refused() {
    let at = Timestamp::from_millis(0);
    let bodies: [&[u8]; 5] = [
        br#"{"actor":{},"events":[]"#,
        br#"{"actor":{},"events":[1]"#,
        br#"{"actor":{},"events":[{}],"x":[{}]"#,
        br#"{"events":[{}]"#,
        b"{\"actor\":{},\"events\":[{\"a\":\"\n\"}]",
    ];
    for body in bodies {
        assert_eq!(
            Line::seal(body, organisation(), Head::default(), at),
            Err(InvalidLine::Shape),
            "{}",
            String::from_utf8_lossy(body)
        );
    }
}

#[test]
fn a_line_may_have_256_kib_and_no_byte_more() {
    let of_length = |len: usize| {
        let plain = Line::seal(
            br#"{"actor":{},"events":[{"t":""}]"#,
            organisation(),
            Head::default(),
            Timestamp::default(),
        )
        .expect("a canonical body");
        let body = format!(
            r#"{{"actor":{{}},"events":[{{"t":"{}"}}]"#,
            "x".repeat(len - plain.bytes().len())
        );
        Line::seal(
            body.as_bytes(),
            organisation(),
            Head::default(),
            Timestamp::default(),
        )
    };
    assert_eq!(
        of_length(LINE_BYTES_MAX).map(|line| line.bytes().len()),
        Ok(LINE_BYTES_MAX)
    );
    assert_eq!(
        of_length(LINE_BYTES_MAX + 1),
        Err(InvalidLine::TooLong(LINE_BYTES_MAX + 1))
    );
}
