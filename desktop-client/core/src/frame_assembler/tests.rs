//! The assembler against its promise: with every packet there, in whatever order, all units come out
//! as they went in; without, what comes out is still whole, in order and decodable.

use proptest::prelude::*;

use super::*;

const RTT: Duration = Duration::from_millis(20);

fn nal(kind: u8, fill: u8, len: usize) -> Vec<u8> {
    let mut nal = vec![fill; len.max(1)];
    nal[0] = 0x60 | kind;
    nal
}

/// A unit as NAL units, and as the payloads a sender makes of it.
#[derive(Debug, Clone)]
struct Unit {
    annex_b: Vec<u8>,
    payloads: Vec<Vec<u8>>,
    keyframe: bool,
}

fn unit(keyframe: bool, size: usize, fill: u8, mtu: usize) -> Unit {
    let mut nals = Vec::new();
    let mut payloads = Vec::new();
    if keyframe {
        let (sps, pps) = (nal(7, fill, 12), nal(8, fill, 5));
        let mut aggregate = vec![0x78];
        for set in [&sps, &pps] {
            aggregate.extend_from_slice(&u16::try_from(set.len()).unwrap().to_be_bytes());
            aggregate.extend_from_slice(set);
        }
        payloads.push(aggregate);
        nals.extend([sps, pps]);
    }
    let picture = nal(if keyframe { 5 } else { 1 }, fill, size);
    if picture.len() <= mtu {
        payloads.push(picture.clone());
    } else {
        let pieces: Vec<&[u8]> = picture[1..].chunks(mtu - 2).collect();
        for (i, piece) in pieces.iter().enumerate() {
            let mut flags = picture[0] & 0x1f;
            if i == 0 {
                flags |= 0x80;
            }
            if i + 1 == pieces.len() {
                flags |= 0x40;
            }
            payloads.push([&[0x60 | 28, flags], *piece].concat());
        }
    }
    nals.push(picture);
    let annex_b = nals.iter().flat_map(|nal| [&[0, 0, 0, 1], nal.as_slice()].concat()).collect();
    Unit { annex_b, payloads, keyframe }
}

fn timestamp(unit: usize) -> u32 {
    (u32::MAX - 9000).wrapping_add(u32::try_from(unit).unwrap() * 3000)
}

fn packets(units: &[Unit], first_sequence: u16, t0: Instant) -> Vec<RtpPacket> {
    let mut sequence = first_sequence;
    let mut all = Vec::new();
    for (i, unit) in units.iter().enumerate() {
        let timestamp = timestamp(i);
        for (j, payload) in unit.payloads.iter().enumerate() {
            all.push(RtpPacket {
                sequence,
                timestamp,
                marker: j + 1 == unit.payloads.len(),
                payload: Bytes::copy_from_slice(payload),
                arrived: t0,
            });
            sequence = sequence.wrapping_add(1);
        }
    }
    all
}

fn drain(assembler: &mut FrameAssembler) -> (Vec<(Vec<u8>, u32, bool)>, usize) {
    let (mut units, mut asked) = (Vec::new(), 0);
    while let Some(output) = assembler.poll_output() {
        match output {
            Assembled::AccessUnit { access_unit, rtp_timestamp, keyframe, .. } => {
                units.push((access_unit.to_vec(), rtp_timestamp, keyframe));
            }
            Assembled::KeyframeNeeded => asked += 1,
        }
    }
    (units, asked)
}

fn stream(count: usize) -> Vec<Unit> {
    (0..count).map(|i| unit(i % 10 == 0, 300 + i * 97, u8::try_from(i).unwrap() | 1, 200)).collect()
}

#[test]
fn a_keyframe_and_its_followers_come_out_as_they_went_in() {
    let (t0, units) = (Instant::now(), stream(20));
    let mut assembler = FrameAssembler::new();
    for packet in packets(&units, 65_500, t0) {
        assembler.handle_packet(packet);
    }
    let (out, asked) = drain(&mut assembler);
    assert_eq!(asked, 0);
    assert_eq!(out.len(), units.len());
    for (out, unit) in out.iter().zip(&units) {
        assert_eq!((&out.0, out.2), (&unit.annex_b, unit.keyframe));
    }
    assert_eq!(assembler.next_timeout(), None);
}

