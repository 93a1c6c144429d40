//! How many streams each address has.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Counts the streams of each address. IPv6 addresses of one network (/64) count as one, as one
/// person has all of them.
#[derive(Clone)]
pub(super) struct Places {
    held: Arc<Mutex<HashMap<IpAddr, usize>>>,
    most: usize,
}

impl Places {
    pub(super) fn new(most: usize) -> Self {
        Self { held: Arc::default(), most }
    }

    /// One more stream of `ip`, unless it has as many as it may.
    pub(super) fn take(&self, ip: IpAddr) -> Option<StreamPlace> {
        let network = network(ip);
        let mut held = self.lock();
        let count = held.get(&network).copied().unwrap_or_default();
        if count >= self.most {
            return None;
        }
        held.insert(network, count + 1);
        drop(held);
        Some(StreamPlace { places: self.clone(), network })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One stream's place. Dropping it gives it back.
pub(super) struct StreamPlace {
    places: Places,
    network: IpAddr,
}

impl Drop for StreamPlace {
    fn drop(&mut self) {
        let mut held = self.places.lock();
        if let Some(count) = held.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.network);
            }
        }
    }
}

fn network(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_gets_so_many_at_once_and_others_are_not_affected() {
        let places = Places::new(2);
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let held = [places.take(ip("1.1.1.1")), places.take(ip("1.1.1.1"))];
        assert!(held.iter().all(Option::is_some) && places.take(ip("1.1.1.1")).is_none());
        assert!(places.take(ip("1.1.1.2")).is_some());
        drop(held);
        assert!(places.take(ip("1.1.1.1")).is_some());
        assert!(places.lock().is_empty(), "nothing is kept of those who left");
    }

    #[test]
    fn the_addresses_of_one_ipv6_network_are_one() {
        let places = Places::new(1);
        let _held = places.take("2001:db8::1".parse().unwrap()).unwrap();
        assert!(places.take("2001:db8::ffff:1".parse().unwrap()).is_none());
        assert!(places.take("2001:db8:0:1::1".parse().unwrap()).is_some());
    }
}
