//! The bar at the top: the name, the room's code, how well in sync, who is here.

use cinemasync_core::interface::{PlaybackStage, Snapshot};
use cinemasync_core::link::LinkState;
use eframe::egui::{Align, Align2, Color32, Pos2, Rect, Ui, pos2};

use super::{Bars, Room};
use crate::ui::theme::{Palette, font, icons, letters, palette, size, space};
use crate::ui::widgets::pill::Pill;
use crate::ui::widgets::{Line, describe, label};
use crate::ui::{Scene, text};

/// Beyond this the film here is not where the room's is, in milliseconds.
const IN_SYNC_MS: f64 = 60.0;
/// The widest that the sync pill is.
const WIDEST: f32 = 320.0;
/// How long the pill says that the invitation was copied, in seconds.
const COPIED_SECS: f64 = 1.6;

/// What a pill stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ground {
    /// The window.
    Window,
    /// The film.
    Picture,
}

/// How the room stands, in the pill's words.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Sync {
    /// The film here is where it should be, to within so many milliseconds.
    InSync(f64),
    /// Something else; good or not yet.
    Other {
        /// The words.
        words: String,
        /// Is all well?
        well: bool,
    },
}

/// What the sync pill is to say.
pub(super) fn sync(snapshot: &Snapshot) -> Sync {
    let playback = &snapshot.playback;
    let other = |words: &str, well| Sync::Other { words: words.to_owned(), well };
    if playback.film.is_none() {
        // Who loses the way is told by name; the room is connected all the same.
        let mut states = snapshot.participants.iter().map(|person| person.state);
        return if snapshot.participants.is_empty() {
            other(text::just_you(), true)
        } else if !states.all(|state| state == LinkState::Connecting) {
            other(text::connected(), true)
        } else {
            other(text::connecting(), false)
        };
    }
    if playback.mine == cinemasync_core::interface::FilmCopy::None {
        let asked = playback.address_asked.is_some();
        return other(if asked { text::answer_wanted() } else { text::copy_wanted() }, false);
    }
    if let Some(waiting) = &playback.waiting {
        let words = text::waiting_short(waiting, snapshot.me.id.as_ref());
        return Sync::Other { words, well: false };
    }
    match playback.state {
        PlaybackStage::Waiting => other(text::waiting_label(), false),
        PlaybackStage::None | PlaybackStage::Loading => other(text::opening(), false),
        PlaybackStage::Paused => other(text::paused(), true),
        PlaybackStage::Playing if playback.slowed => other(text::slowed(), true),
        PlaybackStage::Playing => match playback.offset_ms {
            Some(offset) if offset.abs() <= IN_SYNC_MS => {
                let clock = snapshot.clock_error_ms.unwrap_or(0.0);
                Sync::InSync((offset.abs() + clock).clamp(1.0, 999.0))
            }
            _ => other(text::catching_up(), false),
        },
    }
}

impl Sync {
    fn words(&self, short: bool) -> String {
        match self {
            Self::InSync(ms) if short => text::in_sync_short(*ms),
            Self::InSync(ms) => text::in_sync(*ms),
            Self::Other { words, .. } => words.clone(),
        }
    }

    fn color(&self, colors: &Palette) -> Color32 {
        match self {
            Self::InSync(_) | Self::Other { well: true, .. } => colors.teal,
            Self::Other { well: false, .. } => colors.amber_text,
        }
    }
}

