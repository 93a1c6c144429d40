//! The player against the real libmpv, with films made on the spot. Where libmpv or ffmpeg is missing the
//! tests print so and pass.

mod addresses;
#[cfg(target_os = "linux")]
mod broken;
#[cfg(target_os = "linux")]
mod folder_watch;
mod formats;
mod loudspeakers;
mod subtitles;
mod tried;
mod web;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cinemasync_core::film::FilmSource;
use cinemasync_core::player::{
    FilmTrack, FilmTrackKind, MAX_SUBTITLE_BYTES, PlayerCommand, PlayerEvent, PlayerPosition,
};

use super::handle::c_text;
use super::{FilmAudio, Player, PlayerConfig, PlayerError};

/// No event of a healthy player takes this long, on any machine; only a hang does.
const HANG: Duration = Duration::from_secs(60);

struct Bench {
    player: Player,
    events: Receiver<PlayerEvent>,
}

impl Bench {
    /// A headless, silent player; `None`, said aloud, without libmpv.
    fn open() -> Option<Self> {
        Self::open_with(FilmAudio::None)
    }

    fn open_with(audio: FilmAudio) -> Option<Self> {
        let (tell, events) = channel();
        let tell = Mutex::new(tell);
        let config = PlayerConfig { audio, video: false, streams: None };
        let on_event = Arc::new(move |event| {
            tell.lock().unwrap().send(event).ok();
        });
        match Player::open(config, on_event) {
            Ok(player) => Some(Self { player, events }),
            Err(PlayerError::Missing) => {
                println!("skipped: no libmpv on this computer");
                None
            }
            Err(error) => panic!("{error}"),
        }
    }

    fn load(&self, path: &Path, position_secs: f64) {
        self.player.command(PlayerCommand::Load {
            source: FilmSource::File(path.to_owned()),
            position_secs,
        });
    }

    fn seek(&self, position_secs: f64) {
        self.player.command(PlayerCommand::Seek { position_secs });
    }

    fn next(&self) -> PlayerEvent {
        self.events.recv_timeout(HANG).expect("the player answers")
    }

    /// The first event that `pick` takes; those before it are dropped.
    fn wait<T>(&self, pick: impl Fn(&PlayerEvent) -> Option<T>) -> T {
        loop {
            let event = self.next();
            if let PlayerEvent::Failed(sentence) = &event
                && pick(&event).is_none()
            {
                panic!("{sentence}");
            }
            if let Some(found) = pick(&event) {
                return found;
            }
        }
    }

    fn loaded(&self) -> f64 {
        self.wait(|event| match event {
            PlayerEvent::Loaded { duration_secs, .. } => Some(*duration_secs),
            _ => None,
        })
    }

    fn seeked(&self) -> f64 {
        self.wait(|event| match event {
            PlayerEvent::Seeked { position_secs } => Some(*position_secs),
            _ => None,
        })
    }

    fn position(&self, wanted: impl Fn(&PlayerPosition) -> bool) -> PlayerPosition {
        self.wait(|event| match event {
            PlayerEvent::Position(position) if wanted(position) => Some(*position),
            _ => None,
        })
    }

    fn warning(&self) -> String {
        self.wait(|event| match event {
            PlayerEvent::Warning(sentence) => Some(sentence.clone()),
            _ => None,
        })
    }

    /// The sentence with which a load fails; anything else fails the test.
    fn failure(&self) -> String {
        self.wait(|event| match event {
            PlayerEvent::Failed(sentence) => Some(sentence.to_string()),
            PlayerEvent::Loaded { .. } => panic!("it was opened"),
            _ => None,
        })
    }
}

/// Runs ffmpeg; `None`, said aloud, where it is missing.
fn ffmpeg(folder: &Path, name: &str, arguments: &str) -> Option<PathBuf> {
    let path = folder.join(name);
    let status = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error"])
        .args(arguments.split_whitespace())
        .arg(&path)
        .status();
    match status {
        Ok(status) if status.success() => Some(path),
        Ok(status) => panic!("ffmpeg ended with {status}"),
        Err(error) => {
            println!("skipped: ffmpeg cannot be run ({error})");
            None
        }
    }
}

