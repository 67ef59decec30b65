//! What the rules keep of standing facts and settings.

use super::{Command, Event, Hours, Listed, Rejection, Room, Setting};
use crate::organisation::Held;
use crate::values::{Cents, Day, GrantId, Name, RoomId, Timestamp, Zone};
use std::collections::HashMap;
use std::mem::{Discriminant, discriminant};

#[derive(Debug, Clone)]
struct Stands<T> {
    what: T,
    since: Day,
    until: Option<Day>,
}

impl<T> Stands<T> {
    const fn shown(&self) -> Standing<'_, T> {
        Standing {
            what: &self.what,
            since: self.since,
            until: self.until,
        }
    }

    /// From which day on it is to end; none where it has ended so already.
    fn end(&self, since: Option<Day>, today: Day) -> Result<Option<Day>, Rejection> {
        match (self.until, since) {
            (Some(until), None) if until <= today => Ok(None),
            (Some(until), Some(since)) if until < since => {
                Err(Rejection::AlreadyEnded { since: until })
            }
            (until, since) => {
                let since = since.unwrap_or(today);
                Ok((until != Some(since)).then_some(since))
            }
        }
    }
}

/// Standing facts and settings.
#[derive(Debug, Clone, Default)]
pub struct State {
    listed: HashMap<Listed, Stands<Name>>,
    grants: HashMap<GrantId, Stands<Grant>>,
    settings: HashMap<Discriminant<Setting>, Held<Setting>>,
}

/// Something that stands, or stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing<'a, T> {
    /// What.
    pub what: &'a T,
    /// From which day.
    pub since: Day,
    /// The first day without it.
    pub until: Option<Day>,
}

/// Money awarded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// By whom.
    pub funder: Name,
    /// What for.
    pub purpose: Name,
    /// How much.
    pub amount: Cents,
}

impl State {
    /// Everything listed that was ever added, in no order.
    pub fn listed(&self) -> impl Iterator<Item = (Listed, Standing<'_, Name>)> {
        self.listed
            .iter()
            .map(|(listed, known)| (*listed, known.shown()))
    }

    /// Every grant that was ever awarded, in no order.
    pub fn grants(&self) -> impl Iterator<Item = (GrantId, Standing<'_, Grant>)> {
        self.grants
            .iter()
            .map(|(grant, known)| (*grant, known.shown()))
    }

    /// Every setting that holds on a day, in no order.
    pub fn settings(&self, day: Day) -> impl Iterator<Item = &Setting> {
        self.settings.values().filter_map(move |held| held.on(day))
    }

    /// The rooms as they are on a day.
    pub fn rooms(&self, day: Day) -> &[Room] {
        match self.on(&Setting::Rooms(Vec::new()), day) {
            Some(Setting::Rooms(rooms)) => rooms,
            Some(_) | None => &[],
        }
    }

    /// Whether what was counted on a day may be noted under it: until it is ended, and also from before it was listed.
    pub fn takes(&self, listed: Listed, day: Day) -> bool {
        self.listed
            .get(&listed)
            .is_some_and(|known| known.until.is_none_or(|until| day < until))
    }

    /// Whether a room of that id was ever set.
    pub fn has_room(&self, room: RoomId) -> bool {
        self.settings.values().flat_map(Held::all).any(|setting| {
            matches!(setting, Setting::Rooms(rooms) if rooms.iter().any(|known| known.id == room))
        })
    }

    /// Whether an instant lies within the weekly hours; none where there are no such hours.
    pub fn within_hours(&self, zone: &Zone, at: Timestamp) -> Option<bool> {
        let (date, _) = zone.wall(at);
        let mut known = false;
        for day in [date.plus(-1), date] {
            let hours = self.hours(day);
            known |= !hours.is_empty();
            let open = |hours: &&Hours| {
                let (from, mut to) = (hours.from.minutes(), hours.to.minutes());
                if to <= from {
                    to += 1_440;
                }
                zone.at(day, from) <= at && at < zone.at(day, to)
            };
            let of_day = hours.iter().filter(|hours| hours.weekday == day.weekday());
            if !self.is_closed(day) && of_day.clone().any(|hours| open(&hours)) {
                return Some(true);
            }
        }
        known.then_some(false)
    }

    fn hours(&self, day: Day) -> &[Hours] {
        match self.on(&Setting::OpeningHours(vec![]), day) {
            Some(Setting::OpeningHours(hours)) => hours,
            Some(_) | None => &[],
        }
    }

