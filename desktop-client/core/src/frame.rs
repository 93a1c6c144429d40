//! Raw pictures and the one-slot channels that carry them to whoever shows them.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant;

/// One picture: planar YUV 4:2:0, 8 bits, BT.601 limited range, rows without padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoFrame {
    /// Width in pixels; even.
    pub width: u32,
    /// Height in pixels; even.
    pub height: u32,
    /// Luma, `width * height` bytes.
    pub y: Vec<u8>,
    /// Blue difference, a quarter of that.
    pub u: Vec<u8>,
    /// Red difference, a quarter of that.
    pub v: Vec<u8>,
    /// When it was captured or decoded.
    pub at: Instant,
}

impl VideoFrame {
    /// A black picture. Odd sizes are rounded up to even ones.
    pub fn black(width: u32, height: u32, at: Instant) -> Self {
        let (width, height) = (width.next_multiple_of(2), height.next_multiple_of(2));
        let luma = width as usize * height as usize;
        Self {
            width,
            height,
            y: vec![16; luma],
            u: vec![128; luma / 4],
            v: vec![128; luma / 4],
            at,
        }
    }
}

/// A slot that holds the latest frame only: a slow reader skips, a fast writer never waits and
/// memory stays flat. Clones share the slot.
#[derive(Debug, Clone, Default)]
pub struct FrameSlot(Arc<Slot>);

#[derive(Default)]
struct Slot {
    latest: Mutex<Option<Arc<VideoFrame>>>,
    generation: AtomicU64,
    on_change: OnceLock<OnChange>,
}

/// Called where a frame is put, so that whoever shows it need not look again and again; must not
/// block.
pub type OnChange = Arc<dyn Fn() + Send + Sync>;

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot").field("generation", &self.generation).finish_non_exhaustive()
    }
}

impl FrameSlot {
    /// Calls this with each change from now on, unless somebody is called already.
    pub fn on_change(&self, call: &OnChange) {
        self.0.on_change.get_or_init(|| Arc::clone(call));
    }

    fn changed(&self) {
        self.0.generation.fetch_add(1, Ordering::Release);
        if let Some(call) = self.0.on_change.get() {
            call();
        }
    }

    /// Replaces the frame.
    pub fn put(&self, frame: Arc<VideoFrame>) {
        *self.0.latest.lock().unwrap_or_else(PoisonError::into_inner) = Some(frame);
        self.changed();
    }

    /// Empties the slot: the track ended.
    pub fn clear(&self) {
        *self.0.latest.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.changed();
    }

    /// The latest frame.
    pub fn get(&self) -> Option<Arc<VideoFrame>> {
        self.0.latest.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Grows by one with each change: equal means nothing new to show.
    pub fn generation(&self) -> u64 {
        self.0.generation.load(Ordering::Acquire)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    #[test]
    fn whoever_shows_a_slot_is_called_with_each_change_and_the_first_one_only() {
        let slot = FrameSlot::default();
        let counters = [(); 2].map(|()| Arc::new(AtomicUsize::new(0)));
        for counter in &counters {
            let counter = Arc::clone(counter);
            let call: OnChange = Arc::new(move || {
                counter.fetch_add(1, Ordering::Relaxed);
            });
            slot.on_change(&call);
        }
        slot.clone().put(Arc::new(VideoFrame::black(2, 2, Instant::now())));
        slot.clear();
        assert_eq!(counters.map(|counter| counter.load(Ordering::Relaxed)), [2, 0]);
    }
}
