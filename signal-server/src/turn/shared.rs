//! What all tasks of the relay know: the rules, the counters, and who has which allocation.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use cinemasync_server_core::relay_policy::RelayPolicy;
use cinemasync_server_core::turn_wire::Transaction;

use super::client::ClientKey;
use super::figures::{Counters, TurnFigures};
use super::quota::Quotas;
use super::relay::Relay;

/// Known to all tasks of one relay server.
pub(super) struct Shared {
    pub(super) policy: RelayPolicy,
    pub(super) counters: Counters,
    pub(super) quotas: Arc<Quotas>,
    /// Under which addresses it relays, one of each family at most.
    pub(super) public: Vec<IpAddr>,
    pub(super) ports: RangeInclusive<u16>,
    pub(super) streams: AtomicUsize,
    allocations: RwLock<Allocations>,
    started: Instant,
    transactions: AtomicU64,
}

#[derive(Default)]
struct Allocations {
    of_clients: HashMap<ClientKey, Arc<Relay>>,
    at_addresses: HashMap<SocketAddr, Arc<Relay>>,
}

impl Shared {
    pub(super) fn new(
        policy: RelayPolicy,
        quotas: Arc<Quotas>,
        public: Vec<IpAddr>,
        ports: RangeInclusive<u16>,
    ) -> Self {
        Self {
            policy,
            counters: Counters::default(),
            quotas,
            public,
            ports,
            streams: AtomicUsize::new(0),
            allocations: RwLock::default(),
            started: Instant::now(),
            transactions: AtomicU64::new(0),
        }
    }

    /// Time since the start.
    pub(super) fn now(&self) -> Duration {
        self.started.elapsed()
    }

    /// Nobody answers an indication, so that its transaction need only differ from the last.
    pub(super) fn next_transaction(&self) -> Transaction {
        let number = self.transactions.fetch_add(1, Ordering::Relaxed);
        let mut transaction = [0; 12];
        transaction[4..].copy_from_slice(&number.to_be_bytes());
        transaction
    }

    /// From now on packets find this allocation.
    pub(super) fn enter(&self, relay: &Arc<Relay>) {
        let mut allocations = self.allocations.write().unwrap_or_else(PoisonError::into_inner);
        allocations.of_clients.insert(relay.client.key(), relay.clone());
        allocations.at_addresses.insert(relay.address, relay.clone());
    }

    /// From now on none does. A newer one of the same client stays.
    pub(super) fn forget(&self, relay: &Arc<Relay>) {
        let mut allocations = self.allocations.write().unwrap_or_else(PoisonError::into_inner);
        let is_this = |entry: Option<&Arc<Relay>>| entry.is_some_and(|it| Arc::ptr_eq(it, relay));
        if is_this(allocations.of_clients.get(&relay.client.key())) {
            allocations.of_clients.remove(&relay.client.key());
        }
        if is_this(allocations.at_addresses.get(&relay.address)) {
            allocations.at_addresses.remove(&relay.address);
        }
    }

    pub(super) fn relay_of(&self, client: ClientKey) -> Option<Arc<Relay>> {
        let allocations = self.allocations.read().unwrap_or_else(PoisonError::into_inner);
        allocations.of_clients.get(&client).cloned()
    }

    pub(super) fn relay_at(&self, address: SocketAddr) -> Option<Arc<Relay>> {
        let allocations = self.allocations.read().unwrap_or_else(PoisonError::into_inner);
        allocations.at_addresses.get(&address).cloned()
    }

    pub(super) fn figures(&self) -> TurnFigures {
        let (allocations, participants) = self.quotas.sums();
        TurnFigures {
            allocations,
            participants,
            streams: self.streams.load(Ordering::Relaxed),
            sent_bytes: self.counters.sent_bytes.load(Ordering::Relaxed),
            received_bytes: self.counters.received_bytes.load(Ordering::Relaxed),
            packets: self.counters.packets.load(Ordering::Relaxed),
            refused: self.counters.refused(),
        }
    }
}
