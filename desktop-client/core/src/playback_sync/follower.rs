//! One's own player, brought to where the room is and held there. Reads the state; never changes it.
//! What the player says is in `reports`, what keeps it from its place in `stall`, how it is shown in `view`.

mod reports;
mod stall;
mod view;

use std::time::{Duration, Instant};

use self::stall::Hindered;
use super::hold::{FAR_SECS, Hold};
use super::{PlaybackState, SEEK_LEAD, Stall, Standing};
use crate::clock_sync::ClockSync;
use crate::film::FilmSource;
use crate::interface::FilmCopy;
use crate::player::{Chapter, FilmTrack, PlayerCommand, PlayerPosition};

/// Places this near are the same, in seconds. What is compared is where the player was sent, so that
/// half a frame more would let paused players stand apart and start apart.
const STANDING_SECS: f64 = 0.002;
/// A start this long past can still be met.
const LATE: Duration = Duration::from_millis(3);
/// The first guess of how long the player takes to stand at another place; then it is measured. It is given
/// this long even if it needs less: started right behind a seek, its sound is 20 to 30 ms early.
const SEEK_GUESS: Duration = SEEK_LEAD;
/// The same for a film that comes from friends: what is there has to be asked for first.
const STREAM_SEEK_GUESS: Duration = Duration::from_millis(1_100);
/// What is this near behind a place at which it was late is here by then, in seconds, and takes no longer than this.
const NEAR_SECS: f64 = 3.0;
const NEAR_SEEK: Duration = Duration::from_millis(600);
/// The others are told how long in these steps, not of each millisecond.
const SEEK_STEP_MS: u32 = 50;
/// … unless no other comes for this long: the film has nothing there.
const SEEK_GRACE: Duration = Duration::from_millis(1_500);
/// A film whose player does not tell is stepped through by this many frames a second.
const USUAL_FRAME_RATE: f64 = 24.0;

/// What the player is doing as far as we told it.
#[derive(Debug, Default)]
enum Phase {
    /// There is no copy of the film.
    #[default]
    Empty,
    /// It opens the film.
    Loading { to: f64, since: Instant },
    /// It goes to a place.
    Seeking { to: f64, since: Instant, strayed: Option<Instant> },
    /// It stands at a place, primed.
    Standing { at: f64 },
    /// It starts from that place at this time.
    Armed { from: f64, start: Instant },
    /// It plays.
    Playing { hold: Hold },
    /// It ran to the end.
    Ended,
}

/// The follower.
#[derive(Debug)]
pub(super) struct Follower {
    phase: Phase,
    position: Option<PlayerPosition>,
    offset_secs: Option<f64>,
    rate: f64,
    /// A rate that begins at a moment.
    rate_due: Option<(Instant, f64)>,
    trim: f64,
    trim_until: Option<Instant>,
    seek_takes: Duration,
    /// It was given less than that.
    hastened: bool,
    no_jump_before: Option<Instant>,
    /// The player waits for input: since when, and how much of it it has, in percent.
    buffering: Option<(Instant, u8)>,
    /// What keeps it from playing, since when, and from when on the others are told.
    hindered: Option<Hindered>,
    stall: Option<Stall>,
    /// Since when there is little ahead, and how much it was then, in seconds.
    low: Option<(Instant, f64)>,
    strained: bool,
    frame_secs: f64,
    /// One's own copy's time minus the room's, in seconds.
    shift_secs: f64,
    /// It was loaded while the room played: it joins.
    joining: bool,
    joined: bool,
    /// It comes from friends.
    streams: bool,
    tracks: Vec<FilmTrack>,
    chapters: Vec<Chapter>,
    chosen: (i64, i64),
    commands: Vec<PlayerCommand>,
}

impl Default for Follower {
    fn default() -> Self {
        Self {
            phase: Phase::Empty,
            position: None,
            offset_secs: None,
            rate: 1.0,
            rate_due: None,
            trim: 1.0,
            trim_until: None,
            seek_takes: SEEK_GUESS,
            hastened: false,
            no_jump_before: None,
            buffering: None,
            hindered: None,
            stall: None,
            low: None,
            strained: false,
            frame_secs: 1.0 / USUAL_FRAME_RATE,
            shift_secs: 0.0,
            joining: false,
            joined: false,
            streams: false,
            tracks: Vec::new(),
            chapters: Vec::new(),
            chosen: (0, 0),
            commands: Vec::new(),
        }
    }
}

impl Follower {
    pub(super) fn copy(&self) -> FilmCopy {
        match self.phase {
            Phase::Empty => FilmCopy::None,
            _ if self.streams => FilmCopy::Streaming,
            _ => FilmCopy::Local,
        }
    }

