//! What packagers install beside the program.

use std::io::Write;

use clap::CommandFactory;

use super::Arguments;

/// Writes the completions for `shell`.
pub fn completions(shell: clap_complete::Shell, out: &mut dyn Write) -> anyhow::Result<()> {
    // Written in one go: the generator panics where its writer fails, as a closed pipe does.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "meetellen", &mut script);
    Ok(out.write_all(&script)?)
}

/// Writes the manual page: the program's, then one for each command.
pub fn manual(out: &mut dyn Write) -> anyhow::Result<()> {
    let mut program = Arguments::command();
    program.build();
    clap_mangen::Man::new(program.clone()).render(out)?;
    for command in program
        .get_subcommands()
        .filter(|it| it.get_name() != "help")
    {
        clap_mangen::Man::new(command.clone()).render(out)?;
    }
    Ok(())
}
