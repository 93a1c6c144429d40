//! `cinemasync`: the window, and its commands.

#![cfg_attr(windows, windows_subsystem = "windows")]

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use cinemasync_client::app::Found;
use cinemasync_client::cli::{Cli, Mode, WindowArgs};
use cinemasync_client::log::Log;
use cinemasync_client::platform::{console, folders};
use cinemasync_client::settings::Settings;
use cinemasync_client::{app, crash, doctor, headless};
use cinemasync_server::papers::{self, Papers};
use clap::{CommandFactory as _, Parser as _};

fn main() -> ExitCode {
    console::join();
    let cli = Cli::parse();
    match cli.mode {
        Some(Mode::Headless(args)) => {
            let _log = start_log(None);
            let settings = Settings::default_path();
            let settings = settings.as_deref().map(Settings::load).unwrap_or_default().0;
            headless::run(*args, &settings)
        }
        Some(Mode::Doctor(args)) => {
            let _log = start_log(None);
            doctor::run(&args, Settings::default_path())
        }
        Some(Mode::Papers(asked)) => print_papers(&asked),
        Some(Mode::Join(args)) => window((*args).into()),
        Some(Mode::Open(args)) => window((*args).into()),
        None => window(cli.window.into()),
    }
}

/// Logs from now on, and leaves a report of a crash. Only the window's log goes to files, too: whoever runs
/// the other commands has stderr.
fn start_log(folder: Option<&Path>) -> Log {
    let log = Log::start(folder);
    if let Some(folder) = crash::default_folder() {
        crash::install(folder, log.recent());
    }
    log
}

fn window(args: WindowArgs) -> ExitCode {
    let _log = start_log(folders::logs().as_deref());
    let settings_path = Settings::default_path();
    let (settings, aside) = settings_path.as_deref().map(Settings::load).unwrap_or_default();
    let found = Found { settings, settings_path, aside, crashes: crash::default_folder() };
    match app::run(args, found) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cinemasync: {error}");
            ExitCode::FAILURE
        }
    }
}

fn print_papers(asked: &Papers) -> ExitCode {
    match papers::print(Cli::command(), asked) {
        Ok(words) => {
            // Whoever closed our stdout has read enough.
            let _ = std::io::stdout().write_all(&words);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("cinemasync: The pages cannot be written: {error}.");
            ExitCode::FAILURE
        }
    }
}
