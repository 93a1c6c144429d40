//! A room of playback machines with virtual players that start late, seek slowly, drift, run dry and
//! starve, over links that delay.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use cinemasync_core::clock_sync::ClockSync;
use cinemasync_core::film::{FilmId, FilmInfo, FilmSource};
use cinemasync_core::interface::{Cause, WaitReason};
use cinemasync_core::playback_sync::{Opening, PlaybackInput, PlaybackOutput, PlaybackSync};
use cinemasync_core::player::{PlayerCommand, PlayerEvent, PlayerPosition};
use cinemasync_protocol::ParticipantId;

pub(crate) const FILM_SECS: f64 = 3_600.0;
const STEP: Duration = Duration::from_millis(5);

/// What a virtual player is like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Nature {
    pub(crate) start_ms: u64,
    pub(crate) seek_ms: u64,
    pub(crate) drift_ppm: f64,
}

/// A player after the contract of `PlayerCommand`.
pub(crate) struct Player {
    pub(crate) nature: Nature,
    pub(crate) open: bool,
    pub(crate) position_secs: f64,
    /// When the opening or seek under way is done.
    ready_at: Option<(Instant, bool)>,
    play_at: Option<Instant>,
    pub(crate) playing: bool,
    stalled_until: Option<Instant>,
    /// Nothing comes in until then: it neither plays nor finds a place.
    starved_until: Option<Instant>,
    /// Seconds of input ahead.
    pub(crate) ahead_secs: f64,
    /// The next thing that comes in again is not told.
    mute: bool,
    rate: f64,
    trim: f64,
    next_report: Instant,
    last: Instant,
    pub(crate) seeks: usize,
    pub(crate) trims: usize,
}

impl Player {
    pub(crate) fn new(nature: Nature, now: Instant) -> Self {
        Self {
            nature,
            open: false,
            position_secs: 0.0,
            ready_at: None,
            play_at: None,
            playing: false,
            stalled_until: None,
            starved_until: None,
            ahead_secs: 10.0,
            mute: false,
            rate: 1.0,
            trim: 1.0,
            next_report: now,
            last: now,
            seeks: 0,
            trims: 0,
        }
    }

    fn command(&mut self, command: &PlayerCommand, now: Instant) {
        match *command {
            PlayerCommand::Load { position_secs, .. } => {
                (self.open, self.playing, self.play_at) = (true, false, None);
                self.position_secs = position_secs;
                self.ready_at = Some((now + Duration::from_millis(self.nature.seek_ms * 2), true));
            }
            PlayerCommand::Unload => {
                (self.open, self.playing) = (false, false);
                (self.play_at, self.ready_at) = (None, None);
            }
            PlayerCommand::Seek { position_secs } => {
                self.seeks += 1;
                (self.playing, self.play_at, self.stalled_until) = (false, None, None);
                self.position_secs = position_secs.clamp(0.0, FILM_SECS - 0.1);
                let opening = self.ready_at.is_some_and(|(_, opening)| opening);
                let done = now + Duration::from_millis(self.nature.seek_ms);
                let done = self.starved_until.map_or(done, |until| done.max(until));
                self.ready_at = Some((done, opening));
            }
            PlayerCommand::PlayAt(at) => self.play_at = Some(at),
            PlayerCommand::Pause => (self.playing, self.play_at) = (false, None),
            PlayerCommand::Rate(rate) => self.rate = rate,
            PlayerCommand::Trim(trim) => {
                self.trims += usize::from((trim - 1.0).abs() > 1e-9);
                self.trim = trim;
            }
            _ => {}
        }
    }

    /// Lets time pass and tells what happened.
    fn advance(&mut self, now: Instant) -> Vec<PlayerEvent> {
        let mut events = Vec::new();
        let passed = now.duration_since(self.last).as_secs_f64();
        self.last = now;
        if self.stalled_until.is_some_and(|until| until <= now) {
            self.stalled_until = None;
            if !std::mem::take(&mut self.mute) {
                events.push(PlayerEvent::Buffering(None));
            }
        }
        if self.starved_until.is_some_and(|until| until <= now) {
            self.starved_until = None;
            events.push(PlayerEvent::Buffering(None));
        }
        let moving = self.is_moving();
        if moving {
            let speed = self.rate * self.trim * (1.0 + self.nature.drift_ppm * 1e-6);
            self.position_secs += passed * speed;
        }
        if let Some((_, opening)) = self.ready_at.filter(|(at, _)| *at <= now) {
            self.ready_at = None;
            if opening {
                events.push(PlayerEvent::TracksChosen { audio: 1, subtitle: 0 });
            }
            events.push(if opening {
                PlayerEvent::Loaded {
                    duration_secs: FILM_SECS,
                    frame_rate: None,
                    tracks: Vec::new(),
                    chapters: Vec::new(),
                }
            } else {
                PlayerEvent::Seeked { position_secs: self.position_secs }
            });
            events.push(self.report(now));
        }
        let lag = Duration::from_millis(self.nature.start_ms);
        if self.open && self.ready_at.is_none() && self.play_at.is_some_and(|at| at + lag <= now) {
            let at = self.play_at.take().expect("just seen") + lag;
            self.playing = true;
            self.position_secs += now.duration_since(at).as_secs_f64().min(0.005) * self.rate;
        }
        if self.playing && self.position_secs >= FILM_SECS {
            (self.playing, self.position_secs) = (false, FILM_SECS);
            events.push(PlayerEvent::Ended);
            events.push(self.report(now));
        }
        if self.playing && now >= self.next_report {
            self.next_report = now + Duration::from_millis(100);
            events.push(self.report(now));
        }
        events
    }

