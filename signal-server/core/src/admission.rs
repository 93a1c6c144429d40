//! Who is let in: how many connections at once, how many handshakes, new rooms and wrong guesses an
//! address may spend, and how many all may together. Time is an argument.
//!
//! An address is an IPv4 address or an IPv6 network of 64 bits. What is kept of it is forgotten when
//! it has no connection and its budgets are full again. The table is bounded: while it is full, all
//! newcomers draw from one budget together, [`CROWD`] times that of one address.

mod address;
mod budget;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use address::Party;
pub use budget::{Rate, Spent};

use crate::Refusal;

/// How many times one address' budget all have together who come while the table is full.
const CROWD: u32 = 16;
/// How often a full table is searched for what may be forgotten.
const SWEEP_EVERY: Duration = Duration::from_secs(1);
/// How many an address may be told why it is not let in; after that it is not answered.
const PATIENCE: Rate = Rate { burst: 20, every: Duration::from_secs(6) };
/// How many connections beyond the limits may be there at once, only to be told why.
const TOLD_AT_ONCE: usize = 256;
/// When whoever finds the server full, or too many connections from its own address, may try again.
const FULL_RETRY: Duration = Duration::from_secs(30);

/// What one address and all together may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections at once, of all.
    pub connections: usize,
    /// Connections at once, of one address.
    pub connections_of_one: u32,
    /// New connections of one address.
    pub handshakes: Rate,
    /// New rooms of one address.
    pub rooms: Rate,
    /// Wrong codes, passwords and tokens of one address.
    pub guesses: Rate,
    /// Wrong codes and passwords of all.
    pub guesses_of_all: Rate,
    /// Most addresses that are remembered at once; about 100 bytes each.
    pub addresses: usize,
    /// Whether this machine's own addresses are limited as others are. A program that runs a server
    /// for itself does not want that; nor does a server behind a proxy that it was not told of.
    pub loopback: bool,
}

impl Default for Limits {
    fn default() -> Self {
        let (minute, hour) = (Duration::from_secs(60), Duration::from_secs(3600));
        Self {
            connections: 20_000,
            // Twenty rooms of three behind one school's address.
            connections_of_one: 64,
            handshakes: Rate::per(minute, 120, 120),
            rooms: Rate::per(hour, 120, 20),
            guesses: Rate::per(hour, 120, 10),
            guesses_of_all: Rate::per(minute, 60, 600),
            addresses: 65_536,
            loopback: false,
        }
    }
}

/// Which limit was met, for the counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Limit {
    /// Connections of all.
    Connections,
    /// Connections of one address.
    ConnectionsOfOne,
    /// New connections of one address.
    Handshakes,
    /// New rooms of one address.
    Rooms,
    /// Wrong guesses of one address.
    Guesses,
    /// Wrong guesses of all.
    GuessesOfAll,
}

impl Limit {
    /// Every limit.
    pub const ALL: [Self; 6] = [
        Self::Connections,
        Self::ConnectionsOfOne,
        Self::Handshakes,
        Self::Rooms,
        Self::Guesses,
        Self::GuessesOfAll,
    ];

    /// Its name in logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connections => "connections",
            Self::ConnectionsOfOne => "connections_of_address",
            Self::Handshakes => "handshakes_of_address",
            Self::Rooms => "rooms_of_address",
            Self::Guesses => "failed_joins_of_address",
            Self::GuessesOfAll => "failed_joins",
        }
    }
}

/// Why something is not allowed now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Denied {
    /// Which limit was met.
    pub limit: Limit,
    /// When to try again.
    pub retry_after_ms: u64,
}

impl Denied {
    fn new(limit: Limit, retry_after: Duration) -> Self {
        let retry_after_ms = retry_after.as_micros().div_ceil(1_000);
        Self { limit, retry_after_ms: u64::try_from(retry_after_ms).unwrap_or(u64::MAX) }
    }