#[test]
fn a_lost_packet_waits_for_its_repair_and_no_longer() {
    let (t0, units) = (Instant::now(), stream(4));
    let all = packets(&units, 7, t0);
    let lost = units[0].payloads.len() + 1;
    let mut assembler = FrameAssembler::new();
    assembler.set_rtt(RTT);
    for (i, packet) in all.iter().enumerate() {
        if i != lost {
            assembler.handle_packet(packet.clone());
        }
    }
    assert_eq!(drain(&mut assembler).0.len(), 1);
    let due = assembler.next_timeout().expect("a hole is waited for");
    assert_eq!(due, t0 + RTT + Duration::from_millis(120));

    let mut repaired = assembler;
    repaired.handle_packet(RtpPacket { arrived: due, ..all[lost].clone() });
    assert_eq!(drain(&mut repaired), (expected(&units, 1..4), 0), "the repair came in time");

    let mut assembler = FrameAssembler::new();
    assembler.set_rtt(RTT);
    for (i, packet) in all.iter().enumerate() {
        if i != lost {
            assembler.handle_packet(packet.clone());
        }
    }
    drain(&mut assembler);
    assembler.handle_timeout(due);
    assert_eq!(drain(&mut assembler), (vec![], 1), "given up: a keyframe is asked for");
    assembler.handle_timeout(due + Duration::from_millis(10));
    assert_eq!(drain(&mut assembler).1, 0, "not asked again at once");
    assembler.handle_timeout(due + KEYFRAME_REQUEST_INTERVAL);
    assert_eq!(drain(&mut assembler).1, 1, "asked again after the interval");
}

fn expected(units: &[Unit], range: std::ops::Range<usize>) -> Vec<(Vec<u8>, u32, bool)> {
    range.map(|i| (units[i].annex_b.clone(), timestamp(i), units[i].keyframe)).collect()
}

#[test]
fn holes_do_not_add_up_their_waits() {
    let (t0, units) = (Instant::now(), stream(9));
    let mut assembler = FrameAssembler::new();
    assembler.set_rtt(RTT);
    for (i, packet) in packets(&units, 0, t0).into_iter().enumerate() {
        if i % 3 != 2 {
            assembler.handle_packet(packet);
        }
    }
    assembler.handle_timeout(t0 + Duration::from_millis(140));
    assert!(assembler.buffer.is_empty(), "all holes are as old as each other");
}

#[test]
fn a_sender_that_starts_again_is_followed() {
    let (t0, units) = (Instant::now(), stream(20));
    let mut assembler = FrameAssembler::new();
    for packet in packets(&units[..3], 30_000, t0) {
        assembler.handle_packet(packet);
    }
    assert_eq!(drain(&mut assembler).0.len(), 3);
    // Behind: the first packets pass for stragglers, the keyframe after them is taken.
    for packet in packets(&stream(31), 100, t0) {
        assembler.handle_packet(packet);
    }
    assert!(drain(&mut assembler).0.iter().any(|unit| unit.2), "a later keyframe is found");
}

#[test]
fn an_endless_unit_is_dropped_at_its_bound() {
    let t0 = Instant::now();
    let mut assembler = FrameAssembler::new();
    let big = Bytes::from(vec![0x65; 60_000]);
    for sequence in 0..200 {
        let payload = if sequence == 0 { Bytes::from(vec![0x67; 9]) } else { big.clone() };
        let marker = sequence == 199;
        assembler.handle_packet(RtpPacket { sequence, timestamp: 1, marker, payload, arrived: t0 });
    }
    assert_eq!(assembler.dropped_units(), 1);
    assert!(drain(&mut assembler).0.is_empty());
}

#[test]
fn a_unit_without_a_marker_ends_where_the_next_begins() {
    let (t0, units) = (Instant::now(), stream(3));
    let mut assembler = FrameAssembler::new();
    for packet in packets(&units, 0, t0) {
        assembler.handle_packet(RtpPacket { marker: false, ..packet });
    }
    assert_eq!(drain(&mut assembler).0, expected(&units, 0..2));
}

/// What may be done to a stream on its way.
#[derive(Debug, Clone)]
enum Mishap {
    Drop(usize),
    Twice(usize),
    /// Swap with the packet so many places on.
    Late(usize, usize),
    /// Flip bits of a payload byte.
    Mutate(usize, usize, u8),
    Resequence(usize, u16),
}

fn mishap(packets: usize, hostile: bool) -> BoxedStrategy<Mishap> {
    let at = 0..packets;
    let harmless = prop_oneof![
        at.clone().prop_map(Mishap::Twice),
        (at.clone(), 1..9_usize).prop_map(|(i, by)| Mishap::Late(i, by)),
    ];
    if !hostile {
        return harmless.boxed();
    }
    prop_oneof![
        harmless,
        at.clone().prop_map(Mishap::Drop),
        (at.clone(), 0..40_usize, any::<u8>()).prop_map(|(i, j, bits)| Mishap::Mutate(i, j, bits)),
        (at, any::<u16>()).prop_map(|(i, sequence)| Mishap::Resequence(i, sequence)),
    ]
    .boxed()
}

