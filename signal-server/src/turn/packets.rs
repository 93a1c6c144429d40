//! The relay's clients on UDP.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use cinemasync_server_core::turn_wire::frame;
use tokio::sync::mpsc;

use super::client::{Client, ClientKey};
use super::desk::Ask;
use super::figures::Refused;
use super::forward::Forwarder;
use super::relay::Relay;
use super::shared::Shared;
use super::socket::{PacketSocket, Received};

/// The longest request taken, in bytes. Ours have 200.
const MAX_REQUEST: usize = 2048;
/// After an error that the socket gives again and again, so that it does not eat a processor.
const AFTER_ERROR: Duration = Duration::from_millis(50);

/// Serves the clients that send to `socket`, forever.
pub(super) async fn serve(
    listener: usize,
    socket: Arc<PacketSocket>,
    shared: Arc<Shared>,
    desk: mpsc::Sender<Ask>,
) {
    // The allocation of whoever spoke last: mostly the one who speaks next. Looked up anew for each
    // batch, so that one that ended is let go.
    loop {
        let received = socket.receive(|batch| {
            Forwarder::run(&shared, |forwarder| {
                let mut last: Option<(SocketAddr, Option<Arc<Relay>>)> = None;
                for received in batch {
                    let key = ClientKey { listener, address: received.from };
                    let relay = match last.take() {
                        Some((address, relay)) if address == received.from => relay,
                        _ => shared.relay_of(key),
                    };
                    for packet in received.packets() {
                        if !frame::is_channel_data(packet) && !frame::is_send_indication(packet) {
                            ask(&shared, &desk, key, &socket, received, packet);
                        } else if let Some(relay) = &relay {
                            forwarder.take_from_client(relay, packet);
                        } else {
                            shared.counters.refuse(Refused::NoPermission);
                        }
                    }
                    last = Some((received.from, relay));
                }
            });
        });
        if let Err(error) = received.await {
            tracing::debug!(%error, "the relay's socket has an error");
            tokio::time::sleep(AFTER_ERROR).await;
        }
    }
}

/// Brings a request to the desk. A full desk loses it; over UDP the client asks again.
fn ask(
    shared: &Shared,
    desk: &mpsc::Sender<Ask>,
    key: ClientKey,
    socket: &Arc<PacketSocket>,
    received: &Received<'_>,
    packet: &[u8],
) {
    if packet.len() > MAX_REQUEST {
        return shared.counters.refuse(Refused::Garbage);
    }
    let client = Client::Packets { key, socket: socket.clone(), from: received.to };
    if desk.try_send(Ask::Packet(client, packet.to_vec())).is_err() {
        shared.counters.refuse(Refused::Busy);
    }
}
