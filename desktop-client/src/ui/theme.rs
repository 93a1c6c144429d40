//! The look: every colour, size, radius and duration of the window, and how they become egui's
//! style. Nothing outside this module states one. Leaves what is drawn with them to the screens.

pub(crate) mod fonts;
pub(crate) mod icons;

use eframe::egui::{
    self, Color32, CornerRadius, FontId, Margin, Shadow, Stroke, TextStyle, Theme, Visuals, vec2,
};

/// The colours of one look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Palette {
    /// The window itself.
    pub(crate) background: Color32,
    /// A panel on it.
    pub(crate) surface_1: Color32,
    /// A field or another's chat bubble.
    pub(crate) surface_2: Color32,
    /// A control.
    pub(crate) surface_3: Color32,
    /// A control under the pointer.
    pub(crate) surface_4: Color32,
    /// A separating line.
    pub(crate) line: Color32,
    /// What is said.
    pub(crate) text_1: Color32,
    /// What stands beside.
    pub(crate) text_2: Color32,
    /// A hint.
    pub(crate) text_3: Color32,
    /// The one colour for "go" and for film time, as a fill.
    pub(crate) amber: Color32,
    /// The same under the pointer.
    pub(crate) amber_hover: Color32,
    /// Text on amber.
    pub(crate) amber_ink: Color32,
    /// Amber as text.
    pub(crate) amber_text: Color32,
    /// Amber as a mark: the film's progress, dots, rings.
    pub(crate) amber_mark: Color32,
    /// People and being together: speaking, connected, in sync.
    pub(crate) teal: Color32,
    /// Leave, muted, wrong.
    pub(crate) red: Color32,
    /// A fill behind red.
    pub(crate) red_fill: Color32,
    /// The same under the pointer.
    pub(crate) red_fill_hover: Color32,
    /// One's own chat bubble.
    pub(crate) own_bubble: Color32,
    /// Behind the film, whatever the look.
    pub(crate) film_surround: Color32,
}

/// The dark look: a dark room with one bright thing in it.
pub(crate) const DARK: Palette = Palette {
    background: Color32::from_rgb(0x0D, 0x0E, 0x11),
    surface_1: Color32::from_rgb(0x15, 0x17, 0x1C),
    surface_2: Color32::from_rgb(0x1D, 0x20, 0x27),
    surface_3: Color32::from_rgb(0x27, 0x2B, 0x34),
    surface_4: Color32::from_rgb(0x31, 0x36, 0x41),
    line: Color32::from_rgb(0x2A, 0x2E, 0x38),
    text_1: Color32::from_rgb(0xF3, 0xF1, 0xEC),
    text_2: Color32::from_rgb(0xA9, 0xAD, 0xB8),
    text_3: Color32::from_rgb(0x90, 0x95, 0xA2),
    amber: Color32::from_rgb(0xFF, 0xB4, 0x54),
    amber_hover: Color32::from_rgb(0xFF, 0xC3, 0x75),
    amber_ink: Color32::from_rgb(0x23, 0x16, 0x03),
    amber_text: Color32::from_rgb(0xFF, 0xB4, 0x54),
    amber_mark: Color32::from_rgb(0xFF, 0xB4, 0x54),
    teal: Color32::from_rgb(0x5C, 0xC8, 0xBE),
    red: Color32::from_rgb(0xF2, 0x70, 0x6D),
    red_fill: Color32::from_rgb(0x32, 0x1E, 0x20),
    red_fill_hover: Color32::from_rgb(0x45, 0x26, 0x28),
    own_bubble: Color32::from_rgb(0x3A, 0x2E, 0x1B),
    film_surround: Color32::from_rgb(0x00, 0x00, 0x00),
};

