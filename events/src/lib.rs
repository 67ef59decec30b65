//! Facts, rules and the log of Meetellen. No HTTP, no async, no clock, no environment.
//!
//! | always true of the rules | tested in |
//! |---|---|
//! | nothing that is asked makes them panic; a request asked again records nothing more | `organisation/tests/histories.rs` |
//! | positions run on; an entry's id stands once | the same |
//! | what is read from sealed chunks decides as what was live | the same |
//! | an entry is retracted once, a shift has one end, only what waits is confirmed | the same, and `tally/tests/` |
//! | nothing shows who came to a sensitive activity, nor when | `tally/tests/sensitive.rs` |
//! | a closed month takes no retraction, cancellation or fact reaching back into it | `months/tests.rs` |
//! | an organisation that ended, or has events of a newer version, records nothing | `organisation/tests.rs` |
//!
//! Those of the log stand at [`log`], of stored forms at [`codec`].

pub mod access;
pub mod codec;
pub mod decider;
pub mod event;
pub mod log;
pub mod months;
pub mod organisation;
pub mod people;
pub mod programme;
pub mod scenario;
pub mod standing;
pub mod tally;
pub mod values;
