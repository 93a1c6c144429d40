//! The sizes in which a person's picture is sent, by what there is to spend on it.

use serde::{Deserialize, Serialize};

/// The best that a camera's picture is sent in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CameraQuality {
    /// Height in pixels; the width follows from the picture's shape.
    pub height: u32,
    /// Pictures a second.
    pub fps: u32,
}

impl Default for CameraQuality {
    fn default() -> Self {
        Self { height: 720, fps: 30 }
    }
}

impl CameraQuality {
    /// What can be chosen, the most modest first.
    pub const CHOICES: [Self; 6] = [
        Self { height: 180, fps: 15 },
        Self { height: 270, fps: 20 },
        Self { height: 360, fps: 30 },
        Self { height: 540, fps: 30 },
        Self { height: 720, fps: 30 },
        Self { height: 1080, fps: 30 },
    ];

    /// This within what there is to choose from.
    #[must_use]
    pub fn bounded(self) -> Self {
        let [least, .., most] = Self::CHOICES;
        Self {
            height: self.height.clamp(least.height, most.height),
            fps: self.fps.clamp(5, MOST_FPS),
        }
    }
}

/// As many pictures a second as a step has that is not short of bits.
const FLUENT_FPS: u32 = 30;
/// No more than this is ever sent.
const MOST_FPS: u32 = 60;

/// A step of the ladder: the quality, and from which and up to which bitrate it is worth it.
struct Step {
    quality: CameraQuality,
    least_bps: u64,
    most_bps: u64,
}

/// The bitrates at which OpenH264's pictures of a face hold together in each size, and beyond which
/// they gain nothing that is seen: 1.7 Mbit/s at 720p, around it by the power 0.75 of the pixels.
const BITRATES: [[u64; 2]; 6] = [
    [0, 210_000],
    [150_000, 390_000],
    [270_000, 600_000],
    [500_000, 1_100_000],
    [850_000, 1_700_000],
    [1_500_000, 3_120_000],
];
/// A larger size is taken up once there is so much more than it needs at least.
const ROOM: f64 = 1.25;

fn step(index: usize) -> Step {
    let [least_bps, most_bps] = BITRATES[index];
    Step { quality: CameraQuality::CHOICES[index], least_bps, most_bps }
}

/// A place on the ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place(usize);

impl Place {
    /// The smallest step that is at least `height` pixels high, within what is allowed.
    pub(super) fn for_height(height: u32, allowed: CameraQuality) -> Self {
        let height = height.min(allowed.height);
        let last = CameraQuality::CHOICES.len() - 1;
        Self((0..last).find(|index| step(*index).quality.height >= height).unwrap_or(last))
    }

    /// Where one stands with so much to spend, after one stood at `before`, no higher than `most`.
    pub(super) fn with(bps: u64, before: Option<Self>, most: Self) -> Self {
        let fits = |index: usize| step(index).least_bps <= bps;
        let with_room = |index: usize| step(index).least_bps as f64 * ROOM <= bps as f64;
        let highest = |holds: &dyn Fn(usize) -> bool| (0..=most.0).rev().find(|i| holds(*i));
        let index = match before {
            Some(before) if before.0 <= most.0 && fits(before.0) => {
                highest(&with_room).unwrap_or(0).max(before.0)
            }
            _ => highest(&fits).unwrap_or(0),
        };
        Self(index)
    }

    /// The quality of this step within what is allowed.
    pub(super) fn quality(self, allowed: CameraQuality) -> CameraQuality {
        let quality = step(self.0).quality;
        CameraQuality {
            height: quality.height.min(allowed.height),
            fps: if quality.fps < FLUENT_FPS { quality.fps.min(allowed.fps) } else { allowed.fps },
        }
    }

    /// More than this is wasted here, in bits a second.
    pub(super) fn most_bps(self) -> u64 {
        step(self.0).most_bps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: CameraQuality = CameraQuality { height: 1080, fps: 30 };

    #[test]
    fn a_size_is_given_up_when_it_falls_apart_and_taken_up_with_some_room() {
        let most = Place::for_height(720, FULL);
        let mut place = Place::with(2_000_000, None, most);
        assert_eq!(place.quality(FULL).height, 720);
        for (bps, height) in [
            (860_000, 720),
            (840_000, 540),
            (1_000_000, 540),
            (1_060_000, 540),
            (1_070_000, 720),
            (0, 180),
            (30_000_000, 720),
        ] {
            place = Place::with(bps, Some(place), most);
            assert_eq!(place.quality(FULL).height, height, "{bps}");
        }
    }

    #[test]
    fn a_small_tile_asks_for_a_small_picture() {
        let heights = |height| Place::for_height(height, FULL).quality(FULL).height;
        assert_eq!(
            [1, 180, 181, 360, 400, 720, 4_000].map(heights),
            [180, 180, 270, 360, 540, 720, 1080]
        );
    }

    #[test]
    fn no_more_than_is_allowed_is_sent() {
        let allowed = CameraQuality { height: 360, fps: 15 };
        let place = Place::with(9_000_000, None, Place::for_height(2_000, allowed));
        assert_eq!(place.quality(allowed), allowed);
    }
}
