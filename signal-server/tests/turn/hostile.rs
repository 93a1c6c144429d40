//! What no client sends. The relay must go on for all others.

use cinemasync_server::{Refused, TurnServer};
use cinemasync_server_core::turn_wire::{Class, Method, Writer, attribute};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

use crate::client::{From, TurnClient};
use crate::harness::{LOCALHOST, PATIENCE, credentials, echo, settings, start, until};

/// Somebody new is served.
async fn assert_serves(server: &TurnServer) {
    let peer = echo().await;
    for tcp in [false, true] {
        let address = server.addresses()[0];
        let mut client = match tcp {
            true => TurnClient::tcp(address, credentials("well-behaved")).await,
            false => TurnClient::udp(address, credentials("well-behaved")).await,
        };
        client.allocate().await.unwrap();
        client.bind(0x4001, peer).await.unwrap();
        client.send(0x4001, b"hello").await;
        assert_eq!(client.data().await, (From::Channel(0x4001), b"hello".to_vec()));
    }
}

#[tokio::test]
async fn garbage_on_a_stream_closes_it() {
    let server = start(settings()).await;
    let tls_hello = [&[0x16, 3, 1, 2, 0][..], &[1; 512]].concat();
    for garbage in [&b"GET / HTTP/1.1\r\n\r\n"[..], &[0xFF], &tls_hello, &[0x40, 1, 0xFF, 0xFF]] {
        let mut stream = TcpStream::connect(server.addresses()[0]).await.unwrap();
        stream.write_all(garbage).await.unwrap();
        let mut rest = Vec::new();
        // Closed, or reset since something was unread.
        let _ = timeout(PATIENCE, stream.read_to_end(&mut rest)).await.expect("it is closed");
        assert!(rest.is_empty(), "nothing is answered to {garbage:?}");
    }
    assert_eq!(server.figures().refused(Refused::Garbage), 4);
    assert_serves(&server).await;
}

#[tokio::test]
async fn garbage_packets_are_counted_and_not_answered() {
    let server = start(settings()).await;
    let socket = UdpSocket::bind((LOCALHOST, 0)).await.unwrap();
    socket.connect(server.addresses()[0]).await.unwrap();
    let packets = [&[1; 5][..], &[0; 20], &[0xFF; 3000], &[0, 1, 0, 0]];
    for packet in packets {
        socket.send(packet).await.unwrap();
    }
    until("all are counted", || server.figures().refused(Refused::Garbage) == 4).await;
    assert!(socket.try_recv(&mut [0; 64]).is_err());
    assert_serves(&server).await;
}

/// Random changes to good requests, signed after the change, so that they reach the crate.
#[tokio::test]
async fn requests_with_random_attributes_break_nothing() {
    let server = start(settings()).await;
    let mut client = TurnClient::udp(server.addresses()[0], credentials("ana")).await;
    client.allocate().await.unwrap();
    let peer = echo().await;
    let kinds = [
        attribute::LIFETIME,
        attribute::XOR_PEER_ADDRESS,
        attribute::CHANNEL_NUMBER,
        attribute::REQUESTED_TRANSPORT,
        attribute::REQUESTED_ADDRESS_FAMILY,
        attribute::DATA,
        attribute::FINGERPRINT,
        0x001A,
        0x7777,
    ];
    let methods =
        [Method::Allocate, Method::Refresh, Method::CreatePermission, Method::ChannelBind];
    // A small generator of its own: the same every time.
    let mut seed = 0x2545_F491_4F6C_DD1Du64;
    let mut random = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % below as u64).unwrap()
    };
    for _ in 0..2000 {
        let attributes: Vec<(u16, Vec<u8>)> = (0..random(4))
            .map(|_| {
                let value = (0..random(24)).map(|_| u8::try_from(random(256)).unwrap()).collect();
                (kinds[random(kinds.len())], value)
            })
            .collect();
        let method = methods[random(methods.len())];
        let with_peer = random(2) == 0;
        let add = |mut writer: Writer| {
            if with_peer {
                writer = writer.with_address(attribute::XOR_PEER_ADDRESS, peer);
            }
            attributes.iter().fold(writer, |writer, (kind, value)| writer.with(*kind, value))
        };
        let request = client.signed(method, add);
        client.write(&request).await;
    }
    assert_serves(&server).await;
}

#[tokio::test]
async fn a_flood_of_unsigned_requests_leaves_the_relay_usable() {
    let server = start(settings()).await;
    let socket = UdpSocket::bind((LOCALHOST, 0)).await.unwrap();
    socket.connect(server.addresses()[0]).await.unwrap();
    let request = Writer::new(Class::Request, Method::Allocate, [1; 12]).finish();
    for _ in 0..20_000 {
        // The system may refuse some: it is a flood.
        let _ = socket.try_send(&request);
        tokio::task::yield_now().await;
    }
    assert_serves(&server).await;
}
