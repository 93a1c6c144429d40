//! Notices each file that anybody opens in a folder, by the system's own notices (inotify). Linux only.

use std::ffi::{CString, c_char, c_int};
use std::fs::File;
use std::io::Read;
use std::os::fd::FromRawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

unsafe extern "C" {
    fn inotify_init1(flags: c_int) -> c_int;
    fn inotify_add_watch(watch: c_int, path: *const c_char, mask: u32) -> c_int;
}

const NONBLOCKING: c_int = 0o4000;
const OPENED: u32 = 0x20;
const HEADER: usize = 16;

/// A watched folder.
pub(super) struct FolderWatch {
    notices: File,
}

impl FolderWatch {
    pub(super) fn new(folder: &Path) -> Self {
        let path = CString::new(folder.as_os_str().as_bytes()).unwrap();
        // SAFETY: plain numbers in, and a descriptor that is nobody else's out.
        let notices = unsafe {
            let watch = inotify_init1(NONBLOCKING);
            assert!(watch >= 0, "inotify starts");
            assert!(inotify_add_watch(watch, path.as_ptr(), OPENED) >= 0, "the folder is watched");
            File::from_raw_fd(watch)
        };
        Self { notices }
    }

    /// The names of the files that were opened since the last call; the folder itself is "".
    pub(super) fn opened(&mut self) -> Vec<String> {
        let mut names = Vec::new();
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(count) = self.notices.read(&mut buffer) {
            let mut rest = &buffer[..count];
            while rest.len() >= HEADER {
                let length = u32::from_ne_bytes(rest[12..16].try_into().unwrap()) as usize;
                let name = rest[HEADER..HEADER + length].split(|byte| *byte == 0).next().unwrap();
                names.push(String::from_utf8_lossy(name).into_owned());
                rest = &rest[HEADER + length..];
            }
        }
        names
    }
}
