//! The threads that encode a shared screen, one for each encoding of it. Text is encoded as finely as the
//! bits allow and made fine once it stands still, moving pictures with all their pictures in the size
//! that the bits allow. While nothing changes nothing is encoded but a keep-alive; whoever joins then gets
//! a keyframe of the picture that stands.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cinemasync_core::frame::{FrameSlot, VideoFrame};
use cinemasync_core::packet::OutboundPacket;
use cinemasync_core::plan::MediaEvent;
use cinemasync_core::screen::Content;
use cinemasync_core::screen::shape::{Shape, ShapeWish, shape};
use cinemasync_core::screen::text_pace::{Look, Step, TextPace};
use cinemasync_core::sentence;
use cinemasync_core::track::Track;

use super::change;
use super::mode::Mode;
use crate::media::h264::{Encoded, Encoder, Rate, TextEncoder};
use crate::media::scale::Scaler;
use crate::media::video_out::{EncoderState, Ends, HOPELESS, Wanted};
use crate::media::worker::{Stop, Taken, Worker};

/// Something is sent at least this often, so that everybody knows that it goes on.
const KEEP_ALIVE: Duration = Duration::from_secs(1);
/// A picture that was grabbed longer ago than this is told as one of now.
const STANDS: Duration = Duration::from_millis(100);
/// No thread sleeps longer than this.
const LONGEST_SLEEP: Duration = Duration::from_millis(50);
/// And none asks more often than this whether there is room for a picture.
const SHORTEST_SLEEP: Duration = Duration::from_millis(2);

/// Starts the encoder that makes this encoding of the screen in `shown`.
pub(in super::super) fn start(
    rung: usize,
    shown: FrameSlot,
    mode: Arc<Mode>,
    state: Arc<EncoderState>,
    ends: Ends,
) -> Worker {
    Worker::spawn(&format!("encode-screen-{rung}"), move |stop| {
        // Whoever is there now has seen nothing yet.
        state.request_keyframe();
        Encoding::new(rung).run(&shown, &mode, &state, &ends, stop);
        state.ended();
    })
}

/// What encodes, by what the pictures are made of.
enum Coder {
    Text(Box<TextEncoder>),
    /// And when its next picture is due.
    Motion(Box<Encoder>, Option<Instant>),
}

/// What comes of looking at the picture that is shown.
enum Outcome {
    /// Nothing before this time, if nothing changes.
    Later(Instant),
    /// This is to be sent, with its capture time.
    Send(Encoded, Instant),
}

struct Encoding {
    rung: usize,
    coder: Option<Coder>,
    /// Has `coder` encoded nothing yet?
    fresh: bool,
    pace: TextPace,
    shape: Option<Shape>,
    scaler: Scaler,
    /// The buffer for pictures that are made smaller.
    small: Option<VideoFrame>,
    /// What was encoded last, as it was grabbed.
    encoded: Option<Arc<VideoFrame>>,
    /// How what is shown differs from that.
    compared: Option<(Arc<VideoFrame>, u32)>,
    last_keyframe: Option<Instant>,
    /// The capture time that was told last, and when that was.
    last: Option<(Instant, Instant)>,
    failures: u32,
}

impl Encoding {
    fn new(rung: usize) -> Self {
        Self {
            rung,
            coder: None,
            fresh: true,
            pace: TextPace::default(),
            shape: None,
            scaler: Scaler::default(),
            small: None,
            encoded: None,
            compared: None,
            last_keyframe: None,
            last: None,
            failures: 0,
        }
    }

