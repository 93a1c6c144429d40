//! The machine's network, watched: which addresses it has, and when that changes. The systems tell it
//! each in its own way (netlink, routing sockets, callbacks), and all of them answer when asked; asking
//! takes some hundred microseconds.

use std::collections::BTreeSet;
use std::io;
use std::net::IpAddr;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime};

/// How often one looks. A call that moved to another network is silent for half of it, on average,
/// before anybody knows.
const INTERVAL: Duration = Duration::from_millis(500);
/// A look that is later than this by the clock on the wall was not late, but asleep.
const SLEPT: Duration = Duration::from_secs(5);

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// An address that others could reach is gone (others may have come).
    Lost,
    /// Another one came.
    Gained,
    /// The machine slept, or this program was stopped.
    Woke,
}

/// Watches until it is dropped.
#[derive(Debug)]
pub struct Watch {
    /// Only to be dropped.
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Tells `on_change` of each change, on a thread of its own.
    ///
    /// # Errors
    /// When there is no thread.
    pub fn start(on_change: impl Fn(Change) + Send + 'static) -> io::Result<Self> {
        let (stop, stopped) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("network-watch".to_owned())
            .spawn(move || watch(&stopped, &on_change))?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the watch over the network panicked");
        }
    }
}

fn watch(stopped: &mpsc::Receiver<()>, on_change: &dyn Fn(Change)) {
    let mut known = addresses();
    let (mut looked, mut wall) = (Instant::now(), SystemTime::now());
    while stopped.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
        let now = addresses();
        let change = known.as_ref().zip(now.as_ref()).and_then(|(known, now)| compare(known, now));
        // Some systems stop the one clock, some the other.
        let passed = looked.elapsed().max(wall.elapsed().unwrap_or_default());
        (looked, wall) = (Instant::now(), SystemTime::now());
        if passed > SLEPT {
            on_change(Change::Woke);
        }
        if let Some(change) = change {
            on_change(change);
        }
        known = now.or(known);
    }
}

/// The addresses at which others could reach this machine; `None` if the system does not tell.
fn addresses() -> Option<BTreeSet<IpAddr>> {
    let interfaces = if_addrs::get_if_addrs().ok()?;
    let useful = |interface: &if_addrs::Interface| {
        !interface.is_loopback() && !interface.is_link_local() && interface.is_oper_up()
    };
    Some(interfaces.iter().filter(|i| useful(i)).map(if_addrs::Interface::ip).collect())
}

fn compare(before: &BTreeSet<IpAddr>, now: &BTreeSet<IpAddr>) -> Option<Change> {
    if !before.is_subset(now) {
        Some(Change::Lost)
    } else if before != now {
        Some(Change::Gained)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(addresses: &[&str]) -> BTreeSet<IpAddr> {
        addresses.iter().map(|address| address.parse().expect("an address")).collect()
    }

    #[test]
    fn a_lost_address_counts_more_than_one_that_came() {
        let wifi = set(&["192.168.1.7", "2001:db8::7"]);
        let cable = set(&["192.168.2.7", "2001:db8::7"]);
        let both = set(&["192.168.1.7", "192.168.2.7", "2001:db8::7"]);
        assert_eq!(compare(&wifi, &wifi), None);
        assert_eq!(compare(&wifi, &both), Some(Change::Gained));
        assert_eq!(compare(&both, &cable), Some(Change::Lost));
        assert_eq!(compare(&wifi, &cable), Some(Change::Lost));
        assert_eq!(compare(&wifi, &set(&[])), Some(Change::Lost));
        assert_eq!(compare(&set(&[]), &wifi), Some(Change::Gained));
    }

    #[test]
    fn a_watch_ends_with_its_handle_and_tells_nothing_of_a_network_that_stays() {
        let (sender, told) = mpsc::channel();
        let tell = move |change| sender.send(change).expect("somebody listens");
        let watch = Watch::start(tell).expect("a thread");
        drop(watch);
        assert_eq!(told.recv(), Err(mpsc::RecvError), "the thread has let go of it");
    }

    #[test]
    fn the_addresses_of_this_machine_are_told() {
        let addresses = addresses().expect("the system tells");
        assert!(addresses.iter().all(|ip| !ip.is_loopback()));
    }
}
