//! Sound by Opus: 10 ms frames in and 20 ms packets out, and back, at 48 kHz. Voices are mono; the
//! sound of a shared screen is stereo, its samples interleaved.

use bytes::Bytes;
use opusic_c::{Application, Bitrate, Channels, ErrorCode, InbandFec, SampleRate, Signal};

/// Samples a second, everywhere in media.
pub(super) const RATE: u32 = 48_000;
/// Samples of 10 ms: the step of everything between microphone and codec, and of the mixer.
pub(super) const FRAME: usize = 480;
/// Samples of a packet that we send, 20 ms.
pub(super) const PACKET: usize = 2 * FRAME;
/// Channels of what is played and of a screen's sound.
pub(super) const STEREO: usize = 2;
/// 10 ms in stereo, left and right by turns.
pub(super) type StereoFrame = [f32; STEREO * FRAME];
/// The longest packet that Opus allows, 120 ms.
pub(super) const LONGEST: usize = 12 * FRAME;

/// Full-band speech is transparent here, with the copies of earlier packets included.
const VOICE_BPS: u32 = 40_000;
/// Music in stereo is transparent here.
const SCREEN_BPS: u32 = 128_000;
/// Below some expected loss, Opus leaves a voice's copies out; each percent costs bits. This many keep
/// single losses unheard, and the first ones come before anybody could report them.
const LEAST_VOICE_LOSS_PERCENT: u8 = 8;
/// Beyond this the copies take more than they give.
const MOST_LOSS_PERCENT: u8 = 30;
/// More than any packet of 20 ms at our bitrates needs.
const MAX_PACKET_BYTES: usize = 1_275;

/// Encodes one sound.
pub(super) struct SoundEncoder {
    inner: opusic_c::Encoder,
    pending: Vec<f32>,
    /// Samples of a packet, of all channels.
    packet: usize,
    least_loss_percent: u8,
    loss_percent: u8,
}

impl SoundEncoder {
    /// An encoder for speech, mono. If it may rest, its packets are [`is_rest`] while nobody speaks, but
    /// for one every 400 ms that keeps the room's noise alive at the other end.
    ///
    /// # Errors
    ///
    /// What libopus says; only a lack of memory explains it.
    pub(super) fn voice(may_rest: bool) -> Result<Self, ErrorCode> {
        let mut inner =
            opusic_c::Encoder::new(Channels::Mono, SampleRate::Hz48000, Application::Voip)?;
        inner.set_bitrate(Bitrate::Value(VOICE_BPS))?;
        inner.set_signal(Signal::Voice)?;
        inner.set_inband_fec(InbandFec::Mode1)?;
        inner.set_dtx(may_rest)?;
        Self::new(inner, PACKET, LEAST_VOICE_LOSS_PERCENT)
    }

    /// An encoder for what a screen's programs play, in stereo: music as well as speech. Where losses
    /// are expected, packets lean less on each other; copies are made of speech alone.
    ///
    /// # Errors
    ///
    /// What libopus says; only a lack of memory explains it.
    pub(super) fn screen() -> Result<Self, ErrorCode> {
        let mut inner =
            opusic_c::Encoder::new(Channels::Stereo, SampleRate::Hz48000, Application::Audio)?;
        inner.set_bitrate(Bitrate::Value(SCREEN_BPS))?;
        inner.set_inband_fec(InbandFec::Mode2)?;
        inner.set_dtx(false)?;
        Self::new(inner, STEREO * PACKET, 0)
    }

    fn new(
        mut inner: opusic_c::Encoder,
        packet: usize,
        least_loss_percent: u8,
    ) -> Result<Self, ErrorCode> {
        inner.set_packet_loss(least_loss_percent)?;
        Ok(Self {
            inner,
            pending: Vec::with_capacity(packet),
            packet,
            least_loss_percent,
            loss_percent: least_loss_percent,
        })
    }

    /// Expects so many percent of the packets to be lost: the more, the better they are protected.
    pub(super) fn expect_loss(&mut self, percent: u8) {
        let percent = percent.clamp(self.least_loss_percent, MOST_LOSS_PERCENT);
        if percent != std::mem::replace(&mut self.loss_percent, percent)
            && let Err(error) = self.inner.set_packet_loss(percent)
        {
            tracing::warn!(?error, percent, "the sound encoder does not expect losses");
        }
    }