impl Room {
    /// Draws the bar into `bar`.
    pub(super) fn top_bar(
        &mut self,
        ui: &mut Ui,
        bar: Rect,
        scene: &mut Scene<'_>,
        bars: &Bars<'_>,
    ) {
        let colors = palette(ui);
        let narrow = bar.width() < size::NARROW_BELOW;
        let edge = if narrow { space::M } else { space::L };
        let mut left = bar.left() + edge;
        if !narrow {
            let line = Line::new(font::logo(), colors.text_1);
            let place = bar.with_min_x(left);
            let logo = label(ui, place, Align2::LEFT_CENTER, text::APP, &line);
            left = logo.right() + space::L;
        }
        let now = ui.input(|input| input.time);
        let copied = self.copied_at.is_some_and(|at| now - at < COPIED_SECS);
        if copied {
            ui.ctx().request_repaint_after_secs(COPIED_SECS as f32);
        }
        let code = text::code(bars.code);
        let name = if copied {
            text::copied().to_owned()
        } else {
            format!("{} {code}", text::copy_code())
        };
        let sign = if copied { icons::DONE } else { icons::COPY };
        let mut line = Line::new(font::body_strong(), colors.text_1);
        line.letters = letters::CODE;
        let pill = Pill::new("code", &name, &code).line(line).icon_last(sign);
        let at = pos2(left, bar.center().y);
        let code_pill = pill.show(ui, at, Align::Min, bar.width() / 2.0);
        if code_pill.clicked() {
            self.copy_invite(ui, scene, bars);
        }

        // The settings' button stands in the corner.
        let mut right = bar.right() - edge - size::SMALL;
        if !narrow {
            right = self.compact_button(ui, pos2(right, bar.center().y));
        }
        let count = (scene.snapshot.participants.len() + 1).to_string();
        let name = text::people(scene.snapshot.participants.len() + 1);
        let gap = if narrow { space::XS } else { space::S };
        let sync = sync(scene.snapshot);
        let words = sync.words(narrow);
        let plain = Pill::new("people", &name, &count).icon(icons::PEOPLE).dot(colors.teal);
        let room = right - plain.width(ui) - 2.0 * gap - code_pill.rect.right();
        // A sentence that is cut says nothing: its dot is enough then, and opens the same panel.
        let fits = !narrow || Pill::new("", "", &words).dot(colors.teal).width(ui) <= room;
        let mut pill = Pill::new("people", &name, &count).icon(icons::PEOPLE);
        if !scene.snapshot.signaling_connected {
            pill = pill.dot(colors.red);
        } else if !fits {
            pill = pill.dot(sync.color(colors));
        }
        let people = pill.show(ui, pos2(right, bar.center().y), Align::Max, 120.0);
        self.status(ui, &people, scene);
        if !fits {
            describe(ui, &people, &sync.words(false));
            return;
        }
        right = people.rect.left() - gap;
        // A strip has it among its switches.
        if !narrow {
            right = self.layout_pill(ui, pos2(right, bar.center().y)).left() - gap;
        }
        let at = pos2(right, bar.center().y);
        let room = right - gap - code_pill.rect.right();
        let pill = self.sync_pill(ui, at, room, scene, Ground::Window);
        if let Some(sentence) = scene.status.sentence().filter(|_| !narrow) {
            let sentence = text::told(&sentence);
            let left = code_pill.rect.right() + space::M;
            let at = pos2(left, bar.center().y);
            let room = pill.left() - space::M - left;
            let name = format!("{sentence}. {}", text::people_label());
            let line = Line::new(font::body(), colors.text_1);
            let line = Pill::new("status", &name, &sentence).dot(colors.amber_mark).line(line);
            let line = line.show(ui, at, Align::Min, room);
            self.status(ui, &line, scene);
        }
    }

    /// Draws the sync pill with its right middle at `at`, no wider than `room`; it opens the status panel.
    pub(super) fn sync_pill(
        &mut self,
        ui: &mut Ui,
        at: Pos2,
        room: f32,
        scene: &mut Scene<'_>,
        ground: Ground,
    ) -> Rect {
        let colors = palette(ui);
        let short = ground == Ground::Window && ui.max_rect().width() < size::NARROW_BELOW;
        let sync = sync(scene.snapshot);
        let words = sync.words(short);
        let name = format!("{}. {}", sync.words(false), text::people_label());
        let mut pill = Pill::new("sync", &name, &words).dot(sync.color(colors));
        if ground == Ground::Picture {
            pill = pill.over_picture();
        }
        let response = pill.show(ui, at, Align::Max, room.min(WIDEST));
        self.status(ui, &response, scene);
        response.rect
    }
}

#[cfg(test)]
mod tests {
    use cinemasync_core::film::{FilmId, FilmInfo};
    use cinemasync_core::interface::{FilmCopy, WaitReason, WaitingView};
    use cinemasync_protocol::ParticipantId;

    use super::*;

    fn watching(state: PlaybackStage, offset_ms: Option<f64>) -> Snapshot {
        let mut snapshot = Snapshot { clock_error_ms: Some(1.0), ..Snapshot::default() };
        snapshot.playback.film = Some(FilmInfo {
            address: None,
            name: "Film.mkv".to_owned(),
            bytes: 1,
            duration_secs: 60.0,
            id: FilmId(String::new()),
        });
        snapshot.playback.mine = FilmCopy::Local;
        snapshot.playback.state = state;
        snapshot.playback.offset_ms = offset_ms;
        snapshot
    }

    #[test]
    fn the_pill_tells_how_exactly_the_film_is_in_sync() {
        let sync = sync(&watching(PlaybackStage::Playing, Some(-2.0)));
        assert_eq!(sync.words(false), "In sync · ±3 ms");
        assert_eq!(sync.words(true), "±3 ms");
    }

    #[test]
    fn the_pill_names_whom_the_room_waits_for() {
        let mut waiting = watching(PlaybackStage::Waiting, None);
        assert_eq!(sync(&waiting).words(true), text::waiting_label());
        let ben = (ParticipantId::new("p-ben"), "Ben".to_owned(), Some(40));
        waiting.playback.waiting = Some(WaitingView { who: vec![ben], why: WaitReason::Buffering });
        assert_eq!(sync(&waiting).words(true), "Waiting for Ben");
    }

    #[test]
    fn every_stage_has_words() {
        for (state, offset, words) in [
            (PlaybackStage::Playing, Some(400.0), text::catching_up()),
            (PlaybackStage::Playing, None, text::catching_up()),
            (PlaybackStage::Paused, None, text::paused()),
            (PlaybackStage::Loading, None, text::opening()),
            (PlaybackStage::None, None, text::opening()),
        ] {
            assert_eq!(sync(&watching(state, offset)).words(false), words);
        }
        assert_eq!(sync(&Snapshot::default()).words(false), text::just_you());
        let mut slowed = watching(PlaybackStage::Playing, Some(1.0));
        slowed.playback.slowed = true;
        assert_eq!(sync(&slowed).words(false), text::slowed());
    }
}
