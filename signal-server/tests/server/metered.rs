//! Relays that a service gives, from its answer to the participants.

use cinemasync_protocol::{IceServer, ServerMessage};
use cinemasync_server::{Config, MeteredConfig};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::harness::{Client, server_with, soon};

const BODY: &str = r#"[{"urls":"turn:relay.example:80","username":"ana","credential":"tea"}]"#;

#[tokio::test]
async fn relays_reach_those_who_are_there_and_those_who_come() {
    let service = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let metered = MeteredConfig {
        metered_api_key: Some("key".to_owned()),
        metered_domain: Some(format!("http://{}", service.local_addr().unwrap())),
    };
    let server = server_with(Config { metered, ..Config::embedded() }).await;

    // The service has not answered yet, and nobody waits for it.
    let mut ana = Client::connect(&server).await;
    let entry = ana.create("Ana").await;
    assert_eq!(entry.ice_servers, []);

    let (mut question, _) = soon("the question", service.accept()).await.unwrap();
    let _ = question.read(&mut [0; 1024]).await.unwrap();
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{BODY}", BODY.len());
    question.write_all(answer.as_bytes()).await.unwrap();

    let relay = IceServer {
        urls: vec!["turn:relay.example:80".to_owned()],
        username: Some("ana".to_owned()),
        credential: Some("tea".to_owned()),
    };
    let told = ServerMessage::IceServers { ice_servers: vec![relay.clone()] };
    assert_eq!(ana.hear().await, told);
    let mut ben = Client::connect(&server).await;
    assert_eq!(ben.join(entry.room, "Ben").await.entry.ice_servers, [relay]);
}
