//! Which sound and subtitles one hears and reads, and how they are set: for oneself alone, but for what
//! is offered and proposed.

use cinemasync_core::interface::{Command, OtherCut, Tuning};
use cinemasync_core::player::FilmTrackKind;
use cinemasync_core::subtitles::SubtitleOffer;
use eframe::egui::{
    Align2, Id, Key, PopupCloseBehavior, Rect, RectAlign, Response, ScrollArea, Sense, Ui, pos2,
    vec2,
};

use crate::ui::theme::{font, palette, size, space};
use crate::ui::widgets::button::{Button, Kind};
use crate::ui::widgets::field::Field;
use crate::ui::widgets::stepper::{Step, stepper};
use crate::ui::widgets::{Line, label, menu};
use crate::ui::{Scene, UiAction, text};

/// The panel's width.
const WIDTH: f32 = 340.0;
/// A step of a delay, in seconds, and of the size of subtitles.
const STEP: f64 = 0.1;

/// What lasts between frames.
#[derive(Debug, Default)]
pub(super) struct TracksMenu {
    /// The offset of one's own cut as it is being typed.
    shift: String,
}

impl TracksMenu {
    /// Opens with `button`.
    pub(super) fn show(&mut self, ui: &Ui, button: &Response, scene: &mut Scene<'_>) {
        let whole = ui.ctx().content_rect();
        let width = WIDTH.min(whole.width() - 2.0 * space::L);
        let tall = whole.height() - 2.0 * size::TOP_BAR - 2.0 * space::L;
        let close = PopupCloseBehavior::CloseOnClickOutside;
        menu::popup(ui, button, width, close, RectAlign::TOP_END, |ui| {
            ScrollArea::vertical()
                .max_height(tall)
                .min_scrolled_height(tall)
                .show(ui, |ui| self.contents(ui, scene));
        });
    }

    fn contents(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        let playback = &scene.snapshot.playback;
        let Tuning { subtitle_delay_secs, audio_delay_secs, subtitle_scale } = playback.tuning;
        menu::caption(ui, text::audio());
        choices(ui, FilmTrackKind::Audio, scene);
        let names = (text::sound_earlier(), text::sound_later());
        let words = text::shift(audio_delay_secs);
        if let Some(step) = stepper(ui, text::audio_delay(), &words, names) {
            scene.command(Command::AudioDelay(moved(audio_delay_secs, step)));
        }
        menu::caption(ui, text::subtitles());
        choices(ui, FilmTrackKind::Subtitle, scene);
        let names = (text::subtitles_earlier(), text::subtitles_later());
        let words = text::shift(subtitle_delay_secs);
        if let Some(step) = stepper(ui, text::subtitle_delay(), &words, names) {
            scene.command(Command::SubtitleDelay(moved(subtitle_delay_secs, step)));
        }
        let words = text::share(subtitle_scale);
        if let Some(step) =
            stepper(ui, text::subtitle_size(), &words, (text::smaller(), text::larger()))
        {
            scene.command(Command::SubtitleScale(moved(subtitle_scale, step)));
        }
        for offer in &playback.subtitle_offers {
            offered(ui, offer, scene);
        }
        if menu::button(ui, "add subtitles", text::add_subtitles(), Kind::Control).clicked() {
            (scene.send)(UiAction::PickSubtitles);
            ui.close();
        }
        if menu::button(ui, "propose", text::propose_tracks(), Kind::Quiet).clicked() {
            scene.command(Command::ProposeTracks);
            ui.close();
        }
        if let Some(cut) = &playback.other_cut {
            self.other_cut(ui, cut, scene);
        }
    }