const FILM: &str = "-f lavfi -i testsrc2=s=320x180:r=25:d=20 -f lavfi -i anoisesrc=d=20:seed=1:a=0.3 \
    -f lavfi -i sine=d=20 -map 0 -map 1 -map 2 -metadata:s:a:0 language=eng \
    -metadata:s:a:1 title=Tone -c:v libx264 -preset ultrafast -g 100 -c:a aac";

fn film(folder: &Path) -> Option<PathBuf> {
    ffmpeg(folder, "film.mkv", FILM)
}

#[test]
fn a_film_is_opened_played_paused_and_seeked_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let (Some(film), Some(bench)) = (film(folder.path()), Bench::open()) else { return };
    bench.load(&film, 3.0);
    let tracks = bench.wait(|event| match event {
        PlayerEvent::Loaded { duration_secs, tracks, .. } => {
            assert!((duration_secs - 20.0).abs() < 0.2, "{duration_secs}");
            Some(tracks.clone())
        }
        _ => None,
    });
    let audio: Vec<_> = tracks.iter().filter(|track| track.kind == FilmTrackKind::Audio).collect();
    assert_eq!(audio.iter().map(|track| track.id).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(audio[0].language.as_deref(), Some("eng"));
    assert_eq!(audio[1].title.as_deref(), Some("Tone"));
    let standing = bench.position(|_| true);
    assert!((standing.position_secs - 3.0).abs() < 0.05 && !standing.playing, "{standing:?}");

    let start = Instant::now() + Duration::from_millis(200);
    bench.player.command(PlayerCommand::PlayAt(start));
    let first = bench.position(|position| position.playing);
    let later = bench.position(|position| position.position_secs > first.position_secs + 0.3);
    assert!(first.at >= start && later.playing);

    bench.player.command(PlayerCommand::Pause);
    let paused = bench.position(|position| !position.playing);
    assert!(paused.position_secs >= later.position_secs - 0.05);

    bench.seek(11.02);
    let stands = bench.seeked();
    assert!((stands - 11.02).abs() < 0.05, "{stands}");
    assert!(!bench.position(|_| true).playing);
}

#[test]
fn what_a_film_tells_of_itself_is_told_within_bounds() {
    let folder = tempfile::tempdir().unwrap();
    let Some(bench) = Bench::open() else { return };
    let chapters: String = (0..600)
        .map(|n| {
            let title = if n == 0 { "The Beginning".to_owned() } else { "x".repeat(300) };
            let (start, end) = (n * 10, n * 10 + 10);
            format!("[CHAPTER]\nTIMEBASE=1/1000\nSTART={start}\nEND={end}\ntitle={title}\n")
        })
        .collect();
    let list = folder.path().join("chapters.txt");
    std::fs::write(&list, format!(";FFMETADATA1\n{chapters}")).unwrap();
    let arguments = format!(
        "-f lavfi -i testsrc2=s=160x90:r=24000/1001:d=7 -f lavfi -i anoisesrc=d=7 -i {} \
         -map_metadata 2 -map 0 -map 1 -ac 6 -c:v libx264 -preset ultrafast -c:a ac3",
        list.display()
    );
    let Some(film) = ffmpeg(folder.path(), "film.mkv", &arguments) else { return };
    bench.load(&film, 0.0);
    bench.wait(|event| match event {
        PlayerEvent::Loaded { frame_rate, tracks, chapters, .. } => {
            assert!((frame_rate.unwrap() - 24_000.0 / 1_001.0).abs() < 0.01, "{frame_rate:?}");
            assert_eq!(chapters.len(), 512);
            assert_eq!(chapters[0].title.as_deref(), Some("The Beginning"));
            assert!((chapters[511].start_secs - 5.11).abs() < 0.01);
            assert_eq!(chapters[511].title.as_ref().unwrap().chars().count(), 200);
            let codecs: Vec<_> =
                tracks.iter().map(|track| (track.codec.as_deref(), track.channels)).collect();
            assert_eq!(codecs, [(Some("h264"), None), (Some("ac3"), Some(6))]);
            Some(())
        }
        _ => None,
    });
}

#[test]
fn of_many_seeks_the_last_one_holds_and_a_start_waits_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let (Some(film), Some(bench)) = (film(folder.path()), Bench::open()) else { return };
    bench.load(&film, 0.0);
    bench.loaded();
    for step in 1..=30 {
        bench.seek(f64::from(step) * 0.5);
    }
    bench.player.command(PlayerCommand::PlayAt(Instant::now()));
    let first = bench.position(|position| position.playing);
    assert!((15.0..17.0).contains(&first.position_secs), "{first:?}");
}

