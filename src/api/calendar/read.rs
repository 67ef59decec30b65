//! Events of an iCalendar file. Read line by line, so that no nesting can exhaust the stack.

use super::repeat::Rule;
use icalendar::parser::{Property, unfold};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use meetellen_events::programme::OrganisedBy;
use serde_json::Value;

/// The property that keeps who organises an activity, between two installations of ours.
pub const ORGANISED_BY: &str = "X-MEETELLEN-ORGANISED-BY";

/// The file is no calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a calendar: BEGIN:VCALENDAR to END:VCALENDAR")]
pub struct NoCalendar;

/// A time on the wall clock of a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// What the clock shows.
    pub wall: DateTime,
    /// Whose clock.
    pub zone: TimeZone,
}

/// An event with a beginning, an end and a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Who it is, in this file and others.
    pub uid: String,
    /// What it is called.
    pub name: String,
    /// Its beginning.
    pub start: Moment,
    /// Its end.
    pub end: Moment,
    /// How it repeats.
    pub rule: Option<Rule>,
    /// Beginnings left out.
    pub without: Vec<jiff::Timestamp>,
    /// Which repeat this event stands instead of.
    pub instead_of: Option<jiff::Timestamp>,
    /// Whether it does not take place.
    pub cancelled: bool,
    /// Where.
    pub place: Option<String>,
    /// A word to group it by.
    pub category: Option<String>,
    /// Who sets it up, where a calendar of ours says so.
    pub organised_by: Option<OrganisedBy>,
}

/// The events of a file, and how many others had no beginning, end or name, or repeat in a way that is not understood.
/// Times without a zone, or of an unknown one, are by `zone`.
pub fn events(file: &str, zone: &TimeZone) -> Result<(Vec<Event>, usize), NoCalendar> {
    let file = unfold(file);
    let mut lines = file
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.is_empty());
    if !lines
        .next()
        .is_some_and(|line| line.eq_ignore_ascii_case("BEGIN:VCALENDAR"))
    {
        return Err(NoCalendar);
    }
    let (mut events, mut skipped) = (Vec::new(), 0);
    let mut open: Vec<&str> = vec!["VCALENDAR"];
    let mut of_event: Vec<Property<'_>> = Vec::new();
    for line in lines {
        if let Some(kind) = after(line, "BEGIN:") {
            open.push(kind);
            if in_event(&open) {
                of_event.clear();
            }
        } else if let Some(kind) = after(line, "END:") {
            if !open
                .last()
                .is_some_and(|begun| begun.eq_ignore_ascii_case(kind))
            {
                return Err(NoCalendar);
            }
            if in_event(&open) {
                match Event::read(&of_event, zone) {
                    Some(event) => events.push(event),
                    None => skipped += 1,
                }
            }
            open.pop();
        } else if in_event(&open)
            && let Ok(property) = Property::try_from(line)
        {
            of_event.push(property);
        }
    }
    if open.is_empty() {
        Ok((events, skipped))
    } else {
        Err(NoCalendar)
    }
}

fn after<'a>(line: &'a str, start: &str) -> Option<&'a str> {
    let (head, rest) = line.split_at_checked(start.len())?;
    head.eq_ignore_ascii_case(start).then_some(rest.trim())
}

fn in_event(open: &[&str]) -> bool {
    matches!(open, [_, kind] if kind.eq_ignore_ascii_case("VEVENT"))
}

impl Event {
    fn read(properties: &[Property<'_>], zone: &TimeZone) -> Option<Self> {
        let all = |name: &'static str| {
            let named = move |it: &&Property<'_>| it.name.as_str().eq_ignore_ascii_case(name);
            properties.iter().filter(named)
        };
        let one = |name| all(name).next();
        let text = |name| {
            let value = one(name)?.val.as_str().trim();
            (!value.is_empty()).then(|| value.to_owned())
        };
        let start = moment(one("DTSTART")?, zone)?;
        let end = match (one("DTEND"), one("DURATION")) {
            (Some(end), _) => moment(end, zone)?,
            (None, Some(length)) => start.later(length.val.as_str())?,
            (None, None) => return None,
        };
        let rule = match one("RRULE") {
            Some(rule) => Some(Rule::read(rule.val.as_str())?),
            None => None,
        };
        let word = one(ORGANISED_BY).map(|it| Value::from(it.val.as_str().trim()));
        let status = one("STATUS").map(|it| it.val.as_str().trim());
        Some(Self {
            uid: text("UID")?,
            name: text("SUMMARY")?,
            start,
            end,
            rule,
            without: all("EXDATE").flat_map(|it| left_out(it, zone)).collect(),
            instead_of: match one("RECURRENCE-ID") {
                Some(property) => Some(moment(property, zone)?.instant()?),
                None => None,
            },
            cancelled: status.is_some_and(|it| it.eq_ignore_ascii_case("CANCELLED")),
            place: text("LOCATION"),
            category: text("CATEGORIES"),
            organised_by: word.and_then(|word| serde_json::from_value(word).ok()),
        })
    }
}

impl Moment {
    /// When it is. What the clocks skip moves on with them, of what comes twice it is the first.
    pub fn instant(&self) -> Option<jiff::Timestamp> {
        let zoned = self
            .zone
            .to_ambiguous_zoned_datetime(self.wall)
            .compatible();
        zoned.ok().map(|zoned| zoned.timestamp())
    }

