//! Looks after the film's sound when its device goes away: the film plays on over a silent clock, a person is
//! told once, and the device is used again when it comes back.

use std::time::{Duration, Instant};

use cinemasync_core::player::PlayerEvent;

use super::Deck;
use crate::player::engine::{Engine, Sound};

/// Not every system tells when a device comes back (a sound server that was started anew does not), so it
/// is tried this often while there is no sound.
const TRY_AGAIN: Duration = Duration::from_secs(10);

const LOST: &str = "The film plays without sound because the audio device cannot be used. Check that it is \
     connected and not in use by another program; the sound comes back by itself.";

impl<E: Engine> Deck<E> {
    pub(super) fn choose_device(&mut self, wanted: Option<&str>) {
        if let Err(error) = self.engine.choose_device(wanted) {
            self.told.push(PlayerEvent::Warning(error.to_string()));
        }
    }

    /// What the sound goes to changed.
    pub(super) fn look_after_sound(&mut self, now: Instant) {
        if !self.is_open() {
            return;
        }
        match self.engine.sound() {
            Sound::Opening => {}
            Sound::Fine => self.next_try = None,
            Sound::Lost if self.next_try.is_some() => {}
            Sound::Lost => {
                self.engine.look_for_device();
                self.told.push(PlayerEvent::Warning(LOST.to_owned()));
                self.next_try = Some(now + TRY_AGAIN);
            }
        }
    }

    /// The list of devices changed.
    pub(super) fn look_at_devices(&mut self) {
        let is_back = self.engine.look_for_device();
        // A system may have put the sound elsewhere meanwhile.
        if self.is_open() && (is_back || self.next_try.is_some()) {
            self.engine.reopen_device();
        }
    }

    /// Tries the device again if that is due.
    pub(super) fn try_device(&mut self, now: Instant) {
        if self.next_try.is_some_and(|at| at <= now) {
            self.next_try = Some(now + TRY_AGAIN);
            self.engine.reopen_device();
        }
    }
}
