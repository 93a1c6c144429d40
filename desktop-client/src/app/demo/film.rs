//! The demo's film: a sunset behind mountains, drawn into a texture.

use eframe::egui::{self, Color32, ColorImage, TextureHandle, TextureOptions};

use crate::ui::FilmPicture;

const WIDTH: usize = 720;
const HEIGHT: usize = 405;
/// The sun moves so seldom.
const STEP_SECS: f64 = 2.0;

/// The film as a texture that follows the film's time.
pub struct DemoFilm {
    texture: TextureHandle,
    drawn: u64,
}

impl DemoFilm {
    /// A texture in `ctx`.
    pub fn new(ctx: &egui::Context) -> Self {
        let texture = ctx.load_texture("demo film", scene(0.0), TextureOptions::LINEAR);
        Self { texture, drawn: 0 }
    }

    /// The picture at `seconds` of film time.
    pub fn at(&mut self, seconds: f64) -> FilmPicture {
        let number = (seconds.max(0.0) / STEP_SECS) as u64;
        if number != self.drawn {
            self.drawn = number;
            self.texture.set(scene(number as f64 * STEP_SECS), TextureOptions::LINEAR);
        }
        FilmPicture { texture: self.texture.id(), width: WIDTH as u32, height: HEIGHT as u32 }
    }
}

type Rgb = [f32; 3];

const SKY: [(f32, Rgb); 4] = [
    (0.0, [41.0, 49.0, 82.0]),
    (0.45, [122.0, 82.0, 116.0]),
    (0.68, [222.0, 122.0, 92.0]),
    (0.8, [246.0, 196.0, 130.0]),
];

fn scene(seconds: f64) -> ColorImage {
    let slow = (seconds * 0.05).sin() as f32;
    let sun = (0.70, 0.66 + 0.05 * slow);
    let unit = |place: usize, of: usize| (place as f32 + 0.5) / of as f32;
    let layers = [(0.30, &FAR[..]), (0.20, &NEAR[..]), (0.10, &SHORE[..])];
    let horizons: Vec<[f32; 3]> = (0..WIDTH)
        .map(|column| {
            let x = unit(column, WIDTH);
            layers.map(|(height, tops)| 1.0 - height - ridge(tops, x) * 0.26)
        })
        .collect();
    let mut pixels = Vec::with_capacity(WIDTH * HEIGHT);
    // From the lowest row up.
    for row in (0..HEIGHT).rev() {
        let y = unit(row, HEIGHT);
        let sky = sky(y);
        for (column, horizons) in horizons.iter().enumerate() {
            let [r, g, b] = color(unit(column, WIDTH), y, sky, horizons, sun);
            pixels.push(Color32::from_rgb(r as u8, g as u8, b as u8));
        }
    }
    ColorImage::new([WIDTH, HEIGHT], pixels)
}

/// From the front to the back: what stands before hides what is behind.
fn color(x: f32, y: f32, sky: Rgb, horizons: &[f32; 3], sun: (f32, f32)) -> Rgb {
    const SHADES: [Rgb; 3] = [[106.0, 76.0, 102.0], [63.0, 54.0, 78.0], [31.0, 28.0, 44.0]];
    let shape = WIDTH as f32 / HEIGHT as f32;
    let mut color = SHADES[2];
    if y < horizons[2] + 0.01 {
        color = sky;
        let (dx, dy) = ((x - sun.0) * shape, y - sun.1);
        let away = (dx * dx + dy * dy).sqrt();
        if away < 0.62 && y < horizons[0] + 0.01 {
            let glow = 1.0 - away / 0.62;
            color = mix(color, [255.0, 214.0, 140.0], glow * glow * 0.85);
            color = mix(color, [255.0, 238.0, 208.0], soft(0.115 - away));
        }
        for (horizon, shade) in horizons.iter().zip(SHADES) {
            color = mix(color, shade, soft(y - horizon));
        }
    }
    if x < 0.3 {
        for (place, scale) in [(0.2, 1.0), (0.245, 0.8)] {
            let (dx, dy) = ((x - place) * shape, y - 0.89);
            let head = soft(0.03 * scale - dx.hypot(dy + 0.135 * scale));
            let body = soft((0.036 * scale - dx.abs()).min(0.11 * scale - dy.abs()));
            color = mix(color, [14.0, 12.0, 20.0], head.max(body));
        }
    }
    color
}

const FAR: [(f32, f32); 9] = [
    (0.0, 0.2),
    (0.05, 0.35),
    (0.13, 0.12),
    (0.3, 0.85),
    (0.46, 0.1),
    (0.58, 0.45),
    (0.72, 0.02),
    (0.88, 0.55),
    (1.0, 0.2),
];
const NEAR: [(f32, f32); 6] =
    [(0.0, 0.3), (0.1, 0.42), (0.24, 0.16), (0.4, 0.5), (0.62, 0.1), (1.0, 0.36)];
const SHORE: [(f32, f32); 4] = [(0.0, 0.3), (0.3, 0.12), (0.7, 0.34), (1.0, 0.1)];

/// A ridge's height at `x`, from its corners.
fn ridge(tops: &[(f32, f32)], x: f32) -> f32 {
    let step = tops.windows(2).find(|two| x <= two[1].0);
    step.map_or(0.0, |two| {
        let along = (x - two[0].0) / (two[1].0 - two[0].0);
        two[0].1 + (two[1].1 - two[0].1) * along
    })
}

fn sky(y: f32) -> Rgb {
    let step = SKY.windows(2).find(|two| y <= two[1].0);
    step.map_or(SKY[3].1, |two| mix(two[0].1, two[1].1, (y - two[0].0) / (two[1].0 - two[0].0)))
}

fn mix(under: Rgb, over: Rgb, share: f32) -> Rgb {
    std::array::from_fn(|channel| under[channel] + (over[channel] - under[channel]) * share)
}

/// 0 to 1 over about a pixel around 0.
fn soft(inside: f32) -> f32 {
    (inside * HEIGHT as f32 + 0.5).clamp(0.0, 1.0)
}
