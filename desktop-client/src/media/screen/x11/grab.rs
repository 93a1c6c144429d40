//! Grabs a monitor or a window of an X11 display, whenever something was drawn there, with the pointer.

use std::time::{Duration, Instant};

use cinemasync_core::frame::VideoFrame;
use cinemasync_core::screen::{ScreenItem, ScreenSource};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::damage::{self, ReportLevel};
use x11rb::protocol::randr::{self, NotifyMask};
use x11rb::protocol::xproto::{ChangeWindowAttributesAux, ConnectionExt as _, EventMask, Window};

use super::image::{Canvas, Part};
use super::listing::Monitor;
use super::pointer::Pointer;
use super::window::Watched;
use super::{Display, X11Error};
use crate::media::screen::grabber::{Grabber, Order, Pixels};
use crate::media::screen::pictures::Pictures;

/// The screen is looked at so often though nothing is told: some graphics drivers tell nothing.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// What is drawn in several strokes is awaited for so long.
const STROKES: Duration = Duration::from_millis(3);
/// A monitor may be gone for so long while monitors are arranged anew.
const ARRANGING: Duration = Duration::from_secs(2);

/// What is grabbed.
enum Target {
    Monitor(Monitor),
    Window(Watched),
}

/// Grabs one monitor or window until it is gone.
pub(in super::super) struct X11Grabber {
    display: Display,
    target: Target,
    item: ScreenItem,
    /// Was `item` not told yet?
    untold: bool,
    canvas: Canvas,
    pointer: Pointer,
    damage: Option<damage::Damage>,
    /// May the picture have changed?
    dirty: bool,
    looked: Option<Instant>,
    /// Since when the monitor is gone.
    missing: Option<Instant>,
}

impl X11Grabber {
    /// Finds what is to be shared, on this display or the one that the environment names.
    pub(in super::super) fn open(
        display: Option<&str>,
        source: &ScreenSource,
    ) -> Result<Self, String> {
        let display = Display::open(display).map_err(|error| {
            format!("The screen cannot be shared: there is no X11 display to share ({error}).")
        })?;
        Self::find(display, source).map_err(|error| match error {
            None => match source {
                ScreenSource::Window(_) => "There is no such window any more. Share another one.",
                _ => "There is no such monitor. Share another one.",
            }
            .to_owned(),
            Some(error) => format!("The screen cannot be shared ({error}). Share something else."),
        })
    }

    fn find(display: Display, source: &ScreenSource) -> Result<Self, Option<X11Error>> {
        let (target, item) = match source {
            ScreenSource::Window(wanted) => {
                let item = display.find_window(wanted)?.ok_or(None)?;
                let ScreenSource::Window(id) = &item.source else { return Err(None) };
                let id: Window = id.parse().map_err(|_| None)?;
                (Target::Window(Watched::new(&display, id, true)?), item)
            }
            ScreenSource::Monitor(wanted) => {
                let monitor = display.find_monitor(wanted)?.ok_or(None)?;
                let item = monitor.item();
                (Target::Monitor(monitor), item)
            }
            ScreenSource::TestPattern { .. } | ScreenSource::Portal => return Err(None),
        };
        let drawable = match &target {
            Target::Window(window) => window.id,
            Target::Monitor(_) => display.root,
        };
        let damage = if display.damage {
            let damage = display.connection.generate_id().map_err(X11Error::from)?;
            damage::create(&display.connection, damage, drawable, ReportLevel::NON_EMPTY)
                .map_err(X11Error::from)?;
            Some(damage)
        } else {
            None
        };
        if display.monitors {
            let mask =
                NotifyMask::SCREEN_CHANGE | NotifyMask::CRTC_CHANGE | NotifyMask::OUTPUT_CHANGE;
            randr::select_input(&display.connection, display.root, mask).map_err(X11Error::from)?;
            let mask = ChangeWindowAttributesAux::new().event_mask(EventMask::STRUCTURE_NOTIFY);
            let cookie = display.connection.change_window_attributes(display.root, &mask);
            cookie.map_err(X11Error::from)?;
        }
        let mut pointer = Pointer::default();
        pointer.watch(&display)?;
        let (canvas, looked, missing) = (Canvas::default(), None, None);
        let (untold, dirty) = (true, true);
        Ok(Self { display, target, item, untold, canvas, pointer, damage, dirty, looked, missing })
    }

    /// The sentence for what went wrong.
    fn ended(&self, error: &X11Error) -> String {
        match &self.target {
            _ if error.is_final() => {
                "The screen cannot be shared any more: the display does not answer.".to_owned()
            }
            Target::Window(_) => "The window that you shared was closed.".to_owned(),
            Target::Monitor(_) => format!("The monitor cannot be shared any more ({error})."),
        }
    }

    /// Takes what the display has told.
    fn take_events(&mut self) -> Result<(), X11Error> {
        while let Some(event) = self.display.connection.poll_for_event()? {
            match event {
                Event::DamageNotify(_) => self.dirty = true,
                Event::XfixesCursorNotify(_) => {
                    self.pointer.look(&self.display)?;
                    self.dirty = true;
                }
                Event::RandrScreenChangeNotify(_) | Event::RandrNotify(_) => self.arrange()?,
                // Of the window, or of the root window when monitors are arranged by hand.
                Event::ConfigureNotify(_) => {
                    self.renew(false)?;
                    self.arrange()?;
                }
                Event::MapNotify(_) | Event::UnmapNotify(_) => self.renew(false)?,
                Event::ReparentNotify(_) => self.renew(true)?,
                Event::PropertyNotify(_) => self.retell()?,
                // What is closed is noticed by the next grab.
                Event::DestroyNotify(_) => self.dirty = true,
                _ => {}
            }
        }
        Ok(())
    }

