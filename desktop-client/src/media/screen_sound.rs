//! The sound of a shared screen: what other programs play on this computer, and never what we play
//! ourselves, or the others would hear themselves. One thread records, encodes and sends it; nothing
//! but levels is changed about it.

mod sender;
mod timeline;

#[cfg(not(any(target_os = "linux", windows, target_os = "macos")))]
#[path = "screen_sound/absent.rs"]
mod system;
#[cfg(target_os = "linux")]
#[path = "screen_sound/pulse.rs"]
mod system;
#[cfg(target_os = "macos")]
#[path = "screen_sound/tap.rs"]
mod system;
#[cfg(windows)]
#[path = "screen_sound/wasapi.rs"]
mod system;
#[cfg(target_os = "linux")]
mod wire;

use std::sync::Arc;
use std::time::{Duration, Instant};

use cinemasync_core::plan::MediaEvent;
use cinemasync_core::sentence;

use super::clock::RtpClock;
use super::microphone::VoiceControl;
use super::worker::{Stop, Worker};
use super::{EventSink, PacketSink};
use sender::Sender;
use timeline::Timeline;

/// How long a recording that ended is left alone: a sound server that was restarted takes a moment.
const REST: Duration = Duration::from_secs(1);
/// How often a recording is tried again before it is given up.
const TRIES: u32 = 5;
/// A recording that went on for so long may be tried as often again.
const LASTED: Duration = Duration::from_secs(60);

/// Sends what other programs play, until the worker is dropped. If that cannot be, it is told.
pub(super) fn start(
    control: Arc<VoiceControl>,
    clock: RtpClock,
    packets: PacketSink,
    events: EventSink,
) -> Worker {
    Worker::spawn("screen-sound", move |stop| {
        if let Err(reason) = run(&control, clock, &packets, stop) {
            tracing::warn!(reason, "the sound of other programs is not shared");
            events(MediaEvent::ScreenSoundEnded(sentence::screen_sound_ended(reason)));
        }
    })
}

fn run(
    control: &VoiceControl,
    clock: RtpClock,
    packets: &PacketSink,
    stop: &Stop,
) -> Result<(), String> {
    let mut recording = system::Recording::open()?;
    let mut tries = 0;
    loop {
        let began = Instant::now();
        let ended = match send(&mut recording, control, clock, packets, stop) {
            Ok(()) => return Ok(()),
            Err(reason) => reason,
        };
        tracing::info!(reason = ended, "the recording of other programs ended");
        drop(recording);
        tries = if began.elapsed() > LASTED { 0 } else { tries };
        recording = loop {
            tries += 1;
            if stop.sleep(REST) {
                return Ok(());
            }
            match system::Recording::open() {
                Ok(recording) => break recording,
                Err(reason) if tries >= TRIES => return Err(reason),
                Err(_) => {}
            }
        };
        if tries > TRIES {
            return Err(ended);
        }
    }
}

/// Sends what a recording gives, for as long as it does.
fn send(
    recording: &mut system::Recording,
    control: &VoiceControl,
    clock: RtpClock,
    packets: &PacketSink,
    stop: &Stop,
) -> Result<(), String> {
    let mut sender = Sender::new(clock)?;
    let mut timeline = Timeline::new(Instant::now());
    while !stop.is_set() {
        recording.pump(&mut timeline)?;
        while let Some((position, frame)) = timeline.next(Instant::now()) {
            let loss_percent = control.expected_loss_percent();
            if let Some(packet) = sender.frame(&timeline, (position, &frame), loss_percent)? {
                packets.send(packet);
            }
        }
    }
    Ok(())
}
