//! How much one participant gets.

use cinemasync_server::{Refused, TurnLimits, TurnSettings};
use tokio::net::UdpSocket;

use crate::client::TurnClient;
use crate::harness::{LOCALHOST, credentials, settings, start, until};

fn limited(change: impl FnOnce(&mut TurnLimits)) -> TurnSettings {
    let mut settings = settings();
    change(&mut settings.limits);
    settings
}

#[tokio::test]
async fn a_participant_gets_so_many_allocations_on_all_ways_together() {
    let server = start(limited(|limits| limits.per_participant = 2)).await;
    let address = server.addresses()[0];
    let mut first = TurnClient::udp(address, credentials("ana")).await;
    let mut second = TurnClient::tcp(address, credentials("ana")).await;
    let mut third = TurnClient::udp(address, credentials("ana")).await;
    let mut other = TurnClient::udp(address, credentials("bo")).await;
    first.allocate().await.unwrap();
    second.allocate().await.unwrap();
    assert_eq!(third.allocate().await, Err(486));
    other.allocate().await.unwrap();
    first.refresh(0).await.unwrap();
    third.allocate().await.unwrap();
    assert_eq!(server.figures().refused(Refused::ParticipantQuota), 1);
}

#[tokio::test]
async fn the_server_has_so_many_allocations() {
    let server = start(limited(|limits| limits.total = 1)).await;
    let address = server.addresses()[0];
    let mut first = TurnClient::udp(address, credentials("ana")).await;
    let mut second = TurnClient::udp(address, credentials("bo")).await;
    first.allocate().await.unwrap();
    assert_eq!(second.allocate().await, Err(508));
    assert_eq!(server.figures().refused(Refused::ServerQuota), 1);
}

#[tokio::test]
async fn a_stream_that_closes_gives_its_allocation_back() {
    let server = start(settings()).await;
    let mut client = TurnClient::tcp(server.addresses()[0], credentials("ana")).await;
    client.allocate().await.unwrap();
    drop(client);
    until("it is given back", || server.figures().allocations == 0).await;
    until("the stream is counted out", || server.figures().streams == 0).await;
}

#[tokio::test]
async fn bandwidth_is_shared_by_all_allocations_of_a_participant() {
    // Two bytes pass at once, and then one a second.
    let server = start(limited(|limits| limits.bytes_per_second = Some(1))).await;
    let address = server.addresses()[0];
    let peer = UdpSocket::bind((LOCALHOST, 0)).await.unwrap();
    let peer = peer.local_addr().unwrap();
    let mut clients = Vec::new();
    for _ in 0..2 {
        let mut client = TurnClient::udp(address, credentials("ana")).await;
        client.allocate().await.unwrap();
        client.bind(0x4001, peer).await.unwrap();
        clients.push(client);
    }
    for client in &mut clients {
        for _ in 0..5 {
            client.send(0x4001, b"ab").await;
        }
    }
    let done = || {
        let figures = server.figures();
        (figures.packets, figures.refused(Refused::Bandwidth))
    };
    until("all are decided", || done().0 + done().1 == 10).await;
    assert!(done().0 >= 1 && done().1 >= 1, "{:?} passed and refused", done());
}

#[tokio::test]
async fn an_address_gets_so_many_streams() {
    let server = start(limited(|limits| limits.streams_per_address = 1)).await;
    let address = server.addresses()[0];
    let mut first = TurnClient::tcp(address, credentials("ana")).await;
    first.allocate().await.unwrap();
    let mut second = TurnClient::tcp(address, credentials("ana")).await;
    assert_eq!(second.read().await, None, "closed at once");
    first.refresh(600).await.unwrap();
    assert_eq!(server.figures().refused(Refused::Stream), 1);
}