    fn renew(&mut self, reparented: bool) -> Result<(), X11Error> {
        let Target::Window(window) = &mut self.target else { return Ok(()) };
        window.renew(&self.display)?;
        if reparented {
            window.find_frame(&self.display)?;
        }
        self.dirty = true;
        self.retell()
    }

    /// Looks for a new title or size.
    fn retell(&mut self) -> Result<(), X11Error> {
        let item = match &self.target {
            Target::Window(window) => match self.display.window_item(window.id) {
                Ok(item) => item,
                // A window that is closing; the next grab says so.
                Err(error) if !error.is_final() => return Ok(()),
                Err(error) => return Err(error),
            },
            Target::Monitor(monitor) => monitor.item(),
        };
        self.untold |= item != self.item;
        self.item = item;
        Ok(())
    }

    /// The monitors are arranged anew.
    fn arrange(&mut self) -> Result<(), X11Error> {
        let Target::Monitor(monitor) = &mut self.target else { return Ok(()) };
        let found = self.display.monitors()?.into_iter().find(|it| it.name == monitor.name);
        match found {
            Some(found) => {
                (self.missing, *monitor) = (None, found);
                self.dirty = true;
                self.retell()?;
            }
            None => {
                self.missing.get_or_insert_with(Instant::now);
            }
        }
        Ok(())
    }

    fn try_wait(&mut self, patience: Duration) -> Result<bool, X11Error> {
        self.take_events()?;
        self.display.connection.flush()?;
        if !self.dirty {
            self.await_events(patience)?;
            self.take_events()?;
        }
        if self.pointer.follow(&self.display)? {
            self.dirty |= match &self.target {
                // It is drawn into a window only where nothing covers that.
                Target::Window(_) => true,
                Target::Monitor(monitor) => {
                    let origin = (monitor.x.into(), monitor.y.into());
                    self.pointer.touches(origin, (monitor.width, monitor.height))
                }
            };
        }
        self.dirty |= self.looked.is_none_or(|at| at.elapsed() >= LOOK_EVERY);
        Ok(self.dirty)
    }

    fn await_events(&self, patience: Duration) -> Result<(), X11Error> {
        let patience = Timespec::try_from(patience).map_err(|_| X11Error::Answer("a time"))?;
        let mut descriptors = [PollFd::new(self.display.connection.stream(), PollFlags::IN)];
        match poll(&mut descriptors, Some(&patience)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(std::io::Error::from(error).into()),
        }
    }

    fn try_grab(&mut self) -> Result<Option<Part>, X11Error> {
        if self.dirty && self.looked.is_some_and(|at| at.elapsed() < LOOK_EVERY) {
            std::thread::sleep(STROKES);
        }
        self.dirty = false;
        self.looked = Some(Instant::now());
        let display = &self.display;
        if let Some(damage) = self.damage {
            damage::subtract(&display.connection, damage, x11rb::NONE, x11rb::NONE)?;
        }
        match &mut self.target {
            Target::Monitor(monitor) => {
                if self.missing.is_some() {
                    return Ok(None);
                }
                let part = monitor.part();
                self.canvas.grab(display, display.root, part)?;
                let (origin, size) = ((part.x.into(), part.y.into()), (part.width, part.height));
                self.pointer.draw(self.canvas.pixels(), size, origin);
                Ok(Some(part))
            }
            Target::Window(window) => {
                let Some((drawable, part)) = window.picture(display)? else { return Ok(None) };
                self.canvas.grab(display, drawable, part)?;
                if window.is_in(self.pointer.over()) {
                    let (origin, size) = (window.origin(display)?, (part.width, part.height));
                    self.pointer.draw(self.canvas.pixels(), size, origin);
                }
                Ok(Some(part))
            }
        }
    }

    /// Is what is shared still there, after something went wrong with it?
    fn is_there(&mut self, error: &X11Error) -> Result<bool, X11Error> {
        if error.is_final() {
            return Ok(false);
        }
        match &mut self.target {
            // It changed its size while it was looked at.
            Target::Window(window) => {
                window.renew(&self.display)?;
                window.exists(&self.display)
            }
            // The monitors are being arranged anew.
            Target::Monitor(_) => {
                self.arrange()?;
                Ok(true)
            }
        }
    }

    /// What is there now, with the pointer.
    pub(super) fn pixels(&mut self) -> Result<Option<Pixels<'_>>, String> {
        match self.try_grab() {
            Ok(Some(part)) => {
                let (width, height) = (part.width.into(), part.height.into());
                Ok(Some(Pixels { order: Order::Bgr, bytes: self.canvas.pixels(), width, height }))
            }
            Ok(None) => Ok(None),
            Err(error) => match self.is_there(&error) {
                Ok(true) => {
                    tracing::debug!(%error, "the screen gave no picture");
                    Ok(None)
                }
                Ok(false) => Err(self.ended(&error)),
                Err(error) => Err(self.ended(&error)),
            },
        }
    }
}

impl Grabber for X11Grabber {
    fn changed_item(&mut self) -> Option<ScreenItem> {
        std::mem::take(&mut self.untold).then(|| self.item.clone())
    }

    fn wait(&mut self, patience: Duration) -> Result<bool, String> {
        if self.missing.is_some_and(|since| since.elapsed() > ARRANGING) {
            return Err("The monitor that you shared is not connected any more.".to_owned());
        }
        self.try_wait(patience).map_err(|error| self.ended(&error))
    }

    fn grab(&mut self, pictures: &mut Pictures, at: Instant) -> Result<Option<VideoFrame>, String> {
        Ok(self.pixels()?.and_then(|pixels| pictures.picture(&pixels, at)))
    }
}

impl Drop for X11Grabber {
    fn drop(&mut self) {
        self.canvas.release(&self.display);
    }
}
