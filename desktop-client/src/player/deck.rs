//! The player's decisions: what a command means now, what must wait for libmpv and what is told to the
//! session. Owns the states of the film, of a seek and of a scheduled start. Time is an argument; the
//! thread is in `control`, libmpv behind `engine`.

mod seeking;
mod sound;
mod tracks;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cinemasync_core::film::FilmSource;
use cinemasync_core::player::{
    FilmTrack, FilmTrackKind, PlayerCommand, PlayerEvent, PlayerPosition,
};
use cinemasync_core::sentence::{self, Sentence};

use super::engine::{Clock, Engine};
use super::handle::{EndReason, MpvEvent, Watched};
use seeking::{SEEK_TOLERANCE_SECS, Seeking};

/// How often the position is told while playing.
const REPORT_EVERY: Duration = Duration::from_millis(100);
/// A local file that is not open and primed by then sits on a disk that does not answer, or its reader
/// is caught in a damaged part.
const OPEN_LIMIT: Duration = Duration::from_secs(20);
/// How full the cache is is told again when it changed by this many percent.
const FILL_STEP: u8 = 5;

/// Where the film is on its way.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Film {
    /// No film.
    Closed,
    /// libmpv was told to open this entry; `started` once its events are about it.
    Opening { entry: i64, started: bool, deadline: Instant },
    /// Open; its first picture and sound are awaited.
    Priming { entry: i64, deadline: Instant },
    /// Open and primed.
    Open { entry: i64 },
}

/// The player's state machine over an engine.
pub(super) struct Deck<E> {
    engine: E,
    film: Film,
    seeking: Option<Seeking>,
    /// A seek that waits until the film is open, or until libmpv has begun the one before it.
    next_seek: Option<f64>,
    /// A start that waits for its time, and for the film and the seek before it.
    play_at: Option<Instant>,
    /// Where the film was sent last, until it plays: its sound begins exactly there.
    sent_to: Option<f64>,
    /// How far the frame that stands there is ahead of that place; sound begins with the frame.
    ahead_secs: f64,
    playing: bool,
    /// While playback waits for input: how many percent of it were told to be there.
    waits_at: Option<u8>,
    rate: f64,
    trim: f64,
    next_report: Option<Instant>,
    /// The tracks as they were told.
    tracks: Vec<FilmTrack>,
    /// The chosen sound and subtitles as they were told.
    chosen: Option<(i64, i64)>,
    /// Subtitles that wait until the film is open, oldest first.
    subtitles: VecDeque<(String, Arc<str>)>,
    /// When a lost audio device is tried again.
    next_try: Option<Instant>,
    told: Vec<PlayerEvent>,
}

impl<E: Engine> Deck<E> {
    pub(super) fn new(engine: E) -> Self {
        Self {
            engine,
            film: Film::Closed,
            seeking: None,
            next_seek: None,
            play_at: None,
            sent_to: None,
            ahead_secs: 0.0,
            playing: false,
            waits_at: None,
            rate: 1.0,
            trim: 1.0,
            next_report: None,
            tracks: Vec::new(),
            chosen: None,
            subtitles: VecDeque::new(),
            next_try: None,
            told: Vec::new(),
        }
    }

    /// What happened since the last call, oldest first.
    pub(super) fn take_events(&mut self) -> Vec<PlayerEvent> {
        std::mem::take(&mut self.told)
    }

    /// When playback is to start, if all it waits for is that time: sooner or later than asked for by
    /// what libmpv stands beside the place it was sent to.
    pub(super) fn start_due(&self) -> Option<Instant> {
        let at = self.play_at.filter(|_| self.is_primed())?;
        let ahead = self.ahead_secs / (self.rate * self.trim);
        let shift = Duration::from_secs_f64(ahead.abs().min(SEEK_TOLERANCE_SECS));
        Some(if ahead < 0.0 { at.checked_sub(shift).unwrap_or(at) } else { at + shift })
    }

    /// When [`Deck::handle_time`] has something to do at the latest.
    pub(super) fn next_timeout(&self) -> Option<Instant> {
        let opening = match self.film {
            Film::Opening { deadline, .. } | Film::Priming { deadline, .. } => Some(deadline),
            Film::Closed | Film::Open { .. } => None,
        };
        let seeking = self.seeking.map(|seeking| seeking.deadline);
        [opening, seeking, self.start_due(), self.next_report, self.next_try]
            .into_iter()
            .flatten()
            .min()
    }

