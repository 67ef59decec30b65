//! The facts behind the monthly figures as an array of structs, as an analyst would have them: ids are numbers, and each
//! row says on which day it counts.

use super::{Failure, each};
use meetellen_events::event::{Event, Recorded};
use meetellen_events::log::LogReader;
use meetellen_events::programme::Event as Programme;
use meetellen_events::tally::{Event as Tally, OpeningState, ShiftKind, Standing, Target, Visitor};
use meetellen_events::values::{Day, OrganisationId, PersonId, SessionId, Timestamp, Zone};
use std::collections::HashMap;
use std::io::Write;

/// What a row tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// Somebody came.
    CheckIn = 1,
    /// Heads were counted: `amount` visitors.
    Heads = 2,
    /// Coffee: `amount` cups.
    Coffee = 3,
    /// A shift at the bar, in the shop or at the door began.
    ShiftInFront = 4,
    /// Another shift began.
    ShiftBehind = 5,
    /// The shift at `target` ended.
    ShiftEnd = 6,
    /// The till: `amount` cents.
    Till = 7,
    /// The house was opened, or nobody came.
    Opened = 8,
    /// What stands at `target` counts no more.
    Retraction = 9,
    /// What waits at `target` counts.
    Confirmation = 10,
    /// A session was planned.
    Session = 11,
    /// A session does not take place.
    Cancelled = 12,
}

/// One row.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// When it happened, in milliseconds.
    pub at: i64,
    /// Visitors, cups or cents.
    pub amount: i64,
    /// Its place in the log.
    pub position: u32,
    /// The place of the row it is about.
    pub target: u32,
    /// The day it counts on, such as 20261005.
    pub day: u32,
    /// Number of the session; 0 for none.
    pub session: u32,
    /// Number of the known visitor; 0 where nobody can be told apart.
    pub visitor: u32,
    /// Number of the person with the pass or on the shift; 0 for none.
    pub person: u32,
    /// What it tells.
    pub kind: Kind,
    /// Of the party.
    pub adults: u8,
    /// Of the party.
    pub children: u8,
    /// Whether it waits to be confirmed.
    pub waits: bool,
}

impl Row {
    const fn with(mut self, amount: i64) -> Self {
        self.amount = amount;
        self
    }

    const fn about(mut self, target: &Target) -> Self {
        self.target = target.position.0 as u32;
        self
    }
}

/// All rows of an organisation, in the order of its log.
pub fn rows(reader: &LogReader, organisation: OrganisationId) -> Result<Vec<Row>, Failure> {
    let mut taking = Taking::default();
    each(reader, organisation, &mut |recorded| taking.take(recorded))?;
    Ok(taking.rows)
}

#[derive(Default)]
struct Taking {
    rows: Vec<Row>,
    zone: Zone,
    sessions: HashMap<SessionId, (u32, u32)>,
    visitors: HashMap<Visitor, u32>,
    persons: HashMap<PersonId, u32>,
}

fn number(day: Day) -> u32 {
    let date = day.date();
    date.year() as u32 * 10_000 + date.month() as u32 * 100 + date.day() as u32
}

impl Taking {
    fn take(&mut self, recorded: &Recorded) {
        let position = recorded.position.0 as u32;
        match &recorded.fact.event {
            Event::Tally(event) => self.tally(position, recorded.fact.occurred_at, event),
            Event::Programme(event) => self.programme(position, recorded.fact.occurred_at, event),
            Event::Organisation(_)
            | Event::People(_)
            | Event::Standing(_)
            | Event::Access(_)
            | Event::Months(_)
            | Event::Unknown(_) => {}
        }
    }

    fn empty(&self, kind: Kind, position: u32, at: Timestamp) -> Row {
        Row {
            at: at.millis(),
            amount: 0,
            position,
            target: 0,
            day: number(self.zone.day_of(at)),
            session: 0,
            visitor: 0,
            person: 0,
            kind,
            adults: 0,
            children: 0,
            waits: false,
        }
    }

    fn person(&mut self, person: PersonId) -> u32 {
        let next = self.persons.len() as u32 + 1;
        *self.persons.entry(person).or_insert(next)
    }

    /// Numbers of the known visitor and of the person with the pass.
    fn visitor(&mut self, visitor: Visitor) -> (u32, u32) {
        let person = match visitor {
            Visitor::Unknown => return (0, 0),
            Visitor::Phone(_) => 0,
            Visitor::Pass(person) => self.person(person),
        };
        let next = self.visitors.len() as u32 + 1;
        (*self.visitors.entry(visitor).or_insert(next), person)
    }