    fn run(
        &mut self,
        shown: &FrameSlot,
        mode: &Mode,
        state: &EncoderState,
        ends: &Ends,
        stop: &Stop,
    ) {
        let mut sleep = Duration::ZERO;
        while !stop.is_set() {
            // A new picture wakes us; which one it is the preview says, where it stays to be looked at.
            if matches!(ends.pictures.take(sleep), Taken::Closed) {
                return;
            }
            sleep = LONGEST_SLEEP;
            let (Some(frame), Some(wanted)) = (shown.get(), state.wanted()) else { continue };
            let now = Instant::now();
            if ends.packets.is_full(Track::Screen, self.rung) {
                sleep = SHORTEST_SLEEP;
                continue;
            }
            match self.look(&frame, wanted, mode.content(), state, now) {
                Ok(Outcome::Later(at)) => {
                    sleep = at.saturating_duration_since(now).clamp(SHORTEST_SLEEP, LONGEST_SLEEP);
                }
                Ok(Outcome::Send(encoded, captured)) => {
                    self.failures = 0;
                    sleep = Duration::ZERO;
                    self.last = Some((captured, now));
                    if encoded.keyframe {
                        self.last_keyframe = Some(now);
                    }
                    let size = self.shape.map_or((0, 0), |shape| (shape.width, shape.height));
                    state.note(size, wanted.bps, now, &encoded);
                    ends.packets.send(OutboundPacket::Video {
                        track: Track::Screen,
                        rung: self.rung,
                        access_unit: encoded.access_unit,
                        rtp_timestamp: ends.clock.at(captured, 90_000),
                        keyframe: encoded.keyframe,
                        captured,
                    });
                }
                Err(error) => self.failed(&error, &ends.events),
            }
        }
    }

    /// Encodes the picture if it is time for it.
    fn look(
        &mut self,
        frame: &Arc<VideoFrame>,
        wanted: Wanted,
        content: Content,
        state: &EncoderState,
        now: Instant,
    ) -> Result<Outcome, String> {
        let wish = ShapeWish {
            content,
            bps: wanted.bps,
            source: (frame.width, frame.height),
            shown: wanted.height,
            fps: wanted.fps,
        };
        let shape = shape(wish, self.shape);
        self.shape = Some(shape);
        self.prepare(content, shape, wanted, now)?;
        let changed = self.changed(frame, content).min(blocks(shape));
        let asked = self.fresh || state.keyframe_is_due(self.last_keyframe);
        let look = Look { changed, keyframe: asked };
        let quantizer = match self.coder.as_mut().expect("prepared above") {
            Coder::Text(_) => match self.pace.next(look, wanted.bps, shape.fps, now) {
                Step::Wait(at) => return Ok(Outcome::Later(at)),
                Step::Encode(qp) => qp,
            },
            Coder::Motion(_, next) => {
                let idle = self.last.is_none_or(|(_, sent)| now >= sent + KEEP_ALIVE);
                if !asked && changed == 0 && !idle {
                    return Ok(Outcome::Later(now + LONGEST_SLEEP));
                }
                // Pictures come some milliseconds early or late.
                let period = Duration::from_secs(1) / shape.fps.max(1);
                let due = next.unwrap_or(now);
                if now + period / 4 < due {
                    return Ok(Outcome::Later(due - period / 4));
                }
                *next = Some((due + period).max(now));
                0
            }
        };
        if asked {
            state.keyframe_is_made();
        }
        let size = (shape.width, shape.height);
        let picture = fitted(frame, size, &mut self.scaler, &mut self.small)?;
        let encoded = match self.coder.as_mut().expect("prepared above") {
            Coder::Text(encoder) => encoder.encode(picture, quantizer, asked),
            Coder::Motion(encoder, _) => encoder.encode(picture, asked),
        };
        let encoded = encoded.map_err(|error| error.to_string())?;
        let Some(encoded) = encoded else { return Ok(Outcome::Later(now + SHORTEST_SLEEP)) };
        if content == Content::Text {
            let bits = encoded.access_unit.len() as u64 * 8;
            self.pace.encoded(Look { keyframe: encoded.keyframe, ..look }, quantizer, bits, now);
        }
        self.fresh = false;
        self.compared = None;
        self.encoded = Some(Arc::clone(frame));
        // The screen still looks as it did when an old picture was grabbed. Times never go back.
        let captured = if changed > 0 && now < frame.at + STANDS { frame.at } else { now };
        let after = self.last.map(|(before, _)| before + Duration::from_millis(1));
        Ok(Outcome::Send(encoded, after.map_or(captured, |after| after.max(captured))))
    }

