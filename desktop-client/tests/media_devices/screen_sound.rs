//! The sound of a shared screen with real programs: `pacat` plays, media shares what it hears, receives it
//! again and records it.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use cinemasync_client::media::{Media, MediaConfig, MicrophoneSource, SpeakerSink};
use cinemasync_core::plan::{MediaEvent, MediaPlan, ParticipantId, ScreenPlan};
use cinemasync_core::screen::{ScreenSettings, ScreenSource, Share};
use cinemasync_core::voice_settings::VoiceSettings;

use super::sound_server::{Owned, with_pulseaudio};

const RATE: usize = 48_000;

/// The folder of the test's sound server, in the part that runs with one.
fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("CINEMASYNC_TEST_FOLDER").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: runs as a part of another test");
    }
    folder
}

/// A program that plays `seconds` of this, left and right, at full scale 1, on a loudspeaker.
fn program(folder: &Path, name: &str, seconds: usize, sound: impl Fn(usize) -> [f32; 2]) -> Owned {
    let path = folder.join(name);
    let mut bytes = Vec::new();
    for at in 0..seconds * RATE {
        bytes.extend(sound(at).iter().flat_map(|sample| sample.to_le_bytes()));
    }
    File::create(&path).and_then(|mut file| file.write_all(&bytes)).expect("a file");
    let child = Command::new("pacat")
        .args(["--playback", "--format=float32le", "--rate=48000", "--channels=2"])
        .arg("--device=cinemasync_room")
        .arg(format!("--stream-name={name}"))
        .arg(&path)
        .stdin(Stdio::null())
        .spawn();
    Owned(child.expect("pacat comes with PulseAudio's tools"))
}

fn sine(hz: f64, at: usize) -> f32 {
    ((std::f64::consts::TAU * hz * at as f64 / RATE as f64).sin() * 0.25) as f32
}

/// Lets null sinks work in short steps, as loudspeakers do that somebody listens to: left to themselves
/// they take two seconds at once, and one that is switched to short steps is silent for as long.
fn hurry(sinks: &[&str]) -> Vec<Owned> {
    let listeners = sinks.iter().map(|sink| {
        let child = Command::new("parec")
            .arg(format!("--device={sink}.monitor"))
            .args(["--latency-msec=10", "--raw", "/dev/null"])
            .stdin(Stdio::null())
            .spawn();
        Owned(child.expect("parec comes with PulseAudio's tools"))
    });
    let listeners = listeners.collect();
    std::thread::sleep(Duration::from_millis(2_500));
    listeners
}

