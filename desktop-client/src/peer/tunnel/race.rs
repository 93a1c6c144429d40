//! Which way to a relay may be tried when: UDP first, as it suits voices best; then TCP; then TLS.
//! Each has a head start before the next, and who arrives in it spares the others the journey.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

/// A relay gives out an address after two round trips: this is enough for another continent.
const HEAD_START: Duration = Duration::from_millis(400);

/// A way to a relay, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    Udp,
    Tcp,
    Tls,
}

/// One race.
#[derive(Debug)]
pub(super) struct Race {
    kinds: Vec<Rank>,
    /// The best that arrived.
    best: watch::Sender<Option<Rank>>,
}

impl Race {
    /// Among ways of these kinds.
    pub(super) fn new(kinds: &[Rank]) -> Self {
        Self { kinds: kinds.to_vec(), best: watch::Sender::new(None) }
    }

    /// A way of this kind stands.
    pub(super) fn arrived(&self, rank: Rank) {
        self.best.send_if_modified(|best| {
            let better = best.is_none_or(|best| rank < best);
            if better {
                *best = Some(rank);
            }
            better
        });
    }

    /// Waits until this kind may be tried; false if a better one arrived before that.
    pub(super) async fn turn(&self, rank: Rank) -> bool {
        let wait = self.head_start(rank);
        let mut best = self.best.subscribe();
        tokio::select! {
            biased;
            // An error is impossible: we hold the sender.
            _ = best.wait_for(|best| best.is_some_and(|best| best < rank)) => false,
            () = sleep(wait) => true,
        }
    }

    /// One head start for each better kind that takes part.
    fn head_start(&self, rank: Rank) -> Duration {
        let better = |kind: Rank| kind < rank && self.kinds.contains(&kind);
        let before = [Rank::Udp, Rank::Tcp].into_iter().filter(|kind| better(*kind)).count();
        HEAD_START * u32::try_from(before).expect("two at most")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_better_kind_has_a_head_start() {
        let all = Race::new(&[Rank::Udp, Rank::Tcp, Rank::Tls]);
        assert_eq!(all.head_start(Rank::Tcp), HEAD_START);
        assert_eq!(all.head_start(Rank::Tls), HEAD_START * 2);
        assert_eq!(Race::new(&[Rank::Udp, Rank::Tls]).head_start(Rank::Tls), HEAD_START);
        assert_eq!(Race::new(&[Rank::Tls, Rank::Tls]).head_start(Rank::Tls), Duration::ZERO);
    }

    #[tokio::test]
    async fn whoever_is_better_spares_the_others() {
        let race = Race::new(&[Rank::Udp, Rank::Tcp, Rank::Tls]);
        race.arrived(Rank::Tcp);
        assert!(!race.turn(Rank::Tls).await);
        race.arrived(Rank::Udp);
        assert!(!race.turn(Rank::Tcp).await);
        race.arrived(Rank::Tls);
        assert!(!race.turn(Rank::Tcp).await, "the best one counts");
    }
}
