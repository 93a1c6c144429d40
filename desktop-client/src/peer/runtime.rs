//! The crate's window to the operating system, one per connection: tasks, timers, sockets.
//!
//! Everything is tokio's own, with differences that the crate offers no setting for: sockets get large
//! buffers, are counted and have tunnels beside them, the driver is nudged (see [`Nudged`]), names are
//! resolved soon or not, and whatever the connection spawned can be ended. What a test puts around a
//! socket comes in through [`WrapSocket`]. Leaves to others: what is sent.

use std::cell::Cell;
use std::fmt;
use std::future::{Future, ready};
use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use super::names;
use super::tunnel::{OnLost, Tunnels, is_allocated, is_relay_traffic};
use tokio::sync::watch;
use tokio::task::AbortHandle;
use webrtc::runtime::{
    AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, RecvMeta, Runtime,
    TokioRuntime, Transmit, UdpSockRef, UdpSocketState,
};

/// Asked of the system for each direction of a socket. With Linux's 208 KiB a burst of one keyframe
/// and its repairs overflows; the system may grant less, and then the link is only more fragile.
const SOCKET_BUFFER_BYTES: usize = 4 << 20;

/// Puts something around each socket of a connection.
pub(super) type WrapSocket =
    Arc<dyn Fn(Arc<dyn AsyncUdpSocket>) -> Arc<dyn AsyncUdpSocket> + Send + Sync>;

/// Bytes over all sockets of a connection, ICE, DTLS and headers above UDP included.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    /// Handed to the system.
    pub(super) sent: AtomicU64,
    /// Taken from it.
    pub(super) received: AtomicU64,
}

/// A connection's runtime.
pub(super) struct LinkRuntime {
    traffic: Arc<Traffic>,
    tunnels: Arc<Tunnels>,
    wrap: Option<WrapSocket>,
    /// What the crate spawned; aborted by [`end`](Self::end).
    tasks: Mutex<Vec<AbortHandle>>,
    driver_spawned: AtomicBool,
    driver_ended: watch::Sender<bool>,
}

impl LinkRuntime {
    /// `on_relay_lost` is told when the way to a relay broke that went over TCP.
    pub(super) fn new(
        traffic: Arc<Traffic>,
        wrap: Option<WrapSocket>,
        on_relay_lost: OnLost,
    ) -> Arc<Self> {
        Arc::new(Self {
            traffic,
            tunnels: Tunnels::new(on_relay_lost),
            wrap,
            tasks: Mutex::default(),
            driver_spawned: AtomicBool::new(false),
            driver_ended: watch::Sender::new(false),
        })
    }

    /// The ways to relays that the crate knows nothing of.
    pub(super) fn tunnels(&self) -> &Tunnels {
        &self.tunnels
    }

    /// Returns when the connection's driver has stopped, for whatever reason.
    pub(super) async fn driver_ended(&self) {
        let mut ended = self.driver_ended.subscribe();
        // An error is impossible: we hold the sender.
        let _ = ended.wait_for(|ended| *ended).await;
    }

    /// Ends every task that the crate started for this connection.
    pub(super) fn end(&self) {
        for task in self.tasks.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            task.abort();
        }
    }
}

impl fmt::Debug for LinkRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkRuntime").field("traffic", &self.traffic).finish_non_exhaustive()
    }
}

/// Sleeps of one wake-up that return at once.
const NUDGES: u8 = 1;
/// The same where a relay's words came or went: the crate hands them on one round later each, from the
/// socket to the TURN client, to ICE and back.
const NUDGES_RELAYED: u8 = 4;

thread_local! {
    /// How many sleeps on this thread return at once, in this wake-up of a driver.
    static NUDGES_LEFT: Cell<u8> = const { Cell::new(0) };
    /// Were they raised for a relay, in this wake-up? Outside of one nothing raises them.
    static RELAYED: Cell<bool> = const { Cell::new(true) };
}

/// The driver's task. What an event produces (a check to send, an answer to a check) is picked up
/// only when the driver goes round once more, which without another event is an idle timer of up
/// to 200 ms later: three of them make a connection take 603 ms on loopback. So the first `sleep`
/// of each wake-up returns at once and the driver goes round twice, or more often for a relay.
struct Nudged {
    driver: Pin<Box<dyn Future<Output = ()> + Send>>,
    _ended: SetOnDrop,
}

/// This wake-up is about a relay.
fn nudge_more() {
    if !RELAYED.replace(true) {
        NUDGES_LEFT.set(NUDGES_LEFT.get() + NUDGES_RELAYED - NUDGES);
    }
}

struct SetOnDrop(watch::Sender<bool>);

impl Drop for SetOnDrop {
    fn drop(&mut self) {
        self.0.send_replace(true);
    }
}

