//! The room's playback state and how one's own player follows it.
//!
//! The state is replicated: every participant holds it, a change bumps its revision, and of two the
//! one with the greater (revision, participant) wins everywhere. It says where the film is at which
//! room time, so following it needs no further messages: a start is scheduled a moment ahead for
//! all, and afterwards `hold` measures how far one's own player is off and corrects it rarely.
//!
//! The parts: `acts` what people do, `conductor` waiting for those who cannot keep up, `follower` one's
//! own player, `state` and `standing` what is told.

mod acts;
mod conductor;
mod follower;
mod hold;
mod standing;
mod state;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use cinemasync_protocol::ParticipantId;

use crate::clock_sync::ClockSync;
use crate::film::{FilmInfo, FilmSource};
use crate::interface::{Cause, FilmCopy, PlaybackStage, WaitReason};
use crate::player::{Chapter, FilmTrack, PlayerCommand, PlayerEvent};
use crate::room_rules::Rules;
use acts::Undo;
pub use acts::Undoable;
use conductor::{Conductor, Decision};
use follower::Follower;
pub use standing::{Stall, Standing};
pub use state::{PlaybackState, Waiting};

/// From a pressed button to the common start: time for the news to reach everybody, beside half the
/// longest round trip.
const START_LEAD: Duration = Duration::from_millis(150);
/// The same after a seek: players must find the place first.
const SEEK_LEAD: Duration = Duration::from_millis(450);
/// And no longer, whatever somebody's player takes: who is later catches up.
const LONGEST_SEEK_LEAD: Duration = Duration::from_millis(1_500);
/// Play pressed this close to the end begins anew, in seconds.
const END_SECS: f64 = 0.5;
/// Offsets are told to the others this often.
const OFFSETS_TOLD: Duration = Duration::from_secs(2);
/// Slowest and fastest rate of a room.
pub const RATES: std::ops::RangeInclusive<f64> = 0.25..=4.0;

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum PlaybackInput {
    /// A person shows this film.
    Open(Opening),
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
    /// A person here went a frame forward (or back) in the film that stands still.
    Step {
        /// Forward?
        forward: bool,
    },
    /// A person here takes back what somebody just did.
    Undo,
    /// A person here is ready for the first start, or no longer.
    Ready(bool),
    /// A peer's state came.
    Remote(PlaybackState),
    /// A peer tells how it stands.
    Standing(ParticipantId, Standing),
    /// A peer can be talked to now.
    PeerJoined(ParticipantId),
    /// A peer cannot be reached.
    PeerGone(ParticipantId),
    /// It is on us, or no longer, to act for the room.
    Conduct(bool),
    /// The room's rules.
    Rules(Rules),
    /// One's own copy of the film that is shown comes from here.
    Attached {
        /// A file, or the film's address.
        source: FilmSource,
        /// Its time minus the room's for the same picture, in seconds: of another cut.
        shift_secs: f64,
    },
    /// One's own copy is of another cut: its time minus the room's, in seconds.
    Shift(f64),
    /// The player reports.
    Player(PlayerEvent),
    /// Room time became known.
    ClockSettled,
    /// [`PlaybackSync::next_timeout`] has come.
    Timeout,
}

/// A film that is shown to the room.
#[derive(Debug, Clone, PartialEq)]
pub struct Opening {
    /// Which.
    pub film: FilmInfo,
    /// Who has it.
    pub by: ParticipantId,
    /// Where it stands, in seconds.
    pub position_secs: f64,
    /// Does it play as soon as all have opened it?
    pub plays: bool,
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
    /// The room went on without these.
    LeftBehind(Vec<ParticipantId>),
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
    /// Its chapters.
    pub chapters: Vec<Chapter>,
    /// Chosen audio track; 0 for none.
    pub audio_track: i64,
    /// Chosen subtitle track; 0 for none.
    pub subtitle_track: i64,
    /// One's own copy's time minus the room's, in seconds.
    pub shift_secs: f64,
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
    conductor: Conductor,
    conducts: bool,
    rules: Rules,
    agreed: bool,
    undo: Option<Undo>,
    told: Standing,
    offset_told: Option<Instant>,
    /// The latest time seen.
    latest: Option<Instant>,
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
            conductor: Conductor::default(),
            conducts: false,
            rules: Rules::default(),
            agreed: false,
            undo: None,
            told: Standing::default(),
            offset_told: None,
            latest: None,
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

