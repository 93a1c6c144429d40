//! `cargo xtask bench echo`: Anna sits in a simulated room with a loudspeaker that plays a film and
//! Ben's voice. Ben's side records what he gets of Anna: how much of the echo is lost on the way, and
//! how much of Anna's own voice when both sound at once.

mod room;
mod speech;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::json;

use super::correlate;
use super::machine::Machine;
use super::report::{Cell, Report, Table};
use super::sound_server::{RATE, SoundServer};
use crate::children;
use crate::headless::Headless;
use crate::server::LocalServer;
use crate::shell::Invocation;
use crate::wav;
use crate::workspace::{self, Profile};
use room::Room;

/// What `cargo xtask bench echo` can be told.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Leave gain control on, as people have it: what is left of the echo is raised with the voice.
    #[arg(long)]
    gain: bool,
}

/// How long each part lasts, in seconds: echo alone, both, Anna alone.
const PART_SECS: u64 = 8;
/// The echo is judged from this time on.
const CONVERGED_SECS: f64 = 2.0;
/// Loudness of voices and film, root mean square of full scale.
const LOUDNESS: f64 = 0.08;
/// The room leaves 0.55 of what the loudspeaker plays, so the film is as loud as Anna where she sits.
const FILM_LOUDNESS: f64 = LOUDNESS / 0.55;
/// Louder than this is more than silence.
const AUDIBLE: f32 = 0.003;
const PATIENCE: Duration = Duration::from_secs(30);

const ERLE_GOAL_DB: f64 = 30.0;
const NEAR_GOAL_DB: f64 = 4.0;

/// Measures the echo: in memory, where nothing is late, and in a call through a sound server, if there
/// is one.
pub(super) fn measure(options: &Options, profile: Profile) -> Result<Report> {
    let folder = super::scratch("echo")?;
    let mut table =
        Table::new("echo", &["where", "part", "microphone dBFS", "arrives dBFS", "difference dB"]);
    let mut report = Report::new("echo", Machine::of_this_process());
    in_memory(&folder, profile)?.tell("in memory", &mut table, &mut report);
    match SoundServer::start(&folder) {
        Ok(sound) => {
            let (figures, stumbles) = in_a_call(options, &folder, &sound, profile)?;
            figures.tell("in a call", &mut table, &mut report);
            let mut room = Table::new("room", &["steps of 10 ms left out by a busy machine"]);
            room.push(vec![Cell::Number(f64::from(stumbles), 0)]);
            report.table(room);
        }
        Err(error) => eprintln!("echo: not in a call: {error:#}"),
    }
    report.table(table);
    Ok(report)
}

/// The sounds of the three parts put together, treated by the client's own code.
fn in_memory(folder: &Path, profile: Profile) -> Result<Figures> {
    let seconds = PART_SECS as f64;
    let part = (seconds * f64::from(RATE)) as usize;
    let mut played = speech::film(2.0 * seconds, FILM_LOUDNESS);
    let far = speech::voice(5, 205.0, 2.0 * seconds, FILM_LOUDNESS);
    played.iter_mut().zip(far).for_each(|(film, voice)| *film += voice);
    let marks = [0, part, 2 * part + 2 * RATE as usize];
    played.resize(marks[2] + part, 0.0);
    let mut heard = room::echo_of(&played);
    let near = speech::voice(9, 120.0, seconds, LOUDNESS);
    for start in &marks[1..] {
        heard[*start..].iter_mut().zip(&near).for_each(|(heard, said)| *heard += said);
    }
    let path = |name: &str| folder.join(name);
    wav::write(&path("played.wav"), RATE, &played)?;
    wav::write(&path("heard.wav"), RATE, &heard)?;
    let treat = Invocation::cargo()
        .args(["run", "--quiet", "--locked", "--package", "cinemasync", "--example", "treat"])
        .args(profile.arguments())
        .arg("--")
        .arg(path("played.wav"))
        .arg(path("heard.wav"))
        .arg(path("treated.wav"));
    treat.run()?;
    judge(&heard, &wav::read(&path("treated.wav"))?.samples, &marks)
}

