//! The film that comes here: its sources, the pieces that arrive, whether they are true, and what the player
//! needs next.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use cinemasync_core::film::FilmId;
use cinemasync_core::film_blocks::{BLOCK_BYTES, block_len, block_of};
use cinemasync_core::film_exchange::intake::{Intake, IntakeInput, IntakeOutput};
use cinemasync_core::film_exchange::message::{BulkMessage, PIECE_BYTES, PieceSet};
use cinemasync_core::link::LinkConfig;
use cinemasync_core::session::Input;
use cinemasync_core::streaming::{StreamEvent, StreamFigures};
use cinemasync_protocol::ParticipantId;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::{Common, FromBulk, bytes_of};
use crate::peer::bulk::{Bulk, BulkEvent, Role};
use crate::store::{BlockHash, BlockStore, Keep, WriteError, Written, block_hash, keep};

/// A bundle that ended is opened again after this long.
const REOPEN: Duration = Duration::from_secs(2);
/// Blocks that wait for their hash at most; more are asked for again.
const UNKNOWN: usize = 32;
/// The same hashes are asked for again after this long.
const HASHES_PATIENCE: Duration = Duration::from_secs(2);

/// A film that comes.
pub(super) struct Taking {
    film: FilmId,
    store: Arc<BlockStore>,
    intake: Intake,
    sources: BTreeMap<ParticipantId, Source>,
    /// Who sent what is not the film.
    liars: BTreeSet<ParticipantId>,
    /// What was asked for and comes.
    parts: BTreeMap<(ParticipantId, u32), Part>,
    /// Blocks that are here whole, and of which nobody can say yet whether they are true.
    unknown: BTreeMap<u32, (ParticipantId, Vec<u8>)>,
    voucher: Option<ParticipantId>,
    /// The hash of the whole film, as the voucher says.
    root: Option<BlockHash>,
    /// It was found to be what the hashes of the blocks make.
    proven: bool,
    /// From which block on the voucher was asked for hashes, and when.
    hashes_asked: Option<(u32, Instant)>,
    work: JoinSet<Done>,
    /// Ends what reads or copies the film off this task.
    over: Arc<AtomicBool>,
    events: mpsc::Sender<FromBulk>,
}

/// Somebody from whom the film comes.
struct Source {
    config: LinkConfig,
    bulk: Option<Bulk>,
    reopen: Option<Instant>,
    up: bool,
}

/// A block of which pieces come.
#[derive(Default)]
struct Part {
    bytes: Vec<u8>,
    /// Which pieces are here, as bits.
    came: PieceSet,
    left: usize,
}

/// Work off this task that is done.
pub(super) enum Done {
    /// A block was checked, and is here if it is true.
    Checked { from: ParticipantId, block: u32, result: Result<Written, WriteError> },
    /// What an earlier run of the program left was checked.
    Counted(Vec<u32>),
}

impl Drop for Taking {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Release);
    }
}

