//! The files of a recording and their names. A name is made of what is harmless in a participant's
//! id, never of what a peer chose to call itself, and never replaces a file that is there.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use cinemasync_core::frame::VideoFrame;
use cinemasync_core::plan::ParticipantId;
use cinemasync_core::track::Track;
use hound::{SampleFormat, WavSpec, WavWriter};

use super::super::opus::RATE;
use super::SoundOf;

/// Longest part of an id in a name.
const LONGEST_ID: usize = 40;
/// Files of one kind from one person before a recording gives up on them.
const MOST_FILES: u32 = 100;
/// Longest silence written for what is missing, 10 minutes of samples.
const LONGEST_GAP: u64 = 600 * RATE as u64;
/// Most files open at once.
const MOST_OPEN: usize = 64;

/// Everything that is being written.
pub(super) struct Files {
    folder: Option<PathBuf>,
    sounds: BTreeMap<SoundOf, Option<Wav>>,
    pictures: BTreeMap<(ParticipantId, Track), Option<Y4m>>,
    flushed: Instant,
}

struct Wav {
    writer: WavWriter<BufWriter<File>>,
    channels: u16,
    /// The position that comes next.
    position: u64,
}

struct Y4m {
    writer: BufWriter<File>,
    size: (u32, u32),
}

impl Files {
    pub(super) fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, sounds: BTreeMap::new(), pictures: BTreeMap::new(), flushed: Instant::now() }
    }

    /// Makes the loudspeaker's file, replacing an older one: the person named it.
    pub(super) fn open_speaker(&mut self, path: &Path) -> Result<(), hound::Error> {
        let wav = Wav::new(File::create(path)?, 1, 0)?;
        self.sounds.insert(SoundOf::Speaker, Some(wav));
        Ok(())
    }

    pub(super) fn sound(&mut self, of: &SoundOf, position: u64, samples: &[i16]) {
        if !self.sounds.contains_key(of) {
            let (who, kind, channels) = match of {
                SoundOf::Voice(who) => (who, "voice", 1),
                SoundOf::Screen(who) => (who, Track::ScreenAudio.as_str(), 2),
                SoundOf::Speaker => return,
            };
            if self.sounds.len() >= MOST_OPEN {
                return;
            }
            // A sound's file begins with the sound.
            let opened = self
                .create(who, kind, "wav")
                .map_err(hound::Error::from)
                .and_then(|file| Wav::new(file, channels, position));
            let wav = opened.inspect_err(|error| report(error)).ok();
            self.sounds.insert(of.clone(), wav);
        }
        let Some(entry) = self.sounds.get_mut(of) else { return };
        if let Some(wav) = entry
            && let Err(error) = wav.write(position, samples)
        {
            report(&error);
            *entry = None;
        }
    }

    pub(super) fn picture(&mut self, from: &ParticipantId, track: Track, frame: &VideoFrame) {
        let key = (from.clone(), track);
        let size = (frame.width, frame.height);
        let fits = match self.pictures.get(&key) {
            Some(Some(y4m)) => y4m.size == size,
            // Given up.
            Some(None) => return,
            None if self.pictures.len() >= MOST_OPEN => return,
            None => false,
        };
        if !fits {
            let y4m = self
                .create(from, track.as_str(), "y4m")
                .and_then(|file| Y4m::new(file, size))
                .inspect_err(|error| report(error))
                .ok();
            self.pictures.insert(key.clone(), y4m);
        }
        if let Some(entry) = self.pictures.get_mut(&key)
            && let Some(y4m) = entry
            && let Err(error) = y4m.write(frame)
        {
            report(&error);
            *entry = None;
        }
    }

    /// Makes the files readable as they are, if that was not done within `period`.
    pub(super) fn flush_every(&mut self, period: Duration) {
        if self.flushed.elapsed() < period {
            return;
        }
        self.flushed = Instant::now();
        for entry in self.sounds.values_mut() {
            if let Some(wav) = entry
                && let Err(error) = wav.writer.flush()
            {
                report(&error);
                *entry = None;
            }
        }
        for entry in self.pictures.values_mut() {
            if let Some(y4m) = entry
                && let Err(error) = y4m.writer.flush()
            {
                report(&error);
                *entry = None;
            }
        }
    }

    /// A new file in the folder.
    fn create(&self, who: &ParticipantId, kind: &str, extension: &str) -> io::Result<File> {
        let folder = self.folder.as_ref().ok_or_else(|| io::Error::other("no folder"))?;
        let name = harmless(who);
        for number in 1..=MOST_FILES {
            let number = if number == 1 { String::new() } else { format!("-{number}") };
            let path = folder.join(format!("{name}-{kind}{number}.{extension}"));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                result => return result,
            }
        }
        Err(io::Error::other("too many files of this kind"))
    }
}

