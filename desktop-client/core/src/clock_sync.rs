//! Room time: what all participants' clocks agree on, and how exactly.
//!
//! Owns the probes on the `clock` channel and the room clock they steer. Leaves to the session who the
//! reference is: the participant who is connected and has been there longest. That one's room clock
//! runs free; the others steer theirs by it. Whoever becomes the reference keeps its own estimate and
//! lets it run on, so that room time does not jump when the reference leaves.
//!
//! Rules for moving: before the first adoption, or when more than 250 ms off, the clock is moved at
//! once (and its generation counted up); else it is bent by at most 2 ms a second, so that room time
//! never runs backwards. Only replies of the reference to our own open requests move it, each once,
//! and a jump must be borne out by several of them.

mod estimate;
mod room_clock;
mod room_time;
mod wire;

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use bytes::Bytes;
use cinemasync_protocol::ParticipantId;

use self::estimate::{Estimate, Sample};
use self::room_clock::{MAX_ROOM_US, RoomClock};
pub use self::room_time::RoomTime;
use self::wire::{Probe, Reply};

/// Probes at the start, this quickly one after the other.
const BURST: u32 = 10;
const BURST_INTERVAL: Duration = Duration::from_millis(25);
/// While the first replies are still missing (the channel may not be open yet) the pace slows to this,
const EAGER_INTERVAL: Duration = Duration::from_millis(100);
/// until this many probes were sent in vain.
const EAGER: u32 = 60;
/// On a link with much jitter a burst finds no quick probes: until this many were sent,
const WARM: u32 = 50;
/// the pace is this.
const WARM_INTERVAL: Duration = Duration::from_millis(250);
/// Afterwards a probe each this plus up to as much again.
const CALM_INTERVAL: Duration = Duration::from_millis(700);
/// Open requests a peer. At the bound the oldest counts as lost.
const MAX_OPEN: usize = 64;
/// A reply later than this tells too little.
const MAX_ROUND_TRIP_US: f64 = 3e6;
/// Datagrams that wait to be sent. At the bound new ones are dropped; the next probe makes up for it.
const MAX_OUTPUTS: usize = 256;

/// A peer's room clock against ours.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PeerClock {
    /// Its room clock minus ours, in milliseconds.
    pub offset_ms: f64,
    /// How exactly that is known, in milliseconds, if clocks drift by at most 200 ppm.
    pub error_ms: f64,
    /// Smoothed time of a probe and its reply, in milliseconds.
    pub rtt_ms: f64,
}

#[derive(Debug, Default)]
struct Peer {
    estimate: Estimate,
    /// Number and time of sending in our own microseconds, oldest first.
    open: VecDeque<(u32, i64)>,
    probes: u32,
    next_probe: Option<Instant>,
    generation: Option<u32>,
    rtt_us: Option<f64>,
}

/// Our room clock and what we know of the others'.
#[derive(Debug)]
pub struct ClockSync {
    epoch: Instant,
    /// The latest time seen.
    latest: Instant,
    clock: RoomClock,
    reference: Option<ParticipantId>,
    /// Was room time ever taken over from another, or are we where it comes from?
    adopted: bool,
    generation: u32,
    peers: BTreeMap<ParticipantId, Peer>,
    outputs: VecDeque<(ParticipantId, Bytes)>,
}

impl ClockSync {
    /// A clock of one who is alone: room time is 0 at `epoch`, and we are the reference.
    pub fn new(epoch: Instant) -> Self {
        Self {
            epoch,
            latest: epoch,
            clock: RoomClock::default(),
            reference: None,
            adopted: false,
            generation: 0,
            peers: BTreeMap::new(),
            outputs: VecDeque::new(),
        }
    }

    /// A link to this peer is there: it is probed from now on.
    pub fn add_peer(&mut self, id: ParticipantId, now: Instant) {
        self.latest = self.latest.max(now);
        let peer = Peer { next_probe: Some(now), ..Peer::default() };
        self.peers.entry(id).or_insert(peer);
        self.handle_timeout(now);
    }

