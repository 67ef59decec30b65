//! The fixed shape of a line: read from its end, where every member but the last digits has its own width.

use super::{Hash, Head, Header, POSITION_MAX, Position};
use crate::values::{OrganisationId, Timestamp};

const MILLIS_PER_DAY: i64 = 86_400_000;

/// A header and where the member `hash` stands.
pub(super) struct Scanned {
    pub(super) header: Header,
    /// Where `"hash":"…",` begins.
    pub(super) hash_at: usize,
    /// Where what follows it begins.
    pub(super) rest_at: usize,
}

/// Reads the whole line: its shape, its closing members, the number of its events.
pub(super) fn header(line: &[u8]) -> Option<Scanned> {
    let mut scanned = tail(line)?;
    scanned.header.events = count_events(&line[..scanned.hash_at])?;
    let last = scanned.header.first.0 + u64::from(scanned.header.events) - 1;
    (last <= POSITION_MAX).then_some(scanned)
}

/// Reads the members behind `events`; the number of events stays 1.
pub(super) fn tail(line: &[u8]) -> Option<Scanned> {
    let mut rest = line.strip_suffix(b"\"}")?;
    let recorded_at = instant(cut(&mut rest, 24)?)?;
    rest = rest.strip_suffix(b"\",\"recorded_at\":\"")?;
    let previous = Hash(unhex(cut(&mut rest, 64)?)?);
    rest = rest.strip_suffix(b",\"previous\":\"")?;
    let first = position(&mut rest)?;
    rest = rest.strip_suffix(b"\",\"position\":")?;
    let organisation = organisation(cut(&mut rest, 36)?)?;
    rest = rest.strip_suffix(b"\",\"organisation\":\"")?;
    let rest_at = rest.len() + 2;
    let hash = Hash(unhex(cut(&mut rest, 64)?)?);
    rest = rest.strip_suffix(b"\"hash\":\"")?;
    let header = Header {
        organisation,
        first,
        events: 1,
        previous,
        hash,
        recorded_at,
    };
    Some(Scanned {
        header,
        hash_at: rest.len(),
        rest_at,
    })
}

fn cut<'a>(rest: &mut &'a [u8], len: usize) -> Option<&'a [u8]> {
    let (before, end) = rest.split_at_checked(rest.len().checked_sub(len)?)?;
    *rest = before;
    Some(end)
}

fn position(rest: &mut &[u8]) -> Option<Position> {
    let digits = rest
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let text = cut(rest, digits)?;
    if text.is_empty() || text.len() > 16 || text[0] == b'0' {
        return None;
    }
    let value = text
        .iter()
        .fold(0, |value: u64, byte| value * 10 + u64::from(byte - b'0'));
    (value <= POSITION_MAX).then_some(Position(value))
}

fn organisation(text: &[u8]) -> Option<OrganisationId> {
    let id = uuid::Uuid::try_parse_ascii(text).ok()?;
    let mut canonical = [0; 36];
    id.hyphenated().encode_lower(&mut canonical);
    (canonical == text).then(|| OrganisationId::new(id))
}

/// Counts the elements of the top level's `events` and checks that brackets and strings close where they must.
fn count_events(body: &[u8]) -> Option<u32> {
    const EVENTS: &[u8] = b",\"events\":[";
    if !body.starts_with(b"{\"actor\":{") || !body.ends_with(b"}],") {
        return None;
    }
    std::str::from_utf8(body).ok()?;
    let actor = value_end(body, 9)?;
    if !body[actor..].starts_with(EVENTS) {
        return None;
    }
    let mut at = actor + EVENTS.len();
    let mut events = 0;
    loop {
        if body.get(at) != Some(&b'{') {
            return None;
        }
        at = value_end(body, at)?;
        events += 1;
        match body.get(at)? {
            b',' => at += 1,
            b']' => return (at + 2 == body.len()).then_some(events),
            _ => return None,
        }
    }
}

