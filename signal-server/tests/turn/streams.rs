//! Clients on TCP and TLS.

use std::sync::Arc;
use std::time::Duration;

use cinemasync_server::{Refused, TurnSettings};
use cinemasync_server_core::turn_wire::frame;
use tokio::net::{TcpStream, UdpSocket};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::client::{From, TurnClient};
use crate::harness::{LOCALHOST, credentials, echo, settings, start, tls, until};

#[tokio::test]
async fn data_goes_over_tcp_and_back() {
    let server = start(settings()).await;
    let peer = echo().await;
    let mut client = TurnClient::tcp(server.addresses()[0], credentials("ana")).await;
    client.allocate().await.unwrap();
    client.bind(0x4001, peer).await.unwrap();
    for len in [0, 1, 2, 3, 4, 1200] {
        client.send(0x4001, &vec![7; len]).await;
        assert_eq!(client.data().await, (From::Channel(0x4001), vec![7; len]));
    }
}

#[tokio::test]
async fn data_goes_over_tls_and_back() {
    let (config, certificate) = tls();
    let listen = vec![(LOCALHOST, 0).into()];
    let server = start(TurnSettings { tls: Some(config), tls_listen: listen, ..settings() }).await;
    let urls = &server.urls().urls;
    assert!(urls.iter().any(|url| url.starts_with("turns:127.0.0.1:")), "{urls:?}");
    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(server.tls_addresses()[0]).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
    let mut client = TurnClient::over(stream, credentials("ana"));
    client.allocate().await.unwrap();
    client.bind(0x4001, echo().await).await.unwrap();
    client.send(0x4001, b"hello").await;
    assert_eq!(client.data().await, (From::Channel(0x4001), b"hello".to_vec()));
}

#[tokio::test]
async fn frames_arrive_in_whatever_pieces_they_come() {
    let server = start(settings()).await;
    let peer = echo().await;
    let mut client = TurnClient::tcp(server.addresses()[0], credentials("ana")).await;
    client.allocate().await.unwrap();
    client.bind(0x4001, peer).await.unwrap();
    let mut frames = Vec::new();
    frame::write_channel_data(&mut frames, 0x4001, b"one", true);
    frame::write_channel_data(&mut frames, 0x4001, b"number two", true);
    for byte in &frames {
        client.write(&[*byte]).await;
        tokio::task::yield_now().await;
    }
    client.write(&frames).await;
    for expected in [&b"one"[..], b"number two", b"one", b"number two"] {
        assert_eq!(client.data().await.1, expected);
    }
}

#[tokio::test]
async fn a_reader_that_is_too_slow_loses_packets_and_holds_up_nobody() {
    let server = start(settings()).await;
    let address = server.addresses()[0];
    let peer = UdpSocket::bind((LOCALHOST, 0)).await.unwrap();
    let mut slow = TurnClient::tcp(address, credentials("ana")).await;
    let relayed = slow.allocate().await.unwrap();
    slow.bind(0x4001, peer.local_addr().unwrap()).await.unwrap();
    let flood = async {
        let packet = [0; 1200];
        while server.figures().refused(Refused::SlowReader) < 100 {
            peer.send_to(&packet, relayed).await.unwrap();
        }
    };
    tokio::time::timeout(crate::harness::PATIENCE, flood).await.expect("its buffers end");
    let echo = echo().await;
    let mut other = TurnClient::tcp(address, credentials("bo")).await;
    other.allocate().await.unwrap();
    other.bind(0x4001, echo).await.unwrap();
    other.send(0x4001, b"hello").await;
    assert_eq!(other.data().await.1, b"hello");
}

#[tokio::test]
async fn a_stream_that_is_cut_off_within_a_frame_is_let_go() {
    let server = start(settings()).await;
    let mut client = TurnClient::tcp(server.addresses()[0], credentials("ana")).await;
    client.write(&[0, 3, 0, 8, 0x21]).await;
    until("it is there", || server.figures().streams == 1).await;
    drop(client);
    until("it is let go", || server.figures().streams == 0).await;
}

#[tokio::test]
async fn tls_without_a_certificate_and_a_relay_without_an_address_do_not_start() {
    use cinemasync_server::{TurnError, TurnServer};
    let listen = vec![(LOCALHOST, 0).into()];
    let result = TurnServer::start(TurnSettings { tls_listen: listen, ..settings() }).await;
    assert!(matches!(result, Err(TurnError::NoCertificate)));
    let result = TurnServer::start(TurnSettings { public_ips: Vec::new(), ..settings() }).await;
    assert!(matches!(result, Err(TurnError::NoPublicIp)));
    let taken = UdpSocket::bind((LOCALHOST, 0)).await.unwrap();
    let listen = vec![taken.local_addr().unwrap()];
    let result = TurnServer::start(TurnSettings { listen, ..settings() }).await;
    assert!(matches!(result, Err(TurnError::Listen { .. })));
    // Ends quickly although nobody waits for anything.
    let server = start(settings()).await;
    tokio::time::timeout(Duration::from_secs(30), server.shutdown()).await.expect("it ends");
}
