//! Many participants in rooms of three who stay: each has a task that reads, and all write from one
//! place, `relay`. Owns those tasks.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use futures_util::stream::{self, SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _, TryStreamExt as _};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;

use crate::client::{Client, Socket, Target};
use crate::dialect::{Dialect, Heard};
use crate::latency::Latency;

/// Participants of a room.
const ROOM: usize = 3;
/// Rooms that gather at the same time.
const AT_ONCE: usize = 32;
/// Answers to a server's pings that wait to be written. Full: the reader waits.
const ANSWERS: usize = 1_024;

/// Participants who stay.
pub(crate) struct Crowd {
    pub(crate) dialect: Dialect,
    pub(crate) members: Vec<Member>,
    pub(crate) tally: Arc<Tally>,
    /// Who has to answer a ping of Engine.IO, and what. WebSocket's own are answered below.
    pub(crate) answers: mpsc::Receiver<(usize, &'static str)>,
    readers: JoinSet<()>,
}

/// One of them, as the writer sees it.
pub(crate) struct Member {
    sink: SplitSink<Socket, Message>,
    /// To whom it writes: the next in its room.
    mate: String,
}

impl Member {
    /// Sends a line of chat to its mate.
    pub(crate) async fn chat(&mut self, dialect: Dialect, due_nanos: u64) -> Result<()> {
        self.say(dialect.chat(&self.mate, due_nanos)).await
    }

    /// Sends a text.
    pub(crate) async fn say(&mut self, text: String) -> Result<()> {
        self.sink.send(Message::text(text)).await.context("the server closed a connection")
    }
}

/// What all readers together have heard.
pub(crate) struct Tally {
    /// Zero of all stamps.
    pub(crate) zero: Instant,
    delivered: AtomicU64,
    refused: AtomicU64,
    lost: AtomicU64,
    window: Mutex<Window>,
}

/// Messages that were due in here count for the latency.
struct Window {
    from_nanos: u64,
    until_nanos: u64,
    latency: Latency,
}

impl Tally {
    fn new() -> Self {
        let window = Window { from_nanos: 0, until_nanos: 0, latency: Latency::new() };
        Self {
            zero: Instant::now(),
            delivered: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            window: Mutex::new(window),
        }
    }

    /// Nanoseconds since zero.
    pub(crate) fn now_nanos(&self) -> u64 {
        u64::try_from(self.zero.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// Chat messages that arrived.
    pub(crate) fn delivered(&self) -> u64 {
        self.delivered.load(Ordering::Relaxed)
    }

    /// Errors that the server sent.
    pub(crate) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Connections that ended.
    pub(crate) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// From now on the latency is that of messages due in this span; gives that of the span before.
    pub(crate) fn open_window(&self, from_nanos: u64, until_nanos: u64) -> Latency {
        let mut window = self.window();
        window.from_nanos = from_nanos;
        window.until_nanos = until_nanos;
        std::mem::replace(&mut window.latency, Latency::new())
    }

    fn arrived(&self, due_nanos: u64) {
        self.delivered.fetch_add(1, Ordering::Relaxed);
        let took = self.now_nanos().saturating_sub(due_nanos);
        let mut window = self.window();
        if (window.from_nanos..window.until_nanos).contains(&due_nanos) {
            window.latency.add(took);
        }
    }

    fn window(&self) -> MutexGuard<'_, Window> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Crowd {
    /// Connects `participants` in rooms of three; the rest of a division stays away.
    pub(crate) async fn gather(target: &Target, participants: usize) -> Result<(Self, Value)> {
        let rooms = participants / ROOM;
        if rooms == 0 {
            bail!("a crowd is at least one room of {ROOM}");
        }
        let started = Instant::now();
        let gathered: Vec<[(Client, String); ROOM]> = stream::iter(0..rooms)
            .map(|_| gather_room(target))
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;
        let seconds = started.elapsed().as_secs_f64();

        let tally = Arc::new(Tally::new());
        let (sender, answers) = mpsc::channel(ANSWERS);
        let mut readers = JoinSet::new();
        let mut members = Vec::with_capacity(rooms * ROOM);
        for room in gathered {
            let ids = [1, 2, 0].map(|next: usize| room[next].1.clone());
            for ((client, _), mate) in room.into_iter().zip(ids) {
                let (sink, stream) = client.socket.split();
                let index = members.len();
                readers.spawn(read(stream, target.dialect, tally.clone(), index, sender.clone()));
                members.push(Member { sink, mate });
            }
        }
        let answer = json!({ "participants": members.len(), "seconds": seconds });
        Ok((Self { dialect: target.dialect, members, tally, answers, readers }, answer))
    }

    /// Connections that ended although nobody wanted it.
    pub(crate) fn lost(&self) -> u64 {
        self.tally.lost()
    }

    /// Closes every connection and waits until they are closed.
    pub(crate) async fn part(mut self) {
        for member in &mut self.members {
            // Whoever is gone already needs no goodbye.
            let _ = member.sink.close().await;
        }
        while self.readers.join_next().await.is_some() {}
    }
}

async fn gather_room(target: &Target) -> Result<[(Client, String); ROOM]> {
    let from = target.next_address();
    let mut host = target.connect(from).await?;
    let first = host.create().await?;
    let mut second = target.connect(from).await?;
    let second_id = second.join(&first.room).await?.id;
    let mut third = target.connect(from).await?;
    let third_id = third.join(&first.room).await?.id;
    Ok([(host, first.id), (second, second_id), (third, third_id)])
}

async fn read(
    mut stream: SplitStream<Socket>,
    dialect: Dialect,
    tally: Arc<Tally>,
    index: usize,
    answers: mpsc::Sender<(usize, &'static str)>,
) {
    while let Some(Ok(message)) = stream.next().await {
        let Message::Text(text) = message else { continue };
        match dialect.hear(&text) {
            Heard::Chat(due) => tally.arrived(due),
            Heard::Answer(answer) => {
                if answers.send((index, answer)).await.is_err() {
                    return;
                }
            }
            Heard::Refused(_) => {
                tally.refused.fetch_add(1, Ordering::Relaxed);
            }
            Heard::Entered(_) | Heard::Left | Heard::Ready | Heard::Other => {}
        }
    }
    tally.lost.fetch_add(1, Ordering::Relaxed);
}
