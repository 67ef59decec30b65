//! The rows of the sections, as the contract names their members.

use super::Cell;
use meetellen_events::programme::OrganisedBy;
use meetellen_events::tally::ShiftKind;
use meetellen_events::values::{ActivityId, CounterId, Day, Decimal, IndicatorId, Name, SessionId};
use meetellen_projections::sections;
use serde::Serialize;

/// One activity.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the fields are the contract's, §4.1")]
pub struct ByActivity {
    pub activity: ActivityId,
    pub name: String,
    pub organised_by: Option<OrganisedBy>,
    pub sessions: i64,
    pub participations: Cell,
    pub average_participations: Cell,
}

/// One day.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the fields are the contract's, §4.1")]
pub struct ByDay {
    pub day: Day,
    pub open: bool,
    pub visits: Cell,
    pub participations: Cell,
    pub coffee_cups: Cell,
}

/// The busiest session.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the fields are the contract's, §4.1")]
pub struct Busiest {
    pub session: SessionId,
    pub name: String,
    pub day: Day,
    pub participations: Cell,
    pub volunteers: i64,
}

/// Shifts of one kind.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the fields are the contract's, §4.1")]
pub struct Shifts {
    pub kind: ShiftKind,
    pub shifts: i64,
    pub hours: Cell,
    pub volunteers: i64,
}

/// One room.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the fields are the contract's, §4.1")]
pub struct Room {
    pub room: String,
    pub occupancy: Cell,
}

/// Goods of one category.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the fields are the contract's, §4.1")]
pub struct Goods {
    pub category: String,
    pub donors: Cell,
    pub quantity: Cell,
}

/// Contributions of one kind.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the fields are the contract's, §4.1")]
pub struct Contribution {
    pub kind: String,
    pub quantity: i64,
    pub sessions: i64,
}

/// One counter.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the fields are the contract's, §4.1")]
pub struct Counter {
    pub counter: CounterId,
    pub name: String,
    pub quantity: Cell,
}

/// One indicator.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the fields are the contract's, §4.1")]
pub struct Indicator {
    pub indicator: IndicatorId,
    pub name: String,
    pub last: Option<Decimal>,
    pub mean: Cell,
}

/// One grant.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the fields are the contract's, §4.1")]
pub struct Grant {
    pub funder: String,
    pub purpose: String,
    pub amount_cents: u64,
}

/// One year against its canteen limit.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the fields are the contract's, §4.1")]
pub struct Canteen {
    pub year: i16,
    pub own_cents: i64,
    pub limit_cents: u64,
    pub source: String,
}

impl From<sections::ActivityRow> for ByActivity {
    fn from(row: sections::ActivityRow) -> Self {
        Self {
            activity: row.activity,
            name: words(row.name),
            organised_by: row.organised_by,
            sessions: row.sessions,
            participations: Cell(row.participations),
            average_participations: Cell(row.average_participations),
        }
    }
}

impl From<sections::DayRow> for ByDay {
    fn from(row: sections::DayRow) -> Self {
        Self {
            day: row.day,
            open: row.open,
            visits: Cell(row.visits),
            participations: Cell(row.participations),
            coffee_cups: Cell(row.coffee_cups),
        }
    }
}

impl From<sections::BusiestSession> for Busiest {
    fn from(row: sections::BusiestSession) -> Self {
        Self {
            session: row.session,
            name: words(row.name),
            day: row.day,
            participations: Cell(row.participations),
            volunteers: row.volunteers,
        }
    }
}

impl From<sections::ShiftRow> for Shifts {
    fn from(row: sections::ShiftRow) -> Self {
        Self {
            kind: row.kind,
            shifts: row.shifts,
            hours: Cell(row.hours),
            volunteers: row.volunteers,
        }
    }
}

impl From<sections::RoomRow> for Room {
    fn from(row: sections::RoomRow) -> Self {
        Self {
            room: words(Some(row.name)),
            occupancy: Cell(row.occupancy),
        }
    }
}

impl From<sections::GoodsRow> for Goods {
    fn from(row: sections::GoodsRow) -> Self {
        Self {
            category: words(Some(row.category)),
            donors: Cell(row.donors),
            quantity: Cell(row.quantity),
        }
    }
}

impl From<sections::ContributionRow> for Contribution {
    fn from(row: sections::ContributionRow) -> Self {
        Self {
            kind: words(Some(row.kind)),
            quantity: row.quantity,
            sessions: row.sessions,
        }
    }
}

impl From<sections::CounterRow> for Counter {
    fn from(row: sections::CounterRow) -> Self {
        Self {
            counter: row.counter,
            name: words(Some(row.name)),
            quantity: Cell(row.quantity),
        }
    }
}

impl From<sections::IndicatorRow> for Indicator {
    fn from(row: sections::IndicatorRow) -> Self {
        Self {
            indicator: row.indicator,
            name: words(Some(row.name)),
            last: row.last,
            mean: Cell(row.mean),
        }
    }
}

impl From<sections::GrantRow> for Grant {
    fn from(row: sections::GrantRow) -> Self {
        Self {
            funder: words(Some(row.funder)),
            purpose: words(Some(row.purpose)),
            amount_cents: row.amount.get(),
        }
    }
}

impl From<sections::CanteenRow> for Canteen {
    fn from(row: sections::CanteenRow) -> Self {
        Self {
            year: row.year,
            own_cents: row.own_cents,
            limit_cents: row.limit_cents,
            source: words(Some(row.source)),
        }
    }
}

fn words(name: Option<Name>) -> String {
    name.map(|name| name.as_str().to_owned())
        .unwrap_or_default()
}
