//! The desktop of Windows: it is told to keep the screen on. Messages outside of the window need an
//! installed program there; its button in the task bar, which the window lights up, has to do.

const ES_CONTINUOUS: u32 = 0x8000_0000;
const ES_SYSTEM_REQUIRED: u32 = 0x0000_0001;
const ES_DISPLAY_REQUIRED: u32 = 0x0000_0002;

/// The services. What is set holds for the thread that set it.
pub(super) struct Services;

impl Services {
    pub(super) fn new() -> Self {
        Self
    }

    #[expect(clippy::unused_self, reason = "the other systems need it")]
    pub(super) fn tell(&mut self, _title: &str, _text: &str) {}

    #[expect(clippy::unused_self, reason = "the other systems need it")]
    pub(super) fn awake(&mut self, awake: bool) {
        let kept = if awake { ES_SYSTEM_REQUIRED | ES_DISPLAY_REQUIRED } else { 0 };
        if set(ES_CONTINUOUS | kept) == 0 {
            tracing::debug!("the screen may sleep");
        }
    }
}

#[cfg(windows)]
fn set(state: u32) -> u32 {
    #[link(name = "kernel32")]
    // SAFETY: the declaration is that of winbase.h; it takes flags and keeps nothing of ours.
    unsafe extern "system" {
        safe fn SetThreadExecutionState(flags: u32) -> u32;
    }
    SetThreadExecutionState(state)
}

/// Other systems are not known here.
#[cfg(not(windows))]
fn set(_state: u32) -> u32 {
    0
}
