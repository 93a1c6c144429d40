//! coturn's own client, which knows nothing of this server, over UDP, TCP and TLS.

use std::process::Stdio;

use cinemasync_server::{TurnServer, TurnSettings};
use cinemasync_server_core::turn_credentials::TurnCredentials;
use tokio::process::Command;
use tokio::time::timeout;

use crate::harness::{LOCALHOST, PATIENCE, SECRET, credentials, echo, settings, start, tls};

const PROGRAM: &str = "turnutils_uclient";

/// What the program said; `None` if it is not installed.
async fn run(server: &TurnServer, way: &[&str], given: &TurnCredentials) -> Option<String> {
    let peer = echo().await;
    let port = match way.contains(&"-S") {
        true => server.tls_addresses()[0].port(),
        false => server.addresses()[0].port(),
    };
    let run = Command::new(PROGRAM)
        .args(way)
        // No second allocation for RTCP; 50 messages of 300 bytes, one each 10 ms.
        .args(["-c", "-n", "50", "-l", "300", "-z", "10", "-m", "1"])
        .args(["-u", &given.username, "-w", &given.credential])
        .args(["-p", &port.to_string(), "-e", "127.0.0.1", "-r", &peer.port().to_string()])
        .arg("127.0.0.1")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    match timeout(PATIENCE, run).await.expect("the program ends") {
        Ok(output) => {
            let text = [output.stdout, output.stderr].concat();
            Some(String::from_utf8_lossy(&text).into_owned())
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            println!("skipped: {PROGRAM} is not installed (Debian: coturn; `cargo xtask setup`)");
            None
        }
        Err(error) => panic!("{PROGRAM}: {error}"),
    }
}

async fn assert_relays(way: &[&str]) {
    let (config, _) = tls();
    let listen = vec![(LOCALHOST, 0).into()];
    let server = start(TurnSettings { tls: Some(config), tls_listen: listen, ..settings() }).await;
    let Some(said) = run(&server, way, &credentials("ana")).await else { return };
    assert!(said.contains("tot_send_msgs=50, tot_recv_msgs=50"), "{said}");
    assert!(server.figures().sent_bytes >= 15_000 && server.figures().received_bytes >= 15_000);
}

#[tokio::test]
async fn coturns_client_is_served_over_udp() {
    assert_relays(&[]).await;
}

#[tokio::test]
async fn coturns_client_is_served_over_tcp() {
    assert_relays(&["-t"]).await;
}

#[tokio::test]
async fn coturns_client_is_served_over_tls() {
    assert_relays(&["-t", "-S"]).await;
}

#[tokio::test]
async fn coturns_client_with_send_indications_is_served() {
    assert_relays(&["-s"]).await;
}

#[tokio::test]
async fn coturns_client_with_a_foreign_secret_is_refused() {
    let server = start(TurnSettings { secret: [SECRET, b"!"].concat(), ..settings() }).await;
    let Some(said) = run(&server, &[], &credentials("ana")).await else { return };
    assert!(!said.contains("tot_recv_msgs=50"), "{said}");
    assert_eq!(server.figures().sent_bytes, 0);
    assert!(server.figures().refused(cinemasync_server::Refused::Credentials) > 0);
}
