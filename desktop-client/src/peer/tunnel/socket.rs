//! A connection's UDP socket with tunnels beside it: what goes to an address that stands for a relay
//! goes over a line, all else over the socket, except for words to relays that another socket has.

use std::collections::BTreeMap;
use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use tokio::sync::mpsc;
use webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit};

use super::line::{Incoming, Line};
use super::race::Race;
use super::{Tunnels, frame, is_tunnel, lock};

/// Messages of all lines that wait for the connection. Full: the newest is lost.
const INCOMING: usize = 512;

/// A socket, perhaps with lines.
#[derive(Debug)]
pub(super) struct Tunnelled {
    inner: Arc<dyn AsyncUdpSocket>,
    tunnels: Arc<Tunnels>,
    lines: Option<Lines>,
}

#[derive(Debug)]
struct Lines {
    race: Arc<Race>,
    /// By the address that stands for the relay; each is begun with the first word to it.
    lines: Mutex<BTreeMap<SocketAddr, Line>>,
    sender: mpsc::Sender<Incoming>,
    incoming: Mutex<mpsc::Receiver<Incoming>>,
}

impl Tunnelled {
    /// Puts tunnels beside `inner`; without a `race` it has none, and refuses what would need one.
    pub(super) fn new(
        inner: Arc<dyn AsyncUdpSocket>,
        tunnels: Arc<Tunnels>,
        race: Option<Arc<Race>>,
    ) -> Self {
        let lines = race.map(|race| {
            let (sender, incoming) = mpsc::channel(INCOMING);
            Lines { race, lines: Mutex::default(), sender, incoming: Mutex::new(incoming) }
        });
        Self { inner, tunnels, lines }
    }

    fn send_over_line(&self, transmit: &Transmit<'_>) -> io::Result<usize> {
        let to = transmit.destination;
        // The crate takes the error for the end of this way, and tries it no more.
        let (Some(lines), Some(target)) = (&self.lines, self.tunnels.target(to)) else {
            return Err(io::ErrorKind::AddrNotAvailable.into());
        };
        let mut open = lock(&lines.lines);
        let line = open.entry(to).or_insert_with(|| {
            let (race, sender) = (Arc::clone(&lines.race), lines.sender.clone());
            Line::begin(target, to, race, sender, Arc::clone(&self.tunnels.on_lost))
        });
        let size = transmit.segment_size.unwrap_or(transmit.contents.len()).max(1);
        for message in transmit.contents.chunks(size) {
            line.send(message)?;
        }
        Ok(transmit.contents.len())
    }
}

impl AsyncUdpSocket for Tunnelled {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }

    fn poll_send(&self, cx: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        let to = transmit.destination;
        if is_tunnel(to.ip()) {
            Poll::Ready(self.send_over_line(transmit))
        } else if frame::asks_for_allocation(transmit.contents)
            && !self.local_addr().is_ok_and(|local| self.tunnels.may_allocate(local.ip(), to))
        {
            Poll::Ready(Err(io::ErrorKind::AddrNotAvailable.into()))
        } else {
            self.inner.poll_send(cx, transmit)
        }
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        // Both wake whoever waits here, a line that is begun later too.
        if let Some(lines) = &self.lines
            && let (Some(buffer), Some(meta)) = (bufs.first_mut(), meta.first_mut())
        {
            while let Poll::Ready(Some((from, message))) = lock(&lines.incoming).poll_recv(cx) {
                // Longer than any datagram: nothing of ours is.
                if let Some(place) = buffer.get_mut(..message.len()) {
                    place.copy_from_slice(&message);
                    *meta = RecvMeta::default();
                    (meta.addr, meta.len) = (from, message.len());
                    meta.stride = message.len().max(1);
                    return Poll::Ready(Ok(1));
                }
            }
        }
        self.inner.poll_recv(cx, bufs, meta)
    }

    fn max_gso_segments(&self) -> usize {
        self.inner.max_gso_segments()
    }

    fn max_gro_segments(&self) -> usize {
        self.inner.max_gro_segments()
    }
}
