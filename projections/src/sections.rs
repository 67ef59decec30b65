//! What has rows: one section each, for any period, by the rules of the figures.

mod gifts;
mod programme;
mod standing;
mod volunteers;

use crate::figures::{DayCount, Value, count_day};
use crate::ledger::Ledger;
use meetellen_events::programme::OrganisedBy;
use meetellen_events::tally::ShiftKind;
use meetellen_events::values::{
    ActivityId, Cents, CounterId, Day, Decimal, GrantId, IndicatorId, Name, Period, RoomId,
    SessionId,
};

/// One activity with a session held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityRow {
    /// Which.
    pub activity: ActivityId,
    /// Its name on the day of its last session held.
    pub name: Option<Name>,
    /// Who organised it on that day.
    pub organised_by: Option<OrganisedBy>,
    /// Sessions held.
    pub sessions: i64,
    /// Participations at them.
    pub participations: Value,
    /// Participations a session, one decimal.
    pub average_participations: Value,
}

/// One day; what it came to is what the figures of that day say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayRow {
    /// Which.
    pub day: Day,
    /// Whether it was an opening.
    pub open: bool,
    /// Visits.
    pub visits: Value,
    /// Participations.
    pub participations: Value,
    /// Cups of coffee.
    pub coffee_cups: Value,
}

/// The session with most participations, of equals the earliest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusiestSession {
    /// Which.
    pub session: SessionId,
    /// Its activity.
    pub activity: ActivityId,
    /// The activity's name on that day.
    pub name: Option<Name>,
    /// The day it began.
    pub day: Day,
    /// Participations.
    pub participations: Value,
    /// Volunteers: the larger of those on a shift at it and its last head count of them.
    pub volunteers: i64,
}

/// Shifts of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShiftRow {
    /// Which kind.
    pub kind: ShiftKind,
    /// Shifts begun.
    pub shifts: i64,
    /// Their hours, one decimal; not known where none has any.
    pub hours: Value,
    /// Distinct volunteers.
    pub volunteers: i64,
}

/// How full a room was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomRow {
    /// Which.
    pub room: RoomId,
    /// Its name.
    pub name: Name,
    /// Hours of held sessions ÷ weekly hours together with any such hours outside them, in whole percent.
    pub occupancy: Value,
}

/// Goods of one category; case and spaces aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoodsRow {
    /// The category, as first written in the period.
    pub category: Name,
    /// Distinct givers; each unnamed gift is one.
    pub donors: Value,
    /// How many things.
    pub quantity: Value,
}

/// Contributions of one kind; case and spaces aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContributionRow {
    /// The kind, as first written in the period.
    pub kind: Name,
    /// How many.
    pub quantity: i64,
    /// In how many distinct sessions.
    pub sessions: i64,
}

/// One counter of the organisation's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CounterRow {
    /// Which.
    pub counter: CounterId,
    /// Its name.
    pub name: Name,
    /// How many; not known before its first entry.
    pub quantity: Value,
}

/// One indicator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndicatorRow {
    /// Which.
    pub indicator: IndicatorId,
    /// Its name.
    pub name: Name,
    /// The last measurement in the period, as entered.
    pub last: Option<Decimal>,
    /// The mean of the measurements in the period, one decimal.
    pub mean: Value,
}

/// One grant that stands on the last day of the period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantRow {
    /// Which.
    pub grant: GrantId,
    /// By whom.
    pub funder: Name,
    /// What for.
    pub purpose: Name,
    /// How much.
    pub amount: Cents,
}

/// One calendar year's own revenue of the bar, up to the end of the period, against the limit without VAT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanteenRow {
    /// Which year.
    pub year: i16,
    /// Bar revenue less private hire, in cents.
    pub own_cents: i64,
    /// The year's limit, in cents.
    pub limit_cents: u64,
    /// Where the limit was found.
    pub source: Name,
}

/// All sections of a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sections {
    /// Activities with a session held, by name: an order by size would tell of what is not shown.
    pub by_activity: Vec<ActivityRow>,
    /// Every day of the period.
    pub by_day: Vec<DayRow>,
    /// The busiest session; none where nobody took part.
    pub busiest_session: Option<BusiestSession>,
    /// Kinds of shift that were begun.
    pub shifts: Vec<ShiftRow>,
    /// The rooms of the last day, and others with a session held, by name.
    pub rooms: Vec<RoomRow>,
    /// Goods given, by category.
    pub goods: Vec<GoodsRow>,
    /// Contributions, by kind.
    pub contributions: Vec<ContributionRow>,
    /// Counters that stood on a day of the period or were used in it, by name.
    pub counters: Vec<CounterRow>,
    /// Indicators that stood on a day of the period or were measured in it, by name.
    pub indicators: Vec<IndicatorRow>,
    /// Grants, by funder and purpose.
    pub grants: Vec<GrantRow>,
    /// The canteen limit, for each year that has one.
    pub canteen: Vec<CanteenRow>,
}

/// The sections of a period as known when the ledger's last fact was recorded.
pub fn sections(ledger: &Ledger, period: &Period) -> Sections {
    let now = ledger.recorded_at();
    let days: Vec<DayCount> = period
        .days()
        .map(|day| count_day(ledger, day, now))
        .collect();
    let sessions = programme::held(ledger, period, now);
    let rows = || period.days().flat_map(|day| ledger.rows_of(day));
    Sections {
        by_activity: programme::by_activity(ledger, &sessions),
        by_day: days
            .iter()
            .map(|count| programme::day_row(ledger, count))
            .collect(),
        busiest_session: programme::busiest(ledger, &sessions),
        shifts: volunteers::shifts(ledger, rows()),
        rooms: programme::rooms(ledger, period, &days, &sessions, now),
        goods: gifts::goods(rows()),
        contributions: gifts::contributions(rows()),
        counters: standing::counters(ledger, period, rows()),
        indicators: standing::indicators(ledger, period, rows()),
        grants: standing::grants(ledger, period),
        canteen: standing::canteen(ledger, period),
    }
}

/// The sessions held on a day, in the order they began: activity and participations.
pub(crate) fn held_on(ledger: &Ledger, day: Day) -> Vec<(ActivityId, i64)> {
    let held = programme::held(ledger, &Period::day(day), ledger.recorded_at());
    held.iter().map(programme::Held::numbers).collect()
}

/// The goods of a period.
pub(crate) fn goods_of(ledger: &Ledger, period: &Period) -> Vec<GoodsRow> {
    gifts::goods(period.days().flat_map(|day| ledger.rows_of(day)))
}
