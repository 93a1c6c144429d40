//! A scripted evening for `--demo`, tests and screenshots: three people, their faces, their chat
//! and a film, all made here from the time alone. No network, device or file. Leaves the window
//! to [`app`](super).

mod face;
mod film;
mod script;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cinemasync_core::devices::{Device, DeviceKind, DeviceView, Devices};
use cinemasync_core::film::{FilmId, FilmInfo};
use cinemasync_core::frame::{FrameSlot, VideoFrame};
use cinemasync_core::interface::{
    ChatLine, Command, Event, FilmCopy, MAX_CHAT_LINES, Notice, ParticipantView, PlaybackStage,
    PlaybackView, SelfView, Snapshot, Stage, Via, WaitReason,
};
use cinemasync_core::link::{LinkState, LinkStats, Path};
use cinemasync_core::player::{FilmTrack, FilmTrackKind};
use cinemasync_core::safety_code::{End, Nonce, SafetyCode};
use cinemasync_protocol::{ParticipantId, RoomCode};

use crate::ui::{FilmPicture, Frames};
use face::{Face, Pose};
pub use film::DemoFilm;
use script::{Happening, SCRIPT};

/// Time between two pictures of the script.
pub const PICTURE_INTERVAL: Duration = Duration::from_millis(100);
/// The code of the room in the script.
const CODE: [u8; RoomCode::LEN] = [9, 29, 14, 11, 26, 21, 17, 1];
/// When the script begins, in Unix milliseconds: an evening, 21:44.
const EVENING_UNIX_MS: u64 = 1_700_257_440_000;
/// Where in the film the evening is.
const FILM_AT_SECS: f64 = 2892.0;
/// The film's length.
const FILM_SECS: f64 = 7060.0;

/// The evening, played by being told the time.
#[derive(Debug)]
pub struct Demo {
    snapshot: Snapshot,
    frames: Frames,
    next: usize,
    round: u64,
    seconds: f64,
    painted: Option<u64>,
    /// Faces drawn before, by person and pose: drawing takes time, copying none.
    drawn: BTreeMap<(u8, Pose), VideoFrame>,
    lines: u64,
    origin: Instant,
}

/// The others of the script.
const ANA: &str = "p-ana";
const BEN: &str = "p-ben";
/// Oneself in the script.
const SELF: &str = "p-cyd";

impl Demo {
    /// Begins in the lobby. Pictures are stamped with times after `origin`.
    pub fn new(origin: Instant) -> Self {
        let mut frames = Frames::default();
        for id in [ANA, BEN] {
            frames.cameras.insert(ParticipantId::new(id), FrameSlot::default());
        }
        Self {
            snapshot: lobby(),
            frames,
            next: 0,
            round: 0,
            seconds: 0.0,
            painted: None,
            drawn: BTreeMap::new(),
            lines: 0,
            origin,
        }
    }

    /// The evening at a moment: every happening up to `seconds` in the room has taken place.
    /// For tests and screenshots.
    pub fn at(seconds: f64, origin: Instant) -> Self {
        let mut demo = Self::new(origin);
        drop(demo.advance(seconds, origin));
        demo
    }

    /// Moves on to `seconds` since the start; returns what happened. Time never runs backwards.
    pub fn advance(&mut self, seconds: f64, now: Instant) -> Vec<Event> {
        let elapsed = (seconds - self.seconds).max(0.0);
        self.seconds = seconds;
        let mut events = Vec::new();
        let mut into = seconds - self.round as f64 * script::LENGTH_SECS;
        while into >= script::LENGTH_SECS {
            into -= script::LENGTH_SECS;
            self.round += 1;
            self.next = 0;
            self.snapshot = Snapshot { me: self.snapshot.me.clone(), ..lobby() };
            events.push(Event::Left);
        }
        while let Some((at, happening)) = SCRIPT.get(self.next)
            && *at <= into
        {
            self.next += 1;
            self.happen(happening, *at, &mut events);
        }
        self.play(elapsed);
        self.speak(into);
        self.paint(seconds, now);
        events
    }

    /// What is, now.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The pictures of this moment, with the film's if a film is shown.
    pub fn frames(&self, film: FilmPicture) -> Frames {
        let shown = self.snapshot.playback.film.is_some();
        Frames { film: shown.then_some(film), ..self.frames.clone() }
    }

    /// Where the film is, in seconds.
    pub fn film_seconds(&self) -> f64 {
        self.snapshot.playback.position_secs
    }