#[test]
fn a_start_between_two_frames_is_no_earlier_than_it_should_be() {
    let folder = tempfile::tempdir().unwrap();
    let frames = "-f lavfi -i testsrc2=s=160x90:r=5:d=20 -f lavfi -i anoisesrc=d=20 \
                  -c:v libx264 -preset ultrafast -c:a aac";
    let Some(film) = ffmpeg(folder.path(), "slow.mkv", frames) else { return };
    let Some(bench) = Bench::open() else { return };
    bench.load(&film, 0.0);
    bench.loaded();
    // libmpv stands on the next frame then, 150 ms later, and begins its sound there.
    bench.seek(5.05);
    bench.seeked();
    let start = Instant::now() + Duration::from_millis(600);
    bench.player.command(PlayerCommand::PlayAt(start));
    let playing = bench.position(|position| position.playing && position.position_secs > 5.4);
    let place = 5.05 + playing.at.duration_since(start).as_secs_f64();
    // A busy machine is late, but nothing makes it early.
    assert!(playing.position_secs < place + 0.06, "{} s early", playing.position_secs - place);
}

#[test]
fn a_pause_cancels_a_start_that_is_not_due_yet() {
    let folder = tempfile::tempdir().unwrap();
    let (Some(film), Some(bench)) = (film(folder.path()), Bench::open()) else { return };
    bench.load(&film, 0.0);
    bench.player.command(PlayerCommand::PlayAt(Instant::now() + Duration::from_secs(3600)));
    bench.loaded();
    bench.player.command(PlayerCommand::Pause);
    bench.seek(5.0);
    assert!((bench.seeked() - 5.0).abs() < 0.05);
}

#[test]
fn the_end_is_told_and_one_can_seek_back() {
    let folder = tempfile::tempdir().unwrap();
    let (Some(film), Some(bench)) = (film(folder.path()), Bench::open()) else { return };
    bench.load(&film, 19.5);
    bench.player.command(PlayerCommand::PlayAt(Instant::now()));
    bench.wait(|event| matches!(event, PlayerEvent::Ended).then_some(()));
    assert!(!bench.position(|_| true).playing);
    bench.seek(500.0);
    assert!((bench.seeked() - 20.0).abs() < 0.3);
    bench.seek(2.0);
    assert!((bench.seeked() - 2.0).abs() < 0.05);
    bench.player.command(PlayerCommand::PlayAt(Instant::now()));
    assert!(bench.position(|position| position.playing).position_secs < 5.0);
}

#[test]
fn another_film_takes_the_place_of_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let (Some(first), Some(bench)) = (film(folder.path()), Bench::open()) else { return };
    let short = "-f lavfi -i testsrc2=s=160x90:r=25:d=4 -c:v libx264 -preset ultrafast";
    let Some(second) = ffmpeg(folder.path(), "second.mp4", short) else { return };
    bench.load(&first, 0.0);
    bench.load(&second, 1.0);
    bench.load(&first, 0.0);
    bench.load(&second, 1.0);
    // One or the other may have been open for a moment; the last one stays.
    while (bench.loaded() - 4.0).abs() > 0.2 {}
    assert!((bench.position(|_| true).position_secs - 1.0).abs() < 0.1);
    bench.player.command(PlayerCommand::PlayAt(Instant::now()));
    let playing = bench.position(|position| position.playing);
    assert!(playing.position_secs < 4.1, "{playing:?}");
}

#[test]
fn tracks_are_chosen_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let (Some(film), Some(bench)) = (film(folder.path()), Bench::open()) else { return };
    bench.load(&film, 0.0);
    let chosen = |audio| {
        bench.wait(|event| match event {
            PlayerEvent::TracksChosen { audio: now, .. } => (*now == audio).then_some(()),
            _ => None,
        });
    };
    chosen(1);
    bench.player.command(PlayerCommand::AudioTrack(2));
    chosen(2);
    bench.player.command(PlayerCommand::AudioTrack(0));
    chosen(0);
}

