//! The sound of a shared screen: a program plays noise into the sharer's loudspeaker while a film is on
//! the screen, and both loudspeakers are recorded side by side. How long the noise takes against how long
//! the pictures take is what lips would be off by; the watcher's own voice, which sounds from the same
//! loudspeaker, must not come back.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use serde_json::json;

use super::painter::{self, Painter};
use super::{Stage, mean, of_screens, stats};
use crate::bench::correlate;
use crate::bench::report::{Cell, Report, Table};
use crate::bench::sound_server::{RATE, SoundServer};
use crate::bench::tone;
use crate::children;

/// The watcher's voice in hertz.
const VOICE: f64 = 660.0;
/// How often the sound is compared.
const EVERY: Duration = Duration::from_secs(5);
/// How much of it.
const WINDOW: Duration = Duration::from_secs(1);
/// Delays beyond this are not told from one another, in seconds.
const REACH_SECS: f64 = 1.0;
/// Below this likeness (of 1) a window is not the same sound.
const ALIKE: f64 = 0.3;
/// Sound may come so long before its pictures and so long after them (ITU-R BT.1359), in ms.
const EARLY_MS: f64 = 45.0;
const LATE_MS: f64 = -125.0;
/// The voice that comes back, against the voice that was heard, in dB.
const ABSENT_DB: f64 = -40.0;

/// Measures both for so many seconds.
pub(super) fn measure(stage: &Stage, report: &mut Report, seconds: u64) -> Result<()> {
    let sound = SoundServer::start(&stage.folder)?;
    let [near, far] = SoundServer::SINKS.map(|sink| format!("device:{sink}"));
    let words = ["--film", "--seconds", "100000"];
    let painter = Painter::start(&stage.display, stage.profile, &painter::film()?, &words)?;
    let mut pair = stage.pair_with(&super::Sharing {
        part: "sound",
        settings: json!({ "command": "screen_settings" }),
        source: "monitor:0+audio",
        sharer: &["--speaker", &near],
        watcher: &["--speaker", &far, "--microphone", &format!("tone:{VOICE:.0}")],
        environment: sound.environment(),
        record: false,
    })?;
    children::pause(super::SETTLE)?;
    let recording = sound.record(&stage.folder.join("sound.s16"))?;
    children::pause(Duration::from_secs(4))?;
    let [heard, back] = recording.read(RATE as usize, Duration::from_secs(2))?;
    let power = |samples: &[f32]| tone::power(samples, VOICE, f64::from(RATE)).max(1e-15);
    let voice = 10.0 * (power(&back) / power(&heard)).log10();

    pair.watcher.send(&json!({ "command": "microphone", "on": false }))?;
    let mut playing = sound.play(SoundServer::SINKS[0])?;
    eprintln!("screen: its sound, for {seconds} s");
    let (start, mut next) = (Instant::now(), Instant::now() + 2 * EVERY);
    let mut noise = Noise { state: 7, level: 0.0 };
    let mut skews = Vec::new();
    while start.elapsed() < Duration::from_secs(seconds) {
        children::check_interrupted()?;
        let sound: Vec<f32> = (0..RATE / 10).map(|_| noise.next()).collect();
        playing.write(&sound)?;
        if Instant::now() < next {
            continue;
        }
        next += EVERY;
        let frames = recording.frames()?;
        let from = frames.saturating_sub(2 * RATE as usize);
        let [near, far] = recording.read(from, WINDOW)?;
        let found = correlate::best_match(&near, &far, (REACH_SECS * f64::from(RATE)) as usize)
            .filter(|found| found.likeness >= ALIKE)
            .context("the sound of the screen does not arrive")?;
        let looks = pair.watcher.history();
        let last: Vec<_> = stats(looks).last().cloned().into_iter().collect();
        let pictures = mean(&of_screens(&last, "video_in", "capture_to_decode_ms"));
        skews.push(pictures - found.lag * 1_000.0 / f64::from(RATE));
    }
    let own: Vec<f64> = super::of_links(pair.watcher.history(), "screen_av_skew_ms");
    pair.end()?;
    drop(painter.end());
    let least = skews.iter().copied().fold(f64::INFINITY, f64::min);
    let most = skews.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut table = Table::new(
        "its sound",
        &[
            "seconds",
            "before its pictures ms, mean",
            "least",
            "most",
            "as told",
            "voice come back dB",
        ],
    );
    table.push(vec![
        Cell::Number(seconds as f64, 0),
        Cell::Number(mean(&skews), 0),
        Cell::Number(least, 0),
        Cell::Number(most, 0),
        Cell::Number(mean(&own), 0),
        Cell::Number(voice, 0),
    ]);
    report.table(table);
    report.goal(
        format!(
            "sound within {LATE_MS} and {EARLY_MS} ms of its pictures: {least:.0} to {most:.0}"
        ),
        least >= LATE_MS && most <= EARLY_MS,
    );
    report.goal(
        format!("the watcher's voice comes back at {ABSENT_DB} dB at most: {voice:.0}"),
        voice <= ABSENT_DB,
    );
    Ok(())
}

/// Dull noise, whose waveform a codec keeps: white noise (a linear congruential generator) behind a
/// low-pass filter of the first order at about 800 Hz.
struct Noise {
    state: u32,
    level: f32,
}

impl Noise {
    fn next(&mut self) -> f32 {
        self.state = self.state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let white = (self.state >> 8) as f32 / (1 << 23) as f32 - 1.0;
        self.level += 0.1 * (white - self.level);
        self.level
    }
}