    pub(super) fn handle_command(&mut self, command: PlayerCommand, now: Instant) {
        match command {
            PlayerCommand::Load { source, position_secs } => self.load(&source, position_secs, now),
            PlayerCommand::Unload => {
                self.forget_film();
                self.engine.close();
            }
            PlayerCommand::Seek { position_secs } => self.seek(position_secs, now),
            PlayerCommand::PlayAt(at) => {
                if self.film != Film::Closed {
                    self.play_at = Some(at);
                    self.start_if_due(now);
                }
            }
            PlayerCommand::Pause => self.pause(),
            PlayerCommand::Rate(rate) => {
                if rate.is_finite() {
                    self.rate = rate.clamp(0.25, 4.0);
                    self.set_speed();
                }
            }
            PlayerCommand::Trim(trim) => {
                if trim.is_finite() {
                    self.trim = trim.clamp(0.5, 2.0);
                    self.set_speed();
                }
            }
            PlayerCommand::AudioTrack(id) => self.choose(FilmTrackKind::Audio, id),
            PlayerCommand::SubtitleTrack(id) => self.choose(FilmTrackKind::Subtitle, id),
            PlayerCommand::AddSubtitle { name, text } => self.add_subtitle(name, text),
            PlayerCommand::SubtitleDelay(secs) => self.delay(FilmTrackKind::Subtitle, secs),
            PlayerCommand::AudioDelay(secs) => self.delay(FilmTrackKind::Audio, secs),
            PlayerCommand::AudioDevice(wanted) => self.choose_device(wanted.as_deref()),
            PlayerCommand::SubtitleScale(scale) => {
                if scale.is_finite() {
                    self.engine.set_subtitle_scale(scale.clamp(0.25, 4.0));
                }
            }
            PlayerCommand::Volume(volume) => {
                if volume.is_finite() {
                    self.engine.set_volume(volume.clamp(0.0, 1.0));
                }
            }
        }
    }

    pub(super) fn handle_event(&mut self, event: &MpvEvent, now: Instant) {
        match *event {
            MpvEvent::FileStarted { entry } => {
                if let Film::Opening { entry: wanted, started, .. } = &mut self.film {
                    *started = *wanted == entry;
                }
            }
            MpvEvent::FileLoaded => {
                if let Film::Opening { entry, started: true, deadline } = self.film {
                    self.film = Film::Priming { entry, deadline };
                }
            }
            MpvEvent::FileEnded { entry, why } => self.file_ended(entry, why),
            MpvEvent::SeekStarted => self.seek_started(now),
            MpvEvent::Primed => self.primed(now),
            MpvEvent::Changed(Watched::PausedForCache, waiting) => {
                if self.is_open() && self.waits_at.is_some() != waiting {
                    self.waits_at = waiting.then(|| self.engine.cache_fill());
                    self.told.push(PlayerEvent::Buffering(self.waits_at));
                    self.report(now);
                }
            }
            MpvEvent::Changed(Watched::CacheFill, _) => self.tell_fill(),
            MpvEvent::Changed(Watched::Tracks, _) => {
                if self.is_open() {
                    self.tell_list();
                    self.tell_tracks();
                }
            }
            MpvEvent::Changed(Watched::AudioDriver, _) => self.look_after_sound(now),
            MpvEvent::Changed(Watched::AudioDevices, _) => self.look_at_devices(),
            MpvEvent::Changed(Watched::EofReached, true) => {
                if self.playing {
                    self.end(now);
                }
            }
            MpvEvent::Shutdown => {
                if self.film != Film::Closed {
                    self.fail(sentence::player_ended());
                }
            }
            MpvEvent::Changed(Watched::EofReached, false)
            | MpvEvent::Nothing
            | MpvEvent::Log { .. }
            | MpvEvent::Other => {}
        }
    }

    /// Does what is due: starts, reports, gives up waiting.
    pub(super) fn handle_time(&mut self, now: Instant) {
        self.start_if_due(now);
        if self.next_report.is_some_and(|at| at <= now) {
            self.report(now);
        }
        match &mut self.film {
            Film::Opening { deadline, .. } | Film::Priming { deadline, .. } if *deadline <= now => {
                // Who gives the film is waited for as long as anybody wants it.
                if self.engine.waits_for_bytes() {
                    *deadline = now + OPEN_LIMIT;
                } else {
                    self.fail(self.engine.explain_silence());
                    self.engine.close();
                }
            }
            _ => {}
        }
        self.try_device(now);
        self.give_up_seek(now);
    }

    /// A renderer came: the picture that had nowhere to go is shown.
    pub(super) fn renderer_attached(&mut self) {
        self.engine.show_picture();
    }

    fn load(&mut self, source: &FilmSource, position_secs: f64, now: Instant) {
        self.forget_film();
        self.engine.set_paused(true);
        match self.engine.open(source, position_secs) {
            Ok(entry) => {
                let deadline = now + OPEN_LIMIT;
                self.film = Film::Opening { entry, started: false, deadline };
                self.sent_to = Some(position_secs);
            }
            Err(sentence) => {
                self.engine.close();
                self.told.push(PlayerEvent::Failed(sentence));
            }
        }
    }

