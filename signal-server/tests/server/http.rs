//! HTTP on the server's port: health, what the administrator may see, and requests of no sense.

use cinemasync_protocol::ClientMessage;
use cinemasync_server::{Config, Server};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::harness::{Client, Three, impatient_server, server, server_with, soon};
use crate::raw::{get, parse, request};

/// The numbers of rooms and connections.
async fn numbers(server: &Server) -> (u64, u64) {
    let health = get(server.local_addr(), "/health", &[]).await;
    assert_eq!(health.status, 200);
    let health = health.json();
    (health["rooms"].as_u64().unwrap(), health["connections"].as_u64().unwrap())
}

#[tokio::test]
async fn the_page_says_what_this_is() {
    let server = server().await;
    let page = get(server.local_addr(), "/", &[]).await;
    assert_eq!(page.status, 200);
    assert!(page.has("content-type: text/html; charset=utf-8"), "{}", page.head);
    assert!(page.body.contains("CinemaSync") && page.body.contains(env!("CARGO_PKG_VERSION")));
    assert!(!page.body.contains("{{"), "every placeholder is filled in");
    assert!(page.has("x-content-type-options: nosniff"), "{}", page.head);
    assert!(page.head.contains("content-security-policy: default-src 'none';"), "{}", page.head);
    for outside in ["<script", "src=", "href=", "url(", "@import", "style="] {
        assert!(!page.body.contains(outside), "the page loads nothing: {outside}");
    }
}

#[tokio::test]
async fn health_counts_rooms_and_connections_up_and_down() {
    let server = impatient_server().await;
    let health = get(server.local_addr(), "/health", &[]).await.json();
    assert_eq!(health["status"], "ok");
    assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
    assert!(health["uptime_seconds"].is_u64());
    assert_eq!(numbers(&server).await, (0, 0));

    let mut alone = Client::connect(&server).await;
    alone.hears_nothing().await;
    assert_eq!(numbers(&server).await, (0, 1));
    let Three { mut ana, ben, cleo, .. } = Three::meet(&server).await;
    alone.create("Dora").await;
    assert_eq!(numbers(&server).await, (2, 4));

    drop((ben, cleo));
    ana.hear().await;
    ana.hear().await;
    assert_eq!(numbers(&server).await, (2, 2));
    alone.say(&ClientMessage::LeaveRoom).await;
    alone.hear().await;
    assert_eq!(numbers(&server).await, (1, 2));
    // Each answer to a close comes after the rooms were told.
    assert!(ana.close().await && alone.close().await);
    assert_eq!(numbers(&server).await, (1, 0), "who was in it may come back");
    soon("the end of the room", async { while numbers(&server).await != (0, 0) {} }).await;
}

#[tokio::test]
async fn health_tells_which_app_is_recommended() {
    let plain = server().await;
    let health = get(plain.local_addr(), "/health", &[]).await.json();
    assert!(health.get("client_version").is_none());
    let client_version = Some("1.2.3".parse().unwrap());
    let server = server_with(Config { client_version, ..Config::embedded() }).await;
    let health = get(server.local_addr(), "/health", &[]).await.json();
    assert_eq!(health["client_version"], "1.2.3");
}

#[tokio::test]
async fn rooms_are_shown_to_the_administrator_only() {
    let closed = server().await;
    for fields in [&[][..], &["Authorization: Bearer x"], &["Authorization: Bearer "]] {
        assert_eq!(get(closed.local_addr(), "/debug/rooms", fields).await.status, 404);
    }

    let admin_token = Some("open sesame".to_owned());
    let server = server_with(Config { admin_token, ..Config::embedded() }).await;
    let address = server.local_addr();
    for fields in [
        &[][..],
        &["Authorization: Bearer open sesam"],
        &["Authorization: Bearer"],
        &["Authorization: open sesame"],
        &["Authorization: Basic open sesame"],
    ] {
        let refused = get(address, "/debug/rooms", fields).await;
        assert_eq!(refused.status, 401, "{fields:?}");
        assert!(refused.has("www-authenticate: Bearer"), "{}", refused.head);
    }
    let admin = &["Authorization: Bearer open sesame"];
    assert_eq!(get(address, "/debug/rooms", admin).await.json(), json!({ "rooms": [] }));

    let mut three = Three::meet(&server).await;
    three.ben.say(&ClientMessage::ScreenShareStarted).await;
    three.ben.hears_nothing().await;
    let answer = get(address, "/debug/rooms", admin).await;
    for entry in &three.entries {
        assert!(!answer.body.contains(entry.token.reveal()), "tokens are their owners' only");
    }
    let mut rooms = answer.json();
    let room = &mut rooms["rooms"][0];
    assert!(room["age_seconds"].is_u64());
    let people = room["participants"].as_array_mut().unwrap();
    let ages: Vec<Value> = people.iter_mut().map(|one| one["age_seconds"].take()).collect();
    assert!(ages.iter().all(Value::is_u64), "{ages:?}");
    let person = |at: usize, name, host, screen_sharing| {
        let id = &three.entries[at].id;
        json!({ "id": id, "name": name, "host": host, "screen_sharing": screen_sharing,
                "age_seconds": null, "away": false })
    };
    let people = [
        person(0, "Ana", true, false),
        person(1, "Ben", false, true),
        person(2, "Cleo", false, false),
    ];
    room["age_seconds"].take();
    assert_eq!(
        *room,
        json!({ "room": three.entries[0].room, "age_seconds": null, "locked": false,
                "password": false, "participants": people })
    );
}

