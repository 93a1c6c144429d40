//! libmpv on macOS: inside the application bundle, or from Homebrew or MacPorts.

use std::ffi::c_int;
use std::path::{Path, PathBuf};

/// File names relative to the program's own folder, which in a bundle is `Contents/MacOS`.
pub(super) const BESIDE_PROGRAM: [&str; 2] =
    ["../Frameworks/libmpv.2.dylib", "../Frameworks/libmpv.dylib"];
/// Homebrew on Apple silicon, Homebrew on Intel, MacPorts.
pub(super) const SYSTEM: &[&str] = &[
    "/opt/homebrew/lib/libmpv.2.dylib",
    "/opt/homebrew/lib/libmpv.dylib",
    "/usr/local/lib/libmpv.2.dylib",
    "/usr/local/lib/libmpv.dylib",
    "/opt/local/lib/libmpv.2.dylib",
];
/// The category of `setlocale` in Apple's C library.
pub(super) const LC_NUMERIC: c_int = 4;

/// Here every name is a whole path already.
pub(super) fn resolve(_name: &Path) -> Option<PathBuf> {
    None
}
