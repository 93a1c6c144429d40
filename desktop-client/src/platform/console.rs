//! The console from which the program was started. On Windows a program with windows has none of its own, or
//! an empty one would stand beside them; what it prints is to be seen where its command was typed.

/// From now on what is printed goes there, unless it was sent elsewhere. Where there is no console it goes nowhere.
#[cfg(windows)]
pub fn join() {
    /// Windows' word for whoever started us.
    const PARENT: u32 = u32::MAX;
    unsafe extern "system" {
        fn AttachConsole(process: u32) -> i32;
    }
    // SAFETY: It takes a number, and answers whether there was a console.
    unsafe { AttachConsole(PARENT) };
}

/// Other systems know no difference.
#[cfg(not(windows))]
pub fn join() {}