    /// Sets up what encodes such pictures.
    fn prepare(
        &mut self,
        content: Content,
        shape: Shape,
        wanted: Wanted,
        now: Instant,
    ) -> Result<(), String> {
        let size = (shape.width, shape.height);
        let rate = Rate { bps: wanted.bps, fps: shape.fps };
        match (&mut self.coder, content) {
            (Some(Coder::Text(encoder)), Content::Text) if encoder.size() == size => return Ok(()),
            (Some(Coder::Motion(encoder, _)), Content::Motion) if encoder.size() == size => {
                encoder.set_rate(rate);
                return Ok(());
            }
            _ => {}
        }
        // The old one first: each holds memory for several pictures.
        (self.coder, self.fresh) = (None, true);
        self.coder = Some(match content {
            Content::Text => {
                let encoder = TextEncoder::new(size.0, size.1, now);
                Coder::Text(Box::new(encoder.map_err(|error| error.to_string())?))
            }
            Content::Motion => {
                let encoder = Encoder::new(size.0, size.1, rate);
                Coder::Motion(Box::new(encoder.map_err(|error| error.to_string())?), None)
            }
        });
        Ok(())
    }

    /// Macroblocks of what is shown that differ from what was encoded last.
    fn changed(&mut self, frame: &Arc<VideoFrame>, content: Content) -> u32 {
        let Some(encoded) = &self.encoded else { return u32::MAX };
        if Arc::ptr_eq(encoded, frame) {
            return 0;
        }
        // A picture is handed on only if something is new; how much does not matter to a film.
        if content == Content::Motion {
            return u32::MAX;
        }
        match &self.compared {
            Some((compared, changed)) if Arc::ptr_eq(compared, frame) => *changed,
            _ => {
                let changed = change::between(Some(encoded), frame).blocks;
                self.compared = Some((Arc::clone(frame), changed));
                changed
            }
        }
    }

    fn failed(&mut self, error: &str, events: &crate::media::EventSink) {
        tracing::warn!(error, "a picture could not be encoded");
        self.coder = None;
        self.failures += 1;
        if self.failures == HOPELESS {
            let text = sentence::screen_not_sent(error);
            events(MediaEvent::ScreenEnded { source: None, text });
        }
    }
}

/// The picture in the size that is sent.
fn fitted<'a>(
    frame: &'a VideoFrame,
    (width, height): (u32, u32),
    scaler: &mut Scaler,
    small: &'a mut Option<VideoFrame>,
) -> Result<&'a VideoFrame, String> {
    if (frame.width, frame.height) == (width, height) {
        *small = None;
        return Ok(frame);
    }
    let kept = small.take().filter(|kept| (kept.width, kept.height) == (width, height));
    let out = small.insert(kept.unwrap_or_else(|| VideoFrame::black(width, height, frame.at)));
    scaler.scale_into(frame, out).map_err(|error| error.to_string())?;
    Ok(out)
}

