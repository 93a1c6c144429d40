//! The lines of `cinemasync headless`: their shapes and names, which other programs rely on.

use std::path::PathBuf;
use std::time::Duration;

use cinemasync_core::devices::DeviceKind;
use cinemasync_core::interface::{Command, Event, Notice, ParticipantView, Snapshot, Via};
use cinemasync_core::plan::{DecoderStats, VoiceStats};
use cinemasync_core::voice_settings::VoiceSettings;
use cinemasync_protocol::ParticipantId;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::platform::process::Usage;

/// What is answered to everything about sharing a screen.
pub(super) const NO_SCREEN_SHARING: &str =
    "This version cannot share a screen yet. Show the film itself with `open` instead.";

/// One line on stdout.
#[derive(Debug, Clone, PartialEq)]
pub struct EventLine {
    event: &'static str,
    fields: Map<String, Value>,
}

impl EventLine {
    fn new(event: &'static str, fields: Value) -> Self {
        let Value::Object(fields) = fields else {
            unreachable!("every line is written as an object")
        };
        Self { event, fields }
    }

    /// The line's text, `since_start` after the start of the program.
    pub fn to_json(&self, since_start: Duration) -> String {
        let mut line = Map::new();
        line.insert("event".to_owned(), self.event.into());
        line.insert("t".to_owned(), round(since_start.as_secs_f64(), 3).into());
        line.extend(self.fields.clone());
        Value::Object(line).to_string()
    }

    /// An `error` line.
    pub fn error(code: &str, text: &str) -> Self {
        Self::new("error", json!({ "code": code, "text": text }))
    }

    /// A `notice` line.
    pub fn notice(notice: &Notice) -> Self {
        Self::new("notice", json!({ "level": notice.level, "text": notice.text }))
    }

    /// The line for an event of the session, if it has one.
    pub fn from_event(event: &Event) -> Option<Self> {
        let line = match event {
            Event::Room { code, id, name, server, participants } => {
                let participants: Vec<_> = participants
                    .iter()
                    .map(|(id, name)| json!({ "id": id, "name": name }))
                    .collect();
                Self::new(
                    "room",
                    json!({ "code": code, "id": id, "name": name, "server": server, "participants": participants }),
                )
            }
            // Where one could come back to is kept, and nobody's business.
            Event::Left | Event::Place(_) => return None,
            Event::ParticipantJoined { id, name } => {
                Self::new("participant_joined", json!({ "id": id, "name": name }))
            }
            Event::ParticipantLeft { id, name, reason } => {
                Self::new("participant_left", json!({ "id": id, "name": name, "reason": reason }))
            }
            Event::Peer { id, state, path, safety_code, compared, other_key } => Self::new(
                "peer",
                json!({
                    "id": id,
                    "state": state,
                    "path": path,
                    "safety_code": safety_code.map(|code| code.to_string()),
                    "compared": compared,
                    "other_key": other_key,
                }),
            ),
            Event::FirstFrame { from, source, width, height } => Self::new(
                "first_frame",
                json!({ "from": from, "source": source, "width": width, "height": height }),
            ),
            Event::TrackChanged { from, source, on } => {
                Self::new("track", json!({ "from": from, "source": source, "on": on }))
            }
            Event::Chat(line) if line.via == Via::Here => return None,
            Event::Chat(line) => Self::new(
                "chat",
                json!({ "from": line.from, "text": line.text, "id": line.id, "via": line.via }),
            ),
            Event::Reaction { from, emoji } => {
                Self::new("reaction", json!({ "from": from, "emoji": emoji }))
            }
            Event::Film { film, from, mine } => Self::new(
                "film",
                json!({
                    "name": film.as_ref().map(|film| &film.name),
                    "bytes": film.as_ref().map(|film| film.bytes),
                    "duration": film.as_ref().map(|film| round(film.duration_secs, 3)),
                    "id": film.as_ref().map(|film| &film.id),
                    "from": from,
                    "mine": mine,
                }),
            ),
            Event::Playback { playing, position_secs, rate, by, cause } => Self::new(
                "playback",
                json!({
                    "playing": playing,
                    "position": round(*position_secs, 3),
                    "rate": rate,
                    "by": by,
                    "cause": cause,
                }),
            ),
            Event::Waiting { who, why } => Self::new("waiting", json!({ "for": who, "why": why })),
            Event::Notice(notice) => Self::notice(notice),
            Event::Failed { code, text, .. } => Self::error(code, text),
        };
        Some(line)
    }