    /// Has the person here said to be ready?
    pub fn agreed(&self) -> bool {
        self.agreed
    }

    /// How much of what it needs somebody has whom the room waits for, in percent.
    pub fn percent(&self, id: &ParticipantId) -> Option<u8> {
        self.conductor.percent(id)
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Option<PlaybackOutput> {
        self.outputs.pop_front()
    }

    /// When [`PlaybackInput::Timeout`] is wanted.
    pub fn next_timeout(&self) -> Option<Instant> {
        let patience = self.rules.patience();
        let conductor =
            self.latest.and_then(|now| self.conductor.next_timeout(&self.state, patience, now));
        [self.follower.next_timeout(), conductor].into_iter().flatten().min()
    }

    /// How playback stands here.
    pub fn view(&self, clock: &ClockSync, now: Instant) -> LocalPlayback {
        let target_secs = self.state.position_at(clock.room_time(now));
        self.follower.view(&self.state, target_secs, now)
    }

    /// Takes one input. Drain [`PlaybackSync::poll_output`] afterwards.
    pub fn handle(&mut self, input: PlaybackInput, clock: &ClockSync, now: Instant) {
        self.latest = self.latest.max(Some(now));
        self.conductor.keep(&self.state, self.rules.patience(), now);
        match input {
            PlaybackInput::Open(opening) => self.open(opening, clock, now),
            PlaybackInput::Close => self.close(clock, now),
            PlaybackInput::Play => self.play(clock, now),
            PlaybackInput::Pause => self.pause(clock, now),
            PlaybackInput::Seek(position_secs) => self.seek(position_secs, clock, now),
            PlaybackInput::Rate(rate) => self.rate(rate, clock, now),
            PlaybackInput::Step { forward } => self.step(forward, clock, now),
            PlaybackInput::Undo => self.take_back(clock, now),
            PlaybackInput::Ready(ready) => self.agreed = ready && self.state.film.is_some(),
            PlaybackInput::Remote(state) => self.remote(state, clock, now),
            PlaybackInput::Standing(id, standing) => {
                self.conductor.standing(&id, standing.bounded(), now);
            }
            PlaybackInput::PeerJoined(id) => {
                self.conductor.standing(&id, Standing::default(), now);
                self.outputs.push_back(PlaybackOutput::SendTo(id, self.state.clone()));
                self.outputs.push_back(PlaybackOutput::Standing(self.told));
            }
            PlaybackInput::PeerGone(id) => self.conductor.gone(&id),
            PlaybackInput::Conduct(conducts) => self.conducts = conducts,
            PlaybackInput::Rules(rules) => self.rules = rules,
            PlaybackInput::Attached { source, shift_secs } => {
                self.attached(source, shift_secs, clock, now);
            }
            PlaybackInput::Shift(shift_secs) => {
                self.follower.shift(shift_secs, &self.state, clock, now);
            }
            PlaybackInput::Player(event) => self.player(event, clock, now),
            PlaybackInput::ClockSettled => {
                self.follower.align(&self.state, clock, now);
            }
            PlaybackInput::Timeout => self.follower.timeout(&self.state, clock, now),
        }
        self.follower.look(&self.state, clock, now);
        self.tell_standing(now);
        self.conduct(clock, now);
        self.outputs.extend(self.follower.take_commands().map(PlaybackOutput::Player));
        if self.follower.take_joined() {
            self.tell(Cause::Join);
        }
    }

    /// Tells the others how one stands: at once what matters, and offsets now and then.
    fn tell_standing(&mut self, now: Instant) {
        let standing = Standing { agreed: self.agreed, ..self.follower.standing() };
        self.conductor.standing(&self.me, standing, now);
        let rested = self.offset_told.is_none_or(|told| now >= told + OFFSETS_TOLD);
        let moved = standing.offset_ms != self.told.offset_ms;
        if standing.is_like(&self.told) && !(moved && rested) {
            return;
        }
        self.told = standing;
        self.offset_told = Some(now);
        self.outputs.push_back(PlaybackOutput::Standing(standing));
    }

    /// Does for the room what is on us to do.
    fn conduct(&mut self, clock: &ClockSync, now: Instant) {
        if !self.conducts {
            return;
        }
        let Some(decision) = self.conductor.decide(&self.state, now) else { return };
        let here = self.state.position_at(clock.room_time(now));
        let lead = START_LEAD + clock.longest_round_trip() / 2;
        let next = PlaybackState {
            adjustment: self.state.adjustment.saturating_add(1),
            by: self.me.clone(),
            at: clock.room_time(now),
            ..self.state.clone()
        };
        let state = match decision {
            Decision::Wait(waiting) => PlaybackState {
                playing: false,
                position_secs: here,
                waiting: Some(waiting),
                cause: Cause::Waiting,
                ..next
            },
            Decision::Resume => PlaybackState {
                playing: true,
                started: true,
                position_secs: here,
                at: clock.room_time(now + lead),
                waiting: None,
                cause: Cause::Resumed,
                ..next
            },
            // Everybody changes at one moment, so nobody gets ahead meanwhile.
            Decision::Slow(slowed) => {
                let at = clock.room_time(now + lead);
                let position_secs = self.state.position_at(at);
                PlaybackState { slowed, position_secs, at, cause: Cause::Waiting, ..next }
            }
        };
        self.publish(state, clock, now);
    }

    fn publish(&mut self, state: PlaybackState, clock: &ClockSync, now: Instant) {
        self.outputs.push_back(PlaybackOutput::Broadcast(state.clone()));
        let cause = state.cause;
        let same_film = state.film_id() == self.state.film_id();
        self.adopt(state, clock, now);
        if same_film && self.state.film.is_some() {
            self.tell(cause);
        }
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
        self.undo = Undo::of(&before, &self.state, clock.room_time(now), now);
        self.conductor.adopted(&before, &self.state, now);
        if before.film_id() != self.state.film_id() {
            self.agreed = false;
            self.follower.drop_film();
        }
        if before.film != self.state.film || before.opened_by != self.state.opened_by {
            self.outputs.push_back(PlaybackOutput::FilmChanged);
        }
        self.tell_waiting(&before);
        self.follower.align(&self.state, clock, now);
    }

    fn tell_waiting(&mut self, before: &PlaybackState) {
        if before.waiting == self.state.waiting {
            return;
        }
        let Waiting { who, why } = self
            .state
            .waiting
            .clone()
            .or_else(|| Some(Waiting { who: Vec::new(), why: before.waiting.as_ref()?.why }))
            .unwrap_or(Waiting { who: Vec::new(), why: WaitReason::Buffering });
        self.outputs.push_back(PlaybackOutput::Waiting { who, why });
        if let (Some(waiting), None, true) =
            (&before.waiting, &self.state.waiting, self.state.playing)
        {
            let left: Vec<ParticipantId> =
                waiting.who.iter().filter(|id| self.conductor.is_stalled(id)).cloned().collect();
            if !left.is_empty() {
                self.outputs.push_back(PlaybackOutput::LeftBehind(left));
            }
        }
    }

    // ---- one's own player ----

    fn attached(&mut self, source: FilmSource, shift_secs: f64, clock: &ClockSync, now: Instant) {
        if self.state.film.is_none() {
            return;
        }
        self.follower.load(source, shift_secs, &self.state, clock, now);
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
