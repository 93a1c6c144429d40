//! Films between real stores over real lanes, and from sources that lie, stall and say what nobody asked.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cinemasync_core::film::FilmInfo;
use cinemasync_core::film_blocks::block_count;
use cinemasync_core::film_exchange::message::{BulkMessage, PIECE_BYTES};
use cinemasync_core::link::{LinkConfig, Route};
use tokio::time::timeout;

use super::*;
use crate::peer::bulk::{Bulk, Role};

const PATIENCE: Duration = Duration::from_secs(60);
/// Blocks of the film, the last one shorter.
const BLOCKS: u32 = 24;

fn config() -> LinkConfig {
    LinkConfig { opens_channels: true, ice_servers: Vec::new(), route: Route::Any, identity: None }
}

/// What nobody could mistake for anything else.
fn content() -> Vec<u8> {
    let length = BLOCK_BYTES as usize * (BLOCKS as usize - 1) + 777;
    let mut state = 7_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 56) as u8
    };
    (0..length).map(|_| next()).collect()
}

fn film(content: &[u8]) -> FilmInfo {
    FilmInfo {
        name: "film.mkv".to_owned(),
        bytes: content.len() as u64,
        duration_secs: 60.0,
        id: FilmId("0123456789abcdef".repeat(4)),
        address: None,
    }
}

fn id(name: &str) -> ParticipantId {
    ParticipantId::new(name)
}

/// One program's streams.
struct Side {
    name: &'static str,
    streams: Streams,
    inputs: mpsc::Receiver<Input>,
    folder: tempfile::TempDir,
}

impl Side {
    fn new(name: &'static str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (inputs, received) = mpsc::channel(64);
        let streams = Streams::start(folder.path().join("cache"), inputs);
        Self { name, streams, inputs: received, folder }
    }

    async fn next(&mut self) -> StreamEvent {
        match self.inputs.recv().await {
            Some(Input::Stream(event)) => event,
            other => panic!("streams report nothing else: {other:?}"),
        }
    }
}

/// Somebody who has the whole film.
fn source(name: &'static str, content: &[u8]) -> Side {
    let side = Side::new(name);
    let path = side.folder.path().join("film.mkv");
    std::fs::File::create(&path).and_then(|mut file| file.write_all(content)).expect("a file");
    side.streams.command(StreamCommand::Offer { film: film(content), path });
    side
}

/// What a source does that is not one of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Malice {
    /// Sends every block with a bit turned.
    FlipsBits,
    /// Says that it has all, and sends nothing.
    Promises,
    /// Sends pieces of wrong lengths, of blocks that nobody asked for, and beyond the film's end.
    Babbles,
}

/// A source by hand.
struct Stranger {
    name: &'static str,
    bulk: Arc<Bulk>,
    events: mpsc::Receiver<FromBulk>,
    malice: Malice,
    content: Vec<u8>,
}

impl Stranger {
    fn new(name: &'static str, malice: Malice, content: Vec<u8>) -> Self {
        let (events, received) = mpsc::channel(64);
        let bulk = Bulk::open(id("ben"), Role::Answers, config(), events).expect("a runtime");
        Self { name, bulk: Arc::new(bulk), events: received, malice, content }
    }

    fn act(&mut self, event: BulkEvent, ben: &Side) {
        let bytes = match event {
            BulkEvent::Signal(text) => {
                let (from, config) = (id(self.name), config());
                let signal = StreamCommand::Signal { from, taker: false, text, config };
                return ben.streams.command(signal);
            }
            BulkEvent::Message(bytes) => bytes,
            BulkEvent::Up | BulkEvent::Down(_) => return,
        };
        match BulkMessage::decode(bytes) {
            Some(BulkMessage::Film(_)) => self.say([BulkMessage::Has(vec![(0, u32::MAX)])]),
            Some(BulkMessage::Ask { block, .. }) if self.malice == Malice::FlipsBits => {
                let from = block as usize * BLOCK_BYTES as usize;
                let to = (from + BLOCK_BYTES as usize).min(self.content.len());
                let mut bytes = self.content[from..to].to_vec();
                bytes[100] ^= 1;
                self.pieces(block, &bytes);
            }
            Some(BulkMessage::Ask { block, .. }) if self.malice == Malice::Babbles => {
                let mut messages = vec![BulkMessage::Hashes(block, vec![[7; 32]; 3])];
                for (block, offset, length) in [
                    (block, 0, 1),
                    (block, PIECE_BYTES, 5),
                    (block + 1, 0, PIECE_BYTES),
                    (u32::MAX, 0, PIECE_BYTES),
                    (BLOCKS - 1, 0, PIECE_BYTES),
                ] {
                    let offset = u32::try_from(offset).expect("small");
                    let data = Bytes::from(vec![9; length]);
                    messages.push(BulkMessage::Piece { block, offset, data });
                }
                messages.push(BulkMessage::Sorry(block));
                self.say(messages);
                let bulk = Arc::clone(&self.bulk);
                tokio::spawn(async move { bulk.send(Bytes::from_static(&[99, 1, 2])).await });
            }
            _ => {}
        }
    }

    fn pieces(&self, block: u32, bytes: &[u8]) {
        let pieces = bytes.chunks(PIECE_BYTES).enumerate().map(|(index, data)| {
            let offset = u32::try_from(index * PIECE_BYTES).expect("within a block");
            BulkMessage::Piece { block, offset, data: Bytes::copy_from_slice(data) }
        });
        self.say(pieces.collect::<Vec<_>>());
    }

