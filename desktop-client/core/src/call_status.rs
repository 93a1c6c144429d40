//! How a call stands, for people: from the snapshot's figures, once a second, a condition for each
//! friend and one sentence for all. Words first; the figures beside them are `words`' and `report`'s.
//!
//! A condition begins only after it has lasted for `RAISE_AFTER` and ends only after it was clearly
//! better for `CLEAR_AFTER`, so that words do not flap with a figure that wavers around a limit.

mod history;
mod latch;
mod report;
mod words;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use cinemasync_protocol::ParticipantId;

use self::history::History;
use self::latch::Latch;
use crate::interface::{ParticipantView, Snapshot};
use crate::link::LinkState;
use crate::plan::{DecoderStats, MediaStats, VoiceStats};
use crate::track::Track;

pub use self::history::{HISTORY, Sample};
pub use self::report::report;
pub use self::words::{bitrate, own_figures, path, person_figures};

/// Figures are taken in so often; what comes sooner is not.
const STEP: Duration = Duration::from_millis(900);
/// A symptom that lasts for less is not told.
const RAISE_AFTER: Duration = Duration::from_secs(3);
/// One that is over for less than this is still told.
const CLEAR_AFTER: Duration = Duration::from_secs(6);

/// A figure's two limits: bad from the first on, good again only up to the second.
#[derive(Debug, Clone, Copy)]
struct Limits {
    bad: f64,
    good: f64,
}

impl Limits {
    /// Whether `value` is bad, and whether it is good. Between them it is neither. What is not
    /// known is good.
    fn judge(self, value: Option<f64>) -> (bool, bool) {
        let value = value.unwrap_or(self.good);
        if self.bad > self.good {
            (value >= self.bad, value <= self.good)
        } else {
            (value <= self.bad, value >= self.good)
        }
    }
}

/// Lost packets in percent: from 5 % on pictures suffer visibly, below 2 % repairs hide it.
const LOSS: Limits = Limits { bad: 5.0, good: 2.0 };
/// Round trip in milliseconds: from 400 ms on people talk over each other.
const DELAY: Limits = Limits { bad: 400.0, good: 250.0 };
/// What a link carries, in bits a second: less than 400 kbit/s is no picture worth its name.
const ROOM: Limits = Limits { bad: 400_000.0, good: 700_000.0 };
/// Concealed voice in percent: 3 % is heard as words that break off.
const CONCEALED: Limits = Limits { bad: 3.0, good: 1.0 };
/// Pictures a second: fewer than 5 are a row of stills.
const PICTURES: Limits = Limits { bad: 5.0, good: 10.0 };
/// Share of the time between two pictures that encoding one takes: beyond it the computer is too slow.
const ENCODING: Limits = Limits { bad: 0.8, good: 0.5 };
/// A picture sent at fewer lines than this, over a weak link, is a reduced one.
const FULL_LINES: u32 = 360;

/// How the connection to somebody stands. Ordered: a greater one matters more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Condition {
    /// All is well.
    #[default]
    Good,
    /// The voice breaks off.
    VoiceBreaks,
    /// The picture stands or stutters.
    PictureStutters,
    /// Words take long to arrive.
    LongDelay,
    /// Little gets through.
    Weak {
        /// And the picture is smaller or slower for it.
        reduced: bool,
    },
    /// Not connected yet.
    Connecting,
    /// The way was lost and is looked for.
    Reconnecting,
    /// There is no way.
    NoConnection,
    /// A person is to decide first whether its key is right.
    OtherKey,
}

/// Somebody's condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonStatus {
    /// Who.
    pub id: ParticipantId,
    /// What it calls itself.
    pub name: String,
    /// How the connection stands.
    pub condition: Condition,
}

/// What this program uses of the computer.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ProgramUse {
    /// Processor time; 100 is one core.
    pub cpu_percent: f64,
    /// Resident memory in MiB.
    pub rss_mib: f64,
}

/// The status of a call, kept up to date by its figures.
#[derive(Debug, Default)]
pub struct CallStatus {
    links: BTreeMap<ParticipantId, LinkHealth>,
    people: Vec<PersonStatus>,
    encoding: Latch,
    server_away: bool,
    program: ProgramUse,
    taken_at: Option<Instant>,
}

/// What is remembered of one link.
#[derive(Debug, Default)]
struct LinkHealth {
    loss: Latch,
    delay: Latch,
    room: Latch,
    voice: Latch,
    picture: Latch,
    freezes: u64,
    /// Does a weak link show in the picture? Judged by the picture, without a delay of its own.
    reduced: bool,
    history: History,
}

