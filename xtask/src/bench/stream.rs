//! `cargo xtask bench stream`: a film that only some have, over good and bad lines: does it play without a pause,
//! how soon, how fast does it come, at which cost, and does the call stay as it was (Linux).

mod browser;
mod call;
mod far;
mod near;
mod people;

use anyhow::Result;
use clap::{Args, ValueEnum};

use super::machine::Machine;
use super::report::Report;
use crate::workspace::Profile;

/// What `cargo xtask bench stream` can be told.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Measure these only.
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
    /// How long films are watched over bad lines, in seconds.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(20..=600))]
    seconds: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// A film of 10 Mbit/s beside a call over a lossy line.
    Lossy,
    /// From offered to the first picture, and a seek.
    Open,
    /// Two who give it over slow lines.
    Two,
    /// As fast as this machine can, beside a browser's data channel.
    Speed,
    /// A film of 20 GB.
    Memory,
    /// What a call loses by it.
    Call,
}

/// Measures.
pub(super) fn measure(options: &Options, profile: Profile) -> Result<Report> {
    let folder = super::scratch("stream")?;
    let mut report = Report::new("stream", Machine::of_this_process());
    let wanted = |part| options.only.is_empty() || options.only.contains(&part);
    if wanted(Part::Speed) {
        near::speed(profile, &folder, &mut report)?;
    }
    if wanted(Part::Memory) {
        near::memory(profile, &folder, &mut report)?;
    }
    if wanted(Part::Open) {
        far::open(profile, &folder, &mut report)?;
    }
    if wanted(Part::Lossy) {
        far::lossy(profile, &folder, options.seconds, &mut report)?;
    }
    if wanted(Part::Two) {
        far::two_sources(profile, &folder, options.seconds, &mut report)?;
    }
    if wanted(Part::Call) {
        call::measure(profile, &folder, &mut report)?;
    }
    Ok(report)
}
