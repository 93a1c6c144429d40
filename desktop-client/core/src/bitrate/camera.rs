//! What is encoded of one's own camera, and who gets which of it.

use cinemasync_protocol::ParticipantId;

use super::grouping::{Group, MAX_RUNGS, Receiver, groups, in_steps};
use super::ladder::{CameraQuality, Place};
use super::shares::{OVERHEAD, VOICE_BPS};

/// One encoding of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rung {
    /// Size and rate of its pictures at most.
    pub quality: CameraQuality,
    /// What it aims at, in bits a second.
    pub bps: u64,
}

/// Decides what is encoded of the camera.
#[derive(Debug, Default)]
pub struct CameraRungs {
    rungs: Vec<(Rung, Place)>,
    /// Who gets which.
    of: Vec<(ParticipantId, usize)>,
}

impl CameraRungs {
    /// What is to be encoded, the best first; nothing when nobody looks.
    pub fn rungs(&self) -> Vec<Rung> {
        self.rungs.iter().map(|(rung, _)| *rung).collect()
    }

    /// Which of them somebody gets.
    pub fn of(&self, id: &ParticipantId) -> Option<usize> {
        self.of.iter().find(|(of, _)| of == id).map(|(_, rung)| *rung)
    }

    /// Decides anew.
    pub fn update(&mut self, receivers: &[Receiver], allowed: CameraQuality) {
        let spendable = |receiver: &Receiver| spendable(receiver, allowed);
        let mut rungs = Vec::with_capacity(MAX_RUNGS);
        let mut of = Vec::with_capacity(receivers.len());
        for group in groups(receivers, self.rungs.len(), spendable) {
            let before = self.rungs.get(rungs.len()).map(|(_, place)| *place);
            of.extend(group.ids().map(|id| (id.clone(), rungs.len())));
            rungs.push(rung(&group, before, allowed));
        }
        (self.rungs, self.of) = (rungs, of);
    }
}

/// What there is for the picture of one receiver, and no more than is of use there.
fn spendable(receiver: &Receiver, allowed: CameraQuality) -> u64 {
    let rest = receiver.available_bps.saturating_sub(VOICE_BPS);
    ((rest as f64 * (1.0 - OVERHEAD)) as u64).min(worth(receiver.height, allowed))
}

/// More than this is wasted on a picture that is shown so high, in bits a second.
pub fn worth(height: u32, allowed: CameraQuality) -> u64 {
    if height == 0 { 0 } else { Place::for_height(height, allowed).most_bps() }
}

fn rung(group: &Group<'_>, before: Option<Place>, allowed: CameraQuality) -> (Rung, Place) {
    let most = Place::for_height(group.height(), allowed);
    let bps = group.spendable(|receiver| spendable(receiver, allowed));
    let place = Place::with(bps, before, most);
    let bps = in_steps(bps.min(place.most_bps()).max(LEAST_BPS));
    (Rung { quality: place.quality(allowed), bps }, place)
}

/// Below this there is no picture worth the name.
const LEAST_BPS: u64 = 50_000;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn receiver(id: &str, available_bps: u64, height: u32) -> Receiver {
        Receiver { id: ParticipantId::new(id), available_bps, height }
    }

    fn after(receivers: &[Receiver]) -> CameraRungs {
        let mut rungs = CameraRungs::default();
        rungs.update(receivers, CameraQuality::default());
        rungs
    }

    #[test]
    fn nobody_watches_nothing_is_encoded() {
        assert!(after(&[]).rungs().is_empty());
        let hidden = after(&[receiver("a", 9_000_000, 0)]);
        assert!(hidden.rungs().is_empty());
        assert_eq!(hidden.of(&ParticipantId::new("a")), None);
    }

    #[test]
    fn links_alike_share_one_encoding_at_the_pace_of_the_slower() {
        let rungs = after(&[receiver("a", 2_000_000, 720), receiver("b", 1_500_000, 720)]);
        let [rung] = rungs.rungs()[..] else { panic!("one: {rungs:?}") };
        assert!((1_300_000..=1_400_000).contains(&rung.bps), "{rung:?}");
        assert_eq!(rung.quality, CameraQuality::default());
    }

    #[test]
    fn a_much_slower_friend_gets_an_encoding_of_its_own() {
        let mut rungs = after(&[
            receiver("a", 4_000_000, 720),
            receiver("b", 400_000, 720),
            receiver("c", 3_000_000, 720),
        ]);
        let [fast, slow] = rungs.rungs()[..] else { panic!("two: {rungs:?}") };
        assert_eq!((fast.quality.height, slow.quality.height), (720, 360));
        assert!(slow.bps < 330_000, "{slow:?}");
        let of = |rungs: &CameraRungs| ["a", "b", "c"].map(|id| rungs.of(&ParticipantId::new(id)));
        assert_eq!(of(&rungs), [Some(0), Some(1), Some(0)]);
        // Somewhat better is not enough to be taken in again, much better is.
        for (bps, together) in [(1_300_000, false), (1_900_000, true)] {
            let receivers = [
                receiver("a", 4_000_000, 720),
                receiver("b", bps, 720),
                receiver("c", 3_000_000, 720),
            ];
            rungs.update(&receivers, CameraQuality::default());
            assert_eq!(rungs.rungs().len() == 1, together, "{bps}: {rungs:?}");
        }
    }

    #[test]
    fn small_tiles_ask_for_less_and_share_with_large_ones_what_their_links_carry() {
        let small = after(&[receiver("a", 9_000_000, 200), receiver("b", 9_000_000, 180)]);
        assert_eq!(small.rungs().len(), 1);
        assert_eq!(small.rungs()[0].quality.height, 270);
        assert!(small.rungs()[0].bps <= 390_000);
    }

    proptest! {
        #[test]
        fn everybody_who_watches_gets_one_of_at_most_two(
            steps in proptest::collection::vec(
                proptest::collection::vec((0..20_000_000_u64, 0..2_000_u32), 0..8), 1..10),
        ) {
            let mut rungs = CameraRungs::default();
            for step in steps {
                let receivers: Vec<_> = step
                    .iter()
                    .enumerate()
                    .map(|(n, (bps, height))| receiver(&n.to_string(), *bps, *height))
                    .collect();
                rungs.update(&receivers, CameraQuality::default());
                prop_assert!(rungs.rungs().len() <= MAX_RUNGS);
                for one in &receivers {
                    let rung = rungs.of(&one.id);
                    prop_assert_eq!(rung.is_some(), one.height > 0);
                    prop_assert!(rung.is_none_or(|rung| rung < rungs.rungs().len()));
                }
            }
        }
    }
}
