//! What the window calls the film's tracks, and how they are set: languages, encodings, delays.

use cinemasync_core::player::{FilmTrack, FilmTrackKind};
use cinemasync_core::subtitles::SubtitleOffer;

pub(crate) const TRACKS: &str = "Sound and subtitles";
pub(crate) const SUBTITLES: &str = "Subtitles";
pub(crate) const AUDIO: &str = "Sound track";
pub(crate) const NO_SOUND: &str = "No sound";
pub(crate) const NO_SUBTITLES: &str = "No subtitles";
pub(crate) const SUBTITLE_DELAY: &str = "Subtitles later";
pub(crate) const SUBTITLES_EARLIER: &str = "Subtitles 0.1 s earlier";
pub(crate) const SUBTITLES_LATER: &str = "Subtitles 0.1 s later";
pub(crate) const SUBTITLE_SIZE: &str = "Size of subtitles";
pub(crate) const SMALLER: &str = "Smaller subtitles";
pub(crate) const LARGER: &str = "Larger subtitles";
pub(crate) const AUDIO_DELAY: &str = "Sound later";
pub(crate) const SOUND_EARLIER: &str = "Sound 0.1 s earlier";
pub(crate) const SOUND_LATER: &str = "Sound 0.1 s later";
pub(crate) const ADD_SUBTITLES: &str = "Add subtitles…";
pub(crate) const TAKE_SUBTITLES: &str = "Use these subtitles";
pub(crate) const PROPOSE_TRACKS: &str = "Propose my tracks to all";
pub(crate) const YOUR_CUT: &str = "Your cut of the film";
pub(crate) const YOUR_CUT_HINT: &str = "How much later everything happens in your file, in seconds. It is remembered for these two files.";
pub(crate) const SHIFT: &str = "Offset of your file in seconds";
pub(crate) const SHIFTS: [(f64, &str); 4] = [
    (-1.0, "Offset 1 s less"),
    (-0.1, "Offset 0.1 s less"),
    (0.1, "Offset 0.1 s more"),
    (1.0, "Offset 1 s more"),
];

/// The rates that can be chosen.
pub(crate) const RATES: [f64; 9] = [0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0];

/// A film track in a menu: its name, then what only some want to know.
pub(crate) fn track(track: &FilmTrack) -> String {
    let mut parts = vec![track_name(track)];
    parts.extend(track.codec.as_deref().map(codec));
    parts.extend(track.channels.filter(|_| track.kind == FilmTrackKind::Audio).map(channels));
    if track.external {
        parts.push("external".to_owned());
    }
    parts.join(" · ")
}

fn track_name(track: &FilmTrack) -> String {
    match (&track.title, &track.language) {
        (Some(title), Some(code)) => format!("{title} ({})", language(code)),
        (Some(title), None) => title.clone(),
        (None, Some(code)) => language(code).to_owned(),
        (None, None) => format!("Track {}", track.id),
    }
}

/// An encoding by the name that people know; one without such a name as the player calls it.
fn codec(name: &str) -> String {
    let known = match name {
        "ac3" => "AC-3",
        "eac3" => "E-AC-3",
        "truehd" => "TrueHD",
        "vorbis" => "Vorbis",
        "opus" => "Opus",
        "subrip" | "srt" => "SRT",
        "webvtt" => "WebVTT",
        "hdmv_pgs_subtitle" => "PGS",
        "dvd_subtitle" => "VobSub",
        "mov_text" => "MP4 text",
        _ => return name.to_uppercase(),
    };
    known.to_owned()
}

/// How many loudspeakers a sound is for.
fn channels(count: u32) -> String {
    match count {
        1 => "mono".to_owned(),
        2 => "stereo".to_owned(),
        6 => "5.1".to_owned(),
        8 => "7.1".to_owned(),
        other => format!("{other} channels"),
    }
}

