//! The part of libmpv's C interface that the player uses, as types, numbers and a table of functions
//! filled at run time. Owns the declarations; where the library lies is `library`, how it is used safely
//! is `handle` and `renderer`.
//!
//! Facts from mpv's `client.h`, `render.h` and `render_gl.h`, client API 1.108 (mpv 0.33) to 2.x.

use std::ffi::{CStr, c_char, c_int, c_ulong, c_void};

/// `mpv_handle`, opaque.
pub(super) type RawHandle = *mut c_void;
/// `mpv_render_context`, opaque.
pub(super) type RawRenderer = *mut c_void;

pub(super) const FORMAT_NONE: c_int = 0;
pub(super) const FORMAT_STRING: c_int = 1;
pub(super) const FORMAT_FLAG: c_int = 3;
pub(super) const FORMAT_INT64: c_int = 4;
pub(super) const FORMAT_DOUBLE: c_int = 5;
pub(super) const FORMAT_NODE_MAP: c_int = 8;

pub(super) const EVENT_NONE: c_int = 0;
pub(super) const EVENT_SHUTDOWN: c_int = 1;
pub(super) const EVENT_LOG_MESSAGE: c_int = 2;
pub(super) const EVENT_START_FILE: c_int = 6;
pub(super) const EVENT_END_FILE: c_int = 7;
pub(super) const EVENT_FILE_LOADED: c_int = 8;
pub(super) const EVENT_SEEK: c_int = 20;
pub(super) const EVENT_PLAYBACK_RESTART: c_int = 21;
pub(super) const EVENT_PROPERTY_CHANGE: c_int = 22;

pub(super) const ERROR_OPTION_NOT_FOUND: c_int = -5;
pub(super) const ERROR_UNSUPPORTED: i64 = -18;
pub(super) const ERROR_GENERIC: i64 = -20;
pub(super) const ERROR_LOADING_FAILED: c_int = -13;
pub(super) const ERROR_NOTHING_TO_PLAY: c_int = -16;
pub(super) const ERROR_UNKNOWN_FORMAT: c_int = -17;

pub(super) const END_FILE_REASON_ERROR: c_int = 4;
pub(super) const END_FILE_REASON_REDIRECT: c_int = 5;

pub(super) const RENDER_API_TYPE: c_int = 1;
pub(super) const RENDER_OPENGL_INIT_PARAMS: c_int = 2;
pub(super) const RENDER_OPENGL_FBO: c_int = 3;
pub(super) const RENDER_FLIP_Y: c_int = 4;
pub(super) const RENDER_BLOCK_FOR_TARGET_TIME: c_int = 12;
pub(super) const RENDER_UPDATE_FRAME: u64 = 1;
pub(super) const RENDER_API_OPENGL: &CStr = c"opengl";

/// `mpv_event`.
#[repr(C)]
pub(super) struct RawEvent {
    pub(super) event_id: c_int,
    pub(super) error: c_int,
    pub(super) reply_userdata: u64,
    pub(super) data: *mut c_void,
}

/// `mpv_event_property`.
#[repr(C)]
pub(super) struct RawProperty {
    pub(super) name: *const c_char,
    pub(super) format: c_int,
    pub(super) data: *mut c_void,
}

/// `mpv_event_log_message`.
#[repr(C)]
pub(super) struct RawLogMessage {
    pub(super) prefix: *const c_char,
    pub(super) level: *const c_char,
    pub(super) text: *const c_char,
    pub(super) log_level: c_int,
}

/// `mpv_event_start_file`.
#[repr(C)]
pub(super) struct RawStartFile {
    pub(super) playlist_entry_id: i64,
}

/// The leading fields of `mpv_event_end_file`.
#[repr(C)]
pub(super) struct RawEndFile {
    pub(super) reason: c_int,
    pub(super) error: c_int,
    pub(super) playlist_entry_id: i64,
}

/// `mpv_stream_cb_info`.
#[repr(C)]
pub(super) struct StreamInfo {
    pub(super) cookie: *mut c_void,
    pub(super) read: Option<unsafe extern "C" fn(*mut c_void, *mut c_char, u64) -> i64>,
    pub(super) seek: Option<unsafe extern "C" fn(*mut c_void, i64) -> i64>,
    pub(super) size: Option<unsafe extern "C" fn(*mut c_void) -> i64>,
    pub(super) close: Option<unsafe extern "C" fn(*mut c_void)>,
    pub(super) cancel: Option<unsafe extern "C" fn(*mut c_void)>,
}

/// `mpv_stream_cb_open_ro_fn`.
pub(super) type OpenStream =
    unsafe extern "C" fn(*mut c_void, *mut c_char, *mut StreamInfo) -> c_int;

/// The value of a [`RawNode`]; the format says which field is alive.
#[repr(C)]
pub(super) union RawNodeValue {
    pub(super) int64: i64,
    pub(super) double: f64,
    pub(super) list: *mut RawNodeList,
}

