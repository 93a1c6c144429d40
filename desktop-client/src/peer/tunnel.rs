//! Relays over TCP and TLS, for networks that let no UDP out.
//!
//! The crate's TURN client speaks UDP only. It is told of a relay at an address of ours that exists
//! nowhere; what it sends there goes over one TCP or TLS connection to the real one, and what comes
//! back seems to come from there. Allocations, permissions and refreshes stay the crate's.
//!
//! The parts: `socket` is put around a connection's sockets, `line` is the connection to a relay,
//! `frame` cuts its bytes (pure), `race` lets UDP try first.

mod frame;
mod line;
mod race;
mod socket;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rtc::ice::url::{ProtoType, SchemeType, Url};
use webrtc::runtime::AsyncUdpSocket;

pub(super) use self::frame::{is_allocated, is_relay_traffic};

use self::race::{Race, Rank};
use self::socket::Tunnelled;

/// Relays that one connection is told of at most; more are left out. A server names a handful.
const MAX_TARGETS: usize = 16;

/// What the crate is told instead of a relay's name: a name that nobody can have (RFC 6761).
const NAME: &str = ".tunnel.invalid";

/// The relay behind a tunnel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    host: String,
    port: u16,
    tls: bool,
}

impl Target {
    fn rank(&self) -> Rank {
        if self.tls { Rank::Tls } else { Rank::Tcp }
    }
}

/// Told when a tunnel that stood is gone.
pub(super) type OnLost = Arc<dyn Fn() + Send + Sync>;

/// The tunnels of one connection.
pub(super) struct Tunnels {
    /// Those that were ever asked for: a relay keeps its number, and with it its address.
    targets: Mutex<Vec<Target>>,
    /// Who came first, in this generation of sockets.
    race: Mutex<Arc<Race>>,
    /// Is there a relay over UDP, too?
    udp_relay: Mutex<bool>,
    /// Where the sockets of this generation are bound.
    locals: Mutex<Vec<IpAddr>>,
    on_lost: OnLost,
}

impl fmt::Debug for Tunnels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tunnels").field("targets", &lock(&self.targets)).finish_non_exhaustive()
    }
}

impl Tunnels {
    pub(super) fn new(on_lost: OnLost) -> Arc<Self> {
        Arc::new(Self {
            targets: Mutex::default(),
            race: Mutex::new(Arc::new(Race::new(&[]))),
            udp_relay: Mutex::default(),
            locals: Mutex::default(),
            on_lost,
        })
    }

    /// Relays over UDP are (or are not) among the servers in use: tunnels then wait for them a moment.
    pub(super) fn expect_udp(&self, expected: bool) {
        *lock(&self.udp_relay) = expected;
    }

    /// The address that the crate is to be told for this one; `None` if it can use none.
    pub(super) fn rewritten(&self, url: &Url) -> Option<String> {
        let tls = match (url.scheme, url.proto) {
            (SchemeType::Stun, _) | (SchemeType::Turn, ProtoType::Udp) => {
                return Some(url.to_string());
            }
            (SchemeType::Turn, ProtoType::Tcp) => false,
            (SchemeType::Turns, ProtoType::Tcp) => true,
            // STUN inside TLS tells nothing of use, and DTLS to a relay nobody offers.
            _ => return None,
        };
        let target = Target { host: url.host.clone(), port: url.port, tls };
        let mut targets = lock(&self.targets);
        let number = match targets.iter().position(|known| *known == target) {
            Some(number) => number,
            None if targets.len() < MAX_TARGETS => {
                targets.push(target);
                targets.len() - 1
            }
            None => return None,
        };
        Some(format!("turn:{number}{NAME}:{}?transport=udp", url.port))
    }

    /// The address behind a name of ours (`NAME:PORT`).
    pub(super) fn resolve(&self, host: &str) -> Option<SocketAddr> {
        let number = host.rsplit_once(':')?.0.strip_suffix(NAME)?.parse().ok()?;
        Some(address(number, lock(&self.targets).get(number)?))
    }

    fn target(&self, to: SocketAddr) -> Option<Target> {
        let number = number(to.ip())?;
        lock(&self.targets).get(number).filter(|target| target.port == to.port()).cloned()
    }

    /// Puts itself around a socket. The one at the loopback address has the tunnels, whatever the
    /// machine's interfaces: one for each relay is enough.
    pub(super) fn wrap(
        self: &Arc<Self>,
        socket: Arc<dyn AsyncUdpSocket>,
    ) -> Arc<dyn AsyncUdpSocket> {
        let local = socket.local_addr().map(|local| local.ip()).ok();
        let is_carrier = local == Some(IpAddr::V4(Ipv4Addr::LOCALHOST));
        let mut locals = lock(&self.locals);
        if is_carrier {
            locals.clear();
            // Sockets are made anew together, for what the network has become: the race, too.
            let mut kinds = vec![];
            if *lock(&self.udp_relay) {
                kinds.push(Rank::Udp);
            }
            kinds.extend(lock(&self.targets).iter().map(Target::rank));
            *lock(&self.race) = Arc::new(Race::new(&kinds));
        }
        locals.extend(local);
        drop(locals);
        let race = is_carrier.then(|| Arc::clone(&lock(&self.race)));
        Arc::new(Tunnelled::new(socket, Arc::clone(self), race))
    }

    /// Is the socket at `local` the one to ask this relay for an address? One for each relay is enough,
    /// and the system knows from where it is reached; a machine with a dozen addresses would
    /// otherwise use up in one call what a relay gives to one participant.
    fn may_allocate(&self, local: IpAddr, relay: SocketAddr) -> bool {
        match source_for(relay) {
            Some(source) => local == source || !lock(&self.locals).contains(&source),
            None => false,
        }
    }

    /// The relay at this address has given out an address of its own.
    pub(super) fn allocated(&self, from: SocketAddr) {
        let rank = self.target(from).map_or(Rank::Udp, |target| target.rank());
        lock(&self.race).arrived(rank);
    }
}

/// From which address the system would send there; nothing is sent.
fn source_for(to: SocketAddr) -> Option<IpAddr> {
    let any = match to {
        SocketAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        SocketAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    };
    let probe = UdpSocket::bind((any, 0)).ok()?;
    probe.connect(to).ok()?;
    probe.local_addr().ok().map(|local| local.ip())
}

/// Is this an address that stands for a relay? No participant has it.
pub(super) fn is_tunnel(ip: IpAddr) -> bool {
    number(ip).is_some()
}

/// A loopback address that nobody uses, with the relay's number at its end.
fn address(number: usize, target: &Target) -> SocketAddr {
    let number = u8::try_from(number).expect("there are MAX_TARGETS at most");
    SocketAddr::from(([127, 213, 77, number], target.port))
}

fn number(ip: IpAddr) -> Option<usize> {
    match ip {
        IpAddr::V4(v4) => match v4.octets() {
            [127, 213, 77, number] => Some(usize::from(number)),
            _ => None,
        },
        IpAddr::V6(_) => None,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