    /// Takes a frame of 10 ms; every second one completes a packet.
    ///
    /// # Errors
    ///
    /// What libopus says.
    pub(super) fn encode(&mut self, frame: &[f32]) -> Result<Option<Bytes>, ErrorCode> {
        self.pending.extend_from_slice(frame);
        if self.pending.len() < self.packet {
            return Ok(None);
        }
        let mut packet = vec![0; MAX_PACKET_BYTES];
        let length = self.inner.encode_float_to_slice(&self.pending, &mut packet);
        self.pending.clear();
        packet.truncate(length?);
        Ok(Some(Bytes::from(packet)))
    }

    /// Begins anew after a pause.
    pub(super) fn restart(&mut self) {
        self.pending.clear();
        if let Err(error) = self.inner.reset() {
            tracing::warn!(?error, "the sound encoder could not be reset");
        }
    }
}

/// Does this packet say that nobody speaks? Those that follow it and say the same need not be sent.
pub(super) fn is_rest(packet: &[u8]) -> bool {
    packet.len() <= 2
}

/// Decodes one sound.
pub(super) struct SoundDecoder {
    inner: opusic_c::Decoder,
    channels: usize,
}

impl SoundDecoder {
    /// A decoder to one channel: stereo packets are mixed.
    ///
    /// # Errors
    ///
    /// What libopus says; only a lack of memory explains it.
    pub(super) fn mono() -> Result<Self, ErrorCode> {
        let inner = opusic_c::Decoder::new(Channels::Mono, SampleRate::Hz48000)?;
        Ok(Self { inner, channels: 1 })
    }

    /// A decoder to two channels: what is mono comes out of both.
    ///
    /// # Errors
    ///
    /// What libopus says; only a lack of memory explains it.
    pub(super) fn stereo() -> Result<Self, ErrorCode> {
        let inner = opusic_c::Decoder::new(Channels::Stereo, SampleRate::Hz48000)?;
        Ok(Self { inner, channels: STEREO })
    }

    /// Samples that stand side by side for one moment.
    pub(super) fn channels(&self) -> usize {
        self.channels
    }

    /// Appends the packet's sound; silence of 20 ms for what is damaged.
    pub(super) fn play(&mut self, packet: &[u8], sound: &mut Vec<f32>) {
        self.append(packet, LONGEST, false, sound);
    }

    /// Appends `samples` (a channel) recovered from the packet after the lost one, or invented if it
    /// carries no copy.
    pub(super) fn recover(&mut self, next: &[u8], samples: u32, sound: &mut Vec<f32>) {
        self.append(next, whole_frames(samples), true, sound);
    }

    /// Appends `samples` (a channel) of what might have been said.
    pub(super) fn conceal(&mut self, samples: u32, sound: &mut Vec<f32>) {
        self.append(&[], whole_frames(samples), false, sound);
    }

    fn append(&mut self, packet: &[u8], room: usize, fec: bool, sound: &mut Vec<f32>) {
        let (start, channels) = (sound.len(), self.channels);
        sound.resize(start + room * channels, 0.0);
        let decoded = self.inner.decode_float_to_slice(packet, &mut sound[start..], fec);
        match decoded {
            Ok(samples) => sound.truncate(start + samples * channels),
            Err(error) => {
                tracing::debug!(?error, "a sound packet could not be decoded");
                sound[start..].fill(0.0);
                sound.truncate(start + PACKET.min(room) * channels);
            }
        }
    }
}

/// Opus conceals in steps of 2.5 ms.
fn whole_frames(samples: u32) -> usize {
    (samples as usize).next_multiple_of(120).clamp(120, LONGEST)
}

#[cfg(test)]
mod tests {
    use super::super::level::goertzel;
    use super::*;

    fn tone(hz: f32, start: usize) -> [f32; FRAME] {
        std::array::from_fn(|at| {
            (std::f32::consts::TAU * hz * (start + at) as f32 / RATE as f32).sin() * 0.25
        })
    }

    fn packets(count: usize) -> Vec<Bytes> {
        let mut encoder = SoundEncoder::voice(false).expect("opens");
        (0..count * 2)
            .filter_map(|number| encoder.encode(&tone(440.0, number * FRAME)).expect("encodes"))
            .collect()
    }