    /// The link to this peer is gone.
    pub fn remove_peer(&mut self, id: &ParticipantId) {
        self.peers.remove(id);
        self.outputs.retain(|(to, _)| to != id);
    }

    /// Whose room clock counts; `None`: ours.
    pub fn set_reference(&mut self, reference: Option<ParticipantId>, now: Instant) {
        self.latest = self.latest.max(now);
        if self.reference == reference {
            return;
        }
        self.reference = reference;
        // What was learned of the drift stays; a bend on the way to the old reference ends.
        let (now_us, drift) = (self.own_us(now), self.clock.drift());
        self.clock.run_at(now_us, drift);
        self.follow(now);
    }

    /// A datagram came from a peer at `arrived`.
    pub fn datagram(&mut self, from: &ParticipantId, bytes: &[u8], arrived: Instant, now: Instant) {
        self.latest = self.latest.max(now);
        match Probe::decode(bytes) {
            Some(Probe::Request { number, sent }) => {
                let reply = Reply {
                    number,
                    sent,
                    received: self.room_time(arrived.min(now)).0,
                    answered: self.room_time(now).0,
                    settled: self.is_settled(),
                    generation: self.generation,
                };
                self.push(from, Probe::Reply(reply));
            }
            Some(Probe::Reply(reply)) => self.replied(from, reply, arrived.min(now), now),
            None => {}
        }
    }

