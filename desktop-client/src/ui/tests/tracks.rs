//! Sound and subtitles: choosing, setting, adding, offering, proposing; another cut of the film.

use super::*;

/// A window tall enough for the whole menu.
const TALL: Vec2 = vec2(1280.0, 1400.0);

fn menu() -> Window {
    let mut window = window(TALL, watching());
    click(&mut window, text::tracks());
    window
}

fn drop_files(window: &mut Window, names: &[&str]) {
    for name in names {
        let file = Arc::new(Dropped(PathBuf::from(name)));
        window.input_mut().dropped_files.push(file);
    }
    window.run_steps(2);
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("the window reads no files".to_owned())
    }
}

#[test]
fn tracks_are_listed_with_what_they_are_and_chosen() {
    let mut window = menu();
    window.get_by_role_and_label(Role::MenuItemRadio, "English · E-AC-3 · 5.1");
    choose(&mut window, "German · SRT");
    assert_eq!(last(&window), Some(Command::SubtitleTrack(2)));
    click(&mut window, text::tracks());
    choose(&mut window, text::no_subtitles());
    click(&mut window, text::tracks());
    choose(&mut window, "Director's comments (English) · E-AC-3 · stereo");
    assert_eq!(commands(&window)[1..], [Command::SubtitleTrack(0), Command::AudioTrack(2)]);
}

#[test]
fn delays_and_size_move_by_steps() {
    let mut window = menu();
    for (name, command) in [
        (text::subtitles_later(), Command::SubtitleDelay(0.1)),
        (text::subtitles_earlier(), Command::SubtitleDelay(-0.1)),
        (text::sound_later(), Command::AudioDelay(0.1)),
        (text::sound_earlier(), Command::AudioDelay(-0.1)),
        (text::larger(), Command::SubtitleScale(1.1)),
        (text::smaller(), Command::SubtitleScale(0.9)),
    ] {
        click(&mut window, name);
        assert_eq!(last(&window), Some(command), "{name}");
    }
    now(&mut window, |snapshot| snapshot.playback.tuning.subtitle_delay_secs = 1.3);
    window.get_by_label("+1.3 s");
}

#[test]
fn subtitles_are_added_offered_and_taken() {
    let mut window = menu();
    click(&mut window, text::add_subtitles());
    assert_eq!(window.state().actions.last(), Some(&UiAction::PickSubtitles));
    let from = ParticipantId::new("p-ben");
    let name = "film.de.srt".to_owned();
    let offer = SubtitleOffer { from: from.clone(), number: 3, name, taken: false };
    now(&mut window, |snapshot| snapshot.playback.subtitle_offers = vec![offer]);
    click(&mut window, text::tracks());
    window.get_by_label("Ben offers film.de.srt");
    click(&mut window, &text::take_these_subtitles("film.de.srt"));
    assert_eq!(last(&window), Some(Command::TakeSubtitle { from, number: 3 }));
    now(&mut window, |snapshot| snapshot.playback.subtitle_offers[0].taken = true);
    window.get_by_label("Ben offers film.de.srt · here");
    assert!(window.query_by_label(&text::take_these_subtitles("film.de.srt")).is_none());
}

#[test]
fn dropped_subtitles_are_added_and_other_files_are_films() {
    let mut window = window(WIDE, watching());
    drop_files(&mut window, &["a/film.DE.srt", "b.ass"]);
    let expected = ["a/film.DE.srt", "b.ass"].map(|path| Command::AddSubtitle(path.into()));
    assert_eq!(commands(&window), expected);
    drop_files(&mut window, &["next.mkv"]);
    assert_eq!(last(&window), Some(Command::OpenFilm("next.mkv".into())));
    now(&mut window, |snapshot| snapshot.playback.mine = FilmCopy::None);
    drop_files(&mut window, &["mine.mkv", "mine.vtt"]);
    let two = [Command::AttachFilm("mine.mkv".into()), Command::AddSubtitle("mine.vtt".into())];
    assert_eq!(commands(&window)[3..], two);
}

