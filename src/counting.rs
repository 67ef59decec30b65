//! Turns at counting figures: each count takes a processor, and one of what was known earlier also the whole log folded
//! anew in memory. Who finds no turn in time is told to come back, so that no device takes the server from the others.
//!
//! Always true, tested below and in `tests/figures.rs`: never more at once than there are turns, and who finds none
//! is refused in time.

use crate::problem::{Cause, Problem};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Counts of figures at once, over all organisations.
pub const FIGURES_AT_ONCE: usize = 4;

/// Replays of what was known earlier at once, over all organisations: each holds a whole organisation in memory.
pub const REPLAYS_AT_ONCE: usize = 2;

/// How long a turn is waited for. Longer than a big organisation takes; who waits longer had better ask again.
pub const TURN_WAITS: Duration = Duration::from_secs(5);

/// The turns of one server.
#[derive(Debug, Clone)]
pub struct Counting {
    figures: Arc<Semaphore>,
    replays: Arc<Semaphore>,
}

/// A turn, until it is dropped: to be handed to the work, which may outlive who asked for it.
#[derive(Debug)]
pub struct Turn {
    _permit: OwnedSemaphorePermit,
}

impl Default for Counting {
    fn default() -> Self {
        Self {
            figures: Arc::new(Semaphore::new(FIGURES_AT_ONCE)),
            replays: Arc::new(Semaphore::new(REPLAYS_AT_ONCE)),
        }
    }
}

impl Counting {
    /// Waits for a turn at the figures as they stand.
    pub async fn figures(&self) -> Result<Turn, Problem> {
        turn(&self.figures).await
    }

    /// Waits for a turn at a replay; it holds for counting on what came of it, too.
    pub async fn replay(&self) -> Result<Turn, Problem> {
        turn(&self.replays).await
    }
}

async fn turn(turns: &Arc<Semaphore>) -> Result<Turn, Problem> {
    let waited = tokio::time::timeout(TURN_WAITS, Arc::clone(turns).acquire_owned()).await;
    match waited {
        Ok(Ok(permit)) => Ok(Turn { _permit: permit }),
        // Nobody closes the turns; where they were closed, the server ends.
        Ok(Err(_)) | Err(_) => Err(Problem::from(Cause::Busy)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Counting, FIGURES_AT_ONCE, REPLAYS_AT_ONCE};
    use crate::problem::Cause;

    #[tokio::test(start_paused = true)]
    async fn who_finds_no_turn_is_told_to_come_back_and_gets_the_next_that_is_free() {
        let counting = Counting::default();
        let mut replays = Vec::new();
        for _ in 0..REPLAYS_AT_ONCE {
            replays.push(counting.replay().await.expect("there are turns"));
        }
        let refused = counting.replay().await.expect_err("all turns are taken");
        assert_eq!(refused.cause(), Cause::Busy);
        assert!(refused.retry_after_seconds().is_some());
        let mut figures = Vec::new();
        for _ in 0..FIGURES_AT_ONCE {
            figures.push(
                counting
                    .figures()
                    .await
                    .expect("replays take none of these"),
            );
        }
        assert!(counting.figures().await.is_err());
        drop(replays.pop());
        drop(figures.pop());
        assert!(counting.replay().await.is_ok() && counting.figures().await.is_ok());
    }
}