/// In a call between two processes; how often the simulated room stumbled, too.
fn in_a_call(
    options: &Options,
    folder: &Path,
    sound: &SoundServer,
    profile: Profile,
) -> Result<(Figures, u32)> {
    let server = LocalServer::start(profile, &folder.join("server.log"))?;
    let [loudspeaker, microphone] = SoundServer::SINKS;
    let far = folder.join("ben.wav");
    wav::write(&far, RATE, &speech::voice(5, 205.0, 30.0, FILM_LOUDNESS))?;
    let near = speech::voice(9, 120.0, PART_SECS as f64, LOUDNESS);

    let room = Room::start(sound, loudspeaker, microphone, near)?;
    let recording = sound.record(&folder.join("both.s16"))?;
    let (mut anna, mut ben) = gather(&server, sound, folder, &far, profile)?;
    anna.send(&json!({ "command": "voice", "automatic_gain": options.gain }))?;
    ben.send(&json!({ "command": "microphone", "on": false }))?;
    children::pause(Duration::from_secs(2))?;

    let mut marks = vec![recording.frames()?];
    let film = Film::start(sound, loudspeaker, speech::film(30.0, FILM_LOUDNESS))?;
    ben.send(&json!({ "command": "microphone", "on": true }))?;
    children::pause(Duration::from_secs(PART_SECS))?;
    marks.push(recording.frames()?);
    room.speak();
    children::pause(Duration::from_secs(PART_SECS))?;
    drop(film);
    ben.send(&json!({ "command": "microphone", "on": false }))?;
    children::pause(Duration::from_secs(2))?;
    marks.push(recording.frames()?);
    room.speak();
    children::pause(Duration::from_secs(PART_SECS))?;
    let seconds = recording.frames()? as f64 / f64::from(RATE);
    let [_, heard] = recording.read(0, Duration::from_secs_f64(seconds))?;
    anna.leave()?;
    ben.leave()?;
    let sent = wav::read(&voice_of_anna(folder)?)?;
    Ok((judge(&heard, &sent.samples, &marks)?, room.stumbles()))
}

/// Both in a room: Anna between loudspeaker and microphone, Ben with a voice from a file.
fn gather(
    server: &LocalServer,
    sound: &SoundServer,
    folder: &Path,
    far: &Path,
    profile: Profile,
) -> Result<(Headless, Headless)> {
    let [loudspeaker, microphone] = SoundServer::SINKS;
    let program = workspace::program("cinemasync", profile);
    let person = |name: &str, words: &[&str]| {
        let mut arguments: Vec<String> =
            ["headless", "--server", &server.url(), "--name", name].map(str::to_owned).to_vec();
        arguments.extend(words.iter().map(|word| (*word).to_owned()));
        let log = folder.join(format!("{name}.log"));
        Headless::spawn(name, &program, &arguments, sound.environment(), &log)
    };
    let (speaker, monitor) =
        (format!("device:{loudspeaker}"), format!("device:{microphone}.monitor"));
    let mut anna = person("Anna", &["--create", "--microphone", &monitor, "--speaker", &speaker])?;
    let room = anna.wait_for("a room", PATIENCE, |event| event.name() == "room")?;
    let voice = format!("file:{}", far.display());
    let record = folder.join("recordings");
    std::fs::create_dir_all(&record)
        .with_context(|| format!("cannot make {}", record.display()))?;
    let record = record.to_string_lossy().into_owned();
    let words = ["--join", room.text("code"), "--microphone", &voice, "--record", &record];
    let mut ben = person("Ben", &words)?;
    for person in [&mut anna, &mut ben] {
        person.wait_for("a connection", PATIENCE, |event| {
            event.name() == "peer" && event.text("state") == "connected"
        })?;
    }
    Ok((anna, ben))
}

/// The film that the loudspeaker plays, on a thread of its own.
struct Film {
    stop: Arc<AtomicBool>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Film {
    fn start(sound: &SoundServer, sink: &str, film: Vec<f32>) -> Result<Self> {
        let mut playing = sound.play(sink)?;
        let stop = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&stop);
        let thread = thread::Builder::new()
            .name("film".to_owned())
            .spawn(move || {
                for step in film.chunks(RATE as usize / 100) {
                    if ended.load(Ordering::Acquire) || playing.write(step).is_err() {
                        return;
                    }
                }
            })
            .context("no thread could be started")?;
        Ok(Self { stop, thread: Some(thread) })
    }
}

impl Drop for Film {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            // A panic was printed where it happened.
            let _ = thread.join();
        }
    }
}

fn voice_of_anna(folder: &Path) -> Result<PathBuf> {
    let recordings = folder.join("recordings");
    let entries = std::fs::read_dir(&recordings).context("Ben recorded nothing")?;
    let voices = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let mut voices = voices.filter(|path| path.to_string_lossy().ends_with("-voice.wav"));
    match voices.next() {
        Some(voice) => Ok(voice),
        None => bail!("Ben recorded no voice; see {}", recordings.display()),
    }
}

