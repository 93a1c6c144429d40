//! Who is served: whoever the server gave credentials to, for as long as they last.

use std::sync::Arc;

use cinemasync_protocol::ParticipantId;
use cinemasync_server::Refused;
use cinemasync_server_core::turn_credentials::{self, TurnCredentials};
use cinemasync_server_core::turn_wire::{Message, Method, Writer, attribute};

use crate::client::{TurnClient, error_code};
use crate::harness::{SECRET, credentials, settings, start, unix_now, until};

fn issue(secret: &[u8], expires: u64) -> TurnCredentials {
    turn_credentials::issue(secret, &ParticipantId::new("ana"), expires)
}

#[tokio::test]
async fn given_credentials_get_an_allocation_in_the_range() {
    let server = start(settings()).await;
    let mut client = TurnClient::udp(server.addresses()[0], credentials("ana")).await;
    let address = client.allocate().await.unwrap();
    assert!(settings().ports.contains(&address.port()));
    assert_eq!((server.figures().allocations, server.figures().participants), (1, 1));
    client.refresh(600).await.unwrap();
    client.refresh(0).await.unwrap();
    until("the allocation is given back", || server.figures().allocations == 0).await;
}

#[tokio::test]
async fn expired_credentials_are_refused() {
    let server = start(settings()).await;
    let expired = issue(SECRET, unix_now() - 1);
    let mut client = TurnClient::udp(server.addresses()[0], expired).await;
    assert_eq!(client.allocate().await, Err(401));
    assert_eq!(server.figures().refused(Refused::Expired), 1);
}

#[tokio::test]
async fn credentials_of_a_foreign_secret_are_refused() {
    let server = start(settings()).await;
    let foreign = issue(b"south wind", unix_now() + 3600);
    let mut client = TurnClient::tcp(server.addresses()[0], foreign).await;
    assert_eq!(client.allocate().await, Err(401));
    assert_eq!(server.figures().refused(Refused::Credentials), 1);
}

#[tokio::test]
async fn a_name_with_a_later_end_than_was_signed_is_refused() {
    let server = start(settings()).await;
    let mut longer = credentials("ana");
    longer.username = format!("{}:ana", unix_now() + 999_999);
    let mut client = TurnClient::udp(server.addresses()[0], longer).await;
    assert_eq!(client.allocate().await, Err(401));
}

#[tokio::test]
async fn an_allocation_ends_with_its_credentials_and_renewed_ones_keep_it() {
    let server = start(settings()).await;
    let address = server.addresses()[0];
    let soon = unix_now() + 3;
    let mut ends = TurnClient::udp(address, issue(SECRET, soon)).await;
    let mut stays = TurnClient::udp(address, issue(SECRET, soon)).await;
    ends.allocate().await.unwrap();
    stays.allocate().await.unwrap();
    stays.set_credentials(credentials("ana"));
    stays.refresh(600).await.unwrap();
    until("one has ended", || server.figures().allocations == 1).await;
    stays.refresh(600).await.unwrap();
    ends.set_credentials(credentials("ana"));
    assert_eq!(ends.refresh(600).await, Err(437));
}

#[tokio::test]
async fn another_participant_cannot_use_an_allocation() {
    let server = start(settings()).await;
    let mut client = TurnClient::udp(server.addresses()[0], credentials("ana")).await;
    client.allocate().await.unwrap();
    client.set_credentials(credentials("bo"));
    assert_eq!(client.refresh(600).await, Err(441));
    assert_eq!(client.allocate().await, Err(437));
    assert_eq!(server.figures().refused(Refused::Holder), 1);
}

#[tokio::test]
async fn a_lost_answer_is_given_again() {
    let server = start(settings()).await;
    let mut client = TurnClient::udp(server.addresses()[0], credentials("ana")).await;
    // Any first request brings the nonce.
    assert_eq!(client.refresh(600).await, Err(437));
    let udp = |writer: Writer| writer.with(attribute::REQUESTED_TRANSPORT, &[17, 0, 0, 0]);
    let request = client.signed(Method::Allocate, udp);
    let first = client.exchange(&request).await;
    assert_eq!(client.exchange(&request).await, first);
    assert_eq!(error_code(&Message::parse(&first).unwrap()), None);
    assert_eq!(server.figures().allocations, 1);
}

#[tokio::test]
async fn everything_ends_when_the_server_is_dropped() {
    let server = start(settings()).await;
    let figures = Arc::new(server.figures_reader());
    let address = server.addresses()[0];
    let mut packets = TurnClient::udp(address, credentials("ana")).await;
    let mut stream = TurnClient::tcp(address, credentials("ana")).await;
    let relayed = packets.allocate().await.unwrap();
    stream.allocate().await.unwrap();
    drop(server);
    until("allocations and streams are gone", || {
        let figures = figures();
        figures.allocations == 0 && figures.streams == 0
    })
    .await;
    assert_eq!(stream.read().await, None, "the connection is closed");
    tokio::net::UdpSocket::bind(relayed).await.expect("the port is free again");
    tokio::net::UdpSocket::bind(address).await.expect("the port is free again");
}

#[tokio::test]
async fn an_even_port_is_given_and_a_pair_is_not() {
    let server = start(settings()).await;
    for flags in [0, 0x80] {
        let mut client = TurnClient::udp(server.addresses()[0], credentials("ana")).await;
        let add = |writer: Writer| {
            writer
                .with(attribute::REQUESTED_TRANSPORT, &[17, 0, 0, 0])
                .with(attribute::EVEN_PORT, &[flags])
        };
        let result = client.request(Method::Allocate, add).await;
        let Ok(answer) = result else {
            assert_eq!((flags, result), (0x80, Err(508)));
            continue;
        };
        let message = Message::parse(&answer).unwrap();
        let address = message.address(message.get(attribute::XOR_RELAYED_ADDRESS).unwrap());
        assert!(address.unwrap().port().is_multiple_of(2));
    }
    assert_eq!(server.figures().allocations, 1);
}
