//! The pages as a browser without script sees them: forms, redirects, cookies, languages, and what is recorded.

mod bar;
mod coordinator;
mod entrance;
mod month;
mod pass;
mod visitor;
mod weight;
pub mod world;
