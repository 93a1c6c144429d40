//! A server on a free port, and clients that speak the protocol properly. What breaks it is `raw`.

use std::net::SocketAddr;
use std::time::Duration;

use cinemasync_protocol::{
    ClientMessage, ErrorCode, PROTOCOL_VERSION, ParticipantId, ParticipantInfo, RoomCode,
    RoomEntry, ServerMessage, decode_server, encode,
};
use cinemasync_server::{Config, Server};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

/// Long enough for any machine; only a failing test waits for it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The result of `future`, or a failed test when it never comes.
pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, future).await {
        Ok(value) => value,
        Err(_) => panic!("{what} never came"),
    }
}

/// A server as the desktop client embeds it.
pub(crate) async fn server() -> Server {
    server_with(Config::embedded()).await
}

pub(crate) async fn server_with(config: Config) -> Server {
    Server::bind(config).await.expect("a free port of the loopback can be listened on")
}

/// One well-behaved client.
pub(crate) struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

/// What `room_joined` says.
pub(crate) struct Joined {
    pub(crate) entry: RoomEntry,
    pub(crate) participants: Vec<ParticipantInfo>,
    pub(crate) locked: bool,
}

impl Client {
    pub(crate) async fn connect(server: &Server) -> Self {
        Self::connect_to(server.local_addr()).await
    }

    pub(crate) async fn connect_to(server: SocketAddr) -> Self {
        let address = format!("ws://{server}/ws");
        let (socket, _) =
            soon("the handshake", connect_async_with_config(address, None, true)).await.unwrap();
        Self { socket }
    }

    pub(crate) async fn say(&mut self, message: &ClientMessage) {
        self.say_text(&encode(message)).await;
    }

    pub(crate) async fn say_text(&mut self, text: &str) {
        soon("room to write", self.socket.send(Message::text(text))).await.unwrap();
    }

    /// The next message of the server.
    pub(crate) async fn hear(&mut self) -> ServerMessage {
        loop {
            match soon("a message", self.socket.next()).await {
                Some(Ok(Message::Text(text))) => return decode_server(&text).unwrap(),
                Some(Ok(Message::Ping(_))) => {}
                other => panic!("a message was expected, not {other:?}"),
            }
        }
    }

    /// The code of the error that must be next.
    pub(crate) async fn hear_error(&mut self) -> ErrorCode {
        match self.hear().await {
            ServerMessage::Error { code, message, .. } => {
                assert!(message.ends_with('.'), "a sentence for a person: {message:?}");
                code
            }
            other => panic!("an error was expected, not {other:?}"),
        }
    }

    /// Everything that the server said up to now, from what it does with one more message.
    pub(crate) async fn fence(&mut self) -> Vec<ServerMessage> {
        self.say_text(r#"{"type":"fence"}"#).await;
        let mut heard = Vec::new();
        loop {
            match self.hear().await {
                ServerMessage::Error { code: ErrorCode::UnknownMessage, .. } => return heard,
                message => heard.push(message),
            }
        }
    }

    /// Nothing more was said to this client.
    pub(crate) async fn hears_nothing(&mut self) {
        assert_eq!(self.fence().await, []);
    }

    /// With which code the server closes the connection, which must be the next that it does.
    pub(crate) async fn closed(&mut self) -> u16 {
        match soon("the close", self.socket.next()).await {
            Some(Ok(Message::Close(Some(frame)))) => {
                let rest = soon("the end of the connection", self.socket.next()).await;
                assert!(rest.is_none(), "after the close nothing comes, not {rest:?}");
                frame.code.into()
            }
            other => panic!("a close was expected, not {other:?}"),
        }
    }

    /// Closes the connection properly; true when the server does its part.
    pub(crate) async fn close(mut self) -> bool {
        self.socket.close(None).await.unwrap();
        loop {
            match soon("the answer to a close", self.socket.next()).await {
                Some(Ok(Message::Close(_))) => return true,
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return false,
            }
        }
    }

    pub(crate) async fn create(&mut self, name: &str) -> RoomEntry {
        self.create_with(name, None).await
    }

    pub(crate) async fn create_with(&mut self, name: &str, password: Option<&str>) -> RoomEntry {
        self.say(&create(name, password)).await;
        match self.hear().await {
            ServerMessage::RoomCreated(entry) => entry,
            other => panic!("room_created was expected, not {other:?}"),
        }
    }

    pub(crate) async fn join(&mut self, room: RoomCode, name: &str) -> Joined {
        self.say(&join(room, name, None)).await;
        match self.hear().await {
            ServerMessage::RoomJoined { entry, participants, locked } => {
                Joined { entry, participants, locked }
            }
            other => panic!("room_joined was expected, not {other:?}"),
        }
    }
}

pub(crate) fn create(name: &str, password: Option<&str>) -> ClientMessage {
    let (name, password) = (name.to_owned(), password.map(str::to_owned));
    ClientMessage::CreateRoom { name, protocol: PROTOCOL_VERSION, password }
}

pub(crate) fn join(room: RoomCode, name: &str, password: Option<&str>) -> ClientMessage {
    let (name, password) = (name.to_owned(), password.map(str::to_owned));
    ClientMessage::JoinRoom { room: room.to_string(), name, protocol: PROTOCOL_VERSION, password }
}

pub(crate) fn chat(id: &str, text: &str, to: Option<&[&ParticipantId]>) -> ClientMessage {
    let to = to.map(|to| to.iter().map(|id| (*id).clone()).collect());
    ClientMessage::ChatMessage { id: id.to_owned(), text: text.to_owned(), to }
}

pub(crate) fn info(entry: &RoomEntry, name: &str, host: bool) -> ParticipantInfo {
    ParticipantInfo { id: entry.id.clone(), name: name.to_owned(), host, screen_sharing: false }
}

/// Ana (the host), Ben and Cleo in one room, everything heard that their coming caused.
pub(crate) struct Three {
    pub(crate) ana: Client,
    pub(crate) ben: Client,
    pub(crate) cleo: Client,
    pub(crate) entries: [RoomEntry; 3],
}

impl Three {
    pub(crate) async fn meet(server: &Server) -> Self {
        let (mut ana, mut ben, mut cleo) = (
            Client::connect(server).await,
            Client::connect(server).await,
            Client::connect(server).await,
        );
        let first = ana.create("Ana").await;
        let second = ben.join(first.room, "Ben").await.entry;
        let third = cleo.join(first.room, "Cleo").await.entry;
        let came = |participant| ServerMessage::UserJoined { participant };
        let (of_ben, of_cleo) =
            (came(info(&second, "Ben", false)), came(info(&third, "Cleo", false)));
        assert_eq!(ana.fence().await, [of_ben, of_cleo.clone()]);
        assert_eq!(ben.fence().await, [of_cleo]);
        cleo.hears_nothing().await;
        Self { ana, ben, cleo, entries: [first, second, third] }
    }

    /// Ana's, Ben's and Cleo's ids.
    pub(crate) fn ids(&self) -> [ParticipantId; 3] {
        self.entries.each_ref().map(|entry| entry.id.clone())
    }

    pub(crate) async fn nobody_hears_more(&mut self) {
        for client in [&mut self.ana, &mut self.ben, &mut self.cleo] {
            client.hears_nothing().await;
        }
    }
}
