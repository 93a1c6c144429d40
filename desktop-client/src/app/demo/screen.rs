//! Drawn screens for the scripted evening: a page of text, an editor, a desktop with windows.

use std::sync::Arc;
use std::time::Instant;

use cinemasync_core::frame::VideoFrame;
use cinemasync_core::screen::{ScreenItem, ScreenSource};

use crate::ui::Frames;

/// The page is scrolled so often, and this far, in seconds and pixels.
const STEP_SECS: f64 = 0.5;
const STEP: u32 = 8;
/// So many steps, then from the top again.
const STEPS: u64 = 24;

type Rgb = [u8; 3];

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sketch {
    /// A page in a browser.
    Page,
    /// A dark editor.
    Editor,
    /// A desktop with both.
    Desktop,
}

impl Sketch {
    /// Which step of its scrolling it is in at a time of the script.
    pub(super) fn step(seconds: f64) -> u64 {
        (seconds.max(0.0) / STEP_SECS) as u64 % STEPS
    }

    /// The picture of a step.
    pub(super) fn picture(self, width: u32, height: u32, step: u64, at: Instant) -> VideoFrame {
        let mut frame = VideoFrame::black(width, height, at);
        // Shorter than a picture is high.
        let scrolled = step as u32 * STEP;
        let half = frame.width / 2;
        for row in 0..frame.height {
            for column in 0..frame.width {
                let [r, g, b] = self.color(column, row, (width, height), scrolled).map(f32::from);
                let luma = 16.0 + 0.2568 * r + 0.5041 * g + 0.0979 * b;
                frame.y[(row * frame.width + column) as usize] = luma as u8;
                if row % 2 == 0 && column % 2 == 0 {
                    let place = (row / 2 * half + column / 2) as usize;
                    frame.u[place] = (128.0 - 0.1482 * r - 0.2910 * g + 0.4392 * b) as u8;
                    frame.v[place] = (128.0 + 0.4392 * r - 0.3678 * g - 0.0714 * b) as u8;
                }
            }
        }
        frame
    }

    fn color(self, x: u32, y: u32, (width, height): (u32, u32), scrolled: u32) -> Rgb {
        match self {
            Self::Page => page(x, y, width, scrolled),
            Self::Editor => editor(x, y, width, scrolled),
            Self::Desktop => {
                let inside = |left: u32, top: u32, wide: u32, tall: u32| {
                    let (left, top) = (width * left / 100, height * top / 100);
                    let (wide, tall) = (width * wide / 100, height * tall / 100);
                    let (x, y) = (x.checked_sub(left)?, y.checked_sub(top)?);
                    (x < wide && y < tall).then_some((x, y, wide))
                };
                if let Some((x, y, wide)) = inside(34, 22, 58, 66) {
                    page(x, y, wide, scrolled)
                } else if let Some((x, y, wide)) = inside(6, 8, 52, 60) {
                    editor(x, y, wide, scrolled)
                } else {
                    let down = (y * 60 / height.max(1)) as u8;
                    [40 + down / 2, 52 + down, 88 + down]
                }
            }
        }
    }
}

/// Is there ink of a line of words here? Words are runs of strokes like letters.
fn ink(x: u32, y: u32, line: u32, longest: u32) -> bool {
    let tall = y % line;
    let number = y / line;
    let length = longest * (60 + number.wrapping_mul(2_654_435_761) % 40) / 100;
    if tall >= line / 2 || x >= length || number % 7 == 6 {
        return false;
    }
    let letter = x / 7;
    let chance = (letter.wrapping_mul(40_503) ^ number.wrapping_mul(9_973)) % 11;
    if chance == 0 {
        return false;
    }
    let stroke = x % 7;
    stroke == 1
        || (stroke < 5 && (tall == 0 || tall == line / 4 + chance % 3))
        || (stroke == 4 && chance > 5)
}

