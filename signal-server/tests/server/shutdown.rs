//! The end of a server: announced, then closed, in seconds whatever the clients do.

use std::time::{Duration, Instant};

use cinemasync_protocol::{ErrorCode, decode_server};
use cinemasync_server::{Config, Server};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::harness::{Client, Three, server, soon};
use crate::raw::{Frame, Raw, get};

/// What whoever stops a service may count on.
const ALL_OVER: Duration = Duration::from_secs(5);

#[tokio::test]
async fn everybody_is_told_and_then_closed_as_1001() {
    let server = server().await;
    let address = server.local_addr();
    let mut three = Three::meet(&server).await;
    let mut alone = Client::connect(&server).await;
    alone.hears_nothing().await;
    let ended = tokio::spawn(server.shutdown());
    for client in [&mut three.ana, &mut three.ben, &mut three.cleo, &mut alone] {
        // Nobody hears that the others are lost: their calls go on.
        assert_eq!(client.hear_error().await, ErrorCode::ShuttingDown);
        assert_eq!(client.closed().await, 1001);
    }
    soon("the end", ended).await.unwrap();
    TcpListener::bind(address).await.expect("the port is free");
}

#[tokio::test]
async fn health_says_503_while_somebody_holds_up_the_end() {
    let server = server().await;
    let address = server.local_addr();
    // A request that never ends, another that waits for its next, and a client that does not answer.
    let mut endless = TcpStream::connect(address).await.unwrap();
    endless.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    let mut idle = TcpStream::connect(address).await.unwrap();
    idle.write_all(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut start = [0; 12];
    soon("an answer", idle.read_exact(&mut start)).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 200");
    let mut silent = Raw::connect(address).await;

    let begun = Instant::now();
    let ended = tokio::spawn(server.shutdown());
    let told = silent.receive().await.unwrap();
    let told = decode_server(told.text()).unwrap();
    assert_eq!(told.wire_type(), "error");
    let health = get(address, "/health", &[]).await;
    assert_eq!((health.status, &health.json()["status"]), (503, &"shutting_down".into()));
    let handshake = [
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ];
    assert_eq!(get(address, "/ws", &handshake).await.status, 503);
    soon("the end", ended).await.unwrap();
    assert!(begun.elapsed() < ALL_OVER, "{:?}", begun.elapsed());
    let codes: Vec<_> = silent.rest().await.iter().map(Frame::close_code).collect();
    assert_eq!(codes, [Some(1001)]);
    let mut rest = Vec::new();
    soon("the end of an idle connection", idle.read_to_end(&mut rest)).await.unwrap();
}

#[tokio::test]
async fn a_dropped_server_takes_its_connections_and_its_port_with_it() {
    let server = server().await;
    let address = server.local_addr();
    let mut raw = Raw::connect(address).await;
    let mut http = TcpStream::connect(address).await.unwrap();
    drop(server);
    assert_eq!(raw.rest().await, []);
    let mut rest = Vec::new();
    // A connection that was not accepted yet is reset.
    let _ = soon("the end of the connection", http.read_to_end(&mut rest)).await;
    assert!(rest.is_empty());
    let config = Config { listen: address, ..Config::embedded() };
    soon("a free port", async {
        while Server::bind(config.clone()).await.is_err() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}
