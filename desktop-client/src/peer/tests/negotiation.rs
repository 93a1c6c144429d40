//! Exchanges of descriptions: restarts, collisions, nonsense.

use cinemasync_core::link::{Description, DescriptionKind, LinkCommand, LinkEvent, LinkState};
use cinemasync_core::packet::InboundPacket;

use super::rig::{Pair, Side, picture};
use crate::peer::sdp;

fn descriptions(side: &Side) -> Vec<Description> {
    let described = side.told.iter().filter_map(|event| match event {
        LinkEvent::LocalDescription(description) => Some(description.clone()),
        _ => None,
    });
    described.collect()
}

fn sections(description: &Description) -> usize {
    description.sdp.lines().filter(|line| line.starts_with("m=")).count()
}

/// Pictures from `from` until one comes out at `to` that was sent after this was called.
async fn picture_passes(pair: &mut Pair, index: u32) {
    let mut index = index;
    let first = index * 3000;
    let mut sender_of = pair.a.peer.sender();
    for to_b in [true, false] {
        if !to_b {
            sender_of = pair.b.peer.sender();
        }
        pair.until("a picture", |a, b| {
            index += 1;
            sender_of.send(&picture(index, true, 3000));
            let packets = if to_b { &mut b.packets } else { &mut a.packets };
            while let Ok(packet) = packets.try_recv() {
                if matches!(packet, InboundPacket::Video { rtp_timestamp, .. } if rtp_timestamp > first) {
                    return true;
                }
            }
            false
        })
        .await;
    }
}

#[tokio::test]
async fn an_answer_reuses_the_sections_of_the_offer() {
    let mut pair = Pair::new();
    pair.connect().await;
    let (offer, answer) = (&descriptions(&pair.a)[0], &descriptions(&pair.b)[0]);
    assert_eq!((sections(offer), sections(answer)), (5, 5), "four tracks and the channels");
    for description in [offer, answer] {
        assert!(description.sdp.contains(" opus/48000/2\r\n"));
        assert!(description.sdp.contains("useinbandfec=1"));
        assert!(description.sdp.contains("packetization-mode=1;profile-level-id=42e033"));
        assert_eq!(description.sdp.matches("a=sendrecv").count(), 5);
        assert!(!description.sdp.contains("rtx"), "repairs come in the stream itself");
    }
    let needed =
        |side: &Side| side.told.iter().filter(|e| **e == LinkEvent::NegotiationNeeded).count();
    assert_eq!((needed(&pair.a), needed(&pair.b)), (1, 0), "the newcomer's offer, and no more");
}

#[tokio::test]
async fn media_goes_on_over_an_ice_restart_of_either_side() {
    let mut pair = Pair::new();
    pair.connect().await;
    picture_passes(&mut pair, 0).await;
    for (round, by_newcomer) in [(1, true), (2, false)] {
        let restarter = if by_newcomer { &mut pair.a } else { &mut pair.b };
        restarter.make_offer(true);
        pair.until("the restart", |a, b| {
            let described = descriptions(a).len() > round && descriptions(b).len() > round;
            described && a.is(LinkState::Connected) && b.is(LinkState::Connected)
        })
        .await;
        for side in [&pair.a, &pair.b] {
            let all = descriptions(side);
            let ufrags: Vec<_> =
                all.iter().map(|description| sdp::ufrag(&description.sdp)).collect();
            assert_ne!(ufrags[round], ufrags[round - 1], "new credentials");
        }
        picture_passes(&mut pair, 1000 * u32::try_from(round).unwrap()).await;
    }
}

#[tokio::test]
async fn offers_that_cross_end_in_one_connection_whoever_is_polite() {
    for newcomer_is_polite in [false, true] {
        let mut pair = Pair::new();
        pair.a.polite = newcomer_is_polite;
        pair.b.polite = !newcomer_is_polite;
        pair.b.make_offer(false);
        pair.a.make_offer(false);
        pair.until("connection", |a, b| {
            // As a negotiation machine does: offers where something is still to be agreed on.
            for side in [&mut *a, &mut *b] {
                if side.complete && !side.offering && side.take(&LinkEvent::NegotiationNeeded) {
                    side.make_offer(false);
                }
            }
            [a, b].iter().all(|side| {
                side.is(LinkState::Connected) && side.has_told(|e| *e == LinkEvent::ControlOpen)
            })
        })
        .await;
        picture_passes(&mut pair, 0).await;
        for side in [&pair.a, &pair.b] {
            let last = descriptions(side).pop().unwrap();
            assert_eq!(sections(&last), 5, "polite newcomer: {newcomer_is_polite}");
        }
    }
}

#[tokio::test]
async fn nonsense_is_reported_and_the_next_exchange_works() {
    let mut pair = Pair::new();
    let nonsense = ["", "v=0", "\u{0}\u{fffd}", "m=audio\r\na=mid:", &"a=b\r\n".repeat(20_000)];
    for sdp in nonsense {
        for kind in [DescriptionKind::Offer, DescriptionKind::Answer] {
            let description = Description { kind, sdp: sdp.to_owned() };
            pair.b.peer.command(LinkCommand::Accept { description, rollback: true });
            let failed = async {
                loop {
                    if let Some((_, LinkEvent::NegotiationFailed(text))) =
                        pair.b.events.recv().await
                    {
                        return text;
                    }
                }
            };
            let text = tokio::time::timeout(super::rig::PATIENCE, failed).await.expect("reported");
            assert!(text.ends_with('.'), "a sentence: {text}");
        }
    }
    pair.connect().await;
    picture_passes(&mut pair, 0).await;
}