#[test]
fn what_is_not_a_film_fails_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let Some(bench) = Bench::open() else { return };
    let write = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    };
    let noise: Vec<u8> =
        (0..200_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let cases = [
        write("empty.mkv", b""),
        write("noise.mp4", &noise),
        write("noise.mkv", &noise),
        write("text.mkv", b"Once upon a time there was a text file that called itself a film.\n"),
        write("header.mkv", &[0x1a, 0x45, 0xdf, 0xa3, 0x01, 0xff, 0xff]),
        write("zeros.mp4", &[0; 100_000]),
        folder.path().to_owned(),
        folder.path().join("absent.mkv"),
    ];
    for path in cases {
        bench.load(&path, 0.0);
        let sentence = bench.failure();
        assert!(sentence.ends_with('.') && sentence.len() > 20, "{sentence}");
        println!("{}: {sentence}", path.file_name().unwrap().display());
    }
}

#[test]
fn a_truncated_film_plays_as_far_as_it_goes_or_fails_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let (Some(film), Some(bench)) = (film(folder.path()), Bench::open()) else { return };
    let Some(mp4) = ffmpeg(folder.path(), "film.mp4", FILM) else { return };
    let cut = |from: &Path, name: &str, part: usize| {
        let content = std::fs::read(from).unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, &content[..content.len() * part / 10]).unwrap();
        path
    };
    bench.load(&cut(&film, "half.mkv", 5), 0.0);
    bench.loaded();
    bench.seek(18.0);
    bench.seeked();
    // An MP4 has its table of contents at its end.
    bench.load(&cut(&mp4, "half.mp4", 5), 0.0);
    assert!(bench.failure().ends_with('.'));
}

#[test]
fn lists_of_other_files_are_refused_under_any_name() {
    let folder = tempfile::tempdir().unwrap();
    let (Some(film), Some(bench)) = (film(folder.path()), Bench::open()) else { return };
    let segments = "-f lavfi -i testsrc2=s=160x90:r=25:d=2 -c:v libx264 -f hls -hls_time 1";
    let Some(_) = ffmpeg(folder.path(), "real.m3u8", segments) else { return };
    let path = film.display();
    let lists = [
        ("plain.m3u", format!("#EXTM3U\n#EXTINF:20,film\n{path}\n")),
        ("plain.m3u8", format!("#EXTM3U\n{path}\n")),
        ("hidden.mp4", format!("#EXTM3U\n#EXTINF:20,film\n{path}\n")),
        ("list.pls", format!("[playlist]\nFile1={path}\nNumberOfEntries=1\n")),
        ("list.edl", format!("# mpv EDL v0\n{path},0,5\n")),
        ("list.mkv", format!("# mpv EDL v0\n{path},0,5\n")),
        ("list.cue", format!("FILE \"{path}\" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n")),
        ("list.concat", format!("ffconcat version 1.0\nfile '{path}'\n")),
        ("list.ffconcat", format!("ffconcat version 1.0\nfile '{path}'\n")),
        ("list.txt", format!("{path}\n")),
        ("web.m3u8", "#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n".to_owned()),
        (
            "session.sdp",
            "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n\
            m=audio 5004 RTP/AVP 0\n"
                .to_owned(),
        ),
    ];
    for (name, content) in lists {
        std::fs::write(folder.path().join(name), content).unwrap();
        bench.load(&folder.path().join(name), 0.0);
        println!("{name}: {}", bench.failure());
    }
    bench.load(&folder.path().join("real.m3u8"), 0.0);
    println!("real.m3u8: {}", bench.failure());
}

#[test]
fn a_film_that_is_closed_falls_silent_and_commands_without_a_film_do_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (Some(film), Some(bench)) = (film(folder.path()), Bench::open()) else { return };
    bench.seek(3.0);
    bench.player.command(PlayerCommand::PlayAt(Instant::now()));
    bench.player.command(PlayerCommand::AudioTrack(7));
    bench.player.command(PlayerCommand::Rate(f64::NAN));
    bench.load(&film, f64::INFINITY);
    bench.loaded();
    bench.player.command(PlayerCommand::Unload);
    drop(bench.player);
    let after: Vec<_> = bench.events.try_iter().collect();
    assert!(!after.iter().any(|event| matches!(event, PlayerEvent::Ended)), "{after:?}");
}