    /// What the client is told.
    pub fn refusal(self) -> Refusal {
        let retry_after_ms = self.retry_after_ms;
        match self.limit {
            Limit::Connections => Refusal::ServerCrowded { retry_after_ms },
            Limit::ConnectionsOfOne | Limit::Handshakes => {
                Refusal::TooManyConnections { retry_after_ms }
            }
            Limit::Rooms => Refusal::TooManyNewRooms { retry_after_ms },
            Limit::Guesses | Limit::GuessesOfAll => Refusal::TooManyGuesses { retry_after_ms },
        }
    }
}

/// One connection that is counted. Whoever holds it gives it back with [`Admission::leave`].
#[derive(Debug, PartialEq, Eq)]
pub struct Guest {
    party: Party,
    told: bool,
}

/// What becomes of a new connection.
#[derive(Debug, PartialEq, Eq)]
pub enum Admitted {
    /// It is served.
    Welcome(Guest),
    /// It may ask, and is told why it is not served.
    Told(Guest, Denied),
    /// It is closed without a word.
    Dropped(Denied),
}

/// What is kept of one address.
#[derive(Debug, Clone, Copy, Default)]
struct Record {
    connections: u32,
    handshakes: Spent,
    rooms: Spent,
    guesses: Spent,
    patience: Spent,
}

impl Record {
    fn may_be_forgotten(&self, now: Duration) -> bool {
        let budgets = [self.handshakes, self.rooms, self.guesses, self.patience];
        self.connections == 0 && budgets.iter().all(|spent| spent.is_full(now))
    }
}

/// The door of a server. See the module's page.
#[derive(Debug)]
pub struct Admission {
    limits: Limits,
    records: BTreeMap<Party, Record>,
    /// Of all who came while there was no place among the records.
    crowd: Record,
    guesses_of_all: Spent,
    connections: usize,
    /// Of those, how many are there only to be told.
    told: usize,
    /// When a full table is searched again.
    next_sweep: Duration,
}

