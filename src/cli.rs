//! The command line. Human text goes to stderr, results to stdout; 0 is fine, 1 failed, 2 wrong usage.

mod archive;
mod backup;
mod demo;
mod export;
mod figures;
mod import;
mod journal;
mod packaging;
mod progress;
mod rebuild;
mod restore;
mod serve;
mod unfinished;
mod verify;

use std::io::Write;
use std::process::ExitCode;

use crate::config::InvalidConfig;
use clap::{Parser, Subcommand};

/// The check-in and figures backend for resident-run neighbourhood centres.
#[derive(Debug, Parser)]
#[command(name = "meetellen", version, arg_required_else_help = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the server
    Serve(crate::config::ServeArguments),
    /// Fills an empty folder with three invented organisations
    Demo(demo::DemoArguments),
    /// Prints the figures of a period, from the journal alone, beside a server or without
    Figures(figures::FiguresArguments),
    /// Makes the store anew from the journal, and tells whether all figures equal the old ones
    Rebuild(rebuild::RebuildArguments),
    /// Checks every checksum and hash chain, and that store and journal agree; mends nothing
    Verify(verify::VerifyArguments),
    /// Prints one organisation's log as NDJSON, beside a server or without
    Export(export::ExportArguments),
    /// Takes one organisation's log in, as `export` printed it
    Import(import::ImportArguments),
    /// Writes everything but the store into one file, beside a server or without
    Backup(backup::BackupArguments),
    /// Puts a backup into an empty folder, once all of it was checked
    Restore(restore::RestoreArguments),
    /// Prints the completions for a shell
    Completions {
        /// The shell that reads them
        shell: clap_complete::Shell,
    },
    /// Prints the manual page
    Man,
}

impl Arguments {
    /// Does what was asked, writes the result to `out`, and says how it went.
    pub fn run(self, out: &mut dyn Write) -> ExitCode {
        let done = match self.command {
            Command::Serve(arguments) => serve::run(arguments, out),
            Command::Demo(arguments) => demo::run(arguments, out),
            Command::Figures(arguments) => figures::run(&arguments, out),
            Command::Rebuild(arguments) => rebuild::run(&arguments, out),
            Command::Verify(arguments) => verify::run(&arguments, out),
            Command::Export(arguments) => export::run(&arguments, out),
            Command::Import(arguments) => import::run(&arguments, out),
            Command::Backup(arguments) => backup::run(&arguments, out),
            Command::Restore(arguments) => restore::run(&arguments, out),
            Command::Completions { shell } => packaging::completions(shell, out),
            Command::Man => packaging::manual(out),
        };
        match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("meetellen: {error:#}");
                if error.is::<WrongUsage>() || error.is::<InvalidConfig>() {
                    ExitCode::from(WRONG_USAGE)
                } else {
                    ExitCode::FAILURE
                }
            }
        }
    }
}

/// What was asked can't be meant, whatever there is: exit code 2, as for what the parser of the arguments refuses.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct WrongUsage(String);

const WRONG_USAGE: u8 = 2;

#[cfg(test)]
mod tests {
    use super::{Arguments, ExitCode};
    use clap::{CommandFactory, Parser};

    fn printed(arguments: &[&str]) -> String {
        let mut out = Vec::new();
        let arguments = Arguments::try_parse_from(arguments).expect("these arguments are right");
        assert_eq!(arguments.run(&mut out), ExitCode::SUCCESS);
        String::from_utf8(out).expect("what is printed is text")
    }

    #[test]
    fn the_arguments_hold_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_flag_is_also_an_environment_variable() {
        for command in Arguments::command().get_subcommands() {
            let flags = command.get_arguments().filter(|it| it.get_long().is_some());
            for flag in flags {
                let variable = flag.get_env().and_then(|name| name.to_str());
                let named = variable.is_some_and(|name| name.starts_with("MEETELLEN_"));
                assert!(named, "{} --{}", command.get_name(), flag.get_id());
            }
        }
    }

    #[test]
    fn every_shell_gets_completions() {
        for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
            let script = printed(&["meetellen", "completions", shell]);
            assert!(
                script.contains("meetellen") && script.contains("man"),
                "{shell}"
            );
        }
    }

    #[test]
    fn the_manual_names_every_command() {
        let manual = printed(&["meetellen", "man"]);
        assert!(manual.starts_with(".ie") || manual.starts_with(".TH"));
        for command in Arguments::command().get_subcommands() {
            assert!(manual.contains(command.get_name()));
        }
    }

    #[test]
    fn wrong_usage_is_2() {
        let refused =
            Arguments::try_parse_from(["meetellen", "dance"]).expect_err("no such command");
        assert_eq!(refused.exit_code(), 2);
    }
}
