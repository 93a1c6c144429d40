//! A server on a free port, and clients that speak the protocol properly. What breaks it is `raw`.

use std::net::SocketAddr;
use std::time::Duration;

use cinemasync_protocol::{
    ClientMessage, ErrorCode, PROTOCOL_VERSION, ParticipantId, ParticipantInfo, RoomCode,
    RoomEntry, ServerMessage, Token, decode_server, encode,
};
use cinemasync_server::{Config, Server};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{ClientRequestBuilder, Error, Message};
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

/// One that keeps the place of whoever lost the connection for a second only.
pub(crate) async fn impatient_server() -> Server {
    server_with(Config { resume_window: 1, ..Config::embedded() }).await
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
        Self::connect_with(server, &[]).await.expect("the server opens a WebSocket")
    }

    /// With these fields in the request; otherwise with which status the server refuses.
    pub(crate) async fn connect_with(
        server: SocketAddr,
        fields: &[(&str, &str)],
    ) -> Result<Self, u16> {
        let mut request = ClientRequestBuilder::new(format!("ws://{server}/ws").parse().unwrap());
        for (name, value) in fields {
            request = request.with_header(*name, *value);
        }
        match soon("the handshake", connect_async_with_config(request, None, true)).await {
            Ok((socket, _)) => Ok(Self { socket }),
            Err(Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(error) => panic!("a handshake is answered: {error}"),
        }
    }

    /// As the client of this address, of whom a proxy tells.
    pub(crate) async fn connect_from(server: &Server, address: &str) -> Self {
        let fields = [("X-Forwarded-For", address)];
        Self::connect_with(server.local_addr(), &fields)
            .await
            .expect("the server opens a WebSocket")
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

    /// The code of the error that must be next, and when to try again.
    pub(crate) async fn hear_refusal(&mut self) -> (ErrorCode, Option<u64>) {
        match self.hear().await {
            ServerMessage::Error { code, retry_after_ms, .. } => (code, retry_after_ms),
            other => panic!("an error was expected, not {other:?}"),
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

    pub(crate) async fn resume(&mut self, token: &Token) -> Joined {
        self.say(&ClientMessage::Resume { token: token.clone() }).await;
        self.hear_joined().await
    }

    pub(crate) async fn join(&mut self, room: RoomCode, name: &str) -> Joined {
        self.say(&join(room, name, None)).await;
        self.hear_joined().await
    }

    async fn hear_joined(&mut self) -> Joined {
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
        // An address for those who are behind a proxy; the server looks at it only then.
        let (mut ana, mut ben, mut cleo) = (
            Client::connect_from(server, "192.0.2.1").await,
            Client::connect_from(server, "192.0.2.2").await,
            Client::connect_from(server, "2001:db8::3").await,
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

    /// They talk as if nothing were going on around them.
    pub(crate) async fn all_is_well(&mut self) {
        self.ana.say(&chat("m", "all well?", None)).await;
        for client in [&mut self.ben, &mut self.cleo] {
            let heard = client.hear().await;
            assert!(matches!(heard, ServerMessage::ChatMessage { .. }), "{heard:?}");
        }
        self.nobody_hears_more().await;
    }

    pub(crate) async fn nobody_hears_more(&mut self) {
        for client in [&mut self.ana, &mut self.ben, &mut self.cleo] {
            client.hears_nothing().await;
        }
    }
}
