//! How close what arrived is to what was painted: pictures of a recording are told apart by the time
//! they carry, and compared with the page in luma.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use super::painter::Painted;
use crate::display::SIZE;

/// Columns of the time, so bits.
const BITS: usize = 48;
/// Bytes of a raw pixel of the page.
const PIXEL: usize = 4;

/// One picture that arrived.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arrived {
    /// The time that it carries, in Unix milliseconds.
    pub(super) at: u64,
    /// Peak signal to noise ratio of its luma in decibels, without the part that carries the time.
    pub(super) psnr: f64,
}

/// The page's luma as a screen is sent: BT.601, limited range. The page is grey: its green is all.
pub(super) fn luma_of_page(path: &Path) -> Result<Vec<u8>> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let luma = |pixel: &[u8]| (16.0 + f64::from(pixel[1]) * 219.0 / 255.0).round() as u8;
    Ok(bytes.chunks_exact(PIXEL).map(luma).collect())
}

/// The pictures of a recording of the page that carry a time at which something was painted.
pub(super) fn compare(recording: &Path, page: &[u8], painted: &[Painted]) -> Result<Vec<Arrived>> {
    let file =
        File::open(recording).with_context(|| format!("cannot read {}", recording.display()))?;
    let mut file = BufReader::with_capacity(1 << 20, file);
    let mut head = String::new();
    file.read_line(&mut head)?;
    let (width, height) = SIZE;
    if !head.starts_with(&format!("YUV4MPEG2 W{width} H{height} ")) {
        bail!("{} is not of the screen's size: {head}", recording.display());
    }
    let mut picture = vec![0; width * height * 3 / 2];
    let mut arrived = Vec::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        // The last picture may be cut off.
        if file.read_until(b'\n', &mut line)? == 0 || file.read_exact(&mut picture).is_err() {
            return Ok(arrived);
        }
        let Some(at) = time(&picture) else { continue };
        let Some(source) = painted.iter().find(|painted| painted.at == at) else { continue };
        let below = height / 8 * width..height * width;
        let first = source.row * width;
        let original = &page[first..][below.clone()];
        arrived.push(Arrived { at, psnr: psnr(original, &picture[below]) });
    }
}

/// The time that a picture carries, from the middle of each column.
fn time(luma: &[u8]) -> Option<u64> {
    let (width, height) = SIZE;
    let mut at = 0;
    for column in 0..BITS {
        let x = (2 * column + 1) * width / (2 * BITS);
        let seen = luma[height / 16 * width + x];
        if (80..170).contains(&seen) {
            return None;
        }
        at = at << 1 | u64::from(seen >= 170);
    }
    Some(at)
}

fn psnr(original: &[u8], seen: &[u8]) -> f64 {
    let square = |(a, b): (&u8, &u8)| u64::from(a.abs_diff(*b)).pow(2);
    let sum: u64 = original.iter().zip(seen).map(square).sum();
    let mean = sum as f64 / original.len().max(1) as f64;
    // Without any difference it is infinite; a figure is wanted.
    (10.0 * (255.0_f64.powi(2) / mean).log10()).min(99.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_of_one_everywhere_is_48_decibels() {
        let seen = psnr(&[100; 1_000], &[101; 1_000]);
        assert!((seen - 48.13).abs() < 0.01, "{seen}");
        assert!((psnr(&[7; 10], &[7; 10]) - 99.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_time_is_read_from_its_columns() {
        let (width, height) = SIZE;
        let at = 1_795_811_722_765_u64;
        let lit = |x: usize| at >> (BITS - 1 - x * BITS / width) & 1 == 1;
        let mut picture = vec![128; width * height];
        for row in picture.chunks_exact_mut(width).take(height / 8) {
            row.iter_mut().enumerate().for_each(|(x, luma)| *luma = if lit(x) { 235 } else { 16 });
        }
        assert_eq!(time(&picture), Some(at));
        picture.fill(128);
        assert_eq!(time(&picture), None);
    }
}
