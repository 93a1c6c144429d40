//! Whether a window can be drawn: OpenGL, by whom, and whether the processor does it. A driver may hang or
//! crash, so it is asked by a process of its own.

use std::io::Read as _;
use std::process::{Command, ExitCode, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use eframe::egui::ViewportBuilder;
use eframe::glow::{self, HasContext as _};
use serde::{Deserialize, Serialize};

use super::Finding;

pub(super) const NAMES: &[(&str, &str)] = &[NAME];
const NAME: (&str, &str) = ("opengl", "OpenGL");

/// How long the other process may take.
const PATIENCE: Duration = Duration::from_millis(4_500);
/// How often one looks whether it has ended.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Words in the names of renderers that draw with the processor.
const SOFTWARE: [&str; 6] =
    ["llvmpipe", "softpipe", "swrast", "swiftshader", "software", "gdi generic"];

/// What OpenGL says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Renderer {
    renderer: String,
    version: String,
}

/// How it went.
enum Outcome {
    Drawn(Renderer),
    NoDisplay,
    NoContext(String),
    Crashed(String),
    Silent,
}

pub(super) fn check() -> Finding {
    judge(&ask())
}

fn ask() -> Outcome {
    if super::no_display() {
        return Outcome::NoDisplay;
    }
    let started = std::env::current_exe().and_then(|program| {
        Command::new(program)
            .args(["doctor", "--probe-graphics"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
    });
    let mut child = match started {
        Ok(child) => child,
        Err(error) => return Outcome::NoContext(error.to_string()),
    };
    // What it says fits into a pipe, so that it never waits for us.
    let until = Instant::now() + PATIENCE;
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if Instant::now() < until => std::thread::sleep(LOOK_EVERY),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                return Outcome::Silent;
            }
        }
    };
    let (mut said, mut fault) = (String::new(), String::new());
    if let Some(mut stdout) = child.stdout.take() {
        let _ = stdout.read_to_string(&mut said);
    }
    if let Some(mut stderr) = child.stderr.take() {
        let _ = stderr.read_to_string(&mut fault);
    }
    match serde_json::from_str(&said) {
        Ok(renderer) => Outcome::Drawn(renderer),
        Err(_) if status.code() == Some(1) => {
            Outcome::NoContext(fault.lines().last().unwrap_or_default().to_owned())
        }
        Err(_) => Outcome::Crashed(status.to_string()),
    }
}

/// The other process: makes a window that is not shown, asks, and writes what it hears to stdout.
pub(super) fn probe() -> ExitCode {
    let found = Arc::new(Mutex::new(None));
    let ours = Arc::clone(&found);
    let create = move |creation: &eframe::CreationContext<'_>| {
        let heard = creation.gl.as_ref().map(|gl| look(gl));
        *ours.lock().unwrap_or_else(PoisonError::into_inner) = heard;
        // There is nothing to be drawn: an error is the way not to begin.
        Err::<Box<dyn eframe::App>, _>("that is all".into())
    };
    let options = eframe::NativeOptions {
        viewport: ViewportBuilder::default().with_visible(false),
        renderer: eframe::Renderer::Glow,
        ..eframe::NativeOptions::default()
    };
    let ended = eframe::run_native("CinemaSync doctor", options, Box::new(create));
    let found = found.lock().unwrap_or_else(PoisonError::into_inner).take();
    match (found.and_then(|found| serde_json::to_string(&found).ok()), ended) {
        (Some(found), _) => {
            println!("{found}");
            ExitCode::SUCCESS
        }
        (None, Err(error)) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
        (None, Ok(())) => ExitCode::FAILURE,
    }
}

fn look(gl: &glow::Context) -> Renderer {
    // SAFETY: the window's context is current while its app is made, and these only ask for names.
    unsafe {
        Renderer {
            renderer: gl.get_parameter_string(glow::RENDERER),
            version: gl.get_parameter_string(glow::VERSION),
        }
    }
}

fn judge(outcome: &Outcome) -> Finding {
    let update = "Update the graphics driver. OpenGL 2.1 is needed.";
    match outcome {
        Outcome::Drawn(Renderer { renderer, version }) => {
            let lower = renderer.to_lowercase();
            if SOFTWARE.iter().any(|word| lower.contains(word)) {
                Finding::warn(
                    NAME,
                    format!(
                        "{renderer}, version {version}: the processor draws, which costs a film much of it."
                    ),
                    "Install the driver of the graphics card; in a virtual machine, turn its 3D support on.",
                )
            } else {
                Finding::ok(NAME, format!("{renderer}, version {version}."))
            }
        }
        Outcome::NoDisplay => Finding::warn(
            NAME,
            "There is no display here: no window can open. `cinemasync headless` works.",
            "Run this in a session with a desktop to check it.",
        ),
        Outcome::NoContext(why) => {
            Finding::bad(NAME, format!("No window can be drawn: {why}"), update)
        }
        Outcome::Crashed(how) => Finding::bad(
            NAME,
            format!("The graphics driver ended the program that asked it ({how})."),
            update,
        ),
        Outcome::Silent => {
            Finding::bad(NAME, "The graphics driver does not answer within its time.", update)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn drawing_by_the_processor_is_noted_and_no_display_is_no_failure() {
        let drawn = |renderer: &str| {
            let renderer = Renderer { renderer: renderer.to_owned(), version: "4.5".to_owned() };
            judge(&Outcome::Drawn(renderer)).verdict
        };
        assert_eq!(drawn("AMD Radeon 780M"), Verdict::Ok);
        assert_eq!(drawn("llvmpipe (LLVM 15.0.6, 256 bits)"), Verdict::Warn);
        assert_eq!(judge(&Outcome::NoDisplay).verdict, Verdict::Warn);
        let crashed = judge(&Outcome::Crashed("signal: 11 (SIGSEGV)".to_owned()));
        assert_eq!(crashed.verdict, Verdict::Bad);
        assert!(crashed.found.contains("SIGSEGV"));
    }
}
