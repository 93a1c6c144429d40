//! One libmpv instance, made safe to use: owns its handle and turns its events into Rust values. What is
//! asked of it belongs to `options`, `engine` and `renderer`.

use std::ffi::{CStr, CString, c_int, c_void};
use std::ptr::NonNull;

use super::PlayerError;
use super::ffi::{self, Functions, RawEndFile, RawEvent, RawLogMessage, RawNode, RawStartFile};
use super::shelf::{self, Shelf};

/// An error number of libmpv, always negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MpvCode(pub(super) c_int);

/// A property whose changes come as events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Watched {
    /// Playback waits for input.
    PausedForCache,
    /// The last frame was reached.
    EofReached,
    /// How much of what it waits for is there.
    CacheFill,
    /// The list of tracks, and which are chosen.
    Tracks,
    /// What the sound goes to.
    AudioDriver,
    /// The list of audio devices; only once that has been read.
    AudioDevices,
}

impl Watched {
    const ALL: [(&'static CStr, c_int, Watched); 6] = [
        (c"paused-for-cache", ffi::FORMAT_FLAG, Watched::PausedForCache),
        (c"eof-reached", ffi::FORMAT_FLAG, Watched::EofReached),
        (c"cache-buffering-state", ffi::FORMAT_NONE, Watched::CacheFill),
        (c"track-list", ffi::FORMAT_NONE, Watched::Tracks),
        (c"current-ao", ffi::FORMAT_NONE, Watched::AudioDriver),
        (c"audio-device-list", ffi::FORMAT_NONE, Watched::AudioDevices),
    ];

    /// The one that was observed under this number.
    fn by_id(id: u64) -> Option<Self> {
        Self::ALL.get(usize::try_from(id).ok()?).map(|(.., watched)| *watched)
    }
}

/// What libmpv reported.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum MpvEvent {
    /// Nothing before the time-out, or a wake-up.
    Nothing,
    /// It ended itself.
    Shutdown,
    /// It begins to open the entry.
    FileStarted { entry: i64 },
    /// The headers are read.
    FileLoaded,
    /// It is done with the entry.
    FileEnded { entry: i64, why: EndReason },
    /// A seek begins.
    SeekStarted,
    /// First picture and sound after opening or a seek are ready.
    Primed,
    /// A watched property changed; its value, if it is a yes or no.
    Changed(Watched, bool),
    /// A line of its log.
    Log { level: String, prefix: String, text: String },
    /// Something that the player does not use.
    Other,
}

/// Why libmpv is done with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EndReason {
    /// Stopped, replaced or played to its end.
    Normal,
    /// It cannot be played.
    Error(MpvCode),
    /// It was a list of other files.
    Redirect,
}

/// One libmpv instance; destroyed with the last owner.
pub(super) struct Mpv {
    functions: &'static Functions,
    raw: NonNull<c_void>,
    /// What libmpv's streams of ours point to; boxed, so that its address stays.
    shelf: Box<Shelf>,
}

// SAFETY: libmpv's client API may be called from any thread; only `wait_event` is for one thread at a
// time, which `next_event` asks of its callers.
unsafe impl Send for Mpv {}
// SAFETY: as above.
unsafe impl Sync for Mpv {}

impl Mpv {
    /// A new instance; `prepare` sets the options that must stand before it starts.
    pub(super) fn start(
        functions: &'static Functions,
        prepare: impl FnOnce(&Mpv) -> Result<(), PlayerError>,
    ) -> Result<Self, PlayerError> {
        // SAFETY: takes nothing; null means failure.
        let raw = NonNull::new(unsafe { (functions.create)() }).ok_or(PlayerError::Start {
            why: "out of memory, or a number format other than \"C\"".to_owned(),
        })?;
        let mpv = Self { functions, raw, shelf: Box::default() };
        prepare(&mpv)?;
        // SAFETY: a live, not yet initialised handle.
        mpv.check(unsafe { (functions.initialize)(mpv.raw()) })
            .map_err(|code| PlayerError::Start { why: mpv.describe(code) })?;
        for (id, (name, format, _)) in (0..).zip(Watched::ALL) {
            // SAFETY: a live handle and a constant name.
            let watched =
                unsafe { (functions.observe_property)(mpv.raw(), id, name.as_ptr(), format) };
            mpv.check(watched).map_err(|code| PlayerError::Start { why: mpv.describe(code) })?;
        }
        // SAFETY: a live handle, a constant name, and a shelf that outlives the handle.
        let offered = unsafe {
            let shelf = (&raw const *mpv.shelf).cast_mut().cast();
            (functions.stream_cb_add_ro)(mpv.raw(), shelf::PROTOCOL.as_ptr(), shelf, shelf::open)
        };
        mpv.check(offered).map_err(|code| PlayerError::Start { why: mpv.describe(code) })?;
        // SAFETY: a live handle and a constant level.
        unsafe { (functions.request_log_messages)(mpv.raw(), c"warn".as_ptr()) };
        Ok(mpv)
    }

