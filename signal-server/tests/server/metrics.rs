//! What `/metrics` tells, and to whom.

use cinemasync_protocol::ClientMessage;
use cinemasync_server::Config;

use crate::harness::{Client, Three, chat, impatient_server, server, server_with};
use crate::raw::{FIN, Raw, TEXT, get};

#[tokio::test]
async fn what_happens_is_counted() {
    let server = server().await;
    let mut three = Three::meet(&server).await;
    three.ana.say(&chat("1", "a secret word", None)).await;
    three.ana.hears_nothing().await;
    three.ben.say(&ClientMessage::LockRoom { locked: true }).await;
    three.ben.fence().await;
    let mut raw = Raw::connect(server.local_addr()).await;
    raw.send(FIN | TEXT, b"\xff").await;
    raw.rest().await;
    let answer = get(server.local_addr(), "/metrics", &[]).await;
    assert_eq!(answer.status, 200);
    assert!(
        answer.has("content-type: application/openmetrics-text; version=1.0.0; charset=utf-8"),
        "{}",
        answer.head
    );
    for line in [
        "cinemasync_rooms 1",
        "cinemasync_participants 3",
        "cinemasync_connections 3",
        "cinemasync_rooms_created_total 1",
        "cinemasync_messages_received_total{type=\"chat_message\"} 1",
        "cinemasync_messages_received_total{type=\"join_room\"} 2",
        "cinemasync_messages_sent_total{type=\"chat_message\"} 2",
        "cinemasync_refusals_total{code=\"not_host\"} 1",
        "cinemasync_connections_opened_total 4",
        "cinemasync_connections_closed_total{code=\"1007\"} 1",
    ] {
        assert!(answer.body.lines().any(|written| written == line), "{line}: {}", answer.body);
    }
    for secret in ["Ana", "a secret word", three.entries[0].room.as_str()] {
        assert!(!answer.body.contains(secret));
    }
}

#[tokio::test]
async fn only_this_machine_reads_them_without_a_token() {
    let server = server().await;
    let address = server.local_addr();
    for field in [
        "X-Forwarded-For: 127.0.0.1",
        "Forwarded: for=127.0.0.1",
        "X-Real-IP: 127.0.0.1",
        "Via: 1.1 proxy",
        "Origin: http://localhost",
        "Referer: http://localhost/",
    ] {
        assert_eq!(get(address, "/metrics", &[field]).await.status, 404, "{field}");
    }
    let mut config = Config::embedded();
    config.tls.trusted_proxy = vec!["192.0.2.1".parse().unwrap()];
    let proxied = server_with(config).await;
    assert_eq!(get(proxied.local_addr(), "/metrics", &[]).await.status, 404);
}

#[tokio::test]
async fn with_a_token_nobody_reads_them_without_it() {
    let admin_token = Some("open sesame".to_owned());
    let server = server_with(Config { admin_token, ..Config::embedded() }).await;
    let address = server.local_addr();
    assert_eq!(get(address, "/metrics", &[]).await.status, 401);
    assert_eq!(get(address, "/metrics", &["Authorization: Bearer sesame"]).await.status, 401);
    let admin = ["Authorization: Bearer open sesame", "X-Forwarded-For: 192.0.2.1"];
    assert_eq!(get(address, "/metrics", &admin).await.status, 200);
}

#[tokio::test]
async fn a_client_that_goes_is_counted_as_gone() {
    let server = impatient_server().await;
    let mut three = Three::meet(&server).await;
    drop(three.ben);
    drop(three.cleo);
    three.ana.hear().await;
    three.ana.hear().await;
    assert!(three.ana.close().await);
    // Each counts after its room was told.
    loop {
        let text = get(server.local_addr(), "/metrics", &[]).await.body;
        let closed = |code| text.contains(&format!("connections_closed_total{{code=\"{code}\"}} "));
        assert!(closed("gone") && closed("closed_by_client"));
        if text.contains("{code=\"gone\"} 2") && text.contains("{code=\"closed_by_client\"} 1") {
            break;
        }
        Client::connect(&server).await.hears_nothing().await;
    }
}