/// `mpv_node`.
#[repr(C)]
pub(super) struct RawNode {
    pub(super) value: RawNodeValue,
    pub(super) format: c_int,
}

/// `mpv_node_list`.
#[repr(C)]
pub(super) struct RawNodeList {
    pub(super) num: c_int,
    pub(super) values: *mut RawNode,
    pub(super) keys: *mut *mut c_char,
}

/// `mpv_render_param`.
#[repr(C)]
pub(super) struct RenderParam {
    pub(super) kind: c_int,
    pub(super) data: *mut c_void,
}

impl RenderParam {
    /// The entry that ends a list of parameters.
    pub(super) const END: RenderParam = RenderParam { kind: 0, data: std::ptr::null_mut() };
}

/// `mpv_opengl_init_params`, with the trailing field that API 1 still had.
#[repr(C)]
pub(super) struct OpenGlInit {
    pub(super) get_proc_address: unsafe extern "C" fn(*mut c_void, *const c_char) -> *mut c_void,
    pub(super) get_proc_address_ctx: *mut c_void,
    pub(super) extra_exts: *const c_char,
}

/// `mpv_opengl_fbo`.
#[repr(C)]
pub(super) struct OpenGlFbo {
    pub(super) fbo: c_int,
    pub(super) w: c_int,
    pub(super) h: c_int,
    pub(super) internal_format: c_int,
}

/// Declares the table and how it is filled, so that a name, its field and its type stand in one place.
macro_rules! function_table {
    ($($field:ident: $symbol:literal = fn($($argument:ty),*) $(-> $result:ty)?;)+) => {
        /// libmpv's functions.
        pub(super) struct Functions {
            $(pub(super) $field: unsafe extern "C" fn($($argument),*) $(-> $result)?,)+
        }

        impl Functions {
            /// Looks every function up; says which one is missing.
            ///
            /// # Safety
            /// `library` is libmpv and is never unloaded.
            pub(super) unsafe fn load(library: &libloading::Library) -> Result<Self, &'static str> {
                Ok(Self {
                    // SAFETY: the types are those of mpv's headers, and the caller vouches for the library.
                    $($field: unsafe { *library.get($symbol).map_err(|_| stringify!($field))? },)+
                })
            }
        }
    };
}

function_table! {
    client_api_version: b"mpv_client_api_version\0" = fn() -> c_ulong;
    create: b"mpv_create\0" = fn() -> RawHandle;
    initialize: b"mpv_initialize\0" = fn(RawHandle) -> c_int;
    terminate_destroy: b"mpv_terminate_destroy\0" = fn(RawHandle);
    error_string: b"mpv_error_string\0" = fn(c_int) -> *const c_char;
    free: b"mpv_free\0" = fn(*mut c_void);
    free_node_contents: b"mpv_free_node_contents\0" = fn(*mut RawNode);
    set_option_string: b"mpv_set_option_string\0" = fn(RawHandle, *const c_char, *const c_char) -> c_int;
    command: b"mpv_command\0" = fn(RawHandle, *const *const c_char) -> c_int;
    command_ret: b"mpv_command_ret\0" = fn(RawHandle, *const *const c_char, *mut RawNode) -> c_int;
    set_property: b"mpv_set_property\0" = fn(RawHandle, *const c_char, c_int, *mut c_void) -> c_int;
    set_property_string: b"mpv_set_property_string\0" = fn(RawHandle, *const c_char, *const c_char) -> c_int;
    get_property: b"mpv_get_property\0" = fn(RawHandle, *const c_char, c_int, *mut c_void) -> c_int;
    observe_property: b"mpv_observe_property\0" = fn(RawHandle, u64, *const c_char, c_int) -> c_int;
    request_log_messages: b"mpv_request_log_messages\0" = fn(RawHandle, *const c_char) -> c_int;
    stream_cb_add_ro: b"mpv_stream_cb_add_ro\0" =
        fn(RawHandle, *const c_char, *mut c_void, OpenStream) -> c_int;
    wait_event: b"mpv_wait_event\0" = fn(RawHandle, f64) -> *mut RawEvent;
    wakeup: b"mpv_wakeup\0" = fn(RawHandle);
    render_create: b"mpv_render_context_create\0" = fn(*mut RawRenderer, RawHandle, *mut RenderParam) -> c_int;
    render_set_update_callback: b"mpv_render_context_set_update_callback\0" =
        fn(RawRenderer, Option<unsafe extern "C" fn(*mut c_void)>, *mut c_void);
    render_update: b"mpv_render_context_update\0" = fn(RawRenderer) -> u64;
    render_render: b"mpv_render_context_render\0" = fn(RawRenderer, *mut RenderParam) -> c_int;
    render_report_swap: b"mpv_render_context_report_swap\0" = fn(RawRenderer);
    render_free: b"mpv_render_context_free\0" = fn(RawRenderer);
}
