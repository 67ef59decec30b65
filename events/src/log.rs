//! The log.

pub mod line;
