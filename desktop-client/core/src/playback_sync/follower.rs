//! Brings one's own player onto the room's course and keeps it there.
//!
//! One command of the player that takes time (open, seek, start) is under way at once; when it is
//! done, or when the course changes, the player is compared with the course anew. So a player that
//! comes late to anything sooner or later catches up by itself: it seeks to where the room will be
//! when the seek is done, and starts there in time.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::course::{Course, Goal};
use super::hold::{Hold, SEEK_SECS, Verdict};
use crate::player::{FilmTrack, PlayerCommand, PlayerEvent, PlayerPosition};

/// Positions this near are the same, in seconds.
const SAME_SECS: f64 = 1e-3;
/// A start that is late by no more than this is made all the same; holding corrects it.
const LATE: Duration = Duration::from_millis(15);
/// A player may start this much before the agreed place, in seconds: a seek ended a frame early.
const EARLY_SECS: f64 = 0.1;
/// A seek that ends this near to where it was sent is the one that was asked for, in seconds.
const SEEK_MATCH_SECS: f64 = 0.5;
/// A seek under way is replaced only by one this far from it, in seconds.
const SUPERSEDE_SECS: f64 = 1.0;
/// A seek that ends elsewhere is accepted after this: the film has no nearer place.
const STRAY_PATIENCE: Duration = Duration::from_secs(1);
/// A seek without an answer is asked for again after this.
const SEEK_PATIENCE: Duration = Duration::from_secs(25);
/// A seek takes this long in seconds until one was measured,
const FIRST_SEEK_SECS: f64 = 0.25;
/// and is allowed this much more than the measured ones took, as a factor and in seconds.
const SEEK_MARGIN: (f64, f64) = (1.3, 0.15);
/// Most time in seconds that is allowed for a seek.
const MAX_SEEK_SECS: f64 = 10.0;
/// Wait after a catch-up before the next; doubles while they do not succeed.
const FIRST_CATCH_UP_WAIT: Duration = Duration::from_millis(300);
/// Longest wait between catch-ups.
const MAX_CATCH_UP_WAIT: Duration = Duration::from_secs(30);
/// After a start, positions count from here on.
const START_SETTLE: Duration = Duration::from_millis(500);
/// After a gap, positions count from here on.
const GAP_SETTLE: Duration = Duration::from_millis(200);
/// After a change of rate, positions count from here on.
const RATE_SETTLE: Duration = Duration::from_millis(600);
/// A player that says it plays but tells no position for this long is stuck.
const STUCK: Duration = Duration::from_secs(3);
/// The player reaches the end by itself within this after the room.
const END_PATIENCE: Duration = Duration::from_millis(1500);
/// Longest start lag that is learned, in seconds.
const MAX_START_LAG_SECS: f64 = 0.25;

/// What the player is about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Phase {
    /// Nothing is open.
    Empty,
    /// The film is being opened.
    Loading { position_secs: f64 },
    /// On its way to a place.
    Seeking { to_secs: f64, serial: u64, since: Instant, strayed: Option<(f64, Instant)> },
    /// Paused and primed at a place, where `wanted_secs` was asked for.
    Standing { at_secs: f64, wanted_secs: f64 },
    /// Told to start at a time.
    Starting { from_secs: f64, wanted_secs: f64, start: Instant, serial: u64 },
    /// Playing on this course.
    Running { serial: u64, since: Instant },
    /// At the end of the film, where this course led.
    Ended { serial: u64 },
}

/// One's own player.
#[derive(Debug)]
pub(super) struct Follower {
    path: Option<PathBuf>,
    phase: Phase,
    buffering: bool,
    hold: Hold,
    told_rate: f64,
    latest: Option<PlayerPosition>,
    /// Is the next measurement the first after a start?
    fresh_start: bool,
    seek_secs: f64,
    start_lag_secs: f64,
    catch_ups: u32,
    next_catch_up: Option<Instant>,
    caught_up_on: u64,
    /// Was the film opened just now, so that its start is a joining?
    joining: bool,
    wake: Option<Instant>,
    /// From the film.
    pub(super) duration_secs: f64,
    pub(super) tracks: Vec<FilmTrack>,
    pub(super) audio_track: i64,
    pub(super) subtitle_track: i64,
    commands: VecDeque<PlayerCommand>,
}

