//! Playback in rooms of several: playback machines with virtual players that start late, seek slowly,
//! drift and run dry, over links that delay. In the end all states are equal and what plays is
//! together.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use cinemasync_core::clock_sync::{ClockSync, RoomTime};
use cinemasync_core::film::{FilmId, FilmInfo};
use cinemasync_core::interface::{Cause, PlaybackStage};
use cinemasync_core::playback_sync::{PlaybackInput, PlaybackOutput, PlaybackState, PlaybackSync};
use cinemasync_core::player::{PlayerCommand, PlayerEvent, PlayerPosition};
use cinemasync_protocol::ParticipantId;
use proptest::prelude::*;

const FILM_SECS: f64 = 3_600.0;
const STEP: Duration = Duration::from_millis(5);

/// What a virtual player is like.
#[derive(Debug, Clone, Copy)]
struct Nature {
    start_ms: u64,
    seek_ms: u64,
    drift_ppm: f64,
}

/// A player after the contract of `PlayerCommand`.
struct Player {
    nature: Nature,
    open: bool,
    position_secs: f64,
    /// When the opening or seek under way is done.
    ready_at: Option<(Instant, bool)>,
    play_at: Option<Instant>,
    playing: bool,
    stalled_until: Option<Instant>,
    rate: f64,
    trim: f64,
    next_report: Instant,
    last: Instant,
    seeks: usize,
    trims: usize,
}

impl Player {
    fn new(nature: Nature, now: Instant) -> Self {
        Self {
            nature,
            open: false,
            position_secs: 0.0,
            ready_at: None,
            play_at: None,
            playing: false,
            stalled_until: None,
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
            events.push(PlayerEvent::Buffering(None));
        }
        let moving = self.playing && self.stalled_until.is_none();
        if moving {
            let speed = self.rate * self.trim * (1.0 + self.nature.drift_ppm * 1e-6);
            self.position_secs += passed * speed;
        }
        if let Some((_, opening)) = self.ready_at.filter(|(at, _)| *at <= now) {
            self.ready_at = None;
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

    fn report(&self, now: Instant) -> PlayerEvent {
        PlayerEvent::Position(PlayerPosition {
            position_secs: self.position_secs,
            at: now,
            playing: self.playing && self.stalled_until.is_none(),
            buffered_secs: 10.0,
        })
    }

    fn run_dry(&mut self, now: Instant, lasting: Duration) -> Vec<PlayerEvent> {
        if !self.playing {
            return Vec::new();
        }
        self.stalled_until = Some(now + lasting);
        vec![PlayerEvent::Buffering(Some(0)), self.report(now)]
    }
}

struct Member {
    id: ParticipantId,
    clock: ClockSync,
    sync: PlaybackSync,
    player: Player,
    changes: Vec<(bool, Cause)>,
    attaches: bool,
}

struct Room {
    now: Instant,
    members: Vec<Member>,
    delay: Duration,
    letters: BTreeMap<(Instant, u64), (usize, PlaybackState)>,
    sent: u64,
    broadcasts: usize,
}

fn film() -> FilmInfo {
    let id = FilmId("f00d".to_owned());
    FilmInfo { name: "film.mkv".to_owned(), bytes: 1, duration_secs: FILM_SECS, id }
}

impl Room {
    /// `clock_us` is how far each one's room time is off.
    fn new(natures: &[Nature], clock_us: &[u64], delay_ms: u64) -> Self {
        let start = Instant::now() + Duration::from_secs(10);
        let members = natures.iter().zip(clock_us).enumerate().map(|(index, (nature, off))| {
            let id = ParticipantId::new(format!("p{index}"));
            Member {
                clock: ClockSync::new(start + Duration::from_micros(*off)),
                sync: PlaybackSync::new(id.clone()),
                player: Player::new(*nature, start),
                changes: Vec::new(),
                attaches: true,
                id,
            }
        });
        Self {
            now: start,
            members: members.collect(),
            delay: Duration::from_millis(delay_ms),
            letters: BTreeMap::new(),
            sent: 0,
            broadcasts: 0,
        }
    }

    fn input(&mut self, index: usize, input: PlaybackInput) {
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
                        self.post(to, state.clone());
                    }
                }
                PlaybackOutput::SendTo(id, state) => {
                    let to = self.members.iter().position(|member| member.id == id);
                    self.post(to.expect("all are here"), state);
                }
                PlaybackOutput::Changed { playing, cause, .. } => {
                    self.members[index].changes.push((playing, cause));
                }
                PlaybackOutput::FilmChanged => {
                    let member = &self.members[index];
                    let wants = member.sync.state().film.is_some();
                    let none = member.sync.copy() == Default::default();
                    attach |= wants && none && member.attaches;
                }
                _ => {}
            }
        }
        if attach {
            self.input(index, PlaybackInput::Attached(PathBuf::from("film.mkv")));
        }
    }

    fn post(&mut self, to: usize, state: PlaybackState) {
        self.sent += 1;
        self.letters.insert((self.now + self.delay, self.sent), (to, state));
    }

    fn run(&mut self, span: Duration) {
        let end = self.now + span;
        while self.now < end {
            self.now += STEP;
            while let Some(entry) = self.letters.first_entry().filter(|it| it.key().0 <= self.now) {
                let (to, state) = entry.remove();
                self.input(to, PlaybackInput::Remote(state));
            }
            for index in 0..self.members.len() {
                if self.members[index].sync.next_timeout().is_some_and(|at| at <= self.now) {
                    self.input(index, PlaybackInput::Timeout);
                }
                for event in self.members[index].player.advance(self.now) {
                    self.input(index, PlaybackInput::Player(event));
                }
            }
        }
    }

    fn secs(&mut self, seconds: f64) {
        self.run(Duration::from_secs_f64(seconds));
    }

    fn start_film(&mut self) {
        self.input(0, PlaybackInput::Open(film()));
        self.secs(5.0);
        self.input(0, PlaybackInput::Play);
    }

    fn run_dry(&mut self, index: usize, lasting: Duration) {
        for event in self.members[index].player.run_dry(self.now, lasting) {
            self.input(index, PlaybackInput::Player(event));
        }
    }

    fn target(&self) -> f64 {
        let member = &self.members[0];
        let time = member.clock.room_time(self.now);
        member.sync.state().position_at(time).min(FILM_SECS)
    }

    /// Furthest that any player is from where the room is, in milliseconds.
    fn worst_ms(&self) -> f64 {
        let target = self.target();
        let off = self.members.iter().map(|member| (member.player.position_secs - target).abs());
        off.fold(0.0, f64::max) * 1e3
    }

    fn assert_equal(&self) {
        for member in &self.members {
            assert_eq!(member.sync.state(), self.members[0].sync.state());
        }
    }

    fn assert_together(&self, within_ms: f64) {
        self.assert_equal();
        let playing = self.members[0].sync.state().playing && self.target() < FILM_SECS;
        for member in self.members.iter().filter(|member| member.player.open) {
            assert_eq!(member.player.playing, playing, "{} at {}", member.id, self.target());
        }
        assert!(self.worst_ms() <= within_ms, "{} ms", self.worst_ms());
    }

    fn seeks(&self) -> usize {
        self.members.iter().map(|member| member.player.seeks).sum()
    }
}

