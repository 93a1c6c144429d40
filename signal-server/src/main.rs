//! `cinemasync-server`: runs the signaling server until it is told to end.

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use cinemasync_server::{Checked, CommandLine, LogFormat, SecretOrigin, Server};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let mut command_line = CommandLine::read();
    if command_line.check_config {
        return tell(&command_line.check());
    }
    match command_line.papers() {
        Some(Ok(words)) => {
            // Whoever closed our stdout has read enough.
            let _ = std::io::stdout().write_all(&words);
            return ExitCode::SUCCESS;
        }
        Some(Err(error)) => {
            eprintln!("cinemasync-server: The pages cannot be written: {error}.");
            return ExitCode::FAILURE;
        }
        None => {}
    }
    let mut config = command_line.config;
    start_log(config.log_format);
    // Before anybody is told that the server runs: what ends it must not find it unprepared.
    let terminated = match termination() {
        Ok(terminated) => terminated,
        Err(error) => {
            eprintln!(
                "cinemasync-server: The system does not let the server hear signals: {error}."
            );
            return ExitCode::FAILURE;
        }
    };
    match config.secret.load() {
        Ok(SecretOrigin::Made(file)) => {
            tracing::info!(file = %file.display(), "made the server's secret");
        }
        Ok(_) => {}
        Err(error) => {
            eprintln!("cinemasync-server: {error}");
            return ExitCode::FAILURE;
        }
    }
    let warning = config.reach().warning();
    let server = match Server::bind(config).await {
        Ok(server) => server,
        Err(error) => {
            eprintln!("cinemasync-server: {error}");
            return ExitCode::FAILURE;
        }
    };
    tracing::info!(address = %server.local_addr(), "listening");
    if let Some(warning) = warning {
        tracing::warn!("{warning}");
    }
    terminated.await;
    tracing::info!("going down");
    server.shutdown().await;
    ExitCode::SUCCESS
}

/// What a look at the configuration showed.
fn tell(checked: &Checked) -> ExitCode {
    print!("{}", checked.summary);
    for fault in &checked.faults {
        eprintln!("cinemasync-server: {fault}");
    }
    if checked.faults.is_empty() {
        println!("The configuration is good.");
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
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

/// Completes on Ctrl-C and on SIGTERM: from this call on, not from its first poll.
#[cfg(unix)]
fn termination() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Completes on Ctrl-C: from this call on, not from its first poll.
#[cfg(windows)]
fn termination() -> std::io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}
