//! Who comes, makes rooms or guesses too much is told so and then turned away; a room on the same
//! server notices nothing. The clients are behind a proxy, so that each has an address of its own.

use cinemasync_protocol::{ClientMessage, ErrorCode, RoomCode, limits::MAX_MAX_PARTICIPANTS};
use cinemasync_server::{Config, LimitsConfig, Server};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

use crate::harness::{Client, Three, create, join, server_with, soon};
use crate::raw::get;

/// A server behind a proxy on this machine, with one limit changed.
async fn behind_a_proxy(change: impl FnOnce(&mut Config)) -> Server {
    let mut config = Config::embedded();
    config.tls.trusted_proxy = vec!["127.0.0.0/8".parse().unwrap()];
    change(&mut config);
    server_with(config).await
}

const STRANGER: &str = "198.51.100.7";

/// A room that nobody has.
fn wrong_code(number: u8) -> RoomCode {
    RoomCode::from_random([number; RoomCode::LEN])
}

/// It is told why it is not served, and then closed as 1013.
async fn is_turned_away(mut client: Client, code: ErrorCode) {
    let (given, retry_after_ms) = client.hear_refusal().await;
    assert_eq!(given, code);
    assert!(retry_after_ms.is_some_and(|ms| ms > 0));
    assert_eq!(client.closed().await, 1013);
}

#[tokio::test]
async fn an_address_with_too_many_connections_is_turned_away_until_one_ends() {
    let server = behind_a_proxy(|config| config.limits.max_connections_per_address = 2).await;
    let mut room = Three::meet(&server).await;
    // One network of 64 bits is one address.
    let mut first = Client::connect_from(&server, "2001:db8:7::1").await;
    let second = Client::connect_from(&server, "2001:db8:7::2").await;
    let third = Client::connect_from(&server, "2001:db8:7::3").await;
    is_turned_away(third, ErrorCode::RateLimited).await;
    room.all_is_well().await;
    first.create("First").await;
    assert!(second.close().await);
    // What it held is given back when its task has ended, a moment after the answer.
    soon("a free place", async {
        loop {
            let mut next = Client::connect_from(&server, "2001:db8:7::4").await;
            next.say(&create("Next", None)).await;
            if next.hear().await.wire_type() == "room_created" {
                break;
            }
            assert_eq!(next.closed().await, 1013);
        }
    })
    .await;
    room.all_is_well().await;
}

#[tokio::test]
async fn an_address_that_always_connects_anew_is_turned_away_and_then_not_answered() {
    let server = behind_a_proxy(|config| config.limits.max_handshakes_per_minute = 10).await;
    let mut room = Three::meet(&server).await;
    let from = [("X-Forwarded-For", STRANGER)];
    // However slow this machine is, at some time it is not answered any more.
    let (mut told, mut served) = (0, 0);
    loop {
        match Client::connect_with(server.local_addr(), &from).await {
            Err(status) => {
                assert_eq!(status, 429);
                break;
            }
            Ok(mut client) => {
                client.say_text(r#"{"type":"fence"}"#).await;
                match client.hear_error().await {
                    ErrorCode::UnknownMessage => served += 1,
                    ErrorCode::RateLimited => {
                        assert_eq!(client.closed().await, 1013);
                        told += 1;
                    }
                    code => panic!("{code}"),
                }
            }
        }
    }
    assert!(served >= 10 && told >= 20, "{served} served, {told} told");
    room.all_is_well().await;
}

#[tokio::test]
async fn who_connects_directly_is_counted_and_dropped_too() {
    let limits = LimitsConfig {
        limit_loopback: true,
        max_handshakes_per_minute: 10,
        ..LimitsConfig::embedded()
    };
    let server = server_with(Config { limits, ..Config::embedded() }).await;
    let mut room = Three::meet(&server).await;
    let health = "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let mut answered = 0;
    loop {
        let mut stream = TcpStream::connect(server.local_addr()).await.unwrap();
        // It may be closed before that is written.
        let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, health.as_bytes()).await;
        let mut answer = Vec::new();
        let _ = soon("the end", stream.read_to_end(&mut answer)).await;
        if answer.is_empty() {
            break;
        }
        answered += 1;
    }
    // Some were served and some told why not; /health says the same to both.
    assert!(answered >= 20, "{answered}");
    room.all_is_well().await;
}

#[tokio::test]
async fn a_full_server_says_so_and_serves_those_who_are_there() {
    let server = behind_a_proxy(|config| config.limits.max_connections = 3).await;
    let mut room = Three::meet(&server).await;
    is_turned_away(Client::connect_from(&server, STRANGER).await, ErrorCode::ServerFull).await;
    let from = format!("X-Forwarded-For: {STRANGER}");
    let page = get(server.local_addr(), "/", &[&from]).await;
    assert_eq!(page.status, 503);
    assert!(page.has("retry-after: 30"), "{}", page.head);
    assert_eq!(get(server.local_addr(), "/health", &[&from]).await.status, 200);
    room.all_is_well().await;
    let mut ana = room.ana;
    ana.say(&ClientMessage::LeaveRoom).await;
    ana.hear().await;
    ana.create("Ana").await;
}

