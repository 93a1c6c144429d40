//! What each frame costs on the window's thread, said at trace level for whoever measures it; costs nothing
//! otherwise. Only Linux tells a thread its processor time; elsewhere nothing is said.

use std::time::Duration;

use eframe::egui;
use tracing::{Level, enabled, trace};

use crate::platform::process::thread_cpu;

/// The frames of one window.
#[derive(Debug, Default)]
pub(super) struct Frames {
    number: u64,
    /// The thread's processor time when the frame began.
    began: Option<Duration>,
    /// The same when the film had been drawn.
    film: Option<Duration>,
}

impl Frames {
    /// A frame begins; so the one before it is on the screen.
    pub(super) fn begin(&mut self, ctx: &egui::Context) {
        if !enabled!(Level::TRACE) {
            return;
        }
        let now = thread_cpu();
        if let (Some(began), Some(now)) = (self.began, now) {
            trace!(number = self.number, whole_us = micros(began, now), "shown");
        }
        self.number += 1;
        (self.began, self.film) = (now, None);
        let inputs = ctx.input(|input| input.events.len());
        trace!(number = self.number, inputs, "begins");
    }

    /// The film has been drawn into its texture.
    pub(super) fn film_drawn(&mut self) {
        if enabled!(Level::TRACE) {
            self.film = thread_cpu();
        }
    }

    /// The frame has been laid out, and is about to be painted.
    pub(super) fn laid_out(&self, in_room: bool) {
        if !enabled!(Level::TRACE) {
            return;
        }
        if let (Some(began), Some(film), Some(now)) = (self.began, self.film, thread_cpu()) {
            let (film_us, ui_us) = (micros(began, film), micros(film, now));
            trace!(number = self.number, in_room, film_us, ui_us, "laid out");
        }
    }
}

fn micros(from: Duration, to: Duration) -> u64 {
    // Frames are short.
    to.saturating_sub(from).as_micros() as u64
}