    fn forget_film(&mut self) {
        self.film = Film::Closed;
        self.seeking = None;
        self.next_seek = None;
        self.play_at = None;
        self.sent_to = None;
        self.playing = false;
        self.waits_at = None;
        self.next_report = None;
        self.tracks.clear();
        self.chosen = None;
        self.subtitles.clear();
        self.next_try = None;
    }

    fn fail(&mut self, sentence: Sentence) {
        self.forget_film();
        self.told.push(PlayerEvent::Failed(sentence));
    }

    fn file_ended(&mut self, entry: i64, why: EndReason) {
        let current = match self.film {
            Film::Closed => return,
            Film::Opening { entry, .. } | Film::Priming { entry, .. } | Film::Open { entry } => {
                entry
            }
        };
        if current != entry {
            return;
        }
        match why {
            EndReason::Error(code) => {
                let sentence = self.engine.explain(code);
                self.fail(sentence);
            }
            // A list of other files: none of them is opened.
            EndReason::Redirect => self.fail(sentence::not_a_film()),
            EndReason::Normal => self.fail(sentence::nothing_in_film()),
        }
        self.engine.close();
    }

    fn is_open(&self) -> bool {
        matches!(self.film, Film::Open { .. })
    }

    fn is_primed(&self) -> bool {
        self.is_open() && self.seeking.is_none() && self.next_seek.is_none()
    }

    fn primed(&mut self, now: Instant) {
        match self.film {
            Film::Priming { entry, .. } => {
                if !self.engine.plays_something() {
                    self.fail(sentence::nothing_in_film());
                    self.engine.close();
                    return;
                }
                self.film = Film::Open { entry };
                self.measure_ahead();
                self.tracks = self.engine.tracks();
                self.told.push(PlayerEvent::Loaded {
                    duration_secs: self.engine.duration(),
                    frame_rate: self.engine.frame_rate(),
                    tracks: self.tracks.clone(),
                    chapters: self.engine.chapters(),
                });
                self.tell_tracks();
                self.add_waiting_subtitles();
                self.look_after_sound(now);
                match self.next_seek.take() {
                    Some(position_secs) => self.begin_seek(position_secs, now),
                    None => self.report(now),
                }
            }
            Film::Open { .. } if self.seeking.is_some_and(|seeking| seeking.started) => {
                self.answer_seek();
                self.report(now);
            }
            _ => {}
        }
        self.start_if_due(now);
    }

    fn start_if_due(&mut self, now: Instant) {
        if self.start_due().is_none_or(|at| at > now) {
            return;
        }
        self.play_at = None;
        if self.playing {
            return;
        }
        if self.engine.at_end() {
            self.end(now);
            return;
        }
        tracing::debug!(ahead_secs = self.ahead_secs, "playing from here");
        self.engine.set_paused(false);
        self.playing = true;
        (self.sent_to, self.ahead_secs) = (None, 0.0);
        self.next_report = Some(now + REPORT_EVERY);
    }

    fn pause(&mut self) {
        self.play_at = None;
        if self.halt() {
            self.tell_position();
        }
    }

    /// Stops playing; false if it did not play.
    fn halt(&mut self) -> bool {
        let played = std::mem::replace(&mut self.playing, false);
        self.next_report = None;
        if played {
            self.engine.set_paused(true);
        }
        played
    }

    fn end(&mut self, now: Instant) {
        if let Some(sentence) = self.engine.cut_off() {
            self.fail(sentence);
            self.engine.close();
            return;
        }
        self.engine.set_paused(true);
        self.playing = false;
        self.next_report = None;
        self.told.push(PlayerEvent::Ended);
        self.report(now);
    }

    fn report(&mut self, now: Instant) {
        self.next_report = self.playing.then_some(now + REPORT_EVERY);
        self.tell_position();
    }

    fn tell_position(&mut self) {
        // While a seek is under way there is no position that means anything.
        if !self.is_primed() {
            return;
        }
        if let Some(Clock { position_secs, at, buffered_secs }) = self.clock() {
            self.told.push(PlayerEvent::Position(PlayerPosition {
                position_secs,
                at,
                playing: self.playing && self.waits_at.is_none(),
                buffered_secs,
            }));
        }
    }

    fn set_speed(&mut self) {
        // At the normal rate the small correction resamples: stretching would shift the sound by its
        // window each time it comes and goes. At another rate stretching runs anyway and takes the
        // correction with it.
        let stretches = (self.rate - 1.0).abs() > f64::EPSILON;
        self.engine.set_speed(self.rate * self.trim, stretches);
    }

    fn tell_fill(&mut self) {
        let Some(told) = self.waits_at else { return };
        let fill = self.engine.cache_fill();
        if fill.abs_diff(told) >= FILL_STEP {
            self.waits_at = Some(fill);
            self.told.push(PlayerEvent::Buffering(self.waits_at));
        }
    }
}