    /// How one stands, but for what a person says.
    pub(super) fn standing(&self) -> Standing {
        Standing {
            copy: self.copy(),
            ready: !matches!(self.phase, Phase::Empty | Phase::Loading { .. }),
            stall: self.stall,
            strained: self.strained,
            agreed: false,
            // Tenths: more is noise.
            offset_ms: self.offset_secs.map(|offset| (offset * 1e4).round() / 10.0),
            seek_ms: (self.seek_takes.as_millis() as u32).next_multiple_of(SEEK_STEP_MS),
        }
    }

    /// How long a frame of the film lasts, in seconds.
    pub(super) fn frame_secs(&self) -> f64 {
        self.frame_secs
    }

    pub(super) fn take_commands(&mut self) -> impl Iterator<Item = PlayerCommand> + use<> {
        std::mem::take(&mut self.commands).into_iter()
    }

    /// True once after one joined a film that was playing.
    pub(super) fn take_joined(&mut self) -> bool {
        std::mem::take(&mut self.joined)
    }

    pub(super) fn next_timeout(&self) -> Option<Instant> {
        let phase = match &self.phase {
            Phase::Armed { start, .. } => Some(*start),
            Phase::Seeking { strayed: Some(since), .. } => Some(*since + SEEK_GRACE),
            _ => None,
        };
        let stall = self.hindered.filter(|_| self.stall.is_none()).map(|hindered| hindered.told_at);
        [phase, self.rate_due.map(|(due, _)| due), self.trim_until, stall]
            .into_iter()
            .flatten()
            .min()
    }

    /// Another cut than the room's: its time for the same picture is this much later, in seconds.
    pub(super) fn shift(
        &mut self,
        shift_secs: f64,
        state: &PlaybackState,
        clock: &ClockSync,
        now: Instant,
    ) {
        if !shift_secs.is_finite() || (shift_secs - self.shift_secs).abs() < STANDING_SECS {
            return;
        }
        self.shift_secs = shift_secs;
        self.position = None;
        if !matches!(self.phase, Phase::Empty | Phase::Loading { .. }) {
            self.command(PlayerCommand::Pause);
            self.phase = Phase::Standing { at: f64::NAN };
            self.align(state, clock, now);
        }
    }

    /// Opens one's copy where the room will be when it is open.
    pub(super) fn load(
        &mut self,
        source: FilmSource,
        shift_secs: f64,
        state: &PlaybackState,
        clock: &ClockSync,
        now: Instant,
    ) {
        self.reset();
        self.shift_secs = if shift_secs.is_finite() { shift_secs } else { 0.0 };
        let to = state.position_at(clock.room_time(now + self.seek_takes));
        self.joining = state.playing;
        self.streams = matches!(source, FilmSource::Stream(_));
        if self.streams {
            self.seek_takes = STREAM_SEEK_GUESS;
        }
        self.command(PlayerCommand::Load { source, position_secs: to });
        self.phase = Phase::Loading { to, since: now };
    }

    /// The room shows another film now, or none.
    pub(super) fn drop_film(&mut self) {
        if self.copy() != FilmCopy::None {
            self.command(PlayerCommand::Unload);
        }
        self.reset();
    }

    fn reset(&mut self) {
        let commands = std::mem::take(&mut self.commands);
        *self = Self { commands, ..Self::default() };
        self.command(PlayerCommand::Rate(1.0));
        self.command(PlayerCommand::Trim(1.0));
    }

    /// Tells the player, in its own copy's time.
    fn command(&mut self, command: PlayerCommand) {
        let there = |position_secs: f64| (position_secs + self.shift_secs).max(0.0);
        self.commands.push(match command {
            PlayerCommand::Load { source, position_secs } => {
                PlayerCommand::Load { source, position_secs: there(position_secs) }
            }
            PlayerCommand::Seek { position_secs } => {
                PlayerCommand::Seek { position_secs: there(position_secs) }
            }
            command => command,
        });
    }

    // ---- following the state ----

    /// Brings the player to where the room is, if it is not on its way there.
    pub(super) fn align(&mut self, state: &PlaybackState, clock: &ClockSync, now: Instant) {
        if matches!(self.phase, Phase::Empty | Phase::Loading { .. }) {
            return;
        }
        if !state.playing || is_over(state, clock, now) {
            self.set_rate(state.speed());
            self.stand_at(state.position_at(clock.room_time(now)), now);
        } else if clock.is_settled() {
            self.run(state, clock, now);
        } else {
            self.stand_at(state.position_secs, now);
        }
    }

    fn stand_at(&mut self, position_secs: f64, now: Instant) {
        match self.phase {
            Phase::Empty | Phase::Loading { .. } => {}
            Phase::Standing { at } if (at - position_secs).abs() <= STANDING_SECS => {}
            Phase::Seeking { to, .. } if (to - position_secs).abs() <= STANDING_SECS => {}
            Phase::Armed { from, .. } if (from - position_secs).abs() <= STANDING_SECS => {
                self.command(PlayerCommand::Pause);
                self.phase = Phase::Standing { at: from };
            }
            // At the end there is no frame to stand on; the last one is shown already.
            Phase::Ended
                if self
                    .position
                    .is_some_and(|last| last.position_secs <= position_secs + FAR_SECS) => {}
            Phase::Armed { .. } | Phase::Playing { .. } => {
                self.command(PlayerCommand::Pause);
                self.seek(position_secs, now);
            }
            Phase::Standing { .. } | Phase::Seeking { .. } | Phase::Ended => {
                self.seek(position_secs, now);
            }
        }
    }

