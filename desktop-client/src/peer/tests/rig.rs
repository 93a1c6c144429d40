//! Links in one process with a signaling pump between them.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use cinemasync_core::link::{
    Description, DescriptionKind, Identity, LinkCommand, LinkConfig, LinkEvent, LinkState, Route,
};
use cinemasync_core::packet::{InboundPacket, OutboundPacket};
use cinemasync_core::track::Track;
use cinemasync_protocol::ParticipantId;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::peer::Peer;
use crate::peer::runtime::WrapSocket;

/// Nothing here takes this long; a test that waits longer has failed.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// One side of a link, with what it told and got.
pub(super) struct Side {
    pub(super) peer: Peer,
    pub(super) events: mpsc::Receiver<(ParticipantId, LinkEvent)>,
    pub(super) packets: mpsc::UnboundedReceiver<InboundPacket>,
    /// Told and not looked for yet.
    pub(super) told: VecDeque<LinkEvent>,
    pub(super) polite: bool,
    pub(super) offering: bool,
    /// Was an exchange completed?
    pub(super) complete: bool,
    /// What somebody between makes of its descriptions.
    pub(super) tamper: Option<fn(&str) -> String>,
}

pub(super) fn side(name: &str, opens_channels: bool, wrap: Option<WrapSocket>) -> Side {
    side_showing(name, opens_channels, wrap, None)
}

fn side_showing(
    name: &str,
    opens_channels: bool,
    wrap: Option<WrapSocket>,
    identity: Option<Identity>,
) -> Side {
    let (events, events_in) = mpsc::channel(256);
    let (packets, packets_in) = mpsc::unbounded_channel();
    let config = LinkConfig { opens_channels, ice_servers: vec![], route: Route::Any, identity };
    let on_packet = Arc::new(move |_: &ParticipantId, packet| {
        let _ = packets.send(packet);
    });
    let peer = Peer::open_over(ParticipantId::new(name), config, events, on_packet, wrap).unwrap();
    let told = VecDeque::new();
    Side {
        peer,
        events: events_in,
        packets: packets_in,
        told,
        polite: !opens_channels,
        offering: false,
        complete: false,
        tamper: None,
    }
}

/// A newcomer, who offers and opens the channels, and one who was there.
pub(super) struct Pair {
    pub(super) a: Side,
    pub(super) b: Side,
}

impl Pair {
    pub(super) fn new() -> Self {
        Self::over(None)
    }

    pub(super) fn over(wrap: Option<WrapSocket>) -> Self {
        Self { a: side("b", true, wrap.clone()), b: side("a", false, wrap) }
    }

    /// Two who show these.
    pub(super) fn showing([a, b]: [Option<Identity>; 2]) -> Self {
        Self { a: side_showing("b", true, None, a), b: side_showing("a", false, None, b) }
    }

    pub(super) fn offer(&mut self, ice_restart: bool) {
        self.a.make_offer(ice_restart);
    }

    /// Passes on what the two tell each other until `done`.
    pub(super) async fn until(
        &mut self,
        what: &str,
        mut done: impl FnMut(&mut Side, &mut Side) -> bool,
    ) {
        let Self { a, b } = self;
        let pump = async {
            while !done(a, b) {
                tokio::select! {
                    Some((_, event)) = a.events.recv() => relay(a, b, event),
                    Some((_, event)) = b.events.recv() => relay(b, a, event),
                    () = tokio::time::sleep(Duration::from_millis(5)) => {}
                }
            }
        };
        if timeout(PATIENCE, pump).await.is_err() {
            panic!(
                "{what} did not happen; told:\n{:#?}\nand:\n{:#?}",
                self.a.summary(),
                self.b.summary()
            );
        }
    }

    pub(super) async fn connect(&mut self) -> Duration {
        let began = Instant::now();
        self.offer(false);
        self.until("connection", |a, b| a.is(LinkState::Connected) && b.is(LinkState::Connected))
            .await;
        began.elapsed()
    }
}

