//! The shape of the rules: a command is decided on a state into facts, and facts make the state.

use crate::values::Timestamp;

/// Rules without clock, chance or storage.
pub trait Decider: Default {
    /// What is asked.
    type Command;
    /// What is decided.
    type Fact;
    /// A fact in its place in the log.
    type Recorded;
    /// Why not.
    type Rejection;

    /// What the command would record. Nothing is a good answer: it is in effect already.
    fn decide(
        &self,
        command: &Self::Command,
        now: Timestamp,
    ) -> Result<Vec<Self::Fact>, Self::Rejection>;

    /// Takes a fact in. Total: a fact is never refused.
    fn evolve(&mut self, recorded: &Self::Recorded);
}
