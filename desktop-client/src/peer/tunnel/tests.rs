//! Tunnels over real sockets, with a relay that is only as much of one as it takes.

use std::io::{self, IoSliceMut};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use webrtc::runtime::{RecvMeta, Runtime as _, TokioRuntime, Transmit};

use super::*;

const PATIENCE: Duration = Duration::from_secs(20);
/// ChannelData of five bytes, with its padding.
const WORD: [u8; 12] = [0x40, 0, 0, 5, b'h', b'e', b'l', b'l', b'o', 0, 0, 0];

/// A socket with a tunnel to `listener`, and the address that stands for it.
fn tunnelled(listener: &TcpListener, on_lost: OnLost) -> (Arc<dyn AsyncUdpSocket>, SocketAddr) {
    let tunnels = Tunnels::new(on_lost);
    let url = format!("turn:{}?transport=tcp", listener.local_addr().unwrap());
    let name = tunnels.rewritten(&Url::parse_url(&url).unwrap()).unwrap();
    let host = name.trim_start_matches("turn:").split('?').next().unwrap();
    let relay = tunnels.resolve(host).unwrap();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let socket = TokioRuntime.wrap_udp_socket(socket).unwrap();
    (tunnels.wrap(socket), relay)
}

async fn send(
    socket: &dyn AsyncUdpSocket,
    to: SocketAddr,
    bytes: &[u8],
    size: Option<usize>,
) -> io::Result<usize> {
    let transmit =
        Transmit { destination: to, ecn: None, contents: bytes, segment_size: size, src_ip: None };
    std::future::poll_fn(|cx| socket.poll_send(cx, &transmit)).await
}

async fn receive(socket: Arc<dyn AsyncUdpSocket>) -> (SocketAddr, Vec<u8>) {
    let mut buffer = vec![0; 100_000];
    let mut meta = [RecvMeta::default()];
    let received = std::future::poll_fn(|cx| {
        socket.poll_recv(cx, &mut [IoSliceMut::new(&mut buffer)], &mut meta)
    });
    assert_eq!(timeout(PATIENCE, received).await.expect("in time").unwrap(), 1);
    (meta[0].addr, buffer[..meta[0].len].to_vec())
}

async fn accept(listener: &TcpListener) -> TcpStream {
    timeout(PATIENCE, listener.accept()).await.expect("in time").unwrap().0
}

fn counter() -> (OnLost, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let on_lost = move || {
        counted.fetch_add(1, Ordering::SeqCst);
    };
    (Arc::new(on_lost), count)
}

#[tokio::test]
async fn words_go_over_one_connection_and_come_back_to_a_receiver_that_was_there_before() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (socket, relay) = tunnelled(&listener, counter().0);
    let receiving = tokio::spawn(receive(Arc::clone(&socket)));
    tokio::task::yield_now().await;
    // Without its padding, as over UDP; the same word again before there is a connection.
    for _ in 0..2 {
        assert_eq!(send(&*socket, relay, &WORD[..9], None).await.unwrap(), 9);
    }
    let mut stream = accept(&listener).await;
    let mut arrived = [0; 12];
    stream.read_exact(&mut arrived).await.unwrap();
    assert_eq!(arrived, WORD);
    // In pieces, and more than one at once.
    stream.write_all(&WORD[..7]).await.unwrap();
    stream.write_all(&[&WORD[7..], &WORD].concat()).await.unwrap();
    assert_eq!(receiving.await.unwrap(), (relay, WORD[..9].to_vec()));
    assert_eq!(receive(Arc::clone(&socket)).await, (relay, WORD[..9].to_vec()));
    // Two datagrams in one call are two messages.
    send(&*socket, relay, &[WORD, WORD].concat(), Some(12)).await.unwrap();
    let mut both = [0; 24];
    stream.read_exact(&mut both).await.unwrap();
    assert_eq!(both[..], [WORD, WORD].concat());
}

