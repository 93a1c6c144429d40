//! A shelf with things on it that libmpv can open like files: subtitles that are given as text, and a film that
//! comes from others. Owns libmpv's callbacks for that. What was laid down is opened once; anything else that
//! names the shelf finds it empty.

use std::collections::VecDeque;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::ffi::{self, StreamInfo};
use super::handle::c_text;
use super::streams::{Cancel, FilmStream};

/// The part of an address that libmpv is told to bring here.
pub(super) const PROTOCOL: &CStr = c"cinemasync";
/// libmpv may cancel a stream just after it has closed it. So many are remembered for that, empty.
const REMEMBERED: usize = 8;

/// What lies there until libmpv opens it, and what it has open.
#[derive(Default)]
pub(super) struct Shelf(Mutex<Things>);

#[derive(Default)]
struct Things {
    laid: Option<Laid>,
    /// How many were laid down: each has a name of its own, so that who comes late does not get the next one.
    count: u64,
    opened: VecDeque<Arc<Opened>>,
}

struct Laid {
    name: CString,
    stream: Box<dyn FilmStream>,
}

/// A stream that libmpv has open.
struct Opened {
    /// `None` once it is closed.
    stream: Mutex<Option<Box<dyn FilmStream>>>,
    size: u64,
    cancel: Cancel,
    /// Is somebody reading at this moment?
    reading: AtomicBool,
}

impl Shelf {
    /// Lays a text down; what still lay there goes. Answers the name by which it is opened.
    pub(super) fn lay_text(&self, text: Arc<str>) -> CString {
        self.lay(Box::new(Text { text, at: 0 }))
    }

    /// Lays a film down; what still lay there goes. Answers the name by which it is opened.
    pub(super) fn lay(&self, stream: Box<dyn FilmStream>) -> CString {
        let mut things = self.things();
        things.count += 1;
        let name = format!("{}://{}", PROTOCOL.to_string_lossy(), things.count);
        let name = c_text(name).expect("no nul in a name of our own");
        things.laid = Some(Laid { name: name.clone(), stream });
        name
    }

    /// Takes away what lies there.
    pub(super) fn clear(&self) {
        self.things().laid = None;
    }

    /// Does libmpv wait for bytes at this moment?
    pub(super) fn is_waited_for(&self) -> bool {
        self.things().opened.iter().any(|opened| opened.reading.load(Ordering::Acquire))
    }

    fn open(&self, name: &CStr) -> Option<Arc<Opened>> {
        let mut things = self.things();
        let Laid { stream, .. } = things.laid.take_if(|laid| *laid.name == *name)?;
        let opened = Arc::new(Opened {
            size: stream.size(),
            cancel: stream.canceller(),
            stream: Mutex::new(Some(stream)),
            reading: AtomicBool::new(false),
        });
        if things.opened.len() == REMEMBERED {
            things.opened.pop_front();
        }
        things.opened.push_back(Arc::clone(&opened));
        Some(opened)
    }

    fn things(&self) -> MutexGuard<'_, Things> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Opened {
    fn read(&self, target: &mut [u8]) -> io::Result<usize> {
        self.reading.store(true, Ordering::Release);
        let result = self.with_stream(|stream| stream.read(target));
        self.reading.store(false, Ordering::Release);
        result
    }

    fn seek(&self, to: u64) -> io::Result<()> {
        self.with_stream(|stream| stream.seek(to))
    }

    fn close(&self) {
        self.stream.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn with_stream<T>(
        &self,
        act: impl FnOnce(&mut dyn FilmStream) -> io::Result<T>,
    ) -> io::Result<T> {
        let mut stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        act(stream.as_mut().ok_or(io::ErrorKind::NotConnected)?.as_mut())
    }
}

/// A text that is being read.
struct Text {
    text: Arc<str>,
    at: usize,
}

impl FilmStream for Text {
    fn head(&self, _: &mut [u8]) -> bool {
        false
    }

    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let rest = &self.text.as_bytes()[self.at..];
        let count = rest.len().min(target.len());
        target[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        Ok(count)
    }

    fn seek(&mut self, to: u64) -> io::Result<()> {
        let to = usize::try_from(to).ok().filter(|to| *to <= self.text.len());
        self.at = to.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(())
    }

    fn size(&self) -> u64 {
        self.text.len() as u64
    }