/// The light look: paper and ink; the film's surround stays dark.
pub(crate) const LIGHT: Palette = Palette {
    background: Color32::from_rgb(0xF6, 0xF4, 0xEF),
    surface_1: Color32::from_rgb(0xEF, 0xEC, 0xE5),
    surface_2: Color32::from_rgb(0xE9, 0xE6, 0xDE),
    surface_3: Color32::from_rgb(0xE1, 0xDD, 0xD3),
    surface_4: Color32::from_rgb(0xD6, 0xD1, 0xC5),
    line: Color32::from_rgb(0xD9, 0xD5, 0xCB),
    text_1: Color32::from_rgb(0x1A, 0x1B, 0x1F),
    text_2: Color32::from_rgb(0x4B, 0x4E, 0x57),
    text_3: Color32::from_rgb(0x56, 0x5A, 0x63),
    amber: Color32::from_rgb(0xFF, 0xB4, 0x54),
    amber_hover: Color32::from_rgb(0xF7, 0xA3, 0x3A),
    amber_ink: Color32::from_rgb(0x23, 0x16, 0x03),
    amber_text: Color32::from_rgb(0x86, 0x4F, 0x00),
    amber_mark: Color32::from_rgb(0xA8, 0x64, 0x00),
    teal: Color32::from_rgb(0x0F, 0x6B, 0x63),
    red: Color32::from_rgb(0xAE, 0x22, 0x1F),
    red_fill: Color32::from_rgb(0xF3, 0xD9, 0xD3),
    red_fill_hover: Color32::from_rgb(0xEE, 0xC9, 0xC2),
    own_bubble: Color32::from_rgb(0xF6, 0xE3, 0xC2),
    film_surround: Color32::from_rgb(0x0D, 0x0E, 0x11),
};

/// Colours on pictures, whatever the look.
pub(crate) mod on_picture {
    use super::{Color32, DARK, Palette};

    /// Text and icons.
    pub(crate) const INK: Color32 = Color32::from_rgb(0xFF, 0xFF, 0xFF);
    /// Under a name or a state.
    pub(crate) const GROUND: Color32 = Color32::from_black_alpha(180);
    /// The same under the pointer.
    pub(crate) const GROUND_HOVER: Color32 = Color32::from_black_alpha(200);
    /// A control.
    pub(crate) const CONTROL: Color32 = Color32::from_black_alpha(185);
    /// A control under the pointer.
    pub(crate) const CONTROL_HOVER: Color32 = Color32::from_black_alpha(225);
    /// Marks: dots and rings.
    pub(crate) const MARKS: &Palette = &DARK;
}

/// Which look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Look {
    /// The cinema.
    #[default]
    Dark,
    /// By daylight.
    Light,
}

/// The colours of the look in force.
pub(crate) fn palette(ui: &egui::Ui) -> &'static Palette {
    if ui.visuals().dark_mode { &DARK } else { &LIGHT }
}

/// Distances, in points.
pub(crate) mod space {
    /// Between things that belong together.
    pub(crate) const XS: f32 = 4.0;
    /// Between neighbours.
    pub(crate) const S: f32 = 8.0;
    /// Inside a control.
    pub(crate) const M: f32 = 12.0;
    /// At the window's edge, between blocks.
    pub(crate) const L: f32 = 16.0;
    /// Between groups.
    pub(crate) const XL: f32 = 24.0;
    /// Between parts of a screen.
    pub(crate) const XXL: f32 = 40.0;
    /// Between the halves of a screen.
    pub(crate) const HUGE: f32 = 56.0;
}

/// Sizes of things, in points.
pub(crate) mod size {
    /// A touchable control.
    pub(crate) const CONTROL: f32 = 44.0;
    /// A small control.
    pub(crate) const SMALL: f32 = 36.0;
    /// A text field or a main action.
    pub(crate) const FIELD: f32 = 48.0;
    /// The one main action of a screen.
    pub(crate) const MAIN: f32 = 52.0;
    /// An icon in a control.
    pub(crate) const ICON: f32 = 22.0;
    /// An icon in a small control.
    pub(crate) const ICON_SMALL: f32 = 19.0;
    /// An icon in a line of text.
    pub(crate) const ICON_TEXT: f32 = 16.0;
    /// An icon in a tag on a picture.
    pub(crate) const ICON_TAG: f32 = 14.0;
    /// An icon that stands for a picture that is not there.
    pub(crate) const ICON_LARGE: f32 = 28.0;
    /// An icon alone on a stage.
    pub(crate) const ICON_HERO: f32 = 44.0;
    /// The bar at the top.
    pub(crate) const TOP_BAR: f32 = 56.0;
    /// Seek bar and the row below it.
    pub(crate) const PLAYER_BAR: f32 = 84.0;
    /// Faces and chat beside the film.
    pub(crate) const SIDE: f32 = 288.0;
    /// Below this width the window is laid out as a strip.
    pub(crate) const NARROW_BELOW: f32 = 720.0;
    /// An emoji that floats over the film.
    pub(crate) const REACTION: f32 = 34.0;
    /// A marking dot's radius.
    pub(crate) const DOT: f32 = 4.0;
    /// Stroke of rings and focus marks.
    pub(crate) const RING: f32 = 2.0;
    /// Between a control and its focus mark.
    pub(crate) const FOCUS_GAP: f32 = 3.0;
    /// Stroke of the glow around a ring.
    pub(crate) const GLOW: f32 = 4.0;
    /// Stroke of a field's edge and of a graph.
    pub(crate) const EDGE: f32 = 1.5;
    /// Stroke of a separating line.
    pub(crate) const HAIR: f32 = 1.0;
}

