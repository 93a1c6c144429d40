//! What a command line tells of itself to shells and to `man`: made from its options, so that it is never
//! older than the program. The packages install both.

use std::io;
use std::path::{Path, PathBuf};

use clap::{Command, Subcommand, ValueHint};
use clap_complete::Shell;

/// What can be asked for, as commands of the program.
#[derive(Debug, Clone, Subcommand)]
pub enum Papers {
    /// Prints the completions for a shell.
    ///
    /// The packages install them; otherwise bash finds what is put into
    /// ~/.local/share/bash-completion/completions under the program's name.
    #[command(display_order = 900)]
    Completions {
        /// Which shell.
        shell: Shell,
    },
    /// Prints the manual page, or writes one for each command into a folder.
    #[command(display_order = 901)]
    Man {
        /// Where to: one page a command. Without it the program's own goes to stdout.
        #[arg(value_hint = ValueHint::DirPath)]
        folder: Option<PathBuf>,
    },
}

/// Carries out `completions` or `man`: the words that go to stdout, or nothing where files were written.
///
/// # Errors
/// Whatever the disk answers.
pub fn print(command: Command, asked: &Papers) -> io::Result<Vec<u8>> {
    match asked {
        Papers::Completions { shell } => Ok(completions(command, *shell)),
        Papers::Man { folder: None } => man(command),
        Papers::Man { folder: Some(folder) } => man_pages(command, folder).map(|()| Vec::new()),
    }
}

/// The completions of this program for one shell, as a script.
fn completions(mut command: Command, shell: Shell) -> Vec<u8> {
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, name, &mut script);
    script
}

/// The program's manual page, in roff.
fn man(command: Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    Ok(page)
}

/// Writes the manual pages of the program and of each of its commands into a folder, which is made.
fn man_pages(command: Command, folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    clap_mangen::generate_to(command, folder)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::CommandLine;

    #[test]
    fn every_shell_gets_completions_of_every_option() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell, Shell::Elvish] {
            let script = completions(CommandLine::command(), shell);
            let script = String::from_utf8(script).unwrap();
            for option in ["check-config", "turn-listen", "log-format"] {
                assert!(script.contains(option), "{shell}: {option}");
            }
        }
    }

    #[test]
    fn a_folder_gets_a_page_for_each_command() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("man1");
        print(CommandLine::command(), &Papers::Man { folder: Some(folder.clone()) }).unwrap();
        let page = std::fs::read_to_string(folder.join("cinemasync-server.1")).unwrap();
        assert!(page.contains("CINEMASYNC_LISTEN"), "{page}");
        assert!(folder.join("cinemasync-server-completions.1").is_file());
        let printed = print(CommandLine::command(), &Papers::Man { folder: None }).unwrap();
        assert!(printed.starts_with(b".ie"), "roff");
    }
}
