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
    /// Which start of the person's program it belongs to.
    certificate: u64,
    offers: u32,
    /// Are both descriptions in place?
    pub(crate) described: bool,
    /// Do both sides see each other?
    pub(crate) connected: bool,
}

impl VirtualLink {
    pub(crate) fn new(certificate: u64) -> Self {
        Self { certificate, offers: 0, described: false, connected: false }
    }

    pub(crate) fn command(&mut self, command: LinkCommand) -> Vec<Effect> {
        match command {
            LinkCommand::MakeOffer { .. } => {
                self.offers += 1;
                vec![Effect::Report(LinkEvent::LocalDescription(description(
                    DescriptionKind::Offer,
                    self.offers,
                    self.certificate,
                )))]
            }
            LinkCommand::Accept {
                description: Description { kind: DescriptionKind::Offer, .. },
                ..
            } => {
                self.described = true;
                vec![
                    Effect::Report(LinkEvent::RemoteDescriptionSet(DescriptionKind::Offer)),
                    Effect::Report(LinkEvent::LocalDescription(description(
                        DescriptionKind::Answer,
                        self.offers,
                        self.certificate,
                    ))),
                    Effect::Described,
                ]
            }
            LinkCommand::Accept {
                description: Description { kind: DescriptionKind::Answer, .. },
                ..
            } => {
                self.described = true;
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
            | LinkCommand::IceServers(_) => Vec::new(),
        }
    }
}

fn description(kind: DescriptionKind, number: u32, certificate: u64) -> Description {
    Description {
        kind,
        sdp: format!(
            "v=0\r\no=- {number} {number} IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n\
             a=ice-ufrag:u{number}\r\na=fingerprint:sha-256 {certificate:02X}\r\n"
        ),
    }
}
