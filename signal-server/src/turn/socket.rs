//! UDP sockets that take and give many packets a system call, where the system can: `recvmmsg`, and
//! segmentation by the kernel (GSO, GRO). Sending never waits: what the system does not take at
//! once is lost, as on any network.

use std::cell::RefCell;
use std::io::{self, IoSliceMut};
use std::net::{IpAddr, SocketAddr};

use quinn_udp::{RecvMeta, Transmit, UdpSocketState};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::io::Interest;
use tokio::net::UdpSocket;

/// Wanted for the system's buffers, in bytes. Its usual 208 KiB overflow in one burst of video.
const SYSTEM_BUFFER: usize = 2 << 20;
/// Messages taken at once.
const BATCH: usize = 16;
/// As many come at once when there may be more; on some systems one.
const FULL: usize = if BATCH < quinn_udp::BATCH_SIZE { BATCH } else { quinn_udp::BATCH_SIZE };
/// A message can be a train of datagrams that the kernel joined, as long as one datagram can be.
const MESSAGE: usize = 65_535;

/// A bound UDP socket.
pub(super) struct PacketSocket {
    socket: UdpSocket,
    state: UdpSocketState,
    address: SocketAddr,
}

/// Packets of one source, equally long but for the last.
pub(super) struct Received<'a> {
    pub(super) from: SocketAddr,
    /// To which of the machine's addresses they came, where the system tells.
    pub(super) to: Option<IpAddr>,
    bytes: &'a [u8],
    stride: usize,
}

impl<'a> Received<'a> {
    pub(super) fn packets(&self) -> impl Iterator<Item = &'a [u8]> {
        // A packet without content is one too, of which `chunks` makes none.
        let empty = self.bytes.is_empty().then_some(self.bytes);
        empty.into_iter().chain(self.bytes.chunks(self.stride.max(1)))
    }
}

/// Where packets are received to. One a thread, as nothing waits between receiving and sending on.
struct Scratch {
    bytes: Vec<u8>,
    metas: [RecvMeta; BATCH],
}

thread_local! {
    static SCRATCH: RefCell<Scratch> =
        RefCell::new(Scratch { bytes: vec![0; BATCH * MESSAGE], metas: [RecvMeta::default(); BATCH] });
}

impl PacketSocket {
    /// Binds `address`, on the current tokio runtime. An IPv6 socket takes no IPv4.
    pub(super) fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
        if address.is_ipv6() {
            socket.set_only_v6(true)?;
        }
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        let socket = UdpSocket::from_std(socket.into())?;
        let state = UdpSocketState::new((&socket).into())?;
        // The system may allow less, and then less is what there is.
        let _ = state.set_recv_buffer_size((&socket).into(), SYSTEM_BUFFER);
        let _ = state.set_send_buffer_size((&socket).into(), SYSTEM_BUFFER);
        let address = socket.local_addr()?;
        Ok(Self { socket, state, address })
    }

    pub(super) fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// How many packets go at once at most.
    pub(super) fn max_train(&self) -> usize {
        self.state.max_gso_segments()
    }

    /// Waits for packets and hands them to `take`, as many as come with one system call.
    pub(super) async fn receive(&self, mut take: impl FnMut(&[Received<'_>])) -> io::Result<()> {
        self.socket.readable().await?;
        let result: io::Result<()> = SCRATCH.with_borrow_mut(|scratch| {
            let Scratch { bytes, metas } = scratch;
            let mut chunks = bytes.chunks_exact_mut(MESSAGE);
            let mut slices: [IoSliceMut<'_>; BATCH] = std::array::from_fn(|_| {
                IoSliceMut::new(chunks.next().expect("as many chunks as a batch has messages"))
            });
            let mut received = None;
            let result = self.socket.try_io(Interest::READABLE, || {
                let count = self.state.recv((&self.socket).into(), &mut slices, metas)?;
                received = Some(count);
                // Fewer than there was room for: there are no more. Saying so saves the call that
                // would find out. What comes from now on wakes the task again.
                if count < FULL { Err(io::ErrorKind::WouldBlock.into()) } else { Ok(()) }
            });
            let Some(count) = received else { return result };
            let received: [Received<'_>; BATCH] = std::array::from_fn(|at| {
                let meta = &metas[at];
                let len = if at < count { meta.len } else { 0 };
                let bytes = &slices[at][..len];
                Received { from: meta.addr, to: meta.dst_ip, bytes, stride: meta.stride }
            });
            take(&received[..count]);
            Ok(())
        });
        match result {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
            other => other,
        }
    }

    /// Sends `bytes` as packets of `segment` bytes each, the last perhaps shorter, from the machine's
    /// address `from`. Whether the system took them.
    pub(super) fn send(
        &self,
        to: SocketAddr,
        from: Option<IpAddr>,
        bytes: &[u8],
        segment: usize,
    ) -> bool {
        let transmit = Transmit {
            destination: to,
            ecn: None,
            contents: bytes,
            segment_size: (segment < bytes.len()).then_some(segment),
            src_ip: from,
        };
        self.socket
            .try_io(Interest::WRITABLE, || self.state.try_send((&self.socket).into(), &transmit))
            .is_ok()
    }
}
