//! One stream of data through a TURN relay: a client of it, which sends on a channel at a steady rate,
//! and the peer, which counts what arrives.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};
use cinemasync_protocol::ParticipantId;
use cinemasync_server_core::turn_credentials;
use serde::Deserialize;
use serde_json::{Value, json};
use stun::agent::TransactionId;
use stun::attributes::{ATTR_NONCE, ATTR_REALM, ATTR_USERNAME};
use stun::error_code::ErrorCodeAttribute;
use stun::integrity::MessageIntegrity;
use stun::message::{
    CLASS_REQUEST, CLASS_SUCCESS_RESPONSE, Getter as _, METHOD_ALLOCATE, METHOD_CHANNEL_BIND,
    Message, MessageType, Method, Setter,
};
use stun::textattrs::TextAttribute;
use tokio::net::UdpSocket;
use tokio::time::{Instant, sleep_until, timeout};
use turn::proto::PROTO_UDP;
use turn::proto::channum::ChannelNumber;
use turn::proto::peeraddr::PeerAddress;
use turn::proto::reqtrans::RequestedTransport;

use crate::client::Target;
use crate::dialect::Login;
use crate::process::Process;

/// How long the relay may take for an answer, and how often it is asked.
const PATIENCE: Duration = Duration::from_millis(500);
const TRIES: usize = 5;
/// The first channel there is.
const CHANNEL: u16 = 0x4000;
/// After so many packets, the peer gets its turn.
const IN_A_ROW: u64 = 16;
/// How long the last packets may be under way.
const DRAIN: Duration = Duration::from_millis(200);
/// How long credentials are valid that we make ourselves, in seconds.
const VALID: u64 = 3_600;

/// What is asked for.
#[derive(Debug, Deserialize)]
pub(crate) struct Order {
    /// The relay's address, on UDP.
    relay: SocketAddr,
    /// Its secret. Without one, the signaling server is asked for credentials.
    secret: Option<String>,
    /// Bytes of one packet.
    bytes: u16,
    /// Packets a second.
    rate: f64,
    warm_up: f64,
    seconds: f64,
}

/// Sends for `warm_up` and then `seconds`, of which alone is told.
pub(crate) async fn run(target: &Target, server: &Process, order: &Order) -> Result<Value> {
    let &Order { relay, bytes, rate, warm_up, seconds, .. } = order;
    if !(rate > 0.0 && warm_up >= 0.0 && seconds > 0.0 && rate * (warm_up + seconds) < 1e9) {
        bail!("a rate and a span are wanted");
    }
    // Credentials are a participant's, who stays in its room meanwhile.
    let (login, participant) = match &order.secret {
        Some(secret) => (own_login(secret)?, None),
        None => {
            let mut client = target.connect(target.next_address()).await?;
            let entry = client.create().await?;
            let login = entry.relay.context("the server names no relay")?;
            (login, Some(client))
        }
    };
    let peer = UdpSocket::bind((Ipv4Addr::new(127, 0, 0, 2), 0)).await?;
    let mut client = RelayClient::allocate(relay, login).await?;
    client.bind_channel(peer.local_addr()?).await?;

    let arrived = Arc::new(AtomicU64::new(0));
    let counting = tokio::spawn(count(peer, usize::from(bytes), arrived.clone()));
    let mut packet = [CHANNEL.to_be_bytes(), bytes.to_be_bytes()].concat();
    packet.resize(4 + usize::from(bytes), 0x5a);

    let own = Process::own();
    let first = (rate * warm_up) as u64;
    let total = (rate * (warm_up + seconds)) as u64;
    let start = Instant::now();
    let mut begin = (start, server.cpu_seconds()?, own.cpu_seconds()?, 0);
    let mut number = 0;
    while number < total {
        let due = start + Duration::from_secs_f64(number as f64 / rate);
        if Instant::now() < due {
            sleep_until(due).await;
            continue;
        }
        if number == first {
            let arrived = arrived.load(Ordering::Relaxed);
            begin = (Instant::now(), server.cpu_seconds()?, own.cpu_seconds()?, arrived);
        }
        client.socket.send(&packet).await.context("the relay is gone")?;
        number += 1;
        if number.is_multiple_of(IN_A_ROW) {
            tokio::task::yield_now().await;
        }
    }
    let span = begin.0.elapsed().as_secs_f64();
    tokio::time::sleep(DRAIN).await;
    let relayed = arrived.load(Ordering::Relaxed) - begin.3;
    let (cpu, own_cpu) = (server.cpu_seconds()? - begin.1, own.cpu_seconds()? - begin.2);
    counting.abort();
    if let Some(participant) = participant {
        participant.close().await;
    }
    let megabytes = relayed as f64 * f64::from(bytes) / 1e6;
    Ok(json!({
        "rate": rate,
        "seconds": span,
        "sent": number - first,
        "relayed": relayed,
        "lost_percent": 100.0 * (1.0 - relayed as f64 / (number - first).max(1) as f64),
        "mbit_per_second": megabytes * 8.0 / span,
        "server_cpu": cpu / span,
        "load_cpu": own_cpu / span,
        "megabytes_per_cpu_second": megabytes / cpu,
    }))
}