    /// Says all of it, if the other end still listens.
    fn say(&self, messages: impl IntoIterator<Item = BulkMessage>) {
        let messages: Vec<Bytes> = messages.into_iter().map(|message| message.encode()).collect();
        let bulk = Arc::clone(&self.bulk);
        tokio::spawn(async move {
            for message in messages {
                if bulk.send(message).await.is_err() {
                    return;
                }
            }
        });
    }
}

/// Carries what they say to each other until the film is at Ben's, whole; what Ben was told on the way.
async fn carry(
    ben: &mut Side,
    sources: &mut [Side],
    stranger: &mut Option<Stranger>,
) -> Vec<StreamEvent> {
    let mut told = Vec::new();
    loop {
        let from_stranger = async {
            match stranger {
                Some(stranger) => stranger.events.recv().await,
                None => std::future::pending().await,
            }
        };
        let from_sources = async {
            let next = sources.iter_mut().map(|side| {
                let name = side.name;
                Box::pin(async move { (name, side.next().await) })
            });
            futures_util::future::select_all(next).await.0
        };
        tokio::select! {
            event = ben.next() => match event {
                StreamEvent::Signal { to, text, .. } => {
                    if let Some(side) = sources.iter().find(|side| id(side.name) == to) {
                        let (from, config) = (id(ben.name), config());
                        side.streams.command(StreamCommand::Signal { from, taker: true, text, config });
                    } else if let Some(stranger) = stranger.as_ref() {
                        stranger.bulk.signal(text);
                    }
                }
                StreamEvent::Figures(figures) => {
                    let whole = figures.bytes_total > 0 && figures.bytes_have == figures.bytes_total;
                    told.push(StreamEvent::Figures(figures));
                    if whole {
                        return told;
                    }
                }
                event => told.push(event),
            },
            (name, event) = from_sources => {
                if let StreamEvent::Signal { text, .. } = event {
                    let (from, config) = (id(name), config());
                    ben.streams.command(StreamCommand::Signal { from, taker: false, text, config });
                }
            }
            Some((_, event)) = from_stranger => {
                if let Some(stranger) = stranger.as_mut() {
                    stranger.act(event, ben);
                }
            }
        }
    }
}

/// The film as it lies at Ben's, saved from there.
async fn kept(ben: &mut Side) -> Vec<u8> {
    let path: PathBuf = ben.folder.path().join("kept.mkv");
    ben.streams.command(StreamCommand::Keep(path.clone()));
    loop {
        if let StreamEvent::Kept(result) = ben.next().await {
            result.expect("it can be kept");
            return std::fs::read(path).expect("it is there");
        }
    }
}

fn fetch(ben: &Side, content: &[u8], voucher: &str, sources: &[&str]) {
    ben.streams.command(StreamCommand::Fetch(film(content)));
    ben.streams.command(StreamCommand::Vouches(id(voucher), None));
    for name in sources {
        ben.streams.command(StreamCommand::AddSource(id(name), config()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_film_comes_from_two_and_is_the_same_to_the_last_byte() {
    let content = content();
    assert_eq!(block_count(content.len() as u64), Some(BLOCKS));
    let mut sources = [source("anna", &content), source("cleo", &content)];
    let mut ben = Side::new("ben");
    fetch(&ben, &content, "anna", &["anna", "cleo"]);
    timeout(PATIENCE, carry(&mut ben, &mut sources, &mut None)).await.expect("it comes");
    let same = timeout(PATIENCE, kept(&mut ben)).await.expect("it is kept") == content;
    assert!(same, "byte for byte");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hash_of_the_whole_film_proves_those_of_its_blocks() {
    let content = content();
    let mut sources = [source("anna", &content)];
    let mut ben = Side::new("ben");
    fetch(&ben, &content, "anna", &["anna"]);
    let root = blake3::hash(&content).to_hex().to_string();
    ben.streams.command(StreamCommand::Vouches(id("anna"), Some(root)));
    let told = timeout(PATIENCE, carry(&mut ben, &mut sources, &mut None)).await.expect("it comes");
    assert!(!told.iter().any(|event| matches!(event, StreamEvent::Failed(..))));
    // Another film's hash does not.
    let wrong = blake3::hash(b"another film").to_hex().to_string();
    ben.streams.command(StreamCommand::Vouches(id("anna"), Some(wrong)));
    let failed = async {
        loop {
            if matches!(ben.next().await, StreamEvent::Failed(..)) {
                return;
            }
        }
    };
    timeout(PATIENCE, failed).await.expect("that is told");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_source_does_the_film_comes_from_another_one() {
    for malice in [Malice::FlipsBits, Malice::Promises, Malice::Babbles] {
        let content = content();
        let mut sources = [source("anna", &content)];
        let mut ben = Side::new("ben");
        let mut stranger = Some(Stranger::new("mallory", malice, content.clone()));
        fetch(&ben, &content, "anna", &["mallory", "anna"]);
        let carried = carry(&mut ben, &mut sources, &mut stranger);
        timeout(PATIENCE, carried).await.unwrap_or_else(|_| panic!("{malice:?}: it does not come"));
        drop(stranger);
        let same = timeout(PATIENCE, kept(&mut ben)).await.expect("it is kept") == content;
        assert!(same, "{malice:?}: byte for byte");
    }
}
