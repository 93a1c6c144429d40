//! One window of another program: where its picture is though others cover it, through every change of
//! its size and while it is minimised.

use x11rb::connection::Connection as _;
use x11rb::protocol::composite::{self, Redirect};
use x11rb::protocol::xproto::{
    ChangeWindowAttributesAux, ConnectionExt as _, Drawable, EventMask, MapState, Pixmap, Window,
};

use super::image::Part;
use super::{Display, X11Error};

/// Windows within windows are followed so far up to the root.
const NESTING: usize = 16;

/// A window whose picture is kept apart from what covers it.
pub(super) struct Watched {
    pub(super) id: Window,
    /// The picture that the display keeps of it; another one after each change of size.
    kept: Option<(Pixmap, (u16, u16))>,
    /// Its ancestor on the root window: the frame that a window manager drew around it.
    frame: Window,
}

impl Watched {
    /// Asks the display to keep its picture, and to tell of its changes if `follow`.
    pub(super) fn new(display: &Display, id: Window, follow: bool) -> Result<Self, X11Error> {
        if follow {
            let mask = EventMask::STRUCTURE_NOTIFY | EventMask::PROPERTY_CHANGE;
            let wish = ChangeWindowAttributesAux::new().event_mask(mask);
            display.connection.change_window_attributes(id, &wish)?.check()?;
        }
        if display.composite {
            composite::redirect_window(&display.connection, id, Redirect::AUTOMATIC)?.check()?;
        }
        let mut watched = Self { id, kept: None, frame: id };
        watched.find_frame(display)?;
        Ok(watched)
    }

    /// Is it still there?
    pub(super) fn exists(&self, display: &Display) -> Result<bool, X11Error> {
        match display.connection.get_geometry(self.id)?.reply() {
            Ok(_) => Ok(true),
            Err(error) => {
                let error = X11Error::from(error);
                if error.is_final() { Err(error) } else { Ok(false) }
            }
        }
    }

    /// Its size changed or it came back: the picture is another one.
    pub(super) fn renew(&mut self, display: &Display) -> Result<(), X11Error> {
        if let Some((pixmap, _)) = self.kept.take() {
            display.connection.free_pixmap(pixmap)?;
        }
        Ok(())
    }

    /// Where its picture is now; `None` while it is minimised, as nothing draws it then.
    pub(super) fn picture(
        &mut self,
        display: &Display,
    ) -> Result<Option<(Drawable, Part)>, X11Error> {
        let connection = &display.connection;
        let attributes = connection.get_window_attributes(self.id)?.reply()?;
        if attributes.map_state != MapState::VIEWABLE {
            return Ok(None);
        }
        if !display.composite {
            let geometry = connection.get_geometry(self.id)?.reply()?;
            return Ok(Some((self.id, whole(geometry.width, geometry.height))));
        }
        let (pixmap, (width, height)) = match self.kept {
            Some(kept) => kept,
            None => {
                let pixmap = connection.generate_id()?;
                composite::name_window_pixmap(connection, self.id, pixmap)?.check()?;
                let geometry = connection.get_geometry(pixmap)?.reply()?;
                *self.kept.insert((pixmap, (geometry.width, geometry.height)))
            }
        };
        Ok(Some((pixmap, whole(width, height))))
    }

    /// Where it is on the root window.
    pub(super) fn origin(&self, display: &Display) -> Result<(i32, i32), X11Error> {
        let reply =
            display.connection.translate_coordinates(self.id, display.root, 0, 0)?.reply()?;
        Ok((reply.dst_x.into(), reply.dst_y.into()))
    }

    /// Is this window of the root it, or the frame around it?
    pub(super) fn is_in(&self, window: Window) -> bool {
        window == self.frame || window == self.id
    }

    /// Finds the frame around it, which changes when a window manager starts or ends.
    pub(super) fn find_frame(&mut self, display: &Display) -> Result<(), X11Error> {
        self.frame = self.id;
        for _ in 0..NESTING {
            let tree = display.connection.query_tree(self.frame)?.reply()?;
            if tree.parent == display.root || tree.parent == 0 {
                break;
            }
            self.frame = tree.parent;
        }
        Ok(())
    }

    /// Lets the display forget it. It does so by itself once the connection ends.
    pub(super) fn release(mut self, display: &Display) -> Result<(), X11Error> {
        self.renew(display)?;
        if display.composite {
            let connection = &display.connection;
            // An error means that the window is gone, and all this with it.
            let _ = composite::unredirect_window(connection, self.id, Redirect::AUTOMATIC)?.check();
        }
        Ok(())
    }
}

fn whole(width: u16, height: u16) -> Part {
    Part { x: 0, y: 0, width, height }
}
