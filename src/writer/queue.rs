//! The bounded queue in front of the writer: many threads push, one takes.

use meetellen_events::values::OrganisationId;
use std::collections::{HashMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Why something was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// Too much waits, in all or of that organisation.
    Full,
    /// Nothing is taken any more.
    Closed,
}

struct State<T> {
    items: VecDeque<(OrganisationId, usize, T)>,
    count: usize,
    by_organisation: HashMap<OrganisationId, usize>,
    closed: bool,
}

/// Items with the number of commands in each.
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    filled: Condvar,
    max: usize,
}

impl<T> Queue<T> {
    /// Holds up to `max` commands; one organisation's up to a quarter of that.
    pub(super) fn new(max: usize) -> Self {
        Self {
            state: Mutex::new(State {
                items: VecDeque::new(),
                count: 0,
                by_organisation: HashMap::new(),
                closed: false,
            }),
            filled: Condvar::new(),
            max,
        }
    }

    /// Adds an item of `count` commands, or says why not.
    pub(super) fn push(
        &self,
        organisation: OrganisationId,
        count: usize,
        item: T,
    ) -> Result<(), Refused> {
        let mut state = self.lock();
        if state.closed {
            return Err(Refused::Closed);
        }
        let own = state.by_organisation.get(&organisation).copied();
        let own = own.unwrap_or(0) + count;
        if state.count + count > self.max || own > self.max / 4 {
            return Err(Refused::Full);
        }
        state.by_organisation.insert(organisation, own);
        state.count += count;
        state.items.push_back((organisation, count, item));
        drop(state);
        self.filled.notify_one();
        Ok(())
    }

    /// Waits for the next item; none once it is closed and empty.
    pub(super) fn wait(&self) -> Option<T> {
        let mut state = self.lock();
        loop {
            if let Some(item) = take(&mut state) {
                return Some(item);
            }
            if state.closed {
                return None;
            }
            state = self
                .filled
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The next item, if one waits.
    pub(super) fn try_take(&self) -> Option<T> {
        take(&mut self.lock())
    }

    /// Takes nothing more; what waits is still handed out.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_all();
    }

    /// Drops what waits.
    pub(super) fn clear(&self) {
        let mut state = self.lock();
        while take(&mut state).is_some() {}
    }

    /// Whether it takes nothing more.
    pub(super) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// How many commands wait.
    pub(super) fn len(&self) -> usize {
        self.lock().count
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn take<T>(state: &mut State<T>) -> Option<T> {
    let (organisation, count, item) = state.items.pop_front()?;
    state.count -= count;
    if let Some(own) = state.by_organisation.get_mut(&organisation) {
        *own -= count;
        if *own == 0 {
            state.by_organisation.remove(&organisation);
        }
    }
    Some(item)
}

#[cfg(test)]
mod tests {
    use super::{OrganisationId, Queue, Refused};

    fn organisation(number: u128) -> OrganisationId {
        OrganisationId::new(uuid::Uuid::from_u128(number))
    }

    #[test]
    fn one_organisation_fills_a_quarter() {
        let queue = Queue::new(8);
        assert_eq!(queue.push(organisation(1), 2, 'a'), Ok(()));
        assert_eq!(queue.push(organisation(1), 1, 'b'), Err(Refused::Full));
        assert_eq!(queue.push(organisation(2), 1, 'c'), Ok(()));
        assert_eq!((queue.try_take(), queue.try_take()), (Some('a'), Some('c')));
        assert_eq!(queue.push(organisation(1), 2, 'd'), Ok(()));
    }

    #[test]
    fn all_together_fill_it() {
        let queue = Queue::new(8);
        for number in 0..4 {
            assert_eq!(queue.push(organisation(number), 2, number), Ok(()));
        }
        assert_eq!(queue.push(organisation(9), 1, 9), Err(Refused::Full));
        assert_eq!(queue.len(), 8);
    }

    #[test]
    fn what_waited_when_it_closed_is_handed_out() {
        let queue = Queue::new(8);
        assert_eq!(queue.push(organisation(1), 1, 'a'), Ok(()));
        queue.close();
        assert_eq!(queue.push(organisation(1), 1, 'b'), Err(Refused::Closed));
        assert_eq!((queue.wait(), queue.wait()), (Some('a'), None));
    }
}
