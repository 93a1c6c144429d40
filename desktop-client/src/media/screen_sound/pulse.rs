//! What other programs play through a PulseAudio server (PipeWire answers as one, too): one recording
//! for each of their streams, which come, go and move to another loudspeaker. What we play ourselves
//! is never recorded.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use pulseaudio::protocol::{
    ChannelMap, Command, CreateRecordStreamReply, LatencyParams, Prop, RecordLatency,
    RecordStreamParams, SampleFormat, SampleSpec, SinkInputInfo, SinkInputInfoList,
    SubscriptionEventFacility, SubscriptionMask, stream,
};

use super::super::opus::{FRAME, RATE, STEREO};
use super::timeline::Timeline;
use super::wire::{Message, Wire};

/// Most streams that are recorded; nobody hears more apart.
const MOST: usize = 32;
/// How long sound is waited for before it is looked whether there is something else to do.
const LOOK: Duration = Duration::from_millis(10);
/// How often it is asked when a stream's sound is heard.
const ANCHOR: Duration = Duration::from_millis(250);
/// A server that leaves a request without an answer for so long has stopped working.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of a sample.
const SAMPLE: usize = size_of::<f32>();

/// The recordings of what other programs play.
pub(super) struct Recording {
    wire: Wire,
    /// By the stream's index.
    streams: BTreeMap<u32, Stream>,
    /// Requests without an answer, by their number.
    asked: BTreeMap<u32, (Instant, Asked)>,
    /// Has what is played changed since it was asked for?
    changed: bool,
    sound: Vec<f32>,
}

struct Stream {
    /// The loudspeaker's index.
    sink: u32,
    /// Of the recording, once there is one.
    channel: Option<u32>,
    anchor_due: Instant,
}

enum Asked {
    Subscription,
    List,
    Recording { stream: u32 },
    Latency { stream: u32 },
    End,
}

impl Recording {
    /// Connects to the server and asks what is played.
    pub(super) fn open() -> Result<Self, String> {
        let mut this = Self {
            wire: Wire::open()?,
            streams: BTreeMap::new(),
            asked: BTreeMap::new(),
            changed: true,
            sound: Vec::new(),
        };
        this.ask(&Command::Subscribe(SubscriptionMask::SINK_INPUT), Asked::Subscription)?;
        Ok(this)
    }

    /// Waits for sound, but not long, and puts it into the time line.
    pub(super) fn pump(&mut self, timeline: &mut Timeline) -> Result<(), String> {
        let now = Instant::now();
        self.ask_what_is_due(now)?;
        let late = |(at, _): &(Instant, Asked)| now.saturating_duration_since(*at) > PATIENCE;
        if self.asked.values().any(late) {
            return Err("the sound server does not answer".to_owned());
        }
        let Some(message) = self.wire.receive(LOOK)? else { return Ok(()) };
        let now = Instant::now();
        match message {
            Message::Sound(channel) => self.heard(channel, timeline, now),
            Message::Reply(number) => {
                if let Some((_, asked)) = self.asked.remove(&number) {
                    self.answered(&asked, timeline, now)?;
                }
            }
            Message::Refused(number) => {
                // The stream is gone, or will be told of as changed; a recording that could not be made
                // is tried again with the next change.
                if let Some((_, Asked::Recording { stream })) = self.asked.remove(&number) {
                    self.streams.remove(&stream);
                }
            }
            Message::Changed(of) => self.changed |= of == SubscriptionEventFacility::SinkInput,
            Message::Killed(channel) => {
                // What it recorded has ended or moved.
                self.streams.retain(|index, stream| {
                    let killed = stream.channel == Some(channel);
                    if killed {
                        timeline.remove(*index);
                    }
                    !killed
                });
                self.changed = true;
            }
            Message::Other => {}
        }
        Ok(())
    }

    fn ask(&mut self, command: &Command, asked: Asked) -> Result<(), String> {
        let number = self.wire.send(command)?;
        self.asked.insert(number, (Instant::now(), asked));
        Ok(())
    }

    fn ask_what_is_due(&mut self, now: Instant) -> Result<(), String> {
        let lists = self.asked.values().any(|(_, asked)| matches!(asked, Asked::List));
        if self.changed && !lists {
            self.changed = false;
            self.ask(&Command::GetSinkInputInfoList, Asked::List)?;
        }
        let due: Vec<(u32, u32)> = self
            .streams
            .iter_mut()
            .filter(|(_, stream)| now >= stream.anchor_due)
            .filter_map(|(index, stream)| {
                stream.anchor_due = now + ANCHOR;
                Some((*index, stream.channel?))
            })
            .collect();
        for (stream, channel) in due {
            let params = LatencyParams { channel, now: std::time::SystemTime::now() };
            self.ask(&Command::GetRecordLatency(params), Asked::Latency { stream })?;
        }
        Ok(())
    }

    fn answered(
        &mut self,
        asked: &Asked,
        timeline: &mut Timeline,
        now: Instant,
    ) -> Result<(), String> {
        match *asked {
            Asked::Subscription | Asked::End => {}
            Asked::List => {
                let played: SinkInputInfoList = self.wire.read()?;
                self.follow(&played, timeline, now)?;
            }
            Asked::Recording { stream } => {
                let made: CreateRecordStreamReply = self.wire.read()?;
                match self.streams.get_mut(&stream) {
                    Some(it) if it.channel.is_none() => {
                        (it.channel, it.anchor_due) = (Some(made.channel), now);
                    }
                    // It has ended meanwhile.
                    _ => self.ask(&Command::DeleteRecordStream(made.channel), Asked::End)?,
                }
            }
            Asked::Latency { stream } => {
                let latency: RecordLatency = self.wire.read()?;
                // All that came so far ends where the server is now, less what is still on its way, and
                // is heard once it has gone through the loudspeaker's buffer.
                let ahead = Duration::from_micros(latency.sink_usec.min(2_000_000));
                let behind = Duration::from_micros(latency.source_usec.min(2_000_000));
                if let Some(end) = (now + ahead).checked_sub(behind) {
                    timeline.anchor(stream, end);
                }
            }
        }
        Ok(())
    }

