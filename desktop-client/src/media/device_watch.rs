//! The thread that lists the devices of this computer and tells whenever that changes: plugged in,
//! unplugged, or another one made the system's default.
//!
//! The systems' own notices differ and are lost by some drivers, so the list is read again and again;
//! on a thread of its own, because drivers may take their time.

use std::time::{Duration, Instant};

use cinemasync_core::devices::{DeviceKind, DeviceListing};
use cinemasync_core::plan::MediaEvent;

use super::EventSink;
use super::camera;
use super::sound_device::SoundSystem;
use super::worker::Worker;

/// How often the sound devices are looked at: a loudspeaker that is unplugged leaves silence behind.
const SOUND_EVERY: Duration = Duration::from_secs(1);
/// How often the cameras are looked at: asking for them wakes drivers.
const CAMERAS_EVERY: Duration = Duration::from_secs(3);

/// Tells of the devices at once and then of each change, until the worker is dropped.
pub(super) fn start(events: EventSink) -> Worker {
    Worker::spawn("device-watch", move |stop| {
        let mut seen = Seen::new(events);
        loop {
            seen.look(Instant::now());
            if stop.sleep(SOUND_EVERY) {
                return;
            }
        }
    })
}

/// What was told last.
struct Seen {
    events: EventSink,
    sound: SoundSystem,
    cameras: Option<DeviceListing>,
    microphones: Option<DeviceListing>,
    speakers: Option<DeviceListing>,
    cameras_due: Option<Instant>,
}

impl Seen {
    fn new(events: EventSink) -> Self {
        Self {
            events,
            sound: SoundSystem::default(),
            cameras: None,
            microphones: None,
            speakers: None,
            cameras_due: None,
        }
    }

    /// Tells what is new.
    fn look(&mut self, now: Instant) {
        // Sound first: it is quick, and what is not heard is missed more.
        let (microphones, speakers) = self.sound.listings();
        tell(&self.events, DeviceKind::Microphone, microphones, &mut self.microphones);
        tell(&self.events, DeviceKind::Speaker, speakers, &mut self.speakers);
        if self.cameras_due.is_none_or(|due| now >= due) {
            self.cameras_due = Some(now + CAMERAS_EVERY);
            tell(&self.events, DeviceKind::Camera, camera::listing(), &mut self.cameras);
        }
    }
}

fn tell(
    events: &EventSink,
    kind: DeviceKind,
    listing: DeviceListing,
    told: &mut Option<DeviceListing>,
) {
    if told.as_ref() != Some(&listing) {
        tracing::debug!(kind = kind.word(), count = listing.devices.len(), "devices changed");
        *told = Some(listing.clone());
        events(MediaEvent::Devices { kind, listing });
    }
}
