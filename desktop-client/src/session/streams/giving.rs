//! What goes to others of the film that the room watches: to those whom the session let in, what they ask for,
//! and nothing else.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use cinemasync_core::film::FilmId;
use cinemasync_core::film_blocks::BlockSet;
use cinemasync_core::film_exchange::message::{BulkMessage, PIECE_BYTES, PieceSet};
use cinemasync_core::film_exchange::serving::{Serving, Wish};
use cinemasync_core::link::LinkConfig;
use cinemasync_core::streaming::StreamEvent;
use cinemasync_protocol::ParticipantId;
use tokio::sync::{Notify, mpsc};
use tokio::task::AbortHandle;

use super::{Common, FromBulk};
use crate::peer::bulk::{Bulk, BulkEvent, MAX_URGENT_BYTES, Role};
use crate::store::{BlockHash, BlockStore};

/// Questions for hashes that one person may have open; who asks more is not answered.
const HASH_ASKS: usize = 64;
/// Blocks that are sent to one person at once: one, and one that a player waits for.
const UNDER_WAY: usize = 2;
/// Hashes in one answer: an urgent message.
const HASHES: usize = (MAX_URGENT_BYTES - 5) / 32;

/// What is given, and to whom.
pub(super) struct Giving {
    film: Option<(FilmId, Arc<BlockStore>)>,
    takers: BTreeMap<ParticipantId, Taker>,
    events: mpsc::Sender<FromBulk>,
    sent: u64,
    looked: Instant,
    bytes_per_second: f64,
}

/// Somebody who gets the film.
struct Taker {
    bulk: Arc<Bulk>,
    /// It named the film that is given.
    admitted: bool,
    wishes: Arc<Wishes>,
    /// The blocks that it knows we have.
    told: BlockSet,
    /// Sends what it asks for.
    sending: AbortHandle,
}

impl Drop for Taker {
    fn drop(&mut self) {
        self.sending.abort();
    }
}

/// What somebody asked for.
#[derive(Default)]
struct Wishes {
    blocks: Mutex<Serving>,
    hashes: Mutex<VecDeque<u32>>,
    more: Notify,
}

