//! `cargo xtask bench voice`: bursts of sound go into Anna's microphone and come out of Ben's
//! loudspeaker, both sinks of one sound server that records them side by side: from mouth to ear
//! through capture, treatment, codec, network on loopback, jitter buffer and playback.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use clap::Args;

use super::correlate;
use super::machine::Machine;
use super::report::{Cell, Report, Table};
use super::sound_server::{RATE, SoundServer};
use crate::children;
use crate::headless::Headless;
use crate::server::LocalServer;
use crate::workspace::{self, Profile};

/// What `cargo xtask bench voice` can be told.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// How many bursts are listened for, one a second.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(3..=600))]
    bursts: u32,
}

const PATIENCE: Duration = Duration::from_secs(30);
/// Delays beyond this are not told from one another.
const REACH_SECS: f64 = 0.6;
/// What is asked for, from mouth to ear.
const GOAL_MS: f64 = 120.0;
/// Below this likeness (of 1) a burst did not arrive whole.
const ALIKE: f64 = 0.3;

/// Measures the way of a voice.
pub(super) fn measure(options: &Options, profile: Profile) -> Result<Report> {
    let folder = super::scratch("voice")?;
    let sound = SoundServer::start(&folder)?;
    let server = LocalServer::start(profile, &folder.join("server.log"))?;
    let (anna, mut ben) = gather(&server, &sound, &folder, profile)?;
    let recording = sound.record(&folder.join("both.s16"))?;
    let mut playing = sound.play(SoundServer::SINKS[0])?;
    // The first bursts find buffers that are still being filled.
    for number in 0..options.bursts + 4 {
        children::check_interrupted()?;
        playing.write(&burst(number))?;
    }
    children::pause(Duration::from_secs(1))?;
    let frames = recording.frames()?;
    let [mouth, ear] =
        recording.read(0, Duration::from_secs_f64(frames as f64 / f64::from(RATE)))?;
    let stats = ben.history().iter().rev().find(|event| event.name() == "stats").cloned();
    anna.leave()?;
    ben.leave()?;

    let delays = delays(&mouth, &ear);
    let whole = &delays[delays.len().min(4)..];
    let mut sorted = whole.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let index = (share * sorted.len().saturating_sub(1) as f64).round() as usize;
        sorted.get(index).copied()
    };
    let mut table = Table::new("mouth to ear", &["bursts", "heard", "median ms", "least", "most"]);
    table.push(vec![
        Cell::Number(f64::from(options.bursts), 0),
        Cell::Number(whole.len() as f64, 0),
        Cell::number(at(0.5), 1),
        Cell::number(at(0.0), 1),
        Cell::number(at(1.0), 1),
    ]);
    let mut report = Report::new("voice", Machine::of_this_process());
    let met = at(0.5).is_some_and(|median| median < GOAL_MS);
    report.goal(format!("under {GOAL_MS} ms from mouth to ear"), met);
    report.table(table);
    if let Some(stats) = stats {
        let voice = &stats.fields["peers"][0]["audio_in"];
        let mut table = Table::new("voice", &["jitter ms", "concealed %"]);
        table.push(vec![
            Cell::number(voice["jitter_ms"].as_f64(), 2),
            Cell::number(voice["concealed_percent"].as_f64(), 2),
        ]);
        report.table(table);
    }
    Ok(report)
}

/// Anna with a microphone, Ben with a loudspeaker.
fn gather(
    server: &LocalServer,
    sound: &SoundServer,
    folder: &Path,
    profile: Profile,
) -> Result<(Headless, Headless)> {
    let [mouth, ear] = SoundServer::SINKS;
    let program = workspace::program("cinemasync", profile);
    let person = |name: &str, words: &[&str]| {
        let mut arguments: Vec<String> =
            ["headless", "--server", &server.url(), "--name", name].map(str::to_owned).to_vec();
        arguments.extend(words.iter().map(|word| (*word).to_owned()));
        let log = folder.join(format!("{name}.log"));
        Headless::spawn(name, &program, &arguments, sound.environment(), &log)
    };
    let microphone = format!("device:{mouth}.monitor");
    let mut anna = person("Anna", &["--create", "--microphone", &microphone])?;
    let room = anna.wait_for("a room", PATIENCE, |event| event.name() == "room")?;
    let speaker = format!("device:{ear}");
    let mut ben = person("Ben", &["--join", room.text("code"), "--speaker", &speaker])?;
    for person in [&mut anna, &mut ben] {
        person.wait_for("a connection", PATIENCE, |event| {
            event.name() == "peer" && event.text("state") == "connected"
        })?;
    }
    Ok((anna, ben))
}

/// A second with 300 ms of a gliding tone: like itself at one delay alone.
fn burst(number: u32) -> Vec<f32> {
    let long = RATE as usize * 3 / 10;
    (0..RATE as usize)
        .map(|at| {
            if at >= long {
                return 0.0;
            }
            let time = at as f64 / f64::from(RATE);
            let turn = 300.0 * time + f64::from(number % 5) * 7.0 + 2_500.0 * time * time;
            let edge = (at.min(long - at) as f64 / 480.0).min(1.0);
            ((std::f64::consts::TAU * turn).sin() * 0.3 * edge) as f32
        })
        .collect()
}

/// How long each burst took, in milliseconds; those that did not arrive whole are left out.
fn delays(mouth: &[f32], ear: &[f32]) -> Vec<f64> {
    let second = RATE as usize;
    let reach = (REACH_SECS * f64::from(RATE)) as usize;
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = (at..mouth.len().min(ear.len())).find(|at| mouth[*at].abs() > 0.01) {
        let end = start + second * 95 / 100;
        let (Some(said), Some(heard)) = (mouth.get(start..end), ear.get(start..end)) else { break };
        let delay = correlate::best_match(said, heard, reach)
            .filter(|found| found.likeness >= ALIKE && found.lag >= 0.0);
        found.extend(delay.map(|delay| delay.lag * 1_000.0 / f64::from(RATE)));
        at = end;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_burst_is_found_where_it_came_out() {
        let mut mouth: Vec<f32> = vec![0.0; 1_000];
        (0..5).for_each(|number| mouth.extend(burst(number)));
        let mut ear = vec![0.0; 4_800];
        ear.extend(mouth.iter().map(|sample| sample * 0.5));
        let delays = delays(&mouth, &ear);
        assert!(delays.len() >= 4, "{delays:?}");
        assert!(delays.iter().all(|delay| (delay - 100.0).abs() < 1.0), "{delays:?}");
    }
}
