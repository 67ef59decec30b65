//! The entries behind the figures, with what became of each.
//!
//! | always true | tested in |
//! |---|---|
//! | nothing here tells who a visitor is; who else an entry names only a coordinator sees | `tests/models/history.rs` |
//! | pages follow the log: each entry stands on one of them, once | `tests/models/history.rs` |

mod behind;
mod fields;
mod state;

use crate::ledger::{Ledger, Row};
use meetellen_events::access::Role;
use meetellen_events::event::Actor;
use meetellen_events::tally::{Event, Evidence};
use meetellen_events::values::{
    CounterId, Day, DeviceId, EntryId, IndicatorId, PersonId, SessionId, Timestamp,
};

pub use behind::behind;
pub use state::State;

/// Types of entries, as clients send them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EntryType {
    /// Somebody came.
    CheckIn,
    /// Heads were counted.
    HeadCount,
    /// Coffee was served.
    Coffee,
    /// A counter went up.
    Tally,
    /// Somebody brought something.
    Contribution,
    /// A shift began.
    ShiftStart,
    /// A shift ended.
    ShiftEnd,
    /// The till of the bar.
    BarRevenue,
    /// The till of the shop.
    ShopRevenue,
    /// Money or goods given.
    Donation,
    /// An indicator was measured.
    Measurement,
    /// Something about the door.
    Opening,
    /// An entry counts no more.
    Retraction,
    /// Waiting entries were real.
    Confirmation,
}

impl EntryType {
    /// Every type.
    pub const ALL: [Self; 14] = [
        Self::CheckIn,
        Self::HeadCount,
        Self::Coffee,
        Self::Tally,
        Self::Contribution,
        Self::ShiftStart,
        Self::ShiftEnd,
        Self::BarRevenue,
        Self::ShopRevenue,
        Self::Donation,
        Self::Measurement,
        Self::Opening,
        Self::Retraction,
        Self::Confirmation,
    ];

    /// Its name in requests and answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CheckIn => "check_in",
            Self::HeadCount => "head_count",
            Self::Coffee => "coffee",
            Self::Tally => "tally",
            Self::Contribution => "contribution",
            Self::ShiftStart => "shift_start",
            Self::ShiftEnd => "shift_end",
            Self::BarRevenue => "bar_revenue",
            Self::ShopRevenue => "shop_revenue",
            Self::Donation => "donation",
            Self::Measurement => "measurement",
            Self::Opening => "opening",
            Self::Retraction => "retraction",
            Self::Confirmation => "confirmation",
        }
    }

    /// The type of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    /// What an event was sent as.
    pub const fn of(event: &Event) -> Self {
        match event {
            Event::VisitorCheckedIn { .. } => Self::CheckIn,
            Event::HeadsCounted { .. } => Self::HeadCount,
            Event::CoffeeServed { .. } => Self::Coffee,
            Event::CounterTallied { .. } => Self::Tally,
            Event::ContributionMade { .. } => Self::Contribution,
            Event::ShiftStarted { .. } => Self::ShiftStart,
            Event::ShiftEnded { .. } => Self::ShiftEnd,
            Event::BarRevenueCounted { .. } => Self::BarRevenue,
            Event::ShopRevenueCounted { .. } => Self::ShopRevenue,
            Event::MoneyDonated { .. } | Event::GoodsDonated { .. } => Self::Donation,
            Event::IndicatorMeasured { .. } => Self::Measurement,
            Event::OpeningNoted { .. } => Self::Opening,
            Event::EntryRetracted { .. } => Self::Retraction,
            Event::EntriesConfirmed { .. } => Self::Confirmation,
        }
    }
}

/// A field of an entry that names nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// A whole number, money in cents.
    Whole(i64),
    /// Yes or no.
    Flag(bool),
    /// A word of the contract.
    Word(&'static str),
    /// A text or decimal as entered.
    Text(String),
    /// A session.
    Session(SessionId),
    /// A counter.
    Counter(CounterId),
    /// An indicator.
    Indicator(IndicatorId),
    /// Another entry.
    Entry(EntryId),
    /// Other entries.
    Entries(Vec<EntryId>),
}