    /// The `stats` line.
    pub fn stats(snapshot: &Snapshot, usage: Usage) -> Self {
        let playback = &snapshot.playback;
        let peers: Vec<_> =
            snapshot.participants.iter().map(|peer| peer_stats(peer, snapshot)).collect();
        Self::new(
            "stats",
            json!({
                "peers": peers,
                "playback": {
                    "state": playback.state,
                    "position": round(playback.position_secs, 3),
                    "target": round(playback.target_secs, 3),
                    "offset_ms": playback.offset_ms.map(|offset| round(offset, 2)),
                    "speed": round(playback.speed, 4),
                    "buffered_seconds": round(playback.buffered_secs, 2),
                    "stream": Value::Null,
                },
                "clock_error_ms": snapshot.clock_error_ms.map(|error| round(error, 3)),
                "cpu_percent": round(usage.cpu_percent, 1),
                "rss_mib": round(usage.rss_mib, 1),
            }),
        )
    }
}

fn peer_stats(peer: &ParticipantView, snapshot: &Snapshot) -> Value {
    let received = snapshot.media.received.iter().find(|(id, ..)| *id == peer.id);
    let decoders = received.map_or(&[][..], |(_, decoders, _)| decoders.as_slice());
    let voice = received.and_then(|(.., voice)| voice.as_ref());
    let encoders: Vec<_> = snapshot
        .media
        .encoders
        .iter()
        .filter(|encoder| Some(encoder.rung) == peer.camera_rung)
        // One that has encoded nothing yet is no video going out.
        .filter(|encoder| encoder.width > 0)
        .map(|encoder| {
            json!({
                "source": encoder.track,
                "width": encoder.width,
                "height": encoder.height,
                "fps": round(encoder.fps, 1),
                "target_bps": encoder.target_bps,
                "encode_ms": round(encoder.encode_ms, 2),
                "keyframes": encoder.keyframes,
            })
        })
        .collect();
    json!({
        "id": peer.id,
        "state": peer.state,
        "path": peer.path,
        "rtt_ms": peer.link.rtt_ms.map(|rtt| round(rtt, 2)),
        "loss_percent": peer.link.loss_percent.map(|loss| round(loss, 2)),
        "available_bps": peer.link.available_bps,
        "sent_bps": peer.link.sent_bps,
        "received_bps": peer.link.received_bps,
        "video_out": encoders,
        "video_in": decoders.iter().map(decoder_stats).collect::<Vec<_>>(),
        "audio_in": voice.map(voice_stats),
        "clock_offset_ms": peer.clock_offset_ms.map(|offset| round(offset, 3)),
        "clock_error_ms": peer.clock_error_ms.map(|error| round(error, 3)),
    })
}

fn decoder_stats(decoder: &DecoderStats) -> Value {
    json!({
        "source": decoder.track,
        "width": decoder.width,
        "height": decoder.height,
        "fps": round(decoder.fps, 1),
        "frames_decoded": decoder.frames_decoded,
        "frames_dropped": decoder.frames_dropped,
        "freezes": decoder.freezes,
        "longest_gap_ms": round(decoder.longest_gap_ms, 0),
        "decode_ms": round(decoder.decode_ms, 2),
        "capture_to_decode_ms": decoder.capture_to_decode_ms.map(|delay| round(delay, 1)),
    })
}

fn voice_stats(voice: &VoiceStats) -> Value {
    json!({
        "jitter_ms": round(voice.jitter_ms, 2),
        "concealed_percent": round(voice.concealed_percent, 2),
        "level_db": round(voice.level_db, 1),
    })
}

