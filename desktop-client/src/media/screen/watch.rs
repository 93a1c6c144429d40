//! The thread that lists what could be shared, with small pictures of it, while somebody chooses.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use cinemasync_core::frame::{FrameSlot, VideoFrame};
use cinemasync_core::plan::MediaEvent;
use cinemasync_core::screen::{ScreenItem, ScreenSource};

use super::grabber::Pixels;
use super::pictures::Pictures;
use crate::media::EventSink;
use crate::media::scale::{Scaler, fitted};
use crate::media::worker::{Stop, Worker};

/// How often everything is listed anew.
const LIST_EVERY: Duration = Duration::from_millis(1_500);
/// Small pictures are within this size.
const LARGEST: (u32, u32) = (320, 240);
/// After each of them this many times what it took is left to others,
const SHARE: u32 = 8;
/// and at least so much: the first ones soon, their renewals less often.
const FIRST_AFTER: Duration = Duration::from_millis(40);
const NEXT_AFTER: Duration = Duration::from_millis(250);

/// Small pictures by what is asked for to share it.
pub(in super::super) type Thumbnails = Arc<Mutex<BTreeMap<ScreenSource, FrameSlot>>>;

/// A system's way to list what could be shared.
pub(super) trait Lister {
    /// Everything that could be shared, at most [`MAX_SCREENS`](cinemasync_core::screen::MAX_SCREENS).
    fn list(&mut self) -> Vec<ScreenItem>;

    /// Prepares for a picture of this, if that takes its time.
    fn expect(&mut self, source: &ScreenSource);

    /// Hands a picture of this to `show`, if there is one to be had.
    fn picture(&mut self, source: &ScreenSource, show: &mut dyn FnMut(&Pixels<'_>));
}

/// Lists at once and then again and again, until the worker is dropped.
pub(in super::super) fn start(thumbnails: Thumbnails, events: EventSink) -> Worker {
    Worker::spawn("screen-watch", move |stop| {
        run(&mut *super::lister(), &thumbnails, &events, stop);
        thumbnails.lock().unwrap_or_else(PoisonError::into_inner).clear();
    })
}

pub(super) fn run(
    lister: &mut dyn Lister,
    thumbnails: &Thumbnails,
    events: &EventSink,
    stop: &Stop,
) {
    let mut told = None;
    let mut gallery = Gallery::default();
    loop {
        let items = lister.list();
        let next_listing = Instant::now() + LIST_EVERY;
        gallery.follow(&items, thumbnails);
        if told.as_ref() != Some(&items) {
            tracing::debug!(count = items.len(), "what could be shared changed");
            told = Some(items.clone());
            events(MediaEvent::Screens(items));
        }
        loop {
            let began = Instant::now();
            let first = gallery.show_next(lister);
            let least = if first { FIRST_AFTER } else { NEXT_AFTER };
            let until = Instant::now() + (began.elapsed() * SHARE).max(least);
            if stop.sleep_until(until.min(next_listing)) {
                return;
            }
            if Instant::now() >= next_listing {
                break;
            }
        }
    }
}

/// The small pictures, renewed one after the other.
#[derive(Default)]
struct Gallery {
    slots: Vec<(ScreenSource, FrameSlot)>,
    /// Which is next.
    next: usize,
    pictures: Pictures,
    scaler: Scaler,
}

impl Gallery {
    /// Holds a slot for each item and for nothing else; those that stay keep theirs.
    fn follow(&mut self, items: &[ScreenItem], thumbnails: &Thumbnails) {
        let mut shared = thumbnails.lock().unwrap_or_else(PoisonError::into_inner);
        let mut kept = BTreeMap::new();
        for item in items {
            let slot = shared.remove(&item.source).unwrap_or_default();
            kept.insert(item.source.clone(), slot);
        }
        *shared = kept;
        self.slots = items
            .iter()
            .filter_map(|item| Some((item.source.clone(), shared.get(&item.source)?.clone())))
            .collect();
        self.next = self.next.min(self.slots.len());
    }

    /// Renews the next small picture; true if it was the first of its kind.
    fn show_next(&mut self, lister: &mut dyn Lister) -> bool {
        // Those without one first.
        let at = self
            .slots
            .iter()
            .enumerate()
            .position(|(at, (_, slot))| at >= self.next && slot.generation() == 0);
        let round = if self.next < self.slots.len() { self.next } else { 0 };
        let at = at.unwrap_or(round);
        let Some((source, slot)) = self.slots.get(at).cloned() else { return false };
        self.next = at + 1;
        let first = slot.generation() == 0;
        lister.picture(&source, &mut |pixels| {
            if let Some(frame) = self.small(pixels) {
                slot.put(Arc::new(frame));
            }
        });
        if let Some((following, _)) = self.slots.get(self.next) {
            lister.expect(following);
        }
        first
    }

    fn small(&mut self, pixels: &Pixels<'_>) -> Option<VideoFrame> {
        let frame = self.pictures.picture(pixels, Instant::now())?;
        let size = fitted((frame.width, frame.height), LARGEST);
        let small = self.scaler.scale(&frame, size).ok();
        self.pictures.keep(Arc::new(frame));
        small
    }
}
