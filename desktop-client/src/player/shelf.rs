//! A shelf with one text on it that libmpv can open like a file: subtitles that are not in a file. Owns
//! libmpv's callbacks for that. A text is opened once, and only after it was laid down; anything else that
//! names the shelf finds it empty.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::sync::{Arc, Mutex, PoisonError};

use super::ffi::{self, StreamInfo};

/// What the shelf's text is called when libmpv is told to open it.
pub(super) const ADDRESS: &CStr = c"cinemasync://text";
/// The part of it that libmpv is told to bring here.
pub(super) const PROTOCOL: &CStr = c"cinemasync";

/// Where a text lies until libmpv opens it.
#[derive(Default)]
pub(super) struct Shelf {
    text: Mutex<Option<Arc<str>>>,
}

impl Shelf {
    /// Lays a text down; what still lay there goes.
    pub(super) fn lay(&self, text: Arc<str>) {
        *self.text.lock().unwrap_or_else(PoisonError::into_inner) = Some(text);
    }

    /// Takes what lies there.
    pub(super) fn take(&self) -> Option<Arc<str>> {
        self.text.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// A text that is being read.
struct Reader {
    text: Arc<str>,
    at: usize,
}

impl Reader {
    fn read(&mut self, target: &mut [u8]) -> usize {
        let rest = &self.text.as_bytes()[self.at..];
        let count = rest.len().min(target.len());
        target[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        count
    }

    /// False: there is no such place.
    fn seek(&mut self, to: i64) -> bool {
        match usize::try_from(to) {
            Ok(to) if to <= self.text.len() => {
                self.at = to;
                true
            }
            _ => false,
        }
    }
}

/// # Safety
/// `shelf` is a live [`Shelf`], `info` may be written.
pub(super) unsafe extern "C" fn open(
    shelf: *mut c_void,
    _address: *mut c_char,
    info: *mut StreamInfo,
) -> c_int {
    // SAFETY: as above.
    let (shelf, info) = unsafe { (&*shelf.cast::<Shelf>(), &mut *info) };
    let Some(text) = shelf.take() else { return ffi::ERROR_LOADING_FAILED };
    info.cookie = Box::into_raw(Box::new(Reader { text, at: 0 })).cast();
    info.read = Some(read);
    info.seek = Some(seek);
    info.size = Some(size);
    info.close = Some(close);
    0
}

/// # Safety
/// `reader` came from [`open`] and is used by one thread at a time; `count` bytes at `target` are free.
unsafe extern "C" fn read(reader: *mut c_void, target: *mut c_char, count: u64) -> i64 {
    let Ok(count) = usize::try_from(count) else { return ffi::ERROR_UNSUPPORTED };
    // SAFETY: as above.
    let (reader, target) = unsafe {
        target.write_bytes(0, count);
        (&mut *reader.cast::<Reader>(), std::slice::from_raw_parts_mut(target.cast::<u8>(), count))
    };
    i64::try_from(reader.read(target)).unwrap_or(ffi::ERROR_UNSUPPORTED)
}

/// # Safety
/// As for [`read`].
unsafe extern "C" fn seek(reader: *mut c_void, to: i64) -> i64 {
    // SAFETY: as above.
    let reader = unsafe { &mut *reader.cast::<Reader>() };
    if reader.seek(to) { to } else { ffi::ERROR_UNSUPPORTED }
}

/// # Safety
/// As for [`read`].
unsafe extern "C" fn size(reader: *mut c_void) -> i64 {
    // SAFETY: as above.
    let reader = unsafe { &*reader.cast::<Reader>() };
    i64::try_from(reader.text.len()).unwrap_or(ffi::ERROR_UNSUPPORTED)
}

/// # Safety
/// `reader` came from [`open`] and is not used again.
unsafe extern "C" fn close(reader: *mut c_void) {
    // SAFETY: made by `Box::into_raw` in `open`, and given back once.
    drop(unsafe { Box::from_raw(reader.cast::<Reader>()) });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_in_pieces_to_its_end_and_from_any_place() {
        let mut reader = Reader { text: "subtitles".into(), at: 0 };
        let mut piece = [0; 4];
        assert_eq!((reader.read(&mut piece), &piece), (4, b"subt"));
        assert_eq!(reader.read(&mut [0; 100]), 5);
        assert_eq!(reader.read(&mut piece), 0);
        assert!(reader.seek(9) && reader.read(&mut piece) == 0);
        assert!(!reader.seek(10) && !reader.seek(-1));
        assert!(reader.seek(3) && reader.read(&mut piece) == 4);
        assert_eq!(&piece, b"titl");
    }

    #[test]
    fn what_lies_on_the_shelf_is_opened_once() {
        let shelf = Shelf::default();
        shelf.lay("a".into());
        shelf.lay("b".into());
        assert_eq!(shelf.take().as_deref(), Some("b"));
        assert_eq!(shelf.take(), None);
    }
}
