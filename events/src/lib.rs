//! Facts, rules and the log of Meetellen. No HTTP, no async, no clock, no environment.

pub mod access;
pub mod codec;
pub mod decider;
pub mod event;
pub mod log;
pub mod organisation;
pub mod people;
pub mod programme;
pub mod scenario;
pub mod standing;
pub mod tally;
pub mod values;