/// Where the object that begins at `at` ends.
fn value_end(body: &[u8], at: usize) -> Option<usize> {
    let (mut depth, mut in_string, mut i) = (0_u32, false, at);
    while let Some(&byte) = body.get(i) {
        i += 1;
        if byte < 0x20 {
            return None;
        }
        if in_string {
            match byte {
                b'\\' => i += 1,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(i);
                }
            }
            _ => {}
        }
    }
    None
}

/// Appends the members behind `hash`, and the closing brace.
pub(super) fn write_rest(
    bytes: &mut Vec<u8>,
    organisation: OrganisationId,
    first: Position,
    previous: &Hash,
    recorded_at: Timestamp,
) {
    let mut id = [0; 36];
    organisation.uuid().hyphenated().encode_lower(&mut id);
    bytes.extend_from_slice(b"\"organisation\":\"");
    bytes.extend_from_slice(&id);
    bytes.extend_from_slice(b"\",\"position\":");
    write_number(bytes, first.0);
    bytes.extend_from_slice(b",\"previous\":\"");
    bytes.extend_from_slice(&hex(&previous.0));
    bytes.extend_from_slice(b"\",\"recorded_at\":\"");
    bytes.extend_from_slice(&instant_text(recorded_at));
    bytes.extend_from_slice(b"\"}");
}

/// Appends a number in decimal digits.
fn write_number(bytes: &mut Vec<u8>, mut value: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    bytes.extend_from_slice(&digits[at..]);
}

/// Lower-case hex digits.
pub(super) fn hex(bytes: &[u8; 32]) -> [u8; 64] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = [0; 64];
    for (pair, byte) in text.chunks_exact_mut(2).zip(bytes) {
        pair[0] = DIGITS[usize::from(byte >> 4)];
        pair[1] = DIGITS[usize::from(byte & 15)];
    }
    text
}

/// Reads 64 lower-case hex digits.
pub(super) fn unhex(text: &[u8]) -> Option<[u8; 32]> {
    if text.len() != 64 {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = (digit(pair[0])? << 4) | digit(pair[1])?;
    }
    Some(bytes)
}

fn digit(letter: u8) -> Option<u8> {
    match letter {
        b'0'..=b'9' => Some(letter - b'0'),
        b'a'..=b'f' => Some(letter - b'a' + 10),
        _ => None,
    }
}

/// Reads `2026-11-02T20:11:05.123Z`, and nothing that is written otherwise.
fn instant(text: &[u8]) -> Option<Timestamp> {
    let number = |from: usize, to: usize| {
        text.get(from..to)?.iter().try_fold(0_i64, |value, byte| {
            byte.is_ascii_digit()
                .then(|| value * 10 + i64::from(byte - b'0'))
        })
    };
    let days = days_from_civil(number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let seconds = number(11, 13)? * 3_600 + number(14, 16)? * 60 + number(17, 19)?;
    let at = Timestamp::from_millis(days * MILLIS_PER_DAY + seconds * 1_000 + number(20, 23)?);
    (instant_text(at) == text).then_some(at)
}

fn instant_text(at: Timestamp) -> [u8; 24] {
    let mut text = *b"0000-00-00T00:00:00.000Z";
    let millis = at.millis();
    let (year, month, day) = civil_from_days(millis.div_euclid(MILLIS_PER_DAY));
    let of_day = millis.rem_euclid(MILLIS_PER_DAY);
    let fields = [
        (0, 4, year),
        (5, 7, month),
        (8, 10, day),
        (11, 13, of_day / 3_600_000),
        (14, 16, of_day / 60_000 % 60),
        (17, 19, of_day / 1_000 % 60),
        (20, 23, of_day % 1_000),
    ];
    for (from, to, mut value) in fields {
        for digit in text[from..to].iter_mut().rev() {
            *digit = b'0' + (value % 10) as u8;
            value /= 10;
        }
    }
    text
}

/// Days since 1970-01-01 of a day of the Gregorian calendar (years from 0 on, beginning in March).
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = (shifted + 2) % 12 + 1;
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

impl Head {
    /// Whether there is a commit at all.
    pub fn is_empty(&self) -> bool {
        self.position.0 == 0
    }
}