    fn programme(&mut self, position: u32, at: Timestamp, event: &Programme) {
        match event {
            Programme::SessionPlanned {
                session, starts_at, ..
            } => {
                let place = (
                    self.sessions.len() as u32 + 1,
                    number(self.zone.day_of(*starts_at)),
                );
                self.sessions.insert(*session, place);
                let row = self.empty(Kind::Session, position, at);
                self.push(row, Some(*session));
            }
            Programme::SessionCancelled { session } => {
                let row = self.empty(Kind::Cancelled, position, at);
                self.push(row, Some(*session));
            }
            Programme::SessionConfirmed { .. }
            | Programme::ActivityAdded { .. }
            | Programme::ActivityChanged { .. }
            | Programme::CodeIssued { .. }
            | Programme::CodeWithdrawn { .. } => {}
        }
    }

    fn push(&mut self, mut row: Row, session: Option<SessionId>) {
        if let Some((number, day)) = session.and_then(|id| self.sessions.get(&id)) {
            (row.session, row.day) = (*number, *day);
        }
        self.rows.push(row);
    }

    fn tally(&mut self, position: u32, at: Timestamp, event: &Tally) {
        let of = |kind| self.empty(kind, position, at);
        match event {
            Tally::VisitorCheckedIn {
                session,
                party,
                visitor,
                standing,
                ..
            } => {
                let mut row = of(Kind::CheckIn);
                (row.adults, row.children) = (party.adults(), party.children());
                row.waits = *standing == Standing::ToConfirm;
                (row.visitor, row.person) = self.visitor(*visitor);
                self.push(row, *session);
            }
            Tally::HeadsCounted { session, heads, .. } => {
                let row = of(Kind::Heads);
                self.push(row.with(i64::from(heads.visitors())), *session);
            }
            Tally::CoffeeServed { cups, .. } => {
                let row = of(Kind::Coffee);
                self.push(row.with(i64::from(cups.get())), None);
            }
            Tally::BarRevenueCounted { amount, .. } => {
                let row = of(Kind::Till);
                self.push(row.with(amount.get() as i64), None);
            }
            Tally::ShiftStarted {
                volunteer, kind, ..
            } => {
                let in_front = matches!(kind, ShiftKind::Bar | ShiftKind::Shop | ShiftKind::Host);
                let kind = if in_front {
                    Kind::ShiftInFront
                } else {
                    Kind::ShiftBehind
                };
                let mut row = of(kind);
                row.person = self.person(*volunteer);
                self.push(row, None);
            }
            Tally::ShiftEnded { shift, .. } => {
                let row = of(Kind::ShiftEnd);
                self.push(row.about(shift), None);
            }
            Tally::EntryRetracted { target, .. } => {
                let row = of(Kind::Retraction);
                self.push(row.about(target), None);
            }
            Tally::EntriesConfirmed { targets } => {
                let row = of(Kind::Confirmation);
                self.rows.extend(targets.iter().map(|it| row.about(it)));
            }
            Tally::OpeningNoted {
                state: OpeningState::Opened | OpeningState::NobodyCame,
            } => {
                let row = of(Kind::Opened);
                self.push(row, None);
            }
            Tally::OpeningNoted {
                state: OpeningState::Closed,
            }
            | Tally::CounterTallied { .. }
            | Tally::ContributionMade { .. }
            | Tally::ShopRevenueCounted { .. }
            | Tally::MoneyDonated { .. }
            | Tally::GoodsDonated { .. }
            | Tally::IndicatorMeasured { .. } => {}
        }
    }
}

/// Writes the rows of all organisations, for whoever has tables.
pub fn write(out: &mut impl Write, all: &[Vec<Row>]) -> std::io::Result<()> {
    writeln!(
        out,
        "organisation,position,kind,month,day,moment,session,visitor,person,adults,children,amount,target,waits"
    )?;
    for (number, rows) in all.iter().enumerate() {
        for row in rows {
            writeln!(
                out,
                "{number},{},{},{},{},{},{},{},{},{},{},{},{},{}",
                row.position,
                row.kind as u8,
                row.day / 100,
                row.day,
                row.at,
                row.session,
                row.visitor,
                row.person,
                row.adults,
                row.children,
                row.amount,
                row.target,
                u8::from(row.waits),
            )?;
        }
    }
    out.flush()
}
