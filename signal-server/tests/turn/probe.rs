//! The probe that checks of a network are made with, against this server's own relay.

use std::net::SocketAddr;

use cinemasync_server::probe::{ProbeError, Way, allocate, mapped};
use tokio::net::{TcpStream, UdpSocket};

use crate::harness::{LOCALHOST, credentials, settings, start, until};

async fn socket() -> UdpSocket {
    UdpSocket::bind((LOCALHOST, 0)).await.unwrap()
}

#[tokio::test]
async fn a_probe_learns_its_address_and_leaves_no_allocation() {
    let server = start(settings()).await;
    let relay = server.addresses()[0];
    let socket_ = socket().await;
    assert_eq!(mapped(&socket_, relay).await.unwrap(), socket_.local_addr().unwrap());

    let given = credentials("ana");
    let ways = [
        Way::Packets(socket().await, relay),
        Way::Stream(Box::new(TcpStream::connect(relay).await.unwrap())),
    ];
    for way in ways {
        let relayed = allocate(way, &given.username, &given.credential).await.unwrap();
        assert_eq!(relayed.ip(), LOCALHOST);
    }
    until("no allocation", || server.figures().allocations == 0).await;
}

#[tokio::test]
async fn a_probe_with_wrong_words_is_refused_and_one_to_nobody_ends() {
    let server = start(settings()).await;
    let relay = server.addresses()[0];
    let wrong = allocate(Way::Packets(socket().await, relay), "9999999999:ana", "no").await;
    assert!(matches!(wrong, Err(ProbeError::Refused(_))), "{wrong:?}");
    // Bound, and never read.
    let nobody = socket().await;
    let address: SocketAddr = nobody.local_addr().unwrap();
    assert!(matches!(mapped(&socket().await, address).await, Err(ProbeError::Silent)));
}
