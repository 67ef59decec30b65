//! The server's clock: the one place where the time comes in.

use meetellen_events::values::Timestamp;
use std::sync::Mutex;

/// Says what time it is.
pub trait Clock: Send + Sync {
    /// Now, to the millisecond.
    fn now(&self) -> Timestamp;
}

/// The machine's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(jiff::Timestamp::now().as_millisecond())
    }
}

/// A clock that stands still until it is set: for tests and for what is played.
#[derive(Debug)]
pub struct StoppedClock(Mutex<Timestamp>);

impl StoppedClock {
    /// Stands at an instant.
    pub const fn at(now: Timestamp) -> Self {
        Self(Mutex::new(now))
    }

    /// Stands at another instant from here on.
    pub fn set(&self, now: Timestamp) {
        *self.0.lock().expect("no holder of this lock panics") = now;
    }
}

impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("no holder of this lock panics")
    }
}