    #[test]
    fn a_tone_comes_back_at_its_level() {
        let mut decoder = SoundDecoder::mono().expect("opens");
        let mut sound = Vec::new();
        for packet in packets(50) {
            decoder.play(&packet, &mut sound);
        }
        assert_eq!(sound.len(), 50 * PACKET);
        let level = goertzel(&sound[PACKET * 10..], 440.0);
        assert!((0.2..0.3).contains(&level), "{level}");
        assert!(goertzel(&sound[PACKET * 10..], 660.0) < 0.01);
    }

    #[test]
    fn a_lost_packet_is_recovered_from_the_next_one() {
        // Another tone sounds in one packet alone: concealment cannot know of it, a copy does.
        let mut encoder = SoundEncoder::voice(false).expect("opens");
        let packets: Vec<Bytes> = (0..100)
            .filter_map(|number| {
                let hz = if number / 2 == 30 { 1_000.0 } else { 440.0 };
                encoder.encode(&tone(hz, number * FRAME)).expect("encodes")
            })
            .collect();
        let heard = |fec: bool| {
            let mut decoder = SoundDecoder::mono().expect("opens");
            let mut sound = Vec::new();
            packets[..30].iter().for_each(|packet| decoder.play(packet, &mut sound));
            sound.clear();
            if fec {
                decoder.recover(&packets[31], PACKET as u32, &mut sound);
            } else {
                decoder.conceal(PACKET as u32, &mut sound);
            }
            assert_eq!(sound.len(), PACKET);
            goertzel(&sound, 1_000.0)
        };
        let (recovered, concealed) = (heard(true), heard(false));
        assert!(recovered > 0.05 && recovered > 4.0 * concealed, "{recovered} {concealed}");
    }

    #[test]
    fn a_quiet_room_is_told_in_few_packets_and_a_tone_in_all() {
        let noise = |amplitude: f32| {
            let mut state = 1u32;
            move |_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                ((state >> 8) as f32 / (1 << 23) as f32 - 1.0) * amplitude
            }
        };
        let mut quiet = noise(0.000_5);
        let mut encoder = SoundEncoder::voice(true).expect("opens");
        let rests = |encoder: &mut SoundEncoder, frames: &mut dyn FnMut(usize) -> [f32; FRAME]| {
            let packets = (0..1_000)
                .filter_map(|number| encoder.encode(&frames(number)).expect("encodes"))
                .filter(|packet| is_rest(packet));
            packets.count()
        };
        // Somebody speaks first: what is quiet is known by what is loud.
        let rested = rests(&mut encoder, &mut |number| tone(440.0, number * FRAME));
        assert!(rested < 5, "{rested} of 500");
        let rested = rests(&mut encoder, &mut |_| std::array::from_fn(&mut quiet));
        assert!(rested > 350, "{rested} of 500");
    }

    #[test]
    fn damaged_packets_are_silence() {
        let mut decoder = SoundDecoder::mono().expect("opens");
        let mut sound = Vec::new();
        decoder.play(&[0xff, 0xff, 0xff], &mut sound);
        decoder.conceal(1, &mut sound);
        assert!(!sound.is_empty() && sound.iter().all(|sample| sample.abs() < 0.1));
    }

    #[test]
    fn a_screens_sound_keeps_its_sides_apart() {
        let mut encoder = SoundEncoder::screen().expect("opens");
        encoder.expect_loss(20);
        let mut decoder = SoundDecoder::stereo().expect("opens");
        let (mut sound, mut bytes) = (Vec::new(), 0);
        for number in 0..200 {
            let (left, right) = (tone(440.0, number * FRAME), tone(660.0, number * FRAME));
            let both: Vec<f32> = left.iter().zip(right).flat_map(|(l, r)| [*l, r]).collect();
            if let Some(packet) = encoder.encode(&both).expect("encodes") {
                bytes += packet.len();
                decoder.play(&packet, &mut sound);
            }
        }
        assert_eq!(sound.len(), 200 * STEREO * FRAME);
        let kbps = bytes * 8 / 2_000;
        assert!((60..200).contains(&kbps), "{kbps} kbit/s");
        let side = |side: usize| -> Vec<f32> {
            sound.iter().skip(side).step_by(STEREO).skip(PACKET * 10).copied().collect()
        };
        for (side, mine, other) in [(side(0), 440.0, 660.0), (side(1), 660.0, 440.0)] {
            assert!((0.22..0.28).contains(&goertzel(&side, mine)));
            assert!(goertzel(&side, other) < 0.005, "{}", goertzel(&side, other));
        }
    }
}
