//! What one link can carry, estimated from what the other end reports of our packets.
//!
//! Mostly by delay: while packets queue up somewhere on the way, less is sent than arrives; while they
//! do not, more is tried. Random loss alone changes nothing, as radio links lose packets without
//! being full; heavy loss does. The law and its numbers come from measurements on emulated links
//! (rates from 0.6 to 8 Mbit/s, loss up to 5 %), in which it kept more of the link and came back sooner
//! than Google's congestion control (draft-ietf-rmcat-gcc-02).

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Estimates stay within these, in bits a second: a voice, and far more than a call sends.
pub const LEAST_BPS: f64 = 60_000.0;
/// The most that is believed of a link, in bits a second.
pub const MOST_BPS: f64 = 30_000_000.0;
/// What a link is taken to carry before anything is known.
pub const FIRST_BPS: f64 = 1_200_000.0;

/// How far back the least delay counts as that of an empty path.
const BASE_SPAN: Duration = Duration::from_secs(15);
/// The queue is judged by the least delay of this span: jitter lifts single packets, a queue all.
const QUEUE_SPAN: Duration = Duration::from_millis(150);
/// What arrives is averaged over this.
const RATE_SPAN: Duration = Duration::from_millis(400);
/// Arrivals remembered at most, whatever times they are reported with.
const MOST_ARRIVALS: usize = 8_192;
/// Loss is judged over this.
const LOSS_SPAN: Duration = Duration::from_secs(2);
/// A queue longer than the first is ours to drain, and with a longer one in more haste, in
/// milliseconds.
const QUEUED_MS: f64 = 25.0;
const MUCH_QUEUED_MS: f64 = 100.0;
const FAR_TOO_MUCH_QUEUED_MS: f64 = 300.0;
/// Below this the path counts as empty, in milliseconds.
const EMPTY_MS: f64 = 12.0;
/// A packet's own time on the wire, which is no queue, in bits.
const PACKET_BITS: f64 = 9_600.0;
/// A delay that stays although much less is sent than when it began is no queue of ours: the path is
/// another one, or others fill it.
const NOT_OURS: Duration = Duration::from_secs(2);
const MUCH_LESS: f64 = 0.6;
const CUT_SPACING: Duration = Duration::from_millis(150);
const LOSS_CUT_SPACING: Duration = Duration::from_millis(500);
/// Nothing is tried so soon after a cut.
const REST: Duration = Duration::from_millis(500);
/// Growth a second: before the first cut, and afterwards.
const FIRST_GROWTH: f64 = 2.0;
const GROWTH: f64 = 1.25;
/// Near the rate at which the path was last full the growth is slow: so many bits a second, but no less
/// and no more than these shares.
const NEAR: f64 = 0.15;
const SLOW_GROWTH_BPS: f64 = 100_000.0;
const SLOW_GROWTH: std::ops::RangeInclusive<f64> = 0.05..=0.12;
/// Packets that leave one after the other, no further apart than this, are a train. One of so many, over so
/// long, that arrives nearly as fast as it left proves that the path carries as much, if only for that
/// moment: this share of it is believed, and no more than so many times what was believed before.
/// (As the probes of draft-ietf-rmcat-gcc-02 do, with pictures for probes.)
const TRAIN_GAP: Duration = Duration::from_millis(10);
const TRAIN: (usize, Duration) = (5, Duration::from_millis(8));
const UNSPREAD: f64 = 0.85;
const BELIEVED: f64 = 0.9;
const LEAP: f64 = 1.5;
/// That rate means nothing any more after so long.
const CEILING_SPAN: Duration = Duration::from_secs(30);
/// Loss below the first is random; above the second the path is full.
const RANDOM_LOSS: f64 = 0.05;
const HEAVY_LOSS: f64 = 0.10;
/// So many packets missing in a row, over so long, are a missing report and no loss.
const MISSING_REPORT: (usize, Duration) = (4, Duration::from_millis(50));

/// One of our packets and what became of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PacketFate {
    /// When it left.
    pub departure: Instant,
    /// When it arrived, by the other end's clock; `None` if it is lost.
    pub arrival: Option<Duration>,
    /// Its length.
    pub bytes: usize,
    /// Was it sent again after a loss?
    pub repair: bool,
}

/// The estimate of one link.
#[derive(Debug, Clone)]
pub struct Estimator {
    target_bps: f64,
    epoch: Option<Instant>,
    /// The least delay of each report in milliseconds, from an arbitrary zero.
    delays: VecDeque<(Instant, f64)>,
    /// What arrived when, by the other end's clock.
    arrivals: VecDeque<(Duration, usize)>,
    arrived_bytes: usize,
    first_arrival: Option<Duration>,
    /// First transmissions reported, and how many of them are lost.
    losses: VecDeque<(Instant, usize, usize)>,
    /// The rate at which the path was full, and when.
    ceiling: Option<(f64, Instant)>,
    last_cut: Option<Instant>,
    /// Since when there is a queue, and what arrived then.
    queued_since: Option<(Instant, f64)>,
    last_loss_cut: Option<Instant>,
    grown: Option<Instant>,
}

