//! The typefaces inside the program: Inter for text, Noto Emoji for emoji, Phosphor for icons, and
//! egui's own for the symbols that these lack.

use std::sync::Arc;

use eframe::egui::{FontData, FontDefinitions, FontFamily, FontTweak};

const FACES: [(&str, &[u8]); 4] = [
    ("inter-regular", include_bytes!("../../../../assets/fonts/Inter-Regular.otf")),
    ("inter-medium", include_bytes!("../../../../assets/fonts/Inter-Medium.otf")),
    ("inter-semibold", include_bytes!("../../../../assets/fonts/Inter-SemiBold.otf")),
    ("inter-display", include_bytes!("../../../../assets/fonts/InterDisplay-SemiBold.otf")),
];
const EMOJI: (&str, &[u8]) =
    ("emoji", include_bytes!("../../../../assets/fonts/NotoEmoji-Regular.ttf"));
const ICONS: [(&str, &[u8]); 2] = [
    ("icons", include_bytes!("../../../../assets/fonts/Phosphor-Regular.ttf")),
    ("icons-fill", include_bytes!("../../../../assets/fonts/Phosphor-Fill.ttf")),
];

/// Text.
pub(crate) fn regular() -> FontFamily {
    FontFamily::Proportional
}

/// Stronger text.
pub(crate) fn medium() -> FontFamily {
    FontFamily::Name("inter-medium".into())
}

/// Strong text.
pub(crate) fn semibold() -> FontFamily {
    FontFamily::Name("inter-semibold".into())
}

/// The headline's cut.
pub(crate) fn display() -> FontFamily {
    FontFamily::Name("inter-display".into())
}

/// Icons, drawn or filled.
pub(crate) fn icons(filled: bool) -> FontFamily {
    FontFamily::Name(if filled { "icons-fill" } else { "icons" }.into())
}

/// Everything for [`egui::Context::set_fonts`](eframe::egui::Context::set_fonts).
pub(crate) fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let fallback: Vec<String> =
        fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    // Emoji are drawn on the whole em square: smaller, they stand well beside letters.
    let tweak = FontTweak { scale: 0.85, ..FontTweak::default() };
    let emoji = FontData::from_static(EMOJI.1).tweak(tweak);
    fonts.font_data.insert(EMOJI.0.to_owned(), Arc::new(emoji));
    for (name, bytes) in FACES {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
        let family = match name {
            "inter-regular" => FontFamily::Proportional,
            name => FontFamily::Name(name.into()),
        };
        let ours = [name.to_owned(), EMOJI.0.to_owned()];
        let chain = ours.into_iter().chain(fallback.iter().cloned()).collect();
        fonts.families.insert(family, chain);
    }
    for (name, bytes) in ICONS {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
        fonts.families.insert(FontFamily::Name(name.into()), vec![name.to_owned()]);
    }
    let monospace = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    fonts.families.insert(FontFamily::Monospace, monospace);
    fonts
}

/// The same with a typeface for Chinese, from which comes what the others lack.
pub(crate) fn with_chinese(bytes: Vec<u8>, face: u32) -> FontDefinitions {
    const NAME: &str = "chinese";
    let mut fonts = definitions();
    let mut data = FontData::from_owned(bytes);
    data.index = face;
    fonts.font_data.insert(NAME.to_owned(), Arc::new(data));
    for (family, chain) in &mut fonts.families {
        let icons = matches!(family, FontFamily::Name(name) if name.starts_with("icons"));
        if !icons {
            chain.push(NAME.to_owned());
        }
    }
    fonts
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use cinemasync_core::safety_code::{End, Nonce, SafetyCode};
    use cinemasync_protocol::ParticipantId;
    use eframe::egui;

    use super::super::font;

    #[test]
    fn every_emoji_that_is_offered_can_be_drawn() {
        let ctx = egui::Context::default();
        ctx.set_fonts(super::definitions());
        let mut output = ctx.run_ui(egui::RawInput::default(), |ui| {
            for emoji in crate::ui::text::EMOJI {
                assert!(ui.fonts_mut(|fonts| fonts.has_glyphs(&font::large(), emoji)), "{emoji}");
            }
        });
        output.textures_delta.clear();
    }

    #[test]
    fn every_sign_of_a_safety_code_can_be_drawn() {
        let (ana, ben) = (ParticipantId::new("ana"), ParticipantId::new("ben"));
        let mut signs = BTreeSet::new();
        for number in 0..=255 {
            let (mine, theirs) = (Nonce([number; 32]), Nonce([0; 32]));
            let code = SafetyCode::of(
                End { id: &ana, fingerprint: "", nonce: &mine },
                End { id: &ben, fingerprint: "", nonce: &theirs },
            );
            signs.extend(code.signs().map(|sign| sign.emoji));
        }
        assert_eq!(signs.len(), 64);
        let ctx = egui::Context::default();
        ctx.set_fonts(super::definitions());
        let mut output = ctx.run_ui(egui::RawInput::default(), |ui| {
            for sign in &signs {
                let drawn = ui.fonts_mut(|fonts| fonts.has_glyphs(&font::sign(), sign));
                assert!(drawn, "{sign}");
            }
        });
        output.textures_delta.clear();
    }
}
