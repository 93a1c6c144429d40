//! What peers tell each other over the `control` channel.

use cinemasync_protocol::ParticipantId;

use super::{Io, Offer, Output, OwnTracks, Stay};
use crate::chat::Incoming;
use crate::control::{CONTROL_VERSION, ControlMessage};
use crate::interface::{Event, Via};
use crate::link::LinkCommand;
use crate::playback_sync::PlaybackInput;
use crate::track::Track;

impl Stay {
    pub(super) fn control_open(&mut self, id: &ParticipantId, io: &mut Io<'_>) {
        let Some(member) = self.roster.get_mut(id) else { return };
        member.link.control_open = true;
        let hello = ControlMessage::Hello { version: CONTROL_VERSION, chat_from: member.chat_from };
        send(id, &hello, io);
        send(id, &tracks(io), io);
        if let Some(step) = member.link.exchange.opening() {
            send(id, &ControlMessage::Safety { step }, io);
        }
        if self.hand {
            send(id, &ControlMessage::Hand { raised: true }, io);
        }
        // Whoever has it raised says so now.
        self.hand_of(id, false, io);
        self.tell_shown(id, io);
        self.clock.add_peer(id.clone(), io.now.instant);
        self.introduce(id, io);
    }

    /// Tells somebody what the room does, who has just come or was away.
    pub(super) fn introduce(&mut self, id: &ParticipantId, io: &mut Io<'_>) {
        if !self.roster.get(id).is_some_and(|member| member.link.control_open) {
            return;
        }
        send(id, &ControlMessage::Rules { rules: self.rules.clone() }, io);
        send(id, &ControlMessage::Queue { queue: self.queue.clone() }, io);
        self.playback(PlaybackInput::PeerJoined(id.clone()), io);
        self.introduce_hash(id, io);
        self.introduce_offer(id, io);
        // They belong to the film.
        for message in self.subtitles.offers() {
            send(id, &ControlMessage::Subtitle { message }, io);
        }
    }

    pub(super) fn control(
        &mut self,
        from: &ParticipantId,
        message: ControlMessage,
        io: &mut Io<'_>,
    ) {
        match message {
            ControlMessage::Hello { chat_from, .. } => self.inbox.hello(from, chat_from),
            ControlMessage::Media { camera, microphone, screen, screen_audio } => {
                let tracks = OwnTracks { camera, microphone, screen, screen_audio };
                self.tracks_of(from, tracks, io);
            }
            ControlMessage::Shown { camera, screen } => {
                self.with_member(from, |member| {
                    member.link.shown_height = camera;
                    member.link.shown_screen_height = screen;
                });
            }
            ControlMessage::Chat { id, text, film_secs } => {
                let message = Incoming { id, text, film_secs, via: Via::Peer };
                self.inbox.receive(from, message, io.now.instant);
            }
            ControlMessage::Reaction { emoji } => {
                io.event(Event::Reaction { from: from.clone(), emoji });
            }
            ControlMessage::Hand { raised } => self.hand_of(from, raised, io),
            ControlMessage::Rules { rules } => self.rules_of(from, rules, io),
            ControlMessage::FilmHash { film, hash } => self.hash_of(from, film, hash, io),
            ControlMessage::Queue { queue } => self.queue_of(from, queue, io),
            ControlMessage::Subtitle { message } => self.subtitle(from, message, io),
            ControlMessage::Proposal { film, audio, subtitle } => {
                self.proposed(from, &film, (audio, subtitle), io);
            }
            ControlMessage::Playback { state } => {
                if self.may_steer_from(from, self.playback.state().revision == 0) {
                    self.playback(PlaybackInput::Remote(state), io);
                }
                // The state is the last thing a peer tells of itself when the channel opens.
                self.with_member(from, |member| member.link.introduced = true);
            }
            ControlMessage::Offers { film, whole } => {
                self.with_member(from, |member| member.offer = Some(Offer { film, whole }));
            }
            ControlMessage::Bulk { taker, text } => self.bulk_signal(from, taker, text, io),
            ControlMessage::Standing { standing } => {
                self.with_member(from, |member| member.standing = standing.bounded());
                self.playback(PlaybackInput::Standing(from.clone(), standing), io);
            }
            ControlMessage::Safety { step } => self.safety(from, step, io),
        }
    }

    /// Tells everybody which of one's tracks are on.
    pub(in crate::session) fn tell_tracks(&mut self, io: &mut Io<'_>) {
        let message = tracks(io);
        self.broadcast(&message, io);
    }

    pub(super) fn tracks_of(&mut self, from: &ParticipantId, tracks: OwnTracks, io: &mut Io<'_>) {
        let OwnTracks { camera, microphone, screen, screen_audio } = tracks;
        let Some(member) = self.roster.get_mut(from) else { return };
        let changes = [
            (Track::Camera, std::mem::replace(&mut member.camera, camera), camera),
            (Track::Microphone, std::mem::replace(&mut member.microphone, microphone), microphone),
            (
                Track::ScreenAudio,
                std::mem::replace(&mut member.screen_audio, screen_audio),
                screen_audio,
            ),
        ];
        member.speaking &= microphone;
        for (source, before, on) in changes {
            if before != on {
                io.event(Event::TrackChanged { from: from.clone(), source, on });
            }
        }
        self.sharing(from, screen, io);
    }

    pub(super) fn broadcast(&self, message: &ControlMessage, io: &mut Io<'_>) {
        for (id, member) in self.roster.others() {
            if member.link.control_open {
                send(id, message, io);
            }
        }
    }
}

fn tracks(io: &Io<'_>) -> ControlMessage {
    let OwnTracks { camera, microphone, screen, screen_audio } = io.tracks;
    ControlMessage::Media { camera, microphone, screen, screen_audio }
}

/// Sends over the control channel; the link drops what comes before it is open.
pub(super) fn send(to: &ParticipantId, message: &ControlMessage, io: &mut Io<'_>) {
    io.push(Output::Link(to.clone(), LinkCommand::Control(message.encode())));
}