    fn seek(&mut self, to: f64, now: Instant) {
        self.end_trim();
        (self.offset_secs, self.buffering) = (None, None);
        (self.low, self.strained) = (None, false);
        self.command(PlayerCommand::Seek { position_secs: to });
        self.phase = Phase::Seeking { to, since: now, strayed: None };
    }

    /// Plays in step with the room.
    fn run(&mut self, state: &PlaybackState, clock: &ClockSync, now: Instant) {
        let start = clock.instant_of(state.at);
        if let Phase::Playing { hold } = &mut self.phase {
            let away = self.position.map(|position| {
                let ahead = now.saturating_duration_since(position.at).as_secs_f64()
                    * self.rate
                    * self.trim;
                let upcoming = now.max(start);
                let until = upcoming.saturating_duration_since(now).as_secs_f64() * self.rate;
                position.position_secs + ahead + until
                    - state.position_at(clock.room_time(upcoming))
            });
            if away.is_some_and(|away| away.abs() < FAR_SECS) {
                // The same course, perhaps at another rate from a moment on.
                let changes = (self.rate - state.speed()).abs() > f64::EPSILON;
                // A change that was due and is taken back is due no longer.
                let taken_back = self.rate_due.take().is_some();
                if changes {
                    self.rate_due = Some((start, state.speed()));
                }
                if changes || taken_back {
                    hold.pause_until(start.max(now));
                }
                return;
            }
            self.command(PlayerCommand::Pause);
            self.phase = Phase::Standing { at: f64::NAN };
        }
        self.set_rate(state.speed());
        let ready_at = |follower: &Self, place: f64| match follower.phase {
            Phase::Standing { at } | Phase::Armed { from: at, .. } => {
                (at - place).abs() <= STANDING_SECS
            }
            _ => false,
        };
        if ready_at(self, state.position_secs) && now <= start + LATE {
            return self.arm(state.position_secs, start);
        }
        if let Phase::Seeking { to, .. } = self.phase
            && (to - state.position_secs).abs() <= STANDING_SECS
            && now <= start
        {
            return;
        }
        // Too late for the common start, or somewhere else: meet the room where it will be.
        let here = state.position_at(clock.room_time(now));
        let near = self.streams
            && matches!(self.phase, Phase::Standing { at } if (0.0..NEAR_SECS).contains(&(here - at)));
        // Once: a player that is slow all the same needs its time.
        self.hastened = near && !self.hastened;
        let takes = if self.hastened { self.seek_takes.min(NEAR_SEEK) } else { self.seek_takes };
        let meet = start.max(now + takes);
        let to = state.position_at(clock.room_time(meet));
        if !matches!(self.phase, Phase::Seeking { to: under_way, .. } if (under_way - to).abs() <= STANDING_SECS)
        {
            self.seek(to, now);
        }
    }

    fn arm(&mut self, from: f64, start: Instant) {
        if !matches!(self.phase, Phase::Armed { start: armed, .. } if armed == start) {
            self.command(PlayerCommand::PlayAt(start));
            self.phase = Phase::Armed { from, start };
            if std::mem::take(&mut self.joining) {
                self.joined = true;
            }
        }
    }

    fn set_rate(&mut self, rate: f64) {
        self.rate_due = None;
        if (self.rate - rate).abs() > f64::EPSILON {
            self.rate = rate;
            self.command(PlayerCommand::Rate(rate));
        }
    }

    pub(super) fn timeout(&mut self, state: &PlaybackState, clock: &ClockSync, now: Instant) {
        if let Some((due, rate)) = self.rate_due
            && now >= due
        {
            self.set_rate(rate);
        }
        if self.trim_until.is_some_and(|until| now >= until) {
            self.end_trim();
        }
        match self.phase {
            Phase::Armed { start, .. } if now >= start => {
                self.phase = Phase::Playing { hold: Hold::new(start) };
            }
            Phase::Seeking { to, strayed: Some(since), .. } if now >= since + SEEK_GRACE => {
                self.stand(to, state, clock, now);
            }
            _ => {}
        }
    }

    fn end_trim(&mut self) {
        if self.trim_until.take().is_some() {
            self.trim = 1.0;
            self.command(PlayerCommand::Trim(1.0));
        }
    }
}

/// Has the room's film run to its end?
fn is_over(state: &PlaybackState, clock: &ClockSync, now: Instant) -> bool {
    state.duration().is_some_and(|duration| state.position_at(clock.room_time(now)) >= duration)
}
