//! Monitors and windows of an X11 display, and the one that a person means.

use cinemasync_core::screen::{MAX_SCREENS, ScreenItem, ScreenSource};
use x11rb::protocol::randr;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, GetPropertyReply, MapState, Window};

use super::image::Part;
use super::{Display, X11Error};

/// No more of a title is read, in units of four bytes.
const TITLE_WORDS: u32 = 256;
/// And of a list of windows.
const LIST_WORDS: u32 = 4_096;
/// How deep windows are looked for where no window manager lists them.
const DEPTH: usize = 4;

/// A monitor, by its place on the root window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Monitor {
    /// What the display calls it, as "HDMI-1".
    pub(super) name: String,
    pub(super) x: i16,
    pub(super) y: i16,
    pub(super) width: u16,
    pub(super) height: u16,
}

impl Display {
    /// Everything that can be shared, monitors first; at most [`MAX_SCREENS`].
    pub(in super::super) fn listing(&self) -> Result<Vec<ScreenItem>, X11Error> {
        let monitors = self.monitors()?;
        let mut items: Vec<_> = monitors.iter().map(Monitor::item).collect();
        items.extend(self.windows()?);
        items.truncate(MAX_SCREENS);
        Ok(items)
    }

    /// The monitors in use.
    pub(super) fn monitors(&self) -> Result<Vec<Monitor>, X11Error> {
        let whole = self.connection.get_geometry(self.root)?.reply()?;
        let mut monitors = Vec::new();
        if self.monitors {
            let reply = randr::get_monitors(&self.connection, self.root, true)?.reply()?;
            for monitor in reply.monitors.iter().take(MAX_SCREENS) {
                let name = self.connection.get_atom_name(monitor.name)?.reply()?.name;
                // What reaches beyond the root window cannot be grabbed.
                let width = monitor.width.min(beyond(whole.width, monitor.x));
                let height = monitor.height.min(beyond(whole.height, monitor.y));
                if monitor.x >= 0 && monitor.y >= 0 && width > 1 && height > 1 {
                    let name = String::from_utf8_lossy(&name).into_owned();
                    let (x, y) = (monitor.x, monitor.y);
                    monitors.push(Monitor { name, x, y, width, height });
                }
            }
        }
        if monitors.is_empty() {
            let (width, height) = (whole.width, whole.height);
            monitors.push(Monitor { name: "screen".to_owned(), x: 0, y: 0, width, height });
        }
        Ok(monitors)
    }

    /// The monitor with this name or place.
    pub(super) fn find_monitor(&self, wanted: &str) -> Result<Option<Monitor>, X11Error> {
        let mut monitors = self.monitors()?;
        let named = monitors.iter().position(|monitor| monitor.name == wanted);
        let at = named.or_else(|| wanted.parse().ok().filter(|at| *at < monitors.len()));
        Ok(at.map(|at| monitors.swap_remove(at)))
    }

    /// The windows that people know as such, none of our own.
    pub(super) fn windows(&self) -> Result<Vec<ScreenItem>, X11Error> {
        let mut ids = self.managed_windows()?;
        ids.truncate(MAX_SCREENS);
        // All questions first: three hundred windows cost one way there and back.
        let mut asked = Vec::with_capacity(ids.len());
        let read = |id, what: u32, words| {
            self.connection.get_property(false, id, what, AtomEnum::ANY, 0, words)
        };
        for id in ids {
            asked.push((
                id,
                self.connection.get_geometry(id)?,
                read(id, self.atoms._NET_WM_NAME, TITLE_WORDS)?,
                read(id, AtomEnum::WM_NAME.into(), TITLE_WORDS)?,
                read(id, AtomEnum::WM_CLASS.into(), TITLE_WORDS)?,
                read(id, self.atoms._NET_WM_PID, 1)?,
                read(id, self.atoms._NET_WM_WINDOW_TYPE, 16)?,
            ));
        }
        let mut items = Vec::with_capacity(asked.len());
        for (id, geometry, name, old_name, class, process, kind) in asked {
            // Whatever closed meanwhile is left out.
            let Ok(geometry) = geometry.reply() else { continue };
            let (name, old_name, class) = (name.reply(), old_name.reply(), class.reply());
            let process = process.reply().ok().and_then(|reply| reply.value32()?.next());
            let kinds = kind.reply().ok();
            let kinds = kinds.as_ref().and_then(GetPropertyReply::value32).into_iter().flatten();
            let no_window =
                [self.atoms._NET_WM_WINDOW_TYPE_DESKTOP, self.atoms._NET_WM_WINDOW_TYPE_DOCK];
            if process == Some(std::process::id())
                || kinds.into_iter().any(|kind| no_window.contains(&kind))
                || geometry.width < 2
                || geometry.height < 2
            {
                continue;
            }
            let text = |reply: Result<GetPropertyReply, _>| {
                reply.map_or(String::new(), |reply| {
                    String::from_utf8_lossy(&reply.value).into_owned()
                })
            };
            let title = Some(text(name)).filter(|title| !title.is_empty());
            let class = text(class);
            items.push(ScreenItem {
                source: ScreenSource::Window(id.to_string()),
                title: title.unwrap_or_else(|| text(old_name)),
                // Instance and class, each ended by a zero; the class is the program's name.
                program: class.split('\0').nth(1).unwrap_or_default().to_owned(),
                width: geometry.width.into(),
                height: geometry.height.into(),
            });
        }
        Ok(items)
    }