fn report(error: &dyn std::error::Error) {
    tracing::error!(%error, "a recording cannot be written and is given up");
}

/// The id with everything but ASCII letters, digits, `-` and `_` left out.
fn harmless(who: &ParticipantId) -> String {
    let keep = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let name: String = who.as_str().chars().filter(keep).take(LONGEST_ID).collect();
    // A name of a device on Windows ("con") becomes harmless by what is put behind it.
    if name.is_empty() { "someone".to_owned() } else { name }
}

impl Wav {
    fn new(file: File, channels: u16, position: u64) -> Result<Self, hound::Error> {
        let spec = WavSpec {
            channels,
            sample_rate: RATE,
            bits_per_sample: 16,
            sample_format: SampleFormat::Int,
        };
        let mut writer = WavWriter::new(BufWriter::new(file), spec)?;
        writer.flush()?;
        Ok(Self { writer, channels, position })
    }

    fn write(&mut self, position: u64, samples: &[i16]) -> Result<(), hound::Error> {
        let gap = position.saturating_sub(self.position).min(LONGEST_GAP);
        for _ in 0..gap * u64::from(self.channels) {
            self.writer.write_sample(0i16)?;
        }
        for sample in samples {
            self.writer.write_sample(*sample)?;
        }
        self.position = position + samples.len() as u64 / u64::from(self.channels);
        Ok(())
    }
}

impl Y4m {
    fn new(file: File, size: (u32, u32)) -> io::Result<Self> {
        let mut writer = BufWriter::new(file);
        // Pictures come as the network brings them; 30 a second is what cameras send.
        writeln!(writer, "YUV4MPEG2 W{} H{} F30:1 Ip A1:1 C420jpeg", size.0, size.1)?;
        Ok(Self { writer, size })
    }

    fn write(&mut self, frame: &VideoFrame) -> io::Result<()> {
        self.writer.write_all(b"FRAME\n")?;
        self.writer.write_all(&frame.y)?;
        self.writer.write_all(&frame.u)?;
        self.writer.write_all(&frame.v)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_in_the_folder() {
        for (id, name) in [
            ("abc-1_X", "abc-1_X"),
            ("../../etc/passwd", "etcpasswd"),
            ("a/b\\c:d", "abcd"),
            ("", "someone"),
            ("…", "someone"),
        ] {
            assert_eq!(harmless(&ParticipantId::new(id)), name);
        }
        assert_eq!(harmless(&ParticipantId::new("x".repeat(1_000))).len(), LONGEST_ID);
    }

    #[test]
    fn nothing_that_is_there_is_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("a-voice.wav"), b"old").expect("writes");
        let mut files = Files::new(Some(folder.path().to_owned()));
        files.sound(&SoundOf::Voice(ParticipantId::new("a")), 0, &[1; 480]);
        drop(files);
        assert_eq!(std::fs::read(folder.path().join("a-voice.wav")).expect("reads"), b"old");
        assert!(folder.path().join("a-voice-2.wav").exists());
    }
}
