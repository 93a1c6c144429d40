//! Pictures of a drawable in memory that the display shares with us, or over the connection where it
//! does not.

use std::fs::File;

use memmap2::MmapMut;
use x11rb::connection::Connection as _;
use x11rb::protocol::shm;
use x11rb::protocol::xproto::{ConnectionExt as _, Drawable, ImageFormat};

use super::{Display, X11Error};

/// No larger picture is grabbed, in pixels a side: memory stays within 400 MB.
const LARGEST_SIDE: u16 = 10_000;

/// Where pictures are put; kept from one to the next.
#[derive(Default)]
pub(super) struct Canvas {
    shared: Option<Shared>,
    own: Vec<u8>,
    /// Was the last picture put into `own`?
    in_own: bool,
    used: usize,
}

struct Shared {
    segment: shm::Seg,
    memory: MmapMut,
}

/// A part of a drawable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) x: i16,
    pub(super) y: i16,
    pub(super) width: u16,
    pub(super) height: u16,
}

impl Canvas {
    /// Puts a picture of a part of `drawable` here, four bytes a pixel, rows without padding.
    pub(super) fn grab(
        &mut self,
        display: &Display,
        drawable: Drawable,
        part: Part,
    ) -> Result<(), X11Error> {
        let Part { x, y, width, height } = part;
        if width > LARGEST_SIDE || height > LARGEST_SIDE {
            return Err(X11Error::Answer("a picture that is too large"));
        }
        let length = usize::from(width) * usize::from(height) * 4;
        let connection = &display.connection;
        self.used = length;
        let depth = if display.memory {
            let shared = self.shared(display, length)?;
            let format = ImageFormat::Z_PIXMAP.into();
            let cookie = shm::get_image(
                connection,
                drawable,
                x,
                y,
                width,
                height,
                u32::MAX,
                format,
                shared.segment,
                0,
            )?;
            self.in_own = false;
            cookie.reply()?.depth
        } else {
            let cookie = connection.get_image(
                ImageFormat::Z_PIXMAP,
                drawable,
                x,
                y,
                width,
                height,
                u32::MAX,
            )?;
            let reply = cookie.reply()?;
            (self.own, self.in_own) = (reply.data, true);
            if self.own.len() < length {
                return Err(X11Error::Answer("a display that does not show millions of colours"));
            }
            reply.depth
        };
        let formats = &connection.setup().pixmap_formats;
        if !formats.iter().any(|format| format.depth == depth && format.bits_per_pixel == 32) {
            return Err(X11Error::Answer("a display that does not show millions of colours"));
        }
        Ok(())
    }

    /// The picture that was grabbed last.
    pub(super) fn pixels(&mut self) -> &mut [u8] {
        let used = self.used;
        match &mut self.shared {
            Some(shared) if !self.in_own => &mut shared.memory[..used],
            _ => {
                let used = used.min(self.own.len());
                &mut self.own[..used]
            }
        }
    }

    /// Gives back what the display shares with us.
    pub(super) fn release(&mut self, display: &Display) {
        if let Some(shared) = self.shared.take() {
            // A display that is gone has released it already.
            let _ = shm::detach(&display.connection, shared.segment);
        }
    }

    fn shared(&mut self, display: &Display, length: usize) -> Result<&Shared, X11Error> {
        if self.shared.as_ref().is_none_or(|shared| shared.memory.len() < length) {
            self.release(display);
            let segment = display.connection.generate_id()?;
            let size = u32::try_from(length).map_err(|_| X11Error::Answer("a size"))?;
            let reply = shm::create_segment(&display.connection, segment, size, false)?.reply()?;
            let file = File::from(reply.shm_fd);
            // A file shorter than the map would end the program at the first touch.
            if file.metadata()?.len() < size.into() {
                return Err(X11Error::Answer("too little shared memory"));
            }
            // SAFETY: the display made this memory for us alone and keeps its size; it writes there only
            // while it answers a request of ours, during which we wait and do not read.
            let memory = unsafe { MmapMut::map_mut(&file) }?;
            self.shared = Some(Shared { segment, memory });
        }
        self.shared.as_ref().ok_or(X11Error::Answer("no shared memory"))
    }
}
