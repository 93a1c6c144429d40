//! The lobby: oneself at the left, one thing to do at the right. Owns what is being typed there.
//! Reading codes and addresses is its parts' work.

mod code;
mod form;
mod password;
mod recent;
mod server;

use std::path::PathBuf;

use cinemasync_core::devices::{DeviceKind, DeviceView, Devices};
use cinemasync_core::interface::{Command, Invite, RoomChoice, ServerChoice, Stage};
use cinemasync_core::invitation;
use cinemasync_core::recent_rooms::RecentRooms;
use cinemasync_protocol::limits::{MAX_NAME_CHARS, normalize_name};
use eframe::egui::{
    Align2, CornerRadius, Rect, ScrollArea, Sense, Ui, UiBuilder, Vec2, pos2, vec2,
};

use self::password::Password;
use self::recent::Recent;
use self::server::ServerForm;
use super::dropped::{self, Dragged};
use super::settings::in_use;
use super::theme::{font, icons, line, palette, radius, size, space};
use super::video::Placement;
use super::widgets::button::{Button, Kind};
use super::widgets::meter::meter;
use super::widgets::{Line, icon, label, paragraph, readable};
use super::{Scene, UiAction, text};

/// Width of the picture of oneself.
const PREVIEW: f32 = 520.0;
/// Width of the form.
const FORM: f32 = 400.0;
/// How low the preview gets.
const LOWEST_PREVIEW: f32 = 120.0;
/// Height of the form when nothing is wrong.
const FORM_HEIGHT: f32 = 440.0;
/// What the first start says more; the film that waits; the button back to a room, below it.
const FIRST_START: f32 = 4.0 * line::READING;
const PASSWORD_ROW: f32 = size::FIELD + space::M;
const FILM_ROW: f32 = size::FIELD + space::L;
const WAY_BACK: f32 = size::CONTROL + space::L;
/// Height of the lines under the picture.
const DEVICES: f32 = 76.0;
/// Of what says that films cannot be played, where it stands between picture and form.
const MISSING: f32 = 4.0 * line::BODY;
/// Width of the microphone's meter.
const METER: f32 = 124.0;

/// What is being typed in the lobby.
#[derive(Debug)]
pub(super) struct Lobby {
    name: String,
    code: String,
    server: ServerForm,
    /// What is wrong, by the field it stands under.
    name_error: Option<&'static str>,
    code_error: Option<String>,
    general_error: Option<String>,
    password_error: Option<&'static str>,
    /// What a new room gets, and what the room asks for whose code was typed.
    new_password: Password,
    password: Password,
    /// Was the last attempt to make a room, rather than to join one?
    creating: bool,
    /// What is shown in the room that is entered.
    pub(super) film: Option<PathBuf>,
    /// The rooms in which one was.
    recent: Recent,
    /// Is this program used for the first time?
    first_start: bool,
    /// Is there a room to come back to?
    can_come_back: bool,
}

impl Lobby {
    /// Begins with what was used before.
    pub(super) fn new(
        name: String,
        server: ServerChoice,
        film: Option<PathBuf>,
        first_start: bool,
        can_come_back: bool,
    ) -> Self {
        Self {
            name,
            code: String::new(),
            server: ServerForm::new(server),
            name_error: None,
            code_error: None,
            general_error: None,
            password_error: None,
            new_password: Password::default(),
            password: Password::default(),
            creating: true,
            film,
            recent: Recent::default(),
            first_start,
            can_come_back,
        }
    }

    /// The attempt to enter failed, or the stay ended. `code` says for programs why.
    pub(super) fn failed(&mut self, code: &str, why: String) {
        if code == "wrong_password" && !self.creating && !self.code.is_empty() {
            let given = self.password.given().is_some();
            let why = if given { text::password_wrong() } else { text::password_wanted() };
            self.password_error = Some(why);
            self.password.ask();
        } else if self.creating {
            self.general_error = Some(why);
        } else {
            self.code_error = Some(why);
        }
    }