impl Wishes {
    fn blocks(&self) -> MutexGuard<'_, Serving> {
        self.blocks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hashes(&self) -> MutexGuard<'_, VecDeque<u32>> {
        self.hashes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Giving {
    pub(super) fn new(events: mpsc::Sender<FromBulk>) -> Self {
        Self {
            film: None,
            takers: BTreeMap::new(),
            events,
            sent: 0,
            looked: Instant::now(),
            bytes_per_second: 0.0,
        }
    }

    pub(super) fn is_on(&self) -> bool {
        self.film.is_some()
    }

    /// This film may be asked for from now on, and no other.
    pub(super) fn offer(&mut self, film: FilmId, store: Arc<BlockStore>) {
        self.takers.clear();
        self.film = Some((film, store));
    }

    pub(super) fn stop(&mut self) {
        self.takers.clear();
        self.film = None;
    }

    pub(super) fn gone(&mut self, id: &ParticipantId) {
        self.takers.remove(id);
    }

    pub(super) fn hush(&self, pause: Duration) {
        self.takers.values().for_each(|taker| taker.bulk.hush(pause));
    }

    /// Somebody's bundle says something: the first time, one is opened for it.
    pub(super) fn signal(&mut self, from: &ParticipantId, text: String, config: LinkConfig) {
        let Some((_, store)) = &self.film else { return };
        if !self.takers.contains_key(from) {
            let opened = Bulk::open(from.clone(), Role::Answers, config, self.events.clone());
            let bulk = match opened {
                Ok(bulk) => Arc::new(bulk),
                Err(error) => {
                    tracing::error!(%error, peer = %from, "no bundle can be made");
                    return;
                }
            };
            let wishes = Arc::<Wishes>::default();
            let sending = send(Arc::clone(&bulk), Arc::clone(&wishes), Arc::clone(store));
            let sending = tokio::spawn(sending).abort_handle();
            let told = BlockSet::none(store.blocks());
            let taker = Taker { bulk, admitted: false, wishes, told, sending };
            self.takers.insert(from.clone(), taker);
        }
        if let Some(taker) = self.takers.get(from) {
            taker.bulk.signal(text);
        }
    }

    pub(super) async fn bulk_event(
        &mut self,
        id: ParticipantId,
        event: BulkEvent,
        common: &Common,
    ) {
        match event {
            BulkEvent::Signal(text) => {
                common.tell(StreamEvent::Signal { to: id, taker: false, text }).await;
            }
            BulkEvent::Up => {}
            BulkEvent::Message(bytes) => self.message(&id, bytes),
            BulkEvent::Down(reason) => {
                tracing::debug!(peer = %id, reason, "nobody gets the film there any more");
                self.takers.remove(&id);
            }
        }
    }

    fn message(&mut self, id: &ParticipantId, bytes: Bytes) {
        let (Some((film, store)), Some(taker)) = (&self.film, self.takers.get_mut(id)) else {
            return;
        };
        match BulkMessage::decode(bytes) {
            Some(BulkMessage::Film(wanted)) => {
                taker.admitted = wanted == film.0;
                taker.told = BlockSet::none(store.blocks());
                taker.tell_new_blocks(&store.have_set());
            }
            _ if !taker.admitted => {}
            Some(BulkMessage::Ask { block, urgent, came }) => {
                let wish = Wish { block, came };
                if taker.wishes.blocks().asked(wish, urgent, &store.have_set()) {
                    taker.wishes.more.notify_one();
                } else {
                    taker.say(&BulkMessage::Sorry(block));
                }
            }
            Some(BulkMessage::Hurry(block)) => {
                taker.wishes.blocks().hurried(block);
                taker.wishes.more.notify_one();
            }
            Some(BulkMessage::Unask(block)) => taker.wishes.blocks().unasked(block),
            Some(BulkMessage::AskHashes(first)) => {
                let mut hashes = taker.wishes.hashes();
                if hashes.len() < HASH_ASKS && !hashes.contains(&first) {
                    hashes.push_back(first);
                    taker.wishes.more.notify_one();
                }
            }
            // What sources say, or nothing at all.
            Some(
                BulkMessage::Has(_)
                | BulkMessage::Piece { .. }
                | BulkMessage::Sorry(_)
                | BulkMessage::Hashes(..),
            )
            | None => {
                tracing::debug!(peer = %id, "somebody who gets a film said what makes no sense");
            }
        }
    }

    /// Tells those who get the film which blocks came here meanwhile.
    pub(super) fn tell_new_blocks(&mut self) {
        let Some((_, store)) = &self.film else { return };
        let waiting = |taker: &&mut Taker| taker.admitted && !taker.told.is_complete();
        let mut takers = self.takers.values_mut().filter(waiting).peekable();
        if takers.peek().is_some() {
            let here = store.have_set();
            takers.for_each(|taker| taker.tell_new_blocks(&here));
        }
    }

    /// How fast the film goes to all others together.
    pub(super) fn bytes_per_second(&mut self, now: Instant) -> f64 {
        let sent: u64 = self.takers.values().map(|taker| taker.bulk.stats().sent).sum();
        let span = now.saturating_duration_since(self.looked).as_secs_f64();
        // Somebody may have gone, with what was sent there.
        let latest = sent.saturating_sub(self.sent) as f64 / span.max(0.001);
        (self.sent, self.looked) = (sent, now);
        self.bytes_per_second = 0.5 * self.bytes_per_second + 0.5 * latest;
        self.bytes_per_second
    }
}

impl Taker {
    fn say(&self, message: &BulkMessage) {
        if let Err(error) = self.bulk.send_urgent(message.encode()) {
            tracing::debug!(%error, "an answer about a film was not sent");
        }
    }