const GOOD: Nature = Nature { start_ms: 0, seek_ms: 60, drift_ppm: 0.0 };

#[test]
fn a_common_start_is_together_at_once_and_needs_no_seek() {
    let mut room = Room::new(&[GOOD; 3], &[0, 1_000, 2_000], 40);
    room.start_film();
    room.secs(1.0);
    room.assert_together(8.0);
    assert_eq!(room.seeks(), 0);
}

#[test]
fn a_seek_while_playing_takes_everybody_along_in_one_seek_each() {
    let mut room = Room::new(&[GOOD; 3], &[0, 0, 0], 40);
    room.start_film();
    room.secs(5.0);
    room.input(1, PlaybackInput::Seek(1_800.0));
    room.secs(2.0);
    room.assert_together(8.0);
    assert!(room.target() > 1_801.0);
    assert_eq!(room.seeks(), 3);
}

#[test]
fn paused_players_stand_at_the_same_place() {
    let mut room = Room::new(&[GOOD; 3], &[0, 0, 0], 150);
    room.start_film();
    room.secs(5.0);
    room.input(2, PlaybackInput::Pause);
    room.secs(3.0);
    room.assert_together(1.0);
    room.input(1, PlaybackInput::Play);
    room.secs(2.0);
    room.assert_together(8.0);
}

#[test]
fn one_who_attaches_late_joins_without_disturbing_the_others() {
    let slow = Nature { seek_ms: 900, ..GOOD };
    let mut room = Room::new(&[GOOD, GOOD, slow], &[0, 0, 0], 40);
    room.members[2].attaches = false;
    room.start_film();
    room.secs(20.0);
    let seeks = [0, 1].map(|index| room.members[index].player.seeks);
    room.members[2].changes.clear();
    let broadcasts = room.broadcasts;
    room.input(2, PlaybackInput::Attached(PathBuf::from("mine.mkv")));
    room.secs(10.0);
    room.assert_together(10.0);
    assert_eq!(room.broadcasts, broadcasts, "our own doing is not told as a person's");
    assert_eq!([0, 1].map(|index| room.members[index].player.seeks), seeks);
    assert_eq!(room.members[2].changes, [(true, Cause::Join)]);
}

