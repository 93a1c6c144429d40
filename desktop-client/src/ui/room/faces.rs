//! The faces: who speaks large, the others small; in a row, in a grid, or as circles on the film.

use cinemasync_core::frame::FrameSlot;
use cinemasync_core::interface::{OtherKey, ParticipantView, Snapshot, Stage};
use cinemasync_core::link::LinkState;
use cinemasync_core::track::Track;
use cinemasync_protocol::{ParticipantId, RoomCode};
use eframe::egui::{
    Align2, Color32, CornerRadius, CursorIcon, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui,
    Vec2, WidgetInfo, pos2, vec2,
};

use crate::ui::theme::{
    font, icons, letters, line, motion, on_picture, palette, radius, size, space, strength,
};
use crate::ui::video::Placement;
use crate::ui::widgets::{Line, columns, focus_ring, icon, label, panel, pill, readable};
use crate::ui::{Scene, text};

/// A picture that is lower has no room for anything beside the name's tag.
const SMALL: f32 = 110.0;

/// One face, oneself or another's.
struct Face<'a> {
    key: &'a str,
    /// Somebody else.
    person: Option<&'a ParticipantView>,
    /// Whose camera is received here; none's for oneself, or while it is off.
    received: Option<&'a ParticipantId>,
    name: &'a str,
    slot: Option<&'a FrameSlot>,
    speaking: bool,
    muted: bool,
    hand: bool,
    state: LinkState,
    own: bool,
}

impl<'a> Face<'a> {
    fn own(scene: &'a Scene<'_>) -> Self {
        let me = &scene.snapshot.me;
        Self {
            key: "own",
            person: None,
            received: None,
            name: text::you(),
            slot: me.camera.then_some(&scene.frames.own),
            speaking: me.speaking && me.microphone,
            muted: !me.microphone || (me.push_to_talk && !me.audible),
            hand: me.hand,
            state: LinkState::Connected,
            own: true,
        }
    }

    fn other(person: &'a ParticipantView, scene: &'a Scene<'_>) -> Self {
        Self {
            key: person.id.as_str(),
            person: Some(person),
            received: person.camera.then_some(&person.id),
            name: &person.name,
            slot: scene.frames.cameras.get(&person.id).filter(|_| person.camera),
            speaking: person.speaking,
            muted: !person.microphone,
            hand: person.hand,
            state: person.state,
            own: false,
        }
    }
}

/// Who is to be large: who speaks; else who was; else the one who came first.
pub(super) fn who_is_large(
    before: Option<ParticipantId>,
    snapshot: &Snapshot,
) -> Option<ParticipantId> {
    let people = &snapshot.participants;
    let still = before.and_then(|id| people.iter().find(|person| person.id == id));
    if still.is_some_and(|person| person.speaking) {
        return still.map(|person| person.id.clone());
    }
    let speaking = people.iter().find(|person| person.speaking);
    speaking.or(still).or(people.first()).map(|person| person.id.clone())
}

/// Everybody, the large one first, oneself last.
fn everybody<'a>(scene: &'a Scene<'_>, large: Option<&ParticipantId>) -> Vec<Face<'a>> {
    let people = &scene.snapshot.participants;
    let first = people.iter().filter(|person| Some(&person.id) == large);
    let rest = people.iter().filter(|person| Some(&person.id) != large);
    let mut faces: Vec<_> = first.chain(rest).map(|person| Face::other(person, scene)).collect();
    faces.push(Face::own(scene));
    faces
}

/// Beside the film: one large, the others small below. Returns where they end.
pub(super) fn side(ui: &Ui, rect: Rect, scene: &Scene<'_>, large: Option<&ParticipantId>) -> f32 {
    let faces = everybody(scene, large);
    let first = Rect::from_min_size(rect.min, vec2(rect.width(), rect.width() * 9.0 / 16.0));
    let mut bottom = first.bottom();
    if let Some((one, rest)) = faces.split_first() {
        tile(ui, first, one, scene);
        let across = if rest.len() <= 2 { 2 } else { 3 };
        for chunk in rest.chunks(across) {
            let top = bottom + space::S;
            let mut row = rect.with_min_y(top);
            let width = (row.width() - space::S * (across - 1) as f32) / across as f32;
            row.max.y = top + width * 0.63;
            for (face, cell) in chunk.iter().zip(columns(row, across, space::S)) {
                tile(ui, cell, face, scene);
            }
            bottom = row.bottom();
        }
    }
    bottom
}

/// How many stand beside each other in a [`row`].
pub(super) fn row_across(people: usize) -> usize {
    if people <= 6 { 3 } else { 4 }
}

