//! The room's playback state and how one's own player follows it.
//!
//! The state is replicated: every participant holds it, a change bumps its revision, and of two the
//! one with the greater (revision, participant) wins everywhere. It says where the film is at which
//! room time, so following it needs no further messages: a start is scheduled a moment ahead for
//! all, and afterwards `hold` measures how far one's own player is off and corrects it rarely.

mod follower;
mod hold;
mod state;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use cinemasync_protocol::ParticipantId;
use serde::{Deserialize, Serialize};

use crate::clock_sync::ClockSync;
use crate::film::FilmInfo;
use crate::interface::{Cause, FilmCopy, PlaybackStage, WaitReason};
use crate::player::{FilmTrack, PlayerCommand, PlayerEvent};
use follower::Follower;
pub use state::PlaybackState;

/// From a pressed button to the common start: time for the news to reach everybody, beside half the
/// longest round trip.
const START_LEAD: Duration = Duration::from_millis(150);
/// The same after a seek: players must find the place first.
const SEEK_LEAD: Duration = Duration::from_millis(450);
/// Play pressed this close to the end begins anew, in seconds.
const END_SECS: f64 = 0.5;
/// Slowest and fastest rate of a room.
pub const RATES: std::ops::RangeInclusive<f64> = 0.25..=4.0;

/// How a participant stands to the film that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Standing {
    /// Where its copy is.
    pub copy: FilmCopy,
    /// Is the film open there, so that it can play?
    pub ready: bool,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum PlaybackInput {
    /// A person here shows this film.
    Open(FilmInfo),
    /// A person here takes the film away.
    Close,
    /// A person here pressed play.
    Play,
    /// A person here pressed pause.
    Pause,
    /// A person here went to this position in seconds.
    Seek(f64),
    /// A person here set the rate.
    Rate(f64),
    /// A peer's state came.
    Remote(PlaybackState),
    /// A peer can be talked to now.
    PeerJoined(ParticipantId),
    /// This file is one's own copy of the film that is shown.
    Attached(PathBuf),
    /// The player reports.
    Player(PlayerEvent),
    /// Room time became known.
    ClockSettled,
    /// [`PlaybackSync::next_timeout`] has come.
    Timeout,
}

/// What to do.
#[derive(Debug, Clone, PartialEq)]
pub enum PlaybackOutput {
    /// Tell the player.
    Player(PlayerCommand),
    /// Tell everybody.
    Broadcast(PlaybackState),
    /// Tell one.
    SendTo(ParticipantId, PlaybackState),
    /// Tell everybody how we stand.
    Standing(Standing),
    /// Another film, other facts about it, or one's own copy changed: read
    /// [`PlaybackSync::state`] and [`PlaybackSync::copy`].
    FilmChanged,
    /// Playback changed for all.
    Changed {
        /// Playing?
        playing: bool,
        /// Position in seconds.
        position_secs: f64,
        /// Rate.
        rate: f64,
        /// Who asked.
        by: ParticipantId,
        /// Why.
        cause: Cause,
    },
    /// The room waits for these, or for nobody any more.
    Waiting {
        /// For whom.
        who: Vec<ParticipantId>,
        /// Why.
        why: WaitReason,
    },
}

/// How playback stands here, for the snapshot.
#[derive(Debug, Clone, PartialEq)]
pub struct LocalPlayback {
    /// One's own copy.
    pub mine: FilmCopy,
    /// In words.
    pub stage: PlaybackStage,
    /// Does the room play?
    pub playing: bool,
    /// Position here in seconds.
    pub position_secs: f64,
    /// Where the room should be.
    pub target_secs: f64,
    /// Position here minus target, in milliseconds, while playing.
    pub offset_ms: Option<f64>,
    /// Speed in force.
    pub speed: f64,
    /// Seconds ready ahead.
    pub buffered_secs: f64,
    /// The film's tracks.
    pub tracks: Vec<FilmTrack>,
    /// Chosen audio track; 0 for none.
    pub audio_track: i64,
    /// Chosen subtitle track; 0 for none.
    pub subtitle_track: i64,
}

