//! The pages: templates with the plain data they show, the stylesheet, and how each language writes numbers and days.
//!
//! Always true: a page makes no third-party request and works without script; GET never records; every form that
//! records carries a hidden entry id, so that sending it twice counts once. Markup is escaped by construction.

pub mod amount;
pub mod browser;
pub mod chart;
pub mod format;
pub mod page;
pub mod problems;
pub mod qr;
pub mod tally;
pub mod view;

/// The one stylesheet of all pages, as it is served.
pub const STYLESHEET: &str = include_str!("web/static/meetellen.css");

#[cfg(test)]
mod gallery;
