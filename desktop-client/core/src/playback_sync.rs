//! The room's playback state and how one's own player follows it.
//!
//! Owns the replicated state (what is shown, whether it plays, where it is at which room time) and the
//! commands to one's own player. Leaves to the session who is connected, and to the player how to be
//! exact. There is no leader: anybody changes the state and tells all; of two states the one with the
//! greater (revision, id) wins everywhere, so that two people acting at once, or two halves of a room
//! that find each other again, end with the same. Repeating a state changes nothing.
//!
//! A start is agreed for a room time a moment ahead; who is not ready by then catches up alone. What
//! one's own player does is never told to the room as a person's doing, save that nothing is.
//! The end of the film needs no message either: everybody knows when it is.
//!
//! Refused from others: values that are no numbers or out of range, a start more than a minute ahead,
//! and a revision that jumps by more than [`MAX_REVISION_JUMP`].

mod course;
mod follower;
mod hold;
mod state;

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use cinemasync_protocol::ParticipantId;

use self::course::{Course, Goal};
use self::follower::{Follower, Phase};
pub use self::state::{
    MAX_POSITION_SECS, MAX_REVISION_JUMP, PlaybackState, RATES, Standing, StandingStage,
    is_valid_film,
};
use crate::clock_sync::ClockSync;
use crate::film::FilmInfo;
use crate::interface::{Cause, FilmCopy, PlaybackStage};
use crate::player::{FilmTrack, PlayerCommand, PlayerEvent};

/// A common start is this far ahead, plus the longest round trip and the clock's error: the state has
/// to reach everybody, and a primed player has to be told.
const START_LEAD: Duration = Duration::from_millis(150);
/// The same when everybody has to seek first.
const SEEK_LEAD: Duration = Duration::from_millis(400);
/// Longest lead; who is further away catches up.
const MAX_LEAD: Duration = Duration::from_millis(1500);
/// A start further ahead than this, in seconds, is no person's doing.
const MAX_AHEAD_SECS: f64 = 60.0;
/// What a person does before room time is known waits for it. At the bound the oldest is forgotten.
const MAX_DEFERRED: usize = 16;
/// Standings kept; more participants than any room holds. At the bound new ones are not kept.
const MAX_STANDINGS: usize = 64;
/// A changed offset alone is told at most this often,
const STANDING_INTERVAL: Duration = Duration::from_secs(5);
/// and only if it changed by this many milliseconds.
const STANDING_STEP_MS: f64 = 5.0;

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum PlaybackInput {
    /// A person here shows this film to the room. Refused if not [`is_valid_film`].
    Open(FilmInfo),
    /// A person here takes the film away.
    Close,
    /// A person here presses play. At the end of the film it starts again.
    Play,
    /// A person here presses pause.
    Pause,
    /// A person here goes to this position, in seconds.
    Seek(f64),
    /// A person here sets the rate.
    Rate(f64),
    /// A participant's state came.
    Remote(PlaybackState),
    /// A participant told how its copy stands.
    PeerStanding {
        /// Who.
        from: ParticipantId,
        /// How.
        standing: Standing,
    },
    /// A participant can be talked to from now on.
    PeerJoined(ParticipantId),
    /// A participant left.
    PeerLeft(ParticipantId),
    /// This file is one's own copy of the film that is shown.
    Attached(PathBuf),
    /// The player reports.
    Player(PlayerEvent),
    /// Room time is known now.
    ClockSettled,
    /// The time of [`PlaybackSync::next_timeout`] has come.
    Timeout,
}

/// What to do.
#[derive(Debug, Clone, PartialEq)]
pub enum PlaybackOutput {
    /// Give this to the player.
    Player(PlayerCommand),
    /// Send the state to everybody.
    Broadcast(PlaybackState),
    /// Send the state to one.
    SendTo(ParticipantId, PlaybackState),
    /// Tell everybody how one's own copy stands.
    Standing(Standing),
    /// Playback changed.
    Changed {
        /// Playing?
        playing: bool,
        /// Position in seconds; for a start, where it starts.
        position_secs: f64,
        /// Rate.
        rate: f64,
        /// Who asked.
        by: ParticipantId,
        /// Why.
        cause: Cause,
    },
    /// The film or one's own copy of it changed: see [`PlaybackSync::state`] and
    /// [`PlaybackSync::copy`].
    FilmChanged,
}

