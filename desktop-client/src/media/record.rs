//! Writes what is received: a Y4M file a video track, a WAV a voice and a screen's sound, and the WAV of a loudspeaker
//! that is a file. One thread of its own writes all of them, so that a slow disk delays nobody.
//!
//! Full queue: the picture or sound is dropped and counted; what is missing of a sound is written
//! as silence, so that times stay right. A file that cannot be written is given up with an error in
//! the log, and the rest goes on.

mod files;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use cinemasync_core::frame::VideoFrame;
use cinemasync_core::plan::ParticipantId;
use cinemasync_core::track::Track;

use super::level::to_i16;
use super::opus::{FRAME, RATE, StereoFrame};
use super::worker::{Stop, Worker};
use files::Files;

/// Pictures and sounds that wait for the disk: a second of three voices and two cameras, at most
/// 150 MB of pictures (3.1 MB each at 1080p) but in practice a few.
const QUEUE: usize = 400;
const MOST_PICTURES: u64 = 48;
/// How often the files are made whole, so that they can be read whatever ends the program.
const FLUSH: Duration = Duration::from_millis(500);

enum Item {
    Picture { from: ParticipantId, track: Track, frame: Arc<VideoFrame> },
    Sound { of: SoundOf, position: u64, samples: Box<[i16]> },
}

/// Whose sound.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum SoundOf {
    Voice(ParticipantId),
    /// In stereo.
    Screen(ParticipantId),
    Speaker,
}

/// The writing thread and the way to it.
pub(super) struct Recorder {
    queue: Option<SyncSender<Item>>,
    pictures: Arc<AtomicU64>,
    dropped: AtomicU64,
    started: Instant,
    /// Are voices and pictures recorded, or only the loudspeaker?
    everything: bool,
    worker: Option<Worker>,
}

impl Recorder {
    /// Starts writing into `folder` (made if missing) and the loudspeaker's sound into `speaker`.
    ///
    /// # Errors
    ///
    /// A sentence for a person if the folder or the loudspeaker's file cannot be made.
    pub(super) fn start(folder: Option<&Path>, speaker: Option<&Path>) -> Result<Self, String> {
        let mut files = Files::new(folder.map(PathBuf::from));
        if let Some(folder) = folder {
            std::fs::create_dir_all(folder).map_err(|error| {
                let folder = folder.display();
                format!("The folder {folder} for recordings cannot be made ({error}). Choose another one.")
            })?;
        }
        if let Some(path) = speaker {
            files.open_speaker(path).map_err(|error| {
                let path = path.display();
                format!("The sound file {path} cannot be written ({error}). Choose another one.")
            })?;
        }
        let (queue, items) = sync_channel(QUEUE);
        let pictures = Arc::new(AtomicU64::new(0));
        let waiting = Arc::clone(&pictures);
        let worker = Worker::spawn("recorder", move |stop| run(files, &items, &waiting, stop));
        Ok(Self {
            queue: Some(queue),
            pictures,
            dropped: AtomicU64::new(0),
            started: Instant::now(),
            everything: folder.is_some(),
            worker: Some(worker),
        })
    }

    /// Samples since the recording's start: where a sound that begins now belongs.
    pub(super) fn position(&self) -> u64 {
        let samples = self.started.elapsed().as_micros() * u128::from(RATE) / 1_000_000;
        u64::try_from(samples).unwrap_or(u64::MAX)
    }

