//! The small window: the film, a screen or the faces, with the few switches that are needed beside work; what
//! others write passes. Everything else is one press away.

use cinemasync_core::interface::Command;
use eframe::egui::{Id, Pos2, Rect, Ui, Vec2, pos2};

use super::{Room, bubbles, controls, stage};
use crate::ui::theme::icons::{self, Icon};
use crate::ui::theme::{motion, size, space};
use crate::ui::widgets::button::{Button, Kind};
use crate::ui::{Scene, text};

/// A circle's side as a share of the window's height, and the smallest.
const SHARE: f32 = 0.16;
const SMALLEST: f32 = 32.0;

/// What a switch is called, shows and does.
struct Switch {
    key: &'static str,
    name: &'static str,
    sign: Icon,
    kind: Kind,
    does: Does,
}

#[derive(Debug, Clone)]
enum Does {
    PlayOrPause,
    Ask(Command),
    Enlarge,
}

impl Room {
    /// Is the window to be the small one?
    pub(in crate::ui) fn is_compact(&self) -> bool {
        self.compact
    }

    /// Makes it that, or the large one again.
    pub(super) fn set_compact(&mut self, ui: &Ui, on: bool) {
        if on && self.theatre {
            self.set_theatre(ui, false);
        }
        self.compact = on;
    }

    /// The button for it, with its right middle at `at`. Returns where it begins.
    pub(super) fn compact_button(&mut self, ui: &Ui, at: Pos2) -> f32 {
        let center = pos2(at.x - size::SMALL / 2.0, at.y);
        let place = Rect::from_center_size(center, Vec2::splat(size::SMALL));
        let button = Button::icon("compact", text::compact(), icons::COMPACT).small();
        if button.kind(Kind::Quiet).show(ui, place).clicked() {
            self.set_compact(ui, true);
        }
        place.left()
    }

    /// Draws it over the whole of the window.
    pub(super) fn small_window(&mut self, ui: &mut Ui, whole: Rect, scene: &mut Scene<'_>) {
        self.stage(ui, whole, scene);
        let row = Rect::from_min_max(
            pos2(whole.left() + space::S, whole.bottom() - space::S - size::SMALL),
            pos2(whole.right() - space::S, whole.bottom() - space::S),
        );
        let floor = row.top() - space::S;
        if self.on_stage.large().is_some() {
            let area = whole.shrink(space::S).with_max_y(floor);
            let unit = (whole.height() * SHARE).clamp(SMALLEST, bubbles::unit(whole.height()));
            self.faces_over.show(ui, area, unit, false, scene);
        }
        // They are there for the keyboard and for assistive programs, seen or not.
        let focused = ui.memory(|memory| memory.focused().is_some());
        let wanted = focused || ui.input(|input| input.pointer.has_pointer());
        let id = Id::unique("small window's switches");
        let shown = ui.ctx().animate_bool_with_time(id, wanted, motion::state(ui));
        ui.scope(|ui| {
            ui.set_opacity(shown);
            stage::shade(ui.painter(), whole.with_min_y(floor - space::XXL));
            self.switches(ui, row, scene);
        });
        if self.passing.show(ui, row.left(), floor, row.width()) {
            self.open_chat(ui);
        }
    }

    fn switches(&mut self, ui: &Ui, row: Rect, scene: &mut Scene<'_>) {
        let switches = self.wanted_switches(scene);
        let count = switches.len() as f32;
        let width = count * size::SMALL + (count - 1.0) * space::S;
        let mut left = row.center().x - width / 2.0;
        for switch in switches {
            let place = Rect::from_min_size(pos2(left, row.top()), Vec2::splat(size::SMALL));
            left = place.right() + space::S;
            let button = Button::icon(switch.key, switch.name, switch.sign).small();
            let pressed = button.kind(switch.kind).show(ui, place).clicked();
            if matches!(switch.does, Does::Enlarge) && self.passing.unread() > 0 {
                controls::badge(ui, place.right_top(), self.passing.unread());
            }
            match switch.does {
                _ if !pressed => {}
                Does::PlayOrPause => self.play_or_pause(ui, scene),
                Does::Ask(command) => scene.command(command),
                Does::Enlarge => self.set_compact(ui, false),
            }
        }
    }

    fn wanted_switches(&self, scene: &Scene<'_>) -> Vec<Switch> {
        let (playback, me) = (&scene.snapshot.playback, &scene.snapshot.me);
        let mut switches = Vec::new();
        let mut add = |key, (name, sign): (&'static str, Icon), kind, does| {
            switches.push(Switch { key, name, sign, kind, does });
        };
        let on = |on| if on { Kind::OverPicture } else { Kind::Danger };
        if playback.film.is_some() && playback.may_steer {
            let play = if playback.playing {
                (text::pause(), icons::PAUSE)
            } else {
                (text::play(), icons::PLAY)
            };
            add("play", play, Kind::OverPicture, Does::PlayOrPause);
        }
        let microphone = if me.microphone {
            (text::mute(), icons::MICROPHONE)
        } else {
            (text::unmute(), icons::MICROPHONE_OFF)
        };
        let turn = Does::Ask(Command::Microphone(!me.microphone));
        add("microphone", microphone, on(me.microphone), turn);
        let camera = if me.camera {
            (text::camera_off(), icons::CAMERA)
        } else {
            (text::camera_on(), icons::CAMERA_OFF)
        };
        add("camera", camera, on(me.camera), Does::Ask(Command::Camera(!me.camera)));
        if scene.snapshot.sharing.is_some() {
            let stop = (text::stop_sharing(), icons::STOP);
            add("stop sharing", stop, Kind::Primary, Does::Ask(Command::StopSharing));
        }
        let enlarge = (text::leave_compact(), icons::LEAVE_COMPACT);
        add("leave compact", enlarge, Kind::OverPicture, Does::Enlarge);
        switches
    }
}
