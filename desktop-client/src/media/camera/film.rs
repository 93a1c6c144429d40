//! A film's video in the camera's place, looped. Y4M files are read here; for any other container an
//! installed `ffmpeg` decodes into a pipe. The child belongs to the camera's thread and dies with
//! it.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use cinemasync_core::bitrate::ladder::CameraQuality;

use super::y4m::{Y4mError, Y4mReader};
use super::{Fit, Pace, PictureOut};
use crate::media::worker::Stop;

/// The running decoder, so that whoever stops the camera can end a read that waits for it.
#[derive(Clone, Default)]
pub(super) struct FilmPipe(Arc<Mutex<Option<Child>>>);

impl FilmPipe {
    /// Ends the decoder, if one runs.
    pub(super) fn kill(&self) {
        let child = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(mut child) = child {
            // It may have ended by itself; either way nothing of it may remain.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Shows the film until it is time to stop.
///
/// # Errors
///
/// A sentence for a person.
pub(super) fn run(
    path: &Path,
    pipe: &FilmPipe,
    out: &PictureOut,
    stop: &Stop,
) -> Result<(), String> {
    let fault = |reason: &dyn std::fmt::Display| {
        let path = path.display();
        format!("The film {path} cannot be shown as a camera ({reason}). Choose another file.")
    };
    if is_y4m(path).map_err(|error| fault(&error))? {
        while !stop.is_set() {
            let file = File::open(path).map_err(|error| fault(&error))?;
            let shown = show(BufReader::new(file), out, stop).map_err(|error| fault(&error))?;
            if shown == 0 && !stop.is_set() {
                return Err(fault(&"it holds no pictures"));
            }
        }
        return Ok(());
    }
    let input = decode(path, pipe)?;
    let result = show(BufReader::with_capacity(1 << 20, input), out, stop);
    pipe.kill();
    match result {
        _ if stop.is_set() => Ok(()),
        // ffmpeg loops for ever: an end is a fault.
        Ok(_) => Err(fault(&"it could not be decoded")),
        Err(Y4mError::NotY4m) => Err(fault(&"it could not be decoded")),
        Err(error) => Err(fault(&error)),
    }
}

fn is_y4m(path: &Path) -> io::Result<bool> {
    let mut start = Vec::new();
    File::open(path)?.take(10).read_to_end(&mut start)?;
    Ok(start == b"YUV4MPEG2 ")
}

/// Starts ffmpeg on the file; its pictures come out of the pipe as Y4M.
fn decode(path: &Path, pipe: &FilmPipe) -> Result<impl Read + use<>, String> {
    // With "file:" in front no name is an option or an address, and nothing else may be opened.
    let mut input = OsString::from("file:");
    input.push(path);
    let mut child = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-protocol_whitelist", "file", "-stream_loop", "-1", "-i"])
        .arg(input)
        .args(["-an", "-sn", "-dn", "-map", "0:v:0"])
        .args(["-vf", "fps=30,scale='min(1280,iw)':'min(720,ih)':force_original_aspect_ratio=decrease:force_divisible_by=2,setsar=1"])
        .args(["-pix_fmt", "yuv420p", "-threads", "1", "-f", "yuv4mpegpipe", "-strict", "-1", "pipe:1"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                "To show a film as a camera, ffmpeg must be installed. Install it, or give a Y4M file."
                    .to_owned()
            }
            _ => format!("ffmpeg could not be started ({error}). Give a Y4M file instead."),
        })?;
    let output = child.stdout.take().expect("was asked to be a pipe");
    *pipe.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(child);
    Ok(output)
}

/// Shows pictures at their rate until the end; tells how many.
fn show(input: impl Read, out: &PictureOut, stop: &Stop) -> Result<u64, Y4mError> {
    let mut reader = Y4mReader::new(input)?;
    let mut pace = Pace::new(reader.period);
    let mut fit = Fit::new(CameraQuality::default());
    let mut shown = 0;
    while let Some(mut frame) = reader.next(Instant::now())? {
        if !pace.wait(stop) {
            break;
        }
        frame.at = Instant::now();
        match fit.fit(frame) {
            Ok(frame) => out.put(frame),
            Err(error) => tracing::debug!(%error, "a picture could not be scaled"),
        }
        shown += 1;
    }
    Ok(shown)
}
