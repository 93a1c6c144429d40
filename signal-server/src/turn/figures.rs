//! What the relay counts, for metrics and logs. Counting never waits and never allocates.

use std::sync::atomic::{AtomicU64, Ordering};

use cinemasync_server_core::relay_policy::Forbidden;

/// Why the relay did not do what was asked, or dropped a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The name is none of this server's, or its signature is wrong.
    Credentials,
    /// The credentials' time is over.
    Expired,
    /// Another participant's allocation.
    Holder,
    /// The participant has as many allocations as one may have.
    ParticipantQuota,
    /// The server is full, in allocations or in ports.
    ServerQuota,
    /// The peer is the machine itself.
    Loopback,
    /// The peer is in a network that is not routed.
    Private,
    /// The peer is on one cable.
    LinkLocal,
    /// The peer is many.
    Multicast,
    /// The peer has no address that anybody has.
    Reserved,
    /// The peer is the server, but none of its relayed addresses.
    OwnAddress,
    /// A packet beyond the participant's bandwidth.
    Bandwidth,
    /// A packet to or from somebody without a permission or a channel.
    NoPermission,
    /// A packet to a client on a stream that does not read.
    SlowReader,
    /// A packet that the system did not take.
    NotSent,
    /// Requests faster than they are answered.
    Busy,
    /// Something that is neither STUN nor TURN.
    Garbage,
    /// A connection beyond the number of streams, or one that said nothing in time.
    Stream,
}

impl Refused {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::Credentials,
        Self::Expired,
        Self::Holder,
        Self::ParticipantQuota,
        Self::ServerQuota,
        Self::Loopback,
        Self::Private,
        Self::LinkLocal,
        Self::Multicast,
        Self::Reserved,
        Self::OwnAddress,
        Self::Bandwidth,
        Self::NoPermission,
        Self::SlowReader,
        Self::NotSent,
        Self::Busy,
        Self::Garbage,
        Self::Stream,
    ];

    /// One word, for a metric's label.
    pub fn label(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::Expired => "expired",
            Self::Holder => "holder",
            Self::ParticipantQuota => "participant_quota",
            Self::ServerQuota => "server_quota",
            Self::Loopback => Forbidden::Loopback.label(),
            Self::Private => Forbidden::Private.label(),
            Self::LinkLocal => Forbidden::LinkLocal.label(),
            Self::Multicast => Forbidden::Multicast.label(),
            Self::Reserved => Forbidden::Reserved.label(),
            Self::OwnAddress => Forbidden::Own.label(),
            Self::Bandwidth => "bandwidth",
            Self::NoPermission => "no_permission",
            Self::SlowReader => "slow_reader",
            Self::NotSent => "not_sent",
            Self::Busy => "busy",
            Self::Garbage => "garbage",
            Self::Stream => "stream",
        }
    }
}

impl From<Forbidden> for Refused {
    fn from(forbidden: Forbidden) -> Self {
        match forbidden {
            Forbidden::Loopback => Self::Loopback,
            Forbidden::Private => Self::Private,
            Forbidden::LinkLocal => Self::LinkLocal,
            Forbidden::Multicast => Self::Multicast,
            Forbidden::Reserved => Self::Reserved,
            Forbidden::Own => Self::OwnAddress,
        }
    }
}

/// The relay's figures at one moment. All but the first three only grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TurnFigures {
    /// Allocations now.
    pub allocations: usize,
    /// Participants who have any.
    pub participants: usize,
    /// Clients on TCP and TLS now.
    pub streams: usize,
    /// Bytes of payload from clients to peers.
    pub sent_bytes: u64,
    /// Bytes of payload from peers to clients.
    pub received_bytes: u64,
    /// Packets of both ways.
    pub packets: u64,
    /// How often each [`Refused`] happened, in the order of [`Refused::ALL`].
    pub refused: [u64; Refused::ALL.len()],
}

impl TurnFigures {
    /// How often this happened.
    pub fn refused(&self, why: Refused) -> u64 {
        self.refused[why as usize]
    }
}

/// The counters behind [`TurnFigures`].
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) sent_bytes: AtomicU64,
    pub(super) received_bytes: AtomicU64,
    pub(super) packets: AtomicU64,
    refused: [AtomicU64; Refused::ALL.len()],
}

impl Counters {
    pub(super) fn refuse(&self, why: impl Into<Refused>) {
        self.refuse_many(why, 1);
    }

    pub(super) fn refuse_many(&self, why: impl Into<Refused>, times: u64) {
        self.refused[why.into() as usize].fetch_add(times, Ordering::Relaxed);
    }

    pub(super) fn refused(&self) -> [u64; Refused::ALL.len()] {
        self.refused.each_ref().map(|count| count.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_has_its_place_and_a_label_of_its_own() {
        let mut labels: Vec<_> = Refused::ALL.iter().map(|why| why.label()).collect();
        labels.sort_unstable();
        labels.dedup();
        assert_eq!(labels.len(), Refused::ALL.len());
        for (at, why) in Refused::ALL.into_iter().enumerate() {
            assert_eq!(why as usize, at);
        }
    }
}
