//! Names of ICE servers and their addresses. The crate's driver stands still while it asks for one, so
//! it gets an answer soon or none: a name that is slow to resolve is known at the next restart.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::net::lookup_host;
use tokio::time::timeout;

/// How long the driver may wait.
const PATIENCE: Duration = Duration::from_millis(300);
/// How long an answer is believed: longer than people take to meet, shorter than servers to move.
const VALID: Duration = Duration::from_secs(120);
/// Names remembered at most; when there are more, all are forgotten.
const MAX_KNOWN: usize = 64;

/// Names that were resolved, for all connections of this program.
static KNOWN: Mutex<BTreeMap<String, (Instant, Vec<SocketAddr>)>> = Mutex::new(BTreeMap::new());

/// The addresses of `HOST:PORT`, as the crate writes it: IPv6 addresses with or without brackets.
pub(super) async fn resolve(host: &str) -> io::Result<Vec<SocketAddr>> {
    if let Some(address) = literal(host) {
        return Ok(vec![address]);
    }
    if let Some(known) = known(host, Instant::now()) {
        return Ok(known);
    }
    let name = host.to_owned();
    // It goes on when nobody waits any longer.
    let lookup = tokio::spawn(async move {
        let found: Vec<SocketAddr> = lookup_host(&name).await?.collect();
        remember(name, found.clone(), Instant::now());
        io::Result::Ok(found)
    });
    match timeout(PATIENCE, lookup).await {
        Ok(Ok(found)) => found,
        Ok(Err(error)) => Err(io::Error::other(error)),
        Err(_) => Err(io::ErrorKind::TimedOut.into()),
    }
}

fn literal(host: &str) -> Option<SocketAddr> {
    let (ip, port) = host.rsplit_once(':')?;
    let ip: IpAddr = ip.trim_start_matches('[').trim_end_matches(']').parse().ok()?;
    Some(SocketAddr::new(ip, port.parse().ok()?))
}

fn known(host: &str, now: Instant) -> Option<Vec<SocketAddr>> {
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let (since, addresses) = known.get(host)?;
    (now.saturating_duration_since(*since) < VALID).then(|| addresses.clone())
}

fn remember(name: String, addresses: Vec<SocketAddr>, now: Instant) {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if known.len() >= MAX_KNOWN {
        known.clear();
    }
    known.insert(name, (now, addresses));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_the_crate_writes_them() {
        let address = |text: &str| text.parse::<SocketAddr>().ok();
        assert_eq!(literal("192.0.2.1:3478"), address("192.0.2.1:3478"));
        assert_eq!(literal("2001:db8::7:3478"), address("[2001:db8::7]:3478"));
        assert_eq!(literal("[2001:db8::7]:3478"), address("[2001:db8::7]:3478"));
        assert_eq!(literal("relay.example.org:3478"), None);
        assert_eq!(literal("192.0.2.1"), None);
    }

    #[tokio::test]
    async fn a_name_is_resolved_and_remembered_for_a_while() {
        let found = resolve("localhost:3478").await.expect("every machine knows it");
        assert!(found.iter().all(|address| address.ip().is_loopback() && address.port() == 3478));
        let now = Instant::now();
        assert_eq!(known("localhost:3478", now), Some(found));
        assert_eq!(known("localhost:3478", now + VALID), None);
    }
}