    /// Records what is played now, and no more what is not.
    fn follow(
        &mut self,
        played: &[SinkInputInfo],
        timeline: &mut Timeline,
        now: Instant,
    ) -> Result<(), String> {
        let theirs: BTreeMap<u32, u32> = played
            .iter()
            // One that is just being made has no loudspeaker yet.
            .filter(|input| input.sink_index != u32::MAX && is_anothers(input))
            .map(|input| (input.index, input.sink_index))
            .collect();
        let ended: Vec<u32> = self
            .streams
            .iter()
            .filter(|(index, stream)| theirs.get(index) != Some(&stream.sink))
            .map(|(index, _)| *index)
            .collect();
        for index in ended {
            timeline.remove(index);
            if let Some(channel) = self.streams.remove(&index).and_then(|stream| stream.channel) {
                self.ask(&Command::DeleteRecordStream(channel), Asked::End)?;
            }
        }
        for (index, sink) in theirs {
            if self.streams.len() >= MOST || self.streams.contains_key(&index) {
                continue;
            }
            let asks = |(_, asked): &(Instant, Asked)| matches!(asked, Asked::Recording { stream } if *stream == index);
            if self.asked.values().any(asks) {
                // One for the loudspeaker before is still being made; look again once it is there.
                self.changed = true;
                continue;
            }
            self.ask(
                &Command::CreateRecordStream(recording_of(index)),
                Asked::Recording { stream: index },
            )?;
            self.streams.insert(index, Stream { sink, channel: None, anchor_due: now + ANCHOR });
        }
        Ok(())
    }

    fn heard(&mut self, channel: u32, timeline: &mut Timeline, now: Instant) {
        let mut streams = self.streams.iter();
        let Some((index, _)) = streams.find(|(_, stream)| stream.channel == Some(channel)) else {
            return;
        };
        let samples = self.wire.body().chunks_exact(SAMPLE);
        self.sound.clear();
        self.sound.extend(samples.map(|sample| {
            let sample = f32::from_le_bytes(sample.try_into().expect("chunks of four bytes"));
            if sample.is_finite() { sample } else { 0.0 }
        }));
        timeline.add(*index, &self.sound, now);
    }
}

/// Records this stream alone, as it is before the loudspeaker.
fn recording_of(stream: u32) -> RecordStreamParams {
    RecordStreamParams {
        sample_spec: SampleSpec {
            format: SampleFormat::Float32Le,
            channels: STEREO as u8,
            sample_rate: RATE,
        },
        channel_map: ChannelMap::stereo(),
        buffer_attr: stream::BufferAttr {
            // A machine that stands still for a moment loses nothing.
            max_length: RATE * (STEREO * SAMPLE) as u32,
            fragment_size: (STEREO * FRAME * SAMPLE) as u32,
            ..stream::BufferAttr::default()
        },
        flags: stream::StreamFlags { adjust_latency: true, ..stream::StreamFlags::default() },
        direct_on_input_index: Some(stream),
        ..RecordStreamParams::default()
    }
}

/// Does another program play this?
fn is_anothers(input: &SinkInputInfo) -> bool {
    // What modules play on (an equalizer, a second loudspeaker) was played by a program before, and
    // our own voices may be in it.
    let by_a_program =
        input.client_index.is_some() && input.props.get_bytes(c"node.link-group").is_none();
    let process = input.props.get(Prop::ApplicationProcessId).and_then(|id| {
        let id = id.strip_suffix(&[0]).unwrap_or(id);
        std::str::from_utf8(id).ok()?.parse::<u32>().ok()
    });
    by_a_program && !process.is_some_and(is_us)
}

/// Is that process this one, or another one of this program? What that one plays may be what we share,
/// and would go round and round.
fn is_us(process: u32) -> bool {
    let program = |process: &str| std::fs::read_link(format!("/proc/{process}/exe")).ok();
    process == std::process::id()
        || program("self").is_some_and(|us| program(&process.to_string()) == Some(us))
}

#[cfg(test)]
mod tests {
    use pulseaudio::protocol::Props;

    use super::*;

    fn input(process: Option<u32>) -> SinkInputInfo {
        let mut props = Props::new();
        if let Some(process) = process {
            let process = std::ffi::CString::new(process.to_string()).expect("digits");
            props.set(Prop::ApplicationProcessId, process);
        }
        SinkInputInfo { client_index: Some(1), props, ..SinkInputInfo::default() }
    }

    #[test]
    fn what_we_play_ourselves_is_not_another_programs() {
        assert!(!is_anothers(&input(Some(std::process::id()))));
        assert!(is_anothers(&input(Some(1))));
        assert!(is_anothers(&input(None)));
        assert!(!is_anothers(&SinkInputInfo { client_index: None, ..input(Some(1)) }));
        let mut filter = input(None);
        filter.props.set_bytes(c"node.link-group", b"filter-chain-1\0");
        assert!(!is_anothers(&filter));
    }
}
