//! The formats that are promised, as far as ffmpeg can make them here.

use super::tried::Outcome;
use super::*;

const SRT: &str = "1\n00:00:00,000 --> 00:00:05,000\nHello\n";

/// Container, picture encoder, sound encoder, subtitle encoder, and libmpv's names of the first two.
const FORMATS: &[[&str; 6]] = &[
    ["mkv", "libx264", "aac", "srt", "h264", "aac"],
    ["mkv", "libx265", "ac3", "ass", "hevc", "ac3"],
    ["mkv", "libvpx-vp9", "libopus", "srt", "vp9", "opus"],
    ["mkv", "libsvtav1", "flac", "ass", "av1", "flac"],
    ["mp4", "libx264", "aac", "mov_text", "h264", "aac"],
    ["mp4", "libx265", "eac3", "none", "hevc", "eac3"],
    ["mp4", "libvpx-vp9", "aac", "none", "vp9", "aac"],
    ["mp4", "libsvtav1", "libopus", "none", "av1", "opus"],
    ["webm", "libvpx-vp9", "libopus", "webvtt", "vp9", "opus"],
    ["webm", "libsvtav1", "libvorbis", "none", "av1", "vorbis"],
    ["avi", "libx264", "libmp3lame", "none", "h264", "mp3"],
    ["avi", "mpeg4", "ac3", "none", "mpeg4", "ac3"],
    ["ts", "libx264", "aac", "none", "h264", "aac"],
    ["ts", "libx265", "ac3", "none", "hevc", "ac3"],
    ["ts", "mpeg2video", "mp2", "none", "mpeg2video", "mp2"],
];

/// What this machine's ffmpeg can encode; `None`, said aloud, where it is missing.
fn encoders() -> Option<String> {
    match Command::new("ffmpeg").args(["-v", "error", "-encoders"]).output() {
        Ok(output) => Some(String::from_utf8_lossy(&output.stdout).into_owned()),
        Err(error) => {
            println!("skipped: ffmpeg cannot be run ({error})");
            None
        }
    }
}

#[test]
fn the_promised_formats_play() {
    let folder = tempfile::tempdir().unwrap();
    let (Some(encoders), Some(bench)) = (encoders(), Bench::open()) else { return };
    let can = |name: &str| encoders.split_whitespace().any(|word| word == name);
    let text = folder.path().join("text.srt");
    std::fs::write(&text, SRT).unwrap();
    for (index, [container, picture, sound, subtitle, video, audio]) in FORMATS.iter().enumerate() {
        let what = format!("{container}: {video}, {audio}, subtitles {subtitle}");
        if !can(picture) || !can(sound) {
            println!("{what}: skipped, this ffmpeg cannot make it");
            continue;
        }
        let has_subtitles = *subtitle != "none";
        let subtitles =
            if has_subtitles { format!("-map 2 -c:s {subtitle}") } else { String::new() };
        let arguments = format!(
            "-f lavfi -i testsrc2=s=160x90:r=25:d=3 -f lavfi -i sine=d=3:r=48000 -i {} -map 0 -map 1 \
             -pix_fmt yuv420p -c:v {picture} -g 25 -c:a {sound} {subtitles}",
            text.display()
        );
        let film = ffmpeg(folder.path(), &format!("{index}.{container}"), &arguments);
        let film = film.expect("ffmpeg was there before");
        let outcome = bench.try_out(&film);
        assert!(matches!(outcome, Outcome::Played), "{what}: {outcome:?}");
        let mpv = bench.player.control.mpv();
        let codecs: Vec<_> = (0..2)
            .filter_map(|track| mpv.text(&c_text(format!("track-list/{track}/codec"))?))
            .collect();
        assert_eq!(codecs, [*video, *audio], "{what}");
        assert!(mpv.integer(c"video-params/w") == Some(160), "{what}: no picture");
        assert!(mpv.integer(c"audio-params/samplerate").is_some(), "{what}: no sound");
        if has_subtitles {
            bench.player.command(PlayerCommand::SubtitleTrack(1));
            bench.seek(1.0);
            bench.seeked();
            assert_eq!(mpv.text(c"sub-text").as_deref(), Some("Hello"), "{what}");
        }
        println!("{what}: plays");
    }
}
