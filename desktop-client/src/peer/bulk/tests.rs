//! Bundles against each other in one process, over real sockets on loopback.

#[cfg(target_os = "linux")]
mod figures;
#[cfg(target_os = "linux")]
mod path;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use bytes::Bytes;
use cinemasync_core::link::{LinkConfig, Route};
use cinemasync_protocol::ParticipantId;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::signal::{Said, Signal};
use super::*;

/// Nothing here takes this long; a test that waits longer has failed.
const PATIENCE: Duration = Duration::from_secs(20);

struct Side {
    bulk: Bulk,
    events: mpsc::Receiver<(ParticipantId, BulkEvent)>,
}

fn side(role: Role, wrap: Option<WrapSocket>) -> Side {
    let (events, events_in) = mpsc::channel(64);
    let config = LinkConfig {
        opens_channels: false,
        ice_servers: vec![],
        route: Route::Any,
        identity: None,
    };
    let id = ParticipantId::new(if role == Role::Opens { "b" } else { "a" });
    let bulk = Bulk::open_over(id, role, config, events, wrap).unwrap();
    Side { bulk, events: events_in }
}

fn pair(wrap: Option<&WrapSocket>) -> (Side, Side) {
    (side(Role::Opens, wrap.cloned()), side(Role::Answers, wrap.cloned()))
}

/// Passes signals on until `done` is content with an event of `a` (true) or `b` (false).
async fn until(a: &mut Side, b: &mut Side, mut done: impl FnMut(bool, BulkEvent) -> bool) {
    let pump = async {
        loop {
            let (of_a, event) = tokio::select! {
                Some((_, event)) = a.events.recv() => (true, event),
                Some((_, event)) = b.events.recv() => (false, event),
                else => panic!("both are gone"),
            };
            match event {
                BulkEvent::Signal(text) if of_a => b.bulk.signal(text),
                BulkEvent::Signal(text) => a.bulk.signal(text),
                event => {
                    if done(of_a, event) {
                        return;
                    }
                }
            }
        }
    };
    timeout(PATIENCE, pump).await.expect("it happens in time");
}

/// Until all nine connections stand on both sides.
async fn connect(a: &mut Side, b: &mut Side) {
    let began = Instant::now();
    let (mut ups, mut all) = (0, false);
    until(a, b, |_, event| {
        ups += usize::from(event == BulkEvent::Up);
        ups == 2
    })
    .await;
    println!("up after {:?}", began.elapsed());
    while !all {
        pass_on(a, b).await;
        all = [&*a, b].iter().all(|side| {
            let standing = side.bulk.shared.standing();
            standing.lanes == 8 && standing.light
        });
        assert!(began.elapsed() < PATIENCE, "all stand in time");
    }
    println!("all stand after {:?}", began.elapsed());
}

/// Passes on what there is for a moment.
async fn pass_on(a: &mut Side, b: &mut Side) {
    let for_a_moment = Duration::from_millis(5);
    while let Ok(Some((_, event))) = timeout(for_a_moment, a.events.recv()).await {
        if let BulkEvent::Signal(text) = event {
            b.bulk.signal(text);
        }
    }
    while let Ok(Some((_, event))) = timeout(for_a_moment, b.events.recv()).await {
        if let BulkEvent::Signal(text) = event {
            a.bulk.signal(text);
        }
    }
}

fn message(number: u32, length: usize) -> Bytes {
    let mut bytes = number.to_be_bytes().to_vec();
    bytes.resize(length.max(4), number as u8);
    Bytes::from(bytes)
}

