//! The bar above the stage while somebody shares a screen: which of the film and the screens is
//! large, and the volume and the size of the screen that is.

use cinemasync_core::interface::{Command, ParticipantView};
use eframe::egui::{Color32, Rect, Ui, Vec2, pos2};

use super::Room;
use super::stage::choice::View;
use crate::ui::theme::icons::{self, Icon};
use crate::ui::theme::{on_picture, palette, size, space};
use crate::ui::widgets::button::{Button, Kind};
use crate::ui::widgets::slider::{Rail, slider};
use crate::ui::widgets::tab::{Tab, tabs};
use crate::ui::{Scene, text};

/// How tall it is.
pub(super) const HEIGHT: f32 = size::SMALL;
/// Length of the volume's rail.
const VOLUME_RAIL: f32 = 84.0;
/// The most that a screen's sound can be raised.
const LOUDEST: f64 = cinemasync_core::voice_settings::MAX_VOICE_VOLUME;

impl Room {
    /// How much room it takes above the stage.
    pub(super) fn stage_bar_room(&self) -> f32 {
        if self.on_stage.has_screens() { HEIGHT + space::S } else { 0.0 }
    }

    /// Draws it into `row`, if it is there at all.
    pub(super) fn stage_bar(&mut self, ui: &mut Ui, row: Rect, scene: &mut Scene<'_>) {
        if !self.on_stage.has_screens() {
            return;
        }
        let mut rest = row;
        if let Some(View::Screen(id)) = self.on_stage.large() {
            let mut people = scene.snapshot.participants.iter();
            if let Some(person) = people.find(|person| person.id == *id) {
                rest.max.x = self.screen_tools(ui, row, person, scene);
            }
        }
        let there = self.on_stage.there();
        let name = |view: &View| match view {
            View::Film => (icons::FILM, text::the_film().to_owned()),
            View::Screen(id) => {
                let mut people = scene.snapshot.participants.iter();
                let name = people.find(|person| person.id == *id).map_or("", |one| &one.name);
                (icons::SCREEN, text::screen_of(name))
            }
        };
        let shown: Vec<Tab> = there
            .iter()
            .map(|view| {
                let (sign, text) = name(view);
                Tab { sign, text, chosen: self.on_stage.large() == Some(view) }
            })
            .collect();
        let pressed = tabs(ui, rest, &shown, self.theatre);
        if let Some(view) = pressed.and_then(|index| there.into_iter().nth(index)) {
            self.on_stage.choose(view);
            self.zoom = Default::default();
        }
    }

    /// What can be done to the screen that is large, from the right. Returns where it begins.
    fn screen_tools(
        &mut self,
        ui: &Ui,
        row: Rect,
        person: &ParticipantView,
        scene: &mut Scene<'_>,
    ) -> f32 {
        let over = self.theatre;
        let mut right = row.right();
        let mut place = |width: f32| {
            let middle = row.center().y;
            let rect = Rect::from_min_max(
                pos2(right - width, middle - size::SMALL / 2.0),
                pos2(right, middle + size::SMALL / 2.0),
            );
            right = rect.left() - space::XS;
            rect
        };
        if scene.snapshot.playback.film.is_none() {
            let (name, sign) = if self.theatre {
                (text::leave_full_screen(), icons::LEAVE_FULL_SCREEN)
            } else {
                (text::full_screen(), icons::FULL_SCREEN)
            };
            if small(ui, place(size::SMALL), ("full screen", name), sign, over) {
                let on = !self.theatre;
                self.set_theatre(ui, on);
            }
        }
        let (name, sign) = if self.zoom.actual {
            (text::whole_screen(), icons::WHOLE)
        } else {
            (text::actual_size(), icons::ACTUAL_SIZE)
        };
        if small(ui, place(size::SMALL), ("actual size", name), sign, over) {
            self.zoom.toggle();
        }
        if person.screen_audio {
            // A strip has no room for a rail: it is in the menu of that one's picture, too.
            let rail = (row.width() >= size::NARROW_BELOW / 2.0 + VOLUME_RAIL).then(|| {
                let mut rail = place(VOLUME_RAIL + space::L);
                rail.max.x = rail.min.x + VOLUME_RAIL;
                rail
            });
            volume(ui, place(size::SMALL), rail, person, over, scene);
        }
        right - space::S
    }
}

fn volume(
    ui: &Ui,
    button: Rect,
    rail: Option<Rect>,
    person: &ParticipantView,
    over: bool,
    scene: &mut Scene<'_>,
) {
    let colors = palette(ui);
    let volume = person.screen_volume;
    let silent = volume <= 0.0;
    let sign = match volume {
        v if v <= 0.0 => icons::VOLUME_OFF,
        v if v < 0.5 => icons::VOLUME_LOW,
        _ => icons::VOLUME,
    };
    let name = text::silence_screen(&person.name, silent);
    let mut wanted = None;
    if small(ui, button, ("silence screen", &name), sign, over) {
        wanted = Some(if silent { 1.0 } else { 0.0 });
    }
    if let Some(rail) = rail {
        let ink = if over { on_picture::INK } else { colors.text_1 };
        let look = Rail {
            done: ink,
            ready: Color32::TRANSPARENT,
            rest: colors.surface_4,
            knob: ink,
            knob_always: false,
        };
        let name = text::screen_volume_of(&person.name);
        let value = volume / LOUDEST;
        let moved = slider(ui, rail, ("screen volume", &name), (value, 0.0, 0.05), look);
        let to = moved.held.or(moved.dropped).map(|share| super::person::settle(share * LOUDEST));
        wanted = wanted.or(to.filter(|to| (to - volume).abs() > 0.005));
    }
    if let Some(volume) = wanted {
        scene.command(Command::ScreenVolume { who: person.id.clone(), volume });
    }
}

fn small(ui: &Ui, rect: Rect, (key, name): (&str, &str), sign: Icon, over: bool) -> bool {
    let kind = if over { Kind::OverPicture } else { Kind::Quiet };
    let rect = Rect::from_center_size(rect.center(), Vec2::splat(size::SMALL));
    Button::icon(key, name, sign).small().kind(kind).show(ui, rect).clicked()
}