/// Compares what the microphone heard with what Ben got. `marks` are the beginnings of the parts in
/// `heard`.
fn judge(heard: &[f32], sent: &[f32], marks: &[usize]) -> Result<Figures> {
    let second = |seconds: f64| (seconds * f64::from(RATE)) as usize;
    let &[asked, both, alone] = marks else { bail!("there are three parts") };
    // Players take a while to begin.
    let silent = heard[asked..both].iter().take_while(|sound| sound.abs() < AUDIBLE).count();
    let echo = asked + silent;
    if echo + second(CONVERGED_SECS + 2.0) > both {
        bail!("the loudspeaker played nothing for a long time; is the machine busy?");
    }
    // Anna alone is the part that goes through unchanged: it tells how the recordings lie.
    let length = second(PART_SECS as f64 - 1.0).min(heard.len().saturating_sub(alone));
    let pattern = &heard[alone..alone + length];
    let early = sent.len().saturating_sub(length + second(3.0));
    let found = correlate::best_match(pattern, &sent[early..], second(3.0))
        .filter(|found| found.likeness > 0.2);
    let Some(found) = found else { bail!("Anna's voice did not arrive at Ben's") };
    let offset = early as f64 + found.lag - alone as f64;
    let part = |start: f64, seconds: f64| -> (f64, f64) {
        let there = (start + offset).max(0.0) as usize;
        let here = start as usize;
        let level = |sound: &[f32], at: usize| {
            level_db(sound.get(at..at + second(seconds)).unwrap_or_default())
        };
        (level(heard, here), level(sent, there))
    };
    let judged = (both - echo) as f64 / f64::from(RATE) - CONVERGED_SECS - 0.3;
    let early_echo = part(echo as f64 + f64::from(RATE) * 0.5, 1.5);
    let late_echo = part(echo as f64 + f64::from(RATE) * CONVERGED_SECS, judged);
    let both_sound = part(both as f64 + f64::from(RATE), PART_SECS as f64 - 2.0);
    let anna_alone = part(alone as f64 + f64::from(RATE), PART_SECS as f64 - 2.0);

    Ok(Figures { early_echo, late_echo, both: both_sound, alone: anna_alone })
}

/// How loud each part is at the microphone and where it arrives, in dBFS.
struct Figures {
    early_echo: (f64, f64),
    late_echo: (f64, f64),
    both: (f64, f64),
    alone: (f64, f64),
}

impl Figures {
    fn tell(&self, place: &'static str, table: &mut Table, report: &mut Report) {
        for (name, (here, there)) in [
            ("echo, 0.5 to 2 s", self.early_echo),
            ("echo, from 2 s on", self.late_echo),
            ("echo and Anna", self.both),
            ("Anna alone", self.alone),
        ] {
            table.push(vec![
                place.into(),
                name.into(),
                Cell::Number(here, 1),
                Cell::Number(there, 1),
                Cell::Number(there - here, 1),
            ]);
        }
        let lost = self.late_echo.0 - self.late_echo.1;
        report.goal(
            format!("{place} {lost:.1} dB of the echo are lost after {CONVERGED_SECS} s, of {ERLE_GOAL_DB} asked for"),
            lost >= ERLE_GOAL_DB,
        );
        let kept = self.both.1 - self.alone.1;
        report.goal(
            format!("{place} Anna is {kept:+.1} dB as loud as alone while both sound, within {NEAR_GOAL_DB}"),
            kept.abs() <= NEAR_GOAL_DB,
        );
    }
}

/// Root mean square in dBFS.
fn level_db(sound: &[f32]) -> f64 {
    let power = sound.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>();
    (10.0 * (power / sound.len().max(1) as f64).log10()).max(-120.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_echo_that_is_lost_and_a_voice_that_is_kept_are_told_apart() {
        let near = speech::voice(9, 120.0, PART_SECS as f64, LOUDNESS);
        let film = speech::film(2.0 * PART_SECS as f64, LOUDNESS);
        let part = near.len();
        let gap = 2 * RATE as usize;
        let mut heard = film.clone();
        heard.resize(3 * part + gap, 0.0);
        let mut sent: Vec<f32> = heard.iter().map(|sample| sample * 0.01).collect();
        for start in [part, 2 * part + gap] {
            for (at, sample) in near.iter().enumerate() {
                heard[start + at] += sample;
                sent[start + at] += sample;
            }
        }
        sent.splice(0..0, vec![0.0; 4_321]);
        let figures = judge(&heard, &sent, &[0, part, 2 * part + gap]).expect("is judged");
        let mut report = Report::new("echo", Machine::of_this_process());
        let mut table = Table::new("echo", &["where", "part", "here", "there", "difference"]);
        figures.tell("in a test", &mut table, &mut report);
        let json = report.json();
        let goals = json["goals"].as_array().expect("goals");
        assert!(goals.iter().all(|goal| goal["met"] == true), "{report}");
    }
}
