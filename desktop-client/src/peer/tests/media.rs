//! Connecting, media and channels between two links.

use std::time::Duration;

use bytes::Bytes;
use cinemasync_core::link::{LinkCommand, LinkEvent, LinkState, Path};
use cinemasync_core::packet::{InboundPacket, OutboundPacket};
use cinemasync_core::track::Track;

use super::rig::{Pair, picture, side, voice};

#[tokio::test]
async fn two_links_connect_and_tell_path_and_fingerprints() {
    let mut pair = Pair::new();
    let took = pair.connect().await;
    println!("offer to connected: {took:?}");
    let known = |side: &super::rig::Side| {
        side.has_told(|e| matches!(e, LinkEvent::Path(Path::Host | Path::Prflx)))
            && side.has_told(|e| matches!(e, LinkEvent::Fingerprints { .. }))
    };
    pair.until("path and fingerprints", |a, b| known(a) && known(b)).await;
    let prints = |side: &super::rig::Side| {
        side.told.iter().find_map(|event| match event {
            LinkEvent::Fingerprints { local, remote } => Some((local.clone(), remote.clone())),
            _ => None,
        })
    };
    let (ours, theirs) = prints(&pair.a).unwrap();
    assert_eq!(prints(&pair.b).unwrap(), (theirs, ours.clone()));
    assert_eq!(ours.split(':').count(), 32, "SHA-256: {ours}");
}

#[tokio::test]
async fn a_peer_that_opens_no_channels_still_gets_voice_and_pictures() {
    let mut pair = Pair { a: side("b", false, None), b: side("a", false, None) };
    pair.connect().await;
    for side in [&pair.a, &pair.b] {
        side.peer.sender().send(&picture(0, true, 3000));
        side.peer.sender().send(&voice(0));
    }
    for side in [&mut pair.a, &mut pair.b] {
        side.packet().await;
        side.packet().await;
        assert!(!side.has_told(|e| *e == LinkEvent::ControlOpen));
    }
}

#[tokio::test]
async fn voice_and_pictures_arrive_whole_and_in_order() {
    let mut pair = Pair::new();
    pair.connect().await;
    let (a, b) = (pair.a.peer.sender(), pair.b.peer.sender());
    for i in 0..10 {
        for sender in [&a, &b] {
            sender.send(&picture(i, i == 0, 5000 + 1000 * i as usize));
            sender.send(&voice(i));
        }
        // An encoder's pace: the queues hold half a second.
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    for side in [&mut pair.a, &mut pair.b] {
        let (mut pictures, mut voices) = (0, 0);
        while pictures < 10 || voices < 10 {
            match side.packet().await {
                InboundPacket::Video { track, access_unit, rtp_timestamp, keyframe, .. } => {
                    let OutboundPacket::Video { access_unit: sent, .. } =
                        picture(pictures, pictures == 0, 5000 + 1000 * pictures as usize)
                    else {
                        unreachable!()
                    };
                    assert_eq!((track, keyframe), (Track::Camera, pictures == 0));
                    assert_eq!(rtp_timestamp, pictures * 3000);
                    assert!(access_unit == sent, "picture {pictures} differs");
                    pictures += 1;
                }
                InboundPacket::Audio { track, packet } => {
                    assert_eq!((track, packet.timestamp), (Track::Microphone, voices * 960));
                    assert_eq!(packet.payload, vec![voices as u8; 60]);
                    assert_eq!(packet.marker, voices == 0);
                    voices += 1;
                }
            }
        }
    }
}

#[tokio::test]
async fn a_screen_and_its_sound_go_beside_the_person() {
    let mut pair = Pair::new();
    pair.connect().await;
    let senders = [pair.a.peer.sender(), pair.b.peer.sender()];
    for i in 0..5 {
        for sender in &senders {
            for packet in [picture(i, i == 0, 3_000), voice(i)] {
                sender.send(&packet);
                sender.send(&of_the_screen(packet));
            }
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    for side in [&mut pair.a, &mut pair.b] {
        let mut got: std::collections::BTreeMap<Track, u32> = Default::default();
        while Track::ALL.iter().any(|track| got.get(track).is_none_or(|count| *count < 5)) {
            let track = match side.packet().await {
                InboundPacket::Video { track, .. } | InboundPacket::Audio { track, .. } => track,
            };
            *got.entry(track).or_default() += 1;
        }
    }
}

fn of_the_screen(mut packet: OutboundPacket) -> OutboundPacket {
    match &mut packet {
        OutboundPacket::Video { track, .. } => *track = Track::Screen,
        OutboundPacket::Audio { track, .. } => *track = Track::ScreenAudio,
    }
    packet
}

#[tokio::test]
async fn a_request_for_a_keyframe_reaches_the_sender() {
    let mut pair = Pair::new();
    pair.connect().await;
    let sender = pair.a.peer.sender();
    sender.send(&picture(0, true, 100));
    pair.b.packet().await;
    pair.until("settling", |a, _| a.has_told(|e| *e == LinkEvent::KeyframeWanted(Track::Camera)))
        .await;
    pair.a.told.clear();
    pair.b.peer.command(LinkCommand::RequestKeyframe(Track::Camera));
    pair.until("the request", |a, _| {
        a.has_told(|e| *e == LinkEvent::KeyframeWanted(Track::Camera))
    })
    .await;
}

#[tokio::test]
async fn texts_and_datagrams_go_both_ways() {
    let mut pair = Pair::new();
    pair.connect().await;
    pair.until("control channel", |a, b| {
        [a, b].iter().all(|side| side.has_told(|e| *e == LinkEvent::ControlOpen))
    })
    .await;
    let long = "ü".repeat(100 * 1024);
    for i in 0..20 {
        pair.a.peer.command(LinkCommand::Control(format!("a{i}")));
        pair.b.peer.command(LinkCommand::Control(format!("b{i}")));
    }
    pair.a.peer.command(LinkCommand::Control(long.clone()));
    pair.until("texts", |a, b| {
        let got = |side: &super::rig::Side| -> Vec<String> {
            let texts = side.told.iter().filter_map(|event| match event {
                LinkEvent::Control(text) => Some(text.clone()),
                _ => None,
            });
            texts.collect()
        };
        let expected = |from: &str| (0..20).map(|i| format!("{from}{i}")).collect::<Vec<_>>();
        let mut to_b = expected("a");
        to_b.push(long.clone());
        got(b) == to_b && got(a) == expected("b")
    })
    .await;
    // The clock channel may open later than the other, and loses what comes before.
    let datagram = Bytes::from_static(b"\x01probe");
    pair.until("datagrams", |a, b| {
        for side in [&mut *a, &mut *b] {
            side.peer.command(LinkCommand::Clock(datagram.clone()));
        }
        [a, b].iter().all(|side| {
            side.has_told(|e| matches!(e, LinkEvent::Clock(bytes, _) if *bytes == datagram))
        })
    })
    .await;
}

#[tokio::test]
async fn figures_count_what_goes_and_comes() {
    let mut pair = Pair::new();
    pair.connect().await;
    pair.a.peer.stats().await;
    let sender = pair.a.peer.sender();
    for i in 0..10 {
        sender.send(&picture(i, i == 0, 20_000));
        pair.b.packet().await;
    }
    let stats = pair.a.peer.stats().await;
    assert!(stats.sent_bps > 0 && stats.received_bps > 0, "{stats:?}");
    assert_eq!(pair.a.last_state(), LinkState::Connected);
}
