//! The server and the command line of Meetellen.

pub mod api;
pub mod i18n;
pub mod web;
