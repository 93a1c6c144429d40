//! What the deck asks of libmpv, one method a wish. Owns the names of libmpv's properties and commands;
//! when to use them is decided in `deck`, which knows the engine only by its trait. How a film's source is
//! opened safely is `opening`, what its origin means later `origin`, what is read of its lists `listing`.

mod listing;
mod opening;
mod origin;

use std::ffi::CString;
use std::sync::Arc;
use std::time::Instant;

use cinemasync_core::film::FilmSource;
use cinemasync_core::player::{Chapter, FilmTrack, FilmTrackKind};
use cinemasync_core::sentence::{self, Sentence};

use super::handle::{Mpv, MpvCode, c_text};
use super::sound::find_device;
use super::streams::FilmStreams;
use super::{PlayerError, ffi, options};
use listing::shown;
use opening::Opening;
use origin::Origin;

/// A longer film than this, thirty days, is a damaged header.
const MAX_DURATION_SECS: f64 = 30.0 * 86_400.0;
/// Faster pictures than this, a second, are a damaged header.
const MAX_FRAME_RATE: f64 = 1_000.0;

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

/// What becomes of the film's sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sound {
    /// It comes out, or there is none that should.
    Fine,
    /// It should come out and has no device; a silent clock runs in its stead.
    Lost,
    /// Its device is just being opened.
    Opening,
}

/// What a player can do with one film at a time. Each call returns within milliseconds; only the longest
/// subtitles take some tenths of a second, while the film plays on.
pub(super) trait Engine {
    /// Begins to open a film paused at a position, without delays; answers the entry's number in later
    /// events, or a sentence.
    fn open(&mut self, source: &FilmSource, position_secs: f64) -> Result<i64, Sentence>;
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
    /// Adds subtitles to the open film and chooses them; a sentence if they are none.
    fn add_subtitle(&mut self, name: &str, text: Arc<str>) -> Result<(), String>;
    /// Lets sound or subtitles come later than the picture, in seconds.
    fn set_delay(&mut self, kind: FilmTrackKind, delay_secs: f64);
    /// Size of text subtitles; 1 is what the film asks for.
    fn set_subtitle_scale(&mut self, scale: f64);
    /// Loudness, 0 to 1.
    fn set_volume(&mut self, volume: f64);
    /// Where playback is while it plays, or where it was paused; `None` without a film. After a seek it
    /// lags behind by the sound that is prepared and was not heard yet.
    fn clock(&self) -> Option<Clock>;
    /// Film time of the picture that is shown.
    fn picture_time(&self) -> Option<f64>;
    /// Duration in seconds, 0 if unknown.
    fn duration(&self) -> f64;
    /// Frames a second, if the film tells.
    fn frame_rate(&self) -> Option<f64>;
    /// The film's tracks.
    fn tracks(&self) -> Vec<FilmTrack>;
    /// The film's chapters.
    fn chapters(&self) -> Vec<Chapter>;
    /// How many percent of what playback waits for are there.
    fn cache_fill(&self) -> u8;
    /// Is the film's end reached?
    fn at_end(&self) -> bool;
    /// Does anything of the film play: picture or sound?
    fn plays_something(&self) -> bool;
    /// Does the sound come out?
    fn sound(&self) -> Sound;
    /// Lets the sound come out of the device that a person named, or of the default.
    fn choose_device(&mut self, wanted: Option<&str>) -> Result<(), PlayerError>;
    /// Looks at the list of devices. True: the chosen one is there and was not when last looked.
    fn look_for_device(&mut self) -> bool;
    /// Opens the chosen device anew. The film's clock stumbles.
    fn reopen_device(&mut self);
    /// If the film broke off before its end because no more of it came: a sentence.
    fn cut_off(&self) -> Option<Sentence>;
    /// Does it wait at this moment for bytes of a film that comes from others?
    fn waits_for_bytes(&self) -> bool;
    /// Shows the picture again after a renderer came.
    fn show_picture(&mut self);
    /// What a failure to open means, as a sentence.
    fn explain(&self, code: MpvCode) -> Sentence;
    /// What it means that opening took too long, as a sentence.
    fn explain_silence(&self) -> Sentence;
}

/// The engine that is libmpv.
pub(super) struct MpvEngine {
    mpv: Arc<Mpv>,
    /// Is a real audio device wanted?
    audible: bool,
    /// Can a picture be shown? In a window only once a renderer is there: libmpv gives up a film whose
    /// picture has nowhere to go.
    picture: bool,
    /// Where films are that come from others.
    streams: Option<Arc<dyn FilmStreams>>,
    origin: Origin,
    audio_delay_secs: f64,
    /// libmpv's name of the chosen audio device; `None` for the default.
    device: Option<String>,
    /// Was the chosen device in the list when last looked?
    device_is_there: bool,
}

