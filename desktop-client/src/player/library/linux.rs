//! libmpv on Linux: the system's package.

use std::ffi::c_int;

/// File names relative to the program's own folder: only the system's library is used here.
pub(super) const BESIDE_PROGRAM: [&str; 0] = [];
/// Names that the dynamic linker resolves: mpv 0.35 and later, then 0.33 and 0.34.
pub(super) const SYSTEM: &[&str] = &["libmpv.so.2", "libmpv.so.1"];
/// The category of `setlocale` in glibc and musl.
pub(super) const LC_NUMERIC: c_int = 1;
