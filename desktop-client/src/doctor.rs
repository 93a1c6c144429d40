//! `cinemasync doctor`: looks at everything that an evening needs, and says of each thing how it is, what
//! that means and what to do about it. Changes nothing that lasts.
//!
//! Each check is a file: it finds facts, and a pure function judges them. All run at once, each with a
//! bound in time; one that hangs is told as such and left behind, for the program ends soon after.

mod bandwidth;
mod devices;
mod film;
mod finding;
mod folders;
mod graphics;
mod nat;
mod network;
mod relay;
mod report;
mod room;
mod screen;
mod server;
mod settings;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::cli::DoctorArgs;
use crate::settings::Settings;
pub use finding::{Finding, Verdict};

/// How long a check may take. Those of the network follow each other where one needs what another found.
const PATIENCE: Duration = Duration::from_secs(5);

/// Looks at everything and tells it on stdout. The exit status is 1 if something is bad.
pub fn run(args: &DoctorArgs, settings_path: Option<PathBuf>) -> ExitCode {
    if args.probe_graphics {
        return graphics::probe();
    }
    let kept = settings_path.as_deref().map_or(Ok(Settings::default()), Settings::look);
    let settings = kept.as_ref().cloned().unwrap_or_default();
    let findings = examine(args, settings_path, kept.err(), &settings);
    print!("{}", if args.json { report::json(&findings) } else { report::text(&findings) });
    let bad = findings.iter().any(|finding| finding.verdict == Verdict::Bad);
    if bad { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Is there nothing to show a window on?
fn no_display() -> bool {
    let named = |variable| std::env::var_os(variable).is_some_and(|value| !value.is_empty());
    cfg!(target_os = "linux") && !named("DISPLAY") && !named("WAYLAND_DISPLAY")
}

/// A group of checks, with how long it may take and what is told if it takes longer.
struct Task {
    names: Vec<(&'static str, &'static str)>,
    bound: Duration,
    findings: mpsc::Receiver<Vec<Finding>>,
}

impl Task {
    fn start(
        names: &[(&'static str, &'static str)],
        bound: Duration,
        check: impl FnOnce() -> Vec<Finding> + Send + 'static,
    ) -> Self {
        let (sender, findings) = mpsc::sync_channel(1);
        let thread = std::thread::Builder::new().name("doctor".to_owned()).spawn(move || {
            // Nobody waits any more for what comes too late.
            let _ = sender.send(check());
        });
        if let Err(error) = thread {
            tracing::warn!(%error, "a check cannot be made");
        }
        Self { names: names.to_vec(), bound, findings }
    }

    /// What was found; for what was not, that it was not.
    fn end(self, began: Instant) -> Vec<Finding> {
        let left = self.bound.saturating_sub(began.elapsed());
        self.findings.recv_timeout(left).unwrap_or_else(|_| {
            self.names.iter().map(|(check, title)| Finding::silent(check, title)).collect()
        })
    }
}

fn examine(
    args: &DoctorArgs,
    settings_path: Option<PathBuf>,
    fault: Option<String>,
    settings: &Settings,
) -> Vec<Finding> {
    let began = Instant::now();
    let wished = devices::Wished::of(settings);
    let server = args.server.clone().or_else(|| settings.server.clone());
    let network_bound = 3 * PATIENCE;
    let tasks = [
        Task::start(folders::NAMES, PATIENCE, folders::check),
        Task::start(settings::NAMES, PATIENCE, move || {
            vec![settings::judge(settings_path.as_deref(), fault)]
        }),
        Task::start(devices::CAMERA, PATIENCE, {
            let wished = wished.clone();
            move || vec![devices::camera(&wished)]
        }),
        Task::start(devices::SOUND, PATIENCE, move || devices::sound(&wished)),
        Task::start(film::NAMES, PATIENCE, || vec![film::check()]),
        Task::start(graphics::NAMES, PATIENCE, || vec![graphics::check()]),
        Task::start(screen::NAMES, PATIENCE, || vec![screen::check()]),
        Task::start(network::NAMES, network_bound, move || network::check(server.as_deref())),
    ];
    tasks.into_iter().flat_map(|task| task.end(began)).collect()
}
