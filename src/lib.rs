//! The server and the command line of Meetellen.

pub mod api;
pub mod cli;
pub mod demo;
pub mod i18n;
pub mod keys;
pub mod private;
pub mod problem;
pub mod tokens;
pub mod web;