    /// Records a picture of somebody's track.
    pub(super) fn picture(&self, from: &ParticipantId, track: Track, frame: Arc<VideoFrame>) {
        if !self.everything {
            return;
        }
        if self.pictures.fetch_add(1, Ordering::Relaxed) >= MOST_PICTURES {
            self.pictures.fetch_sub(1, Ordering::Relaxed);
            self.drop_one();
            return;
        }
        if !self.put(Item::Picture { from: from.clone(), track, frame }) {
            self.pictures.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Records 10 ms of somebody's voice, `position` samples after the recording's start.
    pub(super) fn voice(&self, from: &ParticipantId, position: u64, sound: &[f32; FRAME]) {
        if self.everything {
            self.sound(SoundOf::Voice(from.clone()), position, sound);
        }
    }

    /// Records 10 ms of the sound of somebody's screen, `position` samples after the recording's start.
    pub(super) fn screen(&self, from: &ParticipantId, position: u64, sound: &StereoFrame) {
        if self.everything {
            self.sound(SoundOf::Screen(from.clone()), position, sound);
        }
    }

    /// Records 10 ms of what the loudspeaker would play.
    pub(super) fn speaker(&self, position: u64, sound: &[f32; FRAME]) {
        self.sound(SoundOf::Speaker, position, sound);
    }

    fn sound(&self, of: SoundOf, position: u64, sound: &[f32]) {
        let samples = sound.iter().copied().map(to_i16).collect();
        self.put(Item::Sound { of, position, samples });
    }

    fn put(&self, item: Item) -> bool {
        let taken = self.queue.as_ref().is_some_and(|queue| queue.try_send(item).is_ok());
        if !taken {
            self.drop_one();
        }
        taken
    }

    fn drop_one(&self) {
        if self.dropped.fetch_add(1, Ordering::Relaxed) == 0 {
            tracing::warn!("the disk is too slow for the recording: parts are left out");
        }
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        // Without a sender the thread writes what is queued, completes the files and ends.
        self.queue = None;
        self.worker = None;
    }
}

fn run(mut files: Files, items: &Receiver<Item>, pictures: &AtomicU64, _stop: &Stop) {
    loop {
        match items.recv_timeout(FLUSH) {
            Ok(Item::Picture { from, track, frame }) => {
                files.picture(&from, track, &frame);
                pictures.fetch_sub(1, Ordering::Relaxed);
            }
            Ok(Item::Sound { of, position, samples }) => files.sound(&of, position, &samples),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        files.flush_every(FLUSH);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_complete_once_the_recorder_is_dropped() {
        let folder = tempfile::tempdir().expect("a folder");
        let speaker = folder.path().join("speaker.wav");
        let recorder = Recorder::start(Some(folder.path()), Some(&speaker)).expect("starts");
        let who = ParticipantId::new("p1");
        for number in 0..10u64 {
            recorder.voice(&who, number * FRAME as u64, &[0.5; FRAME]);
            recorder.speaker(number * FRAME as u64, &[0.25; FRAME]);
            let sides = std::array::from_fn(|at| if at % 2 == 0 { 0.5 } else { 0.25 });
            recorder.screen(&who, number * FRAME as u64, &sides);
            let frame = VideoFrame::black(64, 64, Instant::now());
            recorder.picture(&who, Track::Camera, Arc::new(frame));
        }
        // A gap, then a change of size.
        recorder.voice(&who, 20 * FRAME as u64, &[0.5; FRAME]);
        recorder.screen(&who, 20 * FRAME as u64, &[0.5; 2 * FRAME]);
        let frame = VideoFrame::black(32, 32, Instant::now());
        recorder.picture(&who, Track::Camera, Arc::new(frame));
        drop(recorder);

        let wav = hound::WavReader::open(folder.path().join("p1-voice.wav")).expect("reads");
        assert_eq!(wav.spec().sample_rate, 48_000);
        let samples: Vec<i16> = wav.into_samples().collect::<Result<_, _>>().expect("reads");
        assert_eq!(samples.len(), 21 * FRAME);
        assert_eq!(samples[10 * FRAME], 0, "silence in the gap");
        assert_eq!(samples[20 * FRAME], to_i16(0.5));
        let wav = hound::WavReader::open(folder.path().join("p1-screen_audio.wav")).expect("reads");
        assert_eq!((wav.spec().channels, wav.duration()), (2, 21 * FRAME as u32));
        let samples: Vec<i16> = wav.into_samples().collect::<Result<_, _>>().expect("reads");
        assert_eq!(samples[..2], [to_i16(0.5), to_i16(0.25)], "its sides");
        assert_eq!(samples[20 * FRAME..22 * FRAME], [0; 2 * FRAME], "silence in the gap");
        assert_eq!(hound::WavReader::open(&speaker).expect("reads").duration(), 10 * FRAME as u32);
        let y4m = std::fs::read(folder.path().join("p1-camera.y4m")).expect("reads");
        let frame = 64 * 64 * 3 / 2 + b"FRAME\n".len();
        assert!(y4m.starts_with(b"YUV4MPEG2 W64 H64 "));
        assert_eq!(
            y4m.iter()
                .position(|byte| *byte == b'\n')
                .map(|header| (y4m.len() - header - 1) / frame),
            Some(10)
        );
        assert!(folder.path().join("p1-camera-2.y4m").exists(), "the other size");
    }

    #[test]
    fn sound_can_be_read_before_the_recorder_ends() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("speaker.wav");
        let recorder = Recorder::start(None, Some(&path)).expect("starts");
        let began = Instant::now();
        let mut position = 0;
        loop {
            recorder.speaker(position, &[0.25; FRAME]);
            position += FRAME as u64;
            std::thread::sleep(Duration::from_millis(10));
            if hound::WavReader::open(&path).is_ok_and(|wav| wav.duration() > 0) {
                break;
            }
            assert!(began.elapsed() < Duration::from_secs(20), "never became readable");
        }
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_a_sentence() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("file");
        std::fs::write(&file, b"").expect("writes");
        let error = Recorder::start(Some(&file.join("x")), None).map(|_| ()).expect_err("a file");
        assert!(error.contains("cannot be made"), "{error}");
    }
}
