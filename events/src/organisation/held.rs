//! A value with the days it holds from.

use crate::values::Day;

/// What holds on which day: the latest `since` up to it, of equals the one recorded last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held<T>(Vec<(Day, T)>);

impl<T> Default for Held<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Held<T> {
    /// Notes a value from a day on.
    pub fn set(&mut self, since: Day, value: T) {
        let at = self.0.partition_point(|(day, _)| *day <= since);
        self.0.insert(at, (since, value));
    }

    /// What holds on a day.
    pub fn on(&self, day: Day) -> Option<&T> {
        let behind = self.0.partition_point(|(since, _)| *since <= day);
        self.0[..behind].last().map(|(_, value)| value)
    }

    /// Every value noted for a day or before, in the order of their days.
    pub fn up_to(&self, day: Day) -> impl Iterator<Item = &T> {
        let behind = self.0.partition_point(|(since, _)| *since <= day);
        self.0[..behind].iter().map(|(_, value)| value)
    }

    /// Every value noted for a day behind that one, to be changed.
    pub fn behind_mut(&mut self, day: Day) -> impl Iterator<Item = &mut T> {
        let behind = self.0.partition_point(|(since, _)| *since <= day);
        self.0[behind..].iter_mut().map(|(_, value)| value)
    }

    /// The days from which a value was noted, in order.
    pub fn days(&self) -> impl Iterator<Item = Day> + '_ {
        self.0.iter().map(|(day, _)| *day)
    }

    /// What holds on a day, the first value also before its day.
    pub fn on_or_first(&self, day: Day) -> Option<&T> {
        self.on(day)
            .or_else(|| self.0.first().map(|(_, value)| value))
    }

    /// Every value ever, in the order of its days.
    pub fn all(&self) -> impl Iterator<Item = &T> {
        self.0.iter().map(|(_, value)| value)
    }
}
