//! A call's status in words, and the figures beside them.

use super::{CallStatus, Condition, ProgramUse, received};
use crate::interface::{ParticipantView, Snapshot};
use crate::link::Path;
use crate::plan::EncoderStats;
use crate::sentence::{self, Sentence, Value};
use crate::track::Track;

impl Condition {
    /// In words.
    pub fn words(self) -> Sentence {
        match self {
            Self::Good => sentence::condition_good(),
            Self::VoiceBreaks => sentence::condition_voice_breaks(),
            Self::PictureStutters => sentence::condition_picture_stutters(),
            Self::LongDelay => sentence::condition_long_delay(),
            Self::Weak { reduced: false } => sentence::condition_weak(),
            Self::Weak { reduced: true } => sentence::condition_weak_reduced(),
            Self::Connecting => sentence::condition_connecting(),
            Self::Reconnecting => sentence::condition_reconnecting(),
            Self::NoConnection => sentence::condition_no_connection(),
            Self::OtherKey => sentence::condition_other_key(),
        }
    }
}

impl CallStatus {
    /// The one sentence about the call that matters most; `None` while all is well.
    pub fn sentence(&self) -> Option<Sentence> {
        // Somebody who is only on the way in is no trouble.
        let troubled: Vec<_> = self
            .people
            .iter()
            .filter(|person| !matches!(person.condition, Condition::Good | Condition::Connecting))
            .collect();
        let worst = troubled.iter().map(|person| person.condition).max();
        let who: Vec<String> = troubled
            .iter()
            .filter(|person| Some(person.condition) == worst)
            .map(|person| person.name.clone())
            .collect();
        let everybody = who.len() > 1 && who.len() == self.people.len();
        match worst {
            Some(worst) if everybody => Some(sentence::everybody_is(worst.words())),
            Some(worst) => Some(sentence::somebody_is(who, worst.words())),
            None if self.encoding.is_on() => Some(sentence::computer_too_slow()),
            None if self.server_away => Some(sentence::call_goes_on()),
            None => None,
        }
    }
}

/// Which way a connection takes.
pub fn path(path: Path) -> Sentence {
    match path {
        Path::Host => sentence::path_host(),
        Path::Srflx | Path::Prflx => sentence::path_direct(),
        Path::Relay => sentence::path_relay(),
    }
}

/// A bitrate: `840 kbit/s`, `2.4 Mbit/s`.
pub fn bitrate(bits_per_second: u64) -> Sentence {
    if bits_per_second >= 1_000_000 {
        sentence::rate_megabits(Value::figure(bits_per_second as f64 / 1e6, 1))
    } else {
        sentence::rate_kilobits(bits_per_second / 1_000)
    }
}

/// The figures of the connection to somebody, a line a subject, each of one figure or several; what is
/// unknown is not told.
pub fn person_figures(person: &ParticipantView, snapshot: &Snapshot) -> Vec<Vec<Sentence>> {
    let link = &person.link;
    let mut way = Vec::new();
    way.extend(link.rtt_ms.map(|ms| sentence::round_trip(Value::figure(ms, 0))));
    way.extend(link.loss_percent.map(|percent| sentence::lost(Value::figure(percent, 1))));
    way.extend(person.clock_error_ms.map(|ms| sentence::clock_within(Value::figure(ms, 1))));
    let mut lines = Vec::new();
    if !way.is_empty() {
        lines.push(way);
    }
    if link.received_bps > 0 || link.sent_bps > 0 {
        let (down, up) = (bitrate(link.received_bps), bitrate(link.sent_bps));
        lines.push(vec![match link.available_bps {
            Some(most) => sentence::rates_of(down, up, bitrate(most)),
            None => sentence::rates(down, up),
        }]);
    }
    let found = snapshot.media.received.iter().find(|(id, ..)| *id == person.id);
    for decoder in found.iter().flat_map(|(_, decoders, _)| decoders) {
        let size = format!("{}×{}", decoder.width, decoder.height);
        let fps = Value::figure(decoder.fps, 0);
        let mut line = vec![sentence::picture_received(subject(decoder.track), size, fps)];
        if decoder.frames_dropped > 0 {
            line.push(sentence::dropped(decoder.frames_dropped));
        }
        match decoder.freezes {
            0 => {}
            1 => line.push(sentence::froze_once()),
            freezes => line.push(sentence::froze_times(freezes)),
        }
        lines.push(line);
    }
    if let (_, Some(voice)) = received(person, &snapshot.media) {
        let jitter = Value::figure(voice.jitter_ms, 0);
        let concealed = Value::figure(voice.concealed_percent, 1);
        lines.push(vec![sentence::voice_received(jitter, concealed)]);
    }
    lines.extend(person.film_offset_ms.map(|ahead| vec![film_skew(ahead)]));
    lines
}

/// Where somebody's film is against the room's, from that in milliseconds: `Film 3 ms behind`.
fn film_skew(ahead_ms: f64) -> Sentence {
    match ahead_ms.round() {
        ms if ms >= 1.0 => sentence::film_ahead(Value::figure(ms, 0)),
        ms if ms <= -1.0 => sentence::film_behind(Value::figure(-ms, 0)),
        _ => sentence::film_in_step(),
    }
}

/// What one sends, and what the program uses, a line each.
pub fn own_figures(snapshot: &Snapshot, program: ProgramUse) -> Vec<Sentence> {
    let sends = |encoder: &EncoderStats| {
        let size = format!("{}×{}", encoder.width, encoder.height);
        let (fps, ms) = (Value::figure(encoder.fps, 0), Value::figure(encoder.encode_ms, 1));
        sentence::picture_sent(subject(encoder.track), size, fps, bitrate(encoder.target_bps), ms)
    };
    let encoders = snapshot.media.encoders.iter().filter(|encoder| encoder.width > 0);
    let mut lines: Vec<Sentence> = encoders.map(sends).collect();
    lines.extend(snapshot.playback.offset_ms.map(film_skew));
    if program.rss_mib > 0.0 {
        let ProgramUse { cpu_percent, rss_mib } = program;
        let (cpu, memory) = (Value::figure(cpu_percent, 0), Value::figure(rss_mib, 0));
        lines.push(sentence::program_use(cpu, memory));
    }
    lines
}

fn subject(track: Track) -> Sentence {
    match track {
        Track::Screen => sentence::subject_screen(),
        _ => sentence::subject_camera(),
    }
}
