//! What is encoded of one's own shared screen, and who gets which of it.

use cinemasync_protocol::ParticipantId;

use super::grouping::{MAX_RUNGS, Receiver, groups, in_steps};
use super::shares::OVERHEAD;
use crate::screen::ScreenSettings;

/// One encoding of the screen. Its size and rate follow from what the pictures are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScreenRung {
    /// What it aims at, in bits a second.
    pub bps: u64,
    /// The greatest height in which somebody shows it, in pixels; more is not of use.
    pub height: u32,
}

/// Decides what is encoded of the screen.
#[derive(Debug, Default)]
pub struct ScreenRungs {
    rungs: Vec<ScreenRung>,
    /// Who gets which.
    of: Vec<(ParticipantId, usize)>,
}

/// What is worth spending on a film at 30 pictures a second in this height, in bits a second; larger and
/// smaller ones by the power 0.75 of their pixels, faster ones by the root.
const WORTH_BPS: f64 = 8_000_000.0;
const WORTH_HEIGHT: f64 = 1_080.0;
const WORTH_FPS: f64 = 30.0;
/// Below this nothing can be read.
const LEAST_BPS: u64 = 100_000;

/// More than this is wasted on a screen that is shown so high, in bits a second.
pub fn worth(height: u32, settings: ScreenSettings) -> u64 {
    if height == 0 {
        return 0;
    }
    let size = (f64::from(height) / WORTH_HEIGHT).powf(1.5);
    let rate = (f64::from(settings.fps) / WORTH_FPS).max(1.0).sqrt();
    ((WORTH_BPS * size * rate) as u64).max(LEAST_BPS).min(settings.max_bps)
}

impl ScreenRungs {
    /// What is to be encoded, the best first; nothing when nobody looks.
    pub fn rungs(&self) -> &[ScreenRung] {
        &self.rungs
    }

    /// Which of them somebody gets.
    pub fn of(&self, id: &ParticipantId) -> Option<usize> {
        self.of.iter().find(|(of, _)| of == id).map(|(_, rung)| *rung)
    }

    /// Decides anew. What a receiver has available is for the screen alone.
    pub fn update(&mut self, receivers: &[Receiver], settings: ScreenSettings) {
        let spendable = |receiver: &Receiver| {
            let net = (receiver.available_bps as f64 * (1.0 - OVERHEAD)) as u64;
            net.min(worth(receiver.height, settings))
        };
        let mut rungs = Vec::with_capacity(MAX_RUNGS);
        let mut of = Vec::with_capacity(receivers.len());
        for group in groups(receivers, self.rungs.len(), spendable) {
            of.extend(group.ids().map(|id| (id.clone(), rungs.len())));
            let bps = in_steps(group.spendable(spendable).max(LEAST_BPS));
            rungs.push(ScreenRung { bps, height: group.height() });
        }
        (self.rungs, self.of) = (rungs, of);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn receiver(id: &str, available_bps: u64, height: u32) -> Receiver {
        Receiver { id: ParticipantId::new(id), available_bps, height }
    }

    fn after(receivers: &[Receiver]) -> ScreenRungs {
        let mut rungs = ScreenRungs::default();
        rungs.update(receivers, ScreenSettings::default());
        rungs
    }

    #[test]
    fn a_link_that_carries_much_is_used_up_to_what_may_be_spent() {
        let large = u32::MAX;
        let most = after(&[receiver("a", 100_000_000, large)]);
        assert!((11_700_000..=12_000_000).contains(&most.rungs()[0].bps), "{most:?}");
        let little = ScreenSettings { max_bps: 2_000_000, ..ScreenSettings::default() };
        let mut rungs = ScreenRungs::default();
        rungs.update(&[receiver("a", 100_000_000, large)], little);
        assert!((1_950_000..=2_000_000).contains(&rungs.rungs()[0].bps), "{rungs:?}");
    }

    #[test]
    fn a_much_slower_friend_does_not_pull_the_others_down() {
        let rungs = after(&[
            receiver("a", 8_000_000, 1_080),
            receiver("b", 1_000_000, 1_080),
            receiver("c", 7_000_000, 1_080),
        ]);
        let [fast, slow] = rungs.rungs() else { panic!("two: {rungs:?}") };
        assert!(fast.bps > 6_000_000 && slow.bps < 1_000_000, "{rungs:?}");
        let of = ["a", "b", "c"].map(|id| rungs.of(&ParticipantId::new(id)));
        assert_eq!(of, [Some(0), Some(1), Some(0)]);
    }

    #[test]
    fn a_small_place_asks_for_little() {
        let rungs = after(&[receiver("a", 50_000_000, 270)]);
        assert!(rungs.rungs()[0].bps <= 1_000_000 && rungs.rungs()[0].height == 270, "{rungs:?}");
    }

    proptest! {
        #[test]
        fn everybody_who_watches_gets_one_of_at_most_two_within_the_limit(
            steps in proptest::collection::vec(
                proptest::collection::vec((0..60_000_000_u64, 0..3_000_u32), 0..8), 1..10),
            fps in 0..100_u32,
            max_bps in 0..80_000_000_u64,
        ) {
            let settings = ScreenSettings { fps, max_bps, content: None }.bounded();
            let mut rungs = ScreenRungs::default();
            for step in steps {
                let receivers: Vec<_> = step
                    .iter()
                    .enumerate()
                    .map(|(n, (bps, height))| receiver(&n.to_string(), *bps, *height))
                    .collect();
                rungs.update(&receivers, settings);
                prop_assert!(rungs.rungs().len() <= MAX_RUNGS);
                prop_assert!(rungs.rungs().iter().all(|rung| rung.bps <= settings.max_bps));
                for one in &receivers {
                    let rung = rungs.of(&one.id);
                    prop_assert_eq!(rung.is_some(), one.height > 0);
                    let Some(rung) = rung else { continue };
                    // Never much more than the link has for it.
                    let bps = rungs.rungs()[rung].bps;
                    prop_assert!(bps <= one.available_bps.max(LEAST_BPS));
                }
            }
        }
    }
}
