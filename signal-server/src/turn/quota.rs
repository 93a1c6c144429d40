//! The quotas at work: a place for each allocation, given back when it is dropped, and a budget of
//! bytes that all allocations of one participant share. The arithmetic is the core's.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cinemasync_server_core::relay_quota::{AllocationQuota, Bucket, Full};

/// How much each participant may take, and all together.
#[derive(Debug, Clone, Copy)]
pub struct TurnLimits {
    /// Allocations of one participant.
    pub per_participant: usize,
    /// Allocations of all.
    pub total: usize,
    /// Bytes a second each way of one participant; `None`: as many as come.
    pub bytes_per_second: Option<u64>,
    /// Clients on TCP and TLS.
    pub streams: usize,
    /// Of them from one address.
    pub streams_per_address: usize,
}

/// What one participant may send and receive.
pub(super) struct Budget {
    /// From the client to its peers.
    sent: Option<Mutex<Bucket>>,
    /// From peers to the client.
    received: Option<Mutex<Bucket>>,
}

impl Budget {
    fn new(bytes_per_second: Option<u64>, now: Duration) -> Self {
        // Two seconds' worth at once: the whole pictures that a video begins with pass.
        let bucket = || bytes_per_second.map(|rate| Mutex::new(Bucket::new(rate, rate * 2, now)));
        Self { sent: bucket(), received: bucket() }
    }

    pub(super) fn may_send(&self, bytes: usize, now: Duration) -> bool {
        take(self.sent.as_ref(), bytes, now)
    }

    pub(super) fn may_receive(&self, bytes: usize, now: Duration) -> bool {
        take(self.received.as_ref(), bytes, now)
    }
}

fn take(bucket: Option<&Mutex<Bucket>>, bytes: usize, now: Duration) -> bool {
    bucket.is_none_or(|bucket| {
        bucket.lock().unwrap_or_else(PoisonError::into_inner).take(bytes as u64, now)
    })
}

/// Who has how many allocations and which budget.
pub(super) struct Quotas {
    state: Mutex<State>,
    bytes_per_second: Option<u64>,
}

struct State {
    allocations: AllocationQuota,
    /// Of those who have allocations.
    budgets: HashMap<String, Arc<Budget>>,
}

impl Quotas {
    pub(super) fn new(limits: TurnLimits) -> Arc<Self> {
        let allocations = AllocationQuota::new(limits.per_participant, limits.total);
        Arc::new(Self {
            state: Mutex::new(State { allocations, budgets: HashMap::new() }),
            bytes_per_second: limits.bytes_per_second,
        })
    }

    /// A place for one more allocation of the participant `id`, and its budget.
    pub(super) fn take(
        self: &Arc<Self>,
        id: &str,
        now: Duration,
    ) -> Result<(Place, Arc<Budget>), Full> {
        let mut state = self.lock();
        state.allocations.take(id)?;
        let budget = state
            .budgets
            .entry(id.to_owned())
            .or_insert_with(|| Arc::new(Budget::new(self.bytes_per_second, now)))
            .clone();
        Ok((Place { quotas: self.clone(), id: id.to_owned() }, budget))
    }

    /// Allocations, and participants who have them.
    pub(super) fn sums(&self) -> (usize, usize) {
        let state = self.lock();
        (state.allocations.sum(), state.allocations.participants())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One allocation's place. Dropping it gives it back.
pub(super) struct Place {
    quotas: Arc<Quotas>,
    id: String,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.quotas.lock();
        state.allocations.give_back(&self.id);
        if state.allocations.held_by(&self.id) == 0 {
            state.budgets.remove(&self.id);
        }
    }
}