impl MpvEngine {
    pub(super) fn new(
        mpv: Arc<Mpv>,
        audible: bool,
        picture: bool,
        streams: Option<Arc<dyn FilmStreams>>,
    ) -> Self {
        Self {
            mpv,
            audible,
            picture,
            streams,
            origin: Origin::File,
            audio_delay_secs: 0.0,
            device: None,
            device_is_there: true,
        }
    }

    pub(super) fn mpv(&self) -> Arc<Mpv> {
        Arc::clone(&self.mpv)
    }

    /// Film time of what is heard now, as the room counts it.
    ///
    /// Measured (libmpv 0.35): `audio-pts` is the time that the sound itself is marked with, whatever the
    /// delay is; with a delay the picture runs ahead of it by just that. The picture's time is the room's,
    /// because whoever moves the sound does so because it is marked wrongly or is late in a loudspeaker.
    /// While playing, a new delay moves the picture and not the sound, so this jumps, and is followed like
    /// any other jump. Without a picture libmpv takes no notice of the delay.
    fn heard(&self) -> Option<f64> {
        let sound = self.mpv.number(c"audio-pts")?;
        let moved = self.audio_delay_secs.abs() > 0.0
            && self.mpv.integer(c"vid").is_some_and(|track| track > 0);
        Some(if moved { sound + self.audio_delay_secs } else { sound })
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
    fn open(&mut self, source: &FilmSource, position_secs: f64) -> Result<i64, Sentence> {
        self.mpv.shelf().clear();
        let Opening { name, demuxer } =
            Opening::of(source, self.streams.as_deref(), self.mpv.shelf())?;
        self.origin = Origin::of(source);
        let [ahead, back] = self.origin.read_ahead();
        self.attempt("ahead", self.mpv.set_text(c"options/demuxer-max-bytes", ahead));
        self.attempt("back", self.mpv.set_text(c"options/demuxer-max-back-bytes", back));
        // One demuxer alone, so that what looks like a list of other files is never read as one.
        self.attempt("demuxer", self.mpv.set_text(c"options/demuxer", demuxer));
        self.attempt("start", self.mpv.set_text(c"options/start", &seconds(position_secs)));
        self.attempt("tracks", self.mpv.set_text(c"options/aid", c"auto"));
        self.attempt("tracks", self.mpv.set_text(c"options/sid", c"auto"));
        let picture = if self.picture { c"auto" } else { c"no" };
        self.attempt("picture", self.mpv.set_text(c"options/vid", picture));
        self.set_delay(FilmTrackKind::Audio, 0.0);
        self.set_delay(FilmTrackKind::Subtitle, 0.0);
        self.mpv
            .command_for_integer(&[c"loadfile", &name, c"replace"], c"playlist_entry_id")
            .map_err(|code| self.explain(code))?
            .ok_or_else(sentence::player_gave_no_answer)
    }

    fn close(&mut self) {
        self.mpv.shelf().clear();
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

    fn add_subtitle(&mut self, name: &str, text: Arc<str>) -> Result<(), String> {
        let title = c_text(shown(name)).expect("no control characters, and so no nul");
        let address = self.mpv.shelf().lay_text(text);
        let formats = c"options/demuxer-lavf-o";
        self.attempt("formats", self.mpv.set_text(formats, &options::subtitle_formats()));
        let added = self.mpv.command(&[c"sub-add", &address, c"select", &title]);
        self.attempt("formats", self.mpv.set_text(formats, &options::film_formats()));
        self.mpv.shelf().clear();
        added.map_err(|code| {
            tracing::debug!(why = self.mpv.describe(code), "libmpv refused subtitles");
            format!(
                "\"{}\" holds no subtitles that can be shown. Choose an SRT, ASS, SSA or WebVTT file.",
                shown(name)
            )
        })
    }

    fn set_delay(&mut self, kind: FilmTrackKind, delay_secs: f64) {
        let property = match kind {
            FilmTrackKind::Subtitle => c"sub-delay",
            FilmTrackKind::Audio => {
                self.audio_delay_secs = delay_secs;
                c"audio-delay"
            }
            FilmTrackKind::Video => return,
        };
        self.attempt("delay", self.mpv.set_number(property, delay_secs));
    }

    fn set_subtitle_scale(&mut self, scale: f64) {
        self.attempt("subtitles", self.mpv.set_number(c"sub-scale", scale));
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
            let position = self.heard().or_else(|| self.mpv.number(c"time-pos"))?;
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
        let told = self.mpv.number(c"duration");
        told.filter(|secs| (0.0..=MAX_DURATION_SECS).contains(secs)).unwrap_or(0.0)
    }

    fn frame_rate(&self) -> Option<f64> {
        self.mpv.number(c"container-fps").filter(|rate| (0.1..=MAX_FRAME_RATE).contains(rate))
    }

    fn tracks(&self) -> Vec<FilmTrack> {
        listing::tracks(&self.mpv)
    }

    fn chapters(&self) -> Vec<Chapter> {
        listing::chapters(&self.mpv)
    }

    fn cache_fill(&self) -> u8 {
        let percent = self.mpv.integer(c"cache-buffering-state").unwrap_or(0).clamp(0, 100);
        u8::try_from(percent).expect("clamped just now")
    }

    fn at_end(&self) -> bool {
        self.mpv.flag(c"eof-reached").unwrap_or(false)
    }

    fn plays_something(&self) -> bool {
        let has = |property| self.mpv.text(property).is_some_and(|codec| !codec.is_empty());
        has(c"video-codec") || has(c"audio-codec-name")
    }

    fn sound(&self) -> Sound {
        let wanted = self.audible && self.mpv.integer(c"aid").is_some_and(|id| id > 0);
        match self.mpv.text(c"current-ao").as_deref() {
            _ if !wanted => Sound::Fine,
            Some("null") => Sound::Lost,
            Some(_) => Sound::Fine,
            None => Sound::Opening,
        }
    }

    fn choose_device(&mut self, wanted: Option<&str>) -> Result<(), PlayerError> {
        let name = match wanted {
            Some(wanted) => find_device(wanted, &listing::devices(&self.mpv))?,
            None => "auto".to_owned(),
        };
        let text = c_text(name.as_str()).expect("libmpv gave it as a C string");
        self.mpv
            .set_text(c"audio-device", &text)
            .map_err(|code| PlayerError::Start { why: self.mpv.describe(code) })?;
        self.device = wanted.map(|_| name);
        self.device_is_there = true;
        Ok(())
    }

    fn look_for_device(&mut self) -> bool {
        // Read even if nothing is looked for: from then on libmpv tells of changes.
        let devices = listing::devices(&self.mpv);
        let Some(wanted) = &self.device else { return false };
        let is_there = devices.iter().any(|device| device.name == *wanted);
        let was_there = std::mem::replace(&mut self.device_is_there, is_there);
        is_there && !was_there
    }

    fn reopen_device(&mut self) {
        self.attempt("device", self.mpv.command(&[c"ao-reload"]));
    }

    fn cut_off(&self) -> Option<Sentence> {
        let end = self.duration();
        let early = self.picture_time().is_some_and(|at| at < end - CUT_OFF_SECS);
        self.origin.cut_off().filter(|_| early)
    }

    fn waits_for_bytes(&self) -> bool {
        self.mpv.shelf().is_waited_for()
    }

    fn show_picture(&mut self) {
        self.picture = true;
        self.attempt("picture", self.mpv.set_text(c"vid", c"no"));
        self.attempt("picture", self.mpv.set_text(c"vid", c"auto"));
    }

    fn explain(&self, code: MpvCode) -> Sentence {
        match code.0 {
            ffi::ERROR_UNKNOWN_FORMAT => sentence::not_a_film(),
            ffi::ERROR_NOTHING_TO_PLAY => sentence::nothing_in_film(),
            _ => {
                let words = || sentence::film_not_played(self.mpv.describe(code));
                self.origin.unreachable().unwrap_or_else(words)
            }
        }
    }

    fn explain_silence(&self) -> Sentence {
        self.origin.silence()
    }
}

/// A film that ends this much sooner than it should, in seconds, is not whole.
const CUT_OFF_SECS: f64 = 5.0;

/// How often the clock is read at most for one answer.
const CLOCK_READS: usize = 3;
/// A read this quick is precise enough.
const QUICK_READ: std::time::Duration = std::time::Duration::from_micros(500);

/// Seconds as libmpv reads them: never negative (that would count from the end), never infinite.
fn seconds(position_secs: f64) -> CString {
    let position_secs = if position_secs.is_finite() { position_secs.max(0.0) } else { 0.0 };
    c_text(format!("{position_secs:.6}")).expect("digits and a point")
}
