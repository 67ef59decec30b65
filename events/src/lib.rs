//! Facts, rules and the log of Meetellen.
