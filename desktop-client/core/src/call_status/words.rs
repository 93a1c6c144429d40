//! A call's status in words, and the figures beside them.

use super::{CallStatus, Condition, ProgramUse, received};
use crate::interface::{ParticipantView, Snapshot};
use crate::link::Path;
use crate::plan::EncoderStats;
use crate::track::Track;

impl Condition {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::VoiceBreaks => "the voice breaks off",
            Self::PictureStutters => "the picture stutters",
            Self::LongDelay => "long delay",
            Self::Weak { reduced: false } => "weak connection",
            Self::Weak { reduced: true } => "weak connection, picture reduced",
            Self::Connecting => "connecting",
            Self::Reconnecting => "reconnecting",
            Self::NoConnection => "no connection",
            Self::OtherKey => "another key than before",
        }
    }
}

impl CallStatus {
    /// The one sentence about the call that matters most; `None` while all is well.
    pub fn sentence(&self) -> Option<String> {
        // Somebody who is only on the way in is no trouble.
        let troubled: Vec<_> = self
            .people
            .iter()
            .filter(|person| !matches!(person.condition, Condition::Good | Condition::Connecting))
            .collect();
        let worst = troubled.iter().map(|person| person.condition).max();
        let who: Vec<&str> = troubled
            .iter()
            .filter(|person| Some(person.condition) == worst)
            .map(|person| person.name.as_str())
            .collect();
        let everybody = who.len() > 1 && who.len() == self.people.len();
        match (worst, who.as_slice()) {
            (Some(worst), _) if everybody => Some(format!("Everybody: {}", worst.words())),
            (Some(worst), [name]) => Some(format!("{name}: {}", worst.words())),
            (Some(worst), [rest @ .., last]) => {
                Some(format!("{} and {last}: {}", rest.join(", "), worst.words()))
            }
            _ if self.encoding.is_on() => {
                Some("This computer is too slow for the picture it sends".to_owned())
            }
            _ if self.server_away => Some("The server is away; the call goes on".to_owned()),
            _ => None,
        }
    }
}

/// Which way a connection takes.
pub fn path(path: Path) -> &'static str {
    match path {
        Path::Host => "same network",
        Path::Srflx | Path::Prflx => "direct",
        Path::Relay => "through a relay",
    }
}

/// A bitrate: `840 kbit/s`, `2.4 Mbit/s`.
pub fn bitrate(bits_per_second: u64) -> String {
    if bits_per_second >= 1_000_000 {
        format!("{:.1} Mbit/s", bits_per_second as f64 / 1e6)
    } else {
        format!("{} kbit/s", bits_per_second / 1_000)
    }
}

/// The figures of the connection to somebody, a line a subject; what is unknown is not told.
pub fn person_figures(person: &ParticipantView, snapshot: &Snapshot) -> Vec<String> {
    let link = &person.link;
    let mut way = Vec::new();
    if let Some(rtt) = link.rtt_ms {
        way.push(format!("{rtt:.0} ms"));
    }
    if let Some(loss) = link.loss_percent {
        way.push(format!("{loss:.1} % lost"));
    }
    if let Some(error) = person.clock_error_ms {
        way.push(format!("clock ±{error:.1} ms"));
    }
    let mut lines = Vec::new();
    if !way.is_empty() {
        lines.push(way.join(" · "));
    }
    if link.received_bps > 0 || link.sent_bps > 0 {
        let (down, up) = (bitrate(link.received_bps), bitrate(link.sent_bps));
        let room = link.available_bps.map(|bps| format!(" of {}", bitrate(bps)));
        lines.push(format!("↓ {down} · ↑ {up}{}", room.unwrap_or_default()));
    }
    let found = snapshot.media.received.iter().find(|(id, ..)| *id == person.id);
    for decoder in found.iter().flat_map(|(_, decoders, _)| decoders) {
        let (subject, width, height) = (subject(decoder.track), decoder.width, decoder.height);
        let mut line = format!("{subject} {width}×{height}, {:.0} fps", decoder.fps);
        if decoder.frames_dropped > 0 {
            line.push_str(&format!(", {} dropped", decoder.frames_dropped));
        }
        match decoder.freezes {
            0 => {}
            1 => line.push_str(", stood still once"),
            freezes => line.push_str(&format!(", stood still {freezes} times")),
        }
        lines.push(line);
    }
    if let (_, Some(voice)) = received(person, &snapshot.media) {
        let (jitter, concealed) = (voice.jitter_ms, voice.concealed_percent);
        lines.push(format!("Voice jitter {jitter:.0} ms, {concealed:.1} % concealed"));
    }
    lines.extend(person.film_offset_ms.map(film_skew));
    lines
}

/// Where somebody's film is against the room's, from that in milliseconds: `Film 3 ms behind`.
fn film_skew(ahead_ms: f64) -> String {
    match ahead_ms.round() {
        ms if ms >= 1.0 => format!("Film {ms:.0} ms ahead"),
        ms if ms <= -1.0 => format!("Film {:.0} ms behind", -ms),
        _ => "Film in step to the millisecond".to_owned(),
    }
}

/// What one sends, and what the program uses.
pub fn own_figures(snapshot: &Snapshot, program: ProgramUse) -> Vec<String> {
    let sends = |encoder: &EncoderStats| {
        let (width, height, fps) = (encoder.width, encoder.height, encoder.fps);
        let (subject, target) = (subject(encoder.track), bitrate(encoder.target_bps));
        format!(
            "{subject} {width}×{height}, {fps:.0} fps, {target}, {:.1} ms a picture",
            encoder.encode_ms
        )
    };
    let encoders = snapshot.media.encoders.iter().filter(|encoder| encoder.width > 0);
    let mut lines: Vec<String> = encoders.map(sends).collect();
    lines.extend(snapshot.playback.offset_ms.map(film_skew));
    if program.rss_mib > 0.0 {
        let ProgramUse { cpu_percent, rss_mib } = program;
        lines.push(format!("{cpu_percent:.0} % of a core, {rss_mib:.0} MB of memory"));
    }
    lines
}

fn subject(track: Track) -> &'static str {
    match track {
        Track::Screen => "Screen",
        _ => "Camera",
    }
}
