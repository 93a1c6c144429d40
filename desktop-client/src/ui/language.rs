//! Which language the window speaks: the one that was chosen, else the system's, and whether there is a
//! typeface for it. Leaves the words to `text` and finding the typeface to [`app`](crate::app).

use cinemasync_core::window_settings::WindowSettings;
use eframe::egui;

use super::text::{self, Language};
use super::{Ui, theme};

/// The typeface for Chinese, which only the system can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum ChineseFont {
    /// Nobody needed it yet.
    #[default]
    Unneeded,
    /// It is to be looked for.
    Wanted,
    Here,
    /// There is none.
    Missing,
}

/// What is spoken, and what could be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Speech {
    system: Language,
    chinese: ChineseFont,
}

impl Speech {
    /// As the system says; English if that is none of the window's languages.
    pub(super) fn new(locale: &str) -> Self {
        let system = Language::of_locale(locale).unwrap_or_default();
        Self { system, chinese: ChineseFont::default() }
    }

    /// The system's language.
    pub(super) fn system(self) -> Language {
        self.system
    }

    /// Can its letters be drawn? Not known of Chinese until the typeface was looked for.
    pub(super) fn can_draw(self, language: Language) -> bool {
        language != Language::Chinese || self.chinese == ChineseFont::Here
    }

    /// Is it known that there is no typeface for Chinese?
    pub(super) fn lacks_font(self) -> bool {
        self.chinese == ChineseFont::Missing
    }

    /// Speaks as is wished from now on. `listed`: are the languages shown by their own names?
    pub(super) fn follow(&mut self, window: &WindowSettings, listed: bool) {
        let mut language = Language::of_locale(&window.language).unwrap_or(self.system);
        let needed = listed || language == Language::Chinese;
        if needed && self.chinese == ChineseFont::Unneeded {
            self.chinese = ChineseFont::Wanted;
        }
        if !self.can_draw(language) {
            // What cannot be read helps nobody.
            language = Language::English;
        }
        text::speak(language);
    }
}

impl Ui {
    /// Is the system's typeface for Chinese to be looked for, and handed to [`Ui::set_chinese_font`]?
    pub fn wants_chinese_font(&self) -> bool {
        self.speech.chinese == ChineseFont::Wanted
    }

    /// Takes the typeface for Chinese, a file's contents and which face of it; `None`: there is none.
    pub fn set_chinese_font(&mut self, ctx: &egui::Context, file: Option<(Vec<u8>, u32)>) {
        self.speech.chinese = if file.is_some() { ChineseFont::Here } else { ChineseFont::Missing };
        if let Some((bytes, face)) = file {
            theme::add_chinese(ctx, bytes, face);
        }
        self.speech.follow(&self.window, false);
        ctx.request_repaint();
    }
}