fn happen(mut packets: Vec<RtpPacket>, mishaps: &[Mishap], keep_first: bool) -> Vec<RtpPacket> {
    let from = usize::from(keep_first);
    for mishap in mishaps {
        let len = packets.len();
        match *mishap {
            _ if len < 2 => {}
            Mishap::Drop(i) => drop(packets.remove(i % len)),
            Mishap::Twice(i) => packets.push(packets[i % len].clone()),
            Mishap::Late(i, by) => {
                let i = from + i % (len - from);
                packets.swap(i, (i + by).min(len - 1));
            }
            Mishap::Mutate(i, j, bits) => {
                let mut bytes = packets[i % len].payload.to_vec();
                if let Some(byte) = bytes.get_mut(j) {
                    *byte ^= bits;
                }
                packets[i % len].payload = bytes.into();
            }
            Mishap::Resequence(i, sequence) => packets[i % len].sequence = sequence,
        }
    }
    packets
}

proptest! {
    #[test]
    fn order_and_copies_do_not_matter_when_every_packet_comes(
        sizes in prop::collection::vec((1..900_usize, any::<u8>()), 1..25),
        first in any::<u16>(),
        seed in prop::collection::vec(mishap(200, false), 0..40),
    ) {
        let t0 = Instant::now();
        let units: Vec<Unit> = sizes.iter().enumerate()
            .map(|(i, &(size, fill))| unit(i % 5 == 0, size, fill | 1, 120)).collect();
        let mut assembler = FrameAssembler::new();
        // The very first packet is where the stream starts for us: it stays first.
        for packet in happen(packets(&units, first, t0), &seed, true) {
            assembler.handle_packet(packet);
        }
        let (out, asked) = drain(&mut assembler);
        prop_assert_eq!(out, expected(&units, 0..units.len()));
        prop_assert_eq!(asked, 0);
    }

    #[test]
    fn what_comes_after_losses_is_whole_in_order_and_decodable(
        sizes in prop::collection::vec((1..900_usize, any::<u8>(), any::<bool>()), 1..40),
        first in any::<u16>(),
        losses in prop::collection::btree_set(0..300_usize, 0..30),
    ) {
        let t0 = Instant::now();
        let units: Vec<Unit> = sizes.iter().enumerate()
            .map(|(i, &(size, fill, key))| unit(i == 0 || key, size, fill | 1, 120)).collect();
        let mut assembler = FrameAssembler::new();
        for (i, packet) in packets(&units, first, t0).into_iter().enumerate() {
            if !losses.contains(&i) {
                let arrived = t0 + Duration::from_millis(5 * i as u64);
                assembler.handle_packet(RtpPacket { arrived, ..packet });
            }
        }
        assembler.handle_timeout(t0 + Duration::from_secs(60));
        let all = expected(&units, 0..units.len());
        let mut last: Option<usize> = None;
        for out in drain(&mut assembler).0 {
            let index = all.iter().position(|unit| unit.1 == out.1).expect("a unit that was sent");
            prop_assert_eq!(&out, &all[index]);
            prop_assert!(last.is_none_or(|last| index > last));
            prop_assert!(last.map(|last| last + 1) == Some(index) || out.2, "starts at a keyframe");
            last = Some(index);
        }
    }

    #[test]
    fn nothing_that_comes_can_panic_or_pile_up(
        sizes in prop::collection::vec((1..900_usize, any::<u8>()), 1..20),
        mishaps in prop::collection::vec(mishap(200, true), 0..60),
        noise in prop::collection::vec(
            (any::<u16>(), 0..4_u32, any::<bool>(), prop::collection::vec(any::<u8>(), 0..60)), 0..60),
    ) {
        let t0 = Instant::now();
        let units: Vec<Unit> = sizes.iter().map(|&(size, fill)| unit(fill > 200, size, fill, 120)).collect();
        let mut assembler = FrameAssembler::new();
        let noise = noise.into_iter().map(|(sequence, timestamp, marker, payload)| RtpPacket {
            sequence, timestamp, marker, payload: payload.into(), arrived: t0,
        });
        for (i, packet) in happen(packets(&units, 0, t0), &mishaps, false).into_iter().chain(noise).enumerate() {
            let now = t0 + Duration::from_millis(7 * i as u64);
            assembler.handle_packet(RtpPacket { arrived: now, ..packet });
            prop_assert!(assembler.buffer.len() <= MAX_BUFFERED_PACKETS);
            let held: usize = assembler.buffer.values().map(|packet| packet.payload.len()).sum();
            prop_assert_eq!(held, assembler.buffered_bytes);
            if let Some(due) = assembler.next_timeout() {
                prop_assert!(due > now, "what is due was done");
            }
        }
    }
}
