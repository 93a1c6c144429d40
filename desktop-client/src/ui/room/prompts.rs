//! What the room asks of a person, or offers: to take something back, other tracks, another cut, an
//! address, a place. Shown above everything else until it is answered or out of date.

use std::path::PathBuf;

use cinemasync_core::interface::Command;
use cinemasync_core::sentence::Sentence;
use eframe::egui::{Context, Key, Modifiers, OpenUrl, Rect, Ui};

use super::Room;
use crate::ui::theme::icons::{self, Icon};
use crate::ui::theme::space;
use crate::ui::widgets::prompt::Prompt;
use crate::ui::{Scene, text};

/// How long what was taken away can be put back, and how soon the room has taken it away, in seconds.
const UNDO_SECS: f64 = 8.0;
const SETTLED_SECS: f64 = 1.0;

/// What an answer does.
#[derive(Debug)]
enum Answer {
    /// Asks the session.
    Command(Command),
    /// Takes everybody to the place that was asked about.
    GoThere(f64),
    /// Asks no more about that place.
    StayHere,
    /// Opens the address of a message in the browser.
    OpenLink(String),
    /// Puts it on the clipboard.
    CopyLink(String),
    /// Does neither.
    LeaveLink,
    /// Asks no more about this file.
    LeaveCut(PathBuf),
    /// Puts back what was taken away.
    PutBack(Command),
}

#[derive(Debug)]
struct Question {
    key: &'static str,
    sign: Icon,
    text: String,
    answers: Vec<(&'static str, Answer)>,
}

/// What lasts between frames.
#[derive(Debug, Default)]
pub(super) struct Prompts {
    /// The place that a message spoke of and that was pressed, in seconds.
    pub(super) asked_place: Option<f64>,
    /// The address of a message that was pressed.
    pub(super) asked_link: Option<String>,
    /// What the session said of the file that is another cut.
    cut_told: Option<Sentence>,
    /// The file that is another cut and is not wanted.
    left_cut: Option<PathBuf>,
    /// What was taken away, in words, what puts it back, and until when, in egui's seconds.
    taken: Option<(String, Command, f64)>,
}

impl Room {
    /// Shows the questions below each other from `top`. Returns where they end.
    pub(in crate::ui) fn prompts(
        &mut self,
        ui: &mut Ui,
        whole: Rect,
        top: f32,
        scene: &mut Scene<'_>,
    ) -> f32 {
        let now = ui.input(|input| input.time);
        if let Some((words, command)) = self.films.taken.take() {
            self.prompts.taken = Some((words, command, now + UNDO_SECS));
        }
        self.prompts.forget_taken(now, scene);
        if let Some((.., until)) = self.prompts.taken {
            ui.ctx().request_repaint_after_secs((until - now) as f32);
        }
        let mut y = top;
        for question in self.prompts.questions(scene) {
            let answers: Vec<&str> = question.answers.iter().map(|(words, _)| *words).collect();
            let prompt = Prompt {
                key: question.key,
                sign: question.sign,
                text: &question.text,
                answers: &answers,
            };
            let (height, pressed) = prompt.show(ui, whole, y);
            y += height + space::S;
            let answer = pressed.and_then(|index| question.answers.into_iter().nth(index));
            if let Some((_, answer)) = answer {
                self.prompts.answer(answer, ui.ctx(), scene);
            }
        }
        y
    }
}

impl Prompts {
    /// The session says why a file was not taken; it is asked about again, although it was left before.
    pub(super) fn told_of_cut(&mut self, sentence: Sentence) {
        (self.cut_told, self.left_cut) = (Some(sentence), None);
    }

    /// What was taken away cannot be put back any more: the time is over, or another film is there.
    fn forget_taken(&mut self, now: f64, scene: &Scene<'_>) {
        let playback = &scene.snapshot.playback;
        let is_over = |(_, command, until): &mut (String, Command, f64)| {
            let replaced = *command == Command::ReopenFilm && playback.film.is_some();
            let begun = *until - now < UNDO_SECS - SETTLED_SECS;
            now >= *until || !playback.may_steer || (replaced && begun)
        };
        self.taken.take_if(is_over);
    }

