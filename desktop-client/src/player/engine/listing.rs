//! Reads libmpv's lists: the film's tracks and chapters, the computer's audio devices. Owns their bounds: what
//! a stranger's file says is cut before anybody sees it.

use cinemasync_core::player::{Chapter, FilmTrack, FilmTrackKind};

use crate::player::handle::{Mpv, c_text};
use crate::player::sound::AudioDevice;

/// Tracks beyond this many are not listed, nor devices; no real film comes near.
const MAX_TRACKS: i64 = 256;
/// Chapters beyond this many are not listed.
const MAX_CHAPTERS: i64 = 512;
/// A title of a stranger's file is cut here, in characters.
const MAX_TITLE_CHARS: usize = 200;
/// More channels than any sound has.
const MAX_CHANNELS: u32 = 64;

/// A stranger's text as it may be shown.
pub(super) fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MAX_TITLE_CHARS).collect()
}

/// The film's tracks, those that were added included.
pub(super) fn tracks(mpv: &Mpv) -> Vec<FilmTrack> {
    let count = mpv.integer(c"track-list/count").unwrap_or(0).clamp(0, MAX_TRACKS);
    (0..count).filter_map(|index| track(&Entry { mpv, list: "track-list", index })).collect()
}

/// The film's chapters.
pub(super) fn chapters(mpv: &Mpv) -> Vec<Chapter> {
    let count = mpv.integer(c"chapter-list/count").unwrap_or(0).clamp(0, MAX_CHAPTERS);
    (0..count).filter_map(|index| chapter(&Entry { mpv, list: "chapter-list", index })).collect()
}

/// One entry of one of libmpv's lists.
struct Entry<'a> {
    mpv: &'a Mpv,
    list: &'static str,
    index: i64,
}

impl Entry<'_> {
    fn field(&self, name: &str) -> std::ffi::CString {
        c_text(format!("{}/{}/{name}", self.list, self.index)).expect("names of ours")
    }

    fn text(&self, name: &str) -> Option<String> {
        self.mpv.text(&self.field(name)).map(|text| shown(&text))
    }

    fn integer(&self, name: &str) -> Option<i64> {
        self.mpv.integer(&self.field(name))
    }
}

fn track(entry: &Entry<'_>) -> Option<FilmTrack> {
    let kind = match entry.text("type")?.as_str() {
        "video" => FilmTrackKind::Video,
        "audio" => FilmTrackKind::Audio,
        "sub" => FilmTrackKind::Subtitle,
        _ => return None,
    };
    let channels = (kind == FilmTrackKind::Audio)
        .then(|| u32::try_from(entry.integer("demux-channel-count")?).ok())
        .flatten();
    Some(FilmTrack {
        id: entry.integer("id")?,
        kind,
        title: entry.text("title"),
        language: entry.text("lang"),
        external: entry.mpv.flag(&entry.field("external")).unwrap_or(false),
        codec: entry.text("codec"),
        channels: channels.filter(|channels| (1..=MAX_CHANNELS).contains(channels)),
    })
}

fn chapter(entry: &Entry<'_>) -> Option<Chapter> {
    // A chapter may begin before the film does, by a rounded header.
    let start_secs = entry.mpv.number(&entry.field("time"))?.max(0.0);
    Some(Chapter { start_secs, title: entry.text("title").filter(|title| !title.is_empty()) })
}

/// The audio devices that libmpv knows, the best drivers first.
pub(super) fn devices(mpv: &Mpv) -> Vec<AudioDevice> {
    let count = mpv.integer(c"audio-device-list/count").unwrap_or(0).clamp(0, MAX_TRACKS);
    (0..count)
        .filter_map(|index| {
            let entry = Entry { mpv, list: "audio-device-list", index };
            let name = mpv.text(&entry.field("name"))?;
            let description = entry.text("description").unwrap_or_else(|| name.clone());
            Some(AudioDevice { name, description })
        })
        .collect()
}
