//! Two and three [`Media`] in one process, what each sends fed to the others as if it had come over
//! a perfect network: the whole way from source to slot and file, on the public interface alone.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use cinemasync_client::media::{CameraSource, Media, MediaConfig, MicrophoneSource, SpeakerSink};
use cinemasync_core::bitrate::camera::Rung;
use cinemasync_core::bitrate::ladder::CameraQuality;
use cinemasync_core::packet::{InboundPacket, OutboundPacket, RtpPacket};
use cinemasync_core::plan::{MediaCommand, MediaEvent, MediaPlan, ParticipantId};
use cinemasync_core::track::Track;

/// Longest wait for what takes a fraction of it on an idle machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A queue that can be waited on.
struct Inbox<T>(Arc<(Mutex<VecDeque<T>>, Condvar)>);

impl<T> Clone for Inbox<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Inbox<T> {
    fn new() -> Self {
        Self(Arc::new((Mutex::new(VecDeque::new()), Condvar::new())))
    }

    fn put(&self, item: T) {
        self.0.0.lock().expect("not poisoned").push_back(item);
        self.0.1.notify_all();
    }

    /// Takes items until one is `wanted`, and returns that.
    fn wait_for(&self, what: &str, wanted: impl Fn(&T) -> bool) -> T {
        let until = Instant::now() + PATIENCE;
        let mut items = self.0.0.lock().expect("not poisoned");
        loop {
            while let Some(item) = items.pop_front() {
                if wanted(&item) {
                    return item;
                }
            }
            let left = until.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "{what} did not happen");
            items = self.0.1.wait_timeout(items, left).expect("not poisoned").0;
        }
    }

    fn take_all(&self) -> Vec<T> {
        self.0.0.lock().expect("not poisoned").drain(..).collect()
    }
}

/// One participant: its media, what it sent and what it reported.
struct Peer {
    id: ParticipantId,
    media: Media,
    sent: Inbox<OutboundPacket>,
    events: Inbox<MediaEvent>,
    sequence: u16,
}

impl Peer {
    fn new(id: &str, config: MediaConfig) -> Self {
        let (sent, events) = (Inbox::new(), Inbox::new());
        let (to_sent, to_events) = (sent.clone(), events.clone());
        let media = Media::start(
            config,
            Arc::new(move |packet| to_sent.put(packet)),
            Arc::new(move |event| to_events.put(event)),
        );
        Self { id: ParticipantId::new(id), media, sent, events, sequence: 0 }
    }

    /// What it has sent since the last call, as others receive it.
    fn take_packets(&mut self) -> Vec<InboundPacket> {
        let arrived = Instant::now();
        let packets = self.sent.take_all();
        packets.into_iter().map(|packet| self.inbound(packet, arrived)).collect()
    }

    fn inbound(&mut self, packet: OutboundPacket, arrived: Instant) -> InboundPacket {
        match packet {
            OutboundPacket::Video { track, access_unit, rtp_timestamp, keyframe, .. } => {
                InboundPacket::Video { track, access_unit, rtp_timestamp, keyframe, arrived }
            }
            OutboundPacket::Audio { track, payload, rtp_timestamp, talk_spurt } => {
                self.sequence = self.sequence.wrapping_add(1);
                let packet = RtpPacket {
                    sequence: self.sequence,
                    timestamp: rtp_timestamp,
                    marker: talk_spurt,
                    payload,
                    arrived,
                };
                InboundPacket::Audio { track, packet }
            }
        }
    }
}

fn sender(tone: f32) -> MediaConfig {
    MediaConfig {
        camera: CameraSource::TEST_PATTERN,
        microphone: MicrophoneSource::Tone(tone),
        ..MediaConfig::default()
    }
}

fn sending() -> MediaPlan {
    MediaPlan {
        camera: true,
        encode_camera: vec![Rung {
            quality: CameraQuality { height: 1080, fps: 60 },
            bps: 4_000_000,
        }],
        microphone: true,
        encode_microphone: true,
        ..MediaPlan::default()
    }
}