/// How playback stands here, for the snapshot.
#[derive(Debug, Clone, PartialEq)]
pub struct LocalPlayback {
    /// What it is about.
    pub stage: PlaybackStage,
    /// Does the room play (rather than pause, or stand at the end)?
    pub playing: bool,
    /// Position here in seconds; the room's where there is no copy.
    pub position_secs: f64,
    /// Where the room is.
    pub target_secs: f64,
    /// Position here minus the room's, in milliseconds, while playing and once measured.
    pub offset_ms: Option<f64>,
    /// The room's rate times the correction in force.
    pub speed: f64,
    /// The room's rate.
    pub rate: f64,
    /// One's own copy.
    pub mine: FilmCopy,
    /// Seconds of film ready ahead.
    pub buffered_secs: f64,
    /// The film's tracks.
    pub tracks: Vec<FilmTrack>,
    /// Audio track that plays; 0 for none.
    pub audio_track: i64,
    /// Subtitle track that shows; 0 for none.
    pub subtitle_track: i64,
    /// Length of the film in seconds; 0 while unknown.
    pub duration_secs: f64,
}

/// The room's playback, seen from one participant.
#[derive(Debug)]
pub struct PlaybackSync {
    me: ParticipantId,
    state: PlaybackState,
    before: Option<PlaybackState>,
    serial: u64,
    follower: Follower,
    standings: BTreeMap<ParticipantId, Standing>,
    deferred: VecDeque<PlaybackInput>,
    told_end: bool,
    told_standing: Option<(Standing, Instant)>,
    wake: Option<Instant>,
    outputs: VecDeque<PlaybackOutput>,
}

impl PlaybackSync {
    /// No film yet, as `me`.
    pub fn new(me: ParticipantId) -> Self {
        Self {
            state: PlaybackState::nothing(me.clone()),
            me,
            before: None,
            serial: 0,
            follower: Follower::new(),
            standings: BTreeMap::new(),
            deferred: VecDeque::new(),
            told_end: false,
            told_standing: None,
            wake: None,
            outputs: VecDeque::new(),
        }
    }

    /// Takes one input.
    pub fn handle(&mut self, input: PlaybackInput, clock: &ClockSync, now: Instant) {
        let settled = clock.is_settled();
        if settled {
            for input in std::mem::take(&mut self.deferred) {
                self.take(input, clock, now);
            }
        }
        if !settled && (is_dated(&input) || self.waits_for_deferred(&input)) {
            if self.deferred.len() == MAX_DEFERRED {
                self.deferred.pop_front();
            }
            self.deferred.push_back(input);
        } else {
            self.take(input, clock, now);
        }
        if settled {
            self.steer(clock, now);
        }
        while let Some(command) = self.follower.poll_command() {
            self.outputs.push_back(PlaybackOutput::Player(command));
        }
        self.tell_standing(now);
    }

    /// What to do next, or `None`.
    pub fn poll_output(&mut self) -> Option<PlaybackOutput> {
        self.outputs.pop_front()
    }

    /// When to call [`PlaybackSync::handle`] with `Timeout` at the latest.
    pub fn next_timeout(&self) -> Option<Instant> {
        self.wake
    }

    /// The room's state.
    pub fn state(&self) -> &PlaybackState {
        &self.state
    }

    /// One's own copy of the film.
    pub fn copy(&self) -> FilmCopy {
        if self.follower.has_copy() { FilmCopy::Local } else { FilmCopy::None }
    }

    /// How the others' copies stand, as far as they said so of the film that is shown.
    pub fn standings(&self) -> impl Iterator<Item = (&ParticipantId, &Standing)> {
        let film = self.state.film.as_ref().map(|film| &film.id);
        self.standings.iter().filter(move |(_, standing)| standing.film.as_ref() == film)
    }

    /// How playback stands here now.
    pub fn view(&self, clock: &ClockSync, now: Instant) -> LocalPlayback {
        let course = self.course(clock);
        let target_secs = course.position(now);
        let playing = course.goal(now) == Goal::Play;
        let follower = &self.follower;
        LocalPlayback {
            stage: self.stage(playing),
            playing,
            position_secs: follower.position_secs(now).unwrap_or(target_secs),
            target_secs,
            offset_ms: follower.offset_secs().map(|offset| offset * 1e3),
            speed: if follower.has_copy() { follower.speed() } else { self.state.rate },
            rate: self.state.rate,
            mine: self.copy(),
            buffered_secs: follower.buffered_secs(),
            tracks: follower.tracks.clone(),
            audio_track: follower.audio_track,
            subtitle_track: follower.subtitle_track,
            duration_secs: self.duration_secs().unwrap_or(0.0),
        }
    }