/// One entry as it stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub entry: EntryId,
    /// What it was sent as.
    pub entry_type: EntryType,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Its place in the log.
    pub position: u64,
    /// The day it counts on.
    pub day: Day,
    /// What became of it.
    pub state: State,
    /// Whether it was recorded on a later day than it happened.
    pub late: bool,
    /// How it was seen, where that is told.
    pub evidence: Option<Evidence>,
    /// Who had it recorded.
    pub actor: Actor,
    /// Its fields by their names in the contract; none tells who anybody is.
    pub fields: Vec<(&'static str, Field)>,
    /// The volunteer or giver it names: for a coordinator only. A visitor never.
    pub person: Option<PersonId>,
}

/// Which entries to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Filter<'a> {
    /// From this day on.
    pub from: Option<Day>,
    /// Up to this day.
    pub to: Option<Day>,
    /// Of these types only; of any where there are none.
    pub entry_types: &'a [EntryType],
    /// Recorded by this device only.
    pub device: Option<DeviceId>,
    /// Behind this place in the log.
    pub after: u64,
}

/// Some entries in the order of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The entries.
    pub entries: Vec<Entry>,
    /// Where the next page goes on; none where this is the last.
    pub next: Option<u64>,
}

/// Most entries on one page.
pub const PAGE_ENTRIES_MAX: usize = 1_000;

/// The entries of a filter, at most `limit` and [`PAGE_ENTRIES_MAX`] of them, as a role may see them.
pub fn page(ledger: &Ledger, filter: &Filter<'_>, limit: usize, role: Role) -> Page {
    let limit = limit.clamp(1, PAGE_ENTRIES_MAX);
    let mut reader = state::Reader::new(ledger);
    let mut page = Page {
        entries: Vec::new(),
        next: None,
    };
    let mut last = filter.after;
    for row in rows(ledger, filter).filter(|row| filter.takes(row)) {
        if page.entries.len() == limit {
            page.next = Some(last);
            break;
        }
        last = row.position;
        page.entries.push(entry(&mut reader, &row, role));
    }
    page
}

/// One entry by its place, as a role may see it.
pub fn at(ledger: &Ledger, position: u64, role: Role) -> Option<Entry> {
    let row = ledger.kept(position)?;
    Some(entry(&mut state::Reader::new(ledger), &row, role))
}

impl Filter<'_> {
    fn takes(&self, row: &Row) -> bool {
        let of_type =
            self.entry_types.is_empty() || self.entry_types.contains(&EntryType::of(&row.event));
        of_type && (self.device.is_none() || self.device == row.actor.id)
    }
}

/// Rows of the filter's days behind its place, in the order of the log.
fn rows(ledger: &Ledger, filter: &Filter<'_>) -> impl Iterator<Item = Row> {
    let any = filter.from.is_none() && filter.to.is_none();
    let (all, mut some) = if any {
        (filter.after + 1..=ledger.last(), Vec::new())
    } else {
        let days = ledger.days().filter(|day| {
            filter.from.is_none_or(|from| from <= *day) && filter.to.is_none_or(|to| *day <= to)
        });
        let places = days.flat_map(|day| ledger.places_of(day));
        #[expect(clippy::reversed_empty_ranges, reason = "none beside the days' own")]
        (
            1..=0,
            places.filter(|place| *place > filter.after).collect(),
        )
    };
    some.sort_unstable();
    all.chain(some).filter_map(|place| ledger.kept(place))
}

fn entry(reader: &mut state::Reader<'_>, row: &Row, role: Role) -> Entry {
    let ledger = reader.ledger();
    let happened = ledger.zone().day_of(row.at);
    Entry {
        entry: row.entry,
        entry_type: EntryType::of(&row.event),
        occurred_at: row.at,
        recorded_at: row.recorded_at,
        position: row.position,
        day: ledger.day_of(row).unwrap_or(happened),
        state: reader.state(row),
        late: ledger.zone().day_of(row.recorded_at) > happened,
        evidence: fields::evidence(&row.event),
        actor: row.actor,
        fields: fields::clear(&row.event),
        person: match role {
            Role::Coordinator => fields::person(&row.event),
            Role::Volunteer | Role::Bar | Role::Viewer => None,
        },
    }
}
