//! The tables: what the project needs from each package manager, and what for. Names only; asking
//! and installing is `manager` and `plan`.

use super::Manager;

/// What a package is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Purpose {
    /// Compiling the workspace.
    Build,
    /// Running the window with sound and film.
    Run,
    /// The tests, the demo film and the benches.
    Test,
    /// Checking for Windows and macOS.
    Cross,
    /// Making packages.
    Package,
    /// Judging packages, and installing them in a clean system.
    PackageCheck,
    /// Starting the Windows programs on this machine.
    Wine,
}

/// One package of one manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Package {
    /// What the manager calls it.
    pub(crate) name: &'static str,
    /// When it is needed.
    pub(crate) purpose: Purpose,
    /// What it is for, for the person who is asked.
    pub(crate) why: &'static str,
}

const fn build(name: &'static str, why: &'static str) -> Package {
    Package { name, purpose: Purpose::Build, why }
}

const fn run(name: &'static str, why: &'static str) -> Package {
    Package { name, purpose: Purpose::Run, why }
}

const fn test(name: &'static str, why: &'static str) -> Package {
    Package { name, purpose: Purpose::Test, why }
}

const fn cross(name: &'static str, why: &'static str) -> Package {
    Package { name, purpose: Purpose::Cross, why }
}

const fn package(name: &'static str, why: &'static str) -> Package {
    Package { name, purpose: Purpose::Package, why }
}

const fn package_check(name: &'static str, why: &'static str) -> Package {
    Package { name, purpose: Purpose::PackageCheck, why }
}

const fn wine(name: &'static str, why: &'static str) -> Package {
    Package { name, purpose: Purpose::Wine, why }
}

// winit opens the X11, Wayland, xkb and EGL libraries while it runs, so nothing fails to link
// without them: the window fails to open. Hence they are listed.
const APT: &[Package] = &[
    build("gcc", "C compiler for the bundled codecs"),
    build("g++", "C++ compiler for OpenH264"),
    build("cmake", "builds libopus"),
    build("make", "used by cmake"),
    build("nasm", "the fast paths of OpenH264"),
    build("libclang-dev", "reads the headers of V4L2 (camera)"),
    build("pkg-config", "finds the ALSA headers"),
    build("libasound2-dev", "headers of ALSA (sound)"),
    run("libmpv2", "plays the film"),
    run("libegl1", "OpenGL for the window"),
    run("libgl1", "OpenGL for the window"),
    run("libgl1-mesa-dri", "OpenGL drivers, in software too"),
    run("libxkbcommon-x11-0", "keyboards under X11"),
    run("libwayland-client0", "windows under Wayland"),
    run("libwayland-egl1", "OpenGL under Wayland"),
    run("libx11-xcb1", "windows under X11"),
    run("libxcursor1", "the pointer under X11"),
    run("libxi6", "the mouse under X11"),
    run("libxrandr2", "monitors under X11"),
    run("libdbus-1-3", "asks the desktop for its dialogs of files"),
    run("gstreamer1.0-tools", "shares a screen under Wayland"),
    run("gstreamer1.0-pipewire", "takes the screen's pictures under Wayland"),
    run("gstreamer1.0-plugins-base", "converts them"),
    run("gstreamer1.0-plugins-good", "hands them over"),
    test("coturn", "a foreign client of the relay, and a relay to compare with"),
    test("ffmpeg", "makes the test film"),
    test("fonts-dejavu-core", "the timecode in the test film"),
    test("iproute2", "networks of their own for tests of bad ones"),
    test("pebble", "a certificate authority without the internet"),
    test("pulseaudio", "a sound server without sound hardware"),
    test("pulseaudio-utils", "records what the speakers play"),
    test("xdotool", "presses keys in windows"),
    test("xvfb", "a display without a monitor"),
    cross("rustc-web", "a compiler with library sources of the same version"),
    cross("cargo-web", "its cargo"),
    cross("rust-web-src", "the sources of the standard library"),
    cross("rust-web-clippy", "its lints"),
    cross("clang", "answers for the C compiler of macOS"),
    cross("gcc-mingw-w64-x86-64-posix", "C compiler for Windows"),
    cross("g++-mingw-w64-x86-64-posix", "C++ compiler for Windows"),
    package("debhelper", "makes Debian packages"),
    package("dpkg-dev", "finds the libraries that a program needs"),
    package("fakeroot", "packs files as those of root"),
    package("rpm", "makes RPM packages"),
    package_check("appstream", "judges what software centres show"),
    package_check("debootstrap", "makes a clean Debian"),
    package_check("desktop-file-utils", "judges the desktop entry"),
    package_check("lintian", "judges Debian packages"),
    wine("wine", "runs Windows programs"),
    wine("wine64", "runs those of 64 bits"),
    wine("nsis", "makes the Windows installer"),
];

