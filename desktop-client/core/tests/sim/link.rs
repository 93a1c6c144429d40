//! A virtual WebRTC link: carries out the core's commands like the real one, but at once and without
//! a network. What travels between two links is the world's business.

use bytes::Bytes;
use cinemasync_core::link::{Description, DescriptionKind, LinkCommand, LinkEvent};

/// What the other end gets.
#[derive(Debug, Clone)]
pub(crate) enum Crossing {
    Control(String),
    Clock(Bytes),
}

/// What a command leads to.
pub(crate) enum Effect {
    /// The link reports, a moment later.
    Report(LinkEvent),
    /// Something crosses to the other end.
    Cross(Crossing),
    /// This side has both descriptions.
    Described,
}

/// One side of a link.
#[derive(Debug)]
pub(crate) struct VirtualLink {
    /// The fingerprint of the certificate it shows.
    pub(crate) certificate: String,
    /// The fingerprint that the other side's description named.
    pub(crate) remote_certificate: Option<String>,
    /// The number of the connection.
    pub(crate) session: u64,
    /// The number of the other side's connection in the first description of it: the handshake is
    /// with that one for good.
    pub(crate) bound_to: Option<u64>,
    offers: u32,
    /// How many of them restart ICE.
    pub(crate) restarts: u32,
    /// Are both descriptions in place?
    pub(crate) described: bool,
    /// Do both sides see each other?
    pub(crate) connected: bool,
}

impl VirtualLink {
    pub(crate) fn new(certificate: String, session: u64) -> Self {
        Self {
            certificate,
            remote_certificate: None,
            session,
            bound_to: None,
            offers: 0,
            restarts: 0,
            described: false,
            connected: false,
        }
    }

    fn describe(&self, kind: DescriptionKind) -> Description {
        let Self { certificate, session, offers, .. } = self;
        Description {
            kind,
            sdp: format!(
                "v=0\r\no=- {session} {offers} IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n\
                 a=ice-ufrag:u{offers}\r\na=fingerprint:sha-256 {certificate}\r\n"
            ),
        }
    }

    fn heard(&mut self, sdp: &str) {
        self.described = true;
        let named = sdp.lines().find_map(|line| line.strip_prefix("a=fingerprint:sha-256 "));
        self.remote_certificate = named.map(str::to_owned);
        let origin = sdp.lines().find_map(|line| line.strip_prefix("o=- "));
        let session = origin.and_then(|origin| origin.split(' ').next()?.parse().ok());
        self.bound_to = self.bound_to.or(session);
    }

    pub(crate) fn command(&mut self, command: LinkCommand) -> Vec<Effect> {
        match command {
            LinkCommand::MakeOffer { ice_restart } => {
                self.offers += 1;
                self.restarts += u32::from(ice_restart);
                vec![Effect::Report(LinkEvent::LocalDescription(
                    self.describe(DescriptionKind::Offer),
                ))]
            }
            LinkCommand::Accept {
                description: Description { kind: DescriptionKind::Offer, sdp },
                ..
            } => {
                self.heard(&sdp);
                vec![
                    Effect::Report(LinkEvent::RemoteDescriptionSet(DescriptionKind::Offer)),
                    Effect::Report(LinkEvent::LocalDescription(
                        self.describe(DescriptionKind::Answer),
                    )),
                    Effect::Described,
                ]
            }
            LinkCommand::Accept {
                description: Description { kind: DescriptionKind::Answer, sdp },
                ..
            } => {
                self.heard(&sdp);
                vec![
                    Effect::Report(LinkEvent::RemoteDescriptionSet(DescriptionKind::Answer)),
                    Effect::Described,
                ]
            }
            LinkCommand::Control(text) if self.connected => {
                vec![Effect::Cross(Crossing::Control(text))]
            }
            LinkCommand::Clock(bytes) if self.connected => {
                vec![Effect::Cross(Crossing::Clock(bytes))]
            }
            LinkCommand::Control(_)
            | LinkCommand::Clock(_)
            | LinkCommand::AddCandidate(_)
            | LinkCommand::RequestKeyframe(_)
            | LinkCommand::SendRung { .. }
            | LinkCommand::IceServers(_) => Vec::new(),
        }
    }
}
