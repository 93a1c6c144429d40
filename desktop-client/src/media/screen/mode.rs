//! What the thread that grabs a screen and those that encode it tell each other.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use cinemasync_core::screen::{Content, ScreenSettings};

/// How the screen is to be sent, and what it was seen to be made of.
#[derive(Default)]
pub(in super::super) struct Mode {
    settings: Mutex<ScreenSettings>,
    /// Are the pictures those of a film?
    moves: AtomicBool,
}

impl Mode {
    /// Sends it like this from now on.
    pub(in super::super) fn set(&self, settings: ScreenSettings) {
        *self.settings.lock().unwrap_or_else(PoisonError::into_inner) = settings;
    }

    /// How it is to be sent.
    pub(super) fn settings(&self) -> ScreenSettings {
        *self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what the pictures are made of.
    pub(super) fn see(&self, content: Content) {
        self.moves.store(content == Content::Motion, Ordering::Relaxed);
    }

    /// What gives way: as a person has chosen, or as the pictures show.
    pub(super) fn content(&self) -> Content {
        let seen = if self.moves.load(Ordering::Relaxed) { Content::Motion } else { Content::Text };
        self.settings().content.unwrap_or(seen)
    }
}
