//! A room's password: one that a new room gets, if somebody wants that, and the one that a room asks for. It is
//! forgotten as soon as one is in.

use cinemasync_protocol::limits::MAX_PASSWORD_BYTES;
use eframe::egui::{Id, Key, Rect, Response, Ui, Vec2, pos2};

use crate::ui::text;
use crate::ui::theme::{icons, size, space};
use crate::ui::widgets::button::{Button, Kind};
use crate::ui::widgets::field::Field;

/// So many characters are no more bytes than a password may have.
const MOST_CHARS: usize = MAX_PASSWORD_BYTES / 4;

/// What was typed, and whether it can be read on the screen.
#[derive(Debug, Default)]
pub(super) struct Password {
    /// Is the field there?
    pub(super) asked: bool,
    /// Was it pressed just now that it be there: does the cursor belong into it?
    pub(super) focus: bool,
    typed: Typed,
    seen: bool,
}

/// What is in the field; says nothing of it where it is debugged.
#[derive(Default)]
struct Typed(String);

impl std::fmt::Debug for Typed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("hidden")
    }
}

impl Password {
    /// Puts the field there, with the cursor in it.
    pub(super) fn ask(&mut self) {
        (self.asked, self.focus) = (true, true);
    }

    /// Takes the field away, and what is in it.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// What is to be sent.
    pub(super) fn given(&self) -> Option<String> {
        (self.asked && !self.typed.0.is_empty()).then(|| self.typed.0.clone())
    }

    /// Shows the field, called `label`. Returns its response, and whether Enter was pressed in it.
    pub(super) fn field(
        &mut self,
        ui: &mut Ui,
        row: Rect,
        label: &str,
        wrong: bool,
    ) -> (Response, bool) {
        let field = Field::new(Id::unique(("password", label)), label, label);
        let field = field.limit(MOST_CHARS).wrong(wrong).hidden(!self.seen).reserve(size::SMALL);
        let response = field.show(ui, row, &mut self.typed.0);
        if std::mem::take(&mut self.focus) {
            response.request_focus();
        }
        let center = pos2(row.right() - space::XS - size::SMALL / 2.0, row.center().y);
        let place = Rect::from_center_size(center, Vec2::splat(size::SMALL));
        let (name, sign) = if self.seen {
            (text::hide_password(), icons::UNSEEN)
        } else {
            (text::show_password(), icons::SEEN)
        };
        let key = format!("see {label}");
        if Button::icon(&key, name, sign).small().kind(Kind::Quiet).show(ui, place).clicked() {
            self.seen = !self.seen;
        }
        let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        (response, entered)
    }
}
