//! The session without a window: JSON commands on stdin, JSON events on stdout, logs on stderr. The
//! lines are a public interface; `headless/lines.rs` holds their shapes.

mod commands;
mod lines;
mod printer;

use std::io::BufRead as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use cinemasync_core::film_memory::FilmMemory;
use cinemasync_core::interface::{Command, Event, Level, Notice, Stage};
use cinemasync_core::screen::ScreenSettings;
use cinemasync_core::session::{EquipmentConfig, SessionConfig};
use cinemasync_core::streaming::StreamMode;
use tokio::sync::mpsc;

use crate::cli::HeadlessArgs;
use crate::media::MediaConfig;
use crate::player::PlayerConfig;
use crate::session::{Session, SessionOptions};
use crate::settings::Settings;
use commands::CommandLine;
pub use lines::EventLine;
use printer::Printer;

/// Lines from stdin that wait. Full means that commands come faster than they are carried out:
/// reading waits.
const LINE_QUEUE: usize = 64;
/// The longest line that is read, in bytes; the rest of a longer one is skipped.
const MAX_LINE_BYTES: u64 = 64 * 1024;
/// How often figures are printed.
const STATS_INTERVAL: Duration = Duration::from_secs(1);
/// How long a proper leave may take before the program ends all the same.
const LEAVE_PATIENCE: Duration = Duration::from_secs(3);

/// Runs until one leaves, `--seconds` are over or a signal comes. `args.session.film` is shown as
/// soon as one is in the room.
pub fn run(args: HeadlessArgs, settings: &Settings) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("cinemasync: the program could not start: {error}");
            return ExitCode::FAILURE;
        }
    };
    runtime.block_on(converse(args, settings))
}

