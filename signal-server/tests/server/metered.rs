//! Relays that a service gives, from its answer to the participants.

use cinemasync_server::{Config, MeteredConfig};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::harness::{Client, server_with, soon};
use crate::raw::get;

const BODY: &str = r#"[{"urls":"turn:relay.example:80","username":"ana","credential":"tea"}]"#;

#[tokio::test]
async fn relays_of_a_service_are_told_to_who_asks() {
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

    let bearer = format!("Authorization: Bearer {}", entry.token.reveal());
    let relays = async {
        loop {
            let told = get(server.local_addr(), "/api/turn-credentials", &[&bearer]).await.json();
            if told["ice_servers"] != json!([]) {
                return told;
            }
        }
    };
    let told = soon("the relays", relays).await;
    assert_eq!(told["ice_servers"][0]["urls"], json!(["turn:relay.example:80"]));
    assert_eq!(told["ice_servers"][0]["credential"], "tea");
}