    pub(crate) fn is_moving(&self) -> bool {
        self.playing && self.stalled_until.is_none() && self.starved_until.is_none()
    }

    fn starve(&mut self, now: Instant, lasting: Duration) -> Vec<PlayerEvent> {
        self.starved_until = Some(now + lasting);
        vec![PlayerEvent::Buffering(Some(0)), self.report(now)]
    }

    fn report(&self, now: Instant) -> PlayerEvent {
        PlayerEvent::Position(PlayerPosition {
            position_secs: self.position_secs,
            at: now,
            playing: self.is_moving(),
            buffered_secs: self.ahead_secs,
        })
    }

    pub(crate) fn run_dry(&mut self, now: Instant, lasting: Duration) -> Vec<PlayerEvent> {
        if !self.playing {
            return Vec::new();
        }
        self.stalled_until = Some(now + lasting);
        vec![PlayerEvent::Buffering(Some(0)), self.report(now)]
    }
}

pub(crate) struct Member {
    pub(crate) id: ParticipantId,
    pub(crate) clock: ClockSync,
    pub(crate) sync: PlaybackSync,
    pub(crate) player: Player,
    pub(crate) changes: Vec<(bool, Cause)>,
    /// For whom the room waited, as it was told.
    pub(crate) waits: Vec<(Vec<ParticipantId>, WaitReason)>,
    pub(crate) left_behind: Vec<ParticipantId>,
    /// Its machine sleeps until then.
    asleep_until: Option<Instant>,
    pub(crate) attaches: bool,
}

pub(crate) struct Room {
    pub(crate) now: Instant,
    pub(crate) members: Vec<Member>,
    delay: Duration,
    letters: BTreeMap<(Instant, u64), (usize, PlaybackInput)>,
    sent: u64,
    pub(crate) broadcasts: usize,
}

pub(crate) fn film() -> FilmInfo {
    let id = FilmId("f00d".to_owned());
    FilmInfo { name: "film.mkv".to_owned(), bytes: 1, duration_secs: FILM_SECS, id, address: None }
}

pub(crate) fn opening() -> Opening {
    let by = ParticipantId::new("p0");
    Opening { film: film(), by, position_secs: 0.0, plays: false }
}

impl Room {
    /// `clock_us` is how far each one's room time is off.
    pub(crate) fn new(natures: &[Nature], clock_us: &[u64], delay_ms: u64) -> Self {
        let start = Instant::now() + Duration::from_secs(10);
        let members = natures.iter().zip(clock_us).enumerate().map(|(index, (nature, off))| {
            let id = ParticipantId::new(format!("p{index}"));
            Member {
                clock: ClockSync::new(start + Duration::from_micros(*off)),
                sync: PlaybackSync::new(id.clone()),
                player: Player::new(*nature, start),
                changes: Vec::new(),
                waits: Vec::new(),
                left_behind: Vec::new(),
                asleep_until: None,
                attaches: true,
                id,
            }
        });
        let mut room = Self {
            now: start,
            members: members.collect(),
            delay: Duration::from_millis(delay_ms),
            letters: BTreeMap::new(),
            sent: 0,
            broadcasts: 0,
        };
        for from in 0..room.members.len() {
            for to in (0..room.members.len()).filter(|to| *to != from) {
                let id = room.members[to].id.clone();
                room.input(from, PlaybackInput::PeerJoined(id));
            }
        }
        room.input(0, PlaybackInput::Conduct(true));
        room
    }

    pub(crate) fn input(&mut self, index: usize, input: PlaybackInput) {
        let now = self.now;
        let member = &mut self.members[index];
        member.sync.handle(input, &member.clock, now);
        let mut attach = false;
        while let Some(output) = self.members[index].sync.poll_output() {
            match output {
                PlaybackOutput::Player(command) => {
                    self.members[index].player.command(&command, now);
                }
                PlaybackOutput::Broadcast(state) => {
                    self.broadcasts += 1;
                    for to in (0..self.members.len()).filter(|to| *to != index) {
                        self.post(to, PlaybackInput::Remote(state.clone()));
                    }
                }
                PlaybackOutput::SendTo(id, state) => {
                    let to = self.members.iter().position(|member| member.id == id);
                    self.post(to.expect("all are here"), PlaybackInput::Remote(state));
                }
                PlaybackOutput::Standing(standing) => {
                    for to in (0..self.members.len()).filter(|to| *to != index) {
                        let from = self.members[index].id.clone();
                        self.post(to, PlaybackInput::Standing(from, standing));
                    }
                }
                PlaybackOutput::Changed { playing, cause, .. } => {
                    self.members[index].changes.push((playing, cause));
                }
                PlaybackOutput::Waiting { who, why } => {
                    self.members[index].waits.push((who, why));
                }
                PlaybackOutput::LeftBehind(who) => self.members[index].left_behind.extend(who),
                PlaybackOutput::FilmChanged => {
                    let member = &self.members[index];
                    let wants = member.sync.state().film.is_some();
                    let none = member.sync.copy() == Default::default();
                    attach |= wants && none && member.attaches;
                }
            }
        }
        if attach {
            self.input(index, attached(0.0));
        }
    }

