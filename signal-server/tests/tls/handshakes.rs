//! Handshakes: what proper clients get, and what becomes of the others.

use std::time::Instant;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::rustls::ProtocolVersion;
use tokio_rustls::rustls::version::{TLS12, TLS13};

use cinemasync_server::{Config, Server};

use crate::harness::{Authority, Client, Files, NAME, Trust, server, soon};

#[tokio::test]
async fn two_meet_in_a_room_over_tls_1_3_and_1_2() {
    let authority = Authority::new();
    let (server, _files) = server(&authority).await;
    let new = Trust::new(&authority.pem).only(&TLS13).offering(&["h2", "http/1.1"]);
    let old = Trust::new(&authority.pem).only(&TLS12);
    let mut ana = Client::connect(server.local_addr(), &new).await;
    let mut ben = Client::connect(server.local_addr(), &old).await;
    let session = ana.socket.get_ref().get_ref().1;
    assert_eq!(session.protocol_version(), Some(ProtocolVersion::TLSv1_3));
    assert_eq!(session.alpn_protocol(), Some(&b"http/1.1"[..]));
    let session = ben.socket.get_ref().get_ref().1;
    assert_eq!(session.protocol_version(), Some(ProtocolVersion::TLSv1_2));

    let room = ana.create().await.room;
    let ben_is = ben.join(room).await.id;
    let cinemasync_protocol::ServerMessage::UserJoined { participant } = ana.hear().await else {
        panic!("Ben came")
    };
    assert_eq!(participant.id, ben_is);
}

#[tokio::test]
async fn plain_http_is_told_to_use_tls() {
    let authority = Authority::new();
    let (server, _files) = server(&authority).await;
    let mut plain = TcpStream::connect(server.local_addr()).await.unwrap();
    plain.write_all(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    plain.shutdown().await.unwrap();
    let mut answer = String::new();
    soon("the answer", plain.read_to_string(&mut answer)).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 400 "), "{head}");
    assert!(head.contains(&format!("Content-Length: {}\r\n", body.len())), "{head}");
    assert_eq!(body, "This port speaks TLS: connect with https:// or wss://.");
}

#[tokio::test]
async fn who_speaks_another_protocol_only_is_refused() {
    let authority = Authority::new();
    let (server, _files) = server(&authority).await;
    let trust = Trust::new(&authority.pem).offering(&["h2"]);
    assert!(trust.connect(server.local_addr(), NAME).await.is_err());
    let nobody_asked = Trust::new(&authority.pem).offering(&["acme-tls/1"]);
    assert!(nobody_asked.connect(server.local_addr(), NAME).await.is_err());
    let strangers = Trust::new(&Authority::new().pem);
    assert!(strangers.connect(server.local_addr(), NAME).await.is_err(), "another authority");
    Client::connect(server.local_addr(), &Trust::new(&authority.pem)).await.lives().await;
}

#[tokio::test]
async fn failed_handshakes_and_the_end_of_the_certificate_are_counted() {
    let authority = Authority::new();
    let files = Files::new(&authority.certify(&[NAME]));
    let config = Config { admin_token: Some("open".to_owned()), ..files.config() };
    let server = Server::bind(config).await.unwrap();
    let mut garbage = TcpStream::connect(server.local_addr()).await.unwrap();
    garbage.write_all(&[22; 64]).await.unwrap();
    // An alert, or a reset: the end in any case.
    let _ = soon("the end", garbage.read_to_end(&mut Vec::new())).await;
    // Who only looks whether the port is open is no failure.
    drop(TcpStream::connect(server.local_addr()).await.unwrap());

    let trust = Trust::new(&authority.pem);
    let mut stream = trust.connect(server.local_addr(), NAME).await.unwrap();
    let request = "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
                   Authorization: Bearer open\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    soon("the figures", stream.read_to_string(&mut answer)).await.unwrap();
    assert!(answer.contains("\ncinemasync_tls_handshakes_failed_total 1\n"), "{answer}");
    let expiry = answer
        .lines()
        .find_map(|line| line.strip_prefix("cinemasync_tls_certificate_expiry_seconds "))
        .expect("the certificate ends some day");
    // As `rcgen` has it unless told otherwise: the year 4096.
    assert!(expiry.parse::<u64>().unwrap() > 60_000_000_000, "{expiry}");
}

/// The time that is given for a handshake has to pass.
#[tokio::test]
async fn a_handshake_that_never_ends_is_cut() {
    let authority = Authority::new();
    let (server, _files) = server(&authority).await;
    let begun = Instant::now();
    let mut silent = TcpStream::connect(server.local_addr()).await.unwrap();
    let mut slow = TcpStream::connect(server.local_addr()).await.unwrap();
    // A record that says it is 512 bytes long, and a little of it.
    slow.write_all(&[22, 3, 1, 2, 0, 1]).await.unwrap();
    let mut others = Client::connect(server.local_addr(), &Trust::new(&authority.pem)).await;
    others.lives().await;
    for stream in [&mut silent, &mut slow] {
        let mut rest = Vec::new();
        let _ = soon("the end", stream.read_to_end(&mut rest)).await;
        assert!(rest.is_empty(), "{rest:?}");
    }
    assert!(begun.elapsed().as_secs() >= 9, "{:?}", begun.elapsed());
    others.lives().await;
}
