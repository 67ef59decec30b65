//! Facts, rules and the log of Meetellen. No HTTP, no async, no clock, no environment.

pub mod log;
pub mod values;