/// In rows of tiles of at most `side`. Returns where they end.
pub(super) fn row(ui: &Ui, rect: Rect, side: f32, scene: &Scene<'_>) -> f32 {
    let faces = everybody(scene, None);
    let across = row_across(faces.len());
    let mut top = rect.top();
    for chunk in faces.chunks(across) {
        let line = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), side));
        for (face, cell) in chunk.iter().zip(columns(line, across, space::S)) {
            tile(ui, cell, face, scene);
        }
        top += side + space::S;
    }
    top
}

/// Large, filling `rect`. Returns the last cell if something else is `to_come` beside them.
pub(super) fn grid(ui: &Ui, rect: Rect, scene: &Scene<'_>, to_come: bool) -> Option<Rect> {
    let faces = everybody(scene, None);
    if faces.len() == 1
        && !to_come
        && let Stage::Room { code, .. } = scene.snapshot.stage
    {
        alone(ui, rect, &faces[0], scene, code);
        return None;
    }
    let cells = cells(rect, faces.len() + usize::from(to_come));
    for (face, cell) in faces.iter().zip(&cells) {
        tile(ui, *cell, face, scene);
    }
    cells.get(faces.len()).copied()
}

/// Cuts `rect` into `count` cells as near to a camera's shape as can be.
fn cells(rect: Rect, count: usize) -> Vec<Rect> {
    let across = best_columns(count, rect.size());
    let down = count.div_ceil(across);
    let mut cells = Vec::with_capacity(count);
    let height = (rect.height() - space::S * (down - 1) as f32) / down as f32;
    for row in 0..down {
        let in_row = across.min(count - row * across);
        let top = rect.top() + row as f32 * (height + space::S);
        let line = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), height));
        // A last row that is not full stands in the middle.
        let width = (rect.width() - space::S * (across - 1) as f32) / across as f32;
        let width = width.min(height * 16.0 / 9.0);
        let used = width * in_row as f32 + space::S * (in_row - 1) as f32;
        let line = Rect::from_center_size(line.center(), vec2(used, height));
        cells.extend(columns(line, in_row, space::S));
    }
    cells
}

/// Oneself, and beside it what to send to whom one waits for.
fn alone(ui: &Ui, rect: Rect, own: &Face<'_>, scene: &Scene<'_>, code: RoomCode) {
    let colors = palette(ui);
    // Two camera shapes, beside or below each other, in the middle.
    let beside = rect.width() > rect.height();
    let (across, down) = if beside { (2.0, 1.0) } else { (1.0, 2.0) };
    let width = (rect.width() - (across - 1.0) * space::S) / across;
    let height = ((rect.height() - (down - 1.0) * space::S) / down).min(width * 9.0 / 16.0);
    let step = if beside { vec2(width + space::S, 0.0) } else { vec2(0.0, height + space::S) };
    let first = Rect::from_center_size(rect.center() - step / 2.0, vec2(width, height));
    let second = first.translate(step);
    tile(ui, first, own, scene);
    panel(ui, second, colors.surface_1);
    let lines = [
        (text::alone().to_owned(), Line::new(font::reading(), colors.text_1), 28.0),
        (text::send_code().to_owned(), Line::new(font::body(), colors.text_2), 36.0),
        (text::code(code), code_line(colors.text_1), 42.0),
    ];
    let height: f32 = lines.iter().map(|(_, _, height)| height).sum();
    let mut top = second.center().y - height / 2.0;
    for (words, line, height) in lines {
        let row = Rect::from_min_size(pos2(second.left(), top), vec2(second.width(), height));
        label(ui, row.shrink2(vec2(space::M, 0.0)), Align2::CENTER_CENTER, &words, &line);
        top += height;
    }
}

fn code_line(color: Color32) -> Line {
    Line { letters: letters::CODE_FIELD, ..Line::new(font::display(), color) }
}

/// How many columns keep the tiles nearest to a camera's shape.
fn best_columns(count: usize, space: Vec2) -> usize {
    let area = |across: usize| {
        let down = count.div_ceil(across).max(1);
        let cell = vec2(space.x / across as f32, space.y / down as f32);
        let width = cell.x.min(cell.y * 16.0 / 9.0);
        width * width
    };
    (1..=count.max(1)).max_by(|a, b| area(*a).total_cmp(&area(*b))).unwrap_or(1)
}

