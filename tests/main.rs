//! The black-box tests: what is outside sees the server by HTTP, by its command line and by its files.

/// What benches play and measure, for a test that does the same on a small scale.
mod benches {
    pub mod country;
    pub mod monthly;
}

mod access;
mod bad_input;
#[cfg(feature = "browser")]
mod browser;
mod calendar;
mod cli;
mod clocks;
mod concurrency;
mod contract;
mod durability;
mod entries;
mod figures;
mod licences;
mod limits;
mod log;
mod monthly_figures;
mod pages;
mod people;
mod programme;
mod standing;
mod start;
mod statements;
mod support;
mod trouble;
mod watch;