    /// How one's own cut lies to the room's.
    fn other_cut(&mut self, ui: &mut Ui, cut: &OtherCut, scene: &mut Scene<'_>) {
        menu::caption(ui, text::your_cut());
        menu::hint(ui, text::your_cut_hint(), palette(ui).text_3);
        let wanted = vec2(ui.available_width(), size::CONTROL);
        let (row, _) = ui.allocate_exact_size(wanted, Sense::empty());
        let id = Id::unique("film shift");
        if !ui.memory(|memory| memory.has_focus(id)) {
            self.shift = format!("{:+.2}", cut.shift_secs);
        }
        let side = 2.0 * (size::CONTROL + space::XS);
        let inner = row.shrink2(vec2(space::XS + side, 0.0));
        let typed = seconds(&self.shift);
        let field = Field::new(id, text::shift_label(), "0").limit(12).wrong(typed.is_none());
        let field = field.font(font::body()).show(ui, inner, &mut self.shift);
        if field.lost_focus()
            && ui.input(|input| input.key_pressed(Key::Enter))
            && let Some(to) = seconds(&self.shift)
        {
            scene.command(Command::FilmShift(to));
        }
        let mut left = row.left() + space::XS;
        for (index, (step, name)) in text::shifts().into_iter().enumerate() {
            if index == text::shifts().len() / 2 {
                left = inner.right() + space::XS;
            }
            let place = Rect::from_min_size(
                pos2(left, row.center().y - size::CONTROL / 2.0),
                vec2(size::CONTROL, size::CONTROL),
            );
            left = place.right() + space::XS;
            let button = Button::blank(name, name).kind(Kind::Control).show(ui, place);
            let style = Line::new(font::caption_strong(), palette(ui).text_1);
            let words = format!("{step:+}");
            let galley = crate::ui::widgets::line_galley(ui.painter(), &words, &style, 44.0);
            let at = Align2::CENTER_CENTER.align_size_within_rect(galley.size(), place);
            ui.painter().galley(at.min, galley, style.color);
            if button.clicked() {
                let to = ((cut.shift_secs + step) * 1_000.0).round() / 1_000.0;
                scene.command(Command::FilmShift(to));
            }
        }
    }
}

/// The tracks of a kind; closes the menu when one was chosen.
fn choices(ui: &mut Ui, kind: FilmTrackKind, scene: &mut Scene<'_>) {
    let playback = &scene.snapshot.playback;
    let subtitles = kind == FilmTrackKind::Subtitle;
    let (chosen, none) = if subtitles {
        (playback.subtitle_track, text::no_subtitles())
    } else {
        (playback.audio_track, text::no_sound())
    };
    let mut wish = menu::choice(ui, none, chosen == 0).clicked().then_some(0);
    for track in playback.tracks.iter().filter(|track| track.kind == kind) {
        if menu::choice(ui, &text::track(track), chosen == track.id).clicked() {
            wish = Some(track.id);
        }
    }
    if let Some(id) = wish {
        let command = if subtitles { Command::SubtitleTrack } else { Command::AudioTrack };
        scene.command(command(id));
        ui.close();
    }
}

/// Subtitles that somebody else has.
fn offered(ui: &mut Ui, offer: &SubtitleOffer, scene: &mut Scene<'_>) {
    let wanted = vec2(ui.available_width(), size::SMALL + space::XS);
    let (row, _) = ui.allocate_exact_size(wanted, Sense::empty());
    let mut words = row.shrink2(vec2(space::S, 0.0));
    let who = scene.snapshot.participants.iter().find(|person| person.id == offer.from);
    let said = text::offer(who.map_or(text::somebody(), |person| &person.name), offer);
    if !offer.taken {
        let name = text::take_these_subtitles(&offer.name);
        let key = format!("offer {} {}", offer.from, offer.number);
        let wide = Button::text(&key, text::use_it()).width(ui);
        let corner = pos2(words.right() - wide, row.center().y - size::SMALL / 2.0);
        let place = Rect::from_min_size(corner, vec2(wide, size::SMALL));
        words.max.x = place.left() - space::S;
        let button = Button::text(&key, text::use_it()).called(&name);
        if button.show(ui, place).clicked() {
            let (from, number) = (offer.from.clone(), offer.number);
            scene.command(Command::TakeSubtitle { from, number });
        }
    }
    let style = Line::new(font::body(), palette(ui).text_2);
    label(ui, words, Align2::LEFT_CENTER, &said, &style);
}

/// A step further, on whole steps.
fn moved(value: f64, step: Step) -> f64 {
    let by = if step == Step::More { 1.0 } else { -1.0 };
    ((value / STEP).round() + by) * STEP
}

/// What was typed, in seconds.
fn seconds(typed: &str) -> Option<f64> {
    let typed = typed.trim().trim_end_matches('s').trim_end().replace(',', ".");
    let typed = typed.replace('−', "-");
    typed.parse().ok().filter(|seconds: &f64| seconds.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_offset_is_taken_as_people_write_it() {
        for (typed, expected) in [
            ("4", Some(4.0)),
            (" -1,5 s", Some(-1.5)),
            ("−2", Some(-2.0)),
            ("+0.25", Some(0.25)),
            ("", None),
            ("nan", None),
            ("inf", None),
            ("1:30", None),
        ] {
            assert_eq!(seconds(typed), expected, "{typed:?}");
        }
    }

    #[test]
    fn steps_do_not_pile_up_errors() {
        let mut value = 0.0;
        for _ in 0..3 {
            value = moved(value, Step::More);
        }
        assert!((value - 0.3).abs() < 1e-12);
        assert!(moved(0.1, Step::Less).abs() < 1e-12);
    }
}