impl Taking {
    /// A film with what is here of it.
    pub(super) fn new(
        film: FilmId,
        store: Arc<BlockStore>,
        events: mpsc::Sender<FromBulk>,
        now: Instant,
    ) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let mut work = JoinSet::new();
        let (kept, cancelled) = (Arc::clone(&store), Arc::clone(&over));
        work.spawn_blocking(move || {
            let mut counted = Vec::new();
            kept.recheck(&cancelled, |block| counted.push(block));
            Done::Counted(counted)
        });
        Self {
            film,
            intake: Intake::new(store.have_set(), now),
            store,
            sources: BTreeMap::new(),
            liars: BTreeSet::new(),
            parts: BTreeMap::new(),
            unknown: BTreeMap::new(),
            voucher: None,
            root: None,
            proven: false,
            hashes_asked: None,
            work,
            over,
            events,
        }
    }

    pub(super) fn film(&self) -> &FilmId {
        &self.film
    }

    pub(super) fn next_timeout(&self) -> Option<Instant> {
        let reopen = self.sources.values().filter_map(|source| source.reopen).min();
        let hashes = self.hashes_asked.map(|(_, asked)| asked + HASHES_PATIENCE);
        [self.intake.next_timeout(), reopen, hashes].into_iter().flatten().min()
    }

    pub(super) fn timeout(&mut self) {
        let now = Instant::now();
        let due: Vec<_> = self
            .sources
            .iter()
            .filter(|(_, source)| source.reopen.is_some_and(|at| now >= at))
            .map(|(id, source)| (id.clone(), source.config.clone()))
            .collect();
        for (id, config) in due {
            self.sources.remove(&id);
            self.add_source(id, config);
        }
        if self.hashes_asked.is_some_and(|(_, asked)| now >= asked + HASHES_PATIENCE) {
            self.hashes_asked = None;
            self.ask_hashes();
        }
        self.intake.handle(IntakeInput::Timeout, now);
    }

    // ---- sources ----

    pub(super) fn add_source(&mut self, id: ParticipantId, config: LinkConfig) {
        if self.sources.contains_key(&id) || self.liars.contains(&id) {
            return;
        }
        let opened = Bulk::open(id.clone(), Role::Opens, config.clone(), self.events.clone());
        let bulk = opened
            .inspect_err(|error| tracing::error!(%error, peer = %id, "no bundle can be made"))
            .ok();
        self.sources.insert(id, Source { config, bulk, reopen: None, up: false });
    }

    pub(super) fn remove_source(&mut self, id: &ParticipantId) {
        self.sources.remove(id);
        self.forget_parts_of(id);
        self.intake.handle(IntakeInput::SourceGone(id.clone()), Instant::now());
    }

    pub(super) fn signal(&self, from: &ParticipantId, text: String) {
        if let Some(bulk) = self.sources.get(from).and_then(|source| source.bulk.as_ref()) {
            bulk.signal(text);
        }
    }

    /// What this one says of the film counts.
    pub(super) async fn vouches(&mut self, id: ParticipantId, root: Option<&str>, common: &Common) {
        let root = root.and_then(|hash| blake3::Hash::from_hex(hash).ok());
        self.root = root.map(|hash| *hash.as_bytes());
        self.voucher = Some(id);
        (self.proven, self.hashes_asked) = (false, None);
        self.ask_hashes();
        self.prove(common).await;
    }

    pub(super) async fn bulk_event(
        &mut self,
        id: ParticipantId,
        event: BulkEvent,
        common: &Common,
    ) {
        match event {
            BulkEvent::Signal(text) => {
                common.tell(StreamEvent::Signal { to: id, taker: true, text }).await;
            }
            BulkEvent::Up => {
                let Some(source) = self.sources.get_mut(&id) else { return };
                source.up = true;
                tracing::debug!(peer = %id, "a source of the film can be asked");
                source.say(&BulkMessage::Film(self.film.0.clone()));
                self.intake.handle(IntakeInput::SourceUp(id), Instant::now());
                self.ask_hashes();
            }
            BulkEvent::Message(bytes) => self.message(id, bytes, common).await,
            BulkEvent::Down(reason) => {
                tracing::debug!(peer = %id, reason, "a source of the film is gone for now");
                if let Some(source) = self.sources.get_mut(&id) {
                    (source.bulk, source.up) = (None, false);
                    source.reopen = Some(Instant::now() + REOPEN);
                }
                self.forget_parts_of(&id);
                self.intake.handle(IntakeInput::SourceGone(id), Instant::now());
            }
        }
    }

    async fn message(&mut self, from: ParticipantId, bytes: Bytes, common: &Common) {
        if !self.sources.get(&from).is_some_and(|source| source.up) {
            return;
        }
        let now = Instant::now();
        match BulkMessage::decode(bytes) {
            Some(BulkMessage::Has(runs)) => self.intake.handle(IntakeInput::Has(from, runs), now),
            Some(BulkMessage::Piece { block, offset, data }) => {
                self.piece(from, block, offset as usize, &data);
            }
            Some(BulkMessage::Sorry(block)) => {
                self.parts.remove(&(from.clone(), block));
                self.intake.handle(IntakeInput::Sorry { from, block }, now);
            }
            Some(BulkMessage::Hashes(first, hashes)) if self.voucher.as_ref() == Some(&from) => {
                self.hashes(first, &hashes, common).await;
            }
            // Somebody else's word, what takers say, or nothing at all.
            _ => tracing::debug!(peer = %from, "a source of a film said what is not listened to"),
        }
    }

    // ---- blocks ----

    fn piece(&mut self, from: ParticipantId, block: u32, offset: usize, data: &[u8]) {
        let length = block_len(self.store.bytes(), block);
        let key = (from, block);
        // Only what was asked for takes memory.
        let Some(part) = self.parts.get_mut(&key) else { return };
        let expected = PIECE_BYTES.min(length.saturating_sub(offset));
        let bit = 1_u32 << (offset / PIECE_BYTES);
        if data.len() != expected || part.came & bit != 0 {
            return;
        }
        if part.bytes.is_empty() {
            part.bytes = vec![0; length];
            part.left = length;
        }
        part.bytes[offset..offset + data.len()].copy_from_slice(data);
        part.came |= bit;
        part.left -= data.len();
        let whole = (part.left == 0).then(|| std::mem::take(&mut part.bytes));
        if let Some(bytes) = whole {
            self.parts.remove(&key);
            self.whole(key.0.clone(), block, bytes);
        }
        let bytes = data.len() as u64;
        self.intake.handle(IntakeInput::Piece { from: key.0, block, bytes }, Instant::now());
    }

    /// All pieces of a block are here.
    fn whole(&mut self, from: ParticipantId, block: u32, bytes: Vec<u8>) {
        let vouches = self.voucher.as_ref() == Some(&from);
        if self.store.hash(block).is_some() || vouches {
            return self.check(from, block, bytes);
        }
        if self.unknown.len() < UNKNOWN {
            self.unknown.insert(block, (from, bytes));
            if let Some(voucher) = self.voucher.as_ref().and_then(|id| self.sources.get(id)) {
                voucher.say(&BulkMessage::AskHashes(block));
            }
        }
    }

    fn check(&mut self, from: ParticipantId, block: u32, bytes: Vec<u8>) {
        let store = Arc::clone(&self.store);
        let vouches = self.voucher.as_ref() == Some(&from);
        self.work.spawn_blocking(move || {
            // Whoever vouches says what is true, until the hash of the whole film says otherwise.
            if vouches
                && store.hash(block).is_none()
                && let Some(hash) = block_hash(store.bytes(), block, &bytes)
            {
                store.set_hash(block, hash);
            }
            let result = store.write(block, &bytes);
            Done::Checked { from, block, result }
        });
    }

    /// The next work that is done; none while there is none.
    pub(super) async fn next_done(&mut self) -> Option<Done> {
        loop {
            match self.work.join_next().await {
                Some(Ok(done)) => return Some(done),
                Some(Err(error)) => tracing::error!(%error, "checking a film"),
                None => std::future::pending().await,
            }
        }
    }

    pub(super) async fn done(&mut self, done: Done, common: &Common) {
        let now = Instant::now();
        match done {
            Done::Checked { block, result: Ok(written), .. } => {
                tracing::trace!(block, "a block is here");
                self.intake.handle(IntakeInput::Stored(block), now);
                if written == Written::Memory {
                    self.tell_trouble(common).await;
                }
            }
            Done::Checked { from, block, result: Err(WriteError::False) } => {
                self.intake.handle(IntakeInput::False { from, block }, now);
            }
            Done::Checked { from, block, result: Err(WriteError::NoHash) } => {
                self.intake.handle(IntakeInput::Sorry { from, block }, now);
            }
            Done::Counted(blocks) => {
                for block in blocks {
                    self.intake.handle(IntakeInput::Stored(block), now);
                }
            }
        }
        self.lose(now);
        self.prove(common).await;
    }

    fn lose(&mut self, now: Instant) {
        for block in self.store.take_lost() {
            self.intake.handle(IntakeInput::Lost(block), now);
        }
    }

    async fn tell_trouble(&self, common: &Common) {
        if let Some(text) = self.store.take_disk_trouble() {
            common.tell(StreamEvent::Warning(text)).await;
        }
    }

    fn forget_parts_of(&mut self, id: &ParticipantId) {
        self.parts.retain(|(from, _), _| from != id);
    }

    // ---- hashes ----

    /// Asks whoever vouches for the hashes that are missing, once there is a hash of the whole film by which they
    /// can be proven.
    fn ask_hashes(&mut self) {
        let Some(voucher) = self.voucher.as_ref().and_then(|id| self.sources.get(id)) else {
            return;
        };
        if self.root.is_none() || self.proven || self.hashes_asked.is_some() || !voucher.up {
            return;
        }
        let missing = (0..self.store.blocks()).find(|block| self.store.hash(*block).is_none());
        if let Some(first) = missing {
            voucher.say(&BulkMessage::AskHashes(first));
            self.hashes_asked = Some((first, Instant::now()));
        }
    }

    async fn hashes(&mut self, first: u32, hashes: &[BlockHash], common: &Common) {
        for (block, hash) in (first..).zip(hashes) {
            // What was proven is not changed by a later word.
            if !self.proven {
                self.store.set_hash(block, *hash);
            }
            if let Some((from, bytes)) = self.unknown.remove(&block) {
                self.check(from, block, bytes);
            }
        }
        self.lose(Instant::now());
        if self.hashes_asked.is_some_and(|(asked, _)| asked == first) {
            self.hashes_asked = None;
        }
        self.ask_hashes();
        self.prove(common).await;
    }

    /// Do the hashes make that of the whole film?
    async fn prove(&mut self, common: &Common) {
        let (Some(root), false) = (self.root, self.proven) else { return };
        let Some(made) = self.store.hashes_root() else { return };
        self.proven = made == root;
        if !self.proven {
            // Told once.
            self.root = None;
            tracing::warn!("the hashes of a film contradict its own");
            let text = "The film does not come as it was announced: what is told of it contradicts \
                        itself. Let somebody else share it.";
            common.tell(StreamEvent::Failed(self.film.clone(), text.to_owned())).await;
        }
    }

    // ---- the player ----

    pub(super) fn player_reads(&mut self) {
        if let Some(wanted) = self.store.wanted().first() {
            let (block, waits) = (block_of(wanted.at), wanted.waiting);
            tracing::trace!(block, waits, "the player reads");
            self.intake.handle(IntakeInput::Reads { block, waits }, Instant::now());
        }
    }

    /// Saves a copy of the film, once all of it is here.
    pub(super) fn keep(&self, target: PathBuf, inputs: mpsc::Sender<Input>) {
        let (store, over) = (Arc::clone(&self.store), Arc::clone(&self.over));
        let whole = self.root;
        tokio::task::spawn_blocking(move || {
            let wanted = Keep { target: &target, overwrite: true, whole };
            let result = keep(&store, &wanted, |_| {}, &over);
            let kept = result.map(|()| target.clone()).map_err(|error| error.to_string());
            // The session may be over by now.
            let _ = inputs.blocking_send(Input::Stream(StreamEvent::Kept(kept)));
        });
    }

    pub(super) fn figures(&mut self, now: Instant) -> StreamFigures {
        StreamFigures {
            bytes_have: bytes_of(self.intake.here(), self.store.bytes()),
            bytes_total: self.store.bytes(),
            ahead_bytes: u64::from(self.intake.ahead()) * BLOCK_BYTES,
            bytes_per_second: self.intake.bytes_per_second(now),
            sources: self.intake.sources(),
            given_per_second: 0.0,
        }
    }

    /// Does what the core decided.
    pub(super) async fn perform(&mut self, common: &Common) {
        while let Some(output) = self.intake.poll_output() {
            match output {
                IntakeOutput::Ask { source, block, urgent } => {
                    tracing::trace!(block, urgent, "asking for a block");
                    let part = self.parts.entry((source.clone(), block)).or_default();
                    let came = part.came;
                    self.say(&source, &BulkMessage::Ask { block, urgent, came });
                }
                IntakeOutput::Hurry { source, block } => {
                    self.say(&source, &BulkMessage::Hurry(block));
                }
                IntakeOutput::Unask { source, block } => {
                    self.parts.remove(&(source.clone(), block));
                    self.say(&source, &BulkMessage::Unask(block));
                }
                IntakeOutput::Leave(id) => {
                    tracing::warn!(peer = %id, "a source sent what is not the film: nothing comes from it any more");
                    self.sources.remove(&id);
                    self.forget_parts_of(&id);
                    self.liars.insert(id);
                }
                IntakeOutput::Complete => {
                    common.tell(StreamEvent::Figures(self.figures(Instant::now()))).await;
                }
            }
        }
    }

    fn say(&self, to: &ParticipantId, message: &BulkMessage) {
        if let Some(source) = self.sources.get(to) {
            source.say(message);
        }
    }
}

impl Source {
    fn say(&self, message: &BulkMessage) {
        let Some(bulk) = &self.bulk else { return };
        if let Err(error) = bulk.send_urgent(message.encode()) {
            // It is asked for again when it does not come.
            tracing::debug!(%error, "a question about a film was not sent");
        }
    }
}