    /// It never waits.
    fn canceller(&self) -> Cancel {
        Box::new(|| ())
    }
}

/// # Safety
/// `shelf` is a live [`Shelf`], `address` a C string, `info` may be written.
pub(super) unsafe extern "C" fn open(
    shelf: *mut c_void,
    address: *mut c_char,
    info: *mut StreamInfo,
) -> c_int {
    // SAFETY: as above.
    let (shelf, address, info) =
        unsafe { (&*shelf.cast::<Shelf>(), CStr::from_ptr(address), &mut *info) };
    let Some(opened) = shelf.open(address) else { return ffi::ERROR_LOADING_FAILED };
    info.cookie = Arc::into_raw(opened).cast_mut().cast();
    info.read = Some(read);
    info.seek = Some(seek);
    info.size = Some(size);
    info.close = Some(close);
    info.cancel = Some(cancel);
    0
}

/// # Safety
/// `stream` came from [`open`] and is not closed; `count` bytes at `target` are free.
unsafe extern "C" fn read(stream: *mut c_void, target: *mut c_char, count: u64) -> i64 {
    let Ok(count) = usize::try_from(count) else { return ffi::ERROR_UNSUPPORTED };
    // SAFETY: as above.
    let (stream, target) = unsafe {
        target.write_bytes(0, count);
        (&*stream.cast::<Opened>(), std::slice::from_raw_parts_mut(target.cast::<u8>(), count))
    };
    match stream.read(target) {
        Ok(count) => i64::try_from(count).unwrap_or(ffi::ERROR_UNSUPPORTED),
        Err(error) => {
            tracing::debug!(%error, "libmpv was given nothing to read");
            ffi::ERROR_GENERIC
        }
    }
}

/// # Safety
/// `stream` came from [`open`] and is not closed.
unsafe extern "C" fn seek(stream: *mut c_void, to: i64) -> i64 {
    // SAFETY: as above.
    let stream = unsafe { &*stream.cast::<Opened>() };
    let sought = u64::try_from(to).is_ok_and(|to| stream.seek(to).is_ok());
    if sought { to } else { ffi::ERROR_UNSUPPORTED }
}

/// # Safety
/// As for [`seek`].
unsafe extern "C" fn size(stream: *mut c_void) -> i64 {
    // SAFETY: as above.
    let stream = unsafe { &*stream.cast::<Opened>() };
    i64::try_from(stream.size).unwrap_or(ffi::ERROR_UNSUPPORTED)
}

/// # Safety
/// `stream` came from [`open`] and is closed once. Only [`cancel`] may be called with it after this.
unsafe extern "C" fn close(stream: *mut c_void) {
    // SAFETY: made by `Arc::into_raw` in `open`, and given back once.
    let stream = unsafe { Arc::from_raw(stream.cast::<Opened>()) };
    stream.close();
}

/// # Safety
/// `stream` came from [`open`] and is open, or among the last [`REMEMBERED`] that were opened.
unsafe extern "C" fn cancel(stream: *mut c_void) {
    // SAFETY: as above: either libmpv or the shelf still holds it.
    let stream = unsafe { &*stream.cast::<Opened>() };
    (stream.cancel)();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_in_pieces_to_its_end_and_from_any_place() {
        let mut text = Text { text: "subtitles".into(), at: 0 };
        let mut piece = [0; 4];
        assert_eq!((text.read(&mut piece).unwrap(), &piece), (4, b"subt"));
        assert_eq!(text.read(&mut [0; 100]).unwrap(), 5);
        assert_eq!(text.read(&mut piece).unwrap(), 0);
        assert!(text.seek(9).is_ok() && text.read(&mut piece).unwrap() == 0);
        assert!(text.seek(10).is_err());
        assert!(text.seek(3).is_ok() && text.read(&mut piece).unwrap() == 4);
        assert_eq!(&piece, b"titl");
    }

    #[test]
    fn what_lies_on_the_shelf_is_opened_once_and_by_its_own_name() {
        let shelf = Shelf::default();
        let first = shelf.lay_text("a".into());
        let second = shelf.lay_text("bb".into());
        assert!(shelf.open(&first).is_none());
        let opened = shelf.open(&second).unwrap();
        assert_eq!((opened.size, opened.read(&mut [0; 9]).unwrap()), (2, 2));
        assert!(shelf.open(&second).is_none());
        let third = shelf.lay_text("c".into());
        shelf.clear();
        assert!(shelf.open(&third).is_none());
    }

    #[test]
    fn what_is_closed_can_still_be_cancelled_but_not_read() {
        let shelf = Shelf::default();
        let mut info = StreamInfo {
            cookie: std::ptr::null_mut(),
            read: None,
            seek: None,
            size: None,
            close: None,
            cancel: None,
        };
        let name = shelf.lay_text("text".into());
        // SAFETY: a live shelf, a name and a place for the answer; closed once, then only cancelled.
        unsafe {
            let shelf = (&raw const shelf).cast_mut().cast();
            assert_eq!(open(shelf, name.as_ptr().cast_mut(), &raw mut info), 0);
            assert_eq!(size(info.cookie), 4);
            assert_eq!(seek(info.cookie, -1), ffi::ERROR_UNSUPPORTED);
            close(info.cookie);
            cancel(info.cookie);
        }
        assert!(shelf.things().opened[0].read(&mut [0]).is_err());
        assert!(!shelf.is_waited_for());
    }
}
