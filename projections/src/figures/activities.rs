//! Sessions, and who takes part.

use super::{Basis, DayCount, Figure, Seen, Value, Whole};
use crate::ledger::{Kind, Ledger};
use meetellen_events::programme::OrganisedBy;
use meetellen_events::values::Period;
use std::collections::BTreeSet;

pub(super) fn figures(ledger: &Ledger, period: &Period, days: &[DayCount]) -> Vec<Figure> {
    let number = |of: fn(&DayCount) -> usize| days.iter().map(of).sum::<usize>() as i64;
    let held = number(|day| day.held);
    let counted = number(|day| day.sessions_counted);
    let (cancelled, unconfirmed) = (number(|day| day.cancelled), number(|day| day.unconfirmed));
    let mut seen = Seen::default();
    days.iter().for_each(|day| seen.add(&day.participations));
    let began = ledger.began(Kind::Participation, period.last_day());
    let none_held = held == 0 && cancelled + unconfirmed > 0;
    let known = began && !none_held;
    let average = if known {
        Value::mean(seen.total(), usize::try_from(held).unwrap_or(0))
    } else {
        Value::Unknown
    };
    let of_held = |key, unit, value| {
        let figure = Figure::new(key, unit, value).seen(&seen, Basis::Counted);
        figure.covering(counted, Whole::Sessions, held + unconfirmed)
    };
    let mut figures = vec![of_held(
        "participations",
        "participations",
        Value::known(known, seen.total()),
    )];
    let planned = ledger.had_sessions(period.last_day());
    let sessions = |key, sessions| Figure::new(key, "sessions", Value::known(planned, sessions));
    let residents: Vec<bool> = by_residents(ledger, days).collect();
    let shown = residents.iter().filter(|shown| **shown).count() as i64;
    let residents = residents.len() as i64;
    let kinds: BTreeSet<_> = days.iter().flat_map(|day| &day.activities).collect();
    let kinds: BTreeSet<_> = kinds.into_iter().map(|(activity, _)| activity).collect();
    let kinds = Value::known(planned, kinds.len() as i64);
    figures.extend([
        sessions("activities_held", held).shown(counted, held - counted),
        sessions("activities_cancelled", cancelled).entered(),
        sessions("activities_unconfirmed", unconfirmed).entered(),
        sessions("activities_by_residents", residents).shown(shown, residents - shown),
        Figure::new("activity_kinds", "activities", kinds).shown(counted, held - counted),
        of_held("average_participations", "per session", average),
    ]);
    figures
}

/// The sessions held that residents set up, and of each whether a check-in or head count shows it.
fn by_residents(ledger: &Ledger, days: &[DayCount]) -> impl Iterator<Item = bool> {
    let held = days
        .iter()
        .flat_map(|day| day.activities.iter().map(|held| (day.day, *held)));
    held.filter_map(|(day, (activity, shown))| {
        let organised_by = ledger
            .facts()
            .activity(activity, day, |facts| facts.organised_by);
        (organised_by == Some(OrganisedBy::Residents)).then_some(shown)
    })
}