/// `value` with this many decimals; what is not finite becomes 0, which JSON can write.
fn round(value: f64, decimals: i32) -> f64 {
    let scale = 10_f64.powi(decimals);
    if value.is_finite() { (value * scale).round() / scale } else { 0.0 }
}

/// One line on stdin.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum CommandLine {
    /// For the session.
    Session(Command),
    /// Print the figures now.
    Stats,
}

#[derive(Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
enum Spoken {
    Chat {
        text: String,
    },
    Open {
        path: PathBuf,
    },
    Attach {
        path: PathBuf,
    },
    Play,
    Pause,
    Seek {
        position: f64,
    },
    Rate {
        value: f64,
    },
    AudioTrack {
        id: i64,
    },
    SubtitleTrack {
        id: i64,
    },
    LockRoom {
        locked: bool,
    },
    Ready {
        #[serde(rename = "value")]
        _value: bool,
    },
    Camera {
        on: bool,
    },
    Microphone {
        on: bool,
    },
    Device {
        kind: DeviceWord,
        id: Option<String>,
    },
    Voice(VoiceSettings),
    VoiceVolume {
        who: ParticipantId,
        volume: f64,
    },
    PushToTalk {
        on: bool,
    },
    Talk {
        held: bool,
    },
    ShareScreen {
        #[serde(rename = "source")]
        _source: String,
    },
    StopSharing,
    React {
        emoji: String,
    },
    Compared {
        id: ParticipantId,
        equal: bool,
    },
    AcceptKey {
        id: ParticipantId,
    },
    RefuseKey {
        id: ParticipantId,
    },
    Stats,
    Leave,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum DeviceWord {
    Camera,
    Microphone,
    Speaker,
}

impl From<DeviceWord> for DeviceKind {
    fn from(word: DeviceWord) -> Self {
        match word {
            DeviceWord::Camera => Self::Camera,
            DeviceWord::Microphone => Self::Microphone,
            DeviceWord::Speaker => Self::Speaker,
        }
    }
}

impl CommandLine {
    /// Reads a line; an error is a code and a sentence for an `error` line.
    pub(super) fn parse(line: &str) -> Result<Self, (&'static str, String)> {
        let no_command = |reason: &dyn std::fmt::Display| {
            (
                "bad_command",
                format!(
                    "This line is no command ({reason}). A command looks like {{\"command\":\"play\"}}."
                ),
            )
        };
        // A list could be read as a command too; the contract has objects only.
        if !line.trim_start().starts_with('{') {
            return Err(no_command(&"it is no JSON object"));
        }
        let spoken = serde_json::from_str(line).map_err(|error| no_command(&error))?;
        let command = match spoken {
            Spoken::Chat { text } => Command::Chat(text),
            Spoken::Open { path } => Command::OpenFilm(path),
            Spoken::Attach { path } => Command::AttachFilm(path),
            Spoken::Play => Command::Play,
            Spoken::Pause => Command::Pause,
            Spoken::Seek { position } => Command::Seek(position),
            Spoken::Rate { value } => Command::Rate(value),
            Spoken::AudioTrack { id } => Command::AudioTrack(id),
            Spoken::SubtitleTrack { id } => Command::SubtitleTrack(id),
            Spoken::LockRoom { locked } => Command::LockRoom(locked),
            Spoken::Camera { on } => Command::Camera(on),
            Spoken::Microphone { on } => Command::Microphone(on),
            Spoken::Device { kind, id } => Command::ChooseDevice { kind: kind.into(), id },
            Spoken::Voice(settings) => Command::Voice(settings),
            Spoken::VoiceVolume { who, volume } => Command::VoiceVolume { who, volume },
            Spoken::PushToTalk { on } => Command::PushToTalk(on),
            Spoken::Talk { held } => Command::Talk(held),
            Spoken::React { emoji } => Command::React(emoji),
            Spoken::Compared { id, equal } => Command::Compared(id, equal),
            Spoken::AcceptKey { id } => Command::AcceptKey(id),
            Spoken::RefuseKey { id } => Command::RefuseKey(id),
            Spoken::Leave => Command::Leave,
            Spoken::Stats => return Ok(Self::Stats),
            Spoken::Ready { .. } => {
                return Err((
                    "unsupported",
                    "This version has no ready check yet; `play` starts at once.".to_owned(),
                ));
            }
            Spoken::ShareScreen { .. } | Spoken::StopSharing => {
                return Err(("unsupported", NO_SCREEN_SHARING.to_owned()));
            }
        };
        Ok(Self::Session(command))
    }
}

#[cfg(test)]
mod tests {
    use cinemasync_core::interface::{Cause, FilmCopy};