/// What a negotiation machine would do with the event: perfect negotiation, the older is polite.
fn relay(from: &mut Side, to: &mut Side, event: LinkEvent) {
    match &event {
        LinkEvent::LocalDescription(Description { kind, sdp }) => {
            let sdp = from.tamper.map_or_else(|| sdp.clone(), |tamper| tamper(sdp));
            to.described(Description { kind: *kind, sdp });
        }
        LinkEvent::LocalCandidate(candidate) => {
            to.peer.command(LinkCommand::AddCandidate(candidate.clone()));
        }
        LinkEvent::NegotiationFailed(text) => panic!("{text}"),
        LinkEvent::RemoteDescriptionSet(DescriptionKind::Answer) => {
            from.complete = true;
        }
        LinkEvent::RemoteDescriptionSet(DescriptionKind::Offer) => from.complete = true,
        _ => {}
    }
    from.told.push_back(event);
}

impl Side {
    pub(super) fn make_offer(&mut self, ice_restart: bool) {
        self.offering = true;
        self.peer.command(LinkCommand::MakeOffer { ice_restart });
    }

    fn described(&mut self, description: Description) {
        let collision = description.kind == DescriptionKind::Offer && self.offering;
        if collision && !self.polite {
            return;
        }
        // From here on our offer is answered or taken back: commands are carried out in order, so
        // an offer that comes before we are told so is no collision.
        self.offering = false;
        self.peer.command(LinkCommand::Accept { description, rollback: collision });
    }

    /// The state told last.
    pub(super) fn is(&self, state: LinkState) -> bool {
        self.last_state() == state
    }

    pub(super) fn last_state(&self) -> LinkState {
        let states = self.told.iter().rev().filter_map(|event| match event {
            LinkEvent::State(state) => Some(*state),
            _ => None,
        });
        states.take(1).next().unwrap_or_default()
    }

    pub(super) fn has_told(&self, is: impl Fn(&LinkEvent) -> bool) -> bool {
        self.told.iter().any(is)
    }

    /// What was told, without the descriptions' text.
    fn summary(&self) -> Vec<String> {
        let line = |event: &LinkEvent| match event {
            LinkEvent::LocalDescription(description) => format!("{:?}", description.kind),
            other => format!("{other:?}"),
        };
        self.told.iter().map(line).collect()
    }

    /// Takes an event out of those told; was it there?
    pub(super) fn take(&mut self, event: &LinkEvent) -> bool {
        let at = self.told.iter().position(|told| told == event);
        at.is_some_and(|at| self.told.remove(at).is_some())
    }

    /// The next access unit or voice packet.
    pub(super) async fn packet(&mut self) -> InboundPacket {
        timeout(PATIENCE, self.packets.recv()).await.expect("a packet in time").expect("link open")
    }
}

/// An access unit in the form of an encoder's, of about `bytes`.
pub(super) fn picture(index: u32, keyframe: bool, bytes: usize) -> OutboundPacket {
    let mut access_unit = Vec::new();
    let mut nal = |header: u8, len: usize| {
        access_unit.extend_from_slice(&[0, 0, 0, 1, header]);
        // No zero bytes: nothing in it looks like a start code.
        access_unit.extend((1..len).map(|i| (i + index as usize) as u8 | 1));
    };
    if keyframe {
        nal(0x67, 12);
        nal(0x68, 5);
        nal(0x65, bytes);
    } else {
        nal(0x41, bytes);
    }
    OutboundPacket::Video {
        track: Track::Camera,
        rung: 0,
        access_unit: access_unit.into(),
        rtp_timestamp: picture_time(index),
        keyframe,
        captured: Instant::now(),
    }
}

/// The timestamp of that picture.
pub(super) fn picture_time(index: u32) -> u32 {
    index.wrapping_mul(3000)
}

pub(super) fn voice(index: u32) -> OutboundPacket {
    OutboundPacket::Audio {
        track: Track::Microphone,
        payload: Bytes::from(vec![index as u8; 60]),
        rtp_timestamp: index.wrapping_mul(960),
        talk_spurt: index == 0,
    }
}