#[tokio::test]
async fn a_burst_arrives_whole_and_in_order() {
    const WORDS: usize = 100;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (socket, relay) = tunnelled(&listener, counter().0);
    let word = |index: usize| [&[0x40, 0, 4, 0][..], &[index as u8; 1_024]].concat();
    for index in 0..WORDS {
        send(&*socket, relay, &word(index), None).await.unwrap();
    }
    let mut stream = accept(&listener).await;
    let mut arrived = vec![0; WORDS * 1_028];
    timeout(PATIENCE, stream.read_exact(&mut arrived)).await.expect("in time").unwrap();
    let expected: Vec<u8> = (0..WORDS).flat_map(word).collect();
    assert!(arrived == expected);
}

#[tokio::test]
async fn the_end_of_a_connection_is_told_and_refuses_further_words() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (on_lost, lost) = counter();
    let (socket, relay) = tunnelled(&listener, on_lost);
    send(&*socket, relay, &WORD, None).await.unwrap();
    drop(accept(&listener).await);
    let refused = async {
        while send(&*socket, relay, &WORD, None).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(PATIENCE, refused).await.expect("in time");
    while lost.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn nonsense_from_a_relay_ends_the_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (on_lost, lost) = counter();
    let (socket, relay) = tunnelled(&listener, on_lost);
    send(&*socket, relay, &WORD, None).await.unwrap();
    let mut stream = accept(&listener).await;
    stream.write_all(&[0xff; 64]).await.unwrap();
    let closed = async { while !matches!(stream.read(&mut [0; 64]).await, Ok(0) | Err(_)) {} };
    timeout(PATIENCE, closed).await.expect("in time");
    while lost.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn dropping_the_socket_says_the_last_word_and_ends_the_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (on_lost, lost) = counter();
    let (socket, relay) = tunnelled(&listener, on_lost);
    send(&*socket, relay, &WORD, None).await.unwrap();
    let mut stream = accept(&listener).await;
    let mut arrived = [0; 12];
    stream.read_exact(&mut arrived).await.unwrap();
    send(&*socket, relay, &WORD, None).await.unwrap();
    drop(socket);
    let mut rest = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut rest)).await.expect("in time").unwrap();
    assert_eq!(rest, WORD);
    assert_eq!(lost.load(Ordering::SeqCst), 0, "it was wanted");
}

#[tokio::test]
async fn other_interfaces_and_unknown_addresses_have_no_tunnel() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (socket, relay) = tunnelled(&listener, counter().0);
    let unknown = SocketAddr::new(relay.ip(), relay.port().wrapping_add(1));
    assert!(send(&*socket, unknown, &WORD, None).await.is_err());
    let tunnels = Tunnels::new(counter().0);
    let elsewhere = UdpSocket::bind("127.0.0.2:0").unwrap();
    let elsewhere = tunnels.wrap(TokioRuntime.wrap_udp_socket(elsewhere).unwrap());
    assert!(send(&*elsewhere, relay, &WORD, None).await.is_err());
}

#[tokio::test]
async fn one_socket_asks_a_relay_for_an_address_and_no_other() {
    let tunnels = Tunnels::new(counter().0);
    let socket = |address: &str| {
        let socket = UdpSocket::bind(address).unwrap();
        tunnels.wrap(TokioRuntime.wrap_udp_socket(socket).unwrap())
    };
    let (first, second) = (socket("127.0.0.1:0"), socket("127.0.0.2:0"));
    let relay = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut request = [0; 20];
    request[..8].copy_from_slice(&[0, 3, 0, 0, 0x21, 0x12, 0xa4, 0x42]);
    assert!(send(&*first, relay, &request, None).await.is_ok());
    assert!(send(&*second, relay, &request, None).await.is_err());
    request[1] = 1;
    assert!(send(&*second, relay, &request, None).await.is_ok(), "any may ask for its own address");
}
