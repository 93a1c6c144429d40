//! Makes packets of a screen's sound and counts their time. Where nothing is heard nothing is sent.

use cinemasync_core::packet::OutboundPacket;
use cinemasync_core::track::Track;

use super::super::clock::RtpClock;
use super::super::opus::{FRAME, RATE, SoundEncoder, StereoFrame};
use super::timeline::Timeline;

/// What is softer than this, -80 dB, is silence.
const SILENCE: f32 = 1e-4;
/// Frames of silence that are sent before nothing is: half a second.
const TOLD_SILENCE: u32 = 50;

/// Makes packets of frames.
pub(super) struct Sender {
    encoder: SoundEncoder,
    clock: RtpClock,
    /// Where the next frame belongs if it continues the ones before.
    next: Option<u64>,
    /// Where the packet began that is being filled.
    began: Option<u64>,
    /// Does the next packet begin after a pause?
    spurt: bool,
    silent_frames: u32,
}

impl Sender {
    /// Nothing was sent yet.
    pub(super) fn new(clock: RtpClock) -> Result<Self, String> {
        let encoder = SoundEncoder::screen().map_err(failed)?;
        // Nobody needs to be told of the silence before the first sound.
        let silent_frames = TOLD_SILENCE;
        Ok(Self { encoder, clock, next: None, began: None, spurt: true, silent_frames })
    }

    /// Takes a frame that belongs at `position` of the time line.
    pub(super) fn frame(
        &mut self,
        timeline: &Timeline,
        (position, frame): (u64, &StereoFrame),
        loss_percent: u8,
    ) -> Result<Option<OutboundPacket>, String> {
        let silent = frame.iter().all(|sample| sample.abs() < SILENCE);
        self.silent_frames = if silent { self.silent_frames.saturating_add(1) } else { 0 };
        let rests = self.silent_frames > TOLD_SILENCE;
        if rests || self.next != Some(position) {
            self.pause();
        }
        if rests {
            return Ok(None);
        }
        self.next = Some(position + FRAME as u64);
        let began = *self.began.get_or_insert(position);
        self.encoder.expect_loss(loss_percent);
        let Some(payload) = self.encoder.encode(frame).map_err(failed)? else { return Ok(None) };
        self.began = None;
        Ok(Some(OutboundPacket::Audio {
            track: Track::ScreenAudio,
            payload,
            rtp_timestamp: self.clock.at(timeline.moment(began), RATE),
            talk_spurt: std::mem::take(&mut self.spurt),
        }))
    }

    fn pause(&mut self) {
        if self.next.take().is_some() {
            self.encoder.restart();
            (self.began, self.spurt) = (None, true);
        }
    }
}

fn failed(error: opusic_c::ErrorCode) -> String {
    format!("The sound of other programs cannot be encoded ({error:?}). Restart the program.")
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn silence_is_told_and_then_kept_and_times_go_on() {
        let start = Instant::now();
        let timeline = Timeline::new(start);
        let mut sender = Sender::new(RtpClock::new(start)).expect("opens");
        let mut seen = Vec::new();
        for number in 0..400u64 {
            let loud = (100..200).contains(&number) || number >= 301;
            let frame = [if loud { 0.25 } else { 0.0 }; 2 * FRAME];
            let at = number * FRAME as u64;
            if let Some(OutboundPacket::Audio { rtp_timestamp, talk_spurt, track, .. }) =
                sender.frame(&timeline, (at, &frame), 0).expect("encodes")
            {
                assert_eq!(track, Track::ScreenAudio);
                seen.push((rtp_timestamp, talk_spurt));
            }
        }
        // Nothing before the first sound; the sound and half a second of silence; the rest.
        assert_eq!(seen.len(), 75 + 49, "{seen:?}");
        let spurts: Vec<usize> =
            seen.iter().enumerate().filter(|(_, seen)| seen.1).map(|(at, _)| at).collect();
        assert_eq!(spurts, [0, 75]);
        let steps = seen.windows(2).map(|pair| pair[1].0.wrapping_sub(pair[0].0));
        for (at, step) in steps.enumerate() {
            let expected = if at == 74 { 960 + 51 * 480 + 480 - 480 } else { 960 };
            assert!(step.abs_diff(expected) <= 1, "{at}: {step}");
        }
    }
}
