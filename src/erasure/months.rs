//! Destroys the keys that tell the phones of a month apart, once the month is over long enough.
//!
//! | always true | tested in |
//! |---|---|
//! | a key is gone within a day of its end, or at the next start where the server was off | `tests/people/months.rs` |
//! | from its end on nobody is told apart by it, whether it is gone or not | the same |

use crate::keys::{KeyError, Keys, Owner};
use crate::load::{self, LoadError};
use crate::node::Node;
use jiff::civil::Date;
use meetellen_events::organisation::Organisation;
use meetellen_events::values::{Day, Month, OrganisationId, Timestamp};
use std::time::Duration;

/// How often the server looks whether a day has gone by on its clock.
const ROUND: Duration = Duration::from_secs(5);

const DAY_MILLIS: i64 = 86_400_000;

/// Days after a month in which its key stays in any case: 60 from its closing, less one for clocks ahead of ours.
const DAYS_MIN: i64 = 59;

/// Days after a month in which its key may still be there: 400 from its end, and two for clocks behind ours and for the
/// night that belongs to the evening before.
const DAYS_MAX: i64 = 402;

/// Why the keys of an organisation's months can't be destroyed.
#[derive(Debug, thiserror::Error)]
enum Kept {
    #[error(transparent)]
    Keys(#[from] KeyError),
    #[error(transparent)]
    Load(#[from] LoadError),
}

/// Destroys what is due: at once, and once a day by the server's clock, for as long as the server's system runs.
pub async fn daily(node: Node) {
    let mut rounds = tokio::time::interval(ROUND);
    let mut done = None;
    loop {
        rounds.tick().await;
        let today = node.now().millis().div_euclid(DAY_MILLIS);
        if done != Some(today) && node.blocking(destroy_due).await.is_ok() {
            done = Some(today);
        }
    }
}

/// Goes through all organisations. What can't be done for one is told in the log, stops no other, and is tried again the
/// next day.
fn destroy_due(node: &Node) {
    let organisations = match node.keys().organisations() {
        Ok(organisations) => organisations,
        Err(error) => {
            tracing::error!(%error, "keys of months that are over may still be there");
            return;
        }
    };
    for organisation in organisations {
        if !node.writer.is_running() {
            return;
        }
        if let Err(error) = destroy_of(node, organisation) {
            tracing::error!(%organisation, %error, "keys of months that are over may still be there");
        }
    }
}

fn destroy_of(node: &Node, organisation: OrganisationId) -> Result<(), Kept> {
    let (keys, now) = (node.keys(), node.now());
    let mut months = keys.months(organisation)?;
    // An organisation is not read for months whose keys stay anyway.
    months.retain(|month| !is_young(*month, now));
    if months.is_empty() {
        return Ok(());
    }
    match node.writer.houses().resident(organisation) {
        Some(live) => months.retain(|month| is_over(&live.read().organisation, *month, now)),
        // Read for this alone: it takes no other's place in memory.
        None => {
            let read = load::live(node.reader(), organisation)?.organisation;
            months.retain(|month| is_over(&read, *month, now));
        }
    }
    Ok(destroy(keys, organisation, &months)?)
}

/// Destroys at start, before anybody is served, what is over whatever the log says: the rest takes reading it.
pub(super) fn destroy_oldest(
    keys: &Keys,
    organisation: OrganisationId,
    now: Timestamp,
) -> Result<(), KeyError> {
    let mut months = keys.months(organisation)?;
    months.retain(|month| is_old(*month, now));
    destroy(keys, organisation, &months)
}

fn destroy(keys: &Keys, organisation: OrganisationId, months: &[Month]) -> Result<(), KeyError> {
    for month in months {
        keys.destroy(organisation, Owner::Month(*month))?;
        tracing::info!(%organisation, %month, "the key of a month's visitor tags was destroyed");
    }
    Ok(())
}

fn is_over(organisation: &Organisation, month: Month, now: Timestamp) -> bool {
    organisation
        .tags_end_at(month)
        .is_some_and(|end| end <= now)
}

/// Days on the calendar of UTC since a month's last one.
fn days_since(month: Month, now: Timestamp) -> i64 {
    let first = Day::new(Date::constant(1970, 1, 1));
    now.millis().div_euclid(DAY_MILLIS) - i64::from(month.last_day().days_since(first))
}

/// Whether the key stays wherever on Earth the house stands, and however early the month was closed.
fn is_young(month: Month, now: Timestamp) -> bool {
    days_since(month, now) < DAYS_MIN
}

/// Whether the key goes wherever on Earth the house stands, and were the month never closed.
fn is_old(month: Month, now: Timestamp) -> bool {
    days_since(month, now) > DAYS_MAX
}