/// The playback machine.
#[derive(Debug)]
pub struct PlaybackSync {
    me: ParticipantId,
    state: PlaybackState,
    /// Did any state come from elsewhere or was one made here? The first one is how one finds the
    /// room.
    introduced: bool,
    follower: Follower,
    told: Standing,
    outputs: VecDeque<PlaybackOutput>,
}

impl PlaybackSync {
    /// No film, as `me`.
    pub fn new(me: ParticipantId) -> Self {
        Self {
            state: PlaybackState::nothing(me.clone()),
            me,
            introduced: false,
            follower: Follower::default(),
            told: Standing::default(),
            outputs: VecDeque::new(),
        }
    }

    /// The room's state.
    pub fn state(&self) -> &PlaybackState {
        &self.state
    }

    /// One's own copy of the film.
    pub fn copy(&self) -> FilmCopy {
        self.follower.copy()
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Option<PlaybackOutput> {
        self.outputs.pop_front()
    }

    /// When [`PlaybackInput::Timeout`] is wanted.
    pub fn next_timeout(&self) -> Option<Instant> {
        self.follower.next_timeout()
    }

    /// How playback stands here.
    pub fn view(&self, clock: &ClockSync, now: Instant) -> LocalPlayback {
        let target_secs = self.state.position_at(clock.room_time(now));
        self.follower.view(&self.state, target_secs, now)
    }

    /// Takes one input. Drain [`PlaybackSync::poll_output`] afterwards.
    pub fn handle(&mut self, input: PlaybackInput, clock: &ClockSync, now: Instant) {
        match input {
            PlaybackInput::Open(film) => self.open(film, clock, now),
            PlaybackInput::Close => self.close(clock, now),
            PlaybackInput::Play => self.play(clock, now),
            PlaybackInput::Pause => self.pause(clock, now),
            PlaybackInput::Seek(position_secs) => self.seek(position_secs, clock, now),
            PlaybackInput::Rate(rate) => self.rate(rate, clock, now),
            PlaybackInput::Remote(state) => self.remote(state, clock, now),
            PlaybackInput::PeerJoined(id) => {
                self.outputs.push_back(PlaybackOutput::SendTo(id, self.state.clone()));
                self.outputs.push_back(PlaybackOutput::Standing(self.told));
            }
            PlaybackInput::Attached(path) => self.attached(path, clock, now),
            PlaybackInput::Player(event) => self.player(event, clock, now),
            PlaybackInput::ClockSettled => {
                self.follower.align(&self.state, clock, now);
            }
            PlaybackInput::Timeout => self.follower.timeout(&self.state, clock, now),
        }
        self.outputs.extend(self.follower.take_commands().map(PlaybackOutput::Player));
        if self.follower.take_joined() {
            self.tell(Cause::Join);
        }
        let standing = Standing { copy: self.follower.copy(), ready: self.follower.is_ready() };
        if std::mem::replace(&mut self.told, standing) != standing {
            self.outputs.push_back(PlaybackOutput::Standing(standing));
        }
    }

    // ---- a person here ----

    fn open(&mut self, film: FilmInfo, clock: &ClockSync, now: Instant) {
        let film = Some(film);
        let opened_by = Some(self.me.clone());
        let state = PlaybackState {
            film,
            opened_by,
            playing: false,
            position_secs: 0.0,
            rate: 1.0,
            ..self.next(clock, now)
        };
        self.publish(state, clock, now);
    }

    fn close(&mut self, clock: &ClockSync, now: Instant) {
        let nothing = PlaybackState::nothing(self.me.clone());
        let PlaybackState { revision, at, .. } = self.next(clock, now);
        self.publish(PlaybackState { revision, at, ..nothing }, clock, now);
    }

    fn play(&mut self, clock: &ClockSync, now: Instant) {
        let here = self.state.position_at(clock.room_time(now));
        let at_end = self.state.duration().is_some_and(|duration| here > duration - END_SECS);
        if self.state.playing && !at_end {
            return;
        }
        let (position_secs, lead) = if at_end { (0.0, SEEK_LEAD) } else { (here, START_LEAD) };
        let at = clock.room_time(now + lead + clock.longest_round_trip() / 2);
        let state = PlaybackState {
            playing: true,
            position_secs,
            at,
            cause: Cause::Play,
            ..self.next(clock, now)
        };
        self.publish_and_tell(state, clock, now);
    }

    fn pause(&mut self, clock: &ClockSync, now: Instant) {
        if !self.state.playing {
            return;
        }
        let position_secs = self.state.position_at(clock.room_time(now));
        let state = PlaybackState {
            playing: false,
            position_secs,
            cause: Cause::Pause,
            ..self.next(clock, now)
        };
        self.publish_and_tell(state, clock, now);
    }

    fn seek(&mut self, position_secs: f64, clock: &ClockSync, now: Instant) {
        if !position_secs.is_finite() {
            return;
        }
        let position_secs = self.state.clamp(position_secs);
        let lead = if self.state.playing {
            SEEK_LEAD + clock.longest_round_trip() / 2
        } else {
            Duration::ZERO
        };
        let at = clock.room_time(now + lead);
        let state =
            PlaybackState { position_secs, at, cause: Cause::Seek, ..self.next(clock, now) };
        self.publish_and_tell(state, clock, now);
    }

    fn rate(&mut self, rate: f64, clock: &ClockSync, now: Instant) {
        if !rate.is_finite() {
            return;
        }
        let rate = rate.clamp(*RATES.start(), *RATES.end());
        // Everybody changes at one moment, so nobody gets ahead meanwhile.
        let at = clock.room_time(now + START_LEAD + clock.longest_round_trip() / 2);
        let position_secs = self.state.position_at(at);
        let state =
            PlaybackState { position_secs, at, rate, cause: Cause::Rate, ..self.next(clock, now) };
        self.publish_and_tell(state, clock, now);
    }

    /// The state after this one, by us and as of now.
    fn next(&self, clock: &ClockSync, now: Instant) -> PlaybackState {
        PlaybackState {
            revision: self.state.revision.saturating_add(1),
            by: self.me.clone(),
            at: clock.room_time(now),
            ..self.state.clone()
        }
    }

    fn publish_and_tell(&mut self, state: PlaybackState, clock: &ClockSync, now: Instant) {
        let cause = state.cause;
        self.publish(state, clock, now);
        self.tell(cause);
    }

    fn publish(&mut self, state: PlaybackState, clock: &ClockSync, now: Instant) {
        self.outputs.push_back(PlaybackOutput::Broadcast(state.clone()));
        self.adopt(state, clock, now);
    }

    fn tell(&mut self, cause: Cause) {
        let PlaybackState { playing, position_secs, rate, ref by, .. } = self.state;
        self.outputs.push_back(PlaybackOutput::Changed {
            playing,
            position_secs,
            rate,
            by: by.clone(),
            cause,
        });
    }

    // ---- others ----

    fn remote(&mut self, state: PlaybackState, clock: &ClockSync, now: Instant) {
        if !state.is_sane_after(&self.state) || !state.wins_over(&self.state) {
            return;
        }
        let found = !self.introduced;
        let same_film = state.film_id() == self.state.film_id();
        let cause = if found { Cause::Join } else { state.cause };
        self.adopt(state, clock, now);
        if self.state.film.is_some() && (same_film || found) {
            self.tell(cause);
        }
    }

    fn adopt(&mut self, state: PlaybackState, clock: &ClockSync, now: Instant) {
        let before = std::mem::replace(&mut self.state, state);
        self.introduced = true;
        if before.film_id() != self.state.film_id() {
            self.follower.drop_film();
        }
        if before.film != self.state.film || before.opened_by != self.state.opened_by {
            self.outputs.push_back(PlaybackOutput::FilmChanged);
        }
        self.follower.align(&self.state, clock, now);
    }

    // ---- one's own player ----

    fn attached(&mut self, path: PathBuf, clock: &ClockSync, now: Instant) {
        if self.state.film.is_none() {
            return;
        }
        self.follower.load(path, &self.state, clock, now);
        self.outputs.push_back(PlaybackOutput::FilmChanged);
    }

    fn player(&mut self, event: PlayerEvent, clock: &ClockSync, now: Instant) {
        let failed = matches!(event, PlayerEvent::Failed(_));
        self.follower.player(event, &self.state, clock, now);
        if failed {
            self.outputs.push_back(PlaybackOutput::FilmChanged);
        }
    }
}
