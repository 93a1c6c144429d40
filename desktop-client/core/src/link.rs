//! What the session and a peer link (the WebRTC connection to one participant) say to each other.

use std::fmt;
use std::time::Instant;

use bytes::Bytes;
use cinemasync_protocol::{IceCandidate, IceServer};
use serde::{Deserialize, Serialize};

use crate::track::Track;

/// A session description with its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// Offer or answer.
    pub kind: DescriptionKind,
    /// The SDP.
    pub sdp: String,
}

/// What a description is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DescriptionKind {
    /// Proposes.
    Offer,
    /// Accepts.
    Answer,
}

/// How a link is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkConfig {
    /// Does this side open the data channels? (The newcomer of the two does.)
    pub opens_channels: bool,
    /// Servers for ICE.
    pub ice_servers: Vec<IceServer>,
    /// Which candidate pairs may be used.
    pub route: Route,
    /// What one shows the other side; without it a link makes its own.
    pub identity: Option<Identity>,
}

/// The certificate with its private key that a program shows in a stay, as PEM. Secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity(String);

impl Identity {
    /// Takes what [`Identity::pem`] gave.
    pub fn new(pem: impl Into<String>) -> Self {
        Self(pem.into())
    }

    /// The text, to be kept where nobody else can read it.
    pub fn pem(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity")
    }
}

/// Which ways a link may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// Any.
    #[default]
    Any,
    /// Relayed only (`--relay-only`).
    RelayOnly,
    /// Never relayed (`--no-relay`).
    NoRelay,
}

/// What a link is told to do. Carried out one after the other, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkCommand {
    /// Make an offer, set it as the local description and report it.
    MakeOffer {
        /// With new ICE credentials?
        ice_restart: bool,
    },
    /// Set a remote description; if it is an offer, answer it and report the answer.
    Accept {
        /// The description.
        description: Description,
        /// Take back our own pending offer first (we are polite).
        rollback: bool,
    },
    /// Add a remote candidate; `None` ends them.
    AddCandidate(Option<IceCandidate>),
    /// Send a text on the `control` channel.
    Control(String),
    /// Send a datagram on the `clock` channel; dropped when the channel is not open or is full.
    Clock(Bytes),
    /// Ask the other side for a keyframe.
    RequestKeyframe(Track),
    /// Send this encoding of a video track from its next keyframe on; `None`: none. At first it is the
    /// first one.
    SendRung {
        /// Which track.
        track: Track,
        /// Which encoding of it.
        rung: Option<usize>,
    },
    /// Use these from the next ICE restart on: those from before end.
    IceServers(Vec<IceServer>),
}

/// What a link reports.
#[derive(Debug, Clone, PartialEq)]
pub enum LinkEvent {
    /// Tracks or channels changed so that an offer is needed.
    NegotiationNeeded,
    /// The local description to send.
    LocalDescription(Description),
    /// A remote description took effect.
    RemoteDescriptionSet(DescriptionKind),
    /// The command failed; a sentence for the log.
    NegotiationFailed(String),
    /// A local candidate to send; `None` ends them.
    LocalCandidate(Option<IceCandidate>),
    /// The connection's state changed.
    State(LinkState),
    /// The path in use is broken for good: only an ICE restart helps, and the sooner the better.
    RouteLost,
    /// The `control` channel can be written to.
    ControlOpen,
    /// The `control` channel is gone.
    ControlClosed,
    /// A text came on the `control` channel.
    Control(String),
    /// A datagram came on the `clock` channel at this time.
    Clock(Bytes, Instant),
    /// The other side wants a keyframe of this track (PLI or FIR).
    KeyframeWanted(Track),
    /// The link is estimated to carry so many bits a second, all media together.
    Estimate(u64),
    /// The kind of the selected path, once known or when it changes.
    Path(Path),
    /// SHA-256 fingerprints of both certificates, in that order, once the handshake is done.
    Fingerprints {
        /// Ours.
        local: String,
        /// Theirs.
        remote: String,
    },
}

/// How a connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// Not yet.
    #[default]
    Connecting,
    /// Media flows.
    Connected,
    /// Was connected; ICE lost its path for now.
    Reconnecting,
    /// Gave up; only an ICE restart helps.
    Failed,
    /// Over.
    Closed,
}

/// The kind of the local candidate in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Path {
    /// An address of this machine.
    Host,
    /// The address a STUN server saw.
    Srflx,
    /// An address that a peer saw.
    Prflx,
    /// Through a TURN server.
    Relay,
}

/// Figures of one link, each over the time since the previous ones were taken.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LinkStats {
    /// Round-trip time in milliseconds.
    pub rtt_ms: Option<f64>,
    /// Share of our packets that did not arrive, in percent, as the other side reports.
    pub loss_percent: Option<f64>,
    /// What the link could carry, estimated, in bits a second.
    pub available_bps: Option<u64>,
    /// Sent, in bits a second.
    pub sent_bps: u64,
    /// Received, in bits a second.
    pub received_bps: u64,
}
