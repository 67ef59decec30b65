//! The entries with words in them, the door, and what is confirmed.

use super::InvalidChunk;
use super::bytes::{Reader, Writer};
use super::small::Small;
use super::tallied::{amount, put_session, put_target, session, target};
use crate::log::line::Position;
use crate::tally::{Event, Target};
use crate::values::{Cents, Code, IndicatorId, InvalidValue, Name, PersonId, Quantity, Sealed};
use uuid::Uuid;

const SHOP_REVENUE: u8 = 9;
const MONEY: u8 = 10;
const GOODS: u8 = 11;
const CONTRIBUTION: u8 = 12;
const MEASURED: u8 = 13;
const DOOR: u8 = 14;
const CONFIRMED: u8 = 15;

/// Writes the event with its number, and says whether it has a form here; else nothing is written.
pub(super) fn put(to: &mut Writer, event: &Event, at: Position) -> bool {
    match event {
        Event::ShopRevenueCounted { amount, expected } => {
            to.byte(SHOP_REVENUE);
            to.number(amount.get());
            to.number(expected.map_or(0, |expected| expected.get() + 1));
        }
        Event::MoneyDonated {
            amount,
            method,
            donor,
            purpose,
            code,
            standing,
        } => {
            to.byte(MONEY);
            to.number(amount.get());
            put_text(to, method.as_ref().map(Name::as_str));
            put_person(to, *donor);
            put_text(to, purpose.as_ref().map(Sealed::as_str));
            to.again(code.as_ref().map(Code::bytes));
            standing.put(to);
        }
        Event::GoodsDonated {
            category,
            description,
            quantity,
            donor,
            purpose,
            code,
            standing,
        } => {
            to.byte(GOODS);
            to.text(category.as_str());
            put_text(to, description.as_ref().map(Sealed::as_str));
            to.number(quantity.get().into());
            put_person(to, *donor);
            put_text(to, purpose.as_ref().map(Sealed::as_str));
            to.again(code.as_ref().map(Code::bytes));
            standing.put(to);
        }
        Event::ContributionMade {
            kind,
            quantity,
            session,
            volunteer,
        } => {
            to.byte(CONTRIBUTION);
            to.text(kind.as_str());
            to.number(quantity.get().into());
            put_session(to, *session);
            put_person(to, *volunteer);
        }
        Event::IndicatorMeasured { indicator, value } => {
            to.byte(MEASURED);
            to.raw(indicator.uuid().as_bytes());
            to.text(value.to_string());
        }
        Event::OpeningNoted { state } => {
            to.byte(DOOR);
            state.put(to);
        }
        Event::EntriesConfirmed { targets } => {
            to.byte(CONFIRMED);
            to.number(targets.len() as u64);
            targets.iter().for_each(|target| put_target(to, target, at));
        }
        Event::VisitorCheckedIn { .. }
        | Event::HeadsCounted { .. }
        | Event::CoffeeServed { .. }
        | Event::CounterTallied { .. }
        | Event::ShiftStarted { .. }
        | Event::ShiftEnded { .. }
        | Event::BarRevenueCounted { .. }
        | Event::EntryRetracted { .. } => return false,
    }
    true
}

/// Reads the event of a number.
pub(super) fn read(number: u8, from: &mut Reader<'_>, at: Position) -> Result<Event, InvalidChunk> {
    Ok(match number {
        SHOP_REVENUE => Event::ShopRevenueCounted {
            amount: Cents::new(amount(from.number()?)?)?,
            expected: match from.number()?.checked_sub(1) {
                Some(cents) => Some(Cents::new(amount(cents)?)?),
                None => None,
            },
        },
        MONEY => Event::MoneyDonated {
            amount: Cents::new(amount(from.number()?)?)?,
            method: name(from)?,
            donor: person(from)?,
            purpose: sealed(from)?,
            code: from.again()?.map(Code::new),
            standing: Small::read(from)?,
        },
        GOODS => Event::GoodsDonated {
            category: whole_name(from.text()?)?,
            description: sealed(from)?,
            quantity: Quantity::new(amount(from.number()?)?)?,
            donor: person(from)?,
            purpose: sealed(from)?,
            code: from.again()?.map(Code::new),
            standing: Small::read(from)?,
        },
        CONTRIBUTION => Event::ContributionMade {
            kind: whole_name(from.text()?)?,
            quantity: Quantity::new(amount(from.number()?)?)?,
            session: session(from)?,
            volunteer: person(from)?,
        },
        MEASURED => Event::IndicatorMeasured {
            indicator: IndicatorId::new(Uuid::from_bytes(from.raw()?)),
            value: from.text()?.parse()?,
        },
        DOOR => Event::OpeningNoted {
            state: Small::read(from)?,
        },
        CONFIRMED => Event::EntriesConfirmed {
            targets: targets(from, at)?,
        },
        _ => return Err(InvalidChunk::Form),
    })
}

fn put_text(to: &mut Writer, text: Option<&str>) {
    text.is_some().put(to);
    if let Some(text) = text {
        to.text(text);
    }
}

fn text<'a>(from: &mut Reader<'a>) -> Result<Option<&'a str>, InvalidChunk> {
    if bool::read(from)? {
        from.text().map(Some)
    } else {
        Ok(None)
    }
}

/// A name as it was written: trimmed already.
fn whole_name(text: &str) -> Result<Name, InvalidValue> {
    Name::new(text)
}

fn name(from: &mut Reader<'_>) -> Result<Option<Name>, InvalidChunk> {
    let name = text(from)?.map(whole_name).transpose()?;
    Ok(name)
}

fn sealed(from: &mut Reader<'_>) -> Result<Option<Sealed>, InvalidChunk> {
    Ok(text(from)?.map(|text| Sealed::new(text.to_owned())))
}

fn put_person(to: &mut Writer, person: Option<PersonId>) {
    to.again(person.map(PersonId::uuid).as_ref().map(Uuid::as_bytes));
}

fn person(from: &mut Reader<'_>) -> Result<Option<PersonId>, InvalidChunk> {
    let bytes = from.again()?;
    Ok(bytes.map(|bytes| PersonId::new(Uuid::from_bytes(bytes))))
}

/// No room is made beforehand: the number may be wrong.
fn targets(from: &mut Reader<'_>, at: Position) -> Result<Vec<Target>, InvalidChunk> {
    let number = from.number()?;
    (0..number).map(|_| target(from, at)).collect()
}
