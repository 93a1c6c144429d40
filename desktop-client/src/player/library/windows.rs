//! libmpv on Windows: a DLL beside the program. Nothing is looked up by bare name, so that no DLL from
//! the current folder (where films lie) is ever loaded.

use std::ffi::c_int;
use std::path::{Path, PathBuf};

/// File names relative to the program's own folder.
pub(super) const BESIDE_PROGRAM: [&str; 2] = ["libmpv-2.dll", "mpv-2.dll"];
/// Windows has no shared place for it.
pub(super) const SYSTEM: &[&str] = &[];
/// The category of `setlocale` in Microsoft's C runtime.
pub(super) const LC_NUMERIC: c_int = 4;

/// Here every name is a whole path already.
pub(super) fn resolve(_name: &Path) -> Option<PathBuf> {
    None
}
