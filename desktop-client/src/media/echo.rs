//! The echo canceller: the parts of AEC3 put together here instead of in `sonora`'s own pipeline, as
//! that one offers no tuning. Ten milliseconds of one channel at 48 kHz in, as many out, 4 ms later;
//! what the loudspeaker plays is told beside. Which of its numbers differ from AEC3's, and why, is
//! in [`tuning`].

use sonora::high_pass_filter::HighPassFilter;
use sonora::three_band_filter_bank::{NUM_BANDS, SPLIT_BAND_SIZE, ThreeBandFilterBank};
use sonora_aec3::block::Block;
use sonora_aec3::block_framer::BlockFramer;
use sonora_aec3::block_processor::BlockProcessor;
use sonora_aec3::common::SUB_FRAME_LENGTH;
use sonora_aec3::config::EchoCanceller3Config;
use sonora_aec3::frame_blocker::FrameBlocker;

use super::opus::{FRAME, RATE};

/// AEC3 counts samples in steps of 16-bit sound.
const FULL_SCALE: f32 = 32_768.0;
/// A microphone that reaches this (in the same steps) is overdriven: its echo is not linear then.
const OVERDRIVEN: f32 = 32_700.0;

/// 10 ms in bands of 8 kHz, each at 16 kHz.
type Bands = [[f32; SPLIT_BAND_SIZE]; NUM_BANDS];

/// What differs from AEC3's own numbers. Those take a voice that is no louder than the echo for a part
/// of it and leave holes in it (5 dB are missing), while they suppress an echo twice as far as is asked
/// for. Found with voices of several people, loud and quiet echoes, small, large and changing rooms,
/// late and drifting references and an overdriven loudspeaker; a change wants them all again.
///
/// The price: what is left for the second in which the filters find a reference again that has jumped
/// is 3 to 4 dB louder.
fn tuning() -> EchoCanceller3Config {
    let mut config = EchoCanceller3Config::default();
    // The quick one of the two filters is shorter, and so finds its way back sooner when the room
    // changes.
    config.filter.coarse.length_blocks = 8;
    config.filter.coarse_initial.length_blocks = 8;
    // How much of the echo (as power) the filters are believed to take out, at most: 9 dB instead of 6.
    // They take out 15 to 20 in a room that they know.
    config.erle.max_l = 8.0;
    // Whether somebody speaks here is asked earlier, at a voice 4 dB above what is left of the echo
    // instead of 6, after 24 ms instead of 48; and it is forgotten after 120 ms instead of 200. In
    // return what is left is not estimated below that bound, so that a lost filter is no voice.
    let detection = &mut config.suppressor.dominant_nearend_detection;
    detection.enr_threshold = 0.4;
    detection.trigger_threshold = 6;
    detection.hold_duration = 30;
    detection.use_unbounded_echo_spectrum = false;
    // Not before the filters had 2.5 s of sound to learn from: what is left of the echo is a guess then.
    detection.use_during_initial_phase = false;
    // And then the voice is back at once: factors of amplitude in a block of 4 ms.
    config.suppressor.nearend_tuning.max_inc_factor = 8.0;
    config
}

/// Takes what the loudspeaker plays out of what the microphone hears.
#[derive(Debug)]
pub(super) struct EchoCanceller {
    processor: BlockProcessor,
    played: Splitter,
    heard: Splitter,
    high_pass: HighPassFilter,
    /// Blocks of 64 samples become parts of frames again.
    framer: BlockFramer,
    /// Indexed by band, channel and sample, as the framer wants it.
    part: Vec<Vec<Vec<f32>>>,
}

impl Default for EchoCanceller {
    fn default() -> Self {
        Self {
            processor: BlockProcessor::new(&tuning(), RATE as usize, 1, 1),
            played: Splitter::default(),
            heard: Splitter::default(),
            high_pass: HighPassFilter::new(RATE as i32, 1),
            framer: BlockFramer::new(NUM_BANDS, 1),
            part: vec![vec![vec![0.0; SUB_FRAME_LENGTH]]; NUM_BANDS],
        }
    }
}

impl EchoCanceller {
    /// Tells of 10 ms that the loudspeaker plays. AEC3 keeps what it may need of it, and forgets the
    /// oldest when more comes than is asked for by [`Self::cancel`].
    pub(super) fn tell_played(&mut self, frame: &[f32; FRAME]) {
        let Self { processor, played, .. } = self;
        played.split(&frame.map(steps));
        for half in 0..2 {
            played.cut(half);
            processor.buffer_render(&played.block);
        }
        if played.cut_rest() {
            processor.buffer_render(&played.block);
        }
    }

