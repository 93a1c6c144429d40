//! `cinemasync`: the window, and `cinemasync headless`.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use cinemasync_client::cli::{Cli, Mode};
use cinemasync_client::settings::Settings;
use cinemasync_client::{app, headless};
use clap::Parser as _;
use tracing_subscriber::EnvFilter;

/// What is logged unless `CINEMASYNC_LOG` says otherwise. The WebRTC crate's own words are about packets
/// that found no way, and name addresses; what matters of it the program says itself.
const DEFAULT_LOG: &str = "error,cinemasync_client=info,webrtc::peer_connection=off";

fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter =
        EnvFilter::try_from_env("CINEMASYNC_LOG").unwrap_or_else(|_| EnvFilter::new(DEFAULT_LOG));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let settings_path = Settings::default_path();
    let settings = settings_path.as_deref().map(Settings::load).unwrap_or_default();
    match cli.mode {
        Some(Mode::Headless(args)) => headless::run(*args, &settings),
        None => match app::run(cli.window, settings, settings_path) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("cinemasync: {error}");
                ExitCode::FAILURE
            }
        },
    }
}
