//! A real camera through nokhwa.
//!
//! Its `frame()` may block for ever (a camera that was unplugged, a driver that hangs), so it runs
//! on a thread that the camera's thread watches and, if it does not come back, leaves behind: the
//! one thread of ours that may outlive its owner. It holds nothing but the device and ends with the
//! next picture.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use cinemasync_core::bitrate::ladder::CameraQuality;
use cinemasync_core::devices::{Device, DeviceListing};
use cinemasync_core::sentence::{self, Sentence};
use nokhwa::pixel_format::YuyvFormat;
use nokhwa::utils::{
    ApiBackend, CameraFormat, CameraIndex, CameraInfo, FrameFormat, RequestedFormat,
    RequestedFormatType,
};
use nokhwa::{Buffer, Camera, NokhwaError};

use super::convert;
use super::{Fit, PictureOut, size_of};
use crate::media::sound_device::pick;
use crate::media::worker::{Latest, Stop, Taken};

/// Fewer pictures a second than this are jerky: a smaller picture is better.
const LEAST_FPS: u32 = 24;
/// The formats that are understood, those that cost least first.
const FORMATS: [FrameFormat; 5] = [
    FrameFormat::NV12,
    FrameFormat::YUYV,
    FrameFormat::MJPEG,
    FrameFormat::RAWRGB,
    FrameFormat::RAWBGR,
];
/// Opening may take this long: some cameras move a shutter.
const TO_OPEN: Duration = Duration::from_secs(10);
/// And then each picture this.
const TO_SHOW: Duration = Duration::from_secs(4);
/// How long closing is waited for.
const TO_CLOSE: Duration = Duration::from_secs(1);
/// Pictures in a row that cannot be read before the camera is given up.
const HOPELESS: u32 = 60;

/// The cameras. They go by their names, which stay the same when they are connected anew.
pub(in crate::media) fn listing() -> DeviceListing {
    let cameras = cameras();
    let devices: Vec<Device> = cameras
        .iter()
        .map(|camera| Device { id: camera.human_name(), name: camera.human_name() })
        .collect();
    DeviceListing { default: devices.first().map(|camera| camera.id.clone()), devices }
}

fn cameras() -> Vec<CameraInfo> {
    let cameras = nokhwa::query(ApiBackend::Auto);
    let cameras =
        cameras.inspect_err(|error| tracing::warn!(%error, "cameras could not be listed"));
    // A camera has several nodes on Linux; the picture comes from the one with the lowest number.
    let mut first: BTreeMap<String, CameraInfo> = BTreeMap::new();
    for camera in cameras.unwrap_or_default() {
        let key = camera.human_name();
        match first.get(&key) {
            Some(known) if rank(known.index()) <= rank(camera.index()) => {}
            _ => {
                first.insert(key, camera);
            }
        }
    }
    let mut cameras: Vec<_> = first.into_values().collect();
    cameras.sort_by_key(|camera| rank(camera.index()));
    cameras
}

fn rank(index: &CameraIndex) -> u32 {
    match index {
        CameraIndex::Index(number) => *number,
        CameraIndex::String(_) => u32::MAX,
    }
}

/// What the thread with the device tells.
enum Report {
    /// The person has not answered yet whether we may.
    Asking,
    Picture(Buffer, Instant),
    Failed(Sentence),
}

/// Shows the camera until it is time to stop.
///
/// # Errors
///
/// A sentence for a person.
pub(super) fn run(
    name: Option<&str>,
    quality: CameraQuality,
    out: &PictureOut,
    stop: &Stop,
) -> Result<(), Sentence> {
    let reports: Latest<Report> = Latest::default();
    let closing = Arc::new(AtomicBool::new(false));
    let (theirs, their_closing) = (reports.clone(), Arc::clone(&closing));
    let wanted = name.map(str::to_owned);
    let device = thread::Builder::new()
        .name("camera-device".to_owned())
        .spawn(move || {
            if let Err(text) = capture(wanted.as_deref(), quality, &theirs, &their_closing) {
                theirs.put(Report::Failed(text));
            }
            theirs.close();
        })
        .map_err(|error| sentence::camera_not_opened(error.to_string()))?;

    let result = watch(&reports, Fit::new(quality), out, stop);
    closing.store(true, Ordering::Release);
    let patience = Instant::now() + TO_CLOSE;
    while !device.is_finished() && Instant::now() < patience {
        thread::sleep(Duration::from_millis(5));
    }
    if device.is_finished() {
        if device.join().is_err() {
            return Err(sentence::camera_driver_failed());
        }
    } else {
        tracing::warn!("the camera does not come back and is left behind");
    }
    result
}

fn watch(
    reports: &Latest<Report>,
    mut fit: Fit,
    out: &PictureOut,
    stop: &Stop,
) -> Result<(), Sentence> {
    let mut last = Instant::now();
    let mut patience = TO_OPEN;
    let mut unreadable = 0;
    while !stop.is_set() {
        match reports.take(Duration::from_millis(50)) {
            Taken::Value(Report::Picture(buffer, at)) => {
                (last, patience) = (Instant::now(), TO_SHOW);
                let size = buffer.resolution();
                let format = buffer.source_frame_format();
                let frame =
                    convert::picture(format, size.width(), size.height(), buffer.buffer(), at)
                        .and_then(|frame| Ok(fit.fit(frame)?));
                match frame {
                    Ok(frame) => {
                        unreadable = 0;
                        out.put(frame);
                    }
                    Err(error) => {
                        tracing::debug!(%error, "the camera gave no picture");
                        unreadable += 1;
                        if unreadable == HOPELESS {
                            return Err(sentence::camera_unreadable(error.to_string()));
                        }
                    }
                }
            }
            Taken::Value(Report::Asking) => last = Instant::now(),
            Taken::Value(Report::Failed(text)) => return Err(text),
            Taken::Closed => {
                return Err(sentence::camera_stopped());
            }
            Taken::TimedOut if last.elapsed() > patience => {
                return Err(sentence::camera_no_picture());
            }
            Taken::TimedOut => {}
        }
    }
    Ok(())
}

