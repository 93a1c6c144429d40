//! How links end, and how many there can be.

use std::time::Duration;

use bytes::Bytes;
use cinemasync_core::link::{LinkCommand, LinkEvent, LinkState};
use cinemasync_core::packet::InboundPacket;
use tokio::runtime::Handle;
use tokio::time::timeout;

use super::rig::{PATIENCE, Pair, picture, side, voice};
use crate::peer::{Peer, PeerError};

async fn tasks_are_gone(before: usize) {
    let gone = async {
        while Handle::current().metrics().num_alive_tasks() > before {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let alive = || Handle::current().metrics().num_alive_tasks();
    assert!(timeout(PATIENCE, gone).await.is_ok(), "{} tasks live on", alive() - before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropping_links_ends_every_task_of_them() {
    let before = Handle::current().metrics().num_alive_tasks();
    let mut pair = Pair::new();
    pair.connect().await;
    pair.a.peer.sender().send(&picture(0, true, 100));
    pair.b.packet().await;
    // A sender that somebody still holds keeps nothing alive.
    let sender = pair.a.peer.sender();
    drop(pair);
    tasks_are_gone(before).await;
    sender.send(&voice(0));
}

#[tokio::test]
async fn a_link_dropped_at_once_leaves_nothing_behind() {
    let before = Handle::current().metrics().num_alive_tasks();
    for _ in 0..5 {
        drop(side("a", true, None));
    }
    tasks_are_gone(before).await;
}

#[tokio::test]
async fn the_other_side_learns_that_a_link_was_dropped() {
    let mut pair = Pair::new();
    pair.connect().await;
    pair.until("control channel", |a, b| {
        [a, b].iter().all(|side| side.has_told(|e| *e == LinkEvent::ControlOpen))
    })
    .await;
    let Pair { a, mut b } = pair;
    let began = std::time::Instant::now();
    drop(a);
    let over = async {
        while let Some((_, event)) = b.events.recv().await {
            if let LinkEvent::State(
                state @ (LinkState::Reconnecting | LinkState::Failed | LinkState::Closed),
            ) = event
            {
                return Some(state);
            }
        }
        None
    };
    let state = timeout(PATIENCE, over).await.expect("told in time");
    println!("told {state:?} after {:?}", began.elapsed());
    assert!(state.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_links_carry_media_on_one_runtime() {
    let mut pairs = [Pair::new(), Pair::new(), Pair::new()];
    for pair in &mut pairs {
        pair.connect().await;
    }
    for i in 0..20 {
        for pair in &pairs {
            for side in [&pair.a, &pair.b] {
                side.peer.sender().send(&picture(i, i == 0, 8000));
                side.peer.sender().send(&voice(i));
            }
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    for side in pairs.iter_mut().flat_map(|pair| [&mut pair.a, &mut pair.b]) {
        let (mut pictures, mut voices) = (0, 0);
        while pictures < 20 || voices < 20 {
            match side.packet().await {
                InboundPacket::Video { .. } => pictures += 1,
                InboundPacket::Audio { .. } => voices += 1,
            }
        }
    }
}

#[tokio::test]
async fn a_session_that_floods_its_link_is_told_that_it_closed() {
    let mut pair = Pair::new();
    for i in 0..10_000 {
        pair.a.peer.command(LinkCommand::Control(i.to_string()));
        pair.a.peer.command(LinkCommand::Clock(Bytes::from_static(b"never closes a link")));
    }
    pair.until("closing", |a, _| a.is(LinkState::Closed)).await;
}

#[test]
fn a_link_without_a_runtime_is_refused_in_words() {
    let (events, _events) = tokio::sync::mpsc::channel(1);
    let config = cinemasync_core::link::LinkConfig {
        opens_channels: true,
        ice_servers: vec![],
        route: cinemasync_core::link::Route::Any,
        identity: None,
    };
    let id = cinemasync_protocol::ParticipantId::new("a");
    let refused = Peer::open(id, config, events, std::sync::Arc::new(|_, _| {}));
    assert!(matches!(refused, Err(PeerError::NoRuntime)));
}

#[tokio::test]
async fn datagrams_from_strangers_change_nothing() {
    let mut pair = Pair::new();
    pair.connect().await;
    let ports: Vec<u16> = [&pair.a, &pair.b]
        .iter()
        .flat_map(|side| &side.told)
        .filter_map(|event| match event {
            LinkEvent::LocalCandidate(Some(candidate)) => candidate.candidate.split(' ').nth(5),
            _ => None,
        })
        .map(|port| port.parse().unwrap())
        .collect();
    assert!(ports.len() >= 2);
    let stranger = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    // STUN, DTLS, TURN channels, SRTP and SRTCP by their first byte, then noise.
    for first in [0, 1, 20, 22, 23, 64, 128, 144, 200, 255_u8] {
        for len in [1, 2, 12, 20, 60, 1400] {
            let noise: Vec<u8> = (0..len).map(|i| (i as u8).wrapping_mul(37)).collect();
            let mut datagram = noise;
            datagram[0] = first;
            for port in &ports {
                // Ports of other addresses than loopback refuse it.
                let _ = stranger.send_to(&datagram, ("127.0.0.1", *port)).await;
            }
        }
    }
    for (i, _) in ports.iter().enumerate() {
        pair.a.peer.sender().send(&picture(i as u32, true, 3000));
        pair.b.packet().await;
    }
    pair.until("nothing", |a, b| a.is(LinkState::Connected) && b.is(LinkState::Connected)).await;
}