    /// One is in a room: the next lobby begins without old sentences.
    pub(super) fn entered(&mut self) {
        self.name_error = None;
        self.code_error = None;
        self.general_error = None;
        self.password_error = None;
        self.new_password.forget();
        self.password.forget();
        self.can_come_back = false;
        self.first_start = false;
        self.recent.forgotten = None;
        self.film = None;
        self.code.clear();
    }

    /// The rooms in which one was, and how late it is now in Unix seconds.
    pub(super) fn set_recent(&mut self, rooms: RecentRooms, now_unix_secs: u64) {
        (self.recent.rooms, self.recent.now_unix_secs) = (rooms, now_unix_secs);
    }

    /// Takes over what an invitation says.
    pub(super) fn fill(&mut self, link: &str) {
        let read = invitation::read(link);
        self.set_code(read.code);
        if let Some(server) = read.server {
            self.server.use_address(server);
        }
    }

    /// Another room's code: its password is another one.
    fn set_code(&mut self, code: String) {
        self.code_error = None;
        if code != self.code {
            self.password_error = None;
            self.password.forget();
        }
        self.code = code;
    }

    fn show_film(&mut self, film: Option<PathBuf>, scene: &mut Scene<'_>) {
        self.film.clone_from(&film);
        (scene.send)(UiAction::FilmForRoom(film));
    }

    /// Draws it over the whole of `ui`.
    pub(super) fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        let whole = ui.max_rect();
        let bar = Rect::from_min_size(whole.min, vec2(whole.width(), size::TOP_BAR));
        let colors = palette(ui);
        let logo = bar.shrink2(vec2(space::L + space::XS, 0.0));
        let style = Line::new(font::logo(), colors.text_1);
        label(ui, logo, Align2::LEFT_CENTER, text::APP, &style);
        // The settings' button stands in the corner, beside it in a wide window the one for help.
        let mut right = bar.right() - space::L - size::SMALL;
        if bar.width() >= size::NARROW_BELOW {
            right -= size::SMALL + space::XS;
        }
        self.server.show(ui, pos2(right, bar.center().y));