fn receiving(from: &[&Peer]) -> MediaPlan {
    MediaPlan { receive: from.iter().map(|peer| peer.id.clone()).collect(), ..MediaPlan::default() }
}

/// Carries packets from each sender to the receiver for a time.
fn carry(senders: &mut [&mut Peer], receiver: &Peer, time: Duration) {
    let until = Instant::now() + time;
    while Instant::now() < until {
        for sender in senders.iter_mut() {
            for packet in sender.take_packets() {
                receiver.media.receive(&sender.id, packet);
            }
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Amplitude of a frequency in a WAV file, away from its ends.
fn amplitude(path: &Path, hz: f64) -> f64 {
    let mut wav = hound::WavReader::open(path).expect("a WAV file");
    assert_eq!((wav.spec().sample_rate, wav.spec().channels), (48_000, 1));
    let samples: Vec<f64> =
        wav.samples::<i16>().map(|sample| f64::from(sample.expect("reads")) / 32_768.0).collect();
    assert!(samples.len() > 72_000, "only {} samples", samples.len());
    // The loudest half second: a busy machine may have cut the tone elsewhere.
    samples
        .chunks_exact(24_000)
        .map(|chunk| {
            let step = std::f64::consts::TAU * hz / 48_000.0;
            let wave = |turn: fn(f64) -> f64| {
                let sum = |(at, sample): (usize, &f64)| sample * turn(step * at as f64);
                chunk.iter().enumerate().map(sum).sum::<f64>()
            };
            2.0 * wave(f64::cos).hypot(wave(f64::sin)) / 24_000.0
        })
        .fold(0.0, f64::max)
}

#[test]
fn two_senders_are_seen_heard_mixed_and_recorded() {
    let folder = tempfile::tempdir().expect("a folder");
    let speaker = folder.path().join("heard.wav");
    let mut a = Peer::new("a", sender(440.0));
    let mut b = Peer::new("b", sender(660.0));
    let c = Peer::new(
        "c",
        MediaConfig {
            speaker: SpeakerSink::File(speaker.clone()),
            record: Some(folder.path().join("record")),
            ..MediaConfig::default()
        },
    );
    c.media.apply(&receiving(&[&a, &b]));
    let slot = c.media.frames(Some(&a.id), Track::Camera);
    a.media.apply(&sending());
    b.media.apply(&sending());
    carry(&mut [&mut a, &mut b], &c, Duration::from_secs(4));

    let frame = slot.get().expect("a picture");
    assert_eq!((frame.width, frame.height), (640, 360));
    let stats = c.media.stats();
    println!("{stats:#?}");
    for (who, video, voice) in &stats.received {
        let video = video.first().expect("a decoder");
        assert!(video.frames_decoded > 30, "{who}: {video:?}");
        let delay = video.capture_to_decode_ms.expect("the pattern's stamp");
        assert!((0.0..2_000.0).contains(&delay), "{who}: {delay} ms");
        let voice = voice.as_ref().expect("a voice");
        assert!((-20.0..-12.0).contains(&voice.level_db), "{who}: {voice:?}");
    }
    assert_eq!(stats.received.len(), 2);
    let sent = a.media.stats();
    assert_eq!(sent.encoders.len(), 1);
    assert!(sent.encoders[0].keyframes >= 1 && sent.encoders[0].target_bps == 600_000);

    let events = c.events.take_all();
    for who in [&a.id, &b.id] {
        assert!(events.iter().any(|event| matches!(event,
            MediaEvent::FirstFrame { from, track: Track::Camera, width: 640, height: 360 } if from == who)));
        assert!(events.iter().any(|event| matches!(event,
            MediaEvent::Speaking { who: Some(speaker), speaking: true } if speaker == who)));
    }
    drop(c);

    // A tone of -12 dBFS each: together in what was heard, apart in the recordings.
    let near = |level: f64| (0.2..0.3).contains(&level);
    assert!(near(amplitude(&speaker, 440.0)) && near(amplitude(&speaker, 660.0)));
    let of = |who: &str| folder.path().join("record").join(format!("{who}-voice.wav"));
    assert!(near(amplitude(&of("a"), 440.0)) && amplitude(&of("a"), 660.0) < 0.02);
    assert!(near(amplitude(&of("b"), 660.0)) && amplitude(&of("b"), 440.0) < 0.02);
    let video = std::fs::metadata(folder.path().join("record/a-camera.y4m")).expect("a film");
    assert!(video.len() > 30 * 640 * 360 * 3 / 2);
}

#[test]
fn a_volume_of_nothing_is_heard_by_nobody() {
    let folder = tempfile::tempdir().expect("a folder");
    let speaker = folder.path().join("heard.wav");
    let mut a = Peer::new("a", sender(440.0));
    let config =
        MediaConfig { speaker: SpeakerSink::File(speaker.clone()), ..MediaConfig::default() };
    let b = Peer::new("b", config);
    b.media.apply(&MediaPlan { volumes: vec![(a.id.clone(), 0.0)], ..receiving(&[&a]) });
    a.media.apply(&MediaPlan { camera: false, encode_camera: Vec::new(), ..sending() });
    carry(&mut [&mut a], &b, Duration::from_secs(2));
    drop(b);
    assert!(amplitude(&speaker, 440.0) < 0.001);
}

#[test]
fn who_joins_late_gets_a_picture_by_asking_for_a_keyframe() {
    let mut a = Peer::new("a", sender(440.0));
    a.media.apply(&sending());
    let first = a.sent.wait_for("a picture", |packet| packet.track() == Track::Camera);
    assert!(matches!(first, OutboundPacket::Video { keyframe: true, .. }));
    a.sent.wait_for("another", |packet| packet.track() == Track::Camera);

    let b = Peer::new("b", MediaConfig::default());
    b.media.apply(&receiving(&[&a]));
    let until = Instant::now() + PATIENCE;
    let mut asked = false;
    loop {
        assert!(Instant::now() < until, "no picture; asked: {asked}");
        carry(&mut [&mut a], &b, Duration::from_millis(20));
        for event in b.events.take_all() {
            match event {
                MediaEvent::KeyframeNeeded { track, .. } => {
                    asked = true;
                    a.media.command(MediaCommand::Keyframe { track, rung: 0 });
                }
                MediaEvent::FirstFrame { .. } => {
                    assert!(asked);
                    return;
                }
                _ => {}
            }
        }
    }
}

#[test]
fn media_can_be_moved_to_another_thread() {
    let media = Media::start(sender(440.0), Arc::new(|_| {}), Arc::new(|_| {}));
    std::thread::spawn(move || drop(media)).join().expect("ends there");
}

#[test]
fn a_plan_can_be_repeated_and_taken_back() {
    let a = Peer::new("a", sender(440.0));
    let preview = a.media.frames(None, Track::Camera);
    assert!(preview.get().is_none(), "no device before a plan asks");
    for _ in 0..5 {
        a.media.apply(&sending());
    }
    a.sent.wait_for("a picture", |packet| packet.track() == Track::Camera);
    a.sent.wait_for("a voice", |packet| packet.track() == Track::Microphone);
    let generation = preview.generation();
    a.media.apply(&sending());
    let until = Instant::now() + PATIENCE;
    while preview.generation() == generation {
        assert!(Instant::now() < until, "still the same camera");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(preview.get().is_some());

    // Preview only: the camera goes on, and nothing is sent.
    a.media.apply(&MediaPlan { camera: true, ..MediaPlan::default() });
    let until = Instant::now() + PATIENCE;
    loop {
        a.sent.take_all();
        std::thread::sleep(Duration::from_millis(300));
        if a.sent.take_all().is_empty() {
            break;
        }
        assert!(Instant::now() < until, "still sending");
    }
    assert!(preview.get().is_some());

    a.media.apply(&MediaPlan::default());
    let until = Instant::now() + PATIENCE;
    while preview.get().is_some() {
        assert!(Instant::now() < until, "the camera is still open");
        std::thread::sleep(Duration::from_millis(5));
    }

    a.media.apply(&sending());
    a.sent.wait_for("a picture", |packet| packet.track() == Track::Camera);
}

#[test]
fn devices_that_are_not_there_are_told_and_the_rest_goes_on() {
    let missing = "no such device \u{1f98a}";
    let config = MediaConfig {
        camera: CameraSource::Device(missing.to_owned()),
        microphone: MicrophoneSource::Tone(440.0),
        speaker: SpeakerSink::Device(missing.to_owned()),
        record: None,
    };
    let a = Peer::new("a", config);
    let mut b = Peer::new("b", sender(660.0));
    a.media.apply(&MediaPlan { receive: vec![b.id.clone()], ..sending() });
    b.media.apply(&sending());
    let mut failed = Vec::new();
    while failed.len() < 2 {
        let event = a
            .events
            .wait_for("a failure", |event| matches!(event, MediaEvent::DeviceFailed { .. }));
        if let MediaEvent::DeviceFailed { track, text, .. } = event {
            assert!(text.as_str().ends_with('.') && text.as_str().contains(' '), "{text}");
            failed.push(track);
        }
    }
    failed.sort();
    assert_eq!(failed, [None, Some(Track::Camera)]);
    a.sent.wait_for("our voice", |packet| packet.track() == Track::Microphone);
    carry(&mut [&mut b], &a, Duration::from_millis(1_500));
    a.events.wait_for("their picture", |event| matches!(event, MediaEvent::FirstFrame { .. }));
    let stats = a.media.stats();
    let voice = stats.received[0].2.as_ref().expect("their voice");
    assert!(voice.level_db > -30.0, "decoded without a loudspeaker: {voice:?}");
}

#[test]
fn files_that_cannot_be_read_are_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = folder.path().join("text.mkv");
    std::fs::write(&text, b"this is no film").expect("writes");
    let config = MediaConfig {
        camera: CameraSource::File(text),
        microphone: MicrophoneSource::File(folder.path().join("none.wav")),
        ..MediaConfig::default()
    };
    let a = Peer::new("a", config);
    a.media.apply(&sending());
    let mut tracks = Vec::new();
    while tracks.len() < 2 {
        if let MediaEvent::DeviceFailed { track, .. } =
            a.events.wait_for("a failure", |event| matches!(event, MediaEvent::DeviceFailed { .. }))
        {
            tracks.push(track);
        }
    }
    tracks.sort();
    assert_eq!(tracks, [Some(Track::Microphone), Some(Track::Camera)]);
}

#[test]
fn strangers_and_nonsense_change_nothing() {
    let a = Peer::new("a", MediaConfig::default());
    let stranger = ParticipantId::new("stranger");
    let known = ParticipantId::new("known");
    a.media.apply(&MediaPlan { receive: vec![known.clone()], ..MediaPlan::default() });
    for number in 0..2_000u32 {
        for from in [&stranger, &known] {
            let payload = bytes::Bytes::from(number.to_be_bytes().repeat(7));
            let arrived = Instant::now();
            a.media.receive(
                from,
                InboundPacket::Video {
                    track: if number % 3 == 0 { Track::Microphone } else { Track::Screen },
                    access_unit: payload.clone(),
                    rtp_timestamp: number,
                    keyframe: number % 2 == 0,
                    arrived,
                },
            );
            a.media.receive(
                from,
                InboundPacket::Audio {
                    track: if number % 3 == 0 { Track::Camera } else { Track::Microphone },
                    packet: RtpPacket {
                        sequence: number.wrapping_mul(7) as u16,
                        timestamp: number.wrapping_mul(0x9e37_79b9),
                        marker: false,
                        payload,
                        arrived,
                    },
                },
            );
        }
    }
    std::thread::sleep(Duration::from_millis(100));
    let stats = a.media.stats();
    assert_eq!(stats.received.len(), 1);
    assert!(stats.received[0].1.is_empty(), "no picture was decoded");
}
