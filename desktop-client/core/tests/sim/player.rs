//! A virtual film player: takes a moment to load, to seek and to start, and its clock drifts.

use std::time::{Duration, Instant};

use cinemasync_core::film::FilmSource;
use cinemasync_core::player::{PlayerCommand, PlayerEvent, PlayerPosition};

const LOADING: Duration = Duration::from_millis(180);
const SEEKING: Duration = Duration::from_millis(90);
const REPORTING: Duration = Duration::from_millis(100);
/// How long the films of the simulator are, in seconds.
pub(crate) const DURATION_SECS: f64 = 3_600.0;

pub(crate) struct VirtualPlayer {
    /// Film seconds a second at rate 1, minus 1.
    drift: f64,
    standing_secs: f64,
    playing_since: Option<Instant>,
    play_at: Option<Instant>,
    pending: Option<(Instant, PlayerEvent)>,
    speed: (f64, f64),
    volume: f64,
    next_report: Option<Instant>,
    pub(crate) loaded: bool,
    /// What it was told to open last.
    pub(crate) source: Option<FilmSource>,
    /// Audio and subtitle track as they were chosen.
    pub(crate) tracks: (i64, i64),
    /// Texts of added subtitles.
    pub(crate) subtitles: Vec<String>,
    /// Nothing comes in until then.
    starved_until: Option<Instant>,
    /// When to tell that there is enough again.
    fed: Option<Instant>,
    pub(crate) seeks: u32,
    pub(crate) trims: u32,
}

impl VirtualPlayer {
    pub(crate) fn new(drift_ppm: f64) -> Self {
        Self {
            drift: drift_ppm / 1e6,
            standing_secs: 0.0,
            playing_since: None,
            play_at: None,
            pending: None,
            speed: (1.0, 1.0),
            volume: 1.0,
            next_report: None,
            loaded: false,
            source: None,
            tracks: (1, 0),
            subtitles: Vec::new(),
            starved_until: None,
            fed: None,
            seeks: 0,
            trims: 0,
        }
    }

    /// As a slider tells it, 0 to 1.
    pub(crate) fn volume(&self) -> f64 {
        self.volume
    }

    pub(crate) fn is_playing(&self) -> bool {
        self.playing_since.is_some()
    }

    pub(crate) fn position_secs(&self, now: Instant) -> f64 {
        let speed = self.speed.0 * self.speed.1 * (1.0 + self.drift);
        let played = self
            .playing_since
            .map_or(0.0, |since| now.saturating_duration_since(since).as_secs_f64());
        self.standing_secs + played * speed
    }

    /// The player stops for a while without being told, as after an underrun.
    pub(crate) fn stumble(&mut self, now: Instant, length: Duration) {
        if self.is_playing() {
            self.stand(now);
            self.playing_since = Some(now + length);
        }
    }

    /// Nothing comes in for so long: it stands, and finds no other place.
    pub(crate) fn starve(&mut self, now: Instant, length: Duration) -> PlayerEvent {
        self.starved_until = Some(now + length);
        self.stumble(now, length);
        self.fed = Some(now + length);
        PlayerEvent::Buffering(Some(10))
    }

    pub(crate) fn command(&mut self, command: &PlayerCommand, now: Instant) {
        match *command {
            PlayerCommand::Load { ref source, position_secs } => {
                self.source = Some(source.clone());
                self.halt(now);
                self.standing_secs = position_secs;
                let loaded = PlayerEvent::Loaded {
                    duration_secs: DURATION_SECS,
                    frame_rate: None,
                    tracks: Vec::new(),
                    chapters: Vec::new(),
                };
                self.pending = Some((now + LOADING, loaded));
            }
            PlayerCommand::Unload => {
                self.halt(now);
                self.loaded = false;
            }
            PlayerCommand::Seek { position_secs } => {
                self.seeks += 1;
                self.halt(now);
                self.standing_secs = position_secs;
                let done = (now + SEEKING).max(self.starved_until.unwrap_or(now));
                self.pending = Some((done, PlayerEvent::Seeked { position_secs }));
            }
            PlayerCommand::PlayAt(at) => self.play_at = Some(at),
            PlayerCommand::Pause => self.halt(now),
            PlayerCommand::Rate(rate) => self.set_speed((rate, self.speed.1), now),
            PlayerCommand::Trim(trim) => {
                self.trims += u32::from((trim - 1.0).abs() > f64::EPSILON);
                self.set_speed((self.speed.0, trim), now);
            }
            PlayerCommand::Volume(volume) => self.volume = volume,
            PlayerCommand::AudioTrack(id) => self.tracks.0 = id,
            PlayerCommand::SubtitleTrack(id) => self.tracks.1 = id,
            PlayerCommand::AddSubtitle { ref text, .. } => self.subtitles.push(text.to_string()),
            PlayerCommand::SubtitleDelay(_)
            | PlayerCommand::AudioDelay(_)
            | PlayerCommand::SubtitleScale(_)
            | PlayerCommand::AudioDevice(_) => {}
        }
    }

    pub(crate) fn next_timeout(&self) -> Option<Instant> {
        let start = self.play_at.filter(|_| self.pending.is_none());
        [self.pending.as_ref().map(|(at, _)| *at), start, self.next_report, self.fed]
            .into_iter()
            .flatten()
            .min()
    }

    pub(crate) fn handle_timeout(&mut self, now: Instant) -> Vec<PlayerEvent> {
        let mut events = Vec::new();
        if self.fed.take_if(|at| now >= *at).is_some() {
            events.push(PlayerEvent::Buffering(None));
        }
        if let Some((_, event)) = self.pending.take_if(|(at, _)| now >= *at) {
            self.loaded |= matches!(event, PlayerEvent::Loaded { .. });
            events.push(event);
        }
        if self.pending.is_none() && self.play_at.take_if(|at| now >= *at).is_some() {
            self.playing_since = Some(now);
            self.next_report = Some(now + REPORTING);
        }
        if self.next_report.is_some_and(|at| now >= at) {
            self.next_report = self.is_playing().then_some(now + REPORTING);
            let playing = self.playing_since.is_some_and(|since| since <= now);
            let position_secs = self.position_secs(now);
            events.push(PlayerEvent::Position(PlayerPosition {
                position_secs,
                at: now,
                playing,
                buffered_secs: 5.0,
            }));
        }
        events
    }

    fn halt(&mut self, now: Instant) {
        self.stand(now);
        self.play_at = None;
        self.playing_since = None;
        self.next_report = None;
    }

    fn stand(&mut self, now: Instant) {
        self.standing_secs = self.position_secs(now);
        self.playing_since = self.playing_since.map(|_| now);
    }

    fn set_speed(&mut self, speed: (f64, f64), now: Instant) {
        self.stand(now);
        self.speed = speed;
    }
}
