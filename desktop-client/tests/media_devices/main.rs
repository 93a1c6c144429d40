//! Media on the real ways to devices: PulseAudio through a daemon of the test's own with null sinks,
//! a film through ffmpeg, and the system's camera. What is not installed or not there is skipped,
//! with a word about it.

mod screen_sound;
mod sound_server;

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use cinemasync_client::media::{CameraSource, Media, MediaConfig, MicrophoneSource, SpeakerSink};
use cinemasync_core::devices::{DeviceKind, DeviceListing};
use cinemasync_core::packet::{InboundPacket, OutboundPacket, RtpPacket};
use cinemasync_core::plan::{MediaEvent, MediaPlan, ParticipantId};
use cinemasync_core::track::Track;
use cinemasync_core::voice_settings::VoiceSettings;
use sound_server::with_pulseaudio;

const PATIENCE: Duration = Duration::from_secs(30);

/// Media from `source` whose packets go straight into media that plays them to `sink`.
fn chain(source: MicrophoneSource, sink: SpeakerSink) -> (Media, Arc<OnceLock<Media>>) {
    let who = ParticipantId::new("source");
    let receiver = Arc::new(OnceLock::new());
    let report = |event| {
        if let MediaEvent::DeviceFailed { text, .. } = event {
            eprintln!("{text}");
        }
    };
    let config = MediaConfig { speaker: sink, ..MediaConfig::default() };
    let playing = Media::start(config, Arc::new(|_| {}), Arc::new(report));
    playing.apply(&MediaPlan { receive: vec![who.clone()], ..MediaPlan::default() });
    assert!(receiver.set(playing).is_ok(), "only set here");

    let config = MediaConfig { microphone: source, ..MediaConfig::default() };
    let forward = straight_to(Arc::clone(&receiver), who);
    let capturing = Media::start(config, Arc::new(forward), Arc::new(report));
    capturing.apply(&MediaPlan {
        microphone: true,
        encode_microphone: true,
        // As it comes: each station would raise what it hears.
        voice: VoiceSettings { automatic_gain: false, ..VoiceSettings::default() },
        ..MediaPlan::default()
    });
    (capturing, receiver)
}

/// Hands sound straight to media that receives it from `who`, with the numbers that a network would give.
fn straight_to(
    receiving: Arc<OnceLock<Media>>,
    who: ParticipantId,
) -> impl Fn(OutboundPacket) + Send + Sync {
    let sequences = [AtomicU16::new(0), AtomicU16::new(0)];
    move |packet| {
        let OutboundPacket::Audio { track, payload, rtp_timestamp, talk_spurt } = packet else {
            return;
        };
        let sequence = &sequences[usize::from(track != Track::Microphone)];
        let packet = RtpPacket {
            sequence: sequence.fetch_add(1, Ordering::Relaxed),
            timestamp: rtp_timestamp,
            marker: talk_spurt,
            payload,
            arrived: Instant::now(),
        };
        let to = receiving.get().expect("set before any sound is captured");
        to.receive(&who, InboundPacket::Audio { track, packet });
    }
}

/// Amplitude of a frequency in each half second of a WAV file.
fn amplitudes(path: &Path, hz: f64) -> Vec<f64> {
    let wav = hound::WavReader::open(path).expect("a WAV file");
    let samples: Vec<f64> = wav
        .into_samples::<i16>()
        .map(|sample| f64::from(sample.expect("reads")) / 32_768.0)
        .collect();
    let step = std::f64::consts::TAU * hz / 48_000.0;
    let level = |chunk: &[f64]| {
        let wave = |turn: fn(f64) -> f64| {
            chunk
                .iter()
                .enumerate()
                .map(|(at, sample)| sample * turn(step * at as f64))
                .sum::<f64>()
        };
        2.0 * wave(f64::cos).hypot(wave(f64::sin)) / chunk.len() as f64
    };
    samples.chunks_exact(24_000).map(level).collect()
}

/// A tone goes out of a loudspeaker, into a microphone, out of another loudspeaker and into another
/// microphone: both loudspeakers are null sinks, both microphones their monitors.
#[test]
fn a_tone_goes_through_pulseaudio_and_back() {
    let sink = |name: &str| format!("module-null-sink sink_name={name} rate=48000");
    let (mouth, ear) = (sink("cinemasync_mouth"), sink("cinemasync_ear"));
    with_pulseaudio(&[&mouth, &ear], "through_pulseaudio");
}

