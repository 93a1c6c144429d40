//! `cinemasync-server`: runs the signaling server until it is told to end.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use cinemasync_server::{Config, LogFormat, Server};
use clap::Parser as _;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let config = Config::parse();
    start_log(config.log_format);
    let server = match Server::bind(config).await {
        Ok(server) => server,
        Err(error) => {
            eprintln!("cinemasync-server: {error}");
            return ExitCode::FAILURE;
        }
    };
    tracing::info!(address = %server.local_addr(), "listening");
    termination().await;
    tracing::info!("going down");
    server.shutdown().await;
    ExitCode::SUCCESS
}

fn start_log(format: LogFormat) {
    let filter =
        EnvFilter::try_from_env("CINEMASYNC_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match format {
        LogFormat::Pretty => log.init(),
        LogFormat::Json => log.json().init(),
    }
}

/// Completes on Ctrl-C and, where there is one, on SIGTERM.
async fn termination() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                () = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    interrupt.await;
}