    /// Ctrl+Z puts back what was taken away, or takes back what somebody did, while that is offered.
    pub(super) fn take_back(&mut self, ctx: &Context, scene: &mut Scene<'_>) {
        let asked = || ctx.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::Z));
        if ctx.text_edit_focused() || !asked() {
            return;
        }
        let playback = &scene.snapshot.playback;
        if let Some((_, command, _)) = self.taken.take() {
            scene.command(command);
        } else if playback.undo.is_some() && playback.may_steer {
            scene.command(Command::Undo);
        }
    }

    /// Escape answers the question on top as whoever does not want anything. False if there is none such.
    pub(super) fn dismiss(&mut self) -> bool {
        self.asked_link.take().is_some()
            || self.asked_place.take().is_some()
            || self.taken.take().is_some()
    }

    fn questions(&mut self, scene: &Scene<'_>) -> Vec<Question> {
        let playback = &scene.snapshot.playback;
        let mut questions = Vec::new();
        let mut ask = |key, sign, text, answers| {
            questions.push(Question { key, sign, text, answers });
        };
        if let Some(address) = &playback.address_asked {
            let answers = vec![
                (text::open(), Answer::Command(Command::AnswerAddress(true))),
                (text::not_now(), Answer::Command(Command::AnswerAddress(false))),
            ];
            ask("address", icons::ADDRESS, text::address_asked(playback, address), answers);
        }
        if let Some(path) =
            playback.refused_cut.clone().filter(|path| Some(path) != self.left_cut.as_ref())
        {
            let told =
                self.cut_told.as_ref().map_or_else(|| text::other_cut().to_owned(), text::told);
            let answers = vec![
                (text::use_other_cut(), Answer::Command(Command::AttachOtherCut(path.clone()))),
                (text::not_now(), Answer::LeaveCut(path)),
            ];
            ask("other cut", icons::WARNING, told, answers);
        }
        // Before the film is open here its tracks have no names.
        let proposal = playback.proposal.as_ref().filter(|_| !playback.tracks.is_empty());
        if let Some((who, audio, subtitle)) = proposal {
            let words = text::proposal(who, *audio, *subtitle, &playback.tracks);
            let answers = vec![
                (text::use_it(), Answer::Command(Command::AnswerProposal(true))),
                (text::not_now(), Answer::Command(Command::AnswerProposal(false))),
            ];
            ask("proposal", icons::SUBTITLES, words, answers);
        }
        if playback.film.is_none() || !playback.may_steer {
            self.asked_place = None;
        }
        if let Some(place) = self.asked_place {
            let answers = vec![
                (text::go_there(), Answer::GoThere(place)),
                (text::not_now(), Answer::StayHere),
            ];
            ask("place", icons::FILM_PLACE, text::go_to(place), answers);
        }
        if let Some(address) = &self.asked_link {
            let answers = vec![
                (text::open_link(), Answer::OpenLink(address.clone())),
                (text::copy_link(), Answer::CopyLink(address.clone())),
                (text::not_now(), Answer::LeaveLink),
            ];
            ask("link", icons::ADDRESS, text::link_asked(address), answers);
        }
        if let Some(undo) = playback.undo.as_ref().filter(|_| playback.may_steer) {
            let answers = vec![(text::undo_label(), Answer::Command(Command::Undo))];
            ask("undo", icons::UNDO, text::undo(undo), answers);
        }
        if let Some((words, command, _)) = &self.taken {
            let answers = vec![(text::put_back(), Answer::PutBack(command.clone()))];
            ask("taken", icons::UNDO, words.clone(), answers);
        }
        questions
    }

    fn answer(&mut self, answer: Answer, ctx: &Context, scene: &mut Scene<'_>) {
        match answer {
            Answer::Command(command) => scene.command(command),
            Answer::GoThere(place) => {
                self.asked_place = None;
                scene.command(Command::Seek(place));
            }
            Answer::OpenLink(address) => {
                self.asked_link = None;
                ctx.open_url(OpenUrl::new_tab(address));
            }
            Answer::CopyLink(address) => {
                self.asked_link = None;
                ctx.copy_text(address);
            }
            Answer::LeaveLink => self.asked_link = None,
            Answer::StayHere => self.asked_place = None,
            Answer::LeaveCut(path) => self.left_cut = Some(path),
            Answer::PutBack(command) => {
                self.taken = None;
                scene.command(command);
            }
        }
    }
}
