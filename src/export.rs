//! The figures of a period as they leave the program: one document, as JSON (contract §4.1) or as a table in CSV.
//!
//! Always true: what is written here was computed by the projections; a value not known is null and never 0.

mod csv;
pub mod document;
#[cfg(test)]
mod tests;
mod warning;

pub use self::csv::{CsvError, csv};
pub use document::{Document, document, leaving};
pub use warning::warning;
