//! Files that are dragged over the window and dropped onto it: which they are, and where they will go.

use std::path::{Path, PathBuf};

use eframe::egui::{Align2, CornerRadius, Rect, Stroke, StrokeKind, Ui};

use super::SUBTITLE_ENDINGS;
use super::theme::{font, on_picture, palette, radius, size};
use super::widgets::{Line, label};

/// Of files that are dropped together only so many are taken.
const MOST: usize = 8;

/// What was dropped in this frame.
#[derive(Debug, Default)]
pub(super) struct Dropped {
    /// The first file that is no subtitles.
    pub(super) film: Option<PathBuf>,
    pub(super) subtitles: Vec<PathBuf>,
}

/// What is dragged over the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dragged {
    Film,
    Subtitles,
}

/// Takes what was dropped.
pub(super) fn take(ui: &Ui) -> Dropped {
    let dropped: Vec<PathBuf> = ui.input(|input| {
        let files = input.raw.dropped_files.iter().take(MOST);
        files.map(|file| file.path().to_path_buf()).collect()
    });
    let named = dropped.into_iter().filter(|path| !path.as_os_str().is_empty());
    let (subtitles, films): (Vec<_>, Vec<_>) = named.partition(|path| is_subtitle(path));
    Dropped { film: films.into_iter().next(), subtitles }
}

/// What is dragged over the window now.
pub(super) fn dragged(ui: &Ui) -> Option<Dragged> {
    ui.input(|input| {
        let file = input.raw.hovered_files.first()?;
        let subtitles = file.path.as_deref().is_some_and(is_subtitle);
        Some(if subtitles { Dragged::Subtitles } else { Dragged::Film })
    })
}

/// Says in `rect` what happens when it is let go.
pub(super) fn say(ui: &Ui, rect: Rect, words: &str) {
    let corner = CornerRadius::same(radius::TILE);
    ui.painter().rect_filled(rect, corner, on_picture::GROUND_HOVER);
    let stroke = Stroke::new(size::RING, palette(ui).amber);
    ui.painter().rect_stroke(rect, corner, stroke, StrokeKind::Inside);
    let style = Line::new(font::large(), on_picture::INK);
    label(ui, rect.shrink(f32::from(radius::TILE)), Align2::CENTER_CENTER, words, &style);
}

fn is_subtitle(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| SUBTITLE_ENDINGS.iter().any(|one| one.eq_ignore_ascii_case(ending)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subtitles_are_known_by_their_ending() {
        for (name, expected) in [
            ("film.de.srt", true),
            ("FILM.ASS", true),
            ("a.vtt", true),
            ("film.mkv", false),
            ("srt", false),
        ] {
            assert_eq!(is_subtitle(Path::new(name)), expected, "{name}");
        }
    }
}
