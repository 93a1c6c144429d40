//! The X11 display as far as sharing needs it: what there is to share, and pictures of it. Other programs
//! run it, so every answer is checked before it is believed.

pub(super) mod grab;
mod image;
pub(super) mod lister;
pub(super) mod listing;
mod pointer;
#[cfg(test)]
mod tests;
mod window;

use thiserror::Error;
use x11rb::connection::Connection as _;
use x11rb::errors::{ConnectError, ConnectionError, ReplyError, ReplyOrIdError};
use x11rb::protocol::xproto::{ConnectionExt as _, ImageOrder, Window};
use x11rb::protocol::{composite, damage, randr, shm, xfixes};
use x11rb::rust_connection::RustConnection;

x11rb::atom_manager! {
    /// The words that window managers and programs use.
    pub(super) Atoms: AtomsCookie {
        _NET_CLIENT_LIST,
        _NET_WM_NAME,
        _NET_WM_PID,
        _NET_WM_WINDOW_TYPE,
        _NET_WM_WINDOW_TYPE_DESKTOP,
        _NET_WM_WINDOW_TYPE_DOCK,
        UTF8_STRING,
        WM_STATE,
    }
}

/// Why the display did not answer as hoped.
#[derive(Debug, Error)]
pub(super) enum X11Error {
    /// No display, or none that lets us in.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The display is gone.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// It refused something: mostly what is not there any more.
    #[error(transparent)]
    Reply(#[from] ReplyError),
    /// Its ids are used up.
    #[error("the display has no more ids")]
    Ids,
    /// Its answer makes no sense to us.
    #[error("{0}")]
    Answer(&'static str),
    /// The memory shared with it cannot be used.
    #[error("memory shared with the display: {0}")]
    Memory(#[from] std::io::Error),
}

impl From<ReplyOrIdError> for X11Error {
    fn from(error: ReplyOrIdError) -> Self {
        match error {
            ReplyOrIdError::IdsExhausted => Self::Ids,
            ReplyOrIdError::ConnectionError(error) => Self::Connection(error),
            ReplyOrIdError::X11Error(error) => Self::Reply(ReplyError::X11Error(error)),
        }
    }
}

impl X11Error {
    /// Is the display itself gone, and not only what was asked for?
    pub(super) fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Connect(_)
                | Self::Connection(_)
                | Self::Ids
                | Self::Reply(ReplyError::ConnectionError(_))
        )
    }
}

/// A connection and what the display can do.
pub(super) struct Display {
    connection: RustConnection,
    root: Window,
    atoms: Atoms,
    /// Can windows be seen though others cover them?
    composite: bool,
    /// Does it tell of what is drawn?
    damage: bool,
    /// Does it tell what the pointer looks like?
    pointer: bool,
    /// Does it know of monitors?
    monitors: bool,
    /// Does it write pictures into memory that it hands out?
    memory: bool,
}

/// How many monitors the display of the environment has; a sentence if there is none.
pub(super) fn count_monitors() -> Result<usize, String> {
    let monitors = Display::open(None).and_then(|display| display.monitors());
    monitors.map(|monitors| monitors.len()).map_err(|error| error.to_string())
}

impl Display {
    /// Connects to a display, or to the one that the environment names.
    pub(super) fn open(name: Option<&str>) -> Result<Self, X11Error> {
        let (connection, screen) = x11rb::connect(name)?;
        let setup = connection.setup();
        if setup.image_byte_order != ImageOrder::LSB_FIRST {
            return Err(X11Error::Answer("a display that orders its bytes differently"));
        }
        let screen =
            setup.roots.get(screen).ok_or(X11Error::Answer("a display without a screen"))?;
        let root = screen.root;
        let atoms = Atoms::new(&connection)?.reply()?;
        let has = |name| -> Result<bool, X11Error> {
            Ok(connection.query_extension(name)?.reply()?.present)
        };
        // The versions are told, as each extension answers only who has asked for one.
        let fixes = has(b"XFIXES")? && xfixes::query_version(&connection, 5, 0)?.reply().is_ok();
        let composite = fixes && has(b"Composite")? && {
            let version = composite::query_version(&connection, 0, 4)?.reply()?;
            (version.major_version, version.minor_version) >= (0, 2)
        };
        let damage = has(b"DAMAGE")? && damage::query_version(&connection, 1, 1)?.reply().is_ok();
        let monitors = has(b"RANDR")? && {
            let version = randr::query_version(&connection, 1, 5)?.reply()?;
            (version.major_version, version.minor_version) >= (1, 5)
        };
        let memory = has(b"MIT-SHM")? && {
            let version = shm::query_version(&connection)?.reply()?;
            (version.major_version, version.minor_version) >= (1, 2)
        };
        Ok(Self { connection, root, atoms, composite, damage, pointer: fixes, monitors, memory })
    }
}