    fn stage(&self, playing: bool) -> PlaybackStage {
        if self.state.film.is_none() {
            return PlaybackStage::None;
        }
        match self.follower.phase() {
            Phase::Empty | Phase::Loading { .. } => PlaybackStage::Loading,
            Phase::Running { .. } if !self.follower.is_buffering() && playing => {
                PlaybackStage::Playing
            }
            Phase::Ended { .. } => PlaybackStage::Paused,
            _ if playing => PlaybackStage::Waiting,
            _ => PlaybackStage::Paused,
        }
    }

    fn course<'a>(&'a self, clock: &'a ClockSync) -> Course<'a> {
        Course {
            state: &self.state,
            before: self.before.as_ref(),
            clock,
            serial: self.serial,
            duration_secs: self.duration_secs(),
        }
    }

    /// What the room says, so that the end is the same for all; else what one's own copy says.
    fn duration_secs(&self) -> Option<f64> {
        let told = self.state.film.as_ref().map_or(0.0, |film| film.duration_secs);
        [told, self.follower.duration_secs].into_iter().find(|duration| *duration > 0.0)
    }

    /// An attachment belongs to the film whose opening still waits.
    fn waits_for_deferred(&self, input: &PlaybackInput) -> bool {
        matches!(input, PlaybackInput::Attached(_))
            && self.deferred.iter().any(|input| matches!(input, PlaybackInput::Open(_)))
    }

    fn take(&mut self, input: PlaybackInput, clock: &ClockSync, now: Instant) {
        match input {
            PlaybackInput::Open(film) => self.open(film, clock, now),
            PlaybackInput::Close => {
                if self.state.film.is_some() {
                    let state = PlaybackState::nothing(self.me.clone());
                    self.change(state, Cause::Pause, clock, now);
                }
            }
            PlaybackInput::Play => self.play(clock, now),
            PlaybackInput::Pause => self.pause(clock, now),
            PlaybackInput::Seek(position_secs) => self.seek(position_secs, clock, now),
            PlaybackInput::Rate(rate) => self.rate(rate, clock, now),
            PlaybackInput::Remote(state) => self.remote(state, clock, now),
            PlaybackInput::PeerStanding { from, standing } => {
                let room = self.standings.len() < MAX_STANDINGS;
                if standing.is_valid() && (room || self.standings.contains_key(&from)) {
                    self.standings.insert(from, standing);
                }
            }
            PlaybackInput::PeerJoined(id) => {
                if self.state.revision > 0 {
                    self.outputs.push_back(PlaybackOutput::SendTo(id, self.state.clone()));
                }
                self.told_standing = None;
            }
            PlaybackInput::PeerLeft(id) => {
                self.standings.remove(&id);
            }
            PlaybackInput::Attached(path) => {
                if self.state.film.is_some() {
                    self.follower.attach(path);
                    self.outputs.push_back(PlaybackOutput::FilmChanged);
                }
            }
            PlaybackInput::Player(event) => self.player(&event, clock, now),
            PlaybackInput::ClockSettled | PlaybackInput::Timeout => {}
        }
    }

    fn open(&mut self, film: FilmInfo, clock: &ClockSync, now: Instant) {
        if !is_valid_film(&film) {
            return;
        }
        let state = PlaybackState {
            film: Some(film),
            opened_by: Some(self.me.clone()),
            ..PlaybackState::nothing(self.me.clone())
        };
        self.change(state, Cause::Pause, clock, now);
    }

    fn play(&mut self, clock: &ClockSync, now: Instant) {
        let goal = self.course(clock).goal(now);
        if self.state.film.is_none() || goal == Goal::Play {
            return;
        }
        let mut state = self.standing_state(clock, now);
        let at_end = self.duration_secs().is_some_and(|end| end - state.position_secs < 0.05);
        if at_end {
            state.position_secs = 0.0;
        }
        let lead = if at_end { SEEK_LEAD } else { START_LEAD };
        state.playing = true;
        state.at = clock.room_time(now + lead_over(lead, clock));
        self.change(state, Cause::Play, clock, now);
    }

