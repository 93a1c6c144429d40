//! Lists an X11 display and takes small pictures of what is there.

use cinemasync_core::screen::{ScreenItem, ScreenSource};
use x11rb::protocol::xproto::Window;

use super::image::{Canvas, Part};
use super::window::Watched;
use super::{Display, X11Error};
use crate::media::screen::grabber::{Order, Pixels};
use crate::media::screen::portal;
use crate::media::screen::watch::Lister;

/// Lists one display.
pub(in super::super) struct X11Lister {
    /// Which; `None`: the one that the environment names.
    name: Option<String>,
    display: Option<Display>,
    canvas: Canvas,
    /// A window that was told that a picture of it is wanted: what is covered is drawn until then.
    expected: Option<Watched>,
}

impl X11Lister {
    /// Lists this display or the one that the environment names. It need not be there yet.
    pub(in super::super) fn new(name: Option<String>) -> Self {
        Self { name, display: None, canvas: Canvas::default(), expected: None }
    }

    fn display(&mut self) -> Option<&Display> {
        if self.display.is_none() {
            let display = Display::open(self.name.as_deref());
            let display = display.inspect_err(|error| tracing::debug!(%error, "nothing to list"));
            self.display = display.ok();
        }
        self.display.as_ref()
    }

    /// Connects anew the next time, if the display itself is gone.
    fn lost(&mut self, error: &X11Error) {
        tracing::debug!(%error, "the display did not answer as hoped");
        if error.is_final() {
            (self.display, self.canvas, self.expected) = (None, Canvas::default(), None);
        }
    }

    fn try_expect(&mut self, window: Window) -> Result<(), X11Error> {
        self.forget()?;
        let Some(display) = self.display() else { return Ok(()) };
        self.expected = Some(Watched::new(display, window, false)?);
        Ok(())
    }

    fn forget(&mut self) -> Result<(), X11Error> {
        match (self.expected.take(), &self.display) {
            (Some(window), Some(display)) => window.release(display),
            _ => Ok(()),
        }
    }

    fn try_picture(&mut self, source: &ScreenSource) -> Result<Option<Part>, X11Error> {
        match source {
            ScreenSource::Monitor(name) => {
                let Some(display) = self.display() else { return Ok(None) };
                let Some(monitor) = display.find_monitor(name)? else { return Ok(None) };
                let Some(display) = &self.display else { return Ok(None) };
                let part = monitor.part();
                self.canvas.grab(display, display.root, part)?;
                Ok(Some(part))
            }
            ScreenSource::Window(id) => {
                let Ok(id) = id.parse() else { return Ok(None) };
                if self.expected.as_ref().is_none_or(|window| window.id != id) {
                    self.try_expect(id)?;
                }
                let (Some(window), Some(display)) = (&mut self.expected, &self.display) else {
                    return Ok(None);
                };
                let picture = window.picture(display)?;
                if let Some((drawable, part)) = picture {
                    self.canvas.grab(display, drawable, part)?;
                }
                Ok(picture.map(|(_, part)| part))
            }
            ScreenSource::TestPattern { .. } | ScreenSource::Portal => Ok(None),
        }
    }
}

impl Lister for X11Lister {
    fn list(&mut self) -> Vec<ScreenItem> {
        // A Wayland session shows what its X11 programs draw, and nothing else, to X11 programs.
        if self.name.is_none() && portal::is_needed() {
            return vec![portal::item()];
        }
        let Some(display) = self.display() else { return Vec::new() };
        display.listing().unwrap_or_else(|error| {
            self.lost(&error);
            Vec::new()
        })
    }

    fn expect(&mut self, source: &ScreenSource) {
        let ScreenSource::Window(id) = source else { return };
        let Ok(id) = id.parse() else { return };
        if let Err(error) = self.try_expect(id) {
            self.lost(&error);
        }
    }

    fn picture(&mut self, source: &ScreenSource, show: &mut dyn FnMut(&Pixels<'_>)) {
        match self.try_picture(source) {
            Ok(Some(part)) => {
                let (width, height) = (part.width.into(), part.height.into());
                show(&Pixels { order: Order::Bgr, bytes: self.canvas.pixels(), width, height });
            }
            Ok(None) => {}
            Err(error) => self.lost(&error),
        }
    }
}

impl Drop for X11Lister {
    fn drop(&mut self) {
        if let Some(display) = &self.display {
            self.canvas.release(display);
        }
    }
}
