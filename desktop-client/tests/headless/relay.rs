//! Two who can only meet through a relay: the server's own, and another one.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use cinemasync_server::{Config, ServerSecret};

use crate::person::{Person, text};
use crate::server::{ForeignPeer, TestServer};

/// How long a relay may take to start.
const PATIENCE: Duration = Duration::from_secs(60);
const ARGUMENTS: &str = "--relay-only --camera test-pattern:320x180@15 --microphone tone";

/// A free port of this machine.
const ANYWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

fn with_relay(listen: SocketAddr, relay: SocketAddr) -> Config {
    let mut config = Config { listen, ..Config::embedded() };
    config.secret.key = Some(ServerSecret([3; 32]));
    config.turn.turn = true;
    config.turn.public_ip = vec![IpAddr::V4(Ipv4Addr::LOCALHOST)];
    config.turn.turn_listen = vec![relay];
    config
}

/// They see and hear each other, over relays at both ends, and write to each other.
fn meet_by_relay(server: &TestServer) {
    meet_trusting(&server.url(), None);
}

/// The same, trusting nobody but who signed a certificate in this file.
fn meet_trusting(url: &str, authority: Option<&Path>) {
    let (mut ana, code) = Person::create_trusting("Ana", url, ARGUMENTS, authority);
    let mut ben =
        Person::start_trusting("Ben", url, &format!("--join {code} {ARGUMENTS}"), authority);
    ben.wait("room", |_| true);
    let (a, b) = (ana.id(), ben.id());
    for (me, other) in [(&mut ana, &b), (&mut ben, &a)] {
        let room = me.wait("room", |_| true)["t"].as_f64().unwrap_or_default();
        let first = me.wait("first_frame", |event| event["from"] == **other);
        let seconds = first["t"].as_f64().unwrap_or_default() - room;
        println!("sees the other {seconds:.3} s after entering (built for debugging)");
        let connected = me.wait("peer", |peer| peer["id"] == **other && peer["path"].is_string());
        assert_eq!(text(&connected, "path"), "relay");
        me.wait_for_more_frames(other);
        let mark = me.mark();
        me.peer_stats(mark, other, |peer| {
            peer["audio_in"]["level_db"].as_f64().is_some_and(|level| level > -40.0)
        });
    }
    ana.say("a long way round");
    ben.wait("chat", |chat| chat["text"] == "a long way round" && chat["via"] == "peer");
    for me in [&mut ana, &mut ben] {
        me.leave();
    }
}

#[test]
fn two_meet_through_the_relay_of_their_server() {
    meet_by_relay(&TestServer::start_with(with_relay(ANYWHERE, ANYWHERE)));
}

#[test]
fn whoever_wants_only_relays_shows_no_address_of_the_own_machine() {
    let server = TestServer::start_with(with_relay(ANYWHERE, ANYWHERE));
    let relay = server.relay().expect("it has one");
    let (mut ana, code) = Person::create("Ana", &server.url(), ARGUMENTS);
    let mut eve = ForeignPeer::join(&server.url(), &code, "Eve");
    // Nobody offers to her, so she does it herself.
    let offer = eve.wait("webrtc_offer", |offer| offer["from"] == *ana.id());
    let sdp = text(&offer, "sdp");
    assert!(sdp.lines().all(|line| !line.contains("typ host") && !line.contains("raddr 1")));
    assert!(sdp.lines().all(|line| !line.starts_with("c=") || line.contains("0.0.0.0")), "{sdp}");
    let shown = eve.wait("webrtc_ice_candidate", |message| message["candidate"].is_object());
    let candidate = text(&shown["candidate"], "candidate");
    let hidden = format!("typ relay raddr {} rport 0", Ipv4Addr::UNSPECIFIED);
    assert!(candidate.contains(&hidden), "{candidate}");
    assert!(candidate.contains(&format!(" {} ", relay.ip())), "{candidate}");
    ana.leave();
}

#[test]
fn a_relayed_call_comes_back_when_its_server_does() {
    let server = TestServer::start_with(with_relay(ANYWHERE, ANYWHERE));
    let relay = server.relay().expect("it has one");
    let (address, url) = (server.address(), server.url());
    let (mut ana, code) = Person::create("Ana", &url, ARGUMENTS);
    let mut ben = Person::join("Ben", &url, &code, ARGUMENTS);
    let (a, b) = (ana.id(), ben.id());
    ana.wait("first_frame", |event| event["from"] == *b);
    ben.wait("first_frame", |event| event["from"] == *a);
    let marks = [ana.mark(), ben.mark()];
    drop(server);
    let _server = TestServer::start_with(with_relay(address, relay));
    for (me, mark, other) in [(&mut ana, marks[0], &b), (&mut ben, marks[1], &a)] {
        me.wait_since(mark, "peer", |peer| peer["state"] != "connected");
        let back = me.wait_since(mark, "peer", |peer| peer["state"] == "connected");
        println!("connected again at {}", back["t"]);
        me.wait_for_more_frames(other);
        let left = |event: &serde_json::Value| event["event"] == "participant_left";
        assert!(!me.events.iter().any(left));
    }
}

