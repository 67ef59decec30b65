//! Where rows are found: by day and by session.

use meetellen_events::values::{Day, SessionId, Timestamp, Zone};
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

use super::Session;
use super::kept::Slot;

/// Places by day. Logs run from day to day: the day that goes on growing is kept apart, where no tree is searched.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Days {
    growing: Option<Growing>,
    others: BTreeMap<Day, Vec<Slot>>,
}

#[derive(Debug, Clone, PartialEq)]
struct Growing {
    day: Day,
    from: Timestamp,
    to: Timestamp,
    places: Vec<Slot>,
}

impl Days {
    /// Adds a place to the day of an instant; that day.
    pub(super) fn push(&mut self, zone: &Zone, at: Timestamp, place: Slot) -> Day {
        if let Some(growing) = &mut self.growing
            && growing.from <= at
            && at < growing.to
        {
            growing.places.push(place);
            return growing.day;
        }
        let day = zone.day_of(at);
        let usual = self
            .growing
            .as_ref()
            .map_or(0, |before| before.places.len());
        let places = self.others.remove(&day);
        let mut places = places.unwrap_or_else(|| Vec::with_capacity(usual));
        places.push(place);
        let growing = Growing {
            day,
            from: zone.start_of(day),
            to: zone.end_of(day),
            places,
        };
        if let Some(before) = self.growing.replace(growing) {
            self.others.insert(before.day, before.places);
        }
        day
    }

    /// Places of a day, in the order of the log.
    pub(super) fn of(&self, day: Day) -> &[Slot] {
        match &self.growing {
            Some(growing) if growing.day == day => &growing.places,
            Some(_) | None => self.others.get(&day).map_or(&[], Vec::as_slice),
        }
    }

    /// Every day with a place, in no order.
    pub(super) fn days(&self) -> impl Iterator<Item = Day> {
        let growing = self.growing.iter().map(|growing| growing.day);
        self.others.keys().copied().chain(growing)
    }
}

/// Sessions in the order they were first heard of, found by their ids.
#[derive(Debug, Clone, Default)]
pub(super) struct Sessions {
    all: Vec<(SessionId, Session)>,
    slots: HashMap<SessionId, usize, BuildHasherDefault<IdHasher>>,
    /// The slots asked for last, latest first: who comes to a session comes with others.
    recent: [usize; 2],
}

impl PartialEq for Sessions {
    /// What was asked for last makes no difference.
    fn eq(&self, other: &Self) -> bool {
        self.all == other.all
    }
}

impl Sessions {
    pub(super) fn get(&self, id: SessionId) -> Option<&Session> {
        Some(&self.all.get(*self.slots.get(&id)?)?.1)
    }

    /// The session of that id, from now on known, and its slot.
    pub(super) fn known(&mut self, id: SessionId) -> (Slot, &mut Session) {
        let is = |slot: usize| self.all.get(slot).is_some_and(|(known, _)| *known == id);
        let [last, before] = self.recent;
        let slot = if is(last) {
            last
        } else if is(before) {
            before
        } else {
            *self.slots.entry(id).or_insert(self.all.len())
        };
        if slot != last {
            self.recent = [slot, last];
        }
        if slot == self.all.len() {
            self.all.push((id, Session::default()));
        }
        (Slot::of(slot), &mut self.all[slot].1)
    }

    pub(super) fn id(&self, slot: Slot) -> Option<SessionId> {
        self.all.get(slot.get()?).map(|(id, _)| *id)
    }

    pub(super) fn at_mut(&mut self, slot: Slot) -> Option<&mut Session> {
        self.all.get_mut(slot.get()?).map(|(_, session)| session)
    }
}

/// For ids that the server made: random, so that no guard against chosen ones is needed.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some((eight, behind)) = rest.split_first_chunk() {
            self.write_u64(u64::from_le_bytes(*eight));
            rest = behind;
        }
        for byte in rest {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, word: u64) {
        const MIX: u64 = 0x517c_c1b7_2722_0a95;
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(MIX);
    }

    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_whichever_day_grew_last() {
        let zone = Zone::default();
        let mut days = Days::default();
        let at = |text: &str| text.parse::<Timestamp>().expect("a timestamp");
        for (place, when) in [
            (1, "2026-10-05T10:00:00Z"),
            (2, "2026-10-06T10:00:00Z"),
            (3, "2026-10-05T11:00:00Z"),
            (4, "2026-10-06T01:59:59Z"),
            (5, "2026-10-06T02:00:00Z"),
        ] {
            days.push(&zone, at(when), Slot::of_place(place));
        }
        let day = |text: &str| text.parse::<Day>().expect("a day");
        let places = |text| days.of(day(text)).iter().map(|slot| slot.place());
        assert!(places("2026-10-05").eq([1, 3, 4]));
        assert!(places("2026-10-06").eq([2, 5]));
        assert_eq!(days.days().count(), 2);
    }
}
