//! Those whose media we receive: for each a voice inbox and, once pictures come, a decoder a track.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use cinemasync_core::frame::FrameSlot;
use cinemasync_core::packet::InboundPacket;
use cinemasync_core::plan::{DecoderStats, ParticipantId, VoiceStats};
use cinemasync_core::track::Track;

use super::EventSink;
use super::mixer::VoiceInbox;
use super::record::Recorder;
use super::video_in::VideoIn;

/// Slots kept for people whom no plan has named.
const MAX_SLOTS: usize = 64;

/// Everybody whose media we receive.
pub(super) struct Remotes {
    table: Mutex<Table>,
    /// Decoders that ended and whose threads are not joined yet.
    retired: Mutex<Vec<VideoIn>>,
    /// Grows when somebody comes or leaves.
    generation: AtomicU64,
    events: EventSink,
    recorder: Option<Arc<Recorder>>,
}

#[derive(Default)]
struct Table {
    remotes: BTreeMap<ParticipantId, Remote>,
    slots: BTreeMap<(ParticipantId, Track), FrameSlot>,
}

struct Remote {
    voice: Arc<VoiceInbox>,
    /// At most one for each video track.
    video: BTreeMap<Track, VideoIn>,
}

impl Remotes {
    pub(super) fn new(events: EventSink, recorder: Option<Arc<Recorder>>) -> Self {
        Self {
            table: Mutex::default(),
            retired: Mutex::default(),
            generation: AtomicU64::new(1),
            events,
            recorder,
        }
    }

    fn table(&self) -> std::sync::MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Receives from these and no others, at once; [`Self::join_retired`] ends what ended.
    pub(super) fn set(&self, receive: &[ParticipantId]) {
        let mut table = self.table();
        let left: Vec<ParticipantId> =
            table.remotes.keys().filter(|who| !receive.contains(who)).cloned().collect();
        let mut retired = Vec::new();
        let mut changed = !left.is_empty();
        for who in left {
            let remote = table.remotes.remove(&who);
            retired.extend(remote.into_iter().flat_map(|remote| remote.video.into_values()));
            table.slots.retain(|(of, _), slot| {
                if *of == who {
                    slot.clear();
                }
                *of != who
            });
        }
        for who in receive {
            table.remotes.entry(who.clone()).or_insert_with(|| {
                changed = true;
                Remote { voice: Arc::new(VoiceInbox::new()), video: BTreeMap::new() }
            });
        }
        if changed {
            self.generation.fetch_add(1, Ordering::Release);
        }
        drop(table);
        self.retired.lock().unwrap_or_else(PoisonError::into_inner).append(&mut retired);
    }

    /// Joins the threads of decoders that ended; each finishes the picture it is at.
    pub(super) fn join_retired(&self) {
        let retired =
            std::mem::take(&mut *self.retired.lock().unwrap_or_else(PoisonError::into_inner));
        drop(retired);
    }

    /// Takes a packet; those of people who are not received are dropped.
    pub(super) fn receive(&self, from: &ParticipantId, packet: InboundPacket) {
        let mut table = self.table();
        let Table { remotes, slots } = &mut *table;
        let Some(remote) = remotes.get_mut(from) else { return };
        match packet {
            InboundPacket::Audio { track: Track::Microphone, packet } => remote.voice.put(packet),
            InboundPacket::Video { track, access_unit, keyframe, .. } if track.is_video() => {
                let video = remote.video.entry(track).or_insert_with(|| {
                    let slot = slots.entry((from.clone(), track)).or_default().clone();
                    VideoIn::start(
                        from.clone(),
                        track,
                        slot,
                        self.events.clone(),
                        self.recorder.clone(),
                    )
                });
                video.put(access_unit, keyframe);
            }
            // The sound of a shared screen is not sent by anybody yet.
            InboundPacket::Audio { .. } | InboundPacket::Video { .. } => {}
        }
    }

    /// The slot of somebody's pictures; it stays the same as long as they are received.
    pub(super) fn slot(&self, who: &ParticipantId, track: Track) -> FrameSlot {
        let mut table = self.table();
        if let Some(slot) = table.slots.get(&(who.clone(), track)) {
            return slot.clone();
        }
        let slot = FrameSlot::default();
        // Asked for before they are received, or after they left: beyond a bound such a slot is
        // not kept, or asking would fill memory.
        if table.remotes.contains_key(who) || table.slots.len() < MAX_SLOTS {
            table.slots.insert((who.clone(), track), slot.clone());
        }
        slot
    }

    /// Mixes voices this loud; whoever is not named, as it comes.
    pub(super) fn set_volumes(&self, volumes: &[(ParticipantId, f64)]) {
        for (who, remote) in &self.table().remotes {
            let volume = volumes.iter().find(|(named, _)| named == who);
            remote.voice.set_volume(volume.map_or(1.0, |(_, volume)| *volume as f32));
        }
    }

    /// Grows by one with each who comes or leaves.
    pub(super) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    pub(super) fn voices(&self) -> BTreeMap<ParticipantId, Arc<VoiceInbox>> {
        let table = self.table();
        table.remotes.iter().map(|(who, remote)| (who.clone(), Arc::clone(&remote.voice))).collect()
    }

    /// Figures since the previous call.
    pub(super) fn take_stats(&self) -> Vec<(ParticipantId, Vec<DecoderStats>, Option<VoiceStats>)> {
        let table = self.table();
        let figures = |(who, remote): (&ParticipantId, &Remote)| {
            let video = remote.video.iter().filter_map(|(track, video)| video.take_stats(*track));
            (who.clone(), video.collect(), remote.voice.take_stats())
        };
        table.remotes.iter().map(figures).collect()
    }
}
