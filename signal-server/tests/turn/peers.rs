//! Whom the relay exchanges packets with.

use std::net::SocketAddr;

use cinemasync_server::{Refused, TurnServer, TurnSettings};
use tokio::net::UdpSocket;

use crate::client::{From, TurnClient};
use crate::harness::{LOCALHOST, credentials, echo, settings, start, until};

/// A relay as on the internet: nothing private is relayed to.
async fn strict() -> TurnServer {
    start(TurnSettings { allow_private: false, ..settings() }).await
}

async fn allocated(server: &TurnServer, id: &str) -> (TurnClient, SocketAddr) {
    let mut client = TurnClient::udp(server.addresses()[0], credentials(id)).await;
    let address = client.allocate().await.unwrap();
    (client, address)
}

#[tokio::test]
async fn data_goes_to_a_peer_and_back_by_indications_and_by_a_channel() {
    let server = start(settings()).await;
    let peer = echo().await;
    let (mut client, _) = allocated(&server, "ana").await;
    client.permit(&[peer]).await.unwrap();
    client.indicate(peer, b"by indication").await;
    assert_eq!(client.data().await, (From::Peer(peer), b"by indication".to_vec()));
    client.bind(0x4001, peer).await.unwrap();
    for len in [0, 1, 3, 4, 1200] {
        let data = vec![7; len];
        client.send(0x4001, &data).await;
        assert_eq!(client.data().await, (From::Channel(0x4001), data));
    }
    assert_eq!(server.figures().sent_bytes, 13 + 1208);
    assert_eq!(server.figures().received_bytes, 13 + 1208);
}

#[tokio::test]
async fn trains_of_packets_of_all_lengths_arrive_whole() {
    let server = start(settings()).await;
    let peer = echo().await;
    let (mut client, _) = allocated(&server, "ana").await;
    client.bind(0x4001, peer).await.unwrap();
    // In groups, so that no socket's buffer overflows.
    for group in 0..20u16 {
        let packets: Vec<Vec<u8>> = (0..16u16)
            .map(|at| vec![u8::try_from(at).unwrap(); usize::from(at % 5 * 100 + group)])
            .collect();
        for packet in &packets {
            client.send(0x4001, packet).await;
        }
        for packet in packets {
            assert_eq!(client.data().await, (From::Channel(0x4001), packet));
        }
    }
}

#[tokio::test]
async fn inner_addresses_are_refused_for_permissions_and_channels() {
    let server = strict().await;
    let (mut client, _) = allocated(&server, "ana").await;
    let inner = ["127.0.0.2:9", "10.1.2.3:9", "192.168.1.1:53", "169.254.169.254:80", "0.0.0.0:9"];
    for peer in inner.into_iter().chain(["224.0.0.1:9", "255.255.255.255:9", "100.64.1.1:9"]) {
        let peer: SocketAddr = peer.parse().unwrap();
        assert_eq!(client.permit(&[peer]).await, Err(403), "{peer}");
        assert_eq!(client.bind(0x4001, peer).await, Err(403), "{peer}");
    }
    let six = "[::1]:9".parse().unwrap();
    assert_eq!(client.permit(&[six]).await, Err(443), "another family");
    let open = "1.1.1.1:9".parse().unwrap();
    let inner = "10.1.2.3:9".parse().unwrap();
    assert_eq!(client.permit(&[open, inner]).await, Err(403), "one among others");
    assert_eq!(client.permit(&[open]).await, Ok(()));
    let figures = server.figures();
    assert_eq!(figures.refused(Refused::Loopback), 2);
    assert_eq!(figures.refused(Refused::LinkLocal), 2);
    assert_eq!(figures.refused(Refused::Private), 7);
}

#[tokio::test]
async fn a_permission_for_the_servers_own_address_reaches_none_of_its_other_ports() {
    let server = strict().await;
    let peer = UdpSocket::bind((LOCALHOST, 0)).await.unwrap();
    let outside = peer.local_addr().unwrap();
    let (mut client, relayed) = allocated(&server, "ana").await;
    // Needed for other allocations of this server.
    client.permit(&[outside]).await.unwrap();
    client.indicate(outside, b"in").await;
    until("it is refused", || server.figures().refused(Refused::Loopback) == 1).await;
    assert_eq!(client.bind(0x4001, outside).await, Err(403));
    peer.send_to(b"out", relayed).await.unwrap();
    until("it is refused", || server.figures().refused(Refused::Loopback) == 3).await;
    assert_eq!(server.figures().packets, 0);
}

#[tokio::test]
async fn two_allocations_of_one_server_reach_each_other() {
    let server = strict().await;
    let (mut ana, at_ana) = allocated(&server, "ana").await;
    let mut bo = TurnClient::tcp(server.addresses()[0], credentials("bo")).await;
    let at_bo = bo.allocate().await.unwrap();
    ana.indicate(at_bo, b"too early").await;
    until("it is refused", || server.figures().refused(Refused::NoPermission) == 1).await;
    ana.permit(&[at_bo]).await.unwrap();
    bo.permit(&[at_ana]).await.unwrap();
    ana.indicate(at_bo, b"hello").await;
    assert_eq!(bo.data().await, (From::Peer(at_ana), b"hello".to_vec()));
    bo.bind(0x4001, at_ana).await.unwrap();
    ana.bind(0x5001, at_bo).await.unwrap();
    bo.send(0x4001, b"odd").await;
    assert_eq!(ana.data().await, (From::Channel(0x5001), b"odd".to_vec()));
    ana.send(0x5001, b"even").await;
    assert_eq!(bo.data().await, (From::Channel(0x4001), b"even".to_vec()));
}

#[tokio::test]
async fn strangers_do_not_get_through() {
    let server = start(settings()).await;
    let (mut client, relayed) = allocated(&server, "ana").await;
    let peer = echo().await;
    client.permit(&[peer]).await.unwrap();
    client.send(0x4001, b"no such channel").await;
    until("it is refused", || server.figures().refused(Refused::NoPermission) == 1).await;
    let stranger = UdpSocket::bind("127.0.0.2:0").await.unwrap();
    stranger.send_to(b"hello", relayed).await.unwrap();
    until("it is refused", || server.figures().refused(Refused::NoPermission) == 2).await;
    client.indicate(peer, b"still there").await;
    assert_eq!(client.data().await, (From::Peer(peer), b"still there".to_vec()));
}

#[tokio::test]
async fn several_peers_of_one_request_are_all_permitted() {
    let server = start(settings()).await;
    let (mut client, relayed) = allocated(&server, "ana").await;
    let other = UdpSocket::bind("127.0.0.3:0").await.unwrap();
    let peers = ["127.0.0.2:9".parse().unwrap(), other.local_addr().unwrap()];
    client.permit(&peers).await.unwrap();
    other.send_to(b"hello", relayed).await.unwrap();
    assert_eq!(client.data().await, (From::Peer(peers[1]), b"hello".to_vec()));
}

#[tokio::test]
async fn a_channel_has_one_peer() {
    let server = start(settings()).await;
    let (mut client, _) = allocated(&server, "ana").await;
    let peers: [SocketAddr; 2] = ["127.0.0.2:9", "127.0.0.2:10"].map(|peer| peer.parse().unwrap());
    client.bind(0x4001, peers[0]).await.unwrap();
    assert_eq!(client.bind(0x4001, peers[1]).await, Err(400));
    assert_eq!(client.bind(0x4002, peers[0]).await, Err(400));
    assert_eq!(client.bind(0x3FFF, peers[1]).await, Err(400));
    client.bind(0x4001, peers[0]).await.unwrap();
}