impl Follower {
    pub(super) fn new() -> Self {
        Self {
            path: None,
            phase: Phase::Empty,
            buffering: false,
            hold: Hold::default(),
            told_rate: 1.0,
            latest: None,
            fresh_start: false,
            seek_secs: FIRST_SEEK_SECS,
            start_lag_secs: 0.0,
            catch_ups: 0,
            next_catch_up: None,
            caught_up_on: 0,
            joining: false,
            wake: None,
            duration_secs: 0.0,
            tracks: Vec::new(),
            audio_track: 0,
            subtitle_track: 0,
            commands: VecDeque::new(),
        }
    }

    pub(super) fn poll_command(&mut self) -> Option<PlayerCommand> {
        self.commands.pop_front()
    }

    pub(super) fn wake(&self) -> Option<Instant> {
        self.wake
    }

    pub(super) fn phase(&self) -> Phase {
        self.phase
    }

    pub(super) fn has_copy(&self) -> bool {
        self.path.is_some()
    }

    pub(super) fn is_buffering(&self) -> bool {
        self.buffering
    }

    pub(super) fn buffered_secs(&self) -> f64 {
        self.latest.map_or(0.0, |latest| latest.buffered_secs)
    }

    pub(super) fn offset_secs(&self) -> Option<f64> {
        self.hold.offset_secs().filter(|_| matches!(self.phase, Phase::Running { .. }))
    }

    /// Speed in force: the rate told to the player times the correction.
    pub(super) fn speed(&self) -> f64 {
        self.told_rate * self.hold.trim()
    }

    /// Where the player is, as well as can be told.
    pub(super) fn position_secs(&self, now: Instant) -> Option<f64> {
        match self.phase {
            Phase::Empty => None,
            Phase::Loading { position_secs } => Some(position_secs),
            Phase::Seeking { to_secs, .. } => Some(to_secs),
            Phase::Standing { at_secs, .. } => Some(at_secs),
            Phase::Starting { from_secs, .. } => Some(from_secs),
            Phase::Running { .. } => self.latest.map(|latest| {
                let moving = latest.playing && !self.buffering;
                let passed = now.checked_duration_since(latest.at).unwrap_or_default();
                let passed = if moving { passed.as_secs_f64().min(1.0) } else { 0.0 };
                latest.position_secs + passed * self.speed()
            }),
            Phase::Ended { .. } => self.latest.map(|latest| latest.position_secs),
        }
    }

    /// True once after a film that was opened while the room played has begun to play.
    pub(super) fn take_joined(&mut self) -> bool {
        let joined = self.joining && matches!(self.phase, Phase::Running { .. });
        if joined {
            self.joining = false;
        }
        joined
    }

    /// This file is one's own copy.
    pub(super) fn attach(&mut self, path: PathBuf) {
        self.close();
        self.path = Some(path);
    }

    /// There is no film, or no copy of it.
    pub(super) fn close(&mut self) {
        if self.phase != Phase::Empty {
            self.end_trim();
            self.commands.push_back(PlayerCommand::Unload);
        }
        self.forget();
    }

    fn forget(&mut self) {
        let commands = std::mem::take(&mut self.commands);
        let told_rate = self.told_rate;
        let (seek_secs, start_lag_secs) = (self.seek_secs, self.start_lag_secs);
        *self = Self { commands, told_rate, seek_secs, start_lag_secs, ..Self::new() };
    }

    /// Takes what the player reports; then [`Follower::steer`] has to be called.
    pub(super) fn player(&mut self, event: &PlayerEvent, course: &Course<'_>, now: Instant) {
        match event {
            PlayerEvent::Loaded { duration_secs, tracks } => {
                if let Phase::Loading { position_secs } = self.phase {
                    let known = duration_secs.is_finite() && *duration_secs > 0.0;
                    self.duration_secs = if known { *duration_secs } else { 0.0 };
                    self.tracks.clone_from(tracks);
                    self.joining = course.goal(now) == Goal::Play && !course.is_scheduled(now);
                    self.phase =
                        Phase::Standing { at_secs: position_secs, wanted_secs: position_secs };
                }
            }
            PlayerEvent::Failed(_) => {
                self.end_trim();
                self.forget();
            }
            PlayerEvent::Warning(_) => {}
            PlayerEvent::Seeked { position_secs } => self.sought(*position_secs, now),
            PlayerEvent::Position(position) => self.position(*position, course, now),
            PlayerEvent::Ended => {
                if matches!(self.phase, Phase::Running { .. } | Phase::Starting { .. }) {
                    self.end_trim();
                    self.phase = Phase::Ended { serial: course.serial };
                }
            }
            PlayerEvent::Buffering(buffering) => {
                self.buffering = *buffering;
                if let Phase::Running { serial, .. } = self.phase {
                    self.phase = Phase::Running { serial, since: now };
                    self.fresh_start = false;
                    self.restart_hold(now + GAP_SETTLE, true);
                }
            }
            PlayerEvent::TracksChosen { audio, subtitle } => {
                (self.audio_track, self.subtitle_track) = (*audio, *subtitle);
            }
        }
    }