/// As a circle over the film that can be pressed and dragged, as solid as said.
pub(super) fn bubble(
    ui: &Ui,
    rect: Rect,
    person: &ParticipantView,
    scene: &Scene<'_>,
    solid: f32,
) -> Option<Response> {
    let corner = CornerRadius::same((rect.width() / 2.0).min(255.0) as u8);
    ui.painter().add(ui.visuals().popup_shadow.as_shape(rect, corner));
    let shape = Shape { corner: rect.width() / 2.0, solid, sense: Sense::click_and_drag() };
    shaped(ui, rect, &Face::other(person, scene), scene, shape)
}

fn tile(ui: &Ui, rect: Rect, face: &Face<'_>, scene: &Scene<'_>) {
    let shape = Shape { corner: f32::from(radius::TILE), solid: 1.0, sense: Sense::click() };
    shaped(ui, rect, face, scene, shape);
}

/// How a face is drawn and what it answers to.
#[derive(Debug, Clone, Copy)]
struct Shape {
    /// The corners' radius; it is a circle where that is half its side.
    corner: f32,
    /// 1 hides what lies below.
    solid: f32,
    sense: Sense,
}

/// Draws a face; somebody else's answers.
fn shaped(
    ui: &Ui,
    rect: Rect,
    face: &Face<'_>,
    scene: &Scene<'_>,
    shape: Shape,
) -> Option<Response> {
    let Shape { corner, solid, .. } = shape;
    let colors = palette(ui);
    let corners = CornerRadius::same(corner.min(255.0) as u8);
    let ring = ui.scope_id().with(("ring", face.key, rect.width().to_bits()));
    let ring = ui.ctx().animate_bool_with_time(ring, face.speaking, motion::state(ui));
    ui.painter().rect_filled(rect, corners, colors.surface_2);
    if let Some(id) = face.received {
        scene.shown.note(id, Track::Camera, rect.size(), ui.pixels_per_point());
    }
    let placement = Placement { corner, mirrored: face.own, whole: false };
    let shown = face
        .slot
        .is_some_and(|slot| scene.pictures.draw_solid(ui, face.key, slot, rect, placement, solid));
    let other_key = face.person.and_then(|person| person.other_key);
    let wordy = face.state != LinkState::Connected || other_key == Some(OtherKey::Asks);
    if !shown && !wordy {
        initial(ui, rect, face.name);
    }
    if wordy {
        ui.painter().rect_filled(rect, corners, on_picture::GROUND);
        let style = Line::new(font::caption_strong(), on_picture::INK);
        let words = match other_key {
            Some(OtherKey::Asks) => text::another_key(),
            Some(OtherKey::Refused) => text::key_refused(),
            None => text::link_state(face.state),
        };
        let place = if rect.height() < SMALL { above_tag(rect) } else { rect };
        // Where there is no room for it, the dot beside the name says it.
        if place.height() >= line::CAPTION {
            label(ui, place.shrink2(vec2(space::S, 0.0)), Align2::CENTER_CENTER, words, &style);
        }
    }
    if ring > 0.0 {
        let glow = Stroke::new(size::GLOW, colors.teal.gamma_multiply(strength::GLOW * ring));
        let line = Stroke::new(size::RING, colors.teal.gamma_multiply(ring));
        ui.painter().rect_stroke(rect.expand(2.0), corners, glow, StrokeKind::Outside);
        ui.painter().rect_stroke(rect, corners, line, StrokeKind::Outside);
    }
    let round = corner * 2.0 >= rect.width().min(rect.height());
    let dot = match face.state {
        LinkState::Connected if face.speaking => Some(on_picture::MARKS.teal),
        LinkState::Connected => None,
        LinkState::Connecting | LinkState::Reconnecting => Some(on_picture::MARKS.amber),
        LinkState::Failed | LinkState::Closed => Some(on_picture::MARKS.red),
    };
    let compared = face.person.is_some_and(|person| person.compared);
    let sign = match (face.muted, compared) {
        (true, _) => Some(icons::MICROPHONE_OFF),
        (false, true) => Some(icons::COMPARED),
        (false, false) => None,
    };
    let room = rect.width() - 2.0 * space::S;
    let said = text::face(face.name, face.speaking, face.muted, face.state);
    let said = if face.hand { text::hand_raised(&said) } else { said };
    let response = match face.person {
        Some(person) => Some(press(ui, rect, person, &said, scene, shape)),
        None => {
            readable(ui, rect, &said);
            None
        }
    };
    if round {
        let most = rect.width() * 0.8;
        let width = pill::tag_width(ui, face.name, None, sign, most);
        let at = pos2(rect.center().x - width / 2.0, rect.bottom() - space::XS);
        pill::tag(ui, at, face.name, None, sign, most);
    } else {
        let at = pos2(rect.left() + space::S, rect.bottom() - space::S);
        pill::tag(ui, at, face.name, dot, sign, room);
    }
    if face.hand {
        hand(ui, rect, round);
    }
    response
}