    /// Takes the echo out of 10 ms of the microphone, and rumble with it: the canceller needs a
    /// microphone without it.
    pub(super) fn cancel(&mut self, frame: &mut [f32; FRAME]) {
        let Self { processor, heard, high_pass, framer, part, .. } = self;
        let mut channels = [frame.map(steps).to_vec()];
        let overdriven = channels[0].iter().any(|sample| sample.abs() >= OVERDRIVEN);
        high_pass.process_channels(&mut channels);
        let [sound] = channels;
        heard.split(sound.as_slice().try_into().expect("as long as the frame it was made of"));
        for half in 0..2 {
            heard.cut(half);
            processor.process_capture(false, overdriven, None, &mut heard.block);
            framer.insert_block_and_extract_sub_frame(&heard.block, part);
            for (band, treated) in heard.bands.iter_mut().zip(part.iter()) {
                band[half * SUB_FRAME_LENGTH..][..SUB_FRAME_LENGTH].copy_from_slice(&treated[0]);
            }
        }
        if heard.cut_rest() {
            processor.process_capture(false, overdriven, None, &mut heard.block);
            framer.insert_block(&heard.block);
        }
        heard.bank.synthesis(&heard.bands, frame);
        frame.iter_mut().for_each(|sample| *sample /= FULL_SCALE);
    }
}

/// A filter that has learned from one sample that is no number forgets it never.
fn steps(sample: f32) -> f32 {
    if sample.is_finite() { sample.clamp(-1.0, 1.0) * FULL_SCALE } else { 0.0 }
}

/// Makes of frames what AEC3 works on: blocks of 64 samples in each band.
#[derive(Debug)]
struct Splitter {
    bank: ThreeBandFilterBank,
    bands: Bands,
    blocker: FrameBlocker,
    block: Block,
}

impl Default for Splitter {
    fn default() -> Self {
        Self {
            bank: ThreeBandFilterBank::new(),
            bands: [[0.0; SPLIT_BAND_SIZE]; NUM_BANDS],
            blocker: FrameBlocker::new(NUM_BANDS, 1),
            block: Block::new(NUM_BANDS, 1),
        }
    }
}

impl Splitter {
    fn split(&mut self, frame: &[f32; FRAME]) {
        self.bank.analysis(frame, &mut self.bands);
    }

    /// Puts half of what was split in, and the next block out.
    fn cut(&mut self, half: usize) {
        let from = half * SUB_FRAME_LENGTH;
        let part = self.bands.each_ref().map(|band| vec![&band[from..][..SUB_FRAME_LENGTH]]);
        self.blocker.insert_sub_frame_and_extract_block(&part, &mut self.block);
    }

    /// Every other frame holds a block more: 160 samples are two and a half.
    fn cut_rest(&mut self) -> bool {
        let more = self.blocker.is_block_available();
        if more {
            self.blocker.extract_block(&mut self.block);
        }
        more
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aec3_takes_the_tuning_as_it_is() {
        assert!(tuning().validate());
    }

    /// Not a sample is lost where frames become blocks and blocks frames.
    #[test]
    fn without_a_reference_sound_comes_out_as_it_went_in_a_little_later() {
        let mut canceller = EchoCanceller::default();
        let tone = |at: usize| (at as f32 / 48_000.0 * std::f32::consts::TAU * 1_000.0).sin() * 0.3;
        let mut out = Vec::new();
        for number in 0..50 {
            let mut frame = std::array::from_fn(|at| tone(number * FRAME + at));
            canceller.cancel(&mut frame);
            out.extend(frame);
        }
        let late = &out[20 * FRAME..];
        let difference = |lag: usize| {
            let pairs = late.iter().enumerate();
            let worst = pairs.map(|(at, out)| (out - tone(20 * FRAME + at - lag)).abs());
            worst.fold(0.0, f32::max)
        };
        // Blocks and the filter bank's way; the high pass turns the tone a little.
        let least = (190..260).map(difference).fold(f32::MAX, f32::min);
        assert!(least < 0.02, "{least}");
    }

    #[test]
    fn what_is_no_sound_does_no_lasting_harm() {
        let mut canceller = EchoCanceller::default();
        let odd = [f32::NAN, f32::MAX, f32::NEG_INFINITY, -1.0, f32::MIN_POSITIVE];
        for sample in odd.into_iter().cycle().take(200) {
            canceller.tell_played(&[sample; FRAME]);
            canceller.cancel(&mut [sample; FRAME]);
        }
        let mut frame = [0.1; FRAME];
        canceller.cancel(&mut frame);
        assert!(frame.iter().all(|sample| sample.abs() < 2.0), "{frame:?}");
    }
}
