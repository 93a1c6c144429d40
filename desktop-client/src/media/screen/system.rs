//! Windows and macOS through `xcap`: monitors by the system's recorder, windows one picture after the
//! other.

mod monitor;
mod window;

use cinemasync_core::screen::{MAX_SCREENS, ScreenItem, ScreenSource};
use xcap::{Monitor, Window};

use super::grabber::{Grabber, Order, Pixels};
use super::listing::pick_window;
use super::watch::Lister;
use monitor::MonitorGrabber;
use window::WindowGrabber;

/// Nothing is asked for here that could be taken back.
#[derive(Clone, Default)]
pub(super) struct Cancel(());

impl Cancel {
    /// Does nothing.
    pub(super) fn now(&self) {}
}

/// Finds what is to be shared.
///
/// # Errors
///
/// A sentence for a person.
pub(super) fn grabber(source: &ScreenSource) -> Result<Box<dyn Grabber>, String> {
    be_allowed()?;
    match source {
        ScreenSource::Monitor(wanted) => {
            let mut monitors = monitors();
            let at = monitors.iter().position(|(_, item)| is_monitor(item, wanted));
            let at = at.or_else(|| wanted.parse().ok().filter(|at| *at < monitors.len()));
            let at = at.ok_or("There is no such monitor. Share another one.")?;
            let (monitor, item) = monitors.swap_remove(at);
            Ok(Box::new(MonitorGrabber::open(&monitor, item)?))
        }
        ScreenSource::Window(wanted) => {
            let (mut windows, items): (Vec<_>, Vec<_>) = windows().into_iter().unzip();
            let at = pick_window(&items, wanted);
            let at = at.ok_or("There is no such window any more. Share another one.")?;
            Ok(Box::new(WindowGrabber::new(windows.swap_remove(at), items[at].clone())))
        }
        ScreenSource::TestPattern { .. } | ScreenSource::Portal => {
            Err("This system has no dialog for what is shared. Share a monitor or a window."
                .to_owned())
        }
    }
}

/// How many monitors there are; a sentence if they cannot be seen.
pub(super) fn count_monitors() -> Result<usize, String> {
    let monitors = Monitor::all().map_err(|error| format!("the system says {error}."))?;
    Ok(monitors.len())
}

/// macOS lets a program see the screen only if a person allowed it.
#[cfg(target_os = "macos")]
fn be_allowed() -> Result<(), String> {
    use objc2_core_graphics::{CGPreflightScreenCaptureAccess, CGRequestScreenCaptureAccess};
    if CGPreflightScreenCaptureAccess() || CGRequestScreenCaptureAccess() {
        return Ok(());
    }
    Err("The system does not let this program record the screen. Allow it under Privacy & Security, \
         Screen Recording, and start this program again."
        .to_owned())
}

#[cfg(not(target_os = "macos"))]
fn be_allowed() -> Result<(), String> {
    Ok(())
}

fn is_monitor(item: &ScreenItem, wanted: &str) -> bool {
    item.source == ScreenSource::Monitor(wanted.to_owned()) || item.title == wanted
}

/// The monitors, each with what is told of it.
fn monitors() -> Vec<(Monitor, ScreenItem)> {
    let monitors = Monitor::all();
    let monitors = monitors.inspect_err(|error| tracing::debug!(%error, "no monitors are listed"));
    let listed = monitors.unwrap_or_default().into_iter().take(MAX_SCREENS);
    listed.filter_map(|monitor| monitor_item(&monitor).map(|item| (monitor, item))).collect()
}

fn monitor_item(monitor: &Monitor) -> Option<ScreenItem> {
    let id = monitor.id().ok()?;
    let name = monitor.friendly_name().or_else(|_| monitor.name());
    Some(ScreenItem {
        source: ScreenSource::Monitor(id.to_string()),
        title: name.unwrap_or_else(|_| format!("Monitor {id}")),
        program: String::new(),
        width: monitor.width().ok()?,
        height: monitor.height().ok()?,
    })
}

/// The windows of other programs, each with what is told of it.
fn windows() -> Vec<(Window, ScreenItem)> {
    let windows = Window::all();
    let windows = windows.inspect_err(|error| tracing::debug!(%error, "no windows are listed"));
    let listed = windows.unwrap_or_default().into_iter();
    let others = listed.filter(|window| window.pid().ok() != Some(std::process::id()));
    let items = others.filter_map(|window| window_item(&window).map(|item| (window, item)));
    items.take(MAX_SCREENS).collect()
}

fn window_item(window: &Window) -> Option<ScreenItem> {
    let title = window.title().ok()?;
    let (width, height) = (window.width().ok()?, window.height().ok()?);
    // Nobody would know what these are.
    if title.is_empty() || width < 2 || height < 2 {
        return None;
    }
    Some(ScreenItem {
        source: ScreenSource::Window(window.id().ok()?.to_string()),
        title,
        program: window.app_name().unwrap_or_default(),
        width,
        height,
    })
}

/// Lists this system's screens.
pub(super) struct SystemLister;

impl Lister for SystemLister {
    fn list(&mut self) -> Vec<ScreenItem> {
        let monitors = monitors().into_iter().map(|(_, item)| item);
        let windows = windows().into_iter().map(|(_, item)| item);
        monitors.chain(windows).take(MAX_SCREENS).collect()
    }

    fn expect(&mut self, _: &ScreenSource) {}

    fn picture(&mut self, source: &ScreenSource, show: &mut dyn FnMut(&Pixels<'_>)) {
        let picture = match source {
            ScreenSource::Monitor(_) => {
                let found = monitors().into_iter().find(|(_, item)| item.source == *source);
                found.map(|(monitor, _)| monitor.capture_image())
            }
            _ => {
                let found = windows().into_iter().find(|(_, item)| item.source == *source);
                found
                    .filter(|(window, _)| !window.is_minimized().unwrap_or(true))
                    .map(|(window, _)| window.capture_image())
            }
        };
        match picture {
            Some(Ok(image)) => show(&Pixels {
                order: Order::Rgb,
                bytes: image.as_raw(),
                width: image.width(),
                height: image.height(),
            }),
            Some(Err(error)) => tracing::debug!(%error, "no small picture"),
            None => {}
        }
    }
}
