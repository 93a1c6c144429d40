//! The test pattern: a picture that moves and carries its capture time, and the reader of that
//! time at the far end.
//!
//! The top eighth is 48 equal columns, white for 1 and black for 0: Unix time in milliseconds, most
//! significant bit first. Below it a gradient drifts and a square bounces, so that a codec has
//! something to do and a person sees that it runs.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use cinemasync_core::frame::VideoFrame;

/// Columns, so bits.
const BITS: u32 = 48;
/// Luma of black and white in limited range.
const BLACK: u8 = 16;
const WHITE: u8 = 235;
/// Steps of brightness from top to bottom.
const BANDS: usize = 8;
/// A column must be this clearly black or white in each of its samples, or the picture is not the
/// pattern. Codecs blur by less at any bitrate that is worth watching.
const DARK: u8 = 80;
const BRIGHT: u8 = 170;
/// Delays that are believed, in milliseconds. Clocks of two machines may differ a little.
const PLAUSIBLE_MS: std::ops::RangeInclusive<i64> = -1_000..=10_000;

/// Unix time in milliseconds.
pub(super) fn unix_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Picture number `number`, stamped with `unix_ms`.
pub(super) fn draw(width: u32, height: u32, number: u64, unix_ms: u64, at: Instant) -> VideoFrame {
    let mut frame = VideoFrame::black(width, height, at);
    let (w, h) = (frame.width as usize, frame.height as usize);
    let stamp_rows = h / 8;

    // One row of each kind is made and copied: a picture costs little more than its memory.
    let shift = (number * 2) as usize;
    let bands: Vec<Vec<u8>> = (0..BANDS)
        .map(|band| {
            let luma = |x| 40 + 6 * band as u8 + triangle((x + shift) * 256 / w, 256) as u8 / 2;
            (0..w).map(luma).collect()
        })
        .collect();
    for (y, row) in frame.y.chunks_exact_mut(w).enumerate().skip(stamp_rows) {
        row.copy_from_slice(&bands[y * BANDS / h]);
    }
    for (y, (u, v)) in
        frame.u.chunks_exact_mut(w / 2).zip(frame.v.chunks_exact_mut(w / 2)).enumerate()
    {
        if y >= stamp_rows.div_ceil(2) {
            u.fill(96 + (y * 128 / h) as u8);
            v.fill(160 - (y * 128 / h) as u8);
        }
    }

    let side = (h / 6).min(w);
    let x = triangle((number * 4) as usize, (w - side).max(1) * 2);
    let y = stamp_rows + triangle((number * 3) as usize, (h - stamp_rows - side).max(1) * 2);
    for row in frame.y.chunks_exact_mut(w).skip(y).take(side) {
        row[x..x + side].fill(210);
    }

    let mut stamp = vec![BLACK; w];
    for (x, luma) in stamp.iter_mut().enumerate() {
        let column = x as u32 * BITS / frame.width;
        if unix_ms >> (BITS - 1 - column) & 1 == 1 {
            *luma = WHITE;
        }
    }
    for row in frame.y.chunks_exact_mut(w).take(stamp_rows) {
        row.copy_from_slice(&stamp);
    }
    frame
}

/// Goes up to half of `period` and down again.
fn triangle(position: usize, period: usize) -> usize {
    let position = position % period.max(1);
    position.min(period - position)
}

/// The time that a picture carries, or `None` if it is not the pattern.
pub(super) fn read(frame: &VideoFrame) -> Option<u64> {
    let (width, rows) = (frame.width as usize, frame.height as usize / 8);
    if frame.width < BITS || rows == 0 {
        return None;
    }
    let mut unix_ms = 0;
    for column in 0..BITS {
        // Each column's middle, at three heights away from the edges.
        let x = ((2 * column + 1) * frame.width / (2 * BITS)) as usize;
        let samples =
            [rows / 4, rows / 2, rows * 3 / 4].map(|y| frame.y.get(y * width + x).copied());
        let bright = samples.iter().all(|luma| luma.is_some_and(|luma| luma >= BRIGHT));
        let dark = samples.iter().all(|luma| luma.is_some_and(|luma| luma <= DARK));
        if bright == dark {
            return None;
        }
        unix_ms = unix_ms << 1 | u64::from(bright);
    }
    Some(unix_ms)
}

/// Milliseconds between the picture's capture and `now_unix_ms`, if it is the pattern and the
/// result can be true.
pub(super) fn delay_ms(frame: &VideoFrame, now_unix_ms: u64) -> Option<f64> {
    let sent = i64::try_from(read(frame)?).ok()?;
    let delay = i64::try_from(now_unix_ms).ok()?.checked_sub(sent)?;
    PLAUSIBLE_MS.contains(&delay).then_some(delay as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stamp_is_read_back_from_any_size() {
        let now = 1_795_404_618_123;
        for (width, height) in [(96, 64), (640, 360), (1280, 720), (1366, 768), (1920, 1080)] {
            let frame = draw(width, height, 7, now, Instant::now());
            assert_eq!(read(&frame), Some(now), "{width}x{height}");
            assert_eq!(delay_ms(&frame, now + 40), Some(40.0));
        }
    }

    #[test]
    fn it_moves() {
        let at = Instant::now();
        let below_the_stamp = |number| draw(640, 360, number, 0, at).y.split_off(640 * 45);
        assert_ne!(below_the_stamp(0), below_the_stamp(1));
    }

    #[test]
    fn other_pictures_carry_no_time() {
        let mut frame = VideoFrame::black(640, 360, Instant::now());
        assert_eq!(
            delay_ms(&frame, unix_ms()),
            None,
            "all zeros are a time, but not a plausible one"
        );
        frame.y.fill(128);
        assert_eq!(read(&frame), None);
        let tiny = VideoFrame::black(16, 4, Instant::now());
        assert_eq!(read(&tiny), None);
    }

    #[test]
    fn an_implausible_time_is_not_believed() {
        let frame = draw(640, 360, 0, 1_000, Instant::now());
        assert_eq!(delay_ms(&frame, unix_ms()), None);
    }
}
