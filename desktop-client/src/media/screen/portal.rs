//! Wayland, where programs may not list or grab screens themselves: the system's own dialog asks what is
//! to be shared, and its pictures come through GStreamer's PipeWire plugin, in a child process that is
//! installed wherever there is such a dialog, or can be.

mod dialog;

use std::io::{self, BufReader};
use std::os::fd::OwnedFd;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use cinemasync_core::frame::VideoFrame;
use cinemasync_core::screen::{ScreenItem, ScreenSource};

use super::grabber::Grabber;
use super::pictures::Pictures;
use crate::media::camera::y4m::Y4mReader;
use crate::media::worker::{Latest, Taken, Worker};
use dialog::{Cast, Dialog};

/// The first picture may take this long: some systems start a service for it.
const TO_SHOW: Duration = Duration::from_secs(10);

/// Ends a dialog that nobody has answered.
#[derive(Clone, Default)]
pub(super) struct Cancel(Arc<Mutex<Option<Dialog>>>);

impl Cancel {
    /// Ends it, if it is open.
    pub(super) fn now(&self) {
        if let Some(dialog) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            dialog.end();
        }
    }
}

/// Is this a session in which screens are shared through the dialog alone?
pub(super) fn is_needed() -> bool {
    std::env::var_os("WAYLAND_DISPLAY").is_some_and(|name| !name.is_empty())
}

/// Is the system's dialog there? A sentence if it is not.
pub(super) fn look() -> Result<(), String> {
    let dialog = Dialog::open()?;
    let found = dialog.is_offered();
    dialog.end();
    found
}

/// What stands for the dialog among what can be shared.
pub(super) fn item() -> ScreenItem {
    ScreenItem {
        source: ScreenSource::Portal,
        title: "What you choose in the system's dialog".to_owned(),
        program: String::new(),
        width: 0,
        height: 0,
    }
}

/// Shows what a person chose until that ends.
pub(super) struct PortalGrabber {
    /// Declared first, so ended first: the reader waits for it.
    _source: Source,
    _reader: Worker,
    frames: Latest<VideoFrame>,
    latest: Option<VideoFrame>,
    item: ScreenItem,
    untold: bool,
    /// Until when the first picture is waited for; `None` once it came.
    deadline: Option<Instant>,
    /// Closes the share when it goes.
    _cast: Cast,
}

/// The process that the pictures come from.
struct Source(Child);

impl Drop for Source {
    fn drop(&mut self) {
        // It may have ended by itself; either way nothing of it may remain.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl PortalGrabber {
    /// Asks what is to be shared and waits for the answer.
    pub(super) fn open(cancel: &Cancel) -> Result<Self, String> {
        let dialog = Dialog::open()?;
        *cancel.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(dialog.clone());
        let (cast, pipewire) = dialog.ask()?;
        let (source, output) = start(cast.node(), pipewire)?;
        let frames = Latest::default();
        let theirs = frames.clone();
        let reader = Worker::spawn("screen-portal", move |stop| {
            let mut stream = Y4mReader::new(BufReader::with_capacity(1 << 20, output));
            while let Ok(stream) = &mut stream
                && let Ok(Some(mut frame)) = stream.next(Instant::now())
                && !stop.is_set()
            {
                frame.at = Instant::now();
                theirs.put(frame);
            }
            theirs.close();
        });
        let (width, height) = cast.size();
        let item = ScreenItem { width, height, title: "Your screen".to_owned(), ..item() };
        Ok(Self {
            _source: source,
            _reader: reader,
            frames,
            latest: None,
            item,
            untold: true,
            deadline: Some(Instant::now() + TO_SHOW),
            _cast: cast,
        })
    }
}

/// Starts GStreamer on a stream of PipeWire; its pictures come out of the pipe as Y4M.
fn start(node: u32, pipewire: OwnedFd) -> Result<(Source, ChildStdout), String> {
    let mut child = Command::new("gst-launch-1.0")
        // The connection to PipeWire is its standard input: no other file is handed on.
        .args(["-q", "pipewiresrc", "fd=0", &format!("path={node}"), "do-timestamp=true"])
        .args(["!", "queue", "leaky=downstream", "max-size-buffers=1"])
        .args(["!", "videoconvert", "!", "video/x-raw,format=I420,colorimetry=bt601"])
        .args(["!", "y4menc", "!", "fdsink", "fd=1", "sync=false"])
        .stdin(Stdio::from(pipewire))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                "To share a screen under Wayland, GStreamer and its PipeWire \
                                        plugin must be installed. Install them and share again."
                    .to_owned()
            }
            _ => format!("GStreamer could not be started ({error}). Share again."),
        })?;
    let output = child.stdout.take().expect("was asked to be a pipe");
    Ok((Source(child), output))
}

impl Grabber for PortalGrabber {
    fn changed_item(&mut self) -> Option<ScreenItem> {
        std::mem::take(&mut self.untold).then(|| self.item.clone())
    }

    fn wait(&mut self, patience: Duration) -> Result<bool, String> {
        match self.frames.take(patience) {
            Taken::Value(frame) => {
                self.deadline = None;
                let size = (frame.width, frame.height);
                self.untold |= size != (self.item.width, self.item.height);
                (self.item.width, self.item.height) = size;
                self.latest = Some(frame);
                Ok(true)
            }
            Taken::TimedOut if self.deadline.is_none_or(|at| Instant::now() < at) => Ok(false),
            Taken::TimedOut | Taken::Closed if self.deadline.is_some() => {
                Err("The system gives no picture of the screen. Is GStreamer's PipeWire plugin \
                     installed? Install it and share again."
                    .to_owned())
            }
            Taken::TimedOut | Taken::Closed => {
                Err("The system does not show your screen any more. Share it again.".to_owned())
            }
        }
    }

    fn grab(&mut self, _: &mut Pictures, _: Instant) -> Result<Option<VideoFrame>, String> {
        Ok(self.latest.take())
    }
}
