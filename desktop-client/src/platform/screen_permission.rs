//! Whether the system lets this program look at the screen before a person has said yes.

/// Will the system ask the person first, and show an empty desktop until then?
#[cfg(target_os = "macos")]
pub fn asks_first() -> bool {
    #[link(name = "CoreGraphics", kind = "framework")]
    // SAFETY: the declaration is that of the framework's header (macOS 10.15); it takes and keeps nothing.
    unsafe extern "C" {
        safe fn CGPreflightScreenCaptureAccess() -> bool;
    }
    !CGPreflightScreenCaptureAccess()
}

/// Here no program needs to be let; where the system has a dialog of its own (Wayland), that is its
/// way of asking.
#[cfg(not(target_os = "macos"))]
pub fn asks_first() -> bool {
    false
}
