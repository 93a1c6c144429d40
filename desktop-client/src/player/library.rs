//! Finds libmpv on this computer and opens it, once per process. Owns where it may lie, which versions
//! will do and the locale it insists on; what is called in it belongs to `ffi` and `handle`.

use std::ffi::{CStr, c_char, c_int};
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};

use super::PlayerError;
use super::ffi::Functions;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(windows)]
mod windows;

#[cfg(target_os = "linux")]
use linux as os;
#[cfg(target_os = "macos")]
use macos as os;
#[cfg(windows)]
use windows as os;

/// A libmpv that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LibraryFound {
    /// Where it lies, as far as the system tells; its name otherwise.
    pub path: PathBuf,
    /// Its name and version.
    pub version: String,
}

/// What was opened.
static OPENED: OnceLock<PathBuf> = OnceLock::new();

/// mpv 0.33, the first whose events say which file they are about.
const OLDEST_API: (u64, u64) = (1, 108);
/// The newest major version whose layout is known.
const NEWEST_API_MAJOR: u64 = 2;

unsafe extern "C" {
    /// ISO C; part of the C runtime that every target links anyway.
    fn setlocale(category: c_int, locale: *const c_char) -> *mut c_char;
}

/// libmpv's functions, opened at the first call. A failure is not remembered: after installing libmpv a
/// retry finds it.
pub(super) fn functions() -> Result<&'static Functions, PlayerError> {
    static FUNCTIONS: OnceLock<Functions> = OnceLock::new();
    static OPENING: Mutex<()> = Mutex::new(());

    let _one_at_a_time = OPENING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(functions) = FUNCTIONS.get() {
        return Ok(functions);
    }
    let functions = open()?;
    keep_numbers_in_c_locale();
    Ok(FUNCTIONS.get_or_init(|| functions))
}

fn open() -> Result<Functions, PlayerError> {
    for path in candidates() {
        // SAFETY: loading runs the library's initialisers; the names are those of libmpv in the places
        // where this system installs libraries.
        let library = match unsafe { libloading::Library::new(&path) } {
            Ok(library) => library,
            Err(error) => {
                tracing::debug!(path = %path.display(), %error, "libmpv is not here");
                continue;
            }
        };
        // It must outlive every pointer taken from it, and there is nothing to win by unloading it.
        let library = Box::leak(Box::new(library));
        // SAFETY: it is libmpv by its name, and it was leaked just above.
        let functions = unsafe { Functions::load(library) }.map_err(|name| {
            PlayerError::Unsuitable { why: format!("it has no function {name}") }
        })?;
        // SAFETY: takes nothing and reads a constant.
        let version = unsafe { (functions.client_api_version)() } as u64;
        let (major, minor) = (version >> 16, version & 0xffff);
        tracing::debug!(path = %path.display(), major, minor, "libmpv found");
        if (major, minor) < OLDEST_API || major > NEWEST_API_MAJOR {
            return Err(PlayerError::Unsuitable {
                why: format!("its interface is version {major}.{minor}"),
            });
        }
        OPENED.get_or_init(|| path);
        return Ok(functions);
    }
    Err(PlayerError::Missing)
}

/// Where the libmpv lies that was opened; empty if none was.
pub(super) fn path() -> PathBuf {
    let opened = OPENED.get().cloned().unwrap_or_default();
    if opened.is_absolute() { opened } else { os::resolve(&opened).unwrap_or(opened) }
}

/// Where to look, best first: what came with this program, then what the system has.
fn candidates() -> Vec<PathBuf> {
    let beside = std::env::current_exe().ok().and_then(|exe| exe.parent().map(PathBuf::from));
    let bundled = beside.iter().flat_map(|folder| os::BESIDE_PROGRAM.map(|name| folder.join(name)));
    bundled.chain(os::SYSTEM.iter().map(PathBuf::from)).collect()
}

/// libmpv refuses to start while the C runtime would write decimal commas. A program starts in the "C"
/// locale; some library (a file dialog's toolkit) may have changed it, and only then is it set back,
/// because `setlocale` is not safe against other threads that use it at the same moment.
fn keep_numbers_in_c_locale() {
    // SAFETY: a null locale only asks; the answer is a string of the C runtime or null.
    let current = unsafe { setlocale(os::LC_NUMERIC, std::ptr::null()) };
    // SAFETY: not null, and nul-terminated by the C standard.
    let is_c = current.is_null() || unsafe { CStr::from_ptr(current) } == c"C";
    if !is_c {
        // SAFETY: a constant string; see above for the rare race, which has no alternative.
        unsafe { setlocale(os::LC_NUMERIC, c"C".as_ptr()) };
    }
}
