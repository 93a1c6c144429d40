//! The lines that `cinemasync headless` writes: their shapes and names, which other programs rely on.

use std::time::Duration;

use cinemasync_core::film_queue::QueuedFilm;
use cinemasync_core::interface::{Event, Notice, ParticipantView, Snapshot, StreamView, Via};
use cinemasync_core::plan::{DecoderStats, VoiceStats};
use cinemasync_core::track::Track;
use serde_json::{Map, Value, json};

use crate::platform::process::Usage;

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
        Self::new("notice", json!({ "level": notice.level, "text": notice.text.as_str() }))
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
            // What is remembered of films is one's own.
            Event::Left | Event::Place(_) | Event::FilmMemory(_) => return None,
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
                json!({
                    "from": line.from,
                    "text": line.text,
                    "id": line.id,
                    "via": line.via,
                    "film_position": line.film_secs.map(|at| round(at, 3)),
                }),
            ),
            Event::Hand { from, raised } => {
                Self::new("hand", json!({ "from": from, "raised": raised }))
            }
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
                    "address": film.as_ref().map(|film| &film.address),
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
            Event::Queue(films) => {
                let film = |queued: &QueuedFilm| json!({ "name": queued.film.name, "id": queued.film.id, "from": queued.by });
                Self::new("queue", json!({ "films": films.iter().map(film).collect::<Vec<_>>() }))
            }
            Event::Proposal { from, audio, subtitle } => Self::new(
                "proposal",
                json!({ "from": from, "audio_track": audio, "subtitle_track": subtitle }),
            ),
            Event::SubtitleOffered(offer) => Self::new(
                "subtitle_offer",
                json!({ "from": offer.from, "number": offer.number, "name": offer.name }),
            ),
            Event::FilmKept(path) => Self::new("film_kept", json!({ "path": path })),
            Event::Notice(notice) => Self::notice(notice),
            Event::Failed { code, text, .. } => Self::error(code, text.as_str()),
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
                    "audio_track": playback.audio_track,
                    "subtitle_track": playback.subtitle_track,
                    "tracks": playback.tracks.len(),
                    "slowed": playback.slowed,
                    "stream": playback.stream.as_ref().map(stream_stats),
                },
                "clock_error_ms": snapshot.clock_error_ms.map(|error| round(error, 3)),
                "cpu_percent": round(usage.cpu_percent, 1),
                "rss_mib": round(usage.rss_mib, 1),
            }),
        )
    }
}

fn stream_stats(stream: &StreamView) -> Value {
    let StreamView { figures, .. } = stream;
    json!({
        "bytes_have": figures.bytes_have,
        "bytes_total": figures.bytes_total,
        "bytes_per_second": round(figures.bytes_per_second, 0),
        "sources": figures.sources,
        "given_per_second": round(figures.given_per_second, 0),
    })
}

fn peer_stats(peer: &ParticipantView, snapshot: &Snapshot) -> Value {
    let received = snapshot.media.received.iter().find(|(id, ..)| *id == peer.id);
    let decoders = received.map_or(&[][..], |(_, decoders, _)| decoders.as_slice());
    let voice = received.and_then(|(.., voice)| voice.as_ref());
    let mut screens = snapshot.media.screen_sounds.iter();
    let screen_sound = screens.find(|(id, _)| *id == peer.id).map(|(_, figures)| figures);
    let encoders: Vec<_> = snapshot
        .media
        .encoders
        .iter()
        .filter(|encoder| {
            let rung = match encoder.track {
                Track::Screen => peer.screen_rung,
                _ => peer.camera_rung,
            };
            Some(encoder.rung) == rung
        })
        // One that has encoded nothing yet is no video going out.
        .filter(|encoder| encoder.width > 0)
        .map(|encoder| {
            json!({
                "source": encoder.track,
                "width": encoder.width,
                "height": encoder.height,
                "fps": round(encoder.fps, 1),
                "target_bps": encoder.target_bps,
                "bps": encoder.bps,
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
        "screen_audio_in": screen_sound.map(|figures| voice_stats(&figures.sound)),
        "screen_av_skew_ms":
            screen_sound.and_then(|figures| figures.av_skew_ms).map(|skew| round(skew, 1)),
        "clock_offset_ms": peer.clock_offset_ms.map(|offset| round(offset, 3)),
        "clock_error_ms": peer.clock_error_ms.map(|error| round(error, 3)),
        "same_film": peer.same_film,
        "film_offset_ms": peer.film_offset_ms.map(|offset| round(offset, 1)),
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

#[cfg(test)]
mod tests {
    use cinemasync_core::interface::{Cause, FilmCopy};
    use cinemasync_protocol::ParticipantId;

    use super::*;

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
