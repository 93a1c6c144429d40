//! Which STUN servers and relays the signaling server gives: it tells them only to those in a room, so one
//! is made for a moment and left.

use cinemasync_protocol::{ClientMessage, IceServer, PROTOCOL_VERSION, ServerMessage, limits};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use crate::session::server_address;

/// As whom one is in the room, which nobody else sees.
const NAME: &str = "doctor";

/// What the server gives; a sentence if it gives nothing.
pub(super) async fn ice_servers(typed: &str) -> Result<Vec<IceServer>, String> {
    tokio::time::timeout(super::PATIENCE, ask(typed))
        .await
        .map_err(|_| "It does not answer.".to_owned())?
}

async fn ask(typed: &str) -> Result<Vec<IceServer>, String> {
    let url = server_address(typed).map_err(|why| why.to_string())?;
    let config = WebSocketConfig::default()
        .max_message_size(Some(limits::MAX_MESSAGE_BYTES))
        .max_frame_size(Some(limits::MAX_MESSAGE_BYTES));
    let connected = tokio_tungstenite::connect_async_with_config(&url, Some(config), true).await;
    let (mut socket, _) = connected.map_err(|error| format!("No room can be made: {error}."))?;
    let create = ClientMessage::CreateRoom {
        name: NAME.to_owned(),
        protocol: PROTOCOL_VERSION,
        password: None,
    };
    let lost = |error| format!("The connection broke: {error}.");
    socket.send(Message::text(cinemasync_protocol::encode(&create))).await.map_err(lost)?;
    while let Some(message) = socket.next().await {
        let Message::Text(text) = message.map_err(lost)? else { continue };
        match cinemasync_protocol::decode_server(&text) {
            Ok(ServerMessage::RoomCreated(entry)) => {
                let leave = cinemasync_protocol::encode(&ClientMessage::LeaveRoom);
                // A room that is not left ends by itself a minute later.
                let _ = socket.send(Message::text(leave)).await;
                let _ = socket.close(None).await;
                return Ok(entry.ice_servers);
            }
            Ok(ServerMessage::Error { message, .. }) => return Err(message),
            _ => {}
        }
    }
    Err("The connection broke.".to_owned())
}
