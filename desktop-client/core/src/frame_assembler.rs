//! RTP packets of one video track in, whole H.264 access units out.
//!
//! Owns the order (a bounded reorder window that also waits for repairs), what is given up and
//! when, and when the sender is asked for a keyframe. Taking payloads apart is
//! [`access_unit`]'s work; sending the requests (NACK, PLI) and the codec are
//! others'.
//!
//! The rule: an access unit is given out only when every packet of it, and of all before it since
//! the last keyframe, came. After a loss nothing comes until a keyframe, for a decoder fed with a
//! hole shows garbage until then anyway.

mod access_unit;

use std::collections::VecDeque;
use std::collections::btree_map::{BTreeMap, Entry};
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::packet::RtpPacket;

use self::access_unit::AccessUnit;

/// Packets held back at most; also how far ahead a packet may be before the stream counts as new.
/// A keyframe of 1 Mbyte is about 900 packets of 1,200 bytes.
pub const MAX_BUFFERED_PACKETS: usize = 2048;
/// Bytes of payload held back at most.
pub const MAX_BUFFERED_BYTES: usize = 4 << 20;
/// Size of an access unit at most. A 1080p keyframe of a call is below 300 kB.
pub const MAX_ACCESS_UNIT_BYTES: usize = 4 << 20;
/// A keyframe is asked for again after this long (or twice the round-trip time if that is longer):
/// encoders take some tens of milliseconds, and a second request on the way costs a second
/// keyframe.
pub const KEYFRAME_REQUEST_INTERVAL: Duration = Duration::from_millis(300);

/// How long a hole waits for its repair beyond one round trip: requests go out every 20 ms, at most
/// 5 times a packet, so what has not come 100 ms and a round trip after the hole was seen will not
/// come; 20 ms for the way through both programs.
const REPAIR_TRIES: Duration = Duration::from_millis(120);
/// A hole is never waited for longer: the picture stands still meanwhile, and a keyframe would have
/// been here.
const MAX_REPAIR_WAIT: Duration = Duration::from_millis(400);
/// Assumed until the round-trip time is known.
const DEFAULT_RTT: Duration = Duration::from_millis(80);
/// So many packets in a row from before what was given out already: not stragglers, but a sender
/// that started again.
const STRAGGLERS_BEFORE_RESET: u32 = 64;

/// What the assembler gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assembled {
    /// One whole access unit, in decoding order.
    AccessUnit {
        /// Annex B byte stream.
        access_unit: Bytes,
        /// RTP timestamp, 90 kHz, wrapping.
        rtp_timestamp: u32,
        /// Holds an IDR picture with its parameter sets: decoding can start here.
        keyframe: bool,
        /// When its last packet arrived.
        arrived: Instant,
    },
    /// The sender is to be asked for a keyframe. Limited in rate.
    KeyframeNeeded,
}

/// The machine for one track. Feed it packets and time, then drain [`poll_output`](Self::poll_output).
#[derive(Debug)]
pub struct FrameAssembler {
    rtt: Duration,
    /// Packets not consumed yet, by unwrapped sequence number.
    buffer: BTreeMap<u64, RtpPacket>,
    buffered_bytes: usize,
    /// The number to be consumed next; `None` before the first packet.
    next: Option<u64>,
    stragglers: u32,
    /// Since when the buffer waits for `next`.
    hole_since: Option<Instant>,
    /// The unit under construction.
    unit: AccessUnit,
    /// Timestamp of the packet consumed last.
    last_timestamp: Option<u32>,
    /// Do we know that the next packet starts a unit or continues `unit`?
    aligned: bool,
    /// Nothing is given out until a keyframe.
    needs_keyframe: bool,
    /// When a keyframe was asked for last.
    asked: Option<Instant>,
    dropped_units: u64,
    outputs: VecDeque<Assembled>,
}

impl Default for FrameAssembler {
    fn default() -> Self {
        Self::new()
    }
}

impl FrameAssembler {
    /// A machine that waits for its first keyframe.
    pub fn new() -> Self {
        Self {
            rtt: DEFAULT_RTT,
            buffer: BTreeMap::new(),
            buffered_bytes: 0,
            next: None,
            stragglers: 0,
            hole_since: None,
            unit: AccessUnit::default(),
            last_timestamp: None,
            aligned: false,
            needs_keyframe: true,
            asked: None,
            dropped_units: 0,
            outputs: VecDeque::new(),
        }
    }

    /// Tells the round-trip time, by which holes wait for their repair.
    pub fn set_rtt(&mut self, rtt: Duration) {
        self.rtt = rtt;
    }

    /// Takes a packet; its arrival is the time now.
    pub fn handle_packet(&mut self, packet: RtpPacket) {
        let now = packet.arrived;
        if let Some(sequence) = self.unwrap_sequence(packet.sequence)
            && let Entry::Vacant(place) = self.buffer.entry(sequence)
        {
            self.buffered_bytes += packet.payload.len();
            place.insert(packet);
            self.consume();
        }
        while self.buffer.len() > MAX_BUFFERED_PACKETS || self.buffered_bytes > MAX_BUFFERED_BYTES {
            self.give_up_hole();
        }
        self.handle_timeout(now);
    }

    /// Lets time pass: a hole may be given up, a keyframe asked for again.
    pub fn handle_timeout(&mut self, now: Instant) {
        while self.hole_since.is_some_and(|since| now >= since + self.repair_wait()) {
            self.give_up_hole();
        }
        if self.needs_keyframe && self.next.is_some() {
            self.ask_for_keyframe(now);
        }
    }