    /// The window with this id or title, or whose title alone contains it.
    pub(super) fn find_window(&self, wanted: &str) -> Result<Option<ScreenItem>, X11Error> {
        let mut windows = self.windows()?;
        let at = super::super::listing::pick_window(&windows, wanted);
        Ok(at.map(|at| windows.swap_remove(at)))
    }

    /// A window as it is now; an error once it is closed.
    pub(super) fn window_item(&self, id: Window) -> Result<ScreenItem, X11Error> {
        let read = |what: u32| {
            self.connection.get_property(false, id, what, AtomEnum::ANY, 0, TITLE_WORDS)
        };
        let (name, old_name, class) = (
            read(self.atoms._NET_WM_NAME)?,
            read(AtomEnum::WM_NAME.into())?,
            read(AtomEnum::WM_CLASS.into())?,
        );
        let geometry = self.connection.get_geometry(id)?.reply()?;
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        let (name, old_name) = (text(&name.reply()?.value), text(&old_name.reply()?.value));
        let class = text(&class.reply()?.value);
        Ok(ScreenItem {
            source: ScreenSource::Window(id.to_string()),
            title: if name.is_empty() { old_name } else { name },
            program: class.split('\0').nth(1).unwrap_or_default().to_owned(),
            width: geometry.width.into(),
            height: geometry.height.into(),
        })
    }

    /// The windows that the window manager lists or, where there is none, those that are to be seen.
    fn managed_windows(&self) -> Result<Vec<Window>, X11Error> {
        let list = self.connection.get_property(
            false,
            self.root,
            self.atoms._NET_CLIENT_LIST,
            AtomEnum::WINDOW,
            0,
            LIST_WORDS,
        )?;
        let list = list.reply()?;
        if let Some(windows) = list.value32() {
            return Ok(windows.collect());
        }
        let mut found = Vec::new();
        self.collect_windows(self.root, 0, &mut found)?;
        Ok(found)
    }

    fn collect_windows(
        &self,
        of: Window,
        depth: usize,
        found: &mut Vec<Window>,
    ) -> Result<(), X11Error> {
        // A window that closes while it is looked at has no children.
        let Ok(tree) = self.connection.query_tree(of)?.reply() else { return Ok(()) };
        for child in tree.children {
            if found.len() >= MAX_SCREENS {
                return Ok(());
            }
            let Ok(attributes) = self.connection.get_window_attributes(child)?.reply() else {
                continue;
            };
            if attributes.map_state != MapState::VIEWABLE || attributes.override_redirect {
                continue;
            }
            let state = self.connection.get_property(
                false,
                child,
                self.atoms.WM_STATE,
                AtomEnum::ANY,
                0,
                1,
            )?;
            let titled = self.connection.get_property(
                false,
                child,
                AtomEnum::WM_NAME,
                AtomEnum::ANY,
                0,
                1,
            )?;
            let is_set = |reply: GetPropertyReply| reply.type_ != u32::from(AtomEnum::NONE);
            if state.reply().is_ok_and(is_set) || titled.reply().is_ok_and(is_set) {
                found.push(child);
            } else if depth < DEPTH {
                self.collect_windows(child, depth + 1, found)?;
            }
        }
        Ok(())
    }
}

impl Monitor {
    /// Its part of the root window.
    pub(super) fn part(&self) -> Part {
        let Self { x, y, width, height, .. } = *self;
        Part { x, y, width, height }
    }

    /// As it is shown to choose from.
    pub(super) fn item(&self) -> ScreenItem {
        ScreenItem {
            source: ScreenSource::Monitor(self.name.clone()),
            title: self.name.clone(),
            program: String::new(),
            width: self.width.into(),
            height: self.height.into(),
        }
    }
}

/// How much of a side is left from `start` on.
fn beyond(side: u16, start: i16) -> u16 {
    side.saturating_sub(u16::try_from(start).unwrap_or(0))
}
