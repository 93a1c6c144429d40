//! What the `turn` crate is given to work with: a place for its answer, a key that was checked
//! already, and sockets for allocations.

use std::any::Any;
use std::future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use turn::auth::AuthHandler;
use turn::relay::RelayAddressGenerator;
use webrtc_util::Conn;

use super::client::Client;
use super::quota::{Budget, Place};
use super::relay::{Relay, RelayConn};
use super::shared::Shared;
use super::socket::PacketSocket;

/// Ports tried for an allocation, odd ones among them where an even one is wanted.
const TRIES: usize = 100;

/// Takes the crate's answer to one request.
pub(super) struct Answer {
    local: SocketAddr,
    bytes: Mutex<Option<Vec<u8>>>,
}

impl Answer {
    pub(super) fn new(local: SocketAddr) -> Self {
        Self { local, bytes: Mutex::new(None) }
    }

    pub(super) fn take(&self) -> Option<Vec<u8>> {
        take(&self.bytes)
    }
}

#[async_trait]
impl Conn for Answer {
    async fn connect(&self, _: SocketAddr) -> webrtc_util::Result<()> {
        Ok(())
    }

    async fn recv(&self, _: &mut [u8]) -> webrtc_util::Result<usize> {
        future::pending().await
    }

    async fn recv_from(&self, _: &mut [u8]) -> webrtc_util::Result<(usize, SocketAddr)> {
        future::pending().await
    }

    async fn send(&self, bytes: &[u8]) -> webrtc_util::Result<usize> {
        self.send_to(bytes, self.local).await
    }

    async fn send_to(&self, bytes: &[u8], _: SocketAddr) -> webrtc_util::Result<usize> {
        put(&self.bytes, bytes.to_vec());
        Ok(bytes.len())
    }

    fn local_addr(&self) -> webrtc_util::Result<SocketAddr> {
        Ok(self.local)
    }

    fn remote_addr(&self) -> Option<SocketAddr> {
        None
    }

    async fn close(&self) -> webrtc_util::Result<()> {
        Ok(())
    }

    fn as_any(&self) -> &(dyn Any + Send + Sync) {
        self
    }
}

/// The key of one request, whose name and time were checked before the crate sees it.
pub(super) struct KnownKey(pub(super) Vec<u8>);

impl AuthHandler for KnownKey {
    fn auth_handle(&self, _: &str, _: &str, _: SocketAddr) -> Result<Vec<u8>, turn::Error> {
        Ok(self.0.clone())
    }
}

/// Where the allocation made for one client is found.
#[derive(Clone, Default)]
pub(super) struct Made(Arc<Mutex<Option<Arc<Relay>>>>);

impl Made {
    pub(super) fn take(&self) -> Option<Arc<Relay>> {
        take(&self.0)
    }
}

/// Which address an allocation is to have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    /// IPv6.
    pub(super) six: bool,
    /// With an even port.
    pub(super) even: bool,
}

/// Makes the one allocation of one client.
pub(super) struct RelayMaker {
    shared: Arc<Shared>,
    client: Client,
    budget: Arc<Budget>,
    wanted: Wanted,
    place: Mutex<Option<Place>>,
    /// The crate asks twice for an even port: what it is, and then for that one.
    even: Mutex<Option<PacketSocket>>,
    made: Made,
}

impl RelayMaker {
    pub(super) fn new(
        shared: Arc<Shared>,
        client: Client,
        budget: Arc<Budget>,
        place: Place,
        wanted: Wanted,
    ) -> Self {
        Self {
            shared,
            client,
            budget,
            wanted,
            place: Mutex::new(Some(place)),
            even: Mutex::default(),
            made: Made::default(),
        }
    }

    pub(super) fn made(&self) -> Made {
        self.made.clone()
    }

    /// A socket on a free port of the range, tried in random order.
    fn bind(&self) -> Result<PacketSocket, turn::Error> {
        let Wanted { six, even } = self.wanted;
        let any: IpAddr =
            if six { Ipv6Addr::UNSPECIFIED.into() } else { Ipv4Addr::UNSPECIFIED.into() };
        let (first, last) = (*self.shared.ports.start(), *self.shared.ports.end());
        let count = u32::from(last - first) + 1;
        for _ in 0..TRIES {
            let random = getrandom::u32().map_err(|error| other(&error))?;
            let offset = u16::try_from(random % count).expect("less than the count of ports");
            let port = first + offset;
            if (!even || port.is_multiple_of(2))
                && let Ok(socket) = PacketSocket::bind(SocketAddr::new(any, port))
            {
                return Ok(socket);
            }
        }
        Err(turn::Error::ErrMaxRetriesExceeded)
    }
}

fn other(error: &(impl ToString + ?Sized)) -> turn::Error {
    turn::Error::Other(error.to_string())
}

fn take<T>(place: &Mutex<Option<T>>) -> Option<T> {
    place.lock().unwrap_or_else(PoisonError::into_inner).take()
}

fn put<T>(place: &Mutex<Option<T>>, value: T) {
    *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
}

#[async_trait]
impl RelayAddressGenerator for RelayMaker {
    fn validate(&self) -> Result<(), turn::Error> {
        Ok(())
    }

    async fn allocate_conn(
        &self,
        _: bool,
        port: u16,
    ) -> Result<(Arc<dyn Conn + Send + Sync>, SocketAddr), turn::Error> {
        let of_family = |ip: &&IpAddr| ip.is_ipv6() == self.wanted.six;
        let public = self.shared.public.iter().find(of_family).copied();
        let public = public.ok_or_else(|| other("no public address of this family"))?;
        let socket = match take(&self.even) {
            Some(socket) => socket,
            None => self.bind()?,
        };
        let address = SocketAddr::new(public, socket.local_addr().port());
        if self.wanted.even && port == 0 {
            put(&self.even, socket);
            return Ok((Arc::new(Answer::new(address)), address));
        }
        let place = take(&self.place).ok_or_else(|| other("one client, one allocation"))?;
        let (client, budget) = (self.client.clone(), self.budget.clone());
        let relay = Arc::new(Relay::new(address, socket, client, budget, place));
        put(&self.made.0, relay.clone());
        Ok((Arc::new(RelayConn { relay, shared: self.shared.clone() }), address))
    }
}