/// Credentials as a coturn with `static-auth-secret` takes them.
fn own_login(secret: &str) -> Result<Login> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let issued =
        turn_credentials::issue(secret.as_bytes(), &ParticipantId::new("bench"), now + VALID);
    Ok(Login { username: issued.username, credential: issued.credential })
}

/// Counts the packets of this length that come, until it is dropped.
async fn count(peer: UdpSocket, bytes: usize, arrived: Arc<AtomicU64>) {
    let mut buffer = vec![0; 2_048];
    loop {
        match peer.recv(&mut buffer).await {
            Ok(length) if length == bytes => {
                arrived.fetch_add(1, Ordering::Relaxed);
            }
            // What belongs to nobody is not counted, nor is an error: both show as a loss.
            Ok(_) | Err(_) => {}
        }
    }
}

/// A client with an allocation.
struct RelayClient {
    socket: UdpSocket,
    login: Login,
    realm: String,
    nonce: String,
}

impl RelayClient {
    async fn allocate(relay: SocketAddr, login: Login) -> Result<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        socket.connect(relay).await?;
        let mut client = Self { socket, login, realm: String::new(), nonce: String::new() };
        let wish = || -> Vec<Box<dyn Setter>> {
            vec![Box::new(RequestedTransport { protocol: PROTO_UDP })]
        };
        // The first is refused, and says for which realm and with which nonce to ask.
        let refusal = client.ask(METHOD_ALLOCATE, wish()).await?;
        client.realm = TextAttribute::get_from_as(&refusal, ATTR_REALM)?.to_string();
        client.nonce = TextAttribute::get_from_as(&refusal, ATTR_NONCE)?.to_string();
        client.granted(METHOD_ALLOCATE, wish()).await?;
        Ok(client)
    }

    async fn bind_channel(&mut self, peer: SocketAddr) -> Result<()> {
        let wish: Vec<Box<dyn Setter>> = vec![
            Box::new(ChannelNumber(CHANNEL)),
            Box::new(PeerAddress { ip: peer.ip(), port: peer.port() }),
        ];
        self.granted(METHOD_CHANNEL_BIND, wish).await
    }

    async fn granted(&mut self, method: Method, wish: Vec<Box<dyn Setter>>) -> Result<()> {
        let answer = self.ask(method, wish).await?;
        if answer.typ.class == CLASS_SUCCESS_RESPONSE {
            return Ok(());
        }
        let mut code = ErrorCodeAttribute::default();
        code.get_from(&answer)?;
        bail!("the relay refuses {method}: {code}")
    }

    async fn ask(&mut self, method: Method, wish: Vec<Box<dyn Setter>>) -> Result<Message> {
        let mut parts: Vec<Box<dyn Setter>> =
            vec![Box::new(TransactionId::new()), Box::new(MessageType::new(method, CLASS_REQUEST))];
        parts.extend(wish);
        if !self.realm.is_empty() {
            let text = |attribute, text: &str| Box::new(TextAttribute::new(attribute, text.into()));
            parts.push(text(ATTR_USERNAME, &self.login.username));
            parts.push(text(ATTR_REALM, &self.realm));
            parts.push(text(ATTR_NONCE, &self.nonce));
            let Login { username, credential } = self.login.clone();
            parts.push(Box::new(MessageIntegrity::new_long_term_integrity(
                username,
                self.realm.clone(),
                credential,
            )));
        }
        let mut request = Message::new();
        request.build(&parts)?;
        let mut buffer = vec![0; 2_048];
        for _ in 0..TRIES {
            self.socket.send(&request.raw).await?;
            let Ok(length) = timeout(PATIENCE, self.socket.recv(&mut buffer)).await else {
                continue;
            };
            let mut answer = Message::new();
            answer.unmarshal_binary(&buffer[..length?])?;
            if answer.transaction_id == request.transaction_id {
                return Ok(answer);
            }
        }
        bail!("the relay does not answer")
    }
}
