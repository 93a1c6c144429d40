//! One allocation at work: its socket, whom it may talk to, and the pump that brings what peers send
//! to the client. The `turn` crate owns it and lets it run; packets do not pass through the crate,
//! which copies each several times and looks for its peer among texts.

use std::any::Any;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use async_trait::async_trait;
use cinemasync_server_core::relay_table::RelayTable;
use tokio::sync::Notify;
use webrtc_util::Conn;

use super::client::Client;
use super::forward::Forwarder;
use super::quota::{Budget, Place};
use super::shared::Shared;
use super::socket::PacketSocket;

/// After an error that the socket gives again and again, so that it does not eat a processor.
const AFTER_ERROR: Duration = Duration::from_millis(50);

/// One allocation.
pub(super) struct Relay {
    /// What peers see, and reach.
    pub(super) address: SocketAddr,
    pub(super) socket: PacketSocket,
    pub(super) client: Client,
    pub(super) budget: Arc<Budget>,
    table: RwLock<RelayTable>,
    /// The place in the quota, until the end.
    place: Mutex<Option<Place>>,
    ended: AtomicBool,
    end: Notify,
}

impl Relay {
    pub(super) fn new(
        address: SocketAddr,
        socket: PacketSocket,
        client: Client,
        budget: Arc<Budget>,
        place: Place,
    ) -> Self {
        Self {
            address,
            socket,
            client,
            budget,
            table: RwLock::default(),
            place: Mutex::new(Some(place)),
            ended: AtomicBool::new(false),
            end: Notify::new(),
        }
    }

    pub(super) fn table(&self) -> RwLockReadGuard<'_, RelayTable> {
        self.table.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn table_mut(&self) -> RwLockWriteGuard<'_, RelayTable> {
        self.table.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    fn finish(&self) {
        self.ended.store(true, Ordering::Release);
        self.place.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.end.notify_one();
    }
}

/// The allocation as the crate knows it: a socket that never has anything for it. Ends the
/// allocation when the crate lets go.
pub(super) struct RelayConn {
    pub(super) relay: Arc<Relay>,
    pub(super) shared: Arc<Shared>,
}

impl RelayConn {
    fn finish(&self) {
        self.relay.finish();
        self.shared.forget(&self.relay);
    }

    async fn pump(&self) {
        let relay = &self.relay;
        loop {
            let received = relay.socket.receive(|batch| {
                Forwarder::run(&self.shared, |forwarder| {
                    for received in batch {
                        for packet in received.packets() {
                            forwarder.take_from_peer(relay, received.from, packet);
                        }
                    }
                });
            });
            if let Err(error) = received.await {
                tracing::debug!(%error, "a relay's socket has an error");
                tokio::time::sleep(AFTER_ERROR).await;
            }
        }
    }
}

impl Drop for RelayConn {
    fn drop(&mut self) {
        self.finish();
    }
}

fn unused() -> webrtc_util::Error {
    io::Error::from(io::ErrorKind::Unsupported).into()
}

#[async_trait]
impl Conn for RelayConn {
    async fn connect(&self, _: SocketAddr) -> webrtc_util::Result<()> {
        Err(unused())
    }

    async fn recv(&self, _: &mut [u8]) -> webrtc_util::Result<usize> {
        Err(unused())
    }

    /// Runs the pump on the crate's task for this allocation; returns when it ends.
    async fn recv_from(&self, _: &mut [u8]) -> webrtc_util::Result<(usize, SocketAddr)> {
        if !self.relay.has_ended() {
            tokio::select! {
                () = self.pump() => {}
                () = self.relay.end.notified() => {}
            }
        }
        Err(io::Error::from(io::ErrorKind::NotConnected).into())
    }

    async fn send(&self, _: &[u8]) -> webrtc_util::Result<usize> {
        Err(unused())
    }

    async fn send_to(&self, _: &[u8], _: SocketAddr) -> webrtc_util::Result<usize> {
        Err(unused())
    }

    fn local_addr(&self) -> webrtc_util::Result<SocketAddr> {
        Ok(self.relay.socket.local_addr())
    }

    fn remote_addr(&self) -> Option<SocketAddr> {
        None
    }

    async fn close(&self) -> webrtc_util::Result<()> {
        self.finish();
        Ok(())
    }

    fn as_any(&self) -> &(dyn Any + Send + Sync) {
        self
    }
}