// The pulseaudio daemon is not listed for Fedora and Arch: there it would replace PipeWire's.
const DNF: &[Package] = &[
    build("gcc", "C compiler for the bundled codecs"),
    build("gcc-c++", "C++ compiler for OpenH264"),
    build("cmake", "builds libopus"),
    build("make", "used by cmake"),
    build("nasm", "the fast paths of OpenH264"),
    build("clang-devel", "reads the headers of V4L2 (camera)"),
    build("pkgconf-pkg-config", "finds the ALSA headers"),
    build("alsa-lib-devel", "headers of ALSA (sound)"),
    run("mpv-libs", "plays the film"),
    run("mesa-libEGL", "OpenGL for the window"),
    run("mesa-dri-drivers", "OpenGL drivers, in software too"),
    run("libxkbcommon-x11", "keyboards under X11"),
    run("libXcursor", "the pointer under X11"),
    run("libXi", "the mouse under X11"),
    run("libXrandr", "monitors under X11"),
    run("dbus-libs", "asks the desktop for its dialogs of files"),
    run("gstreamer1", "shares a screen under Wayland"),
    run("pipewire-gstreamer", "takes the screen's pictures under Wayland"),
    run("gstreamer1-plugins-base", "converts them"),
    run("gstreamer1-plugins-good", "hands them over"),
    test("coturn-utils", "a foreign client of the relay"),
    test("ffmpeg-free", "makes the test film"),
    test("dejavu-sans-fonts", "the timecode in the test film"),
    test("iproute", "networks of their own for tests of bad ones"),
    test("pulseaudio-utils", "records what the speakers play"),
    test("xdotool", "presses keys in windows"),
    test("xorg-x11-server-Xvfb", "a display without a monitor"),
    package("rpm-build", "makes RPM packages"),
];

const PACMAN: &[Package] = &[
    build("gcc", "C and C++ compiler for the bundled codecs"),
    build("cmake", "builds libopus"),
    build("make", "used by cmake"),
    build("nasm", "the fast paths of OpenH264"),
    build("clang", "reads the headers of V4L2 (camera)"),
    build("pkgconf", "finds the ALSA headers"),
    build("alsa-lib", "headers of ALSA (sound)"),
    run("mpv", "plays the film"),
    run("mesa", "OpenGL for the window"),
    run("libxkbcommon-x11", "keyboards under X11"),
    run("libxcursor", "the pointer under X11"),
    run("libxi", "the mouse under X11"),
    run("libxrandr", "monitors under X11"),
    run("dbus", "asks the desktop for its dialogs of files"),
    run("gstreamer", "shares a screen under Wayland"),
    run("gst-plugin-pipewire", "takes the screen's pictures under Wayland"),
    run("gst-plugins-base", "converts them"),
    run("gst-plugins-good", "hands them over"),
    test("ffmpeg", "makes the test film"),
    test("iproute2", "networks of their own for tests of bad ones"),
    test("ttf-dejavu", "the timecode in the test film"),
    test("libpulse", "records what the speakers play"),
    test("xdotool", "presses keys in windows"),
    test("xorg-server-xvfb", "a display without a monitor"),
];

// The compiler and libclang come with Apple's command line tools, which rustc itself asks for.
const BREW: &[Package] = &[
    build("cmake", "builds libopus"),
    build("nasm", "the fast paths of OpenH264"),
    run("mpv", "plays the film"),
    test("coturn", "a foreign client of the relay, and a relay to compare with"),
    test("ffmpeg", "makes the test film"),
];

// The C++ build tools come with rustup's own installer. No winget package holds libmpv-2.dll.
const WINGET: &[Package] = &[
    build("Kitware.CMake", "builds libopus"),
    build("NASM.NASM", "the fast paths of OpenH264"),
    test("Gyan.FFmpeg", "makes the test film"),
    package("NSIS.NSIS", "makes the installer"),
];

/// The packages that `manager` must have for `purposes`.
pub(crate) fn wanted(manager: Manager, purposes: &[Purpose]) -> impl Iterator<Item = Package> {
    let table = match manager {
        Manager::Apt => APT,
        Manager::Dnf => DNF,
        Manager::Pacman => PACMAN,
        Manager::Brew => BREW,
        Manager::Winget => WINGET,
    };
    table.iter().copied().filter(|package| purposes.contains(&package.purpose))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_package_is_listed_twice() {
        let every = [
            Purpose::Build,
            Purpose::Run,
            Purpose::Test,
            Purpose::Cross,
            Purpose::Package,
            Purpose::PackageCheck,
            Purpose::Wine,
        ];
        for manager in Manager::ALL {
            let names: Vec<&str> = wanted(manager, &every).map(|package| package.name).collect();
            let distinct: BTreeSet<&str> = names.iter().copied().collect();
            assert_eq!(names.len(), distinct.len(), "{}", manager.name());
        }
    }

    #[test]
    fn every_manager_can_build_and_make_the_test_film() {
        for manager in Manager::ALL {
            assert!(
                wanted(manager, &[Purpose::Build]).any(|p| p.name.to_lowercase().contains("cmake"))
            );
            assert!(
                wanted(manager, &[Purpose::Test]).any(|p| p.name.to_lowercase().contains("ffmpeg"))
            );
        }
    }
}