    fn pause(&mut self, clock: &ClockSync, now: Instant) {
        if self.course(clock).goal(now) == Goal::Play {
            let state = self.standing_state(clock, now);
            self.change(state, Cause::Pause, clock, now);
        }
    }

    fn seek(&mut self, position_secs: f64, clock: &ClockSync, now: Instant) {
        if self.state.film.is_none() || position_secs.is_nan() {
            return;
        }
        let playing = self.course(clock).goal(now) == Goal::Play;
        let end = self.duration_secs().unwrap_or(MAX_POSITION_SECS);
        let mut state = self.standing_state(clock, now);
        state.position_secs = position_secs.clamp(0.0, end);
        state.playing = playing;
        if playing {
            state.at = clock.room_time(now + lead_over(SEEK_LEAD, clock));
        }
        self.change(state, Cause::Seek, clock, now);
    }

    fn rate(&mut self, rate: f64, clock: &ClockSync, now: Instant) {
        if self.state.film.is_none() || rate.is_nan() {
            return;
        }
        let rate = rate.clamp(*RATES.start(), *RATES.end());
        if (rate - self.state.rate).abs() < f64::EPSILON {
            return;
        }
        let course = self.course(clock);
        let mut state = self.standing_state(clock, now);
        if course.goal(now) == Goal::Play {
            // It goes on at the old rate until the agreed time.
            let from = clock.room_time(now + lead_over(START_LEAD, clock)).max(self.state.at);
            state.playing = true;
            state.at = from;
            state.position_secs = course.position_at(from);
        }
        state.rate = rate;
        self.change(state, Cause::Rate, clock, now);
    }

    /// The state in which the room stands where it is now.
    fn standing_state(&self, clock: &ClockSync, now: Instant) -> PlaybackState {
        PlaybackState {
            playing: false,
            position_secs: self.course(clock).position(now),
            at: clock.room_time(now),
            ..self.state.clone()
        }
    }

    /// A person here changed the state: everybody is told.
    fn change(&mut self, mut state: PlaybackState, cause: Cause, clock: &ClockSync, now: Instant) {
        state.revision = self.state.revision.saturating_add(1);
        state.by = self.me.clone();
        state.cause = cause;
        if state.film.is_none() || !state.playing {
            state.at = clock.room_time(now);
        }
        self.outputs.push_back(PlaybackOutput::Broadcast(state.clone()));
        self.adopt(state, cause);
    }

    fn remote(&mut self, state: PlaybackState, clock: &ClockSync, now: Instant) {
        let ahead = state.at.seconds_since(clock.room_time(now));
        let absurd = clock.is_settled() && state.playing && ahead > MAX_AHEAD_SECS;
        let jump = state.revision.saturating_sub(self.state.revision);
        if !state.is_valid() || absurd || jump > MAX_REVISION_JUMP || !state.beats(&self.state) {
            return;
        }
        // To one who just came, nobody pressed anything.
        let joins = self.state.revision == 0 && state.playing;
        let cause = if joins { Cause::Join } else { state.cause };
        self.adopt(state, cause);
    }

    fn adopt(&mut self, state: PlaybackState, cause: Cause) {
        let old = std::mem::replace(&mut self.state, state);
        let id = |state: &PlaybackState| state.film.as_ref().map(|film| film.id.clone());
        let same_film = id(&old) == id(&self.state);
        if !same_film {
            self.follower.close();
        }
        if old.film != self.state.film || old.opened_by != self.state.opened_by {
            self.outputs.push_back(PlaybackOutput::FilmChanged);
        }
        if old.same_course(&self.state) {
            return;
        }
        self.serial += 1;
        self.told_end = false;
        self.before = Some(old).filter(|old| old.playing && same_film);
        if self.state.film.is_some() {
            let by = self.state.by.clone();
            self.tell_change(self.state.playing, self.state.position_secs, by, cause);
        }
    }