async fn converse(args: HeadlessArgs, settings: &Settings) -> ExitCode {
    let mut printer = match Printer::start() {
        Ok(printer) => printer,
        Err(error) => {
            eprintln!("cinemasync: the program could not start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let mut session = match start(&args) {
        Ok(session) => session,
        Err(error) => {
            printer.print(&EventLine::error("start", &error.to_string()));
            return ExitCode::FAILURE;
        }
    };
    let place_path = crate::place::default_path();
    let invite = match args.entry.room() {
        Some(room) => args.session.invite(room, settings),
        None => match place_path.as_deref().and_then(crate::place::load) {
            Some(place) => args.session.back_to(place),
            None => {
                let text = "There is no room to come back to: none was left by accident. \
                            Join it with its code.";
                printer.print(&EventLine::error("no_place", text));
                return ExitCode::FAILURE;
            }
        },
    };
    session.send(Command::Enter(invite));

    let mut commands = read_stdin();
    let mut stdin_open = true;
    let mut signal = std::pin::pin!(crate::platform::termination());
    // The session takes its figures at full seconds; between them they are all of one age, and
    // none is printed twice.
    let first_stats = tokio::time::Instant::now() + STATS_INTERVAL / 2;
    let mut stats = tokio::time::interval_at(first_stats, STATS_INTERVAL);
    stats.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    let mut leave_at =
        args.seconds.map(|seconds| tokio::time::Instant::now() + Duration::from_secs_f64(seconds));
    let mut film = args.session.film.clone();
    let mut screen = args.screen.0.clone();
    let mut own_place = None;
    let mut leaving = false;
    loop {
        let deadline =
            leave_at.unwrap_or_else(|| tokio::time::Instant::now() + Duration::from_secs(3_600));
        let mut leave = false;
        tokio::select! {
            event = session.next_event() => match event {
                None => return ExitCode::FAILURE,
                Some(Event::Left) => return ExitCode::SUCCESS,
                Some(Event::Failed { code, text, fatal: true }) => {
                    printer.print(&EventLine::error(&code, text.as_str()));
                    return ExitCode::FAILURE;
                }
                Some(Event::Place(place)) => {
                    if let Some(path) = &place_path {
                        match (&place, &own_place) {
                            (Some(place), _) => crate::place::keep(path, place),
                            (None, Some(left)) => crate::place::forget(path, left),
                            (None, None) => {}
                        }
                    }
                    own_place = place;
                }
                Some(event) => {
                    if matches!(event, Event::Room { .. }) {
                        let film = film.take().map(Command::OpenFilm);
                        let screen = screen.take().map(Command::ShareScreen);
                        film.into_iter().chain(screen).for_each(|command| session.send(command));
                    }
                    if let Some(line) = EventLine::from_event(&event) {
                        printer.print(&line);
                    }
                }
            },
            line = commands.recv(), if stdin_open => match line {
                None => stdin_open = false,
                Some(line) => match CommandLine::parse(&line) {
                    Ok(CommandLine::Session(Command::Leave)) => leave = true,
                    Ok(CommandLine::Session(command)) => session.send(command),
                    Ok(CommandLine::Stats) => printer.stats(&session.snapshot()),
                    Err((code, text)) => printer.print(&EventLine::error(code, &text)),
                },
            },
            _ = stats.tick() => {
                let snapshot = session.snapshot();
                if matches!(snapshot.stage, Stage::Room { .. }) {
                    printer.stats(&snapshot);
                }
            }
            () = &mut signal, if !leaving => leave = true,
            () = tokio::time::sleep_until(deadline), if leave_at.is_some() => {
                if leaving {
                    let text = "Leaving took too long.".into();
                    printer.print(&EventLine::notice(&Notice { level: Level::Warning, text }));
                    return ExitCode::SUCCESS;
                }
                leave = true;
            }
        }
        if leave && !leaving {
            leaving = true;
            leave_at = Some(tokio::time::Instant::now() + LEAVE_PATIENCE);
            session.send(Command::Leave);
        }
    }
}

fn start(args: &HeadlessArgs) -> Result<Session, crate::session::SessionError> {
    Session::start(SessionOptions {
        core: SessionConfig {
            camera: !matches!(args.camera, crate::media::CameraSource::None),
            microphone: !matches!(args.microphone, crate::media::MicrophoneSource::None),
            preview: false,
            route: args.session.route(),
            equipment: EquipmentConfig {
                camera: args.camera.wish(None),
                microphone: args.microphone.wish(None),
                speaker: args.speaker.wish(None),
                camera_quality: args.camera.quality(),
                ..EquipmentConfig::default()
            },
            memory: FilmMemory::default(),
            stream_mode: if args.no_stream { StreamMode::Never } else { StreamMode::Auto },
            screen: ScreenSettings::default(),
            nonce: crate::platform::nonce(),
        },
        media: MediaConfig {
            camera: args.camera.clone(),
            microphone: args.microphone.clone(),
            speaker: args.speaker.clone(),
            record: args.record.clone(),
        },
        player: PlayerConfig { audio: args.film_audio.clone(), video: false, streams: None },
        cache: crate::platform::folders::cache(),
        on_change: Arc::new(|| {}),
    })
}

/// Lines of stdin. The thread that reads them cannot be woken from its read, so it is left behind
/// at the end of the process; it owns nothing but the read.
fn read_stdin() -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel(LINE_QUEUE);
    let reading = std::thread::Builder::new().name("stdin".to_owned()).spawn(move || {
        let mut input = std::io::stdin().lock();
        while let Some(line) = read_line(&mut input) {
            if !line.trim().is_empty() && sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    if let Err(error) = reading {
        tracing::error!(%error, "no commands can be read");
    }
    receiver
}

/// One line, cut at [`MAX_LINE_BYTES`]; `None` at the end of input. Bad UTF-8 is replaced.
fn read_line(input: &mut impl std::io::BufRead) -> Option<String> {
    let mut bytes = Vec::new();
    let read =
        std::io::Read::take(&mut *input, MAX_LINE_BYTES).read_until(b'\n', &mut bytes).ok()?;
    if read == 0 {
        return None;
    }
    if bytes.last() != Some(&b'\n') && read as u64 == MAX_LINE_BYTES {
        input.skip_until(b'\n').ok()?;
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endless_line_is_cut_and_the_next_one_is_read() {
        let text = format!("{}\n{{\"command\":\"leave\"}}\n\u{fffd}", "x".repeat(200_000));
        let mut input = std::io::Cursor::new(text);
        assert_eq!(read_line(&mut input).map(|line| line.len() as u64), Some(MAX_LINE_BYTES));
        assert_eq!(read_line(&mut input).as_deref(), Some("{\"command\":\"leave\"}\n"));
        assert_eq!(
            read_line(&mut input).as_deref(),
            Some("\u{fffd}"),
            "the last line needs no end"
        );
        assert_eq!(read_line(&mut input), None);
    }
}
