//! When a picture of text is encoded, and how finely: quality first, and as many pictures a second as the
//! bits allow.
//!
//! A picture is either fine, hardly to be told from the screen, or coarse, where a fine one would come
//! late; what is coarse is made fine as soon as there is time for it. Between the two there is nothing:
//! the encoder touches what does not change only if it was coarse and is now to be fine.

use std::time::{Duration, Instant};

/// The quantizer of what is fine: above 50 dB.
pub const FINE_QP: u8 = 12;
/// The quantizers of what is coarse, by how many bits a second there are for it.
const COARSE_QPS: [(u64, u8); 3] = [(4_000_000, 30), (1_500_000, 34), (0, 38)];
/// A macroblock that was not there before costs so many bits when fine, before anything is known.
const BLOCK_BITS: f64 = 400.0;
/// A fine picture costs so many times what a coarse one does.
const FINE_TO_COARSE: f64 = 2.0;
/// What a picture may cost in time of the link, to be fine at once.
const AT_ONCE: Duration = Duration::from_millis(250);
/// What was sent may wait for so long on its way before the next picture is encoded.
const BACKLOG: Duration = Duration::from_millis(50);
/// A coarse picture is made fine after so long without a change, and after as long again as that takes.
const STILL: Duration = Duration::from_millis(100);
/// What was coarse for so long is made fine though the picture goes on changing, if the changes cost little.
const OWED: Duration = Duration::from_secs(1);
/// What is learnt of costs holds for so long after the last change.
const FORGOTTEN: Duration = Duration::from_secs(2);
/// Something is sent at least this often.
const KEEP_ALIVE: Duration = Duration::from_secs(1);

/// What the encoder is to do with the latest picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Nothing before this time, if nothing changes meanwhile.
    Wait(Instant),
    /// Encode it with this quantizer.
    Encode(u8),
}

/// The latest picture, compared with the one that was encoded last.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    /// The macroblocks that changed.
    pub changed: u32,
    /// Must it be a keyframe?
    pub keyframe: bool,
}

/// Decides when and how finely to encode.
#[derive(Debug)]
pub struct TextPace {
    /// Bits that were sent and not yet carried, as far as the target goes.
    backlog: f64,
    /// When the backlog was counted.
    counted: Option<Instant>,
    /// When the last picture was encoded.
    encoded: Option<Instant>,
    /// When something last changed.
    changed: Option<Instant>,
    /// What a changed macroblock costs when fine, in bits.
    block_bits: f64,
    /// What it takes to make fine what is coarse now, in bits; 0 when all is fine.
    coarse: f64,
    /// Since when something is coarse.
    owed: Option<Instant>,
}

impl Default for TextPace {
    fn default() -> Self {
        Self {
            backlog: 0.0,
            counted: None,
            encoded: None,
            changed: None,
            block_bits: BLOCK_BITS,
            coarse: 0.0,
            owed: None,
        }
    }
}

impl TextPace {
    /// What to do now, with `bps` bits and at most `fps` pictures a second.
    pub fn next(&mut self, look: Look, bps: u64, fps: u32, now: Instant) -> Step {
        let bps = bps.max(1) as f64;
        self.count(bps, now);
        let Some(encoded) = self.encoded else { return self.encode_new(look, bps, now) };
        if look.changed > 0 {
            self.changed = Some(now);
        } else if self.changed.is_none_or(|at| now.saturating_duration_since(at) > FORGOTTEN) {
            self.block_bits = BLOCK_BITS;
        }
        let free = now + seconds((self.backlog / bps - BACKLOG.as_secs_f64()).max(0.0));
        let due = encoded + Duration::from_secs(1) / fps.max(1);
        if look.keyframe || look.changed > 0 {
            let at = free.max(due);
            return if at <= now { self.encode_new(look, bps, now) } else { Step::Wait(at) };
        }
        if self.coarse > 0.0 {
            let takes = seconds(self.coarse / bps);
            let still = self.changed.unwrap_or(encoded) + STILL + takes.min(8 * STILL);
            let at = free.max(due).max(still);
            return if at <= now { Step::Encode(FINE_QP) } else { Step::Wait(at) };
        }
        let at = free.max(encoded + KEEP_ALIVE);
        if at <= now { Step::Encode(FINE_QP) } else { Step::Wait(at) }
    }

    fn encode_new(&self, look: Look, bps: f64, now: Instant) -> Step {
        let at_once = bps * AT_ONCE.as_secs_f64();
        let new = f64::from(look.changed) * self.block_bits;
        // What is scrolled without end would stay coarse.
        let owed = self.owed.is_some_and(|since| now.saturating_duration_since(since) >= OWED);
        // A keyframe costs the whole picture, whatever has changed of it: coarse first.
        if !look.keyframe && (new + self.coarse <= at_once || owed && new <= at_once) {
            return Step::Encode(FINE_QP);
        }
        let qp = COARSE_QPS.iter().find(|(from, _)| bps >= *from as f64);
        Step::Encode(qp.map_or(COARSE_QPS[2].1, |(_, qp)| *qp))
    }

    /// A picture was encoded: what was seen of it, with which quantizer, and how many bits it took.
    pub fn encoded(&mut self, look: Look, qp: u8, bits: u64, now: Instant) {
        let bits = bits as f64;
        self.encoded = Some(now);
        self.backlog += bits;
        let fine = qp == FINE_QP;
        let as_fine = if fine { (bits - self.coarse).max(0.0) } else { bits * FINE_TO_COARSE };
        if !look.keyframe && look.changed >= 32 {
            let cost = (as_fine / f64::from(look.changed)).clamp(0.5, 2.0 * BLOCK_BITS);
            self.block_bits = 0.5 * (self.block_bits + cost);
        }
        self.coarse = match (fine, look.keyframe) {
            (true, _) => 0.0,
            (false, true) => as_fine,
            (false, false) => self.coarse + as_fine,
        };
        self.owed = if fine { None } else { self.owed.or(Some(now)) };
    }