    /// Does what a person asks, as far as it needs nobody else.
    pub fn command(&mut self, command: Command) {
        let playback = &mut self.snapshot.playback;
        match command {
            Command::Camera(on) => self.snapshot.me.camera = on,
            Command::CameraQuality(quality) => self.snapshot.camera_quality = quality,
            Command::Voice(voice) => self.snapshot.voice = voice,
            Command::VoiceVolume { who, volume } => {
                let mut people = self.snapshot.participants.iter_mut();
                if let Some(person) = people.find(|person| person.id == who) {
                    person.volume = volume;
                }
            }
            Command::PushToTalk(on) => self.snapshot.me.push_to_talk = on,
            Command::Talk(held) => self.snapshot.me.audible = held,
            Command::Route(route) => self.snapshot.route = route,
            Command::ChooseDevice { kind, id } => self.choose(kind, id),
            Command::Microphone(on) => self.snapshot.me.microphone = on,
            Command::Chat(text) | Command::ChatAtFilm(text) => {
                self.say(Some(SELF), "Cyd", &text, self.seconds);
            }
            Command::Play => set_playing(playback, true),
            Command::Pause => set_playing(playback, false),
            Command::Seek(to) => playback.position_secs = to,
            Command::Rate(rate) => playback.rate = rate,
            Command::SetRules(rules) => self.snapshot.rules = rules,
            Command::Ready(ready) => playback.agreed = ready,
            Command::Undo => playback.undo = None,
            Command::AnswerProposal(_) => playback.proposal = None,
            Command::AnswerAddress(_) => playback.address_asked = None,
            Command::AttachOtherCut(_) => playback.refused_cut = None,
            Command::Unqueue(id) => playback.queue.retain(|(film, _)| film.id != id),
            Command::AudioTrack(id) => playback.audio_track = id,
            Command::SubtitleTrack(id) => playback.subtitle_track = id,
            Command::FilmVolume(volume) => playback.volume = volume,
            Command::CloseFilm => *playback = PlaybackView::default(),
            Command::OpenFilm(_) | Command::AttachFilm(_) => self.open_film(),
            Command::Enter(_) => self.enter(),
            Command::Leave => self.snapshot = lobby(),
            Command::LockRoom(lock) => {
                if let Stage::Room { locked, .. } = &mut self.snapshot.stage {
                    *locked = lock;
                }
            }
            Command::Compared(id, equal) => {
                if let Some(person) = self.person(id.as_str()) {
                    person.compared = equal;
                }
            }
            Command::AcceptKey(id) | Command::RefuseKey(id) => {
                if let Some(person) = self.person(id.as_str()) {
                    person.other_key = None;
                }
            }
            Command::React(_)
            | Command::Shown(_)
            | Command::ListDevices
            | Command::Preview(_)
            | Command::Step { .. }
            | Command::OpenAddress(_)
            | Command::FilmShift(_)
            | Command::QueueFilm(_)
            | Command::MoveInQueue { .. }
            | Command::PlayNext
            | Command::ProposeTracks
            | Command::AddSubtitle(_)
            | Command::TakeSubtitle { .. }
            | Command::SubtitleDelay(_)
            | Command::AudioDelay(_)
            | Command::SubtitleScale(_) => {}
        }
    }

    fn choose(&mut self, kind: DeviceKind, id: Option<String>) {
        let devices = &mut self.snapshot.devices;
        let view = match kind {
            DeviceKind::Camera => &mut devices.cameras,
            DeviceKind::Microphone => &mut devices.microphones,
            DeviceKind::Speaker => &mut devices.speakers,
        };
        let first = view.available.first().map(|device| device.id.clone());
        view.in_use = id.clone().or(first);
        view.chosen = id;
    }

    /// A film is on the stage, playing.
    pub fn open_film(&mut self) {
        self.snapshot.playback = film_by("Ana");
        self.snapshot.playback.mine = FilmCopy::Local;
        set_playing(&mut self.snapshot.playback, true);
    }

    fn enter(&mut self) {
        let code = RoomCode::from_random(CODE);
        self.snapshot.stage = Stage::Room {
            code,
            server: "wss://films.example.org".to_owned(),
            max_participants: 3,
            locked: false,
        };
        self.snapshot.signaling_connected = true;
        self.snapshot.me.id = Some(ParticipantId::new(SELF));
    }