/// Radii, in points.
pub(crate) mod radius {
    /// A bar as thin as a rail.
    pub(crate) const RAIL: u8 = 2;
    /// A mark in a text or on a picture.
    pub(crate) const MARK: u8 = 8;
    /// A small control.
    pub(crate) const SMALL: u8 = 10;
    /// A control or a bubble.
    pub(crate) const CONTROL: u8 = 12;
    /// A face or the film.
    pub(crate) const TILE: u8 = 14;
}

/// How much of a colour is left, from 0 to 1.
pub(crate) mod strength {
    /// The ground of what cannot be pressed now.
    pub(crate) const OFF_GROUND: f32 = 0.6;
    /// What stands on it.
    pub(crate) const OFF_INK: f32 = 0.5;
    /// Amber behind a place in the film.
    pub(crate) const CHIP: f32 = 0.16;
    /// The same under the pointer.
    pub(crate) const CHIP_HOVER: f32 = 0.22;
    /// Amber behind text that is selected.
    pub(crate) const SELECTION: f32 = 0.35;
    /// What of the film is there already.
    pub(crate) const READY: f32 = 0.5;
    /// The rest of the film.
    pub(crate) const REST: f32 = 0.17;
    /// The glow around a ring.
    pub(crate) const GLOW: f32 = 0.25;
}

/// Durations, in seconds.
pub(crate) mod motion {
    use super::egui;

    /// A state changes.
    pub(crate) const STATE: f32 = 0.12;
    /// How long that takes now: no time with reduced motion.
    pub(crate) fn state(ui: &egui::Ui) -> f32 {
        ui.style().animation_time
    }
    /// Does nothing glide, fade or float?
    pub(crate) fn reduced(ui: &egui::Ui) -> bool {
        ui.style().animation_time <= 0.0
    }
    /// How long a panel or a face takes to get larger or smaller.
    pub(crate) fn panel(ui: &egui::Ui) -> f32 {
        if reduced(ui) { 0.0 } else { PANEL }
    }
    /// The same, unless motion is reduced.
    const PANEL: f32 = 0.2;
    /// Controls over the film stay this long after the pointer rests.
    pub(crate) const CONTROLS_STAY: f64 = 2.0;
    /// A reaction floats this long.
    pub(crate) const REACTION: f64 = 3.0;
}

/// The sizes and weights of text.
pub(crate) mod font {
    use super::{FontId, fonts};

    /// 12.5: captions, names, times.
    pub(crate) fn caption() -> FontId {
        FontId::new(12.5, fonts::regular())
    }
    /// 12.5, stronger: names on pictures.
    pub(crate) fn caption_strong() -> FontId {
        FontId::new(12.5, fonts::medium())
    }
    /// 14: what stands in controls and lists.
    pub(crate) fn body() -> FontId {
        FontId::new(14.0, fonts::regular())
    }
    /// 14, stronger.
    pub(crate) fn body_strong() -> FontId {
        FontId::new(14.0, fonts::medium())
    }
    /// 15: what one reads or types.
    pub(crate) fn reading() -> FontId {
        FontId::new(15.0, fonts::regular())
    }
    /// 15, strong: the text of actions.
    pub(crate) fn action() -> FontId {
        FontId::new(15.0, fonts::semibold())
    }
    /// 16, strong: the program's name.
    pub(crate) fn logo() -> FontId {
        FontId::new(16.0, fonts::semibold())
    }
    /// A letter or an emoji as large as is wished.
    pub(crate) fn letter(side: f32) -> FontId {
        FontId::new(side, fonts::medium())
    }
    /// An icon as large as is wished.
    pub(crate) fn icon(side: f32, filled: bool) -> FontId {
        FontId::new(side, fonts::icons(filled))
    }
    /// 26: a sign of a safety code.
    pub(crate) fn sign() -> FontId {
        FontId::new(26.0, fonts::regular())
    }
    /// 20: the room code being typed, a stage's sentence.
    pub(crate) fn large() -> FontId {
        FontId::new(20.0, fonts::medium())
    }
    /// 34: the one headline.
    pub(crate) fn display() -> FontId {
        FontId::new(34.0, fonts::display())
    }
}

