//! The links to the others: what they report, what is negotiated over the server. What travels over
//! their control channels is in `control`, which program stands at their other end in `keys`.

use std::time::{Duration, Instant};

use cinemasync_protocol::{ClientMessage, DisconnectReason, ParticipantId};

use super::{Io, Output, Stay, is_live};
use crate::control::ControlMessage;
use crate::link::{Description, DescriptionKind, LinkEvent, LinkState, LinkStats, Path};
use crate::negotiation::{NegotiationInput, NegotiationOutput};
use crate::playback_sync::PlaybackInput;
use crate::session::roster::Member;
use crate::streaming::StreamCommand;
use crate::track::Track;

/// A link that ended by its own fault is made again after so long, twice as long each time, by one of
/// the two; the other one waits longer, in case only it knows.
const REOPEN: Duration = Duration::from_secs(1);
const REOPEN_LATER: Duration = Duration::from_secs(5);
const MOST_DOUBLINGS: u32 = 4;

impl Stay {
    pub(in crate::session) fn link_event(
        &mut self,
        id: &ParticipantId,
        event: LinkEvent,
        io: &mut Io<'_>,
    ) {
        // A link that was closed may have said something before.
        if self.roster.get(id).is_none_or(|member| member.link.detached) {
            return;
        }
        match event {
            LinkEvent::NegotiationNeeded => self.negotiate(id, NegotiationInput::Needed, io),
            LinkEvent::LocalDescription(description) => {
                let number = super::keys::number(&description.sdp);
                self.with_member(id, |member| member.link.number = number);
                self.negotiate(id, NegotiationInput::LocalDescription(description), io);
            }
            LinkEvent::RemoteDescriptionSet(kind) => {
                self.negotiate(id, NegotiationInput::RemoteDescriptionSet(kind), io);
            }
            LinkEvent::NegotiationFailed(_) => self.negotiate(id, NegotiationInput::Failed, io),
            LinkEvent::LocalCandidate(candidate) => {
                self.negotiate(id, NegotiationInput::LocalCandidate(candidate), io);
            }
            LinkEvent::State(state) => self.link_state(id, state, io),
            LinkEvent::RouteLost => self.negotiate(id, NegotiationInput::RestartIce, io),
            LinkEvent::Path(path) => {
                self.with_member(id, |member| member.link.path = Some(path));
                self.tell_peer(id, io);
            }
            LinkEvent::Fingerprints { local, remote } => {
                self.proved(id, local, &remote, io);
            }
            LinkEvent::ControlOpen => self.control_open(id, io),
            LinkEvent::ControlClosed => {
                self.with_member(id, |member| member.link.control_open = false);
                self.clock.remove_peer(id);
                self.playback(PlaybackInput::PeerGone(id.clone()), io);
            }
            LinkEvent::Control(text) => {
                // What is malformed is dropped: the link has logged it, and the call goes on.
                if let Ok(message) = ControlMessage::decode(&text) {
                    self.control(id, message, io);
                }
            }
            LinkEvent::Clock(datagram, arrived) => {
                self.clock.datagram(id, &datagram, arrived, io.now.instant);
            }
            LinkEvent::KeyframeWanted(track) => self.refresh_picture(id, track, io),
            LinkEvent::Estimate(bps) => {
                self.with_member(id, |member| member.link.estimate_bps = bps);
            }
        }
    }

    pub(in crate::session) fn link_stats(
        &mut self,
        links: Vec<(ParticipantId, LinkStats)>,
        io: &mut Io<'_>,
    ) {
        for (id, stats) in links {
            self.with_member(&id, |member| member.link.stats = stats);
        }
        if self.relays_doubted_until.is_some_and(|until| io.now.instant < until) {
            self.restart_silent_relays(io);
        }
    }

    /// The largest loss that a live link reports, in percent.
    pub(in crate::session) fn worst_loss(&self) -> Option<f64> {
        let live = self.roster.others().filter(|(_, member)| is_live(member.link.state));
        live.filter_map(|(_, member)| member.link.stats.loss_percent).max_by(f64::total_cmp)
    }

    pub(super) fn link_state(&mut self, id: &ParticipantId, state: LinkState, io: &mut Io<'_>) {
        let first = if self.me() > id { REOPEN } else { REOPEN_LATER };
        let Some(member) = self.roster.get_mut(id) else { return };
        let patience = first * 2_u32.pow(member.closings.min(MOST_DOUBLINGS));
        let before = std::mem::replace(&mut member.link.state, state);
        match state {
            LinkState::Connecting => {}
            LinkState::Connected => {
                member.link.away_since = None;
                member.link.anew = false;
                member.closings = 0;
            }
            LinkState::Reconnecting | LinkState::Failed | LinkState::Closed => {
                member.link.away_since.get_or_insert(io.now.instant);
            }
        }
        let standing = member.standing;
        if state == LinkState::Closed {
            member.link.reopen_at.get_or_insert(io.now.instant + patience);
        }
        if self.let_go_if_withheld(id, io) {
            return;
        }
        self.negotiate(id, NegotiationInput::LinkState(state), io);
        if before == state {
            return;
        }
        self.tell_peer(id, io);
        // Nobody waits for whom nobody can reach.
        self.playback(
            if state == LinkState::Connected {
                PlaybackInput::Standing(id.clone(), standing)
            } else {
                PlaybackInput::PeerGone(id.clone())
            },
            io,
        );
        if matches!(state, LinkState::Reconnecting | LinkState::Failed) && io.signaling_up {
            // What broke it may have broken the way to the server as well, which would show only
            // when that is silent for a long time.
            io.push(Output::ProbeSignaling);
        }
        if state == LinkState::Connected {
            self.introduce(id, io);
            io.push(Output::Stream(StreamCommand::Hush));
            // The newcomer, or whoever was away, can decode nothing before a keyframe.
            for track in [Track::Camera, Track::Screen] {
                self.refresh_picture(id, track, io);
            }
        }
    }

