//! Ids and parsed values. Each has a checked constructor; whoever holds one may trust it.

mod amount;
mod day;
mod id;
mod period;
mod secret;
mod text;
mod timestamp;

pub use amount::{
    Cents, Cups, Decimal, HEADS_MAX, HeadCount, InvalidValue, PARTY_PERSONS_MAX, Party, Quantity,
};
pub use day::{Day, DayTime, Month, Zone};
pub use id::{
    ActivityId, CounterId, DeviceId, EntryId, GrantId, IndicatorId, OrganisationId, PartnerId,
    PersonId, RoomId, SeriesId, SessionId, StatementId, TenantId,
};
pub use period::{Period, PeriodKind, RANGE_DAYS_MAX};
pub use secret::{Code, Sealed, SecretHash, Tag};
pub use text::{Locale, NAME_CHARS_MAX, Name, SLUG_CHARS_MAX, Slug};
pub use timestamp::Timestamp;