    fn sought(&mut self, position_secs: f64, now: Instant) {
        let Phase::Seeking { to_secs, serial, since, .. } = self.phase else { return };
        if !position_secs.is_finite() {
            return;
        }
        if (position_secs - to_secs).abs() > SEEK_MATCH_SECS {
            let strayed = Some((position_secs, now + STRAY_PATIENCE));
            self.phase = Phase::Seeking { to_secs, serial, since, strayed };
            return;
        }
        let took = now.duration_since(since).as_secs_f64();
        self.seek_secs = took.max(self.seek_secs * 0.8 + took * 0.2).min(MAX_SEEK_SECS);
        self.phase = Phase::Standing { at_secs: position_secs, wanted_secs: to_secs };
    }

    fn position(&mut self, position: PlayerPosition, course: &Course<'_>, now: Instant) {
        if !position.position_secs.is_finite() || !position.buffered_secs.is_finite() {
            return;
        }
        self.latest = Some(position);
        match &mut self.phase {
            Phase::Running { since, .. } => {
                if position.playing {
                    *since = (*since).max(position.at.min(now));
                }
            }
            // What it says right after it opened or sought is exact.
            Phase::Standing { at_secs, .. } => {
                if !position.playing && (position.position_secs - *at_secs).abs() < SEEK_MATCH_SECS
                {
                    *at_secs = position.position_secs;
                }
                return;
            }
            _ => return,
        }
        if !position.playing || self.buffering || course.goal(now) != Goal::Play {
            return;
        }
        let offset = position.position_secs - course.position(position.at);
        let rate = course.rate(position.at);
        match self.hold.measured(position.at, offset, rate, now) {
            Verdict::None => {}
            Verdict::Fine => self.measured(offset, rate),
            Verdict::Trim(trim) => {
                let measured = self.hold.offset_secs().unwrap_or(offset);
                self.measured(measured, rate);
                self.commands.push_back(PlayerCommand::Trim(trim));
            }
            Verdict::Seek => self.catch_up(course, now),
        }
    }

    /// A measurement was near enough: what it teaches.
    fn measured(&mut self, offset_secs: f64, rate: f64) {
        self.catch_ups = 0;
        self.next_catch_up = None;
        if std::mem::take(&mut self.fresh_start) {
            // Half of it, so that one odd start does not spoil the next.
            let lag = self.start_lag_secs - offset_secs / rate * 0.5;
            self.start_lag_secs = lag.clamp(0.0, MAX_START_LAG_SECS);
        }
    }

    /// Compares the player with the course and tells it what to do.
    pub(super) fn steer(&mut self, course: &Course<'_>, now: Instant) {
        self.wake = None;
        let Some(path) = &self.path else { return };
        if self.caught_up_on != course.serial {
            self.caught_up_on = course.serial;
            self.catch_ups = 0;
            self.next_catch_up = None;
        }
        if self.hold.end_trim(now) {
            self.commands.push_back(PlayerCommand::Trim(1.0));
        }
        if self.phase == Phase::Empty {
            let position_secs = course.position(now + self.seek_allowance());
            self.commands.push_back(PlayerCommand::Load { path: path.clone(), position_secs });
            self.phase = Phase::Loading { position_secs };
            return;
        }
        if let Phase::Seeking { to_secs, strayed: Some((at_secs, by)), .. } = self.phase
            && by <= now
        {
            self.phase = Phase::Standing { at_secs, wanted_secs: to_secs };
        }
        match course.goal(now) {
            Goal::Stand(position_secs) => self.stand(position_secs, course, now),
            Goal::End(position_secs, ended) => {
                if !matches!(self.phase, Phase::Running { .. }) || ended + END_PATIENCE <= now {
                    self.stand(position_secs, course, now);
                } else {
                    self.wake_at(ended + END_PATIENCE);
                }
            }
            Goal::Play => self.play(course, now),
        }
        if let Some(ends) = self.hold.trim_ends() {
            self.wake_at(ends);
        }
    }

