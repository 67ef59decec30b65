//! The frequent entries in a form of their own.

use super::InvalidChunk;
use super::bytes::{Reader, Writer};
use super::small::Small;
use crate::log::line::Position;
use crate::tally::{Event, Target, Visitor};
use crate::values::{
    Cents, Code, CounterId, Cups, EntryId, HeadCount, Party, PersonId, Quantity, Sealed, SessionId,
    Tag,
};
use uuid::Uuid;

const CHECKED_IN: u8 = 1;
const HEADS: u8 = 2;
const COFFEE: u8 = 3;
const COUNTER: u8 = 4;
const SHIFT_STARTED: u8 = 5;
const SHIFT_ENDED: u8 = 6;
const BAR_REVENUE: u8 = 7;
const RETRACTED: u8 = 8;

/// Writes the event with its number, and says whether it has a form here; else nothing is written.
pub(super) fn put(to: &mut Writer, event: &Event, at: Position) -> bool {
    match event {
        Event::VisitorCheckedIn {
            session,
            party,
            visitor,
            evidence,
            code,
            standing,
        } => {
            to.byte(CHECKED_IN);
            put_session(to, *session);
            to.byte(party.adults());
            to.byte(party.children());
            put_visitor(to, visitor);
            evidence.put(to);
            to.again(code.as_ref().map(Code::bytes));
            standing.put(to);
        }
        Event::HeadsCounted {
            session,
            heads,
            basis,
        } => {
            to.byte(HEADS);
            put_session(to, *session);
            to.number(heads.adults().into());
            to.number(heads.children().into());
            to.number(heads.volunteers().map_or(0, |n| u64::from(n) + 1));
            basis.put(to);
        }
        Event::CoffeeServed {
            cups,
            paid,
            pot,
            session,
            evidence,
            code,
        } => {
            to.byte(COFFEE);
            to.byte(cups.get());
            to.byte(paid.map_or(0, |paid| u8::from(paid) + 1));
            pot.put(to);
            put_session(to, *session);
            evidence.put(to);
            to.again(code.as_ref().map(Code::bytes));
        }
        Event::CounterTallied { counter, quantity } => {
            to.byte(COUNTER);
            to.again(Some(counter.uuid().as_bytes()));
            to.number(quantity.get().into());
        }
        Event::ShiftStarted {
            volunteer,
            kind,
            session,
        } => {
            to.byte(SHIFT_STARTED);
            to.again(Some(volunteer.uuid().as_bytes()));
            kind.put(to);
            put_session(to, *session);
        }
        Event::ShiftEnded { shift, basis } => {
            to.byte(SHIFT_ENDED);
            put_target(to, shift, at);
            basis.put(to);
        }
        Event::BarRevenueCounted {
            amount,
            expected,
            hire,
        } => {
            to.byte(BAR_REVENUE);
            to.number(amount.get());
            to.number(expected.map_or(0, |expected| expected.get() + 1));
            hire.put(to);
        }
        Event::EntryRetracted { target, reason } => {
            to.byte(RETRACTED);
            put_target(to, target, at);
            reason.is_some().put(to);
            if let Some(reason) = reason {
                to.text(reason.as_str());
            }
        }
        Event::ContributionMade { .. }
        | Event::ShopRevenueCounted { .. }
        | Event::MoneyDonated { .. }
        | Event::GoodsDonated { .. }
        | Event::IndicatorMeasured { .. }
        | Event::OpeningNoted { .. }
        | Event::EntriesConfirmed { .. } => return false,
    }
    true
}