    pub(super) fn functions(&self) -> &'static Functions {
        self.functions
    }

    pub(super) fn raw(&self) -> ffi::RawHandle {
        self.raw.as_ptr()
    }

    /// Where is laid down what libmpv is to open and is no file.
    pub(super) fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    /// libmpv's own words for an error.
    pub(super) fn describe(&self, code: MpvCode) -> String {
        // SAFETY: answers a constant string for any number.
        let words = unsafe { CStr::from_ptr((self.functions.error_string)(code.0)) };
        words.to_string_lossy().into_owned()
    }

    /// Sets an option before the start. `Ok(false)`: this libmpv was built without it.
    pub(super) fn set_option(&self, name: &CStr, value: &CStr) -> Result<bool, MpvCode> {
        // SAFETY: a live handle and two strings that are copied.
        let code = unsafe {
            (self.functions.set_option_string)(self.raw(), name.as_ptr(), value.as_ptr())
        };
        match self.check(code) {
            Ok(()) => Ok(true),
            Err(MpvCode(ffi::ERROR_OPTION_NOT_FOUND)) => Ok(false),
            Err(code) => Err(code),
        }
    }

    /// Runs a command and waits until libmpv has accepted it.
    pub(super) fn command(&self, arguments: &[&CStr]) -> Result<(), MpvCode> {
        let pointers = null_terminated(arguments);
        // SAFETY: a live handle and a null-terminated list of strings that outlive the call.
        self.check(unsafe { (self.functions.command)(self.raw(), pointers.as_ptr()) })
    }

    /// Runs a command whose answer is a map, and returns one integer of it.
    pub(super) fn command_for_integer(
        &self,
        arguments: &[&CStr],
        key: &CStr,
    ) -> Result<Option<i64>, MpvCode> {
        let pointers = null_terminated(arguments);
        let mut node = RawNode { value: ffi::RawNodeValue { int64: 0 }, format: 0 };
        // SAFETY: as in `command`; the node is written only on success.
        let code =
            unsafe { (self.functions.command_ret)(self.raw(), pointers.as_ptr(), &mut node) };
        self.check(code)?;
        // SAFETY: libmpv has just filled the node.
        let found = unsafe { integer_of_map(&node, key) };
        // SAFETY: the node is libmpv's and nothing of it is used after this.
        unsafe { (self.functions.free_node_contents)(&mut node) };
        Ok(found)
    }

    pub(super) fn set_text(&self, name: &CStr, value: &CStr) -> Result<(), MpvCode> {
        // SAFETY: a live handle and two strings that are copied.
        self.check(unsafe {
            (self.functions.set_property_string)(self.raw(), name.as_ptr(), value.as_ptr())
        })
    }

    pub(super) fn set_flag(&self, name: &CStr, value: bool) -> Result<(), MpvCode> {
        self.set(name, ffi::FORMAT_FLAG, c_int::from(value))
    }

    pub(super) fn set_number(&self, name: &CStr, value: f64) -> Result<(), MpvCode> {
        self.set(name, ffi::FORMAT_DOUBLE, value)
    }

    pub(super) fn set_integer(&self, name: &CStr, value: i64) -> Result<(), MpvCode> {
        self.set(name, ffi::FORMAT_INT64, value)
    }

    /// A number; `None` while there is none.
    pub(super) fn number(&self, name: &CStr) -> Option<f64> {
        self.get(name, ffi::FORMAT_DOUBLE, 0.0f64).filter(|number| number.is_finite())
    }

    pub(super) fn integer(&self, name: &CStr) -> Option<i64> {
        self.get(name, ffi::FORMAT_INT64, 0i64)
    }

    pub(super) fn flag(&self, name: &CStr) -> Option<bool> {
        self.get(name, ffi::FORMAT_FLAG, 0 as c_int).map(|flag| flag != 0)
    }

    pub(super) fn text(&self, name: &CStr) -> Option<String> {
        let pointer = self.get(name, ffi::FORMAT_STRING, std::ptr::null_mut::<i8>())?;
        if pointer.is_null() {
            return None;
        }
        // SAFETY: libmpv answered a nul-terminated string that is ours until it is freed below.
        let text = unsafe { CStr::from_ptr(pointer.cast()) }.to_string_lossy().into_owned();
        // SAFETY: allocated by libmpv, freed once.
        unsafe { (self.functions.free)(pointer.cast()) };
        Some(text)
    }

    /// Waits for the next event. Only the thread that owns the playback may call this.
    pub(super) fn next_event(&self, timeout_secs: f64) -> MpvEvent {
        // SAFETY: a live handle; the event stays valid until the next call, and one thread calls.
        unsafe {
            let event = (self.functions.wait_event)(self.raw(), timeout_secs);
            if event.is_null() { MpvEvent::Nothing } else { read_event(&*event) }
        }
    }

    /// Makes the waiting [`Mpv::next_event`], or the next one, return at once. From any thread.
    pub(super) fn wake(&self) {
        // SAFETY: a live handle; allowed from any thread.
        unsafe { (self.functions.wakeup)(self.raw()) };
    }

    fn set<T>(&self, name: &CStr, format: c_int, mut value: T) -> Result<(), MpvCode> {
        // SAFETY: a live handle, a string, and a value of the type that the format names (the callers
        // above pair them), read during the call.
        self.check(unsafe {
            (self.functions.set_property)(
                self.raw(),
                name.as_ptr(),
                format,
                (&raw mut value).cast::<c_void>(),
            )
        })
    }

    fn get<T>(&self, name: &CStr, format: c_int, mut value: T) -> Option<T> {
        // SAFETY: as in `set`; libmpv writes one value of the format's type.
        let code = unsafe {
            (self.functions.get_property)(
                self.raw(),
                name.as_ptr(),
                format,
                (&raw mut value).cast::<c_void>(),
            )
        };
        self.check(code).ok().map(|()| value)
    }

    fn check(&self, code: c_int) -> Result<(), MpvCode> {
        if code < 0 { Err(MpvCode(code)) } else { Ok(()) }
    }
}