    fn post(&mut self, to: usize, letter: PlaybackInput) {
        self.sent += 1;
        self.letters.insert((self.now + self.delay, self.sent), (to, letter));
    }

    pub(crate) fn run(&mut self, span: Duration) {
        let end = self.now + span;
        while self.now < end {
            self.now += STEP;
            while let Some(entry) = self.letters.first_entry().filter(|it| it.key().0 <= self.now) {
                let number = entry.key().1;
                let (to, letter) = entry.remove();
                match self.members[to].asleep_until {
                    Some(until) => {
                        self.letters.insert((until, number), (to, letter));
                    }
                    None => self.input(to, letter),
                }
            }
            for index in 0..self.members.len() {
                let member = &mut self.members[index];
                if member.asleep_until.take_if(|until| *until <= self.now).is_some() {
                    // Nothing was played meanwhile.
                    member.player.last = self.now;
                }
                if member.asleep_until.is_some() {
                    continue;
                }
                if self.members[index].sync.next_timeout().is_some_and(|at| at <= self.now) {
                    self.input(index, PlaybackInput::Timeout);
                }
                for event in self.members[index].player.advance(self.now) {
                    self.input(index, PlaybackInput::Player(event));
                }
            }
        }
    }

    pub(crate) fn secs(&mut self, seconds: f64) {
        self.run(Duration::from_secs_f64(seconds));
    }

    pub(crate) fn start_film(&mut self) {
        self.input(0, PlaybackInput::Open(opening()));
        self.secs(5.0);
        self.input(0, PlaybackInput::Play);
    }

    pub(crate) fn run_dry(&mut self, index: usize, lasting: Duration) {
        for event in self.members[index].player.run_dry(self.now, lasting) {
            self.input(index, PlaybackInput::Player(event));
        }
    }

    /// This one's sound stops for a moment, and its player does not say so.
    pub(crate) fn stumble(&mut self, index: usize, lasting: Duration) {
        drop(self.members[index].player.run_dry(self.now, lasting));
        self.members[index].player.mute = true;
    }

    pub(crate) fn target(&self) -> f64 {
        let member = &self.members[0];
        let time = member.clock.room_time(self.now);
        member.sync.state().position_at(time).min(FILM_SECS)
    }

    /// Furthest that any player is from where the room is, in milliseconds.
    pub(crate) fn worst_ms(&self) -> f64 {
        let target = self.target();
        let off = self.members.iter().map(|member| (member.player.position_secs - target).abs());
        off.fold(0.0, f64::max) * 1e3
    }

    pub(crate) fn assert_equal(&self) {
        for member in &self.members {
            assert_eq!(member.sync.state(), self.members[0].sync.state());
        }
    }

    pub(crate) fn assert_together(&self, within_ms: f64) {
        self.assert_equal();
        let playing = self.members[0].sync.state().playing && self.target() < FILM_SECS;
        for member in self.members.iter().filter(|member| member.player.open) {
            assert_eq!(member.player.playing, playing, "{} at {}", member.id, self.target());
        }
        assert!(self.worst_ms() <= within_ms, "{} ms", self.worst_ms());
    }

    pub(crate) fn seeks(&self) -> usize {
        self.members.iter().map(|member| member.player.seeks).sum()
    }

    /// Nothing comes in at this one for so long.
    pub(crate) fn starve(&mut self, index: usize, lasting: Duration) {
        for event in self.members[index].player.starve(self.now, lasting) {
            self.input(index, PlaybackInput::Player(event));
        }
    }

    /// This one's lid is closed for so long.
    pub(crate) fn sleep(&mut self, index: usize, lasting: Duration) {
        self.members[index].asleep_until = Some(self.now + lasting);
    }

    /// Does everybody's film run?
    pub(crate) fn moving(&self) -> Vec<bool> {
        self.members.iter().map(|member| member.player.is_moving()).collect()
    }

    /// What this one was last told that the room waits for.
    pub(crate) fn awaited(&self, index: usize) -> Vec<ParticipantId> {
        self.members[index].waits.last().map(|(who, _)| who.clone()).unwrap_or_default()
    }
}

pub(crate) const GOOD: Nature = Nature { start_ms: 0, seek_ms: 60, drift_ppm: 0.0 };

/// One's own copy comes from a file; its time minus the room's, in seconds.
pub(crate) fn attached(shift_secs: f64) -> PlaybackInput {
    PlaybackInput::Attached { source: FilmSource::File("mine.mkv".into()), shift_secs }
}
