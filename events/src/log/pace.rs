//! Stands in for the store's thread and its clock in simulations: one seed replays what they do, and when.

use std::sync::{Arc, Mutex, MutexGuard};

/// The longest time between two appends.
const STEP_MILLIS_MAX: u64 = 400;

/// When the store takes in what the journal kept, and how time goes on. Clones are the same.
#[derive(Clone)]
pub struct SimulatedPace {
    state: Arc<Mutex<State>>,
}

struct State {
    random: u64,
    millis: u64,
    killed: bool,
}

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Due {
    /// Of the batches that wait, as many as are applied at once.
    pub(super) batches: usize,
    /// The time.
    pub(super) millis: u64,
}

impl SimulatedPace {
    /// One that follows from the seed.
    pub fn new(seed: u64) -> Self {
        let state = State {
            random: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            millis: 0,
            killed: false,
        };
        Self {
            state: Arc::new(Mutex::new(state)),
        }
    }

    /// The process ends here: what waits is not applied, and nothing is synced any more.
    pub fn kill(&self) {
        self.lock().killed = true;
    }

    pub(super) fn is_killed(&self) -> bool {
        self.lock().killed
    }

    /// Lets time go on.
    pub(super) fn go_on(&self, waiting: usize) -> Due {
        let mut state = self.lock();
        let millis = state.below(STEP_MILLIS_MAX);
        state.millis += millis;
        let batches = match state.below(4) {
            0 => 0,
            1 => waiting,
            _ => state.below(waiting as u64 + 1) as usize,
        };
        Due {
            batches,
            millis: state.millis,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no holder of this lock panics")
    }
}

impl State {
    fn below(&mut self, bound: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % bound
    }
}