/// Reads the event of a number.
pub(super) fn read(number: u8, from: &mut Reader<'_>, at: Position) -> Result<Event, InvalidChunk> {
    Ok(match number {
        CHECKED_IN => Event::VisitorCheckedIn {
            session: session(from)?,
            party: Party::new(from.byte()?.into(), from.byte()?.into())?,
            visitor: visitor(from)?,
            evidence: Small::read(from)?,
            code: from.again()?.map(Code::new),
            standing: Small::read(from)?,
        },
        HEADS => Event::HeadsCounted {
            session: session(from)?,
            heads: heads(from)?,
            basis: Small::read(from)?,
        },
        COFFEE => Event::CoffeeServed {
            cups: Cups::new(from.byte()?.into())?,
            paid: match from.byte()? {
                0 => None,
                1 => Some(false),
                2 => Some(true),
                _ => return Err(InvalidChunk::Form),
            },
            pot: Small::read(from)?,
            session: session(from)?,
            evidence: Small::read(from)?,
            code: from.again()?.map(Code::new),
        },
        COUNTER => Event::CounterTallied {
            counter: CounterId::new(id(from)?),
            quantity: Quantity::new(amount(from.number()?)?)?,
        },
        SHIFT_STARTED => Event::ShiftStarted {
            volunteer: PersonId::new(id(from)?),
            kind: Small::read(from)?,
            session: session(from)?,
        },
        SHIFT_ENDED => Event::ShiftEnded {
            shift: target(from, at)?,
            basis: Small::read(from)?,
        },
        BAR_REVENUE => Event::BarRevenueCounted {
            amount: Cents::new(amount(from.number()?)?)?,
            expected: match from.number()?.checked_sub(1) {
                Some(cents) => Some(Cents::new(amount(cents)?)?),
                None => None,
            },
            hire: Small::read(from)?,
        },
        RETRACTED => Event::EntryRetracted {
            target: target(from, at)?,
            reason: match bool::read(from)? {
                true => Some(Sealed::new(from.text()?.to_owned())),
                false => None,
            },
        },
        _ => return Err(InvalidChunk::Form),
    })
}

pub(super) fn amount(number: u64) -> Result<i64, InvalidChunk> {
    i64::try_from(number).map_err(|_| InvalidChunk::Form)
}

pub(super) fn id(from: &mut Reader<'_>) -> Result<Uuid, InvalidChunk> {
    let bytes = from.again()?.ok_or(InvalidChunk::Form)?;
    Ok(Uuid::from_bytes(bytes))
}

pub(super) fn put_session(to: &mut Writer, session: Option<SessionId>) {
    to.again(session.map(SessionId::uuid).as_ref().map(Uuid::as_bytes));
}

pub(super) fn session(from: &mut Reader<'_>) -> Result<Option<SessionId>, InvalidChunk> {
    let bytes = from.again()?;
    Ok(bytes.map(|bytes| SessionId::new(Uuid::from_bytes(bytes))))
}

fn put_visitor(to: &mut Writer, visitor: &Visitor) {
    match visitor {
        Visitor::Unknown => to.byte(0),
        Visitor::Phone(tag) => {
            to.byte(1);
            to.again(Some(tag.bytes()));
        }
        Visitor::Pass(person) => {
            to.byte(2);
            to.again(Some(person.uuid().as_bytes()));
        }
    }
}

fn visitor(from: &mut Reader<'_>) -> Result<Visitor, InvalidChunk> {
    match from.byte()? {
        0 => Ok(Visitor::Unknown),
        1 => Ok(Visitor::Phone(Tag::new(*id(from)?.as_bytes()))),
        2 => Ok(Visitor::Pass(PersonId::new(id(from)?))),
        _ => Err(InvalidChunk::Form),
    }
}

fn heads(from: &mut Reader<'_>) -> Result<HeadCount, InvalidChunk> {
    let (adults, children) = (amount(from.number()?)?, amount(from.number()?)?);
    let volunteers = from.number()?.checked_sub(1).map(amount).transpose()?;
    Ok(HeadCount::new(adults, children, volunteers)?)
}

/// Its place is written as how far it lies back.
pub(super) fn put_target(to: &mut Writer, target: &Target, at: Position) {
    to.raw(target.entry.uuid().as_bytes());
    to.signed(at.0.wrapping_sub(target.position.0) as i64);
}

pub(super) fn target(from: &mut Reader<'_>, at: Position) -> Result<Target, InvalidChunk> {
    let entry = EntryId::new(Uuid::from_bytes(from.raw()?));
    let position = Position(at.0.wrapping_sub(from.signed()? as u64));
    Ok(Target { entry, position })
}
