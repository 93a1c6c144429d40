//! In which size and at which rate a shared screen is sent, by what it shows and what there is to spend.

use super::Content;

/// The longest side and the shortest one that the encoder takes.
const LONGEST: u32 = 3_840;
const SHORTEST: u32 = 2_160;
/// Pixels of a moving picture at most: more than that no processor encodes 30 times a second beside
/// everything else.
const MOVING_PIXELS: f64 = 1_920.0 * 1_200.0;
/// Text gains nothing from more pictures a second than this.
const TEXT_FPS: u32 = 30;
/// A film at 30 pictures a second in 1280×720 holds together from so many bits a second on; around it by
/// the power 0.75 of the pixels and 0.6 of the rate.
const FILM_BPS: f64 = 1_100_000.0;
const FILM_PIXELS: f64 = 1_280.0 * 720.0;
/// A larger size is taken up once there is so much more than it needs.
const ROOM: f64 = 1.25;
/// Parts of the full size that are tried, in twelfths.
const PARTS: [u32; 7] = [12, 9, 8, 6, 4, 3, 2];

/// Size and rate in which a screen is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Width in pixels; even.
    pub width: u32,
    /// Height in pixels; even.
    pub height: u32,
    /// Pictures a second at most.
    pub fps: u32,
}

/// What a shape is chosen for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShapeWish {
    /// What the pictures are made of.
    pub content: Content,
    /// What there is to spend, in bits a second.
    pub bps: u64,
    /// Width and height of what is grabbed, in pixels.
    pub source: (u32, u32),
    /// The greatest height in which somebody shows it, in pixels.
    pub shown: u32,
    /// Pictures a second at most.
    pub fps: u32,
}

/// The shape for a wish, after it was sent in `before`: the resolution of moving pictures gives way to
/// their rate and is taken up again with some room; text keeps its resolution.
pub fn shape(wish: ShapeWish, before: Option<Shape>) -> Shape {
    let (width, height) = largest(wish.source);
    let fps = wish.fps.max(1);
    match wish.content {
        Content::Text => {
            // A part that is not a half or a third would blur every letter.
            let part = [3, 2].into_iter().find(|part| wish.shown.saturating_mul(*part) <= height);
            let part = part.unwrap_or(1);
            let (width, height) = (even(width / part), even(height / part));
            Shape { width, height, fps: fps.min(TEXT_FPS) }
        }
        Content::Motion => {
            let parts = PARTS.map(|part| (even(width * part / 12), even(height * part / 12)));
            let fits = |(width, height): (u32, u32), fps: u32| {
                let pixels = f64::from(width) * f64::from(height);
                let had = before.is_some_and(|before| {
                    before.width >= width && before.height >= height && before.fps >= fps
                });
                let room = if had { 1.0 } else { ROOM };
                pixels <= MOVING_PIXELS && least_bps(pixels, fps) * room <= wish.bps as f64
            };
            // No larger than the smallest that fills the place where it is shown largest.
            let of_use = parts.iter().rposition(|(_, height)| *height >= wish.shown).unwrap_or(0);
            let [.., least] = parts;
            let rates = [fps, fps.min(30), fps.min(15)];
            let found = rates.into_iter().find_map(|fps| {
                let size = parts[of_use..].iter().find(|size| fits(**size, fps));
                size.map(|size| (*size, fps))
            });
            let ((width, height), fps) = found.unwrap_or((least, fps.min(10)));
            Shape { width, height, fps }
        }
    }
}

/// What a moving picture needs at least, in bits a second.
fn least_bps(pixels: f64, fps: u32) -> f64 {
    FILM_BPS * (pixels / FILM_PIXELS).powf(0.75) * (f64::from(fps) / 30.0).powf(0.6)
}

/// The size within what the encoder takes, of the same shape.
fn largest((width, height): (u32, u32)) -> (u32, u32) {
    let (long, short) = (width.max(height).max(1), width.min(height).max(1));
    let scale = (f64::from(LONGEST) / f64::from(long)).min(f64::from(SHORTEST) / f64::from(short));
    if scale >= 1.0 {
        return (even(width), even(height));
    }
    let scaled = |side: u32| even((f64::from(side) * scale) as u32);
    (scaled(width), scaled(height))
}