#[test]
fn two_meet_through_coturn_that_shares_a_secret_with_their_server() {
    meet_by_coturn("udp");
}

#[test]
fn two_meet_through_coturn_over_tcp_alone() {
    meet_by_coturn("tcp");
}

fn meet_by_coturn(transport: &str) {
    let Some(coturn) = Coturn::start(transport) else {
        println!("skipped: coturn's turnserver is not installed");
        return;
    };
    let mut config = Config::embedded();
    config.turn.turn_url = vec![format!("turn:{}?transport={transport}", coturn.address)];
    config.turn.turn_secret = Some(SECRET.to_owned());
    meet_by_relay(&TestServer::start_with(config));
}

#[test]
fn two_meet_through_the_relay_of_their_server_over_tls_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name);
    let key = rcgen::KeyPair::generate().expect("a key");
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let certificate = rcgen::CertificateParams::new(names).expect("names");
    let certificate = certificate.self_signed(&key).expect("a certificate");
    std::fs::write(file("cert.pem"), certificate.pem()).expect("it can be written");
    std::fs::write(file("key.pem"), key.serialize_pem()).expect("it can be written");

    let mut config = with_relay(ANYWHERE, ANYWHERE);
    config.tls.tls_cert = Some(file("cert.pem"));
    config.tls.tls_key = Some(file("key.pem"));
    config.turn.turn_tls_listen = std::mem::take(&mut config.turn.turn_listen);
    config.turn.turn_host = Some("localhost".to_owned());
    let server = TestServer::start_with(config);
    let url = format!("wss://localhost:{}", server.address().port());
    meet_trusting(&url, Some(&file("cert.pem")));
}

const SECRET: &str = "north by northwest";

/// A relay that is not ours, on loopback. It ends with its handle.
struct Coturn {
    process: Child,
    address: SocketAddr,
    _folder: tempfile::TempDir,
}

impl Coturn {
    /// It speaks this transport alone.
    fn start(transport: &str) -> Option<Self> {
        // A port that was free a moment ago.
        let address = match transport {
            "udp" => UdpSocket::bind(ANYWHERE).ok()?.local_addr().ok()?,
            _ => TcpListener::bind(ANYWHERE).ok()?.local_addr().ok()?,
        };
        let without = if transport == "udp" { "--no-tcp" } else { "--no-udp" };
        let folder = tempfile::tempdir().expect("a folder");
        let port = address.port().to_string();
        let file = |name: &str| folder.path().join(name).display().to_string();
        let process = Command::new("turnserver")
            .args(["-n", "--no-cli", "--no-tls", "--no-dtls", without, "--allow-loopback-peers"])
            .args(["--listening-ip", "127.0.0.1", "--relay-ip", "127.0.0.1"])
            .args(["--listening-port", &port, "--realm", "cinemasync"])
            .args(["--use-auth-secret", "--static-auth-secret", SECRET])
            .args(["--userdb", &file("users"), "--pidfile", &file("pid"), "--log-file", "stdout"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let coturn = Self { process, address, _folder: folder };
        if transport == "udp" {
            coturn.wait_until_it_answers();
        } else {
            coturn.wait_until_it_listens();
        }
        Some(coturn)
    }

    fn wait_until_it_listens(&self) {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if TcpStream::connect(self.address).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("coturn does not listen");
    }

    fn wait_until_it_answers(&self) {
        // A STUN binding request (RFC 8489 §5): method, no attributes, magic cookie, transaction.
        let request = [&[0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42][..], &[7; 12]].concat();
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        socket.set_read_timeout(Some(Duration::from_millis(50))).expect("it can wait");
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            // Nobody listens yet, or the answer takes its time: asked once more.
            let _ = socket.send_to(&request, self.address);
            if socket.recv(&mut [0; 256]).is_ok() {
                return;
            }
        }
        panic!("coturn does not answer");
    }
}

impl Drop for Coturn {
    fn drop(&mut self) {
        // An error means that it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
