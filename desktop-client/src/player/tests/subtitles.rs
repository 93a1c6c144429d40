//! Subtitles from memory, delays and sizes.

use super::*;

const SRT: &str = "1\n00:00:01,000 --> 00:00:05,000\nGrüße aus dem Kino\n\n\
    2\n00:00:06,000 --> 00:00:09,000\nEnde\n";
const VTT: &str = "WEBVTT\n\n00:01.000 --> 00:05.000\nfrom the web\n";
const ASS: &str = "[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname, Fontsize\n\
    Style: Default,Arial,20\n\n[Events]\nFormat: Layer, Start, End, Style, Text\n\
    Dialogue: 0,0:00:01.00,0:00:05.00,Default,{\\b1}styled\n";

impl Bench {
    pub(super) fn add_subtitle(&self, name: &str, text: &str) {
        let (name, text) = (name.to_owned(), text.into());
        self.player.command(PlayerCommand::AddSubtitle { name, text });
    }

    /// The tracks of a list that has `count` subtitles.
    fn subtitles(&self, count: usize) -> Vec<FilmTrack> {
        self.wait(|event| match event {
            PlayerEvent::Tracks(tracks) => {
                let of_kind = |track: &&FilmTrack| track.kind == FilmTrackKind::Subtitle;
                let subtitles: Vec<_> = tracks.iter().filter(of_kind).cloned().collect();
                (subtitles.len() == count).then_some(subtitles)
            }
            _ => None,
        })
    }

    fn chosen_subtitle(&self, wanted: i64) {
        self.wait(|event| match event {
            PlayerEvent::TracksChosen { subtitle, .. } => (*subtitle == wanted).then_some(()),
            _ => None,
        });
    }

    /// What the subtitles say at a place of the film.
    fn said_at(&self, position_secs: f64) -> String {
        self.seek(position_secs);
        self.seeked();
        self.player.control.mpv().text(c"sub-text").unwrap_or_default()
    }
}

#[test]
fn subtitles_from_memory_are_shown_at_once_and_are_tracks_like_others() {
    let folder = tempfile::tempdir().unwrap();
    let (Some(film), Some(bench)) = (film(folder.path()), Bench::open()) else { return };
    bench.load(&film, 0.0);
    // Said before the film is open, it waits for it.
    bench.add_subtitle("Anna's.srt", SRT);
    bench.loaded();
    let tracks = bench.subtitles(1);
    assert!(tracks[0].external && tracks[0].title.as_deref() == Some("Anna's.srt"), "{tracks:?}");
    bench.chosen_subtitle(1);
    assert_eq!(bench.said_at(2.0), "Grüße aus dem Kino");
    assert_eq!(bench.said_at(7.0), "Ende");

    bench.add_subtitle("web", VTT);
    assert_eq!(bench.subtitles(2)[1].title.as_deref(), Some("web"));
    bench.chosen_subtitle(2);
    assert_eq!(bench.said_at(2.0), "from the web");
    bench.add_subtitle("styled\n", ASS);
    assert_eq!(bench.subtitles(3)[2].title.as_deref(), Some("styled"));
    assert_eq!(bench.said_at(2.0), "styled");

    bench.player.command(PlayerCommand::SubtitleTrack(1));
    bench.chosen_subtitle(1);
    assert_eq!(bench.said_at(2.0), "Grüße aus dem Kino");
    // Another film has its own.
    bench.load(&film, 0.0);
    bench.wait(|event| match event {
        PlayerEvent::Loaded { tracks, .. } => {
            assert!(tracks.iter().all(|track| !track.external), "{tracks:?}");
            Some(())
        }
        _ => None,
    });
}

#[test]
fn what_holds_no_subtitles_is_refused_with_a_sentence_and_the_film_stays() {
    let folder = tempfile::tempdir().unwrap();
    let (Some(film), Some(bench)) = (film(folder.path()), Bench::open()) else { return };
    bench.load(&film, 0.0);
    bench.loaded();
    let path = film.display();
    for text in [
        "",
        "\0\0\0\0",
        "Once upon a time there was a text that called itself subtitles.\n",
        &format!("#EXTM3U\n#EXTINF:20,film\n{path}\n"),
        &format!("ffconcat version 1.0\nfile '{path}'\n"),
        &format!("# mpv EDL v0\n{path},0,5\n"),
        &"x".repeat(MAX_SUBTITLE_BYTES + 1),
    ] {
        bench.add_subtitle("bad.srt", text);
        let sentence = bench.warning();
        assert!(sentence.ends_with('.') && sentence.len() > 20, "{sentence}");
    }
    bench.seek(3.0);
    assert!((bench.seeked() - 3.0).abs() < 0.05);
    // The readers of subtitles are shut again: a film may not be one.
    let text = folder.path().join("film.srt");
    std::fs::write(&text, SRT).unwrap();
    bench.load(&text, 0.0);
    assert!(bench.failure().ends_with('.'));
    bench.load(&film, 0.0);
    bench.loaded();
}

