//! The signaling server of a test, a way to it that can break, and a client of it that is not ours.

use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream as BlockingStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cinemasync_server::{Config, Server, ServerSecret};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

const PATIENCE: Duration = Duration::from_secs(120);

/// A server on a loopback port. Dropping it ends it at once, with every connection.
pub(crate) struct TestServer {
    address: SocketAddr,
    server: Option<Server>,
    runtime: Option<Runtime>,
}

impl TestServer {
    pub(crate) fn start() -> Self {
        Self::start_again(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
    }

    /// The one that ran at this address, started once more.
    pub(crate) fn start_again(address: SocketAddr) -> Self {
        let mut config = Config { listen: address, ..Config::embedded() };
        config.secret.key = Some(ServerSecret([9; 32]));
        Self::start_with(config)
    }

    pub(crate) fn start_with(config: Config) -> Self {
        let runtime = Runtime::new().expect("a runtime starts");
        let server = runtime.block_on(Server::bind(config)).expect("the port is free");
        Self { address: server.local_addr(), server: Some(server), runtime: Some(runtime) }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where its relay listens, if it has one.
    pub(crate) fn relay(&self) -> Option<SocketAddr> {
        self.server.as_ref()?.turn()?.addresses().first().copied()
    }

    pub(crate) fn url(&self) -> String {
        format!("ws://{}", self.address)
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        drop(self.server.take());
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(10));
        }
    }
}

/// A way to a server that can break while the server lives. Its threads end with the connections,
/// the one that listens with the process.
pub(crate) struct Detour {
    address: SocketAddr,
    streams: Arc<Mutex<Vec<BlockingStream>>>,
}

impl Detour {
    pub(crate) fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let address = listener.local_addr().expect("an address");
        let streams = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&streams);
        std::thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                let Ok(far) = BlockingStream::connect(server) else { continue };
                for (from, to) in [(&near, &far), (&far, &near)] {
                    let clone = |stream: &BlockingStream| stream.try_clone().expect("a handle");
                    let (mut from, mut to) = (clone(from), clone(to));
                    std::thread::spawn(move || {
                        // Whichever end closes, the other one hears it.
                        let _ = std::io::copy(&mut from, &mut to);
                        let _ = to.shutdown(Shutdown::Both);
                    });
                }
                kept.lock().expect("not poisoned").extend([near, far]);
            }
        });
        Self { address, streams }
    }

    pub(crate) fn url(&self) -> String {
        format!("ws://{}", self.address)
    }

    /// Breaks every connection; new ones can be made.
    pub(crate) fn cut(&self) {
        for stream in self.streams.lock().expect("not poisoned").drain(..) {
            // It may have ended by itself.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

/// A participant that speaks the signaling protocol by hand.
pub(crate) struct ForeignPeer {
    runtime: Runtime,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub(crate) id: String,
}

impl ForeignPeer {
    pub(crate) fn join(url: &str, code: &str, name: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime starts");
        let connecting = tokio_tungstenite::connect_async(format!("{url}/ws"));
        let (socket, _) = runtime.block_on(connecting).expect("the server is there");
        let mut peer = Self { runtime, socket, id: String::new() };
        peer.send(&json!({ "type": "join_room", "room": code, "name": name, "protocol": 1 }));
        let joined = peer.wait("room_joined", |_| true);
        peer.id = joined["id"].as_str().expect("an id").to_owned();
        peer
    }

    pub(crate) fn send(&mut self, message: &Value) {
        let sending = self.socket.send(Message::text(message.to_string()));
        self.runtime.block_on(sending).expect("the server reads");
    }

    /// The next message of this type that `wanted` holds for.
    pub(crate) fn wait(&mut self, kind: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let socket = &mut self.socket;
        let reading = async {
            while let Some(Ok(message)) = socket.next().await {
                let Message::Text(text) = message else { continue };
                let message: Value = serde_json::from_str(&text).expect("the server writes JSON");
                if message["type"] == kind && wanted(&message) {
                    return message;
                }
            }
            panic!("the server closed the connection before {kind}");
        };
        self.runtime
            .block_on(async { tokio::time::timeout(PATIENCE, reading).await })
            .unwrap_or_else(|_| panic!("{kind} did not come"))
    }
}
