//! `cargo xtask`: the developer's one entry. This file owns the command line and says which module
//! does what; each command lives in a module of its own.

mod bench;
mod book;
mod children;
mod cross;
mod demo;
mod deny;
#[cfg(target_os = "linux")]
mod display;
mod film;
mod headless;
#[cfg(target_os = "linux")]
mod netlab;
mod package;
mod rules;
#[cfg(target_os = "linux")]
mod screenshots;
mod server;
mod setup;
mod shell;
mod suite;
mod wav;
#[cfg(target_os = "linux")]
mod wine;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Developer commands of CinemaSync. Start with `cargo xtask setup`, then `cargo xtask demo`.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Install the system packages that building, running and testing need.
    Setup(setup::Options),
    /// Everything that must hold before a change lands: packages, format, rules, lints, docs, tests.
    Test(suite::Options),
    /// The documentation in `docs`: its reference of the protocol, its links, the book itself.
    Book(book::Options),
    /// The house rules alone: who may import whom, headers, file sizes (takes a second).
    Rules,
    /// Make the test film: timecode, beeps, two audio and two subtitle tracks.
    Film(film::Options),
    /// A server, two windows and a film in one room.
    Demo(demo::Options),
    /// Type-check the whole workspace for Windows and macOS on a Debian machine.
    Cross(cross::Options),
    /// Link the Windows programs on Debian, start them under wine, and take pictures of their window.
    #[cfg(target_os = "linux")]
    Wine(wine::Options),
    /// Check licences, sources and duplicates of the dependencies.
    Deny(deny::Options),
    /// `test`, `cross` and `deny`.
    Ci(suite::Options),
    /// Make what people install: .deb, .rpm, the Windows installer, the macOS disk image.
    Package(package::Options),
    /// What the changelog says of one version.
    Notes(package::NotesOptions),
    /// Make the pictures of the window that the README shows (X11).
    #[cfg(target_os = "linux")]
    Screenshots(screenshots::Options),
    /// Measure something and print a table.
    Bench(bench::Options),
    /// A room over a bad network: delay, loss, a slow line, firewalls.
    #[cfg(target_os = "linux")]
    Netlab(netlab::Options),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Task::Setup(options) => setup::run(&options),
        Task::Test(options) => suite::test(&options),
        Task::Book(options) => book::run(&options),
        Task::Rules => rules::run(),
        Task::Film(options) => film::run(&options),
        Task::Demo(options) => demo::run(&options),
        Task::Cross(options) => cross::run(&options),
        #[cfg(target_os = "linux")]
        Task::Wine(options) => wine::run(&options),
        Task::Deny(options) => deny::run(&options),
        Task::Ci(options) => suite::ci(&options),
        Task::Package(options) => package::run(&options),
        Task::Notes(options) => package::notes(&options),
        #[cfg(target_os = "linux")]
        Task::Screenshots(options) => screenshots::run(&options),
        Task::Bench(options) => bench::run(&options),
        #[cfg(target_os = "linux")]
        Task::Netlab(options) => netlab::run(&options),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