#[test]
fn tracks_are_proposed_to_all_and_taken_or_left() {
    let mut window = menu();
    click(&mut window, text::propose_tracks());
    assert_eq!(last(&window), Some(Command::ProposeTracks));
    let proposal = Some(("Ben".to_owned(), 1, 2));
    for (answer, take) in [(text::use_it(), true), (text::not_now(), false)] {
        now(&mut window, |snapshot| snapshot.playback.proposal = proposal.clone());
        window.get_by_label("Ben proposes English sound, German subtitles");
        click(&mut window, answer);
        assert_eq!(last(&window), Some(Command::AnswerProposal(take)));
    }
    now(&mut window, |snapshot| snapshot.playback.proposal = None);
    assert!(window.query_by_label_contains("proposes").is_none());
}

#[test]
fn another_cut_is_refused_with_a_sentence_and_taken_all_the_same() {
    let told = "This is another file than the one the room shows (it is 4 s longer).";
    let mut window = window(WIDE, watching());
    now(&mut window, |snapshot| snapshot.playback.refused_cut = Some("tv.mkv".into()));
    window.get_by_label(text::other_cut());
    let (code, text) = ("wrong_film".to_owned(), told.into());
    window.state_mut().events.push(Event::Failed { code, text, fatal: false });
    window.run_steps(2);
    window.get_by_label(told);
    click(&mut window, text::use_other_cut());
    assert_eq!(last(&window), Some(Command::AttachOtherCut("tv.mkv".into())));
    click(&mut window, text::not_now());
    assert!(window.query_by_label(told).is_none());
    let (code, text) = ("wrong_film".to_owned(), told.into());
    window.state_mut().events.push(Event::Failed { code, text, fatal: false });
    window.run_steps(2);
    window.get_by_label(told);
}

#[test]
fn a_file_that_is_no_cut_at_all_is_refused_in_passing() {
    let mut window = window(WIDE, watching());
    let (code, text) = ("wrong_film".to_owned(), sentence::no_film_shown());
    window.state_mut().events.push(Event::Failed { code, text: text.clone(), fatal: false });
    window.run_steps(2);
    window.get_by_label(text.as_str());
    click(&mut window, text::dismiss());
}

#[test]
fn the_offset_of_ones_own_cut_is_stepped_and_typed() {
    let mut snapshot = watching();
    let film = snapshot.playback.film.clone().unwrap();
    snapshot.playback.other_cut = Some(OtherCut { film, shift_secs: 4.0 });
    let mut window = window(TALL, snapshot);
    click(&mut window, text::tracks());
    for ((_, name), expected) in text::shifts().into_iter().zip([3.0, 3.9, 4.1, 5.0]) {
        click(&mut window, name);
        assert_eq!(last(&window), Some(Command::FilmShift(expected)), "{name}");
    }
    let field = window.get_by_role_and_label(Role::TextInput, text::shift_label());
    assert_eq!(field.value().as_deref(), Some("+4.00"));
    retype(&mut window, text::shift_label(), "-2,5");
    press(&mut window, Key::Enter);
    assert_eq!(last(&window), Some(Command::FilmShift(-2.5)));
}

#[test]
fn the_whole_menu_can_be_reached_in_every_window() {
    let mut snapshot = Demo::at(88.0, Instant::now()).snapshot().clone();
    assert!(snapshot.playback.other_cut.is_some() && !snapshot.playback.subtitle_offers.is_empty());
    snapshot.playback.proposal = None;
    for size in [WIDE, vec2(800.0, 640.0), vec2(360.0, 640.0)] {
        let mut window = window(size, snapshot.clone());
        click(&mut window, text::tracks());
        window.run_steps(5);
        let (_, name) = text::shifts()[3];
        window.get_by_role_and_label(Role::Button, name).scroll_to_me();
        window.run_steps(20);
        let rect = window.get_by_role_and_label(Role::Button, name).rect();
        let screen = Rect::from_min_size(Default::default(), size);
        assert!(screen.contains_rect(rect), "{rect:?} in {size:?}");
        click(&mut window, name);
        assert_eq!(last(&window), Some(Command::FilmShift(5.0)));
    }
}