#[test]
fn an_underrun_heals_within_three_seconds() {
    for lasting_ms in [100, 300, 1_500] {
        let mut room = Room::new(&[GOOD; 3], &[0, 0, 0], 40);
        room.start_film();
        room.secs(30.0);
        room.run_dry(1, Duration::from_millis(lasting_ms));
        room.run(Duration::from_millis(lasting_ms));
        room.secs(3.0);
        room.assert_together(10.0);
        assert!(room.members[1].player.seeks <= 2, "{}", room.members[1].player.seeks);
    }
}

#[test]
fn a_drifting_player_is_held_with_few_corrections() {
    let drifting = |drift_ppm| Nature { drift_ppm, ..GOOD };
    let mut room = Room::new(&[drifting(100.0), drifting(-100.0), drifting(30.0)], &[0, 0, 0], 40);
    room.start_film();
    room.secs(60.0);
    let before: Vec<usize> = room.members.iter().map(|member| member.player.trims).collect();
    for _ in 0..600 {
        room.secs(1.0);
        assert!(room.worst_ms() <= 10.0, "{} ms", room.worst_ms());
    }
    for (member, before) in room.members.iter().zip(before) {
        let trims = member.player.trims - before;
        assert!(trims <= 11, "{trims} corrections in ten minutes");
        assert_eq!(member.player.seeks, 0);
    }
}

#[test]
fn a_player_that_starts_late_is_brought_onto_the_course() {
    let late = Nature { start_ms: 60, ..GOOD };
    let mut room = Room::new(&[GOOD, late], &[0, 0], 40);
    room.start_film();
    room.secs(25.0);
    room.assert_together(10.0);
}

#[test]
fn a_slow_player_catches_up_and_does_not_seek_for_ever() {
    let slow = Nature { seek_ms: 2_500, ..GOOD };
    let mut room = Room::new(&[GOOD, slow], &[0, 0], 40);
    room.start_film();
    room.secs(5.0);
    room.input(0, PlaybackInput::Seek(1_000.0));
    room.secs(20.0);
    room.assert_together(10.0);
    assert!(room.members[1].player.seeks <= 5, "{}", room.members[1].player.seeks);
}

#[test]
fn at_another_rate_all_stay_together() {
    let mut room = Room::new(&[GOOD; 3], &[0, 0, 0], 100);
    room.start_film();
    room.secs(10.0);
    room.input(0, PlaybackInput::Rate(1.5));
    room.secs(10.0);
    room.assert_together(25.0);
    assert_eq!(room.seeks(), 0);
    room.input(1, PlaybackInput::Rate(1.0));
    room.secs(20.0);
    room.assert_together(10.0);
}

#[test]
fn a_rate_that_is_taken_back_before_it_begins_never_does() {
    let mut room = Room::new(&[GOOD; 2], &[0, 0], 1);
    room.start_film();
    room.run(Duration::from_millis(146));
    room.input(0, PlaybackInput::Rate(0.5));
    room.input(0, PlaybackInput::Rate(1.0));
    room.secs(10.0);
    room.assert_together(8.0);
    assert_eq!(room.seeks(), 0);
}

#[test]
fn at_the_end_all_stand_and_play_begins_again() {
    let mut room = Room::new(&[GOOD; 3], &[0, 0, 0], 40);
    room.start_film();
    room.secs(2.0);
    room.input(0, PlaybackInput::Seek(FILM_SECS - 3.0));
    room.secs(10.0);
    for member in &room.members {
        assert!(!member.player.playing);
        let view = member.sync.view(&member.clock, room.now);
        assert_eq!(view.stage, PlaybackStage::Paused);
        assert!((view.position_secs - FILM_SECS).abs() < 0.5, "{}", view.position_secs);
    }
    room.input(1, PlaybackInput::Play);
    room.secs(3.0);
    room.assert_together(10.0);
    assert!((2.0..3.0).contains(&room.target()));
}

#[test]
fn two_who_act_at_once_end_with_one_winner() {
    let mut room = Room::new(&[GOOD; 3], &[0, 0, 0], 200);
    room.start_film();
    room.secs(5.0);
    room.input(1, PlaybackInput::Seek(500.0));
    room.input(2, PlaybackInput::Pause);
    room.secs(10.0);
    room.assert_together(10.0);
}

#[test]
fn a_newcomer_learns_the_state_once_however_often_it_is_told() {
    let mut room = Room::new(&[GOOD; 3], &[0, 0, 0], 40);
    room.start_film();
    room.secs(5.0);
    let before: Vec<usize> = room.members.iter().map(|member| member.changes.len()).collect();
    for from in 0..3 {
        for to in (0..3).filter(|to| *to != from) {
            let id = room.members[to].id.clone();
            room.input(from, PlaybackInput::PeerJoined(id));
        }
    }
    room.secs(2.0);
    let after: Vec<usize> = room.members.iter().map(|member| member.changes.len()).collect();
    assert_eq!(before, after);
    room.assert_together(8.0);
}

