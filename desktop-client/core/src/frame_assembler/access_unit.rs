//! One H.264 access unit under construction, from RTP payloads in order (RFC 6184: single NAL units,
//! STAP-A and FU-A, the three kinds of packetization-mode 1).
//!
//! Leaves order, loss and keyframe policy to its parent.

use std::time::Instant;

use bytes::Bytes;

use crate::packet::RtpPacket;

const NAL_TYPE: u8 = 0x1f;
const NAL_IDR: u8 = 5;
const NAL_SPS: u8 = 7;
const NAL_PPS: u8 = 8;
const NAL_STAP_A: u8 = 24;
const NAL_FU_A: u8 = 28;
const FU_START: u8 = 0x80;
const FU_END: u8 = 0x40;
const START_CODE: [u8; 4] = [0, 0, 0, 1];

/// The unit cannot be used: a payload was malformed, a fragment missing or the unit too large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Broken;

/// A finished unit.
#[derive(Debug)]
pub(super) struct Whole {
    pub(super) annex_b: Bytes,
    pub(super) timestamp: u32,
    pub(super) keyframe: bool,
    pub(super) arrived: Instant,
}

/// The unit under construction; empty between units.
#[derive(Debug, Default)]
pub(super) struct AccessUnit {
    annex_b: Vec<u8>,
    /// Timestamp of the unit and arrival of its latest packet, once it has one.
    begun: Option<(u32, Instant)>,
    /// Inside a fragmented NAL unit?
    fragment_open: bool,
    broken: bool,
    sps: bool,
    pps: bool,
    idr: bool,
}

impl AccessUnit {
    /// Has no packet come since the last unit?
    pub(super) fn is_empty(&self) -> bool {
        self.begun.is_none()
    }

    pub(super) fn clear(&mut self) {
        *self = Self { annex_b: Vec::new(), ..Self::default() };
    }

    /// Is it whole so far and begun as keyframes do?
    pub(super) fn may_become_keyframe(&self) -> bool {
        self.sps && !self.broken
    }

    /// Adds the next packet's payload; the unit may grow to `max_bytes`.
    pub(super) fn push(&mut self, packet: &RtpPacket, max_bytes: usize) {
        let arrived = self.begun.map_or(packet.arrived, |(_, arrived)| arrived.max(packet.arrived));
        self.begun = Some((packet.timestamp, arrived));
        if self.broken {
            return;
        }
        // An aggregate's start codes are longer than its length fields: the check comes after, and
        // one packet is at most 64 KiB over.
        if self.add_payload(&packet.payload).is_err() || self.annex_b.len() > max_bytes {
            self.broken = true;
            self.annex_b = Vec::new();
        }
    }

    /// Takes the unit out; `None` if it had no NAL unit.
    pub(super) fn finish(&mut self) -> Option<Result<Whole, Broken>> {
        let (timestamp, arrived) = self.begun?;
        let unit = std::mem::take(self);
        if unit.broken || unit.fragment_open {
            return Some(Err(Broken));
        }
        if unit.annex_b.is_empty() {
            return None;
        }
        Some(Ok(Whole {
            annex_b: Bytes::from(unit.annex_b),
            timestamp,
            keyframe: unit.idr && unit.sps && unit.pps,
            arrived,
        }))
    }

    fn add_payload(&mut self, payload: &[u8]) -> Result<(), Broken> {
        let (&header, rest) = payload.split_first().ok_or(Broken)?;
        match header & NAL_TYPE {
            1..=23 => self.add_nal(payload),
            NAL_STAP_A => self.add_aggregate(rest),
            NAL_FU_A => self.add_fragment(header, rest),
            // Kinds that packetization-mode 1 forbids or that mean nothing: a receiver ignores them
            // (RFC 6184 §5.2).
            _ => Ok(()),
        }
    }

    fn add_nal(&mut self, nal: &[u8]) -> Result<(), Broken> {
        let &header = nal.first().ok_or(Broken)?;
        if self.fragment_open {
            return Err(Broken);
        }
        self.note(header);
        self.annex_b.extend_from_slice(&START_CODE);
        self.annex_b.extend_from_slice(nal);
        Ok(())
    }

    fn add_aggregate(&mut self, mut rest: &[u8]) -> Result<(), Broken> {
        while !rest.is_empty() {
            let (length, after) = rest.split_first_chunk::<2>().ok_or(Broken)?;
            let length = usize::from(u16::from_be_bytes(*length));
            let (nal, after) = after.split_at_checked(length).ok_or(Broken)?;
            self.add_nal(nal)?;
            rest = after;
        }
        Ok(())
    }

    fn add_fragment(&mut self, indicator: u8, rest: &[u8]) -> Result<(), Broken> {
        let (&fragment, data) = rest.split_first().ok_or(Broken)?;
        let starts = fragment & FU_START != 0;
        if starts == self.fragment_open {
            return Err(Broken);
        }
        if starts {
            let header = (indicator & !NAL_TYPE) | (fragment & NAL_TYPE);
            self.note(header);
            self.annex_b.extend_from_slice(&START_CODE);
            self.annex_b.push(header);
        }
        self.annex_b.extend_from_slice(data);
        self.fragment_open = fragment & FU_END == 0;
        Ok(())
    }

    fn note(&mut self, header: u8) {
        match header & NAL_TYPE {
            NAL_IDR => self.idr = true,
            NAL_SPS => self.sps = true,
            NAL_PPS => self.pps = true,
            _ => {}
        }
    }
}

/// Does the payload begin with a sequence parameter set? Such a packet starts a unit, whatever was
/// lost before it.
pub(super) fn starts_with_parameter_set(payload: &[u8]) -> bool {
    let nal = |header: u8| header & NAL_TYPE;
    match payload {
        [first, ..] if nal(*first) == NAL_SPS => true,
        [first, _, _, inner, ..] => nal(*first) == NAL_STAP_A && nal(*inner) == NAL_SPS,
        _ => false,
    }
}
