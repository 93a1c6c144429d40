//! Three who behave: they chat at a steady pace, and the time from saying to hearing is taken.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use cinemasync_protocol::{
    ClientMessage, PROTOCOL_VERSION, RoomCode, ServerMessage, decode_server, encode,
};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

/// After this a message counts as lost.
const PATIENCE: Duration = Duration::from_secs(10);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A room of three.
pub(crate) struct Room {
    speaker: Socket,
    listeners: [Socket; 2],
}

impl Room {
    /// They connect and meet.
    pub(crate) async fn meet(server: SocketAddr) -> Result<Self> {
        let mut speaker = connect(server).await?;
        let (name, protocol, password) = ("Ana".to_owned(), PROTOCOL_VERSION, None);
        say(&mut speaker, &ClientMessage::CreateRoom { name, protocol, password }).await?;
        let ServerMessage::RoomCreated(entry) = hear(&mut speaker).await? else {
            bail!("the server makes no room")
        };
        let listeners = [enter(server, entry.room).await?, enter(server, entry.room).await?];
        Ok(Self { speaker, listeners })
    }

    /// One speaks, `rate` times a second; how long each message took until the later of both heard
    /// it, shortest first.
    pub(crate) async fn talk(&mut self, rate: u32, time: Duration) -> Result<Vec<Duration>> {
        let mut ticks = interval(Duration::from_secs(1) / rate.max(1));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let (begun, mut taken) = (Instant::now(), Vec::new());
        while begun.elapsed() < time {
            ticks.tick().await;
            let id = taken.len().to_string();
            let text = "What was that?".to_owned();
            let said = Instant::now();
            let message = ClientMessage::ChatMessage { id: id.clone(), text, to: None };
            say(&mut self.speaker, &message).await?;
            for listener in &mut self.listeners {
                until_chat(listener, &id).await?;
            }
            taken.push(said.elapsed());
        }
        taken.sort_unstable();
        Ok(taken)
    }
}

async fn enter(server: SocketAddr, room: RoomCode) -> Result<Socket> {
    let mut socket = connect(server).await?;
    let (room, name) = (room.to_string(), "Ben".to_owned());
    let (protocol, password) = (PROTOCOL_VERSION, None);
    say(&mut socket, &ClientMessage::JoinRoom { room, name, protocol, password }).await?;
    let ServerMessage::RoomJoined { .. } = hear(&mut socket).await? else {
        bail!("the server lets nobody in")
    };
    Ok(socket)
}

async fn connect(server: SocketAddr) -> Result<Socket> {
    let address = format!("ws://{server}/ws");
    let connecting = timeout(PATIENCE, connect_async_with_config(address, None, true));
    Ok(connecting.await.context("no handshake in time")??.0)
}

async fn say(socket: &mut Socket, message: &ClientMessage) -> Result<()> {
    Ok(socket.send(Message::text(encode(message))).await?)
}

async fn hear(socket: &mut Socket) -> Result<ServerMessage> {
    loop {
        let next = timeout(PATIENCE, socket.next()).await.context("no message in time")?;
        match next.context("the server closed the connection")?? {
            Message::Text(text) => return Ok(decode_server(&text)?),
            Message::Close(frame) => bail!("the server closed the connection: {frame:?}"),
            _ => {}
        }
    }
}

async fn until_chat(socket: &mut Socket, wanted: &str) -> Result<()> {
    loop {
        match hear(socket).await? {
            ServerMessage::ChatMessage { id, .. } if id == wanted => return Ok(()),
            ServerMessage::Error { code, .. } => bail!("the room was refused something: {code}"),
            _ => {}
        }
    }
}
