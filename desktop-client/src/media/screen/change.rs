//! How a picture differs from another one: which share of it, and does what is new look like a film?

use cinemasync_core::frame::VideoFrame;

/// Luma is compared in blocks of this side, which is that of a macroblock.
const BLOCK: usize = 16;
/// A block is flat, as text and drawn surfaces are, if at least this share of neighbours are the same.
const FLAT: f64 = 0.5;

/// The difference of two pictures.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Change {
    /// Macroblocks that are not the same.
    pub(super) blocks: u32,
    /// The share of the picture that is new and not flat, 0 to 1.
    pub(super) natural: f64,
}

/// Compares two pictures. If they differ in size, everything is new.
pub(super) fn between(before: Option<&VideoFrame>, now: &VideoFrame) -> Change {
    let (width, height) = (now.width as usize, now.height as usize);
    let columns = width.div_ceil(BLOCK);
    let total = columns * height.div_ceil(BLOCK);
    let before = before.filter(|before| (before.width, before.height) == (now.width, now.height));
    let Some(before) = before else {
        return Change { blocks: total as u32, natural: 0.0 };
    };
    let (mut blocks, mut natural) = (0, 0);
    let mut differs = vec![false; columns];
    for first in (0..height).step_by(BLOCK) {
        differs.fill(false);
        let last = (first + BLOCK).min(height);
        compare(&before.y, &now.y, width, first..last, BLOCK, &mut differs);
        // What changes its colour alone is rare, but is to be seen.
        for (before, now) in [(&before.u, &now.u), (&before.v, &now.v)] {
            compare(before, now, width / 2, first / 2..last / 2, BLOCK / 2, &mut differs);
        }
        for (column, _) in differs.iter().enumerate().filter(|(_, differs)| **differs) {
            blocks += 1;
            let left = column * BLOCK;
            let right = (left + BLOCK).min(width);
            let rows =
                (first..last).step_by(8).map(|y| &now.y[y * width + left..y * width + right]);
            natural += u32::from(!is_flat(rows));
        }
    }
    Change { blocks, natural: f64::from(natural) / total.max(1) as f64 }
}

/// Marks the columns of blocks in which these rows of a plane are not the same.
fn compare(
    before: &[u8],
    now: &[u8],
    width: usize,
    rows: std::ops::Range<usize>,
    block: usize,
    differs: &mut [bool],
) {
    let span = rows.start * width..rows.end * width;
    let (before, now) = (&before[span.clone()], &now[span]);
    // Most rows of a screen are the same from edge to edge.
    if before == now {
        return;
    }
    for (before, now) in before.chunks_exact(width).zip(now.chunks_exact(width)) {
        if before != now {
            let blocks = before.chunks(block).zip(now.chunks(block));
            // One difference is enough: of a film, most blocks are looked at once.
            for (differs, (before, now)) in differs.iter_mut().zip(blocks).filter(|it| !*it.0) {
                *differs = before != now;
            }
        }
    }
}

fn is_flat<'a>(rows: impl Iterator<Item = &'a [u8]>) -> bool {
    let (mut same, mut pairs) = (0, 0);
    for row in rows {
        for (left, right) in row.iter().zip(row.iter().skip(1)) {
            same += usize::from(left == right);
        }
        pairs += row.len().saturating_sub(1);
    }
    same as f64 >= FLAT * pairs as f64
}

#[cfg(test)]
pub(in crate::media) mod tests {
    use std::time::Instant;

    use super::*;

    /// A page of made-up letters, `scrolled` rows down.
    pub(in crate::media) fn letters(width: u32, height: u32, scrolled: u32) -> VideoFrame {
        let mut frame = grey(width, height);
        for y in 0..height {
            for x in 0..width {
                let (line, row) = ((y + scrolled) / 20, (y + scrolled) % 20 / 2);
                let (letter, column) = (x / 12, x % 12 / 2);
                let shape = (line * 7_919 + letter * 104_729).wrapping_mul(2_654_435_761);
                let ink = row < 7 && column < 5 && shape.rotate_left(row * 5 + column) & 3 == 0;
                frame.y[(y * width + x) as usize] = if ink { 30 } else { 235 };
            }
        }
        frame
    }

    fn grey(width: u32, height: u32) -> VideoFrame {
        VideoFrame::black(width, height, Instant::now())
    }

    #[test]
    fn the_same_picture_has_not_changed() {
        let frame = grey(100, 50);
        assert_eq!(between(Some(&frame), &frame), Change::default());
    }

    #[test]
    fn another_size_and_the_first_picture_are_all_new() {
        let all = Change { blocks: 7 * 4, natural: 0.0 };
        assert_eq!(between(None, &grey(100, 50)), all);
        assert_eq!(between(Some(&grey(102, 50)), &grey(100, 50)), all);
    }

    #[test]
    fn one_pixel_is_one_block_wherever_it_is_in_luma_and_colour() {
        let before = grey(100, 50);
        for at in [0, 99, 100 * 49, 100 * 49 + 99, 100 * 17 + 33] {
            let mut now = before.clone();
            now.y[at] ^= 1;
            assert_eq!(between(Some(&before), &now).blocks, 1, "{at}");
        }
        let mut now = before.clone();
        now.v[50 * 25 - 1] ^= 1;
        assert_eq!(between(Some(&before), &now).blocks, 1);
    }

    #[test]
    fn letters_are_flat_and_a_film_is_not() {
        let before = grey(320, 160);
        let mut film = before.clone();
        for (at, luma) in film.y.iter_mut().enumerate() {
            *luma = 16 + (at * 7 % 101) as u8;
        }
        let letters = between(Some(&before), &letters(320, 160, 0));
        assert!(letters.blocks == 200 && letters.natural < 0.05, "{letters:?}");
        let film = between(Some(&before), &film);
        assert_eq!(film.blocks, 200);
        assert!(film.natural > 0.99);
    }
}