/// A language by its code in films (ISO 639, two or three letters); an unknown code as it is.
fn language(code: &str) -> &str {
    match code {
        "ar" | "ara" => "Arabic",
        "cs" | "cze" | "ces" => "Czech",
        "da" | "dan" => "Danish",
        "de" | "ger" | "deu" => "German",
        "el" | "gre" | "ell" => "Greek",
        "en" | "eng" => "English",
        "es" | "spa" => "Spanish",
        "fi" | "fin" => "Finnish",
        "fr" | "fre" | "fra" => "French",
        "hi" | "hin" => "Hindi",
        "it" | "ita" => "Italian",
        "ja" | "jpn" => "Japanese",
        "ko" | "kor" => "Korean",
        "nl" | "dut" | "nld" => "Dutch",
        "no" | "nor" | "nb" | "nob" => "Norwegian",
        "pl" | "pol" => "Polish",
        "pt" | "por" => "Portuguese",
        "ru" | "rus" => "Russian",
        "sv" | "swe" => "Swedish",
        "tr" | "tur" => "Turkish",
        "uk" | "ukr" => "Ukrainian",
        "zh" | "chi" | "zho" => "Chinese",
        other => other,
    }
}

/// A rate in a menu.
pub(crate) fn rate(rate: f64) -> String {
    if (rate - 1.0).abs() < 1e-6 { "Normal".to_owned() } else { format!("{rate}×") }
}

/// A delay or offset: `+0.3 s`.
pub(crate) fn shift(seconds: f64) -> String {
    if seconds.abs() < 0.005 {
        "0 s".to_owned()
    } else if (seconds * 10.0 - (seconds * 10.0).round()).abs() < 0.05 {
        format!("{seconds:+.1} s")
    } else {
        format!("{seconds:+.2} s")
    }
}

/// What somebody proposes to choose.
pub(crate) fn proposal(who: &str, audio: i64, subtitle: i64, tracks: &[FilmTrack]) -> String {
    let name = |kind: FilmTrackKind, id: i64| {
        let found = tracks.iter().find(|track| track.kind == kind && track.id == id);
        found.map_or_else(|| format!("track {id}"), track_name)
    };
    let sound = match audio {
        0 => "no sound".to_owned(),
        id => format!("{} sound", name(FilmTrackKind::Audio, id)),
    };
    let subtitles = match subtitle {
        0 => "no subtitles".to_owned(),
        id => format!("{} subtitles", name(FilmTrackKind::Subtitle, id)),
    };
    format!("{who} proposes {sound}, {subtitles}")
}

/// A subtitle file that somebody offers.
pub(crate) fn offer(who: &str, offer: &SubtitleOffer) -> String {
    let taken = if offer.taken { " · here" } else { "" };
    format!("{who} offers {}{taken}", offer.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn audio(id: i64, language: Option<&str>) -> FilmTrack {
        FilmTrack {
            id,
            kind: FilmTrackKind::Audio,
            title: None,
            language: language.map(str::to_owned),
            external: false,
            codec: None,
            channels: None,
        }
    }

    #[test]
    fn a_track_says_what_it_is() {
        let mut one = audio(1, Some("ger"));
        assert_eq!(track(&one), "German");
        (one.codec, one.channels) = (Some("ac3".to_owned()), Some(6));
        assert_eq!(track(&one), "German · AC-3 · 5.1");
        (one.title, one.external) = (Some("Comments".to_owned()), true);
        assert_eq!(track(&one), "Comments (German) · AC-3 · 5.1 · external");
        assert_eq!(track(&audio(3, None)), "Track 3");
    }

    #[test]
    fn a_proposal_names_the_tracks() {
        let tracks = [
            audio(2, Some("en")),
            FilmTrack { kind: FilmTrackKind::Subtitle, ..audio(1, Some("de")) },
        ];
        assert_eq!(proposal("Ben", 2, 1, &tracks), "Ben proposes English sound, German subtitles");
        assert_eq!(proposal("Ben", 9, 0, &tracks), "Ben proposes track 9 sound, no subtitles");
    }

    #[test]
    fn delays_are_signed_and_short() {
        for (seconds, expected) in
            [(0.0, "0 s"), (0.3, "+0.3 s"), (-1.25, "-1.25 s"), (4.0, "+4.0 s")]
        {
            assert_eq!(shift(seconds), expected);
        }
    }
}