impl Default for Estimator {
    fn default() -> Self {
        Self::new()
    }
}

impl Estimator {
    /// One that knows nothing yet.
    pub fn new() -> Self {
        Self {
            target_bps: FIRST_BPS,
            epoch: None,
            delays: VecDeque::new(),
            arrivals: VecDeque::new(),
            arrived_bytes: 0,
            first_arrival: None,
            losses: VecDeque::new(),
            ceiling: None,
            last_cut: None,
            queued_since: None,
            last_loss_cut: None,
            grown: None,
        }
    }

    /// What should be sent, in bits a second, everything on the link together.
    pub fn target_bps(&self) -> f64 {
        self.target_bps
    }

    /// Packets go another way from now on: delays of the old one mean nothing on it.
    pub fn route_changed(&mut self) {
        self.delays.clear();
        self.queued_since = None;
    }

    /// Takes one report: packets in the order of their departure.
    pub fn on_report(&mut self, now: Instant, fates: &[PacketFate]) {
        let Some(first) = fates.first() else { return };
        let epoch = *self.epoch.get_or_insert(first.departure);
        self.count_losses(now, fates);
        self.count_arrivals(fates);
        let delay = |fate: &PacketFate| {
            let sent = fate.departure.saturating_duration_since(epoch);
            Some((fate.arrival?.as_secs_f64() - sent.as_secs_f64()) * 1_000.0)
        };
        let Some(least) = fates.iter().filter_map(delay).reduce(f64::min) else { return };
        self.delays.push_back((now, least));
        let within = |at: Instant, span| now.saturating_duration_since(at) <= span;
        while self.delays.front().is_some_and(|(at, _)| !within(*at, BASE_SPAN)) {
            self.delays.pop_front();
        }
        let least_of = |span| {
            let recent = self.delays.iter().rev().take_while(|(at, _)| within(*at, span));
            recent.map(|(_, delay)| *delay).fold(f64::INFINITY, f64::min)
        };
        let queued_ms = least_of(QUEUE_SPAN) - least_of(BASE_SPAN);
        self.decide(now, queued_ms, proven_bps(fates));
    }

    fn decide(&mut self, now: Instant, queued_ms: f64, proven_bps: f64) {
        let received = self.received_bps();
        let loss = self.loss();
        let since =
            |at: Option<Instant>| at.map_or(Duration::MAX, |at| now.saturating_duration_since(at));
        if loss > HEAVY_LOSS && since(self.last_loss_cut) >= LOSS_CUT_SPACING {
            self.last_loss_cut = Some(now);
            self.set(self.target_bps * (1.0 - loss / 2.0));
        }
        let own_ms = PACKET_BITS / received.max(LEAST_BPS) * 1_000.0;
        let queued = queued_ms > QUEUED_MS + own_ms;
        if !queued {
            self.queued_since = None;
        } else if let (at, then) = *self.queued_since.get_or_insert((now, received))
            && now.saturating_duration_since(at) > NOT_OURS
            && received < MUCH_LESS * then
        {
            self.route_changed();
            return;
        }
        if queued {
            if since(self.last_cut) >= CUT_SPACING {
                let share = match queued_ms - own_ms {
                    queued if queued > FAR_TOO_MUCH_QUEUED_MS => 0.5,
                    queued if queued > MUCH_QUEUED_MS => 0.7,
                    _ => 0.85,
                };
                self.cut(now, received, share);
            }
        } else if queued_ms < EMPTY_MS + own_ms
            && loss < RANDOM_LOSS
            && since(self.last_cut) >= REST
        {
            self.leap(now, proven_bps);
            if received > 0.6 * self.target_bps {
                self.grow(now);
                return;
            }
        }
        self.grown = Some(now);
    }

    /// Believes what a train has proved, unless the path was full at less a while ago.
    fn leap(&mut self, now: Instant, proven_bps: f64) {
        let most = match self.ceiling {
            Some((ceiling, at)) if now.saturating_duration_since(at) <= CEILING_SPAN => {
                ceiling * (1.0 - NEAR)
            }
            _ => f64::INFINITY,
        };
        let believed = (BELIEVED * proven_bps).min(LEAP * self.target_bps).min(most);
        if believed > self.target_bps {
            self.set(believed);
        }
    }

    fn cut(&mut self, now: Instant, received: f64, share: f64) {
        self.last_cut = Some(now);
        // Who sends little says little about the path: then one cut must not be the end of it.
        let least = if received < 0.5 * self.target_bps { 0.6 * self.target_bps } else { 0.0 };
        self.ceiling = Some((received.min(self.target_bps).max(least), now));
        self.set((share * received).max(least).min(self.target_bps));
    }