    /// Sends the probes that are due.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.latest = self.latest.max(now);
        let sent = self.own_us(now) as i64;
        let mut due = Vec::new();
        for (id, peer) in &mut self.peers {
            if peer.next_probe.is_none_or(|at| at > now) {
                continue;
            }
            let number = peer.probes;
            peer.probes = peer.probes.wrapping_add(1);
            if peer.open.len() == MAX_OPEN {
                peer.open.pop_front();
            }
            peer.open.push_back((number, sent));
            let interval = if number < BURST {
                BURST_INTERVAL
            } else if number < EAGER && !peer.estimate.is_known() {
                EAGER_INTERVAL
            } else if number < WARM {
                WARM_INTERVAL
            } else {
                CALM_INTERVAL + CALM_INTERVAL.mul_f64(scatter(number))
            };
            peer.next_probe = Some(now + interval);
            due.push((id.clone(), Probe::Request { number, sent }));
        }
        for (id, probe) in due {
            self.push(&id, probe);
        }
    }

    /// A datagram to send to a peer, or `None`.
    pub fn poll_output(&mut self) -> Option<(ParticipantId, Bytes)> {
        self.outputs.pop_front()
    }

    /// When to call [`ClockSync::handle_timeout`] at the latest.
    pub fn next_timeout(&self) -> Option<Instant> {
        self.peers.values().filter_map(|peer| peer.next_probe).min()
    }

    /// Room time at a time.
    pub fn room_time(&self, at: Instant) -> RoomTime {
        RoomTime(self.clock.room_us(self.own_us(at)).round() as i64)
    }

    /// The time of a room time. What lies beyond what a clock can hold becomes the nearest it can: the
    /// clock's epoch or a century after it.
    pub fn instant_of(&self, time: RoomTime) -> Instant {
        let own_us = self.clock.own_us((time.0 as f64).clamp(-MAX_ROOM_US, MAX_ROOM_US));
        let away = Duration::from_secs_f64((own_us.abs() / 1e6).min(MAX_ROOM_US / 1e6));
        let there =
            if own_us < 0.0 { self.epoch.checked_sub(away) } else { self.epoch.checked_add(away) };
        there.unwrap_or(self.epoch)
    }

    /// Is room time known: are we the reference, or was its time taken over?
    pub fn is_settled(&self) -> bool {
        self.reference.is_none() || self.adopted
    }

    /// How far our room time may be from the reference's, if clocks drift by at most 200 ppm and as of
    /// the latest input. `None` until it is settled.
    pub fn error_bound(&self) -> Option<Duration> {
        if !self.is_settled() {
            return None;
        }
        let Some(reference) = &self.reference else { return Some(Duration::ZERO) };
        let now_us = self.own_us(self.latest);
        let offset = self.peers.get(reference)?.estimate.at(now_us)?;
        let off = (now_us + offset.offset_us - self.clock.room_us(now_us)).abs();
        Some(Duration::from_secs_f64(((off + offset.error_us) / 1e6).min(1e6)))
    }

    /// The longest smoothed round trip to any peer; zero without peers.
    pub fn longest_round_trip(&self) -> Duration {
        let longest = self.peers.values().filter_map(|peer| peer.rtt_us).fold(0.0, f64::max);
        Duration::from_secs_f64(longest / 1e6)
    }

    /// This peer's room clock against ours, once known.
    pub fn peer(&self, id: &ParticipantId) -> Option<PeerClock> {
        let peer = self.peers.get(id)?;
        let now_us = self.own_us(self.latest);
        let offset = peer.estimate.at(now_us).filter(|_| peer.estimate.is_known())?;
        Some(PeerClock {
            offset_ms: (now_us + offset.offset_us - self.clock.room_us(now_us)) / 1e3,
            error_ms: offset.error_us / 1e3,
            rtt_ms: peer.rtt_us? / 1e3,
        })
    }

    fn replied(&mut self, from: &ParticipantId, reply: Reply, arrived: Instant, now: Instant) {
        let arrived_us = self.own_us(arrived);
        let Some(peer) = self.peers.get_mut(from) else { return };
        let asked = (reply.number, reply.sent);
        let Some(index) = peer.open.iter().position(|open| *open == asked) else { return };
        peer.open.remove(index);
        let trip = arrived_us - reply.sent as f64;
        let absurd = |time: i64| (time as f64).abs() > MAX_ROOM_US;
        if absurd(reply.received) || absurd(reply.answered) {
            return;
        }
        let held = reply.answered as f64 - reply.received as f64;
        if !(0.0..=MAX_ROUND_TRIP_US).contains(&trip) || !(0.0..=trip + 1e3).contains(&held) {
            return;
        }
        let rtt = (trip - held).max(0.0);
        peer.rtt_us = Some(peer.rtt_us.map_or(rtt, |smooth| smooth + (rtt - smooth) / 8.0));
        if !reply.settled {
            return;
        }
        if peer.generation.replace(reply.generation) != Some(reply.generation) {
            peer.estimate.clear();
        }
        let fits = peer.estimate.add(Sample {
            at_us: arrived_us,
            low_us: reply.answered as f64 - arrived_us,
            high_us: reply.received as f64 - reply.sent as f64,
        });
        if fits && self.reference.as_ref() == Some(from) {
            self.follow(now);
        }
    }

    /// Steers our room clock by the reference's.
    fn follow(&mut self, now: Instant) {
        let now_us = self.own_us(now);
        let Some(peer) = self.reference.as_ref().and_then(|id| self.peers.get(id)) else { return };
        let Some(offset) = peer.estimate.at(now_us).filter(|_| peer.estimate.is_known()) else {
            return;
        };
        let (target, drift) = (now_us + offset.offset_us, peer.estimate.drift());
        if self.clock.steer(now_us, target, drift, self.adopted) {
            self.generation = self.generation.wrapping_add(1);
        }
        self.adopted = true;
    }

    /// Our own clock at a time, in microseconds since the epoch.
    fn own_us(&self, at: Instant) -> f64 {
        match at.checked_duration_since(self.epoch) {
            Some(since) => since.as_secs_f64() * 1e6,
            None => -self.epoch.duration_since(at).as_secs_f64() * 1e6,
        }
    }

    fn push(&mut self, to: &ParticipantId, probe: Probe) {
        if self.outputs.len() < MAX_OUTPUTS {
            self.outputs.push_back((to.clone(), probe.encode()));
        }
    }
}

/// A share in 0..1 that looks random, so that probes of many peers do not march in step.
fn scatter(number: u32) -> f64 {
    let mixed = number.wrapping_add(1).wrapping_mul(0x9E37_79B9);
    f64::from(mixed >> 8) / f64::from(1 << 24)
}
