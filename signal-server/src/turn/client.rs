//! A client of the relay as seen from inside: who it is, and how to send to it, over UDP or a stream.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use super::outbox::Outbox;
use super::socket::PacketSocket;

/// One client. Two with the same address on different listeners are two clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct ClientKey {
    pub(super) listener: usize,
    pub(super) address: SocketAddr,
}

/// The way to a client.
#[derive(Clone)]
pub(super) enum Client {
    /// Datagrams, sent from the address that they were sent to.
    Packets { key: ClientKey, socket: Arc<PacketSocket>, from: Option<IpAddr> },
    /// Frames on a TCP or TLS connection.
    Stream { key: ClientKey, outbox: Arc<Outbox>, local: SocketAddr },
}

impl Client {
    pub(super) fn key(&self) -> ClientKey {
        match self {
            Self::Packets { key, .. } | Self::Stream { key, .. } => *key,
        }
    }

    /// The server's end.
    pub(super) fn local_addr(&self) -> SocketAddr {
        match self {
            Self::Packets { socket, .. } => socket.local_addr(),
            Self::Stream { local, .. } => *local,
        }
    }

    /// Whether frames must be padded.
    pub(super) fn is_stream(&self) -> bool {
        matches!(self, Self::Stream { .. })
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        self.key() == other.key()
    }

    pub(super) fn max_train(&self) -> usize {
        match self {
            Self::Packets { socket, .. } => socket.max_train(),
            // Frames need no segments of equal length, but a bound on how long they are collected.
            Self::Stream { .. } => 64,
        }
    }

    /// Sends frames of `segment` bytes each, the last perhaps shorter. Whether they were taken.
    pub(super) fn send_train(&self, bytes: &[u8], segment: usize) -> bool {
        match self {
            Self::Packets { key, socket, from } => socket.send(key.address, *from, bytes, segment),
            Self::Stream { outbox, .. } => outbox.push(bytes),
        }
    }

    /// Sends one message. Whether it was taken.
    pub(super) fn send(&self, message: &[u8]) -> bool {
        self.send_train(message, message.len())
    }
}
