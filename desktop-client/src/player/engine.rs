//! What the deck asks of libmpv, one method a wish. Owns the names of libmpv's properties and commands;
//! when to use them is decided in `deck`, which knows the engine only by its trait.

use std::ffi::{CStr, CString};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use cinemasync_core::player::{FilmTrack, FilmTrackKind};

use super::PlayerError;
use super::ffi;
use super::fingerprint;
use super::handle::{Mpv, MpvCode, c_text};
use super::sound::{AudioDevice, find_device};

/// Tracks beyond this many are not listed; no real film comes near.
const MAX_TRACKS: i64 = 256;
/// A title of a stranger's file is cut here, in characters.
const MAX_TITLE_CHARS: usize = 200;

/// Where playback was when it was asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Clock {
    /// Film time in seconds.
    pub(super) position_secs: f64,
    /// When it was read.
    pub(super) at: Instant,
    /// Seconds of film read ahead.
    pub(super) buffered_secs: f64,
}

/// What a player can do with one film at a time. Each call returns within milliseconds.
pub(super) trait Engine {
    /// Begins to open a file paused at a position; answers the entry's number in later events, or a
    /// sentence.
    fn open(&mut self, path: &Path, position_secs: f64) -> Result<i64, String>;
    /// Closes the film.
    fn close(&mut self);
    /// Begins an exact seek. False: there is nothing to seek in.
    fn seek(&mut self, position_secs: f64) -> bool;
    /// Pauses or goes on.
    fn set_paused(&mut self, paused: bool);
    /// Speed, and whether to keep the pitch (stretching) or let it follow (resampling).
    fn set_speed(&mut self, speed: f64, keep_pitch: bool);
    /// Chooses a track; 0 for none.
    fn choose(&mut self, kind: FilmTrackKind, id: i64);
    /// Which audio and subtitle tracks play; 0 for none.
    fn chosen(&self) -> (i64, i64);
    /// Loudness, 0 to 1.
    fn set_volume(&mut self, volume: f64);
    /// Where playback is while it plays, or where it was paused; `None` without a film. After a seek it
    /// lags behind by the sound that is prepared and was not heard yet.
    fn clock(&self) -> Option<Clock>;
    /// Film time of the picture that is shown.
    fn picture_time(&self) -> Option<f64>;
    /// Duration in seconds, 0 if unknown.
    fn duration(&self) -> f64;
    /// The film's tracks.
    fn tracks(&self) -> Vec<FilmTrack>;
    /// Is the film's end reached?
    fn at_end(&self) -> bool;
    /// Does anything of the film play: picture or sound?
    fn plays_something(&self) -> bool;
    /// Should there be sound that does not come out?
    fn is_mute_by_fault(&self) -> bool;
    /// Shows the picture again after a renderer came.
    fn show_picture(&mut self);
    /// What a failure to open means, as a sentence.
    fn explain(&self, code: MpvCode) -> String;
}

/// The engine that is libmpv.
pub(super) struct MpvEngine {
    mpv: Arc<Mpv>,
    /// Is a real audio device wanted?
    audible: bool,
    /// Can a picture be shown? In a window only once a renderer is there: libmpv gives up a film whose
    /// picture has nowhere to go.
    picture: bool,
}

impl MpvEngine {
    pub(super) fn new(mpv: Arc<Mpv>, audible: bool, picture: bool) -> Self {
        Self { mpv, audible, picture }
    }

    /// What only fails when libmpv has lost the film at this moment; its events tell the rest.
    fn attempt(&self, what: &'static str, result: Result<(), MpvCode>) -> bool {
        if let Err(code) = result {
            tracing::debug!(what, why = self.mpv.describe(code), "libmpv refused");
        }
        result.is_ok()
    }
}