        let body = whole.with_min_y(bar.bottom());
        let wide = body.width() >= size::NARROW_BELOW;
        let builder = UiBuilder::new().max_rect(body);
        ui.scope_builder(builder, |ui| {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                if wide { self.wide(ui, body, scene) } else { self.narrow(ui, body, scene) }
            });
        });
        if let Some(film) = dropped::take(ui).film {
            self.show_film(Some(film), scene);
        }
        if let Some(dragged) = dropped::dragged(ui) {
            let words = match dragged {
                Dragged::Film => text::drop_for_room(),
                Dragged::Subtitles => text::drop_subtitles_later(),
            };
            dropped::say(ui, body.shrink(space::L), words);
        }
    }

    fn form_height(&self) -> f32 {
        let film = if self.film.is_some() { FILM_ROW } else { 0.0 };
        let first = if self.first_start { FIRST_START } else { 0.0 };
        FORM_HEIGHT
            + film
            + first
            + self.recent.height()
            + if self.new_password.asked { PASSWORD_ROW } else { 0.0 }
            + if self.password.asked { PASSWORD_ROW + line::CAPTION } else { 0.0 }
            + if self.can_come_back { WAY_BACK } else { 0.0 }
    }

    fn wide(&mut self, ui: &mut Ui, body: Rect, scene: &mut Scene<'_>) {
        let free = body.width() - 2.0 * space::XL;
        let preview = PREVIEW.min(free - FORM - space::HUGE).max(240.0);
        let form = FORM.min(free - preview - space::XXL);
        let gap = (free - preview - form).min(space::HUGE);
        let left = body.center().x - (preview + gap + form) / 2.0;
        let height = body.height().max(self.form_height() + 2.0 * space::XL);
        let (area, _) = ui.allocate_exact_size(vec2(body.width(), height), Sense::empty());
        // A little above the middle looks like the middle.
        let middle = area.center().y - space::XL;
        let picture = vec2(preview, preview * 9.0 / 16.0);
        let corner = pos2(left, middle - (picture.y + DEVICES) / 2.0 + space::L);
        self.preview(ui, Rect::from_min_size(corner, picture), scene);
        let corner = pos2(left + preview + gap, middle - self.form_height() / 2.0);
        self.form(ui, Rect::from_min_size(corner, vec2(form, self.form_height())), scene);
    }

    fn narrow(&mut self, ui: &mut Ui, body: Rect, scene: &mut Scene<'_>) {
        let width = (body.width() - 2.0 * space::L).min(PREVIEW);
        let missing = if scene.player_missing.is_some() { MISSING } else { 0.0 };
        let devices = DEVICES + missing;
        // In a low window the picture gives way to what there is to do.
        let free = body.height() - devices - self.form_height() - 2.0 * space::XL;
        let picture = vec2(width, (width * 9.0 / 16.0).min(free.max(LOWEST_PREVIEW)));
        let height = picture.y + devices + self.form_height() + 2.0 * space::XL + space::XXL;
        let (area, _) = ui.allocate_exact_size(vec2(body.width(), height), Sense::empty());
        let left = area.center().x - width / 2.0;
        let top = area.top() + space::S;
        self.preview(ui, Rect::from_min_size(pos2(left, top), picture), scene);
        let corner = pos2(left, top + picture.y + devices + space::XL);
        self.form(ui, Rect::from_min_size(corner, vec2(width, self.form_height())), scene);
    }

    /// One's own picture with the two switches in it, and how the devices stand below.
    fn preview(&self, ui: &Ui, rect: Rect, scene: &mut Scene<'_>) {
        let colors = palette(ui);
        let me = &scene.snapshot.me;
        let (camera, microphone, speaking) = (me.camera, me.microphone, me.speaking);
        ui.painter().rect_filled(rect, CornerRadius::same(radius::TILE), colors.surface_1);
        let placement = Placement { corner: f32::from(radius::TILE), mirrored: true, whole: false };
        let shown = camera && scene.pictures.draw(ui, "own", &scene.frames.own, rect, placement);
        if !shown {
            let devices = &scene.snapshot.devices;
            let sentence = match camera {
                true if is_missing(&devices.cameras, devices) => text::camera_missing(),
                true => text::camera_starting(),
                false => text::camera_is_off(),
            };
            let line = Line::new(font::body(), colors.text_2);
            let above = rect.with_max_y(rect.bottom() - size::CONTROL);
            label(ui, above, Align2::CENTER_CENTER, sentence, &line);
        }
        let side = Vec2::splat(size::CONTROL);
        let y = rect.bottom() - space::L - side.y / 2.0;
        let place = |x: f32| Rect::from_center_size(pos2(rect.center().x + x, y), side);
        let step = size::CONTROL / 2.0 + 5.0;
        if toggle(ui, place(-step), Toggle::Microphone, microphone) {
            scene.command(Command::Microphone(!microphone));
        }
        if toggle(ui, place(step), Toggle::Camera, camera) {
            scene.command(Command::Camera(!camera));
        }

        let row = |index: f32| {
            let top = rect.bottom() + space::M + index * 30.0;
            Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), 24.0))
        };
        let name = |kind, or: &str| in_use(kind, scene).unwrap_or_else(|| or.to_owned());
        if microphone {
            let devices = &scene.snapshot.devices;
            let missing = is_missing(&devices.microphones, devices);
            let or = if missing { text::microphone_missing() } else { text::microphone_is_on() };
            let words = name(DeviceKind::Microphone, or);
            device(ui, row(0.0), icons::MICROPHONE, METER + space::M, &words);
            let cells = Align2::RIGHT_CENTER.align_size_within_rect(vec2(METER, 14.0), row(0.0));
            meter(ui, cells, scene.snapshot.me.level);
            if speaking {
                readable(ui, cells, text::heard());
            }
        } else {
            device(ui, row(0.0), icons::MICROPHONE_OFF, 0.0, text::microphone_is_off());
        }
        let mut words = name(DeviceKind::Speaker, text::speaker_is_on());
        if scene.snapshot.voice.echo_cancellation {
            words = format!("{words} · {}", text::echo_is_taken_out());
        }
        device(ui, row(1.0), icons::VOLUME, 0.0, &words);
        if let Some(missing) = scene.player_missing {
            let place = row(2.0);
            let at = pos2(place.left() + size::ICON_TEXT / 2.0, place.top() + line::BODY / 2.0);
            icon(ui.painter(), at, icons::WARNING, size::ICON_TEXT, colors.amber_text);
            let style = Line::new(font::body(), colors.amber_text);
            paragraph(ui, place.with_min_x(place.left() + space::XL), missing, &style, line::BODY);
        }
    }

    /// Asks to make a room.
    fn create(&mut self, scene: &mut Scene<'_>) {
        self.creating = true;
        if let Some((name, server)) = self.name_and_server() {
            scene.command(Command::Enter(Invite {
                server,
                room: RoomChoice::Create,
                name,
                password: self.new_password.given(),
                identity: None,
            }));
        }
    }

    /// Asks to join the room whose code was typed.
    fn join(&mut self, scene: &mut Scene<'_>) {
        self.creating = false;
        let code = code::check(&self.code);
        self.code_error = code.as_ref().err().cloned();
        if let (Ok(code), Some((name, server))) = (code, self.name_and_server()) {
            scene.command(Command::Enter(Invite {
                server,
                room: RoomChoice::Join(code),
                name,
                password: self.password.given(),
                identity: None,
            }));
        }
    }

    fn name_and_server(&mut self) -> Option<(String, ServerChoice)> {
        let name = normalize_name(&self.name);
        self.name_error = match &name {
            Some(_) => None,
            None if self.name.trim().chars().count() > MAX_NAME_CHARS => {
                Some(text::name_too_long())
            }
            None => Some(text::name_missing()),
        };
        let server = self.server.choice();
        self.general_error = server.as_ref().err().map(|why| (*why).to_owned());
        Some((name?, server.ok()?))
    }

    fn is_entering(scene: &Scene<'_>) -> bool {
        scene.snapshot.stage == Stage::Entering
    }
}

