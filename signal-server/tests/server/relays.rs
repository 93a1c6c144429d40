//! Whom participants are told of: the server's own relay and another one, with credentials of their
//! own, when they enter and over HTTP.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use cinemasync_server::Config;
use cinemasync_server_core::turn_credentials;

use crate::harness::{Client, server_with};
use crate::raw::get;

fn with_relays() -> Config {
    let mut config = Config::embedded();
    config.turn.turn = true;
    config.turn.public_ip = vec![IpAddr::V4(Ipv4Addr::LOCALHOST)];
    config.turn.turn_listen = vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 0))];
    config.turn.turn_url = vec!["turn:relay.example.org:3478".to_owned()];
    config.turn.turn_secret = Some("north".to_owned());
    config
}

#[tokio::test]
async fn every_participant_is_told_of_the_relays_with_credentials_of_its_own() {
    let server = server_with(with_relays()).await;
    let own = server.turn().expect("it has a relay").urls().clone();
    let (mut ana, mut ben) = (Client::connect(&server).await, Client::connect(&server).await);
    let first = ana.create("Ana").await;
    let second = ben.join(first.room, "Ben").await.entry;
    for entry in [&first, &second] {
        let [other, relay] = &entry.ice_servers[..] else { panic!("{:?}", entry.ice_servers) };
        assert_eq!(relay.urls, own.urls);
        assert_eq!(other.urls, ["turn:relay.example.org:3478"]);
        for (told, secret) in [(relay, &own.secret[..]), (other, b"north")] {
            let username = told.username.as_deref().unwrap();
            assert!(username.ends_with(&format!(":{}", entry.id)), "{username}");
            let password = turn_credentials::password(secret, username);
            assert_eq!(told.credential.as_deref(), Some(password.as_str()));
        }
    }
    // The same over HTTP, for whoever has a participant's token.
    let bearer = format!("Authorization: Bearer {}", second.token.reveal());
    let answer = get(server.local_addr(), "/api/turn-credentials", &[&bearer]).await.json();
    let servers = answer["ice_servers"].as_array().unwrap();
    assert_eq!(servers.len(), 2);
    assert_eq!(servers[1]["urls"][0], own.urls[0]);
}

#[tokio::test]
async fn the_relay_is_counted_under_the_names_that_the_dashboard_asks_for() {
    const DASHBOARD: &str = include_str!("../../../assets/server/grafana-dashboard.json");
    let server = server_with(with_relays()).await;
    let metrics = get(server.local_addr(), "/metrics", &[]).await.body;
    assert!(metrics.contains("\ncinemasync_turn_allocations 0\n"), "{metrics}");
    let words = DASHBOARD.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let asked: Vec<&str> = words.filter(|word| word.starts_with("cinemasync_turn_")).collect();
    assert!(asked.len() >= 5, "{asked:?}");
    for name in asked {
        assert!(metrics.contains(&format!("\n{name}")), "{name}");
    }
}