fn page(x: u32, y: u32, width: u32, scrolled: u32) -> Rgb {
    const BAR: u32 = 40;
    if y < BAR {
        let address = x > 96 && x < width.saturating_sub(40) && (10..30).contains(&y);
        let button = (10..30).contains(&y) && (12..76).contains(&x) && (x - 12) % 24 < 14;
        return if address {
            [255, 255, 255]
        } else if button {
            [150, 154, 162]
        } else {
            [222, 224, 229]
        };
    }
    let y = y - BAR + scrolled;
    let left = width / 8;
    let inner = width * 3 / 4;
    let within = x.checked_sub(left).filter(|x| *x < inner);
    match within {
        Some(x) if y < 46 => {
            let title = y > 22 && ink(x / 2, (y - 22) / 2, 22, inner / 4);
            if title { [26, 27, 31] } else { [250, 249, 246] }
        }
        Some(x) if (70..230).contains(&y) && x < inner / 2 => {
            let (r, g) = ((x * 160 / inner.max(1)) as u8, ((y - 70) / 2) as u8);
            [86 + r, 96 + g, 130]
        }
        Some(x) => {
            let beside = (70..230).contains(&y);
            let x = if beside { x.saturating_sub(inner / 2 + 24) } else { x };
            let longest = if beside { inner / 2 - 24 } else { inner };
            if x > 0 && ink(x, y, 22, longest) { [52, 54, 60] } else { [250, 249, 246] }
        }
        None => [250, 249, 246],
    }
}

fn editor(x: u32, y: u32, width: u32, scrolled: u32) -> Rgb {
    if y < 32 {
        return if x < width / 4 { [40, 44, 52] } else { [30, 33, 39] };
    }
    let y = y - 32 + scrolled;
    if x < 48 {
        return if (18..34).contains(&x) && ink(x - 18, y, 20, 18) {
            [96, 100, 112]
        } else {
            [33, 37, 43]
        };
    }
    let indent = 60 + (y / 20 % 4) * 24;
    let written = x.checked_sub(indent).is_some_and(|x| ink(x, y, 20, width / 2));
    match (written, (x / 70 + y / 20) % 3) {
        (false, _) => [40, 44, 52],
        (true, 0) => [198, 120, 221],
        (true, 1) => [152, 195, 121],
        (true, _) => [171, 178, 191],
    }
}

/// What can be shared in the script.
pub(super) fn listing() -> Vec<ScreenItem> {
    let item = |source, title: &str, program: &str, (width, height)| {
        let (title, program) = (title.to_owned(), program.to_owned());
        ScreenItem { source, title, program, width, height }
    };
    let monitor = |number: u32| ScreenSource::Monitor(number.to_string());
    let mut items = vec![
        item(monitor(0), "Built-in display", "", (1920, 1080)),
        item(monitor(1), "DELL U2720Q", "", (3840, 2160)),
    ];
    let windows = [
        ("The Harbour Lights: a film by Ida Moe", "Browser", (1280, 720)),
        ("treat.rs", "Editor", (1440, 900)),
        (
            "Holiday in the far north, day three: the long way down to the sea",
            "Photos",
            (1024, 768),
        ),
        ("\u{202e}gpj.exe\n\n\u{e3c4} Press Leave now", "", (640, 480)),
        ("Terminal", "Terminal", (820, 520)),
        ("", "Music", (900, 600)),
        ("Letters", "Mail", (1200, 800)),
        ("Map of the coast", "Browser", (1280, 720)),
        ("Sums", "Tables", (1100, 700)),
        ("Notes", "Notes", (600, 800)),
        ("Settings", "System", (760, 560)),
    ];
    items.extend(windows.iter().enumerate().map(|(number, (title, program, size))| {
        item(ScreenSource::Window(number.to_string()), title, program, *size)
    }));
    items
}

/// Small pictures of all that is listed.
pub(super) fn draw_thumbnails(listing: &[ScreenItem], frames: &mut Frames, at: Instant) {
    for (number, item) in (0_u64..).zip(listing) {
        let sketch = match (&item.source, number % 2) {
            (ScreenSource::Monitor(_), _) => Sketch::Desktop,
            (_, 0) => Sketch::Page,
            _ => Sketch::Editor,
        };
        let width = 320;
        let height = (width * item.height / item.width.max(1)).clamp(60, 320);
        let picture = sketch.picture(width, height, number, at);
        frames.thumbnails.entry(item.source.clone()).or_default().put(Arc::new(picture));
    }
}