/// Line heights that go with [`font`], in points.
pub(crate) mod line {
    /// For 12.5.
    pub(crate) const CAPTION: f32 = 18.0;
    /// For 14.
    pub(crate) const BODY: f32 = 20.0;
    /// For 15.
    pub(crate) const READING: f32 = 23.0;
    /// For 34.
    pub(crate) const DISPLAY: f32 = 42.0;
}

/// Spacing of letters, in points: negative draws them together.
pub(crate) mod letters {
    /// The headline.
    pub(crate) const DISPLAY: f32 = -0.68;
    /// A room code in a pill.
    pub(crate) const CODE: f32 = 1.2;
    /// A room code being typed.
    pub(crate) const CODE_FIELD: f32 = 3.0;
}

/// Installs typefaces, icons and the style for both looks, and chooses one.
pub(crate) fn install(ctx: &egui::Context, look: Look) {
    ctx.set_fonts(fonts::definitions());
    ctx.set_style_of(Theme::Dark, style(Theme::Dark));
    ctx.set_style_of(Theme::Light, style(Theme::Light));
    ctx.set_theme(match look {
        Look::Dark => Theme::Dark,
        Look::Light => Theme::Light,
    });
}

/// Puts the system's typeface for Chinese behind the program's own ones.
pub(crate) fn add_chinese(ctx: &egui::Context, bytes: Vec<u8>, face: u32) {
    ctx.set_fonts(fonts::with_chinese(bytes, face));
}

/// Lets things move, or not.
pub(crate) fn set_motion(ctx: &egui::Context, reduced: bool) {
    ctx.all_styles_mut(|style| {
        let (time, scroll) = if reduced {
            (0.0, egui::style::ScrollAnimation::none())
        } else {
            (motion::STATE, egui::style::ScrollAnimation::default())
        };
        style.animation_time = time;
        style.scroll_animation = scroll;
        style.visuals.text_cursor.blink = !reduced;
    });
}

fn style(theme: Theme) -> egui::Style {
    let (colors, mut visuals) = match theme {
        Theme::Dark => (&DARK, Visuals::dark()),
        Theme::Light => (&LIGHT, Visuals::light()),
    };
    visuals.override_text_color = Some(colors.text_1);
    visuals.weak_text_color = Some(colors.text_3);
    visuals.hyperlink_color = colors.amber_text;
    visuals.panel_fill = colors.background;
    visuals.window_fill = colors.surface_1;
    visuals.window_stroke = Stroke::new(size::HAIR, colors.line);
    visuals.window_corner_radius = CornerRadius::same(radius::TILE);
    visuals.menu_corner_radius = CornerRadius::same(radius::TILE);
    visuals.popup_shadow =
        Shadow { offset: [0, 8], blur: 24, spread: 0, color: Color32::from_black_alpha(120) };
    visuals.extreme_bg_color = colors.surface_2;
    visuals.selection.bg_fill = colors.amber.gamma_multiply(strength::SELECTION);
    visuals.selection.stroke = Stroke::new(size::HAIR, colors.text_1);
    visuals.text_cursor.stroke = Stroke::new(size::RING, colors.amber_text);
    for (widget, fill) in [
        (&mut visuals.widgets.noninteractive, colors.surface_1),
        (&mut visuals.widgets.inactive, colors.surface_3),
        (&mut visuals.widgets.hovered, colors.surface_4),
        (&mut visuals.widgets.active, colors.surface_4),
        (&mut visuals.widgets.open, colors.surface_3),
    ] {
        widget.bg_fill = fill;
        widget.weak_bg_fill = fill;
        widget.bg_stroke = Stroke::NONE;
        widget.fg_stroke = Stroke::new(size::EDGE, colors.text_1);
        widget.corner_radius = CornerRadius::same(radius::SMALL);
        widget.expansion = 0.0;
    }
    let mut style = egui::Style { visuals, ..egui::Style::default() };
    style.spacing.item_spacing = vec2(space::S, space::S);
    style.spacing.interact_size = vec2(size::SMALL, size::SMALL);
    style.spacing.menu_margin = Margin::same(8);
    style.spacing.scroll.bar_width = 6.0;
    style.spacing.scroll.floating_width = 3.0;
    style.animation_time = motion::STATE;
    style.interaction.selectable_labels = false;
    style.text_styles = [
        (TextStyle::Small, font::caption()),
        (TextStyle::Body, font::body()),
        (TextStyle::Button, font::body()),
        (TextStyle::Monospace, font::body()),
        (TextStyle::Heading, font::large()),
    ]
    .into();
    style
}

#[cfg(test)]
mod tests;