    fn player(&mut self, event: &PlayerEvent, clock: &ClockSync, now: Instant) {
        let had_copy = self.follower.has_copy();
        let course = Course {
            state: &self.state,
            before: self.before.as_ref(),
            clock,
            serial: self.serial,
            duration_secs: self.duration_secs(),
        };
        self.follower.player(event, &course, now);
        if had_copy && !self.follower.has_copy() {
            self.outputs.push_back(PlaybackOutput::FilmChanged);
        }
        let opened_here = self.state.opened_by.as_ref() == Some(&self.me);
        let told = self.state.film.as_ref().is_some_and(|film| film.duration_secs > 0.0);
        if let PlayerEvent::Loaded { .. } = event
            && opened_here
            && !told
            && self.follower.duration_secs > 0.0
            && clock.is_settled()
        {
            self.tell_duration();
        }
    }

    /// The one who opened the film knows its length now: the others are told, and nothing else changes.
    fn tell_duration(&mut self) {
        let mut state = self.state.clone();
        if let Some(film) = &mut state.film {
            film.duration_secs = self.follower.duration_secs.min(MAX_POSITION_SECS);
        }
        state.revision = state.revision.saturating_add(1);
        state.by = self.me.clone();
        self.outputs.push_back(PlaybackOutput::Broadcast(state.clone()));
        let cause = state.cause;
        self.adopt(state, cause);
    }

    /// Brings the player in line, tells what time alone brought, and finds out when to wake.
    fn steer(&mut self, clock: &ClockSync, now: Instant) {
        self.wake = None;
        if self.state.film.is_none() {
            return;
        }
        let course = Course {
            state: &self.state,
            before: self.before.as_ref(),
            clock,
            serial: self.serial,
            duration_secs: self.duration_secs(),
        };
        self.follower.steer(&course, now);
        let (goal, ends) = (course.goal(now), course.ends());
        self.wake =
            [self.follower.wake(), ends.filter(|ends| *ends > now)].into_iter().flatten().min();
        if let Goal::End(position_secs, _) = goal
            && !std::mem::replace(&mut self.told_end, true)
        {
            self.tell_change(false, position_secs, self.state.by.clone(), Cause::Pause);
        }
        if self.follower.take_joined() {
            let position_secs = self.course(clock).position(now);
            self.tell_change(true, position_secs, self.me.clone(), Cause::Join);
        }
    }

    fn tell_change(&mut self, playing: bool, position_secs: f64, by: ParticipantId, cause: Cause) {
        let rate = self.state.rate;
        self.outputs.push_back(PlaybackOutput::Changed { playing, position_secs, rate, by, cause });
    }

    fn tell_standing(&mut self, now: Instant) {
        let standing = self.standing();
        if let Some((told, when)) = &self.told_standing {
            let same = told.film == standing.film
                && told.copy == standing.copy
                && told.stage == standing.stage;
            let moved = match (told.offset_ms, standing.offset_ms) {
                (Some(told), Some(now)) => (told - now).abs() > STANDING_STEP_MS,
                (told, now) => told.is_some() != now.is_some(),
            };
            if same && !(moved && now >= *when + STANDING_INTERVAL) {
                return;
            }
        } else if standing.film.is_none() {
            return;
        }
        self.told_standing = Some((standing.clone(), now));
        self.outputs.push_back(PlaybackOutput::Standing(standing));
    }

    fn standing(&self) -> Standing {
        let stage = match self.follower.phase() {
            Phase::Empty if !self.follower.has_copy() => StandingStage::None,
            Phase::Empty | Phase::Loading { .. } => StandingStage::Loading,
            _ if self.follower.is_buffering() => StandingStage::Buffering,
            _ => StandingStage::Ready,
        };
        Standing {
            film: self.state.film.as_ref().map(|film| film.id.clone()),
            copy: self.copy(),
            stage,
            offset_ms: self.follower.offset_secs().map(|offset| offset * 1e3),
        }
    }
}

/// Does the input become a state with a room time in it?
fn is_dated(input: &PlaybackInput) -> bool {
    matches!(
        input,
        PlaybackInput::Open(_)
            | PlaybackInput::Close
            | PlaybackInput::Play
            | PlaybackInput::Pause
            | PlaybackInput::Seek(_)
            | PlaybackInput::Rate(_)
    )
}

/// How far ahead a change is agreed: `least`, and the time it takes to tell everybody.
fn lead_over(least: Duration, clock: &ClockSync) -> Duration {
    let error = clock.error_bound().unwrap_or_default();
    (least + clock.longest_round_trip() + error).min(MAX_LEAD)
}
