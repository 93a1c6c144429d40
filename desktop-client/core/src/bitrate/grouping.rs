//! Who shares an encoding of one source. One serves everybody whose link carries about the same; for
//! those whose link is much slower there is a second one, so that they do not pull the others down.
//! Who does not show the picture gets none.

use cinemasync_protocol::ParticipantId;

/// Encodings of one source at most.
pub const MAX_RUNGS: usize = 2;
/// Somebody whose link carries less than this share of what the others' do gets an encoding of its
/// own; from the second share on they are together again.
const MUCH_SLOWER: f64 = 0.5;
const ALIKE: f64 = 0.75;

/// Somebody who may receive a source.
#[derive(Debug, Clone, PartialEq)]
pub struct Receiver {
    /// Who.
    pub id: ParticipantId,
    /// What the link carries of it, in bits a second.
    pub available_bps: u64,
    /// How high the picture is shown there, in pixels; 0 when it is not.
    pub height: u32,
}

/// Those who get the same encoding.
#[derive(Debug)]
pub(super) struct Group<'a>(Vec<&'a Receiver>);

impl Group<'_> {
    /// Who they are.
    pub(super) fn ids(&self) -> impl Iterator<Item = &ParticipantId> {
        self.0.iter().map(|receiver| &receiver.id)
    }

    /// The greatest height in which one of them shows it.
    pub(super) fn height(&self) -> u32 {
        self.0.iter().map(|receiver| receiver.height).max().unwrap_or_default()
    }

    /// What there is for all of them. Whoever shows it small wants little, which says nothing about
    /// the link: it must not pull down those who show it large.
    pub(super) fn spendable(&self, spendable: impl Fn(&Receiver) -> u64) -> u64 {
        let height = self.height();
        let large = |receiver: &&Receiver| Receiver { height, ..(*receiver).clone() };
        self.0.iter().map(|receiver| spendable(&large(receiver))).min().unwrap_or_default()
    }
}

/// The groups, the fastest first, at most [`MAX_RUNGS`]; `before` is how many there were.
pub(super) fn groups(
    receivers: &[Receiver],
    before: usize,
    spendable: impl Fn(&Receiver) -> u64,
) -> Vec<Group<'_>> {
    let mut watching: Vec<(&Receiver, u64)> = receivers
        .iter()
        .filter(|receiver| receiver.height > 0)
        .map(|receiver| (receiver, spendable(receiver)))
        .collect();
    // The fastest first, and among equals in a fixed order.
    watching.sort_by(|(a, a_bps), (b, b_bps)| b_bps.cmp(a_bps).then_with(|| a.id.cmp(&b.id)));
    let (fast, slow) = watching.split_at(split(&watching, before));
    [fast, slow]
        .into_iter()
        .filter(|part| !part.is_empty())
        .map(|part| Group(part.iter().map(|(receiver, _)| *receiver).collect()))
        .collect()
}

/// How many of them, the fastest first, share the first encoding.
fn split(watching: &[(&Receiver, u64)], before: usize) -> usize {
    let share = if before > 1 { ALIKE } else { MUCH_SLOWER };
    let gap = |at: &usize| {
        let [(_, faster), (_, slower)] = [watching[at - 1], watching[*at]];
        slower as f64 / faster.max(1) as f64
    };
    let apart = (1..watching.len()).min_by(|a, b| gap(a).total_cmp(&gap(b)));
    apart.filter(|at| gap(at) < share).unwrap_or(watching.len())
}

/// A bitrate in steps of a fiftieth or so: an encoder need not hear of every bit.
pub(super) fn in_steps(bps: u64) -> u64 {
    let grain = (bps / 50).max(1).next_power_of_two();
    bps / grain * grain
}