impl Engine for MpvEngine {
    fn open(&mut self, path: &Path, position_secs: f64) -> Result<i64, String> {
        fingerprint::check(path).map_err(|error| error.to_string())?;
        let container = Container::of(path).map_err(|error| error.to_string())?;
        // Absolute, so that no file name is read as an address, an option or "-".
        let absolute = std::path::absolute(path)
            .map_err(|error| fingerprint::FilmError::Unreadable(error).to_string())?;
        let name = c_text(absolute.as_os_str().as_encoded_bytes())
            .ok_or("This file name cannot be opened. Rename the file.")?;
        // One demuxer alone, so that what looks like a list of other files is never read as one.
        self.attempt("demuxer", self.mpv.set_text(c"options/demuxer", container.demuxer()));
        self.attempt("start", self.mpv.set_text(c"options/start", &seconds(position_secs)));
        self.attempt("tracks", self.mpv.set_text(c"options/aid", c"auto"));
        self.attempt("tracks", self.mpv.set_text(c"options/sid", c"auto"));
        let picture = if self.picture { c"auto" } else { c"no" };
        self.attempt("picture", self.mpv.set_text(c"options/vid", picture));
        self.mpv
            .command_for_integer(&[c"loadfile", &name, c"replace"], c"playlist_entry_id")
            .map_err(|code| self.explain(code))?
            .ok_or_else(|| "The film player gave no answer. Restart the program.".to_owned())
    }

    fn close(&mut self) {
        self.attempt("stop", self.mpv.command(&[c"stop"]));
    }

    fn seek(&mut self, position_secs: f64) -> bool {
        let target = seconds(position_secs);
        self.attempt("seek", self.mpv.command(&[c"seek", &target, c"absolute+exact"]))
    }

    fn set_paused(&mut self, paused: bool) {
        self.attempt("pause", self.mpv.set_flag(c"pause", paused));
    }

    fn set_speed(&mut self, speed: f64, keep_pitch: bool) {
        self.attempt("pitch", self.mpv.set_flag(c"audio-pitch-correction", keep_pitch));
        self.attempt("speed", self.mpv.set_number(c"speed", speed));
    }

    fn choose(&mut self, kind: FilmTrackKind, id: i64) {
        let property = match kind {
            FilmTrackKind::Video => c"vid",
            FilmTrackKind::Audio => c"aid",
            FilmTrackKind::Subtitle => c"sid",
        };
        let result = if id > 0 {
            self.mpv.set_integer(property, id)
        } else {
            self.mpv.set_text(property, c"no")
        };
        self.attempt("track", result);
    }

    fn chosen(&self) -> (i64, i64) {
        let id = |property| self.mpv.integer(property).unwrap_or(0);
        (id(c"aid"), id(c"sid"))
    }

    fn set_volume(&mut self, volume: f64) {
        // libmpv's scale is already shaped for a slider.
        self.attempt("volume", self.mpv.set_number(c"volume", volume * 100.0));
    }

    fn clock(&self) -> Option<Clock> {
        let mut best: Option<(Instant, Instant, f64)> = None;
        // A read that waited for libmpv's core says little about its moment: of a few, the quickest.
        for _ in 0..CLOCK_READS {
            let before = Instant::now();
            let position =
                self.mpv.number(c"audio-pts").or_else(|| self.mpv.number(c"time-pos"))?;
            let after = Instant::now();
            if best.is_none_or(|(from, to, _)| after - before < to - from) {
                best = Some((before, after, position));
            }
            if after - before < QUICK_READ {
                break;
            }
        }
        let (before, after, position_secs) = best?;
        Some(Clock {
            position_secs,
            at: before + (after - before) / 2,
            buffered_secs: self.mpv.number(c"demuxer-cache-duration").unwrap_or(0.0).max(0.0),
        })
    }

    fn picture_time(&self) -> Option<f64> {
        self.mpv.number(c"time-pos")
    }

    fn duration(&self) -> f64 {
        self.mpv.number(c"duration").unwrap_or(0.0).max(0.0)
    }

    fn tracks(&self) -> Vec<FilmTrack> {
        let count = self.mpv.integer(c"track-list/count").unwrap_or(0).clamp(0, MAX_TRACKS);
        (0..count).filter_map(|index| self.track(index)).collect()
    }

    fn at_end(&self) -> bool {
        self.mpv.flag(c"eof-reached").unwrap_or(false)
    }

    fn plays_something(&self) -> bool {
        let has = |property| self.mpv.text(property).is_some_and(|codec| !codec.is_empty());
        has(c"video-codec") || has(c"audio-codec-name")
    }

    fn is_mute_by_fault(&self) -> bool {
        self.audible
            && self.mpv.integer(c"aid").is_some_and(|id| id > 0)
            && self.mpv.text(c"current-ao").is_none_or(|driver| driver == "null")
    }