    /// So many hours, or days, later.
    fn later(&self, length: &str) -> Option<Self> {
        let span: jiff::Span = length.trim().parse().ok()?;
        let zoned = self
            .zone
            .to_ambiguous_zoned_datetime(self.wall)
            .compatible();
        Some(Self {
            wall: zoned.ok()?.checked_add(span).ok()?.datetime(),
            zone: self.zone.clone(),
        })
    }
}

fn moment(property: &Property<'_>, zone: &TimeZone) -> Option<Moment> {
    at(property.val.as_str(), &zone_of(property, zone))
}

/// A date alone is no time.
fn at(text: &str, zone: &TimeZone) -> Option<Moment> {
    let text = text.trim();
    let (wall, zone) = match text.strip_suffix(['Z', 'z']) {
        Some(utc) => (utc, TimeZone::UTC),
        None => (text, zone.clone()),
    };
    Some(Moment {
        wall: DateTime::strptime("%Y%m%dT%H%M%S", wall).ok()?,
        zone,
    })
}

fn zone_of(property: &Property<'_>, zone: &TimeZone) -> TimeZone {
    let named = property
        .params
        .iter()
        .find(|parameter| parameter.key.as_str().eq_ignore_ascii_case("TZID"));
    let name = named.and_then(|parameter| parameter.val.as_ref());
    let name = name.map(|name| name.as_str().trim_matches('"'));
    let known = name.and_then(|name| TimeZone::get(name).ok());
    known.unwrap_or_else(|| zone.clone())
}

fn left_out(property: &Property<'_>, zone: &TimeZone) -> Vec<jiff::Timestamp> {
    let zone = zone_of(property, zone);
    let times = property.val.as_str().split(',');
    times
        .filter_map(|text| at(text, &zone)?.instant())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Event, NoCalendar, events};
    use jiff::tz::TimeZone;

    fn read(lines: &str) -> Result<(Vec<Event>, usize), NoCalendar> {
        let zone = TimeZone::get("Europe/Amsterdam").expect("bundled");
        events(lines, &zone)
    }

    fn starts(lines: &str) -> Vec<String> {
        let file = format!(
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nSUMMARY:Koor\r\n{lines}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        );
        let (events, _) = read(&file).expect("a calendar");
        let instants = events
            .iter()
            .flat_map(|event| [event.start.instant(), event.end.instant()]);
        instants
            .map(|at| at.expect("an instant").to_string())
            .collect()
    }

    #[test]
    fn times_are_by_their_zone_else_by_the_house_s() {
        for (lines, expected) in [
            (
                "DTSTART:20261007T173000Z\r\nDTEND:20261007T190000Z",
                ["2026-10-07T17:30:00Z", "2026-10-07T19:00:00Z"],
            ),
            (
                "DTSTART:20261007T193000\r\nDURATION:PT1H30M",
                ["2026-10-07T17:30:00Z", "2026-10-07T19:00:00Z"],
            ),
            (
                "DTSTART;TZID=Europe/London:20261007T193000\r\nDTEND;TZID=\"Europe/London\":20261007T210000",
                ["2026-10-07T18:30:00Z", "2026-10-07T20:00:00Z"],
            ),
            (
                "DTSTART;TZID=W. Europe Standard Time:20261007T193000\r\nDTEND:20261007T21\r\n 0000",
                ["2026-10-07T17:30:00Z", "2026-10-07T19:00:00Z"],
            ),
        ] {
            assert_eq!(starts(lines), expected, "{lines}");
        }
    }

    #[test]
    fn what_has_no_time_is_skipped() {
        let file = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nSUMMARY:Vrij\nDTSTART;VALUE=DATE:20261225\nEND:VEVENT\n\
                    BEGIN:VEVENT\nUID:b\nDTSTART:20261007T173000Z\nDURATION:PT1H\nEND:VEVENT\nEND:VCALENDAR";
        assert_eq!(read(file), Ok((Vec::new(), 2)));
    }

    #[test]
    fn what_stands_inside_an_event_is_not_the_event_s() {
        let file = "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nBEGIN:STANDARD\nDTSTART:19701025T030000\nEND:STANDARD\nEND:VTIMEZONE\n\
                    BEGIN:VEVENT\nUID:a\nSUMMARY:Koor\\, gemengd\nDTSTART:20261007T173000Z\nDURATION:PT1H\n\
                    BEGIN:VALARM\nSUMMARY:Straks\nDURATION:PT9H\nEND:VALARM\nEND:VEVENT\nEND:VCALENDAR";
        let (events, skipped) = read(file).expect("a calendar");
        let names: Vec<&str> = events.iter().map(|event| event.name.as_str()).collect();
        assert_eq!((names, skipped), (vec!["Koor, gemengd"], 0));
    }

    #[test]
    fn what_is_no_calendar_is_refused_however_deep() {
        let deep = "BEGIN:A\n".repeat(100_000);
        for file in [
            "",
            "hello",
            "BEGIN:VCALENDAR",
            "BEGIN:VCALENDAR\nEND:VEVENT",
            &format!("BEGIN:VCALENDAR\n{deep}"),
        ] {
            assert_eq!(read(file), Err(NoCalendar));
        }
    }
}