    use super::*;

    #[test]
    fn each_command_of_the_contract_is_understood() {
        let session = |line| match CommandLine::parse(line) {
            Ok(CommandLine::Session(command)) => command,
            other => panic!("{line}: {other:?}"),
        };
        assert_eq!(session(r#"{"command":"chat","text":"hi"}"#), Command::Chat("hi".into()));
        assert_eq!(
            session(r#"{"command":"open","path":"/films/a.mkv"}"#),
            Command::OpenFilm("/films/a.mkv".into())
        );
        assert_eq!(session(r#"{"command":"seek","position":73.5}"#), Command::Seek(73.5));
        assert_eq!(session(r#"{"command":"rate","value":1.25}"#), Command::Rate(1.25));
        assert_eq!(session(r#"{"command":"camera","on":false}"#), Command::Camera(false));
        assert_eq!(
            session(r#"{"command":"device","kind":"speaker","id":"usb"}"#),
            Command::ChooseDevice { kind: DeviceKind::Speaker, id: Some("usb".into()) }
        );
        assert_eq!(
            session(r#"{"command":"voice","ducking_db":6}"#),
            Command::Voice(VoiceSettings { ducking_db: 6.0, ..VoiceSettings::default() })
        );
        assert_eq!(session(r#"{"command":"talk","held":true}"#), Command::Talk(true));
        assert_eq!(session(r#"{"command":"leave"}"#), Command::Leave);
        let ben = ParticipantId::new("b");
        assert_eq!(
            session(r#"{"command":"compared","id":"b","equal":true}"#),
            Command::Compared(ben.clone(), true)
        );
        assert_eq!(
            session(r#"{"command":"accept_key","id":"b"}"#),
            Command::AcceptKey(ben.clone())
        );
        assert_eq!(session(r#"{"command":"refuse_key","id":"b"}"#), Command::RefuseKey(ben));
        assert_eq!(CommandLine::parse(r#"{"command":"stats"}"#), Ok(CommandLine::Stats));
    }

    #[test]
    fn anything_else_is_an_error_with_a_sentence() {
        for line in
            ["", "play", "[]", "[\"play\"]", "{}", r#"{"command":"fly"}"#, r#"{"command":"seek"}"#]
        {
            assert!(matches!(CommandLine::parse(line), Err(("bad_command", _))), "{line}");
        }
    }

    #[test]
    fn lines_carry_their_event_and_the_time() {
        let event = Event::Playback {
            playing: true,
            position_secs: 1.0 / 3.0,
            rate: 1.0,
            by: ParticipantId::new("a"),
            cause: Cause::Play,
        };
        let line = EventLine::from_event(&event).unwrap().to_json(Duration::from_millis(1_234));
        let value: Value = serde_json::from_str(&line).unwrap();
        let expected = json!({"event": "playback", "t": 1.234, "playing": true, "position": 0.333, "rate": 1.0, "by": "a", "cause": "play"});
        assert_eq!(value, expected);
    }

    #[test]
    fn a_closed_film_is_a_line_of_nulls() {
        let event = Event::Film { film: None, from: None, mine: FilmCopy::None };
        let line = EventLine::from_event(&event).unwrap().to_json(Duration::ZERO);
        assert!(line.contains(r#""name":null"#) && line.contains(r#""mine":"none""#), "{line}");
    }
}