    fn count(&mut self, bps: f64, now: Instant) {
        let since = self.counted.map_or(Duration::ZERO, |at| now.saturating_duration_since(at));
        self.counted = Some(now);
        self.backlog = (self.backlog - since.as_secs_f64() * bps).max(0.0);
    }
}

fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::from_secs(60))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BPS: u64 = 1_000_000;
    const PAGE: u32 = 8_160;

    /// Plays a screen of text against the pace: what a picture costs follows from what changed and how
    /// finely it is encoded.
    struct Screen {
        pace: TextPace,
        now: Instant,
        bps: u64,
        keyframe: bool,
        waiting: u32,
        coarse: f64,
        sent: Vec<(Instant, u8, u64)>,
        block_bits: f64,
    }

    impl Screen {
        fn new(bps: u64) -> Self {
            Self {
                pace: TextPace::default(),
                now: Instant::now(),
                bps,
                keyframe: true,
                waiting: PAGE,
                coarse: 0.0,
                sent: Vec::new(),
                block_bits: 350.0,
            }
        }

        /// Lets `time` pass in steps of 5 ms, in each of which `changes` macroblocks change.
        fn run(&mut self, time: Duration, changes: u32) {
            let until = self.now + time;
            while self.now < until {
                self.waiting = (self.waiting + changes).min(PAGE);
                let look = Look { changed: self.waiting, keyframe: self.keyframe };
                if let Step::Encode(qp) = self.pace.next(look, self.bps, 30, self.now) {
                    let blocks = if self.keyframe { PAGE } else { self.waiting };
                    let fine = f64::from(blocks) * self.block_bits;
                    let bits = if qp == FINE_QP {
                        fine + std::mem::take(&mut self.coarse)
                    } else {
                        // What is overwritten before it was made fine need not be.
                        let page = f64::from(PAGE) * self.block_bits;
                        self.coarse = (self.coarse + fine).min(page);
                        fine / 2.0
                    };
                    let bits = bits as u64 + 100;
                    self.pace.encoded(look, qp, bits, self.now);
                    self.sent.push((self.now, qp, bits));
                    (self.waiting, self.keyframe) = (0, false);
                }
                self.now += Duration::from_millis(5);
            }
        }

        fn bits(&self) -> u64 {
            self.sent.iter().map(|(_, _, bits)| bits).sum()
        }
    }

    #[test]
    fn a_page_is_there_at_once_and_fine_within_a_second_and_then_nothing_but_a_keep_alive_is_sent()
    {
        let mut screen = Screen::new(8_000_000);
        screen.run(Duration::from_secs(1), 0);
        let qps: Vec<u8> = screen.sent.iter().map(|(_, qp, _)| *qp).collect();
        assert_eq!(qps, [30, FINE_QP]);
        let before = screen.bits();
        screen.sent.clear();
        screen.run(Duration::from_secs(10), 0);
        assert!((9..=10).contains(&screen.sent.len()), "{:?}", screen.sent);
        assert!(screen.bits() < before / 1_000);
    }

    #[test]
    fn what_is_typed_is_fine_at_once() {
        let mut screen = Screen::new(BPS);
        screen.run(Duration::from_secs(20), 0);
        screen.sent.clear();
        screen.run(Duration::from_millis(5), 4);
        assert_eq!(screen.sent.len(), 1);
        assert_eq!(screen.sent[0].1, FINE_QP);
    }

    #[test]
    fn text_that_is_scrolled_stays_fine_once_it_is_known_to_cost_little() {
        let mut screen = Screen::new(BPS);
        screen.run(Duration::from_secs(20), 0);
        // Most of what changes is found elsewhere in the last picture.
        screen.block_bits = 6.0;
        screen.run(Duration::from_secs(1), 1_000);
        screen.sent.clear();
        screen.run(Duration::from_secs(3), 1_000);
        assert!(screen.sent.iter().all(|(_, qp, _)| *qp == FINE_QP), "{:?}", screen.sent);
        assert!(screen.sent.len() >= 3 * 10, "{}", screen.sent.len());
    }

    #[test]
    fn pages_that_are_turned_without_end_are_coarse_and_few() {
        let mut screen = Screen::new(BPS);
        screen.run(Duration::from_secs(10), 0);
        screen.sent.clear();
        screen.run(Duration::from_secs(10), PAGE);
        assert!(screen.sent.iter().all(|(_, qp, _)| *qp > 26));
        assert!(screen.sent.len() >= 5, "{}", screen.sent.len());
    }

    proptest! {
        #[test]
        fn no_more_is_sent_than_there_is_to_spend(
            bps in 300_000..20_000_000_u64,
            changes in proptest::collection::vec((0..PAGE, 1..2_000_u64), 1..20),
            block_bits in 1.0..800.0_f64,
        ) {
            let mut screen = Screen::new(bps);
            screen.block_bits = block_bits;
            let start = screen.now;
            for (changed, millis) in changes {
                screen.run(Duration::from_millis(millis), changed);
            }
            let seconds = (screen.now - start).as_secs_f64();
            // What was sent last may still be on its way: at most a fine picture on top of the backlog.
            let most_at_once = f64::from(PAGE) * block_bits * 3.0 + 10_000.0;
            let most = bps as f64 * (seconds + 0.1) + most_at_once;
            prop_assert!((screen.bits() as f64) < most, "{} of {}", screen.bits(), most);
        }
    }
}