impl Future for Nudged {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        NUDGES_LEFT.set(NUDGES);
        RELAYED.set(false);
        let polled = self.driver.as_mut().poll(cx);
        // Other tasks of this thread sleep as long as they say: the application's wait for room in
        // a data channel (50 ms) above all.
        NUDGES_LEFT.set(0);
        RELAYED.set(true);
        polled
    }
}

struct Spawned(tokio::task::JoinHandle<()>);

impl JoinHandle for Spawned {
    fn detach(&self) {}

    fn abort(&self) {
        self.0.abort();
    }

    fn is_finished(&self) -> bool {
        self.0.is_finished()
    }
}

impl Runtime for LinkRuntime {
    fn spawn(&self, future: Pin<Box<dyn Future<Output = ()> + Send>>) -> Box<dyn JoinHandle> {
        // The driver is what a connection spawns first; all else (a TCP connect) is its errand.
        let task = if self.driver_spawned.swap(true, Ordering::AcqRel) {
            tokio::spawn(future)
        } else {
            let ended = SetOnDrop(self.driver_ended.clone());
            tokio::spawn(Nudged { driver: future, _ended: ended })
        };
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.retain(|task| !task.is_finished());
        tasks.push(task.abort_handle());
        Box::new(Spawned(task))
    }

    fn wrap_udp_socket(&self, socket: std::net::UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        let state = UdpSocketState::new(UdpSockRef::from(&socket))?;
        let granted = [
            state.set_send_buffer_size(UdpSockRef::from(&socket), SOCKET_BUFFER_BYTES),
            state.set_recv_buffer_size(UdpSockRef::from(&socket), SOCKET_BUFFER_BYTES),
        ];
        if let Some(error) = granted.into_iter().find_map(Result::err) {
            tracing::debug!(%error, "the system keeps its socket buffers small");
        }
        let inner = TokioRuntime.wrap_udp_socket(socket)?;
        let inner =
            self.wrap.as_ref().map_or_else(|| Arc::clone(&inner), |wrap| wrap(inner.clone()));
        let inner = self.tunnels.wrap(inner);
        let (traffic, tunnels) = (Arc::clone(&self.traffic), Arc::clone(&self.tunnels));
        Ok(Arc::new(Counted { inner, traffic, tunnels }))
    }

    fn wrap_tcp_listener(
        &self,
        listener: std::net::TcpListener,
    ) -> io::Result<Arc<dyn AsyncTcpListener>> {
        TokioRuntime.wrap_tcp_listener(listener)
    }

    fn connect_tcp<'a>(
        &'a self,
        remote_addr: SocketAddr,
    ) -> Pin<Box<dyn Future<Output = io::Result<Arc<dyn AsyncTcpStream>>> + Send + 'a>> {
        TokioRuntime.connect_tcp(remote_addr)
    }

    fn resolve_host<'a>(
        &'a self,
        host: &'a str,
    ) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'a>> {
        match self.tunnels.resolve(host) {
            Some(address) => Box::pin(ready(Ok(vec![address]))),
            None => Box::pin(names::resolve(host)),
        }
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + 'static>> {
        match NUDGES_LEFT.get() {
            0 => TokioRuntime.sleep(duration),
            left => {
                NUDGES_LEFT.set(left - 1);
                Box::pin(ready(()))
            }
        }
    }

    fn interval(&self, period: Duration) -> Box<dyn AsyncInterval> {
        TokioRuntime.interval(period)
    }

    fn block_on(&self, future: Pin<Box<dyn Future<Output = ()> + '_>>) {
        TokioRuntime.block_on(future);
    }

    fn yield_now(&self) -> Pin<Box<dyn Future<Output = ()> + Send + 'static>> {
        TokioRuntime.yield_now()
    }
}

/// A socket whose traffic is counted, and looked at for a relay's.
#[derive(Debug)]
struct Counted {
    inner: Arc<dyn AsyncUdpSocket>,
    traffic: Arc<Traffic>,
    tunnels: Arc<Tunnels>,
}

