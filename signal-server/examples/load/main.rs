//! A crowd of clients for benches: many rooms of three on one server, told line by line what to do,
//! and what came of it in figures. Speaks this project's protocol, and the events of a Socket.IO server
//! of the same kind for comparison.
//!
//! Reads one JSON object a line, `{"do": "gather", "participants": 600}`, and answers each with one
//! line, `{"event": "done", …}` or `{"event": "error", "text": …}`. Ends with its input.
//! `cargo xtask bench server` drives it; what is to be measured in which order is decided there.

mod client;
mod crowd;
mod cycles;
mod dialect;
mod latency;
mod process;
mod relay;
mod stream;

use std::io::BufRead as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Parser;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use client::Target;
use crowd::Crowd;
use dialect::Dialect;
use process::Process;

/// Commands that wait. Full: the reader waits, and then whoever writes them.
const COMMANDS: usize = 16;

/// Runs a crowd of clients against a server on this machine.
#[derive(Debug, Parser)]
struct Arguments {
    /// The server's address.
    #[arg(long)]
    server: SocketAddr,
    /// The server's process, whose memory and CPU time are told.
    #[arg(long)]
    pid: u32,
    /// What it speaks.
    #[arg(long, value_enum, default_value_t)]
    dialect: Dialect,
    /// Speak TLS, and trust this certificate (PEM).
    #[arg(long, value_name = "FILE")]
    tls_ca: Option<PathBuf>,
    /// All clients come from 127.0.0.1, instead of from one loopback address a room.
    #[arg(long)]
    one_address: bool,
    /// End after so long in any case.
    #[arg(long, default_value_t = 1_200)]
    at_most_seconds: u64,
}

/// One line of input.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum Command {
    /// Connect so many, and put them in rooms of three.
    Gather { participants: usize },
    /// Everybody goes.
    Part,
    /// Tell the server's memory.
    Memory,
    /// The gathered send each other `rate` messages a second.
    Relay { rate: f64, warm_up: f64, seconds: f64 },
    /// So many visitors enter and leave rooms as fast as they can; `fresh`: each time with a new
    /// connection.
    Cycles { visitors: usize, seconds: f64, fresh: bool },
    /// One stream of packets through a TURN relay.
    Stream(stream::Order),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let target = Target::new(
        arguments.server,
        arguments.dialect,
        arguments.tls_ca.as_deref(),
        arguments.one_address,
    )?;
    let server = Process::of(arguments.pid);
    let mut lines = read_lines()?;
    let mut crowd = None;
    let end = tokio::time::sleep(Duration::from_secs(arguments.at_most_seconds));
    tokio::pin!(end);
    loop {
        let line = tokio::select! {
            line = lines.recv() => line,
            () = &mut end => None,
        };
        let Some(line) = line else { return Ok(()) };
        let answer = tokio::select! {
            answer = perform(&line, &target, &server, &mut crowd) => answer,
            () = &mut end => return Ok(()),
        };
        match answer {
            Ok(mut answer) => {
                answer["event"] = json!("done");
                println!("{answer}");
            }
            Err(error) => println!("{}", json!({ "event": "error", "text": format!("{error:#}") })),
        }
    }
}

async fn perform(
    line: &str,
    target: &Target,
    server: &Process,
    crowd: &mut Option<Crowd>,
) -> Result<Value> {
    let command = serde_json::from_str(line).context("not a command")?;
    match command {
        Command::Gather { participants } => {
            // The old crowd goes before the new one comes.
            *crowd = None;
            let (gathered, answer) = Crowd::gather(target, participants).await?;
            *crowd = Some(gathered);
            Ok(answer)
        }
        Command::Part => {
            if let Some(crowd) = crowd.take() {
                crowd.part().await;
            }
            Ok(json!({}))
        }
        Command::Memory => {
            let memory = server.memory()?;
            let lost = crowd.as_ref().map_or(0, Crowd::lost);
            Ok(
                json!({ "rss_bytes": memory.rss_bytes, "pss_bytes": memory.pss_bytes, "lost": lost }),
            )
        }
        Command::Relay { rate, warm_up, seconds } => {
            let crowd = crowd.as_mut().context("nobody is gathered")?;
            relay::run(crowd, server, rate, warm_up, seconds).await
        }
        Command::Cycles { visitors, seconds, fresh } => {
            cycles::run(target, server, visitors, seconds, fresh).await
        }
        Command::Stream(order) => stream::run(target, server, &order).await,
    }
}

/// The lines of our input, read on a thread of their own, which ends with the input.
fn read_lines() -> Result<mpsc::Receiver<String>> {
    let (sender, lines) = mpsc::channel(COMMANDS);
    std::thread::Builder::new().name("input".to_owned()).spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if sender.blocking_send(line).is_err() {
                break;
            }
        }
    })?;
    Ok(lines)
}