impl CallStatus {
    /// Takes in the figures as they are now. To be called as often as one likes: they count once a
    /// second, states and names at once.
    pub fn update(&mut self, snapshot: &Snapshot, program: ProgramUse, now: Instant) {
        let due = self.taken_at.is_none_or(|at| now.saturating_duration_since(at) >= STEP);
        self.links.retain(|id, _| snapshot.participants.iter().any(|person| person.id == *id));
        for person in &snapshot.participants {
            let health = self.links.entry(person.id.clone()).or_default();
            if due {
                health.take(person, &snapshot.media, now);
            }
        }
        if due {
            self.taken_at = Some(now);
            self.program = program;
            let (bad, good) = ENCODING.judge(encoding_share(&snapshot.media));
            self.encoding.feed(bad, good, now);
        }
        self.server_away = !snapshot.signaling_connected;
        self.people = snapshot.participants.iter().map(|person| self.status(person)).collect();
    }

    fn status(&self, person: &ParticipantView) -> PersonStatus {
        let condition = match person.state {
            _ if person.other_key.is_some() => Condition::OtherKey,
            LinkState::Connecting => Condition::Connecting,
            LinkState::Reconnecting => Condition::Reconnecting,
            LinkState::Failed | LinkState::Closed => Condition::NoConnection,
            LinkState::Connected => {
                self.links.get(&person.id).map_or(Condition::Good, LinkHealth::condition)
            }
        };
        PersonStatus { id: person.id.clone(), name: person.name.clone(), condition }
    }

    /// Everybody's condition, in the snapshot's order.
    pub fn people(&self) -> &[PersonStatus] {
        &self.people
    }

    /// Somebody's condition.
    pub fn of(&self, id: &ParticipantId) -> Condition {
        let found = self.people.iter().find(|person| person.id == *id);
        found.map(|person| person.condition).unwrap_or_default()
    }

    /// Somebody's figures of the last minutes, oldest first; one a second.
    pub fn history(&self, id: &ParticipantId) -> impl ExactSizeIterator<Item = &Sample> {
        static NONE: History = History::new();
        self.links.get(id).map_or(&NONE, |health| &health.history).samples()
    }

    /// What this program used of the computer last.
    pub fn program(&self) -> ProgramUse {
        self.program
    }
}

impl LinkHealth {
    fn take(&mut self, person: &ParticipantView, media: &MediaStats, now: Instant) {
        let link = &person.link;
        self.history.add(Sample {
            rtt_ms: link.rtt_ms.filter(|ms| ms.is_finite()),
            loss_percent: link.loss_percent.filter(|percent| percent.is_finite()),
            received_bps: link.received_bps,
            sent_bps: link.sent_bps,
        });
        let (camera, voice) = received(person, media);
        let freezes = camera.map_or(0, |camera| camera.freezes);
        let froze = freezes > std::mem::replace(&mut self.freezes, freezes);
        let fps = camera.map(|camera| camera.fps).filter(|fps| *fps > 0.0 && person.camera);
        let connected = person.state == LinkState::Connected;
        // Of a link that carries little because little is sent, nothing is known.
        let used = |bps: &u64| connected && link.sent_bps.saturating_mul(2) >= *bps;
        let room = link.available_bps.filter(used).map(|bps| bps as f64);
        for (latch, limits, value) in [
            (&mut self.loss, LOSS, link.loss_percent),
            (&mut self.delay, DELAY, link.rtt_ms),
            (&mut self.room, ROOM, room),
            (&mut self.voice, CONCEALED, voice.map(|voice| voice.concealed_percent)),
        ] {
            let (bad, good) = limits.judge(value.filter(|value| value.is_finite()));
            latch.feed(bad, good, now);
        }
        let (bad, good) = PICTURES.judge(fps);
        self.picture.feed(bad || froze, good && !froze, now);

        let small = camera.is_some_and(|camera| camera.height > 0 && camera.height < FULL_LINES);
        let slow = fps.is_some_and(|fps| fps < 15.0);
        let narrow = room.is_some_and(|bps| bps < ROOM.good);
        let worse = person.camera_rung.is_some_and(|rung| rung > 0);
        self.reduced = small || slow || narrow || worse;
    }

    fn condition(&self) -> Condition {
        let weak = self.loss.is_on() || self.room.is_on();
        [
            (weak, Condition::Weak { reduced: self.reduced }),
            (self.delay.is_on(), Condition::LongDelay),
            (self.picture.is_on(), Condition::PictureStutters),
            (self.voice.is_on(), Condition::VoiceBreaks),
        ]
        .into_iter()
        .find_map(|(on, condition)| on.then_some(condition))
        .unwrap_or_default()
    }
}

fn received<'a>(
    person: &ParticipantView,
    media: &'a MediaStats,
) -> (Option<&'a DecoderStats>, Option<&'a VoiceStats>) {
    let found = media.received.iter().find(|(id, ..)| *id == person.id);
    let Some((_, decoders, voice)) = found else { return (None, None) };
    (decoders.iter().find(|decoder| decoder.track == Track::Camera), voice.as_ref())
}

/// The share of its time that the busiest encoder works.
fn encoding_share(media: &MediaStats) -> Option<f64> {
    let shares = media.encoders.iter().map(|encoder| encoder.encode_ms * encoder.fps / 1_000.0);
    shares.filter(|share| share.is_finite()).max_by(f64::total_cmp)
}

#[cfg(test)]
mod tests;