/// Asks the person, where the system wants that (macOS); elsewhere the answer is yes at once.
fn be_allowed(reports: &Latest<Report>, closing: &AtomicBool) -> Result<(), Sentence> {
    let (answer, answered) = sync_channel(1);
    nokhwa::nokhwa_initialize(move |allowed| {
        // A second answer, or one that nobody waits for any more, changes nothing.
        let _ = answer.try_send(allowed);
    });
    while !closing.load(Ordering::Acquire) {
        match answered.recv_timeout(Duration::from_millis(100)) {
            Ok(true) => return Ok(()),
            Ok(false) | Err(RecvTimeoutError::Disconnected) => {
                return Err(sentence::device_forbidden("camera"));
            }
            Err(RecvTimeoutError::Timeout) => {
                reports.put(Report::Asking);
            }
        }
    }
    Ok(())
}

/// Opens the camera and hands its pictures on until told to close.
fn capture(
    name: Option<&str>,
    quality: CameraQuality,
    reports: &Latest<Report>,
    closing: &AtomicBool,
) -> Result<(), Sentence> {
    be_allowed(reports, closing)?;
    let mut cameras = cameras();
    let listed: Vec<Device> = cameras
        .iter()
        .map(|camera| Device { id: camera.index().as_string(), name: camera.human_name() })
        .collect();
    let at = match name {
        Some(name) => pick("camera", name, &listed).map_err(|error| error.sentence())?,
        None if cameras.is_empty() => {
            return Err(sentence::no_device_found("camera"));
        }
        None => 0,
    };
    let index = cameras.swap_remove(at).index().clone();
    let mut camera = open(index, quality).map_err(|error| translate(&error))?;
    camera.open_stream().map_err(|error| translate(&error))?;
    tracing::info!(format = %camera.camera_format(), "camera open");
    while !closing.load(Ordering::Acquire) {
        let buffer = camera.frame().map_err(|error| translate(&error))?;
        if !reports.put(Report::Picture(buffer, Instant::now())) {
            break;
        }
    }
    camera.stop_stream().map_err(|error| translate(&error))
}

fn open(index: CameraIndex, quality: CameraQuality) -> Result<Camera, NokhwaError> {
    let any = RequestedFormat::new::<YuyvFormat>(RequestedFormatType::None);
    let any = RequestedFormat::with_formats(any.requested_format_type(), &FORMATS);
    let mut camera = Camera::new(index, any)?;
    let formats = camera.compatible_camera_formats()?;
    if let Some(best) = choose(&formats, quality)
        && best != camera.camera_format()
    {
        let request = RequestedFormat::with_formats(RequestedFormatType::Exact(best), &FORMATS);
        camera.set_camera_requset(request)?;
    }
    Ok(camera)
}

/// The format nearest to what is wanted: fluent first, then the size, then what costs least.
fn choose(formats: &[CameraFormat], quality: CameraQuality) -> Option<CameraFormat> {
    let (width, height) = size_of(quality);
    let cost = |format: &CameraFormat| {
        let kind = FORMATS.iter().position(|known| *known == format.format())?;
        let jerky = format.frame_rate() < LEAST_FPS.min(quality.fps);
        let size = format.width().abs_diff(width) + format.height().abs_diff(height);
        Some((jerky, size, format.frame_rate().abs_diff(quality.fps), kind))
    };
    formats
        .iter()
        .filter_map(|format| cost(format).map(|cost| (cost, *format)))
        .min_by_key(|(cost, _)| *cost)
        .map(|(_, format)| format)
}

fn translate(error: &NokhwaError) -> Sentence {
    let reason = error.to_string();
    let lower = reason.to_lowercase();
    if lower.contains("busy") || lower.contains("in use") {
        return sentence::device_busy("camera");
    }
    if lower.contains("permission") || lower.contains("denied") {
        return sentence::device_forbidden("camera");
    }
    sentence::camera_broken(reason)
}

#[cfg(test)]
mod tests {
    use nokhwa::utils::Resolution;

    use super::*;

    fn format(width: u32, height: u32, kind: FrameFormat, fps: u32) -> CameraFormat {
        CameraFormat::new(Resolution::new(width, height), kind, fps)
    }

    #[test]
    fn a_fluent_picture_of_the_wanted_size_is_chosen() {
        let formats = [
            format(640, 480, FrameFormat::YUYV, 30),
            format(1280, 720, FrameFormat::YUYV, 10),
            format(1280, 720, FrameFormat::MJPEG, 30),
            format(1920, 1080, FrameFormat::MJPEG, 30),
            format(1280, 720, FrameFormat::GRAY, 30),
        ];
        assert_eq!(choose(&formats, CameraQuality::default()), Some(formats[2]));
        assert_eq!(
            choose(&formats[..2], CameraQuality::default()),
            Some(formats[0]),
            "rather small than jerky"
        );
        assert_eq!(choose(&formats[4..], CameraQuality::default()), None);
        assert_eq!(choose(&[], CameraQuality::default()), None);
    }
}