impl Admission {
    /// A door with nobody behind it.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            records: BTreeMap::new(),
            crowd: Record::default(),
            guesses_of_all: Spent::default(),
            connections: 0,
            told: 0,
            next_sweep: Duration::ZERO,
        }
    }

    /// A connection came from `address`.
    pub fn arrive(&mut self, address: IpAddr, now: Duration) -> Admitted {
        let party = self.party(address, now);
        let limits = self.limits;
        let full = self.connections - self.told >= limits.connections;
        let mut patient = true;
        let mut denied = None;
        if let Some(record) = self.record_mut(party) {
            let factor = if party == Party::Crowd { CROWD } else { 1 };
            let spent = record.handshakes.try_take(limits.handshakes.times(factor), now);
            if let Err(wait) = spent {
                denied = Some(Denied::new(Limit::Handshakes, wait));
            } else if record.connections >= limits.connections_of_one.saturating_mul(factor) {
                denied = Some(Denied::new(Limit::ConnectionsOfOne, FULL_RETRY));
            }
            if denied.is_some() || full {
                patient = record.patience.try_take(PATIENCE.times(factor), now).is_ok();
            }
        }
        if denied.is_none() && full {
            denied = Some(Denied::new(Limit::Connections, FULL_RETRY));
        }
        match denied {
            Some(denied) if !patient || self.told >= TOLD_AT_ONCE => Admitted::Dropped(denied),
            Some(denied) => {
                self.told += 1;
                Admitted::Told(self.count(party, true), denied)
            }
            None => Admitted::Welcome(self.count(party, false)),
        }
    }

    fn count(&mut self, party: Party, told: bool) -> Guest {
        self.connections += 1;
        if let Some(record) = self.record_mut(party) {
            record.connections += 1;
        }
        Guest { party, told }
    }

    /// The connection is gone.
    #[expect(clippy::needless_pass_by_value, reason = "a guest leaves once")]
    pub fn leave(&mut self, guest: Guest) {
        self.connections -= 1;
        self.told -= usize::from(guest.told);
        if let Some(record) = self.record_mut(guest.party) {
            record.connections -= 1;
        }
    }

    /// Whether `guest` may make another room.
    ///
    /// # Errors
    /// When its address has made too many lately.
    pub fn may_create(&self, guest: &Guest, now: Duration) -> Result<(), Denied> {
        let rooms = self.record(guest).map(|record| record.rooms);
        allow(rooms, self.rate_of(guest, self.limits.rooms), Limit::Rooms, now)
    }

    /// `guest` made a room.
    pub fn created(&mut self, guest: &Guest, now: Duration) {
        let rate = self.rate_of(guest, self.limits.rooms);
        if let Some(record) = self.record_mut(guest.party) {
            record.rooms.take(rate, now);
        }
    }

    /// Whether `guest` may try a room's code and password. While it may not, even the right ones are
    /// not looked at: an answer would tell which they are.
    ///
    /// # Errors
    /// When its address, or all together, have tried too many wrong ones lately.
    pub fn may_join(&self, guest: &Guest, now: Duration) -> Result<(), Denied> {
        self.may_show_token(guest, now)?;
        let rate = self.limits.guesses_of_all;
        allow(Some(self.guesses_of_all), rate, Limit::GuessesOfAll, now)
    }

    /// `guest` tried a wrong code or password.
    pub fn join_failed(&mut self, guest: &Guest, now: Duration) {
        self.token_failed(guest, now);
        self.guesses_of_all.take(self.limits.guesses_of_all, now);
    }

    /// Whether `guest` may show a token. Tokens are far too long to be guessed, so that only one
    /// address' guesses are counted.
    ///
    /// # Errors
    /// When its address has tried too many wrong codes, passwords or tokens lately.
    pub fn may_show_token(&self, guest: &Guest, now: Duration) -> Result<(), Denied> {
        let guesses = self.record(guest).map(|record| record.guesses);
        allow(guesses, self.rate_of(guest, self.limits.guesses), Limit::Guesses, now)
    }

    /// `guest` showed a wrong token.
    pub fn token_failed(&mut self, guest: &Guest, now: Duration) {
        let rate = self.rate_of(guest, self.limits.guesses);
        if let Some(record) = self.record_mut(guest.party) {
            record.guesses.take(rate, now);
        }
    }

    /// How many addresses are remembered.
    pub fn tracked(&self) -> usize {
        self.records.len()
    }

    fn record(&self, guest: &Guest) -> Option<&Record> {
        match guest.party {
            Party::Exempt => None,
            Party::Crowd => Some(&self.crowd),
            party => self.records.get(&party),
        }
    }

    fn record_mut(&mut self, party: Party) -> Option<&mut Record> {
        match party {
            Party::Exempt => None,
            Party::Crowd => Some(&mut self.crowd),
            party => self.records.get_mut(&party),
        }
    }

    fn rate_of(&self, guest: &Guest, rate: Rate) -> Rate {
        if guest.party == Party::Crowd { rate.times(CROWD) } else { rate }
    }

    /// Finds the record of `address`, or makes it while there is a place.
    fn party(&mut self, address: IpAddr, now: Duration) -> Party {
        if !self.limits.loopback && address.to_canonical().is_loopback() {
            return Party::Exempt;
        }
        let party = Party::of(address);
        if !self.records.contains_key(&party) {
            if self.is_full() && now >= self.next_sweep {
                self.records.retain(|_, record| !record.may_be_forgotten(now));
                self.next_sweep = now + SWEEP_EVERY;
            }
            if self.is_full() {
                return Party::Crowd;
            }
            self.records.insert(party, Record::default());
        }
        party
    }

    fn is_full(&self) -> bool {
        self.records.len() >= self.limits.addresses
    }
}

/// Nobody's budget has no end.
fn allow(spent: Option<Spent>, rate: Rate, limit: Limit, now: Duration) -> Result<(), Denied> {
    let wait = spent.map_or(Duration::ZERO, |spent| spent.wait(rate, now));
    if wait.is_zero() { Ok(()) } else { Err(Denied::new(limit, wait)) }
}

#[cfg(test)]
mod tests;
