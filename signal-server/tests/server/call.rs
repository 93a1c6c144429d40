//! What the largest call says while it begins, counted, and that no limit is met: the last of 16 comes
//! and negotiates with all others with trickled candidates, and then all restart ICE at once.

use cinemasync_protocol::{
    ClientMessage, IceCandidate, ParticipantId, ServerMessage, encode, limits::MAX_MAX_PARTICIPANTS,
};
use cinemasync_server::Config;

use crate::harness::{Client, server_with};

/// A description with camera, screen, voice and data has less.
const SDP_BYTES: usize = 6 * 1024;
/// A machine with several networks, STUN and two relays finds about this many.
const CANDIDATES: usize = 30;
/// What one side says to one other: its description, its candidates and their end.
const NEGOTIATION: usize = 1 + CANDIDATES + 1;

/// One side of a negotiation with `to`.
fn negotiation(to: &ParticipantId, offers: bool) -> Vec<ClientMessage> {
    let (to, sdp) = (to.clone(), "v".repeat(SDP_BYTES));
    let description = if offers {
        ClientMessage::WebrtcOffer { to: to.clone(), sdp }
    } else {
        ClientMessage::WebrtcAnswer { to: to.clone(), sdp }
    };
    let candidate = IceCandidate {
        candidate: format!("candidate:{}", "c".repeat(200)),
        sdp_mid: Some("0".to_owned()),
        sdp_m_line_index: Some(0),
        username_fragment: Some("ufrag".to_owned()),
    };
    let say = |candidate| ClientMessage::WebrtcIceCandidate { to: to.clone(), candidate };
    let mut messages = vec![description];
    messages.extend((0..CANDIDATES).map(|_| say(Some(candidate.clone()))));
    messages.push(say(None));
    messages
}

/// Says one side of a negotiation to each of `others`; how many messages and bytes that were.
async fn negotiate(from: &mut Client, others: &[ParticipantId], offers: bool) -> (usize, usize) {
    let (mut messages, mut bytes) = (0, 0);
    for message in others.iter().flat_map(|to| negotiation(to, offers)) {
        let text = encode(&message);
        messages += 1;
        bytes += text.len();
        from.say_text(&text).await;
    }
    (messages, bytes)
}

/// Everything of `negotiations` others arrives, and no refusal.
async fn hears(client: &mut Client, negotiations: usize) {
    let heard = client.fence().await;
    let refused = heard.iter().find(|message| matches!(message, ServerMessage::Error { .. }));
    assert_eq!(refused, None);
    let relayed = heard.iter().filter(|message| message.wire_type().starts_with("webrtc"));
    assert_eq!(relayed.count(), negotiations * NEGOTIATION);
}

#[tokio::test]
async fn the_largest_call_begins_and_restarts_without_meeting_a_limit() {
    let max_participants = MAX_MAX_PARTICIPANTS;
    let server = server_with(Config { max_participants, ..Config::embedded() }).await;
    let mut clients = vec![Client::connect(&server).await];
    let first = clients[0].create("P").await;
    let mut ids = vec![first.id];
    for _ in 1..max_participants {
        let mut client = Client::connect(&server).await;
        ids.push(client.join(first.room, "P").await.entry.id);
        clients.push(client);
    }
    for client in &mut clients {
        client.fence().await;
    }
    // The last has come: it offers, the others answer. Nobody reads before all is said.
    let (newest, others) = ids.split_last().unwrap();
    let (last, waiting) = clients.split_last_mut().unwrap();
    let (messages, bytes) = negotiate(last, others, true).await;
    // The figures that docs/src/server-limits.md names.
    assert_eq!(messages, 480);
    assert!((220 * 1024..=280 * 1024).contains(&bytes), "{bytes}");
    last.say_text(r#"{"type":"fence"}"#).await;
    for client in &mut *waiting {
        negotiate(client, std::slice::from_ref(newest), false).await;
        hears(client, 1).await;
    }
    let mut relayed = 0;
    while relayed < others.len() * NEGOTIATION {
        let heard = last.hear().await;
        relayed += usize::from(heard.wire_type().starts_with("webrtc"));
    }
    last.fence().await;
    // All restart at once: as much again from each, within the same moment.
    for (at, client) in clients.iter_mut().enumerate() {
        let others: Vec<_> = ids.iter().filter(|id| **id != ids[at]).cloned().collect();
        negotiate(client, &others, true).await;
    }
    for client in &mut clients {
        hears(client, max_participants - 1).await;
    }
}
