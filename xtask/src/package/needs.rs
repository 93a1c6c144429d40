//! What a package asks the system for, from the table by which `cargo xtask setup` installs it: the
//! program opens these libraries while it runs, so no tool finds them in it.

use crate::setup::{self, Manager, Purpose};

/// What a package asks for, by the names of one distribution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Needs {
    /// Without it there is no window, or no film.
    pub(crate) needed: Vec<&'static str>,
    /// Without it one thing of many is missing.
    pub(crate) helpful: Vec<&'static str>,
}

/// What is not in the table, as it is there on every desktop: sound, and the dialogs of files.
fn on_desktops(manager: Manager) -> &'static [&'static str] {
    match manager {
        Manager::Apt => &["pipewire-pulse | pulseaudio", "xdg-desktop-portal"],
        Manager::Dnf => &["pulseaudio-daemon", "xdg-desktop-portal"],
        Manager::Pacman | Manager::Brew | Manager::Winget => &[],
    }
}

/// What the desktop's program asks for.
pub(crate) fn of(manager: Manager) -> Needs {
    let (mut helpful, needed): (Vec<_>, Vec<_>) = setup::wanted(manager, &[Purpose::Run])
        .map(|package| package.name)
        // GStreamer takes the screen under Wayland; drivers come with the graphics card.
        .partition(|name| name.contains("gst") || name.contains("dri"));
    helpful.extend(on_desktops(manager));
    Needs { needed, helpful }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_film_is_needed_and_a_shared_screen_helpful() {
        let debian = of(Manager::Apt);
        assert!(debian.needed.contains(&"libmpv2"), "{debian:?}");
        assert!(debian.helpful.contains(&"gstreamer1.0-tools"), "{debian:?}");
        let fedora = of(Manager::Dnf);
        assert!(fedora.needed.contains(&"mpv-libs"), "{fedora:?}");
        assert!(fedora.helpful.contains(&"gstreamer1"), "{fedora:?}");
    }
}