    fn grow(&mut self, now: Instant) {
        let before = self.grown.replace(now).unwrap_or(now);
        let seconds = now.saturating_duration_since(before).as_secs_f64().min(0.2);
        self.ceiling =
            self.ceiling.filter(|(_, at)| now.saturating_duration_since(*at) <= CEILING_SPAN);
        let target = self.target_bps;
        let near = self.ceiling.is_some_and(|(ceiling, _)| (target / ceiling - 1.0).abs() <= NEAR);
        let grown = if near {
            let step =
                SLOW_GROWTH_BPS.clamp(target * SLOW_GROWTH.start(), target * SLOW_GROWTH.end());
            target + step * seconds
        } else if self.last_cut.is_none() {
            target * FIRST_GROWTH.powf(seconds)
        } else {
            target * GROWTH.powf(seconds)
        };
        self.set(grown);
    }

    fn set(&mut self, bps: f64) {
        self.target_bps = bps.clamp(LEAST_BPS, MOST_BPS);
    }

    /// Counts bytes by the time they arrived; what a report that overtook another brings late counts
    /// as if it had come in turn.
    fn count_arrivals(&mut self, fates: &[PacketFate]) {
        for fate in fates {
            let Some(arrival) = fate.arrival else { continue };
            self.first_arrival.get_or_insert(arrival);
            let newest = self.arrivals.back().map_or(arrival, |(at, _)| *at);
            self.arrivals.push_back((arrival.max(newest), fate.bytes));
            self.arrived_bytes += fate.bytes;
        }
        let Some(&(newest, _)) = self.arrivals.back() else { return };
        while let Some(&(at, bytes)) = self.arrivals.front()
            && (newest.saturating_sub(at) > RATE_SPAN || self.arrivals.len() > MOST_ARRIVALS)
        {
            self.arrivals.pop_front();
            self.arrived_bytes -= bytes;
        }
    }

    fn received_bps(&self) -> f64 {
        let (Some(first), Some(&(newest, _))) = (self.first_arrival, self.arrivals.back()) else {
            return 0.0;
        };
        let span = newest.saturating_sub(first).clamp(RATE_SPAN / 4, RATE_SPAN);
        self.arrived_bytes as f64 * 8.0 / span.as_secs_f64()
    }

    fn count_losses(&mut self, now: Instant, fates: &[PacketFate]) {
        let missing = fates.iter().take_while(|fate| fate.arrival.is_none()).count();
        let span = fates[..missing].last().map_or(Duration::ZERO, |last| {
            last.departure.saturating_duration_since(fates[0].departure)
        });
        let skipped =
            if missing >= MISSING_REPORT.0 && span >= MISSING_REPORT.1 { missing } else { 0 };
        let sent = fates[skipped..].iter().filter(|fate| !fate.repair);
        let (mut count, mut lost) = (0, 0);
        for fate in sent {
            count += 1;
            lost += usize::from(fate.arrival.is_none());
        }
        self.losses.push_back((now, count, lost));
        while self
            .losses
            .front()
            .is_some_and(|(at, ..)| now.saturating_duration_since(*at) > LOSS_SPAN)
        {
            self.losses.pop_front();
        }
    }

    /// The share of first transmissions that is lost.
    fn loss(&self) -> f64 {
        let (count, lost) =
            self.losses.iter().fold((0, 0), |(count, lost), (_, c, l)| (count + c, lost + l));
        // A handful of packets is no basis.
        if count < 20 { 0.0 } else { lost as f64 / count as f64 }
    }
}

/// The rate of the fastest train in a report that arrived as it left, in bits a second; 0 if there is none.
fn proven_bps(fates: &[PacketFate]) -> f64 {
    let follows = |a: &PacketFate, b: &PacketFate| {
        a.arrival.is_some()
            && b.arrival.is_some()
            && b.departure.saturating_duration_since(a.departure) <= TRAIN_GAP
    };
    fates.chunk_by(follows).map(train_bps).fold(0.0, f64::max)
}

/// The rate of one train, as far as it arrived as it left.
fn train_bps(train: &[PacketFate]) -> f64 {
    let [first, rest @ ..] = train else { return 0.0 };
    let Some(last) = rest.last().filter(|_| rest.len() >= TRAIN.0) else { return 0.0 };
    let sent = last.departure.saturating_duration_since(first.departure);
    let (Some(begin), Some(end)) = (first.arrival, last.arrival) else { return 0.0 };
    let arrived = end.saturating_sub(begin);
    if sent < TRAIN.1 || sent.as_secs_f64() < UNSPREAD * arrived.as_secs_f64() {
        return 0.0;
    }
    let bits = rest.iter().map(|fate| fate.bytes as f64 * 8.0).sum::<f64>();
    bits / sent.max(arrived).as_secs_f64()
}
