//! The player's decisions: what a command means now, what must wait for libmpv and what is told to the
//! session. Owns the states of the film, of a seek and of a scheduled start. Time is an argument; the
//! thread is in `control`, libmpv behind `engine`.

mod tracks;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cinemasync_core::film::FilmSource;
use cinemasync_core::player::{
    FilmTrack, FilmTrackKind, PlayerCommand, PlayerEvent, PlayerPosition,
};

use super::engine::{Clock, Engine, NOT_A_FILM, NOTHING_IN_IT};
use super::handle::{EndReason, MpvEvent, Watched};

/// How often the position is told while playing.
const REPORT_EVERY: Duration = Duration::from_millis(100);
/// A local file that is not open and primed by then sits on a disk that does not answer, or its reader
/// is caught in a damaged part.
const OPEN_LIMIT: Duration = Duration::from_secs(20);
/// A seek may read a long way between two key frames, but not longer than this.
const SEEK_LIMIT: Duration = Duration::from_secs(20);
/// libmpv stands further than this from where it was sent only if the film has nothing there.
const SEEK_TOLERANCE_SECS: f64 = 0.25;
/// Seeks stop this far before the end: at the very end there is no frame to stand on.
const END_MARGIN_SECS: f64 = 0.1;

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

/// A seek that libmpv works on.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Seeking {
    /// Has libmpv begun it? What is primed before belongs to an older seek.
    started: bool,
    deadline: Instant,
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
            playing: false,
            waits_at: None,
            rate: 1.0,
            trim: 1.0,
            next_report: None,
            tracks: Vec::new(),
            chosen: None,
            subtitles: VecDeque::new(),
            told: Vec::new(),
        }
    }

    /// What happened since the last call, oldest first.
    pub(super) fn take_events(&mut self) -> Vec<PlayerEvent> {
        std::mem::take(&mut self.told)
    }

    /// When playback is to start, if all it waits for is that time.
    pub(super) fn start_due(&self) -> Option<Instant> {
        self.play_at.filter(|_| self.is_primed())
    }

    /// When [`Deck::handle_time`] has something to do at the latest.
    pub(super) fn next_timeout(&self) -> Option<Instant> {
        let opening = match self.film {
            Film::Opening { deadline, .. } | Film::Priming { deadline, .. } => Some(deadline),
            Film::Closed | Film::Open { .. } => None,
        };
        let seeking = self.seeking.map(|seeking| seeking.deadline);
        [opening, seeking, self.start_due(), self.next_report].into_iter().flatten().min()
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
            MpvEvent::Changed(Watched::EofReached, true) => {
                if self.playing {
                    self.end(now);
                }
            }
            MpvEvent::Shutdown => {
                if self.film != Film::Closed {
                    self.fail("The film player ended unexpectedly. Open the film again.");
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
        match self.film {
            Film::Opening { deadline, .. } | Film::Priming { deadline, .. } if deadline <= now => {
                self.fail(self.engine.explain_silence());
                self.engine.close();
            }
            _ => {}
        }
        if self.seeking.is_some_and(|seeking| seeking.deadline <= now) {
            // libmpv refuses a seek without a word where a file has no way to seek.
            tracing::debug!("a seek was not answered in time");
            self.answer_seek();
        }
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
    }

    fn fail(&mut self, sentence: &str) {
        self.forget_film();
        self.told.push(PlayerEvent::Failed(sentence.to_owned()));
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
                self.fail(&sentence);
            }
            // A list of other files: none of them is opened.
            EndReason::Redirect => self.fail(NOT_A_FILM),
            EndReason::Normal => self.fail(NOTHING_IN_IT),
        }
        self.engine.close();
    }

    fn is_open(&self) -> bool {
        matches!(self.film, Film::Open { .. })
    }

    fn is_primed(&self) -> bool {
        self.is_open() && self.seeking.is_none() && self.next_seek.is_none()
    }

    fn seek(&mut self, position_secs: f64, now: Instant) {
        if self.film == Film::Closed {
            return;
        }
        self.play_at = None;
        self.halt();
        let underway = self.seeking.is_some_and(|seeking| !seeking.started);
        if self.is_open() && !underway {
            self.begin_seek(position_secs, now);
        } else {
            self.next_seek = Some(position_secs);
        }
    }

    fn begin_seek(&mut self, position_secs: f64, now: Instant) {
        let duration = self.engine.duration();
        let last = if duration > 0.0 { (duration - END_MARGIN_SECS).max(0.0) } else { f64::MAX };
        let target = if position_secs.is_finite() { position_secs.clamp(0.0, last) } else { 0.0 };
        self.sent_to = Some(target);
        if self.engine.seek(target) {
            self.seeking = Some(Seeking { started: false, deadline: now + SEEK_LIMIT });
        } else {
            self.answer_seek();
        }
    }

    fn seek_started(&mut self, now: Instant) {
        let Some(seeking) = &mut self.seeking else { return };
        seeking.started = true;
        if let Some(position_secs) = self.next_seek.take() {
            self.begin_seek(position_secs, now);
        }
    }

    fn primed(&mut self, now: Instant) {
        match self.film {
            Film::Priming { entry, .. } => {
                if !self.engine.plays_something() {
                    self.fail(NOTHING_IN_IT);
                    self.engine.close();
                    return;
                }
                self.film = Film::Open { entry };
                self.tracks = self.engine.tracks();
                self.told.push(PlayerEvent::Loaded {
                    duration_secs: self.engine.duration(),
                    frame_rate: self.engine.frame_rate(),
                    tracks: self.tracks.clone(),
                    chapters: self.engine.chapters(),
                });
                self.tell_tracks();
                self.add_waiting_subtitles();
                if self.engine.is_mute_by_fault() {
                    self.told.push(PlayerEvent::Warning(
                        "The film plays without sound because the audio device could not be opened. \
                         Check that it is connected and not in use, then open the film again."
                            .to_owned(),
                    ));
                }
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

    fn answer_seek(&mut self) {
        self.seeking = None;
        let position_secs = self.clock().map_or(0.0, |clock| clock.position_secs);
        self.told.push(PlayerEvent::Seeked { position_secs });
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
        self.engine.set_paused(false);
        self.playing = true;
        self.sent_to = None;
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

    fn clock(&self) -> Option<Clock> {
        let mut clock = self.engine.clock()?;
        if let Some(sent_to) = self.sent_to {
            let shown = self.engine.picture_time().unwrap_or(clock.position_secs);
            let arrived = (shown - sent_to).abs() < SEEK_TOLERANCE_SECS;
            clock.position_secs = if arrived { sent_to } else { shown };
        }
        Some(clock)
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