/// The macroblocks of a picture.
fn blocks(shape: Shape) -> u32 {
    shape.width.div_ceil(16) * shape.height.div_ceil(16)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use cinemasync_core::screen::ScreenSettings;

    use super::super::change::tests::letters;
    use super::*;
    use crate::media::clock::RtpClock;
    use crate::media::worker::Latest;

    struct Sent {
        keyframe: bool,
        bytes: usize,
        timestamp: u32,
    }

    struct Rig {
        shown: FrameSlot,
        pictures: Latest<Arc<VideoFrame>>,
        mode: Arc<Mode>,
        state: Arc<EncoderState>,
        got: mpsc::Receiver<Sent>,
        _worker: Worker,
    }

    impl Rig {
        fn new(content: Content, frame: VideoFrame) -> Self {
            let (shown, pictures) = (FrameSlot::default(), Latest::default());
            let (mode, state) = (Arc::new(Mode::default()), Arc::new(EncoderState::default()));
            mode.set(ScreenSettings { content: Some(content), ..ScreenSettings::default() });
            state.want(Wanted { height: 1_080, fps: 30, bps: 12_000_000 });
            let (sent, got) = mpsc::channel();
            let ends = Ends {
                pictures: pictures.clone(),
                clock: RtpClock::new(Instant::now()),
                packets: Arc::new(move |packet| {
                    let OutboundPacket::Video { keyframe, access_unit, rtp_timestamp, .. } = packet
                    else {
                        panic!("a picture");
                    };
                    let (bytes, timestamp) = (access_unit.len(), rtp_timestamp);
                    // The receiver is gone once the test ends.
                    let _ = sent.send(Sent { keyframe, bytes, timestamp });
                }),
                events: Arc::new(|_| {}),
            };
            // It was grabbed before anybody wanted to see it.
            shown.put(Arc::new(frame));
            let worker = start(0, shown.clone(), Arc::clone(&mode), Arc::clone(&state), ends);
            Self { shown, pictures, mode, state, got, _worker: worker }
        }

        fn show(&self, frame: VideoFrame) {
            let frame = Arc::new(frame);
            self.shown.put(Arc::clone(&frame));
            self.pictures.put(frame);
        }

        fn next(&self) -> Sent {
            self.got.recv_timeout(Duration::from_secs(20)).expect("something is sent")
        }
    }

    #[test]
    fn a_page_that_stands_is_sent_made_fine_and_then_kept_alive() {
        let rig = Rig::new(Content::Text, letters(640, 360, 0));
        let first = rig.next();
        assert!(first.keyframe);
        let fine = rig.next();
        assert!(!fine.keyframe && fine.bytes > 1_000, "{}", fine.bytes);
        let began = Instant::now();
        let mut before = fine.timestamp;
        for _ in 0..2 {
            let alive = rig.next();
            assert!(!alive.keyframe && alive.bytes < 200, "{}", alive.bytes);
            assert!(alive.timestamp.wrapping_sub(before) < u32::MAX / 2, "time goes on");
            before = alive.timestamp;
        }
        assert!(began.elapsed() >= KEEP_ALIVE.mul_f64(1.5), "{:?}", began.elapsed());
        // Somebody comes.
        rig.state.request_keyframe();
        assert!(rig.next().keyframe, "though nothing changes");
    }

    #[test]
    fn what_is_typed_is_little() {
        let rig = Rig::new(Content::Text, letters(640, 360, 0));
        let page = [rig.next().bytes, rig.next().bytes];
        let mut typed = letters(640, 360, 0);
        typed.y[640 * 100 + 50..][..20].fill(20);
        rig.show(typed);
        let typed = rig.next();
        assert!(!typed.keyframe && typed.bytes * 20 < page[1], "{} {page:?}", typed.bytes);
    }

    #[test]
    fn another_kind_of_content_and_another_size_begin_anew() {
        let rig = Rig::new(Content::Motion, letters(640, 360, 0));
        assert!(rig.next().keyframe);
        rig.show(letters(640, 360, 7));
        assert!(!rig.next().keyframe);
        rig.mode.set(ScreenSettings { content: Some(Content::Text), ..ScreenSettings::default() });
        rig.show(letters(640, 360, 14));
        assert!((0..3).any(|_| rig.next().keyframe));
        rig.show(letters(320, 180, 0));
        assert!((0..3).any(|_| rig.next().keyframe));
        assert_eq!(rig.state.take_stats(Track::Screen, 0).map(|stats| stats.width), Some(320));
    }

    #[test]
    fn a_share_that_ended_is_sent_no_more() {
        let rig = Rig::new(Content::Text, letters(320, 180, 0));
        rig.next();
        rig.next();
        rig.shown.clear();
        rig.state.request_keyframe();
        assert!(rig.got.recv_timeout(KEEP_ALIVE * 2).is_err());
    }
}
