//! The film and its playback, as they are shown.

use super::{Cause, FilmCopy, WaitReason};
use crate::film::FilmInfo;
use crate::player::{Chapter, FilmTrack};
use crate::streaming::StreamFigures;
use crate::subtitles::SubtitleOffer;
use cinemasync_protocol::ParticipantId;
use serde::Serialize;
use std::path::PathBuf;

/// The film and its playback, as the window shows them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PlaybackView {
    /// The film the room shows.
    pub film: Option<FilmInfo>,
    /// The name of who opened it.
    pub opened_by: String,
    /// One's own copy.
    pub mine: FilmCopy,
    /// How playback stands here.
    pub state: PlaybackStage,
    /// Does the room play (rather than pause)?
    pub playing: bool,
    /// For whom the room stands still although somebody pressed play.
    pub waiting: Option<WaitingView>,
    /// Does the room play a little slower, so that somebody's player fills up?
    pub slowed: bool,
    /// What can be taken back now.
    pub undo: Option<UndoView>,
    /// Was the film ever started? Until then the ready check counts.
    pub started: bool,
    /// Has one said to be ready for the first start?
    pub agreed: bool,
    /// May one play, pause, seek and choose the film?
    pub may_steer: bool,
    /// Position here in seconds, at the time of the snapshot.
    pub position_secs: f64,
    /// Where the room should be.
    pub target_secs: f64,
    /// Position here minus where the room should be, in milliseconds, from the audio clock.
    pub offset_ms: Option<f64>,
    /// Speed in force here: the room's rate times the correction.
    pub speed: f64,
    /// The room's rate.
    pub rate: f64,
    /// Seconds of film ready ahead.
    pub buffered_secs: f64,
    /// The film's tracks.
    pub tracks: Vec<FilmTrack>,
    /// The film's chapters.
    pub chapters: Vec<Chapter>,
    /// Chosen audio track; 0 for none.
    pub audio_track: i64,
    /// Chosen subtitle track; 0 for none.
    pub subtitle_track: i64,
    /// Loudness, 0 to 1.
    pub volume: f64,
    /// How sound and subtitles are set here.
    pub tuning: Tuning,
    /// One's own copy, where it is another cut than the room's.
    pub other_cut: Option<OtherCut>,
    /// A file that was to be one's own copy and is another cut: [`super::Command::AttachOtherCut`] takes it all
    /// the same.
    pub refused_cut: Option<PathBuf>,
    /// The room watches what is at this address, and one is asked before one's player opens it.
    pub address_asked: Option<String>,
    /// How the film comes from friends, or goes to them.
    pub stream: Option<StreamView>,
    /// It is not here, and can come from a friend.
    pub stream_offer: Option<StreamOffer>,
    /// The films that wait: each with the name of who has it.
    pub queue: Vec<(FilmInfo, String)>,
    /// Tracks that somebody proposes: the name, audio and subtitle track.
    pub proposal: Option<(String, i64, i64)>,
    /// Subtitle files that others offer.
    pub subtitle_offers: Vec<SubtitleOffer>,
}

/// How the film comes from friends, or goes to them.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamView {
    /// Figures.
    pub figures: StreamFigures,
    /// It comes here; otherwise it is one's own file that is given.
    pub comes: bool,
    /// What it takes on the average to play without a pause, in bytes a second.
    pub needs_bytes_per_second: Option<f64>,
    /// It is being saved.
    pub keeping: bool,
}

/// Somebody has the film that is not here.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamOffer {
    /// The name of who has it.
    pub from: String,
    /// What it takes on the average to play without a pause, in bytes a second.
    pub needs_bytes_per_second: Option<f64>,
}

/// How one has set sound and subtitles of the film for oneself. The delays are the film's: with the next
/// one they are 0 again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tuning {
    /// Subtitles are shown later by so many seconds, -60 to 60; negative is earlier.
    pub subtitle_delay_secs: f64,
    /// The sound comes later by so many seconds, -10 to 10; negative is earlier.
    pub audio_delay_secs: f64,
    /// The size of text subtitles, 0.25 to 4: 1 is what the film asks for.
    pub subtitle_scale: f64,
}

impl Default for Tuning {
    fn default() -> Self {
        Self { subtitle_delay_secs: 0.0, audio_delay_secs: 0.0, subtitle_scale: 1.0 }
    }
}

/// One's own copy is another cut than the room's.
#[derive(Debug, Clone, PartialEq)]
pub struct OtherCut {
    /// One's own file.
    pub film: FilmInfo,
    /// Its time minus the room's, in seconds.
    pub shift_secs: f64,
}

/// For whom the room stands still.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingView {
    /// Each with its name, and how much of what it needs is there, in percent, if known.
    pub who: Vec<(ParticipantId, String, Option<u8>)>,
    /// Why.
    pub why: WaitReason,
}

/// What somebody just did and can be taken back.
#[derive(Debug, Clone, PartialEq)]
pub struct UndoView {
    /// The name of who did it.
    pub by: String,
    /// A pause or a seek.
    pub cause: Cause,
    /// Where the film went or stopped, in seconds.
    pub position_secs: f64,
}

/// How playback stands here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaybackStage {
    /// No film.
    #[default]
    None,
    /// It is being opened, or one's copy is wanted.
    Loading,
    /// Playing.
    Playing,
    /// Paused.
    Paused,
    /// Waiting: for a scheduled start, for input, or for somebody.
    Waiting,
}
