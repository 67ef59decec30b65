//! The pages as a browser without script sees them: forms, redirects, cookies, languages, and what is recorded.

mod entrance;
mod visitor;
mod world;