#[test]
#[ignore = "the part of a_tone_goes_through_pulseaudio_and_back that runs with its daemon"]
fn through_pulseaudio() {
    let Some(folder) = std::env::var_os("CINEMASYNC_TEST_FOLDER") else {
        println!("skipped: runs as a part of another test");
        return;
    };
    let heard = Path::new(&folder).join("heard.wav");
    for kind in [DeviceKind::Microphone, DeviceKind::Speaker] {
        let devices = listing(kind).devices;
        assert!(devices.len() >= 2 && devices[0].name != devices[1].name, "{devices:?}");
    }

    let device = |name: &str| SpeakerSink::Device(name.to_owned());
    let monitor = |name: &str| MicrophoneSource::Device(name.to_owned());
    // The player first: a microphone that opens while something sounds is where PulseAudio cuts the
    // sound into pieces smaller than were asked for, and loses some.
    let first = chain(MicrophoneSource::Tone(660.0), device("cinemasync_mouth"));
    std::thread::sleep(Duration::from_secs(1));
    let middle = chain(monitor("cinemasync_mouth.monitor"), device("cinemasync_ear"));
    std::thread::sleep(Duration::from_secs(1));
    let last = chain(monitor("cinemasync_ear.monitor"), SpeakerSink::File(heard.clone()));
    std::thread::sleep(Duration::from_secs(10));
    drop((first, middle));
    drop(last);
    let levels = amplitudes(&heard, 660.0);
    let others = amplitudes(&heard, 440.0);
    println!("660 Hz in each half second: {levels:.3?}");
    // What is lost on a busy machine leaves gaps, but most of the time the tone is whole.
    let whole = levels.iter().filter(|level| (0.15..0.35).contains(*level)).count();
    assert!(whole >= levels.len() / 3, "{levels:?}");
    assert!(others.iter().all(|level| *level < 0.05), "{others:?}");
}

/// The devices of one kind, as media tells of them.
fn listing(kind: DeviceKind) -> DeviceListing {
    let (sent, events) = std::sync::mpsc::channel();
    let report = move |event| {
        // The receiver is gone once the listing has come.
        let _ = sent.send(event);
    };
    let media = Media::start(MediaConfig::default(), Arc::new(|_| {}), Arc::new(report));
    media.apply(&MediaPlan { watch_devices: true, ..MediaPlan::default() });
    loop {
        match events.recv_timeout(PATIENCE).expect("a listing") {
            MediaEvent::Devices { kind: told, listing } if told == kind => return listing,
            _ => {}
        }
    }
}

/// Waits for pictures in the preview of a camera, or for the sentence why there are none.
fn preview(source: CameraSource) -> Result<(u32, u32, u64), String> {
    let (sent, events) = std::sync::mpsc::channel();
    let config = MediaConfig { camera: source, ..MediaConfig::default() };
    let report = move |event| {
        if let MediaEvent::DeviceFailed { text, .. } = event {
            let _ = sent.send(text.to_string());
        }
    };
    let media = Media::start(config, Arc::new(|_| {}), Arc::new(report));
    let slot = media.frames(None, Track::Camera);
    media.apply(&MediaPlan { camera: true, ..MediaPlan::default() });
    let until = Instant::now() + PATIENCE;
    while slot.generation() < 30 {
        if let Ok(text) = events.try_recv() {
            return Err(text);
        }
        assert!(Instant::now() < until, "neither pictures nor a failure");
        std::thread::sleep(Duration::from_millis(10));
    }
    let began = (Instant::now(), slot.generation());
    std::thread::sleep(Duration::from_secs(2));
    let fps = (slot.generation() - began.1) as f64 / began.0.elapsed().as_secs_f64();
    let frame = slot.get().expect("a picture");
    drop(media);
    assert!(slot.get().is_none(), "closed");
    Ok((frame.width, frame.height, fps.round() as u64))
}

#[test]
fn the_systems_camera_is_shown() {
    match preview(CameraSource::Default) {
        Ok((width, height, fps)) => {
            println!("camera: {width}x{height} at {fps}");
            assert!(width <= 1280 && height <= 720 && fps > 5);
        }
        Err(text) => println!("skipped: {text}"),
    }
}

#[test]
fn a_film_is_shown_in_the_cameras_place() {
    let folder = tempfile::tempdir().expect("a folder");
    // ffmpeg scales what is too large for a face; Y4M is read as it is.
    for (name, codec, size) in
        [("film.mkv", "libx264", "1920x1080"), ("film.y4m", "wrapped_avframe", "1280x720")]
    {
        let picture = format!("testsrc=size={size}:rate=25:duration=1");
        let film = folder.path().join(name);
        let made = Command::new("ffmpeg")
            .args(["-v", "error", "-f", "lavfi", "-i", &picture])
            .args(["-pix_fmt", "yuv420p", "-c:v", codec])
            .arg(&film)
            .stdin(Stdio::null())
            .status();
        if !made.is_ok_and(|status| status.success()) {
            println!("skipped: no ffmpeg that makes {name}");
            continue;
        }
        // Longer than the film lasts, so it loops.
        let (width, height, fps) = preview(CameraSource::File(film)).expect("is shown");
        println!("{name}: {width}x{height} at {fps}");
        assert_eq!((width, height), (1280, 720));
        assert!(fps >= 10);
    }
}