    fn show_picture(&mut self) {
        self.picture = true;
        self.attempt("picture", self.mpv.set_text(c"vid", c"no"));
        self.attempt("picture", self.mpv.set_text(c"vid", c"auto"));
    }

    fn explain(&self, code: MpvCode) -> String {
        match code.0 {
            ffi::ERROR_UNKNOWN_FORMAT => NOT_A_FILM.to_owned(),
            ffi::ERROR_NOTHING_TO_PLAY => NOTHING_IN_IT.to_owned(),
            _ => format!(
                "The film cannot be played ({}). Check that the file is complete, or choose another one.",
                self.mpv.describe(code)
            ),
        }
    }
}

/// What is said of a file that is no film.
pub(super) const NOT_A_FILM: &str =
    "This file is not a film that can be played, or it is damaged. Choose another file.";
/// What is said of a container without picture and sound.
pub(super) const NOTHING_IN_IT: &str =
    "This file holds neither picture nor sound that can be played. Choose another file.";

/// How often the clock is read at most for one answer.
const CLOCK_READS: usize = 3;
/// A read this quick is precise enough.
const QUICK_READ: std::time::Duration = std::time::Duration::from_micros(500);

impl MpvEngine {
    fn track(&self, index: i64) -> Option<FilmTrack> {
        let field = |name: &str| c_text(format!("track-list/{index}/{name}"));
        let text = |name: &str| {
            let text = self.mpv.text(&field(name)?)?;
            Some(text.chars().filter(|c| !c.is_control()).take(MAX_TITLE_CHARS).collect::<String>())
        };
        let kind = match text("type")?.as_str() {
            "video" => FilmTrackKind::Video,
            "audio" => FilmTrackKind::Audio,
            "sub" => FilmTrackKind::Subtitle,
            _ => return None,
        };
        Some(FilmTrack {
            id: self.mpv.integer(&field("id")?)?,
            kind,
            title: text("title"),
            language: text("lang"),
        })
    }
}

/// Points libmpv at the audio device that a person named.
pub(super) fn choose_device(mpv: &Mpv, wanted: &str) -> Result<(), PlayerError> {
    let count = mpv.integer(c"audio-device-list/count").unwrap_or(0).clamp(0, MAX_TRACKS);
    let field = |index: i64, name: &str| {
        c_text(format!("audio-device-list/{index}/{name}")).and_then(|field| mpv.text(&field))
    };
    let devices: Vec<AudioDevice> = (0..count)
        .filter_map(|index| {
            let name = field(index, "name")?;
            let description = field(index, "description").unwrap_or_else(|| name.clone());
            Some(AudioDevice { name, description })
        })
        .collect();
    let name = find_device(wanted, &devices)?;
    let name = c_text(name).expect("libmpv gave it as a C string");
    mpv.set_text(c"audio-device", &name)
        .map_err(|code| PlayerError::Start { why: mpv.describe(code) })
}

/// Which of libmpv's demuxers may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Container {
    /// Matroska and WebM: libmpv's own reader, with its references to other files off.
    Matroska,
    /// The rest: libavformat, with a list of formats that hold everything themselves.
    Other,
}

impl Container {
    fn of(path: &Path) -> Result<Self, fingerprint::FilmError> {
        use std::io::Read;
        /// The EBML header that each Matroska file begins with.
        const EBML: [u8; 4] = [0x1a, 0x45, 0xdf, 0xa3];
        let mut head = Vec::with_capacity(EBML.len());
        std::fs::File::open(path)?.take(EBML.len() as u64).read_to_end(&mut head)?;
        Ok(if head == EBML { Self::Matroska } else { Self::Other })
    }

    fn demuxer(self) -> &'static CStr {
        match self {
            Self::Matroska => c"mkv",
            Self::Other => c"lavf",
        }
    }
}

/// Seconds as libmpv reads them: never negative (that would count from the end), never infinite.
fn seconds(position_secs: f64) -> CString {
    let position_secs = if position_secs.is_finite() { position_secs.max(0.0) } else { 0.0 };
    c_text(format!("{position_secs:.6}")).expect("digits and a point")
}
