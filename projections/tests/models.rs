//! The read models, on histories told fact by fact.

#[path = "models/corrections.rs"]
mod corrections;
#[path = "models/history.rs"]
mod history;
#[path = "models/sections.rs"]
mod sections;
#[path = "models/suppress.rs"]
mod suppress;
#[path = "models/today.rs"]
mod today;
#[path = "models/warnings.rs"]
mod warnings;
#[path = "models/world.rs"]
mod world;
