//! The follower without a thread, at the pace of a simulation.

use super::{Failed, MARK_SYNC_EVERY, Work};
use crate::log::journal::Place;
use crate::log::line::Line;
use crate::log::pace::SimulatedPace;
use crate::log::store::StoreError;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};

/// What the thread would do.
pub(super) struct Paced {
    work: Work,
    failed: Failed,
    pace: SimulatedPace,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<(Place, Vec<Line>)>,
    settled_millis: u64,
}

impl Paced {
    pub(super) fn new(work: Work, failed: Failed, pace: SimulatedPace) -> Self {
        Self {
            work,
            failed,
            pace,
            state: Mutex::default(),
        }
    }

    /// Takes a batch, and does what is due.
    pub(super) fn follow(&self, place: Place, lines: Vec<Line>) {
        let mut state = self.lock();
        state.waiting.push_back((place, lines));
        let due = self.pace.go_on(state.waiting.len());
        let done = self.apply(&mut state, due.batches).and_then(|()| {
            let second = MARK_SYNC_EVERY.as_millis() as u64;
            if due.millis - state.settled_millis < second {
                return Ok(());
            }
            state.settled_millis = due.millis;
            self.work.settle()
        });
        self.told(done);
    }

    /// Applies all that waits.
    pub(super) fn catch_up(&self) {
        let mut state = self.lock();
        let done = self.apply(&mut state, usize::MAX);
        self.told(done);
    }

    /// What a stop does; a killed process does nothing any more.
    pub(super) fn stop(&self) {
        if self.pace.is_killed() {
            return;
        }
        let mut state = self.lock();
        let done = self.apply(&mut state, usize::MAX);
        self.told(done.and_then(|()| self.work.settle()));
    }

    fn apply(&self, state: &mut State, batches: usize) -> Result<(), StoreError> {
        if self.pace.is_killed() || self.work.progress.store_failed() {
            return Ok(());
        }
        let batches = batches.min(state.waiting.len());
        let (mut last, mut all) = (None, Vec::new());
        for (place, lines) in state.waiting.drain(..batches) {
            last = Some(place);
            all.extend(lines);
        }
        last.map_or(Ok(()), |last| self.work.apply(last, all))
    }

    fn told(&self, done: Result<(), StoreError>) {
        if let Err(error) = done {
            self.work.failed(&error, &self.failed);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no holder of this lock panics")
    }
}
