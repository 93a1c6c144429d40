//! Those whose media we receive: for each a voice inbox and, once they come, one for a screen's sound
//! and a decoder for each track of pictures.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use cinemasync_core::frame::FrameSlot;
use cinemasync_core::packet::InboundPacket;
use cinemasync_core::plan::{DecoderStats, ParticipantId, ScreenSoundStats, VoiceStats};
use cinemasync_core::track::Track;

use super::EventSink;
use super::lips::Lips;
use super::mixer::SoundInbox;
use super::record::Recorder;
use super::video_in::{Unit, VideoIn};

/// Slots kept for people whom no plan has named.
const MAX_SLOTS: usize = 64;

/// Everybody whose media we receive.
pub(super) struct Remotes {
    table: Mutex<Table>,
    /// Decoders that ended and whose threads are not joined yet.
    retired: Mutex<Vec<VideoIn>>,
    /// Grows when a sound comes or ends.
    generation: AtomicU64,
    events: EventSink,
    recorder: Option<Arc<Recorder>>,
}

#[derive(Default)]
struct Table {
    remotes: BTreeMap<ParticipantId, Remote>,
    slots: BTreeMap<(ParticipantId, Track), FrameSlot>,
    /// Those who share a screen.
    sharers: Vec<ParticipantId>,
}

struct Remote {
    voice: Arc<SoundInbox>,
    /// Once it has come.
    screen_sound: Option<Arc<SoundInbox>>,
    screen_volume: f32,
    lips: Arc<Lips>,
    /// At most one for each video track.
    video: BTreeMap<Track, VideoIn>,
}

impl Remote {
    fn new() -> Self {
        Self {
            voice: Arc::new(SoundInbox::new()),
            screen_sound: None,
            screen_volume: 1.0,
            lips: Arc::default(),
            video: BTreeMap::new(),
        }
    }
}

/// What is heard of somebody.
pub(super) struct Sounds {
    pub(super) voice: Arc<SoundInbox>,
    /// The sound of a screen, and what keeps it together with its pictures.
    pub(super) screen: Option<(Arc<SoundInbox>, Arc<Lips>)>,
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
                Remote::new()
            });
        }
        if changed {
            self.generation.fetch_add(1, Ordering::Release);
        }
        drop(table);
        self.retired.lock().unwrap_or_else(PoisonError::into_inner).append(&mut retired);
    }

    /// These share a screen and no others: whose screen was there and is not any more loses its last
    /// picture and its decoder.
    pub(super) fn set_sharers(&self, sharers: &[ParticipantId]) {
        let mut table = self.table();
        let before = std::mem::replace(&mut table.sharers, sharers.to_vec());
        let mut retired = Vec::new();
        for who in before.into_iter().filter(|who| !sharers.contains(who)) {
            let remote = table.remotes.get_mut(&who);
            let video = remote.and_then(|remote| remote.video.remove(&Track::Screen));
            if let Some(video) = &video {
                video.take_down();
            }
            retired.extend(video);
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
        let Table { remotes, slots, .. } = &mut *table;
        let Some(remote) = remotes.get_mut(from) else { return };
        match packet {
            InboundPacket::Audio { track: Track::Microphone, packet } => remote.voice.put(packet),
            InboundPacket::Audio { track: Track::ScreenAudio, packet } => {
                let volume = remote.screen_volume;
                let sound = remote.screen_sound.get_or_insert_with(|| {
                    self.generation.fetch_add(1, Ordering::Release);
                    let sound = SoundInbox::new();
                    sound.set_volume(volume);
                    Arc::new(sound)
                });
                sound.put(packet);
            }
            InboundPacket::Video { track, access_unit, rtp_timestamp, keyframe, arrived }
                if track.is_video() =>
            {
                let lips = (track == Track::Screen).then(|| Arc::clone(&remote.lips));
                let video = remote.video.entry(track).or_insert_with(|| {
                    let slot = slots.entry((from.clone(), track)).or_default().clone();
                    VideoIn::start(
                        from.clone(),
                        track,
                        slot,
                        lips,
                        self.events.clone(),
                        self.recorder.clone(),
                    )
                });
                video.put(Unit { access_unit, keyframe, timestamp: rtp_timestamp, arrived });
            }
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

    /// The same for the sounds of their screens.
    pub(super) fn set_screen_volumes(&self, volumes: &[(ParticipantId, f64)]) {
        for (who, remote) in &mut self.table().remotes {
            let volume = volumes.iter().find(|(named, _)| named == who);
            remote.screen_volume = volume.map_or(1.0, |(_, volume)| *volume as f32);
            if let Some(sound) = &remote.screen_sound {
                sound.set_volume(remote.screen_volume);
            }
        }
    }

    /// Grows with each sound that comes or ends.
    pub(super) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    pub(super) fn sounds(&self) -> BTreeMap<ParticipantId, Sounds> {
        let sounds = |(who, remote): (&ParticipantId, &Remote)| {
            let screen = remote.screen_sound.clone();
            let screen = screen.map(|sound| (sound, Arc::clone(&remote.lips)));
            (who.clone(), Sounds { voice: Arc::clone(&remote.voice), screen })
        };
        self.table().remotes.iter().map(sounds).collect()
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

    /// Figures of the screens' sounds since the previous call.
    pub(super) fn take_screen_sound_stats(&self) -> Vec<(ParticipantId, ScreenSoundStats)> {
        let figures = |(who, remote): (&ParticipantId, &Remote)| {
            let sound = remote.screen_sound.as_ref()?.take_stats()?;
            let av_skew_ms = remote.lips.take_skew_ms();
            Some((who.clone(), ScreenSoundStats { sound, av_skew_ms }))
        };
        self.table().remotes.iter().filter_map(figures).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use bytes::Bytes;

    use super::super::h264::{Encoder, Rate};
    use super::super::pattern;
    use super::*;

    #[test]
    fn the_last_picture_of_a_screen_goes_with_it_and_that_of_a_camera_stays() {
        let (told, pictures) = std::sync::mpsc::channel();
        let remotes = Remotes::new(
            Arc::new(move |event| {
                // The receiver is gone once the test ends.
                let _ = told.send(event);
            }),
            None,
        );
        let who = ParticipantId::new("a");
        let sharers = std::slice::from_ref(&who);
        remotes.set(sharers);
        let slots = [Track::Screen, Track::Camera].map(|track| remotes.slot(&who, track));
        let now = Instant::now();
        let mut encoder = Encoder::new(320, 180, Rate::usual(320, 180)).expect("opens");
        let frame = pattern::draw(320, 180, 0, 0, now);
        let unit = encoder.encode(&frame, true).expect("encodes").expect("a picture").access_unit;
        let show = |track| {
            let access_unit = Bytes::clone(&unit);
            let packet = InboundPacket::Video {
                track,
                access_unit,
                rtp_timestamp: 0,
                keyframe: true,
                arrived: now,
            };
            remotes.receive(&who, packet);
            pictures.recv().expect("the first picture of a track is told")
        };
        // Pictures may come before the words that announce them.
        show(Track::Screen);
        show(Track::Camera);
        remotes.set_sharers(&[]);
        remotes.set_sharers(sharers);
        assert!(slots.iter().all(|slot| slot.get().is_some()));
        remotes.set_sharers(&[]);
        assert!(slots[0].get().is_none() && slots[1].get().is_some());
        show(Track::Screen);
        assert!(slots[0].get().is_some(), "the slot is the same");
        remotes.set(&[]);
        remotes.join_retired();
    }
}
