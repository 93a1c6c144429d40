//! The typefaces inside the program: Inter for text, Phosphor for icons, egui's own for the emoji
//! and scripts that Inter lacks.

use std::sync::Arc;

use eframe::egui::{FontData, FontDefinitions, FontFamily, FontTweak};

const FACES: [(&str, &[u8]); 4] = [
    ("inter-regular", include_bytes!("../../../../assets/fonts/Inter-Regular.otf")),
    ("inter-medium", include_bytes!("../../../../assets/fonts/Inter-Medium.otf")),
    ("inter-semibold", include_bytes!("../../../../assets/fonts/Inter-SemiBold.otf")),
    ("inter-display", include_bytes!("../../../../assets/fonts/InterDisplay-SemiBold.otf")),
];
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
    for (name, bytes) in FACES {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
        let family = match name {
            "inter-regular" => FontFamily::Proportional,
            name => FontFamily::Name(name.into()),
        };
        let chain = std::iter::once(name.to_owned()).chain(fallback.iter().cloned()).collect();
        fonts.families.insert(family, chain);
    }
    for (name, bytes) in ICONS {
        // The icons hang half an eighth too low in their em square for a box that centres text.
        let tweak = FontTweak { y_offset_factor: 0.0, ..FontTweak::default() };
        let data = FontData::from_static(bytes).tweak(tweak);
        fonts.font_data.insert(name.to_owned(), Arc::new(data));
        fonts.families.insert(FontFamily::Name(name.into()), vec![name.to_owned()]);
    }
    let monospace = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    fonts.families.insert(FontFamily::Monospace, monospace);
    fonts
}
