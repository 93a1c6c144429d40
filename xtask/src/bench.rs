//! `cargo xtask bench NAME`: measures the built programs as a person would meet them and prints a
//! table and one line of JSON. Each measurement is a module; so are the instruments they share.

mod browser;
mod call;
#[cfg(target_os = "linux")]
mod connect;
mod correlate;
mod cost;
mod echo;
mod load;
mod machine;
#[cfg(target_os = "linux")]
mod player;
mod report;
#[cfg(target_os = "linux")]
mod screen;
mod search;
mod server;
mod sound_server;
#[cfg(target_os = "linux")]
mod stream;
mod sync;
mod tone;
mod turn;
mod voice;
#[cfg(target_os = "linux")]
mod window;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};

use crate::children;
use crate::workspace::{self, Profile};

/// What `cargo xtask bench` can be told.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Measure what was built quickly instead of what people get.
    #[arg(long, global = true)]
    dev: bool,
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Debug, Subcommand)]
enum Bench {
    /// A call: two beside a browser, two over bad lines, three for a while.
    Call(call::Options),
    /// A voice out of a room with a film and another voice: how much echo is left of both (PulseAudio).
    Echo(echo::Options),
    /// Two people over bad networks: how soon they meet, and are back (Linux).
    #[cfg(target_os = "linux")]
    Connect(connect::Options),
    /// A film in the window beside a player of its own: what it costs (X11).
    #[cfg(target_os = "linux")]
    Player,
    /// A shared screen: how sharp, how smooth, how late and at which cost, beside a browser's (X11).
    #[cfg(target_os = "linux")]
    Screen(screen::Options),
    /// The server beside a Socket.IO server: memory, joining and leaving, relaying (Linux).
    Server(server::Options),
    /// A film that only some have: without a pause, soon, fast, beside a call (Linux).
    #[cfg(target_os = "linux")]
    Stream(stream::Options),
    /// Two people and a film: how far apart its sound is at both ends.
    Sync(sync::Options),
    /// Our relay beside coturn: how much one CPU second relays (Linux).
    Turn(turn::Options),
    /// From one's mouth to the other's ear: how long a voice takes (PulseAudio).
    Voice(voice::Options),
    /// The window itself: start, memory, what an idle one and a frame cost (X11).
    #[cfg(target_os = "linux")]
    Window,
}

/// Builds the programs, measures, prints.
pub(crate) fn run(options: &Options) -> Result<()> {
    let profile = if options.dev { Profile::Dev } else { Profile::Release };
    #[cfg(target_os = "linux")]
    if matches!(options.bench, Bench::Connect(_) | Bench::Stream(_)) {
        crate::netlab::acquire_rights()?;
    }
    match &options.bench {
        #[cfg(target_os = "linux")]
        Bench::Connect(_) | Bench::Stream(_) => crate::server::build(profile),
        #[cfg(target_os = "linux")]
        Bench::Player | Bench::Window => crate::server::build(profile),
        Bench::Call(_) | Bench::Echo(_) | Bench::Sync(_) | Bench::Voice(_) => {
            crate::server::build(profile)
        }
        #[cfg(target_os = "linux")]
        Bench::Screen(_) => screen::build(profile),
        Bench::Server(_) | Bench::Turn(_) => load::build(profile),
    }?;
    children::catch_interrupts()?;
    let report = match &options.bench {
        Bench::Call(options) => call::measure(options, profile),
        Bench::Echo(options) => echo::measure(options, profile),
        #[cfg(target_os = "linux")]
        Bench::Connect(options) => connect::measure(options, profile),
        #[cfg(target_os = "linux")]
        Bench::Player => player::measure(profile),
        #[cfg(target_os = "linux")]
        Bench::Screen(options) => screen::measure(options, profile),
        Bench::Server(options) => server::measure(options, profile),
        #[cfg(target_os = "linux")]
        Bench::Stream(options) => stream::measure(options, profile),
        Bench::Sync(options) => sync::measure(options, profile),
        Bench::Turn(options) => turn::measure(options, profile),
        Bench::Voice(options) => voice::measure(options, profile),
        #[cfg(target_os = "linux")]
        Bench::Window => window::measure(profile),
    }?;
    println!("{report}");
    println!("{}", report.json());
    Ok(())
}

/// An empty folder for the logs and recordings of the measurement `name`.
fn scratch(name: &str) -> Result<PathBuf> {
    let folder = workspace::target_dir().join("bench").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}