#[tokio::test]
async fn an_address_that_makes_room_after_room_is_refused() {
    let server = behind_a_proxy(|config| config.limits.max_new_rooms_per_hour = 18).await;
    let mut room = Three::meet(&server).await;
    let mut client = Client::connect_from(&server, STRANGER).await;
    for _ in 0..3 {
        client.create("Stranger").await;
        client.say(&ClientMessage::LeaveRoom).await;
        client.hear().await;
    }
    // What makes no room costs nothing.
    client.say(&create("", None)).await;
    client.say(&create("Stranger", None)).await;
    let (code, retry_after_ms) = client.hear_refusal().await;
    assert_eq!(code, ErrorCode::RateLimited);
    assert!(retry_after_ms.is_some_and(|ms| ms <= 200_000));
    // Another connection of the same address is no way around it; entering a room is allowed.
    let mut other = Client::connect_from(&server, STRANGER).await;
    other.say(&create("Stranger", None)).await;
    assert_eq!(other.hear_error().await, ErrorCode::RateLimited);
    room.all_is_well().await;
    Client::connect_from(&server, "198.51.100.8").await.create("Neighbour").await;
}

#[tokio::test]
async fn guessing_codes_and_passwords_ends_soon_for_one_address() {
    let server = behind_a_proxy(|config| {
        config.limits.max_failed_joins_per_hour = 24;
        config.max_participants = MAX_MAX_PARTICIPANTS;
    })
    .await;
    let mut host = Client::connect_from(&server, "192.0.2.9").await;
    let secret = host.create_with("Host", Some("tea")).await.room;
    let mut room = Three::meet(&server).await;
    let mut client = Client::connect_from(&server, STRANGER).await;
    client.say(&join(wrong_code(1), "Stranger", None)).await;
    assert_eq!(client.hear_error().await, ErrorCode::RoomNotFound);
    // Another connection, the same budget.
    let mut client = Client::connect_from(&server, STRANGER).await;
    client.say(&join(secret, "Stranger", Some("coffee"))).await;
    assert_eq!(client.hear_error().await, ErrorCode::WrongPassword);
    // From here on not even what is right is looked at.
    for password in ["coffee", "tea"] {
        client.say(&join(secret, "Stranger", Some(password))).await;
        let (code, retry_after_ms) = client.hear_refusal().await;
        assert_eq!(code, ErrorCode::RateLimited);
        assert!(retry_after_ms.is_some_and(|ms| (1..=150_000).contains(&ms)));
    }
    // Somebody else enters, and making a room is no guess.
    let mut guest = Client::connect_from(&server, "198.51.100.8").await;
    guest.say(&join(secret, "Guest", Some("tea"))).await;
    assert_eq!(guest.hear().await.wire_type(), "room_joined");
    client.create("Stranger").await;
    room.all_is_well().await;
}

#[tokio::test]
async fn guessing_from_many_addresses_ends_too() {
    let server =
        behind_a_proxy(|config| config.limits.max_failed_joins_per_minute_of_all = 1).await;
    let mut room = Three::meet(&server).await;
    for number in 0..10 {
        let mut client = Client::connect_from(&server, &format!("198.51.100.{number}")).await;
        client.say(&join(wrong_code(number), "Stranger", None)).await;
        assert_eq!(client.hear_error().await, ErrorCode::RoomNotFound);
    }
    let mut client = Client::connect_from(&server, "198.51.100.99").await;
    client.say(&join(room.entries[0].room, "Stranger", None)).await;
    let (code, retry_after_ms) = client.hear_refusal().await;
    assert_eq!(code, ErrorCode::RateLimited);
    assert!(retry_after_ms.is_some_and(|ms| (1..=60_000).contains(&ms)));
    room.all_is_well().await;
}

#[tokio::test]
async fn guessing_the_admin_token_ends_soon() {
    let server = behind_a_proxy(|config| {
        config.admin_token = Some("open sesame".to_owned());
        config.limits.max_failed_joins_per_hour = 36;
    })
    .await;
    let address = server.local_addr();
    let from = format!("X-Forwarded-For: {STRANGER}");
    let guess = |word: &str| format!("Authorization: Bearer {word}");
    for path in ["/debug/rooms", "/metrics", "/debug/rooms"] {
        assert_eq!(get(address, path, &[&from, &guess("sesame")]).await.status, 401);
    }
    // A right one is not looked at either.
    let refused = get(address, "/metrics", &[&from, &guess("open sesame")]).await;
    assert_eq!(refused.status, 429);
    assert!(refused.head.to_ascii_lowercase().contains("retry-after: "), "{}", refused.head);
    let other = "X-Forwarded-For: 198.51.100.8";
    assert_eq!(get(address, "/metrics", &[other, &guess("open sesame")]).await.status, 200);
}
