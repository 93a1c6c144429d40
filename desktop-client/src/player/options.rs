//! How libmpv is set up before it starts. Owns every option with its reason: what keeps a stranger's film
//! inside its file, and what makes starts and seeks exact.

use std::ffi::{CStr, CString};
use std::path::Path;

use super::handle::{Mpv, c_text};
use super::{FilmAudio, PlayerConfig, PlayerError};

/// Container formats of libavformat that hold picture and sound themselves. What is not here (HLS, DASH,
/// concat, image sequences, SDP, scripts …) names other files or addresses and is refused.
const FORMATS: &str = "mov,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,mp3,flac,wav,w64,aac,rm,nut,mxf,ivf,\
h264,hevc,m4v,obu,av1,wv,ac3,eac3,dts,truehd,gxf,wtv,dv,dirac,vc1,yuv4mpegpipe,aiff,caf,ape,tta,amr,\
matroska";
/// Formats of subtitles that are given as text. A film may not be one of them: libavformat reads them whole
/// into memory, however long they are.
const SUBTITLE_FORMATS: &str = "srt,ass,webvtt";

/// Films come from strangers: nothing but the one file that was asked for is read, run or listened to.
/// An option that this libmpv was built without is as good as off.
const CLOSED: &[(&CStr, &CStr)] = &[
    (c"config", c"no"),
    (c"load-scripts", c"no"),
    (c"ytdl", c"no"),
    (c"osc", c"no"),
    (c"load-stats-overlay", c"no"),
    (c"load-osd-console", c"no"),
    (c"load-auto-profiles", c"no"),
    (c"terminal", c"no"),
    (c"input-default-bindings", c"no"),
    (c"input-builtin-bindings", c"no"),
    (c"input-vo-keyboard", c"no"),
    (c"input-cursor", c"no"),
    (c"input-media-keys", c"no"),
    (c"input-gamepad", c"no"),
    (c"load-unsafe-playlists", c"no"),
    (c"access-references", c"no"),
    (c"ordered-chapters", c"no"),
    (c"autoload-files", c"no"),
    (c"sub-auto", c"no"),
    (c"audio-file-auto", c"no"),
    (c"cover-art-auto", c"no"),
    (c"use-filedir-conf", c"no"),
    (c"resume-playback", c"no"),
    (c"save-position-on-quit", c"no"),
    (c"demuxer-cue-codepage", c"utf-8"),
    (c"sub-demuxer", c"lavf"),
    // Addresses are opened through libavformat, where a redirection could ask for more than the web.
    (c"stream-lavf-o", c"protocol_whitelist=[http,https,tls,tcp,httpproxy]"),
    // libmpv hands libavformat's readers the bytes itself; no protocol is ever opened by them.
    (c"demuxer-lavf-propagate-opts", c"no"),
];

/// What the player's promises rest on.
const EXACT: &[(&CStr, &CStr)] = &[
    (c"idle", c"yes"),
    (c"pause", c"yes"),
    // The film stays open at its end, so that one can seek back.
    (c"keep-open", c"always"),
    (c"hr-seek", c"yes"),
    // A frame shown late after a seek is better than none: the picture must stand before `Seeked`.
    (c"hr-seek-framedrop", c"no"),
    (c"audio-fallback-to-null", c"yes"),
    // Where libmpv itself makes two channels of six, no sum of them leaves the scale.
    (c"audio-normalize-downmix", c"yes"),
    // The loudness a person chose is the only one that counts.
    (c"volume-max", c"100"),
    (c"replaygain", c"no"),
    // Read ahead, so that a disk which sleeps does not stop the room. How far depends on the film's origin.
    (c"cache", c"yes"),
    (c"cache-pause-wait", c"1"),
    // Drawing must never make the window wait for a frame's time.
    (c"video-timing-offset", c"0"),
    (c"osd-level", c"0"),
    (c"audio-client-name", c"CinemaSync"),
];

/// Where systems keep the certificates that they trust: Debian and Arch, Fedora, macOS.
const TRUSTED: &[&str] = &[
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
];

/// Sets everything; an error says which option libmpv refused.
pub(super) fn apply(mpv: &Mpv, config: &PlayerConfig) -> Result<(), PlayerError> {
    for (name, value) in CLOSED.iter().chain(EXACT) {
        set(mpv, name, value)?;
    }
    set(mpv, c"demuxer-lavf-o", &film_formats())?;

    // libmpv checks no certificates unless told to, and not every build of it knows where the trusted ones
    // are (Windows' do not): where they are found, who they speak for is checked.
    if let Some(trusted) = TRUSTED.iter().find(|file| Path::new(file).is_file()) {
        set(mpv, c"tls-ca-file", &c_text(*trusted).expect("a constant without nul bytes"))?;
        set(mpv, c"tls-verify", c"yes")?;
    }

    set(mpv, c"vo", if config.video { c"libmpv" } else { c"null" })?;
    // Decoders that copy back need no cooperation between the driver and the window's OpenGL.
    set(mpv, c"hwdec", if config.video { c"auto-copy-safe" } else { c"no" })?;
    if config.audio == FilmAudio::None {
        set(mpv, c"ao", c"null")?;
    }
    Ok(())
}

/// The value of `demuxer-lavf-o` with which films are opened.
pub(super) fn film_formats() -> CString {
    only(FORMATS)
}

/// The value of `demuxer-lavf-o` with which subtitles are opened.
pub(super) fn subtitle_formats() -> CString {
    only(SUBTITLE_FORMATS)
}

fn only(formats: &str) -> CString {
    let length = formats.len();
    c_text(format!("format_whitelist=%{length}%{formats},protocol_whitelist=[none]"))
        .expect("constants without nul bytes")
}

fn set(mpv: &Mpv, name: &CStr, value: &CStr) -> Result<(), PlayerError> {
    match mpv.set_option(name, value) {
        Ok(true) => Ok(()),
        Ok(false) => {
            tracing::debug!(option = ?name, "this libmpv has no such option");
            Ok(())
        }
        Err(code) => Err(PlayerError::Start {
            why: format!(
                "it refused the option {}: {}",
                name.to_string_lossy(),
                mpv.describe(code)
            ),
        }),
    }
}
