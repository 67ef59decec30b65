//! The server and the command line of Meetellen.

pub mod address;
pub mod api;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod erasure;
pub mod export;
pub mod guard;
pub mod i18n;
pub mod keys;
pub mod limits;
pub mod live;
pub mod load;
pub mod node;
pub mod people;
pub mod private;
pub mod problem;
pub mod recording;
pub mod secrets;
pub mod server;
pub mod session;
pub mod tokens;
pub mod watch;
pub mod web;
pub mod writer;
