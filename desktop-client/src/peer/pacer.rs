//! Lets packets out at the pace that the link carries: voice at once, repairs and pictures one after
//! the other, so that a keyframe is no burst that overflows a queue on the way.
//!
//! Stands below everything that makes packets and above what numbers and records them, as the crate's
//! own pacer would. That one holds voice back behind pictures and repairs without end.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rtc::interceptor::{Attribute, Interceptor, Packet, StreamInfo, TaggedPacket};
use rtc::sansio::Protocol;
use rtc::shared::error::Error;

use super::uplink::Uplink;

/// Faster than the estimate, so that a picture is out before the next one comes.
const HEADROOM: f64 = 1.5;
/// Before anything is known the first keyframe is let out fast: it is what one waits for.
const FIRST_BPS: f64 = 8_000_000.0;
/// What may leave at once: two packets.
const BURST_BITS: f64 = 24_000.0;
/// Pictures' packets that wait at most: several keyframes. Full: what comes is dropped, and repaired
/// or answered by a request for a keyframe.
const QUEUE: usize = 2_048;
/// Repairs that wait at most. Full: what comes is dropped, and asked for again.
const REPAIRS: usize = 512;
/// Repairs get at most this share of what leaves.
const REPAIR_SHARE: f64 = 0.25;
/// Bits of repairs that may leave at once after a quiet time: a picture's worth.
const REPAIR_BURST_BITS: f64 = 200_000.0;
/// A packet is sent again at most so often, and not before the time before could have been heard of.
const REPAIR_TRIES: u32 = 4;
const LEAST_REPAIR_WAIT: Duration = Duration::from_millis(25);
const MOST_REPAIR_WAIT: Duration = Duration::from_millis(400);
/// Nobody waits for a repair after so long.
const FORGOTTEN: Duration = Duration::from_secs(2);
/// Packets whose repairs are remembered at most.
const REMEMBERED: usize = 1_024;

/// The interceptor.
pub(super) struct Pacer {
    uplink: Arc<Uplink>,
    budget_bits: f64,
    repair_bits: f64,
    refilled: Option<Instant>,
    /// Our voices' streams.
    voices: Vec<u32>,
    repaired: HashMap<(u32, u16), (u32, Instant)>,
    repairs: VecDeque<TaggedPacket>,
    pictures: VecDeque<TaggedPacket>,
    waiting_bits: f64,
    outbound: VecDeque<TaggedPacket>,
    inbound: VecDeque<TaggedPacket>,
}

impl Pacer {
    pub(super) fn new(uplink: Arc<Uplink>) -> Self {
        Self {
            uplink,
            budget_bits: BURST_BITS,
            repair_bits: REPAIR_BURST_BITS,
            refilled: None,
            voices: Vec::new(),
            repaired: HashMap::new(),
            repairs: VecDeque::new(),
            pictures: VecDeque::new(),
            waiting_bits: 0.0,
            outbound: VecDeque::new(),
            inbound: VecDeque::new(),
        }
    }

    fn rate(&self) -> f64 {
        let rate = self.uplink.target_bps() as f64 * HEADROOM;
        if self.uplink.is_known() { rate } else { rate.max(FIRST_BPS) }
    }

    fn refill(&mut self, now: Instant) {
        if let Some(before) = self.refilled {
            let bits = now.saturating_duration_since(before).as_secs_f64() * self.rate();
            self.budget_bits = (self.budget_bits + bits).min(BURST_BITS);
            self.repair_bits = (self.repair_bits + bits * REPAIR_SHARE).min(REPAIR_BURST_BITS);
        }
        self.refilled = Some(now);
    }

    /// May this packet be sent again now?
    fn admits_repair(&mut self, key: (u32, u16), bits: f64, now: Instant) -> bool {
        if self.repair_bits < bits || self.repairs.len() >= REPAIRS {
            return false;
        }
        if self.repaired.len() >= REMEMBERED {
            self.repaired.retain(|_, (_, at)| now.saturating_duration_since(*at) < FORGOTTEN);
            if self.repaired.len() >= REMEMBERED {
                return false;
            }
        }
        let (tries, last) = self.repaired.get(&key).copied().unwrap_or((0, now));
        let wait = self.uplink.rtt().mul_f64(1.1).clamp(LEAST_REPAIR_WAIT, MOST_REPAIR_WAIT);
        if tries >= REPAIR_TRIES || tries > 0 && now.saturating_duration_since(last) < wait {
            return false;
        }
        self.repaired.insert(key, (tries + 1, now));
        self.repair_bits -= bits;
        true
    }