/// What the server answers to a question of its tool.
fn pactl(arguments: &[&str]) -> String {
    let output = Command::new("pactl").args(arguments).output().expect("pactl");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Media that shares what other programs play and sends its voice, and media that receives both and
/// records them.
struct Call {
    sharing: Media,
    _receiving: Arc<OnceLock<Media>>,
}

impl Call {
    fn new(config: MediaConfig, record: &Path) -> Self {
        let who = ParticipantId::new("sharer");
        let report = |event| match event {
            MediaEvent::DeviceFailed { text, .. } | MediaEvent::ScreenSoundEnded(text) => {
                panic!("{text}");
            }
            _ => {}
        };
        let receiving = Arc::new(OnceLock::new());
        let recording = MediaConfig { record: Some(record.to_owned()), ..MediaConfig::default() };
        let media = Media::start(recording, Arc::new(|_| {}), Arc::new(report));
        media.apply(&MediaPlan { receive: vec![who.clone()], ..MediaPlan::default() });
        assert!(receiving.set(media).is_ok(), "only set here");

        let forward = super::straight_to(Arc::clone(&receiving), who);
        let sharing = Media::start(config, Arc::new(forward), Arc::new(report));
        Self { sharing, _receiving: receiving }
    }
}

/// What is shared of the screen when only its sound is looked at.
fn sound_alone() -> ScreenPlan {
    ScreenPlan {
        share: Share { source: ScreenSource::Portal, sound: true },
        settings: ScreenSettings::default(),
        encode: Vec::new(),
        encode_sound: true,
    }
}

/// A side of a recording in stereo.
fn side(path: &Path, side: usize) -> Vec<f64> {
    let wav = hound::WavReader::open(path).expect("a WAV file");
    assert_eq!((wav.spec().sample_rate, wav.spec().channels), (48_000, 2));
    let samples = wav.into_samples::<i16>().skip(side).step_by(2);
    samples.map(|sample| f64::from(sample.expect("reads")) / 32_768.0).collect()
}

/// Amplitude of a frequency.
fn amplitude(samples: &[f64], hz: f64) -> f64 {
    let step = std::f64::consts::TAU * hz / RATE as f64;
    let wave = |turn: fn(f64) -> f64| {
        let samples = samples.iter().enumerate();
        samples.map(|(at, sample)| sample * turn(step * at as f64)).sum::<f64>()
    };
    2.0 * wave(f64::cos).hypot(wave(f64::sin)) / samples.len() as f64
}

/// Amplitude of a frequency that is a multiple of 20 Hz, of this side's last second: the median of its
/// twentieths, which gaps and turned phases of a busy machine's sound server do not touch.
fn lately(samples: &[f64], hz: f64) -> f64 {
    let last = &samples[samples.len().saturating_sub(RATE)..];
    let parts = last.chunks_exact(RATE / 20);
    let mut parts: Vec<f64> = parts.map(|part| amplitude(part, hz)).collect();
    parts.sort_by(f64::total_cmp);
    parts.get(parts.len() / 2).copied().unwrap_or_default()
}

fn decibels(amplitude: f64) -> f64 {
    20.0 * amplitude.max(1e-9).log10()
}

const ROOM: &str = "module-null-sink sink_name=cinemasync_room rate=48000";

#[test]
fn what_other_programs_play_is_shared_and_our_own_voices_are_not() {
    let box_ = "module-null-sink sink_name=cinemasync_box rate=44100";
    with_pulseaudio(&[ROOM, box_], "screen_sound::other_programs_and_not_us");
}

#[test]
#[ignore = "the part of what_other_programs_play_is_shared that runs with its daemon"]
fn other_programs_and_not_us() {
    let Some(folder) = folder() else { return };
    let _listeners = hurry(&["cinemasync_room", "cinemasync_box"]);
    // A voice that we play ourselves, out of the same loudspeaker.
    let speaker = SpeakerSink::Device("cinemasync_room".to_owned());
    let voices = super::chain(MicrophoneSource::Tone(440.0), speaker);
    let record = folder.join("record");
    let call = Call::new(MediaConfig::default(), &record);
    call.sharing.apply(&MediaPlan { screen: Some(sound_alone()), ..MediaPlan::default() });

    let film = program(&folder, "film", 60, |at| [sine(1_000.0, at), sine(2_000.0, at)]);
    let file = record.join("sharer-screen_audio.wav");
    wait_for("sound of the film", || {
        file.exists() && {
            let left = side(&file, 0);
            left.len() > RATE && lately(&left, 1_000.0) > 0.2
        }
    });
    // A second program, and the first one moves to another loudspeaker.
    let game = program(&folder, "game", 60, |at| [sine(3_000.0, at), 0.0]);
    let stream = |name: &str| {
        let listed = pactl(&["list", "sink-inputs"]);
        let mut index = None;
        for line in listed.lines() {
            if let Some(number) = line.strip_prefix("Sink Input #") {
                index = Some(number.to_owned());
            }
            if line.contains("media.name") && line.contains(name) {
                return index;
            }
        }
        None
    };
    wait_for("the second program", || stream("game").is_some());
    pactl(&["move-sink-input", &stream("film").expect("plays"), "cinemasync_box"]);
    let moved = side(&file, 0).len();
    wait_for("the film, after it has moved, and the game", || {
        let left = side(&file, 0);
        left.len() > moved + 2 * RATE
            && lately(&left, 1_000.0) > 0.15
            && lately(&left, 3_000.0) > 0.15
    });
    drop(call);
    drop((film, game, voices));

    let (left, right) = (side(&file, 0), side(&file, 1));
    let found =
        [1_000.0, 2_000.0, 3_000.0, 440.0].map(|hz| (lately(&left, hz), lately(&right, hz)));
    println!("1000, 2000, 3000 and 440 Hz, left and right: {found:.5?}");
    let [film_left, film_right, game, voice] = found;
    assert!(film_left.0 > 0.15 && film_right.1 > 0.15, "the film, after it has moved");
    assert!(game.0 > 0.15, "the game");
    assert!(film_left.1 < 0.02 && film_right.0 < 0.02 && game.1 < 0.02, "each on its side");
    for (film, voice) in [(film_left.0, voice.0), (film_right.1, voice.1)] {
        let below = decibels(film) - decibels(voice);
        println!("our own voice is {below:.1} dB below the film");
        assert!(below > 40.0);
    }
}

#[test]
fn the_sharers_microphone_does_not_send_the_film_again() {
    // The loudspeaker is heard by the microphone 60 ms later.
    let ear = "module-null-sink sink_name=cinemasync_ear rate=48000";
    let air = "module-loopback source=cinemasync_room.monitor sink=cinemasync_ear latency_msec=60";
    with_pulseaudio(&[ROOM, ear, air], "screen_sound::no_echo_of_the_film");
}

#[test]
#[ignore = "the part of the_sharers_microphone_does_not_send that runs with its daemon"]
fn no_echo_of_the_film() {
    let Some(folder) = folder() else { return };
    let _listeners = hurry(&["cinemasync_room", "cinemasync_ear"]);
    let level = |name: &str, echo_cancellation: bool| {
        let record = folder.join(name);
        let config = MediaConfig {
            microphone: MicrophoneSource::Device("cinemasync_ear.monitor".to_owned()),
            speaker: SpeakerSink::Device("cinemasync_room".to_owned()),
            ..MediaConfig::default()
        };
        let call = Call::new(config, &record);
        call.sharing.apply(&MediaPlan {
            microphone: true,
            encode_microphone: true,
            receive: vec![ParticipantId::new("viewer")],
            voice: VoiceSettings {
                echo_cancellation,
                automatic_gain: false,
                noise_suppression: false,
                ..VoiceSettings::default()
            },
            screen: Some(sound_alone()),
            ..MediaPlan::default()
        });
        // Noise that swells and fades like talk in a film.
        let seed = std::cell::Cell::new(1u32);
        let film = program(&folder, "noise", 14, |at| {
            let [left, right] = [(); 2].map(|()| {
                seed.set(seed.get().wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
                (seed.get() >> 8) as f32 / (1 << 23) as f32 - 1.0
            });
            let swell = (at as f32 / 9_600.0).sin().abs() * 0.2;
            [(left + right) / 2.0 * swell, (left - right) / 4.0 * swell]
        });
        std::thread::sleep(Duration::from_secs(12));
        drop(call);
        drop(film);
        let heard = |path: PathBuf| {
            let wav = hound::WavReader::open(path).expect("a WAV file");
            let channels = usize::from(wav.spec().channels);
            let samples: Vec<f64> = wav
                .into_samples::<i16>()
                .map(|sample| f64::from(sample.expect("reads")) / 32_768.0)
                .collect();
            let last = &samples[samples.len() - 4 * RATE * channels..];
            decibels((last.iter().map(|it| it * it).sum::<f64>() / last.len() as f64).sqrt())
        };
        (heard(record.join("sharer-voice.wav")), heard(record.join("sharer-screen_audio.wav")))
    };
    let (with_echo, shared) = level("without", false);
    let (cancelled, _) = level("with", true);
    println!(
        "the film: {shared:.1} dB shared, {with_echo:.1} dB heard, {cancelled:.1} dB sent by the microphone"
    );
    assert!(shared > -40.0 && with_echo > -40.0, "it plays");
    assert!(cancelled < with_echo - 20.0);
}

fn wait_for(what: &str, is_so: impl Fn() -> bool) {
    let until = Instant::now() + Duration::from_secs(20);
    while !is_so() {
        assert!(Instant::now() < until, "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
