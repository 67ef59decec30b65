//! The command line of Meetellen.
fn main() {}