/// What of a picture lies above the name.
fn above_tag(rect: Rect) -> Rect {
    rect.with_max_y((rect.bottom() - pill::TAG_HEIGHT - space::S).max(rect.top()))
}

/// The sign of a raised hand, at the upper right, away from the name; within a circle at its top.
fn hand(ui: &Ui, rect: Rect, round: bool) {
    let radius = (rect.width() * 0.14).clamp(11.0, 18.0);
    let inset = radius + if rect.height() < SMALL { space::XS } else { space::S };
    let center = if round {
        rect.center_top() + vec2(0.0, radius * 0.6)
    } else {
        rect.right_top() + vec2(-inset, inset)
    };
    ui.painter().circle_filled(center, radius, on_picture::MARKS.amber);
    icon(ui.painter(), center, icons::HAND, radius * 1.3, on_picture::MARKS.amber_ink);
}

/// Makes somebody's picture one that a menu opens from.
fn press(
    ui: &Ui,
    rect: Rect,
    person: &ParticipantView,
    said: &str,
    scene: &Scene<'_>,
    shape: Shape,
) -> Response {
    let response = ui.interact(rect, ui.scope_id().with(("face", &person.id)), shape.sense);
    let name = text::face_menu(said);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), &name));
    focus_ring(ui, &response, shape.corner.min(250.0) as u8);
    let response = response.on_hover_cursor(CursorIcon::PointingHand);
    scene.pressable.borrow_mut().push((person.id.clone(), response.clone()));
    response
}

/// Without a picture: the name's first letter.
fn initial(ui: &Ui, rect: Rect, name: &str) {
    let colors = palette(ui);
    let side = rect.width().min(rect.height());
    let free = if side < SMALL { above_tag(rect) } else { rect };
    let disc = (side * 0.26).clamp(14.0, 56.0).min(free.height() / 2.0 - space::XS);
    if disc < space::S {
        return;
    }
    let center = free.center();
    ui.painter().circle_filled(center, disc, colors.surface_3);
    let letter: String = name.chars().next().into_iter().flat_map(char::to_uppercase).collect();
    let font = font::letter(disc);
    ui.painter().text(center, Align2::CENTER_CENTER, letter, font, colors.text_2);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: &str, speaking: bool) -> ParticipantView {
        ParticipantView {
            film_ready: true,
            same_film: None,
            agreed: false,
            film_offset_ms: None,
            id: ParticipantId::new(id),
            name: id.to_owned(),
            host: false,
            state: LinkState::Connected,
            path: None,
            camera_rung: None,
            link: cinemasync_core::link::LinkStats::default(),
            safety_code: None,
            compared: false,
            other_key: None,
            camera: true,
            microphone: true,
            screen: false,
            screen_audio: false,
            screen_volume: 1.0,
            screen_rung: None,
            speaking,
            hand: false,
            level: 0.0,
            volume: 1.0,
            copy: cinemasync_core::interface::FilmCopy::None,
            clock_offset_ms: None,
            clock_error_ms: None,
        }
    }

    fn room(people: &[(&str, bool)]) -> Snapshot {
        let participants = people.iter().map(|(id, speaking)| person(id, *speaking)).collect();
        Snapshot { participants, ..Snapshot::default() }
    }

    #[test]
    fn who_speaks_is_large_and_stays_so_in_the_pause() {
        let id = ParticipantId::new;
        let quiet = room(&[("a", false), ("b", false)]);
        assert_eq!(who_is_large(None, &quiet), Some(id("a")));
        let b_speaks = room(&[("a", false), ("b", true)]);
        assert_eq!(who_is_large(Some(id("a")), &b_speaks), Some(id("b")));
        assert_eq!(who_is_large(Some(id("b")), &quiet), Some(id("b")));
        let both = room(&[("a", true), ("b", true)]);
        assert_eq!(who_is_large(Some(id("b")), &both), Some(id("b")));
        assert_eq!(who_is_large(Some(id("gone")), &quiet), Some(id("a")));
        assert_eq!(who_is_large(None, &room(&[])), None);
    }

    #[test]
    fn faces_fill_wide_and_tall_rooms_differently() {
        assert_eq!(best_columns(1, vec2(800.0, 600.0)), 1);
        assert_eq!(best_columns(2, vec2(1600.0, 500.0)), 2);
        assert_eq!(best_columns(2, vec2(400.0, 900.0)), 1);
        assert_eq!(best_columns(4, vec2(1600.0, 900.0)), 2);
    }
}
