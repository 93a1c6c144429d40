//! An emulated way between two sides in one process: one bottleneck with its buffer, delay and loss.

use std::collections::VecDeque;
use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::task::JoinHandle;
use webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit};

use crate::peer::runtime::WrapSocket;

/// What the way is like.
#[derive(Debug, Clone, Copy)]
pub(super) struct Conditions {
    pub(super) bits_per_sec: f64,
    pub(super) one_way: Duration,
    /// The share of datagrams that is lost, in millionths.
    pub(super) lost_per_million: u64,
}

/// What the bottleneck's buffer holds at most, as time at its rate: what a home router has.
const BUFFER: Duration = Duration::from_millis(300);

struct Datagram {
    due: Instant,
    bytes: Vec<u8>,
    to: SocketAddr,
    socket: Arc<dyn AsyncUdpSocket>,
}

struct State {
    conditions: Conditions,
    /// When all that is in the buffer has left it.
    empty: Instant,
    underway: VecDeque<Datagram>,
    random: u64,
    /// The queue that each datagram of a call met, in milliseconds.
    met_ms: Vec<f64>,
}

/// One direction.
pub(super) struct Direction {
    state: Mutex<State>,
    came: Notify,
}

impl Direction {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The queues that the call's datagrams met since this was last asked, in order of length, in milliseconds.
    pub(super) fn take_met_ms(&self) -> Vec<f64> {
        let mut met = std::mem::take(&mut self.lock().met_ms);
        met.sort_by(f64::total_cmp);
        met
    }
}

impl State {
    /// A datagram enters; gives how long it waits, if there is room.
    fn enter(&mut self, bytes: usize) -> Option<Duration> {
        let now = Instant::now();
        self.empty = self.empty.max(now);
        let waits = self.empty - now;
        if waits > BUFFER {
            return None;
        }
        self.empty +=
            Duration::from_secs_f64((bytes + 28) as f64 * 8.0 / self.conditions.bits_per_sec);
        Some(waits)
    }

    fn is_lost(&mut self) -> bool {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.random >> 33) % 1_000_000 < self.conditions.lost_per_million
    }
}

/// Both directions; its tasks end with it.
pub(super) struct Way {
    pub(super) there: Arc<Direction>,
    pub(super) back: Arc<Direction>,
    tasks: Vec<JoinHandle<()>>,
}

impl Drop for Way {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl Way {
    pub(super) fn new(conditions: Conditions) -> Self {
        let direction = || {
            Arc::new(Direction {
                state: Mutex::new(State {
                    conditions,
                    empty: Instant::now(),
                    underway: VecDeque::new(),
                    random: 1,
                    met_ms: Vec::new(),
                }),
                came: Notify::new(),
            })
        };
        let (there, back) = (direction(), direction());
        let tasks = [&there, &back].map(|it| tokio::spawn(deliver(Arc::clone(it)))).into();
        Self { there, back, tasks }
    }

    /// Sends a call's datagrams of 1,200 bytes each way at this rate, which are not delivered.
    pub(super) fn call(&mut self, bits_per_sec: f64) {
        for direction in [&self.there, &self.back] {
            let direction = Arc::clone(direction);
            self.tasks.push(tokio::spawn(async move {
                let began = Instant::now();
                let mut sent = 0.0;
                loop {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                    while sent < began.elapsed().as_secs_f64() * bits_per_sec {
                        sent += 1_228.0 * 8.0;
                        let mut state = direction.lock();
                        let waits = state.enter(1_200).unwrap_or(BUFFER);
                        state.met_ms.push(waits.as_secs_f64() * 1_000.0);
                    }
                }
            }));
        }
    }

    /// For the sockets of the side from which `direction` leads.
    pub(super) fn wrap(direction: &Arc<Direction>) -> WrapSocket {
        let direction = Arc::clone(direction);
        Arc::new(move |inner| Arc::new(Entrance { inner, direction: Arc::clone(&direction) }))
    }
}

async fn deliver(direction: Arc<Direction>) {
    loop {
        let next = direction.lock().underway.front().map(|datagram| datagram.due);
        match next {
            Some(due) if due <= Instant::now() => {
                let datagram = direction.lock().underway.pop_front();
                if let Some(datagram) = datagram {
                    // A socket that is closed takes nothing.
                    let _ = datagram.socket.send_to(&datagram.bytes, datagram.to).await;
                }
            }
            Some(due) => tokio::time::sleep_until(due.into()).await,
            None => direction.came.notified().await,
        }
    }
}

struct Entrance {
    inner: Arc<dyn AsyncUdpSocket>,
    direction: Arc<Direction>,
}

impl std::fmt::Debug for Entrance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entrance").finish_non_exhaustive()
    }
}

impl AsyncUdpSocket for Entrance {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }

    fn poll_send(&self, _cx: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        let mut state = self.direction.lock();
        let lost = state.is_lost();
        if let Some(waits) = state.enter(transmit.contents.len())
            && !lost
        {
            let due = Instant::now() + waits + state.conditions.one_way;
            state.underway.push_back(Datagram {
                due,
                bytes: transmit.contents.to_vec(),
                to: transmit.destination,
                socket: Arc::clone(&self.inner),
            });
            self.direction.came.notify_one();
        }
        Poll::Ready(Ok(transmit.contents.len()))
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
