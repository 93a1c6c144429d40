//! Media over a path that loses packets.

use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use cinemasync_core::packet::InboundPacket;
use webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit};

use super::rig::{PATIENCE, Pair, picture, picture_time};
use crate::peer::runtime::WrapSocket;

/// How many of a million datagrams are lost, and which, always the same ones.
#[derive(Debug, Default)]
struct Loss {
    per_million: AtomicU32,
    random: AtomicU64,
    lost: AtomicU64,
}

#[derive(Debug)]
struct Lossy {
    inner: Arc<dyn AsyncUdpSocket>,
    loss: Arc<Loss>,
}

impl AsyncUdpSocket for Lossy {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }

    fn poll_send(&self, cx: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        let drawn = self.loss.random.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        let mixed = (drawn ^ (drawn >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40;
        if mixed % 1_000_000 < u64::from(self.loss.per_million.load(Ordering::Relaxed)) {
            self.loss.lost.fetch_add(1, Ordering::Relaxed);
            return Poll::Ready(Ok(transmit.contents.len()));
        }
        self.inner.poll_send(cx, transmit)
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        self.inner.poll_recv(cx, bufs, meta)
    }

    // No batches out: a datagram is lost by itself. Batches in are the system's.
    fn max_gro_segments(&self) -> usize {
        self.inner.max_gro_segments()
    }
}

fn lossy(loss: &Arc<Loss>) -> WrapSocket {
    let loss = Arc::clone(loss);
    Arc::new(move |inner| Arc::new(Lossy { inner, loss: Arc::clone(&loss) }))
}

/// Bits a second that the link is to be known to carry before anything is lost on it: fast enough
/// that a repair comes many packets behind.
const KNOWN_BPS: u64 = 6_000_000;

/// Pictures of up to 170 packets: a repair may come more than 64 packets behind, which is where a
/// default replay window drops it.
#[tokio::test]
async fn two_percent_loss_is_repaired() {
    let loss = Arc::new(Loss::default());
    let mut pair = Pair::over(Some(lossy(&loss)));
    pair.connect().await;
    let sender = pair.a.peer.sender();
    let mut number = 0;
    let mut send = |keyframe: bool, bytes| {
        sender.send(&picture(number, keyframe, bytes));
        number += 1;
        async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            number
        }
    };
    let knowing = async {
        let mut sent = 0;
        while pair.a.peer.stats().await.available_bps.is_none_or(|bps| bps < KNOWN_BPS) {
            sent = send(true, 20_000).await;
        }
        sent
    };
    let first = tokio::time::timeout(PATIENCE, knowing).await.expect("it is found to carry much");

    loss.per_million.store(20_000, Ordering::Relaxed);
    let (count, mut whole, mut packets) = (100_u32, 0, 0);
    for i in 0..count {
        let bytes = if i % 20 == 0 { 100_000 } else { 12_000 };
        packets += bytes / 1200 + 1;
        send(i % 20 == 0, bytes).await;
    }
    // The last pictures' repairs.
    while let Ok(packet) = tokio::time::timeout(Duration::from_secs(1), pair.b.packets.recv()).await
    {
        if let Some(InboundPacket::Video { rtp_timestamp, .. }) = packet
            && rtp_timestamp >= picture_time(first)
        {
            whole += 1;
        }
    }
    let lost = loss.lost.load(Ordering::Relaxed);
    println!("{whole} of {count} pictures whole; about {packets} packets, {lost} datagrams lost");
    assert!(lost > 20, "the path was to lose something: {lost}");
    assert!(whole >= count * 8 / 10, "{whole} of {count} pictures came");
}
