//! What the desktop is asked for: to tell the person something while the window is not looked at, and to
//! stay awake while a film plays. On a thread of its own, since the desktop's services may be slow or absent.

use std::sync::mpsc::{self, SyncSender};
use std::thread::JoinHandle;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
mod windows;

#[cfg(target_os = "linux")]
use linux::Services;
#[cfg(target_os = "macos")]
use macos::Services;
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
use windows::Services;

/// So much may wait to be said; what does not fit is not said.
const WAITING: usize = 8;
/// The longest text of a message, in characters.
const LONGEST: usize = 200;

enum Wish {
    Tell { title: String, text: String },
    Awake(bool),
}

/// The desktop, until it is dropped: then it may sleep again.
#[derive(Debug)]
pub struct Desktop {
    wishes: Option<SyncSender<Wish>>,
    thread: Option<JoinHandle<()>>,
    awake: bool,
}

impl Desktop {
    /// Starts the thread; without one nothing is told and the computer sleeps when it wants.
    pub fn start() -> Self {
        let (wishes, wished) = mpsc::sync_channel(WAITING);
        let run = move || {
            let mut services = Services::new();
            for wish in wished {
                match wish {
                    Wish::Tell { title, text } => services.tell(&title, &text),
                    Wish::Awake(awake) => services.awake(awake),
                }
            }
            services.awake(false);
        };
        let thread = std::thread::Builder::new().name("desktop".to_owned()).spawn(run);
        let thread = thread.inspect_err(|error| tracing::warn!(%error, "no word to the desktop"));
        Self { wishes: Some(wishes), thread: thread.ok(), awake: false }
    }

    /// Shows a message; the next one takes its place.
    pub fn tell(&self, title: &str, text: &str) {
        let cut = |text: &str| text.chars().take(LONGEST).collect();
        if let Some(wishes) = &self.wishes {
            // When the desktop is slow, the message that waits is as good as this one.
            let _ = wishes.try_send(Wish::Tell { title: cut(title), text: cut(text) });
        }
    }

    /// Keeps the screen on, or no longer. To be called again and again: what did not fit is tried again.
    pub fn keep_awake(&mut self, awake: bool) {
        if let Some(wishes) = self.wishes.as_ref().filter(|_| self.awake != awake)
            && wishes.try_send(Wish::Awake(awake)).is_ok()
        {
            self.awake = awake;
        }
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        drop(self.wishes.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the desktop's thread panicked");
        }
    }
}