    /// Lets out what there is budget for.
    fn release(&mut self, now: Instant) {
        while self.budget_bits > 0.0 {
            let Some(mut packet) = self.repairs.pop_front().or_else(|| self.pictures.pop_front())
            else {
                break;
            };
            let bits = bits(&packet);
            self.budget_bits -= bits;
            self.waiting_bits -= bits;
            // It leaves now: what it waited here is no delay of the network.
            packet.now = now;
            self.outbound.push_back(packet);
        }
        let backlog = self.waiting_bits.max(0.0) / self.rate() * 1_000.0;
        self.uplink.set_backlog_ms(backlog as u32);
    }

    fn is_waiting(&self) -> bool {
        !(self.repairs.is_empty() && self.pictures.is_empty())
    }
}

fn bits(packet: &TaggedPacket) -> f64 {
    match &packet.message.packet {
        // The header with its extension, the tag, and what UDP and IP add.
        Packet::Rtp(rtp) => (rtp.payload.len() + 70) as f64 * 8.0,
        _ => 0.0,
    }
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for Pacer {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        self.inbound.push_back(packet);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.inbound.pop_front()
    }

    fn handle_write(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        let now = packet.now;
        let Packet::Rtp(rtp) = &packet.message.packet else {
            self.outbound.push_back(packet);
            return Ok(());
        };
        let (key, bits) = ((rtp.header.ssrc, rtp.header.sequence_number), bits(&packet));
        self.refill(now);
        if self.voices.contains(&key.0) {
            self.budget_bits -= bits;
            self.outbound.push_back(packet);
            return Ok(());
        }
        if packet.message.has(&Attribute::Retransmission) {
            if self.admits_repair(key, bits, now) {
                self.waiting_bits += bits;
                self.repairs.push_back(packet);
            }
        } else if self.pictures.len() < QUEUE {
            self.waiting_bits += bits;
            self.pictures.push_back(packet);
        }
        self.release(now);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.outbound.pop_front()
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), Error> {
        if self.is_waiting() {
            self.refill(now);
            self.release(now);
        }
        Ok(())
    }

    fn poll_timeout(&mut self) -> Option<Instant> {
        let refilled = self.refilled.filter(|_| self.is_waiting())?;
        let missing = (-self.budget_bits).max(0.0) / self.rate();
        Some(refilled + Duration::from_secs_f64(missing) + Duration::from_micros(100))
    }
}

impl Interceptor for Pacer {
    fn bind_local_stream(&mut self, info: &StreamInfo) {
        if info.mime_type.starts_with("audio/") && !self.voices.contains(&info.ssrc) {
            self.voices.push(info.ssrc);
        }
    }

    fn unbind_local_stream(&mut self, info: &StreamInfo) {
        self.voices.retain(|ssrc| *ssrc != info.ssrc);
    }

    fn bind_remote_stream(&mut self, _info: &StreamInfo) {}

    fn unbind_remote_stream(&mut self, _info: &StreamInfo) {}
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use rtc::interceptor::AttributedPacket;
    use rtc::rtp;
    use rtc::shared::TransportContext;

    use super::*;

    const VOICE: u32 = 1;
    const CAMERA: u32 = 2;

    fn packet(ssrc: u32, sequence: u16, now: Instant) -> TaggedPacket {
        let header = rtp::Header { ssrc, sequence_number: sequence, ..Default::default() };
        let rtp = rtp::Packet { header, payload: Bytes::from(vec![0; 1_130]) };
        TaggedPacket {
            now,
            transport: TransportContext::default(),
            message: AttributedPacket::new(Packet::Rtp(rtp)),
        }
    }

    fn repair(sequence: u16, now: Instant) -> TaggedPacket {
        let mut packet = packet(CAMERA, sequence, now);
        packet.message.add(Attribute::Retransmission);
        packet
    }