    /// When [`handle_timeout`](Self::handle_timeout) is due; `None` while there is nothing to wait for.
    pub fn next_timeout(&self) -> Option<Instant> {
        let hole = self.hole_since.map(|since| since + self.repair_wait());
        let asks = self.needs_keyframe && !self.unit.may_become_keyframe();
        let ask = self.asked.filter(|_| asks).map(|at| at + self.ask_interval());
        [hole, ask].into_iter().flatten().min()
    }

    /// What there is to give out or to ask for, one at a time.
    pub fn poll_output(&mut self) -> Option<Assembled> {
        self.outputs.pop_front()
    }

    /// Access units that were begun and given up since the start.
    pub fn dropped_units(&self) -> u64 {
        self.dropped_units
    }

    fn repair_wait(&self) -> Duration {
        (self.rtt + REPAIR_TRIES).min(MAX_REPAIR_WAIT)
    }

    fn ask_interval(&self) -> Duration {
        KEYFRAME_REQUEST_INTERVAL.max(2 * self.rtt)
    }

    /// The packet's place in the stream, or `None` if it came too late to matter.
    fn unwrap_sequence(&mut self, sequence: u16) -> Option<u64> {
        // Counting starts high, so that what precedes the first packet has a number too.
        let Some(next) = self.next else {
            let first = (1 << 32) | u64::from(sequence);
            self.next = Some(first);
            return Some(first);
        };
        #[expect(clippy::cast_possible_truncation, reason = "the low 16 bits are the number sent")]
        let delta = sequence.wrapping_sub(next as u16).cast_signed();
        let unwrapped = next.saturating_add_signed(i64::from(delta));
        let ahead = usize::try_from(delta).unwrap_or(0);
        if delta < 0 {
            self.stragglers += 1;
            if self.stragglers < STRAGGLERS_BEFORE_RESET {
                return None;
            }
        } else if ahead <= MAX_BUFFERED_PACKETS {
            self.stragglers = 0;
            return Some(unwrapped);
        }
        // A jump either way: the sender started again. What waits belongs to the old stream.
        self.stragglers = 0;
        self.buffer.clear();
        self.buffered_bytes = 0;
        self.hole_since = None;
        self.lose_unit();
        let restart = (next & !0xffff) + (1 << 16) + u64::from(sequence);
        self.next = Some(restart);
        Some(restart)
    }

    /// Consumes what is in order.
    fn consume(&mut self) {
        while let Some(next) = self.next
            && let Some(packet) = self.buffer.remove(&next)
        {
            self.buffered_bytes -= packet.payload.len();
            self.next = Some(next + 1);
            self.hole_since = None;
            self.take_in_order(&packet);
        }
        if self.hole_since.is_none() {
            // The hole was there to be seen since anything behind it came: counting from now would
            // add up the waits of several holes.
            self.hole_since = self.buffer.values().map(|packet| packet.arrived).min();
        }
    }

    /// Gives up the packets missing before the first one held back.
    fn give_up_hole(&mut self) {
        let Some((&first, _)) = self.buffer.first_key_value() else {
            self.hole_since = None;
            return;
        };
        self.next = Some(first);
        self.lose_unit();
        self.hole_since = None;
        self.consume();
    }

    /// A unit cannot be completed, and we do not know where the next one starts.
    fn lose_unit(&mut self) {
        if !self.unit.is_empty() {
            self.dropped_units += 1;
        }
        self.unit.clear();
        self.aligned = false;
        self.needs_keyframe = true;
        self.last_timestamp = None;
    }

    fn take_in_order(&mut self, packet: &RtpPacket) {
        // Padding, as senders use to probe: counts in the sequence and carries nothing.
        if packet.payload.is_empty() {
            return;
        }
        if self.last_timestamp.is_some_and(|last| last != packet.timestamp) {
            // A new timestamp starts a unit, also where the sender sets no markers.
            self.finish_unit();
            self.aligned = true;
        }
        if access_unit::starts_with_parameter_set(&packet.payload) && self.unit.is_empty() {
            self.aligned = true;
        }
        self.last_timestamp = Some(packet.timestamp);
        if self.aligned {
            self.unit.push(packet, MAX_ACCESS_UNIT_BYTES);
        }
        if packet.marker {
            self.finish_unit();
            self.last_timestamp = None;
            self.aligned = true;
        }
    }

    fn finish_unit(&mut self) {
        let Some(finished) = self.unit.finish() else { return };
        let whole = match finished {
            Ok(whole) => whole,
            Err(access_unit::Broken) => {
                self.dropped_units += 1;
                self.needs_keyframe = true;
                return;
            }
        };
        if self.needs_keyframe && !whole.keyframe {
            self.dropped_units += 1;
            return;
        }
        self.needs_keyframe = false;
        self.asked = None;
        self.outputs.push_back(Assembled::AccessUnit {
            access_unit: whole.annex_b,
            rtp_timestamp: whole.timestamp,
            keyframe: whole.keyframe,
            arrived: whole.arrived,
        });
    }

    fn ask_for_keyframe(&mut self, now: Instant) {
        // While a keyframe is just arriving, asking again would only cost a second one.
        if self.unit.may_become_keyframe() {
            return;
        }
        if self.asked.is_none_or(|at| now >= at + self.ask_interval()) {
            self.asked = Some(now);
            self.outputs.push_back(Assembled::KeyframeNeeded);
        }
    }
}

#[cfg(test)]
mod tests;
