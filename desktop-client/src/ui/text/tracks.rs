//! What the window calls the film's tracks, and how they are set: languages, encodings, delays.

use cinemasync_core::player::{FilmTrack, FilmTrackKind};
use cinemasync_core::subtitles::SubtitleOffer;

use super::catalog::{marked, messages, signed};

messages! {
    tracks, subtitles, audio, no_sound, no_subtitles, subtitle_delay, subtitles_earlier,
    subtitles_later, subtitle_size, smaller, larger, audio_delay, sound_earlier, sound_later,
    add_subtitles, propose_tracks, your_cut, your_cut_hint, shift_label,
    take_these_subtitles(name),
}

pub(super) mod say {
    use super::messages;

    messages! {
        channels(count), external, language_ar, language_cs, language_da, language_de, language_el,
        language_en, language_es, language_fi, language_fr, language_hi, language_it, language_ja,
        language_ko, language_nl, language_no, language_pl, language_pt, language_ru, language_sv,
        language_tr, language_uk, language_zh, mono, offers(who, name), offers_here(who, name),
        proposal(who, sound, subtitles), proposed_no_sound, proposed_no_subtitles,
        proposed_sound(track), proposed_subtitles(track), rate_normal, shift(seconds),
        shift_0_1_less, shift_0_1_more, shift_1_less, shift_1_more, stereo, track_number(number),
    }
}

/// The rates that can be chosen.
pub(crate) const RATES: [f64; 9] = [0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0];

/// How far one's own file is moved by a press, in seconds, and what the buttons are called.
pub(crate) fn shifts() -> [(f64, &'static str); 4] {
    [
        (-1.0, say::shift_1_less()),
        (-0.1, say::shift_0_1_less()),
        (0.1, say::shift_0_1_more()),
        (1.0, say::shift_1_more()),
    ]
}

/// A film track in a menu: its name, then what only some want to know.
pub(crate) fn track(track: &FilmTrack) -> String {
    let mut parts = vec![track_name(track)];
    parts.extend(track.codec.as_deref().map(codec));
    parts.extend(track.channels.filter(|_| track.kind == FilmTrackKind::Audio).map(channels));
    if track.external {
        parts.push(say::external().to_owned());
    }
    parts.join(" · ")
}

fn track_name(track: &FilmTrack) -> String {
    match (&track.title, &track.language) {
        (Some(title), Some(code)) => format!("{title} ({})", language(code)),
        (Some(title), None) => title.clone(),
        (None, Some(code)) => language(code).to_owned(),
        (None, None) => say::track_number(track.id),
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
        1 => say::mono().to_owned(),
        2 => say::stereo().to_owned(),
        6 => "5.1".to_owned(),
        8 => "7.1".to_owned(),
        other => say::channels(other),
    }
}

/// A language by its code in films (ISO 639, two or three letters); an unknown code as it is.
fn language(code: &str) -> &str {
    match code {
        "ar" | "ara" => say::language_ar(),
        "cs" | "cze" | "ces" => say::language_cs(),
        "da" | "dan" => say::language_da(),
        "de" | "ger" | "deu" => say::language_de(),
        "el" | "gre" | "ell" => say::language_el(),
        "en" | "eng" => say::language_en(),
        "es" | "spa" => say::language_es(),
        "fi" | "fin" => say::language_fi(),
        "fr" | "fre" | "fra" => say::language_fr(),
        "hi" | "hin" => say::language_hi(),
        "it" | "ita" => say::language_it(),
        "ja" | "jpn" => say::language_ja(),
        "ko" | "kor" => say::language_ko(),
        "nl" | "dut" | "nld" => say::language_nl(),
        "no" | "nor" | "nb" | "nob" => say::language_no(),
        "pl" | "pol" => say::language_pl(),
        "pt" | "por" => say::language_pt(),
        "ru" | "rus" => say::language_ru(),
        "sv" | "swe" => say::language_sv(),
        "tr" | "tur" => say::language_tr(),
        "uk" | "ukr" => say::language_uk(),
        "zh" | "chi" | "zho" => say::language_zh(),
        other => other,
    }
}

/// The language that may lack letters here, in the language that is spoken.
pub(crate) fn chinese() -> &'static str {
    say::language_zh()
}

/// A rate in a menu.
pub(crate) fn rate(rate: f64) -> String {
    if (rate - 1.0).abs() < 1e-6 {
        say::rate_normal().to_owned()
    } else {
        marked(format!("{rate}×"))
    }
}

/// A delay or offset: `+0.3 s`.
pub(crate) fn shift(seconds: f64) -> String {
    if seconds.abs() < 0.005 {
        say::shift("0")
    } else if (seconds * 10.0 - (seconds * 10.0).round()).abs() < 0.05 {
        say::shift(signed(seconds, 1))
    } else {
        say::shift(signed(seconds, 2))
    }
}

/// What somebody proposes to choose.
pub(crate) fn proposal(who: &str, audio: i64, subtitle: i64, tracks: &[FilmTrack]) -> String {
    let name = |kind: FilmTrackKind, id: i64| {
        let found = tracks.iter().find(|track| track.kind == kind && track.id == id);
        found.map_or_else(|| say::track_number(id), track_name)
    };
    let sound = match audio {
        0 => say::proposed_no_sound().to_owned(),
        id => say::proposed_sound(name(FilmTrackKind::Audio, id)),
    };
    let subtitles = match subtitle {
        0 => say::proposed_no_subtitles().to_owned(),
        id => say::proposed_subtitles(name(FilmTrackKind::Subtitle, id)),
    };
    say::proposal(who, sound, subtitles)
}

/// A subtitle file that somebody offers.
pub(crate) fn offer(who: &str, offer: &SubtitleOffer) -> String {
    if offer.taken { say::offers_here(who, &offer.name) } else { say::offers(who, &offer.name) }
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
        assert_eq!(proposal("Ben", 9, 0, &tracks), "Ben proposes Track 9 sound, no subtitles");
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
