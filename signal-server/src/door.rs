//! The door: counts who comes and goes, by the pure rules of `cinemasync_server_core::admission`,
//! with the clock and the lock that those leave out.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use cinemasync_server_core::Refusal;
use cinemasync_server_core::admission::{Admission, Admitted, Denied, Guest, Limits};

use crate::log::Log;
use crate::metrics::Metrics;

/// Lets clients in, or not.
pub(crate) struct Door {
    admission: Mutex<Admission>,
    opened: Instant,
    metrics: Arc<Metrics>,
    log: Arc<Log>,
}

/// One client that was let in, for as long as this lives.
pub(crate) struct Visit {
    door: Arc<Door>,
    address: IpAddr,
    /// There until it is dropped.
    guest: Option<Guest>,
    denied: Option<Denied>,
}

impl Door {
    pub(crate) fn new(limits: Limits, metrics: Arc<Metrics>, log: Arc<Log>) -> Self {
        let admission = Mutex::new(Admission::new(limits));
        Self { admission, opened: Instant::now(), metrics, log }
    }

    /// A client came from `address`. `None`: it is to be closed without a word.
    pub(crate) fn arrive(self: &Arc<Self>, address: IpAddr) -> Option<Visit> {
        let admitted = self.lock().arrive(address, self.now());
        let (guest, denied) = match admitted {
            Admitted::Welcome(guest) => (Some(guest), None),
            Admitted::Told(guest, denied) => (Some(guest), Some(denied)),
            Admitted::Dropped(denied) => (None, Some(denied)),
        };
        if let Some(denied) = denied {
            self.met(denied, address);
        }
        guest.map(|guest| Visit { door: self.clone(), address, guest: Some(guest), denied })
    }

    /// How many addresses are remembered.
    pub(crate) fn tracked(&self) -> usize {
        self.lock().tracked()
    }

    fn met(&self, denied: Denied, address: IpAddr) {
        self.metrics.limit(denied.limit.as_str());
        self.log.limit(denied.limit.as_str(), address);
    }

    fn now(&self) -> Duration {
        self.opened.elapsed()
    }

    fn lock(&self) -> MutexGuard<'_, Admission> {
        self.admission.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Visit {
    /// Whose it is.
    pub(crate) fn address(&self) -> IpAddr {
        self.address
    }

    /// Why it is there only to be told that it is not served.
    pub(crate) fn denied(&self) -> Option<Denied> {
        self.denied
    }

    /// Whether it may make a room now.
    pub(crate) fn may_create(&self) -> Result<(), Refusal> {
        self.ask(Admission::may_create)
    }

    /// It made a room.
    pub(crate) fn created(&self) {
        self.tell(Admission::created);
    }

    /// Whether it may try a code and a password now.
    pub(crate) fn may_join(&self) -> Result<(), Refusal> {
        self.ask(Admission::may_join)
    }

    /// The code or the password was wrong.
    pub(crate) fn join_failed(&self) {
        self.tell(Admission::join_failed);
    }

    /// Whether it may show a token now.
    pub(crate) fn may_show_token(&self) -> Result<(), Refusal> {
        self.ask(Admission::may_show_token)
    }

    /// The token was wrong.
    pub(crate) fn token_failed(&self) {
        self.tell(Admission::token_failed);
    }

    fn ask(
        &self,
        question: impl FnOnce(&Admission, &Guest, Duration) -> Result<(), Denied>,
    ) -> Result<(), Refusal> {
        let answer = question(&self.door.lock(), self.guest(), self.door.now());
        answer.map_err(|denied| {
            self.door.met(denied, self.address);
            denied.refusal()
        })
    }

    fn tell(&self, news: impl FnOnce(&mut Admission, &Guest, Duration)) {
        news(&mut self.door.lock(), self.guest(), self.door.now());
    }

    fn guest(&self) -> &Guest {
        self.guest.as_ref().expect("a visit holds its guest until it is dropped")
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        if let Some(guest) = self.guest.take() {
            self.door.lock().leave(guest);
        }
    }
}