    fn is_closed(&self, day: Day) -> bool {
        matches!(self.on(&Setting::ClosedDays(vec![]), day), Some(Setting::ClosedDays(days)) if days.contains(&day))
    }

    /// The setting of the same kind as the one given that holds on a day.
    pub fn on(&self, like: &Setting, day: Day) -> Option<&Setting> {
        self.settings.get(&discriminant(like))?.on(day)
    }

    /// What a command would record.
    pub fn decide(&self, command: &Command, today: Day) -> Result<Vec<Event>, Rejection> {
        match command {
            Command::Add {
                listed,
                name,
                since,
            } => {
                let since = since.unwrap_or(today);
                match self.listed.get(listed) {
                    None => Ok(vec![Event::Added {
                        listed: *listed,
                        name: name.clone(),
                        since,
                    }]),
                    Some(known) if known.what == *name && known.since == since => Ok(vec![]),
                    Some(_) => Err(Rejection::IdReused),
                }
            }
            Command::End { listed, since } => {
                let (listed, known) = (*listed, self.listed.get(listed));
                let known = known.ok_or(Rejection::UnknownListed(listed))?;
                let ends = known.end(*since, today)?;
                Ok(ends
                    .map(|since| Event::Ended { listed, since })
                    .into_iter()
                    .collect())
            }
            Command::AwardGrant {
                grant,
                funder,
                purpose,
                amount,
                since,
            } => {
                let since = since.unwrap_or(today);
                let what = Grant {
                    funder: funder.clone(),
                    purpose: purpose.clone(),
                    amount: *amount,
                };
                match self.grants.get(grant) {
                    Some(known) if known.what == what && known.since == since => Ok(vec![]),
                    Some(_) => Err(Rejection::IdReused),
                    None => {
                        let Grant {
                            funder,
                            purpose,
                            amount,
                        } = what;
                        Ok(vec![Event::GrantAwarded {
                            grant: *grant,
                            funder,
                            purpose,
                            amount,
                            since,
                        }])
                    }
                }
            }
            Command::EndGrant { grant, since } => {
                let (grant, known) = (*grant, self.grants.get(grant));
                let known = known.ok_or(Rejection::UnknownGrant(grant))?;
                let ends = known.end(*since, today)?;
                Ok(ends
                    .map(|since| Event::GrantEnded { grant, since })
                    .into_iter()
                    .collect())
            }
            Command::Change { settings, since } => self.change(settings, since.unwrap_or(today)),
        }
    }

    fn change(&self, settings: &[Setting], since: Day) -> Result<Vec<Event>, Rejection> {
        for setting in settings {
            if let Setting::OpeningHours(hours) = setting
                && hours
                    .iter()
                    .any(|h| !(1..=7).contains(&h.weekday) || h.from == h.to)
            {
                return Err(Rejection::InvalidHours);
            }
        }
        let news = settings.iter().enumerate().filter(|(place, setting)| {
            let alike = |later: &Setting| discriminant(later) == discriminant(*setting);
            let is_last = !settings[place + 1..].iter().any(alike);
            is_last && self.on(setting, since) != Some(*setting)
        });
        Ok(news
            .map(|(_, setting)| Event::SettingChanged {
                setting: setting.clone(),
                since,
            })
            .collect())
    }

    /// Takes an event in.
    pub fn evolve(&mut self, event: &Event) {
        match event {
            Event::Added {
                listed,
                name,
                since,
            } => {
                let stands = Stands {
                    what: name.clone(),
                    since: *since,
                    until: None,
                };
                self.listed.insert(*listed, stands);
            }
            Event::Ended { listed, since } => {
                if let Some(known) = self.listed.get_mut(listed) {
                    known.until = Some(*since);
                }
            }
            Event::GrantAwarded {
                grant,
                funder,
                purpose,
                amount,
                since,
            } => {
                let what = Grant {
                    funder: funder.clone(),
                    purpose: purpose.clone(),
                    amount: *amount,
                };
                self.grants.insert(
                    *grant,
                    Stands {
                        what,
                        since: *since,
                        until: None,
                    },
                );
            }
            Event::GrantEnded { grant, since } => {
                if let Some(known) = self.grants.get_mut(grant) {
                    known.until = Some(*since);
                }
            }
            Event::SettingChanged { setting, since } => {
                self.settings
                    .entry(discriminant(setting))
                    .or_default()
                    .set(*since, setting.clone());
            }
        }
    }
}