    fn happen(&mut self, happening: &Happening, at: f64, events: &mut Vec<Event>) {
        match happening {
            Happening::Entering => self.snapshot.stage = Stage::Entering,
            Happening::Enter => {
                self.enter();
                events.push(Event::Room {
                    code: RoomCode::from_random(CODE),
                    id: ParticipantId::new(SELF),
                    name: "Cyd".to_owned(),
                    server: "wss://films.example.org".to_owned(),
                    participants: Vec::new(),
                });
            }
            Happening::Comes(id, name) => {
                self.snapshot.participants.push(person(id, name));
                self.say(None, "", &format!("{name} came in"), at);
            }
            Happening::Link(id, state) => {
                if let Some(person) = self.person(id) {
                    person.state = *state;
                }
            }
            Happening::Film => self.snapshot.playback = film_by("Ana"),
            Happening::Copy => {
                self.snapshot.playback.mine = FilmCopy::Local;
                self.snapshot.playback.state = PlaybackStage::Loading;
            }
            Happening::Play => set_playing(&mut self.snapshot.playback, true),
            Happening::Pause => set_playing(&mut self.snapshot.playback, false),
            Happening::WaitFor(who) => {
                let who: Vec<_> = who.iter().map(|id| ParticipantId::new(*id)).collect();
                let playback = &mut self.snapshot.playback;
                playback.state =
                    if who.is_empty() { PlaybackStage::Playing } else { PlaybackStage::Waiting };
                events.push(Event::Waiting { who, why: WaitReason::Buffering });
            }
            Happening::Says(id, name, text) => self.say(Some(id), name, text, at),
            Happening::Tells(text) => self.say(None, "", text, at),
            Happening::Reacts(id, emoji) => events.push(Event::Reaction {
                from: ParticipantId::new(*id),
                emoji: (*emoji).to_owned(),
            }),
            Happening::Notice(level, text) => {
                events.push(Event::Notice(Notice { level: *level, text: (*text).to_owned() }));
            }
            Happening::Mutes(id, on) => {
                if let Some(person) = self.person(id) {
                    person.microphone = !on;
                }
            }
        }
    }

    fn person(&mut self, id: &str) -> Option<&mut ParticipantView> {
        self.snapshot.participants.iter_mut().find(|person| person.id.as_str() == id)
    }

    fn say(&mut self, from: Option<&str>, name: &str, text: &str, at: f64) {
        self.lines += 1;
        let chat = Arc::make_mut(&mut self.snapshot.chat);
        if chat.len() >= MAX_CHAT_LINES {
            chat.remove(0);
        }
        // The evening passes faster than the script: twenty seconds of it are a minute there.
        let minutes = (at / 20.0) as u64;
        chat.push(ChatLine {
            film_secs: None,
            from: from.map(ParticipantId::new),
            name: name.to_owned(),
            text: text.to_owned(),
            id: self.lines.to_string(),
            via: Via::Peer,
            at_unix_ms: EVENING_UNIX_MS + minutes * 60_000,
        });
    }

    fn play(&mut self, elapsed: f64) {
        let playback = &mut self.snapshot.playback;
        if playback.state == PlaybackStage::Playing {
            playback.position_secs = (playback.position_secs + elapsed).min(FILM_SECS);
            playback.target_secs = playback.position_secs;
        }
    }

    fn speak(&mut self, into: f64) {
        let ana = script::speaks(0, into);
        let ben = script::speaks(1, into);
        for (id, speaking) in [(ANA, ana), (BEN, ben)] {
            if let Some(person) = self.person(id) {
                person.speaking = speaking && person.microphone;
            }
        }
        self.snapshot.me.speaking = script::speaks(2, into) && self.snapshot.me.microphone;
    }

    /// New pictures of the faces, [`PICTURE_INTERVAL`] apart.
    fn paint(&mut self, seconds: f64, now: Instant) {
        let number = (seconds / PICTURE_INTERVAL.as_secs_f64()) as u64;
        if self.painted == Some(number) {
            return;
        }
        self.painted = Some(number);
        let at = now.max(self.origin);
        if self.snapshot.me.camera {
            let speaking = self.snapshot.me.speaking;
            let picture = drawn(&mut self.drawn, 2, Face::CYD, seconds, speaking, at);
            self.frames.own.put(Arc::new(picture));
        }
        for (number, id, face) in [(0, ANA, Face::ANA), (1, BEN, Face::BEN)] {
            let found = self.snapshot.participants.iter().find(|one| one.id.as_str() == id);
            if let (Some(one), Some(slot)) =
                (found, self.frames.cameras.get(&ParticipantId::new(id)))
            {
                let speaking = one.speaking;
                let picture = drawn(&mut self.drawn, number, face, seconds, speaking, at);
                slot.put(Arc::new(picture));
            }
        }
    }
}

/// A face at a time of the script, drawn now or before.
fn drawn(
    before: &mut BTreeMap<(u8, Pose), VideoFrame>,
    person: u8,
    face: Face,
    seconds: f64,
    speaking: bool,
    at: Instant,
) -> VideoFrame {
    let pose = face.pose(seconds, speaking);
    let picture = before.entry((person, pose)).or_insert_with(|| face.picture(pose, at));
    VideoFrame { at, ..picture.clone() }
}

fn lobby() -> Snapshot {
    Snapshot {
        stage: Stage::Lobby,
        me: SelfView {
            name: "Cyd".to_owned(),
            camera: true,
            microphone: true,
            ..SelfView::default()
        },
        clock_error_ms: Some(0.8),
        devices: devices(),
        ..Snapshot::default()
    }
}