    fn pacer() -> (Pacer, Arc<Uplink>) {
        let uplink = Arc::new(Uplink::default());
        let mut pacer = Pacer::new(Arc::clone(&uplink));
        pacer.bind_local_stream(&StreamInfo {
            ssrc: VOICE,
            mime_type: "audio/opus".to_owned(),
            ..Default::default()
        });
        (pacer, uplink)
    }

    /// Lets time pass until nothing waits; when each packet left, in milliseconds.
    fn drain(pacer: &mut Pacer, start: Instant) -> Vec<(u16, u128)> {
        let mut left = Vec::new();
        loop {
            while let Some(packet) = pacer.poll_write() {
                if let Packet::Rtp(rtp) = &packet.message.packet {
                    let at = (packet.now - start).as_millis();
                    left.push((rtp.header.sequence_number, at));
                }
            }
            let Some(due) = pacer.poll_timeout() else { return left };
            pacer.handle_timeout(due).expect("never fails");
        }
    }

    #[test]
    fn pictures_leave_at_the_pace_of_the_link_and_voice_at_once() {
        let (mut pacer, uplink) = pacer();
        let start = Instant::now();
        uplink.estimated(1e6);
        for sequence in 0..100 {
            pacer.handle_write(packet(CAMERA, sequence, start)).expect("never fails");
        }
        assert!(uplink.is_full());
        pacer.handle_write(packet(VOICE, 1_000, start)).expect("never fails");
        let left = drain(&mut pacer, start);
        let voice = left.iter().position(|(sequence, _)| *sequence == 1_000).expect("it left");
        assert!(voice <= 3, "behind what had left already: {voice}");
        let (_, last) = left.last().expect("they left");
        // 100 packets of 1,200 bytes at 1.5 Mbit/s.
        assert!((600..=660).contains(last), "{last}");
        assert!(!uplink.is_full());
    }

    #[test]
    fn the_first_keyframe_does_not_wait_for_an_estimate() {
        let (mut pacer, _) = pacer();
        let start = Instant::now();
        for sequence in 0..50 {
            pacer.handle_write(packet(CAMERA, sequence, start)).expect("never fails");
        }
        let left = drain(&mut pacer, start);
        let (_, last) = left.last().expect("they left");
        assert!(*last <= 80, "{last}");
    }

    #[test]
    fn a_packet_is_repaired_a_few_times_a_round_trip_apart_and_before_new_pictures() {
        let (mut pacer, uplink) = pacer();
        let start = Instant::now();
        uplink.estimated(1e6);
        uplink.set_rtt(Duration::from_millis(100));
        for sequence in 10..20 {
            pacer.handle_write(packet(CAMERA, sequence, start)).expect("never fails");
        }
        for ms in (0..2_000).step_by(20) {
            let now = start + Duration::from_millis(ms);
            pacer.handle_write(repair(5, now)).expect("never fails");
        }
        let left = drain(&mut pacer, start);
        let repairs: Vec<u128> =
            left.iter().filter(|(sequence, _)| *sequence == 5).map(|(_, at)| *at).collect();
        assert_eq!(repairs.len(), 4, "{repairs:?}");
        assert!(repairs.windows(2).all(|pair| pair[1] - pair[0] >= 100), "{repairs:?}");
        assert!(repairs[3] <= 500, "{repairs:?}");
        let first = left.iter().position(|(sequence, _)| *sequence == 5).expect("it left");
        assert!(first < 5, "{left:?}");
    }

    #[test]
    fn repairs_take_a_part_of_the_link_only() {
        let (mut pacer, uplink) = pacer();
        let start = Instant::now();
        uplink.estimated(1e6);
        let mut sent = 0;
        for ms in 0..2_000_u64 {
            let now = start + Duration::from_millis(ms);
            pacer.handle_write(repair(ms as u16, now)).expect("never fails");
            sent += drain(&mut pacer, start).len();
        }
        // A quarter of 1.5 Mbit/s over 2 s and the burst are 99 packets of 9,600 bits.
        assert!((80..=110).contains(&sent), "{sent}");
    }
}
