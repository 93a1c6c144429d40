//! The window's own size and place: into a small window above all others, and back to what was before.
//! Owns what was before; what stands in the small window is the room's business.

use eframe::egui::{Context, Pos2, Vec2, ViewportCommand, ViewportInfo, WindowLevel, vec2};

/// The window as it opens, in points, and the smallest that it can be made.
pub const WINDOW: Vec2 = vec2(1280.0, 800.0);
/// The smallest that it can be made.
pub const LEAST: Vec2 = vec2(360.0, 640.0);
/// The same of the small one.
const COMPACT: Vec2 = vec2(400.0, 225.0);
const COMPACT_LEAST: Vec2 = vec2(256.0, 144.0);

/// Where a window stands, as far as the system tells, and how large it is.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Place {
    at: Option<Pos2>,
    size: Vec2,
    maximized: bool,
}

impl Place {
    fn of(info: &ViewportInfo, content: Vec2) -> Self {
        Self {
            at: info.outer_rect.map(|rect| rect.min),
            size: info.inner_rect.map_or(content, |rect| rect.size()),
            maximized: info.maximized == Some(true),
        }
    }

    fn take(self, ctx: &Context) {
        let send = |command| ctx.send_viewport_cmd(command);
        send(ViewportCommand::InnerSize(self.size));
        if let Some(at) = self.at {
            send(ViewportCommand::OuterPosition(at));
        }
        if self.maximized {
            send(ViewportCommand::Maximized(true));
        }
    }
}

/// What was before.
#[derive(Debug, Default)]
pub(super) struct Compact {
    /// The window while it was large; none: it is.
    large: Option<Place>,
    /// The window when it was small last.
    small: Option<Place>,
}

impl Compact {
    /// Makes the window small or large as is `wanted`. `on_top`: is it above all others anyway?
    pub(super) fn follow(&mut self, ctx: &Context, wanted: bool, on_top: bool) {
        if self.large.is_some() == wanted {
            return;
        }
        let info = ctx.input(|input| input.viewport().clone());
        if wanted && info.fullscreen == Some(true) {
            // First it has to have a size of its own again.
            ctx.send_viewport_cmd(ViewportCommand::Fullscreen(false));
            ctx.request_repaint();
            return;
        }
        let now = Place::of(&info, ctx.content_rect().size());
        let send = |command| ctx.send_viewport_cmd(command);
        match self.large.take() {
            None => {
                if now.maximized {
                    send(ViewportCommand::Maximized(false));
                }
                send(ViewportCommand::MinInnerSize(COMPACT_LEAST));
                let small = Place { at: None, size: COMPACT, maximized: false };
                self.small.unwrap_or(small).take(ctx);
                self.large = Some(now);
            }
            Some(large) => {
                self.small = Some(Place { maximized: false, ..now });
                large.take(ctx);
                send(ViewportCommand::MinInnerSize(LEAST));
            }
        }
        self.set_level(ctx, on_top);
    }

    /// Puts the window above all others or among them.
    pub(super) fn set_level(&self, ctx: &Context, on_top: bool) {
        let above = on_top || self.large.is_some();
        let level = if above { WindowLevel::AlwaysOnTop } else { WindowLevel::Normal };
        ctx.send_viewport_cmd(ViewportCommand::WindowLevel(level));
    }
}