    /// The room stands here.
    fn stand(&mut self, position_secs: f64, course: &Course<'_>, now: Instant) {
        let same = |other: f64| (other - position_secs).abs() < SAME_SECS;
        match self.phase {
            Phase::Empty | Phase::Loading { .. } => {}
            Phase::Seeking { .. } => self.await_seek(position_secs, course, now),
            Phase::Standing { wanted_secs, .. } => {
                if !same(wanted_secs) {
                    self.seek(position_secs, course, now);
                }
            }
            Phase::Starting { from_secs, wanted_secs, start, .. } => {
                self.commands.push_back(PlayerCommand::Pause);
                if same(wanted_secs) && start > now + LATE {
                    self.phase = Phase::Standing { at_secs: from_secs, wanted_secs };
                } else {
                    self.seek(position_secs, course, now);
                }
            }
            Phase::Running { .. } => {
                self.commands.push_back(PlayerCommand::Pause);
                self.seek(position_secs, course, now);
            }
            Phase::Ended { serial } => {
                let at_end = course.duration_secs.is_none_or(|end| end - position_secs < 0.5);
                if serial != course.serial && !at_end {
                    self.seek(position_secs, course, now);
                }
            }
        }
    }

    /// The room plays, or is about to.
    fn play(&mut self, course: &Course<'_>, now: Instant) {
        match self.phase {
            Phase::Empty | Phase::Loading { .. } => {}
            Phase::Seeking { serial, .. } => {
                let place =
                    if serial == course.serial { None } else { Some(self.ahead(course, now)) };
                self.await_seek_to(place, course, now);
            }
            Phase::Standing { at_secs, wanted_secs } => {
                self.start(at_secs, wanted_secs, course, now);
            }
            Phase::Starting { from_secs, wanted_secs, start, serial } => {
                if serial != course.serial {
                    self.start(from_secs, wanted_secs, course, now);
                } else if start <= now {
                    self.run(start, course, now);
                } else {
                    self.wake_at(start);
                }
            }
            Phase::Running { serial, .. } if serial != course.serial => {
                let off = self
                    .position_secs(now)
                    .map_or(f64::INFINITY, |position| position - course.position(now));
                if course.is_scheduled(now) || off.abs() > SEEK_SECS {
                    let place = self.ahead(course, now);
                    self.seek(place, course, now);
                } else {
                    self.phase = Phase::Running { serial: course.serial, since: now };
                    self.restart_hold(now, false);
                    self.keep_running(course, now);
                }
            }
            Phase::Running { .. } => self.keep_running(course, now),
            Phase::Ended { serial } => {
                if serial != course.serial {
                    let place = self.ahead(course, now);
                    self.seek(place, course, now);
                }
            }
        }
    }

    /// Starts from where the player stands, if that place is still ahead of the room.
    fn start(&mut self, at_secs: f64, wanted_secs: f64, course: &Course<'_>, now: Instant) {
        let exact = course.start_from(at_secs);
        let begins = course.begins();
        let lag = Duration::from_secs_f64(self.start_lag_secs);
        let too_early =
            course.is_scheduled(now) && at_secs < course.state.position_secs - EARLY_SECS;
        let too_late = exact + LATE < now;
        let patience = self.seek_allowance() + Duration::from_millis(500);
        let too_far = exact > now.max(if course.glides() { now } else { begins }) + patience;
        if too_early || too_late || too_far {
            if too_far || self.next_catch_up.is_none_or(|next| next <= now) {
                self.catch_up(course, now);
            } else if let Some(next) = self.next_catch_up {
                self.phase = Phase::Standing { at_secs, wanted_secs };
                self.wake_at(next);
            }
            return;
        }
        let start = exact.checked_sub(lag).unwrap_or(exact);
        self.tell_rate(course.rate(exact.max(now)));
        self.commands.push_back(PlayerCommand::PlayAt(start));
        if start <= now {
            self.run(now, course, now);
        } else {
            self.phase =
                Phase::Starting { from_secs: at_secs, wanted_secs, start, serial: course.serial };
            self.wake_at(start);
        }
    }

