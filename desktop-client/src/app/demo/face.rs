//! Drawn faces as camera pictures.

use std::time::Instant;

use cinemasync_core::frame::VideoFrame;

const WIDTH: u32 = 384;
const HEIGHT: u32 = 216;

type Rgb = [f32; 3];

/// What somebody looks like; colours from 0 to 255.
#[derive(Debug, Clone, Copy)]
pub(super) struct Face {
    skin: Rgb,
    hair: Rgb,
    /// Does the hair reach the shoulders?
    long_hair: bool,
    shirt: Rgb,
    room: Rgb,
    /// Moves differently from the others, in seconds.
    phase: f64,
}

impl Face {
    pub(super) const ANA: Self = Self {
        skin: [236.0, 188.0, 160.0],
        hair: [84.0, 48.0, 32.0],
        long_hair: true,
        shirt: [132.0, 76.0, 98.0],
        room: [42.0, 36.0, 46.0],
        phase: 0.0,
    };
    pub(super) const BEN: Self = Self {
        skin: [190.0, 132.0, 98.0],
        hair: [28.0, 26.0, 26.0],
        long_hair: false,
        shirt: [54.0, 92.0, 116.0],
        room: [28.0, 38.0, 40.0],
        phase: 1.7,
    };
    pub(super) const CYD: Self = Self {
        skin: [244.0, 206.0, 176.0],
        hair: [186.0, 124.0, 58.0],
        long_hair: false,
        shirt: [82.0, 96.0, 58.0],
        room: [44.0, 40.0, 28.0],
        phase: 3.1,
    };

    pub(super) const DANA: Self = Self {
        skin: [150.0, 98.0, 70.0],
        hair: [30.0, 24.0, 22.0],
        long_hair: true,
        shirt: [196.0, 142.0, 66.0],
        room: [36.0, 30.0, 44.0],
        phase: 4.4,
    };
    pub(super) const EMIL: Self = Self {
        skin: [240.0, 200.0, 178.0],
        hair: [142.0, 66.0, 40.0],
        long_hair: false,
        shirt: [70.0, 74.0, 88.0],
        room: [40.0, 44.0, 36.0],
        phase: 5.2,
    };
    pub(super) const HUGO: Self = Self {
        skin: [214.0, 164.0, 130.0],
        hair: [120.0, 116.0, 112.0],
        long_hair: false,
        shirt: [58.0, 84.0, 70.0],
        room: [34.0, 36.0, 50.0],
        phase: 6.3,
    };

    /// How the face is held at a time of the script.
    pub(super) fn pose(&self, seconds: f64, speaking: bool) -> Pose {
        Pose::of(seconds + self.phase, speaking)
    }

    /// The face, held so.
    pub(super) fn picture(&self, pose: Pose, at: Instant) -> VideoFrame {
        let mut frame = VideoFrame::black(WIDTH, HEIGHT, at);
        let (width, half) = (WIDTH as usize, WIDTH as usize / 2);
        for row in 0..HEIGHT as usize {
            for column in 0..width {
                // Unit: the picture's height; origin in the middle.
                let x = (column as f32 + 0.5 - WIDTH as f32 / 2.0) / HEIGHT as f32;
                let y = (row as f32 + 0.5) / HEIGHT as f32 - 0.5;
                let [r, g, b] = self.color(x, y, pose);
                let luma = 16.0 + 0.2568 * r + 0.5041 * g + 0.0979 * b;
                frame.y[row * width + column] = luma as u8;
                if row % 2 == 0 && column % 2 == 0 {
                    let place = row / 2 * half + column / 2;
                    frame.u[place] = (128.0 - 0.1482 * r - 0.2910 * g + 0.4392 * b) as u8;
                    frame.v[place] = (128.0 + 0.4392 * r - 0.3678 * g - 0.0714 * b) as u8;
                }
            }
        }
        frame
    }

    fn color(&self, x: f32, y: f32, pose: Pose) -> Rgb {
        let light = 1.0 - 0.5 * (y + 0.5) + 0.25 * x;
        let mut color = self.room.map(|channel| channel * light);
        let frame_on_wall = inside_box(x + 0.62, y + 0.16, 0.14, 0.2);
        color = mix(color, color.map(|channel| channel * 1.25 + 6.0), frame_on_wall);
        color = mix(color, color.map(|channel| channel * 1.3), disc(x - 0.6, y + 0.26, 0.13, 0.13));
        let x = x - f32::from(pose.sway) / HEIGHT as f32;
        if self.long_hair {
            color = mix(color, self.hair, disc(x, y + 0.06, 0.235, 0.34));
        }
        color = mix(color, self.shirt, disc(x * 0.95, y - 0.52, 0.46, 0.3));
        let neck = self.skin.map(|channel| channel * 0.86);
        color = mix(color, neck, disc(x, y - 0.2, 0.09, 0.12));
        color = mix(color, self.hair, disc(x, y + 0.15, 0.225, 0.23));
        color = mix(color, self.skin, disc(x, y + 0.035, 0.195, 0.25));
        let fringe = disc(x + 0.05, y + 0.255, 0.2, 0.115) * disc(x, y + 0.15, 0.225, 0.23);
        color = mix(color, self.hair, fringe);
        for side in [-1.0, 1.0] {
            let eye =
                disc(x - side * 0.075, y + 0.045, 0.019, if pose.blinks { 0.004 } else { 0.021 });
            color = mix(color, [38.0, 30.0, 28.0], eye);
        }
        let mouth = disc(x, y - 0.085, 0.062, 0.013 + 0.011 * f32::from(pose.mouth));
        mix(color, [138.0, 70.0, 66.0], mouth)
    }
}

/// How a face is held, in steps so coarse that a few pictures are all there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pose {
    /// To the side, in pixels.
    sway: i8,
    /// How far the mouth is open, 0 to 3.
    mouth: u8,
    /// Are the eyes closed?
    blinks: bool,
}

impl Pose {
    fn of(seconds: f64, speaking: bool) -> Self {
        let wave = |speed: f64| (seconds * speed).sin() as f32;
        Self {
            sway: (3.0 * wave(0.7)) as i8,
            mouth: if speaking { (1.5 * (1.0 + wave(11.0))) as u8 } else { 0 },
            blinks: seconds.rem_euclid(4.3) < 0.15,
        }
    }
}

fn mix(under: Rgb, over: Rgb, share: f32) -> Rgb {
    std::array::from_fn(|channel| under[channel] + (over[channel] - under[channel]) * share)
}

/// 1 inside an ellipse around the origin, 0 outside, soft over about a pixel.
fn disc(x: f32, y: f32, across: f32, down: f32) -> f32 {
    let reach = ((x / across).powi(2) + (y / down).powi(2)).sqrt();
    ((1.0 - reach) * across.min(down) * HEIGHT as f32 + 0.5).clamp(0.0, 1.0)
}

fn inside_box(x: f32, y: f32, half_width: f32, half_height: f32) -> f32 {
    let edge = (half_width - x.abs()).min(half_height - y.abs());
    (edge * HEIGHT as f32 + 0.5).clamp(0.0, 1.0)
}