#[test]
fn subtitles_that_hold_up_the_window_are_turned_off_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let (Some(film), Some(bench)) = (film(folder.path()), Bench::open()) else { return };
    let on_slow = bench.player.control.on_slow_drawing();
    bench.load(&film, 0.0);
    bench.loaded();
    // Without subtitles it is not their fault.
    on_slow();
    bench.add_subtitle("Anna's", SRT);
    bench.chosen_subtitle(1);
    on_slow();
    bench.chosen_subtitle(0);
    assert!(bench.warning().contains("turned off"));
}

#[test]
fn the_longest_subtitles_are_taken() {
    let folder = tempfile::tempdir().unwrap();
    let (Some(film), Some(bench)) = (film(folder.path()), Bench::open()) else { return };
    bench.load(&film, 0.0);
    bench.loaded();
    let said = "x".repeat(150);
    let line = |n: usize| {
        let (minutes, seconds) = (n / 60, n % 60);
        format!("{n}\n{minutes}:{seconds}:01,000 --> {minutes}:{seconds}:05,000\n{said}\n\n")
    };
    let mut text = String::new();
    let mut lines = 0;
    while text.len() + line(lines).len() <= MAX_SUBTITLE_BYTES {
        text.push_str(&line(lines));
        lines += 1;
    }
    let before = Instant::now();
    bench.add_subtitle("long", &text);
    bench.subtitles(1);
    println!("{lines} lines in {:?}", before.elapsed());
    assert_eq!(bench.said_at(10.0), "");
}

#[test]
fn subtitles_are_moved_and_another_film_begins_without_delays() {
    let folder = tempfile::tempdir().unwrap();
    let (Some(film), Some(bench)) = (film(folder.path()), Bench::open()) else { return };
    bench.load(&film, 0.0);
    bench.add_subtitle("Anna's", SRT);
    bench.player.command(PlayerCommand::SubtitleDelay(-2.0));
    bench.player.command(PlayerCommand::SubtitleScale(100.0));
    bench.player.command(PlayerCommand::AudioDelay(f64::NAN));
    bench.subtitles(1);
    assert_eq!(bench.said_at(4.5), "Ende");
    let mpv = bench.player.control.mpv();
    let figure = |name| mpv.number(name).unwrap();
    assert!((figure(c"sub-scale") - 4.0).abs() < 1e-6, "it stays within its bounds");
    bench.load(&film, 0.0);
    bench.loaded();
    assert!(figure(c"sub-delay").abs() < 1e-6 && (figure(c"sub-scale") - 4.0).abs() < 1e-6);
}

#[test]
fn a_moved_sound_leaves_the_position_where_the_picture_is() {
    let folder = tempfile::tempdir().unwrap();
    let (Some(film), Some(bench)) = (film(folder.path()), Bench::open()) else { return };
    let mpv = bench.player.control.mpv();
    bench.load(&film, 5.0);
    bench.loaded();
    for delay in [0.7, -0.7, 0.0] {
        bench.player.command(PlayerCommand::AudioDelay(delay));
        bench.seek(5.0);
        assert!((bench.seeked() - 5.0).abs() < 0.05);
        bench.player.command(PlayerCommand::PlayAt(Instant::now()));
        bench.position(|position| position.position_secs > 5.5);
        bench.player.command(PlayerCommand::Pause);
        let stands = bench.position(|position| !position.playing).position_secs;
        let picture = mpv.number(c"time-pos").unwrap();
        let sound = mpv.number(c"audio-pts").unwrap();
        assert!((stands - picture).abs() < 0.15, "{delay}: {stands}, picture {picture}");
        assert!((stands - sound - delay).abs() < 0.15, "{delay}: {stands}, sound {sound}");
    }
}