    fn tell_new_blocks(&mut self, here: &BlockSet) {
        if !self.admitted {
            return;
        }
        let runs = here.untold(&mut self.told);
        for runs in runs.chunks((MAX_URGENT_BYTES - 1) / 8) {
            self.say(&BulkMessage::Has(runs.to_vec()));
        }
    }
}

/// A block that is being sent.
struct Sending {
    block: u32,
    bytes: Bytes,
    /// Where the next piece begins.
    at: usize,
    /// Pieces that are not wanted.
    came: PieceSet,
    urgent: bool,
}

impl Sending {
    /// The next piece that is wanted.
    fn next(&mut self) -> Option<BulkMessage> {
        while self.at < self.bytes.len() {
            let begin = self.at;
            self.at = (begin + PIECE_BYTES).min(self.bytes.len());
            if self.came & (1 << (begin / PIECE_BYTES)) == 0 {
                let offset = u32::try_from(begin).expect("within a block");
                let data = self.bytes.slice(begin..self.at);
                return Some(BulkMessage::Piece { block: self.block, offset, data });
            }
        }
        None
    }
}

/// Sends what somebody asks for, as fast as the bundle takes it; what a player waits for overtakes the rest
/// from one piece to the next.
async fn send(bulk: Arc<Bulk>, wishes: Arc<Wishes>, store: Arc<BlockStore>) {
    let mut under_way: Vec<Sending> = Vec::new();
    loop {
        let asked = wishes.hashes().pop_front();
        if let Some(first) = asked {
            tell_hashes(&bulk, &store, first).await;
        }
        let (next, urgent) = {
            let mut blocks = wishes.blocks();
            let urgent = if under_way.len() < UNDER_WAY { blocks.take_urgent() } else { None };
            match urgent {
                Some(wish) => (Some(wish), true),
                None if under_way.is_empty() => (blocks.take_next(), false),
                None => (None, false),
            }
        };
        if let Some(Wish { block, came }) = next {
            match read(&store, block).await {
                Some(bytes) => under_way.push(Sending { block, bytes, at: 0, came, urgent }),
                None => {
                    wishes.blocks().sent(block);
                    // The other end may be gone; then so is this task, soon.
                    let _ = bulk.send_urgent(BulkMessage::Sorry(block).encode());
                }
            }
        }
        // Of several the first that is urgent, in the order in which they were asked for.
        let urgent = under_way.iter().position(|sending| sending.urgent).unwrap_or(0);
        let Some(sending) = under_way.get_mut(urgent) else {
            let idle = next.is_none() && asked.is_none();
            if idle {
                wishes.more.notified().await;
            }
            continue;
        };
        let Some(piece) = sending.next() else {
            wishes.blocks().sent(sending.block);
            under_way.remove(urgent);
            continue;
        };
        let sent = if sending.urgent {
            bulk.send_ahead(piece.encode()).await
        } else {
            bulk.send(piece.encode()).await
        };
        if sent.is_err() {
            return;
        }
    }
}

async fn read(store: &Arc<BlockStore>, block: u32) -> Option<Bytes> {
    let store = Arc::clone(store);
    let read = tokio::task::spawn_blocking(move || store.read(block)).await;
    match read {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(error)) => {
            tracing::warn!(%error, "a film that is given cannot be read");
            None
        }
        Err(_) => None,
    }
}

/// Answers with the hashes that are known from a block on; the first one is made if need be.
async fn tell_hashes(bulk: &Bulk, store: &Arc<BlockStore>, first: u32) {
    if store.hash(first).is_none() {
        read(store, first).await;
    }
    let last = first.saturating_add(HASHES as u32);
    let hashes: Vec<BlockHash> = (first..last).map_while(|block| store.hash(block)).collect();
    if !hashes.is_empty() {
        let _ = bulk.send_urgent(BulkMessage::Hashes(first, hashes).encode());
    }
}
