//! The command line as people type it.

use std::path::Path;

use clap::CommandFactory as _;

use super::*;

#[test]
fn the_command_line_is_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn every_command_that_the_documentation_shows_is_understood() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("lies in the workspace");
    let shown = command_lines::shown(root, "cinemasync");
    assert!(!shown.is_empty());
    let wrong = command_lines::refused(&shown, |words| Cli::try_parse_from(words).map(drop));
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_window_is_as_large_as_is_said() {
    let size = |words: &[&str]| {
        let cli = Cli::try_parse_from(["cinemasync"].iter().chain(words));
        cli.ok().and_then(|cli| cli.window.options.size)
    };
    assert_eq!(size(&["--size", "390x760"]), Some((390, 760)));
    for never in ["390", "390x", "x", "70000x800", "-5x800"] {
        assert_eq!(size(&["--size", never]), None, "{never}");
    }
}

#[test]
fn headless_wants_exactly_one_room() {
    let parse = |args: &[&str]| Cli::try_parse_from(["cinemasync", "headless"].iter().chain(args));
    assert!(parse(&[]).is_err());
    assert!(parse(&["--create", "--join", "K7QM4XTB"]).is_err());
    assert!(parse(&["--join", "K7QM4X"]).is_err(), "a code has 8 characters");
    assert!(parse(&["--join", "k7qm-4xtb", "--camera", "test-pattern"]).is_ok());
    assert!(parse(&["--create", "--seconds", "1.5"]).is_ok());
    for never in ["nan", "inf", "soon"] {
        assert!(parse(&["--create", "--seconds", never]).is_err(), "{never}");
    }
    assert!(parse(&["--create", "--seconds=-5"]).is_err());
}

fn read(words: &[&str]) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(["cinemasync"].iter().chain(words))
}

/// The window that these words open.
fn window(words: &[&str]) -> WindowArgs {
    let cli = read(words).unwrap();
    match cli.mode {
        Some(Mode::Join(args)) => (*args).into(),
        Some(Mode::Open(args)) => (*args).into(),
        None => cli.window.into(),
        Some(other) => panic!("{words:?} opens no window: {other:?}"),
    }
}

#[test]
fn join_takes_a_code_in_any_spelling_or_a_link() {
    let code = Some(RoomChoice::Join("K7QM4XTB".parse().unwrap()));
    let link = "cinemasync://join/K7QM4XTB?server=wss%3A%2F%2Fcall.example.org";
    for typed in ["K7QM4XTB", "k7qm-4xtb", link] {
        assert_eq!(window(&["join", typed]).entry.room(), code, "{typed}");
    }
    let server = |words: &[&str]| window(words).session.server;
    assert_eq!(server(&["join", link]).as_deref(), Some("wss://call.example.org"));
    assert_eq!(server(&["join", link, "--server", "ws://here"]).as_deref(), Some("ws://here"));
    assert_eq!(server(&["join", "K7QM4XTB"]), None);
    for never in ["", "K7QM4XT", "K7QM4XTBZZ", "cinemasync://", "cinemasync://join/"] {
        assert!(read(&["join", never]).is_err(), "{never}");
    }
    assert!(read(&["join"]).is_err());
}

#[test]
fn open_takes_a_film_and_says_which_room() {
    let args = window(&["open", "a film.mkv", "--create", "--name", "Ana"]);
    assert_eq!(args.open.as_deref(), Some("a film.mkv"));
    assert_eq!(args.entry.room(), Some(RoomChoice::Create));
    assert_eq!(args.session.name.as_deref(), Some("Ana"));
}

/// What desktop entries, scripts and habits say stays valid.
#[test]
fn the_flags_of_old_open_what_they_did() {
    let code = RoomChoice::Join("K7QM4XTB".parse().unwrap());
    assert_eq!(window(&["--join", "K7QM4XTB"]).entry.room(), Some(code));
    let args = window(&["--create", "--film", "a.mkv", "--light", "--relay-only"]);
    assert_eq!(args.entry.room(), Some(RoomChoice::Create));
    assert_eq!(args.session.film, Some(PathBuf::from("a.mkv")));
    assert_eq!(args.session.route(), Route::RelayOnly);
    assert!(args.light);
    assert_eq!(window(&["film.mkv"]).open.as_deref(), Some("film.mkv"));
    assert_eq!(window(&["--demo"]).demo, Some(0.0));
}

/// Help, manual and completions show what is documented; a line without words is no help.
#[test]
fn everything_says_what_it_is_for() {
    fn look(command: &clap::Command) {
        for argument in command.get_arguments() {
            assert!(argument.get_help().is_some(), "{} {argument}", command.get_name());
        }
        for below in command.get_subcommands() {
            assert!(below.get_about().is_some(), "{}", below.get_name());
            look(below);
        }
    }
    look(&Cli::command());
}