/// Is there none of these, although the computer has other devices?
fn is_missing(these: &DeviceView, devices: &Devices) -> bool {
    let all = [&devices.cameras, &devices.microphones, &devices.speakers];
    these.available.is_empty() && all.iter().any(|kind| !kind.available.is_empty())
}

enum Toggle {
    Microphone,
    Camera,
}

/// A switch on the picture; true when pressed.
fn toggle(ui: &Ui, rect: Rect, which: Toggle, on: bool) -> bool {
    let (key, label, sign) = match (which, on) {
        (Toggle::Microphone, true) => ("microphone", text::mute(), icons::MICROPHONE),
        (Toggle::Microphone, false) => ("microphone", text::unmute(), icons::MICROPHONE_OFF),
        (Toggle::Camera, true) => ("camera", text::camera_off(), icons::CAMERA),
        (Toggle::Camera, false) => ("camera", text::camera_on(), icons::CAMERA_OFF),
    };
    let kind = if on { Kind::OverPicture } else { Kind::Danger };
    Button::icon(key, label, sign).kind(kind).show(ui, rect).clicked()
}

/// A line about a device, with room at its right.
fn device(ui: &Ui, row: Rect, sign: icons::Icon, room: f32, sentence: &str) {
    let colors = palette(ui);
    let at = pos2(row.left() + size::ICON_TEXT / 2.0, row.center().y);
    icon(ui.painter(), at, sign, size::ICON_TEXT, colors.text_2);
    let line = Line::new(font::body(), colors.text_2);
    let rest = row.with_min_x(row.left() + space::XL).with_max_x(row.right() - room);
    label(ui, rest, Align2::LEFT_CENTER, sentence, &line);
}