    /// The server was away. If it was started anew, paths over its relay are dead, and it takes seconds
    /// until ICE finds them to be: a live one carries checks at least.
    fn restart_silent_relays(&mut self, io: &mut Io<'_>) {
        for id in self.roster.other_ids() {
            let silent = |Member { link, .. }: &Member| {
                let relayed = link.state == LinkState::Connected && link.path == Some(Path::Relay);
                relayed && link.stats.received_bps == 0 && !link.negotiation.is_restarting()
            };
            if self.roster.get(&id).is_some_and(silent) {
                self.negotiate(&id, NegotiationInput::RestartIce, io);
            }
        }
    }

    /// The machine's network is another one. Paths over what is `lost` are dead; those that are gone
    /// anyway may be found anew.
    pub(in crate::session) fn network_changed(&mut self, lost: bool, io: &mut Io<'_>) {
        for id in self.roster.other_ids() {
            let stands = |member: &Member| member.link.state == LinkState::Connected;
            if lost || !self.roster.get(&id).is_some_and(stands) {
                self.negotiate(&id, NegotiationInput::RestartIce, io);
            }
        }
    }

    /// When links that ended by their own fault (a handshake that failed, a queue that was full) are
    /// to be made again; not without the server, over which they are negotiated.
    pub(super) fn reopenings(&self) -> impl Iterator<Item = Instant> {
        let others = self.roster.others().filter(|_| self.signaling_up);
        others.filter_map(|(_, member)| member.link.reopen_at)
    }

    pub(super) fn reopen_links(&mut self, io: &mut Io<'_>) {
        for id in self.roster.other_ids() {
            let Some(member) = self.roster.get_mut(&id).filter(|_| io.signaling_up) else {
                continue;
            };
            let due = member.link.reopen_at.take_if(|at| io.now.instant >= *at).is_some();
            // A link that is withheld waits for somebody's decision.
            if !due || member.link.detached || member.withheld.is_some() {
                continue;
            }
            let closings = member.closings + 1;
            let Some(info) = self.roster.info(&id) else { continue };
            self.close_link(&id, io);
            let fresh = self.open_link(&info, true, io);
            self.with_member(&id, |member| {
                *member = fresh;
                member.link.anew = true;
                member.closings = closings;
            });
            self.tell_peer(&id, io);
            self.negotiate(&id, NegotiationInput::Timeout, io);
        }
    }

    /// Of some nobody else tells that they are gone.
    pub(super) fn part_from_the_gone(&mut self, io: &mut Io<'_>) {
        for id in self.roster.other_ids() {
            let gone = |member: &Member| {
                let unlisted = member.unlisted_since.is_some() && !member.may_be_there();
                let late = member.gone_at(io.signaling_up).is_some_and(|at| io.now.instant >= at);
                unlisted || late
            };
            if self.roster.get(&id).is_some_and(gone) {
                self.part(&id, DisconnectReason::Lost, io);
            }
        }
    }

    pub(super) fn negotiate(
        &mut self,
        id: &ParticipantId,
        input: NegotiationInput,
        io: &mut Io<'_>,
    ) {
        let Some(member) = self.roster.get_mut(id).filter(|member| !member.link.detached) else {
            return;
        };
        let theirs = member.link.remote.as_ref().and_then(|remote| remote.session.clone());
        let negotiation = &mut member.link.negotiation;
        negotiation.handle(input, io.now.instant);
        while let Some(output) = negotiation.poll_output() {
            let to = id.clone();
            match output {
                NegotiationOutput::Command(command) => io.push(Output::Link(to, command)),
                NegotiationOutput::Send(Description { kind: DescriptionKind::Offer, sdp }) => {
                    let sdp = super::keys::addressed(sdp, theirs.as_deref());
                    io.signal(ClientMessage::WebrtcOffer { to, sdp });
                }
                NegotiationOutput::Send(Description { kind: DescriptionKind::Answer, sdp }) => {
                    let sdp = super::keys::addressed(sdp, theirs.as_deref());
                    io.signal(ClientMessage::WebrtcAnswer { to, sdp });
                }
                NegotiationOutput::SendCandidate(candidate) => {
                    io.signal(ClientMessage::WebrtcIceCandidate { to, candidate });
                }
            }
        }
    }
}
