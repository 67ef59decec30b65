//! The demo: three invented organisations, played through the rules as if phones had sent their entries.
//!
//! Each month's totals are planned first and then spread over its days and people, so that the figures come out
//! as sums of single entries. Everything follows from the day it is played on: the same day, the same ids and figures.

mod badhuis;
mod book;
mod fill;
mod folder;
mod kempenaar;
mod seed;
mod sleutel;
#[cfg(test)]
pub(crate) mod tests;

pub use fill::{Played, fill};
pub use folder::{SHOWN, fill_folder, filled, is_empty};

use meetellen_events::organisation::{Authority, Command};
use meetellen_events::tally::Standing;
use meetellen_events::values::{
    Day, Month, OrganisationId, PersonId, Sealed, SecretHash, Tag, Timestamp,
};

/// How many calendar months are played, the last whole one included.
pub const MONTHS: usize = 13;

/// Where the demo is played: the rules and the key store of a server, or a test that adds up.
pub trait Stage {
    /// Lets an organisation decide a command at an instant, as if it were that time; how sure what it recorded is.
    fn at(
        &mut self,
        organisation: OrganisationId,
        now: Timestamp,
        command: Command,
    ) -> anyhow::Result<Standing>;

    /// Has a month closed at an instant on somebody's word, with a statement of what was recorded so far.
    fn close(
        &mut self,
        organisation: OrganisationId,
        now: Timestamp,
        closing: (Authority, Month),
    ) -> anyhow::Result<()>;

    /// Has a closed month restated at an instant, as a server does by itself.
    fn restate(
        &mut self,
        organisation: OrganisationId,
        now: Timestamp,
        month: Month,
    ) -> anyhow::Result<()>;

    /// Seals a person's text, readable only while that person's key exists.
    fn seal(
        &mut self,
        organisation: OrganisationId,
        person: PersonId,
        text: &str,
    ) -> anyhow::Result<Sealed>;

    /// A phone's pseudonym for a month, from the random token it keeps.
    fn tag(
        &mut self,
        organisation: OrganisationId,
        month: Month,
        phone: [u8; 16],
    ) -> anyhow::Result<Tag>;

    /// What a new secret is known by. The secret itself is told to nobody, or whoever plays the same day could use it.
    fn secret(&mut self) -> anyhow::Result<SecretHash>;
}

/// Plays the thirteen calendar months up to the last whole one before `today`.
///
/// # Errors
/// What the stage answers: a command the rules refuse, or a key store that fails.
pub fn play(today: Day, stage: &mut dyn Stage) -> anyhow::Result<()> {
    let months = months_before(today);
    badhuis::play(&months, stage)?;
    sleutel::play(&months, stage)?;
    kempenaar::play(&months, stage)
}

/// The months played on a day, the earliest first.
pub fn months_before(today: Day) -> Vec<Month> {
    let mut months = vec![today.month().previous()];
    while months.len() < MONTHS {
        months.push(months[months.len() - 1].previous());
    }
    months.reverse();
    months
}

/// The days of a month, in order.
fn days(month: Month) -> Vec<Day> {
    let count = month.last_day().days_since(month.first_day());
    (0..=count).map(|d| month.first_day().plus(d)).collect()
}

/// The days of a month that fall on one of the weekdays (1 is Monday).
fn days_on(month: Month, weekdays: &[u8]) -> Vec<Day> {
    days(month)
        .into_iter()
        .filter(|day| weekdays.contains(&day.weekday()))
        .collect()
}