fn devices() -> Devices {
    let view = |names: [&str; 2]| {
        let device = |name: &str| Device { id: name.to_lowercase(), name: name.to_owned() };
        let available: Vec<Device> = names.into_iter().map(device).collect();
        let in_use = available.first().map(|device| device.id.clone());
        DeviceView { available, chosen: None, in_use }
    };
    Devices {
        cameras: view(["Built-in camera", "USB camera"]),
        microphones: view(["Built-in microphone", "Headset"]),
        speakers: view(["Loudspeakers", "Headset"]),
    }
}

fn person(id: &str, name: &str) -> ParticipantView {
    ParticipantView {
        id: ParticipantId::new(id),
        name: name.to_owned(),
        host: id == ANA,
        state: LinkState::Connecting,
        path: Some(Path::Host),
        camera_rung: Some(0),
        link: LinkStats {
            rtt_ms: Some(18.0),
            loss_percent: Some(0.2),
            available_bps: Some(6_400_000),
            sent_bps: 1_240_000,
            received_bps: 1_310_000,
        },
        safety_code: Some(code_of(id)),
        compared: false,
        other_key: None,
        camera: true,
        microphone: true,
        speaking: false,
        level: 0.0,
        volume: 1.0,
        copy: FilmCopy::Local,
        film_ready: true,
        same_film: Some(true),
        agreed: false,
        film_offset_ms: Some(1.5),
        clock_offset_ms: Some(12.0),
        clock_error_ms: Some(0.8),
    }
}

/// A code as a real connection would have it.
fn code_of(id: &str) -> SafetyCode {
    let (here, there) = (ParticipantId::new(SELF), ParticipantId::new(id));
    let nonce = Nonce([0; 32]);
    let end = |id| End { id, fingerprint: "", nonce: &nonce };
    SafetyCode::of(end(&here), end(&there))
}

fn film_by(name: &str) -> PlaybackView {
    let track = |id, kind, title: Option<&str>, language: &str| FilmTrack {
        id,
        kind,
        title: title.map(str::to_owned),
        language: Some(language.to_owned()),
        external: false,
        codec: None,
        channels: None,
    };
    PlaybackView {
        film: Some(FilmInfo {
            name: "The Long Way Down to the Sea.mkv".to_owned(),
            bytes: 4_200_000_000,
            duration_secs: FILM_SECS,
            id: FilmId("00".repeat(32)),
            address: None,
        }),
        opened_by: name.to_owned(),
        mine: FilmCopy::None,
        state: PlaybackStage::Loading,
        playing: false,
        position_secs: FILM_AT_SECS,
        target_secs: FILM_AT_SECS,
        offset_ms: Some(2.0),
        speed: 1.0,
        rate: 1.0,
        buffered_secs: 1480.0,
        tracks: vec![
            track(1, FilmTrackKind::Audio, None, "en"),
            track(2, FilmTrackKind::Audio, Some("Director's comments"), "en"),
            track(1, FilmTrackKind::Subtitle, None, "en"),
            track(2, FilmTrackKind::Subtitle, None, "de"),
        ],
        audio_track: 1,
        subtitle_track: 1,
        volume: 0.7,
        may_steer: true,
        ..PlaybackView::default()
    }
}

fn set_playing(playback: &mut PlaybackView, playing: bool) {
    playback.playing = playing;
    playback.state = if playing { PlaybackStage::Playing } else { PlaybackStage::Paused };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_evening_goes_from_the_lobby_through_the_film_and_begins_again() {
        let origin = Instant::now();
        let stage = |seconds| Demo::at(seconds, origin).snapshot().clone();
        assert_eq!(stage(0.0).stage, Stage::Lobby);
        let late = stage(script::LENGTH_SECS - 1.0);
        assert!(matches!(late.stage, Stage::Room { .. }));
        assert_eq!(late.participants.len(), 2);
        assert!(late.playback.film.is_some());
        assert!(!late.chat.is_empty());
        assert_eq!(stage(script::LENGTH_SECS + 0.5).stage, Stage::Lobby);
    }

    #[test]
    fn faces_are_whole_pictures_that_move() {
        let origin = Instant::now();
        let mut demo = Demo::at(1.0, origin);
        let first = demo.frames.own.get().unwrap();
        assert_eq!(first.y.len(), first.width as usize * first.height as usize);
        demo.advance(4.4, origin);
        assert_ne!(demo.frames.own.get().unwrap().y, first.y);
    }

    #[test]
    fn the_script_is_in_order() {
        assert!(SCRIPT.windows(2).all(|two| two[0].0 <= two[1].0));
        assert!(SCRIPT.last().is_some_and(|(at, _)| *at < script::LENGTH_SECS));
    }
}