fn even(side: u32) -> u32 {
    (side & !1).max(2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wish(content: Content, bps: u64, source: (u32, u32)) -> ShapeWish {
        ShapeWish { content, bps, source, shown: 2_000, fps: 30 }
    }

    fn shape_of(wish: ShapeWish) -> (u32, u32, u32) {
        let Shape { width, height, fps } = shape(wish, None);
        (width, height, fps)
    }

    #[test]
    fn text_keeps_its_resolution_whatever_there_is_to_spend() {
        for bps in [100_000, 1_000_000, 12_000_000] {
            let sent = shape_of(wish(Content::Text, bps, (1_920, 1_080)));
            assert_eq!(sent, (1_920, 1_080, 30));
        }
        let large = shape_of(wish(Content::Text, 12_000_000, (7_680, 4_320)));
        assert_eq!(large, (3_840, 2_160, 30));
        let tall = shape_of(wish(Content::Text, 12_000_000, (2_160, 3_841)));
        assert_eq!(tall, (2_158, 3_840, 30));
    }

    #[test]
    fn text_that_is_shown_small_everywhere_is_sent_in_half() {
        let small = |shown| shape_of(ShapeWish { shown, ..wish(Content::Text, 1, (1_920, 1_080)) });
        assert_eq!([541, 540, 360, 100].map(|shown| small(shown).1), [1_080, 540, 360, 360]);
    }

    #[test]
    fn a_films_resolution_gives_way_to_its_rate() {
        let film = |bps| shape_of(wish(Content::Motion, bps, (1_920, 1_080)));
        assert_eq!(film(12_000_000), (1_920, 1_080, 30));
        assert_eq!(film(1_500_000), (1_280, 720, 30));
        assert_eq!(film(500_000), (640, 360, 30));
        assert_eq!(film(10_000), (320, 180, 10));
        let fast = ShapeWish { fps: 60, ..wish(Content::Motion, 12_000_000, (1_920, 1_080)) };
        assert_eq!(shape_of(fast), (1_920, 1_080, 60));
        assert_eq!(shape_of(wish(Content::Motion, 12_000_000, (3_840, 2_160))).1, 1_080);
    }

    #[test]
    fn a_film_in_a_small_place_is_sent_small() {
        let film = wish(Content::Motion, 12_000_000, (1_920, 1_080));
        assert_eq!(shape_of(ShapeWish { shown: 500, ..film }).1, 540);
    }

    #[test]
    fn a_size_once_taken_up_is_kept_until_it_falls_apart() {
        let film = |bps, before| shape(wish(Content::Motion, bps, (1_920, 1_080)), before);
        let full = film(2_600_000, None);
        assert_eq!(full.height, 1_080);
        assert_eq!(film(2_100_000, Some(full)), full);
        let less = film(2_000_000, Some(full));
        assert_eq!(less.height, 810);
        assert_eq!(film(2_100_000, Some(less)), less);
    }

    proptest! {
        #[test]
        fn every_shape_is_even_and_within_what_the_encoder_takes(
            motion: bool, bps: u64, width: u32, height: u32, shown: u32, fps in 0..500_u32,
        ) {
            let content = if motion { Content::Motion } else { Content::Text };
            let wish = ShapeWish { content, bps, source: (width >> 8, height >> 8), shown, fps };
            let sent = shape(wish, None);
            let (long, short) = (sent.width.max(sent.height), sent.width.min(sent.height));
            prop_assert!(long <= LONGEST && (2..=SHORTEST).contains(&short), "{:?}", sent);
            prop_assert!(sent.width.is_multiple_of(2) && sent.height.is_multiple_of(2));
            prop_assert!(sent.fps >= 1 && sent.fps <= fps.max(1));
            prop_assert_eq!(shape(wish, Some(sent)), sent, "the same wish again changes nothing");
        }
    }
}