impl Drop for Mpv {
    fn drop(&mut self) {
        // SAFETY: the last owner goes, so no call is in progress and none follows.
        unsafe { (self.functions.terminate_destroy)(self.raw()) };
    }
}

/// A C string, or `None` if the text has a nul byte inside.
pub(super) fn c_text(text: impl Into<Vec<u8>>) -> Option<CString> {
    CString::new(text).ok()
}

fn null_terminated(arguments: &[&CStr]) -> Vec<*const std::ffi::c_char> {
    arguments.iter().map(|text| text.as_ptr()).chain([std::ptr::null()]).collect()
}

/// # Safety
/// `node` was filled by libmpv and not freed.
unsafe fn integer_of_map(node: &RawNode, key: &CStr) -> Option<i64> {
    if node.format != ffi::FORMAT_NODE_MAP {
        return None;
    }
    // SAFETY: the format says that the value is a list with keys; `num` entries of both are there.
    unsafe {
        let list = &*node.value.list;
        (0..usize::try_from(list.num).unwrap_or(0)).find_map(|index| {
            let value = &*list.values.add(index);
            let name = CStr::from_ptr(*list.keys.add(index));
            if name == key && value.format == ffi::FORMAT_INT64 {
                Some(value.value.int64)
            } else {
                None
            }
        })
    }
}

/// # Safety
/// `event` came from libmpv and is still valid.
unsafe fn read_event(event: &RawEvent) -> MpvEvent {
    // SAFETY: the event's number says what its data points to.
    unsafe {
        match event.event_id {
            ffi::EVENT_NONE => MpvEvent::Nothing,
            ffi::EVENT_SHUTDOWN => MpvEvent::Shutdown,
            ffi::EVENT_START_FILE => {
                let file = &*event.data.cast::<RawStartFile>();
                MpvEvent::FileStarted { entry: file.playlist_entry_id }
            }
            ffi::EVENT_FILE_LOADED => MpvEvent::FileLoaded,
            ffi::EVENT_END_FILE => {
                let file = &*event.data.cast::<RawEndFile>();
                let why = match file.reason {
                    ffi::END_FILE_REASON_ERROR => EndReason::Error(MpvCode(file.error)),
                    ffi::END_FILE_REASON_REDIRECT => EndReason::Redirect,
                    _ => EndReason::Normal,
                };
                MpvEvent::FileEnded { entry: file.playlist_entry_id, why }
            }
            ffi::EVENT_SEEK => MpvEvent::SeekStarted,
            ffi::EVENT_PLAYBACK_RESTART => MpvEvent::Primed,
            ffi::EVENT_PROPERTY_CHANGE => {
                let property = &*event.data.cast::<ffi::RawProperty>();
                match Watched::by_id(event.reply_userdata) {
                    Some(watched) if property.format == ffi::FORMAT_FLAG => {
                        MpvEvent::Changed(watched, *property.data.cast::<c_int>() != 0)
                    }
                    // No value: there is no film, so it neither waits nor stands at its end.
                    Some(watched) => MpvEvent::Changed(watched, false),
                    None => MpvEvent::Other,
                }
            }
            ffi::EVENT_LOG_MESSAGE => {
                let line = &*event.data.cast::<RawLogMessage>();
                let text = |pointer| CStr::from_ptr(pointer).to_string_lossy().trim().to_owned();
                MpvEvent::Log {
                    level: text(line.level),
                    prefix: text(line.prefix),
                    text: text(line.text),
                }
            }
            _ => MpvEvent::Other,
        }
    }
}
