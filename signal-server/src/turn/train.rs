//! Collects packets that go the same way into trains, which cost one system call each.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::client::Client;
use super::figures::{Counters, Refused};
use super::relay::Relay;

/// A train is at most as long as the largest datagram, headers taken off.
const MAX_BYTES: usize = 65_000;

/// Where packets go.
#[derive(Clone)]
pub(super) enum Target {
    /// Out of an allocation's socket, to its peer.
    Peer(Arc<Relay>, SocketAddr),
    /// To the client of an allocation.
    Client(Client),
}

impl Target {
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Peer(one, to), Self::Peer(other, also)) => Arc::ptr_eq(one, other) && to == also,
            (Self::Client(one), Self::Client(other)) => one.is(other),
            _ => false,
        }
    }

    fn max_train(&self) -> usize {
        match self {
            Self::Peer(relay, _) => relay.socket.max_train(),
            Self::Client(client) => client.max_train(),
        }
    }

    fn send(&self, bytes: &[u8], segment: usize) -> bool {
        match self {
            Self::Peer(relay, to) => relay.socket.send(*to, None, bytes, segment),
            Self::Client(client) => client.send_train(bytes, segment),
        }
    }
}

/// Packets on their way to one target. Equally long but for the last: so the kernel wants it.
#[derive(Default)]
pub(super) struct Train {
    target: Option<Target>,
    bytes: Vec<u8>,
    segment: usize,
    count: usize,
    /// Payload, by direction.
    payload: u64,
    /// A shorter one came: it must be the last.
    ends: bool,
}

impl Train {
    /// Adds a packet of `len` bytes that `write` appends, with so many bytes of `payload`.
    pub(super) fn push(
        &mut self,
        target: &Target,
        len: usize,
        payload: usize,
        counters: &Counters,
        write: impl FnOnce(&mut Vec<u8>),
    ) {
        let joins = self.target.as_ref().is_some_and(|present| {
            !self.ends
                // One without content would vanish in a train.
                && len > 0
                && len <= self.segment
                && self.bytes.len() + len <= MAX_BYTES
                && self.count < present.max_train()
                && present.is(target)
        });
        if !joins {
            self.flush(counters);
            self.target = Some(target.clone());
            self.segment = len;
        }
        self.ends = len < self.segment;
        self.count += 1;
        self.payload += payload as u64;
        write(&mut self.bytes);
    }

    /// Sends what is there.
    pub(super) fn flush(&mut self, counters: &Counters) {
        let Some(target) = self.target.take() else { return };
        let count = self.count as u64;
        if target.send(&self.bytes, self.segment) {
            let bytes = match target {
                Target::Peer(..) => &counters.sent_bytes,
                Target::Client(_) => &counters.received_bytes,
            };
            bytes.fetch_add(self.payload, Ordering::Relaxed);
            counters.packets.fetch_add(count, Ordering::Relaxed);
        } else {
            let why = match target {
                Target::Client(Client::Stream { .. }) => Refused::SlowReader,
                _ => Refused::NotSent,
            };
            counters.refuse_many(why, count);
        }
        self.bytes.clear();
        self.count = 0;
        self.payload = 0;
        self.ends = false;
    }
}