fn number(message: &Bytes) -> u32 {
    let number = u32::from_be_bytes(message[..4].try_into().unwrap());
    assert!(message[4..].iter().all(|byte| *byte == number as u8), "message {number} is whole");
    number
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_of_any_length_arrive_whole_and_once_both_ways() {
    let (mut a, mut b) = pair(None);
    connect(&mut a, &mut b).await;
    const COUNT: u32 = 300;
    let lengths = [4, 1_000, 1_200, MAX_MESSAGE_BYTES];
    let send = async |bulk: &Bulk| {
        for i in 0..COUNT {
            bulk.send(message(i, lengths[i as usize % 4])).await.unwrap();
            if i % 10 == 0 {
                bulk.send_urgent(message(COUNT + i, MAX_URGENT_BYTES)).unwrap();
            }
        }
        assert_eq!(bulk.send(message(0, MAX_MESSAGE_BYTES + 1)).await, Err(SendError::TooLong));
        assert_eq!(bulk.send_urgent(message(0, MAX_URGENT_BYTES + 1)), Err(SendError::TooLong));
    };
    let Side { bulk: to_b, events: mut from_b } = a;
    let Side { bulk: to_a, events: mut from_a } = b;
    let receive = async |events: &mut mpsc::Receiver<(ParticipantId, BulkEvent)>| {
        let mut came = BTreeSet::new();
        while came.len() < COUNT as usize + COUNT as usize / 10 {
            let (_, event) = timeout(PATIENCE, events.recv()).await.unwrap().unwrap();
            let BulkEvent::Message(message) = event else { panic!("{event:?}") };
            assert!(came.insert(number(&message)), "once");
        }
    };
    tokio::join!(send(&to_b), send(&to_a), receive(&mut from_a), receive(&mut from_b));
    let (sent, received) = (to_b.stats(), to_a.stats());
    println!("{sent:?}");
    assert_eq!(sent.sent, received.received);
    assert_eq!(sent.lanes, 8);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_stops_stops_the_sender_and_loses_nothing() {
    let (mut a, mut b) = pair(None);
    connect(&mut a, &mut b).await;
    // Nobody reads at b: the sender comes to stand.
    let mut sent = 0;
    while timeout(Duration::from_secs(2), a.bulk.send(message(sent, MAX_MESSAGE_BYTES)))
        .await
        .is_ok()
    {
        sent += 1;
        assert!(sent < 10_000, "it takes no end of messages");
    }
    println!("{} MiB on the way", sent / 64);
    // A lane keeps 2 times 256 messages for its reader, and what lies in the windows and queues.
    assert!(sent < 8 * (512 + 32) + 200, "{sent}");
    let mut came = BTreeSet::new();
    while came.len() < sent as usize {
        let (_, event) = timeout(PATIENCE, b.events.recv()).await.unwrap().unwrap();
        if let BulkEvent::Message(message) = event {
            came.insert(number(&message));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropping_a_bundle_ends_every_task_of_it_and_the_other_end_learns_it() {
    let before = Handle::current().metrics().num_alive_tasks();
    let (mut a, mut b) = pair(None);
    connect(&mut a, &mut b).await;
    drop(a);
    let standing = b.bulk.shared.watch_standing();
    let gone = async {
        let mut standing = standing;
        standing.wait_for(|standing| standing.lanes == 0).await.map(|_| ()).unwrap();
    };
    timeout(PATIENCE, gone).await.expect("the other end notices");
    drop(b);
    tasks_are_gone(before).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bundle_dropped_at_once_or_never_listened_to_leaves_nothing_behind() {
    let before = Handle::current().metrics().num_alive_tasks();
    for _ in 0..3 {
        let (a, b) = pair(None);
        let (events, mut full) = mpsc::channel(1);
        let config = a.bulk.shared.config.clone();
        let deaf = Bulk::open(ParticipantId::new("c"), Role::Opens, config, events).unwrap();
        timeout(PATIENCE, full.recv()).await.unwrap().unwrap();
        drop((a, b, deaf));
    }
    tasks_are_gone(before).await;
}

async fn tasks_are_gone(before: usize) {
    let alive = || Handle::current().metrics().num_alive_tasks();
    let gone = async {
        while alive() > before {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(timeout(PATIENCE, gone).await.is_ok(), "{} tasks live on", alive() - before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lane_that_dies_is_made_anew_and_the_others_go_on() {
    let (mut a, mut b) = pair(None);
    connect(&mut a, &mut b).await;
    // The other end takes an offer for lane 3 that nobody made: it gives up the one there was.
    let offer = Said::Offer("v=0\r\n".to_owned());
    let offer = Signal { lane: 3, attempt: 77, said: offer }.to_text();
    let mut standing = a.bulk.shared.watch_standing();
    let mut fell = false;
    let began = Instant::now();
    let mut sent = 0;
    while !(fell && standing.borrow_and_update().lanes == 8) {
        fell |= standing.borrow_and_update().lanes == 7;
        if !fell {
            // Again and again: it takes none soon after another.
            b.bulk.signal(offer.clone());
        }
        pass_on(&mut a, &mut b).await;
        a.bulk.send(message(sent, 100)).await.unwrap();
        sent += 1;
        assert!(began.elapsed() < PATIENCE, "it fell: {fell}");
    }
    println!("made anew after {:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_signals_change_nothing() {
    let (mut a, mut b) = pair(None);
    connect(&mut a, &mut b).await;
    let said = |said: Said| Signal { lane: 0, attempt: 1, said }.to_text();
    for side in [&a, &b] {
        for text in [
            "{".repeat(1_000),
            "x".repeat(MAX_SIGNAL_BYTES + 1),
            said(Said::Answer("v=0\r\nm=nonsense".to_owned())),
            said(Said::Candidates(vec![])),
            Signal { lane: 1, attempt: 9, said: Said::Answer(String::new()) }.to_text(),
        ] {
            side.bulk.signal(text);
        }
        for lane in 0..9 {
            let text = Signal { lane, attempt: 1, said: Said::Offer(String::new()) }.to_text();
            if side.bulk.shared.id == ParticipantId::new("b") {
                side.bulk.signal(text);
            }
        }
    }
    let urgent = message(1, 100);
    a.bulk.send_urgent(urgent.clone()).unwrap();
    until(&mut a, &mut b, |of_a, event| !of_a && event == BulkEvent::Message(urgent.clone())).await;
}