#[tokio::test]
async fn ice_servers_are_for_those_in_a_room() {
    let stun_url = vec!["stun:stun.example:3478".to_owned()];
    let server = server_with(Config { stun_url, ..Config::embedded() }).await;
    let address = server.local_addr();
    let mut ana = Client::connect(&server).await;
    let entry = ana.create("Ana").await;
    let bearer = format!("Authorization: Bearer {}", entry.token.reveal());
    let answer = get(address, "/api/turn-credentials", &[&bearer]).await;
    let expected = json!({ "ice_servers": [{ "urls": ["stun:stun.example:3478"] }] });
    assert_eq!((answer.status, answer.json()), (200, expected));
    assert!(answer.has("cache-control: no-store"), "{}", answer.head);

    let made_up = format!("{bearer}0");
    for fields in [&[][..], &[made_up.as_str()], &["Authorization: Bearer ABCDEFGH.ana.00"]] {
        assert_eq!(get(address, "/api/turn-credentials", fields).await.status, 401);
    }
    ana.say(&ClientMessage::LeaveRoom).await;
    ana.hear().await;
    assert_eq!(get(address, "/api/turn-credentials", &[&bearer]).await.status, 401);
}

#[tokio::test]
async fn other_paths_and_methods_are_refused() {
    let server = server().await;
    let address = server.local_addr();
    for path in ["/nothing", "/health/", "/WS", "//", "/debug", "/%2e%2e/etc/passwd"] {
        assert_eq!(get(address, path, &[]).await.status, 404, "{path}");
    }
    for (method, path) in [("POST", "/"), ("POST", "/ws"), ("DELETE", "/health"), ("PUT", "/x")] {
        let refused = request(address, method, path, &["Content-Length: 0"]).await;
        assert_eq!(refused.status, 405, "{method} {path}");
        assert!(refused.has("allow: GET"), "{}", refused.head);
    }
    assert_eq!(get(address, "/health?verbose=1", &[]).await.status, 200);
}

#[tokio::test]
async fn a_websocket_is_opened_by_a_whole_handshake_only() {
    let server = server().await;
    let whole = [
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ];
    for left_out in 0..whole.len() {
        let mut fields = whole.to_vec();
        fields.remove(left_out);
        let refused = get(server.local_addr(), "/ws", &fields).await;
        assert_eq!(refused.status, 426, "without {}", whole[left_out]);
        assert!(refused.has("upgrade: websocket"), "{}", refused.head);
        assert!(refused.has("sec-websocket-version: 13"), "{}", refused.head);
    }
    let old = [whole[0], whole[1], "Sec-WebSocket-Version: 8", whole[3]];
    assert_eq!(get(server.local_addr(), "/ws", &old).await.status, 426);
    assert_eq!(numbers(&server).await, (0, 0));
}

/// What the server says to these bytes before it closes the connection.
async fn answer_to(server: &Server, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(server.local_addr()).await.unwrap();
    // It may close before it has read them all.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = soon("the end of the connection", stream.read_to_end(&mut answer)).await;
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn a_header_too_long_or_no_http_at_all_ends_the_connection() {
    let server = server().await;
    let long = format!("GET / HTTP/1.1\r\nX: {}", "x".repeat(17 * 1024));
    assert_eq!(parse(&answer_to(&server, long.as_bytes()).await).status, 431);
    let many = "X: y\r\n".repeat(200);
    let many = format!("GET / HTTP/1.1\r\n{many}\r\n");
    assert_eq!(parse(&answer_to(&server, many.as_bytes()).await).status, 431);
    for garbage in [&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"[..], b"hello\r\n\r\n"]
    {
        let answer = answer_to(&server, garbage).await;
        assert!(answer.is_empty() || parse(&answer).status == 400, "{answer}");
    }
    assert_eq!(numbers(&server).await, (0, 0));
}

/// Takes the ten seconds that a header may take.
#[tokio::test]
async fn a_header_that_never_ends_ends_the_connection() {
    let server = server().await;
    let (nothing, half) = tokio::join!(
        answer_to(&server, b""),
        answer_to(&server, b"GET /health HTTP/1.1\r\nHost: x\r\n"),
    );
    for answer in [nothing, half] {
        assert!(answer.is_empty() || parse(&answer).status == 408, "{answer}");
    }
    assert_eq!(numbers(&server).await, (0, 0));
}
