//! Who and what is in the scripted evening.

use cinemasync_core::devices::{Device, DeviceView, Devices};
use cinemasync_core::film::{FilmId, FilmInfo};
use cinemasync_core::interface::{
    FilmCopy, OtherCut, ParticipantView, PlaybackStage, PlaybackView, SelfView, Snapshot, Stage,
};
use cinemasync_core::link::{LinkState, LinkStats, Path};
use cinemasync_core::player::{Chapter, FilmTrack, FilmTrackKind};
use cinemasync_core::safety_code::{End, Nonce, SafetyCode};
use cinemasync_protocol::ParticipantId;

use super::{ANA, FILM_AT_SECS, FILM_SECS, SELF};

pub(super) fn lobby() -> Snapshot {
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

pub(super) fn person(id: &str, name: &str) -> ParticipantView {
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
        screen: false,
        screen_audio: false,
        screen_volume: 1.0,
        screen_rung: None,
        speaking: false,
        hand: false,
        level: 0.0,
        volume: 1.0,
        copy: FilmCopy::Local,
        film_ready: true,
        same_film: Some(true),
        agreed: false,
        film_offset_ms: Some(if id == ANA { 0.4 } else { -3.0 }),
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

pub(super) fn film_by(name: &str) -> PlaybackView {
    let track = |id, kind: FilmTrackKind, title: Option<&str>, language: &str| {
        let is_sound = kind == FilmTrackKind::Audio;
        FilmTrack {
            id,
            kind,
            title: title.map(str::to_owned),
            language: Some(language.to_owned()),
            external: false,
            codec: Some(if is_sound { "eac3" } else { "subrip" }.to_owned()),
            channels: is_sound.then_some(if title.is_some() { 2 } else { 6 }),
        }
    };
    let chapter = |minutes: f64, title: &str| Chapter {
        start_secs: minutes * 60.0,
        title: Some(title.to_owned()),
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
        chapters: vec![
            chapter(0.0, "The pier"),
            chapter(24.0, "Low water"),
            chapter(51.0, "The lighthouse"),
            chapter(88.0, "Home"),
        ],
        audio_track: 1,
        subtitle_track: 1,
        volume: 0.7,
        may_steer: true,
        ..PlaybackView::default()
    }
}

pub(super) fn set_playing(playback: &mut PlaybackView, playing: bool) {
    playback.playing = playing;
    playback.started |= playing;
    playback.waiting = None;
    playback.state = if playing { PlaybackStage::Playing } else { PlaybackStage::Paused };
}

/// A film that waits.
pub(super) fn next_film(number: u32, name: &str) -> FilmInfo {
    FilmInfo {
        name: name.to_owned(),
        bytes: 3_100_000_000,
        duration_secs: FILM_SECS,
        id: FilmId(format!("{number:064x}")),
        address: None,
    }
}

/// What Ben shows from an address.
pub(super) fn film_at_address() -> PlaybackView {
    let address = "https://films.example.org/shorts/harbour.mkv".to_owned();
    let film = FilmInfo { address: Some(address.clone()), ..next_film(9, "harbour.mkv") };
    PlaybackView {
        film: Some(film),
        position_secs: 0.0,
        target_secs: 0.0,
        address_asked: Some(address),
        ..film_by("Ben")
    }
}

/// One's own copy that is four seconds longer.
pub(super) fn other_cut() -> Option<OtherCut> {
    let film = next_film(8, "The Long Way Down to the Sea (TV).mkv");
    let film = FilmInfo { duration_secs: FILM_SECS + 4.0, ..film };
    Some(OtherCut { film, shift_secs: 4.0 })
}