    fn run(&mut self, start: Instant, course: &Course<'_>, now: Instant) {
        self.phase = Phase::Running { serial: course.serial, since: now };
        self.latest = None;
        self.fresh_start = true;
        self.restart_hold(start + START_SETTLE, false);
        self.keep_running(course, now);
    }

    fn keep_running(&mut self, course: &Course<'_>, now: Instant) {
        if course.glides() && course.begins() > now {
            self.wake_at(course.begins());
        }
        if self.tell_rate(course.rate(now)) {
            self.restart_hold(now + RATE_SETTLE, false);
        }
        if let Phase::Running { since, .. } = self.phase
            && !self.buffering
        {
            if since + STUCK <= now {
                self.catch_up(course, now);
            } else {
                self.wake_at(since + STUCK);
            }
        }
    }

    /// Seeks to where the room will be, as often as the back-off allows.
    fn catch_up(&mut self, course: &Course<'_>, now: Instant) {
        if let Some(next) = self.next_catch_up.filter(|next| *next > now) {
            self.wake_at(next);
            return;
        }
        let wait = FIRST_CATCH_UP_WAIT.saturating_mul(1 << self.catch_ups.min(8));
        self.catch_ups = self.catch_ups.saturating_add(1);
        self.next_catch_up = Some(now + wait.min(MAX_CATCH_UP_WAIT));
        let place = self.ahead(course, now);
        self.seek(place, course, now);
    }

    /// Where the room will be when a seek that begins now is done.
    fn ahead(&self, course: &Course<'_>, now: Instant) -> f64 {
        course.position(now + self.seek_allowance())
    }

    fn seek_allowance(&self) -> Duration {
        let seconds = self.seek_secs * SEEK_MARGIN.0 + SEEK_MARGIN.1;
        Duration::from_secs_f64(seconds.min(MAX_SEEK_SECS))
    }

    fn seek(&mut self, to_secs: f64, course: &Course<'_>, now: Instant) {
        self.end_trim();
        self.commands.push_back(PlayerCommand::Seek { position_secs: to_secs });
        self.phase = Phase::Seeking { to_secs, serial: course.serial, since: now, strayed: None };
        self.wake_at(now + SEEK_PATIENCE);
    }

    fn await_seek(&mut self, wanted_secs: f64, course: &Course<'_>, now: Instant) {
        self.await_seek_to(Some(wanted_secs), course, now);
    }

    /// Waits for the seek under way, unless it is overdue or leads far from where it should.
    fn await_seek_to(&mut self, wanted: Option<f64>, course: &Course<'_>, now: Instant) {
        let Phase::Seeking { to_secs, since, strayed, .. } = self.phase else { return };
        let elsewhere = wanted.filter(|wanted| (wanted - to_secs).abs() > SUPERSEDE_SECS);
        if let Some(wanted) = elsewhere {
            self.seek(wanted, course, now);
        } else if since + SEEK_PATIENCE <= now {
            let place = if course.state.playing { self.ahead(course, now) } else { to_secs };
            self.seek(place, course, now);
        } else {
            self.wake_at(strayed.map_or(since + SEEK_PATIENCE, |(_, by)| by));
        }
    }

    /// Tells the rate if it is not in force; true if it was not.
    fn tell_rate(&mut self, rate: f64) -> bool {
        let changed = (self.told_rate - rate).abs() > f64::EPSILON;
        if changed {
            self.told_rate = rate;
            self.commands.push_back(PlayerCommand::Rate(rate));
        }
        changed
    }

    fn restart_hold(&mut self, quiet_until: Instant, after_gap: bool) {
        if self.hold.restart(quiet_until, after_gap) {
            self.commands.push_back(PlayerCommand::Trim(1.0));
        }
    }

    /// Ends a correction at once, for what comes next has nothing to do with it.
    fn end_trim(&mut self) {
        if self.hold.trim_ends().is_some() {
            self.commands.push_back(PlayerCommand::Trim(1.0));
        }
        self.hold = Hold::default();
    }

    fn wake_at(&mut self, at: Instant) {
        self.wake = Some(self.wake.map_or(at, |earlier| earlier.min(at)));
    }
}
