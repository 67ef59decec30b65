//! The command line of Meetellen.

use std::process::ExitCode;

use clap::Parser;
use meetellen::cli::Arguments;

/// Folding an organisation asks for tens of megabytes at once and gives them back soon: this one keeps them at hand, where
/// the system's asks the kernel anew, and each page is a fault.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    Arguments::parse().run(&mut std::io::stdout().lock())
}