#[test]
fn what_no_person_could_have_done_is_refused() {
    let mut room = Room::new(&[GOOD, GOOD], &[0, 0], 40);
    room.start_film();
    room.secs(5.0);
    let good = room.members[0].sync.state().clone();
    let later = |change: fn(&mut PlaybackState)| {
        let mut state = good.clone();
        state.revision += 1;
        change(&mut state);
        state
    };
    for state in [
        later(|state| state.revision = u64::MAX),
        later(|state| state.position_secs = f64::NAN),
        later(|state| state.position_secs = f64::INFINITY),
        later(|state| state.position_secs = -1.0),
        later(|state| state.rate = 0.0),
        later(|state| state.rate = f64::NAN),
        later(|state| state.rate = 1e300),
        later(|state| state.film.as_mut().expect("it is open").duration_secs = f64::NAN),
        later(|state| state.film.as_mut().expect("it is open").name = "x".repeat(300)),
    ] {
        room.input(0, PlaybackInput::Remote(state));
        assert_eq!(room.members[0].sync.state(), &good);
    }
    room.input(1, PlaybackInput::Pause);
    room.secs(2.0);
    room.assert_together(1.0);
}

#[derive(Debug, Clone)]
enum Act {
    Play,
    Pause,
    Seek(f64),
    Rate(f64),
    RunDry(u64),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => Just(Act::Play),
        2 => Just(Act::Pause),
        3 => (0.0..3_000.0_f64).prop_map(Act::Seek),
        1 => (0.5..2.0_f64).prop_map(Act::Rate),
        1 => (50..2_000_u64).prop_map(Act::RunDry),
    ]
}

fn nature() -> impl Strategy<Value = Nature> {
    (0..40_u64, 20..1_500_u64, -100.0..100.0_f64)
        .prop_map(|(start_ms, seek_ms, drift_ppm)| Nature { start_ms, seek_ms, drift_ppm })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_people_do_all_end_together(
        natures in prop::collection::vec(nature(), 2..5), clock_us in prop::collection::vec(0..2_000_u64, 4),
        delay_ms in 1..300_u64, script in prop::collection::vec((0..3_000_u64, 0..4_usize, act()), 0..15),
    ) {
        let mut room = Room::new(&natures, &clock_us, delay_ms);
        room.start_film();
        for (wait_ms, who, act) in script {
            room.run(Duration::from_millis(wait_ms));
            let who = who % room.members.len();
            match act {
                Act::Play => room.input(who, PlaybackInput::Play),
                Act::Pause => room.input(who, PlaybackInput::Pause),
                Act::Seek(to) => room.input(who, PlaybackInput::Seek(to)),
                Act::Rate(rate) => room.input(who, PlaybackInput::Rate(rate)),
                Act::RunDry(ms) => room.run_dry(who, Duration::from_millis(ms)),
            }
        }
        // Once the last word is out, back to the rate at which the player's clock is exact.
        room.secs(2.0);
        room.input(0, PlaybackInput::Rate(1.0));
        room.secs(60.0);
        let seeks = room.seeks();
        // Dead band, drift until the next measurement, and what the clocks are off.
        room.assert_together(10.0);
        room.secs(20.0);
        prop_assert_eq!(room.seeks(), seeks, "seeks without end");
    }

    #[test]
    fn states_from_strangers_never_panic(
        revision in any::<u64>(), position_secs in any::<f64>(), rate in any::<f64>(), at in any::<i64>(),
        playing in any::<bool>(), duration_secs in any::<f64>(), near in 0..3_u64,
    ) {
        let mut room = Room::new(&[GOOD, GOOD], &[0, 0], 10);
        room.start_film();
        room.secs(1.0);
        let good = room.members[0].sync.state().clone();
        let bent = |value: f64, usual: f64, flag: u64| if near == flag { value } else { usual };
        let state = PlaybackState {
            revision: if near == 0 { revision } else { good.revision + 1 },
            position_secs: bent(position_secs, 7.0, 1),
            rate: bent(rate, 1.0, 2),
            at: RoomTime(at),
            playing,
            film: Some(FilmInfo { duration_secs: bent(duration_secs, FILM_SECS, 1), ..film() }),
            ..good
        };
        room.input(0, PlaybackInput::Remote(state.clone()));
        room.input(1, PlaybackInput::Remote(state));
        room.secs(2.0);
        room.input(0, PlaybackInput::Seek(100.0));
        room.secs(1.0);
    }
}
