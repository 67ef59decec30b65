//! Progress of long work: a bar on a terminal, nothing elsewhere.

use indicatif::{ProgressBar, ProgressStyle};
use meetellen_events::log::Step;

/// A bar that says what is done.
pub fn bar(what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {percent} %  {eta} left");
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::no_length()
        .with_style(style)
        .with_message(what)
}

/// Moves it to where the log's work is.
pub fn step(bar: &ProgressBar, step: Step) {
    bar.set_length(step.total);
    bar.set_position(step.done);
}
