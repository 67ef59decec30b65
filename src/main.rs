//! The command line of Meetellen.

use std::process::ExitCode;

use clap::Parser;
use meetellen::cli::Arguments;

fn main() -> ExitCode {
    Arguments::parse().run(&mut std::io::stdout().lock())
}