impl AsyncUdpSocket for Counted {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }

    fn poll_send(&self, cx: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        let polled = self.inner.poll_send(cx, transmit);
        if let Poll::Ready(Ok(bytes)) = polled {
            self.traffic.sent.fetch_add(bytes as u64, Ordering::Relaxed);
            if is_relay_traffic(transmit.contents) {
                nudge_more();
            }
        }
        polled
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        let polled = self.inner.poll_recv(cx, bufs, meta);
        if let Poll::Ready(Ok(messages)) = polled {
            let bytes: usize = meta.iter().take(messages).map(|meta| meta.len).sum();
            self.traffic.received.fetch_add(bytes as u64, Ordering::Relaxed);
            // Several of one sender lie in one buffer: they are of a kind.
            for (buffer, meta) in bufs.iter().zip(meta.iter()).take(messages) {
                let datagram = &buffer[..meta.len.min(meta.stride)];
                if is_relay_traffic(datagram) {
                    nudge_more();
                }
                if is_allocated(datagram) {
                    self.tunnels.allocated(meta.addr);
                }
            }
        }
        polled
    }

    fn max_gso_segments(&self) -> usize {
        self.inner.max_gso_segments()
    }

    fn max_gro_segments(&self) -> usize {
        self.inner.max_gro_segments()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The trick leans on how the crate's driver waits; this is our half of it.
    #[tokio::test]
    async fn the_first_sleep_of_a_drivers_wake_up_returns_at_once_and_no_other() {
        const LONG: Duration = Duration::from_secs(3600);
        let runtime = LinkRuntime::new(Arc::default(), None, Arc::new(|| ()));
        let counts = Arc::new([AtomicU64::new(0), AtomicU64::new(0)]);
        let event = Arc::new(tokio::sync::Notify::new());
        let (driver, counted, happens) = (runtime.clone(), counts.clone(), event.clone());
        runtime.spawn(Box::pin(async move {
            loop {
                tokio::select! {
                    () = happens.notified() => counted[0].fetch_add(1, Ordering::SeqCst),
                    () = driver.sleep(LONG) => counted[1].fetch_add(1, Ordering::SeqCst),
                };
            }
        }));
        let settled = || async {
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
            [&counts[0], &counts[1]].map(|count| count.load(Ordering::SeqCst))
        };
        assert_eq!(settled().await, [0, 1], "once around more when it starts");
        event.notify_one();
        assert_eq!(settled().await, [1, 2], "once around more for each event");
        let elsewhere = tokio::time::timeout(Duration::from_millis(1), runtime.sleep(LONG)).await;
        assert!(elsewhere.is_err(), "other tasks sleep as long as they say");
        runtime.end();
    }

    #[tokio::test]
    async fn a_relays_words_let_the_driver_go_round_more_often() {
        const LONG: Duration = Duration::from_secs(3600);
        // The head of ChannelData, to be followed by nothing.
        const WORD: [u8; 4] = [0x40, 0, 0, 0];
        let runtime = LinkRuntime::new(Arc::default(), None, Arc::new(|| ()));
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let socket = runtime.wrap_udp_socket(socket).unwrap();
        let own = socket.local_addr().unwrap();
        let rounds = Arc::new(AtomicU64::new(0));
        let (driver, counted) = (runtime.clone(), Arc::clone(&rounds));
        runtime.spawn(Box::pin(async move {
            loop {
                let mut bytes = [0; 64];
                tokio::select! {
                    biased;
                    _ = socket.recv_from(&mut bytes) => {}
                    () = driver.sleep(LONG) => drop(counted.fetch_add(1, Ordering::SeqCst)),
                };
            }
        }));
        let other = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
        for (word, expected) in [(&b"hello"[..], 2), (&WORD, 6)] {
            other.send_to(word, own).await.unwrap();
            while rounds.load(Ordering::SeqCst) < expected {
                tokio::task::yield_now().await;
            }
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
            assert_eq!(rounds.load(Ordering::SeqCst), expected);
        }
        runtime.end();
    }

    #[tokio::test]
    async fn sockets_get_larger_buffers_than_they_had_and_are_counted() {
        let traffic = Arc::new(Traffic::default());
        let runtime = LinkRuntime::new(Arc::clone(&traffic), None, Arc::new(|| ()));
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let twin = socket.try_clone().unwrap();
        let state = UdpSocketState::new(UdpSockRef::from(&twin)).unwrap();
        let before = state.recv_buffer_size(UdpSockRef::from(&twin)).unwrap();
        let wrapped = runtime.wrap_udp_socket(socket).unwrap();
        let after = state.recv_buffer_size(UdpSockRef::from(&twin)).unwrap();
        println!("receive buffer {before} -> {after}");
        assert!(after >= before);

        let to = wrapped.local_addr().unwrap();
        wrapped.send_to(b"hello", to).await.unwrap();
        let mut bytes = [0; 64];
        wrapped.recv_from(&mut bytes).await.unwrap();
        assert_eq!(traffic.sent.load(Ordering::Relaxed), 5);
        assert_eq!(traffic.received.load(Ordering::Relaxed), 5);
    }

    #[tokio::test]
    async fn ending_the_runtime_ends_what_was_spawned() {
        let runtime = LinkRuntime::new(Arc::default(), None, Arc::new(|| ()));
        let driver = runtime.spawn(Box::pin(std::future::pending()));
        let errand = runtime.spawn(Box::pin(std::future::pending()));
        runtime.end();
        runtime.driver_ended().await;
        while !(driver.is_finished() && errand.is_finished()) {
            tokio::task::yield_now().await;
        }
    }
}
