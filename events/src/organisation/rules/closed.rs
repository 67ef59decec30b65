//! What closed months refuse, and what may still change them.

use super::Organisation;
use crate::event::{self, Recorded};
use crate::months::{self, state::Reach};
use crate::values::{Day, EntryId, SessionId, Timestamp, Zone};
use crate::{people, programme, standing, tally};

impl Organisation {
    /// Refuses what would change a closed month silently: late entries and confirmations are taken, and told of by a
    /// new statement; nothing else reaches back.
    pub(super) fn leaves_closed(
        &self,
        zone: &Zone,
        events: &[event::Event],
    ) -> Result<(), months::Rejection> {
        if self.months.is_empty() {
            return Ok(());
        }
        for event in events {
            let since = match event {
                event::Event::Programme(event) => match event {
                    programme::Event::ActivityAdded { since, .. }
                    | programme::Event::ActivityChanged { since, .. } => Some(*since),
                    programme::Event::SessionPlanned { starts_at, .. } => {
                        self.months.open_on(zone, zone.day_of(*starts_at))?;
                        None
                    }
                    programme::Event::SessionCancelled { session } => {
                        self.open_for(zone, *session)?;
                        None
                    }
                    programme::Event::SessionConfirmed { session } => {
                        if self.programme.is_cancelled(*session) {
                            self.open_for(zone, *session)?;
                        }
                        None
                    }
                    programme::Event::CodeIssued { .. }
                    | programme::Event::CodeWithdrawn { .. } => None,
                },
                event::Event::People(event) => match event {
                    people::Event::Registered { since, .. }
                    | people::Event::Changed { since, .. } => Some(*since),
                    people::Event::GiverNamed { .. }
                    | people::Event::Erased { .. }
                    | people::Event::PassIssued { .. }
                    | people::Event::PassWithdrawn { .. } => None,
                },
                event::Event::Standing(event) => Some(event.since()),
                event::Event::Organisation(_)
                | event::Event::Tally(_)
                | event::Event::Access(_)
                | event::Event::Months(_)
                | event::Event::Unknown(_) => None,
            };
            if let Some(since) = since {
                self.months.open_from(zone, since)?;
            }
        }
        Ok(())
    }

    fn open_for(&self, zone: &Zone, session: SessionId) -> Result<(), months::Rejection> {
        let known = self.programme.session(session);
        known.map_or(Ok(()), |known| {
            self.months.open_on(zone, zone.day_of(known.starts_at))
        })
    }

    /// The day an entry counts on: a session's is that of its beginning, a shift's end that of its start.
    pub(super) fn counted_on(&self, zone: &Zone, event: &tally::Event, at: Timestamp) -> Day {
        match event {
            tally::Event::VisitorCheckedIn {
                session: Some(session),
                ..
            }
            | tally::Event::HeadsCounted {
                session: Some(session),
                ..
            } => {
                let known = self.programme.session(*session);
                zone.day_of(known.map_or(at, |known| known.starts_at))
            }
            tally::Event::ShiftEnded { shift, .. } => {
                let start = self.tally.day(shift.entry);
                start.unwrap_or_else(|| zone.day_of(at))
            }
            tally::Event::VisitorCheckedIn { session: None, .. }
            | tally::Event::HeadsCounted { session: None, .. }
            | tally::Event::CoffeeServed { .. }
            | tally::Event::CounterTallied { .. }
            | tally::Event::ContributionMade { .. }
            | tally::Event::ShiftStarted { .. }
            | tally::Event::BarRevenueCounted { .. }
            | tally::Event::ShopRevenueCounted { .. }
            | tally::Event::MoneyDonated { .. }
            | tally::Event::GoodsDonated { .. }
            | tally::Event::IndicatorMeasured { .. }
            | tally::Event::OpeningNoted { .. }
            | tally::Event::EntryRetracted { .. }
            | tally::Event::EntriesConfirmed { .. } => zone.day_of(at),
        }
    }

    /// From the day before an entry's: whoever stands at the bar from the next morning on may have the instruction that
    /// the shift of the night before lacked.
    fn since_the_evening_before(&self, entry: EntryId) -> Reach {
        let day = self.tally.day(entry);
        day.map_or(Reach::Nowhere, |day| Reach::From(day.plus(-1)))
    }

    /// Notes which closed months a fact that was taken in may change.
    pub(super) fn touch_months(&mut self, recorded: &Recorded) {
        if !self.months.is_empty() {
            let reach = self.reach(recorded);
            self.months.touch(reach, recorded);
        }
    }

    /// Which closed months a fact may change. Too many do no harm: a month is restated only where a figure is another.
    fn reach(&self, recorded: &Recorded) -> Reach {
        match &recorded.fact.event {
            event::Event::Tally(tally::Event::EntriesConfirmed { targets }) => {
                let days = targets.iter();
                let days = days.filter_map(|target| self.tally.day(target.entry));
                days.min().map_or(Reach::Nowhere, Reach::From)
            }
            event::Event::Tally(tally::Event::EntryRetracted { target, .. }) => {
                self.since_the_evening_before(target.entry)
            }
            event::Event::Tally(_) => self.since_the_evening_before(EntryId::new(recorded.fact.id)),
            event::Event::Programme(event) => match event {
                programme::Event::SessionConfirmed { session }
                | programme::Event::SessionCancelled { session } => {
                    let known = self.programme.session(*session);
                    let zone = self.zone().cloned().unwrap_or_default();
                    known.map_or(Reach::Nowhere, |known| {
                        Reach::From(zone.day_of(known.starts_at))
                    })
                }
                // Who organises it also holds before its first day. A new one has nothing behind it.
                programme::Event::ActivityChanged { facts, .. } if facts.organised_by.is_some() => {
                    Reach::Everywhere
                }
                programme::Event::ActivityAdded { .. }
                | programme::Event::ActivityChanged { .. }
                | programme::Event::SessionPlanned { .. }
                | programme::Event::CodeIssued { .. }
                | programme::Event::CodeWithdrawn { .. } => Reach::Nowhere,
            },
            // An age group also holds before its first day. Somebody new has nothing behind her.
            event::Event::People(people::Event::Changed { facts, .. }) if facts.age.is_some() => {
                Reach::Everywhere
            }
            // So does an hourly rate.
            event::Event::Standing(standing::Event::SettingChanged {
                setting: standing::Setting::HourlyRate(_),
                ..
            }) => Reach::Everywhere,
            event::Event::Organisation(_)
            | event::Event::People(_)
            | event::Event::Standing(_)
            | event::Event::Access(_)
            | event::Event::Months(_)
            | event::Event::Unknown(_) => Reach::Nowhere,
        }
    }
}
