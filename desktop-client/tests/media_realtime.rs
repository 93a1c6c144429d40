//! The sound system's callbacks may neither allocate nor free: an allocator may lock, and a callback
//! that waits is heard. Here they run on a thread whose every allocation is counted.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use cinemasync_client::media::ring::{capture_ring, playback_ring, stereo_capture_ring};

thread_local! {
    /// Allocations of this thread while it is watched; `None` while it is not.
    static COUNT: Cell<Option<u64>> = const { Cell::new(None) };
}

struct Counting;

fn count() {
    // A thread that is ending has no cell any more, and is not watched.
    let _ = COUNT.try_with(|count| count.set(count.get().map(|count| count + 1)));
}

// SAFETY: all is handed to the system's allocator unchanged; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count();
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often `run` allocated or freed.
fn allocations(run: impl FnOnce()) -> u64 {
    COUNT.set(Some(0));
    run();
    COUNT.replace(None).expect("was set above")
}

#[test]
fn the_count_works() {
    assert!(allocations(|| drop(std::hint::black_box(Box::new(1)))) >= 2);
}

#[test]
fn a_capture_callback_touches_rings_and_atomics_only() {
    let rings = [capture_ring, stereo_capture_ring];
    for (ring, channels) in rings.into_iter().flat_map(|ring| [1, 2, 6].map(|it| (ring, it))) {
        let (mut end, mut reader, state) = ring(4_800, channels);
        let floats = vec![0.5f32; 480 * usize::from(channels)];
        let whole = vec![i16::MAX; 777];
        let counted = allocations(|| {
            // Far more than fits: the full ring is a case too.
            for _ in 0..100 {
                end.write(&floats);
                end.write(&whole);
                end.write::<i32>(&[]);
            }
            state.fail(1);
            state.fail(2);
        });
        assert_eq!(counted, 0, "{channels} channels");
        assert!(reader.pop().is_ok() && state.missed() > 0);
    }
}

#[test]
fn a_playback_callback_touches_rings_and_atomics_only() {
    for channels in [1, 2, 6] {
        let (mut writer, mut end, state) = playback_ring(4_800, channels);
        while writer.push(0.5).is_ok() {}
        state.set_latency(std::time::Duration::from_millis(10));
        let mut floats = vec![0f32; 441 * usize::from(channels)];
        let mut whole = vec![0i16; 777];
        let counted = allocations(|| {
            // Far more than there is: the empty ring is a case too.
            for _ in 0..100 {
                end.read(&mut floats);
                end.read(&mut whole);
                end.read::<i32>(&mut []);
            }
        });
        assert_eq!(counted, 0, "{channels} channels");
        assert!(state.missed() > 0);
    }
}
